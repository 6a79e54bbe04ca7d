//! Everything of a workspace, taken along by its admins.

use crate::{
    common::{count, signed_in, who},
    counting::Counter,
    planted::{VERA, kept, marker, seat},
    statements::multiply,
    town::{Answer, Browser, Town, sequel},
};
use axum::body::Body;
use commdesk::{
    features::{
        accounts::{rules::Guarded, service as accounts},
        embeds::{rules::Sites, service as embeds},
        events::{
            rules::EventInput,
            service::{self as events, Then},
        },
        exports::service::{self as exports, Turns},
        imports::service as imports,
        requests::{routing, views::RouteInput},
    },
    kernel::actor::{OrganizationRole, Role},
    seeds::people::{self, ASHA, Figure, MALLORY, MEI, PASSWORD, RAVI},
};
use http::{Method, StatusCode, header};
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, BTreeSet},
    io::Read as _,
};

/// Asks for an export; the ticket.
async fn asked(browser: &mut Browser) -> String {
    let answer = browser.submit("/export", "export", &[]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    let ticket = answer.location().strip_prefix("/export?ticket=").unwrap_or_else(|| panic!("{}", answer.location()));
    ticket.split('&').next().expect("a ticket").to_owned()
}

async fn document(browser: &mut Browser, ticket: &str) -> Answer {
    browser.send(Method::GET, &format!("/export/{ticket}/export.json"), &[], Body::empty()).await
}

/// Another admin of Acme Cloud.
const RHEA: Figure = Figure { name: "Rhea Quill", email: "rhea@seat.example", role: "" };

async fn rhea_joins(town: &Town) {
    let ctx = town.ctx();
    let user = people::activate(&ctx, RHEA).await.expect("activated");
    sqlx::query(
        "insert into organization_members (id, organization_id, user_id, role, created_at)
         select $1, id, $2, $3, $4 from organizations where slug = 'acme-cloud'",
    )
    .bind(ctx.id::<uuid::Uuid>())
    .bind(user.0)
    .bind(Role::Organization(OrganizationRole::SponsorAdmin).label())
    .bind(ctx.now())
    .execute(&town.owner)
    .await
    .expect("a seat");
}

/// What the workspace asks a second factor for from now on.
async fn guards(town: &Town, kind: &'static str, slug: &'static str, wanted: &[Guarded]) {
    let labels: Vec<String> = wanted.iter().map(|it| it.label().to_owned()).collect();
    let done = sqlx::query(
        "insert into second_factor_policies (kind, workspace_id, needed_for, updated_at)
         select w.kind, w.id, $3, w.created_at from (
             select 'community'::text as kind, id, slug, created_at from communities
             union all select 'organization', id, slug, created_at from organizations
         ) w where w.kind = $1 and w.slug = $2
         on conflict (kind, workspace_id) do update set needed_for = excluded.needed_for",
    )
    .bind(kind)
    .bind(slug)
    .bind(labels)
    .execute(&town.owner)
    .await
    .expect("a rule");
    assert_eq!(done.rows_affected(), 1, "{slug}");
}

/// What stands in the archive that this person takes along, by its names.
async fn unpacked(town: &Town, figure: Figure) -> BTreeMap<String, Vec<u8>> {
    let ctx = town.ctx();
    let actor = who(&ctx, figure).await;
    let ticket = exports::ask(&ctx, &actor).await.expect("an admin");
    let (_, file) = exports::file(&ctx, &actor, &ticket, "export.zip").await.expect("put together");
    let mut archive = zip::ZipArchive::new(file).expect("an archive");
    let mut all = BTreeMap::new();
    for at in 0..archive.len() {
        let mut entry = archive.by_index(at).expect("an entry");
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).expect("read");
        all.insert(entry.name().unwrap().into_owned(), bytes);
    }
    all
}

fn said(files: &BTreeMap<String, Vec<u8>>) -> Value {
    serde_json::from_slice(&files["export.json"]).expect("JSON")
}

/// The cells of a table, as a spreadsheet reads them.
fn cells(table: &[u8]) -> Vec<Vec<String>> {
    let text = std::str::from_utf8(table).expect("text").trim_start_matches('\u{feff}');
    let (mut rows, mut row, mut cell, mut quoted) = (Vec::new(), Vec::new(), String::new(), false);
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '"' if quoted && letters.peek() == Some(&'"') => {
                letters.next();
                cell.push('"');
            }
            '"' => quoted = !quoted,
            ',' if !quoted => row.push(std::mem::take(&mut cell)),
            '\n' if !quoted => {
                row.push(std::mem::take(&mut cell));
                rows.push(std::mem::take(&mut row));
            }
            letter => cell.push(letter),
        }
    }
    assert!(!quoted && cell.is_empty() && row.is_empty(), "a table ends with its last line: {text}");
    rows
}

