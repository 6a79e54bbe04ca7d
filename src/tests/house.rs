//! What holds for the house as a whole: ids, headers, errors, origins, probes.

use crate::town::{Browser, sequel, story};
use axum::body::Body;
use commdesk::http::site;
use http::{Method, StatusCode};

/// What every answer carries, whatever it says.
pub const SAFE_HEADERS: [&str; 7] = [
    "x-request-id",
    "x-content-type-options",
    "referrer-policy",
    "x-frame-options",
    "content-security-policy",
    "permissions-policy",
    "cache-control",
];

#[tokio::test]
async fn every_answer_carries_an_id_and_the_safe_headers() {
    story(async |town| {
        let mut visitor = town.visitor();
        for path in ["/", "/nowhere", "/api/v1/nowhere", "/healthz", "/readyz", "/metrics", "/api/v1/openapi.json"] {
            let answer = visitor.open(path).await;
            for name in SAFE_HEADERS {
                assert!(answer.headers.contains_key(name), "{path} lacks {name}");
            }
            let policy = answer.headers["content-security-policy"].to_str().unwrap();
            assert!(!policy.contains("unsafe-inline"), "{path}: {policy}");
            assert!(!answer.text.contains(" style=\""), "{path} has a style attribute");
        }
    })
    .await;
}

#[tokio::test]
async fn what_is_not_there_is_404_in_the_doors_own_language() {
    story(async |town| {
        let mut visitor = town.visitor();
        let page = visitor.open("/nowhere").await;
        assert_eq!(page.status, StatusCode::NOT_FOUND);
        assert!(page.text.contains("There is nothing here"));
        assert!(
            page.text.contains("action=\"/directory\"") && page.text.contains("value=\"nowhere\""),
            "it searches for the words"
        );
        let lost = visitor.open("/events/hack-fest").await;
        assert!(lost.text.contains("action=\"/events\"") && lost.text.contains("value=\"hack fest\""), "{}", lost.text);
        // What a door refuses before there is a page is said on one, to whoever opens pages.
        let html = [("origin", "https://evil.example"), ("accept", "text/html")];
        let refused = visitor.send(Method::POST, "/theme", &html, Body::from("theme=dark")).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
        assert!(refused.text.contains("<h1") && refused.text.contains("another site"), "{}", refused.text);
        let api = visitor.open("/api/v1/nowhere").await;
        assert_eq!((api.status, api.code().as_str()), (StatusCode::NOT_FOUND, "NOT_FOUND"));
    })
    .await;
}

#[tokio::test]
async fn another_site_changes_nothing() {
    story(async |town| {
        let mut visitor = town.visitor();
        let forged = [
            vec![("origin", "https://evil.example")],
            vec![("origin", "null")],
            vec![("sec-fetch-site", "cross-site")],
            vec![("sec-fetch-site", "same-site"), ("origin", "http://127.0.0.1:3999")],
        ];
        for headers in forged {
            let answer = visitor.send(Method::POST, "/theme", &headers, Body::from("theme=dark")).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{headers:?}");
            assert_eq!(answer.code(), "CROSS_ORIGIN");
            assert!(visitor.cookie("theme").is_none());
        }
        let answer = visitor.submit("/theme", "theme", &[("theme", "dark")]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER);
        assert!(visitor.open("/").await.text.contains("data-theme=\"dark\""));
    })
    .await;
}

