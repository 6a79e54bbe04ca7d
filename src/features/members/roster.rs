//! Importing a list of newcomers: looked at first, with every row's problem, then taken as a whole or not at all.
//!
//! Promises: nothing of a list with one bad row is imported; a list that is imported again changes nothing, because whoever
//! is on the community's list with that role already is left alone. The page keeps a list for a day, sealed, between the
//! look and the import, and shows it again to whoever brought it and to nobody else, so that its rows are corrected where
//! they stand; the API sends it again.

use super::{
    policy::{self, Manager},
    rules::roster::{self, LARGEST, Newcomer, Row, TOO_LARGE},
    service, store,
    views::{ImportReport, ImportRow, ImportScreen},
};
use crate::{
    kernel::{
        actor::{Actor, Role},
        error::{AppError, AppResult},
        fields::FieldErrors,
        ids::{CommunityId, ImportId},
    },
    platform::{crypto::cell, ctx::Ctx, jobs::Periodic, limits},
};
use chrono::TimeDelta;
use sqlx::PgConnection;
use std::{collections::BTreeMap, time::Duration};

/// How long a list waits for its import.
const KEPT: TimeDelta = TimeDelta::days(1);

/// What an import of this text would do. Changes nothing.
///
/// # Errors
/// 403; 422 on `csv` for a text that is no list.
pub async fn look(ctx: &Ctx, actor: &Actor, csv: &str) -> AppResult<ImportReport> {
    let (manager, community) = policy::may_onboard(actor)?;
    let mut conn = ctx.db().acquire().await?;
    let (report, _) = examine(&mut conn, &manager, community, csv).await?;
    Ok(report)
}

/// Takes a whole list, or nothing of it.
///
/// # Errors
/// 403; 422 naming every row's problem (`rows[3].email`); 429 after a hundred onboarding requests an hour.
pub async fn import(ctx: &Ctx, actor: &Actor, csv: &str) -> AppResult<ImportReport> {
    let (manager, community) = policy::may_onboard(actor)?;
    let mut tx = ctx.begin().await?;
    limits::hit_in(&mut tx, limits::ONBOARD_CALLER, &service::caller(ctx, actor)).await?;
    store::hold_workspace(&mut tx, manager.workspace).await?;
    let (mut report, newcomers) = examine(tx.conn(), &manager, community, csv).await?;
    let mut errors = FieldErrors::default();
    for (index, row) in report.rows.iter().enumerate() {
        for (field, problem) in &row.problems.0 {
            errors.add(roster::path(index + 1, field), format!("Line {}: {problem}", row.line));
        }
    }
    if !errors.is_empty() {
        return Err(errors.into());
    }
    for newcomer in &newcomers {
        service::put_on_list(&mut tx, actor, community, newcomer).await?;
    }
    store::delete_imports(&mut tx, community, actor.user()).await?;
    tx.result(format!("{} {}", report.new, report.unchanged));
    tx.commit_unstated("everybody on the list was there already").await?;
    report.dry_run = false;
    Ok(report)
}

/// Reads a list and compares it with who is there; gives what is told, and who is new.
async fn examine(
    conn: &mut PgConnection,
    manager: &Manager,
    community: CommunityId,
    csv: &str,
) -> AppResult<(ImportReport, Vec<Newcomer>)> {
    let rows = roster::read(csv, |role| manager.gives(role))?;
    let emails: Vec<String> = rows.iter().filter_map(|row| row.newcomer.as_ref()).map(|who| who.email.key()).collect();
    let known: BTreeMap<String, String> = store::list_known(conn, community, &emails).await?.into_iter().collect();
    let mut newcomers = Vec::new();
    let shown: Vec<ImportRow> = rows
        .into_iter()
        .map(|mut row| {
            let outcome = outcome(&mut row, &known);
            if outcome == "new" {
                newcomers.extend(row.newcomer);
            }
            ImportRow {
                line: row.line,
                first_name: row.first_name,
                last_name: row.last_name,
                email: row.email,
                role: row.role,
                outcome: outcome.to_owned(),
                problems: row.problems,
            }
        })
        .collect();
    let count = |what: &str| shown.iter().filter(|row| row.outcome == what).count();
    let report =
        ImportReport { dry_run: true, new: count("new"), unchanged: count("unchanged"), problems: count("problem"), rows: shown };
    Ok((report, newcomers))
}

