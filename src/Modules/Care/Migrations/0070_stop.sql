-- A promotion or an item of news that was stopped while part of it had not left yet.
alter table care_promotion add column stopped_at timestamptz;
alter table care_news add column stopped_at timestamptz;
