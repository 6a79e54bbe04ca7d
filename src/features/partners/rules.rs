//! Benefit lines, as every room below reads them, and how an organization takes its place on an event's page, is shown
//! there and leaves it. Promises that a line has a kind of the closed list, that at most [`MAX_LINES`] stand on one offer,
//! and that what came by an accepted request keeps what was agreed and leaves with a reason; does not decide who may.

use super::views::{BenefitInput, BenefitLine, PartnerInput};
use crate::kernel::{
    actor::Side,
    error::Refusal,
    fact::{Fact, Statement, Subject},
    fields::{Check, FieldErrors},
    ids::{BenefitLineId, CommunityId, EventId, OrganizationId, PartnerLinkId, RequestId},
    labels::{BenefitKind, Category, Tier},
    text::{Email, Line, Paragraph, WebUrl, isolated},
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
    /// Nothing for a name that the directory does not have.
    pub organization: Option<OrganizationId>,
    pub request: Option<RequestId>,
    /// For the letter that tells them.
    pub event_title: String,
    pub event_slug: String,
    /// Snapshots of the organization as it is now.
    pub name: String,
    pub logo_key: Option<String>,
    pub website: String,
    pub category: Category,
    /// Everything that was promised; of what came by a request the page gets what [`is_shown`].
    pub benefits: Vec<BenefitLine>,
}

/// An organization stands on an event's page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartnerAssigned {
    link: PartnerLinkId,
    assignment: Assignment,
    /// What its community had written by hand, and what is agreed now stands for.
    replaced: Option<PartnerLinkId>,
}

/// The organization takes its place. What the two sides agreed on between them stays there; what a community writes by
/// hand was written for the page.
pub fn assign(link: PartnerLinkId, mut assignment: Assignment) -> PartnerAssigned {
    if assignment.request.is_some() {
        assignment.benefits.retain(|line| is_shown(line.kind));
    }
    PartnerAssigned { link, assignment, replaced: None }
}

/// What they agree on now stands on the page by another agreement already; what the side that reads it can do.
pub fn agreed_already(side: Side, name: &str, category: Category) -> Refusal {
    let next = match side {
        Side::Community => "Release that agreement's place first (without one, take it off the page), or decline this request.",
        Side::Organization => "Ask the community to release that agreement's place first, or decline this request.",
    };
    let message = format!("{} stands on this event's page as {category} by another agreement already. {next}", isolated(name));
    Refusal::new("ALREADY_ON_EVENT", message)
}

impl PartnerAssigned {
    /// The same, in the place of what its community had written by hand.
    #[must_use]
    pub fn instead_of(self, by_hand: PartnerLinkId) -> Self {
        Self { replaced: Some(by_hand), ..self }
    }

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
        tier_range(self.tier())
    }
}

impl Fact for PartnerAssigned {
    fn statement(&self) -> Statement {
        let it = &self.assignment;
        let mut payload = json!({
            "eventId": it.event,
            "communityId": it.community,
            "organizationId": it.organization,
            "requestId": it.request,
            "displayCategory": it.category,
            "tierKeyword": it.category.tier(),
        });
        let mut about = vec![Subject::from(it.event)];
        about.extend(it.organization.map(Subject::from));
        if let Some(by_hand) = self.replaced {
            payload["replaced"] = json!(by_hand);
            about.push(by_hand.into());
        }
        Statement {
            room: "partners",
            name: "partner_assigned",
            subject: self.link.into(),
            about,
            payload,
            private: Some(json!({
                "organizationName": it.name,
                "website": it.website,
                "eventTitle": it.event_title,
                "eventSlug": it.event_slug,
            })),
        }
    }
}

/// An organization stood on the page of a past event: the community knows it, and shows it when it likes. Or this is taken
/// back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartnerNoted {
    assigned: PartnerAssigned,
    undone: bool,
}

impl PartnerAssigned {
    /// The same, kept for the community alone: nobody is told, and it is no support before it is shown.
    pub fn noted(self) -> PartnerNoted {
        PartnerNoted { assigned: self, undone: false }
    }
}

