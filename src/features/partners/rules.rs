//! Benefit lines, as every room below reads them, and the one transition: an organization takes its place on an event's
//! page. Promises that a line has a kind of the closed list and that at most [`MAX_LINES`] stand on one offer; does not
//! decide who may write them.

use super::views::{BenefitInput, BenefitLine};
use crate::kernel::{
    fact::{Fact, Statement, Subject},
    fields::Check,
    ids::{BenefitLineId, CommunityId, EventId, OrganizationId, PartnerLinkId, RequestId},
    labels::{BenefitKind, Category, Tier},
    text::Line,
};
use serde_json::json;

/// The most benefit lines of one offer.
pub const MAX_LINES: usize = 40;
/// The most characters of a line's words.
pub const MAX_LINE_TEXT: usize = 300;
/// The distance between the places of two tiers in `display_order`; no tier of one event holds as many.
const ORDER_STEP: i32 = 1_000;

/// A line that was read, before it has an id for certain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineDraft {
    /// What the door named; kept only where the line is known already.
    pub id: Option<BenefitLineId>,
    pub kind: BenefitKind,
    pub text: String,
}

/// Reads the lines of an offer; each problem is noted under `path[n].…`. Wholly empty lines are left out, because a form
/// without scripts always carries one to spare.
pub fn read_lines(check: &mut Check, path: &str, lines: &[BenefitInput]) -> Vec<LineDraft> {
    let filled: Vec<_> = lines.iter().enumerate().filter(|(_, line)| !line.is_empty()).collect();
    if filled.len() > MAX_LINES {
        check.add(path, format!("These are {} benefits. Keep the {MAX_LINES} that matter.", filled.len()));
        return Vec::new();
    }
    let mut read = Vec::with_capacity(filled.len());
    for (place, line) in filled {
        let kind = check.take(&format!("{path}[{place}].kind"), BenefitKind::parse(line.kind.trim()));
        let text_path = format!("{path}[{place}].text");
        let text = check.take(&text_path, Line::parse(&line.text, 0, MAX_LINE_TEXT, "benefit"));
        let (Some(kind), Some(text)) = (kind, text) else { continue };
        if kind == BenefitKind::Custom && text.is_empty() {
            check.add(&text_path, "Say what the benefit is.");
            continue;
        }
        read.push(LineDraft { id: line.id.trim().parse().ok(), kind, text: text.into_string() });
    }
    read
}

/// What a tier offers when nobody says otherwise.
pub fn default_lines(tier: Tier) -> Vec<LineDraft> {
    tier.default_benefits().iter().map(|kind| LineDraft { id: None, kind: *kind, text: String::new() }).collect()
}

/// Gives every line its id: the one it has where it is among `known`, a new one otherwise, never one twice.
pub fn settle_lines(drafts: Vec<LineDraft>, known: &[BenefitLine], mut mint: impl FnMut() -> BenefitLineId) -> Vec<BenefitLine> {
    let mut settled: Vec<BenefitLine> = Vec::with_capacity(drafts.len());
    for LineDraft { id, kind, text } in drafts {
        let kept = id.filter(|id| known.iter().any(|line| line.id == *id) && !settled.iter().any(|line| line.id == *id));
        settled.push(BenefitLine { id: kept.unwrap_or_else(&mut mint), kind, text });
    }
    settled
}

/// May visitors see that this was promised? What they meet at the event, yes; what passes between the two sides, no. The
/// words of a custom line were written for the other side and stay there.
pub fn is_shown(kind: BenefitKind) -> bool {
    match kind {
        BenefitKind::LogoPlacement
        | BenefitKind::KeynoteSlot
        | BenefitKind::WorkshopSlot
        | BenefitKind::Booth
        | BenefitKind::HiringAccess
        | BenefitKind::SponsorChallenge
        | BenefitKind::SwagDistribution => true,
        BenefitKind::SocialPromotion
        | BenefitKind::NewsletterMention
        | BenefitKind::Tickets
        | BenefitKind::LeadCapture
        | BenefitKind::AttendeeReport
        | BenefitKind::Custom => false,
    }
}

/// What an accepted request puts on the event's page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assignment {
    pub event: EventId,
    pub community: CommunityId,
    pub organization: OrganizationId,
    pub request: Option<RequestId>,
    /// For the letter that tells them.
    pub event_title: String,
    pub event_slug: String,
    /// Snapshots of the organization as it is now.
    pub name: String,
    pub logo_key: Option<String>,
    pub website: String,
    pub category: Category,
    /// Everything that was promised; the page gets what [`is_shown`].
    pub benefits: Vec<BenefitLine>,
}

