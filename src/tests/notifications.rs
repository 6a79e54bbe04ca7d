//! Letters and notices: told once, sent with retries, read by nobody else.

use crate::{
    common::{at_work, count, signed_in, who},
    town::{Browser, Town, sequel, story},
};
use chrono::{DateTime, TimeDelta, Utc};
use commdesk::{
    features::{
        accounts::{rules::LinkPurpose, service as accounts},
        blocks::service as blocks,
        events::service as events,
        notifications::{service, views::NoticeFilter},
        opportunities::service as opportunities,
        partners::service as partners,
        reactions,
        watching::{rules::List, service as watching},
    },
    kernel::{
        ids::{EventId, OpportunityId, UserId},
        page::PageRequest,
        text::{Email, Paragraph, PersonName},
    },
    platform::{
        ctx::{Ctx, House},
        jobs::{self, PATIENT_ATTEMPTS},
        mail::{PostError, smtp::Smtp},
    },
    seeds::people::{self, Figure},
};
use http::{Method, StatusCode};
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, BTreeSet, btree_map::Entry},
    io::{BufRead as _, BufReader},
    process::{Command, Stdio},
    sync::Arc,
};

const ASHA: &str = "asha@acme.example";
const PASSWORD: &str = "four calm words here";

async fn activated(town: &Town, email: &str, name: &str) -> UserId {
    let ctx = town.ctx();
    let mut tx = ctx.begin().await.expect("a transaction");
    let (address, name) = (Email::parse(email).expect("an address"), PersonName::parse(name).expect("a name"));
    let user = accounts::ensure_user_in(&mut tx, &address, &name).await.expect("a login");
    tx.commit().await.expect("committed");
    let token = accounts::issue_link(&ctx, user, LinkPurpose::Activate, email).await.expect("a link");
    accounts::use_link(&ctx, &token, &[LinkPurpose::Activate], Some(PASSWORD)).await.expect("activated");
    user
}

#[tokio::test]
async fn a_fact_is_told_once_however_often_its_job_runs() {
    story(async |town| {
        activated(town, ASHA, "Asha Rao").await;
        town.drain().await;
        let (mails, notices) = (count(town, "mails").await, count(town, "notices").await);
        assert!(mails > 0 && notices > 0);
        // As after a crash between the work and its mark.
        sqlx::query("update jobs set state = 'ready', attempts = 0, finished_at = null")
            .execute(&town.owner)
            .await
            .expect("again");

        town.drain().await;

        assert_eq!((count(town, "mails").await, count(town, "notices").await), (mails, notices));
        assert_eq!(town.post.letters().len(), usize::try_from(mails).expect("few"));
    })
    .await;
}

#[tokio::test]
async fn a_busy_server_is_tried_again_and_a_refusal_is_final() {
    story(async |town| {
        town.post.fail_next(PostError::Temporary("greylisted".into()));
        activated(town, ASHA, "Asha Rao").await;
        town.drain().await;
        assert!(town.post.letters().is_empty());
        assert_eq!(count(town, "mails where state = 'queued' and last_error like '%greylisted%'").await, 1);
        town.shift(5).await;
        assert_eq!(town.post.letters().len(), 1);
        assert_eq!(count(town, "mails where state = 'sent' and attempts = 2").await, 1);

        town.post.fail_next(PostError::Permanent("no such mailbox".into()));
        activated(town, "gone@acme.example", "Gone Away").await;
        town.drain().await;

        assert_eq!(count(town, "mails where state = 'failed' and last_error like '%no such mailbox%'").await, 1);
        town.shift(86_400).await;
        assert_eq!(town.post.letters().len(), 1, "it was not tried again");
    })
    .await;
}

#[tokio::test]
async fn a_server_may_be_away_for_three_days_and_what_was_given_up_is_sent_when_somebody_says_so() {
    story(async |town| {
        for _ in 0..PATIENT_ATTEMPTS {
            town.post.fail_next(PostError::Temporary("away".into()));
        }
        activated(town, ASHA, "Asha Rao").await;
        let began = town.ctx().now();
        town.drain().await;
        let next = async || -> Option<DateTime<Utc>> {
            let next = sqlx::query_scalar("select run_at from jobs where state = 'ready' and consumer = 'mail'");
            next.fetch_optional(&town.owner).await.expect("jobs")
        };
        while let Some(next) = next().await {
            let wait = next - town.ctx().now();
            assert!(wait <= TimeDelta::hours(1), "a server that is back waits for us: {wait}");
            town.shift(wait.num_seconds().max(0) + 1).await;
        }
        let tried = town.ctx().now() - began;
        assert!(tried > TimeDelta::days(3) && tried < TimeDelta::days(4), "{tried}");
        assert_eq!(count(town, "mails where state = 'failed'").await, 1);
        // The dead job is the sign that people look for.
        let dead = "jobs where state = 'dead' and consumer = 'mail'";
        assert_eq!(count(town, dead).await, 1);
        town.shift(3_700).await;
        assert_eq!(count(town, dead).await, 1, "nobody tries it unasked");
        assert!(service::try_again(&town.ctx(), Some("tell")).await.expect("asked").is_empty());
        let again = service::try_again(&town.ctx(), None).await.expect("asked");
        assert_eq!(again, BTreeMap::from([("mail".to_owned(), 1)]));
        town.drain().await;
        assert_eq!(town.post.letters().len(), 1);
        assert_eq!(count(town, "mails where state = 'sent'").await, 1);
        assert_eq!(count(town, "jobs where state <> 'done'").await, 0);
    })
    .await;
}

