-- What an inbox does by itself: who handles what, and what is answered at once.
create table request_routes (
    id uuid primary key,
    kind text not null check (kind in ('community', 'organization')),
    workspace_id uuid not null,
    -- Absent: any.
    region text,
    event_type text,
    assignee_id uuid not null references users,
    created_by uuid not null references users,
    created_at timestamptz not null,
    constraint request_routes_key unique nulls not distinct (kind, workspace_id, region, event_type)
);

create table request_fits (
    id uuid primary key,
    organization_id uuid not null references organizations,
    -- Each absent one is not asked for. A request that breaks one of them is declined at once.
    min_people integer check (min_people > 0),
    regions text[] not null default '{}',
    event_types text[] not null default '{}',
    currency text check (currency in ('INR', 'USD', 'EUR', 'GBP')),
    max_amount bigint check (max_amount > 0),
    reason text not null,
    words text not null,
    created_by uuid not null references users,
    created_at timestamptz not null
);
create index request_fits_of on request_fits (organization_id, created_at);
