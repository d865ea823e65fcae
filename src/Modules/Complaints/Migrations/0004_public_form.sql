create table complaints_form (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  store_id uuid not null,
  token text not null,
  since timestamptz not null,
  by uuid,
  closed_at timestamptz,
  version integer not null,
  primary key (company_id, id),
  foreign key (company_id, store_id) references access_store (company_id, id)
);
create unique index complaints_form_store on complaints_form (company_id, store_id);

create table complaints_form_sent (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  form_id uuid not null,
  complaint_id uuid not null,
  source text not null,
  at timestamptz not null,
  primary key (company_id, id),
  foreign key (company_id, form_id) references complaints_form (company_id, id),
  foreign key (company_id, complaint_id) references complaints_complaint (company_id, id)
);
create index complaints_form_sent_source on complaints_form_sent (company_id, source, at);
create index complaints_form_sent_form on complaints_form_sent (company_id, form_id, at);

create table complaints_attachment (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  complaint_id uuid not null,
  file_id uuid not null,
  name text not null,
  by_customer boolean not null,
  by uuid,
  at timestamptz not null,
  primary key (company_id, id),
  foreign key (company_id, complaint_id) references complaints_complaint (company_id, id)
);
create index complaints_attachment_of on complaints_attachment (company_id, complaint_id, at);
create index complaints_attachment_file on complaints_attachment (company_id, file_id);

alter table complaints_complaint add column product text not null default '';
alter table complaints_complaint add column category text not null default '';
alter table complaints_complaint add column reason text not null default '';
create index complaints_complaint_at on complaints_complaint (company_id, at);
