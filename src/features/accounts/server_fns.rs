//! What the pages of people and access load: who is calling, one service, its view.

use super::views::{LinkView, PersonView, SecondFactorView, SecurityView, SuspendedList};
use crate::ui::page::PageError;
use leptos::{prelude::*, server_fn::codec::GetUrl};

/// What a mailed link would do; looking uses nothing up.
#[server(name = LoadLink, prefix = "/rpc", endpoint = "accounts/link", input = GetUrl)]
pub async fn link(token: String) -> Result<LinkView, PageError> {
    let call = crate::ui::door::of_page()?;
    Ok(super::service::peek_link(&call.ctx, &token).await?)
}

/// The account page.
#[server(name = LoadAccount, prefix = "/rpc", endpoint = "accounts/account", input = GetUrl)]
pub async fn account() -> Result<SecurityView, PageError> {
    let call = crate::ui::door::of_page()?;
    Ok(super::service::security(&call.ctx, call.person()?).await?)
}

/// Where the second factor stands.
#[server(name = LoadSecondFactor, prefix = "/rpc", endpoint = "accounts/second-factor", input = GetUrl)]
pub async fn second_factor() -> Result<SecondFactorView, PageError> {
    let call = crate::ui::door::of_page()?;
    Ok(super::service::second_factor(&call.ctx, call.half_signed_in()?).await?)
}

/// Logins that are shut, for admins.
#[server(name = LoadStaffPeople, prefix = "/rpc", endpoint = "accounts/people", input = GetUrl)]
pub async fn people(workspace: Option<String>) -> Result<SuspendedList, PageError> {
    let call = crate::ui::door::of_page()?.acting_for(workspace);
    Ok(super::service::suspended(&call.ctx, &call.actor()?).await?)
}

/// One login, for admins.
#[server(name = LoadStaffPerson, prefix = "/rpc", endpoint = "accounts/person", input = GetUrl)]
pub async fn person(id: String, workspace: Option<String>) -> Result<PersonView, PageError> {
    use crate::kernel::error::AppError;
    let call = crate::ui::door::of_page()?.acting_for(workspace);
    let actor = call.actor()?;
    super::policy::may_look_up(&actor).map_err(AppError::from)?;
    let user = id.parse().map_err(|_| AppError::NotFound)?;
    Ok(super::service::person_record(&call.ctx, &actor, user).await?)
}
