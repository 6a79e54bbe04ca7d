//! The profile of an organization, as it is typed and as it is kept; what is missing from it.

use super::application::{Budget, BudgetInput, choices, company_name};
use super::products::{Product, ProductInput};
use crate::{
    features::organizations::visibility::Field,
    kernel::{
        fields::{Check, FieldErrors},
        labels::{CommunityType, EntityType, EventType, Industry, Region, SponsorshipType},
        technologies,
        text::{Email, Line, Paragraph, Phone, WebUrl},
    },
};
use serde::{Deserialize, Serialize};

/// The most entries of a list of words.
const MOST_WORDS: usize = 30;
/// The most colours of a brand kit.
const MOST_COLORS: usize = 6;
/// The most characters of the text that others may print about an organization.
const LONGEST_BOILERPLATE: usize = 1_200;

/// A profile as it is typed. Lists of words may come as one text with commas.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "server", schema(as = OrganizationProfileInput))]
#[serde(rename_all = "camelCase", default)]
pub struct ProfileInput {
    pub entity_type: String,
    pub display_name: String,
    pub legal_name: String,
    pub website: String,
    pub industry: String,
    pub short_description: String,
    pub long_description: String,
    pub technologies: Vec<String>,
    pub developer_tools: Vec<String>,
    pub supported_regions: Vec<String>,
    pub preferred_event_types: Vec<String>,
    pub supported_community_types: Vec<String>,
    pub budget_range: BudgetInput,
    pub available_sponsorship_types: Vec<String>,
    pub primary_email: String,
    pub business_email: String,
    pub dev_rel_email: String,
    pub hiring_email: String,
    pub billing_email: String,
    pub phone: String,
    /// `#rrggbb`, the main colour first; up to six.
    pub brand_colors: Vec<String>,
    /// How others may describe it, word for word.
    pub boilerplate: String,
    /// What it makes, each with its own page.
    pub products: Vec<ProductInput>,
    /// The version that the editor had before them.
    pub version: i32,
}

/// A profile that is in order. The logo is kept beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    pub entity_type: EntityType,
    pub display_name: Line,
    pub legal_name: Line,
    pub website: WebUrl,
    pub industry: Industry,
    pub short_description: Paragraph,
    pub long_description: Paragraph,
    pub technologies: Vec<String>,
    pub developer_tools: Vec<String>,
    pub supported_regions: Vec<Region>,
    pub preferred_event_types: Vec<EventType>,
    pub supported_community_types: Vec<CommunityType>,
    pub budget: Budget,
    pub sponsorship_types: Vec<SponsorshipType>,
    /// Nobody's, of a profile that came with a file and that nobody has claimed.
    pub primary_email: Option<Email>,
    pub business_email: Option<Email>,
    pub dev_rel_email: Option<Email>,
    pub hiring_email: Option<Email>,
    pub billing_email: Option<Email>,
    pub phone: Option<Phone>,
    /// `#rrggbb` in lower case.
    pub brand_colors: Vec<String>,
    pub boilerplate: Paragraph,
    pub products: Vec<Product>,
    /// The stored pictures, by their ids' texts; a change of one is a change of the profile.
    pub logo: Option<String>,
    pub logo_on_dark: Option<String>,
    pub wordmark: Option<String>,
}

impl ProfileInput {
    /// The logo is not typed: the caller sets it.
    ///
    /// # Errors
    /// Every problem, by the field's path on the wire.
    pub fn parse(&self) -> Result<Profile, FieldErrors> {
        let mut check = Check::default();
        check.ensure(
            "availableSponsorshipTypes",
            self.available_sponsorship_types.iter().any(|t| !t.trim().is_empty()),
            "Choose at least one.",
        );
        check.ensure("primaryEmail", !self.primary_email.trim().is_empty(), "Enter an e-mail address.");
        self.read(check, false)
    }

    /// As [`ProfileInput::parse`], for what is stored: a community that adds an organization does not know what it gives, and
    /// perhaps neither its website nor a mailbox.
    ///
    /// # Errors
    /// Every problem, by the field's path on the wire.
    pub fn parse_stored(&self) -> Result<Profile, FieldErrors> {
        self.read(Check::default(), true)
    }

