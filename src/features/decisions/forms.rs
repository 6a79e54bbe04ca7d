//! The forms of this room's pages.

use super::{
    service,
    views::{DecisionInput, DecisionsInput},
};
use crate::{
    features::{
        opportunities::{
            forms::{address, read},
            views::{NumberText, OpportunityPatch, acting_at},
        },
        requests::{
            forms::{address as request_at, read_application},
            views::RevisionHash,
        },
    },
    kernel::{
        error::{AppError, AppResult},
        ids::{OpportunityId, RequestId},
    },
    platform::web::form::{Done, FormRoute, Posted},
};

const OFFER: &str = "/manage/opportunities/{id}";
const PAGE: &str = "/manage/opportunities/{id}/decisions";

/// The form with which one applies, those of `/requests/{id}` that are about its place, those that change an opportunity, and
/// those of the page of decisions.
pub fn forms() -> Vec<FormRoute> {
    vec![
        FormRoute { path: "/opportunities/{id}", form: "apply", handler: |posted| Box::pin(apply(posted)) },
        FormRoute { path: "/requests/{id}", form: "wait-for-place", handler: |posted| Box::pin(wait(posted)) },
        FormRoute { path: "/requests/{id}", form: "take-place", handler: |posted| Box::pin(take(posted)) },
        FormRoute { path: "/requests/{id}", form: "release-place", handler: |posted| Box::pin(release(posted)) },
        FormRoute { path: OFFER, form: "save", handler: |posted| Box::pin(save(posted)) },
        FormRoute { path: OFFER, form: "reopen", handler: |posted| Box::pin(reopen(posted)) },
        FormRoute { path: OFFER, form: "add-places", handler: |posted| Box::pin(add_places(posted)) },
        FormRoute { path: PAGE, form: "prepare", handler: |posted| Box::pin(prepare(posted)) },
        FormRoute { path: PAGE, form: "release-decisions", handler: |posted| Box::pin(release_decisions(posted)) },
    ]
}

fn at(posted: &Posted, path: &str) -> Done {
    Done::to(acting_at(path, posted.call.workspace.as_deref().unwrap_or_default()))
}

async fn apply(posted: Posted) -> AppResult<Done> {
    let actor = posted.call.actor()?;
    let input = read_application(&posted.typed)?;
    let id = service::apply(&posted.call.ctx, &actor, posted.seg("id")?, &input).await?;
    Ok(Done::to(request_at(&posted, id)))
}

async fn wait(posted: Posted) -> AppResult<Done> {
    let actor = posted.call.actor()?;
    let id: RequestId = posted.seg("id")?;
    let shown = RevisionHash::parse(posted.typed.text("revisionHash")).map_err(|why| AppError::invalid("", why))?;
    service::wait(&posted.call.ctx, &actor, id, &shown).await?;
    Ok(at(&posted, &format!("/requests/{id}")))
}

async fn take(posted: Posted) -> AppResult<Done> {
    let actor = posted.call.actor()?;
    let id: RequestId = posted.seg("id")?;
    service::take(&posted.call.ctx, &actor, id).await?;
    Ok(at(&posted, &format!("/requests/{id}")))
}

async fn release(posted: Posted) -> AppResult<Done> {
    let actor = posted.call.actor()?;
    let id: RequestId = posted.seg("id")?;
    service::release(&posted.call.ctx, &actor, id, posted.typed.text("reason")).await?;
    Ok(at(&posted, &format!("/requests/{id}")))
}

async fn save(posted: Posted) -> AppResult<Done> {
    let input = read(&posted.typed)?;
    let patch = OpportunityPatch::all(version(&posted)?, input);
    edit(&posted, &patch).await
}

async fn reopen(posted: Posted) -> AppResult<Done> {
    let patch = OpportunityPatch {
        version: Some(version(&posted)?),
        decision_deadline: Some(posted.typed.owned("decisionDeadline")),
        status: Some("Open".into()),
        ..OpportunityPatch::default()
    };
    edit(&posted, &patch).await
}

async fn add_places(posted: Posted) -> AppResult<Done> {
    let patch = OpportunityPatch {
        version: Some(version(&posted)?),
        places: Some(NumberText(posted.typed.owned("places"))),
        decision_deadline: Some(posted.typed.owned("decisionDeadline")),
        ..OpportunityPatch::default()
    };
    edit(&posted, &patch).await
}

/// The version that the page was rendered with.
fn version(posted: &Posted) -> AppResult<i32> {
    posted.typed.text("version").parse().map_err(|_| AppError::invalid("", "Load the page again before you save."))
}

async fn edit(posted: &Posted, patch: &OpportunityPatch) -> AppResult<Done> {
    let actor = posted.call.actor()?;
    let id = service::edit(&posted.call.ctx, &actor, posted.seg("id")?, patch).await?;
    Ok(Done::to(address(posted, id)))
}

/// The nested list `decisions[0].requestId`, `.decision`, `.reason`, `.note`, `.revisionHash`.
async fn prepare(posted: Posted) -> AppResult<Done> {
    let actor = posted.call.actor()?;
    let id: OpportunityId = posted.seg("id")?;
    let decisions = posted
        .typed
        .rows("decisions")
        .into_iter()
        .map(|mut row| {
            let mut text = |name: &str| row.remove(name).unwrap_or_default();
            DecisionInput {
                request_id: text("requestId"),
                decision: text("decision"),
                reason: text("reason"),
                note: text("note"),
                revision_hash: text("revisionHash"),
            }
        })
        .collect();
    service::prepare(&posted.call.ctx, &actor, id, &DecisionsInput { decisions }).await?;
    Ok(at(&posted, &format!("/manage/opportunities/{id}/decisions")))
}

async fn release_decisions(posted: Posted) -> AppResult<Done> {
    let actor = posted.call.actor()?;
    let id: OpportunityId = posted.seg("id")?;
    service::release_decisions(&posted.call.ctx, &actor, id).await?;
    Ok(at(&posted, &format!("/manage/opportunities/{id}/decisions")))
}
