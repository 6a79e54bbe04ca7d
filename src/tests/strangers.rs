//! Every route, as nobody and as an outsider. A route that is not in these tables fails a test: whoever adds one says
//! here what strangers get.

use crate::town::{Browser, Town, story};
use axum::body::Body;
use commdesk::{app::App, http, seeds};
use leptos_axum::generate_route_list;
use std::collections::BTreeMap;
use uuid::Uuid;

/// Pages: what nobody gets, with ids that exist and belong to others.
const PAGES: &[(&str, u16)] = &[
    ("/", 200),
    ("/opportunities", 200),
    ("/opportunities/{id}", 200),
    ("/directory", 200),
    ("/directory/{slug}", 200),
    ("/events", 200),
    ("/events/{slug}", 200),
    ("/communities/{slug}", 200),
    ("/api/docs", 200),
    ("/become-sponsor", 200),
    ("/claim/{slug}", 200),
    ("/directory/add", 401),
    ("/organization/domain", 401),
    ("/staff/changes", 401),
    ("/join", 200),
    ("/join/sent", 200),
    ("/sign-in", 200),
    ("/forgot-password", 200),
    ("/link/{token}", 404),
    ("/second-factor", 401),
    ("/dashboard", 401),
    ("/inbox", 401),
    ("/requests/new", 401),
    ("/requests/{id}", 401),
    ("/manage/events", 401),
    ("/manage/events/new", 401),
    ("/manage/events/{id}", 401),
    ("/manage/events/{id}/edit", 401),
    ("/manage/events/{id}/partners/new", 401),
    ("/manage/events/{id}/partners/{link}", 401),
    ("/manage/opportunities", 401),
    ("/manage/opportunities/new", 401),
    ("/manage/opportunities/{id}", 401),
    ("/organization/profile", 401),
    ("/account", 401),
    ("/account/sessions", 401),
    ("/api-keys", 401),
    ("/workspace/security", 401),
    ("/notifications", 401),
    ("/staff/organizations", 401),
    ("/staff/organizations/{id}", 401),
    ("/staff/communities", 401),
    ("/staff/communities/{id}", 401),
];

/// The API: what nobody gets, and what an outsider gets (signed in, of a company that is not yet verified), with ids that
/// exist and belong to others.
const API: &[(&str, &str, u16, u16)] = &[
    ("POST", "/auth/signup-community", 422, 422),
    ("POST", "/auth/verify-email", 404, 404),
    ("POST", "/auth/activate-member", 404, 404),
    ("POST", "/auth/login", 422, 422),
    ("POST", "/auth/second-factor", 401, 409),
    ("POST", "/auth/logout", 200, 200),
    ("POST", "/auth/forgot-password", 422, 422),
    ("POST", "/auth/reset-password", 404, 404),
    ("GET", "/api-keys", 401, 200),
    ("POST", "/api-keys", 401, 422),
    ("DELETE", "/api-keys/{id}", 401, 404),
    ("GET", "/second-factor-policy", 401, 200),
    ("PATCH", "/second-factor-policy", 401, 403),
    ("PATCH", "/admin/communities/{id}/status", 401, 403),
    ("GET", "/sponsors", 200, 200),
    ("POST", "/sponsors/apply", 422, 422),
    ("GET", "/sponsors/dashboard", 401, 200),
    ("GET", "/sponsors/{organizationId}", 200, 200),
    ("PATCH", "/sponsors/{organizationId}", 401, 404),
    ("POST", "/sponsors/{organizationId}/verify", 401, 403),
    ("POST", "/sponsors", 401, 403),
    ("POST", "/sponsors/{organizationId}/answer", 401, 404),
    ("POST", "/sponsors/{organizationId}/checks", 401, 403),
    ("POST", "/sponsors/{organizationId}/slug", 401, 404),
    ("DELETE", "/sponsors/{organizationId}/proposed-website", 401, 404),
    ("POST", "/sponsors/{organizationId}/proposed-website/decision", 401, 403),
    ("POST", "/sponsors/{organizationId}/invitations", 401, 403),
    ("POST", "/sponsors/{organizationId}/claims", 422, 422),
    ("POST", "/sponsors/{organizationId}/claims/decision", 401, 403),
    ("POST", "/sponsors/{organizationId}/domain-proof", 401, 409),
    ("POST", "/sponsors/{organizationId}/domain-proof/check", 401, 404),
    ("POST", "/uploads/logos", 401, 422),
    ("GET", "/opportunities", 200, 200),
    ("POST", "/opportunities", 401, 403),
    ("GET", "/opportunities/{opportunityId}", 200, 200),
    ("PATCH", "/opportunities/{opportunityId}", 401, 404),
    ("GET", "/opportunities/{opportunityId}/price", 409, 409),
    ("GET", "/opportunities/views", 401, 200),
    ("POST", "/opportunities/views", 401, 422),
    ("PATCH", "/opportunities/views/{viewId}", 401, 422),
    ("DELETE", "/opportunities/views/{viewId}", 401, 404),
    ("POST", "/opportunities/{opportunityId}/apply", 401, 403),
    ("GET", "/requests", 401, 200),
    ("POST", "/requests", 401, 403),
    ("GET", "/requests/{requestId}", 401, 404),
    ("PATCH", "/requests/{requestId}/accept", 401, 404),
    ("PATCH", "/requests/{requestId}/reject", 401, 404),
    ("PATCH", "/requests/{requestId}/withdraw", 401, 404),
    ("GET", "/events", 200, 200),
    ("POST", "/events", 401, 403),
    ("GET", "/events/{eventId}", 404, 404),
    ("PATCH", "/events/{eventId}", 401, 404),
    ("POST", "/events/{eventId}/publish", 401, 404),
    ("GET", "/events/{eventId}/partners", 401, 404),
    ("POST", "/events/{eventId}/partners", 401, 404),
    ("PATCH", "/events/{eventId}/partners/{linkId}", 401, 404),
    ("DELETE", "/events/{eventId}/partners/{linkId}", 401, 404),
    ("GET", "/events/{eventId}/sponsors", 404, 404),
    ("POST", "/events/{eventId}/sponsors", 401, 404),
    ("GET", "/openapi.json", 200, 200),
];

