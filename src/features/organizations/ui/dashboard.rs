//! The organization's own part of `/dashboard`: where the verification stands, what comes next, how complete the profile is.

use super::fields::{Known, Sentences, control_of, tone};
use crate::{
    features::organizations::{
        rules::Standing,
        trust::FriendlyTrust,
        views::{DashboardPart, OpenClaim, WaitingSeat, within},
    },
    kernel::text::isolated,
    ui::{
        form::{PostForm, Submit, TextArea},
        parts::{Icon, Pill},
    },
};
use leptos::prelude::*;

/// The lead of the dashboard, the applicant's answer where one is asked for, and what the checks found.
#[component]
pub fn OrganizationPanel(part: DashboardPart) -> impl IntoView {
    let (lead_tone, icon) = match part.standing {
        Standing::Verified if !part.is_led => ("warning", "users"),
        Standing::Verified => ("success", "shield-check"),
        Standing::Waiting | Standing::CommunityAdded => ("info", "hourglass"),
        Standing::MoreAsked => ("warning", "message"),
        Standing::Refused | Standing::Disabled => ("danger", "ban"),
    };
    let acting = part.acting.clone();
    let to_profile = acting.clone();
    let percent = part.completeness.percent;
    let missing = part.completeness.missing.clone();
    let said_title = if part.standing == Standing::MoreAsked { "What we need" } else { "Why" };
    view! {
        <section class="dashboard__lead stack">
            <div class=format!("notice tone-{lead_tone}") role="status">
                <Icon name=icon/>
                <div class="notice__body">
                    <p class="notice__title">{part.headline}</p>
                    <p>{part.text}</p>
                </div>
                {part.next_step.map(|step| view! { <a class="button button--small notice__action" href=within(&step.href, &acting)>{step.label}</a> })}
            </div>
            {part.known_profile.map(|known| view! { <Known known acting=part.acting.clone()/> })}
            {part.said_by_staff.map(|said| view! {
                <section class="panel" aria-labelledby="said">
                    <header class="panel__head"><h2 class="panel__title" id="said">{said_title}</h2></header>
                    <div class="panel__body"><blockquote class="timeline__quote">{said}</blockquote></div>
                </section>
            })}
            {part.can_resubmit.then(|| view! { <Answer acting=part.acting.clone()/> })}
            {part.trust.map(|trust| view! { <Trust trust/> })}
            <section class="panel" aria-labelledby="state">
                <header class="panel__head"><h2 class="panel__title" id="state">"Your organization"</h2></header>
                <div class="panel__body stack">
                    <dl class="stats">
                        <div class="stat">
                            <dt class="stat__label">"Verification"</dt>
                            <dd class="stat__value"><Pill text=part.verification_status.label() tone=tone(part.verification_status)/></dd>
                        </div>
                        <div class="stat">
                            <dt class="stat__label">"Events supported"</dt>
                            <dd class="stat__value num">{part.events_sponsored_count}</dd>
                        </div>
                        <div class="stat">
                            <dt class="stat__label">"Communities supported"</dt>
                            <dd class="stat__value num">{part.communities_supported_count}</dd>
                        </div>
                    </dl>
                    <div class="meter-row">
                        <span>"Profile"</span>
                        <progress class="meter" value=percent max="100" aria-label="Profile completeness">{format!("{percent} %")}</progress>
                        <span class="num">{format!("{percent} %")}</span>
                    </div>
                    {(!missing.is_empty()).then(|| view! {
                        <ol class="checklist">
                            {missing
                                .into_iter()
                                .take(3)
                                .map(|field| view! {
                                    <li class="checklist__item">
                                        <span class="checklist__mark"></span>
                                        <div class="checklist__body"><p class="checklist__title">{field.title.clone()}</p></div>
                                        {part.can_edit.then(|| view! {
                                            <a class="button button--small" href=within(&format!("/organization/profile#profile-{}", control_of(&field.field)), &to_profile)>
                                                "Add"<span class="visually-hidden">{format!(" {}", field.title.to_lowercase())}</span>
                                            </a>
                                        })}
                                    </li>
                                })
                                .collect_view()}
                        </ol>
                    })}
                </div>
            </section>
        </section>
    }
}

