//! The inbox: its parts and filters, what is unread, who handles what, what is put aside, quotas, what is held, and what is
//! answered by rule. Races included.

use crate::{
    common::{code, count, one, signed_in, who, wire},
    counting::looked_at,
    town::{Town, sequel},
};
use chrono::{Datelike as _, TimeDelta};
use commdesk::{
    features::{
        accounts::service as accounts,
        facts::{Audience, FactKind},
        organizations::{claims, rules::claims::AddInput},
        requests::{
            inbox::{self, Sort},
            routing,
            rules::{
                Rejection,
                inbox::InboxFilter,
                sending::{self, Verdict},
            },
            service,
            views::{InboxAsk, InboxPage, InboxShow, InboxTab, RequestInput, RequestState},
        },
    },
    kernel::{
        actor::{Actor, Person},
        error::AppError,
        ids::{RequestId, UserId},
        page::PageRequest,
        text::{Email, PersonName},
    },
    platform::ctx::Ctx,
    seeds::people::{self, ASHA, Figure, INGRID, MEI, RAVI, SARA, TOMAS},
};
use http::{Method, StatusCode};
use serde_json::json;
use std::sync::Arc;

/// The demo's people after its story: Mei's request to Acme waits for Asha, Asha's application for Ravi.
struct Cast {
    ctx: Ctx,
    asha: Actor,
    ravi: Actor,
    mei: Actor,
    /// HarbourConf.
    conference: uuid::Uuid,
    /// Mei's request to Acme.
    asked: RequestId,
}

async fn told(town: &Town) -> Cast {
    let ctx = town.ctx();
    Cast {
        asha: who(&ctx, ASHA).await,
        ravi: who(&ctx, RAVI).await,
        mei: who(&ctx, MEI).await,
        conference: one(town, "select id from events where title = 'HarbourConf'").await,
        asked: RequestId(one(town, "select id from requests where state = 'Pending' and opened_by = 'community'").await),
        ctx,
    }
}

fn no(reason: &str, note: &str) -> Rejection {
    Rejection::parse(reason, note).expect("reads")
}

impl Cast {
    /// What Mei asks an organization for.
    fn ask(&self, of: &Actor, message: &str) -> RequestInput {
        wire(json!({
            "organizationId": of.organization(), "eventId": self.conference, "amount": 1000, "currency": "USD",
            "category": "Venue Partner", "message": message,
        }))
    }

    async fn shown(&self, who: &Actor, tab: InboxTab, show: InboxShow) -> InboxPage {
        let filter = InboxFilter { show, ..InboxFilter::of(tab) };
        inbox::list(&self.ctx, who, &filter, &PageRequest::default()).await.expect("an inbox")
    }

    async fn incoming(&self, who: &Actor) -> usize {
        self.shown(who, InboxTab::Incoming, InboxShow::All).await.items.len()
    }
}

/// Somebody else with a seat in Acme.
async fn colleague(town: &Town, asha: &Actor, name: &str, role: &str) -> UserId {
    let mut tx = town.ctx().begin().await.expect("a transaction");
    let email = Email::parse(&format!("{}@acme.example", name.to_lowercase())).expect("an address");
    let user = accounts::ensure_user_in(&mut tx, &email, &PersonName::parse(name).expect("a name")).await.expect("a login");
    tx.commit_unstated("a test makes a colleague").await.expect("made");
    sqlx::query("insert into organization_members (id, organization_id, user_id, role, created_at) values ($1, $2, $3, $4, $5)")
        .bind(town.ctx().id::<uuid::Uuid>())
        .bind(asha.organization().expect("Acme").0)
        .bind(user.0)
        .bind(role)
        .bind(town.ctx().now())
        .execute(&town.owner)
        .await
        .expect("a seat");
    user
}

/// The same seat with another person on it.
fn on_the_seat_of(actor: &Actor, user: UserId) -> Actor {
    let mut person = Person::clone(&actor.person);
    person.user = user;
    Actor { person: Arc::new(person), acting: actor.acting.clone() }
}

#[tokio::test]
async fn every_part_and_every_filter_of_the_inbox() {
    sequel(async |town| {
        let cast = told(town).await;
        let mut asha = signed_in(town, ASHA).await;
        let mut found = async |query: &str| {
            let answer = asha.api(Method::GET, &format!("/requests?{query}"), None).await;
            assert_eq!(answer.status, StatusCode::OK, "{query}: {}", answer.text);
            answer.data()["items"].as_array().expect("items").len()
        };
        for (query, rows) in [
            ("", 2),
            ("tab=incoming", 1),
            ("tab=submitted", 1),
            ("tab=negotiation", 0),
            ("tab=accepted", 0),
            ("tab=history", 0),
            ("q=booth", 1),
            ("q=HARB%20conf", 0),
            ("q=harbourc", 1),
            ("q=queues", 1),
            ("q=zebra", 0),
            ("status=Pending", 2),
            ("status=Accepted", 0),
            ("eventType=Conference", 1),
            ("eventType=Workshop", 0),
            ("region=South%20Asia", 1),
            ("budget=INR:200000-500000", 2),
            ("budget=INR:0-50000", 0),
            ("budget=USD:2500-10000", 0),
            ("reputation=new", 2),
            ("assigned=nobody", 2),
            ("assigned=me", 0),
            ("show=unread", 1),
            ("show=snoozed", 0),
        ] {
            assert_eq!(found(query).await, rows, "{query}");
        }
        // Who has another name since is found by both, and by the two together; one's own workspace too.
        sqlx::query("update events set title = 'Zephyrmeet' where id = $1")
            .bind(cast.conference)
            .execute(&town.owner)
            .await
            .expect("renamed");
        sqlx::query("update organizations set display_name = 'Quorvia' where id = $1")
            .bind(cast.asha.organization().expect("Acme").0)
            .execute(&town.owner)
            .await
            .expect("renamed");
        for (query, rows) in [
            ("q=zephyrm", 1),
            ("q=harbourc", 1),
            ("q=zephyrm%20harbourc", 1),
            ("q=zephyrm%20zebra", 0),
            ("q=quorvia", 2),
            ("q=quorvia%20acme", 2),
            ("q=quorvia%20zephyrm%20harbourc", 1),
        ] {
            assert_eq!(found(query).await, rows, "{query}");
        }
        let wrong = asha.api(Method::GET, "/requests?tab=all&budget=INR:1-2&region=Mars&assigned=x&show=y", None).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(wrong.json()["error"]["fieldErrors"].as_object().map(serde_json::Map::len), Some(5));

        // The page says the same, without scripts, and its address is its state.
        let page = asha.open("/inbox").await;
        assert!(
            page.text.contains("One request waits for you") && page.text.contains("of 20 requests this week"),
            "{}",
            page.text
        );
        assert!(page.text.contains("inbox__row--new") && page.text.contains("Put aside (0)"));
        let page = asha.open("/inbox?tab=submitted&q=zebra").await;
        assert!(page.text.contains("Nothing fits all of this") && page.text.contains("value=\"zebra\""));
        // Mei sees her own half of it.
        let mine = cast.shown(&cast.mei, InboxTab::Submitted, InboxShow::All).await;
        assert_eq!((mine.items.len(), mine.items[0].unread, mine.counts.unread), (1, false, 0), "what one does is no news");
    })
    .await;
}

