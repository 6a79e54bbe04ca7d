//! Adding somebody to an event's page, and changing how they stand there.

use super::lines::BenefitLines;
use crate::{
    features::{
        organizations::ui::NoneOfThese,
        partners::{
            rules::{DEFAULT_CATEGORY, NAME_LONGEST, REASON_LONGEST},
            server_fns,
            views::{AssignmentView, EditorView, FoundOrganization},
        },
    },
    kernel::{labels::Category, text::isolated},
    ui::{
        form::{FieldError, FormState, PostForm, Submit, TextArea, TextField, TickField, came_back, field_id},
        page::{acting, fetched, shown},
        parts::{Empty, Icon, Logo, Notice, PageHead},
    },
};
use leptos::{prelude::*, task::spawn_local};
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};

const FORM: &str = "partner";

fn as_query(workspace: Option<&str>) -> String {
    workspace.map(|workspace| format!("?as={workspace}")).unwrap_or_default()
}

/// `/manage/events/:id/partners/new`.
#[component]
pub fn NewPartnerPage() -> impl IntoView {
    let (params, query, workspace) = (use_params_map(), use_query_map(), acting());
    let search = Memo::new(move |_| query.read().get("q").map(|q| q.trim().to_owned()).filter(|q| !q.is_empty()));
    let loaded = fetched(
        move || (params.read().get("id").unwrap_or_default(), search.get(), workspace.get()),
        |(event, search, workspace)| server_fns::editor(event, None, search, workspace),
    );
    view! {
        <Title text="Add a sponsor or partner"/>
        {shown(loaded, move |editor| view! { <New editor search=search.get_untracked() workspace=workspace.get_untracked()/> })}
    }
}

#[component]
fn New(editor: EditorView, search: Option<String>, workspace: Option<String>) -> impl IntoView {
    let back = format!("/manage/events/{}{}#partners", editor.event_id, as_query(workspace.as_deref()));
    let action = format!("/manage/events/{}/partners/new", editor.event_id);
    view! {
        <div class="center center--narrow stack">
            <PageHead title="Add a sponsor or partner" over=editor.event_title/>
            <form class="search" role="search" method="get" action=action>
                <label class="visually-hidden" for="q">"Search the directory"</label>
                <svg class="icon search__icon" aria-hidden="true"><use href="/icons.svg#i-search"></use></svg>
                <input class="input search__input" id="q" name="q" type="search" placeholder="Name of the organization" value=search.clone()/>
                {workspace.clone().map(|workspace| view! { <input type="hidden" name="as" value=workspace/> })}
                <button class="button search__go">"Search the directory"</button>
            </form>
            <PostForm name=FORM acting=workspace.unwrap_or_default() files=true>
                <Who found=editor.found search/>
                <CategoryField value=DEFAULT_CATEGORY/>
                <Shown website=String::new() website_hint="Left empty, it is the organization's own."/>
                <BenefitLines form=FORM hint="What visitors may read about it. All of it is optional." lines=Vec::new()/>
                <div class="form__actions">
                    <Submit label="Add to the page"/>
                    <a class="button button--quiet" href=back>"Cancel"</a>
                </div>
            </PostForm>
        </div>
    }
}

/// Somebody of the directory, or a name.
#[component]
fn Who(found: Vec<FoundOrganization>, search: Option<String>) -> impl IntoView {
    let state = expect_context::<FormState>();
    let id = field_id(FORM, "organizationId");
    let chosen = state.start("organizationId", found.first().map(|it| it.id.to_string()).unwrap_or_default().as_str());
    let choices = (!found.is_empty()).then(|| {
        let none = chosen == "none";
        view! {
            <div class="choices">
                {found
                    .into_iter()
                    .map(|it| {
                        let value = it.id.to_string();
                        let checked = value == chosen;
                        view! {
                            <label class="choice">
                                <input class="choice__input" type="radio" name="organizationId" value=value checked=checked/>
                                <span class="choice__text">
                                    <span class="choice__label">{it.name}</span>
                                    <span class="choice__hint">{it.note}</span>
                                </span>
                            </label>
                        }
                    })
                    .collect_view()}
                <label class="choice">
                    <input class="choice__input" type="radio" name="organizationId" value="none" checked=none/>
                    <span class="choice__text">
                        <span class="choice__label">"None of these"</span>
                        <span class="choice__hint">"Type the name below."</span>
                    </span>
                </label>
            </div>
        }
    });
    let nothing = choices.is_none();
    let hint = match (&search, nothing) {
        (Some(search), true) => format!("The directory has nobody called “{search}”. Add them by name."),
        (None, _) => "Search the directory above, or type the name of somebody who is not in it.".to_owned(),
        _ => String::new(),
    };
    view! {
        <fieldset class="fieldset" id=id.clone() tabindex="-1">
            <legend class="fieldset__legend">"Who"</legend>
            {(!hint.is_empty()).then(|| view! { <p class="field__hint">{hint}</p> })}
            {choices}
            <FieldError id=id.clone() name="organizationId".to_owned()/>
            <TextField
                form=FORM
                name="name"
                label="Name"
                hint="Only for somebody who is not in the directory: they are added to it."
                value=if nothing { search.unwrap_or_default() } else { String::new() }
                optional=true
                autocomplete="organization"
                maxlength=u32::try_from(NAME_LONGEST).unwrap_or(120)
            />
            <NoneOfThese form=FORM/>
            <TextField
                form=FORM
                name="contactEmail"
                label="A mailbox at their website"
                hint="With it and the website below, their own people can take their page in the directory over."
                kind="email"
                optional=true
            />
        </fieldset>
    }
}

