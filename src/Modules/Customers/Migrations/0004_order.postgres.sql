-- With the id at the end the index gives the list's whole order: customers without a next contact are one long tie otherwise.
drop index customers_customer_store;
drop index customers_customer_owner;
create index customers_customer_store on customers_customer (company_id, store_id, next_contact_at, id);
create index customers_customer_owner on customers_customer (company_id, owner_id, next_contact_at, id);
