insert into followups_cycle_item (company_id, id, cycle_id, store_id, owner_id, customer_id, rule_key, anchor_on, due_on, note)
with specialist as (
  select distinct on (m.store_id) m.store_id, m.id
  from staff_member m join access_role r on r.company_id = m.company_id and r.id = m.role_id
  where m.company_id = @company and r.key = 'specialist' and m.left_on is null order by m.store_id, m.id
), q as (
  select c.store_id, case when r.line = 'Specialist' then specialist.id else c.owner_id end as owner_id, c.id as customer_id, r.key as rule_key,
         max(greatest(c.file_on, s.sold_on)) as anchor_on, max(greatest(c.file_on, s.sold_on) + r.days) as due_on, c.device_model as note
  from goods_sale s
  join customers_customer c on c.company_id = s.company_id and c.id = s.customer_id
  join followups_rule r on r.company_id = s.company_id and r.cause = 'Sale' and r.active
  left join specialist on specialist.store_id = c.store_id
  where s.company_id = @company and s.sold_on >= @month::date - 60 and s.sold_on < @month::date + interval '1 month' and s.kind = 'Sale' and c.do_not_contact_since is null
    and greatest(c.file_on, s.sold_on) + r.days >= @month and greatest(c.file_on, s.sold_on) + r.days < @month::date + interval '1 month'
  group by 1, 2, 3, 4, 7
  union all
  select store_id, owner_id, id, 'replacement', replacement_due, replacement_due, device_model
  from customers_customer
  where company_id = @company and replacement_due >= @month and replacement_due < @month::date + interval '1 month' and do_not_contact_since is null
)
select @company, gen_random_uuid(), @cycle, q.store_id, q.owner_id, q.customer_id, q.rule_key, q.anchor_on, q.due_on, q.note from q
union all
select @company, gen_random_uuid(), @cycle, c.store_id, c.owner_id, c.id, 'silent', c.last_purchase_on, c.quiet_on, c.device_model
from customers_customer c
where c.company_id = @company and c.quiet_on >= @month and c.quiet_on < @month::date + interval '1 month' and c.do_not_contact_since is null
  and not exists (select 1 from q where q.customer_id = c.id)
