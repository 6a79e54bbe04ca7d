//! Two profiles of one organization become one. The one that stays takes over what the other had; the other is a way that
//! leads to it. Which things move, and how, is said by the rooms that own them.
//!
//! Promises: a profile never merges into one that stands lower; where a verified profile goes, two of the staff want it.

use super::{Organization, ROOM, Reason, Standing};
use crate::kernel::{
    actor::OrganizationRole,
    error::Refusal,
    fact::{Fact, Statement, Subject},
    fields::FieldErrors,
    ids::{OrganizationId, UserId},
    text::isolated,
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

/// A merge as a door receives it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", default)]
pub struct MergeInput {
    /// The id or slug of the profile that stays.
    pub into: String,
    /// `merge` (also when empty), or `drop` for a proposal that waits for a second person.
    pub decision: String,
    /// Why; the people of both read it.
    pub reason: String,
}

/// What staff say about a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Say {
    Merge,
    Drop,
}

impl MergeInput {
    /// # Errors
    /// Beside `into`, `decision` and `reason`.
    pub fn parse(&self) -> Result<(String, Say, Reason), FieldErrors> {
        let mut errors = FieldErrors::default();
        let into = self.into.trim();
        let say = match self.decision.trim() {
            "" | "merge" => Say::Merge,
            "drop" => Say::Drop,
            _ => {
                errors.add("decision", "Choose `merge` or `drop`.");
                Say::Merge
            }
        };
        if into.is_empty() {
            errors.add("into", "Name the profile that stays by its id or its address here.");
        }
        match Reason::parse(&self.reason) {
            Ok(reason) if errors.0.is_empty() => Ok((into.to_owned(), say, reason)),
            Ok(_) => Err(errors),
            Err(problems) => {
                for (path, message) in problems.0 {
                    errors.add(path, message);
                }
                Err(errors)
            }
        }
    }
}

/// A merge that somebody of the staff proposed and that waits for another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MergeProposal {
    pub id: Uuid,
    pub kept: OrganizationId,
    pub by: UserId,
}

/// What a decision to merge comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MergeOutcome {
    Merges(Merging),
    Proposed(MergeProposing),
}

/// How high a profile stands among those that can be merged.
const fn rank(standing: Standing) -> Option<u8> {
    match standing {
        Standing::Verified => Some(3),
        Standing::CommunityAdded => Some(2),
        Standing::Waiting | Standing::MoreAsked => Some(1),
        Standing::Refused | Standing::Disabled => None,
    }
}

/// How much a role may do: of two seats of one person, the higher is kept.
pub const fn height(role: OrganizationRole) -> u8 {
    match role {
        OrganizationRole::SponsorAdmin | OrganizationRole::PartnerAdmin => 3,
        OrganizationRole::SponsorManager | OrganizationRole::PartnershipManager => 2,
        OrganizationRole::DevRelManager | OrganizationRole::HiringManager => 1,
    }
}

/// Do people keep a seat when their profile goes? Nobody gets into a listed workspace by an application that nobody checked:
/// they ask its admins, or claim it.
pub fn people_follow(gone: Standing, kept: Standing) -> bool {
    gone == Standing::Verified || matches!(kept, Standing::Waiting | Standing::MoreAsked)
}

