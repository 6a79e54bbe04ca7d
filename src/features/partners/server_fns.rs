//! What the wall of an event's page loads.

use super::views::PartnerWall;
use crate::ui::page::PageError;
use leptos::{prelude::*, server_fn::codec::GetUrl};

/// Who stands on an event's page, where the reader may see the event.
#[server(name = LoadWall, prefix = "/rpc", endpoint = "partners/wall", input = GetUrl)]
pub async fn wall(event: String) -> Result<PartnerWall, PageError> {
    let call = crate::platform::web::of_page()?;
    let event = event.parse().map_err(|_| crate::kernel::error::AppError::NotFound)?;
    Ok(super::service::public_wall(&call.ctx, call.maybe_viewer().as_ref(), event).await?)
}
