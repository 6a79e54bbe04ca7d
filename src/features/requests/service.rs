//! The use cases of requests. Accepting is the one transaction in which a request is agreed, a place is taken and the
//! organization appears on the event's page.
//!
//! Locks are taken in the order of the house: community, organization, event, opportunity, request; facts come last.

use super::{
    inbox, policy,
    rules::{self, Parties, ProposalDraft, Rejection, Request, Terms, inbox::InboxFilter, sending},
    store, store_sending,
    views::{
        ApplyInput, Choice, ColleagueView, ComposeScreen, ContactView, InboxPage, InboxTab, PartyView, RequestCan, RequestInput,
        RequestState, RequestView, RevisionHash, RevisionView, TimelineEntry,
    },
};
use crate::{
    features::{
        blocks::service as blocks,
        communities::{policy as communities_policy, service as communities, views::CommunityBrief},
        events::{service as events, views::EventBrief},
        facts::{Audience, FactKind},
        opportunities::{
            items::Mix,
            policy as opportunities_policy,
            service::{self as opportunities, EventNow, OpportunityBrief, event_changes, is_published, key_of},
            views::{people_label, places_label},
        },
        organizations::{logos::logo_url, policy as organizations_policy, service as organizations, views::OrganizationBrief},
        partners::{
            rules::{Assignment, default_lines, settle_lines},
            service as partners,
            views::BenefitInput,
        },
    },
    kernel::{
        actor::{Actor, Scope, Side, VerificationStatus},
        error::{AppError, AppResult, Denied, Refusal},
        fields::{Check, FieldErrors},
        ids::{CommunityId, EventId, OpportunityId, OrganizationId, RequestId},
        labels::RejectionReason,
        money::{MoneyRange, MoneyRangeView, MoneyView},
        page::PageRequest,
        text::isolated,
    },
    platform::{
        ctx::Ctx,
        dates,
        facts::Voice,
        jobs::{clear_deadline, set_deadline},
        limits,
        tx::Tx,
    },
};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;
use uuid::Uuid;

/// The deadline at which an offer expires.
pub const EXPIRY: &str = "request_expiry";
/// The most facts of one timeline.
const TIMELINE_LIMIT: i64 = 200;

// ── Opening ─────────────────────────────────────────────────────────────────────────────────────────────────────────

/// A community asks an organization, for an event and perhaps for one of its opportunities.
///
/// # Errors
/// 403 for the role or before approval; 422 beside each field; 409 `DUPLICATE_REQUEST` (names the open one),
/// `NOT_TAKING_REQUESTS`, `EVENT_NOT_PUBLISHED`, `OPPORTUNITY_CLOSED`; 429.
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
        mix: None,
        waits: false,
    };
    let (tx, id) =
        open_in(tx, actor, Side::Community, (community, organization, event, opportunity), &proposal, input.anyway).await?;
    tx.commit().await?;
    Ok(id)
}

/// An organization applies for an opportunity, in a transaction that the caller commits. For its waiting list, where the input
/// says so: then the opportunity is held alone, and the caller puts the application in line.
///
/// # Errors
/// 404 for an opportunity that the public does not see; else as [`send`].
pub async fn apply_in(ctx: &Ctx, actor: &Actor, opportunity: OpportunityId, input: &ApplyInput) -> AppResult<(Tx, RequestId)> {
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
    if input.waiting_list {
        // Alone from the beginning: two who share it would wait for each other.
        opportunities::hold_in(&mut tx, opportunity).await?;
    }
    let opportunity = opportunities::brief_in(&mut tx, opportunity).await?;
    // What the public does not see is not there for an applicant.
    if !opportunity.opportunity.status.is_public()
        || opportunity.is_hidden
        || !event.public_visible
        || !community.status.may_reach_out()
    {
        return Err(AppError::NotFound);
    }
    let mix = opportunities::mix_in(&mut tx, &opportunity, &input.items, &input.amount.0, input.waiting_list).await?;
    let amount = mix.as_ref().map_or_else(|| input.amount.0.clone(), |mix| mix.total().to_major_string());
    let benefits = mix.as_ref().map(|mix| with_mix(&opportunity, mix));
    let proposal = Typed {
        amount: &amount,
        currency: &input.currency,
        category: &input.category,
        benefits: benefits.as_deref().or(input.benefits.as_deref()),
        mix: mix.as_ref(),
        message: &input.message,
        valid_until: &input.valid_until,
        waits: input.waiting_list,
    };
    // Who applies for another opportunity does not ask the same again.
    open_in(tx, actor, Side::Organization, (community, organization, event, Some(opportunity)), &proposal, true).await
}

