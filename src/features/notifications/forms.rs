//! The forms of the notices page.

use super::service;
use crate::{
    kernel::{error::AppResult, ids::NoticeId},
    platform::web::{
        form::{Done, FormRoute, Posted},
        safe_path,
    },
};

pub fn forms() -> Vec<FormRoute> {
    vec![
        FormRoute { path: "/notifications", form: "open", handler: |posted| Box::pin(open(posted)) },
        FormRoute { path: "/notifications", form: "read_all", handler: |posted| Box::pin(read_all(posted)) },
    ]
}

/// Marks a notice as read and goes where it leads.
async fn open(posted: Posted) -> AppResult<Done> {
    let person = posted.call.person()?;
    let notice: Option<NoticeId> = posted.typed.text("notice").parse().ok();
    if notice.is_some() {
        service::mark_read(&posted.call.ctx, person, notice).await?;
    }
    Ok(Done::to(safe_path(posted.typed.text("href")).unwrap_or("/notifications")))
}

async fn read_all(posted: Posted) -> AppResult<Done> {
    service::mark_read(&posted.call.ctx, posted.call.person()?, None).await?;
    Ok(Done::to("/notifications"))
}
