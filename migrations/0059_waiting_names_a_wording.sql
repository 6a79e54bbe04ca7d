-- Who agreed to wait, and to which wording: the place is taken on exactly that. Nobody waits yet, so there is no default.
alter table waiting_list add column side text not null check (side in ('community', 'organization'));
alter table waiting_list add column revision_hash text not null;
