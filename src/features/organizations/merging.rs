//! Two profiles become one, as far as this room is concerned. The story that takes every room along stands downstream, in
//! `moderation::merging`.
//!
//! Promises: both are held in the order of their ids, so that two merges at once wait for each other; the chain of facts is
//! not touched, it is only shown in a second place.

use super::{
    claims, identity,
    index::Directory,
    policy,
    rules::{
        Reason,
        merging::{MergeOutcome, MergeProposal, MergeProposing, Merging},
        moves::Answer,
    },
    service::{self, organization_of},
    store::{self, OrganizationRow, life::ClaimAsk},
    views::{MergeSide, MergeWaiting, logo_url},
};
use crate::{
    kernel::{
        actor::{Actor, VerificationStatus},
        error::{AppError, AppResult},
        ids::{OrganizationId, UserId},
    },
    platform::{ctx::Ctx, dates, facts, index, tx::Tx},
};
use chrono::{DateTime, Utc};
use uuid::Uuid;

/// The most profiles that staff are offered to choose from.
const LIKELY: i64 = 12;
/// The most names of listed organizations that are compared with one for that.
const COMPARED: usize = 60;

/// Both profiles, held; the one that goes first.
pub struct Pair {
    gone: OrganizationRow,
    kept: OrganizationRow,
    proposal: Option<MergeProposal>,
}

/// Holds two profiles for somebody of the staff who belongs to neither.
///
/// # Errors
/// 403; 403 `CONFLICT_OF_INTEREST`; 404; 409 `SAME_PROFILE`.
pub async fn hold_in(tx: &mut Tx, actor: &Actor, gone: OrganizationId, kept: OrganizationId) -> AppResult<Pair> {
    policy::may_decide(actor, gone)?;
    policy::may_decide(actor, kept)?;
    if gone == kept {
        return Err(AppError::refused("SAME_PROFILE", "Choose another profile: one cannot merge into itself."));
    }
    let (first, second) = if gone < kept { (gone, kept) } else { (kept, gone) };
    let first = store::hold(tx, actor.scope(), first).await?;
    let second = store::hold(tx, actor.scope(), second).await?;
    let (gone, kept) = if gone < kept { (first, second) } else { (second, first) };
    let proposal = store::merging::find_proposal(tx, gone.id.into()).await?;
    Ok(Pair { gone, kept, proposal })
}

impl Pair {
    /// What the rules say to a merge of the two.
    ///
    /// # Errors
    /// 409, as the rules have it.
    pub fn decide(&self, ctx: &Ctx, actor: &Actor, reason: Reason) -> AppResult<MergeOutcome> {
        let (gone, kept) = (organization_of(&self.gone)?, organization_of(&self.kept)?);
        Ok(gone.merge_into(&kept, actor.user(), self.proposal.as_ref(), ctx.id(), reason)?)
    }

    /// As [`Pair::decide`], as it will be once everybody agrees: for looking at what would move.
    ///
    /// # Errors
    /// 409, as the rules have it.
    pub fn imagine(&self, ctx: &Ctx, actor: &Actor, reason: Reason) -> AppResult<MergeOutcome> {
        let (gone, kept) = (organization_of(&self.gone)?, organization_of(&self.kept)?);
        // Somebody else proposed it.
        let agreed = MergeProposal { id: ctx.id(), kept: kept.id, by: UserId(Uuid::nil()) };
        Ok(gone.merge_into(&kept, actor.user(), Some(&agreed), ctx.id(), reason)?)
    }

    /// Does the one that goes need two of the staff?
    pub fn needs_second(&self) -> bool {
        self.gone.verification_status == VerificationStatus::Verified.label()
    }

    /// Has somebody proposed exactly this?
    pub fn is_proposed(&self) -> bool {
        self.proposal.as_ref().is_some_and(|proposal| proposal.kept.0 == self.kept.id)
    }

    pub fn gone(&self) -> MergeSide {
        side(&self.gone)
    }

    pub fn kept(&self) -> MergeSide {
        side(&self.kept)
    }
}

fn side(row: &OrganizationRow) -> MergeSide {
    MergeSide {
        id: row.id.into(),
        slug: row.slug.clone(),
        name: row.display_name.clone(),
        website: row.website.clone(),
        status: VerificationStatus::parse(&row.verification_status).unwrap_or(VerificationStatus::PendingVerification),
        logo_url: row.logo_key.as_deref().map(logo_url),
        events_sponsored: row.events_sponsored,
    }
}