    fn read(&self, mut check: Check, stored: bool) -> Result<Profile, FieldErrors> {
        let entity_type = check.take("entityType", EntityType::parse(self.entity_type.trim()));
        let display_name = check.take("displayName", company_name(&self.display_name));
        let legal_name = check.take("legalName", Line::parse(&self.legal_name, 0, 200, "legal name"));
        let website = match self.website.as_str() {
            "" if stored => Some(WebUrl::unknown()),
            text => check.take("website", WebUrl::parse(text)),
        };
        let industry = check.take("industry", Industry::parse(self.industry.trim()));
        let short_description =
            check.take("shortDescription", Paragraph::parse(&self.short_description, 280, "short description"));
        let long_description = check.take("longDescription", Paragraph::parse(&self.long_description, 5_000, "long description"));
        let technologies = words(&mut check, "technologies", &self.technologies, "technology");
        let developer_tools = words(&mut check, "developerTools", &self.developer_tools, "tool");
        let supported_regions = choices(&mut check, "supportedRegions", &self.supported_regions, Region::parse);
        let preferred_event_types = choices(&mut check, "preferredEventTypes", &self.preferred_event_types, EventType::parse);
        let supported_community_types =
            choices(&mut check, "supportedCommunityTypes", &self.supported_community_types, CommunityType::parse);
        let budget = self.budget_range.check(&mut check);
        let sponsorship_types =
            choices(&mut check, "availableSponsorshipTypes", &self.available_sponsorship_types, SponsorshipType::parse);
        let primary_email = maybe(&mut check, "primaryEmail", &self.primary_email, Email::parse);
        let business_email = maybe(&mut check, "businessEmail", &self.business_email, Email::parse);
        let dev_rel_email = maybe(&mut check, "devRelEmail", &self.dev_rel_email, Email::parse);
        let hiring_email = maybe(&mut check, "hiringEmail", &self.hiring_email, Email::parse);
        let billing_email = maybe(&mut check, "billingEmail", &self.billing_email, Email::parse);
        let phone = maybe(&mut check, "phone", &self.phone, Phone::parse);
        let brand_colors = colors(&mut check, "brandColors", &self.brand_colors);
        let boilerplate = check.take("boilerplate", Paragraph::parse(&self.boilerplate, LONGEST_BOILERPLATE, "description"));
        let products = check.take("products", super::products::read(&self.products));
        check.finish()?;
        let whole = || {
            Some(Profile {
                entity_type: entity_type?,
                display_name: display_name?,
                legal_name: legal_name?,
                website: website?,
                industry: industry?,
                short_description: short_description?,
                long_description: long_description?,
                technologies: technologies::one_spelling(technologies?),
                developer_tools: developer_tools?,
                supported_regions: supported_regions?,
                preferred_event_types: preferred_event_types?,
                supported_community_types: supported_community_types?,
                budget: budget?,
                sponsorship_types: sponsorship_types?,
                primary_email: primary_email?,
                business_email: business_email?,
                dev_rel_email: dev_rel_email?,
                hiring_email: hiring_email?,
                billing_email: billing_email?,
                phone: phone?,
                brand_colors: brand_colors?,
                boilerplate: boilerplate?,
                products: products?,
                logo: None,
                logo_on_dark: None,
                wordmark: None,
            })
        };
        Ok(whole().expect("a part that did not parse has left a problem, and there is none"))
    }
}

/// An optional part: empty is fine.
#[expect(clippy::option_option, reason = "the outer one is whether it parsed, the inner one whether it was given")]
fn maybe<T, E: ToString>(check: &mut Check, path: &str, text: &str, parse: impl Fn(&str) -> Result<T, E>) -> Option<Option<T>> {
    if text.trim().is_empty() { Some(None) } else { check.take(path, parse(text)).map(Some) }
}

/// Words, each 1 to 40 characters, each once (whatever its case), in the order in which they were typed.
fn words(check: &mut Check, path: &str, typed: &[String], what: &str) -> Option<Vec<String>> {
    let mut kept: Vec<String> = Vec::new();
    for word in typed.iter().flat_map(|text| text.split([',', ';', '\n'])).filter(|word| !word.trim().is_empty()) {
        let word = check.take(path, Line::parse(word, 1, 40, what))?.into_string();
        if !kept.iter().any(|there| there.to_lowercase() == word.to_lowercase()) {
            kept.push(word);
        }
    }
    if kept.len() > MOST_WORDS {
        check.add(path, format!("These are {}. Keep the {MOST_WORDS} that matter most.", kept.len()));
        return None;
    }
    Some(kept)
}

/// Colours, each `#rgb` or `#rrggbb` with or without its sign, each once.
fn colors(check: &mut Check, path: &str, typed: &[String]) -> Option<Vec<String>> {
    let mut kept: Vec<String> = Vec::new();
    let words = typed.iter().flat_map(|text| text.split([',', ';', ' ', '\n'])).map(str::trim);
    for word in words.filter(|word| !word.is_empty()) {
        let Some(color) = color(word) else {
            check.add(
                path,
                format!("{} is no colour that we can read. Write colours like #1f6feb, with commas between them.", clipped(word)),
            );
            return None;
        };
        if !kept.contains(&color) {
            kept.push(color);
        }
    }
    if kept.len() > MOST_COLORS {
        check.add(path, format!("These are {} colours. Keep the {MOST_COLORS} that matter most.", kept.len()));
        return None;
    }
    Some(kept)
}

