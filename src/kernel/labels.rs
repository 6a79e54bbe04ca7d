//! The closed lists of the market: what may be chosen, word for word. One macro makes each list an enum whose wire,
//! stored and shown form is the label itself, so a label can neither be misspelt nor drift apart between the doors.
//!
//! Promises: `ALL` is in the order in which people choose, reading is exact, and an unknown label is refused with what
//! to choose from. Does not translate, and never adds a label: the lists belong to CommDesk as a whole.

use super::money::{Currency, Money, TooMuchMoney};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::str::FromStr;

/// A text that is not a label of the list it was read for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownLabel {
    /// The list with its article, as it reads after "Choose": "an event type".
    pub what: &'static str,
    /// Every label of the list.
    pub labels: &'static [&'static str],
}

impl fmt::Display for UnknownLabel {
    /// Short lists are told in full; of long ones the first three are enough to recognise the list by.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const TOLD_IN_FULL: usize = 4;
        let long = self.labels.len() > TOLD_IN_FULL;
        let told = if long { &self.labels[..3] } else { self.labels };
        write!(f, "Choose {}{}", self.what, if long { " from the list, for example " } else { ": " })?;
        for (place, label) in told.iter().enumerate() {
            let before = if place == 0 {
                ""
            } else if place + 1 == told.len() {
                " or "
            } else {
                ", "
            };
            write!(f, "{before}{label}")?;
        }
        f.write_str(".")
    }
}

impl std::error::Error for UnknownLabel {}

/// Makes closed lists: an enum each, with `ALL`, `LABELS`, `label`, `parse`, `Display`, `FromStr`, and serde as the label.
///
/// ```ignore
/// labels! {
///     /// Where people meet.
///     EventFormat, "an event format" { InPerson = "In person", Online = "Online" }
/// }
/// ```
macro_rules! labels {
    ($($(#[$doc:meta])* $name:ident, $what:literal { $($variant:ident = $label:literal),+ $(,)? })+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $($variant),+
        }

        impl $name {
            /// Every choice, in the list's order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];
            /// Every label, in the same order.
            pub const LABELS: &'static [&'static str] = &[$($label),+];

            /// The label: on the wire, in the database and on the page.
            pub const fn label(self) -> &'static str {
                match self {
                    $(Self::$variant => $label),+
                }
            }

            /// Reads a label exactly as it is written in the list.
            ///
            /// # Errors
            /// Says what to choose from.
            pub fn parse(text: &str) -> Result<Self, $crate::kernel::labels::UnknownLabel> {
                match text {
                    $($label => Ok(Self::$variant),)+
                    _ => Err($crate::kernel::labels::UnknownLabel { what: $what, labels: Self::LABELS }),
                }
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.pad(self.label())
            }
        }

        impl ::std::str::FromStr for $name {
            type Err = $crate::kernel::labels::UnknownLabel;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::parse(text)
            }
        }

        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.label())
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <::std::borrow::Cow<'de, str> as ::serde::Deserialize>::deserialize(deserializer)?;
                Self::parse(&text).map_err(::serde::de::Error::custom)
            }
        }
    )+};
}

// Rooms have closed lists of their own (states, kinds of checks) and make them the same way.
pub(crate) use labels;

