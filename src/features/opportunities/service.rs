//! The use cases of opportunities. Places are claimed for the rooms below by [`claim_in`].

use super::{
    board::{Ask, Board, BoardOrder, Offer, Wishes},
    index::{Opportunities, Question},
    items::{self, Item, Mix, settle_items},
    policy,
    rules::{self, CloseReason, Content, EventStanding, OpportunityDraft, ReopenReason},
    saved,
    store::{self, After, BoardFilter, Held},
    store_items,
    views::{
        BoardScreen, CommunityGlance, EditorScreen, EventChoice, EventGlance, OpportunityCan, OpportunityInput, OpportunityPage,
        OpportunityPatch, OpportunityRow, OpportunityStatus, OpportunityView, people_label, places_label,
    },
};
use crate::{
    features::{
        communities::{policy as communities_policy, service as communities, views::CommunityBrief},
        events::{rules::EventStatus, service as events, views::EventBrief},
        organizations::{logos::logo_url, policy as organizations_policy, service as organizations},
        partners::{
            rules::{MAX_LINES, settle_lines},
            views::BenefitLine,
        },
    },
    kernel::{
        actor::{Actor, Capability, Membership, Scope},
        canonical,
        error::{AppError, AppResult},
        fields::FieldErrors,
        ids::{CommunityId, EventId, ItemId, OpportunityId, RequestId},
        labels::{Category, EntityType},
        money::{Money, MoneyRange},
        page::{COUNT_CAP, Listed, Page, PageRequest, cursor, uncursor},
        text::isolated,
    },
    platform::{
        ctx::Ctx,
        dates,
        facts::Voice,
        index,
        jobs::{clear_deadline, set_deadline},
        tx::Tx,
    },
};
use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::Value;
use std::collections::HashMap;
use uuid::Uuid;

pub use super::store::Whose;

/// The deadline that closes an opportunity.
pub const DECISION: &str = "opportunity_decision";

/// Public opportunities as an address asks for them, matched with the wishes of the organization that the viewer acts for.
///
/// # Errors
/// 422 for a filter that cannot be meant, for a cursor of another list, and for the order `match` without wishes.
pub async fn list(ctx: &Ctx, viewer: Option<&Actor>, board: &Board, page: &PageRequest) -> AppResult<OpportunityPage> {
    let ask = board.ask()?;
    let wishes = wishes(ctx, viewer).await?;
    list_matched(ctx, viewer, &ask, wishes.as_ref(), page).await
}

/// What everybody can offer to support at an event, or of a community, full ones too, the next to be decided first; at most 12.
///
/// # Errors
/// When the database is away.
pub async fn offers(ctx: &Ctx, of: Whose<'_>) -> AppResult<Vec<OpportunityRow>> {
    let ask = Board { place_left: "false".into(), ..Board::default() }.ask()?;
    // Part of a page that everybody reads: a block takes nothing out of it.
    let filter = BoardFilter { ask: &ask, wishes: None, not_blocked_for: None, of: Some(of) };
    let (rows, _) = store::list_board(ctx, &filter, None, 0, OFFERS).await?;
    rows.into_iter().map(|row| row_view(ctx, row)).collect()
}

/// The most that an event's or a community's page shows.
const OFFERS: i64 = 12;

async fn list_matched(
    ctx: &Ctx,
    viewer: Option<&Actor>,
    ask: &Ask,
    wishes: Option<&Wishes>,
    page: &PageRequest,
) -> AppResult<OpportunityPage> {
    let wishes = wishes.filter(|wishes| !wishes.are_empty());
    if ask.order == BoardOrder::Match && wishes.is_none() {
        return Err(AppError::invalid("sort", NO_WISHES));
    }
    let after = page.cursor.as_deref().map(|text| after_of(ask.order, text)).transpose()?;
    let filter = BoardFilter { ask, wishes, not_blocked_for: viewer.and_then(Actor::organization), of: None };
    let Page { items, next_cursor, total, total_capped } = match of_index(ctx, &filter, after, page).await? {
        Some(found) => found,
        None => of_database(ctx, &filter, after, page).await?,
    };
    let items = items
        .into_iter()
        .map(|row| {
            let fit = match wishes {
                Some(wishes) => Some(wishes.fit(
                    row.event_type.as_deref(),
                    row.event_region.as_deref(),
                    &row.technologies,
                    category_of(&row.category)?,
                )),
                None => None,
            };
            Ok(OpportunityRow { fit, ..row_view(ctx, row)? })
        })
        .collect::<AppResult<Vec<_>>>()?;
    Ok(OpportunityPage { items, next_cursor, total, total_capped })
}

/// A page by the index, its rows as they are now; nothing while the index is filled, and where only the database can answer.
async fn of_index(
    ctx: &Ctx,
    filter: &BoardFilter<'_>,
    after: Option<After>,
    page: &PageRequest,
) -> AppResult<Option<Page<store::Row>>> {
    let live = index::live::<Opportunities>(ctx);
    let (skip, limit) = (page.offset as usize, page.limit as usize);
    let find = |hidden: &[Uuid]| {
        let (ask, wishes, now) = (filter.ask, filter.wishes, ctx.now());
        live.read(|index| index.find(&Question { ask, wishes, now, hidden, after, skip, limit })).flatten()
    };
    let Some(mut found) = find(&[]) else { return Ok(None) };
    if found.total == 0 {
        return Ok(Some(Page { items: Vec::new(), next_cursor: None, total: 0, total_capped: false }));
    }
    // Blocks are read along with the rows: few have any, and then it is asked again without what they hide.
    let (mut rows, blocked) = store::list_board_by(ctx, filter, &found.ids).await?;
    if !blocked.is_empty() {
        let Some(seen) = find(&blocked) else { return Ok(None) };
        if seen.ids != found.ids {
            (rows, _) = store::list_board_by(ctx, filter, &seen.ids).await?;
        }
        found = seen;
    }
    let mut rows: HashMap<Uuid, store::Row> = rows.into_iter().map(|row| (row.id, row)).collect();
    let counted = i64::try_from(found.total).unwrap_or(i64::MAX);
    Ok(Some(Page {
        items: found.ids.iter().filter_map(|id| rows.remove(id)).collect(),
        next_cursor: found.next.map(cursor_after),
        total: counted.min(COUNT_CAP),
        total_capped: counted > COUNT_CAP,
    }))
}

