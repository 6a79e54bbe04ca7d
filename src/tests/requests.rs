//! Both paths from an offer to a logo on the event's page: services and doors, races included.

use crate::{
    common::{Cast, code, count, one, signed_in, told, who, wire},
    town::{Browser, Town, sequel},
};
use commdesk::{
    features::{
        decisions::service as decisions,
        opportunities::{
            service as opportunities,
            views::{OpportunityInput, OpportunityPatch, OpportunityStatus},
        },
        partners::{
            rules::{Labels, read_reason},
            service as partners,
            views::PartnerInput,
        },
        requests::{
            rules::Rejection,
            service,
            views::{ApplyInput, InboxTab, RequestInput, RequestState, RevisionHash},
        },
    },
    kernel::{
        actor::{Actor, CommunityRole, Membership, Person, Role, Side, Workspace},
        error::AppError,
        ids::{OpportunityId, RequestId},
        labels::{Category, MemberRole},
        page::PageRequest,
    },
    seeds::people::{ASHA, KOFI, MALLORY, MEI, RAVI, TOMAS},
};
use http::{Method, StatusCode};
use serde_json::{Value, json};
use std::{sync::Arc, time::Duration};

/// What Apex offers at HackFest, for a budget that ends in half a rupee.
async fn offer(cast: &Cast, category: &str, places: u32) -> OpportunityId {
    let budget = json!({"min": 10000, "max": 50000.50, "currency": "INR"});
    cast.offer(json!({"category": category, "places": places, "budgetRange": budget})).await
}

/// Either nothing of the acceptance is there, or all of it.
async fn is_whole(town: &Town, id: RequestId) -> bool {
    let parts: (bool, i64, i64, i64, i64) = sqlx::query_as(
        "select r.state = 'Accepted', (select count(*) from event_partners p where p.request_id = r.id),
                (select count(*) from place_claims k where k.request_id = r.id and k.released_at is null),
                (select count(*) from facts f where f.subject_id = r.id and f.name = 'request_accepted'),
                (select count(*) from deadlines d where d.subject_id = r.id)
         from requests r where r.id = $1",
    )
    .bind(id.0)
    .fetch_one(&town.owner)
    .await
    .expect("the request");
    match parts {
        (true, 1, 1, 1, 0) => true,
        (false, 0, 0, 0, 1) => false,
        half => panic!("half an acceptance: {half:?}"),
    }
}

#[tokio::test]
async fn both_paths_end_on_the_events_page() {
    sequel(async |town| {
        let cast = told(town).await;
        let ctx = &cast.ctx;
        // The organization's path.
        let opportunity = offer(&cast, "Silver Sponsor", 2).await;
        let id = cast.apply(&cast.asha, opportunity).await;
        let theirs = service::get(ctx, &cast.asha, id).await.expect("theirs");
        assert_eq!((theirs.state, theirs.turn, theirs.your_turn), (RequestState::Pending, Side::Community, false));
        assert_eq!(
            (theirs.amount.to_string().as_str(), theirs.amount_minor, theirs.category),
            ("20000.00", 2_000_000, Category::SilverSponsor)
        );
        assert!(theirs.can.withdraw && !theirs.can.accept && !theirs.can.reject);
        assert_eq!(theirs.revisions.len(), 1);
        assert_eq!(commdesk::kernel::canonical::sha256_hex(&theirs.revisions[0].canonical), theirs.revision_hash.as_str());
        let ours = service::get(ctx, &cast.ravi, id).await.expect("ours");
        assert!(ours.can.accept && ours.can.reject && !ours.can.withdraw);
        assert_eq!(ours.timeline.iter().map(|e| e.text.as_str()).collect::<Vec<_>>(), ["applied"]);
        assert_eq!(ours.timeline[0].quote.as_deref(), Some("We come with mentors."));

        service::accept(ctx, &cast.ravi, id, &ours.revision_hash).await.expect("accepted");

        assert!(is_whole(town, id).await);
        assert_eq!(cast.status(opportunity).await, OpportunityStatus::Open, "one place is left");
        let wall = partners::wall(ctx, cast.hackfest).await.expect("a wall");
        let silver = wall.groups.iter().find(|group| group.heading() == "Silver Sponsor").expect("its tier");
        assert_eq!(silver.entries[0].display_name_snapshot, "Acme Cloud");
        assert!(silver.entries[0].logo_url_snapshot.is_some());
        assert_eq!(silver.entries[0].website_label, "acme.example");
        let page = town.visitor().open("/events/hackfest").await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.text.contains("Acme Cloud") && page.text.contains("Silver Sponsor"), "the page shows it at once");

        // The community's path makes the same record.
        let inbox = service::inbox(ctx, &cast.asha, InboxTab::Open, &PageRequest::default()).await.expect("an inbox");
        let mine = inbox.items.iter().find(|row| row.your_turn).expect("Mei's request waits for Asha");
        assert_eq!(mine.opened_by, Side::Community);
        let seen = cast.seen(&cast.asha, mine.id).await;
        service::accept(ctx, &cast.asha, mine.id, &seen).await.expect("accepted");
        let wall = partners::wall(ctx, mine.event_id).await.expect("a wall");
        assert_eq!(wall.groups[0].entries[0].display_category, Category::GoldSponsor);
        let supported = partners::supported_by(ctx, cast.asha.organization().expect("Acme")).await.expect("a list");
        assert_eq!(supported.len(), 2);

        // Everybody concerned is told.
        town.drain().await;
        let letters = count(town, "mails where template = 'request_accepted'").await;
        assert!(letters >= 2, "{letters}");
    })
    .await;
}

