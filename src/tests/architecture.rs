//! The directions of the house, kept by reading its source: who may import whom, where SQL and clocks may stand, and that
//! lists in the database equal lists in the code.

use crate::town::story;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

/// Rooms, upstream first: a room may use the rooms before it.
const ROOMS: &[&str] = &[
    "accounts",
    "access",
    "blocks",
    "organizations",
    "communities",
    "members",
    "events",
    "partners",
    "opportunities",
    "watching",
    "profiles",
    "embeds",
    "requests",
    "decisions",
    "imports",
    "moderation",
    "exports",
    "notifications",
];

fn source() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src")
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap_or_else(|_| panic!("{} is missing", folder.display())) {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// The code lines of a file: no comments, nothing after its tests begin.
fn code(path: &Path) -> Vec<(usize, String)> {
    fs::read_to_string(path)
        .unwrap()
        .lines()
        .enumerate()
        .take_while(|(_, line)| !line.trim_start().starts_with("#[cfg(test)]"))
        .filter(|(_, line)| !line.trim_start().starts_with("//"))
        .map(|(index, line)| (index + 1, line.to_owned()))
        .collect()
}

fn name(path: &Path) -> String {
    path.strip_prefix(source()).unwrap().to_string_lossy().into_owned()
}

/// Every `crate::a::b` that a file names, also inside `use crate::{ … }` groups.
fn imports(path: &Path) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let mut group: Option<String> = None;
    for (line, text) in code(path) {
        if let Some(open) = &mut group {
            open.push_str(&text);
        } else if text.trim_start().starts_with("use crate::{") {
            group = Some(text.clone());
        } else {
            let mut rest = text.as_str();
            while let Some(at) = rest.find("crate::") {
                rest = &rest[at + 7..];
                let path: String = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_' || *c == ':').collect();
                found.push((line, path));
            }
        }
        if let Some(open) = &group
            && open.matches('{').count() == open.matches('}').count()
        {
            for path in flatten(open.trim_start().trim_start_matches("use crate::")) {
                found.push((line, path));
            }
            group = None;
        }
    }
    found
}

/// `{a::{b, c}, d}` to `a::b`, `a::c`, `d`.
fn flatten(group: &str) -> Vec<String> {
    fn walk(text: &mut std::iter::Peekable<std::str::Chars<'_>>, prefix: &str, out: &mut Vec<String>) {
        let mut word = String::new();
        while let Some(c) = text.next() {
            match c {
                '{' => {
                    walk(text, &format!("{prefix}{word}"), out);
                    word.clear();
                }
                ',' | '}' => {
                    if !word.is_empty() {
                        out.push(format!("{prefix}{word}"));
                        word.clear();
                    }
                    if c == '}' {
                        return;
                    }
                }
                c if c.is_whitespace() || c == ';' => {}
                c => word.push(c),
            }
        }
    }
    let mut out = Vec::new();
    let inner = group.trim().trim_end_matches(';').trim_start_matches('{');
    walk(&mut inner.chars().peekable(), "", &mut out);
    out
}

fn assert_none(faults: Vec<String>, law: &str) {
    assert!(faults.is_empty(), "{law}:\n{}", faults.join("\n"));
}

#[test]
fn inner_layers_never_see_outer_ones() {
    let forbidden: [(&str, &[&str]); 5] = [
        ("kernel", &["platform", "features", "ui", "app", "http", "seeds"]),
        ("platform", &["features", "app", "http", "seeds"]),
        ("ui", &["features", "app", "http", "seeds"]),
        ("features", &["app", "http", "seeds"]),
        ("app", &["http", "seeds"]),
    ];
    let mut faults = Vec::new();
    for (layer, banned) in forbidden {
        for file in files(&source().join(layer)) {
            for (line, import) in imports(&file) {
                let first = import.split("::").next().unwrap_or_default();
                if banned.contains(&first) {
                    faults.push(format!("{}:{line} {layer} uses crate::{import}", name(&file)));
                }
            }
        }
    }
    assert_none(faults, "kernel < platform | ui < features < app < http < seeds");
}

