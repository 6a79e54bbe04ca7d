//! Small pieces that many pages show: icons, logos, pills, notices, headings, timelines. The only place where HTML goes into a
//! page as it is: sanitised ([`SafeHtmlView`]), or of our own around escaped text ([`written`], [`rewritten`], [`Icon`]: a `Markup`
//! escapes whatever is put into it).

use super::browser;
use crate::kernel::{
    markup::Markup,
    pictures::{sources, widths},
};
use leptos::{
    prelude::*,
    tachys::{
        html::{
            InertElement,
            attribute::{Attribute, any_attribute::AnyAttribute},
        },
        hydration::Cursor,
        renderer::{
            CastFrom as _, Rndr,
            types::{Element, Node},
        },
        view::{Position, PositionState, RenderFlags},
    },
};

/// An element that holds no state, with markup as all that stands in it: `written("ul", &[("class", "results")], rows)`. Server
/// and browser write the same text, so a page that wakes leaves it as it is, and one that changes reads anew what has changed.
pub fn written(tag: &'static str, attributes: &[(&'static str, &str)], inside: Markup) -> Written {
    Written { shell: Shell::new(tag, attributes), inside }
}

/// What [`written`] makes. It is a view of its own, and not `inner_html` on an element: that is taken out and put in again
/// whenever what is around it is shown anew, also where nothing has changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    shell: Shell,
    inside: Markup,
}

/// An element without what stands in it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Shell {
    tag: &'static str,
    attributes: Vec<(&'static str, String)>,
}

impl Shell {
    fn new(tag: &'static str, attributes: &[(&'static str, &str)]) -> Self {
        Self { tag, attributes: attributes.iter().map(|(name, value)| (*name, (*value).to_owned())).collect() }
    }

    fn element(&self, inside: &Markup) -> Element {
        let element = Rndr::create_element(self.tag, None);
        for (name, value) in &self.attributes {
            Rndr::set_attribute(&element, name, value);
        }
        Rndr::set_inner_html(&element, inside.as_str());
        element
    }

    fn write_to(&self, buf: &mut String, inside: &Markup) {
        let opening = Markup::made(|to| {
            to.put("<", &[]);
            to.put(self.tag, &[]);
            for (name, value) in &self.attributes {
                to.put(" ", &[]);
                to.put(name, &[]);
                to.put("=\"{}\"", &[value]);
            }
            to.put(">", &[]);
        });
        buf.push_str(opening.as_str());
        buf.push_str(inside.as_str());
        buf.push_str("</");
        buf.push_str(self.tag);
        buf.push('>');
    }
}

/// What was written and is on the page, with what is kept of its inside.
pub struct OnPage<Kept> {
    element: Element,
    shell: Shell,
    kept: Kept,
}

impl<Kept> OnPage<Kept> {
    /// Another element stands in its place.
    fn give_way(&mut self, mut other: Self) {
        self.insert_before_this(&mut other);
        self.unmount();
        *self = other;
    }
}

impl<Kept> Mountable for OnPage<Kept> {
    fn unmount(&mut self) {
        self.element.unmount();
    }

    fn mount(&mut self, parent: &Element, marker: Option<&Node>) {
        self.element.mount(parent, marker);
    }

    fn insert_before_this(&self, child: &mut dyn Mountable) -> bool {
        self.element.insert_before_this(child)
    }

    fn elements(&self) -> Vec<Element> {
        vec![self.element.clone()]
    }
}

impl Render for Written {
    type State = OnPage<Markup>;

    fn build(self) -> Self::State {
        OnPage { element: self.shell.element(&self.inside), shell: self.shell, kept: self.inside }
    }

    fn rebuild(self, state: &mut Self::State) {
        if self.shell != state.shell {
            state.give_way(self.build());
        } else if self.inside != state.kept {
            rewrite(&state.element, &self.inside);
            state.kept = self.inside;
        }
    }
}

/// Writes anew what stands in an element. The element stays, and so does a menu that is open and as far scrolled as it was. The
/// focus stays at its place, as where elements are changed one by one: whoever narrows a list by the keyboard goes on from there.
fn rewrite(element: &Element, inside: &Markup) {
    let (focused, scrolled) = (browser::focus_in(element), browser::scrolled_in(element));
    Rndr::set_inner_html(element, inside.as_str());
    browser::scroll_in(element, &scrolled);
    browser::focus_at(element, &focused);
}

