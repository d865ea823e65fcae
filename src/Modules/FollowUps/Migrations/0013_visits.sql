-- C6: visits of their own: agreed and told, prepared, recorded, answered, visited again.
create table followups_visit (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  task_id uuid not null,
  customer_id uuid not null,
  store_id uuid,
  owner_id uuid,
  at timestamptz not null,
  place text not null,
  purpose text not null,
  bring text not null,
  told text not null,
  told_at timestamptz,
  state text not null,
  result_id uuid,
  open_point text not null,
  answer text not null,
  answered_at timestamptz,
  answered_by uuid,
  again_id uuid,
  after_id uuid,
  made_at timestamptz not null,
  version integer not null,
  primary key (company_id, id),
  foreign key (company_id, task_id) references followups_task (company_id, id),
  foreign key (company_id, customer_id) references customers_customer (company_id, id)
);
create index followups_visit_customer on followups_visit (company_id, customer_id, at);
create index followups_visit_owner on followups_visit (company_id, owner_id, state, at);
create index followups_visit_store on followups_visit (company_id, store_id, state, at);
