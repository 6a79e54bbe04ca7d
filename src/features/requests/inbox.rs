//! The inbox of a workspace: its parts, what it is narrowed by, what each person has read, who handles what, what is put
//! aside, and what waits for staff before it is delivered.

use super::{
    policy,
    rules::{
        Rejection,
        inbox::{AssignedBy, InboxFilter, read_selection},
        sending::{self, PERSON_QUOTA, Signal, Verdict, WEEK, WORKSPACE_QUOTA},
    },
    service::{hold_whole, may_answer, parties, reject_in},
    store::{self, After, Reader},
    store_sending,
    views::{
        BulkOutcome, BulkView, Choice, ColleagueView, HeldPage, HeldView, InboxAsk, InboxCounts, InboxPage, InboxRow, InboxTab,
        QuotaView, ReasonCount, Reputation, StandingView,
    },
};
use crate::{
    kernel::{
        actor::{Actor, Capability, CommunityRole, OrganizationRole, Role, Scope, Side},
        error::{AppError, AppResult},
        fields::FieldErrors,
        ids::{RequestId, UserId},
        labels::RejectionReason,
        money::MoneyView,
        page::{Page, PageRequest, cursor, uncursor},
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
use chrono::{DateTime, NaiveDate, SecondsFormat, TimeDelta, Utc};
use serde_json::Value;
use uuid::Uuid;

/// The deadlines at which what a side has put aside comes back; one a side, since a deadline's subject is the request.
pub const WAKE_COMMUNITY: &str = "request_wake_community";
pub const WAKE_ORGANIZATION: &str = "request_wake_organization";
/// The month has come from which a sender who was turned down is welcome again.
pub const WELCOME: &str = "request_welcome_again";
/// The hour of the day, where the event is, at which something comes back.
const MORNING: u32 = 9;
/// How far back a sender is told why they were turned down.
const LEARNING: TimeDelta = TimeDelta::days(365);
/// So many requests may be looked at one by one for what is unread of them, before [`settle`] writes that down.
const MANY_LOOKED_AT: i64 = 256;

const fn wake_of(side: Side) -> &'static str {
    match side {
        Side::Community => WAKE_COMMUNITY,
        Side::Organization => WAKE_ORGANIZATION,
    }
}

// ── Reading ─────────────────────────────────────────────────────────────────────────────────────────────────────────

/// A part of the acting workspace's inbox, narrowed: whose turn it is first, then who has waited longest.
///
/// # Errors
/// 403 for a role that does not see requests; 422 for a cursor that is none.
pub async fn list(ctx: &Ctx, actor: &Actor, filter: &InboxFilter, page: &PageRequest) -> AppResult<InboxPage> {
    let side = policy::may_see_inbox(actor)?;
    let reader = Reader { scope: actor.scope(), side, user: actor.user() };
    let after = page.cursor.as_deref().map(after).transpose()?;
    let wanted = store::Wanted { after, offset: i64::from(page.offset), limit: i64::from(page.limit) + 1 };
    let counted = store::read(ctx, reader, filter, &wanted, ctx.now() - WEEK).await?;
    if counted.looked_at >= MANY_LOOKED_AT
        && let Err(error) = settle(ctx, actor).await
    {
        // The page is there; somebody who comes later settles it.
        crate::platform::web::log(&error);
    }
    let Page { items, next_cursor, total, total_capped } = Page::cut(counted.rows, page.limit, counted.matching, |row| {
        let since = row.closed_at.unwrap_or(row.turn_since);
        cursor(&[&row.turn, &since.to_rfc3339_opts(SecondsFormat::Micros, true), &row.id.to_string()])
    });
    let colleagues = colleagues(counted.colleagues, side);
    let items = items.into_iter().map(|row| inbox_row(ctx, side, row, &colleagues)).collect::<AppResult<Vec<_>>>()?;
    Ok(InboxPage {
        items,
        next_cursor,
        total,
        total_capped,
        counts: InboxCounts {
            your_turn: counted.your_turn,
            open: counted.open,
            incoming: counted.incoming,
            submitted: counted.submitted,
            negotiation: counted.negotiation,
            accepted: counted.accepted,
            history: counted.history,
            snoozed: counted.snoozed,
            unread: counted.unread_incoming
                + counted.unread_submitted
                + counted.unread_negotiation
                + counted.unread_accepted
                + counted.unread_history,
            unread_incoming: counted.unread_incoming,
            unread_submitted: counted.unread_submitted,
            unread_negotiation: counted.unread_negotiation,
            unread_accepted: counted.unread_accepted,
            unread_history: counted.unread_history,
        },
        tab: filter.tab,
        quota: quota_of(ctx, counted.sent_by_workspace, counted.sent_by_person),
        colleagues,
        can_act: policy::may_act(actor).is_ok(),
    })
}

fn after(text: &str) -> Result<After, FieldErrors> {
    let [turn, since, id] = uncursor::<3>(text)?;
    let broken = || FieldErrors::one("cursor", "This cursor is not one of ours. Start again without it.");
    Ok(After {
        turn: Side::parse(&turn).ok_or_else(broken)?,
        since: DateTime::parse_from_rfc3339(&since).map_err(|_| broken())?.to_utc(),
        id: id.parse().map_err(|_| broken())?,
    })
}

fn inbox_row(ctx: &Ctx, side: Side, row: store::Row, colleagues: &[ColleagueView]) -> AppResult<InboxRow> {
    let (community, organization) = parties(&row);
    let counterpart = match side {
        Side::Community => organization,
        Side::Organization => community,
    };
    let state = store::state(&row.state)?;
    let turn = store::side(&row.turn)?;
    let category = store::category(&row.category)?;
    let your_turn = state.is_open() && turn == side;
    let since = row.closed_at.unwrap_or(row.turn_since);
    let length = dates::behind(ctx.now(), since);
    let money = MoneyView::from(store::money(row.amount_minor, &row.currency)?);
    let zone = dates::zone(&row.timezone);
    let held = row.held_at.is_some() && state.is_open();
    Ok(InboxRow {
        id: row.id.into(),
        state,
        opened_by: store::side(&row.opened_by)?,
        turn,
        your_turn,
        turn_label: match (state.is_open(), your_turn) {
            (true, _) if held => "Held for a check".into(),
            (true, true) => "Your turn".into(),
            (true, false) => format!("Waiting for {}", isolated(&counterpart.name)),
            (false, _) => state.word().into(),
        },
        tone: match (held, your_turn) {
            (true, _) => "warning".into(),
            (_, true) => "accent".into(),
            _ => state.tone().into(),
        },
        counterpart,
        event_id: row.event_id.into(),
        event_title: row.event_title,
        opportunity_id: row.opportunity_id.map(Into::into),
        category,
        hue: category.hue(),
        amount: money.amount,
        amount_minor: money.amount_minor,
        currency: money.currency,
        amount_label: money.formatted,
        since,
        since_label: if row.closed_at.is_some() { format!("closed {length} ago") } else { format!("waits {length}") },
        expires_at: row.expires_at,
        expires_label: dates::moment(row.expires_at, zone),
        unread: row.unread,
        assignee: assignee(row.assignee_id, row.assignee_name, colleagues),
        snoozed_until: row.snoozed_until,
        snoozed_label: row.snoozed_until.map(|at| format!("Back on {}", dates::day(at, zone))).unwrap_or_default(),
        held,
        reputation: Reputation::New,
    })
}

/// The people of one's own workspace, with what their role may do.
pub(super) fn colleagues(rows: Value, side: Side) -> Vec<ColleagueView> {
    let Value::Array(rows) = rows else { return Vec::new() };
    rows.into_iter()
        .filter_map(|row| {
            Some(ColleagueView {
                id: row["id"].as_str()?.parse().ok()?,
                name: row["name"].as_str()?.to_owned(),
                can_act: acts(side, row["role"].as_str()?),
            })
        })
        .collect()
}

pub(super) fn acts(side: Side, role: &str) -> bool {
    let role = match side {
        Side::Organization => OrganizationRole::parse(role).map(Role::Organization),
        Side::Community => CommunityRole::parse(role).map(Role::Community),
    };
    role.is_some_and(|role| role.capabilities().has(Capability::ActOnRequests))
}

pub(super) fn assignee(id: Option<Uuid>, name: Option<String>, colleagues: &[ColleagueView]) -> Option<ColleagueView> {
    let (id, name) = id.zip(name)?;
    let can_act = colleagues.iter().any(|it| it.id == id && it.can_act);
    Some(ColleagueView { id, name, can_act })
}

pub(super) fn signal_words(labels: &[String]) -> String {
    labels.iter().filter_map(|label| Signal::parse(label).ok()).map(Signal::words).collect::<Vec<_>>().join("; ")
}

/// How much of its week the acting workspace has used.
///
/// # Errors
/// 404 for a workspace that sends nothing.
pub async fn quota(ctx: &Ctx, actor: &Actor) -> AppResult<QuotaView> {
    let side = actor.side().ok_or(AppError::NotFound)?;
    let reader = Reader { scope: actor.scope(), side, user: actor.user() };
    let (workspace, person) = store::count_sent(ctx, reader, ctx.now() - WEEK).await?;
    Ok(quota_of(ctx, workspace, person))
}

/// As [`quota`], for an opportunity's page, which everybody opens: nothing, and no statement, for whoever applies to none.
///
/// # Errors
/// When the database is away.
pub async fn quota_before_applying(ctx: &Ctx, actor: &Actor) -> AppResult<Option<QuotaView>> {
    if actor.organization().is_none() || !actor.can(Capability::ActOnRequests) {
        return Ok(None);
    }
    quota(ctx, actor).await.map(Some)
}

pub(super) fn quota_of(ctx: &Ctx, used: i64, used_by_you: i64) -> QuotaView {
    let factor = i64::from(ctx.house.settings.limit_factor.max(1));
    let (limit, limit_of_you) = (i64::from(WORKSPACE_QUOTA) * factor, i64::from(PERSON_QUOTA) * factor);
    QuotaView {
        used,
        limit,
        used_by_you,
        limit_of_you,
        label: format!("{used} of {limit} requests this week"),
        // Only worth saying when the person reaches theirs before the workspace does.
        your_label: if limit_of_you - used_by_you < limit - used {
            format!("You have sent {used_by_you} of {limit_of_you}, over all your workspaces.")
        } else {
            String::new()
        },
    }
}

/// What a workspace that sends requests should know: its share of the week, and why it was turned down in the last year.
///
/// # Errors
/// 403 for a role that does not see requests.
pub async fn standing(ctx: &Ctx, actor: &Actor) -> AppResult<StandingView> {
    let side = policy::may_see_inbox(actor)?;
    let reasons = store_sending::list_reasons(ctx, actor.scope(), side, ctx.now() - LEARNING).await?;
    let turned_down: Vec<ReasonCount> = reasons
        .into_iter()
        .filter_map(|(reason, count)| Some(ReasonCount { reason: RejectionReason::parse(&reason).ok()?, count }))
        .collect();
    Ok(StandingView { quota: quota(ctx, actor).await?, total: turned_down.iter().map(|it| it.count).sum(), turned_down })
}

/// Everything that these requests say by now was seen by the actor. Those that are not theirs are left alone.
///
/// # Errors
/// 403 for a role that does not see requests; 422 for a selection that is none.
pub async fn mark_read(ctx: &Ctx, actor: &Actor, ids: &[String]) -> AppResult<u64> {
    policy::may_see_inbox(actor)?;
    let ids: Vec<Uuid> = read_selection(ids)?.into_iter().map(|id| id.0).collect();
    store::mark_read(ctx, actor.scope(), actor.user(), &ids).await
}

/// Writes down what the actor has not read by now, so that counting it looks at nothing that is older. It changes no number: what
/// a workspace has ever had stops mattering. Does nothing while news of the workspace are being written, or the actor reads.
///
/// # Errors
/// 403 for a role that does not see requests.
pub async fn settle(ctx: &Ctx, actor: &Actor) -> AppResult<()> {
    let reader = Reader { scope: actor.scope(), side: policy::may_see_inbox(actor)?, user: actor.user() };
    let Some(up_to) = store::find_settled(ctx, reader).await? else { return Ok(()) };
    // A key belongs to what was asked for, which is not this.
    let mut tx = Ctx { claim: None, ..ctx.clone() }.begin().await?;
    store::settle(&mut tx, reader, up_to).await?;
    tx.commit_unstated("what is unread stays so").await
}

/// The next morning's date and the months ahead, for forms.
pub fn choices_of_time(ctx: &Ctx) -> (String, Vec<Choice>) {
    let today = ctx.now().date_naive();
    let months = sending::months_ahead(today).into_iter().map(|(id, label)| Choice { id, label }).collect();
    ((today + TimeDelta::days(1)).format("%Y-%m-%d").to_string(), months)
}

/// What a page was asked for, and what of it means nothing, in words: that is left out and said, everything else holds. A part
/// that is none is the incoming one.
pub fn read_ask(ask: InboxAsk) -> (InboxAsk, InboxFilter, Vec<String>) {
    let mut ask = if ask.tab.trim().is_empty() { InboxAsk { tab: InboxTab::Incoming.to_string(), ..ask } } else { ask };
    let errors = match ask.parse() {
        Ok(filter) => return (ask, filter, Vec::new()),
        Err(errors) => errors,
    };
    let mut left_out = Vec::new();
    for (name, why) in &errors.0 {
        let typed = match name.as_str() {
            "tab" => std::mem::replace(&mut ask.tab, InboxTab::Incoming.to_string()),
            "status" => std::mem::take(&mut ask.status),
            "eventType" => std::mem::take(&mut ask.event_type),
            "region" => std::mem::take(&mut ask.region),
            "budget" => std::mem::take(&mut ask.budget),
            "reputation" => std::mem::take(&mut ask.reputation),
            "assigned" => std::mem::take(&mut ask.assigned),
            "show" => std::mem::take(&mut ask.show),
            _ => continue,
        };
        left_out.push(format!("“{typed}”: {why}"));
    }
    let filter = ask.parse().unwrap_or_else(|_| InboxFilter::of(InboxTab::Incoming));
    (ask, filter, left_out)
}

// ── Sorting ─────────────────────────────────────────────────────────────────────────────────────────────────────────

/// Gives a request to a colleague of the acting workspace, or with `None` back to the team.
///
/// # Errors
/// 404, 403; 422 on `assigneeId` for somebody without a seat or without the right to act on requests; 409 `REQUEST_CLOSED`.
pub async fn assign(ctx: &Ctx, actor: &Actor, id: RequestId, to: Option<UserId>) -> AppResult<RequestId> {
    let mut tx = ctx.begin().await?;
    let request = store::hold(&mut tx, actor.scope(), id).await?;
    let side = may_answer(actor, request.parties.community, request.parties.organization)?;
    let to = match to {
        None => None,
        Some(user) => match store::find_colleague(&mut tx, actor.scope(), user).await? {
            Some((name, role)) if acts(side, &role) => Some((user, name)),
            Some((name, role)) => {
                let name = isolated(&name);
                let words = format!("{name}'s role ({role}) cannot act on requests. Choose somebody else, or change the role.");
                return Err(AppError::invalid("assigneeId", words));
            }
            None => return Err(AppError::invalid("assigneeId", "Choose one of your active colleagues.")),
        },
    };
    let desk = store::get_desk(&mut tx, id, side).await?;
    tx.result(id);
    let Some(assigned) = request.assign(side, desk, to, AssignedBy::Colleague)? else {
        tx.commit_unstated("they have it already").await?;
        return Ok(id);
    };
    store::apply_assigned(&mut tx, &assigned, ctx.now()).await?;
    tx.state(actor, &assigned);
    tx.commit().await?;
    Ok(id)
}

/// Puts a request aside for the whole team until the morning of a day where the event is; `None` brings it back now.
///
/// # Errors
/// 404, 403; 422 on `until`; 409 `REQUEST_CLOSED`, `REQUEST_EXPIRED`.
pub async fn snooze(ctx: &Ctx, actor: &Actor, id: RequestId, until: Option<NaiveDate>) -> AppResult<RequestId> {
    let mut tx = ctx.begin().await?;
    let request = store::hold(&mut tx, actor.scope(), id).await?;
    let side = may_answer(actor, request.parties.community, request.parties.organization)?;
    tx.result(id);
    let Some(day) = until else {
        let desk = store::get_desk(&mut tx, id, side).await?;
        let Some(woken) = request.wake(side, desk, true) else {
            tx.commit_unstated("it was not put aside").await?;
            return Ok(id);
        };
        store::apply_woken(&mut tx, &woken, ctx.now()).await?;
        clear_deadline(&mut tx, wake_of(side), id.0).await?;
        tx.state(actor, &woken);
        tx.commit().await?;
        return Ok(id);
    };
    let zone = store::get_zone(&mut tx, id).await?;
    let at = morning(day, dates::zone(&zone));
    let snoozed = request.snooze(side, at, ctx.now())??;
    store::apply_snoozed(&mut tx, &snoozed, ctx.now()).await?;
    set_deadline(&mut tx, wake_of(side), id.0, at).await?;
    tx.state(actor, &snoozed);
    tx.commit().await?;
    Ok(id)
}

fn morning(day: NaiveDate, zone: chrono_tz::Tz) -> DateTime<Utc> {
    // Counted back from the day's end, which exists in every zone, whatever clocks do at night.
    dates::end_of_day(day, zone) + TimeDelta::seconds(1) - TimeDelta::hours(24 - i64::from(MORNING))
}

/// The day has come: brings a request back to the team that put it aside, once.
///
/// # Errors
/// When the database is away.
pub async fn wake_due(ctx: &Ctx, id: RequestId, side: Side) -> AppResult<()> {
    let mut tx = ctx.begin().await?;
    let request = store::hold(&mut tx, Scope::system("what was put aside comes back"), id).await?;
    let desk = store::get_desk(&mut tx, id, side).await?;
    if let Some(until) = desk.snoozed_until.filter(|until| ctx.now() < *until) {
        set_deadline(&mut tx, wake_of(side), id.0, until).await?;
        return tx.commit_unstated("it was put aside for longer while the sweeper was on its way").await;
    }
    clear_deadline(&mut tx, wake_of(side), id.0).await?;
    match request.wake(side, desk, false).filter(|_| request.state.is_open()) {
        Some(woken) => {
            store::apply_woken(&mut tx, &woken, ctx.now()).await?;
            tx.state(Voice::System, &woken);
            tx.commit().await
        }
        None => tx.commit_unstated("it came back or was closed before").await,
    }
}

/// Nothing comes back that is closed.
pub(super) async fn clear_snoozes(tx: &mut Tx, id: RequestId) -> AppResult<()> {
    for side in Side::ALL {
        clear_deadline(tx, wake_of(side), id.0).await?;
    }
    Ok(())
}

/// The month has come that a rejection named: reminds whoever was turned down, once.
///
/// # Errors
/// When the database is away.
pub async fn welcome_due(ctx: &Ctx, id: RequestId) -> AppResult<()> {
    let mut tx = ctx.begin().await?;
    let request = store::hold(&mut tx, Scope::system("a month that a rejection named has come"), id).await?;
    clear_deadline(&mut tx, WELCOME, id.0).await?;
    tx.state(Voice::System, &request.welcome_again());
    tx.commit().await
}

/// What is done with a selection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sort {
    Reject(Rejection),
    Assign(Option<UserId>),
    Snooze(Option<NaiveDate>),
}

