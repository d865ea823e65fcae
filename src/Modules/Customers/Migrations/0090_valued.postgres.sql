-- A store's gold customers are one in ten of its files or fewer: their list and its count go through them alone, not through the store's.
create index customers_customer_valued on customers_customer (company_id, tier, store_id, next_contact_at, id) include (stage, source, merged_into, erased_at) where tier <> 'None';
