//! The same thing many times at once, and opposite things at once, on two instances of the program: one effect, one winner,
//! a legal history. Deadlines with several schedulers, some of which die over them: each once, none early.
//!
//! `make prove` runs more rounds.

use crate::{
    common::{count, is_long, one, signed_in},
    town::{Answer, Browser, Town, sequel},
};
use commdesk::{
    features::requests::service as requests,
    http::site,
    platform::{
        ctx::{Ctx, House},
        jobs,
    },
    seeds::people::{RAVI, TOMAS},
};
use http::{Method, StatusCode};
use serde_json::{Value, json};
use std::{sync::Arc, time::Duration};
use uuid::Uuid;

/// How often a race is run; the long form runs it more often.
fn rounds(few: usize) -> usize {
    if is_long() { few * 8 } else { few }
}

/// The demo, and a second instance of the program beside the first.
async fn two_instances(town: &Town) -> Arc<House> {
    town.second_instance()
}

/// Fifty browsers of one person, every other one at the second instance.
fn fifty(who: &Browser, other: &Arc<House>) -> Vec<Browser> {
    let second = site::router(Arc::clone(other));
    (0..50).map(|number| if number % 2 == 0 { who.clone() } else { who.clone().on(&second) }).collect()
}

async fn at_once(browsers: Vec<Browser>, method: Method, path: &str, body: &Value, key: Option<&str>) -> Vec<Answer> {
    let calls = browsers.into_iter().map(|mut browser| {
        let (method, body) = (method.clone(), body.clone());
        async move {
            let headers: Vec<(&str, &str)> = key.map(|key| ("idempotency-key", key)).into_iter().collect();
            browser.api_with(method, path, Some(body), &headers).await
        }
    });
    futures::future::join_all(calls).await
}

/// How many said yes; every other one was refused in words.
fn agreed(answers: &[Answer]) -> usize {
    for answer in answers {
        let is_fine = answer.status.is_success() || answer.status == StatusCode::CONFLICT;
        assert!(is_fine, "{} {}", answer.status, answer.text);
    }
    answers.iter().filter(|answer| answer.status.is_success()).count()
}

#[tokio::test]
async fn fifty_acceptances_on_two_instances_are_one() {
    sequel(async |town| {
        let other = two_instances(town).await;
        let ravi = signed_in(town, RAVI).await;
        let id = one(town, "select id from requests where state = 'Pending' and opened_by = 'organization'").await;
        let hash = ravi.clone().api(Method::GET, &format!("/requests/{id}"), None).await.data()["revisionHash"].clone();
        let path = format!("/requests/{id}/accept");
        let body = json!({"revisionHash": hash});

        // One click, sent fifty times: one answer.
        let answers = at_once(fifty(&ravi, &other), Method::PATCH, &path, &body, Some("one-click")).await;
        assert!(answers.iter().all(|answer| answer.status == StatusCode::OK && answer.text == answers[0].text), "{answers:?}");
        // Fifty clicks after it: each is told that it is closed.
        let late = at_once(fifty(&ravi, &other), Method::PATCH, &path, &body, None).await;
        assert_eq!(agreed(&late), 0);

        town.drain().await;
        assert_eq!(count(town, &format!("facts where subject_id = '{id}' and name = 'request_accepted'")).await, 1);
        assert_eq!(count(town, &format!("event_partners where request_id = '{id}'")).await, 1);
        assert_eq!(count(town, &format!("place_claims where request_id = '{id}' and released_at is null")).await, 1);
        let twice = "(select recipient from mails where template = 'request_accepted' group by recipient, once_key having count(*) > 1) t";
        assert_eq!(count(town, twice).await, 0);
        other.pool.close().await;
    })
    .await;
}

