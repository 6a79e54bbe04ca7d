//! A text in the DNS: it proves a claim, and says who leads what nobody leads any more.

use super::{answer, northwind, organization, seats};
use crate::{
    common::{code, signed_in, who},
    organizations::two_of_the_staff,
    town::{Town, sequel},
};
use commdesk::{
    features::{
        members::service as members,
        organizations::{
            claims, life,
            service::{self, OrganizationRef},
            trust::CheckResult,
        },
    },
    kernel::{
        actor::VerificationStatus,
        ids::{MemberId, OrganizationId},
    },
    platform::{
        ctx::{Ctx, House},
        dns::Fixed,
    },
    seeds::people::{self, ASHA, Figure, MALLORY, RAVI, TOMAS},
};
use serde_json::{Value, json};
use std::sync::Arc;
use uuid::Uuid;

/// The same house on a network that shows these texts.
fn with_names(town: &Town, names: Fixed) -> Ctx {
    let names = Arc::new(names);
    let house = House { lookups: names.clone(), reach: names, ..town.house.at_another_time(0) };
    Ctx::background(&Arc::new(house), "test")
}

#[tokio::test]
async fn a_text_in_the_dns_proves_a_claim_and_raises_the_trust_in_an_applicant() {
    sequel(async |town| {
        let ctx = town.ctx();
        let ravi = who(&ctx, RAVI).await;
        let (sara, _) = two_of_the_staff(town).await;
        let id = claims::add(&ctx, &ravi, &northwind()).await.expect("added").id;
        let by = OrganizationRef::Id(id);

        // Tomás, who is signed in, publishes what he was given; asked again, it is the same.
        let tomas = people::sign_in(&ctx, TOMAS).await.expect("signed in");
        assert_eq!(code(claims::check_proof(&ctx, &tomas, &by).await), "NOT_FOUND");
        let proof = claims::ask_proof(&ctx, &tomas, &by).await.expect("a text");
        assert_eq!(proof, claims::ask_proof(&ctx, &tomas, &by).await.expect("the same"));
        assert!(proof.text.starts_with("commdesk-verify=") && proof.domain == "northwind.example", "{proof:?}");
        assert_eq!(code(claims::check_proof(&ctx, &tomas, &by).await), "PROOF_NOT_FOUND");
        let foreign = with_names(town, Fixed::new().text("northwind.example", "commdesk-verify=something-else"));
        assert_eq!(code(claims::check_proof(&foreign, &tomas, &by).await), "PROOF_NOT_FOUND");
        let shown =
            with_names(town, Fixed::new().text("northwind.example", "v=spf1 -all").text("northwind.example", &proof.text));
        assert!(claims::check_proof(&shown, &tomas, &by).await.expect("it is there").proven);
        assert!(claims::check_proof(&shown, &tomas, &by).await.expect("said again").proven);
        let waiting = life::waiting(&ctx, &sara).await.expect("the desk").claims;
        assert_eq!((waiting.len(), waiting[0].method_label.as_str()), (1, "by the domain's DNS"));
        // Refused, it is claimed again by another text, which is proven anew.
        claims::answer(&ctx, &sara, id, answer(waiting[0].id, "refuse").parse().unwrap()).await.expect("refused");
        let mut browser = signed_in(town, TOMAS).await;
        assert!(browser.open("/claim/northwind-labs").await.text.contains("Get the text"), "a way on");
        let again = claims::ask_proof(&ctx, &tomas, &by).await.expect("another text");
        assert!(!again.proven && again.text != proof.text, "{again:?}");
        let shown = with_names(town, Fixed::new().text("northwind.example", &again.text));
        assert!(claims::check_proof(&shown, &tomas, &by).await.expect("it is there").proven);
        let waiting = life::waiting(&ctx, &sara).await.expect("the desk").claims;
        assert_eq!(waiting.len(), 1);
        assert_eq!(service::get(&ctx, None, id).await.expect("public").verification_status, VerificationStatus::CommunityAdded);
        let view = claims::answer(&ctx, &sara, id, answer(waiting[0].id, "approve").parse().unwrap()).await.expect("approved");
        assert_eq!((view.verification_status, view.active), (VerificationStatus::Verified, true));
        assert_eq!(code(claims::ask_proof(&ctx, &tomas, &OrganizationRef::Slug("acme-cloud".into())).await), "NOT_CLAIMABLE");

        // Mallory's company applies: the same proof raises its score, with the reason.
        let globex = organization(town, "globex").await;
        let before = service::review(&ctx, &sara, globex).await.expect("staff see it").trust;
        let mallory = people::sign_in(&ctx, MALLORY).await.expect("signed in");
        let by = OrganizationRef::Id(globex);
        let proof = claims::ask_proof(&ctx, &mallory, &by).await.expect("a text");
        let names = Fixed::new().company("globex.example").text("globex.example", &format!("\"{}\"", proof.text));
        assert!(claims::check_proof(&with_names(town, names), &mallory, &by).await.expect("it is there").proven);
        town.drain().await;
        let after = service::review(&ctx, &sara, globex).await.expect("staff see it");
        assert!(after.trust.score > before.score, "{} then {}", before.score, after.trust.score);
        let reason = after.trust.reasons.iter().find(|reason| reason.title == "Domain proven by its DNS").expect("the reason");
        assert_eq!((reason.points.as_str(), reason.result), ("15", CheckResult::Pass));
        assert_eq!(after.organization.trust_score, Some(after.trust.score));

        // On the page, for its admin only.
        let mut browser = signed_in(town, MALLORY).await;
        let page = browser.open("/organization/domain").await;
        assert!(page.text.contains(&proof.text) && page.text.contains("Proven"), "{}", page.text);
    })
    .await;
}

