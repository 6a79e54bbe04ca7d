//! How organizations join, are checked, decided on, edited and found: services and doors, races included.

use crate::{
    common::{at_work, count, signed_in},
    communities,
    page_cache::raw,
    town::{Answer, Browser, Chosen, Town, sequel, story},
};
use commdesk::{
    features::accounts,
    features::organizations::{
        directory, drafts, logos, lookups,
        rules::{
            Decision, DecisionInput, Standing,
            application::{ApplicationInput, BudgetInput},
            search::DirectoryQuery,
        },
        service::{self, LogoChange},
        trust::{CheckKind, CheckResult, MailRoute},
        views::{QueueOrder, StaffPart},
    },
    kernel::{
        actor::{Actor, Membership, OrganizationRole, Person, Role, StaffRole, VerificationStatus, Workspace},
        ids::{LogoId, OrganizationId, SessionId, UserId},
        page::PageRequest,
        pictures::{SIDES, sized},
    },
    platform::{
        crypto::cell,
        ctx::{Ctx, House},
        dns::{Fixed, Offline},
        jobs,
    },
    seeds::people::{self, ASHA, Figure, MALLORY, OMAR, SARA},
};
use http::{Method, StatusCode};
use serde_json::json;
use std::{net::IpAddr, sync::Arc};
use uuid::Uuid;

pub const LOGO: &str = r##"<svg xmlns="http://www.w3.org/2000/svg" width="200" height="100"><rect width="200" height="100" fill="#225588"/><circle cx="50" cy="50" r="30" fill="#ffffff"/></svg>"##;

