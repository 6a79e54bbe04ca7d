//! SQL of `requests` and `revisions`. Makes no decision. Lists and pages join both sides, the event and the newest
//! revision, so that a page of rows is one statement.

use super::{
    rules::{Parties, Rejection, Request, RequestAccepted, RequestExpired, RequestOpened, RequestRejected, RequestWithdrawn},
    views::{InboxTab, RequestState, RevisionHash},
};
use crate::{
    features::partners::views::BenefitLine,
    kernel::{
        actor::{Scope, Side},
        error::{AppError, AppResult},
        ids::{CommunityId, EventId, OpportunityId, OrganizationId, RequestId},
        labels::Category,
        money::{Currency, Money},
        page::COUNT_CAP,
    },
    platform::{ctx::Ctx, tx::Tx},
};
use chrono::{DateTime, Utc};
use sqlx::{FromRow, Postgres, QueryBuilder};
use uuid::Uuid;

/// What lists and pages read.
#[derive(FromRow)]
pub struct Row {
    pub id: Uuid,
    pub state: String,
    pub opened_by: String,
    pub turn: String,
    pub turn_since: DateTime<Utc>,
    pub rejection_reason: Option<String>,
    pub rejection_note: Option<String>,
    pub opened_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
    pub closed_at: Option<DateTime<Utc>>,
    pub community_id: Uuid,
    pub community_slug: String,
    pub community_name: String,
    pub community_status: String,
    pub community_logo_key: Option<String>,
    pub organization_id: Uuid,
    pub organization_slug: String,
    pub organization_name: String,
    pub organization_status: String,
    pub organization_logo_key: Option<String>,
    pub event_id: Uuid,
    pub event_slug: String,
    pub event_title: String,
    pub event_type: Option<String>,
    pub event_category: Option<String>,
    pub event_format: Option<String>,
    pub event_region: Option<String>,
    pub venue_name: String,
    pub start_at: Option<DateTime<Utc>>,
    pub end_at: Option<DateTime<Utc>>,
    pub timezone: String,
    pub max_attendees: Option<i32>,
    pub opportunity_id: Option<Uuid>,
    pub opportunity_title: Option<String>,
    pub amount_minor: i64,
    pub currency: String,
    pub category: String,
}

const COLUMNS: &str = "select r.id, r.state, r.opened_by, r.turn, r.turn_since, r.rejection_reason, r.rejection_note, \
     r.opened_at, r.expires_at, r.closed_at, \
     c.id as community_id, c.slug as community_slug, c.name as community_name, c.status as community_status, \
     cl.storage_key as community_logo_key, \
     o.id as organization_id, o.slug as organization_slug, o.display_name as organization_name, \
     o.verification_status as organization_status, ol.storage_key as organization_logo_key, \
     e.id as event_id, e.slug as event_slug, e.title as event_title, e.event_type, e.category as event_category, \
     e.format as event_format, e.region as event_region, e.venue_name, e.start_at, e.end_at, \
     e.timezone, e.max_attendees, r.opportunity_id, p.title as opportunity_title, v.amount_minor, v.currency, v.category \
     from requests r \
     join revisions v on v.request_id = r.id and v.sequence = r.revision \
     join communities c on c.id = r.community_id left join logos cl on cl.id = c.logo_id \
     join organizations o on o.id = r.organization_id left join logos ol on ol.id = o.logo_id \
     join events e on e.id = r.event_id left join opportunities p on p.id = r.opportunity_id";

/// One request that the scope may touch.
pub async fn find(ctx: &Ctx, scope: Scope, id: RequestId) -> AppResult<Option<Row>> {
    let mut query = QueryBuilder::new(COLUMNS);
    query.push(" where r.id = ").push_bind(id.0);
    within(&mut query, scope);
    Ok(query.build_query_as::<Row>().fetch_optional(ctx.db()).await?)
}

fn within(query: &mut QueryBuilder<Postgres>, scope: Scope) {
    query
        .push(" and (")
        .push_bind(scope.everything())
        .push(" or r.community_id = ")
        .push_bind(scope.community())
        .push(" or r.organization_id = ")
        .push_bind(scope.organization())
        .push(")");
}

