//! The rows of events. SQL and nothing else: it decides nothing.

use super::rules::{Deleted, Details, Drafted, Edited, Event, EventStatus, Hiding, Moved, Restored, Ties, Timed};
use crate::{
    features::communities::views::CommunityBrief,
    kernel::{
        actor::{CommunityStatus, Scope},
        error::{AppError, AppResult},
        ids::{CommunityId, EventId, OrganizationId, UserId},
        labels::{EventCategory, EventFormat, EventType, Region},
        page::{COUNT_CAP, PageRequest, uncursor},
    },
    platform::{db::OnConstraint as _, listing::Listing},
};
use chrono::{DateTime, NaiveDateTime, Utc};
use serde::Deserialize;
use sqlx::{PgConnection, PgPool, Postgres, QueryBuilder};
use uuid::Uuid;

/// A row, as every query here reads it. What no card shows may be left out of `shown_events`.
#[derive(Debug, Clone, Deserialize, sqlx::FromRow)]
pub struct EventRow {
    pub id: Uuid,
    pub community_id: Uuid,
    pub slug: String,
    pub title: String,
    pub subtitle: String,
    #[serde(default)]
    pub description_markdown: String,
    #[serde(default)]
    pub registration_link: String,
    pub event_type: Option<String>,
    pub category: Option<String>,
    pub format: Option<String>,
    pub region: Option<String>,
    pub technologies: Vec<String>,
    pub starts_wall: Option<NaiveDateTime>,
    pub ends_wall: Option<NaiveDateTime>,
    pub timezone: String,
    pub start_at: Option<DateTime<Utc>>,
    pub end_at: Option<DateTime<Utc>>,
    pub venue_name: String,
    #[serde(default)]
    pub venue_address: String,
    pub max_attendees: Option<i32>,
    pub public_visible: bool,
    pub all_day: bool,
    pub status: String,
    pub published_at: Option<DateTime<Utc>>,
    pub version: i32,
    pub updated_at: DateTime<Utc>,
    /// In the list of deleted events, out of everybody else's sight.
    pub deleted_at: Option<DateTime<Utc>>,
    /// Why staff took it off the marketplace; nothing while it is on it.
    pub hidden_reason: Option<String>,
}

impl EventRow {
    pub fn into_event(self) -> AppResult<Event> {
        Ok(Event {
            id: self.id.into(),
            community: self.community_id.into(),
            status: status(&self.status)?,
            version: self.version,
            details: Details {
                title: self.title,
                subtitle: self.subtitle,
                description_markdown: self.description_markdown,
                registration_link: self.registration_link,
                event_type: read(self.event_type.as_deref(), EventType::parse)?,
                category: read(self.category.as_deref(), EventCategory::parse)?,
                format: read(self.format.as_deref(), EventFormat::parse)?,
                region: read(self.region.as_deref(), Region::parse)?,
                technologies: self.technologies,
                starts: timed(self.starts_wall, self.start_at),
                ends: timed(self.ends_wall, self.end_at),
                timezone: self.timezone,
                venue_name: self.venue_name,
                venue_address: self.venue_address,
                max_attendees: self.max_attendees,
                public_visible: self.public_visible,
                all_day: self.all_day,
            },
            slug: self.slug,
        })
    }
}

fn timed(wall: Option<NaiveDateTime>, at: Option<DateTime<Utc>>) -> Option<Timed> {
    wall.zip(at).map(|(wall, at)| Timed { wall, at })
}

fn read<T, E: std::fmt::Display>(label: Option<&str>, parse: impl Fn(&str) -> Result<T, E>) -> AppResult<Option<T>> {
    label
        .map(|label| parse(label).map_err(|problem| AppError::broken(format!("the events table holds {label}: {problem}"))))
        .transpose()
}

fn status(text: &str) -> AppResult<EventStatus> {
    EventStatus::parse(text).map_err(|_| AppError::broken(format!("the events table holds an unknown status: {text}")))
}

