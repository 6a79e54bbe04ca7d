//! `/sponsors`: apply, the directory, one profile, its editing, and the decisions of staff. Translates, and nothing else.
//! (`/sponsors/dashboard` is the requests room's.)

use super::{
    claims, directory, life, logos,
    rules::{
        DecisionInput, application::ApplicationInput, claims::AddInput, moves::AnswerInput, profile::ProfileInput,
        search::DirectoryQuery,
    },
    service::{self, LogoChange, OrganizationRef, Pictures},
    views::{AppliedView, DirectoryView, OrganizationView, ProofView, UploadedLogo},
};
use crate::{
    kernel::{
        error::{AppError, AppResult},
        ids::{LogoId, OrganizationId},
        page::PageRequest,
        pictures,
    },
    platform::{
        ctx::Ctx,
        web::{ApiResult, Body, Call, MAX_JSON, Params, Seg, created, form::Typed, ok, once::Once, over},
    },
};
use axum::extract::{RawQuery, Request};
use base64::Engine as _;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn routes() -> OpenApiRouter<()> {
    OpenApiRouter::new()
        .routes(routes!(list, add))
        .routes(routes!(apply))
        .routes(routes!(get, edit))
        .routes(routes!(verify))
        .routes(routes!(answer))
        .routes(routes!(ask_checks))
        .routes(routes!(change_slug))
        .routes(routes!(withdraw_website))
        .routes(routes!(answer_website))
        .routes(routes!(invite))
        .routes(routes!(claim))
        .routes(routes!(answer_claim))
        .routes(routes!(ask_proof))
        .routes(routes!(check_proof))
        .routes(routes!(upload))
}

#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
#[expect(dead_code, reason = "it documents what `DirectoryQuery` and `Bounds` read")]
struct ListParams {
    /// Words of the name, the industry, the technologies or the descriptions. Where a word is nowhere, it is taken for those that
    /// begin so (`saidBegun`), or its typing mistakes are forgiven (`saidInstead`).
    search: Option<String>,
    /// May be said several times, as every parameter below: whoever has one of the values fits.
    industry: Option<String>,
    region: Option<String>,
    /// By any usual name. Whoever has all of them fits.
    technology: Option<String>,
    /// For approved communities.
    sponsorship_type: Option<String>,
    /// The key of a band, `INR:200000-500000`. For approved communities.
    budget: Option<String>,
    event_type: Option<String>,
    entity_type: Option<String>,
    /// `true` leaves out whom communities added.
    verified: Option<String>,
    /// `relevance` (as without), `reputation`, `newest` or `name`.
    sort: Option<String>,
    page: Option<u32>,
    limit: Option<u32>,
    /// `nextCursor` or `previousCursor` of an answer to the same question.
    cursor: Option<String>,
}

/// The directory
///
/// Verified and community-added organizations, narrowed and counted.
#[utoipa::path(
    get, path = "/sponsors", tag = "sponsors", params(ListParams),
    responses(
        (status = 200, description = "Organizations", body = DirectoryView),
        (status = 422, description = "A parameter is unknown or out of bounds, or not open to you"),
    )
)]
async fn list(call: Call, RawQuery(query): RawQuery, Params(params): Params<Bounds>) -> ApiResult {
    let page = PageRequest::from_wire(params.page, params.limit, params.cursor)?;
    let (query, wrong) = DirectoryQuery::parse(query.as_deref().unwrap_or_default());
    if !wrong.is_empty() {
        return Err(AppError::Invalid(wrong));
    }
    let view = directory::list(&call.ctx, call.maybe_viewer().as_ref(), &query, &page).await?;
    match view.closed.first() {
        Some(facet) => Err(AppError::invalid(facet, "Only approved communities see what organizations give, and how much.")),
        None => Ok(ok(&view)),
    }
}

/// What of [`ListParams`] is no question.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Bounds {
    page: Option<u32>,
    limit: Option<u32>,
    cursor: Option<String>,
}

