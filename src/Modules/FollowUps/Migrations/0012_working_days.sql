-- C1: days counted as the store's working days; calls before a thing is due for maintenance.
alter table followups_rule add column working boolean not null default false;
alter table followups_rule_edition add column working boolean not null default false;