impl PartnerNoted {
    pub fn assigned(&self) -> &PartnerAssigned {
        &self.assigned
    }

    /// Taken back.
    #[must_use]
    pub fn undone(self) -> Self {
        Self { undone: true, ..self }
    }
}

impl Fact for PartnerNoted {
    fn statement(&self) -> Statement {
        let name = if self.undone { "partner_unnoted" } else { "partner_noted" };
        Statement { name, ..self.assigned.statement() }
    }
}

// ── What is typed ───────────────────────────────────────────────────────────────────────────────────────────────────

/// The category of somebody who was added without one.
pub const DEFAULT_CATEGORY: Category = Category::OfficialPartner;
/// The most characters of a reason.
pub const REASON_LONGEST: usize = 500;

/// Which of the 33 labels a door takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Labels {
    /// All of them; without one it is [`DEFAULT_CATEGORY`].
    All,
    /// The 21 of sponsors, and there has to be one.
    Sponsors,
}

/// Whom to add.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whom {
    /// Somebody of the directory.
    Known(OrganizationId),
    /// A name that the directory may not have.
    Named(Line),
}

/// An addition that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPartner {
    pub whom: Whom,
    pub category: Category,
    /// Nothing: the organization's own.
    pub website: Option<WebUrl>,
    /// A mailbox at the website of somebody new: whom to ask whether the profile is theirs.
    pub contact: Option<Email>,
    /// The file's name of a logo that is kept here. Nothing: the organization's own.
    pub logo: Option<String>,
    pub benefits: Vec<LineDraft>,
    pub visible: bool,
    /// Whoever typed the name has looked at those that are easily taken for them.
    pub confirm: bool,
}

/// An edit that was looked at: what is absent stays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartnerEdit {
    pub version: i32,
    pub name: Option<Line>,
    pub category: Option<Category>,
    /// `Some(None)` takes the website off the page.
    pub website: Option<Option<WebUrl>>,
    /// `Some(None)` takes the picture off the page.
    pub logo: Option<Option<String>>,
    pub benefits: Option<Vec<LineDraft>>,
    pub visible: Option<bool>,
    /// Its place within its tier, from 0.
    pub display_order: Option<usize>,
}

impl PartnerInput {
    /// # Errors
    /// Every problem, by the field's path.
    pub fn parse_new(&self, labels: Labels) -> Result<NewPartner, FieldErrors> {
        let mut check = Check::default();
        let id = filled(&self.organization_id);
        let name = filled(&self.name);
        let whom = match (id, name, labels) {
            (Some(id), _, _) => check
                .take("organizationId", id.parse().map_err(|_| "Choose an organization of the directory.".to_owned()))
                .map(Whom::Known),
            (None, _, Labels::Sponsors) => {
                check.add("organizationId", "Name the organization of the directory that sponsors the event.");
                None
            }
            (None, Some(name), Labels::All) => check.take("name", Line::parse(name, 2, NAME_LONGEST, "name")).map(Whom::Named),
            (None, None, Labels::All) => {
                check.add("organizationId", "Choose an organization, or type the name of one that is not in the directory.");
                None
            }
        };
        let category = match (filled(&self.category), labels) {
            (Some(label), _) => self.read_category(&mut check, label, labels),
            (None, Labels::All) => Some(DEFAULT_CATEGORY),
            (None, Labels::Sponsors) => {
                check.add("category", "Choose how they sponsor the event.");
                None
            }
        };
        let website = read_website(&mut check, filled(&self.website));
        let contact = match filled(&self.contact_email) {
            None => Some(None),
            Some(_) if filled(&self.website).is_none() => {
                check.add("website", "Enter their website too: the address has to be a mailbox there.");
                None
            }
            Some(typed) => check.take("contactEmail", Email::parse(typed)).map(Some),
        };
        let logo = read_image(&mut check, filled(&self.image_url));
        let benefits = read_lines(&mut check, "benefits", self.benefits.as_deref().unwrap_or_default());
        check.finish()?;
        let all = (|| {
            Some(NewPartner {
                contact: contact?,
                whom: whom?,
                category: category?,
                website: website?,
                logo: logo?,
                benefits,
                visible: self.visible.unwrap_or(true),
                confirm: self.confirm.unwrap_or(false),
            })
        })();
        Ok(all.expect("a part that is missing was noted as a problem"))
    }

