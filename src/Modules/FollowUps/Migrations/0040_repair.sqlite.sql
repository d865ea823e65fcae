-- C1: after a repair, in two lines; the rules that ship, for companies that have theirs already (ReadyRules says the same to new ones). Which trade it is
-- is seen by the rules it shipped with.
insert into followups_script (company_id, id, key, title, steps, edition, version)
select s.company_id, upper(substr(hex(randomblob(4)),1,8) || '-' || hex(randomblob(2)) || '-7' || substr(hex(randomblob(2)), 2) || '-8' || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6))), 'after-repair', '', '', 1, 1 from followups_setting s
where not exists (select 1 from followups_script x where x.company_id = s.company_id and x.key = 'after-repair');
insert into followups_rule (company_id, id, key, cause, line, days, title, aim, script_id, active, shift, working, edition, place, version)
select x.company_id, upper(substr(hex(randomblob(4)),1,8) || '-' || hex(randomblob(2)) || '-7' || substr(hex(randomblob(2)), 2) || '-8' || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6))), v.key, 'Repair', v.line,
  case v.line when 'Representative' then case when own.first_year or own.early and not own.first_service then 1 when own.first_bill then 2 else 3 end
              else case when own.first_year or own.first_service then 30 when own.early then 7 else 15 end end,
  '', '', x.id, true, 'Before', false, 1, v.place, 1
from followups_script x
join (select s.company_id,
        exists (select 1 from followups_rule r where r.company_id = s.company_id and r.key = 'first-year') as first_year,
        exists (select 1 from followups_rule r where r.company_id = s.company_id and r.key = 'first-service') as first_service,
        exists (select 1 from followups_rule r where r.company_id = s.company_id and r.key = 'first-bill') as first_bill,
        exists (select 1 from followups_rule r where r.company_id = s.company_id and r.key = 'maintenance' and r.days = 14) as early
      from followups_setting s) own on own.company_id = x.company_id
cross join (select 'repair-rep' as key, 'Representative' as line, 100 as place union all select 'repair-spec', 'Specialist', 101) as v
where x.key = 'after-repair' and not exists (select 1 from followups_rule r where r.company_id = x.company_id and r.key = v.key);
