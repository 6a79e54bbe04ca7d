//! What requests' pages read: the inbox, one request, what a new one needs, the dashboard.

use super::views::{ComposeScreen, InboxScreen, RequestScreen};
use crate::ui::page::PageError;
use leptos::{prelude::*, server_fn::codec::GetUrl};

/// One part of the acting workspace's inbox; an unknown part is the open one.
#[server(name = LoadInbox, prefix = "/rpc", endpoint = "requests/inbox", input = GetUrl)]
pub async fn inbox(tab: String, cursor: String, workspace: Option<String>) -> Result<InboxScreen, PageError> {
    let call = crate::platform::web::of_page()?.acting_for(workspace);
    let viewer = call.viewer()?;
    let page =
        crate::kernel::page::PageRequest::from_wire(None, None, Some(cursor)).map_err(crate::kernel::error::AppError::from)?;
    let tab = super::views::InboxTab::parse(&tab).unwrap_or(super::views::InboxTab::Open);
    let inbox = super::service::inbox(&call.ctx, &viewer, tab, &page).await?;
    let side = viewer.side().ok_or(crate::kernel::error::AppError::NotFound)?;
    Ok(InboxScreen { inbox, side, acting: crate::features::opportunities::service::key_of(Some(&viewer)) })
}

/// One request.
#[server(name = LoadRequest, prefix = "/rpc", endpoint = "requests/get", input = GetUrl)]
pub async fn get(id: String, workspace: Option<String>) -> Result<RequestScreen, PageError> {
    let call = crate::platform::web::of_page()?.acting_for(workspace);
    let viewer = call.viewer()?;
    let id = id.parse().map_err(|_| crate::kernel::error::AppError::NotFound)?;
    let request = super::service::get(&call.ctx, &viewer, id).await?;
    let contact = super::service::contact(&call.ctx, &viewer, &request).await?;
    Ok(RequestScreen { request, contact, acting: crate::features::opportunities::service::key_of(Some(&viewer)) })
}

/// Where a community writes to an organization, named by its slug.
#[server(name = LoadCompose, prefix = "/rpc", endpoint = "requests/compose", input = GetUrl)]
pub async fn compose(organization: String, workspace: Option<String>) -> Result<ComposeScreen, PageError> {
    let call = crate::platform::web::of_page()?.acting_for(workspace);
    Ok(super::service::compose(&call.ctx, &call.viewer()?, &organization).await?)
}

/// What the acting workspace sees first.
#[server(name = LoadDashboard, prefix = "/rpc", endpoint = "dashboard", input = GetUrl)]
pub async fn dashboard(workspace: Option<String>) -> Result<super::views::DashboardView, PageError> {
    let call = crate::platform::web::of_page()?.acting_for(workspace);
    Ok(super::dashboard::view(&call.ctx, &call.viewer()?).await?)
}
