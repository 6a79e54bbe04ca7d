//! `POST|GET /requests`, `GET /requests/{requestId}`, `PATCH /requests/{requestId}/{accept,reject,withdraw}` and
//! `POST /opportunities/{opportunityId}/apply`.

use super::{
    rules::Rejection,
    service,
    views::{AcceptInput, ApplyInput, DashboardView, InboxPage, InboxTab, RejectInput, RequestInput, RequestView, RevisionHash},
};
use crate::{
    kernel::{
        actor::Actor,
        error::{AppError, AppResult},
        ids::{OpportunityId, RequestId},
        page::PageRequest,
    },
    platform::{
        ctx::Ctx,
        web::{ApiResult, Body, Call, Params, Seg, created, ok, once::Once},
    },
};
use serde::Deserialize;
use std::future::Future;
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn routes() -> OpenApiRouter<()> {
    OpenApiRouter::new()
        .routes(routes!(list, send))
        .routes(routes!(get))
        .routes(routes!(dashboard))
        .routes(routes!(apply))
        .routes(routes!(accept))
        .routes(routes!(reject))
        .routes(routes!(withdraw))
}

/// Runs a write once for its key; first and repeated calls give the request's id, which is rendered under today's rights.
async fn once<F: Future<Output = AppResult<RequestId>>>(
    call: &Call,
    key: &Once,
    operation: &str,
    raw: &[u8],
    work: impl FnOnce(Ctx, Actor) -> F,
) -> AppResult<(Actor, RequestId)> {
    let actor = call.actor()?;
    let id = key
        .run(
            call,
            operation,
            raw,
            |ctx| work(ctx, actor.clone()),
            |_, result| async move { result.parse::<RequestId>().map_err(|_| AppError::broken("a key noted no request")) },
        )
        .await?;
    Ok((actor, id))
}

#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(rename_all = "camelCase", default)]
#[into_params(parameter_in = Query)]
struct ListParams {
    /// `open` (also when absent), `accepted` or `history`.
    tab: Option<String>,
    page: Option<u32>,
    limit: Option<u32>,
    cursor: Option<String>,
}

/// The acting workspace's inbox
///
/// Both directions; those that wait for you first, then by how long they have waited.
#[utoipa::path(
    get, path = "/requests", tag = "requests",
    params(ListParams, ("X-CommDesk-Workspace" = Option<String>, Header)),
    responses(
        (status = 200, description = "Requests", body = InboxPage),
        (status = 401, description = "Nobody is signed in"),
        (status = 403, description = "The role does not see requests"),
        (status = 422, description = "A parameter is out of bounds, or WORKSPACE_REQUIRED"),
    )
)]
async fn list(call: Call, Params(params): Params<ListParams>) -> ApiResult {
    let page = PageRequest::from_wire(params.page, params.limit, params.cursor)?;
    let tab = match params.tab.as_deref().unwrap_or_default() {
        "" => InboxTab::Open,
        text => InboxTab::parse(text).map_err(|error| AppError::invalid("tab", error.to_string()))?,
    };
    Ok(ok(&service::inbox(&call.ctx, &call.actor()?, tab, &page).await?))
}

/// A community asks an organization
#[utoipa::path(
    post, path = "/requests", tag = "requests", request_body = RequestInput,
    params(("Idempotency-Key" = Option<String>, Header), ("X-CommDesk-Workspace" = Option<String>, Header)),
    responses(
        (status = 201, description = "The request, with its first revision", body = RequestView),
        (status = 401, description = "Nobody is signed in"),
        (status = 403, description = "The role or the community may not"),
        (status = 409, description = "DUPLICATE_REQUEST, ORGANIZATION_NOT_VERIFIED, EVENT_NOT_PUBLISHED, OPPORTUNITY_CLOSED, IDEMPOTENCY_KEY_REUSED"),
        (status = 422, description = "Problems by field"),
        (status = 429, description = "Too many requests by this person; see Retry-After"),
    )
)]
async fn send(call: Call, key: Once, body: Body<RequestInput>) -> ApiResult {
    let Body { value, raw } = body;
    let (actor, id) =
        once(&call, &key, "POST /requests", &raw, |ctx, actor| async move { service::send(&ctx, &actor, &value).await }).await?;
    Ok(created(&service::get(&call.ctx, &actor, id).await?))
}

/// An organization applies for an opportunity
#[utoipa::path(
    post, path = "/opportunities/{opportunityId}/apply", tag = "opportunities", request_body = ApplyInput,
    params(
        ("opportunityId" = String, Path),
        ("Idempotency-Key" = Option<String>, Header),
        ("X-CommDesk-Workspace" = Option<String>, Header),
    ),
    responses(
        (status = 201, description = "The request, with its first revision", body = RequestView),
        (status = 401, description = "Nobody is signed in"),
        (status = 403, description = "The role or the organization may not"),
        (status = 404, description = "No such opportunity"),
        (status = 409, description = "DUPLICATE_REQUEST, OPPORTUNITY_CLOSED, IDEMPOTENCY_KEY_REUSED; for items: ITEM_UNKNOWN, PACKAGE_ONLY, PACKAGE_MISSING, ONE_PACKAGE, ITEMS_CONFLICT, ITEM_SOLD_OUT, WRONG_TOTAL"),
        (status = 422, description = "Problems by field"),
        (status = 429, description = "Too many requests by this person; see Retry-After"),
    )
)]
async fn apply(call: Call, key: Once, Seg(opportunity): Seg<OpportunityId>, body: Body<ApplyInput>) -> ApiResult {
    let Body { value, raw } = body;
    let operation = format!("POST /opportunities/{opportunity}/apply");
    let (actor, id) =
        once(&call, &key, &operation, &raw, |ctx, actor| async move { service::apply(&ctx, &actor, opportunity, &value).await })
            .await?;
    Ok(created(&service::get(&call.ctx, &actor, id).await?))
}

