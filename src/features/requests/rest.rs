//! `POST|GET /requests`, `GET /requests/{requestId}`, `PATCH /requests/{requestId}/{accept,reject,withdraw,assign,snooze}`,
//! `POST /requests/{bulk-reject,read}`, `GET /requests/standing`, and for staff
//! `GET /admin/requests/held`, `PATCH /admin/requests/{requestId}/decision`.

use super::{
    inbox::{self, Sort},
    routing,
    rules::{
        Rejection,
        inbox::{read_selection, read_until},
        sending,
    },
    service,
    views::{
        AcceptInput, AssignInput, BulkRejectInput, BulkView, DashboardView, FitInput, HeldPage, InboxAsk, InboxPage, JudgeInput,
        JudgedView, ReadInput, ReadView, RejectInput, RequestInput, RequestView, RevisionHash, RouteInput, RulesView,
        SnoozeInput, StandingView,
    },
};
use crate::{
    kernel::{
        actor::Actor,
        error::{AppError, AppResult},
        ids::{RequestId, UserId},
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
        .routes(routes!(accept))
        .routes(routes!(reject))
        .routes(routes!(withdraw))
        .routes(routes!(assign))
        .routes(routes!(snooze))
        .routes(routes!(bulk_reject))
        .routes(routes!(read))
        .routes(routes!(standing))
        .routes(routes!(held))
        .routes(routes!(judge))
        .routes(routes!(rules))
        .routes(routes!(set_route))
        .routes(routes!(declare_fit))
        .routes(routes!(remove_rule))
}

/// Runs a write once for its key; first and repeated calls give the request's id, which is rendered under today's rights.
///
/// # Errors
/// As the write.
pub async fn once<F: Future<Output = AppResult<RequestId>>>(
    call: &Call,
    key: &Once,
    operation: &str,
    raw: &[u8],
    work: impl FnOnce(Ctx, Actor) -> F,
) -> AppResult<(Actor, RequestId)> {
    let actor = call.actor()?;
    let id = key.make(call, operation, raw, |ctx| work(ctx, actor.clone())).await?;
    Ok((actor, id))
}

#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(rename_all = "camelCase", default)]
#[into_params(parameter_in = Query)]
struct ListParams {
    /// `open` (also when absent: every open one), `incoming`, `submitted`, `negotiation`, `accepted` or `history`.
    tab: Option<String>,
    /// Words of messages, names and titles.
    q: Option<String>,
    /// A status, word for word.
    status: Option<String>,
    /// The event's type, word for word.
    event_type: Option<String>,
    /// The event's region, word for word.
    region: Option<String>,
    /// The key of a budget band, which names its currency: `INR:200000-500000`.
    budget: Option<String>,
    /// `new`: until communities have a reputation, every one of them is.
    reputation: Option<String>,
    /// `me`, `nobody` or a colleague's id.
    assigned: Option<String>,
    /// `all`, `unread` or `snoozed`.
    show: Option<String>,
    page: Option<u32>,
    limit: Option<u32>,
    cursor: Option<String>,
}

/// The acting workspace's inbox
///
/// Both directions; those that wait for you first, then by how long they have waited. What is put aside is left out of open
/// parts unless it is asked for.
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
    let ask = InboxAsk {
        tab: params.tab.unwrap_or_default(),
        q: params.q.unwrap_or_default(),
        status: params.status.unwrap_or_default(),
        event_type: params.event_type.unwrap_or_default(),
        region: params.region.unwrap_or_default(),
        budget: params.budget.unwrap_or_default(),
        reputation: params.reputation.unwrap_or_default(),
        assigned: params.assigned.unwrap_or_default(),
        show: params.show.unwrap_or_default(),
    };
    Ok(ok(&inbox::list(&call.ctx, &call.actor()?, &ask.parse()?, &page).await?))
}

/// A community asks an organization
#[utoipa::path(
    post, path = "/requests", tag = "requests", request_body = RequestInput,
    params(("Idempotency-Key" = Option<String>, Header), ("X-CommDesk-Workspace" = Option<String>, Header)),
    responses(
        (status = 201, description = "The request, with its first revision", body = RequestView),
        (status = 401, description = "Nobody is signed in"),
        (status = 403, description = "The role or the community may not; NOT_APPROVED"),
        (status = 409, description = "DUPLICATE_REQUEST (href leads to the open one), ASK_AGAIN_LATER, NOT_TAKING_REQUESTS, EVENT_NOT_PUBLISHED, LISTING_HIDDEN, OPPORTUNITY_CLOSED, IDEMPOTENCY_KEY_REUSED"),
        (status = 422, description = "Problems by field"),
        (status = 429, description = "REQUEST_QUOTA: the week's requests are sent; TOO_MANY_REQUESTS; see Retry-After"),
    )
)]
async fn send(call: Call, key: Once, body: Body<RequestInput>) -> ApiResult {
    let Body { value, raw } = body;
    let (actor, id) =
        once(&call, &key, "POST /requests", &raw, |ctx, actor| async move { service::send(&ctx, &actor, &value).await }).await?;
    Ok(created(&service::get(&call.ctx, &actor, id).await?))
}

