-- Who and what a row names is of its own company: the database says so (a key a line; Kernel's AddedKey adds them on both engines).
alter table mystery_sheet_version add foreign key (company_id, published_by) references staff_member (company_id, id) deferrable initially deferred;
alter table mystery_programme add foreign key (company_id, made_by) references staff_member (company_id, id) deferrable initially deferred;
alter table mystery_visit add foreign key (company_id, released_by) references staff_member (company_id, id) deferrable initially deferred;
alter table mystery_photo add foreign key (company_id, file_id) references files_file (company_id, id) deferrable initially deferred;
alter table mystery_appeal add foreign key (company_id, by) references staff_member (company_id, id) deferrable initially deferred;
alter table mystery_appeal add foreign key (company_id, decided_by) references staff_member (company_id, id) deferrable initially deferred;
