-- A page of the company's list passes over the customers of the pages before: the index knows what the query asks of them, so only the page's own rows are fetched.
drop index customers_customer_next;
create index customers_customer_next on customers_customer (company_id, next_contact_at, id) include (merged_into, erased_at);
