//! The use cases of requests. Accepting is the one transaction in which a request is agreed, a place is taken and the
//! organization appears on the event's page.
//!
//! Locks are taken in the order of the house: community, organization, event, opportunity, request; facts come last.

use super::{
    policy,
    rules::{self, Parties, ProposalDraft, Rejection, Terms},
    store::{self, After},
    views::{
        ApplyInput, Choice, ComposeScreen, ContactView, InboxCounts, InboxPage, InboxRow, InboxTab, PartyView, RequestCan,
        RequestInput, RequestState, RequestView, RevisionHash, RevisionView, TimelineEntry,
    },
};
use crate::{
    features::{
        communities::{policy as communities_policy, service as communities, views::CommunityBrief},
        events::{service as events, views::EventBrief},
        facts::{Audience, FactKind},
        opportunities::{
            rules::not_approved,
            service::{self as opportunities, EventNow, OpportunityBrief, event_changes, is_published, key_of},
            views::{OpportunityStatus, people_label},
        },
        organizations::{logos::logo_url, policy as organizations_policy, service as organizations, views::OrganizationBrief},
        partners::{
            rules::{Assignment, default_lines, settle_lines},
            service as partners,
        },
    },
    kernel::{
        actor::{Actor, Scope, Side, VerificationStatus},
        error::{AppError, AppResult, Denied},
        fact::Subject,
        fields::{Check, FieldErrors},
        ids::{CommunityId, EventId, OpportunityId, OrganizationId, RequestId},
        labels::RejectionReason,
        money::MoneyView,
        page::{Page, PageRequest, cursor, uncursor},
    },
    platform::{
        ctx::Ctx,
        dates,
        facts::{self, StoredFact, Voice},
        jobs::{clear_deadline, set_deadline},
        limits,
        tx::Tx,
    },
};
use chrono::{DateTime, SecondsFormat};
use serde_json::Value;

/// The deadline at which an offer expires.
pub const EXPIRY: &str = "request_expiry";
/// The most facts of one timeline.
const TIMELINE_LIMIT: i64 = 200;

// ── Opening ─────────────────────────────────────────────────────────────────────────────────────────────────────────

/// A community asks an organization, for an event and perhaps for one of its opportunities.
///
/// # Errors
/// 403 for the role or before approval; 422 beside each field; 409 `DUPLICATE_REQUEST` (names the open one),
/// `ORGANIZATION_NOT_VERIFIED`, `EVENT_NOT_PUBLISHED`, `OPPORTUNITY_CLOSED`; 429.
pub async fn send(ctx: &Ctx, actor: &Actor, input: &RequestInput) -> AppResult<RequestId> {
    let Some(community) = actor.community() else {
        return Err(AppError::forbidden(
            "Requests to sponsors are sent by communities. Change to a community's workspace, or apply for an opportunity.",
        ));
    };
    policy::may_act(actor)?;
    communities_policy::may_reach_out(actor)?;
    let (organization, event, opportunity) = read_ids(input)?;

    let mut tx = ctx.begin().await?;
    limits::hit_in(&mut tx, limits::REQUEST_USER, &actor.user().to_string()).await?;
    let event = match (event, opportunity) {
        (Some(event), _) => event,
        (None, Some(opportunity)) => opportunities::parents_in(&mut tx, opportunity).await.map_err(no_opportunity)?.1,
        (None, None) => return Err(AppError::invalid("eventId", "Choose the event.")),
    };
    let community = communities::brief_in(&mut tx, community).await?;
    let organization = organizations::brief_in(&mut tx, organization).await.map_err(|error| match error {
        AppError::NotFound => {
            AppError::invalid("organizationId", "There is no such organization. Choose one from the directory.")
        }
        other => other,
    })?;
    let event = event_of(&mut tx, event, community.id).await?;
    let opportunity = match opportunity {
        Some(id) => Some(opportunities::brief_in(&mut tx, id).await.map_err(no_opportunity)?),
        None => None,
    };
    if opportunity.as_ref().is_some_and(|it| it.opportunity.event != event.id || it.opportunity.community != community.id) {
        return Err(AppError::invalid("opportunityId", "This opportunity belongs to another event. Choose one of this event."));
    }
    let proposal = Typed {
        amount: &input.amount.0,
        currency: &input.currency,
        category: &input.category,
        benefits: input.benefits.as_deref(),
        message: &input.message,
        valid_until: &input.valid_until,
    };
    open_in(tx, actor, Side::Community, (community, organization, event, opportunity), &proposal).await
}

