//! The shell of every page and the table of routes.

mod areas;

use crate::ui::form::{Outcome, Refused};
use areas::{Area, Page};
use leptos::prelude::*;
use leptos_meta::{MetaTags, Title, provide_meta_context};
use leptos_router::{
    SsrMode,
    components::{Route, Router, Routes},
    path,
};

/// The document around the app; rendered on the server only.
pub fn shell(options: LeptosOptions) -> impl IntoView {
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <link rel="stylesheet" href="/pkg/commdesk.css"/>
                <HydrationScripts options/>
                <MetaTags/>
            </head>
            <body>
                <App/>
            </body>
        </html>
    }
}

/// The application: provides what pages share and picks the page.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    let outcome = SharedValue::new(|| use_context::<Option<Outcome>>().flatten());
    provide_context(Refused(outcome.into_inner()));
    view! {
        <Title formatter=|t| format!("{t} · CommDesk")/>
        <Router>
            <Routes fallback=|| view! { <p>"404"</p> }>
                <Route path=path!("/") view=Area(Page::Landing) ssr=SsrMode::Async/>
                <Route path=path!("/about") view=Area(Page::About) ssr=SsrMode::Async/>
            </Routes>
        </Router>
    }
}
