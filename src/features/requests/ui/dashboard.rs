//! `/dashboard`: where the workspace stands, what waits for it, what to do next.

use super::{
    super::{server_fns, views::DashboardView},
    inbox::Row,
};
use crate::{
    features::{
        communities::ui::standing::{CommunityStanding, WaitingRegistrations},
        opportunities::views::acting_at,
        organizations::ui::dashboard::{OpenClaims, OrganizationPanel, WaitingSeats},
    },
    kernel::text::isolated,
    ui::{
        page::{acting, fetched, shown},
        parts::{Empty, Notice, PageHead},
    },
};
use leptos::prelude::*;
use leptos_meta::Title;

#[component]
pub fn DashboardPage() -> impl IntoView {
    let workspace = acting();
    let view = fetched(move || workspace.get(), server_fns::dashboard);
    view! {
        <Title text="Home"/>
        {shown(view, |view| view! { <Dashboard view/> })}
    }
}

#[component]
fn Dashboard(view: DashboardView) -> impl IntoView {
    let DashboardView {
        name,
        organization,
        community,
        seats,
        registrations,
        claims,
        counts,
        waiting,
        is_staff,
        second_factor_due,
        can_edit_events,
        can_manage_opportunities,
        acting,
    } = view;
    let nobody = organization.is_none() && community.is_none() && !is_staff;
    // Whoever came to take a profile over is not sent to the doors of newcomers.
    let newcomer = nobody && claims.is_empty();
    let is_organization = organization.is_some();
    let at = {
        let acting = acting.clone();
        move |path: &str| acting_at(path, &acting)
    };
    let title = match &counts {
        Some(counts) if counts.your_turn == 1 => "One request waits for you".to_owned(),
        Some(counts) if counts.your_turn > 1 => format!("{} requests wait for you", counts.your_turn),
        _ => format!("Good to see you, {}", isolated(&name)),
    };
    let sees_requests = counts.is_some();
    let inbox_href = at("/inbox");
    let find = if is_organization { (at("/opportunities"), "Find an opportunity") } else { (at("/directory"), "Find a sponsor") };
    let rows = waiting.into_iter().map(|row| view! { <Row row acting=acting.clone()/> }).collect_view();
    let actions = view! {
        {can_edit_events.then(|| view! { <a class="button" href=at("/manage/events/new")>"Draft an event"</a> })}
        {can_manage_opportunities.then(|| view! { <a class="button button--primary" href=at("/manage/opportunities/new")>"New opportunity"</a> })}
        {is_organization.then(|| view! { <a class="button button--primary" href=at("/opportunities")>"Find an opportunity"</a> })}
    };
    view! {
        <div class="stack">
            <PageHead title>{actions}</PageHead>
            {second_factor_due.then(|| view! {
                <Notice tone="warning" title="Confirm your second factor first">
                    <p>"Nothing of the platform is open to you before that."</p>
                    <p><a class="button button--primary" href="/second-factor">"Confirm now"</a></p>
                </Notice>
            })}
            {(is_staff && !second_factor_due).then(|| view! {
                <Notice tone="info" title="You review for CommDesk">
                    <p><a href=at("/staff/organizations")>"Sponsors that wait"</a> " and " <a href=at("/staff/communities")>"communities that wait"</a> "."</p>
                </Notice>
            })}
            {newcomer.then(|| view! {
                <Empty title="You have no workspace yet" text="Apply as a sponsor, or bring your community; colleagues can also invite you to theirs." icon="briefcase">
                    <div class="button-group">
                        <a class="button button--primary" href="/become-sponsor">"Become a sponsor"</a>
                        <a class="button" href="/join">"Bring your community"</a>
                    </div>
                </Empty>
            })}
            <WaitingSeats seats acting=acting.clone()/>
            <WaitingRegistrations registrations acting=acting.clone()/>
            <OpenClaims claims nobody/>
            {community.map(|community| view! { <CommunityStanding community/> })}
            {sees_requests.then(|| view! {
                <section class="panel panel--flush" aria-labelledby="waiting">
                    <header class="panel__head">
                        <h2 class="panel__title" id="waiting">"Open requests"</h2>
                        <a class="section__more" href=inbox_href>"See the inbox"</a>
                    </header>
                    <ul class="inbox">{rows}</ul>
                    {counts.is_some_and(|counts| counts.open == 0).then(|| view! {
                        <div class="panel__body"><p class="text-soft">"Nothing is open. "<a href=find.0>{find.1}</a>"."</p></div>
                    })}
                </section>
            })}
            {organization.map(|part| view! { <OrganizationPanel part/> })}
        </div>
    }
}
