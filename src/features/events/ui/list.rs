//! The public list of events that are still ahead.

use super::cards::EventCards;
use crate::{
    features::events::{server_fns, views::FoundEvents},
    ui::{
        found::Described,
        page::{Shape, acting, fetched, shown_as},
        parts::{Empty, More, PageHead},
    },
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

/// `/events`.
#[component]
pub fn EventsPage() -> impl IntoView {
    let (query, workspace) = (use_query_map(), acting());
    let search = Memo::new(move |_| query.read().get("q").filter(|q| !q.trim().is_empty()));
    let loaded = fetched(
        move || (search.get(), query.read().get("cursor"), workspace.get()),
        |(search, cursor, workspace)| server_fns::list(search, cursor, workspace),
    );
    view! {
        <Title text="Events"/>
        <Described path="/events" title="Events of developer communities" text="Conferences, hackathons and meetups that developer communities are preparing, with their dates, places and sponsors."/>
        <div class="center stack">
            <PageHead title="Events" sub="What developer communities are preparing."/>
            <form class="search search--large" role="search" method="get" action="/events">
                <label class="visually-hidden" for="q">"Search events"</label>
                <svg class="icon search__icon" aria-hidden="true"><use href="/icons.svg#i-search"></use></svg>
                <input class="input search__input" id="q" name="q" type="search" placeholder="Words of the title" value=search.get_untracked()/>
                <button class="button button--primary search__go">"Search"</button>
            </form>
            {shown_as(Shape::Cards, loaded, move |found| view! { <Found found search=search.get_untracked()/> })}
        </div>
    }
}

#[component]
fn Found(found: FoundEvents, search: Option<String>) -> impl IntoView {
    if found.items.is_empty() {
        let (title, text) = match &search {
            Some(search) => (format!("No event is called “{search}”"), "Try the beginning of another word of its title."),
            None => ("No events are announced yet".to_owned(), "Communities publish them here. Bring yours, and be the first."),
        };
        return view! {
            <Empty title text icon="calendar">
                {match search {
                    Some(_) => view! { <a class="button" href="/events">"Show all events"</a> }.into_any(),
                    None => view! { <a class="button button--primary" href="/join">"Bring your community"</a> }.into_any(),
                }}
            </Empty>
        }
        .into_any();
    }
    let words =
        search.map(|search| format!("&q={}", url::form_urlencoded::byte_serialize(search.as_bytes()).collect::<String>()));
    let next = found.next_cursor.map(|cursor| format!("/events?cursor={cursor}{}", words.unwrap_or_default()));
    view! {
        <p class="results-count" role="status">{format!("{} ahead", found.count_label)}</p>
        <h2 class="visually-hidden">"What is ahead"</h2>
        <EventCards events=found.items/>
        {next.is_some().then(|| view! { <More count=found.count_label next/> })}
    }
    .into_any()
}
