-- Lines of a digest stay for a while after it left, so that a job that runs again tells nothing again.
alter table digest_lines add column sent_at timestamptz;
create index digest_lines_waiting on digest_lines (user_id) where sent_at is null;
