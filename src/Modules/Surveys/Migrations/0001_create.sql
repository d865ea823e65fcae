create table surveys_rating (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  customer_id uuid not null,
  store_id uuid,
  owner_id uuid,
  about text not null,
  subject_id uuid not null,
  score integer not null check (score between 1 and 5),
  words text not null,
  one_thing text not null,
  at timestamptz not null,
  channel text not null,
  primary key (company_id, id),
  foreign key (company_id, customer_id) references customers_customer (company_id, id),
  foreign key (company_id, store_id) references access_store (company_id, id),
  foreign key (company_id, owner_id) references staff_member (company_id, id)
);
create index surveys_rating_at on surveys_rating (company_id, at);
create index surveys_rating_store on surveys_rating (company_id, store_id, at);
create index surveys_rating_owner on surveys_rating (company_id, owner_id, at);
create index surveys_rating_customer on surveys_rating (company_id, customer_id, at);
create index surveys_rating_subject on surveys_rating (company_id, subject_id);

create table surveys_request (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  customer_id uuid not null,
  store_id uuid,
  owner_id uuid,
  about text not null,
  subject_id uuid not null,
  round integer not null,
  topic text not null,
  at timestamptz not null,
  expires_at timestamptz not null,
  score integer,
  words text not null,
  one_thing text not null,
  verdict text not null,
  answered_at timestamptz,
  rating_id uuid,
  version integer not null,
  primary key (company_id, id),
  foreign key (company_id, customer_id) references customers_customer (company_id, id),
  foreign key (company_id, store_id) references access_store (company_id, id),
  foreign key (company_id, owner_id) references staff_member (company_id, id),
  foreign key (company_id, rating_id) references surveys_rating (company_id, id)
);
create unique index surveys_request_once on surveys_request (company_id, about, subject_id, round);
create index surveys_request_customer on surveys_request (company_id, customer_id, at);