impl Organization {
    /// Somebody of the staff wants this profile to go into `kept`. A verified one takes two of them.
    ///
    /// # Errors
    /// 409 `SAME_PROFILE`, `MERGED`, `CANNOT_MERGE`, `WRONG_WAY`, `SECOND_PERSON_NEEDED`, `MERGES_ELSEWHERE`.
    pub fn merge_into(
        &self,
        kept: &Self,
        by: UserId,
        proposal: Option<&MergeProposal>,
        id: Uuid,
        reason: Reason,
    ) -> Result<MergeOutcome, Refusal> {
        if self.id == kept.id {
            return Err(Refusal::new("SAME_PROFILE", "Choose another profile: one cannot merge into itself."));
        }
        for it in [self, kept] {
            if it.merged_into.is_some() {
                return Err(it.is_merged());
            }
        }
        let (Some(low), Some(high)) = (rank(self.standing), rank(kept.standing)) else {
            let off = if rank(self.standing).is_none() { self } else { kept };
            return Err(Refusal::new(
                "CANNOT_MERGE",
                format!(
                    "{} is {}. Only profiles that wait or are listed can be merged.",
                    isolated(&off.display_name),
                    off.standing.words()
                ),
            ));
        };
        if low > high {
            return Err(Refusal::new(
                "WRONG_WAY",
                format!(
                    "{} stands higher than {}. Keep {} instead.",
                    isolated(&self.display_name),
                    isolated(&kept.display_name),
                    isolated(&self.display_name)
                ),
            ));
        }
        if self.standing == Standing::Verified {
            match proposal {
                None => {
                    return Ok(MergeOutcome::Proposed(MergeProposing {
                        id,
                        gone: self.id,
                        gone_name: self.display_name.clone(),
                        kept: kept.id,
                        kept_name: kept.display_name.clone(),
                        by,
                        reason,
                    }));
                }
                Some(waiting) if waiting.kept != kept.id => {
                    return Err(self.merges_elsewhere());
                }
                Some(waiting) if waiting.by == by => {
                    return Err(Refusal::new(
                        "SECOND_PERSON_NEEDED",
                        format!(
                            "You proposed to merge {}. Somebody else of the staff has to confirm it.",
                            isolated(&self.display_name)
                        ),
                    ));
                }
                Some(_) => {}
            }
        }
        Ok(MergeOutcome::Merges(Merging {
            gone: self.id,
            gone_name: self.display_name.clone(),
            gone_standing: self.standing,
            kept: kept.id,
            kept_name: kept.display_name.clone(),
            kept_standing: kept.standing,
            people_follow: people_follow(self.standing, kept.standing),
            reason,
        }))
    }

    /// What is left to say about one that led to another already.
    pub fn is_merged(&self) -> Refusal {
        Refusal::new(
            "MERGED",
            format!("{} was merged into another profile. Nothing is decided on it any more.", isolated(&self.display_name)),
        )
    }

    fn merges_elsewhere(&self) -> Refusal {
        Refusal::new(
            "MERGES_ELSEWHERE",
            format!("Somebody proposes to merge {} into another profile. Decide on that first.", isolated(&self.display_name)),
        )
    }

    /// A proposal to merge it into `kept` is dropped.
    ///
    /// # Errors
    /// 409 `NOT_WAITING` when nobody proposes it; `MERGES_ELSEWHERE` when something else is proposed.
    pub fn drop_merge(
        &self,
        kept: OrganizationId,
        proposal: Option<&MergeProposal>,
        reason: Reason,
    ) -> Result<MergeDropping, Refusal> {
        let Some(proposal) = proposal else {
            return Err(Refusal::new(
                "NOT_WAITING",
                format!("Nobody proposes to merge {} (any more). Load the page again.", isolated(&self.display_name)),
            ));
        };
        if proposal.kept != kept {
            return Err(self.merges_elsewhere());
        }
        Ok(MergeDropping { id: proposal.id, gone: self.id, kept, gone_name: self.display_name.clone(), reason })
    }
}

/// What a merge moved, and what it ended.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", default)]
pub struct MoveCounts {
    /// Requests, open and closed.
    pub requests: u64,
    /// Of them, open ones that the other profile had open too: the newer of two was withdrawn.
    pub requests_withdrawn: u64,
    /// Places on events' pages.
    pub assignments: u64,
    /// Of them, taken off because the other profile stands there in the same category.
    pub assignments_removed: u64,
    pub people: u64,
    /// Seats that ended: in a profile that nobody checked.
    pub people_left: u64,
    pub blocks: u64,
    pub saved_views: u64,
    pub reports: u64,
    pub join_requests: u64,
    /// Addresses here that lead to the other profile now.
    pub slugs: u64,
    /// Keys that open nothing any more.
    pub api_keys_revoked: u64,
    pub invitations_revoked: u64,
    pub claims_refused: u64,
    pub proposals_withdrawn: u64,
    pub rules_removed: u64,
}

/// A merge that the rules allow; the rooms carry it out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merging {
    gone: OrganizationId,
    gone_name: String,
    gone_standing: Standing,
    kept: OrganizationId,
    kept_name: String,
    kept_standing: Standing,
    people_follow: bool,
    reason: Reason,
}

impl Merging {
    pub fn gone(&self) -> OrganizationId {
        self.gone
    }

    pub fn gone_standing(&self) -> Standing {
        self.gone_standing
    }

