//! `/export`: an admin takes everything of the workspace along.

use super::{
    server_fns,
    views::{ExportView, ReadyView},
};
use crate::{
    kernel::text::isolated,
    ui::{
        form::{PostForm, Submit},
        page::{acting, fetched, shown},
        parts::{Icon, Notice, PageHead},
    },
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

#[component]
pub fn ExportPage() -> impl IntoView {
    let (query, workspace) = (use_query_map(), acting());
    let ticket = Memo::new(move |_| query.read().get("ticket").unwrap_or_default());
    let loaded = fetched(move || (ticket.get(), workspace.get()), |(ticket, workspace)| server_fns::export(ticket, workspace));
    view! {
        <Title text="Export"/>
        {shown(loaded, |found| view! { <Export found/> })}
    }
}

#[component]
fn Export(found: ExportView) -> impl IntoView {
    let ExportView { name, acting, ready } = found;
    let ready = ready.map(|ReadyView { json, zip }| {
        view! {
            <Notice tone="success" title="Your export is ready">
                <p>"The links open for an hour, for you alone. What stands in the files is what is there when you open them; of a large workspace that takes a moment, so twenty an hour are put together for you."</p>
                <div class="cluster">
                    <a class="button button--primary" href=zip rel="external" download=""><Icon name="download" small=true/>"Tables (ZIP of CSV)"</a>
                    <a class="button" href=json rel="external" download=""><Icon name="download" small=true/>"One document (JSON)"</a>
                </div>
            </Notice>
        }
    });
    view! {
        <div class="center center--narrow stack stack--sections">
            <PageHead title="Export" sub=format!("Take everything of {} along, in files that other programs read.", isolated(&name))/>
            {ready}
            <section class="panel">
                <header class="panel__head"><h2 class="panel__title">"What stands in it"</h2></header>
                <div class="panel__body stack">
                    <p>"The profile with its pictures, its people and invitations, events and who stands on their pages, opportunities, requests with every wording, who waits in which line, decisions that you prepared, what your inbox does by itself, files that you brought and what became of their rows, your embeds, your API keys and second-factor rule, and whom you block: all that you see here yourself, and nothing of others that you do not."</p>
                    <p>"No secret leaves with it: no password, no key, and no code of a second factor."</p>
                    <p class="form__note">"The other admins are told of every export. In the tables, cells that a spreadsheet would take for a formula begin with an apostrophe."</p>
                    <PostForm name="export" acting>
                        <div class="form__actions"><Submit label="Export everything"/></div>
                    </PostForm>
                </div>
            </section>
        </div>
    }
}
