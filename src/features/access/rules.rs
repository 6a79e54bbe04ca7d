//! What is true of keys: which scope opens which call, how long a key lives, and the facts of this room. Pure.

use crate::{
    features::accounts::rules::Guarded,
    kernel::{
        actor::{Capabilities, Capability, Side},
        fact::{Fact, Statement, Subject},
        fields::{Check, FieldErrors},
        ids::{ApiKeyId, CommunityId, OrganizationId, UserId},
        labels::labels,
        text::Line,
    },
};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;
use uuid::Uuid;

const ROOM: &str = "access";

/// What every key begins with.
pub const PREFIX: &str = "cd_live_";
/// Live keys that one workspace may have.
pub const MOST_KEYS: usize = 50;
/// "Last used" is written at most so often.
pub const USED_EVERY: TimeDelta = TimeDelta::minutes(1);

labels! {
    /// What a key may do.
    Scope, "a permission" {
        MemberRead = "member:read",
        MemberCreate = "member:create",
        EventRead = "event:read",
        EventCreate = "event:create",
        EventUpdate = "event:update",
        EventPublish = "event:publish",
        OpportunityRead = "opportunity:read",
        OpportunityCreate = "opportunity:create",
        RequestRead = "request:read",
        RequestCreate = "request:create",
        RequestAnswer = "request:answer",
        ProfileRead = "profile:read",
        ProfileUpdate = "profile:update",
        WatchRead = "watch:read",
        WatchUpdate = "watch:update",
    }
}

impl Scope {
    /// In words, for whoever ticks it.
    pub fn words(self) -> &'static str {
        match self {
            Self::MemberRead => "See the people of the workspace",
            Self::MemberCreate => "Invite people, at most 100 an hour",
            Self::EventRead => "See events, drafts too",
            Self::EventCreate => "Draft events",
            Self::EventUpdate => "Edit events",
            Self::EventPublish => "Publish events",
            Self::OpportunityRead => "See opportunities",
            Self::OpportunityCreate => "Draft opportunities",
            Self::RequestRead => "See requests, offers and amounts",
            Self::RequestCreate => "Send requests and applications",
            Self::RequestAnswer => "Accept, decline and withdraw requests",
            Self::ProfileRead => "See profiles of sponsors and communities",
            Self::ProfileUpdate => "Edit the workspace's profile",
            Self::WatchRead => "See your saved searches and your watchlist",
            Self::WatchUpdate => "Save searches, switch their alerts, and watch",
        }
    }

    /// What its holder has to be able to do. Signing, money, keys and staff's work are in no scope.
    pub fn capabilities(self) -> &'static [Capability] {
        use Capability::{
            ActOnRequests, EditEvents, EditProfile, ManageMembers, ManageOpportunities, PublishEvents, SeeRequests, SeeWorkspace,
        };
        match self {
            Self::MemberRead | Self::EventRead | Self::OpportunityRead | Self::ProfileRead => &[SeeWorkspace],
            Self::WatchRead | Self::WatchUpdate => &[SeeWorkspace],
            Self::MemberCreate => &[SeeWorkspace, ManageMembers],
            Self::EventCreate | Self::EventUpdate => &[SeeWorkspace, EditEvents],
            Self::EventPublish => &[SeeWorkspace, PublishEvents],
            Self::OpportunityCreate => &[SeeWorkspace, ManageOpportunities],
            Self::RequestRead => &[SeeRequests],
            Self::RequestCreate | Self::RequestAnswer => &[SeeRequests, ActOnRequests],
            Self::ProfileUpdate => &[SeeWorkspace, EditProfile],
        }
    }

    /// Does a workspace of this kind do such things at all?
    pub fn fits(self, kind: Side) -> bool {
        match kind {
            Side::Community => true,
            Side::Organization => {
                !matches!(self, Self::EventCreate | Self::EventUpdate | Self::EventPublish | Self::OpportunityCreate)
            }
        }
    }

    /// The calls that it opens: verb and path as the API's document has them.
    fn calls(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::MemberRead => &[("GET", "/members"), ("GET", "/members/{memberId}"), ("GET", "/invitations")],
            Self::MemberCreate => &[("POST", "/members"), ("POST", "/members/import"), ("POST", "/invitations")],
            Self::EventRead => &[("GET", "/events"), ("GET", "/events/{eventId}"), ("GET", "/events/{eventId}/partners")],
            Self::EventCreate => &[("POST", "/events")],
            Self::EventUpdate => &[("PATCH", "/events/{eventId}")],
            Self::EventPublish => &[("POST", "/events/{eventId}/publish")],
            Self::OpportunityRead => &[("GET", "/opportunities"), ("GET", "/opportunities/{opportunityId}")],
            Self::OpportunityCreate => &[("POST", "/opportunities")],
            Self::RequestRead => &[("GET", "/requests"), ("GET", "/requests/{requestId}")],
            Self::RequestCreate => &[("POST", "/requests"), ("POST", "/opportunities/{opportunityId}/apply")],
            Self::RequestAnswer => &[
                ("PATCH", "/requests/{requestId}/accept"),
                ("PATCH", "/requests/{requestId}/reject"),
                ("PATCH", "/requests/{requestId}/withdraw"),
            ],
            Self::ProfileRead => &[
                ("GET", "/sponsors"),
                ("GET", "/sponsors/{organizationId}"),
                ("GET", "/communities"),
                ("GET", "/communities/{communityId}"),
            ],
            Self::ProfileUpdate => &[("PATCH", "/sponsors/{organizationId}"), ("PATCH", "/communities/{communityId}")],
            Self::WatchRead => &[("GET", "/searches"), ("GET", "/searches/{searchId}"), ("GET", "/watchlist")],
            Self::WatchUpdate => &[
                ("POST", "/searches"),
                ("PATCH", "/searches/{searchId}"),
                ("DELETE", "/searches/{searchId}"),
                ("PUT", "/watchlist/organizations/{organizationId}"),
                ("DELETE", "/watchlist/organizations/{organizationId}"),
                ("PUT", "/watchlist/communities/{communityId}"),
                ("DELETE", "/watchlist/communities/{communityId}"),
            ],
        }
    }
}

