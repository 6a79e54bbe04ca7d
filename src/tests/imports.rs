//! Files on their way in: the real lists of the field with every row accounted for, repeated without doubling, taken back;
//! made-up ones for everything else.

use crate::town::{Answer, Browser, Town, story};
use ::http::{Method, StatusCode};
use commdesk::{
    features::{
        accounts::service as accounts,
        imports::{
            rules::{Choice, Outcome, State, mapping::Mapping},
            service::{self as imports, Decided, File},
            views::{ImportView, RowView},
        },
        organizations::service::{self as organizations, OrganizationRef},
        partners::service as partners,
    },
    kernel::{
        actor::Actor,
        error::AppResult,
        ids::{EventId, IntakeId},
    },
    platform::ctx::Ctx,
    seeds::{
        self,
        people::{self, Figure, MALLORY, MEI, PASSWORD, RAVI, SARA},
    },
};
use std::{collections::BTreeMap, path::PathBuf};
use uuid::Uuid;

/// Where the real lists lie: beside the checkout, never in it.
fn real(path: &str) -> PathBuf {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/data").join(path);
    assert!(file.exists(), "{} is missing: the real lists lie in the folder `shared` beside the checkout", file.display());
    file
}

async fn told(town: &Town) -> Ctx {
    seeds::demo(&town.house, &town.registry, &|_| {}).await.expect("the demo's story");
    town.ctx()
}

async fn sara(ctx: &Ctx) -> Actor {
    people::sign_in_staff(ctx, SARA).await.expect("staff")
}

async fn who(ctx: &Ctx, figure: Figure) -> Actor {
    people::actor(ctx, figure).await.expect("signed in")
}

fn file(target: &str, name: &str, bytes: impl Into<Vec<u8>>) -> File {
    File { target: target.into(), name: name.into(), bytes: bytes.into(), community: "apex-circle".into(), mapping: None }
}

async fn bring(ctx: &Ctx, actor: &Actor, target: &str, text: &str) -> IntakeId {
    imports::bring(ctx, actor, file(target, "list.csv", text)).await.expect("a list")
}

async fn view(ctx: &Ctx, actor: &Actor, id: IntakeId) -> ImportView {
    imports::view(ctx, actor, id, "", 1).await.expect("theirs")
}

async fn all_rows(ctx: &Ctx, actor: &Actor, id: IntakeId) -> Vec<RowView> {
    let mut rows = Vec::new();
    let pages = view(ctx, actor, id).await.pages;
    for page in 1..=pages {
        rows.extend(imports::view(ctx, actor, id, "", page).await.expect("theirs").rows);
    }
    rows
}

async fn apply(town: &Town, actor: &Actor, id: IntakeId) -> ImportView {
    imports::apply(&town.ctx(), actor, id, &[]).await.expect("ready");
    town.drain().await;
    view(&town.ctx(), actor, id).await
}

fn code<T: std::fmt::Debug>(outcome: AppResult<T>) -> &'static str {
    outcome.expect_err("a refusal").code()
}

async fn count(town: &Town, what: &str) -> i64 {
    sqlx::query_scalar(sqlx::AssertSqlSafe(format!("select count(*) from {what}"))).fetch_one(&town.owner).await.expect("a count")
}

fn outcomes(rows: &[RowView]) -> Vec<(i32, &'static str)> {
    rows.iter().map(|row| (row.number, row.outcome.label())).collect()
}