#[tokio::test]
async fn fifty_acceptances_without_a_key_have_one_winner() {
    sequel(async |town| {
        let other = two_instances(town).await;
        let ravi = signed_in(town, RAVI).await;
        let id = one(town, "select id from requests where state = 'Pending' and opened_by = 'organization'").await;
        let hash = ravi.clone().api(Method::GET, &format!("/requests/{id}"), None).await.data()["revisionHash"].clone();
        let body = json!({"revisionHash": hash});
        let answers = at_once(fifty(&ravi, &other), Method::PATCH, &format!("/requests/{id}/accept"), &body, None).await;
        assert_eq!(agreed(&answers), 1);
        assert_eq!(count(town, &format!("facts where subject_id = '{id}' and name = 'request_accepted'")).await, 1);
        assert_eq!(count(town, &format!("event_partners where request_id = '{id}'")).await, 1);
        other.pool.close().await;
    })
    .await;
}

#[tokio::test]
async fn fifty_releases_on_two_instances_are_one() {
    sequel(async |town| {
        let other = two_instances(town).await;
        let mut ravi = signed_in(town, RAVI).await;
        let id = one(town, "select id from requests where state = 'Pending' and opened_by = 'organization'").await;
        let offer = one(town, &format!("select opportunity_id from requests where id = '{id}'")).await;
        let hash = ravi.api(Method::GET, &format!("/requests/{id}"), None).await.data()["revisionHash"].clone();
        let prepared = json!({"decisions": [{"requestId": id.to_string(), "decision": "Accept", "revisionHash": hash}]});
        let done = ravi.api(Method::PATCH, &format!("/opportunities/{offer}/decisions"), Some(prepared)).await;
        assert_eq!(done.status, StatusCode::OK, "{}", done.text);

        // What was prepared is said.
        let path = format!("/opportunities/{offer}/decisions/release");
        assert!(agreed(&at_once(fifty(&ravi, &other), Method::POST, &path, &json!({}), None).await) >= 1);
        town.drain().await;
        assert_eq!(count(town, &format!("facts where subject_id = '{id}' and name = 'request_accepted'")).await, 1);
        assert_eq!(count(town, &format!("event_partners where request_id = '{id}'")).await, 1);

        // And the place that it took is given back.
        let path = format!("/requests/{id}/place/release");
        let reason = json!({"reason": "Their budget was cut."});
        assert_eq!(agreed(&at_once(fifty(&ravi, &other), Method::PATCH, &path, &reason, None).await), 1);
        assert_eq!(count(town, &format!("place_claims where request_id = '{id}' and released_at is null")).await, 0);
        assert_eq!(count(town, "facts where name = 'place_released'").await, 1);
        other.pool.close().await;
    })
    .await;
}

#[tokio::test]
async fn fifty_publications_on_two_instances_are_one() {
    sequel(async |town| {
        let other = two_instances(town).await;
        let mut ravi = signed_in(town, RAVI).await;
        let day = |days| (town.ctx().now() + chrono::TimeDelta::days(days)).format("%Y-%m-%dT10:00").to_string();
        for key in [Some("one-click"), None] {
            let event = json!({
                "title": "Fifty clicks", "eventType": "Hackathon", "category": "Technology", "descriptionMarkdown": "One of fifty.",
                "startAt": day(50), "endAt": day(51), "timezone": "Asia/Kolkata", "capacity": {"maxAttendees": 50},
                "format": "Online", "region": "South Asia",
            });
            let id = ravi.api(Method::POST, "/events", Some(event)).await.data()["id"].as_str().expect("an id").to_owned();
            let path = format!("/events/{id}/publish");
            let answers = at_once(fifty(&ravi, &other), Method::POST, &path, &json!({}), key).await;
            let published = agreed(&answers);
            assert!(published >= 1, "{}", answers[0].text);
            if key.is_some() {
                assert_eq!(published, 50, "the same click has the same answer");
            }
            assert_eq!(count(town, &format!("facts where subject_id = '{id}' and name = 'event_published'")).await, 1);
        }
        other.pool.close().await;
    })
    .await;
}

/// What a request went through, by the names of its facts.
async fn history(town: &Town, id: Uuid) -> Vec<String> {
    sqlx::query_scalar(
        "select name from facts where subject_kind = 'request' and subject_id = $1
         and name in ('request_accepted', 'request_rejected', 'request_withdrawn', 'request_expired') order by seq",
    )
    .bind(id)
    .fetch_all(&town.owner)
    .await
    .expect("facts")
}

