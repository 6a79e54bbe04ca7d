//! A secret in every private column of two tenants, and every other kind of caller who asks for everything: pages, what they
//! load, the API, embeds, letters, notices and the log. Each sees exactly what `SEEN` grants, no column more.

use crate::{
    common::signed_in,
    planted::{self, AMOUNT, PHONE, SAM, Tenants, VERA, furnish, kept, plant},
    strangers::{API, LOADS, Others, PAGES},
    town::sequel,
};
use aho_corasick::AhoCorasick;
use axum::body::Body;
use base64::Engine as _;
use commdesk::seeds::people::{ASHA, INGRID, KOFI, MALLORY, MEI, RAVI, SARA, TOMAS};
use http::Method;
use serde_json::json;
use std::{
    collections::{BTreeMap, BTreeSet},
    io::Write,
    sync::{Arc, Mutex},
};
use uuid::Uuid;

const VOLUNTEER: &str = "a volunteer of Apex Circle";
const OTHER_COMMUNITY: &str = "an owner of another community";

/// What others may see of what is private, with the reason.
const SEEN: &[(&str, &str)] = &[
    // Whoever deals with sponsors for an approved community sees what an organization gives and where it is written to
    // (`organizations/visibility.rs`).
    ("an amount", OTHER_COMMUNITY),
    ("organizations.primary_email", OTHER_COMMUNITY),
    ("organizations.business_email", OTHER_COMMUNITY),
    ("organizations.devrel_email", OTHER_COMMUNITY),
    ("organizations.hiring_email", OTHER_COMMUNITY),
    ("organizations.billing_email", OTHER_COMMUNITY),
    // Every member sees the community's events, drafts and who stands on them too, and its people.
    ("events.slug", VOLUNTEER),
    ("events.title", VOLUNTEER),
    ("events.subtitle", VOLUNTEER),
    ("events.description_markdown", VOLUNTEER),
    ("events.registration_link", VOLUNTEER),
    ("events.venue_name", VOLUNTEER),
    ("events.venue_address", VOLUNTEER),
    ("events.hidden_reason", VOLUNTEER),
    ("members.bio", VOLUNTEER),
    ("members.links", VOLUNTEER),
    ("users.name", VOLUNTEER),
];

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

/// Finds what was planted in a text, however it is written.
struct Eye {
    /// All words at once: there are several hundred, and a log of many megabytes.
    words: AhoCorasick,
    /// Where each of them was planted.
    columns: Vec<String>,
}

impl Eye {
    fn new() -> Self {
        let mut words = BTreeMap::new();
        for (marker, column) in planted::markers() {
            // Bytes come in hexadecimal or base64, when they come at all: two letters are left out at the end, which may
            // be written together with what follows.
            words.insert(hex::encode(&marker), column.clone());
            let whole = marker.len() - marker.len() % 3;
            words.insert(base64::engine::general_purpose::STANDARD.encode(&marker[..whole]), column.clone());
            words.insert(marker, column);
        }
        let rupees = AMOUNT / 100;
        for text in [AMOUNT.to_string(), rupees.to_string(), "73,18,642".to_owned(), "7,318,642".to_owned(), "73.2L".to_owned()] {
            words.insert(text, "an amount".to_owned());
        }
        words.insert(PHONE.to_owned(), "a phone number".to_owned());
        words.insert(PHONE.replace(' ', ""), "a phone number".to_owned());
        let (words, columns): (Vec<_>, Vec<_>) = words.into_iter().unzip();
        Self { words: AhoCorasick::new(words).expect("words that can be looked for"), columns }
    }

    fn sees(&self, text: &str) -> BTreeSet<&str> {
        // A marker that begins another one is not meant by it.
        let is_whole = |end: usize| !text[end..].starts_with(|c: char| c.is_ascii_lowercase());
        self.words
            .find_overlapping_iter(text)
            .filter(|found| is_whole(found.end()))
            .map(|found| self.columns[found.pattern()].as_str())
            .collect()
    }
}

