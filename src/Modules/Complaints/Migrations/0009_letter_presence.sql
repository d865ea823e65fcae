create table complaints_letter (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  language text not null,
  number integer not null,
  words text not null,
  by uuid,
  at timestamptz not null,
  primary key (company_id, id)
);
create unique index complaints_letter_of on complaints_letter (company_id, language, number);

create table complaints_presence (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  complaint_id uuid not null,
  staff_id uuid not null,
  at timestamptz not null,
  writing boolean not null,
  primary key (company_id, id),
  foreign key (company_id, complaint_id) references complaints_complaint (company_id, id),
  foreign key (company_id, staff_id) references staff_member (company_id, id)
);
create unique index complaints_presence_of on complaints_presence (company_id, complaint_id, staff_id);
create index complaints_presence_at on complaints_presence (company_id, at);

create table complaints_promise_turn (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  promise_id uuid not null,
  from_staff uuid,
  to_staff uuid not null,
  why text not null,
  by uuid,
  at timestamptz not null,
  primary key (company_id, id),
  foreign key (company_id, promise_id) references complaints_promise (company_id, id),
  foreign key (company_id, to_staff) references staff_member (company_id, id)
);
create index complaints_promise_turn_of on complaints_promise_turn (company_id, promise_id, at);
create index complaints_promise_store on complaints_promise (company_id, store_id, due_at);
