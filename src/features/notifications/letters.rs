//! The words of every letter and notice. Pure: what happened goes in, plain sentences come out; layout is elsewhere.
//!
//! The title is the letter's subject and the notice's text. What somebody else wrote stands in `quote` only, where every
//! layout marks it as theirs.

use super::rules::Template;
use crate::{
    features::accounts::rules::LinkPurpose,
    kernel::{actor::Side, text::isolated},
};

/// What happened, in the words of its fact and of the things that it names. A letter uses what it needs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Story {
    pub organization: String,
    pub organization_id: String,
    pub community: String,
    pub community_id: String,
    pub event: String,
    pub event_id: String,
    /// Of the event's page as it is now; empty while not everybody may open it.
    pub event_slug: String,
    pub opportunity: String,
    pub opportunity_id: String,
    pub request_id: String,
    /// Of a request: `Platinum Sponsor`, `₹3,50,000.00`.
    pub category: String,
    pub amount: String,
    /// Which side did it; nobody did when time ran out.
    pub by: Option<Side>,
    /// Of a place that is kept: whose yes it is kept for.
    pub taker: Option<Side>,
    /// Who waits had waited for an answer, too, and this is it.
    pub agreed: bool,
    /// What somebody wrote: a reason, a question, a message.
    pub words: String,
    /// Of a password: `activated`, `reset`, `changed`.
    pub how: String,
    /// Recovery codes that are left.
    pub left: i64,
    pub new_address: String,
    /// A role: of staff, or in a workspace.
    pub role: String,
    /// What a workspace calls an API key.
    pub key: String,
    /// What a second factor is asked for now, in words.
    pub needed: String,
    /// "Firefox on Linux".
    pub device: String,
    /// Who it is about, or who invited.
    pub person: String,
    /// How a member stands now.
    pub status: String,
    /// What was given by name.
    pub signatory: bool,
    pub finance: bool,
    pub invitation_id: String,
    pub join_request_id: String,
    pub found: Option<Found>,
}

impl Story {
    /// As its sentences name things: a name that is read from the right turns nothing around that stands beside it.
    fn apart(&self) -> Self {
        let apart = |name: &str| isolated(name).into_owned();
        Self {
            organization: apart(&self.organization),
            community: apart(&self.community),
            event: apart(&self.event),
            opportunity: apart(&self.opportunity),
            key: apart(&self.key),
            person: apart(&self.person),
            found: self.found.clone().map(|found| Found { search: apart(&found.search), ..found }),
            ..self.clone()
        }
    }
}

/// What a saved search has found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    /// What its owner calls the search.
    pub search: String,
    /// "organization", "communities".
    pub noun: &'static str,
    /// The first of them by name.
    pub names: Vec<String>,
    pub total: usize,
    pub path: String,
    /// Their owner's workspace, `organization:acme`.
    pub workspace: String,
}

/// Who reads.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reader {
    pub name: String,
    /// The side of a request that they are on.
    pub side: Option<Side>,
    /// Their workspace's key, `organization:acme`; empty for somebody who reads for themselves.
    pub workspace: String,
    /// The path of a one-time link, and what it is for.
    pub link: Option<(LinkPurpose, String)>,
    /// The path of another room's link, which stands in for the action.
    pub path: Option<String>,
}

/// A letter before its layout.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    pub title: String,
    pub paragraphs: Vec<String>,
    pub quote: Option<String>,
    /// The one thing to do: a label and a path of ours.
    pub action: (String, String),
    /// What else the reader should know, after the action.
    pub note: Option<String>,
}

/// A path for the reader's workspace.
fn here(reader: &Reader, path: &str) -> String {
    let joint = if path.contains('?') { '&' } else { '?' };
    if reader.workspace.is_empty() { path.to_owned() } else { format!("{path}{joint}as={}", reader.workspace) }
}

/// The page of the event that it is about: where the community manages it, or what everybody sees. While nobody else may see it,
/// whoever stands on it is led to what they agreed on.
fn event_page(story: &Story, reader: &Reader) -> (&'static str, String) {
    if reader.side == Some(Side::Community) {
        ("Open the event", here(reader, &format!("/manage/events/{}", story.event_id)))
    } else if !story.event_slug.is_empty() {
        ("See the page", here(reader, &format!("/events/{}", story.event_slug)))
    } else if !story.request_id.is_empty() {
        ("See the request", here(reader, &format!("/requests/{}", story.request_id)))
    } else {
        ("Open your dashboard", here(reader, "/dashboard"))
    }
}

fn draft(title: impl Into<String>, paragraphs: &[String], action: (&str, String)) -> Draft {
    Draft {
        title: title.into(),
        paragraphs: paragraphs.iter().filter(|p| !p.is_empty()).cloned().collect(),
        quote: None,
        action: (action.0.to_owned(), action.1),
        note: None,
    }
}

impl Draft {
    fn quoting(mut self, words: &str) -> Self {
        self.quote = Some(words.trim().to_owned()).filter(|words| !words.is_empty());
        self
    }

    fn note(mut self, note: impl Into<String>) -> Self {
        self.note = Some(note.into());
        self
    }

    /// One more sentence for the note.
    fn also(mut self, more: &str) -> Self {
        self.note = Some(self.note.map_or_else(|| more.to_owned(), |note| format!("{note} {more}")));
        self
    }

    /// What the link asks is asked on the reader's home page too, so no new link is needed.
    fn waits_at_home(mut self, reader: &Reader) -> Self {
        if let Some((purpose, _)) = &reader.link {
            self.note = Some(link_note_of_question(*purpose));
        }
        self
    }

    /// With a one-time link, the action is the link.
    fn by_link(mut self, reader: &Reader, label: &str) -> Self {
        if let Some((purpose, path)) = &reader.link {
            self.action = (label.to_owned(), path.clone());
            self.note = Some(link_note(*purpose));
        }
        self
    }
}

fn link_note_of_question(purpose: LinkPurpose) -> String {
    format!(
        "The link works once, for {}. After that, sign in: the question waits on your home page. If you cannot sign in, ask for \
         a new password on the sign-in page first.",
        purpose.lifetime_label()
    )
}

fn link_note(purpose: LinkPurpose) -> String {
    format!("The link works once, for {}. If it has expired, ask for a new one on the sign-in page.", purpose.lifetime_label())
}

/// The words of a daily digest: the titles of what happened, oldest first.
pub fn digest(titles: &[String]) -> Draft {
    let title = match titles {
        [one] => format!("Today: {one}"),
        many => format!("{} things happened", many.len()),
    };
    let mut lines: Vec<String> = titles.iter().take(DIGEST_LINES).cloned().collect();
    if titles.len() > DIGEST_LINES {
        lines.push(format!("And {} more.", titles.len() - DIGEST_LINES));
    }
    draft(title, &lines, ("Open your notifications", "/notifications".to_owned()))
}

