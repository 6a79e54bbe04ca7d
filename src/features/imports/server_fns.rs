//! What the pages of imports load.

use super::views::{ImportScreen, ImportsScreen};
use crate::ui::page::PageError;
use leptos::{prelude::*, server_fn::codec::GetUrl};

/// A page of the imports of the reader's workspace.
#[server(name = LoadImports, prefix = "/rpc", endpoint = "imports/list", input = GetUrl)]
pub async fn list(page: u32, workspace: Option<String>) -> Result<ImportsScreen, PageError> {
    let call = crate::ui::door::of_page()?.acting_for(workspace);
    Ok(super::service::screen(&call.ctx, &call.viewer()?, page).await?)
}

/// One import with a page of its rows.
#[server(name = LoadImport, prefix = "/rpc", endpoint = "imports/one", input = GetUrl)]
pub async fn one(id: String, filter: String, page: u32, workspace: Option<String>) -> Result<ImportScreen, PageError> {
    let call = crate::ui::door::of_page()?.acting_for(workspace);
    let viewer = call.viewer()?;
    let id = id.parse().map_err(|_| crate::kernel::error::AppError::NotFound)?;
    let import = super::service::view(&call.ctx, &viewer, id, &filter, page).await?;
    Ok(ImportScreen { acting: import.acting.clone(), import })
}