#[tokio::test]
async fn a_community_takes_everything_along() {
    sequel(async |town| {
        let mut ravi = signed_in(town, RAVI).await;
        assert!(ravi.open("/export").await.text.contains("Export everything"));
        let menu = ravi.open("/dashboard").await.text;
        for path in ["/export", "/imports", "/searches", "/watchlist"] {
            assert!(menu.contains(&format!("href=\"{path}?as=")), "{path}: {menu}");
        }
        let ticket = asked(&mut ravi).await;
        let page = ravi.open(&format!("/export?ticket={ticket}")).await;
        assert!(page.text.contains("Your export is ready"), "{}", page.text);
        assert_eq!(count(town, "facts where name = 'workspace_exported'").await, 1, "every export is a fact");

        let answer = document(&mut ravi, &ticket).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
        assert_eq!(answer.headers[header::CONTENT_TYPE], "application/json");
        assert!(answer.headers[header::CONTENT_DISPOSITION].to_str().expect("text").contains("apex-circle-export.json"));
        let all: Value = serde_json::from_str(&answer.text).expect("JSON");
        assert_eq!(all["schemaVersion"], 4);
        assert_eq!(
            (all["workspace"]["kind"].as_str(), all["profile"]["slug"].as_str()),
            (Some("community"), Some("apex-circle"))
        );
        let rows = |name: &str| all[name].as_array().unwrap_or_else(|| panic!("{name}")).len();
        let mine = "community_id = (select id from communities where slug = 'apex-circle')";
        for (name, table) in
            [("events", "events"), ("opportunities", "opportunities"), ("requests", "requests"), ("people", "members")]
        {
            assert_eq!(i64::try_from(rows(name)).expect("few"), count(town, &format!("{table} where {mine}")).await, "{name}");
        }
        assert!(rows("partners") > 0);
        // Of others, no more than a page shows: Harbour's events are not there, nor is a mailbox of Acme's people in a profile.
        assert!(!answer.text.contains("Harbour Devs"), "somebody else's community");

        let zip = ravi.send(Method::GET, &format!("/export/{ticket}/export.zip"), &[], Body::empty()).await;
        assert_eq!((zip.status, zip.headers[header::CONTENT_TYPE].to_str().expect("text")), (StatusCode::OK, "application/zip"));
        assert!(zip.text.starts_with("PK") && zip.text.contains("events.csv") && zip.text.contains("export.json"));
        assert_eq!(ravi.send(Method::GET, &format!("/export/{ticket}/other.txt"), &[], Body::empty()).await.status, 404);

        // An hour later it is shut.
        town.house.clock.shift(3_601);
        assert_eq!(document(&mut ravi, &ticket).await.status, StatusCode::NOT_FOUND);
    })
    .await;
}

#[tokio::test]
async fn what_was_deleted_comes_along_as_whole_as_the_rest() {
    sequel(async |town| {
        let ctx = town.ctx();
        let ravi = people::actor(&ctx, RAVI).await.expect("signed in");
        let input = EventInput {
            title: Some("Gone Days".into()),
            description_markdown: Some("Two days of **building**.".into()),
            registration_link: Some("https://gone-days.example/join".into()),
            start_at: Some("2027-11-20T18:30".into()),
            end_at: Some("2027-11-21T20:00".into()),
            timezone: Some("Asia/Kolkata".into()),
            venue_address: Some("12 Lake Road, Pune".into()),
            ..EventInput::default()
        };
        let id = events::draft(&ctx, &ravi, &input, Then::Stay).await.expect("a draft");
        let of = |files: &BTreeMap<String, Vec<u8>>| -> Value {
            let all = said(files);
            let rows = all["events"].as_array().expect("events").iter();
            let mut mine = rows.filter(|row| row["id"] == json!(id));
            let row = mine.next().expect("its own").clone();
            assert!(mine.next().is_none(), "once");
            row
        };
        let before = of(&unpacked(town, RAVI).await);
        assert_eq!((&before["startWall"], before.get("deletedAt")), (&json!("2027-11-20T18:30"), None));
        events::delete(&ctx, &ravi, id).await.expect("deleted");
        let mut after = of(&unpacked(town, RAVI).await);
        assert!(after["deletedAt"].as_str().is_some_and(|at| at.ends_with('Z')), "{after}");
        for name in
            ["descriptionMarkdown", "registrationLink", "startWall", "endWall", "timezone", "venueAddress", "title", "slug"]
        {
            assert_eq!(after[name], before[name], "{name}");
        }
        // What it lacks, what can be done with it and how old it is changed with the deletion; no field is missing.
        let names = |row: &Value| row.as_object().expect("a row").keys().cloned().collect::<BTreeSet<_>>();
        after.as_object_mut().expect("a row").remove("deletedAt");
        assert_eq!(names(&after), names(&before));
    })
    .await;
}

