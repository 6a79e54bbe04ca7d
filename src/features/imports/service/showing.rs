//! What people and programs see of imports: the list, one of them with its rows, the report.

use super::bringing::{CELLS_KEPT, KEPT};
use crate::{
    features::imports::{
        policy::{self, Desk},
        rules::{Choice, Intake, Outcome, State, Target, mapping},
        store::{self, ImportRow},
        views::{Counts, ImportCan, ImportItem, ImportView, ImportsScreen, MappedField, PictureView, RowView, sheets_label},
    },
    kernel::{
        actor::Actor,
        error::{AppError, AppResult},
        ids::{CommunityId, IntakeId},
        text::defused,
    },
    platform::{ctx::Ctx, dates},
};
use chrono::{DateTime, Utc};
use std::fmt::Write as _;

/// Imports of one page of the list.
const LISTED: u32 = 50;
/// As far as the list leads.
const LAST_PAGE: u32 = 10_000;

/// Rows of one page.
const PAGE: u32 = 100;

/// A page of the imports of the actor's workspace, the newest first.
///
/// # Errors
/// 403.
pub async fn screen(ctx: &Ctx, actor: &Actor, page: u32) -> AppResult<ImportsScreen> {
    let desk = policy::may_import(actor)?;
    let now = ctx.now();
    let page = page.clamp(1, LAST_PAGE);
    let offset = i64::from((page - 1) * LISTED);
    let mut rows = store::list(ctx.db(), desk.community(), offset, i64::from(LISTED) + 1).await?;
    let has_more = rows.len() > LISTED as usize && page < LAST_PAGE;
    rows.truncate(LISTED as usize);
    // Nobody is offered what is refused once the file was brought.
    let (mut targets, mut why_not) = (Vec::new(), String::new());
    for target in desk.targets() {
        match policy::may_bring(actor, *target) {
            Ok(_) => targets.push(*target),
            Err(AppError::Forbidden(denied)) => why_not = denied.message,
            Err(other) => return Err(other),
        }
    }
    let items = rows.into_iter().map(|row| {
        let unknown = || AppError::broken("the imports table holds an unknown label");
        Ok(ImportItem {
            id: row.id.into(),
            target: Target::parse(&row.target).map_err(|_| unknown())?,
            state: State::parse(&row.state).map_err(|_| unknown())?,
            file_name: row.file_name,
            rows: row.rows,
            made: row.made,
            created_at: row.created_at,
            age_label: format!("{} ago", dates::behind(now, row.created_at)),
        })
    });
    Ok(ImportsScreen {
        acting: actor.acting.as_ref().map(|it| it.key()).unwrap_or_default(),
        workspace_name: actor.acting.as_ref().map(|it| it.name.clone()).unwrap_or_default(),
        is_staff: desk == Desk::Staff,
        why_not: if targets.is_empty() { why_not } else { String::new() },
        targets,
        page,
        has_more,
        items: items.collect::<AppResult<Vec<_>>>()?,
    })
}

/// One import with a page of its rows.
///
/// # Errors
/// 403; 404; 422 on `filter`.
pub async fn view(ctx: &Ctx, actor: &Actor, id: IntakeId, filter: &str, page: u32) -> AppResult<ImportView> {
    let row = theirs(ctx, actor, id).await?;
    let mut view = view_of(ctx, row, filter, page).await?;
    view.acting = actor.acting.as_ref().map(|it| it.key()).unwrap_or_default();
    if policy::may_bring(actor, view.target).is_err() {
        view.can = ImportCan::default();
    }
    Ok(view)
}

/// As [`view`], for a command.
///
/// # Errors
/// 404.
pub async fn view_as(ctx: &Ctx, id: IntakeId, filter: &str, page: u32) -> AppResult<ImportView> {
    let row = store::find(ctx.db(), id).await?.ok_or(AppError::NotFound)?;
    view_of(ctx, row, filter, page).await
}

