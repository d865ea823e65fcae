create table followups_setting (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  low_score integer not null,
  month_limit integer not null,
  most_attempts integer not null,
  day_ends_at integer not null,
  target integer not null,
  sample_percent integer not null,
  version integer not null,
  primary key (company_id, id)
);
create unique index followups_setting_company on followups_setting (company_id);

create table followups_script (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  key text not null,
  title text not null,
  steps text not null,
  edition integer not null,
  version integer not null,
  primary key (company_id, id)
);
create unique index followups_script_key on followups_script (company_id, key);

create table followups_rule (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  key text not null,
  cause text not null,
  line text not null,
  days integer not null,
  title text not null,
  aim text not null,
  script_id uuid not null,
  active boolean not null,
  place integer not null,
  version integer not null,
  primary key (company_id, id),
  foreign key (company_id, script_id) references followups_script (company_id, id)
);
create unique index followups_rule_key on followups_rule (company_id, key);

create table followups_cycle (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  month date not null,
  store_id uuid,
  owner_id uuid,
  state text not null,
  planned_customers integer not null,
  planned_contacts integer not null,
  second_contacts integer not null,
  by_on date not null,
  target integer not null,
  made_at timestamptz not null,
  frozen_at timestamptz,
  frozen_by uuid,
  sample_seed bigint,
  closed_at timestamptz,
  closed_by uuid,
  version integer not null,
  primary key (company_id, id),
  foreign key (company_id, store_id) references access_store (company_id, id)
);
create index followups_cycle_month on followups_cycle (company_id, month, store_id);

create table followups_task (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  store_id uuid,
  owner_id uuid,
  customer_id uuid not null,
  rule_key text not null,
  occurrence integer not null,
  anchor_on date not null,
  due_on date not null,
  due_at timestamptz not null,
  appointed boolean not null,
  note text not null,
  cycle_id uuid,
  state text not null,
  attempts integer not null,
  last_attempt_at timestamptz,
  retry_at timestamptz,
  done_at timestamptz,
  done_by uuid,
  created_at timestamptz not null,
  version integer not null,
  primary key (company_id, id),
  foreign key (company_id, store_id) references access_store (company_id, id),
  foreign key (company_id, owner_id) references staff_member (company_id, id),
  foreign key (company_id, customer_id) references customers_customer (company_id, id),
  foreign key (company_id, cycle_id) references followups_cycle (company_id, id)
);
create unique index followups_task_once on followups_task (company_id, customer_id, rule_key, anchor_on, occurrence);
create index followups_task_owner on followups_task (company_id, owner_id, state, due_at);
create index followups_task_store on followups_task (company_id, store_id, state, due_at);
create index followups_task_customer on followups_task (company_id, customer_id, state, due_at);
create index followups_task_due on followups_task (company_id, due_on, state);
create index followups_task_cycle on followups_task (company_id, cycle_id);
create index followups_task_done on followups_task (company_id, done_at);

create table followups_result (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  task_id uuid not null,
  customer_id uuid not null,
  store_id uuid,
  owner_id uuid,
  way text not null,
  outcome text not null,
  aim text not null,
  score integer,
  words text not null,
  needs text not null,
  next_on date,
  next_task_id uuid,
  rating_id uuid,
  complaint_id uuid,
  at timestamptz not null,
  seconds integer not null,
  withdrawn_at timestamptz,
  primary key (company_id, id),
  foreign key (company_id, task_id) references followups_task (company_id, id),
  foreign key (company_id, customer_id) references customers_customer (company_id, id)
);
create index followups_result_task on followups_result (company_id, task_id);
create index followups_result_customer on followups_result (company_id, customer_id, at);
create index followups_result_owner on followups_result (company_id, owner_id, at);
create index followups_result_store on followups_result (company_id, store_id, at);
create index followups_result_at on followups_result (company_id, at);

create table followups_cycle_item (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  cycle_id uuid not null,
  store_id uuid,
  owner_id uuid,
  customer_id uuid not null,
  rule_key text not null,
  anchor_on date not null,
  due_on date not null,
  note text not null,
  task_id uuid,
  added_by uuid,
  removed_at timestamptz,
  removed_by uuid,
  primary key (company_id, id),
  foreign key (company_id, cycle_id) references followups_cycle (company_id, id),
  foreign key (company_id, customer_id) references customers_customer (company_id, id)
);
create unique index followups_cycle_item_once on followups_cycle_item (company_id, cycle_id, customer_id, rule_key);
create index followups_cycle_item_due on followups_cycle_item (company_id, cycle_id, due_on);
create index followups_cycle_item_task on followups_cycle_item (company_id, task_id);

create table followups_check (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  cycle_id uuid not null,
  result_id uuid not null,
  customer_id uuid not null,
  called_by uuid,
  checked_by uuid,
  checked_at timestamptz,
  true_to_life boolean,
  score integer,
  words text not null,
  primary key (company_id, id),
  foreign key (company_id, cycle_id) references followups_cycle (company_id, id),
  foreign key (company_id, result_id) references followups_result (company_id, id)
);
create unique index followups_check_once on followups_check (company_id, cycle_id, result_id);

create table followups_improvement (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  cycle_id uuid not null,
  what text not null,
  owner_id uuid not null,
  due_on date not null,
  made_at timestamptz not null,
  made_by uuid,
  done_at timestamptz,
  worked boolean,
  effect text not null,
  version integer not null,
  primary key (company_id, id),
  foreign key (company_id, cycle_id) references followups_cycle (company_id, id),
  foreign key (company_id, owner_id) references staff_member (company_id, id)
);
create index followups_improvement_cycle on followups_improvement (company_id, cycle_id);
