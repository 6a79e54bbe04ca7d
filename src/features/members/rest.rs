//! `invitations`, `members` and `join-requests` over REST. Translates, and nothing else.

use super::{
    joins, roster,
    rules::roster::newcomer,
    service,
    views::{
        AcceptInput, AcceptedView, ImportInput, ImportReport, InvitationList, InviteInput, JoinDecisionInput, JoinInput,
        JoinList, JoinSentView, MemberInput, MemberList, MemberPatch, MemberView,
    },
};
use crate::{
    features::members::policy,
    kernel::{
        actor::Person,
        error::{AppError, AppResult},
        ids::{InvitationId, JoinRequestId, MemberId},
        page::PageRequest,
    },
    platform::web::{ApiResult, Body, Call, Params, Seg, created, ok, once::Once},
};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn routes() -> OpenApiRouter<()> {
    OpenApiRouter::new()
        .routes(routes!(list_invitations, invite))
        .routes(routes!(accept))
        .routes(routes!(revoke))
        .routes(routes!(resend))
        .routes(routes!(list_members, add_member))
        .routes(routes!(import))
        .routes(routes!(get_member, change_member, take_out))
        .routes(routes!(list_joins, ask))
        .routes(routes!(decide))
}

/// Nobody, or somebody who has given all that they owe.
pub(super) fn who(call: &Call) -> AppResult<Option<&Arc<Person>>> {
    match call.maybe_person()? {
        Some(_) => call.person().map(Some),
        None => Ok(None),
    }
}

fn no_result() -> AppError {
    AppError::broken("a key noted no result")
}

// ── Invitations ─────────────────────────────────────────────────────────────────────────────────────────────────────

/// Open invitations of the acting workspace
#[utoipa::path(
    get, path = "/invitations", tag = "people",
    params(("X-CommDesk-Workspace" = Option<String>, Header)),
    responses(
        (status = 200, description = "Newest first, expired ones too", body = InvitationList),
        (status = 401, description = "Nobody is signed in"),
        (status = 403, description = "The role does not manage people"),
        (status = 422, description = "WORKSPACE_REQUIRED"),
    )
)]
async fn list_invitations(call: Call) -> ApiResult {
    Ok(ok(&service::invitations(&call.ctx, &call.actor()?).await?))
}

/// Invites somebody into the acting workspace
///
/// They get a mail with a link that works for seven days.
#[utoipa::path(
    post, path = "/invitations", tag = "people", request_body = InviteInput,
    params(("Idempotency-Key" = Option<String>, Header), ("X-CommDesk-Workspace" = Option<String>, Header)),
    responses(
        (status = 201, description = "Invited; all open invitations", body = InvitationList),
        (status = 401, description = "Nobody is signed in"),
        (status = 403, description = "The role does not manage people or cannot give this role; NOT_APPROVED, NOT_VERIFIED"),
        (status = 409, description = "ALREADY_INVITED, ALREADY_A_MEMBER, IDEMPOTENCY_KEY_REUSED"),
        (status = 422, description = "Problems by field, or WORKSPACE_REQUIRED"),
        (status = 429, description = "More than ten a minute; see Retry-After"),
    )
)]
async fn invite(call: Call, once: Once, body: Body<InviteInput>) -> ApiResult {
    let actor = call.actor()?;
    let invitation = body.value.parse(policy::may_invite(&actor)?.workspace)?;
    let (actor, invitation) = (&actor, &invitation);
    once.change(&call, "POST /invitations", &body.raw, |ctx| async move { service::invite(&ctx, actor, invitation).await })
        .await?;
    Ok(created(&service::invitations(&call.ctx, actor).await?))
}

/// Writes an invitation's mail again
///
/// With a new link; the old one is dead at once.
#[utoipa::path(
    post, path = "/invitations/{invitationId}/resend", tag = "people",
    params(
        ("invitationId" = String, Path),
        ("Idempotency-Key" = Option<String>, Header),
        ("X-CommDesk-Workspace" = Option<String>, Header),
    ),
    responses(
        (status = 200, description = "Sent again; all open invitations", body = InvitationList),
        (status = 401, description = "Nobody is signed in"),
        (status = 403, description = "The role does not manage people; NOT_APPROVED, NOT_VERIFIED"),
        (status = 404, description = "No invitation of this workspace"),
        (status = 409, description = "INVITATION_ACCEPTED, INVITATION_REVOKED"),
        (status = 429, description = "More than ten a minute; see Retry-After"),
    )
)]
async fn resend(call: Call, once: Once, Seg(id): Seg<InvitationId>) -> ApiResult {
    let actor = call.actor()?;
    let actor = &actor;
    once.change(
        &call,
        &format!("POST /invitations/{id}/resend"),
        b"",
        |ctx| async move { service::resend(&ctx, actor, id).await },
    )
    .await?;
    Ok(ok(&service::invitations(&call.ctx, actor).await?))
}