#[tokio::test]
async fn letters_of_long_ago_lose_their_words_and_those_that_may_still_be_sent_do_not() {
    story(async |town| {
        activated(town, ASHA, "Asha Rao").await;
        town.drain().await;
        town.post.fail_next(PostError::Permanent("no such mailbox".into()));
        activated(town, "gone@acme.example", "Gone Away").await;
        town.drain().await;
        town.post.fail_next(PostError::Temporary("away".into()));
        activated(town, "dead@acme.example", "Dora Dead").await;
        town.drain().await;
        for given_up in [
            "update jobs set state = 'dead' where state = 'ready' and consumer = 'mail'",
            "update mails set state = 'failed' where state = 'queued'",
        ] {
            sqlx::query(given_up).execute(&town.owner).await.expect("given up");
        }
        town.post.fail_next(PostError::Temporary("away".into()));
        activated(town, "wait@acme.example", "Willa Waits").await;
        town.drain().await;
        let whole = async || count(town, "mails where body_text is not null and body_html is not null").await;
        let registry = reactions::registry();
        let task = registry.periodic.iter().find(|task| task.name == "forget-letters").expect("it runs again and again");
        town.house.clock.shift(89 * 86_400);
        (task.run)(town.ctx()).await.expect("run");
        assert_eq!(whole().await, 4);

        town.house.clock.shift(2 * 86_400);
        (task.run)(town.ctx()).await.expect("run");
        assert_eq!(whole().await, 2);
        let waiting = "mails where body_text is not null and recipient in ('dead@acme.example', 'wait@acme.example')";
        assert_eq!(count(town, waiting).await, 2);
        let mut visitor = town.visitor();
        for page in ["/dev/mail", "/dev/mail.json"] {
            assert_eq!(visitor.open(page).await.status, StatusCode::OK, "{page}");
        }
        service::try_again(&town.ctx(), None).await.expect("asked");
        town.drain().await;
        assert_eq!(town.post.letters().len(), 3);
    })
    .await;
}

#[tokio::test]
async fn bodies_and_links_are_sealed_at_rest() {
    story(async |town| {
        activated(town, ASHA, "Asha Rao").await;
        let ctx = town.ctx();
        accounts::ask_reset(&ctx, &Email::parse(ASHA).expect("an address")).await.expect("asked");
        // Nor does the job that finds out whose address it is carry it for everybody to read.
        let asked = "jobs where consumer = 'forgot-password'";
        let told = format!("{asked} and (payload::text like '%@%' or payload::text like '%asha%' or subject like '%@%')");
        assert_eq!((count(town, asked).await, count(town, &told).await), (1, 0));
        town.drain().await;

        let readable =
            count(town, "mails where encode(body_text, 'escape') like '%/link/%' or encode(body_html, 'escape') like '%Hello%'")
                .await;
        assert_eq!(readable, 0);
        let letter = town.post.letters().into_iter().find(|l| l.text.contains("/link/")).expect("a letter with a link");
        assert!(letter.html.contains("/link/") && letter.html.starts_with("<!DOCTYPE html>"));
        assert!(!letter.html.contains(" style="), "inline styles");
        assert!(letter.message_id.contains('@'));
        let token = letter.text.split("/link/").nth(1).and_then(|rest| rest.get(..43)).expect("a token").to_owned();
        insta::assert_snapshot!("reset_letter_text", letter.text.replace(&token, "TOKEN"));
        insta::assert_snapshot!("reset_letter_html", letter.html.replace(&token, "TOKEN"));
    })
    .await;
}

#[tokio::test]
async fn words_of_others_cannot_break_out_of_a_letter() {
    story(async |town| {
        let ctx = town.ctx();
        let asha = activated(town, ASHA, "Asha Rao").await;
        let omar = people::OMAR;
        accounts::add_staff(&ctx, omar.email, omar.name, "admin").await.expect("staff");
        people::activate(&ctx, omar).await.expect("activated");
        let omar = people::sign_in_staff(&ctx, omar).await.expect("signed in");
        let evil = "<img src=x onerror=alert(1)>\nhttps://evil.example/link/abc";
        let reason = Paragraph::parse(evil, 500, "reason").expect("a reason");

        accounts::suspend(&ctx, &omar, asha, &reason).await.expect("suspended");
        town.drain().await;

        let letter = town.post.letters().into_iter().find(|l| l.subject.contains("suspended")).expect("a letter");
        assert!(letter.html.contains("onerror") && !letter.html.contains("<img"), "{}", letter.html);
        let theirs: Vec<&str> = letter.text.lines().filter(|line| line.contains("onerror") || line.contains("evil")).collect();
        assert!(theirs.len() == 2 && theirs.iter().all(|line| line.starts_with("> ")), "{}", letter.text);
    })
    .await;
}

#[tokio::test]
async fn notices_are_paged_counted_and_ones_own() {
    story(async |town| {
        let ctx = town.ctx();
        activated(town, ASHA, "Asha Rao").await;
        activated(town, "ravi@apex.example", "Ravi Kulkarni").await;
        let person = async |email: &str| {
            let signed_in = accounts::sign_in(&ctx, email, PASSWORD, "").await.expect("signed in");
            accounts::person_by_token(&ctx, &signed_in.token).await.expect("asked").expect("somebody")
        };
        for _ in 0..4 {
            let asha = person(ASHA).await;
            accounts::sign_out_everywhere(&ctx, &asha).await.expect("out");
        }
        town.drain().await;
        let (asha, ravi) = (person(ASHA).await, person("ravi@apex.example").await);
        let all = NoticeFilter::default();
        let request = PageRequest { limit: 2, ..PageRequest::default() };

        let first = service::notices(&ctx, &asha, &all, &request).await.expect("a page");
        let second = service::notices(&ctx, &asha, &all, &PageRequest { cursor: first.next_cursor.clone(), ..request.clone() })
            .await
            .expect("a page");
        let third = service::notices(&ctx, &asha, &all, &PageRequest { cursor: second.next_cursor.clone(), ..request.clone() })
            .await
            .expect("a page");

        assert_eq!([first.items.len(), second.items.len(), third.items.len()], [2, 2, 1]);
        assert!(third.next_cursor.is_none());
        assert_eq!(first.unread, 5);
        let ids: BTreeSet<_> = [&first, &second, &third].iter().flat_map(|p| p.items.iter().map(|n| n.id)).collect();
        assert_eq!(ids.len(), 5);
        // Somebody else's stay as they are.
        service::mark_read(&ctx, &ravi, Some(first.items[0].id)).await.expect("nothing");
        assert_eq!(service::unread(&ctx, asha.user).await.expect("a count"), 5);
        service::mark_read(&ctx, &asha, Some(first.items[0].id)).await.expect("read");
        assert_eq!(service::unread(&ctx, asha.user).await.expect("a count"), 4);
        service::mark_read(&ctx, &asha, None).await.expect("read");
        assert_eq!(service::unread(&ctx, asha.user).await.expect("a count"), 0);
        assert!(service::notices(&ctx, &asha, &all, &PageRequest { cursor: Some("zz".into()), ..request }).await.is_err());
    })
    .await;
}