#[tokio::test]
async fn an_organization_takes_everything_along_and_its_admins_hear_of_it() {
    sequel(async |town| {
        rhea_joins(town).await;
        let mut asha = signed_in(town, ASHA).await;
        let ticket = asked(&mut asha).await;
        let answer = document(&mut asha, &ticket).await;
        let all: Value = serde_json::from_str(&answer.text).expect("JSON");
        assert_eq!(all["profile"]["displayName"], "Acme Cloud");
        assert_eq!(all["profile"]["primaryEmail"], ASHA.email);
        let mine = "requests where organization_id = (select id from organizations where slug = 'acme-cloud')";
        assert_eq!(i64::try_from(all["requests"].as_array().expect("requests").len()).expect("few"), count(town, mine).await);
        town.drain().await;
        let told: Vec<String> = town
            .post
            .letters()
            .into_iter()
            .filter(|letter| letter.subject == "Everything of Acme Cloud was exported")
            .map(|letter| letter.to)
            .collect();
        assert_eq!(told, [RHEA.email]);
    })
    .await;
}

#[tokio::test]
async fn a_large_workspace_is_read_by_sets_of_rows() {
    let (counter, _listening) = Counter::start();
    sequel(async |town| {
        let mut ravi = signed_in(town, RAVI).await;
        let ticket = asked(&mut ravi).await;
        // The first may write "last seen".
        document(&mut ravi, &ticket).await;
        counter.take();
        assert_eq!(document(&mut ravi, &ticket).await.status, StatusCode::OK);
        let few = counter.take();
        let apex = "(select id from communities where slug = 'apex-circle')";
        let model = format!(
            "(select id from requests where community_id = {apex} and state = 'Pending' and held_at is null order by id limit 1)"
        );
        let copies = "'slug', 'copy-' || n, 'identity_key', 'copy' || n || '.example'";
        let seat = format!("o.community_id = {apex} and o.user_id = (select id from users where email = 'ravi@apex.example')");
        let wall = format!(
            "o.id = (select id from event_partners where community_id = {apex} and removed_at is null order by id limit 1)"
        );
        for (table, of, changes) in [
            ("organizations", "o.slug = 'acme-cloud'".to_owned(), copies),
            ("events", "o.slug = 'hackfest'".to_owned(), "'slug', 'copy-' || n"),
            (
                "opportunities",
                format!("o.id = (select id from opportunities where community_id = {apex} order by id limit 1)"),
                "'id', gen_random_uuid()",
            ),
            (
                "event_partners",
                wall,
                "'organization_id', null, 'request_id', null, 'name_snapshot', 'Copy ' || n, 'display_order', 100 + n",
            ),
            (
                "users",
                "o.email = 'ravi@apex.example'".to_owned(),
                "'id', md5('user' || n), 'email', 'copy-' || n || '@apex.example'",
            ),
            ("members", seat, "'user_id', md5('user' || n), 'role', 'Designer'"),
            // The wordings first: the request that is copied must be the same for both.
            ("revisions", format!("o.request_id = {model}"), "'request_id', md5('request' || n)"),
            (
                "requests",
                format!("o.id = {model}"),
                "'id', md5('request' || n), 'organization_id', (select id from organizations where slug = 'copy-' || n)",
            ),
        ] {
            multiply(town, table, &of, changes).await;
        }
        counter.take();
        let answer = document(&mut ravi, &ticket).await;
        let many = counter.take();
        let all: Value = serde_json::from_str(&answer.text).expect("JSON");
        let lists =
            [("events", "id"), ("partners", "linkId"), ("opportunities", "id"), ("requests", "id"), ("people", "memberId")];
        for (list, name) in lists {
            let rows = all[list].as_array().unwrap_or_else(|| panic!("{list}"));
            assert!(rows.len() > 1_000, "{list}: {}", rows.len());
            let ids: BTreeSet<&str> = rows.iter().filter_map(|row| row[name].as_str()).collect();
            assert_eq!(ids.len(), rows.len(), "each of {list} once");
        }
        assert!(all["requests"][0].get("colleagues").is_none(), "people stand in a list of their own");
        let rows: usize = lists.iter().filter_map(|(list, _)| all[*list].as_array()).map(Vec::len).sum();
        println!("   {} statements, {} with {rows} rows", few.len(), many.len());
        assert!(many.len() - few.len() < rows / 50, "{rows} rows: {}", many.join("\n   "));
    })
    .await;
}

