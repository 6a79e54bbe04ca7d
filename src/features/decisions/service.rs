//! The use cases of places and decisions.
//!
//! Locks are taken in the order of the house: event, opportunity, request. Everything that moves the line of those who wait
//! goes through [`settle_in`], which may run at any time and as often as one likes.

use super::{
    changes::{DiffKind, DiffLine, diff, event_lines, offer_lines},
    policy,
    rules::{self, read_reason},
    store::{self, NewDecision},
    views::{
        Decision, DecisionInput, DecisionRow, DecisionsInput, DecisionsScreen, DecisionsView, LineView, PlaceCan, PlaceScreen,
        PlaceView, PreparedView, WaitingState,
    },
};
use crate::{
    features::{
        accounts::service as accounts,
        events::service as events,
        opportunities::{
            rules::ReopenReason,
            service as opportunities,
            service::key_of,
            views::{OpportunityPatch, places_label},
        },
        organizations::logos::logo_url,
        partners::service as partners,
        requests::{
            policy as requests_policy,
            rules::Rejection,
            service as requests,
            views::{ApplyInput, PartyView, RequestState, RevisionHash},
        },
    },
    kernel::{
        actor::{Actor, Scope, Side},
        error::{AppError, AppResult},
        ids::{CommunityId, OpportunityId, OrganizationId, RequestId, UserId, WaitingId},
        money::{Currency, Money},
        text::isolated,
    },
    platform::{
        ctx::Ctx,
        dates,
        facts::Voice,
        jobs::{clear_deadline, set_deadline},
        tx::Tx,
    },
};
use serde_json::Value;
use std::sync::Arc;
use uuid::Uuid;

/// The deadline until which a place is kept.
pub const OFFER: &str = "place_offer";
/// The most decisions of one save.
const MOST: usize = 200;

// ── Waiting and being offered ───────────────────────────────────────────────────────────────────────────────────────

/// An organization applies for an opportunity. For its waiting list, where the input says so: when every place is taken, the
/// application is in line from the first moment.
///
/// # Errors
/// As [`requests::apply_in`].
pub async fn apply(ctx: &Ctx, actor: &Actor, opportunity: OpportunityId, input: &ApplyInput) -> AppResult<RequestId> {
    let (mut tx, id) = requests::apply_in(ctx, actor, opportunity, input).await?;
    if input.waiting_list {
        let places_left = opportunities::hold_places_in(&mut tx, opportunity).await?;
        if places_left == 0 {
            let request = requests::hold_in(&mut tx, actor.scope(), id).await?;
            let shown = request.revision_hash.clone();
            let joined = rules::join(ctx.id(), &request, Side::Organization, &shown, places_left, ctx.now())?;
            store::apply_joined(&mut tx, &joined, ctx.now()).await?;
            tx.state(actor, &joined);
        }
    }
    tx.result(id);
    tx.commit().await?;
    Ok(id)
}

/// Joins the line for a place: the side whose turn it is agrees to the newest revision, as soon as a place is free. An
/// organization that applied waits for a place and for the answer.
///
/// # Errors
/// 404, 403 (also `CONFLICT_OF_INTEREST`); 409 `PLACE_FREE`, `ALREADY_WAITING`, `NO_OPPORTUNITY`, `NOT_YOUR_TURN`,
/// `STALE_REVISION`, `REQUEST_CLOSED`, `REQUEST_EXPIRED`.
pub async fn wait(ctx: &Ctx, actor: &Actor, id: RequestId, shown: &RevisionHash) -> AppResult<RequestId> {
    let mut tx = ctx.begin().await?;
    let parties = requests::parties_in(&mut tx, actor.scope(), id).await?;
    let side = requests::may_answer_for(actor, parties.community, parties.organization)?;
    requests_policy::must_be_impartial(actor, parties.community, parties.organization)?;
    let places_left = match parties.opportunity {
        Some(opportunity) => opportunities::hold_places_in(&mut tx, opportunity).await?,
        None => 0,
    };
    let request = requests::hold_in(&mut tx, actor.scope(), id).await?;
    let joined = rules::join(ctx.id(), &request, side, shown, places_left, ctx.now())?;
    let joined = match store::find_waiting(&mut tx, id).await?.filter(|waiting| waiting.may_be_agreed(side)) {
        Some(waiting) => {
            store::apply_agreed(&mut tx, waiting.id, &joined).await?;
            joined.agreeing()
        }
        None => {
            store::apply_joined(&mut tx, &joined, ctx.now()).await?;
            joined
        }
    };
    tx.state(actor, &joined);
    tx.result(id);
    tx.commit().await?;
    Ok(id)
}

