-- The first contact is of the same company (Kernel's AddedKey adds the key on both engines).
alter table followups_task add foreign key (company_id, first_id) references followups_task (company_id, id) deferrable initially deferred;
