//! Events over REST, under the names of the event system. Translates, and nothing else.

use super::{
    rules::EventInput,
    service::{self, Then, Wanted},
    views::{EventItem, EventView},
};
use crate::{
    kernel::{
        ids::EventId,
        page::{Page, PageRequest},
    },
    platform::web::{ApiResult, Body, Call, Params, Seg, created, ok, once::Once},
};
use serde::{Deserialize, Serialize};
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn routes() -> OpenApiRouter<()> {
    OpenApiRouter::new()
        .routes(routes!(draft, list))
        .routes(routes!(get, edit, delete))
        .routes(routes!(publish))
        .routes(routes!(complete))
        .routes(routes!(archive))
        .routes(routes!(duplicate))
        .routes(routes!(restore))
}

/// One page of events.
#[derive(Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
struct EventList {
    items: Vec<EventItem>,
    /// Hand it back as `cursor` for the rows after these.
    next_cursor: Option<String>,
    /// At most 1,000; `totalCapped` says when there are more.
    total: i64,
    total_capped: bool,
}

impl From<Page<EventItem>> for EventList {
    fn from(page: Page<EventItem>) -> Self {
        Self { items: page.items, next_cursor: page.next_cursor, total: page.total, total_capped: page.total_capped }
    }
}

#[derive(Deserialize, utoipa::IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
struct ListParams {
    /// `Draft`, `Upcoming`, `Live`, `Completed` or `Archived`.
    status: Option<String>,
    /// Beginnings of words of the title and subtitle.
    search: Option<String>,
    /// Events that start at or after this date or instant.
    start_date: Option<String>,
    /// Events that start up to the end of this date (UTC), or before this instant.
    end_date: Option<String>,
    /// `true`: what everybody sees, also when you act for a community.
    public: Option<bool>,
    page: Option<u32>,
    limit: Option<u32>,
    cursor: Option<String>,
}

/// Drafts an event. Only the title is needed.
#[utoipa::path(
    post, path = "/events", tag = "events", request_body = EventInput,
    responses(
        (status = 201, description = "Drafted", body = EventView),
        (status = 401, description = "Nobody is signed in"),
        (status = 403, description = "The role cannot edit events, or no community is acted for"),
        (status = 409, description = "The idempotency key was used for another body; SLUG_TAKEN: very many events have this title"),
        (status = 422, description = "Fields that need attention"),
    )
)]
async fn draft(call: Call, once: Once, body: Body<EventInput>) -> ApiResult {
    let actor = &call.actor()?;
    let input = &body.value;
    let id: EventId = once
        .make(&call, "POST /events", &body.raw, |ctx| async move { service::draft(&ctx, actor, input, Then::Stay).await })
        .await?;
    Ok(created(&service::view(&call.ctx, Some(actor), &id.to_string()).await?))
}

/// Your community's events, or, for everybody else, what is published and public. The latest first.
#[utoipa::path(
    get, path = "/events", tag = "events", params(ListParams),
    responses(
        (status = 200, description = "Events", body = EventList),
        (status = 422, description = "A parameter that cannot be read"),
    )
)]
async fn list(call: Call, Params(params): Params<ListParams>) -> ApiResult {
    let page = PageRequest::from_wire(params.page, params.limit, params.cursor)?;
    let wanted = Wanted {
        status: params.status,
        search: params.search,
        start_date: params.start_date,
        end_date: params.end_date,
        public: params.public.unwrap_or_default(),
        ..Wanted::default()
    };
    let found = service::list(&call.ctx, call.maybe_viewer().as_ref(), &wanted, &page).await?;
    Ok(ok(&EventList::from(found)))
}

/// One event, by its id or slug.
#[utoipa::path(
    get, path = "/events/{eventId}", tag = "events", params(("eventId" = String, Path, description = "Id or slug")),
    responses(
        (status = 200, description = "The event", body = EventView),
        (status = 404, description = "There is none that you can see"),
    )
)]
async fn get(call: Call, Seg(named): Seg<String>) -> ApiResult {
    Ok(ok(&service::view(&call.ctx, call.maybe_viewer().as_ref(), &named).await?))
}

/// Changes an event. What is left out stays; `version` is the one that you edited.
#[utoipa::path(
    patch, path = "/events/{eventId}", tag = "events", request_body = EventInput,
    params(("eventId" = String, Path, description = "The event")),
    responses(
        (status = 200, description = "Changed", body = EventView),
        (status = 401, description = "Nobody is signed in"),
        (status = 403, description = "The role cannot edit events"),
        (status = 404, description = "There is none in your community"),
        (status = 409, description = "VERSION_CONFLICT: somebody saved it meanwhile; EVENT_ARCHIVED; SLUG_TAKEN: very many events have this title"),
        (status = 422, description = "Fields that need attention"),
    )
)]
async fn edit(call: Call, once: Once, Seg(id): Seg<EventId>, body: Body<EventInput>) -> ApiResult {
    let actor = &call.actor()?;
    let input = body.value;
    once.change(&call, &format!("PATCH /events/{id}"), &body.raw, |ctx| async move {
        service::edit(&ctx, actor, id, input, Then::Stay).await
    })
    .await?;
    Ok(ok(&service::view(&call.ctx, Some(actor), &id.to_string()).await?))
}

