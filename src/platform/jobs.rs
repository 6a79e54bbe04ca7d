//! Work that may be late. A fact's outbox row becomes one job for every consumer that wants it; workers run jobs of one
//! consumer and one subject in fact order, at least once, with backoff, and leave the hopeless ones in sight.
//!
//! A table of our own: the kept libraries take `run_at` from the database's clock, send NOTIFY inside the business
//! transaction, know no order within a subject and bring another version of sqlx.

use super::{
    ctx::{Ctx, House},
    facts::{self, StoredFact},
    tx::Tx,
};
use crate::kernel::{
    error::AppResult,
    ids::{FactId, JobId},
};
use chrono::{DateTime, TimeDelta, Utc};
use futures::future::BoxFuture;
use serde_json::Value;
use std::{sync::Arc, time::Duration};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// How often an idle loop looks again, should a poke be missed.
const POLL: Duration = Duration::from_secs(1);
/// A worker that holds a job longer than this is taken for dead.
const LEASE: TimeDelta = TimeDelta::seconds(60);
/// After so many failures, a quarter of an hour, a job is dead: it stays in the table, in the metrics and in the log.
pub const MAX_ATTEMPTS: i32 = 10;
/// Who waits for a machine of somebody else's is tried so often: for three days, a weekend long.
pub const PATIENT_ATTEMPTS: i32 = 84;

/// Done jobs are kept so long, for whoever asks what happened.
const KEPT: TimeDelta = TimeDelta::days(30);
/// So many are forgotten by one statement, and so many statements make one round.
const FORGET_BATCH: i64 = 1_000;
const FORGET_BATCHES: usize = 10;
/// So many are set ready again by one statement.
const REVIVE_BATCH: i64 = 1_000;

/// What a job is handed.
#[derive(Debug, Clone)]
pub struct Job {
    pub id: JobId,
    pub attempt: i32,
    /// Should it fail again, it is dead.
    pub is_last: bool,
    pub payload: Value,
    /// The fact that it reacts to.
    pub fact: Option<StoredFact>,
}

/// What runs a job. Must be idempotent.
pub type Run = fn(Ctx, Job) -> BoxFuture<'static, anyhow::Result<()>>;

/// A named consumer of facts (or of jobs enqueued by hand, with `wants` always false).
pub struct Consumer {
    pub name: &'static str,
    pub wants: fn(&StoredFact) -> bool,
    pub run: Run,
}

/// What comes due at a moment. The handler's service takes the deadline's row away, or moves it, in its transaction.
pub struct DeadlineHandler {
    pub kind: &'static str,
    pub run: fn(Ctx, Uuid) -> BoxFuture<'static, AppResult<()>>,
}

/// Something done again and again.
pub struct Periodic {
    pub name: &'static str,
    pub every: Duration,
    pub run: fn(Ctx) -> BoxFuture<'static, anyhow::Result<()>>,
}

/// All work of the house; made once by `reactions.rs`.
pub struct Registry {
    pub consumers: Vec<Consumer>,
    /// Consumers, by name, that are tried for days. Each of their jobs has a subject of its own: it holds up no other.
    pub patient: Vec<&'static str>,
    pub deadlines: Vec<DeadlineHandler>,
    pub periodic: Vec<Periodic>,
}

impl Registry {
    /// How often a job of this consumer is tried.
    fn tries(&self, consumer: &str) -> i32 {
        if self.patient.contains(&consumer) { PATIENT_ATTEMPTS } else { MAX_ATTEMPTS }
    }
}

/// Enqueues a job by hand, in the caller's transaction. Jobs of one consumer and subject run in order.
pub async fn enqueue(tx: &mut Tx, consumer: &'static str, subject: &str, payload: Value) -> AppResult<()> {
    let now = tx.ctx().now();
    enqueue_at(tx, consumer, subject, payload, now).await
}