/// Whoever writes an element says all of its attributes.
impl AddAnyAttr for Written {
    type Output<SomeNewAttr: Attribute> = Self;

    fn add_any_attr<NewAttr: Attribute>(self, _attr: NewAttr) -> Self::Output<NewAttr> {
        self
    }
}

impl RenderHtml for Written {
    type AsyncOutput = Self;
    type Owned = Self;

    const MIN_LENGTH: usize = 0;

    fn html_len(&self) -> usize {
        self.inside.as_str().len()
    }

    fn dry_resolve(&mut self) {}

    async fn resolve(self) -> Self::AsyncOutput {
        self
    }

    fn to_html_with_buf(self, buf: &mut String, position: &mut Position, _flags: RenderFlags, _extra_attrs: Vec<AnyAttribute>) {
        self.shell.write_to(buf, &self.inside);
        *position = Position::NextChild;
    }

    fn hydrate<const FROM_SERVER: bool>(self, cursor: &Cursor, position: &PositionState) -> Self::State {
        OnPage { element: found(cursor, position), shell: self.shell, kept: self.inside }
    }

    fn into_owned(self) -> Self::Owned {
        self
    }
}

/// The next element that the server wrote.
fn found(cursor: &Cursor, position: &PositionState) -> Element {
    match position.get() {
        Position::FirstChild => cursor.child(),
        Position::Current => {}
        _ => cursor.sibling(),
    }
    let element = Element::cast_from(cursor.current()).expect("the element that the server wrote");
    position.set(Position::NextChild);
    element
}

