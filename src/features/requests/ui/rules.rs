//! `/inbox/rules`: what the inbox does by itself, and whom the workspace does not deal with.

use crate::{
    features::{
        blocks::views::BlocksView,
        opportunities::views::acting_at,
        requests::{
            rules::sending,
            server_fns,
            views::{FitView, RouteView, RulesScreen, RulesView},
        },
    },
    kernel::{
        labels::{EventType, Region, RejectionReason},
        money::Currency,
        text::isolated,
    },
    ui::{
        form::{ChipsField, CurrencyField, MoneyField, PostForm, SelectField, Submit, TextArea, TextField, came_back},
        page::{acting, fetched, shown},
        parts::PageHead,
    },
};
use leptos::prelude::*;
use leptos_meta::Title;

#[component]
pub fn RulesPage() -> impl IntoView {
    let workspace = acting();
    let loaded = fetched(move || workspace.get(), server_fns::rules);
    view! {
        <Title text="Inbox rules"/>
        {shown(loaded, |screen| view! { <Rules screen/> })}
    }
}

fn pairs(labels: &[&'static str]) -> Vec<(String, String)> {
    labels.iter().map(|label| ((*label).to_owned(), (*label).to_owned())).collect()
}

#[component]
fn Rules(screen: RulesScreen) -> impl IntoView {
    let RulesScreen { rules, blocks, acting } = screen;
    let is_organization = rules.is_organization;
    let only_admins = (!rules.can_edit).then(|| view! { <p class="text-soft">"Admins of your workspace set these rules."</p> });
    let inbox = acting_at("/inbox", &acting);
    view! {
        <div class="stack">
            <nav class="breadcrumb" aria-label="Breadcrumb">
                <ol class="breadcrumb__list">
                    <li><a href=inbox>"Inbox"</a></li>
                    <li><span aria-current="page">"Rules"</span></li>
                </ol>
            </nav>
            <PageHead title="Inbox rules" sub="What your inbox does by itself with what comes in."/>
            {only_admins}
            <Routes rules=rules.clone() acting=acting.clone()/>
            {is_organization.then(|| view! { <Fits rules=rules.clone() acting=acting.clone()/> })}
            {blocks.map(|blocks| view! { <Blocked blocks acting=acting.clone()/> })}
        </div>
    }
}

/// A rule: what it is about, what follows, and the way to take it away for whoever may.
#[component]
fn Rule(id: String, what: String, follows: &'static str, answer: String, can_edit: bool, acting: String) -> impl IntoView {
    let label = format!("Remove: {what}");
    view! {
        <tr>
            <td class="table__main">{what}</td>
            <td data-label=follows>{answer}</td>
            <td data-label="Change">
                {can_edit.then(|| view! {
                    <PostForm name="remove" acting class="cluster" one=("rule", id)>
                        <button class="button button--quiet button--small" type="submit" aria-label=label>"Remove"</button>
                    </PostForm>
                })}
            </td>
        </tr>
    }
}

#[component]
fn Routes(rules: RulesView, acting: String) -> impl IntoView {
    let can_edit = rules.can_edit;
    let people =
        rules.colleagues.iter().filter(|it| it.can_act).map(|it| (it.id.to_string(), it.name.clone())).collect::<Vec<_>>();
    let is_empty = rules.routes.is_empty();
    let of = acting.clone();
    let rows = rules
        .routes
        .into_iter()
        .map(move |RouteView { id, region, event_type, assignee }| {
            let what = match (region, event_type) {
                (Some(region), Some(event_type)) => format!("{event_type} in {region}"),
                (Some(region), None) => format!("Everything in {region}"),
                (None, Some(event_type)) => format!("Every {event_type}"),
                (None, None) => "Everything else".to_owned(),
            };
            let answer = match assignee {
                Some(it) if it.can_act => it.name,
                Some(it) => format!("{} (cannot act on requests any more: nobody is given these)", isolated(&it.name)),
                None => "Nobody".to_owned(),
            };
            view! { <Rule id=id.to_string() what follows="Handled by" answer can_edit acting=of.clone()/> }
        })
        .collect_view();
    view! {
        <section class="panel" aria-labelledby="routes">
            <header class="panel__head"><h2 class="panel__title" id="routes">"Who handles what"</h2></header>
            <div class="panel__body stack">
                {if is_empty {
                    view! { <p class="text-soft">"Nobody in particular: everybody who acts on requests is told of everything."</p> }.into_any()
                } else {
                    view! {
                        <div class="table-wrap">
                            <table class="table">
                                <caption class="visually-hidden">"Who handles what"</caption>
                                <thead><tr><th scope="col">"Events"</th><th scope="col">"Handled by"</th><th scope="col">"Change"</th></tr></thead>
                                <tbody>{rows}</tbody>
                            </table>
                        </div>
                    }
                    .into_any()
                }}
                {can_edit.then(|| view! {
                    <details class="disclosure" open=came_back(&["route"])>
                        <summary class="button">"Add a rule"</summary>
                        <div class="disclosure__body">
                            <PostForm name="route" acting>
                                <div class="form__row">
                                    <SelectField form="route" name="region" label="Region" optional=true empty="Any region" options=pairs(Region::LABELS)/>
                                    <SelectField form="route" name="eventType" label="Event type" optional=true empty="Any type" options=pairs(EventType::LABELS)/>
                                    <SelectField form="route" name="assigneeId" label="Handled by" options=people/>
                                </div>
                                <p class="form__note">"The rule that says most wins. One for exactly the same events is replaced."</p>
                                <div class="form__actions"><Submit label="Save rule"/></div>
                            </PostForm>
                        </div>
                    </details>
                })}
            </div>
        </section>
    }
}

#[component]
fn Fits(rules: RulesView, acting: String) -> impl IntoView {
    let can_edit = rules.can_edit;
    let is_empty = rules.fits.is_empty();
    let of = acting.clone();
    let rows = rules
        .fits
        .into_iter()
        .map(move |FitView { id, label, reason, words, ask_again_month }| {
            let later = if ask_again_month.is_empty() { String::new() } else { format!(" Ask again in {ask_again_month}.") };
            let answer = format!("{}: {words}{later}", reason.label());
            view! { <Rule id=id.to_string() what=label follows="Otherwise answered" answer can_edit acting=of.clone()/> }
        })
        .collect_view();
    view! {
        <section class="panel" aria-labelledby="fits">
            <header class="panel__head"><h2 class="panel__title" id="fits">"Automatic answers"</h2></header>
            <div class="panel__body stack">
                <p class="text-soft">"A request that breaks a rule is declined at once, with your words, and says that it is an automatic answer. What an event does not say breaks nothing."</p>
                {(!is_empty).then(|| view! {
                    <div class="table-wrap">
                        <table class="table">
                            <caption class="visually-hidden">"Automatic answers"</caption>
                            <thead><tr><th scope="col">"A request must have"</th><th scope="col">"Otherwise answered"</th><th scope="col">"Change"</th></tr></thead>
                            <tbody>{rows}</tbody>
                        </table>
                    </div>
                })}
                {can_edit.then(|| view! {
                    <details class="disclosure" open=came_back(&["fit"])>
                        <summary class="button">"Add an answer"</summary>
                        <div class="disclosure__body">
                            <PostForm name="fit" acting>
                                <TextField form="fit" name="minPeople" label="At least so many people" inputmode="numeric" optional=true short=true/>
                                <div class="form__row">
                                    <MoneyField form="fit" name="maxAmount" label="At most so much" hint="Requests in other currencies are not measured by it." optional=true/>
                                    <CurrencyField form="fit" name="currency" value=Currency::Inr.code() optional=true/>
                                </div>
                                <ChipsField form="fit" name="regions" label="Only these regions" hint="None means everywhere." options=Region::LABELS.iter().map(|it| (*it).to_owned()).collect()/>
                                <details class="disclosure" open=came_back(&["fit"])>
                                    <summary class="button">"Only some event types"</summary>
                                    <div class="disclosure__body">
                                        <ChipsField form="fit" name="eventTypes" label="Only these types" hint="None means every type." options=EventType::LABELS.iter().map(|it| (*it).to_owned()).collect()/>
                                    </div>
                                </details>
                                <SelectField form="fit" name="reason" label="Otherwise declined because" options=pairs(RejectionReason::LABELS)/>
                                <TextArea form="fit" name="words" label="Your answer" hint="For example: We do not sponsor meetups under 100 people." rows=2 maxlength=500_u32/>
                                <SelectField form="fit" name="askAgainMonth" label="Ask again in" hint="The next one, every year. They are told when it comes." optional=true empty="No month" options=pairs(&sending::MONTHS)/>
                                <div class="form__actions"><Submit label="Save answer"/></div>
                            </PostForm>
                        </div>
                    </details>
                })}
            </div>
        </section>
    }
}

#[component]
fn Blocked(blocks: BlocksView, acting: String) -> impl IntoView {
    let is_empty = blocks.items.is_empty();
    let rows = blocks
        .items
        .into_iter()
        .map(|it| {
            let label = format!("Unblock {}", it.name);
            let acting = acting.clone();
            view! {
                <tr>
                    <td class="table__main"><bdi>{it.name}</bdi></td>
                    <td data-label="Since"><time datetime=it.created_at.to_rfc3339()>{it.created_label}</time></td>
                    <td data-label="Change">
                        <PostForm name="unblock" acting class="cluster" one=("workspaceId", it.workspace_id.to_string())>
                            <button class="button button--quiet button--small" type="submit" aria-label=label>"Unblock"</button>
                        </PostForm>
                    </td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <section class="panel" aria-labelledby="blocked">
            <header class="panel__head"><h2 class="panel__title" id="blocked">"Whom you block"</h2></header>
            <div class="panel__body stack">
                {if is_empty {
                    view! { <p class="text-soft">"Nobody. A block is made on the page of a request; it is mutual, and the other side is not told."</p> }.into_any()
                } else {
                    view! {
                        <div class="table-wrap">
                            <table class="table">
                                <caption class="visually-hidden">"Whom you block"</caption>
                                <thead><tr><th scope="col">"Workspace"</th><th scope="col">"Since"</th><th scope="col">"Change"</th></tr></thead>
                                <tbody>{rows}</tbody>
                            </table>
                        </div>
                    }
                    .into_any()
                }}
            </div>
        </section>
    }
}
