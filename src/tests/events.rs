//! How events are drafted, edited, published, moved on by the clock and found: services and doors, races included.

use crate::{
    common::signed_in,
    communities::{active, decide, owner, sara, sign_up, verify},
    town::{Town, story},
};
use chrono::{DateTime, TimeDelta, Utc};
use commdesk::{
    features::{
        communities::rules::Decision,
        events::{
            rules::{CapacityInput, EventInput, EventStatus},
            service::{self, Then, Wanted},
            views::{EventView, Tab},
        },
    },
    kernel::{
        actor::Actor,
        error::{AppError, AppResult},
        ids::EventId,
        page::PageRequest,
    },
    platform::facts,
    seeds::people::{KOFI, MEI, RAVI},
};
use http::{Method, StatusCode};
use serde_json::json;

const HOUR: i64 = 3_600;

fn in_hours(town: &Town, hours: i64) -> DateTime<Utc> {
    town.ctx().now() + TimeDelta::hours(hours)
}

/// A whole event that starts in so many hours and lasts two.
pub fn event(town: &Town, title: &str, starts: i64) -> EventInput {
    EventInput {
        title: Some(title.into()),
        description_markdown: Some("**48 hours** of building.".into()),
        event_type: Some("Hackathon".into()),
        category: Some("Open Source".into()),
        format: Some("In person".into()),
        region: Some("South Asia".into()),
        technologies: Some(vec!["rust, c++".into()]),
        start_at: Some(in_hours(town, starts).to_rfc3339()),
        end_at: Some(in_hours(town, starts + 2).to_rfc3339()),
        venue_name: Some("Main Hall".into()),
        capacity: Some(CapacityInput { max_attendees: Some("500".into()) }),
        ..EventInput::default()
    }
}

fn titled(title: &str) -> EventInput {
    EventInput { title: Some(title.into()), ..EventInput::default() }
}

async fn draft(town: &Town, actor: &Actor, input: &EventInput) -> EventId {
    service::draft(&town.ctx(), actor, input, Then::Stay).await.expect("in order")
}

pub async fn published(town: &Town, actor: &Actor, title: &str, starts: i64) -> EventId {
    let id = service::draft(&town.ctx(), actor, &event(town, title, starts), Then::Publish).await.expect("complete");
    town.drain().await;
    id
}

async fn seen(town: &Town, actor: Option<&Actor>, id: EventId) -> AppResult<EventView> {
    service::view(&town.ctx(), actor, &id.to_string()).await
}

async fn status(town: &Town, id: EventId) -> EventStatus {
    service::brief(&town.ctx(), id).await.expect("it is there").status
}

async fn facts_of(town: &Town, id: EventId) -> Vec<String> {
    facts::timeline(town.ctx().db(), id.into(), 100).await.expect("facts").into_iter().map(|fact| fact.name).collect()
}

fn edit_of(view: &EventView) -> EventInput {
    EventInput { version: Some(view.version), ..EventInput::default() }
}

