//! `/opportunities`: what communities offer, comparable at a glance. The address is the state; it works without scripts.

use super::views::{SaveView, SavedViewTabs};
use crate::{
    features::opportunities::{
        board::{Board, BoardOrder},
        server_fns,
        views::{BoardScreen, FitView, OpportunityRow, OpportunityStatus, acting_at},
    },
    kernel::{
        fields::FieldErrors,
        labels::{Band, Category, EventCategory, EventFormat, EventType, Region},
        money::Currency,
    },
    ui::{
        found::Described,
        page::{Shape, acting, fetched, shown_as},
        parts::{Empty, Icon, More, Notice, PageHead, Pill, Tier},
    },
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

#[component]
pub fn OpportunitiesPage() -> impl IntoView {
    let query = use_query_map();
    let acting = acting();
    // What the list does not know (`cursor`, `as`) is left out by its reader.
    let board = Memo::new(move |_| query.with(|query| Board::read(&query.to_query_string())));
    let cursor = Memo::new(move |_| query.with(|query| query.get("cursor").unwrap_or_default()));
    let loaded = fetched(
        move || (board.get(), cursor.get(), acting.get()),
        |(board, cursor, workspace)| server_fns::list(board.query(), cursor, workspace),
    );
    view! {
        <Title text="Opportunities"/>
        <Described path="/opportunities" title="Opportunities for sponsors" text="What developer communities offer at their events: audience, price, date and deadline side by side."/>
        <div class="center stack">
            <PageHead title="Opportunities" sub="What communities offer to sponsors and partners; those that decide soonest come first."/>
            {shown_as(Shape::Rows, loaded, move |screen| view! { <Found screen board=board.get_untracked()/> })}
        </div>
    }
}

#[component]
fn Narrow(board: Board, acting: String, can_match: bool, problems: FieldErrors) -> impl IntoView {
    let narrowed = board.is_narrowed();
    let clear = acting_at("/opportunities", &acting);
    let more = [
        &board.event_category,
        &board.format,
        &board.currency,
        &board.budget,
        &board.technologies,
        &board.decides_from,
        &board.decides_by,
        &board.place_left,
    ]
    .iter()
    .any(|text| !text.is_empty());
    let mut orders = vec![
        (BoardOrder::Deadline.label(), "Decides soonest"),
        (BoardOrder::Newest.label(), "Newest"),
        (BoardOrder::Budget.label(), "Largest budget, in one currency"),
    ];
    if can_match || board.sort == BoardOrder::Match.label() {
        orders.push((BoardOrder::Match.label(), "Fits your profile best"));
    }
    let bands = Currency::ALL
        .iter()
        .map(|currency| {
            let chosen = board.budget.clone();
            view! {
                <optgroup label=currency.name()>
                    {Band::of(*currency)
                        .map(|band| {
                            let key = band.key();
                            let selected = key == chosen;
                            view! { <option value=key selected=selected>{band.label()}</option> }
                        })
                        .collect_view()}
                </optgroup>
            }
        })
        .collect_view();
    let problem = |name: &str| problems.get(name).map(str::to_owned);
    let list = (!problems.is_empty()).then(|| {
        let messages = problems.0.values().cloned().map(|text| view! { <li>{text}</li> }).collect_view();
        view! { <Notice tone="warning" title="This cannot be shown as it is asked for"><ul>{messages}</ul></Notice> }
    });
    view! {
        {list}
        <form method="get" action="/opportunities" class="form form--filters" role="search">
            {(!acting.is_empty()).then(|| view! { <input type="hidden" name="as" value=acting.clone()/> })}
            <div class="search search--large">
                <label class="visually-hidden" for="q">"Search opportunities"</label>
                <svg class="icon search__icon" aria-hidden="true"><use href="/icons.svg#i-search"></use></svg>
                <input class="input search__input" id="q" name="q" type="search" value=board.search.clone() placeholder="Event, community, city or role"/>
                <button class="button button--primary search__go">"Search"</button>
            </div>
            <div class="form__row">
                <Choice name="eventType" label="Event type" empty="Any type" chosen=board.event_type.clone() labels=EventType::LABELS problem=problem("eventType")/>
                <Choice name="category" label="Role" empty="Any role" chosen=board.category.clone() labels=Category::LABELS problem=problem("category")/>
                <Choice name="region" label="Region" empty="Anywhere" chosen=board.region.clone() labels=Region::LABELS problem=problem("region")/>
            </div>
            <details class="disclosure" open=more || !problems.is_empty()>
                <summary>"More filters"</summary>
                <div class="disclosure__body stack">
                    <div class="form__row">
                        <Choice name="eventCategory" label="Event category" empty="About anything" chosen=board.event_category.clone() labels=EventCategory::LABELS problem=problem("eventCategory")/>
                        <Choice name="format" label="Format" empty="Any format" chosen=board.format.clone() labels=EventFormat::LABELS problem=problem("format")/>
                        <Choice name="currency" label="Currency" empty="Any currency" chosen=board.currency.clone() labels=Currency::LABELS problem=problem("currency")/>
                        <div class="field">
                            <label class="field__label" for="narrow-budget">"Budget"</label>
                            <div class="field__control">
                                <select class="select" id="narrow-budget" name="budget" aria-describedby="narrow-budget-hint narrow-budget-error">
                                    <option value="" selected=board.budget.is_empty()>"Any budget"</option>
                                    {bands}
                                </select>
                            </div>
                            <p class="field__hint" id="narrow-budget-hint">"Of one currency; nothing is converted."</p>
                            <Wrong id="narrow-budget" problem=problem("budget")/>
                        </div>
                    </div>
                    <div class="form__row">
                        <div class="field">
                            <label class="field__label" for="narrow-technologies">"Technologies"</label>
                            <div class="field__control">
                                <input
                                    class="input"
                                    id="narrow-technologies"
                                    name="technologies"
                                    value=board.technologies.clone()
                                    placeholder="Rust, Kubernetes"
                                    aria-describedby="narrow-technologies-error"
                                />
                            </div>
                            <Wrong id="narrow-technologies" problem=problem("technologies")/>
                        </div>
                        <Day name="decidesFrom" label="Decides on or after" value=board.decides_from.clone() problem=problem("decidesFrom")/>
                        <Day name="decidesBy" label="Decides on or before" value=board.decides_by.clone() problem=problem("decidesBy")/>
                    </div>
                    <div class="field">
                        <label class="field__label" for="narrow-placeLeft">"Places"</label>
                        <div class="field__control">
                            <select class="select" id="narrow-placeLeft" name="placeLeft">
                                <option value="" selected=board.place_left != "false">"With a place left"</option>
                                <option value="false" selected=board.place_left == "false">"Full ones too"</option>
                            </select>
                        </div>
                    </div>
                </div>
            </details>
            <div class="form__row">
                <div class="field">
                    <label class="field__label" for="narrow-sort">"Order"</label>
                    <div class="field__control">
                        <select class="select" id="narrow-sort" name="sort" aria-describedby="narrow-sort-error">
                            {orders
                                .into_iter()
                                .map(|(value, label)| {
                                    // The usual order stays out of the address.
                                    let usual = value == BoardOrder::Deadline.label();
                                    let selected = value == board.sort || (usual && board.sort.is_empty());
                                    view! { <option value=if usual { "" } else { value } selected=selected>{label}</option> }
                                })
                                .collect_view()}
                        </select>
                    </div>
                    <Wrong id="narrow-sort" problem=problem("sort")/>
                </div>
                <div class="form__actions">
                    <button class="button">"Show results"</button>
                    {(narrowed || !board.sort.is_empty()).then(|| view! { <a class="filters__clear" href=clear rel="external">"Clear all"</a> })}
                </div>
            </div>
        </form>
    }
}

#[component]
fn Wrong(id: &'static str, problem: Option<String>) -> impl IntoView {
    problem.map(|text| view! { <p class="field__error" id=format!("{id}-error")><Icon name="alert" small=true/>{text}</p> })
}

#[component]
fn Day(name: &'static str, label: &'static str, value: String, problem: Option<String>) -> impl IntoView {
    let id = format!("narrow-{name}");
    view! {
        <div class="field">
            <label class="field__label" for=id.clone()>{label}</label>
            <div class="field__control">
                <input class="input input--short" type="date" id=id.clone() name=name value=value aria-describedby=format!("{id}-error")/>
            </div>
            {problem.map(|text| view! { <p class="field__error" id=format!("{id}-error")><Icon name="alert" small=true/>{text}</p> })}
        </div>
    }
}

#[component]
fn Choice(
    name: &'static str,
    label: &'static str,
    empty: &'static str,
    chosen: String,
    labels: &'static [&'static str],
    problem: Option<String>,
) -> impl IntoView {
    view! {
        <div class="field">
            <label class="field__label" for=format!("narrow-{name}")>{label}</label>
            <div class="field__control">
                <select class="select" id=format!("narrow-{name}") name=name aria-describedby=format!("narrow-{name}-error")>
                    <option value="" selected=chosen.is_empty()>{empty}</option>
                    {labels.iter().map(|text| view! { <option value=*text selected=*text == chosen>{*text}</option> }).collect_view()}
                </select>
            </div>
            {problem.map(|text| view! { <p class="field__error" id=format!("narrow-{name}-error")><Icon name="alert" small=true/>{text}</p> })}
        </div>
    }
}

