//! SQL of saved searches, of what they found, and of what people watch.

use super::{rules::List, views::SavedSearchView};
use crate::{
    kernel::{
        error::{AppError, AppResult},
        ids::{CommunityId, OrganizationId, SavedViewId, UserId},
    },
    platform::{ctx::Ctx, db::OnConstraint as _, tx::Tx},
};
use chrono::{DateTime, Utc};
use uuid::Uuid;

/// Whose something is: a person, in the workspace that they act for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Owner {
    pub user: Uuid,
    pub workspace: String,
}

fn list(label: &str) -> AppResult<List> {
    List::parse(label).map_err(|unknown| AppError::broken(unknown.to_string()))
}

struct SearchRow {
    id: SavedViewId,
    board: String,
    name: String,
    query: String,
    alerts: bool,
}

impl SearchRow {
    fn view(self) -> AppResult<SavedSearchView> {
        let list = list(&self.board)?;
        let described = list.described(&self.query);
        Ok(SavedSearchView { id: self.id, list, name: self.name, query: self.query, described, alerts: self.alerts })
    }
}

const NAME_TAKEN: &str = "You have a search of this name already. Choose another one.";

/// Every search of somebody's, by list and name.
pub async fn list_searches(ctx: &Ctx, owner: &Owner) -> AppResult<Vec<SavedSearchView>> {
    let rows = sqlx::query_as!(
        SearchRow,
        r#"select id, board, name, query, alerts from saved_views
           where user_id = $1 and workspace = $2
           order by board desc, lower(name) collate "C", id"#,
        owner.user,
        owner.workspace,
    )
    .fetch_all(ctx.db())
    .await?;
    rows.into_iter().map(SearchRow::view).collect()
}

/// What somebody keeps beside a list: their searches by name, and the ids of the rows that they watch. One statement.
pub async fn list_kept(ctx: &Ctx, owner: &Owner, of: List) -> AppResult<(Vec<SavedSearchView>, Vec<Uuid>)> {
    let rows = sqlx::query!(
        r#"select id as "id!", name as "name!", query as "query!", alerts as "alerts!", false as "watched!"
           from saved_views where user_id = $1 and workspace = $2 and board = $3
           union all
           select row_id, '', '', false, true from watches where user_id = $1 and workspace = $2 and kind = $3
           order by 2, 1"#,
        owner.user,
        owner.workspace,
        of.label(),
    )
    .fetch_all(ctx.db())
    .await?;
    let (watched, searches): (Vec<_>, Vec<_>) = rows.into_iter().partition(|row| row.watched);
    let searches = searches.into_iter().map(|row| SavedSearchView {
        id: row.id.into(),
        list: of,
        described: of.described(&row.query),
        name: row.name,
        query: row.query,
        alerts: row.alerts,
    });
    Ok((searches.collect(), watched.into_iter().map(|row| row.id).collect()))
}

/// How many searches of a list somebody has, and what the one with this query is called, with the person's row held, so that
/// two saves at once see each other.
pub async fn count_searches(tx: &mut Tx, owner: &Owner, of: List, query: &str) -> AppResult<(i64, Option<String>)> {
    hold_owner(tx, owner).await?;
    let row = sqlx::query!(
        r#"select count(*) as "count!", min(name) filter (where query = $4) as twin from saved_views
           where user_id = $1 and workspace = $2 and board = $3"#,
        owner.user,
        owner.workspace,
        of.label(),
        query,
    )
    .fetch_one(tx.conn())
    .await?;
    Ok((row.count, row.twin))
}

async fn hold_owner(tx: &mut Tx, owner: &Owner) -> AppResult<()> {
    sqlx::query!("select id from users where id = $1 for no key update", owner.user).fetch_one(tx.conn()).await?;
    Ok(())
}

