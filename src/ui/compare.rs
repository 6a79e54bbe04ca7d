//! What lists whose rows can be laid side by side have in common: the choice on each row, what is chosen above the list, and the page
//! on which they stand. Who is compared goes along in the address, so that they stay chosen while the list is narrowed, paged and
//! saved, and without scripts; every choice is a link. A room says what its rows are called, and what the table has of them.

use super::{
    browser,
    parts::{Empty, Logo, Notice, PageHead, put_icon},
    search::Along,
};
use crate::kernel::{
    compare::{COMPARED, MOST_COMPARED, SideBySide, compare_address, compared},
    markup::Markup,
};
use leptos::{ev, prelude::*};
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_query_map},
};

/// The id of the link that lets go of all who are compared, and of the line that stands in its place then.
const NOBODY: &str = "compare-nobody";
const CHOOSE: &str = "compare-choose";

/// A list whose rows are compared, and what is said of them.
#[derive(Debug, Clone, Copy)]
pub struct Comparing {
    /// The list; side by side its rows stand at `/compare` below it.
    pub path: &'static str,
    /// As a sentence names it: "the directory".
    pub list: &'static str,
    /// "Sponsors and partners".
    pub many: &'static str,
    /// What the table says of them.
    pub about: &'static str,
    /// Where nobody is chosen yet.
    pub icon: &'static str,
}

/// Somebody at the head of a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    pub slug: String,
    pub name: String,
    pub logo_url: Option<String>,
}

/// A line of the table: what it is about, and what it says of each; nothing of whoever does not say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub title: &'static str,
    pub cells: Vec<String>,
}

impl Line {
    pub fn of<Row>(title: &'static str, rows: &[Row], say: impl Fn(&Row) -> String) -> Self {
        Self { title, cells: rows.iter().map(say).collect() }
    }
}

// ── On the list ─────────────────────────────────────────────────────────────────────────────────────────────────────

/// What goes along on this page: the workspace, and who is compared.
pub fn along(acting: Memo<Option<String>>) -> Memo<Along> {
    let query = use_query_map();
    Memo::new(move |_| query.with(|query| carrying(acting.get(), &query.to_query_string())))
}

/// Whom somebody compares goes along with the list: they stay chosen while it is narrowed and paged.
fn carrying(acting: Option<String>, query: &str) -> Along {
    let chosen = compared(query).slugs.into_iter().map(|slug| (COMPARED, slug));
    Along { acting: acting.unwrap_or_default(), carried: chosen.collect() }
}

/// As [`carrying`], with one more, or without one of them.
fn toggled(along: &Along, slug: &str) -> Along {
    let mut other = along.clone();
    other.carried.retain(|(_, chosen)| chosen != slug);
    if other.carried.len() == along.carried.len() {
        other.carried.push((COMPARED, slug.to_owned()));
    }
    other
}

/// What a press does on the part of a page that holds such a list. Who chooses somebody stays where they are; without scripts the page
/// comes back at that row.
pub fn choosing(along: Memo<Along>) -> impl Fn(ev::MouseEvent) + 'static {
    let navigate = use_navigate();
    // The link that lets all go goes with them: who pressed it by keyboard goes on from what stands in its place.
    let lets_go = StoredValue::new(false);
    Effect::new(move |_| {
        if along.with(|along| along.carried.is_empty()) && lets_go.get_value() {
            lets_go.set_value(false);
            browser::focus(CHOOSE);
        }
    });
    move |event: ev::MouseEvent| {
        if let Some(href) = browser::staying(&event) {
            lets_go.set_value(browser::focused() == NOBODY);
            navigate(&href, NavigateOptions { replace: true, scroll: false, ..NavigateOptions::default() });
        }
    }
}

