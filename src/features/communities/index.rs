//! The index of the list of communities: filled from those on the marketplace, following what changes of them and of their
//! events. Kept for each instance by `main`.

use super::{
    search::{CommunityFacet, Searched},
    store_search,
};
use crate::{
    kernel::{error::AppResult, search::Entry},
    platform::{
        ctx::Ctx,
        index::{Change, Mark, Row, Source, engine::Index},
    },
};
use uuid::Uuid;

/// Communities on the marketplace.
pub struct Communities;

impl Source for Communities {
    type Of = Index<CommunityFacet>;
    const LIST: &'static str = "communities";

    async fn after(ctx: &Ctx, id: Uuid, limit: i64) -> AppResult<Vec<Entry<CommunityFacet>>> {
        Ok(store_search::list_searched(ctx.db(), id, limit).await?.into_iter().map(Searched::entry).collect())
    }

    async fn changed(ctx: &Ctx, mark: Mark, limit: i64) -> AppResult<Vec<Change>> {
        store_search::list_changed(ctx.db(), mark, limit).await
    }

    async fn rows(ctx: &Ctx, of: &[Uuid]) -> AppResult<Vec<Row<Entry<CommunityFacet>>>> {
        let row = |row: Searched| if row.listed { Row::Listed(Box::new(row.entry())) } else { Row::Unlisted(row.id.0) };
        Ok(store_search::list_searched_by(ctx.db(), of).await?.into_iter().map(row).collect())
    }
}
