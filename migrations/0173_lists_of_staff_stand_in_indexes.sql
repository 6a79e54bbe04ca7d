-- Staff's lists of organizations are read and counted in indexes, and searched in them wherever a text has three letters in a row
-- or is what a word begins with.

-- Who waits: the newest first, and side by side with rivals for a website.
create index organizations_waiting on organizations (id desc)
    where verification_status = 'Pending Verification' and refused_at is null;
create index organizations_waiting_identity on organizations (identity_key, submitted_at, id)
    where verification_status = 'Pending Verification' and refused_at is null;
-- What was merged is disabled too, and stands in no list.
create index organizations_disabled on organizations (id desc)
    where verification_status = 'Disabled' and merged_into is null;
-- A search looks for a part of the name or of the website, and for a whole mailbox; names have an index.
create index organizations_identity_letters on organizations using gin (identity_key gin_trgm_ops);
create index organizations_mailbox on organizations (lower(primary_email));