#[tokio::test]
async fn an_agreement_takes_over_what_the_community_had_written_and_not_another_agreement() {
    sequel(async |town| {
        let cast = told(town).await;
        let (ctx, acme) = (&cast.ctx, cast.asha.organization().expect("Acme"));
        let standing = async || {
            let all = partners::list(ctx, Some(&cast.ravi), cast.hackfest, Some("Acme"), &PageRequest::default()).await;
            all.expect("theirs").items
        };
        let by_hand: PartnerInput = wire(json!({
            "organizationId": acme, "category": "Silver Sponsor",
            "benefits": [{"kind": "Custom", "text": "Written by hand"}],
        }));
        let by_hand = by_hand.parse_new(Labels::All).expect("in order");
        let link = partners::add(ctx, &cast.ravi, cast.hackfest, by_hand, None).await.expect("noted");
        let first = cast.apply(&cast.asha, offer(&cast, "Silver Sponsor", 1).await).await;
        let second = cast.apply(&cast.asha, offer(&cast, "Silver Sponsor", 1).await).await;
        let ask: RequestInput = wire(json!({
            "organizationId": acme, "eventId": cast.hackfest, "amount": 1, "currency": "INR", "category": "Silver Sponsor",
        }));
        let third = service::send(ctx, &cast.ravi, &ask).await.expect("sent");

        let seen = cast.seen(&cast.ravi, first).await;
        service::accept(ctx, &cast.ravi, first, &seen).await.expect("what was written by hand is in nobody's way");

        assert!(is_whole(town, first).await);
        let all = standing().await;
        assert_eq!(all.len(), 1, "{all:?}");
        let agreed = all[0].link_id;
        assert_eq!((all[0].request_id, all[0].visible), (Some(first), true));
        assert!(agreed != link && all[0].benefits.iter().all(|line| line.text != "Written by hand"), "{:?}", all[0].benefits);
        let replaced = format!("facts where subject_id = '{agreed}' and payload::jsonb->>'replaced' = '{link}'");
        assert_eq!(count(town, &replaced).await, 1);

        // What was agreed is not agreed over: each side reads what it can do.
        let seen = cast.seen(&cast.ravi, second).await;
        let refused = service::accept(ctx, &cast.ravi, second, &seen).await.expect_err("it stands there");
        assert_eq!(refused.code(), "ALREADY_ON_EVENT");
        assert!(refused.message().contains("Release that agreement's place first"), "{}", refused.message());
        let asked = cast.seen(&cast.asha, third).await;
        let refused = service::accept(ctx, &cast.asha, third, &asked).await.expect_err("it stands there");
        assert_eq!(refused.code(), "ALREADY_ON_EVENT");
        assert!(refused.message().contains("Ask the community"), "{}", refused.message());
        assert!(!is_whole(town, second).await && !is_whole(town, third).await, "nothing is half done");

        // With the place the page is given back; what was written by hand is there again, for the community to show.
        decisions::release(ctx, &cast.ravi, first, "They asked us to.").await.expect("given back");
        let all = standing().await;
        assert_eq!(all.len(), 1, "{all:?}");
        assert_eq!((all[0].link_id, all[0].request_id, all[0].visible), (link, None, false));
        assert_eq!(all[0].benefits[0].text, "Written by hand");
        service::accept(ctx, &cast.ravi, second, &seen).await.expect("it is in nobody's way again");
        let all = standing().await;
        assert_eq!(all.iter().map(|item| item.request_id).collect::<Vec<_>>(), [Some(second)]);

        // Who is taken off the page leaves it free.
        let reason = read_reason("We agree anew.").expect("short");
        partners::remove(ctx, &cast.ravi, cast.hackfest, all[0].link_id, reason.as_ref()).await.expect("taken off");
        service::accept(ctx, &cast.asha, third, &asked).await.expect("the page is free");
        let all = standing().await;
        assert_eq!(all.iter().map(|item| item.request_id).collect::<Vec<_>>(), [Some(third)]);
    })
    .await;
}

#[tokio::test]
async fn an_agreement_takes_over_a_name_that_stood_there_without_an_organization() {
    sequel(async |town| {
        let cast = told(town).await;
        let (ctx, acme) = (&cast.ctx, cast.asha.organization().expect("Acme"));
        let by_hand: PartnerInput = wire(json!({"organizationId": acme, "category": "Silver Sponsor"}));
        let by_hand = by_hand.parse_new(Labels::All).expect("in order");
        let link = partners::add(ctx, &cast.ravi, cast.hackfest, by_hand, None).await.expect("noted");
        // As it was written before they had applied.
        sqlx::query("update event_partners set organization_id = null, name_snapshot = upper(name_snapshot) where id = $1")
            .bind(link.0)
            .execute(&town.owner)
            .await
            .expect("a name alone");
        let id = cast.apply(&cast.asha, offer(&cast, "Silver Sponsor", 1).await).await;

        let seen = cast.seen(&cast.ravi, id).await;
        service::accept(ctx, &cast.ravi, id, &seen).await.expect("accepted");

        let all = partners::list(ctx, Some(&cast.ravi), cast.hackfest, Some("Acme"), &PageRequest::default()).await;
        let all = all.expect("theirs").items;
        assert_eq!(all.iter().map(|item| item.request_id).collect::<Vec<_>>(), [Some(id)], "they stand there once");
        let replaced = format!("facts where name = 'partner_assigned' and payload::jsonb->>'replaced' = '{link}'");
        assert_eq!(count(town, &replaced).await, 1);
    })
    .await;
}

#[tokio::test]
async fn of_two_accepts_at_once_one_is_carried_out() {
    sequel(async |town| {
        let cast = told(town).await;
        let opportunity = offer(&cast, "Silver Sponsor", 2).await;
        let id = cast.apply(&cast.asha, opportunity).await;
        let seen = cast.seen(&cast.ravi, id).await;

        let (one, other) = (town.ctx(), town.ctx());
        let (a, b) = tokio::join!(service::accept(&one, &cast.ravi, id, &seen), service::accept(&other, &cast.ravi, id, &seen));

        assert_eq!(u8::from(a.is_ok()) + u8::from(b.is_ok()), 1);
        assert_eq!(if a.is_ok() { code(b) } else { code(a) }, "REQUEST_CLOSED");
        assert!(is_whole(town, id).await);
    })
    .await;
}

