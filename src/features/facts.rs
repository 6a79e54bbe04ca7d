//! Every fact that the house can state, with who may read it. One list: a fact that is not in it cannot be committed, and
//! timelines filter by its audience. Who is told of a fact is decided in `notifications/rules.rs`.

/// Who may read a fact on a timeline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Audience {
    /// Both sides of a request, and staff.
    BothSides,
    /// The people of the workspace that it is about, and staff.
    Workspace,
    /// The person that it is about, and staff.
    Person,
    /// Staff only.
    Staff,
}

macro_rules! facts {
    ($($variant:ident = $room:literal / $name:literal => $audience:ident),* $(,)?) => {
        /// The kinds of facts.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum FactKind { $($variant),* }

        impl FactKind {
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The kind by the room and name that are stored.
            pub fn find(room: &str, name: &str) -> Option<Self> {
                match (room, name) {
                    $(($room, $name) => Some(Self::$variant),)*
                    _ => None,
                }
            }

            pub fn room(self) -> &'static str {
                match self { $(Self::$variant => $room),* }
            }

            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),* }
            }

            pub fn audience(self) -> Audience {
                match self { $(Self::$variant => Audience::$audience),* }
            }
        }
    };
}

facts! {
    UserCreated = "accounts" / "user_created" => Person,
    UserNamed = "accounts" / "user_named" => Staff,
    UserSignedIn = "accounts" / "user_signed_in" => Person,
    UserSignedOut = "accounts" / "user_signed_out" => Person,
    UserEmailVerified = "accounts" / "user_email_verified" => Person,
    PasswordSet = "accounts" / "password_set" => Person,
    EmailChanged = "accounts" / "email_changed" => Person,
    EmailChangeAsked = "accounts" / "email_change_asked" => Person,
    SecondFactorEnabled = "accounts" / "second_factor_enabled" => Person,
    RecoveryCodeUsed = "accounts" / "recovery_code_used" => Person,
    RecoveryCodesRenewed = "accounts" / "recovery_codes_renewed" => Person,
    SessionsEnded = "accounts" / "sessions_ended" => Person,
    UserSuspended = "accounts" / "user_suspended" => Staff,
    UserRestored = "accounts" / "user_restored" => Staff,
    UserLookedUp = "accounts" / "user_looked_up" => Staff,
    StaffRoleGiven = "accounts" / "staff_role_given" => Staff,
    StaffRoleTaken = "accounts" / "staff_role_taken" => Staff,
    SecondFactorDisabled = "accounts" / "second_factor_disabled" => Person,
    SecondFactorReset = "accounts" / "second_factor_reset" => Person,
    SessionRevoked = "accounts" / "session_revoked" => Person,

    ApiKeyMade = "access" / "api_key_made" => Workspace,
    ApiKeyRevoked = "access" / "api_key_revoked" => Workspace,
    SecondFactorPolicySet = "access" / "second_factor_policy_set" => Workspace,

    OrganizationApplied = "organizations" / "organization_applied" => Workspace,
    OrganizationSeatTaken = "organizations" / "organization_seat_taken" => Workspace,
    OrganizationSeatDeclined = "organizations" / "organization_seat_declined" => Staff,
    OrganizationChecked = "organizations" / "organization_checked" => Staff,
    OrganizationMoreAsked = "organizations" / "organization_more_asked" => Workspace,
    OrganizationResubmitted = "organizations" / "organization_resubmitted" => Workspace,
    OrganizationVerified = "organizations" / "organization_verified" => Workspace,
    OrganizationRefused = "organizations" / "organization_refused" => Workspace,
    OrganizationDisabled = "organizations" / "organization_disabled" => Workspace,
    OrganizationProfileEdited = "organizations" / "organization_profile_edited" => Workspace,
    OrganizationLogoChanged = "organizations" / "organization_logo_changed" => Workspace,
    OrganizationRestored = "organizations" / "organization_restored" => Workspace,
    OrganizationDisablingProposed = "organizations" / "organization_disabling_proposed" => Staff,
    OrganizationDisablingDropped = "organizations" / "organization_disabling_dropped" => Staff,
    OrganizationChecksAsked = "organizations" / "organization_checks_asked" => Staff,
    OrganizationSlugChanged = "organizations" / "organization_slug_changed" => Workspace,
    OrganizationWebsiteProposed = "organizations" / "organization_website_proposed" => Workspace,
    OrganizationWebsiteWithdrawn = "organizations" / "organization_website_withdrawn" => Workspace,
    OrganizationWebsiteApproved = "organizations" / "organization_website_approved" => Workspace,
    OrganizationWebsiteRefused = "organizations" / "organization_website_refused" => Workspace,
    OrganizationAdded = "organizations" / "organization_added" => Workspace,
    OrganizationClaimInvited = "organizations" / "organization_claim_invited" => Staff,
    OrganizationClaimAsked = "organizations" / "organization_claim_asked" => Staff,
    OrganizationClaimBegun = "organizations" / "organization_claim_begun" => Staff,
    OrganizationClaimProven = "organizations" / "organization_claim_proven" => Staff,
    OrganizationClaimApproved = "organizations" / "organization_claim_approved" => Workspace,
    OrganizationClaimRefused = "organizations" / "organization_claim_refused" => Staff,
    OrganizationDomainProven = "organizations" / "organization_domain_proven" => Workspace,
    OrganizationMerged = "organizations" / "organization_merged" => Workspace,
    OrganizationMergedAway = "organizations" / "organization_merged_away" => Workspace,
    OrganizationMergeProposed = "organizations" / "organization_merge_proposed" => Staff,
    OrganizationMergeDropped = "organizations" / "organization_merge_dropped" => Staff,
    OrganizationImported = "organizations" / "organization_imported" => Workspace,
    OrganizationCompleted = "organizations" / "organization_completed" => Workspace,
    OrganizationCompletionUndone = "organizations" / "organization_completion_undone" => Workspace,
    OrganizationUnmade = "organizations" / "organization_unmade" => Staff,

    CommunityRegistered = "communities" / "community_registered" => Workspace,
    CommunityChecked = "communities" / "community_checked" => Staff,
    CommunityChecksAsked = "communities" / "community_checks_asked" => Staff,
    CommunityEmailVerified = "communities" / "community_email_verified" => Workspace,
    CommunityOwnerDeclined = "communities" / "community_owner_declined" => Staff,
    CommunityUnderReview = "communities" / "community_under_review" => Workspace,
    CommunityMoreAsked = "communities" / "community_more_asked" => Workspace,
    CommunityApproved = "communities" / "community_approved" => Workspace,
    CommunityActivated = "communities" / "community_activated" => Workspace,
    CommunityRejected = "communities" / "community_rejected" => Workspace,
    CommunitySuspended = "communities" / "community_suspended" => Workspace,
    CommunityRestored = "communities" / "community_restored" => Workspace,
    CommunityAnswered = "communities" / "community_answered" => Workspace,
    CommunityProfileEdited = "communities" / "community_profile_edited" => Workspace,

    SearchMatched = "watching" / "search_matched" => Person,

    InvitationSent = "members" / "invitation_sent" => Workspace,
    InvitationResent = "members" / "invitation_resent" => Workspace,
    InvitationRevoked = "members" / "invitation_revoked" => Workspace,
    InvitationAccepted = "members" / "invitation_accepted" => Workspace,
    MemberAdded = "members" / "member_added" => Workspace,
    MemberRoleChanged = "members" / "member_role_changed" => Workspace,
    MemberStatusSet = "members" / "member_status_set" => Workspace,
    MemberPowersGiven = "members" / "member_powers_given" => Workspace,
    MemberProfileEdited = "members" / "member_profile_edited" => Workspace,
    MemberPhotoChanged = "members" / "member_photo_changed" => Workspace,
    MemberLeft = "members" / "member_left" => Workspace,
    MemberRemoved = "members" / "member_removed" => Workspace,
    JoinAsked = "members" / "join_asked" => Workspace,
    JoinMailboxAsked = "members" / "join_mailbox_asked" => Workspace,
    JoinAccepted = "members" / "join_accepted" => Workspace,
    JoinDeclined = "members" / "join_declined" => Workspace,

    EventDrafted = "events" / "event_drafted" => Workspace,
    EventEdited = "events" / "event_edited" => Workspace,
    EventPublished = "events" / "event_published" => Workspace,
    EventWentLive = "events" / "event_went_live" => Workspace,
    EventCompleted = "events" / "event_completed" => Workspace,
    EventArchived = "events" / "event_archived" => Workspace,
    EventDeleted = "events" / "event_deleted" => Workspace,
    EventRestored = "events" / "event_restored" => Workspace,
    EventHidden = "events" / "event_hidden" => Workspace,
    EventShown = "events" / "event_shown" => Workspace,

    PartnerAssigned = "partners" / "partner_assigned" => BothSides,
    PartnerEdited = "partners" / "partner_edited" => Workspace,
    PartnerMoved = "partners" / "partner_moved" => Workspace,
    PartnerHidden = "partners" / "partner_hidden" => BothSides,
    PartnerShown = "partners" / "partner_shown" => BothSides,
    PartnerRemoved = "partners" / "partner_removed" => BothSides,
    PartnerNoted = "partners" / "partner_noted" => Workspace,
    PartnerUnnoted = "partners" / "partner_unnoted" => Workspace,

    EmbedSitesChosen = "embeds" / "embed_sites_chosen" => Workspace,

    OpportunityDrafted = "opportunities" / "opportunity_drafted" => Workspace,
    OpportunityEdited = "opportunities" / "opportunity_edited" => Workspace,
    OpportunityOpened = "opportunities" / "opportunity_opened" => Workspace,
    OpportunityClosed = "opportunities" / "opportunity_closed" => Workspace,
    OpportunityFilled = "opportunities" / "opportunity_filled" => Workspace,
    OpportunityReopened = "opportunities" / "opportunity_reopened" => Workspace,
    OpportunityHidden = "opportunities" / "opportunity_hidden" => Workspace,
    OpportunityShown = "opportunities" / "opportunity_shown" => Workspace,

    RequestOpened = "requests" / "request_opened" => BothSides,
    RequestAccepted = "requests" / "request_accepted" => BothSides,
    RequestRejected = "requests" / "request_rejected" => BothSides,
    RequestWithdrawn = "requests" / "request_withdrawn" => BothSides,
    RequestExpired = "requests" / "request_expired" => BothSides,

    WaitingJoined = "decisions" / "waiting_joined" => BothSides,
    PlaceOffered = "decisions" / "place_offered" => BothSides,
    PlaceOfferLapsed = "decisions" / "place_offer_lapsed" => BothSides,
    PlaceReleased = "decisions" / "place_released" => BothSides,
    DecisionsPrepared = "decisions" / "decisions_prepared" => Workspace,
    DecisionsReleased = "decisions" / "decisions_released" => Workspace,
    RequestHeld = "requests" / "request_held" => Workspace,
    RequestReleased = "requests" / "request_released" => Workspace,
    RequestDelivered = "requests" / "request_delivered" => Workspace,
    RequestRefused = "requests" / "request_refused" => Workspace,
    RequestWelcomeAgain = "requests" / "request_welcome_again" => Workspace,
    RequestAssigned = "requests" / "request_assigned" => Workspace,
    RequestSnoozed = "requests" / "request_snoozed" => Workspace,
    RequestWoken = "requests" / "request_woken" => Workspace,
    RequestRouteSet = "requests" / "request_route_set" => Workspace,
    RequestRouteRemoved = "requests" / "request_route_removed" => Workspace,
    RequestFitDeclared = "requests" / "request_fit_declared" => Workspace,
    RequestFitRemoved = "requests" / "request_fit_removed" => Workspace,

    BlockMade = "blocks" / "block_made" => Workspace,
    BlockLifted = "blocks" / "block_lifted" => Workspace,

    WorkspaceExported = "exports" / "workspace_exported" => Workspace,

    ReportMade = "moderation" / "report_made" => Staff,
    ReportDecided = "moderation" / "report_decided" => Staff,
    WorkspaceWarned = "moderation" / "workspace_warned" => Workspace,

    ImportBegun = "imports" / "import_begun" => Workspace,
    ImportApplied = "imports" / "import_applied" => Workspace,
    ImportGivenUp = "imports" / "import_given_up" => Workspace,
    ImportUndone = "imports" / "import_undone" => Workspace,
}

/// Is this a fact of the house?
pub fn is_known(room: &str, name: &str) -> bool {
    FactKind::find(room, name).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_found_by_its_name() {
        for kind in FactKind::ALL {
            assert_eq!(FactKind::find(kind.room(), kind.name()), Some(*kind));
        }
        assert!(!is_known("requests", "request_eaten"));
    }
}
