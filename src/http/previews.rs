//! `/og/…`: the pictures that other sites show beside links to public pages. The same for everybody: each is made of what a
//! stranger may read, kept in the store under the hash of what it says, and drawn at most once for each wording.

use crate::{
    features::{communities, events, opportunities, organizations},
    kernel::{
        error::{AppError, AppResult},
        ids::OpportunityId,
        text::initials,
    },
    platform::{
        ctx::{Ctx, House},
        dates, limits,
        pictures::preview::{self, Preview},
        storage::{Key, Stored},
        web::{Call, Seg},
    },
};
use axum::{
    Router,
    response::{IntoResponse as _, Response},
    routing::get,
};
use chrono::{DateTime, Utc};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use std::sync::Arc;

pub fn routes() -> Router<Arc<House>> {
    Router::new()
        .route("/og/site.png", get(site))
        .route("/og/events/{file}", get(event))
        .route("/og/organizations/{file}", get(organization))
        .route("/og/communities/{file}", get(community))
        .route("/og/opportunities/{file}", get(opportunity))
}

async fn site(call: Call, headers: HeaderMap) -> Response {
    let preview = Preview {
        title: "Sponsorship, settled in one place".into(),
        lines: vec![
            "Where sponsors and developer communities find each other,".into(),
            "agree in writing, and see the promise kept.".into(),
        ],
        address: address(&call.ctx, ""),
        ..Preview::default()
    };
    answer(&call.ctx, Ok(preview), &headers).await
}

async fn event(call: Call, Seg(file): Seg<String>, headers: HeaderMap) -> Response {
    answer(&call.ctx, of_event(&call.ctx, &file).await, &headers).await
}

async fn organization(call: Call, Seg(file): Seg<String>, headers: HeaderMap) -> Response {
    answer(&call.ctx, of_organization(&call.ctx, &file).await, &headers).await
}

async fn community(call: Call, Seg(file): Seg<String>, headers: HeaderMap) -> Response {
    answer(&call.ctx, of_community(&call.ctx, &file).await, &headers).await
}

async fn opportunity(call: Call, Seg(file): Seg<String>, headers: HeaderMap) -> Response {
    answer(&call.ctx, of_opportunity(&call.ctx, &file).await, &headers).await
}

/// A page's address as people say it.
fn address(ctx: &Ctx, path: &str) -> String {
    let link = ctx.link(path);
    link.split_once("://").map_or(link.clone(), |(_, rest)| rest.to_owned())
}

/// The last part of the page's address, from the picture's file name.
fn tail(file: &str) -> AppResult<&str> {
    file.strip_suffix(".png").ok_or(AppError::NotFound)
}

/// The key of a logo in the store, from its public address.
fn key_of(url: Option<&str>) -> Option<String> {
    let hash = url?.rsplit('/').next()?.strip_suffix(".png")?;
    Key::of_hash("logos", hash, "png").ok().map(|key| key.to_string())
}

async fn of_event(ctx: &Ctx, file: &str) -> AppResult<Preview> {
    let event = events::service::view(ctx, None, tail(file)?).await?;
    let kind = event.event_type.map_or("Event", |kind| kind.label());
    let place = if event.venue_name.is_empty() {
        event.format.map(|format| format.label().to_owned()).unwrap_or_default()
    } else {
        event.venue_name
    };
    // Days are enough beside a link; the clock times of a label would run under the logo.
    let at = |text: Option<&str>| text.and_then(|text| text.parse::<DateTime<Utc>>().ok());
    let when = match (at(event.start_at.as_deref()), at(event.end_at.as_deref())) {
        (Some(start), Some(end)) => dates::days(start, end, dates::zone(&event.timezone)),
        _ => event.when_label,
    };
    Ok(Preview {
        over: format!("{kind} by {}", event.community_name),
        title: event.title,
        lines: vec![when, place],
        initials: initials(&event.community_name),
        logo_key: key_of(event.community_logo_url.as_deref()),
        address: address(ctx, &format!("/events/{}", event.slug)),
    })
}

