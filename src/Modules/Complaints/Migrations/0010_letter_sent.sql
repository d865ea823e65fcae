alter table complaints_attachment add column channel text not null default '';
alter table complaints_attachment add column language text not null default '';
alter table complaints_attachment add column template integer not null default 0;
