//! Saved searches and the watchlist over REST: a person's own, in the workspace that they act for. Translates, and nothing else.

use super::{
    rules::List,
    service,
    views::{NewSearch, SavedSearchView, SearchInput, SearchList, SearchPatch, WatchList},
};
use crate::{
    features::opportunities::{
        saved,
        views::{SavedView, SavedViewInput, SavedViews},
    },
    kernel::{
        error::AppError,
        ids::{CommunityId, OrganizationId, SavedViewId},
        page::{DEFAULT_LIMIT, PageRequest},
    },
    platform::web::{ApiResult, Body, Call, Params, Seg, created, ok, once::Once},
};
use serde::Deserialize;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

pub fn routes() -> OpenApiRouter<()> {
    OpenApiRouter::new()
        .routes(routes!(list_searches, save_search))
        .routes(routes!(get_search, change_search, delete_search))
        .routes(routes!(list_views, save_view))
        .routes(routes!(rename_view, delete_view))
        .routes(routes!(list_watched))
        .routes(routes!(watch_organization, unwatch_organization))
        .routes(routes!(watch_community, unwatch_community))
}

#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(rename_all = "camelCase", default)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
struct PartParams {
    /// 1 to 100 rows; 20 when absent.
    limit: Option<u32>,
    /// `nextCursor` of the page before.
    cursor: Option<String>,
}

impl PartParams {
    fn page(self) -> Result<PageRequest, AppError> {
        Ok(PageRequest::from_wire(None, Some(self.limit.unwrap_or(DEFAULT_LIMIT)), self.cursor)?)
    }
}

/// Your saved searches
///
/// Of every list, the oldest first; yours, in the workspace that you act for. Saved views of opportunities are among them.
#[utoipa::path(
    get, path = "/searches", tag = "watching", params(PartParams, ("X-CommDesk-Workspace" = Option<String>, Header)),
    responses(
        (status = 200, description = "A page of them", body = SearchList),
        (status = 401, description = "Nobody is signed in"),
        (status = 422, description = "The limit or the cursor"),
    )
)]
async fn list_searches(call: Call, Params(params): Params<PartParams>) -> ApiResult {
    let actor = call.viewer()?;
    Ok(ok(&service::searches_after(&call.ctx, &actor, &params.page()?).await?))
}

/// Save a search
///
/// What the list does not know of `query`, and its cursor, are left out. With `alerts`, what fits now is known: you are told, once,
/// of each that comes to fit later, word for word. Where the list takes words for others (`saidInstead`, `saidBegun`), an alert is
/// refused.
#[utoipa::path(
    post, path = "/searches", tag = "watching", request_body = NewSearch,
    params(("Idempotency-Key" = Option<String>, Header), ("X-CommDesk-Workspace" = Option<String>, Header)),
    responses(
        (status = 201, description = "The search", body = SavedSearchView),
        (status = 401, description = "Nobody is signed in"),
        (status = 409, description = "NOTHING_NARROWED, SEARCH_SAVED_ALREADY, TOO_MANY_SEARCHES, TOO_MANY_FIT, NOBODY_HAS_THE_WORDS, IDEMPOTENCY_KEY_REUSED"),
        (status = 422, description = "The list, the name (missing, or taken), or a query that cannot be meant"),
    )
)]
async fn save_search(call: Call, once: Once, body: Body<NewSearch>) -> ApiResult {
    let actor = call.viewer()?;
    let NewSearch { list, name, query, alerts } = body.value;
    let list = List::parse(&list).map_err(|problem| AppError::invalid("list", problem.to_string()))?;
    let (actor, input) = (&actor, &SearchInput { name, query, alerts });
    let id = once
        .make(&call, "POST /searches", &body.raw, |ctx| async move {
            service::save(&ctx, actor, list, input).await.map(|search| search.id)
        })
        .await?;
    Ok(created(&service::search(&call.ctx, actor, id).await?))
}

