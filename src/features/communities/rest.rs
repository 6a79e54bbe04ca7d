//! Communities over REST: signing up, the list, profiles, and the decisions of staff. Translates, and nothing else.

use super::{
    policy,
    rules::{DecisionInput, ListAsk, ProfileInput, RegistrationAnswer, SignupInput},
    service::{self, CommunityRef},
    views::{CommunityPage, CommunityView, RegistrationAnswered, ReviewView, SignupView},
};
use crate::{
    features::organizations::service::{LogoChange, picture},
    kernel::{
        error::AppError,
        fields::Check,
        ids::CommunityId,
        labels::{CommunityType, Region},
        page::PageRequest,
    },
    platform::web::{ApiResult, Body, Call, Params, Seg, created, ok, once::Once, over},
};
use serde::Deserialize;
use serde_json::Value;
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn routes() -> OpenApiRouter<()> {
    OpenApiRouter::new()
        .routes(routes!(signup))
        .routes(routes!(answer_registration))
        .routes(routes!(list))
        .routes(routes!(get))
        .routes(routes!(edit))
        .routes(routes!(set_status))
}

/// Registers a community. Its owner gets a mail with a link to confirm the address; a password sent along is ignored.
#[utoipa::path(
    post, path = "/auth/signup-community", tag = "auth", request_body = SignupInput,
    responses(
        (status = 201, description = "Registered; the owner was mailed", body = SignupView),
        (status = 409, description = "The idempotency key was used for another body; SLUG_TAKEN: very many communities have this name"),
        (status = 422, description = "Fields that need attention"),
        (status = 429, description = "More than 5 sign-ups an hour from one address"),
    )
)]
async fn signup(call: Call, once: Once, body: Body<SignupInput>) -> ApiResult {
    let signup = body.value.parse()?;
    let person = call.fully_signed_in()?;
    let view = once
        .run(
            &call,
            "POST /auth/signup-community",
            &body.raw,
            |ctx| {
                let call = &call;
                let signup = &signup;
                async move { service::register(&ctx, call.voice(), person, signup, None).await }
            },
            |ctx, id| async move { service::registered(&ctx, id.parse().map_err(|_| AppError::NotFound)?).await },
        )
        .await?;
    Ok(created(&view))
}

/// Say whether a community is yours
///
/// It was registered with your address as its owner's. Your yes is what following the mailed link is, and needs no link: our staff
/// look at it then. After a no nobody asks you again.
#[utoipa::path(
    post, path = "/communities/{communityId}/owner", tag = "communities", request_body = RegistrationAnswer,
    params(("communityId" = String, Path, description = "The community, as signing up gave it")),
    responses(
        (status = 200, description = "Answered", body = RegistrationAnswered),
        (status = 401, description = "Nobody is signed in"),
        (status = 403, description = "SECOND_FACTOR_REQUIRED"),
        (status = 404, description = "No community waits for a word of yours there"),
        (status = 409, description = "IDEMPOTENCY_KEY_REUSED"),
        (status = 422, description = "Neither yes nor no, or a no to what you registered yourself"),
    )
)]
async fn answer_registration(call: Call, once: Once, Seg(id): Seg<CommunityId>, body: Body<RegistrationAnswer>) -> ApiResult {
    let person = call.person()?;
    let yes = body.value.parse()?;
    once.change(&call, &format!("POST /communities/{id}/owner"), &body.raw, |ctx| async move {
        service::answer_registration(&ctx, person, id, yes).await
    })
    .await?;
    Ok(ok(&RegistrationAnswered::new(id, yes)))
}

#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(rename_all = "camelCase", default)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
struct ListParams {
    community_type: Option<String>,
    region: Option<String>,
    /// As communities write it: `India`.
    country: Option<String>,
    page: Option<u32>,
    limit: Option<u32>,
    cursor: Option<String>,
}

