//! Decisions that are not yet said, and their release together.

use crate::{
    common::{code, count, signed_in, told, who, wire},
    town::sequel,
};
use commdesk::{
    features::{
        decisions::{service as decisions, views::DecisionsInput},
        requests::{
            service as requests,
            views::{RequestState, RevisionHash},
        },
    },
    kernel::{error::AppError, ids::RequestId},
    seeds::people::{self, RAVI},
};
use http::StatusCode;
use serde_json::json;

#[tokio::test]
async fn decisions_are_secret_until_they_are_released_together() {
    sequel(async |town| {
        let cast = told(town).await;
        let ctx = &cast.ctx;
        let ingrid = who(ctx, people::INGRID).await;
        let opportunity = cast.offer(json!({})).await;
        let (hers, his) = (cast.apply(&cast.asha, opportunity).await, cast.apply(&cast.tomas, opportunity).await);
        let third = cast.apply(&ingrid, opportunity).await;
        town.drain().await;
        let mails = count(town, "mails").await;
        let before = requests::get(ctx, &cast.asha, hers).await.expect("hers");
        let row = |id: RequestId, decision: &str, seen: &RevisionHash| {
            json!({"requestId": id.to_string(), "decision": decision, "reason": "Budget", "note": "Next year.", "revisionHash": seen.as_str()})
        };
        let seen = async |id| cast.seen(&cast.ravi, id).await;
        let all: DecisionsInput = wire(json!({"decisions": [
            row(hers, "Decline", &seen(hers).await), row(his, "Accept", &seen(his).await), row(third, "Accept", &seen(third).await),
        ]}));
        decisions::prepare(ctx, &cast.ravi, opportunity, &all).await.expect("prepared");
        town.drain().await;

        // Nobody hears or sees anything.
        assert_eq!(count(town, "mails").await, mails);
        assert_eq!(requests::get(ctx, &cast.asha, hers).await.expect("hers"), before, "not a word of it");
        assert_eq!(code(decisions::decisions(ctx, &cast.asha, opportunity).await), "FORBIDDEN");
        assert_eq!(code(decisions::decisions(ctx, &cast.mei, opportunity).await), "NOT_FOUND");
        let screen = decisions::decisions(ctx, &cast.ravi, opportunity).await.expect("theirs");
        assert_eq!((screen.view.prepared, screen.view.items.len()), (3, 3));
        let wrong: DecisionsInput = wire(json!({"decisions": [{"requestId": hers.to_string(), "decision": "Decline", "reason": ""}]}));
        let refused = decisions::prepare(ctx, &cast.ravi, opportunity, &wrong).await;
        assert!(matches!(refused, Err(AppError::Invalid(e)) if e.get("decisions[0].reason").is_some()));
        let stale: DecisionsInput = wire(json!({"decisions": [row(hers, "Accept", &RevisionHash::of("another"))]}));
        assert_eq!(code(decisions::prepare(ctx, &cast.ravi, opportunity, &stale).await), "STALE_REVISION");

        // Released together; there is one place, so one acceptance stays prepared with its reason. Twice at once is once.
        let (one, other) = (town.ctx(), town.ctx());
        let (a, b) = tokio::join!(
            decisions::release_decisions(&one, &cast.ravi, opportunity),
            decisions::release_decisions(&other, &cast.ravi, opportunity)
        );
        assert!(a.is_ok() || b.is_ok());
        town.drain().await;
        assert_eq!(cast.state(&cast.asha, hers).await, RequestState::Rejected);
        let accepted = [cast.state(&cast.tomas, his).await, cast.state(&ingrid, third).await];
        assert_eq!(accepted.iter().filter(|state| **state == RequestState::Accepted).count(), 1);
        assert_eq!(count(town, "mails where template = 'request_rejected' and recipient = 'asha@acme.example'").await, 1);
        let told = "mails where template = 'request_accepted' and recipient in ('tomas@lumen.example', 'ingrid@fjord.example') and subject like '%Silver%'";
        assert_eq!(count(town, told).await, 1);
        let screen = decisions::decisions(ctx, &cast.ravi, opportunity).await.expect("theirs");
        assert_eq!((screen.view.items.len(), screen.view.prepared), (1, 1));
        assert!(screen.view.items[0].problem.contains("waiting list"), "{}", screen.view.items[0].problem);

        // Taken back, nothing is left to release.
        let left = screen.view.items[0].request_id;
        let back: DecisionsInput = wire(json!({"decisions": [{"requestId": left.to_string(), "decision": ""}]}));
        decisions::prepare(ctx, &cast.ravi, opportunity, &back).await.expect("taken back");
        assert_eq!(code(decisions::release_decisions(ctx, &cast.ravi, opportunity).await), "NOTHING_PREPARED");
    })
    .await;
}

