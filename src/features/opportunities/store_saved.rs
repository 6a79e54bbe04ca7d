//! SQL of `saved_views`, as far as they are about opportunities.

use super::views::SavedView;
use crate::{
    kernel::error::AppResult,
    platform::{ctx::Ctx, tx::Tx},
};
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
