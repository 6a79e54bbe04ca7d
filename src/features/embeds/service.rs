//! The use cases of embeds: what they say, and where they may stand.

use super::{
    policy,
    rules::{self, Sites},
    store,
    views::{BadgeEmbed, BadgeSnippet, EmbedsPage, WallEmbed, frame},
};
use crate::{
    features::{
        communities::service as communities,
        events::service as events,
        opportunities::{service as opportunities, views::OpportunityStatus},
        partners::service as partners,
    },
    kernel::{
        actor::{Actor, Capability},
        error::{AppError, AppResult, Denied},
        ids::{CommunityId, OpportunityId},
        page::PageRequest,
    },
    platform::ctx::Ctx,
};

/// The sponsors and partners of a public event, and where they may be framed.
///
/// # Errors
/// 404 for an event that not everybody may see.
pub async fn wall(ctx: &Ctx, slug: &str) -> AppResult<(WallEmbed, Sites)> {
    let event = events::view(ctx, None, slug).await?;
    let wall = partners::wall(ctx, event.id).await?;
    let (sites, _) = store::find(ctx.db(), event.community_id).await?;
    let url = ctx.link(&format!("/events/{}", event.slug));
    Ok((WallEmbed::of(event.title, url, event.when_label, wall, |path| ctx.link(path)), sites))
}

/// A public opportunity in a few words, and where it may be framed.
///
/// # Errors
/// 404 for an opportunity that not everybody may see.
pub async fn badge(ctx: &Ctx, id: OpportunityId) -> AppResult<(BadgeEmbed, Sites)> {
    let it = opportunities::get(ctx, None, id).await?;
    let (sites, _) = store::find(ctx.db(), it.community.id).await?;
    let open = it.status == OpportunityStatus::Open;
    let badge = BadgeEmbed {
        title: it.title,
        event_title: it.event.title,
        when_label: it.event.when_label,
        category: it.category,
        hue: it.hue.label().to_owned(),
        budget_label: it.budget_range.formatted,
        places_label: if open { it.places_label } else { it.status.label().to_owned() },
        deadline_label: it.deadline_label,
        open,
        url: ctx.link(&format!("/opportunities/{id}")),
    };
    Ok((badge, sites))
}

/// The page on which the actor's community chooses its sites and copies its badges.
///
/// # Errors
/// 403 outside a community's workspace.
pub async fn page(ctx: &Ctx, actor: &Actor) -> AppResult<EmbedsPage> {
    let community = own(actor)?;
    let (sites, version) = store::find(ctx.db(), community).await?;
    let badges = if actor.can(Capability::ManageOpportunities) {
        let first = PageRequest { limit: 20, ..PageRequest::default() };
        opportunities::list_mine(ctx, actor, Some(OpportunityStatus::Open), &first).await?.items
    } else {
        Vec::new()
    };
    let badges = badges.into_iter().map(|it| {
        let preview_href = format!("/embed/opportunities/{}/badge", it.id);
        let badge = BadgeEmbed {
            title: it.title,
            event_title: it.event.title,
            when_label: it.event.when_label,
            category: it.category,
            hue: it.hue.label().to_owned(),
            budget_label: it.budget_range.formatted,
            places_label: it.places_label,
            deadline_label: it.deadline_label,
            open: true,
            url: ctx.link(&format!("/opportunities/{}", it.id)),
        };
        BadgeSnippet {
            snippet: frame(&ctx.link(&preview_href), &format!("{} at {}", badge.category, badge.event_title), 132),
            html: badge.html(),
            json_url: ctx.link(&format!("{preview_href}.json")),
            title: badge.title,
            event_title: badge.event_title,
            preview_href,
        }
    });
    Ok(EmbedsPage { sites: sites.text(), version, can_edit: policy::may_choose(actor).is_ok(), badges: badges.collect() })
}

/// Where the embeds of the actor's community may stand: origins, or `*` alone.
///
/// # Errors
/// 403 outside a community's workspace.
pub async fn sites(ctx: &Ctx, actor: &Actor) -> AppResult<Vec<String>> {
    Ok(store::find(ctx.db(), own(actor)?).await?.0.stored())
}

fn own(actor: &Actor) -> AppResult<CommunityId> {
    let community = actor
        .community()
        .ok_or_else(|| Denied::new("Only a community has embeds. Switch to the workspace of your community."))?;
    actor.must(Capability::SeeWorkspace, "see the embeds of this community")?;
    Ok(community)
}

/// Chooses where the embeds of the actor's community may stand.
///
/// # Errors
/// 403 by role; 409 `VERSION_CONFLICT`.
pub async fn choose(ctx: &Ctx, actor: &Actor, seen: i32, sites: Sites) -> AppResult<()> {
    let community = policy::may_choose(actor)?;
    let mut tx = ctx.begin().await?;
    communities::brief_in(&mut tx, community).await?;
    let (old, version) = store::find(&mut *tx.conn(), community).await?;
    if let Some(chosen) = rules::choose(community, seen, version, &old, sites)? {
        store::apply_chosen(tx.conn(), &chosen).await?;
        tx.state(actor, &chosen);
    }
    tx.result(community);
    tx.commit_unstated("a choice that changes nothing is no fact").await
}

/// An id in an address; anything else is simply not there.
///
/// # Errors
/// 404.
pub fn opportunity_named(text: &str) -> AppResult<OpportunityId> {
    text.parse().map_err(|_| AppError::NotFound)
}
