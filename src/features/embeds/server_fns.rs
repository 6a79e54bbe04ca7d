//! What the page of embeds loads, and the panel on an event's page.

use super::views::EmbedsPage;
use crate::ui::page::PageError;
use leptos::{prelude::*, server_fn::codec::GetUrl};

/// Where the embeds of the reader's community may stand, and its badges to copy.
#[server(name = LoadEmbeds, prefix = "/rpc", endpoint = "embeds/page", input = GetUrl)]
pub async fn page(workspace: Option<String>) -> Result<EmbedsPage, PageError> {
    let call = crate::ui::door::of_page()?.acting_for(workspace);
    Ok(super::service::page(&call.ctx, &call.viewer()?).await?)
}

/// The sponsors of a public event as plain HTML, as it is now.
#[server(name = LoadWallHtml, prefix = "/rpc", endpoint = "embeds/wall", input = GetUrl)]
pub async fn wall(slug: String) -> Result<String, PageError> {
    let call = crate::ui::door::of_page()?;
    Ok(super::service::wall(&call.ctx, &slug).await?.0.html())
}