/// One saved search
#[utoipa::path(
    get, path = "/searches/{searchId}", tag = "watching",
    params(("searchId" = String, Path), ("X-CommDesk-Workspace" = Option<String>, Header)),
    responses(
        (status = 200, description = "The search", body = SavedSearchView),
        (status = 401, description = "Nobody is signed in"),
        (status = 404, description = "None of yours in this workspace"),
    )
)]
async fn get_search(call: Call, Seg(id): Seg<SavedViewId>) -> ApiResult {
    Ok(ok(&service::search(&call.ctx, &call.viewer()?, id).await?))
}

/// Change a saved search: its name, its question, its alert
///
/// On, what fits now is known; off, what was found and not told yet is not told.
#[utoipa::path(
    patch, path = "/searches/{searchId}", tag = "watching", request_body = SearchPatch,
    params(("searchId" = String, Path), ("Idempotency-Key" = Option<String>, Header), ("X-CommDesk-Workspace" = Option<String>, Header)),
    responses(
        (status = 200, description = "The search as it is now", body = SavedSearchView),
        (status = 401, description = "Nobody is signed in"),
        (status = 404, description = "None of yours in this workspace"),
        (status = 409, description = "NOTHING_NARROWED, TOO_MANY_FIT, NOBODY_HAS_THE_WORDS, SEARCH_SAVED_ALREADY, IDEMPOTENCY_KEY_REUSED"),
        (status = 422, description = "The name is empty, too long or taken, or the query cannot be meant"),
    )
)]
async fn change_search(call: Call, once: Once, Seg(id): Seg<SavedViewId>, body: Body<SearchPatch>) -> ApiResult {
    let actor = call.viewer()?;
    once.change(&call, &format!("PATCH /searches/{id}"), &body.raw, |ctx| {
        let (actor, patch) = (actor.clone(), body.value);
        async move { service::change(&ctx, &actor, id, &patch).await }
    })
    .await?;
    Ok(ok(&service::search(&call.ctx, &actor, id).await?))
}

/// Forget a saved search
#[utoipa::path(
    delete, path = "/searches/{searchId}", tag = "watching",
    params(("searchId" = String, Path), ("Idempotency-Key" = Option<String>, Header), ("X-CommDesk-Workspace" = Option<String>, Header)),
    responses(
        (status = 200, description = "The first page of those that are left", body = SearchList),
        (status = 401, description = "Nobody is signed in"),
        (status = 404, description = "None of yours in this workspace"),
    )
)]
async fn delete_search(call: Call, once: Once, Seg(id): Seg<SavedViewId>) -> ApiResult {
    let actor = call.viewer()?;
    once.change(&call, &format!("DELETE /searches/{id}"), b"", |ctx| {
        let actor = actor.clone();
        async move { service::delete(&ctx, &actor, id).await }
    })
    .await?;
    Ok(ok(&service::searches_after(&call.ctx, &actor, &PageRequest::default()).await?))
}

/// Your saved views of the list
///
/// Yours, in the workspace that you act for. They stand among your saved searches too, where each may have an alert.
#[utoipa::path(
    get, path = "/opportunities/views", tag = "opportunities", params(("X-CommDesk-Workspace" = Option<String>, Header)),
    responses(
        (status = 200, description = "The views, by name", body = SavedViews),
        (status = 401, description = "Nobody is signed in"),
    )
)]
async fn list_views(call: Call) -> ApiResult {
    Ok(ok(&saved::list(&call.ctx, &call.viewer()?).await?))
}

