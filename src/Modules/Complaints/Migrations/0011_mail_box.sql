-- The company's mail box for complaints, and each mail that was read from it.
create table complaints_mail_box (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  host text not null,
  port integer not null,
  security text not null,
  user_name text not null,
  secret text not null,
  folder text not null,
  address text not null,
  plus_address boolean not null,
  store_id uuid not null,
  since timestamptz not null,
  active boolean not null,
  validity bigint not null,
  last_uid bigint not null,
  checked_at timestamptz,
  error_key text not null,
  failures integer not null,
  version integer not null,
  primary key (company_id, id),
  foreign key (company_id, store_id) references access_store (company_id, id)
);
create unique index complaints_mail_box_one on complaints_mail_box (company_id);

create table complaints_mail (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  once_key text not null,
  sender text not null,
  sender_name text not null,
  subject text not null,
  words text not null,
  state text not null,
  why text not null,
  complaint_id uuid,
  files integer not null,
  left_files text not null,
  sent_at timestamptz not null,
  at timestamptz not null,
  done_by uuid,
  done_at timestamptz,
  expired_at timestamptz,
  version integer not null,
  primary key (company_id, id),
  foreign key (company_id, complaint_id) references complaints_complaint (company_id, id)
);
create unique index complaints_mail_once on complaints_mail (company_id, once_key);
create index complaints_mail_state on complaints_mail (company_id, state, at);
create index complaints_mail_sender on complaints_mail (company_id, sender, at);
create index complaints_mail_of on complaints_mail (company_id, complaint_id, at);
