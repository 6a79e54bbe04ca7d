//! SQL of `waiting_list` and `prepared_decisions`. Makes no decision. Whoever writes the line holds the opportunity.

use super::{
    rules::{PlaceOffered, Waiting, WaitingJoined},
    views::{Decision, WaitingState},
};
use crate::{
    features::requests::rules::Parties,
    kernel::{
        actor::{Scope, Side},
        error::{AppError, AppResult},
        ids::{OpportunityId, OrganizationId, RequestId, WaitingId},
    },
    platform::{ctx::Ctx, db::OnConstraint as _, tx::Tx},
};
use chrono::{DateTime, Utc};
use uuid::Uuid;

/// Somebody in the line, with what their request says.
pub struct InLine {
    pub waiting: Waiting,
    pub parties: Parties,
    pub request_state: String,
    pub expires_at: DateTime<Utc>,
    /// Staff look at it first: its turn has not come, whatever its place.
    pub held: bool,
}

/// Everybody who waits or was offered a place, in the order of joining.
pub async fn list_line(tx: &mut Tx, opportunity: OpportunityId) -> AppResult<Vec<InLine>> {
    let rows = sqlx::query!(
        r#"select w.id, w.request_id, w.state, w.side, w.revision_hash, w.offer_until, r.state as request_state, r.turn, r.expires_at,
                r.held_at is not null as "held!", r.community_id, r.organization_id, r.event_id, c.name as community_name, o.display_name as organization_name,
                e.title as event_title
         from waiting_list w join requests r on r.id = w.request_id join communities c on c.id = r.community_id
         join organizations o on o.id = r.organization_id join events e on e.id = r.event_id
         where w.opportunity_id = $1 and w.state in ('Waiting', 'Offered') order by w.line"#,
        opportunity.0,
    )
    .fetch_all(tx.conn())
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(InLine {
                waiting: Waiting {
                    id: row.id.into(),
                    request: row.request_id.into(),
                    state: WaitingState::parse(&row.state).map_err(broken)?,
                    side: side(&row.side)?,
                    revision_hash: row.revision_hash,
                    turn: side(&row.turn)?,
                    offer_until: row.offer_until,
                },
                parties: Parties {
                    community: row.community_id.into(),
                    organization: row.organization_id.into(),
                    event: row.event_id.into(),
                    opportunity: Some(opportunity),
                    community_name: row.community_name,
                    organization_name: row.organization_name,
                    event_title: row.event_title,
                },
                request_state: row.request_state,
                expires_at: row.expires_at,
                held: row.held,
            })
        })
        .collect()
}

/// The newest time that a request waited.
pub async fn find_waiting(tx: &mut Tx, request: RequestId) -> AppResult<Option<Waiting>> {
    let row = sqlx::query!(
        "select w.id, w.state, w.side, w.revision_hash, w.offer_until, r.turn
         from waiting_list w join requests r on r.id = w.request_id where w.request_id = $1 order by w.line desc limit 1",
        request.0,
    )
    .fetch_optional(tx.conn())
    .await?;
    row.map(|row| {
        Ok(Waiting {
            id: row.id.into(),
            request,
            state: WaitingState::parse(&row.state).map_err(broken)?,
            side: side(&row.side)?,
            revision_hash: row.revision_hash,
            turn: side(&row.turn)?,
            offer_until: row.offer_until,
        })
    })
    .transpose()
}

/// The opportunity of an entry.
pub async fn find_opportunity(ctx: &Ctx, id: WaitingId) -> AppResult<Option<OpportunityId>> {
    let found =
        sqlx::query_scalar!("select opportunity_id from waiting_list where id = $1", id.0).fetch_optional(ctx.db()).await?;
    Ok(found.map(OpportunityId))
}

pub async fn apply_joined(tx: &mut Tx, joined: &WaitingJoined, at: DateTime<Utc>) -> AppResult<()> {
    sqlx::query!(
        "insert into waiting_list (id, opportunity_id, request_id, side, revision_hash, state, joined_at)
         values ($1, $2, $3, $4, $5, 'Waiting', $6)",
        joined.id().0,
        joined.opportunity().0,
        joined.request().0,
        joined.side().label(),
        joined.hash(),
        at,
    )
    .execute(tx.conn())
    .await
    .refuse_on("waiting_list_request_key", "ALREADY_WAITING", "This request waits for a place already.")?;
    Ok(())
}

