//! What becomes of people when the profiles of two organizations become one.
//!
//! Promises: somebody with a seat in both keeps one, with the higher role; powers that were given by name are not carried
//! over, because the other workspace's admins gave them; nobody gets into a workspace by an application that nobody checked.

use super::store;
use crate::{
    features::organizations::{self, rules::merging::height},
    kernel::{
        actor::OrganizationRole,
        error::{AppError, AppResult},
        ids::{OrganizationId, UserId},
    },
    platform::tx::Tx,
};

/// Somebody of the profile that goes, and what becomes of their seat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Follower {
    pub user: UserId,
    pub name: String,
    pub email: String,
    pub role: OrganizationRole,
    /// Their role from now on; nothing where the seat ends.
    pub becomes: Option<OrganizationRole>,
}

/// What moved and what ended.
pub struct Moved {
    pub people: Vec<Follower>,
    pub join_requests: u64,
    pub invitations: u64,
}

/// The people of one organization have their seats in another from now on, or none. The caller holds both organizations.
///
/// # Errors
/// When the database is away.
pub async fn follow_in(tx: &mut Tx, gone: OrganizationId, kept: OrganizationId, seats: bool) -> AppResult<Moved> {
    let unknown = || AppError::broken("a seat has a role that this program does not know");
    let mut people = Vec::new();
    for row in store::list_followers(tx, gone, kept).await? {
        let role = OrganizationRole::parse(&row.role).ok_or_else(unknown)?;
        let there = row.kept_role.as_deref().map(|label| OrganizationRole::parse(label).ok_or_else(unknown)).transpose()?;
        let becomes = match (seats, there) {
            (true, None) => {
                store::move_seat(tx, row.id, kept).await?;
                Some(role)
            }
            (true, Some(there)) if height(role) > height(there) => {
                store::end_seat(tx, row.id).await?;
                organizations::service::set_role_in(tx, kept, row.user_id.into(), role).await?;
                Some(role)
            }
            (_, Some(there)) => {
                store::end_seat(tx, row.id).await?;
                Some(there)
            }
            (false, None) => {
                store::end_seat(tx, row.id).await?;
                None
            }
        };
        people.push(Follower { user: row.user_id.into(), name: row.name, email: row.email, role, becomes });
    }
    let join_requests = store::follow_joins(tx, gone, kept).await?;
    let invitations = store::end_invitations(tx, gone).await?;
    Ok(Moved { people, join_requests, invitations })
}
