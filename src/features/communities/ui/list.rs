//! `/communities`: who organizes, for everybody. The address is the state; it works without scripts.

use crate::{
    features::communities::{
        search::{CommunitiesQuery, CommunityFacet},
        server_fns,
        views::{CommunitiesView, CommunityCard},
    },
    kernel::markup::Markup,
    ui::{
        compare::{self, Comparing},
        found::Described,
        page::{acting, fetched, shown_over_with},
        parts::{PageHead, put_icon, put_logo},
        search::{
            Along, Beside, Keeps, ListFound, Listed, Nothing, OnRow, Page, Searching, Suggested, Total, address, asked,
            search_field,
        },
    },
};
use leptos::prelude::*;
use leptos_meta::Title;
use std::sync::Arc;

const PATH: &str = "/communities";
const SEARCHING: Searching = Searching { path: PATH, label: "Search communities", placeholder: "Name, place or technology" };
const NOTHING: Nothing = Nothing {
    fits: ("No community fits this search", "Try fewer words, or another spelling."),
    is_there: ("No community is here yet", "The first one that is approved will stand here. It could be yours."),
    icon: "users",
};
pub const COMPARING: Comparing = Comparing {
    path: PATH,
    list: "the list of communities",
    many: "Communities",
    about: "Where communities meet, what their events are about, how fast they answer, and who has supported them.",
    icon: NOTHING.icon,
};

#[component]
pub fn CommunitiesPage(
    /// What the reader keeps: their searches, and whom they watch.
    beside: fn() -> Keeps,
) -> impl IntoView {
    let acting = acting();
    let beside = beside();
    let asked = asked::<CommunityFacet>();
    let along = compare::along(acting);
    let pressed = compare::choosing(along);
    let loaded = fetched(move || (asked.get().query(), acting.get()), |(query, workspace)| server_fns::list(query, workspace));
    view! {
        <Title text="Communities"/>
        <Described path="/communities" title="Communities" text="Developer communities that organize events and look for sponsors and partners: where they meet, in which languages, how large they are."/>
        <div class="center stack" on:click=pressed>
            <PageHead title="Communities" sub="Who organizes developer events: where they meet, how large they are, how fast they answer.">
                <a class="button button--primary" href="/join">"Join with your community"</a>
            </PageHead>
            {search_field(SEARCHING, asked, along, suggest)}
            {shown_over_with(loaded, move || beside(), move |found: Arc<CommunitiesView>, beside| {
                view! { <Results found along beside/> }
            })}
        </div>
    }
}

fn suggest(text: String, workspace: Option<String>) -> Suggested {
    Box::pin(server_fns::suggest(text, workspace))
}

#[component]
fn Results(
    found: Arc<CommunitiesView>,
    along: Memo<Along>,
    /// For whoever keeps something.
    beside: Option<Beside>,
) -> impl IntoView {
    let page = Page::new(PATH, found, beside);
    let now = along.get_untracked();
    let list = page.list(&now);
    let (narrowing, above) = (list.narrowing(along), list.above(along));
    view! {
        {narrowing}
        {above}
        // Whom the reader watches and compares changes on the page that is there.
        {move || shown(&page, &along.get())}
    }
}

impl Listed for CommunitiesView {
    type Facet = CommunityFacet;
    type Row = CommunityCard;

    fn found(&self) -> ListFound<'_, CommunityCard> {
        ListFound {
            query: &self.query,
            facets: &self.facets,
            items: &self.items,
            total: Total { count: self.total, is_capped: self.total_capped },
            said_instead: self.said_instead.as_deref(),
            said_begun: &self.said_begun,
            without: &self.without,
            previous: self.previous_cursor.as_deref(),
            next: self.next_cursor.as_deref(),
        }
    }
}

fn shown(page: &Page<CommunitiesView>, along: &Along) -> AnyView {
    let list = page.list(along);
    if list.is_empty() {
        let all = address(PATH, &CommunitiesQuery::default(), along);
        let is_narrowed = page.query.is_narrowed();
        let ways = is_narrowed.then(|| view! { <a class="button button--primary" href=all>"Show all communities"</a> });
        return list.nothing(NOTHING, ways.into_any());
    }
    let said = list.said("community", "communities", "None");
    let question = page.query.query();
    let tools = COMPARING.tools(&question, along);
    list.shown(said, Some(tools), |to, card, first, keeps| put_row(to, card, first, &question, along, keeps))
}

