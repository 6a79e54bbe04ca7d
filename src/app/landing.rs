//! The first page: in ten seconds both sides know what this is and what to do. Its numbers, event and sponsor are real.

use crate::{
    features::{opportunities::views::OpportunityRow, organizations::views::OrganizationCard},
    ui::{
        found::{Described, LinkedData, graph},
        page::{Loaded, PageError, fetched, shown},
        parts::{Icon, Logo, Pill, Tier},
    },
};
use leptos::{prelude::*, server_fn::codec::GetUrl};
use leptos_meta::Title;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// What the first page shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LandingView {
    /// "42", or "1,000+".
    pub opportunities: String,
    pub sponsors: String,
    /// The one whose decision comes first.
    pub opportunity: Option<OpportunityRow>,
    pub sponsor: Option<OrganizationCard>,
}

#[server(name = LoadLanding, prefix = "/rpc", endpoint = "landing", input = GetUrl)]
pub async fn landing() -> Result<LandingView, PageError> {
    let call = crate::ui::door::of_page()?;
    Ok(super::landing_data::view(&call.ctx).await?)
}

/// The page.
#[component]
pub fn LandingPage() -> impl IntoView {
    let view: Loaded<LandingView> = fetched(|| (), |()| landing());
    view! {
        <Title text="Sponsorship, settled in one place"/>
        <Described
            path="/"
            title="CommDesk: sponsorship, settled in one place"
            text="Companies that back developers and communities that gather them find each other here, agree in writing, and see the promise kept."
        />
        <LinkedData make=linked/>
        <section class="hero center">
            <h1 class="hero__title">"Sponsorship, settled in one place"</h1>
            <p class="hero__lead">
                "Companies that back developers and communities that gather them find each other here, agree in writing, and see the promise kept."
            </p>
            <div class="doors">
                <a class="door" href="/become-sponsor">
                    <span class="door__for">"For sponsors"</span>
                    <span class="door__title">"Back the events your users go to"</span>
                    <span class="door__text">"Apply once. Browse open opportunities with audience, price and date side by side, and answer requests from one inbox."</span>
                    <span class="door__go">"Become a sponsor" <Icon name="arrow-right" small=true/></span>
                </a>
                <a class="door door--second" href="/join">
                    <span class="door__for">"For communities"</span>
                    <span class="door__title">"Find sponsors who say yes"</span>
                    <span class="door__text">"Publish your event, say what you offer and what it costs, and ask companies that are verified and looking."</span>
                    <span class="door__go">"Bring your community" <Icon name="arrow-right" small=true/></span>
                </a>
            </div>
        </section>
        {shown(view, |view| view! {
            <section class="center" aria-label="In numbers">
                <dl class="numbers">
                    <div class="numbers__item">
                        <dt class="numbers__label">"open opportunities"</dt>
                        <dd class="numbers__value num">{view.opportunities}</dd>
                    </div>
                    <div class="numbers__item">
                        <dt class="numbers__label">"sponsors and partners"</dt>
                        <dd class="numbers__value num">{view.sponsors}</dd>
                    </div>
                </dl>
            </section>
            <section class="showcase center">
                {view.opportunity.map(|row| view! {
                    <div class="showcase__item"><h2 class="showcase__caption">"Open now"</h2><OpportunityCard row/></div>
                })}
                {view.sponsor.map(|card| view! {
                    <div class="showcase__item"><h2 class="showcase__caption">"Verified sponsor"</h2><SponsorCard card/></div>
                })}
            </section>
        })}
        <section class="center">
            <h2 class="visually-hidden">"How it works"</h2>
            <ol class="steps">
                <li class="steps__item">
                    <h3 class="steps__title">"Be known"</h3>
                    <p class="steps__text">"A person checks every company and every community. What was looked at is on record, and you see it too."</p>
                </li>
                <li class="steps__item">
                    <h3 class="steps__title">"Propose"</h3>
                    <p class="steps__text">"A sponsor applies, or a community asks. Either way it is one proposal: an amount, a category, what you get, until when."</p>
                </li>
                <li class="steps__item">
                    <h3 class="steps__title">"Agree"</h3>
                    <p class="steps__text">"You accept exactly the words you read. The sponsor stands on the event's page the same moment."</p>
                </li>
            </ol>
        </section>
    }
}

/// Who we are, and how our directory is searched.
fn linked(origin: &str) -> Value {
    graph(vec![
        json!({"@type": "Organization", "@id": format!("{origin}/#us"), "name": "CommDesk", "url": format!("{origin}/"), "logo": format!("{origin}/og/site.png")}),
        json!({
            "@type": "WebSite",
            "name": "CommDesk",
            "url": format!("{origin}/"),
            "publisher": {"@id": format!("{origin}/#us")},
            "potentialAction": {
                "@type": "SearchAction",
                "target": {"@type": "EntryPoint", "urlTemplate": format!("{origin}/directory?q={{search_term_string}}")},
                "query-input": "required name=search_term_string",
            },
        }),
    ])
}

/// An opportunity beside its event, as a card.
#[component]
fn OpportunityCard(row: OpportunityRow) -> impl IntoView {
    let (by, city) = (row.community.name, row.community.city);
    let city = (!city.is_empty()).then(|| view! { ", " <bdi>{city}</bdi> });
    let (month, day) =
        row.event.start_at.map(|at| (at.format("%b").to_string(), at.format("%-d").to_string())).unwrap_or_default();
    view! {
        <article class="event-card">
            <p class="event-card__date" aria-hidden="true">
                <span class="event-card__month">{month}</span>
                <span class="event-card__day num">{day}</span>
            </p>
            <div class="event-card__body">
                <h3 class="event-card__title"><a class="card__link" href=format!("/opportunities/{}", row.id)>{row.event.title}</a></h3>
                <p class="event-card__by"><bdi>{by}</bdi>{city}</p>
                <ul class="meta">
                    <li class="meta__item"><Icon name="calendar" small=true/>{row.event.when_label}</li>
                    {(!row.event.people_label.is_empty()).then(|| view! {
                        <li class="meta__item"><Icon name="users" small=true/>{row.event.people_label.clone()}</li>
                    })}
                </ul>
            </div>
            <div class="event-card__foot">
                <Tier label=row.category.label() hue=row.hue.label()/>
                <span class="event-card__budget num">{row.budget_range.formatted}</span>
            </div>
        </article>
    }
}

/// A verified organization, as a card.
#[component]
fn SponsorCard(card: OrganizationCard) -> impl IntoView {
    let events = match card.events_sponsored_count {
        0 => "New here".to_owned(),
        1 => "1 event supported".to_owned(),
        n => format!("{n} events supported"),
    };
    view! {
        <article class="sponsor-card">
            <Logo name=card.display_name.clone() url=card.logo_url/>
            <div class="sponsor-card__body">
                <h3 class="sponsor-card__name"><a class="card__link" href=format!("/directory/{}", card.slug)>{card.display_name}</a></h3>
                <p class="sponsor-card__by">{card.industry}</p>
            </div>
            <p class="sponsor-card__text">{card.short_description}</p>
            <div class="sponsor-card__foot"><Pill text=card.verification_status.label() tone="success"/><span>{events}</span></div>
        </article>
    }
}
