-- People come into a workspace by an invitation: a mailed link that one POST accepts, once.
create table invitations (
    id uuid primary key,
    workspace_kind text not null check (workspace_kind in ('organization', 'community')),
    workspace_id uuid not null,
    email text not null check (email = lower(email)),
    -- What the newcomer is called; empty until they say it themselves.
    name text not null default '',
    role text not null,
    -- The entry on a community's list of members that waits for it, where one was made.
    member_id uuid references members,
    invited_by uuid not null references users,
    -- Absent until the mail is written; a new mail takes the old link's place.
    token_hash bytea constraint invitations_token_key unique,
    created_at timestamptz not null,
    sent_at timestamptz not null,
    expires_at timestamptz not null,
    accepted_at timestamptz,
    accepted_by uuid references users,
    revoked_at timestamptz,
    constraint invitations_end_check check (accepted_at is null or revoked_at is null)
);
-- One mailbox waits once for one workspace.
create unique index invitations_open_key on invitations (workspace_kind, workspace_id, email)
    where accepted_at is null and revoked_at is null;
create index invitations_list on invitations (workspace_kind, workspace_id, created_at desc, id desc);
create index invitations_member on invitations (member_id);

-- What members say about themselves, and why somebody may not act.
alter table members add column interests text[] not null default '{}';
alter table members add column photo_id uuid references logos;
alter table members add column bio text not null default '';
-- github, linkedin, x, website: addresses.
alter table members add column links jsonb not null default '{}';
alter table members add column status_reason text;
-- False while somebody was only put on the list: nobody else can make them active.
alter table members add column has_joined boolean not null default true;
alter table members add column version integer not null default 1;
create index members_list on members (community_id, created_at, id);

alter table organization_members add column version integer not null default 1;
create index organization_members_list on organization_members (organization_id, created_at, id);