async fn view_of(ctx: &Ctx, row: ImportRow, filter: &str, page: u32) -> AppResult<ImportView> {
    let intake = row.intake()?;
    let id = intake.id;
    let (outcomes, unmapped): (Vec<&str>, bool) = match filter {
        "" | "all" => (vec![], false),
        "problems" => (vec!["problem", "ask", "skip"], false),
        "duplicates" => (vec!["there", "merge"], false),
        "unmapped" => (vec![], true),
        outcome => match Outcome::parse(outcome) {
            Ok(outcome) => (vec![outcome.label()], false),
            Err(_) => return Err(AppError::invalid("filter", "Choose all, problems, duplicates, unmapped or an outcome.")),
        },
    };
    let beside = store::find_beside(ctx.db(), id).await?;
    let counts = counts(&beside.counts);
    let shown = match filter {
        "" | "all" => counts.all(),
        "problems" => counts.problem + counts.ask + counts.skip,
        "duplicates" => counts.there + counts.merge,
        "unmapped" => counts.unmapped,
        outcome => Outcome::parse(outcome).map_or(0, |outcome| counts.of(outcome)),
    };
    let pages = u32::try_from(shown.max(1)).unwrap_or(1).div_ceil(PAGE);
    // Of past sponsors, who is there already may still be noted on an event.
    let noted = if intake.target == Target::Sponsors { counts.there } else { 0 };
    let page = page.clamp(1, pages);
    let offset = i64::from((page - 1) * PAGE);
    let rows = if intake.state == State::Mapping {
        Vec::new()
    } else {
        store::list_rows(ctx.db(), id, &outcomes, unmapped, offset, i64::from(PAGE)).await?
    };
    let mapping = row.mapping();
    let fields = mapping::fields(intake.target)
        .iter()
        .map(|field| {
            let heading = mapping.get(field.name).cloned().unwrap_or_default();
            let place = row.headings.iter().position(|there| *there == heading);
            let sample = |cells: &Vec<String>| cells.get(place?).filter(|cell| !cell.is_empty()).map(|cell| clipped(cell));
            MappedField {
                name: field.name.to_owned(),
                label: field.label.to_owned(),
                needed: field.needed,
                samples: beside.samples.iter().filter_map(sample).collect(),
                heading,
            }
        })
        .collect();
    Ok(ImportView {
        id,
        target: intake.target,
        state: intake.state,
        file_name: row.file_name.clone(),
        into_name: beside.into_name,
        counts,
        fields,
        unused: mapping::unused(&row.headings, &mapping).into_iter().map(str::to_owned).collect(),
        sheet: beside.sheet.unwrap_or_default(),
        sheets: beside.sheets.unwrap_or_default(),
        missing: mapping::missing(intake.target, &mapping).into_iter().map(str::to_owned).collect(),
        assumed: if intake.state == State::Mapping { String::new() } else { mapping::assumed(intake.target, &mapping) },
        headings: row.headings.clone(),
        rows: rows.into_iter().map(|it| row_view(&intake, it)).collect::<AppResult<Vec<_>>>()?,
        filter: if filter.is_empty() { "all".to_owned() } else { filter.to_owned() },
        page,
        pages,
        pictures: beside
            .pictures
            .0
            .into_iter()
            .map(|it| PictureView { file_name: it.file_name, outcome: it.outcome, reason: it.reason })
            .collect(),
        done: beside.done.unwrap_or_default(),
        total: beside.total.unwrap_or_default(),
        note: row.note.clone(),
        can: ImportCan {
            change: matches!(intake.state, State::Mapping | State::Ready),
            apply: intake.state == State::Ready && counts.make + counts.merge + noted > 0,
            undo: intake.state == State::Applied,
            add_pictures: intake.target != Target::Events
                && matches!(intake.state, State::Ready | State::Applied)
                && row.forgotten_at.is_none(),
        },
        kept_label: kept_label(&row, intake.state),
        acting: String::new(),
        age_label: format!("{} ago", dates::behind(ctx.now(), row.created_at)),
    })
}

/// How long what stands in the file is kept.
fn kept_label(row: &ImportRow, state: State) -> String {
    let day = |at: DateTime<Utc>| dates::day(at, chrono_tz::Tz::UTC);
    match (state, row.forgotten_at, row.applied_at, row.undone_at) {
        (State::Applied, Some(at), ..) => format!(
            "What stood in the file's cells was forgotten on {}. This report stays, and it can still be taken back.",
            day(at)
        ),
        (State::Applied, None, Some(_), _) if row.target == Target::Events.label() => {
            "What stood in the file's cells was forgotten when it was carried out. This report stays, and it can still be taken back."
                .to_owned()
        }
        (State::Applied, None, Some(at), _) => format!(
            "What the file says of names, websites, industries and logos is kept until {}, so that pictures find their rows; the rest \
             of its cells was forgotten when it was carried out. This report stays, and it can still be taken back.",
            day(at + CELLS_KEPT)
        ),
        (State::Undone, .., Some(at)) => format!("The file and this report are forgotten on {}.", day(at + KEPT)),
        _ => String::new(),
    }
}

fn clipped(cell: &str) -> String {
    if cell.chars().count() > 40 { format!("{}…", cell.chars().take(40).collect::<String>()) } else { cell.to_owned() }
}

fn counts(rows: &[store::CountRow]) -> Counts {
    let of = |outcome: Outcome| rows.iter().find(|row| row.outcome == outcome.label()).map_or(0, |row| row.rows);
    Counts {
        make: of(Outcome::Make),
        merge: of(Outcome::Merge),
        there: of(Outcome::There),
        ask: of(Outcome::Ask),
        skip: of(Outcome::Skip),
        problem: of(Outcome::Problem),
        unmapped: rows.iter().map(|row| row.unmapped).sum(),
        stays: rows.iter().map(|row| row.stays).sum(),
    }
}

