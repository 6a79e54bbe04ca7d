//! `/requests/{id}`: the terms on one side, what happened on the other, and above both the one thing to do next.

use crate::{
    features::{
        blocks::ui::BlockThem,
        opportunities::views::acting_at,
        partners::ui::wall::Benefits,
        requests::{
            server_fns,
            views::{Choice, RequestScreen, RequestView},
        },
    },
    kernel::{labels::RejectionReason, text::isolated},
    ui::{
        form::{PostForm, SelectField, Submit, TextArea, TextField, came_back},
        page::{acting, fetched, shown},
        parts::{Logo, Notice, PageHead, Pill, Tier, Timeline, TimelineEntry},
    },
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

#[component]
pub fn RequestPage() -> impl IntoView {
    let params = use_params_map();
    let acting = acting();
    let loaded = fetched(
        move || (params.read().get("id").unwrap_or_default(), acting.get()),
        |(id, workspace)| server_fns::get(id, workspace),
    );
    shown(loaded, |screen| view! { <Whole screen/> })
}

#[component]
fn Whole(screen: RequestScreen) -> impl IntoView {
    let RequestScreen { request: it, tomorrow, months, acting } = screen;
    let contact = it.contact.clone();
    let other = it.counterpart().clone();
    let waits = it.can.accept || it.can.reject;
    let changes = it.event_changes.clone();
    view! {
        <Title text=format!("{} and {}", other.name, it.event_title)/>
        <div class="stack">
            <nav class="breadcrumb" aria-label="Breadcrumb">
                <ol class="breadcrumb__list">
                    <li><a href=acting_at("/inbox", &acting)>"Inbox"</a></li>
                    <li><span aria-current="page">{other.name.clone()}</span></li>
                </ol>
            </nav>
            <PageHead title=format!("{} and {}", isolated(&other.name), isolated(&it.event_title)) over=it.category.label()>
                <Pill text=it.state.word() tone=it.state.tone()/>
            </PageHead>
            <div class="request">
                <Next it=it.clone() months acting=acting.clone()/>
                {(!changes.is_empty()).then(|| view! {
                    <Notice tone="warning" title="The event changed since this was written">
                        <ul>{changes.into_iter().map(|change| view! { <li>{change}</li> }).collect_view()}</ul>
                    </Notice>
                })}
                <section class="request__terms panel" aria-labelledby="terms">
                    <header class="panel__head"><h2 class="panel__title" id="terms">"Terms"</h2></header>
                    <div class="panel__body stack"><Terms it=it.clone()/></div>
                </section>
                <section class="request__timeline panel" aria-labelledby="story">
                    <header class="panel__head"><h2 class="panel__title" id="story">"What happened"</h2></header>
                    <div class="panel__body stack">
                        <Timeline entries=entries(&it)/>
                        <Sorting it=it.clone() tomorrow acting=acting.clone()/>
                        <Away it=it.clone() acting=acting.clone()/>
                        <section class="stack stack--tight" aria-label="The other side">
                            <p class="cluster">
                                <Logo name=other.name.clone() url=other.logo_url.clone() size="small"/>
                                <a href=other.href.clone()><bdi>{other.name.clone()}</bdi></a>
                            </p>
                            {contact.map(|contact| view! {
                                <dl class="definition">
                                    <div class="definition__row"><dt>"E-mail"</dt><dd><a href=format!("mailto:{}", contact.email)>{contact.email.clone()}</a></dd></div>
                                    <div class="definition__row"><dt>"Phone"</dt><dd><a href=format!("tel:{}", contact.phone.replace(' ', ""))>{contact.phone.clone()}</a></dd></div>
                                </dl>
                            })}
                        </section>
                    </div>
                </section>
            </div>
            {waits.then(|| view! {
                <div class="action-bar narrow-only">
                    <p class="action-bar__note">{format!("Revision {}, {}", it.revision, it.amount_label)}</p>
                    <a class="button button--primary" href="#next">"Answer"</a>
                </div>
            })}
        </div>
    }
}

fn entries(it: &RequestView) -> Vec<TimelineEntry> {
    it.timeline
        .iter()
        .map(|entry| TimelineEntry {
            text: match &entry.person {
                Some(person) => format!("{}, {}, {}", isolated(person), isolated(&entry.who), entry.text),
                None => format!("{} {}", isolated(&entry.who), entry.text),
            },
            at: entry.at.to_rfc3339(),
            at_label: entry.at_label.clone(),
            tone: entry.tone.clone(),
            icon: entry.icon.clone(),
            quote: entry.quote.clone(),
        })
        .collect()
}

/// Who of the own team handles it, and until when it is put aside. The other side sees nothing of it.
#[component]
fn Sorting(it: RequestView, tomorrow: String, acting: String) -> impl IntoView {
    let handled = it.assignee.as_ref().map(|who| who.name.clone());
    let assignee = it.assignee.as_ref().map(|who| who.id.to_string()).unwrap_or_default();
    let people =
        it.colleagues.iter().filter(|who| who.can_act).map(|who| (who.id.to_string(), who.name.clone())).collect::<Vec<_>>();
    let is_snoozed = it.snoozed_until.is_some();
    let snoozed = it.snoozed_label.clone();
    let acting_too = acting.clone();
    view! {
        {(it.can.sort || handled.is_some()).then(|| view! {
            <section class="stack stack--tight" aria-labelledby="team">
                <h3 id="team">"Your team"</h3>
                <p>
                    {handled.map_or_else(|| "Nobody in particular handles it.".to_owned(), |name| format!("{} handles it.", isolated(&name)))}
                    {is_snoozed.then(|| format!(" {snoozed}."))}
                </p>
                {it.can.sort.then(|| view! {
                    <details class="disclosure" open=came_back(&["assign", "snooze"])>
                        <summary class="button">"Hand over or put aside"</summary>
                        <div class="disclosure__body stack">
                            <PostForm name="assign" acting=acting>
                                <SelectField form="assign" name="assigneeId" label="Who handles it" value=assignee optional=true empty="The team" options=people/>
                                <div class="form__actions"><Submit label="Hand over" class="button"/></div>
                            </PostForm>
                            <PostForm name="snooze" acting=acting_too>
                                <TextField form="snooze" name="until" label="Put aside until the morning of" hint="For your whole team; it comes back by itself." kind="date" value=tomorrow short=true/>
                                <div class="form__actions">
                                    <Submit label="Put aside" class="button" name="action" value="snooze"/>
                                    {is_snoozed.then(|| view! { <Submit label="Bring back now" class="button button--quiet" name="action" value="wake"/> })}
                                </div>
                            </PostForm>
                        </div>
                    </details>
                })}
            </section>
        })}
    }
}

/// What helps against somebody who should not write: staff, or a block.
#[component]
fn Away(it: RequestView, acting: String) -> impl IntoView {
    let other = it.counterpart().clone();
    let report = acting_at(&format!("/report?kind=request&id={}", it.id), &acting);
    let can_block = it.can_act;
    view! {
        <p><a href=report>"Report this request"</a></p>
        {can_block.then(|| view! { <BlockThem name=other.name workspace=other.id.to_string() acting/> })}
    }
}

/// The one thing to do, unmissable.
#[component]
fn Next(it: RequestView, months: Vec<Choice>, acting: String) -> impl IntoView {
    let next = it.next_action.clone();
    let reasons = RejectionReason::LABELS.iter().map(|label| ((*label).to_owned(), (*label).to_owned())).collect::<Vec<_>>();
    let hash = it.revision_hash.to_string();
    let note =
        format!("You agree to revision {} ({}): {}, {}.", it.revision, it.revision_hash.short(), it.category, it.amount_label);
    let refuses = it.can.reject;
    let closes = if it.held {
        "It is closed, and they never hear of it. You can send another one later."
    } else {
        "It is closed for both sides, and they are told. You can send another one later."
    };
    let months = months.into_iter().map(|it| (it.id, it.label)).collect::<Vec<_>>();
    view! {
        <section class=format!("next-action tone-{}", next.tone) aria-labelledby="next">
            <div class="next-action__text">
                <p class="next-action__over">{next.over}</p>
                <h2 class="next-action__title" id="next">{next.title}</h2>
                <p>{next.text}</p>
                {it.can.accept.then(|| view! { <p class="text-soft text-small">{note}</p> })}
            </div>
            <div class="next-action__actions">
                {it.can.accept.then(|| view! {
                    <PostForm name="accept" acting=acting.clone() class="cluster">
                        <input type="hidden" name="revisionHash" value=hash/>
                        <Submit label="Accept offer"/>
                    </PostForm>
                })}
                {refuses.then(|| view! {
                    <details class="disclosure" open=came_back(&["reject"])>
                        <summary class="button">"Decline"</summary>
                        <div class="disclosure__body">
                            <PostForm name="reject" acting=acting.clone()>
                                <SelectField form="reject" name="reason" label="Why" hint="They are told." options=reasons/>
                                <TextArea form="reject" name="note" label="Note" optional=true rows=3 maxlength=1000_u32/>
                                <SelectField form="reject" name="askAgain" label="Ask again in" hint="They see it, and are reminded then." optional=true empty="No month" options=months/>
                                <div class="form__actions"><Submit label="Decline offer" class="button button--danger"/></div>
                            </PostForm>
                        </div>
                    </details>
                })}
                {it.can.withdraw.then(|| view! {
                    <details class="disclosure" open=came_back(&["withdraw"])>
                        <summary class="button">"Withdraw"</summary>
                        <div class="disclosure__body">
                            <PostForm name="withdraw" acting=acting.clone()>
                                <p>{closes}</p>
                                <div class="form__actions"><Submit label="Withdraw request" class="button button--danger"/></div>
                            </PostForm>
                        </div>
                    </details>
                })}
            </div>
        </section>
    }
}

#[component]
fn Terms(it: RequestView) -> impl IntoView {
    let open = it.state.is_open();
    let proofs = it.revisions.clone();
    view! {
        <p><Tier label=it.category.label() hue=it.hue.label()/></p>
        <dl class="definition">
            <div class="definition__row"><dt>"Amount"</dt><dd class="num">{it.amount_label.clone()}</dd></div>
            <div class="definition__row">
                <dt>"Event"</dt>
                <dd dir="ltr">
                    <a href=format!("/events/{}", it.event_slug)><bdi>{it.event_title.clone()}</bdi></a>
                    {(!it.event_when_label.is_empty()).then(|| format!(", {}", it.event_when_label))}
                    {(!it.event_people_label.is_empty()).then(|| format!(", {}", it.event_people_label))}
                </dd>
            </div>
            {it.opportunity_id.zip(it.opportunity_title.clone()).map(|(id, title)| view! {
                <div class="definition__row"><dt>"Opportunity"</dt><dd><a href=format!("/opportunities/{id}")>{title}</a></dd></div>
            })}
            <div class="definition__row">
                <dt>{if open { "Stands until" } else { "Stood until" }}</dt>
                <dd><time datetime=it.expires_at.to_rfc3339()>{it.expires_label.clone()}</time> {open.then(|| format!(" ({})", it.expires_in))}</dd>
            </div>
            {it.rejection_reason.map(|reason| view! {
                <div class="definition__row"><dt>"Declined because"</dt><dd>{reason.label()}</dd></div>
            })}
            {(!it.ask_again_label.is_empty()).then(|| view! {
                <div class="definition__row"><dt>"Ask again"</dt><dd>{format!("from {}", it.ask_again_label)}</dd></div>
            })}
        </dl>
        <h3>"Benefits"</h3>
        <Benefits lines=it.benefits.clone()/>
        <details class="disclosure">
            <summary>"Word for word"</summary>
            <div class="disclosure__body stack">
                {proofs
                    .into_iter()
                    .map(|revision| view! {
                        <section class="stack stack--tight">
                            <h4>{format!("Revision {} by {}", revision.sequence, isolated(&revision.by))}</h4>
                            <p class="text-soft text-small">
                                <time datetime=revision.created_at.to_rfc3339()>{revision.created_label}</time>
                                ". This text is what both sides agree on; its SHA-256 is "
                                <code>{revision.hash.to_string()}</code>
                            </p>
                            <pre tabindex="0"><code>{revision.canonical}</code></pre>
                        </section>
                    })
                    .collect_view()}
            </div>
        </details>
    }
}
