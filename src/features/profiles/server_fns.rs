//! What public pages load, by what stands in their address.

use super::views::{CommunityPageView, ComparedCommunity, EventPageView, OrganizationPageView};
use crate::{kernel::compare::SideBySide, ui::page::PageError};
use leptos::{prelude::*, server_fn::codec::GetUrl};

/// The public page of an organization, as the reader may see it, with the events that it supports.
#[server(name = LoadOrganization, prefix = "/rpc", endpoint = "organizations/page", input = GetUrl)]
pub async fn organization(slug: String, workspace: Option<String>) -> Result<OrganizationPageView, PageError> {
    use crate::features::organizations::service::OrganizationRef;
    let call = crate::ui::door::of_page()?.acting_for(workspace);
    // Links of lists that know only an id lead here too.
    let by = slug.parse::<OrganizationRef>().unwrap_or(OrganizationRef::Slug(slug));
    Ok(super::service::organization_page(&call.ctx, call.maybe_viewer().as_ref(), &by).await?)
}

/// The public page of a community with its events and supporters.
#[server(name = LoadCommunity, prefix = "/rpc", endpoint = "communities/page", input = GetUrl)]
pub async fn community(slug: String, workspace: Option<String>) -> Result<CommunityPageView, PageError> {
    let call = crate::ui::door::of_page()?.acting_for(workspace);
    Ok(super::service::community_page(&call.ctx, call.maybe_viewer().as_ref(), &slug).await?)
}

/// Communities side by side, as the query of the address names them.
#[server(name = LoadCommunityComparison, prefix = "/rpc", endpoint = "communities/compare", input = GetUrl)]
pub async fn compare_communities(query: String, workspace: Option<String>) -> Result<SideBySide<ComparedCommunity>, PageError> {
    let call = crate::ui::door::of_page()?.acting_for(workspace);
    Ok(super::service::compare_communities(&call.ctx, call.maybe_viewer().as_ref(), &query).await?)
}

/// The public page of an event with its wall; by what stands in the page's address.
#[server(name = LoadEvent, prefix = "/rpc", endpoint = "events/page", input = GetUrl)]
pub async fn event(slug: String, workspace: Option<String>) -> Result<EventPageView, PageError> {
    let call = crate::ui::door::of_page()?.acting_for(workspace);
    Ok(super::service::event_page(&call.ctx, call.maybe_viewer().as_ref(), &slug).await?)
}
