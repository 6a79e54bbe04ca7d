//! `/manage/opportunities/{id}/decisions`: what the community means to say to its applicants, until it says it to all of them.

use crate::{
    features::{
        decisions::{
            server_fns,
            views::{Decision, DecisionRow, DecisionsScreen},
        },
        opportunities::views::acting_at,
    },
    kernel::{labels::RejectionReason, text::isolated},
    ui::{
        form::{FieldError, FormState, PostForm, Submit, field_id},
        page::{acting, fetched, shown},
        parts::{Empty, Logo, Notice, PageHead, Pill},
    },
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

#[component]
pub fn DecisionsPage() -> impl IntoView {
    let params = use_params_map();
    let acting = acting();
    let loaded = fetched(
        move || (params.read().get("id").unwrap_or_default(), acting.get()),
        |(id, workspace)| server_fns::decisions(id, workspace),
    );
    view! {
        <Title text="Decisions"/>
        {shown(loaded, |screen| view! { <Decisions screen/> })}
    }
}

#[component]
fn Decisions(screen: DecisionsScreen) -> impl IntoView {
    let DecisionsScreen { view: it, acting } = screen;
    let back = acting_at(&format!("/manage/opportunities/{}", it.opportunity_id), &acting);
    let head = view! {
        <nav class="breadcrumb" aria-label="Breadcrumb">
            <ol class="breadcrumb__list">
                <li><a href=acting_at("/manage/opportunities", &acting)>"Your opportunities"</a></li>
                <li><a href=back.clone()>{it.opportunity_title.clone()}</a></li>
                <li><span aria-current="page">"Decisions"</span></li>
            </ol>
        </nav>
        <PageHead title="Decisions" over=it.event_title.clone() sub=format!("{}, {}", isolated(&it.opportunity_title), it.places_label)/>
    };
    if it.items.is_empty() {
        return view! {
            <div class="center center--narrow stack">
                {head}
                <Empty title="No application waits for you" text="New applications appear here, and decisions that were released are in your inbox." icon="inbox">
                    <a class="button" href=back>"Back to the opportunity"</a>
                </Empty>
            </div>
        }
        .into_any();
    }
    let prepared = it.prepared;
    let release = (prepared > 0).then(|| {
        let title =
            if prepared == 1 { "One decision is prepared".to_owned() } else { format!("{prepared} decisions are prepared") };
        let label = if prepared == 1 { "Release the decision" } else { "Release all of them" };
        view! {
            <section class="next-action tone-accent" aria-labelledby="release">
                <div class="next-action__text">
                    <p class="next-action__over">"Not said yet"</p>
                    <h2 class="next-action__title" id="release">{title}</h2>
                    <p>"Applicants see nothing of them. On release, each one gets one mail with the answer."</p>
                </div>
                <div class="next-action__actions">
                    <PostForm name="release-decisions" acting=acting.clone() class="cluster"><Submit label/></PostForm>
                </div>
            </section>
        }
    });
    let (items, at) = (it.items, acting.clone());
    view! {
        <div class="center center--narrow stack">
            {head}
            {release}
            <PostForm name="prepare" acting=acting.clone()>
                // Made in here, where the form gives its fields what they share.
                {items.into_iter().enumerate().map(|(index, row)| view! { <Row index row acting=at.clone()/> }).collect_view()}
                <div class="form__actions"><Submit label="Save without telling anybody" class="button"/></div>
            </PostForm>
        </div>
    }
    .into_any()
}

#[component]
fn Row(index: usize, row: DecisionRow, acting: String) -> impl IntoView {
    let state = expect_context::<FormState>();
    let path = |field: &str| format!("decisions[{index}].{field}");
    let decision = state.start(&path("decision"), row.decision.map(Decision::label).unwrap_or_default());
    let reason = state.start(&path("reason"), &row.reason);
    let note = state.start(&path("note"), &row.note);
    let id = |field: &str| field_id("prepare", &path(field));
    let choices = [("", "Not decided"), ("Accept", "Accept"), ("Decline", "Decline")]
        .map(|(value, label)| view! { <option value=value selected=value == decision>{label}</option> })
        .collect_view();
    let reasons = RejectionReason::LABELS
        .iter()
        .map(|label| view! { <option value=*label selected=*label == reason>{*label}</option> })
        .collect_view();
    let name = row.organization.name.clone();
    view! {
        <fieldset class="fieldset">
            <legend class="fieldset__legend"><bdi>{name.clone()}</bdi></legend>
            <div class="cluster">
                <Logo name=name url=row.organization.logo_url.clone() size="small"/>
                <a href=acting_at(&format!("/requests/{}", row.request_id), &acting)>"See the application"</a>
                <span class="num">{row.amount_label.clone()}</span>
                <span class="text-soft text-small">"Stands until " {row.expires_label.clone()}</span>
                {(!row.waiting_label.is_empty()).then(|| view! { <Pill text=row.waiting_label.clone() tone="neutral"/> })}
            </div>
            {(!row.message.is_empty()).then(|| view! { <p class="measure text-soft" dir="auto">{row.message.clone()}</p> })}
            {row.stale.then(|| view! {
                <Notice tone="warning" title="Their offer changed"><p>"Read it again: what you prepared was about the wording before."</p></Notice>
            })}
            {(!row.problem.is_empty()).then(|| view! {
                <Notice tone="danger" title="This could not be released"><p>{row.problem.clone()}</p></Notice>
            })}
            <input type="hidden" name=path("requestId") value=row.request_id.to_string()/>
            <input type="hidden" name=path("revisionHash") value=row.revision_hash.clone()/>
            <div class="form__row">
                <div class="field">
                    <label class="field__label" for=id("decision")>"Decision"</label>
                    <div class="field__control"><select class="select" id=id("decision") name=path("decision")>{choices}</select></div>
                    <FieldError id=id("decision") name=path("decision")/>
                </div>
                <div class="field">
                    <label class="field__label" for=id("reason")>"Reason " <span class="field__optional">"when you decline"</span></label>
                    <div class="field__control">
                        <select class="select" id=id("reason") name=path("reason")>
                            <option value="" selected=reason.is_empty()>"Choose…"</option>
                            {reasons}
                        </select>
                    </div>
                    <FieldError id=id("reason") name=path("reason")/>
                </div>
            </div>
            <div class="field">
                <label class="field__label" for=id("note")>"Note to them " <span class="field__optional">"optional"</span></label>
                <div class="field__control"><textarea class="textarea" id=id("note") name=path("note") rows="2" maxlength="1000">{note}</textarea></div>
                <FieldError id=id("note") name=path("note")/>
            </div>
        </fieldset>
    }
}
