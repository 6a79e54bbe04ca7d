//! SQL of `opportunities`, their benefit lines, places and claims. Makes no decision. Reads of lists and pages join the
//! event and the community, so that a page of rows is one statement.

use super::{
    board::{self, Ask, BoardOrder, Offer, Wishes},
    rules::{
        Content, Hiding, Opportunity, OpportunityClosed, OpportunityDrafted, OpportunityEdited, OpportunityFilled,
        OpportunityOpened, OpportunityReopened,
    },
    views::{BudgetInput, NumberText, OpportunityInput, OpportunityStatus},
};
use crate::{
    features::partners::views::BenefitLine,
    kernel::{
        actor::Scope,
        error::{AppError, AppResult},
        ids::{CommunityId, EventId, OpportunityId, OrganizationId, PlaceId, RequestId},
        labels::{BenefitKind, Category},
        money::{Currency, Money, MoneyRange},
        page::COUNT_CAP,
    },
    platform::{ctx::Ctx, listing::Listing, tx::Tx},
};
use chrono::{DateTime, NaiveDate, Utc};
use sqlx::{FromRow, PgConnection, Postgres, QueryBuilder};
use uuid::Uuid;

/// What lists and pages read.
#[derive(FromRow)]
pub struct Row {
    pub id: Uuid,
    pub title: String,
    pub description: String,
    pub status: String,
    pub category: String,
    pub currency: String,
    pub budget_min: i64,
    pub budget_max: i64,
    pub places: i32,
    pub places_left: i64,
    pub decision_date: NaiveDate,
    pub decision_at: DateTime<Utc>,
    pub event_snapshot: String,
    pub version: i32,
    pub opened_at: Option<DateTime<Utc>>,
    pub updated_at: DateTime<Utc>,
    /// Why staff took it off the marketplace; nothing while it is on it.
    pub hidden_reason: Option<String>,
    /// Points of the match with whoever asks; 0 where nobody's wishes are known.
    pub fit: i32,
    pub technologies: Vec<String>,
    pub event_id: Uuid,
    pub event_slug: String,
    pub event_title: String,
    pub event_type: Option<String>,
    pub event_category: Option<String>,
    pub event_format: Option<String>,
    pub event_region: Option<String>,
    pub start_at: Option<DateTime<Utc>>,
    pub end_at: Option<DateTime<Utc>>,
    pub timezone: String,
    pub venue_name: String,
    pub max_attendees: Option<i32>,
    pub community_id: Uuid,
    pub community_slug: String,
    pub community_name: String,
    pub community_city: String,
    pub community_country: String,
    pub community_logo_key: Option<String>,
}

impl Row {
    pub fn budget(&self) -> AppResult<MoneyRange> {
        range(&self.currency, self.budget_min, self.budget_max)
    }
}

const COLUMNS: &str = "select o.id, o.title, o.description, o.status, o.category, o.currency, o.budget_min, o.budget_max, o.places, \
     (select count(*) from opportunity_places p where p.opportunity_id = o.id and not exists \
         (select 1 from place_claims k where k.place_id = p.id and k.released_at is null)) as places_left, \
     o.decision_date, o.decision_at, o.event_snapshot, o.version, o.opened_at, o.updated_at, o.hidden_reason, e.technologies, \
     e.id as event_id, e.slug as event_slug, e.title as event_title, \
     e.event_type, e.category as event_category, e.format as event_format, e.region as event_region, e.start_at, e.end_at, \
     e.timezone, e.venue_name, e.max_attendees, \
     c.id as community_id, c.slug as community_slug, c.name as community_name, \
     c.city as community_city, c.country as community_country, l.storage_key as community_logo_key";

const FROM: &str = " from opportunities o join events e on e.id = o.event_id join communities c on c.id = o.community_id \
     left join logos l on l.id = c.logo_id";

/// What the public list is narrowed by; see [`BoardFilter::narrow`].
const NARROWED: &str = " from opportunities o join events e on e.id = o.event_id join communities c on c.id = o.community_id";

/// No wishes: the column that rows without them have.
const NO_FIT: &str = ", 0 as fit";

/// The public list: what an address asks for, and whose wishes it is matched with.
pub struct BoardFilter<'a> {
    pub ask: &'a Ask,
    pub wishes: Option<&'a Wishes>,
    /// Without those of communities that a block of either side stands between.
    pub not_blocked_for: Option<OrganizationId>,
    /// Of one event or one community only.
    pub of: Option<Whose<'a>>,
}

