create table messages_message (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  customer_id uuid not null,
  store_id uuid,
  owner_id uuid,
  address text not null,
  mail text not null,
  subject text not null,
  body text not null,
  body_expired_at timestamptz,
  purpose_key text not null,
  reason_id uuid,
  once_key text not null,
  channel text not null,
  state text not null,
  attempts integer not null,
  created_at timestamptz not null,
  sent_at timestamptz,
  provider_id text not null,
  error_key text not null,
  primary key (company_id, id)
);
create unique index messages_message_once on messages_message (company_id, once_key);
create index messages_message_customer on messages_message (company_id, customer_id, created_at);
create index messages_message_created on messages_message (company_id, created_at);
create index messages_message_state on messages_message (company_id, state, created_at);

create table messages_setting (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  channel text not null,
  host text not null,
  port integer not null,
  tls boolean not null,
  user_name text not null,
  secret text not null,
  from_address text not null,
  from_name text not null,
  public_address text not null,
  version integer not null,
  primary key (company_id, id)
);
create unique index messages_setting_one on messages_setting (company_id);
