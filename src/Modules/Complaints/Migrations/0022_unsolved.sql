-- What cannot be solved is said so, with the date of the next word (F10).
alter table complaints_message add column unsolved boolean not null default false;