/// What is offered at an event, or by a community, by their addresses.
#[derive(Debug, Clone, Copy)]
pub enum Whose<'a> {
    Event(&'a str),
    Community(&'a str),
}

/// Where a page of the public list goes on: the last row's keys of its order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum After {
    Deadline(DateTime<Utc>, Uuid),
    Newest(DateTime<Utc>, Uuid),
    Budget(i64, Uuid),
    Match(i32, DateTime<Utc>, Uuid),
}

impl BoardFilter<'_> {
    fn narrow(&self, query: &mut QueryBuilder<Postgres>, now: DateTime<Utc>) {
        let Ask {
            terms,
            event_type,
            event_category,
            category,
            format,
            region,
            currency,
            budget,
            technologies,
            decides_from,
            decides_by,
            ..
        } = self.ask;
        query.push(if self.ask.full_too { " where o.status in ('Open', 'Filled')" } else { " where o.status = 'Open'" });
        query.push(
            " and o.hidden_reason is null and e.public_visible and e.hidden_reason is null and e.status in ('Upcoming', 'Live') \
             and c.status in ('approved', 'active') and o.decision_at > ",
        );
        query.push_bind(now);
        if let Some(organization) = self.not_blocked_for {
            query.push(" and not exists (select 1 from blocks b where b.community_id = o.community_id and b.organization_id = ");
            query.push_bind(organization.0).push(")");
        }
        match self.of {
            Some(Whose::Event(slug)) => {
                // An address is one event's among those that are not deleted, and so is its index.
                query.push(" and e.deleted_at is null and e.slug = ").push_bind(slug.to_owned());
            }
            Some(Whose::Community(slug)) => {
                query.push(" and c.slug = ").push_bind(slug.to_owned());
            }
            None => {}
        }
        if let Some(terms) = terms {
            query.push(" and o.search @@ to_tsquery('simple', ").push_bind(terms.clone()).push(")");
        }
        for (column, value) in [
            ("e.event_type", event_type.map(|it| it.label())),
            ("e.category", event_category.map(|it| it.label())),
            ("o.category", category.map(|it| it.label())),
            ("e.format", format.map(|it| it.label())),
            ("e.region", region.map(|it| it.label())),
            ("o.currency", currency.map(|it| it.code())),
        ] {
            if let Some(value) = value {
                query.push(" and ").push(column).push(" = ").push_bind(value);
            }
        }
        if let Some(band) = budget {
            // The two overlap; a band ends just before its upper amount, and amounts of another currency never fit.
            query.push(" and o.currency = ").push_bind(band.currency().code());
            query.push(" and o.budget_max >= ").push_bind(band.lower().minor);
            if let Some(upper) = band.upper() {
                query.push(" and o.budget_min < ").push_bind(upper.minor);
            }
        }
        if !technologies.is_empty() {
            query.push(" and e.technologies && ").push_bind(technologies.clone());
        }
        if let Some(day) = decides_from {
            query.push(" and o.decision_date >= ").push_bind(*day);
        }
        if let Some(day) = decides_by {
            query.push(" and o.decision_date <= ").push_bind(*day);
        }
    }

    /// How many there are, counted to just beyond the cap.
    fn count(&self, query: &mut QueryBuilder<Postgres>, now: DateTime<Utc>) {
        query.push("select count(*) from (select 1").push(NARROWED);
        self.narrow(query, now);
        query.push(" limit ").push_bind(COUNT_CAP + 1).push(") as capped");
    }

    /// The points of the match as SQL, the same sum as [`Wishes::fit`].
    fn fit(&self, query: &mut QueryBuilder<Postgres>) {
        let Some(wishes) = self.wishes else {
            query.push(NO_FIT);
            return;
        };
        query.push(", (case when e.event_type = any(").push_bind(wishes.event_types.clone()).push(") then ");
        query.push(board::EVENT_TYPE_POINTS.to_string()).push(" else 0 end + case when e.region is not null and (");
        query.push_bind(wishes.any_region()).push(" or e.region = any(").push_bind(wishes.regions.clone()).push(")) then ");
        query.push(board::REGION_POINTS.to_string()).push(" else 0 end + case when case when o.category like '% Sponsor' then ");
        query.push_bind(wishes.sponsors).push(" else ").push_bind(wishes.partners).push(" end then ");
        query.push(board::CATEGORY_POINTS.to_string()).push(" else 0 end + ").push(board::TECHNOLOGY_POINTS.to_string());
        query.push(" * least(").push(board::TECHNOLOGIES_COUNTED.to_string());
        query.push(", (select count(*) from unnest(e.technologies) as t (name) where lower(t.name) = any(");
        query.push_bind(wishes.technologies.clone()).push("))))::integer as fit");
    }
}

