//! The forms of this room: blocking stands on the pages of a request, an organization and a community, taking it back beside
//! the inbox's rules.

use super::service;
use crate::{
    kernel::error::{AppError, AppResult},
    platform::web::form::{Done, FormRoute, Posted},
};

/// The forms of `/requests/{id}`, `/directory/{slug}`, `/communities/{slug}` and `/inbox/rules`.
pub fn forms() -> Vec<FormRoute> {
    vec![
        FormRoute { path: "/requests/{id}", form: "block", handler: |posted| Box::pin(block(posted)) },
        FormRoute { path: "/directory/{slug}", form: "block", handler: |posted| Box::pin(block(posted)) },
        FormRoute { path: "/communities/{slug}", form: "block", handler: |posted| Box::pin(block(posted)) },
        FormRoute { path: "/inbox/rules", form: "unblock", handler: |posted| Box::pin(lift(posted)) },
    ]
}

fn there(posted: &Posted) -> String {
    posted.call.workspace.as_ref().map_or_else(|| "/inbox/rules".to_owned(), |key| format!("/inbox/rules?as={key}"))
}

async fn block(posted: Posted) -> AppResult<Done> {
    let actor = posted.call.actor()?;
    super::policy::may_block(&actor)?;
    let other = posted.typed.text("workspaceId").parse().map_err(|_| AppError::NotFound)?;
    service::block(&posted.call.ctx, &actor, other).await?;
    Ok(Done::to(there(&posted)))
}

async fn lift(posted: Posted) -> AppResult<Done> {
    let actor = posted.call.actor()?;
    super::policy::may_block(&actor)?;
    let other = posted.typed.text("workspaceId").parse().map_err(|_| AppError::NotFound)?;
    service::lift(&posted.call.ctx, &actor, other).await?;
    Ok(Done::to(there(&posted)))
}