/// The counts, how often which reason stands, what could not be mapped, and a few rows.
fn report(view: &ImportView, rows: &[RowView], samples: &[i32]) -> String {
    let counts = view.counts;
    let mut text = format!(
        "{} rows: make {}, merge {}, there {}, ask {}, skip {}, problem {}; not all mapped {}\ncolumns not taken: {}\n\nreasons\n",
        counts.all(),
        counts.make,
        counts.merge,
        counts.there,
        counts.ask,
        counts.skip,
        counts.problem,
        counts.unmapped,
        view.unused.join(", ")
    );
    let mut reasons: BTreeMap<String, usize> = BTreeMap::new();
    let mut unmapped: BTreeMap<String, usize> = BTreeMap::new();
    for row in rows {
        let words: Vec<&str> = row.reason.split_whitespace().collect();
        let start = words.iter().take(4).copied().collect::<Vec<_>>().join(" ");
        let end = words.iter().rev().take(3).rev().copied().collect::<Vec<_>>().join(" ");
        let names = [" in the place", " on a part", " website of"];
        let class = if names.iter().any(|name| row.reason.contains(name)) || words.len() < 8 {
            start
        } else {
            format!("{start} … {end}")
        };
        let class: String = class
            .split_whitespace()
            .map(|word| if word.chars().any(|c| c.is_ascii_digit()) { "N" } else { word })
            .collect::<Vec<_>>()
            .join(" ");
        *reasons.entry(format!("{}: {class}", row.outcome)).or_default() += 1;
        for part in row.unmapped.split("; ").filter(|part| !part.is_empty()) {
            *unmapped.entry(part.to_owned()).or_default() += 1;
        }
    }
    for (reason, count) in reasons.iter().filter(|(_, count)| **count > 2) {
        text.push_str(&format!("{count:5} {reason}\n"));
    }
    text.push_str("\nnot mapped\n");
    for (what, count) in unmapped.iter().filter(|(_, count)| **count > 1) {
        text.push_str(&format!("{count:5} {what}\n"));
    }
    text.push_str("\na few rows\n");
    for row in rows.iter().filter(|row| samples.contains(&row.number)) {
        text.push_str(&format!("{:5} {} | {} | {}\n", row.number, row.title, row.outcome, row.reason));
    }
    text
}

#[tokio::test]
async fn the_real_organizations_in_one_sitting() {
    story(async |town| {
        let ctx = told(town).await;
        let sara = sara(&ctx).await;
        let bytes = std::fs::read(real("organizations.csv")).expect("the list");
        let begun = std::time::Instant::now();
        let id = imports::bring(&ctx, &sara, file("organizations", "organizations.csv", bytes.clone())).await.expect("read");
        let looked = view(&ctx, &sara, id).await;
        assert_eq!((looked.state, looked.counts.all()), (State::Ready, 1_237), "every row is accounted for");
        assert_eq!(looked.counts.problem, 0);
        let rows = all_rows(&ctx, &sara, id).await;
        let before = count(town, "organizations").await;
        insta::assert_snapshot!(
            "the_report_of_the_real_organizations",
            report(&looked, &rows, &[2, 19, 98, 109, 165, 170, 545, 735, 931, 1091, 1125])
        );

        // Logos of the folder, by the names that the rows give them.
        let mut logos = Vec::new();
        for entry in std::fs::read_dir(real("logos")).expect("the logos") {
            let path = entry.expect("a file").path();
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            logos.push((name, std::fs::read(&path).expect("a picture")));
        }
        logos.sort();
        let bringer = imports::Bringer { desk: commdesk::features::imports::policy::Desk::Staff, by: Some(sara.user()) };
        imports::add_pictures_as(&ctx, &bringer, id, logos).await.expect("looked at");
        let pictures = view(&ctx, &sara, id).await.pictures;
        let of = |outcome: &str| {
            pictures.iter().filter(|it| it.outcome == outcome).map(|it| it.file_name.as_str()).collect::<Vec<_>>()
        };
        assert_eq!(pictures.len(), 40, "every file is accounted for");
        insta::assert_snapshot!(
            "the_real_logos",
            format!("matched {}\nunmatched {:?}\nrefused {:?}", of("matched").len(), of("unmatched"), of("refused"))
        );

        let applied = apply(town, &sara, id).await;
        let took = begun.elapsed();
        assert_eq!(applied.state, State::Applied, "{}", applied.note);
        assert!(took.as_secs() < 120, "it took {took:?}");
        println!("1,237 rows, their logos and their facts: {took:?}");
        assert_eq!(count(town, "organizations").await - before, looked.counts.make);
        assert_eq!(count(town, "facts where name = 'organization_imported'").await, looked.counts.make);
        let tigera = organizations::get_by(&ctx, None, &OrganizationRef::Slug("tigera".into())).await.expect("there");
        assert_eq!(tigera.products.iter().map(|it| it.name.as_str()).collect::<Vec<_>>(), ["Project Calico"]);
        assert!(tigera.logo_url.is_some());
        assert!(town.visitor().open("/directory?q=calico").await.text.contains("Tigera"), "found by its product");

        // The same file again: everything is there already, and nothing is made.
        let again = imports::bring(&ctx, &sara, file("organizations", "organizations.csv", bytes)).await.expect("read");
        let second = view(&ctx, &sara, again).await;
        assert_eq!((second.counts.make, second.counts.merge), (0, 0), "no doubling");
        assert_eq!(second.counts.there, looked.counts.make + looked.counts.merge);

        imports::undo(&ctx, &sara, id).await.expect("taken back");
        assert_eq!(count(town, "organizations").await, before, "exactly what it made is gone");
        assert_eq!(
            count(town, "organization_slugs s where not exists (select 1 from organizations o where o.id = s.organization_id)")
                .await,
            0
        );
    })
    .await;
}