/// Apply to join as a sponsor or partner
///
/// Staff check every application. The official e-mail gets a link with which a password is set; none is ever sent. `logo` holds
/// the picture itself, of up to 2 MB before it is written as base64; no other call takes more than 256 kB of JSON.
#[utoipa::path(
    post, path = "/sponsors/apply", tag = "sponsors", request_body = ApplicationInput,
    responses(
        (status = 201, description = "The application waits for verification", body = AppliedView),
        (status = 409, description = "The idempotency key was used for another body"),
        (status = 422, description = "Fields that need attention; the logo is one of them, also when the body is too large"),
        (status = 429, description = "Too many applications from one address"),
    )
)]
async fn apply(call: Call, once: Once, request: Request) -> ApiResult {
    let body = Body::<ApplicationInput>::read(request, MOST_WITH_A_LOGO, too_heavy).await?;
    let (parsed, picture) = (body.value.parse(), picture(&body.value.logo));
    let (application, picture) = both(parsed.map_err(AppError::from), picture)?;
    let person = call.fully_signed_in()?;
    let view = once
        .run(
            &call,
            "POST /sponsors/apply",
            &body.raw,
            |ctx| async move {
                let logo = store(&ctx, picture).await?;
                let id = service::apply(&ctx, person, application, logo).await?;
                applied(&ctx, id).await
            },
            |ctx, id| async move { applied(&ctx, id.parse().map_err(|_| AppError::NotFound)?).await },
        )
        .await?;
    Ok(created(&view))
}

async fn applied(ctx: &Ctx, id: OrganizationId) -> AppResult<AppliedView> {
    Ok(AppliedView::new(id, service::known_profile(ctx, id).await?))
}

/// Both, or every problem of both.
fn both<A, B>(a: AppResult<A>, b: AppResult<B>) -> AppResult<(A, B)> {
    match (a, b) {
        (Ok(a), Ok(b)) => Ok((a, b)),
        (Err(AppError::Invalid(mut first)), Err(AppError::Invalid(second))) => {
            for (path, message) in second.0 {
                first.add(path, message);
            }
            Err(AppError::Invalid(first))
        }
        (Err(error), _) | (_, Err(error)) => Err(error),
    }
}

/// An application with the largest logo: four characters of base64 for three bytes, and the rest of it.
const MOST_WITH_A_LOGO: usize = pictures::MAX_BYTES.div_ceil(3) * 4 + MAX_JSON;

fn too_heavy() -> AppError {
    AppError::invalid("logo", pictures::too_heavy())
}

fn picture(text: &str) -> AppResult<Vec<u8>> {
    let text = text.trim();
    if text.is_empty() {
        return Err(AppError::invalid("logo", "Send the logo: a PNG, JPEG, WebP or SVG file as base64."));
    }
    let base64 = if text.starts_with("data:") { text.split_once(";base64,").map_or("", |(_, data)| data) } else { text };
    let read = base64::engine::general_purpose::STANDARD.decode(base64);
    let read = read.map_err(|_| AppError::invalid("logo", "This is not base64. Send the file's bytes in standard base64."))?;
    if read.len() > pictures::MAX_BYTES { Err(too_heavy()) } else { Ok(read) }
}

async fn store(ctx: &Ctx, picture: Vec<u8>) -> AppResult<LogoId> {
    logos::store_logo(ctx, picture).await
}

/// One organization
///
/// Budget, sponsorship types and e-mails are there for its own people, staff, and approved communities; the ids of what waits
/// for a decision (`proposedWebsiteId`, `openClaims`) for staff, that of the website for its own people too.
#[utoipa::path(
    get, path = "/sponsors/{organizationId}", tag = "sponsors",
    params(("organizationId" = String, Path, description = "Its id or slug")),
    responses(
        (status = 200, description = "As far as you may see it", body = OrganizationView),
        (status = 404, description = "None that you can see"),
    )
)]
async fn get(call: Call, Seg(by): Seg<OrganizationRef>) -> ApiResult {
    Ok(ok(&service::get_by(&call.ctx, call.maybe_viewer().as_ref(), &by).await?))
}

