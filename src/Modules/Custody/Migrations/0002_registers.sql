create table custody_request (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  number text not null,
  kind text not null,
  file_id uuid,
  file_number text not null,
  choice_store_id uuid,
  choice_tier text not null,
  is_form boolean not null,
  is_secret boolean not null,
  what text not null,
  copies integer not null,
  purpose text not null,
  reason text not null,
  until timestamptz,
  store_id uuid,
  owner_id uuid,
  outsider_name text not null,
  outsider_from text not null,
  outsider_paper text not null,
  outsider_paper_number text not null,
  carrier_id uuid,
  measures text not null,
  rows integer not null,
  asked_at timestamptz not null,
  approval_id uuid,
  state text not null,
  decided_at timestamptz,
  decided_by uuid,
  note text not null,
  ended_at timestamptz,
  ended_by uuid,
  used_at timestamptz,
  version integer not null,
  primary key (company_id, id),
  foreign key (company_id, file_id) references customers_customer (company_id, id),
  foreign key (company_id, owner_id) references staff_member (company_id, id),
  foreign key (company_id, carrier_id) references staff_member (company_id, id)
);
create index custody_request_asked on custody_request (company_id, asked_at);
create index custody_request_owner on custody_request (company_id, owner_id, asked_at);
create index custody_request_file on custody_request (company_id, file_id);

create table custody_carrier (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  staff_id uuid not null,
  by uuid,
  at timestamptz not null,
  primary key (company_id, id),
  foreign key (company_id, staff_id) references staff_member (company_id, id)
);
create unique index custody_carrier_staff on custody_carrier (company_id, staff_id);

create table custody_loan (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  number text not null,
  file_id uuid not null,
  file_number text not null,
  what text not null,
  copies integer not null,
  reason text not null,
  is_sheet boolean not null,
  days integer not null,
  store_id uuid,
  owner_id uuid,
  signed_at timestamptz not null,
  approval_id uuid,
  state text not null,
  out_at timestamptz,
  out_by uuid,
  due_at timestamptz,
  back_at timestamptz,
  back_by uuid,
  complete boolean,
  missing text not null,
  put_back_at timestamptz,
  put_back_by uuid,
  place text not null,
  note text not null,
  version integer not null,
  primary key (company_id, id),
  foreign key (company_id, file_id) references customers_customer (company_id, id),
  foreign key (company_id, owner_id) references staff_member (company_id, id)
);
create index custody_loan_state on custody_loan (company_id, state, due_at);
create index custody_loan_file on custody_loan (company_id, file_id, state);
create index custody_loan_owner on custody_loan (company_id, owner_id, signed_at);

create table custody_loan_notice (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  loan_id uuid not null,
  stage integer not null,
  to_id uuid not null,
  at timestamptz not null,
  primary key (company_id, id),
  foreign key (company_id, loan_id) references custody_loan (company_id, id),
  foreign key (company_id, to_id) references staff_member (company_id, id)
);
create unique index custody_loan_notice_once on custody_loan_notice (company_id, loan_id, stage, to_id);

create table custody_setting (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  loan_days integer not null,
  remind_hours integer not null,
  grant_days integer not null,
  version integer not null,
  primary key (company_id, id)
);

create table custody_seal (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  number text not null,
  file_id uuid not null,
  file_number text not null,
  title text not null,
  pages integer not null,
  place text not null,
  words text not null,
  scan_id uuid,
  store_id uuid,
  by uuid,
  at timestamptz not null,
  primary key (company_id, id),
  foreign key (company_id, file_id) references customers_customer (company_id, id)
);
create index custody_seal_file on custody_seal (company_id, file_id);
create index custody_seal_scan on custody_seal (company_id, scan_id);

create table custody_seal_opening (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  seal_id uuid not null,
  by uuid not null,
  reason text not null,
  at timestamptz not null,
  until timestamptz not null,
  primary key (company_id, id),
  foreign key (company_id, seal_id) references custody_seal (company_id, id)
);
create index custody_seal_opening_seal on custody_seal_opening (company_id, seal_id, at);

create table custody_report (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  number text not null,
  title text not null,
  period text not null,
  is_regular boolean not null,
  for_whom text not null,
  figures text not null,
  by uuid,
  at timestamptz not null,
  approval_id uuid,
  state text not null,
  note text not null,
  decided_at timestamptz,
  issued_at timestamptz,
  issued_by uuid,
  issued_to text not null,
  copies integer not null,
  version integer not null,
  primary key (company_id, id)
);
create index custody_report_at on custody_report (company_id, at);

create table custody_report_correction (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  report_id uuid not null,
  item text not null,
  before text not null,
  after text not null,
  reason text not null,
  by uuid,
  at timestamptz not null,
  approval_id uuid,
  approved boolean,
  filed_at timestamptz,
  primary key (company_id, id),
  foreign key (company_id, report_id) references custody_report (company_id, id)
);
create index custody_report_correction_report on custody_report_correction (company_id, report_id, at);
