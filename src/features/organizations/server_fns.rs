//! What the pages of organizations load: who is calling, one service, its view.

use super::views::{
    ClaimPageView, CompareView, DashboardPart, DirectoryView, DraftView, ProfileView, ProofPageView, QueueView, RegistryView,
    ReviewView, WaitingView,
};
use crate::{kernel::search::SuggestionsView, ui::page::PageError};
use leptos::{prelude::*, server_fn::codec::GetUrl};

/// The application that this browser has begun. Gives the browser its draft's token, so that even a first step that is
/// refused keeps what was typed. After the last step (`sent`) the browser that applied is told of a profile of the directory that
/// has the application's website already; every other browser is told what everybody is.
#[server(name = LoadDraft, prefix = "/rpc", endpoint = "organizations/draft", input = GetUrl)]
pub async fn draft(sent: bool) -> Result<DraftView, PageError> {
    use super::{drafts, service};
    let call = crate::ui::door::of_page()?;
    let parts = expect_context::<http::request::Parts>();
    let token = drafts::token(&parts.headers);
    if let (None, Some(response)) = (&token, use_context::<leptos_axum::ResponseOptions>()) {
        let cookie = drafts::cookie(&call.ctx.house.settings, &drafts::fresh_token());
        if let Ok(value) = http::HeaderValue::from_str(&cookie) {
            response.append_header(http::header::SET_COOKIE, value);
        }
    }
    let known = if sent { service::known_profile_here(&call.ctx, &parts.headers).await? } else { None };
    Ok(DraftView { known, ..drafts::load(&call.ctx, token.as_deref()).await?.view() })
}

/// A page of the directory, as the query of its address asks for it.
#[server(name = LoadDirectory, prefix = "/rpc", endpoint = "organizations/directory", input = GetUrl)]
pub async fn directory(query: String, workspace: Option<String>) -> Result<DirectoryView, PageError> {
    let call = crate::ui::door::of_page()?.acting_for(workspace);
    let query = super::rules::search::DirectoryQuery::read(&query);
    let page = crate::kernel::page::PageRequest::default();
    Ok(super::directory::list(&call.ctx, call.maybe_viewer().as_ref(), &query, &page).await?)
}

/// Organizations side by side, as the query of the address names them.
#[server(name = LoadComparison, prefix = "/rpc", endpoint = "organizations/compare", input = GetUrl)]
pub async fn compare(query: String, workspace: Option<String>) -> Result<CompareView, PageError> {
    let call = crate::ui::door::of_page()?.acting_for(workspace);
    Ok(super::directory::compare(&call.ctx, call.maybe_viewer().as_ref(), &query).await?)
}

/// What somebody may mean who is typing into the directory's search field.
#[server(name = LoadSuggestions, prefix = "/rpc", endpoint = "organizations/suggest", input = GetUrl)]
pub async fn suggest(text: String, workspace: Option<String>) -> Result<SuggestionsView, PageError> {
    let call = crate::ui::door::of_page()?.acting_for(workspace);
    Ok(super::directory::suggest(&call.ctx, call.maybe_viewer().as_ref(), &text).await?)
}

/// The page on which somebody takes an organization over.
#[server(name = LoadClaimPage, prefix = "/rpc", endpoint = "organizations/claim", input = GetUrl)]
pub async fn claim(slug: String) -> Result<ClaimPageView, PageError> {
    let call = crate::ui::door::of_page()?;
    Ok(super::claims::page(&call.ctx, call.fully_signed_in()?, &slug).await?)
}

/// The page on which the acting organization proves its domain.
#[server(name = LoadDomainProof, prefix = "/rpc", endpoint = "organizations/domain", input = GetUrl)]
pub async fn domain(workspace: Option<String>) -> Result<ProofPageView, PageError> {
    let call = crate::ui::door::of_page()?.acting_for(workspace);
    Ok(super::claims::proof_page(&call.ctx, &call.viewer()?).await?)
}

