//! The use cases of an organization's later life: another address here, another website, new checks, and what waits for
//! staff beside applications.
//!
//! Promises: an old address leads to the new one for ever and is nobody else's; a website keeps its standing until another
//! one is checked and approved. Does not do: applying and deciding on applications (`service`), claims (`claims`).

use super::{
    identity::Identity,
    merging, policy,
    rules::{Reason, moves::Answer},
    service::{self, check_id, check_view, damaged, organization_of},
    store::{
        self,
        life::{ClaimAsk, ClaimRow, DisablingRow, ProposalRow},
    },
    trust::{self, CheckRow, Holder},
    views::{
        CheckView, ClaimView, DisablingView, MoveView, OpenClaimView, OrganizationView, OwnClaimView, ProposalView, WaitingView,
    },
};
use crate::{
    kernel::{
        actor::Actor,
        error::{AppError, AppResult},
        ids::{FactId, OrganizationId},
        text::{Email, Slug, WebUrl},
    },
    platform::{ctx::Ctx, dates},
};
use chrono::{DateTime, Utc};
use uuid::Uuid;

/// The most of each kind that the staff's page shows.
pub(super) const WAITING: i64 = 100;

// ── The address on this site ────────────────────────────────────────────────────────────────────────────────────────

/// Gives the acting organization another address here. Every one that it had leads to it; one of its own old ones may be
/// taken again. Gives the new slug.
///
/// # Errors
/// 403; 422 on `slug`, also for one that is or was somebody else's; 409 `SLUG_UNCHANGED`, `TOO_MANY_SLUGS`, `DISABLED`.
pub async fn change_slug(ctx: &Ctx, actor: &Actor, slug: &str) -> AppResult<String> {
    let id = policy::may_edit(actor)?;
    let slug = Slug::parse(slug).map_err(|problem| AppError::invalid("slug", problem.to_string()))?;
    let now = ctx.now();
    let mut tx = ctx.begin().await?;
    let held = store::hold(&mut tx, actor.scope(), id).await?;
    let mut had = store::life::list_slugs(&mut tx, id).await?;
    if !had.contains(&held.slug) {
        // Made before addresses were remembered.
        store::life::claim_slug(&mut tx, &held.slug, id, now).await?;
        had.push(held.slug.clone());
    }
    let is_own = had.iter().any(|old| old == slug.as_str());
    // One of its own costs nothing new.
    let known = if is_own { 1 } else { had.len() };
    let changing = organization_of(&held)?.change_slug(&held.slug, slug.clone(), known)?;
    if !is_own && !store::life::claim_slug(&mut tx, slug.as_str(), id, now).await? {
        return Err(AppError::invalid("slug", store::life::SLUG_TAKEN));
    }
    store::life::apply_slug_changing(&mut tx, &changing, now).await?;
    tx.state(actor, &changing);
    tx.result(&slug);
    tx.commit().await?;
    Ok(slug.into_string())
}

// ── The website ─────────────────────────────────────────────────────────────────────────────────────────────────────

/// Looks at a website that an organization wants to move to; once for a cause.
///
/// # Errors
/// When the database is away. What the network does not answer is a row that says so.
pub async fn check_proposal(ctx: &Ctx, organization: OrganizationId, proposal: Uuid, cause: FactId) -> AppResult<()> {
    let mut conn = ctx.db().acquire().await?;
    let Some(row) = store::life::find_proposal(&mut conn, Some(organization), Some(proposal)).await? else {
        // Withdrawn or decided meanwhile.
        return Ok(());
    };
    drop(conn);
    let rows = look_at(ctx, &row).await?;
    let ids: Vec<Uuid> = rows.iter().map(|row| check_id(cause, row.kind)).collect();
    let mut tx = ctx.begin().await?;
    store::insert_checks(&mut tx, ("website", proposal), &ids, &rows, ctx.now()).await?;
    tx.commit_unstated("the proposal is the fact; checks are what was seen of it").await
}

async fn look_at(ctx: &Ctx, row: &ProposalRow) -> AppResult<Vec<CheckRow>> {
    let organization = OrganizationId(row.organization_id);
    let website = WebUrl::parse(&row.website).map_err(|_| damaged("proposed website"))?;
    let email = Email::parse(&row.primary_email).map_err(|_| damaged("official e-mail"))?;
    let identity = Identity::of(&website);
    let (owner, rivals) = store::find_holders(ctx.db(), identity.key(), organization).await?;
    let holder = match owner {
        Some(name) => Holder::Organization(name),
        None if rivals == 0 => Holder::Nobody,
        None => Holder::Rivals(u32::try_from(rivals).unwrap_or(u32::MAX)),
    };
    let alike = service::look_alikes(ctx, &row.display_name, Some(&identity), organization).await?;
    let alike: Vec<String> = alike.into_iter().map(|like| like.display_name).collect();
    let proven = store::life::is_domain_proven(ctx.db(), organization, identity.domain()).await?;
    Ok(vec![
        trust::website_syntax(Ok(&website)),
        trust::website_reachable(website.host(), &super::lookups::reach(ctx, website.host()).await),
        trust::registrable_domain(identity.key(), identity.ground()),
        trust::email_domain_check(email.domain(), identity.domain(), identity.is_shared()),
        trust::known_domain(identity.key(), &holder),
        trust::similar_name(&alike),
        trust::domain_proof(identity.domain(), proven),
    ])
}

