//! Two profiles of one organization become one: everything follows, the old address leads on, nothing is counted twice, and
//! whoever is faster, each sees what the other left.

use crate::{
    common::{at_work, code, count, one, who},
    organizations::two_of_the_staff,
    statements::multiply,
    town::{Town, sequel, story},
};
use commdesk::{
    features::{
        blocks::service as blocks,
        moderation::{
            merging, service as moderation,
            views::{MergeReceipt, MergeState, ReportInput},
        },
        organizations::{
            claims, identity,
            index::Directory,
            rules::{DecisionInput, claims::AddInput, merging::MergeInput},
            service as organizations,
        },
        partners::{rules::Labels, service as partners, views::PartnerInput},
        requests::{
            service as requests,
            views::{ApplyInput, RequestInput, RequestState},
        },
    },
    kernel::{
        actor::{Actor, Side},
        error::AppResult,
        ids::{EventId, OrganizationId, RequestId},
    },
    platform::{ctx::Ctx, index},
    seeds::people::{self, ASHA, Figure, INGRID, MALLORY, MEI, RAVI, SARA, TOMAS},
};
use http::{Method, StatusCode};
use serde_json::json;
use std::collections::BTreeSet;
use uuid::Uuid;

fn northwind(name: &str) -> AddInput {
    let host = name.to_lowercase();
    AddInput {
        display_name: format!("{name} Labs"),
        website: format!("https://{host}.example"),
        entity_type: "Sponsor".into(),
        industry: "Security".into(),
        short_description: "They audit what students ship.".into(),
        contact_email: format!("hello@{host}.example"),
        confirm: true,
    }
}

async fn say(ctx: &Ctx, staff: &Actor, gone: OrganizationId, into: impl ToString, decision: &str) -> AppResult<MergeReceipt> {
    let input = MergeInput { into: into.to_string(), decision: decision.into(), reason: "One company, here twice.".into() };
    merging::merge(ctx, staff, gone, input.parse().expect("in order")).await
}

async fn ask(ctx: &Ctx, ravi: &Actor, organization: OrganizationId, event: Uuid) -> RequestId {
    let input: RequestInput = serde_json::from_value(json!({
        "organizationId": organization, "eventId": event, "amount": 20000, "currency": "INR", "category": "Bronze Sponsor",
        "message": format!("Would you judge a track? {organization}"),
    }))
    .expect("as on the wire");
    requests::send(ctx, ravi, &input).await.expect("sent")
}

async fn stands(ctx: &Ctx, ravi: &Actor, event: Uuid, organization: OrganizationId, category: &str) {
    let input = PartnerInput {
        organization_id: Some(organization.to_string()),
        category: Some(category.into()),
        ..PartnerInput::default()
    };
    partners::add(ctx, ravi, EventId(event), input.parse_new(Labels::All).expect("in order"), None).await.expect("added");
}

/// Nothing is left behind, nothing is there twice, and what is counted is what there is.
async fn is_balanced(town: &Town, gone: OrganizationId, kept: OrganizationId) {
    for table in [
        "requests",
        "event_partners",
        "organization_members",
        "organization_support",
        "blocks",
        "organization_slugs",
        "request_fits",
    ] {
        assert_eq!(count(town, &format!("{table} where organization_id = '{gone}'")).await, 0, "{table}");
    }
    for what in [
        format!("request_routes where workspace_id = '{gone}'"),
        format!("saved_views where workspace = 'organization:{gone}'"),
        format!("api_keys where workspace_id = '{gone}' and revoked_at is null"),
        format!("invitations where workspace_id = '{gone}' and accepted_at is null and revoked_at is null"),
        format!("organization_claims where organization_id = '{gone}' and state in ('Asked', 'Proven')"),
        format!("reports where subject_id = '{gone}' and state = 'Open'"),
        format!("organizations where id = '{gone}' and (merged_into is distinct from '{kept}' or verification_status <> 'Disabled')"),
        // Open requests have their deadline and closed ones none; a place is taken by nobody twice.
        "requests r where (r.closed_at is null) <> exists (select 1 from deadlines d where d.kind = 'request_expiry' and d.subject_id = r.id)".to_owned(),
        "(select 1 from place_claims where released_at is null group by place_id having count(*) > 1) as twice".to_owned(),
        "event_partners p join requests r on r.id = p.request_id where p.organization_id <> r.organization_id".to_owned(),
        format!(
            "organizations o where o.id = '{kept}' and (o.events_sponsored <> (select count(*) from organization_support s where s.organization_id = o.id)
                or o.events_sponsored <> (select count(distinct p.event_id) from event_partners p where p.organization_id = o.id))"
        ),
    ] {
        assert_eq!(count(town, &what).await, 0, "{what}");
    }
}

