-- Who writes an e-mail is found by its address.
create index customers_customer_email on customers_customer (company_id, email);
