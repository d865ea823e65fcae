create table customers_customer (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  number text not null,
  store_id uuid,
  owner_id uuid,
  deputy_id uuid,
  name text not null,
  form_of_address text not null,
  phone text not null,
  email text not null,
  we_chat text not null,
  address text not null,
  class text not null,
  stage text not null,
  tier text not null,
  ladder text,
  source text not null,
  external_number text,
  birth_year integer not null,
  birth_month integer not null,
  birth_day integer not null,
  birth_lunar boolean not null,
  birth_leap boolean not null,
  collected_by uuid,
  opened_at timestamptz not null,
  file_on date not null,
  do_not_contact_since timestamptz,
  preferred_channel text not null,
  preferred_hours text not null,
  next_contact_at timestamptz,
  next_contact_reason text not null,
  last_contact_at timestamptz,
  last_purchase_on date,
  purchase_count integer not null,
  purchase_total bigint not null,
  device_model text not null,
  replacement_due date,
  note text not null,
  version integer not null,
  primary key (company_id, id),
  foreign key (company_id, store_id) references access_store (company_id, id),
  foreign key (company_id, owner_id) references staff_member (company_id, id),
  foreign key (company_id, deputy_id) references staff_member (company_id, id)
);
create unique index customers_customer_number on customers_customer (company_id, number);
create unique index customers_customer_external on customers_customer (company_id, external_number);
create index customers_customer_phone on customers_customer (company_id, phone);
create index customers_customer_owner on customers_customer (company_id, owner_id, next_contact_at);
create index customers_customer_store on customers_customer (company_id, store_id, next_contact_at);
create index customers_customer_bought on customers_customer (company_id, last_purchase_on);
create index customers_customer_last on customers_customer (company_id, last_contact_at);
create index customers_customer_due on customers_customer (company_id, replacement_due);
create index customers_customer_born on customers_customer (company_id, birth_month, birth_day);

create table customers_timeline (
  company_id uuid not null,
  id uuid not null,
  customer_id uuid not null,
  at timestamptz not null,
  kind text not null,
  text_key text not null,
  args text not null,
  words text not null,
  href text not null,
  by uuid,
  primary key (company_id, id),
  foreign key (company_id, customer_id) references customers_customer (company_id, id)
);
create index customers_timeline_customer on customers_timeline (company_id, customer_id, at);

create table customers_device (
  company_id uuid not null,
  id uuid not null,
  customer_id uuid not null,
  model text not null,
  imei text not null,
  serial text not null,
  bought_on date,
  currency text not null,
  price bigint not null,
  store_id uuid,
  warranty_end date,
  replacement_due date,
  retired_on date,
  note text not null,
  version integer not null,
  primary key (company_id, id),
  foreign key (company_id, customer_id) references customers_customer (company_id, id),
  foreign key (company_id, store_id) references access_store (company_id, id)
);
create index customers_device_customer on customers_device (company_id, customer_id);
create index customers_device_imei on customers_device (company_id, imei);

create table customers_person (
  company_id uuid not null,
  id uuid not null,
  customer_id uuid not null,
  relation text not null,
  name text not null,
  phone text not null,
  birth_year integer not null,
  birth_month integer not null,
  birth_day integer not null,
  birth_lunar boolean not null,
  birth_leap boolean not null,
  other_id uuid,
  note text not null,
  version integer not null,
  primary key (company_id, id),
  foreign key (company_id, customer_id) references customers_customer (company_id, id),
  foreign key (company_id, other_id) references customers_customer (company_id, id)
);
create index customers_person_customer on customers_person (company_id, customer_id);
create index customers_person_other on customers_person (company_id, other_id);
create index customers_person_name on customers_person (company_id, name);

create table customers_consent (
  company_id uuid not null,
  id uuid not null,
  customer_id uuid not null,
  purpose text not null,
  channel text not null,
  given_at timestamptz not null,
  how text not null,
  by uuid,
  store_id uuid,
  withdrawn_at timestamptz,
  withdrawn_by uuid,
  primary key (company_id, id),
  foreign key (company_id, customer_id) references customers_customer (company_id, id)
);
create index customers_consent_customer on customers_consent (company_id, customer_id);

create table customers_tag (
  company_id uuid not null,
  id uuid not null,
  customer_id uuid not null,
  name text not null,
  by uuid,
  at timestamptz not null,
  primary key (company_id, id),
  foreign key (company_id, customer_id) references customers_customer (company_id, id)
);
create unique index customers_tag_customer on customers_tag (company_id, customer_id, name);
create index customers_tag_name on customers_tag (company_id, name, customer_id);

create table customers_ownership (
  company_id uuid not null,
  id uuid not null,
  customer_id uuid not null,
  owner_id uuid,
  since timestamptz not null,
  by uuid,
  why text not null,
  primary key (company_id, id),
  foreign key (company_id, customer_id) references customers_customer (company_id, id)
);
create index customers_ownership_customer on customers_ownership (company_id, customer_id, since);

create table customers_reveal (
  company_id uuid not null,
  id uuid not null,
  customer_id uuid not null,
  by uuid not null,
  purpose text not null,
  at timestamptz not null,
  until timestamptz not null,
  primary key (company_id, id),
  foreign key (company_id, customer_id) references customers_customer (company_id, id)
);
create index customers_reveal_customer on customers_reveal (company_id, customer_id, by, until);

create table customers_view (
  company_id uuid not null,
  id uuid not null,
  by uuid not null,
  name text not null,
  shared boolean not null,
  query text not null,
  place integer not null,
  primary key (company_id, id)
);
create index customers_view_by on customers_view (company_id, by);

create table customers_setting (
  company_id uuid not null,
  id uuid not null,
  replacement_months integer not null,
  warranty_months integer not null,
  version integer not null,
  primary key (company_id, id)
);
