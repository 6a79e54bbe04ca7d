//! Somebody asks to belong to an organization: who decides, and what follows.
//!
//! A verified organization's admins decide. Where there is none to ask, a mailbox at the organization's own domain does,
//! through a mailed link: whoever reads it there speaks for the company. A shared host or a free mail service proves
//! nothing, so nobody can decide by a mailbox there. A profile that nobody of theirs has taken over is joined by claiming it:
//! there, staff decide after the proof.

use super::about;
use crate::kernel::{
    actor::OrganizationRole,
    error::Refusal,
    fact::{Fact, Statement},
    ids::{JoinRequestId, OrganizationId, UserId},
    text::{Paragraph, isolated},
};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

/// How long a mailbox has to decide.
pub const DECISION_LIFE: TimeDelta = TimeDelta::days(7);
/// The most characters of what the asker writes.
pub const MESSAGE_LONGEST: usize = 500;

/// Who decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decider {
    Admins,
    /// A mailbox at the organization's domain, in lower case.
    Mailbox(String),
}

/// What of an organization says who can decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing<'a> {
    pub is_verified: bool,
    /// A community added it, and nobody of theirs has taken it over.
    pub is_unclaimed: bool,
    pub has_admins: bool,
    /// The registrable domain of its website; `None` on a shared host or a free mail service.
    pub domain: Option<&'a str>,
}

impl Standing<'_> {
    /// Do its admins decide?
    pub const fn is_for_admins(&self) -> bool {
        self.is_verified && self.has_admins
    }

    /// Staff have checked it, and nobody leads it (any more): its own people ask to lead it, as strangers ask to join.
    pub const fn is_led_by_nobody(&self) -> bool {
        self.is_verified && !self.has_admins
    }

    /// Who decides; `mailbox` is the address that the asker names, with its registrable domain.
    ///
    /// # Errors
    /// `CLAIM_IT` for a profile that is claimed first; `NO_ONE_TO_ASK` where no mailbox can prove anything;
    /// `MAILBOX_NEEDED`; `OTHER_DOMAIN`.
    pub fn decider(&self, name: &str, mailbox: Option<(&str, &str)>) -> Result<Decider, Refusal> {
        if self.is_unclaimed {
            return Err(claim_it(name));
        }
        if self.is_for_admins() {
            return Ok(Decider::Admins);
        }
        let name = isolated(name);
        let Some(domain) = self.domain else {
            return Err(Refusal::new(
                "NO_ONE_TO_ASK",
                format!(
                    "{name} has its page on a site that many share, so no mailbox can speak for it. Write to our staff if you \
                     work there."
                ),
            ));
        };
        match mailbox {
            None => Err(Refusal::new(
                "MAILBOX_NEEDED",
                format!("{name} has nobody on CommDesk to ask. Name a mailbox at {domain}: whoever reads it decides."),
            )),
            Some((_, theirs)) if theirs != domain => Err(Refusal::new(
                "OTHER_DOMAIN",
                format!("Only a mailbox at {domain} can speak for {name}. This address belongs to {theirs}."),
            )),
            Some((address, _)) => Ok(Decider::Mailbox(address.to_ascii_lowercase())),
        }
    }
}

/// Nobody of theirs is here: whoever is, claims it, and staff decide.
pub fn claim_it(name: &str) -> Refusal {
    let name = isolated(name);
    Refusal::new(
        "CLAIM_IT",
        format!(
            "A community added {name}, and nobody of theirs is here yet. Claim the profile instead of joining it: show that you \
             speak for it, by a mailbox or by its domain's DNS, and our staff decide."
        ),
    )
}

/// A wish as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JoinRequest {
    pub id: JoinRequestId,
    pub organization: OrganizationId,
    pub user: UserId,
    /// What the asker is called.
    pub name: String,
    pub decider: Decider,
    /// Only a mailbox's link ends.
    pub expires_at: Option<DateTime<Utc>>,
    pub accepted: bool,
    pub declined: bool,
}

