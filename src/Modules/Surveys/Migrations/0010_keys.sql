-- Who and what a row names is of its own company: the database says so (a key a line; Kernel's AddedKey adds them on both engines).
alter table surveys_rating add foreign key (company_id, complaint_id) references complaints_complaint (company_id, id) deferrable initially deferred;
alter table surveys_survey add foreign key (company_id, edition_id) references surveys_edition (company_id, id) deferrable initially deferred;
alter table surveys_survey add foreign key (company_id, made_by) references staff_member (company_id, id) deferrable initially deferred;
alter table surveys_edition add foreign key (company_id, by) references staff_member (company_id, id) deferrable initially deferred;
alter table surveys_door add foreign key (company_id, by) references staff_member (company_id, id) deferrable initially deferred;
alter table surveys_invitation add foreign key (company_id, again_of) references surveys_answer (company_id, id) deferrable initially deferred;
alter table surveys_answer add foreign key (company_id, typed_by) references staff_member (company_id, id) deferrable initially deferred;
alter table surveys_answer add foreign key (company_id, again_of) references surveys_answer (company_id, id) deferrable initially deferred;
alter table surveys_answer add foreign key (company_id, replaced_by) references surveys_answer (company_id, id) deferrable initially deferred;
alter table surveys_heard add foreign key (company_id, by) references staff_member (company_id, id) deferrable initially deferred;
alter table surveys_value add foreign key (company_id, survey_id) references surveys_survey (company_id, id) deferrable initially deferred;
alter table surveys_loop add foreign key (company_id, complaint_id) references complaints_complaint (company_id, id) deferrable initially deferred;
alter table surveys_loop add foreign key (company_id, store_id) references access_store (company_id, id) deferrable initially deferred;
alter table surveys_loop add foreign key (company_id, staff_id) references staff_member (company_id, id) deferrable initially deferred;
alter table surveys_loop add foreign key (company_id, again_answer_id) references surveys_answer (company_id, id) deferrable initially deferred;
alter table surveys_target add foreign key (company_id, by) references staff_member (company_id, id) deferrable initially deferred;
-- What is really taken away looks for who names it.
create index surveys_request_rating on surveys_request (company_id, rating_id) where rating_id is not null;
