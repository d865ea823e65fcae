-- A store visit noted by mistake is taken back; it stays to be seen, and the number of its slip is free again.
alter table customers_store_visit add column withdrawn_at timestamptz;
alter table customers_store_visit add column withdrawn_by uuid;
drop index customers_store_visit_reference;
create unique index customers_store_visit_number on customers_store_visit (company_id, kind, reference) where reference <> '' and withdrawn_at is null;
