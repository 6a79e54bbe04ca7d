//! A transaction that cannot change state without saying so: facts are written, chained and put in the outbox at commit.

use super::{
    ctx::{Claim, Ctx},
    facts::{self, Voice},
};
use crate::kernel::{
    error::{AppError, AppResult},
    fact::Fact,
};
use sqlx::{PgConnection, Postgres, Transaction};

/// An open transaction. Dropped without a commit, it changes nothing.
pub struct Tx {
    inner: Transaction<'static, Postgres>,
    ctx: Ctx,
    stated: Vec<facts::Stated>,
    claim: Option<Claim>,
    result: Option<String>,
}

impl Tx {
    pub(super) async fn begin(ctx: &Ctx) -> AppResult<Self> {
        let mut inner = ctx.house.pool.begin().await?;
        if let Some(claim) = &ctx.claim {
            // A twin that is still at work holds the row: this insert waits for it, and then sees that it is done.
            let claimed = sqlx::query!(
                "insert into idempotency_keys (principal, operation, key, request_hash, created_at)
                 values ($1, $2, $3, $4, $5) on conflict do nothing",
                claim.principal,
                claim.operation,
                claim.key,
                &claim.request_hash[..],
                ctx.now(),
            )
            .execute(&mut *inner)
            .await?;
            if claimed.rows_affected() == 0 {
                return Err(AppError::Replay);
            }
        }
        Ok(Self { inner, ctx: ctx.clone(), stated: Vec::new(), claim: ctx.claim.clone(), result: None })
    }

    /// The connection, for stores.
    pub fn conn(&mut self) -> &mut PgConnection {
        &mut self.inner
    }

    pub fn ctx(&self) -> &Ctx {
        &self.ctx
    }

    /// States a fact: it is written with the commit. May be said many times.
    pub fn state(&mut self, voice: impl Into<Voice>, fact: &dyn Fact) {
        let id = self.ctx.id();
        self.stated.push(facts::Stated { id, at: self.ctx.now(), voice: voice.into(), statement: fact.statement() });
    }

    /// What a replay of this call's idempotency key renders again: an id.
    pub fn result(&mut self, id: impl std::fmt::Display) {
        self.result = Some(id.to_string());
    }

    /// Writes the facts and commits.
    ///
    /// # Errors
    /// Refuses a change that stated nothing.
    pub async fn commit(mut self) -> AppResult<()> {
        if self.stated.is_empty() {
            return Err(AppError::broken("a transaction was committed that stated no fact"));
        }
        let stated = std::mem::take(&mut self.stated);
        facts::write(&mut self.inner, &self.ctx, stated).await?;
        self.finish().await
    }

    /// Commits a change that is no fact of the business: sessions, drafts, counters, delivery states.
    pub async fn commit_unstated(self, _why: &'static str) -> AppResult<()> {
        if !self.stated.is_empty() {
            return self.commit().await;
        }
        self.finish().await
    }

    async fn finish(mut self) -> AppResult<()> {
        if let (Some(claim), Some(result)) = (&self.claim, &self.result) {
            sqlx::query!(
                "update idempotency_keys set result = $4 where principal = $1 and operation = $2 and key = $3",
                claim.principal,
                claim.operation,
                claim.key,
                result,
            )
            .execute(&mut *self.inner)
            .await?;
        }
        self.inner.commit().await?;
        self.ctx.house.poke.notify_waiters();
        Ok(())
    }
}
