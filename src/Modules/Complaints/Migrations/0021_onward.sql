-- Of a major case: brand division and legal are told by who handles it; operations and the CEO by who was told before (F5).
alter table complaints_report add column onward boolean not null default false;
