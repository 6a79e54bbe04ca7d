//! `/manage/opportunities`: a community's own opportunities, drafts too.

use crate::{
    features::opportunities::{
        server_fns,
        views::{ManageScreen, OpportunityStatus, acting_at},
    },
    ui::{
        page::{Shape, acting, fetched, shown_as},
        parts::{Empty, Icon, More, PageHead, Pill, Tier},
    },
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

#[component]
pub fn ManageOpportunitiesPage() -> impl IntoView {
    let query = use_query_map();
    let acting = acting();
    let asked = Memo::new(move |_| {
        query.with(|query| (query.get("status").unwrap_or_default(), query.get("cursor").unwrap_or_default()))
    });
    let loaded =
        fetched(move || (asked.get(), acting.get()), |((status, cursor), workspace)| server_fns::mine(status, cursor, workspace));
    view! {
        <Title text="Your opportunities"/>
        {shown_as(Shape::Rows, loaded, move |screen| view! { <Mine screen status=asked.get_untracked().0/> })}
    }
}

#[component]
fn Mine(screen: ManageScreen, status: String) -> impl IntoView {
    let ManageScreen { page, acting } = screen;
    let new = acting_at("/manage/opportunities/new", &acting);
    let tabs = std::iter::once(("", "All")).chain(OpportunityStatus::LABELS.iter().map(|label| (*label, *label)));
    let tab_links = tabs
        .map(|(value, label)| {
            let here = (value == status).then_some("page");
            let path = if value.is_empty() {
                "/manage/opportunities".to_owned()
            } else {
                format!("/manage/opportunities?status={value}")
            };
            view! { <a class="tabs__tab" href=acting_at(&path, &acting) aria-current=here>{label}</a> }
        })
        .collect_view();
    let count = page.count_label();
    let showing = format!("Showing {} of {count}", page.items.len());
    let next = page
        .next_cursor
        .as_ref()
        .map(|cursor| acting_at(&format!("/manage/opportunities?status={status}&cursor={cursor}"), &acting));
    let new_link = new.clone();
    let rows = page.items;
    let list = if rows.is_empty() {
        view! {
            <Empty title="No opportunities here yet" text="An opportunity says what a sponsor or partner gets at one of your events, and for how much." icon="tag">
                <a class="button button--primary" href=new>"Write an opportunity"</a>
            </Empty>
        }
        .into_any()
    } else {
        view! {
            <div class="table-wrap">
                <table class="table">
                    <caption class="visually-hidden">"Your opportunities"</caption>
                    <thead>
                        <tr>
                            <th scope="col">"Opportunity"</th>
                            <th scope="col">"Status"</th>
                            <th scope="col" class="table__number">"Budget"</th>
                            <th scope="col">"Places"</th>
                            <th scope="col">"Decides by"</th>
                        </tr>
                    </thead>
                    <tbody>
                        {rows
                            .into_iter()
                            .map(|row| view! {
                                <tr>
                                    <td class="table__main">
                                        <a class="table__link" href=acting_at(&format!("/manage/opportunities/{}", row.id), &acting)>{row.title}</a>
                                        <span class="table__sub"><bdi>{row.event.title}</bdi></span>
                                        <Tier label=row.category.label() hue=row.hue.label()/>
                                    </td>
                                    <td data-label="Status"><Pill text=row.status.label() tone=row.status.tone()/></td>
                                    <td class="table__number num" data-label="Budget">{row.budget_range.formatted}</td>
                                    <td data-label="Places">{row.places_label}</td>
                                    <td data-label="Decides by">
                                        <time datetime=row.decision_at.to_rfc3339()>{row.deadline_label}</time>
                                        <span class="table__sub">{row.deadline_in}</span>
                                    </td>
                                </tr>
                            })
                            .collect_view()}
                    </tbody>
                </table>
            </div>
            <More count=showing next/>
        }
        .into_any()
    };
    view! {
        <div class="stack">
            <PageHead title="Your opportunities" sub=count>
                <a class="button button--primary" href=new_link><Icon name="plus"/>"New opportunity"</a>
            </PageHead>
            <nav class="tabs" aria-label="Status">{tab_links}</nav>
            {list}
        </div>
    }
}
