//! The vocabulary of technologies as it grows: what the program's own list does not know is written as it was written first.

use super::store;
use crate::{
    kernel::{error::AppResult, technologies},
    platform::tx::Tx,
};
use chrono::{DateTime, Utc};

/// Gives each technology the spelling that stands for it; one that nobody has used yet becomes vocabulary with this
/// transaction.
///
/// # Errors
/// When the database is away.
pub async fn settle_in(tx: &mut Tx, names: &mut [String], now: DateTime<Utc>) -> AppResult<()> {
    let mut fresh: Vec<(String, String)> = names
        .iter()
        .filter(|name| technologies::known(name).is_none())
        .map(|name| (technologies::key(name), name.clone()))
        .collect();
    if fresh.is_empty() {
        return Ok(());
    }
    // Two who name the same new ones wait for each other, and never in a circle.
    fresh.sort();
    let (keys, spelled): (Vec<String>, Vec<String>) = fresh.into_iter().unzip();
    let kept = store::search::settle_technologies(tx, &keys, &spelled, now).await?;
    for name in names {
        let key = technologies::key(name);
        if let Some((_, spelled)) = kept.iter().find(|(there, _)| *there == key) {
            name.clone_from(spelled);
        }
    }
    Ok(())
}
