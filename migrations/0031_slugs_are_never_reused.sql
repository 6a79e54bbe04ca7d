-- Every slug that an organization has or had: its page is found under all of them, and nobody else ever gets one.
create table organization_slugs (
    slug text primary key,
    -- The slug is claimed first, and its organization stands by the end of the transaction.
    organization_id uuid not null references organizations deferrable initially deferred,
    created_at timestamptz not null
);
create index organization_slugs_organization on organization_slugs (organization_id);
insert into organization_slugs (slug, organization_id, created_at) select slug, id, created_at from organizations;
