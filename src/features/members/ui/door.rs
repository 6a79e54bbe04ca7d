//! `/invitations/{token}`: what the mailed link opens. Looking accepts nothing; only its form does.

use crate::{
    features::members::{
        server_fns,
        views::{InvitationPage as View, InvitationStep, within},
    },
    kernel::text::isolated,
    ui::{
        form::{PostForm, Submit, TextField},
        page::{fetched, shown},
        parts::Notice,
    },
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

#[component]
pub fn InvitationDoor() -> impl IntoView {
    let params = use_params_map();
    let token = move || params.with(|params| params.get("token").unwrap_or_default());
    let loaded = fetched(token, server_fns::invitation);
    shown(loaded, move |view| view! { <Invitation view token=token()/> })
}

#[component]
fn Invitation(view: View, token: String) -> impl IntoView {
    let name = isolated(&view.workspace_name).into_owned();
    let title = match &view.step {
        InvitationStep::Closed { .. } => "This invitation does not work any more".to_owned(),
        InvitationStep::Done { .. } => format!("You belong to {name}"),
        _ => format!("Join {name}"),
    };
    let by = isolated(&view.invited_by);
    let lead = format!("{by} invites {} to be {}. The invitation ends {}.", view.email, view.role, view.expires_label);
    let step = match view.step {
        InvitationStep::Accept => view! {
            <p class="auth__lead">{lead}</p>
            <PostForm name="accept">
                <div class="form__actions"><Submit label=format!("Join {name}")/></div>
            </PostForm>
        }
        .into_any(),
        InvitationStep::NewPerson { name: known } => {
            let asks = known.is_empty();
            view! {
                <p class="auth__lead">{lead}</p>
                <PostForm name="accept">
                    {asks.then(|| view! { <TextField form="accept" name="name" label="Your name" autocomplete="name" maxlength=100u32/> })}
                    <p class="form__note">"You choose your password on the next page."</p>
                    <div class="form__actions"><Submit label=format!("Join {name}")/></div>
                </PostForm>
            }
            .into_any()
        }
        InvitationStep::SignIn => {
            let next: String = url::form_urlencoded::byte_serialize(format!("/invitations/{token}").as_bytes()).collect();
            view! {
                <p class="auth__lead">{lead}</p>
                <p>{format!("{} has an account. Sign in with it, and accept with one press.", view.email)}</p>
                <div class="form__actions"><a class="button button--primary" href=format!("/sign-in?next={next}")>"Sign in"</a></div>
            }
            .into_any()
        }
        InvitationStep::Other { signed_in } => view! {
            <p class="auth__lead">{lead}</p>
            <Notice tone="warning" title="It is for another address">
                <p>{format!("You are signed in as {signed_in}. Sign out, then open the link in the mail again; or ask for an invitation to your own address.")}</p>
            </Notice>
            <PostForm name="sign_out" action="/account">
                <div class="form__actions"><Submit label="Sign out"/><a class="button button--quiet" href="/dashboard">"Stay signed in"</a></div>
            </PostForm>
        }
        .into_any(),
        InvitationStep::Closed { problem } => view! {
            <Notice tone="warning" title="Ask for a new one"><p>{problem}</p></Notice>
            <div class="form__actions"><a class="button button--primary" href="/sign-in">"Sign in"</a><a class="button button--quiet" href="/">"Start page"</a></div>
        }
        .into_any(),
        InvitationStep::Done { workspace } => view! {
            <p class="auth__lead">{format!("You accepted it as {}.", view.role)}</p>
            <div class="form__actions"><a class="button button--primary" href=within("/dashboard", &workspace) rel="external">"Open the workspace"</a></div>
        }
        .into_any(),
    };
    view! {
        <Title text=title.clone()/>
        <h1 class="auth__title">{title}</h1>
        {step}
    }
}
