//! The sponsor wall: who makes an event possible, by tier. Works without scripts; every logo has its room reserved.

use crate::{
    features::{
        events::{ui::linked, views::EventView},
        partners::views::{PartnerView, PartnerWall, WallGroup, WallSize},
    },
    kernel::pictures::sources,
    ui::{
        found::LinkedData,
        parts::{FIRST, Icon, loading},
    },
};
use leptos::prelude::*;

/// The wall of an event, and what the page says to machines, which names the same sponsors. No wall where nobody stands on it.
#[component]
pub fn EventWall(event: EventView, wall: PartnerWall) -> impl IntoView {
    let sponsors = wall.groups.iter().flat_map(|group| &group.entries);
    let sponsors: Vec<(String, String)> =
        sponsors.map(|it| (it.display_name_snapshot.clone(), it.website_snapshot.clone())).collect();
    view! {
        <LinkedData make=move |origin: &str| linked::event(&event, origin, &sponsors)/>
        {(!wall.is_empty()).then(|| view! { <SponsorWall wall/> })}
    }
}

/// The wall itself.
#[component]
pub fn SponsorWall(wall: PartnerWall) -> impl IntoView {
    view! {
        <section class="sponsors center" aria-labelledby="sponsors-title">
            <h2 class="sponsors__title" id="sponsors-title">"Made possible by"</h2>
            {wall.groups.into_iter().enumerate().map(|(place, group)| view! { <Group group first={place == 0}/> }).collect_view()}
        </section>
    }
}

#[component]
fn Group(group: WallGroup, first: bool) -> impl IntoView {
    let heading = group.heading();
    let class = format!("tier-group tier-group--{} hue-{}", group.size.label(), group.hue);
    // Where the group has one category, its heading says it; else each tile does.
    let mixed = group.entries.iter().any(|entry| entry.display_category.label() != heading);
    let size = group.size;
    view! {
        <section class=class>
            <h3 class="tier-group__name">{heading}</h3>
            <ul class="tier-group__logos">
                {group
                    .entries
                    .into_iter()
                    .enumerate()
                    .map(|(place, entry)| view! { <Tile entry mixed size first={first && place < FIRST}/> })
                    .collect_view()}
            </ul>
        </section>
    }
}

#[component]
fn Tile(entry: PartnerView, mixed: bool, size: WallSize, first: bool) -> impl IntoView {
    let PartnerView {
        display_name_snapshot: name,
        logo_url_snapshot,
        website_snapshot,
        website_label,
        display_category,
        benefits,
        ..
    } = entry;
    // The name stands beside the picture, so the picture says whose it is and no more.
    let alt = format!("{name} logo");
    let logo = match logo_url_snapshot {
        Some(url) => {
            let (src, srcset) = sources(&url, if size == WallSize::Small { 128 } else { 256 });
            view! {
                <span class="logo">
                    <img class="logo__image" src=src srcset=srcset alt=alt width="320" height="160" loading=loading(first) decoding="async"/>
                </span>
            }
            .into_any()
        }
        None => view! { <span class="logo logo--initials" aria-hidden="true">{crate::kernel::text::initials(&name)}</span> }
            .into_any(),
    };
    let what = if matches!(size, WallSize::Lead | WallSize::Major) {
        benefits.iter().map(|line| line.kind.label()).collect::<Vec<_>>().join(" · ")
    } else {
        String::new()
    };
    let words = view! {
        {logo}
        <span class="sponsor-tile__name">{name}</span>
        {mixed.then(|| view! { <span class="sponsor-tile__note">{display_category.label()}</span> })}
        {(!website_label.is_empty()).then(|| view! { <span class="sponsor-tile__note">{website_label}</span> })}
        {(!what.is_empty()).then(|| view! { <span class="sponsor-tile__note">{what}</span> })}
    };
    view! {
        <li class="sponsor-tile">
            {if website_snapshot.is_empty() {
                view! { <div class="sponsor-tile__link">{words}</div> }.into_any()
            } else {
                view! {
                    <a class="sponsor-tile__link" href=website_snapshot rel="noopener sponsored">
                        {words}
                        <span class="visually-hidden">" website"</span>
                    </a>
                }
                .into_any()
            }}
        </li>
    }
}

/// The lines of an offer, as the pages of the rooms below show them.
#[component]
pub fn Benefits(lines: Vec<crate::features::partners::views::BenefitLine>) -> impl IntoView {
    view! {
        <ul class="benefits">
            {lines
                .into_iter()
                .map(|line| view! {
                    <li class="benefits__item">
                        <Icon name="check"/>
                        <div>
                            <p class="benefits__name">{line.kind.label()}</p>
                            {(!line.text.is_empty()).then(|| view! { <p class="benefits__text">{line.text}</p> })}
                        </div>
                    </li>
                })
                .collect_view()}
        </ul>
    }
}
