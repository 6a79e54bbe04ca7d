//! The use cases of events: draft, edit, publish, the clock, complete, archive; lists and pages; and what other rooms ask.
//!
//! Promises: an event is held before it is changed, every change of status is stated, and the clock's deadlines follow each
//! change of times in the same transaction. Does not know who sponsors an event.

use super::{
    policy,
    rules::{Details, Drafted, Event, EventInput, EventStatus, Moved, wall_text},
    store::{self, EventRow, Filter, WithCommunity},
    views::{
        CapacityView, EventBrief, EventCan, EventEditor, EventItem, EventPage, EventView, FoundEvents, MyEvents, SettingsView,
        Tab, count_words, status_tone,
    },
    zones,
};
use crate::{
    features::{
        communities::{
            self,
            rules::slug_candidates,
            views::{CommunityBrief, place_label},
        },
        organizations::{logos, vocabulary},
    },
    kernel::{
        actor::{Actor, Capability, Scope},
        error::{AppError, AppResult, Denied},
        fields::{Check, FieldErrors},
        ids::{CommunityId, EventId, UserId},
        page::{Listed, Page, PageRequest, cursor},
        text::{Slug, isolated},
    },
    platform::{
        ctx::Ctx,
        facts::Voice,
        jobs::{clear_deadline, set_deadline},
        markdown, secrets,
        tx::Tx,
    },
};
use chrono::{DateTime, Datelike as _, NaiveDate, SecondsFormat, TimeDelta, Utc};
use std::collections::HashMap;
use uuid::Uuid;

pub use super::store::ShownEvents;

/// The deadlines of this room: what the sweeper calls [`clock`] for.
pub const STARTS: &str = "event_start";
pub const ENDS: &str = "event_end";

/// What a form does after saving.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Then {
    Stay,
    Publish,
}

// ── Changing ────────────────────────────────────────────────────────────────────────────────────────────────────────

/// Drafts an event, and publishes it at once if asked to.
///
/// # Errors
/// 403 by role; 422 by field; `NOT_APPROVED` when it is to be published too early.
pub async fn draft(ctx: &Ctx, actor: &Actor, input: &EventInput, then: Then) -> AppResult<EventId> {
    let community = policy::may_edit(actor)?;
    let mut details = zones::settle(input.parse()?, None)?;
    let mut tx = ctx.begin().await?;
    if then == Then::Publish {
        must_reach_out(&mut tx, actor).await?;
    }
    vocabulary::settle_in(&mut tx, &mut details.technologies, ctx.now()).await?;
    let slug = free_slug(&mut tx, &details.title, None).await?;
    let drafted = Drafted::new(ctx.id(), community, details);
    store::apply_drafted(tx.conn(), &drafted, &slug, actor.user(), ctx.now()).await?;
    tx.state(actor, &drafted);
    let id = drafted.id();
    if then == Then::Publish {
        let event = store::hold(tx.conn(), actor.scope(), id).await?.into_event()?;
        publish_held(&mut tx, actor, event).await?;
    }
    tx.result(id);
    tx.commit().await?;
    Ok(id)
}

/// Edits an event, and publishes it at once if asked to. What the input leaves out stays as it is.
///
/// # Errors
/// 404 outside the community; 409 `VERSION_CONFLICT` and `EVENT_ARCHIVED`; 422 by field.
pub async fn edit(ctx: &Ctx, actor: &Actor, id: EventId, input: EventInput, then: Then) -> AppResult<()> {
    let may = policy::may_edit(actor);
    let mut tx = ctx.begin().await?;
    if then == Then::Publish {
        must_reach_out(&mut tx, actor).await?;
    }
    let event = store::hold(tx.conn(), actor.scope(), id).await?.into_event()?;
    may?;
    if event.status == EventStatus::Archived {
        // Said before anything about the fields: nothing about them can help.
        event.edit(event.details.clone(), ctx.now())?;
    }
    let version = input.version.ok_or_else(|| FieldErrors::one("version", "Send the version of the event that you edited."))?;
    let mut typed = zones::settle(input.over(EventInput::of(&event.details)).parse()?, Some(&event.details))?;
    vocabulary::settle_in(&mut tx, &mut typed.technologies, ctx.now()).await?;
    event.same_version(version, &typed)?;
    let event = match event.edit(typed, ctx.now())? {
        None => event,
        Some(edited) => {
            let slug = if edited.is_renamed() {
                free_slug(&mut tx, &edited.details().title, Some(&event.slug)).await?
            } else {
                event.slug.clone()
            };
            store::apply_edited(tx.conn(), &edited, &slug, ctx.now()).await?;
            tx.state(actor, &edited);
            let event = edited.after(&slug);
            let event = settle_clock(&mut tx, event).await?;
            set_deadlines(&mut tx, &event).await?;
            event
        }
    };
    if then == Then::Publish {
        publish_held(&mut tx, actor, event).await?;
    }
    tx.result(id);
    tx.commit_unstated("an edit that changes nothing is no fact").await
}

