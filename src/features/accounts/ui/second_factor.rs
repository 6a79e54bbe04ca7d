//! The second factor, step by step: set it up, confirm it, keep the recovery codes; later, give a code.

use crate::{
    features::accounts::{
        server_fns,
        views::{QrView, SecondFactorView},
    },
    ui::{
        form::{PostForm, Submit, TextField, came_back},
        page::{fetched, shown},
        parts::Notice,
    },
};
use leptos::prelude::*;
use leptos_meta::Title;

#[component]
pub fn SecondFactorPage() -> impl IntoView {
    let loaded = fetched(|| (), |()| server_fns::second_factor());
    view! {
        <Title text="Second factor"/>
        {shown(loaded, |state| match state {
            SecondFactorView::Off { is_staff } => view! { <Off is_staff/> }.into_any(),
            SecondFactorView::Confirm { qr, secret } => view! { <Confirm qr secret/> }.into_any(),
            SecondFactorView::Challenge => view! { <Challenge/> }.into_any(),
            SecondFactorView::Keep { codes } => view! { <Keep codes/> }.into_any(),
            SecondFactorView::On { recovery_codes_left, is_staff } => view! { <On left=recovery_codes_left is_staff/> }.into_any(),
        })}
    }
}

#[component]
fn Off(is_staff: bool) -> impl IntoView {
    let lead = if is_staff {
        "You work for CommDesk, so a password alone opens nothing. Have your phone with an authenticator app at hand."
    } else {
        "From then on, signing in asks for a code from your phone as well. Have it with an authenticator app at hand."
    };
    view! {
        <h1 class="auth__title">"Set up your second factor"</h1>
        <p class="auth__lead">{lead}</p>
        <PostForm name="begin">
            <div class="form__actions">
                <Submit label="Start"/>
                {(!is_staff).then(|| view! { <a class="button button--quiet" href="/account">"Back to your account"</a> })}
            </div>
        </PostForm>
    }
}

#[component]
fn Confirm(qr: Option<QrView>, secret: String) -> impl IntoView {
    view! {
        <h1 class="auth__title">"Scan, then confirm"</h1>
        <p class="auth__lead">"Scan this with your authenticator app, then type the six digits that it shows."</p>
        {qr.map(|QrView { side, path }| view! {
            <figure>
                <svg viewBox=format!("0 0 {side} {side}") width="220" height="220" role="img" aria-label="QR code with your secret">
                    // Dark on light in both themes: cameras expect it.
                    <rect width=side height=side fill="#ffffff"></rect>
                    <path d=path fill="#000000"></path>
                </svg>
            </figure>
        })}
        <p class="text-small">"No camera? Type this into the app: " <code>{secret}</code></p>
        <PostForm name="confirm">
            <CodeField form="confirm" hint=""/>
            <div class="form__actions"><Submit label="Confirm"/></div>
        </PostForm>
    }
}

#[component]
fn Challenge() -> impl IntoView {
    view! {
        <h1 class="auth__title">"Confirm that it is you"</h1>
        <p class="auth__lead">"Type the six digits that your authenticator app shows now."</p>
        <PostForm name="give">
            <CodeField form="give" hint="Without your phone, type one of your recovery codes."/>
            <div class="form__actions"><Submit label="Confirm"/></div>
        </PostForm>
        <PostForm name="sign_out" action="/account" class="cluster">
            <button class="button button--quiet button--small">"Sign out"</button>
        </PostForm>
    }
}

#[component]
fn Keep(codes: Vec<String>) -> impl IntoView {
    view! {
        <h1 class="auth__title">"Keep these recovery codes"</h1>
        <p class="auth__lead">"Each one works once, on the day your phone is gone. Print them, or put them into your password manager. They are not shown again."</p>
        <ul class="list">
            {codes.into_iter().map(|code| view! { <li class="list__row"><code class="num">{code}</code></li> }).collect_view()}
        </ul>
        <PostForm name="keep">
            <div class="form__actions"><Submit label="I have kept them"/></div>
        </PostForm>
    }
}

#[component]
fn On(left: i64, is_staff: bool) -> impl IntoView {
    let low = left <= 3;
    let home = if is_staff { "/staff/organizations" } else { "/account" };
    view! {
        <h1 class="auth__title">"Your second factor is on"</h1>
        {low.then(|| view! { <Notice tone="warning" title="Few recovery codes are left"><p>"Make new ones while you can."</p></Notice> })}
        <p class="auth__lead">{format!("{left} recovery codes are left.")}</p>
        <PostForm name="renew">
            <div class="form__actions">
                <a class="button button--primary" href=home>"Go on"</a>
                <Submit label="Make new recovery codes" class="button"/>
            </div>
        </PostForm>
        {(!is_staff).then(|| view! {
            <details class="disclosure" open=came_back(&["off"])>
                <summary class="button button--quiet">"Turn it off"</summary>
                <div class="disclosure__body">
                    <PostForm name="off">
                        <p class="form__note">"What your workspaces ask a second factor for is shut to you then."</p>
                        <TextField form="off" name="password" label="Your password" kind="password" autocomplete="current-password"/>
                        <CodeField form="off" hint="Six digits of your app, or a recovery code."/>
                        <div class="form__actions"><Submit label="Turn it off" class="button button--danger"/></div>
                    </PostForm>
                </div>
            </details>
        })}
    }
}

/// Six digits, or a recovery code.
#[component]
fn CodeField(form: &'static str, hint: &'static str) -> impl IntoView {
    view! { <TextField form name="code" label="Code" hint autocomplete="one-time-code" short=true/> }
}
