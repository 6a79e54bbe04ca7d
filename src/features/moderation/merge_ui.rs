//! `/staff/organizations/{id}/merge`: two profiles of one organization become one, after staff saw what that means.

use super::{
    server_fns,
    views::{MergePerson, MergePlan, MergeScreen},
};
use crate::{
    features::{
        opportunities::views::acting_at,
        organizations::{rules::merging::MoveCounts, views::MergeSide},
    },
    kernel::text::isolated,
    ui::{
        form::{PostForm, Submit, TextArea},
        page::{acting, fetched, shown},
        parts::{Address, Empty, Icon, Logo, Notice, PageHead, Pill},
    },
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};

#[component]
pub fn MergePage() -> impl IntoView {
    let (params, query, workspace) = (use_params_map(), use_query_map(), acting());
    let asked = Memo::new(move |_| {
        let id = params.with(|params| params.get("id").unwrap_or_default());
        (id, query.with(|query| query.get("into").unwrap_or_default()))
    });
    let loaded =
        fetched(move || (asked.get(), workspace.get()), |((id, into), workspace)| server_fns::merge(id, into, workspace));
    view! {
        <Title text="Merge profiles"/>
        {shown(loaded, move |screen: MergeScreen| view! { <Merge screen id=asked.get_untracked().0/> })}
    }
}

#[component]
fn Merge(screen: MergeScreen, id: String) -> impl IntoView {
    let MergeScreen { acting, name, likely, into, refusal, plan } = screen;
    let review = acting_at(&format!("/staff/organizations/{id}"), &acting);
    let merge = format!("/staff/organizations/{id}/merge");
    let likely = likely
        .into_iter()
        .map(|it| {
            let href = acting_at(&format!("{merge}?into={}", it.id), &acting);
            let lit = plan.as_ref().is_some_and(|plan| plan.kept.id == it.id);
            view! { <Likely it href lit/> }
        })
        .collect_view();
    let none = likely.is_empty();
    let (field, chosen) = (into.clone(), acting.clone());
    view! {
        <nav class="breadcrumb" aria-label="Breadcrumb">
            <ol class="breadcrumb__list">
                <li><a href=acting_at("/staff/organizations", &acting)>"Organizations"</a></li>
                <li><a href=review>{name.clone()}</a></li>
                <li><span aria-current="page">"Merge"</span></li>
            </ol>
        </nav>
        <PageHead title=format!("Merge {} into another profile", isolated(&name)) sub="For two profiles of one organization. You see what moves before anything does."/>
        <div class="stack stack--sections">
            <section class="section" aria-labelledby="stays">
                <div class="section__head"><h2 class="section__title" id="stays">"The profile that stays"</h2></div>
                {if none {
                    view! { <Empty title="Nobody looks like it" text="No other profile has this website or a name like this. You can still name one below." icon="search"/> }.into_any()
                } else {
                    view! { <ul class="list">{likely}</ul> }.into_any()
                }}
                <form class="form" method="get" action=merge.clone()>
                    <input type="hidden" name="as" value=chosen/>
                    <div class="field">
                        <label class="field__label" for="merge-into">"Another one"</label>
                        <p class="field__hint" id="merge-into-hint">"Its id, or the address of its page in the directory."</p>
                        <input class="input" id="merge-into" name="into" value=field required maxlength="200" aria-describedby="merge-into-hint"/>
                    </div>
                    <div class="form__actions"><button class="button" type="submit">"See what moves"</button></div>
                </form>
            </section>
            {refusal.map(|words| view! { <Notice tone="danger" title="These two cannot be merged"><p>{words}</p></Notice> })}
            {plan.map(|plan| view! { <Plan plan acting/> })}
        </div>
    }
}

#[component]
fn Likely(it: MergeSide, href: String, lit: bool) -> impl IntoView {
    view! {
        <li class="list__row">
            <Logo name=it.name.clone() url=it.logo_url size="small"/>
            <div class="list__body">
                <a class="list__link" href=href aria-current=lit.then_some("true")>{it.name}</a>
                <p class="list__sub">{it.website}</p>
            </div>
            <div class="list__end"><Pill text=it.status.label() tone="neutral"/></div>
        </li>
    }
}

#[component]
fn Side(it: MergeSide, word: &'static str, tone: &'static str) -> impl IntoView {
    view! {
        <div class="panel">
            <div class="panel__body merge-pair__side">
                <Logo name=it.name.clone() url=it.logo_url size="small"/>
                <div class="merge-pair__text">
                    <p><strong><bdi>{it.name}</bdi></strong></p>
                    <p class="text-soft text-small">{format!("{}, {}", it.website, it.status.label())}</p>
                </div>
                <Pill text=word tone/>
            </div>
        </div>
    }
}

