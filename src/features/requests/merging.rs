//! What becomes of requests when the profiles of two organizations become one: all follow, and of two open ones about the
//! same thing the newer is withdrawn, by nobody's side, with a fact that says why.

use super::{inbox, service::EXPIRY, store, store_routing};
use crate::{
    kernel::{
        actor::Actor,
        error::AppResult,
        ids::{OrganizationId, RequestId},
    },
    platform::{facts::Voice, jobs::clear_deadline, tx::Tx},
};

/// What moved and what ended.
pub struct Moved {
    pub requests: u64,
    /// The withdrawn ones: id, and who and what they were about.
    pub withdrawn: Vec<(RequestId, String)>,
    pub rules: u64,
}

/// Every request of one organization belongs to another from now on. The caller, somebody of the staff, holds both
/// organizations; people have followed already, so that it is known who may still handle what.
///
/// # Errors
/// When the database is away.
pub async fn follow_in(
    tx: &mut Tx,
    actor: &Actor,
    (gone, kept): (OrganizationId, OrganizationId),
    name: &str,
) -> AppResult<Moved> {
    let now = tx.ctx().now();
    let mut withdrawn = Vec::new();
    for (goes, stays) in store::list_twins(tx, gone, kept).await? {
        let mut request = store::hold(tx, actor.scope(), goes).await?;
        // Whoever has it from now on is told that it ended, whichever of the two profiles had asked.
        request.parties.organization = kept;
        let words = format!("Two profiles of {name} became one, and both had a request about this. The older one goes on.");
        let fact = request.withdraw_for(stays, &words)?;
        store::apply_withdrawn(tx, &fact, now).await?;
        clear_deadline(tx, EXPIRY, goes.0).await?;
        inbox::clear_snoozes(tx, goes).await?;
        tx.state(Voice::System, &fact);
        withdrawn.push((goes, format!("{}, {}", request.parties.community_name, request.parties.event_title)));
    }
    let requests = store::follow(tx, gone, kept, name).await?;
    let rules = store_routing::end(tx, gone).await?;
    Ok(Moved { requests, withdrawn, rules })
}
