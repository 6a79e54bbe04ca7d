-- What a community offers at an event, and its places.
create table opportunities (
    id uuid primary key,
    community_id uuid not null references communities,
    event_id uuid not null references events,
    title text not null,
    description text not null default '',
    category text not null,
    currency text not null check (currency in ('INR', 'USD', 'EUR', 'GBP')),
    budget_min bigint not null check (budget_min >= 0),
    budget_max bigint not null check (budget_max >= budget_min),
    places integer not null check (places between 1 and 100),
    -- A date in the event's zone; it ends at 23:59:59 there.
    decision_date date not null,
    decision_at timestamptz not null,
    -- Canonical JSON of the event as it was when the opportunity was last saved.
    event_snapshot text not null,
    status text not null check (status in ('Draft', 'Open', 'Closed', 'Filled')),
    opened_at timestamptz,
    version integer not null default 1,
    created_by uuid not null references users,
    created_at timestamptz not null,
    updated_at timestamptz not null
);
create index opportunities_community on opportunities (community_id, status, updated_at desc);
create index opportunities_event on opportunities (event_id);
create index opportunities_open on opportunities (decision_at, id) where status = 'Open';

create table opportunity_benefits (
    id uuid primary key,
    opportunity_id uuid not null references opportunities,
    position integer not null,
    kind text not null,
    text text not null
);
create index opportunity_benefits_of on opportunity_benefits (opportunity_id, position);

create table opportunity_places (
    id uuid primary key,
    opportunity_id uuid not null references opportunities,
    number integer not null,
    constraint opportunity_places_key unique (opportunity_id, number)
);

-- A claim is made once and released once; a place has one live holder.
create table place_claims (
    place_id uuid not null references opportunity_places,
    request_id uuid not null,
    claimed_at timestamptz not null,
    released_at timestamptz,
    primary key (place_id, request_id)
);
create unique index place_claims_live_key on place_claims (place_id) where released_at is null;
create unique index place_claims_request_key on place_claims (request_id) where released_at is null;
