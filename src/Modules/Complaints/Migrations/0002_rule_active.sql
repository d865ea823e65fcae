alter table complaints_rule add column active boolean not null default true;