/// Publishes a draft. A second time changes nothing.
///
/// # Errors
/// 404 outside the community; 403 by role or `NOT_APPROVED`; 422 with everything that is missing.
pub async fn publish(ctx: &Ctx, actor: &Actor, id: EventId) -> AppResult<()> {
    let mut tx = ctx.begin().await?;
    let waits = must_reach_out(&mut tx, actor).await;
    let event = store::hold(tx.conn(), actor.scope(), id).await?.into_event()?;
    waits?;
    publish_held(&mut tx, actor, event).await?;
    tx.result(id);
    tx.commit_unstated("published before: nothing changes").await
}

/// Completes an event by hand once it has ended.
///
/// # Errors
/// 404 outside the community; 403 by role; 409 `EVENT_NOT_OVER`, `EVENT_NOT_PUBLISHED`, `EVENT_ARCHIVED`.
pub async fn complete(ctx: &Ctx, actor: &Actor, id: EventId) -> AppResult<()> {
    let may = policy::may_close(actor);
    let mut tx = ctx.begin().await?;
    let event = store::hold(tx.conn(), actor.scope(), id).await?.into_event()?;
    may?;
    let mut event = settle_clock(&mut tx, event).await?;
    if let Some(moved) = event.complete(ctx.now())? {
        apply(&mut tx, actor, &moved).await?;
        event = event.after(&moved);
    }
    set_deadlines(&mut tx, &event).await?;
    tx.result(id);
    tx.commit_unstated("completed before: nothing changes").await
}

/// Archives a completed event for good.
///
/// # Errors
/// 404 outside the community; 403 by role; 409 `EVENT_NOT_COMPLETED`.
pub async fn archive(ctx: &Ctx, actor: &Actor, id: EventId) -> AppResult<()> {
    let may = policy::may_close(actor);
    let mut tx = ctx.begin().await?;
    let event = store::hold(tx.conn(), actor.scope(), id).await?.into_event()?;
    may?;
    if let Some(moved) = event.archive()? {
        apply(&mut tx, actor, &moved).await?;
    }
    tx.result(id);
    tx.commit_unstated("archived before: nothing changes").await
}

/// Makes a draft with the words of an event of the community's own; its dates are empty and its address is new.
///
/// # Errors
/// 404 outside the community; 403 by role.
pub async fn duplicate(ctx: &Ctx, actor: &Actor, id: EventId) -> AppResult<EventId> {
    let may = policy::may_edit(actor);
    let mut tx = ctx.begin().await?;
    let event = store::hold(tx.conn(), actor.scope(), id).await?.into_event()?;
    may?;
    let drafted = event.duplicate(ctx.id());
    let slug = free_slug(&mut tx, &drafted.details().title, None).await?;
    store::apply_drafted(tx.conn(), &drafted, &slug, actor.user(), ctx.now()).await?;
    tx.state(actor, &drafted);
    tx.result(drafted.id());
    tx.commit().await?;
    Ok(drafted.id())
}

/// Staff take an event off the marketplace, or put it back, in the caller's transaction: nobody but its community sees it, and
/// it takes no new requests. What is agreed stands. The caller has decided that the actor may.
///
/// # Errors
/// 404 for what is not there or deleted.
pub async fn hide_in(tx: &mut Tx, actor: &Actor, id: EventId, hidden: bool, reason: &str) -> AppResult<()> {
    let row = store::hold(tx.conn(), actor.scope(), id).await?;
    let is_hidden = row.hidden_reason.is_some();
    if let Some(hiding) = row.into_event()?.hide(is_hidden, hidden, reason) {
        store::apply_hiding(tx.conn(), &hiding).await?;
        tx.state(actor, &hiding);
    }
    Ok(())
}

/// Takes an event out of sight, as long as nothing hangs on it. It can be restored.
///
/// # Errors
/// 404 outside the community; 403 by role; 409 `EVENT_IN_USE` with what hangs on it, `EVENT_ARCHIVED`.
pub async fn delete(ctx: &Ctx, actor: &Actor, id: EventId) -> AppResult<()> {
    let mut tx = ctx.begin().await?;
    let event = store::hold(tx.conn(), actor.scope(), id).await?.into_event()?;
    policy::may_delete(actor, event.status)?;
    let deleted = event.delete(store::count_ties(tx.conn(), id).await?)?;
    store::apply_deleted(tx.conn(), &deleted, actor.user(), ctx.now()).await?;
    clear_deadline(&mut tx, STARTS, id.0).await?;
    clear_deadline(&mut tx, ENDS, id.0).await?;
    tx.state(actor, &deleted);
    tx.result(id);
    tx.commit().await
}

