//! SQL of imports, their rows, pictures and remembered mappings, and nothing else.

use super::rules::{Choice, Intake, Moving, Outcome, State, Target, events::Origin, mapping::Mapping};
use crate::{
    kernel::{
        error::{AppError, AppResult},
        ids::{CommunityId, EventId, IntakeId, LogoId, OrganizationId, UserId},
    },
    platform::tx::Tx,
};
use chrono::{DateTime, NaiveDate, Utc};
use serde::Deserialize;
use serde_json::Value;
use sqlx::{FromRow, PgConnection, PgPool, types::Json};
use uuid::Uuid;

// ── One import ──────────────────────────────────────────────────────────────────────────────────────────────────────

/// An import as it is stored.
#[derive(Debug, Clone)]
pub struct ImportRow {
    pub id: Uuid,
    pub community_id: Option<Uuid>,
    pub created_by: Option<Uuid>,
    pub applied_by: Option<Uuid>,
    pub target: String,
    pub into_community: Option<Uuid>,
    pub state: String,
    pub file_name: String,
    pub headings: Vec<String>,
    pub mapping: Value,
    pub note: String,
    pub created_at: DateTime<Utc>,
    pub applied_at: Option<DateTime<Utc>>,
    pub undone_at: Option<DateTime<Utc>>,
    /// What stood in its cells is not kept any more.
    pub forgotten_at: Option<DateTime<Utc>>,
}

impl ImportRow {
    pub fn intake(&self) -> AppResult<Intake> {
        let unknown = |what: &str| AppError::broken(format!("the imports table holds an unknown {what}"));
        Ok(Intake {
            id: self.id.into(),
            community: self.community_id.map(CommunityId),
            target: Target::parse(&self.target).map_err(|_| unknown("target"))?,
            state: State::parse(&self.state).map_err(|_| unknown("state"))?,
        })
    }

    pub fn mapping(&self) -> Mapping {
        serde_json::from_value(self.mapping.clone()).unwrap_or_default()
    }
}

pub struct NewImport<'a> {
    pub intake: &'a Intake,
    pub by: Option<UserId>,
    pub into_community: Option<CommunityId>,
    pub file_name: &'a str,
    pub file_hash: &'a str,
    pub headings: &'a [String],
    pub mapping: &'a Mapping,
}