/// Which of these slugs are taken.
pub async fn taken_slugs(conn: &mut PgConnection, slugs: &[String]) -> AppResult<Vec<String>> {
    Ok(sqlx::query_scalar!("select slug from events where slug = any($1) and deleted_at is null", slugs).fetch_all(conn).await?)
}

pub async fn apply_drafted(conn: &mut PgConnection, fact: &Drafted, slug: &str, by: UserId, at: DateTime<Utc>) -> AppResult<()> {
    let it = fact.details();
    sqlx::query!(
        "insert into events (id, community_id, slug, title, subtitle, description_markdown, registration_link, event_type, category,
                             format, region, technologies, starts_wall, ends_wall, timezone, start_at, end_at, venue_name,
                             venue_address, max_attendees, public_visible, status, created_by, created_at, updated_at, all_day)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, 'Draft', $22, $23, $23, $24)",
        fact.id().0,
        fact.community().0,
        slug,
        it.title,
        it.subtitle,
        it.description_markdown,
        it.registration_link,
        it.event_type.map(EventType::label),
        it.category.map(EventCategory::label),
        it.format.map(EventFormat::label),
        it.region.map(Region::label),
        &it.technologies,
        it.starts.map(|timed| timed.wall),
        it.ends.map(|timed| timed.wall),
        it.timezone,
        it.starts.map(|timed| timed.at),
        it.ends.map(|timed| timed.at),
        it.venue_name,
        it.venue_address,
        it.max_attendees,
        it.public_visible,
        by.0,
        at,
        it.all_day,
    )
    .execute(conn)
    .await
    .refuse_on("events_slug_key", "SLUG_TAKEN", "Somebody took this address in the same moment. Save once more.")?;
    Ok(())
}

pub async fn apply_edited(conn: &mut PgConnection, fact: &Edited, slug: &str, at: DateTime<Utc>) -> AppResult<()> {
    let it = fact.details();
    let done = sqlx::query!(
        "update events
         set slug = $4, title = $5, subtitle = $6, description_markdown = $7, registration_link = $8, event_type = $9,
             category = $10, format = $11, region = $12, technologies = $13, starts_wall = $14, ends_wall = $15, timezone = $16,
             start_at = $17, end_at = $18, venue_name = $19, venue_address = $20, max_attendees = $21, public_visible = $22,
             version = version + 1, updated_at = $23, all_day = $24
         where id = $1 and status = $2 and version = $3",
        fact.id().0,
        fact.status().label(),
        fact.from_version(),
        slug,
        it.title,
        it.subtitle,
        it.description_markdown,
        it.registration_link,
        it.event_type.map(EventType::label),
        it.category.map(EventCategory::label),
        it.format.map(EventFormat::label),
        it.region.map(Region::label),
        &it.technologies,
        it.starts.map(|timed| timed.wall),
        it.ends.map(|timed| timed.wall),
        it.timezone,
        it.starts.map(|timed| timed.at),
        it.ends.map(|timed| timed.at),
        it.venue_name,
        it.venue_address,
        it.max_attendees,
        it.public_visible,
        at,
        it.all_day,
    )
    .execute(conn)
    .await
    .refuse_on("events_slug_key", "SLUG_TAKEN", "Somebody took this address in the same moment. Save once more.")?;
    one(done.rows_affected())
}

pub async fn apply_moved(conn: &mut PgConnection, fact: &Moved, at: DateTime<Utc>) -> AppResult<()> {
    let done = sqlx::query!(
        "update events
         set status = $3, updated_at = $4, published_at = case when $5 then $4 else published_at end
         where id = $1 and status = $2",
        fact.id().0,
        fact.from().label(),
        fact.to().label(),
        at,
        fact.is_publishing(),
    )
    .execute(conn)
    .await?;
    one(done.rows_affected())
}

/// Titles and first days of a community's events, and whether they can be taken for one that a file brings.
pub async fn list_titles(
    conn: &mut PgConnection,
    community: CommunityId,
) -> AppResult<Vec<(Uuid, String, Option<NaiveDateTime>, String)>> {
    let rows = sqlx::query!(
        "select id, title, starts_wall, status from events where community_id = $1 and deleted_at is null
         order by created_at desc, id limit 5000",
        community.0,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.id, row.title, row.starts_wall, row.status)).collect())
}

