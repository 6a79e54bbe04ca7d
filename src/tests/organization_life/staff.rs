//! What staff do with what is here already, some of it only together.

use super::{mailed_link, northwind, organization};
use crate::{
    common::{at_work, code, signed_in, who},
    organizations::{decision, two_of_the_staff},
    town::sequel,
};
use commdesk::{
    features::{
        accounts::{rules::LinkPurpose, service as accounts},
        organizations::{
            claims, life,
            service::{self, LogoChange, OrganizationRef},
            views::StaffPart,
        },
    },
    kernel::{
        actor::{Actor, VerificationStatus},
        page::PageRequest,
    },
    platform::facts::Voice,
    seeds::people::{self, ASHA, RAVI, SARA},
};
use http::StatusCode;
use uuid::Uuid;

#[tokio::test]
async fn disabling_a_verified_one_takes_two_and_is_undone() {
    sequel(async |town| {
        let ctx = town.ctx();
        let acme = organization(town, "acme-cloud").await;
        let (sara, omar) = two_of_the_staff(town).await;
        let decide = async |who: &Actor, verdict: &str| service::decide(&ctx, who, acme, decision(verdict)).await;

        // The first proposes: nothing has changed for anybody, and the same person cannot confirm.
        decide(&sara, "disable").await.expect("proposed");
        assert!(service::get(&ctx, None, acme).await.is_ok(), "it is still there");
        assert_eq!(code(decide(&sara, "disable").await), "SECOND_PERSON_NEEDED");
        assert_eq!(life::waiting(&ctx, &omar).await.expect("the desk").disablings.len(), 1);
        // Kept by the other; then proposed again and confirmed by both at once: once.
        decide(&omar, "keep").await.expect("kept");
        assert_eq!(code(decide(&omar, "keep").await), "NOT_WAITING");
        decide(&omar, "disable").await.expect("proposed");
        let other = town.ctx();
        let (a, b) = tokio::join!(decide(&sara, "disable"), service::decide(&other, &sara, acme, decision("disable")));
        let codes: Vec<_> = [a, b].into_iter().map(|outcome| outcome.map_or_else(|error| error.code(), |_| "disabled")).collect();
        assert!(codes.contains(&"disabled") && codes.contains(&"NOT_WAITING"), "{codes:?}");
        assert_eq!(code(service::get(&ctx, None, acme).await), "NOT_FOUND");

        // Restored, it is what it was; and its people are told.
        assert_eq!(code(decide(&sara, "verify").await), "NOT_WAITING");
        decide(&sara, "restore").await.expect("restored");
        assert_eq!(service::get(&ctx, None, acme).await.expect("public").verification_status, VerificationStatus::Verified);
        town.drain().await;
        let told = town.post.letters().into_iter().rev().find(|letter| letter.to == ASHA.email).expect("a letter");
        assert!(told.subject.contains("is restored"), "{}", told.subject);

        // One that a community added goes by one hand, and comes back as what it was.
        let added = claims::add(&ctx, &who(&ctx, RAVI).await, &northwind()).await.expect("added").id;
        service::decide(&ctx, &sara, added, decision("disable")).await.expect("disabled");
        let back = service::decide(&ctx, &sara, added, decision("restore")).await.expect("restored");
        assert_eq!(back.verification_status, VerificationStatus::CommunityAdded);
    })
    .await;
}