/// Edit your organization's profile
///
/// Fields that are left out stay as they are; `version` is the one that you read. `logo`, `logoOnDark` and `wordmark` take
/// the key of a picture from `POST /uploads/logos`; an empty one takes the picture away (a logo can only be replaced).
/// Another website of a verified organization becomes a proposal (`proposedWebsite`): the old one keeps its standing until
/// staff have approved it.
#[utoipa::path(
    patch, path = "/sponsors/{organizationId}", tag = "sponsors", request_body = ProfileInput,
    params(("organizationId" = String, Path, description = "The organization that you act for")),
    responses(
        (status = 200, description = "Edited", body = OrganizationView),
        (status = 401, description = "Nobody is signed in"),
        (status = 403, description = "Your role cannot edit the profile"),
        (status = 404, description = "Not the organization that you act for"),
        (status = 409, description = "VERSION_CONFLICT: somebody else edited it meanwhile; DISABLED; of the website: WEBSITE_UNCHANGED, NOTHING_TO_KEEP"),
        (status = 422, description = "Fields that need attention"),
    )
)]
async fn edit(call: Call, once: Once, Seg(id): Seg<OrganizationId>, body: Body<Value>) -> ApiResult {
    let actor = call.actor()?;
    if actor.organization() != Some(id) {
        return Err(AppError::NotFound);
    }
    let mut sent = body.value.clone();
    let mut pictures = Pictures::default();
    for (field, picture) in
        [("logo", &mut pictures.logo), ("logoOnDark", &mut pictures.logo_on_dark), ("wordmark", &mut pictures.wordmark)]
    {
        match sent.as_object_mut().and_then(|sent| sent.remove(field)) {
            None => {}
            Some(Value::Null) => *picture = LogoChange::Remove,
            Some(Value::String(key)) => *picture = service::picture(&call.ctx, field, key.trim()).await?,
            Some(_) => return Err(AppError::invalid(field, "Send the key of a stored picture.")),
        }
    }
    let input = over(service::profile(&call.ctx, &actor).await?.input, &sent)?;
    let (actor, input) = (&actor, &input);
    let view = once
        .run(
            &call,
            &format!("PATCH /sponsors/{id}"),
            &body.raw,
            |ctx| async move { service::edit_profile(&ctx, actor, input, pictures).await },
            |ctx, _| async move { service::get(&ctx, Some(actor), id).await },
        )
        .await?;
    Ok(ok(&view))
}

/// Decide on an organization
///
/// For staff: `verify`, `more` (the reason is the question), `refuse`, `disable`, `restore` or `keep`. Disabling a verified
/// organization takes two of them: the first call proposes it, one of somebody else confirms it (or keeps it).
#[utoipa::path(
    post, path = "/sponsors/{organizationId}/verify", tag = "sponsors", request_body = DecisionInput,
    params(("organizationId" = String, Path, description = "The organization")),
    responses(
        (status = 200, description = "Decided", body = OrganizationView),
        (status = 401, description = "Nobody is signed in"),
        (status = 403, description = "Only staff who review, with their second factor given; CONFLICT_OF_INTEREST"),
        (status = 404, description = "No such organization"),
        (status = 409, description = "NOT_WAITING: there is nothing to decide that way; NO_ONE_TO_ASK; SECOND_PERSON_NEEDED; MERGED; DOMAIN_TAKEN, naming the holder"),
        (status = 422, description = "An unknown decision, or a reason that is missing"),
    )
)]
async fn verify(call: Call, once: Once, Seg(id): Seg<OrganizationId>, body: Body<DecisionInput>) -> ApiResult {
    let actor = call.actor()?;
    super::policy::may_review(&actor)?;
    let decision = body.value.parse()?;
    let actor = &actor;
    once.change(&call, &format!("POST /sponsors/{id}/verify"), &body.raw, |ctx| async move {
        service::decide(&ctx, actor, id, decision).await
    })
    .await?;
    Ok(ok(&service::get(&call.ctx, Some(actor), id).await?))
}

