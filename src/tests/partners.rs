//! Who stands on an event's page: added by hand, edited, hidden, moved and removed, over REST and by forms without scripts,
//! races included. What came by an accepted request keeps what was agreed.

use crate::{
    common::{count, one, signed_in, who},
    planted::{VERA, seat},
    town::{Browser, Town, sequel},
};
use commdesk::{
    features::{
        communities::{rules::Decision as CommunityDecision, service as communities},
        decisions::service as decisions,
        events::service as events,
        facts::FactKind,
        organizations::service as organizations,
        partners::{
            rules::{Labels, read_reason},
            service::{self, To, Whose},
            views::{AssignmentView, PartnerInput},
        },
        profiles::service as profiles,
        requests::service as requests,
    },
    kernel::{
        actor::Actor,
        error::{AppError, AppResult},
        ids::{EventId, OrganizationId, PartnerLinkId},
        labels::{Category, Hue},
        page::PageRequest,
        text::Paragraph,
    },
    platform::facts,
    seeds::people::{self, ASHA, MALLORY, MEI, RAVI, SARA, TOMAS},
};
use http::{Method, StatusCode};
use serde_json::json;
use uuid::Uuid;

/// The demo: Lumen Data (gold) and Fjord Media (media partner) stand on HackFest's page by agreement.
struct Stage {
    ravi: Actor,
    mei: Actor,
    tomas: Actor,
    hackfest: EventId,
    acme: OrganizationId,
}

async fn staged(town: &Town) -> Stage {
    let ctx = town.ctx();
    Stage {
        ravi: who(&ctx, RAVI).await,
        mei: who(&ctx, MEI).await,
        tomas: who(&ctx, TOMAS).await,
        hackfest: EventId(one(town, "select id from events where title like 'HackFest%'").await),
        acme: who(&ctx, ASHA).await.organization().expect("Acme"),
    }
}

fn of(organization: OrganizationId, category: &str) -> PartnerInput {
    PartnerInput {
        organization_id: Some(organization.to_string()),
        category: Some(category.to_owned()),
        ..PartnerInput::default()
    }
}

fn named(name: &str) -> PartnerInput {
    PartnerInput { name: Some(name.to_owned()), ..PartnerInput::default() }
}

impl Stage {
    async fn add(&self, town: &Town, input: &PartnerInput) -> AppResult<PartnerLinkId> {
        service::add(&town.ctx(), &self.ravi, self.hackfest, input.parse_new(Labels::All).expect("in order"), None).await
    }

    async fn all(&self, town: &Town) -> Vec<AssignmentView> {
        let page = PageRequest { limit: 100, ..PageRequest::default() };
        service::list(&town.ctx(), Some(&self.ravi), self.hackfest, None, &page).await.expect("his own").items
    }

    async fn seen(&self, town: &Town, id: PartnerLinkId) -> AssignmentView {
        self.all(town).await.into_iter().find(|item| item.link_id == id).expect("it stands there")
    }

    async fn agreed(&self, town: &Town) -> AssignmentView {
        self.all(town).await.into_iter().find(|item| item.category == Category::GoldSponsor).expect("Lumen is gold")
    }

    async fn names_of_tier(&self, town: &Town, tier: &str) -> Vec<String> {
        self.all(town).await.into_iter().filter(|item| item.tier_keyword.label() == tier).map(|item| item.name).collect()
    }
}

#[tokio::test]
async fn every_card_of_the_panel_has_the_hue_of_its_category() {
    sequel(async |town| {
        let stage = staged(town).await;
        // One way of sponsoring in every hue, and the partners that share one with them.
        let hues = [
            ("Co-Presenting Sponsor", "rose"),
            ("Elite Sponsor", "violet"),
            ("Gold Sponsor", "amber"),
            ("Silver Sponsor", "slate"),
            ("Bronze Sponsor", "orange"),
            ("Learning Sponsor", "emerald"),
            ("Broadcast Sponsor", "cyan"),
            ("Contributor Sponsor", "indigo"),
            ("Ecosystem Sponsor", "sky"),
            ("Knowledge Partner", "emerald"),
            ("Media Partner", "cyan"),
            ("Associate Partner", "indigo"),
            ("Official Partner", "sky"),
            ("Venue Partner", "sky"),
        ];
        for (category, _) in hues {
            stage.add(town, &of(stage.acme, category)).await.expect(category);
        }

        let page = signed_in(town, RAVI).await.open(&format!("/manage/events/{}", stage.hackfest)).await.text;

        // Without the marks that stand between parts of a text.
        let page = page.replace("<!>", "");
        let cards: Vec<&str> =
            page.split("<li class=\"partner-card ").skip(1).filter_map(|rest| rest.split("</li>").next()).collect();
        assert_eq!(cards.len(), stage.all(town).await.len(), "{page}");
        for (category, hue) in hues {
            let label = format!(">{category}</span>");
            let card = cards.iter().find(|card| card.contains("Acme Cloud") && card.contains(&label)).expect(category);
            assert!(card.starts_with(&format!("hue-{hue}\"")), "{category}: {card}");
            assert!(card.contains(&format!("tier hue-{hue}\"")), "the label beside it, {category}: {card}");
        }
        // A hue without a colour would be no hue.
        let tokens = include_str!("../../style/tokens.css");
        for hue in Hue::LABELS {
            assert!(tokens.contains(&format!(".hue-{hue} {{")), "{hue} has no colour");
        }
    })
    .await;
}

