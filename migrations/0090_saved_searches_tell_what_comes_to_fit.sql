-- Searches of organizations and of communities are saved too, and tell their owner once of each row that comes to fit.
alter table saved_views drop constraint saved_views_board_check;
alter table saved_views add constraint saved_views_board_check check (board in ('opportunities', 'organizations', 'communities'));
alter table saved_views add column alerts boolean not null default false;
create index saved_views_alerts on saved_views (board, id) where alerts;

-- A row that a saved search has found: each of them once, for ever.
create table saved_view_hits (
    view_id uuid not null references saved_views on delete cascade,
    row_id uuid not null,
    found_at timestamptz not null,
    -- When its owner was told, or that it was there before they asked to be. Absent while it waits to be told.
    settled_at timestamptz,
    primary key (view_id, row_id)
);
create index saved_view_hits_waiting on saved_view_hits (view_id, row_id) where settled_at is null;
