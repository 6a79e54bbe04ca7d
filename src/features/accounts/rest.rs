//! Signing in, links, passwords and sessions over REST. Translates, and nothing else; sessions travel in the cookie.

use super::{
    policy,
    rules::{self, LinkPurpose},
    service,
    views::{
        Accepted, CodeInput, ForgotInput, LinkDone, LoginInput, LookUpInput, PasswordInput, PersonView, SessionInfo,
        SessionsView, SignedIn, StatusInput, VerifyInput,
    },
};
use crate::{
    kernel::{
        error::{AppError, AppResult},
        fields::FieldErrors,
        ids::{SessionId, UserId},
        text::Email,
    },
    platform::{
        ctx::Ctx,
        web::{ApiResult, Body, Call, Seg, cookies, ok, once::Once},
    },
};
use axum::response::Response;
use http::{HeaderMap, HeaderValue, header};
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn routes() -> OpenApiRouter<()> {
    OpenApiRouter::new()
        .routes(routes!(login))
        .routes(routes!(second_factor))
        .routes(routes!(logout))
        .routes(routes!(forgot_password))
        .routes(routes!(reset_password))
        .routes(routes!(activate_member))
        .routes(routes!(verify_email))
        .routes(routes!(sessions))
        .routes(routes!(end_session))
        .routes(routes!(look_up))
        .routes(routes!(person))
        .routes(routes!(set_status))
}

/// Signs in: the answer sets the session's cookie. Sent again, it signs in again.
#[utoipa::path(
    post, path = "/auth/login", tag = "auth", request_body = LoginInput,
    responses(
        (status = 200, description = "Signed in", body = SessionInfo),
        (status = 409, description = "SUSPENDED"),
        (status = 422, description = "The address or the password is not right; which one is not said"),
        (status = 429, description = "Too many tries by this address or for this account"),
    )
)]
async fn login(call: Call, _once: Once, headers: HeaderMap, body: Body<LoginInput>) -> ApiResult {
    let device = device(&headers);
    let signed_in = service::sign_in(&call.ctx, &body.value.email, &body.value.password, &device).await?;
    // The session that this caller had before is not left lying about.
    if let Some(before) = &call.person {
        service::sign_out(&call.ctx, before).await?;
    }
    with_session(&call.ctx, &signed_in).await
}

/// Gives the second factor that is owed after signing in: six digits, or a recovery code. The session gets a new id.
#[utoipa::path(
    post, path = "/auth/second-factor", tag = "auth", request_body = CodeInput,
    responses(
        (status = 200, description = "Given", body = SessionInfo),
        (status = 401, description = "Nobody is signed in"),
        (status = 409, description = "CODE_USED, or SECOND_FACTOR_OFF: it is set up on its page"),
        (status = 422, description = "The code is not right"),
        (status = 429, description = "Too many tries"),
    )
)]
async fn second_factor(call: Call, _once: Once, body: Body<CodeInput>) -> ApiResult {
    let signed_in = service::give_second_factor(&call.ctx, call.half_signed_in()?, &body.value.code).await?;
    with_session(&call.ctx, &signed_in).await
}

/// Ends the session; without one, nothing happens.
#[utoipa::path(
    post, path = "/auth/logout", tag = "auth",
    responses((status = 200, description = "Signed out", body = Accepted))
)]
async fn logout(call: Call, _once: Once) -> ApiResult {
    if let Some(person) = &call.person {
        service::sign_out(&call.ctx, person).await?;
    }
    signed_out(&call.ctx, ok(&Accepted::signed_out()))
}

/// Asks for a link to a new password. Every address is answered alike.
#[utoipa::path(
    post, path = "/auth/forgot-password", tag = "auth", request_body = ForgotInput,
    responses(
        (status = 200, description = "Accepted, whether there is an account or not", body = Accepted),
        (status = 409, description = "The idempotency key was used for another body"),
        (status = 422, description = "Not an e-mail address"),
        (status = 429, description = "Too many mails asked for"),
    )
)]
async fn forgot_password(call: Call, once: Once, body: Body<ForgotInput>) -> ApiResult {
    let email = &Email::parse(&body.value.email).map_err(|problem| FieldErrors::one("email", problem.to_string()))?;
    let work = |ctx: Ctx| async move { service::ask_reset(&ctx, email).await };
    once.change(&call, "POST /auth/forgot-password", &body.raw, work).await?;
    Ok(ok(&Accepted::forgotten()))
}

