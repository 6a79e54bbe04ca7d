//! Profiles that a community adds, and their people claim.

use super::{answer, ask_for_support, mailed_link, northwind, seats};
use crate::{
    common::{at_work, code, signed_in, who},
    organizations::two_of_the_staff,
    town::{Town, sequel},
};
use commdesk::{
    features::{
        accounts::{rules::LinkPurpose, service as accounts},
        members::{
            joins,
            views::{JoinDecision, JoinInput},
        },
        organizations::{claims, life, rules::claims::AddInput, service::OrganizationRef},
    },
    kernel::{
        actor::{OrganizationRole, VerificationStatus},
        ids::OrganizationId,
    },
    platform::{facts::Voice, secrets},
    seeds::people::{self, ASHA, MALLORY, MEI, RAVI, SARA, TOMAS},
};
use http::{Method, StatusCode};
use serde_json::json;
use uuid::Uuid;

#[tokio::test]
async fn a_community_adds_what_is_not_here_once() {
    sequel(async |town| {
        let ctx = town.ctx();
        let (ravi, mei) = (who(&ctx, RAVI).await, who(&ctx, MEI).await);
        assert_eq!(code(claims::add(&ctx, &who(&ctx, ASHA).await, &northwind()).await), "FORBIDDEN");

        // Its own website, and a mailbox there.
        for (website, email, field) in [
            ("https://github.com/northwind", "hello@northwind.example", "website"),
            ("https://northwind.example", "hello@gmail.com", "contactEmail"),
            ("https://northwind.example", "hello@notnorthwind.example", "contactEmail"),
        ] {
            let input = AddInput { website: website.into(), contact_email: email.into(), ..northwind() };
            let commdesk::kernel::error::AppError::Invalid(errors) = claims::add(&ctx, &ravi, &input).await.expect_err("unfit")
            else {
                panic!("beside the field")
            };
            assert!(errors.get(field).is_some(), "{field} in {errors:?}");
        }

        // Already here, under any spelling; similar names are named, and may be confirmed.
        let again =
            AddInput { website: "HTTP://WWW.Acme.example:80/x".into(), contact_email: "a@acme.example".into(), ..northwind() };
        let refused = claims::add(&ctx, &ravi, &again).await.expect_err("Acme's");
        assert_eq!(refused.code(), "ALREADY_HERE");
        assert!(refused.message().contains("/directory/acme-cloud"), "{}", refused.message());
        let pending =
            AddInput { website: "https://globex.example".into(), contact_email: "a@globex.example".into(), ..northwind() };
        assert_eq!(code(claims::add(&ctx, &ravi, &pending).await), "APPLICATION_WAITS");
        let alike = AddInput { display_name: "Acme C1oud Ltd.".into(), ..northwind() };
        let refused = claims::add(&ctx, &ravi, &alike).await.expect_err("alike");
        assert_eq!(refused.status(), 422);
        assert!(refused.message().contains("Acme Cloud"), "{}", refused.message());

        // Two communities at once: one profile.
        let other = town.ctx();
        let input = northwind();
        let (a, b) = tokio::join!(claims::add(&ctx, &ravi, &input), claims::add(&other, &mei, &input));
        let (won, lost) = match (a, b) {
            (Ok(won), Err(lost)) | (Err(lost), Ok(won)) => (won, lost),
            other => panic!("exactly one may win: {other:?}"),
        };
        assert_eq!(lost.code(), "ALREADY_HERE");
        assert_eq!((won.verification_status, won.slug.as_str()), (VerificationStatus::CommunityAdded, "northwind-labs"));
        assert!(won.can.request && won.can.invite && won.budget_range.is_none());
        let page = town.visitor().open("/directory/northwind-labs").await;
        assert!(page.text.contains("Is this yours? Claim it") && !page.text.contains("hello@northwind.example"));

        // The form, without scripts, keeps what was typed.
        let mut browser = signed_in(town, RAVI).await;
        let fields = [
            ("displayName", "Acme Clouds"),
            ("website", "https://clouds.example"),
            ("entityType", "Partner"),
            ("industry", "Security"),
            ("contactEmail", "a@clouds.example"),
        ];
        let refused = browser.submit("/directory/add", "add", &fields).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.text.contains("These look alike") && refused.text.contains("https://clouds.example"), "{}", refused.text);
        let sure = [&fields[..], &[("confirm", "true")]].concat();
        let added = browser.submit("/directory/add", "add", &sure).await;
        assert_eq!(added.status, StatusCode::SEE_OTHER, "{}", added.text);
        assert!(browser.open(added.location()).await.text.contains("It stands in the directory"));
    })
    .await;
}

