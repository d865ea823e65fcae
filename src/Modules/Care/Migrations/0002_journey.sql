-- The way after a purchase (D6).
alter table care_setting add column reassure_days integer not null default 7;
alter table care_setting add column train_days integer not null default 30;
alter table care_setting add column again_days integer not null default 60;

create table care_welcome (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  customer_id uuid not null,
  store_id uuid,
  owner_id uuid,
  token text not null,
  made_at timestamptz not null,
  made_by uuid,
  primary key (company_id, id),
  foreign key (company_id, customer_id) references customers_customer (company_id, id)
);
create index care_welcome_customer on care_welcome (company_id, customer_id);