/// One request
///
/// `contact`, the community's official e-mail and phone, is there for the organization while the request is open.
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
        (status = 403, description = "The role or the workspace may not, or CONFLICT_OF_INTEREST; NOT_APPROVED, NOT_VERIFIED"),
        (status = 404, description = "No such request, or not yours to know of"),
        (status = 409, description = "STALE_REVISION, NOT_YOUR_TURN, REQUEST_CLOSED, REQUEST_EXPIRED, NO_PLACE_LEFT, OFFER_LAPSED, ALREADY_ON_EVENT, NOT_TAKING_REQUESTS, EVENT_NOT_PUBLISHED, ITEM_SOLD_OUT"),
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
        (status = 403, description = "The role or the workspace may not; NOT_APPROVED, NOT_VERIFIED"),
        (status = 404, description = "No such request, or not yours to know of"),
        (status = 409, description = "NOT_YOUR_TURN, REQUEST_CLOSED, REQUEST_EXPIRED"),
        (status = 422, description = "The reason is not on the list"),
    )
)]
async fn reject(call: Call, key: Once, Seg(id): Seg<RequestId>, body: Body<RejectInput>) -> ApiResult {
    let Body { value, raw } = body;
    let operation = format!("PATCH /requests/{id}/reject");
    let (actor, id) = once(&call, &key, &operation, &raw, |ctx, actor| async move {
        let month = sending::read_month(&value.ask_again, ctx.now().date_naive())?;
        service::reject(&ctx, &actor, id, Rejection::parse(&value.reason, &value.note)?.welcome_from(month)).await
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
        (status = 403, description = "The role or the workspace may not; NOT_APPROVED, NOT_VERIFIED"),
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

/// Give it to a colleague, or back to the team
#[utoipa::path(
    patch, path = "/requests/{requestId}/assign", tag = "requests", request_body = AssignInput,
    params(
        ("requestId" = String, Path),
        ("Idempotency-Key" = Option<String>, Header),
        ("X-CommDesk-Workspace" = Option<String>, Header),
    ),
    responses(
        (status = 200, description = "The request; only your side sees who handles it", body = RequestView),
        (status = 401, description = "Nobody is signed in"),
        (status = 403, description = "The role or the workspace may not; NOT_APPROVED, NOT_VERIFIED"),
        (status = 404, description = "No such request, or not yours to know of"),
        (status = 409, description = "REQUEST_CLOSED"),
        (status = 422, description = "Not an active colleague who may act on requests"),
    )
)]
async fn assign(call: Call, key: Once, Seg(id): Seg<RequestId>, body: Body<AssignInput>) -> ApiResult {
    let Body { value, raw } = body;
    let operation = format!("PATCH /requests/{id}/assign");
    let (actor, id) = once(&call, &key, &operation, &raw, |ctx, actor| async move {
        inbox::assign(&ctx, &actor, id, read_assignee(&value.assignee_id)?).await
    })
    .await?;
    Ok(ok(&service::get(&call.ctx, &actor, id).await?))
}

/// A colleague's id; nothing for nobody.
pub(super) fn read_assignee(text: &str) -> AppResult<Option<UserId>> {
    match text.trim() {
        "" => Ok(None),
        text => text.parse().map(Some).map_err(|_| AppError::invalid("assigneeId", "Choose one of your colleagues.")),
    }
}

/// Put it aside for your team until the morning of a day, or bring it back
#[utoipa::path(
    patch, path = "/requests/{requestId}/snooze", tag = "requests", request_body = SnoozeInput,
    params(
        ("requestId" = String, Path),
        ("Idempotency-Key" = Option<String>, Header),
        ("X-CommDesk-Workspace" = Option<String>, Header),
    ),
    responses(
        (status = 200, description = "The request; only your side sees that it is put aside", body = RequestView),
        (status = 401, description = "Nobody is signed in"),
        (status = 403, description = "The role or the workspace may not; NOT_APPROVED, NOT_VERIFIED"),
        (status = 404, description = "No such request, or not yours to know of"),
        (status = 409, description = "REQUEST_CLOSED, REQUEST_EXPIRED"),
        (status = 422, description = "The day is over, or the offer ends before it"),
    )
)]
async fn snooze(call: Call, key: Once, Seg(id): Seg<RequestId>, body: Body<SnoozeInput>) -> ApiResult {
    let Body { value, raw } = body;
    let operation = format!("PATCH /requests/{id}/snooze");
    let (actor, id) = once(&call, &key, &operation, &raw, |ctx, actor| async move {
        let until = if value.until.trim().is_empty() { None } else { Some(read_until(&value.until)?) };
        inbox::snooze(&ctx, &actor, id, until).await
    })
    .await?;
    Ok(ok(&service::get(&call.ctx, &actor, id).await?))
}

