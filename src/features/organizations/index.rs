//! The directory's index: filled from the listed organizations, following what changes. Kept for each instance by `main`.

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
        let rows = search::list_changed(ctx.db(), mark, limit).await?;
        let row = |row: Searched| if row.is_listed() { Row::Listed(Box::new(row.entry())) } else { Row::Unlisted(row.id.0) };
        Ok(rows.into_iter().map(|(changed, searched)| (changed, row(searched))).collect())
    }
}