/// Brings a deleted event back: under its old address, or the next free one; and where the clock has passed it, there it
/// moves on at once.
///
/// # Errors
/// 404 outside the community, and for what is not deleted; 403 by role.
pub async fn restore(ctx: &Ctx, actor: &Actor, id: EventId) -> AppResult<()> {
    let mut tx = ctx.begin().await?;
    let event = store::hold_deleted(tx.conn(), actor.scope(), id).await?.into_event()?;
    policy::may_delete(actor, event.status)?;
    let taken = store::taken_slugs(tx.conn(), std::slice::from_ref(&event.slug)).await?;
    let slug = if taken.is_empty() { event.slug.clone() } else { free_slug(&mut tx, &event.details.title, None).await? };
    let restored = event.restore(slug.clone());
    store::apply_restored(tx.conn(), &restored, ctx.now()).await?;
    tx.state(actor, &restored);
    let event = settle_clock(&mut tx, Event { slug, version: event.version + 1, ..event }).await?;
    set_deadlines(&mut tx, &event).await?;
    tx.result(id);
    tx.commit().await
}

/// What the clock does to an event now; the deadlines follow. Any number of times.
///
/// # Errors
/// When the database is away.
pub async fn clock(ctx: &Ctx, id: EventId) -> AppResult<()> {
    let mut tx = ctx.begin().await?;
    match store::hold(tx.conn(), Scope::system("the clock moves every community's events"), id).await {
        Ok(row) => {
            let event = settle_clock(&mut tx, row.into_event()?).await?;
            set_deadlines(&mut tx, &event).await?;
        }
        Err(AppError::NotFound) => {
            clear_deadline(&mut tx, STARTS, id.0).await?;
            clear_deadline(&mut tx, ENDS, id.0).await?;
        }
        Err(other) => return Err(other),
    }
    tx.commit_unstated("it was not time yet").await
}

async fn publish_held(tx: &mut Tx, actor: &Actor, event: Event) -> AppResult<()> {
    let now = tx.ctx().now();
    if let Some(moved) = event.publish(now)? {
        apply(tx, actor, &moved).await?;
        set_deadlines(tx, &event.after(&moved)).await?;
    }
    Ok(())
}

/// Applies what is due, step by step.
async fn settle_clock(tx: &mut Tx, mut event: Event) -> AppResult<Event> {
    let now = tx.ctx().now();
    while let Some(moved) = event.due(now) {
        apply(tx, Voice::System, &moved).await?;
        event = event.after(&moved);
    }
    Ok(event)
}

async fn apply(tx: &mut Tx, voice: impl Into<Voice>, moved: &Moved) -> AppResult<()> {
    let now = tx.ctx().now();
    store::apply_moved(tx.conn(), moved, now).await?;
    tx.state(voice, moved);
    Ok(())
}

async fn set_deadlines(tx: &mut Tx, event: &Event) -> AppResult<()> {
    let (starts, ends) = event.deadlines();
    for (kind, at) in [(STARTS, starts), (ENDS, ends)] {
        match at {
            Some(at) => set_deadline(tx, kind, event.id.0, at).await?,
            None => clear_deadline(tx, kind, event.id.0).await?,
        }
    }
    Ok(())
}

/// The actor's community is on the marketplace, and stays so until the transaction ends. Locks it before any event.
async fn must_reach_out(tx: &mut Tx, actor: &Actor) -> AppResult<()> {
    let community = policy::may_publish(actor)?;
    let brief = communities::service::brief_in(tx, community).await?;
    if brief.status.may_reach_out() {
        return Ok(());
    }
    Err(Denied::coded("NOT_APPROVED", communities::views::standing_line(&brief.name, brief.status)).into())
}

/// The first free slug for a title; the one that the event has already counts as free. After fifty of one title, one with a
/// random tail.
async fn free_slug(tx: &mut Tx, title: &str, own: Option<&str>) -> AppResult<String> {
    let base = Slug::from_name(title, "event");
    let tailed = (0..5).map(|_| base.tailed(&secrets::tail())).collect();
    for wanted in [slug_candidates(&base), tailed] {
        let texts: Vec<String> = wanted.iter().map(Slug::to_string).collect();
        let taken = store::taken_slugs(tx.conn(), &texts).await?;
        let free = |slug: &String| own == Some(slug.as_str()) || !taken.contains(slug);
        if let Some(slug) = texts.into_iter().find(free) {
            return Ok(slug);
        }
    }
    Err(AppError::refused("SLUG_TAKEN", "Very many events have this title. Add the city or the year to it."))
}

// ── Many at once ────────────────────────────────────────────────────────────────────────────────────────────────────

/// An event that is there, as a file's rows are compared with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Titled {
    pub id: EventId,
    pub title: String,
    pub first_day: Option<NaiveDate>,
    pub status: EventStatus,
}

