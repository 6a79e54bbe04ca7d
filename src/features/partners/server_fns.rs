//! What the pages load on which a community manages its partners.

use super::views::{EditorView, PanelView};
use crate::ui::page::PageError;
use leptos::{prelude::*, server_fn::codec::GetUrl};

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
