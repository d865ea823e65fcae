-- Who leaves the search leaves its words too, whoever deletes the row: a freed row number must not find old words.
create trigger customers_search_gone after delete on customers_search begin
  delete from customers_fts where rowid = old.row_id;
end;
