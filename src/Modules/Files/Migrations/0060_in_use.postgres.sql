-- Content is shared by hash over companies; whether anybody still has it is asked past the companies' walls, and answers yes or no only.
create function files_in_use(wanted text) returns boolean
language sql stable security definer
set search_path = public, pg_temp
as $$ select exists (select 1 from files_file f where f.sha256 = wanted) $$;
revoke all on function files_in_use(text) from public;
grant execute on function files_in_use(text) to huitou_app;
create index files_file_content on files_file (sha256);
