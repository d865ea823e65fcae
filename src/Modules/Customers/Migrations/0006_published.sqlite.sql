-- What other modules' SQL may read of a file; the columns are a promise.
create view customers_published as
select company_id, id, number, store_id, owner_id, file_on, device_model, replacement_due, do_not_contact_since from customers_customer;
