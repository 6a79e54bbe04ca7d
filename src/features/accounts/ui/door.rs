//! The narrow cards before somebody is signed in.

use crate::{
    features::accounts::{rules::LinkPurpose, server_fns, views::LinkView},
    kernel::text::isolated,
    ui::{
        form::{PostForm, Submit, TextField},
        page::{fetched, shown},
        parts::Notice,
    },
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};

/// Signing in, then home.
const HOME_AFTER_SIGN_IN: &str = "/sign-in?next=/dashboard";

/// A value of the query, as it was when the page was opened.
pub(super) fn asked(name: &str) -> String {
    use_query_map().with_untracked(|query| query.get(name).unwrap_or_default())
}

/// Signing in. `next` leads on to where somebody was going, and is checked where the form is received.
#[component]
pub fn SignInPage() -> impl IntoView {
    let done = match asked("done").as_str() {
        "password" => Some(("Your password is set", "Sign in with it now.")),
        "address" => Some(("Your address was changed", "Sign in with the new one from now on.")),
        "verified" => Some(("Your address is confirmed", "Thank you. You can sign in once you have a password.")),
        "out" => Some(("You are signed out", "See you soon.")),
        "everywhere" => Some(("You are signed out everywhere", "Every session of your account has ended.")),
        _ => None,
    };
    view! {
        <Title text="Sign in"/>
        <h1 class="auth__title">"Sign in"</h1>
        {done.map(|(title, text)| view! { <Notice tone="success" title><p>{text}</p></Notice> })}
        <PostForm name="sign_in">
            <TextField form="sign_in" name="email" label="E-mail" kind="email" autocomplete="username" inputmode="email"/>
            <TextField form="sign_in" name="password" label="Password" kind="password" autocomplete="current-password"/>
            <div class="form__actions">
                <Submit label="Sign in"/>
                <a class="button button--quiet" href="/forgot-password">"Forgot password"</a>
            </div>
        </PostForm>
    }
}

/// Asking for a link to a new password; says the same for every address.
#[component]
pub fn ForgotPage() -> impl IntoView {
    let sent = asked("done") == "sent";
    view! {
        <Title text="Forgot password"/>
        <h1 class="auth__title">"Set a new password"</h1>
        {if sent {
            view! {
                <Notice tone="success" title="Look into your mailbox">
                    <p>"If the address has an account, a mail with a link is on its way. It arrives within a minute; look into the spam folder too."</p>
                </Notice>
                <p class="auth__lead"><a href="/forgot-password" rel="external">"Try another address"</a></p>
            }
            .into_any()
        } else {
            view! {
                <p class="auth__lead">"Tell us your address. We mail you a link that lets you choose a new password."</p>
                <PostForm name="forgot">
                    <TextField form="forgot" name="email" label="E-mail" kind="email" autocomplete="username" inputmode="email"/>
                    <div class="form__actions">
                        <Submit label="Send me a link"/>
                        <a class="button button--quiet" href="/sign-in">"Back"</a>
                    </div>
                </PostForm>
            }
            .into_any()
        }}
    }
}

/// The page behind a mailed link. Opening it uses nothing up; only its form does.
#[component]
pub fn LinkPage() -> impl IntoView {
    let params = use_params_map();
    let token = move || params.with(|params| params.get("token").unwrap_or_default());
    let loaded = fetched(token, server_fns::link);
    shown(loaded, |link| view! { <LinkForm link/> })
}

#[component]
fn LinkForm(link: LinkView) -> impl IntoView {
    let name = isolated(&link.name);
    let (title, lead, label) = match link.purpose {
        LinkPurpose::Activate => ("Choose your password", format!("For {name}, {}.", link.email), "Set my password"),
        LinkPurpose::Reset => (
            "Choose a new password",
            format!("For {name}, {}. You are signed out everywhere when it is set.", link.email),
            "Set my password",
        ),
        LinkPurpose::VerifyEmail if link.wants_password => (
            "Confirm your address",
            format!("{} belongs to you, {name}. Choose the password that you will sign in with.", link.email),
            "Confirm and set my password",
        ),
        LinkPurpose::VerifyEmail => {
            ("Confirm your address", format!("{} belongs to you, {name}.", link.email), "Confirm my address")
        }
        LinkPurpose::ChangeEmail => {
            ("Confirm your new address", format!("From now on, {name} signs in with {}.", link.email), "Use this address")
        }
    };
    let wants_password = link.wants_password;
    match link.problem {
        Some(problem) => {
            // Another link would not ask what this one did.
            let (title, (first, first_href), (second, second_href)) = if !link.waits_at_home {
                ("Ask for a new one", ("Send me a new link", "/forgot-password"), ("Sign in", "/sign-in"))
            } else if wants_password {
                ("Set a password first", ("Send me a link for it", "/forgot-password"), ("Sign in", HOME_AFTER_SIGN_IN))
            } else {
                ("Answer on your home page", ("Sign in", HOME_AFTER_SIGN_IN), ("Forgot password", "/forgot-password"))
            };
            view! {
                <Title text="This link does not work any more"/>
                <h1 class="auth__title">"This link does not work any more"</h1>
                <Notice tone="warning" title=title><p>{problem}</p></Notice>
                <div class="form__actions">
                    <a class="button button--primary" href=first_href>{first}</a>
                    <a class="button button--quiet" href=second_href>{second}</a>
                </div>
            }
            .into_any()
        }
        None => view! {
            <Title text=title/>
            <h1 class="auth__title">{title}</h1>
            <p class="auth__lead">{lead}</p>
            <PostForm name="use_link">
                {wants_password.then(|| view! {
                    <input type="hidden" name="asksPassword" value="true"/>
                    <TextField
                        form="use_link"
                        name="password"
                        label="Password"
                        hint="At least 12 characters. A few words in a row are easy to remember."
                        kind="password"
                        autocomplete="new-password"
                    />
                })}
                <div class="form__actions"><Submit label/></div>
            </PostForm>
        }
        .into_any(),
    }
}