/// The community agreed to one that waits already; it keeps its place in the line.
pub async fn apply_agreed(tx: &mut Tx, waiting: WaitingId, joined: &WaitingJoined) -> AppResult<()> {
    let changed = sqlx::query!(
        "update waiting_list set side = $2, revision_hash = $3 where id = $1 and state = 'Waiting'",
        waiting.0,
        joined.side().label(),
        joined.hash(),
    )
    .execute(tx.conn())
    .await?;
    one(changed.rows_affected())
}

pub async fn apply_offered(tx: &mut Tx, offered: &PlaceOffered, at: DateTime<Utc>) -> AppResult<()> {
    let changed = sqlx::query!(
        "update waiting_list set state = 'Offered', offered_at = $2, offer_until = $3 where id = $1 and state = 'Waiting'",
        offered.id().0,
        at,
        offered.until(),
    )
    .execute(tx.conn())
    .await?;
    one(changed.rows_affected())
}

/// Out of the line, for good: taken, lapsed or left.
pub async fn apply_ended(tx: &mut Tx, id: WaitingId, state: WaitingState, at: DateTime<Utc>) -> AppResult<()> {
    let changed = sqlx::query!(
        "update waiting_list set state = $2, ended_at = $3 where id = $1 and state in ('Waiting', 'Offered')",
        id.0,
        state.label(),
        at,
    )
    .execute(tx.conn())
    .await?;
    one(changed.rows_affected())
}

/// How a request stands with places.
pub struct PlaceRow {
    pub community_id: Uuid,
    pub organization_id: Uuid,
    pub opportunity_id: Option<Uuid>,
    /// The event as it is now, as snapshots have it.
    pub event_now: serde_json::Value,
    /// The opportunity as it was when the request was made; canonical JSON.
    pub opportunity_snapshot: Option<String>,
    /// The opportunity as it is now.
    pub opportunity_now: Option<serde_json::Value>,
    /// The first revision, which holds the event as it was then; canonical JSON.
    pub first_canonical: String,
    pub state: String,
    pub opened_by: String,
    pub turn: String,
    pub expires_at: DateTime<Utc>,
    pub timezone: String,
    pub hash: Vec<u8>,
    pub waiting_state: Option<String>,
    pub waiting_side: Option<String>,
    pub offer_until: Option<DateTime<Utc>>,
    pub position: i64,
    pub places_left: i64,
    pub holds: bool,
    pub release_reason: Option<String>,
}

/// Is a place kept for it?
pub async fn is_kept(ctx: &Ctx, request: RequestId) -> AppResult<bool> {
    Ok(sqlx::query_scalar!(
        r#"select exists (
               select 1 from waiting_list where request_id = $1 and state = 'Offered' and offer_until > $2
           ) as "kept!""#,
        request.0,
        ctx.now(),
    )
    .fetch_one(ctx.db())
    .await?)
}

