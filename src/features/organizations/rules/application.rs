//! What somebody types who wants to join, and what it means: one parse for the browser, the form and the API.

use crate::kernel::{
    fields::{Answers, Check, FieldErrors},
    labels::{Band, EntityType, Industry, SponsorshipType, labels},
    money::{Currency, Money, MoneyRange},
    pictures,
    text::{Email, Line, Paragraph, PersonName, WebUrl},
};
use serde::{Deserialize, Deserializer, Serialize, de::Error as _};
use serde_json::Value;

labels! {
    /// The steps of `/become-sponsor`; each shows and checks some of the fields.
    ApplicationStep, "a step" {
        Company = "company",
        Offer = "offer",
        Send = "send",
    }
}

impl ApplicationStep {
    pub const fn title(self) -> &'static str {
        match self {
            Self::Company => "Your company",
            Self::Offer => "What you offer",
            Self::Send => "Check and send",
        }
    }

    /// From 1.
    pub const fn number(self) -> usize {
        self as usize + 1
    }

    pub fn next(self) -> Option<Self> {
        Self::ALL.get(self as usize + 1).copied()
    }

    /// Does the step ask for this field (a dotted path)?
    pub fn asks_for(self, path: &str) -> bool {
        let field = path.split('.').next().unwrap_or_default();
        match self {
            Self::Company => {
                matches!(field, "entityType" | "companyName" | "logo" | "website" | "officialEmail" | "contactName" | "industry")
            }
            Self::Offer => matches!(field, "budgetRange" | "sponsorshipTypes" | "shortDescription"),
            Self::Send => true,
        }
    }
}

/// An application as it is typed. A form's logo travels beside it, as a file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", default)]
pub struct ApplicationInput {
    /// `Sponsor`, `Partner` or `Sponsor and partner`.
    pub entity_type: String,
    #[serde(alias = "displayName")]
    pub company_name: String,
    pub website: String,
    #[serde(alias = "primaryEmail")]
    pub official_email: String,
    /// Who applies; optional, their mails then greet the company.
    pub contact_name: String,
    pub industry: String,
    pub budget_range: BudgetInput,
    #[serde(alias = "availableSponsorshipTypes")]
    pub sponsorship_types: Vec<String>,
    pub short_description: String,
    /// Over the API only: the picture as base64, with or without `data:…;base64,` before it. A PNG, JPEG, WebP or SVG of up to
    /// 2 MB, as on the form.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub logo: String,
}

/// An application that is in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Application {
    pub entity_type: EntityType,
    pub display_name: Line,
    pub website: WebUrl,
    pub primary_email: Email,
    pub contact_name: PersonName,
    pub industry: Industry,
    pub budget: Budget,
    pub sponsorship_types: Vec<SponsorshipType>,
    pub short_description: Paragraph,
}

/// What is wrong with a step of the form as it was typed: said by the browser before it sends the step, and by the server. What
/// nobody can know without reading the picture, the server says alone.
pub fn problems(typed: &dyn Answers, step: ApplicationStep, has_logo: bool) -> FieldErrors {
    let mut problems = ApplicationInput::default().with(typed, step).check_step(step).err().unwrap_or_default();
    if step == ApplicationStep::Company {
        match typed.chosen("logo") {
            0 if !has_logo => problems.add("logo", "Choose a logo: a PNG, JPEG, WebP or SVG file."),
            size if size > pictures::MAX_BYTES => problems.add("logo", pictures::too_heavy()),
            _ => {}
        }
    }
    problems
}

/// [`problems`] of the first step, where no logo is kept yet.
pub fn company_problems(typed: &dyn Answers) -> FieldErrors {
    problems(typed, ApplicationStep::Company, false)
}

/// [`problems`] of the first step, where a logo is kept.
pub fn kept_company_problems(typed: &dyn Answers) -> FieldErrors {
    problems(typed, ApplicationStep::Company, true)
}

/// [`problems`] of the second step.
pub fn offer_problems(typed: &dyn Answers) -> FieldErrors {
    problems(typed, ApplicationStep::Offer, true)
}