    /// # Errors
    /// Every problem, by the field's path; the version is needed.
    pub fn parse_edit(&self) -> Result<PartnerEdit, FieldErrors> {
        let mut check = Check::default();
        if self.version.is_none() {
            check.add("version", "Send the version that you edited.");
        }
        let name = match &self.name {
            Some(name) => check.take("name", Line::parse(name, 2, NAME_LONGEST, "name")).map(Some),
            None => Some(None),
        };
        let category = match &self.category {
            Some(label) => self.read_category(&mut check, label.trim(), Labels::All).map(Some),
            None => Some(None),
        };
        let website = match &self.website {
            Some(_) => read_website(&mut check, filled(&self.website)).map(Some),
            None => Some(None),
        };
        let logo = match &self.image_url {
            Some(_) => read_image(&mut check, filled(&self.image_url)).map(Some),
            None => Some(None),
        };
        let benefits = self.benefits.as_ref().map(|lines| read_lines(&mut check, "benefits", lines));
        let display_order = match self.display_order {
            Some(order) => {
                check.take("displayOrder", usize::try_from(order).map_err(|_| "Places are counted from 0.".to_owned())).map(Some)
            }
            None => Some(None),
        };
        check.finish()?;
        let all = (|| {
            Some(PartnerEdit {
                version: self.version?,
                name: name?,
                category: category?,
                website: website?,
                logo: logo?,
                benefits,
                visible: self.visible,
                display_order: display_order?,
            })
        })();
        Ok(all.expect("a part that is missing was noted as a problem"))
    }

    fn read_category(&self, check: &mut Check, label: &str, labels: Labels) -> Option<Category> {
        let category = check.take("category", Category::parse(label))?;
        if labels == Labels::Sponsors && !category.is_sponsor() {
            check.add(
                "category",
                format!("{category} is a partner. Add them where partners are added, or choose how they sponsor."),
            );
            return None;
        }
        Some(category)
    }
}

/// The most characters of a name on a page.
pub const NAME_LONGEST: usize = 120;

fn filled(field: &Option<String>) -> Option<&str> {
    field.as_deref().map(str::trim).filter(|text| !text.is_empty())
}

fn read_website(check: &mut Check, typed: Option<&str>) -> Option<Option<WebUrl>> {
    match typed {
        None => Some(None),
        Some(typed) => check.take("website", WebUrl::parse(typed)).map(Some),
    }
}

/// Only pictures that are kept (and were drawn anew) here: `/media/logos/{hash}.png`, with or without our own host before it.
fn read_image(check: &mut Check, typed: Option<&str>) -> Option<Option<String>> {
    let Some(typed) = typed else { return Some(None) };
    let file = typed.rsplit_once("/media/logos/").map(|(_, file)| file);
    let hash = file.and_then(|file| file.strip_suffix(".png"));
    match (hash, file) {
        (Some(hash), Some(file)) if hash.len() == 64 && hash.bytes().all(|b| b.is_ascii_hexdigit()) => {
            Some(Some(file.to_owned()))
        }
        _ => {
            check.add("imageUrl", "Only pictures that are kept here can be shown. Upload it on the partner's page.");
            None
        }
    }
}

/// A reason for taking somebody off a page; empty is none.
///
/// # Errors
/// A reason that is too long.
pub fn read_reason(text: &str) -> Result<Option<Paragraph>, FieldErrors> {
    let reason =
        Paragraph::parse(text, REASON_LONGEST, "reason").map_err(|problem| FieldErrors::one("reason", problem.to_string()))?;
    Ok(Some(reason).filter(|reason| !reason.is_empty()))
}

// ── A place on a page ───────────────────────────────────────────────────────────────────────────────────────────────