/// Locks a deleted event that the scope may touch.
pub async fn hold_deleted(conn: &mut PgConnection, scope: Scope, id: EventId) -> AppResult<EventRow> {
    sqlx::query_as!(
        EventRow,
        "select id, community_id, slug, title, subtitle, description_markdown, registration_link, event_type, category, format,
                region, technologies, starts_wall, ends_wall, timezone, start_at, end_at, venue_name, venue_address,
                max_attendees, public_visible, all_day, status, published_at, version, updated_at, deleted_at, hidden_reason
         from events where id = $1 and (community_id = $2 or $3) and deleted_at is not null for no key update",
        id.0,
        scope.community(),
        scope.everything(),
    )
    .fetch_optional(conn)
    .await?
    .ok_or(AppError::NotFound)
}

/// What hangs on a held event, counted in the tables whose foreign keys lead to it. Whoever would add to them waits for the
/// event.
pub async fn count_ties(conn: &mut PgConnection, id: EventId) -> AppResult<Ties> {
    let row = sqlx::query!(
        r#"select (select count(*) from requests where event_id = $1 and state in ('Accepted')) as "agreed!",
                  (select count(*) from requests where event_id = $1 and closed_at is null) as "open_requests!",
                  (select count(*) from event_partners where event_id = $1 and removed_at is null) as "partners!",
                  (select count(*) from opportunities where event_id = $1 and status = 'Open') as "open_opportunities!""#,
        id.0,
    )
    .fetch_one(conn)
    .await?;
    Ok(Ties {
        agreed: row.agreed,
        open_requests: row.open_requests,
        partners: row.partners,
        open_opportunities: row.open_opportunities,
    })
}

pub async fn apply_hiding(conn: &mut PgConnection, fact: &Hiding) -> AppResult<()> {
    let done = sqlx::query!("update events set hidden_reason = $2 where id = $1", fact.id().0, fact.kept()).execute(conn).await?;
    one(done.rows_affected())
}

pub async fn apply_deleted(conn: &mut PgConnection, fact: &Deleted, by: UserId, at: DateTime<Utc>) -> AppResult<()> {
    let done = sqlx::query!(
        "update events set deleted_at = $3, deleted_by = $4, version = version + 1, updated_at = $3
         where id = $1 and status = $2 and deleted_at is null",
        fact.id().0,
        fact.status().label(),
        at,
        by.0,
    )
    .execute(conn)
    .await?;
    one(done.rows_affected())
}

pub async fn apply_restored(conn: &mut PgConnection, fact: &Restored, at: DateTime<Utc>) -> AppResult<()> {
    let done = sqlx::query!(
        "update events set deleted_at = null, deleted_by = null, slug = $3, version = version + 1, updated_at = $4
         where id = $1 and status = $2 and deleted_at is not null",
        fact.id().0,
        fact.status().label(),
        fact.slug(),
        at,
    )
    .execute(conn)
    .await
    .refuse_on("events_slug_key", "SLUG_TAKEN", "Somebody took this address in the same moment. Restore it once more.")?;
    one(done.rows_affected())
}

/// The row was held in this state, so that anything else is a defect.
fn one(rows: u64) -> AppResult<()> {
    if rows == 1 { Ok(()) } else { Err(AppError::broken("a held event was no longer in the state that was read")) }
}

/// Locks an event that the scope may touch.
pub async fn hold(conn: &mut PgConnection, scope: Scope, id: EventId) -> AppResult<EventRow> {
    sqlx::query_as!(
        EventRow,
        "select id, community_id, slug, title, subtitle, description_markdown, registration_link, event_type, category, format,
                region, technologies, starts_wall, ends_wall, timezone, start_at, end_at, venue_name, venue_address,
                max_attendees, public_visible, all_day, status, published_at, version, updated_at, deleted_at, hidden_reason
         from events where id = $1 and (community_id = $2 or $3) and deleted_at is null for no key update",
        id.0,
        scope.community(),
        scope.everything(),
    )
    .fetch_optional(conn)
    .await?
    .ok_or(AppError::NotFound)
}

