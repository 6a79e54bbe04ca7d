-- A list of events begins at its own first date: who walks the whole calendar reads every past event before what is ahead.
create index events_ahead on events (start_at, id)
    where public_visible and hidden_reason is null and deleted_at is null and status in ('Upcoming', 'Live');
create index events_past on events (start_at, id)
    where public_visible and hidden_reason is null and deleted_at is null and status = 'Completed';
