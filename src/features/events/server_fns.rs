//! What events' pages read: who is calling, what they want, one service.

use super::views::{EventEditor, EventView, FoundEvents, MyEvents};
use crate::ui::page::PageError;
use leptos::{prelude::*, server_fn::codec::GetUrl};

/// Public events that are still ahead, the next first.
#[server(name = LoadEvents, prefix = "/rpc", endpoint = "events/list", input = GetUrl)]
pub async fn list(search: Option<String>, cursor: Option<String>, workspace: Option<String>) -> Result<FoundEvents, PageError> {
    let call = crate::ui::door::of_page()?.acting_for(workspace);
    let page = crate::kernel::page::PageRequest { cursor, ..Default::default() };
    Ok(super::service::ahead(&call.ctx, call.maybe_viewer().as_ref(), search, &page).await?)
}

/// One tab of the reader's own events.
#[server(name = LoadMyEvents, prefix = "/rpc", endpoint = "events/mine", input = GetUrl)]
pub async fn mine(tab: String, cursor: Option<String>, workspace: Option<String>) -> Result<MyEvents, PageError> {
    let call = crate::ui::door::of_page()?.acting_for(workspace);
    let page = crate::kernel::page::PageRequest { cursor, ..Default::default() };
    Ok(super::service::mine(&call.ctx, &call.viewer()?, super::views::Tab::named(&tab), &page).await?)
}

/// One of the reader's own events.
#[server(name = LoadMyEvent, prefix = "/rpc", endpoint = "events/one", input = GetUrl)]
pub async fn one(id: String, workspace: Option<String>) -> Result<EventView, PageError> {
    let call = crate::ui::door::of_page()?.acting_for(workspace);
    let id = id.parse().map_err(|_| PageError::not_found())?;
    Ok(super::service::own(&call.ctx, &call.viewer()?, id).await?)
}

/// What the page needs on which an event is made (without an id) or edited.
#[server(name = LoadEventEditor, prefix = "/rpc", endpoint = "events/editor", input = GetUrl)]
pub async fn editor(id: Option<String>, workspace: Option<String>) -> Result<EventEditor, PageError> {
    let call = crate::ui::door::of_page()?.acting_for(workspace);
    let id = id.map(|id| id.parse().map_err(|_| PageError::not_found())).transpose()?;
    Ok(super::service::editor(&call.ctx, &call.viewer()?, id).await?)
}