/// The events of a community, the newest 5,000.
///
/// # Errors
/// When the database is away.
pub async fn titled(conn: &mut sqlx::PgConnection, community: CommunityId) -> AppResult<Vec<Titled>> {
    let rows = store::list_titles(conn, community).await?;
    rows.into_iter()
        .map(|(id, title, starts, status)| {
            let status = EventStatus::parse(&status).map_err(|_| AppError::broken("an event has an unknown status"))?;
            Ok(Titled { id: id.into(), title, first_day: starts.map(|wall| wall.date()), status })
        })
        .collect()
}

/// Drafts events of a community that a file brings, in its transaction; the caller has held the community, and decided that
/// this may be done. Gives their ids in order.
///
/// # Errors
/// When the database is away.
pub async fn draft_in(
    tx: &mut Tx,
    voice: &Voice,
    (community, by): (CommunityId, UserId),
    events: Vec<Details>,
) -> AppResult<Vec<EventId>> {
    let mut ids = Vec::with_capacity(events.len());
    for mut details in events {
        let (id, now) = (tx.ctx().id(), tx.ctx().now());
        vocabulary::settle_in(tx, &mut details.technologies, now).await?;
        let slug = free_slug(tx, &details.title, None).await?;
        let drafted = Drafted::new(id, community, details);
        store::apply_drafted(tx.conn(), &drafted, &slug, by, now).await?;
        tx.state(voice.clone(), &drafted);
        ids.push(drafted.id());
    }
    Ok(ids)
}

/// Takes drafts of a file out of sight again, where they are as the file brought them and nothing hangs on them. Gives those
/// that stay, with the reason in words.
///
/// # Errors
/// When the database is away.
pub async fn undraft_in(
    tx: &mut Tx,
    voice: &Voice,
    (community, by): (CommunityId, UserId),
    ids: &[EventId],
) -> AppResult<Vec<(EventId, String)>> {
    let mut kept = Vec::new();
    let mut ids = ids.to_vec();
    ids.sort_unstable();
    for id in ids {
        let event = match store::hold(tx.conn(), Scope::system("an import takes back what it drafted"), id).await {
            // Somebody has deleted it already.
            Err(AppError::NotFound) => continue,
            other => other?.into_event()?,
        };
        if event.community != community || event.status != EventStatus::Draft || event.version != 1 {
            kept.push((id, format!("{} was edited or published since.", isolated(&event.details.title))));
            continue;
        }
        match event.delete(store::count_ties(tx.conn(), id).await?) {
            Err(refusal) => kept.push((id, refusal.message)),
            Ok(deleted) => {
                let now = tx.ctx().now();
                store::apply_deleted(tx.conn(), &deleted, by, now).await?;
                tx.state(voice.clone(), &deleted);
            }
        }
    }
    Ok(kept)
}

// ── What other rooms ask ────────────────────────────────────────────────────────────────────────────────────────────

/// What other rooms need of an event; it stays as it is until the transaction ends.
///
/// # Errors
/// 404 when there is no such event.
pub async fn brief_in(tx: &mut Tx, id: EventId) -> AppResult<EventBrief> {
    // The community first: that is the order of locks. On this connection: one from the pool would be a second one, which a
    // crowd of callers who hold theirs never gets.
    let community = store::get_community(tx.conn(), id).await?;
    let community = communities::service::brief_in(tx, community).await?;
    let row = store::get_shared(tx.conn(), id).await?;
    brief_of(row, &community, tx.ctx().now())
}

/// As [`brief_in`], locked for a change that follows in this transaction; only of the scope.
///
/// # Errors
/// 404 when the scope holds no such event.
pub async fn hold_in(tx: &mut Tx, scope: Scope, id: EventId) -> AppResult<EventBrief> {
    let community = store::get_community(tx.conn(), id).await?;
    let community = communities::service::brief_in(tx, community).await?;
    let row = store::hold(tx.conn(), scope, id).await?;
    brief_of(row, &community, tx.ctx().now())
}

/// What other rooms need of an event.
///
/// # Errors
/// 404 when there is no such event.
pub async fn brief(ctx: &Ctx, id: EventId) -> AppResult<EventBrief> {
    let (row, community) = store::find_any(ctx.db(), id).await?.ok_or(AppError::NotFound)?.parts()?;
    brief_of(row, &community, ctx.now())
}

/// Did staff take the event off the marketplace? Nothing for one that is deleted, or never was.
///
/// # Errors
/// When the database is away.
pub async fn is_hidden(ctx: &Ctx, id: EventId) -> AppResult<Option<bool>> {
    Ok(store::find(ctx.db(), Some(id), None).await?.map(|row| row.hidden_reason.is_some()))
}

/// The title of an event of the actor's own community, by one statement.
///
/// # Errors
/// 404 for every other.
pub async fn title_of_own(ctx: &Ctx, actor: &Actor, id: EventId) -> AppResult<String> {
    let row = store::find(ctx.db(), Some(id), None).await?.ok_or(AppError::NotFound)?;
    if policy::is_own(Some(actor), row.community_id.into()) { Ok(row.title) } else { Err(AppError::NotFound) }
}