impl JoinRequest {
    /// # Errors
    /// `JOIN_DECIDED`; `JOIN_EXPIRED` when the link came too late.
    pub fn accept(&self, role: OrganizationRole, now: DateTime<Utc>) -> Result<JoinAccepted, Refusal> {
        self.still_open(now)?;
        Ok(JoinAccepted { request: self.clone(), role, from: None, leads: None })
    }

    /// # Errors
    /// As [`JoinRequest::accept`].
    pub fn decline(&self, reason: &Paragraph, now: DateTime<Utc>) -> Result<JoinDeclined, Refusal> {
        self.still_open(now)?;
        Ok(JoinDeclined { request: self.clone(), reason: reason.as_str().to_owned() })
    }

    /// May it still be decided? Looking changes nothing.
    ///
    /// # Errors
    /// As [`JoinRequest::accept`].
    pub fn still_open(&self, now: DateTime<Utc>) -> Result<(), Refusal> {
        if self.accepted || self.declined {
            let what = if self.accepted { "accepted" } else { "declined" };
            return Err(Refusal::new("JOIN_DECIDED", format!("The request of {} was {what} already.", isolated(&self.name))));
        }
        if self.expires_at.is_some_and(|end| now >= end) {
            return Err(Refusal::new("JOIN_EXPIRED", format!("This link has expired. {} can ask again.", isolated(&self.name))));
        }
        Ok(())
    }
}

fn said(request: &JoinRequest, name: &'static str, payload: &[(&str, Value)], private: &[(&str, &str)]) -> Statement {
    let mut all = vec![("joinRequestId", json!(request.id)), ("memberUser", json!(request.user))];
    all.extend_from_slice(payload);
    let mut kept = vec![("person", request.name.as_str())];
    kept.extend_from_slice(private);
    about(super::WorkspaceId::Organization(request.organization), name, &all, &kept)
}

/// Somebody asked; the admins decide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JoinAsked {
    request: JoinRequest,
    message: String,
    organization_name: String,
}

impl JoinAsked {
    pub fn new(request: JoinRequest, message: &Paragraph, organization_name: &str) -> Self {
        Self { request, message: message.as_str().to_owned(), organization_name: organization_name.to_owned() }
    }

    pub fn request(&self) -> &JoinRequest {
        &self.request
    }

    pub fn message(&self) -> &str {
        &self.message
    }
}

impl Fact for JoinAsked {
    fn statement(&self) -> Statement {
        let private = [("message", &*self.message), ("organizationName", &*self.organization_name)];
        match &self.request.decider {
            Decider::Admins => said(&self.request, "join_asked", &[], &private),
            // The letter's address, and nobody's login.
            Decider::Mailbox(address) => {
                let [message, name] = private;
                said(&self.request, "join_mailbox_asked", &[], &[message, name, ("email", address)])
            }
        }
    }
}

/// They belong to the organization now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JoinAccepted {
    request: JoinRequest,
    role: OrganizationRole,
    /// The role that they had there before.
    from: Option<String>,
    /// Nobody led it before them, but these, who cannot act any more.
    leads: Option<Vec<UserId>>,
}

impl JoinAccepted {
    /// They had a seat there before.
    #[must_use]
    pub fn lifted_from(self, role: &str) -> Self {
        Self { from: Some(role.to_owned()), ..self }
    }

    /// They lead what nobody led; `before` are the admins who cannot act any more: they are told.
    #[must_use]
    pub fn leading(self, before: Vec<UserId>) -> Self {
        Self { leads: Some(before), ..self }
    }

    pub fn request(&self) -> &JoinRequest {
        &self.request
    }

    pub fn role(&self) -> OrganizationRole {
        self.role
    }
}

impl Fact for JoinAccepted {
    fn statement(&self) -> Statement {
        let mut payload = vec![("role", json!(self.role.label()))];
        payload.extend(self.from.as_ref().map(|from| ("from", json!(from))));
        if let Some(before) = &self.leads {
            payload.push(("leads", json!(true)));
            payload.push(("people", json!(before)));
        }
        said(&self.request, "join_accepted", &payload, &[])
    }
}

