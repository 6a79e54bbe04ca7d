//! Bringing a file: read, remembered, looked at; also by a command. Changes nothing but that the file is kept.

use super::{
    Bringer, File,
    carrying::apply_as,
    looking::{hold, look},
    picturing::add_pictures_as,
    showing::view_as,
};
use crate::{
    features::{
        accounts::{service as accounts, views::Recipient},
        communities::service as communities,
        imports::{
            policy::{self, Desk},
            rules::{
                Intake, State, Target,
                mapping::{self, Mapping},
            },
            sheets::{self, Beside, Sheet},
            store::{self, NewImport},
        },
    },
    kernel::{
        actor::{Actor, StaffRole},
        canonical,
        error::{AppError, AppResult},
        ids::{CommunityId, IntakeId, UserId},
        text::Email,
    },
    platform::{
        ctx::Ctx,
        jobs as queue,
        limits::{self, Limit},
        tx::Tx,
    },
};
use anyhow::Context as _;
use chrono::TimeDelta;
use std::{fmt::Write as _, sync::Arc};
use uuid::Uuid;

/// How long a file waits to be carried out, and stays once it was taken back.
pub(super) const KEPT: TimeDelta = TimeDelta::days(30);

/// How long the cells of a file that was carried out are kept: they name people who never agreed to be here.
pub(super) const CELLS_KEPT: TimeDelta = TimeDelta::days(90);
/// The deadline at which they are forgotten.
pub const FORGET_CELLS: &str = "import-cells";
/// What the report says of a row of which something could not be mapped, once nobody knows any more what it was.
const FORGOTTEN: &str = "something that nothing here could hold";

/// Files that one community brings.
const BRING_COMMUNITY: Limit = Limit { action: "import_bring", hits: 40, seconds: 86_400 };

/// Reads a file and looks at its rows. Changes nothing but that the file is kept, and that for the next one like it a sheet that
/// was named is remembered, and so are columns that were, where they hold all that is needed.
///
/// # Errors
/// 403; 422 on `file`, `target` and `community`; 429.
pub async fn bring(ctx: &Ctx, actor: &Actor, file: File) -> AppResult<IntakeId> {
    let target = Target::parse(file.target.trim()).map_err(|problem| AppError::invalid("target", problem.to_string()))?;
    let desk = policy::may_bring(actor, target)?;
    if let Desk::Community(id) = desk {
        limits::hit(ctx, BRING_COMMUNITY, &id.to_string()).await?;
    }
    bring_as(ctx, &Bringer::of(actor, desk), target, file).await
}

/// As [`bring`], for whoever has found out who it is.
///
/// # Errors
/// As [`bring`].
pub async fn bring_as(ctx: &Ctx, bringer: &Bringer, target: Target, file: File) -> AppResult<IntakeId> {
    let into_community = match (target, bringer.desk) {
        (Target::Events, Desk::Community(id)) => Some(id),
        (Target::Events, Desk::Staff) => Some(named_community(ctx, &file.community).await?),
        _ => None,
    };
    let bytes = Arc::new(file.bytes);
    let wanted = Some(file.sheet.trim().to_owned()).filter(|name| !name.is_empty());
    let is_asked = wanted.is_some();
    let field = if is_asked { "sheet" } else { "file" };
    let mut sheet = read(&bytes, wanted).await?.map_err(|problem| AppError::invalid(field, problem))?;
    if let (Some(beside), false) = (&sheet.beside, is_asked)
        && let Some(before) = sheet_before(ctx, bringer.desk, target, beside).await?
        && let Ok(found) = read(&bytes, Some(before)).await?
    {
        sheet = found;
    }
    let whole = Arc::clone(&bytes);
    let hash = tokio::task::spawn_blocking(move || canonical::sha256_hex(&hex::encode(whole.as_slice())))
        .await
        .map_err(|error| AppError::Broken(Box::new(error)))?;
    let is_told = file.mapping.is_some();
    let mapping = match file.mapping {
        Some(mapping) => mapping::cleaned(target, &sheet.headings, mapping),
        None => remembered(ctx, bringer.desk, target, &sheet).await?,
    };
    let state = if mapping::missing(target, &mapping).is_empty() { State::Ready } else { State::Mapping };
    let intake = Intake { id: ctx.id(), community: bringer.desk.community(), target, state };
    let name: String = file.name.chars().filter(|c| !c.is_control()).take(120).collect();
    let name = if name.trim().is_empty() { "A file without a name".to_owned() } else { name };

    let mut tx = ctx.begin().await?;
    let new = NewImport {
        intake: &intake,
        by: bringer.by,
        into_community,
        file_name: &name,
        file_hash: &hash,
        headings: &sheet.headings,
        mapping: &mapping,
    };
    store::insert(&mut tx, &new, ctx.now()).await?;
    store::insert_rows(&mut tx, intake.id, &sheet.rows).await?;
    if let Some(beside) = &sheet.beside {
        store::insert_book(&mut tx, intake.id, &beside.name, &beside.all, &bytes).await?;
    }
    // As what is said on the page: where it is enough.
    if is_told && state == State::Ready {
        let headings = headings_hash(&sheet.headings);
        store::remember_mapping(&mut tx, workspace(bringer.desk), target, &headings, &mapping, ctx.now()).await?;
    }
    if let (Some(beside), true) = (&sheet.beside, is_asked) {
        remember_sheet(&mut tx, bringer.desk, target, beside).await?;
    }
    if state == State::Ready {
        look(&mut tx, intake.id).await?;
    }
    tx.result(intake.id);
    tx.commit_unstated("a file that is only looked at changes nothing").await?;
    Ok(intake.id)
}

