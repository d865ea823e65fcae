-- The template a plan's message is made with; empty: the one that fits the occasion.
alter table care_plan add column template_key text not null default '';