/// An event that stays as it is until the transaction ends.
pub async fn get_shared(conn: &mut PgConnection, id: EventId) -> AppResult<EventRow> {
    sqlx::query_as!(
        EventRow,
        "select id, community_id, slug, title, subtitle, description_markdown, registration_link, event_type, category, format,
                region, technologies, starts_wall, ends_wall, timezone, start_at, end_at, venue_name, venue_address,
                max_attendees, public_visible, all_day, status, published_at, version, updated_at, deleted_at, hidden_reason
         from events where id = $1 and deleted_at is null for share",
        id.0,
    )
    .fetch_optional(conn)
    .await?
    .ok_or(AppError::NotFound)
}

/// Whose event it is; that never changes, so nothing is locked.
pub async fn get_community(conn: &mut PgConnection, id: EventId) -> AppResult<CommunityId> {
    let community = sqlx::query_scalar!("select community_id from events where id = $1 and deleted_at is null", id.0)
        .fetch_optional(conn)
        .await?;
    community.map(CommunityId).ok_or(AppError::NotFound)
}

/// An event by its id, or else by its slug.
pub async fn find(db: &PgPool, id: Option<EventId>, slug: Option<&str>) -> AppResult<Option<EventRow>> {
    Ok(sqlx::query_as!(
        EventRow,
        "select id, community_id, slug, title, subtitle, description_markdown, registration_link, event_type, category, format,
                region, technologies, starts_wall, ends_wall, timezone, start_at, end_at, venue_name, venue_address,
                max_attendees, public_visible, all_day, status, published_at, version, updated_at, deleted_at, hidden_reason
         from events where (id = $1 or ($1::uuid is null and slug = $2)) and deleted_at is null",
        id.map(|id| id.0),
        slug,
    )
    .fetch_optional(db)
    .await?)
}

/// An event with what others need of its community.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct WithCommunity {
    #[sqlx(flatten)]
    pub event: EventRow,
    community_slug: String,
    community_name: String,
    community_status: String,
    community_logo_key: Option<String>,
    community_country: String,
    community_city: String,
}

impl WithCommunity {
    pub fn parts(self) -> AppResult<(EventRow, CommunityBrief)> {
        let status = CommunityStatus::parse(&self.community_status);
        let community = CommunityBrief {
            id: self.event.community_id.into(),
            slug: self.community_slug,
            name: self.community_name,
            status: status.ok_or_else(|| AppError::broken(format!("an unknown status: {}", self.community_status)))?,
            logo_key: self.community_logo_key,
            country: self.community_country,
            city: self.community_city,
        };
        Ok((self.event, community))
    }
}

const WITH_COMMUNITY: &str = "select e.id, e.community_id, e.slug, e.title, e.subtitle, e.description_markdown, e.registration_link, \
     e.event_type, e.category, e.format, e.region, e.technologies, e.starts_wall, e.ends_wall, e.timezone, e.start_at, e.end_at, \
     e.venue_name, e.venue_address, e.max_attendees, e.public_visible, e.all_day, e.status, e.published_at, e.version, e.updated_at, \
     e.deleted_at, e.hidden_reason, c.slug as community_slug, c.name as community_name, c.status as community_status, \
     l.storage_key as community_logo_key, c.country as community_country, c.city as community_city \
     from events e join communities c on c.id = e.community_id left join logos l on l.id = c.logo_id";

/// An event that is not deleted, by its id or else by its slug, with its community.
pub async fn find_with_community(db: &PgPool, id: Option<EventId>, slug: Option<&str>) -> AppResult<Option<WithCommunity>> {
    let mut query = QueryBuilder::<Postgres>::new(WITH_COMMUNITY);
    match id {
        Some(id) => query.push(" where e.id = ").push_bind(id.0),
        None => query.push(" where e.slug = ").push_bind(slug.map(str::to_owned)),
    };
    query.push(" and e.deleted_at is null");
    Ok(query.build_query_as::<WithCommunity>().fetch_optional(db).await?)
}

