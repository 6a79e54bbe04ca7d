-- Events are found by the words of their title and subtitle.
alter table events add column search tsvector generated always as (to_tsvector('simple', title || ' ' || subtitle)) stored;
create index events_search on events using gin (search);
