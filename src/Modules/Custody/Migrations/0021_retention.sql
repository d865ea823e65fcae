-- B8: how long files are kept, and what was destroyed.
create table custody_retention_class (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  key text not null,
  title text not null,
  customer_class text not null,
  customer_stage text not null,
  months integer not null,
  version integer not null,
  primary key (company_id, id)
);
create unique index custody_retention_class_key on custody_retention_class (company_id, key);

create table custody_destruction (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  number text not null,
  class_title text not null,
  store_id uuid,
  owner_id uuid,
  count integer not null,
  secret integer not null,
  asked_at timestamptz not null,
  state text not null,
  request_id uuid,
  decided_at timestamptz,
  method text,
  not_sold boolean not null,
  witness_one uuid,
  witness_two uuid,
  done_by uuid,
  done_at timestamptz,
  version integer not null,
  primary key (company_id, id)
);
create unique index custody_destruction_number on custody_destruction (company_id, number);

create table custody_destruction_item (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  destruction_id uuid not null,
  file_id uuid not null,
  file_number text not null,
  level text not null,
  due_on date not null,
  state text not null,
  primary key (company_id, id),
  foreign key (company_id, destruction_id) references custody_destruction (company_id, id),
  foreign key (company_id, file_id) references customers_customer (company_id, id)
);
create index custody_destruction_item_of on custody_destruction_item (company_id, destruction_id, state);
create index custody_destruction_item_file on custody_destruction_item (company_id, file_id);
