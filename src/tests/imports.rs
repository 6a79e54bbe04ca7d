//! Files on their way in: the real lists of the field with every row accounted for, repeated without doubling, taken back;
//! made-up ones for everything else.

use crate::{
    common::{code, count, signed_in, who},
    planted::{VERA, seat},
    town::{Answer, Browser, Chosen, Town, sequel},
};
use ::http::{Method, StatusCode};
use commdesk::{
    features::{
        blocks::service as blocks,
        events::{
            rules::EventInput,
            service::{self as events, Then},
        },
        imports::{
            rules::{Choice, Outcome, State, mapping::Mapping},
            service::{self as imports, Decided, File},
            views::{ImportView, RowView},
        },
        organizations::{
            directory,
            index::Directory,
            rules::search::DirectoryQuery,
            service::{self as organizations, OrganizationRef},
        },
        partners::service as partners,
    },
    kernel::{
        actor::Actor,
        ids::{EventId, IntakeId},
        page::PageRequest,
    },
    platform::{ctx::Ctx, index},
    seeds::people::{self, MALLORY, MEI, RAVI, SARA, TOMAS},
};
use std::{collections::BTreeMap, io::Write as _, path::PathBuf};
use uuid::Uuid;

/// Where the real lists lie: beside the checkout, never in it. A clone without that folder has the made-up lists of the same
/// shapes, and says what is not compared; where the folder is there, a list that is missing is a failure.
fn real(path: &str) -> Option<PathBuf> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/data");
    let file = folder.join(path);
    if folder.exists() {
        assert!(file.exists(), "{} is missing", file.display());
        return Some(file);
    }
    // Past the harness, which keeps to itself what a test that passes has printed.
    let words = format!("NOT COMPARED: {} is not on this machine\n", file.display());
    std::io::stderr().write_all(words.as_bytes()).expect("said");
    None
}

async fn sara(ctx: &Ctx) -> Actor {
    // The code that the demo's story gave is spent.
    ctx.house.clock.shift(31);
    people::sign_in_staff(ctx, SARA).await.expect("staff")
}

