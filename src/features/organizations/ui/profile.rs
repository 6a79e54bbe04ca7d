//! `/organization/profile`: everything that an organization says about itself, edited by its admins.

use super::fields::{BudgetField, LogoField, PictureField, control_of, industries, sponsorship_types};
use crate::{
    features::organizations::{
        rules::{Standing, products, profile::ProfileInput},
        server_fns,
        views::{ProfileView, within},
        visibility::Field,
    },
    kernel::labels::{CommunityType, EntityType, EventType, Region},
    ui::{
        form::{ChipsField, FormState, PostForm, SelectField, Submit, TextArea, TextField},
        page::{acting, fetched, shown},
        parts::{Icon, Notice, PageHead},
    },
};
use leptos::{prelude::*, task::spawn_local};
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use serde_json::Value;
use std::collections::BTreeMap;

#[component]
pub fn ProfilePage() -> impl IntoView {
    let acting = acting();
    let loaded = fetched(move || acting.get(), server_fns::profile);
    let (saved, moved) = use_query_map().with_untracked(|query| (query.get("saved").is_some(), query.get("moved").is_some()));
    view! {
        <Title text="Profile"/>
        {shown(loaded, move |profile: ProfileView| view! { <Profile profile saved moved/> })}
    }
}

#[component]
fn Profile(profile: ProfileView, saved: bool, moved: bool) -> impl IntoView {
    let percent = profile.completeness.percent;
    let title =
        if percent == 100 { "Your profile is complete".to_owned() } else { format!("Your profile is {percent} % complete") };
    let missing = profile.completeness.missing.clone();
    let sub = match missing.first() {
        None => "Communities see all that helps them to decide.".to_owned(),
        Some(first) => format!("What helps most now: {}.", first.title.to_lowercase()),
    };
    let can_add = profile.can_edit;
    let (slug, to_domain) = (profile.slug.clone(), within("/organization/domain", &profile.acting));
    let (proposed, can_edit, acting) = (profile.proposed_website.clone(), profile.can_edit, profile.acting.clone());
    let verified = profile.verified_identity.clone().unwrap_or_default();
    let public = profile.standing.is_listed().then(|| {
        view! { <a class="button" href=within(&format!("/directory/{}", profile.slug), &profile.acting)>"See it as others do"</a> }
    });
    view! {
        <PageHead title sub>{public}</PageHead>
        <div class="stack">
            <progress class="meter" value=percent max="100" aria-label="Profile completeness">{format!("{percent} %")}</progress>
            {(!missing.is_empty()).then(|| view! {
                <details class="disclosure">
                    <summary class="button button--small">{format!("What is missing: {}", missing.len())}</summary>
                    <div class="disclosure__body">
                        <ol class="checklist">
                            {missing
                                .into_iter()
                                .map(|field| view! {
                                    <li class="checklist__item">
                                        <span class="checklist__mark"></span>
                                        <div class="checklist__body"><p class="checklist__title">{field.title.clone()}</p></div>
                                        {can_add.then(|| view! {
                                            <a class="button button--small" href=format!("#profile-{}", control_of(&field.field)) rel="external">
                                                "Add"<span class="visually-hidden">{format!(" {}", field.title.to_lowercase())}</span>
                                            </a>
                                        })}
                                    </li>
                                })
                                .collect_view()}
                        </ol>
                    </div>
                </details>
            })}
            {saved.then(|| view! { <Notice tone="success" title="Saved"><p>"Your profile is up to date."</p></Notice> })}
            {moved.then(|| view! { <Notice tone="success" title="Your page has a new address"><p>"The old one leads to it, for good."</p></Notice> })}
            {proposed.map(|website| view! { <Proposed website verified acting=acting.clone() can_edit/> })}
            {(profile.standing == Standing::Disabled).then(|| view! {
                <Notice tone="danger" title="This profile is disabled"><p>"It stays as it is. Your dashboard says why."</p></Notice>
            })}
            {if profile.can_edit {
                view! {
                    <ProfileForm profile/>
                    <Address slug acting=acting.clone()/>
                    <section class="panel" aria-labelledby="domain-title">
                        <header class="panel__head"><h2 class="panel__title" id="domain-title">"Your domain"</h2></header>
                        <div class="panel__body stack">
                            <p class="text-soft">"A text in your domain's DNS shows best that you speak for it. It raises the trust in an application, and in a change of website."</p>
                            <div><a class="button" href=to_domain><Icon name="shield-check"/>"Prove your domain"</a></div>
                        </div>
                    </section>
                }
                .into_any()
            } else if profile.lacks_second_factor {
                view! {
                    <Notice tone="info" title="The profile waits for your second factor"><p>"Your workspace asks for one before anybody changes it. Confirm yours, and the form is here."</p></Notice>
                }
                .into_any()
            } else {
                view! {
                    <Notice tone="info" title="Only admins edit the profile"><p>"Ask an admin of your workspace for a change, or for another role."</p></Notice>
                }
                .into_any()
            }}
        </div>
    }
}

