//! Places that are released or added, and who waits for them.

use crate::{
    common::{code, count, signed_in, told, who, wire},
    town::{Town, sequel},
};
use commdesk::{
    features::{
        decisions::{service as decisions, views::WaitingState},
        opportunities::{
            service as opportunities,
            views::{OpportunityPatch, OpportunityStatus},
        },
        partners::service as partners,
        requests::{
            service as requests,
            views::{ApplyInput, RequestState},
        },
    },
    kernel::{
        error::AppError,
        ids::{OpportunityId, RequestId},
    },
    seeds::people::{self, ASHA, MEI, RAVI, TOMAS},
};
use http::{Method, StatusCode};
use serde_json::{Value, json};

/// Live claims of an opportunity's places.
async fn taken(town: &Town, id: OpportunityId) -> i64 {
    count(
        town,
        &format!(
            "place_claims k join opportunity_places p on p.id = k.place_id where p.opportunity_id = '{id}' and k.released_at is null"
        ),
    )
    .await
}

#[tokio::test]
async fn the_loser_of_the_last_place_waits_and_is_offered_it_when_it_is_released() {
    sequel(async |town| {
        let cast = told(town).await;
        let ctx = &cast.ctx;
        let opportunity = cast.offer(json!({})).await;
        let (hers, his) = (cast.apply(&cast.asha, opportunity).await, cast.apply(&cast.tomas, opportunity).await);
        let early = decisions::wait(ctx, &cast.ravi, hers, &cast.seen(&cast.ravi, hers).await).await;
        assert_eq!(code(early), "PLACE_FREE");
        let (seen_hers, seen_his) = (cast.seen(&cast.ravi, hers).await, cast.seen(&cast.ravi, his).await);
        let (one, other) = (town.ctx(), town.ctx());
        let (a, b) = tokio::join!(
            requests::accept(&one, &cast.ravi, hers, &seen_hers),
            requests::accept(&other, &cast.ravi, his, &seen_his)
        );
        assert_eq!(u8::from(a.is_ok()) + u8::from(b.is_ok()), 1, "one wins");
        let (winner, winning, loser, losing) = if a.is_ok() {
            assert_eq!(code(b), "NO_PLACE_LEFT");
            (&cast.asha, hers, &cast.tomas, his)
        } else {
            assert_eq!(code(a), "NO_PLACE_LEFT");
            (&cast.tomas, his, &cast.asha, hers)
        };
        assert_eq!(cast.status(opportunity).await, OpportunityStatus::Filled);

        cast.wait(losing).await;
        let again = decisions::wait(ctx, &cast.ravi, losing, &cast.seen(&cast.ravi, losing).await).await;
        assert_eq!(code(again), "ALREADY_WAITING");
        let place = decisions::place(ctx, loser, losing).await.expect("theirs").place;
        assert_eq!((place.waiting, place.position, place.can.take), (Some(WaitingState::Waiting), Some(1), false));
        assert_eq!(code(decisions::take(ctx, loser, losing).await), "STILL_WAITING");

        // Releasing is the community's, with a reason.
        assert_eq!(code(decisions::release(ctx, winner, winning, "No.").await), "FORBIDDEN");
        assert_eq!(code(decisions::release(ctx, &cast.mei, winning, "No.").await), "NOT_FOUND");
        assert_eq!(code(decisions::release(ctx, &cast.ravi, winning, " ").await), "VALIDATION_ERROR");
        assert_eq!(code(decisions::release(ctx, &cast.ravi, losing, "No.").await), "NO_PLACE_HELD");
        decisions::release(ctx, &cast.ravi, winning, "Their budget was cut.").await.expect("released");

        assert_eq!(taken(town, opportunity).await, 1, "the place is kept for whoever was next");
        assert_eq!(cast.status(opportunity).await, OpportunityStatus::Filled);
        assert_eq!(cast.waiting(loser, losing).await, Some(WaitingState::Offered));
        let wall = partners::wall(ctx, cast.hackfest).await.expect("a wall");
        assert!(wall.groups.iter().all(|group| group.heading() != "Silver Sponsor"), "they left the page");
        assert_eq!(code(decisions::release(ctx, &cast.ravi, winning, "Twice.").await), "NO_PLACE_HELD");
        town.drain().await;
        assert!(count(town, "mails where template = 'place_offered'").await >= 1);
        assert!(count(town, "mails where template = 'place_released'").await >= 1);

        assert_eq!(code(decisions::take(ctx, &cast.ravi, losing).await), "FORBIDDEN", "it is kept for the organization");
        decisions::take(ctx, loser, losing).await.expect("taken");

        assert_eq!(cast.state(loser, losing).await, RequestState::Accepted);
        assert_eq!(cast.waiting(loser, losing).await, Some(WaitingState::Taken));
        assert_eq!(taken(town, opportunity).await, 1);
        let wall = partners::wall(ctx, cast.hackfest).await.expect("a wall");
        assert!(wall.groups.iter().any(|group| group.heading() == "Silver Sponsor"));
        town.drain().await;
        assert_eq!(count(town, "deadlines where kind = 'place_offer'").await, 0);
    })
    .await;
}

