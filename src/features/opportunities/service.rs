//! The use cases of opportunities. Places are claimed for the rooms below by [`claim_in`].

use super::{
    policy,
    rules::{self, CloseReason, Content, EventStanding, OpportunityDraft, search_terms},
    store::{self, Filter, Held},
    views::{
        CommunityGlance, EditorScreen, EventChoice, EventGlance, OpportunityCan, OpportunityInput, OpportunityPage,
        OpportunityRow, OpportunityStatus, OpportunityView, people_label, places_label,
    },
};
use crate::{
    features::{
        communities::{policy as communities_policy, service as communities, views::CommunityBrief},
        events::{rules::EventStatus, service as events, views::EventBrief},
        organizations::{logos::logo_url, policy as organizations_policy},
        partners::{rules::settle_lines, views::BenefitLine},
    },
    kernel::{
        actor::{Actor, Capability, Membership, Scope},
        error::{AppError, AppResult},
        fields::{Check, FieldErrors},
        ids::{CommunityId, EventId, OpportunityId, RequestId},
        labels::{Category, EventFormat, EventType, Region},
        money::{Currency, MoneyRange},
        page::{Page, PageRequest, cursor, uncursor},
    },
    platform::{
        ctx::Ctx,
        dates,
        facts::Voice,
        jobs::{clear_deadline, set_deadline},
        tx::Tx,
    },
};
use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::Value;
use uuid::Uuid;

/// The deadline that closes an opportunity.
pub const DECISION: &str = "opportunity_decision";

/// What the public list is asked for; empty texts filter nothing.
#[derive(Debug, Clone, Default)]
pub struct OpportunityQuery {
    pub search: String,
    pub event_type: String,
    pub category: String,
    pub format: String,
    pub region: String,
    pub currency: String,
}

impl OpportunityQuery {
    /// # Errors
    /// Names each filter that is not on its list.
    fn filter(&self) -> Result<Filter, FieldErrors> {
        let mut check = Check::default();
        let filter = Filter {
            terms: search_terms(&self.search),
            event_type: one_of(&mut check, "eventType", &self.event_type, EventType::parse),
            category: one_of(&mut check, "category", &self.category, Category::parse),
            format: one_of(&mut check, "format", &self.format, EventFormat::parse),
            region: one_of(&mut check, "region", &self.region, Region::parse),
            currency: one_of(&mut check, "currency", &self.currency, Currency::parse),
        };
        check.finish()?;
        Ok(filter)
    }
}

/// A label of a list, when one was asked for.
fn one_of<T, E: ToString>(check: &mut Check, path: &str, text: &str, parse: impl Fn(&str) -> Result<T, E>) -> Option<String> {
    let text = text.trim();
    if text.is_empty() { None } else { check.take(path, parse(text)).map(|_| text.to_owned()) }
}

