//! `/api-keys`: the keys of a workspace, and making one.

use crate::{
    features::access::{
        rules::{LIVES, Scope},
        server_fns,
        views::{KeyView, KeysPage, MadeKey},
    },
    kernel::text::isolated,
    ui::{
        form::{FieldError, FormState, PostForm, SelectField, Submit, TextField, came_back_as, field_id},
        page::{acting, fetched, shown},
        parts::{Icon, Notice, PageHead, Pill},
    },
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

/// `/api-keys`.
#[component]
pub fn ApiKeysPage() -> impl IntoView {
    let workspace = acting();
    let loaded = fetched(move || workspace.get(), server_fns::keys);
    view! {
        <Title text="API keys"/>
        {shown(loaded, |page| view! { <Keys page/> })}
    }
}

#[component]
fn Keys(page: KeysPage) -> impl IntoView {
    let revoked = use_query_map().with_untracked(|query| query.get("done").is_some_and(|done| done == "revoked"));
    let workspace = page.workspace;
    let title = match page.live.len() {
        0 => "No program acts for you".to_owned(),
        1 => "One program can act for you".to_owned(),
        n => format!("{n} programs can act for you"),
    };
    let sub = format!(
        "API keys of {}. A key does what you tick, and no more than its maker may do; it opens no page.",
        isolated(&page.name)
    );
    view! {
        <div class="center center--narrow stack stack--sections">
            <PageHead title sub>
                <a class="button button--quiet" href="/api/docs" rel="external">"Read the API"</a>
            </PageHead>
            {revoked.then(|| view! {
                <Notice tone="success" title="The key is revoked"><p>"Whoever calls with it is refused from now on."</p></Notice>
            })}
            {page.made.map(|made| view! { <Made made/> })}
            {(!page.live.is_empty()).then(|| view! {
                <section class="panel panel--flush">
                    <header class="panel__head"><h2 class="panel__title">"Keys"</h2></header>
                    <div class="panel__body">
                        <ul class="list">
                            {page.live.into_iter().map(|key| view! { <Row key workspace=workspace.clone()/> }).collect_view()}
                        </ul>
                    </div>
                </section>
            })}
            <section class="panel">
                <header class="panel__head"><h2 class="panel__title">"Make a key"</h2></header>
                <div class="panel__body"><Make scopes=page.scopes workspace=workspace.clone()/></div>
            </section>
            {(!page.ended.is_empty()).then(|| view! {
                <details class="disclosure">
                    <summary class="button button--quiet">{format!("{} that ended", page.ended.len())}</summary>
                    <div class="disclosure__body">
                        <ul class="list">
                            {page.ended.into_iter().map(|key| view! { <Row key workspace=workspace.clone()/> }).collect_view()}
                        </ul>
                    </div>
                </details>
            })}
        </div>
    }
}

/// The one time that a secret is shown.
#[component]
fn Made(made: MadeKey) -> impl IntoView {
    view! {
        <Notice tone="success" title=format!("Copy the key {} now", isolated(&made.key.name))>
            <p><code>{made.secret}</code></p>
            <p>"It is shown this once: we keep only a fingerprint of it. Put it where your program reads its secrets, and send it as "
                <code>"Authorization: Bearer …"</code>"."</p>
        </Notice>
    }
}

#[component]
fn Row(key: KeyView, workspace: String) -> impl IntoView {
    let (tone, state) = match key.state.as_str() {
        "live" => ("success", "Live"),
        "stopped" => ("warning", "Its maker has left"),
        "expired" => ("neutral", "Expired"),
        _ => ("neutral", "Revoked"),
    };
    let can_revoke = matches!(key.state.as_str(), "live" | "stopped");
    let used = key.used_label.map_or_else(|| "never used".to_owned(), |used| format!("last used {used}"));
    let ends = match (&key.expires_label, key.state.as_str()) {
        (Some(label), "live" | "stopped") => format!(", ends {label}"),
        _ => String::new(),
    };
    let scopes: Vec<&str> = key.scopes.iter().map(|scope| scope.label()).collect();
    view! {
        <li class="list__row">
            <Icon name="key"/>
            <div class="list__body">
                <p><strong>{key.name.clone()}</strong> " " <code>{key.hint}</code></p>
                <p class="list__sub">{scopes.join(", ")}</p>
                <p class="list__sub">
                    {format!("Made by {} on ", isolated(&key.made_by))}
                    <time datetime=key.created_at.to_rfc3339()>{key.created_label}</time>
                    {format!(", {used}{ends}")}
                </p>
            </div>
            <div class="list__end">
                <Pill text=state tone/>
                {can_revoke.then(|| view! {
                    <details class="disclosure" open=came_back_as("revoke", "id", &key.id.to_string())>
                        <summary class="button button--small">"Revoke"<span class="visually-hidden">{format!(" {}", key.name)}</span></summary>
                        <div class="disclosure__body">
                            <PostForm name="revoke" acting=workspace class="cluster" one=("id", key.id.to_string())>
                                <p class="text-small">"Programs that use it are refused at once."</p>
                                <button class="button button--danger button--small">"Revoke for good"</button>
                            </PostForm>
                        </div>
                    </details>
                })}
            </div>
        </li>
    }
}

const FORM: &str = "make";

#[component]
fn Make(scopes: Vec<Scope>, workspace: String) -> impl IntoView {
    let lives = LIVES.iter().map(|days| (days.to_string(), format!("After {days} days"))).collect::<Vec<_>>();
    view! {
        <PostForm name=FORM acting=workspace>
            <TextField form=FORM name="name" label="Name" hint="What the program is: \"Badge printer\"." maxlength=60_u32/>
            <Scopes scopes/>
            <SelectField form=FORM name="expiresInDays" label="Ends" options=lives empty="Only when it is revoked" value="90" optional=true/>
            <div class="form__actions"><Submit label="Make the key"/></div>
        </PostForm>
    }
}

#[component]
fn Scopes(scopes: Vec<Scope>) -> impl IntoView {
    let state = expect_context::<FormState>();
    let id = field_id(FORM, "scopes");
    let start = state.start_all("scopes", &[]);
    view! {
        <fieldset class="fieldset" id=id.clone() tabindex="-1">
            <legend class="fieldset__legend">"What it may do"</legend>
            <p class="field__hint">"Signing, money and keys are never among it."</p>
            <div class="choices">
                {scopes
                    .into_iter()
                    .map(|scope| {
                        let chosen = start.iter().any(|label| label == scope.label());
                        view! {
                            <label class="choice">
                                <input class="choice__input" type="checkbox" name="scopes" value=scope.label() checked=chosen/>
                                <span class="choice__text">
                                    <span class="choice__label">{scope.words()}</span>
                                    <span class="choice__hint">{scope.label()}</span>
                                </span>
                            </label>
                        }
                    })
                    .collect_view()}
            </div>
            <FieldError id=id.clone() name="scopes".to_owned()/>
        </fieldset>
    }
}
