//! Who stands on an event's page, over REST: `partners` are all 33 labels, and how its community manages them; `sponsors` is the
//! same store limited to the 21 of sponsors. What the page does not show is in neither list, but for the community itself.

use super::{
    rules::{Labels, read_reason},
    service,
    views::{AssignmentPage, AssignmentView, PartnerInput, PartnerPage, RemovalInput, RemovedView},
};
use crate::{
    kernel::{
        ids::{EventId, PartnerLinkId},
        page::PageRequest,
    },
    platform::web::{ApiResult, Body, Call, Params, Seg, Segs, created, ok, once::Once},
};
use serde::Deserialize;
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn routes() -> OpenApiRouter<()> {
    OpenApiRouter::new().routes(routes!(list, add)).routes(routes!(edit, remove)).routes(routes!(sponsors, add_sponsor))
}

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct ListParams {
    /// Part of a name.
    search: Option<String>,
    page: Option<u32>,
    limit: Option<u32>,
    cursor: Option<String>,
}

/// Who stands on an event's page
///
/// All 33 categories, in the order of the page. Whoever sees the requests of the event's community or manages its partners sees
/// hidden ones too, and the `requestId` of agreements; everybody else sees what the page shows.
#[utoipa::path(
    get, path = "/events/{eventId}/partners", tag = "events",
    params(("eventId" = String, Path, description = "The event's id"), ListParams),
    responses(
        (status = 200, description = "Sponsors and partners", body = AssignmentPage),
        (status = 404, description = "No such event, or not yours to know of"),
        (status = 422, description = "A parameter is out of bounds"),
    )
)]
async fn list(call: Call, Seg(event): Seg<EventId>, Params(params): Params<ListParams>) -> ApiResult {
    let page = PageRequest::from_wire(params.page, params.limit, params.cursor)?;
    let viewer = call.maybe_viewer();
    Ok(ok(&service::list(&call.ctx, viewer.as_ref(), event, params.search.as_deref(), &page).await?))
}

/// Puts somebody on an event's page
///
/// Takes an `organizationId` of the directory, or a `name` of somebody who may not be in it: whoever has the `website`, or the
/// name, is meant. Somebody new becomes a profile of the directory ("Community Added"), by a name alone too; a `website` and a
/// `contactEmail` are kept with it. Where somebody has applied with that website, the name stands on the page only. All 33 categories; without one it is `Official Partner`.
#[utoipa::path(
    post, path = "/events/{eventId}/partners", tag = "events", request_body = PartnerInput,
    params(("eventId" = String, Path, description = "The event's id")),
    responses(
        (status = 201, description = "They stand on the page", body = AssignmentView),
        (status = 401, description = "Nobody is signed in"),
        (status = 403, description = "The role cannot manage partners"),
        (status = 404, description = "No such event in your community"),
        (status = 409, description = "ALREADY_ON_EVENT with this category; EVENT_ARCHIVED; ORGANIZATION_DISABLED; the key was used for another body; ALREADY_HERE: somebody added the same website at the same moment"),
        (status = 422, description = "Fields that need attention: an unknown category, an unknown organization"),
    )
)]
async fn add(call: Call, once: Once, Seg(event): Seg<EventId>, body: Body<PartnerInput>) -> ApiResult {
    added(call, once, event, body, Labels::All, "partners").await
}

/// Sponsors of an event, as everybody sees them
///
/// The visible ones of the 21 sponsor categories, in the order of the page.
#[utoipa::path(
    get, path = "/events/{eventId}/sponsors", tag = "events",
    params(("eventId" = String, Path, description = "The event's id"), ListParams),
    responses(
        (status = 200, description = "The sponsors", body = PartnerPage),
        (status = 404, description = "No such event, or not yours to know of"),
        (status = 422, description = "A parameter is out of bounds"),
    )
)]
async fn sponsors(call: Call, Seg(event): Seg<EventId>, Params(params): Params<ListParams>) -> ApiResult {
    let page = PageRequest::from_wire(params.page, params.limit, params.cursor)?;
    let viewer = call.maybe_viewer();
    Ok(ok(&service::sponsors(&call.ctx, viewer.as_ref(), event, params.search.as_deref(), &page).await?))
}

/// Puts a sponsor of the directory on an event's page
///
/// Needs an `organizationId` and one of the 21 sponsor categories.
#[utoipa::path(
    post, path = "/events/{eventId}/sponsors", tag = "events", request_body = PartnerInput,
    params(("eventId" = String, Path, description = "The event's id")),
    responses(
        (status = 201, description = "They stand on the page", body = AssignmentView),
        (status = 401, description = "Nobody is signed in"),
        (status = 403, description = "The role cannot manage partners"),
        (status = 404, description = "No such event in your community"),
        (status = 409, description = "ALREADY_ON_EVENT with this category; EVENT_ARCHIVED; the key was used for another body"),
        (status = 422, description = "Fields that need attention: no organization, no sponsor category"),
    )
)]
async fn add_sponsor(call: Call, once: Once, Seg(event): Seg<EventId>, body: Body<PartnerInput>) -> ApiResult {
    added(call, once, event, body, Labels::Sponsors, "sponsors").await
}

