//! What partners do later: count anew what organizations support, whenever what stands public may have changed.

use super::service::{self, Whose};
use crate::platform::{
    ctx::Ctx,
    facts::StoredFact,
    jobs::{Consumer, Job},
};
use futures::future::BoxFuture;
use uuid::Uuid;

/// The consumers of this room.
pub fn consumers() -> Vec<Consumer> {
    vec![Consumer { name: "organization-support", wants: |fact| whose(fact).is_some(), run: count }]
}

fn whose(fact: &StoredFact) -> Option<Whose> {
    let named = || fact.payload["organizationId"].as_str().and_then(|id| id.parse::<Uuid>().ok());
    let subject = fact.subject_id;
    match (fact.room.as_str(), fact.name.as_str()) {
        // Whom the community wrote by name only is no organization.
        ("partners", "partner_assigned" | "partner_removed" | "partner_hidden" | "partner_shown")
        | ("decisions", "place_released") => named().map(|id| Whose::One(id.into())),
        ("organizations", "organization_merged") => Some(Whose::One(subject.into())),
        (
            "events",
            "event_published" | "event_edited" | "event_archived" | "event_deleted" | "event_restored" | "event_hidden"
            | "event_shown",
        ) => Some(Whose::Event(subject.into())),
        ("communities", "community_approved" | "community_rejected" | "community_suspended" | "community_restored") => {
            Some(Whose::Community(subject.into()))
        }
        _ => None,
    }
}

fn count(ctx: Ctx, job: Job) -> BoxFuture<'static, anyhow::Result<()>> {
    Box::pin(async move {
        if let Some(whose) = job.fact.as_ref().and_then(whose) {
            service::count_support(&ctx, whose).await?;
        }
        Ok(())
    })
}