labels! {
    /// What sort of gathering an event is.
    EventType, "an event type" {
        Workshop = "Workshop",
        HandsOnWorkshop = "Hands-on Workshop",
        Seminar = "Seminar",
        Conference = "Conference",
        Webinar = "Webinar",
        Meetup = "Meetup",
        Hackathon = "Hackathon",
        CodeLab = "Code Lab",
        Bootcamp = "Bootcamp",
        PanelDiscussion = "Panel Discussion",
        TechTalk = "Tech Talk",
        AmaSession = "AMA Session",
        NetworkingEvent = "Networking Event",
        StartupPitch = "Startup Pitch",
        ProductLaunch = "Product Launch",
        DemoDay = "Demo Day",
        TrainingSession = "Training Session",
        CertificationProgram = "Certification Program",
        Competition = "Competition",
        Challenge = "Challenge",
        CommunityMeetup = "Community Meetup",
        OpenSourceSprint = "Open Source Sprint",
        VolunteerEvent = "Volunteer Event",
        CharityEvent = "Charity Event",
        Festival = "Festival",
        Concert = "Concert",
        SportsEvent = "Sports Event",
        TradeShow = "Trade Show",
    }

    /// What an event is about.
    EventCategory, "an event category" {
        Technology = "Technology",
        ArtificialIntelligence = "Artificial Intelligence",
        MachineLearning = "Machine Learning",
        WebDevelopment = "Web Development",
        MobileDevelopment = "Mobile Development",
        CloudComputing = "Cloud Computing",
        Cybersecurity = "Cybersecurity",
        DataScience = "Data Science",
        OpenSource = "Open Source",
        DevOps = "DevOps",
        Startup = "Startup",
        Entrepreneurship = "Entrepreneurship",
        Business = "Business",
        ProductManagement = "Product Management",
        Education = "Education",
        CareerDevelopment = "Career Development",
        Leadership = "Leadership",
        DesignUiUx = "Design / UI-UX",
        Marketing = "Marketing",
        Finance = "Finance",
        Health = "Health",
        SocialImpact = "Social Impact",
        Community = "Community",
        Entertainment = "Entertainment",
        Music = "Music",
        Art = "Art",
        Sports = "Sports",
    }

    /// As what somebody stands on an event's page: 21 ways of sponsoring, then 12 of partnering.
    Category, "a sponsor or partner category" {
        TitleSponsor = "Title Sponsor",
        PresentingSponsor = "Presenting Sponsor",
        CoPresentingSponsor = "Co-Presenting Sponsor",
        DiamondSponsor = "Diamond Sponsor",
        PlatinumSponsor = "Platinum Sponsor",
        PremierSponsor = "Premier Sponsor",
        EliteSponsor = "Elite Sponsor",
        GoldSponsor = "Gold Sponsor",
        SilverSponsor = "Silver Sponsor",
        BronzeSponsor = "Bronze Sponsor",
        KnowledgeSponsor = "Knowledge Sponsor",
        EducationSponsor = "Education Sponsor",
        LearningSponsor = "Learning Sponsor",
        MediaSponsor = "Media Sponsor",
        PressSponsor = "Press Sponsor",
        BroadcastSponsor = "Broadcast Sponsor",
        SupportSponsor = "Support Sponsor",
        AssociateSponsor = "Associate Sponsor",
        ContributorSponsor = "Contributor Sponsor",
        CommunitySponsor = "Community Sponsor",
        EcosystemSponsor = "Ecosystem Sponsor",
        OfficialPartner = "Official Partner",
        CommunityPartner = "Community Partner",
        EcosystemPartner = "Ecosystem Partner",
        KnowledgePartner = "Knowledge Partner",
        MediaPartner = "Media Partner",
        SupportPartner = "Support Partner",
        AssociatePartner = "Associate Partner",
        StrategicPartner = "Strategic Partner",
        InnovationPartner = "Innovation Partner",
        TechnologyPartner = "Technology Partner",
        OutreachPartner = "Outreach Partner",
        VenuePartner = "Venue Partner",
    }

    /// The keyword that groups categories on an event's page, in the order in which the groups are shown.
    Tier, "a tier" {
        Title = "title",
        Presenting = "presenting",
        CoPresenting = "co-presenting",
        Diamond = "diamond",
        Platinum = "platinum",
        Premier = "premier",
        Elite = "elite",
        Gold = "gold",
        Silver = "silver",
        Bronze = "bronze",
        Knowledge = "knowledge",
        Education = "education",
        Learning = "learning",
        Media = "media",
        Press = "press",
        Broadcast = "broadcast",
        Support = "support",
        Associate = "associate",
        Contributor = "contributor",
        Community = "community",
        Ecosystem = "ecosystem",
        Partner = "partner",
        OfficialPartner = "official partner",
    }

    /// The accent in which a category is drawn. A hue never stands alone: the label is always beside it.
    Hue, "a hue" {
        Rose = "rose",
        Violet = "violet",
        Amber = "amber",
        Slate = "slate",
        Orange = "orange",
        Emerald = "emerald",
        Cyan = "cyan",
        Indigo = "indigo",
        Sky = "sky",
    }

    /// What a member does in a community, besides Owner and Admin, which are not chosen from this list.
    MemberRole, "a role" {
        Organizer = "Organizer",
        CoOrganizer = "Co-Organizer",
        ChapterLead = "Chapter Lead",
        CommunityLead = "Community Lead",
        ViceLead = "Vice Lead",
        CoreTeamMember = "Core Team Member",
        TechnicalLead = "Technical Lead",
        DeveloperLead = "Developer Lead",
        AiMlLead = "AI / ML Lead",
        WebDevelopmentLead = "Web Development Lead",
        MobileDevelopmentLead = "Mobile Development Lead",
        CloudLead = "Cloud Lead",
        OpenSourceLead = "Open Source Lead",
        DevOpsLead = "DevOps Lead",
        SecurityLead = "Security Lead",
        ProgramLead = "Program Lead",
        EventsLead = "Events Lead",
        WorkshopLead = "Workshop Lead",
        HackathonLead = "Hackathon Lead",
        SpeakerCoordinator = "Speaker Coordinator",
        MarketingLead = "Marketing Lead",
        GrowthLead = "Growth Lead",
        SocialMediaLead = "Social Media Lead",
        BrandingLead = "Branding Lead",
        CommunityGrowthLead = "Community Growth Lead",
        ContentLead = "Content Lead",
        TechnicalWriter = "Technical Writer",
        ContentCreator = "Content Creator",
        VideoEditor = "Video Editor",
        Photographer = "Photographer",
        Designer = "Designer",
        UiUxDesigner = "UI/UX Designer",
        PartnershipsLead = "Partnerships Lead",
        SponsorshipLead = "Sponsorship Lead",
        IndustryRelationsLead = "Industry Relations Lead",
        CommunityManager = "Community Manager",
        CommunityModerator = "Community Moderator",
        MemberSuccessManager = "Member Success Manager",
        CampusAmbassador = "Campus Ambassador",
        Mentor = "Mentor",
        Instructor = "Instructor",
        WorkshopMentor = "Workshop Mentor",
        StudentMentor = "Student Mentor",
        Volunteer = "Volunteer",
        EventVolunteer = "Event Volunteer",
        TechnicalSupport = "Technical Support",
        LogisticsCoordinator = "Logistics Coordinator",
    }

    /// What a member wants to help with.
    MemberInterest, "an interest" {
        TechnicalDevelopment = "TECHNICAL DEVELOPMENT",
        OpenSourceContribution = "OPEN SOURCE CONTRIBUTION",
        Mentorship = "MENTORSHIP",
        EventManagement = "EVENT MANAGEMENT",
        ProgramManagement = "PROGRAM MANAGEMENT",
        MarketingGrowth = "MARKETING & GROWTH",
        SocialMedia = "SOCIAL MEDIA",
        PartnershipsSponsorships = "PARTNERSHIPS & SPONSORSHIPS",
        ContentCreation = "CONTENT CREATION",
        CommunityManagement = "COMMUNITY MANAGEMENT",
        Moderation = "MODERATION",
        Volunteering = "VOLUNTEERING",
        Other = "OTHER",
    }

    /// The field an organization works in.
    Industry, "an industry" {
        ArtificialIntelligence = "Artificial intelligence",
        Blockchain = "Blockchain",
        CloudAndInfrastructure = "Cloud and infrastructure",
        ConsultingAndServices = "Consulting and services",
        ConsumerElectronicsAndIoT = "Consumer electronics and IoT",
        DataAndDatabases = "Data and databases",
        DeveloperTools = "Developer tools",
        ECommerceAndRetail = "E-commerce and retail",
        Education = "Education",
        FintechAndBanking = "Fintech and banking",
        Gaming = "Gaming",
        HealthAndBiotech = "Health and biotech",
        HiringAndHr = "Hiring and HR",
        MediaAndMarketing = "Media and marketing",
        Mobile = "Mobile",
        NonprofitAndPublicSector = "Nonprofit and public sector",
        Observability = "Observability",
        Security = "Security",
        Telecommunications = "Telecommunications",
        WebAndFrontend = "Web and frontend",
        Other = "Other",
    }

    /// Where an event takes place, or where an organization wants to be seen.
    Region, "a region" {
        Global = "Global",
        Africa = "Africa",
        CentralAsia = "Central Asia",
        EastAsia = "East Asia",
        Europe = "Europe",
        LatinAmerica = "Latin America",
        MiddleEast = "Middle East",
        NorthAmerica = "North America",
        Oceania = "Oceania",
        SouthAsia = "South Asia",
        SouthEastAsia = "South-East Asia",
    }

    /// What an organization has to give.
    SponsorshipType, "a sponsorship type" {
        Cash = "Cash",
        CloudOrApiCredits = "Cloud or API credits",
        Swag = "Swag",
        Prizes = "Prizes",
        Hiring = "Hiring",
        Venue = "Venue",
        FoodAndDrinks = "Food and drinks",
        Media = "Media",
        MentorsAndSpeakers = "Mentors and speakers",
        LicencesAndTools = "Licences and tools",
    }

    /// What a community gives in return.
    BenefitKind, "a benefit" {
        LogoPlacement = "Logo placement",
        KeynoteSlot = "Keynote slot",
        WorkshopSlot = "Workshop slot",
        Booth = "Booth",
        SocialPromotion = "Social promotion",
        NewsletterMention = "Newsletter mention",
        HiringAccess = "Hiring access",
        SponsorChallenge = "Sponsor challenge",
        SwagDistribution = "Swag distribution",
        Tickets = "Tickets",
        LeadCapture = "Lead capture",
        AttendeeReport = "Attendee report",
        Custom = "Custom",
    }

    /// What sort of group a community is.
    CommunityType, "a community type" {
        UniversityClub = "University club",
        MeetupGroup = "Meetup group",
        HackathonOrganizer = "Hackathon organizer",
        OpenSourceProject = "Open source project",
        Conference = "Conference",
        ProfessionalNetwork = "Professional network",
        OnlineCommunity = "Online community",
        BootcampOrSchool = "Bootcamp or school",
        Nonprofit = "Nonprofit",
        CompanyCommunity = "Company community",
    }

    /// Where people meet.
    EventFormat, "an event format" {
        InPerson = "In person",
        Online = "Online",
        Hybrid = "Hybrid",
    }

    /// On which side of the market an organization stands.
    EntityType, "what you are joining as" {
        Sponsor = "Sponsor",
        Partner = "Partner",
        SponsorAndPartner = "Sponsor and partner",
    }

    /// Why a request was turned down.
    RejectionReason, "a reason" {
        Budget = "Budget",
        Timing = "Timing",
        AudienceDoesNotMatch = "Audience does not match",
        CategoryAlreadyTaken = "Category already taken",
        NotOurRegion = "Not our region",
        TooLittleInformation = "Too little information",
        Other = "Other",
    }
}

