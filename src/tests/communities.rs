//! How communities sign up, prove their mailbox, are decided on and become active: services and doors, races included.

use crate::{
    common::{at_work, count, signed_in},
    organizations::LOGO,
    town::{Browser, Town, story},
};
use commdesk::{
    features::{
        accounts::{rules::LinkPurpose, service as accounts},
        communities::{
            policy::{Audience, audience},
            rules::{Decision, OwnerInput, ProfileInput, SignupInput, SocialLinksInput},
            service::{self, Queue},
        },
        organizations::{
            logos, rules::application::ApplicationInput, service as organizations, trust::CheckKind, views::CheckView,
        },
    },
    kernel::{
        actor::{Actor, Capability, CommunityStatus},
        error::AppResult,
        ids::CommunityId,
        page::PageRequest,
        text::Paragraph,
    },
    platform::{
        ctx::{Ctx, House},
        dns::Offline,
        facts,
        facts::Voice,
    },
    seeds::people::{self, Figure, KOFI, MEI, PASSWORD, RAVI, SARA},
};
use http::{Method, StatusCode};
use serde_json::json;
use std::sync::Arc;

pub fn signup(figure: Figure, name: &str) -> SignupInput {
    SignupInput {
        name: name.into(),
        bio: "Students who build together every week.".into(),
        website: "https://apex.example".into(),
        community_type: "University club".into(),
        country: "India".into(),
        city: "Pune".into(),
        official_email: format!("hello-{}@apex.example", name.len()),
        phone: "+91 98765 43210".into(),
        social_links: SocialLinksInput { github: "https://github.com/apex".into(), ..SocialLinksInput::default() },
        owner: OwnerInput { full_name: figure.name.into(), email: figure.email.into() },
        ..SignupInput::default()
    }
}

/// Signs a community up as a visitor.
pub async fn sign_up(town: &Town, figure: Figure, name: &str) -> CommunityId {
    let parsed = signup(figure, name).parse().expect("in order");
    let view = service::register(&town.ctx(), Voice::Visitor { user: None }, None, &parsed, None).await.expect("taken");
    town.drain().await;
    view.community_id
}

/// Follows the link that proves the mailbox, setting a password where there is none.
pub async fn verify(town: &Town, figure: Figure) {
    let ctx = town.ctx();
    let user = accounts::user_of(&ctx, &figure.email()).await.expect("the database answers").expect("they are known");
    let token = accounts::issue_link(&ctx, user, LinkPurpose::VerifyEmail, figure.email).await.expect("a link");
    accounts::use_link(&ctx, &token, &[LinkPurpose::VerifyEmail], Some(PASSWORD)).await.expect("a fresh link");
    town.drain().await;
}

/// Follows the link in the letter about a community, as whoever reads the mailbox.
async fn follow(town: &Town, figure: Figure, name: &str) {
    let letters = town.post.letters();
    let letter = letters.iter().find(|letter| letter.to == figure.email && letter.subject.contains(name)).expect("a letter");
    let link = letter.text.split_whitespace().find(|word| word.contains("/link/")).expect("a link");
    let path = url::Url::parse(link).expect("an address").path().to_owned();
    assert_eq!(town.visitor().submit(&path, "use_link", &[]).await.status, StatusCode::SEE_OTHER);
    town.drain().await;
}

/// Sara, who reviews, with her second factor given.
pub async fn sara(town: &Town) -> Actor {
    let ctx = town.ctx();
    accounts::add_staff(&ctx, SARA.email, SARA.name, "review").await.expect("a role");
    people::activate(&ctx, SARA).await.expect("a login");
    people::sign_in_staff(&ctx, SARA).await.expect("signed in")
}

pub async fn decide(town: &Town, sara: &Actor, id: CommunityId, decision: Decision, reason: &str) -> AppResult<()> {
    let reason = Paragraph::parse(reason, 1_000, "reason").expect("a reason");
    let decided = service::decide(&town.ctx(), sara, id, decision, &reason).await;
    town.drain().await;
    decided
}

/// A community whose owner is signed in and may reach out.
pub async fn active(town: &Town, sara: &Actor, figure: Figure, name: &str) -> Actor {
    let id = sign_up(town, figure, name).await;
    verify(town, figure).await;
    decide(town, sara, id, Decision::Approve, "").await.expect("under review");
    owner(town, figure).await
}

/// The owner, signed in anew.
pub async fn owner(town: &Town, figure: Figure) -> Actor {
    let actor = people::actor(&town.ctx(), figure).await.expect("they have one workspace");
    town.drain().await;
    // What signing in changed is seen by the next request.
    people::actor(&town.ctx(), figure).await.unwrap_or(actor)
}

async fn status(town: &Town, id: CommunityId) -> CommunityStatus {
    service::brief(&town.ctx(), id).await.expect("it is there").status
}

async fn facts_of(town: &Town, id: CommunityId) -> Vec<String> {
    let told = facts::timeline(town.ctx().db(), id.into(), 100).await.expect("facts");
    told.into_iter().filter(|fact| fact.room == "communities").map(|fact| fact.name).collect()
}

