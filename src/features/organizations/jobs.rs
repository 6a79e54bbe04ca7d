//! What organizations do later: checks after an application or an edit, counts of support, old drafts.

use super::{claims, drafts, life, rules, service};
use crate::{
    kernel::ids::{CommunityId, EventId, OrganizationId, UserId},
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
        Consumer { name: "organization-website", wants: is_proposal, run: check_proposal },
        Consumer { name: "organization-invitations", wants: is_request, run: invite },
        Consumer { name: "organization-seats", wants: is_yes, run: take_seat },
        Consumer { name: "organization-claims", wants: is_mailed_link, run: prove_claims },
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
        (
            "organizations",
            "organization_applied"
            | "organization_resubmitted"
            | "organization_checks_asked"
            | "organization_website_approved"
            | "organization_domain_proven",
        ) => true,
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

fn is_proposal(fact: &StoredFact) -> bool {
    fact.room == "organizations" && fact.name == "organization_website_proposed"
}

fn check_proposal(ctx: Ctx, job: Job) -> BoxFuture<'static, anyhow::Result<()>> {
    Box::pin(async move {
        let fact = job.fact.context("a proposal is a fact")?;
        let proposal = id_in(&fact, "proposal").context("a proposal has an id")?;
        life::check_proposal(&ctx, OrganizationId(fact.subject_id), proposal, fact.id).await?;
        Ok(())
    })
}

fn id_in(fact: &StoredFact, key: &str) -> Option<Uuid> {
    fact.payload.get(key).and_then(|value| value.as_str()).and_then(|text| text.parse().ok())
}

/// A request of a community's: when its organization has nobody here yet, somebody of theirs is invited.
fn is_request(fact: &StoredFact) -> bool {
    fact.room == "requests" && fact.name == "request_opened" && fact.payload["openedBy"] == "community"
}

fn invite(ctx: Ctx, job: Job) -> BoxFuture<'static, anyhow::Result<()>> {
    Box::pin(async move {
        let fact = job.fact.context("a request is a fact")?;
        let organization = id_in(&fact, "organizationId").context("a request names its organization")?;
        let community = id_in(&fact, "communityId").context("a request names its community")?;
        claims::invite_for_request(&ctx, OrganizationId(organization), CommunityId(community)).await?;
        Ok(())
    })
}

/// A link that was about something was followed: whoever reads the mailbox says yes to it.
fn is_yes(fact: &StoredFact) -> bool {
    fact.room == "accounts" && fact.name == "user_email_verified" && fact.payload["about"].is_string()
}

fn take_seat(ctx: Ctx, job: Job) -> BoxFuture<'static, anyhow::Result<()>> {
    Box::pin(async move {
        let fact = job.fact.context("a link that was followed is a fact")?;
        let about = id_in(&fact, "about").context("the link was about something")?;
        service::take_seat(&ctx, OrganizationId(about), UserId(fact.subject_id)).await?;
        Ok(())
    })
}

/// Somebody followed a link that we had mailed: to prove their address, or to set a password.
fn is_mailed_link(fact: &StoredFact) -> bool {
    match (fact.room.as_str(), fact.name.as_str()) {
        ("accounts", "user_email_verified") => true,
        ("accounts", "password_set") => matches!(fact.payload["how"].as_str(), Some("activated" | "reset")),
        _ => false,
    }
}

fn prove_claims(ctx: Ctx, job: Job) -> BoxFuture<'static, anyhow::Result<()>> {
    Box::pin(async move {
        let fact = job.fact.context("a link that was followed is a fact")?;
        claims::mailbox_proven(&ctx, UserId(fact.subject_id), fact.at).await?;
        Ok(())
    })
}

fn is_support(fact: &StoredFact) -> bool {
    // A note of a past event is support from the moment at which it is shown.
    fact.room == "partners" && matches!(fact.name.as_str(), "partner_assigned" | "partner_shown")
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