fn row_view(intake: &Intake, row: store::ShownRow) -> AppResult<RowView> {
    let outcome = Outcome::parse(&row.outcome).map_err(|_| AppError::broken("a row has an unknown outcome"))?;
    let thing = row.made_id.filter(|_| intake.state == State::Applied || row.undo_refused.is_some()).or(row.into_id);
    let href = thing.and_then(|id| match (intake.target, intake.community) {
        // Drafts are their community's alone.
        (Target::Events, None) => None,
        (Target::Events, Some(_)) => Some(format!("/manage/events/{id}")),
        (Target::Organizations | Target::Sponsors, _) => Some(format!("/directory/{id}")),
    });
    Ok(RowView {
        number: row.number,
        title: row.title,
        outcome,
        reason: row.reason,
        unmapped: row.unmapped,
        into_row: row.into_row,
        into_name: row.into_name,
        choice: Choice::parse(&row.choice).ok(),
        href,
        undo_refused: row.undo_refused,
    })
}

/// What became of the rows of one import, from the one at `offset` on; nothing while its columns are not named.
///
/// # Errors
/// 403; 404.
pub async fn report_rows(ctx: &Ctx, actor: &Actor, id: IntakeId, offset: i64, limit: i64) -> AppResult<Vec<RowView>> {
    let intake = theirs(ctx, actor, id).await?.intake()?;
    if intake.state == State::Mapping {
        return Ok(Vec::new());
    }
    let rows = store::list_rows(ctx.db(), id, &[], false, offset, limit).await?;
    rows.into_iter().map(|row| row_view(&intake, row)).collect()
}

/// What became of the pictures of one import.
///
/// # Errors
/// 403; 404.
pub async fn report_pictures(ctx: &Ctx, actor: &Actor, id: IntakeId) -> AppResult<Vec<PictureView>> {
    theirs(ctx, actor, id).await?;
    let mut conn = ctx.db().acquire().await?;
    let pictures = store::list_pictures(&mut conn, id).await?;
    let view = |it: store::PictureRow| PictureView { file_name: it.file_name, outcome: it.outcome, reason: it.reason };
    Ok(pictures.into_iter().map(view).collect())
}

async fn theirs(ctx: &Ctx, actor: &Actor, id: IntakeId) -> AppResult<ImportRow> {
    let desk = policy::may_import(actor)?;
    let row = store::find(ctx.db(), id).await?.ok_or(AppError::NotFound)?;
    policy::is_theirs(desk, row.community_id.map(CommunityId))?;
    Ok(row)
}

/// The report of an import as CSV: a line for every row, and for every picture.
///
/// # Errors
/// 403; 404.
pub async fn report(ctx: &Ctx, actor: &Actor, id: IntakeId) -> AppResult<String> {
    let row = theirs(ctx, actor, id).await?;
    let (intake, mapping) = (row.intake()?, row.mapping());
    let rows = store::list_rows(ctx.db(), id, &[], false, 0, 5_000).await?;
    let sheets = store::find_sheets(ctx.db(), id).await?;
    let mut conn = ctx.db().acquire().await?;
    let pictures = store::list_pictures(&mut conn, id).await?;
    drop(conn);
    let mut text = String::from("\u{feff}line,name,outcome,reason,with,notMapped,undo\r\n");
    let mut write = |cells: &[&str]| {
        let cells: Vec<String> = cells.iter().map(|cell| format!("\"{}\"", defused(cell).replace('"', "\"\""))).collect();
        let _ = write!(text, "{}\r\n", cells.join(","));
    };
    for row in rows {
        let with = match (&row.into_name, row.into_row) {
            (Some(name), _) => name.clone(),
            (None, Some(line)) => format!("line {line}"),
            (None, None) => String::new(),
        };
        let undo = row.undo_refused.as_deref().unwrap_or_default();
        write(&[&row.number.to_string(), &row.title, &row.outcome, &row.reason, &with, &row.unmapped, undo]);
    }
    if let Some((sheet, sheets)) = sheets {
        write(&["", "the workbook", "note", &sheets_label(&sheet, &sheets), "", "", ""]);
    }
    let assumed = mapping::assumed(intake.target, &mapping);
    if !assumed.is_empty() {
        write(&["", "every new profile", "note", &assumed, "", "", ""]);
    }
    for picture in pictures {
        write(&["", &picture.file_name, &format!("picture {}", picture.outcome), &picture.reason, "", "", ""]);
    }
    Ok(text)
}
