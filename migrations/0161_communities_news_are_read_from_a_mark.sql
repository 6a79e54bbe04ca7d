-- What has a number above a mark of somebody of a community stands in an index.
create index requests_community_news_since on requests (community_id, news_no)
    include (id, state, opened_by, held_at, news_seq, news_by, news_before);
