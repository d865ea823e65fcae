-- How far what came by WeCom was read: their cursor.
alter table messages_inbound add column read_to text not null default '';
