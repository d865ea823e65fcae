-- A store's list under further conditions counts thousands of files: the index knows what they ask, so no row is fetched to be passed over.
drop index customers_customer_store;
create index customers_customer_store on customers_customer (company_id, store_id, next_contact_at, id) include (tier, stage, source, merged_into, erased_at);