async fn of_database(
    ctx: &Ctx,
    filter: &BoardFilter<'_>,
    after: Option<After>,
    page: &PageRequest,
) -> AppResult<Page<store::Row>> {
    let (rows, counted) = store::list_board(ctx, filter, after, i64::from(page.offset), i64::from(page.limit) + 1).await?;
    Ok(Page::cut(rows, page.limit, counted, |row| cursor_after(place_of(filter.ask.order, row))))
}

const NO_WISHES: &str =
    "Nothing can be matched yet. Act for an organization whose profile names event types, regions or technologies.";

/// What the organization that the viewer acts for said that it looks for.
async fn wishes(ctx: &Ctx, viewer: Option<&Actor>) -> AppResult<Option<Wishes>> {
    let Some((viewer, id)) = viewer.and_then(|viewer| Some((viewer, viewer.organization()?))) else { return Ok(None) };
    let it = organizations::get(ctx, Some(viewer), id).await?;
    let mut technologies: Vec<String> = it.technologies.iter().map(|name| name.to_lowercase()).collect();
    technologies.sort();
    technologies.dedup();
    Ok(Some(Wishes {
        event_types: it.preferred_event_types.iter().map(|kind| kind.label().to_owned()).collect(),
        regions: it.supported_regions.iter().map(|region| region.label().to_owned()).collect(),
        technologies,
        sponsors: it.entity_type != EntityType::Partner,
        partners: it.entity_type != EntityType::Sponsor,
    }))
}

/// The page of the public list: what the address asks for, or what is wrong with it, and the viewer's saved views.
///
/// # Errors
/// When the database is away; 422 for a cursor that is none.
pub async fn board(ctx: &Ctx, viewer: Option<&Actor>, board: &Board, page: &PageRequest) -> AppResult<BoardScreen> {
    let wishes = wishes(ctx, viewer).await?;
    let views = match viewer {
        Some(viewer) => saved::list(ctx, viewer).await?.items,
        None => Vec::new(),
    };
    let can_match = wishes.as_ref().is_some_and(|wishes| !wishes.are_empty());
    let found = match board.ask() {
        Ok(ask) => list_matched(ctx, viewer, &ask, wishes.as_ref(), page).await,
        Err(problems) => Err(AppError::Invalid(problems)),
    };
    let (page, problems) = match found {
        Ok(page) => (Some(page), FieldErrors::default()),
        Err(AppError::Invalid(problems)) => (None, problems),
        Err(other) => return Err(other),
    };
    let match_hint = match &wishes {
        Some(wishes) if wishes.are_empty() => {
            "Name event types, regions or technologies in your profile, and this list says what fits you."
        }
        _ => "",
    };
    Ok(BoardScreen {
        page,
        problems,
        views,
        acting: key_of(viewer),
        signed_in: viewer.is_some(),
        can_match,
        match_hint: match_hint.to_owned(),
    })
}

fn place_of(order: BoardOrder, row: &store::Row) -> After {
    match order {
        BoardOrder::Deadline => After::Deadline(row.decision_at, row.id),
        BoardOrder::Newest => After::Newest(row.opened_at.unwrap_or(row.updated_at), row.id),
        BoardOrder::Budget => After::Budget(row.budget_max, row.id),
        BoardOrder::Match => After::Match(row.fit, row.decision_at, row.id),
    }
}

fn cursor_after(place: After) -> String {
    let moment = |at: DateTime<Utc>| at.to_rfc3339_opts(SecondsFormat::Micros, true);
    match place {
        After::Deadline(at, id) => cursor(&[&moment(at), &id.to_string()]),
        After::Newest(at, id) => cursor(&["newest", &moment(at), &id.to_string()]),
        After::Budget(most, id) => cursor(&["budget", &most.to_string(), &id.to_string()]),
        After::Match(fit, at, id) => cursor(&["match", &fit.to_string(), &moment(at), &id.to_string()]),
    }
}

/// A cursor of this order; one of another order is none of ours.
fn after_of(order: BoardOrder, text: &str) -> Result<After, FieldErrors> {
    let broken = || FieldErrors::one("cursor", "This cursor is not one of this list. Start again without it.");
    let moment = |text: &str| DateTime::parse_from_rfc3339(text).map(|at| at.to_utc()).map_err(|_| broken());
    let number = |text: &str| text.parse::<i64>().map_err(|_| broken());
    let id = |text: &str| text.parse::<Uuid>().map_err(|_| broken());
    let named = |name: &str| if name == order.label() { Ok(()) } else { Err(broken()) };
    match order {
        BoardOrder::Deadline => after(text).map(|(at, id)| After::Deadline(at, id)),
        BoardOrder::Newest => {
            let [name, at, last] = uncursor::<3>(text)?;
            named(&name)?;
            Ok(After::Newest(moment(&at)?, id(&last)?))
        }
        BoardOrder::Budget => {
            let [name, most, last] = uncursor::<3>(text)?;
            named(&name)?;
            Ok(After::Budget(number(&most)?, id(&last)?))
        }
        BoardOrder::Match => {
            let [name, fit, at, last] = uncursor::<4>(text)?;
            named(&name)?;
            Ok(After::Match(i32::try_from(number(&fit)?).map_err(|_| broken())?, moment(&at)?, id(&last)?))
        }
    }
}

/// The community's own opportunities, drafts too, the last touched first.
///
/// # Errors
/// 403 without the role; 422 for a cursor that is none.
pub async fn list_mine(
    ctx: &Ctx,
    actor: &Actor,
    status: Option<OpportunityStatus>,
    page: &PageRequest,
) -> AppResult<OpportunityPage> {
    policy::may_manage(actor)?;
    let after = page.cursor.as_deref().map(after).transpose()?;
    let rows = store::list_mine(ctx, actor.scope(), status, after, i64::from(page.offset), i64::from(page.limit) + 1).await?;
    let counted = store::count_mine(ctx, actor.scope(), status).await?;
    let cut = Page::cut(rows, page.limit, counted, |row| key(row.updated_at, row.id));
    opportunity_page(ctx, cut)
}