#[tokio::test]
async fn from_signing_up_to_active() {
    story(async |town| {
        let sara = sara(town).await;
        let id = sign_up(town, RAVI, "Apex Circle").await;
        assert_eq!(status(town, id).await, CommunityStatus::Pending);
        let letter =
            town.post.letters().into_iter().find(|letter| format!("{letter:?}").contains(RAVI.email)).expect("a letter to Ravi");
        assert!(format!("{letter:?}").contains("Apex Circle"), "{letter:?}");
        assert_eq!(town.visitor().open("/communities/apex-circle").await.status, StatusCode::NOT_FOUND);
        let early = decide(town, &sara, id, Decision::Approve, "").await.expect_err("the mailbox is not proven");
        assert_eq!(early.code(), "EMAIL_NOT_VERIFIED");

        verify(town, RAVI).await;
        assert_eq!(status(town, id).await, CommunityStatus::UnderReview);
        let waiting = service::queue(&town.ctx(), &sara, Queue::Waiting, &PageRequest::default()).await.expect("the queue");
        assert_eq!(waiting.items.iter().map(|item| item.slug.as_str()).collect::<Vec<_>>(), ["apex-circle"]);
        decide(town, &sara, id, Decision::AskMore, "How many members?").await.expect("it waits");
        let ravi = owner(town, RAVI).await;
        let mine = service::mine(&town.ctx(), &ravi).await.expect("their own");
        let standing = mine.standing.expect("their own people see it");
        assert_eq!(standing.more_asked.as_deref(), Some("How many members?"));
        assert!(standing.advice.is_some());

        decide(town, &sara, id, Decision::Approve, "").await.expect("under review");
        assert_eq!(status(town, id).await, CommunityStatus::Approved);
        let page = town.visitor().open("/communities/apex-circle").await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.text.contains("Students who build together") && !page.text.contains("98765"));

        owner(town, RAVI).await;
        assert_eq!(status(town, id).await, CommunityStatus::Active);
        owner(town, RAVI).await;
        assert_eq!(
            facts_of(town, id).await,
            [
                "community_registered",
                "community_checked",
                "community_email_verified",
                "community_under_review",
                "community_more_asked",
                "community_approved",
                "community_activated"
            ]
        );
        let review = service::review(&town.ctx(), &sara, id).await.expect("staff see it");
        assert_eq!(review.history.len(), 7);
        assert_eq!(review.decisions, [Decision::Suspend]);
        assert_eq!(review.owner.email, RAVI.email);
    })
    .await;
}

#[tokio::test]
async fn only_its_owners_sign_in_makes_an_approved_community_active() {
    story(async |town| {
        let sara = sara(town).await;
        let id = sign_up(town, RAVI, "Apex Circle").await;
        verify(town, RAVI).await;
        let ctx = town.ctx();
        let others = [(MEI, "Admin"), (KOFI, "Organizer")];
        for (figure, role) in others {
            let user = people::activate(&ctx, figure).await.expect("a login");
            sqlx::query(
                "insert into members (id, community_id, user_id, role, status, created_at)
                 values (gen_random_uuid(), $1, $2, $3, 'Active', $4)",
            )
            .bind(id.0)
            .bind(user.0)
            .bind(role)
            .bind(ctx.now())
            .execute(&town.owner)
            .await
            .expect("a seat");
        }
        decide(town, &sara, id, Decision::Approve, "").await.expect("under review");

        for (figure, role) in others {
            let signed_in = owner(town, figure).await;
            assert_eq!(signed_in.community(), Some(id), "{role} acts for it");
            assert_eq!(status(town, id).await, CommunityStatus::Approved, "{role}");
        }
        assert!(!facts_of(town, id).await.contains(&"community_activated".to_owned()));
        owner(town, RAVI).await;
        assert_eq!(status(town, id).await, CommunityStatus::Active);
        assert_eq!(facts_of(town, id).await.last().map(String::as_str), Some("community_activated"));
    })
    .await;
}

#[tokio::test]
async fn the_api_takes_sign_ups_five_an_hour() {
    story(async |town| {
        town.new_window(3_600);
        let mut visitor = town.visitor();
        let body = |name: &str| {
            let mut body = serde_json::to_value(signup(RAVI, name)).expect("JSON");
            body["password"] = json!("hunter2 hunter2");
            body["owner"]["password"] = json!("hunter2 hunter2");
            body
        };
        let wrong = visitor.api(Method::POST, "/auth/signup-community", Some(json!({"name": "A"}))).await;
        assert_eq!((wrong.status, wrong.code().as_str()), (StatusCode::UNPROCESSABLE_ENTITY, "VALIDATION_ERROR"));
        let fields = wrong.json()["error"]["fieldErrors"].clone();
        assert!(fields["owner.email"].is_string() && fields["name"].is_string() && fields["phone"].is_string(), "{fields}");

        let key = [("idempotency-key", "one")];
        let first = visitor.api_with(Method::POST, "/auth/signup-community", Some(body("Apex Circle")), &key).await;
        assert_eq!(first.status, StatusCode::CREATED);
        let again = visitor.api_with(Method::POST, "/auth/signup-community", Some(body("Apex Circle")), &key).await;
        assert_eq!(again.data(), first.data());
        assert_eq!(first.data()["status"], "pending");
        for number in 2..=5 {
            let name = format!("Apex {number}");
            let taken = visitor.api(Method::POST, "/auth/signup-community", Some(body(&name))).await;
            assert_eq!(taken.status, StatusCode::CREATED, "{number}: {}", taken.text);
        }
        let sixth = visitor.api(Method::POST, "/auth/signup-community", Some(body("Apex 6"))).await;
        assert_eq!(sixth.status, StatusCode::TOO_MANY_REQUESTS);
        assert!(sixth.headers.contains_key("retry-after"));

        town.drain().await;
        let hash: Option<String> = sqlx::query_scalar("select password_hash from users where email = $1")
            .bind(RAVI.email)
            .fetch_one(&town.owner)
            .await
            .expect("the owner's login");
        assert_eq!(hash, None);
        let sealed: Vec<u8> =
            sqlx::query_scalar("select phone from communities limit 1").fetch_one(&town.owner).await.expect("a row");
        assert!(!String::from_utf8_lossy(&sealed).contains("98765"));
    })
    .await;
}

#[tokio::test]
async fn one_name_twice_in_the_same_moment_is_two_addresses() {
    story(async |town| {
        let ctx = town.ctx();
        let (one, two) = (signup(RAVI, "Apex Circle").parse().expect("fine"), signup(MEI, "Apex  circle").parse().expect("fine"));
        let visitor = Voice::Visitor { user: None };
        let (a, b) = tokio::join!(
            service::register(&ctx, visitor.clone(), None, &one, None),
            service::register(&ctx, visitor.clone(), None, &two, None),
        );
        let mut slugs = [a.expect("taken").slug, b.expect("taken").slug];
        slugs.sort();
        assert_eq!(slugs, ["apex-circle", "apex-circle-2"]);
        town.drain().await;
        let rows: Vec<String> = sqlx::query_scalar("select result from checks where kind = 'similar_name'")
            .fetch_all(&town.owner)
            .await
            .expect("rows");
        assert!(rows.contains(&"Warn".to_owned()), "{rows:?}");
    })
    .await;
}

