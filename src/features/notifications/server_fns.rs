//! What the notices page loads.

use super::views::NoticesView;
use crate::ui::page::PageError;
use leptos::{prelude::*, server_fn::codec::GetUrl};

/// A page of my notices, newest first.
#[server(name = LoadNotices, prefix = "/rpc", endpoint = "notifications/list", input = GetUrl)]
pub async fn notices(cursor: Option<String>) -> Result<NoticesView, PageError> {
    let call = crate::platform::web::of_page()?;
    let request = crate::kernel::page::PageRequest { cursor: cursor.filter(|c| !c.is_empty()), ..Default::default() };
    Ok(super::service::notices(&call.ctx, call.person()?, &request).await?)
}
