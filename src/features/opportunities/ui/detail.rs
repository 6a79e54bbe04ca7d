//! `/opportunities/{id}`: one offer, and the way in for an organization.

use super::{
    items::{Composer, PriceList},
    linked,
};
use crate::{
    features::{
        opportunities::{
            server_fns,
            views::{OpportunityScreen, OpportunityView, acting_at},
        },
        partners::ui::wall::Benefits,
    },
    ui::{
        form::{MomentField, MoneyField, PostForm, Submit, TextArea},
        found::{Described, LinkedData},
        page::{Shape, Show, acting, fetched, shown_as},
        parts::{Icon, Logo, Notice, Pill, Tier},
    },
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

#[component]
pub fn OpportunityDetailPage(
    /// How much the acting workspace may still send, for whoever may apply.
    limits: fn() -> Show<()>,
) -> impl IntoView {
    let params = use_params_map();
    let acting = acting();
    let limits = limits();
    let loaded = fetched(
        move || (params.read().get("id").unwrap_or_default(), acting.get()),
        |(id, workspace)| server_fns::get(id, workspace),
    );
    shown_as(Shape::Detail, loaded, move |screen| view! { <Detail screen limits=limits.clone()/> })
}

#[component]
fn Detail(screen: OpportunityScreen, limits: Show<()>) -> impl IntoView {
    let OpportunityScreen { opportunity: it, acting, signed_in } = screen;
    let way_in = view! { <WayIn it=it.clone() acting=acting.clone() signed_in limits/> };
    let manage = (it.can.edit || it.can.close || it.can.open || it.can.reopen || it.can.add_places)
        .then(|| view! { <a class="button" href=acting_at(&format!("/manage/opportunities/{}", it.id), &acting)>"Manage"</a> });
    let title = format!("{} of {}", it.category, it.event.title);
    let said = it.clone();
    view! {
        <Title text=title.clone()/>
        <Described
            path=format!("/opportunities/{}", it.id)
            title=title
            text=format!("{}, {}. {} offers it; apply by {}.", it.event.when_label, it.budget_range.formatted, it.community.name, it.deadline_label)
            picture=format!("opportunities/{}", it.id)
        />
        <LinkedData make=move |origin: &str| linked::offer(&said, origin)/>
        <div class="center stack">
            <nav class="breadcrumb" aria-label="Breadcrumb">
                <ol class="breadcrumb__list">
                    <li><a href="/opportunities">"Opportunities"</a></li>
                    <li><span aria-current="page">{it.event.title.clone()}</span></li>
                </ol>
            </nav>
            <header class="profile-head">
                <Logo name=it.community.name.clone() url=it.community.logo_url.clone() size="large"/>
                <div class="profile-head__text">
                    <h1 class="profile-head__name">{it.event.title.clone()}</h1>
                    <p class="profile-head__sub" dir="ltr">
                        <bdi>{it.title.clone()}</bdi> ", offered by "
                        <a href=format!("/communities/{}", it.community.slug)><bdi>{it.community.name.clone()}</bdi></a>
                    </p>
                    <Facts it=it.clone()/>
                </div>
                <div class="profile-head__actions">
                    <a class="button" href=format!("/events/{}", it.event.slug)>"See the event"</a>
                    <a class="button button--quiet" href=acting_at(&format!("/report?kind=opportunity&id={}", it.id), &acting) rel="nofollow">"Report"</a>
                    {manage}
                </div>
            </header>
            {it.hidden_reason.clone().map(|reason| view! {
                <Notice tone="danger" title="Taken off the marketplace">
                    <p>"Only its community and our staff see this page. Our staff wrote:"</p>
                    <blockquote class="timeline__quote">{reason}</blockquote>
                </Notice>
            })}
            <div class="sidebar sidebar--lead">
                <aside class="stack"><Offer it=it.clone()/></aside>
                <div class="stack stack--sections">
                    {(!it.event_changes.is_empty()).then(|| view! {
                        <Notice tone="warning" title="The event changed since this was offered">
                            <ul>{it.event_changes.clone().into_iter().map(|change| view! { <li>{change}</li> }).collect_view()}</ul>
                        </Notice>
                    })}
                    {(!it.description.is_empty()).then(|| view! {
                        <section class="section">
                            <div class="section__head"><h2 class="section__title">"About this offer"</h2></div>
                            {it.description.split("\n\n").map(|part| view! { <p class="measure" dir="auto">{part.to_owned()}</p> }).collect_view()}
                        </section>
                    })}
                    <section class="section">
                        <div class="section__head"><h2 class="section__title">"What you get"</h2></div>
                        <Benefits lines=it.benefits.clone()/>
                    </section>
                    {(!it.items.is_empty()).then(|| view! {
                        <section class="section">
                            <div class="section__head"><h2 class="section__title">"Packages and extras"</h2></div>
                            <PriceList items=it.items.clone()/>
                        </section>
                    })}
                    {way_in}
                </div>
            </div>
        </div>
    }
}

#[component]
fn Facts(it: OpportunityView) -> impl IntoView {
    let entries = [
        ("calendar", it.event.when_label),
        ("map-pin", if it.event.venue_name.is_empty() { it.community.city } else { it.event.venue_name }),
        ("users", it.event.people_label),
        ("tag", it.event.event_type.unwrap_or_default()),
        ("globe", it.event.region.unwrap_or_default()),
    ];
    view! {
        <ul class="meta">
            {entries
                .into_iter()
                .filter(|(_, text)| !text.is_empty())
                .map(|(icon, text)| view! { <li class="meta__item"><Icon name=icon small=true/>{text}</li> })
                .collect_view()}
        </ul>
    }
}

#[component]
fn Offer(it: OpportunityView) -> impl IntoView {
    let open = it.status == crate::features::opportunities::views::OpportunityStatus::Open;
    view! {
        <section class="offer" aria-label="The offer">
            <p class="offer__role"><Tier label=it.category.label() hue=it.hue.label()/></p>
            <p class="offer__amount">{it.budget_range.formatted.clone()}</p>
            <dl class="definition">
                <div class="definition__row">
                    <dt>"Decides by"</dt>
                    <dd><time datetime=it.decision_at.to_rfc3339()>{it.deadline_label.clone()}</time> {open.then(|| format!(" ({})", it.deadline_in))}</dd>
                </div>
                <div class="definition__row"><dt>"Status"</dt><dd><Pill text=it.status.label() tone=it.status.tone()/></dd></div>
            </dl>
            {it.can.apply.then(|| view! { <a class="button button--primary button--large button--wide" href="#apply">"Apply"</a> })}
            {it.can.wait.then(|| view! { <a class="button button--large button--wide" href="#apply">"Join the waiting list"</a> })}
            <p class="offer__note">{it.places_label}</p>
        </section>
    }
}

/// The application form, or what would be needed for it.
#[component]
fn WayIn(it: OpportunityView, acting: String, signed_in: bool, limits: Show<()>) -> impl IntoView {
    let waits = it.can.wait;
    let title = if waits { "Apply for the waiting list" } else { "Apply" };
    let head = view! { <header class="panel__head"><h2 class="panel__title">{title}</h2></header> };
    if !it.can.apply && !waits {
        let next = format!("/sign-in?next=/opportunities/{}", it.id);
        return view! {
            <section class="panel" id="apply">
                {head}
                <div class="panel__body stack">
                    <p>{it.apply_hint}</p>
                    {(!signed_in).then(|| view! {
                        <div class="cluster">
                            <a class="button button--primary" href=next>"Sign in"</a>
                            <a class="button" href="/become-sponsor">"Become a sponsor"</a>
                        </div>
                    })}
                </div>
            </section>
        }
        .into_any();
    }
    let composes = !it.items.is_empty();
    let label = if composes { "Or an amount of your own" } else { "What you offer" };
    let code = it.currency.code();
    let hint = format!(
        "The community looks for {}. Write 0 for support in kind, and say in the message what you give.",
        it.budget_range.formatted
    );
    view! {
        <section class="panel" id="apply">
            {head}
            <div class="panel__body stack">
                {limits(())}
                <PostForm name="apply" acting>
                    <input type="hidden" name="currency" value=code/>
                    {waits.then(|| view! {
                        <input type="hidden" name="waitingList" value="true"/>
                        <p>"Every place is taken. Your application waits in line: when a place becomes free, it is kept in order for whoever is next, and we tell you. Until then you can withdraw it."</p>
                    })}
                    {composes.then(|| view! { <Composer it=it.clone()/> })}
                    <MoneyField form="apply" name="amount" label hint currency=it.currency optional=composes/>
                    <TextArea
                        form="apply"
                        name="message"
                        label="Message"
                        hint="Who you are, and why this event."
                        optional=true
                        rows=6
                        maxlength=5000_u32
                    />
                    <MomentField
                        form="apply"
                        name="validUntil"
                        label="Your offer stands until"
                        hint=if waits {
                            "Then it leaves the line. Until the event begins when you leave it empty."
                        } else {
                            "Two weeks when you leave it empty, at most until the event begins."
                        }
                        optional=true
                        day=true
                        zone=it.event.timezone.clone()
                    />
                    <p class="form__note">"You ask for what is listed under “What you get”. The community accepts or declines; nothing is paid here yet."</p>
                    <div class="form__actions"><Submit label=if waits { "Apply for the waiting list" } else { "Send application" }/></div>
                </PostForm>
            </div>
        </section>
    }
    .into_any()
}