#[tokio::test]
async fn opposite_answers_at_once_have_one_winner() {
    sequel(async |town| {
        let other = two_instances(town).await;
        let second = site::router(Arc::clone(&other));
        let (ravi, tomas) = (signed_in(town, RAVI).await, signed_in(town, TOMAS).await);
        let hackfest = one(town, "select id from events where slug = 'hackfest'").await;
        let mut winners = std::collections::BTreeSet::new();
        for round in 0..rounds(5) {
            // An acceptance ends the rounds for a category: each has its own.
            let categories = ["Silver Sponsor", "Bronze Sponsor", "Elite Sponsor", "Premier Sponsor", "Support Sponsor"];
            let day = (town.ctx().now() + chrono::TimeDelta::days(30)).format("%Y-%m-%d").to_string();
            let offer = json!({
                "eventId": hackfest.to_string(), "category": categories[round % 5], "places": 1, "decisionDeadline": day, "status": "Open",
                "budgetRange": {"min": 1000, "max": 5000, "currency": "INR"},
            });
            let made = ravi.clone().api(Method::POST, "/opportunities", Some(offer)).await;
            assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
            let opportunity = made.data()["id"].as_str().expect("an id").to_owned();
            let wish = json!({"amount": 2000, "message": format!("Round {round}.")});
            let sent = tomas.clone().api(Method::POST, &format!("/opportunities/{opportunity}/apply"), Some(wish)).await;
            if sent.status == StatusCode::TOO_MANY_REQUESTS || sent.status == StatusCode::CONFLICT {
                // The week's quota, or a place on the page from an earlier round: nothing more can be raced.
                assert!(round >= 5, "{}", sent.text);
                break;
            }
            assert_eq!(sent.status, StatusCode::CREATED, "{}", sent.text);
            let id: Uuid = sent.data()["id"].as_str().and_then(|id| id.parse().ok()).expect("an id");
            let hash = sent.data()["revisionHash"].clone();
            let hash = if hash.is_string() { hash } else { ravi.clone().api(Method::GET, &format!("/requests/{id}"), None).await.data()["revisionHash"].clone() };
            let call = |browser: &Browser, verb: &str, body: Value| {
                let (mut browser, path) = (browser.clone(), format!("/requests/{id}/{verb}"));
                async move { browser.api(Method::PATCH, &path, Some(body)).await }
            };
            let (accept, reject) = (json!({"revisionHash": hash}), json!({"reason": "Budget"}));
            // Every other round comes due as well, at both sweepers.
            let is_late = round % 2 == 1;
            if is_late {
                let gone = "update requests set expires_at = opened_at where id = $1";
                sqlx::query(gone).bind(id).execute(&town.owner).await.expect("due");
                let due = "update deadlines set at = $2 where subject_id = $1";
                sqlx::query(due).bind(id).bind(town.ctx().now()).execute(&town.owner).await.expect("due");
            }
            let expiry = |house: &Arc<House>| {
                let ctx = Ctx::background(house, "test");
                async move { if is_late { requests::expire_due(&ctx, id.into()).await } else { Ok(()) } }
            };
            let (a, b, c, d, e, f) = tokio::join!(
                call(&ravi, "accept", accept.clone()),
                call(&tomas.clone().on(&second), "withdraw", json!({})),
                call(&ravi.clone().on(&second), "reject", reject),
                call(&ravi.clone().on(&second), "accept", accept),
                expiry(&other),
                expiry(&town.house),
            );
            e.expect("swept");
            f.expect("swept");
            let said_yes = agreed(&[a, b, c, d]);
            let history = history(town, id).await;
            assert_eq!(history.len(), 1, "round {round}: {history:?}");
            assert_eq!(said_yes, usize::from(history[0] != "request_expired"), "round {round}: {history:?}");
            let state = format!("requests where id = '{id}' and state in ('Accepted', 'Rejected', 'Withdrawn', 'Expired')");
            assert_eq!(count(town, &state).await, 1);
            let held = count(town, &format!("event_partners where request_id = '{id}' and removed_at is null")).await;
            assert_eq!(held, i64::from(history[0] == "request_accepted"));
            assert_eq!(count(town, &format!("deadlines where subject_id = '{id}'")).await, 0);
            winners.insert(history[0].clone());
            town.drain().await;
        }
        assert!(!winners.is_empty());
        other.pool.close().await;
    })
    .await;
}

