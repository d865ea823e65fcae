-- Who took a visit back is of the visit's own company (Kernel's AddedKey adds the key on both engines).
alter table customers_store_visit add foreign key (company_id, withdrawn_by) references staff_member (company_id, id) deferrable initially deferred;
