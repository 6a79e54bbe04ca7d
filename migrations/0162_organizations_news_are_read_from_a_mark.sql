-- What has a number above a mark of somebody of an organization stands in an index.
create index requests_organization_news_since on requests (organization_id, news_no)
    include (id, state, opened_by, held_at, news_seq, news_by, news_before);