#[tokio::test]
async fn the_line_keeps_its_order_and_an_offer_lapses_to_the_next() {
    sequel(async |town| {
        let cast = told(town).await;
        let ctx = &cast.ctx;
        let ingrid = who(ctx, people::INGRID).await;
        let opportunity = cast.offer(json!({"decisionDeadline": cast.day(40)})).await;
        let first = cast.apply(&ingrid, opportunity).await;
        let (second, third) = (cast.apply(&cast.tomas, opportunity).await, cast.apply(&cast.asha, opportunity).await);
        cast.accept(first).await;
        cast.wait(second).await;
        cast.wait(third).await;
        assert_eq!(decisions::place(ctx, &cast.asha, third).await.expect("hers").place.position, Some(2));

        decisions::release(ctx, &cast.ravi, first, "They asked for it.").await.expect("released");
        assert_eq!(cast.waiting(&cast.tomas, second).await, Some(WaitingState::Offered));
        assert_eq!(cast.waiting(&cast.asha, third).await, Some(WaitingState::Waiting));

        town.shift(3 * 86_400 - 60).await;
        assert_eq!(cast.waiting(&cast.tomas, second).await, Some(WaitingState::Offered), "never early");
        town.shift(120).await;
        assert_eq!(cast.waiting(&cast.tomas, second).await, Some(WaitingState::Lapsed));
        assert_eq!(cast.waiting(&cast.asha, third).await, Some(WaitingState::Offered));
        assert_eq!(code(decisions::take(ctx, &cast.tomas, second).await), "OFFER_LAPSED");
        assert_eq!(taken(town, opportunity).await, 1);

        // Somebody who withdraws leaves the line; nobody waits any more, so it opens again.
        requests::withdraw(ctx, &cast.asha, third).await.expect("withdrawn");
        town.drain().await;
        assert_eq!(cast.waiting(&cast.asha, third).await, Some(WaitingState::Left));
        assert_eq!((taken(town, opportunity).await, cast.status(opportunity).await), (0, OpportunityStatus::Open));
        // The one whose offer lapsed may be accepted after all, on the same place.
        cast.accept(second).await;
        assert_eq!((taken(town, opportunity).await, cast.status(opportunity).await), (1, OpportunityStatus::Filled));
        town.drain().await;
    })
    .await;
}

