//! Pictures that come with a file, and the rows that they belong to.

use super::{Bringer, looking::rows_of};
use crate::{
    features::{
        imports::{
            pictures,
            policy::{self, Desk},
            rules::{Intake, State, Target},
            store::{self, ImportRow},
        },
        organizations::bulk::{self, Addition},
    },
    kernel::{
        actor::Actor,
        error::{AppError, AppResult},
        ids::{CommunityId, IntakeId, OrganizationId},
    },
    platform::{
        ctx::Ctx,
        limits::{self, Limit},
    },
};
use std::collections::HashMap;
use uuid::Uuid;

/// What the report says of a picture without a row.
const UNMATCHED: &str = "No row names this file, and no organization in the file is called so.";

/// Archives of pictures that one community brings.
const PICTURES_COMMUNITY: Limit = Limit { action: "import_pictures", hits: 20, seconds: 86_400 };

/// Takes pictures in for the rows of an import, each by its file's name; says of each what became of it. Where the import was
/// carried out already, profiles that it made get them at once.
///
/// # Errors
/// 403; 404; 409 `IMPORT_NOT_READY`, `FILE_FORGOTTEN`; 422 on `file`; 429.
pub async fn add_pictures(ctx: &Ctx, actor: &Actor, id: IntakeId, bytes: Vec<u8>) -> AppResult<()> {
    let desk = policy::may_import(actor)?;
    let row = store::find(ctx.db(), id).await?.ok_or(AppError::NotFound)?;
    policy::is_theirs(desk, row.community_id.map(CommunityId))?;
    policy::may_bring(actor, row.intake()?.target)?;
    if let Desk::Community(community) = desk {
        limits::hit(ctx, PICTURES_COMMUNITY, &community.to_string()).await?;
    }
    let files = tokio::task::spawn_blocking(move || pictures::unpack(&bytes))
        .await
        .map_err(|error| AppError::Broken(Box::new(error)))?
        .map_err(|problem| AppError::invalid("file", problem))?;
    add_pictures_as(ctx, &Bringer::of(actor, desk), id, files).await
}

/// As [`add_pictures`], with the files themselves: their names and what they hold.
///
/// # Errors
/// As [`add_pictures`].
pub async fn add_pictures_as(ctx: &Ctx, bringer: &Bringer, id: IntakeId, files: Vec<(String, Vec<u8>)>) -> AppResult<()> {
    let row = store::find(ctx.db(), id).await?.ok_or(AppError::NotFound)?;
    let intake = row.intake()?;
    takes_pictures(&row, &intake)?;
    let mut conn = ctx.db().acquire().await?;
    let known = rows_of(&mut conn, &row, &intake).await?;
    drop(conn);
    // Only what belongs to a row is drawn and kept.
    let (wanted, others): (Vec<_>, Vec<_>) = files
        .into_iter()
        .map(|(name, bytes)| (pictures::kept_name(&name), bytes))
        .partition(|(name, _)| pictures::row_of(name, &known).is_some());
    let others: Vec<String> = others.into_iter().map(|(name, _)| name).collect();
    let drawn = pictures::draw_all(ctx, wanted).await?;

    let mut tx = ctx.begin().await?;
    let row = store::hold(&mut tx, id).await?;
    let intake = row.intake()?;
    takes_pictures(&row, &intake)?;
    let mut looked = rows_of(tx.conn(), &row, &intake).await?;
    let mut additions: Vec<(i32, Addition)> = Vec::new();
    let made: HashMap<i32, Uuid> =
        store::list_made(&mut tx, id).await?.into_iter().filter_map(|it| Some((it.number, it.made_id?))).collect();
    if intake.state == State::Applied {
        // What was made is what a picture can still reach.
        looked.retain(|row| made.contains_key(&row.number));
    }
    for name in &others {
        store::put_picture(&mut tx, id, name, None, "unmatched", UNMATCHED, None).await?;
    }
    for picture in drawn {
        let number = picture.logo.is_ok().then(|| pictures::row_of(&picture.file_name, &looked)).flatten();
        let (logo, outcome, reason) = match (&picture.logo, number) {
            (Err(problem), _) => (None, "refused", problem.clone()),
            (Ok(logo), Some(number)) => (Some(*logo), "matched", format!("For line {number}.")),
            (Ok(_), None) => (None, "unmatched", UNMATCHED.to_owned()),
        };
        store::put_picture(&mut tx, id, &picture.file_name, logo, outcome, &reason, number).await?;
        if let (Some(logo), Some(number), State::Applied) = (logo, number, intake.state)
            && let Some(organization) = made.get(&number)
        {
            let addition = Addition { organization: OrganizationId(*organization), products: vec![], logo: Some(logo) };
            additions.push((number, addition));
        }
    }
    if !additions.is_empty() {
        let wanted: Vec<Addition> = additions.iter().map(|(_, it)| it.clone()).collect();
        bulk::complete_in(&mut tx, &bringer.voice(), id, &wanted).await?;
    }
    tx.result(id);
    tx.commit_unstated("pictures that wait for an import change no profile").await
}

fn takes_pictures(row: &ImportRow, intake: &Intake) -> AppResult<()> {
    if intake.target == Target::Events {
        return Err(AppError::refused("NO_PICTURES", "Pictures belong to organizations; this file holds events."));
    }
    if row.forgotten_at.is_some() {
        return Err(AppError::refused(
            "FILE_FORGOTTEN",
            "What stood in the file is not kept any more, so no picture finds its row. Bring the file again; what is there already \
             stays as it is.",
        ));
    }
    match intake.state {
        State::Ready | State::Applied => Ok(()),
        _ => Err(intake
            .must_be_open()
            .err()
            .map_or_else(|| AppError::refused("IMPORT_NOT_READY", "Say first which column holds what."), AppError::from)),
    }
}