#[tokio::test]
async fn whoever_comes_too_soon_is_told_when() {
    sequel(async |town| {
        town.new_window(3_600);
        let mut ravi = signed_in(town, RAVI).await;
        let ticket = asked(&mut ravi).await;
        // Two others are at it.
        let turns = town.house.shelf.get::<Turns>();
        let (one, two) = (turns.take().await.expect("free"), turns.take().await.expect("free"));
        let answer = document(&mut ravi, &ticket).await;
        assert_eq!((answer.status, answer.code()), (StatusCode::SERVICE_UNAVAILABLE, "BUSY".to_owned()));
        assert_eq!(answer.headers[header::RETRY_AFTER], "30");
        drop((one, two));
        assert_eq!(document(&mut ravi, &ticket).await.status, StatusCode::OK);
        // And one person has so many an hour.
        for _ in 0..19 {
            document(&mut ravi, &ticket).await;
        }
        assert_eq!(document(&mut ravi, &ticket).await.status, StatusCode::TOO_MANY_REQUESTS);
    })
    .await;
}

#[tokio::test]
async fn nobody_else_opens_it() {
    sequel(async |town| {
        seat(town, VERA, "Volunteer", "Active").await;
        let mut ravi = signed_in(town, RAVI).await;
        let ticket = asked(&mut ravi).await;
        assert_eq!(document(&mut town.visitor(), &ticket).await.status, StatusCode::NOT_FOUND, "nobody");
        for figure in [VERA, MEI, ASHA, MALLORY] {
            let mut browser = signed_in(town, figure).await;
            assert_eq!(document(&mut browser, &ticket).await.status, StatusCode::NOT_FOUND, "{}", figure.email);
        }
        // A role that is no admin's is told so.
        let mut vera = signed_in(town, VERA).await;
        assert_eq!(vera.open("/export").await.status, StatusCode::FORBIDDEN);
        assert_eq!(vera.submit("/export", "export", &[]).await.status, StatusCode::FORBIDDEN);
        // Nor does it open for an admin who is none any more.
        sqlx::query("update members set role = 'Designer' where user_id = (select id from users where email = $1)")
            .bind(RAVI.email)
            .execute(&town.owner)
            .await
            .expect("changed");
        assert_eq!(document(&mut ravi, &ticket).await.status, StatusCode::NOT_FOUND);
        let forged = ticket.replace('~', "9~");
        assert_eq!(document(&mut ravi, &forged).await.status, StatusCode::NOT_FOUND);
    })
    .await;
}