/// An organization applies for an opportunity.
///
/// # Errors
/// 404 for an opportunity that the public does not see; else as [`send`].
pub async fn apply(ctx: &Ctx, actor: &Actor, opportunity: OpportunityId, input: &ApplyInput) -> AppResult<RequestId> {
    let Some(organization) = actor.organization() else {
        return Err(AppError::forbidden(
            "Applications come from sponsors and partners. Change to an organization's workspace, or join as one.",
        ));
    };
    policy::may_act(actor)?;
    organizations_policy::must_be_verified(actor)?;

    let mut tx = ctx.begin().await?;
    limits::hit_in(&mut tx, limits::REQUEST_USER, &actor.user().to_string()).await?;
    let (community, event) = opportunities::parents_in(&mut tx, opportunity).await?;
    let community = communities::brief_in(&mut tx, community).await?;
    let organization = organizations::brief_in(&mut tx, organization).await?;
    let event = events::brief_in(&mut tx, event).await?;
    let opportunity = opportunities::brief_in(&mut tx, opportunity).await?;
    // What the public does not see is not there for an applicant.
    if !opportunity.opportunity.status.is_public() || !event.public_visible || !community.status.may_reach_out() {
        return Err(AppError::NotFound);
    }
    let proposal = Typed {
        amount: &input.amount.0,
        currency: &input.currency,
        category: &input.category,
        benefits: input.benefits.as_deref(),
        message: &input.message,
        valid_until: &input.valid_until,
    };
    open_in(tx, actor, Side::Organization, (community, organization, event, Some(opportunity)), &proposal).await
}

/// A proposal as it was typed, on either path.
struct Typed<'a> {
    amount: &'a str,
    currency: &'a str,
    category: &'a str,
    benefits: Option<&'a [crate::features::partners::views::BenefitInput]>,
    message: &'a str,
    valid_until: &'a str,
}

impl Typed<'_> {
    fn read(&self, opportunity: Option<&OpportunityBrief>) -> Result<ProposalDraft, FieldErrors> {
        let mut check = Check::default();
        let theirs = opportunity.map(|it| it.budget.currency());
        let currency = match (self.currency.trim(), theirs) {
            ("", Some(theirs)) => theirs.code(),
            (typed, _) => typed,
        };
        let read =
            rules::read_proposal(&mut check, self.amount, currency, self.category, self.benefits, self.message, self.valid_until);
        if let (Some(read), Some(theirs)) = (&read, theirs) {
            let message = format!("This opportunity is offered in {theirs}. Name your amount in {theirs}.");
            check.ensure("currency", read.amount.currency == theirs, &message);
        }
        check.finish()?;
        read.ok_or_else(|| FieldErrors::one("", "Fill the form again."))
    }
}

/// Both paths make the same record: the request with its first revision. Everything above it is held already.
async fn open_in(
    mut tx: Tx,
    actor: &Actor,
    side: Side,
    (community, organization, event, opportunity): (CommunityBrief, OrganizationBrief, EventBrief, Option<OpportunityBrief>),
    proposal: &Typed<'_>,
) -> AppResult<RequestId> {
    let ctx = tx.ctx().clone();
    must_be_fit(side, &community, &organization)?;
    if !is_published(&event) {
        return Err(AppError::refused(
            "EVENT_NOT_PUBLISHED",
            format!("{} is not open to sponsors. Only published events that are not over can be supported.", event.title),
        ));
    }
    if let Some(it) = &opportunity {
        it.opportunity.must_take_requests(ctx.now())?;
    }
    let terms = settle(&ctx, proposal.read(opportunity.as_ref())?, opportunity.as_ref(), &event)?;
    let parties = Parties {
        community: community.id,
        organization: organization.id,
        event: event.id,
        opportunity: opportunity.map(|it| it.opportunity.id),
        community_name: community.name,
        organization_name: organization.name,
        event_title: event.title.clone(),
    };
    let revision = rules::revise(ctx.id(), ctx.id(), &parties, (1, None), side, terms, &event.snapshot());
    let opened = rules::open(parties, revision);
    if !store::apply_opened(&mut tx, &opened, actor.user().0, ctx.now()).await? {
        return Err(duplicate(store::find_open(&mut tx, opened.parties()).await?));
    }
    set_deadline(&mut tx, EXPIRY, opened.id().0, opened.revision().terms.valid_until).await?;
    tx.state(actor, &opened);
    tx.result(opened.id());
    tx.commit().await?;
    Ok(opened.id())
}

