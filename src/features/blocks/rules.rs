//! A block and its end. Both are facts of the workspace that made it; the other side never reads them.

use crate::kernel::{
    actor::Side,
    fact::{Fact, Statement, Subject},
    ids::{CommunityId, OrganizationId},
};
use serde_json::json;
use uuid::Uuid;

/// Who does not want to deal with whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pair {
    pub community: CommunityId,
    pub organization: OrganizationId,
}

impl Pair {
    /// The other workspace as `side` names it.
    pub fn of(side: Side, own: Uuid, other: Uuid) -> Self {
        match side {
            Side::Community => Self { community: own.into(), organization: other.into() },
            Side::Organization => Self { community: other.into(), organization: own.into() },
        }
    }

    fn subject(self, side: Side) -> Subject {
        match side {
            Side::Community => self.community.into(),
            Side::Organization => self.organization.into(),
        }
    }

    fn statement(self, name: &'static str, side: Side) -> Statement {
        Statement {
            room: "blocks",
            name,
            subject: self.subject(side),
            about: Vec::new(),
            payload: json!({"communityId": self.community, "organizationId": self.organization, "side": side}),
            private: None,
        }
    }
}

/// A side blocks the other.
pub fn block(pair: Pair, side: Side) -> BlockMade {
    BlockMade { pair, side }
}

/// A side deals with the other again.
pub fn lift(pair: Pair, side: Side) -> BlockLifted {
    BlockLifted { pair, side }
}

/// See [`block`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlockMade {
    pair: Pair,
    side: Side,
}

impl BlockMade {
    pub fn pair(&self) -> Pair {
        self.pair
    }

    pub fn side(&self) -> Side {
        self.side
    }
}

impl Fact for BlockMade {
    fn statement(&self) -> Statement {
        self.pair.statement("block_made", self.side)
    }
}

/// See [`lift`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlockLifted {
    pair: Pair,
    side: Side,
}

impl BlockLifted {
    pub fn pair(&self) -> Pair {
        self.pair
    }

    pub fn side(&self) -> Side {
        self.side
    }
}

impl Fact for BlockLifted {
    fn statement(&self) -> Statement {
        self.pair.statement("block_lifted", self.side)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_is_a_fact_of_whoever_made_it() {
        let (own, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let pair = Pair::of(Side::Organization, own, other);
        assert_eq!((pair.organization.0, pair.community.0), (own, other));
        let said = block(pair, Side::Organization).statement();
        assert_eq!((said.subject, said.about.len()), (Subject::from(OrganizationId(own)), 0), "the other's chain says nothing");
        assert_eq!(lift(pair, Side::Community).statement().subject.id, other);
    }
}
