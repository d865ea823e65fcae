-- B14: an erased customer leaves a number and nothing else; the head of the erasure ledger tells whether a restored database has its ledger.
alter table customers_customer add column erased_at timestamptz;

create table customers_erasure_head (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  place bigint not null,
  hash text not null,
  primary key (company_id, id)
);
create unique index customers_erasure_head_one on customers_erasure_head (company_id);
