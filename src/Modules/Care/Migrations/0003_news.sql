-- Topics and news (D3), promotions with a group left alone (D4), events (D7).
create table care_topic (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  name text not null,
  active boolean not null,
  version integer not null,
  primary key (company_id, id)
);
create unique index care_topic_name on care_topic (company_id, name);

create table care_interest (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  customer_id uuid not null,
  topic_id uuid not null,
  at timestamptz not null,
  by_staff uuid,
  primary key (company_id, id),
  foreign key (company_id, topic_id) references care_topic (company_id, id),
  foreign key (company_id, customer_id) references customers_customer (company_id, id)
);
create unique index care_interest_once on care_interest (company_id, customer_id, topic_id);
create index care_interest_topic on care_interest (company_id, topic_id);

create table care_news (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  topic_id uuid not null,
  title text not null,
  words text not null,
  made_at timestamptz not null,
  made_by uuid,
  sent_at timestamptz,
  readers integer not null,
  version integer not null,
  primary key (company_id, id),
  foreign key (company_id, topic_id) references care_topic (company_id, id)
);

create table care_promotion (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  title text not null,
  words text not null,
  control_percent integer not null,
  seed bigint not null,
  days integer not null,
  made_at timestamptz not null,
  made_by uuid,
  began_on date,
  version integer not null,
  primary key (company_id, id)
);

create table care_promotion_member (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  promotion_id uuid not null,
  customer_id uuid not null,
  control boolean not null,
  was_buyer boolean not null,
  primary key (company_id, id),
  foreign key (company_id, promotion_id) references care_promotion (company_id, id),
  foreign key (company_id, customer_id) references customers_customer (company_id, id)
);
create unique index care_promotion_member_once on care_promotion_member (company_id, promotion_id, customer_id);
create index care_promotion_member_customer on care_promotion_member (company_id, customer_id);

create table care_event (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  store_id uuid,
  owner_id uuid,
  title text not null,
  place text not null,
  words text not null,
  at timestamptz not null,
  seats integer not null,
  made_at timestamptz not null,
  cancelled_at timestamptz,
  version integer not null,
  primary key (company_id, id),
  foreign key (company_id, store_id) references access_store (company_id, id)
);
create index care_event_at on care_event (company_id, at);

create table care_guest (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  event_id uuid not null,
  customer_id uuid not null,
  store_id uuid,
  owner_id uuid,
  invited_at timestamptz not null,
  reply text not null,
  replied_at timestamptz,
  came_at timestamptz,
  score integer,
  words text not null,
  said_at timestamptz,
  version integer not null,
  primary key (company_id, id),
  foreign key (company_id, event_id) references care_event (company_id, id),
  foreign key (company_id, customer_id) references customers_customer (company_id, id)
);
create unique index care_guest_once on care_guest (company_id, event_id, customer_id);
create index care_guest_customer on care_guest (company_id, customer_id);