impl Category {
    /// True for the 21 ways of sponsoring, false for the 12 of partnering.
    pub const fn is_sponsor(self) -> bool {
        (self as usize) <= (Self::EcosystemSponsor as usize)
    }

    /// The group in which the category stands on an event's page.
    pub const fn tier(self) -> Tier {
        match self {
            Self::TitleSponsor => Tier::Title,
            Self::PresentingSponsor => Tier::Presenting,
            Self::CoPresentingSponsor => Tier::CoPresenting,
            Self::DiamondSponsor => Tier::Diamond,
            Self::PlatinumSponsor => Tier::Platinum,
            Self::PremierSponsor => Tier::Premier,
            Self::EliteSponsor => Tier::Elite,
            Self::GoldSponsor => Tier::Gold,
            Self::SilverSponsor => Tier::Silver,
            Self::BronzeSponsor => Tier::Bronze,
            Self::KnowledgeSponsor | Self::KnowledgePartner => Tier::Knowledge,
            Self::EducationSponsor => Tier::Education,
            Self::LearningSponsor => Tier::Learning,
            Self::MediaSponsor | Self::MediaPartner => Tier::Media,
            Self::PressSponsor => Tier::Press,
            Self::BroadcastSponsor => Tier::Broadcast,
            Self::SupportSponsor | Self::SupportPartner => Tier::Support,
            Self::AssociateSponsor | Self::AssociatePartner => Tier::Associate,
            Self::ContributorSponsor => Tier::Contributor,
            Self::CommunitySponsor | Self::CommunityPartner => Tier::Community,
            Self::EcosystemSponsor | Self::EcosystemPartner => Tier::Ecosystem,
            Self::StrategicPartner
            | Self::InnovationPartner
            | Self::TechnologyPartner
            | Self::OutreachPartner
            | Self::VenuePartner => Tier::Partner,
            Self::OfficialPartner => Tier::OfficialPartner,
        }
    }