#[component]
fn Plan(plan: MergePlan, acting: String) -> impl IntoView {
    let MergePlan { gone, kept, needs_second, proposed, counts, people, withdrawn, removed } = plan;
    let (into, swap) =
        (kept.id.to_string(), acting_at(&format!("/staff/organizations/{}/merge?into={}", kept.id, gone.id), &acting));
    let (gone_name, kept_name) = (gone.name.clone(), kept.name.clone());
    let rows = lines(&counts)
        .into_iter()
        .map(|(label, number, what)| {
            view! {
                <tr>
                    <th scope="row">{label}</th>
                    <td class="table__number num" data-label="How many">{number.to_string()}</td>
                    <td data-label="What happens">{what}</td>
                </tr>
            }
        })
        .collect_view();
    let title = if needs_second && !proposed { "Propose it to a second person" } else { "Merge" };
    let button = title;
    view! {
        <section class="section" aria-labelledby="plan">
            <div class="section__head">
                <h2 class="section__title" id="plan">"What would happen"</h2>
                <a class="button button--small" href=swap>"The other way round"</a>
            </div>
            <div class="merge-pair">
                <Side it=gone word="Goes" tone="danger"/>
                <span class="merge-pair__arrow"><Icon name="arrow-right"/></span>
                <Side it=kept word="Stays" tone="success"/>
            </div>
            <div class="table-wrap">
                <table class="table">
                    <caption class="visually-hidden">"What moves and what ends"</caption>
                    <thead>
                        <tr><th scope="col">"What"</th><th scope="col" class="table__number">"How many"</th><th scope="col">"What happens"</th></tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
            <Names title="Requests that are withdrawn" names=withdrawn/>
            <Names title="Places that are removed" names=removed/>
            {(!people.is_empty()).then(|| view! { <People people/> })}
        </section>
        <section class="panel" aria-labelledby="merge">
            <header class="panel__head"><h2 class="panel__title" id="merge">{title}</h2></header>
            <div class="panel__body stack">
                {needs_second.then(|| view! {
                    <Notice tone="warning" title="Two of us">
                        <p>{if proposed {
                            "Somebody of the staff proposed exactly this. If that was not you, your word carries it out."
                        } else {
                            "A verified profile goes, so your word proposes it and somebody else of the staff carries it out."
                        }}</p>
                    </Notice>
                })}
                <p class="meta__item">
                    <Icon name="alert" small=true/>
                    {format!(
                        "This cannot be undone: {} becomes an address that leads to {}.",
                        isolated(&gone_name),
                        isolated(&kept_name)
                    )}
                </p>
                <PostForm name="merge" acting>
                    <input type="hidden" name="into" value=into/>
                    <TextArea form="merge" name="reason" label="Reason" hint="The people of both read it, word for word." rows=3 maxlength=1000u32/>
                    <div class="form__actions">
                        <Submit label=button class="button button--danger" name="decision" value="merge"/>
                        {proposed.then(|| view! { <Submit label="Leave them apart" class="button" name="decision" value="drop"/> })}
                    </div>
                </PostForm>
            </div>
        </section>
    }
}

/// Label, number, and what happens to them; only what there is.
fn lines(counts: &MoveCounts) -> Vec<(&'static str, u64, &'static str)> {
    let all = [
        ("Requests", counts.requests, "Move, open and closed, with their whole story."),
        (
            "Open requests twice",
            counts.requests_withdrawn,
            "Both asked the same: the newer is withdrawn, and both sides are told why.",
        ),
        ("Places on events", counts.assignments, "Move. The pages show the name that was agreed on."),
        (
            "Places twice",
            counts.assignments_removed,
            "Both stand on one page in one category: one is removed. Its place at the opportunity is not given back.",
        ),
        (
            "People",
            counts.people,
            "Have their seat in the profile that stays, with the higher of two roles. Rights to sign and to pay are given anew.",
        ),
        (
            "People without a seat",
            counts.people_left,
            "Nobody checked their profile: they are told, and may ask the admins to join.",
        ),
        ("Blocks", counts.blocks, "Hold for the profile that stays."),
        ("Saved views", counts.saved_views, "Move with their people."),
        ("Open reports", counts.reports, "Are about the profile that stays."),
        ("Wishes to join", counts.join_requests, "Wait for the admins of the profile that stays."),
        ("Addresses here", counts.slugs, "Lead to the profile that stays, for ever."),
        ("API keys", counts.api_keys_revoked, "Open nothing any more: they were given for another workspace."),
        ("Invitations", counts.invitations_revoked, "Are taken back."),
        ("Claims", counts.claims_refused, "Are refused with your reason."),
        (
            "Proposed websites",
            counts.proposals_withdrawn,
            "Are withdrawn; the website of the one that goes is free for checks again.",
        ),
        ("Rules of the inbox", counts.rules_removed, "End. Those of the profile that stays sort what comes in."),
    ];
    all.into_iter().filter(|(_, number, _)| *number > 0).collect()
}

#[component]
fn Names(title: &'static str, names: Vec<String>) -> impl IntoView {
    (!names.is_empty()).then(|| {
        view! {
            <div>
                <h3>{title}</h3>
                <ul class="prose">{names.into_iter().map(|name| view! { <li>{name}</li> }).collect_view()}</ul>
            </div>
        }
    })
}

#[component]
fn People(people: Vec<MergePerson>) -> impl IntoView {
    view! {
        <div class="table-wrap">
            <table class="table">
                <caption class="visually-hidden">"Who would have a seat"</caption>
                <thead><tr><th scope="col">"Person"</th><th scope="col">"Role now"</th><th scope="col">"Role afterwards"</th></tr></thead>
                <tbody>
                    {people
                        .into_iter()
                        .map(|one| {
                            let (becomes, tone) = match one.becomes {
                                Some(role) => (role, "success"),
                                None => ("No seat".to_owned(), "neutral"),
                            };
                            view! {
                                <tr>
                                    <td class="table__main"><bdi>{one.name}</bdi><span class="table__sub"><Address text=one.email/></span></td>
                                    <td data-label="Role now">{one.role}</td>
                                    <td data-label="Role afterwards"><Pill text=becomes tone/></td>
                                </tr>
                            }
                        })
                        .collect_view()}
                </tbody>
            </table>
        </div>
    }
}