/// As [`enqueue`], to be run at `at` and not before.
pub async fn enqueue_at(tx: &mut Tx, consumer: &'static str, subject: &str, payload: Value, at: DateTime<Utc>) -> AppResult<()> {
    let (id, now, trace) = (tx.ctx().id::<JobId>(), tx.ctx().now(), tx.ctx().trace_id.to_string());
    sqlx::query!(
        "insert into jobs (id, consumer, subject, payload, state, run_at, trace_id, created_at)
         values ($1, $2, $3, $4, 'ready', $5, $6, $7)",
        id.0,
        consumer,
        subject,
        payload,
        at,
        trace,
        now,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Is there a job of this consumer about this subject that is still to be run, or at work?
///
/// # Errors
/// When the database is away.
pub async fn is_awaited(ctx: &Ctx, consumer: &'static str, subject: &str) -> AppResult<bool> {
    let found: bool = sqlx::query_scalar(
        "select exists (select 1 from jobs where consumer = $1 and subject = $2 and state in ('ready', 'running'))",
    )
    .bind(consumer)
    .bind(subject)
    .fetch_one(ctx.db())
    .await?;
    Ok(found)
}

/// Sets what has died ready again, of every consumer or of one, with all its tries before it: the oldest, a bounded number at once;
/// gives consumer and payload of each. What came after it may have run already, also of the same subject: that order is lost.
///
/// # Errors
/// When the database is away.
pub async fn revive(tx: &mut Tx, consumer: Option<&str>) -> AppResult<Vec<(String, Value)>> {
    let now = tx.ctx().now();
    let revived = sqlx::query!(
        "update jobs set state = 'ready', attempts = 0, run_at = $1, finished_at = null
         where id in (
             select id from jobs where state = 'dead' and ($2::text is null or consumer = $2) order by seq limit $3 for update skip locked
         )
         returning consumer, payload",
        now,
        consumer,
        REVIVE_BATCH,
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(revived.into_iter().map(|row| (row.consumer, row.payload)).collect())
}

/// The subjects of this consumer's jobs that are dead.
///
/// # Errors
/// When the database is away.
pub async fn dead_subjects(ctx: &Ctx, consumer: &'static str) -> AppResult<Vec<String>> {
    Ok(sqlx::query_scalar!("select subject from jobs where state = 'dead' and consumer = $1", consumer)
        .fetch_all(ctx.db())
        .await?)
}

/// Forgets jobs that were done a month ago, a bounded number at once. A fact is made into jobs only while it is in the outbox, so
/// that none comes again. What is dead or waits stays.
///
/// # Errors
/// When the database is away.
pub async fn forget(ctx: &Ctx) -> anyhow::Result<()> {
    for _ in 0..FORGET_BATCHES {
        let gone = sqlx::query!(
            "delete from jobs where id in (
                 select id from jobs where state = 'done' and finished_at < $1 order by finished_at limit $2 for update skip locked
             )",
            ctx.now() - KEPT,
            FORGET_BATCH,
        )
        .execute(ctx.db())
        .await?;
        if gone.rows_affected() < FORGET_BATCH.unsigned_abs() {
            break;
        }
    }
    Ok(())
}

/// Sets a deadline unless there is an earlier one. Whoever handles it waits for this transaction ([`hold_deadline`]).
pub async fn ensure_deadline(tx: &mut Tx, kind: &'static str, subject: Uuid, at: DateTime<Utc>) -> AppResult<()> {
    sqlx::query!(
        "insert into deadlines (kind, subject_id, at) values ($1, $2, $3)
         on conflict (kind, subject_id) do update set at = least(deadlines.at, excluded.at)",
        kind,
        subject,
        at,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Locks a deadline; `None` when it is gone.
pub async fn hold_deadline(tx: &mut Tx, kind: &'static str, subject: Uuid) -> AppResult<Option<DateTime<Utc>>> {
    Ok(sqlx::query_scalar!("select at from deadlines where kind = $1 and subject_id = $2 for update", kind, subject)
        .fetch_optional(tx.conn())
        .await?)
}

/// Moves a deadline, if there is one.
pub async fn move_deadline(tx: &mut Tx, kind: &'static str, subject: Uuid, at: DateTime<Utc>) -> AppResult<()> {
    sqlx::query!("update deadlines set at = $3 where kind = $1 and subject_id = $2", kind, subject, at)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Sets (or moves) a deadline in the caller's transaction.
pub async fn set_deadline(tx: &mut Tx, kind: &'static str, subject: Uuid, at: DateTime<Utc>) -> AppResult<()> {
    sqlx::query!(
        "insert into deadlines (kind, subject_id, at) values ($1, $2, $3)
         on conflict (kind, subject_id) do update set at = excluded.at, failures = 0, try_at = null",
        kind,
        subject,
        at,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Takes a deadline away, because it was met or no longer matters.
pub async fn clear_deadline(tx: &mut Tx, kind: &'static str, subject: Uuid) -> AppResult<()> {
    sqlx::query!("delete from deadlines where kind = $1 and subject_id = $2", kind, subject).execute(tx.conn()).await?;
    Ok(())
}

/// Turns up to `batch` outbox rows into jobs, in the order in which their facts were stated; gives how many.
///
/// One dispatcher at a time, of all processes: a second one that skipped the rows of the first could put a later fact of the
/// same subject before an earlier one. It leaves the work to the first and gives 0.
///
/// # Errors
/// When the database is away; then nothing was taken.
pub async fn dispatch(ctx: &Ctx, registry: &Registry, batch: i64) -> anyhow::Result<usize> {
    let mut tx = ctx.house.pool.begin().await?;
    let alone = sqlx::query_scalar!(r#"select pg_try_advisory_xact_lock(7202) as "alone!""#).fetch_one(&mut *tx).await?;
    if !alone {
        return Ok(0);
    }
    let taken = sqlx::query_scalar!("select fact_id from outbox order by place limit $1 for update skip locked", batch)
        .fetch_all(&mut *tx)
        .await?;
    for id in &taken {
        let fact = facts::get(&mut *tx, FactId(*id)).await?;
        for consumer in registry.consumers.iter().filter(|c| (c.wants)(&fact)) {
            let subject = format!("{}:{}", fact.subject_kind, fact.subject_id);
            sqlx::query!(
                "insert into jobs (id, consumer, subject, fact_id, payload, state, run_at, trace_id, created_at)
                 values ($1, $2, $3, $4, '{}', 'ready', $5, $6, $5) on conflict do nothing",
                ctx.id::<JobId>().0,
                consumer.name,
                subject,
                id,
                ctx.now(),
                fact.trace_id,
            )
            .execute(&mut *tx)
            .await?;
        }
    }
    sqlx::query!("delete from outbox where fact_id = any($1)", &taken).execute(&mut *tx).await?;
    tx.commit().await?;
    Ok(taken.len())
}

/// Runs the next job that is due; false when there is none.
///
/// # Errors
/// When the database is away. A failing job is no error here: it is noted on the job.
pub async fn work_one(ctx: &Ctx, registry: &Registry) -> anyhow::Result<bool> {
    let now = ctx.now();
    let Some(row) = sqlx::query!(
        r#"update jobs set state = 'running', attempts = attempts + 1, leased_until = $2
           where id = (
               select j.id from jobs j
               where j.state in ('ready', 'running') and j.run_at <= $1 and (j.state = 'ready' or j.leased_until < $1)
                 and not exists (
                     select 1 from jobs e
                     where e.consumer = j.consumer and e.subject = j.subject and e.seq < j.seq and e.state in ('ready', 'running')
                 )
               order by j.run_at, j.seq for update skip locked limit 1
           )
           returning id, consumer, attempts, payload, fact_id, trace_id, last_error"#,
        now,
        now + LEASE,
    )
    .fetch_optional(&ctx.house.pool)
    .await?
    else {
        return Ok(false);
    };
    let job_ctx = Ctx::new(Arc::clone(&ctx.house), row.trace_id.as_str());
    // What has never once failed in words waits for nobody: it takes its workers with it, and patience would cost many of them.
    let tries = if row.last_error.is_some() { registry.tries(&row.consumer) } else { MAX_ATTEMPTS };
    let outcome = match registry.consumers.iter().find(|c| c.name == row.consumer) {
        None => Err(anyhow::anyhow!("no consumer is called {}", row.consumer)),
        // Its last attempt ended with the worker itself: it never came so far as to say that it failed.
        Some(_) if row.attempts > tries => Err(anyhow::anyhow!("every worker that took this job was lost with it")),
        Some(consumer) => {
            let fact = match row.fact_id {
                Some(id) => Some(facts::get(&ctx.house.pool, FactId(id)).await?),
                None => None,
            };
            let is_last = row.attempts >= tries;
            let job = Job { id: JobId(row.id), attempt: row.attempts, is_last, payload: row.payload, fact };
            // A job of its own task: a panic in it is a failure of it, not the end of the worker.
            match tokio::spawn((consumer.run)(job_ctx, job)).await {
                Ok(outcome) => outcome,
                Err(panic) => Err(anyhow::anyhow!("the job panicked: {panic}")),
            }
        }
    };
    let now = ctx.now();
    // Only the attempt that holds the job writes its end: one whose lease ran out would write over the attempt that
    // took the job after it.
    let written = match outcome {
        Ok(()) => {
            sqlx::query!(
                "update jobs set state = 'done', finished_at = $3, leased_until = null, last_error = null
                 where id = $1 and attempts = $2 and state = 'running'",
                row.id,
                row.attempts,
                now,
            )
            .execute(&ctx.house.pool)
            .await?
        }
        Err(error) => {
            let dead = row.attempts >= tries;
            let message = format!("{error:#}");
            tracing::warn!(job.id = %row.id, consumer = row.consumer, attempt = row.attempts, dead, trace = row.trace_id, error = message, "a job failed");
            sqlx::query!(
                "update jobs set state = $3, run_at = $4, leased_until = null, last_error = $5,
                        finished_at = case when $3 = 'dead' then $6::timestamptz end
                 where id = $1 and attempts = $2 and state = 'running'",
                row.id,
                row.attempts,
                if dead { "dead" } else { "ready" },
                now + backoff(row.attempts),
                message,
                now,
            )
            .execute(&ctx.house.pool)
            .await?
        }
    };
    if written.rows_affected() == 0 {
        tracing::warn!(job.id = %row.id, consumer = row.consumer, attempt = row.attempts, trace = row.trace_id, "a job outlived its lease; a later attempt has it");
    }
    Ok(true)
}

/// 2 s, 4 s, 8 s … at most an hour.
fn backoff(attempts: i32) -> TimeDelta {
    TimeDelta::seconds(2_i64.saturating_pow(attempts.clamp(1, 12).unsigned_abs()).min(3600))
}

/// Runs what has come due; gives how many deadlines were handled.
///
/// A deadline whose handler fails, or leaves it as it was, is tried again later, and later each time: it holds up nobody. One
/// of a kind that this program does not know stays for the program that does, and shows in the figures.
///
/// # Errors
/// When the database is away.
pub async fn sweep(ctx: &Ctx, registry: &Registry) -> anyhow::Result<usize> {
    let kinds: Vec<String> = registry.deadlines.iter().map(|handler| handler.kind.to_owned()).collect();
    let due = sqlx::query!(
        "select kind, subject_id, at, failures from deadlines
         where coalesce(try_at, at) <= $1 and kind = any($2) order by coalesce(try_at, at) limit 100",
        ctx.now(),
        &kinds,
    )
    .fetch_all(&ctx.house.pool)
    .await?;
    let mut handled = 0;
    for row in due {
        let Some(handler) = registry.deadlines.iter().find(|h| h.kind == row.kind) else { continue };
        let outcome = (handler.run)(Ctx::background(&ctx.house, handler.kind), row.subject_id).await;
        // Met, it is gone or stands for another moment; still there, it was not met.
        let failures = row.failures.saturating_add(1);
        let unmet = sqlx::query!(
            "update deadlines set failures = $4, try_at = $5 where kind = $1 and subject_id = $2 and at = $3",
            row.kind,
            row.subject_id,
            row.at,
            failures,
            ctx.now() + backoff(failures),
        )
        .execute(&ctx.house.pool)
        .await?
        .rows_affected()
            > 0;
        match outcome {
            Ok(()) if unmet => {
                tracing::warn!(kind = row.kind, subject = %row.subject_id, "a deadline was handled and is still there")
            }
            Ok(()) => handled += 1,
            Err(error) => {
                tracing::warn!(kind = row.kind, subject = %row.subject_id, failures, %error, "a deadline's handler failed")
            }
        }
    }
    Ok(handled)
}

/// Dispatches and works until nothing is left to do. For tests, seeds and commands.
///
/// # Errors
/// When the database is away.
pub async fn drain(ctx: &Ctx, registry: &Registry) -> anyhow::Result<()> {
    loop {
        let dispatched = dispatch(ctx, registry, 100).await?;
        let mut worked = 0;
        while work_one(ctx, registry).await? {
            worked += 1;
        }
        if dispatched == 0 && worked == 0 {
            return Ok(());
        }
    }
}

/// Starts the dispatcher, `workers` workers, the sweeper and the periodic tasks; they end with the token, each after the
/// piece of work in its hand.
pub fn start(
    house: &Arc<House>,
    registry: Arc<Registry>,
    workers: usize,
    stop: &CancellationToken,
) -> tokio_util::task::TaskTracker {
    let tracker = tokio_util::task::TaskTracker::new();
    let spawn_loop = |name: &'static str,
                      every: Duration,
                      work: fn(Ctx, Arc<Registry>) -> BoxFuture<'static, anyhow::Result<bool>>| {
        let (house, registry, stop) = (Arc::clone(house), Arc::clone(&registry), stop.clone());
        tracker.spawn(async move {
            while !stop.is_cancelled() {
                let ctx = Ctx::background(&house, name);
                let more = match work(ctx, Arc::clone(&registry)).await {
                    Ok(more) => more,
                    Err(error) => {
                        tracing::warn!(task = name, error = format!("{error:#}"), "a background task failed; it will try again");
                        false
                    }
                };
                if !more {
                    tokio::select! {
                        () = stop.cancelled() => {}
                        () = house.poke.notified() => {}
                        () = tokio::time::sleep(every) => {}
                    }
                }
            }
        });
    };
    spawn_loop("dispatcher", POLL, |ctx, registry| {
        Box::pin(async move {
            let taken = dispatch(&ctx, &registry, 100).await?;
            if taken > 0 {
                ctx.house.poke.notify_waiters();
            }
            Ok(taken > 0)
        })
    });
    for _ in 0..workers {
        spawn_loop("worker", POLL, |ctx, registry| Box::pin(async move { work_one(&ctx, &registry).await }));
    }
    spawn_loop("sweeper", POLL, |ctx, registry| Box::pin(async move { Ok(sweep(&ctx, &registry).await? > 0) }));
    for index in 0..registry.periodic.len() {
        let (house, registry, stop) = (Arc::clone(house), Arc::clone(&registry), stop.clone());
        tracker.spawn(async move {
            let task = &registry.periodic[index];
            loop {
                tokio::select! {
                    () = stop.cancelled() => return,
                    () = tokio::time::sleep(task.every) => {}
                }
                if let Err(error) = (task.run)(Ctx::background(&house, task.name)).await {
                    tracing::warn!(task = task.name, error = format!("{error:#}"), "a periodic task failed");
                }
            }
        });
    }
    tracker.close();
    tracker
}
