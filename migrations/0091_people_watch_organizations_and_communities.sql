-- What somebody keeps an eye on, in the workspace that they act for.
create table watches (
    user_id uuid not null references users on delete cascade,
    -- As in `saved_views`: `organization:<id>`, `community:<id>`, or empty for somebody without a workspace.
    workspace text not null,
    kind text not null check (kind in ('organizations', 'communities')),
    row_id uuid not null,
    created_at timestamptz not null,
    primary key (user_id, workspace, kind, row_id)
);
create index watches_of_a_row on watches (kind, row_id);
