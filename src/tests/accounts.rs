//! People and access, through the doors that people use.

use crate::{
    common::{at_work, count},
    town::{Browser, Town, sequel, story},
};
use axum::body::Body;
use chrono::{DateTime, TimeDelta, Utc};
use commdesk::{
    features::accounts::{rules::LinkPurpose, service},
    kernel::{
        actor::StaffRole,
        ids::UserId,
        text::{Email, PersonName},
    },
    platform::crypto::cell,
};
use http::{Method, StatusCode};
use serde_json::json;

const PASSWORD: &str = "four calm words here";
const OTHER: &str = "another calm phrase";
const COOKIE: &str = "commdesk";
const ASHA: &str = "asha@acme.example";

/// A login without a password.
async fn register(town: &Town, email: &str, name: &str) -> UserId {
    let ctx = town.ctx();
    let mut tx = ctx.begin().await.expect("a transaction");
    let (email, name) = (Email::parse(email).expect("an address"), PersonName::parse(name).expect("a name"));
    let user = service::ensure_user_in(&mut tx, &email, &name).await.expect("a login");
    tx.commit().await.expect("committed");
    user
}

/// A login whose password was set behind a mailed link.
async fn activated(town: &Town, email: &str, name: &str) -> UserId {
    let user = register(town, email, name).await;
    let token = service::issue_link(&town.ctx(), user, LinkPurpose::Activate, email).await.expect("a link");
    service::use_link(&town.ctx(), &token, &[LinkPurpose::Activate], Some(PASSWORD)).await.expect("activated");
    user
}

async fn sign_in(browser: &mut Browser, email: &str, password: &str) -> StatusCode {
    browser.submit("/sign-in", "sign_in", &[("email", email), ("password", password)]).await.status
}

/// The newest mail to an address, and the path of the link in it.
async fn newest_link(town: &Town, to: &str) -> String {
    town.drain().await;
    let letters = town.post.letters();
    let mut words = letters.iter().rev().filter(|letter| letter.to == to).flat_map(|letter| letter.text.split_whitespace());
    let link = words.find(|word| word.contains("/link/")).expect("a mail with a link");
    url::Url::parse(link).expect("an address").path().to_owned()
}

