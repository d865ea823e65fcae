create table staff_member (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  account_id uuid,
  store_id uuid,
  region_id uuid,
  role_id uuid not null,
  number text not null,
  name text not null,
  phone text not null,
  reports_to uuid,
  joined_on date not null,
  left_on date,
  monthly_allowance bigint not null,
  version integer not null,
  primary key (company_id, id),
  foreign key (company_id, store_id) references access_store (company_id, id),
  foreign key (company_id, region_id) references access_region (company_id, id),
  foreign key (company_id, role_id) references access_role (company_id, id),
  foreign key (company_id, reports_to) references staff_member (company_id, id)
);
create unique index staff_member_number on staff_member (company_id, number);
create unique index staff_member_account on staff_member (company_id, account_id);
create index staff_member_store on staff_member (company_id, store_id);
