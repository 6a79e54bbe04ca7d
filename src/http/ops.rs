//! For the people who run it: is it alive, is it ready, what are the figures; and development's clock.

use crate::{
    kernel::error::{AppError, AppResult},
    platform::{
        ctx::{Ctx, House},
        db, index, telemetry,
        web::{Params, json_response},
    },
};
use axum::{
    Router,
    extract::State,
    response::{IntoResponse as _, Response},
    routing::{get, post},
};
use http::{StatusCode, header};
use serde::Deserialize;
use serde_json::json;
use std::sync::Arc;

/// `/healthz`, `/readyz`, `/metrics`, and, in development only, `/dev/clock`.
pub fn routes(house: &Arc<House>) -> Router<Arc<House>> {
    let routes = Router::new().route("/healthz", get(healthz)).route("/readyz", get(readyz)).route("/metrics", get(metrics));
    if house.settings.is_development() { routes.route("/dev/clock", post(shift_clock).get(read_clock)) } else { routes }
}

async fn healthz() -> &'static str {
    "ok"
}

/// What [`readyz`] may be asked.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Asked {
    /// Is an instance whose indexes are not filled none yet?
    filled: bool,
}

/// Ready when the database answers and has this program's schema. While indexes of lists are filled the database answers for
/// them, slower and without the counts of facets: this is said, and keeps nobody away, for after a fall every instance may be
/// new at once. Whoever replaces instances one by one asks with `filled=true`, and leaves the old one at its place until then.
async fn readyz(State(house): State<Arc<House>>, Params(asked): Params<Asked>) -> Response {
    let not_yet = |why: String| (StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, "5")], why).into_response();
    match db::is_migrated(&house.pool).await {
        Ok(true) => {
            let filling = index::filling(&house);
            if filling.is_empty() {
                "ready".into_response()
            } else if asked.filled {
                not_yet(format!("not yet; still filling the indexes of: {}", filling.join(", ")))
            } else {
                format!("ready; still filling the indexes of: {}", filling.join(", ")).into_response()
            }
        }
        Ok(false) => not_yet("the schema is not migrated".to_owned()),
        Err(_) => AppError::Busy { retry_after: 5 }.into_response(),
    }
}

async fn metrics(State(house): State<Arc<House>>) -> Response {
    let text = telemetry::render(&Ctx::background(&house, "metrics")).await;
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], text).into_response()
}

#[derive(Deserialize)]
struct Shift {
    seconds: i64,
}

async fn shift_clock(State(house): State<Arc<House>>, Params(shift): Params<Shift>) -> AppResult<Response> {
    house.clock.shift(shift.seconds);
    house.poke.notify_waiters();
    Ok(clock(&house))
}

async fn read_clock(State(house): State<Arc<House>>) -> Response {
    clock(&house)
}

fn clock(house: &House) -> Response {
    json_response(StatusCode::OK, &json!({"now": house.clock.now(), "offsetSeconds": house.clock.offset()}))
}