/// The scope that opens a call; `None` for calls that are open to no key.
pub fn scope_of(method: &str, path: &str) -> Option<Scope> {
    Scope::ALL.iter().copied().find(|scope| scope.calls().contains(&(method, path)))
}

/// What of its maker's capabilities a key with these scopes has.
pub fn reach(scopes: &[Scope], makers: Capabilities) -> Capabilities {
    let named: Vec<Capability> = scopes.iter().flat_map(|scope| scope.capabilities().iter().copied()).collect();
    makers.within(&named)
}

/// What the API takes for a new key, and what its form types.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct KeyInput {
    /// What the key is for, as people of the workspace call it.
    pub name: String,
    /// `member:create`, `event:read`, …
    pub scopes: Vec<String>,
    /// 30, 90 or 365; absent for a key that ends only when it is revoked.
    pub expires_in_days: Option<i64>,
}

/// A key that can be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyDraft {
    pub name: Line,
    pub scopes: Vec<Scope>,
    pub lives: Option<TimeDelta>,
}

/// Days that a key may live, besides for ever.
pub const LIVES: [i64; 3] = [30, 90, 365];

impl KeyInput {
    /// # Errors
    /// Beside `name`, `scopes` and `expiresInDays`.
    pub fn parse(&self, kind: Side) -> Result<KeyDraft, FieldErrors> {
        let mut check = Check::default();
        let name = check.take("name", Line::parse(&self.name, 3, 60, "name"));
        let mut scopes = Vec::new();
        for label in &self.scopes {
            match Scope::parse(label) {
                Ok(scope) if scope.fits(kind) => scopes.push(scope),
                Ok(_) => check.add("scopes", format!("Organizations have no use for {label}. Leave it out.")),
                Err(problem) => check.add("scopes", problem.to_string()),
            }
        }
        scopes.sort_unstable();
        scopes.dedup();
        check.ensure("scopes", !scopes.is_empty(), "Choose at least one permission.");
        let fine = self.expires_in_days.is_none_or(|days| LIVES.contains(&days));
        check.ensure("expiresInDays", fine, "Choose 30, 90 or 365 days, or no end.");
        check.finish()?;
        let name = name.ok_or_else(|| FieldErrors::one("name", "Enter a name."))?;
        Ok(KeyDraft { name, scopes, lives: self.expires_in_days.map(TimeDelta::days) })
    }
}

