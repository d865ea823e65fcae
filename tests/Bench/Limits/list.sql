\set offset 50 * random(0, 18)
begin;
select set_config('app.company_id', :company, true), set_config('app.reader', :reader, true), set_config('app.at', now()::text, true);
select id, number, name, phone, tier, stage, store_id, owner_id, ladder, next_contact_at, next_contact_reason, last_contact_at, last_purchase_on, device_model, replacement_due from customers_customer where company_id = :company order by next_contact_at, id limit 50 offset :offset;
commit;
