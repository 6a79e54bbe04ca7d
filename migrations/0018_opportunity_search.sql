-- Opportunities are found by words: of their own, of the event and of the community, as they were at the last save.
alter table opportunities add column search_text text not null default '';
alter table opportunities add column search tsvector generated always as (to_tsvector('simple', search_text)) stored;
create index opportunities_search on opportunities using gin (search);
