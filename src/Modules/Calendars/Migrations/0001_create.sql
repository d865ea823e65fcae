create table calendars_calendar (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  store_id uuid,
  keeps_public_holidays boolean not null,
  version integer not null,
  primary key (company_id, id),
  foreign key (company_id, store_id) references access_store (company_id, id)
);
create unique index calendars_calendar_store on calendars_calendar (company_id, store_id);

create table calendars_window (
  company_id uuid not null,
  id uuid not null,
  calendar_id uuid not null,
  weekday integer not null,
  opens integer not null,
  closes integer not null,
  primary key (company_id, id),
  foreign key (company_id, calendar_id) references calendars_calendar (company_id, id)
);
create index calendars_window_calendar on calendars_window (company_id, calendar_id);

create table calendars_day (
  company_id uuid not null,
  id uuid not null,
  calendar_id uuid not null,
  day date not null,
  is_open boolean not null,
  note text not null,
  primary key (company_id, id),
  foreign key (company_id, calendar_id) references calendars_calendar (company_id, id)
);
create unique index calendars_day_day on calendars_day (company_id, calendar_id, day);
create unique index calendars_calendar_company on calendars_calendar (company_id) where store_id is null;
