create table access_region (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  name text not null,
  primary key (company_id, id)
);

create table access_store (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  region_id uuid,
  number text not null,
  name text not null,
  city text not null,
  address text not null,
  phone text not null,
  closed_on date,
  version integer not null,
  primary key (company_id, id),
  foreign key (company_id, region_id) references access_region (company_id, id)
);
create unique index access_store_number on access_store (company_id, number);

create table access_role (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  key text not null,
  name text not null,
  reach text not null,
  version integer not null,
  primary key (company_id, id)
);
create unique index access_role_key on access_role (company_id, key);

create table access_role_permission (
  company_id uuid not null,
  role_id uuid not null,
  permission text not null,
  primary key (company_id, role_id, permission),
  foreign key (company_id, role_id) references access_role (company_id, id)
);

create table access_audit (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  at timestamptz not null,
  caller text not null,
  staff_id uuid,
  act text not null,
  thing text not null,
  thing_id uuid not null,
  detail text not null,
  place bigint,
  hash text,
  primary key (company_id, id)
);
create index access_audit_thing on access_audit (company_id, thing_id, at);
create unique index access_audit_place on access_audit (company_id, place);
