-- How a person put the columns of a table right: taken again for the next table with the same headers.
create table sheets_mapping (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  kind text not null,
  headers text not null,
  by uuid,
  mapping text not null,
  given text not null,
  at timestamptz not null,
  primary key (company_id, id)
);
create index sheets_mapping_headers on sheets_mapping (company_id, kind, headers, at);
