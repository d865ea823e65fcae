-- Kept by Customers' own door with each sale: the currency of the sum, the first purchase, and the day from which silence is longer than twice the customer's own interval.
alter table customers_customer add column purchase_currency text not null default '';
alter table customers_customer add column first_purchase_on date;
alter table customers_customer add column quiet_on date;
create index customers_customer_quiet on customers_customer (company_id, quiet_on) where quiet_on is not null;
create index customers_customer_birthday on customers_customer (company_id, birth_month, birth_day) where birth_month > 0;
create index customers_person_birthday on customers_person (company_id, birth_month, birth_day) where birth_month > 0;
