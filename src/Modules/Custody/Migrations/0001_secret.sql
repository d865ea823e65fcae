create table custody_secret (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  number text not null,
  level text not null,
  since timestamptz not null,
  by uuid,
  primary key (company_id, id),
  foreign key (company_id, id) references customers_customer (company_id, id)
);

create table custody_reader (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  file_id uuid not null,
  staff_id uuid not null,
  until timestamptz,
  request_id uuid,
  by uuid,
  at timestamptz not null,
  primary key (company_id, id),
  foreign key (company_id, file_id) references customers_customer (company_id, id),
  foreign key (company_id, staff_id) references staff_member (company_id, id)
);
create index custody_reader_staff on custody_reader (company_id, staff_id, until);
create index custody_reader_file on custody_reader (company_id, file_id, staff_id);

create table custody_level_change (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  file_id uuid not null,
  number text not null,
  "from" text not null,
  "to" text not null,
  reason text not null,
  by uuid,
  at timestamptz not null,
  primary key (company_id, id),
  foreign key (company_id, file_id) references customers_customer (company_id, id)
);
create index custody_level_change_file on custody_level_change (company_id, file_id, at);
