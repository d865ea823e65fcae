alter table complaints_excluded add column href text not null default '';
update complaints_excluded set href = '/complaints/' || lower(complaint_id);
create index complaints_excluded_staff on complaints_excluded (company_id, staff_id, href);
