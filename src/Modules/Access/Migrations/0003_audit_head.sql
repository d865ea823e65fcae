create table access_audit_head (
  company_id uuid not null references kernel_company (id),
  place bigint not null,
  hash text not null,
  primary key (company_id)
);
-- What stands unsealed: a handful of rows among millions.
create index access_audit_unsealed on access_audit (company_id, at) where place is null;
