//! SQL of the list of communities: its pages by the database alone, its rows by id, and what its index is filled from. What a
//! community is about is what the events that everybody sees are about: the events room says which (`shown_events`).

use super::search::{CommunitiesQuery, CommunityFacet, Searched};
use crate::{
    kernel::{error::AppResult, labels::Region, technologies},
    platform::index::{
        Change, Mark,
        by_database::{self, Columns},
        place::Place,
    },
};
use chrono::{DateTime, Utc};
use sqlx::{FromRow, PgPool, Postgres, QueryBuilder, Row as _, postgres::PgRow};
use uuid::Uuid;

/// A community as the list shows it.
pub struct CardRow {
    pub id: Uuid,
    pub slug: String,
    pub name: String,
    pub sort_name: String,
    pub bio: String,
    pub community_type: String,
    pub country: String,
    pub city: String,
    pub region: String,
    pub languages: Vec<String>,
    pub size: String,
    pub logo_key: Option<String>,
    pub answers: i32,
    pub median_answer_seconds: Option<i64>,
    pub status: String,
    pub reputation: i32,
    pub created_at: DateTime<Utc>,
}

const CARD: &str =
    "select c.id, c.slug, c.name, lower(c.name) as sort_name, c.bio, c.community_type, c.country, c.city, c.region,
           c.languages, c.size, c.answers, c.median_answer_seconds, c.status, c.reputation, c.created_at,
           l.storage_key as logo_key
    from communities c left join logos l on l.id = c.logo_id";

const COLUMNS: Columns =
    Columns { id: "c.id", reputation: "c.reputation", since: "c.created_at", name: r#"lower(c.name) collate "C""# };

const LISTED: &str = " where c.status in ('approved', 'active')";

fn card(row: &PgRow) -> Result<CardRow, sqlx::Error> {
    Ok(CardRow {
        id: row.try_get("id")?,
        slug: row.try_get("slug")?,
        name: row.try_get("name")?,
        sort_name: row.try_get("sort_name")?,
        bio: row.try_get("bio")?,
        community_type: row.try_get("community_type")?,
        country: row.try_get("country")?,
        city: row.try_get("city")?,
        region: row.try_get("region")?,
        languages: row.try_get("languages")?,
        size: row.try_get("size")?,
        logo_key: row.try_get("logo_key")?,
        answers: row.try_get("answers")?,
        median_answer_seconds: row.try_get("median_answer_seconds")?,
        status: row.try_get("status")?,
        reputation: row.try_get("reputation")?,
        created_at: row.try_get("created_at")?,
    })
}

/// Communities with these ids that are on the marketplace now, in no order.
pub async fn list_cards(pool: &PgPool, ids: &[Uuid]) -> AppResult<Vec<CardRow>> {
    let mut sql = QueryBuilder::new(CARD);
    sql.push(LISTED).push(" and c.id = any(").push_bind(ids.to_vec()).push(")");
    let rows = sql.build().fetch_all(pool).await?;
    Ok(rows.iter().map(card).collect::<Result<_, _>>()?)
}

/// Communities at these addresses that are on the marketplace now, in no order.
pub async fn list_cards_at(pool: &PgPool, slugs: &[String]) -> AppResult<Vec<CardRow>> {
    let mut sql = QueryBuilder::new(CARD);
    sql.push(LISTED).push(" and c.slug = any(").push_bind(slugs.to_vec()).push(")");
    let rows = sql.build().fetch_all(pool).await?;
    Ok(rows.iter().map(card).collect::<Result<_, _>>()?)
}

/// What is asked of the database where no index answers.
pub struct Sought<'a> {
    pub query: &'a CommunitiesQuery,
    pub hidden: &'a [Uuid],
    pub place: Option<&'a Place>,
    pub limit: i64,
}

fn filter(sql: &mut QueryBuilder<Postgres>, sought: &Sought<'_>) {
    let query = sought.query;
    let values = |facet: CommunityFacet| query.values(facet).map(str::to_owned).collect::<Vec<_>>();
    sql.push(LISTED);
    if !sought.hidden.is_empty() {
        sql.push(" and c.id <> all(").push_bind(sought.hidden.to_vec()).push(")");
    }
    if !query.text.is_empty() {
        sql.push(" and (c.search @@ websearch_to_tsquery('simple', ").push_bind(query.text.clone()).push(")");
        if technologies::known(&query.text).is_some() {
            sql.push(" or c.id in (select e.community_id from shown_events e where e.technologies && ")
                .push_bind(technologies::spellings(&query.text))
                .push(")");
        }
        sql.push(")");
    }
    for technology in query.values(CommunityFacet::Technology) {
        sql.push(" and exists (select 1 from shown_events e where e.community_id = c.id and e.technologies && ")
            .push_bind(technologies::spellings(technology))
            .push(")");
    }
    let kinds = values(CommunityFacet::EventType);
    if !kinds.is_empty() {
        sql.push(" and exists (select 1 from shown_events e where e.community_id = c.id and e.event_type = any(")
            .push_bind(kinds)
            .push("))");
    }
    let mut regions = values(CommunityFacet::Region);
    if !regions.is_empty() {
        regions.push(Region::Global.label().to_owned());
    }
    let folded = |list: Vec<String>| list.into_iter().map(|value| value.to_lowercase()).collect::<Vec<_>>();
    let one_of = [
        ("c.community_type", values(CommunityFacet::Type)),
        ("c.size", values(CommunityFacet::Size)),
        ("c.region", regions),
        ("lower(c.country)", folded(values(CommunityFacet::Country))),
    ];
    for (column, list) in one_of {
        if !list.is_empty() {
            sql.push(" and ").push(column).push(" = any(").push_bind(list).push(")");
        }
    }
    let languages = values(CommunityFacet::Language);
    if !languages.is_empty() {
        sql.push(" and exists (select 1 from unnest(c.languages) as said where lower(said) = any(")
            .push_bind(folded(languages))
            .push("))");
    }
}