/// They do not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JoinDeclined {
    request: JoinRequest,
    reason: String,
}

impl JoinDeclined {
    pub fn request(&self) -> &JoinRequest {
        &self.request
    }
}

impl Fact for JoinDeclined {
    fn statement(&self) -> Statement {
        said(&self.request, "join_declined", &[], &[("reason", &self.reason)])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn standing(is_verified: bool, has_admins: bool, domain: Option<&str>) -> Standing<'_> {
        Standing { is_verified, is_unclaimed: false, has_admins, domain }
    }

    #[test]
    fn nobody_joins_what_is_not_claimed() {
        let office = Some(("office@acme.example", "acme.example"));
        for has_admins in [false, true] {
            let added = Standing { is_unclaimed: true, ..standing(false, has_admins, Some("acme.example")) };
            for mailbox in [None, office] {
                assert_eq!(added.decider("Acme", mailbox).expect_err("claimed first").code, "CLAIM_IT");
            }
        }
    }

    #[test]
    fn admins_decide_where_there_are_some_and_a_mailbox_elsewhere() {
        let office = Some(("Office@acme.example", "acme.example"));
        assert_eq!(standing(true, true, Some("acme.example")).decider("Acme", None), Ok(Decider::Admins));
        for lonely in [standing(false, true, Some("acme.example")), standing(true, false, Some("acme.example"))] {
            assert_eq!(lonely.decider("Acme", office), Ok(Decider::Mailbox("office@acme.example".into())));
            assert_eq!(lonely.decider("Acme", None).expect_err("no mailbox").code, "MAILBOX_NEEDED");
            let other = lonely.decider("Acme", Some(("me@globex.example", "globex.example"))).expect_err("not theirs");
            assert_eq!(other.code, "OTHER_DOMAIN");
        }
        assert_eq!(standing(false, false, None).decider("Acme", office).expect_err("shared").code, "NO_ONE_TO_ASK");
    }

    #[test]
    fn its_own_people_ask_to_lead_only_what_is_checked_and_has_no_admin() {
        for (is_verified, has_admins) in [(true, true), (true, false), (false, true), (false, false)] {
            let standing = standing(is_verified, has_admins, Some("acme.example"));
            assert_eq!(standing.is_led_by_nobody(), (is_verified, has_admins) == (true, false));
        }
    }

    #[test]
    fn a_decision_is_made_once_and_in_time() {
        let now = DateTime::from_timestamp(1_790_000_000, 0).expect("a time");
        let open = JoinRequest {
            id: JoinRequestId(Uuid::from_u128(1)),
            organization: OrganizationId(Uuid::from_u128(2)),
            user: UserId(Uuid::from_u128(3)),
            name: "Ravi".into(),
            decider: Decider::Mailbox("office@acme.example".into()),
            expires_at: Some(now + DECISION_LIFE),
            accepted: false,
            declined: false,
        };
        let accepted = open.accept(OrganizationRole::SponsorAdmin, now).expect("in time");
        assert_eq!(accepted.statement().payload.get("leads"), None, "a newcomer among others");
        let before = UserId(Uuid::from_u128(4));
        let led = accepted.lifted_from("DevRel Manager").leading(vec![before]).statement().payload;
        assert_eq!((&led["leads"], &led["from"], &led["people"]), (&json!(true), &json!("DevRel Manager"), &json!([before])));
        let late = open.accept(OrganizationRole::SponsorAdmin, now + DECISION_LIFE).expect_err("late");
        assert_eq!(late.code, "JOIN_EXPIRED");
        let decided = JoinRequest { declined: true, ..open.clone() };
        assert_eq!(decided.accept(OrganizationRole::SponsorAdmin, now).expect_err("decided").code, "JOIN_DECIDED");
        let by_admins = JoinRequest { decider: Decider::Admins, expires_at: None, ..open };
        assert!(by_admins.still_open(now + DECISION_LIFE * 9).is_ok());
    }
}
