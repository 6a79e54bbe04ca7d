//! What the pages of this room load.

use super::views::{ImportScreen, InvitationPage, JoinDecisionPage, JoinScreen, MemberScreen, PeopleScreen};
use crate::ui::page::PageError;
use leptos::{prelude::*, server_fn::codec::GetUrl};

/// The people of the acting workspace, with what waits; `status` is a label or empty.
#[server(name = LoadPeople, prefix = "/rpc", endpoint = "members/people", input = GetUrl)]
pub async fn people(status: String, cursor: String, workspace: Option<String>) -> Result<PeopleScreen, PageError> {
    let call = crate::ui::door::of_page()?.acting_for(workspace);
    let page = crate::kernel::page::PageRequest::from_wire(None, Some(50), Some(cursor))
        .map_err(crate::kernel::error::AppError::from)?;
    Ok(super::service::people(&call.ctx, &call.viewer()?, &status, &page).await?)
}

/// One of them.
#[server(name = LoadMember, prefix = "/rpc", endpoint = "members/member", input = GetUrl)]
pub async fn member(id: String, workspace: Option<String>) -> Result<MemberScreen, PageError> {
    let call = crate::ui::door::of_page()?.acting_for(workspace);
    let viewer = call.viewer()?;
    let id = id.parse().map_err(|_| crate::kernel::error::AppError::NotFound)?;
    Ok(super::service::member(&call.ctx, &viewer, id).await?)
}

/// The import page; `list` is the id of a list that was looked at, or empty.
#[server(name = LoadImport, prefix = "/rpc", endpoint = "members/import", input = GetUrl)]
pub async fn import(list: String, workspace: Option<String>) -> Result<ImportScreen, PageError> {
    let call = crate::ui::door::of_page()?.acting_for(workspace);
    let viewer = call.viewer()?;
    let id = match list.as_str() {
        "" => None,
        text => Some(text.parse().map_err(|_| crate::kernel::error::AppError::NotFound)?),
    };
    Ok(super::roster::screen(&call.ctx, &viewer, id).await?)
}

/// The page behind a mailed invitation.
#[server(name = LoadInvitation, prefix = "/rpc", endpoint = "members/invitation", input = GetUrl)]
pub async fn invitation(token: String) -> Result<InvitationPage, PageError> {
    let call = crate::ui::door::of_page()?;
    Ok(super::service::peek(&call.ctx, call.maybe_person()?.map(AsRef::as_ref), &token).await?)
}

/// Where somebody asks to join an organization.
#[server(name = LoadJoin, prefix = "/rpc", endpoint = "members/join", input = GetUrl)]
pub async fn join(slug: String, workspace: Option<String>) -> Result<JoinScreen, PageError> {
    let call = crate::ui::door::of_page()?.acting_for(workspace);
    let acting = super::joins::acting_of(call.maybe_viewer().as_ref());
    Ok(super::joins::screen(&call.ctx, call.person()?, &slug, &acting).await?)
}

/// The page behind the link that lets a mailbox decide.
#[server(name = LoadJoinDecision, prefix = "/rpc", endpoint = "members/decision", input = GetUrl)]
pub async fn decision(token: String) -> Result<JoinDecisionPage, PageError> {
    let call = crate::ui::door::of_page()?;
    Ok(super::joins::decision_page(&call.ctx, &token).await?)
}
