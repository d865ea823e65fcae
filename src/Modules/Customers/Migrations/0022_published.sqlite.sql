-- A file merged into another is nobody's to count.
drop view customers_published;
create view customers_published as
select company_id, id, number, store_id, owner_id, file_on, device_model, replacement_due, do_not_contact_since from customers_customer where merged_into is null;
