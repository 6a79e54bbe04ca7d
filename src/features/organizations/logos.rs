//! Logos: cleaned, kept under the hash of their content, served for ever under one address. Other rooms keep theirs here
//! too.
//!
//! Promises: what is served is a PNG that we drew; its address changes with its content. Does not say whose a logo is.

use super::{
    store,
    views::{self, UploadedLogo},
};
use crate::{
    kernel::{
        error::{AppError, AppResult},
        ids::LogoId,
        pictures::{SIDES, too_heavy},
    },
    platform::{
        ctx::{Ctx, House},
        limits, pictures,
        storage::Key,
        web::{
            Segs,
            form::{Typed, Upload},
        },
    },
};
use axum::{
    Router,
    extract::State,
    response::{IntoResponse as _, Response},
    routing::get,
};
use http::{HeaderMap, HeaderName, StatusCode, header};
use std::sync::Arc;

/// Draws an upload anew and keeps it; the same picture twice is one logo.
///
/// Opens no transaction: a form's idempotency key stays for the change that uses the logo, and a logo that nobody uses
/// harms nobody.
///
/// # Errors
/// 422 on `logo`, saying what is wrong with the file; 429 after too many from one address.
pub async fn store_logo(ctx: &Ctx, bytes: Vec<u8>) -> AppResult<LogoId> {
    Ok(keep(ctx, bytes).await?.0)
}

/// As [`store_logo`], of the file that was chosen in a form's field, if one was.
///
/// # Errors
/// As [`store_logo`]; for a file that is too large on its own field.
pub async fn store_chosen(ctx: &Ctx, typed: &Typed, field: &str) -> AppResult<Option<LogoId>> {
    match typed.upload(field) {
        Some(upload) => store_logo(ctx, of_upload(upload)?).await.map(Some),
        None => Ok(None),
    }
}

/// The bytes of a file that was chosen for a picture.
///
/// # Errors
/// 422 on its field, saying how large it may be.
pub fn of_upload(upload: &Upload) -> AppResult<Vec<u8>> {
    Ok(upload.within(pictures::MAX_BYTES, &too_heavy())?.to_vec())
}

/// As [`store_logo`], with the key under which the picture is kept and what else there is to say about it.
///
/// # Errors
/// As [`store_logo`].
pub async fn keep(ctx: &Ctx, bytes: Vec<u8>) -> AppResult<(LogoId, UploadedLogo)> {
    limits::hit_address(ctx, limits::UPLOAD_ADDRESS).await?;
    draw(ctx, bytes).await
}

/// As [`keep`], for a caller that has limits of its own.
///
/// # Errors
/// 422 on `logo`, saying what is wrong with the file.
pub async fn draw(ctx: &Ctx, bytes: Vec<u8>) -> AppResult<(LogoId, UploadedLogo)> {
    let picture = pictures::clean_logo_async(bytes).await.map_err(|refusal| AppError::invalid("logo", refusal.message))?;
    let key = Key::of_hash("logos", &picture.sha256_hex, "png").map_err(|_| AppError::broken("a hash is no key"))?;
    let small = |number: usize| i32::try_from(number).unwrap_or(i32::MAX);
    let (width, height) = (i32::try_from(picture.width).unwrap_or(i32::MAX), i32::try_from(picture.height).unwrap_or(i32::MAX));
    let size = small(picture.png.len());
    // The picture before its row: a row never points at nothing.
    let kept = ctx.house.store.put(&key, picture.png, "image/png").await;
    kept.map_err(|error| AppError::Broken(error.into()))?;
    let id = store::ensure_logo(ctx.db(), ctx.id(), &picture.sha256_hex, key.as_str(), width, height, size, ctx.now()).await?;
    let uploaded = UploadedLogo {
        key: key.as_str().to_owned(),
        url: logo_url(key.as_str()),
        width: picture.width,
        height: picture.height,
        note: picture.note.map(str::to_owned),
    };
    Ok((id, uploaded))
}

