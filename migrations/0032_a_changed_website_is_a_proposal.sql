-- Where an organization wants to move. The old website keeps its standing until staff have approved the new one.
create table website_proposals (
    id uuid primary key,
    organization_id uuid not null references organizations,
    website text not null,
    identity_key text not null,
    identity_shared boolean not null,
    proposed_by uuid not null references users,
    proposed_at timestamptz not null,
    state text not null check (state in ('Open', 'Approved', 'Refused', 'Withdrawn')),
    reason text,
    decided_at timestamptz
);
create unique index website_proposals_open_key on website_proposals (organization_id) where state = 'Open';
create index website_proposals_waiting on website_proposals (proposed_at, id) where state = 'Open';

-- Checks of a proposal belong to the proposal.
alter table checks drop constraint checks_subject_kind_check;
alter table checks add constraint checks_subject_kind_check check (subject_kind in ('organization', 'community', 'website'));
