//! Events become drafts, and are found again.

use super::{all_rows, apply, bring, every_row, file, outcomes, sara, view};
use crate::{
    common::{code, count, who},
    town::{Town, sequel},
};
use commdesk::{
    features::{
        events::{
            rules::EventInput,
            service::{self as events, Then},
        },
        imports::{
            rules::State,
            service::{self as imports, File},
        },
    },
    kernel::ids::EventId,
    seeds::people::RAVI,
};
use uuid::Uuid;

#[tokio::test]
async fn events_keep_what_is_certain_and_say_the_rest() {
    sequel(async |town| {
        let ctx = town.ctx();
        let sara = sara(&ctx).await;
        let list = r#"[
            {"name": "Northern Mesh Days", "url": "https://mesh-days.example", "startDate": "2026-06-08", "endDate": "2026-06-12",
             "city": "Berlin", "country": "Germany", "online": true, "topics": ["golang", "cloud"]},
            {"name": "Far Field Conf", "startDate": "2026-09-01", "city": "Springfield", "country": "U.S.A.", "topics": ["weaving"]},
            {"name": "Nowhere Online", "startDate": "2026-10-01", "online": true, "topics": ["ux", "security"]},
            {"name": "northern mesh-days", "startDate": "2026-06-08", "city": "Berlin", "country": "Germany"},
            {"name": "Backwards", "startDate": "2026-06-08", "endDate": "2026-06-01", "city": "Berlin", "country": "Germany"},
            {"name": "Someday", "city": "Paris", "country": "France"}
        ]"#;
        let id = imports::bring(&ctx, &sara, file("events", "events.json", list)).await.expect("read");
        let rows = all_rows(&ctx, &sara, id).await;
        insta::assert_snapshot!("every_shape_of_an_event", every_row(&view(&ctx, &sara, id).await, &rows));
        assert_eq!(apply(town, &sara, id).await.state, State::Applied);
        let zoned = "events where title = 'Northern Mesh Days' and all_day and timezone = 'Europe/Berlin' and status = 'Draft'
                     and starts_wall = '2026-06-08 00:00' and ends_wall = '2026-06-12 23:59' and format = 'Hybrid'";
        assert_eq!(count(town, zoned).await, 1);
        let unzoned = "events where title = 'Far Field Conf' and start_at is null and subtitle = '1 September 2026'";
        assert_eq!(count(town, unzoned).await, 1, "no zone is made up");

        // What somebody has edited since stays, and says so.
        let edited = "update events set version = 2 where title = 'Far Field Conf'";
        sqlx::query(edited).execute(&town.owner).await.expect("edited");
        imports::undo(&ctx, &sara, id).await.expect("taken back");
        assert_eq!(count(town, "events where title in ('Northern Mesh Days', 'Nowhere Online', 'Someday') and deleted_at is null").await, 0);
        assert_eq!(count(town, "events where title = 'Far Field Conf' and deleted_at is null").await, 1);
        let refused: Vec<String> = all_rows(&ctx, &sara, id).await.into_iter().filter_map(|row| row.undo_refused).collect();
        assert_eq!(refused, ["Far Field Conf was edited or published since."]);
        // Whoever wants events must say whose.
        let nobodys = File { community: "nowhere".into(), ..file("events", "events.json", list) };
        assert_eq!(code(imports::bring(&ctx, &sara, nobodys).await), "VALIDATION_ERROR");
    })
    .await;
}

/// The draft with this title, for whoever edits it.
async fn draft_of(town: &Town, title: &str) -> EventId {
    let id: Uuid = sqlx::query_scalar("select id from events where title = $1 and deleted_at is null")
        .bind(title)
        .fetch_one(&town.owner)
        .await
        .expect("one draft");
    EventId(id)
}

