-- Staff read how many applications were refused beside every list of organizations: by all that wait, it was a row of each.
create index organizations_refused on organizations (id) where refused_at is not null;