/// What a page shows of somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Display {
    pub name: String,
    pub logo_key: Option<String>,
    pub website: String,
    pub category: Category,
    pub benefits: Vec<BenefitLine>,
}

/// A place on an event's page, as its transitions see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    pub id: PartnerLinkId,
    pub event: EventId,
    pub community: CommunityId,
    pub organization: Option<OrganizationId>,
    /// The accepted request that it came from, if one did.
    pub request: Option<RequestId>,
    pub event_title: String,
    pub event_slug: String,
    pub visible: bool,
    pub version: i32,
    pub display: Display,
}

/// What the page shows of somebody was changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartnerEdited {
    link: Link,
    display: Display,
    changed: Vec<&'static str>,
}

/// Somebody was taken out of the public's sight, or shown again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartnerShown {
    link: Link,
    visible: bool,
}

/// Somebody was taken off the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartnerRemoved {
    link: Link,
    reason: String,
}

/// Somebody has another place within their tier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartnerMoved {
    link: Link,
    from: usize,
    to: usize,
    order: Vec<PartnerLinkId>,
}

impl Link {
    fn about(&self) -> Vec<Subject> {
        let mut about = vec![Subject::from(self.event)];
        about.extend(self.organization.map(Subject::from));
        about.extend(self.request.map(Subject::from));
        about
    }

    fn statement(&self, name: &'static str, more: &[(&str, serde_json::Value)], reason: &str) -> Statement {
        let mut payload = json!({
            "eventId": self.event,
            "communityId": self.community,
            "organizationId": self.organization,
            "requestId": self.request,
            "displayCategory": self.display.category,
            "side": "community",
        });
        for (key, value) in more {
            payload[*key] = value.clone();
        }
        Statement {
            room: "partners",
            name,
            subject: self.id.into(),
            about: self.about(),
            payload,
            private: Some(json!({
                "organizationName": self.display.name,
                "eventTitle": self.event_title,
                "eventSlug": self.event_slug,
                "reason": reason,
            })),
        }
    }

    /// Is this an edit of what is there now?
    ///
    /// # Errors
    /// `VERSION_CONFLICT`.
    pub fn same_version(&self, version: i32) -> Result<(), Refusal> {
        if version == self.version {
            return Ok(());
        }
        Err(Refusal::new(
            "VERSION_CONFLICT",
            format!(
                "Somebody saved {} after you opened it. Nothing was overwritten, and what you typed is still here: load the page in \
                 another tab, compare the two, then save again.",
                isolated(&self.display.name)
            ),
        ))
    }

    /// Changes what the page shows; nothing when nothing is different.
    ///
    /// # Errors
    /// `AGREED`: the name and the category of somebody who came by an accepted request are part of that agreement.
    pub fn edit(&self, display: Display) -> Result<Option<PartnerEdited>, Refusal> {
        let old = &self.display;
        let pairs = [
            ("name", old.name != display.name),
            ("category", old.category != display.category),
            ("imageUrl", old.logo_key != display.logo_key),
            ("website", old.website != display.website),
            ("benefits", old.benefits != display.benefits),
        ];
        let changed: Vec<&'static str> = pairs.into_iter().filter_map(|(name, differs)| differs.then_some(name)).collect();
        if self.request.is_some() && changed.iter().any(|name| ["name", "category"].contains(name)) {
            return Err(Refusal::new(
                "AGREED",
                format!(
                    "{} stands here as {} because both sides agreed on it. Agree on something else with them first; how it is shown can be \
                     changed at any time.",
                    isolated(&old.name),
                    old.category
                ),
            ));
        }
        Ok((!changed.is_empty()).then(|| PartnerEdited { link: self.clone(), display, changed }))
    }

    /// Hides it from the public page, or shows it again; nothing when that is how it is.
    pub fn show(&self, visible: bool) -> Option<PartnerShown> {
        (self.visible != visible).then(|| PartnerShown { link: self.clone(), visible })
    }

