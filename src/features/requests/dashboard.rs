//! What a workspace sees first: where it stands, what waits for it. The most downstream room composes it, because the
//! parts belong to others.

use super::{
    service,
    views::{DashboardView, InboxTab},
};
use crate::{
    features::{communities::service as communities, opportunities::service::key_of, organizations::service as organizations},
    kernel::{
        actor::{Actor, Capability},
        error::AppResult,
        page::PageRequest,
    },
    platform::ctx::Ctx,
};

/// The dashboard of the acting workspace. Requests are left out for roles that do not see them.
///
/// # Errors
/// When the database is away.
pub async fn view(ctx: &Ctx, actor: &Actor) -> AppResult<DashboardView> {
    let second_factor_due = actor.staff().is_some() && !actor.person.second_factor_given;
    let home = if second_factor_due { organizations::Home::default() } else { organizations::home(ctx, actor).await? };
    let organizations::Home { part: organization, seats, registrations, claims } = home;
    let community = match actor.community() {
        Some(_) => Some(communities::mine(ctx, actor).await?),
        None => None,
    };
    let inbox = if actor.side().is_some() && actor.can(Capability::SeeRequests) {
        let first = PageRequest { limit: 5, ..PageRequest::default() };
        Some(service::inbox(ctx, actor, InboxTab::Open, &first).await?)
    } else {
        None
    };
    let (counts, waiting) = inbox.map_or((None, Vec::new()), |inbox| (Some(inbox.counts), inbox.items));
    Ok(DashboardView {
        name: actor.acting.as_ref().map_or_else(|| actor.person.name.clone(), |m| m.name.clone()),
        organization,
        community,
        seats,
        registrations,
        claims,
        counts,
        waiting,
        is_staff: actor.staff().is_some(),
        second_factor_due,
        can_edit_events: actor.can(Capability::EditEvents),
        can_manage_opportunities: actor.can(Capability::ManageOpportunities),
        acting: key_of(Some(actor)),
    })
}
