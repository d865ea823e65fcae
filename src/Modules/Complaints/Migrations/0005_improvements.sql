alter table complaints_complaint add column repeat_of uuid;
alter table complaints_complaint add column merged_into uuid;
alter table complaints_complaint add column merged_state text not null default '';

create table complaints_improvement (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  kind text not null,
  complaint_id uuid,
  store_id uuid,
  owner_id uuid,
  what text not null,
  reason text not null,
  due_on date not null,
  made_at timestamptz not null,
  made_by uuid,
  state text not null,
  proof text not null,
  proof_file uuid,
  done_at timestamptz,
  done_by uuid,
  check_on date,
  attempts integer not null,
  version integer not null,
  primary key (company_id, id),
  foreign key (company_id, complaint_id) references complaints_complaint (company_id, id),
  foreign key (company_id, store_id) references access_store (company_id, id),
  foreign key (company_id, owner_id) references staff_member (company_id, id)
);
create index complaints_improvement_state on complaints_improvement (company_id, state, due_on);
create index complaints_improvement_complaint on complaints_improvement (company_id, complaint_id);
create index complaints_improvement_owner on complaints_improvement (company_id, owner_id, state);

create table complaints_improvement_step (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  improvement_id uuid not null,
  kind text not null,
  words text not null,
  by uuid,
  at timestamptz not null,
  primary key (company_id, id),
  foreign key (company_id, improvement_id) references complaints_improvement (company_id, id)
);
create index complaints_improvement_step_of on complaints_improvement_step (company_id, improvement_id, at);
