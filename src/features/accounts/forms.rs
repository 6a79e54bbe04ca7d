//! The forms of people and access. Those that make a session are never replayed: an answer without its cookie would leave
//! somebody outside, so they run again instead.

use super::{
    policy,
    rest::{device, ended_session, new_session},
    rules::{LinkPurpose, owes_second_factor},
    service,
    views::StatusInput,
};
use crate::{
    kernel::{
        actor::{Person, Workspace},
        error::{AppError, AppResult},
        fields::FieldErrors,
        ids::{SessionId, UserId},
        text::Email,
    },
    platform::{
        ctx::Ctx,
        web::{
            Call,
            form::{Done, FormRoute, Posted, Typed},
            safe_path,
        },
    },
};
use http::HeaderMap;
use std::sync::Arc;

pub fn forms() -> Vec<FormRoute> {
    vec![
        FormRoute { path: "/sign-in", form: "sign_in", handler: |posted| Box::pin(sign_in(posted)) },
        FormRoute { path: "/forgot-password", form: "forgot", handler: |posted| Box::pin(forgot(posted)) },
        FormRoute { path: "/link/{token}", form: "use_link", handler: |posted| Box::pin(use_link(posted)) },
        FormRoute { path: "/account", form: "sign_out", handler: |posted| Box::pin(sign_out(posted)) },
        FormRoute { path: "/account", form: "sign_out_everywhere", handler: |posted| Box::pin(sign_out_everywhere(posted)) },
        FormRoute { path: "/account", form: "change_password", handler: |posted| Box::pin(change_password(posted)) },
        FormRoute { path: "/account", form: "change_email", handler: |posted| Box::pin(change_email(posted)) },
        FormRoute { path: "/account/sessions", form: "revoke", handler: |posted| Box::pin(revoke(posted)) },
        FormRoute {
            path: "/account/sessions",
            form: "sign_out_everywhere",
            handler: |posted| Box::pin(sign_out_everywhere(posted)),
        },
        FormRoute { path: "/staff/people", form: "find", handler: |posted| Box::pin(find(posted)) },
        FormRoute { path: "/staff/people/{id}", form: "suspend", handler: |posted| Box::pin(set_status(posted, "suspended")) },
        FormRoute { path: "/staff/people/{id}", form: "restore", handler: |posted| Box::pin(set_status(posted, "restored")) },
        FormRoute { path: "/second-factor", form: "off", handler: |posted| Box::pin(turn_off(posted)) },
        FormRoute { path: "/second-factor", form: "begin", handler: |posted| Box::pin(begin(posted)) },
        FormRoute { path: "/second-factor", form: "confirm", handler: |posted| Box::pin(confirm(posted)) },
        FormRoute { path: "/second-factor", form: "give", handler: |posted| Box::pin(give(posted)) },
        FormRoute { path: "/second-factor", form: "keep", handler: |posted| Box::pin(keep(posted)) },
        FormRoute { path: "/second-factor", form: "renew", handler: |posted| Box::pin(renew(posted)) },
    ]
}

/// Where people go who were on their way somewhere, else home.
fn onward<'a>(posted: &'a Posted, home: &'a str) -> &'a str {
    posted.query.get("next").and_then(|next| safe_path(next)).unwrap_or(home)
}

/// `/second-factor`, with the way onward kept.
fn to_second_factor(posted: &Posted) -> String {
    match posted.query.get("next").and_then(|next| safe_path(next)) {
        Some(next) => {
            format!("/second-factor?next={}", url::form_urlencoded::byte_serialize(next.as_bytes()).collect::<String>())
        }
        None => "/second-factor".to_owned(),
    }
}

/// Where staff go on, and where everybody else does.
fn home<'a>(person: &Person, otherwise: &'a str) -> &'a str {
    let is_staff = person.memberships.iter().any(|m| matches!(m.workspace, Workspace::Staff { .. }));
    if is_staff { "/staff/organizations" } else { otherwise }
}

/// The call without its form's key.
fn unclaimed(posted: &Posted) -> Ctx {
    Ctx { claim: None, ..posted.call.ctx.clone() }
}

async fn sign_in(posted: Posted) -> AppResult<Done> {
    let ctx = unclaimed(&posted);
    let (email, password) = (posted.typed.text("email"), posted.typed.text("password"));
    let signed_in = service::sign_in(&ctx, email, password, &device(&posted.headers)).await?;
    let person = service::person_by_token(&ctx, &signed_in.token).await?;
    let owes = person.is_some_and(|person| owes_second_factor(&person));
    // The session that this browser had before is not left lying about.
    if let Some(before) = &posted.call.person {
        service::sign_out(&ctx, before).await?;
    }
    let location = if owes { to_second_factor(&posted) } else { onward(&posted, "/dashboard").to_owned() };
    Ok(Done::to(location).cookie(new_session(&ctx, &signed_in)))
}

/// The card that stands between a form and a session that had ended: the password first, then the code where one is owed.
/// Gives who it is, and the cookie of their session; without a cookie where nothing was left to do.
///
/// # Errors
/// As signing in, and as giving a second factor.
pub async fn sign_in_again(call: &Call, typed: &Typed, headers: &HeaderMap) -> AppResult<(Arc<Person>, Option<String>)> {
    let signed_in = match &call.person {
        None => service::sign_in(&call.ctx, typed.text("email"), typed.text("password"), &device(headers)).await?,
        Some(person) if owes_second_factor(person) => service::give_second_factor(&call.ctx, person, typed.text("code")).await?,
        Some(person) => return Ok((Arc::clone(person), None)),
    };
    let person = service::person_by_token(&call.ctx, &signed_in.token).await?.ok_or(AppError::SignIn)?;
    Ok((person, Some(new_session(&call.ctx, &signed_in))))
}

