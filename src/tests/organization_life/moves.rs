//! Addresses and websites that change.

use super::{LOGO, answer, organization};
use crate::{
    common::{code, signed_in, who},
    organizations::two_of_the_staff,
    town::sequel,
};
use base64::Engine as _;
use commdesk::{
    features::organizations::{
        life,
        service::{self, LogoChange},
        trust::CheckResult,
        views::OrganizationView,
    },
    kernel::actor::{Actor, VerificationStatus},
    seeds::people::{ASHA, TOMAS},
};
use http::{Method, StatusCode};
use serde_json::json;
use uuid::Uuid;

#[tokio::test]
async fn an_address_changes_and_the_old_one_leads_on_for_ever() {
    sequel(async |town| {
        let ctx = town.ctx();
        let (asha, tomas) = (who(&ctx, ASHA).await, who(&ctx, TOMAS).await);
        for reserved in ["add", "new", "reset-password", "admin", "a", "Upper"] {
            let refused = life::change_slug(&ctx, &asha, reserved).await.expect_err("ours, or no slug");
            assert_eq!(refused.status(), 422, "{reserved}");
        }
        let mut browser = signed_in(town, ASHA).await;
        let moved =
            browser.submit("/organization/profile", "address", &[("slug", "acme"), ("_as", "organization:acme-cloud")]).await;
        assert_eq!(moved.location(), "/organization/profile?moved=yes&as=organization%3Aacme", "{}", moved.text);
        assert!(browser.open(moved.location()).await.text.contains("Your page has a new address"));

        // Pages are sent on for good; the API answers under both.
        let old = town.visitor().open("/directory/acme-cloud").await;
        assert_eq!((old.status, old.location()), (StatusCode::MOVED_PERMANENTLY, "/directory/acme"));
        let data = town.visitor().api(Method::GET, "/sponsors/acme-cloud", None).await.data();
        assert_eq!(data["slug"], "acme");

        // Nobody else ever gets it: neither by asking nor by a name.
        assert_eq!(life::change_slug(&ctx, &tomas, "acme-cloud").await.expect_err("Acme's").status(), 422);
        let mut visitor = town.visitor();
        let application = json!({
            "entityType": "Sponsor", "companyName": "Acme Cloud", "website": "https://other.example",
            "officialEmail": "somebody@other.example", "industry": "Security", "budgetRange": "INR:0-50000",
            "sponsorshipTypes": ["Cash"],
            "logo": base64::engine::general_purpose::STANDARD.encode(LOGO),
        });
        let applied = visitor.api(Method::POST, "/sponsors/apply", Some(application)).await.data();
        let slug: String = sqlx::query_scalar("select slug from organizations where id = $1::uuid")
            .bind(applied["organizationId"].as_str().expect("an id").parse::<Uuid>().unwrap())
            .fetch_one(&town.owner)
            .await
            .unwrap();
        assert_eq!(slug, "acme-cloud-2");

        // One of its own old ones may be taken again; another change of the same kind does not loop.
        let asha = who(&ctx, ASHA).await;
        life::change_slug(&ctx, &asha, "acme-cloud").await.expect("its own");
        let back = town.visitor().open("/directory/acme").await;
        assert_eq!(back.location(), "/directory/acme-cloud");
        assert_eq!(town.visitor().open("/directory/acme-cloud").await.status, StatusCode::OK);

        // Two who want the same at once: one gets it.
        let other = town.ctx();
        let (a, b) = tokio::join!(life::change_slug(&ctx, &asha, "northwind"), life::change_slug(&other, &tomas, "northwind"));
        assert_eq!([a.is_ok(), b.is_ok()].iter().filter(|won| **won).count(), 1, "{a:?} {b:?}");
    })
    .await;
}