#[tokio::test]
async fn staff_find_every_organization_by_clicks() {
    sequel(async |town| {
        let ctx = town.ctx();
        let (acme, lumen) = (organization(town, "acme-cloud").await, organization(town, "lumen-data").await);
        town.house.clock.shift(60);
        let (sara, omar) = two_of_the_staff(town).await;
        for who in [&sara, &omar] {
            service::decide(&ctx, who, acme, decision("disable")).await.expect("one after the other");
        }
        town.house.clock.shift(60);
        let mut desk = at_work(town, SARA).await;
        // From the first page of the desk to the one that nobody else can see.
        let queue = desk.open("/staff/organizations").await.text;
        for part in ["verified", "added", "refused", "disabled", "all"] {
            assert!(queue.contains(&format!("/staff/organizations?part={part}")), "{part}");
        }
        let link = format!("/staff/organizations/{acme}");
        let disabled = desk.open("/staff/organizations?part=disabled").await.text;
        assert!(
            disabled.contains(&link) && disabled.contains("Showing 1 of 1") && !disabled.contains("Lumen Data"),
            "{disabled}"
        );
        let done = desk.submit(&link, "decide", &[("decision", "restore"), ("reason", "They showed us the register.")]).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
        assert!(desk.open("/staff/organizations?part=verified").await.text.contains(&link));
        // By name, website or address.
        for words in ["ACME", "acme.example", ASHA.email] {
            let found = desk.open(&format!("/staff/organizations?part=all&q={}", words.replace('@', "%40"))).await.text;
            assert!(found.contains(&link) && !found.contains("Lumen Data"), "{words}: {found}");
        }
        assert!(desk.open("/staff/organizations?part=all&q=nobody%25").await.text.contains("Nothing here"));
        // One or two letters are those that a word of the name begins with, or the website.
        for (letters, is_found) in [("a", true), ("CL", true), ("cm", false), ("%25", false)] {
            let found = desk.open(&format!("/staff/organizations?part=all&q={letters}")).await.text;
            assert_eq!(found.contains(&link), is_found, "{letters}: {found}");
        }
        // In every alphabet; signs alone are no name's.
        sqlx::query("update organizations set display_name = 'énérgie & 深圳腾讯' where id = $1")
            .bind(lumen.0)
            .execute(&town.owner)
            .await
            .expect("renamed");
        let link = format!("/staff/organizations/{lumen}");
        for (letters, is_found) in [("én", true), ("né", false), ("nér", true), ("腾讯", true), ("&", false)] {
            let letters: String = url::form_urlencoded::byte_serialize(letters.as_bytes()).collect();
            let found = desk.open(&format!("/staff/organizations?part=all&q={letters}")).await.text;
            assert_eq!(found.contains(&link), is_found, "{letters}: {found}");
        }
        // From what everybody sees.
        assert!(desk.open("/directory/lumen-data").await.text.contains(&format!("/staff/organizations/{lumen}")));
        let apex: Uuid =
            sqlx::query_scalar("select id from communities where slug = 'apex-circle'").fetch_one(&town.owner).await.unwrap();
        assert!(desk.open("/communities/apex-circle").await.text.contains(&format!("/staff/communities/{apex}")));
        // A community's evidence is looked for again, too.
        let evidence = async || {
            let all = "select count(*) from checks where subject_kind = 'community' and subject_id = $1";
            sqlx::query_scalar::<_, i64>(all).bind(apex).fetch_one(&town.owner).await.unwrap()
        };
        let before = evidence().await;
        town.house.clock.shift(60);
        let asked = desk.submit(&format!("/staff/communities/{apex}"), "checks", &[]).await;
        assert!(desk.open(asked.location()).await.text.contains("The checks run again"), "{}", asked.text);
        town.drain().await;
        assert!(evidence().await > before, "the old run stands behind the new one");
        let mut asha = signed_in(town, ASHA).await;
        assert!(!asha.open("/directory/lumen-data").await.text.contains("/staff/"));
        assert!(!asha.open("/communities/apex-circle").await.text.contains("/staff/"));
        assert_eq!(
            code(service::registry(&ctx, &who(&ctx, ASHA).await, StaffPart::All, "", &PageRequest::default()).await),
            "FORBIDDEN"
        );

        // Page by page, each once.
        let (mut seen, mut cursor) = (Vec::new(), None);
        loop {
            let page = PageRequest { cursor: cursor.take(), limit: 2, ..PageRequest::default() };
            let view = service::registry(&ctx, &sara, StaffPart::All, "", &page).await.expect("staff see it");
            seen.extend(view.items.iter().map(|row| row.id));
            match view.next_cursor {
                Some(next) => cursor = Some(next),
                None => break,
            }
        }
        let all: i64 = sqlx::query_scalar("select count(*) from organizations").fetch_one(&town.owner).await.unwrap();
        let distinct: std::collections::BTreeSet<_> = seen.iter().map(ToString::to_string).collect();
        assert_eq!((seen.len(), distinct.len()), (usize::try_from(all).unwrap(), seen.len()));
    })
    .await;
}