#[tokio::test]
async fn a_lost_database_is_503_and_comes_back_by_itself() {
    story(async |town| {
        let mut visitor = town.visitor();
        assert_eq!(visitor.open("/opportunities").await.status, StatusCode::OK);
        let mut member = town.member("mira@acme.example").await;
        assert_eq!(member.open("/account").await.status, StatusCode::OK);
        // Nobody may connect, and whoever is connected is thrown out: what a restart of Postgres looks like from here.
        town.cut_off(true).await;
        let api = visitor.open("/api/v1/opportunities").await;
        assert_eq!((api.status, api.code().as_str()), (StatusCode::SERVICE_UNAVAILABLE, "BUSY"));
        assert!(api.headers.contains_key("retry-after"));
        let page = visitor.open("/opportunities").await;
        assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(page.headers.contains_key("retry-after"));
        assert!(page.text.contains("Try again"));
        // Somebody who is signed in gets the page too, not the envelope of the API, and is not taken for nobody.
        for path in ["/account", "/dashboard", "/opportunities"] {
            let page = member.open(path).await;
            assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE, "{path}: {}", page.text);
            assert!(page.headers.contains_key("retry-after"), "{path}");
            assert!(page.text.contains("<!DOCTYPE html>") && page.text.contains("Try again"), "{path}: {}", page.text);
            let id = page.headers["x-request-id"].to_str().unwrap();
            assert!(page.text.contains(id), "{path} shows its number");
        }
        let sent = member.submit("/account", "change_email", &[("email", "new@acme.example")]).await;
        assert_eq!(sent.status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(sent.headers.contains_key("retry-after") && sent.text.contains("<!DOCTYPE html>"), "{}", sent.text);
        let api = member.open("/api/v1/requests").await;
        assert_eq!((api.status, api.code().as_str()), (StatusCode::SERVICE_UNAVAILABLE, "BUSY"));
        assert!(api.headers.contains_key("retry-after"));
        assert_eq!(visitor.open("/readyz").await.status, StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(visitor.open("/healthz").await.status, StatusCode::OK);
        town.cut_off(false).await;
        assert_eq!(visitor.open("/opportunities").await.status, StatusCode::OK);
        assert_eq!(member.open("/account").await.status, StatusCode::OK);
    })
    .await;
}

#[tokio::test]
async fn the_record_shows_every_tampering() {
    use commdesk::platform::facts;
    sequel(async |town| {
        let ctx = town.ctx();
        facts::checkpoint(&ctx).await.expect("a checkpoint");
        let whole = facts::verify(&ctx).await.expect("facts can be read");
        assert_eq!(whole.fault, None);
        assert!(whole.facts > 30 && whole.checkpoints == 1, "{whole:?}");
        // The app's own role cannot touch history at all.
        for statement in ["update facts set name = 'x'", "delete from facts", "truncate facts cascade", "delete from fact_checkpoints", "update revisions set message = 'x'"] {
            assert!(sqlx::raw_sql(sqlx::AssertSqlSafe(statement)).execute(&town.house.pool).await.is_err(), "{statement}");
        }
        // The owner can, past the triggers; and it shows.
        let tampering = [
            ("a payload changed", "update facts set payload = '{}' where name = 'request_accepted'"),
            ("a text changed with its hash", "update facts set body = body || ' ', hash = sha256(convert_to(body || ' ', 'UTF8')) where name = 'event_published'"),
            ("somebody else acted", "update facts set actor_user_id = null where name = 'organization_verified'"),
            ("words changed", "update fact_private set fields = '{\"reason\":\"bribed\"}' where fact_id = (select id from facts where name = 'organization_verified' limit 1)"),
        ];
        for (what, statement) in tampering {
            town.as_superuser(&format!("create table kept_facts as table facts; create table kept_private as table fact_private; set session_replication_role = replica; {statement}")).await;
            let verdict = facts::verify(&ctx).await.expect("facts can be read");
            assert!(verdict.fault.is_some(), "{what} was not seen");
            town.as_superuser(
                "set session_replication_role = replica; delete from fact_private; delete from facts; insert into facts table kept_facts; \
                 insert into fact_private table kept_private; drop table kept_facts, kept_private",
            )
            .await;
            assert_eq!(facts::verify(&ctx).await.expect("facts can be read").fault, None, "after {what}");
        }
        // A cut tail: the newest fact of a chain and its head, as if it had never been.
        town.as_superuser(
            "create table kept_facts as table facts; create table kept_private as table fact_private; create table kept_heads as table fact_heads; \
             set session_replication_role = replica; \
             delete from fact_private where fact_id in (select id from facts where name = 'request_accepted'); \
             delete from facts where name = 'request_accepted'; \
             update fact_heads h set (seq, hash) = (select f.seq, f.hash from facts f where f.subject_kind = h.subject_kind and f.subject_id = h.subject_id order by f.seq desc limit 1) \
             where h.subject_kind = 'request'",
        )
        .await;
        let verdict = facts::verify(&ctx).await.expect("facts can be read");
        assert!(verdict.fault.as_deref().is_some_and(|fault| fault.contains("checkpoint")), "{verdict:?}");
        town.as_superuser(
            "set session_replication_role = replica; delete from fact_private; delete from facts; delete from fact_heads; insert into facts table kept_facts; \
             insert into fact_private table kept_private; insert into fact_heads table kept_heads; drop table kept_facts, kept_private, kept_heads",
        )
        .await;
    })
    .await;
}

#[tokio::test]
async fn the_figures_tell_requests_and_latency_by_route_the_pool_and_the_jobs() {
    story(async |town| {
        let mut visitor = town.visitor();
        // The first look makes the recorder.
        visitor.open("/metrics").await;
        visitor.open("/api/v1/sponsors").await;
        visitor.open("/api/v1/events/none/partners").await;
        visitor.open("/directory").await;
        visitor.open("/api/v1/nowhere").await;
        let figures = visitor.open("/metrics").await.text;
        for route in ["/api/v1/sponsors", "/api/v1/events/{eventId}/partners", "/directory"] {
            let of_route =
                |name: &str| figures.lines().any(|line| line.starts_with(name) && line.contains(&format!("route=\"{route}\"")));
            assert!(of_route("http_requests_total{"), "{route} is not counted:\n{figures}");
            assert!(of_route("http_request_duration_seconds_bucket{"), "{route} is not timed:\n{figures}");
        }
        for name in ["db_pool_connections ", "db_pool_idle ", "jobs{state=\"ready\"}", "jobs_oldest_seconds{state=\"dead\"}"] {
            assert!(figures.lines().any(|line| line.starts_with(name)), "{name} is missing:\n{figures}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_request_takes_its_id_from_a_trusted_proxy_only() {
    story(async |town| {
        let given = "an-id-of-another-request";
        let ask = async |browser: Browser| {
            let mut browser = browser;
            let answer = browser.send(Method::GET, "/healthz", &[("x-request-id", given)], Body::empty()).await;
            answer.headers["x-request-id"].to_str().unwrap().to_owned()
        };
        assert_eq!(ask(town.visitor().at("127.0.0.1")).await, given, "the proxy's id is kept");
        assert_eq!(ask(town.visitor().at("::ffff:127.0.0.1")).await, given);
        assert_ne!(ask(town.visitor()).await, given, "nobody else chooses the id that facts and mails carry");
    })
    .await;
}

#[tokio::test]
async fn a_panic_is_answered_with_the_safe_headers_and_tells_nothing() {
    story(async |town| {
        async fn breaks() -> &'static str {
            panic!("postgres://secret@host is not reachable")
        }
        let doors = axum::Router::new().route("/breaks", axum::routing::get(breaks));
        let answer = Browser::new(site::outside(town.house.clone(), doors)).open("/breaks").await;
        assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR);
        for name in SAFE_HEADERS {
            assert!(answer.headers.contains_key(name), "it lacks {name}");
        }
        assert!(!answer.text.contains("secret"), "{}", answer.text);
        let id = answer.headers["x-request-id"].to_str().unwrap();
        assert!(answer.text.contains("<h1") && answer.text.contains(id), "a page with the number: {}", answer.text);
        let doors = axum::Router::new().route("/breaks", axum::routing::get(breaks));
        let mut program = Browser::new(site::outside(town.house.clone(), doors));
        let answer = program.send(Method::GET, "/breaks", &[], Body::empty()).await;
        assert_eq!(answer.json()["error"]["requestId"], answer.headers["x-request-id"].to_str().unwrap());
    })
    .await;
}

#[tokio::test]
async fn the_addresses_of_one_ipv6_network_are_one_caller() {
    story(async |town| {
        town.new_window(300);
        let ask = async |address: &str| {
            let body = Body::from("{\"email\":\"nobody@nowhere.example\",\"password\":\"not the one\"}");
            let json = [("content-type", "application/json")];
            town.visitor().at(address).send(Method::POST, "/api/v1/auth/login", &json, body).await.status
        };
        let mut last = StatusCode::OK;
        for hop in 0..31 {
            last = ask(&format!("2001:db8:7:7::{hop:x}")).await;
        }
        assert_eq!(last, StatusCode::TOO_MANY_REQUESTS);
        let counted: Vec<(String, i32)> =
            sqlx::query_as("select subject, hits from rate_counters where action = 'sign_in_address'")
                .fetch_all(&town.owner)
                .await
                .unwrap();
        assert_eq!(counted, [("2001:db8:7:7::".to_owned(), 31)]);
    })
    .await;
}

#[tokio::test]
async fn no_character_and_no_year_from_outside_breaks_the_house() {
    story(async |town| {
        let mut visitor = town.visitor();
        let hex = |text: &str| hex::encode(text);
        let cursor = format!("/api/v1/sponsors?cursor={}", hex("a\0\u{1f}00000000-0000-0000-0000-000000000000"));
        for (path, wanted) in [
            ("/api/v1/sponsors/%00", 404),
            ("/api/v1/events/%00", 404),
            ("/api/v1/events/%00/partners", 404),
            ("/directory/%00", 404),
            ("/communities/a%00b", 404),
            ("/events/%00", 404),
            ("/link/%00", 404),
            ("/directory?q=%00", 200),
            ("/events?q=%00", 200),
            ("/api/v1/events/none/partners?search=%00", 404),
            ("/api/v1/sponsors?search=a%00b", 422),
            (&cursor, 422),
            ("/api/v1/events?startDate=-200000-01-01", 422),
            ("/api/v1/events?startDate=200000-01-01", 422),
            ("/api/v1/events?endDate=9999-12-31", 200),
        ] {
            let answer = visitor.open(path).await;
            assert_eq!(answer.status.as_u16(), wanted, "{path}: {}", answer.text);
        }
        let fields = visitor.open("/api/v1/sponsors?search=a%00b").await.json()["error"]["fieldErrors"].clone();
        assert!(fields["search"].as_str().is_some_and(|words| words.contains("cannot be kept")), "{fields}");
        let json = serde_json::json!({"email": "a\0@b.example", "password": "x"});
        let answer = visitor.api(Method::POST, "/auth/login", Some(json)).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", answer.text);
        assert!(answer.json()["error"]["fieldErrors"]["email"].is_string(), "{}", answer.text);
        // Forms: their words, their key, and a draft's fields, which are kept as they were typed.
        visitor.set_cookie("commdesk_draft", &"d".repeat(43));
        for (path, form, field) in [
            ("/sign-in", "sign_in", "email"),
            ("/sign-in", "sign_in", "_key"),
            ("/become-sponsor", "company", "companyName"),
            ("/join", "join", "name"),
        ] {
            let answer = visitor.submit(path, form, &[(field, "a\0b"), ("website", "https://kept.example")]).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{path} {field}: {}", answer.text);
        }
        let refused =
            visitor.submit("/become-sponsor", "company", &[("companyName", "a\0b"), ("website", "https://kept.example")]);
        assert!(refused.await.text.contains("https://kept.example"), "what was typed is still there");
    })
    .await;
}

#[tokio::test]
async fn what_the_doors_let_through_ends_at_the_wall() {
    use commdesk::kernel::error::AppError;
    story(async |town| {
        let ask = async |sql: &'static str, text: &str| {
            let asked = sqlx::query(sql).bind(text.to_owned()).execute(&town.house.pool).await;
            AppError::from(asked.expect_err("Postgres refuses it")).status()
        };
        assert_eq!(ask("select $1::text", "\0").await, 404, "nothing is called so");
        assert_eq!(ask("select $1::text::jsonb", "{\"a\":\"\\u0000\"}").await, 404);
        assert_eq!(ask("select $1::text::timestamptz", "294277-01-01").await, 422);
        assert_eq!(ask("select $1::text::int", "99999999999").await, 422);
    })
    .await;
}

#[tokio::test]
async fn a_migration_may_take_its_time() {
    story(async |town| {
        let shown = "show statement_timeout";
        let mut patient = commdesk::platform::db::patient(&town.house.pool).await.expect("a connection");
        assert_eq!(sqlx::query_scalar::<_, String>(shown).fetch_one(&mut patient).await.expect("told"), "0");
        assert_eq!(sqlx::query_scalar::<_, String>(shown).fetch_one(&town.house.pool).await.expect("told"), "10s");
    })
    .await;
}

#[tokio::test]
async fn a_checkpoint_holds_nothing_while_it_is_copied_and_a_lost_copy_comes_later() {
    use commdesk::{
        features::accounts::service as accounts,
        kernel::text::{Email, PersonName},
        platform::{
            ctx::{Ctx, House},
            facts,
            secrets::Secret,
            storage::{Key, Store},
        },
    };
    use std::{sync::Arc, time::Duration};
    story(async |town| {
        let there = &town.house;
        // The same house with a store that never answers.
        let stuck = object_store::limit::LimitStore::new(object_store::memory::InMemory::new(), 0);
        let store = Store::bucket(Arc::new(stuck), Secret::new([7; 32]));
        let house = Arc::new(House { store, ..there.at_another_time(0) });
        let (email, name) =
            (Email::parse("asha@acme.example").expect("an address"), PersonName::parse("Asha Rao").expect("a name"));
        let named = async || {
            let ctx = town.ctx();
            let mut tx = ctx.begin().await.expect("a transaction");
            accounts::named_user_in(&mut tx, &email, &name).await.expect("a login");
            tx.commit().await.expect("a fact");
        };
        let count = async || -> i64 {
            sqlx::query_scalar("select count(*) from fact_checkpoints").fetch_one(&town.owner).await.expect("checkpoints")
        };
        named().await;
        let copying = tokio::spawn(async move { facts::checkpoint(&Ctx::background(&house, "test")).await });
        for _ in 0..200 {
            if count().await == 1 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        assert_eq!(count().await, 1, "the row is there before its copy");
        // Nothing waits for the store: the very head that was signed moves on.
        tokio::time::timeout(Duration::from_secs(5), named()).await.expect("no lock is held");
        assert!(!copying.is_finished());
        // Killed between the row and the copy.
        copying.abort();
        let _ = copying.await;

        let copy = async |number: i64| {
            let key = Key::parse(&format!("checkpoints/{number:012}.json")).expect("a key");
            there.store.get(&key).await.expect("the store answers").map(|copy| String::from_utf8_lossy(&copy.bytes).into_owned())
        };
        assert_eq!(copy(1).await, None);
        facts::checkpoint(&town.ctx()).await.expect("the next run");
        assert_eq!(count().await, 2);
        let (first, second) = (copy(1).await.expect("made up for"), copy(2).await.expect("its own"));
        for (number, copy) in [(1_i64, first), (2, second)] {
            let body: String = sqlx::query_scalar("select body from fact_checkpoints where number = $1")
                .bind(number)
                .fetch_one(&town.owner)
                .await
                .expect("a checkpoint");
            let copy: serde_json::Value = serde_json::from_str(&copy).expect("JSON");
            assert_eq!(copy["body"], body.as_str());
        }
        facts::checkpoint(&town.ctx()).await.expect("nothing to do");
        assert_eq!(count().await, 2);
        assert_eq!(facts::verify(&town.ctx()).await.expect("facts can be read").fault, None);

        // A copy of a checkpoint that this database lost is evidence: it is not written over.
        let forged = serde_json::json!({
            "body": serde_json::json!({"heads": [["person", uuid::Uuid::nil(), 9, "00"]]}).to_string(), "signature": "",
        });
        let key = Key::parse("checkpoints/000000000003.json").expect("a key");
        there.store.put(&key, forged.to_string(), "application/json").await.expect("written");
        named().await;
        let refused = facts::checkpoint(&town.ctx()).await.expect_err("another one stands there");
        assert!(refused.to_string().contains("checkpoint 3"), "{refused}");
        assert_eq!(copy(3).await, Some(forged.to_string()));
        std::fs::remove_file(town.house.settings.files.join("checkpoints/000000000003.json")).expect("taken away");
    })
    .await;
}
