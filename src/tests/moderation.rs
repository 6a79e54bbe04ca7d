//! Blocks, which are mutual and silent, and reports, which staff decide once and reporters hear of.

use crate::town::{Browser, Town, story};
use commdesk::{
    features::{
        accounts::service as accounts,
        blocks::service as blocks,
        communities::service as communities,
        moderation::{
            service as moderation,
            views::{DecisionInput, ReportInput, ReportState},
        },
        organizations::service as organizations,
        requests::{service as requests, views::RequestInput},
    },
    kernel::{
        actor::{Actor, VerificationStatus},
        error::AppResult,
        page::PageRequest,
    },
    platform::ctx::Ctx,
    seeds::{
        self,
        people::{self, ASHA, Figure, MALLORY, MEI, PASSWORD, RAVI, SARA, TOMAS},
    },
};
use http::{Method, StatusCode};
use serde_json::json;
use uuid::Uuid;

fn code<T: std::fmt::Debug>(outcome: AppResult<T>) -> &'static str {
    outcome.expect_err("a refusal").code()
}

async fn told(town: &Town) -> Ctx {
    seeds::demo(&town.house, &town.registry, &|_| {}).await.expect("the demo's story");
    town.ctx()
}

async fn who(ctx: &Ctx, figure: Figure) -> Actor {
    people::actor(ctx, figure).await.expect("signed in")
}

async fn signed_in(town: &Town, figure: Figure) -> Browser {
    let session = accounts::sign_in(&town.ctx(), figure.email, PASSWORD, "a test").await.expect("signed in");
    let mut browser = town.visitor();
    browser.set_cookie("commdesk", &session.token);
    browser
}

async fn count(town: &Town, what: &str) -> i64 {
    sqlx::query_scalar(sqlx::AssertSqlSafe(format!("select count(*) from {what}"))).fetch_one(&town.owner).await.expect("a count")
}

async fn one(town: &Town, sql: &'static str) -> Uuid {
    sqlx::query_scalar(sql).fetch_one(&town.owner).await.expect("the demo has one")
}

#[tokio::test]
async fn a_block_is_mutual_and_silent() {
    story(async |town| {
        let ctx = told(town).await;
        let (tomas, mei) = (who(&ctx, TOMAS).await, who(&ctx, MEI).await);
        let harbour = mei.community().expect("Harbour").0;
        let conference = one(town, "select id from events where title = 'HarbourConf'").await;
        let ask: RequestInput = serde_json::from_value(json!({
            "organizationId": tomas.organization(), "eventId": conference, "amount": 1, "currency": "USD", "category": "Venue Partner",
        }))
        .expect("as on the wire");

        // Twice at once is once, and so is again.
        let (a, b) = tokio::join!(blocks::block(&ctx, &tomas, harbour), blocks::block(&ctx, &tomas, harbour));
        assert!(a.is_ok() && b.is_ok());
        blocks::block(&ctx, &tomas, harbour).await.expect("it stands");
        assert_eq!(count(town, "facts where name = 'block_made'").await, 1);
        town.drain().await;
        assert_eq!(count(town, "notices where title ilike '%block%'").await, 0);

        // Neither finds the other, and the blocked side hears what anybody hears of somebody who takes no requests.
        assert_eq!(code(requests::send(&ctx, &mei, &ask).await), "NOT_TAKING_REQUESTS");
        let (mut of_mei, mut of_tomas) = (signed_in(town, MEI).await, signed_in(town, TOMAS).await);
        assert_eq!(of_mei.open("/directory/lumen-data").await.status, StatusCode::NOT_FOUND);
        assert_eq!(of_mei.open("/requests/new?organization=lumen-data").await.status, StatusCode::NOT_FOUND);
        assert_eq!(of_tomas.open("/communities/harbour-devs").await.status, StatusCode::NOT_FOUND);
        let offer = one(town, "select o.id from opportunities o join events e on e.id = o.event_id where e.title = 'HarbourConf' limit 1").await;
        assert_eq!(of_tomas.open(&format!("/opportunities/{offer}")).await.status, StatusCode::NOT_FOUND);
        assert_eq!(of_mei.api(Method::GET, "/blocks", None).await.data()["items"].as_array().map(Vec::len), Some(0));
        // Everybody else sees both.
        let (mut visitor, mut of_asha) = (town.visitor(), signed_in(town, ASHA).await);
        assert_eq!(visitor.open("/directory/lumen-data").await.status, StatusCode::OK);
        assert_eq!(of_asha.open("/communities/harbour-devs").await.status, StatusCode::OK);

        // Only who made it takes it back.
        assert_eq!(code(blocks::lift(&ctx, &mei, tomas.organization().expect("Lumen").0).await), "NOT_FOUND");
        assert!(of_tomas.open("/inbox/rules").await.text.contains("Harbour Devs"));
        let lifted = of_tomas.submit("/inbox/rules", "unblock", &[("workspaceId", &harbour.to_string())]).await;
        assert_eq!(lifted.status, StatusCode::SEE_OTHER, "{}", lifted.text);
        requests::send(&ctx, &mei, &ask).await.expect("they talk again");
    })
    .await;
}