/// A row of the public list, and how many the list has.
#[derive(FromRow)]
struct Counted {
    #[sqlx(flatten)]
    row: Row,
    counted: i64,
}

/// Public ones in the order that was asked for, after a row of an earlier page; and how many there are in all, counted to just
/// beyond the cap. One statement where there is anything to show.
pub async fn list_board(
    ctx: &Ctx,
    filter: &BoardFilter<'_>,
    after: Option<After>,
    offset: i64,
    limit: i64,
) -> AppResult<(Vec<Row>, i64)> {
    let is_first = after.is_none() && offset == 0;
    let order = match filter.ask.order {
        BoardOrder::Deadline => " order by decision_at, id",
        BoardOrder::Newest => " order by opened_at desc, id desc",
        BoardOrder::Budget => " order by budget_max desc, id desc",
        BoardOrder::Match => " order by fit desc, decision_at, id",
    };
    let mut query = QueryBuilder::new("select found.*, (");
    filter.count(&mut query, ctx.now());
    query.push(") as counted from (");
    query.push(COLUMNS);
    filter.fit(&mut query);
    query.push(FROM);
    // First which rows: what is sorted is their keys, and long texts are read of one page only.
    query.push(" where o.id = any(array(select id from (select o.id, o.decision_at, o.opened_at, o.budget_max");
    filter.fit(&mut query);
    query.push(NARROWED);
    filter.narrow(&mut query, ctx.now());
    query.push(") as page where true");
    match after {
        None => {}
        Some(After::Deadline(at, id)) => {
            query.push(" and (decision_at, id) > (").push_bind(at).push(", ").push_bind(id).push(")");
        }
        Some(After::Newest(at, id)) => {
            query.push(" and (opened_at, id) < (").push_bind(at).push(", ").push_bind(id).push(")");
        }
        Some(After::Budget(most, id)) => {
            query.push(" and (budget_max, id) < (").push_bind(most).push(", ").push_bind(id).push(")");
        }
        Some(After::Match(fit, at, id)) => {
            query.push(" and (fit < ").push_bind(fit).push(" or (fit = ").push_bind(fit);
            query.push(" and (decision_at, id) > (").push_bind(at).push(", ").push_bind(id).push(")))");
        }
    }
    query.push(order).push(" offset ").push_bind(offset).push(" limit ").push_bind(limit).push("))) as found").push(order);
    // Words are planned each time: a kept plan takes every word for a rare one, and reads all that has a common one.
    let keeps = filter.ask.terms.is_none();
    let rows = query.build_query_as::<Counted>().persistent(keeps).fetch_all(ctx.db()).await?;
    let counted = match rows.first() {
        Some(first) => first.counted,
        None if is_first => 0,
        None => {
            let mut query = QueryBuilder::new("");
            filter.count(&mut query, ctx.now());
            query.build_query_scalar::<i64>().persistent(keeps).fetch_one(ctx.db()).await?
        }
    };
    Ok((rows.into_iter().map(|it| it.row).collect(), counted))
}

/// A row that an index found, and the communities that nobody of the viewer's organization sees.
#[derive(FromRow)]
struct Found {
    #[sqlx(flatten)]
    row: Row,
    blocked: Vec<Uuid>,
}

/// Those of these that the list holds now, in no order; and the communities that a block hides from the viewer. One statement
/// where there is anything to show.
pub async fn list_board_by(ctx: &Ctx, filter: &BoardFilter<'_>, ids: &[Uuid]) -> AppResult<(Vec<Row>, Vec<Uuid>)> {
    let mut found = Vec::new();
    if !ids.is_empty() {
        let mut query = QueryBuilder::<Postgres>::new(COLUMNS);
        query.push(NO_FIT);
        match filter.not_blocked_for {
            Some(organization) => {
                query.push(", array(select b.community_id from blocks b where b.organization_id = ");
                query.push_bind(organization.0).push(") as blocked");
            }
            None => {
                query.push(", '{}'::uuid[] as blocked");
            }
        }
        query.push(FROM);
        filter.narrow(&mut query, ctx.now());
        query.push(" and o.id = any(").push_bind(ids.to_vec()).push(")");
        // As in [`list_board`]: a kept plan would look for the word instead of the ids.
        let keeps = filter.ask.terms.is_none();
        found = query.build_query_as::<Found>().persistent(keeps).fetch_all(ctx.db()).await?;
    }
    let blocked = match (found.first_mut(), filter.not_blocked_for) {
        (Some(first), _) => std::mem::take(&mut first.blocked),
        (None, Some(organization)) => {
            let blocked = sqlx::query_scalar::<_, Uuid>("select community_id from blocks where organization_id = $1");
            blocked.bind(organization.0).fetch_all(ctx.db()).await?
        }
        (None, None) => Vec::new(),
    };
    Ok((found.into_iter().map(|it| it.row).collect(), blocked))
}