/// One request that the scope may touch, with its place.
pub async fn find_place(ctx: &Ctx, scope: Scope, request: RequestId) -> AppResult<Option<PlaceRow>> {
    Ok(sqlx::query_as!(
        PlaceRow,
        r#"select r.community_id, r.organization_id, r.opportunity_id, r.opportunity_snapshot,
                  n.snapshot as "opportunity_now?",
                  jsonb_build_object('title', e.title, 'startAt', e.start_at, 'endAt', e.end_at, 'timezone', e.timezone,
                      'eventType', e.event_type, 'category', e.category, 'format', e.format, 'region', e.region,
                      'technologies', e.technologies, 'venueName', e.venue_name, 'city', c.city,
                      'maxAttendees', e.max_attendees) as "event_now!",
                  (select f.canonical from revisions f where f.request_id = r.id and f.sequence = 1) as "first_canonical!", r.state, r.opened_by, r.turn, r.expires_at, e.timezone, v.hash,
                  w.state as "waiting_state?", w.side as "waiting_side?", w.offer_until as "offer_until?",
                  (select count(*) from waiting_list x where x.opportunity_id = w.opportunity_id and x.state = 'Waiting' and x.line <= w.line) as "position!",
                  (select count(*) from opportunity_places p where p.opportunity_id = r.opportunity_id and not exists
                      (select 1 from place_claims k where k.place_id = p.id and k.released_at is null)) as "places_left!",
                  exists (select 1 from place_claims k where k.request_id = r.id and k.released_at is null) as "holds!",
                  (select k.release_reason from place_claims k where k.request_id = r.id and k.released_at is not null
                   order by k.released_at desc limit 1) as "release_reason?"
           from requests r join events e on e.id = r.event_id join communities c on c.id = r.community_id
           left join opportunity_snapshots n on n.opportunity_id = r.opportunity_id
           join revisions v on v.request_id = r.id and v.sequence = r.revision
           left join lateral (select * from waiting_list x where x.request_id = r.id order by x.line desc limit 1) w on true
           where r.id = $1 and ($2 or (r.community_id = $3 and (r.held_at is null or r.opened_by = 'community'))
               or (r.organization_id = $4 and (r.held_at is null or r.opened_by = 'organization')))"#,
        request.0,
        scope.everything(),
        scope.community(),
        scope.organization(),
    )
    .fetch_optional(ctx.db())
    .await?)
}

// ── Prepared decisions ──────────────────────────────────────────────────────────────────────────────────────────────

/// The head of the page of decisions.
pub struct HeadRow {
    pub title: String,
    pub event_title: String,
    pub timezone: String,
    pub places: i32,
    pub places_left: i64,
}

/// An opportunity of the scope's community.
pub async fn find_head(ctx: &Ctx, scope: Scope, id: OpportunityId) -> AppResult<Option<HeadRow>> {
    Ok(sqlx::query_as!(
        HeadRow,
        r#"select o.title, e.title as event_title, e.timezone, o.places,
                  (select count(*) from opportunity_places p where p.opportunity_id = o.id and not exists
                      (select 1 from place_claims k where k.place_id = p.id and k.released_at is null)) as "places_left!"
           from opportunities o join events e on e.id = o.event_id where o.id = $1 and ($2 or o.community_id = $3)"#,
        id.0,
        scope.everything(),
        scope.community(),
    )
    .fetch_optional(ctx.db())
    .await?)
}

/// An application that waits for the community.
pub struct ApplicationRow {
    pub request_id: Uuid,
    pub organization_id: Uuid,
    pub organization_slug: String,
    pub organization_name: String,
    pub logo_key: Option<String>,
    pub amount_minor: i64,
    pub currency: String,
    pub message: String,
    pub hash: Vec<u8>,
    pub expires_at: DateTime<Utc>,
    pub position: Option<i64>,
    pub decision: Option<String>,
    pub reason: Option<String>,
    pub note: Option<String>,
    pub prepared_hash: Option<String>,
    pub problem: Option<String>,
}

/// The open applications of an opportunity whose answer is the community's, the first one first, at most 200.
pub async fn list_applications(ctx: &Ctx, scope: Scope, id: OpportunityId) -> AppResult<Vec<ApplicationRow>> {
    Ok(sqlx::query_as!(
        ApplicationRow,
        r#"select r.id as request_id, o.id as organization_id, o.slug as organization_slug, o.display_name as organization_name,
                  l.storage_key as "logo_key?", v.amount_minor, v.currency, v.message, v.hash, r.expires_at,
                  (select count(*) from waiting_list w join waiting_list x on x.opportunity_id = w.opportunity_id
                       and x.state = 'Waiting' and x.line <= w.line
                   where w.request_id = r.id and w.state = 'Waiting') as "position?",
                  d.decision as "decision?", d.reason as "reason?", d.note as "note?", d.revision_hash as "prepared_hash?",
                  d.problem as "problem?"
           from requests r join organizations o on o.id = r.organization_id left join logos l on l.id = o.logo_id
           join revisions v on v.request_id = r.id and v.sequence = r.revision
           left join prepared_decisions d on d.request_id = r.id
           where r.opportunity_id = $1 and ($2 or r.community_id = $3) and r.state in ('Pending', 'Negotiation')
             and r.turn = 'community' and r.held_at is null
           order by r.opened_at, r.id limit 200"#,
        id.0,
        scope.everything(),
        scope.community(),
    )
    .fetch_all(ctx.db())
    .await?)
}