/// Takes an invitation back
///
/// Its link opens nothing from this moment.
#[utoipa::path(
    delete, path = "/invitations/{invitationId}", tag = "people",
    params(
        ("invitationId" = String, Path),
        ("Idempotency-Key" = Option<String>, Header),
        ("X-CommDesk-Workspace" = Option<String>, Header),
    ),
    responses(
        (status = 200, description = "Taken back; all open invitations", body = InvitationList),
        (status = 401, description = "Nobody is signed in"),
        (status = 403, description = "The role does not manage people"),
        (status = 404, description = "No invitation of this workspace"),
        (status = 409, description = "INVITATION_ACCEPTED, INVITATION_REVOKED"),
    )
)]
async fn revoke(call: Call, once: Once, Seg(id): Seg<InvitationId>) -> ApiResult {
    let actor = call.actor()?;
    let actor = &actor;
    once.change(&call, &format!("DELETE /invitations/{id}"), b"", |ctx| async move { service::revoke(&ctx, actor, id).await })
        .await?;
    Ok(ok(&service::invitations(&call.ctx, actor).await?))
}

/// Accepts an invitation
///
/// Signed in with the invited address, or, for a new person, with nothing but the mailed token: then the answer has a token
/// to set the password with. Accepting twice is accepting once, with or without an idempotency key.
#[utoipa::path(
    post, path = "/invitations/accept", tag = "people", request_body = AcceptInput,
    params(("Idempotency-Key" = Option<String>, Header)),
    responses(
        (status = 200, description = "They belong to the workspace", body = AcceptedView),
        (status = 401, description = "The address has an account: sign in first"),
        (status = 404, description = "No such invitation, or a newer mail replaced its link"),
        (status = 409, description = "INVITATION_FOR_ANOTHER, INVITATION_EXPIRED, INVITATION_REVOKED, INVITATION_ACCEPTED, MEMBER_NOT_ACTIVE, SUSPENDED"),
        (status = 422, description = "A new person's name"),
    )
)]
async fn accept(call: Call, _once: Once, body: Body<AcceptInput>) -> ApiResult {
    // Not claimed: it is idempotent by itself, and its answer holds a secret that no replay could give again.
    let AcceptInput { token, name } = &body.value;
    Ok(ok(&service::accept(&call.ctx, who(&call)?, token, name).await?))
}

// ── Members ─────────────────────────────────────────────────────────────────────────────────────────────────────────

#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(rename_all = "camelCase", default)]
#[into_params(parameter_in = Query)]
struct ListParams {
    /// `On Boarding`, `Active`, `Inactive`, `Suspended` or `Banned`; everybody when absent.
    status: Option<String>,
    page: Option<u32>,
    limit: Option<u32>,
    cursor: Option<String>,
}

/// The people of the acting workspace
#[utoipa::path(
    get, path = "/members", tag = "people",
    params(ListParams, ("X-CommDesk-Workspace" = Option<String>, Header)),
    responses(
        (status = 200, description = "In the order in which they came; addresses only for those who manage people", body = MemberList),
        (status = 401, description = "Nobody is signed in"),
        (status = 403, description = "Not the workspace of an organization or a community"),
        (status = 422, description = "A parameter is out of bounds, or WORKSPACE_REQUIRED"),
    )
)]
async fn list_members(call: Call, Params(params): Params<ListParams>) -> ApiResult {
    let page = PageRequest::from_wire(params.page, params.limit, params.cursor)?;
    Ok(ok(&service::list(&call.ctx, &call.actor()?, params.status.as_deref().unwrap_or_default(), &page).await?))
}

