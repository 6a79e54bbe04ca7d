//! Keys of programs, for what a second factor is asked, and sessions: what opens, what does not, and what ends at once.

use crate::{
    common::{count, one, signed_in},
    planted::{VERA, seat},
    town::{Answer, Browser, Town, sequel},
};
use commdesk::{
    features::accounts::service as accounts,
    http::site,
    platform::places::Places,
    seeds::people::{self, ASHA, Figure, OMAR, PASSWORD, RAVI},
};
use http::{Method, StatusCode};
use serde_json::{Value, json};
use std::{
    io::Write,
    net::Ipv4Addr,
    sync::{Arc, Mutex},
};

const APEX: &str = "community:apex-circle";
const ACME: &str = "organization:acme-cloud";

/// A key of the workspace that the browser's person has; gives its id and its secret.
async fn key(browser: &mut Browser, scopes: &[&str]) -> (String, String) {
    let body = json!({"name": "Badge printer", "scopes": scopes});
    let made = browser.api(Method::POST, "/api-keys", Some(body)).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    let made = made.data();
    (made["key"]["id"].as_str().expect("an id").to_owned(), made["secret"].as_str().expect("a secret").to_owned())
}

async fn call(program: &mut Browser, secret: &str, method: Method, path: &str, body: Option<Value>) -> Answer {
    program.api_with(method, path, body, &[("authorization", &format!("Bearer {secret}"))]).await
}