#[tokio::test]
async fn staff_decide_on_claims_by_the_api() {
    sequel(async |town| {
        let ctx = town.ctx();
        let id = claims::add(&ctx, &who(&ctx, RAVI).await, &northwind()).await.expect("added").id;
        let mut ids = Vec::new();
        for email in ["cto@northwind.example", "boss@northwind.example", "pr@northwind.example"] {
            claims::ask(&ctx, Voice::Visitor { user: None }, &OrganizationRef::Id(id), email).await.expect("asked");
            // The last one does not follow the link.
            if !email.starts_with("pr") {
                let link = mailed_link(town, email).await;
                accounts::use_link(&ctx, &link, &[LinkPurpose::Activate], Some(people::PASSWORD)).await.expect("a fresh link");
            }
            town.drain().await;
            let claim: Uuid = sqlx::query_scalar("select id from organization_claims where organization_id = $1 and email = $2")
                .bind(id.0)
                .bind(email)
                .fetch_one(&town.owner)
                .await
                .expect("their claim");
            ids.push(claim);
        }
        let (cto, boss, pr) = (ids[0], ids[1], ids[2]);
        // As one that staff brought in from a list, which no community has added.
        sqlx::query("update organizations set added_by_community = null where id = $1")
            .bind(id.0)
            .execute(&town.owner)
            .await
            .expect("nobody's");
        let at = format!("/sponsors/{id}/claims/decision");
        let words =
            |claim: Uuid, decision: &str, reason: &str| Some(json!({"id": claim, "decision": decision, "reason": reason}));
        let seen = "Seen in the company register.";

        // Nobody decides but staff who gave their second factor.
        town.house.clock.shift(60);
        let half = town.visitor().api(Method::POST, &at, words(cto, "approve", seen)).await;
        assert_eq!(half.status, StatusCode::UNAUTHORIZED, "{}", half.text);
        for figure in [RAVI, ASHA, SARA] {
            let refused = signed_in(town, figure).await.api(Method::POST, &at, words(cto, "approve", seen)).await;
            assert!(matches!(refused.status.as_u16(), 401 | 403), "{}: {} {}", figure.email, refused.status, refused.text);
        }
        let mut desk = at_work(town, SARA).await;

        // Staff read which claims wait; nobody else does.
        let there = format!("/sponsors/{id}");
        let waiting = desk.api(Method::GET, &there, None).await.data()["openClaims"].clone();
        for (claim, email, state) in [
            (cto, "cto@northwind.example", "Proven"),
            (boss, "boss@northwind.example", "Proven"),
            (pr, "pr@northwind.example", "Asked"),
        ] {
            let one = waiting.as_array().expect("claims").iter().find(|one| one["id"] == json!(claim)).expect("it waits");
            let proven = state == "Proven";
            assert_eq!((&one["email"], &one["state"], &one["method"]), (&json!(email), &json!(state), &json!("mailbox")));
            assert_eq!((one["askedAt"].is_string(), one["provenAt"].is_string()), (true, proven));
        }
        assert_eq!(waiting.as_array().map(Vec::len), Some(3));
        let page = desk.open(&format!("/staff/organizations/{id}")).await.text;
        assert!(page.contains(&cto.to_string()), "the page decides on the same ones");
        let mut others = vec![town.visitor()];
        for figure in [RAVI, ASHA, SARA] {
            others.push(signed_in(town, figure).await);
        }
        for mut other in others {
            let read = other.api(Method::GET, &there, None).await;
            assert_eq!((read.status, &read.data()["slug"]), (StatusCode::OK, &json!("northwind-labs")));
            assert!(!read.text.contains("openClaims") && !read.text.contains(&cto.to_string()), "{}", read.text);
        }
        for (claim, decision, reason, status) in [
            (Uuid::nil(), "approve", seen, 404),
            (cto, "approve", "", 422),
            (cto, "perhaps", seen, 422),
            // It is not proven.
            (pr, "approve", seen, 409),
        ] {
            let refused = desk.api(Method::POST, &at, words(claim, decision, reason)).await;
            assert_eq!(refused.status, status, "{decision}: {}", refused.text);
        }
        let refused = desk.api(Method::POST, &at, words(cto, "refuse", seen)).await;
        assert_eq!((refused.status, &refused.data()["verificationStatus"]), (StatusCode::OK, &json!("Community Added")));
        // Sent twice with one key, it is decided once; without the key, there is nothing left to decide.
        for _ in 0..2 {
            let approved = desk.api_with(Method::POST, &at, words(boss, "approve", seen), &[("idempotency-key", "one")]).await;
            assert_eq!(approved.status, StatusCode::OK, "{}", approved.text);
            assert_eq!(approved.data()["verificationStatus"], "Verified");
            assert!(!approved.text.contains("openClaims"), "with the one, the others are decided: {}", approved.text);
        }
        assert_eq!(desk.api(Method::POST, &at, words(boss, "approve", seen)).await.status, StatusCode::NOT_FOUND);
        assert_eq!(seats(town, id).await, [("boss@northwind.example".to_owned(), "Sponsor Admin".to_owned())]);
        let states: Vec<String> =
            sqlx::query_scalar("select state from organization_claims where organization_id = $1 order by email")
                .bind(id.0)
                .fetch_all(&town.owner)
                .await
                .expect("three claims");
        assert_eq!(states, ["Approved", "Refused", "Refused"]);
        let facts: i64 =
            sqlx::query_scalar("select count(*) from facts where name like 'organization_claim_%' and subject_id = $1")
                .bind(id.0)
                .fetch_one(&town.owner)
                .await
                .expect("facts");
        assert_eq!(facts, 3 + 2 + 3, "asked, proven, decided");
    })
    .await;
}