#[tokio::test]
async fn nobody_is_seated_by_a_stranger() {
    story(async |town| {
        let sara = sara(town).await;
        active(town, &sara, RAVI, "Apex Circle").await;
        // Somebody types Ravi's address.
        let other = sign_up(town, RAVI, "Mallory's Club").await;
        let workspaces = people::sign_in(&town.ctx(), RAVI).await.expect("signed in").memberships.len();
        assert_eq!(workspaces, 1);
        assert_eq!(status(town, other).await, CommunityStatus::Pending);
        // Ravi gets the letter all the same, and only its link seats him.
        assert!(town.post.letters().iter().any(|letter| {
            let letter = format!("{letter:?}");
            letter.contains(RAVI.email) && letter.contains("Mallory's Club")
        }));
        town.drain().await;
        assert_eq!(status(town, other).await, CommunityStatus::Pending);
        verify(town, RAVI).await;
        assert_eq!(status(town, other).await, CommunityStatus::Pending, "a link about something else says yes to nothing");
        follow(town, RAVI, "Mallory's Club").await;
        assert_eq!(status(town, other).await, CommunityStatus::UnderReview);
        assert_eq!(people::sign_in(&town.ctx(), RAVI).await.expect("signed in").memberships.len(), 2);
    })
    .await;
}

/// What somebody's home page says, when they have signed in anew.
async fn home(browser: &mut Browser, figure: Figure, password: &str) -> String {
    browser.submit("/sign-in", "sign_in", &[("email", figure.email), ("password", password)]).await;
    let page = browser.open("/dashboard").await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    page.text
}

/// The path of the newest link that was mailed to somebody.
async fn newest_link(town: &Town, figure: Figure) -> String {
    town.drain().await;
    let letters = town.post.letters();
    let mut words = letters.iter().rev().filter(|letter| letter.to == figure.email).flat_map(|l| l.text.split_whitespace());
    let link = words.find(|word| word.contains("/link/")).expect("a mail with a link");
    url::Url::parse(link).expect("an address").path().to_owned()
}

