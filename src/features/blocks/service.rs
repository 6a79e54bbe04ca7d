//! The use cases of blocks.

use super::{
    policy,
    rules::{self, Pair},
    store,
    views::{BlockView, BlocksView},
};
use crate::{
    kernel::{
        actor::{Actor, Side},
        error::{AppError, AppResult},
        ids::{CommunityId, OrganizationId},
    },
    platform::{ctx::Ctx, dates, tx::Tx},
};
use sqlx::PgConnection;
use std::collections::HashSet;
use uuid::Uuid;

/// The acting workspace blocks another; once is once.
///
/// # Errors
/// 403; 422 on `workspaceId` for a workspace that is not on the other side.
pub async fn block(ctx: &Ctx, actor: &Actor, other: Uuid) -> AppResult<()> {
    let (side, pair) = pair(actor, other)?;
    let mut tx = ctx.begin().await?;
    if !store::other_exists(&mut tx, side, other).await? {
        return Err(AppError::invalid(
            "workspaceId",
            match side {
                Side::Community => "There is no such organization.",
                Side::Organization => "There is no such community.",
            },
        ));
    }
    let made = rules::block(pair, side);
    tx.result(other);
    if !store::apply_made(&mut tx, &made, ctx.id(), actor.user().0, ctx.now()).await? {
        return tx.commit_unstated("the block stood already").await;
    }
    tx.state(actor, &made);
    tx.commit().await
}

/// The acting workspace takes its own block back; the other's, if there is one, stays.
///
/// # Errors
/// 403; 404 when it blocks no such workspace.
pub async fn lift(ctx: &Ctx, actor: &Actor, other: Uuid) -> AppResult<()> {
    let (side, pair) = pair(actor, other)?;
    let mut tx = ctx.begin().await?;
    let lifted = rules::lift(pair, side);
    if !store::apply_lifted(&mut tx, &lifted).await? {
        return Err(AppError::NotFound);
    }
    tx.result(other);
    tx.state(actor, &lifted);
    tx.commit().await
}

fn pair(actor: &Actor, other: Uuid) -> AppResult<(Side, Pair)> {
    let side = policy::may_block(actor)?;
    let own = match side {
        Side::Community => actor.community().map(|id| id.0),
        Side::Organization => actor.organization().map(|id| id.0),
    };
    Ok((side, Pair::of(side, own.ok_or(AppError::NotFound)?, other)))
}

/// What the acting workspace blocks.
///
/// # Errors
/// 403.
pub async fn list(ctx: &Ctx, actor: &Actor) -> AppResult<BlocksView> {
    let side = policy::may_block(actor)?;
    Ok(BlocksView { items: store::list(ctx, actor.scope(), side).await?.into_iter().map(view).collect() })
}

/// As [`list`], all of them, for whoever takes everything along: the next ones after this.
///
/// # Errors
/// 403.
pub async fn list_whole(ctx: &Ctx, actor: &Actor, after: Option<Uuid>, limit: i64) -> AppResult<Vec<BlockView>> {
    let side = policy::may_block(actor)?;
    let rows = store::list_whole(ctx, actor.scope(), side, after.unwrap_or_default(), limit).await?;
    Ok(rows.into_iter().map(view).collect())
}

fn view(row: store::BlockRow) -> BlockView {
    BlockView {
        id: row.id,
        workspace_id: row.other,
        name: row.name,
        created_at: row.created_at,
        created_label: dates::day(row.created_at, chrono_tz::Tz::UTC),
    }
}

/// Does a block of either side stand between these two? In the caller's transaction, which holds both.
///
/// # Errors
/// When the database is away.
pub async fn stands_in(tx: &mut Tx, community: CommunityId, organization: OrganizationId) -> AppResult<bool> {
    store::stands(tx.conn(), Pair { community, organization }).await
}

/// As [`stands_in`], as it is at this moment.
///
/// # Errors
/// When the database is away.
pub async fn stands(ctx: &Ctx, community: CommunityId, organization: OrganizationId) -> AppResult<bool> {
    store::stands(ctx.db(), Pair { community, organization }).await
}

/// The organizations between which and a community a block of either stands. In the caller's transaction, which holds those that
/// it asks about.
///
/// # Errors
/// When the database is away.
pub async fn between_in(conn: &mut PgConnection, community: CommunityId) -> AppResult<HashSet<OrganizationId>> {
    Ok(store::list_of_community(conn, community).await?.into_iter().map(OrganizationId).collect())
}

/// One organization takes over the blocks that another made, and those that were made against it. Gives how many.
///
/// # Errors
/// When the database is away.
pub async fn follow_in(tx: &mut Tx, gone: OrganizationId, kept: OrganizationId) -> AppResult<u64> {
    store::follow(tx, gone, kept).await
}

/// Workspaces of this side that a block of either side hides from the viewer's own; for lists.
///
/// # Errors
/// When the database is away.
pub async fn hidden_from(ctx: &Ctx, viewer: Option<&Actor>, side: Side) -> AppResult<Vec<Uuid>> {
    let Some(viewer) = viewer else { return Ok(Vec::new()) };
    match (side, viewer.community(), viewer.organization()) {
        (Side::Organization, Some(_), _) | (Side::Community, _, Some(_)) => store::list_others(ctx, viewer.scope(), side).await,
        _ => Ok(Vec::new()),
    }
}
