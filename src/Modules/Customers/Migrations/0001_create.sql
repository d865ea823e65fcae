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
create index customers_customer_next on customers_customer (company_id, next_contact_at);
create index customers_customer_bought on customers_customer (company_id, last_purchase_on);

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