pub async fn insert_search(tx: &mut Tx, owner: &Owner, search: &SavedSearchView, at: DateTime<Utc>) -> AppResult<()> {
    sqlx::query!(
        "insert into saved_views (id, user_id, workspace, board, name, query, alerts, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $8)",
        search.id.0,
        owner.user,
        owner.workspace,
        search.list.label(),
        search.name,
        search.query,
        search.alerts,
        at,
    )
    .execute(tx.conn())
    .await
    .on_constraint("saved_views_name_key", "name", NAME_TAKEN)?;
    Ok(())
}

/// One search of theirs, held. `None` when there is none.
pub async fn hold_search(tx: &mut Tx, owner: &Owner, id: SavedViewId) -> AppResult<Option<SavedSearchView>> {
    let row = sqlx::query_as!(
        SearchRow,
        "select id, board, name, query, alerts from saved_views
         where id = $1 and user_id = $2 and workspace = $3 for no key update",
        id.0,
        owner.user,
        owner.workspace,
    )
    .fetch_optional(tx.conn())
    .await?;
    row.map(SearchRow::view).transpose()
}

pub async fn update_search(tx: &mut Tx, search: &SavedSearchView, at: DateTime<Utc>) -> AppResult<()> {
    sqlx::query!(
        "update saved_views set name = $2, query = $3, alerts = $4, updated_at = $5 where id = $1",
        search.id.0,
        search.name,
        search.query,
        search.alerts,
        at,
    )
    .execute(tx.conn())
    .await
    .on_constraint("saved_views_name_key", "name", NAME_TAKEN)?;
    Ok(())
}

/// `false` when there is none of theirs.
pub async fn delete_search(tx: &mut Tx, owner: &Owner, id: SavedViewId) -> AppResult<bool> {
    let gone = sqlx::query!(
        "delete from saved_views where id = $1 and user_id = $2 and workspace = $3",
        id.0,
        owner.user,
        owner.workspace,
    )
    .execute(tx.conn())
    .await?;
    Ok(gone.rows_affected() == 1)
}

// ── What was found ──────────────────────────────────────────────────────────────────────────────────────────────────

/// A search whose owner is told of what comes to fit.
pub struct Alerting {
    pub id: SavedViewId,
    pub owner: Owner,
    pub list: List,
    pub name: String,
    pub query: String,
    pub alerts: bool,
}

/// Searches of a list with alerts that have not found this row yet, with larger ids, in their order.
pub async fn list_alerting(ctx: &Ctx, of: List, row: Uuid, after: Uuid, limit: i64) -> AppResult<Vec<Alerting>> {
    let rows = sqlx::query!(
        r#"select v.id, v.user_id, v.workspace, v.name, v.query from saved_views v
           where v.board = $1 and v.alerts and v.id > $2
             and not exists (select 1 from saved_view_hits h where h.view_id = v.id and h.row_id = $3)
           order by v.id limit $4"#,
        of.label(),
        after,
        row,
        limit,
    )
    .fetch_all(ctx.db())
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Alerting {
            id: row.id.into(),
            owner: Owner { user: row.user_id, workspace: row.workspace },
            list: of,
            name: row.name,
            query: row.query,
            alerts: true,
        })
        .collect())
}

pub async fn find_alerting(ctx: &Ctx, id: SavedViewId) -> AppResult<Option<Alerting>> {
    let row = sqlx::query!("select user_id, workspace, board, name, query, alerts from saved_views where id = $1", id.0,)
        .fetch_optional(ctx.db())
        .await?;
    row.map(|row| -> AppResult<Alerting> {
        Ok(Alerting {
            id,
            owner: Owner { user: row.user_id, workspace: row.workspace },
            list: list(&row.board)?,
            name: row.name,
            query: row.query,
            alerts: row.alerts,
        })
    })
    .transpose()
}

/// Notes that these searches have found a row, those of them that had not, and gives them. A search that was deleted meanwhile
/// finds nothing.
pub async fn insert_hits(tx: &mut Tx, searches: &[Uuid], row: Uuid, at: DateTime<Utc>) -> AppResult<Vec<Uuid>> {
    Ok(sqlx::query_scalar!(
        "insert into saved_view_hits (view_id, row_id, found_at)
         select v.id, $2, $3 from saved_views v where v.id = any($1) and v.alerts order by v.id
         on conflict do nothing returning view_id",
        searches,
        row,
        at,
    )
    .fetch_all(tx.conn())
    .await?)
}

