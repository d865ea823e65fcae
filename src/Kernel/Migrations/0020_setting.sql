-- What concerns the whole installation, by key; no personal data.
create table kernel_setting (
  key text not null primary key,
  value text not null
);
