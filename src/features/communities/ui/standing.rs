//! Where a community stands, for its own people: the head of their dashboard.

use crate::{
    features::{communities::views::CommunityView, organizations::views::WaitingRegistration},
    kernel::{actor::CommunityStatus, text::isolated},
    ui::{
        form::{PostForm, Submit},
        parts::{Icon, Notice},
    },
};
use leptos::prelude::*;

/// What waits for the community, what staff asked, what would help; nothing once all of it is done.
#[component]
pub fn CommunityStanding(community: CommunityView) -> impl IntoView {
    let standing = community.standing?;
    if standing.status == CommunityStatus::Active {
        return None;
    }
    let asked = standing.more_asked.map(|question| {
        view! {
            <Notice tone="warning" title="Our team has a question">
                <blockquote class="timeline__quote">{question}</blockquote>
                <p><a href="/community/profile">"Answer it on your profile"</a></p>
            </Notice>
        }
    });
    let reason = standing.decision_reason.map(|reason| view! { <blockquote class="timeline__quote">{reason}</blockquote> });
    let advice = standing.advice.filter(|advice| !advice.helps.is_empty() || !advice.good.is_empty()).map(|advice| {
        view! {
            <section class="panel">
                <header class="panel__head"><h2 class="panel__title">{advice.headline}</h2></header>
                <div class="panel__body">
                    <ul class="checklist">
                        {advice.helps.into_iter().map(|text| item("alert", "", text)).collect_view()}
                        {advice.notes.into_iter().map(|text| item("info", "", text)).collect_view()}
                        {advice.good.into_iter().map(|text| item("check", "done", text)).collect_view()}
                    </ul>
                </div>
            </section>
        }
    });
    Some(view! {
        <div class="stack">
            <Notice tone=standing.tone title=format!("{}: {}", isolated(&community.name), standing.status_label.to_lowercase())>
                {reason}
                <p>{standing.next_step}</p>
            </Notice>
            {asked}
            {advice}
        </div>
    })
}

fn item(icon: &'static str, state: &'static str, text: String) -> impl IntoView {
    view! {
        <li class="checklist__item" data-state=(!state.is_empty()).then_some(state)>
            <span class="checklist__mark"><Icon name=icon small=true/></span>
            <div class="checklist__body"><p class="checklist__text">{text}</p></div>
        </li>
    }
}

/// What registrations ask of the reader, their owner: the question of the mailed link, for as long as it is not answered.
#[component]
pub fn WaitingRegistrations(registrations: Vec<WaitingRegistration>, acting: String) -> impl IntoView {
    registrations
        .into_iter()
        .map(|it| {
            let title = format!("registration-{}", it.community_id);
            let name = isolated(&it.name);
            let text = if it.by_reader {
                format!("You registered {name} {}.", it.asked_label)
            } else {
                format!("Somebody registered {name} {}, and named you as its owner.", it.asked_label)
            };
            view! {
                <section class="panel" aria-labelledby=title.clone()>
                    <header class="panel__head">
                        <h2 class="panel__title" id=title.clone()>{format!("Is the community {name} yours?")}</h2>
                    </header>
                    <div class="panel__body">
                        <p>{text}</p>
                        <p>"Say yes, and our staff look at it. Until then it waits."</p>
                        <PostForm name="registration" acting=acting.clone()>
                            <input type="hidden" name="communityId" value=it.community_id.to_string()/>
                            <div class="form__actions">
                                <Submit label="Yes, it is mine" name="answer" value="yes"/>
                                {(!it.by_reader).then(|| view! { <Submit label="No, it is not" name="answer" value="no" class="button"/> })}
                            </div>
                        </PostForm>
                    </div>
                </section>
            }
        })
        .collect_view()
}