#[tokio::test]
async fn from_a_title_to_the_archive() {
    story(async |town| {
        let ctx = town.ctx();
        let sara = sara(town).await;
        let ravi = active(town, &sara, RAVI, "Apex Circle").await;
        let id = draft(town, &ravi, &titled("HackFest")).await;
        let Err(AppError::Invalid(missing)) = service::publish(&ctx, &ravi, id).await else { panic!("it is not complete") };
        let all =
            ["capacity.maxAttendees", "category", "descriptionMarkdown", "endAt", "eventType", "format", "region", "startAt"];
        assert_eq!(missing.0.keys().collect::<Vec<_>>(), all);
        let view = seen(town, Some(&ravi), id).await.expect("his own");
        assert_eq!(view.missing, missing);
        assert_eq!((view.slug.as_str(), view.version, view.timezone.as_str()), ("hackfest", 1, "Asia/Kolkata"));

        let whole = EventInput { version: Some(1), ..event(town, "HackFest", 10) };
        service::edit(&ctx, &ravi, id, whole, Then::Stay).await.expect("in order");
        service::publish(&ctx, &ravi, id).await.expect("complete");
        service::publish(&ctx, &ravi, id).await.expect("a second time changes nothing");
        let view = seen(town, None, id).await.expect("public");
        assert_eq!((view.status, view.version), (EventStatus::Upcoming, 2));
        assert_eq!(view.technologies, ["Rust", "C++"]);
        assert!(view.when_label.ends_with(" IST"), "{}", view.when_label);
        assert!(!view.can.edit && view.missing.is_empty());

        town.shift(9 * HOUR).await;
        assert_eq!(status(town, id).await, EventStatus::Upcoming);
        town.shift(HOUR + 60).await;
        assert_eq!(status(town, id).await, EventStatus::Live);
        assert_eq!(service::complete(&town.ctx(), &ravi, id).await.expect_err("not over").code(), "EVENT_NOT_OVER");
        town.shift(2 * HOUR).await;
        assert_eq!(status(town, id).await, EventStatus::Completed);
        service::complete(&town.ctx(), &ravi, id).await.expect("completed already");
        service::archive(&town.ctx(), &ravi, id).await.expect("completed");
        service::archive(&town.ctx(), &ravi, id).await.expect("archived already");
        let frozen = seen(town, Some(&ravi), id).await.expect("his own");
        assert!(!frozen.can.edit);
        for input in [titled("x"), EventInput { version: Some(2), ..titled("HackFest again") }] {
            let refused = service::edit(&town.ctx(), &ravi, id, input, Then::Stay).await.expect_err("read-only");
            assert_eq!(refused.code(), "EVENT_ARCHIVED");
        }
        town.drain().await;
        assert_eq!(
            facts_of(town, id).await,
            ["event_drafted", "event_edited", "event_published", "event_went_live", "event_completed", "event_archived"]
        );
        let left: i64 = sqlx::query_scalar("select count(*) from deadlines where subject_id = $1")
            .bind(id.0)
            .fetch_one(&town.owner)
            .await
            .expect("a count");
        assert_eq!(left, 0);
    })
    .await;
}

#[tokio::test]
async fn two_edits_of_one_version_are_one_and_a_conflict() {
    story(async |town| {
        let ctx = town.ctx();
        let sara = sara(town).await;
        let ravi = active(town, &sara, RAVI, "Apex Circle").await;
        let id = draft(town, &ravi, &titled("HackFest")).await;
        let with = |subtitle: &str| EventInput { version: Some(1), subtitle: Some(subtitle.into()), ..EventInput::default() };
        let (one, two) = tokio::join!(
            service::edit(&ctx, &ravi, id, with("one"), Then::Stay),
            service::edit(&ctx, &ravi, id, with("two"), Then::Stay),
        );
        assert!(one.is_ok() != two.is_ok());
        let lost = one.err().or(two.err()).expect("one of them lost");
        assert_eq!(lost.code(), "VERSION_CONFLICT");
        assert!(lost.message().contains("subtitle"), "{}", lost.message());
        assert_eq!(seen(town, Some(&ravi), id).await.expect("his own").version, 2);
        // Without a version nothing is changed, and the same again changes nothing either.
        let blind = service::edit(&ctx, &ravi, id, titled("Blind"), Then::Stay).await.expect_err("no version");
        assert!(matches!(blind, AppError::Invalid(errors) if errors.get("version").is_some()));
        service::edit(&ctx, &ravi, id, EventInput { version: Some(2), ..titled("HackFest") }, Then::Stay)
            .await
            .expect("no change");
        assert_eq!(seen(town, Some(&ravi), id).await.expect("his own").version, 2);
        town.drain().await;
        assert_eq!(facts_of(town, id).await, ["event_drafted", "event_edited"]);
    })
    .await;
}

#[tokio::test]
async fn publishing_twice_at_once_is_one_fact() {
    story(async |town| {
        let ctx = town.ctx();
        let sara = sara(town).await;
        let ravi = active(town, &sara, RAVI, "Apex Circle").await;
        let id = draft(town, &ravi, &event(town, "HackFest", 5)).await;
        let (one, two) = tokio::join!(service::publish(&ctx, &ravi, id), service::publish(&ctx, &ravi, id));
        one.expect("published");
        two.expect("published already");
        town.drain().await;
        assert_eq!(facts_of(town, id).await, ["event_drafted", "event_published"]);
    })
    .await;
}

