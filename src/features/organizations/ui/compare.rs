//! `/directory/compare?o=acme&o=globex`: up to four organizations side by side. The address is the state; it works without
//! scripts.

use super::directory::COMPARING;
use crate::{
    features::organizations::{
        server_fns,
        views::{CompareView, OrganizationCard},
    },
    kernel::{actor::VerificationStatus, labels::Region},
    ui::{
        compare::{Column, Line},
        found::Described,
        page::{acting, fetched, shown},
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
            {shown(loaded, move |CompareView { found, shows_money }| {
                let lines = lines(&found.items, shows_money);
                let closed = !shows_money && !found.items.is_empty();
                let closed = closed.then(|| view! { <p class="text-soft text-small">"What they give, and how much, is for approved communities."</p> });
                view! {
                    {COMPARING.page(found.map(column), lines, acting.get_untracked().unwrap_or_default())}
                    {closed}
                }
            })}
        </div>
    }
}

fn column(card: OrganizationCard) -> Column {
    Column { slug: card.slug, name: card.display_name, logo_url: card.logo_url }
}

fn lines(items: &[OrganizationCard], shows_money: bool) -> Vec<Line> {
    let line = |title: &'static str, say: &dyn Fn(&OrganizationCard) -> String| Line::of(title, items, say);
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