/// An organization without a story: its name, its host and its standing.
async fn stands_here(town: &Town, name: &str, host: &str, status: &str) -> OrganizationId {
    let id: Uuid = sqlx::query_scalar(
        "insert into organizations (id, slug, entity_type, display_name, website, identity_key, identity_shared, name_skeleton,
                                    industry, sponsorship_types, budget_currency, budget_min, primary_email,
                                    verification_status, submitted_at, created_at, updated_at)
         select gen_random_uuid(), 'named-' || md5($1::text || $2::text), 'Sponsor', $1, 'https://' || $2 || '/', $2, false, $3::text,
                'Security', array['Cash'], 'INR', 0, 'team@' || $2, $4::text, at, at, at
         from (select timestamptz '2026-01-01 00:00Z' as at) as t returning id",
    )
    .bind(name.to_owned())
    .bind(host.to_owned())
    .bind(identity::skeleton(name))
    .bind(status.to_owned())
    .fetch_one(&town.owner)
    .await
    .expect("a row");
    OrganizationId(id)
}

/// Whom staff are offered to merge it with, in their order.
async fn offered(ctx: &Ctx, staff: &Actor, of: OrganizationId) -> Vec<String> {
    let screen = merging::screen(ctx, staff, of, "").await.expect("a page");
    screen.likely.into_iter().map(|side| side.name).collect()
}

#[tokio::test]
async fn staff_are_offered_whom_they_may_mean() {
    story(async |town| {
        let ctx = town.ctx();
        let (sara, _) = two_of_the_staff(town).await;
        let northwind = stands_here(town, "Northwind Traders", "northwind.example", "Community Added").await;
        let short = stands_here(town, "Northwind", "nw.example", "Verified").await;
        for (name, host, status) in [
            // The same website.
            ("Borealis", "northwind.example", "Pending Verification"),
            // Another ending, written in one, with slips, and with words more.
            ("Northwind Traders Pvt. Ltd.", "nwt.example", "Verified"),
            ("NorthwindTraders", "one-word.example", "Community Added"),
            ("Norhtwind Traders", "norhtwind.example", "Community Added"),
            ("Northwind Traderz", "traderz.example", "Pending Verification"),
            ("Northwind Traders International Trading House", "house.example", "Community Added"),
            // One word in common is not enough, and what is disabled or refused is merged with nobody.
            ("Southgate Shipping Traders", "southgate.example", "Verified"),
            ("Quarry", "quarry.example", "Verified"),
            ("Northwind Traders Inc", "disabled.example", "Disabled"),
            ("Northwind Traders LLC", "refused.example", "Pending Verification"),
        ] {
            stands_here(town, name, host, status).await;
        }
        sqlx::query("update organizations set refused_at = submitted_at where identity_key = 'refused.example'")
            .execute(&town.owner)
            .await
            .expect("refused");
        let expected = BTreeSet::from([
            "Borealis",
            "Northwind Traders Pvt. Ltd.",
            "NorthwindTraders",
            "Norhtwind Traders",
            "Northwind Traderz",
            "Northwind Traders International Trading House",
            "Northwind",
        ]);
        let by_database = offered(&ctx, &sara, northwind).await;
        index::fill::<Directory>(&ctx).await.expect("filled");
        let by_index = offered(&ctx, &sara, northwind).await;
        for found in [&by_database, &by_index] {
            assert_eq!(found.iter().map(String::as_str).collect::<BTreeSet<_>>(), expected);
            assert_eq!(found[..3], ["Borealis", "Northwind Traders Pvt. Ltd.", "NorthwindTraders"], "{found:?}");
        }
        assert_eq!(by_database, by_index);
        // One word that goes on in the other name, in both directions.
        let one_word = OrganizationId(one(town, "select id from organizations where identity_key = 'one-word.example'").await);
        for (of, other) in [(short, "NorthwindTraders"), (one_word, "Northwind")] {
            let found = offered(&ctx, &sara, of).await;
            assert!(found.iter().any(|name| name == other), "{found:?}");
        }
        // However many words one of them leaves out.
        let house = "Northwind Traders International Trading House".to_owned();
        assert!(offered(&ctx, &sara, short).await.contains(&house));
        // Who became another since the index heard of them is shown as they are.
        sqlx::query("update organizations set verification_status = 'Disabled' where identity_key = 'house.example'")
            .execute(&town.owner)
            .await
            .expect("disabled");
        assert!(!offered(&ctx, &sara, short).await.contains(&house));
    })
    .await;
}