impl ApplicationInput {
    /// This, with what a step asks for as it was typed.
    #[must_use]
    pub fn with(self, typed: &dyn Answers, step: ApplicationStep) -> Self {
        match step {
            ApplicationStep::Company => Self {
                entity_type: typed.owned("entityType"),
                company_name: typed.owned("companyName"),
                website: typed.owned("website"),
                official_email: typed.owned("officialEmail"),
                contact_name: typed.owned("contactName"),
                industry: typed.owned("industry"),
                ..self
            },
            ApplicationStep::Offer => Self {
                budget_range: BudgetInput::typed(typed),
                sponsorship_types: typed.all("sponsorshipTypes"),
                short_description: typed.owned("shortDescription"),
                ..self
            },
            ApplicationStep::Send => self,
        }
    }

    /// # Errors
    /// Every problem, by the field's path on the wire.
    pub fn parse(&self) -> Result<Application, FieldErrors> {
        let mut check = Check::default();
        let entity_type = check.take("entityType", EntityType::parse(self.entity_type.trim()));
        let display_name = check.take("companyName", company_name(&self.company_name));
        let website = check.take("website", WebUrl::parse(&self.website));
        let primary_email = check.take("officialEmail", Email::parse(&self.official_email));
        let contact_name = check.take("contactName", self.contact());
        let industry = check.take("industry", Industry::parse(self.industry.trim()));
        let budget = self.budget_range.check(&mut check);
        let sponsorship_types = choices(&mut check, "sponsorshipTypes", &self.sponsorship_types, SponsorshipType::parse);
        check.ensure("sponsorshipTypes", self.sponsorship_types.iter().any(|t| !t.trim().is_empty()), "Choose at least one.");
        let short_description = check.take("shortDescription", Paragraph::parse(&self.short_description, 280, "description"));
        check.finish()?;
        let whole = || {
            Some(Application {
                entity_type: entity_type?,
                display_name: display_name?,
                website: website?,
                primary_email: primary_email?,
                contact_name: contact_name?,
                industry: industry?,
                budget: budget?,
                sponsorship_types: sponsorship_types?,
                short_description: short_description?,
            })
        };
        Ok(whole().expect("a part that did not parse has left a problem, and there is none"))
    }

    /// Is what this step asks for in order?
    ///
    /// # Errors
    /// The problems of this step's fields only.
    pub fn check_step(&self, step: ApplicationStep) -> Result<(), FieldErrors> {
        let Err(FieldErrors(all)) = self.parse() else { return Ok(()) };
        let of_step: FieldErrors = FieldErrors(all.into_iter().filter(|(path, _)| step.asks_for(path)).collect());
        if of_step.is_empty() { Ok(()) } else { Err(of_step) }
    }

    /// The first step that still needs something; the last one when nothing is missing.
    pub fn first_open_step(&self, has_logo: bool) -> ApplicationStep {
        if !has_logo || self.check_step(ApplicationStep::Company).is_err() {
            ApplicationStep::Company
        } else if self.check_step(ApplicationStep::Offer).is_err() {
            ApplicationStep::Offer
        } else {
            ApplicationStep::Send
        }
    }

    fn contact(&self) -> Result<PersonName, String> {
        if !self.contact_name.trim().is_empty() {
            return PersonName::parse(&self.contact_name).map_err(|problem| problem.to_string());
        }
        let name: String = self.company_name.trim().chars().take(80).collect();
        PersonName::parse(&format!("{name} team")).map_err(|_| "Enter your name.".to_owned())
    }
}

/// A company's name: 2 to 100 characters, with a letter or digit.
///
/// # Errors
/// Says what to change.
pub fn company_name(text: &str) -> Result<Line, String> {
    let line = Line::parse(text, 2, 100, "company name").map_err(|problem| problem.to_string())?;
    let name = line.as_str().to_lowercase();
    if !name.chars().any(char::is_alphanumeric) {
        return Err("Enter a company name with letters in it.".into());
    }
    // "Compute@Edge" is a name; what has a dot behind its @ is a mailbox.
    let is_mailbox = |word: &str| word.split_once('@').is_some_and(|(_, domain)| domain.contains('.'));
    if name.contains("://") || name.contains("www.") || name.contains(['<', '>']) || name.split_whitespace().any(is_mailbox) {
        return Err("Enter only the name; the address has a field of its own.".into());
    }
    Ok(line)
}