    /// The accent in which the category is drawn.
    pub const fn hue(self) -> Hue {
        match self {
            Self::TitleSponsor | Self::PresentingSponsor | Self::CoPresentingSponsor | Self::DiamondSponsor => Hue::Rose,
            Self::PlatinumSponsor | Self::PremierSponsor | Self::EliteSponsor => Hue::Violet,
            Self::GoldSponsor => Hue::Amber,
            Self::SilverSponsor => Hue::Slate,
            Self::BronzeSponsor => Hue::Orange,
            Self::KnowledgeSponsor | Self::EducationSponsor | Self::LearningSponsor | Self::KnowledgePartner => Hue::Emerald,
            Self::MediaSponsor | Self::PressSponsor | Self::BroadcastSponsor | Self::MediaPartner => Hue::Cyan,
            Self::SupportSponsor
            | Self::AssociateSponsor
            | Self::ContributorSponsor
            | Self::SupportPartner
            | Self::AssociatePartner => Hue::Indigo,
            Self::CommunitySponsor
            | Self::EcosystemSponsor
            | Self::OfficialPartner
            | Self::CommunityPartner
            | Self::EcosystemPartner
            | Self::StrategicPartner
            | Self::InnovationPartner
            | Self::TechnologyPartner
            | Self::OutreachPartner
            | Self::VenuePartner => Hue::Sky,
        }
    }
}

impl Tier {
    /// Its place among the groups of an event's page, from 0.
    pub const fn order(self) -> usize {
        self as usize
    }

    /// What a community offers at this tier unless it says otherwise.
    pub const fn default_benefits(self) -> &'static [BenefitKind] {
        match self {
            Self::Title => &[
                BenefitKind::LogoPlacement,
                BenefitKind::KeynoteSlot,
                BenefitKind::WorkshopSlot,
                BenefitKind::Booth,
                BenefitKind::SocialPromotion,
                BenefitKind::NewsletterMention,
                BenefitKind::HiringAccess,
                BenefitKind::SponsorChallenge,
                BenefitKind::LeadCapture,
                BenefitKind::AttendeeReport,
            ],
            Self::Presenting => &[
                BenefitKind::LogoPlacement,
                BenefitKind::KeynoteSlot,
                BenefitKind::WorkshopSlot,
                BenefitKind::Booth,
                BenefitKind::SocialPromotion,
                BenefitKind::NewsletterMention,
                BenefitKind::HiringAccess,
                BenefitKind::LeadCapture,
            ],
            Self::CoPresenting | Self::Diamond => &[
                BenefitKind::LogoPlacement,
                BenefitKind::WorkshopSlot,
                BenefitKind::Booth,
                BenefitKind::SocialPromotion,
                BenefitKind::NewsletterMention,
                BenefitKind::HiringAccess,
                BenefitKind::LeadCapture,
            ],
            Self::Platinum => &[
                BenefitKind::LogoPlacement,
                BenefitKind::WorkshopSlot,
                BenefitKind::Booth,
                BenefitKind::SocialPromotion,
                BenefitKind::NewsletterMention,
                BenefitKind::HiringAccess,
            ],
            Self::Premier => &[
                BenefitKind::LogoPlacement,
                BenefitKind::Booth,
                BenefitKind::SocialPromotion,
                BenefitKind::NewsletterMention,
                BenefitKind::HiringAccess,
            ],
            Self::Elite | Self::Gold => {
                &[BenefitKind::LogoPlacement, BenefitKind::Booth, BenefitKind::SocialPromotion, BenefitKind::NewsletterMention]
            }
            Self::Silver | Self::Media | Self::OfficialPartner => {
                &[BenefitKind::LogoPlacement, BenefitKind::SocialPromotion, BenefitKind::NewsletterMention]
            }
            Self::Bronze
            | Self::Broadcast
            | Self::Support
            | Self::Associate
            | Self::Community
            | Self::Ecosystem
            | Self::Partner => &[BenefitKind::LogoPlacement, BenefitKind::SocialPromotion],
            Self::Knowledge | Self::Education | Self::Learning => &[BenefitKind::LogoPlacement, BenefitKind::WorkshopSlot],
            Self::Press => &[BenefitKind::LogoPlacement, BenefitKind::NewsletterMention],
            Self::Contributor => &[BenefitKind::LogoPlacement],
        }
    }
}

