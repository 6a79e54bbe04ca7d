-- What the list of communities keeps in memory follows what everybody sees of their events: an event that is deleted or brought back counts, and one that comes public at once.
create or replace trigger events_offers_changed before update on events for each row
    when ((old.event_type, old.category, old.format, old.region, old.technologies, old.public_visible, old.hidden_reason, old.status,
           old.deleted_at, old.community_id)
          is distinct from
          (new.event_type, new.category, new.format, new.region, new.technologies, new.public_visible, new.hidden_reason, new.status,
           new.deleted_at, new.community_id))
    execute function note_offers_change();
create trigger events_offers_come before insert on events for each row
    when (new.public_visible and new.hidden_reason is null and new.status in ('Upcoming', 'Live', 'Completed', 'Archived'))
    execute function note_offers_change();
