-- For what a workspace asks its people for a second factor; no row, nothing.
create table second_factor_policies (
    kind text not null check (kind in ('organization', 'community')),
    workspace_id uuid not null,
    needed_for text[] not null,
    updated_at timestamptz not null,
    primary key (kind, workspace_id)
);