/// A decision that is prepared.
pub struct PreparedRow {
    pub request_id: Uuid,
    pub opportunity_id: Uuid,
    pub decision: String,
    pub reason: Option<String>,
    pub note: String,
    pub revision_hash: String,
    pub prepared_by: String,
    pub prepared_at: DateTime<Utc>,
    pub problem: Option<String>,
}

/// What is prepared about applications that wait for the scope's community, as [`list_applications`] shows them, by the requests'
/// ids.
pub async fn list_prepared(ctx: &Ctx, scope: Scope, after: Uuid, limit: i64) -> AppResult<Vec<PreparedRow>> {
    Ok(sqlx::query_as!(
        PreparedRow,
        "select d.request_id, d.opportunity_id, d.decision, d.reason, d.note, d.revision_hash, u.name as prepared_by, d.prepared_at,
                d.problem
         from prepared_decisions d join requests r on r.id = d.request_id join users u on u.id = d.prepared_by
         where ($1 or r.community_id = $2) and r.state in ('Pending', 'Negotiation') and r.turn = 'community' and r.held_at is null
           and d.request_id > $3
         order by d.request_id limit $4",
        scope.everything(),
        scope.community(),
        after,
        limit,
    )
    .fetch_all(ctx.db())
    .await?)
}

/// A request's time in a line.
pub struct LineRow {
    pub id: Uuid,
    pub request_id: Uuid,
    pub opportunity_id: Uuid,
    pub state: String,
    pub position: Option<i64>,
    pub joined_at: DateTime<Utc>,
    pub offered_at: Option<DateTime<Utc>>,
    pub offer_until: Option<DateTime<Utc>>,
    pub ended_at: Option<DateTime<Utc>>,
}

/// Every time that requests of the scope waited for a place, by its id; without what staff hold back from this side.
pub async fn list_times_in_line(ctx: &Ctx, scope: Scope, after: Uuid, limit: i64) -> AppResult<Vec<LineRow>> {
    Ok(sqlx::query_as!(
        LineRow,
        r#"select w.id, w.request_id, w.opportunity_id, w.state, w.joined_at, w.offered_at, w.offer_until, w.ended_at,
                  case when w.state = 'Waiting' then (
                      select count(*) from waiting_list x
                      where x.opportunity_id = w.opportunity_id and x.state = 'Waiting' and x.line <= w.line
                  ) end as "position?"
           from waiting_list w join requests r on r.id = w.request_id
           where ($1 or r.community_id = $2 or r.organization_id = $3)
             and ($1 or r.held_at is null or r.opened_by = case when $2::uuid is null then 'organization' else 'community' end)
             and w.id > $4
           order by w.id limit $5"#,
        scope.everything(),
        scope.community(),
        scope.organization(),
        after,
        limit,
    )
    .fetch_all(ctx.db())
    .await?)
}

/// What is written about one request.
pub struct NewDecision<'a> {
    pub request: RequestId,
    pub opportunity: OpportunityId,
    pub decision: Decision,
    pub reason: Option<&'a str>,
    pub note: &'a str,
    pub revision_hash: &'a str,
    pub by: Uuid,
}