fn file(target: &str, name: &str, bytes: impl Into<Vec<u8>>) -> File {
    File { target: target.into(), name: name.into(), bytes: bytes.into(), community: "apex-circle".into(), ..File::default() }
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

fn outcomes(rows: &[RowView]) -> Vec<(i32, &'static str)> {
    rows.iter().map(|row| (row.number, row.outcome.label())).collect()
}

/// A reason without the names, the numbers and (but for foundations, which are few) the websites in it: what is said of many rows
/// is one line.
fn without_names(row: &RowView, titles: &BTreeMap<i32, &str>) -> String {
    let mut reason = row.reason.clone();
    let other = row.into_row.and_then(|number| titles.get(&number).copied());
    for name in [row.into_name.as_deref(), other, Some(row.title.as_str())].into_iter().flatten() {
        for (before, after) in [
            ("", " has a profile"),
            ("", " stands on that"),
            ("", " (line"),
            ("taken for ", ","),
            ("website of ", ","),
            ("belongs to ", ","),
        ] {
            reason = reason.replace(&format!("{before}{name}{after}"), &format!("{before}…{after}"));
        }
    }
    let keeps = reason.contains("foundation");
    let told = reason.split_whitespace().map(|word| {
        let bare = word.trim_matches(['(', ')', ',', '.', ':']);
        if !bare.is_empty() && bare.chars().all(|c| c.is_ascii_digit()) {
            word.replace(bare, "N")
        } else if !keeps && bare.contains('.') && !bare.starts_with('“') {
            word.replace(bare, "…")
        } else {
            word.to_owned()
        }
    });
    told.collect::<Vec<_>>().join(" ")
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
    let titles: BTreeMap<i32, &str> = rows.iter().map(|row| (row.number, row.title.as_str())).collect();
    for row in rows {
        *reasons.entry(format!("{}: {}", row.outcome, without_names(row, &titles))).or_default() += 1;
        for part in row.unmapped.split("; ").filter(|part| !part.is_empty()) {
            *unmapped.entry(part.to_owned()).or_default() += 1;
        }
    }
    for (reason, count) in &reasons {
        text.push_str(&format!("{count:5} {reason}\n"));
    }
    text.push_str("\nnot mapped\n");
    for (what, count) in &unmapped {
        text.push_str(&format!("{count:5} {what}\n"));
    }
    text.push_str("\nproblems\n");
    for row in rows.iter().filter(|row| row.outcome == Outcome::Problem) {
        text.push_str(&format!("{:5} {} | {}\n", row.number, row.title, row.reason));
    }
    text.push_str("\na few rows\n");
    for row in rows.iter().filter(|row| samples.contains(&row.number)) {
        text.push_str(&format!("{:5} {} | {} | {}\n", row.number, row.title, row.outcome, row.reason));
    }
    text
}

#[tokio::test]
async fn the_real_organizations_in_one_sitting() {
    let (Some(list), Some(folder)) = (real("organizations.csv"), real("logos")) else { return };
    sequel(async |town| {
        let ctx = town.ctx();
        let sara = sara(&ctx).await;
        let bytes = std::fs::read(&list).expect("the list");
        let begun = std::time::Instant::now();
        let id = imports::bring(&ctx, &sara, file("organizations", "organizations.csv", bytes.clone())).await.expect("read");
        let looked = view(&ctx, &sara, id).await;
        assert_eq!((looked.state, looked.counts.all()), (State::Ready, 1_237), "every row is accounted for");
        let rows = all_rows(&ctx, &sara, id).await;
        let before = count(town, "organizations").await;
        index::fill::<Directory>(&ctx).await.expect("filled");
        let indexed = total(&ctx, "").await;
        insta::assert_snapshot!(
            "the_report_of_the_real_organizations",
            report(&looked, &rows, &[2, 19, 98, 109, 165, 170, 545, 735, 931, 1091, 1125])
        );

        // Logos of the folder, by the names that the rows give them.
        let mut logos = Vec::new();
        for entry in std::fs::read_dir(&folder).expect("the logos") {
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
            format!(
                "matched {}\nunused {:#?}\nunmatched {:?}\nrefused {:?}",
                of("matched").len(),
                pictures
                    .iter()
                    .filter(|it| it.outcome == "unused")
                    .map(|it| format!("{}: {}", it.file_name, it.reason))
                    .collect::<Vec<_>>(),
                of("unmatched"),
                of("refused")
            )
        );
        let taken = i64::try_from(of("matched").len()).expect("few");
        let with_logos = count(town, "organizations where logo_id is not null").await;

        let applied = apply(town, &sara, id).await;
        let took = begun.elapsed();
        assert_eq!(applied.state, State::Applied, "{}", applied.note);
        assert!(took.as_secs() < 120, "it took {took:?}");
        println!("1,237 rows, their logos and their facts: {took:?}");
        assert_eq!(count(town, "organizations").await - before, looked.counts.make);
        assert_eq!(count(town, "organizations where logo_id is not null").await - with_logos, taken, "as the report says");
        assert_eq!(count(town, "facts where name = 'organization_imported'").await, looked.counts.make);
        let tigera = organizations::get_by(&ctx, None, &OrganizationRef::Slug("tigera".into())).await.expect("there");
        assert_eq!(tigera.products.iter().map(|it| it.name.as_str()).collect::<Vec<_>>(), ["Project Calico"]);
        assert!(tigera.logo_url.is_some());
        // The index of the directory follows: what was made is counted, and found by its products too.
        follow_until(&ctx, async || total(&ctx, "").await == indexed + looked.counts.make).await;
        assert!(town.visitor().open("/directory?q=calico").await.text.contains("Tigera"), "found by its product");

        // The same file again: everything is there already, and nothing is made.
        let again = imports::bring(&ctx, &sara, file("organizations", "organizations.csv", bytes)).await.expect("read");
        let second = view(&ctx, &sara, again).await;
        assert_eq!((second.counts.make, second.counts.merge), (0, 0), "no doubling");
        assert_eq!(second.counts.there, looked.counts.make + looked.counts.merge);

        imports::undo(&ctx, &sara, id).await.expect("taken back");
        assert_eq!(count(town, "organizations").await, before, "exactly what it made is gone");
        follow_until(&ctx, async || total(&ctx, "").await == indexed).await;
        assert_eq!(total(&ctx, "q=calico").await, 0, "and not found any more");
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
    let Some(list) = real("events.json") else { return };
    sequel(async |town| {
        let ctx = town.ctx();
        let sara = sara(&ctx).await;
        let bytes = std::fs::read(&list).expect("the list");
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

/// How many of the directory fit a question.
async fn total(ctx: &Ctx, query: &str) -> i64 {
    let view = directory::list(ctx, None, &DirectoryQuery::read(query), &PageRequest { limit: 5, ..PageRequest::default() })
        .await
        .expect("answered");
    view.total
}

async fn follow_until(ctx: &Ctx, so: impl AsyncFn() -> bool) {
    for _ in 0..200 {
        index::follow::<Directory>(ctx).await.expect("followed");
        if so().await {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(25)).await;
    }
    panic!("the index does not follow");
}

/// Every shape that the real list has: products below one website, on its parts and on its subdomains; places on a code host;
/// a foundation's website; what is here already; a segment that no industry is; and rows that are nothing.
const SHAPES: &str = "\
name,website,industry,segment,description,logo
Northwind Data,https://www.northwind-data.example,App Definition and Development,Database,Data for everybody,northwind.svg
North Query,northwind-data.example/query,,Database,,
North Stream,stream.northwind-data.example,,Streaming & Messaging,,
Northwind Data (training),northwind-data.example/training,,Training Partner,,
Contoso Mesh,contoso-mesh.example/en,Orchestration & Management,Service Mesh,,
CONTOSO MESH,contoso-mesh.example,,,The same once more,
Odd Baskets,odd-baskets.example,Crafts,Basket Weaving,,
Lonely Tool,github.com/somebody/lonely-tool,,Service Mesh,,
Whole Place,github.com/whole-place,,Service Mesh,,
Blue Storage,bigvendor.example/storage,,Cloud Native Storage,,
Blue Queue,bigvendor.example/queue,,Streaming & Messaging,,
Airy,apache.org/airy,,Database,,
Acme Cloud,acme.example,,,,
Acme Extra,acme.example/extra,,,,
Acme Cluod,acme-cluod.example,,,,
Bad Row,not a website,,,,
=1+1,formula.example,,,,
";

fn every_row(view: &ImportView, rows: &[RowView]) -> String {
    let mut text = report(view, &[], &[]).lines().take(2).collect::<Vec<_>>().join("\n");
    for row in rows {
        let unmapped = if row.unmapped.is_empty() { String::new() } else { format!(" | not mapped: {}", row.unmapped) };
        text.push_str(&format!("\n{:3} {} | {} | {}{unmapped}", row.number, row.title, row.outcome, row.reason));
    }
    text
}

/// What a file that is only looked at must not touch.
async fn everything(town: &Town) -> Vec<i64> {
    let mut counts = Vec::new();
    for table in
        ["facts", "outbox", "jobs", "organizations", "organization_slugs", "events", "event_partners", "notices", "mails"]
    {
        counts.push(count(town, table).await);
    }
    counts
}

#[tokio::test]
async fn every_shape_of_a_row_is_told_of_and_only_looked_at() {
    sequel(async |town| {
        let ctx = town.ctx();
        let sara = sara(&ctx).await;
        let before = everything(town).await;
        let id = bring(&ctx, &sara, "organizations", SHAPES).await;
        let rows = all_rows(&ctx, &sara, id).await;
        insta::assert_snapshot!("every_shape_of_a_row", every_row(&view(&ctx, &sara, id).await, &rows));
        let mapping = view(&ctx, &sara, id).await.fields.into_iter().filter(|field| !field.heading.is_empty());
        imports::remap(&ctx, &sara, id, mapping.map(|field| (field.name, field.heading)).collect()).await.expect("as it was");
        imports::decide(&ctx, &sara, id, &Decided::Rows(vec![(2, Some(Choice::Skip))])).await.expect("open");
        imports::decide(&ctx, &sara, id, &Decided::Rows(vec![(2, None)])).await.expect("open");
        assert_eq!(all_rows(&ctx, &sara, id).await, rows, "a decision that is taken back leaves nothing");
        let events = r#"[{"name": "Webinale", "startDate": "2026-06-08", "city": "Berlin", "country": "Germany"}]"#;
        imports::bring(&ctx, &sara, file("events", "events.json", events)).await.expect("read");
        assert_eq!(everything(town).await, before, "looking changes nothing");

        // As a spreadsheet: whatever it might compute is text.
        let told = imports::report(&ctx, &sara, id).await.expect("a report");
        assert!(told.contains("\r\n\"18\",\"'=1+1\",\"problem\""), "{told}");
        let cells = told.lines().skip(1).flat_map(|line| line.trim_matches('"').split("\",\"").collect::<Vec<_>>());
        let armed: Vec<&str> = cells.filter(|cell| cell.starts_with(['=', '+', '-', '@'])).collect();
        assert!(armed.is_empty(), "{armed:?}");

        assert_eq!(apply(town, &sara, id).await.state, State::Applied);
        let again = bring(&ctx, &sara, "organizations", SHAPES).await;
        let counts = view(&ctx, &sara, again).await.counts;
        assert_eq!((counts.make, counts.merge), (0, 0), "no doubling");
    })
    .await;
}

#[tokio::test]
async fn what_no_row_says_is_told_and_not_only_done() {
    sequel(async |town| {
        let ctx = town.ctx();
        let sara = sara(&ctx).await;
        let silent = bring(&ctx, &sara, "organizations", "name,website\nNorthwind Data,northwind-data.example\n").await;
        let looked = view(&ctx, &sara, silent).await;
        assert!(looked.assumed.contains("“Sponsor and partner”") && looked.counts.unmapped == 0, "{}", looked.assumed);
        let told = imports::report(&ctx, &sara, silent).await.expect("a report");
        assert!(told.contains("No column says who sponsors and who is a partner"), "{told}");
        assert!(told.contains("No column says the industry: each new profile stands below “Other”."), "{told}");

        // With a column for it, a row that leaves it empty, or says what we do not know, says so itself.
        let list = "name,website,type,industry\nContoso Mesh,contoso-mesh.example,Partner,Gaming\nOdd Baskets,odd-baskets.example,,Gaming\nBlue Queue,blue-queue.example,Friend,\n";
        let id = bring(&ctx, &sara, "organizations", list).await;
        assert_eq!(view(&ctx, &sara, id).await.assumed, "");
        let rows = all_rows(&ctx, &sara, id).await;
        assert_eq!(rows[0].unmapped, "");
        assert_eq!(rows[1].unmapped, "sponsor or partner: nothing stands there, so it is “Sponsor and partner”");
        assert_eq!(
            rows[2].unmapped,
            "“Friend” as sponsor or partner, so it is “Sponsor and partner”; industry: nothing stands there, so it is “Other”"
        );
        apply(town, &sara, id).await;
        let kinds: Vec<String> = sqlx::query_scalar(
            "select entity_type from organizations where slug in ('contoso-mesh', 'odd-baskets', 'blue-queue') order by slug",
        )
        .fetch_all(&town.owner)
        .await
        .expect("three");
        assert_eq!(kinds, ["Sponsor and partner", "Partner", "Sponsor and partner"]);
    })
    .await;
}

#[tokio::test]
async fn no_mailbox_of_a_row_that_goes_with_another_is_lost_unsaid() {
    sequel(async |town| {
        let ctx = town.ctx();
        let sara = sara(&ctx).await;
        let list = "name,website,email,segment\n\
             Northwind Data,northwind-data.example,,Database\n\
             Northwind Data (training),northwind-data.example/training,team@northwind-data.example,\n\
             Northwind Data (support),northwind-data.example/support,help@northwind-data.example,\n\
             North Query,northwind-data.example/query,query@northwind-data.example,\n\
             Contoso Mesh,contoso-mesh.example,,\n\
             CONTOSO MESH,contoso-mesh.example,,Service Mesh\n";
        let id = bring(&ctx, &sara, "organizations", list).await;
        let rows = all_rows(&ctx, &sara, id).await;
        assert_eq!(outcomes(&rows), [(2, "make"), (3, "merge"), (4, "merge"), (5, "merge"), (6, "make"), (7, "merge")]);
        let unmapped: Vec<&str> = rows.iter().map(|row| row.unmapped.as_str()).collect();
        assert_eq!(
            unmapped,
            ["", "", "the mailbox: the profile has that of line 3", "the mailbox: a product has none of its own", "", "",],
            "an industry that one of the rows says is said"
        );
        assert_eq!(apply(town, &sara, id).await.state, State::Applied);
        let with = "organizations where slug = 'northwind-data' and primary_email = 'team@northwind-data.example'";
        assert_eq!(count(town, with).await, 1, "the first that there is");
    })
    .await;
}

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

#[tokio::test]
async fn what_cannot_be_taken_back_stays_and_says_why() {
    sequel(async |town| {
        let ctx = town.ctx();
        let sara = sara(&ctx).await;
        index::fill::<Directory>(&ctx).await.expect("filled");
        let one = "name,website,segment\nNorthwind Data,northwind-data.example,Database\nContoso Mesh,contoso-mesh.example,\n";
        let first = bring(&ctx, &sara, "organizations", one).await;
        apply(town, &sara, first).await;
        // The first stands on the website of what is here; the second goes with the first.
        let two = "name,website,segment\nLakeside Query,northwind-data.example/lake,Database\nContoso Gate,contoso-mesh.example/gate,\n";
        let second = bring(&ctx, &sara, "organizations", two).await;
        apply(town, &sara, second).await;
        follow_until(&ctx, async || total(&ctx, "q=lakeside+query").await == 1).await;

        // The first cannot go while the second has added to it.
        imports::undo(&ctx, &sara, first).await.expect("as far as it goes");
        let kept: Vec<String> = all_rows(&ctx, &sara, first).await.into_iter().filter_map(|row| row.undo_refused).collect();
        assert_eq!(kept, ["A later import has added to it. Take that one back first."; 2]);
        assert_eq!(count(town, "organizations where slug in ('northwind-data', 'contoso-mesh')").await, 2);

        // Somebody has taken the first over; it keeps what the second file added. The other loses it.
        sqlx::query("update organizations set verification_status = 'Verified' where slug = 'northwind-data'")
            .execute(&town.owner)
            .await
            .expect("verified");
        imports::undo(&ctx, &sara, second).await.expect("taken back");
        let kept: Vec<String> = all_rows(&ctx, &sara, second).await.into_iter().filter_map(|row| row.undo_refused).collect();
        assert_eq!(kept, ["Northwind Data is verified by now, and keeps what the file added."]);
        let products = |slug: &str| format!("organizations where slug = '{slug}' and products_text <> ''");
        assert_eq!((count(town, &products("northwind-data")).await, count(town, &products("contoso-mesh")).await), (1, 0));
        follow_until(&ctx, async || total(&ctx, "q=contoso+gate").await == 0).await;
    })
    .await;
}

#[tokio::test]
async fn a_run_that_dies_leaves_nothing_and_the_next_one_does_it_all() {
    sequel(async |town| {
        let ctx = town.ctx();
        let sara = sara(&ctx).await;
        let (front, back) = (
            ["Amber", "Birch", "Cedar", "Dune", "Ember", "Fjord", "Glacier", "Harbour", "Indigo", "Juniper", "Krypton", "Lagoon"],
            ["works", "logic", "metrics", "foundry", "pilot", "garden", "signal", "quarry", "vault", "bridge", "mills", "press"],
        );
        let mut list = String::from("name,website\n");
        for (a, b) in front.iter().flat_map(|a| back.iter().map(move |b| (a, b))) {
            list.push_str(&format!("{a} {b},{}-{b}.example\n", a.to_lowercase()));
        }
        let id = bring(&ctx, &sara, "organizations", &list).await;
        imports::decide(&ctx, &sara, id, &Decided::All(Outcome::Ask, Choice::Make, vec![])).await.expect("open");
        let wanted = view(&ctx, &sara, id).await.counts.make;
        assert_eq!(wanted, 144);
        let before = count(town, "organizations").await;
        imports::apply(&ctx, &sara, id, &[]).await.expect("ready");
        // Every step that is told, in its order.
        let watch = "create table progress_told (place bigint generated always as identity, done integer, total integer);
             create function tell_progress() returns trigger language plpgsql security definer as $$
             begin insert into public.progress_told (done, total) values (new.done, new.total); return new; end $$;
             create trigger progress_told after insert or update on import_progress for each row execute function tell_progress();
             create table claims (place bigint generated always as identity, slug text, website text);
             create function tell_slug() returns trigger language plpgsql security definer as $$
             begin insert into public.claims (slug) values (new.slug); return new; end $$;
             create function tell_website() returns trigger language plpgsql security definer as $$
             begin insert into public.claims (website) values (new.identity_key); return new; end $$;
             create trigger claims after insert on organization_slugs for each row execute function tell_slug();
             create trigger claims after insert on organizations for each row execute function tell_website()";
        sqlx::raw_sql(watch).execute(&town.owner).await.expect("watched");

        // It dies when half of it is made, though nobody else sees any of it.
        let halfway = async {
            loop {
                let done = count(town, "import_progress where done > 0").await;
                if done > 0 {
                    break;
                }
                tokio::time::sleep(std::time::Duration::from_millis(2)).await;
            }
            let seen = view(&ctx, &sara, id).await;
            (seen.state, [100, 144].contains(&seen.done), seen.total, count(town, "organizations").await)
        };
        tokio::select! {
            biased;
            seen = halfway => assert_eq!(seen, (State::Applying, true, 144, before), "how far it is can be seen, and nothing else"),
            done = imports::run(&ctx, id) => panic!("it was done before anybody looked: {done:?}"),
        }
        assert_eq!(count(town, "organizations").await, before, "nothing is half done");
        assert_eq!(count(town, "facts where name = 'organization_imported'").await, 0);
        assert_eq!(code(imports::undo(&ctx, &sara, id).await), "IMPORT_NOT_APPLIED");

        sqlx::query("delete from progress_told").execute(&town.owner).await.expect("from here on");
        town.drain().await;
        assert_eq!(view(&ctx, &sara, id).await.state, State::Applied);
        assert_eq!(count(town, "organizations").await, before + wanted);
        let steps: Vec<(i32, i32)> =
            sqlx::query_as("select done, total from progress_told order by place").fetch_all(&town.owner).await.expect("steps");
        assert_eq!(steps, [(0, 144), (100, 144), (144, 144), (144, 144)], "begun, a hundred, all of them, and whole");
        // All of it is claimed in one order, which is not the file's: of two runs none waits for one that waits for it.
        for column in ["slug", r#"website collate "C""#] {
            let wrong = format!(
                "(select {column} as it, lag({column}) over (order by place) as before from claims where {column} is not null) c
                 where before > it"
            );
            assert_eq!(count(town, &wrong).await, 0, "{column}");
        }
        assert_eq!(count(town, "claims").await, 2 * wanted);
        // A job that runs once more finds nothing to do.
        imports::run(&ctx, id).await.expect("nothing to do");
        assert_eq!(count(town, "organizations").await, before + wanted);
    })
    .await;
}

fn packed(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        writer.start_file(*name, zip::write::SimpleFileOptions::default()).expect("a part");
        std::io::Write::write_all(&mut writer, bytes).expect("written");
    }
    writer.finish().expect("packed").into_inner()
}

#[tokio::test]
async fn pictures_belong_to_rows_by_their_names() {
    sequel(async |town| {
        let ctx = town.ctx();
        let sara = sara(&ctx).await;
        let id = bring(&ctx, &sara, "organizations", SHAPES).await;
        let svg =
            br##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><rect width="64" height="64" fill="#246"/></svg>"##;
        let archive = packed(&[
            ("logos/northwind.svg", svg.as_slice()),
            ("logos/contoso-mesh.svg", svg.as_slice()),
            ("logos/nobody-knows.svg", svg.as_slice()),
            ("logos/odd-baskets.svg", b"no picture at all"),
            ("__MACOSX/._northwind.svg", b"x"),
        ]);
        imports::add_pictures(&ctx, &sara, id, archive).await.expect("unpacked");
        let pictures: Vec<String> = view(&ctx, &sara, id)
            .await
            .pictures
            .into_iter()
            .map(|it| format!("{}: {}, {}", it.file_name, it.outcome, it.reason))
            .collect();
        insta::assert_snapshot!("pictures_by_their_names", pictures.join("\n"));
        apply(town, &sara, id).await;
        assert_eq!(
            count(town, "organizations where slug in ('northwind-data', 'contoso-mesh') and logo_id is not null").await,
            2
        );

        // What is no archive, or a far larger one than it says, is refused in words and harms nothing.
        for (bytes, words) in [
            (b"nothing".to_vec(), "no ZIP archive"),
            (packed(&[]), "holds no pictures"),
            (packed(&[("whole-place.svg", &vec![b' '; 3 * 1024 * 1024])]), ""),
        ] {
            match imports::add_pictures(&ctx, &sara, id, bytes).await {
                Err(error) => {
                    assert_eq!(error.code(), "VALIDATION_ERROR");
                    assert!(!words.is_empty() && format!("{error:?}").contains(words), "{error:?}");
                }
                Ok(()) => assert!(
                    view(&ctx, &sara, id)
                        .await
                        .pictures
                        .iter()
                        .any(|it| it.file_name == "whole-place.svg" && it.outcome == "refused")
                ),
            }
        }
        let many: Vec<(String, Vec<u8>)> = (0..40).map(|n| (format!("{n}.svg"), vec![b' '; 2 * 1024 * 1024])).collect();
        let parts: Vec<(&str, &[u8])> = many.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
        let bomb = packed(&parts);
        assert!(bomb.len() < 400_000);
        assert!(format!("{:?}", imports::add_pictures(&ctx, &sara, id, bomb).await).contains("64 MB"));
        let mei = who(&ctx, MEI).await;
        assert_eq!(code(imports::add_pictures(&ctx, &mei, id, packed(&[])).await), "NOT_FOUND");
    })
    .await;
}

#[tokio::test]
async fn of_pictures_that_nobody_takes_the_report_says_why() {
    sequel(async |town| {
        let ctx = town.ctx();
        let sara = sara(&ctx).await;
        let list = "name,website,logo\nNorthwind Data,northwind-data.example,north.svg\nNorthwind Data (training),northwind-data.example/training,training.svg\nNorth Query,northwind-data.example/query,query.svg\nLonely Tool,github.com/somebody/lonely-tool,lonely.svg\nContoso Mesh,contoso-mesh.example,contoso.svg\nAcme Cloud,acme.example,acme.svg\nAiry,apache.org/airy,airy.svg\n";
        let id = bring(&ctx, &sara, "organizations", list).await;
        let rows = outcomes(&all_rows(&ctx, &sara, id).await);
        assert_eq!(rows, [(2, "make"), (3, "merge"), (4, "merge"), (5, "ask"), (6, "make"), (7, "there"), (8, "skip")]);
        let names = ["north", "training", "query", "lonely", "contoso", "acme", "airy"];
        let files: Vec<(String, String)> = names.iter().map(|name| (format!("{name}.svg"), drawn("#246"))).collect();
        let parts: Vec<(&str, &[u8])> = files.iter().map(|(name, text)| (name.as_str(), text.as_bytes())).collect();
        imports::add_pictures(&ctx, &sara, id, packed(&parts)).await.expect("unpacked");
        let told = async || {
            let pictures = view(&ctx, &sara, id).await.pictures.into_iter();
            pictures.map(|it| (it.file_name, it.outcome, it.reason)).collect::<Vec<_>>()
        };
        let whole = |list: [(&str, &str, &str); 7]| list.map(|(name, outcome, why)| (name.to_owned(), outcome.to_owned(), why.to_owned())).to_vec();
        let expected = [
            ("acme.svg", "unused", "Line 7 has a profile already, which keeps what it has."),
            ("airy.svg", "unused", "Line 8 is left out."),
            ("contoso.svg", "matched", "For line 6."),
            ("lonely.svg", "unused", "Line 5 waits for a decision."),
            ("north.svg", "matched", "For line 2."),
            ("query.svg", "unused", "Line 4 is a product, and its picture is no company's logo."),
            ("training.svg", "unused", "Line 2 takes north.svg."),
        ];
        assert_eq!(told().await, whole(expected));
        // It follows what is decided, and is what the run does.
        imports::decide(&ctx, &sara, id, &Decided::Rows(vec![(6, Some(Choice::Skip)), (5, Some(Choice::Make))])).await.expect("open");
        let before = count(town, "organizations where logo_id is not null").await;
        assert_eq!(apply(town, &sara, id).await.state, State::Applied);
        let mut decided = expected;
        decided[2] = ("contoso.svg", "unused", "Line 6 is left out.");
        decided[3] = ("lonely.svg", "matched", "For line 5.");
        assert_eq!(told().await, whole(decided));
        assert_eq!(count(town, "organizations where logo_id is not null").await - before, 2);

        // Once it was carried out: the same picture is still the one that was taken, another comes too late.
        let archive = packed(&[("north.svg", drawn("#246").as_bytes()), ("northwind-data.svg", drawn("#642").as_bytes())]);
        imports::add_pictures(&ctx, &sara, id, archive).await.expect("unpacked");
        let late = told().await;
        let of = |name: &str| late.iter().find(|it| it.0 == name).map(|it| (it.1.as_str(), it.2.as_str())).expect("told of");
        assert_eq!(of("north.svg"), ("matched", "For line 2."));
        assert_eq!(
            of("northwind-data.svg"),
            ("unused", "The profile of line 2 has a logo already, or is kept by its own people.")
        );
    })
    .await;
}

/// A picture of one colour.
fn drawn(colour: &str) -> String {
    format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><rect width="64" height="64" fill="{colour}"/></svg>"##
    )
}

#[tokio::test]
async fn a_products_picture_is_no_companys_logo() {
    sequel(async |town| {
        let ctx = town.ctx();
        let sara = sara(&ctx).await;
        let first = bring(&ctx, &sara, "organizations", "name,website\nNorthwind Data,northwind-data.example\n").await;
        apply(town, &sara, first).await;
        let list = "name,website,logo\nLakeside Query,northwind-data.example/lake,lake.svg\n";
        let second = bring(&ctx, &sara, "organizations", list).await;
        assert_eq!(outcomes(&all_rows(&ctx, &sara, second).await), [(2, "merge")]);
        let archive = packed(&[("lake.svg", drawn("#246").as_bytes())]);
        imports::add_pictures(&ctx, &sara, second, archive).await.expect("unpacked");
        assert_eq!(apply(town, &sara, second).await.state, State::Applied);
        let has = async |what: &str| count(town, &format!("organizations where slug = 'northwind-data' and {what}")).await;
        assert_eq!(has("products_text ilike '%lakeside%'").await, 1, "the product is there");
        assert_eq!(has("logo_id is null").await, 1, "and the company has no sign of its own yet");
    })
    .await;
}

#[tokio::test]
async fn a_command_looks_and_carries_out() {
    sequel(async |town| {
        let ctx = town.ctx();
        sara(&ctx).await;
        let run = async |by: &str, target: &str, community: &str, dry_run: bool| {
            let bytes = if target == "events" { br#"[{"name": "Northern Mesh Days"}]"#.to_vec() } else { SHAPES.into() };
            imports::by_command(&ctx, by, target, community, "list".into(), bytes, vec![], dry_run).await
        };
        let before = count(town, "organizations").await;
        let looked = run(SARA.email, "organizations", "", true).await.expect("looked at");
        assert!(looked.contains("would be made") && looked.contains("line 17: Bad Row"), "{looked}");
        assert!(looked.contains("No column says who sponsors"), "{looked}");
        assert_eq!(count(town, "organizations").await, before, "a dry run");
        let done = run(SARA.email, "organizations", "", false).await.expect("carried out");
        assert!(done.contains(" made, ") && done.contains("/imports/"), "{done}");
        assert!(count(town, "organizations").await > before);
        assert!(run(SARA.email, "events", "apex-circle", false).await.expect("carried out").contains("1 made"));
        for (by, target, community, words) in [
            (RAVI.email, "organizations", "", "not of the staff"),
            ("nobody@nowhere.example", "organizations", "", "nobody has the address"),
            (SARA.email, "sponsors", "", "by their community"),
            (SARA.email, "events", "", "Name the community"),
            (SARA.email, "sheep", "", ""),
        ] {
            let refused = run(by, target, community, true).await.expect_err("refused").to_string();
            assert!(refused.contains(words), "{refused}");
        }
    })
    .await;
}

#[tokio::test]
async fn what_was_merged_by_hand_is_remembered() {
    sequel(async |town| {
        let ctx = town.ctx();
        let sara = sara(&ctx).await;
        let list = "name,website\nNorthwind,northwind.example\nGrip,github.com/northwind/grip\nAcme Cluod,acme-cluod.example\n";
        let first = bring(&ctx, &sara, "organizations", list).await;
        let rows = all_rows(&ctx, &sara, first).await;
        assert_eq!(outcomes(&rows), [(2, "make"), (3, "ask"), (4, "ask")], "{rows:#?}");
        imports::decide(&ctx, &sara, first, &Decided::Rows(vec![(3, Some(Choice::Merge)), (4, Some(Choice::Merge))]))
            .await
            .expect("open");
        let rows = all_rows(&ctx, &sara, first).await;
        assert_eq!(outcomes(&rows), [(2, "make"), (3, "merge"), (4, "there")], "{rows:#?}");
        assert_eq!(apply(town, &sara, first).await.state, State::Applied);
        let before = count(town, "organizations").await;

        // Neither is asked about, so that nothing that is decided for all that wait doubles them.
        let second = bring(&ctx, &sara, "organizations", list).await;
        let rows = all_rows(&ctx, &sara, second).await;
        assert_eq!(outcomes(&rows), [(2, "there"), (3, "there"), (4, "there")], "{rows:#?}");
        assert_eq!(rows[1].reason, "It goes with Northwind, as somebody decided before.");
        assert!(rows[2].reason.contains("whose own people keep its profile"), "{rows:#?}");
        imports::decide(&ctx, &sara, second, &Decided::All(Outcome::Ask, Choice::Make, vec![])).await.expect("open");
        assert_eq!(view(&ctx, &sara, second).await.counts.make, 0);
        assert_eq!(count(town, "organizations").await, before);

        // What another desk decides is its own, and so is what it is asked. What is taken back counts no more.
        let ravi = who(&ctx, RAVI).await;
        let theirs = bring(&ctx, &ravi, "sponsors", "sponsor,website\nAcme Cluod,acme-cluod.example\n").await;
        assert_eq!(outcomes(&all_rows(&ctx, &ravi, theirs).await), [(2, "ask")]);
        imports::undo(&ctx, &sara, first).await.expect("taken back");
        let third = bring(&ctx, &sara, "organizations", list).await;
        assert_eq!(view(&ctx, &sara, third).await.counts.ask, 2);
    })
    .await;
}

const LIST: &str = "Company;URL;Segment\nNorth Query;https://northwind-data.com/query;Database\nNorthwind Data;https://www.northwind-data.com;Database\nContoso Cloud;contoso-cloud.com/en;Service Mesh\nBad Row;not a website;\n=1+1;formula.com;\nAcme Cluod;acme-cluod.com;\n";

#[tokio::test]
async fn a_file_from_its_columns_to_its_way_back() {
    sequel(async |town| {
        let ctx = town.ctx();
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
        imports::decide(&ctx, &sara, id, &Decided::All(Outcome::Ask, Choice::Make, vec![])).await.expect("open");
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
async fn cells_are_forgotten_and_the_report_stays() {
    sequel(async |town| {
        let ctx = town.ctx();
        let sara = sara(&ctx).await;
        let id = bring(&ctx, &sara, "organizations", SHAPES).await;
        let applied = apply(town, &sara, id).await;
        assert!(applied.kept_label.contains("is kept until") && applied.can.add_pictures, "{}", applied.kept_label);
        let with_cells = format!("import_rows where import_id = '{id}' and cells <> '{{}}'");
        let before = (count(town, &with_cells).await, all_rows(&ctx, &sara, id).await);
        assert!(before.0 > 0 && applied.counts.unmapped > 0, "{:?}", applied.counts);

        town.shift(89 * 86_400).await;
        assert_eq!(count(town, &with_cells).await, before.0, "not a day too early");
        town.shift(86_400 + 60).await;
        assert_eq!(count(town, &with_cells).await, 0);
        assert_eq!(count(town, "deadlines where kind = 'import-cells'").await, 0);

        let forgotten = imports::view_as(&ctx, id, "", 1).await.expect("there");
        assert_eq!((forgotten.state, forgotten.counts), (State::Applied, applied.counts));
        assert!(forgotten.kept_label.contains("was forgotten on") && !forgotten.can.add_pictures, "{}", forgotten.kept_label);
        assert!(forgotten.fields.iter().all(|field| field.samples.is_empty()), "{:?}", forgotten.fields);
        let told =
            |rows: &[RowView]| rows.iter().map(|row| (row.title.clone(), row.outcome, row.reason.clone())).collect::<Vec<_>>();
        let after = all_rows(&ctx, &sara, id).await;
        // A row that could not be read has nothing but what stood in its cells.
        let kept = |(title, outcome, reason): (String, Outcome, String)| match outcome {
            Outcome::Problem => ("(forgotten)".to_owned(), outcome, "It could not be read.".to_owned()),
            _ => (title, outcome, reason),
        };
        assert_eq!(told(&after), told(&before.1).into_iter().map(kept).collect::<Vec<_>>());
        assert!(after.iter().all(|row| row.unmapped.is_empty() || row.unmapped == "something that nothing here could hold"));
        let archive = packed(&[("northwind.svg", b"<svg/>".as_slice())]);
        assert_eq!(code(imports::add_pictures(&ctx, &sara, id, archive).await), "FILE_FORGOTTEN");
        let made = format!("organizations where id in (select made_id from import_rows where import_id = '{id}')");
        let there = count(town, &made).await;
        imports::undo(&ctx, &sara, id).await.expect("taken back, also now");
        assert!(count(town, &made).await < there);
    })
    .await;
}

#[tokio::test]
async fn what_a_file_says_of_people_goes_with_its_run() {
    sequel(async |town| {
        let ctx = town.ctx();
        let sara = sara(&ctx).await;
        let list = "name,website,email,description,telephone\nNorthwind Data,northwind-data.example,team@northwind-data.example,Ask for Nora,98765 43210\n";
        let id = bring(&ctx, &sara, "organizations", list).await;
        let held = async |word: &str| {
            count(town, &format!("import_rows where import_id = '{id}' and array_to_string(cells, '|') like '%{word}%'")).await
        };
        for word in ["team@", "Nora", "98765", "Northwind", "northwind-data.example"] {
            assert_eq!(held(word).await, 1, "{word} is read by every look");
        }
        // Also a run that was given up would need them again: they go with the one that is whole.
        let applied = apply(town, &sara, id).await;
        assert_eq!(applied.state, State::Applied, "{}", applied.note);
        for word in ["team@", "Nora", "98765"] {
            assert_eq!(held(word).await, 0, "{word} is needed by nobody");
        }
        assert_eq!(held("Northwind Data").await, 1);
        assert_eq!(count(town, "organizations where slug = 'northwind-data' and primary_email = 'team@northwind-data.example'").await, 1);

        // By what is left a picture still finds its row, and the run can be taken back.
        let svg = br##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><rect width="64" height="64" fill="#246"/></svg>"##;
        imports::add_pictures(&ctx, &sara, id, packed(&[("northwind-data.svg", svg.as_slice())])).await.expect("unpacked");
        assert_eq!(count(town, "organizations where slug = 'northwind-data' and logo_id is not null").await, 1);
        imports::undo(&ctx, &sara, id).await.expect("taken back");
        assert_eq!(count(town, "organizations where slug = 'northwind-data'").await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_mailbox_that_could_not_be_read_goes_with_the_run_too() {
    sequel(async |town| {
        let ctx = town.ctx();
        let sara = sara(&ctx).await;
        let list = "name,website,email\n\
                    Northwind Data,northwind-data.example,team@northwind-data.example\n\
                    Broken Post,broken-post.example,nora@quill-home\n\
                    Broken Twice,broken-twice.example,nora@quill@broken-twice.example\n\
                    Broken Site,no site,office@broken-site.example\n";
        let id = bring(&ctx, &sara, "organizations", list).await;
        let says = async |word: &str| {
            count(town, &format!("import_rows r where r.import_id = '{id}' and r::text like '%{word}%'")).await
        };
        let titles = |rows: &[RowView]| rows.iter().map(|row| row.title.clone()).collect::<Vec<_>>();
        let named = ["Northwind Data", "Broken Post", "Broken Twice", "Broken Site"];
        let looked = all_rows(&ctx, &sara, id).await;
        assert_eq!(outcomes(&looked), [(2, "make"), (3, "problem"), (4, "problem"), (5, "problem")], "{looked:#?}");
        assert_eq!(titles(&looked), named);
        // Until then whoever brought it reads what is wrong with it.
        assert!(looked[1].reason.starts_with("Mailbox: ") && looked[1].reason.contains("quill-home"), "{}", looked[1].reason);
        assert_eq!(says("quill").await, 2);

        let applied = apply(town, &sara, id).await;
        assert_eq!(applied.state, State::Applied, "{}", applied.note);
        for word in ["quill", "nora", "team@", "office@"] {
            assert_eq!(says(word).await, 0, "{word}");
        }
        let after = all_rows(&ctx, &sara, id).await;
        assert_eq!((titles(&after), outcomes(&after)), (titles(&looked), outcomes(&looked)), "the report still names its rows");
        assert_eq!(after[1].reason, "Mailbox: It could not be read.");
        assert_eq!(after[2].reason, after[1].reason);
        assert_eq!(after[3].reason, looked[3].reason, "no mailbox stands in it");
        assert!(!imports::report(&ctx, &sara, id).await.expect("theirs").contains("quill"));
    })
    .await;
}

#[tokio::test]
async fn reports_of_before_lose_the_mailboxes_that_they_kept() {
    sequel(async |town| {
        let ctx = town.ctx();
        let sara = sara(&ctx).await;
        let list = "name,website,email,notes\n\
                    Northwind Data,northwind-data.example,team@northwind-data.example,Ask for Nora\n\
                    Broken Post,broken-post.example,nora@quill-home,\n\
                    Broken Site,no site,office@broken-site.example,\n";
        let id = bring(&ctx, &sara, "organizations", list).await;
        assert_eq!(apply(town, &sara, id).await.state, State::Applied);
        let waits = bring(&ctx, &sara, "organizations", list).await;
        let before = all_rows(&ctx, &sara, id).await;
        let says = async |id: IntakeId, word: &str| {
            count(town, &format!("import_rows r where r.import_id = '{id}' and r::text like '%{word}%'")).await
        };

        // As runs left them before: every cell as it came, and a row whose mailbox could not be read called by it.
        sqlx::query(
            "update import_rows r set cells = w.cells from import_rows w
             where r.import_id = $1 and w.import_id = $2 and w.number = r.number",
        )
        .bind(id.0)
        .bind(waits.0)
        .execute(&town.owner)
        .await
        .expect("cells");
        sqlx::query(
            "update import_rows set title = 'nora@quill-home', reason = 'Mailbox: quill-home is no domain.'
             where import_id = $1 and number = 3",
        )
        .bind(id.0)
        .execute(&town.owner)
        .await
        .expect("a title");
        assert_eq!((says(id, "quill").await, says(id, "team@").await, says(id, "Nora").await), (1, 1, 1));

        let cleaning = include_str!("../../migrations/0157_nobodys_mailbox_stays_with_an_old_report.sql");
        for _ in 0..2 {
            sqlx::raw_sql(cleaning).execute(&town.owner).await.expect("cleaned");
        }

        for word in ["quill", "nora", "Nora", "team@", "office@"] {
            assert_eq!(says(id, word).await, 0, "{word}");
        }
        assert_eq!(says(id, "northwind-data.example").await, 1, "by that a picture finds its row");
        assert_eq!(says(waits, "quill").await, 1, "what waits is read by every look");
        let after = all_rows(&ctx, &sara, id).await;
        assert_eq!(
            after.iter().map(|row| row.title.as_str()).collect::<Vec<_>>(),
            ["Northwind Data", "Broken Post", "Broken Site"]
        );
        assert_eq!(after, before, "as a run of today leaves it");
    })
    .await;
}

#[tokio::test]
async fn columns_are_named_once_and_remembered() {
    sequel(async |town| {
        let ctx = town.ctx();
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

/// A workbook: of each sheet its name and its rows of cells.
fn workbook(sheets: &[(&str, &[&[&str]])]) -> Vec<u8> {
    const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006";
    let (mut named, mut related, mut parts) = (String::new(), String::new(), Vec::new());
    for (number, (name, rows)) in (1..).zip(sheets) {
        named.push_str(&format!(r#"<sheet name="{name}" sheetId="{number}" r:id="rId{number}"/>"#));
        related.push_str(&format!(
            r#"<Relationship Id="rId{number}" Type="{OFFICE}/worksheet" Target="worksheets/sheet{number}.xml"/>"#
        ));
        let mut text = format!(r#"<?xml version="1.0"?><worksheet xmlns="{MAIN}"><sheetData>"#);
        for (line, cells) in (1..).zip(rows.iter()) {
            text.push_str(&format!(r#"<row r="{line}">"#));
            for (column, cell) in ('A'..).zip(cells.iter()) {
                text.push_str(&format!(r#"<c r="{column}{line}" t="inlineStr"><is><t>{cell}</t></is></c>"#));
            }
            text.push_str("</row>");
        }
        text.push_str("</sheetData></worksheet>");
        parts.push((format!("xl/worksheets/sheet{number}.xml"), text));
    }
    let around = [
        (
            "[Content_Types].xml",
            format!(r#"<Types xmlns="{PACKAGE}/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>"#),
        ),
        (
            "_rels/.rels",
            format!(
                r#"<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>"#
            ),
        ),
        ("xl/workbook.xml", format!(r#"<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>{named}</sheets></workbook>"#)),
        ("xl/_rels/workbook.xml.rels", format!(r#"<Relationships xmlns="{PACKAGE}/relationships">{related}</Relationships>"#)),
    ];
    parts.extend(around.map(|(name, text)| (name.to_owned(), format!(r#"<?xml version="1.0"?>{text}"#))));
    let parts: Vec<(&str, &[u8])> = parts.iter().map(|(name, text)| (name.as_str(), text.as_bytes())).collect();
    packed(&parts)
}

#[tokio::test]
async fn of_a_workbook_it_is_said_which_sheet_is_read_and_another_can_be() {
    sequel(async |town| {
        let ctx = town.ctx();
        let (sara, mei) = (sara(&ctx).await, who(&ctx, MEI).await);
        let companies: &[&[&str]] =
            &[&["name", "website"], &["Northwind Data", "northwind-data.example"], &["Contoso Mesh", "contoso-mesh.example"]];
        let old: &[&[&str]] = &[&["Wer", "Wo"], &["Odd Baskets", "odd-baskets.example"]];
        let notes: &[&[&str]] = &[&["Read me"]];
        let book = workbook(&[("Notes", notes), ("Old", old), ("Companies", companies)]);
        let brought = async || imports::bring(&ctx, &sara, file("organizations", "book.xlsx", book.clone())).await.expect("read");
        let id = brought().await;
        let first = view(&ctx, &sara, id).await;
        assert_eq!(
            (first.sheet.as_str(), first.sheets.as_slice()),
            ("Old", ["Notes", "Old", "Companies"].map(str::to_owned).as_slice())
        );
        assert_eq!(first.sheets_label(), "Read is the sheet “Old”. Not read: “Notes”, “Companies”.");
        assert_eq!(first.state, State::Mapping, "it has columns of its own");

        // Another one, whose rows take the place of those.
        imports::choose_sheet(&ctx, &sara, id, "Companies").await.expect("there");
        let second = view(&ctx, &sara, id).await;
        assert_eq!((second.state, second.sheet.as_str(), second.counts.make), (State::Ready, "Companies", 2));
        assert_eq!(second.headings, ["name", "website"]);
        for (sheet, words) in [("Notes", "no rows"), ("Nowhere", "no sheet")] {
            let refused = format!("{:?}", imports::choose_sheet(&ctx, &sara, id, sheet).await.expect_err("refused"));
            assert!(refused.contains(words), "{refused}");
        }
        assert_eq!(view(&ctx, &sara, id).await.counts.make, 2, "what was refused has changed nothing");
        assert_eq!(code(imports::choose_sheet(&ctx, &mei, id, "Old").await), "NOT_FOUND");

        // It is remembered for the next workbook with these sheets; whoever names one gets that.
        let again = brought().await;
        assert_eq!(view(&ctx, &sara, again).await.sheet, "Companies");
        let named = File { sheet: "Old".into(), ..file("organizations", "book.xlsx", book.clone()) };
        let named = imports::bring(&ctx, &sara, named).await.expect("read");
        assert_eq!(view(&ctx, &sara, named).await.sheet, "Old");

        // The workbook itself goes with the run; what was read of it stays in the report.
        let kept = format!("import_books where import_id = '{id}' and book is not null");
        assert_eq!(count(town, &kept).await, 1);
        assert_eq!(apply(town, &sara, id).await.state, State::Applied);
        assert_eq!(count(town, &kept).await, 0);
        assert_eq!(code(imports::choose_sheet(&ctx, &sara, id, "Old").await), "IMPORT_NOT_READY");
        let report = imports::report(&ctx, &sara, id).await.expect("a report");
        assert!(report.contains("Read is the sheet “Companies”. Not read: “Notes”, “Old”."), "{report}");

        // A file that is one list has no sheets to speak of.
        let list = bring(&ctx, &sara, "organizations", LIST).await;
        assert_eq!(view(&ctx, &sara, list).await.sheets_label(), "");
        assert_eq!(code(imports::choose_sheet(&ctx, &sara, list, "Old").await), "VALIDATION_ERROR");

        // And on the page, without scripts.
        let mut ravi = signed_in(town, RAVI).await;
        let sent = ravi
            .submit_file(
                "/imports",
                &[("_form", "bring"), ("target", "sponsors")],
                &Chosen { field: "file", name: "book.xlsx", kind: "application/octet-stream", bytes: &book },
            )
            .await;
        let page = sent.location().split('?').next().expect("a path").to_owned();
        assert!(ravi.open(&page).await.text.contains("Read is the sheet “Old”."));
        assert_eq!(ravi.submit(&page, "sheet", &[("sheet", "Companies")]).await.status, StatusCode::SEE_OTHER);
        let shown = ravi.open(&page).await.text;
        assert!(shown.contains("Not read: “Notes”, “Old”.") && shown.contains("Contoso Mesh"), "{shown}");
    })
    .await;
}

#[tokio::test]
async fn a_name_that_came_meanwhile_gives_the_run_up() {
    sequel(async |town| {
        let ctx = town.ctx();
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

#[tokio::test]
async fn no_run_stays_at_work_for_ever() {
    sequel(async |town| {
        let ctx = town.ctx();
        let sara = sara(&ctx).await;
        // More of one name than there are addresses for it.
        let mut list = String::from("name,website\n");
        for n in 0..51 {
            list.push_str(&format!("Twin Tools,twin-tools-{n}.example\n"));
        }
        let id = bring(&ctx, &sara, "organizations", &list).await;
        imports::decide(&ctx, &sara, id, &Decided::All(Outcome::Ask, Choice::Make, vec![])).await.expect("open");
        let given_up = apply(town, &sara, id).await;
        assert_eq!((given_up.state, given_up.counts.make), (State::Ready, 51));
        assert!(given_up.note.contains("Leave some of those rows out"), "{}", given_up.note);

        // Its workers were lost with it.
        let id = bring(&ctx, &sara, "organizations", "name,website\nLost Works,lost-works.example\n").await;
        imports::apply(&ctx, &sara, id, &[]).await.expect("ready");
        imports::give_up_stranded(&ctx).await.expect("looked");
        assert_eq!(view(&ctx, &sara, id).await.state, State::Applying, "its job is still to be run");
        sqlx::query("update jobs set state = 'dead' where subject = $1")
            .bind(format!("import:{id}"))
            .execute(&town.owner)
            .await
            .expect("a dead job");
        imports::give_up_stranded(&ctx).await.expect("looked");
        let given_up = view(&ctx, &sara, id).await;
        assert_eq!(given_up.state, State::Ready);
        assert!(given_up.note.contains("nothing was imported"), "{}", given_up.note);
        assert_eq!(apply(town, &sara, id).await.state, State::Applied);
        // The dead one was made by this test; nobody is to look for its cause.
        sqlx::query("update jobs set state = 'done' where state = 'dead'").execute(&town.owner).await.expect("cleared");
    })
    .await;
}

#[tokio::test]
async fn a_file_that_is_too_large_is_refused_at_both_doors() {
    sequel(async |town| {
        let mut ravi = signed_in(town, RAVI).await;
        let fields = [("_form", "bring"), ("target", "sponsors")];
        for megabytes in [5, 20] {
            let list = vec![b'a'; megabytes * 1024 * 1024];
            let page = upload(&mut ravi, "/imports", &fields, &list).await;
            assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{megabytes} MB");
            for shown in ["bring-file-error", "The file is larger than 3 MB. Bring it in parts."] {
                assert!(page.text.contains(shown), "{shown} at {megabytes} MB: {}", page.text);
            }
            let answer = upload(&mut ravi, "/api/v1/imports", &fields[1..], &list).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{megabytes} MB");
            let said = answer.json()["error"]["fieldErrors"]["file"].clone();
            assert!(said.as_str().is_some_and(|said| said.contains("3 MB")), "{said}");
        }
    })
    .await;
}

/// A multipart form with one file.
async fn upload(browser: &mut Browser, path: &str, fields: &[(&str, &str)], file: &[u8]) -> Answer {
    browser.submit_file(path, fields, &Chosen { field: "file", name: "list.csv", kind: "text/csv", bytes: file }).await
}

#[tokio::test]
async fn communities_bring_their_own_past_sponsors() {
    sequel(async |town| {
        let ctx = town.ctx();
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
async fn a_file_ties_nobody_whom_a_hand_may_not() {
    sequel(async |town| {
        let ctx = town.ctx();
        let (ravi, tomas) = (who(&ctx, RAVI).await, who(&ctx, TOMAS).await);
        let apex = ravi.community().expect("Apex").0;
        blocks::block(&ctx, &tomas, apex).await.expect("blocked");
        sqlx::query("update organizations set verification_status = 'Disabled' where slug = 'acme-cloud'")
            .execute(&town.owner)
            .await
            .expect("disabled");
        let title: String = sqlx::query_scalar(
            "update events set status = 'Completed' where id = (select id from events where community_id = $1 and status = 'Upcoming' limit 1) returning title",
        )
        .bind(apex)
        .fetch_one(&town.owner)
        .await
        .expect("an event of Apex");
        let site: String = sqlx::query_scalar("select website from organizations where slug = 'lumen-data'")
            .fetch_one(&town.owner)
            .await
            .expect("Lumen");
        let list = format!(
            "sponsor,website,event,tier\nAcme Cloud,https://acme.example,{title},Gold\nLumen Data,{site},{title},Gold\nNorthwind Data,northwind-data.com,{title},Gold\n"
        );
        let id = bring(&ctx, &ravi, "sponsors", &list).await;
        let rows = all_rows(&ctx, &ravi, id).await;
        assert_eq!(outcomes(&rows), [(2, "skip"), (3, "there"), (4, "make")], "{rows:#?}");
        assert!(rows[0].href.is_none() && rows[1].unmapped.contains("only be added by its name"), "{rows:#?}");
        assert_eq!(apply(town, &ravi, id).await.state, State::Applied);
        assert_eq!(count(town, "event_partners where not visible and removed_at is null").await, 1, "the new one alone");
    })
    .await;
}

#[tokio::test]
async fn the_doors_and_who_may_use_them() {
    sequel(async |town| {
        let ctx = town.ctx();
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
        let unkeepable = upload(&mut ravi, "/api/v1/imports", &[("target", "sponsors"), ("community", "a\0b")], list).await;
        assert!(unkeepable.status == 422 && unkeepable.text.contains("U+0000"), "{}", unkeepable.text);
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

        // Who is nobody here learns nothing; who is of the community and does not keep its partners is told so.
        let mut mei = signed_in(town, MEI).await;
        for path in [format!("/imports/{id}"), format!("/api/v1/imports/{id}"), format!("/api/v1/imports/{id}/report")] {
            assert_eq!(mei.open(&path).await.status, StatusCode::NOT_FOUND, "{path}");
        }
        seat(town, VERA, "Volunteer", "Active").await;
        let mut vera = signed_in(town, VERA).await;
        assert_eq!(vera.open("/imports").await.status, StatusCode::FORBIDDEN);
        assert_eq!(vera.open(&format!("/imports/{id}")).await.status, StatusCode::FORBIDDEN);
        assert_eq!(upload(&mut vera, "/api/v1/imports", &[("target", "sponsors")], list).await.status, StatusCode::FORBIDDEN);

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
        let running = ravi.open(&page).await.text;
        assert!(running.contains("It is being imported") && running.contains("Load it again"), "{running}");
        assert!(!running.contains("http-equiv"), "a page that loads itself anew takes its reader's place away: {running}");
        town.drain().await;
        assert!(ravi.open(&page).await.text.contains("Take it back"));
        assert_eq!(ravi.submit(&page, "undo", &[]).await.status, StatusCode::SEE_OTHER);
        let empty = ravi.submit("/imports", "bring", &[("target", "sponsors")]).await;
        assert!(empty.status == 422 && empty.text.contains("Choose a file"), "{}", empty.text);
    })
    .await;
}
