-- Rows that somebody merged by hand, and with whom: the next file with such a row does not ask again. Forgotten when the import is
-- taken back.
create table import_merges (
    import_id uuid not null references imports on delete cascade,
    number integer not null,
    -- The community, or nil for staff.
    workspace uuid not null,
    -- A hash of the row's name and website.
    row_key text not null,
    organization_id uuid not null references organizations on delete cascade,
    primary key (import_id, number)
);
create index import_merges_of_workspace on import_merges (workspace, row_key);
create index import_merges_of_organization on import_merges (organization_id);