/// Add an organization that is not here
///
/// For approved communities. It stands in the directory as `Community Added`; a request to it waits until somebody of theirs
/// has claimed it.
#[utoipa::path(
    post, path = "/sponsors", tag = "sponsors", request_body = AddInput,
    responses(
        (status = 201, description = "Added", body = OrganizationView),
        (status = 401, description = "Nobody is signed in"),
        (status = 403, description = "Not an approved community, or not in a role that writes to sponsors; NOT_APPROVED"),
        (status = 409, description = "ALREADY_HERE, naming the profile; APPLICATION_WAITS"),
        (status = 422, description = "Fields that need attention; `confirm` names similar profiles"),
        (status = 429, description = "Too many in a day"),
    )
)]
async fn add(call: Call, once: Once, body: Body<AddInput>) -> ApiResult {
    let actor = call.actor()?;
    super::policy::may_add(&actor)?;
    let (actor, input) = (&actor, &body.value);
    let view = once
        .run(
            &call,
            "POST /sponsors",
            &body.raw,
            |ctx| async move { claims::add(&ctx, actor, input).await },
            |ctx, id| async move { service::get(&ctx, Some(actor), id.parse().map_err(|_| AppError::NotFound)?).await },
        )
        .await?;
    Ok(created(&view))
}

#[derive(Debug, Default, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase", default)]
#[schema(as = OrganizationAnswerToStaff)]
struct AnswerBody {
    /// What was changed, or the answer to the question.
    answer: String,
}

/// Answer what staff asked for
///
/// The application waits for staff again, at its old place in the queue.
#[utoipa::path(
    post, path = "/sponsors/{organizationId}/answer", tag = "sponsors", request_body = AnswerBody,
    params(("organizationId" = String, Path, description = "The organization that you act for")),
    responses(
        (status = 200, description = "Answered", body = OrganizationView),
        (status = 401, description = "Nobody is signed in"),
        (status = 403, description = "Your role cannot edit the profile"),
        (status = 404, description = "Not the organization that you act for"),
        (status = 409, description = "NOTHING_ASKED"),
        (status = 422, description = "The answer is missing or too long"),
    )
)]
async fn answer(call: Call, once: Once, Seg(id): Seg<OrganizationId>, body: Body<AnswerBody>) -> ApiResult {
    let actor = own(&call, id)?;
    let (actor, text) = (&actor, body.value.answer.as_str());
    let view = once
        .run(
            &call,
            &format!("POST /sponsors/{id}/answer"),
            &body.raw,
            |ctx| async move {
                service::resubmit(&ctx, actor, text).await?;
                service::get(&ctx, Some(actor), id).await
            },
            |ctx, _| async move { service::get(&ctx, Some(actor), id).await },
        )
        .await?;
    Ok(ok(&view))
}

/// The caller, acting for this organization.
fn own(call: &Call, id: OrganizationId) -> AppResult<crate::kernel::actor::Actor> {
    let actor = call.actor()?;
    if actor.organization() == Some(id) { Ok(actor) } else { Err(AppError::NotFound) }
}

/// Run the checks again
///
/// For staff. They run in the background; what they find stands on the organization's page of the staff.
#[utoipa::path(
    post, path = "/sponsors/{organizationId}/checks", tag = "sponsors",
    params(("organizationId" = String, Path, description = "The organization")),
    responses(
        (status = 200, description = "They will run", body = OrganizationView),
        (status = 401, description = "Nobody is signed in"),
        (status = 403, description = "Only staff who review, with their second factor given"),
        (status = 404, description = "No such organization"),
        (status = 409, description = "MERGED"),
    )
)]
async fn ask_checks(call: Call, once: Once, Seg(id): Seg<OrganizationId>) -> ApiResult {
    let actor = call.actor()?;
    super::policy::may_review(&actor)?;
    let actor = &actor;
    once.change(&call, &format!("POST /sponsors/{id}/checks"), b"", |ctx| async move { life::ask_checks(&ctx, actor, id).await })
        .await?;
    Ok(ok(&service::get(&call.ctx, Some(actor), id).await?))
}

#[derive(Debug, Default, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase", default)]
#[schema(as = OrganizationSlugInput)]
struct SlugBody {
    /// 3 to 60 lower-case letters and digits, with single dashes between words.
    slug: String,
}

