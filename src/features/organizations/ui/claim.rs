//! Organizations that a community adds, and how their people take them over: the form of the first, the page of the second,
//! and the proof of a domain, which applicants give too.

use super::fields::industries;
use crate::{
    features::organizations::{
        rules::claims::ClaimState,
        server_fns,
        views::{ClaimPageView, ClaimView, ProofPageView, ProofView, within},
    },
    kernel::{labels::EntityType, text::isolated},
    ui::{
        form::{FormState, PostForm, SelectField, Submit, TextArea, TextField, TickField},
        page::{acting, fetched, shown},
        parts::{Logo, Notice, PageHead},
    },
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};

// ── /directory/add ──────────────────────────────────────────────────────────────────────────────────────────────────

#[component]
pub fn AddOrganizationPage() -> impl IntoView {
    let acting = acting();
    let loaded = fetched(move || acting.get(), server_fns::may_add);
    view! {
        <Title text="Add an organization"/>
        {shown(loaded, move |acting: String| view! { <AddForm acting/> })}
    }
}

#[component]
fn AddForm(acting: String) -> impl IntoView {
    const FORM: &str = "add";
    let entities = EntityType::LABELS.iter().map(|label| ((*label).to_owned(), (*label).to_owned())).collect::<Vec<_>>();
    let back = within("/directory", &acting);
    view! {
        <PageHead
            title="Add an organization"
            sub="It stands in the directory as added by a community. When you send it a request, we ask the mailbox that you name to take the profile over; the request waits until they have."
        />
        <div class="center center--narrow">
            <PostForm name=FORM acting>
                <TextField form=FORM name="displayName" label="Name" autocomplete="off" maxlength=100u32/>
                <TextField form=FORM name="website" label="Website" hint="Their own, not a page on a host that many share." kind="url" placeholder="https://"/>
                <div class="form__row">
                    <SelectField form=FORM name="entityType" label="It is a" value="Sponsor" options=entities/>
                    <SelectField form=FORM name="industry" label="Industry" options=industries()/>
                </div>
                <TextField
                    form=FORM
                    name="contactEmail"
                    label="A mailbox of theirs"
                    hint="At the domain of the website. We write to it when you send a request, not before."
                    kind="email"
                    inputmode="email"
                    autocomplete="off"
                />
                <TextArea form=FORM name="shortDescription" label="Short description" hint="One or two sentences, up to 280 characters." optional=true rows=3 maxlength=280u32/>
                <NoneOfThese form=FORM/>
                <div class="form__actions">
                    <Submit label="Add it"/>
                    <a class="button button--quiet" href=back>"Back to the directory"</a>
                </div>
            </PostForm>
        </div>
    }
}

/// Asked only when similar names are in the directory.
#[component]
pub fn NoneOfThese(form: &'static str) -> impl IntoView {
    let state = expect_context::<FormState>();
    let typed =
        move || state.outcome.with(|outcome| outcome.as_ref().is_some_and(|outcome| outcome.values.contains_key("confirm")));
    view! {
        {move || {
            (state.error("confirm").is_some() || typed()).then(|| view! {
                <TickField form name="confirm" label="I looked at them: none is the one that I mean."/>
            })
        }}
    }
}

// ── /claim/:slug ────────────────────────────────────────────────────────────────────────────────────────────────────

#[component]
pub fn ClaimPage() -> impl IntoView {
    let params = use_params_map();
    let slug = move || params.with(|params| params.get("slug").unwrap_or_default());
    let loaded = fetched(slug, server_fns::claim);
    let (sent, proven) = use_query_map().with_untracked(|query| (query.get("sent").is_some(), query.get("proven").is_some()));
    view! {
        <Title text="Claim an organization"/>
        {shown(loaded, move |page: ClaimPageView| view! { <Claim page sent proven/> })}
    }
}

