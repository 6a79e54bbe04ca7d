//! Pictures that come with a file, the rows that they belong to, and which of them become logos.

use super::{
    Bringer,
    looking::{look, rows_of},
};
use crate::{
    features::{
        imports::{
            pictures,
            policy::{self, Desk},
            rules::{Intake, Outcome, State, Target, organizations::Judged},
            store::{self, ImportRow, PictureRow},
        },
        organizations::bulk::{self, Addition},
    },
    kernel::{
        actor::Actor,
        error::{AppError, AppResult},
        ids::{CommunityId, IntakeId, LogoId, OrganizationId},
    },
    platform::{
        ctx::Ctx,
        limits::{self, Limit},
        tx::Tx,
    },
};
use std::collections::HashMap;
use uuid::Uuid;

/// What the report calls a picture that becomes a logo, …
pub(super) const MATCHED: &str = "matched";
/// … and one that belongs to a row and becomes none.
const UNUSED: &str = "unused";

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
    let known = rows_of(tx.conn(), &row, &intake).await?;
    let mut looked = known.clone();
    let mut additions: Vec<(String, i32, Addition)> = Vec::new();
    let made: HashMap<i32, Uuid> =
        store::list_made(&mut tx, id).await?.into_iter().filter_map(|it| Some((it.number, it.made_id?))).collect();
    if intake.state == State::Applied {
        // What was made is what a picture can still reach.
        looked.retain(|row| made.contains_key(&row.number));
    }
    let earlier = store::list_pictures(tx.conn(), id).await?;
    for name in &others {
        store::put_picture(&mut tx, id, name, None, "unmatched", UNMATCHED, None).await?;
    }
    for picture in drawn {
        let number = picture.logo.is_ok().then(|| pictures::row_of(&picture.file_name, &looked)).flatten();
        let other = number.is_none().then(|| pictures::row_of(&picture.file_name, &known)).flatten();
        let (logo, outcome, reason) = match (&picture.logo, number, other) {
            (Err(problem), ..) => (None, "refused", problem.clone()),
            (Ok(logo), Some(number), _) => (Some(*logo), MATCHED, format!("For line {number}.")),
            (Ok(_), None, Some(other)) => (None, UNUSED, format!("Line {other} has made no profile.")),
            (Ok(_), None, None) => (None, "unmatched", UNMATCHED.to_owned()),
        };
        store::put_picture(&mut tx, id, &picture.file_name, logo, outcome, &reason, number).await?;
        if let (Some(logo), Some(number), State::Applied) = (logo, number, intake.state)
            && let Some(organization) = made.get(&number)
        {
            let addition = Addition { organization: OrganizationId(*organization), products: vec![], logo: Some(logo) };
            additions.push((picture.file_name, number, addition));
        }
    }
    if !additions.is_empty() {
        let wanted: Vec<Addition> = additions.iter().map(|(.., it)| it.clone()).collect();
        let added = bulk::complete_in(&mut tx, &bringer.voice(), id, &wanted).await?;
        for (name, number, it) in &additions {
            let new = added.get(&it.organization).and_then(|new| new.logo);
            // The same picture once more is still the one that was taken.
            let logo = it.logo.map(|logo| logo.0);
            let was = |old: &PictureRow| old.file_name == *name && old.outcome == MATCHED && old.logo_id == logo;
            if (new.is_none() || new != it.logo) && !earlier.iter().any(was) {
                let reason = format!("The profile of line {number} has a logo already, or is kept by its own people.");
                store::put_picture(&mut tx, id, name, it.logo, UNUSED, &reason, Some(*number)).await?;
            }
        }
    }
    if intake.state == State::Ready {
        // Which of them are taken depends on what becomes of the rows.
        look(&mut tx, id).await?;
    }
    tx.result(id);
    tx.commit_unstated("pictures that wait for an import change no profile").await
}

/// Says of every picture that belongs to a row whether it becomes a logo, as the rows are judged now.
pub(super) async fn settle_in(tx: &mut Tx, id: IntakeId, judged: &[Judged]) -> AppResult<()> {
    let pictures = store::list_pictures(tx.conn(), id).await?;
    let pictures: Vec<(&PictureRow, LogoId, i32)> =
        pictures.iter().filter_map(|it| Some((it, LogoId(it.logo_id?), it.number?))).collect();
    let asked: Vec<(&str, i32)> = pictures.iter().map(|(it, _, number)| (it.file_name.as_str(), *number)).collect();
    for ((it, logo, number), why_not) in pictures.iter().zip(settled(&asked, judged)) {
        let (outcome, reason) = match why_not {
            None => (MATCHED, format!("For line {number}.")),
            Some(why) => (UNUSED, why),
        };
        if (it.outcome.as_str(), &it.reason) != (outcome, &reason) {
            store::put_picture(tx, id, &it.file_name, Some(*logo), outcome, &reason, Some(*number)).await?;
        }
    }
    Ok(())
}

