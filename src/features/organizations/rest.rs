//! `/sponsors`: apply, the directory, one profile, its editing, and the decisions of staff. Translates, and nothing else.
//! (`/sponsors/dashboard` is the requests room's.)

use super::{
    logos,
    rules::{DecisionInput, application::ApplicationInput, profile::ProfileInput},
    service::{self, DirectoryAsk, LogoChange, OrganizationRef},
    views::{AppliedView, DirectoryView, OrganizationView},
};
use crate::{
    kernel::{
        error::{AppError, AppResult},
        ids::{LogoId, OrganizationId},
        labels::Industry,
        page::PageRequest,
    },
    platform::{
        ctx::Ctx,
        web::{ApiResult, Body, Call, Params, Seg, created, ok, once::Once},
    },
};
use base64::Engine as _;
use serde::Deserialize;
use serde_json::Value;
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn routes() -> OpenApiRouter<()> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(apply)).routes(routes!(get, edit)).routes(routes!(verify))
}

#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(rename_all = "camelCase", default)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
struct ListParams {
    /// Words of the name, the industry, the description or the technologies.
    search: Option<String>,
    industry: Option<String>,
    page: Option<u32>,
    limit: Option<u32>,
    cursor: Option<String>,
}

/// The directory
///
/// Verified and community-added organizations by name.
#[utoipa::path(
    get, path = "/sponsors", tag = "sponsors", params(ListParams),
    responses(
        (status = 200, description = "Organizations", body = DirectoryView),
        (status = 422, description = "A parameter is unknown or out of bounds"),
    )
)]
async fn list(call: Call, Params(params): Params<ListParams>) -> ApiResult {
    let page = PageRequest::from_wire(params.page, params.limit, params.cursor)?;
    let industry = params.industry.filter(|label| !label.is_empty()).map(|label| Industry::parse(&label)).transpose();
    let industry = industry.map_err(|problem| AppError::invalid("industry", problem.to_string()))?;
    let ask = DirectoryAsk { text: params.search.unwrap_or_default(), industry };
    Ok(ok(&service::list(&call.ctx, &ask, &page).await?))
}

/// Apply to join as a sponsor or partner
///
/// Staff check every application. The official e-mail gets a link with which a password is set; none is ever sent.
#[utoipa::path(
    post, path = "/sponsors/apply", tag = "sponsors", request_body = ApplicationInput,
    responses(
        (status = 201, description = "The application waits for verification", body = AppliedView),
        (status = 409, description = "The idempotency key was used for another body"),
        (status = 422, description = "Fields that need attention; the logo is one of them"),
        (status = 429, description = "Too many applications from one address"),
    )
)]
async fn apply(call: Call, once: Once, body: Body<ApplicationInput>) -> ApiResult {
    let (parsed, picture) = (body.value.parse(), picture(&body.value.logo));
    let (application, picture) = both(parsed.map_err(AppError::from), picture)?;
    let view = once
        .run(
            &call,
            "POST /sponsors/apply",
            &body.raw,
            |ctx| async move {
                let logo = store(&ctx, picture).await?;
                Ok(AppliedView::new(service::apply(&ctx, application, logo).await?))
            },
            |_, id| async move { Ok(AppliedView::new(id.parse().map_err(|_| AppError::NotFound)?)) },
        )
        .await?;
    Ok(created(&view))
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

fn picture(text: &str) -> AppResult<Vec<u8>> {
    let text = text.trim();
    if text.is_empty() {
        return Err(AppError::invalid("logo", "Send the logo: a PNG, JPEG, WebP or SVG file as base64."));
    }
    let base64 = if text.starts_with("data:") { text.split_once(";base64,").map_or("", |(_, data)| data) } else { text };
    let read = base64::engine::general_purpose::STANDARD.decode(base64);
    read.map_err(|_| AppError::invalid("logo", "This is not base64. Send the file's bytes in standard base64."))
}

async fn store(ctx: &Ctx, picture: Vec<u8>) -> AppResult<LogoId> {
    logos::store_logo(ctx, picture).await
}

/// One organization
///
/// Budget, sponsorship types and e-mails are there for its own people, staff, and approved communities.
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
/// Fields that are left out stay as they are; `version` is the one that you read.
#[utoipa::path(
    patch, path = "/sponsors/{organizationId}", tag = "sponsors", request_body = ProfileInput,
    params(("organizationId" = String, Path, description = "The organization that you act for")),
    responses(
        (status = 200, description = "Edited", body = OrganizationView),
        (status = 401, description = "Nobody is signed in"),
        (status = 403, description = "Your role cannot edit the profile"),
        (status = 404, description = "Not the organization that you act for"),
        (status = 409, description = "VERSION_CONFLICT: somebody else edited it meanwhile; DISABLED"),
        (status = 422, description = "Fields that need attention"),
    )
)]
async fn edit(call: Call, once: Once, Seg(id): Seg<OrganizationId>, body: Body<Value>) -> ApiResult {
    let actor = call.actor()?;
    if actor.organization() != Some(id) {
        return Err(AppError::NotFound);
    }
    let input = merged(service::profile(&call.ctx, &actor).await?.input, &body.value)?;
    let (actor, input) = (&actor, &input);
    let view = once
        .run(
            &call,
            &format!("PATCH /sponsors/{id}"),
            &body.raw,
            |ctx| async move { service::edit_profile(&ctx, actor, input, LogoChange::Keep).await },
            |ctx, _| async move { service::get(&ctx, Some(actor), id).await },
        )
        .await?;
    Ok(ok(&view))
}