#[tokio::test]
async fn who_comes_when_it_is_full_applies_for_the_waiting_list() {
    sequel(async |town| {
        let cast = told(town).await;
        let ctx = &cast.ctx;
        let ingrid = who(ctx, people::INGRID).await;
        let opportunity = cast.offer(json!({"decisionDeadline": cast.day(40)})).await;
        let (first, lost) = (cast.apply(&ingrid, opportunity).await, cast.apply(&cast.tomas, opportunity).await);
        town.drain().await;
        cast.accept(first).await;
        town.drain().await;
        // Whoever loses the last place hears of it; whoever has it hears something better.
        let told = |who: &str| format!("mails where template = 'places_taken' and recipient = '{who}'");
        assert_eq!((count(town, &told("tomas@lumen.example")).await, count(town, &told("ingrid@fjord.example")).await), (1, 0));

        // The page offers the line, and an application for it says so.
        let it = opportunities::get(ctx, Some(&cast.asha), opportunity).await.expect("public");
        assert_eq!((it.can.apply, it.can.wait), (false, true));
        let mut asha = signed_in(town, ASHA).await;
        let path = format!("/opportunities/{opportunity}");
        assert!(asha.open(&path).await.text.contains("Apply for the waiting list"));
        let fields = [("amount", "20000"), ("message", "We would like to come, if somebody does not.")];
        let refused = asha.submit(&path, "apply", &fields).await;
        assert_eq!(refused.status, StatusCode::CONFLICT, "it is full, and nothing was said of a line");
        assert!(refused.text.contains("waiting list"), "{}", refused.text);
        let sent = asha.submit(&path, "apply", &[&fields[..], &[("waitingList", "true")]].concat()).await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text);
        let hers: RequestId =
            sent.location().trim_start_matches("/requests/").split('?').next().unwrap_or_default().parse().expect("an id");
        assert_eq!(cast.waiting(&cast.asha, hers).await, Some(WaitingState::Waiting));

        // The one who lost the place waits too, behind her, by their own choice.
        let place = decisions::place(ctx, &cast.tomas, lost).await.expect("his").place;
        assert!(place.can.wait && place.waiting.is_none());
        decisions::wait(ctx, &cast.tomas, lost, &cast.seen(&cast.tomas, lost).await).await.expect("in line");
        assert_eq!(decisions::place(ctx, &cast.tomas, lost).await.expect("his").place.position, Some(2));
        assert_eq!(code(decisions::wait(ctx, &cast.tomas, lost, &cast.seen(&cast.tomas, lost).await).await), "ALREADY_WAITING");
        town.drain().await;
        assert_eq!(count(town, "notices where title like '%waits for a place%'").await, 2, "the community knows of both");

        // A place is free: it is kept for whoever is first, for the community's answer, and both are told.
        decisions::release(ctx, &cast.ravi, first, "They asked for it.").await.expect("released");
        town.drain().await;
        assert_eq!(
            (cast.waiting(&cast.asha, hers).await, cast.waiting(&cast.tomas, lost).await),
            (Some(WaitingState::Offered), Some(WaitingState::Waiting))
        );
        assert_eq!((taken(town, opportunity).await, cast.status(opportunity).await), (1, OpportunityStatus::Filled));
        let place = decisions::place(ctx, &cast.asha, hers).await.expect("hers").place;
        assert!(place.awaits_answer && !place.can.take, "nobody takes what was not agreed");
        assert_eq!(code(decisions::take(ctx, &cast.asha, hers).await), "NOT_YOUR_TURN");
        for who in ["asha@acme.example", "ravi@apex.example"] {
            assert_eq!(count(town, &format!("mails where template = 'place_offered' and recipient = '{who}'")).await, 1, "{who}");
        }
        // Nobody gets past the line.
        let seen = cast.seen(&cast.ravi, lost).await;
        assert_eq!(code(requests::accept(ctx, &cast.ravi, lost, &seen).await), "NO_PLACE_LEFT");

        // Not answered in time, it is kept for the next; the application stays.
        town.shift(3 * 86_400 + 60).await;
        assert_eq!(
            (cast.waiting(&cast.asha, hers).await, cast.waiting(&cast.tomas, lost).await),
            (Some(WaitingState::Lapsed), Some(WaitingState::Offered))
        );
        assert_eq!(cast.state(&cast.asha, hers).await, RequestState::Pending);
        cast.accept(lost).await;
        town.drain().await;
        assert_eq!(
            (cast.state(&cast.tomas, lost).await, cast.waiting(&cast.tomas, lost).await),
            (RequestState::Accepted, Some(WaitingState::Taken))
        );

        // She waits again; the community agrees beforehand, and then the place is hers to take.
        decisions::wait(ctx, &cast.asha, hers, &cast.seen(&cast.asha, hers).await).await.expect("in line again");
        let place = decisions::place(ctx, &cast.ravi, hers).await.expect("theirs").place;
        assert!(place.can.wait, "the community may agree to it");
        cast.wait(hers).await;
        decisions::release(ctx, &cast.ravi, lost, "They asked for it.").await.expect("released");
        decisions::take(ctx, &cast.asha, hers).await.expect("hers");
        assert_eq!(cast.state(&cast.asha, hers).await, RequestState::Accepted);
        town.drain().await;
    })
    .await;
}