#[tokio::test]
async fn a_report_is_decided_once_and_its_reporter_hears_of_it() {
    story(async |town| {
        let ctx = told(town).await;
        let (mallory, asha) = (who(&ctx, MALLORY).await, who(&ctx, ASHA).await);
        // A code works once, and the story used one.
        town.house.clock.shift(60);
        let sara = people::sign_in_staff(&ctx, SARA).await.expect("staff");
        let acme = asha.organization().expect("Acme");
        let report = |kind: &str, id: Uuid| ReportInput {
            subject_kind: kind.into(),
            subject_id: id.to_string(),
            reason: "False or misleading".into(),
            words: "They have no office.".into(),
        };

        // By the page, by the API, and again: one open report.
        let mut browser = signed_in(town, MALLORY).await;
        let page = browser.open(&format!("/report?kind=organization&id={acme}")).await;
        assert!(page.text.contains("Report Acme Cloud"), "{}", page.text);
        let id = acme.to_string();
        let fields = [("subjectKind", "organization"), ("subjectId", id.as_str()), ("reason", "Something else"), ("words", "")];
        assert!(browser.submit("/report", "report", &fields).await.text.contains("Say what is wrong"));
        let fields = [("subjectKind", "organization"), ("subjectId", id.as_str()), ("reason", "Spam"), ("words", "")];
        assert_eq!(browser.submit("/report", "report", &fields).await.status, StatusCode::SEE_OTHER);
        let again =
            moderation::report(&ctx, &mallory, report("organization", acme.0).parse().expect("reads")).await.expect("the first");
        assert_eq!(count(town, "reports").await, 1);
        // Of what one does not see, nothing can be said; the two sides of a request can.
        let request = one(town, "select id from requests where state = 'Pending' and opened_by = 'community'").await;
        assert_eq!(
            code(moderation::report(&ctx, &mallory, report("request", request).parse().expect("reads")).await),
            "NOT_FOUND"
        );
        moderation::report(&ctx, &asha, report("request", request).parse().expect("reads")).await.expect("hers to report");
        for kind in ["event", "opportunity", "community"] {
            let id = match kind {
                "event" => one(town, "select id from events where title = 'HarbourConf'").await,
                "opportunity" => one(town, "select id from opportunities where status = 'Open' limit 1").await,
                _ => one(town, "select id from communities where slug = 'harbour-devs'").await,
            };
            moderation::report(&ctx, &asha, report(kind, id).parse().expect("reads")).await.expect(kind);
        }

        // The queue has ages and words; only staff read it.
        assert_eq!(code(moderation::list(&ctx, &asha, false, &PageRequest::default()).await), "FORBIDDEN");
        let queue = moderation::list(&ctx, &sara, false, &PageRequest::default()).await.expect("a queue");
        assert_eq!((queue.items.len(), queue.items[0].id), (5, again.id));
        let of_request = queue.items.iter().find(|it| it.subject_id == request).expect("the request");
        assert!(of_request.quote.as_deref().is_some_and(|words| words.contains("booth")));

        // Two decide at once: one does.
        let say = |verdict: &str| {
            DecisionInput { decision: verdict.into(), reason: "Show where your office is.".into() }.parse().expect("reads")
        };
        let (one_ctx, other) = (town.ctx(), town.ctx());
        let (a, b) = tokio::join!(
            moderation::decide(&one_ctx, &sara, again.id, say("warn")),
            moderation::decide(&other, &sara, again.id, say("warn"))
        );
        assert!(a.is_ok() != b.is_ok(), "{a:?} {b:?}");
        assert_eq!(if a.is_ok() { code(b) } else { code(a) }, "REPORT_DECIDED");
        town.drain().await;
        assert_eq!(count(town, "mails where template = 'report_decided' and recipient = 'mallory@globex.example'").await, 1);
        assert_eq!(count(town, "mails where template = 'workspace_warned' and recipient = 'asha@acme.example'").await, 1);
        let decided = moderation::list(&ctx, &sara, true, &PageRequest::default()).await.expect("decided");
        assert_eq!((decided.items.len(), decided.items[0].state), (1, ReportState::Warned));

        // What has no page of its own cannot be hidden; a workspace can, by the decision that staff have anyway.
        assert_eq!(code(moderation::decide(&ctx, &sara, of_request.id, say("hide")).await), "CANNOT_HIDE");
        let harbour = queue.items.iter().find(|it| it.subject_kind.label() == "community").expect("Harbour");
        moderation::decide(&ctx, &sara, harbour.id, say("hide")).await.expect("hidden");
        assert!(!communities::brief(&ctx, harbour.subject_id.into()).await.expect("it").status.may_reach_out());
        assert_eq!(organizations::brief(&ctx, acme).await.expect("it").status, VerificationStatus::Verified);
        // A verified organization takes two of the staff: the report waits for the second.
        let serious =
            moderation::report(&ctx, &mallory, report("organization", acme.0).parse().expect("reads")).await.expect("made");
        assert_eq!(code(moderation::decide(&ctx, &sara, serious.id, say("hide")).await), "SECOND_REVIEWER_NEEDED");
        let queue = moderation::list(&ctx, &sara, false, &PageRequest::default()).await.expect("a queue");
        assert!(queue.items.iter().any(|it| it.id == serious.id));
        let ravi = who(&ctx, RAVI).await;
        assert_eq!(code(moderation::decide(&ctx, &ravi, harbour.id, say("dismiss")).await), "FORBIDDEN");
    })
    .await;
}