/// Decline many with one reason
///
/// Each has its own outcome; what you declined already counts as done, so that sending it again is harmless.
#[utoipa::path(
    post, path = "/requests/bulk-reject", tag = "requests", request_body = BulkRejectInput,
    params(("Idempotency-Key" = Option<String>, Header), ("X-CommDesk-Workspace" = Option<String>, Header)),
    responses(
        (status = 200, description = "What became of each", body = BulkView),
        (status = 401, description = "Nobody is signed in"),
        (status = 403, description = "The role may not act on requests"),
        (status = 422, description = "No selection, more than 50, or a reason that is not on the list"),
    )
)]
async fn bulk_reject(call: Call, _key: Once, body: Body<BulkRejectInput>) -> ApiResult {
    let value = body.value;
    let actor = call.actor()?;
    let month = sending::read_month(&value.ask_again, call.ctx.now().date_naive())?;
    let why = Rejection::parse(&value.reason, &value.note)?.welcome_from(month);
    let ids = read_selection(&value.ids)?;
    // Idempotent by what it does: no key has to remember it.
    Ok(ok(&inbox::sort_many(&call.ctx, &actor, &ids, &Sort::Reject(why)).await?))
}

/// Mark requests as read
#[utoipa::path(
    post, path = "/requests/read", tag = "requests", request_body = ReadInput,
    params(("Idempotency-Key" = Option<String>, Header), ("X-CommDesk-Workspace" = Option<String>, Header)),
    responses(
        (status = 200, description = "How many of them are yours, and read now", body = ReadView),
        (status = 401, description = "Nobody is signed in"),
        (status = 403, description = "The role does not see requests"),
        (status = 422, description = "No selection, or more than 50"),
    )
)]
async fn read(call: Call, _key: Once, body: Body<ReadInput>) -> ApiResult {
    Ok(ok(&ReadView { read: inbox::mark_read(&call.ctx, &call.actor()?, &body.value.ids).await? }))
}

/// Your share of the week, and why you were turned down
#[utoipa::path(
    get, path = "/requests/standing", tag = "requests",
    params(("X-CommDesk-Workspace" = Option<String>, Header)),
    responses(
        (status = 200, description = "The quota, and the reasons of the last year", body = StandingView),
        (status = 401, description = "Nobody is signed in"),
        (status = 403, description = "The role does not see requests"),
        (status = 422, description = "WORKSPACE_REQUIRED"),
    )
)]
async fn standing(call: Call) -> ApiResult {
    Ok(ok(&inbox::standing(&call.ctx, &call.actor()?).await?))
}

#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(rename_all = "camelCase", default)]
#[into_params(parameter_in = Query)]
struct HeldParams {
    page: Option<u32>,
    limit: Option<u32>,
    cursor: Option<String>,
}

/// Requests that wait for staff before they are delivered
#[utoipa::path(
    get, path = "/admin/requests/held", tag = "staff",
    params(HeldParams, ("X-CommDesk-Workspace" = Option<String>, Header)),
    responses(
        (status = 200, description = "The longest waiting first", body = HeldPage),
        (status = 401, description = "Nobody is signed in"),
        (status = 403, description = "Not a reviewer, or SECOND_FACTOR_REQUIRED"),
        (status = 422, description = "A parameter is out of bounds"),
    )
)]
async fn held(call: Call, Params(params): Params<HeldParams>) -> ApiResult {
    let page = PageRequest::from_wire(params.page, params.limit, params.cursor)?;
    Ok(ok(&inbox::held(&call.ctx, &call.actor()?, &page).await?))
}