#[tokio::test]
async fn what_is_private_to_others_does_not_come_along() {
    sequel(async |town| {
        let tenants = crate::planted::furnish(town).await;
        // Words are planted in sessions too, but for the one that is still needed.
        let mut ravi = kept(town, RAVI).await;
        let ticket = asked(&mut ravi).await;
        let mut asha = kept(town, ASHA).await;
        let acmes = asked(&mut asha).await;
        crate::planted::keep_facts(town).await;
        crate::planted::plant(town, &tenants).await;
        let answer = document(&mut ravi, &ticket).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
        // The community's own stands in it; what Acme alone sees of itself, and what nobody reads, does not.
        for (table, column) in [
            ("opportunities", "title"),
            ("prepared_decisions", "note"),
            ("imports", "file_name"),
            ("import_rows", "title"),
            ("import_pictures", "file_name"),
            ("api_keys", "name"),
        ] {
            assert!(answer.text.contains(&marker(table, column)), "its own {table}.{column}");
        }
        for (table, column) in [
            ("request_fits", "words"),
            ("api_keys", "secret_hash"),
            ("saved_views", "name"),
            ("organization_claims", "email"),
            ("website_proposals", "website"),
            ("organizations", "decision_reason"),
            ("organizations", "phone"),
            ("users", "password_hash"),
            ("domain_proofs", "token"),
            ("reports", "words"),
            ("notices", "title"),
            ("mails", "subject"),
        ] {
            assert!(!answer.text.contains(&marker(table, column)), "{table}.{column}");
        }
        let theirs = document(&mut asha, &acmes).await;
        assert_eq!(theirs.status, StatusCode::OK, "{}", theirs.text);
        for (table, column) in [("request_fits", "words"), ("website_proposals", "website"), ("api_keys", "name")] {
            assert!(theirs.text.contains(&marker(table, column)), "its own {table}.{column}");
        }
        for (table, column) in [
            // What a stranger claims, and what a community keeps to itself.
            ("organization_claims", "email"),
            ("prepared_decisions", "note"),
            ("imports", "file_name"),
        ] {
            assert!(!theirs.text.contains(&marker(table, column)), "{table}.{column}");
        }
        // Secrets leave with nobody, not even those of one's own people.
        for (table, column) in [
            ("users", "password_hash"),
            ("users", "totp_secret"),
            ("recovery_codes", "code_hash"),
            ("sessions", "token_hash"),
            ("one_time_links", "token_hash"),
            ("invitations", "token_hash"),
            ("join_requests", "token_hash"),
            ("api_keys", "secret_hash"),
            ("domain_proofs", "token"),
        ] {
            let word = marker(table, column);
            assert!(!answer.text.contains(&word) && !theirs.text.contains(&word), "{table}.{column}");
        }
        crate::planted::put_facts_back(town).await;
    })
    .await;
}

#[tokio::test]
async fn no_cell_of_a_workspace_is_a_formula() {
    sequel(async |town| {
        // Words of theirs that a spreadsheet would compute, wherever there are any.
        let apex = "(select id from communities where slug = 'apex-circle')";
        for statement in [
            format!("update communities set bio = '=1+1' where id = {apex}"),
            format!("update events set title = '=HYPERLINK(\"https://evil.example\",\"open\")', subtitle = '+1' where community_id = {apex}"),
            format!("update opportunities set title = '@SUM(1)', description = '-1+1' where community_id = {apex}"),
            format!("update event_partners set name_snapshot = '=cmd|x' where community_id = {apex}"),
            "update users set name = '=2+5' where email like '%@apex.example'".to_owned(),
        ] {
            let done = sqlx::query(sqlx::AssertSqlSafe(statement.clone())).execute(&town.owner).await.expect("words");
            assert!(done.rows_affected() > 0, "{statement}");
        }
        let files = unpacked(town, RAVI).await;
        let (mut tables, mut defused) = (0, 0);
        for (name, bytes) in files.iter().filter(|(name, _)| name.ends_with(".csv")) {
            let rows = cells(bytes);
            let width = rows.first().map_or(0, Vec::len);
            for row in &rows {
                assert_eq!(row.len(), width, "{name}: {row:?}");
                for cell in row {
                    let computes = cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
                    assert!(!computes || cell.parse::<f64>().is_ok(), "{name}: {cell}");
                    defused += usize::from(cell.starts_with("'=") || cell.starts_with("'@") || cell.starts_with("'-"));
                }
            }
            tables += usize::from(rows.len() > 1);
        }
        for (name, word) in [
            ("events.csv", "'=HYPERLINK(\"https://evil.example\",\"open\")"),
            ("opportunities.csv", "'@SUM(1)"),
            ("partners.csv", "'=cmd|x"),
            ("people.csv", "'=2+5"),
            ("profile.csv", "'=1+1"),
        ] {
            assert!(cells(&files[name]).iter().flatten().any(|cell| cell == word), "{name} lacks {word}");
        }
        println!("   {tables} tables with rows, {defused} cells defused");
        // The document is no spreadsheet: there the words are as they were written.
        assert_eq!(said(&files)["profile"]["bio"], "=1+1");
    })
    .await;
}