/// May the acting workspace add an organization? Gives the workspace as forms name it.
#[server(name = LoadMayAdd, prefix = "/rpc", endpoint = "organizations/may-add", input = GetUrl)]
pub async fn may_add(workspace: Option<String>) -> Result<String, PageError> {
    let call = crate::ui::door::of_page()?.acting_for(workspace);
    let actor = call.viewer()?;
    super::policy::may_add(&actor).map_err(crate::kernel::error::AppError::from)?;
    Ok(actor.acting.as_ref().map(crate::kernel::actor::Membership::key).unwrap_or_default())
}

/// What waits for staff beside applications.
#[server(name = LoadWaitingChanges, prefix = "/rpc", endpoint = "organizations/waiting", input = GetUrl)]
pub async fn waiting(workspace: Option<String>) -> Result<WaitingView, PageError> {
    let call = crate::ui::door::of_page()?.acting_for(workspace);
    Ok(super::life::waiting(&call.ctx, &call.viewer()?).await?)
}

/// The form of the acting organization's profile.
#[server(name = LoadProfile, prefix = "/rpc", endpoint = "organizations/profile", input = GetUrl)]
pub async fn profile(workspace: Option<String>) -> Result<ProfileView, PageError> {
    let call = crate::ui::door::of_page()?.acting_for(workspace);
    Ok(super::service::profile(&call.ctx, &call.viewer()?).await?)
}

/// The acting organization's part of its dashboard.
#[server(name = LoadOrganizationDashboard, prefix = "/rpc", endpoint = "organizations/dashboard", input = GetUrl)]
pub async fn dashboard(workspace: Option<String>) -> Result<DashboardPart, PageError> {
    let call = crate::ui::door::of_page()?.acting_for(workspace);
    Ok(super::service::dashboard_part(&call.ctx, &call.viewer()?).await?)
}

/// The staff's queue.
#[server(name = LoadOrganizationQueue, prefix = "/rpc", endpoint = "organizations/queue", input = GetUrl)]
pub async fn queue(order: String, cursor: String, workspace: Option<String>) -> Result<QueueView, PageError> {
    use super::views::QueueOrder;
    use crate::kernel::page::PageRequest;
    let call = crate::ui::door::of_page()?.acting_for(workspace);
    let order = QueueOrder::parse(&order).unwrap_or(QueueOrder::Age);
    let page = PageRequest { cursor: Some(cursor).filter(|cursor| !cursor.is_empty()), ..PageRequest::default() };
    Ok(super::service::queue(&call.ctx, &call.viewer()?, order, &page).await?)
}

/// One part of all organizations, or what a text finds in it.
#[server(name = LoadOrganizationRegistry, prefix = "/rpc", endpoint = "organizations/registry", input = GetUrl)]
pub async fn registry(part: String, text: String, cursor: String, workspace: Option<String>) -> Result<RegistryView, PageError> {
    use super::views::StaffPart;
    use crate::kernel::page::PageRequest;
    let call = crate::ui::door::of_page()?.acting_for(workspace);
    let part = StaffPart::parse(&part).unwrap_or(StaffPart::All);
    let page = PageRequest { cursor: Some(cursor).filter(|cursor| !cursor.is_empty()), ..PageRequest::default() };
    Ok(super::service::registry(&call.ctx, &call.viewer()?, part, &text, &page).await?)
}

/// One application with all its evidence.
#[server(name = LoadOrganizationReview, prefix = "/rpc", endpoint = "organizations/review", input = GetUrl)]
pub async fn review(id: String, workspace: Option<String>) -> Result<ReviewView, PageError> {
    let call = crate::ui::door::of_page()?.acting_for(workspace);
    let id = id.parse().map_err(|_| PageError::not_found())?;
    Ok(super::service::review(&call.ctx, &call.viewer()?, id).await?)
}