/// Off the threads that answer: a large file takes a while.
async fn read(bytes: &Arc<Vec<u8>>, wanted: Option<String>) -> AppResult<Result<Sheet, String>> {
    let bytes = Arc::clone(bytes);
    tokio::task::spawn_blocking(move || sheets::read(&bytes, wanted.as_deref()))
        .await
        .map_err(|error| AppError::Broken(Box::new(error)))
}

/// Reads another sheet of a workbook that waits: its rows take the place of those that were read. Which one is remembered for
/// the next workbook with these sheets.
///
/// # Errors
/// 403; 404; 409 `IMPORT_NOT_READY`; 422 on `sheet`; 429.
pub async fn choose_sheet(ctx: &Ctx, actor: &Actor, id: IntakeId, wanted: &str) -> AppResult<()> {
    let desk = policy::may_import(actor)?;
    let row = store::find(ctx.db(), id).await?.ok_or(AppError::NotFound)?;
    policy::is_theirs(desk, row.community_id.map(CommunityId))?;
    let intake = row.intake()?;
    policy::may_bring(actor, intake.target)?;
    intake.must_be_open()?;
    if wanted.trim().is_empty() {
        return Err(AppError::invalid("sheet", "Choose the sheet that is to be read."));
    }
    let book = store::find_book(ctx.db(), id)
        .await?
        .ok_or_else(|| AppError::invalid("sheet", "This file has no other sheet that could be read. Bring another file."))?;
    if let Desk::Community(community) = desk {
        // It is as much work as a file that is brought.
        limits::hit(ctx, BRING_COMMUNITY, &community.to_string()).await?;
    }
    let sheet = read(&Arc::new(book), Some(wanted.trim().to_owned())).await?;
    let sheet = sheet.map_err(|problem| AppError::invalid("sheet", problem))?;
    let beside = sheet.beside.as_ref().ok_or_else(|| AppError::broken("a workbook has lost its sheets"))?;
    let mapping = remembered(ctx, desk, intake.target, &sheet).await?;
    let state = if mapping::missing(intake.target, &mapping).is_empty() { State::Ready } else { State::Mapping };

    let mut tx = ctx.begin().await?;
    let (_, intake, _) = hold(&mut tx, actor, id).await?;
    intake.must_be_open()?;
    store::put_sheet(&mut tx, id, &beside.name, &sheet.headings, &mapping, state).await?;
    store::insert_rows(&mut tx, id, &sheet.rows).await?;
    remember_sheet(&mut tx, desk, intake.target, beside).await?;
    if state == State::Ready {
        look(&mut tx, id).await?;
    }
    tx.result(id);
    tx.commit_unstated("which sheet of a file is read is no fact").await
}