/// Open opportunities of public events, the next to be decided first.
///
/// # Errors
/// 422 for an unknown filter or cursor.
pub async fn list(ctx: &Ctx, query: &OpportunityQuery, page: &PageRequest) -> AppResult<OpportunityPage> {
    let filter = query.filter()?;
    let after = page.cursor.as_deref().map(after).transpose()?;
    let rows = store::list_open(ctx, &filter, after, i64::from(page.offset), i64::from(page.limit) + 1).await?;
    let counted = store::count_open(ctx, &filter).await?;
    let cut = Page::cut(rows, page.limit, counted, |row| key(row.decision_at, row.id));
    opportunity_page(ctx, cut)
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

/// One opportunity, with what the viewer may do.
///
/// # Errors
/// 404 where it is neither public nor the viewer's to know of.
pub async fn get(ctx: &Ctx, viewer: Option<&Actor>, id: OpportunityId) -> AppResult<OpportunityView> {
    // Drafts are for the people who manage them; their colleagues see what is public.
    let scope = viewer.filter(|viewer| viewer.can(Capability::ManageOpportunities)).map(Actor::scope);
    let row = store::find(ctx, scope, id).await?.ok_or(AppError::NotFound)?;
    let community = crate::kernel::actor::Side::Community;
    crate::features::blocks::service::must_be_visible(ctx, viewer, community, row.community_id).await?;
    let benefits = store::list_benefits(ctx.db(), id).await?;
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
    let (apply, hint) = may_apply(viewer, &row, status, ctx.now());
    let managed = policy::manages(viewer, row.community_id.into());
    let editable = matches!(status, OpportunityStatus::Draft | OpportunityStatus::Open);
    let category = category_of(&row.category)?;
    let budget = row.budget()?;
    let left = places_left(&row);
    Ok(OpportunityView {
        id,
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
            apply,
        },
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
        .map(|event| EventChoice { id: event.id, label: format!("{}, {} ({})", event.title, event.when_label, event.status) })
        .collect();
    // An event that is over is no choice any more, but the opportunity's own stays its own.
    if let Some(own) = opportunity.as_ref().map(|it| &it.event)
        && !events.iter().any(|event| event.id == own.id)
    {
        events.insert(0, EventChoice { id: own.id, label: own.title.clone() });
    }
    let gate = communities_policy::may_reach_out(actor).err().map(|denied| denied.message).unwrap_or_default();
    Ok(EditorScreen { opportunity, events, gate, acting: key_of(Some(actor)) })
}

/// The workspace that pages act for, by its key; empty for nobody's.
pub fn key_of(actor: Option<&Actor>) -> String {
    actor.and_then(|actor| actor.acting.as_ref()).map(Membership::key).unwrap_or_default()
}

/// May the viewer apply, and if not, what would be needed?
fn may_apply(viewer: Option<&Actor>, row: &store::Row, status: OpportunityStatus, now: DateTime<Utc>) -> (bool, String) {
    let no = |why: &str| (false, why.to_owned());
    if status != OpportunityStatus::Open || row.decision_at <= now {
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
    let content = settle(ctx, draft, &[], &community, &event);
    let drafted = rules::draft(ctx.id(), community.id, content, &standing)?;
    store::apply_drafted(&mut tx, &drafted, actor.user().0, ctx.now()).await?;
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

/// Saves new words over the version that was seen.
///
/// # Errors
/// 404, 403, 422, 409 `VERSION_CONFLICT` or `OPPORTUNITY_CLOSED`.
pub async fn edit(
    ctx: &Ctx,
    actor: &Actor,
    id: OpportunityId,
    version: i32,
    input: &OpportunityInput,
) -> AppResult<OpportunityId> {
    let draft = input.parse();
    let mut tx = ctx.begin().await?;
    let (community, _) = store::find_parents(&mut tx, actor.scope(), id).await?;
    policy::may_manage(actor)?;
    let draft = draft?;
    let (community, event) = parents(&mut tx, community.into(), draft.event).await?;
    let held = store::hold(&mut tx, actor.scope(), id).await?;
    let known = store::list_benefits(&mut *tx.conn(), id).await?;
    let content = settle(ctx, draft, &known, &community, &event);
    let taken = i32::try_from(held.taken).unwrap_or(i32::MAX);
    let edited = held.opportunity.edit(version, content, &standing(&event), taken, ctx.now())?;
    store::apply_edited(&mut tx, &edited, held.places, ctx.now()).await?;
    tx.state(actor, &edited);
    if held.opportunity.status == OpportunityStatus::Open {
        set_deadline(&mut tx, DECISION, id.0, edited.content().decision_at).await?;
    }
    tx.result(id);
    tx.commit().await?;
    Ok(id)
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

/// Takes a place for an accepted request, and fills the opportunity with the last one. The caller holds community,
/// organization and event; this holds the opportunity.
///
/// # Errors
/// 409 `NO_PLACE_LEFT` for whoever comes too late.
pub async fn claim_in(tx: &mut Tx, actor: &Actor, id: OpportunityId, request: RequestId) -> AppResult<()> {
    let now = tx.ctx().now();
    let Held { opportunity, places, taken, .. } =
        store::hold(tx, Scope::system("an accepted request takes a place of its opportunity"), id).await?;
    store::claim(tx, id, request, now).await?.ok_or_else(rules::no_place_left)?;
    if let Some(filled) = opportunity.fill(i64::from(places) - taken - 1, request) {
        store::apply_filled(tx, &filled, now).await?;
        clear_deadline(tx, DECISION, id.0).await?;
        tx.state(actor, &filled);
    }
    Ok(())
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

fn settle(ctx: &Ctx, draft: OpportunityDraft, known: &[BenefitLine], community: &CommunityBrief, event: &EventBrief) -> Content {
    let benefits = settle_lines(draft.benefits, known, || ctx.id());
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
    Content {
        event: event.id,
        title: draft.title,
        description: draft.description,
        category: draft.category,
        budget: draft.budget,
        benefits,
        places: draft.places,
        decision_date: draft.deadline,
        decision_at: dates::end_of_day(draft.deadline, dates::zone(&event.timezone)),
        event_snapshot: event.snapshot(),
        search_text,
    }
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
    let said = |text: &str| if text.is_empty() { "not said".to_owned() } else { text.to_owned() };
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