#[tokio::test]
async fn a_claim_goes_through_pages_without_scripts() {
    sequel(async |town| {
        let ctx = town.ctx();
        let ravi = who(&ctx, RAVI).await;
        claims::add(&ctx, &ravi, &northwind()).await.expect("added");
        let mut visitor = town.visitor();
        let page = visitor.open("/claim/northwind-labs").await;
        assert!(page.text.contains("Claim Northwind Labs") && page.text.contains("Sign in first"), "{}", page.text);
        let wrong = visitor.submit("/claim/northwind-labs", "mailbox", &[("email", "me@gmail.com")]).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(wrong.text.contains("Enter a mailbox at northwind.example"), "{}", wrong.text);
        let sent = visitor.submit("/claim/northwind-labs", "mailbox", &[("email", "cto@northwind.example")]).await;
        assert_eq!(sent.location(), "/claim/northwind-labs?sent=yes");
        let token = mailed_link(town, "cto@northwind.example").await;

        // Whoever comes by that link has no workspace yet, and is not sent to the doors of newcomers: neither before the proof
        // has counted nor after.
        accounts::use_link(&ctx, &token, &[LinkPurpose::Activate], Some(people::PASSWORD)).await.expect("a fresh link");
        let session = accounts::sign_in(&ctx, "cto@northwind.example", people::PASSWORD, "test").await.expect("signed in");
        let mut cto = town.visitor().with_session(&session.token);
        let home = cto.open("/dashboard").await.text;
        assert!(home.contains("You claim Northwind Labs") && !home.contains("You have no workspace yet"), "{home}");
        town.drain().await;
        let home = cto.open("/dashboard").await.text;
        assert!(home.contains("Your claim of Northwind Labs waits for our staff"), "{home}");
        assert!(home.contains("/claim/northwind-labs") && !home.contains("You have no workspace yet"), "{home}");
        // A claim that nobody has proven is no news to somebody who works here already.
        let tomas = people::sign_in(&ctx, TOMAS).await.expect("signed in");
        let by = OrganizationRef::Slug("northwind-labs".into());
        claims::ask_proof(&ctx, &tomas, &by).await.expect("a text");
        let home = signed_in(town, TOMAS).await.open("/dashboard").await.text;
        assert!(home.contains("Lumen Data") && !home.contains("You claim"), "{home}");

        // A mailbox by the community's own hand; twice in a week is once.
        let mut browser = signed_in(town, RAVI).await;
        for _ in 0..2 {
            let invited = browser.submit("/directory/northwind-labs", "invite", &[("email", "pr@northwind.example")]).await;
            assert_eq!(invited.status, StatusCode::SEE_OTHER, "{}", invited.text);
        }
        town.drain().await;
        assert_eq!(town.post.letters().iter().filter(|letter| letter.to == "pr@northwind.example").count(), 1);

        // Acme has people of its own.
        let page = visitor.open("/claim/acme-cloud").await;
        assert!(page.text.contains("It has people of its own here"));
        let refused = visitor.submit("/claim/acme-cloud", "mailbox", &[("email", "me@acme.example")]).await;
        assert_eq!(refused.status, StatusCode::CONFLICT);
        let (pending, unknown) = (visitor.open("/claim/globex").await, visitor.open("/claim/nobody-here").await);
        assert_eq!((pending.status, unknown.status), (StatusCode::NOT_FOUND, StatusCode::NOT_FOUND));
    })
    .await;
}

