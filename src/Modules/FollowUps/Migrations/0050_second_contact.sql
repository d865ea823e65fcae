-- C2: the month's second contact. After how many days (0: none), and whether everybody is contacted again or only who left something to do.
alter table followups_setting add column second_days integer not null default 7;
alter table followups_setting add column second_all boolean not null default false;
alter table followups_cycle add column second_days integer not null default 0;
alter table followups_cycle add column second_all boolean not null default false;
-- The first contact of the month which this one follows up.
alter table followups_task add column first_id uuid;
create index followups_task_first on followups_task (company_id, first_id) where first_id is not null;
alter table followups_cycle_line add column second integer not null default 0;
alter table followups_cycle_line add column second_done integer not null default 0;