/// A website that waits for staff, and the way back.
#[component]
fn Proposed(website: String, verified: String, acting: String, can_edit: bool) -> impl IntoView {
    view! {
        <Notice tone="info" title="A new website waits for our staff">
            <p>{format!("You proposed {website}. Until it is approved, {verified} stays your website and keeps its standing.")}</p>
            {can_edit.then(|| view! {
                <PostForm name="withdraw" acting>
                    <div class="form__actions"><Submit label="Withdraw the proposal" class="button button--small"/></div>
                </PostForm>
            })}
        </Notice>
    }
}

/// The address of the public page.
#[component]
fn Address(slug: String, acting: String) -> impl IntoView {
    view! {
        <section class="panel" aria-labelledby="address-title">
            <header class="panel__head"><h2 class="panel__title" id="address-title">"Your address here"</h2></header>
            <div class="panel__body">
                <PostForm name="address" acting>
                    <TextField
                        form="address"
                        name="slug"
                        label="Short name"
                        hint=format!("Your page is /directory/{slug}. When you change it, the old address leads to the new one for ever, and nobody else gets it.")
                        value=slug.clone()
                        maxlength=60u32
                    />
                    <div class="form__actions"><Submit label="Change the address" class="button"/></div>
                </PostForm>
            </div>
        </section>
    }
}