#[tokio::test]
async fn an_owner_who_had_a_login_says_yes_at_home_when_the_link_is_over() {
    story(async |town| {
        let mut ravi = town.member(RAVI.email).await;
        let id = sign_up(town, RAVI, "Apex Circle").await;
        let link = newest_link(town, RAVI).await;
        let letter = town.post.letters().into_iter().find(|letter| letter.subject.contains("Apex Circle")).expect("a letter");
        let text = letter.text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(text.contains("the question waits on your home page"), "{text}");

        town.shift(3 * 86_400).await;
        let dead = town.visitor().open(&link).await;
        assert!(dead.text.contains("Answer on your home page") && !dead.text.contains("Send me a new link"), "{}", dead.text);
        assert_eq!(town.visitor().submit(&link, "use_link", &[]).await.status, StatusCode::CONFLICT);
        // A new password says yes to nothing.
        town.visitor().submit("/forgot-password", "forgot", &[("email", RAVI.email)]).await;
        let reset = newest_link(town, RAVI).await;
        let fields = [("password", PASSWORD), ("asksPassword", "true")];
        assert_eq!(town.visitor().submit(&reset, "use_link", &fields).await.status, StatusCode::SEE_OTHER);
        town.drain().await;
        assert_eq!(status(town, id).await, CommunityStatus::Pending);

        let asked = home(&mut ravi, RAVI, PASSWORD).await;
        assert!(asked.contains("Is the community Apex Circle yours?") && asked.contains("named you as its owner"), "{asked}");
        let community = id.to_string();
        let yes = [("communityId", community.as_str()), ("answer", "yes")];
        let mut mallory = town.member("mallory@evil.example").await;
        assert!(!mallory.open("/dashboard").await.text.contains("Apex Circle"));
        assert_eq!(mallory.submit("/dashboard", "registration", &yes).await.status, StatusCode::NOT_FOUND);
        let neither = [("communityId", community.as_str()), ("answer", "perhaps")];
        assert_eq!(ravi.submit("/dashboard", "registration", &neither).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        let said = ravi.submit("/dashboard", "registration", &yes).await;
        assert_eq!(
            (said.status, said.location()),
            (StatusCode::SEE_OTHER, "/dashboard?as=community%3Aapex-circle"),
            "{}",
            said.text
        );
        town.drain().await;
        assert_eq!(status(town, id).await, CommunityStatus::UnderReview);
        assert_eq!(people::sign_in(&town.ctx(), RAVI).await.expect("signed in").memberships.len(), 1, "he is seated");
        assert!(!ravi.open("/dashboard").await.text.contains("Is the community"), "it is answered");
        assert_eq!(ravi.submit("/dashboard", "registration", &yes).await.status, StatusCode::NOT_FOUND, "once");
        let sara = sara(town).await;
        decide(town, &sara, id, Decision::Approve, "").await.expect("under review");
    })
    .await;
}

#[tokio::test]
async fn whoever_registers_their_own_while_signed_in_says_yes_without_a_link() {
    story(async |town| {
        town.new_window(3_600);
        let mut ravi = town.member(RAVI.email).await;
        // What proves his mailbox happened long ago.
        town.drain().await;
        let body = serde_json::to_value(signup(RAVI, "Apex Circle")).expect("JSON");
        let taken = ravi.api(Method::POST, "/auth/signup-community", Some(body)).await;
        let id = taken.data()["communityId"].as_str().expect("an id").to_owned();
        town.shift(3 * 86_400).await;

        let asked = home(&mut ravi, RAVI, Town::PASSWORD).await;
        assert!(asked.contains("Is the community Apex Circle yours?") && asked.contains("You registered"), "{asked}");
        assert!(!asked.contains("No, it is not"), "they cannot have been named by somebody else");
        let path = format!("/communities/{id}/owner");
        assert_eq!(
            town.visitor().api(Method::POST, &path, Some(json!({"answer": "yes"}))).await.status,
            StatusCode::UNAUTHORIZED
        );
        let no = ravi.api(Method::POST, &path, Some(json!({"answer": "no"}))).await;
        assert!(no.json()["error"]["fieldErrors"]["answer"].is_string(), "{}", no.text);
        let key = [("idempotency-key", "one")];
        let yes = ravi.api_with(Method::POST, &path, Some(json!({"answer": "yes"})), &key).await;
        assert_eq!((yes.status, yes.data()["yours"].as_bool()), (StatusCode::OK, Some(true)), "{}", yes.text);
        let again = ravi.api_with(Method::POST, &path, Some(json!({"answer": "yes"})), &key).await;
        assert_eq!(again.data(), yes.data());
        assert_eq!(count(town, "communities where status = 'under_review'").await, 1);
        assert_eq!(ravi.api(Method::POST, &path, Some(json!({"answer": "yes"}))).await.status, StatusCode::NOT_FOUND);
    })
    .await;
}

#[tokio::test]
async fn an_owner_without_a_password_sets_one_and_is_asked_about_what_others_registered() {
    story(async |town| {
        let first = sign_up(town, MEI, "Harbour Devs").await;
        let second = sign_up(town, MEI, "Mallory's Club").await;
        let link = newest_link(town, MEI).await;
        town.shift(3 * 86_400).await;
        let dead = town.visitor().open(&link).await;
        assert!(dead.text.contains("Set a password first"), "{}", dead.text);
        // The way that the page and the letter name.
        town.visitor().submit("/forgot-password", "forgot", &[("email", MEI.email)]).await;
        let path = newest_link(town, MEI).await;
        let fields = [("password", PASSWORD), ("asksPassword", "true")];
        assert_eq!(town.visitor().submit(&path, "use_link", &fields).await.status, StatusCode::SEE_OTHER);
        town.drain().await;
        assert_eq!(status(town, first).await, CommunityStatus::UnderReview, "the login was made for it");
        assert_eq!(status(town, second).await, CommunityStatus::Pending);

        let mut mei = town.visitor();
        let asked = home(&mut mei, MEI, PASSWORD).await;
        assert!(asked.contains("Mallory") && !asked.contains("Is the community Harbour Devs"), "{asked}");
        let second_id = second.to_string();
        let no = mei.submit("/dashboard", "registration", &[("communityId", &second_id), ("answer", "no")]).await;
        assert_eq!((no.status, no.location()), (StatusCode::SEE_OTHER, "/dashboard"), "{}", no.text);
        assert!(!mei.open("/dashboard").await.text.contains("Mallory"), "nobody asks her again");
        let yes = mei.api(Method::POST, &format!("/communities/{second}/owner"), Some(json!({"answer": "yes"}))).await;
        assert_eq!(yes.status, StatusCode::NOT_FOUND, "{}", yes.text);
        assert_eq!(status(town, second).await, CommunityStatus::Pending);

        // Staff read it, and turn it down; she hears of neither.
        let sara = sara(town).await;
        let review = service::review(&town.ctx(), &sara, second).await.expect("staff see it");
        assert!(review.history.iter().any(|line| line.what == "The named owner said that it is not theirs"));
        decide(town, &sara, second, Decision::Reject, "Nobody stands behind it.").await.expect("it waits");
        let told = town.post.letters().into_iter().filter(|l| l.to == MEI.email && l.subject.contains("Mallory")).count();
        assert_eq!(told, 1, "the first letter alone");
    })
    .await;
}

#[tokio::test]
async fn checks_run_once_and_blame_nobody_for_a_silent_network() {
    story(async |town| {
        let id = sign_up(town, KOFI, "Newgrove").await;
        service::check(&town.ctx(), id, chrono::DateTime::UNIX_EPOCH).await.expect("a second run changes nothing");
        let rows: Vec<(String, String)> = sqlx::query_as("select kind, result from checks where subject_id = $1 order by kind")
            .bind(id.0)
            .fetch_all(&town.owner)
            .await
            .expect("rows");
        let kinds: Vec<&str> = rows.iter().map(|(kind, _)| kind.as_str()).collect();
        assert_eq!(
            kinds,
            [
                "email_domain",
                "free_mail",
                "known_domain",
                "mail_exchanger",
                "registrable_domain",
                "repeated_source",
                "similar_name",
                "spam_words",
                "throw_away_mail",
                "website_reachable",
                "website_syntax"
            ]
        );
        let score: i32 = sqlx::query_scalar("select trust_score from communities where id = $1")
            .bind(id.0)
            .fetch_one(&town.owner)
            .await
            .expect("a row");
        assert!(score > 0);

        // A network that does not answer: what could not be looked up says so, and is no failure.
        let alone = House { lookups: Arc::new(Offline), reach: Arc::new(Offline), ..town.house.at_another_time(0) };
        let mut unknown = signup(MEI, "No Network");
        unknown.website = "https://nobody-knows.example".into();
        unknown.official_email = "hello@nobody-knows.example".into();
        let parsed = unknown.parse().expect("in order");
        let view = service::register(&town.ctx(), Voice::Visitor { user: None }, None, &parsed, None).await.expect("taken");
        service::check(&Ctx::background(&Arc::new(alone), "test"), view.community_id, chrono::DateTime::UNIX_EPOCH)
            .await
            .expect("looked at");
        town.drain().await;
        let silent: Vec<(String, String)> =
            sqlx::query_as("select kind, result from checks where subject_id = $1 and evidence like 'Could not%' order by kind")
                .bind(view.community_id.0)
                .fetch_all(&town.owner)
                .await
                .expect("rows");
        for kind in ["mail_exchanger", "website_reachable"] {
            assert!(silent.iter().any(|(of, _)| of == kind), "{kind}: {silent:?}");
        }
        assert!(silent.iter().all(|(_, result)| result == "Unknown"), "{silent:?}");
    })
    .await;
}

#[tokio::test]
async fn companies_and_communities_from_one_address_are_seen_together() {
    story(async |town| {
        let office = Ctx { address: Some("10.9.8.7".parse().expect("an address")), ..town.ctx() };
        let elsewhere = Ctx { address: Some("10.9.8.6".parse().expect("an address")), ..town.ctx() };
        for number in 1..=2 {
            let input: ApplicationInput = serde_json::from_value(json!({
                "entityType": "Sponsor", "companyName": format!("Company {number}"), "website": format!("https://c{number}.example"),
                "officialEmail": format!("hello@c{number}.example"), "contactName": "Asha Rao", "industry": "Security",
                "budgetRange": {"band": "INR:0-50000"}, "sponsorshipTypes": ["Cash"],
            }))
            .expect("as on the wire");
            let logo = logos::store_logo(&office, LOGO.as_bytes().to_vec()).await.expect("a fine logo");
            organizations::apply(&office, None, input.parse().expect("in order"), logo).await.expect("taken");
        }
        let source = async |ctx: &Ctx, figure: Figure, name: &str| -> String {
            let parsed = signup(figure, name).parse().expect("in order");
            let made = service::register(ctx, Voice::Visitor { user: None }, None, &parsed, None).await.expect("taken");
            town.drain().await;
            sqlx::query_scalar("select evidence from checks where subject_id = $1 and kind = 'repeated_source'")
                .bind(made.community_id.0)
                .fetch_one(&town.owner)
                .await
                .expect("a row")
        };
        assert!(source(&elsewhere, MEI, "Harbour Devs").await.starts_with("The only application"));
        assert!(source(&office, RAVI, "Apex Circle").await.starts_with("2 other applications"));
        assert!(source(&office, KOFI, "Newgrove").await.starts_with("3 other applications"));
        // A day later they are forgotten.
        town.house.clock.shift(86_400 + 60);
        assert!(source(&office, MEI, "Harbour Lights").await.starts_with("The only application"));
    })
    .await;
}

#[tokio::test]
async fn two_decisions_at_once_are_one() {
    story(async |town| {
        let sara = sara(town).await;
        let id = sign_up(town, RAVI, "Apex Circle").await;
        verify(town, RAVI).await;
        let ctx = town.ctx();
        let why = Paragraph::parse("Too little to go by.", 100, "reason").expect("a reason");
        let (approved, rejected) = tokio::join!(
            service::decide(&ctx, &sara, id, Decision::Approve, &why),
            service::decide(&ctx, &sara, id, Decision::Reject, &why),
        );
        assert!(approved.is_ok() != rejected.is_ok(), "{approved:?} {rejected:?}");
        let lost = approved.err().or(rejected.err()).expect("one of them lost");
        assert_eq!(lost.code(), "ALREADY_DECIDED");
        town.drain().await;
        let decided =
            facts_of(town, id).await.iter().filter(|name| name.ends_with("approved") || name.ends_with("rejected")).count();
        assert_eq!(decided, 1);
    })
    .await;
}

#[tokio::test]
async fn one_official_address_is_one_community() {
    story(async |town| {
        let sara = sara(town).await;
        // The same length of name is the same official address, see `signup`.
        active(town, &sara, RAVI, "Apex Circle").await;
        let second = sign_up(town, MEI, "Apex Squares".get(..11).expect("ASCII")).await;
        verify(town, MEI).await;
        let refused = decide(town, &sara, second, Decision::Approve, "").await.expect_err("the address is taken");
        assert_eq!(refused.code(), "OFFICIAL_EMAIL_TAKEN");
        let review = service::review(&town.ctx(), &sara, second).await.expect("staff see it");
        assert_eq!(review.rivals.len(), 1);
        assert!(review.trust.reasons.iter().any(|reason| reason.evidence.contains("Apex Circle")), "{:?}", review.trust);
    })
    .await;
}

#[tokio::test]
async fn only_reviewers_decide_and_never_on_their_own() {
    story(async |town| {
        let sara = sara(town).await;
        let ravi = active(town, &sara, RAVI, "Apex Circle").await;
        let id = ravi.community().expect("his");
        let refused = decide(town, &ravi, id, Decision::Suspend, "x").await.expect_err("not staff");
        assert_eq!(refused.status(), 403);
        let mut mallory = signed_in(town, RAVI).await;
        let answer =
            mallory.api(Method::PATCH, &format!("/admin/communities/{id}/status"), Some(json!({"status": "approved"}))).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN);
        let answer = town
            .visitor()
            .api(Method::PATCH, &format!("/admin/communities/{id}/status"), Some(json!({"status": "approved"})))
            .await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);

        decide(town, &sara, id, Decision::Suspend, "Spam.").await.expect("it is on the marketplace");
        assert_eq!(status(town, id).await, CommunityStatus::Suspended);
        assert_eq!(town.visitor().open("/communities/apex-circle").await.status, StatusCode::NOT_FOUND);
        decide(town, &sara, id, Decision::Approve, "").await.expect("lifted");
        assert_eq!(status(town, id).await, CommunityStatus::Approved);
    })
    .await;
}

