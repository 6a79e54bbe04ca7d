//! A report and what becomes of it: Open → Dismissed | Warned | Hidden, once; Hidden → Shown, when staff put it back. Does not know who may decide.

use super::views::{DecisionInput, ReportInput, ReportReason, ReportState, Reported};
use crate::kernel::{
    actor::Side,
    error::Refusal,
    fact::{Fact, Statement, Subject},
    fields::{Check, FieldErrors},
    ids::{CommunityId, OrganizationId, ReportId, UserId},
    text::Paragraph,
};
use serde_json::json;
use uuid::Uuid;

const MAX_WORDS: usize = 2_000;
/// A decision's reason says at least this much.
const MIN_REASON: usize = 10;

/// A report, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Complaint {
    pub kind: Reported,
    pub subject: Uuid,
    pub reason: ReportReason,
    pub words: String,
}

impl ReportInput {
    /// # Errors
    /// Beside each field.
    pub fn parse(&self) -> Result<Complaint, FieldErrors> {
        let mut check = Check::default();
        let kind = check.take("subjectKind", Reported::parse(self.subject_kind.trim()));
        let subject =
            check.take("subjectId", self.subject_id.trim().parse::<Uuid>().map_err(|_| "Name what you report by its id."));
        let reason = check.take("reason", ReportReason::parse(self.reason.trim()));
        let words = check.take("words", Paragraph::parse(&self.words, MAX_WORDS, "description"));
        if let (Some(ReportReason::Other), Some(words)) = (reason, &words) {
            check.ensure("words", !words.is_empty(), "Say what is wrong.");
        }
        check.finish()?;
        match (kind, subject, reason, words) {
            (Some(kind), Some(subject), Some(reason), Some(words)) => {
                Ok(Complaint { kind, subject, reason, words: words.into_string() })
            }
            _ => Err(FieldErrors::one("", "Fill the form again.")),
        }
    }
}

/// Whose thing was reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owner {
    Organization(OrganizationId),
    Community(CommunityId),
}

impl Owner {
    fn side(self) -> Side {
        match self {
            Self::Organization(_) => Side::Organization,
            Self::Community(_) => Side::Community,
        }
    }

    fn subject(self) -> Subject {
        match self {
            Self::Organization(id) => id.into(),
            Self::Community(id) => id.into(),
        }
    }
}

/// Somebody reports something.
pub fn report(id: ReportId, complaint: Complaint, name: String, reporter: UserId) -> ReportMade {
    ReportMade { id, complaint, name, reporter }
}

/// A report as its decision sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    pub id: ReportId,
    pub kind: Reported,
    pub subject: Uuid,
    pub name: String,
    pub reporter: UserId,
    pub state: ReportState,
}

/// What staff may say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    Dismiss,
    Warn,
    Hide,
    /// What was hidden because of it is put back.
    Show,
}

/// A decision, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    pub verdict: Verdict,
    pub reason: String,
}

impl DecisionInput {
    /// # Errors
    /// On `decision` and `reason`: every decision says why.
    pub fn parse(&self) -> Result<Decision, FieldErrors> {
        let mut check = Check::default();
        let verdict = check.take(
            "decision",
            match self.decision.trim() {
                "dismiss" => Ok(Verdict::Dismiss),
                "warn" => Ok(Verdict::Warn),
                "hide" => Ok(Verdict::Hide),
                "show" => Ok(Verdict::Show),
                _ => Err("Choose `dismiss`, `warn`, `hide` or `show`."),
            },
        );
        let reason = check.take("reason", Paragraph::parse(&self.reason, MAX_WORDS, "reason"));
        if let Some(reason) = &reason {
            check.ensure("reason", reason.as_str().chars().count() >= MIN_REASON, "Say why, in a sentence that others can read.");
        }
        check.finish()?;
        match (verdict, reason) {
            (Some(verdict), Some(reason)) => Ok(Decision { verdict, reason: reason.into_string() }),
            _ => Err(FieldErrors::one("", "Fill the form again.")),
        }
    }
}

/// Only what has a page of its own on the marketplace can be taken off.
pub const fn can_hide(kind: Reported) -> bool {
    !matches!(kind, Reported::Request)
}

impl Report {
    /// # Errors
    /// 409 `REPORT_DECIDED`, `CANNOT_HIDE`, `NOT_HIDDEN`.
    pub fn decide(&self, decision: Decision, owner: Owner) -> Result<ReportDecided, Refusal> {
        if decision.verdict == Verdict::Show {
            if self.state == ReportState::Hidden {
                return Ok(ReportDecided { was: self.clone(), decision, owner });
            }
            return Err(Refusal::new("NOT_HIDDEN", "Nothing is hidden because of this report (any more). Load the list again."));
        }
        if self.state != ReportState::Open {
            return Err(Refusal::new("REPORT_DECIDED", "Somebody else has decided on this report. Load the list again."));
        }
        if decision.verdict == Verdict::Hide && !can_hide(self.kind) {
            return Err(Refusal::new(
                "CANNOT_HIDE",
                "A request is between its two sides: nobody else sees it. Warn its sender, or hide the workspace that sent it.",
            ));
        }
        Ok(ReportDecided { was: self.clone(), decision, owner })
    }
}