fn outcome(row: &mut Row, known: &BTreeMap<String, String>) -> &'static str {
    let Some(newcomer) = &row.newcomer else { return "problem" };
    match known.get(&newcomer.email.key()) {
        None if row.problems.is_empty() => "new",
        Some(role) if *role == Role::Community(newcomer.role).label() && row.problems.is_empty() => "unchanged",
        Some(role) if *role != Role::Community(newcomer.role).label() => {
            row.problems.add("role", format!("They are on the list as {role} already. Change the role on their page instead."));
            "problem"
        }
        _ => "problem",
    }
}

// ── The page ────────────────────────────────────────────────────────────────────────────────────────────────────────

/// Keeps a list, for looking at it before it is imported.
///
/// # Errors
/// As [`look`].
pub async fn keep(ctx: &Ctx, actor: &Actor, csv: &str) -> AppResult<ImportId> {
    look(ctx, actor, csv).await?;
    put(ctx, actor, csv).await
}

/// Keeps what stands in a file, also when it is no list: a page cannot give a file back, so its words go into the box, where
/// they are corrected.
///
/// # Errors
/// 403; 422 on `file` for what is more than a list can be.
pub async fn keep_file(ctx: &Ctx, actor: &Actor, text: &str) -> AppResult<ImportId> {
    if text.len() > LARGEST {
        return Err(AppError::invalid("file", TOO_LARGE));
    }
    put(ctx, actor, text).await
}

async fn put(ctx: &Ctx, actor: &Actor, csv: &str) -> AppResult<ImportId> {
    let (_, community) = policy::may_onboard(actor)?;
    let id: ImportId = ctx.id();
    let sealed = ctx.house.columns.seal(csv, &cell("member_imports", id, "roster"));
    let mut tx = ctx.begin().await?;
    store::put_import(&mut tx, id, community, actor.user(), &sealed).await?;
    tx.result(id);
    tx.commit_unstated("a list that is only looked at changes nobody").await?;
    Ok(id)
}

/// Imports a list that was kept.
///
/// # Errors
/// As [`import`]; 404 when it is not kept any more.
pub async fn import_kept(ctx: &Ctx, actor: &Actor, id: ImportId) -> AppResult<ImportReport> {
    let csv = kept(ctx, actor, id).await?;
    import(ctx, actor, &csv).await
}

async fn kept(ctx: &Ctx, actor: &Actor, id: ImportId) -> AppResult<String> {
    let (_, community) = policy::may_onboard(actor)?;
    let sealed = store::find_import(ctx.db(), id, community, actor.user(), ctx.now() - KEPT).await?.ok_or(AppError::NotFound)?;
    let opened = ctx.house.columns.open(&sealed, &cell("member_imports", id, "roster"));
    opened.map_err(|error| AppError::broken(format!("a list of newcomers cannot be opened: {error}")))
}

/// The import page: with a kept list and what would become of it, or with the way back to the one that was looked at last.
///
/// # Errors
/// 403; 404 for a list that is not kept any more.
pub async fn screen(ctx: &Ctx, actor: &Actor, id: Option<ImportId>) -> AppResult<ImportScreen> {
    let (manager, community) = policy::may_onboard(actor)?;
    let mut screen = ImportScreen {
        acting: service::key_of(actor),
        workspace_name: service::name_of(actor),
        import_id: id,
        csv: String::new(),
        report: None,
        problem: String::new(),
        last: None,
        roles: service::roles_to_give(ctx, &manager).await?,
    };
    let Some(id) = id else {
        screen.last = store::last_import(ctx.db(), community, actor.user(), ctx.now() - KEPT).await?;
        return Ok(screen);
    };
    screen.csv = kept(ctx, actor, id).await?;
    match look(ctx, actor, &screen.csv).await {
        Ok(report) => screen.report = Some(report),
        Err(AppError::Invalid(problems)) => screen.problem = problems.get("csv").unwrap_or_default().to_owned(),
        Err(error) => return Err(error),
    }
    Ok(screen)
}

/// Throws away, once an hour, lists that nobody imported.
pub fn forget_imports() -> Periodic {
    Periodic {
        name: "forget-member-imports",
        every: Duration::from_secs(3600),
        run: |ctx| Box::pin(async move { Ok(store::forget_imports(ctx.db(), ctx.now() - KEPT).await?) }),
    }
}
