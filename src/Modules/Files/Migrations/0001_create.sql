create table files_file (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  sha256 text not null,
  size bigint not null,
  media_type text not null,
  name text not null,
  by uuid,
  at timestamptz not null,
  primary key (company_id, id)
);
create index files_file_sha256 on files_file (company_id, sha256);