/// Under which field the sheet is remembered that was read of workbooks with the same ones.
const SHEET: &str = "sheet";

fn sheets_hash(all: &[String]) -> String {
    // No heading begins so.
    let mut names = vec!["\u{1e}sheets".to_owned()];
    names.extend_from_slice(all);
    headings_hash(&names)
}

async fn remember_sheet(tx: &mut Tx, desk: Desk, target: Target, beside: &Beside) -> AppResult<()> {
    let memory = Mapping::from([(SHEET.to_owned(), beside.name.clone())]);
    let now = tx.ctx().now();
    store::remember_mapping(tx, workspace(desk), target, &sheets_hash(&beside.all), &memory, now).await
}

async fn sheet_before(ctx: &Ctx, desk: Desk, target: Target, beside: &Beside) -> AppResult<Option<String>> {
    let memory = store::find_mapping(ctx.db(), workspace(desk), target, &sheets_hash(&beside.all)).await?;
    Ok(memory.and_then(|mut memory| memory.remove(SHEET)).filter(|name| *name != beside.name))
}

async fn named_community(ctx: &Ctx, slug: &str) -> AppResult<CommunityId> {
    let missing =
        || AppError::invalid("community", "Name the community that the events belong to, by the short name in its address.");
    if slug.trim().is_empty() {
        return Err(missing());
    }
    let (id, name) = store::find_community(ctx.db(), slug.trim()).await?.ok_or_else(missing)?;
    if !communities::brief(ctx, id).await?.status.may_reach_out() {
        let problem = format!("{name} is not approved, or not any more, so nothing can be drafted for it.");
        return Err(AppError::invalid("community", problem));
    }
    Ok(id)
}

/// The mapping that this workspace gave such headings before, else a guess.
async fn remembered(ctx: &Ctx, desk: Desk, target: Target, sheet: &Sheet) -> AppResult<Mapping> {
    let found = store::find_mapping(ctx.db(), workspace(desk), target, &headings_hash(&sheet.headings)).await?;
    Ok(match found {
        Some(mapping) => mapping::cleaned(target, &sheet.headings, mapping),
        None => mapping::guess(target, &sheet.headings),
    })
}

pub(super) fn workspace(desk: Desk) -> Uuid {
    desk.community().map_or(Uuid::nil(), |id| id.0)
}

/// Whose memory an import goes by.
pub(super) fn workspace_of(intake: &Intake) -> Uuid {
    workspace(intake.community.map_or(Desk::Staff, Desk::Community))
}

pub(super) fn headings_hash(headings: &[String]) -> String {
    canonical::sha256_hex(&headings.join("\u{1f}"))
}

/// A file that was to be imported by a command and was not: its columns cannot be told, or its run was given up.
#[derive(Debug, thiserror::Error)]
#[error("nothing was imported")]
pub struct NotImported {
    /// What is to be printed all the same.
    pub said: String,
}