/// The proposal with everything that it leaves to the opportunity, the tier and the event.
fn settle(
    ctx: &Ctx,
    draft: ProposalDraft,
    opportunity: Option<&OpportunityBrief>,
    event: &EventBrief,
) -> Result<Terms, FieldErrors> {
    let category = draft
        .category
        .or_else(|| opportunity.map(|it| it.opportunity.category))
        .ok_or_else(|| FieldErrors::one("category", "Choose as what they shall stand on the event's page."))?;
    let known = opportunity.map(|it| it.benefits.as_slice()).unwrap_or_default();
    let benefits = if !draft.benefits.is_empty() {
        settle_lines(draft.benefits, known, || ctx.id())
    } else if known.is_empty() {
        settle_lines(default_lines(category.tier()), &[], || ctx.id())
    } else {
        known.to_vec()
    };
    let zone = dates::zone(&event.timezone);
    let valid_until =
        rules::valid_until(draft.validity, |day| dates::end_of_day(day, zone), event.start_at, event.end_at, ctx.now())?;
    Ok(Terms { amount: draft.amount, category, benefits, message: draft.message, valid_until })
}

fn duplicate(existing: Option<RequestId>) -> AppError {
    match existing {
        Some(id) => AppError::refused(
            "DUPLICATE_REQUEST",
            format!("There is an open request between the two of you for this already: {id}. Go on there."),
        ),
        None => AppError::refused("DUPLICATE_REQUEST", "Another request for this was open until just now. Send yours again."),
    }
}

fn no_opportunity(error: AppError) -> AppError {
    match error {
        AppError::NotFound => AppError::invalid("opportunityId", "There is no such opportunity. Choose one of yours."),
        other => other,
    }
}

/// The community's event, kept as it is.
async fn event_of(tx: &mut Tx, event: EventId, community: CommunityId) -> AppResult<EventBrief> {
    match events::brief_in(tx, event).await {
        Ok(event) if event.community_id == community => Ok(event),
        Ok(_) | Err(AppError::NotFound) => {
            Err(AppError::invalid("eventId", "Your community has no such event. Choose one of its events."))
        }
        Err(other) => Err(other),
    }
}

fn read_ids(input: &RequestInput) -> Result<(OrganizationId, Option<EventId>, Option<OpportunityId>), FieldErrors> {
    let mut check = Check::default();
    let organization = check
        .take("organizationId", input.organization_id.trim().parse::<OrganizationId>().map_err(|_| "Choose the organization."));
    let event = match input.event_id.trim() {
        "" => None,
        text => check.take("eventId", text.parse::<EventId>().map_err(|_| "Choose the event.")),
    };
    let opportunity = match input.opportunity_id.trim() {
        "" => None,
        text => check.take("opportunityId", text.parse::<OpportunityId>().map_err(|_| "Choose the opportunity.")),
    };
    if event.is_none() && opportunity.is_none() {
        check.add("eventId", "Choose the event.");
    }
    if !check.is_fine() {
        // A person sees everything that is wrong at once.
        rules::read_proposal(
            &mut check,
            &input.amount.0,
            &input.currency,
            &input.category,
            input.benefits.as_deref(),
            &input.message,
            &input.valid_until,
        );
    }
    check.finish()?;
    organization
        .map(|organization| (organization, event, opportunity))
        .ok_or_else(|| FieldErrors::one("organizationId", "Choose the organization."))
}

