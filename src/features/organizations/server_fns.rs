//! What the pages of organizations load: who is calling, one service, its view.

use super::views::{DashboardPart, DirectoryView, DraftView, OrganizationView, ProfileView, QueueView, ReviewView};
use crate::ui::page::PageError;
use leptos::{prelude::*, server_fn::codec::GetUrl};

/// The application that this browser has begun. Gives the browser its draft's token, so that even a first step that is
/// refused keeps what was typed.
#[server(name = LoadDraft, prefix = "/rpc", endpoint = "organizations/draft", input = GetUrl)]
pub async fn draft() -> Result<DraftView, PageError> {
    use super::drafts;
    let call = crate::platform::web::of_page()?;
    let parts = expect_context::<http::request::Parts>();
    let token = drafts::token(&parts.headers);
    if let (None, Some(response)) = (&token, use_context::<leptos_axum::ResponseOptions>()) {
        let cookie = drafts::cookie(&call.ctx.house.settings, &drafts::fresh_token());
        if let Ok(value) = http::HeaderValue::from_str(&cookie) {
            response.append_header(http::header::SET_COOKIE, value);
        }
    }
    Ok(drafts::load(&call.ctx, token.as_deref()).await?.view())
}

/// A page of the directory.
#[server(name = LoadDirectory, prefix = "/rpc", endpoint = "organizations/directory", input = GetUrl)]
pub async fn directory(text: String, industry: String, cursor: String) -> Result<DirectoryView, PageError> {
    use super::service::{self, DirectoryAsk};
    use crate::kernel::{error::AppError, labels::Industry, page::PageRequest};
    let call = crate::platform::web::of_page()?;
    let industry = Some(industry).filter(|label| !label.is_empty()).map(|label| Industry::parse(&label)).transpose();
    let industry = industry.map_err(|problem| AppError::invalid("industry", problem.to_string()))?;
    let page = PageRequest { cursor: Some(cursor).filter(|cursor| !cursor.is_empty()), ..PageRequest::default() };
    Ok(service::list(&call.ctx, &DirectoryAsk { text, industry }, &page).await?)
}

/// One profile, as the reader may see it.
#[server(name = LoadOrganization, prefix = "/rpc", endpoint = "organizations/one", input = GetUrl)]
pub async fn organization(slug: String, workspace: Option<String>) -> Result<OrganizationView, PageError> {
    use super::service::{self, OrganizationRef};
    let call = crate::platform::web::of_page()?.acting_for(workspace);
    Ok(service::get_by(&call.ctx, call.maybe_viewer().as_ref(), &OrganizationRef::Slug(slug)).await?)
}

/// The form of the acting organization's profile.
#[server(name = LoadProfile, prefix = "/rpc", endpoint = "organizations/profile", input = GetUrl)]
pub async fn profile(workspace: Option<String>) -> Result<ProfileView, PageError> {
    let call = crate::platform::web::of_page()?.acting_for(workspace);
    Ok(super::service::profile(&call.ctx, &call.viewer()?).await?)
}

/// The acting organization's part of its dashboard.
#[server(name = LoadOrganizationDashboard, prefix = "/rpc", endpoint = "organizations/dashboard", input = GetUrl)]
pub async fn dashboard(workspace: Option<String>) -> Result<DashboardPart, PageError> {
    let call = crate::platform::web::of_page()?.acting_for(workspace);
    Ok(super::service::dashboard_part(&call.ctx, &call.viewer()?).await?)
}

/// The staff's queue.
#[server(name = LoadOrganizationQueue, prefix = "/rpc", endpoint = "organizations/queue", input = GetUrl)]
pub async fn queue(order: String, cursor: String, workspace: Option<String>) -> Result<QueueView, PageError> {
    use super::views::QueueOrder;
    use crate::kernel::page::PageRequest;
    let call = crate::platform::web::of_page()?.acting_for(workspace);
    let order = QueueOrder::parse(&order).unwrap_or(QueueOrder::Age);
    let page = PageRequest { cursor: Some(cursor).filter(|cursor| !cursor.is_empty()), ..PageRequest::default() };
    Ok(super::service::queue(&call.ctx, &call.viewer()?, order, &page).await?)
}

/// One application with all its evidence.
#[server(name = LoadOrganizationReview, prefix = "/rpc", endpoint = "organizations/review", input = GetUrl)]
pub async fn review(id: String, workspace: Option<String>) -> Result<ReviewView, PageError> {
    let call = crate::platform::web::of_page()?.acting_for(workspace);
    let id = id.parse().map_err(|_| PageError::not_found())?;
    Ok(super::service::review(&call.ctx, &call.viewer()?, id).await?)
}
