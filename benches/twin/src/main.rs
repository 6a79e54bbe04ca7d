//! The directory's first page by hand: one statement, the product's own, and a template; the same visible text.
//!
//! Which organizations stand on it, and how many fit each facet, it asks of the product (HOUSE) once, as the product keeps
//! both in memory. So the twin does less than the product does for each page, and never more.

use axum::{Router, extract::State, routing::get};
use maud::{DOCTYPE, Markup, html};
use serde::Deserialize;
use sqlx::{FromRow, PgPool, postgres::PgPoolOptions};
use std::{
    collections::HashMap,
    io::{Read as _, Write as _},
    net::TcpStream,
    sync::Arc,
};
use uuid::Uuid;

type Failed = Box<dyn std::error::Error + Send + Sync>;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct List {
    items: Vec<Listed>,
    facets: Vec<Facet>,
    total: u64,
    total_capped: bool,
    next_cursor: Option<String>,
}

#[derive(Deserialize)]
struct Listed {
    id: Uuid,
}

#[derive(Deserialize)]
struct Facet {
    name: String,
    title: String,
    values: Vec<Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Value {
    value: String,
    label: String,
    count_label: String,
}

#[derive(FromRow)]
#[expect(dead_code, reason = "what the product reads is read")]
struct Card {
    id: Uuid,
    slug: String,
    display_name: String,
    sort_name: String,
    entity_type: String,
    website: String,
    industry: String,
    short_description: String,
    technologies: Vec<String>,
    supported_regions: Vec<String>,
    sponsorship_types: Vec<String>,
    budget_currency: String,
    budget_min: i64,
    budget_max: Option<i64>,
    verification_status: String,
    events_sponsored: i32,
    communities_supported: i32,
    reputation: i32,
    created_at: sqlx::types::chrono::DateTime<sqlx::types::chrono::Utc>,
    logo_key: Option<String>,
}

struct House {
    pool: PgPool,
    list: List,
    ids: Vec<Uuid>,
}

#[tokio::main]
async fn main() -> Result<(), Failed> {
    let list = ask(&std::env::var("HOUSE")?)?;
    let ids = list.items.iter().map(|item| item.id).collect();
    let pool =
        PgPoolOptions::new().max_connections(16).test_before_acquire(false).connect(&std::env::var("DATABASE_URL")?).await?;
    let router = Router::new().route("/directory", get(directory)).with_state(Arc::new(House { pool, list, ids }));
    let listener = tokio::net::TcpListener::bind(std::env::var("ADDR")?).await?;
    axum::serve(listener, router).with_graceful_shutdown(async { drop(tokio::signal::ctrl_c().await) }).await?;
    Ok(())
}

/// The product's own answer about the first page.
fn ask(house: &str) -> Result<List, Failed> {
    #[derive(Deserialize)]
    struct Answer {
        data: List,
    }
    let mut stream = TcpStream::connect(house)?;
    write!(stream, "GET /api/v1/sponsors HTTP/1.0\r\nhost: {house}\r\n\r\n")?;
    let mut text = String::new();
    stream.read_to_string(&mut text)?;
    let (_, body) = text.split_once("\r\n\r\n").ok_or("no body")?;
    Ok(serde_json::from_str::<Answer>(body)?.data)
}

async fn directory(State(house): State<Arc<House>>) -> Result<Markup, String> {
    let rows = sqlx::query_as::<_, Card>(include_str!("../../directory.sql"))
        .bind(&house.ids)
        .fetch_all(&house.pool)
        .await
        .map_err(|error| error.to_string())?;
    let mut rows: HashMap<Uuid, Card> = rows.into_iter().map(|row| (row.id, row)).collect();
    let cards: Vec<Card> = house.ids.iter().filter_map(|id| rows.remove(id)).collect();
    Ok(page(&house.list, &cards))
}

fn icon(name: &str, small: bool) -> Markup {
    html! { svg class=(if small { "icon icon--small" } else { "icon" }) aria-hidden="true" { use href={ "/icons.svg#i-" (name) } {} } }
}

fn page(list: &List, cards: &[Card]) -> Markup {
    let total = if list.total_capped { "2,000+".to_owned() } else { thousands(list.total) };
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                link rel="preload" href="/fonts/inter-latin.woff2" as="font" type="font/woff2" crossorigin="anonymous";
                link rel="icon" href="/favicon.svg" type="image/svg+xml";
                link rel="stylesheet" href="/pkg/commdesk.css";
                meta name="description" content="Verified sponsors and partners of developer communities, with what they work on and what they have supported.";
                title { "Sponsors and partners · CommDesk" }
            }
            body {
                div class="site" {
                    a class="skip-link" href="#main" { "Skip to content" }
                    (header())
                    main class="site__main" id="main" tabindex="-1" {
                        div class="center stack" {
                            header class="page-head" {
                                div class="page-head__text" {
                                    h1 class="page-head__title" { "Sponsors and partners" }
                                    p class="page-head__sub" { "Who stands behind developer events. Every profile was checked by a person, or added by a community." }
                                }
                                div class="page-head__actions" { a class="button button--primary" href="/become-sponsor" { "Become a sponsor" } }
                            }
                            form class="search search--large" role="search" action="/directory" method="get" {
                                label class="visually-hidden" for="q" { "Search sponsors" }
                                div class="combobox search__box" {
                                    svg class="icon search__icon" aria-hidden="true" { use href="/icons.svg#i-search" {} }
                                    input class="input search__input" id="q" name="q" type="search" value="" placeholder="Company, technology or industry" maxlength="100" autocomplete="off";
                                }
                                button class="button button--primary search__go" { "Search" }
                            }
                            (filters(list))
                            div class="toolbar" {
                                p class="results-count" role="status" { (total) (if list.total == 1 { " organization" } else { " organizations" }) }
                                p class="text-soft text-small" { "Choose up to 4 to compare." }
                            }
                            ul class="results" { @for card in cards { (row(card)) } }
                            @if let Some(next) = &list.next_cursor {
                                nav class="pagination" aria-label="Pages" {
                                    p class="pagination__count" { "Showing " (cards.len()) " of " (total) }
                                    div class="cluster" { a class="button" href={ "/directory?cursor=" (next) } rel="next nofollow" { "Next" } }
                                }
                            }
                        }
                    }
                    (footer())
                }
            }
        }
    }
}