/// Both workspaces are fit to deal: the acting one by right (403), the other as a matter of fact (409).
fn must_be_fit(side: Side, community: &CommunityBrief, organization: &OrganizationBrief) -> AppResult<()> {
    let approved = community.status.may_reach_out();
    let verified = organization.status == VerificationStatus::Verified;
    match side {
        Side::Community if !approved => Err(not_approved().into()),
        Side::Organization if !verified => Err(Denied::new(
            "Your organization is not verified, so it cannot deal with communities. Its dashboard says what comes next.",
        )
        .into()),
        // Nobody speaks for one that a community added: the request waits until somebody of theirs has claimed it.
        Side::Community if !verified && organization.status != VerificationStatus::CommunityAdded => Err(AppError::refused(
            "ORGANIZATION_NOT_VERIFIED",
            format!("{} is not verified, so nobody could answer for it. Choose a verified organization.", organization.name),
        )),
        Side::Organization if !approved => Err(AppError::refused(
            "COMMUNITY_NOT_APPROVED",
            format!("{} cannot deal with sponsors at the moment.", community.name),
        )),
        _ => Ok(()),
    }
}

// ── Answering ───────────────────────────────────────────────────────────────────────────────────────────────────────

/// Takes the newest revision as it stands, for the side whose turn it is.
///
/// # Errors
/// 404; 403 (also `CONFLICT_OF_INTEREST`); 409 `REQUEST_CLOSED`, `REQUEST_EXPIRED`, `STALE_REVISION`, `NOT_YOUR_TURN`,
/// `NO_PLACE_LEFT`, `ALREADY_ON_EVENT`, `EVENT_NOT_PUBLISHED`.
pub async fn accept(ctx: &Ctx, actor: &Actor, id: RequestId, shown: &RevisionHash) -> AppResult<RequestId> {
    let mut tx = ctx.begin().await?;
    let parents = store::get_parents(&mut tx, actor.scope(), id).await?;
    let side = may_answer(actor, parents.community, parents.organization)?;
    policy::must_be_impartial(actor, parents.community, parents.organization)?;

    let community = communities::brief_in(&mut tx, parents.community).await?;
    let organization = organizations::brief_in(&mut tx, parents.organization).await?;
    let event = events::brief_in(&mut tx, parents.event).await?;
    if let Some(opportunity) = parents.opportunity {
        opportunities::hold_in(&mut tx, opportunity).await?;
    }
    let request = store::hold(&mut tx, actor.scope(), id).await?;

    let accepted = request.accept(side, shown, ctx.now())?;
    must_be_fit(side, &community, &organization)?;
    if !is_published(&event) {
        return Err(AppError::refused(
            "EVENT_NOT_PUBLISHED",
            format!("{} is over or not published, so nobody can join it.", event.title),
        ));
    }
    let benefits = store::get_benefits(&mut tx, id, request.revision).await?;

    store::apply_accepted(&mut tx, &accepted, ctx.now()).await?;
    clear_deadline(&mut tx, EXPIRY, id.0).await?;
    tx.state(actor, &accepted);
    if let Some(opportunity) = parents.opportunity {
        opportunities::claim_in(&mut tx, actor, opportunity, id).await?;
    }
    let assignment = Assignment {
        event: event.id,
        community: community.id,
        organization: organization.id,
        request: Some(id),
        event_title: event.title,
        event_slug: event.slug,
        name: organization.name,
        logo_key: organization.logo_key,
        website: organization.website,
        category: request.category,
        benefits,
    };
    partners::assign_in(&mut tx, actor, assignment).await?;
    tx.result(id);
    tx.commit().await?;
    Ok(id)
}

/// Says no, and why, for the side whose turn it is.
///
/// # Errors
/// 404, 403, 409 `REQUEST_CLOSED`, `REQUEST_EXPIRED`, `NOT_YOUR_TURN`.
pub async fn reject(ctx: &Ctx, actor: &Actor, id: RequestId, why: Rejection) -> AppResult<RequestId> {
    let mut tx = ctx.begin().await?;
    let request = store::hold(&mut tx, actor.scope(), id).await?;
    let side = may_answer(actor, request.parties.community, request.parties.organization)?;
    let rejected = request.reject(side, why, ctx.now())?;
    store::apply_rejected(&mut tx, &rejected, ctx.now()).await?;
    clear_deadline(&mut tx, EXPIRY, id.0).await?;
    tx.state(actor, &rejected);
    tx.result(id);
    tx.commit().await?;
    Ok(id)
}

