-- An application for an address that has a login seats nobody until whoever reads the mailbox says that it is theirs.
create table organization_seats_waiting (
    organization_id uuid not null references organizations,
    user_id uuid not null references users,
    role text not null check (role in ('Sponsor Admin', 'Partner Admin')),
    created_at timestamptz not null,
    primary key (organization_id, user_id)
);
create index organization_seats_waiting_user on organization_seats_waiting (user_id);
-- What a link says yes to, beside the address: an organization, a community.
alter table one_time_links add column about uuid;
