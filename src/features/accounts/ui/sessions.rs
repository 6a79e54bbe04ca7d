//! `/account/sessions`: where somebody is signed in, and ending what should not be.

use super::door::asked;
use crate::{
    features::accounts::{server_fns, views::SessionView},
    ui::{
        form::PostForm,
        page::{fetched, shown},
        parts::{Icon, Notice, PageHead, Pill},
    },
};
use leptos::prelude::*;
use leptos_meta::Title;

/// `/account/sessions`.
#[component]
pub fn SessionsPage() -> impl IntoView {
    let loaded = fetched(|| (), |()| server_fns::account());
    view! {
        <Title text="Where you are signed in"/>
        {shown(loaded, |account| view! { <Sessions sessions=account.sessions knows_places=account.knows_places/> })}
    }
}

#[component]
fn Sessions(sessions: Vec<SessionView>, knows_places: bool) -> impl IntoView {
    let title = match sessions.len() {
        1 => "You are signed in here only".to_owned(),
        n => format!("You are signed in at {n} places"),
    };
    view! {
        <div class="center center--narrow stack stack--sections">
            <PageHead title sub="A session ends by itself after 12 idle hours, and after 30 days at the latest.">
                <PostForm name="sign_out_everywhere" class="cluster">
                    <button class="button button--danger">"Sign out everywhere"</button>
                </PostForm>
            </PageHead>
            {(asked("done") == "ended").then(|| view! {
                <Notice tone="success" title="The session has ended"><p>"Whoever used it has to sign in again."</p></Notice>
            })}
            <section class="panel panel--flush">
                <div class="panel__body">
                    <ul class="list">{sessions.into_iter().map(|session| view! { <Row session/> }).collect_view()}</ul>
                </div>
                {(!knows_places).then(|| view! {
                    <footer class="panel__foot">
                        <p class="text-small text-soft">"No list of places is set up here: a session tells its network, and not where that is."</p>
                    </footer>
                })}
            </section>
            <p class="text-small text-soft">
                "Something here that you do not know? End it, then change your password on " <a href="/account">"your account page"</a> "."
            </p>
        </div>
    }
}

#[component]
fn Row(session: SessionView) -> impl IntoView {
    let is_this = session.is_this;
    view! {
        <li class="list__row">
            <Icon name="globe"/>
            <div class="list__body">
                <p><strong>{session.device.clone()}</strong></p>
                <p class="list__sub">{session.place}</p>
                <p class="list__sub">
                    "Last seen " <time datetime=session.seen.to_rfc3339()>{session.seen_label}</time>
                    ", since " <time datetime=session.since.to_rfc3339()>{session.since_label}</time>
                </p>
            </div>
            <div class="list__end">
                {if is_this {
                    view! { <Pill text="This one" tone="accent"/> }.into_any()
                } else {
                    view! {
                        <PostForm name="revoke" class="cluster" one=("session", session.id.to_string())>
                            <button class="button button--small">
                                "End it"<span class="visually-hidden">{format!(": {}", session.device)}</span>
                            </button>
                        </PostForm>
                    }
                    .into_any()
                }}
            </div>
        </li>
    }
}
