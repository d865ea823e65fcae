-- What staff are told in the house: that papers are due back, a check is to be made, files have come to the end of their time (B4, B7, B8).
create table custody_reminder (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  staff_id uuid not null,
  text_key text not null,
  args text not null,
  href text not null,
  once_key text not null,
  at timestamptz not null,
  seen_at timestamptz,
  primary key (company_id, id),
  foreign key (company_id, staff_id) references staff_member (company_id, id)
);
create unique index custody_reminder_once on custody_reminder (company_id, staff_id, once_key);
create index custody_reminder_unseen on custody_reminder (company_id, staff_id, seen_at);
