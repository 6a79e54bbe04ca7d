//! SQL of the directory: its pages by the database alone, its rows by id, and what its index is filled from.

use super::{CardRow, LISTED};
use crate::{
    features::organizations::rules::{
        application::Budget,
        search::{DirectoryFacet, DirectoryQuery, Searched},
    },
    kernel::{
        error::AppResult,
        labels::{Band, EntityType, Region},
        money::Currency,
        technologies,
    },
    platform::{
        index::{
            Change, Mark,
            by_database::{self, Columns},
            place::Place,
        },
        tx::Tx,
    },
};
use chrono::{DateTime, Utc};
use sqlx::{PgPool, Postgres, QueryBuilder, Row as _, postgres::PgRow};
use uuid::Uuid;

const CARD: &str = r#"select o.id, o.slug, o.display_name, lower(o.display_name) as sort_name, o.entity_type, o.website, o.industry,
           o.short_description, o.technologies, o.supported_regions, o.sponsorship_types, o.budget_currency, o.budget_min,
           o.budget_max, o.verification_status, o.events_sponsored, o.communities_supported, o.reputation, o.created_at,
           l.storage_key as logo_key
    from organizations o left join logos l on l.id = o.logo_id"#;

const COLUMNS: Columns =
    Columns { id: "o.id", reputation: "o.reputation", since: "o.created_at", name: r#"lower(o.display_name) collate "C""# };

fn card(row: &PgRow) -> Result<CardRow, sqlx::Error> {
    Ok(CardRow {
        id: row.try_get("id")?,
        slug: row.try_get("slug")?,
        display_name: row.try_get("display_name")?,
        sort_name: row.try_get("sort_name")?,
        entity_type: row.try_get("entity_type")?,
        website: row.try_get("website")?,
        industry: row.try_get("industry")?,
        short_description: row.try_get("short_description")?,
        technologies: row.try_get("technologies")?,
        regions: row.try_get("supported_regions")?,
        sponsorship_types: row.try_get("sponsorship_types")?,
        budget_currency: row.try_get("budget_currency")?,
        budget_min: row.try_get("budget_min")?,
        budget_max: row.try_get("budget_max")?,
        verification_status: row.try_get("verification_status")?,
        logo_key: row.try_get("logo_key")?,
        events_sponsored: row.try_get("events_sponsored")?,
        communities_supported: row.try_get("communities_supported")?,
        reputation: row.try_get("reputation")?,
        created_at: row.try_get("created_at")?,
    })
}

/// Listed organizations with these ids, in no order: whoever is not listed any more is left out.
pub async fn list_cards(pool: &PgPool, ids: &[Uuid]) -> AppResult<Vec<CardRow>> {
    let mut query = QueryBuilder::new(CARD);
    query.push(LISTED).push(" and o.id = any(").push_bind(ids.to_vec()).push(")");
    let rows = query.build().fetch_all(pool).await?;
    Ok(rows.iter().map(card).collect::<Result<_, _>>()?)
}

/// Listed organizations at these addresses, in no order: whoever is not listed is left out.
pub async fn list_cards_at(pool: &PgPool, slugs: &[String]) -> AppResult<Vec<CardRow>> {
    let mut query = QueryBuilder::new(CARD);
    query.push(LISTED).push(" and o.slug = any(").push_bind(slugs.to_vec()).push(")");
    let rows = query.build().fetch_all(pool).await?;
    Ok(rows.iter().map(card).collect::<Result<_, _>>()?)
}

/// What is asked of the database where no index answers.
pub struct Sought<'a> {
    pub query: &'a DirectoryQuery,
    pub hidden: &'a [Uuid],
    pub place: Option<&'a Place>,
    pub limit: i64,
}

