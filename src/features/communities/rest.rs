//! Communities over REST: signing up, and the decisions of staff. Translates, and nothing else.

use super::{
    rules::{DecisionInput, SignupInput},
    service,
    views::{ReviewView, SignupView},
};
use crate::{
    kernel::{error::AppError, ids::CommunityId},
    platform::web::{ApiResult, Body, Call, Seg, created, ok, once::Once},
};
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn routes() -> OpenApiRouter<()> {
    OpenApiRouter::new().routes(routes!(signup)).routes(routes!(set_status))
}

/// Registers a community. Its owner gets a mail with a link to confirm the address; a password sent along is ignored.
#[utoipa::path(
    post, path = "/auth/signup-community", tag = "auth", request_body = SignupInput,
    responses(
        (status = 201, description = "Registered; the owner was mailed", body = SignupView),
        (status = 409, description = "The idempotency key was used for another body"),
        (status = 422, description = "Fields that need attention"),
        (status = 429, description = "More than 5 sign-ups an hour from one address"),
    )
)]
async fn signup(call: Call, once: Once, body: Body<SignupInput>) -> ApiResult {
    let signup = body.value.parse()?;
    let view = once
        .run(
            &call,
            "POST /auth/signup-community",
            &body.raw,
            |ctx| {
                let call = &call;
                let signup = &signup;
                async move { service::register(&ctx, call.voice(), call.person.as_deref(), signup, None).await }
            },
            |ctx, id| async move { service::registered(&ctx, id.parse().map_err(|_| AppError::NotFound)?).await },
        )
        .await?;
    Ok(created(&view))
}

/// Staff approve, reject, ask for more, suspend, or restore.
#[utoipa::path(
    patch, path = "/admin/communities/{id}/status", tag = "admin", request_body = DecisionInput,
    params(("id" = String, Path, description = "The community")),
    responses(
        (status = 200, description = "Decided", body = ReviewView),
        (status = 401, description = "Nobody is signed in"),
        (status = 403, description = "Only staff who review, with their second factor given"),
        (status = 404, description = "No such community"),
        (status = 409, description = "The decision is not open: EMAIL_NOT_VERIFIED, ALREADY_DECIDED, NOT_APPROVED, NOT_SUSPENDED, OFFICIAL_EMAIL_TAKEN"),
        (status = 422, description = "An unknown status, or a reason that is missing"),
    )
)]
async fn set_status(call: Call, once: Once, Seg(id): Seg<CommunityId>, body: Body<DecisionInput>) -> ApiResult {
    let actor = call.actor()?;
    let (decision, reason) = body.value.parse()?;
    let actor = &actor;
    let reason = &reason;
    let view = once
        .run(
            &call,
            &format!("PATCH /admin/communities/{id}/status"),
            &body.raw,
            |ctx| async move {
                service::decide(&ctx, actor, id, decision, reason).await?;
                service::review(&ctx, actor, id).await
            },
            |ctx, _| async move { service::review(&ctx, actor, id).await },
        )
        .await?;
    Ok(ok(&view))
}
