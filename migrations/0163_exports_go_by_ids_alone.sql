-- The indexes that all news were read from serve exports alone, which go by ids.
create index requests_community_whole on requests (community_id, id);
create index requests_organization_whole on requests (organization_id, id);
drop index requests_community_news, requests_organization_news;
