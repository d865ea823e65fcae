alter table complaints_complaint add column paused_at timestamptz;
alter table complaints_complaint add column pause_until timestamptz;
alter table complaints_complaint add column paused_micros bigint not null default 0;
alter table complaints_report add column missed_by uuid;
alter table complaints_report add column missed_at timestamptz;

create table complaints_pause (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  complaint_id uuid not null,
  round integer not null,
  reason text not null,
  note text not null,
  by uuid,
  at timestamptz not null,
  until timestamptz not null,
  left_micros bigint not null,
  warn_left_micros bigint not null,
  end_kind text,
  ended_by uuid,
  ended_at timestamptz,
  took_micros bigint not null,
  primary key (company_id, id),
  foreign key (company_id, complaint_id) references complaints_complaint (company_id, id)
);
create index complaints_pause_of on complaints_pause (company_id, complaint_id, at);

create table complaints_help (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  complaint_id uuid not null,
  from_staff uuid,
  to_staff uuid not null,
  what text not null,
  at timestamptz not null,
  due_at timestamptz not null,
  late_at timestamptz,
  answer text not null,
  answered_by uuid,
  answered_at timestamptz,
  primary key (company_id, id),
  foreign key (company_id, complaint_id) references complaints_complaint (company_id, id),
  foreign key (company_id, to_staff) references staff_member (company_id, id)
);
create index complaints_help_of on complaints_help (company_id, complaint_id, at);
create index complaints_help_to on complaints_help (company_id, to_staff, answered_at);

create table complaints_result (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  complaint_id uuid not null,
  round integer not null,
  due_at timestamptz not null,
  words text not null,
  by uuid,
  at timestamptz,
  missed_by uuid,
  missed_at timestamptz,
  primary key (company_id, id),
  foreign key (company_id, complaint_id) references complaints_complaint (company_id, id)
);
create unique index complaints_result_of on complaints_result (company_id, complaint_id, round);
create index complaints_result_open on complaints_result (company_id, at, due_at);

create table complaints_warning (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  complaint_id uuid not null,
  what text not null,
  effect text not null,
  done text not null,
  need text not null,
  roles text not null,
  by uuid,
  at timestamptz not null,
  primary key (company_id, id),
  foreign key (company_id, complaint_id) references complaints_complaint (company_id, id)
);
create index complaints_warning_of on complaints_warning (company_id, complaint_id, at);
