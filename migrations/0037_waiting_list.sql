-- Who waits for a place of a full opportunity, in order. An offer of a place is a live claim of it.
create table waiting_list (
    id uuid primary key,
    opportunity_id uuid not null references opportunities,
    request_id uuid not null references requests,
    -- Given under the opportunity's lock, so that the order is the order of joining.
    line bigint generated always as identity,
    state text not null check (state in ('Waiting', 'Offered', 'Taken', 'Lapsed', 'Left')),
    joined_at timestamptz not null,
    offered_at timestamptz,
    -- Until when the place is kept for them.
    offer_until timestamptz,
    ended_at timestamptz,
    constraint waiting_list_offer_check check ((state <> 'Offered') or (offered_at is not null and offer_until > offered_at))
);
create unique index waiting_list_request_key on waiting_list (request_id) where state in ('Waiting', 'Offered');
create index waiting_list_line on waiting_list (opportunity_id, line) where state in ('Waiting', 'Offered');

-- A request may hold the same place twice: kept for it once, lapsed, and taken later.
alter table place_claims drop constraint place_claims_pkey;
alter table place_claims add primary key (place_id, request_id, claimed_at);
alter table place_claims add column release_reason text;
