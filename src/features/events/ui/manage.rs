//! A community's own events: the tabs, and the page of one with its next step.

use crate::{
    features::events::{
        rules::{EventStatus, field_word},
        server_fns,
        views::{EventView, MyEvents, Tab},
    },
    ui::{
        form::{PostForm, Submit, came_back},
        page::{Shape, Show, acting, fetched, shown, shown_as},
        parts::{Empty, HiddenNotice, Icon, More, Notice, PageHead, Pill},
    },
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};

/// `/manage/events`.
#[component]
pub fn MyEventsPage() -> impl IntoView {
    let (query, workspace) = (use_query_map(), acting());
    let tab = Memo::new(move |_| Tab::named(&query.read().get("tab").unwrap_or_default()));
    let loaded = fetched(
        move || (tab.get().key().to_owned(), query.read().get("cursor"), workspace.get()),
        |(tab, cursor, workspace)| server_fns::mine(tab, cursor, workspace),
    );
    view! {
        <Title text="Events"/>
        {shown_as(Shape::Rows, loaded, move |mine| view! { <Mine mine workspace=workspace.get_untracked()/> })}
    }
}

/// `?as=…`, with what stands before it.
fn with_workspace(path: &str, workspace: Option<&str>) -> String {
    let Some(workspace) = workspace else { return path.to_owned() };
    let joint = if path.contains('?') { '&' } else { '?' };
    format!("{path}{joint}as={workspace}")
}

#[component]
fn Mine(mine: MyEvents, workspace: Option<String>) -> impl IntoView {
    let at = {
        let workspace = workspace.clone();
        move |path: &str| with_workspace(path, workspace.as_deref())
    };
    let new = mine.can_draft.then(|| {
        let href = at("/manage/events/new");
        view! { <a class="button button--primary" href=href><Icon name="plus" small=true/>"New event"</a> }
    });
    let tabs = Tab::ALL
        .into_iter()
        .map(|tab| {
            let href = at(&format!("/manage/events?tab={}", tab.key()));
            view! { <a class="tabs__tab" href=href aria-current=(tab == mine.tab).then_some("page")>{tab.label()}</a> }
        })
        .collect_view();
    let deleted = mine.tab == Tab::Deleted;
    let acting = workspace.clone().unwrap_or_default();
    let body = if mine.items.is_empty() {
        let (title, text) = match mine.tab {
            Tab::Upcoming => ("No events are ahead", "Draft one: a title is enough to begin with."),
            Tab::Past => ("Nothing is past yet", "Events move here by themselves when they have ended."),
            Tab::Archived => ("Nothing is archived", "Completed events can be put away here for good."),
            Tab::Deleted => ("Nothing is deleted", "An event that you delete can be restored from here."),
        };
        let action = (mine.tab == Tab::Upcoming && mine.can_draft).then(|| {
            let href = at("/manage/events/new");
            view! { <a class="button button--primary" href=href>"Draft an event"</a> }
        });
        view! { <Empty title text icon="calendar">{action}</Empty> }.into_any()
    } else {
        let next = mine.next_cursor.as_ref().map(|cursor| at(&format!("/manage/events?tab={}&cursor={cursor}", mine.tab.key())));
        let rows = mine
            .items
            .into_iter()
            .map(|event| {
                let href = at(&format!("/manage/events/{}", event.id));
                let name = if deleted {
                    view! { <span>{event.title.clone()}</span> }.into_any()
                } else {
                    view! { <a class="table__link" href=href>{event.title.clone()}</a> }.into_any()
                };
                let restore = deleted.then(|| {
                    let id = event.id.to_string();
                    view! {
                        <td data-label="Bring it back">
                            <PostForm name="restore" acting=acting.clone() class="form">
                                <input type="hidden" name="eventId" value=id/>
                                <button class="button button--small" type="submit">
                                    <Icon name="undo" small=true/>"Restore"<span class="visually-hidden">{format!(" {}", event.title)}</span>
                                </button>
                            </PostForm>
                        </td>
                    }
                });
                view! {
                    <tr>
                        <td class="table__main">
                            {name}
                            <span class="table__sub">{event.event_type.map(|kind| kind.label()).unwrap_or("No type yet")}</span>
                        </td>
                        <td data-label="When"><time datetime=event.start_at>{event.when_label}</time></td>
                        <td data-label="Status"><Pill text=event.status.label() tone=event.tone/></td>
                        {restore}
                    </tr>
                }
            })
            .collect_view();
        view! {
            <div class="table-wrap">
                <table class="table">
                    <caption class="visually-hidden">{mine.tab.label()}</caption>
                    <thead><tr><th scope="col">"Event"</th><th scope="col">"When"</th><th scope="col">"Status"</th>{deleted.then(|| view! { <th scope="col">"Bring it back"</th> })}</tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
            {next.is_some().then(|| view! { <More count=mine.count_label next/> })}
        }
        .into_any()
    };
    view! {
        <div class="stack">
            <PageHead title="Events">{new}</PageHead>
            <nav class="tabs" aria-label="Events">{tabs}</nav>
            {(mine.tab == Tab::Deleted).then(|| view! { <h2 class="section__title">{Tab::Deleted.label()}</h2> })}
            {body}
            {(mine.tab != Tab::Deleted).then(|| view! {
                <p class="text-small"><a href=at(&format!("/manage/events?tab={}", Tab::Deleted.key()))>{Tab::Deleted.label()}</a></p>
            })}
        </div>
    }
}

