-- A file of organizations or events on its way in: looked at first, then taken as a whole, and taken back.
create table imports (
    id uuid primary key,
    -- Whose it is; staff's where there is none.
    community_id uuid references communities,
    created_by uuid references users,
    -- Who said that it should be imported, or taken back.
    applied_by uuid references users,
    target text not null check (target in ('organizations', 'sponsors', 'events')),
    -- Where events go.
    into_community uuid references communities,
    state text not null check (state in ('mapping', 'ready', 'applying', 'applied', 'undone')),
    file_name text not null,
    file_hash text not null,
    headings text[] not null,
    -- For each field of ours, the heading that holds it.
    mapping jsonb not null,
    -- What a run that was given up says.
    note text not null default '',
    created_at timestamptz not null,
    applied_at timestamptz,
    undone_at timestamptz
);
create index imports_of_workspace on imports (community_id, created_at desc, id);

create table import_rows (
    import_id uuid not null references imports on delete cascade,
    -- The line of the file.
    number integer not null,
    cells text[] not null,
    title text not null default '',
    outcome text not null default 'problem',
    reason text not null default '',
    -- What the mapping could not say, in words.
    unmapped text not null default '',
    -- The row, or the thing that is there already, with which it goes.
    into_row integer,
    into_id uuid,
    into_name text,
    -- What a person decided; empty for what is proposed.
    choice text not null default '' check (choice in ('', 'make', 'merge', 'skip')),
    -- What was made of it.
    made_id uuid,
    -- What it added to something that was there: a product, a picture.
    added jsonb,
    undo_refused text,
    primary key (import_id, number)
);
create index import_rows_made on import_rows (import_id, made_id) where made_id is not null;
create index import_rows_completed on import_rows ((added->>'organization')) where added is not null;

-- How far a run has come; written beside its transaction, so that others see it.
create table import_progress (
    import_id uuid primary key references imports on delete cascade,
    done integer not null,
    total integer not null
);

-- Which heading meant what, the last time that a workspace brought such a file.
create table import_mappings (
    -- The community, or nil for staff.
    workspace uuid not null,
    target text not null,
    headings_hash text not null,
    mapping jsonb not null,
    updated_at timestamptz not null,
    primary key (workspace, target, headings_hash)
);

-- Pictures that came with a file, by their names.
create table import_pictures (
    import_id uuid not null references imports on delete cascade,
    file_name text not null,
    logo_id uuid references logos,
    outcome text not null check (outcome in ('matched', 'unmatched', 'refused')),
    reason text not null,
    number integer,
    primary key (import_id, file_name)
);

-- A file that is taken back removes the organizations that it made: what is kept in memory for search hears of those too.
create table organizations_gone (
    id uuid primary key,
    -- The number of the transaction, as in `organizations.changed`.
    changed bigint not null
);
create index organizations_gone_changed on organizations_gone (changed, id);
create function note_gone() returns trigger language plpgsql as $$
begin
    insert into organizations_gone (id, changed) values (old.id, pg_current_xact_id()::text::bigint);
    return old;
end
$$;
create trigger organizations_gone after delete on organizations for each row execute function note_gone();