/// For each picture, by its name and its line, why it becomes no logo; nothing where it becomes one. A new profile has one logo:
/// of the line that makes it, else of the first that is the same organization.
fn settled(pictures: &[(&str, i32)], judged: &[Judged]) -> Vec<Option<String>> {
    let of: HashMap<i32, &Judged> = judged.iter().filter_map(|it| Some((i32::try_from(it.number).ok()?, it))).collect();
    let maker = |number: i32| -> Result<i32, String> {
        let Some(it) = of.get(&number) else { return Err(UNMATCHED.to_owned()) };
        match it.outcome {
            Outcome::Make => Ok(number),
            Outcome::Merge if it.as_product => Err(format!("Line {number} is a product, and its picture is no company's logo.")),
            Outcome::Merge => match it.into_row.and_then(|row| i32::try_from(row).ok()) {
                Some(row) if of.get(&row).is_some_and(|lead| lead.outcome == Outcome::Make) => Ok(row),
                _ => Err(format!("Line {number} goes with a profile that is here, which keeps what it has.")),
            },
            Outcome::There => Err(format!("Line {number} has a profile already, which keeps what it has.")),
            Outcome::Ask => Err(format!("Line {number} waits for a decision.")),
            Outcome::Skip => Err(format!("Line {number} is left out.")),
            Outcome::Problem => Err(format!("Line {number} has a problem.")),
        }
    };
    let makers: Vec<Result<i32, String>> = pictures.iter().map(|(_, number)| maker(*number)).collect();
    // For each new profile the line and the place of the picture that it takes.
    let mut taken: HashMap<i32, (bool, i32, usize)> = HashMap::new();
    for (place, ((_, number), maker)) in pictures.iter().zip(&makers).enumerate() {
        let Ok(maker) = maker else { continue };
        let mine = (number != maker, *number, place);
        taken.entry(*maker).and_modify(|best| *best = mine.min(*best)).or_insert(mine);
    }
    makers
        .into_iter()
        .enumerate()
        .map(|(place, maker)| match maker {
            Err(why) => Some(why),
            Ok(maker) => match taken.get(&maker) {
                Some((.., best)) if *best != place => Some(format!("Line {maker} takes {}.", pictures[*best].0)),
                _ => None,
            },
        })
        .collect()
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

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(number: u32, outcome: Outcome, into_row: Option<u32>, as_product: bool) -> Judged {
        Judged { number, outcome, reason: String::new(), into_row, into: None, as_product }
    }

    #[test]
    fn a_picture_is_taken_or_says_why_not() {
        let rows = [
            judged(2, Outcome::Make, None, false),
            judged(3, Outcome::Merge, Some(2), false),
            judged(4, Outcome::Merge, Some(2), true),
            judged(5, Outcome::Merge, None, true),
            judged(6, Outcome::Ask, None, false),
            judged(7, Outcome::Skip, None, false),
            judged(8, Outcome::There, None, false),
            judged(9, Outcome::Make, None, false),
            judged(10, Outcome::Merge, Some(9), false),
        ];
        let pictures = [
            ("a.svg", 3),
            ("b.svg", 2),
            ("c.svg", 2),
            ("d.svg", 4),
            ("e.svg", 5),
            ("f.svg", 6),
            ("g.svg", 7),
            ("h.svg", 8),
            ("i.svg", 10),
            ("j.svg", 99),
        ];
        let told: Vec<String> = settled(&pictures, &rows).into_iter().map(Option::unwrap_or_default).collect();
        assert_eq!(
            told,
            [
                "Line 2 takes b.svg.",
                "",
                "Line 2 takes b.svg.",
                "Line 4 is a product, and its picture is no company's logo.",
                "Line 5 is a product, and its picture is no company's logo.",
                "Line 6 waits for a decision.",
                "Line 7 is left out.",
                "Line 8 has a profile already, which keeps what it has.",
                "",
                UNMATCHED,
            ]
        );
    }
}
