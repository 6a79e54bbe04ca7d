-- Whoever proposes to disable a verified organization does not disable it: somebody else of the staff does.
alter table organizations add column disabling_proposed_by uuid references users;
alter table organizations add column disabling_proposed_at timestamptz;
alter table organizations add column disabling_reason text;
alter table organizations add constraint organizations_disabling_check
    check ((disabling_proposed_by is null) = (disabling_proposed_at is null)
           and (disabling_proposed_by is null or verification_status = 'Verified'));
create index organizations_disabling on organizations (disabling_proposed_at, id) where disabling_proposed_at is not null;
-- Where a disabled organization goes back to.
alter table organizations add column disabled_from text
    check (disabled_from in ('Verified', 'Community Added'));