/// Did staff take the opportunity off the marketplace?
///
/// # Errors
/// When the database is away.
pub async fn is_hidden(ctx: &Ctx, id: OpportunityId) -> AppResult<bool> {
    Ok(store::find(ctx, None, true, id).await?.is_some_and(|whole| whole.row.hidden_reason.is_some()))
}

/// One opportunity, with what the viewer may do.
///
/// # Errors
/// 404 where it is neither public nor the viewer's to know of.
pub async fn get(ctx: &Ctx, viewer: Option<&Actor>, id: OpportunityId) -> AppResult<OpportunityView> {
    // Drafts are for the people who manage them; their colleagues see what is public.
    let scope = viewer.filter(|viewer| viewer.can(Capability::ManageOpportunities)).map(Actor::scope);
    let reviews = viewer.is_some_and(|viewer| viewer.can(Capability::Review));
    let found = store::find(ctx, scope, reviews, id).await?.ok_or(AppError::NotFound)?;
    let items = store_items::list(ctx.db(), id, found.row.budget()?.currency()).await?;
    shown(ctx, viewer, found, items)
}

/// The acting community's own after an id, whole and by their ids, drafts too: by two statements, however many they are.
///
/// # Errors
/// 403 for everybody who does not manage opportunities.
pub async fn list_whole(ctx: &Ctx, actor: &Actor, after: Option<OpportunityId>, limit: i64) -> AppResult<Vec<OpportunityView>> {
    policy::may_manage(actor)?;
    let found = store::list_whole(ctx, actor.scope(), after.map_or(Uuid::nil(), Uuid::from), limit).await?;
    let currencies = found.iter().map(|whole| Ok((OpportunityId(whole.row.id), whole.row.budget()?.currency())));
    let currencies = currencies.collect::<AppResult<HashMap<_, _>>>()?;
    let mut items = store_items::list_of(ctx.db(), &currencies).await?;
    found
        .into_iter()
        .map(|whole| {
            let items = items.remove(&OpportunityId(whole.row.id)).unwrap_or_default();
            shown(ctx, Some(actor), whole, items)
        })
        .collect()
}

fn shown(ctx: &Ctx, viewer: Option<&Actor>, found: store::Whole, items: Vec<Item>) -> AppResult<OpportunityView> {
    let reviews = viewer.is_some_and(|viewer| viewer.can(Capability::Review));
    let store::Whole { row, benefits } = found;
    let snapshot: Value = serde_json::from_str(&row.event_snapshot).unwrap_or(Value::Null);
    let changes = event_changes(
        &snapshot,
        &EventNow {
            title: &row.event_title,
            event_type: row.event_type.as_deref(),
            category: row.event_category.as_deref(),
            format: row.event_format.as_deref(),
            region: row.event_region.as_deref(),
            start_at: row.start_at,
            end_at: row.end_at,
            timezone: &row.timezone,
            venue_name: &row.venue_name,
            max_attendees: row.max_attendees,
        },
    );
    let status = status_of(&row.status)?;
    let (may, hint) = may_apply(viewer, &row, status, ctx.now());
    let managed = policy::manages(viewer, row.community_id.into());
    let editable = matches!(status, OpportunityStatus::Draft | OpportunityStatus::Open);
    let category = category_of(&row.category)?;
    let budget = row.budget()?;
    let left = places_left(&row);
    Ok(OpportunityView {
        id: row.id.into(),
        status,
        category,
        tier_keyword: category.tier(),
        hue: category.hue(),
        event: event_glance(&row),
        event_snapshot: snapshot,
        event_changes: changes,
        community: community_glance(&row),
        currency: budget.currency(),
        budget_range: budget.into(),
        benefits,
        items,
        places: row.places,
        places_left: left,
        places_label: places_label(row.places, left),
        decision_deadline: row.decision_date,
        decision_at: row.decision_at,
        deadline_label: dates::day(row.decision_at, dates::zone(&row.timezone)),
        deadline_in: dates::ahead(ctx.now(), row.decision_at),
        version: row.version,
        can: OpportunityCan {
            edit: managed && editable,
            open: managed && status == OpportunityStatus::Draft,
            close: managed && status == OpportunityStatus::Open,
            reopen: managed && status == OpportunityStatus::Closed,
            add_places: managed && status == OpportunityStatus::Filled,
            apply: may && status == OpportunityStatus::Open,
            wait: may && status == OpportunityStatus::Filled,
        },
        hidden_reason: row.hidden_reason.filter(|_| managed || reviews),
        apply_hint: hint,
        title: row.title,
        description: row.description,
    })
}

/// What the editor needs: the opportunity (nothing for a new one) and the events to choose from.
///
/// # Errors
/// 403 without the role; 404 for an opportunity of somebody else.
pub async fn editor(ctx: &Ctx, actor: &Actor, id: Option<OpportunityId>) -> AppResult<EditorScreen> {
    let community = policy::may_manage(actor)?;
    let opportunity = match id {
        Some(id) => Some(get(ctx, Some(actor), id).await?),
        None => None,
    };
    if opportunity.as_ref().is_some_and(|it| it.community.id != community) {
        return Err(AppError::NotFound);
    }
    let mut events: Vec<EventChoice> = events::choices(ctx, actor)
        .await?
        .into_iter()
        .map(|event| EventChoice {
            id: event.id,
            label: format!("{}, {} ({})", isolated(&event.title), event.when_label, event.status),
            timezone: event.timezone,
        })
        .collect();
    // An event that is over is no choice any more, but the opportunity's own stays its own.
    if let Some(own) = opportunity.as_ref().map(|it| &it.event)
        && !events.iter().any(|event| event.id == own.id)
    {
        events.insert(0, EventChoice { id: own.id, label: own.title.clone(), timezone: own.timezone.clone() });
    }
    let gate = communities_policy::may_reach_out(actor).err().map(|denied| denied.message).unwrap_or_default();
    Ok(EditorScreen { opportunity, events, gate, acting: key_of(Some(actor)) })
}