#[tokio::test]
async fn a_line_is_for_what_is_full_and_staff_look_first_there_too() {
    sequel(async |town| {
        let cast = told(town).await;
        let ctx = &cast.ctx;
        let ingrid = who(ctx, people::INGRID).await;
        let opportunity = cast.offer(json!({"decisionDeadline": cast.day(40)})).await;
        let waits = |message: &str| -> ApplyInput { wire(json!({"amount": 20000, "message": message, "waitingList": true})) };
        // Where a place is free it is an application like every other.
        let first = decisions::apply(ctx, &ingrid, opportunity, &waits("We film it.")).await.expect("applied");
        assert_eq!(cast.waiting(&ingrid, first).await, None);
        cast.accept(first).await;

        // Held by staff, it is in line, and its turn does not come before they have looked.
        let spam = "See https://a.example https://b.example https://c.example and www.d.example";
        let held = decisions::apply(ctx, &cast.asha, opportunity, &waits(spam)).await.expect("kept");
        let behind = decisions::apply(ctx, &cast.tomas, opportunity, &waits("We come with mentors.")).await.expect("applied");
        town.drain().await;
        assert_eq!(
            count(town, "notices where title like 'Acme Cloud waits for a place%'").await,
            0,
            "the community does not know of it"
        );
        decisions::release(ctx, &cast.ravi, first, "They asked for it.").await.expect("released");
        assert_eq!(
            (cast.waiting(&cast.asha, held).await, cast.waiting(&cast.tomas, behind).await),
            (Some(WaitingState::Waiting), Some(WaitingState::Offered))
        );
        town.drain().await;
    })
    .await;
}

#[tokio::test]
async fn taking_a_kept_place_and_its_lapse_at_once_have_one_outcome() {
    sequel(async |town| {
        let cast = told(town).await;
        let opportunity = cast.offer(json!({})).await;
        let (hers, his) = (cast.apply(&cast.asha, opportunity).await, cast.apply(&cast.tomas, opportunity).await);
        cast.accept(hers).await;
        cast.wait(his).await;
        decisions::release(&cast.ctx, &cast.ravi, hers, "A change of plans.").await.expect("released");
        let (one, other) = (town.ctx(), town.ctx());

        let (taking, again) = tokio::join!(decisions::take(&one, &cast.tomas, his), decisions::take(&other, &cast.tomas, his));

        assert_eq!(u8::from(taking.is_ok()) + u8::from(again.is_ok()), 1);
        assert_eq!(taken(town, opportunity).await, 1);
        let settled = (town.ctx(), town.ctx());
        let (a, b) = tokio::join!(decisions::settle(&settled.0, opportunity), decisions::settle(&settled.1, opportunity));
        a.and(b).expect("settling twice is settling once");
        assert_eq!(taken(town, opportunity).await, 1);
        town.drain().await;
    })
    .await;
}