/// Puts somebody on the acting community's list
///
/// On Boarding, with an activation link by mail; never with a password.
#[utoipa::path(
    post, path = "/members", tag = "people", request_body = MemberInput,
    params(("Idempotency-Key" = Option<String>, Header), ("X-CommDesk-Workspace" = Option<String>, Header)),
    responses(
        (status = 201, description = "On the list", body = MemberView),
        (status = 401, description = "Nobody is signed in"),
        (status = 403, description = "The role does not manage people or cannot give this role; NOT_APPROVED; not a community; NOT_VERIFIED"),
        (status = 409, description = "ALREADY_A_MEMBER, ALREADY_INVITED, IDEMPOTENCY_KEY_REUSED"),
        (status = 422, description = "Problems by field, or WORKSPACE_REQUIRED"),
        (status = 429, description = "More than a hundred onboarding requests an hour; see Retry-After"),
    )
)]
async fn add_member(call: Call, once: Once, body: Body<MemberInput>) -> ApiResult {
    let actor = call.actor()?;
    policy::may_onboard(&actor)?;
    let input = &body.value;
    let newcomer = newcomer(&input.first_name, &input.last_name, &input.email, &input.role)?;
    let (actor, newcomer) = (&actor, &newcomer);
    let id = once.make(&call, "POST /members", &body.raw, |ctx| async move { service::add(&ctx, actor, newcomer).await }).await?;
    Ok(created(&service::get(&call.ctx, actor, id).await?))
}

/// Imports a list of members
///
/// All or nothing, and repeatable: who is on the list with that role already is left alone. With `dryRun`, nothing changes
/// and every row's problem is listed.
#[utoipa::path(
    post, path = "/members/import", tag = "people", request_body = ImportInput,
    params(("Idempotency-Key" = Option<String>, Header), ("X-CommDesk-Workspace" = Option<String>, Header)),
    responses(
        (status = 200, description = "What was done, or would be", body = ImportReport),
        (status = 401, description = "Nobody is signed in"),
        (status = 403, description = "The role does not manage people; NOT_APPROVED; not a community; NOT_VERIFIED"),
        (status = 409, description = "IDEMPOTENCY_KEY_REUSED"),
        (status = 422, description = "Nothing was imported: problems as rows[3].email, or of the list as csv"),
        (status = 429, description = "More than a hundred onboarding requests an hour; see Retry-After"),
    )
)]
async fn import(call: Call, once: Once, body: Body<ImportInput>) -> ApiResult {
    let actor = call.actor()?;
    let ImportInput { csv, dry_run } = &body.value;
    if *dry_run {
        return Ok(ok(&roster::look(&call.ctx, &actor, csv).await?));
    }
    let actor = &actor;
    let report = once
        .run(
            &call,
            "POST /members/import",
            &body.raw,
            |ctx| async move { roster::import(&ctx, actor, csv).await },
            // Again: everybody is on the list by now.
            |ctx, _| async move { roster::look(&ctx, actor, csv).await.map(|report| ImportReport { dry_run: false, ..report }) },
        )
        .await?;
    Ok(ok(&report))
}

/// Somebody of the acting workspace
#[utoipa::path(
    get, path = "/members/{memberId}", tag = "people",
    params(("memberId" = String, Path), ("X-CommDesk-Workspace" = Option<String>, Header)),
    responses(
        (status = 200, description = "The member, with what you may do", body = MemberView),
        (status = 401, description = "Nobody is signed in"),
        (status = 403, description = "Not the workspace of an organization or a community"),
        (status = 404, description = "Nobody of this workspace"),
    )
)]
async fn get_member(call: Call, Seg(id): Seg<MemberId>) -> ApiResult {
    Ok(ok(&service::get(&call.ctx, &call.actor()?, id).await?))
}

/// Changes somebody
///
/// Managers: role, status (with a reason for Suspended and Banned), signatory, finance. Oneself: interests, bio, links.
#[utoipa::path(
    patch, path = "/members/{memberId}", tag = "people", request_body = MemberPatch,
    params(
        ("memberId" = String, Path),
        ("Idempotency-Key" = Option<String>, Header),
        ("X-CommDesk-Workspace" = Option<String>, Header),
    ),
    responses(
        (status = 200, description = "As they are now", body = MemberView),
        (status = 401, description = "Nobody is signed in"),
        (status = 403, description = "Not yours to change; NOT_APPROVED, NOT_VERIFIED"),
        (status = 404, description = "Nobody of this workspace"),
        (status = 409, description = "LAST_OWNER, LAST_ADMIN, STATUS_NOT_OPEN, REASON_NEEDED, VERSION_CONFLICT, ALREADY_INVITED"),
        (status = 422, description = "Problems by field"),
        (status = 429, description = "Inviting again: more than ten a minute"),
    )
)]
async fn change_member(call: Call, once: Once, Seg(id): Seg<MemberId>, body: Body<MemberPatch>) -> ApiResult {
    let actor = call.actor()?;
    let change = body.value.parse(policy::may_see(&actor)?)?;
    let (actor, change) = (&actor, &change);
    once.change(&call, &format!("PATCH /members/{id}"), &body.raw, |ctx| async move {
        service::change(&ctx, actor, id, change, service::PhotoChange::Keep).await
    })
    .await?;
    Ok(ok(&service::get(&call.ctx, actor, id).await?))
}

