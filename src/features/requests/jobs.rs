//! What comes due in this room, and what happens by rule to what comes in.

use super::{inbox, routing, service};
use crate::{
    features::facts::FactKind,
    kernel::actor::Side,
    platform::jobs::{Consumer, DeadlineHandler},
};

/// Everything that this room consumes.
pub fn consumers() -> Vec<Consumer> {
    vec![
        Consumer {
            name: "answer-by-rule",
            wants: |fact| {
                matches!(FactKind::find(&fact.room, &fact.name), Some(FactKind::RequestOpened | FactKind::RequestReleased))
            },
            run: |ctx, job| {
                Box::pin(async move {
                    let Some(fact) = &job.fact else { return Ok(()) };
                    Ok(routing::came_in(&ctx, fact.subject_id.into()).await?)
                })
            },
        },
        Consumer {
            name: "deliver-after-claim",
            wants: |fact| FactKind::find(&fact.room, &fact.name) == Some(FactKind::OrganizationClaimApproved),
            run: |ctx, job| {
                Box::pin(async move {
                    let Some(fact) = &job.fact else { return Ok(()) };
                    Ok(service::deliver_waiting(&ctx, fact.subject_id.into(), fact.at).await?)
                })
            },
        },
    ]
}

/// The handlers of this room's deadlines.
pub fn deadlines() -> Vec<DeadlineHandler> {
    vec![
        DeadlineHandler {
            kind: service::EXPIRY,
            run: |ctx, id| Box::pin(async move { service::expire_due(&ctx, id.into()).await }),
        },
        DeadlineHandler {
            kind: inbox::WAKE_COMMUNITY,
            run: |ctx, id| Box::pin(async move { inbox::wake_due(&ctx, id.into(), Side::Community).await }),
        },
        DeadlineHandler {
            kind: inbox::WAKE_ORGANIZATION,
            run: |ctx, id| Box::pin(async move { inbox::wake_due(&ctx, id.into(), Side::Organization).await }),
        },
        DeadlineHandler {
            kind: inbox::WELCOME,
            run: |ctx, id| Box::pin(async move { inbox::welcome_due(&ctx, id.into()).await }),
        },
    ]
}
