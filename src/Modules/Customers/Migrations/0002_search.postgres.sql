-- Search under row-level security: only leakproof operators use an index there, and @@ is none. So the ids come from one
-- function of the owner, which cuts to the set company itself. Its caller still joins the protected table.
create table customers_search (
  company_id uuid not null,
  id uuid not null,
  tokens tsvector not null,
  primary key (company_id, id)
);
create index customers_search_tokens on customers_search using gin (tokens) with (gin_pending_list_limit = 512);

create function customers_find(query text, most integer) returns setof uuid
language sql stable security definer rows 100
set search_path = public, pg_temp
as $$
  select s.id from customers_search s
  where s.tokens @@ query::tsquery and s.company_id = nullif(current_setting('app.company_id', true), '')::uuid
  limit most
$$;
revoke all on function customers_find(text, integer) from public;
grant execute on function customers_find(text, integer) to huitou_app;

-- Lists go by the next contact, those without one last: the order of the index itself.
create index customers_customer_next on customers_customer (company_id, next_contact_at, id);