    pub fn gone_name(&self) -> &str {
        &self.gone_name
    }

    pub fn kept(&self) -> OrganizationId {
        self.kept
    }

    pub fn kept_name(&self) -> &str {
        &self.kept_name
    }

    /// Does somebody speak from now on for what a community had added?
    pub fn wakes(&self) -> bool {
        self.gone_standing == Standing::CommunityAdded && self.kept_standing == Standing::Verified
    }

    pub fn people_follow(&self) -> bool {
        self.people_follow
    }

    pub fn reason(&self) -> &Reason {
        &self.reason
    }

    /// The two facts of it, once everything moved: one for each profile.
    pub fn done(self, counts: MoveCounts, left: Vec<UserId>) -> (OrganizationMerged, OrganizationMergedAway) {
        (OrganizationMerged { merging: self.clone(), counts }, OrganizationMergedAway { merging: self, left })
    }
}

/// Says that a profile took over what another had. The other's story is shown in its own from now on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrganizationMerged {
    merging: Merging,
    counts: MoveCounts,
}

impl OrganizationMerged {
    pub fn merging(&self) -> &Merging {
        &self.merging
    }

    pub fn counts(&self) -> &MoveCounts {
        &self.counts
    }
}

impl Fact for OrganizationMerged {
    fn statement(&self) -> Statement {
        let it = &self.merging;
        Statement {
            room: ROOM,
            name: "organization_merged",
            subject: it.kept.into(),
            about: vec![],
            payload: json!({ "gone": it.gone, "goneWas": it.gone_standing, "counts": self.counts }),
            private: Some(json!({ "displayName": it.kept_name, "title": it.gone_name, "reason": it.reason.as_str() })),
        }
    }
}

/// Says that a profile is only a way to another from now on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrganizationMergedAway {
    merging: Merging,
    left: Vec<UserId>,
}

impl Fact for OrganizationMergedAway {
    fn statement(&self) -> Statement {
        let it = &self.merging;
        Statement {
            room: ROOM,
            name: "organization_merged_away",
            subject: it.gone.into(),
            about: self.left.iter().copied().map(Subject::from).collect(),
            payload: json!({ "kept": it.kept, "from": it.gone_standing, "people": self.left }),
            private: Some(json!({ "displayName": it.gone_name, "title": it.kept_name, "reason": it.reason.as_str() })),
        }
    }
}

/// Says that somebody of the staff wants a verified profile merged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MergeProposing {
    id: Uuid,
    gone: OrganizationId,
    gone_name: String,
    kept: OrganizationId,
    kept_name: String,
    by: UserId,
    reason: Reason,
}

impl MergeProposing {
    pub fn id(&self) -> Uuid {
        self.id
    }

    pub fn gone(&self) -> OrganizationId {
        self.gone
    }

    pub fn kept(&self) -> OrganizationId {
        self.kept
    }

    pub fn by(&self) -> UserId {
        self.by
    }

    pub fn reason(&self) -> &Reason {
        &self.reason
    }
}

impl Fact for MergeProposing {
    fn statement(&self) -> Statement {
        Statement {
            room: ROOM,
            name: "organization_merge_proposed",
            subject: self.gone.into(),
            about: vec![self.kept.into()],
            payload: json!({ "by": self.by, "kept": self.kept }),
            private: Some(json!({ "displayName": self.gone_name, "title": self.kept_name, "reason": self.reason.as_str() })),
        }
    }
}

/// Says that staff leave two profiles apart that somebody had proposed to merge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MergeDropping {
    id: Uuid,
    gone: OrganizationId,
    kept: OrganizationId,
    gone_name: String,
    reason: Reason,
}

impl MergeDropping {
    pub fn id(&self) -> Uuid {
        self.id
    }
}