/// What applications that named the reader ask of them: the question of the mailed link, for as long as it is not answered.
#[component]
pub fn WaitingSeats(seats: Vec<WaitingSeat>, acting: String) -> impl IntoView {
    seats
        .into_iter()
        .map(|seat| {
            let title = format!("seat-{}", seat.organization_id);
            let of = if seat.website_label.is_empty() { String::new() } else { format!(" ({})", seat.website_label) };
            view! {
                <section class="panel" aria-labelledby=title.clone()>
                    <header class="panel__head">
                        <h2 class="panel__title" id=title.clone()>{format!("Is the application of {} yours?", isolated(&seat.display_name))}</h2>
                    </header>
                    <div class="panel__body">
                        <p>{format!("Somebody applied for {}{of} {}, and named you as its contact.", isolated(&seat.display_name), seat.asked_label)}</p>
                        <p>{format!("Say yes, and you run it here as {}. Until then it is nobody's.", seat.role)}</p>
                        <PostForm name="seat" acting=acting.clone()>
                            <input type="hidden" name="organizationId" value=seat.organization_id.to_string()/>
                            <div class="form__actions">
                                <Submit label="Yes, it is mine" name="answer" value="yes"/>
                                <Submit label="No, it is not" name="answer" value="no" class="button"/>
                            </div>
                        </PostForm>
                    </div>
                </section>
            }
        })
        .collect_view()
}

/// What the reader claims. One that is not proven is named to nobody who works here already: anybody can write down their
/// mailbox.
#[component]
pub fn OpenClaims(claims: Vec<OpenClaim>, nobody: bool) -> impl IntoView {
    claims
        .into_iter()
        .filter(|claim| claim.proven || nobody)
        .map(|claim| {
            let OpenClaim { slug, display_name, proven } = claim;
            let name = isolated(&display_name);
            let (title, text) = if proven {
                (format!("Your claim of {name} waits for our staff"), "It is proven. You get a mail as soon as it is decided.")
            } else {
                (
                    format!("You claim {name}"),
                    "As soon as that is proven, our staff look at it, and you get a mail when they have decided.",
                )
            };
            view! {
                <div class="notice tone-info" role="status">
                    <Icon name="hourglass"/>
                    <div class="notice__body">
                        <p class="notice__title">{title}</p>
                        <p>{text}</p>
                    </div>
                    <a class="button button--small notice__action" href=format!("/claim/{slug}")>"See your claim"</a>
                </div>
            }
        })
        .collect_view()
}

#[component]
fn Answer(acting: String) -> impl IntoView {
    view! {
        <section class="panel" id="answer" aria-labelledby="answer-title">
            <header class="panel__head"><h2 class="panel__title" id="answer-title">"Your answer"</h2></header>
            <div class="panel__body">
                <PostForm name="answer" acting>
                    <TextArea form="answer" name="answer" label="Answer" hint="What you changed, or the answer to the question. Staff read it." rows=4 maxlength=2000u32/>
                    <div class="form__actions"><Submit label="Send it again"/></div>
                </PostForm>
            </div>
        </section>
    }
}

#[component]
fn Trust(trust: FriendlyTrust) -> impl IntoView {
    view! {
        <section class="panel" aria-labelledby="checks">
            <header class="panel__head"><h2 class="panel__title" id="checks">"What our checks found"</h2></header>
            <div class="panel__body stack">
                <p>{trust.headline}</p>
                {(!trust.helps.is_empty()).then(|| view! { <Sentences list=trust.helps icon="arrow-right"/> })}
                {(!trust.good.is_empty()).then(|| view! { <Sentences list=trust.good icon="check"/> })}
                {(!trust.notes.is_empty()).then(|| view! { <Sentences list=trust.notes icon="info"/> })}
            </div>
        </section>
    }
}