    /// Takes it off the page.
    ///
    /// # Errors
    /// Somebody who came by an accepted request is not taken away without a reason, which both sides read.
    pub fn remove(&self, reason: Option<&Paragraph>) -> Result<PartnerRemoved, FieldErrors> {
        if self.request.is_some() && reason.is_none() {
            return Err(FieldErrors::one(
                "reason",
                format!(
                    "{} is here by an agreement. Say why you take it off the page: they read it too.",
                    isolated(&self.display.name)
                ),
            ));
        }
        let reason = reason.map(|reason| reason.as_str().to_owned()).unwrap_or_default();
        Ok(PartnerRemoved { link: self.clone(), reason })
    }

    /// Moves it to another place within its tier, whose members stand in `order`; nothing when it is there already. A place
    /// beyond the last is the last.
    pub fn place(&self, order: &[PartnerLinkId], to: usize) -> Option<PartnerMoved> {
        let from = order.iter().position(|id| *id == self.id)?;
        let to = to.min(order.len() - 1);
        let mut moved = order.to_vec();
        let own = moved.remove(from);
        moved.insert(to, own);
        (from != to).then(|| PartnerMoved { link: self.clone(), from, to, order: moved })
    }
}

/// Where a tier begins in `display_order`, and where the next begins.
pub fn tier_range(tier: Tier) -> (i32, i32) {
    let first = i32::try_from(tier.order()).unwrap_or_default() * ORDER_STEP;
    (first, first + ORDER_STEP)
}

impl PartnerEdited {
    pub fn link(&self) -> &Link {
        &self.link
    }

    pub fn display(&self) -> &Display {
        &self.display
    }

    /// Does it move to another tier?
    pub fn changes_tier(&self) -> bool {
        self.link.display.category.tier() != self.display.category.tier()
    }

    /// The place as it is now.
    pub fn after(&self) -> Link {
        Link { display: self.display.clone(), version: self.link.version + 1, ..self.link.clone() }
    }
}

impl Fact for PartnerEdited {
    fn statement(&self) -> Statement {
        let more = [
            ("changed", json!(self.changed)),
            ("displayCategory", json!(self.display.category)),
            ("version", json!(self.link.version + 1)),
        ];
        self.link.statement("partner_edited", &more, "")
    }
}

impl PartnerShown {
    pub fn link(&self) -> &Link {
        &self.link
    }

    pub fn visible(&self) -> bool {
        self.visible
    }

    /// The place as it is now.
    pub fn after(&self) -> Link {
        Link { visible: self.visible, version: self.link.version + 1, ..self.link.clone() }
    }
}

impl Fact for PartnerShown {
    fn statement(&self) -> Statement {
        let name = if self.visible { "partner_shown" } else { "partner_hidden" };
        self.link.statement(name, &[("version", json!(self.link.version + 1))], "")
    }
}

impl PartnerRemoved {
    pub fn link(&self) -> &Link {
        &self.link
    }

    pub fn reason(&self) -> &str {
        &self.reason
    }
}

impl Fact for PartnerRemoved {
    fn statement(&self) -> Statement {
        self.link.statement("partner_removed", &[], &self.reason)
    }
}

impl PartnerMoved {
    pub fn link(&self) -> &Link {
        &self.link
    }

    /// Everybody of the tier, as they stand now.
    pub fn order(&self) -> &[PartnerLinkId] {
        &self.order
    }
}