/// `/manage/events/:id`. `below` shows who stands on the event's page, and what else follows from it.
#[component]
pub fn MyEventPage(below: fn() -> Show<EventView>) -> impl IntoView {
    let (params, workspace) = (use_params_map(), acting());
    let below = below();
    let loaded = fetched(
        move || (params.read().get("id").unwrap_or_default(), workspace.get()),
        |(id, workspace)| server_fns::one(id, workspace),
    );
    shown(loaded, move |event| view! { <One event workspace=workspace.get_untracked() below=below.clone()/> })
}

#[component]
fn One(event: EventView, workspace: Option<String>, below: Show<EventView>) -> impl IntoView {
    let edit_href = with_workspace(&format!("/manage/events/{}/edit", event.id), workspace.as_deref());
    let page_href = with_workspace(&format!("/events/{}", event.slug), workspace.as_deref());
    let is_draft = event.status == EventStatus::Draft;
    let workspace_after = workspace.clone();
    let edit =
        event.can.edit.then(|| view! { <a class="button" href=edit_href.clone()><Icon name="edit" small=true/>"Edit"</a> });
    let page_label = if is_draft { "Preview" } else { "Public page" };
    view! {
        <Title text=event.title.clone()/>
        <div class="stack">
            <PageHead title=event.title.clone() over=event.status.label() sub=event.when_label.clone()>
                <a class="button" href=page_href><Icon name="eye" small=true/>{page_label}</a>
                {edit}
            </PageHead>
            {event.hidden_reason.clone().map(|reason| view! { <HiddenNotice what="event" reason/> })}
            <Next event=event.clone() workspace edit_href/>
            {below(event.clone())}
            <section class="panel">
                <header class="panel__head"><h2 class="panel__title">"The event"</h2><div class="panel__actions"><Pill text=event.status.label() tone=event.tone.clone()/></div></header>
                <div class="panel__body"><Summary event=event.clone()/></div>
            </section>
            <Afterwards event workspace=workspace_after/>
        </div>
    }
}

/// What can be done with the event as a whole: use it again, put it away.
#[component]
fn Afterwards(event: EventView, workspace: Option<String>) -> impl IntoView {
    let acting = workspace.unwrap_or_default();
    let can = event.can;
    let duplicate = can.duplicate.then(|| {
        let acting = acting.clone();
        view! {
            <PostForm name="duplicate" acting class="form">
                <button class="button" type="submit"><Icon name="copy" small=true/>"Duplicate"</button>
            </PostForm>
        }
    });
    let archive = can.archive.then(|| {
        let acting = acting.clone();
        view! {
            <details class="disclosure" open=came_back(&["archive"])>
                <summary class="button"><Icon name="archive" small=true/>"Archive…"</summary>
                <div class="disclosure__body stack">
                    <p>"An archived event stays as it is for good: it can be read, and never changed again."</p>
                    <PostForm name="archive" acting class="cluster"><Submit label="Archive for good" class="button button--danger"/></PostForm>
                </div>
            </details>
        }
    });
    let delete = can.delete.then(|| {
        view! {
            <details class="disclosure" open=came_back(&["delete"])>
                <summary class="button"><Icon name="trash" small=true/>"Delete…"</summary>
                <div class="disclosure__body stack">
                    <p>"It leaves every list and its page is gone. You can restore it from your deleted events. An event with open or accepted requests, or with somebody on its page, cannot be deleted."</p>
                    <PostForm name="delete" acting class="cluster"><Submit label="Delete this event" class="button button--danger"/></PostForm>
                </div>
            </details>
        }
    });
    (can.duplicate || can.archive || can.delete).then(|| {
        view! {
            <section class="section" aria-labelledby="afterwards">
                <div class="section__head"><h2 class="section__title" id="afterwards">"The event as a whole"</h2></div>
                <p class="text-soft text-small">"A duplicate is a new draft with the same words, without dates."</p>
                <div class="cluster">{duplicate} {archive} {delete}</div>
            </section>
        }
    })
}

