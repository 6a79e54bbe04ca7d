//! The staff queue of communities, and the page on which one is decided.

use crate::{
    features::{
        communities::{
            rules::Decision,
            server_fns,
            views::{QueuePage, ReviewView},
        },
        organizations::{trust::TrustBand, ui::Checks},
    },
    kernel::text::isolated,
    ui::{
        form::{PostForm, RadioField, Submit, TextArea},
        page::{acting, fetched, shown},
        parts::{Empty, Logo, More, Notice, PageHead, Pill, Timeline, TimelineEntry},
    },
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};

/// `/staff/communities`.
#[component]
pub fn QueuePageView() -> impl IntoView {
    let (query, workspace) = (use_query_map(), acting());
    let part = Memo::new(move |_| query.read().get("part").unwrap_or_else(|| "waiting".to_owned()));
    let loaded = fetched(
        move || (part.get(), query.read().get("cursor"), workspace.get()),
        |(part, cursor, workspace)| server_fns::queue(part, cursor, workspace),
    );
    let tab = move |key: &'static str, label: &'static str| {
        let href = move || format!("/staff/communities?part={key}{}", suffix(workspace.get().as_deref()));
        view! { <a class="tabs__tab" href=href aria-current=move || (part.get() == key).then_some("page")>{label}</a> }
    };
    view! {
        <Title text="Communities"/>
        <div class="stack">
            <PageHead title="Communities" sub="Decide who comes onto the marketplace."/>
            <nav class="tabs" aria-label="Communities by status">
                {tab("waiting", "Waiting")} {tab("listed", "On the marketplace")} {tab("closed", "Rejected and suspended")}
            </nav>
            {shown(loaded, move |page| view! { <Queue page part=part.get_untracked() workspace=workspace.get_untracked()/> })}
        </div>
    }
}

fn suffix(workspace: Option<&str>) -> String {
    workspace.map(|workspace| format!("&as={workspace}")).unwrap_or_default()
}

#[component]
fn Queue(page: QueuePage, part: String, workspace: Option<String>) -> impl IntoView {
    if page.items.is_empty() {
        return view! { <Empty title="Nobody is waiting here" text="New sign-ups appear as soon as they come in." icon="check-circle"/> }
            .into_any();
    }
    let tail = suffix(workspace.as_deref());
    let next = page.next_cursor.map(|cursor| format!("/staff/communities?part={part}&cursor={cursor}{tail}"));
    let count = format!("Showing {} of {}", page.items.len(), page.count_label);
    let query = workspace.map(|workspace| format!("?as={workspace}")).unwrap_or_default();
    view! {
        <div class="table-wrap">
            <table class="table">
                <caption class="visually-hidden">"Communities, the longest waiting first"</caption>
                <thead>
                    <tr>
                        <th scope="col">"Community"</th>
                        <th scope="col">"Status"</th>
                        <th scope="col" class="table__number">"Score"</th>
                        <th scope="col">"Signed up"</th>
                    </tr>
                </thead>
                <tbody>
                    {page
                        .items
                        .into_iter()
                        .map(|item| {
                            let score = if item.checked { item.score.to_string() } else { "being checked".to_owned() };
                            let tone = if item.checked { TrustBand::of(item.score).tone() } else { "neutral" };
                            view! {
                                <tr>
                                    <td class="table__main">
                                        <a class="table__link" href=format!("/staff/communities/{}{query}", item.id)>{item.name}</a>
                                        <span class="table__sub">{item.community_type}", "<bdi>{item.place_label}</bdi></span>
                                    </td>
                                    <td data-label="Status">
                                        <Pill text=item.status_label tone=item.tone/>
                                        {item.more_asked.then(|| view! { " " <Pill text="Asked for more" tone="warning"/> })}
                                    </td>
                                    <td class="table__number" data-label="Score"><span class=format!("pill num tone-{tone}")>{score}</span></td>
                                    <td data-label="Signed up"><time datetime=item.submitted_at>{item.age_label}</time></td>
                                </tr>
                            }
                        })
                        .collect_view()}
                </tbody>
            </table>
        </div>
        <More count next/>
    }
    .into_any()
}

