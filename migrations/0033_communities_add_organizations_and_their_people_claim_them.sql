-- An organization that a community added waits for its own people.
alter table organizations add column added_by_community uuid references communities;

create table organization_claims (
    id uuid primary key,
    organization_id uuid not null references organizations,
    user_id uuid not null references users,
    -- How the claim is, or is to be, proven.
    method text not null check (method in ('mailbox', 'dns')),
    email text not null,
    -- The community whose request invited them; nobody where they came by themselves.
    invited_by uuid references communities,
    state text not null check (state in ('Asked', 'Proven', 'Approved', 'Refused')),
    asked_at timestamptz not null,
    proven_at timestamptz,
    decided_at timestamptz,
    reason text
);
create unique index organization_claims_open_key on organization_claims (organization_id, user_id) where state in ('Asked', 'Proven');
create index organization_claims_waiting on organization_claims (proven_at, id) where state = 'Proven';
create index organization_claims_user on organization_claims (user_id, state);

-- A text that somebody shall publish in the domain's DNS, to show that they speak for it.
create table domain_proofs (
    organization_id uuid not null references organizations,
    user_id uuid not null references users,
    domain text not null,
    token text not null,
    asked_at timestamptz not null,
    proven_at timestamptz,
    primary key (organization_id, user_id)
);