/// One request
#[utoipa::path(
    get, path = "/requests/{requestId}", tag = "requests",
    params(("requestId" = String, Path), ("X-CommDesk-Workspace" = Option<String>, Header)),
    responses(
        (status = 200, description = "The request, its revisions, its timeline and what you may do", body = RequestView),
        (status = 401, description = "Nobody is signed in"),
        (status = 403, description = "The role does not see requests"),
        (status = 404, description = "No such request, or not yours to know of"),
    )
)]
async fn get(call: Call, Seg(id): Seg<RequestId>) -> ApiResult {
    Ok(ok(&service::get(&call.ctx, &call.actor()?, id).await?))
}

/// Take the newest revision as it stands
#[utoipa::path(
    patch, path = "/requests/{requestId}/accept", tag = "requests", request_body = AcceptInput,
    params(
        ("requestId" = String, Path),
        ("Idempotency-Key" = Option<String>, Header),
        ("X-CommDesk-Workspace" = Option<String>, Header),
    ),
    responses(
        (status = 200, description = "The accepted request", body = RequestView),
        (status = 401, description = "Nobody is signed in"),
        (status = 403, description = "The role or the workspace may not, or CONFLICT_OF_INTEREST"),
        (status = 404, description = "No such request, or not yours to know of"),
        (status = 409, description = "STALE_REVISION, NOT_YOUR_TURN, REQUEST_CLOSED, REQUEST_EXPIRED, NO_PLACE_LEFT, ALREADY_ON_EVENT"),
        (status = 422, description = "revisionHash is missing"),
    )
)]
async fn accept(call: Call, key: Once, Seg(id): Seg<RequestId>, body: Body<AcceptInput>) -> ApiResult {
    let Body { value, raw } = body;
    let operation = format!("PATCH /requests/{id}/accept");
    let (actor, id) = once(&call, &key, &operation, &raw, |ctx, actor| async move {
        let shown = RevisionHash::parse(&value.revision_hash).map_err(|why| AppError::invalid("revisionHash", why))?;
        service::accept(&ctx, &actor, id, &shown).await
    })
    .await?;
    Ok(ok(&service::get(&call.ctx, &actor, id).await?))
}

/// Say no, and why
#[utoipa::path(
    patch, path = "/requests/{requestId}/reject", tag = "requests", request_body = RejectInput,
    params(
        ("requestId" = String, Path),
        ("Idempotency-Key" = Option<String>, Header),
        ("X-CommDesk-Workspace" = Option<String>, Header),
    ),
    responses(
        (status = 200, description = "The rejected request", body = RequestView),
        (status = 401, description = "Nobody is signed in"),
        (status = 403, description = "The role or the workspace may not"),
        (status = 404, description = "No such request, or not yours to know of"),
        (status = 409, description = "NOT_YOUR_TURN, REQUEST_CLOSED, REQUEST_EXPIRED"),
        (status = 422, description = "The reason is not on the list"),
    )
)]
async fn reject(call: Call, key: Once, Seg(id): Seg<RequestId>, body: Body<RejectInput>) -> ApiResult {
    let Body { value, raw } = body;
    let operation = format!("PATCH /requests/{id}/reject");
    let (actor, id) = once(&call, &key, &operation, &raw, |ctx, actor| async move {
        service::reject(&ctx, &actor, id, Rejection::parse(&value.reason, &value.note)?).await
    })
    .await?;
    Ok(ok(&service::get(&call.ctx, &actor, id).await?))
}

/// Take your own offer back
#[utoipa::path(
    patch, path = "/requests/{requestId}/withdraw", tag = "requests",
    params(
        ("requestId" = String, Path),
        ("Idempotency-Key" = Option<String>, Header),
        ("X-CommDesk-Workspace" = Option<String>, Header),
    ),
    responses(
        (status = 200, description = "The withdrawn request", body = RequestView),
        (status = 401, description = "Nobody is signed in"),
        (status = 403, description = "The role or the workspace may not"),
        (status = 404, description = "No such request, or not yours to know of"),
        (status = 409, description = "NOT_YOURS_TO_WITHDRAW, REQUEST_CLOSED, REQUEST_EXPIRED"),
    )
)]
async fn withdraw(call: Call, key: Once, Seg(id): Seg<RequestId>) -> ApiResult {
    let operation = format!("PATCH /requests/{id}/withdraw");
    let (actor, id) =
        once(&call, &key, &operation, b"", |ctx, actor| async move { service::withdraw(&ctx, &actor, id).await }).await?;
    Ok(ok(&service::get(&call.ctx, &actor, id).await?))
}

/// What the acting organization sees first: verification and next step, what waits, open requests, completeness.
#[utoipa::path(
    get, path = "/sponsors/dashboard", tag = "sponsors",
    responses(
        (status = 200, description = "The dashboard", body = DashboardView),
        (status = 401, description = "Nobody is signed in"),
        (status = 403, description = "The acting workspace is no organization"),
        (status = 404, description = "The named workspace is not yours"),
        (status = 422, description = "WORKSPACE_REQUIRED: two workspaces are possible and none was named"),
    )
)]
async fn dashboard(call: Call) -> ApiResult {
    let actor = call.actor()?;
    crate::features::organizations::policy::own(&actor)?;
    Ok(ok(&super::dashboard::view(&call.ctx, &actor).await?))
}