#[tokio::test]
async fn what_a_community_set_up_comes_along() {
    sequel(async |town| {
        let ctx = town.ctx();
        let ravi = who(&ctx, RAVI).await;
        embeds::choose(&ctx, &ravi, 0, Sites::parse("https://apex.example").expect("a site")).await.expect("chosen");
        let route = RouteInput { region: "South Asia".into(), assignee_id: ravi.user().to_string(), ..RouteInput::default() };
        routing::set_route(&ctx, &ravi, &route).await.expect("set");
        let list = "sponsor,website\nNorthwind Data,northwind-data.example\nBad Row,not a website\n";
        let brought = imports::File { target: "sponsors".into(), name: "list.csv".into(), bytes: list.into(), ..imports::File::default() };
        let import = imports::bring(&ctx, &ravi, brought).await.expect("read");
        let statements = [
            "insert into prepared_decisions (request_id, opportunity_id, decision, note, revision_hash, prepared_by, prepared_at)
             select r.id, r.opportunity_id, 'Accept', 'Tell them on Monday.', encode(v.hash, 'hex'), u.id, r.opened_at
             from requests r join revisions v on v.request_id = r.id and v.sequence = r.revision, users u
             where r.state = 'Pending' and r.opened_by = 'organization' and r.turn = 'community' and u.email = 'ravi@apex.example'
               and r.community_id = (select id from communities where slug = 'apex-circle')",
            "insert into waiting_list (id, opportunity_id, request_id, side, revision_hash, state, joined_at)
             select gen_random_uuid(), r.opportunity_id, r.id, 'organization', encode(v.hash, 'hex'), 'Waiting', r.opened_at
             from requests r join revisions v on v.request_id = r.id and v.sequence = r.revision
             where r.state = 'Pending' and r.opened_by = 'organization' and r.turn = 'community'
               and r.community_id = (select id from communities where slug = 'apex-circle')",
            "insert into api_keys (id, kind, workspace_id, name, secret_hash, tail, scopes, made_by, created_at)
             select gen_random_uuid(), 'community', c.id, 'Website ' || n, decode(md5(n::text), 'hex'), 'abcd', '{event:read}', u.id, c.created_at
             from communities c, users u, generate_series(1, 250) n where c.slug = 'apex-circle' and u.email = 'ravi@apex.example'",
            "insert into second_factor_policies (kind, workspace_id, needed_for, updated_at)
             select 'community', id, '{money}', created_at from communities where slug = 'apex-circle'",
        ];
        for statement in statements {
            let done = sqlx::query(statement).execute(&town.owner).await.unwrap_or_else(|error| panic!("{error}: {statement}"));
            assert!(done.rows_affected() > 0, "{statement}");
        }

        let files = unpacked(town, RAVI).await;
        let all = said(&files);
        assert_eq!(all["embeds"], json!({"sites": ["https://apex.example"]}));
        assert_eq!(all["secondFactor"], json!({"neededFor": ["money"]}));
        assert_eq!(all["inboxRoutes"][0]["region"], "South Asia");
        assert_eq!(all["inboxAnswers"], json!([]), "only sponsors answer by rule");
        assert_eq!(all["preparedDecisions"][0]["note"], "Tell them on Monday.");
        assert_eq!((&all["waitingLine"][0]["state"], &all["waitingLine"][0]["position"]), (&json!("Waiting"), &json!(1)));
        assert_eq!((&all["imports"][0]["id"], &all["imports"][0]["fileName"]), (&json!(import), &json!("list.csv")));
        let outcomes: Vec<&Value> = all["importRows"].as_array().expect("rows").iter().map(|row| &row["outcome"]).collect();
        assert_eq!(outcomes, [&json!("make"), &json!("problem")]);
        assert!(all["importRows"].as_array().expect("rows").iter().all(|row| row["importId"] == json!(import)));
        let keys = all["apiKeys"].as_array().expect("keys");
        assert_eq!(keys.len(), 250, "more than one page of them");
        let hash: String = sqlx::query_scalar("select encode(secret_hash, 'hex') from api_keys where name = 'Website 7'")
            .fetch_one(&town.owner)
            .await
            .expect("a key");
        let text = String::from_utf8_lossy(&files["export.json"]);
        assert!(!text.contains(&hash) && !text.contains("secretHash"), "no key leaves");

        // Its logo is a file, not only an address.
        assert_eq!((&all["files"][0]["picture"], &all["files"][0]["file"]), (&json!("logo"), &json!("files/logo.png")));
        assert!(files["files/logo.png"].starts_with(b"\x89PNG"), "a picture");

        // Another community has none of it.
        let others = said(&unpacked(town, MEI).await);
        for name in ["apiKeys", "imports", "importRows", "preparedDecisions", "inboxRoutes"] {
            assert_eq!(others[name], json!([]), "{name}");
        }
        assert_eq!(others["embeds"], json!({"sites": ["*"]}));
    })
    .await;
}

