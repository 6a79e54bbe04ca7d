//! Requests to a profile that nobody speaks for: they wait until somebody does.

use super::{answer, ask_for_support, mailed_link, northwind};
use crate::{
    common::{at_work, code, who},
    organizations::{decision, two_of_the_staff},
    town::sequel,
};
use commdesk::{
    features::{
        accounts::{rules::LinkPurpose, service as accounts},
        organizations::{
            claims, life,
            rules::claims::ClaimState,
            service::{self, OrganizationRef},
        },
        requests::{inbox, rules::sending::Verdict, service as requests, views::RequestState},
    },
    kernel::actor::VerificationStatus,
    platform::facts::Voice,
    seeds::people::{self, RAVI, SARA},
};
use http::StatusCode;
use serde_json::json;
use uuid::Uuid;

#[tokio::test]
async fn a_request_waits_until_its_people_have_claimed_the_profile() {
    sequel(async |town| {
        let ctx = town.ctx();
        let ravi = who(&ctx, RAVI).await;
        let (sara, _) = two_of_the_staff(town).await;
        let id = claims::add(&ctx, &ravi, &northwind()).await.expect("added").id;
        town.drain().await;
        assert!(town.post.letters().iter().all(|letter| letter.to != "hello@northwind.example"), "nothing before a request");
        let request = ask_for_support(town, &ctx, &ravi, id).await;
        let state = async || requests::get(&ctx, &ravi, request).await.expect("theirs").state;
        assert_eq!(state().await, RequestState::Pending);

        // The mailbox that was named is invited, once, however many requests come.
        let invitations =
            || town.post.letters().into_iter().filter(|letter| letter.to == "hello@northwind.example").collect::<Vec<_>>();
        assert_eq!(invitations().len(), 1);
        assert!(invitations()[0].text.contains("Apex Circle"), "{}", invitations()[0].text);
        let community = ravi.community().expect("Apex Circle");
        claims::invite_for_request(&ctx, id, community).await.expect("said again");
        town.drain().await;
        assert_eq!(invitations().len(), 1);

        // A claim that is not proven is not approved; whoever is not at the domain proves nothing.
        let review = service::review(&ctx, &sara, id).await.expect("staff see it");
        let claim = review.claims[0].id;
        assert_eq!(review.claims[0].state, ClaimState::Asked);
        assert_eq!(code(claims::answer(&ctx, &sara, id, answer(claim, "approve").parse().unwrap()).await), "CLAIM_NOT_PROVEN");
        let voice = || Voice::Visitor { user: None };
        let by = OrganizationRef::Slug("northwind-labs".into());
        assert_eq!(claims::ask(&ctx, voice(), &by, "mallory@globex.example").await.expect_err("elsewhere").status(), 422);
        assert_eq!(code(service::decide(&ctx, &sara, id, decision("verify")).await), "NOT_WAITING");

        // The link is followed: proven. The profile stays as it is until staff approve.
        let token = mailed_link(town, "hello@northwind.example").await;
        accounts::use_link(&ctx, &token, &[LinkPurpose::Activate], Some(people::PASSWORD)).await.expect("a fresh link");
        town.drain().await;
        let waiting = life::waiting(&ctx, &sara).await.expect("the desk").claims;
        assert_eq!(waiting.iter().map(|claim| (claim.id, claim.state)).collect::<Vec<_>>(), [(claim, ClaimState::Proven)]);
        assert_eq!(service::get(&ctx, None, id).await.expect("public").verification_status, VerificationStatus::CommunityAdded);
        assert_eq!(state().await, RequestState::Pending);

        // A second claim of a colleague's, proven too; both are approved at once: one admin, the other is refused.
        claims::ask(&ctx, voice(), &by, "boss@northwind.example").await.expect("asked");
        let token = mailed_link(town, "boss@northwind.example").await;
        accounts::use_link(&ctx, &token, &[LinkPurpose::Activate], Some(people::PASSWORD)).await.expect("a fresh link");
        town.drain().await;
        let boss =
            life::waiting(&ctx, &sara).await.expect("the desk").claims.into_iter().find(|c| c.id != claim).expect("two").id;

        // On the page each has a form of its own: what is wrong with one answer is said there, and not at the other.
        town.house.clock.shift(60);
        let mut at_the_desk = at_work(town, SARA).await;
        let there = format!("/staff/organizations/{id}");
        let page = at_the_desk.open(&there).await.text;
        for one in [claim, boss] {
            assert_eq!(page.matches(&format!("id=\"claim-reason-{one}\"")).count(), 1, "{page}");
        }
        let (boss_id, no_reason) = (boss.to_string(), ("reason", ""));
        let refused = at_the_desk.submit(&there, "claim", &[("id", &boss_id), ("decision", "refuse"), no_reason]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.text);
        let said = |one: Uuid| refused.text.contains(&format!("id=\"claim-problems-{one}\""));
        assert!(said(boss) && !said(claim), "{}", refused.text);
        let other = town.ctx();
        let (a, b) = tokio::join!(
            claims::answer(&ctx, &sara, id, answer(claim, "approve").parse().unwrap()),
            claims::answer(&other, &sara, id, answer(boss, "approve").parse().unwrap()),
        );
        assert_eq!([a.is_ok(), b.is_ok()].iter().filter(|won| **won).count(), 1, "{a:?} {b:?}");
        let (members, refused): (i64, i64) = sqlx::query_as(
            "select (select count(*) from organization_members where organization_id = $1),
                    (select count(*) from organization_claims where organization_id = $1 and state = 'Refused')",
        )
        .bind(id.0)
        .fetch_one(&town.owner)
        .await
        .unwrap();
        assert_eq!((members, refused), (1, 1));
        town.drain().await;

        // Verified, its admin reads the request that waited.
        assert_eq!(service::get(&ctx, None, id).await.expect("public").verification_status, VerificationStatus::Verified);
        let email = if a.is_ok() { "hello@northwind.example" } else { "boss@northwind.example" };
        let signed_in = accounts::sign_in(&ctx, email, people::PASSWORD, "test").await.expect("the password is right");
        let person = accounts::person_by_token(&ctx, &signed_in.token).await.expect("a session").expect("somebody");
        let admin = person.actor(None).expect("their seat");
        assert_eq!(admin.organization(), Some(id));
        assert!(requests::get(&ctx, &admin, request).await.expect("theirs now").your_turn);
        assert_eq!(code(claims::ask(&ctx, voice(), &by, "third@northwind.example").await), "NOT_CLAIMABLE");
    })
    .await;
}