#[tokio::test]
async fn a_place_that_was_kept_too_long_is_taken_by_no_door_before_the_sweeper_comes() {
    sequel(async |town| {
        let cast = told(town).await;
        let ctx = &cast.ctx;
        let ingrid = who(ctx, people::INGRID).await;
        let opportunity = cast.offer(json!({"decisionDeadline": cast.day(40)})).await;
        let first = cast.apply(&ingrid, opportunity).await;
        let (second, third) = (cast.apply(&cast.tomas, opportunity).await, cast.apply(&cast.asha, opportunity).await);
        cast.accept(first).await;
        // He waits for his answer too, so that the place is kept for the community's yes; she is behind him.
        decisions::wait(ctx, &cast.tomas, second, &cast.seen(&cast.tomas, second).await).await.expect("in line");
        cast.wait(third).await;
        decisions::release(ctx, &cast.ravi, first, "They asked for it.").await.expect("released");
        assert_eq!(cast.waiting(&cast.tomas, second).await, Some(WaitingState::Offered));
        town.drain().await;

        // Its time is over, and nobody has swept.
        town.house.clock.shift(3 * 86_400 + 1);
        let seen = cast.seen(&cast.ravi, second).await;
        assert_eq!(code(requests::accept(ctx, &cast.ravi, second, &seen).await), "OFFER_LAPSED");
        assert_eq!(cast.state(&cast.tomas, second).await, RequestState::Pending);
        assert_eq!(taken(town, opportunity).await, 1, "it is still kept until it is offered to the next");

        // The sweeper gives it to whoever is next, who takes it in time; then it is kept for nobody any more.
        town.shift(1).await;
        assert_eq!(
            (cast.waiting(&cast.tomas, second).await, cast.waiting(&cast.asha, third).await),
            (Some(WaitingState::Lapsed), Some(WaitingState::Offered))
        );
        assert_eq!(count(town, "place_claims where kept_until is not null and released_at is null").await, 1);
        decisions::take(ctx, &cast.asha, third).await.expect("hers");
        assert_eq!(count(town, "place_claims where kept_until is not null and released_at is null").await, 0);
        assert_eq!(cast.state(&cast.asha, third).await, RequestState::Accepted);
        let seen = cast.seen(&cast.ravi, second).await;
        assert_eq!(code(requests::accept(ctx, &cast.ravi, second, &seen).await), "NO_PLACE_LEFT");
        town.drain().await;
    })
    .await;
}

#[tokio::test]
async fn a_place_through_its_doors() {
    sequel(async |town| {
        let cast = told(town).await;
        let opportunity = cast.offer(json!({})).await;
        let (hers, his) = (cast.apply(&cast.asha, opportunity).await, cast.apply(&cast.tomas, opportunity).await);
        cast.accept(hers).await;
        let mut ravi = signed_in(town, RAVI).await;
        let page = ravi.open(&format!("/requests/{his}")).await;
        assert!(page.text.contains("Every place is taken") && page.text.contains("Put on the waiting list"));
        let seen = cast.seen(&cast.ravi, his).await.to_string();
        let sent = ravi.submit(&format!("/requests/{his}"), "wait-for-place", &[("revisionHash", &seen)]).await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text);
        let page = ravi.open(&format!("/requests/{hers}")).await;
        assert!(page.text.contains("Release the place"));
        let why = ravi.submit(&format!("/requests/{hers}"), "release-place", &[("reason", "")]).await;
        assert_eq!(why.status, StatusCode::UNPROCESSABLE_ENTITY);
        let released = ravi
            .api(Method::PATCH, &format!("/requests/{hers}/place/release"), Some(json!({"reason": "A change of plans."})))
            .await;
        assert_eq!(released.data()["releaseReason"], "A change of plans.");
        let mut tomas = signed_in(town, TOMAS).await;
        let page = tomas.open(&format!("/requests/{his}")).await;
        assert!(page.text.contains("A place is kept for you"));
        let taken = tomas.api(Method::PATCH, &format!("/requests/{his}/place/take"), None).await;
        assert_eq!((taken.status, &taken.data()["waiting"]), (StatusCode::OK, &json!("Taken")));
        let mut stranger = signed_in(town, MEI).await;
        let hidden = stranger.api(Method::GET, &format!("/requests/{his}/place"), None).await;
        assert_eq!(hidden.status, StatusCode::NOT_FOUND);
        town.drain().await;
    })
    .await;
}

