//! What the page of embeds loads. The panel on an event's page shows what the panel of partners has loaded.

use super::views::EmbedsPage;
use crate::ui::page::PageError;
use leptos::{prelude::*, server_fn::codec::GetUrl};

/// Where the embeds of the reader's community may stand, and its badges to copy.
#[server(name = LoadEmbeds, prefix = "/rpc", endpoint = "embeds/page", input = GetUrl)]
pub async fn page(workspace: Option<String>) -> Result<EmbedsPage, PageError> {
    let call = crate::platform::web::of_page()?.acting_for(workspace);
    Ok(super::service::page(&call.ctx, &call.viewer()?).await?)
}
