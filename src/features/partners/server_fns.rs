//! What the public pages of events, organizations and communities load, and what the pages on which a community manages
//! its partners do.

use super::views::{CommunityPageView, EditorView, EventPageView, OrganizationPageView, PanelView};
use crate::ui::page::PageError;
use leptos::{prelude::*, server_fn::codec::GetUrl};

/// The public page of an event with its wall; by what stands in the page's address.
#[server(name = LoadEvent, prefix = "/rpc", endpoint = "events/page", input = GetUrl)]
pub async fn event(slug: String, workspace: Option<String>) -> Result<EventPageView, PageError> {
    let call = crate::ui::door::of_page()?.acting_for(workspace);
    Ok(super::service::event_page(&call.ctx, call.maybe_viewer().as_ref(), &slug).await?)
}

/// The public page of an organization, as the reader may see it, with the events that it supports.
#[server(name = LoadOrganization, prefix = "/rpc", endpoint = "organizations/page", input = GetUrl)]
pub async fn organization(slug: String, workspace: Option<String>) -> Result<OrganizationPageView, PageError> {
    use crate::features::organizations::service::OrganizationRef;
    let call = crate::ui::door::of_page()?.acting_for(workspace);
    // Links of lists that know only an id lead here too.
    let by = slug.parse::<OrganizationRef>().unwrap_or(OrganizationRef::Slug(slug));
    Ok(super::service::organization_page(&call.ctx, call.maybe_viewer().as_ref(), &by).await?)
}

/// Everything that the reader's community has on the page of one of its events.
#[server(name = LoadPartnerPanel, prefix = "/rpc", endpoint = "partners/panel", input = GetUrl)]
pub async fn panel(event: String, workspace: Option<String>) -> Result<PanelView, PageError> {
    let call = crate::ui::door::of_page()?.acting_for(workspace);
    let event = event.parse().map_err(|_| PageError::not_found())?;
    Ok(super::service::panel(&call.ctx, &call.viewer()?, event).await?)
}

/// What the page needs on which somebody is added (without a link) or edited.
#[server(name = LoadPartnerEditor, prefix = "/rpc", endpoint = "partners/editor", input = GetUrl)]
pub async fn editor(
    event: String,
    link: Option<String>,
    search: Option<String>,
    workspace: Option<String>,
) -> Result<EditorView, PageError> {
    let call = crate::ui::door::of_page()?.acting_for(workspace);
    let event = event.parse().map_err(|_| PageError::not_found())?;
    let link = link.map(|link| link.parse().map_err(|_| PageError::not_found())).transpose()?;
    Ok(super::service::editor(&call.ctx, &call.viewer()?, event, link, search.as_deref().unwrap_or_default()).await?)
}

/// The public page of a community with its events and supporters.
#[server(name = LoadCommunity, prefix = "/rpc", endpoint = "communities/page", input = GetUrl)]
pub async fn community(slug: String, workspace: Option<String>) -> Result<CommunityPageView, PageError> {
    let call = crate::ui::door::of_page()?.acting_for(workspace);
    Ok(super::service::community_page(&call.ctx, call.maybe_viewer().as_ref(), &slug).await?)
}