#[tokio::test]
async fn an_organization_stands_once_per_category_and_its_new_name_changes_no_page() {
    sequel(async |town| {
        let stage = staged(town).await;
        let official = stage.add(town, &PartnerInput { category: None, ..of(stage.acme, "") }).await.expect("added");
        assert_eq!(stage.seen(town, official).await.category, Category::OfficialPartner, "without a category");
        let silver = of(stage.acme, "Silver Sponsor");
        let id = stage.add(town, &silver).await.expect("another category");
        assert_eq!(stage.add(town, &silver).await.expect_err("twice").code(), "ALREADY_ON_EVENT");
        stage.add(town, &named("Pune Makers")).await.expect("not in the directory");
        assert_eq!(stage.add(town, &named("pune makers")).await.expect_err("twice").code(), "ALREADY_ON_EVENT");

        sqlx::query("update organizations set display_name = 'Acme Renamed', version = version + 1 where id = $1")
            .bind(stage.acme.0)
            .execute(&town.owner)
            .await
            .expect("renamed");
        assert_eq!(stage.seen(town, id).await.name, "Acme Cloud", "what was shown stays");
        let page = town.visitor().open("/events/hackfest").await;
        assert!(page.text.contains("Acme Cloud") && !page.text.contains("Acme Renamed"));

        // Somebody who types the name of an organization means the organization.
        let known = stage
            .add(town, &PartnerInput { category: Some("Venue Partner".into()), ..named("Fjord Media") })
            .await
            .expect("added");
        let known = stage.seen(town, known).await;
        assert!(known.organization_id.is_some() && known.organization_slug.as_deref() == Some("fjord-media"));

        town.drain().await;
        let support = organizations::get(&town.ctx(), None, stage.acme).await.expect("listed");
        assert_eq!(support.events_sponsored_count, 1, "one event, however often");
    })
    .await;
}

