//! Work that may be late: the order of a subject's facts, workers that die, deadlines that cannot be met.

use crate::town::{Town, story};
use commdesk::{
    features::accounts::rules::UserSignedOut,
    kernel::ids::UserId,
    platform::{
        facts::Voice,
        jobs::{self, Consumer, Registry},
    },
};
use uuid::Uuid;

/// One consumer that wants every fact and does nothing with it.
fn listener() -> Registry {
    let all = Consumer { name: "all", wants: |_| true, run: |_, _| Box::pin(async { Ok(()) }) };
    Registry { consumers: vec![all], deadlines: Vec::new(), periodic: Vec::new() }
}

async fn number(town: &Town, sql: &'static str) -> i64 {
    sqlx::query_scalar(sql).fetch_one(&town.owner).await.expect("a number")
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
        let people: Vec<UserId> = (0..3).map(|_| UserId(Uuid::new_v4())).collect();
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
            while number(town, "select count(*) from outbox").await > 0 {
                jobs::dispatch(&ctx, &registry, 7).await.expect("dispatched");
            }
        };
        tokio::join!(one(), one(), one());
        assert_eq!(number(town, "select count(*) from jobs").await, 135);
        let swapped = "select count(*) from jobs a join facts fa on fa.id = a.fact_id
                       join jobs b on b.subject = a.subject join facts fb on fb.id = b.fact_id
                       where a.seq < b.seq and fa.seq > fb.seq";
        assert_eq!(number(town, swapped).await, 0, "a later fact of a subject came first");
    })
    .await;
}

#[tokio::test]
async fn dispatching_takes_one_connection() {
    story(async |town| {
        signed_out(town, UserId(Uuid::new_v4()), 3).await;
        // Everybody else waits for something: one connection is left.
        let mut held = Vec::new();
        for _ in 0..7 {
            held.push(town.house.pool.acquire().await.expect("a connection"));
        }
        assert_eq!(jobs::dispatch(&town.ctx(), &listener(), 10).await.expect("dispatched"), 3);
    })
    .await;
}