fn svg(inner: &str) -> String {
    format!(r#"<svg xmlns="http://www.w3.org/2000/svg" width="200" height="100">{inner}</svg>"#)
}

async fn logo(ctx: &Ctx) -> LogoId {
    logos::store_logo(ctx, LOGO.as_bytes().to_vec()).await.expect("a fine logo")
}

fn application(name: &str, website: &str, email: &str) -> ApplicationInput {
    ApplicationInput {
        entity_type: "Sponsor".into(),
        company_name: name.into(),
        website: website.into(),
        official_email: email.into(),
        contact_name: "Asha Rao".into(),
        industry: "Cloud and infrastructure".into(),
        budget_range: BudgetInput::band("INR:200000-500000"),
        sponsorship_types: vec!["Cash".into(), "Swag".into()],
        short_description: "Servers for students.".into(),
        ..ApplicationInput::default()
    }
}

async fn apply(town: &Town, name: &str, website: &str, email: &str) -> OrganizationId {
    let ctx = town.ctx();
    let parsed = application(name, website, email).parse().expect("in order");
    let logo = logo(&ctx).await;
    service::apply(&ctx, None, parsed, logo).await.expect("taken")
}

fn actor(user: UserId, workspace: Workspace, slug: &str) -> Actor {
    let role = match workspace {
        Workspace::Organization { role, .. } => Role::Organization(role),
        Workspace::Community { role, .. } => Role::Community(role),
        Workspace::Staff { role } => Role::Staff(role),
    };
    let membership = Membership { workspace, slug: slug.into(), name: slug.into(), capabilities: role.capabilities() };
    let person = Person {
        user,
        session: SessionId(Uuid::from_u128(1)),
        name: slug.into(),
        email: format!("{slug}@people.example"),
        second_factor: true,
        second_factor_given: true,
        memberships: vec![membership.clone()],
        default_workspace: None,
    };
    Actor { person: Arc::new(person), acting: Some(membership) }
}

/// Nadia of the staff, who reviews.
fn nadia() -> Actor {
    actor(UserId(Uuid::from_u128(77)), Workspace::Staff { role: StaffRole::Review }, "staff")
}

/// Two reviewers with logins of their own: where two persons are needed, it is remembered who the first was.
pub async fn two_of_the_staff(town: &Town) -> (Actor, Actor) {
    let ctx = town.ctx();
    let staff = async |figure: Figure| {
        let mut tx = ctx.begin().await.expect("the database answers");
        let user = accounts::service::ensure_user_in(&mut tx, &figure.email(), &figure.person_name()).await.expect("a login");
        tx.commit_unstated("the login may be there").await.expect("kept");
        actor(user, Workspace::Staff { role: StaffRole::Review }, "staff")
    };
    (staff(SARA).await, staff(OMAR).await)
}

/// The applicant, acting for the organization.
async fn applicant(town: &Town, id: OrganizationId) -> Actor {
    let (user, role, status, slug): (Uuid, String, String, String) = sqlx::query_as(
        "select m.user_id, m.role, o.verification_status, o.slug from organization_members m
         join organizations o on o.id = m.organization_id where o.id = $1",
    )
    .bind(id.0)
    .fetch_one(&town.owner)
    .await
    .expect("the applicant's seat");
    let role = OrganizationRole::parse(&role).expect("a role");
    let status = VerificationStatus::parse(&status).expect("a status");
    actor(UserId(user), Workspace::Organization { id, status, role }, &slug)
}

pub fn decision(verdict: &str) -> Decision {
    DecisionInput { decision: verdict.into(), reason: "Seen in the company register.".into() }.parse().expect("in order")
}

async fn standing(town: &Town, id: OrganizationId) -> Standing {
    service::review(&town.ctx(), &nadia(), id).await.expect("staff see it").standing
}

#[tokio::test]
async fn an_application_is_checked_verified_and_found() {
    story(async |town| {
        let ctx = town.ctx();
        let id = apply(town, "Acme Cloud", "https://acme.example/", "asha@acme.example").await;

        // Before anything: a seat that fits, nothing for strangers, no domain owned.
        let asha = applicant(town, id).await;
        assert_eq!(asha.acting.as_ref().map(Membership::role_label), Some("Sponsor Admin"));
        assert_eq!(service::get(&ctx, None, id).await.expect_err("hidden").code(), "NOT_FOUND");
        assert!(
            directory::list(&ctx, None, &DirectoryQuery::default(), &PageRequest::default())
                .await
                .expect("a list")
                .items
                .is_empty()
        );
        let part = service::dashboard_part(&ctx, &asha).await.expect("its own");
        assert_eq!(part.standing, Standing::Waiting);
        assert_eq!(part.trust, None, "nothing was checked yet");

        // The checks run from the fact, each with its evidence.
        town.drain().await;
        let review = service::review(&ctx, &nadia(), id).await.expect("staff see it");
        assert_eq!(review.checks.len(), CheckKind::ALL.len());
        let result = |title: &str| review.checks.iter().find(|check| check.title == title).map(|check| check.result);
        assert_eq!(result("E-mail at the website's domain"), Some(CheckResult::Pass));
        assert_eq!(result("Domain receives mail"), Some(CheckResult::Pass));
        assert_eq!(result("Website can be found"), Some(CheckResult::Pass));
        assert_eq!(review.organization.trust_score, Some(review.trust.score));
        assert!(review.trust.score >= 75, "{:?}", review.trust);
        let part = service::dashboard_part(&ctx, &asha).await.expect("its own");
        let trust = part.trust.expect("checked");
        assert!(trust.headline.starts_with("Everything you can do is done."), "{trust:?}");
        assert!(!format!("{trust:?}").contains("a page on a shared host"), "an ending on no list is not a shared host");

        // Said twice, written once.
        let facts: i64 = sqlx::query_scalar("select count(*) from facts where name = 'organization_checked'")
            .fetch_one(&town.owner)
            .await
            .unwrap();
        let fact: Uuid =
            sqlx::query_scalar("select id from facts where name = 'organization_applied'").fetch_one(&town.owner).await.unwrap();
        service::run_checks(&ctx, id, fact.into()).await.expect("a repeated job is harmless");
        let again: i64 = sqlx::query_scalar("select count(*) from facts where name = 'organization_checked'")
            .fetch_one(&town.owner)
            .await
            .unwrap();
        assert_eq!((facts, again), (1, 1));

        // Staff verify; the directory has it, and strangers see what the table says.
        let view = service::decide(&ctx, &nadia(), id, decision("verify")).await.expect("verified");
        assert_eq!(view.verification_status, VerificationStatus::Verified);
        assert!(!view.active, "nobody has set a password");
        let found = directory::list(&ctx, None, &DirectoryQuery::default(), &PageRequest::default()).await.expect("a list");
        assert_eq!(found.items.iter().map(|card| card.slug.as_str()).collect::<Vec<_>>(), ["acme-cloud"]);
        let public = service::get(&ctx, None, id).await.expect("public");
        assert_eq!((public.primary_email, public.budget_range, public.trust_score), (None, None, None));

        // A second verification has nothing to decide.
        let again = service::decide(&ctx, &nadia(), id, decision("verify")).await.expect_err("decided");
        assert_eq!(again.code(), "NOT_WAITING");
    })
    .await;
}

#[tokio::test]
async fn what_is_known_of_others_lists_and_words_is_checked_on_every_application() {
    use CheckResult::{Fail, Pass, Warn};
    const KINDS: [CheckKind; 6] = [
        CheckKind::WebsiteSyntax,
        CheckKind::KnownDomain,
        CheckKind::SimilarName,
        CheckKind::ThrowAwayMail,
        CheckKind::RepeatedSource,
        CheckKind::SpamWords,
    ];
    story(async |town| {
        town.new_window(3_600);
        let office = Ctx { address: Some("10.9.8.7".parse().expect("an address")), ..town.ctx() };
        // Each is checked before the next one comes.
        let applied = async |ctx: &Ctx, input: ApplicationInput| {
            let logo = logo(ctx).await;
            let id = service::apply(ctx, None, input.parse().expect("in order"), logo).await.expect("taken");
            town.drain().await;
            id
        };
        let checked = async |id: OrganizationId| {
            let review = service::review(&town.ctx(), &nadia(), id).await.expect("staff see it");
            KINDS.map(|kind| {
                let row = review.checks.iter().find(|check| check.title == kind.title()).expect("every kind has a row");
                (row.result, row.evidence.clone())
            })
        };
        let results = async |id: OrganizationId| checked(id).await.map(|(result, _)| result);
        let evidence = async |id: OrganizationId, kind: CheckKind| {
            let at = KINDS.iter().position(|known| *known == kind).expect("one of the six");
            checked(id).await[at].1.clone()
        };

        let acme = applied(&office, application("Acme Cloud", "https://acme.example", "asha@acme.example")).await;
        assert_eq!(results(acme).await, [Pass; 6]);

        // A rival for the website, while nobody has it yet; and the second from one source.
        let rival = applied(&office, application("Unlike Works", "https://www.acme.example/about", "uma@acme.example")).await;
        assert_eq!(results(rival).await, [Pass, Warn, Pass, Pass, Warn, Pass]);
        assert_eq!(evidence(rival, CheckKind::KnownDomain).await, "Another application names acme.example.");
        assert!(evidence(rival, CheckKind::RepeatedSource).await.starts_with("Another application came"));

        // Once somebody has it, it is theirs.
        service::decide(&office, &nadia(), acme, decision("verify")).await.expect("verified");
        let late = applied(&office, application("Latecomers", "https://acme.example", "lena@acme.example")).await;
        assert_eq!(results(late).await, [Pass, Fail, Pass, Pass, Warn, Pass]);
        assert_eq!(evidence(late, CheckKind::KnownDomain).await, "acme.example belongs to Acme Cloud (Verified).");

        // A name that is read as another's, and a website without https.
        let twin = applied(&office, application("Acrne Cloud Ltd", "http://globex.example", "tim@globex.example")).await;
        assert_eq!(results(twin).await, [Warn, Pass, Warn, Pass, Warn, Pass]);
        assert!(evidence(twin, CheckKind::SimilarName).await.contains("Acme Cloud"));

        // A mailbox for an afternoon.
        let mailbox = "quentin@mailinator.com";
        let brief = applied(&office, application("Quentin and Sons", "https://apex.example", mailbox)).await;
        assert_eq!(results(brief).await, [Pass, Pass, Pass, Fail, Warn, Pass]);
        assert!(evidence(brief, CheckKind::ThrowAwayMail).await.contains("mailinator.com"));

        // Words of spammers, and the sixth from one source.
        let words = "The best casino and every lottery: http://a.example http://b.example";
        let loud = ApplicationInput {
            short_description: words.into(),
            ..application("Zephyr Holding", "https://zephyr.example", "zoe@zephyr.example")
        };
        let loud = applied(&office, loud).await;
        assert_eq!(results(loud).await, [Pass, Pass, Pass, Pass, Fail, Fail]);
        assert_eq!(evidence(loud, CheckKind::SpamWords).await, "2 links, spam words: casino, lottery.");
        assert!(evidence(loud, CheckKind::RepeatedSource).await.starts_with("5 other applications"));

        // From elsewhere, and from there a day later, nobody else came.
        let elsewhere = Ctx { address: Some("10.9.8.6".parse().expect("an address")), ..town.ctx() };
        let calm = applied(&elsewhere, application("Kestrel Optics", "https://kestrel.example", "kim@kestrel.example")).await;
        assert_eq!(results(calm).await, [Pass; 6]);
        town.house.clock.shift(86_400 + 60);
        let next = applied(&office, application("Obsidian Mills", "https://obsidian.example", "olga@obsidian.example")).await;
        assert_eq!(results(next).await, [Pass; 6]);

        // No door takes a website that is no address; what got in otherwise is told.
        sqlx::query("update organizations set website = 'not an address' where id = $1")
            .bind(next.0)
            .execute(&town.owner)
            .await
            .expect("broken");
        service::run_checks(&office, next, office.id()).await.expect("checked again");
        let found: Vec<String> = sqlx::query_scalar(
            "select result from checks where subject_id = $1 and kind = 'website_syntax' order by checked_at, id",
        )
        .bind(next.0)
        .fetch_all(&town.owner)
        .await
        .expect("two runs");
        assert_eq!(found, ["Pass", "Fail"]);
    })
    .await;
}

#[tokio::test]
async fn of_two_rivals_verified_at_once_one_owns_the_website() {
    story(async |town| {
        let one = apply(town, "Acme Cloud", "https://acme.example", "asha@acme.example").await;
        let other_one = apply(town, "Acme Clouds", "HTTP://WWW.ACME.EXAMPLE:80/about", "mallory@acme.example").await;
        town.drain().await;

        // They stand side by side in the queue, oldest first.
        let queue = service::queue(&town.ctx(), &nadia(), QueueOrder::Age, &PageRequest::default()).await.expect("the queue");
        assert_eq!(queue.groups.len(), 1);
        assert_eq!(queue.groups[0].applications.iter().map(|row| row.id).collect::<Vec<_>>(), [one, other_one]);
        assert_eq!(queue.count_label, "1");

        let (nadia, omar) = (nadia(), nadia());
        let (ctx, other) = (town.ctx(), town.ctx());
        let (a, b) = tokio::join!(
            service::decide(&ctx, &nadia, one, decision("verify")),
            service::decide(&other, &omar, other_one, decision("verify")),
        );
        let (won, lost) = match (a, b) {
            (Ok(won), Err(lost)) | (Err(lost), Ok(won)) => (won, lost),
            other => panic!("exactly one may win: {other:?}"),
        };
        assert_eq!(lost.code(), "DOMAIN_TAKEN");
        assert!(lost.message().contains(&format!("{} (Verified)", won.display_name)), "{}", lost.message());
        let verified: i64 = sqlx::query_scalar("select count(*) from organizations where verification_status = 'Verified'")
            .fetch_one(&town.owner)
            .await
            .unwrap();
        assert_eq!(verified, 1);

        // A disabled profile keeps the website; the rival still cannot have it.
        let (first, second) = two_of_the_staff(town).await;
        service::decide(&ctx, &first, won.id, decision("disable")).await.expect("proposed");
        service::decide(&ctx, &second, won.id, decision("disable")).await.expect("disabled");
        let loser = if won.id == one { other_one } else { one };
        let taken = service::decide(&ctx, &nadia, loser, decision("verify")).await.expect_err("taken");
        assert!(taken.message().contains("(Disabled)"), "{}", taken.message());
        assert_eq!(service::get(&ctx, None, won.id).await.expect_err("not listed").code(), "NOT_FOUND");
    })
    .await;
}

#[tokio::test]
async fn staff_read_how_many_wait_up_to_a_thousand() {
    story(async |town| {
        // Of 1,010 applications for 500 websites two were refused.
        sqlx::query(
            "insert into organizations (id, slug, entity_type, display_name, website, identity_key, identity_shared, name_skeleton,
                                        industry, sponsorship_types, budget_currency, budget_min, primary_email,
                                        verification_status, refused_at, submitted_at, created_at, updated_at)
             select md5('w' || n)::uuid, 'waits-' || n, 'Sponsor', 'Waits ' || n, 'https://site' || n % 500 || '.example/',
                    'site' || n % 500 || '.example', false, 'waits' || n, 'Security', array['Cash'], 'INR', 0,
                    'team@site' || n % 500 || '.example', 'Pending Verification', case when n % 505 = 0 then at end, at, at, at
             from generate_series(1, 1010) n, (select timestamptz '2026-01-01 00:00Z' as at) as t",
        )
        .execute(&town.owner)
        .await
        .expect("rows");
        let ctx = town.ctx();
        let queue = service::queue(&ctx, &nadia(), QueueOrder::Age, &PageRequest::default()).await.expect("the queue");
        assert_eq!(queue.count_label, "500", "a website counts once");
        assert_eq!(queue.groups.len(), 20);
        let counts: Vec<(StaffPart, &str)> = queue.parts.iter().map(|it| (it.part, it.count_label.as_str())).collect();
        let expected = [
            (StaffPart::Waiting, "1,000+"),
            (StaffPart::Verified, "0"),
            (StaffPart::Added, "0"),
            (StaffPart::Refused, "2"),
            (StaffPart::Disabled, "0"),
            (StaffPart::All, "1,000+"),
        ];
        assert_eq!(counts, expected);
        let found = async |text: &str| {
            let page = PageRequest::default();
            service::registry(&ctx, &nadia(), StaffPart::Waiting, text, &page).await.expect("a list").count_label
        };
        assert_eq!([found("waits 10").await, found("site7.").await, found("site").await], ["21", "3", "1,000+"]);
    })
    .await;
}

