//! What communities do later: look at a sign-up and at edits, follow what logins say about their owners, and count how fast
//! they answer.

use super::{
    rules::{self, ChecksAsked, ProfileEdited},
    service,
};
use crate::{
    features::accounts::rules::{EmailVerified, UserSignedIn},
    kernel::ids::{CommunityId, RequestId, UserId},
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
        Consumer { name: "community-checks", wants: asks_for_checks, run: check },
        Consumer { name: "community-answers", wants: |fact| heard(fact).is_some(), run: count_answers },
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

fn asks_for_checks(fact: &StoredFact) -> bool {
    let changed: Vec<&str> = fact.payload["changed"]
        .as_array()
        .map(|names| names.iter().filter_map(|name| name.as_str()).collect())
        .unwrap_or_default();
    is(fact, "communities", "community_registered")
        || is(fact, "communities", ChecksAsked::NAME)
        || is(fact, "communities", ProfileEdited::NAME) && rules::needs_checks(&changed)
}

/// What a fact says about how fast a community answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Heard {
    /// An organization's request reached the community.
    Asked,
    /// A person of the community's answered it: yes, no, or yes as soon as a place is free.
    Answered,
}

/// Handing over and putting aside are the community's too, and answer nobody. What staff hold back has not arrived yet.
fn heard(fact: &StoredFact) -> Option<Heard> {
    let payload = &fact.payload;
    let theirs = payload["openedBy"] == "organization";
    let by_community = payload["side"] == "community";
    match (fact.room.as_str(), fact.name.as_str()) {
        ("requests", "request_opened") if theirs && payload["unseenBy"].is_null() => Some(Heard::Asked),
        ("requests", "request_released") if theirs => Some(Heard::Asked),
        ("requests", "request_accepted") | ("decisions", "waiting_joined") if by_community => Some(Heard::Answered),
        ("requests", "request_rejected") if by_community && payload["automatic"] != true => Some(Heard::Answered),
        _ => None,
    }
}

/// What reaches a community begins the wait, its first answer ends it.
fn count_answers(ctx: Ctx, job: Job) -> BoxFuture<'static, anyhow::Result<()>> {
    Box::pin(async move {
        let Some(fact) = job.fact else { return Ok(()) };
        let Some(community) = fact.payload["communityId"].as_str().and_then(|id| id.parse().ok()) else { return Ok(()) };
        let request = RequestId(fact.subject_id);
        match heard(&fact) {
            Some(Heard::Asked) => service::note_asked(&ctx, request, community, fact.at).await?,
            Some(Heard::Answered) => service::note_answered(&ctx, request, community, fact.at).await?,
            None => {}
        }
        Ok(())
    })
}

fn is(fact: &StoredFact, room: &str, name: &str) -> bool {
    fact.room == room && fact.name == name
}

fn check(ctx: Ctx, job: Job) -> BoxFuture<'static, anyhow::Result<()>> {
    Box::pin(async move {
        if let Some(fact) = job.fact {
            service::check(&ctx, CommunityId(fact.subject_id), fact.at).await?;
        }
        Ok(())
    })
}

fn owner_verified(ctx: Ctx, job: Job) -> BoxFuture<'static, anyhow::Result<()>> {
    Box::pin(async move {
        if let Some(fact) = job.fact {
            let about = fact.payload["about"].as_str().and_then(|id| id.parse().ok());
            service::owner_verified(&ctx, UserId(fact.subject_id), about).await?;
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