#[component]
fn Found(screen: BoardScreen, board: Board) -> impl IntoView {
    let BoardScreen { page, problems, views, acting, signed_in, can_match, match_hint } = screen;
    let query = board.query();
    let saved = signed_in.then(|| {
        view! { <SavedViewTabs views=views.clone() query=query.clone() acting=acting.clone()/> }
    });
    let narrow = view! { <Narrow board=board.clone() acting=acting.clone() can_match problems/> };
    let hint = (!match_hint.is_empty()).then(|| view! { <p class="text-soft text-small">{match_hint}</p> });
    let keep = signed_in.then(|| view! { <SaveView views query acting=acting.clone()/> });
    let Some(page) = page else { return view! { {saved} {narrow} }.into_any() };
    if page.items.is_empty() {
        let narrowed = board.is_narrowed();
        let (title, text) = if narrowed {
            ("Nothing fits all of this", "Take a filter away, or search for another word.")
        } else {
            ("Nothing is open right now", "Communities open new opportunities all the time. Come back in a few days.")
        };
        let all = acting_at("/opportunities", &acting);
        return view! {
            {saved}
            {narrow}
            <Empty title text icon="search">
                {narrowed.then(|| view! { <a class="button button--primary" href=all>"Show all opportunities"</a> })}
            </Empty>
            {keep}
        }
        .into_any();
    }
    let count = page.count_label();
    let showing = format!("Showing {} of {}", page.items.len(), count);
    let next = page
        .next_cursor
        .as_deref()
        .map(|cursor| format!("/opportunities?{}", board.query_with(&[("cursor", cursor), ("as", &acting)])));
    view! {
        {saved}
        {narrow}
        {hint}
        <p class="results-count" role="status">{count}</p>
        <OpportunityTable rows=page.items acting/>
        <More count=showing next/>
        {keep}
    }
    .into_any()
}

