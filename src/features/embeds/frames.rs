//! `/embed/…`: answers for other sites. No scripts, one style sheet of our own, an ETag, five minutes of cache, and the only
//! `frame-ancestors` of the house that name anybody. What ends in `.json` or `.html` is for programs that build such sites, and
//! for no frame.

use super::{
    rules::Sites,
    service,
    views::{BadgeEmbed, WallEmbed},
};
use crate::{
    kernel::{
        canonical,
        error::{AppError, AppResult},
    },
    platform::{
        ctx::House,
        web::{Call, Params, Seg},
    },
};
use askama::Template as _;
use axum::{
    Router,
    response::{IntoResponse as _, Response},
    routing::get,
};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use serde::{Deserialize, Serialize};
use std::sync::{Arc, LazyLock};

/// The wall as the event's own page shows it: the same tokens and the same rules.
static STYLE: LazyLock<String> = LazyLock::new(|| {
    [
        include_str!("../../../style/tokens.css"),
        include_str!("../../../style/components/logo.css"),
        include_str!("../../../style/components/tier.css"),
        include_str!("../../../style/features/event.css"),
        include_str!("../../../style/embed.css"),
    ]
    .concat()
});

/// Changes with the style, so that it may be kept for ever.
static STYLE_VERSION: LazyLock<String> = LazyLock::new(|| canonical::sha256_hex(&STYLE)[..12].to_owned());

#[derive(askama::Template)]
#[template(path = "embed/wall.html")]
struct WallPage<'a> {
    wall: &'a WallEmbed,
    theme: &'a str,
    style: &'a str,
}

#[derive(askama::Template)]
#[template(path = "embed/badge.html")]
struct BadgePage<'a> {
    badge: &'a BadgeEmbed,
    theme: &'a str,
    style: &'a str,
}

pub fn routes() -> Router<Arc<House>> {
    Router::new()
        .route("/embed/style.css", get(style))
        .route("/embed/events/{slug}/sponsors", get(wall))
        .route("/embed/events/{slug}/sponsors.json", get(wall_json))
        .route("/embed/events/{slug}/sponsors.html", get(wall_html))
        .route("/embed/opportunities/{id}/badge", get(badge))
        .route("/embed/opportunities/{id}/badge.json", get(badge_json))
        .route("/embed/opportunities/{id}/badge.html", get(badge_html))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Look {
    /// `light` or `dark`; anything else follows the reader's system.
    theme: String,
}

impl Look {
    fn theme(&self) -> &str {
        match self.theme.as_str() {
            "light" => "light",
            "dark" => "dark",
            _ => "",
        }
    }
}

async fn style() -> Response {
    (
        [(header::CONTENT_TYPE, "text/css; charset=utf-8"), (header::CACHE_CONTROL, "public, max-age=31536000, immutable")],
        STYLE.as_str(),
    )
        .into_response()
}

async fn wall(call: Call, Seg(slug): Seg<String>, Params(look): Params<Look>, headers: HeaderMap) -> Response {
    match service::wall(&call.ctx, &slug).await {
        Ok((wall, sites)) => {
            let page = WallPage { wall: &wall, theme: look.theme(), style: &STYLE_VERSION };
            framed(page.render().map_err(|error| AppError::Broken(Box::new(error))), &sites, &headers)
        }
        Err(error) => error.into_response(),
    }
}

async fn wall_json(call: Call, Seg(slug): Seg<String>, headers: HeaderMap) -> Response {
    match service::wall(&call.ctx, &slug).await {
        Ok((wall, _)) => json(&wall, &headers),
        Err(error) => error.into_response(),
    }
}

async fn wall_html(call: Call, Seg(slug): Seg<String>, headers: HeaderMap) -> Response {
    match service::wall(&call.ctx, &slug).await {
        Ok((wall, _)) => shared(wall.html(), "text/html; charset=utf-8", &headers),
        Err(error) => error.into_response(),
    }
}

async fn badge(call: Call, Seg(id): Seg<String>, Params(look): Params<Look>, headers: HeaderMap) -> Response {
    match find_badge(&call, &id).await {
        Ok((badge, sites)) => {
            let page = BadgePage { badge: &badge, theme: look.theme(), style: &STYLE_VERSION };
            framed(page.render().map_err(|error| AppError::Broken(Box::new(error))), &sites, &headers)
        }
        Err(error) => error.into_response(),
    }
}

async fn badge_json(call: Call, Seg(id): Seg<String>, headers: HeaderMap) -> Response {
    match find_badge(&call, &id).await {
        Ok((badge, _)) => json(&badge, &headers),
        Err(error) => error.into_response(),
    }
}

async fn badge_html(call: Call, Seg(id): Seg<String>, headers: HeaderMap) -> Response {
    match find_badge(&call, &id).await {
        Ok((badge, _)) => shared(badge.html(), "text/html; charset=utf-8", &headers),
        Err(error) => error.into_response(),
    }
}

async fn find_badge(call: &Call, id: &str) -> AppResult<(BadgeEmbed, Sites)> {
    service::badge(&call.ctx, service::opportunity_named(id)?).await
}

/// A page that other sites may frame.
fn framed(page: Result<String, AppError>, sites: &Sites, asked: &HeaderMap) -> Response {
    let page = match page {
        Ok(page) => page,
        Err(error) => return error.into_response(),
    };
    let mut response = cached(page, "text/html; charset=utf-8", asked);
    let policy = format!(
        "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors {}",
        sites.ancestors()
    );
    match HeaderValue::from_str(&policy) {
        Ok(policy) => {
            response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
            response
        }
        Err(error) => AppError::Broken(Box::new(error)).into_response(),
    }
}

fn json<T: Serialize>(view: &T, asked: &HeaderMap) -> Response {
    shared(serde_json::to_string(view).expect("our own views serialize"), "application/json", asked)
}

/// For scripts and builds of other sites: it says nothing that is not public.
fn shared(body: String, kind: &'static str, asked: &HeaderMap) -> Response {
    let mut response = cached(body, kind, asked);
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("cross-origin"));
    response
}

/// 304 for whoever has it already.
fn cached(body: String, kind: &'static str, asked: &HeaderMap) -> Response {
    let tag = format!("\"{}\"", &canonical::sha256_hex(&body)[..32]);
    let known = asked
        .get_all(header::IF_NONE_MATCH)
        .into_iter()
        .filter_map(|value| value.to_str().ok())
        .any(|value| value.split(',').any(|one| one.trim().trim_start_matches("W/") == tag || one.trim() == "*"));
    let headers = [(header::ETAG, tag), (header::CACHE_CONTROL, "public, max-age=300, stale-while-revalidate=3600".to_owned())];
    if known {
        return (StatusCode::NOT_MODIFIED, headers).into_response();
    }
    (headers, [(header::CONTENT_TYPE, kind)], body).into_response()
}
