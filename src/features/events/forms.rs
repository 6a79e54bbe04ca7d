//! The forms of events' pages: drafting, editing, and the steps of an event's life.

use super::{
    rules::{CapacityInput, EventInput, SettingsInput},
    service::{self, Then},
};
use crate::{
    kernel::{
        actor::Actor,
        error::{AppError, AppResult},
        ids::EventId,
    },
    platform::web::form::{Done, FormRoute, Posted, Typed},
};
use futures::future::BoxFuture;

pub fn forms() -> Vec<FormRoute> {
    const ONE: &str = "/manage/events/{id}";
    vec![
        FormRoute { path: "/manage/events/new", form: "event", handler: draft },
        FormRoute { path: "/manage/events/{id}/edit", form: "event", handler: edit },
        FormRoute { path: ONE, form: "publish", handler: publish },
        FormRoute { path: ONE, form: "complete", handler: complete },
        FormRoute { path: ONE, form: "archive", handler: archive },
        FormRoute { path: ONE, form: "duplicate", handler: duplicate },
        FormRoute { path: ONE, form: "delete", handler: delete },
        FormRoute { path: "/manage/events", form: "restore", handler: restore },
    ]
}

/// What was typed, as REST would send it: a form always sends every field.
fn event_input(typed: &Typed) -> EventInput {
    let text = |name: &str| Some(typed.owned(name));
    EventInput {
        title: text("title"),
        subtitle: text("subtitle"),
        description_markdown: text("descriptionMarkdown"),
        registration_link: text("registrationLink"),
        event_type: text("eventType"),
        category: text("category"),
        format: text("format"),
        region: text("region"),
        technologies: Some(typed.all("technologies")),
        start_at: text("startAt"),
        end_at: text("endAt"),
        timezone: text("timezone"),
        all_day: Some(typed.ticked("allDay")),
        venue_name: text("venueName"),
        venue_address: text("venueAddress"),
        capacity: Some(CapacityInput { max_attendees: text("capacity.maxAttendees") }),
        settings: Some(SettingsInput { public_visible: Some(typed.ticked("settings.publicVisible")) }),
        version: typed.text("version").parse().ok(),
    }
}

/// Which of the two buttons was pressed.
fn then(typed: &Typed) -> Then {
    if typed.text("then") == "publish" { Then::Publish } else { Then::Stay }
}

/// Back to the event, in the workspace that was acted for.
fn to(actor: &Actor, id: EventId) -> Done {
    let workspace = actor.acting.as_ref().map(|membership| membership.key()).unwrap_or_default();
    Done::to(format!("/manage/events/{id}?as={workspace}"))
}

fn draft(posted: Posted) -> BoxFuture<'static, AppResult<Done>> {
    Box::pin(async move {
        let actor = posted.call.actor()?;
        let input = event_input(&posted.typed);
        let id = service::draft(&posted.call.ctx, &actor, &input, then(&posted.typed)).await?;
        Ok(to(&actor, id))
    })
}

fn edit(posted: Posted) -> BoxFuture<'static, AppResult<Done>> {
    Box::pin(async move {
        let actor = posted.call.actor()?;
        let id: EventId = posted.seg("id")?;
        let input = event_input(&posted.typed);
        service::edit(&posted.call.ctx, &actor, id, input, then(&posted.typed)).await?;
        Ok(to(&actor, id))
    })
}

fn publish(posted: Posted) -> BoxFuture<'static, AppResult<Done>> {
    Box::pin(async move {
        let actor = posted.call.actor()?;
        let id: EventId = posted.seg("id")?;
        service::publish(&posted.call.ctx, &actor, id).await?;
        Ok(to(&actor, id))
    })
}

fn complete(posted: Posted) -> BoxFuture<'static, AppResult<Done>> {
    Box::pin(async move {
        let actor = posted.call.actor()?;
        let id: EventId = posted.seg("id")?;
        service::complete(&posted.call.ctx, &actor, id).await?;
        Ok(to(&actor, id))
    })
}

fn archive(posted: Posted) -> BoxFuture<'static, AppResult<Done>> {
    Box::pin(async move {
        let actor = posted.call.actor()?;
        let id: EventId = posted.seg("id")?;
        service::archive(&posted.call.ctx, &actor, id).await?;
        Ok(to(&actor, id))
    })
}

/// The copy is opened to be edited: dates are what it needs first.
fn duplicate(posted: Posted) -> BoxFuture<'static, AppResult<Done>> {
    Box::pin(async move {
        let actor = posted.call.actor()?;
        let id = service::duplicate(&posted.call.ctx, &actor, posted.seg("id")?).await?;
        let workspace = actor.acting.as_ref().map(|membership| membership.key()).unwrap_or_default();
        Ok(Done::to(format!("/manage/events/{id}/edit?as={workspace}")))
    })
}

fn delete(posted: Posted) -> BoxFuture<'static, AppResult<Done>> {
    Box::pin(async move {
        let actor = posted.call.actor()?;
        service::delete(&posted.call.ctx, &actor, posted.seg("id")?).await?;
        let workspace = actor.acting.as_ref().map(|membership| membership.key()).unwrap_or_default();
        Ok(Done::to(format!("/manage/events?tab=deleted&as={workspace}")))
    })
}

fn restore(posted: Posted) -> BoxFuture<'static, AppResult<Done>> {
    Box::pin(async move {
        let actor = posted.call.actor()?;
        let id: EventId = posted.typed.text("eventId").parse().map_err(|_| AppError::NotFound)?;
        service::restore(&posted.call.ctx, &actor, id).await?;
        Ok(to(&actor, id))
    })
}