fn color(word: &str) -> Option<String> {
    let digits = word.strip_prefix('#').unwrap_or(word).to_ascii_lowercase();
    if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    match digits.len() {
        6 => Some(format!("#{digits}")),
        3 => Some(digits.chars().fold("#".to_owned(), |color, digit| format!("{color}{digit}{digit}"))),
        _ => None,
    }
}

fn clipped(word: &str) -> String {
    word.chars().take(20).collect()
}

impl Profile {
    /// Which fields differ, in the order of [`Field::ALL`].
    pub fn differences(&self, new: &Self) -> Vec<Field> {
        let changed = |field: Field| match field {
            Field::EntityType => self.entity_type != new.entity_type,
            Field::DisplayName => self.display_name != new.display_name,
            Field::LegalName => self.legal_name != new.legal_name,
            Field::Logo => self.logo != new.logo,
            Field::Website => self.website != new.website,
            Field::Industry => self.industry != new.industry,
            Field::ShortDescription => self.short_description != new.short_description,
            Field::LongDescription => self.long_description != new.long_description,
            Field::Technologies => self.technologies != new.technologies,
            Field::DeveloperTools => self.developer_tools != new.developer_tools,
            Field::SupportedRegions => self.supported_regions != new.supported_regions,
            Field::PreferredEventTypes => self.preferred_event_types != new.preferred_event_types,
            Field::SupportedCommunityTypes => self.supported_community_types != new.supported_community_types,
            Field::BudgetRange => self.budget != new.budget,
            Field::SponsorshipTypes => self.sponsorship_types != new.sponsorship_types,
            Field::PrimaryEmail => self.primary_email != new.primary_email,
            Field::BusinessEmail => self.business_email != new.business_email,
            Field::DevRelEmail => self.dev_rel_email != new.dev_rel_email,
            Field::HiringEmail => self.hiring_email != new.hiring_email,
            Field::BillingEmail => self.billing_email != new.billing_email,
            Field::Phone => self.phone != new.phone,
            Field::LogoOnDark => self.logo_on_dark != new.logo_on_dark,
            Field::Wordmark => self.wordmark != new.wordmark,
            Field::BrandColors => self.brand_colors != new.brand_colors,
            Field::Boilerplate => self.boilerplate != new.boilerplate,
            Field::Products => self.products != new.products,
            Field::VerificationStatus
            | Field::Support
            | Field::ProposedWebsite
            | Field::MoreAsked
            | Field::DecisionReason
            | Field::FriendlyTrust
            | Field::FullTrust
            | Field::Checks
            | Field::OpenClaims => false,
        };
        Field::ALL.iter().copied().filter(|field| changed(*field)).collect()
    }

    /// As it would be typed, at a version.
    pub fn input(&self, version: i32) -> ProfileInput {
        let labels = |list: &[&'static str]| list.iter().map(|label| (*label).to_owned()).collect::<Vec<_>>();
        let text = |email: &Option<Email>| email.as_ref().map(ToString::to_string).unwrap_or_default();
        ProfileInput {
            entity_type: self.entity_type.label().to_owned(),
            display_name: self.display_name.to_string(),
            legal_name: self.legal_name.to_string(),
            website: self.website.to_string(),
            industry: self.industry.label().to_owned(),
            short_description: self.short_description.to_string(),
            long_description: self.long_description.to_string(),
            technologies: self.technologies.clone(),
            developer_tools: self.developer_tools.clone(),
            supported_regions: labels(&self.supported_regions.iter().map(|l| l.label()).collect::<Vec<_>>()),
            preferred_event_types: labels(&self.preferred_event_types.iter().map(|l| l.label()).collect::<Vec<_>>()),
            supported_community_types: labels(&self.supported_community_types.iter().map(|l| l.label()).collect::<Vec<_>>()),
            budget_range: self.budget.input(),
            available_sponsorship_types: labels(&self.sponsorship_types.iter().map(|l| l.label()).collect::<Vec<_>>()),
            primary_email: text(&self.primary_email),
            business_email: text(&self.business_email),
            dev_rel_email: text(&self.dev_rel_email),
            hiring_email: text(&self.hiring_email),
            billing_email: text(&self.billing_email),
            phone: self.phone.as_ref().map(ToString::to_string).unwrap_or_default(),
            brand_colors: self.brand_colors.clone(),
            boilerplate: self.boilerplate.to_string(),
            products: self.products.iter().map(Product::input).collect(),
            version,
        }
    }

    /// How complete it is. Only fields that help others to choose count; each as much as the next.
    pub fn completeness(&self) -> Completeness {
        let there = |field: &Field| match field {
            Field::Logo => self.logo.is_some(),
            Field::ShortDescription => !self.short_description.is_empty(),
            Field::LongDescription => !self.long_description.is_empty(),
            Field::Technologies => !self.technologies.is_empty() || !self.developer_tools.is_empty(),
            Field::SupportedRegions => !self.supported_regions.is_empty(),
            Field::PreferredEventTypes => !self.preferred_event_types.is_empty(),
            Field::SupportedCommunityTypes => !self.supported_community_types.is_empty(),
            Field::LegalName => !self.legal_name.is_empty(),
            _ => self.business_email.is_some() || self.dev_rel_email.is_some(),
        };
        let missing: Vec<Field> = COUNTED.iter().copied().filter(|field| !there(field)).collect();
        // What the application asked for is there by construction: half of the way.
        let asked = COUNTED.len();
        let percent = (asked + COUNTED.len() - missing.len()) * 100 / (asked + COUNTED.len());
        Completeness { percent: u32::try_from(percent).unwrap_or(100), missing }
    }
}

/// What completes a profile after the application, in the order in which it helps.
const COUNTED: [Field; 9] = [
    Field::Logo,
    Field::ShortDescription,
    Field::LongDescription,
    Field::Technologies,
    Field::SupportedRegions,
    Field::PreferredEventTypes,
    Field::SupportedCommunityTypes,
    Field::DevRelEmail,
    Field::LegalName,
];

/// How complete a profile is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completeness {
    /// 0 to 100.
    pub percent: u32,
    /// What is missing, most helpful first.
    pub missing: Vec<Field>,
}

