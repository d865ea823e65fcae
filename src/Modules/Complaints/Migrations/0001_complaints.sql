create table complaints_rule (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  kind text not null,
  key text not null,
  number integer not null,
  minutes integer not null,
  words text not null,
  version integer not null,
  primary key (company_id, id)
);
create unique index complaints_rule_key on complaints_rule (company_id, kind, key);

create table complaints_complaint (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  number text not null,
  customer_id uuid not null,
  store_id uuid,
  owner_id uuid,
  title text not null,
  words text not null,
  demand text not null,
  channel text not null,
  origin text not null,
  kind text not null,
  cause text not null,
  grade text not null,
  major_reason text not null,
  taken_by uuid,
  at timestamptz not null,
  receipt text not null,
  state text not null,
  round integer not null,
  handovers integer not null,
  first_warn_at timestamptz not null,
  first_due_at timestamptz not null,
  first_done_at timestamptz,
  next_warn_at timestamptz,
  next_due_at timestamptz,
  next_from timestamptz,
  solution_from timestamptz not null,
  solution_warn_at timestamptz not null,
  solution_due_at timestamptz not null,
  solution_done_at timestamptz,
  clock_version integer not null,
  version integer not null,
  primary key (company_id, id),
  foreign key (company_id, customer_id) references customers_customer (company_id, id),
  foreign key (company_id, store_id) references access_store (company_id, id),
  foreign key (company_id, owner_id) references staff_member (company_id, id)
);
create unique index complaints_complaint_number on complaints_complaint (company_id, number);
create index complaints_complaint_customer on complaints_complaint (company_id, customer_id, at);
create index complaints_complaint_owner on complaints_complaint (company_id, owner_id, state);
create index complaints_complaint_store on complaints_complaint (company_id, store_id, state);
create index complaints_complaint_state on complaints_complaint (company_id, state, solution_due_at);

create table complaints_addition (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  complaint_id uuid not null,
  words text not null,
  by_customer boolean not null,
  by uuid,
  at timestamptz not null,
  primary key (company_id, id),
  foreign key (company_id, complaint_id) references complaints_complaint (company_id, id)
);
create index complaints_addition_of on complaints_addition (company_id, complaint_id, at);

create table complaints_message (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  complaint_id uuid not null,
  direction text not null,
  channel text not null,
  words text not null,
  by uuid,
  at timestamptz not null,
  next_at timestamptz,
  primary key (company_id, id),
  foreign key (company_id, complaint_id) references complaints_complaint (company_id, id)
);
create index complaints_message_of on complaints_message (company_id, complaint_id, at);

create table complaints_step (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  complaint_id uuid not null,
  round integer not null,
  step text not null,
  words text not null,
  by uuid,
  at timestamptz not null,
  primary key (company_id, id),
  foreign key (company_id, complaint_id) references complaints_complaint (company_id, id)
);
create unique index complaints_step_of on complaints_step (company_id, complaint_id, round, step);

create table complaints_alarm (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  complaint_id uuid not null,
  clock text not null,
  clock_version integer not null,
  stage text not null,
  due_at timestamptz not null,
  to_staff uuid,
  at timestamptz not null,
  primary key (company_id, id),
  foreign key (company_id, complaint_id) references complaints_complaint (company_id, id)
);
create unique index complaints_alarm_once on complaints_alarm (company_id, complaint_id, clock, clock_version, stage);

create table complaints_report (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  complaint_id uuid not null,
  role_key text not null,
  due_at timestamptz not null,
  by uuid,
  at timestamptz,
  primary key (company_id, id),
  foreign key (company_id, complaint_id) references complaints_complaint (company_id, id)
);
create unique index complaints_report_of on complaints_report (company_id, complaint_id, role_key);

