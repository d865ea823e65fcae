-- How far the freezing of a month's plan is.
alter table followups_cycle add column freeze_done integer not null default 0;
