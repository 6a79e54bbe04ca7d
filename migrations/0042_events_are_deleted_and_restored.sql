-- A deleted event is out of sight, and its address is free again, until somebody restores it.
alter table events add column deleted_at timestamptz;
alter table events add column deleted_by uuid references users;
alter table events drop constraint events_slug_key;
create unique index events_slug_key on events (slug) where deleted_at is null;
create index events_deleted on events (community_id, deleted_at desc) where deleted_at is not null;
