//! `POST /opportunities/{opportunityId}/apply`, `/requests/{requestId}/place…`, `PATCH /opportunities/{opportunityId}` and
//! `/opportunities/{opportunityId}/decisions…`.

use super::{
    service,
    views::{DecisionsInput, DecisionsView, PlaceView, ReleaseInput, WaitInput},
};
use crate::{
    features::{
        opportunities::{
            service as opportunities,
            views::{OpportunityPatch, OpportunityView},
        },
        requests::{
            rest::once as requests_once,
            service as requests,
            views::{ApplyInput, RequestView, RevisionHash},
        },
    },
    kernel::{
        actor::Actor,
        error::{AppError, AppResult},
        ids::{OpportunityId, RequestId},
    },
    platform::{
        ctx::Ctx,
        web::{ApiResult, Body, Call, Seg, created, ok, once::Once},
    },
};
use std::future::Future;
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn routes() -> OpenApiRouter<()> {
    OpenApiRouter::new()
        .routes(routes!(apply))
        .routes(routes!(place))
        .routes(routes!(wait))
        .routes(routes!(take))
        .routes(routes!(release))
        .routes(routes!(patch))
        .routes(routes!(decisions, prepare))
        .routes(routes!(release_decisions))
}

/// Does a change once for the call's key.
async fn once<W, F, T>(call: &Call, key: &Once, operation: &str, raw: &[u8], work: W) -> AppResult<Actor>
where
    W: FnOnce(Ctx, Actor) -> F,
    F: Future<Output = AppResult<T>>,
{
    let actor = call.actor()?;
    let acts = actor.clone();
    key.change(call, operation, raw, |ctx| work(ctx, acts)).await?;
    Ok(actor)
}

/// An organization applies for an opportunity
///
/// With `waitingList`, also where every place is taken: then the application waits in line, and a place that becomes free is
/// kept for it in its turn, for three days, in which the community answers.
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
        (status = 403, description = "The role or the organization may not; NOT_VERIFIED"),
        (status = 404, description = "No such opportunity"),
        (status = 409, description = "DUPLICATE_REQUEST (href leads to the open one), NOT_TAKING_REQUESTS, OPPORTUNITY_CLOSED (also a full one, without `waitingList`), EVENT_NOT_PUBLISHED, LISTING_HIDDEN, IDEMPOTENCY_KEY_REUSED; for items: ITEM_UNKNOWN, PACKAGE_ONLY, PACKAGE_MISSING, ONE_PACKAGE, ITEMS_CONFLICT, ITEM_SOLD_OUT, WRONG_TOTAL, MIX_TOO_EXPENSIVE, MIX_TOO_LONG"),
        (status = 422, description = "Problems by field"),
        (status = 429, description = "REQUEST_QUOTA: the week's requests are sent; TOO_MANY_REQUESTS; see Retry-After"),
    )
)]
async fn apply(call: Call, key: Once, Seg(opportunity): Seg<OpportunityId>, body: Body<ApplyInput>) -> ApiResult {
    let Body { value, raw } = body;
    let operation = format!("POST /opportunities/{opportunity}/apply");
    let (actor, id) = requests_once(&call, &key, &operation, &raw, |ctx, actor| async move {
        service::apply(&ctx, &actor, opportunity, &value).await
    })
    .await?;
    Ok(created(&requests::get(&call.ctx, &actor, id).await?))
}

/// A request's place
///
/// Whether it waits in line, is offered a place until a moment, or had its place released; and what you may do about it.
#[utoipa::path(
    get, path = "/requests/{requestId}/place", tag = "requests",
    params(("requestId" = String, Path), ("X-CommDesk-Workspace" = Option<String>, Header)),
    responses(
        (status = 200, description = "The place", body = PlaceView),
        (status = 401, description = "Nobody is signed in"),
        (status = 403, description = "The role does not see requests"),
        (status = 404, description = "No such request, or not yours to know of"),
    )
)]
async fn place(call: Call, Seg(id): Seg<RequestId>) -> ApiResult {
    Ok(ok(&service::place(&call.ctx, &call.actor()?, id).await?.place))
}

