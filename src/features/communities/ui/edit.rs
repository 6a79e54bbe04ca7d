//! What a community says about itself: the fields, which the sign-up shares, and the page on which they are edited.

use crate::{
    features::communities::{
        rules::{BIO_LONGEST, CommunitySize, Network, ProfileInput, REASON_LONGEST},
        server_fns,
        views::ProfilePage,
    },
    kernel::labels::{CommunityType, Region},
    ui::{
        form::{FieldError, FormState, PostForm, SelectField, Submit, TextArea, TextField, field_id},
        page::{acting, fetched, shown},
        parts::{Logo, Notice, PageHead, Pill},
    },
};
use leptos::{prelude::*, task::spawn_local};
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

fn options(labels: &[&str]) -> Vec<(String, String)> {
    labels.iter().map(|label| ((*label).to_owned(), (*label).to_owned())).collect()
}

/// Name, words, kind, place, reach, website and logo.
#[component]
pub fn AboutFields(form: &'static str, profile: ProfileInput, logo_url: Option<String>) -> impl IntoView {
    let logo = field_id(form, "logo");
    let name = profile.name.clone();
    view! {
        <fieldset class="fieldset">
            <legend class="fieldset__legend">"Your community"</legend>
            <TextField form name="name" label="Name" value=profile.name autocomplete="organization" maxlength=80_u32/>
            <TextArea
                form
                name="bio"
                label="What you do, and for whom"
                hint="Two or three sentences. Sponsors read them first."
                value=profile.bio
                rows=4
                maxlength=u32::try_from(BIO_LONGEST).unwrap_or(2_000)
            />
            <SelectField form name="communityType" label="What sort of community" value=profile.community_type options=options(CommunityType::LABELS)/>
            <div class="form__row">
                <TextField form name="city" label="City" value=profile.city autocomplete="address-level2" maxlength=80_u32/>
                <TextField form name="country" label="Country" value=profile.country autocomplete="country-name" maxlength=60_u32/>
            </div>
            <div class="form__row">
                <SelectField form name="region" label="Region" value=profile.region optional=true options=options(Region::LABELS) empty="Not said"/>
                <SelectField form name="size" label="People you reach" value=profile.size optional=true options=options(CommunitySize::LABELS) empty="Not said"/>
            </div>
            <TextField
                form
                name="languages"
                label="Languages"
                hint="With commas between them: English, Hindi."
                value=profile.languages.join(", ")
                optional=true
            />
            <TextField
                form
                name="website"
                label="Website"
                hint="A website of your own makes the review quicker."
                value=profile.website
                kind="url"
                optional=true
                autocomplete="url"
                placeholder="https://"
            />
            <div class="upload">
                {logo_url.map(|url| view! { <Logo name url=Some(url) size="medium"/> })}
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

/// The official address and the phone.
#[component]
pub fn ReachFields(form: &'static str, profile: ProfileInput) -> impl IntoView {
    view! {
        <fieldset class="fieldset">
            <legend class="fieldset__legend">"How to reach it"</legend>
            <TextField
                form
                name="officialEmail"
                label="Official e-mail address"
                hint="Sponsors see it once you have a request with them."
                value=profile.official_email
                kind="email"
                autocomplete="email"
            />
            <TextField form name="phone" label="Phone" hint="With the country code: +91 98765 43210." value=profile.phone kind="tel" autocomplete="tel"/>
        </fieldset>
    }
}

/// Where else it is.
#[component]
pub fn ElsewhereFields(form: &'static str, profile: ProfileInput) -> impl IntoView {
    view! {
        <fieldset class="fieldset">
            <legend class="fieldset__legend">"Where else it is"</legend>
            <p class="field__hint">"All of these are optional."</p>
            <div class="grid">
                {Network::ALL
                    .iter()
                    .map(|network| view! {
                        <TextField
                            form
                            name=format!("socialLinks.{}", network.label())
                            label=network.name()
                            value=profile.social_links.get(*network).to_owned()
                            kind="url"
                            optional=true
                        />
                    })
                    .collect_view()}
            </div>
        </fieldset>
    }
}

/// `/community/profile`.
#[component]
pub fn EditCommunityPage() -> impl IntoView {
    let (query, workspace) = (use_query_map(), acting());
    let loaded = fetched(move || workspace.get(), server_fns::profile);
    let done = query.with_untracked(|query| {
        if query.get("saved").is_some() {
            Some(("Saved", "Your profile is up to date."))
        } else {
            query.get("answered").map(|_| ("Sent", "Our team has your answer, and mails you what they decide."))
        }
    });
    view! {
        <Title text="Community profile"/>
        {shown(loaded, move |page| view! { <Edit page workspace=workspace.get_untracked() done/> })}
    }
}

#[component]
fn Edit(page: ProfilePage, workspace: Option<String>, done: Option<(&'static str, &'static str)>) -> impl IntoView {
    const FORM: &str = "profile";
    let query = workspace.as_ref().map(|workspace| format!("?as={workspace}")).unwrap_or_default();
    let public = format!("/communities/{}{query}", page.slug);
    let acting = workspace.clone().unwrap_or_default();
    let asked = page.standing.more_asked.clone().filter(|_| page.can_edit).map(|question| {
        let acting = acting.clone();
        view! {
            <section class="panel">
                <header class="panel__head"><h2 class="panel__title">"Our team has a question"</h2></header>
                <div class="panel__body">
                    <blockquote class="timeline__quote">{question}</blockquote>
                    <PostForm name="answer" acting>
                        <TextArea form="answer" name="answer" label="Your answer" rows=4 maxlength=u32::try_from(REASON_LONGEST).unwrap_or(1_000)/>
                        <div class="form__actions"><Submit label="Send the answer"/></div>
                    </PostForm>
                </div>
            </section>
        }
    });
    let (tone, status_label) = (page.standing.tone.clone(), page.standing.status_label.clone());
    let input = page.input;
    let body = if page.can_edit {
        view! {
            <PostForm name=FORM acting=acting files=true>
                <Version version=input.version workspace/>
                <AboutFields form=FORM profile=input.clone() logo_url=page.logo_url/>
                <ReachFields form=FORM profile=input.clone()/>
                <ElsewhereFields form=FORM profile=input/>
                <p class="form__note">"A new name, website or address is looked at again by our team. Your page's address stays as it is."</p>
                <div class="form__actions"><Submit label="Save"/></div>
            </PostForm>
        }
        .into_any()
    } else if page.lacks_second_factor {
        view! {
            <Notice tone="info" title="The profile waits for your second factor">
                <p>"Your community asks for one before anybody changes it. Confirm yours, and the form is here."</p>
            </Notice>
        }
        .into_any()
    } else {
        view! {
            <Notice tone="info" title="Only organizers edit the profile">
                <p>"Ask an owner or organizer of your community for a change, or for another role."</p>
            </Notice>
        }
        .into_any()
    };
    view! {
        <div class="center center--narrow stack">
            <PageHead title="Community profile" over=input_name(&page.slug) sub="What sponsors read about you before they answer.">
                <Pill text=status_label tone/>
                <a class="button" href=public>"See it as others do"</a>
            </PageHead>
            {done.map(|(title, text)| view! { <Notice tone="success" title><p>{text}</p></Notice> })}
            {asked}
            {body}
        </div>
    }
}

/// "/communities/apex-circle": where the page is.
fn input_name(slug: &str) -> String {
    format!("/communities/{slug}")
}

/// The version that is edited. After a conflict it becomes the newest, so that saving again is possible once the two were
/// compared.
#[component]
fn Version(version: i32, workspace: Option<String>) -> impl IntoView {
    let state = expect_context::<FormState>();
    let newest = RwSignal::new(version);
    let in_conflict =
        move || state.outcome.with(|outcome| outcome.as_ref().is_some_and(|outcome| outcome.code == "VERSION_CONFLICT"));
    Effect::new(move |_| {
        if in_conflict() {
            let workspace = workspace.clone();
            spawn_local(async move {
                if let Ok(page) = server_fns::profile(workspace).await {
                    newest.set(page.input.version);
                }
            });
        }
    });
    view! { <input type="hidden" name="version" value=version.to_string() prop:value=move || newest.get().to_string()/> }
}
