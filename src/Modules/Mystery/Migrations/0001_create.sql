create table mystery_scenario (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  name text not null,
  story text not null,
  trouble text not null,
  expected text not null,
  closed_at timestamptz,
  version integer not null,
  primary key (company_id, id)
);

create table mystery_sheet (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  name text not null,
  version integer not null,
  primary key (company_id, id)
);

create table mystery_sheet_version (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  sheet_id uuid not null,
  number integer not null,
  published_at timestamptz,
  published_by uuid,
  version integer not null,
  primary key (company_id, id),
  foreign key (company_id, sheet_id) references mystery_sheet (company_id, id)
);
create unique index mystery_sheet_version_number on mystery_sheet_version (company_id, sheet_id, number);

create table mystery_section (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  sheet_version_id uuid not null,
  position integer not null,
  name text not null,
  topic text not null,
  weight integer not null,
  primary key (company_id, id),
  foreign key (company_id, sheet_version_id) references mystery_sheet_version (company_id, id)
);
create index mystery_section_of on mystery_section (company_id, sheet_version_id, position);

create table mystery_point (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  section_id uuid not null,
  position integer not null,
  words text not null,
  kind text not null,
  weight integer not null,
  target integer not null,
  worst integer not null,
  primary key (company_id, id),
  foreign key (company_id, section_id) references mystery_section (company_id, id)
);
create index mystery_point_of on mystery_point (company_id, section_id, position);

create table mystery_competitor (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  name text not null,
  address text not null,
  closed_at timestamptz,
  version integer not null,
  primary key (company_id, id)
);

create table mystery_programme (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  name text not null,
  purpose text not null,
  sheet_id uuid not null,
  starts_on date not null,
  ends_on date not null,
  made_at timestamptz not null,
  made_by uuid,
  closed_at timestamptz,
  version integer not null,
  primary key (company_id, id),
  foreign key (company_id, sheet_id) references mystery_sheet (company_id, id)
);

create table mystery_visit (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  number text not null,
  programme_id uuid not null,
  scenario_id uuid not null,
  sheet_version_id uuid not null,
  store_id uuid,
  competitor_id uuid,
  staff_id uuid,
  owner_id uuid,
  planned_from date not null,
  planned_to date not null,
  state text not null,
  arrived_at timestamptz,
  left_at timestamptz,
  strengths text not null,
  weaknesses text not null,
  reported_at timestamptz,
  return_note text not null,
  released_at timestamptz,
  released_by uuid,
  score integer,
  version integer not null,
  primary key (company_id, id),
  foreign key (company_id, programme_id) references mystery_programme (company_id, id),
  foreign key (company_id, scenario_id) references mystery_scenario (company_id, id),
  foreign key (company_id, sheet_version_id) references mystery_sheet_version (company_id, id),
  foreign key (company_id, store_id) references access_store (company_id, id),
  foreign key (company_id, competitor_id) references mystery_competitor (company_id, id),
  foreign key (company_id, owner_id) references staff_member (company_id, id),
  foreign key (company_id, staff_id) references staff_member (company_id, id)
);
create unique index mystery_visit_number on mystery_visit (company_id, number);
create index mystery_visit_shopper on mystery_visit (company_id, owner_id, state);
create index mystery_visit_store on mystery_visit (company_id, store_id, state, arrived_at);
create index mystery_visit_programme on mystery_visit (company_id, programme_id);
create index mystery_visit_staff on mystery_visit (company_id, staff_id, state);

create table mystery_mark (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  visit_id uuid not null,
  point_id uuid not null,
  value integer,
  skipped boolean not null,
  note text not null,
  struck boolean not null,
  primary key (company_id, id),
  foreign key (company_id, visit_id) references mystery_visit (company_id, id),
  foreign key (company_id, point_id) references mystery_point (company_id, id)
);
create unique index mystery_mark_of on mystery_mark (company_id, visit_id, point_id);

create table mystery_section_score (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  visit_id uuid not null,
  section_id uuid not null,
  score integer not null,
  primary key (company_id, id),
  foreign key (company_id, visit_id) references mystery_visit (company_id, id),
  foreign key (company_id, section_id) references mystery_section (company_id, id)
);
create unique index mystery_section_score_of on mystery_section_score (company_id, visit_id, section_id);

create table mystery_photo (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  visit_id uuid not null,
  file_id uuid not null,
  at timestamptz not null,
  primary key (company_id, id),
  foreign key (company_id, visit_id) references mystery_visit (company_id, id)
);
create index mystery_photo_of on mystery_photo (company_id, visit_id);
create index mystery_photo_file on mystery_photo (company_id, file_id);

create table mystery_appeal (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  visit_id uuid not null,
  point_id uuid,
  words text not null,
  at timestamptz not null,
  by uuid,
  state text not null,
  answer text not null,
  decided_at timestamptz,
  decided_by uuid,
  version integer not null,
  primary key (company_id, id),
  foreign key (company_id, visit_id) references mystery_visit (company_id, id),
  foreign key (company_id, point_id) references mystery_point (company_id, id)
);
create index mystery_appeal_of on mystery_appeal (company_id, visit_id);
create index mystery_appeal_state on mystery_appeal (company_id, state);

create table mystery_wish (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  staff_id uuid not null,
  words text not null,
  at timestamptz not null,
  visit_id uuid,
  primary key (company_id, id),
  foreign key (company_id, staff_id) references staff_member (company_id, id),
  foreign key (company_id, visit_id) references mystery_visit (company_id, id)
);
create index mystery_wish_open on mystery_wish (company_id, visit_id);
create index mystery_wish_staff on mystery_wish (company_id, staff_id);