/// `/staff/communities/:id`.
#[component]
pub fn ReviewPage() -> impl IntoView {
    let (params, workspace) = (use_params_map(), acting());
    let loaded = fetched(
        move || (params.read().get("id").unwrap_or_default(), workspace.get()),
        |(id, workspace)| server_fns::review(id, workspace),
    );
    shown(loaded, move |review| view! { <Review review workspace=workspace.get_untracked()/> })
}

#[component]
fn Review(review: ReviewView, workspace: Option<String>) -> impl IntoView {
    let community = review.community.clone();
    let standing = community.standing.clone();
    let (status_label, tone) = standing.map(|s| (s.status_label, s.tone)).unwrap_or_default();
    let back = workspace
        .as_ref()
        .map_or_else(|| "/staff/communities".to_owned(), |workspace| format!("/staff/communities?as={workspace}"));
    let asked = use_query_map().with_untracked(|query| query.get("checks").is_some());
    view! {
        <Title text=community.name.clone()/>
        <div class="stack">
            <nav class="breadcrumb" aria-label="Breadcrumb">
                <ol class="breadcrumb__list">
                    <li><a href=back>"Communities"</a></li>
                    <li><span aria-current="page">{community.name.clone()}</span></li>
                </ol>
            </nav>
            {asked.then(|| view! { <Notice tone="info" title="The checks run again"><p>"What they find stands here in a minute."</p></Notice> })}
            <PageHead title=community.name.clone() over="Community" sub=format!("Signed up {} ago, {}", review.age_label, community.place_label)>
                <Pill text=status_label tone/>
            </PageHead>
            <div class="sidebar">
                <div class="stack stack--sections">
                    <Written review=review.clone()/>
                    <Evidence review=review.clone() workspace=workspace.clone().unwrap_or_default()/>
                    <Rivals review=review.clone() workspace=workspace.clone()/>
                    <History review=review.clone()/>
                </div>
                <aside class="stack"><Decide decisions=review.decisions workspace/></aside>
            </div>
        </div>
    }
}

#[component]
fn Written(review: ReviewView) -> impl IntoView {
    let community = review.community;
    let row = |term: &'static str, value: String| {
        (!value.is_empty()).then(|| view! { <div class="definition__row"><dt>{term}</dt><dd>{value}</dd></div> })
    };
    let contact = community.contact.clone();
    view! {
        <section class="panel">
            <header class="panel__head">
                <h2 class="panel__title">"What they wrote"</h2>
                <Logo name=community.name.clone() url=community.logo_url.clone() size="medium"/>
            </header>
            <div class="panel__body">
                <dl class="definition">
                    {row("About", community.bio.clone())}
                    {row("Type", community.community_type.clone())}
                    {row("Region", community.region.clone())}
                    {row("Languages", community.languages.join(", "))}
                    {row("People it reaches", community.size.clone())}
                    {(!community.website.is_empty()).then(|| view! {
                        <div class="definition__row">
                            <dt>"Website"</dt>
                            <dd><a href=community.website.clone() rel="noopener nofollow">{community.website_label.clone()}</a></dd>
                        </div>
                    })}
                    {row("Official e-mail", contact.as_ref().map(|c| c.official_email.clone()).unwrap_or_default())}
                    {row("Phone", contact.map(|c| c.phone).unwrap_or_default())}
                    {row("Owner", format!("{}, {}", isolated(&review.owner.name), review.owner.email))}
                    {community
                        .social_links
                        .into_iter()
                        .map(|link| {
                            let href = link.url.clone();
                            view! {
                                <div class="definition__row"><dt>{link.label}</dt><dd><a href=href rel="noopener nofollow">{link.url}</a></dd></div>
                            }
                        })
                        .collect_view()}
                </dl>
            </div>
        </section>
    }
}

