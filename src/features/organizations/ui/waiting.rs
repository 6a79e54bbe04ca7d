//! `/staff/changes`: what waits for staff beside applications: claims, websites, second persons.

use crate::{
    features::organizations::{
        server_fns,
        views::{ClaimView, DisablingView, MergeWaiting, ProposalView, WaitingView, within},
    },
    kernel::text::isolated,
    ui::{
        page::{acting, fetched, shown},
        parts::{Empty, PageHead},
    },
};
use leptos::prelude::*;
use leptos_meta::Title;

#[component]
pub fn StaffChangesPage() -> impl IntoView {
    let acting = acting();
    let loaded = fetched(move || acting.get(), server_fns::waiting);
    view! {
        <Title text="Changes of sponsors"/>
        {shown(loaded, move |waiting: WaitingView| view! { <Waiting waiting acting=acting.get_untracked().unwrap_or_default()/> })}
    }
}

#[component]
fn Waiting(waiting: WaitingView, acting: String) -> impl IntoView {
    let back = within("/staff/organizations", &acting);
    if waiting.is_empty() {
        return view! {
            <Empty only=true title="No change waits" text="Claims, new websites and proposals to disable appear here as they come." icon="check-circle">
                <a class="button" href=back>"Open the applications"</a>
            </Empty>
        }
        .into_any();
    }
    let WaitingView { claims, proposals, disablings, merges } = waiting;
    let claims = claims.into_iter().map(|claim: ClaimView| {
        let by = claim.invited_by.map(|community| format!(", invited for {}", isolated(&community))).unwrap_or_default();
        (
            claim.organization_id.to_string(),
            claim.display_name,
            format!("{} claims {}, {}{by}", claim.email, short(&claim.website), claim.method_label),
            claim.waits_label,
        )
    });
    let proposals = proposals.into_iter().map(|it: ProposalView| {
        (
            it.organization_id.to_string(),
            it.display_name,
            format!("{} wants to move from {} to {}", isolated(&it.proposed_by), short(&it.old_website), short(&it.website)),
            it.waits_label,
        )
    });
    let disablings = disablings.into_iter().map(|it: DisablingView| {
        (
            it.organization_id.to_string(),
            it.display_name,
            format!("{} proposes to disable it: {}", isolated(&it.proposed_by), isolated(&it.reason)),
            it.waits_label,
        )
    });
    let merges = merges.into_iter().map(|it: MergeWaiting| {
        (
            it.gone_id.to_string(),
            it.gone_name,
            format!(
                "{} proposes to merge it into {}: {}",
                isolated(&it.proposed_by),
                isolated(&it.kept_name),
                isolated(&it.reason)
            ),
            it.waits_label,
        )
    });
    view! {
        <PageHead title="Changes that wait" sub="The one that has waited longest first.">
            <a class="button" href=back>"Applications"</a>
        </PageHead>
        <div class="stack stack--sections">
            <Rows title="Claims" rows=claims.collect() acting=acting.clone()/>
            <Rows title="Websites" rows=proposals.collect() acting=acting.clone()/>
            <Rows title="For a second person" rows=disablings.chain(merges).collect() acting/>
        </div>
    }
    .into_any()
}

/// A website as people write it. It was parsed when it was stored, and the program of the browser parses no addresses.
fn short(website: &str) -> &str {
    let rest = website.split_once("://").map_or(website, |(_, rest)| rest);
    rest.strip_suffix('/').filter(|host| !host.contains('/')).unwrap_or(rest)
}

/// Id, name, what is wanted, since when.
#[component]
fn Rows(title: &'static str, rows: Vec<(String, String, String, String)>, acting: String) -> impl IntoView {
    (!rows.is_empty()).then(|| {
        view! {
            <section class="section">
                <div class="section__head"><h2 class="section__title">{title}</h2></div>
                <ul class="list">
                    {rows
                        .into_iter()
                        .map(|(id, name, what, waits)| view! {
                            <li class="list__row">
                                <div class="list__body">
                                    <a class="list__link" href=within(&format!("/staff/organizations/{id}"), &acting)>{name}</a>
                                    <p class="list__sub">{what}</p>
                                </div>
                                <div class="list__end"><span class="text-soft">{format!("waits {waits}")}</span></div>
                            </li>
                        })
                        .collect_view()}
                </ul>
            </section>
        }
    })
}
