-- What an opportunity offers piece by piece: packages, what belongs to one, add-ons, and what can be had alone.
create table opportunity_items (
    id uuid primary key,
    opportunity_id uuid not null references opportunities,
    position integer not null,
    kind text not null check (kind in ('Package', 'Package only', 'Add-on', 'Standalone')),
    name text not null,
    details text not null default '',
    -- What an applicant gets, in the closed list of benefits.
    benefit text not null,
    price_minor bigint not null check (price_minor >= 0),
    -- How many there are; nothing for as many as are asked for.
    stock integer check (stock > 0),
    -- The package that it belongs to or is added to; nothing: any.
    package_id uuid references opportunity_items,
    -- No longer offered; kept, because mixes that were sent name it.
    retired boolean not null default false
);
create index opportunity_items_of on opportunity_items (opportunity_id, position) where not retired;

-- Two items of one opportunity that exclude each other.
create table opportunity_item_conflicts (
    item_id uuid not null references opportunity_items on delete cascade,
    other_id uuid not null references opportunity_items on delete cascade,
    primary key (item_id, other_id),
    constraint opportunity_item_conflicts_order check (item_id < other_id)
);

-- The mix of an application, as it was priced when it was sent.
create table request_items (
    request_id uuid not null references requests,
    item_id uuid not null references opportunity_items,
    position integer not null,
    kind text not null,
    name text not null,
    price_minor bigint not null check (price_minor >= 0),
    primary key (request_id, item_id)
);

-- Stock is claimed when a mix is accepted, and comes back when its place is released.
create table item_claims (
    item_id uuid not null references opportunity_items,
    request_id uuid not null references requests,
    claimed_at timestamptz not null,
    released_at timestamptz,
    primary key (item_id, request_id, claimed_at)
);
create unique index item_claims_live_key on item_claims (item_id, request_id) where released_at is null;