/// Where a page of an inbox goes on: the last row's turn, moment and id.
pub struct After {
    pub turn: Side,
    pub since: DateTime<Utc>,
    pub id: Uuid,
}

/// A part of one side's inbox: open ones whose turn it is first, then by waiting time; closed ones by when they were closed.
pub async fn list(
    ctx: &Ctx,
    scope: Scope,
    side: Side,
    tab: InboxTab,
    after: Option<&After>,
    offset: i64,
    limit: i64,
) -> AppResult<Vec<Row>> {
    let mut query = QueryBuilder::new(COLUMNS);
    query.push(" where true");
    within(&mut query, scope);
    // The labels happen to sort: the community's own turn comes first ascending, the organization's descending.
    let (direction, later) = match side {
        Side::Community => ("asc", ">"),
        Side::Organization => ("desc", "<"),
    };
    match tab {
        InboxTab::Open => {
            query.push(" and r.state in ('Pending', 'Negotiation')");
            if let Some(After { turn, since, id }) = after {
                query.push(" and (r.turn ").push(later).push(" ").push_bind(turn.label());
                query.push(" or (r.turn = ").push_bind(turn.label());
                query.push(" and (r.turn_since, r.id) > (").push_bind(*since).push(", ").push_bind(*id).push(")))");
            }
            query.push(" order by r.turn ").push(direction).push(", r.turn_since, r.id");
        }
        InboxTab::Accepted | InboxTab::History => {
            query.push(" and r.closed_at is not null");
            query.push(if tab == InboxTab::Accepted {
                " and r.state = 'Accepted'"
            } else {
                " and r.state in ('Rejected', 'Withdrawn', 'Expired')"
            });
            if let Some(After { since, id, .. }) = after {
                query.push(" and (r.closed_at, r.id) < (").push_bind(*since).push(", ").push_bind(*id).push(")");
            }
            query.push(" order by r.closed_at desc, r.id desc");
        }
    }
    query.push(" offset ").push_bind(offset).push(" limit ").push_bind(limit);
    Ok(query.build_query_as::<Row>().fetch_all(ctx.db()).await?)
}

/// What one side's inbox holds, each number counted to just beyond the cap.
pub struct Counts {
    pub your_turn: i64,
    pub open: i64,
    pub accepted: i64,
    pub history: i64,
}

pub async fn count(ctx: &Ctx, scope: Scope, side: Side) -> AppResult<Counts> {
    Ok(sqlx::query_as!(
        Counts,
        r#"select
            (select count(*) from (select 1 from requests r where (r.community_id = $1 or r.organization_id = $2)
                and r.state in ('Pending', 'Negotiation') and r.turn = $3 limit $4) as mine) as "your_turn!",
            (select count(*) from (select 1 from requests r where (r.community_id = $1 or r.organization_id = $2)
                and r.state in ('Pending', 'Negotiation') limit $4) as open) as "open!",
            (select count(*) from (select 1 from requests r where (r.community_id = $1 or r.organization_id = $2)
                and r.state = 'Accepted' limit $4) as accepted) as "accepted!",
            (select count(*) from (select 1 from requests r where (r.community_id = $1 or r.organization_id = $2)
                and r.state in ('Rejected', 'Withdrawn', 'Expired') limit $4) as history) as "history!""#,
        scope.community(),
        scope.organization(),
        side.label(),
        COUNT_CAP + 1,
    )
    .fetch_one(ctx.db())
    .await?)
}

/// A revision as it is stored.
pub struct RevisionRow {
    pub sequence: i32,
    pub side: String,
    pub currency: String,
    pub amount_minor: i64,
    pub category: String,
    pub benefits: serde_json::Value,
    pub message: String,
    pub valid_until: DateTime<Utc>,
    pub canonical: String,
    pub hash: Vec<u8>,
    pub prev_hash: Option<Vec<u8>>,
    pub created_at: DateTime<Utc>,
}

/// Every revision of a request, the first one first.
pub async fn list_revisions(ctx: &Ctx, request: RequestId) -> AppResult<Vec<RevisionRow>> {
    Ok(sqlx::query_as!(
        RevisionRow,
        "select sequence, side, currency, amount_minor, category, benefits, message, valid_until, canonical, hash, prev_hash, created_at
         from revisions where request_id = $1 order by sequence",
        request.0,
    )
    .fetch_all(ctx.db())
    .await?)
}

