//! What the wall of an event's page loads, and what the pages on which a community manages it do.

use super::views::{CommunityPageView, EditorView, PanelView, PartnerWall, SupportedEvent};
use crate::ui::page::PageError;
use leptos::{prelude::*, server_fn::codec::GetUrl};

/// Who stands on an event's page, where the reader may see the event; by what stands in the page's address.
#[server(name = LoadWall, prefix = "/rpc", endpoint = "partners/wall", input = GetUrl)]
pub async fn wall(event: String, workspace: Option<String>) -> Result<PartnerWall, PageError> {
    let call = crate::platform::web::of_page()?.acting_for(workspace);
    Ok(super::service::public_wall(&call.ctx, call.maybe_viewer().as_ref(), &event).await?)
}

/// The public events that show an organization, where the reader may see it; by what stands in the page's address.
#[server(name = LoadSupport, prefix = "/rpc", endpoint = "partners/support", input = GetUrl)]
pub async fn support(organization: String, workspace: Option<String>) -> Result<Vec<SupportedEvent>, PageError> {
    let call = crate::platform::web::of_page()?.acting_for(workspace);
    let organization = crate::features::organizations::service::OrganizationRef::Slug(organization);
    Ok(super::service::public_support(&call.ctx, call.maybe_viewer().as_ref(), &organization).await?)
}

/// Everything that the reader's community has on the page of one of its events.
#[server(name = LoadPartnerPanel, prefix = "/rpc", endpoint = "partners/panel", input = GetUrl)]
pub async fn panel(event: String, workspace: Option<String>) -> Result<PanelView, PageError> {
    let call = crate::platform::web::of_page()?.acting_for(workspace);
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
    let call = crate::platform::web::of_page()?.acting_for(workspace);
    let event = event.parse().map_err(|_| PageError::not_found())?;
    let link = link.map(|link| link.parse().map_err(|_| PageError::not_found())).transpose()?;
    Ok(super::service::editor(&call.ctx, &call.viewer()?, event, link, search.as_deref().unwrap_or_default()).await?)
}

/// The public page of a community with its events and supporters.
#[server(name = LoadCommunity, prefix = "/rpc", endpoint = "communities/page", input = GetUrl)]
pub async fn community(slug: String, workspace: Option<String>) -> Result<CommunityPageView, PageError> {
    let call = crate::platform::web::of_page()?.acting_for(workspace);
    Ok(super::service::community_page(&call.ctx, call.maybe_viewer().as_ref(), &slug).await?)
}