/// The workspace that pages act for, by its key; empty for nobody's.
pub fn key_of(actor: Option<&Actor>) -> String {
    actor.and_then(|actor| actor.acting.as_ref()).map(Membership::key).unwrap_or_default()
}

/// May the viewer apply, for a place or for the waiting list of a full one, and if not, what would be needed?
fn may_apply(viewer: Option<&Actor>, row: &store::Row, status: OpportunityStatus, now: DateTime<Utc>) -> (bool, String) {
    let no = |why: &str| (false, why.to_owned());
    if !matches!(status, OpportunityStatus::Open | OpportunityStatus::Filled) || row.decision_at <= now {
        return no("This opportunity takes no more applications.");
    }
    let Some(viewer) = viewer else { return no("Sign in as a verified sponsor or partner to apply.") };
    if viewer.community().is_some() || viewer.acting.is_none() {
        return no("Applications come from sponsors and partners. Change to an organization's workspace, or join as one.");
    }
    if let Err(denied) = organizations_policy::must_be_verified(viewer) {
        return (false, denied.message);
    }
    match viewer.must(Capability::ActOnRequests, "apply for opportunities") {
        Ok(()) => (true, String::new()),
        Err(denied) => (false, denied.message),
    }
}

/// Writes a draft, and opens it at once where the input says so.
///
/// # Errors
/// 403, 404 for an event of somebody else, 422 beside each field, 409 when it cannot be opened.
pub async fn create(ctx: &Ctx, actor: &Actor, input: &OpportunityInput) -> AppResult<OpportunityId> {
    let community = policy::may_manage(actor)?;
    let status = match input.status.trim() {
        "" => OpportunityStatus::Draft,
        text => match OpportunityStatus::parse(text) {
            Ok(status @ (OpportunityStatus::Draft | OpportunityStatus::Open)) => status,
            _ => return Err(AppError::invalid("status", "A new opportunity is Draft or Open.")),
        },
    };
    if status == OpportunityStatus::Open {
        communities_policy::may_reach_out(actor)?;
    }
    let draft = input.parse()?;
    let mut tx = ctx.begin().await?;
    let (community, event) = parents(&mut tx, community, draft.event).await?;
    let standing = standing(&event);
    let content = settle(ctx, draft, &[], &[], &community, &event)?;
    let drafted = rules::draft(ctx.id(), community.id, content, &standing)?;
    store::apply_drafted(&mut tx, &drafted, actor.user().0, ctx.now()).await?;
    if let Some(items) = &drafted.content().items {
        store_items::write(&mut tx, drafted.id(), items).await?;
    }
    tx.state(actor, &drafted);
    if status == OpportunityStatus::Open {
        let opened = drafted.drafted().open(&standing, community.status, ctx.now())?;
        store::apply_opened(&mut tx, &opened, ctx.now()).await?;
        set_deadline(&mut tx, DECISION, drafted.id().0, drafted.content().decision_at).await?;
        tx.state(actor, &opened);
    }
    tx.result(drafted.id());
    tx.commit().await?;
    Ok(drafted.id())
}

/// Saves what a patch names over the version that was seen, and moves the opportunity where the patch says so: opened, closed,
/// opened again. All of it or nothing, in the caller's transaction, who offers places that are free now to whoever waits.
///
/// # Errors
/// 404, 403 (also `NOT_APPROVED`), 422, 409 `VERSION_CONFLICT`, `OPPORTUNITY_CLOSED`, `OPPORTUNITY_NOT_DRAFT`,
/// `OPPORTUNITY_NOT_OPEN`, `PLACES_TAKEN`, `EVENT_NOT_PUBLISHED`, `DEADLINE_PASSED`.
pub async fn edit_in(mut tx: Tx, actor: &Actor, id: OpportunityId, patch: &OpportunityPatch) -> AppResult<Tx> {
    let ctx = tx.ctx().clone();
    let (community, _) = store::find_parents(&mut tx, actor.scope(), id).await?;
    policy::may_manage(actor)?;
    let version =
        patch.version.ok_or_else(|| FieldErrors::one("version", "Send the version of the opportunity that you edited."))?;
    let wanted = match patch.status.as_deref().map(str::trim).unwrap_or_default() {
        "" => None,
        text => match OpportunityStatus::parse(text) {
            Ok(status @ (OpportunityStatus::Open | OpportunityStatus::Closed)) => Some(status),
            Ok(_) => return Err(AppError::invalid("status", "Only Open and Closed can be chosen. Places fill it.")),
            Err(error) => return Err(AppError::invalid("status", error.to_string())),
        },
    };
    let draft = patch.over(store::get_words(&mut tx, id).await?).parse()?;
    let (community, event) = parents(&mut tx, community.into(), draft.event).await?;
    let held = store::hold(&mut tx, actor.scope(), id).await?;
    let known = store::list_benefits(&mut *tx.conn(), id).await?;
    let known_items = store_items::list(&mut *tx.conn(), id, held.budget.currency()).await?;
    let mut content = settle(&ctx, draft, &known, &known_items, &community, &event)?;
    if patch.benefits.is_none() {
        content.benefits = known;
    }
    if content.items.is_none() && !known_items.is_empty() && content.budget.currency() != held.budget.currency() {
        let (old, new) = (held.budget.currency(), content.budget.currency());
        return Err(AppError::invalid("items", format!("Their prices are in {old}. Send them with prices in {new}.")));
    }
    let (standing, now) = (standing(&event), ctx.now());
    let taken = i32::try_from(held.taken).unwrap_or(i32::MAX);
    let mut it = held.opportunity;
    let was = it.status;
    it.same_version(version)?;
    if matches!((was, wanted), (OpportunityStatus::Draft | OpportunityStatus::Closed, Some(OpportunityStatus::Open))) {
        // The rules ask it too, of the community as it is held; this says what comes next for one of its standing.
        communities_policy::may_reach_out(actor)?;
    }
    let reopens = was == OpportunityStatus::Closed && wanted == Some(OpportunityStatus::Open);
    if reopens {
        let (reopened, open) = it.reopen(content.decision_at, &standing, community.status, (content.places, taken), now)?;
        store::apply_reopened(&mut tx, &reopened, now).await?;
        tx.state(actor, &reopened);
        it = open;
    }
    if patch.has_words() || reopens {
        let edited = it.edit(version, content, &standing, taken, now)?;
        store::apply_edited(&mut tx, &edited, held.places, now).await?;
        if let Some(items) = &edited.content().items {
            store_items::write(&mut tx, id, items).await?;
        }
        tx.state(actor, &edited);
        it = edited.edited(&it);
    }
    match (was, wanted) {
        (OpportunityStatus::Draft, Some(OpportunityStatus::Open)) => {
            let opened = it.open(&standing, community.status, now)?;
            store::apply_opened(&mut tx, &opened, now).await?;
            tx.state(actor, &opened);
            it.status = OpportunityStatus::Open;
        }
        (OpportunityStatus::Draft | OpportunityStatus::Open, Some(OpportunityStatus::Closed)) => {
            let closed = it.close(CloseReason::ByHand, now)?;
            store::apply_closed(&mut tx, &closed, now).await?;
            tx.state(actor, &closed);
            it.status = OpportunityStatus::Closed;
        }
        // The edit above offered more places than are taken: what nobody waits for opens it.
        (OpportunityStatus::Filled, Some(OpportunityStatus::Open)) if patch.has_words() => {}
        (OpportunityStatus::Filled, Some(wanted)) => {
            // Says why: a full one is neither opened nor closed by hand.
            return Err(match wanted {
                OpportunityStatus::Open => it.open(&standing, community.status, now).map(|_| ()),
                _ => it.close(CloseReason::ByHand, now).map(|_| ()).map_err(Into::into),
            }
            .err()
            .unwrap_or_else(|| AppError::broken("a full opportunity was moved")));
        }
        _ => {}
    }
    match it.status {
        OpportunityStatus::Open => set_deadline(&mut tx, DECISION, id.0, it.decision_at).await?,
        OpportunityStatus::Closed => clear_deadline(&mut tx, DECISION, id.0).await?,
        OpportunityStatus::Draft | OpportunityStatus::Filled => {}
    }
    Ok(tx)
}