/// Rows that can be compared: what, when, how many people, how much, until when.
#[component]
pub fn OpportunityTable(rows: Vec<OpportunityRow>, #[prop(optional, into)] acting: String) -> impl IntoView {
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
                            let (by, city) = (row.community.name, row.community.city);
                            let city = (!city.is_empty()).then(|| view! { ", " <bdi>{city}</bdi> });
                            view! {
                                <tr>
                                    <td class="table__main">
                                        <a class="table__link" href=acting_at(&format!("/opportunities/{}", row.id), &acting)>{row.event.title}</a>
                                        <span class="table__sub"><bdi>{by}</bdi>{city}</span>
                                        <Tier label=row.category.label() hue=row.hue.label()/>
                                        {(row.status == OpportunityStatus::Filled).then(|| view! { <Pill text="Full" tone=row.status.tone()/> })}
                                        {row.fit.filter(|fit| fit.score > 0).map(|fit| view! { <Fit fit/> })}
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

/// Why it fits the acting organization.
#[component]
fn Fit(fit: FitView) -> impl IntoView {
    let why = fit.reasons.iter().map(|reason| format!("{} (+{})", reason.text, reason.points)).collect::<Vec<_>>().join(". ");
    view! {
        <span class="table__sub">
            <Icon name="sparkles" small=true/>
            " Fits you " <span class="num">{fit.score}</span> " of 100: " {why} "."
        </span>
    }
}
