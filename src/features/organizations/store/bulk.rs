//! SQL of many organizations at once: what files bring, and what is taken back.

use super::IDENTITY_KEY;
use crate::{
    features::organizations::rules::{
        imports::{Completing, Importing},
        products,
    },
    kernel::{
        error::{AppError, AppResult},
        ids::OrganizationId,
        text::Email,
    },
    platform::{db::OnConstraint as _, tx::Tx},
};
use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::{Acquire as _, PgConnection};
use uuid::Uuid;

/// Who owns an identity, with what a file may add to.
pub struct OwnerRow {
    pub id: Uuid,
    pub slug: String,
    pub display_name: String,
    pub identity_key: String,
    pub verification_status: String,
    pub products: Value,
    pub logo_id: Option<Uuid>,
    /// What the profile is called that had the identity, where that one was merged into this one.
    pub merged_name: Option<String>,
}

/// The owners of these identities, and where profiles with them were merged into others, those; of an identity first whoever owns
/// it now, then what was merged last.
pub async fn list_owners(conn: &mut PgConnection, keys: &[String]) -> AppResult<Vec<OwnerRow>> {
    let rows = sqlx::query_as!(
        OwnerRow,
        r#"select k.id as "id!", k.slug as "slug!", k.display_name as "display_name!", o.identity_key as "identity_key!",
                  k.verification_status as "verification_status!", k.products as "products!", k.logo_id as "logo_id?",
                  case when o.merged_into is not null then o.display_name end as "merged_name?"
           from organizations o join organizations k on k.id = coalesce(o.merged_into, o.id)
           where o.identity_key = any($1) and k.verification_status in ('Verified', 'Community Added', 'Disabled')
           order by o.identity_key, o.merged_into is not null, o.merged_at desc, o.id"#,
        keys,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows)
}

/// A profile that was asked for, or the one that it was merged into.
pub struct StandingRow {
    pub asked: Uuid,
    pub id: Uuid,
    pub slug: String,
    pub display_name: String,
    pub verification_status: String,
    pub products: Value,
    pub logo_id: Option<Uuid>,
    /// What the one that was asked for is called, where it was merged.
    pub merged_name: Option<String>,
}

pub async fn list_standing(conn: &mut PgConnection, ids: &[Uuid]) -> AppResult<Vec<StandingRow>> {
    let rows = sqlx::query_as!(
        StandingRow,
        r#"select o.id as "asked!", k.id as "id!", k.slug as "slug!", k.display_name as "display_name!",
                  k.verification_status as "verification_status!", k.products as "products!", k.logo_id as "logo_id?",
                  case when o.merged_into is not null then o.display_name end as "merged_name?"
           from organizations o join organizations k on k.id = coalesce(o.merged_into, o.id)
           where o.id = any($1) and k.verification_status in ('Verified', 'Community Added', 'Disabled')"#,
        ids,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows)
}

/// The identities for which somebody's own application waits, also under the one that it was merged into.
pub async fn list_waiting(conn: &mut PgConnection, keys: &[String]) -> AppResult<Vec<String>> {
    let keys = sqlx::query_scalar!(
        r#"select distinct o.identity_key as "identity_key!"
           from organizations o join organizations k on k.id = coalesce(o.merged_into, o.id)
           where o.identity_key = any($1) and k.verification_status = 'Pending Verification' and k.refused_at is null"#,
        keys,
    )
    .fetch_all(conn)
    .await?;
    Ok(keys)
}

/// A name of the directory that may be taken for one of those that were asked for.
pub struct AlikeRow {
    /// Which of the names, from 1.
    pub place: i64,
    pub id: Uuid,
    pub slug: String,
    pub display_name: String,
    pub identity_key: String,
    pub name_skeleton: String,
    pub verification_status: String,
}

