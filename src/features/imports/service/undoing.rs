//! Taking an import back: exactly what it made, as far as nothing has come to depend on it.

use super::{Bringer, carrying::Kept, looking::hold};
use crate::{
    features::{
        communities::service as communities,
        events::service as events,
        imports::{policy, rules::Target, store},
        organizations::bulk::{self, Added},
        partners::service as partners,
    },
    kernel::{
        actor::Actor,
        error::{AppError, AppResult},
        ids::{CommunityId, EventId, IntakeId, LogoId, OrganizationId, PartnerLinkId},
    },
    platform::{ctx::Ctx, facts::Voice, tx::Tx},
};
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// Takes an import back: what it made goes, as far as nothing depends on it; the rest stays, and says why.
///
/// # Errors
/// 403; 404; 409 `IMPORT_NOT_APPLIED`.
pub async fn undo(ctx: &Ctx, actor: &Actor, id: IntakeId) -> AppResult<()> {
    let desk = policy::may_import(actor)?;
    let found = store::find(ctx.db(), id).await?.ok_or(AppError::NotFound)?;
    policy::is_theirs(desk, found.community_id.map(CommunityId))?;
    let mut tx = ctx.begin().await?;
    for community in [found.into_community, found.community_id].into_iter().flatten().collect::<HashSet<_>>() {
        communities::brief_in(&mut tx, CommunityId(community)).await?;
    }
    let (row, intake, desk) = hold(&mut tx, actor, id).await?;
    // Refused before anything is touched.
    intake.undo(0, 0)?;
    let voice = Bringer::of(actor, desk).voice();
    let made = store::list_made(&mut tx, id).await?;
    let refused = match intake.target {
        Target::Events => {
            let community = row.into_community.map(CommunityId).ok_or_else(|| AppError::broken("events go into a community"))?;
            let ids: Vec<EventId> = made.iter().filter_map(|it| it.made_id.map(EventId)).collect();
            let kept = events::undraft_in(&mut tx, &voice, (community, actor.user()), &ids).await?;
            numbered(&made, kept.into_iter().map(|(id, why)| (id.0, why)))
        }
        Target::Organizations | Target::Sponsors => undo_organizations(&mut tx, &voice, id, &made).await?,
    };
    store::put_undo_refused(&mut tx, id, &refused).await?;
    store::delete_merges(&mut tx, id).await?;
    let undone = intake.undo(made.len().saturating_sub(refused.len()), refused.len())?;
    store::apply_moving(&mut tx, &undone, None, ctx.now()).await?;
    tx.state(actor, &undone);
    tx.result(id);
    tx.commit().await
}

async fn undo_organizations(
    tx: &mut Tx,
    voice: &Voice,
    intake: IntakeId,
    made: &[store::MadeRow],
) -> AppResult<Vec<(i32, String)>> {
    let kept_of = |row: &store::MadeRow| -> Kept {
        row.added.clone().and_then(|added| serde_json::from_value(added).ok()).unwrap_or_default()
    };
    // Notes go first: an organization that stands on a page stays.
    let notes: Vec<(EventId, PartnerLinkId, i32)> = made
        .iter()
        .filter_map(|row| {
            let kept = kept_of(row);
            Some((EventId(kept.event?), PartnerLinkId(kept.link?), row.number))
        })
        .collect();
    let pairs: Vec<(EventId, PartnerLinkId)> = notes.iter().map(|(event, link, _)| (*event, *link)).collect();
    let shown = partners::unnote_in(tx, voice, &pairs).await?;
    let mut refused: Vec<(i32, String)> = notes
        .iter()
        .filter(|(_, link, _)| shown.contains(link))
        .map(|(.., number)| (*number, "It is shown on the event's page by now, or was edited there.".to_owned()))
        .collect();
    let added: Vec<(OrganizationId, Added, i32)> = made
        .iter()
        .filter_map(|row| {
            let kept = kept_of(row);
            let added = Added { products: kept.products, logo: kept.logo.map(LogoId) };
            (added != Added::default()).then_some((OrganizationId(kept.organization?), added, row.number))
        })
        .collect();
    if !added.is_empty() {
        let pairs: Vec<(OrganizationId, Added)> = added.iter().map(|(id, added, _)| (*id, added.clone())).collect();
        for (id, why) in bulk::uncomplete_in(tx, voice, intake, &pairs).await? {
            refused.extend(added.iter().filter(|(whose, ..)| *whose == id).map(|(.., number)| (*number, why.clone())));
        }
    }
    // What a later file added to one of them would go with it.
    let all: Vec<Uuid> = made.iter().filter_map(|row| row.made_id).collect();
    let completed: HashSet<Uuid> = store::list_completed_by_others(tx, intake, &all).await?.into_iter().collect();
    let later = |id: &Uuid| completed.contains(id);
    let ids: Vec<OrganizationId> = all.iter().filter(|id| !later(id)).map(|id| OrganizationId(*id)).collect();
    let mut stay = if ids.is_empty() { Vec::new() } else { bulk::unmake_in(tx, voice, intake, &ids).await? };
    let why = "A later import has added to it. Take that one back first.";
    stay.extend(all.iter().filter(|id| later(id)).map(|id| (OrganizationId(*id), why.to_owned())));
    refused.extend(numbered(made, stay.into_iter().map(|(id, why)| (id.0, why))));
    refused.sort_unstable();
    refused.dedup_by_key(|(number, _)| *number);
    Ok(refused)
}

fn numbered(made: &[store::MadeRow], kept: impl Iterator<Item = (Uuid, String)>) -> Vec<(i32, String)> {
    let rows: HashMap<Uuid, i32> = made.iter().filter_map(|row| Some((row.made_id?, row.number))).collect();
    kept.filter_map(|(id, why)| Some((*rows.get(&id)?, why))).collect()
}
