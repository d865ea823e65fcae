create table sheets_import (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  kind text not null,
  file_name text not null,
  sha256 text not null,
  size bigint not null,
  format text not null,
  header_row integer not null,
  mapping text not null,
  state text not null,
  rows_total bigint,
  rows_done bigint not null,
  rows_added bigint not null,
  rows_same bigint not null,
  rows_refused bigint not null,
  failure text not null,
  created_at timestamptz not null,
  started_at timestamptz,
  finished_at timestamptz,
  by uuid,
  version integer not null,
  primary key (company_id, id)
);
create index sheets_import_state on sheets_import (company_id, state);

create table sheets_refused_row (
  company_id uuid not null,
  id uuid not null,
  import_id uuid not null,
  row_number integer not null,
  reason text not null,
  cells text not null,
  primary key (company_id, id),
  foreign key (company_id, import_id) references sheets_import (company_id, id)
);
create index sheets_refused_row_import on sheets_refused_row (company_id, import_id, row_number);