#[tokio::test]
async fn accept_against_withdraw_has_one_outcome() {
    sequel(async |town| {
        let cast = told(town).await;
        for _ in 0..4 {
            let opportunity = offer(&cast, "Bronze Sponsor", 1).await;
            let id = cast.apply(&cast.tomas, opportunity).await;
            let seen = cast.seen(&cast.ravi, id).await;

            let (one, other) = (town.ctx(), town.ctx());
            let (accepted, withdrawn) =
                tokio::join!(service::accept(&one, &cast.ravi, id, &seen), service::withdraw(&other, &cast.tomas, id));

            assert!(accepted.is_ok() != withdrawn.is_ok(), "{accepted:?} {withdrawn:?}");
            match cast.state(&cast.ravi, id).await {
                RequestState::Accepted => {
                    assert_eq!(code(withdrawn), "REQUEST_CLOSED");
                    assert!(is_whole(town, id).await);
                    // Bronze is taken by Lumen now: another round would be refused for that.
                    break;
                }
                RequestState::Withdrawn => {
                    assert_eq!(code(accepted), "REQUEST_CLOSED");
                    assert_eq!(count(town, &format!("event_partners where request_id = '{id}'")).await, 0);
                    assert_eq!(count(town, &format!("place_claims where request_id = '{id}'")).await, 0);
                }
                other => panic!("{other}"),
            }
        }
    })
    .await;
}

#[tokio::test]
async fn accept_against_expiry_is_decided_by_the_clock_alone() {
    sequel(async |town| {
        let cast = told(town).await;
        let (early, late) = (offer(&cast, "Silver Sponsor", 1).await, offer(&cast, "Bronze Sponsor", 1).await);
        let (early, late) = (cast.apply(&cast.asha, early).await, cast.apply(&cast.tomas, late).await);
        let (seen_early, seen_late) = (cast.seen(&cast.ravi, early).await, cast.seen(&cast.ravi, late).await);
        let (one, other) = (town.ctx(), town.ctx());

        // Before its time: the sweeper does nothing, the acceptance holds.
        let (accepted, expired) =
            tokio::join!(service::accept(&one, &cast.ravi, early, &seen_early), service::expire_due(&other, early));
        accepted.expect("in time");
        expired.expect("nothing to do");
        assert!(is_whole(town, early).await);

        // After it: whoever comes first, nothing is accepted.
        town.house.clock.shift(14 * 86_400);
        let (accepted, expired) =
            tokio::join!(service::accept(&one, &cast.ravi, late, &seen_late), service::expire_due(&other, late));
        expired.expect("swept");
        assert!(["REQUEST_EXPIRED", "REQUEST_CLOSED"].contains(&code(accepted)));
        assert_eq!(cast.state(&cast.tomas, late).await, RequestState::Expired);
        // Swept again: nothing is said twice.
        service::expire_due(&one, late).await.expect("harmless");
        assert_eq!(count(town, &format!("facts where subject_id = '{late}' and name = 'request_expired'")).await, 1);
    })
    .await;
}

#[tokio::test]
async fn the_last_place_is_taken_once() {
    sequel(async |town| {
        let cast = told(town).await;
        let opportunity = offer(&cast, "Silver Sponsor", 1).await;
        let (first, second) = (cast.apply(&cast.asha, opportunity).await, cast.apply(&cast.tomas, opportunity).await);
        let (seen_first, seen_second) = (cast.seen(&cast.ravi, first).await, cast.seen(&cast.ravi, second).await);

        let (one, other) = (town.ctx(), town.ctx());
        let (a, b) = tokio::join!(
            service::accept(&one, &cast.ravi, first, &seen_first),
            service::accept(&other, &cast.ravi, second, &seen_second)
        );

        assert_eq!(u8::from(a.is_ok()) + u8::from(b.is_ok()), 1);
        let (won, lost) = if a.is_ok() { (first, second) } else { (second, first) };
        assert_eq!(if a.is_ok() { code(b) } else { code(a) }, "NO_PLACE_LEFT");
        assert!(is_whole(town, won).await);
        assert!(!is_whole(town, lost).await, "the other stays as it was");
        assert_eq!(cast.status(opportunity).await, OpportunityStatus::Filled);
        assert_eq!(count(town, &format!("deadlines where subject_id = '{opportunity}'")).await, 0);
        let full: ApplyInput = wire(json!({"amount": 1}));
        assert_eq!(code(service::apply(&cast.ctx, &cast.asha, opportunity, &full).await), "OPPORTUNITY_CLOSED");
    })
    .await;
}

#[tokio::test]
async fn a_killed_acceptance_leaves_nothing_or_everything() {
    sequel(async |town| {
        let cast = told(town).await;
        let opportunity = offer(&cast, "Silver Sponsor", 1).await;
        let id = cast.apply(&cast.asha, opportunity).await;
        let seen = cast.seen(&cast.ravi, id).await;

        // Dropped a little later each time, so that every step is once the last one.
        let mut killed = 0;
        for step in 0..4_000_u64 {
            let ctx = town.ctx();
            let outcome =
                tokio::time::timeout(Duration::from_micros(step * 150), service::accept(&ctx, &cast.ravi, id, &seen)).await;
            let whole = is_whole(town, id).await;
            match outcome {
                Ok(accepted) => {
                    // The one before may have been dropped while its commit was already on its way.
                    assert!(whole, "{accepted:?}");
                    break;
                }
                Err(_) if whole => break,
                Err(_) => killed += 1,
            }
        }
        assert!(killed > 3, "only {killed} were killed");
        assert!(is_whole(town, id).await);
    })
    .await;
}

