-- Cross- and up-selling (D3): what goes with what, and what was offered to whom.
create table care_offer_rule (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  title text not null,
  bought text not null,
  lacks text not null,
  from_days integer not null,
  within_days integer not null,
  words text not null,
  count_days integer not null,
  control_percent integer not null,
  seed bigint not null,
  active boolean not null,
  place integer not null,
  given_at timestamptz,
  version integer not null,
  primary key (company_id, id)
);

create table care_offer (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  rule_id uuid not null,
  customer_id uuid not null,
  offered_on date not null,
  at timestamptz not null,
  by_staff uuid,
  state text not null,
  way text not null,
  drawn boolean not null,
  said_at timestamptz,
  primary key (company_id, id),
  foreign key (company_id, rule_id) references care_offer_rule (company_id, id),
  foreign key (company_id, customer_id) references customers_customer (company_id, id),
  foreign key (company_id, by_staff) references staff_member (company_id, id) deferrable initially deferred
);
create unique index care_offer_once on care_offer (company_id, rule_id, customer_id, offered_on);
create index care_offer_customer on care_offer (company_id, customer_id);
