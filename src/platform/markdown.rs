//! Markdown that people write, as HTML that is safe to show.
//!
//! Promises: [`SafeHtml`] can be made here only, so that a page which takes one cannot show anything that did not pass
//! the sanitiser. HTML in the source is shown as the text it is; pictures become their description; links leave with
//! `nofollow ugc noopener`; headings begin at `h3`, below those of the page. Does not do: syntax colours, footnotes,
//! tasks, limits on length (forms have those).

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use crate::kernel::safe_html::SafeHtml;
use ammonia::{Builder, UrlRelative};
use pulldown_cmark::{Alignment, CowStr, Event, HeadingLevel, Options, Parser, Tag, TagEnd, html};

/// Quotes and lists nest this deep; what is deeper stays, without the boxes around it.
const MAX_NESTING: usize = 16;

/// Markdown (CommonMark with tables and strikethrough) to safe HTML.
pub fn render(source: &str) -> SafeHtml {
    let mut written = String::with_capacity(source.len() * 3 / 2);
    html::push_html(&mut written, Plain::new(Parser::new_ext(source, options())));
    SafeHtml::from_sanitiser(SANITISER.clean(&written).to_string())
}

/// The words of a text without its marks, cut between two words at `max_chars` characters (the ellipsis included): for
/// cards, descriptions and mails. It is plain text and still has to be escaped where it is shown.
pub fn plain_excerpt(source: &str, max_chars: usize) -> String {
    let mut text = String::new();
    for event in Plain::new(Parser::new_ext(source, options())) {
        match event {
            Event::Text(words) | Event::Code(words) => text.push_str(&words),
            Event::SoftBreak | Event::HardBreak | Event::Rule => text.push(' '),
            Event::End(
                TagEnd::Paragraph
                | TagEnd::Heading(_)
                | TagEnd::Item
                | TagEnd::CodeBlock
                | TagEnd::TableCell
                | TagEnd::TableRow
                | TagEnd::TableHead,
            ) => text.push(' '),
            _ => {}
        }
    }
    cut(&text.split_whitespace().collect::<Vec<_>>().join(" "), max_chars)
}

fn cut(text: &str, max_chars: usize) -> String {
    if text.chars().count() <= max_chars {
        return text.to_owned();
    }
    let room = max_chars.saturating_sub(1);
    let head: String = text.chars().take(room).collect();
    let whole = text.chars().nth(room).is_some_and(char::is_whitespace);
    let head = match head.rfind(' ') {
        // A single word longer than the room is cut within.
        Some(space) if !whole && space > 0 => &head[..space],
        _ => head.as_str(),
    };
    let head = head.trim_end_matches(|c: char| c.is_whitespace() || ",.;:–—-(/&".contains(c));
    if max_chars == 0 { String::new() } else { format!("{head}…") }
}

fn options() -> Options {
    Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH
}

/// The parser's events without what we do not show. The sanitiser behind it is the wall; this keeps the words that it
/// would drop together with their tags.
struct Plain<'a> {
    parser: Parser<'a>,
    /// For each open box: is it written, or passed over because it is too deep?
    boxes: Vec<bool>,
}

impl<'a> Plain<'a> {
    fn new(parser: Parser<'a>) -> Self {
        Self { parser, boxes: Vec::new() }
    }

    fn shown(&mut self, event: Event<'a>) -> Option<Event<'a>> {
        match event {
            Event::Html(raw) | Event::InlineHtml(raw) => Some(Event::Text(raw)),
            Event::Start(Tag::HtmlBlock) => Some(Event::Start(Tag::Paragraph)),
            Event::End(TagEnd::HtmlBlock) => Some(Event::End(TagEnd::Paragraph)),
            Event::Start(Tag::Image { .. }) | Event::End(TagEnd::Image) => None,
            Event::Start(Tag::Heading { level, .. }) => {
                Some(Event::Start(Tag::Heading { level: lowered(level), id: None, classes: Vec::new(), attrs: Vec::new() }))
            }
            Event::End(TagEnd::Heading(level)) => Some(Event::End(TagEnd::Heading(lowered(level)))),
            // Alignment is written as a style attribute, which our pages do not have.
            Event::Start(Tag::Table(columns)) => Some(Event::Start(Tag::Table(vec![Alignment::None; columns.len()]))),
            Event::Start(tag @ (Tag::BlockQuote(_) | Tag::List(_) | Tag::Item)) => {
                let written = self.boxes.len() < MAX_NESTING;
                self.boxes.push(written);
                written.then_some(Event::Start(tag))
            }
            Event::End(tag @ (TagEnd::BlockQuote(_) | TagEnd::List(_) | TagEnd::Item)) => {
                self.boxes.pop().unwrap_or(true).then_some(Event::End(tag))
            }
            Event::Start(Tag::Link { link_type, dest_url, .. }) => {
                Some(Event::Start(Tag::Link { link_type, dest_url, title: CowStr::Borrowed(""), id: CowStr::Borrowed("") }))
            }
            other => Some(other),
        }
    }
}

impl<'a> Iterator for Plain<'a> {
    type Item = Event<'a>;