/// Shows a draft to sponsors.
///
/// # Errors
/// 404, 403 before the community is approved, 409 and what is missing.
pub async fn open(ctx: &Ctx, actor: &Actor, id: OpportunityId) -> AppResult<OpportunityId> {
    let mut tx = ctx.begin().await?;
    let (community, event) = store::find_parents(&mut tx, actor.scope(), id).await?;
    policy::may_manage(actor)?;
    communities_policy::may_reach_out(actor)?;
    let (community, event) = parents(&mut tx, community.into(), event.into()).await?;
    let Held { opportunity, .. } = store::hold(&mut tx, actor.scope(), id).await?;
    let opened = opportunity.open(&standing(&event), community.status, ctx.now())?;
    store::apply_opened(&mut tx, &opened, ctx.now()).await?;
    set_deadline(&mut tx, DECISION, id.0, opportunity.decision_at).await?;
    tx.state(actor, &opened);
    tx.result(id);
    tx.commit().await?;
    Ok(id)
}

/// Takes no more applications.
///
/// # Errors
/// 404, 403, 409 `OPPORTUNITY_NOT_OPEN`.
pub async fn close(ctx: &Ctx, actor: &Actor, id: OpportunityId) -> AppResult<OpportunityId> {
    let mut tx = ctx.begin().await?;
    let Held { opportunity, .. } = store::hold(&mut tx, actor.scope(), id).await?;
    policy::may_manage(actor)?;
    let closed = opportunity.close(CloseReason::ByHand, ctx.now())?;
    store::apply_closed(&mut tx, &closed, ctx.now()).await?;
    clear_deadline(&mut tx, DECISION, id.0).await?;
    tx.state(actor, &closed);
    tx.result(id);
    tx.commit().await?;
    Ok(id)
}

/// Staff take it off the marketplace, or put it back, in the caller's transaction: nobody but its community sees it, and nobody
/// applies. The caller has decided that the actor may.
///
/// # Errors
/// 404.
pub async fn hide_in(tx: &mut Tx, actor: &Actor, id: OpportunityId, hidden: bool, reason: &str) -> AppResult<()> {
    let held = store::hold(tx, actor.scope(), id).await?;
    if let Some(hiding) = held.opportunity.hide(held.is_hidden, hidden, reason) {
        store::apply_hiding(tx, &hiding).await?;
        tx.state(actor, &hiding);
    }
    Ok(())
}

/// The day of the decision has passed: closes it, once, however often it is called.
///
/// # Errors
/// When the database is away.
pub async fn close_due(ctx: &Ctx, id: OpportunityId) -> AppResult<()> {
    let mut tx = ctx.begin().await?;
    let Held { opportunity, .. } =
        store::hold(&mut tx, Scope::system("the day of an opportunity's decision has passed"), id).await?;
    if opportunity.status == OpportunityStatus::Open && ctx.now() < opportunity.decision_at {
        set_deadline(&mut tx, DECISION, id.0, opportunity.decision_at).await?;
        return tx.commit_unstated("the deadline was moved while the sweeper was on its way").await;
    }
    clear_deadline(&mut tx, DECISION, id.0).await?;
    match opportunity.close(CloseReason::DeadlinePassed, ctx.now()) {
        Ok(closed) => {
            store::apply_closed(&mut tx, &closed, ctx.now()).await?;
            tx.state(Voice::System, &closed);
            tx.commit().await
        }
        Err(_) => tx.commit_unstated("it was closed or filled before its deadline").await,
    }
}

/// What the rooms below need of an opportunity while they hold or share it.
#[derive(Debug, Clone)]
pub struct OpportunityBrief {
    pub opportunity: rules::Opportunity,
    pub budget: MoneyRange,
    pub benefits: Vec<BenefitLine>,
    pub places_left: i64,
    /// Taken off the marketplace by staff.
    pub is_hidden: bool,
}

