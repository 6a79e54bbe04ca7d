//! What moves the line of those who wait: requests that close, more places, and offers that ran out. What ends a release that was
//! cut off, and what was prepared about a request that is closed.

use super::service;
use crate::{
    kernel::ids::{OpportunityId, RequestId, UserId},
    platform::{
        ctx::Ctx,
        facts::StoredFact,
        jobs::{Consumer, DeadlineHandler, Job},
    },
};
use anyhow::Context as _;
use futures::future::BoxFuture;

/// The consumers of this room.
pub fn consumers() -> Vec<Consumer> {
    vec![
        Consumer { name: "waiting-line", wants: moves_the_line, run: settle },
        Consumer {
            name: "decisions-released",
            wants: |fact| fact.room == "decisions" && fact.name == "decisions_released",
            run: go_on,
        },
        Consumer { name: "prepared-decisions", wants: closes_a_request, run: forget },
    ]
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
        (
            "requests",
            "request_accepted" | "request_rejected" | "request_withdrawn" | "request_expired" | "request_released"
            | "request_refused",
        ) => fact.payload["opportunityId"].is_string(),
        ("opportunities", "opportunity_edited") => true,
        _ => false,
    }
}

fn closes_a_request(fact: &StoredFact) -> bool {
    let closes = matches!(
        fact.name.as_str(),
        "request_accepted" | "request_rejected" | "request_withdrawn" | "request_expired" | "request_refused"
    );
    // Only what is about an opportunity is decided together with others.
    closes && fact.room == "requests" && fact.payload["opportunityId"].is_string()
}

fn forget(ctx: Ctx, job: Job) -> BoxFuture<'static, anyhow::Result<()>> {
    Box::pin(async move {
        let Some(fact) = job.fact else { return Ok(()) };
        service::forget(&ctx, RequestId(fact.subject_id)).await?;
        Ok(())
    })
}

fn go_on(ctx: Ctx, job: Job) -> BoxFuture<'static, anyhow::Result<()>> {
    Box::pin(async move {
        let Some(fact) = job.fact else { return Ok(()) };
        let community =
            fact.payload["communityId"].as_str().and_then(|id| id.parse().ok()).context("a release names its community")?;
        let by = fact.actor_user_id.context("a release is somebody's")?;
        service::go_on(&ctx, OpportunityId(fact.subject_id), community, UserId(by)).await?;
        Ok(())
    })
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