/// Where a stored logo is served from.
pub fn logo_url(key: &str) -> String {
    views::logo_url(key)
}

/// The picture behind an address that [`logo_url`] gave; nothing where none is kept.
///
/// # Errors
/// When the store is away.
pub async fn picture_at(ctx: &Ctx, url: &str) -> AppResult<Option<bytes::Bytes>> {
    let hash = url.strip_prefix("/media/logos/").and_then(|file| file.strip_suffix(".png"));
    let Some(key) = hash.and_then(|hash| Key::of_hash("logos", hash, "png").ok()) else { return Ok(None) };
    let found = ctx.house.store.get(&key).await.map_err(|error| AppError::Broken(error.into()))?;
    Ok(found.map(|stored| stored.bytes))
}

/// `/media/logos/{file}`, and the same picture in the sizes of the kernel.
pub fn routes() -> Router<Arc<House>> {
    Router::new().route("/media/logos/{file}", get(serve)).route("/media/logos/{side}/{file}", get(serve_sized))
}

/// A smaller picture is drawn when it is first asked for, and kept beside the first one.
async fn serve_sized(State(house): State<Arc<House>>, segs: Segs) -> AppResult<Response> {
    let (side, file): (u32, String) = (segs.get("side")?, segs.get("file")?);
    let hash = file.strip_suffix(".webp").filter(|_| SIDES.contains(&side)).ok_or(AppError::NotFound)?;
    let key = |folder: &str, ending: &str| Key::of_hash(folder, hash, ending).map_err(|_| AppError::NotFound);
    let (whole, small) = (key("logos", "png")?, key(&format!("logos-{side}"), "webp")?);
    let away = |error: anyhow::Error| AppError::Broken(error.into());
    let bytes = match house.store.get(&small).await.map_err(away)? {
        Some(stored) => stored.bytes,
        None => {
            let whole = house.store.get(&whole).await.map_err(away)?.ok_or(AppError::NotFound)?;
            let drawn = pictures::shrink(whole.bytes, side).await.map_err(|_| AppError::Busy { retry_after: 5 })?;
            let drawn = bytes::Bytes::from(drawn);
            house.store.put(&small, drawn.clone(), "image/webp").await.map_err(away)?;
            drawn
        }
    };
    let headers = [
        (header::CONTENT_TYPE, "image/webp"),
        (header::CACHE_CONTROL, FOR_EVER),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        // Embeds show them on the sites of communities.
        (HeaderName::from_static("cross-origin-resource-policy"), "cross-origin"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"),
    ];
    Ok((headers, bytes).into_response())
}

async fn serve(
    State(house): State<Arc<House>>,
    crate::platform::web::Seg(file): crate::platform::web::Seg<String>,
    headers: HeaderMap,
) -> Response {
    let Some(key) = file.strip_suffix(".png").and_then(|hash| Key::of_hash("logos", hash, "png").ok()) else {
        return AppError::NotFound.into_response();
    };
    let tag = format!("\"{}\"", file.trim_end_matches(".png"));
    let unchanged =
        headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok()).is_some_and(|value| value.contains(&tag));
    if unchanged {
        return (StatusCode::NOT_MODIFIED, [(header::ETAG, tag), (header::CACHE_CONTROL, FOR_EVER.to_owned())]).into_response();
    }
    match house.store.get(&key).await {
        Ok(Some(stored)) => (
            [
                (header::CONTENT_TYPE, stored.content_type.to_owned()),
                (header::CACHE_CONTROL, FOR_EVER.to_owned()),
                (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
                // Embeds show them on the sites of communities.
                (HeaderName::from_static("cross-origin-resource-policy"), "cross-origin".to_owned()),
                (header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox".to_owned()),
                (header::ETAG, tag),
            ],
            stored.bytes,
        )
            .into_response(),
        Ok(None) => AppError::NotFound.into_response(),
        Err(error) => AppError::Broken(error.into()).into_response(),
    }
}

/// An address with a content's hash never means anything else.
const FOR_EVER: &str = "public, max-age=31536000, immutable";
