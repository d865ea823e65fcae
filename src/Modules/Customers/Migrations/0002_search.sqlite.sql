create table customers_search (
  row_id integer not null primary key,
  company_id uuid not null,
  id uuid not null
);
create unique index customers_search_customer on customers_search (company_id, id);
create virtual table customers_fts using fts5 (tokens, content = '', contentless_delete = 1, detail = none, tokenize = "unicode61 remove_diacritics 0 tokenchars '_'");

-- SQLite puts NULL first; lists want those without a next contact last, so the index carries that order.
create index customers_customer_next on customers_customer (company_id, (next_contact_at is null), next_contact_at, id);
