//! What pages load about saved searches and watched rows.

use super::views::{KeptView, SearchesView, WatchlistView};
use crate::ui::page::PageError;
use leptos::{prelude::*, server_fn::codec::GetUrl};

/// What I keep beside a list: `organizations` or `communities`.
#[server(name = LoadKept, prefix = "/rpc", endpoint = "watching/kept", input = GetUrl)]
pub async fn kept(list: String, workspace: Option<String>) -> Result<KeptView, PageError> {
    let call = crate::ui::door::of_page()?.acting_for(workspace);
    let list = super::rules::List::parse(&list).map_err(|_| PageError::not_found())?;
    Ok(super::service::kept(&call.ctx, call.maybe_viewer().as_ref(), list).await?)
}

/// My saved searches.
#[server(name = LoadSearches, prefix = "/rpc", endpoint = "watching/searches", input = GetUrl)]
pub async fn searches(workspace: Option<String>) -> Result<SearchesView, PageError> {
    let call = crate::ui::door::of_page()?.acting_for(workspace);
    Ok(super::service::searches(&call.ctx, &call.viewer()?).await?)
}

/// What I watch.
#[server(name = LoadWatchlist, prefix = "/rpc", endpoint = "watching/watchlist", input = GetUrl)]
pub async fn watchlist(workspace: Option<String>) -> Result<WatchlistView, PageError> {
    let call = crate::ui::door::of_page()?.acting_for(workspace);
    Ok(super::service::watchlist(&call.ctx, &call.viewer()?).await?)
}