/// Change your organization's address
///
/// The old address leads to the new one for ever, and is nobody else's.
#[utoipa::path(
    post, path = "/sponsors/{organizationId}/slug", tag = "sponsors", request_body = SlugBody,
    params(("organizationId" = String, Path, description = "The organization that you act for")),
    responses(
        (status = 200, description = "Changed; `X-CommDesk-Workspace` takes the new slug from now on", body = OrganizationView),
        (status = 401, description = "Nobody is signed in"),
        (status = 403, description = "Your role cannot edit the profile"),
        (status = 404, description = "Not the organization that you act for"),
        (status = 409, description = "SLUG_UNCHANGED; TOO_MANY_SLUGS; DISABLED"),
        (status = 422, description = "Not a slug, a word of ours, or one that is or was somebody else's"),
    )
)]
async fn change_slug(call: Call, once: Once, Seg(id): Seg<OrganizationId>, body: Body<SlugBody>) -> ApiResult {
    let actor = own(&call, id)?;
    let (actor, slug) = (&actor, body.value.slug.as_str());
    once.change(&call, &format!("POST /sponsors/{id}/slug"), &body.raw, |ctx| async move {
        life::change_slug(&ctx, actor, slug).await
    })
    .await?;
    Ok(ok(&service::get(&call.ctx, Some(actor), id).await?))
}

/// Withdraw the website that your organization proposed
#[utoipa::path(
    delete, path = "/sponsors/{organizationId}/proposed-website", tag = "sponsors",
    params(("organizationId" = String, Path, description = "The organization that you act for")),
    responses(
        (status = 200, description = "Withdrawn: the website stays as it is", body = OrganizationView),
        (status = 401, description = "Nobody is signed in"),
        (status = 403, description = "Your role cannot edit the profile"),
        (status = 404, description = "Not the organization that you act for"),
        (status = 409, description = "NOTHING_PROPOSED"),
    )
)]
async fn withdraw_website(call: Call, once: Once, Seg(id): Seg<OrganizationId>) -> ApiResult {
    let actor = own(&call, id)?;
    let actor = &actor;
    once.change(&call, &format!("DELETE /sponsors/{id}/proposed-website"), b"", |ctx| async move {
        life::withdraw_website(&ctx, actor).await
    })
    .await?;
    Ok(ok(&service::get(&call.ctx, Some(actor), id).await?))
}

/// Decide on a proposed website
///
/// For staff; `id` is the organization's `proposedWebsiteId`. Approved, it becomes the organization's website, and the checks
/// run again.
#[utoipa::path(
    post, path = "/sponsors/{organizationId}/proposed-website/decision", tag = "sponsors", request_body = AnswerInput,
    params(("organizationId" = String, Path, description = "The organization")),
    responses(
        (status = 200, description = "Decided", body = OrganizationView),
        (status = 401, description = "Nobody is signed in"),
        (status = 403, description = "Only staff who review, with their second factor given; CONFLICT_OF_INTEREST"),
        (status = 404, description = "No such organization"),
        (status = 409, description = "NOTHING_PROPOSED; DISABLED; DOMAIN_TAKEN, naming the holder"),
        (status = 422, description = "An unknown decision, or a reason that is missing"),
    )
)]
async fn answer_website(call: Call, once: Once, Seg(id): Seg<OrganizationId>, body: Body<AnswerInput>) -> ApiResult {
    let actor = call.actor()?;
    super::policy::may_review(&actor)?;
    let answer = body.value.parse()?;
    let actor = &actor;
    once.change(&call, &format!("POST /sponsors/{id}/proposed-website/decision"), &body.raw, |ctx| async move {
        life::answer_website(&ctx, actor, id, answer).await
    })
    .await?;
    Ok(ok(&service::get(&call.ctx, Some(actor), id).await?))
}

#[derive(Debug, Default, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase", default)]
#[schema(as = OrganizationMailboxInput)]
struct MailboxBody {
    /// At the domain of the organization's website.
    email: String,
}