#[component]
fn ProfileForm(profile: ProfileView) -> impl IntoView {
    const FORM: &str = "profile";
    let input = profile.input;
    let kept = input.clone();
    let company = input.display_name.clone();
    let owned = |labels: &[&str]| labels.iter().map(|label| (*label).to_owned()).collect::<Vec<_>>();
    let entities = EntityType::LABELS.iter().map(|label| ((*label).to_owned(), (*label).to_owned())).collect::<Vec<_>>();
    let website_hint = match &profile.verified_identity {
        Some(identity) => format!(
            "{identity} is verified. Another website becomes a proposal: this one keeps its standing until our staff have checked the new one."
        ),
        None => "When it changes, the checks run again.".to_owned(),
    };
    let budget_label = {
        let mut ignored = crate::kernel::fields::Check::default();
        input.budget_range.check(&mut ignored).map(|budget| budget.label())
    };
    view! {
        <PostForm name=FORM acting=profile.acting files=true>
            <Conflict kept/>
            <section class="panel">
                <header class="panel__head"><h2 class="panel__title">"Who you are"</h2></header>
                <div class="panel__body stack">
                    <LogoField form=FORM company=input.display_name.clone() url=profile.logo_url/>
                    <div class="form__row">
                        <TextField form=FORM name="displayName" label="Name" value=input.display_name autocomplete="organization" maxlength=100u32/>
                        <TextField form=FORM name="legalName" label="Legal name" value=input.legal_name optional=true maxlength=200u32/>
                    </div>
                    <div class="form__row">
                        <SelectField form=FORM name="entityType" label="You are a" value=input.entity_type options=entities/>
                        <SelectField form=FORM name="industry" label="Industry" value=input.industry options=industries()/>
                    </div>
                    <TextField form=FORM name="website" label="Website" hint=website_hint value=input.website kind="url" autocomplete="url"/>
                    <TextArea
                        form=FORM
                        name="shortDescription"
                        label="Short description"
                        hint="One or two sentences, up to 280 characters: what the directory shows."
                        value=input.short_description
                        optional=true
                        rows=3
                        maxlength=280u32
                    />
                    <TextArea
                        form=FORM
                        name="longDescription"
                        label="Long description"
                        hint="What you build, whom you want to reach, what you have supported. An empty line begins a paragraph."
                        value=input.long_description
                        optional=true
                        rows=8
                        maxlength=5000u32
                    />
                </div>
            </section>
            <section class="panel">
                <header class="panel__head"><h2 class="panel__title">"What you work with"</h2></header>
                <div class="panel__body stack">
                    <TextField form=FORM name="technologies" label="Technologies" hint="With commas between them: Rust, Postgres, Kubernetes." value=input.technologies.join(", ") optional=true/>
                    <TextField form=FORM name="developerTools" label="Developer tools" hint="Products of yours that builders use, with commas between them." value=input.developer_tools.join(", ") optional=true/>
                    <TextArea
                        form=FORM
                        name="products"
                        label="Products"
                        hint="One on each line: its name, its web address and what it is, with | between. Query One | https://acme.com/query | Database"
                        value=products::text(&input.products)
                        optional=true
                        rows=4
                        maxlength=20000u32
                    />
                </div>
            </section>
            <section class="panel">
                <header class="panel__head"><h2 class="panel__title">"What you look for"</h2></header>
                <div class="panel__body stack">
                    <ChipsField form=FORM name="supportedRegions" label="Regions" value=input.supported_regions options=owned(Region::LABELS)/>
                    <ChipsField form=FORM name="preferredEventTypes" label="Event types" value=input.preferred_event_types options=owned(EventType::LABELS)/>
                    <ChipsField form=FORM name="supportedCommunityTypes" label="Communities" value=input.supported_community_types options=owned(CommunityType::LABELS)/>
                </div>
            </section>
            <section class="panel">
                <header class="panel__head"><h2 class="panel__title">"What you give"</h2></header>
                <div class="panel__body stack">
                    <BudgetField form=FORM value=input.budget_range kept_label=budget_label/>
                    <ChipsField form=FORM name="availableSponsorshipTypes" label="Sponsorship types" value=input.available_sponsorship_types options=sponsorship_types()/>
                </div>
            </section>
            <section class="panel" id="brand">
                <header class="panel__head"><h2 class="panel__title">"Your brand kit"</h2></header>
                <div class="panel__body stack">
                    <p class="text-soft">"What communities need when they name you: on slides, on banners, in a post. It stands on your public page."</p>
                    <PictureField form=FORM name="logoOnDark" label="Logo on dark" hint="For dark slides and banners. PNG, JPEG, WebP or SVG, up to 2 MB." company=company.clone() url=profile.logo_on_dark_url dark=true/>
                    <PictureField form=FORM name="wordmark" label="Wordmark" hint="Your name as you write it, without the sign." company=company url=profile.wordmark_url/>
                    <TextField form=FORM name="brandColors" label="Colours" hint="The main one first, with commas between them: #1f6feb, #0d1117. Up to six." value=input.brand_colors.join(", ") optional=true/>
                    <TextArea
                        form=FORM
                        name="boilerplate"
                        label="How others describe you"
                        hint="A paragraph that may be printed word for word, up to 1,200 characters."
                        value=input.boilerplate
                        optional=true
                        rows=4
                        maxlength=1200u32
                    />
                </div>
            </section>
            <section class="panel">
                <header class="panel__head"><h2 class="panel__title">"Whom to write to"</h2></header>
                <div class="panel__body stack">
                    <p class="text-soft">"Approved communities see the addresses; the phone number is seen by you and staff only. All but the official address are stored encrypted."</p>
                    <div class="form__row">
                        <TextField form=FORM name="primaryEmail" label="Official e-mail" value=input.primary_email kind="email" inputmode="email"/>
                        <TextField form=FORM name="businessEmail" label="Business e-mail" value=input.business_email kind="email" inputmode="email" optional=true/>
                    </div>
                    <div class="form__row">
                        <TextField form=FORM name="devRelEmail" label="DevRel e-mail" value=input.dev_rel_email kind="email" inputmode="email" optional=true/>
                        <TextField form=FORM name="hiringEmail" label="Hiring e-mail" value=input.hiring_email kind="email" inputmode="email" optional=true/>
                    </div>
                    <div class="form__row">
                        <TextField form=FORM name="billingEmail" label="Billing e-mail" value=input.billing_email kind="email" inputmode="email" optional=true/>
                        <TextField form=FORM name="phone" label="Phone" hint="With + and the country code." value=input.phone kind="tel" inputmode="tel" autocomplete="tel" optional=true/>
                    </div>
                </div>
            </section>
            <div class="action-bar"><Submit label="Save the profile"/></div>
        </PostForm>
    }
}

