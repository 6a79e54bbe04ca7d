-- What every later migration leans on: search helpers and the guard of append-only tables.
create extension if not exists pg_trgm;

create function refuse_change() returns trigger language plpgsql as $$
begin
    raise exception 'rows of % are never changed', tg_table_name using errcode = 'restrict_violation';
end
$$;
