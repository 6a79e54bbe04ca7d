//! `/inbox`: what waits for you first, then what has waited longest; the same page for both kinds of workspace.

use crate::{
    features::{
        opportunities::views::acting_at,
        requests::{
            server_fns,
            views::{InboxRow, InboxScreen, InboxTab},
        },
    },
    kernel::actor::Side,
    ui::{
        page::{acting, shown},
        parts::{Empty, Logo, More, PageHead, Pill},
    },
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

#[component]
pub fn InboxListPage() -> impl IntoView {
    let query = use_query_map();
    let acting = acting();
    let asked =
        Memo::new(move |_| query.with(|query| (query.get("tab").unwrap_or_default(), query.get("cursor").unwrap_or_default())));
    let loaded = Resource::new_blocking(
        move || (asked.get(), acting.get()),
        |((tab, cursor), workspace)| server_fns::inbox(tab, cursor, workspace),
    );
    view! {
        <Title text="Inbox"/>
        {shown(loaded, |screen| view! { <Inbox screen/> })}
    }
}

#[component]
fn Inbox(screen: InboxScreen) -> impl IntoView {
    let InboxScreen { inbox, side, acting } = screen;
    let title = match inbox.counts.your_turn {
        0 => "Nothing waits for you".to_owned(),
        1 => "One request waits for you".to_owned(),
        n if n > 1_000 => "1,000+ requests wait for you".to_owned(),
        n => format!("{n} requests wait for you"),
    };
    let sub = match inbox.counts.open {
        0 => "No request is open.".to_owned(),
        1 => "One request is open.".to_owned(),
        n if n > 1_000 => "1,000+ requests are open.".to_owned(),
        n => format!("{n} requests are open."),
    };
    let tabs = [(InboxTab::Open, "Open"), (InboxTab::Accepted, "Accepted"), (InboxTab::History, "History")]
        .into_iter()
        .map(|(tab, label)| {
            let here = (tab == inbox.tab).then_some("page");
            let count = inbox.counts.of(tab);
            let count = if count > 1_000 { "1,000+".to_owned() } else { count.to_string() };
            view! {
                <a class="tabs__tab" href=acting_at(&format!("/inbox?tab={tab}"), &acting) aria-current=here>
                    {label} " " <span class="badge">{count}</span>
                </a>
            }
        })
        .collect_view();
    let shown = inbox.items.len();
    let total = if inbox.total_capped { "1,000+".to_owned() } else { inbox.total.to_string() };
    let next = inbox.next_cursor.as_ref().map(|cursor| acting_at(&format!("/inbox?tab={}&cursor={cursor}", inbox.tab), &acting));
    let list = if inbox.items.is_empty() {
        view! { <Nothing tab=inbox.tab side acting=acting.clone()/> }.into_any()
    } else {
        let rows = inbox.items.into_iter().map(|row| view! { <Row row acting=acting.clone()/> }).collect_view();
        view! {
            <ul class="inbox">{rows}</ul>
            <More count=format!("Showing {shown} of {total}") next/>
        }
        .into_any()
    };
    view! {
        <div class="stack">
            <PageHead title sub/>
            <nav class="tabs" aria-label="Requests">{tabs}</nav>
            {list}
        </div>
    }
}

#[component]
fn Nothing(tab: InboxTab, side: Side, acting: String) -> impl IntoView {
    let (title, text) = match tab {
        InboxTab::Open => ("No open requests", "Everything is answered."),
        InboxTab::Accepted => ("Nothing agreed yet", "What both sides accept is kept here."),
        InboxTab::History => ("Nothing here yet", "Declined, withdrawn and expired requests are kept here."),
    };
    let (href, label) = match side {
        Side::Organization => (acting_at("/opportunities", &acting), "Find an opportunity"),
        Side::Community => (acting_at("/directory", &acting), "Find a sponsor"),
    };
    view! {
        <Empty title text icon="inbox">
            <a class="button button--primary" href=href>{label}</a>
        </Empty>
    }
}

/// One request, as lists show it.
#[component]
pub fn Row(row: InboxRow, acting: String) -> impl IntoView {
    let href = acting_at(&format!("/requests/{}", row.id), &acting);
    let how = match row.opened_by {
        Side::Organization => "Application",
        Side::Community => "Request",
    };
    view! {
        <li class="inbox__row">
            <Logo name=row.counterpart.name.clone() url=row.counterpart.logo_url size="small"/>
            <div class="inbox__body">
                <p class="inbox__who"><a class="inbox__link" href=href>{row.counterpart.name}</a></p>
                <p class="inbox__what">{how} ": " {row.category.label()} ", " {row.event_title}</p>
            </div>
            <p class="inbox__worth num">{row.amount_label}</p>
            <p class="inbox__turn"><Pill text=row.turn_label tone=row.tone/></p>
            <p class="inbox__wait"><time datetime=row.since.to_rfc3339()>{row.since_label}</time></p>
        </li>
    }
}