#[tokio::test]
async fn contact_data_is_shown_to_those_of_the_table() {
    story(async |town| {
        let sara = sara(town).await;
        let ravi = active(town, &sara, RAVI, "Apex Circle").await;
        let id = ravi.community().expect("his");
        let ctx = town.ctx();
        let contact = service::contact(&ctx, id, &ravi, false).await.expect("his own").expect("he sees requests");
        assert_eq!(contact.phone, "+919876543210");
        assert!(service::contact(&ctx, id, &sara, false).await.expect("staff").is_some());
        let mei = active(town, &sara, MEI, "Harbour Devs!").await;
        assert_eq!(audience(Some(&mei), id, true), Audience::Public);
        assert_eq!(service::contact(&ctx, id, &mei, true).await.expect("another community"), None);
        let people = service::people_with(&ctx, id, Capability::ActOnRequests).await.expect("people");
        assert_eq!(people.iter().map(|person| person.email.as_str()).collect::<Vec<_>>(), [RAVI.email]);
        assert!(service::people_with(&ctx, id, Capability::Finance).await.expect("people").is_empty());
    })
    .await;
}

#[tokio::test]
async fn whoever_gave_only_their_password_registers_as_a_stranger_does() {
    story(async |town| {
        town.new_window(3_600);
        sara(town).await;
        // Somebody who knows the password of one of the staff, and has not their phone.
        let mut half = signed_in(town, SARA).await;
        let body = serde_json::to_value(signup(SARA, "Apex Circle")).expect("JSON");
        let taken = half.api(Method::POST, "/auth/signup-community", Some(body)).await;
        assert_eq!(taken.status, StatusCode::CREATED, "{}", taken.text);
        let fields = [
            ("name", "Apex Two"),
            ("bio", "We build."),
            ("communityType", "Meetup group"),
            ("country", "India"),
            ("city", "Pune"),
            ("officialEmail", "hello@apex.example"),
            ("phone", "+91 98765 43210"),
            ("owner.fullName", SARA.name),
            ("owner.email", SARA.email),
        ];
        let sent = half.submit("/join", "join", &fields).await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text);

        assert_eq!(count(town, "members where status = 'Active'").await, 0, "nobody is seated in her name");
        assert_eq!(count(town, "members where status = 'On Boarding'").await, 2);
        let strangers = "facts where name = 'community_registered' and acting_kind = 'visitor' and actor_user_id is null";
        assert_eq!(count(town, strangers).await, 2, "nor does she speak");
    })
    .await;
}