/// Wait for a place
///
/// When every place is taken. The side whose turn it is agrees to the named revision, and the place is offered to the
/// organization as soon as it is next in line. An organization that applied may wait before the community has agreed: then the
/// place is kept for its application in its turn, and the community answers.
#[utoipa::path(
    patch, path = "/requests/{requestId}/place/wait", tag = "requests", request_body = WaitInput,
    params(("requestId" = String, Path), ("Idempotency-Key" = Option<String>, Header), ("X-CommDesk-Workspace" = Option<String>, Header)),
    responses(
        (status = 200, description = "In line", body = PlaceView),
        (status = 401, description = "Nobody is signed in"),
        (status = 403, description = "The role or the workspace may not, or CONFLICT_OF_INTEREST; NOT_APPROVED, NOT_VERIFIED"),
        (status = 404, description = "No such request, or not yours to know of"),
        (status = 409, description = "PLACE_FREE, ALREADY_WAITING, NO_OPPORTUNITY, STALE_REVISION, NOT_YOUR_TURN, REQUEST_CLOSED, REQUEST_EXPIRED"),
        (status = 422, description = "revisionHash is missing"),
    )
)]
async fn wait(call: Call, key: Once, Seg(id): Seg<RequestId>, body: Body<WaitInput>) -> ApiResult {
    let Body { value, raw } = body;
    let actor = once(&call, &key, &format!("PATCH /requests/{id}/place/wait"), &raw, |ctx, actor| async move {
        let shown = RevisionHash::parse(&value.revision_hash).map_err(|why| AppError::invalid("revisionHash", why))?;
        service::wait(&ctx, &actor, id, &shown).await
    })
    .await?;
    Ok(ok(&service::place(&call.ctx, &actor, id).await?.place))
}

/// Take the place that is kept for you
#[utoipa::path(
    patch, path = "/requests/{requestId}/place/take", tag = "requests",
    params(("requestId" = String, Path), ("Idempotency-Key" = Option<String>, Header), ("X-CommDesk-Workspace" = Option<String>, Header)),
    responses(
        (status = 200, description = "Taken: the request is accepted", body = PlaceView),
        (status = 401, description = "Nobody is signed in"),
        (status = 403, description = "The role or the workspace may not, or CONFLICT_OF_INTEREST; NOT_APPROVED, NOT_VERIFIED"),
        (status = 404, description = "No such request, or not yours to know of"),
        (status = 409, description = "STILL_WAITING, OFFER_LAPSED, STALE_REVISION, NO_PLACE_LEFT, ITEM_SOLD_OUT, REQUEST_CLOSED, REQUEST_EXPIRED, ALREADY_ON_EVENT, NOT_YOUR_TURN, NOT_TAKING_REQUESTS, EVENT_NOT_PUBLISHED"),
    )
)]
async fn take(call: Call, key: Once, Seg(id): Seg<RequestId>) -> ApiResult {
    let actor = once(&call, &key, &format!("PATCH /requests/{id}/place/take"), b"", |ctx, actor| async move {
        service::take(&ctx, &actor, id).await
    })
    .await?;
    Ok(ok(&service::place(&call.ctx, &actor, id).await?.place))
}

/// Release an agreed place
///
/// For the community, with a reason that the organization reads. It leaves the event's page, and whoever is next in line is
/// offered the place.
#[utoipa::path(
    patch, path = "/requests/{requestId}/place/release", tag = "requests", request_body = ReleaseInput,
    params(("requestId" = String, Path), ("Idempotency-Key" = Option<String>, Header), ("X-CommDesk-Workspace" = Option<String>, Header)),
    responses(
        (status = 200, description = "Released", body = PlaceView),
        (status = 401, description = "Nobody is signed in"),
        (status = 403, description = "The role or the workspace may not, or CONFLICT_OF_INTEREST; NOT_APPROVED, NOT_VERIFIED"),
        (status = 404, description = "No such request, or not yours to know of"),
        (status = 409, description = "NO_PLACE_HELD"),
        (status = 422, description = "The reason is missing"),
    )
)]
async fn release(call: Call, key: Once, Seg(id): Seg<RequestId>, body: Body<ReleaseInput>) -> ApiResult {
    let Body { value, raw } = body;
    let actor = once(&call, &key, &format!("PATCH /requests/{id}/place/release"), &raw, |ctx, actor| async move {
        service::release(&ctx, &actor, id, &value.reason).await
    })
    .await?;
    Ok(ok(&service::place(&call.ctx, &actor, id).await?.place))
}

