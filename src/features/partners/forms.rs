//! The forms of an event's partners: the panel's buttons, and the pages on which somebody is added, edited and removed.

use super::{
    rules::{Labels, read_reason},
    service::{self, To},
    views::{BenefitInput, PartnerInput},
};
use crate::{
    features::organizations::logos,
    kernel::{
        actor::Actor,
        error::{AppError, AppResult},
        ids::{EventId, LogoId, PartnerLinkId},
    },
    platform::web::form::{Done, FormRoute, Posted, Typed},
};
use futures::future::BoxFuture;

pub fn forms() -> Vec<FormRoute> {
    const NEW: &str = "/manage/events/{id}/partners/new";
    const ONE: &str = "/manage/events/{id}/partners/{link}";
    vec![
        FormRoute { path: "/manage/events/{id}", form: "partners", handler: panel },
        FormRoute { path: NEW, form: "partner", handler: add },
        FormRoute { path: ONE, form: "partner", handler: edit },
        FormRoute { path: ONE, form: "remove", handler: remove },
    ]
}

fn input(typed: &Typed) -> PartnerInput {
    let text = |name: &str| Some(typed.owned(name));
    let lines = typed.rows("benefits").into_iter().map(|mut row| BenefitInput {
        id: row.remove("id").unwrap_or_default(),
        kind: row.remove("kind").unwrap_or_default(),
        text: row.remove("text").unwrap_or_default(),
    });
    PartnerInput {
        // One of those that were found, or nobody of them.
        organization_id: typed.maybe("organizationId").filter(|id| *id != "none").map(str::to_owned),
        name: typed.maybe("name").map(str::to_owned),
        category: typed.maybe("category").map(str::to_owned),
        confirm: Some(typed.ticked("confirm")),
        website: text("website"),
        contact_email: text("contactEmail"),
        image_url: typed.ticked("noPicture").then(String::new),
        benefits: Some(lines.collect()),
        // A switch of its own, on the panel.
        visible: None,
        display_order: None,
        version: typed.text("version").parse().ok(),
    }
}

/// Back to the panel, in the workspace that was acted for. From another page it comes into view by itself; from its own, an
/// address that differs in its fragment only would not be loaded anew.
fn back(actor: &Actor, event: EventId, fragment: &str) -> Done {
    let workspace = actor.acting.as_ref().map(|membership| membership.key()).unwrap_or_default();
    Done::to(format!("/manage/events/{event}?as={workspace}{fragment}"))
}

const PANEL: &str = "#partners";

/// The page comes back with one line more: nothing is wrong.
fn wants_a_line(typed: &Typed) -> AppResult<()> {
    if typed.text("_action") == "add-line" {
        return Err(AppError::refused("LINE_ADDED", "There is one more line for a benefit now. Nothing was sent yet."));
    }
    Ok(())
}

/// The picture last: a form that is refused for something else keeps nothing.
async fn picture(posted: &Posted) -> AppResult<Option<LogoId>> {
    match posted.typed.upload("logo") {
        Some(upload) => Ok(Some(logos::store_upload(&posted.call.ctx, upload).await?)),
        None => Ok(None),
    }
}

fn panel(posted: Posted) -> BoxFuture<'static, AppResult<Done>> {
    Box::pin(async move {
        let actor = posted.call.actor()?;
        let event: EventId = posted.seg("id")?;
        let ctx = &posted.call.ctx;
        let which = |name: &str| posted.typed.maybe(name).and_then(|id| id.parse::<PartnerLinkId>().ok());
        if let Some(id) = which("up") {
            service::place(ctx, &actor, event, id, To::Up).await?;
        } else if let Some(id) = which("down") {
            service::place(ctx, &actor, event, id, To::Down).await?;
        } else if let Some(id) = which("hide") {
            service::show(ctx, &actor, event, id, false).await?;
        } else if let Some(id) = which("show") {
            service::show(ctx, &actor, event, id, true).await?;
        } else if let Some(panel) = posted.typed.maybe("panel") {
            service::collapse(ctx, &actor, panel == "hide").await?;
        } else {
            return Err(AppError::NotFound);
        }
        Ok(back(&actor, event, ""))
    })
}

fn add(posted: Posted) -> BoxFuture<'static, AppResult<Done>> {
    Box::pin(async move {
        let actor = posted.call.actor()?;
        let event: EventId = posted.seg("id")?;
        service::must_manage(&posted.call.ctx, &actor, event).await?;
        wants_a_line(&posted.typed)?;
        let new = input(&posted.typed).parse_new(Labels::All)?;
        let logo = picture(&posted).await?;
        service::add(&posted.call.ctx, &actor, event, new, logo).await?;
        Ok(back(&actor, event, PANEL))
    })
}

fn edit(posted: Posted) -> BoxFuture<'static, AppResult<Done>> {
    Box::pin(async move {
        let actor = posted.call.actor()?;
        let (event, link): (EventId, PartnerLinkId) = (posted.seg("id")?, posted.seg("link")?);
        service::must_manage(&posted.call.ctx, &actor, event).await?;
        wants_a_line(&posted.typed)?;
        let edited = input(&posted.typed).parse_edit()?;
        let logo = picture(&posted).await?;
        service::edit(&posted.call.ctx, &actor, event, link, edited, logo).await?;
        Ok(back(&actor, event, PANEL))
    })
}

fn remove(posted: Posted) -> BoxFuture<'static, AppResult<Done>> {
    Box::pin(async move {
        let actor = posted.call.actor()?;
        let (event, link): (EventId, PartnerLinkId) = (posted.seg("id")?, posted.seg("link")?);
        service::must_manage(&posted.call.ctx, &actor, event).await?;
        let reason = read_reason(posted.typed.text("reason"))?;
        service::remove(&posted.call.ctx, &actor, event, link, reason.as_ref()).await?;
        Ok(back(&actor, event, PANEL))
    })
}
