//! `/staff/requests`: what looked unusual and waits for staff before it is delivered.

use crate::{
    features::{
        opportunities::views::acting_at,
        requests::{
            server_fns,
            views::{HeldScreen, HeldView},
        },
    },
    ui::{
        form::{FormState, PostForm, Submit, TextArea},
        page::{acting, fetched, shown},
        parts::{Empty, More, PageHead, Pill},
    },
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

#[component]
pub fn HeldPage() -> impl IntoView {
    let (query, workspace) = (use_query_map(), acting());
    let loaded = fetched(
        move || (query.read().get("cursor").unwrap_or_default(), workspace.get()),
        |(cursor, workspace)| server_fns::held(cursor, workspace),
    );
    view! {
        <Title text="Held requests"/>
        <div class="stack">
            <PageHead title="Held requests" sub="They looked unusual. Their receivers do not know of them yet; the longest waiting comes first."/>
            {shown(loaded, |screen| view! { <Held screen/> })}
        </div>
    }
}

#[component]
fn Held(screen: HeldScreen) -> impl IntoView {
    let HeldScreen { page, acting } = screen;
    if page.items.is_empty() {
        return view! { <Empty title="Nothing is held" text="Requests that look unusual appear here as soon as they are sent." icon="check-circle"/> }
            .into_any();
    }
    let total = if page.total_capped { "1,000+".to_owned() } else { page.total.to_string() };
    let count = format!("Showing {} of {total}", page.items.len());
    let next = page.next_cursor.map(|cursor| acting_at(&format!("/staff/requests?cursor={cursor}"), &acting));
    let only = page.items.len() == 1;
    view! {
        <PostForm name="judge" acting class="stack">
            {page.items.into_iter().map(|it| view! { <One it only/> }).collect_view()}
            <section class="panel dock" aria-label="Decision">
                <div class="panel__body stack">
                    <TextArea form="judge" name="reason" label="Why it is not delivered" hint="Its sender reads this. Not needed to deliver it." optional=true rows=2 maxlength=1000_u32/>
                    <div class="form__actions">
                        <Submit label="Deliver" name="decision" value="release"/>
                        <Submit label="Do not deliver" class="button button--danger" name="decision" value="refuse"/>
                    </div>
                </div>
            </section>
        </PostForm>
        <More count next/>
    }
    .into_any()
}

/// One of them; the form around the list decides on the one that is chosen.
#[component]
fn One(it: HeldView, only: bool) -> impl IntoView {
    let heading = format!("held-{}", it.id);
    let titled = heading.clone();
    let id = it.id.to_string();
    let chosen = expect_context::<FormState>().start("request", "") == id || only;
    view! {
        <article class="panel pick" aria-labelledby=titled>
            <header class="panel__head">
                <h2 class="panel__title" id=heading><bdi>{it.from}</bdi> " to " <bdi>{it.to}</bdi></h2>
                <Pill text=format!("waits {}", it.age_label) tone="warning"/>
            </header>
            <div class="panel__body stack">
                <p><bdi>{it.event_title}</bdi> ", " {it.sent_label}</p>
                <p><strong>"Held because "</strong>{it.why}</p>
                {(!it.message.is_empty()).then(|| view! { <blockquote class="timeline__quote">{it.message}</blockquote> })}
                <label class="choice choice--plain pick__choice">
                    <input class="choice__input" type="radio" name="request" value=id checked=chosen/>
                    <span class="choice__label">"Decide on this one"</span>
                </label>
            </div>
        </article>
    }
}
