-- C1: after a repair, in two lines; the rules that ship, for companies that have theirs already (ReadyRules says the same to new ones).
insert into followups_script (company_id, id, key, title, steps, edition, version)
select s.company_id, upper(substr(hex(randomblob(4)),1,8) || '-' || hex(randomblob(2)) || '-7' || substr(hex(randomblob(2)), 2) || '-8' || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6))), 'after-repair', '', '', 1, 1 from followups_setting s
where not exists (select 1 from followups_script x where x.company_id = s.company_id and x.key = 'after-repair');
insert into followups_rule (company_id, id, key, cause, line, days, title, aim, script_id, active, shift, working, edition, place, version)
select x.company_id, upper(substr(hex(randomblob(4)),1,8) || '-' || hex(randomblob(2)) || '-7' || substr(hex(randomblob(2)), 2) || '-8' || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6))), v.key, 'Repair', v.line,
  case v.line when 'Representative' then case c.trade when 'property' then 1 when 'real-estate' then 1 when 'telecom-hall' then 2 else 3 end
              else case c.trade when 'property' then 7 when 'real-estate' then 30 when 'car-dealer' then 30 else 15 end end,
  '', '', x.id, true, 'Before', false, 1, v.place, 1
from followups_script x
join kernel_company c on c.id = x.company_id
cross join (select 'repair-rep' as key, 'Representative' as line, 100 as place union all select 'repair-spec', 'Specialist', 101) as v
where x.key = 'after-repair' and not exists (select 1 from followups_rule r where r.company_id = x.company_id and r.key = v.key);