/// A page of the list along its order, and how many there are, counted up to `cap`. One row more than the limit says that
/// there is more that way.
pub async fn list(pool: &PgPool, sought: &Sought<'_>, cap: i64) -> AppResult<(Vec<CardRow>, i64)> {
    let mut sql = QueryBuilder::new(CARD);
    filter(&mut sql, sought);
    by_database::walk(&mut sql, &COLUMNS, sought.query.order, sought.place, sought.limit)?;
    let rows = sql.build().fetch_all(pool).await?;
    let rows = rows.iter().map(card).collect::<Result<Vec<_>, _>>()?;

    let mut count = QueryBuilder::new("select count(*) from (select 1 from communities c");
    filter(&mut count, sought);
    count.push(" limit ").push_bind(cap + 1).push(") as counted");
    let count: i64 = count.build_query_scalar().fetch_one(pool).await?;
    Ok((rows, count))
}

/// As much of a row as is searched.
#[derive(FromRow)]
struct SearchedRow {
    id: Uuid,
    name: String,
    sort_name: String,
    bio: String,
    community_type: String,
    country: String,
    city: String,
    region: String,
    languages: Vec<String>,
    size: String,
    status: String,
    reputation: i32,
    created_at: DateTime<Utc>,
    technologies: Vec<String>,
    event_types: Vec<String>,
}

impl From<SearchedRow> for Searched {
    fn from(row: SearchedRow) -> Self {
        Self {
            id: row.id.into(),
            listed: matches!(row.status.as_str(), "approved" | "active"),
            name: row.name,
            sort_name: row.sort_name,
            bio: row.bio,
            community_type: row.community_type,
            country: row.country,
            city: row.city,
            region: row.region,
            languages: row.languages,
            size: row.size,
            technologies: row.technologies,
            event_types: row.event_types,
            reputation: row.reputation,
            since: row.created_at,
        }
    }
}

const SEARCHED: &str =
    "select c.id, c.name, lower(c.name) as sort_name, c.bio, c.community_type, c.country, c.city, c.region, c.languages, c.size,
            c.status, c.reputation, c.created_at,
            array(select distinct technology from shown_events e cross join unnest(e.technologies) as technology
                  where e.community_id = c.id order by technology) as technologies,
            array(select distinct e.event_type from shown_events e
                  where e.community_id = c.id and e.event_type is not null order by e.event_type) as event_types
     from communities c";

/// Communities on the marketplace with larger ids, in their order.
pub async fn list_searched(pool: &PgPool, after: Uuid, limit: i64) -> AppResult<Vec<Searched>> {
    let mut sql = QueryBuilder::<Postgres>::new(SEARCHED);
    sql.push(LISTED).push(" and c.id > ").push_bind(after).push(" order by c.id limit ").push_bind(limit);
    let rows = sql.build_query_as::<SearchedRow>().fetch_all(pool).await?;
    Ok(rows.into_iter().map(Searched::from).collect())
}

/// Communities of any status, as they are searched.
pub async fn list_searched_by(pool: &PgPool, ids: &[Uuid]) -> AppResult<Vec<Searched>> {
    let mut sql = QueryBuilder::<Postgres>::new(SEARCHED);
    sql.push(" where c.id = any(").push_bind(ids.to_vec()).push(")");
    let rows = sql.build_query_as::<SearchedRow>().fetch_all(pool).await?;
    Ok(rows.into_iter().map(Searched::from).collect())
}

/// One community of any status, as it is searched.
pub async fn find_searched(pool: &PgPool, id: Uuid) -> AppResult<Option<Searched>> {
    Ok(list_searched_by(pool, &[id]).await?.pop())
}

/// Communities of every status by the transactions that last changed them, or what everybody sees of their events, after a
/// mark. What a transaction changes that still runs comes later, before everything that is not settled. All in one statement:
/// several could see different transactions as the oldest that runs.
pub async fn list_changed(pool: &PgPool, (changed, id): Mark, limit: i64) -> AppResult<Vec<Change>> {
    let rows = sqlx::query_as::<_, (i64, Uuid, Uuid, bool)>(
        "select moved.changed, moved.id, moved.community,
                moved.changed < pg_snapshot_xmin(pg_current_snapshot())::text::bigint as settled from (
             (select changed, id, id as community from communities
              where changed is not null and (changed, id) > ($1, $2)
              order by changed, id limit $3)
             union all
             (select offers_changed, id, community_id from events
              where offers_changed is not null and (offers_changed, id) > ($1, $2)
              order by offers_changed, id limit $3)
         ) as moved order by moved.changed, moved.id limit $3",
    );
    let rows = rows.bind(changed).bind(id).bind(limit).fetch_all(pool).await?;
    Ok(rows.into_iter().map(|(changed, id, of, is_settled)| Change { mark: (changed, id), of, is_settled }).collect())
}
