-- Who falls silent is picked into a month's plan (C2): the same rows as before with one more column.
drop view customers_published;
create view customers_published as
select company_id, id, number, store_id, owner_id, file_on, device_model, replacement_due, do_not_contact_since, name, tier, stage, source, way, purchase_count, first_purchase_on, last_purchase_on, quiet_on from customers_customer where merged_into is null;
