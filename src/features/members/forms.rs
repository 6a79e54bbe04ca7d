//! The forms of people's pages: inviting, accepting, changing, importing, asking to join.

use super::{
    joins, policy,
    rest::who,
    roster,
    rules::{
        Place,
        roster::{LARGEST, TOO_LARGE, newcomer},
    },
    service::{self, PhotoChange},
    views::{InviteInput, JoinDecisionInput, JoinInput, MemberPatch, within},
};
use crate::{
    features::organizations::logos,
    kernel::{
        actor::Actor,
        error::{AppError, AppResult},
        ids::{ImportId, InvitationId, JoinRequestId, MemberId},
    },
    platform::{
        ctx::Ctx,
        web::form::{Done, FormRoute, Posted},
    },
};

pub fn forms() -> Vec<FormRoute> {
    vec![
        FormRoute { path: "/people", form: "invite", handler: |posted| Box::pin(invite(posted)) },
        FormRoute { path: "/people", form: "resend", handler: |posted| Box::pin(resend(posted)) },
        FormRoute { path: "/people", form: "revoke", handler: |posted| Box::pin(revoke(posted)) },
        FormRoute { path: "/people", form: "add", handler: |posted| Box::pin(add(posted)) },
        FormRoute { path: "/people", form: "decide_join", handler: |posted| Box::pin(decide_join(posted)) },
        FormRoute { path: "/people/import", form: "look", handler: |posted| Box::pin(look(posted)) },
        FormRoute { path: "/people/import", form: "import", handler: |posted| Box::pin(import(posted)) },
        FormRoute { path: "/people/{id}", form: "seat", handler: |posted| Box::pin(seat(posted)) },
        FormRoute { path: "/people/{id}", form: "status", handler: |posted| Box::pin(status(posted)) },
        FormRoute { path: "/people/{id}", form: "about", handler: |posted| Box::pin(about(posted)) },
        FormRoute { path: "/people/{id}", form: "take_out", handler: |posted| Box::pin(take_out(posted)) },
        FormRoute { path: "/invitations/{token}", form: "accept", handler: |posted| Box::pin(accept(posted)) },
        FormRoute { path: "/directory/{slug}/join", form: "ask", handler: |posted| Box::pin(ask(posted)) },
        FormRoute { path: "/join-requests/{token}", form: "decide", handler: |posted| Box::pin(decide_by_mailbox(posted)) },
    ]
}

/// The People page again, saying what was done.
fn people(actor: &Actor, done: &str) -> Done {
    Done::to(within(&format!("/people?done={done}"), &service::key_of(actor)))
}

async fn invite(posted: Posted) -> AppResult<Done> {
    let actor = posted.call.actor()?;
    let workspace = policy::may_invite(&actor)?.workspace;
    let typed = &posted.typed;
    let input = InviteInput { email: typed.owned("email"), role: typed.owned("role"), name: typed.owned("name") };
    service::invite(&posted.call.ctx, &actor, &input.parse(workspace)?).await?;
    Ok(people(&actor, "invited"))
}

fn picked<T: std::str::FromStr>(posted: &Posted, name: &str) -> AppResult<T> {
    posted.typed.text(name).parse().map_err(|_| AppError::NotFound)
}

async fn resend(posted: Posted) -> AppResult<Done> {
    let actor = posted.call.actor()?;
    service::resend(&posted.call.ctx, &actor, picked::<InvitationId>(&posted, "invitationId")?).await?;
    Ok(people(&actor, "resent"))
}

async fn revoke(posted: Posted) -> AppResult<Done> {
    let actor = posted.call.actor()?;
    service::revoke(&posted.call.ctx, &actor, picked::<InvitationId>(&posted, "invitationId")?).await?;
    Ok(people(&actor, "revoked"))
}

async fn add(posted: Posted) -> AppResult<Done> {
    let actor = posted.call.actor()?;
    policy::may_onboard(&actor)?;
    let typed = &posted.typed;
    let newcomer = newcomer(typed.text("firstName"), typed.text("lastName"), typed.text("email"), typed.text("role"))?;
    service::add(&posted.call.ctx, &actor, &newcomer).await?;
    Ok(people(&actor, "added"))
}

async fn decide_join(posted: Posted) -> AppResult<Done> {
    let actor = posted.call.actor()?;
    let id = picked::<JoinRequestId>(&posted, "joinRequestId")?;
    joins::decide(&posted.call.ctx, &actor, id, &decision(&posted).parse()?).await?;
    Ok(people(&actor, "decided"))
}

fn decision(posted: &Posted) -> JoinDecisionInput {
    let typed = &posted.typed;
    JoinDecisionInput { decision: typed.owned("decision"), role: typed.owned("role"), reason: typed.owned("reason") }
}

async fn look(posted: Posted) -> AppResult<Done> {
    let actor = posted.call.actor()?;
    policy::may_onboard(&actor)?;
    let ctx = &posted.call.ctx;
    // A file that was chosen is meant, whatever stands in the box.
    let id = match posted.typed.upload("file") {
        Some(upload) => roster::keep_file(ctx, &actor, text_of(upload.within(LARGEST, TOO_LARGE)?)?).await?,
        None => roster::keep(ctx, &actor, posted.typed.text("csv")).await?,
    };
    Ok(Done::to(within(&format!("/people/import?list={id}"), &service::key_of(&actor))))
}

