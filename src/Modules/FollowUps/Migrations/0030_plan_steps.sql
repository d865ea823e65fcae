-- How far the making of a month's plan is; what stands there is made.
alter table followups_cycle add column steps integer not null default 0;
alter table followups_cycle add column steps_done integer not null default 0;
-- A large plan is frozen as due work, too.
alter table followups_cycle add column freeze_asked_at timestamptz;
