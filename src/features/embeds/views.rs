//! What embeds say, on the wire and to the pages on which they are copied.

use crate::{
    features::partners::views::PartnerWall,
    kernel::{
        labels::{Category, Tier},
        pictures::sized,
    },
};
use serde::{Deserialize, Serialize};

/// The longest side of a logo's box on a wall, as on the event's own page.
const SIDE: u32 = 256;

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
    /// The whole picture; absolute, as the two below.
    pub image_url: Option<String>,
    /// The picture for a box of up to 256 pixels: for the `src` of an image …
    pub image_src: Option<String>,
    /// … and for its `srcset`, with one for dense screens; nothing where there is one size only.
    pub image_srcset: Option<String>,
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
                .map(|entry| {
                    let url = entry.logo_url_snapshot.as_deref();
                    let sizes = url.and_then(|url| sized(url, SIDE).zip(sized(url, SIDE * 2)));
                    let sizes = sizes.map(|(plain, dense)| (link(&plain), link(&dense)));
                    EmbedSponsor {
                        initials: crate::kernel::text::initials(&entry.display_name_snapshot),
                        name: entry.display_name_snapshot,
                        category: entry.display_category,
                        image_url: url.map(&link),
                        image_src: sizes.as_ref().map(|(plain, _)| plain.clone()).or_else(|| url.map(&link)),
                        image_srcset: sizes.map(|(plain, dense)| format!("{plain} 1x, {dense} 2x")),
                        website: entry.website_snapshot,
                    }
                })
                .collect(),
        });
        Self { groups: groups.collect(), event_title, event_url, when_label }
    }

    /// To paste into a page of one's own: no script, no style, absolute addresses. The classes are for the page's own style
    /// sheet. It is what stands here now, and changes only when it is pasted again.
    pub fn html(&self) -> String {
        let mut lines = vec![
            format!("<section class=\"commdesk-sponsors\" aria-label=\"Sponsors of {}\">", escaped(&self.event_title)),
            format!("<p><a href=\"{}\">{}</a> is made possible by</p>", escaped(&self.event_url), escaped(&self.event_title)),
        ];
        for group in &self.groups {
            lines.push(format!("<h3>{}</h3>", escaped(&group.heading)));
            lines.push(format!("<ul class=\"commdesk-sponsors__{}\">", escaped(&group.size)));
            lines.extend(group.sponsors.iter().map(|sponsor| format!("<li>{}</li>", sponsor.html())));
            lines.push("</ul>".to_owned());
        }
        lines.push("</section>".to_owned());
        lines.join("\n")
    }
}

impl EmbedSponsor {
    fn html(&self) -> String {
        let name = escaped(&self.name);
        let dense = self.image_srcset.as_deref().map(|both| format!(" srcset=\"{}\"", escaped(both))).unwrap_or_default();
        let shown = match &self.image_src {
            Some(url) => {
                format!("<img src=\"{}\"{dense} alt=\"{name}\" width=\"160\" height=\"80\" loading=\"lazy\">", escaped(url))
            }
            None => name,
        };
        if self.website.starts_with("https://") || self.website.starts_with("http://") {
            format!("<a href=\"{}\" rel=\"noopener sponsored\">{shown}</a>", escaped(&self.website))
        } else {
            shown
        }
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

impl BadgeEmbed {
    /// To paste into a page of one's own, as [`WallEmbed::html`].
    pub fn html(&self) -> String {
        let facts = [&self.when_label, &self.budget_label, &self.places_label].map(|text| escaped(text));
        let facts = facts.iter().filter(|text| !text.is_empty()).cloned().collect::<Vec<_>>().join(" · ");
        let last = if self.open { format!("Apply by {}", escaped(&self.deadline_label)) } else { "Closed".to_owned() };
        format!(
            "<p class=\"commdesk-badge\">\n<a href=\"{}\"><strong>{}</strong> at {}</a><br>\n{facts}<br>\n{last}\n</p>",
            escaped(&self.url),
            escaped(self.category.label()),
            escaped(&self.event_title),
        )
    }
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
    /// Without a frame: what it says now.
    pub html: String,
    /// The same as data.
    pub json_url: String,
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

    fn wall(name: &str, website: &str, image_url: Option<&str>) -> WallEmbed {
        let sponsor = EmbedSponsor {
            name: name.to_owned(),
            category: Category::TitleSponsor,
            image_url: image_url.map(str::to_owned),
            image_src: image_url.map(str::to_owned),
            image_srcset: image_url.map(|url| format!("{url} 1x, {url}?\" 2x")),
            initials: "X".to_owned(),
            website: website.to_owned(),
        };
        WallEmbed {
            event_title: "Hack & Fest".to_owned(),
            event_url: "https://c.example/events/hack".to_owned(),
            when_label: String::new(),
            groups: vec![EmbedGroup {
                heading: "Title Sponsor".to_owned(),
                tier_keyword: Category::TitleSponsor.tier(),
                size: "lead".to_owned(),
                hue: "rose".to_owned(),
                sponsors: vec![sponsor],
            }],
        }
    }

    #[test]
    fn the_plain_html_of_a_wall_is_whole_and_harmless() {
        let logo = "https://c.example/media/logos/a.png";
        assert_eq!(
            wall("Acme", "https://acme.example", Some(logo)).html(),
            "<section class=\"commdesk-sponsors\" aria-label=\"Sponsors of Hack &amp; Fest\">\n\
             <p><a href=\"https://c.example/events/hack\">Hack &amp; Fest</a> is made possible by</p>\n\
             <h3>Title Sponsor</h3>\n<ul class=\"commdesk-sponsors__lead\">\n\
             <li><a href=\"https://acme.example\" rel=\"noopener sponsored\"><img src=\"https://c.example/media/logos/a.png\" \
             srcset=\"https://c.example/media/logos/a.png 1x, https://c.example/media/logos/a.png?&quot; 2x\" alt=\"Acme\" width=\"160\" height=\"80\" loading=\"lazy\"></a></li>\n</ul>\n</section>"
        );
        let evil = wall("\"><script>alert(1)</script>", "javascript:alert(1)", None).html();
        assert!(!evil.contains("<script") && !evil.contains("javascript:") && !evil.contains("style="), "{evil}");
        assert!(
            evil.contains("<li>&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;</li>"),
            "without a logo, the name stands there"
        );
    }

    #[test]
    fn a_snippet_cannot_be_broken_out_of() {
        let snippet = frame("https://c.example/embed/events/x/sponsors", "\"><script>alert(1)</script>", 400);
        assert!(!snippet.contains("<script>") && snippet.contains("&quot;&gt;&lt;script&gt;"));
    }
}