/// Takes back what the acting organization proposed.
///
/// # Errors
/// 403; 409 `NOTHING_PROPOSED`.
pub async fn withdraw_website(ctx: &Ctx, actor: &Actor) -> AppResult<()> {
    let id = policy::may_edit(actor)?;
    let mut tx = ctx.begin().await?;
    store::hold(&mut tx, actor.scope(), id).await?;
    let row = store::life::find_proposal(tx.conn(), Some(id), None).await?.ok_or_else(nothing_proposed)?;
    let withdrawn = row.proposal().withdraw();
    store::life::apply_website_deciding(&mut tx, &withdrawn, ctx.now()).await?;
    tx.state(actor, &withdrawn);
    tx.result(id);
    tx.commit().await
}

fn nothing_proposed() -> AppError {
    AppError::refused("NOTHING_PROPOSED", "No proposal of another website waits (any more). Load the page again.")
}

/// Staff answer a proposal. Approved, the new website is the organization's, and the checks run again.
///
/// # Errors
/// 403; 409 `NOTHING_PROPOSED`; 409 `DISABLED`; 409 `DOMAIN_TAKEN`, naming who has the website.
pub async fn answer_website(
    ctx: &Ctx,
    actor: &Actor,
    id: OrganizationId,
    (proposal, answer, reason): (Uuid, Answer, Reason),
) -> AppResult<OrganizationView> {
    policy::may_decide(actor, id)?;
    let mut tx = ctx.begin().await?;
    let held = store::hold(&mut tx, actor.scope(), id).await?;
    let row = store::life::find_proposal(tx.conn(), Some(id), Some(proposal)).await?.ok_or_else(nothing_proposed)?;
    let deciding = organization_of(&held)?.answer_website(row.proposal(), answer, reason)?;
    if let Err(refused) = store::life::apply_website_deciding(&mut tx, &deciding, ctx.now()).await {
        drop(tx);
        return Err(service::name_the_holder(ctx, refused, id, &row.identity_key, &row.display_name).await);
    }
    tx.state(actor, &deciding);
    tx.result(id);
    tx.commit().await?;
    service::get(ctx, Some(actor), id).await
}

// ── Staff ───────────────────────────────────────────────────────────────────────────────────────────────────────────

/// Staff want the checks to run again; they run from the fact.
///
/// # Errors
/// 403; 404.
pub async fn ask_checks(ctx: &Ctx, actor: &Actor, id: OrganizationId) -> AppResult<()> {
    policy::may_review(actor)?;
    let mut tx = ctx.begin().await?;
    let held = store::hold(&mut tx, actor.scope(), id).await?;
    let organization = organization_of(&held)?;
    if organization.merged_into.is_some() {
        return Err(organization.is_merged().into());
    }
    let asking = organization.ask_checks();
    tx.state(actor, &asking);
    tx.result(id);
    tx.commit().await
}

/// What waits for staff beside applications: claims that are proven, websites, second persons. The oldest first.
///
/// # Errors
/// 403 for whoever is not staff.
pub async fn waiting(ctx: &Ctx, actor: &Actor) -> AppResult<WaitingView> {
    policy::may_review(actor)?;
    let now = ctx.now();
    let mut conn = ctx.db().acquire().await?;
    let proven = ClaimAsk { proven: true, ..ClaimAsk::default() };
    let mut claims = store::life::list_claims(&mut conn, proven, WAITING).await?;
    drop(conn);
    claims.reverse();
    let (proposals, disablings) = store::life::list_waiting(ctx.db(), WAITING).await?;
    let merges = store::merging::list_waiting(ctx.db(), None, WAITING).await?;
    Ok(WaitingView {
        claims: claims.into_iter().map(|row| claim_view(row, now)).collect::<AppResult<_>>()?,
        proposals: proposals.into_iter().map(|row| proposal_view(row, Vec::new(), now)).collect(),
        disablings: disablings.into_iter().map(|row| disabling_view(row, now)).collect(),
        merges: merges.into_iter().map(|row| merging::waiting_view(row, now)).collect(),
    })
}