/// The briefs of several events by two statements; ids that lead nowhere are left out.
///
/// # Errors
/// When the database is away.
pub async fn briefs(ctx: &Ctx, ids: &[EventId]) -> AppResult<Vec<EventBrief>> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    let rows = store::list_by_ids(ctx.db(), &ids).await?;
    let communities = communities_of(ctx, &rows).await?;
    let brief = |row: EventRow| {
        let community = communities.get(&row.community_id).ok_or(AppError::NotFound)?;
        brief_of(row, community, ctx.now())
    };
    rows.into_iter().map(brief).collect()
}

/// The events of the actor's community that something can still be offered at, the next first: for forms to choose from.
///
/// # Errors
/// When the database is away.
pub async fn choices(ctx: &Ctx, actor: &Actor) -> AppResult<Vec<EventBrief>> {
    let Some(community) = actor.community() else { return Ok(Vec::new()) };
    let rows = store::list_choices(ctx.db(), community, Tab::Upcoming.statuses()).await?;
    let brief = |row: WithCommunity| row.parts().and_then(|(row, community)| brief_of(row, &community, ctx.now()));
    rows.into_iter().map(brief).collect()
}

fn brief_of(row: EventRow, community: &CommunityBrief, now: DateTime<Utc>) -> AppResult<EventBrief> {
    let (is_deleted, is_hidden) = (row.deleted_at.is_some(), row.hidden_reason.is_some());
    let event = row.into_event()?;
    let it = event.details;
    Ok(EventBrief {
        id: event.id,
        community_id: event.community,
        slug: event.slug,
        status: event.status,
        when_label: when_of(&it, now),
        title: it.title,
        event_type: it.event_type,
        category: it.category,
        format: it.format,
        region: it.region,
        technologies: it.technologies,
        start_at: it.starts.map(|timed| timed.at),
        end_at: it.ends.map(|timed| timed.at),
        timezone: it.timezone,
        max_attendees: it.max_attendees,
        venue_name: it.venue_name,
        city: community.city.clone(),
        // Nobody new gets to see what was deleted, or taken off the marketplace.
        public_visible: it.public_visible && !is_deleted && !is_hidden,
        is_hidden,
    })
}

fn when_of(it: &Details, now: DateTime<Utc>) -> String {
    when_label(&it.timezone, it.starts.map(|timed| timed.at), it.ends.map(|timed| timed.at), it.all_day, now)
}

/// When an event takes place, in words; of some only the days are known.
pub fn when_label(
    zone: &str,
    starts: Option<DateTime<Utc>>,
    ends: Option<DateTime<Utc>>,
    all_day: bool,
    now: DateTime<Utc>,
) -> String {
    match (starts, ends) {
        (Some(starts), Some(ends)) if all_day => zones::days_label(zone, starts, ends),
        (Some(starts), Some(ends)) => zones::span_label(zone, starts, ends, now),
        (Some(starts), None) => zones::moment_label_in(zone, starts, now),
        (None, _) => "Dates to come".to_owned(),
    }
}

async fn communities_of(ctx: &Ctx, rows: &[EventRow]) -> AppResult<HashMap<Uuid, CommunityBrief>> {
    let mut ids: Vec<CommunityId> = rows.iter().map(|row| row.community_id.into()).collect();
    ids.sort_unstable();
    ids.dedup();
    let briefs = communities::service::briefs(ctx, &ids).await?;
    Ok(briefs.into_iter().map(|brief| (brief.id.0, brief)).collect())
}

// ── Reading ─────────────────────────────────────────────────────────────────────────────────────────────────────────

/// What a list is asked for, as it stands in the address.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    pub status: Option<String>,
    pub search: Option<String>,
    /// A date or an instant.
    pub start_date: Option<String>,
    /// A date (to its end, UTC) or an instant.
    pub end_date: Option<String>,
    /// What everybody sees, also for somebody who acts for a community.
    pub public: bool,
    /// Only of this community.
    pub community: Option<CommunityId>,
    /// Only what is still ahead, the next first: what visitors want.
    pub ahead: bool,
}