/// Takes the offer back, for the side that opened it.
///
/// # Errors
/// 404, 403, 409 `REQUEST_CLOSED`, `REQUEST_EXPIRED`, `NOT_YOURS_TO_WITHDRAW`.
pub async fn withdraw(ctx: &Ctx, actor: &Actor, id: RequestId) -> AppResult<RequestId> {
    let mut tx = ctx.begin().await?;
    let request = store::hold(&mut tx, actor.scope(), id).await?;
    let side = may_answer(actor, request.parties.community, request.parties.organization)?;
    let withdrawn = request.withdraw(side, ctx.now())?;
    store::apply_withdrawn(&mut tx, &withdrawn, ctx.now()).await?;
    clear_deadline(&mut tx, EXPIRY, id.0).await?;
    tx.state(actor, &withdrawn);
    tx.result(id);
    tx.commit().await?;
    Ok(id)
}

/// An offer's time is over: closes it, once, however often it is called, and never early.
///
/// # Errors
/// When the database is away.
pub async fn expire_due(ctx: &Ctx, id: RequestId) -> AppResult<()> {
    let mut tx = ctx.begin().await?;
    let request = store::hold(&mut tx, Scope::system("an offer's time is over"), id).await?;
    if request.state.is_open() && ctx.now() < request.expires_at {
        set_deadline(&mut tx, EXPIRY, id.0, request.expires_at).await?;
        return tx.commit_unstated("the offer was renewed while the sweeper was on its way").await;
    }
    clear_deadline(&mut tx, EXPIRY, id.0).await?;
    match request.expire(ctx.now()) {
        Ok(expired) => {
            store::apply_expired(&mut tx, &expired, ctx.now()).await?;
            tx.state(Voice::System, &expired);
            tx.commit().await
        }
        Err(_) => tx.commit_unstated("it was answered before its time was over").await,
    }
}

/// The side that the actor may answer for: theirs, with the role, in a workspace that may deal.
fn may_answer(actor: &Actor, community: CommunityId, organization: OrganizationId) -> AppResult<Side> {
    let side = policy::side(actor, community, organization)?;
    policy::may_act(actor)?;
    gate(actor, side)?;
    Ok(side)
}

/// Only verified organizations and approved or active communities act.
fn gate(actor: &Actor, side: Side) -> Result<(), Denied> {
    match side {
        Side::Community => communities_policy::may_reach_out(actor).map(|_| ()),
        Side::Organization => organizations_policy::must_be_verified(actor).map(|_| ()),
    }
}

// ── Reading ─────────────────────────────────────────────────────────────────────────────────────────────────────────

/// One part of the acting workspace's inbox: whose turn it is first, then who has waited longest.
///
/// # Errors
/// 403 for a role that does not see requests; 422 for a cursor that is none.
pub async fn inbox(ctx: &Ctx, actor: &Actor, tab: InboxTab, page: &PageRequest) -> AppResult<InboxPage> {
    let side = policy::may_see_inbox(actor)?;
    let after = page.cursor.as_deref().map(after).transpose()?;
    let rows =
        store::list(ctx, actor.scope(), side, tab, after.as_ref(), i64::from(page.offset), i64::from(page.limit) + 1).await?;
    let counted = store::count(ctx, actor.scope(), side).await?;
    let counts =
        InboxCounts { your_turn: counted.your_turn, open: counted.open, accepted: counted.accepted, history: counted.history };
    let Page { items, next_cursor, total, total_capped } = Page::cut(rows, page.limit, counts.of(tab), |row| {
        let since = row.closed_at.unwrap_or(row.turn_since);
        cursor(&[&row.turn, &since.to_rfc3339_opts(SecondsFormat::Micros, true), &row.id.to_string()])
    });
    let items = items.into_iter().map(|row| inbox_row(ctx, side, row)).collect::<AppResult<Vec<_>>>()?;
    Ok(InboxPage { items, next_cursor, total, total_capped, counts, tab })
}