/// A community's events after an id, by their ids, each with the community: those that are not deleted, or those that are.
pub async fn list_whole(
    db: &PgPool,
    community: CommunityId,
    deleted: bool,
    after: Uuid,
    limit: i64,
) -> AppResult<Vec<WithCommunity>> {
    let mut query = QueryBuilder::<Postgres>::new(WITH_COMMUNITY);
    query.push(" where e.community_id = ").push_bind(community.0);
    query.push(if deleted { " and e.deleted_at is not null" } else { " and e.deleted_at is null" });
    query.push(" and e.id > ").push_bind(after);
    query.push(" order by e.id limit ").push_bind(limit);
    Ok(query.build_query_as::<WithCommunity>().fetch_all(db).await?)
}

/// As [`find_with_community`], deleted or not.
pub async fn find_any(db: &PgPool, id: EventId) -> AppResult<Option<WithCommunity>> {
    let mut query = QueryBuilder::<Postgres>::new(WITH_COMMUNITY);
    query.push(" where e.id = ").push_bind(id.0);
    Ok(query.build_query_as::<WithCommunity>().fetch_optional(db).await?)
}

/// A community's events of these statuses, the next first, at most 100.
pub async fn list_choices(db: &PgPool, community: CommunityId, statuses: &[EventStatus]) -> AppResult<Vec<WithCommunity>> {
    let statuses: Vec<String> = statuses.iter().map(|status| status.label().to_owned()).collect();
    let mut query = QueryBuilder::<Postgres>::new(WITH_COMMUNITY);
    query.push(" where e.community_id = ").push_bind(community.0);
    query.push(" and e.status = any(").push_bind(statuses).push(") and e.deleted_at is null");
    query.push(" order by coalesce(e.start_at, ").push_bind(no_date(true)).push("), e.id limit 100");
    Ok(query.build_query_as::<WithCommunity>().fetch_all(db).await?)
}

/// Several events, in no order.
pub async fn list_by_ids(db: &PgPool, ids: &[Uuid]) -> AppResult<Vec<EventRow>> {
    Ok(sqlx::query_as!(
        EventRow,
        "select id, community_id, slug, title, subtitle, description_markdown, registration_link, event_type, category, format,
                region, technologies, starts_wall, ends_wall, timezone, start_at, end_at, venue_name, venue_address,
                max_attendees, public_visible, all_day, status, published_at, version, updated_at, deleted_at, hidden_reason
         from events where id = any($1)",
        ids,
    )
    .fetch_all(db)
    .await?)
}

/// Rows of `shown_events` as JSON, the latest first: a statement of a room below reads them along.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
pub struct ShownEvents(pub Vec<EventRow>);

/// Which events.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Of this community only.
    pub community: Option<CommunityId>,
    /// Only what everybody sees.
    pub public: bool,
    pub statuses: Vec<EventStatus>,
    /// A text-search query of our own making; empty for none.
    pub words: String,
    /// Starting at or after …
    pub from: Option<DateTime<Utc>>,
    /// … and before.
    pub until: Option<DateTime<Utc>>,
    /// The next first; otherwise the latest first. Drafts without a date come first either way.
    pub soonest_first: bool,
    /// Deleted ones, and only those.
    pub deleted: bool,
    /// Without those of communities that a block of either side stands between.
    pub not_blocked_for: Option<OrganizationId>,
}

/// Where a list goes on: the last row's start (a time far outside where it has none) and id.
type After = Option<(DateTime<Utc>, Uuid)>;

/// What stands for no date, so that such rows have a place in the order: the beginning when the soonest come first, the end
/// otherwise.
pub fn no_date(soonest_first: bool) -> DateTime<Utc> {
    let seconds = if soonest_first { -62_000_000_000 } else { 250_000_000_000 };
    DateTime::from_timestamp(seconds, 0).expect("both are years that the calendar has")
}

