//! Blocks, which are mutual and silent, and reports, which staff decide once and reporters hear of.

use crate::{
    common::{at_work, code, count, one, signed_in, who},
    town::{Browser, sequel},
};
use commdesk::{
    features::{
        blocks::service as blocks,
        communities::service as communities,
        moderation::{
            service as moderation,
            views::{DecisionInput, ReportInput, ReportState},
        },
        organizations::service as organizations,
        partners::service as partners,
        requests::{service as requests, views::RequestInput},
    },
    kernel::{actor::VerificationStatus, page::PageRequest},
    platform::ctx::Ctx,
    seeds::people::{self, ASHA, Figure, MALLORY, MEI, RAVI, SARA, TOMAS},
};
use http::{Method, StatusCode};
use serde_json::json;
use uuid::Uuid;

#[tokio::test]
async fn a_block_is_mutual_and_silent() {
    sequel(async |town| {
        let ctx = town.ctx();
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

        // Lists leave the other out, and the blocked side hears what anybody hears of somebody who cannot deal.
        let refused = requests::send(&ctx, &mei, &ask).await.expect_err("blocked");
        sqlx::query("update organizations set verification_status = 'Disabled' where slug = 'fjord-media'")
            .execute(&town.owner)
            .await
            .expect("disabled");
        let fjord = one(town, "select id from organizations where slug = 'fjord-media'").await;
        let other = RequestInput { organization_id: fjord.to_string(), ..ask.clone() };
        let disabled = requests::send(&ctx, &mei, &other).await.expect_err("disabled");
        assert_eq!((refused.code(), disabled.code()), ("NOT_TAKING_REQUESTS", "NOT_TAKING_REQUESTS"));
        assert_eq!(refused.message().replace("Lumen Data", "Fjord Media"), disabled.message(), "nothing tells a block from it");
        let (mut of_mei, mut of_tomas) = (signed_in(town, MEI).await, signed_in(town, TOMAS).await);
        assert!(!of_mei.open("/directory").await.text.contains("/directory/lumen-data"));
        assert!(!of_tomas.open("/communities").await.text.contains("/communities/harbour-devs"));
        // What a stranger reads, both read: signing out tells nothing.
        let offer = one(town, "select o.id from opportunities o join events e on e.id = o.event_id where e.title = 'HarbourConf' limit 1").await;
        let profile = of_mei.open("/directory/lumen-data").await;
        assert!(profile.status == StatusCode::OK && !profile.text.contains(TOMAS.email), "{}", profile.text);
        assert_eq!(of_mei.open("/requests/new?organization=lumen-data").await.status, StatusCode::OK);
        assert_eq!(of_tomas.open("/communities/harbour-devs").await.status, StatusCode::OK);
        assert_eq!(of_tomas.open(&format!("/opportunities/{offer}")).await.status, StatusCode::OK);
        // Nor does it get the other onto its event, by id or by name; a name alone is a name.
        let lumen = tomas.organization().expect("Lumen");
        let at = format!("/events/{conference}/partners");
        let by_id = of_mei.api(Method::POST, &at, Some(json!({"organizationId": lumen, "category": "Venue Partner"}))).await;
        let nobody = of_mei.api(Method::POST, &at, Some(json!({"organizationId": Uuid::nil(), "category": "Venue Partner"}))).await;
        assert_eq!(by_id.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", by_id.text);
        assert_eq!(by_id.json()["error"]["fieldErrors"], nobody.json()["error"]["fieldErrors"], "as if there were none");
        let assigned = count(town, "event_partners where organization_id = (select id from organizations where slug = 'lumen-data')").await;
        let by_name = of_mei.api(Method::POST, &at, Some(json!({"name": "Lumen Data", "category": "Venue Partner"}))).await;
        assert_eq!(by_name.status, StatusCode::CREATED, "{}", by_name.text);
        assert_eq!(
            count(town, "event_partners where organization_id = (select id from organizations where slug = 'lumen-data')").await,
            assigned
        );
        assert_eq!(count(town, "organizations where display_name = 'Lumen Data'").await, 1, "nobody is made twice by a block");
        // Their website is answered like that of anybody who is not to be linked, field by field.
        let mut answers = Vec::new();
        for (name, website) in [("Lumen Data", "https://lumen.example"), ("Globex Cloud", "https://globex.example")] {
            let body = json!({"name": name, "website": website, "category": "Support Partner", "confirm": true});
            let answer = of_mei.api(Method::POST, &at, Some(body)).await;
            assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text);
            let mut said = answer.data();
            for own in ["linkId", "name", "website", "websiteLabel", "displayOrder"] {
                said[own] = json!(null);
            }
            answers.push(said);
        }
        assert!(answers[0]["organizationId"].is_null(), "{}", answers[0]);
        assert_eq!(answers[0], answers[1]);
        // A name that is like theirs is asked about where the directory is seen with them, and nowhere else.
        let like = json!({"name": "Lumen Dat", "category": "Ecosystem Partner"});
        let hackfest = one(town, "select id from events where slug = 'hackfest'").await;
        let mut of_ravi = signed_in(town, RAVI).await;
        let asked = of_ravi.api(Method::POST, &format!("/events/{hackfest}/partners"), Some(like.clone())).await;
        assert_eq!(asked.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", asked.text);
        assert!(asked.text.contains("Lumen Data"), "{}", asked.text);
        let made = of_mei.api(Method::POST, &at, Some(like)).await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
        assert_eq!(of_mei.api(Method::GET, "/blocks", None).await.data()["items"].as_array().map(Vec::len), Some(0));
        // Everybody else sees both.
        let (mut visitor, mut of_asha) = (town.visitor(), signed_in(town, ASHA).await);
        // An event is everybody's to read, and leads everybody to the same pages.
        let slug: String = sqlx::query_scalar("select slug from events where id = $1")
            .bind(conference)
            .fetch_one(&town.owner)
            .await
            .expect("an address");
        for browser in [&mut of_tomas, &mut visitor, &mut of_asha] {
            let page = browser.open(&format!("/events/{slug}")).await;
            assert!(page.status == StatusCode::OK && page.text.contains("Harbour Devs"), "{}", page.text);
            assert!(page.text.contains("href=\"/communities/harbour-devs\""));
            assert!(!page.text.to_lowercase().contains("blocked"));
        }
        assert_eq!(visitor.open("/directory/lumen-data").await.status, StatusCode::OK);
        assert_eq!(of_asha.open("/communities/harbour-devs").await.status, StatusCode::OK);

        // Only who made it takes it back.
        assert_eq!(code(blocks::lift(&ctx, &mei, tomas.organization().expect("Lumen").0).await), "NOT_FOUND");
        assert!(of_tomas.open("/inbox/rules").await.text.contains("Harbour Devs"));
        let lifted = of_tomas.submit("/inbox/rules", "unblock", &[("workspaceId", &harbour.to_string())]).await;
        assert_eq!(lifted.status, StatusCode::SEE_OTHER, "{}", lifted.text);
        requests::send(&ctx, &mei, &ask).await.expect("they talk again");
        // By the API: taken back by who made it, not by every role, and once.
        let at = format!("/blocks/{harbour}");
        let made = of_tomas.api(Method::POST, "/blocks", Some(json!({"workspaceId": harbour}))).await;
        assert_eq!(made.data()["items"][0]["workspaceId"], json!(harbour), "{}", made.text);
        let devrel = Figure { name: "Lena Fischer", email: "lena@lumen.example", role: "" };
        let user = people::activate(&ctx, devrel).await.expect("activated");
        sqlx::query(
            "insert into organization_members (id, organization_id, user_id, role, created_at)
             values (gen_random_uuid(), $1, $2, 'DevRel Manager', now())",
        )
        .bind(tomas.organization().expect("Lumen").0)
        .bind(user.0)
        .execute(&town.owner)
        .await
        .expect("a seat");
        let (not_hers, no_role) = (
            of_mei.api(Method::DELETE, &format!("/blocks/{}", tomas.organization().expect("Lumen")), None).await,
            signed_in(town, devrel).await.api(Method::DELETE, &at, None).await,
        );
        assert_eq!((not_hers.status, no_role.status), (StatusCode::NOT_FOUND, StatusCode::FORBIDDEN));
        let lifted = of_tomas.api(Method::DELETE, &at, None).await;
        assert_eq!((lifted.status, lifted.data()["items"].as_array().map(Vec::len)), (StatusCode::OK, Some(0)), "{}", lifted.text);
        assert_eq!(of_tomas.api(Method::DELETE, &at, None).await.status, StatusCode::NOT_FOUND);
        assert_eq!(count(town, "facts where name = 'block_lifted'").await, 2);

        // By the button on the other's page, too: on a profile, and on a community's.
        assert!(of_mei.open("/directory/lumen-data").await.text.contains("Block Lumen Data"));
        assert!(of_tomas.open("/communities/harbour-devs").await.text.contains("Block Harbour Devs"));
        assert!(!visitor.open("/directory/lumen-data").await.text.contains("Block Lumen Data"));
        let made = of_mei.submit("/directory/lumen-data", "block", &[("workspaceId", &lumen.to_string())]).await;
        assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.text);
        let made = of_tomas.submit("/communities/harbour-devs", "block", &[("workspaceId", &harbour.to_string())]).await;
        assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.text);
        assert_eq!(count(town, "blocks").await, 2);
    })
    .await;
}

