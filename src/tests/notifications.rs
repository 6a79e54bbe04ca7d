//! Letters and notices: told once, sent with retries, read by nobody else.

use crate::town::{Town, story};
use commdesk::{
    features::{
        accounts::{rules::LinkPurpose, service as accounts},
        notifications::service,
    },
    kernel::{
        ids::UserId,
        page::PageRequest,
        text::{Email, PersonName},
    },
    platform::{
        jobs::{self, MAX_ATTEMPTS},
        mail::PostError,
    },
};
use http::StatusCode;

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

async fn count(town: &Town, what: &str) -> i64 {
    sqlx::query_scalar(sqlx::AssertSqlSafe(format!("select count(*) from {what}"))).fetch_one(&town.owner).await.expect("a count")
}

#[tokio::test]
async fn a_fact_is_told_once_however_often_its_job_runs() {
    story(async |town| {
        activated(town, ASHA, "Asha Rao").await;
        town.drain().await;
        let (mails, notices) = (count(town, "mails").await, count(town, "notices").await);
        assert!(mails > 0 && notices > 0);
        // As after a crash between the work and its mark.
        sqlx::query("update jobs set state = 'ready', attempts = 0, finished_at = null").execute(&town.owner).await.expect("again");

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
async fn a_server_that_stays_away_leaves_the_mail_marked_as_failed() {
    story(async |town| {
        for _ in 0..MAX_ATTEMPTS {
            town.post.fail_next(PostError::Temporary("away".into()));
        }
        activated(town, ASHA, "Asha Rao").await;
        for _ in 0..MAX_ATTEMPTS + 2 {
            town.shift(3_700).await;
        }
        assert_eq!(count(town, "mails where state = 'failed'").await, 1);
        // The dead job is the sign that people look for; this town has seen it.
        assert_eq!(count(town, "jobs where state = 'dead' and consumer = 'mail'").await, 1);
        sqlx::query("update jobs set state = 'done' where state = 'dead'").execute(&town.owner).await.expect("looked at");
    })
    .await;
}

#[tokio::test]
async fn bodies_and_links_are_sealed_at_rest() {
    story(async |town| {
        activated(town, ASHA, "Asha Rao").await;
        let ctx = town.ctx();
        accounts::ask_reset(&ctx, &Email::parse(ASHA).expect("an address")).await.expect("asked");
        town.drain().await;

        let readable = count(town, "mails where encode(body_text, 'escape') like '%/link/%' or encode(body_html, 'escape') like '%Hello%'").await;
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
        let omar = commdesk::seeds::people::OMAR;
        accounts::add_staff(&ctx, omar.email, omar.name, "admin").await.expect("staff");
        commdesk::seeds::people::activate(&ctx, omar).await.expect("activated");
        let omar = commdesk::seeds::people::set_up_staff(&ctx, omar).await.expect("signed in");
        let evil = "<img src=x onerror=alert(1)>\nhttps://evil.example/link/abc";
        let reason = commdesk::kernel::text::Paragraph::parse(evil, 500, "reason").expect("a reason");

        accounts::suspend(&ctx, &omar, asha, &reason).await.expect("suspended");
        town.drain().await;

        let letter = town.post.letters().into_iter().find(|l| l.subject.contains("suspended")).expect("a letter");
        assert!(!letter.html.contains("<img"));
        assert!(letter.text.lines().filter(|line| line.contains("evil")).all(|line| line.starts_with("> ")));
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
        let request = PageRequest { limit: 2, ..PageRequest::default() };

        let first = service::notices(&ctx, &asha, &request).await.expect("a page");
        let second = service::notices(&ctx, &asha, &PageRequest { cursor: first.next_cursor.clone(), ..request.clone() }).await.expect("a page");
        let third = service::notices(&ctx, &asha, &PageRequest { cursor: second.next_cursor.clone(), ..request.clone() }).await.expect("a page");

        assert_eq!([first.items.len(), second.items.len(), third.items.len()], [2, 2, 1]);
        assert!(third.next_cursor.is_none());
        assert_eq!(first.unread, 5);
        let ids: std::collections::BTreeSet<_> = [&first, &second, &third].iter().flat_map(|p| p.items.iter().map(|n| n.id)).collect();
        assert_eq!(ids.len(), 5);
        // Somebody else's stay as they are.
        service::mark_read(&ctx, &ravi, Some(first.items[0].id)).await.expect("nothing");
        assert_eq!(service::unread(&ctx, asha.user).await.expect("a count"), 5);
        service::mark_read(&ctx, &asha, Some(first.items[0].id)).await.expect("read");
        assert_eq!(service::unread(&ctx, asha.user).await.expect("a count"), 4);
        service::mark_read(&ctx, &asha, None).await.expect("read");
        assert_eq!(service::unread(&ctx, asha.user).await.expect("a count"), 0);
        assert!(service::notices(&ctx, &asha, &PageRequest { cursor: Some("zz".into()), ..request }).await.is_err());
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