/// The profile as it is, with what was sent in its place.
fn merged(current: ProfileInput, sent: &Value) -> AppResult<ProfileInput> {
    let Value::Object(sent) = sent else { return Err(AppError::invalid("", "Send a JSON object with the fields to change.")) };
    if !sent.contains_key("version") {
        return Err(AppError::invalid("version", "Send the version that you read."));
    }
    let mut all = serde_json::to_value(current).map_err(|error| AppError::Broken(error.into()))?;
    if let Value::Object(all) = &mut all {
        for (key, value) in sent {
            if !all.contains_key(key) {
                return Err(AppError::invalid(key.as_str(), "The profile has no such field."));
            }
            all.insert(key.clone(), value.clone());
        }
    }
    serde_json::from_value(all).map_err(|error| AppError::invalid("", format!("The JSON could not be read: {error}.")))
}

/// Decide on an organization
///
/// For staff: `verify`, `more` (the reason is the question), `refuse` or `disable`.
#[utoipa::path(
    post, path = "/sponsors/{organizationId}/verify", tag = "sponsors", request_body = DecisionInput,
    params(("organizationId" = String, Path, description = "The organization")),
    responses(
        (status = 200, description = "Decided", body = OrganizationView),
        (status = 401, description = "Nobody is signed in"),
        (status = 403, description = "Only staff who review, with their second factor given; CONFLICT_OF_INTEREST"),
        (status = 404, description = "No such organization"),
        (status = 409, description = "NOT_WAITING: there is nothing to decide that way; DOMAIN_TAKEN, naming the holder"),
        (status = 422, description = "An unknown decision, or a reason that is missing"),
    )
)]
async fn verify(call: Call, once: Once, Seg(id): Seg<OrganizationId>, body: Body<DecisionInput>) -> ApiResult {
    let actor = call.actor()?;
    super::policy::may_review(&actor)?;
    let decision = body.value.parse()?;
    let actor = &actor;
    let view = once
        .run(
            &call,
            &format!("POST /sponsors/{id}/verify"),
            &body.raw,
            |ctx| async move { service::decide(&ctx, actor, id, decision).await },
            |ctx, _| async move { service::get(&ctx, Some(actor), id).await },
        )
        .await?;
    Ok(ok(&view))
}
