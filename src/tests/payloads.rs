//! Markup in every column where people write prose, and every page and letter that shows it: it comes out as text.
//!
//! What a real browser makes of it is asked in `end2end/journeys/hostile-words.spec.ts`.

use crate::{
    common::{at_work, is_long, signed_in},
    planted::{SAM, VERA, furnish, kept, plant_words},
    strangers::{LOADS, Others, PAGES},
    town::sequel,
};
use commdesk::seeds::people::{ASHA, MEI, RAVI, SARA, TOMAS};
use http::Method;
use serde_json::json;
use std::collections::BTreeSet;
use uuid::Uuid;

/// Each breaks out of another place: an element, an attribute in either quotes, a script with data in it, a comment, a
/// title or text area, Markdown.
const PAYLOADS: [&str; 7] = [
    "<img src=x onerror=broke(1)>",
    "\"><svg onload=broke(2)>",
    "' autofocus onfocus='broke(3)",
    "</script><script>broke(4)</script>",
    "--><script>broke(5)</script><!--",
    "</title></textarea><iframe srcdoc=broke(6)>",
    "[a](javascript:broke(7)) <b onclick=broke(7)>b</b>",
];

/// What stands in HTML only when a payload was taken for markup.
const BROKEN: [&str; 8] = [
    "<img src=x onerror",
    "<svg onload",
    "</script><script>broke",
    "<script>broke",
    "<iframe srcdoc",
    "<b onclick",
    "href=\"javascript:",
    "href='javascript:",
];

/// Every column gets one of them. The long form goes round until every column had every one.
fn rounds() -> usize {
    if is_long() { PAYLOADS.len() } else { 1 }
}

#[tokio::test]
async fn markup_that_people_write_is_text_on_every_page_and_in_every_letter() {
    for round in 0..rounds() {
        let mut words = PAYLOADS;
        words.rotate_left(round);
        sequel(async |town| {
            let tenants = furnish(town).await;
            let member: Uuid = sqlx::query_scalar("select id from members where user_id = $1")
                .bind(tenants.ravi)
                .fetch_one(&town.owner)
                .await
                .expect("a seat");
            let mut readers = vec![("a community", kept(town, RAVI).await), ("a sponsor", kept(town, ASHA).await)];
            readers.push(("staff", at_work(town, SARA).await));
            readers.push(("nobody", town.visitor()));
            for (who, figure) in
                [("another community", MEI), ("another sponsor", TOMAS), ("a volunteer", VERA), ("a suspended one", SAM)]
            {
                readers.push((who, signed_in(town, figure).await));
            }
            let planted = plant_words(town, &tenants, &words).await;
            assert!(planted > 50, "{planted}");
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
            let mut faults = Vec::new();
            let mut shown = BTreeSet::new();
            for (who, browser) in &mut readers {
                for (turn, others) in
                    [one(tenants.event, tenants.offer), one(tenants.hackfest, tenants.opportunity)].iter().enumerate()
                {
                    for (path, _) in PAGES.iter().copied().filter(|(path, _)| turn == 0 || path.contains('{')) {
                        let address = others.fill(path);
                        let answer = browser.open(&address).await;
                        if answer.status.is_server_error() {
                            faults.push(format!("{address} as {who}: {}", answer.status));
                        }
                        if answer.text.contains("broke(") {
                            shown.insert(path);
                        }
                        for broken in BROKEN.iter().filter(|broken| answer.text.contains(**broken)) {
                            let at = answer.text.find(broken).unwrap_or_default();
                            let around: String =
                                answer.text[..at].chars().rev().take(120).collect::<Vec<_>>().into_iter().rev().collect();
                            faults.push(format!("{address} as {who}: {broken} after {around}"));
                        }
                    }
                    // What answers in JSON says that it is no page.
                    for (path, query, ..) in LOADS.iter().copied().filter(|(_, query, ..)| turn == 0 || query.contains('{')) {
                        let answer = browser.open(&format!("/rpc{path}?{}", others.fill(query))).await;
                        if answer.header("content-type").starts_with("text/html")
                            && BROKEN.iter().any(|broken| answer.text.contains(broken))
                        {
                            faults.push(format!("/rpc{path} as {who} is a page"));
                        }
                    }
                }
                for path in
                    ["/embed/events/hackfest/sponsors".to_owned(), format!("/embed/opportunities/{}/badge", tenants.opportunity)]
                {
                    let answer = browser.open(&path).await;
                    if BROKEN.iter().any(|broken| answer.text.contains(broken)) {
                        faults.push(format!("{path}: {}", answer.text));
                    }
                }
            }
            assert!(shown.len() > 20, "pages show what was planted: {shown:?}");

            // Letters: what both sides write to each other.
            let before = town.post.letters().len();
            let note = json!({"reason": "Budget", "note": words.join(" ")});
            let declined = readers[0].1.api(Method::PATCH, &format!("/requests/{}/reject", tenants.request), Some(note)).await;
            assert_eq!(declined.status, 200, "{}", declined.text);
            town.drain().await;
            let letters = town.post.letters().split_off(before);
            assert!(!letters.is_empty(), "somebody is told");
            for letter in letters {
                for broken in BROKEN.iter().filter(|broken| letter.html.contains(**broken)) {
                    faults.push(format!("a letter to {} has {broken}", letter.to));
                }
                assert!(!letter.subject.contains('\n'), "{}", letter.subject);
            }
            assert!(faults.is_empty(), "{}", faults.join("\n"));
        })
        .await;
    }
}