/// Listed names with the same skeleton, or with letters in common and longer or shorter by so few letters as slips make; the
/// likest five for each, which the rules judge. The same skeleton is found among any number of others. Of names that only have
/// letters in common any thousand are compared, of whatever length and standing: with a word that very many have, more would take
/// longer than the rest of a file. What bounds the rest is how few names one statement asks about.
pub async fn list_alike(conn: &mut PgConnection, names: &[String], skeletons: &[String], slips: u8) -> AppResult<Vec<AlikeRow>> {
    let rows = sqlx::query_as!(
        AlikeRow,
        r#"select n.place as "place!", o.id as "id!", o.slug as "slug!", o.display_name as "display_name!",
                  o.identity_key as "identity_key!", o.name_skeleton as "name_skeleton!", o.verification_status as "verification_status!"
           from unnest($1::text[], $2::text[]) with ordinality as n (name, skeleton, place)
           cross join lateral (
               select c.id, c.slug, c.display_name, c.identity_key, c.name_skeleton, c.verification_status,
                      c.name_skeleton = n.skeleton as same, similarity(c.name_skeleton, n.skeleton) as likeness
               from (
                   (select i.id, i.slug, i.display_name, i.identity_key, i.name_skeleton, i.verification_status
                    from organizations i
                    where i.name_skeleton = n.skeleton and i.verification_status in ('Verified', 'Community Added')
                    order by i.id limit 5)
                   union all
                   (select i.id, i.slug, i.display_name, i.identity_key, i.name_skeleton, i.verification_status
                    from (select * from organizations where lower(display_name) % n.name limit 1000) i
                    where i.name_skeleton <> n.skeleton
                      and abs(char_length(i.name_skeleton) - char_length(n.skeleton)) <= $3
                      and i.verification_status in ('Verified', 'Community Added'))
               ) c
               order by same desc, likeness desc, c.id limit 5
           ) o
           order by n.place, o.same desc, o.likeness desc, o.id"#,
        names,
        skeletons,
        i32::from(slips),
    )
    .fetch_all(conn)
    .await?;
    Ok(rows)
}

/// Takes these slugs for these organizations; gives those that were free.
pub async fn claim_slugs(tx: &mut Tx, slugs: &[String], ids: &[Uuid], now: DateTime<Utc>) -> AppResult<Vec<String>> {
    let taken = sqlx::query_scalar!(
        "insert into organization_slugs (slug, organization_id, created_at)
         select w.slug, w.id, $3 from unnest($1::text[], $2::uuid[]) as w (slug, id) order by w.slug
         on conflict do nothing returning slug",
        slugs,
        ids,
        now,
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(taken)
}

/// In the order of the websites, byte by byte: as whoever inserts many in portions has sorted them.
///
/// # Errors
/// 409 `DIRECTORY_CHANGED` when somebody added one of the websites at the same moment.
pub async fn insert_imported(tx: &mut Tx, facts: &[Importing], now: DateTime<Utc>) -> AppResult<()> {
    let texts = |of: fn(&Importing) -> &str| facts.iter().map(|fact| of(fact).to_owned()).collect::<Vec<String>>();
    let ids: Vec<Uuid> = facts.iter().map(|fact| fact.organization().0).collect();
    let shared: Vec<bool> = facts.iter().map(|fact| fact.standpoint().identity_shared).collect();
    let lists: Vec<Value> = facts.iter().map(|fact| products::stored(&fact.arrival().products)).collect();
    let words: Vec<String> = facts.iter().map(|fact| products::words(&fact.arrival().products)).collect();
    let logos: Vec<Option<Uuid>> = facts.iter().map(|fact| fact.arrival().logo.map(|id| id.0)).collect();
    let communities: Vec<Option<Uuid>> = facts.iter().map(|fact| fact.arrival().community.map(|id| id.0)).collect();
    sqlx::query!(
        "insert into organizations (id, slug, entity_type, display_name, website, identity_key, identity_shared, name_skeleton,
                                    industry, short_description, budget_currency, budget_min, sponsorship_types, primary_email,
                                    verification_status, products, products_text, logo_id, added_by_community, submitted_at,
                                    created_at, updated_at)
         select n.id, n.slug, n.entity_type, n.display_name, n.website, n.identity_key, n.identity_shared, n.name_skeleton,
                n.industry, n.short_description, 'INR', 0, '{}', n.primary_email, 'Community Added', n.products, n.products_text,
                n.logo_id, n.community_id, $16, $16, $16
         from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bool[], $8::text[], $9::text[],
                     $10::text[], $11::text[], $12::jsonb[], $13::text[], $14::uuid[], $15::uuid[])
              as n (id, slug, entity_type, display_name, website, identity_key, identity_shared, name_skeleton, industry,
                    short_description, primary_email, products, products_text, logo_id, community_id)
         order by n.identity_key collate \"C\"",
        &ids,
        &texts(|fact| fact.slug()),
        &texts(|fact| fact.arrival().entity_type.label()),
        &texts(|fact| fact.arrival().display_name.as_str()),
        &texts(|fact| fact.arrival().website.as_str()),
        &texts(|fact| &fact.standpoint().identity_key),
        &shared,
        &texts(|fact| &fact.standpoint().name_skeleton),
        &texts(|fact| fact.arrival().industry.label()),
        &texts(|fact| fact.arrival().short_description.as_str()),
        &texts(|fact| fact.arrival().contact.as_ref().map_or("", Email::as_str)),
        &lists,
        &words,
        &logos as &[Option<Uuid>],
        &communities as &[Option<Uuid>],
        now,
    )
    .execute(tx.conn())
    .await
    .refuse_on(
        IDENTITY_KEY,
        "DIRECTORY_CHANGED",
        "Somebody has just added one of these websites. Look at the rows again, then import them.",
    )?;
    Ok(())
}