/// These are known: nobody is told of them.
pub async fn insert_known(tx: &mut Tx, search: SavedViewId, rows: &[Uuid], at: DateTime<Utc>) -> AppResult<()> {
    sqlx::query!(
        "insert into saved_view_hits (view_id, row_id, found_at, settled_at) select $1, r.id, $3, $3 from unnest($2::uuid[]) as r (id)
         on conflict (view_id, row_id) do update set settled_at = coalesce(saved_view_hits.settled_at, excluded.settled_at)",
        search.0,
        rows,
        at,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// What waits to be told, first found first.
pub async fn list_waiting(tx: &mut Tx, search: SavedViewId, limit: i64) -> AppResult<Vec<Uuid>> {
    Ok(sqlx::query_scalar!(
        "select row_id from saved_view_hits where view_id = $1 and settled_at is null order by found_at, row_id limit $2",
        search.0,
        limit,
    )
    .fetch_all(tx.conn())
    .await?)
}

/// These were told.
pub async fn settle(tx: &mut Tx, search: SavedViewId, rows: &[Uuid], at: DateTime<Utc>) -> AppResult<()> {
    sqlx::query!(
        "update saved_view_hits set settled_at = $3 where view_id = $1 and row_id = any($2) and settled_at is null",
        search.0,
        rows,
        at,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// These wait no longer, and nobody was told: should they fit again, somebody is. `None`: all that wait.
pub async fn forget_waiting(tx: &mut Tx, search: SavedViewId, rows: Option<&[Uuid]>) -> AppResult<()> {
    sqlx::query!(
        "delete from saved_view_hits where view_id = $1 and settled_at is null and ($2::uuid[] is null or row_id = any($2))",
        search.0,
        rows,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

// ── What is watched ─────────────────────────────────────────────────────────────────────────────────────────────────

/// How many rows somebody watches, with the person's row held.
pub async fn count_watches(tx: &mut Tx, owner: &Owner) -> AppResult<i64> {
    hold_owner(tx, owner).await?;
    Ok(sqlx::query_scalar!(
        r#"select count(*) as "count!" from watches where user_id = $1 and workspace = $2"#,
        owner.user,
        owner.workspace,
    )
    .fetch_one(tx.conn())
    .await?)
}

pub async fn insert_watch(tx: &mut Tx, owner: &Owner, of: List, row: Uuid, at: DateTime<Utc>) -> AppResult<()> {
    sqlx::query!(
        "insert into watches (user_id, workspace, kind, row_id, created_at) values ($1, $2, $3, $4, $5) on conflict do nothing",
        owner.user,
        owner.workspace,
        of.label(),
        row,
        at,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub async fn delete_watch(tx: &mut Tx, owner: &Owner, of: List, row: Uuid) -> AppResult<()> {
    sqlx::query!(
        "delete from watches where user_id = $1 and workspace = $2 and kind = $3 and row_id = $4",
        owner.user,
        owner.workspace,
        of.label(),
        row,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub async fn is_watched(ctx: &Ctx, owner: &Owner, of: List, row: Uuid) -> AppResult<bool> {
    Ok(sqlx::query_scalar!(
        r#"select exists (
               select 1 from watches where user_id = $1 and workspace = $2 and kind = $3 and row_id = $4
           ) as "there!""#,
        owner.user,
        owner.workspace,
        of.label(),
        row,
    )
    .fetch_one(ctx.db())
    .await?)
}

/// A watched row as it is now.
pub struct WatchedRow {
    pub list: List,
    pub id: Uuid,
    pub slug: String,
    pub name: String,
    pub logo_key: Option<String>,
    pub about: String,
    pub changed_at: DateTime<Utc>,
}

/// What somebody watches and may see: rows that are listed and that no block of either side hides from their workspace; what
/// changed last first.
pub async fn list_watched(
    ctx: &Ctx,
    owner: &Owner,
    organization: Option<OrganizationId>,
    community: Option<CommunityId>,
) -> AppResult<Vec<WatchedRow>> {
    let rows = sqlx::query!(
        r#"select w.kind as "kind!", o.id as "id!", o.slug as "slug!", o.display_name as "name!", l.storage_key as "logo_key?",
                  o.industry as "about!", o.updated_at as "changed_at!"
           from watches w join organizations o on o.id = w.row_id left join logos l on l.id = o.logo_id
           where w.user_id = $1 and w.workspace = $2 and w.kind = 'organizations'
             and o.verification_status in ('Verified', 'Community Added')
             and not exists (select 1 from blocks b where b.organization_id = o.id and b.community_id = $4)
           union all
           select w.kind, c.id, c.slug, c.name, l.storage_key,
                  case when c.city = '' then c.country when c.country = '' then c.city else c.city || ', ' || c.country end, c.updated_at
           from watches w join communities c on c.id = w.row_id left join logos l on l.id = c.logo_id
           where w.user_id = $1 and w.workspace = $2 and w.kind = 'communities' and c.status in ('approved', 'active')
             and not exists (select 1 from blocks b where b.community_id = c.id and b.organization_id = $3)
           order by 7 desc, 2"#,
        owner.user,
        owner.workspace,
        organization.map(|id| id.0),
        community.map(|id| id.0),
    )
    .fetch_all(ctx.db())
    .await?;
    rows.into_iter()
        .map(|row| -> AppResult<WatchedRow> {
            Ok(WatchedRow {
                list: list(&row.kind)?,
                id: row.id,
                slug: row.slug,
                name: row.name,
                logo_key: row.logo_key,
                about: row.about,
                changed_at: row.changed_at,
            })
        })
        .collect()
}

/// Who watches a row, or whether this person does; those who began first, first.
pub async fn list_watchers(ctx: &Ctx, of: List, row: Uuid, only: Option<UserId>, limit: i64) -> AppResult<Vec<Owner>> {
    Ok(sqlx::query_as!(
        Owner,
        r#"select user_id as "user", workspace from watches
           where kind = $1 and row_id = $2 and ($4::uuid is null or user_id = $4) order by created_at, user_id limit $3"#,
        of.label(),
        row,
        limit,
        only.map(|user| user.0),
    )
    .fetch_all(ctx.db())
    .await?)
}

/// One organization stands where another did: what its people watch, and who watches it.
pub async fn follow(tx: &mut Tx, gone: OrganizationId, kept: OrganizationId) -> AppResult<()> {
    sqlx::query!(
        "insert into watches (user_id, workspace, kind, row_id, created_at)
         select user_id, workspace, kind, $2, created_at from watches where kind = 'organizations' and row_id = $1
         on conflict do nothing",
        gone.0,
        kept.0,
    )
    .execute(tx.conn())
    .await?;
    sqlx::query!("delete from watches where kind = 'organizations' and row_id = $1", gone.0).execute(tx.conn()).await?;
    let (from, to) = (format!("organization:{gone}"), format!("organization:{kept}"));
    sqlx::query!(
        "insert into watches (user_id, workspace, kind, row_id, created_at)
         select user_id, $2, kind, row_id, created_at from watches where workspace = $1 on conflict do nothing",
        from,
        to,
    )
    .execute(tx.conn())
    .await?;
    sqlx::query!("delete from watches where workspace = $1", from).execute(tx.conn()).await?;
    // What the one was known for, the other is: nobody is told of it again under its new name.
    sqlx::query!(
        "insert into saved_view_hits (view_id, row_id, found_at, settled_at)
         select view_id, $2, found_at, settled_at from saved_view_hits where row_id = $1 and settled_at is not null
         on conflict do nothing",
        gone.0,
        kept.0,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}
