-- C1, E3: a customer was in the store, because a repair was handed back or something dealt with in the hall; follow-ups and surveys begin there.
create table customers_store_visit (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  customer_id uuid not null,
  kind text not null,
  store_id uuid,
  served_by uuid,
  device_id uuid,
  at timestamptz not null,
  visited_on date not null,
  what text not null,
  reference text not null,
  noted_at timestamptz not null,
  noted_by uuid,
  primary key (company_id, id),
  foreign key (company_id, customer_id) references customers_customer (company_id, id),
  foreign key (company_id, store_id) references access_store (company_id, id) deferrable initially deferred,
  foreign key (company_id, served_by) references staff_member (company_id, id) deferrable initially deferred,
  foreign key (company_id, device_id) references customers_device (company_id, id) deferrable initially deferred,
  foreign key (company_id, noted_by) references staff_member (company_id, id) deferrable initially deferred
);
create index customers_store_visit_customer on customers_store_visit (company_id, customer_id, at);
create unique index customers_store_visit_reference on customers_store_visit (company_id, kind, reference) where reference <> '';
