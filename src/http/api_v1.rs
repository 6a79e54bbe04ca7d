//! `/api/v1`: the rooms' REST doors under one roof, with the OpenAPI document made from them.

use super::openapi;
use crate::{
    features::*,
    kernel::error::AppError,
    platform::{ctx::House, web::json_response},
};
use axum::Router;
use http::{StatusCode, header};
use serde_json::json;
use std::sync::{Arc, OnceLock};
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "CommDesk marketplace",
        version = "1",
        description = "Sponsors and developer communities find each other, agree and deliver. Every answer has the envelope \
                       {success, data} or {success, error: {code, message, fieldErrors}}. Writes accept Idempotency-Key; \
                       X-CommDesk-Workspace names the workspace that you act for. Programs call with `Authorization: Bearer cd_live_…`: \
                       a key acts for its own workspace, within its permissions."
    ),
    servers((url = "/api/v1"))
)]
struct Document;

fn rooms() -> OpenApiRouter<()> {
    OpenApiRouter::with_openapi(Document::openapi())
        .merge(accounts::rest::routes())
        .merge(access::rest::routes())
        .merge(organizations::rest::routes())
        .merge(communities::rest::routes())
        .merge(members::rest::routes())
        .merge(partners::rest::routes())
        .merge(opportunities::rest::routes())
        .merge(watching::rest::routes())
        .merge(requests::rest::routes())
        .merge(decisions::rest::routes())
        .merge(events::rest::routes())
        .merge(notifications::rest::routes())
        .merge(blocks::rest::routes())
        .merge(moderation::rest::routes())
        .merge(imports::rest::routes())
    // one line a room: .merge(room::rest::routes())
}

/// What the rooms say of their doors.
pub fn described() -> utoipa::openapi::OpenApi {
    rooms().split_for_parts().1
}

/// The document of `/api/v1/openapi.json`.
pub fn openapi() -> serde_json::Value {
    openapi::complete(&described())
}

/// Everything under `/api/v1`. An unknown path is our 404, an unknown verb our 405. Nothing in it knows a house: a process makes it, and
/// the document, once.
pub fn routes() -> Router<Arc<House>> {
    static ROUTES: OnceLock<Router> = OnceLock::new();
    // Nested as routes, not as a service: the layers outside count, time and log each by its own path.
    Router::new().nest("/api/v1", ROUTES.get_or_init(made).clone().with_state(()))
}

fn made() -> Router {
    let (router, document) = rooms().split_for_parts();
    let json = format!("{:#}", openapi::complete(&document));
    let document = move || {
        let json = json.clone();
        async move { ([(header::CONTENT_TYPE, "application/json")], json) }
    };
    let not_allowed = || async {
        let error = json!({"code": "METHOD_NOT_ALLOWED", "message": "This address does not know this verb.", "fieldErrors": {}});
        json_response(StatusCode::METHOD_NOT_ALLOWED, &json!({"success": false, "error": error}))
    };
    router
        .fallback(|| async { AppError::NotFound })
        .method_not_allowed_fallback(not_allowed)
        .layer(axum::middleware::from_fn(super::middleware::scoped))
        // What the API can do is everybody's, whatever a key may call.
        .route("/openapi.json", axum::routing::get(document).fallback(not_allowed))
}
