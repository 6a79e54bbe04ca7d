//! How often somebody may do something: fixed windows, counted in Postgres, so that every instance counts together.

use super::{ctx::Ctx, tx::Tx};
use crate::kernel::error::{AppError, AppResult};
use chrono::{DateTime, TimeDelta, Utc};
use moka::sync::Cache;
use sqlx::PgExecutor;
use std::net::IpAddr;

/// So many addresses that are over a limit are remembered; the others are counted each time.
const MOST_SHUT: u64 = 10_000;

/// A limit by name: `hits` in `seconds`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    pub action: &'static str,
    pub hits: i32,
    pub seconds: i64,
}

/// Signing in, by address.
pub const SIGN_IN_ADDRESS: Limit = Limit { action: "sign_in_address", hits: 30, seconds: 300 };
/// Signing in, by account: slows guessing without locking anybody out for long.
pub const SIGN_IN_ACCOUNT: Limit = Limit { action: "sign_in_account", hits: 10, seconds: 300 };
/// Mails with one-time links, by account.
pub const LINK_ACCOUNT: Limit = Limit { action: "link_account", hits: 5, seconds: 3600 };
/// Mails with one-time links, by address.
pub const LINK_ADDRESS: Limit = Limit { action: "link_address", hits: 20, seconds: 3600 };
/// Applications of organizations, by address.
pub const APPLY_ADDRESS: Limit = Limit { action: "apply_address", hits: 10, seconds: 3600 };
/// Steps of applications that are kept before they are sent, by address.
pub const DRAFT_ADDRESS: Limit = Limit { action: "draft_address", hits: 120, seconds: 3600 };
/// Sign-ups of communities, by address (5 an hour: the sign-up system's rule).
pub const SIGNUP_ADDRESS: Limit = Limit { action: "signup_address", hits: 5, seconds: 3600 };
/// Uploads, by address.
pub const UPLOAD_ADDRESS: Limit = Limit { action: "upload_address", hits: 60, seconds: 3600 };
/// Pictures for links that have to be drawn anew, by address.
pub const PREVIEW_ADDRESS: Limit = Limit { action: "preview_address", hits: 30, seconds: 60 };
/// Requests and applications, by user.
pub const REQUEST_USER: Limit = Limit { action: "request_user", hits: 30, seconds: 3600 };
/// Second factors, by account.
pub const SECOND_FACTOR: Limit = Limit { action: "second_factor", hits: 10, seconds: 300 };
/// Calls of one API key.
pub const API_KEY: Limit = Limit { action: "api_key", hits: 600, seconds: 60 };
/// People whom one API key invites (100 an hour: the member system's rule).
pub const API_KEY_ONBOARDING: Limit = Limit { action: "api_key_onboarding", hits: 100, seconds: 3600 };
/// Keys that open nothing, by address: slows trying them out.
pub const API_KEY_ADDRESS: Limit = Limit { action: "api_key_address", hits: 60, seconds: 300 };
/// Invitations, sent for the first time or again, by workspace.
pub const INVITE_WORKSPACE: Limit = Limit { action: "invite_workspace", hits: 10, seconds: 60 };
/// Requests that bring new members into a community, one or a whole list, by API key or session.
pub const ONBOARD_CALLER: Limit = Limit { action: "onboard_caller", hits: 100, seconds: 3600 };
/// Wishes to join an organization, by person.
pub const JOIN_USER: Limit = Limit { action: "join_user", hits: 10, seconds: 3600 };

/// Counts one hit of `subject` against the limit.
///
/// # Errors
/// `TooMany` with the seconds until the window ends.
pub async fn hit(ctx: &Ctx, limit: Limit, subject: &str) -> AppResult<()> {
    let now = ctx.now();
    let window = window(limit, now);
    let hits = count(ctx.db(), limit, subject, window).await?;
    within(limit, ctx.house.settings.limit_factor, hits, window, now)
}

fn window(limit: Limit, now: DateTime<Utc>) -> DateTime<Utc> {
    let start = now.timestamp() - now.timestamp().rem_euclid(limit.seconds);
    DateTime::from_timestamp(start, 0).unwrap_or(now)
}