/// A row of the list that a question shows, with what stands on it for whoever keeps something.
fn put_row(to: &mut Markup, card: &CommunityCard, first: bool, question: &str, along: &Along, keeps: Option<&OnRow>) {
    to.put(r#"<li class="result" id="row-{}">"#, &[&card.slug]);
    put_logo(to, &card.name, card.logo_url.as_deref(), first);
    to.put(r#"<div class="result__body"><h2 class="result__name">"#, &[]);
    put_name(to, card, &along.acting);
    to.put(r#"</h2><ul class="meta">"#, &[]);
    put_about(to, card);
    to.put("</ul>", &[]);
    if !card.bio.is_empty() {
        to.put(r#"<p class="result__text" dir="auto">{}</p>"#, &[&card.bio]);
    }
    to.put(r#"<div class="result__tools">"#, &[]);
    COMPARING.put_choice(to, &card.slug, &card.name, question, along);
    if let Some(keeps) = keeps {
        keeps(to, card.id.0, &card.name);
    }
    to.put(r#"</div></div><dl class="result__facts">"#, &[]);
    put_facts(to, card);
    to.put("</dl></li>", &[]);
}

fn put_name(to: &mut Markup, card: &CommunityCard, acting: &str) {
    let href = crate::features::organizations::views::within(&format!("{PATH}/{}", card.slug), acting);
    to.put(r#"<a class="card__link" href="{}"><bdi>{}</bdi></a>"#, &[&href, &card.name]);
}

fn put_about(to: &mut Markup, card: &CommunityCard) {
    to.put(r#"<li class="meta__item">"#, &[]);
    put_icon(to, "map-pin", true);
    to.put(r#"<bdi>{}</bdi></li><li class="meta__item">"#, &[&card.place_label]);
    put_icon(to, "users", true);
    to.put("{}</li>", &[&card.community_type]);
}

fn put_facts(to: &mut Markup, card: &CommunityCard) {
    let languages = card.languages.join(", ");
    for (term, text) in
        [("People", &card.size), ("Languages", &languages), ("Region", &card.region), ("Answers", &card.answers_label)]
    {
        if !text.is_empty() {
            to.put("<div><dt>{}</dt><dd><bdi>{}</bdi></dd></div>", &[term, text]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::ids::CommunityId;
    use uuid::Uuid;

    #[test]
    fn a_row_says_what_a_card_says_and_holds_what_is_kept() {
        let full = CommunityCard {
            id: CommunityId(Uuid::nil()),
            slug: "apex-circle".into(),
            name: "Apex <Circle>".into(),
            logo_url: None,
            community_type: "Developer community".into(),
            place_label: "Pune, India".into(),
            region: "South Asia".into(),
            languages: vec!["English".into(), "Hindi".into()],
            size: "51 to 200".into(),
            bio: "Says <b>.".into(),
            answers_label: "Usually answers in 5 hours".into(),
        };
        let along = Along::acting("organization:acme");
        let row = |card: &CommunityCard, keeps: Option<&OnRow>| {
            Markup::made(|to| put_row(to, card, true, "q=apex", &along, keeps)).into_string()
        };
        let text = row(&full, None);
        for there in [
            "<a class=\"card__link\" href=\"/communities/apex-circle?as=organization%3Aacme\"><bdi>Apex &lt;Circle&gt;</bdi></a>",
            "<bdi>Pune, India</bdi></li>",
            "<p class=\"result__text\" dir=\"auto\">Says &lt;b&gt;.</p>",
            "<dt>Languages</dt><dd><bdi>English, Hindi</bdi></dd>",
            "<li class=\"result\" id=\"row-apex-circle\">",
            "href=\"/communities?q=apex&amp;as=organization%3Aacme&amp;o=apex-circle#row-apex-circle\"",
        ] {
            assert!(text.contains(there), "{there}: {text}");
        }
        let bare = row(&CommunityCard { bio: String::new(), size: String::new(), ..full.clone() }, None);
        assert!(!bare.contains("result__text") && !bare.contains("<dt>People</dt>"), "{bare}");

        // Whoever keeps something reads the same row, with one thing more on it.
        let button = "<button name=\"id\" value=\"00000000-0000-0000-0000-000000000000\">Apex &lt;Circle&gt;</button>";
        let keeps: OnRow = Arc::new(|to: &mut Markup, id: Uuid, name: &str| {
            to.put(r#"<button name="id" value="{}">{}</button>"#, &[&id.to_string(), name]);
        });
        let kept = row(&full, Some(&keeps));
        assert!(kept.contains(&format!("{button}</div></div><dl class=\"result__facts\">")), "{kept}");
        assert_eq!(kept.replace(button, ""), text);
    }
}