/// Sets up the second factor of somebody who is signed in.
async fn second_factor(town: &Town, browser: &mut Browser, who: Figure) {
    browser.submit("/second-factor", "begin", &[]).await;
    let code = accounts::code_for_development(&town.ctx(), who.email).await.expect("a code");
    let done = browser.submit("/second-factor", "confirm", &[("code", &code)]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    let kept = browser.submit("/second-factor", "keep", &[]).await;
    assert_eq!(kept.status, StatusCode::SEE_OTHER);
    town.house.clock.shift(30);
}

async fn code_of(town: &Town, who: Figure) -> String {
    accounts::code_for_development(&town.ctx(), who.email).await.expect("a code")
}

/// Mei's request to Acme, which waits for its answer.
const ASKED: &str = "select id from requests where state = 'Pending' and opened_by = 'community'";

#[tokio::test]
async fn a_key_opens_what_it_names_and_nothing_else() {
    sequel(async |town| {
        let mut ravi = signed_in(town, RAVI).await;
        let (id, secret) = key(&mut ravi, &["event:read", "event:create"]).await;
        assert!(secret.starts_with("cd_live_") && secret.len() == 51);
        let mut program = town.visitor();

        // What it names, without saying for which workspace.
        let seen = call(&mut program, &secret, Method::GET, "/events", None).await;
        assert_eq!(seen.status, StatusCode::OK, "{}", seen.text);
        let drafted = call(&mut program, &secret, Method::POST, "/events", Some(json!({"title": "Made by a program"}))).await;
        assert_eq!(drafted.status, StatusCode::CREATED, "{}", drafted.text);
        let event = drafted.data()["id"].as_str().expect("an id").to_owned();
        // The fact names the key, and says for whom it acted.
        let named: i64 = sqlx::query_scalar(
            "select count(*) from facts where name = 'event_drafted' and subject_id = $1::uuid and api_key_id = $2::uuid and body like '%' || $2 || '%'",
        )
        .bind(&event)
        .bind(&id)
        .fetch_one(&town.owner)
        .await
        .expect("a fact");
        assert_eq!(named, 1);
        // Everything else is shut, whoever may do it as a person.
        for (method, path) in [
            (Method::POST, format!("/events/{event}/publish")),
            (Method::PATCH, format!("/events/{event}")),
            (Method::GET, "/requests".to_owned()),
            (Method::GET, "/api-keys".to_owned()),
            (Method::POST, "/api-keys".to_owned()),
            (Method::DELETE, format!("/api-keys/{id}")),
            (Method::PATCH, "/second-factor-policy".to_owned()),
            (Method::POST, "/auth/logout".to_owned()),
            (Method::PATCH, format!("/admin/communities/{event}/status")),
        ] {
            let refused = call(&mut program, &secret, method.clone(), &path, Some(json!({}))).await;
            assert_eq!((refused.status, refused.code().as_str()), (StatusCode::FORBIDDEN, "KEY_SCOPE"), "{method} {path}");
        }
        // The document of the API is everybody's; it knows one verb.
        assert_eq!(call(&mut program, &secret, Method::GET, "/openapi.json", None).await.status, StatusCode::OK);
        let refused = call(&mut program, &secret, Method::POST, "/openapi.json", None).await;
        assert_eq!((refused.status, refused.code().as_str()), (StatusCode::METHOD_NOT_ALLOWED, "METHOD_NOT_ALLOWED"));
        // Its own workspace may be named, another may not, not even one of its maker's.
        for (workspace, wanted) in [(APEX, StatusCode::OK), ("apex-circle", StatusCode::OK), ("organization:acme-cloud", StatusCode::NOT_FOUND)] {
            program.workspace = Some(workspace.to_owned());
            assert_eq!(call(&mut program, &secret, Method::GET, "/events", None).await.status, wanted, "{workspace}");
        }
        program.workspace = None;
        // Not for pages, not for forms.
        let bearer = format!("Bearer {secret}");
        for path in ["/dashboard", "/api-keys"] {
            let page = program.send(Method::GET, path, &[("authorization", &bearer)], "").await;
            assert_eq!(page.status, StatusCode::UNAUTHORIZED, "{path}");
        }
        let headers = [("authorization", bearer.as_str()), ("content-type", "application/x-www-form-urlencoded"), ("origin", "http://127.0.0.1:3999")];
        let form = program.send(Method::POST, "/manage/events/new", &headers, "_form=event&title=Mine").await;
        assert_eq!(form.status, StatusCode::UNAUTHORIZED);
        // A key beside a session is a key.
        let refused = call(&mut ravi, &secret, Method::GET, "/requests", None).await;
        assert_eq!(refused.code(), "KEY_SCOPE");
        // Nonsense is nobody.
        for wrong in ["", "cd_live_", "cd_live_nonsense", &secret[8..], &format!("{secret}x")] {
            let answer = call(&mut program, wrong, Method::GET, "/events", None).await;
            assert_eq!((answer.status, answer.code().as_str()), (StatusCode::UNAUTHORIZED, "API_KEY_INVALID"), "{wrong}");
        }
        let used: Option<String> = sqlx::query_scalar("select last_used_at::text from api_keys").fetch_one(&town.owner).await.expect("one");
        assert!(used.is_some());
    })
    .await;
}

#[tokio::test]
async fn an_organizations_key_opens_its_own_and_a_communitys_opens_none_of_it() {
    sequel(async |town| {
        let (mut ravi, mut asha) = (signed_in(town, RAVI).await, signed_in(town, ASHA).await);
        let (apex, acme) = (
            one(town, "select id from communities where slug = 'apex-circle'").await,
            one(town, "select id from organizations where slug = 'acme-cloud'").await,
        );
        let lumen = one(town, "select id from organizations where slug = 'lumen-data'").await;
        let asked = one(town, ASKED).await;
        let agreed = one(town, "select request_id from event_partners where request_id is not null limit 1").await;
        let organizer = one(town, "select m.id from members m join communities c on c.id = m.community_id where c.slug = 'apex-circle' limit 1").await;
        let colleague = one(town, "select m.id from organization_members m join organizations o on o.id = m.organization_id where o.slug = 'acme-cloud' limit 1").await;
        // What only communities do is in no scope of an organization's.
        let wrong = json!({"name": "Badge printer", "scopes": ["event:create"]});
        let refused = asha.api(Method::POST, "/api-keys", Some(wrong)).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.text);
        let scopes = ["member:read", "request:read", "request:answer", "profile:read", "profile:update"];
        let (id, secret) = key(&mut asha, &scopes).await;
        let (_, reader) = key(&mut asha, &["request:read"]).await;
        let (_, theirs) = key(&mut ravi, &scopes).await;
        let mut program = town.visitor();

        // Its own is read …
        for (path, words) in [
            ("/requests".to_owned(), "HarbourConf"),
            (format!("/requests/{asked}"), "HarbourConf"),
            ("/members".to_owned(), ASHA.name),
            (format!("/sponsors/{acme}"), "Acme Cloud"),
        ] {
            let seen = call(&mut program, &secret, Method::GET, &path, None).await;
            assert!(seen.status == StatusCode::OK && seen.text.contains(words), "{path}: {}", seen.text);
        }
        // … but by a scope that names it, and others' by none: not there, as for its people.
        let shut = async |program: &mut Browser, secret: &str, wanted: (u16, &str), calls: &[(Method, String)]| {
            for (method, path) in calls {
                let body = (*method != Method::GET).then(|| json!({"version": 1, "reason": "Budget"}));
                let refused = call(program, secret, method.clone(), path, body).await;
                assert_eq!((refused.status.as_u16(), refused.code().as_str()), wanted, "{method} {path}");
            }
        };
        let answer = [(Method::PATCH, format!("/requests/{asked}/reject"))];
        shut(&mut program, &reader, (403, "KEY_SCOPE"), &answer).await;
        shut(&mut program, &reader, (403, "KEY_SCOPE"), &[(Method::GET, "/members".to_owned())]).await;
        let unnamed = ["/events", "/opportunities", "/searches", "/blocks", "/second-factor-policy"];
        shut(&mut program, &secret, (403, "KEY_SCOPE"), &unnamed.map(|path| (Method::GET, path.to_owned()))).await;
        let unnamed = ["/requests", "/invitations", "/join-requests", "/events"];
        shut(&mut program, &secret, (403, "KEY_SCOPE"), &unnamed.map(|path| (Method::POST, path.to_owned()))).await;
        let of_others = [
            (Method::GET, format!("/requests/{agreed}")),
            (Method::PATCH, format!("/requests/{agreed}/reject")),
            (Method::PATCH, format!("/sponsors/{lumen}")),
            (Method::PATCH, format!("/communities/{apex}")),
            (Method::GET, format!("/members/{organizer}")),
        ];
        shut(&mut program, &secret, (404, "NOT_FOUND"), &of_others).await;
        let of_acme = [
            (Method::GET, format!("/requests/{asked}")),
            (Method::PATCH, format!("/requests/{asked}/reject")),
            (Method::PATCH, format!("/sponsors/{acme}")),
            (Method::GET, format!("/members/{colleague}")),
        ];
        shut(&mut program, &theirs, (404, "NOT_FOUND"), &of_acme).await;
        for (secret, workspace) in [(&secret, APEX), (&theirs, ACME)] {
            program.workspace = Some(workspace.to_owned());
            shut(&mut program, secret, (404, "NOT_FOUND"), &[(Method::GET, "/requests".to_owned())]).await;
        }
        program.workspace = None;

        // … and written; the facts name the key.
        let version: i32 = sqlx::query_scalar("select version from organizations where id = $1")
            .bind(acme)
            .fetch_one(&town.owner)
            .await
            .expect("Acme");
        let words = json!({"version": version, "boilerplate": "Acme Cloud hosts what students build."});
        let edited = call(&mut program, &secret, Method::PATCH, &format!("/sponsors/{acme}"), Some(words)).await;
        assert_eq!(edited.status, StatusCode::OK, "{}", edited.text);
        let declined = call(&mut program, &secret, Method::PATCH, &answer[0].1, Some(json!({"reason": "Budget"}))).await;
        assert_eq!(declined.status, StatusCode::OK, "{}", declined.text);
        let named = format!("facts where api_key_id = '{id}' and name in ('organization_profile_edited', 'request_rejected')");
        assert_eq!(count(town, &named).await, 2);

        // No more than its maker may, and nothing without their seat.
        let seat = "where user_id = (select id from users where email = 'asha@acme.example')";
        for (change, status) in [
            (format!("update organization_members set role = 'DevRel Manager' {seat}"), StatusCode::FORBIDDEN),
            (format!("delete from organization_members {seat}"), StatusCode::UNAUTHORIZED),
        ] {
            sqlx::query(sqlx::AssertSqlSafe(change)).execute(&town.owner).await.expect("changed");
            let body = json!({"version": version + 1, "boilerplate": "Something else."});
            let refused = call(&mut program, &secret, Method::PATCH, &format!("/sponsors/{acme}"), Some(body)).await;
            assert_eq!(refused.status, status, "{}", refused.text);
        }
    })
    .await;
}