/// Does the list hold this one?
pub async fn holds(ctx: &Ctx, filter: &BoardFilter<'_>, id: OpportunityId) -> AppResult<bool> {
    let mut query = QueryBuilder::new("select exists (select 1");
    query.push(FROM);
    filter.narrow(&mut query, ctx.now());
    query.push(" and o.id = ").push_bind(id.0).push(")");
    Ok(query.build_query_scalar::<bool>().fetch_one(ctx.db()).await?)
}

/// The ids of what the list holds, at most so many.
pub async fn list_ids(ctx: &Ctx, filter: &BoardFilter<'_>, limit: i64) -> AppResult<Vec<Uuid>> {
    let mut query = QueryBuilder::new("select o.id");
    query.push(FROM);
    filter.narrow(&mut query, ctx.now());
    query.push(" order by o.id limit ").push_bind(limit);
    Ok(query.build_query_scalar::<Uuid>().fetch_all(ctx.db()).await?)
}

/// One that everybody can find now, a full one too.
pub async fn find_offer(ctx: &Ctx, id: OpportunityId) -> AppResult<Option<Offer>> {
    Ok(sqlx::query_as!(
        Offer,
        r#"select e.event_type, e.category as event_category, o.category, e.format, e.region, o.currency, o.budget_min, o.budget_max,
                  e.technologies, o.decision_date, tsvector_to_array(o.search) as "words!"
           from opportunities o join events e on e.id = o.event_id join communities c on c.id = o.community_id
           where o.id = $1 and o.status in ('Open', 'Filled') and o.hidden_reason is null and e.public_visible
             and e.hidden_reason is null and e.status in ('Upcoming', 'Live') and c.status in ('approved', 'active')
             and o.decision_at > $2"#,
        id.0,
        ctx.now(),
    )
    .fetch_optional(ctx.db())
    .await?)
}

/// What is open or full at an event, or of a community, by ids after one.
pub async fn list_offered(
    ctx: &Ctx,
    event: Option<EventId>,
    community: Option<CommunityId>,
    after: Uuid,
    limit: i64,
) -> AppResult<Vec<Uuid>> {
    Ok(sqlx::query_scalar!(
        "select id from opportunities
         where (event_id = $1 or community_id = $2) and status in ('Open', 'Filled') and id > $3 order by id limit $4",
        event.map(|id| id.0),
        community.map(|id| id.0),
        after,
        limit,
    )
    .fetch_all(ctx.db())
    .await?)
}

/// The roles of these and the events that they are at, in the order of the ids that were given.
pub async fn list_names(ctx: &Ctx, ids: &[Uuid]) -> AppResult<Vec<(String, String)>> {
    let rows = sqlx::query!(
        "select o.category, e.title from unnest($1::uuid[]) with ordinality as q (id, place)
         join opportunities o on o.id = q.id join events e on e.id = o.event_id order by q.place",
        ids,
    )
    .fetch_all(ctx.db())
    .await?;
    Ok(rows.into_iter().map(|row| (row.category, row.title)).collect())
}

fn mine(query: &mut QueryBuilder<Postgres>, scope: Scope, status: Option<OpportunityStatus>) {
    // One plain condition, so that Postgres may keep its plan.
    match scope.community() {
        Some(id) => query.push(" where o.community_id = ").push_bind(id),
        None => query.push(" where ").push_bind(scope.everything()),
    };
    if let Some(status) = status {
        query.push(" and o.status = ").push_bind(status.label());
    }
}

/// A community's own, drafts too, the last touched first, after `(updated_at, id)`.
pub async fn list_mine(
    ctx: &Ctx,
    scope: Scope,
    status: Option<OpportunityStatus>,
    after: Option<(DateTime<Utc>, Uuid)>,
    offset: i64,
    limit: i64,
) -> AppResult<Vec<Row>> {
    let order = " order by o.updated_at desc, o.id desc";
    let mut query = QueryBuilder::new(COLUMNS);
    // First which rows, from the index that has the list's order; only these are read whole and joined.
    query.push(NO_FIT).push(FROM).push(" where o.id = any(array(select o.id from opportunities o");
    mine(&mut query, scope, status);
    if let Some((at, id)) = after {
        query.push(" and (o.updated_at, o.id) < (").push_bind(at).push(", ").push_bind(id).push(")");
    }
    query.push(order).push(" offset ").push_bind(offset).push(" limit ").push_bind(limit).push("))").push(order);
    Ok(query.build_query_as::<Row>().fetch_all(ctx.db()).await?)
}

