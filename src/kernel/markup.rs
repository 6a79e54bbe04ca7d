//! Markup that is written as text: rows of lists, items of menus, icons. They hold no state, and a page has hundreds of their
//! elements; a component for each of these costs a server more than all else that it does for the page, and a browser likewise.
//!
//! Promises: what stands in the source goes in as it is, everything else is escaped, so that words of people stay words. Server
//! and browser write the same. `ui/parts.rs` puts it into a page.

/// Markup of our own around escaped text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Markup(String);

impl Markup {
    /// As [`Markup::put`], from the beginning.
    pub fn of(html: &'static str, texts: &[&str]) -> Self {
        Self::made(|to| to.put(html, texts))
    }

    /// What somebody puts in.
    pub fn made(put: impl FnOnce(&mut Self)) -> Self {
        let mut made = Self::default();
        put(&mut made);
        made
    }

    /// Puts in what stands in the source, each `{}` in it replaced by a text, escaped. A text stands between tags, or inside an
    /// attribute's double quotes, and nowhere else; the address in a `href` is one of ours.
    pub fn put(&mut self, html: &'static str, texts: &[&str]) {
        debug_assert_eq!(html.matches("{}").count(), texts.len(), "as many texts as places: {html}");
        let mut pieces = html.split('{');
        self.0.push_str(pieces.next().unwrap_or_default());
        for (place, piece) in pieces.enumerate() {
            debug_assert!(self.takes_text(), "a text in a tag stands in double quotes: {html}");
            if let Some(text) = texts.get(place) {
                escape(text, &mut self.0);
            }
            self.0.push_str(piece.strip_prefix('}').unwrap_or(piece));
        }
    }

    /// May a text stand here? What was put in has its own signs escaped, so those that are found are the source's.
    fn takes_text(&self) -> bool {
        match self.0.rfind(['<', '>']) {
            Some(at) if self.0[at..].starts_with('<') => {
                let tag = &self.0[at..];
                tag.matches('"').count() % 2 == 1
            }
            _ => true,
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn into_string(self) -> String {
        self.0
    }
}

fn escape(text: &str, to: &mut String) {
    let mut rest = text;
    while let Some(at) = rest.bytes().position(|byte| matches!(byte, b'&' | b'<' | b'>' | b'"')) {
        to.push_str(&rest[..at]);
        to.push_str(match rest.as_bytes()[at] {
            b'&' => "&amp;",
            b'<' => "&lt;",
            b'>' => "&gt;",
            _ => "&quot;",
        });
        rest = &rest[at + 1..];
    }
    to.push_str(rest);
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_sources_markup_stands_and_words_stay_words() {
        let mut row = Markup::of(r#"<a href="{}" title="{}">{}</a>"#, &["/directory?a=1&b=2", r#""onload=x"#, "<b>R&D</b>"]);
        row.put("<hr>", &[]);
        row.put("{}{}", &["é", "\u{202e}"]);
        assert_eq!(
            row.as_str(),
            "<a href=\"/directory?a=1&amp;b=2\" title=\"&quot;onload=x\">&lt;b&gt;R&amp;D&lt;/b&gt;</a><hr>é\u{202e}"
        );
        assert_eq!(Markup::of("{}", &["{} {"]).into_string(), "{} {", "a text has no places");
        assert_eq!(Markup::made(|_| ()), Markup::default());
    }

    #[test]
    fn a_tag_may_be_put_in_piece_by_piece() {
        let made = Markup::made(|to| {
            to.put(r#"<a href="{}""#, &["/x"]);
            to.put(r#" aria-current="true""#, &[]);
            to.put(">{}</a>", &["y"]);
        });
        assert_eq!(made.as_str(), r#"<a href="/x" aria-current="true">y</a>"#);
    }

    #[test]
    #[should_panic(expected = "double quotes")]
    fn a_text_without_quotes_in_a_tag_is_a_mistake() {
        Markup::of("<a href={}>", &["x onclick=y"]);
    }

    #[test]
    #[should_panic(expected = "double quotes")]
    fn a_text_that_names_an_attribute_is_a_mistake() {
        Markup::of(r#"<a class="x" {}="y">"#, &["onclick"]);
    }

    #[test]
    #[should_panic(expected = "as many texts as places")]
    fn a_place_without_a_text_is_a_mistake() {
        Markup::of("<p>{}</p>", &[]);
    }

    proptest! {
        #[test]
        fn whatever_is_written_ends_no_attribute_and_begins_no_tag(text in any::<String>()) {
            let made = Markup::of(r#"<p title="{}">{}</p>"#, &[&text, &text]).into_string();
            let inner = made.strip_prefix("<p title=\"").and_then(|rest| rest.strip_suffix("</p>")).expect("as it was put in");
            let (title, shown) = inner.split_once("\">").expect("the end of the tag");
            for written in [title, shown] {
                prop_assert!(!written.contains(['<', '>', '"']));
                let read = written.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&");
                prop_assert_eq!(&read, &text);
            }
        }
    }
}