#[test]
fn rooms_look_upstream_only_and_stores_are_private() {
    let mut faults = Vec::new();
    for (place, room) in ROOMS.iter().enumerate() {
        let folder = source().join("features").join(room);
        for file in files(&folder) {
            let own = file.strip_prefix(&folder).unwrap().to_string_lossy().into_owned();
            for (line, import) in imports(&file) {
                let mut parts = import.split("::");
                if parts.next() != Some("features") {
                    continue;
                }
                let Some(other) = parts.next() else { continue };
                if let Some(at) = ROOMS.iter().position(|r| *r == other)
                    && at > place
                {
                    faults.push(format!("{}:{line} looks downstream: {import}", name(&file)));
                }
                if other != *room && parts.next() == Some("store") {
                    faults.push(format!("{}:{line} reaches another room's tables: {import}", name(&file)));
                }
            }
            let pure = ["rules.rs", "policy.rs", "views.rs"].contains(&own.as_str()) || own.starts_with("rules/");
            if pure {
                for (line, text) in code(&file) {
                    for banned in ["crate::platform", "sqlx", "tokio", "async fn", "rand::", "Utc::now"] {
                        if text.contains(banned) {
                            faults.push(format!("{}:{line} is pure, but has {banned}", name(&file)));
                        }
                    }
                }
            }
            if !own.starts_with("store") {
                for (line, text) in code(&file) {
                    if text.contains("sqlx::query") || text.contains("QueryBuilder") {
                        faults.push(format!("{}:{line} has SQL outside its store", name(&file)));
                    }
                }
            }
        }
    }
    assert_none(faults, "rooms, upstream first; rules are pure; SQL is the store's");
}

/// Codes of one word, by hand (a story that meets another fails: `town.rs`); those of several are known by their look.
const SHORT_CODES: [&str; 9] =
    ["AGREED", "BUSY", "DISABLED", "FORBIDDEN", "INTERNAL", "MERGED", "REJECTED", "SUSPENDED", "UNAUTHENTICATED"];

#[test]
fn every_code_of_a_refusal_is_in_the_document() {
    let of_pages_or_of_start = |short: &str| {
        let folders =
            ["tests/", "app/", "ui/", "seeds/"].iter().any(|folder| short.starts_with(folder)) || short.contains("/ui/");
        let files = [
            "forms.rs",
            "tests.rs",
            "server_fns.rs",
            "ui.rs",
            "http/site.rs",
            "http/codes.rs",
            "main.rs",
            "config.rs",
            "cluster.rs",
        ];
        folders || files.iter().any(|file| short.ends_with(file))
    };
    let mut said: BTreeSet<String> = SHORT_CODES.map(str::to_owned).into();
    for file in files(&source()).iter().filter(|file| !of_pages_or_of_start(&name(file))) {
        for (_, text) in code(file) {
            let words = text.split('"').skip(1).step_by(2);
            let is_code = |word: &&str| {
                word.contains('_')
                    && word.starts_with(|c: char| c.is_ascii_uppercase())
                    && word.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
            };
            said.extend(words.filter(is_code).filter(|word| !word.starts_with("COMMDESK_")).map(str::to_owned));
        }
    }
    let listed: BTreeSet<String> = commdesk::http::codes::CODES.iter().map(|code| (*code).to_owned()).collect();
    assert_eq!(said, listed, "`http/codes.rs` is what rules, services and REST say");
    assert!(commdesk::http::codes::CODES.is_sorted());
}

/// Two of one name are one in the document: the one that came last describes both.
#[test]
fn every_schema_of_the_document_has_a_name_of_its_own() {
    let mut named: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for file in files(&source()).iter().filter(|file| !name(file).starts_with("tests/")) {
        let (mut is_described, mut given) = (false, None);
        for (line, text) in code(file) {
            let text = text.trim();
            let word = |text: &str| text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
            if text.starts_with("#[") {
                is_described |= text.contains("ToSchema");
                if let Some((_, rest)) = text.split_once("schema(as = ") {
                    given = Some(word(rest));
                }
            } else if !text.is_empty() {
                let own = ["struct ", "enum "].iter().find_map(|kind| text.split_once(kind).map(|(_, rest)| word(rest)));
                if let Some(own) = own.filter(|_| is_described) {
                    named.entry(given.take().unwrap_or(own)).or_default().push(format!("{}:{line}", name(file)));
                }
                (is_described, given) = (false, None);
            }
        }
    }
    assert!(named.len() > 50, "the derives are found");
    let faults = named.into_iter().filter(|(_, places)| places.len() > 1);
    assert_none(
        faults.map(|(name, places)| format!("{name}: {}", places.join(", "))).collect(),
        "`schema(as = …)` tells them apart",
    );
}

