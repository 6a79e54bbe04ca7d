-- The events room says once which events everybody sees, and what a card shows of them: a statement of a room below that looks
-- through them reads the cards along.
create view shown_events as
select e.id, e.community_id, e.slug, e.title, e.subtitle, e.event_type, e.category, e.format, e.region, e.technologies,
       e.starts_wall, e.ends_wall, e.timezone, e.start_at, e.end_at, e.venue_name, e.max_attendees, e.public_visible, e.all_day,
       e.status, e.published_at, e.version, e.updated_at
from events e
where e.public_visible and e.hidden_reason is null and e.deleted_at is null
  and e.status in ('Upcoming', 'Live', 'Completed', 'Archived');
