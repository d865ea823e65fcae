-- B7: the half-yearly check of files, the more frequent one of the room, and of electronic files against their hashes.
create table custody_check (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  number text not null,
  kind text not null,
  store_id uuid,
  owner_id uuid,
  period text not null,
  due_on date not null,
  state text not null,
  looked integer not null,
  wrong integer not null,
  note text not null,
  done_by uuid,
  done_at timestamptz,
  version integer not null,
  primary key (company_id, id),
  foreign key (company_id, store_id) references access_store (company_id, id)
);
create unique index custody_check_number on custody_check (company_id, number);
create index custody_check_state on custody_check (company_id, state, due_on);

create table custody_check_point (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  check_id uuid not null,
  key text not null,
  ok boolean not null,
  note text not null,
  repaired_at timestamptz,
  repaired_by uuid,
  primary key (company_id, id),
  foreign key (company_id, check_id) references custody_check (company_id, id)
);
create unique index custody_check_point_key on custody_check_point (company_id, check_id, key);
