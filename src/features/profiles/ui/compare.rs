//! `/communities/compare?o=apex-circle&o=harbour-devs`: up to four communities side by side. The address is the state; it works
//! without scripts.

use crate::{
    features::{
        communities::ui::list::COMPARING,
        profiles::{server_fns, views::ComparedCommunity},
    },
    kernel::{compare::SideBySide, text::few},
    ui::{
        compare::{Column, Line},
        found::Described,
        page::{acting, fetched, shown},
    },
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

/// A community has done events about anything: what most of them are about says what it is.
const TECHNOLOGIES_SHOWN: usize = 12;

#[component]
pub fn CompareCommunitiesPage() -> impl IntoView {
    let query = use_query_map();
    let acting = acting();
    let asked = Memo::new(move |_| query.with(|query| query.to_query_string()));
    let loaded =
        fetched(move || (asked.get(), acting.get()), |(query, workspace)| server_fns::compare_communities(query, workspace));
    view! {
        <Title text="Compare communities"/>
        <Described path="/communities/compare" title="Compare communities" text="Developer communities side by side: where they meet, what their events are about, how fast they answer, and who has supported them."/>
        <div class="center stack">
            {shown(loaded, move |found: SideBySide<ComparedCommunity>| {
                let lines = lines(&found.items);
                COMPARING.page(found.map(column), lines, acting.get_untracked().unwrap_or_default())
            })}
        </div>
    }
}

fn column(ComparedCommunity { card, .. }: ComparedCommunity) -> Column {
    Column { slug: card.slug, name: card.name, logo_url: card.logo_url }
}

fn lines(items: &[ComparedCommunity]) -> Vec<Line> {
    let line = |title: &'static str, say: &dyn Fn(&ComparedCommunity) -> String| Line::of(title, items, say);
    let mut lines = vec![
        line("About", &|it| it.card.bio.clone()),
        line("Kind", &|it| it.card.community_type.clone()),
        line("Place", &|it| it.card.place_label.clone()),
        line("Region", &|it| it.card.region.clone()),
        line("Languages", &|it| it.card.languages.join(", ")),
        line("People", &|it| it.card.size.clone()),
        line("Answers", &|it| it.card.answers_label.clone()),
        line("Technologies", &|it| few(&it.technologies, TECHNOLOGIES_SHOWN)),
        line("Event types", &|it| it.event_types.join(", ")),
        line("Upcoming events", &|it| it.ahead.to_string()),
        line("Past events", &|it| it.past.to_string()),
        line("Sponsors and partners so far", &|it| it.supporters.to_string()),
    ];
    // Of one whose standing the reader does not see, the table would say that it has not said.
    if items.iter().all(|it| it.standing.is_some()) {
        lines.push(line("Standing", &|it| it.standing.clone().unwrap_or_default()));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn compared(standing: Option<&str>, technologies: usize) -> ComparedCommunity {
        serde_json::from_value(json!({
            "card": {
                "id": "018cc252-de60-70b3-8fd6-5bb847e99303",
                "slug": "apex-circle",
                "name": "Apex Circle",
                "logoUrl": null,
                "communityType": "Developer community",
                "placeLabel": "Pune, India",
                "region": "South Asia",
                "languages": ["English", "Hindi"],
                "size": "",
                "bio": "Student builders.",
                "answersLabel": "New here",
            },
            "standing": standing,
            "technologies": (0..technologies).map(|n| format!("T{n}")).collect::<Vec<_>>(),
            "eventTypes": ["Hackathon", "Meetup"],
            "ahead": 2,
            "past": 14,
            "supporters": 3,
        }))
        .expect("a community")
    }

    fn cells(lines: &[Line], title: &str) -> Vec<String> {
        lines.iter().find(|line| line.title == title).map(|line| line.cells.clone()).unwrap_or_default()
    }

    #[test]
    fn a_line_says_of_each_what_its_list_and_its_events_tell() {
        let lines = lines(&[compared(None, 2), compared(None, 14)]);
        for (title, first) in [
            ("Place", "Pune, India"),
            ("Languages", "English, Hindi"),
            ("People", ""),
            ("Technologies", "T0, T1"),
            ("Event types", "Hackathon, Meetup"),
            ("Upcoming events", "2"),
            ("Past events", "14"),
            ("Sponsors and partners so far", "3"),
        ] {
            assert_eq!(cells(&lines, title).first().map(String::as_str), Some(first), "{title}");
        }
        assert!(cells(&lines, "Technologies")[1].ends_with("T11 +2"), "{:?}", cells(&lines, "Technologies"));
    }

    #[test]
    fn how_they_stand_is_said_of_all_or_of_none() {
        let standing = |items: &[ComparedCommunity]| cells(&lines(items), "Standing");
        assert_eq!(standing(&[compared(Some("Active"), 0), compared(Some("Approved"), 0)]), ["Active", "Approved"]);
        assert!(standing(&[compared(Some("Active"), 0), compared(None, 0)]).is_empty());
    }
}