#[component]
fn Claim(page: ClaimPageView, sent: bool, proven: bool) -> impl IntoView {
    let ClaimPageView { slug, display_name: name, logo_url, domain, claimable, joinable, member, signed_in, mine, proof } = page;
    let said = isolated(&name).into_owned();
    let (title, sub) = if joinable {
        (format!("Lead {said}"), "Nobody leads it here. Show that its domain is yours, and you are its admin.")
    } else {
        (
            format!("Claim {said}"),
            "Show that you speak for it. A person then looks at your claim; approved, you are its admin, and requests that wait are yours to answer.",
        )
    };
    let open = mine.as_ref().is_some_and(|claim| matches!(claim.state, ClaimState::Proven));
    let to_profile = format!("/directory/{slug}");
    let sign_in = format!("/sign-in?next=/claim/{slug}");
    let is_signed_in = signed_in.is_some();
    let mailbox_hint = format!("At {domain}. We send a link that works once.");
    view! {
        <div class="center center--narrow stack stack--loose">
            <header class="profile-head">
                <Logo name=name.clone() url=logo_url size="large"/>
                <div class="profile-head__text">
                    <h1 class="profile-head__name">{title}</h1>
                    <p class="profile-head__sub">{sub}</p>
                </div>
                <div class="profile-head__actions"><a class="button" href=to_profile>"See the profile"</a></div>
            </header>
            {sent.then(|| view! { <Notice tone="success" title="Look into that mailbox"><p>"We have sent a link there. Follow it, and your claim is proven."</p></Notice> })}
            {(proven && claimable).then(|| view! { <Notice tone="success" title="Proven"><p>"The text is there. Our staff look at your claim next, usually within two working days."</p></Notice> })}
            {mine.map(|claim| view! { <Mine claim/> })}
            {if member && !claimable && !joinable {
                view! {
                    <Notice tone="success" title=format!("You belong to {said}")><p>"Choose it in the switcher at the top of your workspace."</p></Notice>
                }
                .into_any()
            } else if !claimable && domain.is_empty() {
                view! {
                    <Notice tone="info" title="Nobody has said which website is theirs">
                        <p>"So no mailbox and no DNS can prove anything here. If it is yours, join as a sponsor or partner: our staff then make the two profiles one."</p>
                        <a class="button" href="/become-sponsor">"Join"</a>
                    </Notice>
                }
                .into_any()
            } else if !claimable && !joinable {
                view! {
                    <Notice tone="info" title="It has people of its own here"><p>{format!("{said} cannot be claimed (any more). Ask one of its admins to invite you.")}</p></Notice>
                }
                .into_any()
            } else if open {
                ().into_any()
            } else {
                let by_mailbox = claimable.then(|| view! {
                    <section class="panel" aria-labelledby="by-mailbox">
                        <header class="panel__head"><h2 class="panel__title" id="by-mailbox">"By a mailbox"</h2></header>
                        <div class="panel__body">
                            <PostForm name="mailbox">
                                <TextField
                                    form="mailbox"
                                    name="email"
                                    label="Your mailbox"
                                    hint=mailbox_hint
                                    kind="email"
                                    inputmode="email"
                                    autocomplete="email"
                                />
                                <div class="form__actions"><Submit label="Send me the link"/></div>
                            </PostForm>
                        </div>
                    </section>
                });
                view! {
                    {by_mailbox}
                    <section class="panel" id="dns" aria-labelledby="by-dns">
                        <header class="panel__head"><h2 class="panel__title" id="by-dns">"By your domain's DNS"</h2></header>
                        <div class="panel__body stack">
                            {match (is_signed_in, proof) {
                                (false, _) => view! {
                                    <p>"Sign in first, so that we know who gives the proof."</p>
                                    <div><a class="button" href=sign_in>"Sign in"</a></div>
                                }
                                .into_any(),
                                (true, None) => view! {
                                    <p>{format!("You publish a short text in the DNS of {domain}. No mailbox is needed.")}</p>
                                    <PostForm name="dns">
                                        <div class="form__actions"><Submit label="Get the text" class="button"/></div>
                                    </PostForm>
                                }
                                .into_any(),
                                (true, Some(proof)) => view! { <Proof proof acting=String::new()/> }.into_any(),
                            }}
                        </div>
                    </section>
                }
                .into_any()
            }}
        </div>
    }
}

