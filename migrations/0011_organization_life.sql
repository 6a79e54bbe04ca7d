-- An organization's later life: refused applications leave the queue, support is counted as it happens, technologies are found.
alter table organizations add column refused_at timestamptz;
alter table organizations add constraint organizations_refused_check
    check (refused_at is null or verification_status = 'Pending Verification');
-- Counted from organization_support, so that a list needs no aggregate.
alter table organizations add column events_sponsored integer not null default 0;
alter table organizations add column communities_supported integer not null default 0;

drop index organizations_queue;
create index organizations_queue on organizations (submitted_at, id)
    where verification_status = 'Pending Verification' and refused_at is null;
create index organizations_queue_score on organizations (trust_score, id)
    where verification_status = 'Pending Verification' and refused_at is null;
create index organizations_listed_industry on organizations (industry, (lower(display_name) collate "C"), id)
    where verification_status in ('Verified', 'Community Added');

-- array_to_string is only stable, because of types whose text depends on settings; text is not one of them.
create function one_text(words text[]) returns text language sql immutable parallel safe
    return array_to_string(words, ' ');
alter table organizations drop column search;
alter table organizations add column search tsvector generated always as (
    to_tsvector('simple', display_name || ' ' || industry || ' ' || short_description || ' ' || one_text(technologies))
) stored;
create index organizations_search on organizations using gin (search);

-- Which events an organization has stood on, told by the facts of the partners room; a repeated fact changes nothing.
create table organization_support (
    organization_id uuid not null references organizations,
    event_id uuid not null,
    community_id uuid not null,
    at timestamptz not null,
    primary key (organization_id, event_id)
);