#[tokio::test]
async fn a_report_is_decided_once_and_its_reporter_hears_of_it() {
    sequel(async |town| {
        let ctx = town.ctx();
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
        moderation::decide(&ctx, &sara, harbour.id, say("show")).await.expect("put back");
        assert!(communities::brief(&ctx, harbour.subject_id.into()).await.expect("it").status.may_reach_out());
        assert_eq!(code(moderation::decide(&ctx, &sara, harbour.id, say("show")).await), "NOT_HIDDEN");
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

/// What everybody may open of the HackFest, with what shall be found there.
async fn reads(browser: &mut Browser, event: Uuid, offer: Uuid) -> Vec<(String, bool)> {
    let mut seen = Vec::new();
    for (path, words) in [
        ("/events".to_owned(), "HackFest"),
        ("/events?q=hackfest".to_owned(), "/events/hackfest"),
        ("/events/hackfest".to_owned(), "HackFest"),
        ("/communities/apex-circle".to_owned(), "HackFest"),
        ("/directory/lumen-data".to_owned(), "HackFest"),
        ("/opportunities".to_owned(), "HackFest"),
        ("/embed/events/hackfest/sponsors".to_owned(), "Lumen Data"),
        ("/embed/events/hackfest/sponsors.json".to_owned(), "Lumen Data"),
        (format!("/opportunities/{offer}"), "HackFest"),
        (format!("/embed/opportunities/{offer}/badge"), "HackFest"),
        ("/api/v1/events".to_owned(), "hackfest"),
        ("/api/v1/events?search=hackfest".to_owned(), "hackfest"),
        (format!("/api/v1/events/{event}"), "hackfest"),
        (format!("/api/v1/events/{event}/sponsors"), "Lumen Data"),
        ("/api/v1/opportunities".to_owned(), "hackfest"),
        (format!("/api/v1/opportunities/{offer}"), "hackfest"),
    ] {
        let answer = browser.open(&path).await;
        assert!(!answer.status.is_server_error(), "{path}: {}", answer.text);
        let there = answer.status.is_success() && answer.text.contains(words);
        if answer.status.is_success() && !there {
            // A list that is shown without it; a page of its own would not be.
            assert!(!path.contains(&offer.to_string()) && path != "/events/hackfest", "{path}");
        }
        seen.push((path, there));
    }
    seen
}

#[tokio::test]
async fn a_hidden_listing_is_nowhere_until_it_is_shown_again() {
    sequel(async |town| {
        let ctx = town.ctx();
        let (tomas, asha, ravi) = (who(&ctx, TOMAS).await, who(&ctx, ASHA).await, who(&ctx, RAVI).await);
        town.house.clock.shift(60);
        let sara = people::sign_in_staff(&ctx, SARA).await.expect("staff");
        let event = one(town, "select id from events where title = 'HackFest'").await;
        let offer = one(
            town,
            "select o.id from opportunities o join events e on e.id = o.event_id where e.title = 'HackFest' and o.status = 'Open'
             order by o.id limit 1",
        )
        .await;
        let mut visitor = town.visitor();
        let before = reads(&mut visitor, event, offer).await;
        assert!(before.iter().all(|(_, there)| *there), "{before:?}");
        let report = async |kind: &str, id: Uuid| {
            let input = ReportInput {
                subject_kind: kind.into(),
                subject_id: id.to_string(),
                reason: "False or misleading".into(),
                words: "There is no such hall.".into(),
            };
            moderation::report(&ctx, &tomas, input.parse().expect("reads")).await.expect("reported").id
        };
        let say = |verdict: &str| {
            DecisionInput { decision: verdict.into(), reason: "The hall says that nobody booked it.".into() }.parse().expect("reads")
        };
        let apply: commdesk::features::requests::views::ApplyInput =
            serde_json::from_value(json!({"amount": 20000, "message": "We come."})).expect("as on the wire");
        let ask: RequestInput = serde_json::from_value(json!({
            "organizationId": tomas.organization(), "eventId": event, "amount": 1000, "currency": "INR", "category": "Venue Partner",
        }))
        .expect("as on the wire");

        // The event: every door is closed to everybody else, and its own people read why.
        let of_event = report("event", event).await;
        moderation::decide(&ctx, &sara, of_event, say("hide")).await.expect("hidden");
        for browser in [&mut town.visitor(), &mut signed_in(town, TOMAS).await, &mut signed_in(town, MEI).await] {
            let after = reads(browser, event, offer).await;
            assert!(after.iter().all(|(_, there)| !there), "{:?}", after.iter().filter(|(_, there)| *there).collect::<Vec<_>>());
        }
        assert_eq!(code(requests::apply(&ctx, &tomas, offer.into(), &apply).await), "NOT_FOUND");
        assert_eq!(code(requests::send(&ctx, &ravi, &ask).await), "LISTING_HIDDEN");
        let mut of_ravi = signed_in(town, RAVI).await;
        let own = of_ravi.open(&format!("/manage/events/{event}")).await;
        assert!(own.text.contains("Taken off the marketplace") && own.text.contains("nobody booked it"), "{}", own.text);
        assert!(of_ravi.open("/events/hackfest").await.text.contains("Only your community sees this page"));
        // Saving it does not bring it back.
        sqlx::query("update events set version = version + 1 where id = $1").bind(event).execute(&town.owner).await.expect("edited");
        assert_eq!(town.visitor().open("/events/hackfest").await.status, StatusCode::NOT_FOUND);
        town.drain().await;
        assert_eq!(count(town, "mails where template = 'event_hidden' and recipient = 'ravi@apex.example'").await, 1);
        assert_eq!(count(town, "facts where name = 'event_hidden'").await, 1);
        // What was agreed stands for both sides.
        let agreed = one(town, "select request_id from event_partners where request_id is not null limit 1").await;
        assert!(requests::get(&ctx, &tomas, agreed.into()).await.is_ok());
        assert!(commdesk::features::events::service::view(&ctx, Some(&sara), "hackfest").await.is_ok(), "staff look at it");

        // Hidden twice is hidden once; shown again, everything is as it was.
        let (x, y) = (town.ctx(), town.ctx());
        let (a, b) =
            tokio::join!(moderation::decide(&x, &sara, of_event, say("show")), moderation::decide(&y, &sara, of_event, say("show")));
        assert!(a.is_ok() != b.is_ok(), "{a:?} {b:?}");
        let again = reads(&mut town.visitor(), event, offer).await;
        assert!(again.iter().all(|(_, there)| *there), "{again:?}");
        town.drain().await;
        assert_eq!(count(town, "mails where template = 'event_shown' and recipient = 'ravi@apex.example'").await, 1);

        // An opportunity: the event stays, the offer goes.
        let of_offer = report("opportunity", offer).await;
        moderation::decide(&ctx, &sara, of_offer, say("hide")).await.expect("hidden");
        let mut visitor = town.visitor();
        assert_eq!(visitor.open("/events/hackfest").await.status, StatusCode::OK);
        for path in [format!("/opportunities/{offer}"), format!("/api/v1/opportunities/{offer}"), format!("/embed/opportunities/{offer}/badge")] {
            assert_eq!(visitor.open(&path).await.status, StatusCode::NOT_FOUND, "{path}");
        }
        for path in ["/opportunities", "/api/v1/opportunities", "/opportunities?q=hackfest"] {
            assert!(!visitor.open(path).await.text.contains(&offer.to_string()), "{path}");
        }
        assert_eq!(code(requests::apply(&ctx, &asha, offer.into(), &apply).await), "NOT_FOUND");
        assert!(of_ravi.open(&format!("/manage/opportunities/{offer}")).await.text.contains("nobody booked it"));
        // Whoever decides about it opens it from its report, and reads why it is away; its own people read that there too.
        let mut of_sara = at_work(town, SARA).await;
        assert!(commdesk::features::opportunities::service::get(&ctx, Some(&sara), offer.into()).await.is_ok(), "staff look at it");
        let queue = of_sara.open("/staff/reports?part=decided").await;
        assert!(queue.text.contains(&format!("href=\"/opportunities/{offer}\"")), "{}", queue.text);
        for browser in [&mut of_sara, &mut of_ravi] {
            let page = browser.open(&format!("/opportunities/{offer}")).await;
            assert_eq!(page.status, StatusCode::OK, "{}", page.text);
            assert!(page.text.contains("Taken off the marketplace") && page.text.contains("nobody booked it"), "{}", page.text);
        }
        for figure in [TOMAS, MEI] {
            let page = signed_in(town, figure).await.open(&format!("/opportunities/{offer}")).await;
            assert_eq!(page.status, StatusCode::NOT_FOUND, "{}", page.text);
        }
        moderation::decide(&ctx, &sara, of_offer, say("show")).await.expect("shown");
        assert_eq!(visitor.open(&format!("/opportunities/{offer}")).await.status, StatusCode::OK);
    })
    .await;
}

#[tokio::test]
async fn a_block_takes_no_public_page_away() {
    sequel(async |town| {
        let ctx = town.ctx();
        let (tomas, ravi) = (who(&ctx, TOMAS).await, who(&ctx, RAVI).await);
        // Lumen stands on the page of Apex Circle's event, and goes on standing there.
        blocks::block(&ctx, &tomas, ravi.community().expect("Apex Circle").0).await.expect("blocked");
        let hackfest = one(town, "select id from events where slug = 'hackfest'").await;
        let (mut of_ravi, mut visitor) = (signed_in(town, RAVI).await, town.visitor());
        let manage = format!("/manage/events/{hackfest}");
        for path in ["/communities/apex-circle", "/events/hackfest", manage.as_str()] {
            let page = of_ravi.open(path).await;
            assert!(page.status == StatusCode::OK && page.text.contains("Lumen Data"), "{path}: {}", page.text);
        }
        // What the pages lead to is there for both sides, as for everybody: a page that is gone would tell of the block.
        for browser in [&mut of_ravi, &mut visitor] {
            assert!(browser.open("/communities/apex-circle").await.text.contains("/directory/lumen-data"));
            assert_eq!(browser.open("/directory/lumen-data").await.status, StatusCode::OK);
        }
        // By hand, they are not put back where they were hidden before; what both agreed on may be.
        let own = one(
            town,
            "select p.id from event_partners p join organizations o on o.id = p.organization_id
                             where o.slug = 'lumen-data' and p.event_id = (select id from events where slug = 'hackfest')",
        )
        .await;
        let at = format!("/events/{hackfest}/partners/{own}");
        let version = async || {
            let found = sqlx::query_scalar::<_, i32>("select version from event_partners where id = $1").bind(own);
            found.fetch_one(&town.owner).await.expect("it stands")
        };
        for visible in [false, true] {
            let change = json!({"version": version().await, "visible": visible});
            let answer = of_ravi.api(Method::PATCH, &at, Some(change)).await;
            assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
        }
        sqlx::query("update event_partners set request_id = null, visible = false where id = $1")
            .bind(own)
            .execute(&town.owner)
            .await
            .expect("as a note of old");
        let refused = of_ravi.api(Method::PATCH, &at, Some(json!({"version": version().await, "visible": true}))).await;
        assert_eq!(refused.status, StatusCode::CONFLICT, "{}", refused.text);
        assert_eq!(refused.json()["error"]["code"], "CANNOT_STAND");
        // The same is said of whoever staff took off the marketplace, where no block is.
        let status = async |status: &str| {
            sqlx::query("update organizations set verification_status = $1 where slug = 'lumen-data'")
                .bind(status)
                .execute(&town.owner)
                .await
                .expect("as staff decide");
        };
        blocks::lift(&ctx, &tomas, ravi.community().expect("Apex Circle").0).await.expect("lifted");
        status("Disabled").await;
        let away = of_ravi.api(Method::PATCH, &at, Some(json!({"version": version().await, "visible": true}))).await;
        assert_eq!(
            (away.status, away.json()["error"]["message"].clone()),
            (refused.status, refused.json()["error"]["message"].clone())
        );
        // One connection is enough for either answer.
        let alone = Ctx::background(&town.with_one_connection(), "test");
        let show = async |visible: bool| partners::show(&alone, &ravi, hackfest.into(), own.into(), visible).await;
        assert_eq!(code(show(true).await), "CANNOT_STAND");
        status("Verified").await;
        show(true).await.expect("back on the marketplace");
        show(false).await.expect("hidden as before");
        alone.db().close().await;
        blocks::block(&ctx, &tomas, ravi.community().expect("Apex Circle").0).await.expect("blocked again");
        sqlx::query("update event_partners set visible = true where id = $1")
            .bind(own)
            .execute(&town.owner)
            .await
            .expect("as it was");
        // What is copied to other sites is the public's.
        let embed = visitor.open("/embed/events/hackfest/sponsors").await;
        assert!(embed.status == StatusCode::OK && embed.text.contains("Lumen Data"));
    })
    .await;
}

#[tokio::test]
async fn whoever_is_blocked_stands_in_no_list_for_the_other() {
    sequel(async |town| {
        let ctx = town.ctx();
        let (tomas, mei) = (who(&ctx, TOMAS).await, who(&ctx, MEI).await);
        let (harbour, lumen) = (mei.community().expect("Harbour"), tomas.organization().expect("Lumen"));
        // Once by the one side, once by the other: mutual either way.
        for by_organization in [true, false] {
            let (who_blocks, other) = if by_organization { (&tomas, harbour.0) } else { (&mei, lumen.0) };
            blocks::block(&ctx, who_blocks, other).await.expect("blocked");
            let (mut of_tomas, mut of_mei, mut visitor) =
                (signed_in(town, TOMAS).await, signed_in(town, MEI).await, town.visitor());
            for (browser, words, paths) in [
                (
                    &mut of_mei,
                    "Lumen Data",
                    [
                        "/directory",
                        "/directory?q=lumen",
                        "/directory?q=lumenn",
                        "/api/v1/sponsors",
                        "/api/v1/sponsors?search=lumen",
                    ],
                ),
                (
                    &mut of_tomas,
                    "HarbourConf",
                    ["/events", "/events?q=harbour", "/opportunities", "/api/v1/events", "/api/v1/opportunities"],
                ),
            ] {
                for path in paths {
                    let found = browser.open(path).await;
                    assert_eq!(found.status, StatusCode::OK, "{path}");
                    assert!(!found.text.contains(words), "{path} shows {words}");
                    assert!(!found.text.to_lowercase().contains("blocked"), "{path} says that there is a block");
                    let public = visitor.open(path).await;
                    if !path.contains("lumenn") {
                        assert!(public.text.contains(words), "everybody else finds {words} at {path}");
                    }
                }
            }
            // Counts do not tell on it either.
            let total = of_mei.open("/api/v1/sponsors").await.data()["total"].as_i64();
            let public = visitor.open("/api/v1/sponsors").await.data()["total"].as_i64();
            assert_eq!(total.map(|n| n + 1), public);
            blocks::lift(&ctx, who_blocks, other).await.expect("lifted");
            assert!(of_mei.open("/directory").await.text.contains("Lumen Data"));
        }
    })
    .await;
}
