alter table complaints_complaint add column guide text not null default 's1';
alter table complaints_complaint add column mood text not null default '';
alter table complaints_complaint add column plate text not null default '';
create index complaints_complaint_plate on complaints_complaint (company_id, plate);
alter table complaints_step add column win_customer text not null default '';
alter table complaints_step add column win_staff text not null default '';
alter table complaints_step add column win_company text not null default '';
create index complaints_complaint_done on complaints_complaint (company_id, state, solution_done_at);