/// Where the bands of a budget begin, in major units; a band reaches up to where the next begins, the last is open.
pub const BUDGET_BANDS: &[(Currency, &[i64])] = &[
    (Currency::Inr, &[0, 50_000, 200_000, 500_000, 2_000_000, 10_000_000]),
    (Currency::Usd, &[0, 500, 2_500, 10_000, 50_000, 250_000]),
    (Currency::Eur, &[0, 500, 2_500, 10_000, 50_000, 250_000]),
    (Currency::Gbp, &[0, 500, 2_500, 10_000, 50_000, 250_000]),
];

/// One band of [`BUDGET_BANDS`]. On the wire and in the database it is its key: `INR:200000-500000`, `INR:10000000-`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Band {
    currency: Currency,
    /// Major units, included.
    lower: i64,
    /// Major units, not included; nothing when the band is open.
    upper: Option<i64>,
}

/// A text that is not the key of a band.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownBand;

impl fmt::Display for UnknownBand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Choose a budget range from the list.")
    }
}

impl std::error::Error for UnknownBand {}

impl Band {
    /// The bands of a currency, lowest first.
    pub fn of(currency: Currency) -> impl Iterator<Item = Self> {
        let starts = BUDGET_BANDS.iter().find(|(of, _)| *of == currency).map_or(&[][..], |(_, starts)| *starts);
        starts.iter().enumerate().map(move |(place, lower)| Self {
            currency,
            lower: *lower,
            upper: starts.get(place + 1).copied(),
        })
    }

    /// Every band of every currency.
    pub fn all() -> impl Iterator<Item = Self> {
        BUDGET_BANDS.iter().flat_map(|(currency, _)| Self::of(*currency))
    }

    /// Reads a key.
    ///
    /// # Errors
    /// The text is no band's key.
    pub fn parse(key: &str) -> Result<Self, UnknownBand> {
        Self::all().find(|band| band.key() == key).ok_or(UnknownBand)
    }

    /// The band that an amount falls into; nothing for a negative one.
    pub fn holding(amount: Money) -> Option<Self> {
        Self::of(amount.currency).find(|band| band.holds(amount))
    }

    pub const fn currency(self) -> Currency {
        self.currency
    }

    /// Where it begins, included.
    pub fn lower(self) -> Money {
        whole(self.lower, self.currency)
    }

    /// Where it ends, not included; nothing when it is open.
    pub fn upper(self) -> Option<Money> {
        self.upper.map(|upper| whole(upper, self.currency))
    }

    /// Does the amount fall into it?
    pub fn holds(self, amount: Money) -> bool {
        amount.currency == self.currency
            && amount.minor >= self.lower().minor
            && self.upper().is_none_or(|upper| amount.minor < upper.minor)
    }

    /// The stable key: `INR:200000-500000`, or `INR:10000000-` for the open one.
    pub fn key(self) -> String {
        match self.upper {
            Some(upper) => format!("{}:{}-{upper}", self.currency.code(), self.lower),
            None => format!("{}:{}-", self.currency.code(), self.lower),
        }
    }

    /// For people: "Up to ₹50k", "₹2L – ₹5L", "$2,500 – $10,000", "₹1Cr and more".
    pub fn label(self) -> String {
        let lower = self.lower().format_round();
        match self.upper().map(Money::format_round) {
            Some(upper) if self.lower == 0 => format!("Up to {upper}"),
            Some(upper) => format!("{lower} – {upper}"),
            None => format!("{lower} and more"),
        }
    }
}

fn whole(major: i64, currency: Currency) -> Money {
    let amount: Result<Money, TooMuchMoney> = Money::from_major(major, currency);
    amount.expect("the ends of the bands are far below the largest amount; a test walks all of them")
}

impl fmt::Display for Band {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.label())
    }
}

impl FromStr for Band {
    type Err = UnknownBand;

