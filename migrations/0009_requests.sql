-- Both paths in make the same record; its words are immutable revisions.
create table requests (
    id uuid primary key,
    community_id uuid not null references communities,
    organization_id uuid not null references organizations,
    event_id uuid not null references events,
    opportunity_id uuid references opportunities,
    opened_by text not null check (opened_by in ('community', 'organization')),
    state text not null check (state in ('Pending', 'Negotiation', 'Accepted', 'Rejected', 'Withdrawn', 'Expired')),
    -- Whose answer is awaited; meaningless once closed.
    turn text not null check (turn in ('community', 'organization')),
    -- The number of the newest revision.
    revision integer not null check (revision > 0),
    rejection_reason text,
    rejection_note text,
    created_by uuid not null references users,
    opened_at timestamptz not null,
    turn_since timestamptz not null,
    expires_at timestamptz not null,
    closed_at timestamptz,
    updated_at timestamptz not null
);
-- One open request for the same community, organization and opportunity, also when there is no opportunity.
create unique index requests_open_key on requests (community_id, organization_id, opportunity_id)
    nulls not distinct where state in ('Pending', 'Negotiation');
create index requests_community on requests (community_id, updated_at desc, id desc);
create index requests_organization on requests (organization_id, updated_at desc, id desc);
create index requests_opportunity on requests (opportunity_id);

create table revisions (
    id uuid primary key,
    request_id uuid not null references requests,
    sequence integer not null check (sequence > 0),
    side text not null check (side in ('community', 'organization')),
    currency text not null check (currency in ('INR', 'USD', 'EUR', 'GBP')),
    amount_minor bigint not null check (amount_minor >= 0),
    category text not null,
    -- Lines {id, kind, text}.
    benefits jsonb not null,
    message text not null,
    valid_until timestamptz not null,
    -- RFC 8785: what both sides agree on, word for word.
    canonical text not null,
    hash bytea not null,
    prev_hash bytea,
    created_by uuid not null references users,
    created_at timestamptz not null,
    constraint revisions_sequence_key unique (request_id, sequence),
    constraint revisions_hash_check check (hash = sha256(convert_to(canonical, 'UTF8')))
);
create trigger revisions_stay before update or delete on revisions for each row execute function refuse_change();
create trigger revisions_not_truncated before truncate on revisions for each statement execute function refuse_change();

alter table event_partners add constraint event_partners_request_fkey foreign key (request_id) references requests;
alter table place_claims add constraint place_claims_request_fkey foreign key (request_id) references requests;