/// Change one, open it, close it, open it again
///
/// What is absent stays as it is. `version` is the one that was read: a stale one is refused and nothing is overwritten.
/// `"status": "Open"` opens a draft, and opens a closed one again when its `decisionDeadline` is ahead; `"Closed"` takes no
/// more applications. More `places` are offered to whoever waits, in order; what is left opens a full one again.
#[utoipa::path(
    patch, path = "/opportunities/{opportunityId}", tag = "opportunities", request_body = OpportunityPatch,
    params(
        ("opportunityId" = String, Path),
        ("Idempotency-Key" = Option<String>, Header),
        ("X-CommDesk-Workspace" = Option<String>, Header),
    ),
    responses(
        (status = 200, description = "The opportunity as it is now", body = OpportunityView),
        (status = 401, description = "Nobody is signed in"),
        (status = 403, description = "The role may not; NOT_APPROVED: the community is not on the marketplace"),
        (status = 404, description = "None of your community's"),
        (status = 409, description = "VERSION_CONFLICT: somebody saved it meanwhile; OPPORTUNITY_CLOSED, OPPORTUNITY_NOT_OPEN, PLACES_TAKEN: fewer places than are taken, EVENT_NOT_PUBLISHED, DEADLINE_PASSED, OPPORTUNITY_NOT_DRAFT, IDEMPOTENCY_KEY_REUSED"),
        (status = 422, description = "Problems by field; `version` is missing"),
    )
)]
async fn patch(call: Call, key: Once, Seg(id): Seg<OpportunityId>, body: Body<OpportunityPatch>) -> ApiResult {
    let Body { value, raw } = body;
    let actor = once(&call, &key, &format!("PATCH /opportunities/{id}"), &raw, |ctx, actor| async move {
        service::edit(&ctx, &actor, id, &value).await
    })
    .await?;
    Ok(ok(&opportunities::get(&call.ctx, Some(&actor), id).await?))
}

/// What is prepared about applications
///
/// The applications that wait for your community, and the decisions that you prepared. Applicants see nothing of them.
#[utoipa::path(
    get, path = "/opportunities/{opportunityId}/decisions", tag = "opportunities",
    params(("opportunityId" = String, Path), ("X-CommDesk-Workspace" = Option<String>, Header)),
    responses(
        (status = 200, description = "The applications", body = DecisionsView),
        (status = 401, description = "Nobody is signed in"),
        (status = 403, description = "The role or the workspace may not"),
        (status = 404, description = "None of your community's"),
    )
)]
async fn decisions(call: Call, Seg(id): Seg<OpportunityId>) -> ApiResult {
    Ok(ok(&service::decisions(&call.ctx, &call.actor()?, id).await?.view))
}

/// Prepare decisions
///
/// Those that are not named stay as they are; an empty `decision` takes one back. Nothing is said before the release.
#[utoipa::path(
    patch, path = "/opportunities/{opportunityId}/decisions", tag = "opportunities", request_body = DecisionsInput,
    params(("opportunityId" = String, Path), ("Idempotency-Key" = Option<String>, Header), ("X-CommDesk-Workspace" = Option<String>, Header)),
    responses(
        (status = 200, description = "As they are now", body = DecisionsView),
        (status = 401, description = "Nobody is signed in"),
        (status = 403, description = "The role or the workspace may not"),
        (status = 404, description = "None of your community's"),
        (status = 409, description = "STALE_REVISION, NOT_YOUR_TURN, REQUEST_CLOSED"),
        (status = 422, description = "Problems by field"),
    )
)]
async fn prepare(call: Call, key: Once, Seg(id): Seg<OpportunityId>, body: Body<DecisionsInput>) -> ApiResult {
    let Body { value, raw } = body;
    let actor = once(&call, &key, &format!("PATCH /opportunities/{id}/decisions"), &raw, |ctx, actor| async move {
        service::prepare(&ctx, &actor, id, &value).await
    })
    .await?;
    Ok(ok(&service::decisions(&call.ctx, &actor, id).await?.view))
}

/// Release what is prepared
///
/// Each decision is carried out once, and each applicant hears it in one mail. What cannot be carried out stays prepared with
/// the reason in `problem`; called again, the release goes on.
#[utoipa::path(
    post, path = "/opportunities/{opportunityId}/decisions/release", tag = "opportunities",
    params(("opportunityId" = String, Path), ("Idempotency-Key" = Option<String>, Header), ("X-CommDesk-Workspace" = Option<String>, Header)),
    responses(
        (status = 200, description = "What is left", body = DecisionsView),
        (status = 401, description = "Nobody is signed in"),
        (status = 403, description = "The role or the workspace may not"),
        (status = 404, description = "None of your community's"),
        (status = 409, description = "NOTHING_PREPARED"),
    )
)]
async fn release_decisions(call: Call, key: Once, Seg(id): Seg<OpportunityId>) -> ApiResult {
    let actor = once(&call, &key, &format!("POST /opportunities/{id}/decisions/release"), b"", |ctx, actor| async move {
        service::release_decisions(&ctx, &actor, id).await
    })
    .await?;
    Ok(ok(&service::decisions(&call.ctx, &actor, id).await?.view))
}
