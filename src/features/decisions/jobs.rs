//! What moves the line of those who wait: requests that close, more places, and offers that ran out.

use super::service;
use crate::{
    kernel::ids::OpportunityId,
    platform::{
        ctx::Ctx,
        facts::StoredFact,
        jobs::{Consumer, DeadlineHandler, Job},
    },
};
use futures::future::BoxFuture;

/// The consumers of this room.
pub fn consumers() -> Vec<Consumer> {
    vec![Consumer { name: "waiting-line", wants: moves_the_line, run: settle }]
}

/// The handlers of this room's deadlines.
pub fn deadlines() -> Vec<DeadlineHandler> {
    vec![DeadlineHandler {
        kind: service::OFFER,
        run: |ctx, id| Box::pin(async move { service::offer_due(&ctx, id.into()).await }),
    }]
}

fn moves_the_line(fact: &StoredFact) -> bool {
    match (fact.room.as_str(), fact.name.as_str()) {
        ("requests", "request_accepted" | "request_rejected" | "request_withdrawn" | "request_expired" | "request_released" | "request_refused") => {
            fact.payload["opportunityId"].is_string()
        }
        ("opportunities", "opportunity_edited") => true,
        _ => false,
    }
}

fn settle(ctx: Ctx, job: Job) -> BoxFuture<'static, anyhow::Result<()>> {
    Box::pin(async move {
        let Some(fact) = job.fact else { return Ok(()) };
        let id = match fact.payload["opportunityId"].as_str() {
            Some(id) => id.parse()?,
            None => fact.subject_id,
        };
        service::settle(&ctx, OpportunityId(id)).await?;
        Ok(())
    })
}
