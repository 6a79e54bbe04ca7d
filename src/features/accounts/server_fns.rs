//! What the pages of people and access load: who is calling, one service, its view.

use super::views::{LinkView, SecondFactorView, SecurityView};
use crate::ui::page::PageError;
use leptos::{prelude::*, server_fn::codec::GetUrl};

/// What a mailed link would do; looking uses nothing up.
#[server(name = LoadLink, prefix = "/rpc", endpoint = "accounts/link", input = GetUrl)]
pub async fn link(token: String) -> Result<LinkView, PageError> {
    let call = crate::platform::web::of_page()?;
    Ok(super::service::peek_link(&call.ctx, &token).await?)
}

/// The account page.
#[server(name = LoadAccount, prefix = "/rpc", endpoint = "accounts/account", input = GetUrl)]
pub async fn account() -> Result<SecurityView, PageError> {
    let call = crate::platform::web::of_page()?;
    Ok(super::service::security(&call.ctx, call.person()?).await?)
}

/// Where the second factor stands.
#[server(name = LoadSecondFactor, prefix = "/rpc", endpoint = "accounts/second-factor", input = GetUrl)]
pub async fn second_factor() -> Result<SecondFactorView, PageError> {
    let call = crate::platform::web::of_page()?;
    Ok(super::service::second_factor(&call.ctx, call.half_signed_in()?).await?)
}
