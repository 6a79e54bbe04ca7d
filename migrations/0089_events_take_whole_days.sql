-- Of some events only the days are known: they begin with the first and end with the last.
alter table events add column all_day boolean not null default false;