/// Lines that a digest shows in full.
const DIGEST_LINES: usize = 50;

const NOT_YOU: &str = "If this was not you, set a new password with \"Forgot password\" on the sign-in page, then sign out everywhere on your account page.";

/// The words of a letter.
pub fn write(template: Template, story: &Story, reader: &Reader) -> Draft {
    let story = &story.apart();
    match template {
        Template::ResetLink
        | Template::ActivateLink
        | Template::PasswordSet
        | Template::EmailChangeLink
        | Template::EmailChangeNotice
        | Template::EmailChanged
        | Template::SecondFactorOn
        | Template::RecoveryCodeUsed
        | Template::RecoveryCodesRenewed
        | Template::SessionsEnded
        | Template::UserSuspended
        | Template::UserRestored
        | Template::SecondFactorOff
        | Template::SecondFactorReset
        | Template::SessionRevoked
        | Template::StaffRoleTaken
        | Template::StaffWelcome => about_accounts(template, story, reader),
        Template::ApiKeyMade | Template::ApiKeyRevoked | Template::SecondFactorPolicySet => about_access(template, story, reader),
        Template::WorkspaceExported => about_exports(story, reader),
        Template::OrganizationApplied
        | Template::OrganizationToConfirm
        | Template::OrganizationInQueue
        | Template::OrganizationMoreAsked
        | Template::OrganizationBackInQueue
        | Template::OrganizationVerified
        | Template::OrganizationRefused
        | Template::OrganizationDisabled
        | Template::OrganizationRestored
        | Template::OrganizationDisablingProposed
        | Template::OrganizationMerged
        | Template::OrganizationMergedAway
        | Template::OrganizationMergeProposed
        | Template::OrganizationWebsiteProposed
        | Template::OrganizationWebsiteApproved
        | Template::OrganizationWebsiteRefused
        | Template::OrganizationAdded => about_organizations(template, story, reader),
        Template::OrganizationClaimInvited
        | Template::OrganizationClaimAsked
        | Template::OrganizationClaimProven
        | Template::OrganizationSeatEnded
        | Template::OrganizationLedAgain
        | Template::OrganizationLedByOthers
        | Template::OrganizationClaimRefused => about_claims(template, story, reader),
        Template::CommunityRegistered
        | Template::CommunityUnderReview
        | Template::CommunityInQueue
        | Template::CommunityMoreAsked
        | Template::CommunityApproved
        | Template::CommunityActivated
        | Template::CommunityRejected
        | Template::CommunitySuspended
        | Template::CommunityRestored
        | Template::CommunityBackInQueue => about_communities(template, story, reader),
        Template::EventPublished
        | Template::EventLive
        | Template::EventCompleted
        | Template::EventArchived
        | Template::EventDeleted
        | Template::PartnerAssigned
        | Template::PartnerHidden
        | Template::PartnerShown
        | Template::PartnerRemoved
        | Template::OpportunityOpened
        | Template::OpportunityClosed
        | Template::OpportunityFilled
        | Template::PlacesTaken
        | Template::OpportunityReopened
        | Template::ApplicationsClosed => about_events(template, story, reader),
        Template::WaitingJoined | Template::PlaceOffered | Template::PlaceOfferLapsed | Template::PlaceReleased => {
            about_places(template, story, reader)
        }
        Template::RequestOpened
        | Template::RequestAccepted
        | Template::RequestRejected
        | Template::RequestWithdrawn
        | Template::RequestExpired => about_requests(template, story, reader),
        Template::RequestHeld
        | Template::RequestInQueue
        | Template::RequestReleased
        | Template::RequestDelivered
        | Template::RequestRefused
        | Template::RequestWelcomeAgain
        | Template::RequestAssigned
        | Template::RequestWoken => about_sorting(template, story, reader),
        Template::ReportInQueue | Template::ReportDecided | Template::WorkspaceWarned => about_reports(template, story, reader),
        Template::EventHidden | Template::EventShown | Template::OpportunityHidden | Template::OpportunityShown => {
            about_hiding(template, story, reader)
        }
        Template::Invitation
        | Template::InvitationAccepted
        | Template::MemberRoleChanged
        | Template::MemberStatusSet
        | Template::MemberPowersGiven
        | Template::MemberLeft
        | Template::MemberRemoved
        | Template::JoinAsked
        | Template::JoinMailboxAsked
        | Template::JoinAccepted
        | Template::JoinDeclined => about_people(template, story, reader),
        Template::SearchMatched | Template::WatchedEvent | Template::WatchedOpportunity => {
            about_watching(template, story, reader)
        }
    }
}

/// That everything of a workspace left the house.
fn about_exports(story: &Story, reader: &Reader) -> Draft {
    let name = match reader.side {
        Some(Side::Community) => &story.community,
        _ => &story.organization,
    };
    draft(
        format!("Everything of {name} was exported"),
        &["One of its admins took its profile, people, events and requests along, in files.".into()],
        ("Open workspace security", here(reader, "/workspace/security")),
    )
    .note("If nobody of you meant to do so, look at who is an admin, and take seats away from whoever should not be one.")
}

/// What somebody asked to be told of.
fn about_watching(template: Template, story: &Story, reader: &Reader) -> Draft {
    match template {
        Template::WatchedEvent => draft(
            format!("{} published {}", story.community, story.event),
            &["You watch this community.".into()],
            event_page(story, reader),
        )
        .note("Stop watching it under your watchlist, and we tell you no more."),
        Template::WatchedOpportunity => draft(
            format!("{} opened {}", story.community, story.opportunity),
            &["You watch this community.".into()],
            ("See the opportunity", here(reader, &format!("/opportunities/{}", story.opportunity_id))),
        )
        .note("Stop watching it under your watchlist, and we tell you no more."),
        _ => {
            let found = story.found.clone().unwrap_or_default();
            let fits = if found.total == 1 { "fits" } else { "fit" };
            let mut names = found.names.join("\n");
            if found.total > found.names.len() {
                names.push_str(&format!("\nand {} more", found.total - found.names.len()));
            }
            draft(
                format!("{} {} newly {fits} “{}”", found.total, found.noun, found.search),
                &["Your saved search found:".into()],
                ("Open the search", found.path),
            )
            .quoting(&names)
            .note("You are told of each of them once. Switch this alert off under your saved searches.")
        }
    }
}

