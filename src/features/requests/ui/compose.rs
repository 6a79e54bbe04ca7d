//! `/requests/new?organization=acme`: where a community asks an organization.

use crate::{
    features::{
        partners::ui::lines::BenefitLines,
        requests::{server_fns, views::ComposeScreen},
    },
    kernel::{labels::Category, money::Currency, text::isolated},
    ui::{
        form::{CurrencyField, MomentField, MoneyField, PlacedField, PostForm, SelectField, Submit, TextArea, TickField},
        page::{acting, fetched, shown},
        parts::{Logo, Notice, PageHead},
    },
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

#[component]
pub fn NewRequestPage() -> impl IntoView {
    let query = use_query_map();
    let acting = acting();
    let asked = Memo::new(move |_| {
        query.with(|query| (query.get("organization").unwrap_or_default(), query.get("opportunity").unwrap_or_default()))
    });
    let loaded =
        fetched(move || (asked.get().0, acting.get()), |(organization, workspace)| server_fns::compose(organization, workspace));
    view! {
        <Title text="New request"/>
        {shown(loaded, move |screen| view! { <Compose screen opportunity=asked.get_untracked().1/> })}
    }
}

#[component]
fn Compose(screen: ComposeScreen, opportunity: String) -> impl IntoView {
    let it = screen.organization;
    let head = view! {
        <PageHead title=format!("Ask {} for support", isolated(&it.name)) over=screen.industry/>
        <p class="cluster">
            <Logo name=it.name.clone() url=it.logo_url.clone() size="medium"/>
            <span>
                <a href=it.href.clone()><bdi>{it.name.clone()}</bdi></a>
                {(!screen.budget_label.is_empty()).then(|| format!(", budget {}", screen.budget_label))}
                {(!screen.gives.is_empty()).then(|| format!(", gives {}", screen.gives.join(", ").to_lowercase()))}
            </span>
        </p>
    };
    let body = if !screen.problem.is_empty() {
        view! { <Notice tone="warning" title="You cannot send a request yet"><p>{screen.problem}</p></Notice> }.into_any()
    } else if screen.events.is_empty() {
        view! {
            <Notice tone="warning" title="A request needs a published event">
                <p>"Publish an event first: what you ask for is shown on its page as soon as it is agreed."</p>
            </Notice>
        }
        .into_any()
    } else {
        let pairs = |choices: Vec<crate::features::requests::views::Choice>| {
            choices.into_iter().map(|choice| (choice.id, choice.label)).collect::<Vec<_>>()
        };
        let event = if screen.events.len() == 1 { screen.events[0].id.clone() } else { String::new() };
        let later = !screen.asked_later.is_empty();
        let has_opportunities = !screen.opportunities.is_empty();
        let categories = Category::LABELS.iter().map(|label| ((*label).to_owned(), (*label).to_owned())).collect::<Vec<_>>();
        let (events, opportunities, zones) = (pairs(screen.events), pairs(screen.opportunities), screen.zones);
        view! {
            {(!screen.standing.is_empty()).then(|| view! {
                <Notice tone="info" title="There is an open request between the two of you">
                    <ul>
                        {screen
                            .standing
                            .into_iter()
                            .map(|it| view! { <li><a href=it.id><bdi>{it.label}</bdi></a></li> })
                            .collect_view()}
                    </ul>
                </Notice>
            })}
            {later.then(|| view! {
                <Notice tone="warning" title=screen.asked_later><p>"Waiting until then has better chances. You can send it anyway, below."</p></Notice>
            })}
            <p class="text-soft">{screen.quota.words()}</p>
            <PostForm name="send" acting=screen.acting>
                <input type="hidden" name="organizationId" value=it.id.to_string()/>
                <PlacedField form="send" name="eventId" label="Event" value=event options=events zones/>
                {has_opportunities.then(|| view! {
                    <SelectField
                        form="send"
                        name="opportunityId"
                        label="Opportunity"
                        hint="One of the same event: it takes one of its places when they accept."
                        value=opportunity
                        optional=true
                        empty="None, just this request"
                        options=opportunities
                    />
                })}
                <SelectField
                    form="send"
                    name="category"
                    label="As what they stand on the event's page"
                    hint="The opportunity's role when you leave it empty."
                    optional=has_opportunities
                    options=categories
                />
                <div class="form__row">
                    <CurrencyField form="send" name="currency" value=Currency::Inr.code()/>
                    <MoneyField form="send" name="amount" label="Amount" hint="One amount; 0 for support in kind."/>
                </div>
                <BenefitLines form="send" hint="What they get. Leave all of them on “None” for what the opportunity or the tier offers." lines=Vec::new()/>
                <TextArea form="send" name="message" label="Message" hint="Why them, and what it makes possible." optional=true rows=6 maxlength=5000_u32/>
                <MomentField
                    form="send"
                    name="validUntil"
                    label="Your offer stands until"
                    hint="Two weeks when you leave it empty, at most until the event begins."
                    optional=true
                    day=true
                />
                {later.then(|| view! { <TickField form="send" name="anyway" label="Send it although they asked to be asked again later"/> })}
                <div class="form__actions"><Submit label="Send request"/></div>
            </PostForm>
        }
        .into_any()
    };
    view! { <div class="center center--narrow stack">{head}{body}</div> }
}