/// Events: their own for somebody who acts for a community, what is published and public for everybody else. The latest
/// first, unless only those ahead were asked for.
///
/// # Errors
/// 422 names the parameter that cannot be read.
pub async fn list(ctx: &Ctx, viewer: Option<&Actor>, wanted: &Wanted, page: &PageRequest) -> AppResult<Page<EventItem>> {
    let own = viewer
        .filter(|actor| !wanted.public && actor.can(Capability::SeeWorkspace))
        .and_then(Actor::community)
        .filter(|own| wanted.community.is_none_or(|community| community == *own));
    let mut check = Check::default();
    let status = match wanted.status.as_deref().map(str::trim).filter(|status| !status.is_empty()) {
        Some(status) => check.take("status", EventStatus::parse(status)),
        None => None,
    };
    let from = check.take("startDate", day(wanted.start_date.as_deref(), TimeDelta::zero())).flatten();
    let until = check.take("endDate", day(wanted.end_date.as_deref(), TimeDelta::days(1))).flatten();
    check.finish()?;
    let filter = Filter {
        community: own.or(wanted.community),
        public: own.is_none(),
        statuses: match status {
            Some(status) => vec![status],
            None if wanted.ahead => vec![EventStatus::Upcoming, EventStatus::Live],
            None => EventStatus::ALL.to_vec(),
        },
        words: words(wanted.search.as_deref().unwrap_or_default()),
        from,
        until,
        soonest_first: wanted.ahead,
        deleted: false,
        not_blocked_for: viewer.and_then(Actor::organization),
    };
    let (rows, counted) = store::list(ctx.db(), &filter, page).await?;
    let communities = communities_of(ctx, &rows).await?;
    items(ctx, rows, counted, &communities, &filter, page)
}

/// Public events that are still ahead, the next first; without those that a block stands between.
///
/// # Errors
/// 422 for a cursor that is none of ours.
pub async fn ahead(ctx: &Ctx, viewer: Option<&Actor>, search: Option<String>, page: &PageRequest) -> AppResult<FoundEvents> {
    let wanted = Wanted { search, public: true, ahead: true, ..Wanted::default() };
    Ok(found(list(ctx, viewer, &wanted, page).await?))
}

/// The public events of a community, which a room below has read from `shown_events`, as cards: those ahead, the next first, and
/// those that are over, the latest first.
///
/// # Errors
/// When a row is damaged, or another community's.
pub fn cards(ctx: &Ctx, community: &CommunityBrief, shown: ShownEvents) -> AppResult<(Vec<EventItem>, Vec<EventItem>)> {
    let communities = HashMap::from([(community.id.0, community.clone())]);
    let now = ctx.now();
    let items = shown.0.into_iter().map(|row| item(row, &communities, now)).collect::<AppResult<Vec<_>>>()?;
    let (mut ahead, past): (Vec<_>, Vec<_>) = items.into_iter().partition(|item| item.status.is_ahead());
    ahead.reverse();
    Ok((ahead, past))
}

fn found(page: Page<EventItem>) -> FoundEvents {
    FoundEvents { count_label: count_words(&page.count_label()), items: page.items, next_cursor: page.next_cursor }
}

/// One tab of the actor's own events. Drafts come first, then the next; what is past, the latest first.
///
/// # Errors
/// 403 outside a community's workspace.
pub async fn mine(ctx: &Ctx, actor: &Actor, tab: Tab, page: &PageRequest) -> AppResult<MyEvents> {
    let community = policy::may_list(actor)?;
    let filter = Filter {
        community: Some(community),
        statuses: tab.statuses().to_vec(),
        soonest_first: tab == Tab::Upcoming,
        deleted: tab == Tab::Deleted,
        ..Filter::default()
    };
    let (rows, counted) = store::list(ctx.db(), &filter, page).await?;
    let communities = communities_of(ctx, &rows).await?;
    let found = items(ctx, rows, counted, &communities, &filter, page)?;
    let count = found.count_label();
    Ok(MyEvents {
        tab,
        count_label: count_words(&count),
        items: found.items,
        next_cursor: found.next_cursor,
        can_draft: actor.can(Capability::EditEvents),
    })
}

fn items(
    ctx: &Ctx,
    rows: Vec<EventRow>,
    counted: i64,
    communities: &HashMap<Uuid, CommunityBrief>,
    filter: &Filter,
    page: &PageRequest,
) -> AppResult<Page<EventItem>> {
    let now = ctx.now();
    let item = |row: EventRow| item(row, communities, now);
    let items = rows.into_iter().map(item).collect::<AppResult<Vec<_>>>()?;
    let no_date = rfc3339(store::no_date(filter.soonest_first));
    Ok(Page::cut(items, page.limit, counted, |item| {
        cursor(&[item.start_at.as_deref().unwrap_or(&no_date), &item.id.to_string()])
    }))
}

fn item(row: EventRow, communities: &HashMap<Uuid, CommunityBrief>, now: DateTime<Utc>) -> AppResult<EventItem> {
    let community = communities.get(&row.community_id).ok_or(AppError::NotFound)?;
    let updated_at = rfc3339(row.updated_at);
    let event = row.into_event()?;
    let it = event.details;
    let (starts, ends) = (it.starts.map(|timed| timed.at), it.ends.map(|timed| timed.at));
    let (month_label, day_label) = starts.map(|at| zones::card_date(&it.timezone, at)).unwrap_or_default();
    Ok(EventItem {
        id: event.id,
        community_id: event.community,
        community_slug: community.slug.clone(),
        community_name: community.name.clone(),
        community_place: place_label(&community.city, &community.country),
        slug: event.slug,
        when_label: when_of(&it, now),
        title: it.title,
        subtitle: it.subtitle,
        event_type: it.event_type,
        category: it.category,
        format: it.format,
        region: it.region,
        technologies: it.technologies,
        start_at: starts.map(rfc3339),
        end_at: ends.map(rfc3339),
        timezone: it.timezone,
        venue_name: it.venue_name,
        capacity: CapacityView { max_attendees: it.max_attendees },
        settings: SettingsView { public_visible: it.public_visible },
        status: event.status,
        tone: status_tone(event.status).to_owned(),
        month_label,
        day_label,
        updated_at,
    })
}

