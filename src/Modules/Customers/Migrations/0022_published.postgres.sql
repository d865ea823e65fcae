-- A file merged into another is nobody's to count.
create or replace view customers_published with (security_invoker = true) as
select company_id, id, number, store_id, owner_id, file_on, device_model, replacement_due, do_not_contact_since from customers_customer where merged_into is null;