/// Every address that somebody can ask for with GET, with the ids of the tenants.
fn addresses(tenants: &Tenants, member: Uuid) -> Vec<(String, &'static str)> {
    let one = |event, opportunity| Others {
        request: tenants.request,
        opportunity,
        event,
        organization: tenants.acme,
        community: tenants.apex,
        link: tenants.link,
        member,
        invitation: tenants.invitation,
        join_request: tenants.join_request,
        user: tenants.ravi,
    };
    let mut all = Vec::new();
    for (round, others) in [one(tenants.event, tenants.offer), one(tenants.hackfest, tenants.opportunity)].iter().enumerate() {
        let is_new = |path: &str| round == 0 || path.contains('{');
        for (path, _) in PAGES.iter().filter(|(path, _)| is_new(path)) {
            all.push((others.fill(path), "text/html"));
        }
        for (path, query, ..) in LOADS.iter().filter(|(_, query, ..)| is_new(query)) {
            all.push((format!("/rpc{path}?{}", others.fill(query)), "application/json"));
        }
        for (_, path, ..) in API.iter().filter(|(method, path, ..)| *method == "GET" && is_new(path)) {
            all.push((format!("/api/v1{}", others.fill(path)), "application/json"));
        }
    }
    let apex = "community:apex-circle";
    let acme = "organization:acme-cloud";
    for path in [
        "/dashboard",
        "/inbox",
        "/manage/events",
        "/manage/opportunities",
        "/people",
        "/notifications",
        "/api-keys",
        "/organization/profile",
        "/community/profile",
    ] {
        all.push((format!("{path}?as={apex}"), "text/html"));
        all.push((format!("{path}?as={acme}"), "text/html"));
    }
    // Searching says whether a word is there.
    for path in ["/directory?q=canar", "/events?q=canar", "/opportunities?q=canar", "/inbox?q=canar"] {
        all.push((path.to_owned(), "text/html"));
    }
    for path in [
        "/sponsors?search=canar",
        "/events?search=canar",
        "/opportunities?search=canar",
        "/requests?search=canar",
        "/members?search=canar",
    ] {
        all.push((format!("/api/v1{path}"), "application/json"));
    }
    for path in [
        "/embed/events/hackfest/sponsors".to_owned(),
        "/embed/events/hackfest/sponsors.json".to_owned(),
        format!("/embed/opportunities/{}/badge", tenants.opportunity),
        format!("/embed/opportunities/{}/badge.json", tenants.opportunity),
        format!("/embed/opportunities/{}/badge", tenants.offer),
        format!("/embed/opportunities/{}/badge.json", tenants.offer),
        "/metrics".to_owned(),
        "/readyz".to_owned(),
    ] {
        all.push((path, "*/*"));
    }
    all
}

