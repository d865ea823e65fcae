-- Work that is done many at a time has a line of its own at the runner.
alter table kernel_due add column many boolean not null default false;
create index kernel_due_line on kernel_due (many, state, due_at);