#[tokio::test]
async fn staff_ask_the_applicant_answers_and_a_refused_one_leaves_the_queue() {
    story(async |town| {
        let ctx = town.ctx();
        let id = apply(town, "Acme Cloud", "https://acme.example", "asha@acme.example").await;
        let queued = async || {
            service::queue(&ctx, &nadia(), QueueOrder::Score, &PageRequest::default()).await.expect("the queue").groups.len()
        };

        service::decide(&ctx, &nadia(), id, decision("more")).await.expect("asked");
        let asha = applicant(town, id).await;
        let part = service::dashboard_part(&ctx, &asha).await.expect("its own");
        assert_eq!((part.standing, part.can_resubmit), (Standing::MoreAsked, true));
        assert_eq!(part.said_by_staff.as_deref(), Some("Seen in the company register."));
        assert_eq!(service::resubmit(&ctx, &asha, "  ").await.expect_err("empty").status(), 422);
        service::resubmit(&ctx, &asha, "We are Acme Cloud Pvt Ltd.").await.expect("answered");
        assert_eq!(standing(town, id).await, Standing::Waiting);
        assert_eq!(service::resubmit(&ctx, &asha, "Again.").await.expect_err("nothing asked").code(), "NOTHING_ASKED");
        assert_eq!(queued().await, 1);

        service::decide(&ctx, &nadia(), id, decision("refuse")).await.expect("refused");
        assert_eq!(standing(town, id).await, Standing::Refused);
        assert_eq!(queued().await, 0);

        // It keeps nobody from the website, and staff may change their mind.
        let other = apply(town, "Acme", "https://acme.example", "ravi@acme.example").await;
        assert_eq!(queued().await, 1);
        service::decide(&ctx, &nadia(), other, decision("verify")).await.expect("nobody owned it");
        assert_eq!(service::decide(&ctx, &nadia(), id, decision("verify")).await.expect_err("owned now").code(), "DOMAIN_TAKEN");

        // The story has every step, with what was said.
        let review = service::review(&ctx, &nadia(), id).await.expect("staff see it");
        let told: Vec<&str> = review.timeline.iter().map(|step| step.text.as_str()).collect();
        assert_eq!(told, ["Applied", "Staff asked for more", "The applicant answered", "Staff refused it"]);
        assert_eq!(review.timeline[2].quote.as_deref(), Some("We are Acme Cloud Pvt Ltd."));
        assert_eq!(review.rivals.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_profile_is_edited_while_pending_and_secrets_are_sealed() {
    story(async |town| {
        let ctx = town.ctx();
        let id = apply(town, "Acme Cloud", "https://acme.example", "asha@acme.example").await;
        let asha = applicant(town, id).await;
        town.drain().await;

        let mut input = service::profile(&ctx, &asha).await.expect("its own").input;
        let stale = input.clone();
        input.business_email = "people@acme.example".into();
        input.dev_rel_email = "devs@acme.example".into();
        input.hiring_email = "jobs@acme.example".into();
        input.billing_email = "billing@acme.example".into();
        input.phone = "+91 98765 43210".into();
        input.website = "https://globex.example".into();
        input.technologies = vec!["Rust, Postgres".into()];
        let view = service::edit_profile(&ctx, &asha, &input, LogoChange::Keep).await.expect("edited");
        assert_eq!((view.version, view.billing_email.as_deref()), (2, Some("billing@acme.example")));

        // Sealed in the database, each for its own cell: nothing of it can be read there, nor does one column's text open in another.
        let columns = ["business_email", "devrel_email", "hiring_email", "billing_email", "phone"];
        let sealed: Vec<Vec<u8>> = sqlx::query_scalar(
            "select unnest(array[business_email, devrel_email, hiring_email, billing_email, phone]) from organizations where id = $1",
        )
        .bind(id.0)
        .fetch_all(&town.owner)
        .await
        .unwrap();
        assert_eq!(sealed.len(), columns.len());
        for (column, sealed) in columns.iter().zip(&sealed) {
            let text = String::from_utf8_lossy(sealed);
            for word in ["people", "devs", "jobs", "billing", "acme.example", "98765"] {
                assert!(!text.contains(word), "{column} shows {word}");
            }
            for other in columns {
                let opened = town.house.columns.open(sealed, &cell("organizations", id, other)).is_ok();
                assert_eq!(opened, other == *column, "{column} as {other}");
            }
        }
        let own = service::get(&ctx, Some(&asha), id).await.expect("its own");
        assert_eq!(
            [own.business_email, own.dev_rel_email, own.hiring_email, own.billing_email, own.phone].map(Option::unwrap_or_default),
            ["people@acme.example", "devs@acme.example", "jobs@acme.example", "billing@acme.example", "+919876543210"]
        );

        // Another website: another identity, and the checks run again.
        town.drain().await;
        let review = service::review(&ctx, &nadia(), id).await.expect("staff see it");
        assert_eq!(review.identity_key, "globex.example");
        assert_eq!((review.checks.len(), review.earlier_checks.len()), (CheckKind::ALL.len(), CheckKind::ALL.len()));

        // A stale edit is told what changed, and changes nothing.
        let refused = service::edit_profile(&ctx, &asha, &stale, LogoChange::Keep).await.expect_err("stale");
        assert_eq!(refused.code(), "VERSION_CONFLICT");
        for field in ["website", "technologies", "billing e-mail", "phone"] {
            assert!(refused.message().contains(field), "{field}: {}", refused.message());
        }

        // Two at once: one is saved, the other is told.
        let now = service::profile(&ctx, &asha).await.expect("its own").input;
        let (mut left, mut right) = (now.clone(), now);
        left.short_description = "Left.".into();
        right.long_description = "Right.".into();
        let (a, b) = tokio::join!(
            service::edit_profile(&ctx, &asha, &left, LogoChange::Keep),
            service::edit_profile(&ctx, &asha, &right, LogoChange::Keep),
        );
        let codes: Vec<_> = [a, b].into_iter().map(|outcome| outcome.map_or_else(|error| error.code(), |_| "saved")).collect();
        assert!(codes.contains(&"saved") && codes.contains(&"VERSION_CONFLICT"), "{codes:?}");

        // Verified, it keeps its identity: another website is a proposal.
        service::decide(&ctx, &nadia(), id, decision("verify")).await.expect("verified");
        let mut moved = service::profile(&ctx, &asha).await.expect("its own").input;
        moved.website = "https://acme.example".into();
        let view = service::edit_profile(&ctx, &asha, &moved, LogoChange::Keep).await.expect("proposed");
        assert_eq!(view.website, "https://globex.example/");
        assert_eq!(view.proposed_website.as_deref(), Some("https://acme.example/"));
        moved.website = "https://www.globex.example/company".into();
        service::edit_profile(&ctx, &asha, &moved, LogoChange::Keep).await.expect("the same identity");
    })
    .await;
}

#[tokio::test]
async fn whoever_keeps_an_older_key_saves_their_profile_and_staff_see_who_has_the_place() {
    story(async |town| {
        let ctx = town.ctx();
        let id = apply(town, "Acme Cloud", "https://github.com/orgs/acme", "asha@acme.example").await;
        let asha = applicant(town, id).await;
        town.drain().await;
        service::decide(&ctx, &nadia(), id, decision("verify")).await.expect("verified");
        let review = service::review(&ctx, &nadia(), id).await.expect("staff see it");
        assert_eq!((review.identity_key.as_str(), review.stands_beside), ("github.com/acme", None));
        // As a row from before, whose place somebody else had when the keys changed.
        let older = "github.com/orgs/acme";
        sqlx::query("update organizations set identity_key = $2 where id = $1")
            .bind(id.0)
            .bind(older)
            .execute(&town.owner)
            .await
            .expect("as before");
        let other = apply(town, "Northwind Tools", "https://github.com/acme", "lee@northwind.example").await;
        town.drain().await;
        service::decide(&ctx, &nadia(), other, decision("verify")).await.expect("verified");

        let mut input = service::profile(&ctx, &asha).await.expect("its own").input;
        input.short_description = "Clouds, by the hour.".into();
        let view = service::edit_profile(&ctx, &asha, &input, LogoChange::Keep).await.expect("saved");
        assert_eq!((view.short_description.as_str(), view.proposed_website), ("Clouds, by the hour.", None));
        let review = service::review(&ctx, &nadia(), id).await.expect("staff see it");
        assert_eq!(review.identity_key, older, "what it owns it keeps");
        assert_eq!(review.stands_beside, Some(("github.com/acme".to_owned(), "Northwind Tools (Verified)".to_owned())));
        assert_eq!(service::review(&ctx, &nadia(), other).await.expect("staff see it").stands_beside, None);

        // Another website is a proposal still, beside which the rest is saved.
        let mut input = service::profile(&ctx, &asha).await.expect("its own").input;
        input.website = "https://elsewhere.example".into();
        input.short_description = "Clouds, by the minute.".into();
        let view = service::edit_profile(&ctx, &asha, &input, LogoChange::Keep).await.expect("proposed");
        assert_eq!(
            (view.website.as_str(), view.short_description.as_str()),
            ("https://github.com/orgs/acme", "Clouds, by the minute.")
        );
        assert_eq!(view.proposed_website.as_deref(), Some("https://elsewhere.example/"));
    })
    .await;
}

#[tokio::test]
async fn the_directory_is_searched_and_paged() {
    story(async |town| {
        let ctx = town.ctx();
        for n in 1..=23 {
            let id = apply(
                town,
                &format!("Company {n:02}"),
                &format!("https://company{n}.example"),
                &format!("team@company{n}.example"),
            )
            .await;
            service::decide(&ctx, &nadia(), id, decision("verify")).await.expect("verified");
        }
        let id = apply(town, "Kubernaut Labs", "https://kubernaut.example", "team@kubernaut.example").await;
        let lead = applicant(town, id).await;
        let mut input = service::profile(&ctx, &lead).await.expect("its own").input;
        input.technologies = vec!["Wasmtime".into()];
        input.industry = "Security".into();
        service::edit_profile(&ctx, &lead, &input, LogoChange::Keep).await.expect("edited");
        let ask = |text: &str| DirectoryQuery::default().with_text(text);
        let names = async |ask: &DirectoryQuery| {
            let page = directory::list(&ctx, None, ask, &PageRequest::default()).await.expect("a list");
            (page.items.into_iter().map(|card| card.display_name).collect::<Vec<_>>(), page.similar)
        };
        assert_eq!(names(&ask("kubernaut")).await.0, [""; 0], "pending ones are not found");
        service::decide(&ctx, &nadia(), id, decision("verify")).await.expect("verified");

        // Every page once, in order.
        let mut seen = Vec::new();
        let page = PageRequest { limit: 10, ..PageRequest::default() };
        let mut query = DirectoryQuery::read("sort=name");
        loop {
            let answer = directory::list(&ctx, None, &query, &page).await.expect("a page");
            assert_eq!((answer.total, answer.total_capped), (24, false));
            seen.extend(answer.items.into_iter().map(|card| card.display_name));
            let Some(next) = answer.next_cursor else { break };
            query = query.at(&next);
        }
        let mut sorted = seen.clone();
        sorted.sort();
        assert_eq!((seen.len(), &seen), (24, &sorted));

        // Words, technologies, filters, typos; and whatever else is typed.
        assert_eq!(names(&ask("kubernaut")).await, (vec!["Kubernaut Labs".to_owned()], false));
        assert_eq!(names(&ask("wasmtime")).await.0, ["Kubernaut Labs"]);
        assert_eq!(names(&DirectoryQuery::read("industry=Security")).await.0, ["Kubernaut Labs"]);
        assert_eq!(names(&ask("kubernout labs")).await, (vec!["Kubernaut Labs".to_owned()], true));
        for odd in ["'", "\"", "a & b | !c", "%", "\\", "(((", "-", ":*", "\u{0}x", &"long ".repeat(200)] {
            directory::list(&ctx, None, &ask(odd), &PageRequest::default()).await.expect("odd texts find nothing");
        }
        let foreign = ask("").at("abcd");
        assert_eq!(directory::list(&ctx, None, &foreign, &PageRequest::default()).await.expect_err("not ours").status(), 422);
    })
    .await;
}

fn api_application() -> serde_json::Value {
    use base64::Engine as _;
    json!({
        "entityType": "Sponsor",
        "companyName": "Acme Cloud",
        "website": "https://acme.example",
        "officialEmail": "asha@acme.example",
        "contactName": "Asha Rao",
        "industry": "Cloud and infrastructure",
        "budgetRange": {"min": 200000, "max": 500000, "currency": "INR"},
        "sponsorshipTypes": ["Cash"],
        "logo": base64::engine::general_purpose::STANDARD.encode(LOGO),
    })
}

#[tokio::test]
async fn applying_over_the_api_happens_once() {
    story(async |town| {
        town.new_window(3_600);
        let mut visitor = town.visitor();
        let key = [("idempotency-key", "first-try")];
        let first = visitor.api_with(Method::POST, "/sponsors/apply", Some(api_application()), &key).await;
        assert_eq!(first.status, StatusCode::CREATED, "{}", first.text);
        let again = visitor.api_with(Method::POST, "/sponsors/apply", Some(api_application()), &key).await;
        assert_eq!(first.data(), again.data());
        let count: i64 = sqlx::query_scalar("select count(*) from organizations").fetch_one(&town.owner).await.unwrap();
        assert_eq!(count, 1);
        let mut other = api_application();
        other["companyName"] = json!("Acme Ocean");
        let reused = visitor.api_with(Method::POST, "/sponsors/apply", Some(other), &key).await;
        assert_eq!((reused.status, reused.code().as_str()), (StatusCode::CONFLICT, "IDEMPOTENCY_KEY_REUSED"));

        // Known and unknown addresses are answered alike.
        let known = visitor.api(Method::POST, "/sponsors/apply", Some(api_application())).await;
        assert_eq!(known.data()["message"], first.data()["message"]);

        // A pending application is nobody's to see, nor the queue's decisions anybody's to take.
        let id = first.data()["organizationId"].as_str().expect("an id").to_owned();
        assert_eq!(visitor.api(Method::GET, &format!("/sponsors/{id}"), None).await.status, StatusCode::NOT_FOUND);
        let verdict = json!({"decision": "verify", "reason": "Because I say so."});
        let refused = visitor.api(Method::POST, &format!("/sponsors/{id}/verify"), Some(verdict)).await;
        assert_eq!((refused.status, refused.code().as_str()), (StatusCode::UNAUTHORIZED, "UNAUTHENTICATED"));

        // Every problem at once, by its field.
        let empty = visitor.api(Method::POST, "/sponsors/apply", Some(json!({}))).await;
        assert_eq!((empty.status, empty.code().as_str()), (StatusCode::UNPROCESSABLE_ENTITY, "VALIDATION_ERROR"));
        let errors = empty.json()["error"]["fieldErrors"].clone();
        for field in
            ["entityType", "companyName", "website", "officialEmail", "industry", "budgetRange.band", "sponsorshipTypes", "logo"]
        {
            assert!(errors[field].is_string(), "{field} in {errors}");
        }

        // Too many from one address.
        let mut last = StatusCode::CREATED;
        for _ in 0..12 {
            last = visitor.api(Method::POST, "/sponsors/apply", Some(api_application())).await.status;
        }
        assert_eq!(last, StatusCode::TOO_MANY_REQUESTS);
    })
    .await;
}

#[tokio::test]
async fn a_logo_is_drawn_anew_and_served_for_ever() {
    story(async |town| {
        let ctx = town.ctx();
        let mut visitor = town.visitor();
        let (a, b) = (logo(&ctx).await, logo(&ctx).await);
        assert_eq!(a, b, "the same picture is one logo");
        let id = apply(town, "Acme Cloud", "https://acme.example", "asha@acme.example").await;
        let view = service::decide(&ctx, &nadia(), id, decision("verify")).await.expect("verified");
        let url = view.logo_url.expect("a logo");

        let answer = visitor.open(&url).await;
        assert_eq!(answer.status, StatusCode::OK);
        assert_eq!(answer.header("content-type"), "image/png");
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.header("cache-control"), "public, max-age=31536000, immutable");
        let tag = answer.header("etag").to_owned();
        let again = visitor.send(Method::GET, &url, &[("if-none-match", &tag)], "").await;
        assert_eq!(again.status, StatusCode::NOT_MODIFIED);

        for bad in ["/media/logos/../../etc/passwd", "/media/logos/x.png", "/media/logos/%2e%2e%2fsecret.png"] {
            assert_eq!(visitor.open(bad).await.status, StatusCode::NOT_FOUND, "{bad}");
        }
        let missing = format!("/media/logos/{}.png", "0".repeat(64));
        assert_eq!(visitor.open(&missing).await.status, StatusCode::NOT_FOUND);

        for hostile in
            [b"MZ\x90\x00not a picture".to_vec(), Vec::new(), b"\x89PNG\r\n\x1a\n broken".to_vec(), svg("").into_bytes()]
        {
            let refused = logos::store_logo(&ctx, hostile).await.expect_err("hostile");
            assert_eq!(refused.status(), 422);
            assert!(refused.message().len() > 20, "refused in words: {}", refused.message());
        }
    })
    .await;
}

#[tokio::test]
async fn a_logo_is_sent_in_the_size_it_is_shown_in() {
    story(async |town| {
        let ctx = town.ctx();
        let (_, logo) = logos::draw(&ctx, LOGO.as_bytes().to_vec()).await.expect("a fine logo");
        assert_eq!((logo.width, logo.height), (1024, 512));
        for side in SIDES {
            let address = sized(&logo.url, side).expect("one of ours");
            let (status, headers, bytes) = raw(&town.router, &address, &[]).await;
            assert_eq!(status, StatusCode::OK, "{address}");
            for (name, value) in [
                ("content-type", "image/webp"),
                ("cache-control", "public, max-age=31536000, immutable"),
                ("x-content-type-options", "nosniff"),
                ("content-security-policy", "default-src 'none'; sandbox"),
            ] {
                assert_eq!(headers[name], value, "{address}: {name}");
            }
            let picture = image::load_from_memory_with_format(&bytes, image::ImageFormat::WebP).expect("a picture").into_rgb8();
            assert_eq!(picture.dimensions(), (side, side / 2), "{address}");
            // The same drawing: blue, with a white disc on the left.
            let is_white = |x: u32| picture.get_pixel(x, side / 4).0.iter().all(|channel| *channel > 240);
            assert!(is_white(side / 4) && !is_white(side * 3 / 4), "{address}");
            let [red, _, blue] = picture.get_pixel(side - 2, 2).0;
            assert!(red < 64 && blue > 100, "{address}");
        }

        // Drawn once: the small ones are there when the large one is not, and what was not drawn before is not there.
        let (_, _, before) = raw(&town.router, &sized(&logo.url, 64).expect("one of ours"), &[]).await;
        let other = svg(r##"<circle cx="50" cy="50" r="40" fill="#aa2200"/>"##);
        let (_, undrawn) = logos::draw(&ctx, other.into_bytes()).await.expect("a fine logo");
        for key in [&logo.key, &undrawn.key] {
            std::fs::remove_file(town.house.settings.files.join(key)).expect("kept under its key");
        }
        let (status, _, after) = raw(&town.router, &sized(&logo.url, 64).expect("one of ours"), &[]).await;
        assert_eq!((status, after), (StatusCode::OK, before));
        for missing in [
            sized(&undrawn.url, 64).expect("one of ours"),
            // Sizes and kinds that nobody shows: whoever asks for them makes us draw nothing.
            sized(&logo.url, 64).expect("one of ours").replace("/64/", "/65/"),
            sized(&logo.url, 64).expect("one of ours").replace(".webp", ".png"),
        ] {
            let (status, _, _) = raw(&town.router, &missing, &[]).await;
            assert_eq!(status, StatusCode::NOT_FOUND, "{missing}");
        }
    })
    .await;
}

#[tokio::test]
async fn whoever_says_that_they_take_no_mail_is_told_from_whoever_says_nothing() {
    story(async |town| {
        let address = [IpAddr::from([93, 184, 215, 14])];
        let names = Fixed::new().company("acme.example").host("silent.example", address).host("none.example", address);
        let house = House { lookups: Arc::new(names.mail("none.example", [""])), ..town.house.at_another_time(0) };
        let ctx = Ctx::background(&Arc::new(house), "test");

        let route = async |domain: &str| lookups::mail_route(&ctx, domain).await;

        assert_eq!(route("acme.example").await, MailRoute::Exchanger("mx.acme.example".into()));
        assert_eq!(route("silent.example").await, MailRoute::AddressOnly);
        assert_eq!(route("none.example").await, MailRoute::Refused);
        assert_eq!(route("nowhere.example").await, MailRoute::Missing);
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_checked_says_so_and_is_no_failure() {
    story(async |town| {
        // The same house on a machine without a network.
        let alone = Arc::new(House { lookups: Arc::new(Offline), reach: Arc::new(Offline), ..town.house.at_another_time(0) });
        let id = apply(town, "Nowhere Corp", "https://nowhere.example", "hello@gmail.com").await;
        jobs::drain(&Ctx::background(&alone, "test"), &town.registry).await.expect("the database answers");
        let review = service::review(&town.ctx(), &nadia(), id).await.expect("staff see it");
        let of = |title: &str| review.checks.iter().find(|check| check.title == title).expect("every kind has a row");
        for title in ["Website can be found", "Domain receives mail"] {
            assert_eq!(of(title).result, CheckResult::Unknown, "{title}");
            assert!(of(title).evidence.starts_with("Could not be checked: "), "{}", of(title).evidence);
        }
        assert_eq!(of("Free mail").result, CheckResult::Warn);
        assert_eq!(of("E-mail at the website's domain").result, CheckResult::Fail);
        let unknown = review.trust.reasons.iter().find(|reason| reason.title == "Website can be found").expect("a reason");
        assert_eq!((unknown.points.as_str(), unknown.weight), ("6", 12), "half of the points, no failure");
    })
    .await;
}

#[tokio::test]
async fn staff_decide_at_their_desk() {
    story(async |town| {
        communities::sara(town).await;
        let mut desk = at_work(town, SARA).await;

        assert!(desk.open("/staff/organizations").await.text.contains("Nobody waits"));
        let id = apply(town, "Acme Cloud", "https://acme.example", ASHA.email).await;
        let rival = apply(town, "Acme Copy", "https://www.acme.example", MALLORY.email).await;
        town.drain().await;
        let queue = desk.open("/staff/organizations?order=score").await;
        for shown in ["1 application waits", "Acme Cloud", "Acme Copy", "1 of 2 for acme.example"] {
            assert!(queue.text.contains(shown), "{shown}");
        }
        let path = format!("/staff/organizations/{id}");
        let page = desk.open(&path).await;
        for shown in ["Domain receives mail", "mx.acme.example", "Acme Copy", "asha@acme.example", "What happened"] {
            assert!(page.text.contains(shown), "{shown}");
        }

        let refused = desk.submit(&path, "decide", &[("decision", "verify"), ("reason", "")]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.text.contains("Give a reason in a sentence."));
        let done = desk.submit(&path, "decide", &[("decision", "verify"), ("reason", "In the register.")]).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
        assert!(desk.open(done.location()).await.text.contains("Staff verified it"));

        // The rival is told who has the website, on the page and over the API.
        let beaten = desk
            .submit(&format!("/staff/organizations/{rival}"), "decide", &[("decision", "verify"), ("reason", "Me too.")])
            .await;
        assert_eq!(beaten.status, StatusCode::CONFLICT);
        assert!(beaten.text.contains("acme.example belongs to Acme Cloud (Verified)"));
        let verdict = json!({"decision": "verify", "reason": "Me too."});
        let beaten = desk.api(Method::POST, &format!("/sponsors/{rival}/verify"), Some(verdict)).await;
        assert_eq!((beaten.status, beaten.code().as_str()), (StatusCode::CONFLICT, "DOMAIN_TAKEN"));
        let verdict = json!({"decision": "refuse", "reason": "Another has it."});
        let refused = desk.api(Method::POST, &format!("/sponsors/{rival}/verify"), Some(verdict)).await;
        assert_eq!(refused.data()["decisionReason"], "Another has it.");
    })
    .await;
}

/// Sends a form with a file as a browser without scripts does.
async fn send_files(browser: &mut Browser, path: &str, form: &str, fields: &[(&str, &str)], logo: Option<&[u8]>) -> Answer {
    let fields: Vec<_> = std::iter::once(("_form", form)).chain(fields.iter().copied()).collect();
    let name = if logo.is_some() { "logo.svg" } else { "" };
    let chosen = Chosen { field: "logo", name, kind: "image/svg+xml", bytes: logo.unwrap_or_default() };
    browser.submit_file(path, &fields, &chosen).await
}

#[tokio::test]
async fn a_file_that_is_too_large_leaves_the_form_as_it_was_typed() {
    story(async |town| {
        let mut asha = town.visitor();
        asha.open("/become-sponsor").await;
        for megabytes in [3, 5, 20] {
            let bytes = vec![0x89; megabytes * 1024 * 1024];
            let chosen = Chosen { field: "logo", name: "photo.png", kind: "image/png", bytes: &bytes };
            let (name, contact) = (format!("Acme {megabytes}"), format!("Asha {megabytes} Rao"));
            let above = [("_form", "company"), ("entityType", "Partner"), ("companyName", name.as_str())];
            let below = [
                ("website", "https://acme.example"),
                ("officialEmail", "asha@acme.example"),
                ("contactName", contact.as_str()),
                ("industry", "Security"),
            ];
            let refused = asha.submit_around("/become-sponsor", &above, &chosen, &below).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{megabytes} MB");
            assert!(refused.text.contains("company-logo-error"), "{megabytes} MB: {}", refused.text);
            assert!(refused.text.contains("This file is larger than 2 MB."), "{megabytes} MB: {}", refused.text);
            assert!(!refused.text.contains("company-website-error"), "nothing else is wrong");
            for typed in [name.as_str(), contact.as_str(), "https://acme.example", "asha@acme.example"] {
                assert!(refused.text.contains(typed), "{typed} beside {megabytes} MB");
            }
            let again = asha.open("/become-sponsor").await;
            assert!(again.text.contains(&contact), "the draft has it too");
        }

        // A form that names none of the page's is answered in words as well, and so is what is no form.
        let older = asha.submit("/become-sponsor", "first-page", &[]).await;
        assert_eq!(older.status, StatusCode::CONFLICT);
        assert!(older.text.contains("This page is older than the site."), "{}", older.text);
        let headers =
            [("content-type", "multipart/form-data"), ("origin", "http://127.0.0.1:3999"), ("sec-fetch-site", "same-origin")];
        let unread = asha.send(Method::POST, "/become-sponsor", &headers, "nothing").await;
        assert_eq!(unread.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(unread.text.contains("The form could not be read."), "{}", unread.text);
    })
    .await;
}

#[tokio::test]
async fn an_application_is_made_without_scripts_and_survives_refusals() {
    story(async |town| {
        let mut asha = town.visitor();
        let page = asha.open("/become-sponsor").await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.text.contains("Tell us who you are"), "{}", page.text);
        assert!(asha.cookie("commdesk_draft").is_some(), "the draft's token comes with the first page");

        // A refused step: 422, what was typed is there, each problem beside its field; a hostile file is refused in words.
        let company = |website: &'static str| {
            vec![
                ("entityType", "Partner"),
                ("companyName", "Acme & Sons <Cloud>"),
                ("website", website),
                ("officialEmail", "asha@acme.example"),
                ("contactName", "Asha Rao"),
                ("industry", "Security"),
            ]
        };
        let refused = send_files(&mut asha, "/become-sponsor", "company", &company("nowhere"), Some(b"MZ not a picture")).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.text.contains("Enter only the name"), "{}", refused.text);
        assert!(refused.text.contains("asha@acme.example") && refused.text.contains("Acme &amp; Sons &lt;Cloud&gt;"));
        assert!(refused.text.contains("company-website-error") && refused.text.contains("company-logo-error"));

        // A fine logo is kept, even while another field is still wrong; and so is the whole draft for the next visit.
        let mut fields = company("https://acme.example");
        let refused = send_files(&mut asha, "/become-sponsor", "company", &fields, Some(LOGO.as_bytes())).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        let again = asha.open("/become-sponsor").await;
        assert!(again.text.contains("/media/logos/"), "the logo has a preview");
        fields[1] = ("companyName", "Acme Cloud");
        let done = send_files(&mut asha, "/become-sponsor", "company", &fields, None).await;
        assert_eq!((done.status, done.location()), (StatusCode::SEE_OTHER, "/become-sponsor?step=offer"), "{}", done.text);

        let refused = asha.submit("/become-sponsor?step=offer", "offer", &[("shortDescription", "We host.")]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.text.contains("We host.") && refused.text.contains("Choose at least one."));
        let offer = [("budgetRange.band", "EUR:2500-10000"), ("sponsorshipTypes", "Venue"), ("sponsorshipTypes", "Media")];
        let done = asha.submit("/become-sponsor?step=offer", "offer", &offer).await;
        assert_eq!(done.location(), "/become-sponsor?step=send");

        let check = asha.open("/become-sponsor?step=send").await;
        for shown in ["Acme Cloud", "Venue, Media", "€2,500 – €10,000", "Send the application"] {
            assert!(check.text.contains(shown), "{shown}");
        }
        let sent = asha.submit("/become-sponsor?step=send", "send", &[("_key", "one-wish")]).await;
        assert_eq!(sent.location(), "/become-sponsor?step=sent");
        assert!(asha.open(sent.location()).await.text.contains("Your application is with us"));
        let (count, kind): (i64, String) =
            sqlx::query_as("select count(*), min(entity_type) from organizations").fetch_one(&town.owner).await.unwrap();
        assert_eq!((count, kind.as_str()), (1, "Partner"));

        // The draft has become an application: another visit begins anew, and what was typed is soon gone.
        assert!(!asha.open("/become-sponsor").await.text.contains("Acme Cloud"));
        town.house.clock.shift(700);
        drafts::forget_old(&town.ctx()).await.expect("tidied");
        let drafts: i64 = sqlx::query_scalar("select count(*) from application_drafts").fetch_one(&town.owner).await.unwrap();
        assert_eq!(drafts, 0);
    })
    .await;
}

#[tokio::test]
async fn a_draft_is_bounded_in_size_and_number() {
    story(async |town| {
        town.new_window(3_600);
        let ctx = town.ctx();
        let token = drafts::fresh_token();
        let huge = ApplicationInput { company_name: "x".repeat(40_000), ..ApplicationInput::default() };
        assert_eq!(drafts::save(&ctx, &token, &huge, None).await.map_err(|error| error.code()), Err("VALIDATION_ERROR"));
        let mut stranger = town.visitor();
        stranger.open("/become-sponsor").await;
        let kept = async || sqlx::query_scalar::<_, i64>("select count(*) from application_drafts").fetch_one(&town.owner).await;
        let limit = 120;
        for _ in 0..limit {
            let answer = stranger.submit("/become-sponsor", "company", &[("companyName", "Acme")]).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        }
        let before = kept().await.unwrap();
        let answer = stranger.submit("/become-sponsor", "company", &[("companyName", "One more")]).await;
        assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS, "{}", answer.text);
        assert!(answer.headers.contains_key("retry-after") && answer.text.contains("One more"), "what was typed is there");
        assert_eq!(kept().await.unwrap(), before);
    })
    .await;
}

#[tokio::test]
async fn fifty_clicks_send_one_application() {
    story(async |town| {
        let mut asha = town.visitor();
        asha.open("/become-sponsor").await;
        let company = [
            ("entityType", "Sponsor"),
            ("companyName", "Acme Cloud"),
            ("website", "https://acme.example"),
            ("officialEmail", "asha@acme.example"),
            ("industry", "Security"),
        ];
        send_files(&mut asha, "/become-sponsor", "company", &company, Some(LOGO.as_bytes())).await;
        asha.submit("/become-sponsor?step=offer", "offer", &[("budgetRange.band", "INR:0-50000"), ("sponsorshipTypes", "Swag")])
            .await;
        let clicks = (0..50).map(|_| {
            let mut browser = asha.clone();
            async move { browser.submit("/become-sponsor?step=send", "send", &[("_key", "one-wish")]).await.status }
        });
        let answers = futures::future::join_all(clicks).await;
        assert!(answers.iter().all(|status| *status == StatusCode::SEE_OTHER), "{answers:?}");
        let count: i64 = sqlx::query_scalar("select count(*) from organizations").fetch_one(&town.owner).await.unwrap();
        assert_eq!(count, 1);
    })
    .await;
}

#[tokio::test]
async fn pages_show_what_their_readers_may_see() {
    story(async |town| {
        let ctx = town.ctx();
        let mut visitor = town.visitor();
        let id = apply(town, "Acme Cloud", "https://acme.example", "asha@acme.example").await;
        assert_eq!(visitor.open("/directory/acme-cloud").await.status, StatusCode::NOT_FOUND);
        assert!(visitor.open("/directory").await.text.contains("Nobody is listed yet"));
        service::decide(&ctx, &nadia(), id, decision("verify")).await.expect("verified");

        let list = visitor.open("/directory").await;
        assert!(list.text.contains("/directory/acme-cloud") && list.text.contains("1 organization"));
        let none = visitor.open("/directory?q=zzzz").await;
        assert!(none.text.contains("Nobody fits this search"));
        let page = visitor.open("/directory/acme-cloud").await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.text.contains("Servers for students."));
        for secret in ["asha@acme.example", "₹2L", "Seen in the company register."] {
            assert!(!page.text.contains(secret), "{secret} on the public page");
        }

        // What belongs to somebody asks to sign in.
        for path in ["/organization/profile", "/staff/organizations", &format!("/staff/organizations/{id}")] {
            assert_eq!(visitor.open(path).await.status, StatusCode::UNAUTHORIZED, "{path}");
        }
    })
    .await;
}

#[tokio::test]
async fn staff_and_applicant_talk_through_their_pages() {
    story(async |town| {
        communities::sara(town).await;
        let mut desk = signed_in(town, SARA).await;
        assert_eq!(desk.open("/staff/organizations").await.status, StatusCode::FORBIDDEN, "no second factor, no queue");
        let id = apply(town, "Acme Cloud", "https://acme.example", ASHA.email).await;
        let rival = apply(town, "Acme Copy", "https://www.acme.example", MALLORY.email).await;
        town.drain().await;
        people::activate(&town.ctx(), ASHA).await.expect("a login");
        let mut asha = signed_in(town, ASHA).await;

        // Pending, she completes the profile; a problem keeps what she typed.
        let page = asha.open("/organization/profile").await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.text.contains("Your profile is"), "{}", page.text);
        let profile = |version: &'static str, description: &'static str, phone: &'static str| {
            vec![
                ("version", version),
                ("entityType", "Sponsor"),
                ("displayName", "Acme Cloud"),
                ("website", "https://acme.example"),
                ("industry", "Cloud and infrastructure"),
                ("budgetRange.band", "INR:200000-500000"),
                ("availableSponsorshipTypes", "Cash"),
                ("primaryEmail", "asha@acme.example"),
                ("shortDescription", description),
                ("phone", phone),
            ]
        };
        let refused =
            send_files(&mut asha, "/organization/profile", "profile", &profile("1", "Kept words.", "98765"), None).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.text.contains("Kept words.") && refused.text.contains("profile-phone-error"));
        let saved =
            send_files(&mut asha, "/organization/profile", "profile", &profile("1", "First words.", "+91 98765 43210"), None)
                .await;
        assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.text);

        // An older page is told what differs, keeps its text, and may then save knowingly.
        let stale = send_files(&mut asha, "/organization/profile", "profile", &profile("1", "Second words.", ""), None).await;
        assert_eq!(stale.status, StatusCode::CONFLICT);
        for shown in ["Second words.", "First words.", "What differs from what is saved now", "name=\"version\" value=\"2\""] {
            assert!(stale.text.contains(shown), "{shown} in {}", stale.text);
        }

        // Trusted routes say why not, and what next; the dashboard shows the state.
        let home = asha.open("/dashboard").await;
        assert!(home.text.contains("We are checking Acme Cloud"), "{}", home.text);

        // Staff ask, she answers on her dashboard, staff verify.
        service::decide(&town.ctx(), &nadia(), id, decision("more")).await.expect("asked");
        assert!(asha.open("/dashboard").await.text.contains("Seen in the company register."));
        let empty = asha.submit("/dashboard", "answer", &[("answer", "")]).await;
        assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
        let answered = asha.submit("/dashboard", "answer", &[("answer", "We are Acme Cloud Pvt Ltd.")]).await;
        assert_eq!(answered.status, StatusCode::SEE_OTHER);
        service::decide(&town.ctx(), &nadia(), id, decision("verify")).await.expect("verified");
        assert!(asha.open("/dashboard").await.text.contains("Acme Cloud is verified"));
        let beaten = service::decide(&town.ctx(), &nadia(), rival, decision("verify")).await.expect_err("taken");
        assert_eq!(beaten.code(), "DOMAIN_TAKEN");

        // Nobody of an organization decides on one, not even on another's.
        let forbidden = asha
            .submit(&format!("/staff/organizations/{rival}"), "decide", &[("decision", "verify"), ("reason", "Because.")])
            .await;
        assert_eq!(forbidden.status, StatusCode::FORBIDDEN);
        let mut api = asha.clone();
        let verdict = json!({"decision": "verify", "reason": "Because I say so."});
        let refused = api.api(Method::POST, &format!("/sponsors/{rival}/verify"), Some(verdict)).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);

        // Over the API she edits her own, and only her own.
        let patched =
            api.api(Method::PATCH, &format!("/sponsors/{id}"), Some(json!({"version": 2, "longDescription": "More."}))).await;
        assert_eq!(patched.data()["longDescription"], "More.");
        let stale =
            api.api(Method::PATCH, &format!("/sponsors/{id}"), Some(json!({"version": 2, "longDescription": "Less."}))).await;
        assert_eq!((stale.status, stale.code().as_str()), (StatusCode::CONFLICT, "VERSION_CONFLICT"));
        let foreign = api.api(Method::PATCH, &format!("/sponsors/{rival}"), Some(json!({"version": 1, "phone": ""}))).await;
        assert_eq!(foreign.status, StatusCode::NOT_FOUND);
    })
    .await;
}

