//! `/inbox/standing`: how much of its week a workspace has used, and why it was turned down; what it can do better next time.

use crate::{
    features::{
        opportunities::views::acting_at,
        requests::{server_fns, views::StandingScreen},
    },
    kernel::labels::RejectionReason,
    ui::{
        page::{Show, acting, fetched, shown},
        parts::PageHead,
    },
};
use leptos::prelude::*;
use leptos_meta::Title;
use std::sync::Arc;

#[component]
pub fn StandingPage() -> impl IntoView {
    let workspace = acting();
    let loaded = fetched(move || workspace.get(), server_fns::standing);
    view! {
        <Title text="Why you were turned down"/>
        {shown(loaded, |screen| view! { <Standing screen/> })}
    }
}

/// The slot of a page from which something is sent: how much of its week the acting workspace has used. Nothing for whoever
/// sends nothing.
pub fn quota_line() -> Show<()> {
    let workspace = acting();
    let loaded = fetched(move || workspace.get(), server_fns::quota);
    Arc::new(move |()| shown(loaded, |quota| quota.map(|quota| view! { <p class="text-soft">{quota.words()}</p> })).into_any())
}

/// What helps against a reason.
const fn advice(reason: RejectionReason) -> &'static str {
    match reason {
        RejectionReason::Budget => "Ask for less, or offer a smaller role first.",
        RejectionReason::Timing => "Write earlier, or when they asked to be asked again.",
        RejectionReason::AudienceDoesNotMatch => "Say who comes and why they are the right people.",
        RejectionReason::CategoryAlreadyTaken => "Offer another role at the same event.",
        RejectionReason::NotOurRegion => "Filter the directory by region before you write.",
        RejectionReason::TooLittleInformation => "Write more: dates, people, what they get.",
        RejectionReason::Other => "Read their notes under History.",
    }
}

#[component]
fn Standing(screen: StandingScreen) -> impl IntoView {
    let StandingScreen { standing, acting } = screen;
    let quota = standing.quota;
    let total = standing.total;
    let sub = match total {
        0 => "Nobody declined a request of yours in the last year.".to_owned(),
        1 => "One of your requests was declined in the last year.".to_owned(),
        n => format!("{n} of your requests were declined in the last year."),
    };
    view! {
        <div class="stack">
            <nav class="breadcrumb" aria-label="Breadcrumb">
                <ol class="breadcrumb__list">
                    <li><a href=acting_at("/inbox", &acting)>"Inbox"</a></li>
                    <li><span aria-current="page">"Why you were turned down"</span></li>
                </ol>
            </nav>
            <PageHead title="Why you were turned down" sub/>
            <section class="panel" aria-labelledby="quota">
                <header class="panel__head"><h2 class="panel__title" id="quota">"What you send"</h2></header>
                <div class="panel__body stack stack--tight">
                    <p class="num">{quota.label}</p>
                    {(!quota.your_label.is_empty()).then(|| view! { <p>{quota.your_label}</p> })}
                    <p class="text-soft text-small">"A week is the last seven days. The limit keeps everybody's inbox worth reading."</p>
                </div>
            </section>
            {(!standing.turned_down.is_empty()).then(|| view! {
                <div class="table-wrap">
                    <table class="table">
                        <caption class="visually-hidden">"Reasons, the most frequent first"</caption>
                        <thead>
                            <tr>
                                <th scope="col">"Reason"</th>
                                <th scope="col" class="table__number">"Times"</th>
                                <th scope="col">"What helps"</th>
                            </tr>
                        </thead>
                        <tbody>
                            {standing
                                .turned_down
                                .into_iter()
                                .map(|it| view! {
                                    <tr>
                                        <td class="table__main">{it.reason.label()}</td>
                                        <td class="table__number num" data-label="Times">{it.count}</td>
                                        <td data-label="What helps">{advice(it.reason)}</td>
                                    </tr>
                                })
                                .collect_view()}
                        </tbody>
                    </table>
                </div>
            })}
        </div>
    }
}