/// Ids and slugs of the demo, which belong to nobody who asks here.
struct Others {
    request: Uuid,
    opportunity: Uuid,
    /// A draft.
    event: Uuid,
    organization: Uuid,
    community: Uuid,
    /// Who stands on an event's page.
    link: Uuid,
}

async fn others(town: &Town) -> Others {
    let one = |sql: &'static str| async move {
        sqlx::query_scalar::<_, Uuid>(sql).fetch_one(&town.owner).await.expect("the demo has one")
    };
    Others {
        request: one("select id from requests where state = 'Pending' limit 1").await,
        opportunity: one("select id from opportunities where status = 'Open' limit 1").await,
        event: one("select id from events where status = 'Draft' limit 1").await,
        organization: one("select id from organizations where slug = 'acme-cloud'").await,
        community: one("select id from communities where slug = 'apex-circle'").await,
        link: one("select id from event_partners limit 1").await,
    }
}

impl Others {
    fn fill(&self, path: &str) -> String {
        let id = if path.starts_with("/opportunities") || path.starts_with("/manage/opportunities") {
            self.opportunity
        } else if path.starts_with("/requests") {
            self.request
        } else if path.starts_with("/manage/events") {
            self.event
        } else if path.starts_with("/staff/organizations") {
            self.organization
        } else {
            self.community
        };
        let slug = match path {
            "/directory/{slug}" | "/claim/{slug}" => "acme-cloud",
            "/events/{slug}" => "hackfest-2027",
            _ => "apex-circle",
        };
        path.replace("{id}", &id.to_string())
            .replace("{slug}", slug)
            .replace("{token}", "a-link-that-nobody-was-mailed-0123456789abcd")
            .replace("{organizationId}", &self.organization.to_string())
            .replace("{opportunityId}", &self.opportunity.to_string())
            .replace("{viewId}", &self.opportunity.to_string())
            .replace("{requestId}", &self.request.to_string())
            .replace("{eventId}", &self.event.to_string())
            .replace("{link}", &self.link.to_string())
            .replace("{linkId}", &self.link.to_string())
    }
}

async fn facts(town: &Town) -> i64 {
    sqlx::query_scalar("select count(*) from facts").fetch_one(&town.owner).await.expect("facts can be counted")
}

async fn mallory(town: &Town) -> Browser {
    let mut browser = town.visitor();
    let answer = browser
        .submit("/sign-in", "sign_in", &[("email", seeds::people::MALLORY.email), ("password", seeds::people::PASSWORD)])
        .await;
    assert_eq!(answer.status, 303, "{}", answer.text);
    browser
}