fn about_reports(template: Template, story: &Story, reader: &Reader) -> Draft {
    let what = &story.opportunity;
    match template {
        Template::ReportInQueue => draft(
            format!("{what} was reported"),
            &["The report waits in the queue.".into()],
            ("Open the queue", here(reader, "/staff/reports")),
        ),
        Template::ReportDecided => draft(
            format!("Your report about {what} was decided"),
            &[match story.how.as_str() {
                "Warned" => "You were right to report it: our staff warned whoever is responsible.".into(),
                "Hidden" => "You were right to report it: our staff took it off the marketplace.".into(),
                "Shown" => "Our staff looked again at what they had taken off the marketplace, and put it back: it was changed.".into(),
                _ => "Our staff looked at it and found nothing against our rules. You can report it again if something new happens."
                    .into(),
            }],
            ("Go to CommDesk", "/dashboard".into()),
        )
        .note("Thank you for telling us. Whoever you reported is not told that it was you."),
        _ => draft(
            format!("A warning about {what}"),
            &["Somebody reported it, and our staff agree that something has to change. They wrote:".into()],
            ("Open your dashboard", here(reader, "/dashboard")),
        )
        .quoting(&story.words)
        .note("If it stays, we may take it off the marketplace. Answer this mail if something was misunderstood."),
    }
}

/// What a community hears when staff take one of its listings off the marketplace, or put it back.
fn about_hiding(template: Template, story: &Story, reader: &Reader) -> Draft {
    let event = |id: &str| ("Open the event", here(reader, &format!("/manage/events/{id}")));
    let opportunity = |id: &str| ("Open the opportunity", here(reader, &format!("/manage/opportunities/{id}")));
    let (what, action) = match template {
        Template::EventHidden | Template::EventShown => (&story.event, event(&story.event_id)),
        _ => (&story.opportunity, opportunity(&story.opportunity_id)),
    };
    match template {
        Template::EventHidden | Template::OpportunityHidden => draft(
            format!("{what} is hidden"),
            &["Our staff took it off the marketplace: nobody but your community sees it, and it takes no new requests. Open \
               requests can still be answered. They wrote:"
                .into()],
            action,
        )
        .quoting(&story.words)
        .note("Change what they name, then answer this mail: they look again and show it."),
        _ => draft(
            format!("{what} is shown again"),
            &["Our staff put it back on the marketplace, as it stood before. They wrote:".into()],
            action,
        )
        .quoting(&story.words),
    }
}

/// What one side hears of a request that the other does not.
fn about_sorting(template: Template, story: &Story, reader: &Reader) -> Draft {
    let other = match reader.side {
        Some(Side::Community) => &story.organization,
        _ => &story.community,
    };
    let (event, sender) = match story.by {
        Some(Side::Community) => (&story.event, &story.community),
        _ => (&story.event, &story.organization),
    };
    let open = |label: &'static str| (label, here(reader, &format!("/requests/{}", story.request_id)));
    match template {
        Template::RequestHeld => draft(
            format!("Your request to {other} waits for a check"),
            &[
                "It looked unusual, so our staff read it before it is delivered. You need to do nothing; you get a mail when they have decided."
                    .into(),
            ],
            open("See the request"),
        ),
        Template::RequestInQueue => draft(
            format!("A request of {sender} was held"),
            &["It waits in the queue.".into()],
            ("Open the queue", here(reader, "/staff/requests")),
        ),
        Template::RequestReleased => draft(
            format!("Your request to {other} was delivered"),
            &["Our staff looked at it, and it is their turn now.".into()],
            open("See the request"),
        ),
        Template::RequestDelivered => draft(
            format!("{other} can answer your request now"),
            &["Somebody of theirs is here now, and it is their turn.".into()],
            open("See the request"),
        ),
        Template::RequestRefused => draft(
            format!("Your request to {other} was not delivered"),
            &["Our staff decided not to deliver it. They wrote:".into()],
            open("See the request"),
        )
        .quoting(&story.words)
        .note("Answer this mail if something was misunderstood."),
        Template::RequestWelcomeAgain => draft(
            format!("{other} asked to be asked again about now"),
            &[format!("When they declined {event}, they named this month. Write again if you are still interested.")],
            open("See what they wrote"),
        ),
        Template::RequestAssigned => draft(
            format!("The request with {other} is yours now"),
            &[format!("It is about {event}.")],
            open("See the request"),
        ),
        _ => draft(
            format!("The request with {other} is back"),
            &[format!("Your team had put it aside. It is about {event}.")],
            open("See the request"),
        ),
    }
}