/// Several labels of one list, each once, in the list's order; the first unknown one is the problem.
pub(super) fn choices<T: Copy + Ord, E: ToString>(
    check: &mut Check,
    path: &str,
    typed: &[String],
    parse: impl Fn(&str) -> Result<T, E>,
) -> Option<Vec<T>> {
    let parsed: Result<Vec<T>, E> = typed.iter().map(|label| label.trim()).filter(|label| !label.is_empty()).map(parse).collect();
    let mut chosen = check.take(path, parsed)?;
    chosen.sort_unstable();
    chosen.dedup();
    Some(chosen)
}

// ── Budgets ─────────────────────────────────────────────────────────────────────────────────────────────────────────

/// A budget as it is typed: the key of a band, or two amounts in major units with their currency. On the wire
/// `"INR:200000-500000"`, `{"band": …}` or `{"min": 200000, "max": 500000, "currency": "INR"}`; amounts may be numbers or
/// texts, and are read from their own digits.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "server", schema(as = ApplicationBudgetInput))]
#[serde(rename_all = "camelCase", default)]
pub struct BudgetInput {
    pub band: String,
    pub currency: String,
    pub min: String,
    /// Empty: no upper end.
    pub max: String,
}

impl BudgetInput {
    pub fn band(key: impl Into<String>) -> Self {
        Self { band: key.into(), ..Self::default() }
    }

    /// As a form has it.
    pub fn typed(typed: &dyn Answers) -> Self {
        Self {
            band: typed.owned("budgetRange.band"),
            currency: typed.owned("budgetRange.currency"),
            min: typed.owned("budgetRange.min"),
            max: typed.owned("budgetRange.max"),
        }
    }

    /// Parses; problems are noted under `budgetRange.…`.
    pub fn check(&self, check: &mut Check) -> Option<Budget> {
        if !self.band.trim().is_empty() || (self.currency.trim().is_empty() && self.min.trim().is_empty()) {
            let band = check.take("budgetRange.band", Band::parse(self.band.trim()))?;
            return Some(Budget { min: band.lower(), max: band.upper() });
        }
        let currency = check.take("budgetRange.currency", Currency::parse(self.currency.trim()))?;
        let min = check.take("budgetRange.min", Money::parse_major(&self.min, currency));
        let max = match self.max.trim() {
            "" => Some(None),
            text => check.take("budgetRange.max", Money::parse_major(text, currency)).map(Some),
        };
        let (min, max) = (min?, max?);
        if let Some(max) = max {
            check.take("budgetRange.min", MoneyRange::new(min, max))?;
        }
        Some(Budget { min, max })
    }
}

impl<'de> Deserialize<'de> for BudgetInput {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = |value: Option<&Value>| match value {
            None | Some(Value::Null) => Ok(String::new()),
            Some(Value::String(text)) => Ok(text.clone()),
            Some(Value::Number(number)) => Ok(number.to_string()),
            Some(_) => Err(D::Error::custom("a budget's amounts are numbers or texts")),
        };
        match Value::deserialize(deserializer)? {
            Value::Null => Ok(Self::default()),
            Value::String(band) => Ok(Self::band(band)),
            Value::Object(object) => Ok(Self {
                band: text(object.get("band"))?,
                currency: text(object.get("currency"))?,
                min: text(object.get("min"))?,
                max: text(object.get("max"))?,
            }),
            _ => Err(D::Error::custom("a budget range is a band's key, or an object with min, max and currency")),
        }
    }
}

/// How much somebody gives: from `min` (included), up to `max` if there is an upper end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    pub min: Money,
    pub max: Option<Money>,
}

impl Budget {
    /// From the columns, in minor units.
    pub const fn of(currency: Currency, min: i64, max: Option<i64>) -> Self {
        let max = match max {
            Some(minor) => Some(Money { minor, currency }),
            None => None,
        };
        Self { min: Money { minor: min, currency }, max }
    }

