-- What a person wants to have mailed, and when. No row: everything at once, at any hour.
create table mail_choices (
    user_id uuid not null references users on delete cascade,
    topic text not null,
    pace text not null check (pace in ('instant', 'digest', 'off')),
    updated_at timestamptz not null,
    primary key (user_id, topic)
);

create table mail_hours (
    user_id uuid primary key references users on delete cascade,
    -- An IANA name.
    zone text not null,
    -- Full hours of that zone, equal ones for no quiet hours.
    quiet_from smallint not null check (quiet_from between 0 and 23),
    quiet_until smallint not null check (quiet_until between 0 and 23),
    -- The hour of the daily digest.
    digest_at smallint not null check (digest_at between 0 and 23),
    updated_at timestamptz not null
);

-- What waits for somebody's next digest.
create table digest_lines (
    user_id uuid not null references users on delete cascade,
    fact_id uuid not null references facts,
    template text not null,
    workspace text not null,
    title text not null,
    href text not null,
    created_at timestamptz not null,
    primary key (user_id, fact_id, template)
);

-- Whose choice a mail follows: it carries their way to unsubscribe.
alter table mails add column user_id uuid;
alter table mails add column topic text;

create index notices_unread on notices (user_id, workspace) where read_at is null;
create index notices_by_workspace on notices (user_id, workspace, created_at desc, id desc);
