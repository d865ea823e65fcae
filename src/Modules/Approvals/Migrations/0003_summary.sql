-- What is asked is said in each reader's language: the summary is a key, its values stand here. Older summaries stay as they were written.
alter table approvals_request add column summary_args text not null default '';
