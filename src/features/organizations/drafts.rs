//! Half-filled applications, kept on the server for two weeks: the browser holds a random token, we hold its hash.
//!
//! Promises: what was typed and the logo survive a refused step, a closed window and another visit, without scripts. Does
//! not check what is typed: a draft may be wrong.

use super::{
    rules::application::ApplicationInput,
    store,
    views::{DraftView, logo_url},
};
use crate::{
    kernel::{
        error::{AppError, AppResult},
        fields::Check,
        ids::LogoId,
    },
    platform::{config::Settings, ctx::Ctx, dates, limits, secrets, web::cookies},
};
use chrono::TimeDelta;
use http::HeaderMap;

/// The cookie with the token.
pub const COOKIE: &str = "commdesk_draft";
const DAYS: i64 = 14;

/// A draft as it is kept.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Draft {
    pub input: ApplicationInput,
    pub logo: Option<LogoId>,
    pub logo_key: Option<String>,
    pub saved_label: Option<String>,
}

impl Draft {
    /// As its pages show it.
    pub fn view(self) -> DraftView {
        let mut ignored = Check::default();
        DraftView {
            reached: Some(self.input.first_open_step(self.logo.is_some())),
            budget_label: self.input.budget_range.check(&mut ignored).map(super::rules::application::Budget::label),
            logo_url: self.logo_key.as_deref().map(logo_url),
            saved_label: self.saved_label,
            input: self.input,
            known: None,
        }
    }
}

/// The token that the caller sent, if it could be one of ours.
pub fn token(headers: &HeaderMap) -> Option<String> {
    cookies::get(headers, COOKIE).filter(|token| secrets::looks_like_token(token)).map(str::to_owned)
}

/// A new token.
pub fn fresh_token() -> String {
    secrets::token()
}

/// `Set-Cookie` for a token.
pub fn cookie(settings: &Settings, token: &str) -> String {
    cookies::set(settings, COOKIE, token, DAYS * 86_400)
}

/// `Set-Cookie` that takes it away.
pub fn no_cookie(settings: &Settings) -> String {
    cookies::set(settings, COOKIE, "", 0)
}

/// The draft of a token; an empty one when there is none (any more).
///
/// # Errors
/// When the database is away.
pub async fn load(ctx: &Ctx, token: Option<&str>) -> AppResult<Draft> {
    let Some(token) = token else { return Ok(Draft::default()) };
    let Some(row) = store::find_draft(ctx.db(), &secrets::hash_token(token), ctx.now()).await? else {
        return Ok(Draft::default());
    };
    Ok(Draft {
        // Fields of an older form that mean nothing now are left out.
        input: serde_json::from_value(row.fields).unwrap_or_default(),
        logo: row.logo_id.map(LogoId),
        logo_key: row.logo_key,
        saved_label: Some(format!("Saved {}", dates::moment(row.updated_at, chrono_tz::Tz::UTC))),
    })
}

/// The most that a draft may hold, as JSON: several times what all fields take when they are full.
const MOST_BYTES: usize = 32 * 1024;

/// Keeps what was typed; a logo that is not given stays.
///
/// # Errors
/// 422 for more text than the form could ever take, 429 after too many from one address: nobody has to sign in for this.
pub async fn save(ctx: &Ctx, token: &str, input: &ApplicationInput, logo: Option<LogoId>) -> AppResult<()> {
    let fields = serde_json::to_value(input).map_err(|error| AppError::Broken(error.into()))?;
    if fields.to_string().len() > MOST_BYTES {
        return Err(AppError::invalid("", "This is far more text than the form takes. Shorten it, then go on."));
    }
    limits::hit_address(ctx, limits::DRAFT_ADDRESS).await?;
    let now = ctx.now();
    store::put_draft(ctx.db(), ctx.id(), &secrets::hash_token(token), &fields, logo, now, now + TimeDelta::days(DAYS)).await
}

/// Lets a draft end: it has become an application. It stays for some minutes, because a second click of the same wish
/// may be on its way and must not find an empty one.
///
/// # Errors
/// When the database is away.
pub async fn end(ctx: &Ctx, token: &str) -> AppResult<()> {
    store::end_draft(ctx.db(), &secrets::hash_token(token), ctx.now() + TimeDelta::minutes(10)).await
}

/// Takes every draft away whose time is over.
///
/// # Errors
/// When the database is away.
pub async fn forget_old(ctx: &Ctx) -> AppResult<()> {
    store::delete_expired_drafts(ctx.db(), ctx.now()).await
}
