//! SQL of `community_embeds`. Makes no decision.

use super::rules::{Sites, SitesChosen};
use crate::kernel::{
    error::{AppError, AppResult},
    ids::CommunityId,
};
use sqlx::PgConnection;

/// Where a community's embeds may stand, and the version of that choice: 0 before the first.
pub async fn find(db: impl sqlx::PgExecutor<'_>, community: CommunityId) -> AppResult<(Sites, i32)> {
    let row = sqlx::query!("select origins, version from community_embeds where community_id = $1", community.0)
        .fetch_optional(db)
        .await?;
    Ok(row.map_or((Sites::Everywhere, 0), |row| (Sites::of(Some(row.origins)), row.version)))
}

/// Refused when somebody else was faster.
pub async fn apply_chosen(conn: &mut PgConnection, fact: &SitesChosen) -> AppResult<()> {
    let done = sqlx::query!(
        "insert into community_embeds (community_id, origins) values ($1, $2)
         on conflict (community_id) do update set origins = $2, version = community_embeds.version + 1
         where community_embeds.version = $3",
        fact.community().0,
        &fact.sites().stored(),
        fact.from_version(),
    )
    .execute(conn)
    .await?;
    if done.rows_affected() == 1 {
        return Ok(());
    }
    Err(AppError::refused("VERSION_CONFLICT", "Somebody changed the sites in the same moment. Load the page again and compare."))
}
