//! `/become-sponsor`: an application in three steps, kept on the server between them; works without scripts.

use super::fields::{BudgetField, Known, LogoField, industries, sponsorship_types};
use crate::{
    features::organizations::{
        rules::application::{ApplicationInput, ApplicationStep, company_problems, kept_company_problems, offer_problems},
        server_fns,
        views::{DraftView, KnownProfile},
    },
    ui::{
        form::{Checker, ChipsField, PostForm, RadioField, SelectField, Submit, TextArea, TextField},
        found::Described,
        page::{fetched, shown},
        parts::{Icon, Logo},
    },
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

#[component]
pub fn BecomeSponsorPage() -> impl IntoView {
    let query = use_query_map();
    let asked = Memo::new(move |_| query.with(|query| query.get("step").unwrap_or_default()));
    let loaded = fetched(move || asked.get(), |step| server_fns::draft(step == "sent"));
    view! {
        <Title text="Become a sponsor"/>
        <Described path="/become-sponsor" title="Become a sponsor" text="Apply once, be checked by a person, and back the developer events that your users go to."/>
        {shown(loaded, move |draft: DraftView| {
            let asked = asked.get_untracked();
            if asked == "sent" {
                return view! { <Sent known=draft.known/> }.into_any();
            }
            let reached = draft.reached.unwrap_or(ApplicationStep::Company);
            let step = ApplicationStep::parse(&asked).unwrap_or(ApplicationStep::Company).min(reached);
            view! { <Wizard step draft/> }.into_any()
        })}
    }
}

#[component]
fn Wizard(step: ApplicationStep, draft: DraftView) -> impl IntoView {
    let reached = draft.reached.unwrap_or(ApplicationStep::Company);
    let (title, lead) = match step {
        ApplicationStep::Company => (
            "Tell us who you are",
            "A few facts, so that communities know who writes to them. It takes about three minutes, and what you enter is kept for two weeks.",
        ),
        ApplicationStep::Offer => {
            ("Say what you offer", "Communities see this only after they were approved. You can change it at any time.")
        }
        ApplicationStep::Send => ("Check and send", "This is what we receive. A person looks at every application."),
    };
    let saved = draft.saved_label.clone();
    view! {
        <div class="wizard center">
            <ol class="stepper" aria-label="Steps">
                {ApplicationStep::ALL
                    .iter()
                    .map(|each| {
                        let label = if *each < step || (*each <= reached && *each != step) {
                            view! { <a href=format!("/become-sponsor?step={each}")>{each.title()}</a> }.into_any()
                        } else {
                            each.title().into_any()
                        };
                        view! {
                            <li
                                class="stepper__step"
                                data-state=(*each < reached && *each != step).then_some("done")
                                aria-current=(*each == step).then_some("step")
                            >
                                <span class="stepper__label">{label}</span>
                            </li>
                        }
                    })
                    .collect_view()}
            </ol>
            <div class="wizard__main">
                <header class="wizard__head">
                    <p class="wizard__count">
                        {format!("Step {} of {}: {}", step.number(), ApplicationStep::ALL.len(), step.title())}
                    </p>
                    <h1 class="wizard__title">{title}</h1>
                    <p class="wizard__lead">{lead}</p>
                </header>
                {match step {
                    ApplicationStep::Company => view! { <Company input=draft.input logo_url=draft.logo_url/> }.into_any(),
                    ApplicationStep::Offer => view! { <Offer input=draft.input budget_label=draft.budget_label/> }.into_any(),
                    ApplicationStep::Send => view! { <Check draft/> }.into_any(),
                }}
            </div>
            <aside class="wizard__aside">
                <section class="panel">
                    <header class="panel__head"><h2 class="panel__title">"What happens next"</h2></header>
                    <div class="panel__body">
                        <ol class="checklist">
                            <NextStep title="You send the application" text="We mail you a link to set a password."/>
                            <NextStep title="We check it" text="Website, e-mail and name; then a person decides, usually within two working days."/>
                            <NextStep title="You are verified" text="Communities find you, and you can apply to what they offer."/>
                        </ol>
                    </div>
                    {saved.map(|saved| view! { <footer class="panel__foot"><p class="text-soft text-small">{saved}</p></footer> })}
                </section>
            </aside>
        </div>
    }
}

#[component]
fn NextStep(title: &'static str, text: &'static str) -> impl IntoView {
    view! {
        <li class="checklist__item">
            <span class="checklist__mark"></span>
            <div class="checklist__body"><p class="checklist__title">{title}</p><p class="checklist__text">{text}</p></div>
        </li>
    }
}

#[component]
fn Company(input: ApplicationInput, logo_url: Option<String>) -> impl IntoView {
    let entities = [
        ("Sponsor", "You give money, credits or things."),
        ("Partner", "You help with reach, a venue, knowledge or people."),
        ("Sponsor and partner", "You do both."),
    ];
    let entities = entities.map(|(label, hint)| (label.to_owned(), label.to_owned(), hint.to_owned())).to_vec();
    let check: Checker = if logo_url.is_some() { kept_company_problems } else { company_problems };
    view! {
        <PostForm name="company" files=true check>
            <RadioField form="company" name="entityType" label="You join as" value=input.entity_type options=entities/>
            <TextField form="company" name="companyName" label="Company name" value=input.company_name.clone() autocomplete="organization" maxlength=100u32/>
            <LogoField form="company" company=input.company_name url=logo_url/>
            <TextField
                form="company"
                name="website"
                label="Website"
                hint="Best at a domain of your own: we compare it with your e-mail address."
                value=input.website
                kind="url"
                autocomplete="url"
                placeholder="https://"
            />
            <TextField
                form="company"
                name="officialEmail"
                label="Official e-mail"
                hint="At your company's domain. The link to set your password goes there."
                value=input.official_email
                kind="email"
                autocomplete="email"
                inputmode="email"
            />
            <TextField form="company" name="contactName" label="Your name" value=input.contact_name optional=true autocomplete="name" maxlength=100u32/>
            <SelectField form="company" name="industry" label="Industry" value=input.industry options=industries()/>
            <div class="form__actions"><Submit label="Continue"/></div>
        </PostForm>
    }
}

#[component]
fn Offer(input: ApplicationInput, budget_label: Option<String>) -> impl IntoView {
    view! {
        <PostForm name="offer" check=offer_problems>
            <BudgetField form="offer" value=input.budget_range kept_label=budget_label/>
            <ChipsField
                form="offer"
                name="sponsorshipTypes"
                label="What can you give?"
                hint="Choose all that fit."
                value=input.sponsorship_types
                options=sponsorship_types()
            />
            <TextArea
                form="offer"
                name="shortDescription"
                label="What should communities know?"
                hint="One or two sentences, up to 280 characters. Everybody can read them."
                value=input.short_description
                optional=true
                rows=3
                maxlength=280u32
            />
            <div class="form__actions">
                <Submit label="Continue"/>
                <a class="button button--quiet" href="/become-sponsor?step=company">"Back"</a>
            </div>
        </PostForm>
    }
}

#[component]
fn Check(draft: DraftView) -> impl IntoView {
    let input = draft.input;
    let row = |label: &'static str, text: String| {
        (!text.is_empty()).then(|| view! { <div class="definition__row"><dt>{label}</dt><dd>{text}</dd></div> })
    };
    view! {
        <div class="stack">
            <section class="panel" aria-labelledby="check-company">
                <header class="panel__head">
                    <h2 class="panel__title" id="check-company">"Your company"</h2>
                    <div class="panel__actions">
                        <a class="button button--small" href="/become-sponsor?step=company">"Change"<span class="visually-hidden">" your company"</span></a>
                    </div>
                </header>
                <div class="panel__body stack">
                    <Logo name=input.company_name.clone() url=draft.logo_url/>
                    <dl class="definition">
                        {row("Joining as", input.entity_type)}
                        {row("Company name", input.company_name)}
                        {row("Website", input.website)}
                        {row("Official e-mail", input.official_email.clone())}
                        {row("Your name", input.contact_name)}
                        {row("Industry", input.industry)}
                    </dl>
                </div>
            </section>
            <section class="panel" aria-labelledby="check-offer">
                <header class="panel__head">
                    <h2 class="panel__title" id="check-offer">"What you offer"</h2>
                    <div class="panel__actions">
                        <a class="button button--small" href="/become-sponsor?step=offer">"Change"<span class="visually-hidden">" what you offer"</span></a>
                    </div>
                </header>
                <div class="panel__body">
                    <dl class="definition">
                        {row("Budget range", draft.budget_label.unwrap_or_default())}
                        {row("You can give", input.sponsorship_types.join(", "))}
                        {row("Description", input.short_description)}
                    </dl>
                </div>
            </section>
            <PostForm name="send">
                <p class="text-soft">
                    {format!("We write to {}. No password is asked for here: you set it behind the link in that mail.", input.official_email)}
                </p>
                <div class="form__actions">
                    <Submit label="Send the application" class="button button--primary button--large"/>
                    <a class="button button--quiet" href="/become-sponsor?step=offer">"Back"</a>
                </div>
            </PostForm>
        </div>
    }
}

