//! `GET /events/{eventId}/partners`.

use super::{service, views::PartnerPage};
use crate::{
    kernel::{ids::EventId, page::PageRequest},
    platform::web::{ApiResult, Call, Params, Seg, ok},
};
use serde::Deserialize;
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn routes() -> OpenApiRouter<()> {
    OpenApiRouter::new().routes(routes!(list))
}

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct ListParams {
    /// Part of a partner's name.
    search: Option<String>,
    page: Option<u32>,
    limit: Option<u32>,
    cursor: Option<String>,
}

/// Who stands on an event's page
///
/// In display order. The community of the event sees hidden ones too.
#[utoipa::path(
    get, path = "/events/{eventId}/partners", tag = "events",
    params(("eventId" = String, Path, description = "The event's id"), ListParams),
    responses(
        (status = 200, description = "The partners", body = PartnerPage),
        (status = 404, description = "No such event, or not yours to know of"),
        (status = 422, description = "A parameter is out of bounds"),
    )
)]
async fn list(call: Call, Seg(event): Seg<EventId>, Params(params): Params<ListParams>) -> ApiResult {
    let page = PageRequest::from_wire(params.page, params.limit, params.cursor)?;
    let viewer = call.maybe_viewer();
    Ok(ok(&service::list(&call.ctx, viewer.as_ref(), event, params.search.as_deref(), &page).await?))
}