/// See [`report`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportMade {
    id: ReportId,
    complaint: Complaint,
    name: String,
    reporter: UserId,
}

impl ReportMade {
    pub fn id(&self) -> ReportId {
        self.id
    }

    pub fn complaint(&self) -> &Complaint {
        &self.complaint
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    pub fn reporter(&self) -> UserId {
        self.reporter
    }
}

impl Fact for ReportMade {
    fn statement(&self) -> Statement {
        Statement {
            room: "moderation",
            name: "report_made",
            subject: self.id.into(),
            about: Vec::new(),
            payload: json!({"about": self.complaint.kind, "aboutId": self.complaint.subject, "why": self.complaint.reason}),
            private: Some(json!({"title": self.name, "words": self.complaint.words})),
        }
    }
}

/// Staff decided on a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportDecided {
    was: Report,
    decision: Decision,
    owner: Owner,
}

impl ReportDecided {
    pub fn was(&self) -> &Report {
        &self.was
    }

    pub fn reason(&self) -> &str {
        &self.decision.reason
    }

    pub fn state(&self) -> ReportState {
        match self.decision.verdict {
            Verdict::Dismiss => ReportState::Dismissed,
            Verdict::Warn => ReportState::Warned,
            Verdict::Hide => ReportState::Hidden,
            Verdict::Show => ReportState::Shown,
        }
    }

    /// What the owner hears, when it is warned. Who is hidden hears it from that.
    pub fn warning(&self) -> Option<WorkspaceWarned> {
        (self.decision.verdict == Verdict::Warn).then(|| WorkspaceWarned {
            owner: self.owner,
            report: self.was.id,
            name: self.was.name.clone(),
            reason: self.decision.reason.clone(),
        })
    }
}

impl Fact for ReportDecided {
    fn statement(&self) -> Statement {
        Statement {
            room: "moderation",
            name: "report_decided",
            subject: self.was.id.into(),
            about: Vec::new(),
            payload: json!({
                "about": self.was.kind,
                "aboutId": self.was.subject,
                "reporter": self.was.reporter,
                "how": self.state(),
            }),
            private: Some(json!({"title": self.was.name, "words": self.decision.reason})),
        }
    }
}

/// Staff warned a workspace. It is not told who reported it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkspaceWarned {
    owner: Owner,
    report: ReportId,
    name: String,
    reason: String,
}

impl Fact for WorkspaceWarned {
    fn statement(&self) -> Statement {
        Statement {
            room: "moderation",
            name: "workspace_warned",
            subject: self.owner.subject(),
            about: Vec::new(),
            payload: json!({"side": self.owner.side(), "reportId": self.report}),
            private: Some(json!({"title": self.name, "reason": self.reason})),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(kind: Reported) -> Report {
        Report {
            id: ReportId(Uuid::from_u128(1)),
            kind,
            subject: Uuid::from_u128(2),
            name: "Globex".into(),
            reporter: UserId(Uuid::from_u128(3)),
            state: ReportState::Open,
        }
    }

    fn say(verdict: &str) -> Decision {
        DecisionInput { decision: verdict.into(), reason: "They claim what is not so.".into() }.parse().expect("reads")
    }

    #[test]
    fn a_report_says_what_and_why() {
        let input = ReportInput {
            subject_kind: "event".into(),
            subject_id: Uuid::nil().to_string(),
            reason: "Spam".into(),
            words: String::new(),
        };
        assert_eq!(input.parse().expect("reads").kind, Reported::Event);
        let other = ReportInput { reason: "Something else".into(), ..input.clone() };
        assert!(other.parse().expect_err("words").get("words").is_some());
        let wrong = ReportInput { subject_kind: "user".into(), subject_id: "x".into(), reason: "Ugly".into(), ..input };
        assert_eq!(wrong.parse().expect_err("three").0.len(), 3);
    }

    #[test]
    fn it_is_decided_once_and_only_what_can_be_hidden_is() {
        let owner = Owner::Organization(OrganizationId(Uuid::from_u128(2)));
        let warned = open(Reported::Organization).decide(say("warn"), owner).expect("warns");
        assert_eq!(warned.state(), ReportState::Warned);
        let told = warned.warning().expect("told").statement();
        assert!(!told.payload.to_string().contains(&Uuid::from_u128(3).to_string()), "not who reported it");
        assert!(open(Reported::Organization).decide(say("hide"), owner).expect("hides").warning().is_none());
        assert_eq!(open(Reported::Request).decide(say("hide"), owner).expect_err("no").code, "CANNOT_HIDE");
        assert_eq!(open(Reported::Event).decide(say("hide"), owner).expect("hides").state(), ReportState::Hidden);
        assert_eq!(open(Reported::Event).decide(say("show"), owner).expect_err("no").code, "NOT_HIDDEN");
        let hidden = Report { state: ReportState::Hidden, ..open(Reported::Event) };
        assert_eq!(hidden.decide(say("show"), owner).expect("shows").state(), ReportState::Shown);
        let closed = Report { state: ReportState::Dismissed, ..open(Reported::Event) };
        assert_eq!(closed.decide(say("dismiss"), owner).expect_err("once").code, "REPORT_DECIDED");
        assert!(DecisionInput { decision: "warn".into(), reason: "no".into() }.parse().is_err());
    }
}
