-- Of two profiles of one organization staff keep one: the other leads to it, and owns no website any more.
alter table organizations add column merged_into uuid references organizations;
alter table organizations add column merged_at timestamptz;
alter table organizations add constraint organizations_merged_check
    check ((merged_into is null) = (merged_at is null) and (merged_into is null or verification_status = 'Disabled')
           and merged_into is distinct from id);
create index organizations_merged on organizations (merged_into) where merged_into is not null;

drop index organizations_identity_key;
create unique index organizations_identity_key on organizations (identity_key)
    where verification_status in ('Verified', 'Community Added', 'Disabled') and merged_into is null;

create table organization_merges (
    id uuid primary key,
    gone_id uuid not null references organizations,
    kept_id uuid not null references organizations,
    reason text not null,
    proposed_by uuid not null references users,
    proposed_at timestamptz not null,
    -- `Open` while it waits for a second person of the staff.
    state text not null check (state in ('Open', 'Merged', 'Dropped')),
    decided_by uuid references users,
    decided_at timestamptz,
    constraint organization_merges_pair_check check (gone_id <> kept_id),
    constraint organization_merges_decided_check check ((state = 'Open') = (decided_at is null))
);
create unique index organization_merges_open_key on organization_merges (gone_id) where state = 'Open';
create index organization_merges_waiting on organization_merges (proposed_at, id) where state = 'Open';
create index organization_merges_kept on organization_merges (kept_id);
