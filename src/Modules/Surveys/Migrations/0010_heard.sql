create table surveys_heard (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  survey_id uuid not null,
  store_id uuid,
  topic text not null,
  said text not null,
  did text not null,
  at timestamptz not null,
  by uuid,
  ended_at timestamptz,
  told integer not null,
  telling_since timestamptz,
  version integer not null,
  primary key (company_id, id),
  foreign key (company_id, survey_id) references surveys_survey (company_id, id),
  foreign key (company_id, store_id) references access_store (company_id, id)
);
create index surveys_heard_survey on surveys_heard (company_id, survey_id, at);