/// An event by its id or slug: its own people see it always, everybody else once it is published and public.
///
/// # Errors
/// 404 for everybody who may not see it.
pub async fn view(ctx: &Ctx, viewer: Option<&Actor>, named: &str) -> AppResult<EventView> {
    let id = named.parse::<EventId>().ok();
    let found = store::find_with_community(ctx.db(), id, Some(named)).await?;
    shown(ctx, viewer, found.ok_or(AppError::NotFound)?)
}

/// The acting community's events after an id, whole and by their ids, without deleted ones: by one statement, however many they
/// are.
///
/// # Errors
/// 403 for everybody but a community's people.
pub async fn list_whole(ctx: &Ctx, actor: &Actor, after: Option<EventId>, limit: i64) -> AppResult<Vec<EventView>> {
    let community = policy::may_list(actor)?;
    let found = store::list_whole(ctx.db(), community, false, after.map_or(Uuid::nil(), Uuid::from), limit).await?;
    found.into_iter().map(|event| shown(ctx, Some(actor), event)).collect()
}

/// As [`list_whole`], of the deleted ones, which can still be restored: each with when it was deleted. Nothing else can be done
/// with them.
///
/// # Errors
/// 403 for everybody but a community's people.
pub async fn list_deleted(ctx: &Ctx, actor: &Actor, after: Option<EventId>, limit: i64) -> AppResult<Vec<(String, EventView)>> {
    let community = policy::may_list(actor)?;
    let found = store::list_whole(ctx.db(), community, true, after.map_or(Uuid::nil(), Uuid::from), limit).await?;
    found
        .into_iter()
        .map(|event| {
            let at = event.event.deleted_at.ok_or_else(|| AppError::broken("a deleted event without its moment"))?;
            let mut view = shown(ctx, Some(actor), event)?;
            (view.can, view.missing) = (EventCan::default(), FieldErrors::default());
            Ok((rfc3339(at), view))
        })
        .collect()
}

/// An event as this viewer sees it; 404 where they may not.
fn shown(ctx: &Ctx, viewer: Option<&Actor>, found: WithCommunity) -> AppResult<EventView> {
    let (row, community) = found.parts()?;
    let is_own = policy::is_own(viewer, community.id);
    let (published_at, updated_at, hidden_reason) = (row.published_at, row.updated_at, row.hidden_reason.clone());
    let event = row.into_event()?;
    // A community that was suspended is off the marketplace, and so are its events.
    let is_public = policy::is_public(event.status, event.details.public_visible) && community.status.may_reach_out();
    // What staff took off the marketplace is still there for its own people, who read why, and for staff, who may show it.
    let is_seen = match &hidden_reason {
        Some(_) => is_own || viewer.is_some_and(|viewer| viewer.can(Capability::Review)),
        None => is_own || is_public,
    };
    if !is_seen {
        return Err(AppError::NotFound);
    }
    let can = match viewer {
        Some(actor) if is_own => can(&event, actor, &community, ctx.now()),
        _ => EventCan::default(),
    };
    let it = event.details;
    let (starts, ends) = (it.starts.map(|timed| timed.at), it.ends.map(|timed| timed.at));
    Ok(EventView {
        id: event.id,
        community_id: event.community,
        community_place: place_label(&community.city, &community.country),
        community_logo_url: community.logo_key.as_deref().map(logos::logo_url),
        community_slug: community.slug,
        community_name: community.name,
        public_url: ctx.link(&format!("/events/{}", event.slug)),
        slug: event.slug,
        missing: if can.edit && event.status == EventStatus::Draft { it.missing() } else { FieldErrors::default() },
        when_label: when_of(&it, ctx.now()),
        title: it.title,
        subtitle: it.subtitle,
        description_markdown: it.description_markdown,
        registration_link: it.registration_link,
        event_type: it.event_type,
        category: it.category,
        format: it.format,
        region: it.region,
        technologies: it.technologies,
        start_at: starts.map(rfc3339),
        end_at: ends.map(rfc3339),
        start_wall: it.starts.map(|timed| wall_text(timed.wall)),
        end_wall: it.ends.map(|timed| wall_text(timed.wall)),
        all_day: it.all_day,
        timezone: it.timezone,
        venue_name: it.venue_name,
        venue_address: it.venue_address,
        capacity: CapacityView { max_attendees: it.max_attendees },
        settings: SettingsView { public_visible: it.public_visible },
        status: event.status,
        tone: status_tone(event.status).to_owned(),
        version: event.version,
        published_at: published_at.map(rfc3339),
        updated_at: rfc3339(updated_at),
        hidden_reason,
        can,
    })
}

