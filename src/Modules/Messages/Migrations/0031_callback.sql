-- Token and key of what WeChat posts by itself, protected.
alter table messages_inbound add column secret text not null default '';