#[tokio::test]
async fn fifty_identical_clicks_are_one_application() {
    sequel(async |town| {
        let cast = told(town).await;
        let opportunity = offer(&cast, "Silver Sponsor", 3).await;
        let asha = signed_in(town, ASHA).await;
        let path = format!("/opportunities/{opportunity}/apply");
        let body = json!({"amount": 20000.50, "message": "We come with mentors."});
        let before = count(town, "requests").await;

        let clicks = (0..50).map(|_| {
            let (mut asha, path, body) = (asha.clone(), path.clone(), body.clone());
            async move { asha.api_with(Method::POST, &path, Some(body), &[("idempotency-key", "one-wish")]).await }
        });
        let answers = futures::future::join_all(clicks).await;

        let ids: std::collections::BTreeSet<String> = answers
            .iter()
            .map(|answer| {
                assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text);
                answer.data()["id"].as_str().expect("an id").to_owned()
            })
            .collect();
        assert_eq!(ids.len(), 1);
        assert_eq!(count(town, "requests").await, before + 1);

        let mut asha = asha;
        let other = asha.api_with(Method::POST, &path, Some(json!({"amount": 1})), &[("idempotency-key", "one-wish")]).await;
        assert_eq!((other.status, other.code().as_str()), (StatusCode::CONFLICT, "IDEMPOTENCY_KEY_REUSED"));
        let twice = asha.api(Method::POST, &path, Some(body)).await;
        assert_eq!((twice.status, twice.code().as_str()), (StatusCode::CONFLICT, "DUPLICATE_REQUEST"));
        assert!(twice.text.contains(ids.first().expect("one")), "it names the open one: {}", twice.text);
    })
    .await;
}

#[tokio::test]
async fn the_same_request_sent_at_once_by_two_is_one_request() {
    sequel(async |town| {
        let cast = told(town).await;
        let lumen = cast.tomas.organization().expect("Lumen").to_string();
        let event: uuid::Uuid = sqlx::query_scalar("select id from events where title = 'HarbourConf'")
            .fetch_one(&town.owner)
            .await
            .expect("an event");
        let input: RequestInput =
            wire(json!({"organizationId": lumen, "eventId": event, "amount": 0, "currency": "USD", "category": "Venue Partner"}));

        let (one, other) = (town.ctx(), town.ctx());
        let (a, b) = tokio::join!(service::send(&one, &cast.mei, &input), service::send(&other, &cast.mei, &input));

        let (won, lost) = match (a, b) {
            (Ok(won), Err(lost)) | (Err(lost), Ok(won)) => (won, lost),
            other => panic!("exactly one is sent: {other:?}"),
        };
        assert_eq!(lost.code(), "DUPLICATE_REQUEST");
        assert!(lost.message().contains(&won.to_string()));
        // Once it is closed, another may be sent.
        service::withdraw(&cast.ctx, &cast.mei, won).await.expect("withdrawn");
        service::send(&cast.ctx, &cast.mei, &input).await.expect("sent again");
    })
    .await;
}

/// The same person with one workspace more.
fn also(actor: &Actor, more: &Membership) -> Actor {
    let mut person = Person::clone(&actor.person);
    person.memberships.push(more.clone());
    Actor { person: Arc::new(person), acting: actor.acting.clone() }
}

#[tokio::test]
async fn an_open_request_says_how_the_community_is_reached_and_a_closed_one_does_not() {
    sequel(async |town| {
        let cast = told(town).await;
        let ctx = &cast.ctx;
        let mut mira = town.member("mira@acme.example").await;
        sqlx::query(
            "insert into organization_members (id, organization_id, user_id, role, created_at)
             select gen_random_uuid(), o.id, u.id, 'DevRel Manager', u.created_at
             from organizations o cross join users u where o.slug = 'acme-cloud' and u.email = 'mira@acme.example'",
        )
        .execute(&town.owner)
        .await
        .expect("a seat");
        let (mut asha, mut tomas) = (signed_in(town, ASHA).await, signed_in(town, TOMAS).await);
        let (mut ravi, mut mei) = (signed_in(town, RAVI).await, signed_in(town, MEI).await);
        // By the page and by the API: the same, or nothing at both.
        let told_by = async |browser: &mut Browser, id: RequestId| {
            let page = browser.open(&format!("/requests/{id}")).await;
            let api = browser.api(Method::GET, &format!("/requests/{id}"), None).await;
            assert_eq!(page.status, api.status, "{}", api.text);
            let both = |email: &str, phone: &str| page.text.contains(email) && page.text.contains(phone);
            let said = (api.json()["data"]["contact"].clone(), both("mailto:hello@apex.example", "tel:+919876543210"));
            match &said {
                (Value::Null, false) => assert!(!page.text.contains("98765"), "half of it"),
                (contact, true) => {
                    assert_eq!(*contact, json!({"email": "hello@apex.example", "phone": "+919876543210"}));
                }
                other => panic!("page and API differ: {other:?}"),
            }
            (api.status, said.1)
        };

        let refused = cast.apply(&cast.asha, offer(&cast, "Silver Sponsor", 2).await).await;
        let agreed = cast.apply(&cast.asha, offer(&cast, "Bronze Sponsor", 2).await).await;
        for id in [refused, agreed] {
            // Two roles of the organization, and nobody else: its people know the address of their own community anyway.
            assert_eq!(told_by(&mut asha, id).await, (StatusCode::OK, true));
            assert_eq!(told_by(&mut mira, id).await, (StatusCode::OK, true));
            assert_eq!(told_by(&mut ravi, id).await, (StatusCode::OK, false));
            assert_eq!(told_by(&mut tomas, id).await, (StatusCode::NOT_FOUND, false));
            assert_eq!(told_by(&mut mei, id).await, (StatusCode::NOT_FOUND, false));
        }
        // Tomas has a request to the same community that was accepted: it is not open any more.
        let theirs: uuid::Uuid = sqlx::query_scalar(
            "select r.id from requests r join organizations o on o.id = r.organization_id
             join communities c on c.id = r.community_id where o.slug = 'lumen-data' and c.slug = 'apex-circle'",
        )
        .fetch_one(&town.owner)
        .await
        .expect("the demo's");
        assert_eq!(told_by(&mut tomas, RequestId(theirs)).await, (StatusCode::OK, false));

        let no = Rejection::parse("Budget", "Next year.").expect("reads");
        service::reject(ctx, &cast.ravi, refused, no).await.expect("declined");
        let seen = cast.seen(&cast.ravi, agreed).await;
        service::accept(ctx, &cast.ravi, agreed, &seen).await.expect("accepted");
        for id in [refused, agreed] {
            assert_eq!(told_by(&mut asha, id).await, (StatusCode::OK, false), "it is closed");
            assert_eq!(told_by(&mut mira, id).await, (StatusCode::OK, false), "it is closed");
        }
        // What is taken along is the organization's own: no phone of somebody else's, open or not.
        let whole = service::list_whole(ctx, &cast.asha, None, 100).await.expect("theirs");
        assert!(whole.iter().any(|request| request.state.is_open()), "the demo left some open");
        assert!(whole.iter().all(|request| request.contact.is_none()));
    })
    .await;
}