/// Keeps the opportunity as it is until the caller's transaction ends. Community and event come first in the lock order.
///
/// # Errors
/// 404.
pub async fn brief_in(tx: &mut Tx, id: OpportunityId) -> AppResult<OpportunityBrief> {
    let held = store::share(tx, id).await?;
    let benefits = store::list_benefits(&mut *tx.conn(), id).await?;
    Ok(OpportunityBrief {
        places_left: i64::from(held.places) - held.taken,
        is_hidden: held.is_hidden,
        opportunity: held.opportunity,
        budget: held.budget,
        benefits,
    })
}

/// Where an opportunity belongs, without a lock, for callers that take the locks above it first.
///
/// # Errors
/// 404.
pub async fn parents_in(tx: &mut Tx, id: OpportunityId) -> AppResult<(CommunityId, EventId)> {
    let (community, event) = store::find_parents(tx, Scope::system("a request names the opportunity that it is for"), id).await?;
    Ok((community.into(), event.into()))
}

/// What the chosen pieces of an opportunity cost, for whoever may see it.
///
/// # Errors
/// 404; 409 as [`items::price`].
pub async fn price(ctx: &Ctx, viewer: Option<&Actor>, id: OpportunityId, chosen: &[String]) -> AppResult<Mix> {
    let it = get(ctx, viewer, id).await?;
    Ok(items::price(&it.items, &read_chosen(chosen)?, it.currency, it.can.wait)?)
}

fn read_chosen(chosen: &[String]) -> AppResult<Vec<ItemId>> {
    let unknown = || {
        AppError::refused("ITEM_UNKNOWN", "Something that you chose is not offered here. Load the page again and choose anew.")
    };
    chosen
        .iter()
        .map(|text| text.trim())
        .filter(|text| !text.is_empty())
        .map(|text| text.parse().map_err(|_| unknown()))
        .collect()
}

/// The mix of an application, priced by the offer as it stands; nothing where nothing was chosen. `shown` is the total that
/// the applicant names, empty for whatever it is. Who `waits` for a place of a full one may choose what is sold out. The caller
/// shares the opportunity.
///
/// # Errors
/// 409 as [`items::price`], and `WRONG_TOTAL`; 422 for an amount that is none.
pub async fn mix_in(
    tx: &mut Tx,
    brief: &OpportunityBrief,
    chosen: &[String],
    shown: &str,
    waits: bool,
) -> AppResult<Option<Mix>> {
    let chosen = read_chosen(chosen)?;
    if chosen.is_empty() {
        return Ok(None);
    }
    let currency = brief.budget.currency();
    let items = store_items::list(&mut *tx.conn(), brief.opportunity.id, currency).await?;
    let waits = waits && brief.opportunity.status == OpportunityStatus::Filled;
    let mix = items::price(&items, &chosen, currency, waits)?;
    if !shown.trim().is_empty() {
        let shown = Money::parse_major(shown, currency).map_err(|error| AppError::invalid("amount", error.to_string()))?;
        mix.must_cost(shown)?;
    }
    if brief.benefits.len() + mix.lines.len() > MAX_LINES {
        return Err(AppError::refused("MIX_TOO_LONG", format!("One offer holds {MAX_LINES} lines. Choose fewer pieces.")));
    }
    Ok(Some(mix))
}

/// Keeps the mix of a request that was just made.
///
/// # Errors
/// When the database is away.
pub async fn keep_mix_in(tx: &mut Tx, request: RequestId, mix: &Mix) -> AppResult<()> {
    store_items::insert_mix(tx, request, mix).await
}

/// Takes a place for an accepted request, with the stock of its mix, and fills the opportunity with the last one. The caller
/// holds community, organization and event; this holds the opportunity.
///
/// # Errors
/// 409 `NO_PLACE_LEFT` and `ITEM_SOLD_OUT` for whoever comes too late; `OFFER_LAPSED` where a place was kept for the request until
/// a moment that is over, whether or not the sweeper has come.
pub async fn claim_in(tx: &mut Tx, actor: &Actor, id: OpportunityId, request: RequestId) -> AppResult<()> {
    let now = tx.ctx().now();
    let Held { opportunity, .. } =
        store::hold(tx, Scope::system("an accepted request takes a place of its opportunity"), id).await?;
    rules::must_be_kept(store::find_kept_until(tx, request).await?, now)?;
    store::claim(tx, id, request, now, None).await?.ok_or_else(rules::no_place_left)?;
    store_items::claim(tx, request, now).await?.map_err(|name| items::sold_out(&name))?;
    if let Some(filled) = opportunity.fill(hold_places_in(tx, id).await?, request) {
        store::apply_filled(tx, &filled, now).await?;
        clear_deadline(tx, DECISION, id.0).await?;
        tx.state(actor, &filled);
    }
    Ok(())
}

/// The opportunity as it is, as requests keep it, in canonical JSON. The caller shares it.
///
/// # Errors
/// 404.
pub async fn snapshot_in(tx: &mut Tx, id: OpportunityId) -> AppResult<String> {
    Ok(canonical::text(&store::get_snapshot(&mut *tx.conn(), id).await?))
}

/// Holds the opportunity alone, and says how many places are neither taken nor kept for somebody.
///
/// # Errors
/// 404.
pub async fn hold_places_in(tx: &mut Tx, id: OpportunityId) -> AppResult<i64> {
    let held = store::hold(tx, Scope::system("whoever decides by places holds their opportunity"), id).await?;
    Ok(i64::from(held.places) - held.taken)
}

/// Keeps a free place for a request until a moment. The caller holds the opportunity.
///
/// # Errors
/// 409 `NO_PLACE_LEFT`.
pub async fn reserve_in(tx: &mut Tx, id: OpportunityId, request: RequestId, until: DateTime<Utc>) -> AppResult<()> {
    let now = tx.ctx().now();
    store::claim(tx, id, request, now, Some(until)).await?.ok_or_else(rules::no_place_left)?;
    Ok(())
}

