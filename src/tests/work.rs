//! Work that may be late: the order of a subject's facts, workers that die, deadlines that cannot be met.

use crate::{
    common::count,
    town::{Town, story},
};
use commdesk::{
    features::{accounts::rules::UserSignedOut, notifications::service as notifications, reactions},
    kernel::{
        error::{AppError, AppResult},
        ids::UserId,
    },
    platform::{
        ctx::Ctx,
        facts::Voice,
        jobs::{self, Consumer, DeadlineHandler, Registry},
    },
};
use futures::future::BoxFuture;
use serde_json::json;
use uuid::Uuid;

/// One consumer that wants every fact and does nothing with it.
fn listener() -> Registry {
    let all = Consumer { name: "all", wants: |_| true, run: |_, _| Box::pin(async { Ok(()) }) };
    Registry { consumers: vec![all], patient: Vec::new(), deadlines: Vec::new(), periodic: Vec::new() }
}

/// States so many facts of this person, in one transaction.
async fn signed_out(town: &Town, user: UserId, times: usize) {
    let mut tx = town.ctx().begin().await.expect("a transaction");
    for _ in 0..times {
        tx.state(Voice::System, &UserSignedOut::new(user));
    }
    tx.commit().await.expect("a commit");
}

#[tokio::test]
async fn jobs_of_a_subject_stand_in_the_order_of_its_facts_whoever_dispatches() {
    story(async |town| {
        let people: Vec<UserId> = (0..3).map(|_| town.ctx().id::<UserId>()).collect();
        for _ in 0..4 {
            for user in &people {
                signed_out(town, *user, 10).await;
            }
        }
        // A clock that is set back says nothing about order either.
        town.house.clock.shift(-3_600);
        for user in &people {
            signed_out(town, *user, 5).await;
        }
        town.house.clock.shift(3_600);
        // Three processes dispatch at once, until nothing is left.
        let (registry, ctx) = (listener(), town.ctx());
        let one = async || {
            while count(town, "outbox").await > 0 {
                jobs::dispatch(&ctx, &registry, 7).await.expect("dispatched");
            }
        };
        tokio::join!(one(), one(), one());
        assert_eq!(count(town, "jobs").await, 135);
        let swapped = "jobs a join facts fa on fa.id = a.fact_id
                       join jobs b on b.subject = a.subject join facts fb on fb.id = b.fact_id
                       where a.seq < b.seq and fa.seq > fb.seq";
        assert_eq!(count(town, swapped).await, 0, "a later fact of a subject came first");
    })
    .await;
}

#[tokio::test]
async fn dispatching_takes_one_connection() {
    story(async |town| {
        signed_out(town, town.ctx().id::<UserId>(), 3).await;
        // Everybody else waits for something: one connection is left.
        let mut held = Vec::new();
        for _ in 1..town.house.pool.options().get_max_connections() {
            held.push(town.house.pool.acquire().await.expect("a connection"));
        }
        assert_eq!(jobs::dispatch(&town.ctx(), &listener(), 10).await.expect("dispatched"), 3);
    })
    .await;
}

/// One job, by hand, of a consumer that runs it so.
async fn job(town: &Town, run: jobs::Run) -> Registry {
    let mut tx = town.ctx().begin().await.expect("a transaction");
    jobs::enqueue(&mut tx, "one", "subject", json!({})).await.expect("enqueued");
    tx.commit_unstated("a job by hand").await.expect("a commit");
    alone(run)
}

fn alone(run: jobs::Run) -> Registry {
    let one = Consumer { name: "one", wants: |_| false, run };
    Registry { consumers: vec![one], patient: Vec::new(), deadlines: Vec::new(), periodic: Vec::new() }
}

#[tokio::test]
async fn an_attempt_whose_lease_ran_out_does_not_write_over_the_next_one() {
    story(async |town| {
        // The first attempt sleeps past its lease; another worker takes the job and is done; then the first one fails.
        let registry = job(town, |ctx, job| {
            Box::pin(async move {
                if job.attempt > 1 {
                    return Ok(());
                }
                ctx.house.clock.shift(61);
                let second = alone(|_, _| Box::pin(async { Ok(()) }));
                assert!(jobs::work_one(&ctx, &second).await?, "the job is taken again");
                anyhow::bail!("the first attempt failed, late")
            })
        })
        .await;
        assert!(jobs::work_one(&town.ctx(), &registry).await.expect("worked"));
        let (state, attempts): (String, i32) =
            sqlx::query_as("select state, attempts from jobs").fetch_one(&town.owner).await.expect("the job");
        assert_eq!((state.as_str(), attempts), ("done", 2));
    })
    .await;
}

