create table surveys_survey (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  name text not null,
  template text not null,
  state text not null,
  anonymous boolean not null,
  min_group integer not null,
  draft text not null,
  draft_before text not null,
  tried text not null,
  edition integer not null,
  edition_id uuid,
  made_at timestamptz not null,
  made_by uuid,
  version integer not null,
  primary key (company_id, id)
);

create table surveys_edition (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  survey_id uuid not null,
  number integer not null,
  content text not null,
  at timestamptz not null,
  by uuid,
  primary key (company_id, id),
  foreign key (company_id, survey_id) references surveys_survey (company_id, id)
);
create unique index surveys_edition_number on surveys_edition (company_id, survey_id, number);

create table surveys_door (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  survey_id uuid not null,
  kind text not null,
  store_id uuid,
  staff_id uuid,
  place text not null,
  token text not null,
  since timestamptz not null,
  by uuid,
  closed_at timestamptz,
  version integer not null,
  primary key (company_id, id),
  foreign key (company_id, survey_id) references surveys_survey (company_id, id),
  foreign key (company_id, store_id) references access_store (company_id, id),
  foreign key (company_id, staff_id) references staff_member (company_id, id)
);
create index surveys_door_survey on surveys_door (company_id, survey_id);

create table surveys_programme (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  survey_id uuid not null,
  name text not null,
  event text not null,
  active boolean not null,
  delay_days integer not null,
  share integer not null,
  quota integer not null,
  rest_days integer not null,
  remind_days integer not null,
  expire_days integer not null,
  store_id uuid,
  at timestamptz not null,
  version integer not null,
  primary key (company_id, id),
  foreign key (company_id, survey_id) references surveys_survey (company_id, id),
  foreign key (company_id, store_id) references access_store (company_id, id)
);

create table surveys_invitation (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  survey_id uuid not null,
  programme_id uuid,
  customer_id uuid not null,
  store_id uuid,
  staff_id uuid,
  subject_id uuid not null,
  subject_kind text not null,
  product text not null,
  happened_on date,
  channel text not null,
  state text not null,
  again_of uuid,
  at timestamptz not null,
  send_at timestamptz not null,
  sent_at timestamptz,
  reminded_at timestamptz,
  expires_at timestamptz not null,
  answered_at timestamptz,
  version integer not null,
  primary key (company_id, id),
  foreign key (company_id, survey_id) references surveys_survey (company_id, id),
  foreign key (company_id, programme_id) references surveys_programme (company_id, id),
  foreign key (company_id, customer_id) references customers_customer (company_id, id),
  foreign key (company_id, store_id) references access_store (company_id, id),
  foreign key (company_id, staff_id) references staff_member (company_id, id)
);
create index surveys_invitation_customer on surveys_invitation (company_id, customer_id, at);
create index surveys_invitation_survey on surveys_invitation (company_id, survey_id, at);
create unique index surveys_invitation_once on surveys_invitation (company_id, programme_id, customer_id, subject_id);

create table surveys_answer (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  survey_id uuid not null,
  edition_id uuid not null,
  invitation_id uuid,
  door_id uuid,
  customer_id uuid,
  store_id uuid,
  staff_id uuid,
  subject_id uuid not null,
  product text not null,
  channel text not null,
  language text not null,
  source text not null,
  seed integer not null,
  state text not null,
  typed_text text not null,
  begun_at timestamptz not null,
  kept_at timestamptz not null,
  finished_at timestamptz,
  overall integer,
  content boolean,
  nps integer,
  words text not null,
  one_thing text not null,
  typed_by uuid,
  again_of uuid,
  replaced_by uuid,
  version integer not null,
  primary key (company_id, id),
  foreign key (company_id, survey_id) references surveys_survey (company_id, id),
  foreign key (company_id, edition_id) references surveys_edition (company_id, id),
  foreign key (company_id, invitation_id) references surveys_invitation (company_id, id),
  foreign key (company_id, door_id) references surveys_door (company_id, id),
  foreign key (company_id, customer_id) references customers_customer (company_id, id),
  foreign key (company_id, store_id) references access_store (company_id, id),
  foreign key (company_id, staff_id) references staff_member (company_id, id)
);
create unique index surveys_answer_invitation on surveys_answer (company_id, invitation_id);
create index surveys_answer_survey on surveys_answer (company_id, survey_id, finished_at);
create index surveys_answer_store on surveys_answer (company_id, store_id, finished_at);
create index surveys_answer_customer on surveys_answer (company_id, customer_id, finished_at);
create index surveys_answer_door on surveys_answer (company_id, door_id, begun_at);

create table surveys_value (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  answer_id uuid not null,
  survey_id uuid not null,
  question text not null,
  item text not null,
  number integer,
  words text not null,
  primary key (company_id, id),
  foreign key (company_id, answer_id) references surveys_answer (company_id, id)
);
create index surveys_value_answer on surveys_value (company_id, answer_id);
create index surveys_value_question on surveys_value (company_id, survey_id, question);

create table surveys_loop_rule (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  survey_id uuid not null,
  question text not null,
  at_most integer not null,
  again_days integer not null,
  active boolean not null,
  version integer not null,
  primary key (company_id, id),
  foreign key (company_id, survey_id) references surveys_survey (company_id, id)
);

create table surveys_loop (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  survey_id uuid not null,
  rule_id uuid not null,
  answer_id uuid not null,
  complaint_id uuid,
  customer_id uuid,
  store_id uuid,
  staff_id uuid,
  subject_id uuid not null,
  at timestamptz not null,
  ended_at timestamptz,
  again_answer_id uuid,
  version integer not null,
  primary key (company_id, id),
  foreign key (company_id, survey_id) references surveys_survey (company_id, id),
  foreign key (company_id, answer_id) references surveys_answer (company_id, id),
  foreign key (company_id, rule_id) references surveys_loop_rule (company_id, id),
  foreign key (company_id, customer_id) references customers_customer (company_id, id)
);
create unique index surveys_loop_answer on surveys_loop (company_id, answer_id);
create index surveys_loop_complaint on surveys_loop (company_id, complaint_id);
create index surveys_loop_survey on surveys_loop (company_id, survey_id, at);

create table surveys_target (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  survey_id uuid not null,
  store_id uuid,
  figure text not null,
  aim integer not null,
  since date not null,
  by uuid,
  version integer not null,
  primary key (company_id, id),
  foreign key (company_id, survey_id) references surveys_survey (company_id, id),
  foreign key (company_id, store_id) references access_store (company_id, id)
);
create index surveys_target_survey on surveys_target (company_id, survey_id);
