//! `POST /reports`; for staff `GET /admin/reports`, `PATCH /admin/reports/{reportId}/decision`,
//! `POST /admin/organizations/{organizationId}/merge`.

use super::{
    merging, policy, service,
    views::{DecisionInput, MergeReceipt, MergeState, ReportInput, ReportReceipt, ReportsPage},
};
use crate::{
    features::organizations::rules::merging::{MergeInput, Say},
    kernel::{
        error::{AppError, AppResult},
        ids::{OrganizationId, ReportId},
        page::PageRequest,
    },
    platform::web::{ApiResult, Body, Call, Params, Seg, created, ok, once::Once},
};
use serde::Deserialize;
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn routes() -> OpenApiRouter<()> {
    OpenApiRouter::new().routes(routes!(report)).routes(routes!(list)).routes(routes!(decide)).routes(routes!(merge))
}

/// What an earlier call with this key did: the report stands in the queue.
fn earlier(result: &str) -> AppResult<ReportReceipt> {
    let id = result.parse().map_err(|_| AppError::broken("a key noted no report"))?;
    Ok(ReportReceipt { id, state: super::views::ReportState::Open })
}

/// Report something to our staff
#[utoipa::path(
    post, path = "/reports", tag = "moderation", request_body = ReportInput,
    params(("Idempotency-Key" = Option<String>, Header), ("X-CommDesk-Workspace" = Option<String>, Header)),
    responses(
        (status = 201, description = "Received; you are told the outcome", body = ReportReceipt),
        (status = 401, description = "Nobody is signed in"),
        (status = 404, description = "Nothing that you can see"),
        (status = 409, description = "IDEMPOTENCY_KEY_REUSED"),
        (status = 422, description = "Problems by field"),
        (status = 429, description = "Too many reports by this person; see Retry-After"),
    )
)]
async fn report(call: Call, key: Once, body: Body<ReportInput>) -> ApiResult {
    let Body { value, raw } = body;
    let actor = call.viewer()?;
    let complaint = value.parse()?;
    let receipt = key
        .run(
            &call,
            "POST /reports",
            &raw,
            |ctx| async move { service::report(&ctx, &actor, complaint).await },
            |_, result| async move { earlier(&result) },
        )
        .await?;
    Ok(created(&receipt))
}

#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(rename_all = "camelCase", default)]
#[into_params(parameter_in = Query)]
struct ListParams {
    /// `open` (also when absent) or `decided`.
    part: Option<String>,
    page: Option<u32>,
    limit: Option<u32>,
    cursor: Option<String>,
}

/// What people reported
#[utoipa::path(
    get, path = "/admin/reports", tag = "staff",
    params(ListParams, ("X-CommDesk-Workspace" = Option<String>, Header)),
    responses(
        (status = 200, description = "Open ones, the oldest first; decided ones, the newest first", body = ReportsPage),
        (status = 401, description = "Nobody is signed in"),
        (status = 403, description = "Not a reviewer, or SECOND_FACTOR_REQUIRED"),
        (status = 422, description = "A parameter is out of bounds"),
    )
)]
async fn list(call: Call, Params(params): Params<ListParams>) -> ApiResult {
    let page = PageRequest::from_wire(params.page, params.limit, params.cursor)?;
    let decided = match params.part.as_deref().unwrap_or_default() {
        "" | "open" => false,
        "decided" => true,
        _ => return Err(AppError::invalid("part", "Choose `open` or `decided`.")),
    };
    Ok(ok(&service::list(&call.ctx, &call.actor()?, decided, &page).await?))
}