#[tokio::test]
async fn more_places_go_to_the_line_first_and_then_to_everybody() {
    sequel(async |town| {
        let cast = told(town).await;
        let ctx = &cast.ctx;
        let ingrid = who(ctx, people::INGRID).await;
        let opportunity = cast.offer(json!({})).await;
        let (first, second) = (cast.apply(&ingrid, opportunity).await, cast.apply(&cast.tomas, opportunity).await);
        let third = cast.apply(&cast.asha, opportunity).await;
        cast.accept(first).await;
        cast.wait(second).await;
        cast.wait(third).await;
        assert_eq!(cast.status(opportunity).await, OpportunityStatus::Filled);
        assert_eq!(code(cast.patch(opportunity, json!({"version": 1, "title": "Mine"})).await), "PLACES_TAKEN");
        let by_hand = cast.patch(opportunity, json!({"version": 1, "status": "Open"})).await;
        assert_eq!(code(by_hand), "OPPORTUNITY_NOT_DRAFT");

        // One more: kept for whoever is next, so that it stays full for everybody else.
        let mut ravi = signed_in(town, RAVI).await;
        let path = format!("/manage/opportunities/{opportunity}");
        let page = ravi.open(&path).await;
        assert!(page.text.contains("Offer more places"), "{}", page.text);
        let day = cast.day(30);
        let few = ravi.submit(&path, "add-places", &[("version", "1"), ("places", "1"), ("decisionDeadline", &day)]).await;
        assert_eq!(few.status, StatusCode::CONFLICT);
        let sent = ravi.submit(&path, "add-places", &[("version", "1"), ("places", "2"), ("decisionDeadline", &day)]).await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text);
        assert_eq!(cast.waiting(&cast.tomas, second).await, Some(WaitingState::Offered), "in the same transaction");
        assert_eq!(cast.waiting(&cast.asha, third).await, Some(WaitingState::Waiting));
        assert_eq!((taken(town, opportunity).await, cast.status(opportunity).await), (2, OpportunityStatus::Filled));

        // Two more: one for the next in line, one for everybody. `Open` says what happens anyway.
        let body = json!({"version": 2, "places": 4, "status": "Open"});
        let more = ravi.api(Method::PATCH, &format!("/opportunities/{opportunity}"), Some(body)).await;
        assert_eq!((more.status, &more.data()["status"]), (StatusCode::OK, &json!("Open")), "{}", more.text);
        assert_eq!((&more.data()["placesLeft"], &more.data()["can"]["addPlaces"]), (&json!(1), &json!(false)));
        assert_eq!(cast.waiting(&cast.asha, third).await, Some(WaitingState::Offered));
        let why: String = sqlx::query_scalar("select payload from facts where name = 'opportunity_reopened' and subject_id = $1")
            .bind(opportunity.0)
            .fetch_one(&town.owner)
            .await
            .expect("once");
        let why: Value = serde_json::from_str(&why).expect("JSON");
        assert_eq!((&why["why"], &why["from"]), (&json!("placesAdded"), &json!("Filled")));

        // Taken or kept: it is not taken away.
        let body = json!({"version": 3, "places": 2});
        let fewer = ravi.api(Method::PATCH, &format!("/opportunities/{opportunity}"), Some(body)).await;
        assert_eq!((fewer.status, fewer.code().as_str()), (StatusCode::CONFLICT, "PLACES_TAKEN"));
        decisions::take(ctx, &cast.tomas, second).await.expect("taken");
        town.drain().await;
        assert_eq!(taken(town, opportunity).await, 3);

        // A full one whose day is over needs a new day as well.
        let late = cast.offer(json!({"decisionDeadline": cast.day(2)})).await;
        let request = cast.apply(&cast.asha, late).await;
        cast.accept(request).await;
        town.shift(3 * 86_400).await;
        let refused = cast.patch(late, json!({"version": 1, "places": 2})).await;
        assert!(matches!(refused, Err(AppError::Invalid(e)) if e.get("decisionDeadline").is_some()));
        cast.patch(late, json!({"version": 1, "places": 2, "decisionDeadline": cast.day(20)})).await.expect("again");
        assert_eq!(cast.status(late).await, OpportunityStatus::Open);
        assert_eq!(count(town, &format!("deadlines where kind = 'opportunity_decision' and subject_id = '{late}'")).await, 1);
    })
    .await;
}