pub async fn insert(tx: &mut Tx, new: &NewImport<'_>, now: DateTime<Utc>) -> AppResult<()> {
    let mapping = serde_json::to_value(new.mapping).map_err(|error| AppError::Broken(Box::new(error)))?;
    sqlx::query!(
        "insert into imports (id, community_id, created_by, target, into_community, state, file_name, file_hash, headings, mapping,
                              created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        new.intake.id.0,
        new.intake.community.map(|id| id.0),
        new.by.map(|id| id.0),
        new.intake.target.label(),
        new.into_community.map(|id| id.0),
        new.intake.state.label(),
        new.file_name,
        new.file_hash,
        new.headings,
        mapping,
        now,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub async fn insert_rows(tx: &mut Tx, id: IntakeId, rows: &[(i32, Vec<String>)]) -> AppResult<()> {
    for rows in rows.chunks(1_000) {
        let numbers: Vec<i32> = rows.iter().map(|(number, _)| *number).collect();
        // Arrays of arrays have one width in Postgres; as JSON each row keeps its own.
        let cells: Vec<Value> = rows.iter().map(|(_, cells)| Value::from(cells.clone())).collect();
        sqlx::query!(
            "insert into import_rows (import_id, number, cells)
             select $1, r.number, array(select jsonb_array_elements_text(r.cells))
             from unnest($2::integer[], $3::jsonb[]) as r (number, cells)",
            id.0,
            &numbers,
            &cells,
        )
        .execute(tx.conn())
        .await?;
    }
    Ok(())
}

/// Which of several sheets is read, and the workbook for reading another.
pub async fn insert_book(tx: &mut Tx, id: IntakeId, sheet: &str, sheets: &[String], book: &[u8]) -> AppResult<()> {
    sqlx::query!("insert into import_books (import_id, sheet, sheets, book) values ($1, $2, $3, $4)", id.0, sheet, sheets, book)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// The workbook, where the file is one of several sheets and was not carried out yet.
pub async fn find_book(pool: &PgPool, id: IntakeId) -> AppResult<Option<Vec<u8>>> {
    let found = sqlx::query_scalar!("select book from import_books where import_id = $1", id.0).fetch_optional(pool).await?;
    Ok(found.flatten())
}

/// Which sheet was read, and what all of them are called.
pub async fn find_sheets(pool: &PgPool, id: IntakeId) -> AppResult<Option<(String, Vec<String>)>> {
    let found = sqlx::query!("select sheet, sheets from import_books where import_id = $1", id.0).fetch_optional(pool).await?;
    Ok(found.map(|row| (row.sheet, row.sheets)))
}

/// Another sheet: its headings, how they are read, and none of the rows and pictures of the one before. The import must be held.
pub async fn put_sheet(
    tx: &mut Tx,
    id: IntakeId,
    sheet: &str,
    headings: &[String],
    mapping: &Mapping,
    state: State,
) -> AppResult<()> {
    put_mapping(tx, id, mapping, state).await?;
    sqlx::query!("update imports set headings = $2 where id = $1", id.0, headings).execute(tx.conn()).await?;
    sqlx::query!("update import_books set sheet = $2 where import_id = $1", id.0, sheet).execute(tx.conn()).await?;
    sqlx::query!("delete from import_rows where import_id = $1", id.0).execute(tx.conn()).await?;
    sqlx::query!("delete from import_pictures where import_id = $1", id.0).execute(tx.conn()).await?;
    Ok(())
}

/// What its sheets are called stays with the report.
pub async fn forget_book(tx: &mut Tx, id: IntakeId) -> AppResult<()> {
    sqlx::query!("update import_books set book = null where import_id = $1", id.0).execute(tx.conn()).await?;
    Ok(())
}

pub async fn find(pool: &PgPool, id: IntakeId) -> AppResult<Option<ImportRow>> {
    let row = sqlx::query_as!(
        ImportRow,
        "select id, community_id, created_by, applied_by, target, into_community, state, file_name, headings, mapping, note, created_at,
                applied_at, undone_at, forgotten_at
         from imports where id = $1",
        id.0,
    )
    .fetch_optional(pool)
    .await?;
    Ok(row)
}

/// The imports that are being carried out.
pub async fn list_applying(pool: &PgPool) -> AppResult<Vec<IntakeId>> {
    let ids: Vec<Uuid> = sqlx::query_scalar("select id from imports where state = 'applying'").fetch_all(pool).await?;
    Ok(ids.into_iter().map(IntakeId).collect())
}

/// Locks an import, and lets how far it has come be written beside it.
pub async fn hold(tx: &mut Tx, id: IntakeId) -> AppResult<ImportRow> {
    sqlx::query_as!(
        ImportRow,
        "select id, community_id, created_by, applied_by, target, into_community, state, file_name, headings, mapping, note, created_at,
                applied_at, undone_at, forgotten_at
         from imports where id = $1 for no key update",
        id.0,
    )
    .fetch_optional(tx.conn())
    .await?
    .ok_or(AppError::NotFound)
}

/// The import must be held.
pub async fn apply_moving(tx: &mut Tx, fact: &Moving, by: Option<UserId>, now: DateTime<Utc>) -> AppResult<()> {
    let done = sqlx::query!(
        "update imports
         set state = $3, note = $4, applied_by = coalesce($5, applied_by),
             applied_at = case when $3 = 'applied' then $6 else applied_at end,
             undone_at = case when $3 = 'undone' then $6 else undone_at end
         where id = $1 and state = $2",
        fact.intake().0,
        fact.from().label(),
        fact.to().label(),
        fact.note(),
        by.map(|id| id.0),
        now,
    )
    .execute(tx.conn())
    .await?;
    if done.rows_affected() == 1 { Ok(()) } else { Err(AppError::broken("a held import was no longer in its state")) }
}

/// The mapping, and that the rows were looked at with it. The import must be held.
pub async fn put_mapping(tx: &mut Tx, id: IntakeId, mapping: &Mapping, state: State) -> AppResult<()> {
    let mapping = serde_json::to_value(mapping).map_err(|error| AppError::Broken(Box::new(error)))?;
    sqlx::query!("update imports set mapping = $2, state = $3, note = '' where id = $1", id.0, mapping, state.label())
        .execute(tx.conn())
        .await?;
    Ok(())
}

pub async fn find_mapping(pool: &PgPool, workspace: Uuid, target: Target, headings_hash: &str) -> AppResult<Option<Mapping>> {
    let found = sqlx::query_scalar!(
        "select mapping from import_mappings where workspace = $1 and target = $2 and headings_hash = $3",
        workspace,
        target.label(),
        headings_hash,
    )
    .fetch_optional(pool)
    .await?;
    Ok(found.and_then(|mapping| serde_json::from_value(mapping).ok()))
}

pub async fn remember_mapping(
    tx: &mut Tx,
    workspace: Uuid,
    target: Target,
    headings_hash: &str,
    mapping: &Mapping,
    now: DateTime<Utc>,
) -> AppResult<()> {
    let mapping = serde_json::to_value(mapping).map_err(|error| AppError::Broken(Box::new(error)))?;
    sqlx::query!(
        "insert into import_mappings (workspace, target, headings_hash, mapping, updated_at) values ($1, $2, $3, $4, $5)
         on conflict (workspace, target, headings_hash) do update set mapping = excluded.mapping, updated_at = excluded.updated_at",
        workspace,
        target.label(),
        headings_hash,
        mapping,
        now,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// A community by its short name, for whoever brings events into it.
pub async fn find_community(pool: &PgPool, slug: &str) -> AppResult<Option<(CommunityId, String)>> {
    let row =
        sqlx::query!(r#"select id, name from communities where slug = $1 or id::text = $1"#, slug).fetch_optional(pool).await?;
    Ok(row.map(|row| (row.id.into(), row.name)))
}

// ── Rows ────────────────────────────────────────────────────────────────────────────────────────────────────────────

pub struct CellsRow {
    pub number: i32,
    pub cells: Vec<String>,
    pub choice: String,
}

pub async fn list_cells(conn: &mut PgConnection, id: IntakeId) -> AppResult<Vec<CellsRow>> {
    let rows =
        sqlx::query_as!(CellsRow, "select number, cells, choice from import_rows where import_id = $1 order by number", id.0)
            .fetch_all(conn)
            .await?;
    Ok(rows)
}

/// The rows with this outcome, by their numbers.
pub async fn list_numbers(conn: &mut PgConnection, id: IntakeId, outcome: Outcome) -> AppResult<Vec<i32>> {
    let numbers: Vec<i32> = sqlx::query_scalar("select number from import_rows where import_id = $1 and outcome = $2")
        .bind(id.0)
        .bind(outcome.label())
        .fetch_all(conn)
        .await?;
    Ok(numbers)
}

/// What became of a row when it was looked at.
pub struct Verdict {
    pub number: i32,
    pub title: String,
    pub outcome: Outcome,
    pub reason: String,
    pub unmapped: String,
    pub into_row: Option<i32>,
    pub into: Option<(Uuid, String)>,
}

pub async fn put_verdicts(tx: &mut Tx, id: IntakeId, verdicts: &[Verdict]) -> AppResult<()> {
    let numbers: Vec<i32> = verdicts.iter().map(|it| it.number).collect();
    let texts = |of: fn(&Verdict) -> &str| verdicts.iter().map(|it| of(it).to_owned()).collect::<Vec<String>>();
    let rows: Vec<Option<i32>> = verdicts.iter().map(|it| it.into_row).collect();
    let ids: Vec<Option<Uuid>> = verdicts.iter().map(|it| it.into.as_ref().map(|(id, _)| *id)).collect();
    let names: Vec<Option<String>> = verdicts.iter().map(|it| it.into.as_ref().map(|(_, name)| name.clone())).collect();
    sqlx::query!(
        "update import_rows r
         set title = v.title, outcome = v.outcome, reason = v.reason, unmapped = v.unmapped, into_row = v.into_row,
             into_id = v.into_id, into_name = v.into_name
         from unnest($2::integer[], $3::text[], $4::text[], $5::text[], $6::text[], $7::integer[], $8::uuid[], $9::text[])
              as v (number, title, outcome, reason, unmapped, into_row, into_id, into_name)
         where r.import_id = $1 and r.number = v.number",
        id.0,
        &numbers,
        &texts(|it| &it.title),
        &texts(|it| it.outcome.label()),
        &texts(|it| &it.reason),
        &texts(|it| &it.unmapped),
        &rows as &[Option<i32>],
        &ids as &[Option<Uuid>],
        &names as &[Option<String>],
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// What people decided; an empty choice takes a decision back.
pub async fn put_choices(tx: &mut Tx, id: IntakeId, choices: &[(i32, Option<Choice>)]) -> AppResult<()> {
    let numbers: Vec<i32> = choices.iter().map(|(number, _)| *number).collect();
    let labels: Vec<String> = choices.iter().map(|(_, choice)| choice.map_or("", Choice::label).to_owned()).collect();
    sqlx::query!(
        "update import_rows r set choice = c.choice from unnest($2::integer[], $3::text[]) as c (number, choice)
         where r.import_id = $1 and r.number = c.number",
        id.0,
        &numbers,
        &labels,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// The same decision for every row with this outcome.
pub async fn put_choice_for(tx: &mut Tx, id: IntakeId, outcome: Outcome, choice: Choice) -> AppResult<()> {
    sqlx::query!(
        "update import_rows set choice = $3 where import_id = $1 and outcome = $2 and ($3 <> 'merge' or into_row is not null or into_id is not null)",
        id.0,
        outcome.label(),
        choice.label(),
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// What a run made of rows: a thing of its own, what it added to another, and who it goes with.
pub struct Made {
    pub number: i32,
    pub made: Option<Uuid>,
    pub added: Option<Value>,
}

pub async fn put_made(tx: &mut Tx, id: IntakeId, made: &[Made]) -> AppResult<()> {
    let numbers: Vec<i32> = made.iter().map(|it| it.number).collect();
    let ids: Vec<Option<Uuid>> = made.iter().map(|it| it.made).collect();
    let added: Vec<Option<Value>> = made.iter().map(|it| it.added.clone()).collect();
    sqlx::query!(
        "update import_rows r set made_id = m.made, added = m.added
         from unnest($2::integer[], $3::uuid[], $4::jsonb[]) as m (number, made, added)
         where r.import_id = $1 and r.number = m.number",
        id.0,
        &numbers,
        &ids as &[Option<Uuid>],
        &added as &[Option<Value>],
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// What the rows were called that a community's events came from.
pub async fn list_origins(conn: &mut PgConnection, community: CommunityId) -> AppResult<Vec<(EventId, Origin)>> {
    let rows = sqlx::query!("select event_id, title, first_day from import_origins where community_id = $1", community.0)
        .fetch_all(conn)
        .await?;
    Ok(rows.into_iter().map(|row| (row.event_id.into(), Origin { title: row.title, first_day: row.first_day })).collect())
}

pub async fn insert_origins(tx: &mut Tx, community: CommunityId, origins: &[(EventId, Origin)]) -> AppResult<()> {
    let ids: Vec<Uuid> = origins.iter().map(|(id, _)| id.0).collect();
    let titles: Vec<String> = origins.iter().map(|(_, origin)| origin.title.clone()).collect();
    let days: Vec<Option<NaiveDate>> = origins.iter().map(|(_, origin)| origin.first_day).collect();
    sqlx::query!(
        "insert into import_origins (event_id, community_id, title, first_day)
         select o.event_id, $1, o.title, o.first_day
         from unnest($2::uuid[], $3::text[], $4::date[]) as o (event_id, title, first_day)",
        community.0,
        &ids,
        &titles,
        &days as &[Option<NaiveDate>],
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// With whom a workspace has merged rows by hand, by the rows' keys; of several decisions the newest.
pub async fn list_merges(conn: &mut PgConnection, workspace: Uuid, keys: &[String]) -> AppResult<Vec<(String, OrganizationId)>> {
    let rows = sqlx::query!(
        "select distinct on (row_key) row_key, organization_id from import_merges
         where workspace = $1 and row_key = any($2) order by row_key, import_id desc",
        workspace,
        keys,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.row_key, row.organization_id.into())).collect())
}

pub async fn insert_merges(
    tx: &mut Tx,
    id: IntakeId,
    workspace: Uuid,
    merges: &[(i32, String, OrganizationId)],
) -> AppResult<()> {
    let numbers: Vec<i32> = merges.iter().map(|(number, ..)| *number).collect();
    let keys: Vec<String> = merges.iter().map(|(_, key, _)| key.clone()).collect();
    let organizations: Vec<Uuid> = merges.iter().map(|(.., organization)| organization.0).collect();
    sqlx::query!(
        "insert into import_merges (import_id, number, workspace, row_key, organization_id)
         select $1, m.number, $2, m.row_key, m.organization_id
         from unnest($3::integer[], $4::text[], $5::uuid[]) as m (number, row_key, organization_id)",
        id.0,
        workspace,
        &numbers,
        &keys,
        &organizations,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// What an import that is taken back had decided by hand counts no more.
pub async fn delete_merges(tx: &mut Tx, id: IntakeId) -> AppResult<()> {
    sqlx::query!("delete from import_merges where import_id = $1", id.0).execute(tx.conn()).await?;
    Ok(())
}

pub struct MadeRow {
    pub number: i32,
    pub made_id: Option<Uuid>,
    pub added: Option<Value>,
}

/// What a run made, for taking it back.
pub async fn list_made(tx: &mut Tx, id: IntakeId) -> AppResult<Vec<MadeRow>> {
    let rows = sqlx::query_as!(
        MadeRow,
        "select number, made_id, added from import_rows
         where import_id = $1 and (made_id is not null or added is not null) order by number",
        id.0,
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows)
}

/// Which of these organizations another import, one that still stands, has added to.
pub async fn list_completed_by_others(tx: &mut Tx, id: IntakeId, made: &[Uuid]) -> AppResult<Vec<Uuid>> {
    let rows = sqlx::query_scalar!(
        r#"select distinct m.id as "id!" from unnest($2::uuid[]) as m (id)
           join import_rows r on r.added->>'organization' = m.id::text
           join imports i on i.id = r.import_id and i.state = 'applied'
           where r.import_id <> $1"#,
        id.0,
        made,
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows)
}

/// Why some of it stays.
pub async fn put_undo_refused(tx: &mut Tx, id: IntakeId, refused: &[(i32, String)]) -> AppResult<()> {
    let numbers: Vec<i32> = refused.iter().map(|(number, _)| *number).collect();
    let reasons: Vec<String> = refused.iter().map(|(_, reason)| reason.clone()).collect();
    sqlx::query!(
        "update import_rows r set undo_refused = u.reason from unnest($2::integer[], $3::text[]) as u (number, reason)
         where r.import_id = $1 and r.number = u.number",
        id.0,
        &numbers,
        &reasons,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub struct ShownRow {
    pub number: i32,
    pub title: String,
    pub outcome: String,
    pub reason: String,
    pub unmapped: String,
    pub into_row: Option<i32>,
    pub into_name: Option<String>,
    pub into_id: Option<Uuid>,
    pub choice: String,
    pub made_id: Option<Uuid>,
    pub undo_refused: Option<String>,
}

/// Rows with one of these outcomes (or all), or of which something could not be mapped; one page of at most 5,000.
pub async fn list_rows(
    pool: &PgPool,
    id: IntakeId,
    outcomes: &[&str],
    unmapped: bool,
    offset: i64,
    limit: i64,
) -> AppResult<Vec<ShownRow>> {
    let outcomes: Vec<String> = outcomes.iter().map(|label| (*label).to_owned()).collect();
    let rows = sqlx::query_as!(
        ShownRow,
        "select number, title, outcome, reason, unmapped, into_row, into_name, into_id, choice, made_id, undo_refused
         from import_rows
         where import_id = $1 and (cardinality($2::text[]) = 0 or outcome = any($2)) and (not $3 or unmapped <> '')
         order by number offset $4 limit $5",
        id.0,
        &outcomes,
        unmapped,
        offset,
        limit,
    )
    .fetch_all(pool)
    .await?;
    Ok(rows)
}

#[derive(Debug, Deserialize)]
pub struct CountRow {
    pub outcome: String,
    pub rows: i64,
    pub unmapped: i64,
    pub stays: i64,
}

pub async fn count_rows(pool: &PgPool, id: IntakeId) -> AppResult<Vec<CountRow>> {
    let rows = sqlx::query_as!(
        CountRow,
        r#"select outcome, count(*) as "rows!", count(*) filter (where unmapped <> '') as "unmapped!",
                  count(*) filter (where undo_refused is not null) as "stays!"
           from import_rows where import_id = $1 group by outcome"#,
        id.0,
    )
    .fetch_all(pool)
    .await?;
    Ok(rows)
}

/// What the page of an import shows beside its rows.
pub struct Beside {
    /// Where events go.
    pub into_name: Option<String>,
    pub done: Option<i32>,
    pub total: Option<i32>,
    /// The first rows, for showing what stands below a heading.
    pub samples: Json<Vec<Vec<String>>>,
    pub counts: Json<Vec<CountRow>>,
    pub pictures: Json<Vec<PictureRow>>,
    /// Of several sheets, the one that is read.
    pub sheet: Option<String>,
    pub sheets: Option<Vec<String>>,
}

/// By one statement.
pub async fn find_beside(pool: &PgPool, id: IntakeId) -> AppResult<Beside> {
    sqlx::query_as!(
        Beside,
        r#"select c.name as "into_name?", p.done as "done?", p.total as "total?",
                  (select coalesce(jsonb_agg(to_jsonb(r.cells) order by r.number), '[]') from (
                       select number, cells from import_rows where import_id = i.id order by number limit 3
                   ) r) as "samples!: Json<Vec<Vec<String>>>",
                  (select coalesce(jsonb_agg(to_jsonb(r)), '[]') from (
                       select outcome, count(*) as rows, count(*) filter (where unmapped <> '') as unmapped,
                              count(*) filter (where undo_refused is not null) as stays
                       from import_rows where import_id = i.id group by outcome
                   ) r) as "counts!: Json<Vec<CountRow>>",
                  (select coalesce(jsonb_agg(to_jsonb(r) order by r.file_name), '[]') from (
                       select file_name, logo_id, outcome, reason, number from import_pictures where import_id = i.id
                   ) r) as "pictures!: Json<Vec<PictureRow>>",
                  b.sheet as "sheet?", b.sheets as "sheets?"
           from imports i left join communities c on c.id = i.into_community left join import_progress p on p.import_id = i.id
                left join import_books b on b.import_id = i.id
           where i.id = $1"#,
        id.0,
    )
    .fetch_optional(pool)
    .await?
    .ok_or(AppError::NotFound)
}

// ── Lists, progress, pictures ───────────────────────────────────────────────────────────────────────────────────────

#[derive(FromRow)]
pub struct ListRow {
    pub id: Uuid,
    pub target: String,
    pub state: String,
    pub file_name: String,
    pub created_at: DateTime<Utc>,
    pub rows: i64,
    pub made: i64,
}

/// The imports of a community, or of staff, the newest first; `limit` of them after `offset`.
pub async fn list(pool: &PgPool, community: Option<CommunityId>, offset: i64, limit: i64) -> AppResult<Vec<ListRow>> {
    let rows = sqlx::query_as::<_, ListRow>(
        "select i.id, i.target, i.state, i.file_name, i.created_at,
                (select count(*) from import_rows r where r.import_id = i.id) as rows,
                (select count(*) from import_rows r where r.import_id = i.id and r.outcome = 'make') as made
         from imports i where i.community_id is not distinct from $1
         order by i.created_at desc, i.id offset $2 limit $3",
    )
    .bind(community.map(|id| id.0))
    .bind(offset)
    .bind(limit)
    .fetch_all(pool)
    .await?;
    Ok(rows)
}

/// Written beside the run's transaction, so that others see it.
pub async fn put_progress(pool: &PgPool, id: IntakeId, done: i32, total: i32) -> AppResult<()> {
    sqlx::query!(
        "insert into import_progress (import_id, done, total) values ($1, $2, $3)
         on conflict (import_id) do update set done = excluded.done, total = excluded.total",
        id.0,
        done,
        total,
    )
    .execute(pool)
    .await?;
    Ok(())
}

#[derive(Debug, Deserialize)]
pub struct PictureRow {
    pub file_name: String,
    pub logo_id: Option<Uuid>,
    pub outcome: String,
    pub reason: String,
    pub number: Option<i32>,
}

pub async fn list_pictures(conn: &mut PgConnection, id: IntakeId) -> AppResult<Vec<PictureRow>> {
    let rows = sqlx::query_as!(
        PictureRow,
        "select file_name, logo_id, outcome, reason, number from import_pictures where import_id = $1 order by file_name",
        id.0,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows)
}

pub async fn put_picture(
    tx: &mut Tx,
    id: IntakeId,
    file_name: &str,
    logo: Option<LogoId>,
    outcome: &str,
    reason: &str,
    number: Option<i32>,
) -> AppResult<()> {
    sqlx::query!(
        "insert into import_pictures (import_id, file_name, logo_id, outcome, reason, number) values ($1, $2, $3, $4, $5, $6)
         on conflict (import_id, file_name) do update
         set logo_id = excluded.logo_id, outcome = excluded.outcome, reason = excluded.reason, number = excluded.number",
        id.0,
        file_name,
        logo.map(|id| id.0),
        outcome,
        reason,
        number,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Empties every cell but those in these places, from 0. A reason that begins with `telling` tells of a cell that is emptied: of
/// it `stays` is left. The import must be held.
pub async fn keep_cells(tx: &mut Tx, id: IntakeId, places: &[usize], telling: &str, stays: &str) -> AppResult<()> {
    let places: Vec<i64> = places.iter().filter_map(|place| i64::try_from(place + 1).ok()).collect();
    sqlx::query!(
        "update import_rows
         set cells = array(
                 select case when c.place = any($2) then c.cell else '' end from unnest(cells) with ordinality as c (cell, place) order by c.place
             ),
             reason = case when outcome = 'problem' and starts_with(reason, $3) then $4 else reason end
         where import_id = $1",
        id.0,
        &places,
        telling,
        stays,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Forgets what stood in the cells of a held import, and the words of them that nothing could hold; that there were some stays.
pub async fn forget_cells(tx: &mut Tx, id: IntakeId, unmapped: &str, now: DateTime<Utc>) -> AppResult<()> {
    sqlx::query!(
        // Rows that could not be read made nothing, and have their cell for a title.
        "update import_rows set cells = '{}', unmapped = case when unmapped = '' then '' else $2 end,
                title = case when outcome = 'problem' then '(forgotten)' else title end,
                reason = case when outcome = 'problem' then 'It could not be read.' else reason end
         where import_id = $1",
        id.0,
        unmapped,
    )
    .execute(tx.conn())
    .await?;
    sqlx::query!("update imports set forgotten_at = $2 where id = $1", id.0, now).execute(tx.conn()).await?;
    Ok(())
}

/// Files that were looked at and never carried out, and those that were taken back.
pub async fn delete_old(pool: &PgPool, before: DateTime<Utc>) -> AppResult<()> {
    sqlx::query(
        "delete from imports
         where (state in ('mapping', 'ready') and created_at < $1) or (state = 'undone' and undone_at < $1)",
    )
    .bind(before)
    .execute(pool)
    .await?;
    Ok(())
}
