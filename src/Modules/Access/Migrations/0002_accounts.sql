create table access_account (
  id uuid not null primary key,
  user_name text not null,
  normalized_user_name text not null,
  phone_number text,
  password_hash text,
  security_stamp text not null,
  concurrency_stamp text not null,
  two_factor_enabled boolean not null,
  lockout_enabled boolean not null,
  lockout_end timestamptz,
  access_failed_count integer not null,
  must_change_password boolean not null,
  last_company_id uuid,
  created_at timestamptz not null
);
create unique index access_account_name on access_account (normalized_user_name);
create unique index access_account_phone on access_account (phone_number);

-- A place of an account in a company; who it is there, Staff knows.
create table access_account_seat (
  account_id uuid not null references access_account (id),
  company_id uuid not null references kernel_company (id),
  primary key (account_id, company_id)
);
create index access_account_seat_company on access_account_seat (company_id);

create table access_account_token (
  user_id uuid not null references access_account (id),
  login_provider text not null,
  name text not null,
  value text,
  primary key (user_id, login_provider, name)
);

create table access_account_passkey (
  credential_id bytea not null primary key,
  user_id uuid not null references access_account (id),
  name text,
  public_key bytea not null,
  created_at timestamptz not null,
  sign_count bigint not null,
  transports text not null,
  is_user_verified boolean not null,
  is_backup_eligible boolean not null,
  is_backed_up boolean not null,
  attestation_object bytea not null,
  client_data_json bytea not null
);
create index access_account_passkey_user on access_account_passkey (user_id);

create table access_data_protection (
  id uuid not null primary key,
  name text not null,
  xml text not null
);

-- Looked up by hash before the company is known.
create table access_api_key (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  name text not null,
  hash text not null,
  starts text not null,
  permissions text not null,
  reach text not null,
  store_id uuid,
  created_by uuid,
  created_at timestamptz not null,
  expires_on date not null,
  last_used_on date,
  revoked_at timestamptz,
  primary key (company_id, id),
  foreign key (company_id, store_id) references access_store (company_id, id)
);
create unique index access_api_key_hash on access_api_key (hash);
