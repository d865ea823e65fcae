-- B14: what customers ask about their own data, and the holds that stop an erasure.
create table custody_rights_request (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  number text not null,
  file_id uuid not null,
  file_number text not null,
  store_id uuid,
  owner_id uuid,
  kind text not null,
  asker text not null,
  identity text not null,
  words text not null,
  asked_at timestamptz not null,
  due_on date not null,
  by_link boolean not null,
  taken_by uuid,
  state text not null,
  answer text not null,
  decided_by uuid,
  decided_at timestamptz,
  done_at timestamptz,
  version integer not null,
  primary key (company_id, id),
  foreign key (company_id, file_id) references customers_customer (company_id, id),
  foreign key (company_id, store_id) references access_store (company_id, id)
);
create unique index custody_rights_request_number on custody_rights_request (company_id, number);
create index custody_rights_request_file on custody_rights_request (company_id, file_id, asked_at);
create index custody_rights_request_state on custody_rights_request (company_id, state, due_on);

create table custody_legal_hold (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  file_id uuid not null,
  file_number text not null,
  reason text not null,
  by uuid,
  at timestamptz not null,
  lifted_by uuid,
  lifted_at timestamptz,
  primary key (company_id, id),
  foreign key (company_id, file_id) references customers_customer (company_id, id)
);
create index custody_legal_hold_file on custody_legal_hold (company_id, file_id);

-- How many days the shop gives itself: data. Without a row the ready number holds.
create table custody_term (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  key text not null,
  days integer not null,
  version integer not null,
  primary key (company_id, id)
);
create unique index custody_term_key on custody_term (company_id, key);