fn header() -> Markup {
    html! {
        header class="site__header" {
            div class="site__bar" {
                a class="brand" href="/" {
                    svg class="brand__mark" aria-hidden="true" { use href="/icons.svg#brand" {} }
                    span class="brand__name" { "CommDesk" }
                }
                nav class="site__nav" aria-label="Main" {
                    a class="site__link" href="/opportunities" { "Opportunities" }
                    a class="site__link" href="/directory" aria-current="page" { "Sponsors" }
                    a class="site__link" href="/events" { "Events" }
                    a class="site__link" href="/communities" { "Communities" }
                }
                form class="search site__search" role="search" method="get" action="/directory" aria-label="Sponsors and partners" {
                    label class="visually-hidden" for="site-q" { "Search sponsors and partners" }
                    svg class="icon search__icon" aria-hidden="true" { use href="/icons.svg#i-search" {} }
                    input class="input search__input" id="site-q" name="q" type="search" placeholder="Search sponsors" maxlength="100";
                    kbd class="search__key" aria-hidden="true" { "/" }
                }
                div class="site__tools" {
                    form class="theme-switch" method="post" action="/theme" {
                        button class="icon-button theme-switch__to-dark" name="theme" value="dark" aria-label="Use the dark theme" { (icon("moon", false)) }
                        button class="icon-button theme-switch__to-light" name="theme" value="light" aria-label="Use the light theme" { (icon("sun", false)) }
                    }
                    a class="button button--quiet button--small" href="/sign-in" { "Sign in" }
                    a class="button button--primary button--small site__cta" href="/become-sponsor" { "Become a sponsor" }
                }
            }
        }
    }
}

fn filters(list: &List) -> Markup {
    html! {
        div class="filters" role="group" aria-label="Filters" {
            @for facet in list.facets.iter().filter(|facet| !facet.values.is_empty()) {
                details class="menu" name="narrow" {
                    summary class="chip" { (facet.title) (icon("chevron-down", true)) }
                    div class="menu__panel" {
                        @for value in &facet.values {
                            a class="menu__item" href={ "/directory?" (facet.name) "=" (encoded(&value.value)) } rel="nofollow" {
                                bdi class="menu__text" { (value.label) }
                                span class="menu__count num" { span class="visually-hidden" { ", " } (value.count_label) }
                            }
                        }
                    }
                }
            }
            details class="menu menu--end filters__order" name="narrow" {
                summary class="chip chip--quiet" { span class="visually-hidden" { "Sorted by: " } "Reputation" (icon("chevron-down", true)) }
                div class="menu__panel" {
                    a class="menu__item" href="/directory" aria-current="true" rel="nofollow" { "Reputation" }
                    a class="menu__item" href="/directory?sort=newest" rel="nofollow" { "Newest" }
                    a class="menu__item" href="/directory?sort=name" rel="nofollow" { "Name" }
                }
            }
        }
    }
}

