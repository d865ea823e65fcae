-- An answer to an e-mail about a case goes to the mail box that is read, whatever address the mail was sent from.
alter table messages_message add column reply_to text not null default '';