/// The version that the form edits; and, when somebody else saved meanwhile, what they saved beside what was typed here.
///
/// The version is always that of the newest profile, never the one that was typed: after a conflict has been shown, saving
/// again is a decision.
#[component]
fn Conflict(kept: ProfileInput) -> impl IntoView {
    let state = expect_context::<FormState>();
    let acting = acting().get_untracked();
    let newest = RwSignal::new(kept);
    let in_conflict =
        move || state.outcome.with(|outcome| outcome.as_ref().is_some_and(|outcome| outcome.code == "VERSION_CONFLICT"));
    // A page that was sent back has loaded the newest profile already; one that stayed open fetches it.
    Effect::new(move |_| {
        if in_conflict() {
            let acting = acting.clone();
            spawn_local(async move {
                if let Ok(profile) = server_fns::profile(acting).await {
                    newest.set(profile.input);
                }
            });
        }
    });
    view! {
        <input type="hidden" name="version" prop:value=move || newest.get().version.to_string() value=newest.get_untracked().version/>
        {move || {
            in_conflict().then(|| {
                let typed = state.outcome.with(|outcome| outcome.as_ref().map(|outcome| outcome.values.clone()).unwrap_or_default());
                let rows = differences(&newest.get(), &typed);
                view! {
                    <section class="panel" aria-labelledby="conflict">
                        <header class="panel__head"><h2 class="panel__title" id="conflict">"What differs from what is saved now"</h2></header>
                        <div class="panel__body">
                            <dl class="diff">
                                {rows
                                    .into_iter()
                                    .map(|(title, saved, mine)| view! {
                                        <div class="diff__row diff__row--changed">
                                            <dt>{title}</dt>
                                            <dd><del>{saved}</del> " " <ins>{mine}</ins></dd>
                                        </div>
                                    })
                                    .collect_view()}
                            </dl>
                        </div>
                        <footer class="panel__foot"><p class="text-soft text-small">"Struck out is what is saved, underlined what you have typed. Saving keeps yours."</p></footer>
                    </section>
                }
            })
        }}
    }
}

/// Title, saved and typed text of every field that differs.
fn differences(saved: &ProfileInput, typed: &BTreeMap<String, Vec<String>>) -> Vec<(&'static str, String, String)> {
    let Ok(Value::Object(saved)) = serde_json::to_value(saved) else { return Vec::new() };
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        Value::Array(list) if list.iter().any(Value::is_object) => serde_json::from_value(value.clone())
            .map(|list: Vec<products::ProductInput>| products::text(&list))
            .unwrap_or_default(),
        Value::Array(list) => list.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", "),
        Value::Object(budget) => budget.get("band").and_then(Value::as_str).unwrap_or_default().to_owned(),
        _ => String::new(),
    };
    let mut rows = Vec::new();
    for (name, value) in &saved {
        let Ok(field) = Field::parse(name) else { continue };
        let key = if field == Field::BudgetRange { "budgetRange.band" } else { name };
        let mine = typed
            .get(key)
            .map(|values| values.iter().filter(|v| !v.is_empty()).cloned().collect::<Vec<_>>().join(", "))
            .unwrap_or_default();
        // Browsers send line breaks of their own.
        let (kept, mine) = (text(value), mine.replace("\r\n", "\n"));
        if kept != mine {
            rows.push((field.title(), kept, mine));
        }
    }
    rows
}