/// All 33 labels, word for word, in their two groups.
#[component]
fn CategoryField(value: Category) -> impl IntoView {
    let state = expect_context::<FormState>();
    let id = field_id(FORM, "category");
    let start = state.start("category", value.label());
    let group = |label: &'static str, sponsors: bool| {
        let options = Category::ALL
            .iter()
            .filter(|category| category.is_sponsor() == sponsors)
            .map(|category| {
                let chosen = category.label() == start;
                view! { <option value=category.label() selected=chosen>{category.label()}</option> }
            })
            .collect_view();
        view! { <optgroup label=label>{options}</optgroup> }
    };
    let described = format!("{id}-error");
    view! {
        <div class="field">
            <label class="field__label" for=id.clone()>"Category"</label>
            <div class="field__control">
                <select class="select" id=id.clone() name="category" aria-describedby=described>
                    {group("Sponsors", true)}
                    {group("Partners", false)}
                </select>
            </div>
            <FieldError id name="category".to_owned()/>
        </div>
    }
}

/// What the page shows beside the name.
#[component]
fn Shown(website: String, website_hint: &'static str) -> impl IntoView {
    let logo = field_id(FORM, "logo");
    view! {
        <TextField form=FORM name="website" label="Website" hint=website_hint value=website kind="url" optional=true autocomplete="url" placeholder="https://"/>
        <div class="upload">
            <div class="upload__body">
                <label class="field__label" for=logo.clone()>"Logo for this event " <span class="field__optional">"optional"</span></label>
                <p class="field__hint" id=format!("{logo}-hint")>"PNG, JPEG, WebP or SVG, up to 2 MB. Left empty, it stays as it is."</p>
                <input
                    class="upload__input"
                    id=logo.clone()
                    name="logo"
                    type="file"
                    accept="image/png,image/jpeg,image/webp,image/svg+xml"
                    aria-describedby=format!("{logo}-hint")
                />
                <FieldError id=logo name="logo".to_owned()/>
            </div>
        </div>
    }
}

/// `/manage/events/:id/partners/:link`.
#[component]
pub fn EditPartnerPage() -> impl IntoView {
    let (params, workspace) = (use_params_map(), acting());
    let loaded = fetched(
        move || (params.read().get("id").unwrap_or_default(), params.read().get("link"), workspace.get()),
        |(event, link, workspace)| server_fns::editor(event, link, None, workspace),
    );
    shown(loaded, move |editor| view! { <Edit editor workspace=workspace.get_untracked()/> })
}