/// Invite a mailbox to claim an organization
///
/// For approved communities, while nobody of a community-added organization is here.
#[utoipa::path(
    post, path = "/sponsors/{organizationId}/invitations", tag = "sponsors", request_body = MailboxBody,
    params(("organizationId" = String, Path, description = "The organization")),
    responses(
        (status = 200, description = "Invited, unless it was a few days ago", body = OrganizationView),
        (status = 401, description = "Nobody is signed in"),
        (status = 403, description = "Not an approved community, or not in a role that writes to sponsors; NOT_APPROVED"),
        (status = 404, description = "None that you can see"),
        (status = 409, description = "NOT_CLAIMABLE: it has people of its own"),
        (status = 422, description = "Not a mailbox at the organization's domain"),
        (status = 429, description = "Too many in a day"),
    )
)]
async fn invite(call: Call, once: Once, Seg(id): Seg<OrganizationId>, body: Body<MailboxBody>) -> ApiResult {
    let actor = call.actor()?;
    super::policy::may_add(&actor)?;
    let (actor, email) = (&actor, body.value.email.as_str());
    once.change(&call, &format!("POST /sponsors/{id}/invitations"), &body.raw, |ctx| async move {
        claims::invite(&ctx, actor, id, email).await
    })
    .await?;
    Ok(ok(&service::get(&call.ctx, Some(actor), id).await?))
}

/// What whoever claims an organization is told.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = OrganizationClaimAsked)]
struct ClaimAsked {
    /// What happens next.
    message: String,
}

fn link_sent() -> ClaimAsked {
    ClaimAsked { message: "We have mailed a link to that mailbox. Follow it; then our staff look at the claim.".into() }
}

/// Claim an organization that a community added
///
/// By a mailbox at its domain: a one-time link is mailed there. (The other way is a text in the domain's DNS, see
/// `…/domain-proof`.) Answered alike whether the mailbox is known or not.
#[utoipa::path(
    post, path = "/sponsors/{organizationId}/claims", tag = "sponsors", request_body = MailboxBody,
    params(("organizationId" = String, Path, description = "Its id or slug")),
    responses(
        (status = 201, description = "A link was mailed", body = ClaimAsked),
        (status = 404, description = "None that you can see"),
        (status = 409, description = "NOT_CLAIMABLE: it has people of its own"),
        (status = 422, description = "Not a mailbox at the organization's domain"),
        (status = 429, description = "Too many links to one mailbox, or from one address"),
    )
)]
async fn claim(call: Call, once: Once, Seg(by): Seg<OrganizationRef>, body: Body<MailboxBody>) -> ApiResult {
    let (voice, by, email) = (call.voice(), &by, body.value.email.as_str());
    let told = once
        .run(
            &call,
            &format!("POST /sponsors/{by:?}/claims"),
            &body.raw,
            |ctx| async move {
                claims::ask(&ctx, voice, by, email).await?;
                Ok(link_sent())
            },
            |_, _| async move { Ok(link_sent()) },
        )
        .await?;
    Ok(created(&told))
}

/// Decide on a claim
///
/// For staff; `id` is that of one of the organization's `openClaims`. Approved, the organization is verified and the claimant is
/// its admin.
#[utoipa::path(
    post, path = "/sponsors/{organizationId}/claims/decision", tag = "sponsors", request_body = AnswerInput,
    params(("organizationId" = String, Path, description = "The organization")),
    responses(
        (status = 200, description = "Decided", body = OrganizationView),
        (status = 401, description = "Nobody is signed in"),
        (status = 403, description = "Only staff who review, with their second factor given; CONFLICT_OF_INTEREST"),
        (status = 404, description = "No such organization or open claim"),
        (status = 409, description = "NOT_CLAIMABLE; CLAIM_NOT_PROVEN; DOMAIN_TAKEN"),
        (status = 422, description = "An unknown decision, or a reason that is missing"),
    )
)]
async fn answer_claim(call: Call, once: Once, Seg(id): Seg<OrganizationId>, body: Body<AnswerInput>) -> ApiResult {
    let actor = call.actor()?;
    super::policy::may_review(&actor)?;
    let answer = body.value.parse()?;
    let actor = &actor;
    once.change(&call, &format!("POST /sponsors/{id}/claims/decision"), &body.raw, |ctx| async move {
        claims::answer(&ctx, actor, id, answer).await
    })
    .await?;
    Ok(ok(&service::get(&call.ctx, Some(actor), id).await?))
}

