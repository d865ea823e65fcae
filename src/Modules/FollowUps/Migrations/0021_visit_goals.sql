-- C6: each level of management has its own visits: how many a month a role owes. A role without a row has the ready figure.
create table followups_visit_goal (
  company_id uuid not null references kernel_company (id),
  id uuid not null,
  role_key text not null,
  a_month integer not null,
  primary key (company_id, id)
);
create unique index followups_visit_goal_role on followups_visit_goal (company_id, role_key);