/// Where a request belongs.
pub struct Parents {
    pub community: CommunityId,
    pub organization: OrganizationId,
    pub event: EventId,
    pub opportunity: Option<OpportunityId>,
}

/// Where a request belongs, without a lock: for taking the locks above it in their order. None of it ever changes.
pub async fn get_parents(tx: &mut Tx, scope: Scope, id: RequestId) -> AppResult<Parents> {
    let row = sqlx::query!(
        "select community_id, organization_id, event_id, opportunity_id from requests
         where id = $1 and ($2 or community_id = $3 or organization_id = $4)",
        id.0,
        scope.everything(),
        scope.community(),
        scope.organization(),
    )
    .fetch_optional(tx.conn())
    .await?
    .ok_or(AppError::NotFound)?;
    Ok(Parents {
        community: row.community_id.into(),
        organization: row.organization_id.into(),
        event: row.event_id.into(),
        opportunity: row.opportunity_id.map(Into::into),
    })
}

/// Locks the request, then reads its newest revision: in one statement, the revision could be one that a twin has replaced
/// while this waited.
pub async fn hold(tx: &mut Tx, scope: Scope, id: RequestId) -> AppResult<Request> {
    let row = sqlx::query!(
        "select id, community_id, organization_id, event_id, opportunity_id, opened_by, state, turn, revision, expires_at from requests
         where id = $1 and ($2 or community_id = $3 or organization_id = $4) for update",
        id.0,
        scope.everything(),
        scope.community(),
        scope.organization(),
    )
    .fetch_optional(tx.conn())
    .await?
    .ok_or(AppError::NotFound)?;
    let newest = sqlx::query!(
        "select v.amount_minor, v.currency, v.category, v.hash, c.name as community_name, o.display_name as organization_name,
                e.title as event_title
         from revisions v, communities c, organizations o, events e
         where v.request_id = $1 and v.sequence = $2 and c.id = $3 and o.id = $4 and e.id = $5",
        row.id,
        row.revision,
        row.community_id,
        row.organization_id,
        row.event_id,
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(Request {
        id,
        parties: Parties {
            community: row.community_id.into(),
            organization: row.organization_id.into(),
            event: row.event_id.into(),
            opportunity: row.opportunity_id.map(Into::into),
            community_name: newest.community_name,
            organization_name: newest.organization_name,
            event_title: newest.event_title,
        },
        opened_by: side(&row.opened_by)?,
        state: state(&row.state)?,
        turn: side(&row.turn)?,
        revision: row.revision,
        revision_hash: RevisionHash::from_bytes(&newest.hash),
        amount: money(newest.amount_minor, &newest.currency)?,
        category: category(&newest.category)?,
        expires_at: row.expires_at,
    })
}

/// Writes the request and its first revision. `false` when an open one of the same community, organization and opportunity
/// stands already; a twin that is still being written is waited for.
pub async fn apply_opened(tx: &mut Tx, opened: &RequestOpened, by: Uuid, at: DateTime<Utc>) -> AppResult<bool> {
    let (parties, revision) = (opened.parties(), opened.revision());
    let written = sqlx::query!(
        "insert into requests (id, community_id, organization_id, event_id, opportunity_id, opened_by, state, turn, revision,
                               created_by, opened_at, turn_since, expires_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, 'Pending', $7, $8, $9, $10, $10, $11, $10) on conflict do nothing",
        opened.id().0,
        parties.community.0,
        parties.organization.0,
        parties.event.0,
        parties.opportunity.map(|id| id.0),
        revision.side.label(),
        revision.side.other().label(),
        revision.sequence,
        by,
        at,
        revision.terms.valid_until,
    )
    .execute(tx.conn())
    .await?;
    if written.rows_affected() == 0 {
        return Ok(false);
    }
    let benefits = serde_json::to_value(&revision.terms.benefits).map_err(broken)?;
    sqlx::query!(
        "insert into revisions (id, request_id, sequence, side, currency, amount_minor, category, benefits, message, valid_until,
                                canonical, hash, prev_hash, created_by, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, decode($12, 'hex'), decode($13, 'hex'), $14, $15)",
        revision.id.0,
        revision.request.0,
        revision.sequence,
        revision.side.label(),
        revision.terms.amount.currency.code(),
        revision.terms.amount.minor,
        revision.terms.category.label(),
        benefits,
        revision.terms.message,
        revision.terms.valid_until,
        revision.canonical,
        revision.hash.as_str(),
        revision.previous.as_ref().map(RevisionHash::as_str),
        by,
        at,
    )
    .execute(tx.conn())
    .await?;
    Ok(true)
}

