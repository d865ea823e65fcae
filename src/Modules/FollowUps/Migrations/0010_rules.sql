-- Rules as data (C1): what happens on a day the store is closed, and every edition of a rule.
alter table followups_rule add column shift text not null default 'None';
alter table followups_rule add column edition integer not null default 1;

create table followups_rule_edition (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  rule_id uuid not null,
  edition integer not null,
  days integer not null,
  line text not null,
  shift text not null,
  active boolean not null,
  moved integer not null,
  handed integer not null,
  taken_out integer not null,
  at timestamptz not null,
  by_staff uuid,
  primary key (company_id, id),
  foreign key (company_id, rule_id) references followups_rule (company_id, id)
);
create unique index followups_rule_edition_of on followups_rule_edition (company_id, rule_id, edition);
