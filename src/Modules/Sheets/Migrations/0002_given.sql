alter table sheets_import add column given text not null default '{}';