#[tokio::test]
async fn staff_run_the_checks_again_and_see_what_waits() {
    sequel(async |town| {
        let ctx = town.ctx();
        let acme = organization(town, "acme-cloud").await;
        town.house.clock.shift(60);
        let (sara, _) = two_of_the_staff(town).await;
        let runs = async || service::review(&ctx, &sara, acme).await.expect("staff see it").earlier_checks.len();
        let before = runs().await;
        assert_eq!(code(life::ask_checks(&ctx, &who(&ctx, ASHA).await, acme).await), "FORBIDDEN");
        life::ask_checks(&ctx, &sara, acme).await.expect("asked");
        town.drain().await;
        assert!(runs().await > before, "the old run stands behind the new one");

        // At the desk, without scripts.
        let mut desk = at_work(town, SARA).await;
        assert!(desk.open("/staff/changes").await.text.contains("No change waits"));
        let asked = desk.submit(&format!("/staff/organizations/{acme}"), "checks", &[]).await;
        assert!(desk.open(asked.location()).await.text.contains("The checks run again"), "{}", asked.text);

        // A website and a claim wait; each has its answer on the organization's page.
        let asha = who(&ctx, ASHA).await;
        let mut input = service::profile(&ctx, &asha).await.expect("its own").input;
        input.website = "https://elsewhere.example".into();
        service::edit_profile(&ctx, &asha, &input, LogoChange::Keep).await.expect("proposed");
        let added = claims::add(&ctx, &who(&ctx, RAVI).await, &northwind()).await.expect("added").id;
        let by = OrganizationRef::Id(added);
        claims::ask(&ctx, Voice::Visitor { user: None }, &by, "cto@northwind.example").await.expect("asked");
        let token = mailed_link(town, "cto@northwind.example").await;
        accounts::use_link(&ctx, &token, &[LinkPurpose::Activate], Some(people::PASSWORD)).await.expect("a fresh link");
        town.drain().await;
        let page = desk.open("/staff/changes").await;
        for shown in ["Changes that wait", "elsewhere.example", "cto@northwind.example claims", "Northwind Labs"] {
            assert!(page.text.contains(shown), "{shown}");
        }
        let page = desk.open(&format!("/staff/organizations/{acme}")).await;
        assert!(page.text.contains("Another website") && page.text.contains("Stands for"));
        let proposal = service::review(&ctx, &sara, acme).await.expect("staff see it").proposal.expect("it waits").id;
        let fields = [("id", proposal.to_string()), ("decision", "approve".into()), ("reason", "Seen.".into())];
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let done = desk.submit(&format!("/staff/organizations/{acme}"), "website", &fields).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
        assert_eq!(service::get(&ctx, None, acme).await.expect("public").website, "https://elsewhere.example/");
        let claim = service::review(&ctx, &sara, added).await.expect("staff see it").claims[0].id.to_string();
        let fields = [("id", claim.as_str()), ("decision", "refuse"), ("reason", "Not theirs.")];
        let done = desk.submit(&format!("/staff/organizations/{added}"), "claim", &fields).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
        town.drain().await;
        let told = town.post.letters().into_iter().rev().find(|letter| letter.to == "cto@northwind.example").expect("a letter");
        assert!(told.text.contains("Not theirs."), "{}", told.text);
    })
    .await;
}
