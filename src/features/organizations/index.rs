//! The directory's index: filled from the listed organizations, following what changes and what is taken away. Kept for each instance by `main`.

use super::{
    rules::search::{DirectoryFacet, Searched},
    store::search,
};
use crate::{
    kernel::{error::AppResult, search::Entry},
    platform::{
        ctx::Ctx,
        index::{Change, Mark, Row, Source, engine::Index},
    },
};
use std::collections::HashMap;
use uuid::Uuid;

/// Organizations of the directory.
pub struct Directory;

impl Source for Directory {
    type Of = Index<DirectoryFacet>;
    const LIST: &'static str = "organizations";

    async fn after(ctx: &Ctx, id: Uuid, limit: i64) -> AppResult<Vec<Entry<DirectoryFacet>>> {
        Ok(search::list_searched(ctx.db(), id, limit).await?.into_iter().map(Searched::entry).collect())
    }

    async fn changed(ctx: &Ctx, mark: Mark, limit: i64) -> AppResult<Vec<Change>> {
        search::list_changed(ctx.db(), mark, limit).await
    }

    async fn rows(ctx: &Ctx, of: &[Uuid]) -> AppResult<Vec<Row<Entry<DirectoryFacet>>>> {
        let mut rows: HashMap<Uuid, Searched> =
            search::list_searched_by(ctx.db(), of).await?.into_iter().map(|row| (row.id.0, row)).collect();
        let row = |id: Uuid| match rows.remove(&id).filter(Searched::is_listed) {
            Some(row) => Row::Listed(Box::new(row.entry())),
            None => Row::Unlisted(id),
        };
        Ok(of.iter().copied().map(row).collect())
    }
}