#[test]
fn cfg_stands_in_front_of_mod_lines_only() {
    let mut faults = Vec::new();
    for file in files(&source()) {
        let short = name(&file);
        if short.starts_with("ui/browser/") || short.starts_with("tests/") {
            continue;
        }
        let lines = code(&file);
        for (index, (line, text)) in lines.iter().enumerate() {
            if text.trim_start().starts_with("#[cfg(feature") {
                let next = lines[index + 1..].iter().map(|(_, t)| t.trim()).find(|t| !t.starts_with("#["));
                let fine =
                    next.is_some_and(|t| ["mod ", "pub mod ", "pub(crate) mod ", "pub use "].iter().any(|p| t.starts_with(p)));
                if !fine {
                    faults.push(format!("{short}:{line} {text}"));
                }
            }
        }
    }
    assert_none(faults, "`cfg` stands in front of `mod` (and of the `use` that shows it)");
}

#[test]
fn no_statement_reads_the_databases_clock() {
    let mut faults = Vec::new();
    let migrations = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("migrations");
    for entry in fs::read_dir(migrations).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|ending| ending == "sql") {
            for (index, line) in fs::read_to_string(&path).unwrap().lines().enumerate() {
                let line = line.split("--").next().unwrap_or_default().to_lowercase();
                if ["now()", "current_timestamp", "current_date", "clock_timestamp"].iter().any(|c| line.contains(c)) {
                    faults.push(format!("{}:{} {line}", path.display(), index + 1));
                }
            }
        }
    }
    for file in files(&source()) {
        for (line, text) in code(&file) {
            let lower = text.to_lowercase();
            let sql_clock = ["current_timestamp", "clock_timestamp(", "statement_timestamp("].iter().any(|c| lower.contains(c))
                || [" now()", "(now()", ",now()"].iter().any(|c| text.contains(c))
                    && (lower.contains("select") || lower.contains("where") || lower.contains("values"));
            if sql_clock && !name(&file).starts_with("tests/") {
                faults.push(format!("{}:{line} {text}", name(&file)));
            }
        }
    }
    assert_none(faults, "time arrives as a parameter");
}

#[test]
fn html_is_raw_in_one_place() {
    let mut faults = Vec::new();
    for file in files(&source()) {
        let short = name(&file);
        for (line, text) in code(&file) {
            if ["inner_html", "InertElement"].iter().any(|way| text.contains(way))
                && short != "ui/parts.rs"
                && !short.starts_with("tests/")
            {
                faults.push(format!("{short}:{line} inner_html"));
            }
            // A text that became one of the source's would go through `Markup` as it is.
            if text.contains("leak(") && !short.starts_with("tests/") {
                faults.push(format!("{short}:{line} a text for ever"));
            }
            if text.contains("from_sanitiser(")
                && !["platform/markdown.rs", "kernel/safe_html.rs"].contains(&short.as_str())
                && !short.starts_with("tests/")
            {
                faults.push(format!("{short}:{line} makes SafeHtml"));
            }
        }
    }
    assert_none(faults, "only sanitised Markdown, and markup of our own around escaped text, goes into a page as it is");
}

#[test]
fn every_use_of_the_systems_scope_is_known() {
    let mut uses = BTreeSet::new();
    for file in files(&source().join("features")) {
        for (_, text) in code(&file) {
            if let Some(at) = text.find("Scope::system(") {
                uses.insert(format!("{} {}", name(&file), text[at..].trim()));
            }
        }
    }
    insta::assert_snapshot!(uses.into_iter().collect::<Vec<_>>().join("\n"));
}

