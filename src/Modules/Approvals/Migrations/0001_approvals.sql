create table approvals_rule (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  act text not null,
  up_to bigint,
  steps text not null,
  alone_only boolean not null,
  substitute text not null,
  within_hours integer not null,
  version integer not null,
  primary key (company_id, id)
);
create index approvals_rule_act on approvals_rule (company_id, act);

create table approvals_request (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  act text not null,
  subject_kind text not null,
  subject_id uuid not null,
  amount bigint not null,
  store_id uuid,
  owner_id uuid,
  summary text not null,
  href text not null,
  asked_at timestamptz not null,
  state text not null,
  decided_at timestamptz,
  within_hours integer not null,
  substitute text not null,
  version integer not null,
  primary key (company_id, id),
  foreign key (company_id, store_id) references access_store (company_id, id)
);
create index approvals_request_state on approvals_request (company_id, state, asked_at);
create index approvals_request_subject on approvals_request (company_id, subject_id);
create index approvals_request_owner on approvals_request (company_id, owner_id, asked_at);

create table approvals_step (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  request_id uuid not null,
  place integer not null,
  roles text not null,
  open_to text not null,
  state text not null,
  due_at timestamptz,
  by uuid,
  at timestamptz,
  note text not null,
  version integer not null,
  primary key (company_id, id),
  foreign key (company_id, request_id) references approvals_request (company_id, id)
);
create index approvals_step_request on approvals_step (company_id, request_id, place);
create index approvals_step_waiting on approvals_step (company_id, state, due_at);

create table approvals_reminder (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  step_id uuid not null,
  stage integer not null,
  roles text not null,
  by uuid,
  at timestamptz not null,
  primary key (company_id, id),
  foreign key (company_id, step_id) references approvals_step (company_id, id)
);
create unique index approvals_reminder_stage on approvals_reminder (company_id, step_id, stage);