#[tokio::test]
async fn a_word_that_many_names_have_hides_nobody() {
    story(async |town| {
        let ctx = town.ctx();
        let (sara, _) = two_of_the_staff(town).await;
        let harbour = stands_here(town, "Harbour Cloud", "harbour.example", "Community Added").await;
        let model = stands_here(town, "Ha Cloud", "ha.example", "Verified").await;
        // Their letters are like those of the one that is meant, they are better known, and they came earlier.
        let copies = "'slug', 'copy-' || n, 'identity_key', 'copy' || n || '.example', 'name_skeleton', 'copy' || n,
                      'display_name', 'Ha' || n || ' Cloud', 'created_at', timestamptz '2025-01-01 00:00Z'";
        multiply(town, "organizations", &format!("o.id = '{}'", model.0), copies).await;
        stands_here(town, "Harbor Cloud", "harbor.example", "Community Added").await;
        index::fill::<Directory>(&ctx).await.expect("filled");
        let found = offered(&ctx, &sara, harbour).await;
        assert_eq!((found.len(), found[0].as_str()), (12, "Harbor Cloud"), "{found:?}");
    })
    .await;
}

#[tokio::test]
async fn a_duplicate_goes_with_everything_and_leads_to_the_profile_that_stays() {
    sequel(async |town| {
        let ctx = town.ctx();
        let (ravi, mei, tomas, asha) =
            (who(&ctx, RAVI).await, who(&ctx, MEI).await, who(&ctx, TOMAS).await, who(&ctx, ASHA).await);
        let (sara, _) = two_of_the_staff(town).await;
        let acme = asha.organization().expect("Acme");
        let gone = claims::add(&ctx, &ravi, &northwind("Northwind")).await.expect("added").id;
        let hackfest = one(town, "select id from events where title like 'HackFest%'").await;
        let kept_request = ask(&ctx, &ravi, acme, hackfest).await;
        town.house.clock.shift(60);
        let twin = ask(&ctx, &ravi, gone, hackfest).await;
        stands(&ctx, &ravi, hackfest, acme, "Silver Sponsor").await;
        stands(&ctx, &ravi, hackfest, gone, "Silver Sponsor").await;
        stands(&ctx, &ravi, hackfest, gone, "Bronze Sponsor").await;
        blocks::block(&ctx, &mei, gone.0).await.expect("blocked");
        let report = ReportInput {
            subject_kind: "organization".into(),
            subject_id: gone.to_string(),
            reason: "Spam".into(),
            words: String::new(),
        };
        moderation::report(&ctx, &tomas, report.parse().expect("reads")).await.expect("reported");
        town.drain().await;

        // What is shown is what would happen, and looking changes nothing.
        let before = count(town, "facts").await;
        let screen = merging::screen(&ctx, &sara, gone, "acme-cloud").await.expect("a page");
        let plan = screen.plan.expect("a plan");
        assert_eq!(
            (count(town, "facts").await, count(town, &format!("requests where organization_id = '{gone}'")).await),
            (before, 1)
        );
        assert!(!plan.needs_second && plan.people.is_empty());
        assert_eq!(plan.withdrawn, ["Apex Circle, HackFest"]);
        assert_eq!(plan.removed, ["HackFest, Silver Sponsor"]);

        // Only staff, with a reason, and into something that is there.
        assert_eq!(code(say(&ctx, &ravi, gone, acme, "").await), "FORBIDDEN");
        assert_eq!(say(&ctx, &sara, gone, "nobody-here", "").await.expect_err("nobody").status(), 422);
        assert_eq!(code(say(&ctx, &sara, gone, gone, "").await), "SAME_PROFILE");
        assert_eq!(code(say(&ctx, &sara, acme, gone, "").await), "WRONG_WAY");
        let done = say(&ctx, &sara, gone, "acme-cloud", "").await.expect("merged");
        assert_eq!((done.state, done.organization_id), (MergeState::Merged, acme));
        assert_eq!(done.moved, plan.counts, "as it was shown");
        assert_eq!((done.moved.requests, done.moved.requests_withdrawn), (1, 1));
        assert_eq!((done.moved.assignments, done.moved.assignments_removed), (2, 1));
        assert_eq!((done.moved.blocks, done.moved.reports, done.moved.slugs), (1, 1, 1));
        town.drain().await;
        is_balanced(town, gone, acme).await;

        // Of two requests about the same thing the older goes on, and the newer says why it ended, to both sides.
        assert_eq!(requests::get(&ctx, &asha, kept_request).await.expect("hers").state, RequestState::Pending);
        for side in [&asha, &ravi] {
            let ended = requests::get(&ctx, side, twin).await.expect("theirs");
            assert_eq!(ended.state, RequestState::Withdrawn);
            let last = ended.timeline.last().expect("a timeline");
            assert!(last.quote.as_deref().is_some_and(|why| why.contains("became one")), "{last:?}");
        }
        assert!(count(town, "mails where template = 'request_withdrawn'").await >= 2);
        // Of two places in one category the first stays; the page's community reads why the other went.
        assert_eq!(count(town, &format!("event_partners where organization_id = '{acme}' and removed_at is null")).await, 2);
        assert_eq!(count(town, "event_partners where removal_reason like '%one organization%'").await, 1);

        // Its address and its id lead on; its story is shown, and its own chain was not touched.
        let old = town.visitor().open("/directory/northwind-labs").await;
        assert_eq!((old.status, old.location()), (StatusCode::MOVED_PERMANENTLY, "/directory/acme-cloud"));
        let data = town.visitor().api(Method::GET, &format!("/sponsors/{gone}"), None).await.data();
        assert_eq!(data["slug"], "acme-cloud");
        let review = organizations::review(&ctx, &sara, acme).await.expect("staff see it");
        let words: Vec<&str> = review.timeline.iter().map(|step| step.text.as_str()).collect();
        assert!(
            words.contains(&"A community added it") && words.contains(&"Northwind Labs was merged into Acme Cloud"),
            "{words:?}"
        );
        // A block that was made against the one holds for the other.
        let hidden = blocks::hidden_from(&ctx, Some(&mei), Side::Organization).await.expect("a list");
        assert!(hidden.contains(&acme.0));

        // Nothing is decided on what is gone, and its website is known as the other's.
        assert_eq!(code(say(&ctx, &sara, gone, acme, "").await), "MERGED");
        let restore = DecisionInput { decision: "restore".into(), reason: "A mistake of mine.".into() };
        assert_eq!(code(organizations::decide(&ctx, &sara, gone, restore.parse().expect("reads")).await), "MERGED");
        let again = claims::add(&ctx, &ravi, &northwind("Northwind")).await.expect_err("it is here");
        assert!(format!("{again:?}").contains("Acme Cloud"), "{again:?}");
        assert_eq!(count(town, "mails where template = 'organization_merged' and recipient = 'asha@acme.example'").await, 1);
    })
    .await;
}

