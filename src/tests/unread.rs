//! What is unread is counted from a person's mark and from what was left below it: held against the plain meaning, which reads
//! every fact, while people read, marks move, and news are late.

use crate::town::{Town, sequel};
use commdesk::{
    features::{
        accounts::service as accounts,
        requests::{
            inbox,
            rules::inbox::InboxFilter,
            service,
            views::{InboxCounts, InboxTab},
        },
    },
    kernel::{
        actor::{Actor, Person, Side},
        page::PageRequest,
        text::{Email, PersonName},
    },
    platform::ctx::Ctx,
    seeds::people::{self, ASHA, Figure, MEI, RAVI, TOMAS},
};
use sqlx::{PgConnection, Postgres, Transaction};
use std::sync::Arc;
use uuid::Uuid;

/// What is news to both sides …
const NEWS: [&str; 8] = [
    "request_opened",
    "request_accepted",
    "request_rejected",
    "request_withdrawn",
    "request_expired",
    "request_released",
    "request_delivered",
    "request_refused",
];
/// … and what is not.
const NO_NEWS: [&str; 2] = ["request_assigned", "request_snoozed"];

/// The same numbers each time.
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % end as u64).expect("small")
    }

    fn of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }
}

/// Unread ones of each part: incoming, submitted, negotiated, accepted, of the history.
type Unread = (i64, i64, i64, i64, i64);

async fn counted(ctx: &Ctx, who: &Actor) -> InboxCounts {
    inbox::list(ctx, who, &InboxFilter::of(InboxTab::Open), &PageRequest::default()).await.expect("an inbox").counts
}

fn workspace(who: &Actor) -> Uuid {
    who.community().map(|id| id.0).or(who.organization().map(|id| id.0)).expect("a workspace")
}

/// What unread means: somebody else has done something that both sides are told, after what this person has seen.
async fn meant(town: &Town, who: &Actor) -> Unread {
    sqlx::query_as(
        "select count(*) filter (where r.state = 'Pending' and r.opened_by <> $3), count(*) filter (where r.state = 'Pending' and r.opened_by = $3),
                count(*) filter (where r.state = 'Negotiation'), count(*) filter (where r.state = 'Accepted'),
                count(*) filter (where r.state in ('Rejected', 'Withdrawn', 'Expired'))
         from requests r
         where case $3 when 'community' then r.community_id else r.organization_id end = $2 and (r.held_at is null or r.opened_by = $3)
           and exists (select 1 from facts f where f.subject_kind = 'request' and f.subject_id = r.id and f.name = any($4)
                         and f.actor_user_id is distinct from $1
                         and f.seq > coalesce((select d.seq from request_reads d where d.user_id = $1 and d.request_id = r.id), 0))",
    )
    .bind(who.user().0)
    .bind(workspace(who))
    .bind(who.side().expect("a side").label())
    .bind(NEWS.map(str::to_owned).to_vec())
    .fetch_one(&town.owner)
    .await
    .expect("counted")
}

/// Is what is counted what is meant? Gives all that is unread.
async fn is_exact(town: &Town, ctx: &Ctx, who: &Actor, step: usize) -> i64 {
    let counts = counted(ctx, who).await;
    let told = (
        counts.unread_incoming,
        counts.unread_submitted,
        counts.unread_negotiation,
        counts.unread_accepted,
        counts.unread_history,
    );
    assert_eq!(told, meant(town, who).await, "step {step}, {:?} {}", who.side().map(Side::label), who.user());
    counts.unread
}

/// Takes out what was said by chance, before the books are read.
async fn unsay(town: &Town) {
    town.as_superuser(
        "set session_replication_role = replica;
         delete from fact_heads h using facts f where f.trace_id = 'by chance' and h.subject_kind = 'request' and h.subject_id = f.subject_id;
         delete from facts where trace_id = 'by chance'",
    )
    .await;
}

async fn number(town: &Town, sql: &'static str, of: &Actor) -> i64 {
    sqlx::query_scalar(sql).bind(of.user().0).bind(workspace(of)).fetch_one(&town.owner).await.expect("a number")
}

