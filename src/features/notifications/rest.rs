//! The caller's own notices, and what is mailed to them, over REST. Translates, and nothing else.

use super::{
    service,
    views::{NoticeFilter, NoticesView, PreferencesInput, PreferencesView, ReadInput, UnreadView},
};
use crate::{
    kernel::page::PageRequest,
    platform::{
        ctx::Ctx,
        web::{ApiResult, Body, Call, Params, ok, once::Once},
    },
};
use serde::Deserialize;
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn routes() -> OpenApiRouter<()> {
    OpenApiRouter::new().routes(routes!(list, mark)).routes(routes!(preferences, set_preferences))
}

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct ListParams {
    /// `true` for those that wait to be read.
    unread: Option<bool>,
    /// Those of one workspace, `organization:acme`; empty for what concerns yourself.
    workspace: Option<String>,
    page: Option<u32>,
    limit: Option<u32>,
    cursor: Option<String>,
}

/// Your notices, newest first, with exact counts by workspace.
#[utoipa::path(
    get, path = "/notifications", tag = "notifications", params(ListParams),
    responses(
        (status = 200, description = "A page of notices", body = NoticesView),
        (status = 401, description = "Nobody is signed in"),
        (status = 403, description = "SECOND_FACTOR_REQUIRED; never with a key"),
        (status = 422, description = "A parameter is out of bounds"),
    )
)]
async fn list(call: Call, Params(params): Params<ListParams>) -> ApiResult {
    let person = call.person()?;
    let filter = NoticeFilter { unread: params.unread.unwrap_or_default(), workspace: params.workspace };
    let request = PageRequest::from_wire(params.page, params.limit, params.cursor)?;
    Ok(ok(&service::notices(&call.ctx, person, &filter, &request).await?))
}

/// Marks notices as read: some by their ids, or all, or all of one workspace. Somebody else's are not touched.
#[utoipa::path(
    patch, path = "/notifications", tag = "notifications", request_body = ReadInput,
    responses(
        (status = 200, description = "How many wait to be read now", body = UnreadView),
        (status = 401, description = "Nobody is signed in"),
        (status = 403, description = "SECOND_FACTOR_REQUIRED; never with a key"),
        (status = 422, description = "No ids, or one that is none"),
    )
)]
async fn mark(call: Call, _once: Once, body: Body<ReadInput>) -> ApiResult {
    Ok(ok(&service::mark(&call.ctx, call.person()?, &body.value).await?))
}

/// What is mailed to you, and when.
#[utoipa::path(
    get, path = "/notifications/preferences", tag = "notifications",
    responses(
        (status = 200, description = "What you chose, with everything that you left as it is", body = PreferencesView),
        (status = 401, description = "Nobody is signed in"),
        (status = 403, description = "SECOND_FACTOR_REQUIRED; never with a key"),
    )
)]
async fn preferences(call: Call) -> ApiResult {
    Ok(ok(&service::preferences(&call.ctx, call.person()?).await?))
}

/// Changes what is mailed to you. What is left out stays as it is; a digest that waits comes at the new hour.
#[utoipa::path(
    patch, path = "/notifications/preferences", tag = "notifications", request_body = PreferencesInput,
    responses(
        (status = 200, description = "As it is now", body = PreferencesView),
        (status = 401, description = "Nobody is signed in"),
        (status = 403, description = "SECOND_FACTOR_REQUIRED; never with a key"),
        (status = 422, description = "A topic, pace, zone or hour that is none"),
    )
)]
async fn set_preferences(call: Call, once: Once, body: Body<PreferencesInput>) -> ApiResult {
    let person = call.person()?;
    let Body { value, raw } = body;
    let input = &value;
    let work = |ctx: Ctx| async move { service::set_preferences(&ctx, person, input).await };
    once.change(&call, "PATCH /notifications/preferences", &raw, work).await?;
    Ok(ok(&service::preferences(&call.ctx, person).await?))
}
