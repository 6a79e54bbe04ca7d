//! From the cells of a row to what they mean: parsed by the same types as what people type, with the identity of its website.
//! Looks nothing up.

use super::rules::{
    Choice, Target,
    events::{self, Cells, Plan},
    industries,
    mapping::{self, Mapping},
    organizations::{Entry, Rank, Site, shortened, without_brackets},
};
use crate::{
    features::organizations::{
        identity::{Identity, skeleton},
        rules::{application::company_name, products::Product},
        trust::{CheckResult, email_domain_check},
    },
    kernel::{
        labels::{Category, EntityType, Industry},
        text::{Email, Line, Paragraph, WebUrl},
    },
};

/// The longest short description of a profile.
const SHORT: usize = 280;

/// How the reason begins of a row whose mailbox could not be read: what follows may name a part of the mailbox.
pub const MAILBOX: &str = "Mailbox: ";
/// What stays of it once mailboxes are not kept any more.
pub const MAILBOX_FORGOTTEN: &str = "Mailbox: It could not be read.";

/// A row as it is kept.
#[derive(Debug, Clone)]
pub struct Stored {
    pub number: i32,
    pub cells: Vec<String>,
    pub choice: Option<Choice>,
}

/// An organization as a row tells of it.
#[derive(Debug, Clone)]
pub struct Told {
    pub name: Line,
    pub website: WebUrl,
    pub entity_type: EntityType,
    /// Nothing where the file does not say it in words that we know.
    pub industry: Option<Industry>,
    /// Does the row say anything of it at all?
    pub says_industry: bool,
    pub short_description: String,
    pub contact: Option<Email>,
    pub product: Product,
    /// What its picture is called in the file.
    pub logo: String,
    /// Of a community's past sponsors: at which event, as what.
    pub event: String,
    pub category: Option<Category>,
}

/// What a row is.
#[derive(Debug, Clone)]
pub struct Read {
    pub number: i32,
    pub title: String,
    pub unmapped: Vec<String>,
    pub entry: Option<Entry>,
    pub told: Option<Told>,
    pub event: Option<Plan>,
    pub problem: Option<String>,
}

/// Reads a row by the mapping.
pub fn read(target: Target, headings: &[String], mapping: &Mapping, row: &Stored) -> Read {
    let cell = |field: &str| {
        let place = mapping.get(field).and_then(|heading| headings.iter().position(|there| there == heading));
        place.and_then(|place| row.cells.get(place)).map_or("", |cell| cell.trim())
    };
    // What a spreadsheet would compute is no text of anybody's.
    let formula = mapping.keys().find(|field| cell(field).starts_with('='));
    if let Some(field) = formula {
        let heading = mapping.get(field).map_or(field.as_str(), String::as_str);
        return broken(row, cell("displayName"), format!("“{heading}” holds a formula. Save the values instead."));
    }
    match target {
        Target::Events => event(row, cell),
        Target::Organizations | Target::Sponsors => organization(row, target, mapping.contains_key(mapping::ENTITY_TYPE), cell),
    }
}

fn broken(row: &Stored, title: &str, problem: String) -> Read {
    let title: String = if title.is_empty() { "(no name)".to_owned() } else { title.chars().take(120).collect() };
    Read { number: row.number, title, unmapped: Vec::new(), entry: None, told: None, event: None, problem: Some(problem) }
}

fn event<'a>(row: &Stored, cell: impl Fn(&str) -> &'a str) -> Read {
    let cells = Cells {
        title: cell("title"),
        link: cell("registrationLink"),
        start: cell("startAt"),
        end: cell("endAt"),
        city: cell("city"),
        country: cell("country"),
        online: cell("online"),
        topics: cell("topics"),
        description: cell("descriptionMarkdown"),
    };
    match events::plan(cells) {
        Err(problem) => broken(row, cells.title, problem),
        Ok(plan) => Read {
            number: row.number,
            title: plan.title.clone(),
            unmapped: plan.unmapped.clone(),
            entry: None,
            told: None,
            event: Some(plan),
            problem: None,
        },
    }
}

