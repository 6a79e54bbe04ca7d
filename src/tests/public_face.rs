//! What search engines, other sites and machines get of the public pages: nothing that a stranger may not open, and nothing
//! that breaks out of where it stands.

use crate::{
    common::signed_in,
    town::{sequel, story},
};
use axum::body::Body;
use commdesk::seeds;
use http::{Method, StatusCode};
use serde_json::{Value, json};
use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

const NASTY: &str = "</title></script><script>alert(1)</script><!-- & \u{2028} مؤتمر 🚀";

/// Everything that the page says to machines.
fn linked(page: &str) -> Vec<Value> {
    page.split("<script type=\"application/ld+json\">")
        .skip(1)
        .map(|rest| {
            let text = rest.split("</script>").next().unwrap_or_default();
            serde_json::from_str(text).unwrap_or_else(|problem| panic!("{problem}: {text}"))
        })
        .collect()
}

/// The first thing of a type in what a page says.
fn thing(page: &str, kind: &str) -> Value {
    linked(page)
        .iter()
        .flat_map(|said| said["@graph"].as_array().cloned().unwrap_or_default())
        .find(|it| it["@type"] == kind)
        .unwrap_or_else(|| panic!("no {kind}: {:?}", linked(page)))
}

#[tokio::test]
async fn the_sitemap_lists_what_everybody_may_open_and_nothing_else() {
    sequel(async |town| {
        // What staff have hidden, and what is offered at an event that they have hidden.
        for hide in [
            "update opportunities set hidden_reason = 'Spam' where id = (select min(id::text)::uuid from opportunities where status = 'Open')",
            "update events set hidden_reason = 'Spam' where slug = 'harbourconf'",
        ] {
            assert_eq!(sqlx::query(hide).execute(&town.owner).await.expect("hidden").rows_affected(), 1, "{hide}");
        }
        let mut visitor = town.visitor();
        let robots = visitor.open("/robots.txt").await;
        assert_eq!(robots.text, "User-agent: *\nDisallow: /\n", "a developer's machine is for nobody's index");
        let index = visitor.open("/sitemap.xml").await;
        assert_eq!((index.status, index.header("content-type")), (StatusCode::OK, "application/xml; charset=utf-8"));
        let locations = |text: &str| -> Vec<String> {
            text.split("<loc>").skip(1).filter_map(|rest| rest.split("</loc>").next()).map(str::to_owned).collect()
        };
        let lists = locations(&index.text);
        assert_eq!(lists.len(), 5, "{}", index.text);
        let mut all = Vec::new();
        for list in lists {
            let path = list.strip_prefix("http://127.0.0.1:3999").expect("our own address");
            let answer = visitor.open(path).await;
            assert_eq!(answer.status, StatusCode::OK, "{path}");
            assert!(answer.header("cache-control").starts_with("public"), "{path}");
            all.extend(locations(&answer.text));
        }
        for one in ["/directory/acme-cloud", "/events/hackfest", "/communities/apex-circle", "/opportunities"] {
            assert!(all.iter().any(|address| address.ends_with(one)), "{one} is missing: {all:?}");
        }
        for address in &all {
            let path = address.strip_prefix("http://127.0.0.1:3999").expect("our own address");
            assert_eq!(town.visitor().open(path).await.status, StatusCode::OK, "{path} is listed");
        }
        let hidden: Vec<String> = sqlx::query_scalar(
            "select slug from organizations where verification_status not in ('Verified', 'Community Added')
             union select slug from events where status = 'Draft' or not public_visible or hidden_reason is not null
             union select slug from communities where status not in ('approved', 'active')
             union select o.id::text from opportunities o join events e on e.id = o.event_id
                   where o.status <> 'Open' or o.hidden_reason is not null or e.hidden_reason is not null",
        )
        .fetch_all(&town.owner)
        .await
        .expect("rows");
        assert!(!hidden.is_empty(), "the demo has something to hide");
        for slug in hidden {
            assert!(!all.iter().any(|address| address.ends_with(&format!("/{slug}"))), "{slug} is listed");
        }
        for path in ["/sitemap/organizations-2.xml", "/sitemap/organizations-0.xml", "/sitemap/secrets-1.xml", "/sitemap/x"] {
            assert_eq!(visitor.open(path).await.status, StatusCode::NOT_FOUND, "{path}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_large_list_is_cut_into_pages_by_id() {
    sequel(async |town| {
        town.as_superuser(
            "set session_replication_role = replica;
             create table more as select o.* from organizations o where slug = 'acme-cloud';
             alter table more drop column search, drop column reputation;
             do $$ declare names text; begin
               select string_agg(quote_ident(column_name), ', ') into names from information_schema.columns where table_name = 'more' and column_name not in ('id', 'slug', 'identity_key');
               execute 'insert into organizations (id, slug, identity_key, ' || names || ') select gen_random_uuid(), ''copy-'' || n, ''copy'' || n || ''.example'', ' || names || ' from more, generate_series(1, 12000) n';
             end $$;
             drop table more;",
        )
        .await;
        let mut visitor = town.visitor();
        let index = visitor.open("/sitemap.xml").await;
        assert!(index.text.contains("organizations-2.xml") && !index.text.contains("organizations-3.xml"), "{}", index.text);
        let count = |text: &str| text.matches("<url>").count();
        let (first, second) =
            (visitor.open("/sitemap/organizations-1.xml").await, visitor.open("/sitemap/organizations-2.xml").await);
        let listed: i64 =
            sqlx::query_scalar("select count(*) from organizations where verification_status in ('Verified', 'Community Added')")
                .fetch_one(&town.owner)
                .await
                .expect("a count");
        assert_eq!((count(&first.text), count(&first.text) + count(&second.text)), (10_000, usize::try_from(listed).expect("few")));

        // After a list that is just full comes none.
        let left_over = listed - 10_000;
        town.as_superuser(&format!(
            "set session_replication_role = replica;
             delete from organizations where id in (select id from organizations where slug like 'copy-%' limit {left_over});"
        ))
        .await;
        town.house.clock.shift(2 * 3600);
        let index = visitor.open("/sitemap.xml").await;
        assert!(index.text.contains("organizations-1.xml") && !index.text.contains("organizations-2.xml"), "{}", index.text);
        assert_eq!(count(&visitor.open("/sitemap/organizations-1.xml").await.text), 10_000);
    })
    .await;
}

#[tokio::test]
async fn what_there_is_none_of_has_no_list() {
    story(async |town| {
        let mut visitor = town.visitor();
        let index = visitor.open("/sitemap.xml").await;
        assert_eq!((index.status, index.text.matches("<sitemap>").count()), (StatusCode::OK, 1), "{}", index.text);
        assert!(index.text.contains("/sitemap/pages.xml"), "{}", index.text);
        for kind in ["organizations", "communities", "events", "opportunities"] {
            assert_eq!(visitor.open(&format!("/sitemap/{kind}-1.xml")).await.status, StatusCode::NOT_FOUND, "{kind}");
        }
    })
    .await;
}

#[tokio::test]
async fn pages_say_what_they_are_to_machines_and_words_of_others_stay_words() {
    sequel(async |town| {
        let mut visitor = town.visitor();
        let landing = visitor.open("/").await;
        assert_eq!(thing(&landing.text, "WebSite")["potentialAction"]["@type"], "SearchAction");
        let page = visitor.open("/events/hackfest").await;
        let event = thing(&page.text, "Event");
        assert_eq!(event["name"], "HackFest");
        assert_eq!(event["organizer"]["name"], "Apex Circle");
        assert!(event["sponsor"].as_array().is_some_and(|all| !all.is_empty()), "{event}");
        assert!(event["startDate"].is_string() && event["eventAttendanceMode"].is_string(), "{event}");
        assert_eq!(thing(&page.text, "BreadcrumbList")["itemListElement"][1]["name"], "HackFest");
        let origin = "http://127.0.0.1:3999";
        let canonical = page.text.split("<link ").find(|tag| tag.contains("rel=\"canonical\"")).expect("an address of its own");
        assert!(canonical.contains(&format!("href=\"{origin}/events/hackfest\"")), "{canonical}");
        assert!(page.text.contains(&format!("content=\"{origin}/og/events/hackfest.png\"")));
        assert_eq!(page.text.matches("name=\"description\"").count(), 1);
        assert_eq!(thing(&visitor.open("/directory/acme-cloud").await.text, "Organization")["name"], "Acme Cloud");
        // Logos where a page begins are fetched at once; those further down wait until a reader comes near.
        for path in ["/directory/acme-cloud", "/directory", "/communities/apex-circle", "/events/hackfest"] {
            let page = visitor.open(path).await.text;
            let logo =
                page.split("<img ").find(|tag| tag.contains("logo__image")).unwrap_or_else(|| panic!("{path} has no logo"));
            let tag = logo.split('>').next().unwrap_or_default();
            assert!(tag.contains("loading=\"eager\"") || path.starts_with("/events/"), "{path}: {tag}");
            assert!(page.contains("loading=\"eager\""), "{path}");
        }
        let (id, least, most): (uuid::Uuid, i64, i64) = sqlx::query_as(
            "select o.id, o.budget_min, o.budget_max from opportunities o join events e on e.id = o.event_id
             where e.slug = 'hackfest' and o.status = 'Open' order by o.id limit 1",
        )
        .fetch_one(&town.owner)
        .await
        .expect("something is offered");
        let offered = format!("/opportunities/{id}");
        let page = visitor.open(&offered).await;
        let offer = thing(&page.text, "Offer");
        assert_eq!(offer["url"], format!("{origin}{offered}"));
        assert_eq!((&offer["offeredBy"]["name"], &offer["itemOffered"]["@type"]), (&json!("Apex Circle"), &json!("Service")));
        let price = &offer["priceSpecification"];
        let minor = |name: &str| price[name].as_f64().map(|amount| (amount * 100.0).round().to_string());
        assert_eq!((minor("minPrice"), minor("maxPrice")), (Some(least.to_string()), Some(most.to_string())), "{offer}");
        assert!(price["priceCurrency"].as_str().is_some_and(|code| code.len() == 3), "{offer}");
        assert!(offer["availability"].as_str().is_some_and(|it| it.starts_with("https://schema.org/")), "{offer}");
        assert_eq!(thing(&page.text, "BreadcrumbList")["itemListElement"][1]["name"], "HackFest");

        for statement in [
            "update events set title = $1, subtitle = $1 where slug = 'hackfest'",
            // Names of organizations have no such characters; their other words do.
            "update organizations set short_description = $1 where slug = 'acme-cloud'",
            "update communities set name = $1, bio = $1 where slug = 'apex-circle'",
            "update opportunities set description = $1
             where event_id = (select id from events where slug = 'hackfest')",
        ] {
            sqlx::query(statement).bind(NASTY).execute(&town.owner).await.expect("a nasty name");
        }
        for (path, kind, field) in [
            ("/events/hackfest", "Event", "name"),
            ("/directory/acme-cloud", "Organization", "description"),
            ("/communities/apex-circle", "Organization", "name"),
        ] {
            let page = visitor.open(path).await;
            assert_eq!(page.status, StatusCode::OK, "{path}");
            // A description is told in plain lines.
            let told = if field == "description" { NASTY.replace('\u{2028}', "\n") } else { NASTY.to_owned() };
            assert_eq!(thing(&page.text, kind)[field], told, "{path}");
            assert!(!page.text.contains("<script>alert"), "{path} lets words become a script");
            assert_eq!(page.text.matches("</title>").count(), 1, "{path} lets words end its title");
        }
        let page = visitor.open(&offered).await;
        assert!(thing(&page.text, "Offer")["name"].as_str().is_some_and(|name| name.ends_with(NASTY)), "{offered}");
        assert!(!page.text.contains("<script>alert"), "{offered} lets words become a script");
        assert_eq!(page.text.matches("</title>").count(), 1, "{offered} lets words end its title");
        let picture = visitor.open("/og/events/hackfest.png").await;
        assert_eq!((picture.status, picture.header("content-type")), (StatusCode::OK, "image/png"));
    })
    .await;
}

#[tokio::test]
async fn an_address_that_leads_nowhere_leads_on_to_its_own_list() {
    sequel(async |town| {
        let mut visitor = town.visitor();
        for (path, list, words) in [
            ("/communities/apex-cirle", "/communities", "apex cirle"),
            ("/events/hack-fst", "/events", "hack fst"),
            ("/opportunities/gold-place", "/opportunities", "gold place"),
            ("/directory/acme-clod", "/directory", "acme clod"),
            ("/nowhere", "/directory", "nowhere"),
        ] {
            let page = visitor.open(path).await;
            assert_eq!(page.status, StatusCode::NOT_FOUND, "{path}");
            let (before, own) =
                page.text.split_once("empty__search").unwrap_or_else(|| panic!("{path} has no search: {}", page.text));
            let (form, after) = own.split_once("</form>").expect("its end");
            let (_, tag) = before.rsplit_once("<form").expect("its beginning");
            let form = format!("{tag}{form}");
            assert!(form.contains(&format!("action=\"{list}\"")), "{path}: {form}");
            assert!(form.contains(&format!("value=\"{words}\"")), "{path}: {form}");
            for link in ["/opportunities", "/directory", "/communities", "/events"] {
                assert!(after.contains(&format!("<a href=\"{link}\"")), "{path} does not lead to {link}: {after}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn pictures_beside_links_are_for_public_things_and_are_kept() {
    sequel(async |town| {
        let mut visitor = town.visitor();
        let opportunity: uuid::Uuid = sqlx::query_scalar("select id from opportunities where status = 'Open' limit 1")
            .fetch_one(&town.owner)
            .await
            .expect("one is open");
        let public = [
            "/og/site.png".to_owned(),
            "/og/events/hackfest.png".to_owned(),
            "/og/organizations/acme-cloud.png".to_owned(),
            "/og/communities/apex-circle.png".to_owned(),
            format!("/og/opportunities/{opportunity}.png"),
        ];
        for path in &public {
            let picture = visitor.open(path).await;
            assert_eq!((picture.status, picture.header("content-type")), (StatusCode::OK, "image/png"), "{path}");
            assert_eq!(picture.header("cross-origin-resource-policy"), "cross-origin", "{path}");
            let tag = picture.header("etag").to_owned();
            let again = visitor.send(Method::GET, path, &[("if-none-match", &tag)], Body::empty()).await;
            assert_eq!(again.status, StatusCode::NOT_MODIFIED, "{path}");
        }
        // Another wording is another picture.
        let before = visitor.open(&public[1]).await.header("etag").to_owned();
        sqlx::query("update events set title = 'Another name' where slug = 'hackfest'")
            .execute(&town.owner)
            .await
            .expect("renamed");
        assert_ne!(before, visitor.open(&public[1]).await.header("etag"));
        // What not everybody may open has no picture, whoever asks.
        let draft: String = sqlx::query_scalar("select slug from events where status = 'Draft' limit 1")
            .fetch_one(&town.owner)
            .await
            .expect("a draft");
        let mut ravi = signed_in(town, seeds::people::RAVI).await;
        for path in [
            format!("/og/events/{draft}.png"),
            "/og/organizations/none.png".into(),
            "/og/events/hackfest".into(),
            "/og/opportunities/x.png".into(),
        ] {
            assert_eq!(visitor.open(&path).await.status, StatusCode::NOT_FOUND, "{path}");
            assert_eq!(ravi.open(&path).await.status, StatusCode::NOT_FOUND, "{path}");
        }
        // Drawing is limited, what is kept is not.
        let mut greedy = town.visitor();
        let mut refused = false;
        for number in 0..70 {
            sqlx::query("update events set title = $1 where slug = 'hackfest'")
                .bind(format!("Name {number}"))
                .execute(&town.owner)
                .await
                .expect("renamed");
            let answer = greedy.open("/og/events/hackfest.png").await;
            refused = answer.status == StatusCode::TOO_MANY_REQUESTS;
            if refused {
                assert_eq!(greedy.open("/og/site.png").await.status, StatusCode::OK, "what is kept is served");
                break;
            }
        }
        assert!(refused, "nobody has seventy pictures drawn in a minute");
    })
    .await;
}

/// What of `ui` the kit does not show, and why.
const NOT_SHOWN_ITSELF: &[(&str, &str)] = &[
    ("shown", "shows what was loaded; while it waits and when it fails, Skeleton and Problem"),
    ("shown_as", "as shown"),
    ("shown_over_with", "as shown"),
    ("kept", "hidden fields of a search form"),
    ("Described", "stands in a page's head"),
    ("LinkedData", "speaks to machines"),
    ("Unplaced", "stands above a whole page; what it looks like is a form's own summary"),
];

/// Classes that the kit does not show, and why.
const NOT_IN_THE_KIT: &[(&str, &str)] = &[
    ("site", "a whole page"),
    ("site__search", "hidden but in the bar of a whole page; SiteSearch is shown"),
    ("site__tools", "the bar of a whole page"),
    ("workspace", "a whole page"),
    ("workspace__search", "hidden but in the bar of a whole page; SiteSearch is shown"),
    ("workspace__tools", "the bar of a whole page"),
    ("sidebar--lead", "a whole page"),
    ("split--detail", "a whole page"),
    ("inbox", "rows of one page"),
    ("inbox--picks", "rows of one page"),
    ("inbox__row--new", "rows of one page"),
    ("evidence", "rows of one page"),
    ("door--second", "the first page alone"),
    ("tier-group--lead", "an event's own page, and embeds"),
    ("tier-group--major", "an event's own page, and embeds"),
    ("tier-group--standard", "an event's own page, and embeds"),
    ("tier-group--small", "an event's own page, and embeds"),
];

/// What a file of `ui` gives pages to show: functions at the margin, components or not, that give back a view.
fn shown_by(source: &str) -> Vec<String> {
    let mut lines = source.lines();
    let mut names = Vec::new();
    while let Some(line) = lines.next() {
        let Some(rest) = line.strip_prefix("pub fn ") else { continue };
        let mut head = line.to_owned();
        while !head.ends_with(['{', '}']) {
            let Some(next) = lines.next() else { break };
            head.push_str(next);
        }
        if ["-> impl IntoView", "-> AnyView"].iter().any(|view| head.contains(view)) {
            names.push(rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect());
        }
    }
    names
}

/// Is it used there, as a tag or as a call?
fn uses(source: &str, name: &str) -> bool {
    let is_component = name.starts_with(char::is_uppercase);
    source.match_indices(name).any(|(at, _)| {
        let before = source[..at].chars().next_back();
        let after = &source[at + name.len()..];
        if is_component {
            before == Some('<') && !after.starts_with(|c: char| c.is_alphanumeric())
        } else {
            !before.is_some_and(|c| c.is_alphanumeric() || c == '_') && (after.starts_with('(') || after.starts_with("::<"))
        }
    })
}

/// A style sheet without its comments.
fn uncommented(sheet: &str) -> String {
    let mut parts = sheet.split("/*");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| text + part.split_once("*/").map_or("", |(_, rest)| rest))
}

fn classes(sheet: &str) -> BTreeSet<String> {
    sheet
        .split('.')
        .skip(1)
        .filter(|rest| rest.starts_with(|c: char| c.is_ascii_lowercase()))
        .map(|rest| rest.chars().take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_')).collect())
        .collect()
}

/// The states that a style sheet knows as attributes, as they stand in a page: `aria-busy="true"`, ` readonly`.
fn states(sheet: &str) -> BTreeSet<String> {
    sheet
        .split('[')
        .skip(1)
        .filter_map(|rest| rest.split_once(']'))
        .map(|(state, _)| state)
        .filter(|state| !state.contains("*=") && !state.starts_with("data-theme"))
        // A word of a value, or its beginning, stands where the value begins.
        .map(|state| match state.split_once("^=").or_else(|| state.split_once("~=")) {
            Some((name, value)) => format!(" {name}={}", value.trim_end_matches('"')),
            None => format!(" {state}"),
        })
        .collect()
}

fn sheets(folder: &Path) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder of style sheets") {
        let path = entry.expect("a file").path();
        if path.is_dir() {
            found.extend(sheets(&path));
        } else if path.extension().is_some_and(|ending| ending == "css") {
            let sheet = uncommented(&fs::read_to_string(&path).expect("a style sheet"));
            found.push((path, sheet));
        }
    }
    found
}

#[test]
fn the_kit_uses_everything_that_ui_gives_pages() {
    let source = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src");
    let kit = fs::read_to_string(source.join("app/kit.rs")).expect("the kit");
    let (mut missing, mut known) = (Vec::new(), BTreeSet::new());
    for entry in fs::read_dir(source.join("ui")).expect("ui") {
        let path = entry.expect("a file").path();
        if !path.extension().is_some_and(|ending| ending == "rs") {
            continue;
        }
        for name in shown_by(&fs::read_to_string(&path).expect("a file of ui")) {
            let is_excused = NOT_SHOWN_ITSELF.iter().any(|(excused, _)| *excused == name);
            if is_excused == uses(&kit, &name) {
                missing.push(format!("{name} of {}", path.display()));
            }
            known.insert(name);
        }
    }
    assert!(known.contains("Logo") && known.contains("narrow"), "components are found: {known:?}");
    assert!(missing.is_empty(), "not in the kit, or there in spite of NOT_SHOWN_ITSELF: {missing:#?}");
    let gone: Vec<_> = NOT_SHOWN_ITSELF.iter().filter(|(name, _)| !known.contains(*name)).collect();
    assert!(gone.is_empty(), "excused, and no longer there: {gone:?}");
}

/// The sources of all pages but the kit, each once.
fn pages_sources(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder of sources") {
        let path = entry.expect("a file").path();
        if path.is_dir() {
            if !path.ends_with("src/tests") {
                found.extend(pages_sources(&path));
            }
        } else if path.extension().is_some_and(|ending| ending == "rs") && !path.ends_with("app/kit.rs") {
            found.push(fs::read_to_string(&path).expect("a source"));
        }
    }
    found
}

/// Does a source name this class: whole, or up to a part that is filled in (`logo--{size}`)?
fn names_class(source: &str, class: &str) -> bool {
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    let whole = source.match_indices(class).any(|(at, _)| {
        let (before, after) = (source[..at].chars().next_back(), source[at + class.len()..].chars().next());
        !before.is_some_and(is_name) && !after.is_some_and(is_name)
    });
    whole || class.match_indices('-').any(|(at, _)| source.contains(&format!("{}{{", &class[..=at])))
}

/// What only the kit shows is shown to nobody. Whatever a page makes of a class's word in prose counts as well: this finds what is
/// surely unused.
#[test]
fn every_class_of_the_components_stands_on_a_page() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let pages = pages_sources(&root.join("src"));
    let wanted: BTreeSet<String> = sheets(&root.join("style/components")).iter().flat_map(|(_, sheet)| classes(sheet)).collect();
    assert!(wanted.contains("logo--large") && wanted.contains("chip"), "{wanted:?}");
    let unused: Vec<_> = wanted.iter().filter(|class| !pages.iter().any(|page| names_class(page, class))).collect();
    assert!(unused.is_empty(), "no page has {unused:#?}: take it out of `style/components`, the kit and `style/README.md`");
    assert!(!names_class("class=\"event-card card__link\"", "card"), "a part of a name is none");
    assert!(names_class("format!(\"logo logo--{size}\")", "logo--large"));
}

#[tokio::test]
async fn the_kit_shows_every_class_and_state_of_the_components() {
    story(async |town| {
        let page = town.visitor().open("/dev/kit?theme=dark").await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.text);
        assert!(page.text.contains("data-theme=\"dark\""));
        let shown: BTreeSet<&str> = page
            .text
            .split("class=\"")
            .skip(1)
            .filter_map(|rest| rest.split('"').next())
            .flat_map(str::split_whitespace)
            .collect();
        // Everything of the components; elsewhere, whatever has more than one form.
        let (mut wanted, mut wanted_states) = (BTreeSet::new(), BTreeSet::new());
        for (path, sheet) in sheets(&PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("style")) {
            let is_component = path.parent().is_some_and(|folder| folder.ends_with("components"));
            wanted.extend(classes(&sheet).into_iter().filter(|class| is_component || class.contains("--")));
            if is_component {
                wanted_states.extend(states(&sheet));
            }
        }
        assert!(
            wanted.contains("button--primary") && wanted_states.contains(" aria-busy=\"true\""),
            "{wanted:?} {wanted_states:?}"
        );
        let excused: BTreeSet<&str> = NOT_IN_THE_KIT.iter().map(|(class, _)| *class).collect();
        let missing: Vec<_> =
            wanted.iter().filter(|class| !shown.contains(class.as_str()) && !excused.contains(class.as_str())).collect();
        assert!(missing.is_empty(), "the kit does not show {missing:#?}");
        let stale: Vec<_> = excused.iter().filter(|class| shown.contains(*class) || !wanted.contains(**class)).collect();
        assert!(stale.is_empty(), "excused, and shown or no longer there: {stale:?}");
        let missing: Vec<_> = wanted_states.iter().filter(|state| !page.text.contains(state.as_str())).collect();
        assert!(missing.is_empty(), "the kit shows nothing that is {missing:#?}");
    })
    .await;
}