/// A held profile that a file adds to, or that is taken back.
pub struct HeldRow {
    pub id: Uuid,
    pub display_name: String,
    pub verification_status: String,
    pub products: Value,
    pub logo_id: Option<Uuid>,
    pub version: i32,
}

/// Locks organizations, in the order of their ids.
pub async fn hold_many(tx: &mut Tx, ids: &[Uuid]) -> AppResult<Vec<HeldRow>> {
    let rows = sqlx::query_as!(
        HeldRow,
        "select id, display_name, verification_status, products, logo_id, version from organizations
         where id = any($1) order by id for no key update",
        ids,
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows)
}

/// The rows must be held. The version stays: what a file adds is no edit of the profile's own people, of whom there are none.
pub async fn apply_completed(tx: &mut Tx, facts: &[Completing], now: DateTime<Utc>) -> AppResult<()> {
    let ids: Vec<Uuid> = facts.iter().map(|fact| fact.organization().0).collect();
    let lists: Vec<Value> = facts.iter().map(|fact| products::stored(fact.products())).collect();
    let words: Vec<String> = facts.iter().map(|fact| products::words(fact.products())).collect();
    let logos: Vec<Option<Uuid>> = facts.iter().map(|fact| fact.logo().map(|id| id.0)).collect();
    sqlx::query!(
        "update organizations o
         set products = n.products, products_text = n.words, logo_id = n.logo_id, updated_at = $5
         from unnest($1::uuid[], $2::jsonb[], $3::text[], $4::uuid[]) as n (id, products, words, logo_id)
         where o.id = n.id and o.verification_status = 'Community Added'",
        &ids,
        &lists,
        &words,
        &logos as &[Option<Uuid>],
        now,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Removes held organizations, all of them at once or else one by one; gives those that something refers to, with the table
/// that does. Each attempt stands in a savepoint: the last word is the foreign keys'.
pub async fn delete_many(tx: &mut Tx, ids: &[OrganizationId]) -> AppResult<Vec<(OrganizationId, String)>> {
    let all: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    if delete(tx.conn(), &all).await?.is_none() {
        return Ok(Vec::new());
    }
    let mut kept = Vec::new();
    for id in ids {
        if let Some(table) = delete(tx.conn(), &[id.0]).await? {
            kept.push((*id, table));
        }
    }
    Ok(kept)
}

/// The table that refers to one of them, when there is one; then nothing was removed.
async fn delete(conn: &mut PgConnection, ids: &[Uuid]) -> AppResult<Option<String>> {
    let mut attempt = conn.begin().await?;
    sqlx::query!("delete from organization_slugs where organization_id = any($1)", ids).execute(&mut *attempt).await?;
    match sqlx::query!("delete from organizations where id = any($1)", ids).execute(&mut *attempt).await {
        Ok(_) => {
            attempt.commit().await?;
            Ok(None)
        }
        Err(sqlx::Error::Database(error)) if error.is_foreign_key_violation() => {
            let table = error.table().unwrap_or_default().to_owned();
            attempt.rollback().await?;
            Ok(Some(table))
        }
        Err(error) => Err(AppError::from(error)),
    }
}