/// Decide on a report
#[utoipa::path(
    patch, path = "/admin/reports/{reportId}/decision", tag = "staff", request_body = DecisionInput,
    params(
        ("reportId" = String, Path),
        ("Idempotency-Key" = Option<String>, Header),
        ("X-CommDesk-Workspace" = Option<String>, Header),
    ),
    responses(
        (status = 200, description = "Decided", body = ReportReceipt),
        (status = 401, description = "Nobody is signed in"),
        (status = 403, description = "Not a reviewer, SECOND_FACTOR_REQUIRED or CONFLICT_OF_INTEREST"),
        (status = 404, description = "No such report"),
        (status = 409, description = "REPORT_DECIDED, CANNOT_HIDE, NOT_HIDDEN, SECOND_REVIEWER_NEEDED, SECOND_PERSON_NEEDED, IDEMPOTENCY_KEY_REUSED; where the decision moves a profile: NOT_WAITING, MERGED, NOT_APPROVED, ALREADY_DECIDED, NOT_SUSPENDED"),
        (status = 422, description = "No decision, or no reason"),
    )
)]
async fn decide(call: Call, key: Once, Seg(id): Seg<ReportId>, body: Body<DecisionInput>) -> ApiResult {
    let Body { value, raw } = body;
    let actor = call.actor()?;
    policy::may_decide(&actor)?;
    let decision = value.parse()?;
    let operation = format!("PATCH /admin/reports/{id}/decision");
    let state = match decision.verdict {
        super::rules::Verdict::Dismiss => super::views::ReportState::Dismissed,
        super::rules::Verdict::Warn => super::views::ReportState::Warned,
        super::rules::Verdict::Hide => super::views::ReportState::Hidden,
        super::rules::Verdict::Show => super::views::ReportState::Shown,
    };
    let receipt = key
        .run(
            &call,
            &operation,
            &raw,
            |ctx| async move { service::decide(&ctx, &actor, id, decision).await },
            |_, _| async move { Ok(ReportReceipt { id, state }) },
        )
        .await?;
    Ok(ok(&receipt))
}

/// Merge a duplicate organization into another
///
/// Everything of the one in the address moves to the one in `into`, in one transaction: requests, places on events' pages,
/// people, blocks, saved views, reports, addresses. Of two open requests about the same thing the newer is withdrawn; keys and
/// invitations of the one that goes end. A verified profile takes two of the staff: the first call proposes.
#[utoipa::path(
    post, path = "/admin/organizations/{organizationId}/merge", tag = "staff", request_body = MergeInput,
    params(
        ("organizationId" = String, Path, description = "The profile that goes"),
        ("Idempotency-Key" = Option<String>, Header),
        ("X-CommDesk-Workspace" = Option<String>, Header),
    ),
    responses(
        (status = 200, description = "Proposed, merged or dropped", body = MergeReceipt),
        (status = 401, description = "Nobody is signed in"),
        (status = 403, description = "Not a reviewer, SECOND_FACTOR_REQUIRED or CONFLICT_OF_INTEREST"),
        (status = 404, description = "No such organization"),
        (status = 409, description = "SAME_PROFILE, MERGED, CANNOT_MERGE, WRONG_WAY, SECOND_PERSON_NEEDED, MERGES_ELSEWHERE, NOT_WAITING, IDEMPOTENCY_KEY_REUSED"),
        (status = 422, description = "No such profile in `into`, no reason, or another decision"),
    )
)]
async fn merge(call: Call, key: Once, Seg(id): Seg<OrganizationId>, body: Body<MergeInput>) -> ApiResult {
    let Body { value, raw } = body;
    let actor = call.actor()?;
    policy::may_decide(&actor)?;
    let asked = value.parse()?;
    let state = if asked.1 == Say::Drop { MergeState::Dropped } else { MergeState::Merged };
    let operation = format!("POST /admin/organizations/{id}/merge");
    let receipt = key
        .run(
            &call,
            &operation,
            &raw,
            |ctx| async move { merging::merge(&ctx, &actor, id, asked).await },
            |ctx, result| async move { merging::earlier(&ctx, id, state, &result).await },
        )
        .await?;
    Ok(ok(&receipt))
}
