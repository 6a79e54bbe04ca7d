-- Merging compares the names of applications that wait by their letters; those of listed organizations are found in memory.
create index organizations_waiting_names on organizations using gin (lower(display_name) gin_trgm_ops)
    where verification_status = 'Pending Verification' and refused_at is null;