#[tokio::test]
async fn closed_lists_of_the_database_equal_those_of_the_code() {
    use commdesk::features::imports::rules::{State, Target};
    use commdesk::kernel::{
        actor::{CommunityStatus, OrganizationRole, Side, StaffRole, VerificationStatus},
        labels::{EntityType, EventFormat},
        money::Currency,
    };
    let labels = |list: Vec<&str>| list.into_iter().map(str::to_owned).collect::<BTreeSet<String>>();
    let wanted = [
        ("organizations", "verification_status", labels(VerificationStatus::ALL.iter().map(|s| s.label()).collect())),
        ("organizations", "entity_type", labels(EntityType::ALL.iter().map(|s| s.label()).collect())),
        ("organizations", "budget_currency", labels(Currency::ALL.iter().map(|s| s.code()).collect())),
        ("organization_members", "role", labels(OrganizationRole::ALL.iter().map(|s| s.label()).collect())),
        ("communities", "status", labels(CommunityStatus::ALL.iter().map(|s| s.label()).collect())),
        ("staff_roles", "role", labels(StaffRole::ALL.iter().map(|s| s.label()).collect())),
        ("events", "format", labels(EventFormat::ALL.iter().map(|s| s.label()).collect())),
        ("events", "status", labels(vec!["Draft", "Upcoming", "Live", "Completed", "Archived"])),
        ("imports", "target", labels(Target::LABELS.to_vec())),
        ("imports", "state", labels(State::LABELS.to_vec())),
        ("requests", "turn", labels(Side::ALL.iter().map(|s| s.label()).collect())),
    ];
    story(async |town| {
        for (table, column, wanted) in wanted {
            let checks: Vec<String> = sqlx::query_scalar(
                "select pg_get_constraintdef(c.oid) from pg_constraint c join pg_attribute a on a.attrelid = c.conrelid
                 where c.contype = 'c' and c.conrelid = $1::regclass and a.attname = $2 and c.conkey = array[a.attnum]",
            )
            .bind(table)
            .bind(column)
            .fetch_all(&town.owner)
            .await
            .expect("constraints can be read");
            let found: BTreeSet<String> = checks
                .iter()
                .flat_map(|check| check.split('\'').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>())
                .collect();
            assert_eq!(found, wanted, "{table}.{column}");
        }
    })
    .await;
}

