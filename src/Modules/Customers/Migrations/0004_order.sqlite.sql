-- The list's whole order, those without a next contact last, by store and by owner too.
drop index customers_customer_store;
drop index customers_customer_owner;
create index customers_customer_store on customers_customer (company_id, store_id, (next_contact_at is null), next_contact_at, id);
create index customers_customer_owner on customers_customer (company_id, owner_id, (next_contact_at is null), next_contact_at, id);
