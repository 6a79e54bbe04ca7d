-- Technologies that the program's own list does not know become vocabulary when they are first used: that spelling stands for all.
create table technologies (
    -- Lower case, without what people write differently.
    key text primary key,
    name text not null,
    first_used_at timestamptz not null
);
