-- Programs act for a workspace with a key of its own: stored as a hash, never as it was shown.
create table api_keys (
    id uuid primary key,
    kind text not null check (kind in ('organization', 'community')),
    workspace_id uuid not null,
    name text not null,
    -- SHA-256 of the whole key.
    secret_hash bytea not null constraint api_keys_secret_key unique,
    -- Its last characters, by which people tell keys apart.
    tail text not null,
    scopes text[] not null check (cardinality(scopes) > 0),
    -- A key can do no more than this person can do now.
    made_by uuid not null references users,
    -- When the maker's session gave a second factor: only then does the key do what the workspace asks one for.
    second_factor_at timestamptz,
    created_at timestamptz not null,
    expires_at timestamptz check (expires_at > created_at),
    last_used_at timestamptz,
    revoked_at timestamptz,
    revoked_by uuid references users
);
create index api_keys_workspace on api_keys (kind, workspace_id, created_at desc, id desc);

-- Through which key a fact was stated; part of the chained text as well.
alter table facts add column api_key_id uuid;
