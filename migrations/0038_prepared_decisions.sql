-- What a community has decided about an application and not yet said. Only its own people see it.
create table prepared_decisions (
    request_id uuid primary key references requests,
    opportunity_id uuid not null references opportunities,
    decision text not null check (decision in ('Accept', 'Decline')),
    reason text,
    note text not null default '',
    -- What was read when it was decided; accepting needs the newest one.
    revision_hash text not null,
    prepared_by uuid not null references users,
    prepared_at timestamptz not null,
    -- Its release has begun; set back by nobody.
    releasing_at timestamptz,
    -- Why it could not be carried out.
    problem text,
    constraint prepared_decisions_reason_check check (decision = 'Accept' or reason is not null)
);
create index prepared_decisions_of on prepared_decisions (opportunity_id);