#[tokio::test]
async fn drafts_are_nobody_elses_and_publishing_waits_for_approval() {
    story(async |town| {
        let ctx = town.ctx();
        let sara = sara(town).await;
        let mei = active(town, &sara, MEI, "Harbour Devs").await;
        sign_up(town, KOFI, "Newgrove").await;
        verify(town, KOFI).await;
        let kofi = owner(town, KOFI).await;
        let id = draft(town, &kofi, &event(town, "HackFest", 5)).await;
        let refused = service::publish(&ctx, &kofi, id).await.expect_err("under review");
        assert_eq!((refused.status(), refused.code()), (403, "NOT_APPROVED"));
        let refused = service::draft(&ctx, &kofi, &event(town, "Other", 5), Then::Publish).await.expect_err("under review");
        assert_eq!(refused.code(), "NOT_APPROVED");
        let view = seen(town, Some(&kofi), id).await.expect("his own");
        assert!(view.can.edit && !view.can.publish && view.can.publish_waits.is_some());
        for stranger in [None, Some(&mei), Some(&sara)] {
            assert_eq!(seen(town, stranger, id).await.expect_err("a draft").status(), 404);
        }
        let edit = EventInput { version: Some(1), ..titled("Mine now") };
        assert_eq!(service::edit(&ctx, &mei, id, edit, Then::Stay).await.expect_err("not hers").status(), 404);
        assert_eq!(service::publish(&ctx, &mei, id).await.expect_err("not hers").status(), 404);
        assert_eq!(service::archive(&ctx, &mei, id).await.expect_err("not hers").status(), 404);
    })
    .await;
}

#[tokio::test]
async fn roles_that_do_not_edit_only_look() {
    story(async |town| {
        let sara = sara(town).await;
        let ravi = active(town, &sara, RAVI, "Apex Circle").await;
        let id = draft(town, &ravi, &event(town, "HackFest", 5)).await;
        let community = ravi.community().expect("his");
        sqlx::query("update members set role = 'Designer' where community_id = $1")
            .bind(community.0)
            .execute(&town.owner)
            .await
            .expect("a role");
        let designer = owner(town, RAVI).await;
        assert!(seen(town, Some(&designer), id).await.is_ok_and(|view| !view.can.edit && !view.can.publish));
        for refused in [
            service::publish(&town.ctx(), &designer, id).await,
            service::complete(&town.ctx(), &designer, id).await,
            service::edit(&town.ctx(), &designer, id, EventInput { version: Some(1), ..titled("x y z") }, Then::Stay).await,
            service::draft(&town.ctx(), &designer, &titled("Another"), Then::Stay).await.map(|_| ()),
        ] {
            assert_eq!(refused.expect_err("not their role").status(), 403);
        }
    })
    .await;
}

#[tokio::test]
async fn what_is_hidden_or_suspended_is_not_public() {
    story(async |town| {
        let ctx = town.ctx();
        let sara = sara(town).await;
        let ravi = active(town, &sara, RAVI, "Apex Circle").await;
        let id = published(town, &ravi, "HackFest", 5).await;
        let page = town.visitor().open("/events/hackfest").await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.text.contains("<strong>48 hours</strong>"), "{}", page.text);
        assert!(town.visitor().open("/events").await.text.contains("HackFest"));
        assert!(town.visitor().open("/communities/apex-circle").await.text.contains("HackFest"));

        let hide = json!({"settings": {"publicVisible": false}, "version": 1});
        let mut browser = signed_in(town, RAVI).await;
        let hidden = browser.api(Method::PATCH, &format!("/events/{id}"), Some(hide)).await;
        assert_eq!(hidden.data()["settings"]["publicVisible"], false);
        assert_eq!(town.visitor().open("/events/hackfest").await.status, StatusCode::NOT_FOUND);
        assert!(seen(town, Some(&ravi), id).await.is_ok());
        let show = json!({"settings": {"publicVisible": true}, "version": 2});
        browser.api(Method::PATCH, &format!("/events/{id}"), Some(show)).await.data();

        decide(town, &sara, ravi.community().expect("his"), Decision::Suspend, "Spam.").await.expect("active");
        assert_eq!(seen(town, None, id).await.expect_err("suspended").status(), 404);
        let all = service::list(&ctx, None, &Wanted::default(), &PageRequest::default()).await.expect("a list");
        assert_eq!(all.total, 0);
    })
    .await;
}

