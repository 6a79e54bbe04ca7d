-- What happened: appended in the transaction of the change, chained by subject, never edited.
create table facts (
    id uuid primary key,
    at timestamptz not null,
    actor_user_id uuid,
    acting_kind text not null check (acting_kind in ('person', 'organization', 'community', 'staff', 'system', 'visitor')),
    acting_id uuid,
    room text not null,
    name text not null,
    subject_kind text not null,
    subject_id uuid not null,
    seq bigint not null check (seq > 0),
    -- The id of the request that caused it, from the browser to the last job.
    trace_id text not null,
    -- Canonical JSON of ids and values: no names, no free text.
    payload text not null,
    -- The chained text: everything above, the hash of the private part, and the hash before.
    body text not null,
    prev_hash bytea,
    hash bytea not null,
    constraint facts_chain_key unique (subject_kind, subject_id, seq),
    constraint facts_hash_check check (hash = sha256(convert_to(body, 'UTF8')))
);
create index facts_at on facts (at, id);

-- Names, free text, addresses: erasable without breaking the chain, which holds only their salted hash.
create table fact_private (
    fact_id uuid primary key references facts,
    salt bytea not null,
    fields text not null
);

-- Other subjects whose timelines show the fact.
create table fact_about (
    fact_id uuid not null references facts,
    subject_kind text not null,
    subject_id uuid not null,
    at timestamptz not null,
    primary key (subject_kind, subject_id, at, fact_id)
);

-- One row a subject, locked last in every transaction, so that a chain never forks.
create table fact_heads (
    subject_kind text not null,
    subject_id uuid not null,
    seq bigint not null,
    hash bytea not null,
    -- Moved since the last checkpoint?
    moved boolean not null default true,
    primary key (subject_kind, subject_id)
);
create index fact_heads_moved on fact_heads (subject_kind, subject_id) where moved;

create table fact_checkpoints (
    number bigint primary key check (number > 0),
    at timestamptz not null,
    body text not null,
    prev_hash bytea,
    hash bytea not null constraint fact_checkpoints_hash_check check (hash = sha256(convert_to(body, 'UTF8'))),
    signature bytea not null
);

create trigger facts_stay before update or delete on facts for each row execute function refuse_change();
create trigger facts_not_truncated before truncate on facts for each statement execute function refuse_change();
create trigger fact_about_stay before update or delete on fact_about for each row execute function refuse_change();
create trigger fact_about_not_truncated before truncate on fact_about for each statement execute function refuse_change();
create trigger fact_checkpoints_stay before update or delete on fact_checkpoints for each row execute function refuse_change();
create trigger fact_checkpoints_not_truncated before truncate on fact_checkpoints for each statement execute function refuse_change();

-- Facts that the dispatcher has not yet turned into jobs.
create table outbox (
    fact_id uuid primary key references facts
);
