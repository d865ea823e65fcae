-- B10: loss, damage and breaches of secrecy, made good at once and fined by the shop's scale.
create table custody_penalty_scale (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  key text not null,
  title text not null,
  least bigint not null,
  most bigint not null,
  version integer not null,
  primary key (company_id, id)
);
create unique index custody_penalty_scale_key on custody_penalty_scale (company_id, key);

create table custody_penalty (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  number text not null,
  staff_id uuid not null,
  scale_key text not null,
  file_number text not null,
  what text not null,
  made_good text not null,
  amount bigint not null,
  decided_by uuid,
  at timestamptz not null,
  state text not null,
  appeal text not null,
  appealed_at timestamptz,
  outcome text not null,
  ended_by uuid,
  ended_at timestamptz,
  version integer not null,
  primary key (company_id, id),
  foreign key (company_id, staff_id) references staff_member (company_id, id)
);
create unique index custody_penalty_number on custody_penalty (company_id, number);
create index custody_penalty_staff on custody_penalty (company_id, staff_id, at);