/// A file that somebody of the staff brings by a command: looked at, and carried out unless it is only looked at. Gives what
/// became of it, in lines.
///
/// # Errors
/// As [`bring`]; when nobody of the staff has the address; [`NotImported`], with the same lines.
#[expect(clippy::too_many_arguments, reason = "what the command's flags say, one each")]
pub async fn by_command(
    ctx: &Ctx,
    by: &str,
    target: &str,
    community: &str,
    name: String,
    bytes: Vec<u8>,
    logos: Vec<(String, Vec<u8>)>,
    dry_run: bool,
) -> anyhow::Result<String> {
    let email = Email::parse(by)?;
    let user = accounts::user_of(ctx, &email).await?.with_context(|| format!("nobody has the address {by}"))?;
    let staff = accounts::staff(ctx, &StaffRole::ALL).await?;
    if !staff.iter().any(|(who, _)| who.user == user) {
        anyhow::bail!("{by} is not of the staff (`commdesk staff add` gives a role)");
    }
    let bringer = Bringer { desk: Desk::Staff, by: Some(user) };
    let target = Target::parse(target)?;
    if !bringer.desk.targets().contains(&target) {
        anyhow::bail!("a command imports organizations or events; past sponsors are brought by their community");
    }
    let file = File { name, bytes, community: community.to_owned(), ..File::default() };
    let told = |error: AppError| match error {
        AppError::Invalid(problems) => anyhow::anyhow!(problems.0.into_values().collect::<Vec<_>>().join(" ")),
        other => anyhow::Error::new(other),
    };
    let id = bring_as(ctx, &bringer, target, file).await.map_err(told)?;
    // Before its columns are named nobody can look at its rows, and no picture finds one.
    let is_read = view_as(ctx, id, "", 1).await?.missing.is_empty();
    if is_read && !logos.is_empty() && target != Target::Events {
        add_pictures_as(ctx, &bringer, id, logos).await.map_err(told)?;
    }
    if is_read && !dry_run {
        apply_as(ctx, &bringer, id).await.map_err(told)?;
    }
    let view = view_as(ctx, id, "", 1).await?;
    let (counts, is_applied) = (view.counts, view.state == State::Applied);
    let mut said = String::new();
    if is_read {
        let what = if is_applied { "made" } else { "would be made" };
        writeln!(
            said,
            "{} rows: {} {what}, {} go with another, {} there already,",
            counts.all(),
            counts.make,
            counts.merge,
            counts.there
        )?;
        writeln!(said, "{} need a decision, {} left out, {} with a problem.", counts.ask, counts.skip, counts.problem)?;
    } else {
        let missing = view.missing.join(", ");
        writeln!(said, "{} rows. No column holds: {missing}. Import it on the page, where columns can be named.", counts.all())?;
    }
    if !view.sheets.is_empty() {
        writeln!(said, "{}", view.sheets_label())?;
    }
    if !view.assumed.is_empty() {
        writeln!(said, "{}", view.assumed)?;
    }
    if !view.note.is_empty() {
        writeln!(said, "Nothing was imported: {}", view.note)?;
    }
    let rows =
        if is_read { store::list_rows(ctx.db(), id, &["ask", "skip", "problem"], false, 0, 5_000).await? } else { Vec::new() };
    for row in rows {
        writeln!(said, "line {}: {} ({}): {}", row.number, row.title, row.outcome, row.reason)?;
    }
    for picture in view.pictures.iter().filter(|it| it.outcome != "matched") {
        writeln!(said, "picture {} ({}): {}", picture.file_name, picture.outcome, picture.reason)?;
    }
    writeln!(
        said,
        "The whole report, and the way back: {}",
        ctx.link(&format!("/imports/{id}?as=staff%3A{}", staff_key(&staff, user)))
    )?;
    if dry_run || is_applied { Ok(said) } else { Err(NotImported { said }.into()) }
}

fn staff_key(staff: &[(Recipient, StaffRole)], user: UserId) -> &'static str {
    staff.iter().find(|(who, _)| who.user == user).map_or("admin", |(_, role)| role.label())
}

/// Files that nobody carried out within a month, and those that were taken back a month ago: they hold what their rows say of
/// people.
///
/// # Errors
/// When the database is away.
pub async fn forget(ctx: &Ctx) -> AppResult<()> {
    store::delete_old(ctx.db(), ctx.now() - KEPT).await
}

/// The cells of a file that was carried out are due to be forgotten. What was made of its rows stays, with their report, and can
/// still be taken back.
///
/// # Errors
/// When the database is away.
pub async fn forget_cells(ctx: &Ctx, id: IntakeId) -> AppResult<()> {
    let (mut tx, now) = (ctx.begin().await?, ctx.now());
    let is_there = match store::hold(&mut tx, id).await {
        Ok(_) => true,
        // Taken back, and gone as a whole since.
        Err(AppError::NotFound) => false,
        Err(other) => return Err(other),
    };
    if queue::hold_deadline(&mut tx, FORGET_CELLS, id.0).await?.is_none_or(|at| at > now) {
        return Ok(());
    }
    queue::clear_deadline(&mut tx, FORGET_CELLS, id.0).await?;
    if is_there {
        store::forget_cells(&mut tx, id, FORGOTTEN, now).await?;
    }
    tx.commit_unstated("what nobody needs any more is forgotten; what became of the rows was stated").await
}