/// Takes the place that is kept: the request is accepted as both sides agreed when it began to wait.
///
/// # Errors
/// 404, 403; 409 `STILL_WAITING`, `OFFER_LAPSED`, `REQUEST_CLOSED`, and as accepting.
pub async fn take(ctx: &Ctx, actor: &Actor, id: RequestId) -> AppResult<RequestId> {
    let mut tx = ctx.begin().await?;
    let parties = requests::parties_in(&mut tx, actor.scope(), id).await?;
    let side = requests::may_answer_for(actor, parties.community, parties.organization)?;
    requests_policy::must_be_impartial(actor, parties.community, parties.organization)?;
    if side != Side::Organization {
        return Err(AppError::forbidden("The place is kept for the organization: only its people take it."));
    }
    let waiting = store::find_waiting(&mut tx, id).await?.ok_or_else(|| {
        AppError::refused("STILL_WAITING", "No place is kept for this request. Accept it, or wait for a place first.")
    })?;
    waiting.must_be_offered(ctx.now())?;
    let hash = RevisionHash::parse(&waiting.revision_hash).map_err(AppError::broken)?;
    let mut tx = requests::accept_in(tx, actor, waiting.side, id, &hash).await?;
    if let Some(opportunity) = parties.opportunity {
        settle_in(&mut tx, actor, opportunity, ReopenReason::PlaceReleased).await?;
    }
    tx.result(id);
    tx.commit().await?;
    Ok(id)
}

/// The community takes an agreed place back, and says why. The organization leaves the event's page; whoever is next in line is
/// offered the place in the same transaction.
///
/// # Errors
/// 404, 403 (also `CONFLICT_OF_INTEREST`); 409 `NO_PLACE_HELD`; 422 on `reason`.
pub async fn release(ctx: &Ctx, actor: &Actor, id: RequestId, reason: &str) -> AppResult<RequestId> {
    let mut tx = ctx.begin().await?;
    let parties = requests::parties_in(&mut tx, actor.scope(), id).await?;
    let side = requests::may_answer_for(actor, parties.community, parties.organization)?;
    requests_policy::must_be_impartial(actor, parties.community, parties.organization)?;
    if side != Side::Community {
        return Err(AppError::forbidden("The community decides about its places. Write to them if you cannot keep yours."));
    }
    let reason = read_reason(reason)?;
    events::brief_in(&mut tx, parties.event).await?;
    let Some(opportunity) = parties.opportunity else {
        return Err(AppError::refused("NO_PLACE_HELD", "This request is for no opportunity, so it holds no place."));
    };
    opportunities::hold_places_in(&mut tx, opportunity).await?;
    let request = requests::hold_in(&mut tx, actor.scope(), id).await?;
    let holds = opportunities::release_in(&mut tx, id, &reason).await?;
    let words = reason.clone();
    let released = rules::release(&request, reason, holds)?;
    partners::take_down_in(&mut tx, id, &words).await?;
    tx.state(actor, &released);
    settle_in(&mut tx, actor, opportunity, ReopenReason::PlaceReleased).await?;
    tx.result(id);
    tx.commit().await?;
    Ok(id)
}

