-- Templates of messages, with their editions: a message keeps the edition it was made with.
create table messages_template (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  key text not null,
  name text not null,
  purpose text not null,
  channel text not null,
  provider_code text not null,
  edition integer not null,
  retired_at timestamptz,
  version integer not null,
  primary key (company_id, id)
);
create unique index messages_template_key on messages_template (company_id, key);

create table messages_template_edition (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  template_id uuid not null,
  number integer not null,
  subject_cn text not null,
  subject_tw text not null,
  subject_en text not null,
  body_cn text not null,
  body_tw text not null,
  body_en text not null,
  at timestamptz not null,
  by_staff uuid,
  primary key (company_id, id),
  foreign key (company_id, template_id) references messages_template (company_id, id)
);
create unique index messages_template_edition_number on messages_template_edition (company_id, template_id, number);

alter table messages_message add column template_key text not null default '';
alter table messages_message add column template_edition integer not null default 0;
alter table messages_message add column provider_code text not null default '';
alter table messages_message add column fields text not null default '';
alter table messages_message add column wanted text not null default '';
alter table messages_message add column post text not null default '';
create index messages_message_provider on messages_message (company_id, provider_id);
