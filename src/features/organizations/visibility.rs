//! Who sees what of an organization: one table of field × audience, and nothing else decides it. Views ask it for every
//! field that they fill; a snapshot test keeps any change of it in sight.
//!
//! Does not say whether somebody may know of the organization at all: that is `policy::may_see`.

use crate::kernel::labels::labels;

labels! {
    /// A field of an organization, by its name on the wire.
    Field, "a field of an organization" {
        EntityType = "entityType",
        DisplayName = "displayName",
        LegalName = "legalName",
        Logo = "logoUrl",
        Website = "website",
        Industry = "industry",
        ShortDescription = "shortDescription",
        LongDescription = "longDescription",
        Technologies = "technologies",
        DeveloperTools = "developerTools",
        SupportedRegions = "supportedRegions",
        PreferredEventTypes = "preferredEventTypes",
        SupportedCommunityTypes = "supportedCommunityTypes",
        VerificationStatus = "verificationStatus",
        Support = "eventsSponsoredCount",
        BudgetRange = "budgetRange",
        SponsorshipTypes = "availableSponsorshipTypes",
        PrimaryEmail = "primaryEmail",
        BusinessEmail = "businessEmail",
        DevRelEmail = "devRelEmail",
        HiringEmail = "hiringEmail",
        BillingEmail = "billingEmail",
        Phone = "phone",
        LogoOnDark = "logoOnDarkUrl",
        Wordmark = "wordmarkUrl",
        BrandColors = "brandColors",
        Boilerplate = "boilerplate",
        Products = "products",
        ProposedWebsite = "proposedWebsite",
        MoreAsked = "moreAsked",
        DecisionReason = "decisionReason",
        FriendlyTrust = "trust",
        FullTrust = "trustScore",
        Checks = "checks",
        OpenClaims = "openClaims",
    }

    /// Who looks.
    Audience, "an audience" {
        // Nobody signed in, somebody without a workspace, another organization.
        Public = "public",
        // A community that staff have not approved (or have suspended), or a member of one whose role does not deal with sponsors.
        PendingCommunity = "pending community",
        // Somebody who deals with sponsors for a community that may reach out.
        ApprovedCommunity = "approved community",
        // Somebody of the organization who cannot edit its profile.
        Member = "its members",
        // Somebody of the organization who can.
        Admin = "its admins",
        // Platform staff who gave their second factor.
        Staff = "staff",
    }
}

impl Field {
    /// As it reads in a sentence and on a label.
    pub const fn title(self) -> &'static str {
        match self {
            Self::EntityType => "Joining as",
            Self::DisplayName => "Name",
            Self::LegalName => "Legal name",
            Self::Logo => "Logo",
            Self::Website => "Website",
            Self::Industry => "Industry",
            Self::ShortDescription => "Short description",
            Self::LongDescription => "Long description",
            Self::Technologies => "Technologies",
            Self::DeveloperTools => "Developer tools",
            Self::SupportedRegions => "Regions",
            Self::PreferredEventTypes => "Event types",
            Self::SupportedCommunityTypes => "Community types",
            Self::VerificationStatus => "Verification",
            Self::Support => "Events supported",
            Self::BudgetRange => "Budget range",
            Self::SponsorshipTypes => "Sponsorship types",
            Self::PrimaryEmail => "Official e-mail",
            Self::BusinessEmail => "Business e-mail",
            Self::DevRelEmail => "DevRel e-mail",
            Self::HiringEmail => "Hiring e-mail",
            Self::BillingEmail => "Billing e-mail",
            Self::Phone => "Phone",
            Self::LogoOnDark => "Logo on dark",
            Self::Wordmark => "Wordmark",
            Self::BrandColors => "Brand colours",
            Self::Boilerplate => "Boilerplate",
            Self::Products => "Products",
            Self::ProposedWebsite => "Proposed website",
            Self::MoreAsked => "What staff asked for",
            Self::DecisionReason => "Reason of the decision",
            Self::FriendlyTrust => "What the checks found",
            Self::FullTrust => "Trust score",
            Self::Checks => "Checks",
            Self::OpenClaims => "Open claims",
        }
    }

    /// May this audience see the field?
    pub const fn is_seen_by(self, audience: Audience) -> bool {
        use Audience::{Admin, ApprovedCommunity, Member, PendingCommunity, Public, Staff};
        match self {
            Self::EntityType
            | Self::DisplayName
            | Self::LegalName
            | Self::Logo
            | Self::Website
            | Self::Industry
            | Self::ShortDescription
            | Self::LongDescription
            | Self::Technologies
            | Self::DeveloperTools
            | Self::SupportedRegions
            | Self::PreferredEventTypes
            | Self::SupportedCommunityTypes
            | Self::VerificationStatus
            | Self::LogoOnDark
            | Self::Wordmark
            | Self::BrandColors
            | Self::Boilerplate
            | Self::Products
            | Self::Support => matches!(audience, Public | PendingCommunity | ApprovedCommunity | Member | Admin | Staff),
            Self::BudgetRange
            | Self::SponsorshipTypes
            | Self::PrimaryEmail
            | Self::BusinessEmail
            | Self::DevRelEmail
            | Self::HiringEmail
            | Self::BillingEmail => matches!(audience, ApprovedCommunity | Member | Admin | Staff),
            Self::Phone | Self::ProposedWebsite | Self::MoreAsked | Self::DecisionReason => {
                matches!(audience, Member | Admin | Staff)
            }
            // Friendly words are for those who can act on them; names of others and how spam is told are for staff.
            Self::FriendlyTrust => matches!(audience, Admin | Staff),
            Self::FullTrust | Self::Checks | Self::OpenClaims => matches!(audience, Staff),
        }
    }
}

/// The table as text, a row for each field: for the snapshot, and for whoever wants to read it.
pub fn table() -> String {
    let width = Field::LABELS.iter().map(|label| label.len()).max().unwrap_or_default();
    let mut text = format!("{:width$}", "field");
    for audience in Audience::ALL {
        text.push_str(&format!(" | {audience}"));
    }
    for field in Field::ALL {
        text.push_str(&format!("\n{:width$}", field.label()));
        for audience in Audience::ALL {
            let mark = if field.is_seen_by(*audience) { "yes" } else { "-" };
            text.push_str(&format!(" | {mark:<0$}", audience.label().len()));
        }
    }
    text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_the_one_that_was_agreed() {
        insta::assert_snapshot!(table());
    }

    #[test]
    fn whoever_stands_nearer_sees_no_less() {
        let nearer = [Audience::Public, Audience::PendingCommunity, Audience::ApprovedCommunity, Audience::Member];
        for field in Field::ALL {
            for pair in nearer.windows(2) {
                assert!(!field.is_seen_by(pair[0]) || field.is_seen_by(pair[1]), "{field} from {} to {}", pair[0], pair[1]);
            }
            assert!(!field.is_seen_by(Audience::Member) || field.is_seen_by(Audience::Admin), "{field}");
            assert!(!field.is_seen_by(Audience::Admin) || field.is_seen_by(Audience::Staff), "{field}");
        }
    }
}
