create table kernel_company (
  id uuid not null primary key,
  number integer not null unique,
  name text not null,
  trade text not null,
  zone_id text not null,
  is_demo boolean not null,
  created_at timestamptz not null
);

create table kernel_once (
  company_id uuid not null,
  caller text not null,
  key text not null,
  request_hash text not null,
  result text not null,
  status integer not null,
  at timestamptz not null,
  primary key (company_id, caller, key)
);
create index kernel_once_at on kernel_once (at);

create table kernel_number (
  company_id uuid not null,
  series text not null,
  year integer not null,
  next bigint not null,
  primary key (company_id, series, year)
);

create table kernel_link (
  hash text not null primary key,
  company_id uuid not null,
  kind text not null,
  subject_id uuid not null,
  expires_at timestamptz not null,
  created_at timestamptz not null
);
create index kernel_link_subject on kernel_link (company_id, subject_id);

create table kernel_due (
  id uuid not null primary key,
  company_id uuid not null,
  kind text not null,
  key text not null,
  due_at timestamptz not null,
  payload text not null,
  state text not null,
  attempts integer not null,
  fence bigint not null,
  lease_until timestamptz,
  error text,
  created_at timestamptz not null
);
create unique index kernel_due_key on kernel_due (company_id, kind, key);
create index kernel_due_at on kernel_due (state, due_at);

create table kernel_period (
  company_id uuid not null,
  kind text not null,
  period text not null,
  at timestamptz not null,
  primary key (company_id, kind, period)
);