    fn from_str(key: &str) -> Result<Self, Self::Err> {
        Self::parse(key)
    }
}

impl Serialize for Band {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.key())
    }
}

impl<'de> Deserialize<'de> for Band {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let key = String::deserialize(deserializer)?;
        Self::parse(&key).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{collections::HashSet, fmt::Write as _};

    macro_rules! every_list {
        ($check:ident) => {
            $check!(EventType, 28, "Workshop", "Trade Show");
            $check!(EventCategory, 27, "Technology", "Sports");
            $check!(Category, 33, "Title Sponsor", "Venue Partner");
            $check!(Tier, 23, "title", "official partner");
            $check!(Hue, 9, "rose", "sky");
            $check!(MemberRole, 47, "Organizer", "Logistics Coordinator");
            $check!(MemberInterest, 13, "TECHNICAL DEVELOPMENT", "OTHER");
            $check!(Industry, 21, "Artificial intelligence", "Other");
            $check!(Region, 11, "Global", "South-East Asia");
            $check!(SponsorshipType, 10, "Cash", "Licences and tools");
            $check!(BenefitKind, 13, "Logo placement", "Custom");
            $check!(CommunityType, 10, "University club", "Company community");
            $check!(EventFormat, 3, "In person", "Hybrid");
            $check!(EntityType, 3, "Sponsor", "Sponsor and partner");
            $check!(RejectionReason, 7, "Budget", "Other");
        };
    }

    #[test]
    fn lists_are_whole_and_labels_come_back() {
        macro_rules! check {
            ($list:ident, $count:literal, $first:literal, $last:literal) => {
                assert_eq!($list::ALL.len(), $count, stringify!($list));
                assert_eq!($list::ALL[0].label(), $first);
                assert_eq!($list::ALL[$count - 1].label(), $last);
                assert_eq!($list::LABELS.iter().collect::<HashSet<_>>().len(), $count, "labels of {} repeat", stringify!($list));
                for (choice, label) in $list::ALL.iter().zip($list::LABELS) {
                    assert_eq!(choice.label(), *label);
                    assert_eq!($list::parse(label), Ok(*choice));
                    assert_eq!(label.parse::<$list>(), Ok(*choice));
                    assert_eq!(choice.to_string(), *label);
                    let json = serde_json::to_string(choice).expect("a label is a string");
                    assert_eq!(json, format!("\"{label}\""));
                    assert_eq!(serde_json::from_str::<$list>(&json).expect("it was just written"), *choice);
                    assert!($list::parse(&format!("{label} ")).is_err());
                }
                assert!($list::parse("").is_err());
                assert!(serde_json::from_str::<$list>("\"Nobody's label\"").is_err());
                assert!(serde_json::from_str::<$list>("7").is_err());
            };
        }
        every_list!(check);
    }

