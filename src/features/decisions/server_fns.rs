//! What the pages of this room load.

use super::views::{DecisionsScreen, PlaceScreen};
use crate::ui::page::PageError;
use leptos::{prelude::*, server_fn::codec::GetUrl};

/// A request's place.
#[server(name = LoadPlace, prefix = "/rpc", endpoint = "decisions/place", input = GetUrl)]
pub async fn place(id: String, workspace: Option<String>) -> Result<PlaceScreen, PageError> {
    let call = crate::ui::door::of_page()?.acting_for(workspace);
    let id = id.parse().map_err(|_| crate::kernel::error::AppError::NotFound)?;
    Ok(super::service::place(&call.ctx, &call.viewer()?, id).await?)
}

/// The applications of an opportunity, with what is prepared about them.
#[server(name = LoadDecisions, prefix = "/rpc", endpoint = "decisions/list", input = GetUrl)]
pub async fn decisions(id: String, workspace: Option<String>) -> Result<DecisionsScreen, PageError> {
    let call = crate::ui::door::of_page()?.acting_for(workspace);
    let viewer = call.viewer()?;
    let id = id.parse().map_err(|_| crate::kernel::error::AppError::NotFound)?;
    Ok(super::service::decisions(&call.ctx, &viewer, id).await?)
}
