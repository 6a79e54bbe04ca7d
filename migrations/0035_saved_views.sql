-- A filtered list that somebody named: theirs, in the workspace they acted for.
create table saved_views (
    id uuid primary key,
    user_id uuid not null references users on delete cascade,
    -- `organization:<id>`, `community:<id>`, or empty for somebody without a workspace.
    workspace text not null,
    board text not null check (board in ('opportunities')),
    name text not null,
    -- As the address of the list writes it; read by the same parser.
    query text not null,
    created_at timestamptz not null,
    updated_at timestamptz not null
);
create unique index saved_views_name_key on saved_views (user_id, workspace, board, lower(name));
-- The orders of the public list.
create index opportunities_newest on opportunities (opened_at desc, id desc) where status = 'Open';
create index opportunities_budget on opportunities (currency, budget_max desc, id desc) where status = 'Open';
