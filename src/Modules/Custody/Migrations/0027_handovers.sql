-- B13: files change hands by a list that both sides sign; title papers lie apart in the safe under the same number.
create table custody_handover (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  number text not null,
  reason text not null,
  from_id uuid not null,
  to_id uuid not null,
  store_id uuid,
  owner_id uuid,
  ended_on date not null,
  due_on date not null,
  note text not null,
  at timestamptz not null,
  from_signed_at timestamptz,
  to_signed_at timestamptz,
  version integer not null,
  primary key (company_id, id),
  foreign key (company_id, from_id) references staff_member (company_id, id),
  foreign key (company_id, to_id) references staff_member (company_id, id)
);
create unique index custody_handover_number on custody_handover (company_id, number);

create table custody_handover_item (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  handover_id uuid not null,
  file_id uuid not null,
  file_number text not null,
  place integer not null,
  what text not null,
  pieces integer not null,
  title_paper boolean not null,
  primary key (company_id, id),
  foreign key (company_id, handover_id) references custody_handover (company_id, id),
  foreign key (company_id, file_id) references customers_customer (company_id, id)
);
create index custody_handover_item_of on custody_handover_item (company_id, handover_id, place);
create index custody_handover_item_file on custody_handover_item (company_id, file_id);