/// Leaves, or takes somebody out of an organization
///
/// In a community only oneself: others become Inactive by `PATCH`.
#[utoipa::path(
    delete, path = "/members/{memberId}", tag = "people",
    params(
        ("memberId" = String, Path),
        ("Idempotency-Key" = Option<String>, Header),
        ("X-CommDesk-Workspace" = Option<String>, Header),
    ),
    responses(
        (status = 200, description = "Out", body = MemberOut),
        (status = 401, description = "Nobody is signed in"),
        (status = 403, description = "The role does not manage people"),
        (status = 404, description = "Nobody of this workspace"),
        (status = 409, description = "LAST_OWNER, LAST_ADMIN, STATUS_NOT_OPEN"),
    )
)]
async fn take_out(call: Call, once: Once, Seg(id): Seg<MemberId>) -> ApiResult {
    let actor = call.actor()?;
    let actor = &actor;
    once.change(&call, &format!("DELETE /members/{id}"), b"", |ctx| async move { service::take_out(&ctx, actor, id).await })
        .await?;
    Ok(ok(&MemberOut { member_id: id }))
}

/// Somebody is out.
#[derive(Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
struct MemberOut {
    #[schema(value_type = String, format = "uuid")]
    member_id: MemberId,
}

// ── Asking to join ──────────────────────────────────────────────────────────────────────────────────────────────────

/// Who asks to join the acting organization
#[utoipa::path(
    get, path = "/join-requests", tag = "people",
    params(("X-CommDesk-Workspace" = Option<String>, Header)),
    responses(
        (status = 200, description = "The longest waiting first", body = JoinList),
        (status = 401, description = "Nobody is signed in"),
        (status = 403, description = "The role does not manage people, or not an organization"),
    )
)]
async fn list_joins(call: Call) -> ApiResult {
    Ok(ok(&joins::list(&call.ctx, &call.actor()?).await?))
}

/// Asks to join an organization
///
/// The admins of a verified organization decide; for another one, a mailbox at its own domain does.
#[utoipa::path(
    post, path = "/join-requests", tag = "people", request_body = JoinInput,
    params(("Idempotency-Key" = Option<String>, Header)),
    responses(
        (status = 201, description = "Asked", body = JoinSentView),
        (status = 401, description = "Nobody is signed in"),
        (status = 404, description = "No such organization"),
        (status = 409, description = "ALREADY_A_MEMBER, ALREADY_ASKED, NO_ONE_TO_ASK, CLAIM_IT, IDEMPOTENCY_KEY_REUSED"),
        (status = 422, description = "The mailbox is missing or belongs to another domain; the message is too long"),
        (status = 429, description = "More than ten an hour; see Retry-After"),
    )
)]
async fn ask(call: Call, once: Once, body: Body<JoinInput>) -> ApiResult {
    let person = call.person()?;
    let input = &body.value;
    let view = once
        .run(
            &call,
            "POST /join-requests",
            &body.raw,
            |ctx| async move { joins::ask(&ctx, person, input).await },
            |ctx, result| async move {
                joins::asked(&ctx, person, result.parse::<JoinRequestId>().map_err(|_| no_result())?).await
            },
        )
        .await?;
    Ok(created(&view))
}

/// Accepts with a role, or declines
#[utoipa::path(
    patch, path = "/join-requests/{joinRequestId}", tag = "people", request_body = JoinDecisionInput,
    params(
        ("joinRequestId" = String, Path),
        ("Idempotency-Key" = Option<String>, Header),
        ("X-CommDesk-Workspace" = Option<String>, Header),
    ),
    responses(
        (status = 200, description = "Decided; who still waits", body = JoinList),
        (status = 401, description = "Nobody is signed in"),
        (status = 403, description = "The role does not manage people, or not an organization"),
        (status = 404, description = "Nobody who asked this organization's admins"),
        (status = 409, description = "JOIN_DECIDED"),
        (status = 422, description = "Problems by field"),
    )
)]
async fn decide(call: Call, once: Once, Seg(id): Seg<JoinRequestId>, body: Body<JoinDecisionInput>) -> ApiResult {
    let actor = call.actor()?;
    let decision = body.value.parse()?;
    let (actor, decision) = (&actor, &decision);
    once.change(&call, &format!("PATCH /join-requests/{id}"), &body.raw, |ctx| async move {
        joins::decide(&ctx, actor, id, decision).await
    })
    .await?;
    Ok(ok(&joins::list(&call.ctx, actor).await?))
}
