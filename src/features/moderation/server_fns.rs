//! What the pages of this room load.

use super::views::{MergeScreen, ReportScreen, ReportsScreen};
use crate::ui::page::PageError;
use leptos::{prelude::*, server_fn::codec::GetUrl};

/// What somebody is about to report; nothing is named once it was sent.
#[server(name = LoadReport, prefix = "/rpc", endpoint = "moderation/report", input = GetUrl)]
pub async fn report(kind: String, id: String, sent: bool, workspace: Option<String>) -> Result<ReportScreen, PageError> {
    use crate::kernel::error::AppError;
    let call = crate::ui::door::of_page()?.acting_for(workspace);
    let viewer = call.viewer()?;
    let acting = crate::features::opportunities::service::key_of(Some(&viewer));
    let name = if sent {
        String::new()
    } else {
        let reported = super::views::Reported::parse(&kind).map_err(|_| AppError::NotFound)?;
        let id = id.parse().map_err(|_| AppError::NotFound)?;
        super::service::name_of(&call.ctx, &viewer, reported, id).await?
    };
    Ok(ReportScreen { subject_kind: kind, subject_id: id, name, acting })
}

/// The staff queue.
#[server(name = LoadReports, prefix = "/rpc", endpoint = "moderation/reports", input = GetUrl)]
pub async fn reports(decided: bool, cursor: String, workspace: Option<String>) -> Result<ReportsScreen, PageError> {
    let call = crate::ui::door::of_page()?.acting_for(workspace);
    let viewer = call.viewer()?;
    let page =
        crate::kernel::page::PageRequest::from_wire(None, None, Some(cursor)).map_err(crate::kernel::error::AppError::from)?;
    let page = super::service::list(&call.ctx, &viewer, decided, &page).await?;
    Ok(ReportsScreen { page, decided, acting: crate::features::opportunities::service::key_of(Some(&viewer)) })
}

/// Merging a profile into another: whom staff may mean, and what would move.
#[server(name = LoadMerge, prefix = "/rpc", endpoint = "moderation/merge", input = GetUrl)]
pub async fn merge(id: String, into: String, workspace: Option<String>) -> Result<MergeScreen, PageError> {
    let call = crate::ui::door::of_page()?.acting_for(workspace);
    let id = id.parse().map_err(|_| PageError::not_found())?;
    Ok(super::merging::screen(&call.ctx, &call.viewer()?, id, &into).await?)
}
