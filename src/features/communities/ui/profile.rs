//! What everybody sees of a community. The page around it (with its events) is the events room's.

use crate::{
    features::{blocks::ui::BlockThem, communities::views::CommunityView},
    ui::{
        page::acting,
        parts::{Icon, Logo, Notice},
    },
};
use leptos::prelude::*;

/// Name, place, words and links; `watch` stands beside the name, `children` below the words.
#[component]
pub fn CommunityProfile(community: CommunityView, watch: AnyView, children: Children) -> impl IntoView {
    // Contact data is for those of the community who see requests, and only they have a standing with it.
    let can_edit = community.standing.is_some() && community.contact.is_some() && community.is_own;
    let acting = acting().get_untracked().unwrap_or_default();
    let at = |path: String| if acting.is_empty() { path } else { format!("{path}?as={acting}") };
    // Only its own people and staff see how it stands.
    let review = (community.standing.is_some() && !community.is_own).then(|| at(format!("/staff/communities/{}", community.id)));
    let (name, workspace) = (community.name.clone(), community.id.to_string());
    let block = community.can_block.then(|| view! { <BlockThem name workspace acting=acting.clone()/> });
    let hidden = (!community.listed).then(|| {
        let text = community.standing.as_ref().map(|standing| standing.next_step.clone()).unwrap_or_default();
        view! { <Notice tone="info" title="Only you see this page for now"><p>{text}</p></Notice> }
    });
    view! {
        <div class="center stack">
            {hidden}
            <header class="profile-head">
                <Logo name=community.name.clone() url=community.logo_url.clone() size="large"/>
                <div class="profile-head__text">
                    <h1 class="profile-head__name">{community.name.clone()}</h1>
                    <p class="profile-head__sub">{community.community_type.clone()}</p>
                    <ul class="meta">
                        <li class="meta__item"><Icon name="map-pin" small=true/><bdi>{community.place_label.clone()}</bdi></li>
                        {(!community.website.is_empty()).then(|| view! {
                            <li class="meta__item">
                                <Icon name="globe" small=true/>
                                <a href=community.website.clone() rel="noopener nofollow ugc">{community.website_label.clone()}</a>
                            </li>
                        })}
                        {community.listed.then(|| view! { <li class="meta__item"><Icon name="clock" small=true/>{community.answers_label.clone()}</li> })}
                        <li class="meta__item"><a href=format!("/report?kind=community&id={}", community.id) rel="nofollow">"Report"</a></li>
                    </ul>
                </div>
                <div class="profile-head__actions">
                    {can_edit.then(|| view! { <a class="button" href="/community/profile"><Icon name="edit" small=true/>"Edit profile"</a> })}
                    {review.map(|href| view! { <a class="button" href=href>"Review"</a> })}
                    {watch}
                </div>
            </header>
            <div class="sidebar">
                <div class="stack stack--sections">
                    <section class="section">
                        <div class="section__head"><h2 class="section__title">"About"</h2></div>
                        <p class="measure" dir="auto">{community.bio.clone()}</p>
                    </section>
                    {children()}
                </div>
                <aside class="stack"><Elsewhere community/>{block}</aside>
            </div>
        </div>
    }
}

#[component]
fn Elsewhere(community: CommunityView) -> impl IntoView {
    let contact = community.contact.map(|contact| {
        view! {
            <section class="panel">
                <header class="panel__head"><h2 class="panel__title">"Contact"</h2></header>
                <div class="panel__body">
                    <dl class="definition">
                        <div class="definition__row"><dt>"E-mail"</dt><dd>{contact.official_email}</dd></div>
                        <div class="definition__row"><dt>"Phone"</dt><dd class="num">{contact.phone}</dd></div>
                    </dl>
                    <p class="form__note">"Organizations see this once they have a request with the community."</p>
                </div>
            </section>
        }
    });
    let row = |term: &'static str, value: String| {
        (!value.is_empty()).then(|| view! { <div class="definition__row"><dt>{term}</dt><dd>{value}</dd></div> })
    };
    let glance = view! {
        <section class="panel">
            <header class="panel__head"><h2 class="panel__title">"At a glance"</h2></header>
            <div class="panel__body">
                <dl class="definition">
                    {row("Kind", community.community_type.clone())}
                    {row("Place", community.place_label.clone())}
                    {row("Region", community.region.clone())}
                    {row("Languages", community.languages.join(", "))}
                    {row("People", community.size.clone())}
                </dl>
            </div>
        </section>
    };
    let links = (!community.social_links.is_empty()).then(|| {
        view! {
            <section class="panel">
                <header class="panel__head"><h2 class="panel__title">"Elsewhere"</h2></header>
                <div class="panel__body">
                    <ul class="stack stack--tight">
                        {community
                            .social_links
                            .into_iter()
                            .map(|link| view! { <li><a href=link.url rel="noopener nofollow ugc me">{link.label}</a></li> })
                            .collect_view()}
                    </ul>
                </div>
            </section>
        }
    });
    view! { {glance} {links} {contact} }
}
