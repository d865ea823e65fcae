\set n random(1, :customers)
begin;
select set_config('app.company_id', :company, true);
select c.*, exists (select 1 from customers_reveal r where r.company_id = c.company_id and r.customer_id = c.id and r.by = :reader and r.until > now()), t.name from customers_customer c left join customers_tag t on t.company_id = c.company_id and t.customer_id = c.id where c.company_id = :company and c.id = ('01900000-0000-7000-8000-' || lpad(to_hex(:n::integer), 12, '0'))::uuid order by t.name;
select * from customers_device where company_id = :company and customer_id = ('01900000-0000-7000-8000-' || lpad(to_hex(:n::integer), 12, '0'))::uuid order by retired_on is not null, bought_on desc, id desc limit 20;
select id, relation, name, other_id, note, birth_year, birth_month, birth_day, birth_lunar, birth_leap from customers_person where company_id = :company and customer_id = ('01900000-0000-7000-8000-' || lpad(to_hex(:n::integer), 12, '0'))::uuid order by id limit 50;
select * from customers_consent where company_id = :company and customer_id = ('01900000-0000-7000-8000-' || lpad(to_hex(:n::integer), 12, '0'))::uuid order by given_at desc limit 50;
select kind, count(*)::integer from customers_timeline where company_id = :company and customer_id = ('01900000-0000-7000-8000-' || lpad(to_hex(:n::integer), 12, '0'))::uuid group by kind;
select * from customers_timeline where company_id = :company and customer_id = ('01900000-0000-7000-8000-' || lpad(to_hex(:n::integer), 12, '0'))::uuid order by at desc, id desc limit 41;
select id, number, title, customer_id, store_id, owner_id, kind, cause, grade, state, channel, origin, at, round, first_due_at, first_done_at, next_from, next_due_at, solution_from, solution_due_at, solution_done_at from complaints_complaint where company_id = :company and customer_id = ('01900000-0000-7000-8000-' || lpad(to_hex(:n::integer), 12, '0'))::uuid and state <> 'Ended' order by state, solution_due_at limit 5;
select * from complaints_promise p where company_id = :company and customer_id = ('01900000-0000-7000-8000-' || lpad(to_hex(:n::integer), 12, '0'))::uuid and (state = 'Open' or state = 'Broken' and not exists (select 1 from complaints_promise_end e where e.company_id = p.company_id and e.promise_id = p.id and e.kind = 'KeptLate')) order by due_at limit 5;
select * from followups_task where company_id = :company and customer_id = ('01900000-0000-7000-8000-' || lpad(to_hex(:n::integer), 12, '0'))::uuid and state = 'Open' order by due_at limit 4;
select * from followups_result where company_id = :company and customer_id = ('01900000-0000-7000-8000-' || lpad(to_hex(:n::integer), 12, '0'))::uuid and withdrawn_at is null order by at desc limit 3;
select id, number, kind, store_id, owner_id, customer_id, at, sold_on, currency, amount, line_count from goods_sale where company_id = :company and customer_id = ('01900000-0000-7000-8000-' || lpad(to_hex(:n::integer), 12, '0'))::uuid order by sold_on desc, id desc limit 5;
commit;
