-- The telephone system: its door, who sits at which extension, and the calls it told of.
create table complaints_phone_line (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  secret text not null,
  since timestamptz not null,
  version integer not null,
  primary key (company_id, id)
);
create unique index complaints_phone_line_one on complaints_phone_line (company_id);

create table complaints_extension (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  number text not null,
  staff_id uuid not null,
  primary key (company_id, id),
  foreign key (company_id, staff_id) references staff_member (company_id, id)
);
create unique index complaints_extension_number on complaints_extension (company_id, number);

create table complaints_call (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  provider_id text not null,
  number text not null,
  extension text not null,
  staff_id uuid,
  customer_id uuid,
  store_id uuid,
  state text not null,
  at timestamptz not null,
  answered_at timestamptz,
  ended_at timestamptz,
  complaint_id uuid,
  version integer not null,
  primary key (company_id, id),
  foreign key (company_id, complaint_id) references complaints_complaint (company_id, id)
);
create unique index complaints_call_provider on complaints_call (company_id, provider_id);
create index complaints_call_staff on complaints_call (company_id, staff_id, at);
create index complaints_call_of on complaints_call (company_id, complaint_id);
