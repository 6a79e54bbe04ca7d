//! Making and editing an event. One form; a draft is saved with a title alone, and nothing that was typed is ever lost: also
//! when somebody else saved the event meanwhile, both versions are there to compare.

use crate::{
    features::events::{
        rules::{DEFAULT_ZONE, DESCRIPTION_LONGEST, field_word},
        server_fns,
        views::{EventEditor, EventView},
    },
    kernel::{
        labels::{EventCategory, EventFormat, EventType, Region},
        technologies::MOST,
        text::isolated,
    },
    ui::{
        form::{FormState, MomentField, PostForm, SelectField, Submit, TextArea, TextField, TickField, ZoneField},
        page::{acting, fetched, shown},
        parts::{Notice, PageHead},
    },
};
use leptos::{prelude::*, task::spawn_local};
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

const FORM: &str = "event";

/// `/manage/events/new`.
#[component]
pub fn NewEventPage() -> impl IntoView {
    let workspace = acting();
    let loaded = fetched(move || workspace.get(), |workspace| server_fns::editor(None, workspace));
    view! {
        <Title text="New event"/>
        {shown(loaded, move |editor| view! { <Editor editor workspace=workspace.get_untracked()/> })}
    }
}

/// `/manage/events/:id/edit`.
#[component]
pub fn EditEventPage() -> impl IntoView {
    let (params, workspace) = (use_params_map(), acting());
    let loaded = fetched(move || (params.read().get("id"), workspace.get()), |(id, workspace)| server_fns::editor(id, workspace));
    view! {
        <Title text="Edit event"/>
        {shown(loaded, move |editor| view! { <Editor editor workspace=workspace.get_untracked()/> })}
    }
}

#[component]
fn Editor(editor: EventEditor, workspace: Option<String>) -> impl IntoView {
    let EventEditor { event, zones, can } = editor;
    let title = event.as_ref().map_or_else(|| "New event".to_owned(), |event| format!("Edit {}", isolated(&event.title)));
    let waits = can.publish_waits.clone().map(|reason| {
        view! {
            <Notice tone="info" title="You can draft everything"><p>{reason}</p></Notice>
        }
    });
    let save = if event.as_ref().is_some_and(|event| event.status.is_published()) { "Save" } else { "Save draft" };
    let query = workspace.as_ref().map(|workspace| format!("?as={workspace}")).unwrap_or_default();
    let back = match &event {
        Some(event) => format!("/manage/events/{}{query}", event.id),
        None => format!("/manage/events{query}"),
    };
    if event.as_ref().is_some_and(|event| !event.can.edit) {
        return view! {
            <div class="stack">
                <PageHead title/>
                <Notice tone="info" title="This event cannot be changed">
                    <p>"It is archived and stays as it was. Draft a new event for the next time."</p>
                </Notice>
            </div>
        }
        .into_any();
    }
    view! {
        <div class="center center--narrow stack">
            <PageHead title/>
            {waits}
            <PostForm name=FORM acting=workspace.clone().unwrap_or_default()>
                {event.clone().map(|event| view! { <Version event workspace/> })}
                <What event=event.clone()/>
                <When event=event.clone() zones/>
                <Place event/>
                <div class="form__actions">
                    <Submit label=save class="button"/>
                    {can.publish.then(|| view! { <Submit label="Save and publish" name="then" value="publish"/> })}
                    <a class="button button--quiet" href=back>"Cancel"</a>
                </div>
            </PostForm>
        </div>
    }
    .into_any()
}

fn options(labels: &[&str]) -> Vec<(String, String)> {
    labels.iter().map(|label| ((*label).to_owned(), (*label).to_owned())).collect()
}