#[tokio::test]
async fn where_nobody_leads_a_checked_organization_its_domain_decides() {
    sequel(async |town| {
        let ctx = town.ctx();
        let lumen = organization(town, "lumen-data").await;
        let by = OrganizationRef::Id(lumen);
        let ravi = people::sign_in(&ctx, RAVI).await.expect("signed in");
        assert_eq!(code(claims::ask_proof(&ctx, &ravi, &by).await), "NOT_CLAIMABLE", "Tomás leads it");
        sqlx::query("delete from organization_members where organization_id = $1")
            .bind(lumen.0)
            .execute(&town.owner)
            .await
            .unwrap();
        let (sara, _) = two_of_the_staff(town).await;

        let mut browser = signed_in(town, RAVI).await;
        assert!(browser.open("/directory/lumen-data/join").await.text.contains("/claim/lumen-data#dns"));
        let page = browser.open("/claim/lumen-data").await.text;
        assert!(page.contains("Lead Lumen Data") && page.contains("Get the text") && !page.contains("By a mailbox"), "{page}");
        let proof = claims::ask_proof(&ctx, &ravi, &by).await.expect("a text");
        assert_eq!(proof.domain, "lumen.example");
        let shown = with_names(town, Fixed::new().text("lumen.example", &proof.text));
        assert!(claims::check_proof(&shown, &ravi, &by).await.expect("it is there").proven);
        let ravi = people::sign_in(&ctx, RAVI).await.expect("signed in");
        let seat = ravi.actor(Some("organization:lumen-data")).expect("a seat").acting.expect("it acts");
        assert!(seat.role_label().ends_with("Admin"), "{}", seat.role_label());
        assert!(browser.open("/claim/lumen-data").await.text.contains("You belong to Lumen Data"));
        // Staff hear of it, and read it in the organization's history.
        town.drain().await;
        let told: i64 =
            sqlx::query_scalar("select count(*) from notices where user_id = $1 and title = 'Lumen Data has a new admin'")
                .bind(sara.user().0)
                .fetch_one(&town.owner)
                .await
                .unwrap();
        assert_eq!(told, 1);
        // Somebody leads it again: no second person comes in that way, not even with the text that is there.
        let asha = people::sign_in(&ctx, ASHA).await.expect("signed in");
        assert_eq!(code(claims::ask_proof(&ctx, &asha, &by).await), "NOT_CLAIMABLE");
    })
    .await;
}