#[tokio::test]
async fn development_shows_every_mail_with_its_links() {
    story(async |town| {
        activated(town, ASHA, "Asha Rao").await;
        town.drain().await;
        accounts::ask_reset(&town.ctx(), &Email::parse(ASHA).expect("an address")).await.expect("asked");
        town.drain().await;
        let mut visitor = town.visitor();

        let mails = visitor.open(&format!("/dev/mail.json?to={ASHA}")).await.json();
        let newest = &mails[0];

        assert_eq!(newest["subject"], "Set a new password");
        assert!(newest["links"][0].as_str().is_some_and(|link| link.contains("/link/")));
        assert_eq!(mails.as_array().expect("a list").len(), 2);
        let page = visitor.open(&format!("/dev/mail/{}", newest["id"].as_str().expect("an id"))).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.text.contains("Set a new password"));
        assert!(visitor.open("/dev/mail").await.text.contains("Your password is set"));
        assert_eq!(visitor.open("/dev/mail.json?to=nobody@acme.example").await.json(), serde_json::json!([]));
    })
    .await;
}

#[tokio::test]
async fn a_kill_between_telling_and_sending_loses_and_repeats_nothing() {
    story(async |town| {
        activated(town, ASHA, "Asha Rao").await;
        let ctx = town.ctx();
        // The dispatcher ran, a worker took a job and died with it in hand.
        jobs::dispatch(&ctx, &town.registry, 100).await.expect("dispatched");
        sqlx::query("update jobs set state = 'running', attempts = 1, leased_until = run_at + interval '60 seconds' where consumer = 'tell'")
            .execute(&town.owner)
            .await
            .expect("taken");
        town.drain().await;
        assert!(town.post.letters().is_empty());

        town.shift(120).await;

        assert_eq!(town.post.letters().len(), 1);
        assert_eq!(count(town, "mails where state = 'sent'").await, 1);
    })
    .await;
}

#[tokio::test]
async fn whoever_registers_a_community_confirms_the_address_before_staff_look() {
    story(async |town| {
        let mut visitor = town.visitor();
        let signup = json!({
            "name": "Apex Circle", "bio": "Developers of Pune who meet twice a month and build together.", "website": "https://apex.example",
            "communityType": "Meetup group", "country": "India", "city": "Pune", "officialEmail": "hello@apex.example",
            "phone": "+91 98765 43210", "owner": {"fullName": "Ravi Kulkarni", "email": "ravi@apex.example"},
        });
        let answer = visitor.api(Method::POST, "/auth/signup-community", Some(signup)).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text);
        town.drain().await;
        let letter = town.post.letters().into_iter().find(|l| l.to == "ravi@apex.example").expect("a letter to the owner");
        assert_eq!(letter.subject, "Confirm your e-mail address for Apex Circle");
        let token = letter.text.split("/link/").nth(1).and_then(|rest| rest.get(..43)).expect("a token").to_owned();

        let body = json!({"token": token, "password": PASSWORD});
        assert_eq!(visitor.api(Method::POST, "/auth/verify-email", Some(body)).await.data()["passwordSet"], true);
        town.drain().await;

        let subjects: Vec<_> = town.post.letters().into_iter().filter(|l| l.to == "ravi@apex.example").map(|l| l.subject).collect();
        assert!(subjects.contains(&"We are looking at Apex Circle".to_owned()), "{subjects:?}");
        assert!(!town.post.letters().iter().any(|letter| letter.text.contains(PASSWORD)));
    })
    .await;
}

#[tokio::test]
async fn the_demo_is_told_in_whole_sentences() {
    sequel(async |town| {
        town.drain().await;

        let mut told: Vec<(String, String)> = Vec::new();
        for letter in town.post.letters() {
            told.push((letter.to, letter.subject));
        }
        let notices = sqlx::query_as::<_, (String, String, String)>(
            "select u.email, n.title, n.href from notices n join users u on u.id = n.user_id",
        )
        .fetch_all(&town.owner)
        .await
        .expect("notices");
        for (email, title, href) in notices {
            assert!(
                href.starts_with('/') && !href.contains("//") && !href.ends_with('/') && !href.contains("/?"),
                "{title}: {href}"
            );
            told.push((email, title));
        }
        for (to, title) in &told {
            assert_eq!(title.trim(), title, "a name is missing: {title} to {to}");
            assert!(
                !title.contains("  ") && !title.ends_with(" at") && !title.ends_with(" for") && !title.contains("for :"),
                "{title}"
            );
        }
        let heard = |email: &str, words: &str| told.iter().any(|(to, title)| to == email && title.contains(words));
        assert!(heard("asha@acme.example", "We received the application of Acme Cloud"), "{told:#?}");
        assert!(heard("asha@acme.example", "Acme Cloud is verified"), "{told:#?}");
        assert!(heard("ravi@apex.example", "Apex Circle is approved"), "{told:#?}");
        let requests: Vec<_> = told
            .iter()
            .filter(|(_, title)| title.contains("applies to support") || title.contains("asks you to support"))
            .collect();
        assert!(!requests.is_empty(), "{told:#?}");
    })
    .await;
}

/// Opens what every letter and every notice leads to that was not followed before, each as its reader. Gives what was followed:
/// templates of letters, and of notices the facts that they tell of.
async fn follow(town: &Town, before: &mut BTreeSet<(String, String, String)>) -> BTreeSet<String> {
    let base = format!("{}/", town.house.settings.base_url);
    let mut told: Vec<(String, String, String)> = Vec::new();
    for mail in service::mailbox(&town.ctx(), None).await.expect("letters") {
        let path = mail.text.lines().find_map(|line| line.strip_prefix(base.as_str())).expect("something to do");
        told.push((mail.to, mail.template, format!("/{path}")));
    }
    told.extend(
        sqlx::query_as::<_, (String, String, String)>(
            "select u.email, f.name, n.href from notices n join users u on u.id = n.user_id join facts f on f.id = n.fact_id",
        )
        .fetch_all(&town.owner)
        .await
        .expect("notices"),
    );
    let mut browsers: BTreeMap<&str, Browser> = BTreeMap::new();
    let mut followed = BTreeSet::new();
    for one in told {
        if !before.insert(one.clone()) {
            continue;
        }
        let (to, what, path) = one;
        // Links that work once, or decide something when they are followed, have tests of their own.
        let is_once = ["/link/", "/invitations/", "/join-requests/"].iter().any(|door| path.starts_with(door));
        let Some(figure) = people::ALL.into_iter().find(|figure| figure.email == to).filter(|_| !is_once) else { continue };
        let browser = match browsers.entry(figure.email) {
            Entry::Occupied(there) => there.into_mut(),
            Entry::Vacant(free) => {
                free.insert(if figure.is_staff() { at_work(town, figure).await } else { signed_in(town, figure).await })
            }
        };
        let mut answer = browser.open(&path).await;
        if answer.status.is_redirection() {
            answer = browser.open(answer.location()).await;
        }
        assert_eq!(answer.status, StatusCode::OK, "{what} leads {to} to {path}");
        followed.insert(what);
    }
    followed
}