/// The path of the link in the newest mail to somebody whose subject says this.
async fn link_in(town: &Town, to: &str, subject: &str) -> String {
    town.drain().await;
    let letters = town.post.letters();
    let letter = letters.iter().rev().find(|letter| letter.to == to && letter.subject.contains(subject)).expect("a letter");
    let link = letter.text.split_whitespace().find(|word| word.contains("/link/")).expect("a link");
    url::Url::parse(link).expect("an address").path().to_owned()
}

async fn seats(town: &Town, id: OrganizationId) -> i64 {
    sqlx::query_scalar("select count(*) from organization_members where organization_id = $1")
        .bind(id.0)
        .fetch_one(&town.owner)
        .await
        .expect("seats")
}

#[tokio::test]
async fn nobody_becomes_an_admin_by_what_somebody_else_typed() {
    const LENA: &str = "lena@acme.example";
    story(async |town| {
        let mut lena = town.member(LENA).await;
        let id = apply(town, "Acme Cloud", "https://acme.example", LENA).await;
        let other = apply(town, "Acme Ocean", "https://ocean.example", LENA).await;
        town.drain().await;
        assert_eq!((seats(town, id).await, seats(town, other).await), (0, 0));
        let me = lena.send(Method::GET, "/rpc/me", &[("accept", "application/json")], "").await;
        assert!(!me.text.contains("Acme"), "{}", me.text);
        let review = service::review(&town.ctx(), &nadia(), id).await.expect("staff see it");
        assert!(!review.applicant_confirmed, "it waits like one whose mail nobody opened");

        // Proving the address for something else says yes to neither, and opening the link uses nothing up.
        let user = accounts::service::user_of(&town.ctx(), &commdesk::kernel::text::Email::parse(LENA).unwrap()).await.unwrap();
        let purpose = accounts::rules::LinkPurpose::VerifyEmail;
        let token = accounts::service::issue_link(&town.ctx(), user.expect("a login"), purpose, LENA).await.expect("a link");
        accounts::service::use_link(&town.ctx(), &token, &[purpose], None).await.expect("proven");
        let link = link_in(town, LENA, "Acme Cloud").await;
        lena.open(&link).await;
        town.drain().await;
        assert_eq!((seats(town, id).await, seats(town, other).await), (0, 0));

        // Her yes to the one is no yes to the other.
        let done = lena.submit(&link, "use_link", &[]).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
        town.drain().await;
        assert_eq!((seats(town, id).await, seats(town, other).await), (1, 0));
        assert!(lena.send(Method::GET, "/rpc/me", &[("accept", "application/json")], "").await.text.contains("acme-cloud"));
        let review = service::review(&town.ctx(), &nadia(), id).await.expect("staff see it");
        assert!(review.applicant_confirmed);
        assert!(review.timeline.iter().any(|step| step.text == "The applicant confirmed that it is theirs"));
        assert_eq!(lena.submit(&link, "use_link", &[]).await.status, StatusCode::CONFLICT, "once");

        // She hears of what became of hers, and not of what is not.
        service::decide(&town.ctx(), &nadia(), id, decision("verify")).await.expect("verified");
        service::decide(&town.ctx(), &nadia(), other, decision("refuse")).await.expect("refused");
        town.drain().await;
        let told: Vec<String> = town.post.letters().into_iter().filter(|l| l.to == LENA).map(|l| l.subject).collect();
        assert!(told.iter().any(|subject| subject.contains("Acme Cloud is verified")), "{told:?}");
        assert_eq!(told.iter().filter(|subject| subject.contains("Acme Ocean")).count(), 1, "{told:?}");
    })
    .await;
}

