-- The care calendar (D1, D2): occasions, what is done on them, and the shop's own rows of festivals and plans.
create table care_setting (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  horizon_days integer not null,
  month_budget bigint not null,
  leap_month text not null,
  missing_day text not null,
  leap_day text not null,
  hotline text not null,
  version integer not null,
  primary key (company_id, id)
);
create unique index care_setting_company on care_setting (company_id);

create table care_festival (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  name text not null,
  kind text not null,
  month integer not null,
  day integer not null,
  active boolean not null,
  version integer not null,
  primary key (company_id, id)
);

create table care_plan (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  kind text not null,
  festival_id uuid,
  tier_from text not null,
  way text not null,
  days_before integer not null,
  words text not null,
  gift text not null,
  cost bigint not null,
  active boolean not null,
  place integer not null,
  version integer not null,
  primary key (company_id, id),
  foreign key (company_id, festival_id) references care_festival (company_id, id)
);

create table care_occasion (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  store_id uuid,
  owner_id uuid,
  customer_id uuid not null,
  kind text not null,
  subject_id uuid not null,
  year integer not null,
  on_date date not null,
  lunar boolean not null,
  nth integer not null,
  words text not null,
  state text not null,
  seen_at timestamptz not null,
  created_at timestamptz not null,
  version integer not null,
  primary key (company_id, id),
  foreign key (company_id, customer_id) references customers_customer (company_id, id)
);
create unique index care_occasion_once on care_occasion (company_id, customer_id, kind, subject_id, year);
create index care_occasion_on on care_occasion (company_id, on_date, kind);
create index care_occasion_store on care_occasion (company_id, store_id, on_date);
create index care_occasion_owner on care_occasion (company_id, owner_id, on_date);

create table care_act (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  occasion_id uuid not null,
  plan_id uuid not null,
  store_id uuid,
  owner_id uuid,
  customer_id uuid not null,
  way text not null,
  due_on date not null,
  gift text not null,
  cost bigint not null,
  state text not null,
  why text not null,
  note text not null,
  request_id uuid,
  run_id uuid,
  done_at timestamptz,
  done_by uuid,
  created_at timestamptz not null,
  version integer not null,
  primary key (company_id, id),
  foreign key (company_id, occasion_id) references care_occasion (company_id, id),
  foreign key (company_id, customer_id) references customers_customer (company_id, id)
);
create unique index care_act_once on care_act (company_id, occasion_id, plan_id);
create index care_act_due on care_act (company_id, state, due_on);
create index care_act_customer on care_act (company_id, customer_id, due_on);
create index care_act_run on care_act (company_id, run_id);