#[component]
fn Evidence(review: ReviewView, workspace: String) -> impl IntoView {
    let again = view! {
        <PostForm name="checks" acting=workspace>
            <Submit label="Run the checks again" class="button button--small"/>
        </PostForm>
    };
    let Some(checked) = review.checked_label else {
        return view! {
            <section class="panel">
                <header class="panel__head"><h2 class="panel__title">"Checks"</h2>{again}</header>
                <div class="panel__body"><p>"They run within a minute after the sign-up. Load the page again."</p></div>
            </section>
        }
        .into_any();
    };
    view! {
        <section class="panel">
            <header class="panel__head">
                <h2 class="panel__title">"Checks"</h2>
                <p class="text-soft text-small">{format!("Run on {checked}")}</p>
                {again}
            </header>
            <div class="panel__body stack">
                <Checks trust=review.trust checks=review.checks earlier=review.earlier_checks/>
            </div>
        </section>
    }
    .into_any()
}

#[component]
fn Rivals(review: ReviewView, workspace: Option<String>) -> impl IntoView {
    let query = workspace.map(|workspace| format!("?as={workspace}")).unwrap_or_default();
    (!review.rivals.is_empty()).then(|| view! {
        <section class="panel">
            <header class="panel__head"><h2 class="panel__title">"Easily taken for"</h2></header>
            <div class="panel__body">
                <ul class="list">
                    {review
                        .rivals
                        .into_iter()
                        .map(|rival| view! {
                            <li class="list__row">
                                <div class="list__body">
                                    <a class="list__link" href=format!("/staff/communities/{}{query}", rival.id)>{rival.name}</a>
                                    <p class="list__sub">{format!("{}: {}", rival.place_label, rival.why)}</p>
                                </div>
                                <div class="list__end"><Pill text=rival.status_label tone=rival.tone/></div>
                            </li>
                        })
                        .collect_view()}
                </ul>
            </div>
        </section>
    })
}

#[component]
fn History(review: ReviewView) -> impl IntoView {
    let entries = review
        .history
        .into_iter()
        .map(|line| {
            let (tone, icon) = match line.what.as_str() {
                "Approved" | "Became active" | "Restored" => ("success", "check"),
                "Answered" => ("info", "message"),
                "Profile edited" => ("neutral", "edit"),
                "Rejected" | "Suspended" => ("danger", "ban"),
                "Asked for more" => ("warning", "help"),
                _ => ("neutral", "history"),
            };
            TimelineEntry {
                text: line.what,
                at: line.at,
                at_label: line.at_label,
                tone: tone.to_owned(),
                icon: icon.to_owned(),
                quote: Some(line.note).filter(|note| !note.is_empty()),
            }
        })
        .collect();
    view! {
        <section class="panel">
            <header class="panel__head"><h2 class="panel__title">"What happened"</h2></header>
            <div class="panel__body"><Timeline entries/></div>
        </section>
    }
}

#[component]
fn Decide(decisions: Vec<Decision>, workspace: Option<String>) -> impl IntoView {
    if decisions.is_empty() {
        return view! { <section class="panel"><div class="panel__body"><p>"There is nothing to decide."</p></div></section> }
            .into_any();
    }
    let options: Vec<(String, String, String)> = decisions
        .into_iter()
        .map(|decision| {
            let (label, hint) = match decision {
                Decision::Approve => ("Approve", "They can publish, and ask sponsors."),
                Decision::Restore => ("Restore", "Lifts the suspension. They are active again once the owner signs in."),
                Decision::Reject => ("Reject", "Final: they may sign up again."),
                Decision::AskMore => ("Ask for more", "They go on waiting until they answer."),
                Decision::Suspend => ("Suspend", "They and their events leave the marketplace."),
            };
            (decision.label().to_owned(), label.to_owned(), hint.to_owned())
        })
        .collect();
    view! {
        <PostForm name="decide" class="decision panel" acting=workspace.unwrap_or_default()>
            <header class="panel__head"><h2 class="panel__title">"Decide"</h2></header>
            <div class="panel__body stack">
                <RadioField form="decide" name="status" label="What happens with this community" options/>
                <TextArea form="decide" name="reason" label="Reason" hint="Mailed to the owner. Approving and restoring need none." optional=true rows=4 maxlength=1_000_u32/>
            </div>
            <footer class="panel__foot"><Submit label="Decide"/></footer>
        </PostForm>
    }
    .into_any()
}