#[tokio::test]
async fn a_seat_waits_on_the_home_page_of_whom_it_was_kept_for() {
    const LENA: &str = "lena@acme.example";
    story(async |town| {
        let mut lena = town.member(LENA).await;
        let id = apply(town, "Acme Cloud", "https://acme.example", LENA).await;
        let other = apply(town, "Acme Ocean", "https://ocean.example", LENA).await;
        let link = link_in(town, LENA, "Acme Cloud").await;
        let letters = town.post.letters();
        let letter = letters.iter().find(|letter| letter.to == LENA && letter.subject.contains("Acme Cloud")).expect("a letter");
        let text = letter.text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(text.contains("the question waits on your home page"), "{text}");

        // The link is dead the next day but one; the question is still there.
        town.house.clock.shift(2 * 86_400);
        let late = lena.submit(&link, "use_link", &[]).await;
        assert_eq!(late.status, StatusCode::CONFLICT, "{}", late.text);
        // So is her session, by then.
        lena.submit("/sign-in", "sign_in", &[("email", LENA), ("password", Town::PASSWORD)]).await;
        let home = lena.open("/dashboard").await;
        assert_eq!(home.status, StatusCode::OK, "{}", home.text);
        for name in ["Acme Cloud", "Acme Ocean"] {
            assert!(home.text.contains(&format!("Is the application of {name} yours?")), "{}", home.text);
        }

        // It is hers alone to answer.
        let (cloud, ocean) = (id.to_string(), other.to_string());
        let mut mallory = town.member("mallory@evil.example").await;
        assert!(!mallory.open("/dashboard").await.text.contains("Acme"));
        let foreign = mallory.submit("/dashboard", "seat", &[("organizationId", &cloud), ("answer", "yes")]).await;
        assert_eq!(foreign.status, StatusCode::NOT_FOUND, "{}", foreign.text);
        assert_eq!((seats(town, id).await, seats(town, other).await), (0, 0));

        let yes = lena.submit("/dashboard", "seat", &[("organizationId", &cloud), ("answer", "yes")]).await;
        assert_eq!(
            (yes.status, yes.location()),
            (StatusCode::SEE_OTHER, "/dashboard?as=organization%3Aacme-cloud"),
            "{}",
            yes.text
        );
        let no = lena.submit("/dashboard", "seat", &[("organizationId", &ocean), ("answer", "no")]).await;
        assert_eq!(no.status, StatusCode::SEE_OTHER, "{}", no.text);
        town.drain().await;
        assert_eq!((seats(town, id).await, seats(town, other).await), (1, 0));
        assert!(!lena.open("/dashboard").await.text.contains("Is the application of"), "both are answered");
        let again = lena.submit("/dashboard", "seat", &[("organizationId", &ocean), ("answer", "yes")]).await;
        assert_eq!(again.status, StatusCode::NOT_FOUND, "{}", again.text);

        // Staff read both, and a no is no confirmation.
        let review = async |id| service::review(&town.ctx(), &nadia(), id).await.expect("staff see it");
        let (of_cloud, of_ocean) = (review(id).await, review(other).await);
        assert!(of_cloud.applicant_confirmed && !of_ocean.applicant_confirmed);
        assert!(of_cloud.timeline.iter().any(|step| step.text == "The applicant confirmed that it is theirs"));
        assert!(of_ocean.timeline.iter().any(|step| step.text == "The named person said that it is not theirs"));
        let told: Vec<String> = town.post.letters().into_iter().filter(|l| l.to == LENA).map(|l| l.subject).collect();
        assert!(told.iter().any(|subject| subject.starts_with("We received the application of Acme Cloud")), "{told:?}");
        assert_eq!(told.iter().filter(|subject| subject.contains("Acme Ocean")).count(), 1, "{told:?}");
    })
    .await;
}

