-- A text-message gateway by HTTP, its spending guard, delivery receipts.
create table messages_gateway (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  url text not null,
  header text not null,
  secret text not null,
  body text not null,
  ok_path text not null,
  ok_value text not null,
  id_path text not null,
  dedupes boolean not null,
  most_hour integer not null,
  most_day integer not null,
  receipt_since timestamptz,
  version integer not null,
  primary key (company_id, id)
);
create unique index messages_gateway_one on messages_gateway (company_id);

alter table messages_message add column delivered_at timestamptz;
alter table messages_message add column taken_at timestamptz;
create index messages_message_taken on messages_message (company_id, channel, taken_at);
