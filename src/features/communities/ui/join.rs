//! Signing a community up: one form that says why it asks, and what comes next.

use super::edit::{AboutFields, ElsewhereFields, ReachFields};
use crate::{
    features::communities::rules::{ProfileInput, signup_problems},
    ui::{
        form::{PostForm, Submit, TextField},
        found::Described,
        parts::{Empty, Icon},
    },
};
use leptos::prelude::*;
use leptos_meta::Title;

const FORM: &str = "join";

/// `/join`.
#[component]
pub fn JoinPage() -> impl IntoView {
    view! {
        <Title text="Bring your community"/>
        <Described path="/join" title="Bring your community" text="Publish your event, say what you offer and what it costs, and ask companies that are verified and looking."/>
        <div class="wizard center">
            <div class="wizard__main">
                <header class="wizard__head">
                    <h1 class="wizard__title">"Bring your community"</h1>
                    <p class="wizard__lead">
                        "Tell us who you are. We confirm your address by mail, our team has a look, and then sponsors can find your events."
                    </p>
                </header>
                <PostForm name=FORM files=true check=signup_problems>
                    <AboutFields form=FORM profile=ProfileInput::default() logo_url=None/>
                    <ReachFields form=FORM profile=ProfileInput::default()/>
                    <ElsewhereFields form=FORM profile=ProfileInput::default()/>
                    <Owner/>
                    <p class="form__note">"You set your password on the page behind the link that we mail you."</p>
                    <div class="form__actions">
                        <Submit label="Sign up" class="button button--primary button--large"/>
                    </div>
                </PostForm>
            </div>
            <aside class="wizard__aside"><Why/></aside>
        </div>
    }
}

#[component]
fn Owner() -> impl IntoView {
    view! {
        <fieldset class="fieldset">
            <legend class="fieldset__legend">"You"</legend>
            <TextField form=FORM name="owner.fullName" label="Your full name" autocomplete="name" maxlength=100_u32/>
            <TextField
                form=FORM
                name="owner.email"
                label="Your e-mail address"
                hint="You sign in with it. We mail you a link to confirm it."
                kind="email"
                autocomplete="email"
            />
        </fieldset>
    }
}

#[component]
fn Why() -> impl IntoView {
    let steps = [
        (
            "mail",
            "You confirm your address",
            "The link is in the mail that we send you at once. Then you can draft events and opportunities.",
        ),
        ("shield-check", "We have a look", "Somebody of our team compares what you wrote with your website and your address."),
        ("handshake", "Sponsors find you", "Once you are approved, you publish, and ask sponsors from our directory."),
    ];
    view! {
        <section class="panel">
            <header class="panel__head"><h2 class="panel__title">"What happens next"</h2></header>
            <div class="panel__body">
                <ol class="checklist">
                    {steps
                        .into_iter()
                        .map(|(icon, title, text)| view! {
                            <li class="checklist__item">
                                <span class="checklist__mark"><Icon name=icon small=true/></span>
                                <div class="checklist__body"><p class="checklist__title">{title}</p><p class="checklist__text">{text}</p></div>
                            </li>
                        })
                        .collect_view()}
                </ol>
            </div>
        </section>
    }
}

/// `/join/sent`: the same whoever signed up.
#[component]
pub fn JoinSentPage() -> impl IntoView {
    view! {
        <Title text="Look into your mailbox"/>
        <div class="center center--narrow">
            <Empty
                only=true
                title="Look into your mailbox"
                text="We mailed a link to the owner of the community. It confirms the address and opens your workspace, where you can draft events while our team has a look."
                icon="mail"
            >
                <a class="button" href="/">"Go to the start page"</a>
            </Empty>
        </div>
    }
}
