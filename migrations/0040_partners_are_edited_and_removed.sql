-- A place on an event's page is edited, hidden, moved and removed; a removed one stays as a record of what was agreed.
alter table event_partners add column version integer not null default 1;
alter table event_partners add column removed_at timestamptz;
alter table event_partners add column removal_reason text;

-- Once per category and event, among those that stand there. The name is part of the API.
alter table event_partners drop constraint event_partners_once_key;
create unique index event_partners_once_key on event_partners (event_id, organization_id, display_category)
    where removed_at is null;
drop index event_partners_event;
create index event_partners_event on event_partners (event_id, display_order, id) where removed_at is null;

-- Who has put the panel of partners away.
create table partner_panels (
    user_id uuid primary key references users,
    collapsed boolean not null
);

-- A name without an organization stands once per category too.
create unique index event_partners_named_once_key on event_partners (event_id, display_category, lower(name_snapshot))
    where organization_id is null and removed_at is null;