fn narrow(query: &mut QueryBuilder<Postgres>, filter: &Filter) {
    let statuses: Vec<String> = filter.statuses.iter().map(|status| status.label().to_owned()).collect();
    query.push(" where status = any(").push_bind(statuses).push(")");
    query.push(if filter.deleted { " and deleted_at is not null" } else { " and deleted_at is null" });
    if filter.public {
        query.push(" and public_visible and hidden_reason is null and status in ('Upcoming', 'Live', 'Completed')");
        // A suspended community is off the marketplace, and so are its events; every other that has published is on it.
        query.push(" and not exists (select 1 from communities c where c.id = events.community_id and c.status = 'suspended')");
    }
    if let Some(community) = filter.community {
        query.push(" and community_id = ").push_bind(community.0);
    }
    if let Some(organization) = filter.not_blocked_for {
        query.push(" and not exists (select 1 from blocks b where b.community_id = events.community_id and b.organization_id = ");
        query.push_bind(organization.0).push(")");
    }
    if !filter.words.is_empty() {
        query.push(" and search @@ to_tsquery('simple', ").push_bind(filter.words.clone()).push(")");
    }
    if let Some(from) = filter.from {
        query.push(" and start_at >= ").push_bind(from);
    }
    if let Some(until) = filter.until {
        query.push(" and start_at < ").push_bind(until);
    }
}

/// The events that pass the filter; up to `limit + 1`, and how many there are (capped).
pub async fn list(db: &PgPool, filter: &Filter, page: &PageRequest) -> AppResult<(Vec<EventRow>, i64)> {
    let after: After = match &page.cursor {
        Some(cursor) => {
            let [at, id] = uncursor::<2>(cursor)?;
            let broken = || AppError::invalid("cursor", "This cursor is not one of ours. Start again without it.");
            let at = DateTime::parse_from_rfc3339(&at).map_err(|_| broken())?.with_timezone(&Utc);
            Some((at, id.parse().map_err(|_| broken())?))
        }
        None => None,
    };
    let mut query = QueryBuilder::<Postgres>::new(
        "select id, community_id, slug, title, subtitle, description_markdown, registration_link, event_type, category, format,
                region, technologies, starts_wall, ends_wall, timezone, start_at, end_at, venue_name, venue_address,
                max_attendees, public_visible, all_day, status, published_at, version, updated_at, deleted_at, hidden_reason
         from events",
    );
    narrow(&mut query, filter);
    // What everybody sees has a date, and then the index gives the order; a community's own drafts may have none.
    let no_date = no_date(filter.soonest_first);
    let key = |query: &mut QueryBuilder<Postgres>| {
        if filter.public {
            query.push("start_at");
        } else {
            query.push("coalesce(start_at, ").push_bind(no_date).push(")");
        }
    };
    if let Some((at, id)) = after {
        query.push(" and (");
        key(&mut query);
        query.push(if filter.soonest_first { ", id) > (" } else { ", id) < (" }).push_bind(at).push(", ").push_bind(id).push(")");
    }
    query.push(" order by ");
    key(&mut query);
    query.push(if filter.soonest_first { ", id" } else { " desc, id desc" });
    query.push(" limit ").push_bind(i64::from(page.limit) + 1).push(" offset ").push_bind(i64::from(page.offset));
    // Words are planned each time: a kept plan takes every word for a rare one, and reads all that has a common one.
    let keeps = filter.words.is_empty();
    let rows = query.build_query_as::<EventRow>().persistent(keeps).fetch_all(db).await?;

    let mut count = QueryBuilder::<Postgres>::new("select count(*) from (select 1 from events");
    narrow(&mut count, filter);
    count.push(" limit ").push_bind(COUNT_CAP + 1).push(") as found");
    let counted: i64 = count.build_query_scalar().persistent(keeps).fetch_one(db).await?;
    Ok((rows, counted))
}

/// Published events of communities on the marketplace, for search engines.
pub const CRAWLED: Listing = Listing {
    id: "e.id",
    tail: "e.slug",
    updated_at: "e.updated_at",
    public: "events e join communities c on c.id = e.community_id
             where e.deleted_at is null and e.public_visible and e.hidden_reason is null
               and e.status in ('Upcoming', 'Live', 'Completed') and c.status in ('approved', 'active')",
};