#[tokio::test]
async fn only_the_right_people_act_and_strangers_find_nothing() {
    sequel(async |town| {
        let cast = told(town).await;
        let ctx = &cast.ctx;
        let opportunity = offer(&cast, "Silver Sponsor", 2).await;
        let id = cast.apply(&cast.asha, opportunity).await;
        let seen = cast.seen(&cast.ravi, id).await;
        let no = Rejection::parse("Budget", "Next year.").expect("reads");

        // Strangers: another community, another organization.
        for stranger in [&cast.mei, &cast.tomas] {
            assert_eq!(code(service::get(ctx, stranger, id).await), "NOT_FOUND");
            assert_eq!(code(service::accept(ctx, stranger, id, &seen).await), "NOT_FOUND");
            assert_eq!(code(service::reject(ctx, stranger, id, no.clone()).await), "NOT_FOUND");
            assert_eq!(code(service::withdraw(ctx, stranger, id).await), "NOT_FOUND");
        }
        // Not their turn, not theirs to withdraw, not what stands.
        assert_eq!(code(service::accept(ctx, &cast.asha, id, &seen).await), "NOT_YOUR_TURN");
        assert_eq!(code(service::reject(ctx, &cast.asha, id, no.clone()).await), "NOT_YOUR_TURN");
        assert_eq!(code(service::withdraw(ctx, &cast.ravi, id).await), "NOT_YOURS_TO_WITHDRAW");
        let stale = service::accept(ctx, &cast.ravi, id, &RevisionHash::of("another text")).await.expect_err("stale");
        assert_eq!(stale.code(), "STALE_REVISION");
        assert!(stale.message().contains(seen.as_str()));

        // A colleague without the role sees nothing of it and does nothing with it.
        let Some(Workspace::Community { id: apex, status, .. }) = cast.ravi.acting.as_ref().map(|m| m.workspace) else { panic!("Apex") };
        let role = CommunityRole::Member(MemberRole::Designer);
        let seat = Membership {
            workspace: Workspace::Community { id: apex, status, role },
            capabilities: Role::Community(role).capabilities(),
            ..cast.ravi.acting.clone().expect("Apex")
        };
        let designer = Actor { acting: Some(seat), ..cast.ravi.clone() };
        assert_eq!(code(service::get(ctx, &designer, id).await), "FORBIDDEN");
        assert_eq!(code(service::accept(ctx, &designer, id, &seen).await), "FORBIDDEN");
        assert_eq!(code(service::inbox(ctx, &designer, InboxTab::Open, &PageRequest::default()).await), "FORBIDDEN");
        assert_eq!(code(opportunities::list_mine(ctx, &designer, None, &PageRequest::default()).await), "FORBIDDEN");

        // Somebody with a seat on both sides agrees for neither, but may decline.
        let both = also(&cast.ravi, cast.asha.acting.as_ref().expect("Acme"));
        assert_eq!(code(service::accept(ctx, &both, id, &seen).await), "CONFLICT_OF_INTEREST");
        let view = service::get(ctx, &both, id).await.expect("seen");
        assert!(!view.can.accept && view.can.reject && view.why_not.contains("both sides"));

        // Before verification and approval: drafts, yes; reaching out, no.
        let mallory = who(ctx, MALLORY).await;
        let input: ApplyInput = wire(json!({"amount": 1}));
        assert_eq!(code(service::apply(ctx, &mallory, opportunity, &input).await), "NOT_VERIFIED");
        let kofi = who(ctx, KOFI).await;
        let ask: RequestInput = wire(json!({"organizationId": cast.asha.organization(), "eventId": cast.hackfest, "amount": 1, "currency": "INR", "category": "Gold Sponsor"}));
        assert_eq!(code(service::send(ctx, &kofi, &ask).await), "NOT_APPROVED");
        // Another community's event is none of theirs.
        assert!(matches!(service::send(ctx, &cast.mei, &ask).await, Err(AppError::Invalid(e)) if e.get("eventId").is_some()));

        // Declining says why, on both sides' timelines.
        service::reject(ctx, &cast.ravi, id, no).await.expect("declined");
        let view = service::get(ctx, &cast.asha, id).await.expect("theirs");
        assert_eq!(view.state, RequestState::Rejected);
        assert_eq!(view.rejection_note.as_deref(), Some("Next year."));
        assert_eq!(view.timeline.last().and_then(|entry| entry.quote.as_deref()), Some("Next year."));
        assert_eq!(code(service::accept(ctx, &cast.ravi, id, &seen).await), "REQUEST_CLOSED");
    })
    .await;
}