/// What became of the reader's own claim.
#[component]
fn Mine(claim: ClaimView) -> impl IntoView {
    let (tone, title, text) = match claim.state {
        ClaimState::Asked => return ().into_any(),
        ClaimState::Proven => {
            ("info", "Your claim waits for our staff", "It is proven. You get a mail as soon as it is decided.".to_owned())
        }
        ClaimState::Approved => ("success", "Your claim was approved", "The profile is yours: open your dashboard.".to_owned()),
        ClaimState::Refused => {
            let reason = claim.reason.unwrap_or_default();
            ("warning", "Your last claim was not approved", format!("Our staff wrote: {reason} You can claim it again."))
        }
    };
    view! { <Notice tone title><p>{text}</p></Notice> }.into_any()
}

// ── A text in the DNS ───────────────────────────────────────────────────────────────────────────────────────────────

/// What to publish, where, and the button that looks for it.
#[component]
fn Proof(proof: ProofView, acting: String) -> impl IntoView {
    let ProofView { domain, text, proven } = proof;
    view! {
        <dl class="definition">
            <div class="definition__row"><dt>"Domain"</dt><dd>{domain}</dd></div>
            <div class="definition__row"><dt>"Type"</dt><dd>"TXT"</dd></div>
            <div class="definition__row"><dt>"Value"</dt><dd><code class="copyable">{text}</code></dd></div>
        </dl>
        {if proven {
            view! { <Notice tone="success" title="Proven"><p>"We have seen the text. You may take it away again."</p></Notice> }.into_any()
        } else {
            view! {
                <p class="text-soft">"Add this record where your domain is managed, at the domain itself (often written as @). It may take up to an hour to be seen."</p>
                <PostForm name="check" acting>
                    <div class="form__actions"><Submit label="Check now"/></div>
                </PostForm>
            }
            .into_any()
        }}
    }
}

/// `/organization/domain`.
#[component]
pub fn DomainPage() -> impl IntoView {
    let acting = acting();
    let loaded = fetched(move || acting.get(), server_fns::domain);
    view! {
        <Title text="Prove your domain"/>
        {shown(loaded, move |page: ProofPageView| view! { <Domain page/> })}
    }
}

#[component]
fn Domain(page: ProofPageView) -> impl IntoView {
    let ProofPageView { acting, display_name: name, domain, can_edit, lacks_second_factor, proof } = page;
    let back = within("/organization/profile", &acting);
    view! {
        <PageHead title="Prove your domain" sub=format!("A text in its DNS shows that {} speaks for it: nothing raises the trust in an application more.", isolated(&name))>
            <a class="button" href=back>"Back to the profile"</a>
        </PageHead>
        <section class="panel" aria-label="Proof">
            <div class="panel__body stack">
                {match (domain, proof) {
                    (None, _) => view! {
                        <p>"Your website is a page on a host that many share, so its DNS says nothing about you. Enter a website of your own in the profile, or leave it: a person checks it."</p>
                    }
                    .into_any(),
                    (Some(_), _) if lacks_second_factor => view! { <p>"Your workspace asks for a second factor before anybody proves its domain. Confirm yours first."</p> }.into_any(),
                    (Some(_), _) if !can_edit => view! { <p>"Only admins of your workspace can prove the domain."</p> }.into_any(),
                    (Some(domain), None) => view! {
                        <p>{format!("You publish a short text in the DNS of {domain}.")}</p>
                        <PostForm name="ask" acting>
                            <div class="form__actions"><Submit label="Get the text"/></div>
                        </PostForm>
                    }
                    .into_any(),
                    (Some(_), Some(proof)) => view! { <Proof proof acting/> }.into_any(),
                }}
            </div>
        </section>
    }
}
