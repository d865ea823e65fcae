-- C2: a cycle closes with its figures; they stay as they were, whatever is corrected later. Without a person: of nobody.
create table followups_cycle_line (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  cycle_id uuid not null,
  staff_id uuid,
  contacts integer not null,
  done integer not null,
  in_time integer not null,
  open integer not null,
  cancelled integer not null,
  calls integer not null,
  reached integer not null,
  rated integer not null,
  satisfied integer not null,
  low integer not null,
  loops integer not null,
  checked integer not null,
  untrue integer not null,
  quality integer not null,
  primary key (company_id, id),
  foreign key (company_id, cycle_id) references followups_cycle (company_id, id)
);
create index followups_cycle_line_of on followups_cycle_line (company_id, cycle_id);