async fn added(call: Call, once: Once, event: EventId, body: Body<PartnerInput>, labels: Labels, what: &str) -> ApiResult {
    let actor = &call.actor()?;
    let input = &body.value;
    let one = |id: String| id.parse::<PartnerLinkId>().map_err(|_| crate::kernel::error::AppError::NotFound);
    let view = once
        .run(
            &call,
            &format!("POST /events/{event}/{what}"),
            &body.raw,
            |ctx| async move {
                // Whose event it is comes before what is wrong with the fields: a stranger learns nothing.
                service::must_manage(&ctx, actor, event).await?;
                let id = service::add(&ctx, actor, event, input.parse_new(labels)?, None).await?;
                service::managed_one(&ctx, actor, event, id).await
            },
            |ctx, id| async move { service::managed_one(&ctx, actor, event, one(id)?).await },
        )
        .await?;
    Ok(created(&view))
}

/// Changes how somebody stands on an event's page
///
/// What is left out stays; `version` is the one that you edited. Somebody who came by an accepted request keeps name and
/// category.
#[utoipa::path(
    patch, path = "/events/{eventId}/partners/{linkId}", tag = "events", request_body = PartnerInput,
    params(("eventId" = String, Path, description = "The event's id"), ("linkId" = String, Path, description = "`linkId` of the list")),
    responses(
        (status = 200, description = "Changed", body = AssignmentView),
        (status = 401, description = "Nobody is signed in"),
        (status = 403, description = "The role cannot manage partners"),
        (status = 404, description = "They do not stand on an event of your community"),
        (status = 409, description = "VERSION_CONFLICT; AGREED; ALREADY_ON_EVENT with this category; CANNOT_STAND for whoever cannot be shown at the moment; EVENT_ARCHIVED"),
        (status = 422, description = "Fields that need attention"),
    )
)]
async fn edit(call: Call, once: Once, segs: Segs, body: Body<PartnerInput>) -> ApiResult {
    let actor = &call.actor()?;
    let (event, link): (EventId, PartnerLinkId) = (segs.get("eventId")?, segs.get("linkId")?);
    let input = &body.value;
    let view = once
        .run(
            &call,
            &format!("PATCH /events/{event}/partners/{link}"),
            &body.raw,
            |ctx| async move {
                service::must_manage(&ctx, actor, event).await?;
                service::edit(&ctx, actor, event, link, input.parse_edit()?, None).await?;
                service::managed_one(&ctx, actor, event, link).await
            },
            |ctx, _| async move { service::managed_one(&ctx, actor, event, link).await },
        )
        .await?;
    Ok(ok(&view))
}

/// Takes somebody off an event's page
///
/// Somebody who came by an accepted request leaves with a `reason`, which both sides read; the agreement stays on record.
#[utoipa::path(
    delete, path = "/events/{eventId}/partners/{linkId}", tag = "events", request_body = RemovalInput,
    params(("eventId" = String, Path, description = "The event's id"), ("linkId" = String, Path, description = "`linkId` of the list")),
    responses(
        (status = 200, description = "They no longer stand there", body = RemovedView),
        (status = 401, description = "Nobody is signed in"),
        (status = 403, description = "The role cannot manage partners"),
        (status = 404, description = "They do not stand on an event of your community"),
        (status = 409, description = "EVENT_ARCHIVED; the key was used for another body"),
        (status = 422, description = "A reason is needed"),
    )
)]
async fn remove(call: Call, once: Once, segs: Segs, body: Body<RemovalInput>) -> ApiResult {
    let actor = &call.actor()?;
    let (event, link): (EventId, PartnerLinkId) = (segs.get("eventId")?, segs.get("linkId")?);
    let input = &body.value;
    let view = once
        .run(
            &call,
            &format!("DELETE /events/{event}/partners/{link}"),
            &body.raw,
            |ctx| async move {
                service::must_manage(&ctx, actor, event).await?;
                let reason = read_reason(&input.reason)?;
                service::remove(&ctx, actor, event, link, reason.as_ref()).await?;
                Ok(RemovedView { link_id: link, removed: true })
            },
            |_, _| async move { Ok(RemovedView { link_id: link, removed: true }) },
        )
        .await?;
    Ok(ok(&view))
}
