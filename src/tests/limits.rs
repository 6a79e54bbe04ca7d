//! How often somebody may do something, and that what must not be told is not told by its cost either.

use crate::{
    counting::Counter,
    town::{Answer, Browser, Chosen, Town, story},
};
use commdesk::{features::accounts::service as accounts, kernel::error::AppError, platform::ctx::Ctx};
use http::{Method, StatusCode, header};
use serde_json::json;

async fn forgot(browser: &mut Browser, email: &str) -> Answer {
    browser.api(Method::POST, "/auth/forgot-password", Some(json!({"email": email}))).await
}

/// Refused for now, with the seconds to wait.
fn is_too_many(answer: &Answer) -> bool {
    answer.status == StatusCode::TOO_MANY_REQUESTS && answer.headers.contains_key(header::RETRY_AFTER)
}

#[tokio::test]
async fn links_are_mailed_five_times_an_hour_for_an_account_whether_it_exists_or_not() {
    story(async |town| {
        town.member("mira@acme.example").await;
        town.new_window(3_600);
        for email in ["mira@acme.example", "nobody@acme.example"] {
            for _ in 0..5 {
                assert_eq!(forgot(&mut town.visitor(), email).await.status, StatusCode::OK);
            }
            let sixth = forgot(&mut town.visitor(), email).await;
            assert!(is_too_many(&sixth), "{email}: {} {}", sixth.status, sixth.text);
        }
        town.house.clock.shift(3_600);
        assert_eq!(forgot(&mut town.visitor(), "mira@acme.example").await.status, StatusCode::OK);
    })
    .await;
}

#[tokio::test]
async fn links_are_mailed_twenty_times_an_hour_from_an_address() {
    story(async |town| {
        town.new_window(3_600);
        let mut visitor = town.visitor();
        for number in 0..20 {
            assert_eq!(forgot(&mut visitor, &format!("n{number}@acme.example")).await.status, StatusCode::OK);
        }
        assert!(is_too_many(&forgot(&mut visitor, "n20@acme.example").await));
        assert_eq!(forgot(&mut town.visitor(), "n20@acme.example").await.status, StatusCode::OK, "others may");
    })
    .await;
}

#[tokio::test]
async fn mailed_links_are_not_guessed() {
    story(async |town| {
        let mut visitor = town.visitor();
        town.new_window(300);
        let body = || Some(json!({"token": "a-link-that-nobody-was-mailed-0123456789abcd", "password": Town::PASSWORD}));
        for _ in 0..30 {
            assert_eq!(visitor.api(Method::POST, "/auth/reset-password", body()).await.status, StatusCode::NOT_FOUND);
        }
        assert!(is_too_many(&visitor.api(Method::POST, "/auth/reset-password", body()).await));
    })
    .await;
}

#[tokio::test]
async fn who_was_told_to_wait_stands_in_no_line_before_those_who_sign_in() {
    story(async |town| {
        town.member("mira@acme.example").await;
        town.new_window(300);
        let ctx = Ctx { address: Some("10.9.8.7".parse().expect("an address")), ..town.ctx() };
        for number in 0..30 {
            // Of thirty accounts, so that the limit of none is reached.
            let tried =
                accounts::sign_in(&ctx, &format!("n{number}@acme.example"), "not a password of anybody", "a test").await.err();
            assert!(matches!(tried, Some(AppError::Invalid(_))), "{number}: {tried:?}");
        }
        let told = accounts::sign_in(&ctx, "mira@acme.example", "not a password of anybody", "a test").await.err();
        let Some(AppError::TooMany { retry_after }) = told else { panic!("{told:?}") };
        let counted = "select hits from rate_counters where action = 'sign_in_address' and subject = '10.9.8.7'";
        let hits = async || sqlx::query_scalar::<_, i32>(counted).fetch_one(&town.owner).await.expect("a counter");
        assert_eq!(hits().await, 31);

        // Somebody else has the turn: whoever was told to wait does not wait for it, and costs the database nothing.
        let turn = town.house.passwords.step_up().await.expect("a turn");
        let again = accounts::sign_in(&ctx, "mira@acme.example", "not a password of anybody", "a test").await.err();
        assert!(matches!(again, Some(AppError::TooMany { retry_after: left }) if left <= retry_after), "{again:?}");
        assert_eq!(hits().await, 31);
        drop(turn);

        // Who waits as long as they were told is heard again.
        town.house.clock.shift(retry_after.into());
        let heard = accounts::sign_in(&ctx, "mira@acme.example", "not a password of anybody", "a test").await.err();
        assert!(matches!(heard, Some(AppError::Invalid(_))), "{heard:?}");
    })
    .await;
}

#[tokio::test]
async fn second_factors_are_not_guessed() {
    story(async |town| {
        let mut mira = town.member("mira@acme.example").await;
        town.new_window(300);
        accounts::add_staff(&town.ctx(), "mira@acme.example", "Mira Member", "review").await.expect("staff");
        assert_eq!(mira.submit("/second-factor", "begin", &[]).await.status, StatusCode::SEE_OTHER);
        for _ in 0..10 {
            let answer = mira.submit("/second-factor", "confirm", &[("code", "12345")]).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        }
        let answer = mira.submit("/second-factor", "confirm", &[("code", "12345")]).await;
        assert!(is_too_many(&answer), "{}", answer.status);
        assert!(answer.text.contains("Try again in"), "the page says when");
    })
    .await;
}

#[tokio::test]
async fn pictures_are_taken_sixty_times_an_hour_from_an_address() {
    story(async |town| {
        town.new_window(3_600);
        let mut visitor = town.visitor();
        let chosen = Chosen { field: "logo", name: "a.png", kind: "image/png", bytes: b"not a picture" };
        let fields = [("_form", "company")];
        for number in 0..60 {
            let answer = visitor.submit_file("/become-sponsor", &fields, &chosen).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{number}");
        }
        let answer = visitor.submit_file("/become-sponsor", &fields, &chosen).await;
        assert!(is_too_many(&answer), "{}", answer.status);
    })
    .await;
}

#[tokio::test]
async fn a_known_address_costs_what_an_unknown_one_costs() {
    let (counter, _guard) = Counter::start();
    story(async |town| {
        town.member("mira@acme.example").await;
        let mut costs = Vec::new();
        for email in ["mira@acme.example", "nobody@acme.example"] {
            for path in ["/auth/login", "/auth/forgot-password"] {
                let body = json!({"email": email, "password": "not the password of anybody"});
                let mut visitor = town.visitor();
                counter.take();
                let answer = visitor.api(Method::POST, path, Some(body)).await;
                costs.push((answer.status, answer.text, counter.take()));
            }
        }
        assert!(costs.iter().all(|(.., statements)| statements.len() > 1), "statements are heard: {costs:?}");
        assert_eq!(costs[..2], costs[2..], "the same answer for the same statements");
        // And the forms, which pages send.
        let mut costs = Vec::new();
        for email in ["mira@acme.example", "nobody@acme.example"] {
            for (path, form) in [("/sign-in", "sign_in"), ("/forgot-password", "forgot")] {
                let mut visitor = town.visitor();
                counter.take();
                let answer = visitor.submit(path, form, &[("email", email), ("password", "not the password of anybody")]).await;
                costs.push((answer.status, answer.location().to_owned(), counter.take()));
            }
        }
        assert_eq!(costs[..2], costs[2..]);
    })
    .await;
}
