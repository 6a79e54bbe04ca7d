//! The forms of communities' pages: signing up, the profile and the answer to a question, and the decision of staff.

use super::{
    policy,
    rules::{DecisionInput, ProfileInput, REASON_LONGEST, RegistrationAnswer, SignupInput, signup_problems},
    service,
};
use crate::{
    features::organizations::{logos, views::within},
    kernel::{
        actor::Actor,
        error::{AppError, AppResult},
        ids::CommunityId,
        text::Paragraph,
    },
    platform::web::form::{Done, FormRoute, Posted},
};
use futures::future::BoxFuture;

pub fn forms() -> Vec<FormRoute> {
    vec![
        FormRoute { path: "/join", form: "join", handler: join },
        FormRoute { path: "/dashboard", form: "registration", handler: answer_registration },
        FormRoute { path: "/community/profile", form: "profile", handler: edit_profile },
        FormRoute { path: "/community/profile", form: "answer", handler: answer },
        FormRoute { path: "/staff/communities/{id}", form: "decide", handler: decide },
        FormRoute { path: "/staff/communities/{id}", form: "checks", handler: ask_checks },
    ]
}

fn edit_profile(posted: Posted) -> BoxFuture<'static, AppResult<Done>> {
    Box::pin(async move {
        let actor = posted.call.actor()?;
        policy::may_edit_profile(&actor)?;
        let input = ProfileInput::typed(&posted.typed);
        let details = input.parse()?;
        let ctx = &posted.call.ctx;
        let logo = logos::store_chosen(ctx, &posted.typed, "logo").await?;
        service::edit_profile(ctx, &actor, input.version, &details, logo).await?;
        Ok(Done::to(profile_of(&actor, "saved")))
    })
}

fn answer(posted: Posted) -> BoxFuture<'static, AppResult<Done>> {
    Box::pin(async move {
        let actor = posted.call.actor()?;
        let answer = Paragraph::parse(posted.typed.text("answer"), REASON_LONGEST, "answer")
            .map_err(|problem| AppError::invalid("answer", problem.to_string()))?;
        service::answer(&posted.call.ctx, &actor, &answer).await?;
        Ok(Done::to(profile_of(&actor, "answered")))
    })
}

/// The profile in the workspace that was acted for, saying what was done.
fn profile_of(actor: &Actor, done: &str) -> String {
    let workspace = actor.acting.as_ref().map(|membership| membership.key()).unwrap_or_default();
    format!("/community/profile?as={workspace}&{done}=1")
}

fn join(posted: Posted) -> BoxFuture<'static, AppResult<Done>> {
    Box::pin(async move {
        let problems = signup_problems(&posted.typed);
        if !problems.is_empty() {
            return Err(problems.into());
        }
        let signup = SignupInput::typed(&posted.typed).parse()?;
        let call = &posted.call;
        // The picture last: a form that is refused for something else keeps nothing.
        let logo = logos::store_chosen(&call.ctx, &posted.typed, "logo").await?;
        service::register(&call.ctx, call.voice(), call.fully_signed_in()?, &signup, logo).await?;
        Ok(Done::to("/join/sent"))
    })
}

fn answer_registration(posted: Posted) -> BoxFuture<'static, AppResult<Done>> {
    Box::pin(async move {
        let person = posted.call.person()?;
        let id: CommunityId = posted.typed.text("communityId").parse().map_err(|_| AppError::NotFound)?;
        let yes = RegistrationAnswer { answer: posted.typed.owned("answer") }.parse()?;
        let workspace = service::answer_registration(&posted.call.ctx, person, id, yes).await?;
        // Into the new workspace; after a no, back to where the question was.
        let before = posted.call.workspace.as_deref().unwrap_or_default();
        Ok(Done::to(within("/dashboard", if yes { &workspace } else { before })))
    })
}

fn ask_checks(posted: Posted) -> BoxFuture<'static, AppResult<Done>> {
    Box::pin(async move {
        let actor = posted.call.actor()?;
        let id: CommunityId = posted.seg("id")?;
        service::ask_checks(&posted.call.ctx, &actor, id).await?;
        let workspace = posted.call.workspace.as_ref().map(|key| format!("&as={key}")).unwrap_or_default();
        Ok(Done::to(format!("/staff/communities/{id}?checks=yes{workspace}")))
    })
}

fn decide(posted: Posted) -> BoxFuture<'static, AppResult<Done>> {
    Box::pin(async move {
        let actor = posted.call.actor()?;
        let id: CommunityId = posted.seg("id")?;
        let input = DecisionInput { status: posted.typed.owned("status"), reason: posted.typed.owned("reason") };
        let (decision, reason) = input.parse()?;
        service::decide(&posted.call.ctx, &actor, id, decision, &reason).await?;
        Ok(Done::to(format!("/staff/communities/{id}")))
    })
}