/// The line as it must be now: whoever was accepted or closed their request is out of it, offers that ran out have lapsed, and
/// every free place is offered to whoever is next. When nobody waits, a full opportunity opens again, and says why. This holds
/// the opportunity; several runs change nothing more than one.
async fn settle_in(
    tx: &mut Tx,
    voice: impl Into<Voice> + Clone,
    opportunity: OpportunityId,
    why: ReopenReason,
) -> AppResult<bool> {
    let now = tx.ctx().now();
    opportunities::hold_places_in(tx, opportunity).await?;
    let mut changed = false;
    let mut next = Vec::new();
    for it in store::list_line(tx, opportunity).await? {
        let state = RequestState::parse(&it.request_state).map_err(|error| AppError::Broken(Box::new(error)))?;
        if state == RequestState::Accepted {
            store::apply_ended(tx, it.waiting.id, WaitingState::Taken, now).await?;
        } else if !state.is_open() {
            opportunities::release_in(tx, it.waiting.request, "The request was closed.").await?;
            store::apply_ended(tx, it.waiting.id, WaitingState::Left, now).await?;
        } else if let Some(lapsed) = it.waiting.lapse(&it.parties, now) {
            opportunities::release_in(tx, lapsed.request(), "The place was not taken in time.").await?;
            store::apply_ended(tx, lapsed.id(), WaitingState::Lapsed, now).await?;
            tx.state(Voice::System, &lapsed);
        } else {
            // One whose time is over is closed by its deadline in a moment; a place is not kept for it until then.
            if it.waiting.state == WaitingState::Waiting && !it.held && it.expires_at > now {
                next.push(it);
            }
            continue;
        }
        clear_deadline(tx, OFFER, it.waiting.id.0).await?;
        changed = true;
    }
    let free = opportunities::hold_places_in(tx, opportunity).await?;
    for it in next.into_iter().take(usize::try_from(free).unwrap_or_default()) {
        let offered = it.waiting.offer(&it.parties, it.expires_at, now);
        opportunities::reserve_in(tx, opportunity, it.waiting.request, offered.until()).await?;
        store::apply_offered(tx, &offered, now).await?;
        set_deadline(tx, OFFER, offered.id().0, offered.until()).await?;
        tx.state(Voice::System, &offered);
        changed = true;
    }
    Ok(opportunities::reopen_freed_in(tx, voice, opportunity, why).await? || changed)
}

/// Saves an opportunity, and offers what places it has now to whoever waits, in the same transaction: nobody who comes by chance
/// gets past the line. A full one with more places than people in line opens again.
///
/// # Errors
/// As [`opportunities::edit_in`].
pub async fn edit(ctx: &Ctx, actor: &Actor, id: OpportunityId, patch: &OpportunityPatch) -> AppResult<OpportunityId> {
    let mut tx = opportunities::edit_in(ctx.begin().await?, actor, id, patch).await?;
    settle_in(&mut tx, actor, id, ReopenReason::PlacesAdded).await?;
    tx.result(id);
    tx.commit_unstated("a patch that names nothing changes nothing").await?;
    Ok(id)
}

/// Settles the line of an opportunity, later than what moved it.
///
/// # Errors
/// When the database is away.
pub async fn settle(ctx: &Ctx, opportunity: OpportunityId) -> AppResult<()> {
    let mut tx = ctx.begin().await?;
    settle_in(&mut tx, Voice::System, opportunity, ReopenReason::PlaceReleased).await?;
    tx.commit_unstated("the line was in order already, or somebody only left it").await
}

/// A place was kept long enough: it goes to the next.
///
/// # Errors
/// When the database is away.
pub async fn offer_due(ctx: &Ctx, id: WaitingId) -> AppResult<()> {
    let opportunity = store::find_opportunity(ctx, id).await?.ok_or(AppError::NotFound)?;
    let mut tx = ctx.begin().await?;
    clear_deadline(&mut tx, OFFER, id.0).await?;
    settle_in(&mut tx, Voice::System, opportunity, ReopenReason::PlaceReleased).await?;
    tx.commit_unstated("the place was taken before its time ran out").await
}

