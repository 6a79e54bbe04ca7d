//! Who may see the partners of an event: everybody where the event is public, and the people of its community always.

use crate::kernel::{
    actor::{Actor, Capability},
    ids::CommunityId,
};

/// How much of an event's partners somebody sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sight {
    /// What the public page shows.
    Shown,
    /// The hidden ones too.
    All,
}

/// `None`: the event is not theirs to know of.
pub fn may_see(viewer: Option<&Actor>, community: CommunityId, event_is_public: bool) -> Option<Sight> {
    let own = viewer.is_some_and(|viewer| viewer.community() == Some(community) && viewer.can(Capability::SeeWorkspace));
    match (own, event_is_public) {
        (true, _) => Some(Sight::All),
        (false, true) => Some(Sight::Shown),
        (false, false) => None,
    }
}
