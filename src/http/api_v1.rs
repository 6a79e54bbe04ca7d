//! `/api/v1`: the rooms' REST doors under one roof, with the OpenAPI document made from them.

use crate::{
    features::{accounts, communities, events, members, opportunities, organizations, partners, requests},
    kernel::error::AppError,
    platform::{ctx::House, web::json_response},
};
use axum::Router;
use http::{StatusCode, header};
use serde_json::json;
use std::sync::Arc;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "CommDesk marketplace",
        version = "1",
        description = "Sponsors and developer communities find each other, agree and deliver. Every answer has the envelope \
                       {success, data} or {success, error: {code, message, fieldErrors}}. Writes accept Idempotency-Key; \
                       X-CommDesk-Workspace names the workspace that you act for."
    ),
    servers((url = "/api/v1"))
)]
struct Document;

fn rooms() -> OpenApiRouter<()> {
    OpenApiRouter::with_openapi(Document::openapi())
        .merge(accounts::rest::routes())
        .merge(organizations::rest::routes())
        .merge(communities::rest::routes())
        .merge(members::rest::routes())
        .merge(partners::rest::routes())
        .merge(opportunities::rest::routes())
        .merge(requests::rest::routes())
        .merge(events::rest::routes())
    // one line a room: .merge(room::rest::routes())
}

/// The document of `/api/v1/openapi.json`.
pub fn openapi() -> utoipa::openapi::OpenApi {
    rooms().split_for_parts().1
}

/// Everything under `/api/v1`. An unknown path is our 404, an unknown verb our 405.
pub fn routes() -> Router<Arc<House>> {
    let (router, document) = rooms().split_for_parts();
    let json = document.to_pretty_json().expect("our own document serializes");
    let document = move || {
        let json = json.clone();
        async move { ([(header::CONTENT_TYPE, "application/json")], json) }
    };
    let router: Router<()> = router
        .route("/openapi.json", axum::routing::get(document))
        .fallback(|| async { AppError::NotFound })
        .method_not_allowed_fallback(|| async {
            let error =
                json!({"code": "METHOD_NOT_ALLOWED", "message": "This address does not know this verb.", "fieldErrors": {}});
            json_response(StatusCode::METHOD_NOT_ALLOWED, &json!({"success": false, "error": error}))
        });
    Router::new().nest_service("/api/v1", router)
}
