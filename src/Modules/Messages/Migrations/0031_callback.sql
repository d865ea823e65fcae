-- Token and key of what WeChat posts by itself, protected; and how far WeCom's messages were read.
alter table messages_inbound add column secret text not null default '';
alter table messages_inbound add column read_to text not null default '';
