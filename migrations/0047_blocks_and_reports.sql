-- Workspaces that want nothing to do with each other, and what people report to staff.
create table blocks (
    id uuid primary key,
    community_id uuid not null references communities,
    organization_id uuid not null references organizations,
    -- Which side made it; either side may make its own.
    made_by text not null check (made_by in ('community', 'organization')),
    created_by uuid not null references users,
    created_at timestamptz not null,
    constraint blocks_once_key unique (community_id, organization_id, made_by)
);
create index blocks_organization on blocks (organization_id, community_id);

create table reports (
    id uuid primary key,
    subject_kind text not null check (subject_kind in ('organization', 'community', 'event', 'opportunity', 'request')),
    subject_id uuid not null,
    -- What it was called when it was reported.
    subject_name text not null,
    reason text not null,
    words text not null,
    reporter_id uuid not null references users,
    -- `kind:slug` of the workspace they acted for; empty for somebody without one.
    reporter_workspace text not null,
    state text not null check (state in ('Open', 'Dismissed', 'Warned', 'Hidden')),
    decision_reason text,
    decided_by uuid references users,
    decided_at timestamptz,
    created_at timestamptz not null
);
create index reports_open on reports (created_at, id) where state = 'Open';
create index reports_decided on reports (decided_at desc, id desc) where state <> 'Open';
create index reports_subject on reports (subject_kind, subject_id);
-- One open report of a person about a thing.
create unique index reports_open_key on reports (reporter_id, subject_kind, subject_id) where state = 'Open';