fn filter(sql: &mut QueryBuilder<Postgres>, sought: &Sought<'_>) {
    let query = sought.query;
    let values = |facet: DirectoryFacet| query.values(facet).map(str::to_owned).collect::<Vec<_>>();
    sql.push(LISTED);
    if !sought.hidden.is_empty() {
        sql.push(" and o.id <> all(").push_bind(sought.hidden.to_vec()).push(")");
    }
    if !query.text.is_empty() {
        // The database's words know no signs: C, C++ and C# are told apart by the list of technologies alone.
        let signs = query.text.contains(['+', '#']) || query.text.starts_with('.');
        sql.push(" and (o.technologies && ").push_bind(technologies::spellings(&query.text));
        if !signs {
            sql.push(" or o.search @@ websearch_to_tsquery('simple', ").push_bind(query.text.clone()).push(")");
            sql.push(" or to_tsvector('simple', o.products_text) @@ websearch_to_tsquery('simple', ")
                .push_bind(query.text.clone())
                .push(")");
        }
        sql.push(")");
    }
    let mut among = |column: &str, list: Vec<String>, sign: &str| {
        if !list.is_empty() {
            match sign {
                "=" => sql.push(" and ").push(column).push(" = any(").push_bind(list).push(")"),
                _ => sql.push(" and ").push(column).push(" && ").push_bind(list),
            };
        }
    };
    among("o.industry", values(DirectoryFacet::Industry), "=");
    let mut regions = values(DirectoryFacet::Region);
    if !regions.is_empty() {
        regions.push(Region::Global.label().to_owned());
    }
    among("o.supported_regions", regions, "&&");
    for technology in query.values(DirectoryFacet::Technology) {
        among("o.technologies", technologies::spellings(technology), "&&");
    }
    among("o.sponsorship_types", values(DirectoryFacet::SponsorshipType), "&&");
    among("o.preferred_event_types", values(DirectoryFacet::EventType), "&&");
    let mut kinds = values(DirectoryFacet::EntityType);
    if !kinds.is_empty() {
        kinds.push(EntityType::SponsorAndPartner.label().to_owned());
    }
    // Each of the two words means those who are both as well; both together mean only those.
    if kinds.iter().all(|kind| kind == EntityType::SponsorAndPartner.label()) {
        kinds.dedup();
    }
    among("o.entity_type", kinds, "=");
    if query.values(DirectoryFacet::Verified).next().is_some() {
        sql.push(" and o.verification_status = 'Verified'");
    }
    let bands: Vec<Band> = query.values(DirectoryFacet::Budget).filter_map(|key| Band::parse(key).ok()).collect();
    if !bands.is_empty() {
        sql.push(" and not (o.budget_min = 0 and o.budget_max is null) and (false");
        for band in bands {
            sql.push(" or (o.budget_currency = ").push_bind(band.currency().code());
            if let Some(upper) = band.upper() {
                sql.push(" and o.budget_min < ").push_bind(upper.minor);
            }
            sql.push(" and (o.budget_max is null or o.budget_max > ").push_bind(band.lower().minor);
            sql.push(" or (o.budget_max = o.budget_min and o.budget_min >= ").push_bind(band.lower().minor).push(")))");
        }
        sql.push(")");
    }
}

/// A page of the directory along its order, and how many there are, counted up to `cap`. One row more than the limit says
/// that there is more that way.
pub async fn list_directory(pool: &PgPool, sought: &Sought<'_>, cap: i64) -> AppResult<(Vec<CardRow>, i64)> {
    let mut sql = QueryBuilder::new(CARD);
    filter(&mut sql, sought);
    by_database::walk(&mut sql, &COLUMNS, sought.query.order, sought.place, sought.limit)?;
    let rows = sql.build().fetch_all(pool).await?;
    let rows = rows.iter().map(card).collect::<Result<Vec<_>, _>>()?;

    let mut count = QueryBuilder::new("select count(*) from (select 1 from organizations o");
    filter(&mut count, sought);
    count.push(" limit ").push_bind(cap + 1).push(") as counted");
    let count: i64 = count.build_query_scalar().fetch_one(pool).await?;
    Ok((rows, count))
}

// ── For the index ───────────────────────────────────────────────────────────────────────────────────────────────────

/// As much of a row as is searched.
struct SearchedRow {
    id: Uuid,
    display_name: String,
    sort_name: String,
    entity_type: String,
    industry: String,
    short_description: String,
    long_description: String,
    technologies: Vec<String>,
    developer_tools: Vec<String>,
    products_text: String,
    supported_regions: Vec<String>,
    preferred_event_types: Vec<String>,
    sponsorship_types: Vec<String>,
    budget_currency: String,
    budget_min: i64,
    budget_max: Option<i64>,
    verification_status: String,
    events_sponsored: i32,
    communities_supported: i32,
    created_at: DateTime<Utc>,
}