/// Deliver a held request, or close it with a reason
#[utoipa::path(
    patch, path = "/admin/requests/{requestId}/decision", tag = "staff", request_body = JudgeInput,
    params(
        ("requestId" = String, Path),
        ("Idempotency-Key" = Option<String>, Header),
        ("X-CommDesk-Workspace" = Option<String>, Header),
    ),
    responses(
        (status = 200, description = "Decided", body = JudgedView),
        (status = 401, description = "Nobody is signed in"),
        (status = 403, description = "Not a reviewer, or SECOND_FACTOR_REQUIRED"),
        (status = 404, description = "No such request"),
        (status = 409, description = "NOT_HELD, REQUEST_CLOSED, REQUEST_EXPIRED"),
        (status = 422, description = "No decision, or a refusal without a reason"),
    )
)]
async fn judge(call: Call, key: Once, Seg(id): Seg<RequestId>, body: Body<JudgeInput>) -> ApiResult {
    let Body { value, raw } = body;
    super::policy::may_review_held(&call.actor()?)?;
    let verdict = sending::read_verdict(&value.decision, &value.reason)?;
    let operation = format!("PATCH /admin/requests/{id}/decision");
    let (_, id) =
        once(&call, &key, &operation, &raw, |ctx, actor| async move { inbox::judge(&ctx, &actor, id, verdict).await }).await?;
    Ok(ok(&JudgedView { id, decision: value.decision.trim().to_owned() }))
}

/// What the acting workspace's inbox does by itself
#[utoipa::path(
    get, path = "/requests/rules", tag = "requests",
    params(("X-CommDesk-Workspace" = Option<String>, Header)),
    responses(
        (status = 200, description = "Who handles what, and automatic answers", body = RulesView),
        (status = 401, description = "Nobody is signed in"),
        (status = 403, description = "The role does not see requests"),
        (status = 422, description = "WORKSPACE_REQUIRED"),
    )
)]
async fn rules(call: Call) -> ApiResult {
    Ok(ok(&routing::list(&call.ctx, &call.actor()?).await?))
}

/// Say who handles requests of a region and event type
#[utoipa::path(
    post, path = "/requests/rules/routes", tag = "requests", request_body = RouteInput,
    params(("Idempotency-Key" = Option<String>, Header), ("X-CommDesk-Workspace" = Option<String>, Header)),
    responses(
        (status = 200, description = "The rules now; one for exactly the same was replaced", body = RulesView),
        (status = 401, description = "Nobody is signed in"),
        (status = 403, description = "The role may not"),
        (status = 409, description = "TOO_MANY_RULES, IDEMPOTENCY_KEY_REUSED"),
        (status = 422, description = "Problems by field"),
    )
)]
async fn set_route(call: Call, key: Once, body: Body<RouteInput>) -> ApiResult {
    let Body { value, raw } = body;
    let actor = call.actor()?;
    super::policy::may_set_rules(&actor)?;
    key.change(&call, "POST /requests/rules/routes", &raw, |ctx| async move { routing::set_route(&ctx, &actor, &value).await })
        .await?;
    rules(call).await
}

/// Declare what a request must have
///
/// One that breaks it is declined at once, with your reason, stated as an automatic answer; with the month from which asking
/// again is welcome, where you name one.
#[utoipa::path(
    post, path = "/requests/rules/fits", tag = "requests", request_body = FitInput,
    params(("Idempotency-Key" = Option<String>, Header), ("X-CommDesk-Workspace" = Option<String>, Header)),
    responses(
        (status = 200, description = "The rules now", body = RulesView),
        (status = 401, description = "Nobody is signed in"),
        (status = 403, description = "The role may not, or the workspace is no organization"),
        (status = 409, description = "TOO_MANY_RULES, IDEMPOTENCY_KEY_REUSED"),
        (status = 422, description = "Problems by field"),
    )
)]
async fn declare_fit(call: Call, key: Once, body: Body<FitInput>) -> ApiResult {
    let Body { value, raw } = body;
    let actor = call.actor()?;
    super::policy::may_set_rules(&actor)?;
    key.change(&call, "POST /requests/rules/fits", &raw, |ctx| async move { routing::declare_fit(&ctx, &actor, &value).await })
        .await?;
    rules(call).await
}

/// Take a rule away
#[utoipa::path(
    delete, path = "/requests/rules/{ruleId}", tag = "requests",
    params(
        ("ruleId" = String, Path),
        ("Idempotency-Key" = Option<String>, Header),
        ("X-CommDesk-Workspace" = Option<String>, Header),
    ),
    responses(
        (status = 200, description = "The rules now", body = RulesView),
        (status = 401, description = "Nobody is signed in"),
        (status = 403, description = "The role may not"),
        (status = 404, description = "No such rule of yours"),
    )
)]
async fn remove_rule(call: Call, key: Once, Seg(id): Seg<uuid::Uuid>) -> ApiResult {
    let actor = call.actor()?;
    let operation = format!("DELETE /requests/rules/{id}");
    key.change(&call, &operation, b"", |ctx| async move { routing::remove(&ctx, &actor, id).await }).await?;
    rules(call).await
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