/// A first person proposes it.
///
/// # Errors
/// When the database is away.
pub async fn propose_in(tx: &mut Tx, actor: &Actor, fact: &MergeProposing) -> AppResult<()> {
    let now = tx.ctx().now();
    store::merging::apply_proposing(tx, fact, now).await?;
    tx.state(actor, fact);
    Ok(())
}

/// The proposal is dropped, by somebody of the staff who belongs to neither; both profiles stay as they are.
///
/// # Errors
/// 403; 403 `CONFLICT_OF_INTEREST`; 404; 409 `NOT_WAITING`, `MERGES_ELSEWHERE`.
pub async fn drop_in(
    tx: &mut Tx,
    actor: &Actor,
    (gone, kept): (OrganizationId, OrganizationId),
    reason: Reason,
) -> AppResult<()> {
    policy::may_decide(actor, gone)?;
    policy::may_decide(actor, kept)?;
    let now = tx.ctx().now();
    let held = store::hold(tx, actor.scope(), gone).await?;
    let proposal = store::merging::find_proposal(tx, gone).await?;
    let dropping = organization_of(&held)?.drop_merge(kept, proposal.as_ref(), reason)?;
    store::merging::apply_dropping(tx, &dropping, actor.user(), now).await?;
    tx.state(actor, &dropping);
    Ok(())
}

/// What this room moved and ended.
pub struct Moved {
    pub slugs: u64,
    pub proposals: u64,
    pub claims: u64,
}

/// The profile itself: addresses, website, counts, open claims; its story is shown in the other's timeline.
///
/// # Errors
/// When the database is away.
pub async fn carry_in(tx: &mut Tx, actor: &Actor, merging: &Merging) -> AppResult<Moved> {
    let (id, now) = (tx.ctx().id(), tx.ctx().now());
    let ask = ClaimAsk { organization: Some(merging.gone()), open: true, ..ClaimAsk::default() };
    let open = store::life::list_claims(tx.conn(), ask, 1_000).await?;
    let claims = u64::try_from(open.len()).unwrap_or_default();
    for row in open {
        let refused = row.claim()?.answer(Answer::Refuse, merging.reason().clone())?;
        claims::say(tx, actor, &refused, now).await?;
    }
    let moved = store::merging::apply_merging(tx, id, merging, actor.user(), now).await?;
    facts::show_also(tx.conn(), merging.gone().into(), merging.kept().into()).await?;
    Ok(Moved { slugs: moved.slugs, proposals: moved.proposals, claims })
}

/// Has this profile become a way to another?
///
/// # Errors
/// 404.
pub async fn is_merged(ctx: &Ctx, id: OrganizationId) -> AppResult<bool> {
    Ok(service::find(ctx, id).await?.merged_into.is_some())
}

/// Profiles that may be the same organization as this one, of this name.
///
/// # Errors
/// 403 for whoever is not staff.
pub async fn likely(ctx: &Ctx, actor: &Actor, of: OrganizationId, name: &str) -> AppResult<Vec<MergeSide>> {
    policy::may_review(actor)?;
    let own = identity::without_ending(name);
    let near = index::live::<Directory>(ctx).read(|index| index.near(&own, of.0, COMPARED));
    let rows = store::merging::list_likely(ctx.db(), of, near.as_deref(), LIKELY).await?;
    Ok(rows
        .into_iter()
        .map(|row| MergeSide {
            id: row.id.into(),
            slug: row.slug,
            name: row.display_name,
            website: row.website,
            status: VerificationStatus::parse(&row.verification_status).unwrap_or(VerificationStatus::PendingVerification),
            logo_url: row.logo_key.as_deref().map(logo_url),
            events_sponsored: 0,
        })
        .collect())
}

pub(super) fn waiting_view(row: store::merging::WaitingRow, now: DateTime<Utc>) -> MergeWaiting {
    MergeWaiting {
        gone_id: row.gone_id.into(),
        gone_name: row.gone_name,
        kept_id: row.kept_id.into(),
        kept_name: row.kept_name,
        reason: row.reason,
        proposed_by: row.proposed_by,
        waits_label: dates::behind(now, row.proposed_at),
    }
}
