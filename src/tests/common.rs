//! What stories of many rooms say in one word: who comes, what is refused, how many there are.

use crate::town::{Browser, Town, told_session};
use commdesk::{
    features::{
        accounts::service as accounts,
        opportunities::{service as opportunities, views::OpportunityStatus},
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
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use uuid::Uuid;

/// Somebody of the demo, acting for the workspace that they have: in the session that they have already, else signed in.
pub async fn who(ctx: &Ctx, figure: Figure) -> Actor {
    if let Some(token) = told_session(figure)
        && let Some(person) = accounts::person_by_token(ctx, token).await.expect("the database answers")
    {
        return person.actor(None).expect("one workspace");
    }
    people::actor(ctx, figure).await.expect("signed in")
}

/// A browser of somebody with the demo's password, who is signed in; one of the staff still owes the second factor.
pub async fn signed_in(town: &Town, figure: Figure) -> Browser {
    let session = accounts::sign_in(&town.ctx(), figure.email, PASSWORD, "a test").await.expect("signed in");
    town.visitor().with_session(&session.token)
}

/// A browser of somebody of the staff, past the second factor that they have. A code works once, and the next one comes half a
/// minute later.
pub async fn at_work(town: &Town, figure: Figure) -> Browser {
    town.house.clock.shift(31);
    let ctx = town.ctx();
    let session = accounts::sign_in(&ctx, figure.email, PASSWORD, "a test").await.expect("signed in");
    let person = accounts::person_by_token(&ctx, &session.token).await.expect("the database answers").expect("a session");
    let code = accounts::code_for_development(&ctx, figure.email).await.expect("a code");
    let session = accounts::give_second_factor(&ctx, &person, &code).await.expect("the code is right");
    town.visitor().with_session(&session.token)
}

/// What JSON stands for, read as the doors read it.
pub fn wire<T: DeserializeOwned>(value: Value) -> T {
    serde_json::from_value(value).expect("as on the wire")
}

/// The code of a refusal.
pub fn code<T: std::fmt::Debug>(outcome: AppResult<T>) -> &'static str {
    outcome.expect_err("a refusal").code()
}

/// How many rows there are of what stands behind `from`.
pub async fn count(town: &Town, what: &str) -> i64 {
    let counted = sqlx::query_scalar(sqlx::AssertSqlSafe(format!("select count(*) from {what}"))).fetch_one(&town.owner).await;
    counted.unwrap_or_else(|error| panic!("{error}: {what}"))
}

/// The id that a statement finds.
pub async fn one(town: &Town, sql: &str) -> Uuid {
    let found = sqlx::query_scalar(sqlx::AssertSqlSafe(sql.to_owned())).fetch_one(&town.owner).await;
    found.unwrap_or_else(|error| panic!("{error}: {sql}"))
}

/// Is this the long form, `make prove`?
pub fn is_long() -> bool {
    std::env::var_os("COMMDESK_PROVE").is_some()
}

/// The demo's people, after its story: Asha's application for the one platinum place of HackFest waits for Ravi, and Mei's
/// request to Acme waits for Asha.
pub struct Cast {
    pub ctx: Ctx,
    /// Sponsor Admin of Acme Cloud.
    pub asha: Actor,
    /// Sponsor Admin of Lumen Data.
    pub tomas: Actor,
    /// Owner of Apex Circle.
    pub ravi: Actor,
    /// Owner of Harbour Devs.
    pub mei: Actor,
    pub hackfest: EventId,
}

pub async fn told(town: &Town) -> Cast {
    let ctx = town.ctx();
    Cast {
        asha: who(&ctx, ASHA).await,
        tomas: who(&ctx, TOMAS).await,
        ravi: who(&ctx, RAVI).await,
        mei: who(&ctx, MEI).await,
        hackfest: EventId(one(town, "select id from events where title like 'HackFest%'").await),
        ctx,
    }
}

impl Cast {
    pub fn day(&self, days: i64) -> String {
        (self.ctx.now() + chrono::TimeDelta::days(days)).format("%Y-%m-%d").to_string()
    }

    /// What Apex offers at HackFest, open; `more` says what is special about it.
    pub async fn offer(&self, more: Value) -> OpportunityId {
        let mut body = json!({
            "eventId": self.hackfest.to_string(), "category": "Silver Sponsor", "places": 1, "decisionDeadline": self.day(30),
            "status": "Open", "budgetRange": {"min": 10000, "max": 50000, "currency": "INR"},
        });
        for (key, value) in more.as_object().expect("an object") {
            body[key] = value.clone();
        }
        opportunities::create(&self.ctx, &self.ravi, &wire(body)).await.expect("open")
    }

    pub async fn apply(&self, who: &Actor, opportunity: OpportunityId) -> RequestId {
        let input: ApplyInput = wire(json!({"amount": 20000, "message": "We come with mentors."}));
        requests::apply(&self.ctx, who, opportunity, &input).await.expect("applied")
    }

    pub async fn seen(&self, who: &Actor, id: RequestId) -> RevisionHash {
        requests::get(&self.ctx, who, id).await.expect("theirs").revision_hash
    }

    pub async fn state(&self, who: &Actor, id: RequestId) -> RequestState {
        requests::get(&self.ctx, who, id).await.expect("theirs").state
    }

    pub async fn status(&self, id: OpportunityId) -> OpportunityStatus {
        opportunities::get(&self.ctx, Some(&self.ravi), id).await.expect("theirs").status
    }
}
