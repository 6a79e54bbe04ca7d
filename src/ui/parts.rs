//! Small pieces that many pages show: icons, logos, pills, notices, headings, timelines. The only place where HTML goes into a
//! page as it is, and only sanitised ([`SafeHtmlView`]).

use crate::kernel::pictures::sources;
use leptos::prelude::*;

/// An icon of the sprite; decoration beside words.
#[component]
pub fn Icon(#[prop(into)] name: String, #[prop(optional)] small: bool) -> impl IntoView {
    let class = if small { "icon icon--small" } else { "icon" };
    view! { <svg class=class aria-hidden="true"><use href=format!("/icons.svg#i-{name}")></use></svg> }
}

/// How many logos of a list, or of a wall, stand where a page begins.
pub const FIRST: usize = 4;

/// When a picture is fetched: at once where a page begins, for waiting until its place is known would show it late; else when its
/// reader comes near.
pub const fn loading(first: bool) -> &'static str {
    if first { "eager" } else { "lazy" }
}

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
    match url {
        Some(url) => {
            let (src, srcset) = sources(&url, if size == "small" { 64 } else { 128 });
            view! {
                <span class=format!("logo logo--{size}")>
                    <img class="logo__image" src=src srcset=srcset alt=format!("{name} logo") width="160" height="80" loading=loading(first || size == "large") decoding="async"/>
                </span>
            }
            .into_any()
        }
        None => view! {
            <span class=format!("logo logo--{size} logo--initials") aria-hidden="true">{crate::kernel::text::initials(&name)}</span>
        }
        .into_any(),
    }
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

/// A page's head: what it is, in a sentence that says something, and what to do.
#[component]
pub fn PageHead(
    #[prop(into)] title: String,
    #[prop(optional, into)] over: String,
    #[prop(optional, into)] sub: String,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    view! {
        <header class="page-head">
            <div class="page-head__text">
                {(!over.is_empty()).then(|| view! { <p class="page-head__over">{over}</p> })}
                <h1 class="page-head__title">{title}</h1>
                {(!sub.is_empty()).then(|| view! { <p class="page-head__sub">{sub}</p> })}
            </div>
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

/// Sanitised Markdown: the one place where HTML goes into a page as it is, whose type makes safe.
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
