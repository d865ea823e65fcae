-- A5: what is asked about customers. Items are never deleted: one that is no longer asked keeps its answers.
create table customers_template (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  key text not null,
  title text not null,
  meant text not null,
  in_use_since timestamptz,
  edition integer not null,
  place integer not null,
  version integer not null,
  primary key (company_id, id)
);

create table customers_item (
  company_id uuid not null,
  id uuid not null,
  template_id uuid not null,
  key text not null,
  title text not null,
  section text not null,
  hint text not null,
  kind text not null,
  options text not null,
  sensitive text not null,
  field text not null,
  remind integer not null,
  asked_since timestamptz,
  asked_by uuid,
  first_edition integer not null,
  last_edition integer,
  place integer not null,
  version integer not null,
  primary key (company_id, id),
  foreign key (company_id, template_id) references customers_template (company_id, id)
);
create index customers_item_template on customers_item (company_id, template_id, place);

create table customers_edition (
  company_id uuid not null,
  id uuid not null,
  template_id uuid not null,
  number integer not null,
  at timestamptz not null,
  by uuid,
  what text not null,
  items text not null,
  primary key (company_id, id),
  foreign key (company_id, template_id) references customers_template (company_id, id)
);
create unique index customers_edition_number on customers_edition (company_id, template_id, number);

create table customers_answer (
  company_id uuid not null,
  id uuid not null,
  customer_id uuid not null,
  item_id uuid not null,
  value text not null,
  declined boolean not null,
  edition integer not null,
  learnt_at timestamptz not null,
  learnt_by uuid,
  how text not null,
  replaced_at timestamptz,
  primary key (company_id, id),
  foreign key (company_id, customer_id) references customers_customer (company_id, id),
  foreign key (company_id, item_id) references customers_item (company_id, id)
);
-- Two files made one may bring two answers to one item: the newer one is read.
create index customers_answer_current on customers_answer (company_id, customer_id, item_id) where replaced_at is null;
create index customers_answer_item on customers_answer (company_id, item_id, value) where replaced_at is null;
create index customers_answer_customer on customers_answer (company_id, customer_id, item_id);

create table customers_sensitive_consent (
  company_id uuid not null,
  id uuid not null,
  customer_id uuid not null,
  kind text not null,
  given_at timestamptz not null,
  how text not null,
  by uuid,
  withdrawn_at timestamptz,
  withdrawn_by uuid,
  primary key (company_id, id),
  foreign key (company_id, customer_id) references customers_customer (company_id, id)
);
create index customers_sensitive_consent_customer on customers_sensitive_consent (company_id, customer_id);
