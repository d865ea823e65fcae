-- The head of the asker's unit is asked by name; the lines of the table keep their history.
alter table approvals_step add column person uuid;

create table approvals_rule_version (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  rule_id uuid not null,
  act text not null,
  up_to bigint,
  steps text not null,
  alone_only boolean not null,
  substitute text not null,
  within_hours integer not null,
  removed boolean not null,
  by uuid,
  at timestamptz not null,
  primary key (company_id, id)
);
create index approvals_rule_version_at on approvals_rule_version (company_id, at);
