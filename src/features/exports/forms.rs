//! The form of the page of exports.

use super::service;
use crate::{
    features::organizations::views::within,
    kernel::error::AppResult,
    platform::web::form::{Done, FormRoute, Posted},
};

pub fn forms() -> Vec<FormRoute> {
    vec![FormRoute { path: "/export", form: "export", handler: |posted| Box::pin(export(posted)) }]
}

async fn export(posted: Posted) -> AppResult<Done> {
    let actor = posted.call.actor()?;
    let ticket = service::ask(&posted.call.ctx, &actor).await?;
    Ok(Done::to(within(&format!("/export?ticket={ticket}"), posted.call.workspace.as_deref().unwrap_or_default())))
}
