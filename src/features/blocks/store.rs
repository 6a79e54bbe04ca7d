//! SQL of `blocks`. Makes no decision.

use super::rules::{BlockLifted, BlockMade, Pair};
use crate::{
    kernel::{
        actor::{Scope, Side},
        error::AppResult,
        ids::{CommunityId, OrganizationId},
    },
    platform::{ctx::Ctx, tx::Tx},
};
use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

/// False when it stood already.
pub async fn apply_made(tx: &mut Tx, made: &BlockMade, id: Uuid, by: Uuid, at: DateTime<Utc>) -> AppResult<bool> {
    let pair = made.pair();
    let written = sqlx::query!(
        "insert into blocks (id, community_id, organization_id, made_by, created_by, created_at) values ($1, $2, $3, $4, $5, $6)
         on conflict on constraint blocks_once_key do nothing",
        id,
        pair.community.0,
        pair.organization.0,
        made.side().label(),
        by,
        at,
    )
    .execute(tx.conn())
    .await?;
    Ok(written.rows_affected() == 1)
}

/// False when there was none.
pub async fn apply_lifted(tx: &mut Tx, lifted: &BlockLifted) -> AppResult<bool> {
    let pair = lifted.pair();
    let gone = sqlx::query!(
        "delete from blocks where community_id = $1 and organization_id = $2 and made_by = $3",
        pair.community.0,
        pair.organization.0,
        lifted.side().label(),
    )
    .execute(tx.conn())
    .await?;
    Ok(gone.rows_affected() == 1)
}

/// Gives one organization's blocks to another; one that stands there already goes.
pub async fn follow(tx: &mut Tx, gone: OrganizationId, kept: OrganizationId) -> AppResult<u64> {
    let all = sqlx::query_scalar!(r#"select count(*) as "count!" from blocks where organization_id = $1"#, gone.0)
        .fetch_one(tx.conn())
        .await?;
    sqlx::query!(
        "delete from blocks b where b.organization_id = $1
             and exists (select 1 from blocks k where k.organization_id = $2 and k.community_id = b.community_id and k.made_by = b.made_by)",
        gone.0,
        kept.0,
    )
    .execute(tx.conn())
    .await?;
    sqlx::query!("update blocks set organization_id = $2 where organization_id = $1", gone.0, kept.0).execute(tx.conn()).await?;
    Ok(u64::try_from(all).unwrap_or_default())
}

/// Does a block of either side stand between them?
pub async fn stands(conn: impl sqlx::PgExecutor<'_>, pair: Pair) -> AppResult<bool> {
    Ok(sqlx::query_scalar!(
        r#"select exists (select 1 from blocks where community_id = $1 and organization_id = $2) as "there!""#,
        pair.community.0,
        pair.organization.0,
    )
    .fetch_one(conn)
    .await?)
}

/// A block of one side, with the other's name.
pub struct BlockRow {
    pub id: Uuid,
    pub other: Uuid,
    pub name: String,
    pub created_at: DateTime<Utc>,
}

/// What the scope's workspace made, the newest first; at most 200.
pub async fn list(ctx: &Ctx, scope: Scope, side: Side) -> AppResult<Vec<BlockRow>> {
    Ok(sqlx::query_as!(
        BlockRow,
        r#"select b.id, case when $3 = 'community' then b.organization_id else b.community_id end as "other!",
                  case when $3 = 'community' then o.display_name else c.name end as "name!", b.created_at
           from blocks b join communities c on c.id = b.community_id join organizations o on o.id = b.organization_id
           where b.made_by = $3 and (b.community_id = $1 or b.organization_id = $2)
           order by b.created_at desc, b.id desc limit 200"#,
        scope.community(),
        scope.organization(),
        side.label(),
    )
    .fetch_all(ctx.db())
    .await?)
}

/// Every one that the scope's workspace made, by its id: the next ones after this.
pub async fn list_whole(ctx: &Ctx, scope: Scope, side: Side, after: Uuid, limit: i64) -> AppResult<Vec<BlockRow>> {
    Ok(sqlx::query_as!(
        BlockRow,
        r#"select b.id, case when $3 = 'community' then b.organization_id else b.community_id end as "other!",
                  case when $3 = 'community' then o.display_name else c.name end as "name!", b.created_at
           from blocks b join communities c on c.id = b.community_id join organizations o on o.id = b.organization_id
           where b.made_by = $3 and (b.community_id = $1 or b.organization_id = $2) and b.id > $4
           order by b.id limit $5"#,
        scope.community(),
        scope.organization(),
        side.label(),
        after,
        limit,
    )
    .fetch_all(ctx.db())
    .await?)
}

/// Workspaces of this side between which and the scope's own a block of either stands; at most 5,000.
pub async fn list_others(ctx: &Ctx, scope: Scope, side: Side) -> AppResult<Vec<Uuid>> {
    Ok(sqlx::query_scalar!(
        r#"select distinct case when $3 = 'community' then community_id else organization_id end as "other!"
           from blocks where community_id = $1 or organization_id = $2 limit 5000"#,
        scope.community(),
        scope.organization(),
        side.label(),
    )
    .fetch_all(ctx.db())
    .await?)
}

/// The organizations between which and a community a block of either stands; at most 5,000.
pub async fn list_of_community(conn: &mut PgConnection, community: CommunityId) -> AppResult<Vec<Uuid>> {
    let ids: Vec<Uuid> = sqlx::query_scalar("select distinct organization_id from blocks where community_id = $1 limit 5000")
        .bind(community.0)
        .fetch_all(conn)
        .await?;
    Ok(ids)
}

/// Is there such a workspace on the other side?
pub async fn other_exists(tx: &mut Tx, side: Side, other: Uuid) -> AppResult<bool> {
    Ok(sqlx::query_scalar!(
        r#"select case when $1 = 'community' then exists (select 1 from organizations where id = $2)
                       else exists (select 1 from communities where id = $2) end as "there!""#,
        side.label(),
        other,
    )
    .fetch_one(tx.conn())
    .await?)
}
