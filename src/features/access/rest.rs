//! Keys and the second-factor rule over REST. Translates, and nothing else.

use super::{
    rules::KeyInput,
    service,
    views::{KeyView, KeysView, MadeKey, PolicyInput, PolicyView},
};
use crate::{
    kernel::{
        error::{AppError, AppResult},
        ids::ApiKeyId,
    },
    platform::web::{ApiResult, Body, Call, Seg, created, ok, once::Once},
};
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn routes() -> OpenApiRouter<()> {
    OpenApiRouter::new().routes(routes!(list, make)).routes(routes!(revoke)).routes(routes!(policy, set_policy))
}

/// The API keys of the acting workspace, without their secrets.
#[utoipa::path(
    get, path = "/api-keys", tag = "access",
    responses(
        (status = 200, description = "Every key, the newest first", body = KeysView),
        (status = 401, description = "Nobody is signed in"),
        (status = 403, description = "Not with your role; SECOND_FACTOR_REQUIRED; never with a key"),
    )
)]
async fn list(call: Call) -> ApiResult {
    Ok(ok(&service::list(&call.ctx, &call.actor()?).await?))
}

/// Makes an API key for the acting workspace. Its secret is in this answer and in no other.
#[utoipa::path(
    post, path = "/api-keys", tag = "access", request_body = KeyInput,
    responses(
        (status = 201, description = "Made; `secret` is shown once, and absent when the call is repeated", body = MadeKey),
        (status = 401, description = "Nobody is signed in"),
        (status = 403, description = "Not with your role; SECOND_FACTOR_REQUIRED; never with a key"),
        (status = 409, description = "The idempotency key was used for another body"),
        (status = 422, description = "The name, a scope or the end"),
    )
)]
async fn make(call: Call, once: Once, body: Body<KeyInput>) -> ApiResult {
    let actor = call.actor()?;
    let side = actor.side().ok_or_else(|| AppError::forbidden("Keys belong to communities and organizations."))?;
    super::policy::may_manage(&actor)?;
    let draft = body.value.parse(side)?;
    let actor = &actor;
    let made = once
        .run(
            &call,
            "POST /api-keys",
            &body.raw,
            |ctx| async move { service::make(&ctx, actor, draft).await },
            |ctx, id| async move {
                let id: ApiKeyId = id.parse().map_err(|_| AppError::NotFound)?;
                Ok(MadeKey { key: service::one(&ctx, actor, id).await?, secret: None })
            },
        )
        .await?;
    Ok(created(&made))
}

/// Revokes a key: from the next request on it opens nothing. Revoked again, it stays revoked.
#[utoipa::path(
    delete, path = "/api-keys/{id}", tag = "access",
    params(("id" = String, Path, description = "The key's id")),
    responses(
        (status = 200, description = "Revoked", body = KeyView),
        (status = 401, description = "Nobody is signed in"),
        (status = 403, description = "Not with your role; SECOND_FACTOR_REQUIRED; never with a key"),
        (status = 404, description = "No such key in this workspace"),
    )
)]
async fn revoke(call: Call, once: Once, Seg(id): Seg<ApiKeyId>) -> ApiResult {
    let actor = &call.actor()?;
    let operation = format!("DELETE /api-keys/{id}");
    let view: AppResult<KeyView> = once
        .run(
            &call,
            &operation,
            &[],
            |ctx| async move { service::revoke(&ctx, actor, id).await },
            |ctx, _| async move { service::one(&ctx, actor, id).await },
        )
        .await;
    Ok(ok(&view?))
}

/// For what the acting workspace asks its people a second factor.
#[utoipa::path(
    get, path = "/second-factor-policy", tag = "access",
    responses(
        (status = 200, description = "The rule", body = PolicyView),
        (status = 401, description = "Nobody is signed in"),
        (status = 403, description = "Not with your role; SECOND_FACTOR_REQUIRED"),
    )
)]
async fn policy(call: Call) -> ApiResult {
    Ok(ok(&service::second_factor_policy(&call.ctx, &call.actor()?).await?))
}

/// Says for what a second factor is asked. Whoever changes it has given their own in this session.
#[utoipa::path(
    patch, path = "/second-factor-policy", tag = "access", request_body = PolicyInput,
    responses(
        (status = 200, description = "The rule from now on", body = PolicyView),
        (status = 401, description = "Nobody is signed in"),
        (status = 403, description = "Not with your role; SECOND_FACTOR_REQUIRED"),
        (status = 409, description = "The idempotency key was used for another body"),
        (status = 422, description = "Something that no second factor is asked for"),
    )
)]
async fn set_policy(call: Call, once: Once, body: Body<PolicyInput>) -> ApiResult {
    let actor = &call.actor()?;
    let wanted = &body.value.needed_for;
    once.change(&call, "PATCH /second-factor-policy", &body.raw, |ctx| async move {
        service::set_second_factor_policy(&ctx, actor, wanted).await
    })
    .await?;
    Ok(ok(&service::second_factor_policy(&call.ctx, actor).await?))
}
