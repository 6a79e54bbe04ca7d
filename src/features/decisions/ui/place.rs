//! The panel under a request: waiting for a place, the place that is kept, the place that was released. Nothing where there is
//! nothing to say or to do.

use crate::{
    features::decisions::{
        changes::{DiffKind, DiffLine},
        server_fns,
        views::{PlaceScreen, WaitingState},
    },
    ui::{
        form::{PostForm, Submit, TextArea, came_back},
        page::{acting, fetched},
    },
};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

#[component]
pub fn PlacePanel() -> impl IntoView {
    let params = use_params_map();
    let acting = acting();
    let loaded = fetched(
        move || (params.read().get("id").unwrap_or_default(), acting.get()),
        |(id, workspace)| server_fns::place(id, workspace),
    );
    view! {
        <Suspense strict=true>
            // The page above it says what is wrong, when something is.
            {move || Suspend::new(async move {
                loaded.await.ok().map(|screen| {
                    let changes = screen.place.changes.clone();
                    view! { <Changes changes/> <Place screen/> }
                })
            })}
        </Suspense>
    }
}

#[component]
fn Place(screen: PlaceScreen) -> impl IntoView {
    let PlaceScreen { place, revision_hash, acting } = screen;
    let can = place.can;
    let ours = acting.starts_with("community:");
    let (title, text, tone) = match (place.waiting, &place.release_reason) {
        (_, Some(reason)) => ("The place was released", reason.clone(), "neutral"),
        (Some(WaitingState::Waiting), _) if can.wait => (
            "On the waiting list",
            "Agree now, and a place is offered to them in their turn without another word of yours.".to_owned(),
            "neutral",
        ),
        (Some(WaitingState::Waiting), _) => (
            "Waiting for a place",
            match place.position {
                Some(1) => "Next in line. The place is offered as soon as one is free.".to_owned(),
                Some(at) => format!("Number {at} in line. Places are offered in order as they become free."),
                None => "Places are offered in order as they become free.".to_owned(),
            },
            "neutral",
        ),
        (Some(WaitingState::Offered), _) if can.take => (
            "A place is kept for you",
            format!("Take it by {}. After that it is offered to the next in line.", place.offer_until_label),
            "accent",
        ),
        (Some(WaitingState::Offered), _) if place.awaits_answer => (
            "A place is kept",
            if ours {
                format!("Answer by {}: they are next in line. After that it goes to the next.", place.offer_until_label)
            } else {
                format!("It is kept for you until {}, for the community's answer.", place.offer_until_label)
            },
            if ours { "accent" } else { "neutral" },
        ),
        (Some(WaitingState::Offered), _) => (
            "A place is kept",
            format!("It is kept until {}, then offered to the next in line.", place.offer_until_label),
            "neutral",
        ),
        (Some(WaitingState::Lapsed), _) => (
            "The place was not taken in time",
            "It was offered to the next in line. You can wait for another one.".to_owned(),
            "neutral",
        ),
        _ if can.wait => (
            "Every place is taken",
            if ours {
                "Agree to what is offered and let them wait in line: when a place is released, it is offered in order.".to_owned()
            } else {
                "Wait in line: when a place is released, it is offered in order.".to_owned()
            },
            "neutral",
        ),
        _ if can.release => (
            "A place is taken",
            "Release it when it cannot be kept: whoever is next in line is offered it.".to_owned(),
            "neutral",
        ),
        _ => return ().into_any(),
    };
    let wait_label = match (ours, place.waiting) {
        (true, Some(WaitingState::Waiting)) => "Agree in advance",
        (true, _) => "Put on the waiting list",
        (false, _) => "Wait for a place",
    };
    view! {
        <section class=format!("next-action tone-{tone}") aria-labelledby="place">
            <div class="next-action__text">
                <p class="next-action__over">"Place"</p>
                <h2 class="next-action__title" id="place">{title}</h2>
                <p>{text}</p>
            </div>
            <div class="next-action__actions">
                {can.take.then(|| view! {
                    <PostForm name="take-place" acting=acting.clone() class="cluster"><Submit label="Take the place"/></PostForm>
                })}
                {can.wait.then(|| view! {
                    <PostForm name="wait-for-place" acting=acting.clone() class="cluster">
                        <input type="hidden" name="revisionHash" value=revision_hash/>
                        <Submit label=wait_label class="button"/>
                    </PostForm>
                })}
                {can.release.then(|| view! {
                    <details class="disclosure" open=came_back(&["release-place"])>
                        <summary class="button">"Release the place"</summary>
                        <div class="disclosure__body">
                            <PostForm name="release-place" acting=acting.clone()>
                                <TextArea
                                    form="release-place"
                                    name="reason"
                                    label="Why"
                                    hint="They are told, and they leave the event's page."
                                    rows=3
                                    maxlength=1000_u32
                                />
                                <div class="form__actions"><Submit label="Release the place" class="button button--danger"/></div>
                            </PostForm>
                        </div>
                    </details>
                })}
            </div>
        </section>
    }
    .into_any()
}

/// What changed in the offer and the event since the request was made, for both sides alike.
#[component]
pub fn Changes(changes: Vec<DiffLine>) -> impl IntoView {
    if changes.is_empty() {
        return ().into_any();
    }
    let rows = changes
        .into_iter()
        .map(|line| {
            let (word, said) = line
                .text
                .split_once(": ")
                .map_or((String::new(), line.text.clone()), |(word, said)| (word.to_owned(), said.to_owned()));
            match line.kind {
                DiffKind::Removed => {
                    view! { <div class="diff__row diff__row--removed"><dt>{word}</dt><dd><del>{said}</del></dd></div> }.into_any()
                }
                _ => view! { <div class="diff__row diff__row--added"><dt>{word}</dt><dd><ins>{said}</ins></dd></div> }.into_any(),
            }
        })
        .collect_view();
    view! {
        <section class="panel" aria-labelledby="changed">
            <header class="panel__head"><h2 class="panel__title" id="changed">"Changed since you applied"</h2></header>
            <div class="panel__body">
                <p class="text-soft">"What the offer and the event say now, against what they said when this request was made. The agreed wording stays as it was."</p>
                <dl class="diff">{rows}</dl>
            </div>
        </section>
    }
    .into_any()
}
