//! `GET|POST /blocks`, `DELETE /blocks/{workspaceId}`.

use super::{
    service,
    views::{BlockInput, BlocksView},
};
use crate::{
    kernel::error::AppError,
    platform::web::{ApiResult, Body, Call, Seg, ok, once::Once},
};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

pub fn routes() -> OpenApiRouter<()> {
    OpenApiRouter::new().routes(routes!(list, block)).routes(routes!(lift))
}

/// What the acting workspace blocks
#[utoipa::path(
    get, path = "/blocks", tag = "moderation",
    params(("X-CommDesk-Workspace" = Option<String>, Header)),
    responses(
        (status = 200, description = "The newest first; only your own", body = BlocksView),
        (status = 401, description = "Nobody is signed in"),
        (status = 403, description = "The role may not"),
        (status = 422, description = "WORKSPACE_REQUIRED"),
    )
)]
async fn list(call: Call) -> ApiResult {
    Ok(ok(&service::list(&call.ctx, &call.actor()?).await?))
}

/// Block a workspace
///
/// Mutual and silent: neither stands in the other's lists, can send it anything or put it on an event, and the other is not
/// told. What everybody may read, both still may.
#[utoipa::path(
    post, path = "/blocks", tag = "moderation", request_body = BlockInput,
    params(("Idempotency-Key" = Option<String>, Header), ("X-CommDesk-Workspace" = Option<String>, Header)),
    responses(
        (status = 200, description = "What you block now", body = BlocksView),
        (status = 401, description = "Nobody is signed in"),
        (status = 403, description = "The role may not"),
        (status = 422, description = "No such workspace on the other side"),
    )
)]
async fn block(call: Call, key: Once, body: Body<BlockInput>) -> ApiResult {
    let Body { value, raw } = body;
    let actor = call.actor()?;
    super::policy::may_block(&actor)?;
    let other: Uuid =
        value.workspace_id.trim().parse().map_err(|_| AppError::invalid("workspaceId", "Name the workspace by its id."))?;
    key.change(&call, "POST /blocks", &raw, |ctx| async move { service::block(&ctx, &actor, other).await }).await?;
    Ok(ok(&service::list(&call.ctx, &call.actor()?).await?))
}

/// Take a block back
#[utoipa::path(
    delete, path = "/blocks/{workspaceId}", tag = "moderation",
    params(
        ("workspaceId" = String, Path),
        ("Idempotency-Key" = Option<String>, Header),
        ("X-CommDesk-Workspace" = Option<String>, Header),
    ),
    responses(
        (status = 200, description = "What you block now", body = BlocksView),
        (status = 401, description = "Nobody is signed in"),
        (status = 403, description = "The role may not"),
        (status = 404, description = "You do not block it"),
    )
)]
async fn lift(call: Call, key: Once, Seg(other): Seg<Uuid>) -> ApiResult {
    let actor = call.actor()?;
    let operation = format!("DELETE /blocks/{other}");
    key.change(&call, &operation, b"", |ctx| async move { service::lift(&ctx, &actor, other).await }).await?;
    Ok(ok(&service::list(&call.ctx, &call.actor()?).await?))
}
