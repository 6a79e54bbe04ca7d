-- Sponsors and partners: global records; an event only points at them.
create table logos (
    id uuid primary key,
    sha256 text not null constraint logos_sha256_key unique,
    storage_key text not null,
    width integer not null,
    height integer not null,
    bytes integer not null,
    created_at timestamptz not null
);

create table organizations (
    id uuid primary key,
    slug text not null constraint organizations_slug_key unique,
    entity_type text not null check (entity_type in ('Sponsor', 'Partner', 'Sponsor and partner')),
    display_name text not null,
    legal_name text not null default '',
    logo_id uuid references logos,
    website text not null,
    -- The normalised registrable domain, or host and first path segment on a shared host.
    identity_key text not null,
    identity_shared boolean not null,
    name_skeleton text not null,
    industry text not null,
    short_description text not null default '',
    long_description text not null default '',
    technologies text[] not null default '{}',
    developer_tools text[] not null default '{}',
    supported_regions text[] not null default '{}',
    preferred_event_types text[] not null default '{}',
    supported_community_types text[] not null default '{}',
    budget_currency text not null check (budget_currency in ('INR', 'USD', 'EUR', 'GBP')),
    budget_min bigint not null check (budget_min >= 0),
    budget_max bigint check (budget_max >= budget_min),
    sponsorship_types text[] not null,
    primary_email text not null,
    business_email bytea,
    devrel_email bytea,
    hiring_email bytea,
    billing_email bytea,
    phone bytea,
    verification_status text not null
        check (verification_status in ('Pending Verification', 'Verified', 'Community Added', 'Disabled')),
    -- What staff asked for while the application waits.
    more_asked text,
    decision_reason text,
    trust_score integer not null default 0 check (trust_score between 0 and 100),
    applied_by uuid references users,
    -- Blind index of the address that the application came from.
    applied_from bytea,
    submitted_at timestamptz not null,
    decided_at timestamptz,
    version integer not null default 1,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    search tsvector generated always as (
        to_tsvector('simple', display_name || ' ' || industry || ' ' || short_description)
    ) stored
);
-- A pending application owns no domain.
create unique index organizations_identity_key on organizations (identity_key)
    where verification_status in ('Verified', 'Community Added', 'Disabled');
create index organizations_identity on organizations (identity_key);
create index organizations_skeleton on organizations (name_skeleton);
create index organizations_queue on organizations (submitted_at, id) where verification_status = 'Pending Verification';
create index organizations_listed on organizations ((lower(display_name) collate "C"), id)
    where verification_status in ('Verified', 'Community Added');
create index organizations_search on organizations using gin (search);
create index organizations_name_trgm on organizations using gin (lower(display_name) gin_trgm_ops);
create index organizations_source on organizations (applied_from, submitted_at);

create table organization_members (
    id uuid primary key,
    organization_id uuid not null references organizations,
    user_id uuid not null references users,
    role text not null check (role in ('Sponsor Admin', 'Sponsor Manager', 'DevRel Manager', 'Hiring Manager', 'Partner Admin', 'Partnership Manager')),
    -- Given by name, on top of the role.
    signatory boolean not null default false,
    finance boolean not null default false,
    created_at timestamptz not null,
    constraint organization_members_key unique (organization_id, user_id)
);
create index organization_members_user on organization_members (user_id);

-- What was looked at when somebody asked to join: appended by every run.
create table checks (
    id uuid primary key,
    subject_kind text not null check (subject_kind in ('organization', 'community')),
    subject_id uuid not null,
    kind text not null,
    result text not null check (result in ('Pass', 'Warn', 'Fail', 'Unknown')),
    evidence text not null,
    checked_at timestamptz not null
);
create index checks_subject on checks (subject_kind, subject_id, checked_at desc);

-- A half-filled application; the browser holds a random token.
create table application_drafts (
    id uuid primary key,
    token_hash bytea not null constraint application_drafts_token_key unique,
    kind text not null check (kind in ('organization', 'community')),
    fields jsonb not null,
    logo_id uuid references logos,
    updated_at timestamptz not null,
    expires_at timestamptz not null
);
create index application_drafts_age on application_drafts (expires_at);
