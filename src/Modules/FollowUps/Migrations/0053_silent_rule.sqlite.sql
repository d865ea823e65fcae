-- C2: rule and script of who has been silent too long, for companies that have theirs already (ReadyRules says the same to new ones).
insert into followups_script (company_id, id, key, title, steps, edition, version)
select s.company_id, upper(substr(hex(randomblob(4)),1,8) || '-' || hex(randomblob(2)) || '-7' || substr(hex(randomblob(2)), 2) || '-8' || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6))), 'silent', '', '', 1, 1 from followups_setting s
where not exists (select 1 from followups_script x where x.company_id = s.company_id and x.key = 'silent');
insert into followups_rule (company_id, id, key, cause, line, days, title, aim, script_id, active, shift, working, edition, place, version)
select x.company_id, upper(substr(hex(randomblob(4)),1,8) || '-' || hex(randomblob(2)) || '-7' || substr(hex(randomblob(2)), 2) || '-8' || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6))), 'silent', 'Plan', 'Representative', 0, '', '', x.id, true, 'None', false, 1, 103, 1
from followups_script x
where x.key = 'silent' and not exists (select 1 from followups_rule r where r.company_id = x.company_id and r.key = 'silent');