#[cfg(test)]
mod tests {
    use super::super::tests::profile_input;
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_profile_typed_again_is_the_same() {
        let mut input = profile_input();
        input.technologies = vec!["Rust, rust; Postgres\nKubernetes".into()];
        input.phone = "+91 98765 43210".into();
        input.dev_rel_email = "devrel@acme.com".into();
        input.supported_regions = vec!["South Asia".into(), "Global".into()];
        let profile = input.parse().expect("in order");
        assert_eq!(profile.technologies, ["Rust", "PostgreSQL", "Kubernetes"]);
        assert_eq!(profile.input(7).parse().expect("in order"), profile);
        assert_eq!(profile.differences(&profile), []);
    }

    #[test]
    fn colours_are_read_in_their_spellings_and_kept_in_one() {
        let read = |typed: &[&str]| {
            let mut input = profile_input();
            input.brand_colors = typed.iter().map(|text| (*text).to_owned()).collect();
            input.parse().map(|profile| profile.brand_colors).map_err(|errors| errors.0)
        };
        assert_eq!(read(&["#1F6FEB, fff", "#ffffff"]).expect("colours"), ["#1f6feb", "#ffffff"]);
        assert_eq!(read(&[""]).expect("none"), Vec::<String>::new());
        for wrong in ["red", "#12345", "#12345g", "url(x)", "#1f6feb\u{0}"] {
            assert!(read(&[wrong]).is_err(), "{wrong}");
        }
        assert!(read(&["#111 #222 #333 #444 #555 #666 #777"]).is_err(), "seven");
    }

    #[test]
    fn problems_stand_beside_their_fields() {
        let mut input = profile_input();
        input.phone = "98765".into();
        input.hiring_email = "nobody".into();
        input.preferred_event_types = vec!["Party".into()];
        input.technologies = (0..40).map(|n| format!("t{n}")).collect();
        let FieldErrors(problems) = input.parse().expect_err("four problems");
        assert_eq!(problems.keys().collect::<Vec<_>>(), ["hiringEmail", "phone", "preferredEventTypes", "technologies"]);
    }

    #[test]
    fn completeness_counts_up_to_a_hundred() {
        let mut profile = profile_input().parse().expect("in order");
        assert_eq!(profile.completeness().percent, 50);
        assert_eq!(profile.completeness().missing.first(), Some(&Field::Logo));
        profile.logo = Some("id".into());
        let mut input = profile.input(1);
        input.short_description = "Short.".into();
        input.long_description = "Long.".into();
        input.technologies = vec!["Rust".into()];
        input.supported_regions = vec!["Global".into()];
        input.preferred_event_types = vec!["Hackathon".into()];
        input.supported_community_types = vec!["University club".into()];
        input.dev_rel_email = "devrel@acme.com".into();
        input.legal_name = "Acme Inc.".into();
        let mut full = input.parse().expect("in order");
        full.logo = Some("id".into());
        assert_eq!(full.completeness(), Completeness { percent: 100, missing: vec![] });
    }

    proptest! {
        #[test]
        fn whatever_is_typed_is_answered(text in ".{0,60}") {
            let input = ProfileInput { display_name: text.clone(), phone: text.clone(), technologies: vec![text.clone()],
                long_description: text.clone(), billing_email: text, ..profile_input() };
            let _ = input.parse();
        }
    }
}
