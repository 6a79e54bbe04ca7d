-- Jobs that have died: what `commdesk jobs retry` sets ready again, and whose letters keep their words.
create index jobs_dead on jobs (consumer, seq) where state = 'dead';