#[component]
fn What(event: Option<EventView>) -> impl IntoView {
    let text = |of: fn(&EventView) -> String| event.as_ref().map(of).unwrap_or_default();
    view! {
        <fieldset class="fieldset">
            <legend class="fieldset__legend">"What it is"</legend>
            <TextField form=FORM name="title" label="Title" value=text(|e| e.title.clone()) maxlength=120_u32/>
            <TextField form=FORM name="subtitle" label="Subtitle" value=text(|e| e.subtitle.clone()) optional=true maxlength=200_u32/>
            <div class="form__row">
                <SelectField
                    form=FORM
                    name="eventType"
                    label="Type"
                    value=text(|e| e.event_type.map(|kind| kind.label().to_owned()).unwrap_or_default())
                    options=options(EventType::LABELS)
                />
                <SelectField
                    form=FORM
                    name="category"
                    label="Category"
                    value=text(|e| e.category.map(|category| category.label().to_owned()).unwrap_or_default())
                    options=options(EventCategory::LABELS)
                />
            </div>
            <TextArea
                form=FORM
                name="descriptionMarkdown"
                label="Description"
                hint="Markdown: what happens, for whom, and why it is worth coming."
                value=text(|e| e.description_markdown.clone())
                rows=10
                maxlength=u32::try_from(DESCRIPTION_LONGEST).unwrap_or(20_000)
            />
            <TextField
                form=FORM
                name="technologies"
                label="Technologies"
                hint=format!("With commas between them, at most {MOST}: Rust, C++, Node.js. Sponsors search by them.")
                value=text(|e| e.technologies.join(", "))
                optional=true
            />
        </fieldset>
    }
}

#[component]
fn When(event: Option<EventView>, zones: Vec<String>) -> impl IntoView {
    let start = event.as_ref().and_then(|event| event.start_wall.clone()).unwrap_or_default();
    let end = event.as_ref().and_then(|event| event.end_wall.clone()).unwrap_or_default();
    let all_day = event.as_ref().is_some_and(|event| event.all_day);
    let zone = event.as_ref().map_or_else(|| DEFAULT_ZONE.to_owned(), |event| event.timezone.clone());
    let mut zones: Vec<(String, String)> =
        zones.into_iter().map(|zone| (zone.replace('_', " "), zone)).map(|(label, zone)| (zone, label)).collect();
    if !zones.iter().any(|(name, _)| *name == zone) {
        zones.push((zone.clone(), zone.clone()));
    }
    view! {
        <fieldset class="fieldset">
            <legend class="fieldset__legend">"When it is"</legend>
            <div class="form__row">
                <MomentField form=FORM name="startAt" label="Starts" value=start/>
                <MomentField form=FORM name="endAt" label="Ends" value=end/>
            </div>
            <TickField form=FORM name="allDay" label="Whole days: only the dates are known" value=all_day/>
            <ZoneField
                form=FORM
                name="timezone"
                hint="The times above are on the clocks there. Another zone keeps them as they are."
                value=zone
                options=zones
            />
        </fieldset>
    }
}

#[component]
fn Place(event: Option<EventView>) -> impl IntoView {
    let text = |of: fn(&EventView) -> String| event.as_ref().map(of).unwrap_or_default();
    view! {
        <fieldset class="fieldset">
            <legend class="fieldset__legend">"Where it is, and for whom"</legend>
            <div class="form__row">
                <SelectField
                    form=FORM
                    name="format"
                    label="Format"
                    value=text(|e| e.format.map(|format| format.label().to_owned()).unwrap_or_default())
                    options=options(EventFormat::LABELS)
                />
                <SelectField
                    form=FORM
                    name="region"
                    label="Region"
                    value=text(|e| e.region.map(|region| region.label().to_owned()).unwrap_or_default())
                    options=options(Region::LABELS)
                />
            </div>
            <TextField
                form=FORM
                name="venueName"
                label="Venue"
                hint="Needed where people meet in person."
                value=text(|e| e.venue_name.clone())
                optional=true
                maxlength=160_u32
            />
            <TextField form=FORM name="venueAddress" label="Address" value=text(|e| e.venue_address.clone()) optional=true maxlength=300_u32/>
            <TextField
                form=FORM
                name="capacity.maxAttendees"
                label="How many people fit"
                hint="Sponsors look at it first."
                value=text(|e| e.capacity.max_attendees.map(|most| most.to_string()).unwrap_or_default())
                inputmode="numeric"
                short=true
            />
            <TextField
                form=FORM
                name="registrationLink"
                label="Where people register"
                kind="url"
                value=text(|e| e.registration_link.clone())
                optional=true
                placeholder="https://"
            />
            <TickField
                form=FORM
                name="settings.publicVisible"
                label="Everybody sees the event once it is published"
                value=event.as_ref().is_none_or(|event| event.settings.public_visible)
            />
        </fieldset>
    }
}

