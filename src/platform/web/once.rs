//! Once, however often it is sent: `Idempotency-Key` for the API, a hidden key for forms.
//!
//! The key is claimed inside the business transaction ([`Ctx::begin`]); a replay renders the result again under today's
//! permissions, so neither body nor secret is stored.

use super::Call;
use crate::{
    kernel::error::{AppError, AppResult},
    platform::ctx::{Claim, Ctx},
};
use axum::extract::FromRequestParts;
use http::request::Parts;
use sha2::{Digest as _, Sha256};
use std::{future::Future, str::FromStr};

/// The caller's `Idempotency-Key`, if there is one.
#[derive(Debug, Clone, Default)]
pub struct Once(pub Option<String>);

impl<S: Send + Sync> FromRequestParts<S> for Once {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, AppError> {
        match parts.headers.get("idempotency-key") {
            None => Ok(Self(None)),
            Some(value) => {
                let key = value.to_str().unwrap_or_default().trim();
                if key.is_empty() || key.len() > 200 {
                    return Err(AppError::invalid("Idempotency-Key", "Use 1 to 200 printable characters, a UUID for example."));
                }
                Ok(Self(Some(key.to_owned())))
            }
        }
    }
}

impl Once {
    /// Runs `work` once for this key. A second call with the same key and the same body gives `replay(result)`, where the
    /// result is what the work's transaction noted ([`crate::platform::tx::Tx::result`]).
    ///
    /// # Errors
    /// What the work says; 409 `IDEMPOTENCY_KEY_REUSED` when the body differs.
    pub async fn run<T, W, WF, R, RF>(&self, call: &Call, operation: &str, body: &[u8], work: W, replay: R) -> AppResult<T>
    where
        W: FnOnce(Ctx) -> WF,
        WF: Future<Output = AppResult<T>>,
        R: FnOnce(Ctx, String) -> RF,
        RF: Future<Output = AppResult<T>>,
    {
        let Some(key) = &self.0 else { return work(call.ctx.clone()).await };
        let claim = claim(call, operation, key, body);
        if let Some(result) = find(&call.ctx, &claim).await? {
            return replay(call.ctx.clone(), result).await;
        }
        match work(call.ctx.with_claim(claim.clone())).await {
            Err(AppError::Replay) => {
                let result = find(&call.ctx, &claim).await?.unwrap_or_default();
                replay(call.ctx.clone(), result).await
            }
            other => other,
        }
    }

    /// As [`Once::run`], for a change whose answer is read afterwards, whether it was made now or by an earlier call.
    ///
    /// # Errors
    /// As [`Once::run`].
    pub async fn change<T, W, F>(&self, call: &Call, operation: &str, body: &[u8], work: W) -> AppResult<()>
    where
        W: FnOnce(Ctx) -> F,
        F: Future<Output = AppResult<T>>,
    {
        self.run(call, operation, body, |ctx| async move { work(ctx).await.map(|_| ()) }, |_, _| async { Ok(()) }).await
    }

    /// As [`Once::run`], for something that is made and read afterwards: gives its id, which the work's transaction noted.
    ///
    /// # Errors
    /// As [`Once::run`].
    pub async fn make<Id, W, F>(&self, call: &Call, operation: &str, body: &[u8], work: W) -> AppResult<Id>
    where
        Id: FromStr,
        W: FnOnce(Ctx) -> F,
        F: Future<Output = AppResult<Id>>,
    {
        self.run(call, operation, body, work, |_, noted| async move {
            noted.parse().map_err(|_| AppError::broken(format!("the key of {operation} noted no id: {noted:?}")))
        })
        .await
    }
}

/// Who claims what: a key of one person in one workspace is nobody else's.
pub fn claim(call: &Call, operation: &str, key: &str, body: &[u8]) -> Claim {
    let principal = match (&call.ctx.key, &call.person) {
        (Some(key), _) => format!("key/{key}"),
        (None, Some(person)) => format!("{}/{}", person.user, call.workspace.as_deref().unwrap_or("")),
        (None, None) => format!("visitor/{}", call.ctx.address.map(|a| a.to_string()).unwrap_or_default()),
    };
    Claim { principal, operation: operation.to_owned(), key: key.to_owned(), request_hash: Sha256::digest(body).into() }
}

/// The result of an earlier call with this key, empty when it noted none.
///
/// # Errors
/// 409 when the key was used for another body.
pub async fn find(ctx: &Ctx, claim: &Claim) -> AppResult<Option<String>> {
    let row = sqlx::query!(
        "select request_hash, result from idempotency_keys where principal = $1 and operation = $2 and key = $3",
        claim.principal,
        claim.operation,
        claim.key,
    )
    .fetch_optional(ctx.db())
    .await?;
    match row {
        None => Ok(None),
        Some(row) if row.request_hash[..] != claim.request_hash[..] => Err(AppError::refused(
            "IDEMPOTENCY_KEY_REUSED",
            "This key was used for another request. Use a new key for a new request.",
        )),
        Some(row) => Ok(Some(row.result.unwrap_or_default())),
    }
}

/// Notes where a form's success sent people, for its replay.
///
/// # Errors
/// When the database is away.
pub async fn note_location(ctx: &Ctx, claim: &Claim, location: &str) -> AppResult<()> {
    sqlx::query!(
        "update idempotency_keys set result = $4 where principal = $1 and operation = $2 and key = $3",
        claim.principal,
        claim.operation,
        claim.key,
        location,
    )
    .execute(ctx.db())
    .await?;
    Ok(())
}

/// Forgets keys older than 30 days.
///
/// # Errors
/// When the database is away.
pub async fn forget(ctx: &Ctx) -> anyhow::Result<()> {
    sqlx::query!("delete from idempotency_keys where created_at < $1", ctx.now() - chrono::TimeDelta::days(30))
        .execute(ctx.db())
        .await?;
    Ok(())
}