#[tokio::test]
async fn an_unapproved_community_drafts_but_does_not_open() {
    sequel(async |town| {
        let cast = told(town).await;
        let ctx = &cast.ctx;
        let kofi = who(ctx, KOFI).await;
        let event = commdesk::features::events::service::draft(
            ctx,
            &kofi,
            &wire(json!({"title": "Saturday school", "timezone": "Africa/Accra"})),
            commdesk::features::events::service::Then::Stay,
        )
        .await
        .expect("a draft");
        let input: OpportunityInput = wire(json!({
            "eventId": event, "category": "Learning Sponsor", "decisionDeadline": (ctx.now() + chrono::TimeDelta::days(9)).format("%Y-%m-%d").to_string(),
            "budgetRange": {"min": "100", "max": "2,500.50", "currency": "USD"},
        }));

        let id = opportunities::create(ctx, &kofi, &input).await.expect("a draft");

        assert_eq!(code(opportunities::open(ctx, &kofi, id).await), "NOT_APPROVED");
        let open = OpportunityInput { status: "Open".into(), ..input };
        assert_eq!(code(opportunities::create(ctx, &kofi, &open).await), "NOT_APPROVED");
        // The only way in which a program opens a draft.
        let mut browser = signed_in(town, KOFI).await;
        let patch = json!({"version": 1, "status": "Open"});
        let refused = browser.api(Method::PATCH, &format!("/opportunities/{id}"), Some(patch)).await;
        assert_eq!((refused.status, refused.code().as_str()), (StatusCode::FORBIDDEN, "NOT_APPROVED"), "{}", refused.text);
        assert_eq!(code(opportunities::get(ctx, Some(&cast.ravi), id).await), "NOT_FOUND", "a draft is its community's");
        assert_eq!(code(opportunities::get(ctx, None, id).await), "NOT_FOUND");
        assert_eq!(code(opportunities::open(ctx, &cast.ravi, id).await), "NOT_FOUND");
    })
    .await;
}

#[tokio::test]
async fn whoever_lost_their_standing_is_told_so_by_its_own_code() {
    sequel(async |town| {
        let cast = told(town).await;
        let ctx = &cast.ctx;
        let asked = offer(&cast, "Silver Sponsor", 2).await;
        let id = cast.apply(&cast.asha, asked).await;
        let from_mei = "select r.id from requests r join organizations o on o.id = r.organization_id
                        where r.state = 'Pending' and r.opened_by = 'community' and o.slug = 'acme-cloud'";
        let from_mei = RequestId(one(town, from_mei).await);
        let (seen, theirs) = (cast.seen(&cast.ravi, id).await, cast.seen(&cast.asha, from_mei).await);
        let draft = cast.offer(json!({"category": "Gold Sponsor", "status": "Draft"})).await;
        let closed = cast.offer(json!({"category": "Bronze Sponsor"})).await;
        opportunities::close(ctx, &cast.ravi, closed).await.expect("closed");
        sqlx::raw_sql(
            "update communities set status = 'suspended' where slug = 'apex-circle';
             update organizations set verification_status = 'Pending Verification' where slug = 'acme-cloud'",
        )
        .execute(&town.owner)
        .await
        .expect("both lost it");

        let mut ravi = signed_in(town, RAVI).await;
        for (id, patch) in [
            (draft, json!({"version": 1, "status": "Open"})),
            (closed, json!({"version": 1, "status": "Open", "decisionDeadline": cast.day(40)})),
        ] {
            let refused = ravi.api(Method::PATCH, &format!("/opportunities/{id}"), Some(patch)).await;
            assert_eq!((refused.status, refused.code().as_str()), (StatusCode::FORBIDDEN, "NOT_APPROVED"), "{}", refused.text);
        }
        // Lost between the door and the locks: the actors were made before.
        let refused = service::accept(ctx, &cast.ravi, id, &seen).await.expect_err("suspended");
        assert_eq!(refused.code(), "NOT_APPROVED");
        assert!(!refused.message().contains("draft"), "an answer is no draft: {}", refused.message());
        assert_eq!(code(service::accept(ctx, &cast.asha, from_mei, &theirs).await), "NOT_VERIFIED");
    })
    .await;
}

#[tokio::test]
async fn an_opportunity_is_edited_by_version_and_keeps_its_lines() {
    sequel(async |town| {
        let cast = told(town).await;
        let ctx = &cast.ctx;
        let id = offer(&cast, "Silver Sponsor", 3).await;
        let view = opportunities::get(ctx, Some(&cast.ravi), id).await.expect("theirs");
        assert!(!view.benefits.is_empty(), "the tier's defaults");
        let (kept, dropped) = (view.benefits[0].id, view.benefits[1].id);
        let input: OpportunityInput = wire(json!({
            "eventId": cast.hackfest, "category": "Silver Sponsor", "decisionDeadline": view.decision_deadline, "places": 2,
            "budgetRange": {"min": 10000, "max": 60000, "currency": "INR"},
            "benefits": [{"id": kept, "kind": "Logo placement", "text": "On every slide"}, {"kind": "Custom", "text": "A song"}],
        }));

        // Two save at once: one is told.
        let (one, other) = (town.ctx(), town.ctx());
        let patch = OpportunityPatch::all(view.version, input.clone());
        let (a, b) =
            tokio::join!(decisions::edit(&one, &cast.ravi, id, &patch), decisions::edit(&other, &cast.ravi, id, &patch),);
        assert_eq!(u8::from(a.is_ok()) + u8::from(b.is_ok()), 1);
        assert_eq!(if a.is_ok() { code(b) } else { code(a) }, "VERSION_CONFLICT");
        let view = opportunities::get(ctx, Some(&cast.ravi), id).await.expect("theirs");
        assert_eq!((view.version, view.places, view.places_left), (2, 2, 2));
        assert_eq!((view.benefits[0].id, view.benefits[0].text.as_str()), (kept, "On every slide"));
        assert!(view.benefits.iter().all(|line| line.id != dropped));
        assert_eq!(count(town, &format!("opportunity_places where opportunity_id = '{id}'")).await, 2);

        // A taken place stays.
        let request = cast.apply(&cast.asha, id).await;
        let seen = cast.seen(&cast.ravi, request).await;
        service::accept(ctx, &cast.ravi, request, &seen).await.expect("accepted");
        let fewer = OpportunityInput { places: "1".into(), ..input };
        let refused = decisions::edit(ctx, &cast.ravi, id, &OpportunityPatch::all(2, fewer)).await;
        assert_eq!(code(refused), "PLACES_TAKEN");

        // Closing takes no more applications, and what was agreed stays.
        opportunities::close(ctx, &cast.ravi, id).await.expect("closed");
        let input: ApplyInput = wire(json!({"amount": 1}));
        assert_eq!(code(service::apply(ctx, &cast.tomas, id, &input).await), "OPPORTUNITY_CLOSED");
        assert_eq!(code(opportunities::close(ctx, &cast.ravi, id).await), "OPPORTUNITY_NOT_OPEN");
    })
    .await;
}

