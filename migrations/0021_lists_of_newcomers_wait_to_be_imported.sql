-- A list of newcomers that was looked at and waits for somebody to import it; thrown away with the import, or after a day.
create table member_imports (
    id uuid primary key,
    community_id uuid not null references communities,
    created_by uuid not null references users,
    -- Sealed: names and addresses of people who do not know of it yet.
    roster bytea not null,
    created_at timestamptz not null
);
create index member_imports_age on member_imports (created_at);