/// The version that is edited. After a conflict it is the one that was saved meanwhile, shown beside what was typed: saving
/// again is then a decision, and not an accident.
#[component]
fn Version(event: EventView, workspace: Option<String>) -> impl IntoView {
    let state = expect_context::<FormState>();
    let in_conflict = move || state.outcome.with(|outcome| outcome.as_ref().is_some_and(|o| o.code == "VERSION_CONFLICT"));
    // A page that the server rendered after a conflict was rendered with the newest version.
    let saved = RwSignal::new(in_conflict().then(|| event.clone()));
    let first = if in_conflict() { event.version.to_string() } else { state.start("version", &event.version.to_string()) };
    let id = event.id.to_string();
    Effect::new(move |_| {
        if in_conflict() {
            let (id, workspace) = (id.clone(), workspace.clone());
            spawn_local(async move {
                if let Ok(newest) = server_fns::one(id, workspace).await {
                    saved.set(Some(newest));
                }
            });
        }
    });
    let version = move || saved.with(|saved| saved.as_ref().map(|event| event.version.to_string()));
    let shown = first.clone();
    view! {
        <input type="hidden" name="version" value=first prop:value=move || version().unwrap_or_else(|| shown.clone())/>
        {move || in_conflict().then(|| saved.get().map(|saved| view! { <Compare saved/> }))}
    }
}

/// What is saved against what was typed, field by field.
#[component]
fn Compare(saved: EventView) -> impl IntoView {
    let state = expect_context::<FormState>();
    let typed = state.outcome.get_untracked().map(|outcome| outcome.values).unwrap_or_default();
    let rows: Vec<(&'static str, String, String)> = values(&saved)
        .into_iter()
        .filter_map(|(name, stored)| {
            let typed = typed.get(name).and_then(|values| values.first()).cloned().unwrap_or_default();
            let same = typed.replace("\r\n", "\n").trim() == stored.trim();
            (!same).then_some((name, stored, typed))
        })
        .collect();
    view! {
        <section class="panel" aria-labelledby="compare">
            <header class="panel__head"><h2 class="panel__title" id="compare">"What was saved meanwhile, and what you typed"</h2></header>
            <div class="panel__body">
                <dl class="diff">
                    {rows
                        .into_iter()
                        .map(|(name, stored, typed)| {
                            let empty = |text: String| if text.is_empty() { "(empty)".to_owned() } else { text };
                            view! {
                                <div class="diff__row diff__row--changed">
                                    <dt>{field_word(name).to_owned()}</dt>
                                    <dd><del>{empty(stored)}</del>" "<ins>{empty(typed)}</ins></dd>
                                </div>
                            }
                        })
                        .collect_view()}
                </dl>
                <p class="form__note">"Struck out is saved, underlined is yours. Take over what you want to keep, then save again."</p>
            </div>
        </section>
    }
}

/// What is stored, by the form's field names and as the form would send it.
fn values(event: &EventView) -> Vec<(&'static str, String)> {
    let text = |label: Option<&'static str>| label.unwrap_or_default().to_owned();
    vec![
        ("title", event.title.clone()),
        ("subtitle", event.subtitle.clone()),
        ("eventType", text(event.event_type.map(|kind| kind.label()))),
        ("category", text(event.category.map(|category| category.label()))),
        ("descriptionMarkdown", event.description_markdown.clone()),
        ("technologies", event.technologies.join(", ")),
        ("startAt", event.start_wall.clone().unwrap_or_default()),
        ("endAt", event.end_wall.clone().unwrap_or_default()),
        ("timezone", event.timezone.clone()),
        ("format", text(event.format.map(|format| format.label()))),
        ("region", text(event.region.map(|region| region.label()))),
        ("venueName", event.venue_name.clone()),
        ("venueAddress", event.venue_address.clone()),
        ("capacity.maxAttendees", event.capacity.max_attendees.map(|most| most.to_string()).unwrap_or_default()),
        ("registrationLink", event.registration_link.clone()),
        ("settings.publicVisible", if event.settings.public_visible { "true".to_owned() } else { String::new() }),
    ]
}