#[tokio::test]
async fn a_password_is_set_behind_the_mailed_link_and_nowhere_else() {
    story(async |town| {
        let user = register(town, ASHA, "Asha Rao").await;
        let token = service::issue_link(&town.ctx(), user, LinkPurpose::Activate, ASHA).await.expect("a link");
        let path = format!("/link/{token}");
        let mut asha = town.visitor();
        assert_eq!(sign_in(&mut asha, ASHA, PASSWORD).await, StatusCode::UNPROCESSABLE_ENTITY);

        // Opening it, however often, uses nothing up.
        for _ in 0..3 {
            let page = asha.open(&path).await;
            assert_eq!(page.status, StatusCode::OK);
            assert!(page.text.contains("Choose your password") && page.text.contains("Asha Rao"));
        }
        // A weak password leaves the link as it was.
        for weak in ["", "short", "asha@acme.example", "password1234"] {
            let refused = asha.submit(&path, "use_link", &[("password", weak), ("asksPassword", "true")]).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{weak}");
        }
        let done = asha.submit(&path, "use_link", &[("password", PASSWORD), ("asksPassword", "true")]).await;

        assert_eq!((done.status, done.location()), (StatusCode::SEE_OTHER, "/sign-in?done=password"));
        assert!(asha.cookie(COOKIE).is_none(), "a link signs nobody in");
        // Single use.
        let again = asha.submit(&path, "use_link", &[("password", OTHER), ("asksPassword", "true")]).await;
        assert_eq!(again.status, StatusCode::CONFLICT);
        assert!(asha.open(&path).await.text.contains("does not work any more"));
        assert_eq!(sign_in(&mut asha, ASHA, OTHER).await, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(sign_in(&mut asha, ASHA, PASSWORD).await, StatusCode::SEE_OTHER);
        assert_eq!(count(town, "facts where name = 'password_set'").await, 1);
        assert_eq!(count(town, "facts where name = 'user_email_verified'").await, 1);
    })
    .await;
}

#[tokio::test]
async fn a_link_is_used_once_however_many_press_at_the_same_moment() {
    story(async |town| {
        let user = register(town, ASHA, "Asha Rao").await;
        let token = service::issue_link(&town.ctx(), user, LinkPurpose::Activate, ASHA).await.expect("a link");
        let ctx = town.ctx();
        let press = || service::use_link(&ctx, &token, &[LinkPurpose::Activate], Some(PASSWORD));

        let (a, b, c) = tokio::join!(press(), press(), press());

        assert_eq!([&a, &b, &c].iter().filter(|r| r.is_ok()).count(), 1);
        assert_eq!(count(town, "facts where name = 'password_set'").await, 1);
    })
    .await;
}

#[tokio::test]
async fn a_newer_link_ends_the_older_ones_of_its_purpose_and_time_ends_all() {
    story(async |town| {
        let user = activated(town, ASHA, "Asha Rao").await;
        let ctx = town.ctx();
        let first = service::issue_link(&ctx, user, LinkPurpose::Reset, ASHA).await.expect("a link");
        let verify = service::issue_link(&ctx, user, LinkPurpose::VerifyEmail, ASHA).await.expect("a link");
        let second = service::issue_link(&ctx, user, LinkPurpose::Reset, ASHA).await.expect("a link");

        assert!(service::peek_link(&ctx, &first).await.expect("known").problem.is_some());
        assert!(service::peek_link(&ctx, &second).await.expect("known").problem.is_none());
        assert!(service::peek_link(&ctx, &verify).await.expect("known").problem.is_none());
        town.shift(3_600).await;
        assert!(service::peek_link(&ctx, &second).await.expect("known").problem.is_some());
        let late = service::use_link(&ctx, &second, &[LinkPurpose::Reset], Some(OTHER)).await.expect_err("too late");
        assert_eq!(late.code(), "LINK_EXPIRED");
        // The token is nowhere but in the mail.
        let stored: i64 =
            sqlx::query_scalar("select count(*) from one_time_links where encode(token_hash, 'escape') like '%' || $1 || '%'")
                .bind(&second)
                .fetch_one(&town.owner)
                .await
                .expect("links");
        assert_eq!(stored, 0);
        assert!(service::peek_link(&ctx, "nonsense").await.is_err());
    })
    .await;
}

#[tokio::test]
async fn forgetting_a_password_says_the_same_for_every_address() {
    story(async |town| {
        activated(town, ASHA, "Asha Rao").await;
        let mut visitor = town.visitor();
        let mut answers = Vec::new();
        for email in [ASHA, "nobody@acme.example", "ASHA@ACME.example"] {
            let answer = visitor.api(Method::POST, "/auth/forgot-password", Some(json!({"email": email}))).await;
            answers.push((answer.status, answer.data()));
        }
        assert!(answers.windows(2).all(|pair| pair[0] == pair[1]), "{answers:?}");
        let form = visitor.submit("/forgot-password", "forgot", &[("email", "nobody@acme.example")]).await;
        assert_eq!((form.status, form.location()), (StatusCode::SEE_OTHER, "/forgot-password?done=sent"));

        let path = newest_link(town, ASHA).await;

        assert!(town.post.letters().iter().all(|letter| letter.to == ASHA), "strangers are written to");
        // A reset ends every session.
        let mut asha = town.visitor();
        assert_eq!(sign_in(&mut asha, ASHA, PASSWORD).await, StatusCode::SEE_OTHER);
        assert_eq!(asha.open("/account").await.status, StatusCode::OK);
        let done = visitor.submit(&path, "use_link", &[("password", OTHER), ("asksPassword", "true")]).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER);
        assert_eq!(asha.open("/account").await.status, StatusCode::UNAUTHORIZED);
        assert_eq!(sign_in(&mut asha, ASHA, PASSWORD).await, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(sign_in(&mut asha, ASHA, OTHER).await, StatusCode::SEE_OTHER);
        // The queue holds no address in the clear.
        let clear: i64 = sqlx::query_scalar("select count(*) from jobs where payload::text like '%acme.example%'")
            .fetch_one(&town.owner)
            .await
            .expect("jobs");
        assert_eq!(clear, 0);
    })
    .await;
}

#[tokio::test]
async fn a_wrong_address_and_a_wrong_password_are_answered_alike() {
    story(async |town| {
        activated(town, ASHA, "Asha Rao").await;
        register(town, "new@acme.example", "Not Yet").await;
        let mut visitor = town.visitor();
        let mut answers = Vec::new();
        for (email, password) in [(ASHA, OTHER), ("nobody@acme.example", OTHER), ("new@acme.example", OTHER), ("no address", "")]
        {
            let answer = visitor.api(Method::POST, "/auth/login", Some(json!({"email": email, "password": password}))).await;
            answers.push((answer.status, answer.json()));
        }
        assert!(answers.windows(2).all(|pair| pair[0] == pair[1]), "{answers:?}");
        assert_eq!(answers[0].0, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(visitor.cookie(COOKIE).is_none());
    })
    .await;
}

#[tokio::test]
async fn guessing_is_slowed_for_the_account_from_wherever_it_comes() {
    story(async |town| {
        town.new_window(300);
        activated(town, ASHA, "Asha Rao").await;
        // Right ones are not counted.
        for _ in 0..12 {
            assert_eq!(sign_in(&mut town.visitor(), ASHA, PASSWORD).await, StatusCode::SEE_OTHER);
        }
        let mut last = StatusCode::OK;
        for _ in 0..11 {
            last = sign_in(&mut town.visitor(), ASHA, OTHER).await;
        }
        assert_eq!(last, StatusCode::TOO_MANY_REQUESTS);
        let mut elsewhere = town.visitor();
        let refused = elsewhere.api(Method::POST, "/auth/login", Some(json!({"email": ASHA, "password": PASSWORD}))).await;
        assert_eq!((refused.status, refused.code().as_str()), (StatusCode::TOO_MANY_REQUESTS, "TOO_MANY_REQUESTS"));
        let wait: i64 = refused.headers["retry-after"].to_str().expect("text").parse().expect("seconds");
        assert!((1..=300).contains(&wait));
        // An unknown address is slowed the same way.
        for _ in 0..11 {
            last = sign_in(&mut town.visitor(), "nobody@acme.example", OTHER).await;
        }
        assert_eq!(last, StatusCode::TOO_MANY_REQUESTS);
        town.shift(wait).await;
        assert_eq!(sign_in(&mut elsewhere, ASHA, PASSWORD).await, StatusCode::SEE_OTHER);
    })
    .await;
}

#[tokio::test]
async fn one_address_may_not_try_many_accounts() {
    story(async |town| {
        town.new_window(300);
        let mut visitor = town.visitor();
        let mut last = StatusCode::OK;
        for n in 0..31 {
            last = sign_in(&mut visitor, &format!("person{n}@acme.example"), OTHER).await;
        }
        assert_eq!(last, StatusCode::TOO_MANY_REQUESTS);
    })
    .await;
}

#[tokio::test]
async fn a_session_ends_by_itself() {
    story(async |town| {
        activated(town, ASHA, "Asha Rao").await;
        let mut asha = town.visitor();
        sign_in(&mut asha, ASHA, PASSWORD).await;
        // In use, it lives on; "last seen" moves at most every five minutes.
        let seen = async || -> DateTime<Utc> {
            sqlx::query_scalar("select last_seen_at from sessions").fetch_one(&town.owner).await.expect("one session")
        };
        let first = seen().await;
        // Within the second before, so that what the machine takes for this is not what decides.
        let so_long_after = |seconds: i64| {
            town.house.clock.shift((first + TimeDelta::seconds(seconds) - town.ctx().now()).num_seconds());
        };
        so_long_after(4 * 60 + 59);
        assert_eq!(asha.open("/account").await.status, StatusCode::OK);
        assert_eq!(seen().await, first, "4 min 59 s are too soon");
        so_long_after(5 * 60 + 1);
        assert_eq!(asha.open("/account").await.status, StatusCode::OK);
        let first = seen().await;
        assert!(first > town.ctx().now() - TimeDelta::minutes(1), "5 min 1 s are enough: {first}");
        town.shift(11 * 3_600).await;
        assert_eq!(asha.open("/account").await.status, StatusCode::OK);
        assert_ne!(seen().await, first);
        // Twelve idle hours end it.
        town.shift(12 * 3_600 + 1).await;
        assert_eq!(asha.open("/account").await.status, StatusCode::UNAUTHORIZED);
        // And so do thirty busy days.
        sign_in(&mut asha, ASHA, PASSWORD).await;
        let mut days = 0;
        while asha.open("/account").await.status == StatusCode::OK {
            town.house.clock.shift(10 * 3_600);
            days += 1;
            assert!(days < 80, "it never ends");
        }
        assert_eq!(days, 72, "thirty days of ten hours");
    })
    .await;
}

#[tokio::test]
async fn signing_in_and_changing_the_password_bring_a_new_session() {
    story(async |town| {
        activated(town, ASHA, "Asha Rao").await;
        let (mut here, mut there) = (town.visitor(), town.visitor());
        sign_in(&mut here, ASHA, PASSWORD).await;
        sign_in(&mut there, ASHA, PASSWORD).await;
        let before = here.cookie(COOKIE).expect("a session").to_owned();

        let wrong = here.submit("/account", "change_password", &[("currentPassword", OTHER), ("password", OTHER)]).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(!wrong.text.contains(OTHER), "a password came back");
        let done = here.submit("/account", "change_password", &[("currentPassword", PASSWORD), ("password", OTHER)]).await;

        assert_eq!(done.location(), "/account?done=password");
        assert_ne!(here.cookie(COOKIE), Some(before.as_str()));
        assert_eq!(here.open("/account").await.status, StatusCode::OK);
        assert_eq!(there.open("/account").await.status, StatusCode::UNAUTHORIZED);
        let mut thief = town.visitor();
        thief.set_cookie(COOKIE, &before);
        assert_eq!(thief.open("/account").await.status, StatusCode::UNAUTHORIZED);
    })
    .await;
}

#[tokio::test]
async fn signing_out_ends_one_session_and_everywhere_ends_all() {
    story(async |town| {
        activated(town, ASHA, "Asha Rao").await;
        let (mut here, mut there) = (town.visitor(), town.visitor());
        sign_in(&mut here, ASHA, PASSWORD).await;
        sign_in(&mut there, ASHA, PASSWORD).await;
        let token = here.cookie(COOKIE).expect("a session").to_owned();

        here.submit("/account", "sign_out", &[]).await;

        assert!(here.cookie(COOKIE).is_none());
        here.set_cookie(COOKIE, &token);
        assert_eq!(here.open("/account").await.status, StatusCode::UNAUTHORIZED);
        assert_eq!(there.open("/account").await.status, StatusCode::OK);
        sign_in(&mut here, ASHA, PASSWORD).await;
        there.submit("/account", "sign_out_everywhere", &[]).await;
        assert_eq!(here.open("/account").await.status, StatusCode::UNAUTHORIZED);
        assert_eq!(there.open("/account").await.status, StatusCode::UNAUTHORIZED);
        // Over REST, and twice.
        assert_eq!(there.api(Method::POST, "/auth/logout", None).await.status, StatusCode::OK);
    })
    .await;
}

#[tokio::test]
async fn another_address_needs_the_password_and_its_own_link() {
    story(async |town| {
        activated(town, ASHA, "Asha Rao").await;
        activated(town, "ravi@apex.example", "Ravi Kulkarni").await;
        town.drain().await;
        let mut asha = town.visitor();
        sign_in(&mut asha, ASHA, PASSWORD).await;

        let wrong = asha.submit("/account", "change_email", &[("email", "asha@cloud.example"), ("password", OTHER)]).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(wrong.text.contains("asha@cloud.example"), "what was typed is kept");
        let asked = asha.submit("/account", "change_email", &[("email", "asha@cloud.example"), ("password", PASSWORD)]).await;
        assert_eq!(asked.status, StatusCode::SEE_OTHER);
        let path = newest_link(town, "asha@cloud.example").await;
        let notice = town.post.letters().into_iter().rev().find(|l| l.to == ASHA).expect("a notice to the old address");
        assert!(notice.subject.contains("about to change") && !notice.text.contains("/link/"));
        // Until the link is followed, nothing has changed.
        assert_eq!(sign_in(&mut town.visitor(), "asha@cloud.example", PASSWORD).await, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(town.visitor().open(&path).await.status, StatusCode::OK);
        assert_eq!(sign_in(&mut town.visitor(), ASHA, PASSWORD).await, StatusCode::SEE_OTHER);

        let done = town.visitor().submit(&path, "use_link", &[]).await;

        assert_eq!(done.location(), "/sign-in?done=address");
        assert_eq!(sign_in(&mut town.visitor(), ASHA, PASSWORD).await, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(sign_in(&mut town.visitor(), "asha@cloud.example", PASSWORD).await, StatusCode::SEE_OTHER);
        // An address that somebody has is told to them only, at the end.
        asha.submit("/account", "change_email", &[("email", "ravi@apex.example"), ("password", PASSWORD)]).await;
        let path = newest_link(town, "ravi@apex.example").await;
        let taken = town.visitor().submit(&path, "use_link", &[]).await;
        assert_eq!(taken.status, StatusCode::CONFLICT);
    })
    .await;
}

#[tokio::test]
async fn a_new_password_and_signing_out_everywhere_end_the_change_of_an_address() {
    const THIEF: &str = "thief@evil.example";
    story(async |town| {
        town.new_window(3_600);
        let user = activated(town, ASHA, "Asha Rao").await;
        // Somebody who knows the password asks for an address of their own.
        let ask = async |password: &str| {
            let mut thief = town.visitor();
            assert_eq!(sign_in(&mut thief, ASHA, password).await, StatusCode::SEE_OTHER);
            let asked = thief.submit("/account", "change_email", &[("email", THIEF), ("password", password)]).await;
            assert_eq!(asked.status, StatusCode::SEE_OTHER, "{}", asked.text);
        };
        let change = async |from: &str, to: &str| {
            let mut asha = town.visitor();
            assert_eq!(sign_in(&mut asha, ASHA, from).await, StatusCode::SEE_OTHER);
            let changed = asha.submit("/account", "change_password", &[("currentPassword", from), ("password", to)]).await;
            assert_eq!(changed.status, StatusCode::SEE_OTHER, "{}", changed.text);
        };
        let everywhere = async |password: &str| {
            let mut asha = town.visitor();
            assert_eq!(sign_in(&mut asha, ASHA, password).await, StatusCode::SEE_OTHER);
            assert_eq!(asha.submit("/account", "sign_out_everywhere", &[]).await.status, StatusCode::SEE_OTHER);
        };
        let is_dead = async |path: &str| {
            let token = path.strip_prefix("/link/").expect("a link");
            let followed = service::use_link(&town.ctx(), token, &[LinkPurpose::ChangeEmail], None).await;
            assert_eq!(followed.expect_err("it is over").code(), "LINK_USED");
        };
        let letters = || town.post.letters().into_iter().filter(|letter| letter.to == THIEF).count();

        ask(PASSWORD).await;
        let path = newest_link(town, THIEF).await;
        change(PASSWORD, OTHER).await;
        is_dead(&path).await;

        ask(OTHER).await;
        let path = newest_link(town, THIEF).await;
        let reset = service::issue_link(&town.ctx(), user, LinkPurpose::Reset, ASHA).await.expect("a link");
        service::use_link(&town.ctx(), &reset, &[LinkPurpose::Reset], Some(PASSWORD)).await.expect("reset");
        is_dead(&path).await;

        ask(PASSWORD).await;
        let path = newest_link(town, THIEF).await;
        everywhere(PASSWORD).await;
        is_dead(&path).await;

        // What the letters' job has not come to yet is over too.
        let written = letters();
        ask(PASSWORD).await;
        change(PASSWORD, OTHER).await;
        town.drain().await;
        ask(OTHER).await;
        everywhere(OTHER).await;
        town.drain().await;
        assert_eq!(letters(), written, "a late letter brings nothing back");
        assert_eq!(count(town, "one_time_links where purpose = 'change_email' and used_at is null").await, 0);
        assert_eq!(sign_in(&mut town.visitor(), ASHA, OTHER).await, StatusCode::SEE_OTHER, "it is hers still");
    })
    .await;
}

#[tokio::test]
async fn a_new_password_ends_the_change_of_an_address_that_is_asked_for_at_the_same_moment() {
    story(async |town| {
        let user = activated(town, ASHA, "Asha Rao").await;
        let mut thief = town.visitor();
        sign_in(&mut thief, ASHA, PASSWORD).await;
        // The old password is right when it is looked at; the new one is there before the login is held.
        let mut changing = town.owner.begin().await.expect("a transaction");
        let holder: i32 = sqlx::query_scalar("select pg_backend_pid()").fetch_one(&mut *changing).await.expect("its number");
        let set = "update users set password_hash = 'the hash of another' where id = $1";
        sqlx::query(set).bind(user.0).execute(&mut *changing).await.expect("changed");
        let ask = thief.submit("/account", "change_email", &[("email", "thief@evil.example"), ("password", PASSWORD)]);
        let commit = async {
            let waiting = format!("pg_locks where not granted and {holder} = any(pg_blocking_pids(pid))");
            for _ in 0..200 {
                if count(town, &waiting).await > 0 {
                    break;
                }
                tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            }
            changing.commit().await.expect("committed");
        };
        let (asked, ()) = tokio::join!(ask, commit);
        assert_eq!(asked.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", asked.text);
        assert_eq!(count(town, "facts where name = 'email_change_asked'").await, 0);
    })
    .await;
}

#[tokio::test]
async fn staff_give_a_second_factor_before_anything_else() {
    story(async |town| {
        let ctx = town.ctx();
        service::add_staff(&ctx, "sara@commdesk.example", "Sara Lindqvist", "review").await.expect("staff");
        service::add_staff(&ctx, "sara@commdesk.example", "Somebody Else", "review").await.expect("said twice");
        assert_eq!(count(town, "facts where name = 'staff_role_given'").await, 1);
        let path = newest_link(town, "sara@commdesk.example").await;
        let mut sara = town.visitor();
        sara.submit(&path, "use_link", &[("password", PASSWORD), ("asksPassword", "true")]).await;
        let answer = sara
            .submit("/sign-in?next=/staff/communities", "sign_in", &[("email", "sara@commdesk.example"), ("password", PASSWORD)])
            .await;
        assert_eq!(answer.location(), "/second-factor?next=%2Fstaff%2Fcommunities");
        let person = async |browser: &Browser| {
            service::person_by_token(&ctx, browser.cookie(COOKIE).expect("a session")).await.expect("asked").expect("somebody")
        };
        assert!(!person(&sara).await.second_factor_given);
        // With the password alone nothing of the login can be changed.
        let page = sara.open("/account").await;
        assert_eq!(page.status, StatusCode::FORBIDDEN);
        assert!(page.text.contains("/second-factor"));
        let taken = sara.submit("/account", "change_password", &[("currentPassword", PASSWORD), ("password", OTHER)]).await;
        assert_eq!(taken.status, StatusCode::FORBIDDEN);
        let moved = sara.submit("/account", "change_email", &[("email", "thief@evil.example"), ("password", PASSWORD)]).await;
        assert_eq!(moved.status, StatusCode::FORBIDDEN);

        // Set up: the secret is shown, and confirmed by its first code.
        sara.submit("/second-factor", "begin", &[]).await;
        let page = sara.open("/second-factor").await.text;
        assert!(page.contains("<path d=\"M4 4h7v1h-7z"));
        let code = service::code_for_development(&ctx, "sara@commdesk.example").await.expect("a code");
        let wrong = if code == "000000" { "000001" } else { "000000" };
        assert_eq!(sara.submit("/second-factor", "confirm", &[("code", wrong)]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        let before = sara.cookie(COOKIE).expect("a session").to_owned();
        assert_eq!(sara.submit("/second-factor", "confirm", &[("code", &code)]).await.status, StatusCode::SEE_OTHER);
        assert_ne!(sara.cookie(COOKIE), Some(before.as_str()), "stepping up brings a new session id");
        assert!(person(&sara).await.second_factor_given);
        assert!(service::person_by_token(&ctx, &before).await.expect("asked").is_none());

        // The recovery codes stand there until they were kept.
        let page = sara.open("/second-factor").await.text;
        let recovery =
            page.split("<code class=\"num\">").nth(1).and_then(|rest| rest.get(..19)).expect("a recovery code").to_owned();
        assert_eq!(page.matches("<code class=\"num\">").count(), 10);
        sara.submit("/second-factor", "keep", &[]).await;
        assert!(!sara.open("/second-factor").await.text.contains(&recovery));

        // In the next session: a spent code is refused, a new one works, a recovery code works once.
        let mut next = town.visitor();
        sign_in(&mut next, "sara@commdesk.example", PASSWORD).await;
        assert_eq!(next.submit("/second-factor", "give", &[("code", &code)]).await.status, StatusCode::CONFLICT);
        assert!(!person(&next).await.second_factor_given);
        let given = next.submit("/second-factor?next=/inbox", "give", &[("code", &recovery)]).await;
        assert_eq!((given.status, given.location()), (StatusCode::SEE_OTHER, "/inbox"));
        assert!(person(&next).await.second_factor_given);
        let mut third = town.visitor();
        sign_in(&mut third, "sara@commdesk.example", PASSWORD).await;
        assert_eq!(third.submit("/second-factor", "give", &[("code", &recovery)]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        town.house.clock.shift(30);
        let code = service::code_for_development(&ctx, "sara@commdesk.example").await.expect("a code");
        let info = third.api(Method::POST, "/auth/second-factor", Some(json!({"code": code}))).await.data();
        assert_eq!(info["secondFactorRequired"], false);
        // Nobody can put another secret in place.
        assert_eq!(third.submit("/second-factor", "begin", &[]).await.status, StatusCode::CONFLICT);
        let staff = service::staff(&ctx, &[StaffRole::Review]).await.expect("staff");
        assert_eq!(staff.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn one_code_given_twice_at_the_same_moment_counts_once() {
    story(async |town| {
        let ctx = town.ctx();
        let user = service::add_staff(&ctx, "sara@commdesk.example", "Sara Lindqvist", "admin").await.expect("staff");
        let token = service::issue_link(&ctx, user, LinkPurpose::Activate, "sara@commdesk.example").await.expect("a link");
        service::use_link(&ctx, &token, &[LinkPurpose::Activate], Some(PASSWORD)).await.expect("activated");
        let session = async || {
            let signed_in = service::sign_in(&ctx, "sara@commdesk.example", PASSWORD, "").await.expect("signed in");
            service::person_by_token(&ctx, &signed_in.token).await.expect("asked").expect("somebody")
        };
        let first = session().await;
        service::begin_second_factor(&ctx, &first).await.expect("begun");
        let code = service::code_for_development(&ctx, "sara@commdesk.example").await.expect("a code");
        service::confirm_second_factor(&ctx, &first, &code).await.expect("confirmed");
        // The secret and the codes that wait to be written down are sealed, for this login's cell alone.
        let sealed: Vec<u8> = sqlx::query_scalar("select totp_secret from users where id = $1")
            .bind(user.0)
            .fetch_one(&town.owner)
            .await
            .expect("kept");
        let opened = town.house.columns.open(&sealed, &cell("users", user, "totp_secret")).expect("theirs");
        let readable = String::from_utf8_lossy(&sealed);
        assert!(opened.split(' ').count() > 10 && opened.split(' ').all(|word| !readable.contains(word)));
        assert!(town.house.columns.open(&sealed, &cell("users", first.session, "totp_secret")).is_err(), "nobody else's");
        town.house.clock.shift(30);
        let code = service::code_for_development(&ctx, "sara@commdesk.example").await.expect("a code");
        let (a, b) = (session().await, session().await);

        let (one, two) = tokio::join!(service::give_second_factor(&ctx, &a, &code), service::give_second_factor(&ctx, &b, &code));

        assert_eq!([one.is_ok(), two.is_ok()].iter().filter(|ok| **ok).count(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_suspended_person_is_out_at_once() {
    story(async |town| {
        let ctx = town.ctx();
        let asha_id = activated(town, ASHA, "Asha Rao").await;
        let mut asha = town.visitor();
        sign_in(&mut asha, ASHA, PASSWORD).await;
        let omar = commdesk::seeds::people::OMAR;
        service::add_staff(&ctx, omar.email, omar.name, "admin").await.expect("staff");
        commdesk::seeds::people::activate(&ctx, omar).await.expect("activated");
        let omar = commdesk::seeds::people::sign_in_staff(&ctx, omar).await.expect("signed in");
        let reason = commdesk::kernel::text::Paragraph::parse("Many complaints.", 500, "reason").expect("a reason");

        let mut tx = ctx.begin().await.expect("a transaction");
        let about = Some(uuid::Uuid::from_u128(1));
        let asked = service::issue_link_in(&mut tx, asha_id, LinkPurpose::VerifyEmail, ASHA, about).await.expect("a link");
        tx.commit_unstated("a link is no fact").await.expect("committed");

        service::suspend(&ctx, &omar, asha_id, &reason).await.expect("suspended");

        let asked = service::peek_link(&ctx, &asked).await.expect("known");
        assert!(asked.problem.is_some() && !asked.waits_at_home, "no home page opens for her");
        assert_eq!(asha.open("/account").await.status, StatusCode::UNAUTHORIZED);
        let refused = asha.api(Method::POST, "/auth/login", Some(json!({"email": ASHA, "password": PASSWORD}))).await;
        assert_eq!((refused.status, refused.code().as_str()), (StatusCode::CONFLICT, "SUSPENDED"));
        assert_eq!(
            sign_in(&mut asha, ASHA, OTHER).await,
            StatusCode::UNPROCESSABLE_ENTITY,
            "only who knows the password is told"
        );
        assert!(service::issue_link(&ctx, asha_id, LinkPurpose::Reset, ASHA).await.is_err());
        service::restore(&ctx, &omar, asha_id).await.expect("restored");
        assert_eq!(sign_in(&mut asha, ASHA, PASSWORD).await, StatusCode::SEE_OTHER);
        town.drain().await;
        let subjects: Vec<_> = town.post.letters().into_iter().filter(|l| l.to == ASHA).map(|l| l.subject).collect();
        assert!(
            subjects.iter().any(|s| s.contains("suspended")) && subjects.iter().any(|s| s.contains("open again")),
            "{subjects:?}"
        );
    })
    .await;
}

#[tokio::test]
async fn an_old_hash_is_made_new_while_the_password_is_at_hand() {
    story(async |town| {
        let user = activated(town, ASHA, "Asha Rao").await;
        // Made with weaker settings than today's: m=8 MiB, one pass.
        let weak = {
            use argon2::{Algorithm, Argon2, Params, PasswordHasher as _, Version};
            let params = Params::new(8 * 1024, 1, 1, None).expect("fine settings");
            Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
                .hash_password(PASSWORD.as_bytes())
                .expect("a hash")
                .to_string()
        };
        sqlx::query("update users set password_hash = $2 where id = $1")
            .bind(user.0)
            .bind(&weak)
            .execute(&town.owner)
            .await
            .expect("set");

        assert_eq!(sign_in(&mut town.visitor(), ASHA, PASSWORD).await, StatusCode::SEE_OTHER);

        let stored: String = sqlx::query_scalar("select password_hash from users where id = $1")
            .bind(user.0)
            .fetch_one(&town.owner)
            .await
            .expect("one");
        assert!(stored.contains("m=19456"), "{stored}");
        assert_eq!(sign_in(&mut town.visitor(), ASHA, PASSWORD).await, StatusCode::SEE_OTHER);
    })
    .await;
}

#[tokio::test]
async fn the_same_key_resets_once_and_says_the_same_again() {
    story(async |town| {
        let user = activated(town, ASHA, "Asha Rao").await;
        let token = service::issue_link(&town.ctx(), user, LinkPurpose::Reset, ASHA).await.expect("a link");
        let mut visitor = town.visitor();
        let body = json!({"token": token, "password": OTHER});
        let key = [("idempotency-key", "k-1")];

        let first = visitor.api_with(Method::POST, "/auth/reset-password", Some(body.clone()), &key).await;
        let again = visitor.api_with(Method::POST, "/auth/reset-password", Some(body.clone()), &key).await;

        assert_eq!(first.data(), again.data());
        assert_eq!(first.data(), json!({"purpose": "reset", "passwordSet": true}));
        assert_eq!(visitor.api(Method::POST, "/auth/reset-password", Some(body)).await.code(), "LINK_USED");
        assert_eq!(count(town, "facts where name = 'password_set'").await, 2);
        // A link of another purpose is no link here.
        let verify = service::issue_link(&town.ctx(), user, LinkPurpose::VerifyEmail, ASHA).await.expect("a link");
        let wrong = visitor.api(Method::POST, "/auth/reset-password", Some(json!({"token": verify, "password": OTHER}))).await;
        assert_eq!(wrong.status, StatusCode::NOT_FOUND);
        let right = visitor.api(Method::POST, "/auth/verify-email", Some(json!({"token": verify}))).await;
        assert_eq!(right.data(), json!({"purpose": "verify_email", "passwordSet": false}));
    })
    .await;
}

#[tokio::test]
async fn signing_in_leads_on_to_pages_of_ours_only() {
    story(async |town| {
        activated(town, ASHA, "Asha Rao").await;
        for (next, location) in
            [("/inbox%3Fas%3Dacme", "/inbox?as=acme"), ("//evil.example", "/dashboard"), ("https://evil.example", "/dashboard")]
        {
            let path = format!("/sign-in?next={next}");
            let answer = town.visitor().submit(&path, "sign_in", &[("email", ASHA), ("password", PASSWORD)]).await;
            assert_eq!(answer.location(), location);
        }
    })
    .await;
}

#[tokio::test]
async fn the_cookie_is_for_the_server_only() {
    story(async |town| {
        activated(town, ASHA, "Asha Rao").await;
        let mut asha = town.visitor();
        let answer = asha.submit("/sign-in", "sign_in", &[("email", ASHA), ("password", PASSWORD)]).await;
        let cookie = answer.headers["set-cookie"].to_str().expect("text").to_owned();
        for part in ["HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=2592000"] {
            assert!(cookie.contains(part), "{cookie}");
        }
        // What is no token of ours costs no look-up and is nobody.
        asha.set_cookie(COOKIE, "'; drop table users; --");
        let page = asha.send(Method::GET, "/account", &[], Body::empty()).await;
        assert_eq!(page.status, StatusCode::UNAUTHORIZED);
    })
    .await;
}

#[tokio::test]
async fn one_person_changes_workspaces_without_signing_in_again_and_the_last_one_is_remembered() {
    sequel(async |town| {
        let ctx = town.ctx();
        // Asha helps in a community as well.
        sqlx::query(
            "insert into members (id, community_id, user_id, role, status, created_at)
             select gen_random_uuid(), c.id, u.id, 'Volunteer', m.status, u.created_at
             from communities c cross join users u cross join (values ('Active'), ('Suspended')) as m (status)
             where u.email = $1 and c.name = case when m.status = 'Active' then 'Apex Circle' else 'Harbour Devs' end",
        )
        .bind(ASHA)
        .execute(&town.owner)
        .await
        .expect("two seats");
        let mut asha = town.visitor();
        sign_in(&mut asha, ASHA, commdesk::seeds::people::PASSWORD).await;
        let person = async |browser: &Browser| {
            service::person_by_token(&ctx, browser.cookie(COOKIE).expect("a session")).await.expect("asked").expect("somebody")
        };
        let keys: Vec<_> = person(&asha).await.memberships.iter().map(|m| m.key()).collect();
        assert_eq!(keys.len(), 2, "only active members act: {keys:?}");
        let community = keys.iter().find(|k| k.starts_with("community:")).expect("a community").clone();

        asha.open(&format!("/dashboard?as={community}")).await;

        assert_eq!(person(&asha).await.default_workspace.as_deref(), Some(community.as_str()));
        assert!(person(&asha).await.actor_or_default(None).community().is_some());
        // Two are possible: what changes something has to name one.
        assert_eq!(person(&asha).await.actor(None).expect_err("two are possible").status(), 422);
        assert_eq!(person(&asha).await.actor(Some("organization:nobody")).expect_err("not theirs").status(), 404);
        // The next session begins where this one was.
        let mut next = town.visitor();
        sign_in(&mut next, ASHA, commdesk::seeds::people::PASSWORD).await;
        assert_eq!(person(&next).await.default_workspace, Some(community));
    })
    .await;
}

#[tokio::test]
async fn what_is_no_address_is_not_counted_against_others_who_type_none() {
    story(async |town| {
        town.new_window(300);
        let ask = async |typed: &str| {
            let body = json!({"email": typed, "password": "whatever it is"});
            town.visitor().api(Method::POST, "/auth/login", Some(body)).await.status
        };
        for _ in 0..10 {
            assert_eq!(ask("somebody who types this").await, StatusCode::UNPROCESSABLE_ENTITY);
        }
        assert_eq!(ask("somebody who types this").await, StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(ask("asha@").await, StatusCode::UNPROCESSABLE_ENTITY, "somebody else's slip is their own");
    })
    .await;
}

#[tokio::test]
async fn a_form_that_outlived_its_session_is_not_lost() {
    sequel(async |town| {
        let mut ravi = town.visitor();
        let email = commdesk::seeds::people::RAVI.email;
        sign_in(&mut ravi, email, commdesk::seeds::people::PASSWORD).await;
        town.house.clock.shift(13 * 3_600);
        let path = "/manage/events/new?as=community:apex-circle";
        let fields = [
            ("title", "Hack <Night> & friends"),
            ("currentPassword", "a secret"),
            ("_key", "k-1"),
            ("descriptionMarkdown", "Three\nlines\nhere"),
        ];

        let card = ravi.submit(path, "event", &fields).await;

        assert_eq!(card.status, StatusCode::UNAUTHORIZED);
        assert!(card.text.contains("Sign in to go on") && !card.text.contains("wasm"), "a plain page");
        assert!(card.text.contains("Hack &lt;Night&gt; &amp; friends"), "{}", card.text);
        for never in ["a secret", "k-1", "currentPassword"] {
            assert!(!card.text.contains(never), "{never} was carried");
        }
        // Signing in at the same door: wrong first, everything still there.
        let kept = [
            ("kept._form", "event"),
            ("kept.title", "Hack <Night> & friends"),
            ("kept.descriptionMarkdown", "Three\nlines\nhere"),
            ("email", email),
        ];
        let mut wrong = kept.to_vec();
        wrong.push(("password", OTHER));
        let again = ravi.submit(path, "_sign_in_again", &wrong).await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(again.text.contains("Hack &lt;Night&gt; &amp; friends") && !again.text.contains(OTHER));
        let mut right = kept.to_vec();
        right.push(("password", commdesk::seeds::people::PASSWORD));
        right.push(("lostFile", "poster.png"));
        let before: i64 = sqlx::query_scalar("select count(*) from events").fetch_one(&town.owner).await.expect("events");
        let form = ravi.submit(path, "_sign_in_again", &right).await;
        assert_eq!(form.status, StatusCode::OK, "{}", form.text);
        assert!(ravi.cookie(COOKIE).is_some());
        assert!(form.text.contains("value=\"Hack &lt;Night&gt; &amp; friends\""), "{}", form.text);
        assert!(form.text.contains("Look over what you typed") && form.text.contains("Choose poster.png once more"));
        let after: i64 = sqlx::query_scalar("select count(*) from events").fetch_one(&town.owner).await.expect("events");
        assert_eq!(before, after, "nothing is sent before it was looked at");
        // With scripts, the page is still there with everything in it.
        let mut gone = town.visitor();
        let headers = [
            ("content-type", "application/x-www-form-urlencoded"),
            ("origin", "http://127.0.0.1:3999"),
            ("x-commdesk-form", "1"),
        ];
        let said = gone.send(Method::POST, path, &headers, "_form=event&title=x").await;
        assert_eq!(said.status, StatusCode::UNAUTHORIZED);
        assert!(said.json()["message"].as_str().is_some_and(|m| m.contains("another tab")));
    })
    .await;
}

/// Asha, whom everybody may know, and somebody who never was here.
const NOBODY: &str = "nala@acme.example";

fn masked(text: &str, own: &[&str]) -> String {
    let mut text = text.to_owned();
    for (index, word) in own.iter().enumerate() {
        text = text.replace(word, &format!("<{index}>"));
    }
    text
}

#[tokio::test]
async fn a_known_address_and_an_unknown_one_cost_and_are_told_the_same() {
    story(async |town| {
        activated(town, ASHA, "Asha Rao").await;
        town.drain().await;
        let (counter, _guard) = crate::counting::Counter::start();
        let community = |name: &str, email: &str| {
            json!({
                "name": name, "bio": "Students who build together every week.", "website": "https://apex.example",
                "communityType": "University club", "country": "India", "city": "Pune", "phone": "+91 98765 43210",
                "officialEmail": "hello@apex.example", "owner": {"fullName": "Asha Rao", "email": email},
            })
        };
        let logo = {
            use base64::Engine as _;
            let svg = r##"<svg xmlns="http://www.w3.org/2000/svg" width="200" height="100"><rect width="200" height="100" fill="#225588"/></svg>"##;
            base64::engine::general_purpose::STANDARD.encode(svg)
        };
        let organization = |name: &str, email: &str| {
            json!({
                "entityType": "Sponsor", "companyName": name, "website": "https://acme.example", "officialEmail": email,
                "contactName": "Asha Rao", "industry": "Cloud and infrastructure", "sponsorshipTypes": ["Cash"], "logo": logo,
                "budgetRange": {"min": 200_000, "max": 500_000, "currency": "INR"},
            })
        };
        // The picture is kept once, whoever sends it.
        let first = town.visitor().api(Method::POST, "/sponsors/apply", Some(organization("First One", "first@acme.example"))).await;
        assert_eq!(first.status, StatusCode::CREATED, "{}", first.text);

        let ask = async |path: &str, body: serde_json::Value| {
            counter.take();
            let answer = town.visitor().api(Method::POST, path, Some(body)).await;
            let sent = counter.take();
            let data = answer.json()["data"].clone();
            let own: Vec<String> = ["communityId", "organizationId", "slug"]
                .iter()
                .filter_map(|field| data[*field].as_str().map(str::to_owned))
                .chain([answer.headers["x-request-id"].to_str().expect("an id").to_owned()])
                .collect();
            let own: Vec<&str> = own.iter().map(String::as_str).collect();
            let headers: Vec<String> =
                answer.headers.iter().map(|(name, value)| format!("{name}: {}", value.to_str().unwrap_or_default())).collect();
            (answer.status, masked(&answer.text, &own), masked(&headers.join("\n"), &own), sent)
        };
        let pairs = [
            ("/auth/signup-community", community("Known Circle", ASHA), community("Other Circle", NOBODY)),
            ("/sponsors/apply", organization("Known Corp", ASHA), organization("Other Corp", "nalini@acme.example")),
            ("/auth/forgot-password", json!({"email": ASHA}), json!({"email": "narges@acme.example"})),
            (
                "/auth/login",
                json!({"email": ASHA, "password": "not the password"}),
                json!({"email": "nadia@acme.example", "password": "not the password"}),
            ),
        ];
        for (path, known, unknown) in pairs {
            let known = ask(path, known).await;
            let unknown = ask(path, unknown).await;
            assert_eq!(known.3.len(), unknown.3.len(), "{path}:\n{}\n\n{}", known.3.join("\n"), unknown.3.join("\n"));
            assert_eq!(known.3, unknown.3, "{path} sends the same");
            assert_eq!((known.0, known.1, known.2), (unknown.0, unknown.1, unknown.2), "{path} answers the same");
        }
        assert_eq!(count(town, "facts where name = 'user_named'").await, 2, "of a login that was there it is only noted that it was named");
    })
    .await;
}

/// Omar of the staff, who administers, in a browser.
async fn omar_browses(town: &Town) -> (commdesk::kernel::actor::Actor, Browser) {
    let ctx = town.ctx();
    let figure = commdesk::seeds::people::OMAR;
    service::add_staff(&ctx, figure.email, figure.name, "admin").await.expect("staff");
    commdesk::seeds::people::activate(&ctx, figure).await.expect("activated");
    let omar = commdesk::seeds::people::sign_in_staff(&ctx, figure).await.expect("signed in");
    (omar, at_work(town, figure).await)
}

#[tokio::test]
async fn an_admin_finds_a_login_by_its_address_suspends_it_and_restores_it() {
    story(async |town| {
        let asha_id = activated(town, ASHA, "Asha Rao").await;
        let (_, mut omar) = omar_browses(town).await;
        let mut asha = town.visitor();
        assert_eq!(sign_in(&mut asha, ASHA, PASSWORD).await, StatusCode::SEE_OTHER);

        let home = omar.open("/staff/people").await;
        assert!(home.text.contains("No account is suspended") && home.text.contains("Look up"), "{}", home.text);
        let typo = omar.submit("/staff/people", "find", &[("email", "asha@acme.exampel")]).await;
        assert_eq!(typo.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(typo.text.contains("No account has this address") && typo.text.contains("asha@acme.exampel"));
        let found = omar.submit("/staff/people", "find", &[("email", "Asha@acme.example")]).await;
        assert_eq!(found.status, StatusCode::SEE_OTHER, "{}", found.text);
        let page = found.location().to_owned();
        assert!(page.starts_with(&format!("/staff/people/{asha_id}")), "{page}");
        assert_eq!(count(town, "facts where name = 'user_looked_up'").await, 1, "that somebody looked is kept");
        let shown = omar.open(&page).await;
        assert!(shown.text.contains(ASHA) && shown.text.contains("looked the account up"), "{}", shown.text);

        let silent = omar.submit(&page, "suspend", &[("reason", "  ")]).await;
        assert_eq!(silent.status, StatusCode::UNPROCESSABLE_ENTITY, "the person reads why");
        assert_eq!(asha.open("/account").await.status, StatusCode::OK);
        let shut = omar.submit(&page, "suspend", &[("reason", "Many complaints.")]).await;
        assert_eq!(shut.status, StatusCode::SEE_OTHER, "{}", shut.text);
        assert_eq!(asha.open("/account").await.status, StatusCode::UNAUTHORIZED, "at once");
        assert!(omar.open("/staff/people").await.text.contains(ASHA), "it is listed");
        let shown = omar.open(&page).await;
        assert!(shown.text.contains("Many complaints.") && shown.text.contains("Restore the account"));
        town.drain().await;
        let letter = town.post.letters().into_iter().find(|l| l.to == ASHA && l.subject.contains("suspended")).expect("a letter");
        assert!(letter.text.contains("Many complaints."));

        let open = omar.submit(&page, "restore", &[]).await;
        assert_eq!(open.status, StatusCode::SEE_OTHER, "{}", open.text);
        assert_eq!(sign_in(&mut asha, ASHA, PASSWORD).await, StatusCode::SEE_OTHER);

        // The same over the API.
        let found = omar.api(Method::POST, "/admin/users/find", Some(json!({"email": ASHA}))).await.data();
        assert_eq!((found["id"].as_str(), found["canSuspend"].as_bool()), (Some(asha_id.to_string().as_str()), Some(true)));
        let status = format!("/admin/users/{asha_id}/status");
        let unsaid = omar.api(Method::PATCH, &status, Some(json!({"status": "suspended"}))).await;
        assert!(unsaid.json()["error"]["fieldErrors"]["reason"].is_string(), "{}", unsaid.text);
        let body = json!({"status": "suspended", "reason": "Again."});
        let shut = omar.api(Method::PATCH, &status, Some(body.clone())).await.data();
        assert_eq!((shut["canSuspend"].as_bool(), shut["canRestore"].as_bool()), (Some(false), Some(true)));
        assert_eq!(omar.api(Method::PATCH, &status, Some(body)).await.code(), "SUSPENDED");
        assert_eq!(omar.api(Method::GET, &format!("/admin/users/{asha_id}"), None).await.data()["sessions"], 0);

        // Reviewers look nobody up, and learn nothing of who is here.
        service::add_staff(&town.ctx(), "sara@commdesk.example", "Sara Lindqvist", "review").await.expect("staff");
        commdesk::seeds::people::activate(&town.ctx(), commdesk::seeds::people::SARA).await.expect("activated");
        let sara = commdesk::seeds::people::sign_in_staff(&town.ctx(), commdesk::seeds::people::SARA).await.expect("signed in");
        assert_eq!(service::look_up(&town.ctx(), &sara, ASHA).await.expect_err("a reviewer").status(), 403);
        assert_eq!(service::suspended(&town.ctx(), &sara).await.expect_err("a reviewer").status(), 403);
        assert_eq!(service::person_record(&town.ctx(), &sara, asha_id).await.expect_err("a reviewer").status(), 403);
    })
    .await;
}

#[tokio::test]
async fn the_platform_never_loses_its_last_admin() {
    story(async |town| {
        let (omar, _) = omar_browses(town).await;
        let ctx = town.ctx();
        let second = commdesk::seeds::people::SARA;
        service::add_staff(&ctx, second.email, second.name, "admin").await.expect("staff");
        commdesk::seeds::people::activate(&ctx, second).await.expect("activated");
        let sara = commdesk::seeds::people::sign_in_staff(&ctx, second).await.expect("signed in");
        let reason = commdesk::kernel::text::Paragraph::parse("Gone mad.", 500, "reason").expect("a reason");
        assert_eq!(service::suspend(&ctx, &omar, omar.user(), &reason).await.expect_err("oneself").status(), 403);

        // Each shuts the other out in the same moment: one of them stays.
        let other = town.ctx();
        let (a, b) = tokio::join!(
            service::suspend(&ctx, &omar, sara.user(), &reason),
            service::suspend(&other, &sara, omar.user(), &reason),
        );
        assert_eq!(usize::from(a.is_ok()) + usize::from(b.is_ok()), 1, "{a:?} {b:?}");
        let open: i64 = sqlx::query_scalar(
            "select count(*) from users u join staff_roles r on r.user_id = u.id where r.role = 'admin' and u.suspended_at is null",
        )
        .fetch_one(&town.owner)
        .await
        .expect("admins");
        assert_eq!(open, 1);
    })
    .await;
}

#[tokio::test]
async fn of_two_admins_whose_roles_are_taken_at_once_one_stays() {
    story(async |town| {
        omar_browses(town).await;
        let ctx = town.ctx();
        let (omar, sara) = (commdesk::seeds::people::OMAR, commdesk::seeds::people::SARA);
        service::add_staff(&ctx, sara.email, sara.name, "admin").await.expect("staff");
        service::add_staff(&ctx, sara.email, sara.name, "review").await.expect("staff");
        commdesk::seeds::people::activate(&ctx, sara).await.expect("activated");

        let other = town.ctx();
        let (a, b) =
            tokio::join!(service::remove_staff(&ctx, omar.email, None), service::remove_staff(&other, sara.email, Some("admin")));

        assert_eq!(usize::from(a.is_ok()) + usize::from(b.is_ok()), 1, "{a:?} {b:?}");
        let refused = a.err().or(b.err()).expect("one of them");
        assert_eq!(refused.code(), "LAST_ADMIN");
        assert_eq!(count(town, "staff_roles where role = 'admin'").await, 1);
        assert_eq!(count(town, "staff_roles where role = 'review'").await, 1, "the other role is hers still");
        assert_eq!(service::remove_staff(&ctx, sara.email, Some("king")).await.expect_err("no role").status(), 422);
        assert_eq!(service::remove_staff(&ctx, sara.email, Some("finance")).await.expect_err("not hers").status(), 422);
    })
    .await;
}
