//! Everything of a workspace, taken along by its admins.

use crate::{
    counting::Counter,
    planted::{VERA, marker, seat},
    statements::multiply,
    town::{Answer, Browser, Town, sequel},
};
use axum::body::Body;
use commdesk::{
    features::{accounts::service as accounts, exports::service::Turns},
    kernel::actor::{OrganizationRole, Role},
    seeds::people::{self, ASHA, Figure, MALLORY, MEI, PASSWORD, RAVI},
};
use http::{Method, StatusCode, header};
use serde_json::Value;
use std::collections::BTreeSet;

async fn told(town: &Town) {
    town.drain().await;
}

async fn signed_in(town: &Town, figure: Figure) -> Browser {
    let session = accounts::sign_in(&town.ctx(), figure.email, PASSWORD, "a test").await.expect("signed in");
    let mut browser = town.visitor();
    browser.set_cookie("commdesk", &session.token);
    browser
}

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

async fn count(town: &Town, what: &str) -> i64 {
    sqlx::query_scalar(sqlx::AssertSqlSafe(format!("select count(*) from {what}"))).fetch_one(&town.owner).await.expect("a count")
}

#[tokio::test]
async fn a_community_takes_everything_along() {
    sequel(async |town| {
        told(town).await;
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
        assert_eq!(all["schemaVersion"], 2);
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
async fn an_organization_takes_everything_along_and_its_admins_hear_of_it() {
    sequel(async |town| {
        told(town).await;
        let ctx = town.ctx();
        let other = Figure { name: "Rhea Quill", email: "rhea@seat.example", role: "" };
        let user = people::activate(&ctx, other).await.expect("activated");
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
        assert_eq!(told, [other.email]);
    })
    .await;
}

#[tokio::test]
async fn a_large_workspace_is_read_by_sets_of_rows() {
    let (counter, _listening) = Counter::start();
    sequel(async |town| {
        told(town).await;
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
            ("events", "o.slug = 'hackfest-2027'".to_owned(), "'slug', 'copy-' || n"),
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
        told(town).await;
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
        told(town).await;
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
        let session = accounts::sign_in(&town.ctx(), RAVI.email, PASSWORD, "kept").await.expect("signed in");
        let mut ravi = town.visitor();
        ravi.set_cookie("commdesk", &session.token);
        let ticket = asked(&mut ravi).await;
        crate::planted::keep_facts(town).await;
        crate::planted::plant(town, &tenants).await;
        let answer = document(&mut ravi, &ticket).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
        // The community's own stands in it; what Acme alone sees of itself, and what nobody reads, does not.
        assert!(answer.text.contains(&marker("opportunities", "title")), "its own draft");
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
        crate::planted::put_facts_back(town).await;
    })
    .await;
}
