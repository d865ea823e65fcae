-- Two files that may be one person, or one family with one phone (A11). The smaller id is a_id.
create table customers_pair (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  a_id uuid not null,
  b_id uuid not null,
  kind text not null,
  score integer not null,
  reasons text not null,
  state text not null,
  found_at timestamptz not null,
  decided_by uuid,
  decided_at timestamptz,
  version integer not null,
  primary key (company_id, id),
  foreign key (company_id, a_id) references customers_customer (company_id, id),
  foreign key (company_id, b_id) references customers_customer (company_id, id)
);
create unique index customers_pair_once on customers_pair (company_id, a_id, b_id);
create index customers_pair_state on customers_pair (company_id, state, kind, score);
create index customers_pair_b on customers_pair (company_id, b_id);

-- One merging: what the surviving file was before is in fields, so that it can be undone.
create table customers_merge (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  kept_id uuid not null,
  gone_id uuid not null,
  at timestamptz not null,
  by uuid,
  fields text not null,
  purchases integer not null,
  total bigint not null,
  undone_at timestamptz,
  undone_by uuid,
  version integer not null,
  primary key (company_id, id),
  foreign key (company_id, kept_id) references customers_customer (company_id, id),
  foreign key (company_id, gone_id) references customers_customer (company_id, id)
);
create index customers_merge_kept on customers_merge (company_id, kept_id, at);
create index customers_merge_gone on customers_merge (company_id, gone_id, at);

-- Where each moved row belongs: the file it hung on before it was first moved.
create table customers_merge_row (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  table_name text not null,
  column_name text not null,
  row_id uuid not null,
  home_id uuid not null,
  primary key (company_id, id),
  foreign key (company_id, home_id) references customers_customer (company_id, id)
);
create unique index customers_merge_row_once on customers_merge_row (company_id, table_name, column_name, row_id);
create index customers_merge_row_home on customers_merge_row (company_id, home_id, table_name);