/// The workspace that a key belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owner {
    Organization(OrganizationId),
    Community(CommunityId),
}

impl Owner {
    pub fn side(self) -> Side {
        match self {
            Self::Organization(_) => Side::Organization,
            Self::Community(_) => Side::Community,
        }
    }

    pub fn id(self) -> Uuid {
        match self {
            Self::Organization(id) => id.0,
            Self::Community(id) => id.0,
        }
    }

    pub fn subject(self) -> Subject {
        match self {
            Self::Organization(id) => id.into(),
            Self::Community(id) => id.into(),
        }
    }
}

/// A key as it is stored; the secret is known to whoever wrote it down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKey {
    pub id: ApiKeyId,
    pub owner: Owner,
    pub name: String,
    pub scopes: Vec<Scope>,
    pub made_by: UserId,
    pub second_factor: bool,
    pub expires_at: Option<DateTime<Utc>>,
    pub revoked_at: Option<DateTime<Utc>>,
}

impl ApiKey {
    /// Does it open anything now?
    pub fn is_live(&self, now: DateTime<Utc>) -> bool {
        self.revoked_at.is_none() && self.expires_at.is_none_or(|end| now < end)
    }

    /// Ends the key; `None` when it was revoked before, which is what somebody wants who revokes it again.
    pub fn revoke(&self) -> Option<KeyRevoked> {
        self.revoked_at.is_none().then(|| KeyRevoked { key: self.id, owner: self.owner, name: self.name.clone() })
    }
}

/// A program can act for the workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyMade {
    key: ApiKeyId,
    owner: Owner,
    name: String,
    scopes: Vec<Scope>,
    expires_at: Option<DateTime<Utc>>,
}

impl KeyMade {
    pub fn key(&self) -> ApiKeyId {
        self.key
    }

    pub fn owner(&self) -> Owner {
        self.owner
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    pub fn scopes(&self) -> &[Scope] {
        &self.scopes
    }

    pub fn expires_at(&self) -> Option<DateTime<Utc>> {
        self.expires_at
    }
}

impl KeyDraft {
    /// Makes the key. `live` are the keys that the workspace has now.
    ///
    /// # Errors
    /// On `scopes` for what the maker may not do themselves; on `name` when there are too many keys.
    pub fn make(
        self,
        key: ApiKeyId,
        owner: Owner,
        maker: Capabilities,
        live: usize,
        now: DateTime<Utc>,
    ) -> Result<KeyMade, FieldErrors> {
        let mut check = Check::default();
        for scope in &self.scopes {
            let may = scope.capabilities().iter().all(|capability| maker.has(*capability));
            check.ensure("scopes", may, &format!("Your own role cannot do what {} allows. Leave it out.", scope.label()));
        }
        check.ensure("name", live < MOST_KEYS, "This workspace has 50 keys already. Revoke one that is no longer used.");
        check.finish()?;
        let expires_at = self.lives.map(|life| now + life);
        Ok(KeyMade { key, owner, name: self.name.to_string(), scopes: self.scopes, expires_at })
    }
}

impl Fact for KeyMade {
    fn statement(&self) -> Statement {
        Statement {
            room: ROOM,
            name: "api_key_made",
            subject: self.owner.subject(),
            about: Vec::new(),
            payload: json!({"apiKeyId": self.key, "scopes": self.scopes, "expiresAt": self.expires_at}),
            private: Some(json!({"keyName": self.name})),
        }
    }
}

/// A key opens nothing any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyRevoked {
    key: ApiKeyId,
    owner: Owner,
    name: String,
}

impl KeyRevoked {
    pub fn key(&self) -> ApiKeyId {
        self.key
    }
}

impl Fact for KeyRevoked {
    fn statement(&self) -> Statement {
        Statement {
            room: ROOM,
            name: "api_key_revoked",
            subject: self.owner.subject(),
            about: Vec::new(),
            payload: json!({"apiKeyId": self.key}),
            private: Some(json!({"keyName": self.name})),
        }
    }
}

/// The workspace asks for a second factor before these, and before nothing else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicySet {
    owner: Owner,
    needed_for: Vec<Guarded>,
}

