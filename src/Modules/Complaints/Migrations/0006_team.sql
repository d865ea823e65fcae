create table complaints_crisis_member (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  complaint_id uuid not null,
  staff_id uuid not null,
  part text not null,
  leads boolean not null,
  by uuid,
  at timestamptz not null,
  primary key (company_id, id),
  foreign key (company_id, complaint_id) references complaints_complaint (company_id, id),
  foreign key (company_id, staff_id) references staff_member (company_id, id)
);
create unique index complaints_crisis_member_of on complaints_crisis_member (company_id, complaint_id, staff_id);

create table complaints_meeting (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  complaint_id uuid not null,
  held_at timestamptz not null,
  place text not null,
  minutes text not null,
  decisions text not null,
  by uuid,
  at timestamptz not null,
  primary key (company_id, id),
  foreign key (company_id, complaint_id) references complaints_complaint (company_id, id)
);
create index complaints_meeting_of on complaints_meeting (company_id, complaint_id, held_at);

create table complaints_macro (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  name text not null,
  words text not null,
  channel text not null,
  promise text not null,
  promise_hours integer not null,
  assign_role text not null,
  active boolean not null,
  version integer not null,
  primary key (company_id, id)
);
create unique index complaints_macro_name on complaints_macro (company_id, name);

create table complaints_mention (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  complaint_id uuid not null,
  message_id uuid not null,
  staff_id uuid not null,
  by uuid,
  at timestamptz not null,
  seen_at timestamptz,
  primary key (company_id, id),
  foreign key (company_id, complaint_id) references complaints_complaint (company_id, id),
  foreign key (company_id, staff_id) references staff_member (company_id, id)
);
create index complaints_mention_staff on complaints_mention (company_id, staff_id, seen_at);
create index complaints_mention_of on complaints_mention (company_id, complaint_id);

create table complaints_commendation (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  complaint_id uuid not null,
  staff_id uuid not null,
  words text not null,
  by uuid,
  at timestamptz not null,
  primary key (company_id, id),
  foreign key (company_id, complaint_id) references complaints_complaint (company_id, id),
  foreign key (company_id, staff_id) references staff_member (company_id, id)
);
create unique index complaints_commendation_of on complaints_commendation (company_id, complaint_id, staff_id);