#[tokio::test]
async fn what_nobody_could_answer_is_delivered_by_a_merge() {
    sequel(async |town| {
        let ctx = town.ctx();
        let (ravi, asha) = (who(&ctx, RAVI).await, who(&ctx, ASHA).await);
        let (sara, _) = two_of_the_staff(town).await;
        let acme = asha.organization().expect("Acme");
        let gone = claims::add(&ctx, &ravi, &northwind("Northwind")).await.expect("added").id;
        let hackfest = one(town, "select id from events where title like 'HackFest%'").await;
        let waits = ask(&ctx, &ravi, gone, hackfest).await;
        town.drain().await;
        say(&ctx, &sara, gone, "acme-cloud", "").await.expect("merged");
        town.drain().await;
        is_balanced(town, gone, acme).await;
        let delivered = requests::get(&ctx, &asha, waits).await.expect("hers now");
        assert!(delivered.your_turn);
        // Its sender reads why it took so long.
        let sent = requests::get(&ctx, &ravi, waits).await.expect("theirs");
        assert!(sent.timeline.iter().any(|step| step.text.contains("somebody of theirs is here")), "{:?}", sent.timeline);
        assert_eq!(count(town, &format!("facts where name = 'request_delivered' and subject_id = '{waits}'")).await, 1);
    })
    .await;
}