impl From<SearchedRow> for Searched {
    fn from(row: SearchedRow) -> Self {
        let currency = Currency::parse(&row.budget_currency).ok();
        Self {
            id: row.id.into(),
            display_name: row.display_name,
            sort_name: row.sort_name,
            entity_type: row.entity_type,
            industry: row.industry,
            short_description: row.short_description,
            long_description: row.long_description,
            technologies: row.technologies,
            developer_tools: row.developer_tools,
            products: row.products_text.lines().map(str::to_owned).collect(),
            regions: row.supported_regions,
            event_types: row.preferred_event_types,
            sponsorship_types: row.sponsorship_types,
            budget: currency.map(|currency| Budget::of(currency, row.budget_min, row.budget_max)),
            status: row.verification_status,
            events_sponsored: row.events_sponsored,
            communities_supported: row.communities_supported,
            since: row.created_at,
        }
    }
}

/// Listed organizations with larger ids, in their order.
pub async fn list_searched(pool: &PgPool, after: Uuid, limit: i64) -> AppResult<Vec<Searched>> {
    let rows = sqlx::query_as!(
        SearchedRow,
        r#"select id, display_name, lower(display_name) as "sort_name!", entity_type, industry, short_description, long_description,
                  technologies, developer_tools, products_text, supported_regions, preferred_event_types, sponsorship_types,
                  budget_currency, budget_min, budget_max, verification_status, events_sponsored, communities_supported, created_at
           from organizations
           where id > $1 and verification_status in ('Verified', 'Community Added')
           order by id limit $2"#,
        after,
        limit,
    )
    .fetch_all(pool)
    .await?;
    Ok(rows.into_iter().map(Searched::from).collect())
}

/// One organization of any standing, as it is searched.
pub async fn find_searched(pool: &PgPool, id: Uuid) -> AppResult<Option<Searched>> {
    Ok(list_searched_by(pool, &[id]).await?.pop())
}

/// Organizations of every standing, and those that are gone, by the transactions that changed them last, after a mark. What a
/// transaction changes that still runs comes later, before everything that is not settled. Both in one statement: two could see
/// different transactions as the oldest that runs.
pub async fn list_changed(pool: &PgPool, (changed, id): Mark, limit: i64) -> AppResult<Vec<Change>> {
    let rows = sqlx::query!(
        r#"select moved.id as "id!", moved.changed as "changed!",
                  moved.changed < pg_snapshot_xmin(pg_current_snapshot())::text::bigint as "is_settled!" from (
               (select id, changed from organizations
                where changed is not null and (changed, id) > ($1, $2)
                order by changed, id limit $3)
               union all
               (select id, changed from organizations_gone
                where (changed, id) > ($1, $2)
                order by changed, id limit $3)
           ) as moved order by moved.changed, moved.id limit $3"#,
        changed,
        id,
        limit,
    )
    .fetch_all(pool)
    .await?;
    let changes = rows.into_iter().map(|row| Change { mark: (row.changed, row.id), of: row.id, is_settled: row.is_settled });
    Ok(changes.collect())
}

/// Organizations with these ids as they are now, in no order; whoever is gone is left out.
pub async fn list_searched_by(pool: &PgPool, ids: &[Uuid]) -> AppResult<Vec<Searched>> {
    let rows = sqlx::query_as!(
        SearchedRow,
        r#"select id, display_name, lower(display_name) as "sort_name!", entity_type, industry, short_description, long_description,
                  technologies, developer_tools, products_text, supported_regions, preferred_event_types, sponsorship_types,
                  budget_currency, budget_min, budget_max, verification_status, events_sponsored, communities_supported, created_at
           from organizations where id = any($1)"#,
        ids,
    )
    .fetch_all(pool)
    .await?;
    Ok(rows.into_iter().map(Searched::from).collect())
}

// ── The vocabulary ──────────────────────────────────────────────────────────────────────────────────────────────────

/// Keeps the spellings of technologies that nobody has used yet, and gives the ones that stand for these keys.
pub async fn settle_technologies(
    tx: &mut Tx,
    keys: &[String],
    names: &[String],
    now: DateTime<Utc>,
) -> AppResult<Vec<(String, String)>> {
    sqlx::query!(
        "insert into technologies (key, name, first_used_at)
         select n.key, n.name, $3 from unnest($1::text[], $2::text[]) as n (key, name) on conflict (key) do nothing",
        keys,
        names,
        now,
    )
    .execute(tx.conn())
    .await?;
    let rows = sqlx::query!("select key, name from technologies where key = any($1)", keys).fetch_all(tx.conn()).await?;
    Ok(rows.into_iter().map(|row| (row.key, row.name)).collect())
}