#[tokio::test]
async fn addresses_follow_titles_until_they_are_public() {
    story(async |town| {
        let ctx = town.ctx();
        let sara = sara(town).await;
        let ravi = active(town, &sara, RAVI, "Apex Circle").await;
        let slug = async |id| seen(town, Some(&ravi), id).await.expect("his own").slug;
        let first = draft(town, &ravi, &event(town, "HackFest", 5)).await;
        let second = draft(town, &ravi, &event(town, "Hack Fest!", 5)).await;
        let third = draft(town, &ravi, &event(town, "HackFest", 5)).await;
        assert_eq!(
            (slug(first).await.as_str(), slug(second).await.as_str(), slug(third).await.as_str()),
            ("hackfest", "hack-fest", "hackfest-2")
        );
        service::edit(&ctx, &ravi, third, EventInput { version: Some(1), ..titled("Build Night") }, Then::Publish)
            .await
            .expect("complete");
        assert_eq!(slug(third).await, "build-night");
        service::edit(&ctx, &ravi, third, EventInput { version: Some(2), ..titled("Build Nights") }, Then::Stay)
            .await
            .expect("in order");
        assert_eq!(slug(third).await, "build-night");
        town.drain().await;
    })
    .await;
}

#[tokio::test]
async fn moved_times_move_the_clock() {
    story(async |town| {
        let sara = sara(town).await;
        let ravi = active(town, &sara, RAVI, "Apex Circle").await;
        let id = published(town, &ravi, "HackFest", 5).await;
        let view = seen(town, Some(&ravi), id).await.expect("his own");
        let later = EventInput {
            start_at: Some(in_hours(town, 20).to_rfc3339()),
            end_at: Some(in_hours(town, 22).to_rfc3339()),
            ..edit_of(&view)
        };
        service::edit(&town.ctx(), &ravi, id, later, Then::Stay).await.expect("in order");
        town.shift(8 * HOUR).await;
        assert_eq!(status(town, id).await, EventStatus::Upcoming);
        // The server slept through all of it: both steps come at once.
        town.shift(40 * HOUR).await;
        assert_eq!(status(town, id).await, EventStatus::Completed);
        let names = facts_of(town, id).await;
        assert_eq!(&names[names.len() - 2..], ["event_went_live", "event_completed"]);
        let early = service::draft(&town.ctx(), &ravi, &event(town, "Late", -1), Then::Publish).await.expect("it runs already");
        assert_eq!(status(town, early).await, EventStatus::Live);
        let over = service::draft(&town.ctx(), &ravi, &event(town, "Over", -9), Then::Publish).await.expect_err("it is over");
        assert!(matches!(over, AppError::Invalid(errors) if errors.get("endAt").is_some()));
        town.drain().await;
    })
    .await;
}