#[tokio::test]
async fn a_verified_profile_takes_two_and_its_people_follow_with_the_higher_role() {
    sequel(async |town| {
        let ctx = town.ctx();
        let (tomas, asha) = (who(&ctx, TOMAS).await, who(&ctx, ASHA).await);
        let (sara, omar) = two_of_the_staff(town).await;
        let (lumen, acme) = (tomas.organization().expect("Lumen"), asha.organization().expect("Acme"));
        let seat = |figure: Figure, organization: OrganizationId, role: &'static str, signatory: bool| {
            let sql = format!(
                "insert into organization_members (id, organization_id, user_id, role, signatory, created_at)
                 select gen_random_uuid(), '{organization}', id, '{role}', {signatory}, created_at from users where email = '{}'",
                figure.email,
            );
            async move { sqlx::query(sqlx::AssertSqlSafe(sql)).execute(&town.owner).await.expect("seated") }
        };
        // Ingrid does more at the one that goes, Asha more at the one that stays.
        seat(INGRID, lumen, "Sponsor Admin", true).await;
        seat(INGRID, acme, "Hiring Manager", false).await;
        seat(ASHA, lumen, "DevRel Manager", false).await;
        let key = format!(
            "insert into api_keys (id, kind, workspace_id, name, secret_hash, tail, scopes, made_by, created_at)
             select gen_random_uuid(), 'organization', '{lumen}', 'Robot', '\\x00', 'abcd', '{{requests}}', id, created_at
             from users where email = '{}'",
            TOMAS.email
        );
        sqlx::query(sqlx::AssertSqlSafe(key)).execute(&town.owner).await.expect("a key");

        assert_eq!(say(&ctx, &sara, lumen, acme, "").await.expect("proposed").state, MergeState::Proposed);
        assert_eq!(code(say(&ctx, &sara, lumen, acme, "").await), "SECOND_PERSON_NEEDED");
        assert_eq!(count(town, &format!("organization_members where organization_id = '{lumen}'")).await, 3, "nothing moved");
        let waiting = commdesk::features::organizations::life::waiting(&ctx, &omar).await.expect("staff");
        assert_eq!((waiting.merges.len(), waiting.merges[0].gone_name.as_str()), (1, "Lumen Data"));
        // Dropped, it needs two again.
        assert_eq!(say(&ctx, &omar, lumen, acme, "drop").await.expect("dropped").state, MergeState::Dropped);
        assert_eq!(code(say(&ctx, &omar, lumen, acme, "drop").await), "NOT_WAITING");
        assert_eq!(say(&ctx, &omar, lumen, acme, "").await.expect("proposed").state, MergeState::Proposed);
        let done = say(&ctx, &sara, lumen, acme, "").await.expect("the second person");
        assert_eq!((done.state, done.moved.people, done.moved.api_keys_revoked), (MergeState::Merged, 3, 1));
        town.drain().await;
        is_balanced(town, lumen, acme).await;

        let role = async |figure: Figure| {
            let sql = format!(
                "select m.role || case when m.signatory then ', signs' else '' end from organization_members m
                 join users u on u.id = m.user_id where u.email = '{}' and m.organization_id = '{acme}'",
                figure.email
            );
            sqlx::query_scalar::<_, String>(sqlx::AssertSqlSafe(sql)).fetch_one(&town.owner).await.expect("one seat")
        };
        assert_eq!(role(INGRID).await, "Sponsor Admin", "the higher role, and no power that Acme did not give");
        assert_eq!(role(ASHA).await, "Sponsor Admin");
        // Who had the one workspace has the other from the next request on, and reads its requests.
        let tomas = people::sign_in(&ctx, TOMAS).await.expect("signed in");
        assert_eq!(tomas.memberships.iter().map(|seat| seat.slug.as_str()).collect::<Vec<_>>(), ["acme-cloud"]);
        assert_eq!(count(town, "mails where template = 'organization_merged' and recipient = 'tomas@lumen.example'").await, 1);
        // The event's page shows what was agreed on.
        assert!(town.visitor().open("/events/hackfest").await.text.contains("Lumen Data"));
    })
    .await;
}

