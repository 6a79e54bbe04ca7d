-- A known value lies here for each key that seals or blinds, so that a start with other keys is refused.
create table key_proofs (
    -- `column:1` is what the column key 1 has sealed; `blind` what the key of blind indexes makes of it.
    name text primary key,
    proof bytea not null
);