/// How many [`list_mine`] would give, counted to just beyond the cap.
pub async fn count_mine(ctx: &Ctx, scope: Scope, status: Option<OpportunityStatus>) -> AppResult<i64> {
    let mut query = QueryBuilder::new("select count(*) from (select 1 from opportunities o");
    mine(&mut query, scope, status);
    query.push(" limit ").push_bind(COUNT_CAP + 1).push(") as capped");
    Ok(query.build_query_scalar::<i64>().fetch_one(ctx.db()).await?)
}

/// One opportunity with its lines, in order.
#[derive(FromRow)]
pub struct Whole {
    #[sqlx(flatten)]
    pub row: Row,
    #[sqlx(json)]
    pub benefits: Vec<BenefitLine>,
}

const BENEFITS: &str = ", (select coalesce(jsonb_agg(jsonb_build_object('id', b.id, 'kind', b.kind, 'text', b.text) order by b.position), '[]') \
     from opportunity_benefits b where b.opportunity_id = o.id) as benefits";

/// A community's own after an id, by their ids, with their lines; one statement for all of them.
pub async fn list_whole(ctx: &Ctx, scope: Scope, after: Uuid, limit: i64) -> AppResult<Vec<Whole>> {
    let mut query = QueryBuilder::new(COLUMNS);
    query.push(NO_FIT).push(BENEFITS).push(FROM);
    mine(&mut query, scope, None);
    query.push(" and o.id > ").push_bind(after).push(" order by o.id limit ").push_bind(limit);
    Ok(query.build_query_as::<Whole>().fetch_all(ctx.db()).await?)
}

/// One that the scope may touch or that the public may see: once opened, of a public event of an approved community, and not
/// taken off the marketplace; staff see that too.
pub async fn find(ctx: &Ctx, scope: Option<Scope>, hidden_too: bool, id: OpportunityId) -> AppResult<Option<Whole>> {
    let mut query = QueryBuilder::new(COLUMNS);
    query.push(NO_FIT).push(BENEFITS);
    query.push(FROM).push(" where o.id = ").push_bind(id.0);
    query.push(
        " and ((o.status <> 'Draft' and o.hidden_reason is null and e.public_visible and e.hidden_reason is null and e.status in ('Upcoming', 'Live', 'Completed') \
         and c.status in ('approved', 'active'))",
    );
    if hidden_too {
        query.push(" or (o.status <> 'Draft' and (o.hidden_reason is not null or e.hidden_reason is not null))");
    }
    if let Some(scope) = scope {
        query.push(" or ").push_bind(scope.everything()).push(" or o.community_id = ").push_bind(scope.community());
    }
    query.push(")");
    Ok(query.build_query_as::<Whole>().fetch_optional(ctx.db()).await?)
}

/// The lines of an opportunity, in order.
pub async fn list_benefits(conn: impl sqlx::PgExecutor<'_>, id: OpportunityId) -> AppResult<Vec<BenefitLine>> {
    let rows = sqlx::query!("select id, kind, text from opportunity_benefits where opportunity_id = $1 order by position", id.0)
        .fetch_all(conn)
        .await?;
    rows.into_iter()
        .map(|row| Ok(BenefitLine { id: row.id.into(), kind: BenefitKind::parse(&row.kind).map_err(broken)?, text: row.text }))
        .collect()
}

/// What transitions of this room and of the rooms below read of a held row.
pub struct Held {
    pub opportunity: Opportunity,
    pub budget: MoneyRange,
    pub places: i32,
    /// Live claims.
    pub taken: i64,
    /// Taken off the marketplace by staff.
    pub is_hidden: bool,
}

/// Locks it against every other change, in the actor's scope.
pub async fn hold(tx: &mut Tx, scope: Scope, id: OpportunityId) -> AppResult<Held> {
    let row = sqlx::query_as!(
        HeldRow,
        "select id, community_id, event_id, title, category, status, decision_at, version, currency, budget_min, budget_max, places,
                hidden_reason is not null as \"is_hidden!\"
         from opportunities where id = $1 and ($2 or community_id = $3) for no key update",
        id.0,
        scope.everything(),
        scope.community(),
    )
    .fetch_optional(tx.conn())
    .await?;
    held(tx.conn(), row).await
}

