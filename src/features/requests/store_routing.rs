//! SQL of `request_routes` and `request_fits`. Makes no decision.

use super::{
    rules::routing::{Asked, Change, Fit, Keeper, Route, RulesChanged},
    store::money,
};
use crate::{
    kernel::{
        error::{AppError, AppResult},
        ids::{OrganizationId, RequestId, UserId},
        labels::{EventType, Region, RejectionReason},
        money::Money,
    },
    platform::tx::Tx,
};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use sqlx::{PgExecutor, types::Json};
use uuid::Uuid;

/// A rule with its id.
pub struct Known<T> {
    pub id: Uuid,
    pub rule: T,
}

#[derive(Debug, Deserialize)]
struct RouteRow {
    id: Uuid,
    region: Option<String>,
    event_type: Option<String>,
    assignee_id: Uuid,
}

#[derive(Debug, Deserialize)]
struct FitRow {
    id: Uuid,
    min_people: Option<i32>,
    regions: Vec<String>,
    event_types: Vec<String>,
    currency: Option<String>,
    max_amount: Option<i64>,
    reason: String,
    words: String,
    ask_again_month: Option<i16>,
}

impl RouteRow {
    fn read(self) -> AppResult<Known<Route>> {
        let region = self.region.as_deref().map(Region::parse).transpose().map_err(broken)?;
        let event_type = self.event_type.as_deref().map(EventType::parse).transpose().map_err(broken)?;
        Ok(Known { id: self.id, rule: Route { region, event_type, assignee: self.assignee_id.into() } })
    }
}

impl FitRow {
    fn read(self) -> AppResult<Known<Fit>> {
        let regions = self.regions.iter().map(|text| Region::parse(text)).collect::<Result<_, _>>().map_err(broken)?;
        let event_types = self.event_types.iter().map(|text| EventType::parse(text)).collect::<Result<_, _>>().map_err(broken)?;
        let most = self.max_amount.zip(self.currency).map(|(minor, currency)| money(minor, &currency)).transpose()?;
        let reason = RejectionReason::parse(&self.reason).map_err(broken)?;
        let ask_again = self.ask_again_month.and_then(|month| u32::try_from(month).ok());
        let rule = Fit { min_people: self.min_people, regions, event_types, most, reason, words: self.words, ask_again };
        Ok(Known { id: self.id, rule })
    }
}

/// Both kinds of one keeper, in the order in which they were set, by one statement. A community declares no fits.
pub async fn list_both(conn: impl PgExecutor<'_>, keeper: Keeper) -> AppResult<(Vec<Known<Route>>, Vec<Known<Fit>>)> {
    let row = sqlx::query!(
        r#"select
               (select coalesce(jsonb_agg(to_jsonb(x) order by x.created_at, x.id), '[]') from request_routes x
                where x.kind = $1 and x.workspace_id = $2) as "routes!: Json<Vec<RouteRow>>",
               (select coalesce(jsonb_agg(to_jsonb(x) order by x.created_at, x.id), '[]') from request_fits x
                where $1 = 'organization' and x.organization_id = $2) as "fits!: Json<Vec<FitRow>>""#,
        keeper.side().label(),
        keeper.id(),
    )
    .fetch_one(conn)
    .await?;
    let routes = row.routes.0.into_iter().map(RouteRow::read).collect::<AppResult<_>>()?;
    Ok((routes, row.fits.0.into_iter().map(FitRow::read).collect::<AppResult<_>>()?))
}

/// A workspace that is no more sorts and answers nothing by rule.
pub async fn end(tx: &mut Tx, organization: OrganizationId) -> AppResult<u64> {
    let routes = sqlx::query!(
        "delete from request_routes where kind = $1 and workspace_id = $2",
        Keeper::Organization(organization).side().label(),
        organization.0,
    )
    .execute(tx.conn())
    .await?;
    let fits = sqlx::query!("delete from request_fits where organization_id = $1", organization.0).execute(tx.conn()).await?;
    Ok(routes.rows_affected() + fits.rows_affected())
}