/// Name a list
///
/// `query` is the query of `GET /opportunities`; its cursor and what the list does not know are left out.
#[utoipa::path(
    post, path = "/opportunities/views", tag = "opportunities", request_body = SavedViewInput,
    params(("Idempotency-Key" = Option<String>, Header), ("X-CommDesk-Workspace" = Option<String>, Header)),
    responses(
        (status = 201, description = "The view", body = SavedView),
        (status = 401, description = "Nobody is signed in"),
        (status = 409, description = "TOO_MANY_SEARCHES, SEARCH_SAVED_ALREADY, IDEMPOTENCY_KEY_REUSED"),
        (status = 422, description = "The name is taken or missing, or the query cannot be meant"),
    )
)]
async fn save_view(call: Call, once: Once, body: Body<SavedViewInput>) -> ApiResult {
    let actor = call.viewer()?;
    let SavedViewInput { name, query } = body.value;
    let (actor, input) = (&actor, &SearchInput { name, query: query.unwrap_or_default(), alerts: false });
    let id = once
        .make(&call, "POST /opportunities/views", &body.raw, |ctx| async move {
            service::save(&ctx, actor, List::Opportunities, input).await.map(|search| search.id)
        })
        .await?;
    let view = service::search_of(&call.ctx, actor, List::Opportunities, id).await?;
    Ok(created(&as_view(view)))
}

fn as_view(search: SavedSearchView) -> SavedView {
    SavedView { id: search.id, name: search.name, query: search.query }
}

/// Rename a saved view
///
/// With another query its alert ends, since nobody has said what of that is known: switch it on again under `/searches`.
#[utoipa::path(
    patch, path = "/opportunities/views/{viewId}", tag = "opportunities", request_body = SavedViewInput,
    params(("viewId" = String, Path), ("Idempotency-Key" = Option<String>, Header), ("X-CommDesk-Workspace" = Option<String>, Header)),
    responses(
        (status = 200, description = "The view", body = SavedView),
        (status = 401, description = "Nobody is signed in"),
        (status = 404, description = "None of yours in this workspace"),
        (status = 409, description = "SEARCH_SAVED_ALREADY, IDEMPOTENCY_KEY_REUSED"),
        (status = 422, description = "The name is taken or missing, or the query cannot be meant"),
    )
)]
async fn rename_view(call: Call, once: Once, Seg(id): Seg<SavedViewId>, body: Body<SavedViewInput>) -> ApiResult {
    let actor = call.viewer()?;
    service::search_of(&call.ctx, &actor, List::Opportunities, id).await?;
    once.change(&call, &format!("PATCH /opportunities/views/{id}"), &body.raw, |ctx| {
        let actor = actor.clone();
        let SavedViewInput { name, query } = body.value;
        let patch = SearchPatch { name: Some(name), query, alerts: None };
        async move { service::change(&ctx, &actor, id, &patch).await }
    })
    .await?;
    Ok(ok(&as_view(service::search_of(&call.ctx, &actor, List::Opportunities, id).await?)))
}

/// Forget a saved view
#[utoipa::path(
    delete, path = "/opportunities/views/{viewId}", tag = "opportunities",
    params(("viewId" = String, Path), ("Idempotency-Key" = Option<String>, Header), ("X-CommDesk-Workspace" = Option<String>, Header)),
    responses(
        (status = 200, description = "The views that are left", body = SavedViews),
        (status = 401, description = "Nobody is signed in"),
        (status = 404, description = "None of yours in this workspace"),
    )
)]
async fn delete_view(call: Call, once: Once, Seg(id): Seg<SavedViewId>) -> ApiResult {
    let actor = call.viewer()?;
    once.change(&call, &format!("DELETE /opportunities/views/{id}"), b"", |ctx| {
        let actor = actor.clone();
        async move {
            service::search_of(&ctx, &actor, List::Opportunities, id).await?;
            service::delete(&ctx, &actor, id).await
        }
    })
    .await?;
    Ok(ok(&saved::list(&call.ctx, &actor).await?))
}

/// What you watch
///
/// Organizations and communities, what changed last first; whoever is not there for you any more is left out.
#[utoipa::path(
    get, path = "/watchlist", tag = "watching", params(PartParams, ("X-CommDesk-Workspace" = Option<String>, Header)),
    responses(
        (status = 200, description = "A page of it", body = WatchList),
        (status = 401, description = "Nobody is signed in"),
        (status = 422, description = "The limit or the cursor"),
    )
)]
async fn list_watched(call: Call, Params(params): Params<PartParams>) -> ApiResult {
    let actor = call.viewer()?;
    Ok(ok(&service::watched_after(&call.ctx, &actor, &params.page()?).await?))
}

