//! What an import is and how far it has come. What its rows mean is judged in `organizations` and `events`; which heading
//! holds what is guessed in `mapping`.
//!
//! ```text
//! read ─► mapping ─► ready (looked at, decided row by row) ─► applying ─► applied ─► undone
//!                      ▲                                        │
//!                      └──────── given up: nothing was made ◄───┘
//! ```

pub mod events;
pub mod industries;
pub mod mapping;
pub mod organizations;

use crate::kernel::{
    error::Refusal,
    fact::{Fact, Statement, Subject},
    ids::{CommunityId, IntakeId},
    labels::labels,
};
use serde_json::json;

labels! {
    /// What a file holds.
    Target, "what the file holds" {
        Organizations = "organizations",
        // Whom a community has worked with.
        Sponsors = "sponsors",
        Events = "events",
    }

    /// How far an import has come.
    State, "a state" {
        Mapping = "mapping",
        Ready = "ready",
        Applying = "applying",
        Applied = "applied",
        Undone = "undone",
    }

    /// What becomes of a row.
    Outcome, "an outcome" {
        Make = "make",
        Merge = "merge",
        // It is there already.
        There = "there",
        // Left out until somebody decides.
        Ask = "ask",
        Skip = "skip",
        Problem = "problem",
    }

    /// What somebody decides about a row.
    Choice, "a decision" {
        Make = "make",
        Merge = "merge",
        Skip = "skip",
    }
}

impl Target {
    /// As it reads in a sentence.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Organizations => "organizations",
            Self::Sponsors => "past sponsors",
            Self::Events => "events",
        }
    }
}

impl Outcome {
    /// On the page.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Make => "New",
            Self::Merge => "Merged",
            Self::There => "There already",
            Self::Ask => "Your decision",
            Self::Skip => "Left out",
            Self::Problem => "Problem",
        }
    }

    pub const fn tone(self) -> &'static str {
        match self {
            Self::Make => "success",
            Self::Merge => "info",
            Self::There | Self::Skip => "neutral",
            Self::Ask => "warning",
            Self::Problem => "danger",
        }
    }
}

/// An import as its transitions see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Intake {
    pub id: IntakeId,
    /// Whose it is; staff's where there is none.
    pub community: Option<CommunityId>,
    pub target: Target,
    pub state: State,
}

/// What became of the rows, counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    pub made: usize,
    pub merged: usize,
    pub there: usize,
    pub left_out: usize,
}

/// Says that an import went on to its next state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moving {
    intake: Intake,
    to: State,
    tally: Tally,
    note: String,
}

impl Intake {
    /// Somebody wants it carried out.
    ///
    /// # Errors
    /// `IMPORT_NOT_READY`: not mapped yet, at work, done or taken back.
    pub fn begin(&self) -> Result<Moving, Refusal> {
        match self.state {
            State::Ready => Ok(self.to(State::Applying, Tally::default(), "")),
            state => Err(self.not_now(state)),
        }
    }

    /// All of it is there. Nothing when it is not at work (any more).
    pub fn finish(&self, tally: Tally) -> Option<Moving> {
        (self.state == State::Applying).then(|| self.to(State::Applied, tally, ""))
    }

    /// Nothing of it was made, and why.
    pub fn give_up(&self, note: &str) -> Option<Moving> {
        (self.state == State::Applying).then(|| self.to(State::Ready, Tally::default(), note))
    }

    /// What it made is gone again, as far as nothing depends on it; `made` is how much went.
    ///
    /// # Errors
    /// `IMPORT_NOT_APPLIED`.
    pub fn undo(&self, gone: usize, kept: usize) -> Result<Moving, Refusal> {
        if self.state != State::Applied {
            return Err(Refusal::new(
                "IMPORT_NOT_APPLIED",
                "Only an import that was carried out can be taken back. Load the page again.",
            ));
        }
        Ok(self.to(State::Undone, Tally { made: gone, left_out: kept, ..Tally::default() }, ""))
    }

    /// Its mapping and its rows can still be changed.
    ///
    /// # Errors
    /// `IMPORT_NOT_READY`.
    pub fn must_be_open(&self) -> Result<(), Refusal> {
        match self.state {
            State::Mapping | State::Ready => Ok(()),
            state => Err(self.not_now(state)),
        }
    }

    fn to(&self, to: State, tally: Tally, note: &str) -> Moving {
        Moving { intake: self.clone(), to, tally, note: note.to_owned() }
    }

    fn not_now(&self, state: State) -> Refusal {
        let why = match state {
            State::Mapping => "Say first which column holds what.",
            State::Ready => "It waits for somebody to carry it out.",
            State::Applying => "It is being carried out right now.",
            State::Applied => "It was carried out already.",
            State::Undone => "It was taken back. Bring the file again.",
        };
        Refusal::new("IMPORT_NOT_READY", format!("{why} Load the page again."))
    }
}

impl Moving {
    pub fn intake(&self) -> IntakeId {
        self.intake.id
    }

    pub fn from(&self) -> State {
        self.intake.state
    }

    pub fn to(&self) -> State {
        self.to
    }

    pub fn note(&self) -> &str {
        &self.note
    }
}

impl Fact for Moving {
    fn statement(&self) -> Statement {
        Statement {
            room: "imports",
            name: match self.to {
                State::Applying => "import_begun",
                State::Applied => "import_applied",
                State::Undone => "import_undone",
                State::Mapping | State::Ready => "import_given_up",
            },
            subject: self.intake.id.into(),
            about: self.intake.community.map(Subject::from).into_iter().collect(),
            payload: json!({
                "communityId": self.intake.community,
                "target": self.intake.target,
                "made": self.tally.made,
                "merged": self.tally.merged,
                "there": self.tally.there,
                "leftOut": self.tally.left_out,
            }),
            private: (!self.note.is_empty()).then(|| json!({ "note": self.note })),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn intake(state: State) -> Intake {
        Intake { id: IntakeId(Uuid::from_u128(1)), community: None, target: Target::Organizations, state }
    }

    #[test]
    fn an_import_goes_one_way() {
        for state in State::ALL.iter().copied() {
            assert_eq!(intake(state).begin().is_ok(), state == State::Ready, "{state}");
            assert_eq!(intake(state).finish(Tally::default()).is_some(), state == State::Applying, "{state}");
            assert_eq!(intake(state).give_up("why").is_some(), state == State::Applying, "{state}");
            assert_eq!(intake(state).undo(1, 0).is_ok(), state == State::Applied, "{state}");
            assert_eq!(intake(state).must_be_open().is_ok(), matches!(state, State::Mapping | State::Ready), "{state}");
        }
        let given_up = intake(State::Applying).give_up("Somebody was faster.").expect("at work").statement();
        assert_eq!((given_up.name, given_up.private.is_some()), ("import_given_up", true));
    }
}