async fn of_organization(ctx: &Ctx, file: &str) -> AppResult<Preview> {
    let Ok(by) = tail(file)?.parse();
    let it = organizations::service::get_by(ctx, None, &by).await?;
    let events = match it.events_sponsored_count {
        0 => String::new(),
        1 => "1 event supported".to_owned(),
        many => format!("{many} events supported"),
    };
    Ok(Preview {
        over: format!("{}, {}", it.entity_type, it.verification_status.label().to_lowercase()),
        lines: vec![it.industry.label().to_owned(), events],
        initials: initials(&it.display_name),
        logo_key: key_of(it.logo_url.as_deref()),
        address: address(ctx, &format!("/directory/{}", it.slug)),
        title: it.display_name,
    })
}

async fn of_community(ctx: &Ctx, file: &str) -> AppResult<Preview> {
    let (_, it) = communities::service::page(ctx, None, tail(file)?).await?;
    Ok(Preview {
        over: it.community_type,
        lines: vec![it.place_label, it.answers_label],
        initials: it.initials,
        logo_key: key_of(it.logo_url.as_deref()),
        address: address(ctx, &format!("/communities/{}", it.slug)),
        title: it.name,
    })
}

async fn of_opportunity(ctx: &Ctx, file: &str) -> AppResult<Preview> {
    let id: OpportunityId = tail(file)?.parse().map_err(|_| AppError::NotFound)?;
    let it = opportunities::service::get(ctx, None, id).await?;
    Ok(Preview {
        over: format!("{}, {}", it.category, it.budget_range.formatted),
        title: it.event.title,
        lines: vec![it.event.when_label, format!("Apply by {}", it.deadline_label)],
        initials: initials(&it.community.name),
        logo_key: key_of(it.community.logo_url.as_deref()),
        address: address(ctx, &format!("/opportunities/{id}")),
    })
}

async fn answer(ctx: &Ctx, preview: AppResult<Preview>, asked: &HeaderMap) -> Response {
    let (preview, hash) = match preview {
        Ok(preview) => {
            let hash = preview.hash();
            (preview, hash)
        }
        Err(error) => return error.into_response(),
    };
    let tag = format!("\"{hash}\"");
    let kept = [(header::ETAG, tag.clone()), (header::CACHE_CONTROL, "public, max-age=3600".to_owned())];
    let is_known =
        asked.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok()).is_some_and(|value| value.contains(&tag));
    if is_known {
        return (StatusCode::NOT_MODIFIED, kept).into_response();
    }
    match picture(ctx, preview, &hash).await {
        Ok(png) => {
            let mut response = (kept, [(header::CONTENT_TYPE, "image/png")], png).into_response();
            // It is made to be shown elsewhere.
            let elsewhere = HeaderValue::from_static("cross-origin");
            response.headers_mut().insert(HeaderName::from_static("cross-origin-resource-policy"), elsewhere);
            response
        }
        Err(error) => error.into_response(),
    }
}

/// The kept picture, or a new one. Only drawing is counted against whoever asks.
async fn picture(ctx: &Ctx, preview: Preview, hash: &str) -> AppResult<bytes::Bytes> {
    let store = &ctx.house.store;
    let broken = |error: anyhow::Error| AppError::Broken(error.into());
    let key = Key::of_hash("previews", hash, "png").map_err(|_| AppError::broken("a hash is no key"))?;
    if let Some(Stored { bytes, .. }) = store.get(&key).await.map_err(broken)? {
        return Ok(bytes);
    }
    limits::hit_address(ctx, limits::PREVIEW_ADDRESS).await?;
    let logo = match preview.logo_key.as_deref().and_then(|key| Key::parse(key).ok()) {
        Some(key) => store.get(&key).await.map_err(broken)?.map(|stored| stored.bytes.to_vec()),
        None => None,
    };
    let png = preview::draw(preview, logo).await.map_err(|refusal| match refusal.code {
        "PICTURE_BUSY" => AppError::Busy { retry_after: 60 },
        _ => AppError::broken("a preview could not be drawn"),
    })?;
    store.put(&key, png.clone(), "image/png").await.map_err(broken)?;
    Ok(png.into())
}