fn can(event: &Event, actor: &Actor, community: &CommunityBrief, now: DateTime<Utc>) -> EventCan {
    let publishes = actor.can(Capability::PublishEvents);
    let is_draft = event.status == EventStatus::Draft;
    let waits = !community.status.may_reach_out();
    EventCan {
        edit: actor.can(Capability::EditEvents) && event.status != EventStatus::Archived,
        publish: publishes && is_draft && !waits,
        complete: publishes && event.status != EventStatus::Completed && event.complete(now).is_ok(),
        archive: publishes && event.status == EventStatus::Completed,
        duplicate: actor.can(Capability::EditEvents),
        delete: policy::may_delete(actor, event.status).is_ok() && event.status != EventStatus::Archived,
        publish_waits: (publishes && is_draft && waits)
            .then(|| communities::views::standing_line(&community.name, community.status)),
    }
}

/// One event of the actor's own community.
///
/// # Errors
/// 404 for every other.
pub async fn own(ctx: &Ctx, actor: &Actor, id: EventId) -> AppResult<EventView> {
    let event = view(ctx, Some(actor), &id.to_string()).await?;
    if policy::is_own(Some(actor), event.community_id) { Ok(event) } else { Err(AppError::NotFound) }
}

/// The page of an event, with its description made safe.
///
/// # Errors
/// 404 for everybody who may not see it.
pub async fn page(ctx: &Ctx, viewer: Option<&Actor>, slug: &str) -> AppResult<EventPage> {
    let event = view(ctx, viewer, slug).await?;
    Ok(EventPage {
        description: markdown::render(&event.description_markdown),
        excerpt: markdown::plain_excerpt(&event.description_markdown, 160),
        is_preview: !policy::is_public(event.status, event.settings.public_visible) || event.hidden_reason.is_some(),
        event,
    })
}

/// What the page needs on which an event is made or edited.
///
/// # Errors
/// 403 by role; 404 outside the community.
pub async fn editor(ctx: &Ctx, actor: &Actor, id: Option<EventId>) -> AppResult<EventEditor> {
    policy::may_edit(actor)?;
    let zones = zones::names().map(str::to_owned).collect();
    if let Some(id) = id {
        let event = own(ctx, actor, id).await?;
        return Ok(EventEditor { can: event.can.clone(), event: Some(event), zones });
    }
    let waits = policy::may_publish(actor).err();
    let can = EventCan {
        edit: true,
        publish: waits.is_none(),
        publish_waits: waits.filter(|denied| denied.code == "NOT_APPROVED").map(|denied| denied.message),
        ..EventCan::default()
    };
    Ok(EventEditor { event: None, zones, can })
}

/// A date's first moment (plus `after_date`), or an instant as it is.
fn day(text: Option<&str>, after_date: TimeDelta) -> Result<Option<DateTime<Utc>>, String> {
    let Some(text) = text.map(str::trim).filter(|text| !text.is_empty()) else { return Ok(None) };
    if let Ok(instant) = DateTime::parse_from_rfc3339(text) {
        return Ok(Some(instant.with_timezone(&Utc)));
    }
    // `%Y` reads signed years of any length; the calendar of events has four digits.
    let date = NaiveDate::parse_from_str(text, "%Y-%m-%d")
        .ok()
        .filter(|date| (0..=9_999).contains(&date.year()))
        .ok_or_else(|| "Write a date as 2026-11-20, or an RFC 3339 time.".to_owned())?;
    let first = date.and_hms_opt(0, 0, 0).map(|wall| wall.and_utc());
    Ok(first.and_then(|first| first.checked_add_signed(after_date)))
}

/// The words of a search as a text-search query: every word, by its beginning.
fn words(search: &str) -> String {
    let words = search.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).take(8);
    words.map(|word| format!("{}:*", word.to_lowercase())).collect::<Vec<_>>().join(" & ")
}

fn rfc3339(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

/// Published events of communities on the marketplace, for search engines: one page of their addresses, by id.
///
/// # Errors
/// When the database is away.
pub async fn listed(ctx: &Ctx, after: Option<Uuid>, limit: i64) -> AppResult<Vec<Listed>> {
    store::CRAWLED.page(ctx.db(), after, limit).await
}

/// Where the page of [`listed`] after `after` ends, when it is full.
///
/// # Errors
/// When the database is away.
pub async fn end_of_listed(ctx: &Ctx, after: Option<Uuid>, limit: i64) -> AppResult<Option<Uuid>> {
    store::CRAWLED.end(ctx.db(), after, limit).await
}