/// How a request stands with its opportunity's places, and what the viewer may do about it.
///
/// # Errors
/// 404; 403 for a role that does not see requests.
pub async fn place(ctx: &Ctx, actor: &Actor, id: RequestId) -> AppResult<PlaceScreen> {
    let row = store::find_place(ctx, actor.scope(), id).await?.ok_or(AppError::NotFound)?;
    let side = requests_policy::side(actor, row.community_id.into(), row.organization_id.into())?;
    requests_policy::may_see(actor)?;
    let (community, organization) = (row.community_id.into(), row.organization_id.into());
    let may_act = requests::may_answer_for(actor, community, organization).is_ok()
        && requests_policy::must_be_impartial(actor, community, organization).is_ok();
    let state = RequestState::parse(&row.state).map_err(|error| AppError::Broken(Box::new(error)))?;
    let open = state.is_open() && ctx.now() < row.expires_at;
    let waiting = row.waiting_state.as_deref().and_then(|state| WaitingState::parse(state).ok());
    let in_line = matches!(waiting, Some(WaitingState::Waiting | WaitingState::Offered));
    let kept = waiting == Some(WaitingState::Offered) && row.offer_until.is_some_and(|until| ctx.now() < until);
    let (opened_by, turn) = (side_of(&row.opened_by)?, side_of(&row.turn)?);
    // Whoever is awaited has agreed already, or their answer is what the place is kept for.
    let agreed = row.waiting_side.as_deref() == Some(turn.label());
    let joins = !in_line && (turn == side || rules::is_applicant(opened_by, turn, side));
    let agrees = waiting == Some(WaitingState::Waiting) && !agreed && turn == side && side == Side::Community;
    let changes = changes(&row);
    Ok(PlaceScreen {
        place: PlaceView {
            changes,
            waiting,
            position: (waiting == Some(WaitingState::Waiting)).then_some(row.position),
            awaits_answer: in_line && !agreed,
            offer_until: row.offer_until,
            offer_until_label: row.offer_until.map(|at| dates::moment(at, dates::zone(&row.timezone))).unwrap_or_default(),
            release_reason: row.release_reason.filter(|_| state == RequestState::Accepted && !row.holds),
            can: PlaceCan {
                wait: may_act && open && row.opportunity_id.is_some() && row.places_left == 0 && (joins || agrees),
                take: may_act && open && kept && agreed && side == Side::Organization,
                release: may_act && state == RequestState::Accepted && row.holds && side == Side::Community,
            },
        },
        revision_hash: RevisionHash::from_bytes(&row.hash).to_string(),
        acting: key_of(Some(actor)),
    })
}

fn side_of(label: &str) -> AppResult<Side> {
    Side::parse(label).ok_or_else(|| AppError::broken(format!("{label} is no side")))
}

/// What changed in the offer and the event since the request was made, without the lines that stayed.
fn changes(row: &store::PlaceRow) -> Vec<DiffLine> {
    let read = |text: &str| serde_json::from_str::<Value>(text).unwrap_or(Value::Null);
    let label = |at, zone: &str| dates::moment(at, dates::zone(zone));
    let first = read(&row.first_canonical);
    let mut old = event_lines(&first["eventSnapshot"], label);
    let mut new = event_lines(&row.event_now, label);
    // A request that was made before snapshots were kept has nothing to compare its offer with.
    if let (Some(now), Some(snapshot)) = (&row.opportunity_now, &row.opportunity_snapshot) {
        let (kept, as_it_is) = offer_lines(&read(snapshot), now);
        old.extend(kept);
        new.extend(as_it_is);
    }
    diff(&old, &new).into_iter().filter(|line| line.kind != DiffKind::Same).collect()
}

// ── Decisions that are not yet said ─────────────────────────────────────────────────────────────────────────────────

