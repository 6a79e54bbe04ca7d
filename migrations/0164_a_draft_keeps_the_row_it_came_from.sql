-- The row of a file that a draft came from, as the file called it: however the draft is worked on, the same row finds it again.
create table import_origins (
    event_id uuid primary key references events on delete cascade,
    community_id uuid not null references communities,
    -- Letters and digits of the row's title, in lower case.
    title text not null,
    -- Nothing where the row said none, or where nobody knows any more.
    first_day date
);
create index import_origins_of_community on import_origins (community_id, title);
-- Of files from before, the day is known where nobody has edited the draft.
insert into import_origins (event_id, community_id, title, first_day)
select e.id, e.community_id, lower(regexp_replace(r.title, '[^[:alnum:]]+', '', 'g')),
       case when e.version = 1 then e.starts_wall::date end
from import_rows r
join imports i on i.id = r.import_id and i.target = 'events'
join events e on e.id = r.made_id
where r.title <> ''
on conflict do nothing;
