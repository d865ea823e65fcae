-- A case may be split from another of the same customer; taken back, it goes on in that one.
alter table complaints_complaint add column split_from uuid;
alter table complaints_complaint add column unsplit_at timestamptz;
-- Until now the origin alone said so.
update complaints_complaint set split_from = (select p.id from complaints_complaint p where p.company_id = complaints_complaint.company_id and p.customer_id = complaints_complaint.customer_id and 'split:' || lower(cast(p.id as text)) = complaints_complaint.origin) where origin like 'split:%';
alter table complaints_complaint add foreign key (company_id, split_from) references complaints_complaint (company_id, id) deferrable initially deferred;
