-- Who and what a row names is of its own company: the database says so (a key a line; Kernel's AddedKey adds them on both engines).
alter table messages_message add foreign key (company_id, store_id) references access_store (company_id, id) deferrable initially deferred;
alter table messages_message add foreign key (company_id, run_id) references messages_print_run (company_id, id) deferrable initially deferred;
alter table messages_print_run add foreign key (company_id, store_id) references access_store (company_id, id) deferrable initially deferred;
alter table messages_reply add foreign key (company_id, store_id) references access_store (company_id, id) deferrable initially deferred;
alter table messages_reply add foreign key (company_id, message_id) references messages_message (company_id, id) deferrable initially deferred;
alter table messages_reply add foreign key (company_id, answer_id) references messages_message (company_id, id) deferrable initially deferred;