/// What happens after sending.
#[component]
fn Sent(known: Option<KnownProfile>) -> impl IntoView {
    view! {
        <Title text="Your application is with us"/>
        <div class="center center--narrow stack">
            <header class="page-head">
                <div class="page-head__text">
                    <p class="page-head__over">"Thank you"</p>
                    <h1 class="page-head__title">"Your application is with us"</h1>
                    <p class="page-head__sub">"Look into your mailbox: the next step waits there."</p>
                </div>
            </header>
            {known.map(|known| view! { <Known known acting=String::new()/> })}
            <section class="panel">
                <div class="panel__body">
                    <ol class="checklist">
                        <li class="checklist__item" data-state="done">
                            <span class="checklist__mark"><Icon name="check" small=true/></span>
                            <div class="checklist__body">
                                <p class="checklist__title">"You have applied"<span class="visually-hidden">", done"</span></p>
                                <p class="checklist__text">"We have everything that you entered."</p>
                            </div>
                        </li>
                        <NextStep
                            title="Set your password"
                            text="Follow the link that we mailed to your official e-mail. Then you can sign in and complete your profile while we check."
                        />
                        <NextStep
                            title="We check and decide"
                            text="Usually within two working days. If we need something, we ask; every step comes by mail."
                        />
                        <NextStep title="You are verified" text="Communities find you in the directory, and you can apply to what they offer."/>
                    </ol>
                </div>
            </section>
            <div class="cluster">
                <a class="button button--primary" href="/opportunities">"Look at opportunities"</a>
                <a class="button button--quiet" href="/directory">"See who sponsors"</a>
            </div>
        </div>
    }
}
