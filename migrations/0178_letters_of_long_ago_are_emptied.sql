-- Bodies of letters that have left, or were refused for good, go after a while: which ones still have theirs.
create index mails_with_bodies on mails (created_at) where body_text is not null and state in ('sent', 'failed');
