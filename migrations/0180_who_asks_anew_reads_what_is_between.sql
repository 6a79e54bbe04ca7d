-- A new request reads what is between the two already, and which of the community's events are still to come: each in its order.
create index requests_between on requests (community_id, organization_id, opened_at desc)
    where state in ('Pending', 'Negotiation') or ask_again_on is not null;
create index events_to_come on events (community_id, start_at, id)
    where status in ('Upcoming', 'Live') and deleted_at is null and hidden_reason is null;