/// In the order in which they were set.
pub async fn list_routes(conn: impl PgExecutor<'_>, keeper: Keeper) -> AppResult<Vec<Known<Route>>> {
    let rows = sqlx::query_as!(
        RouteRow,
        "select id, region, event_type, assignee_id from request_routes where kind = $1 and workspace_id = $2 order by created_at, id",
        keeper.side().label(),
        keeper.id(),
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(RouteRow::read).collect()
}

/// In the order in which they were declared.
pub async fn list_fits(conn: impl PgExecutor<'_>, organization: OrganizationId) -> AppResult<Vec<Known<Fit>>> {
    let rows = sqlx::query_as!(
        FitRow,
        "select id, min_people, regions, event_types, currency, max_amount, reason, words, ask_again_month
         from request_fits where organization_id = $1 order by created_at, id",
        organization.0,
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(FitRow::read).collect()
}

/// The id of the route that stands now; `None` when there are too many.
pub async fn apply_route_set(
    tx: &mut Tx,
    changed: &RulesChanged,
    by: UserId,
    most: i64,
    at: DateTime<Utc>,
) -> AppResult<Option<Uuid>> {
    let Change::RouteSet(route) = changed.change() else { return Err(AppError::broken("not a route")) };
    let keeper = changed.keeper();
    Ok(sqlx::query_scalar!(
        "insert into request_routes (id, kind, workspace_id, region, event_type, assignee_id, created_by, created_at)
         select $1, $2, $3, $4, $5, $6, $7, $8
         where (select count(*) from request_routes where kind = $2 and workspace_id = $3) < $9
         on conflict on constraint request_routes_key do update set assignee_id = excluded.assignee_id, created_by = excluded.created_by
         returning id",
        changed.id(),
        keeper.side().label(),
        keeper.id(),
        route.region.map(|it| it.label()),
        route.event_type.map(|it| it.label()),
        route.assignee.0,
        by.0,
        at,
        most,
    )
    .fetch_optional(tx.conn())
    .await?)
}

/// False when there are too many.
pub async fn apply_fit_declared(
    tx: &mut Tx,
    changed: &RulesChanged,
    by: UserId,
    most: i64,
    at: DateTime<Utc>,
) -> AppResult<bool> {
    let Change::FitDeclared(fit) = changed.change() else { return Err(AppError::broken("not a fit")) };
    let regions: Vec<String> = fit.regions.iter().map(ToString::to_string).collect();
    let event_types: Vec<String> = fit.event_types.iter().map(ToString::to_string).collect();
    let written = sqlx::query!(
        "insert into request_fits (id, organization_id, min_people, regions, event_types, currency, max_amount, reason, words, created_by, created_at, ask_again_month)
         select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $13
         where (select count(*) from request_fits where organization_id = $2) < $12",
        changed.id(),
        changed.keeper().id(),
        fit.min_people,
        &regions,
        &event_types,
        fit.most.map(|most| most.currency.code()),
        fit.most.map(|most| most.minor),
        fit.reason.label(),
        fit.words,
        by.0,
        at,
        most,
        fit.ask_again.and_then(|month| i16::try_from(month).ok()),
    )
    .execute(tx.conn())
    .await?;
    Ok(written.rows_affected() == 1)
}

/// False when the workspace has no such rule of this kind.
pub async fn apply_removed(tx: &mut Tx, changed: &RulesChanged) -> AppResult<bool> {
    let keeper = changed.keeper();
    let gone = match changed.change() {
        Change::RouteRemoved => {
            sqlx::query!(
                "delete from request_routes where id = $1 and kind = $2 and workspace_id = $3",
                changed.id(),
                keeper.side().label(),
                keeper.id(),
            )
            .execute(tx.conn())
            .await?
        }
        Change::FitRemoved => {
            sqlx::query!("delete from request_fits where id = $1 and organization_id = $2", changed.id(), keeper.id())
                .execute(tx.conn())
                .await?
        }
        Change::RouteSet(_) | Change::FitDeclared(_) => return Err(AppError::broken("nothing was removed")),
    };
    Ok(gone.rows_affected() == 1)
}

/// What rules look at of a request whose newest amount is known.
pub async fn get_asked(tx: &mut Tx, id: RequestId, amount: Money) -> AppResult<Asked> {
    let row = sqlx::query!(
        "select e.max_attendees, e.region, e.event_type from requests r join events e on e.id = r.event_id where r.id = $1",
        id.0,
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(Asked {
        people: row.max_attendees,
        region: row.region.as_deref().and_then(|text| Region::parse(text).ok()),
        event_type: row.event_type.as_deref().and_then(|text| EventType::parse(text).ok()),
        amount,
    })
}

/// The name and role of somebody whose seat in a workspace is open.
pub async fn find_seat(tx: &mut Tx, keeper: Keeper, user: UserId) -> AppResult<Option<(String, String)>> {
    let row = sqlx::query!(
        r#"select u.name, w.role as "role!" from seats w join users u on u.id = w.user_id
           where w.user_id = $1 and u.suspended_at is null and w.kind = $2 and w.workspace_id = $3"#,
        user.0,
        keeper.side().label(),
        keeper.id(),
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(row.map(|row| (row.name, row.role)))
}

fn broken(error: impl std::error::Error + Send + Sync + 'static) -> AppError {
    AppError::Broken(Box::new(error))
}
