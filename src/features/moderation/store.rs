//! SQL of `reports`. Makes no decision.

use super::{
    rules::{Owner, Report, ReportDecided, ReportMade},
    views::{ReportState, Reported},
};
use crate::{
    kernel::{
        error::{AppError, AppResult},
        ids::{OrganizationId, ReportId},
        page::COUNT_CAP,
    },
    platform::{ctx::Ctx, tx::Tx},
};
use chrono::{DateTime, Utc};
use uuid::Uuid;

/// False when the same person has an open report about the same thing.
pub async fn apply_made(tx: &mut Tx, made: &ReportMade, workspace: &str, at: DateTime<Utc>) -> AppResult<bool> {
    let complaint = made.complaint();
    let written = sqlx::query!(
        "insert into reports (id, subject_kind, subject_id, subject_name, reason, words, reporter_id, reporter_workspace, state, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, 'Open', $9) on conflict do nothing",
        made.id().0,
        complaint.kind.label(),
        complaint.subject,
        made.name(),
        complaint.reason.label(),
        complaint.words,
        made.reporter().0,
        workspace,
        at,
    )
    .execute(tx.conn())
    .await?;
    Ok(written.rows_affected() == 1)
}

pub async fn find_open(tx: &mut Tx, made: &ReportMade) -> AppResult<Option<ReportId>> {
    let complaint = made.complaint();
    let id = sqlx::query_scalar!(
        "select id from reports where reporter_id = $1 and subject_kind = $2 and subject_id = $3 and state = 'Open'",
        made.reporter().0,
        complaint.kind.label(),
        complaint.subject,
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(id.map(ReportId))
}

/// Locks the report.
pub async fn hold(tx: &mut Tx, id: ReportId) -> AppResult<Report> {
    let row = sqlx::query!(
        "select subject_kind, subject_id, subject_name, reporter_id, state from reports where id = $1 for update",
        id.0,
    )
    .fetch_optional(tx.conn())
    .await?
    .ok_or(AppError::NotFound)?;
    Ok(Report {
        id,
        kind: Reported::parse(&row.subject_kind).map_err(broken)?,
        subject: row.subject_id,
        name: row.subject_name,
        reporter: row.reporter_id.into(),
        state: ReportState::parse(&row.state).map_err(broken)?,
    })
}

/// What a report is about and how it stands, without a lock: what becomes of it is decided once it is held.
pub async fn find_subject(ctx: &Ctx, id: ReportId) -> AppResult<Option<(Reported, Uuid, ReportState)>> {
    let row =
        sqlx::query!("select subject_kind, subject_id, state from reports where id = $1", id.0).fetch_optional(ctx.db()).await?;
    row.map(|row| {
        let kind = Reported::parse(&row.subject_kind).map_err(broken)?;
        Ok((kind, row.subject_id, ReportState::parse(&row.state).map_err(broken)?))
    })
    .transpose()
}

/// Whose it is; of a request, the side that its reporter does not stand on.
pub async fn get_owner(tx: &mut Tx, report: &Report) -> AppResult<Owner> {
    let of_community = |id: Uuid| Owner::Community(id.into());
    let owner = match report.kind {
        Reported::Organization => Some(Owner::Organization(report.subject.into())),
        Reported::Community => Some(of_community(report.subject)),
        Reported::Event => sqlx::query_scalar!("select community_id from events where id = $1", report.subject)
            .fetch_optional(tx.conn())
            .await?
            .map(of_community),
        Reported::Opportunity => sqlx::query_scalar!("select community_id from opportunities where id = $1", report.subject)
            .fetch_optional(tx.conn())
            .await?
            .map(of_community),
        Reported::Request => sqlx::query!(
            r#"select r.community_id, r.organization_id,
                      coalesce(p.reporter_workspace like 'organization:%', false) as "by_organization!"
               from requests r, reports p where r.id = $1 and p.id = $2"#,
            report.subject,
            report.id.0,
        )
        .fetch_optional(tx.conn())
        .await?
        .map(|row| {
            if row.by_organization {
                Owner::Community(row.community_id.into())
            } else {
                Owner::Organization(row.organization_id.into())
            }
        }),
    };
    owner.ok_or(AppError::NotFound)
}

pub async fn apply_decided(tx: &mut Tx, decided: &ReportDecided, by: Uuid, at: DateTime<Utc>) -> AppResult<()> {
    let changed = sqlx::query!(
        "update reports set state = $2, decision_reason = $3, decided_by = $4, decided_at = $5 where id = $1 and state = $6",
        decided.was().id.0,
        decided.state().label(),
        decided.reason(),
        by,
        at,
        decided.was().state.label(),
    )
    .execute(tx.conn())
    .await?;
    match changed.rows_affected() {
        1 => Ok(()),
        rows => Err(AppError::broken(format!("a decision changed {rows} rows"))),
    }
}

/// Open reports about one organization are about another from now on; a second one of the same person is decided with the
/// first. Gives how many follow.
pub async fn follow(tx: &mut Tx, gone: OrganizationId, kept: OrganizationId) -> AppResult<u64> {
    let moved = sqlx::query!(
        "update reports r set subject_id = $2
         where r.subject_kind = 'organization' and r.subject_id = $1 and r.state = 'Open'
           and not exists (select 1 from reports k where k.subject_kind = 'organization' and k.subject_id = $2 and k.state = 'Open'
                               and k.reporter_id = r.reporter_id)",
        gone.0,
        kept.0,
    )
    .execute(tx.conn())
    .await?;
    Ok(moved.rows_affected())
}

/// A report with what staff need beside it.
pub struct ReportRow {
    pub id: Uuid,
    pub subject_kind: String,
    pub subject_id: Uuid,
    pub subject_name: String,
    pub slug: Option<String>,
    pub message: Option<String>,
    pub reason: String,
    pub words: String,
    pub reporter_name: String,
    pub reporter_workspace: String,
    pub state: String,
    pub decision_reason: Option<String>,
    pub decided_at: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
    pub open_about: i64,
}

/// Open ones, the oldest first; or decided ones, the newest decision first. After `(moment, id)`.
pub async fn list(
    ctx: &Ctx,
    decided: bool,
    after: Option<(DateTime<Utc>, Uuid)>,
    offset: i64,
    limit: i64,
) -> AppResult<(Vec<ReportRow>, i64)> {
    let (at, id) = after.unzip();
    let rows = sqlx::query_as!(
        ReportRow,
        r#"select r.id, r.subject_kind, r.subject_id, r.subject_name, r.reason, r.words, u.name as reporter_name,
                  r.reporter_workspace, r.state, r.decision_reason, r.decided_at, r.created_at,
                  case r.subject_kind
                      when 'organization' then (select slug from organizations where id = r.subject_id)
                      when 'community' then (select slug from communities where id = r.subject_id)
                      when 'event' then (select slug from events where id = r.subject_id) end as slug,
                  (select v.message from requests q join revisions v on v.request_id = q.id and v.sequence = q.revision
                   where r.subject_kind = 'request' and q.id = r.subject_id) as message,
                  (select count(*) from reports o where o.subject_kind = r.subject_kind and o.subject_id = r.subject_id
                      and o.state = 'Open') as "open_about!"
           from reports r join users u on u.id = r.reporter_id
           where (r.state <> 'Open') = $1
             and ($2::timestamptz is null or case when $1 then (r.decided_at, r.id) < ($2, $3) else (r.created_at, r.id) > ($2, $3) end)
           order by case when $1 then null else r.created_at end, case when $1 then null else r.id end,
                    r.decided_at desc, r.id desc offset $4 limit $5"#,
        decided,
        at,
        id,
        offset,
        limit,
    )
    .fetch_all(ctx.db())
    .await?;
    let total = sqlx::query_scalar!(
        r#"select count(*) as "count!" from (select 1 as one from reports where (state <> 'Open') = $1 limit $2) as n"#,
        decided,
        COUNT_CAP + 1,
    )
    .fetch_one(ctx.db())
    .await?;
    Ok((rows, total))
}

fn broken(error: impl std::error::Error + Send + Sync + 'static) -> AppError {
    AppError::Broken(Box::new(error))
}
