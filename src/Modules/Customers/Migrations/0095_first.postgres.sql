-- A page of hits reads as many rows as it shows: those who bear the very name first (their names are a token of their own), the rest
-- after them, each in the order in which the index meets them. The more customers there are, the more bear a name; a page stays a page.
-- "of" says how many came: as many as were asked for means that there may be more.
create function customers_find_first(exact text, rest text, most integer) returns table (id uuid, place bigint, "of" bigint)
language sql stable security definer rows 30
set search_path = public, pg_temp
as $$
  select f.id, row_number() over (), count(*) over () from (
    (select s.id from customers_search s
     where s.tokens @@ nullif(exact, '')::tsquery and s.company_id = nullif(current_setting('app.company_id', true), '')::uuid limit most)
    union all
    (select s.id from customers_search s
     where s.tokens @@ rest::tsquery and s.company_id = nullif(current_setting('app.company_id', true), '')::uuid limit most)
    limit most
  ) f
$$;
revoke all on function customers_find_first(text, text, integer) from public;
grant execute on function customers_find_first(text, text, integer) to huitou_app;

-- Names that stand already; the company's short number is in front of every token. What is written from now on is put together by the program, in the same way.
update customers_search s set tokens = s.tokens || array_to_tsvector(array[split_part((tsvector_to_array(s.tokens))[1], '_', 1) || '__n' || regexp_replace(lower(c.name), '[^[:alnum:]]', '', 'g')])
from customers_customer c
where c.company_id = s.company_id and c.id = s.id and c.name <> '' and length(s.tokens) > 0;