/// Sets a new password behind a mailed link. Every session of the person ends.
#[utoipa::path(
    post, path = "/auth/reset-password", tag = "auth", request_body = PasswordInput,
    responses(
        (status = 200, description = "Set", body = LinkDone),
        (status = 404, description = "No such link"),
        (status = 409, description = "LINK_USED, LINK_EXPIRED, SUSPENDED"),
        (status = 422, description = "The password is too weak; the link stays unused"),
        (status = 429, description = "Too many tries"),
    )
)]
async fn reset_password(call: Call, once: Once, body: Body<PasswordInput>) -> ApiResult {
    let PasswordInput { token, password } = &body.value;
    use_link(&call, &once, "POST /auth/reset-password", &body.raw, token, LinkPurpose::Reset, Some(password)).await
}

/// Sets the first password of a login behind a mailed link.
#[utoipa::path(
    post, path = "/auth/activate-member", tag = "auth", request_body = PasswordInput,
    responses(
        (status = 200, description = "Set", body = LinkDone),
        (status = 404, description = "No such link"),
        (status = 409, description = "LINK_USED, LINK_EXPIRED, SUSPENDED"),
        (status = 422, description = "The password is too weak; the link stays unused"),
        (status = 429, description = "Too many tries"),
    )
)]
async fn activate_member(call: Call, once: Once, body: Body<PasswordInput>) -> ApiResult {
    let PasswordInput { token, password } = &body.value;
    use_link(&call, &once, "POST /auth/activate-member", &body.raw, token, LinkPurpose::Activate, Some(password)).await
}

/// Proves an address by the link that was mailed there; with a password, sets the person's first one as well.
#[utoipa::path(
    post, path = "/auth/verify-email", tag = "auth", request_body = VerifyInput,
    responses(
        (status = 200, description = "Verified", body = LinkDone),
        (status = 404, description = "No such link"),
        (status = 409, description = "LINK_USED, LINK_EXPIRED, SUSPENDED"),
        (status = 422, description = "The password is too weak; the link stays unused"),
        (status = 429, description = "Too many tries"),
    )
)]
async fn verify_email(call: Call, once: Once, body: Body<VerifyInput>) -> ApiResult {
    let VerifyInput { token, password } = &body.value;
    use_link(&call, &once, "POST /auth/verify-email", &body.raw, token, LinkPurpose::VerifyEmail, password.as_deref()).await
}

/// Where you are signed in
///
/// Every live session, the one that asks first.
#[utoipa::path(
    get, path = "/sessions", tag = "auth",
    responses(
        (status = 200, description = "Your sessions", body = SessionsView),
        (status = 401, description = "Nobody is signed in"),
        (status = 403, description = "SECOND_FACTOR_REQUIRED; never with a key"),
    )
)]
async fn sessions(call: Call) -> ApiResult {
    Ok(ok(&SessionsView { items: service::security(&call.ctx, call.person()?).await?.sessions }))
}

/// End a session
///
/// One of your own; ending the one that asks signs out. The answer lists those that are left.
#[utoipa::path(
    delete, path = "/sessions/{sessionId}", tag = "auth",
    params(("sessionId" = String, Path, description = "The session")),
    responses(
        (status = 200, description = "Ended", body = SessionsView),
        (status = 401, description = "Nobody is signed in"),
        (status = 403, description = "SECOND_FACTOR_REQUIRED; never with a key"),
        (status = 404, description = "None of yours, or it is over"),
    )
)]
async fn end_session(call: Call, once: Once, Seg(id): Seg<SessionId>) -> ApiResult {
    let person = call.person()?;
    let work = |ctx: Ctx| async move { service::revoke_session(&ctx, person, id).await };
    once.change(&call, &format!("DELETE /sessions/{id}"), b"", work).await?;
    let left = ok(&SessionsView { items: service::security(&call.ctx, person).await?.sessions });
    if id == person.session { signed_out(&call.ctx, left) } else { Ok(left) }
}

async fn use_link(
    call: &Call,
    once: &Once,
    operation: &str,
    raw: &[u8],
    token: &str,
    purpose: LinkPurpose,
    password: Option<&str>,
) -> ApiResult {
    let work = |ctx: Ctx| async move { service::use_link(&ctx, token, &[purpose], password).await };
    let done = once.run(call, operation, raw, work, |_, result| async move { service::link_done_again(&result) }).await?;
    Ok(ok(&done))
}