#[tokio::test]
async fn what_was_prepared_goes_with_its_request_and_is_never_said() {
    sequel(async |town| {
        let cast = told(town).await;
        let ctx = &cast.ctx;
        let ingrid = who(ctx, people::INGRID).await;
        let opportunity = cast.offer(json!({"places": 3, "decisionDeadline": cast.day(40)})).await;
        let (hers, his) = (cast.apply(&cast.asha, opportunity).await, cast.apply(&cast.tomas, opportunity).await);
        let third = cast.apply(&ingrid, opportunity).await;
        let mut rows = Vec::new();
        for (id, decision) in [(hers, "Accept"), (his, "Accept"), (third, "Decline")] {
            let seen = cast.seen(&cast.ravi, id).await;
            rows.push(json!({"requestId": id.to_string(), "decision": decision, "reason": "Budget", "note": "Next year.", "revisionHash": seen.as_str()}));
        }
        let all: DecisionsInput = wire(json!({ "decisions": rows }));
        decisions::prepare(ctx, &cast.ravi, opportunity, &all).await.expect("prepared");
        let prepared = async |id: RequestId| count(town, &format!("prepared_decisions where request_id = '{}'", id.0)).await;
        town.drain().await;
        assert_eq!((prepared(hers).await, prepared(his).await, prepared(third).await), (1, 1, 1), "they stand while it is open");

        // Taken back while it is being said: what is on its way says nothing, and nothing is left of it.
        sqlx::query("update prepared_decisions set releasing_at = prepared_at where request_id = $1")
            .bind(hers.0)
            .execute(&town.owner)
            .await
            .expect("on its way");
        requests::withdraw(ctx, &cast.asha, hers).await.expect("withdrawn");
        let apex = cast.ravi.community().expect("his");
        decisions::go_on(ctx, opportunity, apex, cast.ravi.user()).await.expect("nothing can be said");
        assert_eq!(cast.state(&cast.asha, hers).await, RequestState::Withdrawn);
        town.drain().await;
        assert_eq!((prepared(hers).await, prepared(his).await, prepared(third).await), (0, 1, 1));

        // Answered by hand, it is not answered again.
        let seen = cast.seen(&cast.ravi, third).await;
        requests::accept(ctx, &cast.ravi, third, &seen).await.expect("a change of mind");
        town.drain().await;
        assert_eq!((prepared(his).await, prepared(third).await), (1, 0));

        // Nobody answered in time.
        sqlx::query("update requests set expires_at = opened_at where id = $1")
            .bind(his.0)
            .execute(&town.owner)
            .await
            .expect("its time is over");
        requests::expire_due(ctx, his).await.expect("swept");
        town.drain().await;
        assert_eq!(cast.state(&cast.tomas, his).await, RequestState::Expired);
        assert_eq!(count(town, "prepared_decisions").await, 0);
        assert_eq!(code(decisions::release_decisions(ctx, &cast.ravi, opportunity).await), "NOTHING_PREPARED");
        assert_eq!(cast.state(&ingrid, third).await, RequestState::Accepted);
        town.drain().await;
    })
    .await;
}

