//! What the pages of notices and of what is mailed load.

use super::views::{MailSettingsView, NoticesView, UnsubscribeView};
use crate::ui::page::PageError;
use leptos::{prelude::*, server_fn::codec::GetUrl};

/// A page of my notices, newest first.
#[server(name = LoadNotices, prefix = "/rpc", endpoint = "notifications/list", input = GetUrl)]
pub async fn notices(unread: bool, workspace: Option<String>, cursor: Option<String>) -> Result<NoticesView, PageError> {
    let call = crate::ui::door::of_page()?;
    let filter = super::views::NoticeFilter { unread, workspace };
    let request = crate::kernel::page::PageRequest { cursor: cursor.filter(|c| !c.is_empty()), ..Default::default() };
    Ok(super::service::notices(&call.ctx, call.person()?, &filter, &request).await?)
}

/// What I chose to have mailed.
#[server(name = LoadMailSettings, prefix = "/rpc", endpoint = "notifications/settings", input = GetUrl)]
pub async fn settings() -> Result<MailSettingsView, PageError> {
    let call = crate::ui::door::of_page()?;
    Ok(super::service::mail_settings(&call.ctx, call.person()?).await?)
}

/// What a mail's way to unsubscribe is about; looking changes nothing.
#[server(name = LoadUnsubscribe, prefix = "/rpc", endpoint = "notifications/unsubscribe", input = GetUrl)]
pub async fn unsubscribe(token: String) -> Result<UnsubscribeView, PageError> {
    let call = crate::ui::door::of_page()?;
    Ok(super::service::unsubscribe_view(&call.ctx, &token).await?)
}
