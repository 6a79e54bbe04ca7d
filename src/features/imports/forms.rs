//! The forms of the pages of imports: bring, map, decide, add pictures, carry out, take back.

use super::{
    policy,
    rules::{Choice, Outcome, mapping::Mapping},
    service::{self, Decided, File},
    sheets,
};
use crate::{
    features::organizations::views::within,
    kernel::{
        actor::Actor,
        error::{AppError, AppResult},
        ids::IntakeId,
    },
    platform::web::form::{Done, FormRoute, MAX_FORM, Posted},
};

pub fn forms() -> Vec<FormRoute> {
    vec![
        FormRoute { path: "/imports", form: "bring", handler: |posted| Box::pin(bring(posted)) },
        FormRoute { path: "/imports/{id}", form: "map", handler: |posted| Box::pin(map(posted)) },
        FormRoute { path: "/imports/{id}", form: "sheet", handler: |posted| Box::pin(sheet(posted)) },
        FormRoute { path: "/imports/{id}", form: "decide", handler: |posted| Box::pin(decide(posted)) },
        FormRoute { path: "/imports/{id}", form: "pictures", handler: |posted| Box::pin(pictures(posted)) },
        FormRoute { path: "/imports/{id}", form: "apply", handler: |posted| Box::pin(apply(posted)) },
        FormRoute { path: "/imports/{id}", form: "undo", handler: |posted| Box::pin(undo(posted)) },
    ]
}

fn key_of(actor: &Actor) -> String {
    actor.acting.as_ref().map(|membership| membership.key()).unwrap_or_default()
}

/// The import's page again, with the rows that were looked at.
fn to(posted: &Posted, actor: &Actor, id: IntakeId) -> Done {
    let mut path = format!("/imports/{id}");
    let kept: Vec<String> = ["filter", "page"]
        .iter()
        .filter_map(|name| posted.query.get(*name).map(|value| (name, value)))
        .map(|(name, value)| format!("{name}={}", url::form_urlencoded::byte_serialize(value.as_bytes()).collect::<String>()))
        .collect();
    if !kept.is_empty() {
        path = format!("{path}?{}", kept.join("&"));
    }
    Done::to(within(&path, &key_of(actor)))
}

async fn bring(posted: Posted) -> AppResult<Done> {
    let actor = posted.call.actor()?;
    policy::may_import(&actor)?;
    let typed = &posted.typed;
    let upload = typed.upload("file").ok_or_else(|| AppError::invalid("file", "Choose a file: CSV (UTF-8), XLSX or JSON."))?;
    let file = File {
        target: typed.owned("target"),
        name: upload.name.clone(),
        bytes: upload.within(sheets::LARGEST, sheets::TOO_LARGE)?.to_vec(),
        community: typed.owned("community"),
        ..File::default()
    };
    let id = service::bring(&posted.call.ctx, &actor, file).await?;
    Ok(Done::to(within(&format!("/imports/{id}"), &key_of(&actor))))
}

async fn map(posted: Posted) -> AppResult<Done> {
    let actor = posted.call.actor()?;
    let id: IntakeId = posted.seg("id")?;
    let mapping: Mapping = posted
        .typed
        .values()
        .into_iter()
        .filter_map(|(name, values)| Some((name.strip_prefix("map.")?.to_owned(), values.into_iter().next()?)))
        .filter(|(_, heading)| !heading.is_empty())
        .collect();
    service::remap(&posted.call.ctx, &actor, id, mapping).await?;
    Ok(Done::to(within(&format!("/imports/{id}"), &key_of(&actor))))
}

async fn sheet(posted: Posted) -> AppResult<Done> {
    let actor = posted.call.actor()?;
    let id: IntakeId = posted.seg("id")?;
    service::choose_sheet(&posted.call.ctx, &actor, id, posted.typed.text("sheet")).await?;
    Ok(Done::to(within(&format!("/imports/{id}"), &key_of(&actor))))
}

async fn decide(posted: Posted) -> AppResult<Done> {
    let actor = posted.call.actor()?;
    let id: IntakeId = posted.seg("id")?;
    let typed = posted.typed.values();
    let rows = service::choices(
        typed
            .iter()
            .filter_map(|(name, values)| Some((name.strip_prefix("choice.")?.parse::<i32>().ok()?, values.first()?.clone()))),
    );
    let decided = match posted.typed.maybe("all") {
        Some(all) => {
            let (outcome, choice) = all.split_once(':').unwrap_or_default();
            let (Ok(outcome), Ok(choice)) = (Outcome::parse(outcome), Choice::parse(choice)) else {
                return Err(AppError::invalid("", "Choose one of the buttons once more."));
            };
            let by_hand = rows.into_iter().filter_map(|(number, choice)| Some((number, choice?))).collect();
            Decided::All(outcome, choice, by_hand)
        }
        None => Decided::Rows(rows),
    };
    service::decide(&posted.call.ctx, &actor, id, &decided).await?;
    Ok(to(&posted, &actor, id))
}

async fn pictures(posted: Posted) -> AppResult<Done> {
    let actor = posted.call.actor()?;
    let id: IntakeId = posted.seg("id")?;
    policy::may_import(&actor)?;
    let upload = posted.typed.upload("file").ok_or_else(|| AppError::invalid("file", "Choose a ZIP archive with pictures."))?;
    let archive = upload.within(MAX_FORM, "The archive is larger than 4 MB. Bring the pictures in parts.")?;
    service::add_pictures(&posted.call.ctx, &actor, id, archive.to_vec()).await?;
    Ok(to(&posted, &actor, id))
}

async fn apply(posted: Posted) -> AppResult<Done> {
    let actor = posted.call.actor()?;
    let id: IntakeId = posted.seg("id")?;
    service::apply(&posted.call.ctx, &actor, id, &[]).await?;
    Ok(Done::to(within(&format!("/imports/{id}"), &key_of(&actor))))
}

async fn undo(posted: Posted) -> AppResult<Done> {
    let actor = posted.call.actor()?;
    let id: IntakeId = posted.seg("id")?;
    service::undo(&posted.call.ctx, &actor, id).await?;
    Ok(Done::to(within(&format!("/imports/{id}"), &key_of(&actor))))
}