create table complaints_excluded (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  complaint_id uuid not null,
  staff_id uuid not null,
  by uuid,
  at timestamptz not null,
  primary key (company_id, id),
  foreign key (company_id, complaint_id) references complaints_complaint (company_id, id),
  foreign key (company_id, staff_id) references staff_member (company_id, id)
);
create unique index complaints_excluded_of on complaints_excluded (company_id, complaint_id, staff_id);

create table complaints_handover (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  complaint_id uuid not null,
  from_staff uuid,
  to_staff uuid not null,
  why text not null,
  by uuid,
  at timestamptz not null,
  primary key (company_id, id),
  foreign key (company_id, complaint_id) references complaints_complaint (company_id, id),
  foreign key (company_id, to_staff) references staff_member (company_id, id)
);
create index complaints_handover_of on complaints_handover (company_id, complaint_id, at);

create table complaints_closing (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  complaint_id uuid not null,
  round integer not null,
  result text not null,
  lacking text not null,
  improvement text not null,
  left_minutes integer not null,
  by uuid,
  at timestamptz not null,
  primary key (company_id, id),
  foreign key (company_id, complaint_id) references complaints_complaint (company_id, id)
);
create unique index complaints_closing_of on complaints_closing (company_id, complaint_id, round);

create table complaints_reopening (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  complaint_id uuid not null,
  round integer not null,
  words text not null,
  by uuid,
  at timestamptz not null,
  primary key (company_id, id),
  foreign key (company_id, complaint_id) references complaints_complaint (company_id, id)
);
create unique index complaints_reopening_of on complaints_reopening (company_id, complaint_id, round);

create table complaints_confirmation (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  complaint_id uuid not null,
  round integer not null,
  kind text not null,
  words text not null,
  by uuid,
  at timestamptz not null,
  primary key (company_id, id),
  foreign key (company_id, complaint_id) references complaints_complaint (company_id, id)
);
create unique index complaints_confirmation_of on complaints_confirmation (company_id, complaint_id, round);

create table complaints_promise (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  customer_id uuid not null,
  complaint_id uuid,
  store_id uuid,
  owner_id uuid,
  what text not null,
  made_at timestamptz not null,
  made_by uuid,
  due_at timestamptz not null,
  state text not null,
  version integer not null,
  primary key (company_id, id),
  foreign key (company_id, customer_id) references customers_customer (company_id, id),
  foreign key (company_id, complaint_id) references complaints_complaint (company_id, id),
  foreign key (company_id, owner_id) references staff_member (company_id, id)
);
create index complaints_promise_customer on complaints_promise (company_id, customer_id, due_at);
create index complaints_promise_complaint on complaints_promise (company_id, complaint_id);
create index complaints_promise_state on complaints_promise (company_id, state, due_at);
create index complaints_promise_owner on complaints_promise (company_id, owner_id, state, due_at);

create table complaints_promise_end (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  promise_id uuid not null,
  kind text not null,
  note text not null,
  by uuid,
  at timestamptz not null,
  primary key (company_id, id),
  foreign key (company_id, promise_id) references complaints_promise (company_id, id)
);
create unique index complaints_promise_end_of on complaints_promise_end (company_id, promise_id, kind);

create table complaints_compensation (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  complaint_id uuid not null,
  kind text not null,
  what text not null,
  amount bigint not null,
  by uuid,
  at timestamptz not null,
  state text not null,
  from_allowance boolean not null,
  request_id uuid,
  decided_by uuid,
  decided_at timestamptz,
  note text not null,
  version integer not null,
  primary key (company_id, id),
  foreign key (company_id, complaint_id) references complaints_complaint (company_id, id)
);
create index complaints_compensation_of on complaints_compensation (company_id, complaint_id, at);

create table complaints_allowance (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  staff_id uuid not null,
  month text not null,
  spent bigint not null,
  primary key (company_id, id),
  foreign key (company_id, staff_id) references staff_member (company_id, id)
);
create unique index complaints_allowance_of on complaints_allowance (company_id, staff_id, month);
