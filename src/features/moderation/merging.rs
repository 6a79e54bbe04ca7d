//! Two profiles of one organization become one: the whole story, through every room that keeps something of an
//! organization, in one transaction.
//!
//! What is shown before somebody decides is what would happen: the same story, told to its end and not committed.
//!
//! Promises: of two merges at once, and of a merge and an acceptance, an application or another decision about one of the
//! two, each sees what the other left; no chain of facts is rewritten; both profiles' people are told. Does not do: names on
//! events' pages, which were written down when they were agreed.

use super::{
    store,
    views::{MergePerson, MergePlan, MergeReceipt, MergeScreen, MergeState},
};
use crate::{
    features::{
        access::service as access,
        blocks::service as blocks,
        members::merging as members,
        opportunities::{saved, service::key_of},
        organizations::{
            merging::{self as organizations, Pair},
            policy,
            rules::{
                Reason,
                merging::{MergeOutcome, Merging, MoveCounts, Say},
            },
            service::{OrganizationRef, get_by},
        },
        partners::service as partners,
        requests::merging as requests,
        watching,
    },
    kernel::{
        actor::Actor,
        error::{AppError, AppResult},
        ids::{OrganizationId, UserId},
        text::Paragraph,
    },
    platform::{ctx::Ctx, tx::Tx},
};

/// Staff merge a profile into another; of a verified one, the first of them proposes it. Or they drop such a proposal.
///
/// # Errors
/// 403, also for an organization of one's own; 404; 422 on `into`; 409 `SAME_PROFILE`, `MERGED`, `CANNOT_MERGE`,
/// `WRONG_WAY`, `SECOND_PERSON_NEEDED`, `MERGES_ELSEWHERE`, `NOT_WAITING`.
pub async fn merge(
    ctx: &Ctx,
    actor: &Actor,
    gone: OrganizationId,
    (into, say, reason): (String, Say, Reason),
) -> AppResult<MergeReceipt> {
    policy::may_decide(actor, gone)?;
    let kept = named(ctx, actor, &into).await?;
    let mut tx = ctx.begin().await?;
    tx.result(kept);
    if say == Say::Drop {
        organizations::drop_in(&mut tx, actor, (gone, kept), reason).await?;
        tx.commit().await?;
        return Ok(MergeReceipt { state: MergeState::Dropped, organization_id: kept, moved: MoveCounts::default() });
    }
    let pair = organizations::hold_in(&mut tx, actor, gone, kept).await?;
    match pair.decide(ctx, actor, reason)? {
        MergeOutcome::Proposed(proposing) => {
            organizations::propose_in(&mut tx, actor, &proposing).await?;
            tx.commit().await?;
            Ok(MergeReceipt { state: MergeState::Proposed, organization_id: kept, moved: MoveCounts::default() })
        }
        MergeOutcome::Merges(merging) => {
            let carried = carry(&mut tx, actor, &merging).await?;
            let left: Vec<UserId> = carried.people.iter().filter(|one| one.becomes.is_none()).map(|one| one.user).collect();
            let moved = carried.counts;
            let (merged, away) = merging.done(moved.clone(), left);
            tx.state(actor, &merged);
            tx.state(actor, &away);
            tx.commit().await?;
            Ok(MergeReceipt { state: MergeState::Merged, organization_id: kept, moved })
        }
    }
}

/// The receipt of a call that was carried out before: what it moved stands in the facts.
///
/// # Errors
/// When the database is away.
pub async fn earlier(ctx: &Ctx, gone: OrganizationId, state: MergeState, result: &str) -> AppResult<MergeReceipt> {
    let organization_id = result.parse().map_err(|_| AppError::broken("a key noted no organization"))?;
    let waits = state == MergeState::Merged && !organizations::is_merged(ctx, gone).await?;
    let state = if waits { MergeState::Proposed } else { state };
    Ok(MergeReceipt { state, organization_id, moved: MoveCounts::default() })
}

/// The profile that staff name: its id, its address here, or the whole address of its page.
async fn named(ctx: &Ctx, actor: &Actor, into: &str) -> AppResult<OrganizationId> {
    let last = into.trim().trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    let last = last.split(['?', '#']).next().unwrap_or_default();
    let Ok(by) = last.parse::<OrganizationRef>();
    match get_by(ctx, Some(actor), &by).await {
        Ok(found) => Ok(found.id),
        Err(AppError::NotFound) => {
            Err(AppError::invalid("into", "No profile here has this id or address. Copy it from the profile's page."))
        }
        Err(other) => Err(other),
    }
}

/// What every room moved.
struct Carried {
    counts: MoveCounts,
    people: Vec<members::Follower>,
    withdrawn: Vec<String>,
    removed: Vec<String>,
}

