-- What is kept in memory for search follows the transactions that change organizations and communities, and the directory has orders of its own.
alter table organizations add column changed bigint;
alter table communities add column changed bigint;
-- The number of the transaction: a reader that stops before the oldest one still running misses none, however long it takes.
create function note_change() returns trigger language plpgsql as $$
begin
    new.changed := pg_current_xact_id()::text::bigint;
    return new;
end
$$;
create trigger organizations_changed before insert or update on organizations for each row execute function note_change();
create trigger communities_changed before insert or update on communities for each row execute function note_change();
create index organizations_changed on organizations (changed, id) where changed is not null;
create index communities_changed on communities (changed, id) where changed is not null;

-- The same as `reputation` of the rules.
alter table organizations add column reputation integer not null generated always as (
    least(greatest(events_sponsored, 0), 10000) * 10 + least(greatest(communities_supported, 0), 10000) * 15
    + case when verification_status = 'Verified' then 5 else 0 end
) stored;
create index organizations_reputation on organizations (reputation, id) where verification_status in ('Verified', 'Community Added');
create index organizations_newest on organizations (created_at, id) where verification_status in ('Verified', 'Community Added');

alter table communities add column reputation integer not null generated always as (
    least(greatest(answers, 0), 10000) * 10 + case when status = 'active' then 5 else 0 end
) stored;
create index communities_reputation on communities (reputation, id) where status in ('approved', 'active');
create index communities_newest on communities (created_at, id) where status in ('approved', 'active');
create index communities_by_place on communities ((lower(name) collate "C"), id) where status in ('approved', 'active');
create index communities_search on communities using gin (search) where status in ('approved', 'active');