    pub const fn currency(self) -> Currency {
        self.min.currency
    }

    /// The band that it is, if it is one.
    pub fn band(self) -> Option<Band> {
        Band::of(self.currency()).find(|band| band.lower() == self.min && band.upper() == self.max)
    }

    /// Nobody has said anything: from nothing, without an end.
    pub const fn is_unsaid(self) -> bool {
        self.min.minor == 0 && self.max.is_none()
    }

    /// For people: "₹2L – ₹5L", "$10,000 and more".
    pub fn label(self) -> String {
        if self.is_unsaid() {
            return "Not said yet".to_owned();
        }
        if let Some(band) = self.band() {
            return band.label();
        }
        match self.max.and_then(|max| MoneyRange::new(self.min, max).ok()) {
            Some(range) => range.format(),
            None => format!("{} and more", self.min.format_round()),
        }
    }

    /// As it would be typed.
    pub fn input(self) -> BudgetInput {
        match self.band() {
            Some(band) => BudgetInput::band(band.key()),
            None => BudgetInput {
                band: String::new(),
                currency: self.currency().code().to_owned(),
                min: self.min.to_major_string(),
                max: self.max.map(Money::to_major_string).unwrap_or_default(),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn acme() -> ApplicationInput {
        ApplicationInput {
            entity_type: "Sponsor".into(),
            company_name: " Acme  Cloud ".into(),
            website: "WWW.Acme.com".into(),
            official_email: "Asha@Acme.com".into(),
            contact_name: "Asha Rao".into(),
            industry: "Cloud and infrastructure".into(),
            budget_range: BudgetInput::band("INR:200000-500000"),
            sponsorship_types: vec!["Swag".into(), "Cash".into(), "Swag".into()],
            short_description: "Servers for students.".into(),
            logo: String::new(),
        }
    }

    #[test]
    fn an_application_in_order_is_tidied() {
        let application = acme().parse().expect("in order");
        assert_eq!(application.display_name.as_str(), "Acme Cloud");
        assert_eq!(application.website.as_str(), "https://www.acme.com/");
        assert_eq!(application.sponsorship_types, [SponsorshipType::Cash, SponsorshipType::Swag]);
        assert_eq!(application.budget.label(), "₹2L – ₹5L");
    }

    #[test]
    fn every_problem_is_named_at_once_and_belongs_to_one_step() {
        let FieldErrors(problems) = ApplicationInput::default().parse().expect_err("empty");
        let paths: Vec<&str> = problems.keys().map(String::as_str).collect();
        let expected = ["budgetRange.band", "companyName", "contactName", "entityType", "industry", "officialEmail"];
        // An empty company name leaves nothing to make a contact of, which is said at the contact too.
        for path in expected.into_iter().filter(|path| *path != "contactName") {
            assert!(paths.contains(&path), "{path} in {paths:?}");
        }
        for path in paths {
            let steps = [ApplicationStep::Company, ApplicationStep::Offer];
            assert_eq!(steps.iter().filter(|step| step.asks_for(path)).count(), 1, "{path}");
        }
    }

    #[test]
    fn a_step_says_only_its_own_problems() {
        let half = ApplicationInput { sponsorship_types: vec![], budget_range: BudgetInput::default(), ..acme() };
        assert!(half.check_step(ApplicationStep::Company).is_ok());
        let offer = half.check_step(ApplicationStep::Offer).expect_err("nothing offered");
        assert_eq!(offer.0.keys().collect::<Vec<_>>(), ["budgetRange.band", "sponsorshipTypes"]);
        assert_eq!(half.first_open_step(true), ApplicationStep::Offer);
        assert_eq!(acme().first_open_step(false), ApplicationStep::Company);
        assert_eq!(acme().first_open_step(true), ApplicationStep::Send);
    }

    /// A form as it was filled in, with a file of some size.
    struct Filled(&'static [(&'static str, &'static str)], usize);

    impl Answers for Filled {
        fn owned(&self, name: &str) -> String {
            self.all(name).into_iter().next().unwrap_or_default()
        }

        fn all(&self, name: &str) -> Vec<String> {
            self.0.iter().filter(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned()).collect()
        }

        fn chosen(&self, _: &str) -> usize {
            self.1
        }
    }

    #[test]
    fn a_step_is_checked_as_it_was_typed() {
        const COMPANY: &[(&str, &str)] = &[
            ("entityType", "Sponsor"),
            ("companyName", "Acme Cloud"),
            ("website", "acme.com"),
            ("officialEmail", "asha@acme.com"),
            ("industry", "Security"),
        ];
        let said = |problems: FieldErrors| problems.0.into_keys().collect::<Vec<_>>();
        assert_eq!(company_problems(&Filled(COMPANY, 1)), FieldErrors::default());
        assert_eq!(said(company_problems(&Filled(COMPANY, 0))), ["logo"]);
        assert_eq!(kept_company_problems(&Filled(COMPANY, 0)), FieldErrors::default());
        assert_eq!(said(kept_company_problems(&Filled(COMPANY, pictures::MAX_BYTES + 1))), ["logo"]);
        let empty = said(company_problems(&Filled(&[], 0)));
        assert_eq!(empty, ["companyName", "entityType", "industry", "logo", "officialEmail", "website"]);
        const OFFER: &[(&str, &str)] =
            &[("budgetRange.band", "INR:200000-500000"), ("sponsorshipTypes", "Cash"), ("sponsorshipTypes", "Swag")];
        assert_eq!(offer_problems(&Filled(OFFER, 0)), FieldErrors::default());
        assert_eq!(said(offer_problems(&Filled(&OFFER[..1], 0))), ["sponsorshipTypes"]);
    }

    #[test]
    fn a_budget_is_read_in_all_its_spellings() {
        let read = |json: &str| serde_json::from_str::<BudgetInput>(json).map_err(|error| error.to_string());
        let parse = |json: &str| {
            let mut check = Check::default();
            let budget = read(json).expect("readable").check(&mut check);
            check.finish().map(|()| budget.expect("no problem, so a budget").label()).map_err(|errors| errors.0)
        };
        assert_eq!(parse(r#""INR:200000-500000""#).expect("a band"), "₹2L – ₹5L");
        assert_eq!(parse(r#"{"band":"USD:250000-"}"#).expect("a band"), "$250,000 and more");
        assert_eq!(parse(r#"{"min":200000,"max":500000,"currency":"INR"}"#).expect("amounts"), "₹2L – ₹5L");
        assert_eq!(parse(r#"{"min":"100.50","max":200,"currency":"USD"}"#).expect("amounts"), "$100.50 – $200");
        assert_eq!(parse(r#"{"min":100,"currency":"USD"}"#).expect("amounts"), "$100 and more");
        assert!(parse(r#"{"min":500,"max":100,"currency":"USD"}"#).expect_err("upside down").contains_key("budgetRange.min"));
        assert!(parse(r#"{"min":1,"max":2,"currency":"XYZ"}"#).expect_err("unknown").contains_key("budgetRange.currency"));
        assert!(parse("null").expect_err("nothing").contains_key("budgetRange.band"));
        assert!(read("7").is_err());
    }

    #[test]
    fn a_contact_is_made_up_where_none_is_given() {
        let application = ApplicationInput { contact_name: String::new(), ..acme() }.parse().expect("in order");
        assert_eq!(application.contact_name.as_str(), "Acme Cloud team");
    }

    proptest! {
        #[test]
        fn a_budget_that_is_typed_again_is_the_same(min in 0_i64..1_000_000, more in 0_i64..1_000_000, open in any::<bool>()) {
            let budget = Budget::of(Currency::Eur, min * 100, (!open).then_some((min + more) * 100));
            let mut check = Check::default();
            prop_assert_eq!(budget.input().check(&mut check), Some(budget));
        }

        #[test]
        fn whatever_is_typed_is_answered(text in ".{0,60}") {
            let input = ApplicationInput { company_name: text.clone(), website: text.clone(), official_email: text.clone(),
                industry: text.clone(), budget_range: BudgetInput { min: text.clone(), currency: "INR".into(), ..BudgetInput::default() },
                sponsorship_types: vec![text], ..acme() };
            let _ = input.parse();
        }
    }
}