/// The same for one organization, with what was seen of its proposal, from what was read already.
pub(super) fn waiting_for(
    ctx: &Ctx,
    (proposal, disablings, claims, merges): (Option<Proposed>, Vec<DisablingRow>, Vec<ClaimRow>, Vec<store::merging::WaitingRow>),
) -> AppResult<WaitingView> {
    let now = ctx.now();
    let mut waiting = WaitingView::default();
    if let Some((found, checks)) = proposal {
        let checks = checks.iter().map(|(check, at)| check_view(check, *at, now)).collect();
        waiting.proposals.push(proposal_view(found, checks, now));
    }
    waiting.disablings = disablings.into_iter().map(|row| disabling_view(row, now)).collect();
    waiting.merges = merges.into_iter().map(|row| merging::waiting_view(row, now)).collect();
    waiting.claims = claims.into_iter().map(|row| claim_view(row, now)).collect::<AppResult<_>>()?;
    Ok(waiting)
}

/// A website that is proposed, with what was checked about it.
type Proposed = (ProposalRow, Vec<(CheckRow, DateTime<Utc>)>);

fn proposal_view(row: ProposalRow, checks: Vec<CheckView>, now: DateTime<Utc>) -> ProposalView {
    ProposalView {
        id: row.id,
        organization_id: row.organization_id.into(),
        display_name: row.display_name,
        old_website: row.old_website,
        website: row.website,
        identity_key: row.identity_key,
        proposed_by: row.proposed_by,
        waits_label: dates::behind(now, row.proposed_at),
        checks,
    }
}

pub(super) fn claim_view(row: ClaimRow, now: DateTime<Utc>) -> AppResult<ClaimView> {
    use super::rules::claims::{ClaimState, Method};
    let claim = row.claim()?;
    let method_label = match (claim.method, claim.state) {
        (Method::Mailbox, ClaimState::Asked) => "by the mailbox, when its link is followed",
        (Method::Mailbox, _) => "by the mailbox",
        (Method::Dns, ClaimState::Asked) => "by the domain's DNS, when the text is published",
        (Method::Dns, _) => "by the domain's DNS",
    };
    Ok(ClaimView {
        id: row.id,
        organization_id: claim.organization,
        display_name: row.display_name,
        website: row.website,
        claimant: row.claimant,
        email: row.email,
        method_label: method_label.to_owned(),
        state: claim.state,
        invited_by: row.invited_by,
        waits_label: dates::behind(now, row.proven_at.unwrap_or(row.asked_at)),
        reason: row.reason,
    })
}

pub(super) fn open_claim_view(row: ClaimRow) -> AppResult<OpenClaimView> {
    let claim = row.claim()?;
    Ok(OpenClaimView {
        id: row.id,
        claimant: row.claimant,
        email: row.email,
        method: claim.method,
        state: claim.state,
        asked_at: row.asked_at,
        proven_at: row.proven_at,
    })
}

fn disabling_view(row: DisablingRow, now: DateTime<Utc>) -> DisablingView {
    DisablingView {
        organization_id: row.id.into(),
        display_name: row.display_name,
        proposed_by: row.proposed_by,
        waits_label: dates::behind(now, row.proposed_at),
        reason: row.reason,
    }
}

// ── Taking it along ─────────────────────────────────────────────────────────────────────────────────────────────────

/// Every website that the acting organization proposed, decided or not: the next ones after this.
///
/// # Errors
/// 403.
pub async fn moves_whole(ctx: &Ctx, actor: &Actor, after: Option<Uuid>, limit: i64) -> AppResult<Vec<MoveView>> {
    let id = policy::may_edit(actor)?;
    let rows = store::life::list_moves(ctx.db(), id, after.unwrap_or_default(), limit).await?;
    let view = |row: store::life::MoveRow| MoveView {
        id: row.id,
        website: row.website,
        state: row.state,
        reason: row.reason,
        proposed_by: row.proposed_by,
        proposed_at: row.proposed_at,
        decided_at: row.decided_at,
    };
    Ok(rows.into_iter().map(view).collect())
}

/// How those who belong to the acting organization claimed it, and whatever the actor asked: the next ones after this.
///
/// # Errors
/// 403.
pub async fn claims_whole(ctx: &Ctx, actor: &Actor, after: Option<Uuid>, limit: i64) -> AppResult<Vec<OwnClaimView>> {
    let id = policy::may_edit(actor)?;
    let rows = store::life::list_own_claims(ctx.db(), id, actor.user(), after.unwrap_or_default(), limit).await?;
    let view = |row: store::life::OwnClaimRow| OwnClaimView {
        id: row.id,
        claimant: row.claimant,
        email: row.email,
        method: row.method,
        state: row.state,
        invited_by: row.invited_by,
        reason: row.reason,
        asked_at: row.asked_at,
        proven_at: row.proven_at,
        decided_at: row.decided_at,
    };
    Ok(rows.into_iter().map(view).collect())
}
