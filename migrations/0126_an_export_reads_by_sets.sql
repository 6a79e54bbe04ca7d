-- An export reads what a workspace owns a few hundred rows at a time, in the order of their ids.
create index requests_community_whole on requests (community_id, id);
create index requests_organization_whole on requests (organization_id, id);
create index event_partners_community_whole on event_partners (community_id, id) where removed_at is null;