pub async fn apply_prepared(tx: &mut Tx, it: &NewDecision<'_>, at: DateTime<Utc>) -> AppResult<()> {
    sqlx::query!(
        "insert into prepared_decisions (request_id, opportunity_id, decision, reason, note, revision_hash, prepared_by, prepared_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)
         on conflict (request_id) do update set decision = excluded.decision, reason = excluded.reason, note = excluded.note,
             revision_hash = excluded.revision_hash, prepared_by = excluded.prepared_by, prepared_at = excluded.prepared_at,
             releasing_at = null, problem = null",
        it.request.0,
        it.opportunity.0,
        it.decision.label(),
        it.reason,
        it.note,
        it.revision_hash,
        it.by,
        at,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Forgets what was prepared about a request: taken back, or carried out. `true` when there was something.
pub async fn delete_prepared(tx: &mut Tx, request: RequestId) -> AppResult<bool> {
    let gone = sqlx::query!("delete from prepared_decisions where request_id = $1", request.0).execute(tx.conn()).await?;
    Ok(gone.rows_affected() == 1)
}

/// Marks what is prepared about applications that wait for the community as being released; gives the requests, in the order of
/// their ids. About the others nothing can be said (any more), and nobody sees what was prepared.
pub async fn begin_release(tx: &mut Tx, opportunity: OpportunityId, at: DateTime<Utc>) -> AppResult<Vec<RequestId>> {
    let mut ids = sqlx::query_scalar!(
        "update prepared_decisions set releasing_at = $2, problem = null
         where opportunity_id = $1 and exists (
             select 1 from requests r where r.id = prepared_decisions.request_id and r.state in ('Pending', 'Negotiation')
                and r.turn = 'community' and r.held_at is null)
         returning request_id",
        opportunity.0,
        at,
    )
    .fetch_all(tx.conn())
    .await?;
    ids.sort();
    Ok(ids.into_iter().map(RequestId).collect())
}

/// A decision that is being released.
pub struct ReleasingRow {
    pub request: RequestId,
    pub decision: Decision,
    pub reason: Option<String>,
    pub note: String,
    pub revision_hash: String,
}

/// What is left of a release, those that accept first, so that places go as they were decided.
pub async fn list_releasing(ctx: &Ctx, opportunity: OpportunityId) -> AppResult<Vec<ReleasingRow>> {
    let rows = sqlx::query!(
        "select request_id, decision, reason, note, revision_hash from prepared_decisions
         where opportunity_id = $1 and releasing_at is not null order by decision, prepared_at, request_id",
        opportunity.0,
    )
    .fetch_all(ctx.db())
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(ReleasingRow {
                request: row.request_id.into(),
                decision: Decision::parse(&row.decision).map_err(broken)?,
                reason: row.reason,
                note: row.note,
                revision_hash: row.revision_hash,
            })
        })
        .collect()
}

/// Whose answer is being said at this moment.
pub async fn list_being_told(ctx: &Ctx, opportunity: OpportunityId) -> AppResult<Vec<OrganizationId>> {
    let ids = sqlx::query_scalar!(
        "select r.organization_id from prepared_decisions d join requests r on r.id = d.request_id
         where d.opportunity_id = $1 and d.releasing_at is not null",
        opportunity.0,
    )
    .fetch_all(ctx.db())
    .await?;
    Ok(ids.into_iter().map(OrganizationId).collect())
}

/// Who waits for a place, or was offered one.
pub async fn list_in_line(ctx: &Ctx, opportunity: OpportunityId) -> AppResult<Vec<OrganizationId>> {
    let ids = sqlx::query_scalar::<_, Uuid>(
        "select r.organization_id from waiting_list w join requests r on r.id = w.request_id
         where w.opportunity_id = $1 and w.state in ('Waiting', 'Offered') order by w.line",
    )
    .bind(opportunity.0)
    .fetch_all(ctx.db())
    .await?;
    Ok(ids.into_iter().map(OrganizationId).collect())
}

/// Notes why a decision could not be carried out; it is prepared again.
pub async fn note_problem(tx: &mut Tx, request: RequestId, problem: &str) -> AppResult<()> {
    sqlx::query!("update prepared_decisions set releasing_at = null, problem = $2 where request_id = $1", request.0, problem)
        .execute(tx.conn())
        .await?;
    Ok(())
}

fn side(label: &str) -> AppResult<Side> {
    Side::parse(label).ok_or_else(|| AppError::broken(format!("{label} is no side")))
}

fn broken(error: impl std::error::Error + Send + Sync + 'static) -> AppError {
    AppError::Broken(Box::new(error))
}

/// A guarded change that touched no row lost a race that its lock should have prevented.
fn one(rows: u64) -> AppResult<()> {
    if rows == 1 { Ok(()) } else { Err(AppError::broken(format!("a transition changed {rows} rows"))) }
}
