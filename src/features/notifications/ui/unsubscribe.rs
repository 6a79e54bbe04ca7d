//! `/unsubscribe/{token}`: stopping mails about one topic without signing in. Opening it changes nothing; its form does.

use crate::{
    features::notifications::{server_fns, views::UnsubscribeView},
    ui::{
        form::{PostForm, Submit},
        page::{fetched, shown},
    },
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

/// `/unsubscribe/:token`.
#[component]
pub fn UnsubscribePage() -> impl IntoView {
    let params = use_params_map();
    let token = move || params.with(|params| params.get("token").unwrap_or_default());
    let loaded = fetched(token, server_fns::unsubscribe);
    view! {
        <Title text="What we mail you"/>
        {shown(loaded, |view| view! { <Unsubscribe view/> })}
    }
}

#[component]
fn Unsubscribe(view: UnsubscribeView) -> impl IntoView {
    if view.is_off {
        return view! {
            <h1 class="auth__title">"These mails have stopped"</h1>
            <p class="auth__lead">{format!("Nothing more is mailed about this: {}. It still stands under Notifications.", view.about)}</p>
            <div class="form__actions">
                <a class="button button--primary" href="/notifications/settings">"Choose what is mailed"</a>
            </div>
        }
        .into_any();
    }
    view! {
        <h1 class="auth__title">"Stop these mails?"</h1>
        <p class="auth__lead">{format!("It is about: {}. Mails about security, contracts and money still come.", view.about)}</p>
        <PostForm name="unsubscribe">
            <div class="form__actions">
                <Submit label="Stop them"/>
                <a class="button button--quiet" href="/notifications/settings">"Choose instead"</a>
            </div>
        </PostForm>
    }
    .into_any()
}