/// One hit more in a window; gives how many there are now.
async fn count(db: impl PgExecutor<'_>, limit: Limit, subject: &str, window: DateTime<Utc>) -> AppResult<i32> {
    let hits = sqlx::query_scalar!(
        "insert into rate_counters (action, subject, window_start, hits) values ($1, $2, $3, 1)
         on conflict (action, subject, window_start) do update set hits = rate_counters.hits + 1 returning hits",
        limit.action,
        subject,
        window,
    )
    .fetch_one(db)
    .await?;
    Ok(hits)
}

fn within(limit: Limit, factor: i32, hits: i32, window: DateTime<Utc>, now: DateTime<Utc>) -> AppResult<()> {
    if hits > limit.hits.saturating_mul(factor) {
        return Err(too_many(window + TimeDelta::seconds(limit.seconds) - now));
    }
    Ok(())
}

/// Rounded up: who waits for as long as they were told gets through.
fn too_many(left: TimeDelta) -> AppError {
    let left = left.num_milliseconds().max(1);
    AppError::TooMany { retry_after: u32::try_from(left).map_or(60, |left| left.div_ceil(1_000)) }
}

/// As [`hit`], in the caller's transaction: a click that is repeated under one idempotency key counts once, because its
/// twins never come this far, and an attempt that is refused does not count.
///
/// # Errors
/// `TooMany` with the seconds until the window ends.
pub async fn hit_in(tx: &mut Tx, limit: Limit, subject: &str) -> AppResult<()> {
    let (now, factor) = (tx.ctx().now(), tx.ctx().house.settings.limit_factor);
    let window = window(limit, now);
    let hits = count(tx.conn(), limit, subject, window).await?;
    within(limit, factor, hits, window, now)
}

/// Counts one hit by the caller's address; a caller without one (a job, a test) is not limited.
///
/// # Errors
/// As [`hit`].
pub async fn hit_address(ctx: &Ctx, limit: Limit) -> AppResult<()> {
    match ctx.address {
        Some(address) => {
            let counted = hit(ctx, limit, &address.to_string()).await;
            if let Err(AppError::TooMany { retry_after }) = &counted {
                let until = ctx.now() + TimeDelta::seconds((*retry_after).into());
                ctx.house.shelf.get::<Shut>().0.insert((limit.action, address), until);
            }
            counted
        }
        None => Ok(()),
    }
}

/// What addresses may not do, and until when, as far as this process was told.
struct Shut(Cache<(&'static str, IpAddr), DateTime<Utc>>);

impl Default for Shut {
    fn default() -> Self {
        Self(Cache::new(MOST_SHUT))
    }
}

/// Refuses a caller whose address was told to wait and comes back before its time, without counting that and without asking the
/// database: for doors before which people stand in line.
///
/// # Errors
/// `TooMany` with the seconds that are left.
pub fn recall_address(ctx: &Ctx, limit: Limit) -> AppResult<()> {
    let until = ctx.address.and_then(|address| ctx.house.shelf.get::<Shut>().0.get(&(limit.action, address)));
    match until.map(|until| until - ctx.now()) {
        Some(left) if left.num_milliseconds() > 0 => Err(too_many(left)),
        _ => Ok(()),
    }
}

/// Takes the hits of `subject` back: what is counted are wrong tries in a row, and this one was right.
///
/// # Errors
/// When the database is away.
pub async fn forgive(ctx: &Ctx, limit: Limit, subject: &str) -> AppResult<()> {
    sqlx::query!("delete from rate_counters where action = $1 and subject = $2", limit.action, subject).execute(ctx.db()).await?;
    Ok(())
}

/// Forgets windows that ended more than a day ago.
///
/// # Errors
/// When the database is away.
pub async fn forget(ctx: &Ctx) -> anyhow::Result<()> {
    sqlx::query!("delete from rate_counters where window_start < $1", ctx.now() - TimeDelta::days(1)).execute(ctx.db()).await?;
    Ok(())
}
