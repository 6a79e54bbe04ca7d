-- What the list of opportunities keeps in memory follows the transactions that change it: an opportunity, or what it is listed by of its event and its community.
alter table opportunities add column changed bigint;
create trigger opportunities_changed before insert or update on opportunities for each row execute function note_change();
create index opportunities_changed on opportunities (changed, id) where changed is not null;

-- Events and communities change much more often in ways that no list of opportunities shows.
alter table events add column offers_changed bigint;
alter table communities add column offers_changed bigint;
create function note_offers_change() returns trigger language plpgsql as $$
begin
    new.offers_changed := pg_current_xact_id()::text::bigint;
    return new;
end
$$;
create trigger events_offers_changed before update on events for each row
    when ((old.event_type, old.category, old.format, old.region, old.technologies, old.public_visible, old.hidden_reason, old.status)
          is distinct from
          (new.event_type, new.category, new.format, new.region, new.technologies, new.public_visible, new.hidden_reason, new.status))
    execute function note_offers_change();
create trigger communities_offers_changed before update on communities for each row
    when (old.status is distinct from new.status) execute function note_offers_change();
create index events_offers_changed on events (offers_changed, id) where offers_changed is not null;
create index communities_offers_changed on communities (offers_changed, id) where offers_changed is not null;