#[tokio::test]
async fn a_new_website_is_a_proposal_until_staff_approve_it() {
    sequel(async |town| {
        let ctx = town.ctx();
        let (acme, lumen) = (organization(town, "acme-cloud").await, organization(town, "lumen-data").await);
        let (asha, tomas) = (who(&ctx, ASHA).await, who(&ctx, TOMAS).await);
        let (sara, _) = two_of_the_staff(town).await;
        let move_to = async |who: &Actor, website: &str| -> OrganizationView {
            let mut input = service::profile(&ctx, who).await.expect("its own").input;
            input.website = website.into();
            service::edit_profile(&ctx, who, &input, LogoChange::Keep).await.expect("proposed")
        };
        let old = service::get(&ctx, None, acme).await.expect("public").website;

        // Proposed, the old one keeps its standing; strangers see nothing of it.
        let view = move_to(&asha, "https://apex.example/acme").await;
        assert_eq!((view.website.as_str(), view.proposed_website.as_deref()), (old.as_str(), Some("https://apex.example/acme")));
        assert_eq!(view.verification_status, VerificationStatus::Verified);
        assert_eq!(service::get(&ctx, None, acme).await.expect("public").proposed_website, None);
        town.drain().await;
        let review = service::review(&ctx, &sara, acme).await.expect("staff see it");
        let proposal = review.proposal.expect("it waits");
        assert_eq!(proposal.identity_key, "apex.example");
        // Whoever decides by the API reads there what to name; the organization's own people read it too, strangers do not.
        for (who, id) in [(Some(&sara), Some(proposal.id)), (Some(&asha), Some(proposal.id)), (Some(&tomas), None), (None, None)]
        {
            assert_eq!(service::get(&ctx, who, acme).await.expect("it is listed").proposed_website_id, id);
        }
        let found = proposal.checks.iter().find(|check| check.title == "Website can be found").expect("it was checked");
        assert_eq!(found.result, CheckResult::Pass);
        assert_eq!(life::waiting(&ctx, &sara).await.expect("the desk").proposals.len(), 1);

        // Withdrawn, nothing waits.
        life::withdraw_website(&ctx, &asha).await.expect("withdrawn");
        assert_eq!(code(life::withdraw_website(&ctx, &asha).await), "NOTHING_PROPOSED");
        assert_eq!(
            code(life::answer_website(&ctx, &sara, acme, answer(proposal.id, "approve").parse().unwrap()).await),
            "NOTHING_PROPOSED"
        );

        // Two want the same website, both are approved at once: one owns it, the other is told who.
        move_to(&asha, "https://apex.example").await;
        move_to(&tomas, "https://www.apex.example/data").await;
        let id_of = async |id| service::review(&ctx, &sara, id).await.expect("staff see it").proposal.expect("it waits").id;
        let (first, second) = (id_of(acme).await, id_of(lumen).await);
        let other = town.ctx();
        let (a, b) = tokio::join!(
            life::answer_website(&ctx, &sara, acme, answer(first, "approve").parse().unwrap()),
            life::answer_website(&other, &sara, lumen, answer(second, "approve").parse().unwrap()),
        );
        let (won, lost) = match (a, b) {
            (Ok(won), Err(lost)) | (Err(lost), Ok(won)) => (won, lost),
            other => panic!("exactly one may win: {other:?}"),
        };
        assert_eq!(lost.code(), "DOMAIN_TAKEN");
        assert!(lost.message().contains(&won.display_name), "{}", lost.message());
        assert_eq!((won.proposed_website, won.verification_status), (None, VerificationStatus::Verified));
        assert!(won.website.contains("apex.example"));

        // The other is refused, told why, and keeps what it has.
        let (loser, who, id) = if won.id == acme { (lumen, TOMAS, second) } else { (acme, ASHA, first) };
        let kept = life::answer_website(&ctx, &sara, loser, answer(id, "refuse").parse().unwrap()).await.expect("refused");
        assert_eq!(kept.verification_status, VerificationStatus::Verified);
        town.drain().await;
        let told = town.post.letters().into_iter().rev().find(|letter| letter.to == who.email).expect("a letter");
        assert!(
            told.subject.contains("keeps its website") && told.text.contains("Seen in the company register."),
            "{}",
            told.text
        );
    })
    .await;
}
