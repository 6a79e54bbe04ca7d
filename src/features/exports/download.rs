//! `GET /export/{ticket}/{file}`: the files of an export, for whoever asked for it.

use super::service;
use crate::{
    kernel::error::{AppError, AppResult},
    platform::{
        ctx::House,
        web::{Call, Segs},
    },
};
use axum::{
    Router,
    body::Body,
    response::{IntoResponse as _, Response},
    routing::get,
};
use http::header;
use std::sync::Arc;
use tokio_util::io::ReaderStream;

pub fn routes() -> Router<Arc<House>> {
    Router::new().route("/export/{ticket}/{file}", get(file))
}

async fn file(call: Call, path: Segs) -> AppResult<Response> {
    let (ticket, file): (String, String) = (path.get("ticket")?, path.get("file")?);
    // Strangers learn nothing, not even that there is something to sign in for.
    let actor = call.viewer().map_err(|_| AppError::NotFound)?;
    let (kind, bytes) = service::file(&call.ctx, &actor, &ticket, &file).await?;
    let length = bytes.metadata().map_err(|error| AppError::Broken(Box::new(error)))?.len();
    let slug = actor.acting.as_ref().map(|membership| membership.slug.clone()).unwrap_or_default();
    let name = format!("attachment; filename=\"{slug}-{file}\"");
    let headers = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (header::CONTENT_DISPOSITION, name),
        (header::CACHE_CONTROL, "private, no-store".to_owned()),
        (header::CONTENT_LENGTH, length.to_string()),
    ];
    // A piece at a time: a slow reader keeps no more than that in memory.
    let body = Body::from_stream(ReaderStream::new(tokio::fs::File::from_std(bytes)));
    Ok((headers, body).into_response())
}