#[tokio::test]
async fn every_page_as_nobody_and_as_an_outsider() {
    let listed: BTreeMap<&str, u16> = PAGES.iter().copied().collect();
    let mut known: Vec<String> = generate_route_list(App).iter().map(|route| route.path().to_owned()).collect();
    known.sort();
    let mut told: Vec<String> = listed.keys().map(|path| (*path).to_owned()).collect();
    told.sort();
    assert_eq!(known, told, "every page is in the table");
    story(async |town| {
        seeds::demo(&town.house, &town.registry, &|_| {}).await.expect("the demo loads");
        let others = others(town).await;
        let before = facts(town).await;
        for (path, wanted) in PAGES.iter().copied() {
            let answer = town.visitor().open(&others.fill(path)).await;
            assert_eq!(answer.status.as_u16(), wanted, "{path} as nobody");
            assert!(!answer.text.contains("unsafe-inline") && !answer.text.contains("sqlx"), "{path} shows our insides");
        }
        let before_outsider = facts(town).await;
        assert_eq!(before, before_outsider, "looking changes nothing");
        let mut outsider = mallory(town).await;
        for path in [
            "/requests/{id}",
            "/manage/events/{id}",
            "/manage/events/{id}/edit",
            "/manage/events/{id}/partners/new",
            "/manage/events/{id}/partners/{link}",
            "/manage/opportunities/{id}",
            "/staff/organizations",
            "/staff/changes",
            "/directory/add",
            "/staff/communities",
            "/staff/organizations/{id}",
            "/staff/communities/{id}",
        ] {
            let answer = outsider.open(&others.fill(path)).await;
            assert!(matches!(answer.status.as_u16(), 403 | 404), "{path} as an outsider: {}", answer.status);
            for secret in ["asha@acme.example", "3,50,000", "98765"] {
                assert!(!answer.text.contains(secret), "{path} shows {secret}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn every_form_as_nobody_changes_nothing() {
    story(async |town| {
        seeds::demo(&town.house, &town.registry, &|_| {}).await.expect("the demo loads");
        let others = others(town).await;
        let before = facts(town).await;
        let mut faults = Vec::new();
        for (path, form) in http::forms::listed() {
            let answer = town.visitor().submit(&others.fill(path), form, &[]).await;
            // A draft belongs to whoever writes it; an empty one sends nothing and shows its first step again.
            let is_own_draft = path == "/become-sponsor" && answer.location().starts_with("/become-sponsor?step=");
            let to_sign_in = answer.status == 303 && (answer.location().starts_with("/sign-in") || is_own_draft);
            if !to_sign_in && !matches!(answer.status.as_u16(), 401 | 403 | 404 | 409 | 422) {
                faults.push(format!("{path} {form}: {} {}", answer.status, answer.location()));
            }
        }
        assert!(faults.is_empty(), "{}", faults.join("\n"));
        assert_eq!(before, facts(town).await, "no form of a stranger changed anything");
    })
    .await;
}

#[tokio::test]
async fn every_call_as_nobody_and_as_an_outsider() {
    let document = http::api_v1::openapi();
    let mut known: Vec<String> = vec!["GET /openapi.json".into()];
    for (path, item) in document["paths"].as_object().expect("paths") {
        for method in ["get", "post", "patch", "delete", "put"] {
            if item[method].is_object() {
                known.push(format!("{} {path}", method.to_uppercase()));
            }
        }
    }
    known.sort();
    let mut told: Vec<String> = API.iter().map(|(method, path, ..)| format!("{method} {path}")).collect();
    told.sort();
    assert_eq!(known, told, "every call is in the table");
    story(async |town| {
        seeds::demo(&town.house, &town.registry, &|_| {}).await.expect("the demo loads");
        let others = others(town).await;
        let before = facts(town).await;
        let mut faults = Vec::new();
        // Where the words matter, they are in order: the refusal is about who asks.
        let body = |method: &str, path: &str| {
            let text = match path {
                _ if method == "GET" => String::new(),
                "/requests/{requestId}/accept" => format!("{{\"revisionHash\":\"{}\"}}", "0".repeat(64)),
                "/requests/{requestId}/reject" => "{\"reason\":\"Budget\"}".to_owned(),
                "/admin/communities/{id}/status" => "{\"status\":\"approved\"}".to_owned(),
                "/sponsors/{organizationId}/verify" => "{\"decision\":\"verify\",\"reason\":\"Because I say so.\"}".to_owned(),
                _ => "{}".to_owned(),
            };
            Body::from(text)
        };
        let headers = [("content-type", "application/json")];
        for (method, path, nobody, _) in API.iter().copied() {
            let answer = town
                .visitor()
                .send(method.parse().expect("a verb"), &format!("/api/v1{}", others.fill(path)), &headers, body(method, path))
                .await;
            if answer.status.as_u16() != nobody {
                faults.push(format!("{method} {path} as nobody: {} {}", answer.status, answer.text));
            }
        }
        assert_eq!(before, facts(town).await, "nobody changed anything");
        let mut mallory = mallory(town).await;
        // Signing out is the last thing that a session does.
        let (last, first): (Vec<_>, Vec<_>) = API.iter().copied().partition(|(_, path, ..)| *path == "/auth/logout");
        for (method, path, _, outsider) in first.into_iter().chain(last) {
            let answer = mallory
                .send(method.parse().expect("a verb"), &format!("/api/v1{}", others.fill(path)), &headers, body(method, path))
                .await;
            if answer.status.as_u16() != outsider {
                faults.push(format!("{method} {path} as an outsider: {} {}", answer.status, answer.text));
            }
            if path.starts_with("/sponsors/{") {
                assert!(!answer.text.contains("asha@acme.example"), "{path} shows an address to an outsider");
            }
        }
        assert!(faults.is_empty(), "{}", faults.join("\n"));
    })
    .await;
}
