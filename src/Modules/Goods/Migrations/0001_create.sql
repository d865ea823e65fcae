create table goods_product (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  code text not null,
  name text not null,
  primary key (company_id, id)
);
create unique index goods_product_code on goods_product (company_id, code);

create table goods_sale (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  number text not null,
  kind text not null,
  store_id uuid,
  owner_id uuid,
  customer_id uuid,
  at timestamptz not null,
  sold_on date not null,
  currency text not null,
  amount bigint not null,
  line_count integer not null,
  batch_id uuid not null,
  primary key (company_id, id),
  foreign key (company_id, store_id) references access_store (company_id, id),
  foreign key (company_id, owner_id) references staff_member (company_id, id),
  foreign key (company_id, customer_id) references customers_customer (company_id, id)
);
create unique index goods_sale_number on goods_sale (company_id, number);
create index goods_sale_customer on goods_sale (company_id, customer_id, sold_on);
create index goods_sale_day on goods_sale (company_id, sold_on, id);
create index goods_sale_store on goods_sale (company_id, store_id, sold_on);
create index goods_sale_batch on goods_sale (company_id, batch_id);

create table goods_sale_line (
  company_id uuid not null,
  id uuid not null,
  sale_id uuid not null,
  line_number integer not null,
  content bigint not null,
  nth integer not null,
  product_id uuid not null,
  quantity bigint not null,
  unit_price bigint not null,
  amount bigint not null,
  primary key (company_id, id),
  foreign key (company_id, sale_id) references goods_sale (company_id, id),
  foreign key (company_id, product_id) references goods_product (company_id, id)
);
create unique index goods_sale_line_content on goods_sale_line (company_id, sale_id, content, nth);
create index goods_sale_line_product on goods_sale_line (company_id, product_id);