/// The open request that stands in the way of another one.
pub async fn find_open(tx: &mut Tx, parties: &Parties) -> AppResult<Option<RequestId>> {
    let id = sqlx::query_scalar!(
        "select id from requests
         where community_id = $1 and organization_id = $2 and opportunity_id is not distinct from $3 and state in ('Pending', 'Negotiation')",
        parties.community.0,
        parties.organization.0,
        parties.opportunity.map(|id| id.0),
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(id.map(RequestId))
}

pub async fn apply_accepted(tx: &mut Tx, accepted: &RequestAccepted, at: DateTime<Utc>) -> AppResult<()> {
    close(tx, accepted.was(), accepted.state(), None, at).await
}

pub async fn apply_rejected(tx: &mut Tx, rejected: &RequestRejected, at: DateTime<Utc>) -> AppResult<()> {
    close(tx, rejected.was(), rejected.state(), Some(rejected.why()), at).await
}

pub async fn apply_withdrawn(tx: &mut Tx, withdrawn: &RequestWithdrawn, at: DateTime<Utc>) -> AppResult<()> {
    close(tx, withdrawn.was(), withdrawn.state(), None, at).await
}

pub async fn apply_expired(tx: &mut Tx, expired: &RequestExpired, at: DateTime<Utc>) -> AppResult<()> {
    close(tx, expired.was(), expired.state(), None, at).await
}

async fn close(tx: &mut Tx, was: &Request, state: RequestState, why: Option<&Rejection>, at: DateTime<Utc>) -> AppResult<()> {
    let changed = sqlx::query!(
        "update requests set state = $3, rejection_reason = $4, rejection_note = $5, closed_at = $6, updated_at = $6
         where id = $1 and state = $2",
        was.id.0,
        was.state.label(),
        state.label(),
        why.map(|why| why.reason.label()),
        why.map(|why| why.note.as_str()),
        at,
    )
    .execute(tx.conn())
    .await?;
    match changed.rows_affected() {
        1 => Ok(()),
        rows => Err(AppError::broken(format!("a transition changed {rows} rows"))),
    }
}

pub fn side(label: &str) -> AppResult<Side> {
    Side::parse(label).ok_or_else(|| AppError::broken(format!("{label} is no side")))
}

pub fn state(label: &str) -> AppResult<RequestState> {
    RequestState::parse(label).map_err(broken)
}

pub fn category(label: &str) -> AppResult<Category> {
    Category::parse(label).map_err(broken)
}

pub fn money(minor: i64, currency: &str) -> AppResult<Money> {
    Ok(Money { minor, currency: Currency::parse(currency).map_err(broken)? })
}

fn broken(error: impl std::error::Error + Send + Sync + 'static) -> AppError {
    AppError::Broken(Box::new(error))
}

/// The benefit lines of one revision.
pub async fn get_benefits(tx: &mut Tx, request: RequestId, sequence: i32) -> AppResult<Vec<BenefitLine>> {
    let lines =
        sqlx::query_scalar!("select benefits from revisions where request_id = $1 and sequence = $2", request.0, sequence)
            .fetch_one(tx.conn())
            .await?;
    serde_json::from_value(lines).map_err(broken)
}

/// The organizations whose requests for an opportunity are open.
pub async fn list_applicants(ctx: &Ctx, opportunity: OpportunityId) -> AppResult<Vec<OrganizationId>> {
    let ids = sqlx::query_scalar!(
        "select organization_id from requests where opportunity_id = $1 and state in ('Pending', 'Negotiation') order by opened_at, id",
        opportunity.0,
    )
    .fetch_all(ctx.db())
    .await?;
    Ok(ids.into_iter().map(OrganizationId).collect())
}
