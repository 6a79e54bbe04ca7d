-- A request keeps the names that it was made with among its words; only where a party has another one since does a search look that up.
create table request_renames (
    -- A community's, an organization's or an event's.
    id uuid primary key
);
create function note_rename() returns trigger language plpgsql as $$
begin
    insert into request_renames (id) values (new.id) on conflict do nothing;
    return null;
end
$$;
create trigger communities_renamed after update of name on communities for each row
    when (old.name is distinct from new.name) execute function note_rename();
create trigger organizations_renamed after update of display_name on organizations for each row
    when (old.display_name is distinct from new.display_name) execute function note_rename();
create trigger events_renamed after update of title on events for each row
    when (old.title is distinct from new.title) execute function note_rename();

-- Who was renamed before nobody wrote down: whoever is not called word for word what a request of theirs says.
insert into request_renames (id)
select c.id from requests r join communities c on c.id = r.community_id
where position(' ' || lower(c.name) || ' ' in ' ' || r.search_text || ' ') = 0
union
select o.id from requests r join organizations o on o.id = r.organization_id
where position(' ' || lower(o.display_name) || ' ' in ' ' || r.search_text || ' ') = 0
union
select e.id from requests r join events e on e.id = r.event_id
where position(' ' || lower(e.title) || ' ' in ' ' || r.search_text || ' ') = 0;