/// An organization stands on an event's page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartnerAssigned {
    link: PartnerLinkId,
    assignment: Assignment,
}

/// The organization takes its place.
pub fn assign(link: PartnerLinkId, mut assignment: Assignment) -> PartnerAssigned {
    assignment.benefits.retain(|line| is_shown(line.kind));
    PartnerAssigned { link, assignment }
}

impl PartnerAssigned {
    pub fn link(&self) -> PartnerLinkId {
        self.link
    }

    pub fn assignment(&self) -> &Assignment {
        &self.assignment
    }

    pub fn tier(&self) -> Tier {
        self.assignment.category.tier()
    }

    /// Where its tier begins in `display_order`, and where the next begins.
    pub fn order_range(&self) -> (i32, i32) {
        let first = i32::try_from(self.tier().order()).unwrap_or_default() * ORDER_STEP;
        (first, first + ORDER_STEP)
    }
}

impl Fact for PartnerAssigned {
    fn statement(&self) -> Statement {
        let it = &self.assignment;
        Statement {
            room: "partners",
            name: "partner_assigned",
            subject: self.link.into(),
            about: vec![Subject::from(it.event), Subject::from(it.organization)],
            payload: json!({
                "eventId": it.event,
                "communityId": it.community,
                "organizationId": it.organization,
                "requestId": it.request,
                "displayCategory": it.category,
                "tierKeyword": it.category.tier(),
            }),
            private: Some(json!({
                "organizationName": it.name,
                "website": it.website,
                "eventTitle": it.event_title,
                "eventSlug": it.event_slug,
            })),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn input(kind: &str, text: &str) -> BenefitInput {
        BenefitInput { id: String::new(), kind: kind.into(), text: text.into() }
    }

    #[test]
    fn empty_lines_are_left_out_and_problems_keep_their_place() {
        let mut check = Check::default();
        let lines = read_lines(
            &mut check,
            "benefits",
            &[input("Booth", " 3 x 3 m "), input("", ""), input("Both", ""), input("Custom", "")],
        );
        assert_eq!(lines, [LineDraft { id: None, kind: BenefitKind::Booth, text: "3 x 3 m".into() }]);
        let errors = check.finish().expect_err("two lines are wrong");
        assert_eq!(errors.0.keys().collect::<Vec<_>>(), ["benefits[2].kind", "benefits[3].text"]);
    }

    #[test]
    fn too_many_lines_are_one_problem() {
        let mut check = Check::default();
        assert!(read_lines(&mut check, "benefits", &vec![input("Booth", ""); MAX_LINES + 1]).is_empty());
        assert!(check.finish().expect_err("too many").get("benefits").is_some());
    }

    #[test]
    fn a_known_line_keeps_its_id_once_and_a_foreign_id_is_not_believed() {
        let known = BenefitLine { id: BenefitLineId(Uuid::from_u128(1)), kind: BenefitKind::Booth, text: String::new() };
        let draft =
            |id: u128| LineDraft { id: Some(BenefitLineId(Uuid::from_u128(id))), kind: BenefitKind::Booth, text: String::new() };
        let mut next = 100;
        let settled = settle_lines(vec![draft(1), draft(1), draft(7)], &[known], || {
            next += 1;
            BenefitLineId(Uuid::from_u128(next))
        });
        assert_eq!(settled.iter().map(|line| line.id.0.as_u128()).collect::<Vec<_>>(), [1, 101, 102]);
    }

    #[test]
    fn the_page_shows_what_visitors_may_see() {
        let line = |kind| BenefitLine { id: BenefitLineId(Uuid::from_u128(1)), kind, text: "x".into() };
        let fact = assign(
            PartnerLinkId(Uuid::from_u128(9)),
            Assignment {
                event: EventId(Uuid::from_u128(1)),
                community: CommunityId(Uuid::from_u128(2)),
                organization: OrganizationId(Uuid::from_u128(3)),
                request: None,
                event_title: "HackFest".into(),
                event_slug: "hackfest".into(),
                name: "Acme".into(),
                logo_key: None,
                website: "https://acme.example".into(),
                category: Category::PlatinumSponsor,
                benefits: vec![line(BenefitKind::Booth), line(BenefitKind::LeadCapture), line(BenefitKind::Custom)],
            },
        );
        assert_eq!(fact.assignment().benefits.iter().map(|l| l.kind).collect::<Vec<_>>(), [BenefitKind::Booth]);
        assert_eq!(fact.order_range(), (4_000, 5_000));
        let said = fact.statement();
        assert_eq!(said.payload["displayCategory"], "Platinum Sponsor");
        assert!(!said.payload.to_string().contains("Acme"), "names stay out of the chain");
    }
}
