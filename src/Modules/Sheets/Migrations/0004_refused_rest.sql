alter table sheets_import add column refused_rest_length bigint not null default 0;