/// As [`apply_in`], and that is all.
///
/// # Errors
/// As [`apply_in`].
pub async fn apply(ctx: &Ctx, actor: &Actor, opportunity: OpportunityId, input: &ApplyInput) -> AppResult<RequestId> {
    let (tx, id) = apply_in(ctx, actor, opportunity, &ApplyInput { waiting_list: false, ..input.clone() }).await?;
    tx.commit().await?;
    Ok(id)
}

/// A proposal as it was typed, on either path.
struct Typed<'a> {
    amount: &'a str,
    currency: &'a str,
    category: &'a str,
    benefits: Option<&'a [BenefitInput]>,
    message: &'a str,
    valid_until: &'a str,
    /// The pieces that were chosen, priced.
    mix: Option<&'a Mix>,
    /// For the waiting list of a full opportunity too.
    waits: bool,
}

/// What the opportunity gives to everybody, and the pieces that were chosen.
fn with_mix(opportunity: &OpportunityBrief, mix: &Mix) -> Vec<BenefitInput> {
    opportunity.benefits.iter().map(BenefitInput::from).chain(mix.benefits()).collect()
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

/// Both paths make the same record: the request with its first revision. Everything above it is held already; the caller
/// commits.
async fn open_in(
    mut tx: Tx,
    actor: &Actor,
    side: Side,
    (community, organization, event, opportunity): (CommunityBrief, OrganizationBrief, EventBrief, Option<OpportunityBrief>),
    proposal: &Typed<'_>,
    anyway: bool,
) -> AppResult<(Tx, RequestId)> {
    let ctx = tx.ctx().clone();
    must_be_fit(side, &community, &organization)?;
    // Silent: whoever is blocked learns nothing but this.
    if blocks::stands_in(&mut tx, community.id, organization.id).await? {
        return Err(not_taking(match side {
            Side::Community => &organization.name,
            Side::Organization => &community.name,
        }));
    }
    if event.is_hidden || opportunity.as_ref().is_some_and(|it| it.is_hidden) {
        return Err(AppError::refused(
            "LISTING_HIDDEN",
            format!(
                "Our staff took this off the marketplace, so nothing new can be asked about {}. Its page says why.",
                isolated(&event.title)
            ),
        ));
    }
    if !is_published(&event) {
        return Err(AppError::refused(
            "EVENT_NOT_PUBLISHED",
            format!(
                "{} is not open to sponsors. Only published events that are not over can be supported.",
                isolated(&event.title)
            ),
        ));
    }
    if let Some(it) = &opportunity {
        match proposal.waits {
            true => it.opportunity.must_take_waiting(ctx.now())?,
            false => it.opportunity.must_take_requests(ctx.now())?,
        }
    }
    let mut draft = proposal.read(opportunity.as_ref())?;
    // Lines are long: who names no day waits until the event begins, or, of one that has begun, until it ends.
    if proposal.waits
        && draft.validity == rules::Validity::Usual
        && let Some(last) = event.start_at.filter(|start| *start > ctx.now()).or(event.end_at)
    {
        draft.validity = rules::Validity::Until(last);
    }
    let terms = settle(&ctx, draft, opportunity.as_ref(), &event)?;
    let title = opportunity.as_ref().map(|it| it.opportunity.title.clone()).unwrap_or_default();
    let parties = Parties {
        community: community.id,
        organization: organization.id,
        event: event.id,
        opportunity: opportunity.map(|it| it.opportunity.id),
        community_name: community.name,
        organization_name: organization.name,
        event_title: event.title.clone(),
    };
    if !anyway
        && let Some(day) = store_sending::find_ask_again(&mut tx, &parties, side).await?
        && ctx.now().date_naive() < day
    {
        return Err(AppError::refused(
            "ASK_AGAIN_LATER",
            format!(
                "{} turned you down and asked you to ask again in {}. Wait until then, or send it anyway.",
                isolated(match side {
                    Side::Community => &parties.organization_name,
                    Side::Organization => &parties.community_name,
                }),
                sending::month_label(day),
            ),
        ));
    }
    let words = sending::words_key(&terms.message);
    let search_text = [&parties.community_name, &parties.organization_name, &parties.event_title, &title, &terms.message]
        .map(|text| text.to_lowercase())
        .join(" ");
    let workspace = match side {
        Side::Community => parties.community.0,
        Side::Organization => parties.organization.0,
    };
    let (week_ago, hour_ago) = (ctx.now() - sending::WEEK, ctx.now() - TimeDelta::hours(1));
    let sent = store_sending::hold_sender(&mut tx, side, workspace, actor.user(), words, week_ago, hour_ago).await?;
    // A duplicate is told before a quota: it was not going to be sent.
    if let Some(existing) = store::find_open(&mut tx, &parties, side).await? {
        return Err(duplicate(Some(existing), actor));
    }
    sent.must_leave_room(quota_factor(&ctx), ctx.now()).map_err(quota_spent)?;
    let signals = sent.signals(&terms.message);
    let revision = rules::revise(ctx.id(), ctx.id(), &parties, (1, None), side, terms, &event.snapshot());
    let opened = rules::open(parties, revision, !signals.is_empty());
    if !store::apply_opened(&mut tx, &opened, actor.user().0, words, &search_text, ctx.now()).await? {
        return Err(duplicate(store::find_open(&mut tx, opened.parties(), side).await?, actor));
    }
    if let Some(id) = opened.parties().opportunity {
        let snapshot = opportunities::snapshot_in(&mut tx, id).await?;
        store::keep_snapshot(&mut tx, opened.id(), &snapshot).await?;
    }
    if let Some(mix) = proposal.mix {
        opportunities::keep_mix_in(&mut tx, opened.id(), mix).await?;
    }
    set_deadline(&mut tx, EXPIRY, opened.id().0, opened.revision().terms.valid_until).await?;
    tx.state(actor, &opened);
    if !signals.is_empty() {
        let held = Request::hold_back(opened.id(), opened.parties(), side, signals);
        store_sending::apply_held(&mut tx, &held, ctx.now()).await?;
        tx.state(Voice::System, &held);
    }
    tx.result(opened.id());
    Ok((tx, opened.id()))
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

fn duplicate(existing: Option<(RequestId, bool)>, actor: &Actor) -> AppError {
    match existing {
        // Staff look at the other side's first: it is not named before they have.
        Some((_, false)) => {
            AppError::refused("DUPLICATE_REQUEST", "A request between the two of you for this is on its way. Wait for it.")
        }
        Some((id, true)) => Refusal::new(
            "DUPLICATE_REQUEST",
            format!("There is an open request between the two of you for this already: {id}. Go on there."),
        )
        .at(format!("/requests/{id}?as={}", key_of(Some(actor))))
        .into(),
        None => AppError::refused("DUPLICATE_REQUEST", "Another request for this was open until just now. Send yours again."),
    }
}

/// Only a development machine multiplies limits.
fn quota_factor(ctx: &Ctx) -> u32 {
    u32::try_from(ctx.house.settings.limit_factor).unwrap_or(1).max(1)
}

fn quota_spent(spent: sending::QuotaSpent) -> AppError {
    let days = spent.retry_after.div_ceil(86_400);
    let when = if days <= 1 { "within a day".to_owned() } else { format!("in {days} days") };
    AppError::Quota {
        code: "REQUEST_QUOTA",
        message: format!(
            "{} requests a week are the most for {}, and all of them are sent. The next one is free {when}. Nothing was sent; \
             what you wrote is kept here.",
            spent.limit, spent.whose,
        ),
        retry_after: spent.retry_after,
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
        Side::Community if !approved => Err(Denied::coded(
            "NOT_APPROVED",
            "Your community is not approved at the moment, so it cannot deal with sponsors. Its dashboard says what comes next.",
        )
        .into()),
        Side::Organization if !verified => Err(Denied::coded(
            "NOT_VERIFIED",
            "Your organization is not verified, so it cannot deal with communities. Its dashboard says what comes next.",
        )
        .into()),
        // Nobody speaks for one that a community added: the request waits until somebody of theirs has claimed it.
        Side::Community if !verified && organization.status != VerificationStatus::CommunityAdded => {
            Err(not_taking(&organization.name))
        }
        Side::Organization if !approved => Err(not_taking(&community.name)),
        _ => Ok(()),
    }
}

/// One refusal for whoever cannot deal, whatever the reason is: not checked (any more), suspended, or a block, which nobody
/// is told of.
fn not_taking(other: &str) -> AppError {
    AppError::refused(
        "NOT_TAKING_REQUESTS",
        format!("{} does not deal with requests at the moment. Choose somebody else, or look again later.", isolated(other)),
    )
}

// ── Answering ───────────────────────────────────────────────────────────────────────────────────────────────────────

/// Takes the newest revision as it stands, for the side whose turn it is.
///
/// # Errors
/// 404; 403 (also `CONFLICT_OF_INTEREST`, `NOT_APPROVED`, `NOT_VERIFIED`); 409 `REQUEST_CLOSED`, `REQUEST_EXPIRED`,
/// `STALE_REVISION`, `NOT_YOUR_TURN`, `NOT_TAKING_REQUESTS`, `ITEM_SOLD_OUT`,
/// `NO_PLACE_LEFT`, `OFFER_LAPSED`, `ALREADY_ON_EVENT`, `EVENT_NOT_PUBLISHED`.
pub async fn accept(ctx: &Ctx, actor: &Actor, id: RequestId, shown: &RevisionHash) -> AppResult<RequestId> {
    let mut tx = ctx.begin().await?;
    let parents = store::get_parents(&mut tx, actor.scope(), id).await?;
    let side = may_answer(actor, parents.community, parents.organization)?;
    policy::must_be_impartial(actor, parents.community, parents.organization)?;
    let mut tx = accept_in(tx, actor, side, id, shown).await?;
    tx.result(id);
    tx.commit().await?;
    Ok(id)
}

/// Accepts in the caller's transaction, for a side that agrees: the one whose turn it is, or one that agreed when it began to
/// wait for a place. The caller has decided that the actor may, and commits.
///
/// # Errors
/// As [`accept`].
pub async fn accept_in(mut tx: Tx, actor: &Actor, side: Side, id: RequestId, shown: &RevisionHash) -> AppResult<Tx> {
    let ctx = tx.ctx().clone();
    let parents = store::get_parents(&mut tx, actor.scope(), id).await?;

    let community = communities::brief_in(&mut tx, parents.community).await?;
    let organization = organizations::brief_in(&mut tx, parents.organization).await?;
    let event = events::brief_in(&mut tx, parents.event).await?;
    if let Some(opportunity) = parents.opportunity {
        opportunities::hold_in(&mut tx, opportunity).await?;
    }
    let request = store::hold(&mut tx, actor.scope(), id).await?;
    if request.parties.organization != organization.id {
        // Its organization's profile was merged into another while this waited.
        return Err(AppError::Busy { retry_after: 1 });
    }

    let accepted = request.accept(side, shown, ctx.now())?;
    must_be_fit(side, &community, &organization)?;
    if !is_published(&event) {
        return Err(AppError::refused(
            "EVENT_NOT_PUBLISHED",
            format!("{} is over or not published, so nobody can join it.", isolated(&event.title)),
        ));
    }
    let benefits = store::get_benefits(&mut tx, id, request.revision).await?;

    store::apply_accepted(&mut tx, &accepted, ctx.now()).await?;
    clear_deadline(&mut tx, EXPIRY, id.0).await?;
    inbox::clear_snoozes(&mut tx, id).await?;
    tx.state(actor, &accepted);
    if let Some(opportunity) = parents.opportunity {
        opportunities::claim_in(&mut tx, actor, opportunity, id).await?;
    }
    let assignment = Assignment {
        event: event.id,
        community: community.id,
        organization: organization.id.into(),
        request: Some(id),
        event_title: event.title,
        event_slug: event.slug,
        name: organization.name,
        logo_key: organization.logo_key,
        website: organization.website,
        category: request.category,
        benefits,
    };
    // Who takes a place that was kept for it may be the other side than the one that agreed.
    partners::assign_in(&mut tx, actor, actor.side().unwrap_or(side), organization.id, assignment).await?;
    Ok(tx)
}

/// Says no, and why, for the side whose turn it is.
///
/// # Errors
/// 404, 403, 409 `REQUEST_CLOSED`, `REQUEST_EXPIRED`, `NOT_YOUR_TURN`.
pub async fn reject(ctx: &Ctx, actor: &Actor, id: RequestId, why: Rejection) -> AppResult<RequestId> {
    let mut tx = ctx.begin().await?;
    let request = store::hold(&mut tx, actor.scope(), id).await?;
    let side = may_answer(actor, request.parties.community, request.parties.organization)?;
    reject_in(&mut tx, actor, &request, side, why).await?;
    tx.result(id);
    tx.commit().await?;
    Ok(id)
}

/// Says no in the caller's transaction, which holds the request; the month that it names becomes a deadline.
pub(super) async fn reject_in(
    tx: &mut Tx,
    voice: impl Into<Voice>,
    request: &Request,
    side: Side,
    why: Rejection,
) -> AppResult<()> {
    let now = tx.ctx().now();
    let rejected = request.reject(side, why, now)?;
    store::apply_rejected(tx, &rejected, now).await?;
    clear_deadline(tx, EXPIRY, request.id.0).await?;
    inbox::clear_snoozes(tx, request.id).await?;
    // The sender is reminded where it asked; a rejection of the sender's own counter-offer reminds nobody.
    if let Some(day) = rejected.why().ask_again.filter(|_| side != request.opened_by) {
        set_deadline(tx, inbox::WELCOME, request.id.0, day.and_time(chrono::NaiveTime::MIN).and_utc()).await?;
    }
    tx.state(voice, &rejected);
    Ok(())
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
    inbox::clear_snoozes(&mut tx, id).await?;
    tx.state(actor, &withdrawn);
    tx.result(id);
    tx.commit().await?;
    Ok(id)
}

/// An offer's time is over: closes it, once, however often it is called, and never early. One that nobody can answer, because
/// nobody has claimed the organization's profile, waits on as long as its event is not over.
///
/// # Errors
/// When the database is away.
pub async fn expire_due(ctx: &Ctx, id: RequestId) -> AppResult<()> {
    let mut tx = ctx.begin().await?;
    let (request, organization, event) = hold_whole(&mut tx, Scope::system("an offer's time is over"), id).await?;
    if organization.status == VerificationStatus::CommunityAdded
        && ctx.now() >= request.expires_at
        && let Some(until) = request.waits_until(event.end_at, ctx.now())
    {
        store_sending::set_expiry(&mut tx, id, until).await?;
        set_deadline(&mut tx, EXPIRY, id.0, until).await?;
        return tx.commit_unstated("nobody can answer it yet, so its time does not run").await;
    }
    if request.state.is_open() && ctx.now() < request.expires_at {
        set_deadline(&mut tx, EXPIRY, id.0, request.expires_at).await?;
        return tx.commit_unstated("the offer was renewed while the sweeper was on its way").await;
    }
    clear_deadline(&mut tx, EXPIRY, id.0).await?;
    match request.expire(ctx.now()) {
        Ok(expired) => {
            store::apply_expired(&mut tx, &expired, ctx.now()).await?;
            inbox::clear_snoozes(&mut tx, id).await?;
            tx.state(Voice::System, &expired);
            tx.commit().await
        }
        Err(_) => tx.commit_unstated("it was answered before its time was over").await,
    }
}

/// A request with what it hangs on, everything held in the order of the house.
pub(super) async fn hold_whole(tx: &mut Tx, scope: Scope, id: RequestId) -> AppResult<(Request, OrganizationBrief, EventBrief)> {
    let parents = store::get_parents(tx, scope, id).await?;
    communities::brief_in(tx, parents.community).await?;
    let organization = organizations::brief_in(tx, parents.organization).await?;
    let event = events::brief_in(tx, parents.event).await?;
    let request = store::hold(tx, scope, id).await?;
    if request.parties.organization != organization.id {
        // Its organization's profile was merged into another while this waited.
        return Err(AppError::Busy { retry_after: 1 });
    }
    Ok((request, organization, event))
}

/// Staff have approved a claim at `at`: what waits for the organization reaches its people, and they have time for it. Said
/// twice, each request is delivered once.
///
/// # Errors
/// When the database is away.
pub async fn deliver_waiting(ctx: &Ctx, organization: OrganizationId, at: DateTime<Utc>) -> AppResult<()> {
    for id in store_sending::list_waiting(ctx, organization, at).await? {
        let mut tx = ctx.begin().await?;
        let scope = Scope::system("somebody speaks for the organization now");
        let (request, _, event) = hold_whole(&mut tx, scope, id).await?;
        let Some(delivered) = request.deliver(event.end_at, ctx.now()) else { continue };
        store_sending::apply_delivered(&mut tx, &delivered, ctx.now()).await?;
        set_deadline(&mut tx, EXPIRY, id.0, delivered.until()).await?;
        tx.state(Voice::System, &delivered);
        tx.commit().await?;
    }
    Ok(())
}

/// The side that the actor may answer for: theirs, with the role, in a workspace that may deal.
pub(super) fn may_answer(actor: &Actor, community: CommunityId, organization: OrganizationId) -> AppResult<Side> {
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

/// One part of the acting workspace's inbox, whole.
///
/// # Errors
/// As [`inbox::list`].
pub async fn inbox(ctx: &Ctx, actor: &Actor, tab: InboxTab, page: &PageRequest) -> AppResult<InboxPage> {
    inbox::list(ctx, actor, &InboxFilter::of(tab), page).await
}

pub(super) fn parties(row: &store::Row) -> (PartyView, PartyView) {
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

/// One request, with its terms, revisions, timeline, what the viewer may do, and how an organization reaches the community
/// while the request is open and delivered. By two statements.
///
/// # Errors
/// 404 for everybody who is on neither side; 403 for a role that does not see requests.
pub async fn get(ctx: &Ctx, actor: &Actor, id: RequestId) -> AppResult<RequestView> {
    let stands = actor.side().ok_or(AppError::NotFound)?;
    let reader = store::Reader { scope: actor.scope(), side: stands, user: actor.user() };
    let mut found = store::find(ctx, reader, id).await?.ok_or(AppError::NotFound)?;
    let side = policy::side(actor, found.row.community_id.into(), found.row.organization_id.into())?;
    policy::may_see(actor)?;
    let facts = store::list_timeline(ctx, actor.user(), id, TIMELINE_LIMIT).await?;
    let colleagues = inbox::colleagues(std::mem::take(&mut found.colleagues), side);
    let (view, (email, phone)) = shown(ctx, actor, found, facts, &colleagues)?;
    // What staff hold back has not reached the community: whoever sends to many would collect addresses by it.
    let contact = if view.side == Side::Organization && view.state.is_open() && !view.held {
        communities::contact_of(ctx, view.community_id, (email, &phone), actor, true)?
    } else {
        None
    };
    let contact = contact.map(|contact| ContactView { email: contact.official_email, phone: contact.phone });
    Ok(RequestView { colleagues, contact, ..view })
}

/// The requests of the acting workspace after an id, whole and by their ids, but for the colleagues whom each could be given to
/// and the contact of open ones: by three statements, however many they are. Nothing is noted as read.
///
/// # Errors
/// 403 for a role that does not see requests.
pub async fn list_whole(ctx: &Ctx, actor: &Actor, after: Option<RequestId>, limit: i64) -> AppResult<Vec<RequestView>> {
    let side = policy::may_see_inbox(actor)?;
    let reader = store::Reader { scope: actor.scope(), side, user: actor.user() };
    let found = store::list_whole(ctx, reader, after.map_or(Uuid::nil(), Uuid::from), limit).await?;
    let ids: Vec<Uuid> = found.iter().map(|whole| whole.row.id).collect();
    let mut timelines = store::list_timelines(ctx, &ids, TIMELINE_LIMIT).await?;
    let colleagues = inbox::colleagues(store::list_colleagues(ctx, reader.scope).await?, side);
    found
        .into_iter()
        .map(|whole| {
            let facts = timelines.remove(&whole.row.id).unwrap_or_default();
            Ok(shown(ctx, actor, whole, facts, &colleagues)?.0)
        })
        .collect()
}

/// A request as this actor sees it, without the list of their colleagues and the contact; and the address and the sealed number
/// of its community, which are not everybody's.
fn shown(
    ctx: &Ctx,
    actor: &Actor,
    found: store::Whole,
    facts: Vec<store::TimelineRow>,
    colleagues: &[ColleagueView],
) -> AppResult<(RequestView, (String, Vec<u8>))> {
    let store::Whole { row, revisions, community_email, community_phone, .. } = found;
    let side = policy::side(actor, row.community_id.into(), row.organization_id.into())?;
    let newest = revisions.last().ok_or_else(|| AppError::broken("a request has no revision"))?;
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
    let is_unclaimed = row.organization_status == VerificationStatus::CommunityAdded.label();
    let held = row.held_at.is_some() && state.is_open();
    let held_label = inbox::signal_words(&row.held_for);
    // Nobody of the other side can have said no, nor why.
    let undelivered = row.held_at.is_some() && state == RequestState::Rejected;
    let next_action = if held && opened_by == side {
        rules::waits_for_staff(&other.name, &held_label)
    } else if undelivered {
        rules::refused_by_staff(&other.name, row.rejection_note.as_deref().unwrap_or_default())
    } else if is_unclaimed && side == Side::Community && state.is_open() {
        rules::waits_for_a_claim(&other.name, !row.organization_website.is_empty())
    } else {
        rules::next_action((state, opened_by, turn), side, &other.name, &expires_label, &why_not, reason)
    };
    let timeline = facts.into_iter().filter_map(|fact| entry(fact, side, colleagues, zone)).collect();
    let revisions = revisions
        .into_iter()
        .map(|revision| revision_view(revision, &community.name, &organization.name, zone))
        .collect::<AppResult<Vec<_>>>()?;
    let current = revisions.last().cloned().ok_or_else(|| AppError::broken("a request has no revision"))?;
    let view = RequestView {
        id: row.id.into(),
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
        rejection_reason: reason.filter(|_| !undelivered),
        rejection_note: row.rejection_note.filter(|note| !note.is_empty()),
        ask_again_on: row.ask_again_on,
        ask_again_label: row.ask_again_on.map(sending::month_label).unwrap_or_default(),
        held,
        held_label,
        assignee: inbox::assignee(row.assignee_id, row.assignee_name, colleagues),
        snoozed_until: row.snoozed_until,
        snoozed_label: row.snoozed_until.map(|at| format!("Back on {}", dates::day(at, zone))).unwrap_or_default(),
        colleagues: Vec::new(),
        contact: None,
        can_act: policy::may_act(actor).is_ok(),
        opened_at: row.opened_at,
        expires_at: row.expires_at,
        expires_label,
        expires_in: dates::ahead(ctx.now(), row.expires_at),
        closed_at: row.closed_at,
        timeline,
        can,
        why_not,
        next_action,
    };
    Ok((view, (community_email, community_phone)))
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
    let problem = match communities_policy::may_reach_out(actor) {
        Err(denied) => denied.message,
        Ok(_) if !found.can.request => {
            let name = isolated(&found.display_name);
            format!("{name} is not verified, so nobody could answer for it. Choose a verified organization.")
        }
        Ok(_) => String::new(),
    };
    let community = actor.community().ok_or(AppError::NotFound)?;
    // Somebody may send requests without managing opportunities.
    let manages = opportunities_policy::may_manage(actor).is_ok();
    let known = store_sending::find_compose(ctx, (community, actor.user()), found.id, ctx.now() - sending::WEEK, manages).await?;
    let zones = known.events.iter().map(|it| (it.id.to_string(), it.timezone.clone())).collect();
    let events = known.events.into_iter().map(|it| Choice {
        id: it.id.to_string(),
        label: format!(
            "{}, {}",
            isolated(&it.title),
            events::when_label(&it.timezone, it.start_at, it.end_at, it.all_day, ctx.now())
        ),
    });
    let offers = known.opportunities.into_iter().map(|it| {
        let (lower, upper) = (store::money(it.budget_min, &it.currency)?, store::money(it.budget_max, &it.currency)?);
        let budget = MoneyRange::new(lower, upper).map_err(|error| AppError::Broken(Box::new(error)))?;
        let (category, budget) = (store::category(&it.category)?, MoneyRangeView::from(budget).formatted);
        let label = format!("{}: {category}, {budget} ({})", isolated(&it.event_title), places_label(it.places, it.places_left));
        Ok(Choice { id: it.id.to_string(), label })
    });
    let later = known.ask_again_on.filter(|day| ctx.now().date_naive() < *day);
    let acting = key_of(Some(actor));
    Ok(ComposeScreen {
        quota: inbox::quota_of(ctx, known.sent_by_workspace, known.sent_by_person),
        standing: known
            .open
            .into_iter()
            .map(|(id, title)| Choice { id: format!("/requests/{id}?as={acting}"), label: title })
            .collect(),
        asked_later: later
            .map(|day| format!("{} asked to be asked again in {}.", isolated(&found.display_name), sending::month_label(day)))
            .unwrap_or_default(),
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
        events: events.collect(),
        zones,
        opportunities: offers.collect::<AppResult<_>>()?,
        problem,
        acting,
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
    let can =
        RequestCan { accept: mine && conflict.is_none() && other_is_fit, reject: mine, withdraw: opened_by == side, sort: true };
    let why_not = match conflict {
        Some(denied) if mine => denied.message,
        _ if mine && !other_is_fit => {
            "The other side cannot deal at the moment, so there is nobody to agree with. You can decline.".into()
        }
        _ => String::new(),
    };
    (can, why_not)
}

fn hash_of(digits: &str) -> AppResult<RevisionHash> {
    RevisionHash::parse(digits).map_err(AppError::broken)
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
        hash: hash_of(&row.hash)?,
        previous_hash: row.prev_hash.as_deref().map(hash_of).transpose()?,
        canonical: row.canonical,
        created_at: row.created_at,
        created_label: dates::moment(row.created_at, zone),
    })
}

/// A fact in words, where this side may read it: what both may, and what it keeps for itself. Names come from the erasable
/// part and are left out once they are gone; people are named to their own colleagues only.
fn entry(fact: store::TimelineRow, side: Side, colleagues: &[ColleagueView], zone: chrono_tz::Tz) -> Option<TimelineEntry> {
    let kind = FactKind::find(&fact.room, &fact.name)?;
    let payload: Value = serde_json::from_str(&fact.payload).ok()?;
    let private: Value = fact.private.as_deref().and_then(|text| serde_json::from_str(text).ok()).unwrap_or(Value::Null);
    let by = payload["side"].as_str().and_then(Side::parse);
    match kind.audience() {
        Audience::BothSides => {}
        Audience::Workspace if by == Some(side) => {}
        _ => return None,
    }
    let said = |key: &str| private[key].as_str().filter(|text| !text.is_empty()).map(str::to_owned);
    let house = fact.actor_user_id.is_none() || fact.acting_kind == "staff";
    let declared = payload["automatic"].as_bool() == Some(true);
    let who = match by {
        _ if house && !declared => "CommDesk".into(),
        Some(Side::Community) => said("communityName").unwrap_or_else(|| "The community".into()),
        Some(Side::Organization) => said("organizationName").unwrap_or_else(|| "The organization".into()),
        None => "CommDesk".into(),
    };
    let person = if by == Some(side) && !house {
        colleagues.iter().find(|it| Some(it.id) == fact.actor_user_id).map(|it| it.name.clone())
    } else {
        None
    };
    let applied = payload["openedBy"].as_str() == Some("organization");
    let (text, tone, icon, quote) = match kind {
        FactKind::RequestOpened if applied => ("applied".into(), "info", "send", said("message")),
        FactKind::RequestOpened => ("sent a request".into(), "info", "send", said("message")),
        FactKind::RequestAccepted => ("accepted the offer".into(), "success", "check", None),
        FactKind::RequestRejected => {
            let reason = payload["reason"].as_str().unwrap_or("Other").to_lowercase();
            let again = payload["askAgain"].as_str().and_then(|day| day.parse().ok()).map(sending::month_label);
            let again = again.map(|month| format!(", and asks to be asked again in {month}")).unwrap_or_default();
            let how = if declared { "declined by its own rule, at once" } else { "declined" };
            (format!("{how}: {reason}{again}"), "danger", "x", said("note"))
        }
        FactKind::RequestWithdrawn => ("withdrew the request".into(), "neutral", "undo", said("note")),
        FactKind::PartnerHidden => ("took the logo out of the public's sight".into(), "warning", "eye-off", None),
        FactKind::PartnerShown => ("shows the logo to the public again".into(), "success", "eye", None),
        FactKind::PartnerRemoved => ("took the logo off the event's page".into(), "danger", "trash", said("reason")),
        FactKind::RequestExpired => ("closed the request, because nobody answered in time".into(), "neutral", "hourglass", None),
        FactKind::WaitingJoined if payload["agreed"].as_bool() == Some(true) => {
            ("agreed; it goes on waiting for a place".into(), "info", "hourglass", None)
        }
        FactKind::WaitingJoined => ("agreed, and put it on the waiting list for a place".into(), "info", "hourglass", None),
        FactKind::PlaceOffered => ("keeps a free place for the organization".into(), "accent", "ticket", None),
        FactKind::PlaceOfferLapsed => {
            ("offered the place to the next in line, because it was not taken".into(), "neutral", "clock", None)
        }
        FactKind::PlaceReleased => ("released the place".into(), "danger", "undo", said("note")),
        FactKind::RequestHeld => {
            let why = said("reason").unwrap_or_else(|| "it looked unusual".into());
            (format!("holds it until our staff have looked at it: {why}"), "warning", "eye", None)
        }
        FactKind::RequestReleased => ("delivered it".into(), "success", "send", None),
        FactKind::RequestDelivered => ("delivered it: somebody of theirs is here now".into(), "success", "send", None),
        FactKind::RequestRefused => ("did not deliver it".into(), "danger", "ban", said("reason")),
        FactKind::RequestWelcomeAgain => ("reminds you: asking again is welcome from now".into(), "info", "calendar", None),
        FactKind::RequestAssigned => {
            let by_rule = if payload["byRule"].as_bool() == Some(true) { ", by your rule" } else { "" };
            match (payload["assignee"].as_str(), said("assigneeName")) {
                (Some(_), Some(name)) => (format!("gave it to {}{by_rule}", isolated(&name)), "neutral", "user", None),
                (Some(_), None) => (format!("gave it to a colleague{by_rule}"), "neutral", "user", None),
                (None, _) => ("gave it back to the team".into(), "neutral", "users", None),
            }
        }
        FactKind::RequestSnoozed => {
            let until = payload["until"].as_str().and_then(|at| DateTime::parse_from_rfc3339(at).ok());
            let until = until.map(|at| dates::day(at.to_utc(), zone)).unwrap_or_default();
            (format!("put it aside until {until}"), "neutral", "clock", None)
        }
        FactKind::RequestWoken if payload["early"].as_bool() == Some(true) => {
            ("brought it back".into(), "neutral", "inbox", None)
        }
        FactKind::RequestWoken => ("brought it back, as you asked".into(), "neutral", "inbox", None),
        _ => return None,
    };
    Some(TimelineEntry {
        at: fact.at,
        at_label: dates::moment(fact.at, zone),
        name: fact.name,
        who,
        person,
        text,
        tone: tone.into(),
        icon: icon.into(),
        quote,
    })
}

// ── For other rooms ─────────────────────────────────────────────────────────────────────────────────────────────────

/// The organizations whose requests for an opportunity are open.
///
/// # Errors
/// When the database is away.
pub async fn applicants_of(ctx: &Ctx, opportunity: OpportunityId) -> AppResult<Vec<OrganizationId>> {
    store::list_applicants(ctx, opportunity).await
}

/// Does a request wait for an answer at this moment?
///
/// # Errors
/// When the database is away.
pub async fn is_open(ctx: &Ctx, id: RequestId) -> AppResult<bool> {
    store::is_open(ctx, id).await
}

/// Who and what a request is about, without a lock: for taking the locks above it in their order. Only a merge of two
/// organizations changes it.
///
/// # Errors
/// 404 for what the scope may not touch.
pub async fn parties_in(tx: &mut Tx, scope: Scope, id: RequestId) -> AppResult<Parties> {
    let parents = store::get_parents(tx, scope, id).await?;
    Ok(Parties {
        community: parents.community,
        organization: parents.organization,
        event: parents.event,
        opportunity: parents.opportunity,
        community_name: String::new(),
        organization_name: String::new(),
        event_title: String::new(),
    })
}

/// Holds a request for a room below. Everything above it in the lock order is held already.
///
/// # Errors
/// 404 for what the scope may not touch.
pub async fn hold_in(tx: &mut Tx, scope: Scope, id: RequestId) -> AppResult<Request> {
    store::hold(tx, scope, id).await
}

/// The side that the actor may answer for, with the role, in a workspace that may deal.
///
/// # Errors
/// 404, 403.
pub fn may_answer_for(actor: &Actor, community: CommunityId, organization: OrganizationId) -> AppResult<Side> {
    may_answer(actor, community, organization)
}