fn about_accounts(template: Template, story: &Story, reader: &Reader) -> Draft {
    let account = || ("Open your account", "/account".to_owned());
    match template {
        Template::ResetLink => draft(
            "Set a new password",
            &["Somebody, probably you, asked for a new password for this address.".into()],
            ("Set a new password", "/forgot-password".into()),
        )
        .by_link(reader, "Set a new password")
        .note("The link works once, for 1 hour. If you did not ask for it, do nothing: your password stays as it is."),
        Template::ActivateLink => draft(
            "Set your password",
            &["Your account has no password yet. Set one to sign in.".into()],
            ("Set your password", "/forgot-password".into()),
        )
        .by_link(reader, "Set your password"),
        Template::PasswordSet => draft(
            if story.how == "activated" { "Your password is set" } else { "Your password was changed" },
            &[match story.how.as_str() {
                "activated" => "You can sign in with it now.".into(),
                "reset" => "It was set behind a link that we mailed to you. Every session that was open has ended.".into(),
                _ => "Every other session that was open has ended.".into(),
            }],
            account(),
        )
        .note(NOT_YOU),
        Template::EmailChangeLink => draft(
            "Confirm your new e-mail address",
            &["You asked to sign in to CommDesk with this address. Confirm that it is yours; until then, the old one stays.".into()],
            ("Open your account", "/account".into()),
        )
        .by_link(reader, "Confirm this address")
        .note("The link works once, for 24 hours. If you did not ask for this, do nothing."),
        Template::EmailChangeNotice => draft(
            "Your e-mail address is about to change",
            &[format!(
                "Somebody who knows your password asked to change the address of your account to {}. It changes when the link that we \
                 mailed there is followed.",
                story.new_address
            )],
            account(),
        )
        .note("If this was not you, change your password now: that stops it from being used, and signs everybody else out."),
        Template::EmailChanged => draft(
            "Your e-mail address was changed",
            &[format!("Your account now belongs to {}. Nothing more will be sent to this address.", story.new_address)],
            account(),
        )
        .note("If this was not you, write to us at once."),
        Template::SecondFactorOn => draft(
            "Your second factor is on",
            &["From now on, signing in asks for a code from your authenticator app. Keep your recovery codes where you find them without \
               your phone."
                .into()],
            ("Open your second factor", "/second-factor".into()),
        )
        .note(NOT_YOU),
        Template::RecoveryCodeUsed => draft(
            "A recovery code was used to sign in",
            &[match story.left {
                0 => "It was the last one. Make new codes now, so that you get in without your phone.".into(),
                1 => "One code is left. Make new ones while you can.".into(),
                n => format!("{n} codes are left."),
            }],
            ("Open your second factor", "/second-factor".into()),
        )
        .note(NOT_YOU),
        Template::RecoveryCodesRenewed => draft(
            "You have new recovery codes",
            &["The old ones no longer work.".into()],
            ("Open your second factor", "/second-factor".into()),
        )
        .note(NOT_YOU),
        Template::SessionsEnded => draft(
            "You were signed out everywhere",
            &["Every session of your account has ended, as you asked.".into()],
            ("Sign in", "/sign-in".into()),
        )
        .note(NOT_YOU),
        Template::SecondFactorOff => draft(
            "Your second factor is off",
            &["Signing in asks for your password only. It was turned off with your password and a code.".into()],
            ("Open your second factor", "/second-factor".into()),
        )
        .note(NOT_YOU),
        Template::SecondFactorReset => draft(
            "Your second factor was reset",
            &[
                "Our staff were told that it is lost, and took it off your account. Every session has ended.".into(),
                "Signing in asks for your password only, until you set up another one.".into(),
            ],
            ("Open your second factor", "/second-factor".into()),
        )
        .note(NOT_YOU),
        Template::StaffRoleTaken => draft(
            "A staff role of yours has ended",
            &[format!("You no longer have the role {} at CommDesk. Every session of your account has ended.", story.role)],
            ("Sign in", "/sign-in".into()),
        )
        .note("Answer this mail if you think that is a mistake."),
        Template::SessionRevoked => draft(
            match story.device.as_str() {
                "" => "You ended one of your sessions".to_owned(),
                device => format!("You ended a session: {device}"),
            },
            &["Whoever used it has to sign in again.".into()],
            ("See your sessions", "/account/sessions".into()),
        ),
        Template::UserSuspended => draft(
            "Your account is suspended",
            &["You cannot sign in until our staff open your account again. They wrote:".into()],
            ("Go to CommDesk", "/".into()),
        )
        .quoting(&story.words)
        .note("Answer this mail if you think that is a mistake."),
        Template::UserRestored => draft(
            "Your account is open again",
            &["You can sign in as before.".into()],
            ("Sign in", "/sign-in".into()),
        ),
        _ => draft(
            "You are CommDesk staff now",
            &[
                format!("You were given the role {}.", story.role),
                "After signing in you set up a second factor: an authenticator app on your phone. Nothing opens before that.".into(),
            ],
            ("Sign in", "/sign-in".into()),
        )
        .by_link(reader, "Set your password"),
    }
}

/// The name of the workspace that the reader reads it in.
fn workspace_of<'a>(story: &'a Story, reader: &Reader) -> &'a str {
    if reader.side == Some(Side::Community) || story.organization.is_empty() { &story.community } else { &story.organization }
}

fn about_access(template: Template, story: &Story, reader: &Reader) -> Draft {
    let (name, key) = (workspace_of(story, reader), &story.key);
    match template {
        Template::ApiKeyMade => draft(
            format!("{name} has a new API key: {key}"),
            &["A program can act for your workspace with it, within the permissions that were ticked.".into()],
            ("See the keys", here(reader, "/api-keys")),
        )
        .note("If nobody of you made it, revoke it now and change your passwords."),
        Template::ApiKeyRevoked => draft(
            format!("The API key {key} of {name} was revoked"),
            &["Programs that used it are refused from now on.".into()],
            ("See the keys", here(reader, "/api-keys")),
        ),
        _ if story.needed.is_empty() => draft(
            format!("{name} no longer asks for a second factor"),
            &["A password is enough again for everything that your role allows.".into()],
            ("Open your account", "/account".into()),
        ),
        _ => draft(
            format!("{name} asks for a second factor now"),
            &[
                format!("It is needed before {}.", story.needed),
                "Set yours up once, with an authenticator app on your phone; then confirm it when you sign in.".into(),
            ],
            ("Open your second factor", "/second-factor".into()),
        ),
    }
}