/// Publishes a draft: Upcoming, or Live once its start has come. Sent again, it changes nothing.
#[utoipa::path(
    post, path = "/events/{eventId}/publish", tag = "events", params(("eventId" = String, Path, description = "The event")),
    responses(
        (status = 200, description = "Published", body = EventView),
        (status = 401, description = "Nobody is signed in"),
        (status = 403, description = "The role cannot publish; NOT_APPROVED: the community is not on the marketplace yet"),
        (status = 404, description = "There is none in your community"),
        (status = 409, description = "EVENT_OVER, EVENT_ARCHIVED"),
        (status = 422, description = "What is missing, by field"),
    )
)]
async fn publish(call: Call, once: Once, Seg(id): Seg<EventId>) -> ApiResult {
    let actor = &call.actor()?;
    once.change(&call, &format!("POST /events/{id}/publish"), b"", |ctx| async move { service::publish(&ctx, actor, id).await })
        .await?;
    Ok(ok(&service::view(&call.ctx, Some(actor), &id.to_string()).await?))
}

/// Completes an event that has ended, before the clock comes by. Sent again, it changes nothing.
#[utoipa::path(
    post, path = "/events/{eventId}/complete", tag = "events", params(("eventId" = String, Path, description = "The event")),
    responses(
        (status = 200, description = "Completed", body = EventView),
        (status = 401, description = "Nobody is signed in"),
        (status = 403, description = "The role cannot complete events"),
        (status = 404, description = "There is none in your community"),
        (status = 409, description = "EVENT_NOT_OVER, EVENT_NOT_PUBLISHED, EVENT_ARCHIVED"),
    )
)]
async fn complete(call: Call, once: Once, Seg(id): Seg<EventId>) -> ApiResult {
    let actor = &call.actor()?;
    let operation = format!("POST /events/{id}/complete");
    once.change(&call, &operation, b"", |ctx| async move { service::complete(&ctx, actor, id).await }).await?;
    Ok(ok(&service::view(&call.ctx, Some(actor), &id.to_string()).await?))
}

/// Archives a completed event for good. Sent again, it changes nothing.
#[utoipa::path(
    post, path = "/events/{eventId}/archive", tag = "events", params(("eventId" = String, Path, description = "The event")),
    responses(
        (status = 200, description = "Archived", body = EventView),
        (status = 401, description = "Nobody is signed in"),
        (status = 403, description = "The role cannot archive events"),
        (status = 404, description = "There is none in your community"),
        (status = 409, description = "EVENT_NOT_COMPLETED"),
    )
)]
async fn archive(call: Call, once: Once, Seg(id): Seg<EventId>) -> ApiResult {
    let actor = &call.actor()?;
    once.change(&call, &format!("POST /events/{id}/archive"), b"", |ctx| async move { service::archive(&ctx, actor, id).await })
        .await?;
    Ok(ok(&service::view(&call.ctx, Some(actor), &id.to_string()).await?))
}

/// Makes a new draft with the words of an event; its dates are empty and its slug is new.
#[utoipa::path(
    post, path = "/events/{eventId}/duplicate", tag = "events", params(("eventId" = String, Path, description = "The event")),
    responses(
        (status = 201, description = "The new draft", body = EventView),
        (status = 401, description = "Nobody is signed in"),
        (status = 403, description = "The role cannot edit events"),
        (status = 404, description = "There is none in your community"),
        (status = 409, description = "SLUG_TAKEN: very many events have this title"),
    )
)]
async fn duplicate(call: Call, once: Once, Seg(id): Seg<EventId>) -> ApiResult {
    let actor = &call.actor()?;
    let copy: EventId = once
        .make(&call, &format!("POST /events/{id}/duplicate"), b"", |ctx| async move { service::duplicate(&ctx, actor, id).await })
        .await?;
    Ok(created(&service::view(&call.ctx, Some(actor), &copy.to_string()).await?))
}

/// Takes an event out of sight, as long as nothing hangs on it. It can be restored.
#[utoipa::path(
    delete, path = "/events/{eventId}", tag = "events", params(("eventId" = String, Path, description = "The event")),
    responses(
        (status = 200, description = "Deleted", body = EventDeleted),
        (status = 401, description = "Nobody is signed in"),
        (status = 403, description = "The role cannot delete this event"),
        (status = 404, description = "There is none in your community"),
        (status = 409, description = "EVENT_IN_USE: live requests, people on its page, open opportunities; EVENT_ARCHIVED"),
    )
)]
async fn delete(call: Call, once: Once, Seg(id): Seg<EventId>) -> ApiResult {
    let actor = &call.actor()?;
    once.change(&call, &format!("DELETE /events/{id}"), b"", |ctx| async move { service::delete(&ctx, actor, id).await }).await?;
    Ok(ok(&EventDeleted { id, deleted: true }))
}

/// Brings a deleted event back, under its old slug or the next free one.
#[utoipa::path(
    post, path = "/events/{eventId}/restore", tag = "events", params(("eventId" = String, Path, description = "The event")),
    responses(
        (status = 200, description = "It is there again", body = EventView),
        (status = 401, description = "Nobody is signed in"),
        (status = 403, description = "The role cannot restore this event"),
        (status = 404, description = "There is none in your community that was deleted"),
        (status = 409, description = "SLUG_TAKEN: very many events have this title"),
    )
)]
async fn restore(call: Call, once: Once, Seg(id): Seg<EventId>) -> ApiResult {
    let actor = &call.actor()?;
    once.change(&call, &format!("POST /events/{id}/restore"), b"", |ctx| async move { service::restore(&ctx, actor, id).await })
        .await?;
    Ok(ok(&service::view(&call.ctx, Some(actor), &id.to_string()).await?))
}

/// An event was deleted.
#[derive(Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
struct EventDeleted {
    #[schema(value_type = String)]
    id: EventId,
    deleted: bool,
}