/// Keeps it as it is until the caller's transaction ends, while others may do the same.
pub async fn share(tx: &mut Tx, id: OpportunityId) -> AppResult<Held> {
    let row = sqlx::query_as!(
        HeldRow,
        "select id, community_id, event_id, title, category, status, decision_at, version, currency, budget_min, budget_max, places,
                hidden_reason is not null as \"is_hidden!\"
         from opportunities where id = $1 for share",
        id.0,
    )
    .fetch_optional(tx.conn())
    .await?;
    held(tx.conn(), row).await
}

pub async fn apply_hiding(tx: &mut Tx, fact: &Hiding) -> AppResult<()> {
    let done = sqlx::query!("update opportunities set hidden_reason = $2 where id = $1", fact.id().0, fact.kept())
        .execute(tx.conn())
        .await?;
    match done.rows_affected() {
        1 => Ok(()),
        rows => Err(AppError::broken(format!("hiding changed {rows} rows"))),
    }
}

struct HeldRow {
    id: Uuid,
    community_id: Uuid,
    event_id: Uuid,
    title: String,
    category: String,
    status: String,
    decision_at: DateTime<Utc>,
    version: i32,
    currency: String,
    budget_min: i64,
    budget_max: i64,
    places: i32,
    is_hidden: bool,
}

async fn held(conn: &mut PgConnection, row: Option<HeldRow>) -> AppResult<Held> {
    let row = row.ok_or(AppError::NotFound)?;
    // Its own statement, after the lock: the one that locked may have read older claims.
    let taken = sqlx::query_scalar!(
        r#"select count(*) as "count!" from opportunity_places p join place_claims k on k.place_id = p.id
           where p.opportunity_id = $1 and k.released_at is null"#,
        row.id,
    )
    .fetch_one(conn)
    .await?;
    Ok(Held {
        is_hidden: row.is_hidden,
        budget: range(&row.currency, row.budget_min, row.budget_max)?,
        opportunity: Opportunity {
            id: row.id.into(),
            community: row.community_id.into(),
            event: row.event_id.into(),
            title: row.title,
            category: Category::parse(&row.category).map_err(broken)?,
            status: OpportunityStatus::parse(&row.status).map_err(broken)?,
            decision_at: row.decision_at,
            version: row.version,
        },
        places: row.places,
        taken,
    })
}

/// Where an opportunity belongs, without a lock: for taking the locks in their order.
pub async fn find_parents(tx: &mut Tx, scope: Scope, id: OpportunityId) -> AppResult<(Uuid, Uuid)> {
    let row = sqlx::query!(
        "select community_id, event_id from opportunities where id = $1 and ($2 or community_id = $3)",
        id.0,
        scope.everything(),
        scope.community(),
    )
    .fetch_optional(tx.conn())
    .await?
    .ok_or(AppError::NotFound)?;
    Ok((row.community_id, row.event_id))
}

/// The words that stand, as a door would send them; for edits that name only what changes. Benefits are left out: they stay
/// unless they are named.
pub async fn get_words(tx: &mut Tx, id: OpportunityId) -> AppResult<OpportunityInput> {
    let row = sqlx::query!(
        "select event_id, title, description, category, currency, budget_min, budget_max, places, decision_date
         from opportunities where id = $1",
        id.0,
    )
    .fetch_one(tx.conn())
    .await?;
    let range = range(&row.currency, row.budget_min, row.budget_max)?;
    Ok(OpportunityInput {
        event_id: row.event_id.to_string(),
        title: row.title,
        description: row.description,
        category: row.category,
        budget_range: BudgetInput {
            min: NumberText(range.min().to_major_string()),
            max: NumberText(range.max().to_major_string()),
            currency: row.currency,
        },
        benefits: None,
        items: None,
        places: NumberText(row.places.to_string()),
        decision_deadline: row.decision_date.to_string(),
        status: String::new(),
    })
}

pub async fn apply_drafted(tx: &mut Tx, drafted: &OpportunityDrafted, by: Uuid, at: DateTime<Utc>) -> AppResult<()> {
    let content = drafted.content();
    sqlx::query!(
        "insert into opportunities (id, community_id, event_id, title, description, category, currency, budget_min, budget_max,
                                    places, decision_date, decision_at, event_snapshot, search_text, status, version, created_by,
                                    created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 'Draft', 1, $15, $16, $16)",
        drafted.id().0,
        drafted.community().0,
        content.event.0,
        content.title,
        content.description,
        content.category.label(),
        content.budget.currency().code(),
        content.budget.min().minor,
        content.budget.max().minor,
        content.places,
        content.decision_date,
        content.decision_at,
        content.event_snapshot,
        content.search_text,
        by,
        at,
    )
    .execute(tx.conn())
    .await?;
    write_lines(tx, drafted.id(), content).await?;
    write_places(tx, drafted.id(), 0, content.places).await
}

