-- A deadline whose handler failed is tried again at `try_at`, later each time, and does not stand before those that are due.
alter table deadlines add column failures integer not null default 0;
alter table deadlines add column try_at timestamptz;
create index deadlines_due on deadlines ((coalesce(try_at, at)));
drop index deadlines_at;