const LENA: Figure = Figure { name: "Lena Fischer", email: "lena@lumen.example", role: "" };
const NOOR: Figure = Figure { name: "Noor Aziz", email: "noor@lumen.example", role: "" };
const IDA: Figure = Figure { name: "Ida Moreau", email: "ida@lumen.example", role: "" };
const KAY: Figure = Figure { name: "Kay Brandt", email: "kay@lumen.example", role: "" };

/// Gives somebody a seat that leads nothing.
async fn colleague(town: &Town, id: OrganizationId, figure: Figure) {
    let user = people::activate(&town.ctx(), figure).await.expect("activated");
    sqlx::query(
        "insert into organization_members (id, organization_id, user_id, role, created_at)
         values (gen_random_uuid(), $1, $2, 'DevRel Manager', now())",
    )
    .bind(id.0)
    .bind(user.0)
    .execute(&town.owner)
    .await
    .expect("a seat");
}

async fn set_suspended(town: &Town, figure: Figure, suspended: bool) {
    sqlx::query("update users set suspended_at = case when $2 then now() end where email = $1")
        .bind(figure.email)
        .bind(suspended)
        .execute(&town.owner)
        .await
        .expect("the login is there");
}

async fn role_of(town: &Town, id: OrganizationId, figure: Figure) -> String {
    seats(town, id).await.into_iter().find(|(email, _)| email == figure.email).map(|(_, role)| role).unwrap_or_default()
}