pub async fn apply_edited(tx: &mut Tx, edited: &OpportunityEdited, places_before: i32, at: DateTime<Utc>) -> AppResult<()> {
    let content = edited.content();
    let changed = sqlx::query!(
        "update opportunities set event_id = $3, title = $4, description = $5, category = $6, currency = $7, budget_min = $8,
                budget_max = $9, places = $10, decision_date = $11, decision_at = $12, event_snapshot = $13, search_text = $14,
                version = version + 1, updated_at = $15
         where id = $1 and version = $2 - 1 and status in ('Draft', 'Open', 'Filled')",
        edited.id().0,
        edited.version(),
        content.event.0,
        content.title,
        content.description,
        content.category.label(),
        content.budget.currency().code(),
        content.budget.min().minor,
        content.budget.max().minor,
        content.places,
        content.decision_date,
        content.decision_at,
        content.event_snapshot,
        content.search_text,
        at,
    )
    .execute(tx.conn())
    .await?;
    one(changed.rows_affected())?;
    write_lines(tx, edited.id(), content).await?;
    write_places(tx, edited.id(), places_before, content.places).await
}

/// The lines as the content says: old ones keep their rows, others come and go.
async fn write_lines(tx: &mut Tx, id: OpportunityId, content: &Content) -> AppResult<()> {
    let ids: Vec<Uuid> = content.benefits.iter().map(|line| line.id.0).collect();
    let kinds: Vec<String> = content.benefits.iter().map(|line| line.kind.label().to_owned()).collect();
    let texts: Vec<String> = content.benefits.iter().map(|line| line.text.clone()).collect();
    sqlx::query!("delete from opportunity_benefits where opportunity_id = $1 and not id = any($2)", id.0, &ids)
        .execute(tx.conn())
        .await?;
    sqlx::query!(
        "insert into opportunity_benefits (id, opportunity_id, position, kind, text)
         select s.id, $1, s.position::integer, s.kind, s.text
         from unnest($2::uuid[], $3::text[], $4::text[]) with ordinality as s (id, kind, text, position)
         on conflict (id) do update set position = excluded.position, kind = excluded.kind, text = excluded.text",
        id.0,
        &ids,
        &kinds,
        &texts,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// From `before` places to `after`: new ones are numbered on, and free ones with the highest numbers go. The caller holds the
/// opportunity and knows that enough are free.
async fn write_places(tx: &mut Tx, id: OpportunityId, before: i32, after: i32) -> AppResult<()> {
    if after > before {
        let ids: Vec<Uuid> = (before..after).map(|_| tx.ctx().id::<PlaceId>().0).collect();
        sqlx::query!(
            "insert into opportunity_places (id, opportunity_id, number)
             select s.id, $1, (s.place + coalesce((select max(p.number) from opportunity_places p where p.opportunity_id = $1), 0))::integer
             from unnest($2::uuid[]) with ordinality as s (id, place)",
            id.0,
            &ids,
        )
        .execute(tx.conn())
        .await?;
    } else if after < before {
        // A place that was ever claimed stays, because its claim is kept; such places never outnumber the live claims by
        // more than what was released, and those are trimmed only when no claim points at them.
        let gone = sqlx::query!(
            "delete from opportunity_places where id in (
                 select p.id from opportunity_places p
                 where p.opportunity_id = $1 and not exists (select 1 from place_claims k where k.place_id = p.id)
                 order by p.number desc limit $2
             )",
            id.0,
            i64::from(before - after),
        )
        .execute(tx.conn())
        .await?;
        if gone.rows_affected() != u64::from((before - after).unsigned_abs()) {
            return Err(AppError::invalid(
                "places",
                "Places that were promised before cannot be taken away. Offer at least as many.",
            ));
        }
    }
    Ok(())
}

pub async fn apply_opened(tx: &mut Tx, opened: &OpportunityOpened, at: DateTime<Utc>) -> AppResult<()> {
    let changed = sqlx::query!(
        "update opportunities set status = 'Open', opened_at = $2, updated_at = $2 where id = $1 and status = 'Draft'",
        opened.id().0,
        at,
    )
    .execute(tx.conn())
    .await?;
    one(changed.rows_affected())
}

pub async fn apply_closed(tx: &mut Tx, closed: &OpportunityClosed, at: DateTime<Utc>) -> AppResult<()> {
    let changed = sqlx::query!(
        "update opportunities set status = 'Closed', updated_at = $2 where id = $1 and status in ('Open', 'Filled')",
        closed.id().0,
        at
    )
    .execute(tx.conn())
    .await?;
    one(changed.rows_affected())
}

pub async fn apply_reopened(tx: &mut Tx, reopened: &OpportunityReopened, at: DateTime<Utc>) -> AppResult<()> {
    let changed = sqlx::query!(
        "update opportunities set status = 'Open', updated_at = $3 where id = $1 and status = $2",
        reopened.id().0,
        reopened.from().label(),
        at
    )
    .execute(tx.conn())
    .await?;
    one(changed.rows_affected())
}

pub async fn apply_filled(tx: &mut Tx, filled: &OpportunityFilled, at: DateTime<Utc>) -> AppResult<()> {
    let changed = sqlx::query!(
        "update opportunities set status = 'Filled', updated_at = $2 where id = $1 and status = 'Open'",
        filled.id().0,
        at
    )
    .execute(tx.conn())
    .await?;
    one(changed.rows_affected())
}

/// Until when a place is kept for a request; `None` when none is, or it is taken. The caller holds the opportunity.
pub async fn find_kept_until(tx: &mut Tx, request: RequestId) -> AppResult<Option<DateTime<Utc>>> {
    let kept =
        sqlx::query_scalar!("select kept_until from place_claims where request_id = $1 and released_at is null", request.0)
            .fetch_optional(tx.conn())
            .await?;
    Ok(kept.flatten())
}

/// Takes the free place with the lowest number, or the one that is kept for this request already; `None` when there is none.
/// Without a moment until which it is kept it is taken for good. The caller holds the opportunity.
pub async fn claim(
    tx: &mut Tx,
    id: OpportunityId,
    request: RequestId,
    at: DateTime<Utc>,
    kept_until: Option<DateTime<Utc>>,
) -> AppResult<Option<PlaceId>> {
    let kept = sqlx::query_scalar!(
        "update place_claims set kept_until = $2 where request_id = $1 and released_at is null returning place_id",
        request.0,
        kept_until,
    )
    .fetch_optional(tx.conn())
    .await?;
    if let Some(kept) = kept {
        return Ok(Some(PlaceId(kept)));
    }
    let place = sqlx::query_scalar!(
        "insert into place_claims (place_id, request_id, claimed_at, kept_until)
         select p.id, $2, $3, $4 from opportunity_places p
         where p.opportunity_id = $1
           and not exists (select 1 from place_claims k where k.place_id = p.id and k.released_at is null)
         order by p.number limit 1
         returning place_id",
        id.0,
        request.0,
        at,
        kept_until,
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(place.map(PlaceId))
}

/// The opportunity as requests keep it: everything that an applicant reads.
pub async fn get_snapshot(conn: impl sqlx::PgExecutor<'_>, id: OpportunityId) -> AppResult<serde_json::Value> {
    let row =
        sqlx::query_scalar!(r#"select snapshot as "snapshot!" from opportunity_snapshots where opportunity_id = $1"#, id.0,)
            .fetch_optional(conn)
            .await?;
    row.ok_or(AppError::NotFound)
}

/// Gives the request's place back; `false` when it held none. The caller holds the opportunity.
pub async fn release(tx: &mut Tx, request: RequestId, reason: &str, at: DateTime<Utc>) -> AppResult<bool> {
    let released = sqlx::query!(
        "update place_claims set released_at = $2, release_reason = $3 where request_id = $1 and released_at is null",
        request.0,
        at,
        reason,
    )
    .execute(tx.conn())
    .await?;
    Ok(released.rows_affected() > 0)
}

fn range(currency: &str, min: i64, max: i64) -> AppResult<MoneyRange> {
    let currency = Currency::parse(currency).map_err(broken)?;
    MoneyRange::new(Money { minor: min, currency }, Money { minor: max, currency }).map_err(broken)
}

fn broken(error: impl std::error::Error + Send + Sync + 'static) -> AppError {
    AppError::Broken(Box::new(error))
}

/// A guarded change that touched no row lost a race that its lock should have prevented.
fn one(rows: u64) -> AppResult<()> {
    if rows == 1 { Ok(()) } else { Err(AppError::broken(format!("a transition changed {rows} rows"))) }
}

/// Open opportunities of events that everybody may see, for search engines.
pub const CRAWLED: Listing = Listing {
    id: "o.id",
    tail: "o.id::text",
    updated_at: "o.updated_at",
    public: "opportunities o join events e on e.id = o.event_id join communities c on c.id = o.community_id
             where o.status = 'Open' and o.hidden_reason is null and e.deleted_at is null and e.public_visible and e.hidden_reason is null
               and e.status in ('Upcoming', 'Live', 'Completed') and c.status in ('approved', 'active')",
};
