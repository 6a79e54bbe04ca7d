//! The panel on which the wall of an event is copied, and the page of a community's embeds.

use super::{
    server_fns,
    views::{BadgeSnippet, EmbedsPage, WallEmbed, frame},
};
use crate::{
    features::{events::views::EventView, partners::views::PanelView},
    kernel::text::isolated,
    ui::{
        form::{PostForm, Submit, TextArea},
        page::{Loaded, acting, fetched, shown},
        parts::{Empty, Icon, Notice, PageHead},
    },
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

/// The sponsors of an event for the community's own site: what to paste, and how it looks. Who stands on its wall comes from
/// what the panel of partners above it has loaded.
#[component]
pub fn EmbedPanel(event: EventView, loaded: Loaded<PanelView>) -> impl IntoView {
    let workspace = acting();
    let is_public = event.settings.public_visible && event.status.is_published() && event.hidden_reason.is_none();
    let later = if event.hidden_reason.is_some() {
        "Our staff took the event off the marketplace, so nothing can be embedded: where it is pasted, it is not shown."
    } else {
        "Once the event is published and public, its sponsors can stand on your own site. What to paste is shown here then."
    };
    let path = format!("/embed/events/{}/sponsors", event.slug);
    let base = event.public_url.strip_suffix(&format!("/events/{}", event.slug)).unwrap_or_default().to_owned();
    let whole = frame(&format!("{base}{path}"), &format!("Sponsors of {}", event.title), 640);
    let json = format!("{base}{path}.json");
    let plain = {
        let (title, url, when, base) = (event.title.clone(), event.public_url.clone(), event.when_label.clone(), base);
        move |panel: PanelView| {
            // Whatever keeps everybody from seeing the event keeps it from being pasted.
            panel
                .wall
                .map(|wall| WallEmbed::of(title.clone(), url.clone(), when.clone(), wall, |path| format!("{base}{path}")).html())
        }
    };
    let sites = move || format!("/community/embeds{}", workspace.get().map(|w| format!("?as={w}")).unwrap_or_default());
    let body = if is_public {
        view! {
            <div class="panel__body stack">
                <Snippet id="embed-frame" label="A frame to paste" hint="It follows the reader's light or dark setting; add ?theme=light or ?theme=dark to the address to choose one." text=whole/>
                <Suspense strict=true>
                    {move || {
                        let plain = plain.clone();
                        Suspend::new(async move {
                            loaded.await.ok().and_then(plain).map(|html| view! {
                                <Snippet
                                    id="embed-html"
                                    label="Plain HTML to paste"
                                    hint="No frame and no script; your page's own style applies. It shows the sponsors of this moment: paste it again when they change, or use the frame, which is always up to date."
                                    text=html
                                />
                            })
                        })
                    }}
                </Suspense>
                <Snippet id="embed-json" label="The same as JSON" hint="For a site that draws the logos itself, or that is built anew now and then; with .html in the place of .json the address answers with the plain HTML." text=json/>
                <p class="cluster">
                    <a class="button button--small" href=path.clone()><Icon name="eye" small=true/>"See it"</a>
                    <a class="button button--small" href=format!("{path}?theme=dark")>"See it dark"</a>
                    <a class="button button--quiet button--small" href=sites>"Badges, and which sites may show them"</a>
                </p>
            </div>
        }
        .into_any()
    } else {
        view! {
            <div class="panel__body">
                <p>{later}</p>
            </div>
        }
        .into_any()
    };
    view! {
        <section class="panel" aria-labelledby="embed-title">
            <header class="panel__head"><h2 class="panel__title" id="embed-title">"Embed"</h2></header>
            {body}
        </section>
    }
}

/// Something to copy; it is chosen with a click into it.
#[component]
fn Snippet(
    #[prop(into)] id: String,
    #[prop(into)] label: String,
    #[prop(optional, into)] hint: String,
    text: String,
) -> impl IntoView {
    let rows = text.lines().map(|line| line.len().div_ceil(72).max(1)).sum::<usize>().clamp(1, 8);
    view! {
        <div class="field">
            <label class="field__label" for=id.clone()>{label}</label>
            {(!hint.is_empty()).then(|| view! { <p class="field__hint" id=format!("{id}-hint")>{hint.clone()}</p> })}
            <div class="field__control">
                <textarea class="textarea textarea--code" id=id.clone() rows=rows readonly spellcheck="false" aria-describedby=(!hint.is_empty()).then(|| format!("{id}-hint"))>{text}</textarea>
            </div>
        </div>
    }
}

/// `/community/embeds`.
#[component]
pub fn EmbedsPageView() -> impl IntoView {
    let (query, workspace) = (use_query_map(), acting());
    let loaded = fetched(move || workspace.get(), server_fns::page);
    let saved = query.with_untracked(|query| query.get("saved").is_some());
    view! {
        <Title text="Embeds"/>
        {shown(loaded, move |page| view! { <Embeds page workspace=workspace.get_untracked() saved/> })}
    }
}

#[component]
fn Embeds(page: EmbedsPage, workspace: Option<String>, saved: bool) -> impl IntoView {
    let EmbedsPage { sites, version, can_edit, badges } = page;
    let events = format!("/manage/events{}", workspace.as_ref().map(|w| format!("?as={w}")).unwrap_or_default());
    let choose = if can_edit {
        view! {
            <PostForm name="sites" acting=workspace.unwrap_or_default()>
                <input type="hidden" name="version" value=version.to_string()/>
                <TextArea
                    form="sites"
                    name="sites"
                    label="Sites that may show your embeds"
                    hint="One a line, like https://apex.example. A * alone means every site: what embeds show is public anyway."
                    value=sites
                    rows=4
                />
                <div class="form__actions"><Submit label="Save"/></div>
            </PostForm>
        }
        .into_any()
    } else {
        view! { <p>"Sites that may show them: " <code>{sites.replace('\n', ", ")}</code></p> }.into_any()
    };
    view! {
        <div class="center center--narrow stack stack--sections">
            <PageHead title="Embeds" sub="Your sponsors and open opportunities on your own site, always up to date.">
                <a class="button" href=events>"Events"</a>
            </PageHead>
            {saved.then(|| view! { <Notice tone="success" title="Saved"><p>"Browsers follow within a few minutes."</p></Notice> })}
            <section class="panel">
                <header class="panel__head"><h2 class="panel__title">"Where they may stand"</h2></header>
                <div class="panel__body">{choose}</div>
            </section>
            <section class="section">
                <div class="section__head"><h2 class="section__title">"Badges of open opportunities"</h2></div>
                {if badges.is_empty() {
                    view! { <Empty title="No opportunity is open" text="Open one, and its badge can be copied here. The sponsors of an event are copied on the event's page." icon="tag"/> }.into_any()
                } else {
                    badges.into_iter().enumerate().map(|(at, badge)| view! { <Badge badge at/> }).collect_view().into_any()
                }}
            </section>
        </div>
    }
}

#[component]
fn Badge(badge: BadgeSnippet, at: usize) -> impl IntoView {
    view! {
        <section class="panel">
            <header class="panel__head">
                <h3 class="panel__title">{badge.title}</h3>
                <div class="panel__actions"><a class="button button--small" href=badge.preview_href><Icon name="eye" small=true/>"See it"</a></div>
            </header>
            <div class="panel__body stack">
                <Snippet id=format!("badge-{at}") label=format!("A badge for {} to paste", isolated(&badge.event_title)) hint="A frame, always up to date." text=badge.snippet/>
                <Snippet id=format!("badge-html-{at}") label="Plain HTML to paste" hint="No frame and no script. It says what is true now: paste it again when places or days change." text=badge.html/>
                <Snippet id=format!("badge-json-{at}") label="The same as JSON" text=badge.json_url/>
            </div>
        </section>
    }
}
