//! `/workspace/security`: for what a workspace asks a second factor, and the way to its keys.

use crate::{
    features::{
        access::{server_fns, views::SecurityPage},
        accounts::rules::Guarded,
    },
    kernel::text::isolated,
    ui::{
        form::{FieldError, FormState, PostForm, Submit, field_id},
        page::{acting, fetched, shown},
        parts::{Notice, PageHead},
    },
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

const FORM: &str = "policy";

/// `/workspace/security`.
#[component]
pub fn WorkspaceSecurityPage() -> impl IntoView {
    let workspace = acting();
    let loaded = fetched(move || workspace.get(), server_fns::security);
    view! {
        <Title text="Security"/>
        {shown(loaded, |page| view! { <Security page/> })}
    }
}

#[component]
fn Security(page: SecurityPage) -> impl IntoView {
    let saved = use_query_map().with_untracked(|query| query.get("done").is_some_and(|done| done == "saved"));
    let keys = format!("/api-keys?as={}", page.workspace);
    let can_change = page.policy.can_change;
    let needed_for = page.policy.needed_for;
    let asked: Vec<&str> = needed_for.iter().map(|one| one.words()).collect();
    let now = if asked.is_empty() {
        "A password is enough for everything now.".to_owned()
    } else {
        format!("Asked for now: {}.", asked.join("; "))
    };
    view! {
        <div class="center center--narrow stack stack--sections">
            <PageHead title=format!("Security of {}", isolated(&page.name)) sub="What your people and your programs need to act for you."/>
            {saved.then(|| view! {
                <Notice tone="success" title="Saved"><p>"It holds from the next click on. Everybody concerned is told."</p></Notice>
            })}
            <section class="panel">
                <header class="panel__head"><h2 class="panel__title">"Second factor"</h2></header>
                <div class="panel__body stack">
                    <p>"A stolen password is worth little when a code from a phone is needed too. " {now}</p>
                    {if can_change {
                        view! {
                            <PostForm name=FORM acting=page.workspace.clone()>
                                <Choices needed_for/>
                                <div class="form__actions"><Submit label="Save"/></div>
                            </PostForm>
                        }
                        .into_any()
                    } else {
                        view! {
                            <Notice tone="info" title="Your own comes first">
                                <p>"Set up and confirm your own second factor; then you can ask others for theirs."</p>
                                <a class="button button--small" href="/second-factor?next=%2Fworkspace%2Fsecurity">"Open second factor"</a>
                            </Notice>
                        }
                        .into_any()
                    }}
                </div>
            </section>
            <section class="panel">
                <header class="panel__head"><h2 class="panel__title">"API keys"</h2></header>
                <div class="panel__body">
                    <p>{match page.live_keys {
                        0 => "No program acts for this workspace.".to_owned(),
                        1 => "One program can act for this workspace.".to_owned(),
                        n => format!("{n} programs can act for this workspace."),
                    }}</p>
                </div>
                <footer class="panel__foot"><a class="button" href=keys>"Open API keys"</a></footer>
            </section>
        </div>
    }
}

#[component]
fn Choices(needed_for: Vec<Guarded>) -> impl IntoView {
    let state = expect_context::<FormState>();
    let id = field_id(FORM, "neededFor");
    let stored: Vec<String> = needed_for.iter().map(|one| one.label().to_owned()).collect();
    let start = state.start_all("neededFor", &stored);
    view! {
        <fieldset class="fieldset" id=id.clone() tabindex="-1">
            <legend class="fieldset__legend">"Ask for it before"</legend>
            <p class="field__hint">"Nothing moves money or signs yet: what you choose for these holds from the first day on which something does."</p>
            <div class="choices">
                {Guarded::ALL
                    .iter()
                    .map(|one| {
                        let chosen = start.iter().any(|label| label == one.label());
                        view! {
                            <label class="choice">
                                <input class="choice__input" type="checkbox" name="neededFor" value=one.label() checked=chosen/>
                                <span class="choice__text"><span class="choice__label">{one.words()}</span></span>
                            </label>
                        }
                    })
                    .collect_view()}
            </div>
            <FieldError id=id.clone() name="neededFor".to_owned()/>
        </fieldset>
    }
}
