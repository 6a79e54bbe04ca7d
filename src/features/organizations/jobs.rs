//! What organizations do later: checks after an application or an edit, counts of support, old drafts.

use super::{drafts, rules, service};
use crate::{
    kernel::ids::{CommunityId, EventId, OrganizationId},
    platform::{
        ctx::Ctx,
        facts::StoredFact,
        jobs::{Consumer, Job, Periodic},
    },
};
use anyhow::Context as _;
use futures::future::BoxFuture;
use std::time::Duration;
use uuid::Uuid;

pub fn consumers() -> Vec<Consumer> {
    vec![
        Consumer { name: "organization-checks", wants: asks_for_checks, run: check },
        Consumer { name: "organization-support", wants: is_support, run: count_support },
    ]
}

/// Drafts whose two weeks are over.
pub fn forget_drafts() -> Periodic {
    Periodic {
        name: "forget-drafts",
        every: Duration::from_secs(3600),
        run: |ctx| Box::pin(async move { Ok(drafts::forget_old(&ctx).await?) }),
    }
}

fn asks_for_checks(fact: &StoredFact) -> bool {
    match (fact.room.as_str(), fact.name.as_str()) {
        ("organizations", "organization_applied" | "organization_resubmitted") => true,
        ("organizations", "organization_profile_edited") => rules::needs_checks(&service::changed_fields(fact)),
        _ => false,
    }
}

fn check(ctx: Ctx, job: Job) -> BoxFuture<'static, anyhow::Result<()>> {
    Box::pin(async move {
        let fact = job.fact.context("checks are asked for by a fact")?;
        service::run_checks(&ctx, OrganizationId(fact.subject_id), fact.id).await?;
        Ok(())
    })
}

fn is_support(fact: &StoredFact) -> bool {
    fact.room == "partners" && fact.name == "partner_assigned"
}

/// The fact names the organization (unless the community wrote a name only), the event and the community.
fn count_support(ctx: Ctx, job: Job) -> BoxFuture<'static, anyhow::Result<()>> {
    Box::pin(async move {
        let fact = job.fact.context("support is told by a fact")?;
        let id = |key: &str| fact.payload.get(key).and_then(|value| value.as_str()).and_then(|text| text.parse::<Uuid>().ok());
        let Some(organization) = id("organizationId") else { return Ok(()) };
        let event = id("eventId").context("an assignment names its event")?;
        let community = id("communityId").context("an assignment names its community")?;
        service::note_support(&ctx, OrganizationId(organization), EventId(event), CommunityId(community), fact.at).await?;
        Ok(())
    })
}
