//! What becomes of requests when the profiles of two organizations become one: all follow, and of two open ones about the
//! same thing the newer is withdrawn, by nobody's side, with a fact that says why. What nobody could answer before is delivered.

use super::{inbox, service::EXPIRY, store, store_routing, store_sending};
use crate::{
    kernel::{
        actor::Actor,
        error::AppResult,
        ids::{OrganizationId, RequestId},
    },
    platform::{
        facts::Voice,
        jobs::{clear_deadline, set_deadline},
        tx::Tx,
    },
};

/// What moved and what ended.
pub struct Moved {
    pub requests: u64,
    /// The withdrawn ones: id, and who and what they were about.
    pub withdrawn: Vec<(RequestId, String)>,
    pub rules: u64,
}

/// Every request of one organization belongs to another from now on. The caller, somebody of the staff, holds both
/// organizations; people have followed already, so that it is known who may still handle what. It `wakes` what waits when
/// nobody spoke for the one that goes, and somebody speaks for the one that stays.
///
/// # Errors
/// When the database is away.
pub async fn follow_in(
    tx: &mut Tx,
    actor: &Actor,
    (gone, kept): (OrganizationId, OrganizationId),
    (name, wakes): (&str, bool),
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
    // Those that go on; their rows are locked already.
    let waiting = if wakes { store_sending::list_open_of(tx, gone).await? } else { Vec::new() };
    let requests = store::follow(tx, gone, kept, name).await?;
    for (id, event_ends) in waiting {
        let request = store::hold(tx, actor.scope(), id).await?;
        let Some(delivered) = request.deliver(event_ends, now) else { continue };
        store_sending::apply_delivered(tx, &delivered, now).await?;
        set_deadline(tx, EXPIRY, id.0, delivered.until()).await?;
        tx.state(Voice::System, &delivered);
    }
    let rules = store_routing::end(tx, gone).await?;
    Ok(Moved { requests, withdrawn, rules })
}
