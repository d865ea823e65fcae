-- What the care calendar reads (D1): the same rows as before with more columns; days that come round; things in use.
create or replace view customers_published with (security_invoker = true) as
select company_id, id, number, store_id, owner_id, file_on, device_model, replacement_due, do_not_contact_since, name, tier, stage, source, way, purchase_count, first_purchase_on, last_purchase_on from customers_customer where merged_into is null;
create view customers_published_day with (security_invoker = true) as
select c.company_id, c.id as customer_id, c.id as subject_id, c.store_id, c.owner_id, c.tier, 'Birthday' as kind, '' as words, c.birth_year as year, c.birth_month as month, c.birth_day as day, c.birth_lunar as lunar, c.birth_leap as leap
from customers_customer c where c.birth_month > 0 and c.birth_day > 0 and c.merged_into is null and c.erased_at is null and c.do_not_contact_since is null
union all
select p.company_id, p.customer_id, p.id, c.store_id, c.owner_id, c.tier, 'FamilyBirthday', trim(p.relation || ' ' || p.name), p.birth_year, p.birth_month, p.birth_day, p.birth_lunar, p.birth_leap
from customers_person p join customers_customer c on c.company_id = p.company_id and c.id = p.customer_id
where p.birth_month > 0 and p.birth_day > 0 and p.left_on is null and c.merged_into is null and c.erased_at is null and c.do_not_contact_since is null
union all
select d.company_id, d.customer_id, d.id, c.store_id, c.owner_id, c.tier, 'Date', d.name, d.year, d.month, d.day, d.lunar, d.leap
from customers_date d join customers_customer c on c.company_id = d.company_id and c.id = d.customer_id
where d.month > 0 and d.day > 0 and c.merged_into is null and c.erased_at is null and c.do_not_contact_since is null;
create view customers_published_device with (security_invoker = true) as
select d.company_id, d.customer_id, d.id, c.store_id, c.owner_id, c.tier, d.kind, d.model, d.bought_on, d.warranty_end, d.replacement_due, d.next_service_on, (d.bought_on + make_interval(months => d.design_life_months))::date as life_end
from customers_device d join customers_customer c on c.company_id = d.company_id and c.id = d.customer_id
where d.retired_on is null and c.merged_into is null and c.erased_at is null and c.do_not_contact_since is null;