#[tokio::test]
async fn the_form_comes_back_with_what_was_typed() {
    story(async |town| {
        let mut visitor = town.visitor();
        assert_eq!(visitor.open("/join").await.status, StatusCode::OK);
        let refused = visitor
            .submit(
                "/join",
                "join",
                &[("name", "Apex <Circle>"), ("bio", "We build."), ("socialLinks.x", "https://evil.example/x")],
            )
            .await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        for kept in ["Apex &lt;Circle", "We build.", "https://evil.example/x", "not an address at X"] {
            assert!(refused.text.contains(kept), "{kept} is gone");
        }
        let fields = [
            ("name", "Apex Circle"),
            ("bio", "We build."),
            ("communityType", "Meetup group"),
            ("country", "India"),
            ("city", "Pune"),
            ("officialEmail", "hello@apex.example"),
            ("phone", "+91 98765 43210"),
            ("owner.fullName", RAVI.name),
            ("owner.email", RAVI.email),
            ("_key", "once"),
        ];
        let sent = visitor.submit("/join", "join", &fields).await;
        assert_eq!((sent.status, sent.location()), (StatusCode::SEE_OTHER, "/join/sent"), "{}", sent.text);
        let again = visitor.submit("/join", "join", &fields).await;
        assert_eq!(again.status, StatusCode::SEE_OTHER);
        let count: i64 = sqlx::query_scalar("select count(*) from communities").fetch_one(&town.owner).await.expect("a count");
        assert_eq!(count, 1);
        assert_eq!(visitor.open("/join/sent").await.status, StatusCode::OK);
        town.drain().await;
    })
    .await;
}

#[tokio::test]
async fn staff_pages_show_the_queue_and_take_decisions() {
    story(async |town| {
        sara(town).await;
        let id = sign_up(town, RAVI, "Apex Circle").await;
        verify(town, RAVI).await;
        let mut browser = at_work(town, SARA).await;
        let queue = browser.open("/staff/communities").await;
        assert_eq!(queue.status, StatusCode::OK, "{}", queue.text);
        assert!(queue.text.contains("Apex Circle"));
        let page = browser.open(&format!("/staff/communities/{id}")).await;
        assert!(page.text.contains("hello-11@apex.example") && page.text.contains("+919876543210"), "{}", page.text);
        let path = format!("/staff/communities/{id}");
        let refused = browser.submit(&path, "decide", &[("status", "rejected"), ("reason", " ")]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        let done = browser.submit(&path, "decide", &[("status", "approved"), ("reason", "")]).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
        assert_eq!(status(town, id).await, CommunityStatus::Approved);
        town.drain().await;
        let mut stranger = town.visitor();
        assert_eq!(stranger.open(&path).await.status, StatusCode::UNAUTHORIZED);
    })
    .await;
}

#[tokio::test]
async fn staff_see_what_earlier_runs_of_the_checks_found() {
    story(async |town| {
        let sara = sara(town).await;
        let id = sign_up(town, RAVI, "Apex Circle").await;
        verify(town, RAVI).await;
        let first = service::review(&town.ctx(), &sara, id).await.expect("staff see it");
        assert!(!first.checks.is_empty() && first.earlier_checks.is_empty(), "{:?}", first.earlier_checks);
        let path = format!("/staff/communities/{id}");
        let mut browser = at_work(town, SARA).await;
        assert!(!browser.open(&path).await.text.contains("earlier checks"));

        // What the website's domain is to us has changed meanwhile: the new run says so, and the old one still says what it saw.
        sign_up(town, MEI, "Harbour Devs").await;
        let asked = browser.submit(&path, "checks", &[]).await;
        assert_eq!(asked.status, StatusCode::SEE_OTHER, "{}", asked.text);
        town.drain().await;
        let again = service::review(&town.ctx(), &sara, id).await.expect("staff see it");
        assert_eq!(again.earlier_checks, shown_later(&first.checks, &again.earlier_checks));
        assert!(again.checks.iter().all(|check| check.checked_at > first.checks[0].checked_at));
        let known = |checks: &[CheckView]| {
            checks.iter().find(|check| check.title == CheckKind::KnownDomain.title()).expect("it was looked at").evidence.clone()
        };
        assert_ne!(known(&again.checks), known(&again.earlier_checks));
        assert_eq!(again.trust.reasons.len(), first.trust.reasons.len(), "only the newest run counts");
        let page = browser.open(&path).await;
        for text in [format!("{} earlier checks", first.checks.len()), known(&again.checks), known(&again.earlier_checks)] {
            assert!(page.text.contains(&text), "{text}: {}", page.text);
        }
    })
    .await;
}

/// The same checks; only the words for how long ago they ran may differ.
fn shown_later(checks: &[CheckView], later: &[CheckView]) -> Vec<CheckView> {
    let label = |at: usize| later.get(at).map(|check| check.checked_label.clone()).unwrap_or_default();
    checks.iter().enumerate().map(|(at, check)| CheckView { checked_label: label(at), ..check.clone() }).collect()
}

#[tokio::test]
async fn the_profile_is_edited_by_organizers_and_no_save_overwrites_another() {
    story(async |town| {
        let sara = sara(town).await;
        let ravi = active(town, &sara, RAVI, "Apex Circle").await;
        let ctx = town.ctx();
        let before = service::profile_page(&ctx, &ravi).await.expect("his own");
        assert!(before.can_edit && before.input.phone == "+919876543210", "{:?}", before.input);
        let edited = ProfileInput {
            region: "South Asia".into(),
            languages: vec!["English, Marathi".into()],
            size: "201 to 1,000".into(),
            city: "Mumbai".into(),
            ..before.input.clone()
        };
        let details = edited.parse().expect("in order");
        let other = ProfileInput { bio: "Two people at once.".into(), ..before.input.clone() }.parse().expect("in order");
        let (one, two) = (town.ctx(), town.ctx());
        let (a, b) = tokio::join!(
            service::edit_profile(&one, &ravi, edited.version, &details, None),
            service::edit_profile(&two, &ravi, edited.version, &other, None)
        );
        assert_eq!(u8::from(a.is_ok()) + u8::from(b.is_ok()), 1, "one of two");
        assert_eq!(a.err().or(b.err()).expect("a refusal").code(), "VERSION_CONFLICT");
        let newest = service::profile_page(&ctx, &ravi).await.expect("his own").input.version;
        service::edit_profile(&ctx, &ravi, newest, &details, None).await.expect("the newest");
        town.drain().await;
        let page = town.visitor().open("/communities/apex-circle").await;
        for part in ["Mumbai, India", "South Asia", "English, Marathi", "201 to 1,000", "New here"] {
            assert!(page.text.contains(part), "{part}");
        }
        assert!(facts_of(town, ravi.community().expect("his")).await.contains(&"community_profile_edited".to_owned()));

        // By the form, without scripts; what is refused comes back as it was typed.
        let mut browser = signed_in(town, RAVI).await;
        let version = service::profile_page(&ctx, &ravi).await.expect("his own").input.version.to_string();
        let fields = [
            ("name", "Apex Circle"),
            ("bio", "We build."),
            ("communityType", "University club"),
            ("country", "India"),
            ("city", "Pune"),
            ("website", "https://circle.example"),
            ("officialEmail", "hello@apex.example"),
            ("phone", "12"),
            ("languages", "English"),
            ("version", version.as_str()),
        ];
        let refused = browser.submit("/community/profile", "profile", &fields).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.text.contains("https://circle.example"));
        let fields: Vec<_> =
            fields.into_iter().map(|(k, v)| if k == "phone" { (k, "+91 98765 43210") } else { (k, v) }).collect();
        let saved = browser.submit("/community/profile", "profile", &fields).await;
        assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.text);
        town.drain().await;
        let runs: i64 = sqlx::query_scalar("select count(distinct checked_at) from checks where subject_kind = 'community'")
            .fetch_one(&town.owner)
            .await
            .expect("a count");
        assert!(runs >= 2, "a new website is looked at again");
        assert_eq!(town.visitor().open("/community/profile").await.status, StatusCode::UNAUTHORIZED);
    })
    .await;
}