impl Fact for MergeDropping {
    fn statement(&self) -> Statement {
        Statement {
            room: ROOM,
            name: "organization_merge_dropped",
            subject: self.gone.into(),
            about: vec![self.kept.into()],
            payload: json!({ "kept": self.kept }),
            private: Some(json!({ "displayName": self.gone_name, "reason": self.reason.as_str() })),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SARA: UserId = UserId(Uuid::from_u128(20));
    const OMAR: UserId = UserId(Uuid::from_u128(21));

    fn organization(id: u128, standing: Standing) -> Organization {
        Organization {
            id: OrganizationId(Uuid::from_u128(id)),
            display_name: format!("Acme {id}"),
            standing,
            applicant: None,
            identity_key: "acme.com".into(),
            disabling: None,
            disabled_from: None,
            merged_into: None,
            version: 1,
        }
    }

    fn reason() -> Reason {
        Reason::parse("One company, two profiles.").expect("a reason")
    }

    fn merge(
        gone: &Organization,
        kept: &Organization,
        by: UserId,
        proposal: Option<&MergeProposal>,
    ) -> Result<MergeOutcome, Refusal> {
        gone.merge_into(kept, by, proposal, Uuid::from_u128(9), reason())
    }

    #[test]
    fn every_pair_of_standings() {
        let mut table = String::new();
        for gone in Standing::ALL {
            for kept in Standing::ALL {
                let outcome = match merge(&organization(1, *gone), &organization(2, *kept), SARA, None) {
                    Ok(MergeOutcome::Merges(it)) if it.people_follow() => "merges, people follow".to_owned(),
                    Ok(MergeOutcome::Merges(_)) => "merges, people may ask".to_owned(),
                    Ok(MergeOutcome::Proposed(_)) => "waits for a second person".to_owned(),
                    Err(refusal) => refusal.code.to_owned(),
                };
                table.push_str(&format!("{gone} into {kept}: {outcome}\n"));
            }
        }
        insta::assert_snapshot!(table);
    }

    #[test]
    fn a_verified_one_takes_two_who_mean_the_same() {
        let (gone, kept) = (organization(1, Standing::Verified), organization(2, Standing::Verified));
        let proposal = MergeProposal { id: Uuid::from_u128(9), kept: kept.id, by: SARA };
        assert_eq!(merge(&gone, &kept, SARA, Some(&proposal)).expect_err("the same person").code, "SECOND_PERSON_NEEDED");
        let elsewhere = organization(3, Standing::Verified);
        assert_eq!(merge(&gone, &elsewhere, OMAR, Some(&proposal)).expect_err("another pair").code, "MERGES_ELSEWHERE");
        assert!(matches!(merge(&gone, &kept, OMAR, Some(&proposal)), Ok(MergeOutcome::Merges(_))));
        assert!(gone.drop_merge(kept.id, Some(&proposal), reason()).is_ok());
        assert_eq!(gone.drop_merge(kept.id, None, reason()).expect_err("nothing").code, "NOT_WAITING");
        assert_eq!(gone.drop_merge(elsewhere.id, Some(&proposal), reason()).expect_err("another pair").code, "MERGES_ELSEWHERE");
    }

    #[test]
    fn what_was_merged_is_decided_no_more() {
        let gone = Organization { merged_into: Some(OrganizationId(Uuid::from_u128(5))), ..organization(1, Standing::Disabled) };
        let kept = organization(2, Standing::Verified);
        assert_eq!(merge(&gone, &kept, SARA, None).expect_err("gone").code, "MERGED");
        assert_eq!(merge(&kept, &gone, SARA, None).expect_err("gone").code, "MERGED");
        assert_eq!(merge(&kept, &kept, SARA, None).expect_err("one").code, "SAME_PROFILE");
    }

    #[test]
    fn words_stay_out_of_the_chain_and_input_is_read() {
        let (gone, kept) = (organization(1, Standing::CommunityAdded), organization(2, Standing::Verified));
        let Ok(MergeOutcome::Merges(merging)) = merge(&gone, &kept, SARA, None) else { panic!("merges") };
        let (merged, away) = merging.done(MoveCounts { requests: 2, ..MoveCounts::default() }, vec![OMAR]);
        assert_eq!((merged.statement().subject.id, away.statement().subject.id), (kept.id.0, gone.id.0));
        for said in [merged.statement(), away.statement()] {
            assert!(!said.payload.to_string().contains("company") && !said.payload.to_string().contains("Acme"));
        }
        let wrong = MergeInput { decision: "keep".into(), ..MergeInput::default() };
        assert_eq!(wrong.parse().expect_err("three").0.len(), 3);
        let fine = MergeInput { into: " acme ".into(), reason: "Twice here.".into(), ..MergeInput::default() };
        assert_eq!(fine.parse().map(|(into, say, _)| (into, say)), Ok(("acme".into(), Say::Merge)));
    }
}
