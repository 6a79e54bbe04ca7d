-- What an inbox counts, the order of each of its parts, and what is unread stand in indexes: no part reads another part's rows.

-- Every open one, by whose turn it is and how long it has waited; then those without an answer, and those that are negotiated.
create index requests_community_waiting on requests (community_id, turn, turn_since, id)
    include (state, opened_by, held_at, community_aside) where state in ('Pending', 'Negotiation');
create index requests_organization_waiting on requests (organization_id, turn desc, turn_since, id)
    include (state, opened_by, held_at, organization_aside) where state in ('Pending', 'Negotiation');
create index requests_community_pending on requests (community_id, opened_by, turn, turn_since, id)
    include (held_at, community_aside) where state = 'Pending';
create index requests_organization_pending on requests (organization_id, opened_by, turn desc, turn_since, id)
    include (held_at, organization_aside) where state = 'Pending';
create index requests_community_negotiation on requests (community_id, turn, turn_since, id)
    include (opened_by, held_at, community_aside) where state = 'Negotiation';
create index requests_organization_negotiation on requests (organization_id, turn desc, turn_since, id)
    include (opened_by, held_at, organization_aside) where state = 'Negotiation';
-- What is put aside is little beside what waits.
create index requests_community_aside on requests (community_id, turn, turn_since, id)
    include (state, opened_by, held_at) where community_aside;
create index requests_organization_aside on requests (organization_id, turn desc, turn_since, id)
    include (state, opened_by, held_at) where organization_aside;
-- Closed ones, by when they were closed.
create index requests_community_accepted on requests (community_id, closed_at desc, id desc)
    include (opened_by, held_at) where state = 'Accepted';
create index requests_organization_accepted on requests (organization_id, closed_at desc, id desc)
    include (opened_by, held_at) where state = 'Accepted';
create index requests_community_history on requests (community_id, closed_at desc, id desc)
    include (opened_by, held_at) where state in ('Rejected', 'Withdrawn', 'Expired');
create index requests_organization_history on requests (organization_id, closed_at desc, id desc)
    include (opened_by, held_at) where state in ('Rejected', 'Withdrawn', 'Expired');
-- What is news in all of them, and what somebody has read of it; the first serves exports too, which go by ids.
create index requests_community_news on requests (community_id, id)
    include (state, opened_by, held_at, news_seq, news_by, news_before);
create index requests_organization_news on requests (organization_id, id)
    include (state, opened_by, held_at, news_seq, news_by, news_before);
create index request_reads_seen on request_reads (user_id, request_id) include (seq);

-- What these stood for before.
drop index requests_community_open, requests_organization_open, requests_community_closed, requests_organization_closed,
    requests_community_whole, requests_organization_whole;
