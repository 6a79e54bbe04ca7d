//! The lists of opportunities that somebody filtered and named, as the list shows them: theirs alone, in the workspace they act
//! for. They are saved searches: `watching` saves, changes and forgets them, and keeps the alert of each.

use super::{store_saved as store, views::SavedViews};
use crate::{
    kernel::{actor::Actor, error::AppResult, ids::OrganizationId},
    platform::{ctx::Ctx, tx::Tx},
};

/// The workspace as a view keeps it: by id, because slugs may change.
fn workspace(actor: &Actor) -> String {
    match (actor.organization(), actor.community()) {
        (Some(id), _) => format!("organization:{id}"),
        (_, Some(id)) => format!("community:{id}"),
        _ => String::new(),
    }
}

/// The views that the actor saved in this workspace, by name.
///
/// # Errors
/// When the database is away.
pub async fn list(ctx: &Ctx, actor: &Actor) -> AppResult<SavedViews> {
    Ok(SavedViews { items: store::list(ctx, actor.user().0, &workspace(actor)).await? })
}

/// What people saved in one organization's workspace, of every list, stands in another's from now on. Gives how many moved.
///
/// # Errors
/// When the database is away.
pub async fn follow_in(tx: &mut Tx, gone: OrganizationId, kept: OrganizationId) -> AppResult<u64> {
    store::follow(tx, &format!("organization:{gone}"), &format!("organization:{kept}")).await
}