#[tokio::test]
async fn the_api_speaks_the_names_of_the_event_system() {
    story(async |town| {
        let sara = sara(town).await;
        active(town, &sara, RAVI, "Apex Circle").await;
        let mut ravi = signed_in(town, RAVI).await;
        let anonymous = town.visitor().api(Method::POST, "/events", Some(json!({"title": "HackFest"}))).await;
        assert_eq!((anonymous.status, anonymous.code().as_str()), (StatusCode::UNAUTHORIZED, "UNAUTHENTICATED"));
        let short = ravi.api(Method::POST, "/events", Some(json!({"title": "Ha", "category": "Nonsense", "startAt": "soon"}))).await;
        assert_eq!(short.status, StatusCode::UNPROCESSABLE_ENTITY);
        let fields = short.json()["error"]["fieldErrors"].clone();
        assert!(fields["title"].is_string() && fields["category"].is_string() && fields["startAt"].is_string(), "{fields}");

        let body = json!({
            "title": "HackFest", "descriptionMarkdown": "Build.", "eventType": "Hackathon", "category": "Technology",
            "format": "In person", "region": "South Asia",
            "startAt": in_hours(town, 48).to_rfc3339(), "endAt": in_hours(town, 50).to_rfc3339(), "timezone": "Asia/Kolkata",
            "capacity": {"maxAttendees": 200}, "ticketing": {"type": "Free"}, "settings": {"publicVisible": true, "requiredRSVP": false},
        });
        let key = [("idempotency-key", "draft-1")];
        let first = ravi.api_with(Method::POST, "/events", Some(body.clone()), &key).await;
        assert_eq!(first.status, StatusCode::CREATED, "{}", first.text);
        let again = ravi.api_with(Method::POST, "/events", Some(body.clone()), &key).await;
        assert_eq!(again.data()["id"], first.data()["id"]);
        let mut other = body.clone();
        other["title"] = json!("Another");
        let reused = ravi.api_with(Method::POST, "/events", Some(other), &key).await;
        assert_eq!((reused.status, reused.code().as_str()), (StatusCode::CONFLICT, "IDEMPOTENCY_KEY_REUSED"));
        let id = first.data()["id"].as_str().expect("an id").to_owned();
        assert_eq!(first.data()["capacity"]["maxAttendees"], 200);
        assert_eq!(first.data()["status"], "Draft");

        assert_eq!(town.visitor().api(Method::GET, &format!("/events/{id}"), None).await.status, StatusCode::NOT_FOUND);
        // Where people meet is still missing, and said beside its field.
        let placeless = ravi.api(Method::POST, &format!("/events/{id}/publish"), None).await;
        assert_eq!(placeless.status, StatusCode::UNPROCESSABLE_ENTITY);
        let missing = placeless.json()["error"]["fieldErrors"].clone();
        assert!(missing["venueName"].is_string() && missing.as_object().is_some_and(|all| all.len() == 1), "{missing}");
        let version = ravi.api(Method::GET, &format!("/events/{id}"), None).await.data()["version"].clone();
        let placed = json!({"version": version, "venueName": "Main Hall"});
        let placed = ravi.api(Method::PATCH, &format!("/events/{id}"), Some(placed)).await;
        assert_eq!(placed.status, StatusCode::OK, "{}", placed.text);
        let live = ravi.api(Method::POST, &format!("/events/{id}/publish"), None).await;
        assert_eq!(live.data()["status"], "Upcoming");
        let twice = ravi.api(Method::POST, &format!("/events/{id}/publish"), None).await;
        assert_eq!(twice.data()["publishedAt"], live.data()["publishedAt"]);
        let public = town.visitor().api(Method::GET, &format!("/events/{id}"), None).await;
        assert_eq!(public.data()["title"], "HackFest");
        let by_slug = town.visitor().api(Method::GET, "/events/hackfest", None).await;
        assert_eq!(by_slug.data()["id"], id);

        let stale = ravi.api(Method::PATCH, &format!("/events/{id}"), Some(json!({"subtitle": "x", "version": 9}))).await;
        assert_eq!((stale.status, stale.code().as_str()), (StatusCode::CONFLICT, "VERSION_CONFLICT"));
        let zone = ravi.api(Method::PATCH, &format!("/events/{id}"), Some(json!({"timezone": "Europe/Berlin", "version": 2}))).await;
        assert_eq!(zone.data()["startWall"], first.data()["startWall"]);
        assert_ne!(zone.data()["startAt"], first.data()["startAt"]);
        town.drain().await;
    })
    .await;
}