#[tokio::test]
async fn what_a_letter_leads_to_opens_for_its_reader() {
    sequel(async |town| {
        town.drain().await;
        let mut before = BTreeSet::new();
        let mut followed = follow(town, &mut before).await;

        // What the demo's people go on to do.
        let ctx = town.ctx();
        let (asha, ravi) = (who(&ctx, people::ASHA).await, who(&ctx, people::RAVI).await);
        let id = async |sql: &'static str| sqlx::query_scalar::<_, uuid::Uuid>(sql).fetch_one(&town.owner).await.expect("an id");
        let apex = id("select id from communities where slug = 'apex-circle'").await;
        watching::watch(&ctx, &asha, List::Communities, apex).await.expect("watched");
        let published = crate::events::published(town, &ravi, "Borrow checkers", 240).await;
        let hackfest: EventId = id("select id from events where slug = 'hackfest'").await.into();
        let lumen = id("select p.id from event_partners p join organizations o on o.id = p.organization_id \
                        where o.slug = 'lumen-data' and p.removed_at is null")
        .await
        .into();
        partners::show(&ctx, &ravi, hackfest, lumen, false).await.expect("hidden");
        partners::show(&ctx, &ravi, hackfest, lumen, true).await.expect("shown");
        let platinum: OpportunityId =
            id("select id from opportunities where category = 'Platinum Sponsor' and status = 'Open'").await.into();
        opportunities::close(&ctx, &ravi, platinum).await.expect("closed");
        town.drain().await;
        followed.extend(follow(town, &mut before).await);
        // Whoever stands on a page that nobody else may open is led to what they agreed on.
        town.as_superuser("update events set public_visible = false where slug = 'hackfest'").await;
        let reason = Paragraph::parse("They asked us to.", 400, "reason").expect("a reason");
        partners::remove(&ctx, &ravi, hackfest, lumen, Some(&reason)).await.expect("removed");
        town.drain().await;
        followed.extend(follow(town, &mut before).await);

        town.house.clock.shift(31);
        let sara = people::sign_in_staff(&ctx, people::SARA).await.expect("Sara");
        for hidden in [true, false] {
            let mut tx = ctx.begin().await.expect("a transaction");
            events::hide_in(&mut tx, &sara, published, hidden, "Looked at by staff").await.expect("judged");
            opportunities::hide_in(&mut tx, &sara, platinum, hidden, "Looked at by staff").await.expect("judged");
            tx.commit().await.expect("committed");
            town.drain().await;
            followed.extend(follow(town, &mut before).await);
        }

        // And what time does: requests expire, events begin and end.
        for days in [20, 40, 60] {
            town.shift(days * 86_400).await;
            followed.extend(follow(town, &mut before).await);
        }
        let letters = ["request_opened", "request_accepted", "request_expired", "watched_event", "applications_closed"];
        let judged = ["partner_removed", "event_hidden", "event_shown", "opportunity_hidden", "opportunity_shown"];
        for what in letters.into_iter().chain(judged).chain(["partner_assigned", "partner_shown", "event_completed"]) {
            assert!(followed.contains(what), "nobody was told of {what}: {followed:?}");
        }
    })
    .await;
}

/// Set to 1 by whoever knows that nothing is sent here; otherwise a machine without a mail server fails the test.
const WITHOUT_MAIL_SERVER: &str = "COMMDESK_TEST_WITHOUT_MAIL_SERVER";

/// A mail server of its own that prints each letter as a line of JSON; nothing when Python lacks aiosmtpd.
fn mail_server() -> Option<(std::process::Child, BufReader<std::process::ChildStdout>, u16)> {
    let tools = concat!(env!("CARGO_MANIFEST_DIR"), "/.tools/bin/test-python");
    let python = if std::path::Path::new(tools).exists() { tools } else { "python3" };
    let script = r#"
import json, sys, time
from aiosmtpd.controller import Controller
class Keep:
    refused = 0
    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith('gone@'):
            return '550 5.1.1 no such mailbox'
        if address.startswith('busy@') and Keep.refused == 0:
            Keep.refused = 1
            return '451 4.7.1 come back later'
        envelope.rcpt_tos.append(address)
        return '250 fine'
    async def handle_DATA(self, server, session, envelope):
        print(json.dumps({'from': envelope.mail_from, 'to': envelope.rcpt_tos, 'letter': envelope.content.decode('utf-8')}), flush=True)
        return '250 taken'
controller = Controller(Keep(), hostname='127.0.0.1', port=0)
import socket
with socket.socket() as probe:
    probe.bind(('127.0.0.1', 0))
    controller.port = probe.getsockname()[1]
controller.start()
print(controller.port, flush=True)
sys.stdin.read()
controller.stop()
"#;
    let mut child = Command::new(python)
        .args(["-c", script])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    let mut said = BufReader::new(child.stdout.take().expect("its output"));
    let mut line = String::new();
    said.read_line(&mut line).ok()?;
    match line.trim().parse() {
        Ok(port) => Some((child, said, port)),
        Err(_) => {
            let _ = child.kill();
            let _ = child.wait();
            None
        }
    }
}

