//! `/opportunities`: what communities offer, comparable at a glance. The address is the state; it works without scripts.

use crate::{
    features::opportunities::{
        server_fns,
        views::{OpportunityPage, OpportunityRow},
    },
    kernel::{
        labels::{Category, EventFormat, EventType, Region},
        money::Currency,
    },
    ui::{
        page::shown,
        parts::{Empty, More, PageHead, Tier},
    },
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

/// What the address asks for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Ask {
    search: String,
    event_type: String,
    category: String,
    format: String,
    region: String,
    currency: String,
    cursor: String,
}

impl Ask {
    fn read() -> Memo<Self> {
        let query = use_query_map();
        Memo::new(move |_| {
            query.with(|query| {
                let text = |name: &str| query.get(name).unwrap_or_default();
                Self {
                    search: text("q"),
                    event_type: text("eventType"),
                    category: text("category"),
                    format: text("format"),
                    region: text("region"),
                    currency: text("currency"),
                    cursor: text("cursor"),
                }
            })
        })
    }

    fn is_narrowed(&self) -> bool {
        [&self.search, &self.event_type, &self.category, &self.format, &self.region, &self.currency]
            .iter()
            .any(|text| !text.is_empty())
    }

    /// The address of the page after this one.
    fn at(&self, cursor: &str) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        for (name, value) in [
            ("q", self.search.as_str()),
            ("eventType", &self.event_type),
            ("category", &self.category),
            ("format", &self.format),
            ("region", &self.region),
            ("currency", &self.currency),
            ("cursor", cursor),
        ] {
            if !value.is_empty() {
                query.append_pair(name, value);
            }
        }
        format!("/opportunities?{}", query.finish())
    }
}

#[component]
pub fn OpportunitiesPage() -> impl IntoView {
    let ask = Ask::read();
    let loaded = Resource::new_blocking(
        move || ask.get(),
        |ask| server_fns::list(ask.search, ask.event_type, ask.category, ask.format, ask.region, ask.currency, ask.cursor),
    );
    view! {
        <Title text="Opportunities"/>
        <div class="center stack">
            <PageHead title="Opportunities" sub="What communities offer to sponsors and partners; those that decide soonest come first."/>
            <Narrow ask=ask.get_untracked()/>
            {shown(loaded, move |page| view! { <Found page ask=ask.get_untracked()/> })}
        </div>
    }
}

#[component]
fn Narrow(ask: Ask) -> impl IntoView {
    let narrowed = ask.is_narrowed();
    view! {
        <form method="get" action="/opportunities" class="form" role="search">
            <div class="search search--large">
                <label class="visually-hidden" for="q">"Search opportunities"</label>
                <svg class="icon search__icon" aria-hidden="true"><use href="/icons.svg#i-search"></use></svg>
                <input class="input search__input" id="q" name="q" type="search" value=ask.search placeholder="Event, community, city or role"/>
                <button class="button button--primary search__go">"Search"</button>
            </div>
            <div class="form__row">
                <Choice name="eventType" label="Event type" empty="Any type" chosen=ask.event_type labels=EventType::LABELS/>
                <Choice name="category" label="Role" empty="Any role" chosen=ask.category labels=Category::LABELS/>
                <Choice name="region" label="Region" empty="Anywhere" chosen=ask.region labels=Region::LABELS/>
            </div>
            <div class="form__row">
                <Choice name="format" label="Format" empty="Any format" chosen=ask.format labels=EventFormat::LABELS/>
                <Choice name="currency" label="Currency" empty="Any currency" chosen=ask.currency labels=Currency::LABELS/>
                <div class="field">
                    <div class="cluster">
                        <button class="button">"Show results"</button>
                        {narrowed.then(|| view! { <a class="filters__clear" href="/opportunities" rel="external">"Clear all"</a> })}
                    </div>
                </div>
            </div>
        </form>
    }
}

#[component]
fn Choice(
    name: &'static str,
    label: &'static str,
    empty: &'static str,
    chosen: String,
    labels: &'static [&'static str],
) -> impl IntoView {
    view! {
        <div class="field">
            <label class="field__label" for=format!("narrow-{name}")>{label}</label>
            <div class="field__control">
                <select class="select" id=format!("narrow-{name}") name=name>
                    <option value="" selected=chosen.is_empty()>{empty}</option>
                    {labels.iter().map(|text| view! { <option value=*text selected=*text == chosen>{*text}</option> }).collect_view()}
                </select>
            </div>
        </div>
    }
}

#[component]
fn Found(page: OpportunityPage, ask: Ask) -> impl IntoView {
    if page.items.is_empty() {
        let (title, text) = if ask.is_narrowed() {
            ("Nothing fits all of this", "Take a filter away, or search for another word.")
        } else {
            ("Nothing is open right now", "Communities open new opportunities all the time. Come back in a few days.")
        };
        return view! {
            <Empty title text icon="search">
                {ask.is_narrowed().then(|| view! { <a class="button button--primary" href="/opportunities">"Show all opportunities"</a> })}
            </Empty>
        }
        .into_any();
    }
    let count = page.count_label();
    let showing = format!("Showing {} of {}", page.items.len(), count);
    let next = page.next_cursor.as_deref().map(|cursor| ask.at(cursor));
    view! {
        <p class="results-count" role="status">{count}</p>
        <OpportunityTable rows=page.items/>
        <More count=showing next/>
    }
    .into_any()
}

/// Rows that can be compared: what, when, how many people, how much, until when.
#[component]
pub fn OpportunityTable(rows: Vec<OpportunityRow>) -> impl IntoView {
    view! {
        <div class="table-wrap">
            <table class="table table--rows">
                <caption class="visually-hidden">"Opportunities"</caption>
                <thead>
                    <tr>
                        <th scope="col">"Event and role"</th>
                        <th scope="col">"When"</th>
                        <th scope="col" class="table__number">"People"</th>
                        <th scope="col" class="table__number">"Budget"</th>
                        <th scope="col">"Decides by"</th>
                    </tr>
                </thead>
                <tbody>
                    {rows
                        .into_iter()
                        .map(|row| {
                            let place = if row.community.city.is_empty() { row.community.name } else { format!("{}, {}", row.community.name, row.community.city) };
                            view! {
                                <tr>
                                    <td class="table__main">
                                        <a class="table__link" href=format!("/opportunities/{}", row.id)>{row.event.title}</a>
                                        <span class="table__sub">{place}</span>
                                        <Tier label=row.category.label() hue=row.hue.label()/>
                                    </td>
                                    <td data-label="When">
                                        <time datetime=row.event.start_at.map(|at| at.to_rfc3339())>{row.event.when_label}</time>
                                        {row.event.format.map(|format| view! { <span class="table__sub">{format}</span> })}
                                    </td>
                                    <td class="table__number num" data-label="People">
                                        {row.event.max_attendees.map_or_else(|| "Not said".to_owned(), |count| count.to_string())}
                                    </td>
                                    <td class="table__number num" data-label="Budget">{row.budget_range.formatted}</td>
                                    <td data-label="Decides by">
                                        <time datetime=row.decision_at.to_rfc3339()>{row.deadline_label}</time>
                                        <span class="table__sub">{row.deadline_in} ", " {row.places_label}</span>
                                    </td>
                                </tr>
                            }
                        })
                        .collect_view()}
                </tbody>
            </table>
        </div>
    }
}