/// Watch an organization
///
/// Twice is once.
#[utoipa::path(
    put, path = "/watchlist/organizations/{organizationId}", tag = "watching",
    params(("organizationId" = String, Path), ("Idempotency-Key" = Option<String>, Header), ("X-CommDesk-Workspace" = Option<String>, Header)),
    responses(
        (status = 200, description = "The first page of what you watch", body = WatchList),
        (status = 401, description = "Nobody is signed in"),
        (status = 404, description = "It is not listed, or a block stands between you"),
        (status = 409, description = "TOO_MANY_WATCHED, IDEMPOTENCY_KEY_REUSED"),
    )
)]
async fn watch_organization(call: Call, once: Once, Seg(id): Seg<OrganizationId>) -> ApiResult {
    put(call, once, List::Organizations, id.0).await
}

/// Watch an organization no longer
///
/// One that was not watched stays so.
#[utoipa::path(
    delete, path = "/watchlist/organizations/{organizationId}", tag = "watching",
    params(("organizationId" = String, Path), ("Idempotency-Key" = Option<String>, Header), ("X-CommDesk-Workspace" = Option<String>, Header)),
    responses(
        (status = 200, description = "The first page of what you watch", body = WatchList),
        (status = 401, description = "Nobody is signed in"),
    )
)]
async fn unwatch_organization(call: Call, once: Once, Seg(id): Seg<OrganizationId>) -> ApiResult {
    take(call, once, List::Organizations, id.0).await
}

/// Watch a community
///
/// You are told when it publishes a public event or opens an opportunity. Twice is once.
#[utoipa::path(
    put, path = "/watchlist/communities/{communityId}", tag = "watching",
    params(("communityId" = String, Path), ("Idempotency-Key" = Option<String>, Header), ("X-CommDesk-Workspace" = Option<String>, Header)),
    responses(
        (status = 200, description = "The first page of what you watch", body = WatchList),
        (status = 401, description = "Nobody is signed in"),
        (status = 404, description = "It is not listed, or a block stands between you"),
        (status = 409, description = "TOO_MANY_WATCHED, IDEMPOTENCY_KEY_REUSED"),
    )
)]
async fn watch_community(call: Call, once: Once, Seg(id): Seg<CommunityId>) -> ApiResult {
    put(call, once, List::Communities, id.0).await
}

/// Watch a community no longer
///
/// One that was not watched stays so.
#[utoipa::path(
    delete, path = "/watchlist/communities/{communityId}", tag = "watching",
    params(("communityId" = String, Path), ("Idempotency-Key" = Option<String>, Header), ("X-CommDesk-Workspace" = Option<String>, Header)),
    responses(
        (status = 200, description = "The first page of what you watch", body = WatchList),
        (status = 401, description = "Nobody is signed in"),
    )
)]
async fn unwatch_community(call: Call, once: Once, Seg(id): Seg<CommunityId>) -> ApiResult {
    take(call, once, List::Communities, id.0).await
}

async fn put(call: Call, once: Once, list: List, row: Uuid) -> ApiResult {
    let actor = call.viewer()?;
    once.change(&call, &format!("PUT /watchlist/{list}/{row}"), b"", |ctx| {
        let actor = actor.clone();
        async move { service::watch(&ctx, &actor, list, row).await }
    })
    .await?;
    Ok(ok(&service::watched_after(&call.ctx, &actor, &PageRequest::default()).await?))
}

async fn take(call: Call, once: Once, list: List, row: Uuid) -> ApiResult {
    let actor = call.viewer()?;
    once.change(&call, &format!("DELETE /watchlist/{list}/{row}"), b"", |ctx| {
        let actor = actor.clone();
        async move { service::unwatch(&ctx, &actor, list, row).await }
    })
    .await?;
    Ok(ok(&service::watched_after(&call.ctx, &actor, &PageRequest::default()).await?))
}
