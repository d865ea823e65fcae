-- When the next maintenance is due: by its date, or the day its mileage is reached at the pace driven so far, whichever comes first (as Device.ServiceDue).
drop view customers_published_device;
create view customers_published_device as
select company_id, customer_id, id, store_id, owner_id, tier, kind, model, bought_on, warranty_end, replacement_due, next_service_on, life_end, coalesce(min(next_service_on, by_km), next_service_on, by_km) as service_due
from (
select d.company_id, d.customer_id, d.id, c.store_id, c.owner_id, c.tier, d.kind, d.model, d.bought_on, d.warranty_end, d.replacement_due, d.next_service_on, date(d.bought_on, '+' || d.design_life_months || ' months', 'floor') as life_end,
  case when d.next_service_km is null or d.mileage is null or d.mileage <= 0 or d.mileage_on is null then null
    when d.mileage >= d.next_service_km then d.mileage_on
    when d.bought_on < d.mileage_on and (d.next_service_km - d.mileage) * cast(julianday(d.mileage_on) - julianday(d.bought_on) as integer) / d.mileage < 36500
      then date(d.mileage_on, '+' || ((d.next_service_km - d.mileage) * cast(julianday(d.mileage_on) - julianday(d.bought_on) as integer) / d.mileage) || ' days') end as by_km
from customers_device d join customers_customer c on c.company_id = d.company_id and c.id = d.customer_id
where d.retired_on is null and c.merged_into is null and c.erased_at is null and c.do_not_contact_since is null);
