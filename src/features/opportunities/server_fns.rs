//! What opportunities' pages read: the public list, one opportunity, the community's own, what the editor needs.

use super::views::{BoardScreen, EditorScreen, ManageScreen, OffersScreen, OpportunityScreen};
use crate::ui::page::PageError;
use leptos::{prelude::*, server_fn::codec::GetUrl};

/// The public list, as the query of its address asks for it.
#[server(name = LoadOpportunities, prefix = "/rpc", endpoint = "opportunities/list", input = GetUrl)]
pub async fn list(query: String, cursor: String, workspace: Option<String>) -> Result<BoardScreen, PageError> {
    let call = crate::ui::door::of_page()?.acting_for(workspace);
    let page =
        crate::kernel::page::PageRequest::from_wire(None, None, Some(cursor)).map_err(crate::kernel::error::AppError::from)?;
    let board = super::board::Board::read(&query);
    Ok(super::service::board(&call.ctx, call.maybe_viewer().as_ref(), &board, &page).await?)
}

/// What is offered at an event, or by a community: the one whose address is not empty.
#[server(name = LoadOffers, prefix = "/rpc", endpoint = "opportunities/offers", input = GetUrl)]
pub async fn offers(event: String, community: String, workspace: Option<String>) -> Result<OffersScreen, PageError> {
    let call = crate::ui::door::of_page()?.acting_for(workspace);
    let viewer = call.maybe_viewer();
    let whose = match event.as_str() {
        "" => super::service::Whose::Community(&community),
        slug => super::service::Whose::Event(slug),
    };
    let rows = super::service::offers(&call.ctx, whose).await?;
    Ok(OffersScreen { rows, acting: super::service::key_of(viewer.as_ref()) })
}

/// One opportunity, as the reader sees it.
#[server(name = LoadOpportunity, prefix = "/rpc", endpoint = "opportunities/get", input = GetUrl)]
pub async fn get(id: String, workspace: Option<String>) -> Result<OpportunityScreen, PageError> {
    let call = crate::ui::door::of_page()?.acting_for(workspace);
    let viewer = call.maybe_viewer();
    let id = id.parse().map_err(|_| crate::kernel::error::AppError::NotFound)?;
    let opportunity = super::service::get(&call.ctx, viewer.as_ref(), id).await?;
    Ok(OpportunityScreen { opportunity, acting: super::service::key_of(viewer.as_ref()), signed_in: viewer.is_some() })
}

/// The community's own opportunities; `status` is a label or empty.
#[server(name = LoadOwnOpportunities, prefix = "/rpc", endpoint = "opportunities/mine", input = GetUrl)]
pub async fn mine(status: String, cursor: String, workspace: Option<String>) -> Result<ManageScreen, PageError> {
    let call = crate::ui::door::of_page()?.acting_for(workspace);
    let viewer = call.viewer()?;
    let page =
        crate::kernel::page::PageRequest::from_wire(None, None, Some(cursor)).map_err(crate::kernel::error::AppError::from)?;
    let status = super::views::OpportunityStatus::parse(&status).ok();
    let page = super::service::list_mine(&call.ctx, &viewer, status, &page).await?;
    Ok(ManageScreen { page, acting: super::service::key_of(Some(&viewer)) })
}

/// What the editor needs; `id` is empty for a new one.
#[server(name = LoadOpportunityEditor, prefix = "/rpc", endpoint = "opportunities/editor", input = GetUrl)]
pub async fn editor(id: String, workspace: Option<String>) -> Result<EditorScreen, PageError> {
    let call = crate::ui::door::of_page()?.acting_for(workspace);
    let id = if id.is_empty() { None } else { Some(id.parse().map_err(|_| crate::kernel::error::AppError::NotFound)?) };
    Ok(super::service::editor(&call.ctx, &call.viewer()?, id).await?)
}
