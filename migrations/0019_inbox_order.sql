-- The inbox of either side: open requests by turn and waiting time, closed ones by when they were closed.
create index requests_community_open on requests (community_id, turn, turn_since, id) where state in ('Pending', 'Negotiation');
create index requests_organization_open on requests (organization_id, turn desc, turn_since, id) where state in ('Pending', 'Negotiation');
create index requests_community_closed on requests (community_id, closed_at desc, id desc) where closed_at is not null;
create index requests_organization_closed on requests (organization_id, closed_at desc, id desc) where closed_at is not null;
