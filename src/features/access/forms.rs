//! The forms of a workspace's security: keys, and the second-factor rule.

use super::{rules::KeyInput, service};
use crate::{
    kernel::{
        error::{AppError, AppResult},
        ids::ApiKeyId,
    },
    platform::web::{
        cookies,
        form::{Done, FormRoute, Posted},
    },
};

/// The cookie that carries a new key's secret to the page that shows it.
pub const FLASH: &str = "new-key";
/// Seconds that it lives, should nobody look.
const FLASH_LIFE: i64 = 300;

pub fn forms() -> Vec<FormRoute> {
    vec![
        FormRoute { path: "/api-keys", form: "make", handler: |posted| Box::pin(make(posted)) },
        FormRoute { path: "/api-keys", form: "revoke", handler: |posted| Box::pin(revoke(posted)) },
        FormRoute { path: "/workspace/security", form: "policy", handler: |posted| Box::pin(policy(posted)) },
    ]
}

async fn make(posted: Posted) -> AppResult<Done> {
    let actor = posted.call.actor()?;
    super::policy::may_manage(&actor)?;
    let side = actor.side().ok_or(AppError::NotFound)?;
    let days = posted.typed.maybe("expiresInDays").map(|days| days.parse().unwrap_or(-1));
    let input = KeyInput { name: posted.typed.owned("name"), scopes: posted.typed.all("scopes"), expires_in_days: days };
    let made = service::make(&posted.call.ctx, &actor, input.parse(side)?).await?;
    let workspace = actor.acting.as_ref().map(|membership| membership.key()).unwrap_or_default();
    let done = Done::to(format!("/api-keys?as={workspace}"));
    Ok(match service::flash(&posted.call.ctx, &actor, &made) {
        Some(value) => done.cookie(cookies::set(&posted.call.ctx.house.settings, FLASH, &value, FLASH_LIFE)),
        None => done,
    })
}

async fn revoke(posted: Posted) -> AppResult<Done> {
    let actor = posted.call.actor()?;
    let id: ApiKeyId = posted.typed.text("id").parse().map_err(|_| AppError::NotFound)?;
    service::revoke(&posted.call.ctx, &actor, id).await?;
    let workspace = actor.acting.as_ref().map(|membership| membership.key()).unwrap_or_default();
    Ok(Done::to(format!("/api-keys?as={workspace}&done=revoked")))
}

async fn policy(posted: Posted) -> AppResult<Done> {
    let actor = posted.call.actor()?;
    service::set_second_factor_policy(&posted.call.ctx, &actor, &posted.typed.all("neededFor")).await?;
    let workspace = actor.acting.as_ref().map(|membership| membership.key()).unwrap_or_default();
    Ok(Done::to(format!("/workspace/security?as={workspace}&done=saved")))
}
