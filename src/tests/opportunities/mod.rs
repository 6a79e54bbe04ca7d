//! What communities offer: `editing` without losing words, opening and closing; the `board` with its filters, orders and saved
//! views; `items`, which are priced mixes; `lines`, which are places that are released and who waits for them; `answers`, which
//! are decisions that are released together.

mod answers;
mod board;
mod editing;
mod items;
mod lines;

use crate::town::{Browser, Town};
use commdesk::{
    features::{
        decisions::{service as decisions, views::WaitingState},
        opportunities::{
            service as opportunities,
            views::{OpportunityPatch, OpportunityStatus},
        },
        requests::{
            service as requests,
            views::{ApplyInput, RequestState, RevisionHash},
        },
    },
    kernel::{
        actor::Actor,
        error::AppResult,
        ids::{EventId, OpportunityId, RequestId},
    },
    platform::ctx::Ctx,
    seeds::people::{self, ASHA, Figure, MEI, PASSWORD, RAVI, TOMAS},
};
use http::StatusCode;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

/// The demo's people, after its story.
struct Cast {
    ctx: Ctx,
    /// Sponsor Admin of Acme Cloud.
    asha: Actor,
    /// Sponsor Admin of Lumen Data.
    tomas: Actor,
    /// Owner of Apex Circle.
    ravi: Actor,
    /// Owner of Harbour Devs.
    mei: Actor,
    hackfest: EventId,
}

async fn told(town: &Town) -> Cast {
    let ctx = town.ctx();
    let actor = async |figure: Figure| people::actor(&ctx, figure).await.expect("signed in");
    let (asha, tomas, ravi, mei) = (actor(ASHA).await, actor(TOMAS).await, actor(RAVI).await, actor(MEI).await);
    let hackfest =
        sqlx::query_scalar("select id from events where title like 'HackFest%'").fetch_one(&town.owner).await.expect("an event");
    Cast { hackfest: EventId(hackfest), ctx, asha, tomas, ravi, mei }
}

fn wire<T: DeserializeOwned>(value: Value) -> T {
    serde_json::from_value(value).expect("as on the wire")
}

fn code<T: std::fmt::Debug>(outcome: AppResult<T>) -> &'static str {
    outcome.expect_err("a refusal").code()
}

async fn count(town: &Town, what: &str) -> i64 {
    sqlx::query_scalar(sqlx::AssertSqlSafe(format!("select count(*) from {what}"))).fetch_one(&town.owner).await.expect("a count")
}

async fn signed_in(town: &Town, figure: Figure) -> Browser {
    let mut browser = town.visitor();
    let answer = browser.submit("/sign-in", "sign_in", &[("email", figure.email), ("password", PASSWORD)]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    browser
}

impl Cast {
    fn day(&self, days: i64) -> String {
        (self.ctx.now() + chrono::TimeDelta::days(days)).format("%Y-%m-%d").to_string()
    }

    async fn offer(&self, more: Value) -> OpportunityId {
        let mut body = json!({
            "eventId": self.hackfest.to_string(), "category": "Silver Sponsor", "places": 1, "decisionDeadline": self.day(30),
            "status": "Open", "budgetRange": {"min": 10000, "max": 50000, "currency": "INR"},
        });
        for (key, value) in more.as_object().expect("an object") {
            body[key] = value.clone();
        }
        opportunities::create(&self.ctx, &self.ravi, &wire(body)).await.expect("open")
    }

    async fn apply(&self, who: &Actor, opportunity: OpportunityId) -> RequestId {
        let input: ApplyInput = wire(json!({"amount": 20000, "message": "We come with mentors."}));
        requests::apply(&self.ctx, who, opportunity, &input).await.expect("applied")
    }

    async fn patch(&self, id: OpportunityId, body: Value) -> AppResult<OpportunityId> {
        decisions::edit(&self.ctx, &self.ravi, id, &wire::<OpportunityPatch>(body)).await
    }

    async fn status(&self, id: OpportunityId) -> OpportunityStatus {
        opportunities::get(&self.ctx, Some(&self.ravi), id).await.expect("theirs").status
    }

    async fn seen(&self, who: &Actor, id: RequestId) -> RevisionHash {
        requests::get(&self.ctx, who, id).await.expect("theirs").revision_hash
    }

    async fn accept(&self, id: RequestId) {
        let seen = self.seen(&self.ravi, id).await;
        requests::accept(&self.ctx, &self.ravi, id, &seen).await.expect("accepted");
    }

    async fn wait(&self, id: RequestId) {
        let seen = self.seen(&self.ravi, id).await;
        decisions::wait(&self.ctx, &self.ravi, id, &seen).await.expect("in line");
    }

    async fn waiting(&self, who: &Actor, id: RequestId) -> Option<WaitingState> {
        decisions::place(&self.ctx, who, id).await.expect("theirs").place.waiting
    }

    async fn state(&self, who: &Actor, id: RequestId) -> RequestState {
        requests::get(&self.ctx, who, id).await.expect("theirs").state
    }
}
