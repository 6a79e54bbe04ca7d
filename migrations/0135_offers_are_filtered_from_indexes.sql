-- What the public list of opportunities is filtered by and counted from stands in indexes, apart from long texts: of the events
-- (without the technologies: a row of an index holds 2,704 bytes, and twenty long names are more) …
create index events_board on events (id) include (event_type, category, format, region)
    where public_visible and hidden_reason is null and status in ('Upcoming', 'Live');
-- … of opportunities in the order of their decisions …
create index opportunities_board on opportunities (decision_at, id)
    include (event_id, community_id, category, currency, budget_min, budget_max, decision_date)
    where status = 'Open' and hidden_reason is null;
-- … and by their events.
create index opportunities_board_event on opportunities (event_id)
    include (community_id, decision_at, category, currency, budget_min, budget_max, decision_date)
    where status = 'Open' and hidden_reason is null;