/// A seat as it was taken before a claim decided who gets one.
async fn seat_from_before(town: &Town, id: OrganizationId, email: &str) {
    sqlx::query(
        "insert into organization_members (id, organization_id, user_id, role, created_at)
         select gen_random_uuid(), $1, id, 'Sponsor Admin', now() from users where email = $2",
    )
    .bind(id.0)
    .bind(email)
    .execute(&town.owner)
    .await
    .expect("a seat");
}

#[tokio::test]
async fn an_unclaimed_profile_is_claimed_and_not_joined() {
    sequel(async |town| {
        let ctx = town.ctx();
        let ravi = who(&ctx, RAVI).await;
        let (sara, _) = two_of_the_staff(town).await;
        let id = claims::add(&ctx, &ravi, &northwind()).await.expect("added").id;

        // "Ask to join" leads to the claim: no mailbox seats anybody.
        let person = people::sign_in(&ctx, MALLORY).await.expect("signed in");
        let input = JoinInput {
            organization_id: "northwind-labs".into(),
            message: "I run it.".into(),
            mailbox: "office@northwind.example".into(),
        };
        assert_eq!(code(joins::ask(&ctx, &person, &input).await), "CLAIM_IT");
        let mut mallory = signed_in(town, MALLORY).await;
        let profile = mallory.open("/directory/northwind-labs").await.text;
        assert!(profile.contains("/claim/northwind-labs") && !profile.contains("/directory/northwind-labs/join"), "{profile}");
        let page = mallory.open("/directory/northwind-labs/join").await.text;
        assert!(page.contains("/claim/northwind-labs") && !page.contains("A mailbox at"), "{page}");
        let refused = mallory.submit("/directory/northwind-labs/join", "ask", &[("mailbox", "a@northwind.example")]).await;
        assert_eq!(refused.status, StatusCode::CONFLICT, "{}", refused.text);
        // Nor does a mail that was sent when it still did.
        let token = secrets::token();
        sqlx::query(
            "insert into join_requests (id, organization_id, user_id, decider_email, token_hash, created_at, expires_at)
             values (gen_random_uuid(), $1, $2, 'office@northwind.example', $3, now(), now() + interval '7 days')",
        )
        .bind(id.0)
        .bind(person.user.0)
        .bind(secrets::hash_token(&token).to_vec())
        .execute(&town.owner)
        .await
        .expect("a wish from before");
        let admin = JoinDecision::Accept(OrganizationRole::SponsorAdmin);
        assert_eq!(code(joins::decide_by_mailbox(&ctx, &token, &admin).await), "CLAIM_IT");

        // A seat from before opens nothing, and hears of nothing.
        seat_from_before(town, id, MALLORY.email).await;
        let person = people::sign_in(&ctx, MALLORY).await.expect("signed in");
        assert!(person.actor(Some("organization:northwind-labs")).is_err(), "nobody acts for it");
        ask_for_support(town, &ctx, &ravi, id).await;
        let about = |to: &str| {
            let letters = town.post.letters().into_iter().filter(|letter| letter.to == to);
            letters.map(|letter| letter.subject).filter(|subject| subject.contains("Northwind")).collect::<Vec<_>>()
        };
        assert_eq!(about(MALLORY.email), [""; 0]);
        assert!(mallory.open("/claim/northwind-labs").await.text.contains("By a mailbox"), "like anybody they may claim it");

        // When staff approve somebody, that seat ends, and its holder is told.
        claims::ask(&ctx, Voice::Visitor { user: None }, &OrganizationRef::Id(id), "cto@northwind.example").await.expect("asked");
        let link = mailed_link(town, "cto@northwind.example").await;
        accounts::use_link(&ctx, &link, &[LinkPurpose::Activate], Some(people::PASSWORD)).await.expect("a fresh link");
        town.drain().await;
        let claim = life::waiting(&ctx, &sara).await.expect("the desk").claims[0].id;
        claims::answer(&ctx, &sara, id, answer(claim, "approve").parse().unwrap()).await.expect("approved");
        town.drain().await;
        let seats: Vec<String> = sqlx::query_scalar(
            "select u.email from organization_members m join users u on u.id = m.user_id where m.organization_id = $1",
        )
        .bind(id.0)
        .fetch_all(&town.owner)
        .await
        .unwrap();
        assert_eq!(seats, ["cto@northwind.example"]);
        assert_eq!(about(MALLORY.email), ["Your seat in Northwind Labs has ended"]);
        let person = people::sign_in(&ctx, MALLORY).await.expect("signed in");
        assert!(person.actor(Some("organization:northwind-labs")).is_err());
        assert_eq!(code(joins::decide_by_mailbox(&ctx, &token, &admin).await), "ADMINS_DECIDE");
    })
    .await;
}
