//! What communities' pages read: who is calling, what they want, one service.

use super::views::{CommunitiesView, CommunityView, ProfilePage, QueuePage, ReviewView};
use crate::{kernel::search::SuggestionsView, ui::page::PageError};
use leptos::{prelude::*, server_fn::codec::GetUrl};

/// The profile of the community that the reader acts for, to edit.
#[server(name = LoadCommunityProfile, prefix = "/rpc", endpoint = "communities/profile", input = GetUrl)]
pub async fn profile(workspace: Option<String>) -> Result<ProfilePage, PageError> {
    let call = crate::ui::door::of_page()?.acting_for(workspace);
    Ok(super::service::profile_page(&call.ctx, &call.viewer()?).await?)
}

/// A page of the list of communities, as the query of its address asks for it.
#[server(name = LoadCommunities, prefix = "/rpc", endpoint = "communities/list", input = GetUrl)]
pub async fn list(query: String, workspace: Option<String>) -> Result<CommunitiesView, PageError> {
    let call = crate::ui::door::of_page()?.acting_for(workspace);
    let query = super::search::CommunitiesQuery::read(&query);
    let page = crate::kernel::page::PageRequest::default();
    Ok(super::directory::list(&call.ctx, call.maybe_viewer().as_ref(), &query, &page).await?)
}

/// What somebody may mean who is typing into the search field of the list.
#[server(name = LoadCommunitySuggestions, prefix = "/rpc", endpoint = "communities/suggest", input = GetUrl)]
pub async fn suggest(text: String, workspace: Option<String>) -> Result<SuggestionsView, PageError> {
    let call = crate::ui::door::of_page()?.acting_for(workspace);
    Ok(super::directory::suggest(&call.ctx, call.maybe_viewer().as_ref(), &text).await?)
}

/// The community that the reader acts for.
#[server(name = LoadMyCommunity, prefix = "/rpc", endpoint = "communities/mine", input = GetUrl)]
pub async fn mine(workspace: Option<String>) -> Result<CommunityView, PageError> {
    let call = crate::ui::door::of_page()?.acting_for(workspace);
    Ok(super::service::mine(&call.ctx, &call.viewer()?).await?)
}

/// One part of the staff queue: `waiting`, `listed`, `closed`.
#[server(name = LoadCommunityQueue, prefix = "/rpc", endpoint = "communities/queue", input = GetUrl)]
pub async fn queue(part: String, cursor: Option<String>, workspace: Option<String>) -> Result<QueuePage, PageError> {
    let call = crate::ui::door::of_page()?.acting_for(workspace);
    let page = crate::kernel::page::PageRequest { cursor, ..Default::default() };
    let found = super::service::queue(&call.ctx, &call.viewer()?, super::service::Queue::named(&part), &page).await?;
    Ok(QueuePage { count_label: found.count_label(), items: found.items, next_cursor: found.next_cursor })
}

/// Everything that staff decide by.
#[server(name = LoadCommunityReview, prefix = "/rpc", endpoint = "communities/review", input = GetUrl)]
pub async fn review(id: String, workspace: Option<String>) -> Result<ReviewView, PageError> {
    let call = crate::ui::door::of_page()?.acting_for(workspace);
    let id = id.parse().map_err(|_| PageError::not_found())?;
    Ok(super::service::review(&call.ctx, &call.viewer()?, id).await?)
}
