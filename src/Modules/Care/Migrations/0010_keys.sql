-- Who and what a row names is of its own company: the database says so (a key a line; Kernel's AddedKey adds them on both engines).
alter table care_occasion add foreign key (company_id, store_id) references access_store (company_id, id) deferrable initially deferred;
alter table care_occasion add foreign key (company_id, owner_id) references staff_member (company_id, id) deferrable initially deferred;
alter table care_act add foreign key (company_id, plan_id) references care_plan (company_id, id) deferrable initially deferred;
alter table care_act add foreign key (company_id, store_id) references access_store (company_id, id) deferrable initially deferred;
alter table care_act add foreign key (company_id, owner_id) references staff_member (company_id, id) deferrable initially deferred;
alter table care_act add foreign key (company_id, request_id) references approvals_request (company_id, id) deferrable initially deferred;
alter table care_act add foreign key (company_id, done_by) references staff_member (company_id, id) deferrable initially deferred;
alter table care_welcome add foreign key (company_id, store_id) references access_store (company_id, id) deferrable initially deferred;
alter table care_welcome add foreign key (company_id, owner_id) references staff_member (company_id, id) deferrable initially deferred;
alter table care_welcome add foreign key (company_id, made_by) references staff_member (company_id, id) deferrable initially deferred;
alter table care_interest add foreign key (company_id, by_staff) references staff_member (company_id, id) deferrable initially deferred;
alter table care_news add foreign key (company_id, made_by) references staff_member (company_id, id) deferrable initially deferred;
alter table care_promotion add foreign key (company_id, made_by) references staff_member (company_id, id) deferrable initially deferred;
alter table care_event add foreign key (company_id, owner_id) references staff_member (company_id, id) deferrable initially deferred;
alter table care_guest add foreign key (company_id, store_id) references access_store (company_id, id) deferrable initially deferred;
alter table care_guest add foreign key (company_id, owner_id) references staff_member (company_id, id) deferrable initially deferred;