impl Comparing {
    /// On a row: chooses it to be compared, or lets it go. A link, like all that changes the list, so that it holds on other pages of
    /// it, and without scripts. Where there is no room for one more, none is offered, and its place stays: no row moves under its
    /// reader. The row's id is `row-` and its slug; `query` is what the list is asked for.
    pub fn put_choice(&self, to: &mut Markup, slug: &str, name: &str, query: &str, along: &Along) {
        let is_chosen = along.carried.iter().any(|(_, chosen)| chosen == slug);
        if !is_chosen && along.carried.len() >= MOST_COMPARED {
            to.put(r#"<span class="chip">Compare</span>"#, &[]);
            return;
        }
        let href = toggled(along, slug).at(self.path, query);
        to.put(r#"<a class="chip" href="{}#row-{}""#, &[&href, slug]);
        if is_chosen {
            to.put(r#" aria-current="true""#, &[]);
        }
        to.put(r#" rel="nofollow" data-stay aria-label="Compare {}">"#, &[name]);
        if is_chosen {
            put_icon(to, "check", true);
        }
        to.put("Compare</a>", &[]);
    }

    /// Above the list: the way to whom the reader has chosen, side by side, and how to let them go.
    pub fn tools(&self, query: &str, along: &Along) -> AnyView {
        let chosen: Vec<&str> = along.carried.iter().map(|(_, slug)| slug.as_str()).collect();
        let way = if chosen.is_empty() {
            let text = format!("Choose up to {MOST_COMPARED} to compare.");
            view! { <p class="text-soft text-small" id=CHOOSE tabindex="-1">{text}</p> }.into_any()
        } else {
            let label = format!("Compare {} of at most {MOST_COMPARED}", chosen.len());
            let nobody = Along::acting(&along.acting).at(self.path, query);
            view! {
                <a class="button button--small" href=compare_address(self.path, &chosen, &along.acting) rel="nofollow">{label}</a>
                <a class="filters__clear" id=NOBODY href=nobody rel="nofollow" data-stay="">"Compare nobody"</a>
            }
            .into_any()
        };
        // For whoever hears the page: the number stands above the row where they are.
        let said = if chosen.is_empty() { String::new() } else { format!("{} of at most {MOST_COMPARED} chosen", chosen.len()) };
        view! {
            <p class="visually-hidden" role="status">{said}</p>
            {way}
        }
        .into_any()
    }

    // ── Side by side ────────────────────────────────────────────────────────────────────────────────────────────────

    /// The page on which they stand, with the way back to the list.
    pub fn page(&self, found: SideBySide<Column>, lines: Vec<Line>, acting: String) -> AnyView {
        // Whoever goes back with room left goes to find one more: those who stand here stay chosen. Who is named but stands nowhere
        // would take a place that no row gives back.
        let carried: Vec<_> = found.items.iter().map(|column| (COMPARED, column.slug.clone())).collect();
        let has_room = (1..MOST_COMPARED).contains(&carried.len());
        let label = if has_room { "Add another".to_owned() } else { format!("Back to {}", self.list) };
        let back = Along { acting: acting.clone(), carried }.at(self.path, "");
        view! {
            <PageHead title="Side by side" sub=self.about>
                <a class="button" href=back>{label}</a>
            </PageHead>
            <CompareTable comparing=*self found lines acting/>
        }
        .into_any()
    }
}

/// Those who were chosen, one beside the other; where some are missing it says which, and where nobody is chosen, how to.
#[component]
pub fn CompareTable(comparing: Comparing, found: SideBySide<Column>, lines: Vec<Line>, acting: String) -> impl IntoView {
    let Comparing { path, list, many, icon, .. } = comparing;
    let SideBySide { items: columns, unknown, refused } = found;
    let refused = (!refused.is_empty()).then(|| {
        let text = format!(
            "There is no room for {}: at most {MOST_COMPARED} stand side by side. Take one away first, then choose again in {list}.",
            refused.join(", ")
        );
        view! { <Notice tone="warning" title="One too many"><p>{text}</p></Notice> }
    });
    let unknown = (!unknown.is_empty()).then(|| {
        let text = format!("Nobody is listed at {}. They may have moved, or left.", unknown.join(", "));
        view! { <Notice tone="warning" title="Not everybody is here"><p>{text}</p></Notice> }
    });
    let of = Along::acting(&acting);
    if columns.is_empty() {
        let text = format!("Choose Compare at two to four in {list}, then lay them side by side.");
        let (href, label) = (of.at(path, ""), format!("Open {list}"));
        return view! {
            {refused}
            {unknown}
            <Empty title="Nobody stands here yet" text icon>
                <a class="button button--primary" href=href>{label}</a>
            </Empty>
        }
        .into_any();
    }
    let slugs: Vec<String> = columns.iter().map(|column| column.slug.clone()).collect();
    let heads = columns
        .into_iter()
        .map(|Column { slug, name, logo_url }| {
            let others: Vec<&str> = slugs.iter().map(String::as_str).filter(|other| *other != slug).collect();
            let without = compare_address(path, &others, &acting);
            let label = format!("Take away {name}");
            view! {
                <th scope="col">
                    <Logo name=name.clone() url=logo_url size="small"/>
                    <a class="compare__name" href=of.at(&format!("{path}/{slug}"), "")><bdi>{name}</bdi></a>
                    <a class="compare__away" href=without rel="nofollow" aria-label=label>"Take away"</a>
                </th>
            }
        })
        .collect_view();
    let rows = lines
        .into_iter()
        .map(|line| {
            let cells = line
                .cells
                .into_iter()
                .map(|text| {
                    let text = if text.is_empty() { "Not said".to_owned() } else { text };
                    view! { <td dir="auto">{text}</td> }
                })
                .collect_view();
            view! { <tr><th scope="row">{line.title}</th>{cells}</tr> }
        })
        .collect_view();
    view! {
        {refused}
        {unknown}
        <div class="compare" role="region" aria-label="Side by side" tabindex="0">
            <table class="compare__table">
                <caption class="visually-hidden">{format!("{many} side by side")}</caption>
                <thead><tr><td><span class="visually-hidden">"About"</span></td>{heads}</tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    const CIRCLES: Comparing =
        Comparing { path: "/circles", list: "the circles", many: "Circles", about: "What they do.", icon: "users" };

    #[test]
    fn whoever_is_compared_goes_along_and_a_fifth_is_not_offered() {
        let choice = |chosen: &str| {
            let along = carrying(None, chosen);
            Markup::made(|to| CIRCLES.put_choice(to, "acme", "Acme <Circle>", "q=cloud&cursor=ff", &along)).into_string()
        };
        let link = |query: &str| format!("<a class=\"chip\" href=\"/circles?q=cloud&amp;cursor=ff{query}#row-acme\"");
        let one = choice("?o=globex");
        assert!(one.starts_with(&link("&amp;o=globex&amp;o=acme")) && one.contains("\"Compare Acme &lt;Circle&gt;\""), "{one}");
        let chosen = choice("?o=acme&o=globex");
        assert!(chosen.starts_with(&format!("{} aria-current=\"true\"", link("&amp;o=globex"))), "{chosen}");
        assert_eq!(choice("?o=a&o=b&o=c&o=d"), "<span class=\"chip\">Compare</span>", "which is not in sight");
        assert!(choice("?o=a&o=b&o=c&o=acme").contains("aria-current"), "who is chosen can always be let go");
    }

    #[test]
    fn a_line_says_one_thing_of_each() {
        let line = Line::of("People", &[3_u32, 12], |people| people.to_string());
        assert_eq!((line.title, line.cells), ("People", vec!["3".to_owned(), "12".to_owned()]));
    }
}