#[tokio::test]
async fn a_key_ends_with_its_revocation_its_day_its_maker_and_its_makers_seat() {
    sequel(async |town| {
        let mut ravi = signed_in(town, RAVI).await;
        let mut program = town.visitor();
        let (id, secret) = key(&mut ravi, &["event:read"]).await;
        let seen = async |program: &mut Browser, secret: &str| call(program, secret, Method::GET, "/events", None).await.status;
        assert_eq!(seen(&mut program, &secret).await, StatusCode::OK);
        // Two revoke it at once: both are told that it is gone, and it is said once.
        let (mut one, mut two) = (ravi.clone(), ravi.clone());
        let path = format!("/api-keys/{id}");
        let (a, b) = tokio::join!(one.api(Method::DELETE, &path, None), two.api(Method::DELETE, &path, None));
        assert_eq!([a.data()["state"].clone(), b.data()["state"].clone()], [json!("revoked"), json!("revoked")]);
        assert_eq!(count(town, "facts where name = 'api_key_revoked'").await, 1);
        assert_eq!(seen(&mut program, &secret).await, StatusCode::UNAUTHORIZED);
        // Another workspace's key is not there.
        let mut asha = signed_in(town, ASHA).await;
        assert_eq!(asha.api(Method::DELETE, &path, None).await.status, StatusCode::NOT_FOUND);

        // Its day.
        let body = json!({"name": "For a month", "scopes": ["event:read"], "expiresInDays": 30});
        let month = ravi.api(Method::POST, "/api-keys", Some(body)).await.data()["secret"].as_str().expect("a secret").to_owned();
        let (_, staying) = key(&mut ravi, &["event:read"]).await;
        town.house.clock.shift(30 * 86_400 - 60);
        assert_eq!(seen(&mut program, &month).await, StatusCode::OK);
        town.house.clock.shift(60);
        assert_eq!(seen(&mut program, &month).await, StatusCode::UNAUTHORIZED);
        assert_eq!(seen(&mut program, &staying).await, StatusCode::OK);

        // Its maker's role, its maker's seat, its maker.
        let set = async |statement: &str| {
            sqlx::query(sqlx::AssertSqlSafe(statement.to_owned())).execute(&town.owner).await.expect("set");
        };
        let seat = format!("where user_id = (select id from users where email = '{}')", RAVI.email);
        set(&format!("update members set status = 'Inactive' {seat}")).await;
        assert_eq!(seen(&mut program, &staying).await, StatusCode::UNAUTHORIZED);
        set(&format!("update members set status = 'Active' {seat}")).await;
        assert_eq!(seen(&mut program, &staying).await, StatusCode::OK);
        let ctx = town.ctx();
        let ravi_id = sqlx::query_scalar::<_, uuid::Uuid>("select id from users where email = $1")
            .bind(RAVI.email)
            .fetch_one(&town.owner)
            .await
            .expect("ravi");
        let omar = people::sign_in_staff(&ctx, OMAR).await.expect("signed in");
        let reason = commdesk::kernel::text::Paragraph::parse("Many complaints.", 500, "reason").expect("a reason");
        accounts::suspend(&ctx, &omar, ravi_id.into(), &reason).await.expect("suspended");
        assert_eq!(seen(&mut program, &staying).await, StatusCode::UNAUTHORIZED, "suspended: dead at once");
    })
    .await;
}

#[tokio::test]
async fn a_key_never_does_more_than_its_maker_may() {
    sequel(async |town| {
        let mut ravi = signed_in(town, RAVI).await;
        let mut program = town.visitor();
        let (_, secret) = key(&mut ravi, &["event:create"]).await;
        sqlx::query("update members set role = 'Volunteer' where user_id = (select id from users where email = $1)")
            .bind(RAVI.email)
            .execute(&town.owner)
            .await
            .expect("a smaller role");
        let refused = call(&mut program, &secret, Method::POST, "/events", Some(json!({"title": "Too much"}))).await;
        assert_eq!((refused.status, refused.code().as_str()), (StatusCode::FORBIDDEN, "FORBIDDEN"));
        // And whoever cannot manage keys makes none.
        let none = ravi.api(Method::POST, "/api-keys", Some(json!({"name": "Mine", "scopes": ["event:read"]}))).await;
        assert_eq!(none.status, StatusCode::FORBIDDEN);
        assert_eq!(ravi.open(&format!("/api-keys?as={APEX}")).await.status, StatusCode::FORBIDDEN);
    })
    .await;
}

#[tokio::test]
async fn a_key_that_calls_too_often_waits_and_others_do_not() {
    sequel(async |town| {
        town.new_window(3_600);
        let mut ravi = signed_in(town, RAVI).await;
        let (busy_id, busy) = key(&mut ravi, &["event:read", "member:create"]).await;
        let (_, calm) = key(&mut ravi, &["event:read"]).await;
        sqlx::query("update rate_counters set hits = 600 where action = 'api_key'").execute(&town.owner).await.expect("none yet");
        let mut program = town.visitor();
        assert_eq!(call(&mut program, &busy, Method::GET, "/events", None).await.status, StatusCode::OK);
        sqlx::query("update rate_counters set hits = 600 where action = 'api_key' and subject = $1")
            .bind(&busy_id)
            .execute(&town.owner)
            .await
            .expect("counted");
        let refused = call(&mut program, &busy, Method::GET, "/events", None).await;
        assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
        assert!(refused.headers.contains_key("retry-after"));
        assert_eq!(call(&mut program, &calm, Method::GET, "/events", None).await.status, StatusCode::OK);
        // Trying keys out is slowed by address.
        let mut last = StatusCode::OK;
        for _ in 0..61 {
            last = call(&mut program, "cd_live_nonsense", Method::GET, "/events", None).await.status;
        }
        assert_eq!(last, StatusCode::TOO_MANY_REQUESTS);
    })
    .await;
}

