//! Counts the statements that are sent, and what they look at, for what must cost the same or little. `begin` and `commit` do not
//! count.

use commdesk::platform::ctx::Ctx;
use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
};
use tracing::{
    Event, Subscriber,
    field::{Field, Visit},
    subscriber::DefaultGuard,
};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};

/// Hears what sqlx says of every statement. It counts because a test's runtime has one thread, whose subscriber this is.
#[derive(Clone, Default)]
pub struct Counter(Arc<Mutex<Vec<String>>>);

impl Counter {
    /// Listens until the guard is dropped.
    pub fn start() -> (Self, DefaultGuard) {
        let counter = Self::default();
        let guard = tracing::subscriber::set_default(tracing_subscriber::registry().with(counter.clone()));
        (counter, guard)
    }

    /// What was sent since the last call, each in one line.
    pub fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl<S: Subscriber> Layer<S> for Counter {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        if event.metadata().target() != "sqlx::query" {
            return;
        }
        let mut said = Said(String::new());
        event.record(&mut said);
        let verb = said.0.split_whitespace().next().unwrap_or_default().to_lowercase();
        if !matches!(verb.as_str(), "begin" | "commit" | "rollback") {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).push(said.0);
        }
    }
}

struct Said(String);

impl Visit for Said {
    fn record_str(&mut self, field: &Field, value: &str) {
        let is_whole = field.name() == "db.statement" && !value.is_empty();
        if is_whole || (field.name() == "summary" && self.0.is_empty()) {
            self.0 = value.split_whitespace().collect::<Vec<_>>().join(" ");
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn fmt::Debug) {}
}

/// What a connection has looked at in a table by now: rows of it, and entries of its indexes. `alone` has one connection
/// (`town.with_one_connection`), so that it hears of its own; others are heard of too, so nobody is at work beside it.
pub async fn looked_at(alone: &Ctx, table: &str) -> (i64, i64) {
    // Postgres keeps it to itself for a while, unless it is asked to tell.
    sqlx::query("select pg_stat_force_next_flush()").execute(alone.db()).await.expect("told");
    sqlx::query_as(
        "select t.seq_tup_read + coalesce(t.idx_tup_fetch, 0),
                coalesce((select sum(i.idx_tup_read) from pg_stat_user_indexes i where i.relid = t.relid), 0)::bigint
         from pg_stat_user_tables t where t.relname = $1::text",
    )
    .bind(table)
    .fetch_one(alone.db())
    .await
    .expect("counted")
}
