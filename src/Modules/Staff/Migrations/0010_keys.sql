-- Who and what a row names is of its own company: the database says so (a key a line; Kernel's AddedKey adds them on both engines).
alter table staff_handover add foreign key (company_id, by) references staff_member (company_id, id) deferrable initially deferred;