/// `says_type`: does a column of the file say who sponsors and who is a partner? Where none does, the report says it once.
fn organization<'a>(row: &Stored, target: Target, says_type: bool, cell: impl Fn(&str) -> &'a str) -> Read {
    let typed = cell("displayName");
    let (name, website) = match (company_name(typed), WebUrl::parse(cell("website"))) {
        (Ok(name), Ok(website)) => (name, website),
        (Err(problem), _) => return broken(row, typed, format!("Name: {problem}")),
        (_, Err(problem)) => return broken(row, typed, format!("Website: {problem}")),
    };
    let identity = Identity::of(&website);
    let mut unmapped = Vec::new();
    let (heading, segment) = (cell("industry"), cell("segment"));
    let industry = industries::industry(heading, segment);
    if industry.is_none() && !(heading.is_empty() && segment.is_empty()) {
        let said = [heading, segment].into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" / ");
        unmapped.push(format!("industry “{said}”"));
    }
    let entity_type = match cell(mapping::ENTITY_TYPE) {
        "" => {
            if says_type {
                unmapped.push(format!("sponsor or partner: nothing stands there, so it is “{}”", EntityType::SponsorAndPartner));
            }
            EntityType::SponsorAndPartner
        }
        typed => EntityType::ALL.iter().copied().find(|it| it.label().eq_ignore_ascii_case(typed)).unwrap_or_else(|| {
            unmapped.push(format!("“{typed}” as sponsor or partner, so it is “{}”", EntityType::SponsorAndPartner));
            EntityType::SponsorAndPartner
        }),
    };
    let contact = match cell("contactEmail") {
        "" => None,
        typed => match Email::parse(typed) {
            // By the name: a mailbox is no title, which stays with the report.
            Err(problem) => return broken(row, name.as_str(), format!("{MAILBOX}{problem}")),
            Ok(email) => {
                let check = email_domain_check(email.domain(), identity.domain(), identity.is_shared());
                if check.result == CheckResult::Pass {
                    Some(email)
                } else {
                    unmapped.push("a mailbox that is not at the website's domain".to_owned());
                    None
                }
            }
        },
    };
    let category = match cell("category") {
        "" => None,
        typed => {
            let found = category(typed);
            if found.is_none() {
                unmapped.push(format!("“{typed}” as a category"));
            }
            found
        }
    };
    let about = shortened(cell("shortDescription"), SHORT);
    let short_description = match Paragraph::parse(&about, SHORT, "short description") {
        Ok(text) => text.to_string(),
        Err(_) => {
            unmapped.push("the description: it holds characters that no text has".to_owned());
            String::new()
        }
    };
    let kind: String = if target == Target::Sponsors { String::new() } else { shortened(segment, 80) };
    let product = Product::parse(name.as_str(), website.as_str(), &kind).unwrap_or_else(|_| Product {
        name: name.to_string(),
        url: website.to_string(),
        segment: String::new(),
    });
    let rank = if industries::is_membership(heading, segment) {
        Rank::Member
    } else if industries::is_provider(segment) || target == Target::Sponsors {
        Rank::Provider
    } else {
        Rank::Product
    };
    let entry = Entry {
        number: u32::try_from(row.number).unwrap_or_default(),
        name: name.to_string(),
        skeleton: skeleton(name.as_str()),
        plain: skeleton(without_brackets(name.as_str())),
        rank,
        site: Ok(site(&website, &identity)),
        choice: row.choice,
    };
    Read {
        number: row.number,
        title: name.to_string(),
        unmapped,
        entry: Some(entry),
        told: Some(Told {
            name,
            website,
            entity_type,
            industry,
            says_industry: !(heading.is_empty() && segment.is_empty()),
            short_description,
            contact,
            product,
            logo: cell("logo").to_owned(),
            event: cell("event").to_owned(),
            category,
        }),
        event: None,
        problem: None,
    }
}

/// A label of ours, whatever its case; "Gold" is a Gold Sponsor.
fn category(typed: &str) -> Option<Category> {
    let typed = typed.trim().to_lowercase();
    let is = |wanted: &str| Category::ALL.iter().copied().find(|it| it.label().to_lowercase() == wanted);
    is(&typed).or_else(|| is(&format!("{typed} sponsor")))
}

fn site(website: &WebUrl, identity: &Identity) -> Site {
    let path: Vec<&str> = website.path().split('/').filter(|part| !part.is_empty()).collect();
    let is_front = if identity.is_shared() {
        // The place itself, and nothing behind it.
        let depth = identity.key().split('/').count() - 1;
        path.len() <= depth
    } else {
        let host = website.host().strip_prefix("www.").unwrap_or(website.host());
        host == identity.key() && (path.is_empty() || (path.len() == 1 && is_door(path[0])))
    };
    Site { key: identity.key().to_owned(), shared: identity.is_shared(), is_front, skeleton: identity.skeleton() }
}

/// A first segment that is the front page in a language.
fn is_door(segment: &str) -> bool {
    let segment = segment.to_lowercase();
    let letters = |text: &str| text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_lowercase());
    let language = match segment.split_once(['-', '_']) {
        Some((language, land)) => letters(language) && letters(land),
        None => letters(&segment),
    };
    language || matches!(segment.as_str(), "home" | "index.html" | "index.php" | "index.htm")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site_of(text: &str) -> Site {
        let website = WebUrl::parse(text).expect("a website");
        site(&website, &Identity::of(&website))
    }

    #[test]
    fn front_pages() {
        for front in [
            "acme.com",
            "https://www.acme.com/",
            "acme.com/en",
            "acme.com/en-US/",
            "acme.com/home",
            "github.com/acme",
            "acme.github.io",
        ] {
            assert!(site_of(front).is_front, "{front}");
        }
        for part in ["acme.com/product", "cloud.acme.com", "acme.com/en/product", "github.com/acme/tool", "acme.github.io/tool"] {
            assert!(!site_of(part).is_front, "{part}");
        }
    }

    #[test]
    fn a_mailbox_that_cannot_be_read_is_no_title() {
        let headings = ["Name", "Website", "Mailbox"].map(str::to_owned);
        let fields = [("displayName", "Name"), ("website", "Website"), ("contactEmail", "Mailbox")];
        let mapping: Mapping = fields.map(|(field, heading)| (field.to_owned(), heading.to_owned())).into();
        for mailbox in ["nora.quill", "nora@quill@acme.com", "nora quill@acme.com", "nora@quill-home"] {
            let cells = ["Acme", "acme.com", mailbox].map(str::to_owned).to_vec();
            let read = read(Target::Organizations, &headings, &mapping, &Stored { number: 2, cells, choice: None });
            assert_eq!(read.title, "Acme", "{mailbox}");
            assert!(read.problem.as_deref().is_some_and(|it| it.starts_with(MAILBOX)), "{mailbox}: {:?}", read.problem);
        }
        assert!(MAILBOX_FORGOTTEN.starts_with(MAILBOX));
    }

    #[test]
    fn categories_as_people_write_them() {
        assert_eq!(category("gold"), Some(Category::GoldSponsor));
        assert_eq!(category("Community partner"), Some(Category::CommunityPartner));
        assert_eq!(category("Best friend"), None);
    }
}