#[tokio::test]
async fn deadlines_close_and_expire_when_they_come() {
    sequel(async |town| {
        let cast = told(town).await;
        let opportunity = offer(&cast, "Silver Sponsor", 1).await;
        let id = cast.apply(&cast.asha, opportunity).await;

        town.shift(14 * 86_400 - 60).await;
        assert_eq!(cast.state(&cast.asha, id).await, RequestState::Pending, "never early");
        town.shift(120).await;
        assert_eq!(cast.state(&cast.asha, id).await, RequestState::Expired);
        assert_eq!(cast.status(opportunity).await, OpportunityStatus::Open);
        town.shift(18 * 86_400).await;
        assert_eq!(cast.status(opportunity).await, OpportunityStatus::Closed);
        assert_eq!(count(town, &format!("deadlines where subject_id in ('{id}', '{opportunity}')")).await, 0);
    })
    .await;
}

#[tokio::test]
async fn words_that_were_agreed_on_cannot_be_changed() {
    sequel(async |town| {
        let cast = told(town).await;
        let opportunity = offer(&cast, "Silver Sponsor", 1).await;
        let id = cast.apply(&cast.asha, opportunity).await;
        for statement in ["update revisions set amount_minor = 1", "delete from revisions", "truncate revisions cascade"] {
            assert!(sqlx::raw_sql(statement).execute(cast.ctx.db()).await.is_err(), "the app may not {statement}");
            assert!(sqlx::raw_sql(statement).execute(&town.owner).await.is_err(), "not even the owner may {statement}");
        }
        let forged = sqlx::query(
            "insert into revisions (id, request_id, sequence, side, currency, amount_minor, category, benefits, message, valid_until,
                                    canonical, hash, created_by, created_at)
             select gen_random_uuid(), request_id, 2, side, currency, amount_minor, category, benefits, message, valid_until,
                    canonical || ' ', hash, created_by, created_at from revisions where request_id = $1",
        )
        .bind(id.0)
        .execute(&town.owner)
        .await
        .expect_err("the hash is not the text's");
        assert!(forged.to_string().contains("revisions_hash_check"), "{forged}");
    })
    .await;
}

#[tokio::test]
async fn the_inbox_shows_whose_turn_first_and_pages_by_key() {
    sequel(async |town| {
        let cast = told(town).await;
        let ctx = &cast.ctx;
        let (a, b) = (offer(&cast, "Silver Sponsor", 1).await, offer(&cast, "Bronze Sponsor", 1).await);
        town.house.clock.shift(60);
        cast.apply(&cast.asha, a).await;
        town.house.clock.shift(60);
        cast.apply(&cast.asha, b).await;

        let all = service::inbox(ctx, &cast.asha, InboxTab::Open, &PageRequest::default()).await.expect("an inbox");
        assert_eq!(all.items.iter().map(|row| row.your_turn).collect::<Vec<_>>(), [true, false, false, false]);
        assert!(all.items[1..].windows(2).all(|pair| pair[0].since <= pair[1].since), "who has waited longest comes first");
        assert_eq!((all.counts.your_turn, all.counts.open, all.total), (1, 4, 4));
        for who in [&cast.asha, &cast.ravi] {
            let all = service::inbox(ctx, who, InboxTab::Open, &PageRequest::default()).await.expect("an inbox");
            let mut paged = Vec::new();
            let mut ask = PageRequest { limit: 1, ..PageRequest::default() };
            loop {
                let page = service::inbox(ctx, who, InboxTab::Open, &ask).await.expect("a page");
                paged.extend(page.items.iter().map(|row| row.id));
                match page.next_cursor {
                    Some(cursor) => ask.cursor = Some(cursor),
                    None => break,
                }
            }
            assert_eq!(paged, all.items.iter().map(|row| row.id).collect::<Vec<_>>());
        }
        let history = service::inbox(ctx, &cast.ravi, InboxTab::Accepted, &PageRequest::default()).await.expect("an inbox");
        assert_eq!((history.items.len(), history.counts.accepted), (2, 2));
        let broken = PageRequest { cursor: Some("beef".into()), ..PageRequest::default() };
        assert_eq!(code(service::inbox(ctx, &cast.ravi, InboxTab::Open, &broken).await), "VALIDATION_ERROR");
    })
    .await;
}

