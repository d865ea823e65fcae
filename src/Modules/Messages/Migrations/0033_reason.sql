-- Messages are looked up by the record they are about: called back with it, and whether another went on the same.
create index messages_message_reason on messages_message (company_id, reason_id);
