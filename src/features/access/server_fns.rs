//! What the security pages of a workspace load.

use super::views::{KeysPage, SecurityPage};
use crate::ui::page::PageError;
use leptos::{prelude::*, server_fn::codec::GetUrl};

/// The keys of a workspace; right after one was made, with its secret, which this answer also takes from the browser.
#[server(name = LoadApiKeys, prefix = "/rpc", endpoint = "access/keys", input = GetUrl)]
pub async fn keys(workspace: Option<String>) -> Result<KeysPage, PageError> {
    use super::{forms::FLASH, service};
    use crate::platform::web::cookies;
    let call = crate::ui::door::of_page()?.acting_for(workspace);
    let parts = expect_context::<http::request::Parts>();
    let flash = cookies::get(&parts.headers, FLASH);
    let page = service::page(&call.ctx, &call.viewer()?, flash).await?;
    if let (Some(_), Some(response)) = (flash, use_context::<leptos_axum::ResponseOptions>())
        && let Ok(value) = http::HeaderValue::from_str(&cookies::set(&call.ctx.house.settings, FLASH, "", 0))
    {
        response.append_header(http::header::SET_COOKIE, value);
    }
    Ok(page)
}

/// The security page of a workspace.
#[server(name = LoadWorkspaceSecurity, prefix = "/rpc", endpoint = "access/security", input = GetUrl)]
pub async fn security(workspace: Option<String>) -> Result<SecurityPage, PageError> {
    let call = crate::ui::door::of_page()?.acting_for(workspace);
    Ok(super::service::security_page(&call.ctx, &call.viewer()?).await?)
}
