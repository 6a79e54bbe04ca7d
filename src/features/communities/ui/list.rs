//! `/communities`: who organizes, for everybody. The address is the state; it works without scripts.

use crate::{
    features::communities::{
        search::{CommunitiesQuery, CommunityFacet},
        server_fns,
        views::{CommunitiesView, CommunityCard},
    },
    kernel::search::count_label,
    ui::{
        found::Described,
        page::{acting, fetched, shown_over},
        parts::{Empty, FIRST, Icon, Logo, PageHead},
        search::{Beside, Searching, Suggested, address, chosen, instead, narrow, pages, search_field},
    },
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

const PATH: &str = "/communities";
const SEARCHING: Searching = Searching { path: PATH, label: "Search communities", placeholder: "Name, place or technology" };

#[component]
pub fn CommunitiesPage(
    /// What the reader keeps: their searches, and whom they watch.
    beside: fn() -> Beside,
) -> impl IntoView {
    let query = use_query_map();
    let acting = acting();
    let beside = beside();
    let asked = Memo::new(move |_| query.with(|query| CommunitiesQuery::read(&query.to_query_string())));
    let loaded = fetched(move || (asked.get().query(), acting.get()), |(query, workspace)| server_fns::list(query, workspace));
    view! {
        <Title text="Communities"/>
        <Described path="/communities" title="Communities" text="Developer communities that organize events and look for sponsors and partners: where they meet, in which languages, how large they are."/>
        <div class="center stack">
            <PageHead title="Communities" sub="Who organizes developer events: where they meet, how large they are, how fast they answer.">
                <a class="button button--primary" href="/join">"Join with your community"</a>
            </PageHead>
            {search_field(SEARCHING, asked, acting, suggest)}
            {shown_over(loaded, move |found: CommunitiesView| {
                view! { <Results found acting=acting.get_untracked().unwrap_or_default() beside=beside.clone()/> }
            })}
        </div>
    }
}

fn suggest(text: String, workspace: Option<String>) -> Suggested {
    Box::pin(server_fns::suggest(text, workspace))
}

#[component]
fn Results(found: CommunitiesView, acting: String, beside: Beside) -> impl IntoView {
    let query = CommunitiesQuery::read(&found.query);
    let above = (beside.above)(query.from_the_start().query());
    let facets = narrow(PATH, &query, found.facets, &acting);
    let chips = chosen(PATH, &query, &acting);
    if found.items.is_empty() && found.total == 0 {
        let (title, words) = if query.is_narrowed() {
            (
                "No community fits this search",
                if found.without.is_empty() { "Try fewer words, or another spelling." } else { "Close by:" },
            )
        } else {
            ("No community is here yet", "The first one that is approved will stand here. It could be yours.")
        };
        let suggested = (!found.without.is_empty()).then(|| instead::<CommunityFacet>(PATH, found.without, &acting));
        let all = address(PATH, &CommunitiesQuery::default(), &acting);
        return view! {
            {facets}
            {chips}
            {above}
            <Empty title text=words icon="users">
                {suggested}
                {query.is_narrowed().then(|| view! { <a class="button button--primary" href=all>"Show all communities"</a> })}
            </Empty>
        }
        .into_any();
    }
    let counted = u64::try_from(found.total).unwrap_or_default();
    let count = if found.total_capped { "2,000+".to_owned() } else { count_label(counted) };
    let noun = if found.total == 1 { "community" } else { "communities" };
    let said = match &found.said_instead {
        Some(instead) => format!("None has the words “{}”. {count} {noun} with “{instead}”", query.text),
        None => format!("{count} {noun}"),
    };
    let showing = format!("Showing {} of {count}", found.items.len());
    let paging = pages(PATH, &query, &acting, showing, found.previous_cursor, found.next_cursor);
    view! {
        {facets}
        {chips}
        {above}
        <p class="results-count" role="status">{said}</p>
        <ul class="results">{found.items.into_iter().enumerate().map(|(place, card)| view! { <Row card first={place < FIRST} acting=acting.clone() beside=beside.clone()/> }).collect_view()}</ul>
        {paging}
    }
    .into_any()
}

#[component]
fn Row(card: CommunityCard, first: bool, acting: String, beside: Beside) -> impl IntoView {
    let keep = (beside.row)((card.id.0, card.name.clone()));
    let href = crate::features::organizations::views::within(&format!("{PATH}/{}", card.slug), &acting);
    let fact = |term: &'static str, text: String| {
        (!text.is_empty()).then(|| view! { <div><dt>{term}</dt><dd><bdi>{text}</bdi></dd></div> })
    };
    view! {
        <li class="result">
            <Logo name=card.name.clone() url=card.logo_url first/>
            <div class="result__body">
                <h2 class="result__name"><a class="card__link" href=href><bdi>{card.name}</bdi></a></h2>
                <ul class="meta">
                    <li class="meta__item"><Icon name="map-pin" small=true/><bdi>{card.place_label}</bdi></li>
                    <li class="meta__item"><Icon name="users" small=true/>{card.community_type}</li>
                </ul>
                {(!card.bio.is_empty()).then(|| view! { <p class="result__text" dir="auto">{card.bio}</p> })}
                <div class="result__tools">{keep}</div>
            </div>
            <dl class="result__facts">
                {fact("People", card.size)}
                {fact("Languages", card.languages.join(", "))}
                {fact("Region", card.region)}
                {fact("Answers", card.answers_label)}
            </dl>
        </li>
    }
}
