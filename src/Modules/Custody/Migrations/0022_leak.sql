-- B9: data that leaked, or may have: reported in one step, told to those who must know, followed to its end.
create table custody_leak (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  number text not null,
  certain boolean not null,
  what text not null,
  remedy text not null,
  file_id uuid,
  file_number text not null,
  store_id uuid,
  owner_id uuid,
  at timestamptz not null,
  due_on date not null,
  state text not null,
  outcome text not null,
  closed_by uuid,
  closed_at timestamptz,
  version integer not null,
  primary key (company_id, id)
);
create unique index custody_leak_number on custody_leak (company_id, number);
create index custody_leak_state on custody_leak (company_id, state, due_on);

create table custody_leak_step (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  leak_id uuid not null,
  words text not null,
  by uuid,
  at timestamptz not null,
  primary key (company_id, id),
  foreign key (company_id, leak_id) references custody_leak (company_id, id)
);
create index custody_leak_step_of on custody_leak_step (company_id, leak_id, at);

create table custody_leak_told (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  leak_id uuid not null,
  staff_id uuid not null,
  at timestamptz not null,
  seen_at timestamptz,
  primary key (company_id, id),
  foreign key (company_id, leak_id) references custody_leak (company_id, id),
  foreign key (company_id, staff_id) references staff_member (company_id, id)
);
create unique index custody_leak_told_once on custody_leak_told (company_id, leak_id, staff_id);
create index custody_leak_told_staff on custody_leak_told (company_id, staff_id, seen_at);
