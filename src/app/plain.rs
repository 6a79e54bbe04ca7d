//! The page for what no page could answer: a door that refused before any page was there, or one that broke. Without scripts,
//! and without asking anything of the house, which may be what is broken.

use super::{frames, session};
use leptos::prelude::*;
use leptos_meta::{HashedStylesheet, MetaTags, Title, provide_meta_context};

/// What is said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plain {
    pub status: u16,
    /// What happened and what to do.
    pub message: String,
    /// Under which we find it.
    pub number: String,
}

impl Plain {
    fn title(&self) -> &'static str {
        match self.status {
            401 => "Sign in first",
            403 => "Nothing was changed",
            404 | 405 => "There is nothing here",
            413 => "That was too much at once",
            429 | 503 => "Try again in a moment",
            500.. => "Something went wrong on our side",
            _ => "That did not work",
        }
    }
}

/// What a browser keeps for when it cannot reach us: asked for again, the address is the one that was wanted.
/// The theme is the system's: what a reader chose later would not be in it.
pub fn offline(options: LeptosOptions) -> impl IntoView {
    page(options, None, "We could not be reached", || {
        view! {
            <h1 class="auth__title">"We could not be reached"</h1>
            <p class="auth__lead">"Check your connection, then load the page again. Nothing that you saved is lost."</p>
            <div class="form__actions">
                <a class="button button--primary" href="">"Load the page again"</a>
            </div>
        }
    })
}

/// The page of a refusal.
pub fn document(options: LeptosOptions, said: Plain) -> impl IntoView {
    let title = said.title();
    let is_ours = said.status >= 500 && said.status != 503;
    page(options, session::theme(), title, move || {
        view! {
            <h1 class="auth__title">{title}</h1>
            <p class="auth__lead">{said.message}</p>
            <div class="form__actions">
                <a class="button button--primary" href="">"Load the page again"</a>
                <a class="button button--quiet" href="/">"Start page"</a>
            </div>
            <p class="text-soft text-small">
                {if is_ours { "We have been told. If it happens again, write to us and name this number: " } else { "Number " }}
                <code class="copyable">{said.number}</code>
            </p>
        }
    })
}

/// A whole document around one card, without scripts: these pages, and the card of `again`.
pub(super) fn page<V: IntoView + 'static>(
    options: LeptosOptions,
    theme: Option<&'static str>,
    title: &'static str,
    card: impl FnOnce() -> V,
) -> impl IntoView {
    provide_meta_context();
    view! {
        <!DOCTYPE html>
        <html lang="en" data-theme=theme>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content="light dark"/>
                <meta name="robots" content="noindex"/>
                <link rel="icon" href="/favicon.svg" r#type="image/svg+xml"/>
                <HashedStylesheet options id="style"/>
                <MetaTags/>
            </head>
            <body>
                <Title text=format!("{title} · CommDesk")/>
                {frames::card(card)}
            </body>
        </html>
    }
}
