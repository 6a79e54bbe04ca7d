-- Quotas count what a side sent; a suspicious request waits for staff before its receiver sees it.
alter table requests add column held_at timestamptz;
-- Which signals held it: `same_text`, `many_links`, `too_fast`.
alter table requests add column held_for text[] not null default '{}';
-- SHA-256 of the message's words in lower case; nothing for a message too short to compare.
alter table requests add column words_key bytea;
-- A rejection may name the month from which asking again is welcome: its first day.
alter table requests add column ask_again_on date;
create index requests_held on requests (held_at, id) where held_at is not null;
create index requests_sent_by_community on requests (community_id, opened_at) where opened_by = 'community';
create index requests_sent_by_organization on requests (organization_id, opened_at) where opened_by = 'organization';
create index requests_sent_by_person on requests (created_by, opened_at);

-- One row a sender, locked before its quota is counted.
create table request_senders (
    kind text not null check (kind in ('community', 'organization', 'person')),
    id uuid not null,
    primary key (kind, id)
);