/// Gives back the place and the stock that a request holds; `false` when it holds none. The caller holds the opportunity and
/// states why.
///
/// # Errors
/// When the database is away.
pub async fn release_in(tx: &mut Tx, request: RequestId, reason: &str) -> AppResult<bool> {
    let now = tx.ctx().now();
    store_items::release(tx, request, now).await?;
    store::release(tx, request, reason, now).await
}

/// A full opportunity with a free place takes applications again, or is closed when its day is over. `true` when it moved. The
/// caller holds it, and knows why there is a place for which nobody waits.
///
/// # Errors
/// When the database is away.
pub async fn reopen_freed_in(
    tx: &mut Tx,
    voice: impl Into<Voice> + Clone,
    id: OpportunityId,
    why: ReopenReason,
) -> AppResult<bool> {
    let now = tx.ctx().now();
    let held = store::hold(tx, Scope::system("a place of a full opportunity is free again"), id).await?;
    let left = i64::from(held.places) - held.taken;
    if let Some(reopened) = held.opportunity.reopen_for_place(left, why, now) {
        store::apply_reopened(tx, &reopened, now).await?;
        set_deadline(tx, DECISION, id.0, held.opportunity.decision_at).await?;
        tx.state(voice, &reopened);
        return Ok(true);
    }
    if left > 0
        && held.opportunity.status == OpportunityStatus::Filled
        && let Ok(closed) = held.opportunity.close(CloseReason::DeadlinePassed, now)
    {
        store::apply_closed(tx, &closed, now).await?;
        tx.state(Voice::System, &closed);
        return Ok(true);
    }
    Ok(false)
}

/// Holds the opportunity alone, so that a caller who decides by its places comes first or waits.
///
/// # Errors
/// 404.
pub async fn hold_in(tx: &mut Tx, id: OpportunityId) -> AppResult<()> {
    store::hold(tx, Scope::system("an accepted request takes a place of its opportunity"), id).await.map(|_| ())
}

/// The community and the event of an opportunity, kept until the transaction ends; the event must be the community's.
async fn parents(tx: &mut Tx, community: CommunityId, event: EventId) -> AppResult<(CommunityBrief, EventBrief)> {
    let community = communities::brief_in(tx, community).await?;
    let event = match events::brief_in(tx, event).await {
        Ok(event) if event.community_id == community.id => event,
        Ok(_) | Err(AppError::NotFound) => {
            return Err(AppError::invalid("eventId", "Your community has no such event. Choose one of its events."));
        }
        Err(other) => return Err(other),
    };
    Ok((community, event))
}

fn settle(
    ctx: &Ctx,
    draft: OpportunityDraft,
    known: &[BenefitLine],
    known_items: &[Item],
    community: &CommunityBrief,
    event: &EventBrief,
) -> Result<Content, FieldErrors> {
    let benefits = settle_lines(draft.benefits, known, || ctx.id());
    let items = draft.items.map(|drafts| settle_items(drafts, known_items, || ctx.id())).transpose()?;
    let search_text = [
        &draft.title,
        draft.category.label(),
        &event.title,
        &community.name,
        &community.city,
        &community.country,
        &draft.description,
    ]
    .join(" ");
    Ok(Content {
        event: event.id,
        title: draft.title,
        description: draft.description,
        category: draft.category,
        budget: draft.budget,
        benefits,
        places: draft.places,
        items,
        decision_date: draft.deadline,
        decision_at: dates::end_of_day(draft.deadline, dates::zone(&event.timezone)),
        event_snapshot: event.snapshot(),
        search_text,
    })
}

fn standing(event: &EventBrief) -> EventStanding {
    EventStanding {
        title: event.title.clone(),
        is_published: is_published(event),
        is_public: event.public_visible,
        ends_at: event.end_at,
    }
}

/// Upcoming or live: what offers and requests may be made for.
pub fn is_published(event: &EventBrief) -> bool {
    matches!(event.status, EventStatus::Upcoming | EventStatus::Live)
}

/// An event as it is now, as far as offers are about it.
pub struct EventNow<'a> {
    pub title: &'a str,
    pub event_type: Option<&'a str>,
    pub category: Option<&'a str>,
    pub format: Option<&'a str>,
    pub region: Option<&'a str>,
    pub start_at: Option<DateTime<Utc>>,
    pub end_at: Option<DateTime<Utc>>,
    pub timezone: &'a str,
    pub venue_name: &'a str,
    pub max_attendees: Option<i32>,
}

/// What changed in an event since a snapshot was taken, in words: "Venue: Town Hall, now Dome".
pub fn event_changes(snapshot: &Value, now: &EventNow<'_>) -> Vec<String> {
    let zone = dates::zone(now.timezone);
    let said = |text: &str| if text.is_empty() { "not said".to_owned() } else { isolated(text).into_owned() };
    let people = now.max_attendees.map(|count| count.to_string()).unwrap_or_default();
    let people_before = snapshot["maxAttendees"].as_i64().map(|count| count.to_string()).unwrap_or_default();
    let before = |key: &str| snapshot[key].as_str().unwrap_or_default();
    let texts = [
        ("Name", before("title"), now.title),
        ("Type", before("eventType"), now.event_type.unwrap_or_default()),
        ("Topic", before("category"), now.category.unwrap_or_default()),
        ("Format", before("format"), now.format.unwrap_or_default()),
        ("Region", before("region"), now.region.unwrap_or_default()),
        ("Time zone", before("timezone"), now.timezone),
        ("Venue", before("venueName"), now.venue_name),
        ("People", &people_before, &people),
    ];
    let moments =
        [("Start", "startAt", now.start_at), ("End", "endAt", now.end_at)].into_iter().filter_map(|(name, key, now)| {
            let before = DateTime::parse_from_rfc3339(before(key)).ok().map(|at| at.to_utc());
            let label = |at: Option<DateTime<Utc>>| at.map_or_else(|| "not said".to_owned(), |at| dates::moment(at, zone));
            (before.map(|at| at.timestamp()) != now.map(|at| at.timestamp()))
                .then(|| format!("{name}: {}, now {}", label(before), label(now)))
        });
    let texts = texts
        .into_iter()
        .filter(|(_, old, new)| old != new)
        .map(|(name, old, new)| format!("{name}: {}, now {}", said(old), said(new)));
    moments.chain(texts).collect()
}

