-- Reviews look for communities with the same official address and for sign-ups from the same source.
create index communities_official_email on communities (official_email);
create index communities_source on communities (applied_from, submitted_at);
