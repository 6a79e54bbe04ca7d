-- A user is a login; what they may do comes from memberships.
create table users (
    id uuid primary key,
    email text not null constraint users_email_key unique check (email = lower(email)),
    name text not null,
    -- Argon2id, PHC string; absent until the person followed a mailed link.
    password_hash text,
    email_verified_at timestamptz,
    -- Sealed; present once a second factor was set up, trusted once totp_enabled_at is set.
    totp_secret bytea,
    totp_enabled_at timestamptz,
    -- The last step that was accepted: a code works once.
    totp_last_step bigint not null default 0,
    suspended_at timestamptz,
    created_at timestamptz not null,
    updated_at timestamptz not null
);

create table recovery_codes (
    user_id uuid not null references users on delete cascade,
    code_hash bytea not null,
    used_at timestamptz,
    primary key (user_id, code_hash)
);

create table sessions (
    id uuid primary key,
    token_hash bytea not null constraint sessions_token_key unique,
    user_id uuid not null references users on delete cascade,
    created_at timestamptz not null,
    last_seen_at timestamptz not null,
    -- Set when this session gave a second factor.
    second_factor_at timestamptz,
    -- The workspace that the person used last, `kind:slug`; only a default.
    default_workspace text,
    device text not null default ''
);
create index sessions_user on sessions (user_id);

create table one_time_links (
    id uuid primary key,
    token_hash bytea not null constraint one_time_links_token_key unique,
    purpose text not null check (purpose in ('activate', 'reset', 'verify_email', 'change_email')),
    user_id uuid not null references users on delete cascade,
    -- The address that the link was mailed to.
    email text not null,
    created_at timestamptz not null,
    expires_at timestamptz not null,
    used_at timestamptz
);
create index one_time_links_user on one_time_links (user_id, purpose);

create table staff_roles (
    user_id uuid not null references users on delete cascade,
    role text not null check (role in ('review', 'finance', 'admin')),
    created_at timestamptz not null,
    primary key (user_id, role)
);

-- Fixed windows; a row is one window of one action by one address or account.
create table rate_counters (
    action text not null,
    subject text not null,
    window_start timestamptz not null,
    hits integer not null,
    primary key (action, subject, window_start)
);
create index rate_counters_age on rate_counters (window_start);
