-- Somebody asks to belong to an organization. Its admins decide; where it is not verified or has none, a mailbox at its domain.
create table join_requests (
    id uuid primary key,
    organization_id uuid not null references organizations,
    user_id uuid not null references users,
    message text not null default '',
    -- The mailbox at the organization's domain that decides; absent where its admins do.
    decider_email text check (decider_email = lower(decider_email)),
    token_hash bytea constraint join_requests_token_key unique,
    created_at timestamptz not null,
    expires_at timestamptz,
    accepted_at timestamptz,
    declined_at timestamptz,
    decided_by uuid references users,
    role text,
    constraint join_requests_end_check check (accepted_at is null or declined_at is null)
);
create unique index join_requests_open_key on join_requests (organization_id, user_id)
    where accepted_at is null and declined_at is null;
create index join_requests_waiting on join_requests (organization_id, created_at, id)
    where accepted_at is null and declined_at is null and decider_email is null;