/// Communities on the marketplace
///
/// Approved and active ones, by their slugs.
#[utoipa::path(
    get, path = "/communities", tag = "communities", params(ListParams),
    responses(
        (status = 200, description = "Communities", body = CommunityPage),
        (status = 422, description = "A parameter is unknown or out of bounds"),
    )
)]
async fn list(call: Call, Params(params): Params<ListParams>) -> ApiResult {
    let said = |text: Option<String>| text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    let mut check = Check::default();
    let ask = ListAsk {
        community_type: said(params.community_type).and_then(|text| check.take("communityType", CommunityType::parse(&text))),
        region: said(params.region).and_then(|text| check.take("region", Region::parse(&text))),
        country: said(params.country),
    };
    check.finish()?;
    let page = PageRequest::from_wire(params.page, params.limit, params.cursor)?;
    Ok(ok(&service::list(&call.ctx, &ask, &page).await?))
}

/// One community
///
/// Its contact, its standing and the `version` that an edit must name are there for its own people.
#[utoipa::path(
    get, path = "/communities/{communityId}", tag = "communities",
    params(("communityId" = String, Path, description = "Its id or slug")),
    responses(
        (status = 200, description = "As far as you may see it", body = CommunityView),
        (status = 404, description = "None that you can see"),
    )
)]
async fn get(call: Call, Seg(by): Seg<CommunityRef>) -> ApiResult {
    Ok(ok(&service::get_by(&call.ctx, call.maybe_viewer().as_ref(), &by).await?))
}

/// Edit your community's profile
///
/// Fields that are left out stay as they are, and so do addresses that `socialLinks` leaves out; `version` is the one that you
/// read. `logo` takes the key of a picture from `POST /uploads/logos`, to put in the place of the old one.
#[utoipa::path(
    patch, path = "/communities/{communityId}", tag = "communities", request_body = ProfileInput,
    params(("communityId" = String, Path, description = "The community that you act for")),
    responses(
        (status = 200, description = "Edited", body = CommunityView),
        (status = 401, description = "Nobody is signed in"),
        (status = 403, description = "Your role cannot edit the profile"),
        (status = 404, description = "Not the community that you act for"),
        (status = 409, description = "VERSION_CONFLICT: somebody else edited it meanwhile; REJECTED, IDEMPOTENCY_KEY_REUSED"),
        (status = 422, description = "Fields that need attention"),
    )
)]
async fn edit(call: Call, once: Once, Seg(id): Seg<CommunityId>, body: Body<Value>) -> ApiResult {
    let actor = call.actor()?;
    if actor.community() != Some(id) {
        return Err(AppError::NotFound);
    }
    policy::may_edit_profile(&actor)?;
    let mut sent = body.value;
    let logo = match sent.as_object_mut().and_then(|sent| sent.remove("logo")) {
        None => None,
        Some(Value::String(key)) => match picture(&call.ctx, "logo", key.trim()).await? {
            LogoChange::Replace(logo) => Some(logo),
            _ => return Err(AppError::invalid("logo", "A logo can only be replaced. Leave this out to keep the one you have.")),
        },
        Some(_) => return Err(AppError::invalid("logo", "Send the key of a stored picture.")),
    };
    let input = over(service::profile_page(&call.ctx, &actor).await?.input, &sent)?;
    let details = input.parse()?;
    let (actor, details) = (&actor, &details);
    once.change(&call, &format!("PATCH /communities/{id}"), &body.raw, |ctx| async move {
        service::edit_profile(&ctx, actor, input.version, details, logo).await
    })
    .await?;
    Ok(ok(&service::get_by(&call.ctx, Some(actor), &CommunityRef::Id(id)).await?))
}

/// Staff approve, reject, ask for more, suspend, or restore.
#[utoipa::path(
    patch, path = "/admin/communities/{id}/status", tag = "admin", request_body = DecisionInput,
    params(("id" = String, Path, description = "The community")),
    responses(
        (status = 200, description = "Decided", body = ReviewView),
        (status = 401, description = "Nobody is signed in"),
        (status = 403, description = "Only staff who review, with their second factor given; CONFLICT_OF_INTEREST"),
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
    once.change(&call, &format!("PATCH /admin/communities/{id}/status"), &body.raw, |ctx| async move {
        service::decide(&ctx, actor, id, decision, reason).await
    })
    .await?;
    Ok(ok(&service::review(&call.ctx, actor, id).await?))
}