#[tokio::test]
async fn what_is_private_is_seen_by_those_it_belongs_to_and_nobody_else() {
    let lines = Lines::default();
    let writer = lines.clone();
    let subscriber =
        tracing_subscriber::fmt().json().with_max_level(tracing::Level::TRACE).with_writer(move || writer.clone()).finish();
    sequel(async |town| {
        planted::every_column_is_known(town).await;
        let tenants = furnish(town).await;
        let member: Uuid = sqlx::query_scalar("select id from members where user_id = $1")
            .bind(tenants.ravi)
            .fetch_one(&town.owner)
            .await
            .expect("a seat");
        let (mut ravi, mut asha) = (kept(town, RAVI).await, kept(town, ASHA).await);
        planted::keep_facts(town).await;
        plant(town, &tenants).await;
        let eye = Eye::new();
        let addresses = addresses(&tenants, member);
        // From here on every line of the log counts.
        let listening = tracing::subscriber::set_default(subscriber);

        let mut callers = vec![("nobody", town.visitor())];
        for (who, figure) in [
            ("an outsider", MALLORY),
            ("an owner who waits for approval", KOFI),
            (OTHER_COMMUNITY, MEI),
            ("an admin of another organization", TOMAS),
            ("an admin of a partner", INGRID),
            (VOLUNTEER, VERA),
            ("somebody suspended from Apex Circle", SAM),
            ("staff before the second factor", SARA),
        ] {
            callers.push((who, signed_in(town, figure).await));
        }
        let mut seen: BTreeMap<(&str, &str), String> = BTreeMap::new();
        for (who, browser) in &mut callers {
            for (address, accept) in &addresses {
                let answer = browser.send(Method::GET, address, &[("accept", accept)], Body::empty()).await;
                assert!(!answer.status.is_server_error(), "{address} as {who}: {} {}", answer.status, answer.text);
                for column in eye.sees(&answer.text) {
                    seen.entry((column, *who)).or_insert_with(|| address.clone());
                }
            }
            for workspace in ["community:apex-circle", "organization:acme-cloud"] {
                browser.workspace = Some(workspace.to_owned());
                for path in ["/requests", "/members", "/invitations", "/api-keys", "/sponsors/dashboard", "/notifications"] {
                    for column in eye.sees(&browser.api(Method::GET, path, None).await.text) {
                        seen.entry((column, *who)).or_insert_with(|| format!("{path} for {workspace}"));
                    }
                }
            }
        }

        // The eye works: the two whom it belongs to see it.
        let page = ravi.open(&format!("/requests/{}", tenants.request)).await;
        assert_eq!(page.status, 200, "{}", page.text);
        let theirs = eye.sees(&page.text);
        assert!(theirs.contains("revisions.message") && theirs.contains("an amount"), "{theirs:?}");
        let people = ravi.open("/people").await.text;
        assert!(eye.sees(&people).contains("invitations.email"), "{people}");
        let profile = asha.open("/organization/profile").await.text;
        for column in ["organizations.business_email", "a phone number", "organizations.primary_email"] {
            assert!(eye.sees(&profile).contains(column), "{column} is its own");
        }

        // They go on, and others are written to.
        let before = town.post.letters().len();
        let note = json!({"reason": "Budget", "note": planted::marker("requests", "rejection_note")});
        let declined = ravi.api(Method::PATCH, &format!("/requests/{}/reject", tenants.request), Some(note)).await;
        assert_eq!(declined.status, 200, "{}", declined.text);
        town.drain().await;
        let own = ["ravi@apex.example", "hello@apex.example", "asha@acme.example"];
        let letters = town.post.letters().split_off(before);
        assert!(
            letters.iter().any(|letter| letter.text.contains(&planted::marker("requests", "rejection_note"))),
            "Acme is told"
        );
        for letter in
            letters.iter().filter(|letter| !own.contains(&letter.to.as_str()) && !letter.to.ends_with("@canary.example"))
        {
            for column in eye.sees(&format!("{}\n{}\n{}", letter.subject, letter.text, letter.html)) {
                seen.entry((column, "a letter to others")).or_insert_with(|| letter.to.clone());
            }
        }
        for (who, browser) in &mut callers {
            for column in eye.sees(&browser.open("/notifications").await.text) {
                seen.entry((column, *who)).or_insert_with(|| "/notifications, afterwards".to_owned());
            }
        }

        drop(listening);
        let log = String::from_utf8_lossy(&lines.0.lock().expect("nobody panicked")).into_owned();
        assert!(log.contains("\"level\""), "the log was heard");
        for column in eye.sees(&log) {
            let at = log.lines().find(|line| eye.sees(line).contains(column)).unwrap_or_default();
            seen.entry((column, "the log")).or_insert_with(|| at.chars().take(300).collect());
        }

        let granted: BTreeSet<(&str, &str)> = SEEN.iter().copied().collect();
        let mut faults: Vec<String> = seen
            .iter()
            .filter(|(it, _)| !granted.contains(it))
            .map(|((column, who), at)| format!("{who} sees {column} at {at}"))
            .collect();
        faults.extend(
            granted
                .iter()
                .filter(|it| !seen.contains_key(it))
                .map(|(column, who)| format!("{who} does not see {column} any more")),
        );
        assert!(faults.is_empty(), "{}", faults.join("\n"));
        planted::put_facts_back(town).await;
    })
    .await;
}