#[tokio::test]
async fn lists_page_search_and_filter() {
    story(async |town| {
        let sara = sara(town).await;
        let apex = active(town, &sara, RAVI, "Apex Circle").await;
        let harbour = active(town, &sara, MEI, "Harbour Devs").await;
        for number in 1..=5 {
            published(town, &apex, &format!("Build Night {number}"), 24 * number).await;
        }
        published(town, &harbour, "Harbour Conference", 30).await;
        published(town, &harbour, "Harbour Camp", 300).await;
        draft(town, &apex, &titled("Secret Plans")).await;
        draft(town, &apex, &titled("More Plans")).await;

        // Page by page, everything once, the latest first.
        let mut visitor = town.visitor();
        let (mut titles, mut cursor) = (Vec::new(), String::new());
        loop {
            let found = visitor.api(Method::GET, &format!("/events?limit=2&cursor={cursor}"), None).await.data();
            assert_eq!(found["total"], 7);
            titles.extend(
                found["items"].as_array().expect("items").iter().map(|item| item["title"].as_str().expect("a title").to_owned()),
            );
            match found["nextCursor"].as_str() {
                Some(next) => cursor = next.to_owned(),
                None => break,
            }
        }
        assert_eq!(titles[0], "Harbour Camp");
        let mut once = titles.clone();
        once.sort();
        once.dedup();
        assert_eq!((titles.len(), once.len()), (7, 7));

        let mut total = async |query: &str| {
            let answer = visitor.api(Method::GET, &format!("/events?{query}"), None).await;
            answer.data()["total"].as_i64().expect("a number")
        };
        assert_eq!(total("search=build").await, 5);
        assert_eq!(total("search=harb%20conf").await, 1);
        assert_eq!(total("search=%27%21%26%7C").await, 7);
        assert_eq!(total("status=Upcoming").await, 7);
        assert_eq!(total("status=Draft").await, 0);
        assert_eq!(total("status=Completed").await, 0);
        let day = in_hours(town, 200).format("%Y-%m-%d").to_string();
        assert_eq!(total(&format!("startDate={day}")).await, 1);
        assert_eq!(total(&format!("endDate={day}")).await, 6);
        assert_eq!(total("page=2&limit=5").await, 7);
        for bad in ["status=Party", "startDate=soon", "limit=0", "limit=101", "page=0", "page=900&limit=100", "cursor=zz"] {
            let answer = visitor.api(Method::GET, &format!("/events?{bad}"), None).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{bad}");
        }

        // Their own people see drafts, and only their own events; or what everybody sees.
        let mut ravi = signed_in(town, RAVI).await;
        assert_eq!(ravi.api(Method::GET, "/events", None).await.data()["total"], 7);
        assert_eq!(ravi.api(Method::GET, "/events?status=Draft", None).await.data()["total"], 2);
        assert_eq!(ravi.api(Method::GET, "/events?public=true&search=harbour", None).await.data()["total"], 2);

        let ctx = town.ctx();
        let mine = service::mine(&ctx, &apex, Tab::Upcoming, &PageRequest { limit: 3, ..PageRequest::default() })
            .await
            .expect("his tabs");
        assert_eq!(mine.items.iter().filter(|item| item.status == EventStatus::Draft).count(), 2);
        let next = PageRequest { limit: 3, cursor: mine.next_cursor, ..PageRequest::default() };
        let rest = service::mine(&ctx, &apex, Tab::Upcoming, &next).await.expect("his tabs");
        assert_eq!(
            rest.items.iter().map(|item| item.title.as_str()).collect::<Vec<_>>(),
            ["Build Night 2", "Build Night 3", "Build Night 4"]
        );
        assert!(service::mine(&ctx, &apex, Tab::Past, &PageRequest::default()).await.expect("his tabs").items.is_empty());
        assert_eq!(service::choices(&ctx, &apex).await.expect("his events").len(), 7);
        let page = commdesk::features::profiles::service::community_page(&ctx, None, "harbour-devs").await.expect("listed");
        assert_eq!(page.ahead[0].title, "Harbour Conference");
        let nobody = commdesk::features::profiles::service::community_page(&ctx, None, "nobody").await;
        assert!(matches!(nobody, Err(AppError::NotFound)));
    })
    .await;
}

