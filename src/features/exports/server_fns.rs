//! What the page of exports loads.

use super::views::ExportView;
use crate::ui::page::PageError;
use leptos::{prelude::*, server_fn::codec::GetUrl};

/// What can be exported, and where the files are once they were asked for.
#[server(name = LoadExport, prefix = "/rpc", endpoint = "exports/page", input = GetUrl)]
pub async fn export(ticket: String, workspace: Option<String>) -> Result<ExportView, PageError> {
    let call = crate::ui::door::of_page()?.acting_for(workspace);
    Ok(super::service::page(&call.ctx, &call.viewer()?, &ticket)?)
}