#[component]
fn Edit(editor: EditorView, workspace: Option<String>) -> impl IntoView {
    let Some(partner) = editor.partner else {
        return view! { <Empty only=true title="There is nothing here" text="They no longer stand on this event's page." icon="search"/> }
            .into_any();
    };
    let query = as_query(workspace.as_deref());
    let back = format!("/manage/events/{}{query}#partners", editor.event_id);
    let agreed = partner.request_id.map(|request| {
        let href = format!("/requests/{request}{query}");
        view! {
            <Notice tone="info" title=format!("{} is here by agreement", isolated(&partner.name))>
                <p>
                    "Name and category are what both sides agreed on. How it looks on the page is yours to change. "
                    <a href=href>"Open the agreement"</a>
                </p>
            </Notice>
        }
    });
    let is_agreed = partner.request_id.is_some();
    let (picture, shown_name) = (partner.image_url.clone(), partner.name.clone());
    let acting = workspace.clone().unwrap_or_default();
    view! {
        <Title text=format!("Edit {}", partner.name)/>
        <div class="center center--narrow stack">
            <PageHead title=partner.name.clone() over=editor.event_title sub=partner.category.label()>
                <Logo name=shown_name url=picture size="medium"/>
            </PageHead>
            {agreed}
            <PostForm name=FORM acting=acting.clone() files=true>
                <Version partner=partner.clone() workspace/>
                {(!is_agreed).then(|| view! {
                    <TextField form=FORM name="name" label="Name on the page" value=partner.name.clone() maxlength=u32::try_from(NAME_LONGEST).unwrap_or(120)/>
                    <CategoryField value=partner.category/>
                })}
                <Shown website=partner.website.clone() website_hint="Left empty, the page shows none."/>
                {partner.image_url.is_some().then(|| view! { <TickField form=FORM name="noPicture" label="Show initials in place of the logo"/> })}
                <BenefitLines form=FORM hint="What visitors may read about it." lines=partner.benefits.clone()/>
                <div class="form__actions">
                    <Submit label="Save"/>
                    <a class="button button--quiet" href=back>"Cancel"</a>
                </div>
            </PostForm>
            <details class="disclosure" open=came_back(&["remove"])>
                <summary class="button"><Icon name="trash" small=true/>"Take off the page…"</summary>
                <div class="disclosure__body stack">
                    <p>{if is_agreed {
                        "They are told, and read your reason. The agreement itself stays on record: this does not undo it."
                    } else {
                        "They no longer stand on the event's page. You can add them again at any time."
                    }}</p>
                    <PostForm name="remove" acting>
                        <TextArea
                            form="remove"
                            name="reason"
                            label="Reason"
                            optional=!is_agreed
                            rows=3
                            maxlength=u32::try_from(REASON_LONGEST).unwrap_or(500)
                        />
                        <div class="form__actions"><Submit label="Take off the page" class="button button--danger"/></div>
                    </PostForm>
                </div>
            </details>
        </div>
    }
    .into_any()
}

/// The version that is edited. After a conflict it is the newest, and what was saved stands beside what was typed.
#[component]
fn Version(partner: AssignmentView, workspace: Option<String>) -> impl IntoView {
    let state = expect_context::<FormState>();
    let saved = RwSignal::new(partner.clone());
    let in_conflict =
        move || state.outcome.with(|outcome| outcome.as_ref().is_some_and(|outcome| outcome.code == "VERSION_CONFLICT"));
    let (event, link) = (partner.event_id.to_string(), partner.link_id.to_string());
    Effect::new(move |_| {
        if in_conflict() {
            let (event, link, workspace) = (event.clone(), link.clone(), workspace.clone());
            spawn_local(async move {
                if let Ok(EditorView { partner: Some(newest), .. }) = server_fns::editor(event, Some(link), None, workspace).await
                {
                    saved.set(newest);
                }
            });
        }
    });
    let first = partner.version.to_string();
    view! {
        <input type="hidden" name="version" value=first prop:value=move || saved.with(|saved| saved.version.to_string())/>
        {move || in_conflict().then(|| {
            let now = saved.get();
            let benefits = now.benefits.iter().map(|line| line.kind.label()).collect::<Vec<_>>().join(", ");
            let or_none = |text: String| if text.is_empty() { "None".to_owned() } else { text };
            view! {
                <section class="panel" aria-labelledby="compare">
                    <header class="panel__head"><h2 class="panel__title" id="compare">"What was saved meanwhile"</h2></header>
                    <div class="panel__body">
                        <dl class="definition">
                            <div class="definition__row"><dt>"Name"</dt><dd>{now.name}</dd></div>
                            <div class="definition__row"><dt>"Category"</dt><dd>{now.category.label()}</dd></div>
                            <div class="definition__row"><dt>"Website"</dt><dd>{or_none(now.website)}</dd></div>
                            <div class="definition__row"><dt>"Benefits"</dt><dd>{or_none(benefits)}</dd></div>
                        </dl>
                        <p class="form__note">"Below is what you typed. Take over what you want to keep, then save again."</p>
                    </div>
                </section>
            }
        })}
    }
}
