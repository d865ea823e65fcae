-- B12: notices to customers, signed by who gives and who receives.
create table custody_notice_template (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  kind text not null,
  title text not null,
  words text not null,
  version integer not null,
  primary key (company_id, id)
);

create table custody_notice (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  number text not null,
  kind text not null,
  customer_id uuid not null,
  store_id uuid,
  owner_id uuid,
  title text not null,
  words text not null,
  giver text not null,
  given_at timestamptz not null,
  due_on date not null,
  how text not null,
  receiver text not null,
  received_at timestamptz,
  version integer not null,
  primary key (company_id, id),
  foreign key (company_id, customer_id) references customers_customer (company_id, id)
);
create unique index custody_notice_number on custody_notice (company_id, number);
create index custody_notice_customer on custody_notice (company_id, customer_id, given_at);
create index custody_notice_open on custody_notice (company_id, received_at, due_on);