/// Look a login up by its address
///
/// For admins of the platform. That somebody looked is kept.
#[utoipa::path(
    post, path = "/admin/users/find", tag = "admin", request_body = LookUpInput,
    responses(
        (status = 200, description = "The login", body = PersonView),
        (status = 401, description = "Nobody is signed in"),
        (status = 403, description = "Only admins of the platform, with their second factor given"),
        (status = 422, description = "No login has this address"),
    )
)]
async fn look_up(call: Call, once: Once, body: Body<LookUpInput>) -> ApiResult {
    let actor = &call.actor()?;
    policy::may_look_up(actor)?;
    let email = &body.value.email;
    let view = once
        .run(
            &call,
            "POST /admin/users/find",
            &body.raw,
            |ctx| async move {
                let user = service::look_up(&ctx, actor, email).await?;
                service::person_record(&ctx, actor, user).await
            },
            |ctx, user| async move { service::person_record(&ctx, actor, user.parse().map_err(|_| AppError::NotFound)?).await },
        )
        .await?;
    Ok(ok(&view))
}

/// One login, for admins of the platform
#[utoipa::path(
    get, path = "/admin/users/{userId}", tag = "admin", params(("userId" = String, Path, description = "The person")),
    responses(
        (status = 200, description = "The login", body = PersonView),
        (status = 401, description = "Nobody is signed in"),
        (status = 403, description = "Only admins of the platform, with their second factor given"),
        (status = 404, description = "No such person"),
    )
)]
async fn person(call: Call, Seg(user): Seg<UserId>) -> ApiResult {
    let actor = call.actor()?;
    Ok(ok(&service::person_record(&call.ctx, &actor, user).await?))
}

/// Suspend a login, or restore it
///
/// Suspending ends every session, link and API key of the person at once; the reason is mailed to them.
#[utoipa::path(
    patch, path = "/admin/users/{userId}/status", tag = "admin", request_body = StatusInput,
    params(("userId" = String, Path, description = "The person")),
    responses(
        (status = 200, description = "Done", body = PersonView),
        (status = 401, description = "Nobody is signed in"),
        (status = 403, description = "Only admins of the platform, with their second factor given, and nobody themselves"),
        (status = 404, description = "No such person"),
        (status = 409, description = "SUSPENDED, NOT_SUSPENDED, LAST_ADMIN"),
        (status = 422, description = "An unknown status, or a reason that is missing"),
    )
)]
async fn set_status(call: Call, once: Once, Seg(user): Seg<UserId>, body: Body<StatusInput>) -> ApiResult {
    let actor = &call.actor()?;
    policy::may_look_up(actor)?;
    let change = &body.value.parse()?;
    let view = once
        .run(
            &call,
            &format!("PATCH /admin/users/{user}/status"),
            &body.raw,
            |ctx| async move {
                service::set_status(&ctx, actor, user, change).await?;
                service::person_record(&ctx, actor, user).await
            },
            |ctx, _| async move { service::person_record(&ctx, actor, user).await },
        )
        .await?;
    Ok(ok(&view))
}

async fn with_session(ctx: &Ctx, signed_in: &SignedIn) -> ApiResult {
    let info = service::session_info(ctx, signed_in).await?;
    with_cookie(ok(&info), &new_session(ctx, signed_in))
}

fn with_cookie(mut response: Response, cookie: &str) -> AppResult<Response> {
    let value = HeaderValue::from_str(cookie).map_err(|error| AppError::broken(error.to_string()))?;
    response.headers_mut().append(header::SET_COOKIE, value);
    Ok(response)
}

/// An answer to somebody who is no longer signed in here.
fn signed_out(ctx: &Ctx, answer: Response) -> ApiResult {
    ended_session(ctx).iter().try_fold(answer, |answer, cookie| with_cookie(answer, cookie))
}

/// The cookie of a session that was just made or renewed; lives as long as a session may.
pub(super) fn new_session(ctx: &Ctx, signed_in: &SignedIn) -> String {
    let settings = &ctx.house.settings;
    cookies::set(settings, cookies::session_name(settings), &signed_in.token, rules::SESSION_LIFE.num_seconds())
}

/// Takes the session's cookie away, and what this browser was told of an application: whoever sits there next is somebody else.
pub(super) fn ended_session(ctx: &Ctx) -> [String; 2] {
    let settings = &ctx.house.settings;
    [cookies::session_name(settings), cookies::SENT].map(|name| cookies::set(settings, name, "", 0))
}

/// What the security page will call the session.
pub(super) fn device(headers: &HeaderMap) -> String {
    rules::device_name(headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default())
}
