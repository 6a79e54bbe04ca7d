//! What lists that are searched have in common: facets as menus of links with their counts, chips that can be taken away,
//! orders, pages both ways, and what to do where nothing fits. Everything is a link, so that the address is the state.

use super::{page::Show, parts::Icon};
use crate::kernel::search::{Facet, FacetView, InsteadView, Order, Query};
use leptos::prelude::*;
use uuid::Uuid;

/// What a room below shows beside a list that is searched.
#[derive(Clone)]
pub struct Beside {
    /// Above what was found, by the question.
    pub above: Show<String>,
    /// On a row, by its id and name.
    pub row: Show<(Uuid, String)>,
}

/// The address of a list with this question, for the workspace that it is looked at from.
pub fn address<F: Facet>(path: &str, query: &Query<F>, acting: &str) -> String {
    let query = query.query_with(&[("as", acting)]);
    if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
}

/// What the search form keeps besides its words.
pub fn kept<F: Facet>(query: &Query<F>, acting: &str) -> impl IntoView + use<F> {
    let mut fields: Vec<(String, String)> =
        query.chosen().map(|(facet, value)| (facet.name().to_owned(), value.to_owned())).collect();
    if query.order != Order::Relevance {
        fields.push(("sort".to_owned(), query.order.label().to_owned()));
    }
    if !acting.is_empty() {
        fields.push(("as".to_owned(), acting.to_owned()));
    }
    fields.into_iter().map(|(name, value)| view! { <input type="hidden" name=name value=value/> }).collect_view()
}

/// Menus of what the list can be narrowed by, and the orders.
pub fn narrow<F: Facet>(path: &'static str, query: &Query<F>, facets: Vec<FacetView>, acting: &str) -> impl IntoView + use<F> {
    let of = |name: &str| F::EVERY.iter().copied().find(|facet| facet.name() == name);
    let menus = facets
        .into_iter()
        .filter(|facet| !facet.values.is_empty())
        .filter_map(|view| Some((of(&view.name)?, view)))
        .map(|(facet, view)| {
            let chosen = view.values.iter().filter(|value| value.chosen).count();
            let items = view
                .values
                .into_iter()
                .map(|value| {
                    let href = address(path, &query.toggled(facet, &value.value), acting);
                    let here = value.chosen.then_some("true");
                    view! {
                        <a class="menu__item" href=href aria-current=here rel="nofollow">
                            <bdi class="menu__text">{value.label}</bdi>
                            <span class="menu__count num"><span class="visually-hidden">", "</span>{value.count_label}</span>
                        </a>
                    }
                })
                .collect_view();
            view! {
                <details class="menu" name="narrow">
                    <summary class="chip">
                        {view.title}
                        {(chosen > 0).then(|| view! { <span class="chip__count num">{chosen}</span> })}
                        <Icon name="chevron-down" small=true/>
                    </summary>
                    <div class="menu__panel">{items}</div>
                </details>
            }
        })
        .collect_view();
    let orders = Order::ALL
        .iter()
        .filter(|order| **order != Order::Reputation || !query.text.is_empty())
        .map(|order| {
            let href = address(path, &query.with_order(*order), acting);
            let here = (query.order == *order).then_some("true");
            view! { <a class="menu__item" href=href aria-current=here rel="nofollow">{title(*order, query.text.is_empty())}</a> }
        })
        .collect_view();
    view! {
        <div class="filters" role="group" aria-label="Filters">
            {menus}
            <details class="menu menu--end filters__order" name="narrow">
                <summary class="chip chip--quiet">
                    <span class="visually-hidden">"Sorted by: "</span>
                    {title(query.order, query.text.is_empty())}
                    <Icon name="chevron-down" small=true/>
                </summary>
                <div class="menu__panel">{orders}</div>
            </details>
        </div>
    }
}

/// Without words, the best match is the best known.
const fn title(order: Order, without_words: bool) -> &'static str {
    match order {
        Order::Relevance if without_words => Order::Reputation.title(),
        _ => order.title(),
    }
}

/// What is asked for, each part as a chip that takes it away.
pub fn chosen<F: Facet>(path: &'static str, query: &Query<F>, acting: &str) -> impl IntoView + use<F> {
    let chip = |label: String, href: String| {
        view! {
            <li>
                <a class="chip" aria-current="true" href=href rel="nofollow">
                    <bdi class="chip__text">{label}</bdi>
                    <Icon name="x" small=true/>
                    <span class="visually-hidden">", remove"</span>
                </a>
            </li>
        }
    };
    let words = (!query.text.is_empty()).then(|| chip(format!("“{}”", query.text), address(path, &query.with_text(""), acting)));
    let values = query
        .chosen()
        .map(|(facet, value)| {
            chip(format!("{}: {}", facet.title(), facet.shown(value)), address(path, &query.toggled(facet, value), acting))
        })
        .collect_view();
    let clear = address(path, &Query::<F>::default().with_order(query.order), acting);
    query.is_narrowed().then(|| {
        view! {
            <div class="chosen">
                <ul class="chosen__list" aria-label="Chosen">{words} {values}</ul>
                <a class="filters__clear" href=clear>"Clear all"</a>
            </div>
        }
    })
}

/// Pages both ways, with an honest count.
pub fn pages<F: Facet>(
    path: &'static str,
    query: &Query<F>,
    acting: &str,
    count: String,
    previous: Option<String>,
    next: Option<String>,
) -> impl IntoView + use<F> {
    let previous = previous.map(|cursor| address(path, &query.at(&cursor), acting));
    let next = next.map(|cursor| address(path, &query.at(&cursor), acting));
    (previous.is_some() || next.is_some()).then(|| {
        view! {
            <nav class="pagination" aria-label="Pages">
                <p class="pagination__count">{count}</p>
                <div class="cluster">
                    {previous.map(|href| view! { <a class="button" href=href rel="prev nofollow">"Previous"</a> })}
                    {next.map(|href| view! { <a class="button" href=href rel="next nofollow">"Next"</a> })}
                </div>
            </nav>
        }
    })
}

/// Where nothing fits: what to leave out, and how many there are then.
pub fn instead<F: Facet>(path: &'static str, list: Vec<InsteadView>, acting: &str) -> impl IntoView + use<F> {
    let items = list
        .into_iter()
        .map(|one| {
            let href = address(path, &Query::<F>::read(&one.query), acting);
            let label = one.label;
            view! { <li><a class="chip" href=href rel="nofollow"><span class="num">{one.count_label}</span>" without “"<bdi>{label.trim_matches(['“', '”']).to_owned()}</bdi>"”"</a></li> }
        })
        .collect_view();
    view! { <ul class="chosen__list chosen__list--centered">{items}</ul> }
}
