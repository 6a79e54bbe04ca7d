-- A community's own opportunities stand in the order of its list, all of them and those of each status: a page reads its own rows.
create index opportunities_own on opportunities (community_id, updated_at desc, id desc);
create index opportunities_own_status on opportunities (community_id, status, updated_at desc, id desc);

-- What the second stood for before, without the end of its order.
drop index opportunities_community;