    /// Our own copy, whole: a label is on the wire, in databases and on pages, and whoever changes one changes it here as well.
    #[test]
    fn every_label_is_as_agreed() {
        let mut categories = String::new();
        for category in Category::ALL {
            let _ = writeln!(categories, "{category}: {}, {}", category.tier(), category.hue());
        }
        insta::assert_snapshot!(categories, @r"
        Title Sponsor: title, rose
        Presenting Sponsor: presenting, rose
        Co-Presenting Sponsor: co-presenting, rose
        Diamond Sponsor: diamond, rose
        Platinum Sponsor: platinum, violet
        Premier Sponsor: premier, violet
        Elite Sponsor: elite, violet
        Gold Sponsor: gold, amber
        Silver Sponsor: silver, slate
        Bronze Sponsor: bronze, orange
        Knowledge Sponsor: knowledge, emerald
        Education Sponsor: education, emerald
        Learning Sponsor: learning, emerald
        Media Sponsor: media, cyan
        Press Sponsor: press, cyan
        Broadcast Sponsor: broadcast, cyan
        Support Sponsor: support, indigo
        Associate Sponsor: associate, indigo
        Contributor Sponsor: contributor, indigo
        Community Sponsor: community, sky
        Ecosystem Sponsor: ecosystem, sky
        Official Partner: official partner, sky
        Community Partner: community, sky
        Ecosystem Partner: ecosystem, sky
        Knowledge Partner: knowledge, emerald
        Media Partner: media, cyan
        Support Partner: support, indigo
        Associate Partner: associate, indigo
        Strategic Partner: partner, sky
        Innovation Partner: partner, sky
        Technology Partner: partner, sky
        Outreach Partner: partner, sky
        Venue Partner: partner, sky
        ");
        let mut tiers = String::new();
        for tier in Tier::ALL {
            let benefits: Vec<&str> = tier.default_benefits().iter().map(|kind| kind.label()).collect();
            let _ = writeln!(tiers, "{tier}: {}", benefits.join(", "));
        }
        insta::assert_snapshot!(tiers, @r"
        title: Logo placement, Keynote slot, Workshop slot, Booth, Social promotion, Newsletter mention, Hiring access, Sponsor challenge, Lead capture, Attendee report
        presenting: Logo placement, Keynote slot, Workshop slot, Booth, Social promotion, Newsletter mention, Hiring access, Lead capture
        co-presenting: Logo placement, Workshop slot, Booth, Social promotion, Newsletter mention, Hiring access, Lead capture
        diamond: Logo placement, Workshop slot, Booth, Social promotion, Newsletter mention, Hiring access, Lead capture
        platinum: Logo placement, Workshop slot, Booth, Social promotion, Newsletter mention, Hiring access
        premier: Logo placement, Booth, Social promotion, Newsletter mention, Hiring access
        elite: Logo placement, Booth, Social promotion, Newsletter mention
        gold: Logo placement, Booth, Social promotion, Newsletter mention
        silver: Logo placement, Social promotion, Newsletter mention
        bronze: Logo placement, Social promotion
        knowledge: Logo placement, Workshop slot
        education: Logo placement, Workshop slot
        learning: Logo placement, Workshop slot
        media: Logo placement, Social promotion, Newsletter mention
        press: Logo placement, Newsletter mention
        broadcast: Logo placement, Social promotion
        support: Logo placement, Social promotion
        associate: Logo placement, Social promotion
        contributor: Logo placement
        community: Logo placement, Social promotion
        ecosystem: Logo placement, Social promotion
        partner: Logo placement, Social promotion
        official partner: Logo placement, Social promotion, Newsletter mention
        ");
        let mut lists = String::new();
        macro_rules! list {
            ($($list:ident),+) => {
                $(let _ = writeln!(lists, "{}: {}", stringify!($list), $list::LABELS.join(" | "));)+
            };
        }
        list!(
            EventType,
            EventCategory,
            Hue,
            MemberRole,
            MemberInterest,
            Industry,
            Region,
            SponsorshipType,
            BenefitKind,
            CommunityType,
            EventFormat,
            EntityType,
            RejectionReason
        );
        insta::assert_snapshot!(lists, @r"
        EventType: Workshop | Hands-on Workshop | Seminar | Conference | Webinar | Meetup | Hackathon | Code Lab | Bootcamp | Panel Discussion | Tech Talk | AMA Session | Networking Event | Startup Pitch | Product Launch | Demo Day | Training Session | Certification Program | Competition | Challenge | Community Meetup | Open Source Sprint | Volunteer Event | Charity Event | Festival | Concert | Sports Event | Trade Show
        EventCategory: Technology | Artificial Intelligence | Machine Learning | Web Development | Mobile Development | Cloud Computing | Cybersecurity | Data Science | Open Source | DevOps | Startup | Entrepreneurship | Business | Product Management | Education | Career Development | Leadership | Design / UI-UX | Marketing | Finance | Health | Social Impact | Community | Entertainment | Music | Art | Sports
        Hue: rose | violet | amber | slate | orange | emerald | cyan | indigo | sky
        MemberRole: Organizer | Co-Organizer | Chapter Lead | Community Lead | Vice Lead | Core Team Member | Technical Lead | Developer Lead | AI / ML Lead | Web Development Lead | Mobile Development Lead | Cloud Lead | Open Source Lead | DevOps Lead | Security Lead | Program Lead | Events Lead | Workshop Lead | Hackathon Lead | Speaker Coordinator | Marketing Lead | Growth Lead | Social Media Lead | Branding Lead | Community Growth Lead | Content Lead | Technical Writer | Content Creator | Video Editor | Photographer | Designer | UI/UX Designer | Partnerships Lead | Sponsorship Lead | Industry Relations Lead | Community Manager | Community Moderator | Member Success Manager | Campus Ambassador | Mentor | Instructor | Workshop Mentor | Student Mentor | Volunteer | Event Volunteer | Technical Support | Logistics Coordinator
        MemberInterest: TECHNICAL DEVELOPMENT | OPEN SOURCE CONTRIBUTION | MENTORSHIP | EVENT MANAGEMENT | PROGRAM MANAGEMENT | MARKETING & GROWTH | SOCIAL MEDIA | PARTNERSHIPS & SPONSORSHIPS | CONTENT CREATION | COMMUNITY MANAGEMENT | MODERATION | VOLUNTEERING | OTHER
        Industry: Artificial intelligence | Blockchain | Cloud and infrastructure | Consulting and services | Consumer electronics and IoT | Data and databases | Developer tools | E-commerce and retail | Education | Fintech and banking | Gaming | Health and biotech | Hiring and HR | Media and marketing | Mobile | Nonprofit and public sector | Observability | Security | Telecommunications | Web and frontend | Other
        Region: Global | Africa | Central Asia | East Asia | Europe | Latin America | Middle East | North America | Oceania | South Asia | South-East Asia
        SponsorshipType: Cash | Cloud or API credits | Swag | Prizes | Hiring | Venue | Food and drinks | Media | Mentors and speakers | Licences and tools
        BenefitKind: Logo placement | Keynote slot | Workshop slot | Booth | Social promotion | Newsletter mention | Hiring access | Sponsor challenge | Swag distribution | Tickets | Lead capture | Attendee report | Custom
        CommunityType: University club | Meetup group | Hackathon organizer | Open source project | Conference | Professional network | Online community | Bootcamp or school | Nonprofit | Company community
        EventFormat: In person | Online | Hybrid
        EntityType: Sponsor | Partner | Sponsor and partner
        RejectionReason: Budget | Timing | Audience does not match | Category already taken | Not our region | Too little information | Other
        ");
    }

    #[test]
    fn reading_is_exact() {
        assert!(Category::parse("gold sponsor").is_err());
        assert_eq!(EventCategory::parse("Design / UI-UX"), Ok(EventCategory::DesignUiUx));
        assert_eq!(MemberRole::parse("AI / ML Lead"), Ok(MemberRole::AiMlLead));
        assert_eq!(MemberInterest::parse("MARKETING & GROWTH"), Ok(MemberInterest::MarketingGrowth));
        assert!(MemberRole::parse("Owner").is_err());
    }

    #[test]
    fn a_refusal_says_what_to_choose_from() {
        let short = EventFormat::parse("Remote").expect_err("not a format");
        assert_eq!(short.to_string(), "Choose an event format: In person, Online or Hybrid.");
        let long = EventType::parse("Party").expect_err("not a type");
        assert_eq!(long.to_string(), "Choose an event type from the list, for example Workshop, Hands-on Workshop or Seminar.");
    }

    #[test]
    fn categories_fall_into_tiers_and_hues() {
        assert_eq!(Category::ALL.iter().filter(|category| category.is_sponsor()).count(), 21);
        for category in Category::ALL {
            assert_eq!(category.is_sponsor(), category.label().ends_with(" Sponsor"), "{category}");
        }
        for tier in Tier::ALL {
            assert!(Category::ALL.iter().any(|category| category.tier() == *tier), "nobody stands in {tier}");
        }
        assert_eq!(Category::CoPresentingSponsor.tier(), Tier::CoPresenting);
        assert_eq!(Category::VenuePartner.tier(), Tier::Partner);
        assert_eq!(Category::OfficialPartner.tier(), Tier::OfficialPartner);
        assert_eq!(Category::MediaPartner.tier(), Tier::Media);
        assert_eq!(Category::DiamondSponsor.hue(), Hue::Rose);
        assert_eq!(Category::KnowledgePartner.hue(), Hue::Emerald);
        assert_eq!(Category::SupportPartner.hue(), Hue::Indigo);
        assert_eq!(Category::VenuePartner.hue(), Hue::Sky);
    }

    #[test]
    fn tiers_have_an_order_and_benefits() {
        assert_eq!(Tier::Title.order(), 0);
        assert_eq!(Tier::OfficialPartner.order(), 22);
        let counts: Vec<usize> = Tier::ALL.iter().map(|tier| tier.default_benefits().len()).collect();
        assert_eq!(counts, [10, 8, 7, 7, 6, 5, 4, 4, 3, 2, 2, 2, 2, 3, 2, 2, 2, 2, 1, 2, 2, 2, 3]);
        for tier in Tier::ALL {
            assert_eq!(tier.default_benefits()[0], BenefitKind::LogoPlacement);
            assert!(!tier.default_benefits().contains(&BenefitKind::Custom));
        }
        assert_eq!(Tier::Bronze.default_benefits(), [BenefitKind::LogoPlacement, BenefitKind::SocialPromotion]);
    }

    #[test]
    fn bands_have_stable_keys_and_readable_labels() {
        assert_eq!(Band::all().count(), 24);
        let rupees: Vec<String> = Band::of(Currency::Inr).map(Band::label).collect();
        assert_eq!(rupees, ["Up to ₹50k", "₹50k – ₹2L", "₹2L – ₹5L", "₹5L – ₹20L", "₹20L – ₹1Cr", "₹1Cr and more"]);
        let dollars: Vec<String> = Band::of(Currency::Usd).map(Band::label).collect();
        assert_eq!(
            dollars,
            ["Up to $500", "$500 – $2,500", "$2,500 – $10,000", "$10,000 – $50,000", "$50,000 – $250,000", "$250,000 and more"]
        );
        let keys: Vec<String> = Band::of(Currency::Inr).map(Band::key).collect();
        assert_eq!(keys[2], "INR:200000-500000");
        assert_eq!(keys[5], "INR:10000000-");
        for band in Band::all() {
            assert_eq!(Band::parse(&band.key()), Ok(band));
            let json = serde_json::to_string(&band).expect("a key is a string");
            assert_eq!(serde_json::from_str::<Band>(&json).expect("it was just written"), band);
            assert_eq!(Band::holding(band.lower()), Some(band));
            if let Some(upper) = band.upper() {
                assert!(!band.holds(upper));
                assert!(band.holds(Money { minor: upper.minor - 1, currency: upper.currency }));
            }
        }
        for not_a_key in ["", "INR", "INR:200000", "INR:200000-500001", "inr:200000-500000", "JPY:0-500", "INR:-"] {
            assert_eq!(Band::parse(not_a_key), Err(UnknownBand), "{not_a_key}");
        }
        assert_eq!(Band::holding(Money { minor: -1, currency: Currency::Inr }), None);
    }
}