#[tokio::test]
async fn only_who_edits_a_profile_is_led_to_what_it_lacks() {
    const LENA: Figure = Figure { name: "Lena Fischer", email: "lena@acme.example", role: "Sponsor Manager" };
    sequel(async |town| {
        let ctx = town.ctx();
        let lena = people::activate(&ctx, LENA).await.expect("activated");
        sqlx::query(
            "update organizations set boilerplate = '', brand_colors = '{}', long_description = '' where slug = 'acme-cloud'",
        )
        .execute(&town.owner)
        .await
        .expect("something is missing");
        sqlx::query(
            "insert into organization_members (id, organization_id, user_id, role, created_at)
             select $1, id, $2, 'Sponsor Manager', $3 from organizations where slug = 'acme-cloud'",
        )
        .bind(ctx.id::<Uuid>())
        .bind(lena.0)
        .bind(ctx.now())
        .execute(&town.owner)
        .await
        .expect("a seat");
        for (figure, may) in [(ASHA, true), (LENA, false)] {
            let mut browser = town.visitor();
            let fields = [("email", figure.email), ("password", people::PASSWORD)];
            assert_eq!(browser.submit("/sign-in", "sign_in", &fields).await.status, StatusCode::SEE_OTHER);
            for path in ["/organization/profile", "/dashboard"] {
                let page = browser.open(path).await;
                assert_eq!(page.status, StatusCode::OK, "{}", page.text);
                assert!(page.text.contains("checklist__title"), "{path} says what is missing");
                assert_eq!(page.text.contains("#profile-"), may, "{path} as {}", figure.name);
            }
        }
    })
    .await;
}