/// The applications that wait for the community, with what is prepared about them.
///
/// # Errors
/// 403 without the role; 404 for somebody else's opportunity.
pub async fn decisions(ctx: &Ctx, actor: &Actor, id: OpportunityId) -> AppResult<DecisionsScreen> {
    policy::may_decide(actor)?;
    let head = store::find_head(ctx, actor.scope(), id).await?.ok_or(AppError::NotFound)?;
    let zone = dates::zone(&head.timezone);
    let rows = store::list_applications(ctx, actor.scope(), id).await?;
    let items = rows
        .into_iter()
        .map(|row| {
            let currency = Currency::parse(&row.currency).map_err(|error| AppError::Broken(Box::new(error)))?;
            let hash = RevisionHash::from_bytes(&row.hash).to_string();
            let decision = row.decision.as_deref().and_then(|decision| Decision::parse(decision).ok());
            Ok(DecisionRow {
                request_id: row.request_id.into(),
                organization: PartyView {
                    side: Side::Organization,
                    id: row.organization_id,
                    href: format!("/directory/{}", row.organization_slug),
                    slug: row.organization_slug,
                    name: row.organization_name,
                    logo_url: row.logo_key.as_deref().map(logo_url),
                },
                amount_label: Money { minor: row.amount_minor, currency }.format(),
                message: row.message,
                expires_label: dates::moment(row.expires_at, zone),
                waiting_label: row.position.filter(|at| *at > 0).map(|at| format!("Number {at} in line")).unwrap_or_default(),
                stale: row.prepared_hash.is_some_and(|prepared| prepared != hash),
                revision_hash: hash,
                decision,
                reason: row.reason.unwrap_or_default(),
                note: row.note.unwrap_or_default(),
                problem: row.problem.unwrap_or_default(),
            })
        })
        .collect::<AppResult<Vec<_>>>()?;
    let left = i32::try_from(head.places_left).unwrap_or(i32::MAX);
    let prepared = i64::try_from(items.iter().filter(|row: &&DecisionRow| row.decision.is_some()).count()).unwrap_or_default();
    Ok(DecisionsScreen {
        view: DecisionsView {
            opportunity_id: id,
            opportunity_title: head.title,
            event_title: head.event_title,
            places_label: places_label(head.places, left),
            items,
            prepared,
        },
        acting: key_of(Some(actor)),
    })
}

/// What is prepared and not said, of all of the community's opportunities; the next ones after this request. For whoever takes
/// everything along, so it is read by whoever sees requests, without the second factor that saying it may ask for.
///
/// # Errors
/// 403 for a role that does not see requests; 404 outside a community's workspace.
pub async fn list_prepared(ctx: &Ctx, actor: &Actor, after: Option<RequestId>, limit: i64) -> AppResult<Vec<PreparedView>> {
    actor.community().ok_or(AppError::NotFound)?;
    requests_policy::may_see(actor)?;
    let rows = store::list_prepared(ctx, actor.scope(), after.map_or(Uuid::nil(), Uuid::from), limit).await?;
    rows.into_iter()
        .map(|row| {
            Ok(PreparedView {
                request_id: row.request_id.into(),
                opportunity_id: row.opportunity_id.into(),
                decision: Decision::parse(&row.decision).map_err(|error| AppError::Broken(Box::new(error)))?,
                reason: row.reason,
                note: row.note,
                revision_hash: row.revision_hash,
                prepared_by: row.prepared_by,
                prepared_at: row.prepared_at,
                problem: row.problem,
            })
        })
        .collect()
}

/// Every time that requests of the acting workspace waited for a place; the next ones after this.
///
/// # Errors
/// 403 for a role that does not see requests; 404 for nobody's workspace.
pub async fn list_line(ctx: &Ctx, actor: &Actor, after: Option<WaitingId>, limit: i64) -> AppResult<Vec<LineView>> {
    requests_policy::may_see_inbox(actor)?;
    let rows = store::list_times_in_line(ctx, actor.scope(), after.map_or(Uuid::nil(), Uuid::from), limit).await?;
    rows.into_iter()
        .map(|row| {
            Ok(LineView {
                id: row.id.into(),
                request_id: row.request_id.into(),
                opportunity_id: row.opportunity_id.into(),
                state: WaitingState::parse(&row.state).map_err(|error| AppError::Broken(Box::new(error)))?,
                position: row.position,
                joined_at: row.joined_at,
                offered_at: row.offered_at,
                offer_until: row.offer_until,
                ended_at: row.ended_at,
            })
        })
        .collect()
}