#[tokio::test]
async fn what_an_organization_set_up_comes_along() {
    sequel(async |town| {
        let statements = [
            "update organizations set wordmark_id = logo_id, logo_on_dark_id = logo_id, brand_colors = '{#102030}',
                                      boilerplate = 'Acme hosts.' where slug = 'acme-cloud'",
            "insert into website_proposals (id, organization_id, website, identity_key, identity_shared, proposed_by, proposed_at, state, reason, decided_at)
             select gen_random_uuid(), o.id, 'https://new.acme.example', 'acme.example', false, u.id, o.created_at, 'Refused', 'Not yet.', o.created_at
             from organizations o, users u where o.slug = 'acme-cloud' and u.email = 'asha@acme.example'",
            // Asha's own claim, and that of somebody who never came to belong to it.
            "insert into organization_claims (id, organization_id, user_id, method, email, state, asked_at, decided_at)
             select gen_random_uuid(), o.id, u.id, 'mailbox', 'claim.' || u.email, 'Approved', o.created_at, o.created_at
             from organizations o, users u where o.slug = 'acme-cloud' and u.email in ('asha@acme.example', 'mei@harbour.example')",
            "insert into join_requests (id, organization_id, user_id, message, created_at)
             select gen_random_uuid(), o.id, u.id, 'Let me in.', o.created_at
             from organizations o, users u where o.slug = 'acme-cloud' and u.email = 'ravi@apex.example'",
            "insert into request_fits (id, organization_id, min_people, currency, max_amount, reason, words, created_by, created_at)
             select gen_random_uuid(), o.id, 100000, 'INR', 1, 'Budget', 'Too small for us.', u.id, o.created_at
             from organizations o, users u where o.slug = 'acme-cloud' and u.email = 'asha@acme.example'",
        ];
        for statement in statements {
            let done = sqlx::query(statement).execute(&town.owner).await.unwrap_or_else(|error| panic!("{error}: {statement}"));
            assert!(done.rows_affected() > 0, "{statement}");
        }
        let files = unpacked(town, ASHA).await;
        let all = said(&files);
        let proposal = &all["websiteProposals"][0];
        assert_eq!((&proposal["state"], &proposal["reason"]), (&json!("Refused"), &json!("Not yet.")));
        let claims: Vec<&Value> = all["claims"].as_array().expect("claims").iter().map(|claim| &claim["email"]).collect();
        assert_eq!(claims, [&json!("claim.asha@acme.example")], "nobody else's");
        assert_eq!(all["joinRequests"][0]["message"], "Let me in.");
        assert_eq!(all["inboxAnswers"][0]["words"], "Too small for us.");
        assert_eq!(all["profile"]["brandColors"], json!(["#102030"]));
        assert_eq!(all["secondFactor"], json!({"neededFor": []}));
        for name in ["files/logo.png", "files/logo-on-dark.png", "files/wordmark.png"] {
            assert!(files[name].starts_with(b"\x89PNG"), "{name}");
        }
        assert_eq!(all["files"].as_array().expect("files").len(), 3);
        assert_eq!(cells(&files["files.csv"]).len(), 4, "their names, and three of them");
    })
    .await;
}