#[tokio::test]
async fn letters_travel_over_smtp_to_a_server_that_is_not_ours() {
    let Some((mut server, mut said, port)) = mail_server() else {
        assert!(
            std::env::var_os(WITHOUT_MAIL_SERVER).is_some_and(|value| value == "1"),
            "This machine has no mail server to send to: neither .tools/bin/test-python nor python3 finds aiosmtpd.\n\
             `scripts/tools.sh test` (or `make test`, which calls it) installs one into .tools; \
             {WITHOUT_MAIL_SERVER}=1 runs the other tests without it."
        );
        eprintln!("{WITHOUT_MAIL_SERVER}=1: no letter was sent to a server that is not ours");
        return;
    };
    story(async |town| {
        // The same house, with a real way out for its mail.
        let smtp = Smtp::new(&format!("smtp://127.0.0.1:{port}"), "CommDesk <hello@commdesk.example>").expect("an address");
        let house = Arc::new(House { post: Arc::new(smtp), ..town.house.at_another_time(0) });
        activated(town, ASHA, "Asha Rao").await;
        activated(town, "gone@acme.example", "Gone Away").await;
        activated(town, "busy@acme.example", "आशा राव").await;
        let ctx = Ctx::background(&house, "smtp");
        jobs::drain(&ctx, &reactions::registry()).await.expect("drained");
        house.clock.shift(10);
        jobs::drain(&ctx, &reactions::registry()).await.expect("drained");

        let mut heard = Vec::new();
        for _ in 0..2 {
            let mut line = String::new();
            said.read_line(&mut line).expect("a letter");
            heard.push(serde_json::from_str::<Value>(&line).expect("JSON"));
        }
        heard.sort_by_key(|letter| letter["to"][0].to_string());
        assert_eq!(heard[0]["to"], json!([ASHA]));
        assert_eq!(heard[1]["to"], json!(["busy@acme.example"]));
        assert_eq!(heard[0]["from"], "hello@commdesk.example");
        let letter = heard[0]["letter"].as_str().expect("text");
        for part in ["Subject: Your password is set", "Auto-Submitted: auto-generated", "multipart/alternative", "text/html"] {
            assert!(letter.contains(part), "{part} is missing in {letter}");
        }
        let of: String = sqlx::query_scalar("select trace_id from mails where recipient = $1 and state = 'sent'")
            .bind(ASHA)
            .fetch_one(&town.owner)
            .await
            .expect("one mail");
        assert!(letter.contains(&format!("X-CommDesk-Request: {of}\r\n")), "it is not of {of}: {letter}");
        assert_eq!(count(town, "mails where state = 'sent'").await, 2);
        assert_eq!(count(town, "mails where state = 'failed' and last_error like '%no such mailbox%'").await, 1);
        assert_eq!(count(town, "mails where state = 'sent' and attempts = 2").await, 1);
    })
    .await;
    drop(server.stdin.take());
    let _ = server.kill();
    let _ = server.wait();
}

// ── What is mailed, and when ────────────────────────────────────────────────────────────────────────────────────────

const RAVI: Figure = people::RAVI;

async fn ravi(town: &Town) -> Browser {
    signed_in(town, RAVI).await
}

/// The settings form, as a browser fills it: this for requests, quiet from 22 to 7 in India, the digest at 8.
async fn choose(browser: &mut Browser, requests: &str) -> crate::town::Answer {
    let fields = [
        ("pace.requests", requests),
        ("pace.opportunities", "instant"),
        ("pace.events", "instant"),
        ("pace.people", "instant"),
        ("pace.workspace", "instant"),
        ("pace.watching", "instant"),
        ("zone", "Asia/Kolkata"),
        ("quietFrom", "22"),
        ("quietUntil", "7"),
        ("digestAt", "8"),
    ];
    browser.submit("/notifications/settings", "save", &fields).await
}

/// As if every request of the demo had just been opened, and nobody had been told: by the jobs that tell.
/// Every request is opened once more, and whoever is to hear of it has not heard of it yet.
async fn told_again(town: &Town) {
    sqlx::query("update requests set state = 'Pending', closed_at = null, expires_at = $1")
        .bind(town.ctx().now() + TimeDelta::days(60))
        .execute(&town.owner)
        .await
        .expect("open");
    for statement in [
        "delete from mails where template = 'request_opened'",
        "delete from notices where fact_id in (select id from facts where name = 'request_opened')",
        "delete from digest_lines",
        "update jobs set state = 'ready', attempts = 0, finished_at = null
         where consumer = 'tell' and fact_id in (select id from facts where name = 'request_opened')",
    ] {
        sqlx::query(statement).execute(&town.owner).await.expect("again");
    }
    sqlx::query("update jobs set run_at = $1 where state = 'ready'")
        .bind(town.ctx().now())
        .execute(&town.owner)
        .await
        .expect("now");
}

/// Moves the clock to the next time that it is `hour:minute` in India, without any work.
fn wait_until(town: &Town, hour: u32, minute: u32) {
    use chrono::Timelike as _;
    let local = town.ctx().now() + TimeDelta::minutes(330);
    let wanted = i64::from(hour * 3_600 + minute * 60);
    let gone = i64::from(local.num_seconds_from_midnight());
    town.house.clock.shift((wanted - gone).rem_euclid(86_400) + 1);
}

/// The work that is due now.
async fn work(town: &Town) {
    town.shift(0).await;
}

fn opened(state: &str) -> String {
    format!("mails where recipient = '{}' and template = 'request_opened' and state = '{state}'", RAVI.email)
}

#[tokio::test]
async fn mails_wait_for_the_end_of_quiet_hours_and_security_does_not() {
    sequel(async |town| {
        wait_until(town, 23, 0);
        work(town).await;
        let mut browser = ravi(town).await;
        assert_eq!(choose(&mut browser, "instant").await.location(), "/notifications/settings?done=saved");
        told_again(town).await;
        work(town).await;
        let held = count(town, &opened("queued")).await;
        assert!(held > 0, "something was told to Ravi");
        assert_eq!(count(town, &opened("sent")).await, 0);
        // At the same hour, what concerns the login leaves at once.
        browser.submit("/account", "sign_out_everywhere", &[]).await;
        town.drain().await;
        assert!(
            town.post.letters().iter().any(|letter| letter.to == RAVI.email && letter.subject.contains("signed out everywhere"))
        );
        wait_until(town, 6, 58);
        work(town).await;
        assert_eq!(count(town, &opened("sent")).await, 0);
        wait_until(town, 7, 0);
        work(town).await;
        assert_eq!((count(town, &opened("sent")).await, count(town, &opened("queued")).await), (held, 0));
        // By day, at once.
        told_again(town).await;
        work(town).await;
        assert_eq!(count(town, &opened("sent")).await, held);
    })
    .await;
}

/// Night falls for Ravi, and everybody who applied to Apex Circle has just done so: how many letters wait for the morning.
async fn a_night_of_letters(town: &Town) -> i64 {
    wait_until(town, 23, 0);
    work(town).await;
    told_again(town).await;
    work(town).await;
    count(town, &opened("queued")).await
}

async fn morning(town: &Town) -> (i64, i64, i64) {
    wait_until(town, 7, 0);
    work(town).await;
    (count(town, &opened("sent")).await, count(town, &opened("dropped")).await, count(town, &opened("queued")).await)
}

