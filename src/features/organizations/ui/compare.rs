//! `/directory/compare?o=acme&o=globex`: up to four organizations side by side. The address is the state; it works without
//! scripts.

use crate::{
    features::organizations::{
        rules::search::{COMPARED, MOST_COMPARED, compare_address},
        server_fns,
        views::{CompareView, OrganizationCard, within},
    },
    kernel::{actor::VerificationStatus, labels::Region},
    ui::{
        found::Described,
        page::{acting, fetched, shown},
        parts::{Empty, Logo, Notice, PageHead},
        search::Along,
    },
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

#[component]
pub fn ComparePage() -> impl IntoView {
    let query = use_query_map();
    let acting = acting();
    let asked = Memo::new(move |_| query.with(|query| query.to_query_string()));
    let loaded = fetched(move || (asked.get(), acting.get()), |(query, workspace)| server_fns::compare(query, workspace));
    view! {
        <Title text="Compare sponsors and partners"/>
        <Described path="/directory/compare" title="Compare sponsors and partners" text="Sponsors and partners of developer communities side by side: what they work on, where, and what they have supported."/>
        <div class="center stack">
            {shown(loaded, move |found: CompareView| {
                let acting = acting.get_untracked().unwrap_or_default();
                // Whoever goes back with room left goes to find one more: those who stand here stay chosen. Who is named but
                // stands nowhere would take a place that no row gives back.
                let carried: Vec<_> = found.items.iter().map(|card| (COMPARED, card.slug.clone())).collect();
                let label = if (1..MOST_COMPARED).contains(&carried.len()) { "Add another" } else { "Back to the directory" };
                let back = Along { acting: acting.clone(), carried }.at("/directory", "");
                view! {
                    <PageHead title="Side by side" sub="What sponsors and partners work on, where, and what they have supported.">
                        <a class="button" href=back>{label}</a>
                    </PageHead>
                    <Compared found acting/>
                }
            })}
        </div>
    }
}

/// A line of the table: what it is about, and what it says of each.
struct Line {
    title: &'static str,
    cells: Vec<String>,
}

fn lines(items: &[OrganizationCard], shows_money: bool) -> Vec<Line> {
    let line =
        |title: &'static str, say: &dyn Fn(&OrganizationCard) -> String| Line { title, cells: items.iter().map(say).collect() };
    let regions = |card: &OrganizationCard| {
        if card.supported_regions.iter().any(|region| region == Region::Global.label()) {
            "Anywhere".to_owned()
        } else {
            card.supported_regions.join(", ")
        }
    };
    let gives = |card: &OrganizationCard| {
        let kinds: Vec<&str> = card.available_sponsorship_types.iter().flatten().map(|kind| kind.label()).collect();
        kinds.join(", ")
    };
    let status = |card: &OrganizationCard| match card.verification_status {
        VerificationStatus::Verified => "Verified by staff".to_owned(),
        other => other.label().to_owned(),
    };
    let mut lines = vec![
        line("About", &|card| card.short_description.clone()),
        line("Industry", &|card| card.industry.clone()),
        line("Joined as", &|card| card.entity_type.clone()),
        line("Standing", &status),
        line("Technologies", &|card| card.technologies.join(", ")),
        line("Works in", &regions),
        line("Events supported", &|card| card.events_sponsored_count.to_string()),
        line("Communities supported", &|card| card.communities_supported_count.to_string()),
    ];
    if shows_money {
        lines.push(line("Gives", &gives));
        lines.push(line("Budget", &|card| card.budget_range.as_ref().map(|budget| budget.label.clone()).unwrap_or_default()));
    }
    lines
}

#[component]
fn Compared(found: CompareView, acting: String) -> impl IntoView {
    let CompareView { items, unknown, refused, shows_money } = found;
    let refused = (!refused.is_empty()).then(|| {
        let text = format!(
            "There is no room for {}: at most {MOST_COMPARED} stand side by side. Take one away first, then choose again in the directory.",
            refused.join(", ")
        );
        view! { <Notice tone="warning" title="One too many"><p>{text}</p></Notice> }
    });
    let unknown = (!unknown.is_empty()).then(|| {
        let text = format!("Nobody is listed at {}. They may have moved, or left.", unknown.join(", "));
        view! { <Notice tone="warning" title="Not everybody is here"><p>{text}</p></Notice> }
    });
    if items.is_empty() {
        return view! {
            {refused}
            {unknown}
            <Empty title="Nobody stands here yet" text="Choose Compare at two to four in the directory, then lay them side by side." icon="building">
                <a class="button button--primary" href=within("/directory", &acting)>"Open the directory"</a>
            </Empty>
        }
        .into_any();
    }
    let slugs: Vec<String> = items.iter().map(|card| card.slug.clone()).collect();
    let heads = items
        .iter()
        .map(|card| {
            let others: Vec<&str> = slugs.iter().map(String::as_str).filter(|slug| *slug != card.slug).collect();
            let without = compare_address(&others, &acting);
            let (name, label) = (card.display_name.clone(), format!("Take away {}", card.display_name));
            view! {
                <th scope="col">
                    <Logo name=name.clone() url=card.logo_url.clone() size="small"/>
                    <a class="compare__name" href=within(&format!("/directory/{}", card.slug), &acting)><bdi>{name}</bdi></a>
                    <a class="compare__away" href=without rel="nofollow" aria-label=label>"Take away"</a>
                </th>
            }
        })
        .collect_view();
    let rows = lines(&items, shows_money)
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
    let closed = (!shows_money)
        .then(|| view! { <p class="text-soft text-small">"What they give, and how much, is for approved communities."</p> });
    view! {
        {refused}
        {unknown}
        <div class="compare" role="region" aria-label="Side by side" tabindex="0">
            <table class="compare__table">
                <caption class="visually-hidden">"Sponsors and partners side by side"</caption>
                <thead><tr><td><span class="visually-hidden">"About"</span></td>{heads}</tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
        {closed}
    }
    .into_any()
}