#[tokio::test]
async fn forms_lose_nothing_not_even_in_a_conflict() {
    story(async |town| {
        let sara = sara(town).await;
        let actor = active(town, &sara, RAVI, "Apex Circle").await;
        let mut ravi = signed_in(town, RAVI).await;
        assert_eq!(ravi.open("/manage/events/new").await.status, StatusCode::OK);
        let refused = ravi
            .submit(
                "/manage/events/new",
                "event",
                &[("title", "Ha"), ("venueName", "Hall <1>"), ("startAt", "2026-03-29T02:30"), ("timezone", "Europe/Berlin")],
            )
            .await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        for kept in ["Hall &lt;1", "too short"] {
            assert!(refused.text.contains(kept), "{kept}: {}", refused.text);
        }
        let made = ravi.submit("/manage/events/new", "event", &[("title", "HackFest"), ("timezone", "UTC")]).await;
        assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.text);
        let id: EventId = made.location().split(['/', '?']).nth(3).expect("an id").parse().expect("an id");
        assert!(ravi.open(made.location()).await.text.contains("Before it can be published"));

        // Somebody else saves first.
        let theirs = EventInput { version: Some(1), subtitle: Some("Saved by Mei".into()), ..EventInput::default() };
        service::edit(&town.ctx(), &actor, id, theirs, Then::Stay).await.expect("in order");
        let path = format!("/manage/events/{id}/edit");
        let fields = [
            ("title", "HackFest"),
            ("subtitle", "Typed by Ravi"),
            ("timezone", "UTC"),
            ("version", "1"),
            ("settings.publicVisible", "true"),
        ];
        let conflict = ravi.submit(&path, "event", &fields).await;
        assert_eq!(conflict.status, StatusCode::CONFLICT, "{}", conflict.text);
        for shown in ["Saved by Mei", "Typed by Ravi", "name=\"version\" value=\"2\""] {
            assert!(conflict.text.contains(shown), "{shown}: {}", conflict.text);
        }
        let again = [
            ("title", "HackFest"),
            ("subtitle", "Typed by Ravi"),
            ("timezone", "UTC"),
            ("version", "2"),
            ("settings.publicVisible", "true"),
        ];
        assert_eq!(ravi.submit(&path, "event", &again).await.status, StatusCode::SEE_OTHER);
        let view = seen(town, Some(&actor), id).await.expect("his own");
        assert_eq!((view.subtitle.as_str(), view.version), ("Typed by Ravi", 3));

        let page = format!("/manage/events/{id}");
        let early = ravi.submit(&page, "publish", &[]).await;
        assert_eq!(early.status, StatusCode::UNPROCESSABLE_ENTITY);
        let mut stranger = town.visitor();
        assert_eq!(stranger.submit(&page, "publish", &[]).await.status, StatusCode::UNAUTHORIZED, "the page asks for a sign-in");
        assert_eq!(stranger.open(&page).await.status, StatusCode::UNAUTHORIZED);
        assert_eq!(ravi.open("/manage/events").await.status, StatusCode::OK);
        town.drain().await;
    })
    .await;
}

#[tokio::test]
async fn a_duplicate_is_a_new_draft_without_dates() {
    story(async |town| {
        let ctx = town.ctx();
        let sara = sara(town).await;
        let ravi = active(town, &sara, RAVI, "Apex Circle").await;
        let id = published(town, &ravi, "HackFest", 10).await;
        let copy = service::duplicate(&ctx, &ravi, id).await.expect("his own");
        let view = seen(town, Some(&ravi), copy).await.expect("his own");
        assert_eq!((view.title.as_str(), view.slug.as_str(), view.status), ("HackFest", "hackfest-2", EventStatus::Draft));
        assert!(view.start_at.is_none() && view.end_at.is_none() && view.registration_link.is_empty());
        assert_eq!((view.description_markdown.as_str(), view.technologies.len()), ("**48 hours** of building.", 2));
        let mei = active(town, &sara, MEI, "Harbour Devs").await;
        assert!(matches!(service::duplicate(&ctx, &mei, id).await, Err(AppError::NotFound)));
        let mut browser = signed_in(town, RAVI).await;
        let page = browser.open(&format!("/manage/events/{id}")).await;
        assert!(page.text.contains("Duplicate") && page.text.contains("Delete…"), "{}", page.text);
        let copied = browser.submit(&format!("/manage/events/{id}"), "duplicate", &[]).await;
        assert!(copied.status == StatusCode::SEE_OTHER && copied.location().contains("/edit"), "{}", copied.location());
    })
    .await;
}

