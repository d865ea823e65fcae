create table followups_answer (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  result_id uuid not null,
  script_key text not null,
  edition integer not null,
  place integer not null,
  question text not null,
  answer text not null,
  primary key (company_id, id),
  foreign key (company_id, result_id) references followups_result (company_id, id)
);
create unique index followups_answer_of on followups_answer (company_id, result_id, place);
