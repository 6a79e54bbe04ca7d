-- Inboxes find requests by words, know what each person has read, and whom a team gave a request to.
alter table requests add column search_text text not null default '';
alter table requests add column search tsvector generated always as (to_tsvector('simple', search_text)) stored;
create index requests_search on requests using gin (search);
update requests r set search_text = lower(concat_ws(' ', c.name, o.display_name, e.title, p.title, v.message))
from communities c, organizations o, events e, requests q
     join revisions v on v.request_id = q.id and v.sequence = q.revision
     left join opportunities p on p.id = q.opportunity_id
where q.id = r.id and c.id = r.community_id and o.id = r.organization_id and e.id = r.event_id;

-- The newest fact of a request that somebody has seen; no row: nothing yet.
create table request_reads (
    user_id uuid not null references users on delete cascade,
    request_id uuid not null references requests,
    seq bigint not null check (seq >= 0),
    primary key (user_id, request_id)
);

-- How one side keeps a request for itself; the other side never sees it.
create table request_desks (
    request_id uuid not null references requests,
    side text not null check (side in ('community', 'organization')),
    assignee_id uuid references users,
    -- Put aside until then, for the whole team.
    snoozed_until timestamptz,
    updated_at timestamptz not null,
    primary key (request_id, side)
);
create index request_desks_assignee on request_desks (assignee_id) where assignee_id is not null;