#[tokio::test]
async fn profiles_over_the_api_show_and_change_what_the_pages_do() {
    story(async |town| {
        let sara = sara(town).await;
        let ravi = active(town, &sara, RAVI, "Apex Circle").await;
        let mei = active(town, &sara, MEI, "Harbour Devs").await;
        let waiting = sign_up(town, KOFI, "Lagoon Coders").await;
        let (apex, harbour) = (ravi.community().expect("his"), mei.community().expect("hers"));
        let mut visitor = town.visitor();

        // The list: those on the marketplace, page by page, narrowed.
        let first = visitor.api(Method::GET, "/communities?limit=1", None).await.data();
        assert_eq!((&first["items"][0]["slug"], &first["total"]), (&json!("apex-circle"), &json!(2)), "{first}");
        let cursor = first["nextCursor"].as_str().expect("more").to_owned();
        let second = visitor.api(Method::GET, &format!("/communities?limit=1&cursor={cursor}"), None).await.data();
        assert_eq!((&second["items"][0]["slug"], &second["nextCursor"]), (&json!("harbour-devs"), &json!(null)));
        for (query, found) in [
            ("country=india", 2),
            ("country=Norway", 0),
            ("communityType=University%20club", 2),
            ("region=South%20Asia", 0),
            ("page=2&limit=1", 1),
        ] {
            let seen = visitor.api(Method::GET, &format!("/communities?{query}"), None).await.data();
            assert_eq!(seen["items"].as_array().map(Vec::len), Some(found), "{query}: {seen}");
        }
        for query in ["communityType=Cult", "region=Mars", "cursor=zz", "limit=0"] {
            let refused = visitor.api(Method::GET, &format!("/communities?{query}"), None).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{query}");
        }

        // One, by id or slug; contact and version are for its own people.
        for by in [apex.to_string(), "apex-circle".to_owned()] {
            let seen = visitor.api(Method::GET, &format!("/communities/{by}"), None).await.data();
            assert_eq!((&seen["name"], &seen["contact"], &seen["version"]), (&json!("Apex Circle"), &json!(null), &json!(null)));
        }
        assert_eq!(visitor.api(Method::GET, &format!("/communities/{waiting}"), None).await.status, StatusCode::NOT_FOUND);
        let mut his = signed_in(town, RAVI).await;
        let seen = his.api(Method::GET, "/communities/apex-circle", None).await.data();
        let version = seen["version"].as_i64().expect("his own");
        assert_eq!(seen["contact"]["phone"], "+919876543210");

        // A change of what is named; the rest, and the other addresses, stay.
        let path = format!("/communities/{apex}");
        let body = json!({"version": version, "city": "Mumbai", "socialLinks": {"youtube": "https://youtube.com/@apex"}});
        let once = [("idempotency-key", "profile-1")];
        for _ in 0..2 {
            let saved = his.api_with(Method::PATCH, &path, Some(body.clone()), &once).await;
            assert_eq!(saved.status, StatusCode::OK, "{}", saved.text);
            let now = saved.data();
            assert_eq!(
                (&now["city"], &now["version"], &now["country"]),
                (&json!("Mumbai"), &json!(version + 1), &json!("India"))
            );
            assert_eq!(now["socialLinks"].as_array().map(Vec::len), Some(2), "{now}");
        }
        let stale = his.api(Method::PATCH, &path, Some(json!({"version": version, "city": "Goa"}))).await;
        assert_eq!((stale.status, stale.code().as_str()), (StatusCode::CONFLICT, "VERSION_CONFLICT"));
        for (body, field) in [
            (json!({"city": "Goa"}), "version"),
            (json!({"version": version + 1, "city": ""}), "city"),
            (json!({"version": version + 1, "colour": "red"}), "colour"),
            (json!({"version": version + 1, "logo": "nothing"}), "logo"),
            (json!({"version": version + 1, "logo": ""}), "logo"),
        ] {
            let refused = his.api(Method::PATCH, &path, Some(body)).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.text);
            assert!(refused.json()["error"]["fieldErrors"][field].is_string(), "{field}: {}", refused.text);
        }
        let foreign =
            his.api(Method::PATCH, &format!("/communities/{harbour}"), Some(json!({"version": 1, "city": "Goa"}))).await;
        assert_eq!(foreign.status, StatusCode::NOT_FOUND);
        town.drain().await;
        let edits = facts_of(town, apex).await.into_iter().filter(|name| name == "community_profile_edited").count();
        assert_eq!(edits, 1);
    })
    .await;
}

