//! SQL of `saved_views`, as far as they are about opportunities.

use super::views::SavedView;
use crate::{
    kernel::{error::AppResult, ids::SavedViewId},
    platform::{ctx::Ctx, db::OnConstraint as _, tx::Tx},
};
use chrono::{DateTime, Utc};
use uuid::Uuid;

/// The names of somebody's lists, in the order of the alphabet.
pub async fn list(ctx: &Ctx, user: Uuid, workspace: &str) -> AppResult<Vec<SavedView>> {
    Ok(sqlx::query_as!(
        SavedView,
        r#"select id, name, query from saved_views where user_id = $1 and workspace = $2 and board = 'opportunities'
           order by lower(name) collate "C", id"#,
        user,
        workspace,
    )
    .fetch_all(ctx.db())
    .await?)
}

/// How many somebody has, with the person's row held, so that two saves at once count each other.
pub async fn count(tx: &mut Tx, user: Uuid, workspace: &str) -> AppResult<i64> {
    sqlx::query!("select id from users where id = $1 for update", user).fetch_one(tx.conn()).await?;
    Ok(sqlx::query_scalar!(
        r#"select count(*) as "count!" from saved_views where user_id = $1 and workspace = $2 and board = 'opportunities'"#,
        user,
        workspace,
    )
    .fetch_one(tx.conn())
    .await?)
}

/// Gives the lists of one workspace to another; a name that somebody has there already stays as it is.
pub async fn follow(tx: &mut Tx, gone: &str, kept: &str) -> AppResult<u64> {
    let moved = sqlx::query!(
        "update saved_views s set workspace = $2
         where s.workspace = $1
           and not exists (select 1 from saved_views k
                           where k.workspace = $2 and k.user_id = s.user_id and k.board = s.board and lower(k.name) = lower(s.name))",
        gone,
        kept,
    )
    .execute(tx.conn())
    .await?;
    sqlx::query!("delete from saved_views where workspace = $1", gone).execute(tx.conn()).await?;
    Ok(moved.rows_affected())
}

const NAME_TAKEN: &str = "You have a view of this name already. Choose another one.";

pub async fn insert(
    tx: &mut Tx,
    id: SavedViewId,
    owner: (Uuid, &str),
    name: &str,
    query: &str,
    at: DateTime<Utc>,
) -> AppResult<()> {
    sqlx::query!(
        "insert into saved_views (id, user_id, workspace, board, name, query, created_at, updated_at)
         values ($1, $2, $3, 'opportunities', $4, $5, $6, $6)",
        id.0,
        owner.0,
        owner.1,
        name,
        query,
        at,
    )
    .execute(tx.conn())
    .await
    .on_constraint("saved_views_name_key", "name", NAME_TAKEN)?;
    Ok(())
}

/// A new name and, where one is given, a new query: of that nobody has said yet what is known, so its alert ends. `false` when there is none of theirs.
pub async fn update(
    tx: &mut Tx,
    id: SavedViewId,
    owner: (Uuid, &str),
    name: &str,
    query: Option<&str>,
    at: DateTime<Utc>,
) -> AppResult<bool> {
    let changed = sqlx::query!(
        "update saved_views
         set name = $4, alerts = alerts and ($5::text is null or $5 = query), query = coalesce($5, query), updated_at = $6
         where id = $1 and user_id = $2 and workspace = $3 and board = 'opportunities'",
        id.0,
        owner.0,
        owner.1,
        name,
        query,
        at,
    )
    .execute(tx.conn())
    .await
    .on_constraint("saved_views_name_key", "name", NAME_TAKEN)?;
    Ok(changed.rows_affected() == 1)
}

/// `false` when there is none of theirs.
pub async fn delete(tx: &mut Tx, id: SavedViewId, owner: (Uuid, &str)) -> AppResult<bool> {
    let gone = sqlx::query!(
        "delete from saved_views where id = $1 and user_id = $2 and workspace = $3 and board = 'opportunities'",
        id.0,
        owner.0,
        owner.1,
    )
    .execute(tx.conn())
    .await?;
    Ok(gone.rows_affected() == 1)
}
