-- D5: one budget of contacts a customer over all modules and channels.
create table messages_contact_rule (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  most integer not null,
  days integer not null,
  quiet_from integer not null,
  quiet_to integer not null,
  needs_consent text not null,
  uncounted text not null,
  version integer not null,
  primary key (company_id, id)
);
create unique index messages_contact_rule_one on messages_contact_rule (company_id);

create table messages_contact (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  customer_id uuid not null,
  day date not null,
  purpose text not null,
  way text not null,
  what_key text not null,
  once_key text not null,
  counted boolean not null,
  released boolean not null,
  by_staff uuid,
  at timestamptz not null,
  primary key (company_id, id)
);
create unique index messages_contact_once on messages_contact (company_id, once_key);
create index messages_contact_customer on messages_contact (company_id, customer_id, day);

-- The row that is locked while a customer's budget is looked at; its id is the customer's.
create table messages_guard (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  primary key (company_id, id)
);

alter table messages_message add column purpose text not null default 'Service';
alter table messages_message add column round integer not null default 0;