    fn next(&mut self) -> Option<Event<'a>> {
        loop {
            let event = self.parser.next()?;
            if let Some(shown) = self.shown(event) {
                return Some(shown);
            }
        }
    }
}

fn lowered(level: HeadingLevel) -> HeadingLevel {
    match level {
        HeadingLevel::H1 => HeadingLevel::H3,
        HeadingLevel::H2 => HeadingLevel::H4,
        HeadingLevel::H3 => HeadingLevel::H5,
        HeadingLevel::H4 | HeadingLevel::H5 | HeadingLevel::H6 => HeadingLevel::H6,
    }
}

static SANITISER: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut builder = Builder::empty();
    builder
        .tags(HashSet::from([
            "a",
            "blockquote",
            "br",
            "code",
            "del",
            "em",
            "h3",
            "h4",
            "h5",
            "h6",
            "hr",
            "li",
            "ol",
            "p",
            "pre",
            "strong",
            "table",
            "tbody",
            "td",
            "th",
            "thead",
            "tr",
            "ul",
        ]))
        .clean_content_tags(HashSet::from(["script", "style"]))
        .tag_attributes(HashMap::from([("a", HashSet::from(["href"])), ("ol", HashSet::from(["start"]))]))
        .url_schemes(HashSet::from(["http", "https", "mailto"]))
        // "//elsewhere.example" is relative too.
        .url_relative(UrlRelative::Deny)
        .link_rel(Some("nofollow ugc noopener"));
    builder
});

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::{any, prop_assert, proptest};

    fn html(source: &str) -> String {
        render(source).as_str().trim().to_owned()
    }

    #[test]
    fn what_people_write_comes_out() {
        assert_eq!(
            html("Hello **there**, *you* ~~all~~ `x < y`"),
            "<p>Hello <strong>there</strong>, <em>you</em> <del>all</del> <code>x &lt; y</code></p>"
        );
        assert_eq!(html("- a\n- b"), "<ul>\n<li>a</li>\n<li>b</li>\n</ul>");
        assert_eq!(html("3. a"), "<ol start=\"3\">\n<li>a</li>\n</ol>");
        assert_eq!(html("> quoted"), "<blockquote>\n<p>quoted</p>\n</blockquote>");
        assert_eq!(html("```rust\nfn x() {}\n```"), "<pre><code>fn x() {}\n</code></pre>");
        assert!(html("| a | b |\n|:-:|--:|\n| 1 | 2 |").contains("<td>2</td>"));
        assert_eq!(html("₹2,00,000 — नमस्ते"), "<p>₹2,00,000 — नमस्ते</p>");
        assert!(render("").is_empty());
    }

    #[test]
    fn headings_begin_below_those_of_the_page() {
        let written = html("# a\n## b\n### c\n#### d\n###### e");

        assert_eq!(written, "<h3>a</h3>\n<h4>b</h4>\n<h5>c</h5>\n<h6>d</h6>\n<h6>e</h6>");
    }

    #[test]
    fn links_carry_their_rel_and_only_go_to_the_web_or_to_mail() {
        assert_eq!(
            html("[us](https://acme.example/a?b=1&c=2 \"t\")"),
            "<p><a href=\"https://acme.example/a?b=1&amp;c=2\" rel=\"nofollow ugc noopener\">us</a></p>"
        );
        assert!(html("<mailto:asha@acme.example>").contains("href=\"mailto:asha@acme.example\""));
        for elsewhere in ["/admin", "//evil.example", "ftp://x.example", "tel:1", "#top", "?a=b"] {
            assert!(!html(&format!("[x]({elsewhere})")).contains("href"), "{elsewhere}");
        }
    }

    #[test]
    fn pictures_become_their_description() {
        assert_eq!(html("![Our logo](https://tracker.example/p.png)"), "<p>Our logo</p>");
    }

    #[test]
    fn nothing_that_runs_gets_through() {
        let payloads = [
            "<script>alert(1)</script>",
            "<ScRiPt src=//evil.example></sCrIpT>",
            "<img src=x onerror=alert(1)>",
            "<svg onload=alert(1)>",
            "<svg><script>alert(1)</script></svg>",
            "<iframe src=javascript:alert(1)></iframe>",
            "<a href=\"javascript:alert(1)\">x</a>",
            "[x](javascript:alert(1))",
            "[x](JaVaScRiPt:alert(1))",
            "[x](java\tscript:alert(1))",
            "[x](&#106;avascript:alert(1))",
            "[x](javascript&colon;alert(1))",
            "[x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
            "[x](vbscript:msgbox(1))",
            "![x](javascript:alert(1))",
            "![x\" onerror=\"alert(1)](y)",
            "[x]: javascript:alert(1)\n\n[x]",
            "<javascript:alert(1)>",
            "[x](https://a.example \"\" onmouseover=\"alert(1)\")",
            "[x](https://a.example/\"onmouseover=\"alert(1))",
            "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
            "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
            "<style>@import 'https://evil.example'</style>",
            "<form action=https://evil.example><input name=password>",
            "<base href=https://evil.example>",
            "<meta http-equiv=refresh content=0;url=https://evil.example>",
            "<p style=\"background:url(https://evil.example)\">x</p>",
            "# x {onclick=alert(1)}",
            "```\"><script>alert(1)</script>\n```",
            "` <script>alert(1)</script> `",
            "<!--><script>alert(1)</script>-->",
            "<![CDATA[<script>alert(1)</script>]]>",
            "| <img src=x onerror=alert(1)> |\n|---|\n| <script> |",
            "<details open ontoggle=alert(1)>",
        ];
        for payload in payloads {
            assert_harmless(payload);
            assert_harmless(&format!("> - {payload}"));
            assert_harmless(&format!("text\n\n{payload}\n\ntext"));
        }
    }

    /// Looks at every tag that was written: its name, and each of its attributes.
    fn assert_harmless(source: &str) {
        let written = html(source);
        for tag in written.split('<').skip(1) {
            let (inside, _) = tag.split_once('>').unwrap_or_else(|| panic!("an open tag in {written}"));
            let name = inside.trim_start_matches('/').split([' ', '/']).next().unwrap_or_default();
            let known = [
                "a",
                "blockquote",
                "br",
                "code",
                "del",
                "em",
                "h3",
                "h4",
                "h5",
                "h6",
                "hr",
                "li",
                "ol",
                "p",
                "pre",
                "strong",
                "table",
                "tbody",
                "td",
                "th",
                "thead",
                "tr",
                "ul",
            ];
            assert!(known.contains(&name), "<{name}> in {written} from {source}");
            let attributes = inside.strip_prefix(name).unwrap_or_default();
            for attribute in attributes.split("\" ").map(str::trim).filter(|a| !a.is_empty() && *a != "/") {
                let fine = ["rel=\"nofollow ugc noopener", "href=\"http://", "href=\"https://", "href=\"mailto:", "start=\""];
                assert!(fine.iter().any(|f| attribute.starts_with(f)), "{attribute} in {written} from {source}");
            }
        }
    }

    #[test]
    fn html_is_shown_as_the_text_it_is() {
        assert_eq!(html("a <b>bold</b> move"), "<p>a &lt;b&gt;bold&lt;/b&gt; move</p>");
        assert_eq!(html("<div>\nblock\n</div>"), "<p>&lt;div&gt;\nblock\n&lt;/div&gt;</p>");
    }

    #[test]
    fn a_tower_of_quotes_neither_breaks_nor_loses_its_words() {
        let written = html(&format!("{} deep", "> ".repeat(20_000)));
        assert!(written.contains("deep"));
        assert_eq!(written.matches("<blockquote>").count(), MAX_NESTING);

        let lists: String = (0..200).map(|depth| format!("{}- x\n", "  ".repeat(depth))).collect();
        assert!(html(&lists).matches("<ul>").count() <= MAX_NESTING);
    }

    #[test]
    fn an_excerpt_is_plain_words_cut_between_two() {
        let source = "# Title\n\nSome **bold** and [linked](https://a.example) `code`.\n\n- one\n- two\n\n![logo](x.png)";

        assert_eq!(plain_excerpt(source, 200), "Title Some bold and linked code. one two logo");
        assert_eq!(plain_excerpt(source, 17), "Title Some bold…");
        assert_eq!(plain_excerpt(source, 16), "Title Some bold…");
        assert_eq!(plain_excerpt("one, two", 5), "one…");
        assert_eq!(plain_excerpt("नमस्तेदुनिया", 5).chars().count(), 5);
        assert_eq!(plain_excerpt("abcdefgh", 4), "abc…");
        assert_eq!(plain_excerpt("", 10), "");
        assert_eq!(plain_excerpt("abc", 0), "");
    }

    proptest! {
        #[test]
        fn no_text_breaks_it(source in any::<String>(), most in 0usize..50) {
            assert_harmless(&source);
            prop_assert!(plain_excerpt(&source, most).chars().count() <= most);
        }

        #[test]
        fn nor_does_text_full_of_marks(source in "[<>a\"'=&;:/()\\[\\]!`*_#>| \n-]{0,60}") {
            assert_harmless(&source);
        }
    }
}