#[tokio::test]
async fn nobody_gets_into_a_verified_workspace_by_an_application_that_nobody_checked() {
    sequel(async |town| {
        let ctx = town.ctx();
        let (mallory, asha) = (who(&ctx, MALLORY).await, who(&ctx, ASHA).await);
        let (globex, acme) = (mallory.organization().expect("Globex"), asha.organization().expect("Acme"));

        // Over REST, once for a key.
        let mut browser = at_work(town, SARA).await;
        let page = browser.open(&format!("/staff/organizations/{globex}/merge?into=acme-cloud")).await;
        assert!(page.text.contains("What would happen") && page.text.contains("mallory@globex.example"), "{}", page.text);
        assert!(page.text.contains("People without a seat"), "{}", page.text);
        let refused = browser
            .submit(
                &format!("/staff/organizations/{globex}/merge?into=acme-cloud"),
                "merge",
                &[("into", &acme.to_string()), ("reason", "")],
            )
            .await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        let path = format!("/admin/organizations/{globex}/merge");
        let body = json!({"into": acme, "reason": "One company, here twice."});
        let first = browser.api_with(Method::POST, &path, Some(body.clone()), &[("idempotency-key", "merge-globex")]).await;
        assert_eq!((first.status, first.data()["state"].clone()), (StatusCode::OK, json!("merged")), "{}", first.text);
        assert_eq!(first.data()["moved"]["peopleLeft"], 1);
        let again = browser.api_with(Method::POST, &path, Some(body.clone()), &[("idempotency-key", "merge-globex")]).await;
        assert_eq!(again.data()["state"], "merged");
        assert_eq!(browser.api(Method::POST, &path, Some(body)).await.code(), "MERGED");

        town.drain().await;
        is_balanced(town, globex, acme).await;
        let mallory = people::sign_in(&ctx, MALLORY).await.expect("signed in");
        assert!(mallory.memberships.is_empty(), "they may ask Acme's admins");
        assert_eq!(
            count(town, "mails where template = 'organization_merged_away' and recipient = 'mallory@globex.example'").await,
            1
        );
        assert_eq!(browser.open(&format!("/staff/organizations/{globex}")).await.status, StatusCode::OK, "kept as evidence");
    })
    .await;
}

#[tokio::test]
async fn a_merge_against_an_acceptance_leaves_one_truth() {
    sequel(async |town| {
        let ctx = town.ctx();
        let (ravi, asha, tomas) = (who(&ctx, RAVI).await, who(&ctx, ASHA).await, who(&ctx, TOMAS).await);
        let (sara, omar) = two_of_the_staff(town).await;
        let (acme, lumen) = (asha.organization().expect("Acme"), tomas.organization().expect("Lumen"));
        let sql = format!(
            "select id from requests where organization_id = '{acme}' and state = 'Pending' and opened_by = 'organization'"
        );
        let request = RequestId(one(town, &sql).await);
        let seen = requests::get(&ctx, &ravi, request).await.expect("his").revision_hash;
        say(&ctx, &sara, acme, lumen, "").await.expect("proposed");

        let (one_ctx, other) = (town.ctx(), town.ctx());
        let (merged, accepted) =
            tokio::join!(say(&one_ctx, &omar, acme, lumen, ""), requests::accept(&other, &ravi, request, &seen));
        assert_eq!(merged.expect("a merge waits, and is not refused").state, MergeState::Merged);
        if let Err(refused) = accepted {
            assert!(["BUSY", "NOT_TAKING_REQUESTS"].contains(&refused.code()), "{refused:?}");
            requests::accept(&ctx, &ravi, request, &seen).await.expect("it goes on with the profile that stays");
        }
        town.drain().await;
        is_balanced(town, acme, lumen).await;
        assert_eq!(
            count(town, &format!("event_partners where request_id = '{}' and organization_id = '{lumen}'", request.0)).await,
            1
        );
        assert_eq!(count(town, &format!("place_claims where request_id = '{}' and released_at is null", request.0)).await, 1);
    })
    .await;
}