#[tokio::test]
async fn a_deleted_event_is_out_of_sight_until_it_is_restored() {
    story(async |town| {
        let ctx = town.ctx();
        let sara = sara(town).await;
        let ravi = active(town, &sara, RAVI, "Apex Circle").await;
        let mei = active(town, &sara, MEI, "Harbour Devs").await;
        let id = published(town, &ravi, "HackFest", 10).await;
        assert!(matches!(service::delete(&ctx, &mei, id).await, Err(AppError::NotFound)));

        // Somebody on its page keeps it.
        let partner =
            commdesk::features::partners::views::PartnerInput { name: Some("Pune Makers".into()), ..Default::default() };
        let partner = partner.parse_new(commdesk::features::partners::rules::Labels::All).expect("in order");
        let link = commdesk::features::partners::service::add(&ctx, &ravi, id, partner.clone(), None).await.expect("added");
        let AppError::Refused(kept) = service::delete(&ctx, &ravi, id).await.expect_err("in use") else { panic!("a refusal") };
        assert_eq!(kept.code, "EVENT_IN_USE");
        assert!(kept.message.contains("a sponsor or partner on its page"), "{}", kept.message);
        commdesk::features::partners::service::remove(&ctx, &ravi, id, link, None).await.expect("removed");

        // Adding and deleting at once: whichever comes first, nobody stands on a deleted event.
        let (one, other) = (town.ctx(), town.ctx());
        let (deleted, added) = tokio::join!(
            service::delete(&one, &ravi, id),
            commdesk::features::partners::service::add(&other, &ravi, id, partner, None)
        );
        assert_eq!(u8::from(deleted.is_ok()) + u8::from(added.is_ok()), 1);
        if let Ok(link) = added {
            commdesk::features::partners::service::remove(&ctx, &ravi, id, link, None).await.expect("removed");
            service::delete(&ctx, &ravi, id).await.expect("free now");
        }
        assert!(matches!(seen(town, Some(&ravi), id).await, Err(AppError::NotFound)));
        assert_eq!(town.visitor().open("/events/hackfest").await.status, StatusCode::NOT_FOUND);
        assert!(matches!(service::delete(&ctx, &ravi, id).await, Err(AppError::NotFound)));
        let open = service::list(&ctx, None, &Wanted::default(), &PageRequest::default()).await.expect("a list");
        assert!(open.items.is_empty());

        // Its address is free, so that another takes it; the clock passes it by.
        let again = published(town, &ravi, "HackFest", 400).await;
        assert_eq!(seen(town, None, again).await.expect("public").slug, "hackfest");
        town.shift(11 * HOUR).await;
        let mut browser = signed_in(town, RAVI).await;
        let list = browser.open("/manage/events?tab=deleted").await;
        assert!(list.text.contains("HackFest") && list.text.contains("Restore"), "{}", list.text);
        let back = browser.submit("/manage/events", "restore", &[("eventId", &id.to_string())]).await;
        assert_eq!(back.status, StatusCode::SEE_OTHER, "{}", back.text);
        let view = seen(town, None, id).await.expect("public again");
        assert_eq!((view.slug.as_str(), view.status), ("hackfest-2", EventStatus::Live), "the clock caught up");
        town.shift(2 * HOUR).await;
        assert_eq!(status(town, id).await, EventStatus::Completed);

        // Over REST: completed where it is over, archived for good, and what is archived is not deleted.
        let completed = browser.api(Method::POST, &format!("/events/{id}/complete"), None).await;
        assert_eq!(completed.data()["status"], "Completed", "it was already");
        let early = browser.api(Method::POST, &format!("/events/{again}/complete"), None).await;
        assert_eq!((early.status, early.code().as_str()), (StatusCode::CONFLICT, "EVENT_NOT_OVER"));
        let archived = browser.api(Method::POST, &format!("/events/{id}/archive"), None).await;
        assert_eq!(archived.data()["status"], "Archived");
        let kept = browser.api(Method::DELETE, &format!("/events/{id}"), None).await;
        assert_eq!((kept.status, kept.code().as_str()), (StatusCode::CONFLICT, "EVENT_ARCHIVED"));
        let gone = browser.api(Method::DELETE, &format!("/events/{again}"), None).await;
        assert_eq!(gone.data()["deleted"], true);
        let there = browser.api(Method::POST, &format!("/events/{again}/restore"), None).await;
        assert_eq!(there.data()["slug"], "hackfest");
        let copy = browser.api(Method::POST, &format!("/events/{again}/duplicate"), None).await;
        assert_eq!((copy.status, copy.data()["status"].as_str()), (StatusCode::CREATED, Some("Draft")));
    })
    .await;
}