/// Writes down what the community means to say. Nobody outside it sees anything of it.
///
/// # Errors
/// 403, 404; 409 `NOT_YOUR_TURN`, `REQUEST_CLOSED`, `STALE_REVISION`; 422 beside each field.
pub async fn prepare(ctx: &Ctx, actor: &Actor, id: OpportunityId, input: &DecisionsInput) -> AppResult<OpportunityId> {
    let community = policy::may_decide(actor)?;
    if input.decisions.len() > MOST {
        return Err(AppError::invalid("decisions", format!("Save at most {MOST} decisions at once.")));
    }
    let mut read = read(input)?;
    // Requests are locked in the order of their ids, so that two saves never wait for each other in a circle.
    read.sort_by_key(|(request, ..)| *request);
    let mut tx = ctx.begin().await?;
    let mut stated = Vec::new();
    for (request_id, prepared, input) in read {
        let request = requests::hold_in(&mut tx, actor.scope(), request_id).await?;
        rules::must_be_decidable(&request, id)?;
        match &prepared {
            None => {
                if store::delete_prepared(&mut tx, request_id).await? {
                    stated.push((request_id, None));
                }
            }
            Some(prepared) => {
                if request.revision_hash.as_str() != input.revision_hash {
                    return Err(AppError::refused(
                        "STALE_REVISION",
                        format!(
                            "{} changed their offer since you read it. Load the page again, then decide.",
                            isolated(&request.parties.organization_name)
                        ),
                    ));
                }
                let (reason, note) = match &prepared.rejection {
                    Some(rejection) => (Some(rejection.reason.label()), rejection.note.as_str()),
                    None => (None, ""),
                };
                let new = NewDecision {
                    request: request_id,
                    opportunity: id,
                    decision: prepared.decision,
                    reason,
                    note,
                    revision_hash: &input.revision_hash,
                    by: actor.user().0,
                };
                store::apply_prepared(&mut tx, &new, ctx.now()).await?;
                stated.push((request_id, Some(prepared.decision)));
            }
        }
    }
    tx.result(id);
    if stated.is_empty() {
        tx.commit_unstated("nothing was prepared, and nothing is now").await?;
        return Ok(id);
    }
    let prepared = rules::prepare(id, community, stated)?;
    tx.state(actor, &prepared);
    tx.commit().await?;
    Ok(id)
}

type Read<'a> = Vec<(RequestId, Option<rules::Prepared>, &'a DecisionInput)>;

/// Every problem, beside its row's field.
fn read(input: &DecisionsInput) -> AppResult<Read<'_>> {
    let mut check = crate::kernel::fields::Check::default();
    let mut read: Read<'_> = Vec::new();
    for (index, it) in input.decisions.iter().enumerate() {
        let path = |field: &str| format!("decisions[{index}].{field}");
        let id = check.take(&path("requestId"), it.request_id.trim().parse::<RequestId>().map_err(|_| "Name the request."));
        match it.parse() {
            Ok(prepared) => read.extend(id.map(|id| (id, prepared, it))),
            Err(errors) => errors.0.into_iter().for_each(|(field, message)| check.add(&path(&field), message)),
        }
    }
    check.finish()?;
    if read.is_empty() {
        return Err(AppError::invalid("decisions", "Choose what you decide about at least one application."));
    }
    Ok(read)
}

/// Says everything that is prepared: each decision is a transaction of its own, carried out once however often this is called.
/// What could not be carried out stays prepared, with the reason. When it is cut off, a job goes on where it stopped.
///
/// # Errors
/// 403, 404; 409 `NOTHING_PREPARED`.
pub async fn release_decisions(ctx: &Ctx, actor: &Actor, id: OpportunityId) -> AppResult<OpportunityId> {
    let community = policy::may_decide(actor)?;
    let mut tx = ctx.begin().await?;
    let parents = opportunities::parents_in(&mut tx, id).await?;
    if parents.0 != community {
        return Err(AppError::NotFound);
    }
    let requests = store::begin_release(&mut tx, id, ctx.now()).await?;
    let released = rules::release_all(id, community, requests)?;
    tx.state(actor, &released);
    tx.result(id);
    tx.commit().await?;

    // The key of the call is claimed; each decision is a transaction of its own.
    let each = Ctx { claim: None, ..ctx.clone() };
    carry_out_all(&each, Some(actor), id).await?;
    Ok(id)
}

