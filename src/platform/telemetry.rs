//! Logs as JSON with the request's id, and the figures at `/metrics`.

use super::ctx::Ctx;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use std::sync::OnceLock;
use tracing_subscriber::{EnvFilter, layer::SubscriberExt as _, util::SubscriberInitExt as _};

/// Starts JSON logs on standard error; `RUST_LOG` narrows or widens them.
pub fn start_logs() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info,sqlx=warn,hyper=warn"));
    let _ = tracing_subscriber::registry()
        .with(filter)
        .with(tracing_subscriber::fmt::layer().json().flatten_event(true).with_current_span(false).with_writer(std::io::stderr))
        .try_init();
}

/// The recorder of the process; made once, so that tests may ask for it again.
pub fn recorder() -> &'static PrometheusHandle {
    static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();
    HANDLE.get_or_init(|| {
        let recorder = PrometheusBuilder::new()
            .set_buckets_for_metric(
                Matcher::Full("http_request_duration_seconds".into()),
                &[0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0],
            )
            .expect("the buckets are not empty")
            .build_recorder();
        let handle = recorder.handle();
        // Somebody else's recorder (a test's) may be there already; then this one only renders what it saw.
        let _ = metrics::set_global_recorder(recorder);
        handle
    })
}

/// The text of `/metrics`: requests and latency by route, the pool, jobs by state and age, deadlines that are late.
pub async fn render(ctx: &Ctx) -> String {
    let pool = ctx.db();
    metrics::gauge!("db_pool_connections").set(f64::from(pool.size()));
    metrics::gauge!("db_pool_idle").set(u32::try_from(pool.num_idle()).map_or(0.0, f64::from));
    let jobs = sqlx::query!(
        r#"select state, count(*) as "count!", min(run_at) as "oldest!" from jobs where state <> 'done' group by state"#
    )
    .fetch_all(pool)
    .await;
    if let Ok(rows) = jobs {
        for state in ["ready", "running", "dead"] {
            let row = rows.iter().find(|row| row.state == state);
            let age = row.map_or(0, |row| (ctx.now() - row.oldest).num_seconds().max(0));
            #[expect(clippy::cast_precision_loss, reason = "a figure for people; 2^53 jobs are not expected")]
            {
                metrics::gauge!("jobs", "state" => state).set(row.map_or(0.0, |row| row.count as f64));
                metrics::gauge!("jobs_oldest_seconds", "state" => state).set(age as f64);
            }
        }
    }
    // Deadlines that wait for longer than a sweep takes: their handler fails, or nobody handles their kind.
    let late = sqlx::query!(r#"select count(*) as "count!", min(at) as oldest from deadlines where at <= $1"#, ctx.now())
        .fetch_one(pool)
        .await;
    if let Ok(late) = late {
        let age = late.oldest.map_or(0, |oldest| (ctx.now() - oldest).num_seconds().max(0));
        #[expect(clippy::cast_precision_loss, reason = "a figure for people")]
        {
            metrics::gauge!("deadlines_late").set(late.count as f64);
            metrics::gauge!("deadlines_late_oldest_seconds").set(age as f64);
        }
    }
    recorder().render()
}
