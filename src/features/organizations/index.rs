//! The directory's index: filled from the listed organizations, following what changes and what is taken away. Kept for each instance by `main`.

use super::{
    rules::search::{DirectoryFacet, Searched},
    store::search,
};
use crate::{
    kernel::{error::AppResult, search::Entry},
    platform::{
        ctx::Ctx,
        index::{Row, Source},
    },
};
use std::collections::HashMap;
use uuid::Uuid;

/// Organizations of the directory.
pub struct Directory;

impl Source for Directory {
    type Of = DirectoryFacet;
    const LIST: &'static str = "organizations";

    async fn after(ctx: &Ctx, id: Uuid, limit: i64) -> AppResult<Vec<Entry<DirectoryFacet>>> {
        Ok(search::list_searched(ctx.db(), id, limit).await?.into_iter().map(Searched::entry).collect())
    }

    async fn changed(ctx: &Ctx, mark: (i64, Uuid), limit: i64) -> AppResult<Vec<(i64, Row<DirectoryFacet>)>> {
        let moved = search::list_changed(ctx.db(), mark, limit).await?;
        if moved.is_empty() {
            return Ok(Vec::new());
        }
        // As they are now: what changed again meanwhile comes once more.
        let ids: Vec<Uuid> = moved.iter().map(|(_, id)| *id).collect();
        let mut rows: HashMap<Uuid, Searched> =
            search::list_searched_by(ctx.db(), &ids).await?.into_iter().map(|row| (row.id.0, row)).collect();
        let mut row = |id: Uuid| match rows.remove(&id).filter(Searched::is_listed) {
            Some(row) => Row::Listed(Box::new(row.entry())),
            None => Row::Unlisted(id),
        };
        Ok(moved.into_iter().map(|(changed, id)| (changed, row(id))).collect())
    }
}