/// As [`written`], with markup that is made anew when a signal that it reads changes. A closure around a [`Written`] would be
/// put on the page as a new element whenever what is around it is shown anew, and a menu that was open would be closed.
pub fn rewritten(
    tag: &'static str,
    attributes: &[(&'static str, &str)],
    inside: impl Fn() -> Markup + Send + Sync + 'static,
) -> Rewritten {
    Rewritten { shell: Shell::new(tag, attributes), inside: Box::new(inside) }
}

/// What [`rewritten`] makes.
pub struct Rewritten {
    shell: Shell,
    inside: Box<dyn Fn() -> Markup + Send + Sync>,
}

/// Writes, and holds what it wrote last.
type Follows = RenderEffect<Markup>;

impl Rewritten {
    /// Follows on an element in which `shown` stands; nothing is known of what the server wrote there, but that it is the same.
    fn on(self, element: Element, shown: Option<Markup>) -> OnPage<Follows> {
        let Self { shell, inside } = self;
        let there = element.clone();
        let follows = Follows::new_with_value(
            move |before: Option<Markup>| {
                let now = inside();
                if before.is_some_and(|before| before != now) {
                    rewrite(&there, &now);
                }
                now
            },
            shown,
        );
        OnPage { element, shell, kept: follows }
    }
}

impl Render for Rewritten {
    type State = OnPage<Follows>;

    fn build(self) -> Self::State {
        let inside = untrack(|| (self.inside)());
        let element = self.shell.element(&inside);
        self.on(element, Some(inside))
    }

    fn rebuild(self, state: &mut Self::State) {
        if self.shell == state.shell {
            *state = self.on(state.element.clone(), state.kept.take_value());
        } else {
            state.give_way(self.build());
        }
    }
}

impl AddAnyAttr for Rewritten {
    type Output<SomeNewAttr: Attribute> = Self;

    fn add_any_attr<NewAttr: Attribute>(self, _attr: NewAttr) -> Self::Output<NewAttr> {
        self
    }
}

impl RenderHtml for Rewritten {
    type AsyncOutput = Self;
    type Owned = Self;

    const MIN_LENGTH: usize = 0;

    fn dry_resolve(&mut self) {}

    async fn resolve(self) -> Self::AsyncOutput {
        self
    }

    fn to_html_with_buf(self, buf: &mut String, position: &mut Position, _flags: RenderFlags, _extra_attrs: Vec<AnyAttribute>) {
        self.shell.write_to(buf, &(self.inside)());
        *position = Position::NextChild;
    }

    fn hydrate<const FROM_SERVER: bool>(self, cursor: &Cursor, position: &PositionState) -> Self::State {
        self.on(found(cursor, position), None)
    }

    fn into_owned(self) -> Self::Owned {
        self
    }
}

/// An icon of the sprite; decoration beside words.
#[component]
pub fn Icon(#[prop(into)] name: String, #[prop(optional)] small: bool) -> impl IntoView {
    let mut icon = Markup::default();
    put_icon(&mut icon, &name, small);
    InertElement::new(icon.into_string())
}

/// [`Icon`], in markup.
pub fn put_icon(to: &mut Markup, name: &str, small: bool) {
    let class = if small { "icon icon--small" } else { "icon" };
    to.put(r#"<svg class="{}" aria-hidden="true"><use href="/icons.svg#i-{}"></use></svg>"#, &[class, name]);
}

/// How many logos of a list, or of a wall, stand where a page begins.
pub const FIRST: usize = 4;

/// When a picture is fetched: at once where a page begins, for waiting until its place is known would show it late; else when its
/// reader comes near.
pub const fn loading(first: bool) -> &'static str {
    if first { "eager" } else { "lazy" }
}

/// The side of the picture of a logo that is not small.
const SIDE: u32 = 128;
/// How wide the box of a row's logo is, as the style sheets have it. The picture in it is a little narrower: told of that alone,
/// browsers choose one that looks coarse on dense screens.
const ROW: &str = "(width < 30rem) 4rem, 6rem";

/// A logo in its reserved box, or initials. A large one stands in the head of its page.
#[component]
pub fn Logo(
    #[prop(into)] name: String,
    /// The address of the picture, if there is one.
    url: Option<String>,
    /// `small`, `medium` or `large`.
    #[prop(default = "medium")]
    size: &'static str,
    /// One of the first of its page.
    #[prop(optional)]
    first: bool,
) -> impl IntoView {
    let side = if size == "small" { 64 } else { SIDE };
    let shown = Markup::made(|to| put_in_logo(to, &name, url.as_deref(), side, None, first || size == "large"));
    let class = if url.is_some() { format!("logo logo--{size}") } else { format!("logo logo--{size} logo--initials") };
    let mut attributes = vec![("class", class.as_str())];
    if url.is_none() {
        attributes.push(("aria-hidden", "true"));
    }
    written("span", &attributes, shown)
}

/// A medium [`Logo`] of a list's row, in markup; on phones its box is smaller, and so is the picture that is fetched.
pub fn put_logo(to: &mut Markup, name: &str, url: Option<&str>, first: bool) {
    if url.is_some() {
        to.put(r#"<span class="logo logo--medium">"#, &[]);
    } else {
        to.put(r#"<span class="logo logo--medium logo--initials" aria-hidden="true">"#, &[]);
    }
    put_in_logo(to, name, url, SIDE, Some(ROW), first);
    to.put("</span>", &[]);
}

/// The picture for a box of at most `side` CSS pixels, or for one that is as wide as `sizes` says.
fn put_in_logo(to: &mut Markup, name: &str, url: Option<&str>, side: u32, sizes: Option<&str>, at_once: bool) {
    let Some(url) = url else {
        to.put("{}", &[&crate::kernel::text::initials(name)]);
        return;
    };
    let (src, srcset) = if sizes.is_some() { widths(url, side) } else { sources(url, side) };
    to.put(r#"<img class="logo__image" src="{}""#, &[&src]);
    if let Some(srcset) = srcset {
        to.put(r#" srcset="{}""#, &[&srcset]);
        if let Some(sizes) = sizes {
            to.put(r#" sizes="{}""#, &[sizes]);
        }
    }
    to.put(r#" alt="{} logo" width="160" height="80" loading="{}" decoding="async">"#, &[name, loading(at_once)]);
}

/// The address of a page or a mailbox. Where it is too long for its line it breaks after a dot, a slash or a dash, not inside a
/// word.
#[component]
pub fn Address(#[prop(into)] text: String) -> impl IntoView {
    let parts: Vec<String> = text.split_inclusive(['/', '.', '-', '_', '@', '?', '&', '=']).map(str::to_owned).collect();
    view! { <span>{parts.into_iter().map(|part| view! { {part} <wbr/> }).collect_view()}</span> }
}

/// A state in words, coloured by tone: neutral, accent, info, success, warning, danger.
#[component]
pub fn Pill(#[prop(into)] text: String, #[prop(into)] tone: String) -> impl IntoView {
    view! { <span class=format!("pill tone-{tone}")>{text}</span> }
}

/// A category of sponsorship, with its hue.
#[component]
pub fn Tier(#[prop(into)] label: String, #[prop(into)] hue: String) -> impl IntoView {
    view! { <span class=format!("tier hue-{hue}")>{label}</span> }
}

/// A message that stays: info, success, warning or danger.
#[component]
pub fn Notice(#[prop(into)] tone: String, #[prop(into)] title: String, children: Children) -> impl IntoView {
    let icon = match tone.as_str() {
        "success" => "check-circle",
        "warning" | "danger" => "alert",
        _ => "info",
    };
    view! {
        <div class=format!("notice tone-{tone}") role="status">
            <Icon name=icon/>
            <div class="notice__body"><p class="notice__title">{title}</p>{children()}</div>
        </div>
    }
}

/// Something that staff took off the marketplace, for those whose it is: why, and what to do.
#[component]
pub fn HiddenNotice(what: &'static str, #[prop(into)] reason: String) -> impl IntoView {
    view! {
        <Notice tone="danger" title="Taken off the marketplace">
            <p>"Our staff wrote:"</p>
            <blockquote class="timeline__quote">{reason}</blockquote>
            <p>{format!("Only your community sees this {what}, and nobody can ask anything new about it. Open requests can still be answered. \
                Change what our staff name, then answer the mail that they sent: they look again and show it.")}</p>
        </Notice>
    }
}

/// Why there is nothing, and the next step.
#[component]
pub fn Empty(
    /// The page has no other head: this is its first heading.
    #[prop(optional)]
    only: bool,
    #[prop(into)] title: String,
    #[prop(into)] text: String,
    #[prop(into)] icon: String,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="empty">
            <svg class="icon empty__icon" aria-hidden="true"><use href=format!("/icons.svg#i-{icon}")></use></svg>
            {if only {
                view! { <h1 class="empty__title">{title}</h1> }.into_any()
            } else {
                view! { <h2 class="empty__title">{title}</h2> }.into_any()
            }}
            <p class="empty__text">{text}</p>
            {children.map(|children| children())}
        </div>
    }
}

/// How many heads are on the page. What went wrong with a part below one is no second first heading.
#[derive(Clone, Copy, Default)]
pub struct Heads(StoredValue<usize>);

impl Heads {
    pub fn is_there() -> bool {
        use_context::<Self>().is_some_and(|heads| heads.0.get_value() > 0)
    }

    fn one_more() {
        let Some(Self(heads)) = use_context::<Self>() else { return };
        heads.update_value(|count| *count += 1);
        on_cleanup(move || {
            let _ = heads.try_update_value(|count| *count = count.saturating_sub(1));
        });
    }
}

/// A page's head: what it is, in a sentence that says something, and what to do.
#[component]
pub fn PageHead(
    #[prop(into)] title: String,
    #[prop(optional, into)] over: String,
    #[prop(optional, into)] sub: String,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    Heads::one_more();
    let mut text = Markup::default();
    if !over.is_empty() {
        text.put(r#"<p class="page-head__over">{}</p>"#, &[&over]);
    }
    text.put(r#"<h1 class="page-head__title">{}</h1>"#, &[&title]);
    if !sub.is_empty() {
        text.put(r#"<p class="page-head__sub">{}</p>"#, &[&sub]);
    }
    let text = written("div", &[("class", "page-head__text")], text);
    view! {
        <header class="page-head">
            {text}
            {children.map(|children| view! { <div class="page-head__actions">{children()}</div> })}
        </header>
    }
}

/// "Show more", with an honest count.
#[component]
pub fn More(
    /// "Showing 20 of 1,000+".
    #[prop(into)]
    count: String,
    /// The address of the next page, if there is one.
    next: Option<String>,
) -> impl IntoView {
    view! {
        <nav class="pagination" aria-label="More results">
            <p class="pagination__count">{count}</p>
            {next.map(|href| view! { <a class="button" href=href>"Show more"</a> })}
        </nav>
    }
}

/// Sanitised Markdown: HTML whose type makes it safe.
#[component]
pub fn SafeHtmlView(html: crate::kernel::safe_html::SafeHtml) -> impl IntoView {
    view! { <div class="prose" inner_html=html.as_str().to_owned()></div> }
}

/// One step of a timeline, ready to show.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TimelineEntry {
    /// A sentence: "Acme accepted the request".
    pub text: String,
    /// RFC 3339.
    pub at: String,
    /// "Fri 20 Nov, 18:30 IST".
    pub at_label: String,
    pub tone: String,
    pub icon: String,
    /// What somebody wrote.
    pub quote: Option<String>,
}

/// What happened, oldest first.
#[component]
pub fn Timeline(entries: Vec<TimelineEntry>) -> impl IntoView {
    view! {
        <ol class="timeline">
            {entries
                .into_iter()
                .map(|entry| view! {
                    <li class=format!("timeline__item tone-{}", entry.tone)>
                        <span class="timeline__mark"><Icon name=entry.icon small=true/></span>
                        <div class="timeline__body">
                            <p class="timeline__text">{entry.text}</p>
                            <p class="timeline__meta"><time datetime=entry.at>{entry.at_label}</time></p>
                            {entry.quote.map(|quote| view! { <blockquote class="timeline__quote">{quote}</blockquote> })}
                        </div>
                    </li>
                })
                .collect_view()}
        </ol>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_one_element_of_escaped_text() {
        let list = written("ul", &[("class", "tags"), ("title", "\"<&")], Markup::of("<li>{}</li>", &["<b>"]));
        assert_eq!(list.to_html(), "<ul class=\"tags\" title=\"&quot;&lt;&amp;\"><li>&lt;b&gt;</li></ul>");
    }

    #[test]
    fn a_logo_and_an_icon_are_the_same_in_markup() {
        for url in [None, Some("/logo.svg?a=1&b=\"2\"")] {
            let text = Markup::made(|to| put_logo(to, "Ann <b> Bee", url, true));
            let logo = view! { <Logo name="Ann <b> Bee" url=url.map(str::to_owned) first=true/> };
            assert_eq!(logo.to_html(), text.as_str());
            assert!(!text.as_str().contains("<b>"), "{}", text.as_str());
        }
        for small in [false, true] {
            let text = Markup::made(|to| put_icon(to, "check", small));
            assert_eq!(view! { <Icon name="check" small=small/> }.to_html(), text.as_str());
        }
    }

    #[test]
    fn a_logo_comes_as_large_as_its_box() {
        let kept = Some("/media/logos/ab12.png");
        let row = Markup::made(|to| put_logo(to, "Ann", kept, true)).into_string();
        let srcset = [64, 128, 256].map(|side| format!("/media/logos/{side}/ab12.webp {side}w")).join(", ");
        assert!(row.contains(&format!(" srcset=\"{srcset}\" sizes=\"(width &lt; 30rem) 4rem, 6rem\" ")), "{row}");
        // The same boxes as those of the style sheets.
        let (_, phones) =
            include_str!("../../style/features/directory.css").split_once("@media (width < 30rem) {").expect("phones");
        assert!(phones.contains(".result > .logo { --logo-inline: 4rem;"), "{phones}");
        assert!(include_str!("../../style/components/logo.css").contains(".logo--medium { --logo-inline: 6rem;"));

        for (size, srcset) in [
            ("small", "/media/logos/64/ab12.webp 1x, /media/logos/128/ab12.webp 2x"),
            ("large", "/media/logos/128/ab12.webp 1x, /media/logos/256/ab12.webp 2x"),
        ] {
            let logo = view! { <Logo name="Ann" url=kept.map(str::to_owned) size=size/> }.to_html();
            assert!(logo.contains(&format!(" srcset=\"{srcset}\" alt=")), "{logo}");
        }
    }
}
