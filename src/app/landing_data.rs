//! The server's half of the first page: its counts, an open opportunity and a verified sponsor, from the rooms that know them.

use super::landing::LandingView;
use crate::{
    features::{
        opportunities::{board::Board, service as opportunities},
        organizations::directory,
    },
    kernel::{actor::VerificationStatus, error::AppResult, page::PageRequest},
    platform::ctx::Ctx,
};

/// # Errors
/// When the database is away.
pub async fn view(ctx: &Ctx) -> AppResult<LandingView> {
    let few = PageRequest { limit: 6, ..PageRequest::default() };
    let open = opportunities::list(ctx, None, &Board::default(), &few).await?;
    let listed = directory::list_first(ctx, &few).await?;
    let count = |total: i64, capped: bool| match (total, capped) {
        (_, false) if total < 1_000 => total.to_string(),
        (_, false) => format!("{},{:03}", total / 1_000, total % 1_000),
        (_, true) => format!("{},{:03}+", total / 1_000, total % 1_000),
    };
    Ok(LandingView {
        opportunities: count(open.total, open.total_capped),
        sponsors: count(listed.total, listed.total_capped),
        opportunity: open.items.into_iter().next(),
        sponsor: listed.items.into_iter().find(|card| card.verification_status == VerificationStatus::Verified),
    })
}