#[tokio::test]
async fn what_waited_is_asked_again_as_it_leaves() {
    sequel(async |town| {
        choose(&mut ravi(town).await, "instant").await;
        let held = a_night_of_letters(town).await;
        // Somebody who applied is not to be dealt with any more, and somebody else's event is hidden while the letters wait.
        let applied = "mails m join facts f on f.id::text = split_part(m.once_key, '/', 1) join requests r on r.id = f.subject_id
             where m.recipient = 'ravi@apex.example' and m.template = 'request_opened' and r.opened_by = 'organization'";
        let blocked: uuid::Uuid =
            sqlx::query_scalar(sqlx::AssertSqlSafe(format!("select r.organization_id from {applied} order by r.id limit 1")))
                .fetch_one(&town.owner)
                .await
                .expect("somebody has applied");
        let gone = count(town, &format!("{applied} and r.organization_id = '{blocked}'")).await;
        let ctx = town.ctx();
        let actor = who(&ctx, RAVI).await;
        blocks::block(&ctx, &actor, blocked).await.expect("blocked");
        assert_eq!(morning(town).await, (held - gone, gone, 0));
        assert!(
            gone > 0
                && count(town, "mails where state = 'dropped' and (body_text is not null or body_html is not null)").await == 0
        );
        blocks::lift(&ctx, &actor, blocked).await.expect("lifted");

        // What was taken back in the night asks nobody in the morning.
        assert_eq!(a_night_of_letters(town).await, held);
        town.as_superuser(&format!(
            "update requests set state = 'Withdrawn', closed_at = now() where organization_id = '{blocked}'"
        ))
        .await;
        assert_eq!(morning(town).await, (held - gone, gone, 0));

        // What staff hide is nobody's to answer.
        assert_eq!(a_night_of_letters(town).await, held);
        let asked = count(town, applied).await;
        town.as_superuser("update events set hidden_reason = 'Looked at by staff'").await;
        assert_eq!(morning(town).await, (held - asked, asked, 0));
        town.as_superuser("update events set hidden_reason = null").await;

        // Whoever wants no more mail about it gets none, also of what was written before; nor does who lost the seat.
        assert_eq!(a_night_of_letters(town).await, held);
        choose(&mut ravi(town).await, "off").await;
        assert_eq!(morning(town).await, (0, held, 0));
        choose(&mut ravi(town).await, "instant").await;
        assert_eq!(a_night_of_letters(town).await, held);
        let seat = "where user_id = (select id from users where email = 'ravi@apex.example')";
        town.as_superuser(&format!("update members set status = 'Suspended' {seat}")).await;
        let before = town.post.letters().len();
        assert_eq!(morning(town).await, (0, held, 0));
        assert!(!town.post.letters()[before..].iter().any(|letter| letter.to == RAVI.email && letter.text.contains("support")));
        town.as_superuser(&format!("update members set status = 'Active' {seat}")).await;

        // A letter says what its reader's workspace and the others are called when it leaves.
        assert_eq!(a_night_of_letters(town).await, held);
        town.as_superuser("update users set name = 'Ravi K.' where email = 'ravi@apex.example'").await;
        let before = town.post.letters().len();
        assert_eq!(morning(town).await, (held, 0, 0));
        let letters = town.post.letters();
        assert!(letters[before..].iter().filter(|letter| letter.to == RAVI.email).all(|letter| letter.to_name == "Ravi K."));

        // The same for the lines of a digest.
        choose(&mut ravi(town).await, "digest").await;
        wait_until(town, 12, 0);
        work(town).await;
        told_again(town).await;
        work(town).await;
        let lines: Vec<String> =
            sqlx::query_scalar("select title from digest_lines where template = 'request_opened' order by title")
                .fetch_all(&town.owner)
                .await
                .expect("lines");
        town.as_superuser("update events set hidden_reason = 'Looked at by staff'").await;
        let before = town.post.letters().len();
        wait_until(town, 8, 0);
        work(town).await;
        let letters = town.post.letters();
        let kept = lines.iter().filter(|line| letters[before..].iter().any(|letter| letter.text.contains(line.as_str()))).count();
        assert_eq!((i64::try_from(lines.len()).unwrap(), i64::try_from(kept).unwrap()), (held, held - asked));
        assert_eq!(count(town, "digest_lines where sent_at is null").await, 0);
    })
    .await;
}

/// As if the server had taken none of these letters.
async fn unsent(town: &Town, template: &str) {
    for statement in [
        "update jobs set state = 'ready', attempts = 0, finished_at = null
         where consumer = 'mail' and subject in (select 'mail:' || id from mails where template = $1)",
        "update mails set state = 'queued', sent_at = null where template = $1",
    ] {
        sqlx::query(statement).bind(template).execute(&town.owner).await.expect("again");
    }
}

#[tokio::test]
async fn what_leaves_late_is_asked_about_again_and_a_link_that_is_dead_does_not_leave() {
    sequel(async |town| {
        wait_until(town, 12, 0);
        work(town).await;
        choose(&mut ravi(town).await, "instant").await;
        told_again(town).await;
        work(town).await;
        let sent = count(town, &opened("sent")).await;
        assert!(sent > 0);
        // The server was away for a while, and Ravi's seat is gone meanwhile.
        unsent(town, "request_opened").await;
        let seat = "where user_id = (select id from users where email = 'ravi@apex.example')";
        town.as_superuser(&format!("update members set status = 'Suspended' {seat}")).await;
        town.house.clock.shift(600);
        work(town).await;
        assert_eq!((count(town, &opened("sent")).await, count(town, &opened("dropped")).await), (0, sent));
        town.as_superuser(&format!("update members set status = 'Active' {seat}")).await;

        // What is told late, of requests that were withdrawn, asks nobody.
        told_again(town).await;
        sqlx::query("update requests set state = 'Withdrawn', closed_at = $1")
            .bind(town.ctx().now())
            .execute(&town.owner)
            .await
            .expect("withdrawn");
        work(town).await;
        let asked = "notices n join facts f on f.id = n.fact_id join requests r on r.id = f.subject_id
             where f.name = 'request_opened' and r.opened_by = 'organization'
               and n.user_id = (select id from users where email = 'ravi@apex.example')";
        assert_eq!(count(town, asked).await, 0);

        // A link that died on the way is of no use.
        accounts::ask_reset(&town.ctx(), &Email::parse(RAVI.email).expect("an address")).await.expect("asked");
        town.drain().await;
        let reset = |state: &str| format!("mails where template = 'reset_link' and state = '{state}'");
        for (seconds, sent, dropped) in [(3_000, 1, 0), (700, 0, 1)] {
            unsent(town, "reset_link").await;
            town.house.clock.shift(seconds);
            work(town).await;
            assert_eq!((count(town, &reset("sent")).await, count(town, &reset("dropped")).await), (sent, dropped), "{seconds}");
        }
    })
    .await;
}

