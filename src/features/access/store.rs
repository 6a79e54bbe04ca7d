//! SQL of keys and second-factor policies, and nothing else.

use super::rules::{ApiKey, KeyMade, KeyRevoked, Owner, PolicySet, Scope};
use crate::{
    kernel::{
        actor::Side,
        error::{AppError, AppResult},
        ids::{ApiKeyId, UserId},
    },
    platform::tx::Tx,
};
use chrono::{DateTime, Utc};
use sqlx::PgPool;
use uuid::Uuid;

fn owner(kind: &str, id: Uuid) -> AppResult<Owner> {
    match Side::parse(kind) {
        Some(Side::Organization) => Ok(Owner::Organization(id.into())),
        Some(Side::Community) => Ok(Owner::Community(id.into())),
        None => Err(AppError::broken(format!("no key belongs to a {kind}"))),
    }
}

/// Scopes that this program does not know open nothing.
fn scopes(labels: &[String]) -> Vec<Scope> {
    labels.iter().filter_map(|label| Scope::parse(label).ok()).collect()
}

/// A key by its hash, and when it was used last.
pub async fn find_by_secret(pool: &PgPool, hash: &[u8]) -> AppResult<Option<(ApiKey, Option<DateTime<Utc>>)>> {
    let row = sqlx::query!(
        "select id, kind, workspace_id, name, scopes, made_by, second_factor_at, expires_at, revoked_at, last_used_at
         from api_keys where secret_hash = $1",
        hash,
    )
    .fetch_optional(pool)
    .await?;
    row.map(|row| {
        let key = ApiKey {
            id: row.id.into(),
            owner: owner(&row.kind, row.workspace_id)?,
            name: row.name,
            scopes: scopes(&row.scopes),
            made_by: row.made_by.into(),
            second_factor: row.second_factor_at.is_some(),
            expires_at: row.expires_at,
            revoked_at: row.revoked_at,
        };
        Ok((key, row.last_used_at))
    })
    .transpose()
}