fn about_organizations(template: Template, story: &Story, reader: &Reader) -> Draft {
    let name = &story.organization;
    let dashboard = || ("Open your dashboard", here(reader, "/dashboard"));
    let review = || ("Open the application", here(reader, &format!("/staff/organizations/{}", story.organization_id)));
    match template {
        Template::OrganizationApplied => draft(
            format!("We received the application of {name}"),
            &[
                format!("Thank you for applying. Our staff check {name} now; you get a mail when they have decided."),
                "Until then you can sign in and complete the profile. A complete profile is verified sooner.".into(),
            ],
            dashboard(),
        )
        .by_link(reader, "Set your password"),
        Template::OrganizationToConfirm => draft(
            format!("Is the application of {name} yours?"),
            &[
                format!("Somebody applied for {name} on CommDesk, and named you as its contact."),
                format!("Confirm it, and you run {name} here with the account that you have. Until then it is nobody's."),
                "If you know nothing of it, do nothing: you will not hear of it again.".into(),
            ],
            ("Open CommDesk", "/".to_owned()),
        )
        .by_link(reader, "Yes, it is mine")
        .waits_at_home(reader),
        Template::OrganizationInQueue => {
            draft(format!("{name} applied"), &["The application waits in the queue.".into()], review())
        }
        Template::OrganizationMoreAsked => draft(
            format!("We have a question about {name}"),
            &["Our staff need to know more before they decide. They wrote:".into()],
            ("Answer", here(reader, "/dashboard")),
        )
        .quoting(&story.words)
        .by_link(reader, "Set your password and answer"),
        Template::OrganizationBackInQueue => {
            draft(format!("{name} answered"), &["The application waits in the queue again.".into()], review())
        }
        Template::OrganizationVerified => draft(
            format!("{name} is verified"),
            &[
                "You stand in the directory now. You can apply for opportunities, and communities can send you requests.".into(),
                if story.words.trim().is_empty() { String::new() } else { "Our staff wrote:".into() },
            ],
            dashboard(),
        )
        .quoting(&story.words)
        .by_link(reader, "Set your password"),
        Template::OrganizationRefused => {
            draft(format!("{name} was not verified"), &["Our staff decided not to verify it. They wrote:".into()], dashboard())
                .quoting(&story.words)
                .note("Answer this mail if something was misunderstood.")
        }
        Template::OrganizationRestored => draft(
            format!("{name} is restored"),
            &["It is what it was before it was disabled: its profile is shown again. Our staff wrote:".into()],
            dashboard(),
        )
        .quoting(&story.words),
        Template::OrganizationDisablingProposed => draft(
            format!("Somebody proposes to disable {name}"),
            &["It waits for a second person of the staff.".into()],
            review(),
        )
        .quoting(&story.words),
        Template::OrganizationMerged => draft(
            format!("{} is part of {name} now", story.opportunity),
            &[
                "Our staff found two profiles of one organization and made them one. Requests, places on events and people of both \
                 stand in one workspace now; the older of two open requests about the same thing goes on."
                    .into(),
                "Keys for programs and invitations of the other profile ended. Our staff wrote:".into(),
            ],
            dashboard(),
        )
        .quoting(&story.words),
        Template::OrganizationMergedAway => draft(
            format!("{name} was merged into {}", story.opportunity),
            &[
                format!("Our staff found that {name} and {} are one organization, and kept the checked profile.", story.opportunity),
                "Your seat ended with the profile. Ask its admins to join; it takes a minute. Our staff wrote:".into(),
            ],
            ("Find it in the directory", "/directory".into()),
        )
        .quoting(&story.words),
        Template::OrganizationMergeProposed => draft(
            format!("Somebody proposes to merge {name} into {}", story.opportunity),
            &["It waits for a second person of the staff.".into()],
            ("Open the changes", here(reader, "/staff/changes")),
        )
        .quoting(&story.words),
        Template::OrganizationWebsiteProposed => {
            draft(format!("{name} wants to move to another website"), &["The proposal waits in the queue.".into()], review())
        }
        Template::OrganizationWebsiteApproved => draft(
            format!("{name} has a new website"),
            &["Our staff approved the website that you proposed. It stands on your profile now. They wrote:".into()],
            ("Open the profile", here(reader, "/organization/profile")),
        )
        .quoting(&story.words),
        Template::OrganizationWebsiteRefused => draft(
            format!("{name} keeps its website"),
            &["Our staff did not approve the website that you proposed. The one you have stays verified. They wrote:".into()],
            ("Open the profile", here(reader, "/organization/profile")),
        )
        .quoting(&story.words)
        .note("Answer this mail if something was misunderstood."),
        Template::OrganizationAdded => draft(
            format!("A community added {name}"),
            &["It stands in the directory, and waits for its people.".into()],
            review(),
        ),
        _ => draft(
            format!("{name} was disabled"),
            &["Its profile is no longer shown, and it can neither apply nor be asked. Our staff wrote:".into()],
            dashboard(),
        )
        .quoting(&story.words)
        .note("Answer this mail if you think that is a mistake."),
    }
}

fn about_claims(template: Template, story: &Story, reader: &Reader) -> Draft {
    let (name, community) = (&story.organization, &story.community);
    let later = "Confirm that this mailbox is yours. Our staff then look at it, and you get a mail when they have decided.";
    match template {
        Template::OrganizationClaimInvited => draft(
            format!("{community} wants to reach {name}"),
            &[
                format!(
                    "{community} is a developer community on CommDesk, where {name} has a profile that a community added. Nobody \
                     can answer requests to it yet, because nobody of {name} is here. This mailbox was named to us."
                ),
                format!("If you speak for {name}, take its profile over. {later}"),
            ],
            ("Read more", "/become-sponsor".into()),
        )
        .by_link(reader, "Take the profile over")
        .also("If you do not, do nothing: requests wait, and nobody speaks in your name."),
        Template::OrganizationClaimAsked => draft(
            format!("Confirm that you speak for {name}"),
            &[format!("Somebody, probably you, wants to take over the profile of {name} on CommDesk. {later}")],
            ("Read more", "/become-sponsor".into()),
        )
        .by_link(reader, "Confirm this mailbox")
        .also("If you did not ask for this, do nothing: the profile stays as it is."),
        Template::OrganizationClaimProven => draft(
            format!("{name} is claimed"),
            &["Somebody has proven that they speak for it, and waits for a decision.".into()],
            ("Open the organization", here(reader, &format!("/staff/organizations/{}", story.organization_id))),
        ),
        Template::OrganizationSeatEnded => draft(
            format!("Your seat in {name} has ended"),
            &[format!(
                "Our staff have approved who speaks for {name}. Seats that were taken before that are over. If you work there, ask \
                 its admins to join; it takes a minute."
            )],
            ("Find it in the directory", "/directory".into()),
        ),
        Template::OrganizationLedAgain => {
            let how = if story.person.is_empty() {
                format!("Somebody published a text of ours in its domain's DNS, which made them its {}.", story.role)
            } else {
                format!("{} asked a mailbox at its domain, and whoever reads it made them its {}.", story.person, story.role)
            };
            let text = format!("Nobody led {name} any more. {how}");
            if reader.side.is_some() {
                draft(format!("{name} has a new admin"), &[text], ("See who belongs to it", here(reader, "/people")))
                    .note("Answer this mail at once if you know nothing of it.")
            } else {
                let path = format!("/staff/organizations/{}", story.organization_id);
                draft(format!("{name} has a new admin"), &[text], ("Open the organization", here(reader, &path)))
            }
        }
        Template::OrganizationLedByOthers => draft(
            format!("{name} has a new admin"),
            &[format!(
                "You were its admin, and your account is suspended. Meanwhile somebody showed that they speak for {name}, by a \
                 mailbox or the DNS of its domain, and leads it now."
            )],
            ("Find it in the directory", "/directory".into()),
        )
        .note("Answer this mail at once if you know nothing of it."),
        _ => draft(
            format!("{name} was not given to you"),
            &[format!("Our staff decided not to approve your claim of {name}. They wrote:")],
            ("Open the directory", "/directory".into()),
        )
        .quoting(&story.words)
        .note("Answer this mail if something was misunderstood."),
    }
}