#[tokio::test]
async fn its_own_people_may_lead_what_has_lost_its_last_admin() {
    sequel(async |town| {
        let ctx = town.ctx();
        let lumen = organization(town, "lumen-data").await;
        let by = OrganizationRef::Id(lumen);
        let (sara, _) = two_of_the_staff(town).await;
        let of = async |figure: Figure| people::sign_in(&ctx, figure).await.expect("signed in");
        for figure in [LENA, NOOR, KAY] {
            colleague(town, lumen, figure).await;
        }
        let (lena, noor, kay) = (of(LENA).await, of(NOOR).await, of(KAY).await);
        // While somebody leads it, they make others admins, and no proof does.
        assert_eq!(code(claims::ask_proof(&ctx, &lena, &by).await), "NOT_CLAIMABLE");
        let mut browser = signed_in(town, LENA).await;
        assert!(browser.open("/directory/lumen-data/join").await.text.contains("You belong to Lumen Data"));
        assert!(!browser.open("/dashboard").await.text.contains("/directory/lumen-data/join"));

        // Its only admin is suspended: the way is there, for its own people too.
        set_suspended(town, TOMAS, true).await;
        let dashboard = browser.open("/dashboard").await.text;
        assert!(dashboard.contains("Nobody leads Lumen Data any more") && dashboard.contains("/directory/lumen-data/join"));
        let page = browser.open("/directory/lumen-data/join").await.text;
        assert!(page.contains("Lead Lumen Data") && page.contains("/claim/lumen-data#dns"), "{page}");
        let page = browser.open("/claim/lumen-data").await.text;
        assert!(page.contains("Lead Lumen Data") && page.contains("Get the text"), "{page}");
        let mut texts = Vec::new();
        for person in [&lena, &noor, &kay] {
            texts.push(claims::ask_proof(&ctx, person, &by).await.expect("a text").text);
        }
        assert_eq!(code(claims::check_proof(&ctx, &lena, &by).await), "PROOF_NOT_FOUND");
        assert_eq!(role_of(town, lumen, LENA).await, "DevRel Manager");
        let shown = with_names(town, texts.iter().fold(Fixed::new(), |names, text| names.text("lumen.example", text)));

        // Whoever was suspended after they had signed in comes to lead nothing, with the right text in the right place.
        set_suspended(town, NOOR, true).await;
        claims::check_proof(&shown, &noor, &by).await.expect("the text is there");
        assert_eq!(role_of(town, lumen, NOOR).await, "DevRel Manager");
        set_suspended(town, NOOR, false).await;

        claims::check_proof(&shown, &lena, &by).await.expect("the text is there");
        assert_eq!(role_of(town, lumen, LENA).await, "Sponsor Admin");
        assert_eq!(seats(town, lumen).await.len(), 4, "the same seat, with another role");
        let stated: Value = sqlx::query_scalar(
            "select payload::jsonb from facts where name = 'organization_domain_proven' and payload::jsonb->>'role' = 'Sponsor Admin'",
        )
        .fetch_one(&town.owner)
        .await
        .expect("one fact");
        let tomas: Uuid = sqlx::query_scalar("select id from users where email = $1")
            .bind(TOMAS.email)
            .fetch_one(&town.owner)
            .await
            .expect("his login is there");
        assert_eq!((&stated["from"], &stated["people"]), (&json!("DevRel Manager"), &json!([tomas])), "{stated}");
        // The admin of before, the colleagues and staff hear of it.
        town.drain().await;
        for figure in [TOMAS, NOOR, KAY] {
            let told = town.post.letters().into_iter().filter(|letter| letter.to == figure.email);
            assert_eq!(told.filter(|letter| letter.subject == "Lumen Data has a new admin").count(), 1, "{}", figure.email);
        }
        let told: i64 =
            sqlx::query_scalar("select count(*) from notices where user_id = $1 and title = 'Lumen Data has a new admin'")
                .bind(sara.user().0)
                .fetch_one(&town.owner)
                .await
                .unwrap();
        assert_eq!(told, 1);

        // Kay's text is still in the DNS. Once they are taken out, it makes them nothing when nobody leads again.
        assert_eq!(code(claims::ask_proof(&ctx, &noor, &by).await), "NOT_CLAIMABLE", "Lena leads it");
        claims::check_proof(&shown, &kay, &by).await.expect("the text is there");
        assert_eq!(role_of(town, lumen, KAY).await, "DevRel Manager", "one came first");
        set_suspended(town, LENA, true).await;
        claims::ask_proof(&ctx, &kay, &by).await.expect("another text");
        set_suspended(town, LENA, false).await;
        let seat: Uuid =
            sqlx::query_scalar("select m.id from organization_members m join users u on u.id = m.user_id where u.email = $1")
                .bind(KAY.email)
                .fetch_one(&town.owner)
                .await
                .expect("a seat");
        let admin = of(LENA).await.actor(Some("organization:lumen-data")).expect("she leads it");
        members::take_out(&ctx, &admin, MemberId(seat)).await.expect("taken out");
        set_suspended(town, LENA, true).await;
        assert_eq!(code(claims::check_proof(&shown, &kay, &by).await), "NOT_FOUND");
        assert_eq!(role_of(town, lumen, KAY).await, "");

        // Two who publish theirs at once: the domain decides on one of them, and nobody is made admin beside them.
        colleague(town, lumen, IDA).await;
        let other = of(IDA).await;
        let (one, two) = (claims::ask_proof(&ctx, &noor, &by).await, claims::ask_proof(&ctx, &other, &by).await);
        let names = Fixed::new().text("lumen.example", &one.expect("a text").text);
        let shown = with_names(town, names.text("lumen.example", &two.expect("a text").text));
        let (a, b) = tokio::join!(claims::check_proof(&shown, &noor, &by), claims::check_proof(&shown, &other, &by));
        assert!(a.is_ok() && b.is_ok(), "{a:?} {b:?}");
        let lead = [role_of(town, lumen, NOOR).await, role_of(town, lumen, IDA).await];
        assert_eq!(lead.iter().filter(|role| *role == "Sponsor Admin").count(), 1, "{lead:?}");
    })
    .await;
}