#[tokio::test]
async fn a_merge_against_an_application_loses_nothing() {
    sequel(async |town| {
        let ctx = town.ctx();
        let (asha, tomas) = (who(&ctx, ASHA).await, who(&ctx, TOMAS).await);
        let (sara, omar) = two_of_the_staff(town).await;
        let (acme, lumen) = (asha.organization().expect("Acme"), tomas.organization().expect("Lumen"));
        let offer = one(
            town,
            "select o.id from opportunities o where o.status = 'Open'
             and not exists (select 1 from requests r where r.opportunity_id = o.id) limit 1",
        )
        .await;
        let currency: String = sqlx::query_scalar("select currency from opportunities where id = $1")
            .bind(offer)
            .fetch_one(&town.owner)
            .await
            .unwrap();
        let input: ApplyInput = serde_json::from_value(json!({
            "amount": 20000, "currency": currency, "message": "We come with mentors.",
        }))
        .expect("as on the wire");
        say(&ctx, &sara, lumen, acme, "").await.expect("proposed");
        let (one_ctx, other) = (town.ctx(), town.ctx());
        let (merged, applied) =
            tokio::join!(say(&one_ctx, &omar, lumen, acme, ""), requests::apply(&other, &tomas, offer.into(), &input));
        merged.expect("merged");
        match applied {
            Ok(id) => {
                let row: Uuid = sqlx::query_scalar("select organization_id from requests where id = $1")
                    .bind(id.0)
                    .fetch_one(&town.owner)
                    .await
                    .unwrap();
                assert_eq!(row, acme.0, "it followed");
            }
            Err(refused) => assert_eq!(refused.code(), "NOT_VERIFIED", "{refused:?}"),
        }
        town.drain().await;
        is_balanced(town, lumen, acme).await;
    })
    .await;
}

#[tokio::test]
async fn of_two_merges_at_once_one_is_carried_out() {
    sequel(async |town| {
        let ctx = town.ctx();
        let ravi = who(&ctx, RAVI).await;
        let (sara, omar) = two_of_the_staff(town).await;
        let a = claims::add(&ctx, &ravi, &northwind("Northwind")).await.expect("added").id;
        let b = claims::add(&ctx, &ravi, &northwind("Southgate")).await.expect("added").id;
        // Each into the other.
        let (one_ctx, other) = (town.ctx(), town.ctx());
        let (x, y) = tokio::join!(say(&one_ctx, &sara, a, b, ""), say(&other, &omar, b, a, ""));
        assert!(x.is_ok() != y.is_ok(), "{x:?} {y:?}");
        let (gone, kept) = if x.is_ok() { (a, b) } else { (b, a) };
        assert_eq!(if x.is_ok() { code(y) } else { code(x) }, "MERGED");
        is_balanced(town, gone, kept).await;
        // The same one twice, and a chain: what led to the one leads on to the last.
        let c = claims::add(&ctx, &ravi, &northwind("Eastbank")).await.expect("added").id;
        let (x, y) = tokio::join!(say(&one_ctx, &sara, kept, c, ""), say(&other, &omar, kept, c, ""));
        assert!(x.is_ok() != y.is_ok(), "{x:?} {y:?}");
        is_balanced(town, kept, c).await;
        let led: Uuid = sqlx::query_scalar("select merged_into from organizations where id = $1")
            .bind(gone.0)
            .fetch_one(&town.owner)
            .await
            .unwrap();
        assert_eq!(led, c.0);
        for slug in ["northwind-labs", "southgate-labs"] {
            assert_eq!(town.visitor().open(&format!("/directory/{slug}")).await.location(), "/directory/eastbank-labs");
        }
    })
    .await;
}
