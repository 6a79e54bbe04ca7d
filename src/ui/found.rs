//! How a page is found and shared: its own address, what it is in a sentence, the picture beside a link to it, and what it says
//! to machines (schema.org). Everything here is for whoever loads the page from outside: in the browser it stays as the server
//! wrote it.

use super::browser;
use leptos::prelude::*;
use leptos_meta::{Link, Meta};
use serde_json::{Value, json};

/// The page's own address, a sentence, and a picture, for search engines and for links on other sites.
#[component]
pub fn Described(
    /// The path without what only filters it or says for whom one acts.
    #[prop(into)]
    path: String,
    #[prop(into)] title: String,
    /// One or two sentences.
    #[prop(into)]
    text: String,
    /// Under `/og/`; the site's own when it is left out.
    #[prop(optional, into)]
    picture: Option<String>,
    #[prop(default = "website")] kind: &'static str,
) -> impl IntoView {
    let origin = browser::origin();
    let here = format!("{origin}{path}");
    let picture = format!("{origin}/og/{}.png", picture.unwrap_or_else(|| "site".to_owned()));
    view! {
        <Link rel="canonical" href=here.clone()/>
        <Meta name="description" content=text.clone()/>
        <Meta property="og:site_name" content="CommDesk"/>
        <Meta property="og:type" content=kind/>
        <Meta property="og:url" content=here/>
        <Meta property="og:title" content=title.clone()/>
        <Meta property="og:description" content=text/>
        <Meta property="og:image" content=picture/>
        <Meta property="og:image:width" content="1200"/>
        <Meta property="og:image:height" content="630"/>
        <Meta property="og:image:alt" content=title/>
        <Meta name="twitter:card" content="summary_large_image"/>
    }
}

/// What the page says to machines. `make` gets the site's origin, and is never called in a browser.
#[component]
pub fn LinkedData(make: impl FnOnce(&str) -> Value) -> impl IntoView {
    let text = browser::for_machines(|origin| inside_script(&make(origin)));
    view! { <script r#type="application/ld+json">{text}</script> }
}

/// JSON that ends no script and begins none, whatever words are in it: the same value, spelled without `<`, `>` and `&`.
pub fn inside_script(value: &Value) -> String {
    let mut text = String::new();
    for c in value.to_string().chars() {
        match c {
            '<' => text.push_str("\\u003c"),
            '>' => text.push_str("\\u003e"),
            '&' => text.push_str("\\u0026"),
            '\u{2028}' => text.push_str("\\u2028"),
            '\u{2029}' => text.push_str("\\u2029"),
            other => text.push(other),
        }
    }
    text
}

/// Where a page stands: names and paths, the page itself last.
pub fn breadcrumbs(origin: &str, steps: &[(&str, &str)]) -> Value {
    let items: Vec<Value> = steps
        .iter()
        .enumerate()
        .map(|(at, (name, path))| json!({"@type": "ListItem", "position": at + 1, "name": name, "item": format!("{origin}{path}")}))
        .collect();
    json!({"@type": "BreadcrumbList", "itemListElement": items})
}

/// Several things of one page.
pub fn graph(things: Vec<Value>) -> Value {
    json!({"@context": "https://schema.org", "@graph": things})
}