#[tokio::test]
async fn the_real_events_become_drafts() {
    story(async |town| {
        let ctx = told(town).await;
        let sara = sara(&ctx).await;
        let bytes = std::fs::read(real("events.json")).expect("the list");
        let id = imports::bring(&ctx, &sara, file("events", "events.json", bytes.clone())).await.expect("read");
        let looked = view(&ctx, &sara, id).await;
        assert_eq!((looked.state, looked.counts.all()), (State::Ready, 187), "every row is accounted for");
        let rows = all_rows(&ctx, &sara, id).await;
        insta::assert_snapshot!("the_report_of_the_real_events", report(&looked, &rows, &[1, 2, 4, 10, 100]));
        let published = count(town, "events where status <> 'Draft'").await;
        let before = count(town, "events where deleted_at is null").await;
        assert_eq!(apply(town, &sara, id).await.state, State::Applied);
        assert_eq!(count(town, "events where deleted_at is null").await - before, looked.counts.make);
        assert_eq!(count(town, "events where status <> 'Draft'").await, published, "nothing is published");
        assert_eq!(
            count(town, "events where title = 'Webinale' and all_day and timezone = 'Europe/Berlin' and event_type = 'Conference' and format = 'Hybrid'
                         and starts_wall = '2026-06-08 00:00' and ends_wall = '2026-06-12 23:59'").await,
            1
        );
        let again = imports::bring(&ctx, &sara, file("events", "events.json", bytes)).await.expect("read");
        assert_eq!(view(&ctx, &sara, again).await.counts.make, 0, "no doubling");
        imports::undo(&ctx, &sara, id).await.expect("taken back");
        assert_eq!(count(town, "events where deleted_at is null").await, before);
    })
    .await;
}

const LIST: &str = "Company;URL;Segment\nNorth Query;https://northwind-data.com/query;Database\nNorthwind Data;https://www.northwind-data.com;Database\nContoso Cloud;contoso-cloud.com/en;Service Mesh\nBad Row;not a website;\n=1+1;formula.com;\nAcme Cluod;acme-cluod.com;\n";

#[tokio::test]
async fn a_file_from_its_columns_to_its_way_back() {
    story(async |town| {
        let ctx = told(town).await;
        let sara = sara(&ctx).await;
        let id = bring(&ctx, &sara, "organizations", LIST).await;
        let rows = all_rows(&ctx, &sara, id).await;
        assert_eq!(
            outcomes(&rows),
            [(2, "merge"), (3, "make"), (4, "make"), (5, "problem"), (6, "problem"), (7, "ask")],
            "{rows:#?}"
        );
        assert!(rows[4].reason.contains("formula") && rows[5].reason.contains("Acme Cloud"), "{rows:#?}");
        assert_eq!(imports::view(&ctx, &sara, id, "problems", 1).await.expect("theirs").rows.len(), 3);

        // A decision about one row, and one about all that wait.
        imports::decide(&ctx, &sara, id, &Decided::Rows(vec![(4, Some(Choice::Skip))])).await.expect("open");
        imports::decide(&ctx, &sara, id, &Decided::All(Outcome::Ask, Choice::Make)).await.expect("open");
        assert_eq!(
            outcomes(&all_rows(&ctx, &sara, id).await),
            [(2, "merge"), (3, "make"), (4, "skip"), (5, "problem"), (6, "problem"), (7, "make")]
        );

        // Two who begin at once begin once.
        let (a, b) = tokio::join!(imports::apply(&ctx, &sara, id, &[]), imports::apply(&ctx, &sara, id, &[]));
        assert_eq!([a.is_ok(), b.is_ok()].iter().filter(|ok| **ok).count(), 1);
        assert_eq!(a.and(b).map_or_else(|error| error.code(), |()| ""), "IMPORT_NOT_READY");
        town.drain().await;
        let applied = view(&ctx, &sara, id).await;
        assert_eq!((applied.state, applied.done, applied.total), (State::Applied, 6, 6));
        assert_eq!(code(imports::decide(&ctx, &sara, id, &Decided::Rows(vec![])).await), "IMPORT_NOT_READY");
        let made = organizations::get_by(&ctx, None, &OrganizationRef::Slug("northwind-data".into())).await.expect("there");
        assert_eq!((made.products.len(), made.industry.label()), (1, "Data and databases"));
        let page = town.visitor().open("/directory/northwind-data").await;
        assert!(page.text.contains("North Query") && page.text.contains("Claim it"), "{}", page.text);
        town.drain().await;
        assert_eq!(count(town, "notices where title ilike '%northwind%'").await, 0, "one import is one piece of news");

        // A later file adds to what nobody speaks for; taken back, only its own part goes.
        let more = bring(
            &ctx,
            &sara,
            "organizations",
            "name,website,segment\nNorth Stream,northwind-data.com/stream,Streaming & Messaging\n",
        )
        .await;
        assert_eq!(outcomes(&all_rows(&ctx, &sara, more).await), [(2, "merge")]);
        apply(town, &sara, more).await;
        let products = async || {
            organizations::get_by(&ctx, None, &OrganizationRef::Slug("northwind-data".into()))
                .await
                .expect("there")
                .products
                .len()
        };
        assert_eq!(products().await, 2);
        imports::undo(&ctx, &sara, more).await.expect("taken back");
        assert_eq!(products().await, 1);

        // What something depends on stays, and says why; the rest goes.
        let organization = made.id;
        sqlx::query(
            "insert into organization_claims (id, organization_id, user_id, method, email, state, asked_at)
             select gen_random_uuid(), $1, u.id, 'mailbox', 'a@northwind-data.com', 'Asked', u.created_at from users u limit 1",
        )
        .bind(organization.0)
        .execute(&town.owner)
        .await
        .expect("a claim");
        imports::undo(&ctx, &sara, id).await.expect("taken back");
        let undone = all_rows(&ctx, &sara, id).await;
        assert!(undone[1].undo_refused.as_deref().is_some_and(|why| why.contains("take it over")), "{undone:#?}");
        assert!(undone[5].undo_refused.is_none());
        assert_eq!(count(town, "organizations where slug in ('northwind-data', 'acme-cluod')").await, 1);
        assert_eq!(code(imports::undo(&ctx, &sara, id).await), "IMPORT_NOT_APPLIED");
    })
    .await;
}

#[tokio::test]
async fn columns_are_named_once_and_remembered() {
    story(async |town| {
        let ctx = told(town).await;
        let sara = sara(&ctx).await;
        let list = "Wer,Wo\nNorthwind Data,northwind-data.com\n";
        let id = bring(&ctx, &sara, "organizations", list).await;
        let first = view(&ctx, &sara, id).await;
        assert_eq!((first.state, first.missing), (State::Mapping, vec!["Name".to_owned(), "Website".to_owned()]));
        assert_eq!(code(imports::apply(&ctx, &sara, id, &[]).await), "IMPORT_NOT_READY");
        assert_eq!(
            code(imports::remap(&ctx, &sara, id, Mapping::from([("displayName".into(), "Wer".into())])).await),
            "VALIDATION_ERROR"
        );
        let mapping = Mapping::from([("displayName".into(), "Wer".into()), ("website".into(), "Wo".into())]);
        imports::remap(&ctx, &sara, id, mapping).await.expect("both are named");
        assert_eq!(view(&ctx, &sara, id).await.counts.make, 1);
        let again = bring(&ctx, &sara, "organizations", list).await;
        assert_eq!(view(&ctx, &sara, again).await.state, State::Ready, "the same columns are known");
    })
    .await;
}

#[tokio::test]
async fn a_name_that_came_meanwhile_gives_the_run_up() {
    story(async |town| {
        let ctx = told(town).await;
        let sara = sara(&ctx).await;
        let early = bring(&ctx, &sara, "organizations", "name,website\nWidget Works,widget-works.com\n").await;
        let late =
            bring(&ctx, &sara, "organizations", "name,website\nWidgetworks,widgetworks.dev\nSolid Tools,solid-tools.com\n").await;
        assert_eq!(view(&ctx, &sara, late).await.counts.make, 2);
        apply(town, &sara, early).await;
        let given_up = apply(town, &sara, late).await;
        assert_eq!((given_up.state, given_up.counts.ask), (State::Ready, 1));
        assert!(given_up.note.contains("nothing was imported"), "{}", given_up.note);
        assert_eq!(count(town, "organizations where slug = 'solid-tools'").await, 0, "all of it or nothing");
        imports::decide(&ctx, &sara, late, &Decided::Rows(vec![(2, Some(Choice::Skip))])).await.expect("open");
        assert_eq!(apply(town, &sara, late).await.state, State::Applied);
    })
    .await;
}

async fn signed_in(town: &Town, figure: Figure) -> Browser {
    let session = accounts::sign_in(&town.ctx(), figure.email, PASSWORD, "a test").await.expect("signed in");
    let mut browser = town.visitor();
    browser.set_cookie("commdesk", &session.token);
    browser
}

/// A multipart form with one file.
async fn upload(browser: &mut Browser, path: &str, fields: &[(&str, &str)], file: &[u8]) -> Answer {
    let mut body = Vec::new();
    for (name, value) in fields {
        body.extend_from_slice(format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").as_bytes());
    }
    body.extend_from_slice(b"--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"list.csv\"\r\n\r\n");
    body.extend_from_slice(file);
    body.extend_from_slice(b"\r\n--x--\r\n");
    let headers = [
        ("content-type", "multipart/form-data; boundary=x"),
        ("origin", "http://127.0.0.1:3999"),
        ("sec-fetch-site", "same-origin"),
    ];
    browser.send(Method::POST, path, &headers, body).await
}

#[tokio::test]
async fn communities_bring_their_own_past_sponsors() {
    story(async |town| {
        let ctx = told(town).await;
        let (ravi, mei) = (who(&ctx, RAVI).await, who(&ctx, MEI).await);
        let apex = ravi.community().expect("Apex").0;
        let event: Uuid = sqlx::query_scalar(
            "update events set status = 'Completed' where id = (select id from events where community_id = $1 and status = 'Upcoming' limit 1) returning id",
        )
        .bind(apex)
        .fetch_one(&town.owner)
        .await
        .expect("an event of Apex");
        let title: String = sqlx::query_scalar("select title from events where id = $1").bind(event).fetch_one(&town.owner).await.expect("it");
        let list = format!(
            "sponsor,website,event,tier,email\nNorthwind Data,northwind-data.com,{title},Gold,team@northwind-data.com\nNorthwind Data,northwind-data.com,Some other day,Gold,\nAcme Cloud,https://acme.example,{title},Media Partner,\nOn a host,github.com/somebody,{title},Gold,\n"
        );
        let wall_before = partners::wall(&ctx, EventId(event)).await.expect("a wall");
        let id = bring(&ctx, &ravi, "sponsors", &list).await;
        let rows = all_rows(&ctx, &ravi, id).await;
        assert_eq!(outcomes(&rows), [(2, "make"), (3, "merge"), (4, "there"), (5, "skip")], "{rows:#?}");
        assert!(rows[1].unmapped.contains("Some other day"), "{rows:#?}");
        assert_eq!(apply(town, &ravi, id).await.state, State::Applied);
        let hidden = "event_partners where not visible and removed_at is null";
        assert_eq!(count(town, hidden).await, 2, "a new profile and one that was there");
        assert_eq!(partners::wall(&ctx, EventId(event)).await.expect("a wall"), wall_before, "nobody sees it yet");
        assert_eq!(count(town, "organizations where slug = 'northwind-data' and events_sponsored = 0").await, 1, "and it is no support yet");
        let again = bring(&ctx, &ravi, "sponsors", &list).await;
        apply(town, &ravi, again).await;
        assert_eq!(count(town, hidden).await, 2, "no doubling");

        // Another community's people learn nothing of it.
        assert_eq!(code(imports::view(&ctx, &mei, id, "", 1).await), "NOT_FOUND");
        assert_eq!(code(imports::undo(&ctx, &mei, id).await), "NOT_FOUND");
        assert_eq!(code(imports::bring(&ctx, &ravi, file("organizations", "x.csv", LIST)).await), "VALIDATION_ERROR");
        imports::undo(&ctx, &ravi, id).await.expect("taken back");
        assert_eq!(count(town, hidden).await, 0);
        assert_eq!(count(town, "organizations where slug = 'northwind-data'").await, 0);
    })
    .await;
}

#[tokio::test]
async fn the_doors_and_who_may_use_them() {
    story(async |town| {
        let ctx = told(town).await;
        let mallory = who(&ctx, MALLORY).await;
        assert_eq!(code(imports::bring(&ctx, &mallory, file("organizations", "x.csv", LIST)).await), "FORBIDDEN");
        let mut ravi = signed_in(town, RAVI).await;
        let list = b"name,website\nNorthwind Data,northwind-data.com\n";

        // Over the API.
        let brought = upload(&mut ravi, "/api/v1/imports", &[("target", "sponsors")], list).await;
        assert_eq!(brought.status, StatusCode::CREATED, "{}", brought.text);
        let data = brought.data();
        let id = data["id"].as_str().expect("an id").to_owned();
        assert_eq!((data["state"].as_str(), data["counts"]["make"].as_i64()), (Some("ready"), Some(1)));
        assert_eq!(upload(&mut ravi, "/api/v1/imports", &[("target", "organizations")], list).await.status, 422);
        let hostile = upload(&mut ravi, "/api/v1/imports", &[("target", "sponsors")], b"name\nM\xfcller").await;
        assert!(hostile.status == 422 && hostile.text.contains("UTF-8"), "{}", hostile.text);
        let wrong =
            ravi.api(Method::POST, &format!("/imports/{id}/apply"), Some(serde_json::json!({"choices": {"2": "eat"}}))).await;
        assert_eq!(wrong.status, 422);
        let begun = ravi.api(Method::POST, &format!("/imports/{id}/apply"), Some(serde_json::json!({}))).await;
        assert_eq!((begun.status, begun.data()["state"].as_str()), (StatusCode::OK, Some("applying")));
        town.drain().await;
        assert_eq!(ravi.api(Method::GET, &format!("/imports/{id}"), None).await.data()["state"], "applied");
        let report = ravi.api(Method::GET, &format!("/imports/{id}/report"), None).await;
        assert!(report.text.contains("\"Northwind Data\",\"make\""), "{}", report.text);
        assert_eq!(
            ravi.api(Method::POST, &format!("/imports/{id}/undo"), Some(serde_json::json!({}))).await.data()["state"],
            "undone"
        );

        // And over the pages, without scripts.
        let form = [("_form", "bring"), ("target", "sponsors")];
        let sent = upload(&mut ravi, "/imports", &form, list).await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text);
        let page = sent.location().split('?').next().expect("a path").to_owned();
        let shown = ravi.open(&page).await;
        assert!(shown.text.contains("Northwind Data") && shown.text.contains("Import 1 organization"), "{}", shown.text);
        assert_eq!(ravi.submit(&page, "decide", &[("choice.2", "skip")]).await.status, StatusCode::SEE_OTHER);
        assert!(ravi.open(&page).await.text.contains("You left it out"));
        assert_eq!(ravi.submit(&page, "decide", &[("choice.2", "")]).await.status, StatusCode::SEE_OTHER);
        assert_eq!(ravi.submit(&page, "apply", &[]).await.status, StatusCode::SEE_OTHER);
        assert!(ravi.open(&page).await.text.contains("It is being imported"));
        town.drain().await;
        assert!(ravi.open(&page).await.text.contains("Take it back"));
        assert_eq!(ravi.submit(&page, "undo", &[]).await.status, StatusCode::SEE_OTHER);
        let empty = ravi.submit("/imports", "bring", &[("target", "sponsors")]).await;
        assert!(empty.status == 422 && empty.text.contains("Choose a file"), "{}", empty.text);
    })
    .await;
}
