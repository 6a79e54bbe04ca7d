-- What has a number above somebody's mark stands in an index; the index from before serves exports alone, which go by ids.
create index requests_community_news_since on requests (community_id, news_no)
    include (id, state, opened_by, held_at, news_seq, news_by, news_before);
create index requests_organization_news_since on requests (organization_id, news_no)
    include (id, state, opened_by, held_at, news_seq, news_by, news_before);
create index requests_community_whole on requests (community_id, id);
create index requests_organization_whole on requests (organization_id, id);
drop index requests_community_news, requests_organization_news;