#[tokio::test]
async fn the_public_list_is_found_by_words_and_every_filter() {
    sequel(async |town| {
        let _cast = told(town).await;
        let mut visitor = town.visitor();
        let found = async |visitor: &mut Browser, query: &str| {
            let answer = visitor.api(Method::GET, &format!("/opportunities?{query}"), None).await;
            assert_eq!(answer.status, StatusCode::OK, "{query}: {}", answer.text);
            answer.data()["items"].as_array().expect("items").len()
        };
        // Gold (one of three places left), platinum and media at HackFest; title and knowledge at HarbourConf.
        assert_eq!(found(&mut visitor, "").await, 5);
        for (query, rows) in [
            ("search=hackf", 3),
            ("search=harbour+conf", 0),
            ("search=pune", 3),
            ("search=%21%21", 5),
            ("eventType=Hackathon", 3),
            ("category=Gold%20Sponsor", 1),
            ("format=Hybrid", 2),
            ("region=South%20Asia", 3),
            ("currency=INR", 5),
            ("currency=USD", 0),
            ("limit=2", 2),
            ("page=3&limit=2", 1),
        ] {
            assert_eq!(found(&mut visitor, query).await, rows, "{query}");
        }
        let wrong = visitor.api(Method::GET, "/opportunities?category=Gold&format=Nowhere", None).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(wrong.json()["error"]["fieldErrors"].as_object().map(serde_json::Map::len), Some(2));

        let first = visitor.api(Method::GET, "/opportunities?limit=2", None).await.data();
        let next = first["nextCursor"].as_str().expect("more");
        let second = visitor.api(Method::GET, &format!("/opportunities?limit=3&cursor={next}"), None).await.data();
        assert_eq!(second["items"].as_array().map(Vec::len), Some(3));
        assert!(second["nextCursor"].is_null());

        // The same as a page, without scripts.
        let page = visitor.open("/opportunities?q=hackfest").await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(
            page.text.contains("3 opportunities") && page.text.contains("Platinum Sponsor") && !page.text.contains("HarbourConf")
        );
        let id = first["items"][0]["id"].as_str().expect("an id");
        let page = visitor.open(&format!("/opportunities/{id}")).await;
        assert!(page.text.contains("Sign in as a verified sponsor"), "a stranger is asked to sign in");

        let event = first["items"][0]["event"]["id"].as_str().expect("an event");
        let partners = visitor.api(Method::GET, &format!("/events/{event}/sponsors?search=lumen"), None).await.data();
        assert_eq!(partners["items"][0]["displayCategory"], "Gold Sponsor");
        assert_eq!(partners["items"][0]["tierKeyword"], "gold");
        assert_eq!(partners["total"], 1);
    })
    .await;
}

#[tokio::test]
async fn forms_work_without_scripts_and_lose_nothing() {
    sequel(async |town| {
        let cast = told(town).await;
        let mut ravi = signed_in(town, RAVI).await;
        let event = cast.hackfest.to_string();
        let fields = [
            ("eventId", event.as_str()),
            ("category", "Elite Sponsor"),
            ("budgetRange.currency", "INR"),
            ("budgetRange.min", "1,00,000"),
            ("budgetRange.max", "50,000"),
            ("places", "2"),
            ("decisionDeadline", "2099-01-01"),
            ("benefits[0].kind", "Booth"),
            ("benefits[0].text", "By the <door>"),
            ("benefits[1].kind", ""),
            ("benefits[1].text", ""),
        ];
        let page = ravi.open("/manage/opportunities/new").await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.text);

        // Refused: the same page, with everything typed and the problem beside its field.
        let refused = ravi.submit("/manage/opportunities/new", "save", &fields).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.text.contains("By the &lt;door&gt;") && refused.text.contains("1,00,000"), "typed words come back");
        assert!(refused.text.contains("The lower amount is above the upper one"));

        // One line more, nothing lost.
        let mut more = fields.to_vec();
        more.push(("_action", "add-line"));
        let again = ravi.submit("/manage/opportunities/new", "save", &more).await;
        assert!(again.text.contains("benefits[2].kind") && again.text.contains("By the &lt;door&gt;"));

        // Saved, opened, found, applied for, accepted: by forms alone.
        let day = (cast.ctx.now() + chrono::TimeDelta::days(20)).format("%Y-%m-%d").to_string();
        let fixed: Vec<(&str, &str)> = fields
            .iter()
            .map(|(name, value)| match *name {
                "budgetRange.min" => (*name, "10,000"),
                "decisionDeadline" => (*name, day.as_str()),
                _ => (*name, *value),
            })
            .collect();
        let saved = ravi.submit("/manage/opportunities/new", "save", &fixed).await;
        assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.text);
        let manage = saved.location().split('?').next().expect("a path").to_owned();
        assert!(ravi.open(&manage).await.text.contains("Nobody sees it yet"));
        assert_eq!(ravi.submit(&manage, "open", &[]).await.status, StatusCode::SEE_OTHER);
        let public = manage.replace("/manage", "");

        let mut asha = signed_in(town, ASHA).await;
        let page = asha.open(&public).await;
        assert!(
            page.text.contains("Send application") && page.text.contains("of 20 requests this week"),
            "what is left of the week"
        );
        let refused = asha.submit(&public, "apply", &[("amount", "a lot"), ("message", "Hello & welcome")]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.text.contains("Hello &amp; welcome"));
        let sent =
            asha.submit(&public, "apply", &[("amount", "40,000"), ("currency", "INR"), ("message", "Hello & welcome")]).await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text);
        let request = sent.location().split('?').next().expect("a path").to_owned();
        assert!(asha.open(&request).await.text.contains("has until"));

        assert!(ravi.open("/inbox").await.text.contains("Your turn"));
        let page = ravi.open(&request).await;
        assert!(page.text.contains("Accept offer") && page.text.contains("₹40,000.00"));
        let hash = page
            .text
            .split("name=\"revisionHash\" value=\"")
            .nth(1)
            .and_then(|rest| rest.get(..64))
            .expect("the hash that is shown")
            .to_owned();
        let stale = ravi.submit(&request, "accept", &[("revisionHash", &"0".repeat(64))]).await;
        assert_eq!(stale.status, StatusCode::CONFLICT);
        let accepted = ravi.submit(&request, "accept", &[("revisionHash", &hash)]).await;
        assert_eq!(accepted.status, StatusCode::SEE_OTHER, "{}", accepted.text);
        assert!(asha.open(&request).await.text.contains("agree"));
        let mut mei = signed_in(town, MEI).await;
        assert_eq!(mei.open(&request).await.status, StatusCode::NOT_FOUND);
    })
    .await;
}
