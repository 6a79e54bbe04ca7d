//! What the wall of an event's page loads.

use super::views::{PartnerWall, SupportedEvent};
use crate::ui::page::PageError;
use leptos::{prelude::*, server_fn::codec::GetUrl};

/// Who stands on an event's page, where the reader may see the event.
#[server(name = LoadWall, prefix = "/rpc", endpoint = "partners/wall", input = GetUrl)]
pub async fn wall(event: String) -> Result<PartnerWall, PageError> {
    let call = crate::platform::web::of_page()?;
    let event = event.parse().map_err(|_| crate::kernel::error::AppError::NotFound)?;
    Ok(super::service::public_wall(&call.ctx, call.maybe_viewer().as_ref(), event).await?)
}

/// The public events that show an organization, where the reader may see it.
#[server(name = LoadSupport, prefix = "/rpc", endpoint = "partners/support", input = GetUrl)]
pub async fn support(organization: String, workspace: Option<String>) -> Result<Vec<SupportedEvent>, PageError> {
    let call = crate::platform::web::of_page()?.acting_for(workspace);
    let organization = organization.parse().map_err(|_| crate::kernel::error::AppError::NotFound)?;
    Ok(super::service::public_support(&call.ctx, call.maybe_viewer().as_ref(), organization).await?)
}