/// Does one thing with many. Each is a transaction of its own with its own outcome; one that is so already counts as done,
/// so that sending the same selection again changes nothing.
///
/// # Errors
/// 403 for a role that cannot act on requests.
pub async fn sort_many(ctx: &Ctx, actor: &Actor, ids: &[RequestId], sort: &Sort) -> AppResult<BulkView> {
    policy::may_see_inbox(actor)?;
    policy::may_act(actor)?;
    // The key of the whole selection is not claimed by the first of its parts.
    let ctx = Ctx { claim: None, ..ctx.clone() };
    let plain: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    let names = store::list_names(&ctx, actor.scope(), &plain).await?;
    let mut items = Vec::with_capacity(ids.len());
    for id in ids {
        let name = names.iter().find(|(known, _)| *known == id.0).map(|(_, name)| name.clone()).unwrap_or_default();
        let outcome = match sort {
            Sort::Reject(why) => reject_once(&ctx, actor, *id, why.clone()).await,
            Sort::Assign(to) => assign(&ctx, actor, *id, *to).await.map(|_| ()),
            Sort::Snooze(until) => snooze(&ctx, actor, *id, *until).await.map(|_| ()),
        };
        let (code, message) = match outcome {
            Ok(()) => (String::new(), String::new()),
            Err(error) => {
                crate::platform::web::log(&error);
                (error.code().to_owned(), error.message())
            }
        };
        items.push(BulkOutcome { id: *id, name, done: code.is_empty(), code, message });
    }
    let done = items.iter().filter(|item| item.done).count();
    Ok(BulkView { done, refused: items.len() - done, items })
}