#[tokio::test]
async fn a_draft_is_found_again_whatever_was_made_of_it() {
    sequel(async |town| {
        let ctx = town.ctx();
        let (sara, ravi) = (sara(&ctx).await, who(&ctx, RAVI).await);
        let list = r#"[
            {"name": "Far Field Conf", "startDate": "2027-09-01", "city": "Springfield", "country": "U.S.A."},
            {"name": "Nowhere Online", "startDate": "2027-10-01", "online": true},
            {"name": "Northern Mesh Days", "startDate": "2027-06-08", "endDate": "2027-06-12", "city": "Berlin", "country": "Germany"},
            {"name": "Quiet Days", "startDate": "2027-06-08", "city": "Berlin", "country": "Germany"},
            {"name": "Someday", "city": "Paris", "country": "France"}
        ]"#;
        let again = async || {
            let id = imports::bring(&ctx, &sara, file("events", "events.json", list)).await.expect("read");
            (id, outcomes(&all_rows(&ctx, &sara, id).await))
        };
        let (first, looked) = again().await;
        assert!(looked.iter().all(|(_, outcome)| *outcome == "make"), "{looked:?}");
        assert_eq!(apply(town, &sara, first).await.state, State::Applied);

        // What the subtitle of a draft without a zone asks for, a better title, and a day that was wrong.
        let dated = |start: &str, end: &str, zone: &str| EventInput {
            start_at: Some(start.into()),
            end_at: Some(end.into()),
            timezone: Some(zone.into()),
            version: Some(1),
            ..EventInput::default()
        };
        let chicago = dated("2027-09-01T09:00", "2027-09-01T18:00", "America/Chicago");
        for (title, edit) in [
            ("Far Field Conf", chicago),
            ("Nowhere Online", EventInput { title: Some("Anywhere Online".into()), version: Some(1), ..EventInput::default() }),
            ("Northern Mesh Days", dated("2027-06-15T09:00", "2027-06-16T18:00", "Europe/Berlin")),
            ("Someday", dated("2027-11-05T09:00", "2027-11-06T18:00", "Europe/Paris")),
        ] {
            let id = draft_of(town, title).await;
            events::edit(&ctx, &ravi, id, edit, Then::Stay).await.unwrap_or_else(|error| panic!("{title}: {error:?}"));
        }
        let (second, looked) = again().await;
        assert!(looked.iter().all(|(_, outcome)| *outcome == "there"), "{looked:?}");
        let rows = all_rows(&ctx, &sara, second).await;
        assert_eq!(rows[1].into_name.as_deref(), Some("Anywhere Online"), "it says what it is called by now");

        // Taken back, what was worked on stays, and is still found when everything of the file is long gone.
        imports::undo(&ctx, &sara, first).await.expect("as far as it goes");
        sqlx::query("delete from imports").execute(&town.owner).await.expect("forgotten");
        let (_, looked) = again().await;
        let outcomes: Vec<&str> = looked.iter().map(|(_, outcome)| *outcome).collect();
        assert_eq!(outcomes, ["there", "there", "there", "make", "there"]);
        // It is one community's: another brings the same list as its own.
        let other = File { community: "harbour-devs".into(), ..file("events", "events.json", list) };
        let other = imports::bring(&ctx, &sara, other).await.expect("read");
        assert_eq!(view(&ctx, &sara, other).await.counts.make, 5);
    })
    .await;
}

#[tokio::test]
async fn events_of_two_days_are_two_where_nobody_knows_their_zone() {
    sequel(async |town| {
        let ctx = town.ctx();
        let sara = sara(&ctx).await;
        let list =
            "title,start,online\nOnline Meetup,2027-09-01,yes\nOnline Meetup,2027-10-01,yes\nonline-meetup,2027-09-01,yes\n";
        let id = bring(&ctx, &sara, "events", list).await;
        let rows = all_rows(&ctx, &sara, id).await;
        assert_eq!(outcomes(&rows), [(2, "make"), (3, "make"), (4, "skip")]);
        assert_eq!(rows[2].reason, "The same event stands on line 2.");
        assert_eq!(apply(town, &sara, id).await.state, State::Applied);
        let both =
            "events where title = 'Online Meetup' and start_at is null and subtitle in ('1 September 2027', '1 October 2027')";
        assert_eq!(count(town, both).await, 2);
        let again = bring(&ctx, &sara, "events", list).await;
        assert_eq!(view(&ctx, &sara, again).await.counts.there, 3, "no doubling");
        let third = bring(&ctx, &sara, "events", "title,start,online\nOnline Meetup,2027-11-01,yes\n").await;
        assert_eq!(view(&ctx, &sara, third).await.counts.make, 1, "and a third one is a third one");
    })
    .await;
}
