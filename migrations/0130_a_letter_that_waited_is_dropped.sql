-- A letter that waited for the end of quiet hours is dropped where nobody is to read it any more.
alter table mails drop constraint mails_state_check;
alter table mails add constraint mails_state_check check (state in ('queued', 'sent', 'failed', 'dropped'));