#[tokio::test]
async fn what_is_unread_is_exact_while_others_write() {
    sequel(async |town| {
        let cast = told(town).await;
        let (one, other) = (town.ctx(), town.ctx());
        let unread = async || cast.shown(&cast.asha, InboxTab::Open, InboxShow::All).await.counts.unread;
        assert_eq!(unread().await, 1);

        // Asha reads while Mei takes it back: what Asha's page showed is read, and nothing else.
        for round in 0..6 {
            let id = if round == 0 {
                cast.asked
            } else {
                service::send(&cast.ctx, &cast.mei, &cast.ask(&cast.asha, "")).await.expect("sent")
            };
            let (seen, gone) = tokio::join!(service::get(&one, &cast.asha, id), service::withdraw(&other, &cast.mei, id));
            gone.expect("withdrawn");
            let saw_it = seen.expect("theirs").timeline.iter().any(|entry| entry.name == "request_withdrawn");
            assert_eq!(unread().await, i64::from(!saw_it), "round {round}, saw it: {saw_it}");
            service::get(&cast.ctx, &cast.asha, id).await.expect("read");
            assert_eq!(unread().await, 0);
        }

        // Two read at once, and one marks everything: it never goes back.
        let id = service::send(&cast.ctx, &cast.mei, &cast.ask(&cast.asha, "")).await.expect("sent");
        let ids = [id.to_string()];
        let (a, b, c) = tokio::join!(
            service::get(&one, &cast.asha, id),
            service::get(&other, &cast.asha, id),
            inbox::mark_read(&cast.ctx, &cast.asha, &ids)
        );
        assert!(a.is_ok() && b.is_ok());
        assert_eq!((c.expect("marked"), unread().await), (1, 0));
        // A stranger's mark does nothing, and each person reads for themselves.
        assert_eq!(inbox::mark_read(&cast.ctx, &cast.ravi, &ids).await.expect("nothing of theirs"), 0);
        let devi = on_the_seat_of(&cast.asha, colleague(town, &cast.asha, "Devi", "Sponsor Manager").await);
        let hers = cast.shown(&devi, InboxTab::Incoming, InboxShow::Unread).await;
        assert_eq!(hers.items.len(), 1);

        // One's own answer is no news to oneself, only to the other side, whoever else did something before.
        service::reject(&cast.ctx, &cast.asha, id, no("Budget", "")).await.expect("declined");
        let hers = cast.shown(&cast.mei, InboxTab::History, InboxShow::Unread).await;
        assert_eq!((unread().await, hers.counts.unread, hers.items.len()), (0, 1, 1));

        // What requests keep of their news is what their facts say, and whatever is told to both sides is news.
        let news = "(select f.* from facts f where f.subject_kind = 'request' and f.name in ('request_opened', 'request_accepted', \
                    'request_rejected', 'request_withdrawn', 'request_expired', 'request_released', 'request_delivered', \
                    'request_refused'))";
        let kept = format!(
            "requests r left join lateral (select n.seq, n.actor_user_id from {news} n where n.subject_id = r.id order by n.seq desc limit 1) l on true
             where (r.news_seq, r.news_by, r.news_before) is distinct from (coalesce(l.seq, 0), l.actor_user_id, coalesce((
                 select max(n.seq) from {news} n where n.subject_id = r.id and n.actor_user_id is distinct from l.actor_user_id), 0))"
        );
        assert_eq!(count(town, &kept).await, 0);
        assert!(count(town, "requests where news_before > 0 and news_by is not null").await > 0, "or nothing was compared");
        let noted: String = sqlx::query_scalar("select pg_get_triggerdef(oid) from pg_trigger where tgname = 'facts_request_news'")
            .fetch_one(&town.owner)
            .await
            .expect("the trigger");
        for kind in FactKind::ALL.iter().filter(|kind| kind.room() == "requests" && kind.audience() == Audience::BothSides) {
            assert!(noted.contains(&format!("'{}'", kind.name())), "{kind:?} is told to both sides and is no news: {noted}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_request_is_given_to_a_colleague_and_the_other_side_sees_nothing() {
    sequel(async |town| {
        let cast = told(town).await;
        let devi = colleague(town, &cast.asha, "Devi", "Sponsor Manager").await;
        let hira = colleague(town, &cast.asha, "Hira", "Hiring Manager").await;
        let ctx = &cast.ctx;

        for wrong in [hira, cast.mei.user()] {
            let refused = inbox::assign(ctx, &cast.asha, cast.asked, Some(wrong)).await;
            assert!(matches!(refused, Err(AppError::Invalid(e)) if e.get("assigneeId").is_some()));
        }
        assert_eq!(code(inbox::assign(ctx, &cast.ravi, cast.asked, Some(devi)).await), "NOT_FOUND");

        // Two hand it over at once: both are facts, in one order, and the last one holds.
        let (one, other) = (town.ctx(), town.ctx());
        let (a, b) = tokio::join!(
            inbox::assign(&one, &cast.asha, cast.asked, Some(devi)),
            inbox::assign(&other, &cast.asha, cast.asked, Some(cast.asha.user()))
        );
        assert!(a.is_ok() && b.is_ok());
        inbox::assign(ctx, &cast.asha, cast.asked, Some(devi)).await.expect("hers");
        let facts = count(town, &format!("facts where subject_id = '{}' and name = 'request_assigned'", cast.asked)).await;
        assert!((2..=3).contains(&facts), "{facts}: somebody who has it already is not given it again");

        let ours = service::get(ctx, &cast.asha, cast.asked).await.expect("ours");
        assert_eq!(ours.assignee.as_ref().map(|it| it.name.as_str()), Some("Devi"));
        let last = ours.timeline.last().expect("a fact");
        assert_eq!((last.text.as_str(), last.person.as_deref()), ("gave it to Devi", Some("Asha Menon")));
        let theirs = service::get(ctx, &cast.mei, cast.asked).await.expect("theirs");
        assert_eq!((theirs.assignee, theirs.timeline.len()), (None, 1));
        assert_eq!(theirs.timeline[0].person.as_deref(), Some("Mei Tanaka"), "her own people are named to her …");
        assert_eq!(ours.timeline[0].person, None, "… and to nobody else");
        town.drain().await;
        assert!(count(town, &format!("notices where user_id = '{devi}' and title like 'The request with%'")).await >= 1);
        let mine = InboxFilter {
            assigned: Some(commdesk::features::requests::rules::inbox::Assigned::Me),
            ..InboxFilter::of(InboxTab::Incoming)
        };
        let hers = inbox::list(ctx, &on_the_seat_of(&cast.asha, devi), &mine, &PageRequest::default()).await.expect("hers");
        assert_eq!(hers.items.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn what_is_put_aside_comes_back_by_itself() {
    sequel(async |town| {
        let cast = told(town).await;
        let ctx = &cast.ctx;
        let day = |days: i64| (ctx.now() + TimeDelta::days(days)).date_naive();
        for wrong in [day(-1), day(40)] {
            let refused = inbox::snooze(ctx, &cast.asha, cast.asked, Some(wrong)).await;
            assert!(matches!(refused, Err(AppError::Invalid(e)) if e.get("until").is_some()));
        }
        inbox::snooze(ctx, &cast.asha, cast.asked, Some(day(3))).await.expect("put aside");
        assert_eq!(cast.incoming(&cast.asha).await, 0);
        let aside = cast.shown(&cast.asha, InboxTab::Incoming, InboxShow::Snoozed).await;
        assert_eq!((aside.items.len(), aside.counts.snoozed, aside.counts.your_turn), (1, 1, 0));
        assert_eq!(service::get(ctx, &cast.mei, cast.asked).await.expect("theirs").snoozed_until, None);

        town.shift(86_400).await;
        assert_eq!(cast.incoming(&cast.asha).await, 0, "never early");
        town.shift(3 * 86_400).await;
        assert_eq!(cast.incoming(&cast.asha).await, 1);
        assert_eq!(count(town, &format!("facts where subject_id = '{}' and name = 'request_woken'", cast.asked)).await, 1);
        assert!(count(town, &format!("notices where user_id = '{}' and title like '%is back'", cast.asha.user())).await == 1);

        // By hand, and by being closed: nothing is left to come back.
        inbox::snooze(ctx, &cast.asha, cast.asked, Some(day(6))).await.expect("put aside");
        inbox::snooze(ctx, &cast.asha, cast.asked, None).await.expect("brought back");
        inbox::snooze(ctx, &cast.asha, cast.asked, Some(day(6))).await.expect("put aside");
        let (one, other) = (town.ctx(), town.ctx());
        let (woken, gone) =
            tokio::join!(inbox::snooze(&one, &cast.asha, cast.asked, None), service::withdraw(&other, &cast.mei, cast.asked));
        gone.expect("withdrawn");
        assert!(woken.is_ok(), "{woken:?}");
        assert_eq!(count(town, &format!("deadlines where subject_id = '{}'", cast.asked)).await, 0);
        assert_eq!(count(town, "request_desks where snoozed_until is not null").await, 0);
        assert_eq!(code(inbox::snooze(ctx, &cast.asha, cast.asked, Some(day(6))).await), "REQUEST_CLOSED");
    })
    .await;
}

#[tokio::test]
async fn many_are_declined_each_with_its_own_outcome() {
    sequel(async |town| {
        let cast = told(town).await;
        let ctx = &cast.ctx;
        let own: uuid::Uuid =
            sqlx::query_scalar("select id from requests where state = 'Pending' and opened_by = 'organization'")
                .fetch_one(&town.owner)
                .await
                .expect("Asha's application");
        let strange = RequestId(uuid::Uuid::from_u128(7));
        let ids = [cast.asked, own.into(), strange];

        // Two send the same selection at once: each request has one outcome and one fact.
        let (one, other) = (town.ctx(), town.ctx());
        let sort = Sort::Reject(no("Timing", "Our year is planned."));
        let (a, b) =
            tokio::join!(inbox::sort_many(&one, &cast.asha, &ids, &sort), inbox::sort_many(&other, &cast.asha, &ids, &sort));
        for view in [a.expect("carried out"), b.expect("carried out")] {
            assert_eq!((view.done, view.refused), (1, 2));
            let said: Vec<(&str, &str)> = view.items.iter().map(|item| (item.name.as_str(), item.code.as_str())).collect();
            assert_eq!(said, [("Harbour Devs, HarbourConf", ""), ("Apex Circle, HackFest", "NOT_YOUR_TURN"), ("", "NOT_FOUND")]);
        }
        assert_eq!(count(town, "facts where name = 'request_rejected'").await, 1);

        // The form names those that refused, and keeps what was ticked and typed.
        let again = service::send(ctx, &cast.mei, &cast.ask(&cast.asha, "")).await.expect("sent");
        let mut asha = signed_in(town, ASHA).await;
        let (again, own) = (again.to_string(), own.to_string());
        let fields =
            [("ids", again.as_str()), ("ids", own.as_str()), ("action", "reject"), ("reason", "Budget"), ("note", "Next <year>")];
        let refused = asha.submit("/inbox?tab=submitted", "sort", &fields).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.text.contains("1 done; these are as they were") && refused.text.contains("Apex Circle, HackFest:"));
        assert!(refused.text.contains("checked"), "what was ticked is ticked");
        let nothing = asha.submit("/inbox", "sort", &[("action", "reject"), ("reason", "Budget")]).await;
        assert!(nothing.text.contains("Tick the requests that you mean"));
        let third = service::send(ctx, &cast.mei, &cast.ask(&cast.asha, "")).await.expect("sent").to_string();
        let done = asha
            .submit("/inbox?tab=incoming&q=harbour", "sort", &[("ids", &third), ("action", "reject"), ("reason", "Budget")])
            .await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
        assert_eq!(done.location(), "/inbox?tab=incoming&q=harbour&done=reject-1");
        assert!(asha.open(done.location()).await.text.contains("You declined 1 request."));
        // The same by the API, twice.
        for _ in 0..2 {
            let body = json!({"ids": [third], "reason": "Budget"});
            let view = asha.api(Method::POST, "/requests/bulk-reject", Some(body)).await.data();
            assert_eq!((view["done"].as_u64(), view["refused"].as_u64()), (Some(1), Some(0)));
        }

        // Their sender learns from it.
        let learned = inbox::standing(ctx, &cast.mei).await.expect("hers");
        let reasons: Vec<(&str, i64)> = learned.turned_down.iter().map(|it| (it.reason.label(), it.count)).collect();
        assert_eq!((learned.total, reasons), (3, vec![("Budget", 2), ("Timing", 1)]));
        let mut mei = signed_in(town, MEI).await;
        assert!(mei.open("/inbox/standing").await.text.contains("3 of your requests were declined"));
    })
    .await;
}

/// Four thousand closed requests between two communities and two organizations, as rows alone, over two years: each with another mix
/// of what decides whether its sender learns from it.
const FOUR_THOUSAND: &str = "
    insert into requests (id, community_id, organization_id, event_id, opened_by, state, turn, revision, rejection_reason, held_at,
                          created_by, opened_at, turn_since, expires_at, closed_at, updated_at)
    select gen_random_uuid(), case when n % 3 = 0 then $1::uuid else $2 end, case when n % 5 = 0 then $3::uuid else $4 end, r.event_id,
           (array['community', 'organization'])[1 + n % 2], (array['Accepted', 'Rejected', 'Withdrawn', 'Expired'])[1 + n / 4 % 4],
           (array['community', 'organization'])[1 + n / 2 % 2], 1,
           case when n / 64 % 3 > 0 then (array['Budget', 'Timing', 'Not our region', 'Other'])[1 + n / 7 % 4] end,
           case when n / 16 % 4 = 0 then w.closed end, case when n % 2 = 0 then $5::uuid else $6 end, w.closed - interval '3 days',
           w.closed, w.closed, w.closed, w.closed
    from (select event_id from requests order by id limit 1) r cross join generate_series(1, 4000) n
         cross join lateral (select $7::timestamptz - n * 37 % 800 * interval '1 day' as closed) w";

#[tokio::test]
async fn why_a_sender_was_turned_down_is_what_rows_say_and_nothing_else_is_looked_at() {
    sequel(async |town| {
        let cast = told(town).await;
        let (ctx, tomas) = (&cast.ctx, who(&cast.ctx, TOMAS).await);
        let workspace = |who: &Actor| who.community().map(|id| id.0).or(who.organization().map(|id| id.0)).expect("a workspace");
        sqlx::query(FOUR_THOUSAND)
            .bind(workspace(&cast.mei))
            .bind(workspace(&cast.ravi))
            .bind(workspace(&tomas))
            .bind(workspace(&cast.asha))
            .bind(cast.mei.user().0)
            .bind(cast.asha.user().0)
            .bind(ctx.now())
            .execute(&town.owner)
            .await
            .expect("requests");
        town.as_superuser("vacuum (analyze) requests").await;

        let alone = Ctx::background(&town.with_one_connection(), "test");
        let readers = [&cast.mei, &cast.ravi, &tomas, &cast.asha];
        let mut told = Vec::new();
        for reader in readers {
            // A plan is kept, if at all, from the sixth time on.
            for round in 0..7 {
                let before = looked_at(&alone, "requests").await;
                let standing = inbox::standing(&alone, reader).await.expect("theirs");
                let after = looked_at(&alone, "requests").await;
                if round == 6 {
                    let counted = standing.total + standing.quota.used + standing.quota.used_by_you;
                    let looked = after.0 + after.1 - before.0 - before.1;
                    assert!(looked <= 2 * counted + 20, "{looked} rows and entries for {counted} that count");
                    told.push(standing);
                }
            }
        }

        // Who asks anew reads what is open between the two, not all that ever was.
        for _ in 0..7 {
            let before = looked_at(&alone, "requests").await;
            service::compose(&alone, &cast.ravi, "acme-cloud").await.expect("it is listed");
            let after = looked_at(&alone, "requests").await;
            let looked = after.0 + after.1 - before.0 - before.1;
            assert!(looked < 300, "{looked} rows and entries of four thousand");
        }

        for (reader, standing) in readers.into_iter().zip(told) {
            let side = reader.side().expect("a side").label();
            let meant: Vec<(String, i64)> = sqlx::query_as(
                "select rejection_reason, count(*) from requests
                 where case opened_by when 'community' then community_id else organization_id end = $1 and opened_by = $2 and turn <> $2
                   and state = 'Rejected' and held_at is null and rejection_reason is not null and closed_at > $3
                 group by rejection_reason order by count(*) desc, rejection_reason collate \"C\"",
            )
            .bind(workspace(reader))
            .bind(side)
            .bind(ctx.now() - TimeDelta::days(365))
            .fetch_all(&town.owner)
            .await
            .expect("counted");
            let reasons: Vec<_> = standing.turned_down.iter().map(|it| (it.reason.label().to_owned(), it.count)).collect();
            assert_eq!(reasons, meant, "{side}");
            assert_eq!(standing.total, meant.iter().map(|(_, count)| count).sum::<i64>());
            assert!(standing.total > 0, "or nothing was tried");
            let sent: (i64, i64) = sqlx::query_as(
                "select count(*) filter (where case opened_by when 'community' then community_id else organization_id end = $1 and opened_by = $2),
                        count(*) filter (where created_by = $3) from requests where opened_at > $4",
            )
            .bind(workspace(reader))
            .bind(side)
            .bind(reader.user().0)
            .bind(ctx.now() - sending::WEEK)
            .fetch_one(&town.owner)
            .await
            .expect("counted");
            assert_eq!((standing.quota.used, standing.quota.used_by_you), sent, "{side}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_week_has_twenty_requests_and_the_last_one_is_sent_once() {
    sequel(async |town| {
        let cast = told(town).await;
        let ctx = &cast.ctx;
        let (tomas, ingrid) = (who(ctx, TOMAS).await, who(ctx, INGRID).await);
        // One is the demo's. Taken back, each still counts; never many in one hour.
        for n in 2..20 {
            town.house.clock.shift(3_600);
            let id = service::send(ctx, &cast.mei, &cast.ask(&tomas, "")).await.unwrap_or_else(|error| panic!("{n}: {error}"));
            service::withdraw(ctx, &cast.mei, id).await.expect("withdrawn");
        }
        assert_eq!(inbox::quota(ctx, &cast.mei).await.expect("hers").label, "19 of 20 requests this week");

        let (one, other) = (town.ctx(), town.ctx());
        let (to_tomas, to_ingrid) = (cast.ask(&tomas, ""), cast.ask(&ingrid, ""));
        let (a, b) = tokio::join!(service::send(&one, &cast.mei, &to_tomas), service::send(&other, &cast.mei, &to_ingrid));
        assert!(a.is_ok() != b.is_ok(), "{a:?} {b:?}");
        let lost = if a.is_ok() { b } else { a }.expect_err("the last one was sent");
        assert_eq!((lost.code(), lost.status()), ("REQUEST_QUOTA", 429));
        assert!(lost.retry_after().is_some_and(|seconds| seconds > 5 * 86_400 && seconds <= 7 * 86_400));
        let mut mei = signed_in(town, MEI).await;
        let fields = json!({"organizationId": ingrid.organization(), "eventId": cast.conference, "amount": 1, "currency": "USD", "category": "Venue Partner", "opportunityId": ""});
        let answer = mei.api(Method::POST, "/requests", Some(fields)).await;
        assert!(["REQUEST_QUOTA", "DUPLICATE_REQUEST"].contains(&answer.code().as_str()));
        assert!(mei.open("/requests/new?organization=fjord-media").await.text.contains("20 of 20 requests this week"));
        // A week later there is room again.
        town.house.clock.shift(7 * 86_400);
        assert_eq!(inbox::quota(ctx, &cast.mei).await.expect("hers").used, 0);
    })
    .await;
}

#[tokio::test]
async fn a_person_has_thirty_requests_over_all_their_workspaces() {
    sequel(async |town| {
        const APEX: &str = "community:apex-circle";
        let cast = told(town).await;
        let ctx = &cast.ctx;
        sqlx::query(
            "insert into members (id, community_id, user_id, role, status, created_at)
             select gen_random_uuid(), id, $1, 'Organizer', 'Active', now() from communities where slug = 'apex-circle'",
        )
        .bind(cast.mei.user().0)
        .execute(&town.owner)
        .await
        .expect("a second seat");
        let at_apex = people::sign_in(ctx, MEI).await.expect("signed in").actor(Some(APEX)).expect("her second seat");
        let hackfest: uuid::Uuid = sqlx::query_scalar("select id from events where slug = 'hackfest'")
            .fetch_one(&town.owner)
            .await
            .expect("the demo has it");
        let ingrid = who(ctx, INGRID).await;
        let body = json!({
            "organizationId": ingrid.organization(), "eventId": hackfest, "amount": 1000, "currency": "INR",
            "category": "Venue Partner", "message": "",
        });
        let (from_harbour, from_apex): (RequestInput, RequestInput) = (cast.ask(&ingrid, ""), wire(body.clone()));
        let send = async |who: &Actor, ask: &RequestInput, times: u32| {
            for n in 0..times {
                // Never many in one hour.
                town.house.clock.shift(3_600);
                let id = service::send(ctx, who, ask).await.unwrap_or_else(|error| panic!("{n}: {error}"));
                service::withdraw(ctx, who, id).await.expect("withdrawn");
            }
        };
        // One is the demo's. As long as the workspace's share ends first, nothing is said of the person's.
        send(&cast.mei, &from_harbour, 17).await;
        let quota = inbox::quota(ctx, &cast.mei).await.expect("hers");
        assert_eq!((quota.used, quota.used_by_you, quota.your_label.as_str()), (18, 18, ""));
        send(&at_apex, &from_apex, sending::PERSON_QUOTA - 1 - 18).await;
        let words = "You have sent 29 of 30, over all your workspaces.";
        assert_eq!(inbox::quota(ctx, &at_apex).await.expect("hers").your_label, words);
        let mut mei = signed_in(town, MEI).await;
        for path in ["/inbox/standing", "/requests/new?organization=fjord-media"] {
            let address = format!("{path}{}as={APEX}", if path.contains('?') { "&" } else { "?" });
            let page = mei.open(&address).await;
            assert!(page.status == StatusCode::OK && page.text.contains(words), "{address}: {}", page.text);
        }

        // The last one, from both of her workspaces at once, each of which has room: one goes out.
        town.house.clock.shift(3_600);
        let (one, other) = (town.ctx(), town.ctx());
        let (a, b) = tokio::join!(service::send(&one, &cast.mei, &from_harbour), service::send(&other, &at_apex, &from_apex));
        assert!(a.is_ok() != b.is_ok(), "{a:?} {b:?}");
        let (who, sent, lost) = match (a, b) {
            (Ok(id), Err(lost)) => (&cast.mei, id, lost),
            (Err(lost), Ok(id)) => (&at_apex, id, lost),
            both => panic!("{both:?}"),
        };
        assert_eq!((lost.code(), lost.status()), ("REQUEST_QUOTA", 429));
        assert!(lost.message().contains("30 requests a week are the most for you"), "{}", lost.message());
        service::withdraw(ctx, who, sent).await.expect("withdrawn");
        let refused = mei.api_with(Method::POST, "/requests", Some(body), &[("x-commdesk-workspace", APEX)]).await;
        assert_eq!(
            (refused.status, refused.code().as_str()),
            (StatusCode::TOO_MANY_REQUESTS, "REQUEST_QUOTA"),
            "{}",
            refused.text
        );
        assert!(refused.headers.contains_key("retry-after"));
        // It is her share that is spent: a colleague still sends from the same workspace.
        assert!(inbox::quota(ctx, &at_apex).await.expect("hers").used < i64::from(sending::WORKSPACE_QUOTA));
        service::send(ctx, &cast.ravi, &from_apex).await.expect("Ravi has sent next to nothing");
    })
    .await;
}

#[tokio::test]
async fn the_eleventh_request_within_an_hour_waits_for_staff() {
    sequel(async |town| {
        let cast = told(town).await;
        let ctx = &cast.ctx;
        let (tomas, ingrid) = (who(ctx, TOMAS).await, who(ctx, INGRID).await);
        let (to_tomas, to_ingrid) = (cast.ask(&tomas, ""), cast.ask(&ingrid, ""));
        // The demo's own is of another hour.
        town.house.clock.shift(2 * 3_600);
        for n in 1..sending::TOO_FAST {
            let id = service::send(ctx, &cast.mei, &to_tomas).await.unwrap_or_else(|error| panic!("{n}: {error}"));
            assert!(!service::get(ctx, &cast.mei, id).await.expect("hers").held, "{n}");
            service::withdraw(ctx, &cast.mei, id).await.expect("withdrawn");
        }
        // The tenth and the eleventh at once: one of them waits, its sender reads why, and its receiver knows of nothing.
        let (one, other) = (town.ctx(), town.ctx());
        let (a, b) = tokio::join!(service::send(&one, &cast.mei, &to_tomas), service::send(&other, &cast.mei, &to_ingrid));
        let mut held = 0;
        for (id, receiver) in [(a.expect("kept"), &tomas), (b.expect("kept"), &ingrid)] {
            let view = service::get(ctx, &cast.mei, id).await.expect("hers");
            assert_eq!(service::get(ctx, receiver, id).await.is_err(), view.held);
            if view.held {
                held += 1;
                assert_eq!(view.held_label, "many requests were sent within an hour");
            }
            service::withdraw(ctx, &cast.mei, id).await.expect("withdrawn");
        }
        assert_eq!(held, 1);
        // By the API the same: kept and said, not refused.
        let mut mei = signed_in(town, MEI).await;
        let body = json!({
            "organizationId": ingrid.organization(), "eventId": cast.conference, "amount": 1000, "currency": "USD",
            "category": "Venue Partner", "message": "",
        });
        let kept = mei.api(Method::POST, "/requests", Some(body)).await;
        assert_eq!(kept.status, StatusCode::CREATED, "{}", kept.text);
        let view = kept.data();
        assert_eq!((&view["held"], &view["heldLabel"]), (&json!(true), &json!("many requests were sent within an hour")));
        let id: RequestId = view["id"].as_str().and_then(|id| id.parse().ok()).expect("an id");
        let hidden = signed_in(town, INGRID).await.api(Method::GET, &format!("/requests/{id}"), None).await;
        assert_eq!(hidden.status, StatusCode::NOT_FOUND, "{}", hidden.text);
        assert_eq!(count(town, "requests where held_at is not null and state = 'Pending'").await, 1);
        service::withdraw(ctx, &cast.mei, id).await.expect("withdrawn");
        // An hour later there is nothing to look at.
        town.house.clock.shift(3_600);
        let id = service::send(ctx, &cast.mei, &to_tomas).await.expect("sent");
        assert!(!service::get(ctx, &cast.mei, id).await.expect("hers").held);
    })
    .await;
}

const SPAM: &str = "See https://a.example https://b.example https://c.example and www.d.example";

#[tokio::test]
async fn what_looks_like_spam_waits_for_staff() {
    sequel(async |town| {
        let cast = told(town).await;
        let ctx = &cast.ctx;
        let tomas = who(ctx, TOMAS).await;
        // A code works once, and the story used one.
        town.house.clock.shift(60);
        let sara = people::sign_in_staff(ctx, SARA).await.expect("staff");
        let id = service::send(ctx, &cast.mei, &cast.ask(&tomas, SPAM)).await.expect("kept");
        town.drain().await;

        // Its sender is told; its receiver knows of nothing, by any door.
        let view = service::get(ctx, &cast.mei, id).await.expect("hers");
        assert!(view.held && view.held_label.contains("many links") && view.state == RequestState::Pending);
        // It is nobody's turn: what is next says so.
        assert_eq!(view.next_action.title, "Our staff look at it before it is delivered");
        assert!(view.next_action.text.contains("many links"), "{:?}", view.next_action);
        let to =
            |who: &Actor, template: &str| format!("mails where recipient = '{}' and template = '{template}'", who.person.email);
        assert_eq!(count(town, &to(&tomas, "request_opened")).await, 0);
        assert_eq!(code(service::get(ctx, &tomas, id).await), "NOT_FOUND");
        assert_eq!(code(service::reject(ctx, &tomas, id, no("Budget", "")).await), "NOT_FOUND");
        assert_eq!(code(inbox::assign(ctx, &tomas, id, None).await), "NOT_FOUND");
        assert_eq!(inbox::mark_read(ctx, &tomas, &[id.to_string()]).await.expect("nothing"), 0);
        assert_eq!(cast.incoming(&tomas).await, 0);
        assert_eq!(code(inbox::held(ctx, &cast.mei, &PageRequest::default()).await), "FORBIDDEN");
        assert_eq!(code(inbox::judge(ctx, &cast.mei, id, Verdict::Release).await), "FORBIDDEN");

        // Two of the staff decide at once: one outcome.
        let queue = inbox::held(ctx, &sara, &PageRequest::default()).await.expect("a queue");
        assert_eq!((queue.total, queue.items[0].message.as_str()), (1, SPAM));
        let (one, other) = (town.ctx(), town.ctx());
        let (released, refused) = tokio::join!(
            inbox::judge(&one, &sara, id, Verdict::Release),
            inbox::judge(&other, &sara, id, Verdict::Refuse("This is advertising.".into()))
        );
        assert!(released.is_ok() != refused.is_ok(), "{released:?} {refused:?}");
        town.drain().await;
        let refusals = if released.is_ok() { 1 } else { 2 };
        if released.is_ok() {
            assert_eq!(code(refused), "NOT_HELD");
            assert_eq!(cast.incoming(&tomas).await, 1);
            assert_eq!(count(town, &to(&tomas, "request_opened")).await, 1, "now it comes in");
            assert_eq!(count(town, &to(&cast.mei, "request_released")).await, 1, "as its sender was promised");
            service::withdraw(ctx, &cast.mei, id).await.expect("withdrawn");
        } else {
            assert_eq!(code(released), "REQUEST_CLOSED");
        }

        // Refused: its sender reads why, its receiver never hears of it.
        let id = service::send(ctx, &cast.mei, &cast.ask(&tomas, SPAM)).await.expect("kept");
        inbox::judge(ctx, &sara, id, Verdict::Refuse("This is advertising.".into())).await.expect("refused");
        town.drain().await;
        let before = count(town, &to(&tomas, "request_withdrawn")).await;
        let withdrawn = service::send(ctx, &cast.mei, &cast.ask(&tomas, SPAM)).await.expect("kept");
        service::withdraw(ctx, &cast.mei, withdrawn).await.expect("taken back while it was held");
        town.drain().await;
        let view = service::get(ctx, &cast.mei, id).await.expect("hers");
        assert_eq!((view.state, view.rejection_note.as_deref()), (RequestState::Rejected, Some("This is advertising.")));
        assert_eq!((view.next_action.title.as_str(), view.rejection_reason), ("Our staff did not deliver it", None));
        assert!(view.next_action.text.contains("This is advertising."), "{:?}", view.next_action);
        assert_eq!(code(service::get(ctx, &tomas, id).await), "NOT_FOUND");
        assert_eq!(count(town, &to(&cast.mei, "request_refused")).await, refusals);
        assert_eq!(count(town, &to(&tomas, "request_withdrawn")).await, before);
        assert_eq!(inbox::standing(ctx, &cast.mei).await.expect("hers").total, 0, "staff are not a sponsor that declined");
    })
    .await;
}

#[tokio::test]
async fn the_same_words_to_many_are_counted_for_the_person_and_by_receiver() {
    sequel(async |town| {
        let cast = told(town).await;
        let ctx = &cast.ctx;
        let words = "Come to our stage.";
        let held = async |id: RequestId| service::get(ctx, &cast.mei, id).await.expect("hers").held;
        // The same one again and again is one receiver.
        service::withdraw(ctx, &cast.mei, cast.asked).await.expect("withdrawn");
        for _ in 0..sending::SAME_TEXT + 1 {
            town.house.clock.shift(3_600);
            let id = service::send(ctx, &cast.mei, &cast.ask(&cast.asha, words)).await.expect("sent");
            assert!(!held(id).await, "nobody new reads it");
            service::withdraw(ctx, &cast.mei, id).await.expect("withdrawn");
        }
        // To four others, from another workspace of hers, as far as the rows say.
        for n in 0..4 {
            let input: AddInput = wire(json!({
                "displayName": format!("Maker {n}"), "website": format!("https://maker{n}.example"), "entityType": "Sponsor",
                "industry": "Other", "contactEmail": format!("hi@maker{n}.example"), "confirm": true,
            }));
            let maker = claims::add(ctx, &cast.mei, &input).await.expect("added");
            town.house.clock.shift(3_600);
            let ask = RequestInput { organization_id: maker.id.to_string(), ..cast.ask(&cast.asha, words) };
            let id = service::send(ctx, &cast.mei, &ask).await.expect("sent");
            assert!(!held(id).await, "{n}");
        }
        sqlx::query("update requests set community_id = $1 where created_by = $2")
            .bind(cast.ravi.community().expect("Apex").0)
            .bind(cast.mei.user().0)
            .execute(&town.owner)
            .await
            .expect("as if she had sent them there");
        let tomas = who(ctx, TOMAS).await;
        town.house.clock.shift(3_600);
        let id = service::send(ctx, &cast.mei, &cast.ask(&tomas, "come to OUR stage!")).await.expect("kept");
        assert!(held(id).await, "five others got the same from her");
    })
    .await;
}

#[tokio::test]
async fn a_stale_address_keeps_what_it_can_and_says_what_it_left_out() {
    sequel(async |town| {
        let cast = told(town).await;
        let ctx = &cast.ctx;
        let ask: InboxAsk =
            wire(json!({"tab": "incoming", "eventType": "Conference", "region": "Atlantis", "status": "Pending"}));
        let (kept, filter, left_out) = inbox::read_ask(ask);
        assert!(filter.event_type.is_some() && filter.state.is_some() && filter.region.is_none());
        assert_eq!((kept.event_type.as_str(), kept.region.as_str(), left_out.len()), ("Conference", "", 1));
        let mut asha = signed_in(town, ASHA).await;
        let page = asha.open("/inbox?tab=incoming&eventType=Meetup&region=Atlantis").await.text;
        assert!(page.contains("was left out") && page.contains("Atlantis"));
        assert!(!page.contains("HarbourConf"), "the filter that means something still holds");
        // There are two states in the open parts, so they can be told apart there.
        assert!(page.contains("name=\"status\""));

        // What was said when it was declined is found, and everybody by the name that they have today.
        service::reject(ctx, &cast.asha, cast.asked, no("Timing", "The quarterly zebra review comes first."))
            .await
            .expect("declined");
        sqlx::query("update communities set name = 'Quayside Devs' where slug = 'harbour-devs'")
            .execute(&town.owner)
            .await
            .expect("renamed");
        for words in ["zebra", "quayside zebra", "harbour"] {
            let filter = wire::<InboxAsk>(json!({"tab": "history", "q": words})).parse().expect("in order");
            let found = inbox::list(ctx, &cast.asha, &filter, &PageRequest::default()).await.expect("hers").items;
            assert_eq!(found.len(), 1, "{words}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_rejection_names_the_month_to_ask_again() {
    sequel(async |town| {
        let cast = told(town).await;
        let ctx = &cast.ctx;
        let today = ctx.now().date_naive();
        let month = sending::months_ahead(today)[1].clone();
        let first = sending::read_month(&month.0, today).expect("a month");
        service::reject(ctx, &cast.asha, cast.asked, no("Timing", "").welcome_from(first)).await.expect("declined");
        let view = service::get(ctx, &cast.mei, cast.asked).await.expect("hers");
        assert_eq!(view.ask_again_label, month.1);
        assert!(view.timeline.last().is_some_and(|entry| entry.text.contains(&month.1)));

        let again = cast.ask(&cast.asha, "");
        let told = service::send(ctx, &cast.mei, &again).await.expect_err("told to wait");
        assert_eq!(told.code(), "ASK_AGAIN_LATER");
        assert!(told.message().contains(&month.1));
        let mut mei = signed_in(town, MEI).await;
        let page = mei.open("/requests/new?organization=acme-cloud").await;
        assert!(page.text.contains(&format!("asked to be asked again in {}", month.1)) && page.text.contains("name=\"anyway\""));
        let id = service::send(ctx, &cast.mei, &RequestInput { anyway: true, ..again }).await.expect("sent anyway");
        let twice = service::send(ctx, &cast.mei, &RequestInput { anyway: true, ..cast.ask(&cast.asha, "") }).await;
        let twice = twice.expect_err("one is open");
        assert_eq!(
            (twice.code(), twice.href()),
            ("DUPLICATE_REQUEST", Some(format!("/requests/{id}?as=community:harbour-devs").as_str()))
        );

        town.shift(70 * 86_400).await;
        assert_eq!(count(town, "mails where template = 'request_welcome_again'").await, 1);
        town.shift(86_400).await;
        assert_eq!(count(town, "facts where name = 'request_welcome_again'").await, 1);
    })
    .await;
}

#[tokio::test]
async fn rules_answer_at_once_and_say_who_handles_what() {
    sequel(async |town| {
        let cast = told(town).await;
        let ctx = &cast.ctx;
        let devi = colleague(town, &cast.asha, "Devi", "Sponsor Manager").await;
        let hers = on_the_seat_of(&cast.asha, devi);
        let route = |who: UserId, region: &str| wire(json!({"region": region, "assigneeId": who}));
        routing::set_route(ctx, &cast.asha, &route(cast.asha.user(), "")).await.expect("set");
        routing::set_route(ctx, &cast.asha, &route(cast.asha.user(), "South-East Asia")).await.expect("set");
        routing::set_route(ctx, &cast.asha, &route(devi, "South-East Asia")).await.expect("replaced");
        let stranger = routing::set_route(ctx, &cast.asha, &route(cast.mei.user(), "")).await;
        assert!(matches!(stranger, Err(AppError::Invalid(e)) if e.get("assigneeId").is_some()));
        let rules = routing::list(ctx, &cast.asha).await.expect("ours");
        assert_eq!(rules.routes.len(), 2);
        assert_eq!(code(routing::remove(ctx, &cast.mei, rules.routes[0].id).await), "NOT_FOUND");

        service::withdraw(ctx, &cast.mei, cast.asked).await.expect("withdrawn");
        let id = service::send(ctx, &cast.mei, &cast.ask(&cast.asha, "")).await.expect("sent");
        town.drain().await;
        let view = service::get(ctx, &hers, id).await.expect("ours");
        assert_eq!(view.assignee.as_ref().map(|it| it.id), Some(devi.0));
        assert!(view.timeline.last().is_some_and(|entry| entry.text.ends_with("by your rule")), "{:?}", view.timeline);
        service::withdraw(ctx, &cast.mei, id).await.expect("withdrawn");

        // HarbourConf has 320 people.
        let today = ctx.now().date_naive();
        // Not this one, or it would be a year.
        let month = sending::month_name(today.month() % 12 + 1);
        let fit = wire(json!({
            "minPeople": "500", "reason": "Audience does not match", "words": "We sponsor nothing under 500 people.", "askAgainMonth": month,
        }));
        assert_eq!(code(routing::declare_fit(ctx, &cast.mei, &fit).await), "FORBIDDEN");
        routing::declare_fit(ctx, &cast.asha, &fit).await.expect("declared");
        let id = service::send(ctx, &cast.mei, &cast.ask(&cast.asha, "")).await.expect("sent");
        town.drain().await;
        let view = service::get(ctx, &cast.mei, id).await.expect("hers");
        assert_eq!(view.state, RequestState::Rejected);
        assert!(
            view.rejection_note.as_deref().is_some_and(|note| note.contains("automatic") && note.contains("under 500 people"))
        );
        assert!(view.rejection_note.as_deref().is_some_and(|note| note.ends_with(&format!("Ask again in {month}."))));
        assert!(view.timeline.last().is_some_and(|entry| entry.text.starts_with("declined by its own rule, at once")));
        // It counts as if a person had named it: asking earlier is warned of, and the sender is reminded when it comes.
        assert_eq!(code(service::send(ctx, &cast.mei, &cast.ask(&cast.asha, "")).await), "ASK_AGAIN_LATER");
        assert_eq!(count(town, &format!("deadlines where kind = 'request_welcome_again' and subject_id = '{id}'")).await, 1);
        assert_eq!(routing::list(ctx, &cast.asha).await.expect("ours").fits[0].ask_again_month, month);
        assert_eq!(count(town, &format!("facts where subject_id = '{id}' and name = 'request_rejected'")).await, 1);
        // Run again: nothing more happens. And nobody is answered by a rule that came later.
        routing::came_in(ctx, id).await.expect("harmless");
        let rules = routing::list(ctx, &cast.asha).await.expect("ours");
        routing::remove(ctx, &cast.asha, rules.fits[0].id).await.expect("removed");
        let id = service::send(ctx, &cast.mei, &RequestInput { anyway: true, ..cast.ask(&cast.asha, "") }).await.expect("sent");
        town.drain().await;
        assert_eq!(service::get(ctx, &cast.mei, id).await.expect("hers").state, RequestState::Pending);
        let mut asha = signed_in(town, ASHA).await;
        let page = asha.open("/inbox/rules").await;
        assert!(page.text.contains("Everything in South-East Asia") && page.text.contains("Devi"), "{}", page.text);

        // By the API: not theirs is not there, not by every role, and once.
        let rule = routing::list(ctx, &cast.asha).await.expect("ours").routes[0].id;
        let at = format!("/requests/rules/{rule}");
        let manager = Figure { name: "Devi", email: "devi@acme.example", role: "" };
        people::activate(ctx, manager).await.expect("activated");
        for (figure, status) in [(MEI, 404), (manager, 403)] {
            let refused = signed_in(town, figure).await.api(Method::DELETE, &at, None).await;
            assert_eq!(refused.status, status, "{}: {}", figure.email, refused.text);
        }
        let left = asha.api(Method::DELETE, &at, None).await;
        assert_eq!(left.status, StatusCode::OK, "{}", left.text);
        let routes = left.data()["routes"].as_array().cloned().expect("routes");
        assert!(routes.len() == 1 && routes[0]["id"] != json!(rule), "{routes:?}");
        assert_eq!(asha.api(Method::DELETE, &at, None).await.status, StatusCode::NOT_FOUND);
    })
    .await;
}

#[tokio::test]
async fn only_a_persons_answer_is_counted_as_how_fast_a_community_answers() {
    sequel(async |town| {
        let cast = told(town).await;
        let ctx = &cast.ctx;
        let answered = async || {
            sqlx::query_as::<_, (i32, Option<i64>)>(
                "select answers, median_answer_seconds from communities where slug = 'harbour-devs'",
            )
            .fetch_one(&town.owner)
            .await
            .expect("a community")
        };
        assert_eq!(answered().await.0, 0);
        // A rule hands over what comes in, at once; then it is handed back and put aside.
        let route = wire(json!({"assigneeId": cast.mei.user()}));
        routing::set_route(ctx, &cast.mei, &route).await.expect("hers to set");
        let knowledge = sqlx::query_scalar::<_, uuid::Uuid>("select id from opportunities where category = 'Knowledge Sponsor'")
            .fetch_one(&town.owner)
            .await
            .expect("the demo has one");
        let (tomas, ingrid) = (who(ctx, TOMAS).await, who(ctx, INGRID).await);
        let input = |message: &str| wire(json!({"amount": "90000", "message": message}));
        let id = service::apply(ctx, &tomas, knowledge.into(), &input("We host it.")).await.expect("sent");
        town.drain().await;
        assert_eq!(count(town, "facts where name = 'request_assigned'").await, 1, "by the rule");
        inbox::assign(ctx, &cast.mei, id, None).await.expect("given back");
        town.drain().await;
        assert_eq!(answered().await.0, 0, "nobody has answered anything");
        town.shift(2 * 3_600).await;
        service::reject(ctx, &cast.mei, id, no("Budget", "")).await.expect("answered");
        town.drain().await;
        let (answers, seconds) = answered().await;
        assert_eq!(answers, 1);
        assert!(seconds.is_some_and(|it| (7_200..7_300).contains(&it)), "{seconds:?}");

        // What staff look at first has not arrived before they let it through.
        let sara = people::sign_in_staff(ctx, SARA).await.expect("staff");
        let held = service::apply(ctx, &ingrid, knowledge.into(), &input(SPAM)).await.expect("kept");
        let view = service::get(ctx, &ingrid, held).await.expect("theirs");
        assert!(view.held && view.contact.is_none(), "an address for nothing that was delivered: {:?}", view.contact);
        town.shift(50 * 3_600).await;
        inbox::judge(ctx, &sara, held, Verdict::Release).await.expect("let through");
        let view = service::get(ctx, &ingrid, held).await.expect("theirs");
        assert!(!view.held && view.contact.is_some(), "now it has come in");
        town.drain().await;
        town.shift(3_600).await;
        service::reject(ctx, &cast.mei, held, no("Budget", "")).await.expect("answered");
        town.drain().await;
        let waits = "select extract(epoch from answered_at - opened_at)::bigint from community_answers where request_id = $1";
        let waited: i64 = sqlx::query_scalar(waits).bind(held.0).fetch_one(&town.owner).await.expect("counted");
        assert!((3_600..3_700).contains(&waited), "{waited}");
    })
    .await;
}
