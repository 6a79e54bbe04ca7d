//! SQL of merging two profiles, as far as this room's tables are concerned. Both organizations are held.

use super::exactly_one;
use crate::{
    features::organizations::rules::{
        Standing,
        merging::{MergeDropping, MergeProposal, MergeProposing, Merging},
    },
    kernel::{
        error::AppResult,
        ids::{OrganizationId, UserId},
    },
    platform::tx::Tx,
};
use chrono::{DateTime, Utc};
use sqlx::PgPool;
use uuid::Uuid;

/// The proposal that waits for a second person, if one does.
pub async fn find_proposal(tx: &mut Tx, gone: OrganizationId) -> AppResult<Option<MergeProposal>> {
    let row = sqlx::query!(
        "select id, kept_id, proposed_by from organization_merges where gone_id = $1 and state = 'Open' for update",
        gone.0,
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(row.map(|row| MergeProposal { id: row.id, kept: row.kept_id.into(), by: row.proposed_by.into() }))
}

/// A merge that waits for a second person, as staff read it.
#[derive(Debug, serde::Deserialize)]
pub struct WaitingRow {
    pub gone_id: Uuid,
    pub gone_name: String,
    pub kept_id: Uuid,
    pub kept_name: String,
    pub reason: String,
    pub proposed_by: String,
    pub proposed_at: DateTime<Utc>,
}

/// Every merge that waits, or those of one profile on either side; the oldest first.
pub async fn list_waiting(pool: &PgPool, of: Option<OrganizationId>, limit: i64) -> AppResult<Vec<WaitingRow>> {
    let rows = sqlx::query_as!(
        WaitingRow,
        "select m.gone_id, g.display_name as gone_name, m.kept_id, k.display_name as kept_name, m.reason, u.name as proposed_by,
                m.proposed_at
         from organization_merges m join organizations g on g.id = m.gone_id join organizations k on k.id = m.kept_id
             join users u on u.id = m.proposed_by
         where m.state = 'Open' and ($1::uuid is null or m.gone_id = $1 or m.kept_id = $1)
         order by m.proposed_at, m.id limit $2",
        of.map(|id| id.0),
        limit,
    )
    .fetch_all(pool)
    .await?;
    Ok(rows)
}

pub async fn apply_proposing(tx: &mut Tx, fact: &MergeProposing, now: DateTime<Utc>) -> AppResult<()> {
    let written = sqlx::query!(
        "insert into organization_merges (id, gone_id, kept_id, reason, proposed_by, proposed_at, state)
         values ($1, $2, $3, $4, $5, $6, 'Open')",
        fact.id(),
        fact.gone().0,
        fact.kept().0,
        fact.reason().as_str(),
        fact.by().0,
        now,
    )
    .execute(tx.conn())
    .await?;
    exactly_one(written.rows_affected())
}

pub async fn apply_dropping(tx: &mut Tx, fact: &MergeDropping, by: UserId, now: DateTime<Utc>) -> AppResult<()> {
    let changed = sqlx::query!(
        "update organization_merges set state = 'Dropped', decided_by = $2, decided_at = $3 where id = $1 and state = 'Open'",
        fact.id(),
        by.0,
        now,
    )
    .execute(tx.conn())
    .await?;
    exactly_one(changed.rows_affected())
}

/// What became of the profile's own tables.
pub struct Moved {
    pub slugs: u64,
    pub proposals: u64,
}

/// The profile leads to the other from now on: its addresses, its website's standing, its counts; whatever waited for a
/// decision about it waits no more.
pub async fn apply_merging(tx: &mut Tx, id: Uuid, fact: &Merging, by: UserId, now: DateTime<Utc>) -> AppResult<Moved> {
    let (gone, kept) = (fact.gone().0, fact.kept().0);
    sqlx::query!(
        "insert into organization_merges (id, gone_id, kept_id, reason, proposed_by, proposed_at, state, decided_by, decided_at)
         select $1, $2, $3, $4, $5, $6, 'Merged', $5, $6
         where not exists (select 1 from organization_merges where gone_id = $2 and kept_id = $3 and state = 'Open')",
        id,
        gone,
        kept,
        fact.reason().as_str(),
        by.0,
        now,
    )
    .execute(tx.conn())
    .await?;
    sqlx::query!(
        "update organization_merges set state = case when gone_id = $1 and kept_id = $2 then 'Merged' else 'Dropped' end,
                decided_by = $3, decided_at = $4
         where state = 'Open' and (gone_id = $1 or kept_id = $1)",
        gone,
        kept,
        by.0,
        now,
    )
    .execute(tx.conn())
    .await?;
    // Made before addresses were remembered.
    sqlx::query!(
        "insert into organization_slugs (slug, organization_id, created_at) select slug, id, $2 from organizations where id = $1
         on conflict (slug) do nothing",
        gone,
        now,
    )
    .execute(tx.conn())
    .await?;
    let slugs = sqlx::query!("update organization_slugs set organization_id = $2 where organization_id = $1", gone, kept)
        .execute(tx.conn())
        .await?
        .rows_affected();
    let changed = sqlx::query!(
        "update organizations
         set merged_into = $2, merged_at = $4, slug = 'merged-' || id::text, verification_status = 'Disabled',
             disabled_from = case when verification_status in ('Verified', 'Community Added') then verification_status end,
             decision_reason = $5, decided_at = $4, more_asked = null, refused_at = null, disabling_proposed_by = null,
             disabling_proposed_at = null, disabling_reason = null, version = version + 1, updated_at = $4
         where id = $1 and verification_status = $3 and merged_into is null",
        gone,
        kept,
        fact.gone_standing().status().label(),
        now,
        fact.reason().as_str(),
    )
    .execute(tx.conn())
    .await?;
    exactly_one(changed.rows_affected())?;
    // Whatever led to it leads on.
    sqlx::query!("update organizations set merged_into = $2 where merged_into = $1", gone, kept).execute(tx.conn()).await?;
    let proposals = sqlx::query!(
        "update website_proposals set state = 'Withdrawn', decided_at = $2 where organization_id = $1 and state = 'Open'",
        gone,
        now,
    )
    .execute(tx.conn())
    .await?
    .rows_affected();
    sqlx::query!(
        "insert into organization_support (organization_id, event_id, community_id, at)
         select $2, event_id, community_id, at from organization_support where organization_id = $1
         on conflict (organization_id, event_id) do nothing",
        gone,
        kept,
    )
    .execute(tx.conn())
    .await?;
    sqlx::query!("delete from organization_support where organization_id = $1", gone).execute(tx.conn()).await?;
    sqlx::query!(
        "update organizations o
         set events_sponsored = (select count(*) from organization_support s where s.organization_id = o.id),
             communities_supported = (select count(distinct s.community_id) from organization_support s where s.organization_id = o.id)
         where o.id in ($1, $2)",
        gone,
        kept,
    )
    .execute(tx.conn())
    .await?;
    Ok(Moved { slugs, proposals })
}

/// Where a profile's support is counted: with whatever took it over.
pub async fn find_survivor(tx: &mut Tx, id: OrganizationId) -> AppResult<OrganizationId> {
    let survivor = sqlx::query_scalar!(r#"select coalesce(merged_into, id) as "id!" from organizations where id = $1"#, id.0)
        .fetch_optional(tx.conn())
        .await?;
    Ok(survivor.map_or(id, OrganizationId))
}

/// A profile that staff may have meant, beside the one before them.
pub struct LikelyRow {
    pub id: Uuid,
    pub slug: String,
    pub display_name: String,
    pub website: String,
    pub verification_status: String,
    pub logo_key: Option<String>,
}

/// Profiles with the same website, the same name when spelled alike, or a name like it; the same website first, and then the
/// name that is most alike. Refused and disabled ones cannot be merged.
///
/// Names are compared of so many at most as the inner limits say, however many have a word in common: of listed organizations
/// those that an index found `near`, of applications those that share letters. Without an index letters are all there is. A
/// name is like one with the same letters, and like one that has words more.
pub async fn list_likely(pool: &PgPool, of: OrganizationId, near: Option<&[Uuid]>, limit: i64) -> AppResult<Vec<LikelyRow>> {
    let rows = sqlx::query_as!(
        LikelyRow,
        r#"select o.id, o.slug, o.display_name, o.website, o.verification_status, l.storage_key as "logo_key?"
           from organizations me
               cross join lateral (
                   (select i.id from organizations i
                    where i.identity_key = me.identity_key and i.refused_at is null and i.verification_status <> $3 limit 100)
                   union
                   (select i.id from organizations i
                    where i.name_skeleton = me.name_skeleton and i.refused_at is null and i.verification_status <> $3 limit 100)
                   union
                   (select i.id from organizations i
                    where i.verification_status = 'Pending Verification' and i.refused_at is null
                      and lower(i.display_name) % lower(me.display_name) limit 100)
                   union
                   (select n.id from unnest($4::uuid[]) as n (id))
                   union
                   (select i.id from organizations i
                    where $5 and i.verification_status in ('Verified', 'Community Added')
                      and lower(i.display_name) % lower(me.display_name) limit 300)
               ) as looked_at
               join organizations o on o.id = looked_at.id
               left join logos l on l.id = o.logo_id
               cross join lateral (
                   select case when o.name_skeleton = me.name_skeleton then 1
                               else similarity(lower(o.display_name), lower(me.display_name)) end as alike
               ) as likeness
           where me.id = $1 and o.id <> me.id and o.refused_at is null and o.verification_status <> $3
             and (o.identity_key = me.identity_key or likeness.alike >= 0.3
                  or word_similarity(lower(o.display_name), lower(me.display_name)) >= 0.6
                  or word_similarity(lower(me.display_name), lower(o.display_name)) >= 0.6)
           order by o.identity_key = me.identity_key desc, likeness.alike desc, o.verification_status = 'Verified' desc,
                    o.created_at, o.id limit $2"#,
        of.0,
        limit,
        Standing::Disabled.status().label(),
        near.unwrap_or_default(),
        near.is_none(),
    )
    .fetch_all(pool)
    .await?;
    Ok(rows)
}
