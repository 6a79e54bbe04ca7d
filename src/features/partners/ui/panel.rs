//! The panel of sponsors and partners, on the page where a community manages an event. One form with named buttons: every
//! step works without scripts.

use crate::{
    features::partners::{
        server_fns,
        views::{AssignmentView, PanelView},
    },
    ui::{
        form::{PostForm, Switch},
        page::{Loaded, acting, fetched, shown},
        parts::{Empty, Icon, Logo, Pill, Tier},
    },
};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

/// Starts to load who stands on the event whose page this is. What the room below shows of the same comes from it too.
pub fn load() -> Loaded<PanelView> {
    let (params, workspace) = (use_params_map(), acting());
    fetched(
        move || (params.read().get("id").unwrap_or_default(), workspace.get()),
        |(event, workspace)| server_fns::panel(event, workspace),
    )
}

/// The panel of an event of the reader's community.
#[component]
pub fn PartnersPanel(loaded: Loaded<PanelView>) -> impl IntoView {
    let workspace = acting();
    shown(loaded, move |panel| view! { <Panel panel workspace=workspace.get_untracked()/> })
}

#[component]
fn Panel(panel: PanelView, workspace: Option<String>) -> impl IntoView {
    let PanelView { event_id, items, collapsed, count, hidden, can_edit, sees_hidden, .. } = panel;
    let query = workspace.as_ref().map(|workspace| format!("?as={workspace}")).unwrap_or_default();
    let add_href = format!("/manage/events/{event_id}/partners/new{query}");
    let (panel_to, panel_label) = if collapsed { ("view", "View") } else { ("hide", "Hide") };
    let said = match (count, hidden) {
        (0, _) => String::new(),
        // Whoever sees no hidden ones is not told that there are none.
        (_, 0) if !sees_hidden => String::new(),
        (_, 0) => "All of them stand on the public page.".to_owned(),
        (_, 1) => "One of them is hidden from the public page.".to_owned(),
        (_, hidden) => format!("{hidden} of them are hidden from the public page."),
    };
    let body = (!collapsed).then(|| {
        let add_href = add_href.clone();
        if items.is_empty() {
            view! {
                <div class="panel__body">
                    <Empty
                        title="Nobody stands on this event's page yet"
                        text="Sponsors appear here when a request is accepted. Partners, hosts and media you add by hand."
                        icon="handshake"
                    >
                        {can_edit.then(|| view! { <a class="button button--primary" href=add_href>"Add the first"</a> })}
                    </Empty>
                </div>
            }
            .into_any()
        } else {
            // The last of a tier has another tier after it.
            let lasts: Vec<bool> = items
                .iter()
                .enumerate()
                .map(|(at, item)| items.get(at + 1).is_none_or(|next| next.tier_keyword != item.tier_keyword))
                .collect();
            view! {
                <ul class="partner-list">
                    {items
                        .into_iter()
                        .zip(lasts)
                        .map(|(item, last)| view! { <Card item last can_edit query=query.clone()/> })
                        .collect_view()}
                </ul>
            }
            .into_any()
        }
    });
    view! {
        <section class="panel panel--flush partners" id="partners" aria-labelledby="partners-title">
            <PostForm name="partners" class="partners__form" acting=workspace.unwrap_or_default()>
                <header class="panel__head">
                    <div>
                        <h2 class="panel__title" id="partners-title">
                            "Sponsors and partners "
                            <span class="badge tone-accent num">{count}<span class="visually-hidden">" on this event"</span></span>
                        </h2>
                        {(!said.is_empty()).then(|| view! { <p class="text-soft text-small">{said}</p> })}
                    </div>
                    <div class="panel__actions">
                        {can_edit.then(|| view! {
                            <a class="button button--small" href=add_href><Icon name="plus" small=true/>"Add"</a>
                        })}
                        <button
                            class="button button--quiet button--small"
                            type="submit"
                            name="panel"
                            value=panel_to
                            aria-expanded=if collapsed { "false" } else { "true" }
                        >
                            {panel_label}
                            <span class="visually-hidden">" sponsors and partners"</span>
                        </button>
                    </div>
                </header>
                {body}
            </PostForm>
        </section>
    }
}

#[component]
fn Card(item: AssignmentView, last: bool, can_edit: bool, query: String) -> impl IntoView {
    let id = item.link_id.to_string();
    let name = item.name.clone();
    let edit_href = format!("/manage/events/{}/partners/{}{query}", item.event_id, item.link_id);
    let what = item.benefits.iter().map(|line| line.kind.label()).collect::<Vec<_>>().join(", ");
    let agreed = item.request_id.map(|request| {
        view! { <a class="partner-card__agreed" href=format!("/requests/{request}{query}")><Icon name="handshake" small=true/>"By agreement"</a> }
    });
    let switch_name = if item.visible { "hide" } else { "show" };
    let controls = can_edit.then(|| {
        view! {
            <div class="partner-card__controls">
                <Switch label="On the public page" is_on=item.visible name=switch_name value=id.clone() about=name.clone()/>
                <div class="partner-card__steps">
                    <button
                        class="icon-button"
                        type="submit"
                        name="up"
                        value=id.clone()
                        disabled=item.display_order == 0
                        aria-label=format!("Move {name} up within its tier")
                    >
                        <span class="partner-card__up"><Icon name="chevron-down"/></span>
                    </button>
                    <button
                        class="icon-button"
                        type="submit"
                        name="down"
                        value=id
                        disabled=last
                        aria-label=format!("Move {name} down within its tier")
                    >
                        <Icon name="chevron-down"/>
                    </button>
                    <a class="icon-button" href=edit_href aria-label=format!("Edit {name}")><Icon name="edit"/></a>
                </div>
            </div>
        }
    });
    let title = match &item.organization_slug {
        Some(slug) => view! { <a class="list__link" href=format!("/directory/{slug}")>{name.clone()}</a> }.into_any(),
        None => view! { <span>{name.clone()}</span> }.into_any(),
    };
    view! {
        <li class=format!("partner-card hue-{}", item.hue)>
            <Logo name=item.name.clone() url=item.image_url.clone() size="medium"/>
            <div class="partner-card__body">
                <h3 class="partner-card__name">{title}</h3>
                <p class="partner-card__line">
                    <Tier label=item.category.label() hue=item.hue.label()/>
                    {(!item.visible).then(|| view! { <Pill text="Hidden" tone="warning"/> })}
                    {agreed}
                </p>
                {(!item.website_label.is_empty()).then(|| view! {
                    <p class="partner-card__note">
                        <a href=item.website.clone() rel="noopener nofollow">{item.website_label.clone()}</a>
                    </p>
                })}
                {(!what.is_empty()).then(|| view! { <p class="partner-card__note">{what}</p> })}
            </div>
            {controls}
        </li>
    }
}
