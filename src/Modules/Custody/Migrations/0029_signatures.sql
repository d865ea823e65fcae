-- What was drawn on the screen beside the password or the name: the path of a picture.
alter table custody_loan add column signature text not null default '';
alter table custody_notice add column signature text not null default '';
alter table custody_handover add column from_signature text not null default '';
alter table custody_handover add column to_signature text not null default '';