impl Fact for PartnerMoved {
    fn statement(&self) -> Statement {
        self.link.statement("partner_moved", &[("from", json!(self.from)), ("to", json!(self.to))], "")
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
                organization: Some(OrganizationId(Uuid::from_u128(3))),
                request: Some(RequestId(Uuid::from_u128(4))),
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

    fn link(request: Option<RequestId>) -> Link {
        Link {
            id: PartnerLinkId(Uuid::from_u128(9)),
            event: EventId(Uuid::from_u128(1)),
            community: CommunityId(Uuid::from_u128(2)),
            organization: Some(OrganizationId(Uuid::from_u128(3))),
            request,
            event_title: "HackFest".into(),
            event_slug: "hackfest".into(),
            visible: true,
            version: 4,
            display: Display {
                name: "Acme".into(),
                logo_key: None,
                website: "https://acme.example/".into(),
                category: Category::GoldSponsor,
                benefits: Vec::new(),
            },
        }
    }

    fn reason(text: &str) -> Option<Paragraph> {
        read_reason(text).expect("short")
    }

    #[test]
    fn an_addition_without_a_category_is_the_official_partner() {
        let named = PartnerInput { name: Some("Fjord Media".into()), ..PartnerInput::default() };
        assert_eq!(named.parse_new(Labels::All).expect("in order").category, Category::OfficialPartner);
        let unknown = PartnerInput { category: Some("Gold".into()), ..named.clone() }.parse_new(Labels::All);
        assert!(unknown.expect_err("no label").get("category").is_some_and(|m| m.starts_with("Choose a sponsor or partner")));
        let errors = named.parse_new(Labels::Sponsors).expect_err("a name is not enough");
        assert_eq!(errors.0.keys().collect::<Vec<_>>(), ["category", "organizationId"]);
        let partner = PartnerInput {
            organization_id: Some(Uuid::from_u128(3).to_string()),
            category: Some("Venue Partner".into()),
            ..PartnerInput::default()
        };
        assert!(partner.parse_new(Labels::All).is_ok());
        assert!(partner.parse_new(Labels::Sponsors).expect_err("a partner").get("category").is_some());
    }

    #[test]
    fn only_our_own_pictures_are_shown() {
        let with =
            |url: &str| PartnerInput { name: Some("Fjord".into()), image_url: Some(url.into()), ..PartnerInput::default() };
        let ours = format!("/media/logos/{}.png", "ab".repeat(32));
        assert!(with(&ours).parse_new(Labels::All).is_ok_and(|new| new.logo.is_some_and(|file| file.len() == 68)));
        for other in ["https://evil.example/x.png", "/media/logos/../secret.png", "javascript:alert(1)"] {
            assert!(with(other).parse_new(Labels::All).expect_err(other).get("imageUrl").is_some());
        }
    }

    #[test]
    fn what_was_agreed_stays_and_leaves_with_a_reason() {
        let agreed = link(Some(RequestId(Uuid::from_u128(5))));
        let silver = Display { category: Category::SilverSponsor, ..agreed.display.clone() };
        assert_eq!(agreed.edit(silver.clone()).expect_err("agreed").code, "AGREED");
        let words = Display { website: "https://acme.example/dev".into(), ..agreed.display.clone() };
        assert!(agreed.edit(words).expect("display").is_some());
        assert!(agreed.remove(None).expect_err("no reason").get("reason").is_some());
        let removed = agreed.remove(reason("They asked for it.").as_ref()).expect("a reason").statement();
        assert_eq!(removed.about.len(), 3, "the event, the organization and the request tell of it");
        assert!(!removed.payload.to_string().contains("asked"));

        let by_hand = link(None);
        assert!(by_hand.edit(silver).expect("by hand").is_some_and(|edited| edited.changes_tier()));
        assert!(by_hand.edit(by_hand.display.clone()).expect("nothing").is_none());
        assert!(by_hand.remove(None).is_ok());
        assert_eq!(by_hand.same_version(3).expect_err("old").code, "VERSION_CONFLICT");
        assert!(by_hand.show(true).is_none());
        assert_eq!(by_hand.show(false).expect("a change").statement().name, "partner_hidden");
    }

    #[test]
    fn places_are_counted_within_a_tier() {
        let it = link(None);
        let other = |n: u128| PartnerLinkId(Uuid::from_u128(n));
        let order = [other(1), it.id, other(2)];
        assert_eq!(it.place(&order, 0).expect("up").order(), [it.id, other(1), other(2)]);
        assert_eq!(it.place(&order, 99).expect("down").order(), [other(1), other(2), it.id]);
        assert!(it.place(&order, 1).is_none());
        assert!(it.place(&[other(1)], 0).is_none(), "it is not of this tier");
    }
}