#[tokio::test]
async fn a_release_that_was_cut_off_goes_on_and_the_page_works_without_scripts() {
    sequel(async |town| {
        let cast = told(town).await;
        let opportunity = cast.offer(json!({"places": 2})).await;
        let (hers, his) = (cast.apply(&cast.asha, opportunity).await, cast.apply(&cast.tomas, opportunity).await);
        let mut ravi = signed_in(town, RAVI).await;
        let path = format!("/manage/opportunities/{opportunity}/decisions");
        let page = ravi.open(&path).await;
        assert!(page.text.contains("Acme Cloud") && page.text.contains("Save without telling anybody"), "{}", page.status);
        let (id, other) = (hers.to_string(), his.to_string());
        let (seen, seen_other) = (cast.seen(&cast.ravi, hers).await.to_string(), cast.seen(&cast.ravi, his).await.to_string());
        let fields = [
            ("decisions[0].requestId", id.as_str()),
            ("decisions[0].decision", "Accept"),
            ("decisions[0].revisionHash", seen.as_str()),
            ("decisions[1].requestId", other.as_str()),
            ("decisions[1].decision", "Decline"),
            ("decisions[1].revisionHash", seen_other.as_str()),
        ];
        let wrong = ravi.submit(&path, "prepare", &fields).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY, "declining says why");
        let sent = ravi.submit(&path, "prepare", &[&fields[..], &[("decisions[1].reason", "Budget")]].concat()).await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text);
        // As if the process had died after the first decision was said, before that was noted.
        cast.accept(hers).await;
        sqlx::query("update prepared_decisions set releasing_at = prepared_at")
            .execute(&town.owner)
            .await
            .expect("half released");
        // It goes on by itself, for whoever released it: nobody has to press again, and run twice it is said once.
        let apex = cast.ravi.community().expect("his");
        decisions::go_on(&cast.ctx, opportunity, apex, cast.ravi.user()).await.expect("said");
        decisions::go_on(&cast.ctx, opportunity, apex, cast.ravi.user()).await.expect("nothing is left");
        assert_eq!(cast.state(&cast.asha, hers).await, RequestState::Accepted);
        assert_eq!(cast.state(&cast.tomas, his).await, RequestState::Rejected);
        assert_eq!(count(town, "prepared_decisions").await, 0);

        // By whoever has no seat there any more, nothing is said; it is prepared again, and says why.
        let ingrid = who(&cast.ctx, people::INGRID).await;
        let third = cast.apply(&ingrid, opportunity).await;
        let (id, seen) = (third.to_string(), cast.seen(&cast.ravi, third).await.to_string());
        let fields = [
            ("decisions[0].requestId", id.as_str()),
            ("decisions[0].decision", "Accept"),
            ("decisions[0].revisionHash", seen.as_str()),
        ];
        assert_eq!(ravi.submit(&path, "prepare", &fields).await.status, StatusCode::SEE_OTHER);
        sqlx::query("update prepared_decisions set releasing_at = prepared_at")
            .execute(&town.owner)
            .await
            .expect("cut off at once");
        decisions::go_on(&cast.ctx, opportunity, apex, cast.mei.user()).await.expect("nothing to say for her");
        assert_eq!(cast.state(&ingrid, third).await, RequestState::Pending);
        let page = ravi.open(&path).await;
        assert!(page.text.contains("Release it again") && page.text.contains("Release the decision"));

        let released = ravi.submit(&path, "release-decisions", &[]).await;

        assert_eq!(released.status, StatusCode::SEE_OTHER, "{}", released.text);
        assert_eq!(cast.state(&ingrid, third).await, RequestState::Accepted);
        assert_eq!(count(town, "prepared_decisions").await, 0);
        town.drain().await;

        // The fact of a release wakes the job.
        let offer = cast.offer(json!({"category": "Bronze Sponsor"})).await;
        let hers = cast.apply(&cast.asha, offer).await;
        let row = json!({"requestId": hers.to_string(), "decision": "Decline", "reason": "Budget", "revisionHash": cast.seen(&cast.ravi, hers).await.as_str()});
        let input: DecisionsInput = wire(json!({"decisions": [row]}));
        decisions::prepare(&cast.ctx, &cast.ravi, offer, &input).await.expect("prepared");
        let cut_off = tokio::time::timeout(std::time::Duration::ZERO, decisions::release_decisions(&cast.ctx, &cast.ravi, offer)).await;
        if cut_off.is_err() {
            // Cut off before it was stated: then it was not released.
            decisions::release_decisions(&cast.ctx, &cast.ravi, offer).await.expect("released");
        }
        town.drain().await;
        assert_eq!(cast.state(&cast.asha, hers).await, RequestState::Rejected);
        let done = "jobs where consumer = 'decisions-released' and state <> 'done'";
        assert_eq!(count(town, done).await, 0);
    })
    .await;
}
