//! What communities do later: look at a sign-up, and follow what logins say about their owners.

use super::service;
use crate::{
    features::accounts::rules::{EmailVerified, UserSignedIn},
    kernel::ids::{CommunityId, UserId},
    platform::{
        ctx::Ctx,
        facts::StoredFact,
        jobs::{Consumer, Job},
    },
};
use futures::future::BoxFuture;

/// The consumers of this room, for `reactions.rs`.
pub fn consumers() -> Vec<Consumer> {
    vec![
        Consumer { name: "community-checks", wants: |fact| is(fact, "communities", "community_registered"), run: check },
        Consumer {
            name: "community-owner-verified",
            wants: |fact| is(fact, "accounts", EmailVerified::NAME),
            run: owner_verified,
        },
        Consumer {
            name: "community-owner-signed-in",
            wants: |fact| is(fact, "accounts", UserSignedIn::NAME),
            run: owner_signed_in,
        },
    ]
}

fn is(fact: &StoredFact, room: &str, name: &str) -> bool {
    fact.room == room && fact.name == name
}

fn check(ctx: Ctx, job: Job) -> BoxFuture<'static, anyhow::Result<()>> {
    Box::pin(async move {
        if let Some(fact) = job.fact {
            service::check(&ctx, CommunityId(fact.subject_id)).await?;
        }
        Ok(())
    })
}

fn owner_verified(ctx: Ctx, job: Job) -> BoxFuture<'static, anyhow::Result<()>> {
    Box::pin(async move {
        if let Some(fact) = job.fact {
            service::owner_verified(&ctx, UserId(fact.subject_id)).await?;
        }
        Ok(())
    })
}

fn owner_signed_in(ctx: Ctx, job: Job) -> BoxFuture<'static, anyhow::Result<()>> {
    Box::pin(async move {
        if let Some(fact) = job.fact {
            service::owner_signed_in(&ctx, UserId(fact.subject_id), fact.at).await?;
        }
        Ok(())
    })
}