async fn reject_once(ctx: &Ctx, actor: &Actor, id: RequestId, why: Rejection) -> AppResult<()> {
    let mut tx = ctx.begin().await?;
    let request = store::hold(&mut tx, actor.scope(), id).await?;
    let side = may_answer(actor, request.parties.community, request.parties.organization)?;
    if request.was_declined_by(side) {
        return Ok(());
    }
    reject_in(&mut tx, actor, &request, side, why).await?;
    tx.commit().await
}

// ── What waits for staff ────────────────────────────────────────────────────────────────────────────────────────────

/// Requests that staff must look at before they are delivered, the longest waiting first.
///
/// # Errors
/// 403 for everybody but reviewers; 422 for a cursor that is none.
pub async fn held(ctx: &Ctx, actor: &Actor, page: &PageRequest) -> AppResult<HeldPage> {
    policy::may_review_held(actor)?;
    let after = match page.cursor.as_deref() {
        None => None,
        Some(text) => {
            let [at, id] = uncursor::<2>(text)?;
            let broken = || FieldErrors::one("cursor", "This cursor is not one of ours. Start again without it.");
            let at = DateTime::parse_from_rfc3339(&at).map_err(|_| broken())?.to_utc();
            Some((at, id.parse::<Uuid>().map_err(|_| broken())?))
        }
    };
    let (rows, counted) =
        store_sending::list_held(ctx, after, i64::from(page.offset), i64::from(page.limit) + 1, ctx.now() - WEEK).await?;
    let Page { items, next_cursor, total, total_capped } = Page::cut(rows, page.limit, counted, |row| {
        cursor(&[&row.held_at.to_rfc3339_opts(SecondsFormat::Micros, true), &row.id.to_string()])
    });
    let items = items
        .into_iter()
        .map(|row| {
            let (from, to) = match store::side(&row.opened_by)? {
                Side::Community => (row.community_name, row.organization_name),
                Side::Organization => (row.organization_name, row.community_name),
            };
            Ok(HeldView {
                id: row.id.into(),
                from,
                to,
                event_title: row.event_title,
                message: row.message,
                why: signal_words(&row.held_for),
                sent_label: format!("{} sent this week", row.sent_this_week),
                held_at: row.held_at,
                age_label: dates::behind(ctx.now(), row.held_at),
            })
        })
        .collect::<AppResult<Vec<_>>>()?;
    Ok(HeldPage { items, next_cursor, total, total_capped })
}

