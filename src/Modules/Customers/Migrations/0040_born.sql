-- Looking for a customer of the same birthday and name reads a handful of rows, not a day's worth.
drop index customers_customer_born;
create index customers_customer_born on customers_customer (company_id, birth_month, birth_day, name);