async fn mark(town: &Town, of: &Actor) -> i64 {
    number(town, "select coalesce(max(news_no), -1) from request_marks where user_id = $1 and workspace_id = $2", of).await
}

/// Closed requests between two, and beside them one of each open state, as rows alone: nobody has said anything about them yet.
async fn requests_between(town: &Town, community: Uuid, organization: Uuid, states: &[&str]) -> Vec<Uuid> {
    let states: Vec<String> = states.iter().map(|&state| state.to_owned()).collect();
    sqlx::query_scalar(
        "insert into requests (id, community_id, organization_id, event_id, opened_by, state, turn, revision, created_by, opened_at,
                               turn_since, expires_at, closed_at, updated_at)
         select gen_random_uuid(), $1, $2, r.event_id, case s.n % 2 when 0 then 'community' else 'organization' end, s.state, r.turn, 1,
                r.created_by, r.opened_at, r.turn_since, r.expires_at,
                case when s.state not in ('Pending', 'Negotiation') then r.opened_at end, r.opened_at
         from (select * from requests order by id limit 1) r cross join unnest($3::text[]) with ordinality as s (state, n) returning id",
    )
    .bind(community)
    .bind(organization)
    .bind(states)
    .fetch_all(&town.owner)
    .await
    .expect("requests")
}

/// A fact of a request as its row alone: what its chain says is not asked here, and it is taken out before the books are read.
async fn say(conn: &mut PgConnection, ctx: &Ctx, request: Uuid, name: &str, by: Option<Uuid>) {
    let seq: i64 = sqlx::query_scalar(
        "insert into fact_heads (subject_kind, subject_id, seq, hash, moved) values ('request', $1, 1, ''::bytea, false)
         on conflict (subject_kind, subject_id) do update set seq = fact_heads.seq + 1 returning seq",
    )
    .bind(request)
    .fetch_one(&mut *conn)
    .await
    .expect("a head");
    sqlx::query(
        "insert into facts (id, at, actor_user_id, acting_kind, room, name, subject_kind, subject_id, seq, trace_id, payload, body, hash)
         values (gen_random_uuid(), $1, $2, 'person', 'requests', $3, 'request', $4, $5, 'by chance', '{}', '{}', sha256(convert_to('{}', 'UTF8')))",
    )
    .bind(ctx.now())
    .bind(by)
    .bind(name)
    .bind(request)
    .bind(seq)
    .execute(&mut *conn)
    .await
    .expect("a fact");
}