/// Staff deliver a request that was held, or close it with a reason that its sender reads.
///
/// # Errors
/// 403; 404; 409 `NOT_HELD`, `REQUEST_CLOSED`, `REQUEST_EXPIRED`.
pub async fn judge(ctx: &Ctx, actor: &Actor, id: RequestId, verdict: Verdict) -> AppResult<RequestId> {
    policy::may_review_held(actor)?;
    let mut tx = ctx.begin().await?;
    let (request, _, event) = hold_whole(&mut tx, actor.scope(), id).await?;
    match verdict {
        Verdict::Release => {
            let released = request.release(ctx.now())?;
            // What it waited for staff is not taken from whoever has to answer.
            if let Some(until) = request.waits_until(event.end_at, ctx.now()) {
                store_sending::set_expiry(&mut tx, id, until).await?;
                set_deadline(&mut tx, super::service::EXPIRY, id.0, until).await?;
            }
            store_sending::apply_released(&mut tx, &released, ctx.now()).await?;
            tx.state(actor, &released);
        }
        Verdict::Refuse(why) => {
            let refused = request.refuse(why)?;
            store_sending::apply_refused(&mut tx, &refused, ctx.now()).await?;
            clear_deadline(&mut tx, super::service::EXPIRY, id.0).await?;
            clear_snoozes(&mut tx, id).await?;
            tx.state(actor, &refused);
        }
    }
    tx.result(id);
    tx.commit().await?;
    Ok(id)
}