#[tokio::test]
async fn a_question_is_answered_and_a_suspension_lifted() {
    story(async |town| {
        let sara = sara(town).await;
        let id = sign_up(town, RAVI, "Apex Circle").await;
        verify(town, RAVI).await;
        decide(town, &sara, id, Decision::AskMore, "How many members?").await.expect("it waits");
        owner(town, RAVI).await;
        let mut browser = signed_in(town, RAVI).await;
        assert!(browser.open("/community/profile").await.text.contains("How many members?"));
        assert_eq!(
            browser.submit("/community/profile", "answer", &[("answer", " ")]).await.status,
            StatusCode::UNPROCESSABLE_ENTITY
        );
        let sent = browser.submit("/community/profile", "answer", &[("answer", "Two hundred, every week.")]).await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text);
        let twice = browser.submit("/community/profile", "answer", &[("answer", "Two hundred.")]).await;
        assert_eq!(twice.status, StatusCode::CONFLICT);
        let review = service::review(&town.ctx(), &sara, id).await.expect("hers to see");
        assert!(review.history.iter().any(|line| line.what == "Answered" && line.note == "Two hundred, every week."));
        decide(town, &sara, id, Decision::Approve, "").await.expect("under review");
        let ravi = owner(town, RAVI).await;

        decide(town, &sara, id, Decision::Suspend, "Reports of spam.").await.expect("active");
        assert_eq!(town.visitor().open("/communities/apex-circle").await.status, StatusCode::NOT_FOUND);
        let review = service::review(&town.ctx(), &sara, id).await.expect("hers to see");
        assert_eq!(review.decisions, [Decision::Restore]);
        decide(town, &sara, id, Decision::Restore, "It was a mistake.").await.expect("suspended");
        assert_eq!(status(town, id).await, CommunityStatus::Approved);
        assert_eq!(decide(town, &sara, id, Decision::Restore, "").await.expect_err("once").code(), "NOT_SUSPENDED");
        let letter = town.post.letters().into_iter().find(|letter| letter.subject.contains("is open again")).expect("a letter");
        assert!(letter.text.contains("It was a mistake."));
        assert!(ravi.can(Capability::EditProfile));
    })
    .await;
}

#[tokio::test]
async fn how_fast_a_community_answers_is_said_from_the_third_on() {
    story(async |town| {
        let sara = sara(town).await;
        let ravi = active(town, &sara, RAVI, "Apex Circle").await;
        let id = ravi.community().expect("his");
        let ctx = town.ctx();
        for (hours, n) in [(2_i64, 1_u128), (50, 2), (5, 3)] {
            let request = commdesk::kernel::ids::RequestId(uuid::Uuid::from_u128(n));
            let asked = ctx.now();
            service::note_asked(&ctx, request, id, asked).await.expect("noted");
            let at = asked + chrono::TimeDelta::hours(hours);
            service::note_answered(&ctx, request, id, at).await.expect("noted");
            service::note_answered(&ctx, request, id, at + chrono::TimeDelta::days(9)).await.expect("only the first counts");
            let shown = service::mine(&ctx, &ravi).await.expect("his").answers_label;
            let wanted = if n < 3 { "New here" } else { "Usually answers in 5 hours" };
            assert_eq!(shown, wanted);
        }
    })
    .await;
}

#[tokio::test]
async fn a_community_in_somebodys_name_becomes_theirs_by_its_own_link_only() {
    story(async |town| {
        let mut lena = town.member("lena@apex.example").await;
        let figure = Figure { name: "Lena Vogel", email: "lena@apex.example", role: "" };
        let (one, other) = (sign_up(town, figure, "Apex Circle").await, sign_up(town, figure, "Nadir Circle").await);
        verify(town, figure).await;
        assert_eq!(status(town, one).await, CommunityStatus::Pending, "a link about something else says yes to nothing");
        follow(town, figure, "Nadir Circle").await;
        assert_eq!(
            (status(town, one).await, status(town, other).await),
            (CommunityStatus::Pending, CommunityStatus::UnderReview)
        );
        let me = lena.send(Method::GET, "/rpc/me", &[("accept", "application/json")], "").await.text;
        assert!(me.contains("nadir-circle") && !me.contains("apex-circle"), "{me}");
    })
    .await;
}

#[tokio::test]
async fn the_fifty_first_community_of_one_name_gets_an_address_too() {
    story(async |town| {
        sign_up(town, RAVI, "Apex Circle").await;
        sqlx::query(
            "insert into communities (id, slug, name, name_skeleton, bio, community_type, country, city, official_email, phone,
                                      status, submitted_at, created_at, updated_at)
             select gen_random_uuid(), 'apex-circle-' || n, name, name_skeleton, bio, community_type, country, city, official_email,
                    phone, status, submitted_at, created_at, updated_at
             from communities, generate_series(2, 50) n",
        )
        .execute(&town.owner)
        .await
        .expect("fifty of one name");
        let late = sign_up(town, MEI, "Apex Circle").await;
        let slug = service::brief(&town.ctx(), late).await.expect("it is there").slug;
        assert!(slug.starts_with("apex-circle-") && slug.len() == "apex-circle-".len() + 8, "{slug}");
    })
    .await;
}