#[tokio::test]
async fn somebody_new_becomes_a_profile_that_a_community_added() {
    sequel(async |town| {
        let stage = staged(town).await;
        let mut ravi = signed_in(town, RAVI).await;
        let at = format!("/events/{}/partners", stage.hackfest);
        let elsewhere = json!({"name": "Tiny Tools", "website": "https://tiny.example", "contactEmail": "hi@other.example"});
        let refused = ravi.api(Method::POST, &at, Some(elsewhere)).await;
        assert!(refused.json()["error"]["fieldErrors"]["contactEmail"].is_string(), "{}", refused.text);
        let new = json!({"name": "Tiny Tools", "website": "https://tiny.example", "contactEmail": "hi@tiny.example", "category": "Technology Partner"});
        let added = ravi.api(Method::POST, &at, Some(new)).await;
        assert_eq!(added.status, StatusCode::CREATED, "{}", added.text);
        assert_eq!(added.data()["organizationSlug"], "tiny-tools");
        let page = town.visitor().open("/directory/tiny-tools").await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.text);
        // The same website under another name is the same organization.
        let again = json!({"name": "Tiny Tools GmbH", "website": "https://www.tiny.example", "category": "Technology Partner"});
        let twice = ravi.api(Method::POST, &at, Some(again)).await;
        assert_eq!((twice.status, twice.code().as_str()), (StatusCode::CONFLICT, "ALREADY_ON_EVENT"), "{}", twice.text);
        // A name alone is enough to stand in the directory, as added by a community. Nobody can claim it: there is no website.
        let samosas = json!({"name": "Aunt Asha's Samosas", "category": "Support Partner"});
        let name = ravi.api(Method::POST, &at, Some(samosas)).await;
        assert_eq!(name.status, StatusCode::CREATED, "{}", name.text);
        let slug = name.data()["organizationSlug"].as_str().expect("a page of its own").to_owned();
        let page = town.visitor().open(&format!("/directory/{slug}")).await;
        assert!(page.text.contains("Community Added") && !page.text.contains("Claim it"), "{}", page.status);
        let id = name.data()["organizationId"].as_str().expect("an id").to_owned();
        let shown = town.visitor().api(Method::GET, &format!("/sponsors/{id}"), None).await.data();
        assert_eq!((shown["website"].as_str(), shown["verificationStatus"].as_str()), (Some(""), Some("Community Added")));
        assert!(town.visitor().open(&format!("/claim/{slug}")).await.text.contains("which website is theirs"));
        let mut tomas = signed_in(town, TOMAS).await;
        let page = tomas.open(&format!("/directory/{slug}/join")).await;
        assert!(page.text.contains("/become-sponsor") && !page.text.contains(&format!("/claim/{slug}")), "{}", page.text);
        let claim = town.visitor().api(Method::POST, &format!("/sponsors/{id}/claims"), Some(json!({"email": "asha@samosas.example"}))).await;
        assert_eq!((claim.status, claim.code().as_str()), (StatusCode::CONFLICT, "NOT_CLAIMABLE"), "{}", claim.text);
        // Where somebody of theirs has applied, their website stays theirs: the name stands on the page alone.
        let at_the_door = json!({"name": "Globex Cloud", "website": "https://globex.example", "category": "Support Partner", "confirm": true});
        let name_only = ravi.api(Method::POST, &at, Some(at_the_door)).await;
        assert_eq!(name_only.status, StatusCode::CREATED, "{}", name_only.text);
        assert!(name_only.data()["organizationId"].is_null(), "{}", name_only.text);
        // The same name means the same organization, on the next event too.
        let again = ravi.api(Method::POST, &at, Some(json!({"name": "aunt asha's samosas", "category": "Venue Partner"}))).await;
        assert_eq!(again.data()["organizationId"].as_str(), Some(id.as_str()), "{}", again.text);
        // A request to it is kept, and nobody is written to, because nobody is known.
        let ask = json!({"organizationId": id, "eventId": stage.hackfest.to_string(), "amount": 1, "currency": "INR", "category": "Gold Sponsor"});
        let asked = ravi.api(Method::POST, "/requests", Some(ask)).await;
        assert_eq!(asked.status, StatusCode::CREATED, "{}", asked.text);
        let asked = asked.data()["id"].as_str().expect("an id").to_owned();
        let page = ravi.open(&format!("/requests/{asked}")).await;
        assert!(page.text.contains("so we cannot invite them"), "{}", page.text);
        town.drain().await;
        let about = format!("mails m join facts f on f.id::text = split_part(m.once_key, '/', 1) where f.subject_id = '{asked}'");
        assert_eq!(count(town, &about).await, 0);

        // A name that is easily taken for another asks first; a name that several have means none of them by itself.
        let like = json!({"name": "Tiny Tool", "category": "Support Partner"});
        let asked = ravi.api(Method::POST, &at, Some(like)).await;
        assert_eq!(asked.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(asked.text.contains("Tiny Tools") && asked.text.contains("confirm"), "{}", asked.text);
        let sure = json!({"name": "Tiny Tool", "category": "Support Partner", "confirm": true});
        assert_eq!(ravi.api(Method::POST, &at, Some(sure)).await.status, StatusCode::CREATED);
        // What only looks like it is another: it is asked about, never taken for it.
        let modem = ravi.api(Method::POST, &at, Some(json!({"name": "Bright Modem", "category": "Support Partner"}))).await;
        assert_eq!(modem.status, StatusCode::CREATED, "{}", modem.text);
        let asked = ravi.api(Method::POST, &at, Some(json!({"name": "Bright Modern", "category": "Venue Partner"}))).await;
        assert_eq!(asked.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", asked.text);
        let modern = json!({"name": "Bright Modern", "category": "Venue Partner", "confirm": true});
        let modern = ravi.api(Method::POST, &at, Some(modern)).await;
        assert_eq!(modern.status, StatusCode::CREATED, "{}", modern.text);
        assert_ne!(modern.data()["organizationId"], modem.data()["organizationId"]);
        sqlx::query("update organizations set display_name = 'Tiny Tools', name_skeleton = (select name_skeleton from organizations where slug = 'tiny-tools') where slug = 'tiny-tool'")
            .execute(&town.owner)
            .await
            .expect("two of one name");
        let both = ravi.api(Method::POST, &at, Some(json!({"name": "Tiny Tools", "category": "Ecosystem Partner", "confirm": true}))).await;
        assert_eq!(both.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", both.text);
        assert!(both.text.contains("Several have this name") && both.text.contains("organizationId"));
    })
    .await;
}

#[tokio::test]
async fn two_additions_at_once_are_one() {
    sequel(async |town| {
        let stage = staged(town).await;
        let new = of(stage.acme, "Silver Sponsor").parse_new(Labels::Sponsors).expect("in order");
        let (one, other) = (town.ctx(), town.ctx());
        let (a, b) = tokio::join!(
            service::add(&one, &stage.ravi, stage.hackfest, new.clone(), None),
            service::add(&other, &stage.ravi, stage.hackfest, new, None)
        );
        assert_eq!(u8::from(a.is_ok()) + u8::from(b.is_ok()), 1);
        let refused = a.err().or(b.err()).expect("one was refused");
        assert_eq!(refused.code(), "ALREADY_ON_EVENT");
        assert_eq!(stage.names_of_tier(town, "silver").await, ["Acme Cloud"]);
    })
    .await;
}

#[tokio::test]
async fn what_was_agreed_is_kept_and_its_removal_is_read_by_both() {
    sequel(async |town| {
        let stage = staged(town).await;
        let ctx = town.ctx();
        let lumen = stage.agreed(town).await;
        let request = lumen.request_id.expect("by agreement");
        let edit = |input: PartnerInput| {
            let parsed = PartnerInput { version: Some(lumen.version), ..input }.parse_edit().expect("in order");
            service::edit(&ctx, &stage.ravi, stage.hackfest, lumen.link_id, parsed, None)
        };
        let silver = PartnerInput { category: Some("Silver Sponsor".into()), ..PartnerInput::default() };
        assert_eq!(edit(silver).await.expect_err("agreed").code(), "AGREED");
        let website = PartnerInput { website: Some("https://lumen.example/hackfest".into()), ..PartnerInput::default() };
        edit(website.clone()).await.expect("how it is shown");
        assert_eq!(edit(website).await.expect_err("an old version").code(), "VERSION_CONFLICT");

        let Err(AppError::Invalid(errors)) = service::remove(&ctx, &stage.ravi, stage.hackfest, lumen.link_id, None).await else {
            panic!("a reason is needed")
        };
        assert!(errors.get("reason").is_some_and(|message| message.contains("Lumen Data")));
        let reason = read_reason("They moved their budget to next year.").expect("short");
        service::remove(&ctx, &stage.ravi, stage.hackfest, lumen.link_id, reason.as_ref()).await.expect("with a reason");
        let again = service::remove(&ctx, &stage.ravi, stage.hackfest, lumen.link_id, reason.as_ref()).await;
        assert!(matches!(again, Err(AppError::NotFound)));

        // The agreement itself is as it was, and its timeline tells both sides.
        for side in [&stage.ravi, &stage.tomas] {
            let view = requests::get(&ctx, side, request).await.expect("theirs");
            assert_eq!(view.state, commdesk::features::requests::views::RequestState::Accepted);
            let last = view.timeline.last().expect("a timeline");
            assert_eq!(last.text, "took the logo off the event's page");
            assert_eq!(last.quote.as_deref(), Some("They moved their budget to next year."));
        }
        town.drain().await;
        let letters = town.post.letters();
        let letter = letters.iter().find(|letter| letter.subject.contains("was taken off the page")).expect("a letter to Lumen");
        assert!(letter.to == TOMAS.email && letter.text.contains("moved their budget"), "{}", letter.text);
        let page = town.visitor().open("/events/hackfest").await;
        assert!(!page.text.contains("Lumen Data"));
        // It may be put there again by hand, with another row.
        let lumen_id = stage.tomas.organization().expect("Lumen");
        stage.add(town, &of(lumen_id, "Gold Sponsor")).await.expect("by hand");
    })
    .await;
}

#[tokio::test]
async fn hidden_ones_are_seen_by_the_community_only_and_tiers_are_ordered_by_hand() {
    sequel(async |town| {
        let stage = staged(town).await;
        let ctx = town.ctx();
        let a = stage.add(town, &named("Alpha")).await.expect("added");
        let b = stage.add(town, &named("Beta")).await.expect("added");
        let c = stage.add(town, &named("Gamma")).await.expect("added");
        assert_eq!(stage.names_of_tier(town, "official partner").await, ["Alpha", "Beta", "Gamma"]);
        service::place(&ctx, &stage.ravi, stage.hackfest, c, To::Up).await.expect("up");
        service::place(&ctx, &stage.ravi, stage.hackfest, a, To::Down).await.expect("down");
        service::place(&ctx, &stage.ravi, stage.hackfest, c, To::Up).await.expect("the first stays the first");
        assert_eq!(stage.names_of_tier(town, "official partner").await, ["Gamma", "Alpha", "Beta"]);
        // Two people order at once: nobody is lost and no place is taken twice.
        let (one, other) = (town.ctx(), town.ctx());
        let (x, y) = tokio::join!(
            service::place(&one, &stage.ravi, stage.hackfest, b, To::Place(0)),
            service::place(&other, &stage.ravi, stage.hackfest, a, To::Place(0))
        );
        assert!(x.is_ok() && y.is_ok());
        let places: Vec<i32> = stage
            .all(town)
            .await
            .iter()
            .filter(|item| item.tier_keyword.label() == "official partner")
            .map(|i| i.display_order)
            .collect();
        assert_eq!(places, [0, 1, 2]);

        service::show(&ctx, &stage.ravi, stage.hackfest, b, false).await.expect("hidden");
        assert!(!stage.seen(town, b).await.visible);
        let page = town.visitor().open("/events/hackfest").await;
        assert!(!page.text.contains("Beta") && page.text.contains("Alpha"));
        for stranger in [None, Some(&stage.mei)] {
            let all = service::list(&ctx, stranger, stage.hackfest, None, &PageRequest::default()).await.expect("it is public");
            assert!(all.items.iter().any(|item| item.name == "Alpha") && all.items.iter().all(|item| item.name != "Beta"));
        }
        let changed = service::show(&ctx, &stage.mei, stage.hackfest, b, true).await;
        assert!(matches!(changed, Err(AppError::NotFound)));
        let told = facts::timeline(ctx.db(), b.into(), 10).await.expect("facts");
        assert!(told.iter().any(|fact| FactKind::find(&fact.room, &fact.name) == Some(FactKind::PartnerHidden)));
    })
    .await;
}

#[tokio::test]
async fn a_plain_role_sees_of_an_event_what_everybody_sees() {
    sequel(async |town| {
        let stage = staged(town).await;
        let ctx = town.ctx();
        let lumen = stage.agreed(town).await;
        service::show(&ctx, &stage.ravi, stage.hackfest, lumen.link_id, false).await.expect("hidden");
        seat(town, VERA, "Volunteer", "Active").await;
        let (mut vera, mut ravi) = (signed_in(town, VERA).await, signed_in(town, RAVI).await);
        let (page, list) = (format!("/manage/events/{}", stage.hackfest), format!("/events/{}/partners", stage.hackfest));

        let seen = vera.open(&page).await;
        assert_eq!(seen.status, StatusCode::OK, "{}", seen.text);
        assert!(seen.text.contains("Fjord Media"), "{}", seen.text);
        for secret in ["Lumen Data", "By agreement", "hidden from the public page", "All of them stand"] {
            assert!(!seen.text.contains(secret), "a volunteer reads: {secret}");
        }
        let seen = vera.api(Method::GET, &list, None).await.data();
        assert_eq!((seen["total"].as_i64(), seen["items"][0]["name"].as_str()), (Some(1), Some("Fjord Media")));
        assert_eq!((&seen["items"][0]["requestId"], seen["items"][0]["displayOrder"].as_i64()), (&json!(null), Some(0)));
        let searched = vera.api(Method::GET, &format!("{list}?search=lumen"), None).await.data();
        assert_eq!((searched["total"].as_i64(), searched["items"].as_array().map(Vec::len)), (Some(0), Some(0)));

        // Who reads the community's requests sees all of it.
        let seen = ravi.open(&page).await;
        assert!(
            seen.text.contains("Lumen Data") && seen.text.contains("One of them is hidden") && seen.text.contains("By agreement")
        );
        assert_eq!(ravi.api(Method::GET, &list, None).await.data()["total"], 2);
        sqlx::query("update members set role = 'Sponsorship Lead' where user_id = (select id from users where email = $1)")
            .bind(VERA.email)
            .execute(&town.owner)
            .await
            .expect("promoted");
        assert!(vera.open(&page).await.text.contains("Lumen Data"), "a lead sees it at once");

        // What is pasted elsewhere is what the public sees, whoever copies it.
        let json = [("accept", "application/json")];
        let panel = ravi.send(Method::GET, &format!("/rpc/partners/panel?event={}", stage.hackfest), &json, "").await.json();
        assert!(panel["items"].to_string().contains("Lumen Data"), "{panel}");
        assert!(
            panel["wall"].to_string().contains("Fjord Media") && !panel["wall"].to_string().contains("Lumen Data"),
            "{panel}"
        );
        sqlx::query("update events set public_visible = false where id = $1")
            .bind(stage.hackfest.0)
            .execute(&town.owner)
            .await
            .expect("for its own people");
        let panel = ravi.send(Method::GET, &format!("/rpc/partners/panel?event={}", stage.hackfest), &json, "").await.json();
        assert!(panel["wall"].is_null(), "nothing to paste of what nobody sees: {panel}");
        let hidden = ["sponsors", "partners"].map(|list| format!("/api/v1/events/{}/{list}", stage.hackfest));
        for path in ["/rpc/events/page?slug=hackfest".to_owned()].into_iter().chain(hidden) {
            assert_eq!(town.visitor().send(Method::GET, &path, &json, "").await.status, StatusCode::NOT_FOUND, "{path}");
        }
        assert!(vera.open("/events/hackfest").await.text.contains("Made possible by"), "its own people preview it");
    })
    .await;
}

#[tokio::test]
async fn what_a_page_shows_of_rooms_below_is_loaded_from_the_browser_too() {
    sequel(async |town| {
        let stage = staged(town).await;
        let json = [("accept", "application/json")];
        let mut visitor = town.visitor();
        for event in ["hackfest".to_owned(), stage.hackfest.to_string()] {
            let page = visitor.send(Method::GET, &format!("/rpc/events/page?slug={event}"), &json, "").await;
            assert_eq!(page.status, StatusCode::OK, "{}", page.text);
            assert!(page.json()["wall"].to_string().contains("Lumen Data"), "{}", page.text);
        }
        let lumen = stage.tomas.organization().expect("Lumen");
        for organization in ["lumen-data".to_owned(), lumen.to_string()] {
            let page = visitor.send(Method::GET, &format!("/rpc/organizations/page?slug={organization}"), &json, "").await;
            assert_eq!(page.status, StatusCode::OK, "{}", page.text);
            assert!(page.json()["supported"].to_string().contains("HackFest"), "{}", page.text);
        }
        let none = visitor.send(Method::GET, "/rpc/organizations/page?slug=nobody-here", &json, "").await;
        assert_eq!(none.status, StatusCode::NOT_FOUND, "{}", none.text);
        // Only whoever applies has a quota to be told of.
        let quota = async |mut browser: Browser| browser.send(Method::GET, "/rpc/requests/quota", &json, "").await.json();
        assert!(quota(visitor).await.is_null());
        assert!(quota(signed_in(town, RAVI).await).await.is_null());
        assert!(quota(signed_in(town, ASHA).await).await["label"].is_string());
    })
    .await;
}

#[tokio::test]
async fn partners_and_sponsors_over_rest() {
    sequel(async |town| {
        let stage = staged(town).await;
        let mut ravi = signed_in(town, RAVI).await;
        let at = |rest: &str| format!("/events/{}/{rest}", stage.hackfest);
        let wrong = ravi.api(Method::POST, &at("partners"), Some(json!({"name": "Somebody", "category": "Gold"}))).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(wrong.json()["error"]["fieldErrors"]["category"].is_string());
        let nobody = ravi.api(Method::POST, &at("sponsors"), Some(json!({"name": "Somebody", "category": "Gold Sponsor"}))).await;
        assert!(nobody.json()["error"]["fieldErrors"]["organizationId"].is_string());
        let partner = ravi
            .api(Method::POST, &at("sponsors"), Some(json!({"organizationId": stage.acme, "category": "Venue Partner"})))
            .await;
        assert!(partner.json()["error"]["fieldErrors"]["category"].is_string());
        let unknown = ravi
            .api(Method::POST, &at("sponsors"), Some(json!({"organizationId": Uuid::nil(), "category": "Gold Sponsor"})))
            .await;
        assert!(unknown.json()["error"]["fieldErrors"]["organizationId"].is_string());

        let body = json!({"organizationId": stage.acme, "category": "Silver Sponsor", "benefits": [{"kind": "Booth", "text": "By the door"}]});
        let key = [("idempotency-key", "one-silver-sponsor")];
        let added = ravi.api_with(Method::POST, &at("sponsors"), Some(body.clone()), &key).await;
        assert_eq!(added.status, StatusCode::CREATED, "{}", added.text);
        let replayed = ravi.api_with(Method::POST, &at("sponsors"), Some(body.clone()), &key).await;
        assert_eq!(added.data(), replayed.data(), "once is once");
        let twice = ravi.api(Method::POST, &at("sponsors"), Some(body)).await;
        assert_eq!((twice.status, twice.code().as_str()), (StatusCode::CONFLICT, "ALREADY_ON_EVENT"));
        let view = added.data();
        for name in [
            "linkId", "organizationId", "name", "category", "tierKeyword", "imageUrl", "website", "benefits", "visible", "displayOrder",
        ] {
            assert!(!view[name].is_null(), "{name} in {view}");
        }
        assert_eq!((view["tierKeyword"].as_str(), view["displayOrder"].as_i64()), (Some("silver"), Some(0)));

        let link = at(&format!("partners/{}", view["linkId"].as_str().expect("an id")));
        let hidden = ravi.api(Method::PATCH, &link, Some(json!({"version": view["version"], "visible": false}))).await;
        assert_eq!(hidden.data()["visible"], false);
        let stale = ravi.api(Method::PATCH, &link, Some(json!({"version": view["version"], "website": ""}))).await;
        assert_eq!(stale.code(), "VERSION_CONFLICT");
        let gold = json!({"version": hidden.data()["version"], "category": "Gold Sponsor", "displayOrder": 0, "visible": true});
        let gold = ravi.api(Method::PATCH, &link, Some(gold)).await.data();
        assert_eq!((gold["tierKeyword"].as_str(), gold["displayOrder"].as_i64()), (Some("gold"), Some(0)));

        // The public's view: visible sponsors, no partners.
        let mut visitor = town.visitor();
        let seen = visitor.api(Method::GET, &at("sponsors"), None).await.data();
        let labels: Vec<&str> = seen["items"].as_array().expect("a list").iter().filter_map(|i| i["displayCategory"].as_str()).collect();
        assert_eq!(labels, ["Gold Sponsor", "Gold Sponsor"]);
        // And of all labels: whoever stands there by an agreement finds itself, but not the agreement.
        for browser in [&mut visitor, &mut signed_in(town, TOMAS).await, &mut signed_in(town, MEI).await] {
            let seen = browser.api(Method::GET, &at("partners"), None).await.data();
            let items = seen["items"].as_array().expect("a list");
            let mut labels: Vec<&str> = items.iter().filter_map(|item| item["category"].as_str()).collect();
            labels.sort_unstable();
            assert_eq!(labels, ["Gold Sponsor", "Gold Sponsor", "Media Partner"]);
            assert!(items.iter().all(|item| item["requestId"].is_null()), "{seen}");
        }
        let all = ravi.api(Method::GET, &at("partners?limit=2"), None).await.data();
        assert_eq!((all["total"].as_i64(), all["items"].as_array().map(Vec::len)), (Some(3), Some(2)));
        let rest = ravi.api(Method::GET, &at(&format!("partners?limit=2&cursor={}", all["nextCursor"].as_str().expect("more"))), None).await;
        assert_eq!(rest.data()["items"].as_array().map(Vec::len), Some(1));

        assert_eq!(ravi.api(Method::DELETE, &link, None).await.data()["removed"], true);
        assert_eq!(ravi.api(Method::DELETE, &link, None).await.status, StatusCode::NOT_FOUND);
        let mut mallory = signed_in(town, MALLORY).await;
        assert_eq!(mallory.api(Method::DELETE, &link, None).await.status, StatusCode::NOT_FOUND);
    })
    .await;
}

#[tokio::test]
async fn the_panel_works_without_scripts() {
    sequel(async |town| {
        let stage = staged(town).await;
        let mut ravi = signed_in(town, RAVI).await;
        let page = format!("/manage/events/{}", stage.hackfest);
        let open = ravi.open(&page).await;
        assert_eq!(open.status, StatusCode::OK, "{}", open.text);
        for part in ["Sponsors and partners", "Lumen Data", "By agreement", "On the public page", "Hide"] {
            assert!(open.text.contains(part), "{part}");
        }
        let put_away = ravi.submit(&page, "partners", &[("panel", "hide")]).await;
        assert_eq!(put_away.status, StatusCode::SEE_OTHER);
        let closed = ravi.open(&page).await;
        assert!(closed.text.contains("aria-expanded=\"false\"") && !closed.text.contains("By agreement"), "remembered for Ravi");
        ravi.submit(&page, "partners", &[("panel", "view")]).await;

        let new = format!("{page}/partners/new");
        let found = ravi.open(&format!("{new}?q=acme")).await;
        assert!(found.text.contains("Acme Cloud") && found.text.contains("None of these"), "{}", found.text);
        let acme = stage.acme.to_string();
        let refused = ravi
            .submit(&new, "partner", &[("organizationId", &acme), ("category", "Platinum"), ("website", "acme.example/x")])
            .await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.text.contains("Choose a sponsor or partner category") && refused.text.contains("acme.example/x"));
        let added =
            ravi.submit(&new, "partner", &[("organizationId", &acme), ("category", "Venue Partner"), ("website", "")]).await;
        assert_eq!(added.status, StatusCode::SEE_OTHER, "{}", added.text);
        let acme_link = stage.all(town).await.into_iter().find(|item| item.category == Category::VenuePartner).expect("added");
        assert_eq!(acme_link.website, "https://acme.example/");

        let one = format!("{page}/partners/{}", acme_link.link_id);
        assert!(ravi.open(&one).await.text.contains("Name on the page"));
        let version = acme_link.version.to_string();
        let fields =
            [("name", "Acme"), ("category", "Venue Partner"), ("website", "https://acme.example/"), ("version", &version)];
        assert_eq!(ravi.submit(&one, "partner", &fields).await.status, StatusCode::SEE_OTHER);
        let stale = ravi.submit(&one, "partner", &fields).await;
        assert_eq!(stale.status, StatusCode::CONFLICT);
        assert!(stale.text.contains("What was saved meanwhile"));
        let lumen = stage.agreed(town).await;
        let agreed = format!("{page}/partners/{}", lumen.link_id);
        let refused = ravi.submit(&agreed, "remove", &[("reason", "")]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(ravi.submit(&one, "remove", &[("reason", "")]).await.status, StatusCode::SEE_OTHER);
        assert_eq!(ravi.open(&one).await.status, StatusCode::NOT_FOUND);
    })
    .await;
}

#[tokio::test]
async fn a_communitys_page_shows_its_events_its_supporters_and_how_fast_it_answers() {
    sequel(async |town| {
        let stage = staged(town).await;
        let page = profiles::community_page(&town.ctx(), None, "apex-circle").await.expect("listed");
        assert_eq!(page.ahead.iter().map(|event| event.title.as_str()).collect::<Vec<_>>(), ["HackFest"]);
        let mut names: Vec<&str> = page.supporters.iter().map(|it| it.name.as_str()).collect();
        names.sort_unstable();
        assert_eq!(names, ["Fjord Media", "Lumen Data"]);
        assert!(page.supporters.iter().all(|it| it.events_label == "1 event"));
        // The same card as in the list of events.
        let wanted =
            events::Wanted { community: Some(page.community.id), public: true, ahead: true, ..events::Wanted::default() };
        let listed = events::list(&town.ctx(), None, &wanted, &PageRequest::default()).await.expect("a list");
        assert_eq!(page.ahead, listed.items);
        // Twice on one event is one event.
        let lumen = stage.tomas.organization().expect("Lumen");
        stage.add(town, &of(lumen, "Knowledge Partner")).await.expect("added");
        let again = profiles::community_page(&town.ctx(), None, "apex-circle").await.expect("listed");
        assert_eq!(again.supporters.len(), 2);
        assert!(again.supporters.iter().all(|it| it.events_label == "1 event"));
        // Ravi answered two applications in the demo.
        let answered: i32 = sqlx::query_scalar("select answers from communities where slug = 'apex-circle'")
            .fetch_one(&town.owner)
            .await
            .expect("a count");
        assert_eq!(answered, 2);
        let html = town.visitor().open("/communities/apex-circle").await;
        assert!(html.text.contains("Sponsors and partners so far") && html.text.contains("Upcoming events"));
    })
    .await;
}

#[tokio::test]
async fn what_is_counted_as_supported_is_what_stands_on_public_pages() {
    sequel(async |town| {
        let stage = staged(town).await;
        let ctx = town.ctx();
        let counted = async |name: &str| {
            town.drain().await;
            sqlx::query_as::<_, (i32, i32)>(
                "select events_sponsored, communities_supported from organizations where display_name = $1",
            )
            .bind(name)
            .fetch_one(&town.owner)
            .await
            .expect("an organization")
        };
        assert_eq!((counted("Lumen Data").await, counted("Acme Cloud").await), ((1, 1), (0, 0)));

        // Drafts count for nothing: a friend on each of ten raises nobody.
        let draft = EventId(one(town, "select id from events where title = 'Autumn demo night'").await);
        let silver = || of(stage.acme, "Silver Sponsor").parse_new(Labels::All).expect("in order");
        service::add(&ctx, &stage.ravi, draft, silver(), None).await.expect("on a draft");
        assert_eq!(counted("Acme Cloud").await, (0, 0));

        // An event counts once, however often somebody stands on it, and as long as one of the places can be seen.
        let one_place = stage.add(town, &of(stage.acme, "Silver Sponsor")).await.expect("added");
        let other = stage.add(town, &of(stage.acme, "Venue Partner")).await.expect("added");
        assert_eq!(counted("Acme Cloud").await, (1, 1));
        service::remove(&ctx, &stage.ravi, stage.hackfest, one_place, None).await.expect("removed");
        assert_eq!(counted("Acme Cloud").await, (1, 1));
        service::show(&ctx, &stage.ravi, stage.hackfest, other, false).await.expect("hidden");
        assert_eq!(counted("Acme Cloud").await, (0, 0));
        service::show(&ctx, &stage.ravi, stage.hackfest, other, true).await.expect("shown");
        assert_eq!(counted("Acme Cloud").await, (1, 1));

        // Staff hide the event and show it; they suspend the community and restore it.
        town.house.clock.shift(60);
        let sara = people::sign_in_staff(&ctx, SARA).await.expect("staff");
        for (hidden, wanted) in [(true, 0), (false, 1)] {
            let mut tx = ctx.begin().await.expect("a transaction");
            events::hide_in(&mut tx, &sara, stage.hackfest, hidden, "A test of it.").await.expect("decided");
            tx.commit().await.expect("kept");
            assert_eq!((counted("Acme Cloud").await, counted("Lumen Data").await), ((wanted, wanted), (wanted, wanted)));
        }
        let apex = stage.ravi.community().expect("his");
        for (decision, wanted) in [(CommunityDecision::Suspend, 0), (CommunityDecision::Restore, 1)] {
            let why = Paragraph::parse("A test of it.", 100, "reason").expect("in order");
            communities::decide(&ctx, &sara, apex, decision, &why).await.expect("decided");
            assert_eq!((counted("Acme Cloud").await, counted("Lumen Data").await), ((wanted, wanted), (wanted, wanted)));
        }

        // An agreed place that is released is not there any more.
        let agreed = one(town, "select request_id from event_partners where display_category = 'Gold Sponsor'").await;
        let ravi = who(&ctx, RAVI).await;
        decisions::release(&ctx, &ravi, agreed.into(), "They asked us to.").await.expect("released");
        assert_eq!(counted("Lumen Data").await, (0, 0));

        // The same fact heard again changes nothing.
        service::count_support(&ctx, Whose::Event(stage.hackfest)).await.expect("counted");
        assert_eq!((counted("Acme Cloud").await, counted("Fjord Media").await), ((1, 1), (2, 2)));
    })
    .await;
}