#[tokio::test]
async fn a_request_waits_however_long_a_claim_takes() {
    sequel(async |town| {
        let ctx = town.ctx();
        let ravi = who(&ctx, RAVI).await;
        let (sara, _) = two_of_the_staff(town).await;
        let id = claims::add(&ctx, &ravi, &northwind()).await.expect("added").id;
        let request = ask_for_support(town, &ctx, &ravi, id).await;
        let first = requests::get(&ctx, &ravi, request).await.expect("theirs");
        assert_eq!(first.next_action.title, "Northwind Labs has nobody here yet");
        town.shift(20 * 86_400).await;
        let waits = requests::get(&ctx, &ravi, request).await.expect("theirs");
        assert_eq!(waits.state, RequestState::Pending, "nobody could answer it");
        assert!(waits.expires_at > first.expires_at && waits.can.withdraw);

        // Claimed and approved: its people hear which requests wait, and have time to answer.
        claims::ask(&ctx, Voice::Visitor { user: None }, &OrganizationRef::Id(id), "cto@northwind.example").await.expect("asked");
        let link = mailed_link(town, "cto@northwind.example").await;
        accounts::use_link(&ctx, &link, &[LinkPurpose::Activate], Some(people::PASSWORD)).await.expect("a fresh link");
        town.drain().await;
        let claim = life::waiting(&ctx, &sara).await.expect("the desk").claims[0].id;
        claims::answer(&ctx, &sara, id, answer(claim, "approve").parse().unwrap()).await.expect("approved");
        let approved = ctx.now();
        town.drain().await;
        let told = town.post.letters().into_iter().filter(|letter| letter.to == "cto@northwind.example");
        assert_eq!(told.filter(|letter| letter.text.contains(&format!("/requests/{request}"))).count(), 1);
        requests::deliver_waiting(&ctx, id, approved).await.expect("said again");
        let facts: i64 = sqlx::query_scalar("select count(*) from facts where name = 'request_delivered'")
            .fetch_one(&town.owner)
            .await
            .unwrap();
        assert_eq!(facts, 1);
        let signed_in = accounts::sign_in(&ctx, "cto@northwind.example", people::PASSWORD, "test").await.expect("in");
        let person = accounts::person_by_token(&ctx, &signed_in.token).await.expect("a session").expect("somebody");
        let admin = person.actor(None).expect("their seat");
        let view = requests::get(&ctx, &admin, request).await.expect("theirs now");
        assert!(view.your_turn && view.can.accept && view.expires_at > waits.expires_at, "{view:?}");
        // From now on its time runs as anybody's.
        town.shift(15 * 86_400).await;
        assert_eq!(requests::get(&ctx, &ravi, request).await.expect("theirs").state, RequestState::Expired);
    })
    .await;
}

#[tokio::test]
async fn a_request_that_staff_hold_invites_nobody_before_they_deliver_it() {
    sequel(async |town| {
        let ctx = town.ctx();
        let ravi = who(&ctx, RAVI).await;
        let (sara, _) = two_of_the_staff(town).await;
        let id = claims::add(&ctx, &ravi, &northwind()).await.expect("added").id;
        let event: Uuid = sqlx::query_scalar("select id from events where title like 'HackFest%'").fetch_one(&town.owner).await.unwrap();
        let input = serde_json::from_value(json!({
            "organizationId": id.to_string(), "eventId": event.to_string(), "amount": 20000, "currency": "INR",
            "category": "Bronze Sponsor", "message": "See https://a.example https://b.example https://c.example and www.d.example",
        }))
        .expect("as on the wire");
        let request = requests::send(&ctx, &ravi, &input).await.expect("kept");
        town.drain().await;
        let invited = || town.post.letters().iter().filter(|letter| letter.to == "hello@northwind.example").count();
        assert_eq!(invited(), 0, "staff have not looked at it");
        inbox::judge(&ctx, &sara, request, Verdict::Release).await.expect("delivered");
        town.drain().await;
        assert_eq!(invited(), 1);
    })
    .await;
}
