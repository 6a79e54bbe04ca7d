//! Public pages: each is read once, with what the rooms upstream know of it and whether the reader watches it.

use super::{
    store,
    views::{CommunityPageView, ComparedCommunity, EventPageView, OrganizationPageView, Supporter},
};
use crate::{
    features::{
        communities::{directory, service as communities, views::status_label},
        events::{rules::EventStatus, service as events, views::count_words},
        organizations::{logos::logo_url, service as organizations},
        partners::service as partners,
        watching::{rules::List, service as watching},
    },
    kernel::{
        actor::Actor,
        compare::{SideBySide, compared},
        error::AppResult,
        technologies,
    },
    platform::ctx::Ctx,
};
use std::collections::HashMap;
use uuid::Uuid;

/// The most events and supporters of a community's page.
const EVENTS_SHOWN: i64 = 60;
const SUPPORTERS_SHOWN: i64 = 24;

/// The public page of a community: what it says, its events, and who has made them possible.
///
/// # Errors
/// 404 for a community that the viewer may not know of.
pub async fn community_page(ctx: &Ctx, viewer: Option<&Actor>, slug: &str) -> AppResult<CommunityPageView> {
    let (brief, community) = communities::page(ctx, viewer, slug).await?;
    let reader = viewer.map(watching::owner);
    let below = store::get_community_page(ctx, brief.id, reader.as_ref(), EVENTS_SHOWN, SUPPORTERS_SHOWN).await?;
    let (ahead, past) = events::cards(ctx, &brief, below.shown)?;
    // Who is not listed cannot be watched.
    let watch = viewer.filter(|_| community.listed).map(|actor| watching::watch_view(actor, below.watched));
    let supporters = below.supporters.into_iter().map(|row| {
        Ok(Supporter {
            name: row.name_snapshot,
            logo_url: row.logo_key_snapshot.as_deref().map(logo_url),
            organization_slug: row.organization_slug,
            category: partners::category(&row.display_category)?,
            events_label: count_words(&row.events.to_string()),
        })
    });
    Ok(CommunityPageView { community, ahead, past, supporters: supporters.collect::<AppResult<Vec<_>>>()?, watch })
}

/// The communities that an address names side by side, as this viewer may see them.
///
/// # Errors
/// When the database is away.
pub async fn compare_communities(ctx: &Ctx, viewer: Option<&Actor>, query: &str) -> AppResult<SideBySide<ComparedCommunity>> {
    let named = compared(query);
    let cards = directory::cards_at(ctx, viewer, &named.slugs).await?;
    let mut told = HashMap::new();
    if !cards.is_empty() {
        let ids: Vec<Uuid> = cards.iter().map(|(card, _)| card.id.0).collect();
        let ahead = EventStatus::ALL.iter().filter(|status| status.is_ahead()).map(|status| status.label().to_owned());
        told = store::list_told(ctx, &ids, &ahead.collect::<Vec<_>>()).await?;
    }
    let rows = cards.into_iter().map(|(card, status)| {
        let row = told.remove(&card.id.0).unwrap_or_default();
        let compared = ComparedCommunity {
            standing: status.map(|status| status_label(status).to_owned()),
            technologies: technologies::one_spelling(row.technologies),
            event_types: row.event_types,
            ahead: row.ahead,
            past: row.past,
            supporters: row.supporters,
            card,
        };
        (compared.card.slug.clone(), compared)
    });
    Ok(named.placed(rows))
}

/// The public page of an event, by its id or slug, with its wall.
///
/// # Errors
/// 404 where the event is not the viewer's to know of.
pub async fn event_page(ctx: &Ctx, viewer: Option<&Actor>, named: &str) -> AppResult<EventPageView> {
    let page = events::page(ctx, viewer, named).await?;
    let wall = partners::wall(ctx, page.event.id).await?;
    Ok(EventPageView { page, wall })
}

/// The public page of an organization: what it says, the events that it supports, and whether the viewer watches it.
///
/// # Errors
/// 404 where the organization is not the viewer's to know of.
pub async fn organization_page(
    ctx: &Ctx,
    viewer: Option<&Actor>,
    by: &organizations::OrganizationRef,
) -> AppResult<OrganizationPageView> {
    let organization = organizations::get_by(ctx, viewer, by).await?;
    let supported = partners::supported_by(ctx, organization.id).await?;
    let watch = watching::watched(ctx, viewer, List::Organizations, organization.id.0).await?;
    Ok(OrganizationPageView { organization, supported, watch })
}
