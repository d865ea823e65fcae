-- C5: the regular service meeting with its minutes and what was decided.
create table followups_meeting (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  store_id uuid,
  owner_id uuid,
  on_date date not null,
  title text not null,
  present text not null,
  figures text not null,
  minutes text not null,
  made_at timestamptz not null,
  closed_at timestamptz,
  version integer not null,
  primary key (company_id, id),
  foreign key (company_id, store_id) references access_store (company_id, id)
);
create index followups_meeting_on on followups_meeting (company_id, on_date);

create table followups_decision (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  meeting_id uuid not null,
  what text not null,
  owner_id uuid not null,
  due_on date not null,
  done_at timestamptz,
  primary key (company_id, id),
  foreign key (company_id, meeting_id) references followups_meeting (company_id, id),
  foreign key (company_id, owner_id) references staff_member (company_id, id)
);
create index followups_decision_meeting on followups_decision (company_id, meeting_id);