async fn forgot(posted: Posted) -> AppResult<Done> {
    let email = Email::parse(posted.typed.text("email")).map_err(|problem| FieldErrors::one("email", problem.to_string()))?;
    service::ask_reset(&posted.call.ctx, &email).await?;
    Ok(Done::to("/forgot-password?done=sent"))
}

async fn use_link(posted: Posted) -> AppResult<Done> {
    let token: String = posted.seg("token")?;
    let password = posted.typed.maybe("password").or_else(|| posted.typed.ticked("asksPassword").then_some(""));
    let done = service::use_link(&posted.call.ctx, &token, &LinkPurpose::ALL, password).await?;
    let location = match (done.purpose, done.password_set) {
        (_, true) => "/sign-in?done=password",
        (LinkPurpose::ChangeEmail, _) => "/sign-in?done=address",
        _ => "/sign-in?done=verified",
    };
    Ok(Done::to(location))
}

async fn sign_out(posted: Posted) -> AppResult<Done> {
    if let Some(person) = &posted.call.person {
        service::sign_out(&unclaimed(&posted), person).await?;
    }
    Ok(Done::to("/sign-in?done=out").cookies(ended_session(&posted.call.ctx)))
}

async fn revoke(posted: Posted) -> AppResult<Done> {
    let person = posted.call.person()?;
    let session: SessionId = posted.typed.text("session").parse().map_err(|_| AppError::NotFound)?;
    service::revoke_session(&unclaimed(&posted), person, session).await?;
    if session == person.session {
        return Ok(Done::to("/sign-in?done=out").cookies(ended_session(&posted.call.ctx)));
    }
    Ok(Done::to("/account/sessions?done=ended"))
}

async fn turn_off(posted: Posted) -> AppResult<Done> {
    let (password, code) = (posted.typed.text("password"), posted.typed.text("code"));
    service::turn_off_second_factor(&unclaimed(&posted), posted.call.person()?, password, code).await?;
    Ok(Done::to("/account?done=factor-off"))
}

async fn sign_out_everywhere(posted: Posted) -> AppResult<Done> {
    service::sign_out_everywhere(&unclaimed(&posted), posted.call.person()?).await?;
    Ok(Done::to("/sign-in?done=everywhere").cookies(ended_session(&posted.call.ctx)))
}

async fn change_password(posted: Posted) -> AppResult<Done> {
    let ctx = unclaimed(&posted);
    let (current, new) = (posted.typed.text("currentPassword"), posted.typed.text("password"));
    let signed_in = service::change_password(&ctx, posted.call.person()?, current, new, &device(&posted.headers)).await?;
    Ok(Done::to("/account?done=password").cookie(new_session(&ctx, &signed_in)))
}

async fn change_email(posted: Posted) -> AppResult<Done> {
    let email = Email::parse(posted.typed.text("email")).map_err(|problem| FieldErrors::one("email", problem.to_string()))?;
    service::ask_email_change(&posted.call.ctx, posted.call.person()?, posted.typed.text("password"), &email).await?;
    Ok(Done::to("/account?done=address"))
}

async fn begin(posted: Posted) -> AppResult<Done> {
    service::begin_second_factor(&posted.call.ctx, posted.call.half_signed_in()?).await?;
    Ok(Done::to(to_second_factor(&posted)))
}

async fn confirm(posted: Posted) -> AppResult<Done> {
    let ctx = unclaimed(&posted);
    let signed_in = service::confirm_second_factor(&ctx, posted.call.half_signed_in()?, posted.typed.text("code")).await?;
    Ok(Done::to(to_second_factor(&posted)).cookie(new_session(&ctx, &signed_in)))
}

async fn give(posted: Posted) -> AppResult<Done> {
    let ctx = unclaimed(&posted);
    let person = posted.call.half_signed_in()?;
    let signed_in = service::give_second_factor(&ctx, person, posted.typed.text("code")).await?;
    Ok(Done::to(onward(&posted, home(person, "/dashboard"))).cookie(new_session(&ctx, &signed_in)))
}

/// Where an admin goes on, as the workspace that they act for.
fn person_page(posted: &Posted, user: UserId) -> String {
    let acting = posted.call.workspace.as_ref().map(|key| format!("?as={key}")).unwrap_or_default();
    format!("/staff/people/{user}{acting}")
}

async fn find(posted: Posted) -> AppResult<Done> {
    let user = service::look_up(&posted.call.ctx, &posted.call.actor()?, posted.typed.text("email")).await?;
    Ok(Done::to(person_page(&posted, user)))
}

async fn set_status(posted: Posted, status: &str) -> AppResult<Done> {
    let (actor, user) = (posted.call.actor()?, posted.seg("id")?);
    policy::may_suspend(&actor, user)?;
    let change = StatusInput { status: status.to_owned(), reason: posted.typed.owned("reason") }.parse()?;
    service::set_status(&posted.call.ctx, &actor, user, &change).await?;
    Ok(Done::to(person_page(&posted, user)))
}

async fn keep(posted: Posted) -> AppResult<Done> {
    let person = posted.call.person()?;
    service::keep_recovery_codes(&posted.call.ctx, person).await?;
    Ok(Done::to(onward(&posted, home(person, "/account"))))
}

async fn renew(posted: Posted) -> AppResult<Done> {
    service::renew_recovery_codes(&posted.call.ctx, posted.call.person()?).await?;
    Ok(Done::to("/second-factor"))
}
