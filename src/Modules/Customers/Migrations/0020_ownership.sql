-- Who keeps a file, whether it counts (A13), and whether it was merged into another (A11). A merged file stays as it was,
-- out of sight: taking it out again gives it back.
alter table customers_customer add column keeper_id uuid;
alter table customers_customer add column uncounted_since timestamptz;
alter table customers_customer add column merged_into uuid;
create index customers_customer_merged on customers_customer (company_id, merged_into) where merged_into is not null;
create index customers_customer_uncounted on customers_customer (company_id, uncounted_since) where uncounted_since is not null;

-- The reason of an owner keeps its facts; the deputy has a history too.
alter table customers_ownership add column deputy_id uuid;
alter table customers_ownership add column why_args text not null default '[]';

create table customers_allocation (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  kind text not null,
  place integer not null,
  is_on boolean not null,
  months integer not null,
  share integer not null,
  skill integer not null,
  workload integer not null,
  efficiency integer not null,
  version integer not null,
  primary key (company_id, id)
);
create unique index customers_allocation_kind on customers_allocation (company_id, kind);

-- Words of an address that lie near a store, or are one person's ground.
create table customers_area (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  words text not null,
  store_id uuid,
  staff_id uuid,
  primary key (company_id, id),
  foreign key (company_id, store_id) references access_store (company_id, id),
  foreign key (company_id, staff_id) references staff_member (company_id, id)
);
create unique index customers_area_words on customers_area (company_id, words);

-- How many files a person may own.
create table customers_capacity (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  staff_id uuid not null,
  most integer not null,
  primary key (company_id, id),
  foreign key (company_id, staff_id) references staff_member (company_id, id)
);
create unique index customers_capacity_staff on customers_capacity (company_id, staff_id);

-- Files that changed hands together; each row says from whom, so that it can be taken back.
create table customers_handover (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  kind text not null,
  from_id uuid,
  to_id uuid not null,
  by uuid,
  at timestamptz not null,
  files integer not null,
  undone_at timestamptz,
  undone_by uuid,
  version integer not null,
  primary key (company_id, id),
  foreign key (company_id, to_id) references staff_member (company_id, id)
);
create index customers_handover_at on customers_handover (company_id, at);

create table customers_handover_row (
  company_id uuid not null,
  id uuid not null,
  handover_id uuid not null,
  customer_id uuid not null,
  from_id uuid,
  primary key (company_id, id),
  foreign key (company_id, handover_id) references customers_handover (company_id, id),
  foreign key (company_id, customer_id) references customers_customer (company_id, id)
);
create index customers_handover_row_of on customers_handover_row (company_id, handover_id);
create index customers_handover_row_customer on customers_handover_row (company_id, customer_id);

create table customers_owner_setting (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  approve_files boolean not null,
  owner_roles text not null,
  version integer not null,
  primary key (company_id, id)
);
create unique index customers_owner_setting_one on customers_owner_setting (company_id);
