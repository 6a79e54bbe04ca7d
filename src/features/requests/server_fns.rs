//! What requests' pages read: the inbox, one request, what a new one needs, the dashboard.

use super::views::{ComposeScreen, HeldScreen, InboxAsk, InboxScreen, RequestScreen, RulesScreen, StandingScreen};
use crate::ui::page::PageError;
use leptos::{prelude::*, server_fn::codec::GetUrl};

/// A part of the acting workspace's inbox; an unknown part is the incoming one.
#[server(name = LoadInbox, prefix = "/rpc", endpoint = "requests/inbox", input = GetUrl)]
pub async fn inbox(ask: InboxAsk, cursor: String, workspace: Option<String>) -> Result<InboxScreen, PageError> {
    let call = crate::ui::door::of_page()?.acting_for(workspace);
    let viewer = call.viewer()?;
    let page =
        crate::kernel::page::PageRequest::from_wire(None, None, Some(cursor)).map_err(crate::kernel::error::AppError::from)?;
    let (ask, filter, left_out) = super::inbox::read_ask(ask);
    let inbox = super::inbox::list(&call.ctx, &viewer, &filter, &page).await?;
    let side = viewer.side().ok_or(crate::kernel::error::AppError::NotFound)?;
    let (tomorrow, months) = super::inbox::choices_of_time(&call.ctx);
    let acting = crate::features::opportunities::service::key_of(Some(&viewer));
    Ok(InboxScreen { inbox, ask, left_out, side, tomorrow, months, acting })
}

/// What a sender should know.
#[server(name = LoadStanding, prefix = "/rpc", endpoint = "requests/standing", input = GetUrl)]
pub async fn standing(workspace: Option<String>) -> Result<StandingScreen, PageError> {
    let call = crate::ui::door::of_page()?.acting_for(workspace);
    let viewer = call.viewer()?;
    let standing = super::inbox::standing(&call.ctx, &viewer).await?;
    Ok(StandingScreen { standing, acting: crate::features::opportunities::service::key_of(Some(&viewer)) })
}

/// How much of its week the acting workspace has used; nothing for whoever sends nothing.
#[server(name = LoadQuota, prefix = "/rpc", endpoint = "requests/quota", input = GetUrl)]
pub async fn quota(workspace: Option<String>) -> Result<Option<super::views::QuotaView>, PageError> {
    let call = crate::ui::door::of_page()?.acting_for(workspace);
    match call.maybe_viewer() {
        Some(viewer) => Ok(super::inbox::quota_before_applying(&call.ctx, &viewer).await?),
        None => Ok(None),
    }
}

/// What the inbox does by itself.
#[server(name = LoadRules, prefix = "/rpc", endpoint = "requests/rules", input = GetUrl)]
pub async fn rules(workspace: Option<String>) -> Result<RulesScreen, PageError> {
    let call = crate::ui::door::of_page()?.acting_for(workspace);
    let viewer = call.viewer()?;
    let rules = super::routing::list(&call.ctx, &viewer).await?;
    let blocks = match crate::features::blocks::policy::may_block(&viewer) {
        Ok(_) => Some(crate::features::blocks::service::list(&call.ctx, &viewer).await?),
        Err(_) => None,
    };
    Ok(RulesScreen { rules, blocks, acting: crate::features::opportunities::service::key_of(Some(&viewer)) })
}

/// What waits for staff.
#[server(name = LoadHeld, prefix = "/rpc", endpoint = "requests/held", input = GetUrl)]
pub async fn held(cursor: String, workspace: Option<String>) -> Result<HeldScreen, PageError> {
    let call = crate::ui::door::of_page()?.acting_for(workspace);
    let viewer = call.viewer()?;
    let page =
        crate::kernel::page::PageRequest::from_wire(None, None, Some(cursor)).map_err(crate::kernel::error::AppError::from)?;
    let page = super::inbox::held(&call.ctx, &viewer, &page).await?;
    Ok(HeldScreen { page, acting: crate::features::opportunities::service::key_of(Some(&viewer)) })
}

/// One request.
#[server(name = LoadRequest, prefix = "/rpc", endpoint = "requests/get", input = GetUrl)]
pub async fn get(id: String, workspace: Option<String>) -> Result<RequestScreen, PageError> {
    let call = crate::ui::door::of_page()?.acting_for(workspace);
    let viewer = call.viewer()?;
    let id = id.parse().map_err(|_| crate::kernel::error::AppError::NotFound)?;
    let request = super::service::get(&call.ctx, &viewer, id).await?;
    let (tomorrow, months) = super::inbox::choices_of_time(&call.ctx);
    Ok(RequestScreen { request, tomorrow, months, acting: crate::features::opportunities::service::key_of(Some(&viewer)) })
}

/// Where a community writes to an organization, named by its slug.
#[server(name = LoadCompose, prefix = "/rpc", endpoint = "requests/compose", input = GetUrl)]
pub async fn compose(organization: String, workspace: Option<String>) -> Result<ComposeScreen, PageError> {
    let call = crate::ui::door::of_page()?.acting_for(workspace);
    Ok(super::service::compose(&call.ctx, &call.viewer()?, &organization).await?)
}

/// What the acting workspace sees first.
#[server(name = LoadDashboard, prefix = "/rpc", endpoint = "dashboard", input = GetUrl)]
pub async fn dashboard(workspace: Option<String>) -> Result<super::views::DashboardView, PageError> {
    let call = crate::ui::door::of_page()?.acting_for(workspace);
    Ok(super::dashboard::view(&call.ctx, &call.viewer()?).await?)
}
