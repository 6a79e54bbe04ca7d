-- Organizer workspaces and the people in them.
create table communities (
    id uuid primary key,
    slug text not null constraint communities_slug_key unique,
    name text not null,
    name_skeleton text not null,
    bio text not null,
    website text not null default '',
    identity_key text,
    community_type text not null,
    country text not null,
    city text not null,
    official_email text not null,
    phone bytea not null,
    logo_id uuid references logos,
    -- github, discord, x, linkedin, youtube, instagram: addresses.
    links jsonb not null default '{}',
    status text not null check (status in ('pending', 'under_review', 'approved', 'active', 'rejected', 'suspended')),
    more_asked text,
    decision_reason text,
    trust_score integer not null default 0 check (trust_score between 0 and 100),
    applied_from bytea,
    submitted_at timestamptz not null,
    decided_at timestamptz,
    version integer not null default 1,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    search tsvector generated always as (to_tsvector('simple', name || ' ' || city || ' ' || country || ' ' || bio)) stored
);
create unique index communities_official_email_key on communities (official_email) where status in ('approved', 'active', 'suspended');
create index communities_skeleton on communities (name_skeleton);
create index communities_identity on communities (identity_key);
create index communities_queue on communities (submitted_at, id) where status in ('pending', 'under_review');

create table members (
    id uuid primary key,
    community_id uuid not null references communities,
    user_id uuid not null references users,
    role text not null,
    status text not null check (status in ('On Boarding', 'Active', 'Inactive', 'Suspended', 'Banned')),
    signatory boolean not null default false,
    finance boolean not null default false,
    created_at timestamptz not null,
    constraint members_key unique (community_id, user_id)
);
create index members_user on members (user_id);
