-- Further channels, what a customer is called in them, spending guards a channel with their alarms, print runs, replies.
create table messages_channel (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  channel text not null,
  url text not null,
  account text not null,
  secret text not null,
  sender text not null,
  code text not null,
  version integer not null,
  primary key (company_id, id)
);
create unique index messages_channel_key on messages_channel (company_id, channel);

create table messages_handle (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  customer_id uuid not null,
  channel text not null,
  name text not null,
  at timestamptz not null,
  primary key (company_id, id)
);
create unique index messages_handle_name on messages_handle (company_id, channel, name);
create index messages_handle_customer on messages_handle (company_id, customer_id, channel, at);

create table messages_spending (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  channel text not null,
  most_hour integer not null,
  most_day integer not null,
  cost bigint not null,
  roles text not null,
  version integer not null,
  primary key (company_id, id)
);
create unique index messages_spending_channel on messages_spending (company_id, channel);
insert into messages_spending (company_id, id, channel, most_hour, most_day, cost, roles, version)
  select company_id, id, 'sms', most_hour, most_day, 500, 'administrator general-manager customer-service-manager', 1 from messages_gateway;
alter table messages_gateway drop column most_hour;
alter table messages_gateway drop column most_day;
alter table messages_gateway drop column receipt_since;

create table messages_alarm (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  channel text not null,
  span text not null,
  level integer not null,
  period text not null,
  used integer not null,
  most integer not null,
  roles text not null,
  at timestamptz not null,
  seen_at timestamptz,
  seen_by uuid,
  primary key (company_id, id)
);
create unique index messages_alarm_once on messages_alarm (company_id, channel, span, level, period);
create index messages_alarm_open on messages_alarm (company_id, seen_at);

create table messages_inbound (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  kind text not null,
  since timestamptz not null,
  primary key (company_id, id)
);
create unique index messages_inbound_kind on messages_inbound (company_id, kind);

create table messages_print_run (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  made_at timestamptz not null,
  made_by uuid,
  store_id uuid,
  owner_id uuid,
  letters integer not null,
  handed_at timestamptz,
  handed_by uuid,
  version integer not null,
  primary key (company_id, id)
);
create index messages_print_run_made on messages_print_run (company_id, made_at);

create table messages_reply (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  customer_id uuid,
  store_id uuid,
  owner_id uuid,
  message_id uuid,
  channel text not null,
  sender text not null,
  words text not null,
  words_expired_at timestamptz,
  kind text not null,
  once_key text not null,
  at timestamptz not null,
  answered_at timestamptz,
  answered_by uuid,
  answer_id uuid,
  version integer not null,
  primary key (company_id, id)
);
create unique index messages_reply_once on messages_reply (company_id, once_key);
create index messages_reply_open on messages_reply (company_id, kind, answered_at);
create index messages_reply_at on messages_reply (company_id, at);
create index messages_reply_customer on messages_reply (company_id, customer_id, at);

alter table messages_message add column run_id uuid;
alter table messages_message add column parts integer not null default 0;
alter table messages_message add column cost bigint not null default 0;
alter table messages_message add column taken_on date;
create index messages_message_run on messages_message (company_id, run_id);
create index messages_message_taken_on on messages_message (company_id, taken_on);
create index messages_message_address on messages_message (company_id, address, created_at);