#[tokio::test]
async fn of_what_colleagues_claimed_only_what_was_approved_comes_along() {
    sequel(async |town| {
        rhea_joins(town).await;
        let done = sqlx::query(
            "insert into organization_claims (id, organization_id, user_id, method, email, state, reason, invited_by, asked_at)
             select gen_random_uuid(), o.id, u.id, 'mailbox', lower(s.state) || '.' || s.email, s.state, 'Because it was ' || s.state, c.id, o.created_at
             from organizations o, communities c, users u, (values
                 ('asha@acme.example', 'Asked'), ('asha@acme.example', 'Refused'),
                 ('rhea@seat.example', 'Approved'), ('rhea@seat.example', 'Refused'), ('rhea@seat.example', 'Proven'),
                 ('mei@harbour.example', 'Approved'), ('mei@harbour.example', 'Asked')
             ) s (email, state)
             where o.slug = 'acme-cloud' and c.slug = 'apex-circle' and u.email = s.email",
        )
        .execute(&town.owner)
        .await
        .expect("claims");
        assert_eq!(done.rows_affected(), 7);
        for (who, seen) in [
            (ASHA, vec!["approved.rhea@seat.example", "asked.asha@acme.example", "refused.asha@acme.example"]),
            (RHEA, vec!["approved.rhea@seat.example", "proven.rhea@seat.example", "refused.rhea@seat.example"]),
        ] {
            let files = unpacked(town, who).await;
            let all = said(&files);
            let claims = all["claims"].as_array().expect("claims").iter();
            let mut mailboxes: Vec<&str> = claims.filter_map(|claim| claim["email"].as_str()).collect();
            mailboxes.sort_unstable();
            assert_eq!(mailboxes, seen, "{}", who.email);
        }
    })
    .await;
}

#[tokio::test]
async fn a_second_factor_that_is_asked_for_comes_before_anything_is_stated() {
    const STATED: &str = "facts where name = 'workspace_exported'";
    sequel(async |town| {
        let ctx = town.ctx();
        for (figure, kind, slug, seats, held) in [
            (RAVI, "community", "apex-circle", "members", Guarded::ALL.len()),
            // An organization has no events, no opportunities and nobody on its pages.
            (ASHA, "organization", "acme-cloud", "organization_members", 6),
        ] {
            // Powers that are given by name are held like those of a role.
            let given = format!(
                "update {seats} set signatory = true, finance = true where user_id = (select id from users where email = $1)"
            );
            sqlx::query(sqlx::AssertSqlSafe(given)).bind(figure.email).execute(&town.owner).await.expect("given");
            let session = accounts::sign_in(&ctx, figure.email, PASSWORD, "a test").await.expect("signed in");
            let mut browser = town.visitor().with_session(&session.token);
            let before = asked(&mut browser).await;
            let mut refused = 0;
            for guarded in Guarded::ALL.iter().copied() {
                guards(town, kind, slug, &[guarded]).await;
                let person = accounts::person_by_token(&ctx, &session.token).await.expect("looked up").expect("signed in");
                let actor = person.actor(None).expect("one workspace");
                let stated = count(town, STATED).await;
                if actor.acting.as_ref().is_some_and(|it| it.capabilities.has(guarded.capability())) {
                    let lacks = exports::ask(&ctx, &actor).await.expect_err("without a second factor");
                    assert_eq!(lacks.code(), "SECOND_FACTOR_REQUIRED", "{kind}: {guarded}");
                    assert_eq!(count(town, STATED).await, stated, "{kind}: {guarded}: what is refused is not stated");
                    let earlier = document(&mut browser, &before).await;
                    assert_eq!(earlier.status, StatusCode::NOT_FOUND, "{kind}: {guarded}: a link from before the rule");
                    refused += 1;
                } else {
                    let ticket = exports::ask(&ctx, &actor).await.expect("no power of theirs");
                    exports::file(&ctx, &actor, &ticket, "export.json").await.expect("what is stated is put together");
                    assert_eq!(count(town, STATED).await, stated + 1, "{kind}: {guarded}");
                }
            }
            assert_eq!(refused, held, "{kind}");

            // The page says what to do, and the button on it the same.
            guards(town, kind, slug, Guarded::ALL).await;
            let page = browser.open("/export").await;
            assert_eq!(page.status, StatusCode::FORBIDDEN);
            assert!(page.text.contains("/second-factor?next="), "{}", page.text);
            assert_eq!(browser.submit("/export", "export", &[]).await.status, StatusCode::FORBIDDEN);

            // With it, every part comes along, whatever is asked for.
            let actor = people::sign_in_staff(&ctx, figure).await.expect("with a code");
            let ticket = exports::ask(&ctx, &actor).await.expect("with a second factor");
            let (_, mut file) = exports::file(&ctx, &actor, &ticket, "export.json").await.expect("put together");
            let mut text = String::new();
            file.read_to_string(&mut text).expect("text");
            let all: Value = serde_json::from_str(&text).expect("JSON");
            assert_eq!(all["secondFactor"]["neededFor"].as_array().map(Vec::len), Some(Guarded::ALL.len()), "{kind}");
            assert!(!all["blocks"].is_null() && !all["invitations"].is_null(), "{kind}");
        }
    })
    .await;
}