/// How many requests wait for the acting workspace; nothing for a role that does not see requests.
///
/// # Errors
/// When the database is away.
pub async fn counts(ctx: &Ctx, actor: &Actor) -> AppResult<Option<InboxCounts>> {
    let Ok(side) = policy::may_see_inbox(actor) else { return Ok(None) };
    let counted = store::count(ctx, actor.scope(), side).await?;
    Ok(Some(InboxCounts {
        your_turn: counted.your_turn,
        open: counted.open,
        accepted: counted.accepted,
        history: counted.history,
    }))
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

fn inbox_row(ctx: &Ctx, side: Side, row: store::Row) -> AppResult<InboxRow> {
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
    Ok(InboxRow {
        id: row.id.into(),
        state,
        opened_by: store::side(&row.opened_by)?,
        turn,
        your_turn,
        turn_label: match (state.is_open(), your_turn) {
            (true, true) => "Your turn".into(),
            (true, false) => format!("Waiting for {}", counterpart.name),
            (false, _) => state.word().into(),
        },
        tone: if your_turn { "accent".into() } else { state.tone().into() },
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
        expires_label: dates::moment(row.expires_at, dates::zone(&row.timezone)),
    })
}

fn parties(row: &store::Row) -> (PartyView, PartyView) {
    let community = PartyView {
        side: Side::Community,
        id: row.community_id,
        href: format!("/communities/{}", row.community_slug),
        slug: row.community_slug.clone(),
        name: row.community_name.clone(),
        logo_url: row.community_logo_key.as_deref().map(logo_url),
    };
    let organization = PartyView {
        side: Side::Organization,
        id: row.organization_id,
        href: format!("/directory/{}", row.organization_slug),
        slug: row.organization_slug.clone(),
        name: row.organization_name.clone(),
        logo_url: row.organization_logo_key.as_deref().map(logo_url),
    };
    (community, organization)
}

/// One request, with its terms, revisions, timeline, and what the viewer may do.
///
/// # Errors
/// 404 for everybody who is on neither side; 403 for a role that does not see requests.
pub async fn get(ctx: &Ctx, actor: &Actor, id: RequestId) -> AppResult<RequestView> {
    let row = store::find(ctx, actor.scope(), id).await?.ok_or(AppError::NotFound)?;
    let side = policy::side(actor, row.community_id.into(), row.organization_id.into())?;
    policy::may_see(actor)?;
    let revisions = store::list_revisions(ctx, id).await?;
    let newest = revisions.last().ok_or_else(|| AppError::broken("a request has no revision"))?;
    let facts = facts::timeline(ctx.db(), Subject::from(id), TIMELINE_LIMIT).await?;
    let canonical: Value = serde_json::from_str(&newest.canonical).unwrap_or(Value::Null);
    let changes = event_changes(
        &canonical["eventSnapshot"],
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

    let zone = dates::zone(&row.timezone);
    let state = store::state(&row.state)?;
    let turn = store::side(&row.turn)?;
    let opened_by = store::side(&row.opened_by)?;
    let (community, organization) = parties(&row);
    let other = match side {
        Side::Community => &organization,
        Side::Organization => &community,
    };
    let (can, why_not) = may(ctx, actor, &row, (state, opened_by, turn), side);
    let reason = row.rejection_reason.as_deref().and_then(|reason| RejectionReason::parse(reason).ok());
    let expires_label = dates::moment(row.expires_at, zone);
    let next_action = rules::next_action((state, opened_by, turn), side, &other.name, &expires_label, &why_not, reason);
    let timeline = facts.iter().filter_map(|fact| entry(fact, zone)).collect();
    let revisions = revisions
        .into_iter()
        .map(|revision| revision_view(revision, &community.name, &organization.name, zone))
        .collect::<AppResult<Vec<_>>>()?;
    let current = revisions.last().cloned().ok_or_else(|| AppError::broken("a request has no revision"))?;
    Ok(RequestView {
        id,
        state,
        opened_by,
        turn,
        side,
        your_turn: state.is_open() && turn == side,
        community_id: row.community_id.into(),
        organization_id: row.organization_id.into(),
        community,
        organization,
        event_id: row.event_id.into(),
        event_title: row.event_title,
        event_slug: row.event_slug,
        event_when_label: match (row.start_at, row.end_at) {
            (Some(start), Some(end)) => dates::days(start, end, zone),
            _ => String::new(),
        },
        event_people_label: people_label(row.max_attendees),
        event_changes: changes,
        opportunity_id: row.opportunity_id.map(Into::into),
        opportunity_title: row.opportunity_title,
        amount: current.amount,
        amount_minor: current.amount_minor,
        currency: current.currency,
        amount_label: current.amount_label,
        category: current.category,
        tier_keyword: current.category.tier(),
        hue: current.category.hue(),
        benefits: current.benefits,
        message: current.message,
        revision: current.sequence,
        revision_hash: current.hash,
        revisions,
        rejection_reason: reason,
        rejection_note: row.rejection_note.filter(|note| !note.is_empty()),
        opened_at: row.opened_at,
        expires_at: row.expires_at,
        expires_label,
        expires_in: dates::ahead(ctx.now(), row.expires_at),
        closed_at: row.closed_at,
        timeline,
        can,
        why_not,
        next_action,
    })
}

/// How an organization reaches the community of an open request.
///
/// # Errors
/// When the database is away.
pub async fn contact(ctx: &Ctx, actor: &Actor, request: &RequestView) -> AppResult<Option<ContactView>> {
    if request.side != Side::Organization || !request.state.is_open() {
        return Ok(None);
    }
    let contact = communities::contact(ctx, request.community_id, actor, true).await?;
    Ok(contact.map(|contact| ContactView { email: contact.official_email, phone: contact.phone }))
}

/// What the page where a community writes a request needs.
///
/// # Errors
/// 403 for everybody but a community's people who act on requests; 404 for an organization that is not listed.
pub async fn compose(ctx: &Ctx, actor: &Actor, organization: &str) -> AppResult<ComposeScreen> {
    if actor.community().is_none() {
        return Err(AppError::forbidden("Requests to sponsors are sent by communities. Change to a community's workspace."));
    }
    policy::may_act(actor)?;
    let found = organizations::get_by(ctx, Some(actor), &organizations::OrganizationRef::Slug(organization.to_owned())).await?;
    let events = events::choices(ctx, actor).await?.into_iter().filter(is_published);
    let events = events
        .map(|event| Choice { id: event.id.to_string(), label: format!("{}, {}", event.title, event.when_label) })
        .collect();
    let open = PageRequest { limit: 100, ..PageRequest::default() };
    let opportunities = match opportunities::list_mine(ctx, actor, Some(OpportunityStatus::Open), &open).await {
        Ok(page) => page.items,
        // Somebody may send requests without managing opportunities.
        Err(AppError::Forbidden(_)) => Vec::new(),
        Err(other) => return Err(other),
    };
    let problem = match communities_policy::may_reach_out(actor) {
        Err(denied) => denied.message,
        Ok(_) if !found.can.request => {
            format!("{} is not verified, so nobody could answer for it. Choose a verified organization.", found.display_name)
        }
        Ok(_) => String::new(),
    };
    Ok(ComposeScreen {
        industry: found.industry.label().to_owned(),
        gives: found.available_sponsorship_types.iter().flatten().map(ToString::to_string).collect(),
        budget_label: found.budget_range.as_ref().map(|budget| budget.label.clone()).unwrap_or_default(),
        organization: PartyView {
            side: Side::Organization,
            id: found.id.0,
            href: format!("/directory/{}", found.slug),
            slug: found.slug,
            name: found.display_name,
            logo_url: found.logo_url,
        },
        events,
        opportunities: opportunities
            .into_iter()
            .map(|it| Choice {
                id: it.id.to_string(),
                label: format!("{}: {}, {} ({})", it.event.title, it.category, it.budget_range.formatted, it.places_label),
            })
            .collect(),
        problem,
        acting: key_of(Some(actor)),
    })
}

/// What the viewer may do, and what keeps them from answering although it is their side's turn. A courtesy: the services
/// decide again, under their locks.
fn may(
    ctx: &Ctx,
    actor: &Actor,
    row: &store::Row,
    (state, opened_by, turn): (RequestState, Side, Side),
    side: Side,
) -> (RequestCan, String) {
    if !state.is_open() || ctx.now() >= row.expires_at {
        return (RequestCan::default(), String::new());
    }
    let (community, organization) = (row.community_id.into(), row.organization_id.into());
    if let Err(denied) = policy::may_act(actor).and_then(|()| gate(actor, side)) {
        return (RequestCan::default(), denied.message);
    }
    let mine = turn == side;
    let conflict = policy::must_be_impartial(actor, community, organization).err();
    let other_is_fit = match side {
        Side::Community => row.organization_status == VerificationStatus::Verified.label(),
        Side::Organization => matches!(row.community_status.as_str(), "approved" | "active"),
    };
    let can = RequestCan { accept: mine && conflict.is_none() && other_is_fit, reject: mine, withdraw: opened_by == side };
    let why_not = match conflict {
        Some(denied) if mine => denied.message,
        _ if mine && !other_is_fit => {
            "The other side cannot deal at the moment, so there is nobody to agree with. You can decline.".into()
        }
        _ => String::new(),
    };
    (can, why_not)
}

fn revision_view(row: store::RevisionRow, community: &str, organization: &str, zone: chrono_tz::Tz) -> AppResult<RevisionView> {
    let side = store::side(&row.side)?;
    let money = MoneyView::from(store::money(row.amount_minor, &row.currency)?);
    Ok(RevisionView {
        sequence: row.sequence,
        side,
        by: match side {
            Side::Community => community.to_owned(),
            Side::Organization => organization.to_owned(),
        },
        amount: money.amount,
        amount_minor: money.amount_minor,
        currency: money.currency,
        amount_label: money.formatted,
        category: store::category(&row.category)?,
        benefits: serde_json::from_value(row.benefits).map_err(|error| AppError::Broken(Box::new(error)))?,
        message: row.message,
        valid_until: row.valid_until,
        valid_until_label: dates::moment(row.valid_until, zone),
        hash: RevisionHash::from_bytes(&row.hash),
        previous_hash: row.prev_hash.as_deref().map(RevisionHash::from_bytes),
        canonical: row.canonical,
        created_at: row.created_at,
        created_label: dates::moment(row.created_at, zone),
    })
}

/// A fact in words, where both sides may read it. Names come from the erasable part and are left out once they are gone.
fn entry(fact: &StoredFact, zone: chrono_tz::Tz) -> Option<TimelineEntry> {
    let kind = FactKind::find(&fact.room, &fact.name)?;
    if kind.audience() != Audience::BothSides {
        return None;
    }
    let said = |key: &str| fact.private[key].as_str().filter(|text| !text.is_empty()).map(str::to_owned);
    let who = match fact.payload["side"].as_str() {
        Some("community") => said("communityName").unwrap_or_else(|| "The community".into()),
        Some("organization") => said("organizationName").unwrap_or_else(|| "The organization".into()),
        _ => "CommDesk".into(),
    };
    let applied = fact.payload["openedBy"].as_str() == Some("organization");
    let (text, tone, icon, quote) = match kind {
        FactKind::RequestOpened if applied => ("applied".into(), "info", "send", said("message")),
        FactKind::RequestOpened => ("sent a request".into(), "info", "send", said("message")),
        FactKind::RequestAccepted => ("accepted the offer".into(), "success", "check", None),
        FactKind::RequestRejected => {
            let reason = fact.payload["reason"].as_str().unwrap_or("Other").to_lowercase();
            (format!("declined: {reason}"), "danger", "x", said("note"))
        }
        FactKind::RequestWithdrawn => ("withdrew the request".into(), "neutral", "undo", None),
        FactKind::RequestExpired => ("closed the request, because nobody answered in time".into(), "neutral", "hourglass", None),
        _ => return None,
    };
    Some(TimelineEntry {
        at: fact.at,
        at_label: dates::moment(fact.at, zone),
        name: fact.name.clone(),
        who,
        text,
        tone: tone.into(),
        icon: icon.into(),
        quote,
    })
}
