-- A1 the form after first contact; A2 kinds and a prospect's way; A3 more contacts and market news; A4 dates and our people; A6 things; A7 money and credit; A14 papers.
alter table customers_customer add column kind_id uuid;
alter table customers_customer add column way text;
alter table customers_customer add column lacks text not null default '';
alter table customers_customer add column website text not null default '';
alter table customers_customer add column update_due_since timestamptz;
alter table customers_customer add column paper_place text not null default '';
create index customers_customer_update on customers_customer (company_id, update_due_since) where update_due_since is not null;

alter table customers_setting add column form_sources text not null default 'Event WalkIn Call Lead';
alter table customers_setting add column form_fields text not null default 'FormOfAddress Phone Birthday PreferredHours';

create table customers_kind (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  key text not null,
  title text not null,
  class text not null,
  is_body boolean not null,
  put_away_since timestamptz,
  place integer not null,
  version integer not null,
  primary key (company_id, id)
);

create table customers_form (
  company_id uuid not null,
  id uuid not null,
  customer_id uuid not null,
  store_id uuid,
  owner_id uuid,
  state text not null,
  complete_on date not null,
  hand_in_on date not null,
  handed_in_at timestamptz,
  handed_in_by uuid,
  decided_at timestamptz,
  decided_by uuid,
  missing text not null,
  words text not null,
  version integer not null,
  primary key (company_id, id),
  foreign key (company_id, customer_id) references customers_customer (company_id, id)
);
create index customers_form_customer on customers_form (company_id, customer_id);
create index customers_form_state on customers_form (company_id, state, hand_in_on);

create table customers_contact (
  company_id uuid not null,
  id uuid not null,
  customer_id uuid not null,
  kind text not null,
  label text not null,
  value text not null,
  hours text not null,
  do_not_use_since timestamptz,
  place integer not null,
  version integer not null,
  primary key (company_id, id),
  foreign key (company_id, customer_id) references customers_customer (company_id, id)
);
create index customers_contact_customer on customers_contact (company_id, customer_id);
create index customers_contact_value on customers_contact (company_id, value);

create table customers_news (
  company_id uuid not null,
  id uuid not null,
  customer_id uuid not null,
  store_id uuid,
  owner_id uuid,
  topic text not null,
  words text not null,
  heard_on date not null,
  at timestamptz not null,
  primary key (company_id, id),
  foreign key (company_id, customer_id) references customers_customer (company_id, id)
);
create index customers_news_at on customers_news (company_id, at);
create index customers_news_customer on customers_news (company_id, customer_id);

alter table customers_person add column kind text not null default 'Family';
alter table customers_person add column position text not null default '';
alter table customers_person add column since_on date;
alter table customers_person add column left_on date;

create table customers_date (
  company_id uuid not null,
  id uuid not null,
  customer_id uuid not null,
  person_id uuid,
  name text not null,
  year integer not null,
  month integer not null,
  day integer not null,
  lunar boolean not null,
  leap boolean not null,
  primary key (company_id, id),
  foreign key (company_id, customer_id) references customers_customer (company_id, id)
);
create index customers_date_customer on customers_date (company_id, customer_id);

create table customers_team (
  company_id uuid not null,
  id uuid not null,
  customer_id uuid not null,
  staff_id uuid not null,
  level text not null,
  note text not null,
  since timestamptz not null,
  by uuid,
  until timestamptz,
  primary key (company_id, id),
  foreign key (company_id, customer_id) references customers_customer (company_id, id),
  foreign key (company_id, staff_id) references staff_member (company_id, id)
);
create index customers_team_customer on customers_team (company_id, customer_id);
create index customers_team_staff on customers_team (company_id, staff_id);

alter table customers_device add column kind text not null default 'Phone';
alter table customers_device add column plate text not null default '';
alter table customers_device add column unit text not null default '';
alter table customers_device add column next_service_on date;
alter table customers_device add column next_service_km integer;
alter table customers_device add column mileage integer;
alter table customers_device add column mileage_on date;
alter table customers_device add column design_life_months integer;
create index customers_device_plate on customers_device (company_id, plate) where plate <> '';
create index customers_device_service on customers_device (company_id, next_service_on) where next_service_on is not null;

create table customers_charge (
  company_id uuid not null,
  id uuid not null,
  customer_id uuid not null,
  kind text not null,
  title text not null,
  currency text not null,
  amount bigint not null,
  due_on date,
  state text not null,
  made_at timestamptz not null,
  made_by uuid,
  closed_on date,
  closed_by uuid,
  words text not null,
  version integer not null,
  primary key (company_id, id),
  foreign key (company_id, customer_id) references customers_customer (company_id, id)
);
create index customers_charge_customer on customers_charge (company_id, customer_id);
create index customers_charge_open on customers_charge (company_id, due_on) where state = 'Open';

create table customers_credit (
  company_id uuid not null,
  id uuid not null,
  customer_id uuid not null,
  grade text not null,
  words text not null,
  at timestamptz not null,
  by uuid,
  primary key (company_id, id),
  foreign key (company_id, customer_id) references customers_customer (company_id, id)
);
create index customers_credit_customer on customers_credit (company_id, customer_id);

create table customers_paper (
  company_id uuid not null,
  id uuid not null,
  customer_id uuid not null,
  file_id uuid,
  kind text not null,
  title text not null,
  number text not null,
  issued_on date not null,
  pages integer not null,
  place text not null,
  at timestamptz not null,
  by uuid,
  version integer not null,
  primary key (company_id, id),
  foreign key (company_id, customer_id) references customers_customer (company_id, id),
  foreign key (company_id, file_id) references files_file (company_id, id)
);
create index customers_paper_customer on customers_paper (company_id, customer_id, issued_on);
create index customers_paper_file on customers_paper (company_id, file_id);