/// Takes everything along. Seats first, because what belongs to a workspace is handled by its people; the profile last,
/// because it takes the story along.
async fn carry(tx: &mut Tx, actor: &Actor, merging: &Merging) -> AppResult<Carried> {
    let (gone, kept) = (merging.gone(), merging.kept());
    let people = members::follow_in(tx, gone, kept, merging.people_follow()).await?;
    let requests = requests::follow_in(tx, actor, (gone, kept), (merging.kept_name(), merging.wakes())).await?;
    let why =
        format!("{} and {} are one organization, and it stands on this page once.", merging.gone_name(), merging.kept_name());
    let why = Paragraph::parse(&why, 1_000, "reason").map_err(|error| AppError::Broken(Box::new(error)))?;
    let (assignments, doubles) = partners::follow_in(tx, actor, (gone, kept), &why).await?;
    let blocks = blocks::follow_in(tx, gone, kept).await?;
    let saved_views = saved::follow_in(tx, gone, kept).await?;
    watching::service::follow_in(tx, gone, kept).await?;
    let reports = store::follow(tx, gone, kept).await?;
    let api_keys_revoked = access::end_in(tx, actor.user(), gone).await?;
    let profile = organizations::carry_in(tx, actor, merging).await?;
    let count = |many: usize| u64::try_from(many).unwrap_or_default();
    let left = people.people.iter().filter(|one| one.becomes.is_none()).count();
    Ok(Carried {
        counts: MoveCounts {
            requests: requests.requests,
            requests_withdrawn: count(requests.withdrawn.len()),
            assignments,
            assignments_removed: count(doubles.len()),
            people: count(people.people.len() - left),
            people_left: count(left),
            blocks,
            saved_views,
            reports,
            join_requests: people.join_requests,
            slugs: profile.slugs,
            api_keys_revoked,
            invitations_revoked: people.invitations,
            claims_refused: profile.claims,
            proposals_withdrawn: profile.proposals,
            rules_removed: requests.rules,
        },
        people: people.people,
        withdrawn: requests.withdrawn.into_iter().map(|(_, what)| what).collect(),
        removed: doubles.into_iter().map(|(event, category)| format!("{event}, {category}")).collect(),
    })
}

/// The page on which staff merge: whom they may mean, and, once they named somebody, exactly what would happen.
///
/// # Errors
/// 403; 404.
pub async fn screen(ctx: &Ctx, actor: &Actor, gone: OrganizationId, into: &str) -> AppResult<MergeScreen> {
    policy::may_review(actor)?;
    let name = get_by(ctx, Some(actor), &OrganizationRef::Id(gone)).await?.display_name;
    let mut screen = MergeScreen {
        acting: key_of(Some(actor)),
        likely: organizations::likely(ctx, actor, gone, &name).await?,
        name,
        into: into.to_owned(),
        ..MergeScreen::default()
    };
    if into.trim().is_empty() {
        return Ok(screen);
    }
    match plan(ctx, actor, gone, into).await {
        Ok(plan) => screen.plan = Some(plan),
        Err(AppError::Refused(refusal)) => screen.refusal = Some(refusal.message),
        Err(AppError::Invalid(fields)) => screen.refusal = fields.0.into_values().next(),
        Err(other) => return Err(other),
    }
    Ok(screen)
}

async fn plan(ctx: &Ctx, actor: &Actor, gone: OrganizationId, into: &str) -> AppResult<MergePlan> {
    let kept = named(ctx, actor, into).await?;
    // Never a caller's key: nothing is carried out.
    let ctx = &Ctx { claim: None, ..ctx.clone() };
    let mut tx = ctx.begin().await?;
    let pair: Pair = organizations::hold_in(&mut tx, actor, gone, kept).await?;
    let reason = Reason::parse("To see what would move.")?;
    let MergeOutcome::Merges(merging) = pair.imagine(ctx, actor, reason)? else {
        return Err(AppError::broken("a merge that everybody agreed to is not proposed again"));
    };
    let carried = carry(&mut tx, actor, &merging).await?;
    drop(tx);
    Ok(MergePlan {
        gone: pair.gone(),
        kept: pair.kept(),
        needs_second: pair.needs_second(),
        proposed: pair.is_proposed(),
        counts: carried.counts,
        people: carried
            .people
            .into_iter()
            .map(|one| MergePerson {
                name: one.name,
                email: one.email,
                role: one.role.label().to_owned(),
                becomes: one.becomes.map(|role| role.label().to_owned()),
            })
            .collect(),
        withdrawn: carried.withdrawn,
        removed: carried.removed,
    })
}