/// The lists that all of CommDesk shares lie beside the checkout, never in it. Without them this says so and compares nothing;
/// our own copy of the labels is compared everywhere (`kernel/labels.rs`).
#[test]
fn closed_lists_of_the_code_equal_those_that_commdesk_shares() {
    use commdesk::kernel::{
        labels::{
            Band, BenefitKind, Category, CommunityType, EntityType, EventCategory, EventFormat, EventType, Hue, Industry,
            MemberInterest, MemberRole, Region, RejectionReason, SponsorshipType, Tier,
        },
        money::Currency,
    };
    use serde_json::{Map, Value, json};
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/spec");
    if !folder.exists() {
        // Past the harness, which keeps to itself what a test that passes has printed.
        let words =
            format!("NOT COMPARED: {} is not on this machine, so closed lists are held by our own copy\n", folder.display());
        std::io::Write::write_all(&mut std::io::stderr(), words.as_bytes()).expect("said");
        return;
    }
    let text = fs::read_to_string(folder.join("constants.json")).expect("the shared lists, where the shared texts are");
    let shared: Map<String, Value> = serde_json::from_str(&text).expect("one object");
    let (sponsors, partners): (Vec<Category>, Vec<Category>) =
        Category::ALL.iter().copied().partition(|category| category.is_sponsor());
    let labels_of = |list: &[Category]| list.iter().map(|category| category.label()).collect::<Vec<_>>();
    let by_category = |said: fn(Category) -> &'static str| {
        Category::ALL.iter().map(|it| (it.label().to_owned(), json!(said(*it)))).collect::<Map<_, _>>()
    };
    let benefits = |tier: &Tier| tier.default_benefits().iter().map(|kind| kind.label()).collect::<Vec<_>>();
    // A band is its ends: the shared file names where each begins.
    let bands = |currency: &Currency| {
        let lower = |band: Band| band.lower().minor / currency.minor_per_major();
        for pair in Band::of(*currency).collect::<Vec<_>>().windows(2) {
            assert_eq!(pair[0].upper(), Some(pair[1].lower()), "bands touch");
        }
        Band::of(*currency).map(lower).collect::<Vec<_>>()
    };
    let ours: [(&str, Value); 19] = [
        ("EVENT_TYPE", json!(EventType::LABELS)),
        ("EVENT_CATEGORY", json!(EventCategory::LABELS)),
        ("SPONSOR_CATEGORY", json!(labels_of(&sponsors))),
        ("PARTNER_CATEGORY", json!(labels_of(&partners))),
        ("PARTNERS_AND_SPONSORS_TIER", json!(Tier::LABELS)),
        ("CATEGORY_TIER", json!(by_category(|category: Category| category.tier().label()))),
        ("CATEGORY_HUE", json!(by_category(|category: Category| category.hue().label()))),
        ("MEMBER_ROLES", json!(MemberRole::LABELS)),
        ("MEMBER_INTERESTS", json!(MemberInterest::LABELS)),
        ("CURRENCIES", json!(Currency::LABELS)),
        ("INDUSTRIES", json!(Industry::LABELS)),
        ("REGIONS", json!(Region::LABELS)),
        ("SPONSORSHIP_TYPES", json!(SponsorshipType::LABELS)),
        ("BUDGET_BANDS", Value::Object(Currency::ALL.iter().map(|it| (it.code().to_owned(), json!(bands(it)))).collect())),
        ("BENEFIT_KINDS", json!(BenefitKind::LABELS)),
        ("DEFAULT_BENEFITS", Value::Object(Tier::ALL.iter().map(|it| (it.label().to_owned(), json!(benefits(it)))).collect())),
        ("COMMUNITY_TYPES", json!(CommunityType::LABELS)),
        ("EVENT_FORMATS", json!(EventFormat::LABELS)),
        ("ENTITY_TYPES", json!(EntityType::LABELS)),
    ];
    for (key, list) in &ours {
        assert_eq!(shared.get(*key), Some(list), "{key}");
    }
    assert_eq!(shared["REJECTION_REASONS"], json!(RejectionReason::LABELS));
    let rules = shared["CATEGORY_ACCENT_RULES"].as_array().expect("a list");
    assert_eq!(json!(Hue::LABELS), rules.iter().map(|rule| rule["hue"].clone()).collect::<Value>());
    for category in Category::ALL {
        // The first rule with a word of the tier's or of the label's.
        let words = category.label().to_lowercase();
        let holds = |rule: &&Value| {
            let mut keywords = rule["keywords"].as_array().into_iter().flatten().filter_map(Value::as_str);
            keywords.any(|keyword| words.split(' ').any(|word| word == keyword))
        };
        let rule = rules.iter().find(holds).unwrap_or_else(|| panic!("no rule holds for {}", category.label()));
        assert_eq!(rule["hue"], category.hue().label(), "{category}");
    }

    // What the file says and nothing here uses; a list that is new to it asks to be compared.
    let unused = ["BUDGET_BANDS_NOTE", "EVENT_TABS", "LEAD_SCORES", "LEAD_INTENT"];
    let known: BTreeSet<&str> =
        ours.iter().map(|(key, _)| *key).chain(["REJECTION_REASONS", "CATEGORY_ACCENT_RULES"]).chain(unused).collect();
    let said: BTreeSet<&str> = shared.keys().map(String::as_str).collect();
    assert_eq!(said, known);
}

#[tokio::test]
async fn every_cached_query_can_be_prepared() {
    let cache = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(".sqlx");
    story(async |town| {
        let mut count = 0;
        for entry in fs::read_dir(&cache).expect("the committed query cache") {
            let text = fs::read_to_string(entry.unwrap().path()).unwrap();
            let query: serde_json::Value = serde_json::from_str(&text).unwrap();
            let statement = query["query"].as_str().expect("a query");
            sqlx::raw_sql(sqlx::AssertSqlSafe(format!("prepare q{count} as {statement}")))
                .execute(&town.owner)
                .await
                .unwrap_or_else(|error| panic!("{error}: {statement}"));
            count += 1;
        }
        assert!(count > 20, "the cache is empty");
    })
    .await;
}

/// Without scripts a refused form is its page again: folded away, nobody would see what is wrong with it.
#[test]
fn a_form_that_is_folded_away_says_when_it_is_open() {
    let mut faults = Vec::new();
    for path in files(&source().join("features")) {
        let text = fs::read_to_string(&path).unwrap();
        for part in text.split("<details").skip(1) {
            let (tag, rest) = part.split_once('>').unwrap_or((part, ""));
            let inside = rest.split("</details>").next().unwrap_or_default();
            if inside.contains("<PostForm") && !tag.contains(" open=") {
                faults.push(format!("{}: {}", path.display(), inside.trim().lines().next().unwrap_or_default()));
            }
        }
    }
    assert!(faults.is_empty(), "`open=came_back(…)` is missing:\n{}", faults.join("\n"));
}