/// A key of this workspace, locked.
pub async fn hold_key(tx: &mut Tx, of: Owner, id: ApiKeyId) -> AppResult<ApiKey> {
    let row = sqlx::query!(
        "select id, kind, workspace_id, name, scopes, made_by, second_factor_at, expires_at, revoked_at
         from api_keys where id = $1 and kind = $2 and workspace_id = $3 for update",
        id.0,
        of.side().label(),
        of.id(),
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(ApiKey {
        id: row.id.into(),
        owner: owner(&row.kind, row.workspace_id)?,
        name: row.name,
        scopes: scopes(&row.scopes),
        made_by: row.made_by.into(),
        second_factor: row.second_factor_at.is_some(),
        expires_at: row.expires_at,
        revoked_at: row.revoked_at,
    })
}

/// A key as lists show it.
pub struct KeyRow {
    pub id: ApiKeyId,
    pub name: String,
    pub tail: String,
    pub scopes: Vec<Scope>,
    pub made_by: String,
    /// Its maker still has a seat here and may sign in.
    pub maker_is_here: bool,
    pub created_at: DateTime<Utc>,
    pub expires_at: Option<DateTime<Utc>>,
    pub last_used_at: Option<DateTime<Utc>>,
    pub revoked_at: Option<DateTime<Utc>>,
}

/// The same as it is kept.
struct StoredKey {
    id: Uuid,
    name: String,
    tail: String,
    scopes: Vec<String>,
    maker: String,
    maker_is_here: bool,
    created_at: DateTime<Utc>,
    expires_at: Option<DateTime<Utc>>,
    last_used_at: Option<DateTime<Utc>>,
    revoked_at: Option<DateTime<Utc>>,
}

impl StoredKey {
    fn read(self) -> KeyRow {
        KeyRow {
            id: self.id.into(),
            name: self.name,
            tail: self.tail,
            scopes: scopes(&self.scopes),
            made_by: self.maker,
            maker_is_here: self.maker_is_here,
            created_at: self.created_at,
            expires_at: self.expires_at,
            last_used_at: self.last_used_at,
            revoked_at: self.revoked_at,
        }
    }
}

/// The keys of a workspace, or one of them, the newest first; at most 200.
pub async fn list_keys(pool: &PgPool, of: Owner, one: Option<ApiKeyId>) -> AppResult<Vec<KeyRow>> {
    let rows = sqlx::query_as!(
        StoredKey,
        r#"select k.id, k.name, k.tail, k.scopes, u.name as maker, k.created_at, k.expires_at, k.last_used_at, k.revoked_at,
                  u.suspended_at is null and exists (
                      select 1 from seats s where s.user_id = k.made_by and s.kind = k.kind and s.workspace_id = k.workspace_id
                  ) as "maker_is_here!"
           from api_keys k join users u on u.id = k.made_by
           where k.kind = $1 and k.workspace_id = $2 and ($3::uuid is null or k.id = $3)
           order by k.created_at desc, k.id desc limit 200"#,
        of.side().label(),
        of.id(),
        one.map(|id| id.0),
    )
    .fetch_all(pool)
    .await?;
    Ok(rows.into_iter().map(StoredKey::read).collect())
}

/// Every key of a workspace, by its id: the next ones after this.
pub async fn list_keys_whole(pool: &PgPool, of: Owner, after: Uuid, limit: i64) -> AppResult<Vec<KeyRow>> {
    let rows = sqlx::query_as!(
        StoredKey,
        r#"select k.id, k.name, k.tail, k.scopes, u.name as maker, k.created_at, k.expires_at, k.last_used_at, k.revoked_at,
                  u.suspended_at is null and exists (
                      select 1 from seats s where s.user_id = k.made_by and s.kind = k.kind and s.workspace_id = k.workspace_id
                  ) as "maker_is_here!"
           from api_keys k join users u on u.id = k.made_by
           where k.kind = $1 and k.workspace_id = $2 and k.id > $3
           order by k.id limit $4"#,
        of.side().label(),
        of.id(),
        after,
        limit,
    )
    .fetch_all(pool)
    .await?;
    Ok(rows.into_iter().map(StoredKey::read).collect())
}

pub async fn count_live(tx: &mut Tx, of: Owner, now: DateTime<Utc>) -> AppResult<usize> {
    let count = sqlx::query_scalar!(
        r#"select count(*) as "count!" from api_keys
           where kind = $1 and workspace_id = $2 and revoked_at is null and (expires_at is null or expires_at > $3)"#,
        of.side().label(),
        of.id(),
        now,
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(usize::try_from(count).unwrap_or(usize::MAX))
}

/// As [`count_live`], for a page.
pub async fn live_keys(pool: &PgPool, of: Owner, now: DateTime<Utc>) -> AppResult<usize> {
    let count = sqlx::query_scalar!(
        r#"select count(*) as "count!" from api_keys
           where kind = $1 and workspace_id = $2 and revoked_at is null and (expires_at is null or expires_at > $3)"#,
        of.side().label(),
        of.id(),
        now,
    )
    .fetch_one(pool)
    .await?;
    Ok(usize::try_from(count).unwrap_or(usize::MAX))
}

/// Writes the key behind the fact; only the secret's hash and tail.
pub async fn apply_made(
    tx: &mut Tx,
    fact: &KeyMade,
    secret_hash: &[u8],
    tail: &str,
    maker: UserId,
    second_factor_at: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> AppResult<()> {
    let scopes: Vec<String> = fact.scopes().iter().map(|scope| scope.label().to_owned()).collect();
    sqlx::query!(
        "insert into api_keys (id, kind, workspace_id, name, secret_hash, tail, scopes, made_by, second_factor_at, created_at, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        fact.key().0,
        fact.owner().side().label(),
        fact.owner().id(),
        fact.name(),
        secret_hash,
        tail,
        &scopes,
        maker.0,
        second_factor_at,
        now,
        fact.expires_at(),
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub async fn apply_revoked(tx: &mut Tx, fact: &KeyRevoked, by: UserId, now: DateTime<Utc>) -> AppResult<()> {
    sqlx::query!(
        "update api_keys set revoked_at = $2, revoked_by = $3 where id = $1 and revoked_at is null",
        fact.key().0,
        now,
        by.0,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Ends every key of a workspace that is no more, with its policy.
pub async fn end(tx: &mut Tx, of: Owner, by: UserId, now: DateTime<Utc>) -> AppResult<u64> {
    let ended = sqlx::query!(
        "update api_keys set revoked_at = $3, revoked_by = $4 where kind = $1 and workspace_id = $2 and revoked_at is null",
        of.side().label(),
        of.id(),
        now,
        by.0,
    )
    .execute(tx.conn())
    .await?;
    sqlx::query!("delete from second_factor_policies where kind = $1 and workspace_id = $2", of.side().label(), of.id())
        .execute(tx.conn())
        .await?;
    Ok(ended.rows_affected())
}

/// Notes that the key is in use, unless somebody noted it since `unless_after`.
pub async fn touch(pool: &PgPool, key: ApiKeyId, now: DateTime<Utc>, unless_after: DateTime<Utc>) -> AppResult<()> {
    sqlx::query!(
        "update api_keys set last_used_at = $2 where id = $1 and (last_used_at is null or last_used_at <= $3)",
        key.0,
        now,
        unless_after,
    )
    .execute(pool)
    .await?;
    Ok(())
}

/// For what the workspace asks a second factor: labels.
pub async fn find_policy(pool: &PgPool, of: Owner) -> AppResult<Vec<String>> {
    Ok(sqlx::query_scalar!(
        "select needed_for from second_factor_policies where kind = $1 and workspace_id = $2",
        of.side().label(),
        of.id(),
    )
    .fetch_optional(pool)
    .await?
    .unwrap_or_default())
}

/// As [`find_policy`], with the row locked; made when there is none.
pub async fn hold_policy(tx: &mut Tx, of: Owner, now: DateTime<Utc>) -> AppResult<Vec<String>> {
    sqlx::query!(
        "insert into second_factor_policies (kind, workspace_id, needed_for, updated_at) values ($1, $2, '{}', $3) on conflict do nothing",
        of.side().label(),
        of.id(),
        now,
    )
    .execute(tx.conn())
    .await?;
    Ok(sqlx::query_scalar!(
        "select needed_for from second_factor_policies where kind = $1 and workspace_id = $2 for update",
        of.side().label(),
        of.id(),
    )
    .fetch_one(tx.conn())
    .await?)
}

pub async fn apply_policy(tx: &mut Tx, fact: &PolicySet, now: DateTime<Utc>) -> AppResult<()> {
    let labels: Vec<String> = fact.needed_for().iter().map(|one| one.label().to_owned()).collect();
    sqlx::query!(
        "update second_factor_policies set needed_for = $3, updated_at = $4 where kind = $1 and workspace_id = $2",
        fact.owner().side().label(),
        fact.owner().id(),
        &labels,
        now,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}