/// A file's text, as a box can show it.
fn text_of(bytes: &[u8]) -> AppResult<&str> {
    let text = std::str::from_utf8(bytes).ok().filter(|text| !text.contains('\0'));
    let text = text
        .ok_or_else(|| AppError::invalid("file", "This file is no text. Save the list as CSV (UTF-8), then choose that file."))?;
    Ok(text.trim_start_matches('\u{feff}'))
}

async fn import(posted: Posted) -> AppResult<Done> {
    let actor = posted.call.actor()?;
    roster::import_kept(&posted.call.ctx, &actor, picked::<ImportId>(&posted, "list")?).await?;
    Ok(people(&actor, "imported"))
}

/// The member's page again.
fn member(actor: &Actor, id: MemberId) -> Done {
    Done::to(within(&format!("/people/{id}?done=saved"), &service::key_of(actor)))
}

fn version(posted: &Posted) -> Option<i32> {
    posted.typed.text("version").parse().ok()
}

async fn seat(posted: Posted) -> AppResult<Done> {
    let actor = posted.call.actor()?;
    let id: MemberId = posted.seg("id")?;
    let typed = &posted.typed;
    let asks_powers = typed.ticked("asksPowers");
    let patch = MemberPatch {
        role: typed.maybe("role").map(str::to_owned),
        signatory: asks_powers.then(|| typed.ticked("signatory")),
        finance: asks_powers.then(|| typed.ticked("finance")),
        version: version(&posted),
        ..MemberPatch::default()
    };
    service::change(&posted.call.ctx, &actor, id, &patch.parse(policy::may_see(&actor)?)?, PhotoChange::Keep).await?;
    Ok(member(&actor, id))
}

async fn status(posted: Posted) -> AppResult<Done> {
    let actor = posted.call.actor()?;
    let id: MemberId = posted.seg("id")?;
    let patch = MemberPatch {
        status: Some(posted.typed.owned("status")),
        reason: posted.typed.owned("reason"),
        version: version(&posted),
        ..MemberPatch::default()
    };
    service::change(&posted.call.ctx, &actor, id, &patch.parse(policy::may_see(&actor)?)?, PhotoChange::Keep).await?;
    Ok(member(&actor, id))
}

async fn about(posted: Posted) -> AppResult<Done> {
    let actor = posted.call.actor()?;
    let id: MemberId = posted.seg("id")?;
    let typed = &posted.typed;
    let links = Place::ALL.iter().map(|place| (place.label().to_owned(), typed.owned(&format!("links.{place}")))).collect();
    let patch = MemberPatch {
        interests: Some(typed.all("interests")),
        bio: Some(typed.owned("bio")),
        links: Some(links),
        version: version(&posted),
        ..MemberPatch::default()
    };
    let change = patch.parse(policy::may_see(&actor)?)?;
    let ctx = &posted.call.ctx;
    // The picture last: a form that is refused for something else keeps nothing.
    let stored = logos::store_chosen(ctx, typed, "photo").await.map_err(|error| beside(error, "logo", "photo"))?;
    let photo = match stored {
        Some(photo) => PhotoChange::Replace(photo),
        None if typed.ticked("removePhoto") => PhotoChange::Remove,
        None => PhotoChange::Keep,
    };
    service::change(ctx, &actor, id, &change, photo).await?;
    Ok(member(&actor, id))
}

/// A field's problem under another name: the pipeline of pictures speaks of logos.
fn beside(error: AppError, from: &str, to: &str) -> AppError {
    match error {
        AppError::Invalid(errors) => match errors.get(from) {
            Some(message) => AppError::invalid(to, message),
            None => AppError::Invalid(errors),
        },
        other => other,
    }
}

async fn take_out(posted: Posted) -> AppResult<Done> {
    let actor = posted.call.actor()?;
    let id: MemberId = posted.seg("id")?;
    let is_own = service::get(&posted.call.ctx, &actor, id).await?.is_you;
    service::take_out(&posted.call.ctx, &actor, id).await?;
    // Whoever left has no such page any more.
    Ok(if is_own { Done::to("/dashboard") } else { people(&actor, "removed") })
}

async fn accept(posted: Posted) -> AppResult<Done> {
    let token: String = posted.seg("token")?;
    // Not claimed: it is idempotent by itself, and where it leads may be a secret that must not be noted.
    let ctx = Ctx { claim: None, ..posted.call.ctx.clone() };
    let accepted = service::accept(&ctx, who(&posted.call)?, &token, posted.typed.text("name")).await?;
    Ok(match accepted.activation_token {
        Some(token) => Done::to(format!("/link/{token}")),
        None => Done::to(within("/dashboard", &accepted.workspace)),
    })
}

async fn ask(posted: Posted) -> AppResult<Done> {
    let slug: String = posted.seg("slug")?;
    let person = posted.call.person()?;
    let input = JoinInput {
        organization_id: slug.clone(),
        message: posted.typed.owned("message"),
        mailbox: posted.typed.owned("mailbox"),
    };
    joins::ask(&posted.call.ctx, person, &input).await?;
    Ok(Done::to(within(&format!("/directory/{slug}/join"), &joins::acting_of(posted.call.maybe_viewer().as_ref()))))
}

async fn decide_by_mailbox(posted: Posted) -> AppResult<Done> {
    let token: String = posted.seg("token")?;
    joins::decide_by_mailbox(&posted.call.ctx, &token, &decision(&posted).parse()?).await?;
    Ok(Done::to(format!("/join-requests/{token}")))
}