#[tokio::test]
async fn preferences_over_the_api_are_those_of_the_page() {
    sequel(async |town| {
        let mut browser = ravi(town).await;
        choose(&mut browser, "off").await;

        let seen = browser.api(Method::GET, "/notifications/preferences", None).await.data();
        assert_eq!(
            (&seen["pace"]["requests"], &seen["zone"], &seen["quietFrom"]),
            (&json!("off"), &json!("Asia/Kolkata"), &json!(22))
        );
        assert_eq!(seen["alwaysInstant"], json!(["security", "law", "money"]));

        // What is named changes, and nothing else does.
        let body = json!({"pace": {"requests": "digest"}, "digestAt": 18});
        let once = [("idempotency-key", "prefer-1")];
        for _ in 0..2 {
            let saved = browser.api_with(Method::PATCH, "/notifications/preferences", Some(body.clone()), &once).await;
            assert_eq!(saved.status, StatusCode::OK, "{}", saved.text);
            let now = saved.data();
            assert_eq!((&now["pace"]["requests"], &now["pace"]["people"]), (&json!("digest"), &json!("instant")));
            assert_eq!((&now["digestAt"], &now["quietUntil"], &now["zone"]), (&json!(18), &json!(7), &json!("Asia/Kolkata")));
        }
        let page = browser.open("/notifications/settings").await;
        assert!(page.text.contains("Asia/Kolkata"));

        // Law and money are always mailed at once, and what is no topic, pace, zone or hour is named.
        let wrong = json!({"pace": {"law": "off", "money": "digest", "gossip": "instant"}});
        let refused = browser.api(Method::PATCH, "/notifications/preferences", Some(wrong)).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        for field in ["pace.law", "pace.money", "pace.gossip"] {
            assert!(refused.json()["error"]["fieldErrors"][field].is_string(), "{field}: {}", refused.text);
        }
        let wrong = json!({"pace": {"requests": "hourly"}, "zone": "Mars", "quietFrom": 25});
        let refused = browser.api(Method::PATCH, "/notifications/preferences", Some(wrong)).await;
        for field in ["pace.requests", "zone", "quietFrom"] {
            assert!(refused.json()["error"]["fieldErrors"][field].is_string(), "{field}: {}", refused.text);
        }
        let seen = browser.api(Method::GET, "/notifications/preferences", None).await.data();
        assert_eq!((&seen["pace"]["requests"], &seen["quietFrom"]), (&json!("digest"), &json!(22)), "nothing of it was kept");
        let nobody = town.visitor().api(Method::GET, "/notifications/preferences", None).await;
        assert_eq!(nobody.status, StatusCode::UNAUTHORIZED);
    })
    .await;
}

#[tokio::test]
async fn a_digest_tells_everything_once_a_day() {
    sequel(async |town| {
        wait_until(town, 12, 0);
        work(town).await;
        let mut browser = ravi(town).await;
        choose(&mut browser, "digest").await;
        told_again(town).await;
        work(town).await;
        let waiting = count(town, "digest_lines where sent_at is null").await;
        assert!(waiting > 0);
        assert_eq!(count(town, &opened("sent")).await + count(town, &opened("queued")).await, 0);
        assert_eq!(count(town, "deadlines where kind = 'digest'").await, 1);
        let digests = || {
            town.post
                .letters()
                .into_iter()
                .filter(|l| l.to == RAVI.email && l.text.contains("Open your notifications"))
                .collect::<Vec<_>>()
        };
        wait_until(town, 7, 59);
        work(town).await;
        assert!(digests().is_empty());
        wait_until(town, 8, 0);
        // Two sweepers at the same moment.
        let ctx = town.ctx();
        let user = sqlx::query_scalar::<_, uuid::Uuid>("select id from users where email = $1")
            .bind(RAVI.email)
            .fetch_one(&town.owner)
            .await
            .expect("ravi");
        let (a, b) = tokio::join!(service::send_digest(&ctx, user.into()), service::send_digest(&ctx, user.into()));
        a.expect("sent or nothing to do");
        b.expect("sent or nothing to do");
        work(town).await;
        let sent = digests();
        assert_eq!(sent.len(), 1);
        let titles: Vec<String> = sqlx::query_scalar("select title from digest_lines where user_id = $1")
            .bind(user)
            .fetch_all(&town.owner)
            .await
            .expect("titles");
        assert!(titles.iter().all(|title| sent[0].text.contains(title.as_str())), "{}", sent[0].text);
        assert_eq!(count(town, "deadlines where kind = 'digest'").await, 0);
        // A job that runs again tells nothing again.
        sqlx::query("update jobs set state = 'ready', attempts = 0, finished_at = null where consumer = 'tell'")
            .execute(&town.owner)
            .await
            .expect("again");
        work(town).await;
        wait_until(town, 8, 1);
        work(town).await;
        assert_eq!(digests().len(), 1);
        // Its own way to stop it.
        let stop = header(&sent[0], "List-Unsubscribe").expect("a way to stop it");
        let path = url::Url::parse(stop.trim_matches(['<', '>'])).expect("an address").path().to_owned();
        assert!(town.visitor().open(&path).await.text.contains("your daily digest"));
        assert_eq!(one_click(town, &path).await.status, StatusCode::OK);
        assert_eq!(count(town, "mail_choices where topic = 'requests' and pace = 'off'").await, 1);
    })
    .await;
}

fn header(letter: &commdesk::platform::mail::Letter, name: &str) -> Option<String> {
    letter.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone())
}

/// What a mail program sends: no cookie, no origin, no page.
async fn one_click(town: &Town, path: &str) -> crate::town::Answer {
    let headers = [("content-type", "application/x-www-form-urlencoded")];
    town.visitor().send(Method::POST, path, &headers, "List-Unsubscribe=One-Click").await
}