fn row(card: &Card) -> Markup {
    let more = card.technologies.len().saturating_sub(5);
    let supports = match (card.events_sponsored, card.communities_supported) {
        (0, _) => "No event yet".to_owned(),
        (1, _) => "1 event".to_owned(),
        (events, 1) => format!("{events} events of 1 community"),
        (events, communities) => format!("{events} events of {communities} communities"),
    };
    let regions = if card.supported_regions.iter().any(|region| region == "Global") {
        "Anywhere".to_owned()
    } else {
        let first = card.supported_regions.iter().take(2).cloned().collect::<Vec<_>>().join(", ");
        if card.supported_regions.len() > 2 { format!("{first} +{}", card.supported_regions.len() - 2) } else { first }
    };
    html! {
        li class="result" id={ "row-" (card.slug) } {
            @if let Some(hash) = card.logo_key.as_deref().and_then(|key| key.rsplit('/').next()).map(|name| name.trim_end_matches(".png")) {
                span class="logo logo--medium" {
                    img class="logo__image" src={ "/media/logos/128/" (hash) ".webp" } srcset={ "/media/logos/128/" (hash) ".webp 1x, /media/logos/256/" (hash) ".webp 2x" } alt={ (card.display_name) " logo" } width="160" height="80" loading="lazy" decoding="async";
                }
            } @else {
                span class="logo logo--medium logo--initials" aria-hidden="true" { (initials(&card.display_name)) }
            }
            div class="result__body" {
                h2 class="result__name" {
                    a class="card__link" href={ "/directory/" (card.slug) } { bdi { (card.display_name) } }
                    @if card.verification_status == "Verified" {
                        span class="result__mark tone-success" { (icon("check-circle", true)) "Verified" }
                    }
                }
                @if !card.short_description.is_empty() { p class="result__text" dir="auto" { (card.short_description) } }
                ul class="tags" {
                    li class="tag" { bdi { (card.industry) } }
                    @for name in card.technologies.iter().take(5) { li class="tag" { bdi { (name) } } }
                    @if more > 0 { li class="tag" { "+" (more) } }
                }
                div class="result__tools" {
                    a class="chip" href={ "/directory?o=" (card.slug) "#row-" (card.slug) } rel="nofollow" data-stay aria-label={ "Compare " (card.display_name) } { "Compare" }
                }
            }
            dl class="result__facts" {
                div { dt { "Supports" } dd { (supports) } }
                @if !regions.is_empty() { div { dt { "Works in" } dd { (regions) } } }
                div { dt { "Joined as" } dd { (card.entity_type) } }
            }
        }
    }
}

fn footer() -> Markup {
    html! {
        footer class="site__footer" {
            div class="site__footer-inner" {
                nav class="site__footer-links" aria-label="Footer" {
                    a href="/become-sponsor" { "Become a sponsor" }
                    a href="/join" { "Bring your community" }
                    a href="/opportunities" { "Opportunities" }
                    a href="/directory" { "Sponsors" }
                    a href="/communities" { "Communities" }
                    a href="/api/docs" { "API" }
                }
                p class="site__footer-note" { "CommDesk. Where sponsors and developer communities meet." }
                dialog class="dialog" popover="auto" id="site-keys" aria-labelledby="site-keys-title" {
                    div class="dialog__head" {
                        h2 class="dialog__title" id="site-keys-title" { "Keys of every page" }
                        button class="icon-button" type="button" popovertarget="site-keys" popovertargetaction="hide" aria-label="Close" { (icon("x", false)) }
                    }
                    div class="dialog__body" {
                        dl class="keys" {
                            @for (key, does) in [("/", "Search"), ("?", "This list"), ("Esc", "Close what is open"), ("Tab", "Next link, button or field; the first of a page leads past its head")] {
                                div class="keys__row" { dt class="keys__keys" { kbd class="keys__key" { (key) } } dd { (does) } }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// As the product's own logos without a picture.
fn initials(name: &str) -> String {
    let mut letters =
        name.split_whitespace().filter_map(|word| word.chars().find(|c| c.is_alphanumeric())?.to_uppercase().next());
    let Some(first) = letters.next() else { return "?".to_owned() };
    letters.next_back().map_or_else(|| first.to_string(), |last| format!("{first}{last}"))
}

fn encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'*' => char::from(byte).to_string(),
            b' ' => "+".to_owned(),
            _ => format!("%{byte:02X}"),
        })
        .collect()
}

fn thousands(number: u64) -> String {
    let text = number.to_string();
    let mut said = String::new();
    for (place, digit) in text.chars().enumerate() {
        if place > 0 && (text.len() - place).is_multiple_of(3) {
            said.push(',');
        }
        said.push(digit);
    }
    said
}
