//! The forms of notices, of what is mailed, and of stopping it.

use super::{
    rules::Topic,
    service::{self, MailSettingsInput},
};
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
        FormRoute { path: "/notifications", form: "read", handler: |posted| Box::pin(read(posted)) },
        FormRoute { path: "/notifications", form: "read_all", handler: |posted| Box::pin(read_all(posted)) },
        FormRoute { path: "/notifications/settings", form: "save", handler: |posted| Box::pin(save(posted)) },
        FormRoute { path: "/unsubscribe/{token}", form: "unsubscribe", handler: |posted| Box::pin(unsubscribe(posted)) },
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

/// Marks a notice as read and stays.
async fn read(posted: Posted) -> AppResult<Done> {
    let notice: NoticeId = posted.typed.text("notice").parse().map_err(|_| crate::kernel::error::AppError::NotFound)?;
    service::mark_read(&posted.call.ctx, posted.call.person()?, Some(notice)).await?;
    Ok(back(&posted))
}

async fn read_all(posted: Posted) -> AppResult<Done> {
    let workspace = posted.typed.pair("workspace");
    service::mark_all_read(&posted.call.ctx, posted.call.person()?, workspace).await?;
    Ok(back(&posted))
}

/// The list as it was filtered.
fn back(posted: &Posted) -> Done {
    let kept = ["unread", "workspace", "as"].into_iter().filter_map(|name| Some((name, posted.query.get(name)?)));
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(kept).finish();
    Done::to(if query.is_empty() { "/notifications".to_owned() } else { format!("/notifications?{query}") })
}

async fn save(posted: Posted) -> AppResult<Done> {
    let person = posted.call.person()?;
    let typed = &posted.typed;
    let input = MailSettingsInput {
        paces: Topic::chosen().map(|topic| (topic, typed.owned(&format!("pace.{topic}")))).collect(),
        zone: typed.owned("zone"),
        quiet_from: typed.owned("quietFrom"),
        quiet_until: typed.owned("quietUntil"),
        digest_at: typed.owned("digestAt"),
    };
    service::set_mail_settings(&posted.call.ctx, person, &input).await?;
    Ok(Done::to("/notifications/settings?done=saved"))
}

/// From the page, and by one click in a mail program, which must be answered and not led on.
async fn unsubscribe(posted: Posted) -> AppResult<Done> {
    let token: String = posted.seg("token")?;
    service::unsubscribe(&posted.call.ctx, &token).await?;
    let by_mail_program = posted.typed.text("List-Unsubscribe") == "One-Click";
    Ok(if by_mail_program { Done::unseen() } else { Done::to(format!("/unsubscribe/{token}")) })
}
