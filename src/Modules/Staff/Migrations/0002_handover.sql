-- What a leaver handed over, to whom, how much of each (S3-8, 12).
create table staff_handover (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  from_id uuid not null,
  to_id uuid not null,
  by uuid,
  at timestamptz not null,
  counts text not null,
  note text not null,
  primary key (company_id, id),
  foreign key (company_id, from_id) references staff_member (company_id, id),
  foreign key (company_id, to_id) references staff_member (company_id, id)
);
create index staff_handover_from on staff_handover (company_id, from_id, at);
