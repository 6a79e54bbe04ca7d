//! What embeds say, on the wire and to the pages on which they are copied.

use crate::{
    features::partners::views::PartnerWall,
    kernel::labels::{Category, Tier},
};
use serde::{Deserialize, Serialize};

/// The sponsors of an event: `/embed/events/{slug}/sponsors.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WallEmbed {
    pub event_title: String,
    /// The event's page.
    pub event_url: String,
    pub when_label: String,
    pub groups: Vec<EmbedGroup>,
}

/// One tier of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EmbedGroup {
    pub heading: String,
    pub tier_keyword: Tier,
    /// `lead`, `major`, `standard`, `small`.
    pub size: String,
    pub hue: String,
    pub sponsors: Vec<EmbedSponsor>,
}

/// Somebody on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EmbedSponsor {
    pub name: String,
    pub category: Category,
    /// Absolute.
    pub image_url: Option<String>,
    pub initials: String,
    pub website: String,
}

impl WallEmbed {
    /// From an event's wall; `link` makes an address absolute.
    pub fn of(
        event_title: String,
        event_url: String,
        when_label: String,
        wall: PartnerWall,
        link: impl Fn(&str) -> String,
    ) -> Self {
        let groups = wall.groups.into_iter().map(|group| EmbedGroup {
            heading: group.heading(),
            tier_keyword: group.tier,
            size: group.size.label().to_owned(),
            hue: group.hue.label().to_owned(),
            sponsors: group
                .entries
                .into_iter()
                .map(|entry| EmbedSponsor {
                    initials: crate::kernel::text::initials(&entry.display_name_snapshot),
                    name: entry.display_name_snapshot,
                    category: entry.display_category,
                    image_url: entry.logo_url_snapshot.as_deref().map(&link),
                    website: entry.website_snapshot,
                })
                .collect(),
        });
        Self { groups: groups.collect(), event_title, event_url, when_label }
    }
}

/// An opportunity in a few words: `/embed/opportunities/{id}/badge.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BadgeEmbed {
    pub title: String,
    pub event_title: String,
    pub when_label: String,
    pub category: Category,
    pub hue: String,
    pub budget_label: String,
    /// "2 of 3 places left"; what became of it once it is closed.
    pub places_label: String,
    pub deadline_label: String,
    /// Can somebody apply?
    pub open: bool,
    /// Its page.
    pub url: String,
}

/// The page on which a community chooses its sites and copies its badges.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EmbedsPage {
    /// One a line; `*` is everywhere.
    pub sites: String,
    pub version: i32,
    pub can_edit: bool,
    pub badges: Vec<BadgeSnippet>,
}

/// A badge to copy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BadgeSnippet {
    pub title: String,
    pub event_title: String,
    pub snippet: String,
    pub preview_href: String,
}

/// A frame to paste. `src` and `title` are of our own making, and escaped all the same.
pub fn frame(src: &str, title: &str, height: u32) -> String {
    format!(
        "<iframe src=\"{}\" title=\"{}\" width=\"100%\" height=\"{height}\" loading=\"lazy\" style=\"border:0\"></iframe>",
        escaped(src),
        escaped(title)
    )
}

/// Text for between quotes and tags.
pub fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            c => safe.push(c),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_snippet_cannot_be_broken_out_of() {
        let snippet = frame("https://c.example/embed/events/x/sponsors", "\"><script>alert(1)</script>", 400);
        assert!(!snippet.contains("<script>") && snippet.contains("&quot;&gt;&lt;script&gt;"));
    }
}