fn opportunity_page(ctx: &Ctx, page: Page<store::Row>) -> AppResult<OpportunityPage> {
    let Page { items, next_cursor, total, total_capped } = page;
    let items = items.into_iter().map(|row| row_view(ctx, row)).collect::<AppResult<Vec<_>>>()?;
    Ok(OpportunityPage { items, next_cursor, total, total_capped })
}

fn row_view(ctx: &Ctx, row: store::Row) -> AppResult<OpportunityRow> {
    let category = category_of(&row.category)?;
    let budget = row.budget()?;
    let left = places_left(&row);
    Ok(OpportunityRow {
        id: row.id.into(),
        status: status_of(&row.status)?,
        category,
        tier_keyword: category.tier(),
        hue: category.hue(),
        event: event_glance(&row),
        community: community_glance(&row),
        currency: budget.currency(),
        budget_range: budget.into(),
        places: row.places,
        places_left: left,
        places_label: places_label(row.places, left),
        decision_deadline: row.decision_date,
        decision_at: row.decision_at,
        deadline_label: dates::day(row.decision_at, dates::zone(&row.timezone)),
        deadline_in: dates::ahead(ctx.now(), row.decision_at),
        title: row.title,
        fit: None,
    })
}

fn event_glance(row: &store::Row) -> EventGlance {
    EventGlance {
        id: row.event_id.into(),
        slug: row.event_slug.clone(),
        title: row.event_title.clone(),
        event_type: row.event_type.clone(),
        category: row.event_category.clone(),
        format: row.event_format.clone(),
        region: row.event_region.clone(),
        start_at: row.start_at,
        end_at: row.end_at,
        timezone: row.timezone.clone(),
        when_label: match (row.start_at, row.end_at) {
            (Some(start), Some(end)) => dates::days(start, end, dates::zone(&row.timezone)),
            _ => String::new(),
        },
        venue_name: row.venue_name.clone(),
        max_attendees: row.max_attendees,
        people_label: people_label(row.max_attendees),
    }
}

fn community_glance(row: &store::Row) -> CommunityGlance {
    CommunityGlance {
        id: row.community_id.into(),
        slug: row.community_slug.clone(),
        name: row.community_name.clone(),
        city: row.community_city.clone(),
        country: row.community_country.clone(),
        logo_url: row.community_logo_key.as_deref().map(logo_url),
    }
}

fn places_left(row: &store::Row) -> i32 {
    i32::try_from(row.places_left).unwrap_or(i32::MAX)
}

fn status_of(label: &str) -> AppResult<OpportunityStatus> {
    OpportunityStatus::parse(label).map_err(|error| AppError::Broken(Box::new(error)))
}

fn category_of(label: &str) -> AppResult<Category> {
    Category::parse(label).map_err(|error| AppError::Broken(Box::new(error)))
}

fn key(at: DateTime<Utc>, id: Uuid) -> String {
    cursor(&[&at.to_rfc3339_opts(SecondsFormat::Micros, true), &id.to_string()])
}

fn after(text: &str) -> Result<(DateTime<Utc>, Uuid), FieldErrors> {
    let [at, id] = uncursor::<2>(text)?;
    let broken = || FieldErrors::one("cursor", "This cursor is not one of ours. Start again without it.");
    let at = DateTime::parse_from_rfc3339(&at).map_err(|_| broken())?.to_utc();
    Ok((at, id.parse().map_err(|_| broken())?))
}

/// Open opportunities of events that everybody may see, for search engines: one page of their addresses, by id.
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

// ── For saved searches ──────────────────────────────────────────────────────────────────────────────────────────────

/// One that everybody can find now, as searches are compared with it; nothing for any other.
///
/// # Errors
/// When the database is away.
pub async fn offer(ctx: &Ctx, id: OpportunityId) -> AppResult<Option<Offer>> {
    store::find_offer(ctx, id).await
}

/// Does the list that a query asks for hold this one, for this viewer? What cannot be meant holds nothing.
///
/// # Errors
/// When the database is away.
pub async fn finds(ctx: &Ctx, viewer: Option<&Actor>, board: &Board, id: OpportunityId) -> AppResult<bool> {
    let Ok(ask) = board.ask() else { return Ok(false) };
    let filter = BoardFilter { ask: &ask, wishes: None, not_blocked_for: viewer.and_then(Actor::organization), of: None };
    store::holds(ctx, &filter, id).await
}

/// Everything that the list holds for this viewer; nothing when there are more than `most`.
///
/// # Errors
/// 422 for what cannot be meant.
pub async fn all_ids(ctx: &Ctx, viewer: Option<&Actor>, board: &Board, most: usize) -> AppResult<Option<Vec<Uuid>>> {
    let ask = board.ask()?;
    let filter = BoardFilter { ask: &ask, wishes: None, not_blocked_for: viewer.and_then(Actor::organization), of: None };
    let limit = i64::try_from(most).unwrap_or(i64::MAX).saturating_add(1);
    let ids = store::list_ids(ctx, &filter, limit).await?;
    Ok((ids.len() <= most).then_some(ids))
}

/// What is offered at an event or by a community at this moment, a part at a time.
///
/// # Errors
/// When the database is away.
pub async fn offered(
    ctx: &Ctx,
    event: Option<EventId>,
    community: Option<CommunityId>,
    after: Uuid,
    limit: i64,
) -> AppResult<Vec<Uuid>> {
    store::list_offered(ctx, event, community, after, limit).await
}

/// What these are called in a letter. Who may see them was asked before.
///
/// # Errors
/// When the database is away.
pub async fn names(ctx: &Ctx, ids: &[Uuid]) -> AppResult<Vec<String>> {
    let names = store::list_names(ctx, ids).await?;
    Ok(names.into_iter().map(|(role, event)| format!("{} at {}", isolated(&role), isolated(&event))).collect())
}
