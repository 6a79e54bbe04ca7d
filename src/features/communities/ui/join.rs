//! Signing a community up: one form that says why it asks, and what comes next.

use crate::{
    features::communities::rules::{BIO_LONGEST, Network},
    kernel::labels::CommunityType,
    ui::{
        form::{FieldError, PostForm, SelectField, Submit, TextArea, TextField, field_id},
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
        <div class="wizard center">
            <div class="wizard__main">
                <header class="wizard__head">
                    <h1 class="wizard__title">"Bring your community"</h1>
                    <p class="wizard__lead">
                        "Tell us who you are. We confirm your address by mail, our team has a look, and then sponsors can find your events."
                    </p>
                </header>
                <PostForm name=FORM files=true>
                    <About/>
                    <Reach/>
                    <Elsewhere/>
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
fn About() -> impl IntoView {
    let types = CommunityType::LABELS.iter().map(|label| ((*label).to_owned(), (*label).to_owned())).collect();
    let logo = field_id(FORM, "logo");
    view! {
        <fieldset class="fieldset">
            <legend class="fieldset__legend">"Your community"</legend>
            <TextField form=FORM name="name" label="Name" autocomplete="organization" maxlength=80_u32/>
            <TextArea
                form=FORM
                name="bio"
                label="What you do, and for whom"
                hint="Two or three sentences. Sponsors read them first."
                rows=4
                maxlength=u32::try_from(BIO_LONGEST).unwrap_or(2_000)
            />
            <SelectField form=FORM name="communityType" label="What sort of community" options=types/>
            <div class="form__row">
                <TextField form=FORM name="city" label="City" autocomplete="address-level2" maxlength=80_u32/>
                <TextField form=FORM name="country" label="Country" autocomplete="country-name" maxlength=60_u32/>
            </div>
            <TextField
                form=FORM
                name="website"
                label="Website"
                hint="A website of your own makes the review quicker."
                kind="url"
                optional=true
                autocomplete="url"
                placeholder="https://"
            />
            <div class="upload">
                <div class="upload__body">
                    <label class="field__label" for=logo.clone()>"Logo " <span class="field__optional">"optional"</span></label>
                    <p class="field__hint" id=format!("{logo}-hint")>"PNG, JPEG, WebP or SVG, up to 2 MB."</p>
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
        </fieldset>
    }
}

#[component]
fn Reach() -> impl IntoView {
    view! {
        <fieldset class="fieldset">
            <legend class="fieldset__legend">"How to reach it"</legend>
            <TextField
                form=FORM
                name="officialEmail"
                label="Official e-mail address"
                hint="Sponsors see it once you have a request with them."
                kind="email"
                autocomplete="email"
            />
            <TextField form=FORM name="phone" label="Phone" hint="With the country code: +91 98765 43210." kind="tel" autocomplete="tel"/>
        </fieldset>
    }
}

#[component]
fn Elsewhere() -> impl IntoView {
    view! {
        <fieldset class="fieldset">
            <legend class="fieldset__legend">"Where else it is"</legend>
            <p class="field__hint">"All of these are optional."</p>
            <div class="grid">
                {Network::ALL
                    .iter()
                    .map(|network| view! {
                        <TextField form=FORM name=format!("socialLinks.{}", network.label()) label=network.name() kind="url" optional=true/>
                    })
                    .collect_view()}
            </div>
        </fieldset>
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
                title="Look into your mailbox"
                text="We mailed a link to the owner of the community. It confirms the address and opens your workspace, where you can draft events while our team has a look."
                icon="mail"
            >
                <a class="button" href="/">"Go to the start page"</a>
            </Empty>
        </div>
    }
}