#[tokio::test]
async fn what_is_counted_is_what_unread_means_whoever_reads_and_whatever_is_late() {
    sequel(async |town| {
        let ctx = town.ctx();
        let actor = async |figure: Figure| people::actor(&ctx, figure).await.expect("signed in");
        let (asha, tomas, ravi, mei) = (actor(ASHA).await, actor(TOMAS).await, actor(RAVI).await, actor(MEI).await);
        let (acme, lumen, apex, harbour) = (workspace(&asha), workspace(&tomas), workspace(&ravi), workspace(&mei));
        // Somebody beside Asha, who reads for herself, and somebody who stands on both sides: one reading, two marks.
        let seated = async |of: &Actor, name: &str| {
            let mut tx = ctx.begin().await.expect("a transaction");
            let email = Email::parse(&format!("{}@acme.example", name.to_lowercase())).expect("an address");
            let name = PersonName::parse(name).expect("a name");
            let user = accounts::ensure_user_in(&mut tx, &email, &name).await.expect("a login");
            tx.commit_unstated("a test makes a colleague").await.expect("made");
            let mut person = Person::clone(&of.person);
            person.user = user;
            Actor { person: Arc::new(person), acting: of.acting.clone() }
        };
        let devi = seated(&asha, "Devi").await;
        let devi_at_harbour = Actor { person: Arc::clone(&devi.person), acting: mei.acting.clone() };
        let readers = [asha, tomas, ravi, mei, devi, devi_at_harbour];
        let closed = ["Accepted", "Accepted", "Rejected", "Rejected", "Withdrawn", "Expired"];
        let open = ["Accepted", "Pending", "Rejected", "Expired", "Withdrawn"];
        let negotiated = ["Rejected", "Negotiation", "Accepted"];
        let mut all = Vec::new();
        for (community, organization, states) in
            [(harbour, acme, &closed[..]), (harbour, lumen, &open[..]), (apex, acme, &negotiated[..]), (apex, lumen, &closed[..])]
        {
            all.extend(requests_between(town, community, organization, states).await);
        }

        let mut chance = Chance(0x5eed_cafe_f00d_0001);
        // A transaction with news of one of them that takes its time.
        let mut late: Option<(Transaction<'static, Postgres>, Uuid)> = None;
        let (mut marks, mut waited, mut left, mut most) = (0, 0, 0, 0);
        for step in 0..400 {
            let request = *chance.of(&all);
            let is_held = late.as_ref().is_some_and(|(_, id)| *id == request);
            let reader = chance.of(&readers);
            match chance.below(14) {
                0..=3 if !is_held => {
                    let by = [None, Some(chance.of(&readers).user().0)][chance.below(2)];
                    let name = if chance.below(5) == 0 { chance.of(&NO_NEWS) } else { chance.of(&NEWS) };
                    let mut conn = town.owner.acquire().await.expect("a connection");
                    say(&mut conn, &ctx, request, name, by).await;
                }
                4..=6 if !is_held => {
                    inbox::mark_read(&ctx, reader, &[request.to_string()]).await.expect("marked");
                }
                // Somebody's page showed less than there is by now.
                7 if !is_held => {
                    let some = "insert into request_reads (user_id, request_id, seq)
                                select $1, subject_id, seq / 2 from fact_heads where subject_kind = 'request' and subject_id = $2
                                on conflict (user_id, request_id) do update set seq = greatest(request_reads.seq, excluded.seq)";
                    let some = sqlx::query(some).bind(reader.user().0).bind(request);
                    some.execute(&town.owner).await.expect("noted");
                }
                8 | 9 => {
                    let before = mark(town, reader).await;
                    inbox::settle(&ctx, reader).await.expect("settled");
                    let after = mark(town, reader).await;
                    marks += usize::from(after > before);
                    let own = "select count(*) from requests where id = $1 and request_shelf($2) in (request_shelf(community_id), request_shelf(organization_id))";
                    let concerned: i64 = match &late {
                        Some((_, id)) => {
                            let own = sqlx::query_scalar(own).bind(*id).bind(workspace(reader));
                            own.fetch_one(&town.owner).await.expect("a number")
                        }
                        None => 0,
                    };
                    if concerned > 0 {
                        assert_eq!(after, before, "step {step}: a mark passed somebody who is at work");
                        waited += 1;
                    } else {
                        let above =
                            "select count(*) from requests r join request_marks m on m.user_id = $1 and m.workspace_id = $2
                                     where $2 in (r.community_id, r.organization_id) and r.news_no > m.news_no";
                        assert_eq!(number(town, above, reader).await, 0, "step {step}: something was passed over that is there");
                    }
                    let kept = "select count(*) from request_unread where user_id = $1 and workspace_id = $2";
                    left = left.max(number(town, kept, reader).await);
                }
                10 | 11 => match late.take() {
                    Some((tx, _)) if chance.below(4) == 0 => tx.rollback().await.expect("taken back"),
                    Some((tx, _)) => tx.commit().await.expect("late"),
                    None => {
                        let mut tx = town.owner.begin().await.expect("a transaction");
                        let patient = sqlx::query("set local idle_in_transaction_session_timeout = 0");
                        patient.execute(&mut *tx).await.expect("it may take long");
                        let by = [None, Some(chance.of(&readers).user().0)][chance.below(2)];
                        say(&mut tx, &ctx, request, chance.of(&NEWS), by).await;
                        late = Some((tx, request));
                    }
                },
                // Two organizations are one, and a moment later it was the other that stays.
                12 if !is_held => {
                    let moved = "update requests set organization_id = case organization_id when $2 then $3 else $2 end
                                 where id = $1 and state not in ('Pending', 'Negotiation')";
                    let moved = sqlx::query(moved).bind(request).bind(acme).bind(lumen);
                    moved.execute(&town.owner).await.expect("moved");
                }
                13 if !is_held => {
                    let held = "update requests set held_at = case when held_at is null then opened_at end where id = $1";
                    sqlx::query(held).bind(request).execute(&town.owner).await.expect("held back, or let go");
                }
                _ => {}
            }
            // Everybody now and then; else one, who may be any of them.
            let one = chance.below(readers.len());
            for reader in if step % 5 == 0 { &readers[..] } else { &readers[one..=one] } {
                let unread = is_exact(town, &ctx, reader, step).await;
                most = most.max(unread);
            }
        }
        if let Some((tx, _)) = late {
            tx.rollback().await.expect("taken back");
        }
        assert!(marks > 10 && waited > 3 && left > 2 && most > 3, "or nothing was tried: {marks}, {waited}, {left}, {most}");
        unsay(town).await;
    })
    .await;
}

#[tokio::test]
async fn whoever_looks_at_much_that_was_read_looks_at_it_once() {
    sequel(async |town| {
        let ctx = town.ctx();
        let asha = people::actor(&ctx, ASHA).await.expect("signed in");
        let mei = people::actor(&ctx, MEI).await.expect("signed in");
        let before = counted(&ctx, &asha).await;
        assert_eq!((before.unread, mark(town, &asha).await), (1, -1), "what is little is not written down");
        requests_between(town, workspace(&mei), workspace(&asha), &["Rejected"; 300]).await;
        assert_eq!(counted(&ctx, &asha).await.unread, 1);
        assert!(mark(town, &asha).await > 0);
        let left = "select count(*) from request_unread where user_id = $1 and workspace_id = $2";
        assert_eq!((number(town, left, &asha).await, counted(&ctx, &asha).await.unread), (1, 1));
        // Whatever notes that it was read takes it out, and what is read later is not looked for.
        let ids: Vec<String> =
            sqlx::query_scalar("select request_id::text from request_unread").fetch_all(&town.owner).await.expect("hers");
        inbox::mark_read(&ctx, &asha, &ids).await.expect("read");
        assert_eq!((number(town, left, &asha).await, counted(&ctx, &asha).await.unread), (0, 0));
        // The sender's own doing is above the mark, and is news again.
        let asked: Uuid = ids[0].parse().expect("an id");
        service::withdraw(&ctx, &mei, asked.into()).await.expect("withdrawn");
        assert_eq!((number(town, left, &asha).await, counted(&ctx, &asha).await.unread_history), (0, 1));
    })
    .await;
}

#[tokio::test]
async fn a_mark_that_moves_while_people_read_and_others_write_loses_nothing() {
    sequel(async |town| {
        let (ctx, other) = (town.ctx(), town.ctx());
        let actor = async |figure: Figure| people::actor(&ctx, figure).await.expect("signed in");
        let (asha, mei) = (actor(ASHA).await, actor(MEI).await);
        let all = requests_between(town, workspace(&mei), workspace(&asha), &["Rejected"; 12]).await;
        let mut chance = Chance(0x5eed_cafe_f00d_0002);
        for round in 0..60 {
            let (read, said) = (*chance.of(&all), *chance.of(&all));
            let ids: Vec<String> = [read, said, *chance.of(&all)].iter().map(Uuid::to_string).collect();
            let news = async {
                let mut conn = town.owner.acquire().await.expect("a connection");
                say(&mut conn, &ctx, said, chance.of(&NEWS), [None, Some(mei.user().0)][round % 2]).await;
            };
            let (_, hers, twice, first, second) = tokio::join!(
                news,
                inbox::mark_read(&ctx, &asha, &ids),
                inbox::mark_read(&other, &asha, &ids[..1]),
                inbox::settle(&ctx, &asha),
                inbox::settle(&other, &asha),
            );
            hers.and(twice).expect("read");
            first.and(second).expect("settled");
            inbox::settle(&ctx, &mei).await.expect("settled");
            if round % 8 == 7 {
                // With nobody beside it: the others may all have come too early.
                inbox::settle(&ctx, &asha).await.expect("settled");
            }
            for reader in [&asha, &mei] {
                is_exact(town, &ctx, reader, round).await;
            }
        }
        assert!(mark(town, &asha).await > 0 && mark(town, &mei).await > 0);
        unsay(town).await;
    })
    .await;
}
