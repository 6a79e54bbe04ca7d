-- Work that may be late, and moments that must come.
create table jobs (
    id uuid primary key,
    -- Who runs it: the name of a consumer.
    consumer text not null,
    -- Jobs of one consumer about one subject run in this order.
    subject text not null,
    seq bigint generated always as identity,
    fact_id uuid references facts,
    payload jsonb not null,
    state text not null check (state in ('ready', 'running', 'done', 'dead')),
    attempts integer not null default 0,
    run_at timestamptz not null,
    -- While running: after this moment the worker is taken for dead.
    leased_until timestamptz,
    last_error text,
    trace_id text not null,
    created_at timestamptz not null,
    finished_at timestamptz,
    constraint jobs_once_key unique (consumer, fact_id)
);
create index jobs_todo on jobs (run_at, seq) where state in ('ready', 'running');
create index jobs_order on jobs (consumer, subject, seq) where state in ('ready', 'running');
create index jobs_finished on jobs (finished_at) where state = 'done';

create table deadlines (
    kind text not null,
    subject_id uuid not null,
    at timestamptz not null,
    primary key (kind, subject_id)
);
create index deadlines_at on deadlines (at);

create table mails (
    id uuid primary key,
    -- What makes it one mail: consumer, fact and recipient; a repeated reaction changes nothing.
    once_key text not null constraint mails_once_key unique,
    recipient text not null,
    recipient_name text not null,
    template text not null,
    subject text not null,
    -- Sealed: a mail may carry a one-time link.
    body_text bytea,
    body_html bytea,
    state text not null check (state in ('queued', 'sent', 'failed')),
    attempts integer not null default 0,
    last_error text,
    trace_id text not null,
    created_at timestamptz not null,
    sent_at timestamptz
);
create index mails_recent on mails (created_at desc, id desc);

create table notices (
    id uuid primary key,
    user_id uuid not null references users on delete cascade,
    fact_id uuid not null references facts,
    -- Which workspace it belongs to, `kind:slug`.
    workspace text not null,
    title text not null,
    href text not null,
    created_at timestamptz not null,
    read_at timestamptz,
    constraint notices_once_key unique (user_id, fact_id)
);
create index notices_mine on notices (user_id, created_at desc, id desc);

create table idempotency_keys (
    principal text not null,
    operation text not null,
    key text not null,
    request_hash bytea not null,
    result text,
    created_at timestamptz not null,
    primary key (principal, operation, key)
);
create index idempotency_keys_age on idempotency_keys (created_at);