/// A request is closed, by whomever and however: what was prepared about it can never be said any more, and is forgotten. A release
/// that is on its way finds either the open request or none: nothing is said for the second time.
///
/// # Errors
/// When the database is away: the job tries again.
pub async fn forget(ctx: &Ctx, id: RequestId) -> AppResult<()> {
    let mut tx = ctx.begin().await?;
    store::delete_prepared(&mut tx, id).await?;
    tx.commit_unstated("what was prepared was told to nobody, and that the request is closed is a fact already").await
}

/// What is left of a release that was cut off is said by itself, for the person who released it: as long as they hold their
/// seat. Where nothing is left, nothing happens.
///
/// # Errors
/// When the database is away: the job tries again.
pub async fn go_on(ctx: &Ctx, opportunity: OpportunityId, community: CommunityId, by: UserId) -> AppResult<()> {
    let person = accounts::holder_of_seat(ctx, by, community.into(), true).await?.map(Arc::new);
    let actor = person.and_then(|person| person.actor_of(community));
    carry_out_all(ctx, actor.as_ref(), opportunity).await
}

/// The applicants whose answer is being said: they hear that, and nothing else about the same.
///
/// # Errors
/// When the database is away.
pub async fn being_told(ctx: &Ctx, opportunity: OpportunityId) -> AppResult<Vec<OrganizationId>> {
    store::list_being_told(ctx, opportunity).await
}

/// The organizations that wait for a place of an opportunity, in the order of the line.
///
/// # Errors
/// When the database is away.
pub async fn in_line(ctx: &Ctx, opportunity: OpportunityId) -> AppResult<Vec<OrganizationId>> {
    store::list_in_line(ctx, opportunity).await
}

/// Is a place kept for a request at this moment?
///
/// # Errors
/// When the database is away.
pub async fn is_kept(ctx: &Ctx, request: RequestId) -> AppResult<bool> {
    store::is_kept(ctx, request).await
}

/// Each decision that is being released, once; what cannot be carried out is prepared again, with the reason.
async fn carry_out_all(each: &Ctx, actor: Option<&Actor>, id: OpportunityId) -> AppResult<()> {
    for row in store::list_releasing(each, id).await? {
        let outcome = match actor {
            Some(actor) => carry_out(each, actor, &row).await,
            None => Err(AppError::forbidden("Whoever released this left the community before it was said. Release it again.")),
        };
        let mut tx = each.begin().await?;
        match outcome {
            Ok(()) => {
                store::delete_prepared(&mut tx, row.request).await?;
            }
            Err(error @ (AppError::Refused(_) | AppError::Forbidden(_) | AppError::Invalid(_) | AppError::NotFound)) => {
                store::note_problem(&mut tx, row.request, &error.message()).await?;
            }
            Err(error) => return Err(error),
        }
        tx.commit_unstated("what was prepared is said, or it is known why not").await?;
    }
    Ok(())
}

async fn carry_out(ctx: &Ctx, actor: &Actor, row: &store::ReleasingRow) -> AppResult<()> {
    let said = match row.decision {
        Decision::Accept => {
            let hash = RevisionHash::parse(&row.revision_hash).map_err(AppError::broken)?;
            requests::accept(ctx, actor, row.request, &hash).await
        }
        Decision::Decline => {
            let why = Rejection::parse(row.reason.as_deref().unwrap_or_default(), &row.note)?;
            requests::reject(ctx, actor, row.request, why).await
        }
    };
    match said {
        Ok(_) => Ok(()),
        // Said before the last attempt was cut off.
        Err(error) if error.code() == "REQUEST_CLOSED" => {
            let mut tx = ctx.begin().await?;
            let state = requests::hold_in(&mut tx, Scope::system("a release goes on where it stopped"), row.request).await?.state;
            let wanted = match row.decision {
                Decision::Accept => RequestState::Accepted,
                Decision::Decline => RequestState::Rejected,
            };
            if state == wanted { Ok(()) } else { Err(error) }
        }
        Err(error) => Err(error),
    }
}