/// The one thing that comes next, and what stands in its way.
#[component]
fn Next(event: EventView, workspace: Option<String>, edit_href: String) -> impl IntoView {
    let acting = workspace.unwrap_or_default();
    let missing: Vec<(String, String)> = event.missing.0.clone().into_iter().collect();
    match event.status {
        EventStatus::Draft if !missing.is_empty() => view! {
            <section class="panel">
                <header class="panel__head"><h2 class="panel__title">"Before it can be published"</h2></header>
                <div class="panel__body">
                    <ol class="checklist">
                        {missing
                            .into_iter()
                            .map(|(field, message)| view! {
                                <li class="checklist__item">
                                    <span class="checklist__mark"><Icon name="minus" small=true/></span>
                                    <div class="checklist__body">
                                        <p class="checklist__title">{first_up(field_word(&field))}</p>
                                        <p class="checklist__text">{message}</p>
                                    </div>
                                </li>
                            })
                            .collect_view()}
                    </ol>
                </div>
                <footer class="panel__foot"><a class="button button--primary" href=edit_href>"Fill these in"</a></footer>
            </section>
        }
        .into_any(),
        EventStatus::Draft => match event.can.publish_waits.clone() {
            Some(reason) => view! { <Notice tone="info" title="Publishing has to wait"><p>{reason}</p></Notice> }.into_any(),
            None => event
                .can
                .publish
                .then(|| {
                    view! {
                        <section class="next-action tone-accent" aria-labelledby="next">
                            <div class="next-action__text">
                                <p class="next-action__over">"Next"</p>
                                <h2 class="next-action__title" id="next">"Publish it"</h2>
                                <p>"Everything is there. Its page becomes public, and you can offer places on it."</p>
                            </div>
                            <div class="next-action__actions">
                                <PostForm name="publish" acting=acting class="form"><Submit label="Publish"/></PostForm>
                            </div>
                        </section>
                    }
                })
                .into_any(),
        },
        EventStatus::Upcoming | EventStatus::Live if event.can.complete => view! {
            <section class="next-action tone-accent" aria-labelledby="next">
                <div class="next-action__text">
                    <p class="next-action__over">"Next"</p>
                    <h2 class="next-action__title" id="next">"Complete it"</h2>
                    <p>"It has ended. It is completed by itself in a moment, or now."</p>
                </div>
                <div class="next-action__actions">
                    <PostForm name="complete" acting=acting class="form"><Submit label="Complete now"/></PostForm>
                </div>
            </section>
        }
        .into_any(),
        EventStatus::Archived => view! {
            <Notice tone="info" title="Archived"><p>"It stays as it was. Draft a new event for the next time."</p></Notice>
        }
        .into_any(),
        _ => ().into_any(),
    }
}

fn first_up(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[component]
fn Summary(event: EventView) -> impl IntoView {
    let row = |term: &'static str, value: String| {
        let value = if value.is_empty() { "Not said yet".to_owned() } else { value };
        view! { <div class="definition__row"><dt>{term}</dt><dd>{value}</dd></div> }
    };
    let label = |label: Option<&'static str>| label.unwrap_or_default().to_owned();
    view! {
        <dl class="definition">
            {row("When", event.when_label.clone())}
            {row("Time zone", event.timezone.clone())}
            {row("Type", label(event.event_type.map(|kind| kind.label())))}
            {row("Category", label(event.category.map(|category| category.label())))}
            {row("Format", label(event.format.map(|format| format.label())))}
            {row("Region", label(event.region.map(|region| region.label())))}
            {row("Venue", event.venue_name.clone())}
            {row("People", event.capacity.max_attendees.map(|most| format!("up to {most}")).unwrap_or_else(|| "No limit".to_owned()))}
            {row("Technologies", event.technologies.join(", "))}
            {row("Visible", if event.settings.public_visible { "To everybody, once published".to_owned() } else { "To your community only".to_owned() })}
        </dl>
    }
}