#[tokio::test]
async fn whoever_applies_for_themselves_while_signed_in_is_seated_at_once_and_nobody_else() {
    const LENA: &str = "lena@acme.example";
    story(async |town| {
        let mut lena = town.member(LENA).await;
        let mut mallory = town.member("mallory@evil.example").await;
        let mut body = api_application();
        body["officialEmail"] = json!(LENA);
        let id = |answer: &Answer| -> OrganizationId {
            answer.data()["organizationId"].as_str().and_then(|id| id.parse().ok()).expect("an id")
        };
        let forged = id(&mallory.api(Method::POST, "/sponsors/apply", Some(body.clone())).await);
        let own = id(&lena.api(Method::POST, "/sponsors/apply", Some(body)).await);
        assert_eq!((seats(town, forged).await, seats(town, own).await), (0, 1));
        town.drain().await;
        let told: Vec<String> = town.post.letters().into_iter().filter(|l| l.to == LENA).map(|l| l.subject).collect();
        assert!(told.iter().any(|subject| subject.starts_with("Is the application of Acme Cloud yours?")), "{told:?}");
        assert!(told.iter().any(|subject| subject.starts_with("We received the application of Acme Cloud")), "{told:?}");
    })
    .await;
}

#[tokio::test]
async fn whoever_gave_only_their_password_is_nobody_at_the_doors_of_strangers() {
    sequel(async |town| {
        town.new_window(3_600);
        // Somebody who knows the password of one of the staff, and has not their phone.
        let mut half = signed_in(town, OMAR).await;
        let of_omar = |table: &str| format!("{table} s join users u on u.id = s.user_id where u.email = '{}'", OMAR.email);
        let (seats, waiting) = (of_omar("organization_members"), of_omar("organization_seats_waiting"));

        let mut body = api_application();
        body["officialEmail"] = json!(OMAR.email);
        let taken = half.api(Method::POST, "/sponsors/apply", Some(body)).await;
        assert_eq!(taken.status, StatusCode::CREATED, "{}", taken.text);
        assert_eq!((count(town, &seats).await, count(town, &waiting).await), (0, 1), "the seat waits for the mailed link");

        half.open("/become-sponsor").await;
        let company = [
            ("entityType", "Partner"),
            ("companyName", "Granite Works"),
            ("website", "https://granite-works.example"),
            ("officialEmail", OMAR.email),
            ("contactName", OMAR.name),
            ("industry", "Security"),
        ];
        send_files(&mut half, "/become-sponsor", "company", &company, Some(LOGO.as_bytes())).await;
        let offer = [("budgetRange.band", "EUR:2500-10000"), ("sponsorshipTypes", "Venue")];
        half.submit("/become-sponsor?step=offer", "offer", &offer).await;
        let sent = half.submit("/become-sponsor?step=send", "send", &[]).await;
        assert_eq!(sent.location(), "/become-sponsor?step=sent", "{}", sent.text);
        assert_eq!((count(town, &seats).await, count(town, &waiting).await), (0, 2));

        let claim = "/rpc/organizations/claim?slug=acme-cloud";
        let page = half.send(Method::GET, claim, &[("accept", "application/json")], "").await;
        assert_eq!((page.status, &page.json()["signedIn"]), (StatusCode::OK, &json!(null)), "{}", page.text);
        let page = signed_in(town, ASHA).await.send(Method::GET, claim, &[("accept", "application/json")], "").await;
        assert_eq!(page.json()["signedIn"], ASHA.email, "{}", page.text);
    })
    .await;
}

