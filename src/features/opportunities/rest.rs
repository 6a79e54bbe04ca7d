//! `POST|GET /opportunities`, `GET /opportunities/{opportunityId}` and its price. Applying is the requests room's; changing one is
//! the decisions room's, since places go to whoever waits; saved views of the list are the watching room's.

use super::{
    board::Board,
    items::Mix,
    service,
    views::{OpportunityInput, OpportunityPage, OpportunityStatus, OpportunityView},
};
use crate::{
    kernel::{error::AppError, ids::OpportunityId, page::PageRequest},
    platform::web::{ApiResult, Body, Call, Params, Seg, created, ok, once::Once},
};
use serde::Deserialize;
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn routes() -> OpenApiRouter<()> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(get)).routes(routes!(price))
}

#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(rename_all = "camelCase", default)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
struct ListParams {
    /// Words of the offer, the event or the community.
    search: Option<String>,
    event_type: Option<String>,
    /// What the event is about: an event category, word for word.
    event_category: Option<String>,
    /// The role that is offered: one of the 33 labels, word for word.
    category: Option<String>,
    format: Option<String>,
    region: Option<String>,
    /// INR, USD, EUR or GBP. Needed for `sort=budget`, unless `budget` names one.
    currency: Option<String>,
    /// A budget band by its key, `INR:200000-500000`: opportunities whose range overlaps it. Nothing is converted.
    budget: Option<String>,
    /// With commas between them: opportunities of events with one of them.
    technologies: Option<String>,
    /// `2027-03-01`: decided on this day or later.
    decides_from: Option<String>,
    /// `2027-03-31`: decided on this day or earlier.
    decides_by: Option<String>,
    /// `true` (also when absent): with a place left. `false`: full ones too.
    place_left: Option<String>,
    /// `deadline` (also when absent), `newest`, `budget` (the most first, in one currency) or `match` (what fits the acting
    /// organization's profile best; each item says why).
    sort: Option<String>,
    /// `true`: those of the acting community, drafts too; only `status` narrows them.
    mine: Option<bool>,
    /// With `mine`: Draft, Open, Closed or Filled.
    status: Option<String>,
    page: Option<u32>,
    limit: Option<u32>,
    cursor: Option<String>,
}

/// What communities offer
///
/// Open opportunities of public events, the next to be decided first; with `mine=true` the acting community's own.
#[utoipa::path(
    get, path = "/opportunities", tag = "opportunities", params(ListParams),
    responses(
        (status = 200, description = "Opportunities", body = OpportunityPage),
        (status = 401, description = "`mine` without a session"),
        (status = 403, description = "`mine` without the role"),
        (status = 422, description = "A parameter is unknown or out of bounds"),
    )
)]
async fn list(call: Call, Params(params): Params<ListParams>) -> ApiResult {
    let page = PageRequest::from_wire(params.page, params.limit, params.cursor)?;
    if params.mine == Some(true) {
        let status = params.status.as_deref().filter(|status| !status.is_empty()).map(OpportunityStatus::parse).transpose();
        let status = status.map_err(|error| AppError::invalid("status", error.to_string()))?;
        return Ok(ok(&service::list_mine(&call.ctx, &call.actor()?, status, &page).await?));
    }
    let board = Board {
        search: params.search.unwrap_or_default(),
        event_type: params.event_type.unwrap_or_default(),
        event_category: params.event_category.unwrap_or_default(),
        category: params.category.unwrap_or_default(),
        format: params.format.unwrap_or_default(),
        region: params.region.unwrap_or_default(),
        currency: params.currency.unwrap_or_default(),
        budget: params.budget.unwrap_or_default(),
        technologies: params.technologies.unwrap_or_default(),
        decides_from: params.decides_from.unwrap_or_default(),
        decides_by: params.decides_by.unwrap_or_default(),
        place_left: params.place_left.unwrap_or_default(),
        sort: params.sort.unwrap_or_default(),
    };
    // Through its address, so that the API reads exactly what the page and a saved view read.
    let board = Board::read(&board.query());
    Ok(ok(&service::list(&call.ctx, call.maybe_viewer().as_ref(), &board, &page).await?))
}

/// Offer something
///
/// A draft, or open at once with `"status": "Open"`. Benefits default by the category's tier.
#[utoipa::path(
    post, path = "/opportunities", tag = "opportunities", request_body = OpportunityInput,
    params(("Idempotency-Key" = Option<String>, Header), ("X-CommDesk-Workspace" = Option<String>, Header)),
    responses(
        (status = 201, description = "The opportunity", body = OpportunityView),
        (status = 401, description = "Nobody is signed in"),
        (status = 403, description = "The role or the community may not; NOT_APPROVED"),
        (status = 409, description = "EVENT_NOT_PUBLISHED, DEADLINE_PASSED, IDEMPOTENCY_KEY_REUSED"),
        (status = 422, description = "Problems by field"),
    )
)]
async fn create(call: Call, once: Once, body: Body<OpportunityInput>) -> ApiResult {
    let actor = call.actor()?;
    let (actor, input) = (&actor, &body.value);
    let id = once
        .make(&call, "POST /opportunities", &body.raw, |ctx| async move { service::create(&ctx, actor, input).await })
        .await?;
    Ok(created(&service::get(&call.ctx, Some(actor), id).await?))
}

/// One opportunity
#[utoipa::path(
    get, path = "/opportunities/{opportunityId}", tag = "opportunities",
    params(("opportunityId" = String, Path), ("X-CommDesk-Workspace" = Option<String>, Header)),
    responses(
        (status = 200, description = "The opportunity, with what you may do", body = OpportunityView),
        (status = 404, description = "No such opportunity, or not yours to know of"),
    )
)]
async fn get(call: Call, Seg(id): Seg<OpportunityId>) -> ApiResult {
    let viewer = call.maybe_viewer();
    Ok(ok(&service::get(&call.ctx, viewer.as_ref(), id).await?))
}

#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(rename_all = "camelCase", default)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
struct PriceParams {
    /// Ids of the opportunity's items, with commas between them.
    items: String,
}

/// What a mix of its items costs
///
/// The lines, with what a package brings along, and their sum: what an application with these `items` must name as its amount.
#[utoipa::path(
    get, path = "/opportunities/{opportunityId}/price", tag = "opportunities",
    params(("opportunityId" = String, Path), PriceParams, ("X-CommDesk-Workspace" = Option<String>, Header)),
    responses(
        (status = 200, description = "The mix, priced", body = Mix),
        (status = 404, description = "No such opportunity, or not yours to know of"),
        (status = 409, description = "MIX_EMPTY, ITEM_UNKNOWN, PACKAGE_ONLY, PACKAGE_MISSING, ONE_PACKAGE, ITEMS_CONFLICT, ITEM_SOLD_OUT, MIX_TOO_EXPENSIVE"),
        (status = 422, description = "A parameter cannot be read"),
    )
)]
async fn price(call: Call, Seg(id): Seg<OpportunityId>, Params(params): Params<PriceParams>) -> ApiResult {
    let chosen: Vec<String> = params.items.split(',').map(str::to_owned).collect();
    Ok(ok(&service::price(&call.ctx, call.maybe_viewer().as_ref(), id, &chosen).await?))
}