fn about_communities(template: Template, story: &Story, reader: &Reader) -> Draft {
    let name = &story.community;
    let dashboard = || ("Open your dashboard", here(reader, "/dashboard"));
    match template {
        Template::CommunityRegistered => draft(
            format!("Confirm your e-mail address for {name}"),
            &[
                format!("Thank you for registering {name}. Confirm that this address is yours; then our staff look at it."),
                "Meanwhile you can draft events and opportunities.".into(),
            ],
            dashboard(),
        )
        .by_link(reader, "Confirm my address")
        .waits_at_home(reader),
        Template::CommunityUnderReview => draft(
            format!("We are looking at {name}"),
            &["Your address is confirmed, and our staff look at your community now. You get a mail when they have decided."
                .into()],
            dashboard(),
        ),
        Template::CommunityInQueue => draft(
            format!("{name} waits for approval"),
            &["The community waits in the queue.".into()],
            ("Open the community", here(reader, &format!("/staff/communities/{}", story.community_id))),
        ),
        Template::CommunityMoreAsked => draft(
            format!("We have a question about {name}"),
            &["Our staff need to know more before they decide. They wrote:".into()],
            ("Answer", here(reader, "/community/profile")),
        )
        .quoting(&story.words),
        Template::CommunityApproved => draft(
            format!("{name} is approved"),
            &["You can publish events, open opportunities and ask sponsors now.".into()],
            dashboard(),
        )
        .by_link(reader, "Set your password"),
        Template::CommunityActivated => {
            draft(format!("{name} is active"), &["Your community's page is public now.".into()], dashboard())
        }
        Template::CommunityRejected => {
            draft(format!("{name} was not approved"), &["Our staff decided not to approve it. They wrote:".into()], dashboard())
                .quoting(&story.words)
                .note("Answer this mail if something was misunderstood.")
        }
        Template::CommunityRestored => draft(
            format!("{name} is open again"),
            &["Our staff lifted the suspension. Sign in once, and your events and opportunities are back on the marketplace."
                .into()],
            dashboard(),
        )
        .quoting(&story.words),
        Template::CommunityBackInQueue => draft(
            format!("{name} answered your question"),
            &["It stands at its old place in the queue.".into()],
            ("Open the community", here(reader, &format!("/staff/communities/{}", story.community_id))),
        ),
        _ => draft(
            format!("{name} is suspended"),
            &["It can neither offer opportunities nor ask sponsors until our staff open it again. They wrote:".into()],
            dashboard(),
        )
        .quoting(&story.words)
        .note("Answer this mail if you think that is a mistake."),
    }
}

fn about_events(template: Template, story: &Story, reader: &Reader) -> Draft {
    let event = &story.event;
    let manage = || ("Open the event", here(reader, &format!("/manage/events/{}", story.event_id)));
    let opportunity = || ("Open the opportunity", here(reader, &format!("/manage/opportunities/{}", story.opportunity_id)));
    match template {
        Template::EventPublished => draft(format!("{event} is published"), &["Its page is public now.".into()], manage()),
        Template::EventLive => draft(format!("{event} has begun"), &["It is live now.".into()], manage()),
        Template::EventCompleted => draft(format!("{event} is over"), &["It is completed now.".into()], manage()),
        Template::EventArchived => draft(format!("{event} was archived"), &["Its page is no longer listed.".into()], manage()),
        Template::EventDeleted => draft(
            format!("{event} was deleted"),
            &["It can be restored from the list of deleted events.".into()],
            ("Open the deleted events", here(reader, "/manage/events?tab=deleted")),
        ),
        Template::PartnerAssigned => draft(
            format!("{} stands on the page of {event}", story.organization),
            &[format!("As {}, with your logo and website.", story.category)],
            event_page(story, reader),
        ),
        Template::PartnerHidden => draft(
            format!("{} is hidden on the page of {event}", story.organization),
            &["The community put your logo out of the public's sight. What you agreed on stays as it is; ask them if you did not expect it.".into()],
            event_page(story, reader),
        ),
        Template::PartnerShown => draft(
            format!("{} is shown on the page of {event} again", story.organization),
            &[format!("As {}, with your logo and website.", story.category)],
            event_page(story, reader),
        ),
        Template::PartnerRemoved => draft(
            format!("{} was taken off the page of {event}", story.organization),
            &[match story.words.is_empty() {
                true => "The community keeps that page. Ask them if you did not expect it.".into(),
                false => "The community keeps that page. What was agreed stays on record. They wrote:".into(),
            }],
            event_page(story, reader),
        )
        .quoting(&story.words),
        Template::OpportunityOpened => {
            draft(format!("{} is open", story.opportunity), &["Sponsors can apply now.".into()], opportunity())
        }
        Template::OpportunityClosed => {
            draft(format!("{} is closed", story.opportunity), &["Nobody can apply any more.".into()], opportunity())
        }
        Template::OpportunityReopened => {
            draft(format!("{} is open again", story.opportunity), &["Sponsors can apply again.".into()], opportunity())
        }
        Template::ApplicationsClosed => draft(
            format!("{}: applications are closed", story.opportunity),
            &[
                format!("{} takes no more applications for it and decides about those that it has.", story.community),
                "Yours stays as it is until it is answered, until you withdraw it, or until your offer ends.".into(),
            ],
            ("See your requests", here(reader, "/inbox")),
        ),
        Template::PlacesTaken => draft(
            format!("{}: every place is taken", story.opportunity),
            &[
                format!("{} has given the last place to somebody else.", story.community),
                "Your application stays open. Wait for a place on its page: when one is released, it is kept in the order of the line. Or withdraw it.".into(),
            ],
            ("See your requests", here(reader, "/inbox?tab=submitted")),
        ),
        _ => draft(format!("{} is filled", story.opportunity), &["Its last place was taken.".into()], opportunity()),
    }
}

fn about_places(template: Template, story: &Story, reader: &Reader) -> Draft {
    let (who, event) = (&story.organization, &story.event);
    let theirs = reader.side == Some(Side::Organization);
    let open = |label: &'static str| (label, here(reader, &format!("/requests/{}", story.request_id)));
    match template {
        // It was in line already: this is the community's answer.
        Template::WaitingJoined if story.agreed && theirs => draft(
            format!("{} agrees: you wait for a place at {event} only", story.community),
            &["Every place is still taken. When one is released and it is your turn, it is kept for you to take; nobody has to answer any more.".into()],
            open("See the request"),
        ),
        Template::WaitingJoined => draft(
            if theirs { format!("You wait for a place at {event}") } else { format!("{who} waits for a place at {event}") },
            &["Every place is taken. When one is released, it is kept for whoever is next in line.".into()],
            open("See the request"),
        ),
        // The application waited before it was answered: the place is kept for the answer.
        Template::PlaceOffered if story.taker == Some(Side::Community) => draft(
            if theirs {
                format!("A place at {event} is free, and you are next in line")
            } else {
                format!("A place at {event} is free, and {who} is next in line")
            },
            &[if theirs {
                format!("It is kept for your application until {} answers: the page says until when.", story.community)
            } else {
                "It is kept for them while you answer: the page says until when. After that it is kept for the next in line."
                    .into()
            }],
            open(if theirs { "See the request" } else { "Answer" }),
        ),
        Template::PlaceOfferLapsed if story.taker == Some(Side::Community) => draft(
            if theirs {
                format!("{} did not answer while a place at {event} was kept", story.community)
            } else {
                format!("{who} was not answered while a place at {event} was kept")
            },
            &["It is kept for the next in line. The application stays open, and can wait again.".into()],
            open("See the request"),
        ),
        Template::PlaceOffered => draft(
            if theirs {
                format!("A place at {event} is kept for you")
            } else {
                format!("A free place at {event} is kept for {who}")
            },
            &[if theirs {
                "Take it while it is kept: the page says until when. After that it is offered to the next in line.".into()
            } else {
                "If they do not take it in time, it is offered to the next in line.".into()
            }],
            open(if theirs { "Take the place" } else { "See the request" }),
        ),
        Template::PlaceOfferLapsed => draft(
            if theirs {
                format!("The place at {event} was not taken in time")
            } else {
                format!("{who} did not take the place at {event}")
            },
            &["It is offered to the next in line.".into()],
            open("See the request"),
        ),
        _ => draft(
            if theirs {
                format!("{} released your place at {event}", story.community)
            } else {
                format!("Your team released the place of {who} at {event}")
            },
            &[if theirs { "You no longer stand on the event's page. They wrote:".into() } else { "They were told why:".into() }],
            open("See the request"),
        )
        .quoting(&story.words),
    }
}