#[tokio::test]
async fn a_job_that_takes_every_worker_with_it_is_dead_at_last() {
    story(async |town| {
        // Nor is a patient one tried for days.
        let registry = Registry { patient: vec!["one"], ..job(town, |_, _| Box::pin(async { Ok(()) })).await };
        // What a killed worker leaves behind, for the tenth time.
        let lost = "update jobs set state = 'running', attempts = 10, leased_until = created_at - interval '1 second'";
        sqlx::query(lost).execute(&town.owner).await.expect("written");
        assert!(jobs::work_one(&town.ctx(), &registry).await.expect("worked"));
        let (state, error): (String, Option<String>) =
            sqlx::query_as("select state, last_error from jobs").fetch_one(&town.owner).await.expect("the job");
        assert_eq!(state, "dead");
        assert!(error.is_some_and(|error| error.contains("lost")), "it says why");
        assert!(!jobs::work_one(&town.ctx(), &registry).await.expect("worked"), "it is not taken again");
        sqlx::query("delete from jobs").execute(&town.owner).await.expect("the books of this town are closed");
    })
    .await;
}

#[tokio::test]
async fn jobs_done_long_ago_are_forgotten_and_dead_or_waiting_ones_are_not() {
    story(async |town| {
        let now = town.ctx().now();
        let put = async |state: &'static str, days_ago: i64, times: i32| {
            sqlx::query(
                "insert into jobs (id, consumer, subject, payload, state, run_at, trace_id, created_at, finished_at)
                 select gen_random_uuid(), 'one', 'subject', '{}', $1::text, $2::timestamptz, 'x', $2::timestamptz,
                        case when $1::text in ('done', 'dead') then $2::timestamptz end
                 from generate_series(1, $3)",
            )
            .bind(state)
            .bind(now - chrono::TimeDelta::days(days_ago))
            .bind(times)
            .execute(&town.owner)
            .await
            .expect("jobs");
        };
        // More than go by one statement.
        put("done", 31, 1_100).await;
        for state in ["done", "dead", "ready", "running"] {
            put(state, if state == "done" { 29 } else { 400 }, 1).await;
        }
        let registry = reactions::registry();
        let task = registry.periodic.iter().find(|task| task.name == "forget-jobs").expect("it runs again and again");
        (task.run)(town.ctx()).await.expect("forgotten");
        assert_eq!(count(town, "jobs").await, 4);
        assert_eq!(count(town, "jobs where state = 'done'").await, 1);
        // More of what has died than one statement takes is set ready again all the same.
        put("dead", 40, 1_100).await;
        let again = notifications::try_again(&town.ctx(), None).await.expect("asked");
        assert_eq!(again.into_iter().collect::<Vec<_>>(), [("one".to_owned(), 1_101)]);
        assert_eq!(count(town, "jobs where state = 'dead'").await, 0);
        sqlx::query("delete from jobs").execute(&town.owner).await.expect("the books of this town are closed");
    })
    .await;
}

#[tokio::test]
async fn deadlines_that_fail_and_those_that_nobody_knows_hold_up_no_other() {
    story(async |town| {
        let now = town.ctx().now();
        let put = async |kind: &'static str, minutes_ago: i64, times: i32| {
            sqlx::query(
                "insert into deadlines (kind, subject_id, at)
                 select $1, gen_random_uuid(), $2::timestamptz from generate_series(1, $3)",
            )
            .bind(kind)
            .bind(now - chrono::TimeDelta::minutes(minutes_ago))
            .bind(times)
            .execute(&town.owner)
            .await
            .expect("deadlines");
        };
        put("of-yesterday's-program", 30, 120).await;
        put("fails", 20, 100).await;
        put("left", 15, 1).await;
        put("met", 10, 1).await;
        let met: fn(Ctx, Uuid) -> BoxFuture<'static, AppResult<()>> = |ctx, id| {
            Box::pin(async move {
                let mut tx = ctx.begin().await?;
                jobs::clear_deadline(&mut tx, "met", id).await?;
                tx.commit_unstated("a deadline of a test").await
            })
        };
        let registry = Registry {
            consumers: Vec::new(),
            patient: Vec::new(),
            deadlines: vec![
                DeadlineHandler { kind: "fails", run: |_, _| Box::pin(async { Err(AppError::broken("it never works")) }) },
                DeadlineHandler { kind: "left", run: |_, _| Box::pin(async { Ok(()) }) },
                DeadlineHandler { kind: "met", run: met },
            ],
            periodic: Vec::new(),
        };
        let left = || count(town, "deadlines where kind = 'met'");
        jobs::sweep(&town.ctx(), &registry).await.expect("swept");
        let second = jobs::sweep(&town.ctx(), &registry).await.expect("swept");
        assert_eq!((second, left().await), (1, 0), "the hundred that fail stepped back, and so did the one that is left");
        let tried = "deadlines where kind in ('fails', 'left') and failures = 1";
        assert_eq!(count(town, tried).await, 101);
        // Not before their time; then again, and later the time after.
        assert_eq!(jobs::sweep(&town.ctx(), &registry).await.expect("swept"), 0);
        assert_eq!(count(town, tried).await, 101, "nobody is tried twice in a second");
        town.house.clock.shift(3);
        jobs::sweep(&town.ctx(), &registry).await.expect("swept");
        assert!(count(town, "deadlines where failures = 2").await >= 99);
        // And the figures say that something waits.
        let figures = town.visitor().open("/metrics").await.text;
        assert!(figures.lines().any(|line| line.starts_with("deadlines_late ")), "{figures}");
        sqlx::query("delete from deadlines").execute(&town.owner).await.expect("this town is done");
    })
    .await;
}