/// Keeps every log line of this thread.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("nobody panicked").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn a_secret_is_shown_once_and_stands_in_no_log_fact_or_mail() {
    sequel(async |town| {
        let lines = Lines::default();
        let writer = lines.clone();
        let subscriber =
            tracing_subscriber::fmt().json().with_max_level(tracing::Level::TRACE).with_writer(move || writer.clone()).finish();
        let _guard = tracing::subscriber::set_default(subscriber);
        seat(town, VERA, "Admin", "Active").await;
        let mut ravi = signed_in(town, RAVI).await;
        let page = ravi.open(&format!("/api-keys?as={APEX}")).await;
        // Other tests have no log, and what they called first would stay silent here as well.
        tracing::callsite::rebuild_interest_cache();
        assert!(page.text.contains("No program acts for you") && page.text.contains("event:create"), "{}", page.text);

        // From the page, without scripts.
        let nothing = ravi.submit("/api-keys", "make", &[("name", "Badge printer"), ("_as", APEX)]).await;
        assert_eq!(nothing.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(nothing.text.contains("Choose at least one permission") && nothing.text.contains("value=\"Badge printer\""));
        let fields = [
            ("name", "Badge printer"),
            ("scopes", "event:read"),
            ("scopes", "request:read"),
            ("expiresInDays", "90"),
            ("_as", APEX),
            ("_key", "k-1"),
        ];
        let made = ravi.submit("/api-keys", "make", &fields).await;
        assert_eq!(made.location(), format!("/api-keys?as={APEX}"));
        let twice = ravi.clone().submit("/api-keys", "make", &fields).await;
        assert_eq!(twice.status, StatusCode::SEE_OTHER);
        assert_eq!(count(town, "api_keys").await, 1, "a double click makes one key");
        let flash = ravi.cookie("new-key").expect("a sealed secret on its way").to_owned();
        assert!(!flash.contains("cd_live_"));
        let shown = ravi.open(&format!("/api-keys?as={APEX}")).await;
        let secret = shown
            .text
            .split("cd_live_")
            .filter_map(|rest| rest.get(..43))
            .find(|s| s.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'));
        let secret = format!("cd_live_{}", secret.expect("the secret, once"));
        assert_eq!(call(&mut town.visitor(), &secret, Method::GET, "/events", None).await.status, StatusCode::OK);
        // Once: the next look shows a hint only, and the cookie is gone. Somebody else's browser cannot open it either.
        assert!(ravi.cookie("new-key").is_none());
        let again = ravi.open(&format!("/api-keys?as={APEX}")).await;
        assert!(!again.text.contains(&secret) && again.text.contains("Badge printer"));
        let mut asha = signed_in(town, ASHA).await;
        asha.set_cookie("new-key", &flash);
        assert!(!asha.open("/api-keys").await.text.contains(&secret));

        // Over REST, a repeated call tells the key and not the secret.
        let body = json!({"name": "Importer", "scopes": ["event:read"]});
        let first = ravi.api_with(Method::POST, "/api-keys", Some(body.clone()), &[("idempotency-key", "i-1")]).await.data();
        let repeated = ravi.api_with(Method::POST, "/api-keys", Some(body), &[("idempotency-key", "i-1")]).await.data();
        assert_eq!(first["key"]["id"], repeated["key"]["id"]);
        assert_eq!(repeated["secret"], Value::Null);
        let other = first["secret"].as_str().expect("a secret").to_owned();
        call(&mut town.visitor(), &other, Method::GET, "/requests", None).await;
        town.drain().await;

        // The canary. Whoever made it is not told; the other one who looks after the keys is.
        let told = town.post.letters();
        assert!(told.iter().any(|letter| letter.to == VERA.email && letter.subject.contains("new API key")), "{told:?}");
        assert!(count(town, "notices where title like '%new API key%'").await > 0);
        let log = String::from_utf8_lossy(&lines.0.lock().expect("nobody panicked")).into_owned();
        assert!(log.contains("served"), "the log is on");
        for secret in [&secret, &other] {
            let token = &secret[8..];
            for letter in &told {
                assert!(!letter.text.contains(token) && !letter.html.contains(token), "{}", letter.subject);
            }
            assert!(!log.contains(token), "a secret is in the log");
            for place in [
                "facts where body like '%' || $1 || '%' or payload like '%' || $1 || '%'",
                "fact_private where fields like '%' || $1 || '%'",
                "jobs where payload::text like '%' || $1 || '%'",
                "notices where title || href like '%' || $1 || '%'",
                "idempotency_keys where coalesce(result, '') || key like '%' || $1 || '%'",
                "api_keys where name || tail || encode(secret_hash, 'escape') like '%' || $1 || '%'",
                "mails where subject like '%' || $1 || '%'",
            ] {
                let found: i64 = sqlx::query_scalar(sqlx::AssertSqlSafe(format!("select count(*) from {place}")))
                    .bind(token)
                    .fetch_one(&town.owner)
                    .await
                    .expect("a count");
                assert_eq!(found, 0, "{place}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_workspace_asks_for_a_second_factor_and_refuses_without_it() {
    sequel(async |town| {
        let mut ravi = signed_in(town, RAVI).await;
        // Whoever sets the rule has their own.
        let ask = json!({"neededFor": ["publishing", "keys"]});
        let refused = ravi.api(Method::PATCH, "/second-factor-policy", Some(ask.clone())).await;
        assert_eq!((refused.status, refused.code().as_str()), (StatusCode::FORBIDDEN, "SECOND_FACTOR_REQUIRED"));
        assert!(ravi.open(&format!("/workspace/security?as={APEX}")).await.text.contains("Your own comes first"));
        // A key from before the rule, made with a password alone.
        let (_, old) = key(&mut ravi, &["event:read", "event:publish"]).await;
        second_factor(town, &mut ravi, RAVI).await;
        let set = ravi.submit("/workspace/security", "policy", &[("neededFor", "publishing"), ("neededFor", "keys"), ("_as", APEX)]).await;
        assert_eq!(set.status, StatusCode::SEE_OTHER, "{}", set.text);
        ravi.api(Method::PATCH, "/second-factor-policy", Some(ask)).await;
        assert_eq!(count(town, "facts where name = 'second_factor_policy_set'").await, 1, "the same rule is no news");

        // Somebody without one: refused where capabilities are checked, with the next step, whatever the door.
        let event: uuid::Uuid = sqlx::query_scalar("select id from events where status = 'Draft' and community_id = (select id from communities where slug = 'apex-circle') limit 1")
            .fetch_one(&town.owner)
            .await
            .expect("a draft");
        let nila = Figure { name: "Nila Rao", email: "nila@apex.example", role: "Admin of Apex Circle" };
        people::activate(&town.ctx(), nila).await.expect("activated");
        sqlx::query(
            "insert into members (id, community_id, user_id, role, status, created_at)
             select gen_random_uuid(), c.id, u.id, 'Admin', 'Active', u.created_at from communities c cross join users u
             where u.email = $1 and c.slug = 'apex-circle'",
        )
        .bind(nila.email)
        .execute(&town.owner)
        .await
        .expect("a seat");
        let mut admin = signed_in(town, nila).await;
        for (method, path) in [(Method::POST, format!("/events/{event}/publish")), (Method::GET, "/api-keys".to_owned())] {
            let refused = admin.api(method, &path, None).await;
            assert_eq!((refused.status, refused.code().as_str()), (StatusCode::FORBIDDEN, "SECOND_FACTOR_REQUIRED"), "{path}");
            assert!(refused.json()["error"]["message"].as_str().is_some_and(|m| m.contains("Apex Circle asks for a second factor") && m.contains("Set one up")));
        }
        // Every power can be chosen, not only those that move something today.
        let all = json!({"neededFor": ["publishing", "keys", "events", "opportunities", "partners", "profile"]});
        assert_eq!(ravi.api(Method::PATCH, "/second-factor-policy", Some(all)).await.status, StatusCode::OK);
        let partner = json!({"name": "Pune Makers", "category": "Support Partner"});
        let offer = json!({"eventId": event.to_string(), "category": "Gold Sponsor"});
        for (method, path, body) in [
            (Method::POST, format!("/events/{event}/partners"), partner),
            (Method::POST, "/opportunities".to_owned(), offer),
            (Method::POST, "/events".to_owned(), json!({"title": "A night", "timezone": "UTC"})),
        ] {
            let refused = admin.api(method, &path, Some(body)).await;
            assert_eq!((refused.status, refused.code().as_str()), (StatusCode::FORBIDDEN, "SECOND_FACTOR_REQUIRED"), "{path}");
        }
        let page = admin.open(&format!("/community/profile?as={APEX}")).await;
        assert!(page.text.contains("The profile waits for your second factor"), "the role would do: {}", page.text);
        assert!(!page.text.contains("Only organizers edit the profile"));
        let before = json!({"neededFor": ["publishing", "keys"]});
        assert_eq!(ravi.api(Method::PATCH, "/second-factor-policy", Some(before)).await.status, StatusCode::OK);
        let page = admin.open(&format!("/api-keys?as={APEX}")).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN);
        assert!(page.text.contains("/second-factor?next="), "{}", page.text);
        assert!(admin.open(&format!("/dashboard?as={APEX}")).await.text.contains("asks for a second factor"));
        let form = admin.submit(&format!("/manage/events/{event}?as={APEX}"), "publish", &[]).await;
        assert_eq!(form.status, StatusCode::FORBIDDEN);
        // What is not asked for stays open.
        assert_eq!(admin.api(Method::POST, "/events", Some(json!({"title": "Still open"}))).await.status, StatusCode::CREATED);
        // The old key lacks what its maker lacked; one made after the factor does not.
        let mut program = town.visitor();
        let path = format!("/events/{event}/publish");
        assert_eq!(call(&mut program, &old, Method::POST, &path, None).await.code(), "SECOND_FACTOR_REQUIRED");
        let (_, new) = key(&mut ravi, &["event:read", "event:publish"]).await;
        assert_ne!(call(&mut program, &new, Method::POST, &path, None).await.status, StatusCode::FORBIDDEN);
        // With it, the admin goes on.
        second_factor(town, &mut admin, nila).await;
        assert_eq!(admin.api(Method::GET, "/api-keys", None).await.status, StatusCode::OK);
    })
    .await;
}

#[tokio::test]
async fn an_organization_asks_for_a_second_factor_before_what_it_chose_and_nothing_else() {
    sequel(async |town| {
        let mut asha = signed_in(town, ASHA).await;
        // A key from before, made with a password alone.
        let scopes = ["request:answer", "member:create", "profile:update"];
        let (_, old) = key(&mut asha, &scopes).await;
        second_factor(town, &mut asha, ASHA).await;
        let lena = Figure { name: "Lena Fischer", email: "lena@acme.example", role: "Sponsor Admin of Acme Cloud" };
        people::activate(&town.ctx(), lena).await.expect("activated");
        sqlx::query(
            "insert into organization_members (id, organization_id, user_id, role, created_at)
             select gen_random_uuid(), o.id, u.id, 'Sponsor Admin', u.created_at from organizations o cross join users u
             where u.email = $1 and o.slug = 'acme-cloud'",
        )
        .bind(lena.email)
        .execute(&town.owner)
        .await
        .expect("a seat");
        let mut admin = signed_in(town, lena).await;
        let (acme, asked) = (one(town, "select id from organizations where slug = 'acme-cloud'").await, one(town, ASKED).await);
        let conference = one(town, "select id from opportunities where category = 'Knowledge Sponsor'").await;
        // Words that change nothing where the call is let through: another wording, no address, an old version, no amount.
        let calls = [
            ("accepting", Method::PATCH, format!("/requests/{asked}/accept"), json!({"revisionHash": "0".repeat(64)})),
            (
                "accepting",
                Method::POST,
                format!("/opportunities/{conference}/apply"),
                json!({"amount": "-", "message": "Words."}),
            ),
            ("inviting", Method::POST, "/invitations".to_owned(), json!({"email": "nowhere", "role": "DevRel Manager"})),
            ("profile", Method::PATCH, format!("/sponsors/{acme}"), json!({"version": 999, "displayName": "Acme Cloud"})),
        ];
        let is_let_through = |answer: &Answer| !matches!(answer.status.as_u16(), 401 | 403 | 404);
        let choose = async |asha: &mut Browser, chosen: &[&str]| {
            let set = asha.api(Method::PATCH, "/second-factor-policy", Some(json!({"neededFor": chosen}))).await;
            assert_eq!(set.status, StatusCode::OK, "{}", set.text);
        };
        for chosen in ["accepting", "inviting", "profile"] {
            choose(&mut asha, &[chosen]).await;
            for (what, method, path, body) in &calls {
                let answer = admin.api(method.clone(), path, Some(body.clone())).await;
                if *what != chosen {
                    assert!(is_let_through(&answer), "{chosen} is chosen, {path}: {}", answer.text);
                    continue;
                }
                assert_eq!((answer.status, answer.code().as_str()), (StatusCode::FORBIDDEN, "SECOND_FACTOR_REQUIRED"), "{path}");
                let said = answer.json()["error"]["message"].as_str().unwrap_or_default().to_owned();
                assert!(said.contains("Acme Cloud asks for a second factor") && said.contains("Set one up"), "{path}: {said}");
            }
        }

        // By forms the same, and by a key that was made without one; what is read stays open, and what was not chosen.
        choose(&mut asha, &["accepting", "inviting", "profile"]).await;
        for (path, form, fields) in [
            (format!("/requests/{asked}?as={ACME}"), "reject", vec![("reason", "Budget")]),
            (format!("/people?as={ACME}"), "invite", vec![("email", "new@acme.example"), ("role", "DevRel Manager")]),
            (format!("/organization/profile?as={ACME}"), "profile", vec![("version", "999"), ("displayName", "Acme Cloud")]),
        ] {
            let refused = admin.submit(&path, form, &fields).await;
            assert_eq!(refused.status, StatusCode::FORBIDDEN, "{path}: {}", refused.text);
        }
        for path in ["/requests".to_owned(), format!("/requests/{asked}"), "/members".to_owned(), "/api-keys".to_owned()] {
            let seen = admin.api(Method::GET, &path, None).await;
            assert_eq!(seen.status, StatusCode::OK, "{path}: {}", seen.text);
        }
        assert!(admin.open(&format!("/dashboard?as={ACME}")).await.text.contains("asks for a second factor"));
        let (_, new) = key(&mut asha, &scopes).await;
        let mut program = town.visitor();
        for (what, method, path, body) in calls.iter().filter(|(.., path, _)| !path.ends_with("/apply")) {
            let refused = call(&mut program, &old, method.clone(), path, Some(body.clone())).await;
            assert_eq!((refused.status, refused.code().as_str()), (StatusCode::FORBIDDEN, "SECOND_FACTOR_REQUIRED"), "{what}");
            let answer = call(&mut program, &new, method.clone(), path, Some(body.clone())).await;
            assert!(is_let_through(&answer), "{what}: {}", answer.text);
        }

        // With it, she goes on.
        second_factor(town, &mut admin, lena).await;
        for (what, method, path, body) in &calls {
            let answer = admin.api(method.clone(), path, Some(body.clone())).await;
            assert!(is_let_through(&answer), "{what}: {}", answer.text);
        }
        let declined = admin.api(Method::PATCH, &format!("/requests/{asked}/reject"), Some(json!({"reason": "Budget"}))).await;
        assert_eq!(declined.status, StatusCode::OK, "{}", declined.text);
    })
    .await;
}

#[tokio::test]
async fn a_second_factor_is_for_anyone_and_turned_off_with_password_and_code_only() {
    sequel(async |town| {
        let mut asha = signed_in(town, ASHA).await;
        let mut elsewhere = signed_in(town, ASHA).await;
        asha.submit("/second-factor", "begin", &[]).await;
        let page = asha.open("/second-factor").await.text;
        assert!(page.contains("<path d=\"M4 4h7v1h-7z") && page.contains("Type this into the app"));
        let now = code_of(town, ASHA).await;
        asha.submit("/second-factor", "confirm", &[("code", &now)]).await;
        let page = asha.open("/second-factor").await.text;
        let codes: Vec<String> =
            page.split("<code class=\"num\">").skip(1).filter_map(|rest| rest.get(..19).map(str::to_owned)).collect();
        assert_eq!(codes.len(), 10);
        asha.submit("/second-factor", "keep", &[]).await;
        // The other session, and every new one, opens nothing before the code.
        for path in ["/dashboard", "/account", "/account/sessions", "/notifications", "/inbox"] {
            let shut = elsewhere.open(path).await;
            assert_eq!(shut.status, StatusCode::FORBIDDEN, "{path}");
            assert!(shut.text.contains("/second-factor?next="), "{path}");
        }
        assert_eq!(elsewhere.api(Method::GET, "/requests", None).await.code(), "SECOND_FACTOR_REQUIRED");
        let mut next = town.visitor();
        let answer = next.submit("/sign-in?next=/inbox", "sign_in", &[("email", ASHA.email), ("password", PASSWORD)]).await;
        assert_eq!(answer.location(), "/second-factor?next=%2Finbox");
        let given = next.submit("/second-factor?next=/inbox", "give", &[("code", &codes[0])]).await;
        assert_eq!(given.location(), "/inbox");
        assert_eq!(next.open("/inbox").await.status, StatusCode::OK);
        let again = elsewhere.submit("/second-factor", "give", &[("code", &codes[0])]).await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY, "a recovery code works once");
        // New ones take the place of all old ones.
        next.submit("/second-factor", "renew", &[]).await;
        next.submit("/second-factor", "keep", &[]).await;
        assert_eq!(
            elsewhere.submit("/second-factor", "give", &[("code", &codes[1])]).await.status,
            StatusCode::UNPROCESSABLE_ENTITY
        );
        // Off: with both, and not with one.
        town.house.clock.shift(30);
        let now = code_of(town, ASHA).await;
        for (password, code) in [("wrong words here", now.as_str()), (PASSWORD, "000000"), ("", "")] {
            let kept = asha.submit("/second-factor", "off", &[("password", password), ("code", code)]).await;
            assert_eq!(kept.status, StatusCode::UNPROCESSABLE_ENTITY);
        }
        assert_eq!(
            elsewhere.submit("/second-factor", "off", &[("password", PASSWORD), ("code", &now)]).await.status,
            StatusCode::FORBIDDEN
        );
        let off = asha.submit("/second-factor", "off", &[("password", PASSWORD), ("code", &now)]).await;
        assert_eq!(off.location(), "/account?done=factor-off");
        assert_eq!(elsewhere.open("/inbox").await.status, StatusCode::OK);
        assert_eq!(
            count(town, "recovery_codes where user_id = (select id from users where email = 'asha@acme.example')").await,
            0
        );
        town.drain().await;
        let subjects: Vec<String> = town.post.letters().into_iter().filter(|l| l.to == ASHA.email).map(|l| l.subject).collect();
        for words in ["Your second factor is on", "A recovery code was used", "Your second factor is off"] {
            assert!(subjects.iter().any(|subject| subject.contains(words)), "{words}: {subjects:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_session_is_ended_from_another_one_and_nobody_elses() {
    sequel(async |town| {
        let agent = ("user-agent", "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0");
        let mut here = signed_in(town, ASHA).await;
        let mut there = town.visitor();
        let headers = [("content-type", "application/x-www-form-urlencoded"), ("origin", "http://127.0.0.1:3999"), agent];
        let body = format!("_form=sign_in&email={}&password={}", ASHA.email, PASSWORD.replace(' ', "+"));
        assert_eq!(there.send(Method::POST, "/sign-in", &headers, body).await.status, StatusCode::SEE_OTHER);

        let page = here.open("/account/sessions").await;

        assert_eq!(page.status, StatusCode::OK);
        assert!(page.text.contains("Firefox on Linux") && page.text.contains("Unknown place, network 10."), "{}", page.text);
        assert_eq!(page.text.matches("This one").count(), 1);
        for browser in [&here, &there] {
            let token = browser.cookie("commdesk").expect("a session");
            assert!(!page.text.contains(token), "the page opens none of them");
        }
        let id: uuid::Uuid = sqlx::query_scalar("select id from sessions where device = 'Firefox on Linux'")
            .fetch_one(&town.owner)
            .await
            .expect("one");
        let id = id.to_string();
        let mut ravi = signed_in(town, RAVI).await;
        assert_eq!(ravi.submit("/account/sessions", "revoke", &[("session", &id)]).await.status, StatusCode::NOT_FOUND);
        assert_eq!(there.open("/account").await.status, StatusCode::OK);
        assert_eq!(
            here.submit("/account/sessions", "revoke", &[("session", &id)]).await.location(),
            "/account/sessions?done=ended"
        );
        assert_eq!(there.open("/account").await.status, StatusCode::UNAUTHORIZED, "dead at once");
        assert_eq!(here.open("/account").await.status, StatusCode::OK);
        assert_eq!(here.submit("/account/sessions", "sign_out_everywhere", &[]).await.location(), "/sign-in?done=everywhere");
        assert_eq!(count(town, "sessions where user_id = (select id from users where email = 'asha@acme.example')").await, 0);
    })
    .await;
}

#[tokio::test]
async fn sessions_are_listed_and_ended_through_the_api_and_by_no_key() {
    sequel(async |town| {
        let mut here = signed_in(town, ASHA).await;
        let mut there = town.visitor();
        let agent = ("user-agent", "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0");
        let headers = [("content-type", "application/x-www-form-urlencoded"), ("origin", "http://127.0.0.1:3999"), agent];
        let body = format!("_form=sign_in&email={}&password={}", ASHA.email, PASSWORD.replace(' ', "+"));
        assert_eq!(there.send(Method::POST, "/sign-in", &headers, body).await.status, StatusCode::SEE_OTHER);

        let listed = here.api(Method::GET, "/sessions", None).await;

        let items = listed.data()["items"].as_array().expect("sessions").clone();
        assert_eq!(items[0]["isThis"], true, "{}", listed.text);
        assert_eq!(items.iter().filter(|it| it["isThis"] == true).count(), 1);
        assert!(!listed.text.contains("token") && !listed.text.contains("hash"), "{}", listed.text);
        let id = |item: &Value| item["id"].as_str().expect("an id").to_owned();
        let other = items.iter().find(|it| it["device"] == "Firefox on Linux").expect("the other one");
        let (this, other) = (id(&items[0]), id(other));
        // Nobody else's, and by no key, whatever it may do.
        let mut ravi = signed_in(town, RAVI).await;
        assert_eq!(ravi.api(Method::DELETE, &format!("/sessions/{other}"), None).await.status, StatusCode::NOT_FOUND);
        let (_, secret) = key(&mut here, &["profile:read", "profile:update", "member:read"]).await;
        let mut program = town.visitor();
        for (method, path) in [(Method::GET, "/sessions".to_owned()), (Method::DELETE, format!("/sessions/{other}"))] {
            assert_eq!(call(&mut program, &secret, method, &path, None).await.status, StatusCode::FORBIDDEN, "{path}");
        }
        for path in ["/notifications/preferences", "/notifications"] {
            assert_eq!(call(&mut program, &secret, Method::GET, path, None).await.status, StatusCode::FORBIDDEN, "{path}");
        }
        assert_eq!(there.open("/account").await.status, StatusCode::OK);

        // The same key twice ends it once and says the same.
        let once = [("idempotency-key", "end-1")];
        for _ in 0..2 {
            let ended = here.api_with(Method::DELETE, &format!("/sessions/{other}"), None, &once).await;
            assert_eq!(
                (ended.status, ended.data()["items"].as_array().map(Vec::len)),
                (StatusCode::OK, Some(items.len() - 1)),
                "{}",
                ended.text
            );
        }
        assert_eq!(there.open("/account").await.status, StatusCode::UNAUTHORIZED, "dead at once");
        assert_eq!(here.api(Method::DELETE, &format!("/sessions/{other}"), None).await.status, StatusCode::NOT_FOUND);
        let out = here.api(Method::DELETE, &format!("/sessions/{this}"), None).await;
        assert_eq!(out.status, StatusCode::OK);
        let cookie = out.header("set-cookie");
        assert!(cookie.contains("Max-Age=0"), "{cookie}");
        assert_eq!(here.api(Method::GET, "/sessions", None).await.status, StatusCode::UNAUTHORIZED);
    })
    .await;
}

/// A list of places in MaxMind's format: networks of 24 bits, each with its town (or none) and its country.
fn list_of_places(places: &[(Ipv4Addr, &str, &str)]) -> Vec<u8> {
    #[derive(Clone, Copy)]
    enum Way {
        Nowhere,
        On(usize),
        There(usize),
    }
    let size = |length: usize| u8::try_from(length).expect("something short");
    let text = |text: &str| [vec![0x40 | size(text.len())], text.as_bytes().to_vec()].concat();
    let map = |entries: &[(&str, Vec<u8>)]| {
        let parts = entries.iter().flat_map(|(key, value)| [text(key), value.clone()]);
        [vec![0xE0 | size(entries.len())]].into_iter().chain(parts).collect::<Vec<_>>().concat()
    };
    // A kind above seven stands in a byte of its own.
    let number = |kind: u8, value: u64| {
        let digits: Vec<u8> = value.to_be_bytes().into_iter().skip_while(|byte| *byte == 0).collect();
        let head = if kind < 8 { vec![(kind << 5) | size(digits.len())] } else { vec![size(digits.len()), kind - 7] };
        [head, digits].concat()
    };
    let named = |name: &str| map(&[("names", map(&[("en", text(name))]))]);

    let (mut nodes, mut data) = (vec![[Way::Nowhere; 2]], Vec::new());
    for (network, town, country) in places {
        let (bits, mut at) = (u32::from(*network), 0);
        for bit in 0..24 {
            let side = usize::from((bits >> (31 - bit)) & 1 == 1);
            at = match nodes[at][side] {
                _ if bit == 23 => {
                    nodes[at][side] = Way::There(data.len());
                    break;
                }
                Way::On(next) => next,
                Way::Nowhere | Way::There(_) => {
                    nodes.push([Way::Nowhere; 2]);
                    nodes[at][side] = Way::On(nodes.len() - 1);
                    nodes.len() - 1
                }
            };
        }
        let mut known = vec![("country", named(country))];
        if !town.is_empty() {
            known.push(("city", named(town)));
        }
        data.extend(map(&known));
    }
    let tree = nodes.iter().flatten().flat_map(|way| {
        let record = match way {
            Way::Nowhere => nodes.len(),
            Way::On(node) => *node,
            Way::There(offset) => nodes.len() + 16 + offset,
        };
        u32::try_from(record).expect("a small list").to_be_bytes()[1..].to_vec()
    });
    let about = map(&[
        ("node_count", number(6, u64::try_from(nodes.len()).expect("a small list"))),
        ("record_size", number(5, 24)),
        ("ip_version", number(5, 4)),
        ("database_type", text("Places")),
        ("languages", [vec![1, 4], text("en")].concat()),
        ("binary_format_major_version", number(5, 2)),
        ("binary_format_minor_version", number(5, 0)),
        ("build_epoch", number(9, 1_700_000_000)),
        ("description", map(&[("en", text("A town and a country"))])),
    ]);
    [tree.collect::<Vec<u8>>(), vec![0_u8; 16], data, b"\xab\xcd\xefMaxMind.com".to_vec(), about].concat()
}

#[tokio::test]
async fn a_list_of_places_says_where_a_session_is_used() {
    sequel(async |town| {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("places.mmdb");
        let known = [(Ipv4Addr::new(203, 0, 113, 0), "Pune", "India"), (Ipv4Addr::new(198, 51, 100, 0), "", "Ghana")];
        std::fs::write(&path, list_of_places(&known)).expect("written");
        let mut house = Arc::into_inner(town.second_instance()).expect("nobody else has it yet");
        house.places = Places::open(&path).expect("a list of places");
        let router = site::router(Arc::new(house));

        let mut ravi = town.visitor().on(&router).at("203.0.113.77");
        let signed_in = [("email", RAVI.email), ("password", PASSWORD)];
        assert_eq!(ravi.submit("/sign-in", "sign_in", &signed_in).await.status, StatusCode::SEE_OTHER);
        // Where only the country is known, where nothing is, and by a trusted proxy's word.
        let (mut abroad, mut unknown) =
            (town.visitor().on(&router).at("198.51.100.9"), town.visitor().on(&router).at("192.0.2.1"));
        for browser in [&mut abroad, &mut unknown] {
            assert_eq!(browser.submit("/sign-in", "sign_in", &signed_in).await.status, StatusCode::SEE_OTHER);
        }
        let mut behind = town.visitor().on(&router).at("127.0.0.1");
        let login = json!({"email": RAVI.email, "password": PASSWORD});
        let done = behind.api_with(Method::POST, "/auth/login", Some(login), &[("x-forwarded-for", "203.0.113.200")]).await;
        assert_eq!(done.status, StatusCode::OK, "{}", done.text);

        let places = |listed: &Answer| {
            let items = listed.data()["items"].as_array().expect("sessions").clone();
            let mut all: Vec<String> = items.iter().map(|it| it["place"].as_str().expect("a place").to_owned()).collect();
            all.sort();
            all
        };
        let listed = ravi.api(Method::GET, "/sessions", None).await;
        // The demo signed in too, from nowhere.
        let places_with: Vec<String> = places(&listed).into_iter().filter(|place| place != "Unknown place").collect();
        assert_eq!(
            places_with,
            [
                "Ghana, network 198.51.100.0/24",
                "Pune, India, network 203.0.113.0/24",
                "Pune, India, network 203.0.113.0/24",
                "Unknown place, network 192.0.2.0/24",
            ]
        );
        let page = ravi.open("/account/sessions").await;
        assert!(page.text.contains("Pune, India, network 203.0.113.0/24"), "{}", page.text);
        let why = "No list of places is set up here";
        assert!(!page.text.contains(why), "some places are unknown to the list as well");

        // The instance without a list says the network only: nothing more was kept.
        let mut ravi = ravi.on(&town.router);
        let listed = ravi.api(Method::GET, "/sessions", None).await;
        assert!(places(&listed).iter().all(|place| place.starts_with("Unknown place")), "{}", listed.text);
        assert!(listed.text.contains("Unknown place, network 203.0.113.0/24"), "{}", listed.text);
        let page = ravi.open("/account/sessions").await;
        assert!(!page.text.contains("Pune, India") && page.text.contains(why), "{}", page.text);
    })
    .await;
}

#[tokio::test]
async fn no_session_is_fixed_from_outside_or_left_behind() {
    sequel(async |town| {
        // A token that somebody planted is not made good by signing in with it in the browser.
        let planted = "a".repeat(43);
        let mut asha = town.visitor();
        asha.set_cookie("commdesk", &planted);
        asha.submit("/sign-in", "sign_in", &[("email", ASHA.email), ("password", PASSWORD)]).await;
        let first = asha.cookie("commdesk").expect("a session").to_owned();
        assert_ne!(first, planted);
        let mut thief = town.visitor();
        thief.set_cookie("commdesk", &planted);
        assert_eq!(thief.open("/account").await.status, StatusCode::UNAUTHORIZED);
        // Signing in again brings another one and ends the one before.
        asha.submit("/sign-in", "sign_in", &[("email", ASHA.email), ("password", PASSWORD)]).await;
        assert_ne!(asha.cookie("commdesk"), Some(first.as_str()));
        thief.set_cookie("commdesk", &first);
        assert_eq!(thief.open("/account").await.status, StatusCode::UNAUTHORIZED);
        // Stepping up as well.
        let before = asha.cookie("commdesk").expect("a session").to_owned();
        second_factor(town, &mut asha, ASHA).await;
        thief.set_cookie("commdesk", &before);
        assert_eq!(thief.open("/account").await.status, StatusCode::UNAUTHORIZED);
        assert_eq!(asha.open("/account").await.status, StatusCode::OK);
    })
    .await;
}
