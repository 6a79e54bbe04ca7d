-- What is sponsored, and who stands on its page.
create table events (
    id uuid primary key,
    community_id uuid not null references communities,
    slug text not null constraint events_slug_key unique,
    title text not null,
    subtitle text not null default '',
    description_markdown text not null default '',
    registration_link text not null default '',
    event_type text,
    category text,
    format text check (format in ('In person', 'Online', 'Hybrid')),
    region text,
    technologies text[] not null default '{}',
    -- What a person chose, in the event's zone; the instants are derived from it on the server.
    starts_wall timestamp,
    ends_wall timestamp,
    timezone text not null,
    start_at timestamptz,
    end_at timestamptz check (end_at > start_at),
    venue_name text not null default '',
    venue_address text not null default '',
    max_attendees integer check (max_attendees > 0),
    public_visible boolean not null default true,
    status text not null check (status in ('Draft', 'Upcoming', 'Live', 'Completed', 'Archived')),
    published_at timestamptz,
    version integer not null default 1,
    created_by uuid not null references users,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    constraint events_published_check check (
        status = 'Draft' or (event_type is not null and category is not null and start_at is not null and end_at is not null)
    )
);
create index events_community on events (community_id, status, start_at desc);
create index events_public on events (start_at, id) where public_visible and status in ('Upcoming', 'Live', 'Completed');

create table event_partners (
    id uuid primary key,
    event_id uuid not null references events,
    community_id uuid not null references communities,
    organization_id uuid references organizations,
    -- The accepted request that made it, if one did.
    request_id uuid,
    name_snapshot text not null,
    logo_key_snapshot text,
    website_snapshot text not null,
    display_category text not null,
    tier_keyword text not null,
    -- Lines {id, kind, text} that the page shows.
    benefits jsonb not null default '[]',
    visible boolean not null default true,
    display_order integer not null,
    created_at timestamptz not null,
    constraint event_partners_once_key unique (event_id, organization_id, display_category)
);
create index event_partners_event on event_partners (event_id, display_order, id);
create index event_partners_organization on event_partners (organization_id, created_at desc);
create unique index event_partners_request_key on event_partners (request_id) where request_id is not null;