impl PolicySet {
    /// `None` when that is what is asked for already.
    pub fn change(owner: Owner, before: &[Guarded], mut wanted: Vec<Guarded>) -> Option<Self> {
        wanted.sort_unstable();
        wanted.dedup();
        let mut before = before.to_vec();
        before.sort_unstable();
        (before != wanted).then_some(Self { owner, needed_for: wanted })
    }

    pub fn owner(&self) -> Owner {
        self.owner
    }

    pub fn needed_for(&self) -> &[Guarded] {
        &self.needed_for
    }
}

impl Fact for PolicySet {
    fn statement(&self) -> Statement {
        Statement {
            room: ROOM,
            name: "second_factor_policy_set",
            subject: self.owner.subject(),
            about: Vec::new(),
            payload: json!({"neededFor": self.needed_for}),
            private: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::actor::{OrganizationRole, Role};
    use proptest::prelude::{any, prop_assert, proptest};

    fn input(scopes: &[&str]) -> KeyInput {
        KeyInput { name: "Badge printer".into(), scopes: scopes.iter().map(|s| (*s).to_owned()).collect(), expires_in_days: None }
    }

    proptest! {
        #[test]
        fn no_scopes_ever_reach_keys_money_signing_or_staffs_work(mask in any::<u16>(), held in any::<u16>()) {
            let scopes: Vec<Scope> = Scope::ALL.iter().copied().enumerate().filter(|(i, _)| mask >> i & 1 == 1).map(|(_, s)| s).collect();
            let makers: Vec<Capability> = Capability::ALL.into_iter().enumerate().filter(|(i, _)| held >> i & 1 == 1).map(|(_, c)| c).collect();
            let makers = Capabilities::of(&makers);
            let reach = reach(&scopes, makers);
            for never in [Capability::Sign, Capability::Finance, Capability::ManageSecurity, Capability::Review, Capability::Administer] {
                prop_assert!(!reach.has(never));
            }
            for capability in Capability::ALL {
                prop_assert!(!reach.has(capability) || makers.has(capability));
            }
        }
    }

    #[test]
    fn a_call_is_opened_by_one_scope_and_keys_manage_no_keys() {
        let mut all: Vec<_> = Scope::ALL.iter().flat_map(|scope| scope.calls()).collect();
        let count = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), count);
        assert!(all.iter().all(|(_, path)| !path.starts_with("/auth") && !path.contains("api-keys") && !path.contains("admin")));
        assert_eq!(scope_of("POST", "/requests"), Some(Scope::RequestCreate));
        assert_eq!(scope_of("POST", "/api-keys"), None);
    }

    #[test]
    fn a_key_is_asked_for_in_full_and_every_problem_is_named() {
        let problems =
            KeyInput { name: "x".into(), scopes: vec!["root".into()], expires_in_days: Some(1) }.parse(Side::Community);
        let problems = problems.expect_err("three problems");
        assert_eq!(problems.0.keys().collect::<Vec<_>>(), ["expiresInDays", "name", "scopes"]);
        assert!(input(&["event:create"]).parse(Side::Organization).is_err());
        assert_eq!(input(&["event:read", "event:create", "event:read"]).parse(Side::Community).expect("fine").scopes.len(), 2);
    }

    #[test]
    fn nobody_gives_a_key_what_they_cannot_do() {
        let owner = Owner::Organization(OrganizationId(Uuid::nil()));
        let maker = Role::Organization(OrganizationRole::DevRelManager).capabilities();
        let now = DateTime::UNIX_EPOCH;
        let draft = |scope: &str| input(&[scope]).parse(Side::Organization).expect("fine");

        assert!(draft("request:read").make(ApiKeyId(Uuid::nil()), owner, maker, 0, now).is_ok());
        assert!(draft("request:answer").make(ApiKeyId(Uuid::nil()), owner, maker, 0, now).is_err());
        assert!(draft("request:read").make(ApiKeyId(Uuid::nil()), owner, maker, MOST_KEYS, now).is_err());
    }

    #[test]
    fn a_policy_that_changes_nothing_is_no_fact() {
        let owner = Owner::Community(CommunityId(Uuid::nil()));
        assert!(
            PolicySet::change(
                owner,
                &[Guarded::Keys, Guarded::Accepting],
                vec![Guarded::Accepting, Guarded::Keys, Guarded::Keys]
            )
            .is_none()
        );
        assert!(PolicySet::change(owner, &[Guarded::Keys], Vec::new()).is_some());
    }
}
