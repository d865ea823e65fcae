-- When the next maintenance is due: by its date, or the day its mileage is reached at the pace driven so far, whichever comes first (as Device.ServiceDue).
create or replace view customers_published_device with (security_invoker = true) as
select d.company_id, d.customer_id, d.id, c.store_id, c.owner_id, c.tier, d.kind, d.model, d.bought_on, d.warranty_end, d.replacement_due, d.next_service_on, (d.bought_on + make_interval(months => d.design_life_months))::date as life_end,
  least(d.next_service_on, case when d.next_service_km is null or d.mileage is null or d.mileage <= 0 or d.mileage_on is null then null
    when d.mileage >= d.next_service_km then d.mileage_on
    when d.bought_on < d.mileage_on and (d.next_service_km - d.mileage)::bigint * (d.mileage_on - d.bought_on) / d.mileage < 36500
      then d.mileage_on + ((d.next_service_km - d.mileage)::bigint * (d.mileage_on - d.bought_on) / d.mileage)::integer end) as service_due
from customers_device d join customers_customer c on c.company_id = d.company_id and c.id = d.customer_id
where d.retired_on is null and c.merged_into is null and c.erased_at is null and c.do_not_contact_since is null;
