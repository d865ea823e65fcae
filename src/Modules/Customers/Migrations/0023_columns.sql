-- The columns of the customer list that a person chose.
create table customers_columns (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  by uuid not null,
  columns text not null,
  primary key (company_id, id)
);
create unique index customers_columns_by on customers_columns (company_id, by);