#[tokio::test]
async fn deadlines_with_many_schedulers_some_of_them_killed_are_met_once_and_never_early() {
    sequel(async |town| {
        let other = two_instances(town).await;
        // The demo's deadlines: opportunities that close, requests that expire, events that begin and end.
        let waiting: Vec<(String, Uuid, chrono::DateTime<chrono::Utc>)> =
            sqlx::query_as("select kind, subject_id, at from deadlines order by at").fetch_all(&town.owner).await.expect("deadlines");
        assert!(waiting.len() >= 8, "{waiting:?}");
        let before = count(town, "facts").await;
        let schedulers = async |rounds: usize| {
            for round in 0..rounds {
                let all = (0..6_u64).map(|number| {
                    let (house, registry) = (if number % 2 == 0 { &town.house } else { &other }, &town.registry);
                    let ctx = Ctx::background(house, "sweeper");
                    // A third of them dies over it, a little later each time.
                    let dies = number % 3 == 0;
                    let patience = Duration::from_micros(400 * (round as u64 + 1) * (number + 1));
                    async move {
                        if dies {
                            let _ = tokio::time::timeout(patience, jobs::sweep(&ctx, registry)).await;
                        } else {
                            jobs::sweep(&ctx, registry).await.expect("swept");
                        }
                    }
                });
                futures::future::join_all(all).await;
            }
        };
        // One second early: nothing moves.
        let first = waiting[0].2;
        let until = |at: chrono::DateTime<chrono::Utc>, house: &Arc<House>| (at - house.clock.now()).num_seconds();
        for house in [&town.house, &other] {
            house.clock.shift(until(first, house) - 2);
        }
        schedulers(1).await;
        assert_eq!(count(town, "facts").await, before, "nothing is early");
        // All the way, in five steps.
        let last = waiting[waiting.len() - 1].2;
        let steps = rounds(5) as i64;
        for _ in 0..steps {
            for house in [&town.house, &other] {
                let left = until(last, house) + 3_600;
                house.clock.shift(left / 3 + 3_600);
            }
            schedulers(3).await;
            town.drain().await;
        }
        for house in [&town.house, &other] {
            house.clock.shift(until(last, house).max(0) + 3_600);
        }
        schedulers(4).await;
        town.drain().await;

        let twice: Vec<(String, Uuid, i64)> = sqlx::query_as(
            "select name, subject_id, count(*) from facts
             where acting_kind = 'system' and name in ('request_expired', 'opportunity_closed', 'event_went_live', 'event_completed')
             group by name, subject_id having count(*) > 1",
        )
        .fetch_all(&town.owner)
        .await
        .expect("facts");
        assert!(twice.is_empty(), "{twice:?}");
        let expired = count(town, "facts where name = 'request_expired'").await;
        assert_eq!(expired, count(town, "requests where state = 'Expired'").await);
        assert!(expired >= 2, "both open requests of the demo expired: {expired}");
        let early = "facts f join requests r on r.id = f.subject_id where f.name = 'request_expired' and f.at < r.expires_at";
        assert_eq!(count(town, early).await, 0, "none before its time");
        for (kind, subject, at) in waiting {
            let still = format!("deadlines where kind = '{kind}' and subject_id = '{subject}' and at = '{}'", at.to_rfc3339());
            assert_eq!(count(town, &still).await, 0, "{kind} of {subject} was never met");
        }
        other.pool.close().await;
    })
    .await;
}