/// Get the text that proves a domain
///
/// To publish as a TXT record at the domain. For an admin of the organization it raises the trust in the application; for
/// anybody else who is signed in it claims a community-added organization, or makes them the admin of a verified one that
/// nobody leads (any more), whether they belong to it or not. Asked again, it is the same text.
#[utoipa::path(
    post, path = "/sponsors/{organizationId}/domain-proof", tag = "sponsors",
    params(("organizationId" = String, Path, description = "Its id or slug")),
    responses(
        (status = 200, description = "The text, and where to publish it", body = ProofView),
        (status = 401, description = "Nobody is signed in"),
        (status = 404, description = "None that you can see"),
        (status = 409, description = "NOT_CLAIMABLE: it has people of its own; SHARED_HOST"),
    )
)]
async fn ask_proof(call: Call, once: Once, Seg(by): Seg<OrganizationRef>) -> ApiResult {
    let (person, by) = (call.person()?.as_ref(), &by);
    let view = once
        .run(
            &call,
            "POST /sponsors/domain-proof",
            format!("{by:?}").as_bytes(),
            |ctx| async move { claims::ask_proof(&ctx, person, by).await },
            |ctx, _| async move { claims::ask_proof(&ctx, person, by).await },
        )
        .await?;
    Ok(ok(&view))
}

/// Look for the text that proves a domain
#[utoipa::path(
    post, path = "/sponsors/{organizationId}/domain-proof/check", tag = "sponsors",
    params(("organizationId" = String, Path, description = "Its id or slug")),
    responses(
        (status = 200, description = "It is there: proven", body = ProofView),
        (status = 401, description = "Nobody is signed in"),
        (status = 404, description = "No text was asked for"),
        (status = 409, description = "PROOF_NOT_FOUND; DNS_UNAVAILABLE"),
        (status = 429, description = "Too many looks in an hour"),
    )
)]
async fn check_proof(call: Call, once: Once, Seg(by): Seg<OrganizationRef>) -> ApiResult {
    let (person, by) = (call.person()?.as_ref(), &by);
    let view = once
        .run(
            &call,
            "POST /sponsors/domain-proof/check",
            format!("{by:?}").as_bytes(),
            |ctx| async move { claims::check_proof(&ctx, person, by).await },
            |ctx, _| async move { claims::check_proof(&ctx, person, by).await },
        )
        .await?;
    Ok(ok(&view))
}

/// A picture.
#[derive(utoipa::ToSchema)]
#[expect(dead_code, reason = "it documents which field `upload` reads of a form")]
struct LogoFileInput {
    /// PNG, JPEG, WebP or SVG; up to 2 MB.
    #[schema(format = Binary, content_media_type = "application/octet-stream")]
    logo: String,
}

/// Upload a logo
///
/// As `multipart/form-data` with the file in `logo`: PNG, JPEG, WebP or SVG, up to 2 MB. It is drawn anew; the key that comes
/// back is what profiles take. The same picture twice is one, so that an `Idempotency-Key` changes nothing.
#[utoipa::path(
    post, path = "/uploads/logos", tag = "sponsors",
    request_body(content = LogoFileInput, content_type = "multipart/form-data"),
    responses(
        (status = 201, description = "Kept", body = UploadedLogo),
        (status = 401, description = "Nobody is signed in"),
        (status = 422, description = "No file, or one that is no picture, broken, too large or hostile; `logo` says which"),
        (status = 429, description = "Too many from one address"),
    )
)]
async fn upload(call: Call, _once: Once, request: Request) -> ApiResult {
    call.person()?;
    let typed = Typed::read(request).await?;
    let file = typed.upload("logo").ok_or_else(|| {
        AppError::invalid("logo", "Send multipart/form-data with the file in the field `logo`: a PNG, JPEG, WebP or SVG.")
    })?;
    let (_, uploaded) = logos::keep(&call.ctx, logos::of_upload(file)?).await?;
    Ok(created(&uploaded))
}
