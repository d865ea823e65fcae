-- B15: house rules in versions, and who has read and signed which.
create table custody_rule (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  key text not null,
  title text not null,
  places text not null,
  created_at timestamptz not null,
  version integer not null,
  primary key (company_id, id)
);
create unique index custody_rule_key on custody_rule (company_id, key);

create table custody_rule_edition (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  rule_id uuid not null,
  number integer not null,
  words text not null,
  in_force_on date not null,
  state text not null,
  request_id uuid,
  by uuid,
  at timestamptz not null,
  decided_by uuid,
  decided_at timestamptz,
  reminded_at timestamptz,
  version integer not null,
  primary key (company_id, id),
  foreign key (company_id, rule_id) references custody_rule (company_id, id)
);
create unique index custody_rule_edition_number on custody_rule_edition (company_id, rule_id, number);

create table custody_rule_signature (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  edition_id uuid not null,
  staff_id uuid not null,
  name text not null,
  at timestamptz not null,
  primary key (company_id, id),
  foreign key (company_id, edition_id) references custody_rule_edition (company_id, id),
  foreign key (company_id, staff_id) references staff_member (company_id, id)
);
create unique index custody_rule_signature_once on custody_rule_signature (company_id, edition_id, staff_id);
create index custody_rule_signature_staff on custody_rule_signature (company_id, staff_id);