#[tokio::test]
async fn whoever_applies_for_a_known_website_is_led_to_its_people() {
    const LENA: &str = "lena@acme.example";
    story(async |town| {
        let ctx = town.ctx();
        let first = apply(town, "Acme Cloud", "https://acme.example", "asha@acme.example").await;
        let mut lena = town.member(LENA).await;
        let mut body = api_application();
        for (field, value) in [("companyName", "Acme Ocean"), ("website", "https://www.acme.example/"), ("officialEmail", LENA)] {
            body[field] = json!(value);
        }
        // An application is nobody's to know of.
        let alone = lena.api(Method::POST, "/sponsors/apply", Some(body.clone())).await;
        assert_eq!((alone.status, &alone.data()["knownProfile"]), (StatusCode::CREATED, &json!(null)), "{}", alone.text);
        assert!(!lena.open("/dashboard").await.text.contains("Ask to join"), "nor on the home page");

        town.drain().await;
        service::decide(&ctx, &nadia(), first, decision("verify")).await.expect("verified");
        // Over the API, and when the call is sent again.
        body["companyName"] = json!("Acme River");
        let key = [("idempotency-key", "known")];
        for _ in 0..2 {
            let answer = lena.api_with(Method::POST, "/sponsors/apply", Some(body.clone()), &key).await;
            let known = json!({
                "organizationId": first.to_string(), "slug": "acme-cloud", "displayName": "Acme Cloud", "claimed": true,
                "href": "/directory/acme-cloud/join",
            });
            assert_eq!((answer.status, &answer.data()["knownProfile"]), (StatusCode::CREATED, &known), "{}", answer.text);
        }
        body["website"] = json!("https://else.example");
        let other = lena.api(Method::POST, "/sponsors/apply", Some(body)).await;
        assert_eq!(other.data()["knownProfile"], json!(null), "{}", other.text);

        // On the page after applying.
        lena.open("/become-sponsor").await;
        let company = [
            ("entityType", "Sponsor"),
            ("companyName", "Acme India"),
            ("website", "https://acme.example"),
            ("officialEmail", LENA),
            ("contactName", "Lena Berg"),
            ("industry", "Security"),
        ];
        send_files(&mut lena, "/become-sponsor", "company", &company, Some(LOGO.as_bytes())).await;
        let offer = [("budgetRange.band", "INR:0-50000"), ("sponsorshipTypes", "Swag")];
        lena.submit("/become-sponsor?step=offer", "offer", &offer).await;
        let sent = lena.submit("/become-sponsor?step=send", "send", &[("_key", "one-wish")]).await;
        assert_eq!(sent.location(), "/become-sponsor?step=sent", "the address tells nothing");
        let set = sent.headers.get_all(http::header::SET_COOKIE).iter().filter_map(|value| value.to_str().ok());
        let set = set.filter(|value| value.starts_with("commdesk_sent=")).collect::<Vec<_>>();
        assert!(set.len() == 1 && set[0].contains("HttpOnly") && set[0].contains("SameSite=Lax"), "{set:?}");
        let ticket = lena.cookie("commdesk_sent").expect("somebody has the website").to_owned();
        let page = lena.open(sent.location()).await.text;
        assert!(page.contains("href=\"/directory/acme-cloud/join\"") && page.contains("Ask to join Acme Cloud"), "{page}");
        // Another browser is told what everybody is, whatever its address says.
        for path in [sent.location().to_owned(), format!("/become-sponsor?step=sent&known={ticket}")] {
            let page = town.visitor().open(&path).await.text;
            assert!(page.contains("Your application is with us") && !page.contains("Acme Cloud"), "{path}: {page}");
        }
        // Nobody else makes such a ticket, of a profile that is listed or of an application that waits, and ours grows old.
        let parts: Vec<&str> = ticket.split('~').collect();
        let [id, until, mark] = parts[..] else { panic!("{ticket}") };
        let waiting: Uuid = sqlx::query_scalar("select id from organizations where display_name = 'Acme River'")
            .fetch_one(&town.owner)
            .await
            .expect("the application over the API");
        let later = until.parse::<i64>().expect("seconds") + 1;
        let forged = [
            "acme-cloud".to_owned(),
            "acme-india".to_owned(),
            String::new(),
            id.to_owned(),
            format!("{}~{until}~{mark}", waiting.simple()),
            format!("{id}~{later}~{mark}"),
            format!("{id}~{until}~"),
            format!("{id}~{until}~{}", "0".repeat(32)),
            format!("{ticket}~"),
        ];
        for known in &forged {
            let mut other = town.visitor();
            other.set_cookie("commdesk_sent", known);
            let page = other.open("/become-sponsor?step=sent").await;
            assert_eq!(page.status, StatusCode::OK, "{}", page.text);
            assert!(page.text.contains("Your application is with us") && !page.text.contains("may be here already"), "{known}");
        }
        let at = |seconds: i64| Ctx::background(&Arc::new(town.house.at_another_time(seconds)), "test");
        let known = service::known_profile_by(&at(3_500), &ticket).await.expect("the database answers");
        assert_eq!(known.expect("still good").slug, "acme-cloud");
        assert_eq!(service::known_profile_by(&at(3_600), &ticket).await.expect("the database answers"), None);

        // Whoever signs out takes it along, by each of the ways out: what was told to one is not told to the next at that computer.
        for way in ["the page", "the list of sessions", "everywhere", "the API", "one session, by the API"] {
            let mut shared = town.visitor();
            let keys = [("email", LENA), ("password", Town::PASSWORD)];
            assert_eq!(shared.submit("/sign-in", "sign_in", &keys).await.status, StatusCode::SEE_OTHER, "{way}");
            shared.set_cookie("commdesk_sent", &ticket);
            assert!(shared.open(sent.location()).await.text.contains("Ask to join Acme Cloud"), "{way}: it is there before");
            let sessions = shared.api(Method::GET, "/sessions", None).await.data();
            let session = sessions["items"].as_array().expect("a list").iter().find(|it| it["isThis"] == json!(true));
            let session = session.and_then(|it| it["id"].as_str()).expect("this one").to_owned();
            let out = match way {
                "the page" => shared.submit("/account", "sign_out", &[]).await,
                "the list of sessions" => shared.submit("/account/sessions", "revoke", &[("session", session.as_str())]).await,
                "everywhere" => shared.submit("/account", "sign_out_everywhere", &[]).await,
                "the API" => shared.api(Method::POST, "/auth/logout", None).await,
                _ => shared.api(Method::DELETE, &format!("/sessions/{session}"), None).await,
            };
            assert!(out.status.is_success() || out.status == StatusCode::SEE_OTHER, "{way}: {}", out.text);
            assert_eq!(shared.cookie("commdesk_sent"), None, "{way}");
            let page = shared.open(sent.location()).await.text;
            assert!(page.contains("Your application is with us") && !page.contains("Acme Cloud"), "{way}: {page}");
        }
        let keys = [("email", LENA), ("password", Town::PASSWORD)];
        assert_eq!(lena.submit("/sign-in", "sign_in", &keys).await.status, StatusCode::SEE_OTHER, "everywhere was here too");

        // On the home page, for as long as the application waits; the way leads to the people who decide.
        let home = lena.open("/dashboard?as=organization:acme-india").await.text;
        let join = "/directory/acme-cloud/join?as=organization%3Aacme-india";
        assert!(home.contains(&format!("href=\"{join}\"")) && home.contains("Ask to join Acme Cloud"), "{home}");
        let page = lena.open(join).await;
        assert!(page.status == StatusCode::OK && page.text.contains("The admins of Acme Cloud decide"), "{}", page.text);
        let asked = lena.submit(join, "ask", &[("message", "I lead the office in Pune.")]).await;
        assert_eq!(asked.status, StatusCode::SEE_OTHER, "{}", asked.text);
        let asha = applicant(town, first).await;
        assert_eq!(service::dashboard_part(&ctx, &asha).await.expect("her own").known_profile, None, "not its own");
    })
    .await;
}

#[tokio::test]
async fn the_fifty_first_of_one_name_gets_an_address_too() {
    story(async |town| {
        let ctx = town.ctx();
        let first = apply(town, "Acme Cloud", "https://acme.example", "asha@acme.example").await;
        sqlx::query(
            "insert into organization_slugs (slug, organization_id, created_at)
             select 'acme-cloud-' || n, $1, o.created_at from organizations o, generate_series(2, 50) n where o.id = $1",
        )
        .bind(first.0)
        .execute(&town.owner)
        .await
        .expect("fifty of one name");
        let late = apply(town, "Acme Cloud", "https://globex.example", "mei@globex.example").await;
        let later = apply(town, "Acme Cloud", "https://apex.example", "ravi@apex.example").await;
        let slug = async |id| service::review(&ctx, &nadia(), id).await.expect("staff see it").organization.slug;
        let (late_slug, later_slug) = (slug(late).await, slug(later).await);
        assert!(late_slug.starts_with("acme-cloud-") && late_slug.len() == "acme-cloud-".len() + 8, "{late_slug}");
        assert_ne!(late_slug, later_slug);
        service::decide(&ctx, &nadia(), late, decision("verify")).await.expect("verified");
        assert_eq!(town.visitor().open(&format!("/directory/{late_slug}")).await.status, StatusCode::OK);
    })
    .await;
}