fn about_requests(template: Template, story: &Story, reader: &Reader) -> Draft {
    let actor = match story.by {
        Some(Side::Community) => &story.community,
        _ => &story.organization,
    };
    let other = match reader.side {
        Some(Side::Community) => &story.organization,
        _ => &story.community,
    };
    let ours = story.by.is_some() && story.by == reader.side;
    let role = if story.category.is_empty() { "support".to_owned() } else { story.category.clone() };
    let worth = if story.amount.is_empty() { String::new() } else { format!("The offer: {role}, {}.", story.amount) };
    let open = |label: &'static str| (label, here(reader, &format!("/requests/{}", story.request_id)));
    match template {
        Template::RequestOpened => {
            let (title, lead) = match (story.by, ours) {
                (_, true) => (
                    format!("Your team wrote to {other} about {}", story.event),
                    format!("It is {other}'s turn now. You get a mail when they answer."),
                ),
                (Some(Side::Organization), _) => (
                    format!("{actor} applies to support {}", story.event),
                    "It is your turn: accept it, or decline with a reason.".to_owned(),
                ),
                _ => (
                    format!("{actor} asks you to support {}", story.event),
                    "It is your turn: accept it, or decline with a reason.".to_owned(),
                ),
            };
            draft(title, &[worth, lead], open(if ours { "See the request" } else { "Answer" })).quoting(if ours {
                ""
            } else {
                &story.words
            })
        }
        Template::RequestAccepted => draft(
            if ours {
                format!("Your team accepted {other} for {}", story.event)
            } else {
                format!("{actor} accepted: {role} at {}", story.event)
            },
            &[worth, format!("{} stands on the event's page as {role} now.", story.organization)],
            open("See what was agreed"),
        ),
        Template::RequestRejected => draft(
            if ours {
                format!("Your team declined {other} for {}", story.event)
            } else {
                format!("{actor} declined: {role} at {}", story.event)
            },
            &[if ours { "They were told your reason.".into() } else { "They wrote:".into() }],
            open("See the request"),
        )
        .quoting(&story.words),
        Template::RequestWithdrawn => draft(
            if story.by.is_none() {
                format!("One of two requests about {} was withdrawn", story.event)
            } else if ours {
                format!("Your team withdrew the request about {}", story.event)
            } else {
                format!("{actor} withdrew: {role} at {}", story.event)
            },
            &["Nothing is left to do.".into()],
            open("See the request"),
        )
        .quoting(if ours { "" } else { &story.words }),
        _ => draft(
            format!("Time ran out: {other} and {}", story.event),
            &["Nobody answered before the offer ended. Write again if you are still interested.".into()],
            open("See the request"),
        ),
    }
}