#[tokio::test]
async fn one_click_stops_one_topic_and_a_notice_still_stands_in_the_house() {
    sequel(async |town| {
        town.drain().await;
        let letters = town.post.letters();
        let letter = letters.iter().find(|l| l.to == RAVI.email && l.text.contains("/requests/")).expect("a mail about a request");
        assert_eq!(header(letter, "List-Unsubscribe-Post").as_deref(), Some("List-Unsubscribe=One-Click"));
        let address = header(letter, "List-Unsubscribe").expect("a way to stop it");
        assert!(letter.text.contains(address.trim_matches(['<', '>'])) && letter.html.contains("stop mails like this one"));
        let path = url::Url::parse(address.trim_matches(['<', '>'])).expect("an address").path().to_owned();
        // What concerns the login has none.
        let set = letters.iter().find(|l| l.subject == "Your password is set").expect("a mail about a password");
        assert!(header(set, "List-Unsubscribe").is_none() && !set.text.contains("unsubscribe"));

        // Looking, however often, changes nothing.
        for _ in 0..2 {
            let page = town.visitor().open(&path).await;
            assert!(page.status == StatusCode::OK && page.text.contains("Stop these mails?") && page.text.contains("Requests and answers"));
        }
        assert_eq!(count(town, "mail_choices").await, 0);
        // Another topic, another person, another mark: not ours.
        let (head, mark) = path.rsplit_once('~').expect("a mark");
        for forged in [head.replace("requests", "events") + "~" + mark, format!("{head}~{}", "0".repeat(32)), head.to_owned(), head.replace("requests", "security") + "~" + mark] {
            assert_eq!(town.visitor().open(&forged).await.status, StatusCode::NOT_FOUND, "{forged}");
            assert_eq!(one_click(town, &forged).await.status, StatusCode::NOT_FOUND, "{forged}");
        }
        let done = one_click(town, &path).await;
        assert_eq!((done.status, done.location()), (StatusCode::OK, ""), "answered, not led on");
        let by_form = town.visitor().submit(&path, "unsubscribe", &[]).await;
        assert_eq!((by_form.status, by_form.location()), (StatusCode::SEE_OTHER, path.as_str()));
        assert!(town.visitor().open(&path).await.text.contains("These mails have stopped"));

        told_again(town).await;
        town.drain().await;
        let notices = format!("notices where user_id = (select id from users where email = '{}') and fact_id in (select id from facts where name = 'request_opened')", RAVI.email);
        assert_eq!(count(town, &opened("sent")).await, 0);
        assert!(count(town, &notices).await > 0);
        // On the settings page it stands as it is, and can be taken back.
        let mut browser = ravi(town).await;
        let page = browser.open("/notifications/settings").await;
        assert!(page.status == StatusCode::OK && page.text.contains("Requests and answers") && page.text.contains("always at once"));
        let wrong = browser.submit("/notifications/settings", "save", &[("pace.requests", "hourly"), ("zone", "Mars"), ("quietFrom", "25")]).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(wrong.text.contains("Choose your time zone") && wrong.text.contains("Choose a full hour"));
        choose(&mut browser, "instant").await;
        assert_eq!(count(town, "mail_choices where topic = 'requests' and pace = 'instant'").await, 1);
    })
    .await;
}

#[tokio::test]
async fn the_centre_counts_exactly_and_by_workspace() {
    sequel(async |town| {
        town.drain().await;
        let mut browser = ravi(town).await;
        let mine = format!("notices where user_id = (select id from users where email = '{}')", RAVI.email);
        let (all, unread) = (count(town, &mine).await, count(town, &format!("{mine} and read_at is null")).await);
        assert!(unread > 2);
        let list = browser.api(Method::GET, "/notifications?limit=2", None).await.data();
        assert_eq!((list["total"].as_i64(), list["unread"].as_i64(), list["all"].as_i64()), (Some(all), Some(unread), Some(all)));
        let by_workspace: i64 = list["workspaces"].as_array().expect("a list").iter().filter_map(|w| w["unread"].as_i64()).sum();
        assert_eq!(by_workspace, unread);
        assert!(list["workspaces"].as_array().expect("a list").iter().any(|w| w["name"] == "Apex Circle"));
        // More than a hundred are counted as what they are.
        sqlx::query("alter table notices drop constraint notices_once_key").execute(&town.owner).await.expect("for this test");
        sqlx::query(
            "insert into notices (id, user_id, fact_id, workspace, title, href, created_at)
             select gen_random_uuid(), u.id, (select id from facts limit 1), '', 'Something happened', '/account', u.created_at
             from users u cross join generate_series(1, 120)
             where u.email = $1",
        )
        .bind(RAVI.email)
        .execute(&town.owner)
        .await
        .expect("more");
        let now_unread = count(town, &format!("{mine} and read_at is null")).await;
        assert!(now_unread > 100, "{now_unread}");
        assert!(browser.open("/notifications").await.text.contains(&format!("{now_unread} things are new")));

        // One, by its id, over REST and by its button; somebody else's stay.
        let first = list["items"][0]["id"].as_str().expect("an id").to_owned();
        let left = browser.api(Method::PATCH, "/notifications", Some(json!({"ids": [first]}))).await.data();
        assert_eq!(left["unread"].as_i64(), Some(now_unread - 1));
        let second = list["items"][1]["id"].as_str().expect("an id").to_owned();
        let read =
            browser.submit("/notifications?unread=true&workspace=community%3Aapex-circle", "read", &[("notice", &second)]).await;
        assert_eq!(read.location(), "/notifications?unread=true&workspace=community%3Aapex-circle");
        let mut asha = signed_in(town, people::ASHA).await;
        let third: uuid::Uuid =
            sqlx::query_scalar(sqlx::AssertSqlSafe(format!("select id from {mine} and read_at is null limit 1")))
                .fetch_one(&town.owner)
                .await
                .expect("one");
        asha.api(Method::PATCH, "/notifications", Some(json!({"ids": [third]}))).await;
        assert_eq!(count(town, &format!("{mine} and read_at is null")).await, now_unread - 2);
        // All of one workspace, then all.
        let apex = format!("{mine} and read_at is null and workspace = 'community:apex-circle'");
        browser.submit("/notifications", "read_all", &[("workspace", "community:apex-circle")]).await;
        assert_eq!(count(town, &apex).await, 0);
        assert!(count(town, &format!("{mine} and read_at is null")).await > 0);
        let unread_page = browser.open("/notifications?unread=true&workspace=community%3Aapex-circle").await;
        assert!(unread_page.text.contains("You have read everything"), "{}", unread_page.text);
        let left = browser.api(Method::PATCH, "/notifications", Some(json!({"all": true}))).await.data();
        assert_eq!(left["unread"], 0);
        for wrong in [json!({}), json!({"ids": ["x"]})] {
            assert_eq!(browser.api(Method::PATCH, "/notifications", Some(wrong)).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        }
    })
    .await;
}
