-- Staff see whose login is shut, the latest first.
create index users_suspended on users (suspended_at desc) where suspended_at is not null;