#[tokio::test]
async fn more_places_and_an_acceptance_by_chance_leave_the_line_its_turn() {
    sequel(async |town| {
        let cast = told(town).await;
        let ingrid = who(&cast.ctx, people::INGRID).await;
        let opportunity = cast.offer(json!({})).await;
        let (first, second) = (cast.apply(&ingrid, opportunity).await, cast.apply(&cast.tomas, opportunity).await);
        let by_chance = cast.apply(&cast.asha, opportunity).await;
        cast.accept(first).await;
        cast.wait(second).await;
        let seen = cast.seen(&cast.ravi, by_chance).await;
        let patch = wire::<OpportunityPatch>(json!({"version": 1, "places": 2}));
        let (one, other) = (town.ctx(), town.ctx());

        let (more, accepted) = tokio::join!(
            decisions::edit(&one, &cast.ravi, opportunity, &patch),
            requests::accept(&other, &cast.ravi, by_chance, &seen)
        );

        more.expect("more places");
        assert_eq!(code(accepted), "NO_PLACE_LEFT", "the new place is kept for whoever waited");
        assert_eq!(cast.waiting(&cast.tomas, second).await, Some(WaitingState::Offered));
        assert_eq!((taken(town, opportunity).await, cast.status(opportunity).await), (2, OpportunityStatus::Filled));
        town.drain().await;
    })
    .await;
}

#[tokio::test]
async fn more_places_while_an_offer_lapses_offer_each_place_once() {
    sequel(async |town| {
        let cast = told(town).await;
        let ingrid = who(&cast.ctx, people::INGRID).await;
        let opportunity = cast.offer(json!({})).await;
        let (first, second) = (cast.apply(&ingrid, opportunity).await, cast.apply(&cast.tomas, opportunity).await);
        let third = cast.apply(&cast.asha, opportunity).await;
        cast.accept(first).await;
        cast.wait(second).await;
        cast.wait(third).await;
        decisions::release(&cast.ctx, &cast.ravi, first, "They asked for it.").await.expect("released");
        assert_eq!(cast.waiting(&cast.tomas, second).await, Some(WaitingState::Offered));
        // His time runs out, and nobody has swept yet.
        town.house.clock.shift(3 * 86_400 + 60);
        let patch = wire::<OpportunityPatch>(json!({"version": 1, "places": 2}));
        let (one, other) = (town.ctx(), town.ctx());

        let (more, lapsed) =
            tokio::join!(decisions::edit(&one, &cast.ravi, opportunity, &patch), decisions::settle(&other, opportunity));

        more.and(lapsed.map(|()| opportunity)).expect("both");
        assert_eq!(cast.waiting(&cast.tomas, second).await, Some(WaitingState::Lapsed));
        assert_eq!(cast.waiting(&cast.asha, third).await, Some(WaitingState::Offered));
        assert_eq!(count(town, &format!("waiting_list where opportunity_id = '{opportunity}' and state = 'Offered'")).await, 1);
        assert_eq!((taken(town, opportunity).await, cast.status(opportunity).await), (1, OpportunityStatus::Open));
        town.shift(60).await;
        assert_eq!(taken(town, opportunity).await, 1);
    })
    .await;
}

#[tokio::test]
async fn fewer_places_and_an_acceptance_at_once_never_promise_more_than_there_is() {
    sequel(async |town| {
        let cast = told(town).await;
        let opportunity = cast.offer(json!({"places": 2})).await;
        let hers = cast.apply(&cast.asha, opportunity).await;
        let seen = cast.seen(&cast.ravi, hers).await;
        let patch = wire::<OpportunityPatch>(json!({"version": 1, "places": 1}));
        let (one, other) = (town.ctx(), town.ctx());

        let (fewer, accepted) = tokio::join!(
            decisions::edit(&one, &cast.ravi, opportunity, &patch),
            requests::accept(&other, &cast.ravi, hers, &seen)
        );

        accepted.expect("there is a place either way");
        let (places, status) = match fewer {
            Ok(_) => (1, OpportunityStatus::Filled),
            Err(error) => {
                assert_eq!(error.code(), "PLACES_TAKEN");
                (2, OpportunityStatus::Open)
            }
        };
        let it = opportunities::get(&cast.ctx, Some(&cast.ravi), opportunity).await.expect("theirs");
        assert_eq!((it.places, it.status, taken(town, opportunity).await), (places, status, 1));
        town.drain().await;
    })
    .await;
}
