//! SQL of what the list's index is filled from. What makes a row listed is what [`super::store::BoardFilter`] asks of every
//! row, but for the day: an index is asked what is still ahead.

use super::{board::Offer, index::Standing};
use crate::{
    kernel::error::AppResult,
    platform::index::{Change, Mark},
};
use chrono::{DateTime, NaiveDate, Utc};
use sqlx::{FromRow, PgPool, Postgres, QueryBuilder};
use uuid::Uuid;

#[derive(FromRow)]
struct StandingRow {
    id: Uuid,
    community_id: Uuid,
    is_listed: bool,
    is_full: bool,
    decision_at: DateTime<Utc>,
    opened_at: DateTime<Utc>,
    event_type: Option<String>,
    event_category: Option<String>,
    category: String,
    format: Option<String>,
    region: Option<String>,
    currency: String,
    budget_min: i64,
    budget_max: i64,
    technologies: Vec<String>,
    decision_date: NaiveDate,
    words: Vec<String>,
}

impl From<StandingRow> for Standing {
    fn from(row: StandingRow) -> Self {
        Self {
            id: row.id,
            community: row.community_id,
            is_full: row.is_full,
            decision_at: row.decision_at,
            opened_at: row.opened_at,
            offer: Offer {
                event_type: row.event_type,
                event_category: row.event_category,
                category: row.category,
                format: row.format,
                region: row.region,
                currency: row.currency,
                budget_min: row.budget_min,
                budget_max: row.budget_max,
                technologies: row.technologies,
                decision_date: row.decision_date,
                words: row.words,
            },
        }
    }
}

const COLUMNS: &str = "select o.id, o.community_id, (";

const LISTED: &str = "o.status in ('Open', 'Filled') and o.hidden_reason is null and e.public_visible and e.hidden_reason is null \
     and e.status in ('Upcoming', 'Live') and c.status in ('approved', 'active')";

const MORE: &str = ") as is_listed, o.status = 'Filled' as is_full, o.decision_at, coalesce(o.opened_at, o.updated_at) as opened_at, \
     e.event_type, e.category as event_category, o.category, e.format, e.region, o.currency, o.budget_min, o.budget_max, \
     e.technologies, o.decision_date, tsvector_to_array(o.search) as words \
     from opportunities o join events e on e.id = o.event_id join communities c on c.id = o.community_id where ";

/// What is listed with larger ids, in their order.
pub async fn list_standing(pool: &PgPool, after: Uuid, limit: i64) -> AppResult<Vec<Standing>> {
    let mut query = QueryBuilder::<Postgres>::new(COLUMNS);
    query.push(LISTED).push(MORE).push(LISTED).push(" and o.id > ").push_bind(after);
    query.push(" order by o.id limit ").push_bind(limit);
    let rows = query.build_query_as::<StandingRow>().fetch_all(pool).await?;
    Ok(rows.into_iter().map(Standing::from).collect())
}

/// These opportunities, and what stands open or full at these events and of these communities, as they are now; each with its
/// id, and nothing where it is not listed.
pub async fn list_standing_of(pool: &PgPool, changed: &[Uuid]) -> AppResult<Vec<(Uuid, Option<Standing>)>> {
    let mut query = QueryBuilder::<Postgres>::new(COLUMNS);
    query.push(LISTED).push(MORE).push("o.id = any(").push_bind(changed.to_vec());
    // What left these two states was changed itself.
    query.push(") or (o.status in ('Open', 'Filled') and (o.event_id = any(").push_bind(changed.to_vec());
    query.push(") or o.community_id = any(").push_bind(changed.to_vec()).push(")))");
    let rows = query.build_query_as::<StandingRow>().fetch_all(pool).await?;
    Ok(rows.into_iter().map(|row| (row.id, row.is_listed.then(|| Standing::from(row)))).collect())
}

/// Opportunities, events and communities by the transactions that last changed what the list is made from, after a mark. What a
/// transaction changes that still runs comes later, before everything that is not settled. All in one statement: several could
/// see different transactions as the oldest that runs.
pub async fn list_changed(pool: &PgPool, (changed, id): Mark, limit: i64) -> AppResult<Vec<Change>> {
    let rows = sqlx::query_as::<_, (i64, Uuid, bool)>(
        "select moved.changed, moved.id, moved.changed < pg_snapshot_xmin(pg_current_snapshot())::text::bigint as settled from (
             (select changed, id from opportunities
              where changed is not null and (changed, id) > ($1, $2)
              order by changed, id limit $3)
             union all
             (select offers_changed, id from events
              where offers_changed is not null and (offers_changed, id) > ($1, $2)
              order by offers_changed, id limit $3)
             union all
             (select offers_changed, id from communities
              where offers_changed is not null and (offers_changed, id) > ($1, $2)
              order by offers_changed, id limit $3)
         ) as moved order by moved.changed, moved.id limit $3",
    );
    let rows = rows.bind(changed).bind(id).bind(limit).fetch_all(pool).await?;
    Ok(rows.into_iter().map(|(changed, id, is_settled)| Change { mark: (changed, id), of: id, is_settled }).collect())
}