fn about_people(template: Template, story: &Story, reader: &Reader) -> Draft {
    let place = if story.organization.is_empty() { &story.community } else { &story.organization };
    let (person, role) = (&story.person, &story.role);
    let people = |label: &'static str| (label, here(reader, "/people"));
    let dashboard = || ("Open the workspace", here(reader, "/dashboard"));
    match template {
        Template::Invitation => draft(
            format!("{person} invites you to {place}"),
            &[
                format!("You would be {role} there, on CommDesk: where sponsors and developer communities find each other."),
                "Nothing happens before you accept.".into(),
            ],
            ("See the invitation", reader.path.clone().unwrap_or_else(|| "/sign-in".into())),
        )
        .note("The link is for you alone and works for 7 days. If you do not know the sender, do nothing."),
        Template::InvitationAccepted => {
            draft(format!("{person} joined {place}"), &[format!("As {role}.")], people("See the people"))
        }
        Template::MemberRoleChanged => {
            draft(format!("You are {role} of {place} now"), &["Your role was changed.".into()], dashboard())
        }
        Template::MemberStatusSet => draft(
            format!("You are {} in {place}", story.status),
            &[
                if story.status == "Active" {
                    "You can act for it again.".into()
                } else {
                    "You cannot act for it until that changes.".into()
                },
                if story.words.is_empty() { String::new() } else { "The reason:".into() },
            ],
            if story.status == "Active" { dashboard() } else { ("Open your account", "/account".into()) },
        )
        .quoting(&story.words),
        Template::MemberPowersGiven => draft(
            format!("What you may do for {place} has changed"),
            &[
                format!("You {} sign for it.", if story.signatory { "may now" } else { "may not" }),
                format!("You {} move its money.", if story.finance { "may now" } else { "may not" }),
            ],
            dashboard(),
        ),
        Template::MemberLeft => {
            draft(format!("{person} left {place}"), &["They can do nothing there any more.".into()], people("See the people"))
        }
        Template::MemberRemoved => draft(
            format!("You no longer belong to {place}"),
            &["Somebody who manages its people took you out.".into()],
            ("Open your account", "/account".into()),
        ),
        Template::JoinAsked => draft(
            format!("{person} asks to join {place}"),
            &["Accept with a role, or decline. Accept only whom you know.".into()],
            people("Decide"),
        )
        .quoting(&story.words),
        Template::JoinMailboxAsked => draft(
            format!("{person} asks to join {place}"),
            &[format!(
                "They say that they work for {place}, and named this mailbox to decide it. Whoever is accepted can speak for \
                 {place} on CommDesk."
            )],
            ("Decide", reader.path.clone().unwrap_or_else(|| "/".into())),
        )
        .quoting(&story.words)
        .note("The link decides once and works for 7 days. If you do not know the person, decline or do nothing."),
        Template::JoinAccepted => {
            draft(format!("You belong to {place} now"), &[format!("You were accepted as {role}.")], dashboard())
        }
        _ => draft(
            format!("{place} declined your request to join"),
            &[if story.words.is_empty() { "They gave no reason.".into() } else { "They wrote:".into() }],
            ("Open the directory", "/directory".into()),
        )
        .quoting(&story.words),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fmt::Write as _;

    fn story(by: Option<Side>) -> Story {
        Story {
            organization: "Acme Cloud".into(),
            organization_id: "o-1".into(),
            community: "Apex Circle".into(),
            community_id: "c-1".into(),
            event: "HackFest 2026".into(),
            event_id: "e-1".into(),
            event_slug: "hackfest-2026".into(),
            opportunity: "Platinum Sponsor of HackFest".into(),
            opportunity_id: "p-1".into(),
            request_id: "r-1".into(),
            category: "Platinum Sponsor".into(),
            amount: "₹3,50,000.00".into(),
            by,
            taker: None,
            agreed: false,
            words: "The dates clash with our own conference.".into(),
            how: "changed".into(),
            left: 3,
            new_address: "asha@acme-cloud.example".into(),
            role: "review".into(),
            key: "Badge printer".into(),
            needed: "signing contracts".into(),
            device: "Firefox on Linux".into(),
            person: "Ravi Kulkarni".into(),
            status: "Suspended".into(),
            signatory: true,
            finance: false,
            invitation_id: "i-1".into(),
            join_request_id: "j-1".into(),
            found: Some(Found {
                search: "Rust in Africa".into(),
                noun: "organizations",
                names: vec!["Acme Cloud".into(), "Globex".into()],
                total: 3,
                path: "/directory?q=rust&region=Africa&as=community:apex-circle".into(),
                workspace: "community:apex-circle".into(),
            }),
        }
    }

    fn show(out: &mut String, template: Template, story: &Story, reader: &Reader) {
        let draft = write(template, story, reader);
        writeln!(out, "{} (side {:?}, link {:?})", template.label(), reader.side, reader.link.as_ref().map(|l| l.0))
            .expect("fits");
        writeln!(out, "  {}", draft.title).expect("fits");
        for paragraph in &draft.paragraphs {
            writeln!(out, "  {paragraph}").expect("fits");
        }
        if let Some(quote) = &draft.quote {
            writeln!(out, "  > {quote}").expect("fits");
        }
        writeln!(out, "  [{}] {}", draft.action.0, draft.action.1).expect("fits");
        if let Some(note) = &draft.note {
            writeln!(out, "  {note}").expect("fits");
        }
    }

    fn every_letter() -> Vec<(Template, Story, Reader)> {
        let mut all = Vec::new();
        for template in Template::ALL.iter().copied() {
            let is_request = template.label().starts_with("request_");
            let sides: &[Option<Side>] = if is_request { &[Some(Side::Community), Some(Side::Organization)] } else { &[None] };
            for side in sides {
                let by = if template == Template::RequestExpired { None } else { Some(Side::Community) };
                for has_password in [true, false] {
                    let link = template.link(has_password).map(|purpose| (purpose, "/link/TOKEN".to_owned()));
                    if !has_password && link.is_none() {
                        continue;
                    }
                    let workspace = side.map(|s| format!("{}:us", s.label())).unwrap_or_default();
                    all.push((template, story(by), Reader { name: "Asha Rao".into(), side: *side, workspace, link, path: None }));
                }
            }
        }
        all
    }

    #[test]
    fn the_words_of_every_letter() {
        let mut out = String::new();
        for (template, story, reader) in every_letter() {
            show(&mut out, template, &story, &reader);
        }
        insta::assert_snapshot!(out);
    }

    #[test]
    fn a_letter_with_a_link_leads_to_it_and_says_how_long_it_lives() {
        for (template, story, reader) in every_letter() {
            let draft = write(template, &story, &reader);
            if let Some((purpose, path)) = &reader.link {
                assert_eq!(&draft.action.1, path, "{template:?}");
                assert!(draft.note.is_some_and(|note| note.contains(purpose.lifetime_label())), "{template:?}");
            }
            assert!(draft.action.1.starts_with('/'), "{template:?}");
            assert!(!draft.title.is_empty() && draft.title.len() < 200, "{template:?}");
        }
    }

    #[test]
    fn an_address_has_one_question() {
        for (template, story, reader) in every_letter() {
            for side in [Side::Community, Side::Organization] {
                let reader = Reader { side: Some(side), workspace: format!("{}:us", side.label()), ..reader.clone() };
                for story in [story.clone(), Story { event_slug: String::new(), ..story.clone() }] {
                    let path = write(template, &story, &reader).action.1;
                    assert!(
                        path == "/" || (path.matches('?').count() <= 1 && !path.ends_with('/') && !path.contains("/?")),
                        "{template:?}: {path}"
                    );
                }
            }
        }
    }

    #[test]
    fn a_name_that_is_read_from_the_right_keeps_to_itself() {
        for (template, story, reader) in every_letter() {
            let story = Story {
                organization: "שמש ענן".into(),
                community: "مجتمع المطورين".into(),
                event: "ملتقى 2027".into(),
                opportunity: "راعٍ".into(),
                person: "רבי".into(),
                ..story
            };
            let draft = write(template, &story, &reader);
            for text in draft.paragraphs.iter().chain([&draft.title]).chain(&draft.note) {
                for name in [&story.organization, &story.community, &story.event, &story.opportunity, &story.person] {
                    let apart = format!("\u{2068}{name}\u{2069}");
                    assert_eq!(text.matches(name.as_str()).count(), text.matches(&apart).count(), "{template:?}: {text:?}");
                }
            }
        }
        let reader = Reader { side: Some(Side::Community), ..Reader::default() };
        let story = Story { event: "ملتقى 2027".into(), ..story(Some(Side::Organization)) };
        let title = write(Template::RequestOpened, &story, &reader).title;
        assert_eq!(title, "Acme Cloud applies to support \u{2068}ملتقى 2027\u{2069}");
    }

    #[test]
    fn nobody_is_quoted_outside_the_quote() {
        for (template, mut story, reader) in every_letter() {
            story.words = "UNTRUSTED https://evil.example".into();
            let draft = write(template, &story, &reader);
            let ours = format!("{} {:?} {:?} {:?}", draft.title, draft.paragraphs, draft.action, draft.note);
            assert!(!ours.contains("UNTRUSTED"), "{template:?}");
        }
    }
}
