-- D3: a word of one's own to a reader of news.
create table care_news_note (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  news_id uuid not null,
  customer_id uuid not null,
  words text not null,
  at timestamptz not null,
  by_staff uuid,
  primary key (company_id, id),
  foreign key (company_id, news_id) references care_news (company_id, id),
  foreign key (company_id, customer_id) references customers_customer (company_id, id),
  foreign key (company_id, by_staff) references staff_member (company_id, id) deferrable initially deferred
);
create unique index care_news_note_once on care_news_note (company_id, news_id, customer_id);
