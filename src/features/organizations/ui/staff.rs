//! `/staff/organizations`: who waits, and one application with its evidence and the decision.

use super::{
    evidence::{Checks, Evidence},
    fields::tone,
};
use crate::{
    features::organizations::{
        rules::{Standing, Verdict, claims::ClaimState},
        server_fns,
        trust::TrustBand,
        views::{
            ClaimView, MergeWaiting, PartCount, ProposalView, QueueGroup, QueueOrder, QueueRow, QueueView, RegistryView,
            ReviewView, StaffPart, StepView, within,
        },
    },
    kernel::text::isolated,
    ui::{
        form::{PostForm, RadioField, Submit, TextArea},
        page::{acting, fetched, shown},
        parts::{Address, Empty, Icon, Logo, More, Notice, PageHead, Pill, Timeline, TimelineEntry},
    },
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};
use serde::{Deserialize, Serialize};

/// A page of ours in the same workspace.
fn here(path: &str) -> String {
    within(path, &acting().get_untracked().unwrap_or_default())
}

#[component]
pub fn StaffOrganizationsPage() -> impl IntoView {
    let query = use_query_map();
    let acting = acting();
    let asked = Memo::new(move |_| {
        let query = query.read();
        let of = |key: &str| query.get(key).unwrap_or_default();
        (of("order"), of("part"), of("q"), of("cursor"))
    });
    let loaded = fetched(
        move || (asked.get(), acting.get()),
        |((order, part, text, cursor), workspace)| async move {
            if part.is_empty() && text.is_empty() {
                server_fns::queue(order, cursor, workspace).await.map(Desk::Queue)
            } else {
                server_fns::registry(part, text, cursor, workspace).await.map(Desk::Registry)
            }
        },
    );
    view! {
        <Title text="Organizations"/>
        {shown(loaded, move |desk: Desk| match desk {
            Desk::Queue(queue) => {
                let order = QueueOrder::parse(&asked.get_untracked().0).unwrap_or(QueueOrder::Age);
                view! { <Queue queue order/> }.into_any()
            }
            Desk::Registry(registry) => view! { <Registry registry/> }.into_any(),
        })}
    }
}

/// Applications that wait, or any part of all organizations.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
enum Desk {
    Queue(QueueView),
    Registry(RegistryView),
}

/// Every part with its count, and the search.
#[component]
fn Parts(parts: Vec<PartCount>, part: StaffPart, #[prop(optional)] text: String) -> impl IntoView {
    let workspace = acting().get_untracked().filter(|workspace| !workspace.is_empty());
    let tabs = parts
        .into_iter()
        .map(|it| {
            let href = match it.part {
                StaffPart::Waiting => here("/staff/organizations"),
                other => here(&format!("/staff/organizations?part={other}")),
            };
            let lit = (it.part == part).then_some("page");
            view! { <a class="tabs__tab" href=href aria-current=lit>{it.part.title()}" "<span class="num">{it.count_label}</span></a> }
        })
        .collect_view();
    view! {
        <form class="search" role="search" method="get" action="/staff/organizations">
            <label class="visually-hidden" for="find">"Search all organizations"</label>
            <div class="search__box">
                <svg class="icon search__icon" aria-hidden="true"><use href="/icons.svg#i-search"></use></svg>
                <input class="input search__input" id="find" name="q" type="search" value=text placeholder="Name, website or e-mail" maxlength="100" autocomplete="off"/>
            </div>
            <input type="hidden" name="part" value="all"/>
            {workspace.map(|workspace| view! { <input type="hidden" name="as" value=workspace/> })}
            <button class="button">"Search"</button>
        </form>
        <nav class="tabs" aria-label="Organizations by status">{tabs}</nav>
    }
}

#[component]
fn Registry(registry: RegistryView) -> impl IntoView {
    let RegistryView { part, text, items, next_cursor, count_label, parts } = registry;
    let asked = if text.is_empty() { String::new() } else { format!("&q={}", encoded(&text)) };
    let next = next_cursor.map(|cursor| here(&format!("/staff/organizations?part={part}{asked}&cursor={cursor}")));
    let count = format!("Showing {} of {count_label}", items.len());
    let sub = if text.is_empty() { String::new() } else { format!("Found for \u{201c}{text}\u{201d}.") };
    let body = if items.is_empty() {
        view! { <Empty title="Nothing here" text="No organization has this standing and these words." icon="search"/> }.into_any()
    } else {
        view! {
            <Table rows={items.into_iter().map(|row| (row, None)).collect::<Vec<_>>()} caption="Organizations, the newest first" age="Came"/>
            <More count next/>
        }
        .into_any()
    };
    view! {
        <PageHead title=format!("Organizations: {}", part.title().to_lowercase()) sub/>
        <div class="stack"><Parts parts part text/>{body}</div>
    }
}

/// A text as an address takes it.
fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => out.push(char::from(byte)),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

#[component]
fn Table(rows: Vec<(QueueRow, Option<String>)>, caption: &'static str, age: &'static str) -> impl IntoView {
    view! {
        <div class="table-wrap">
            <table class="table">
                <caption class="visually-hidden">{caption}</caption>
                <thead>
                    <tr>
                        <th scope="col">"Organization"</th>
                        <th scope="col">"Website"</th>
                        <th scope="col">"Joins as"</th>
                        <th scope="col" class="table__number">"Score"</th>
                        <th scope="col">{age}</th>
                        <th scope="col">"State"</th>
                    </tr>
                </thead>
                <tbody>{rows.into_iter().map(|(row, note)| view! { <Row row note age/> }).collect_view()}</tbody>
            </table>
        </div>
    }
}

#[component]
fn Queue(queue: QueueView, order: QueueOrder) -> impl IntoView {
    if queue.groups.is_empty() {
        return view! {
            <div class="stack">
                <Parts parts=queue.parts part=StaffPart::Waiting/>
                <Empty only=true title="Nobody waits" text="Every application of a sponsor or partner is decided. New ones appear here as they come." icon="check-circle">
                    <a class="button button--primary" href=here("/staff/changes")>"Changes that wait"</a>
                    <a class="button" href="/directory">"Open the directory"</a>
                </Empty>
            </div>
        }
        .into_any();
    }
    let title = if queue.count_label == "1" {
        "1 application waits".to_owned()
    } else {
        format!("{} applications wait", queue.count_label)
    };
    let sub = match order {
        QueueOrder::Age => "The one that has waited longest first. Rivals for one website stand together.",
        QueueOrder::Score => "The most trusted first. Rivals for one website stand together.",
    };
    let tab = |which: QueueOrder, label: &'static str| {
        let lit = (which == order).then_some("page");
        view! { <a class="tabs__tab" href=here(&format!("/staff/organizations?order={which}")) aria-current=lit>{label}</a> }
    };
    let tabs = view! {
        <nav class="tabs" aria-label="Order">{tab(QueueOrder::Age, "Longest waiting")}{tab(QueueOrder::Score, "Most trusted")}</nav>
    };
    let next = queue.next_cursor.map(|cursor| here(&format!("/staff/organizations?order={order}&cursor={cursor}")));
    let count = format!("Showing {} of {}", queue.groups.len(), queue.count_label);
    view! {
        <PageHead title sub><a class="button" href=here("/staff/changes")>"Changes that wait"</a></PageHead>
        <div class="stack">
            <Parts parts=queue.parts part=StaffPart::Waiting/>
            {tabs}
            <Table rows={queue.groups.into_iter().flat_map(side_by_side).collect::<Vec<_>>()} caption="Applications that wait" age="Waits"/>
            <More count next/>
        </div>
    }
    .into_any()
}

/// Rivals for one website, each with a note that says so.
fn side_by_side(group: QueueGroup) -> Vec<(QueueRow, Option<String>)> {
    let QueueGroup { identity_key, applications } = group;
    let rivals = applications.len();
    let note = (rivals > 1).then(|| format!("1 of {rivals} for {identity_key}"));
    applications.into_iter().map(|row| (row, note.clone())).collect()
}

#[component]
fn Row(row: QueueRow, note: Option<String>, age: &'static str) -> impl IntoView {
    let (state, state_tone) = standing(row.standing);
    let href = here(&format!("/staff/organizations/{}", row.id));
    view! {
        <tr>
            <td class="table__main">
                <a class="table__link" href=href>{row.display_name}</a>
                <span class="table__sub"><Address text=row.primary_email/></span>
                {note.map(|note| view! { <span class="badge tone-warning">{note}</span> })}
            </td>
            <td class="table__address" data-label="Website"><Address text=row.website/></td>
            <td data-label="Joins as">{row.entity_type}</td>
            <td class="table__number" data-label="Score">
                <span class=format!("pill tone-{} num", TrustBand::of(row.trust_score).tone())>{row.trust_score}</span>
            </td>
            <td data-label=age><time datetime=row.submitted_at.to_rfc3339()>{row.waits_label}</time></td>
            <td data-label="State"><Pill text=state tone=state_tone/></td>
        </tr>
    }
}

const fn standing(standing: Standing) -> (&'static str, &'static str) {
    match standing {
        Standing::Waiting => ("Waits for us", "warning"),
        Standing::MoreAsked => ("Waits for the applicant", "neutral"),
        Standing::Refused => ("Refused", "danger"),
        Standing::Verified => ("Verified", "success"),
        Standing::CommunityAdded => ("Community added", "info"),
        Standing::Disabled => ("Disabled", "danger"),
    }
}

#[component]
pub fn StaffOrganizationPage() -> impl IntoView {
    let params = use_params_map();
    let acting = acting();
    let id = move || params.with(|params| params.get("id").unwrap_or_default());
    let loaded = fetched(move || (id(), acting.get()), |(id, workspace)| server_fns::review(id, workspace));
    let (decided, asked, merged) = use_query_map()
        .with_untracked(|query| (query.get("decided").is_some(), query.get("checks").is_some(), query.get("merged").is_some()));
    view! {
        <Title text="Application of a sponsor"/>
        {shown(loaded, move |review: ReviewView| view! { <Review review decided asked merged/> })}
    }
}

#[component]
fn Review(review: ReviewView, decided: bool, asked: bool, merged: bool) -> impl IntoView {
    let o = review.organization;
    let (state, state_tone) = standing(review.standing);
    // Where the application stands and what the profile is are often the same words: those are said once.
    let status = o.verification_status;
    let status = (!state.eq_ignore_ascii_case(status.label()))
        .then(|| view! { <li class="meta__item"><Pill text=status.label() tone=tone(status)/></li> });
    let came = if review.standing == Standing::CommunityAdded { "Added" } else { "Applied" };
    let row = |label: &'static str, text: String| {
        (!text.is_empty()).then(|| view! { <div class="definition__row"><dt>{label}</dt><dd>{text}</dd></div> })
    };
    let confirmed = if review.applicant_confirmed { "has set a password" } else { "has not opened the mail yet" };
    let applicant = match (review.applicant_name, review.applicant_email) {
        (Some(name), Some(email)) => format!("{}, {email} ({confirmed})", isolated(&name)),
        _ => "Nobody: a community added it".to_owned(),
    };
    let back = here("/staff/organizations");
    let types = o.available_sponsorship_types.iter().flatten().map(|label| label.label()).collect::<Vec<_>>().join(", ");
    let merge = here(&format!("/staff/organizations/{}/merge", o.id));
    view! {
        <nav class="breadcrumb" aria-label="Breadcrumb">
            <ol class="breadcrumb__list">
                <li><a href=back>"Organizations"</a></li>
                <li><span aria-current="page">{o.display_name.clone()}</span></li>
            </ol>
        </nav>
        <header class="profile-head">
            <Logo name=o.display_name.clone() url=o.logo_url.clone() size="large"/>
            <div class="profile-head__text">
                <h1 class="profile-head__name">{o.display_name.clone()}</h1>
                <ul class="meta">
                    <li class="meta__item"><Pill text=state tone=state_tone/></li>
                    {status}
                    <li class="meta__item"><Icon name="clock" small=true/>{format!("{came} {} ago, {}", review.waits_label, review.submitted_label)}</li>
                    <li class="meta__item">
                        <Icon name="globe" small=true/>
                        <a href=o.website.clone() rel="noopener noreferrer nofollow external">{o.website_label.clone()}</a>
                    </li>
                </ul>
            </div>
        </header>
        {decided.then(|| view! { <Notice tone="success" title="Decided"><p>"Whoever it concerns gets a mail with your words."</p></Notice> })}
        {asked.then(|| view! { <Notice tone="info" title="The checks run again"><p>"What they find stands here in a minute."</p></Notice> })}
        {merged.then(|| view! { <Notice tone="success" title="Merged"><p>"Everything moved. The people of both profiles get a mail with your words."</p></Notice> })}
        {review.merged_into.clone().map(|(id, name)| view! {
            <Notice tone="info" title="Merged into another profile">
                <p>"Its addresses lead to " <a href=here(&format!("/staff/organizations/{id}"))>{name}</a> ", which has everything that was its own. This page is kept as evidence."</p>
            </Notice>
        })}
        {review.stands_beside.map(|(key, owner)| view! {
            <Notice tone="warning" title="Its website is somebody else's too">
                <p>{format!("It stands for {key} by now, which belongs to {}. If they are one organization, merge the two; if not, ask which of them has it.", isolated(&owner))}</p>
            </Notice>
        })}
        {review.merges.into_iter().map(|it| view! { <MergeWaits it/> }).collect_view()}
        {review.disabling.map(|it| view! {
            <Notice tone="danger" title="A second person is needed">
                <p>{format!("{} proposed {} ago to disable it: {} Somebody else confirms that with \"Disable\", or drops it with \"Keep\".", isolated(&it.proposed_by), it.waits_label, isolated(&it.reason))}</p>
            </Notice>
        })}
        <div class="sidebar">
            <div class="stack stack--sections">
                {review.proposal.map(|proposal| view! { <Proposal proposal acting=review.acting.clone()/> })}
                {(!review.claims.is_empty()).then(|| view! { <Claims claims=review.claims acting=review.acting.clone()/> })}
                {(!review.rivals.is_empty()).then(|| view! { <Rivals identity=review.identity_key.clone() rivals=review.rivals/> })}
                <section class="section">
                    <div class="section__head"><h2 class="section__title">"What they say"</h2></div>
                    <dl class="definition">
                        {row("Applicant", applicant)}
                        {row("Joining as", o.entity_type.label().to_owned())}
                        {row("Industry", o.industry.label().to_owned())}
                        {row("Official e-mail", o.primary_email.unwrap_or_default())}
                        {row("Legal name", o.legal_name)}
                        {row("Stands for", review.identity_key)}
                        {row("Budget range", o.budget_range.map(|budget| budget.label).unwrap_or_default())}
                        {row("Can give", types)}
                        {row("Short description", o.short_description)}
                        {row("Long description", o.long_description)}
                    </dl>
                </section>
                <section class="section">
                    <div class="section__head">
                        <h2 class="section__title">"Evidence"</h2>
                        <PostForm name="checks" acting=review.acting.clone()>
                            <Submit label="Run the checks again" class="button button--small"/>
                        </PostForm>
                    </div>
                    <Checks trust=review.trust checks=review.checks earlier=review.earlier_checks/>
                </section>
                <section class="section">
                    <div class="section__head"><h2 class="section__title">"What happened"</h2></div>
                    <Timeline entries=review.timeline.into_iter().map(entry).collect()/>
                </section>
            </div>
            <aside class="stack">
                <Decide verdicts=o.can.decide acting=review.acting/>
                {review.merged_into.is_none().then(|| view! {
                    <section class="panel" aria-labelledby="twice">
                        <header class="panel__head"><h2 class="panel__title" id="twice">"Here twice?"</h2></header>
                        <div class="panel__body stack">
                            <p class="text-soft">"Merge it into the profile that stays. You see what moves before anything does."</p>
                            <a class="button" href=merge>"Merge into another profile"</a>
                        </div>
                    </section>
                })}
            </aside>
        </div>
    }
}

/// A merge that one of us proposed.
#[component]
fn MergeWaits(it: MergeWaiting) -> impl IntoView {
    let href = here(&format!("/staff/organizations/{}/merge?into={}", it.gone_id, it.kept_id));
    view! {
        <Notice tone="danger" title="A merge waits for a second person">
            <p>{format!("{} proposed {} ago to merge {} into {}: {}", isolated(&it.proposed_by), it.waits_label, isolated(&it.gone_name), isolated(&it.kept_name), isolated(&it.reason))}</p>
            <p><a href=href>"Look at what would move, and decide"</a></p>
        </Notice>
    }
}

#[component]
fn Rivals(identity: String, rivals: Vec<QueueRow>) -> impl IntoView {
    let owned = rivals.iter().any(|rival| rival.standing.owns_identity());
    let (tone, text) = if owned {
        ("danger", "A profile owns this website. Another cannot be verified with it.")
    } else {
        ("warning", "Others have applied for the same website. Only one can be verified: compare them first.")
    };
    view! {
        <section class="section">
            <div class="section__head"><h2 class="section__title">{format!("Others for {identity}")}</h2></div>
            <Notice tone title="Rivals"><p>{text}</p></Notice>
            <ul class="list">
                {rivals
                    .into_iter()
                    .map(|rival| {
                        let (state, state_tone) = standing(rival.standing);
                        view! {
                            <li class="list__row">
                                <Logo name=rival.display_name.clone() url=rival.logo_url size="small"/>
                                <div class="list__body">
                                    <a class="list__link" href=here(&format!("/staff/organizations/{}", rival.id))>{rival.display_name}</a>
                                    <p class="list__sub">
                                        <Address text=rival.primary_email/>", "<Address text=rival.website/>{format!(", waits {}", rival.waits_label)}
                                    </p>
                                </div>
                                <div class="list__end">
                                    <span class=format!("pill tone-{} num", TrustBand::of(rival.trust_score).tone())>{rival.trust_score}</span>
                                    <Pill text=state tone=state_tone/>
                                </div>
                            </li>
                        }
                    })
                    .collect_view()}
            </ul>
        </section>
    }
}

fn entry(step: StepView) -> TimelineEntry {
    TimelineEntry {
        text: step.text,
        at: step.at.to_rfc3339(),
        at_label: step.at_label,
        tone: "neutral".into(),
        icon: "history".into(),
        quote: step.quote,
    }
}

#[component]
fn Decide(verdicts: Vec<Verdict>, acting: String) -> impl IntoView {
    if verdicts.is_empty() {
        return view! {
            <section class="panel"><div class="panel__body"><p class="text-soft">"There is nothing to decide now."</p></div></section>
        }
        .into_any();
    }
    let options = verdicts
        .into_iter()
        .map(|verdict| {
            let (label, hint) = match verdict {
                Verdict::Verify => ("Verify", "It owns its website, stands in the directory, and may act."),
                Verdict::More => ("Ask for more", "Your words are the question; the place in the queue stays."),
                Verdict::Refuse => ("Refuse", "It leaves the queue and owns no website. They may apply again."),
                Verdict::Disable => (
                    "Disable",
                    "It leaves the directory and can do nothing; its website stays taken. A verified one takes two of us.",
                ),
                Verdict::Restore => ("Restore", "It is again what it was before it was disabled."),
                Verdict::Keep => ("Keep", "The proposal to disable it is dropped."),
            };
            (verdict.label().to_owned(), label.to_owned(), hint.to_owned())
        })
        .collect::<Vec<_>>();
    view! {
        <section class="decision panel" aria-labelledby="decision">
            <header class="panel__head"><h2 class="panel__title" id="decision">"Decide"</h2></header>
            <div class="panel__body">
                <PostForm name="decide" acting>
                    <RadioField form="decide" name="decision" label="Decision" options/>
                    <TextArea form="decide" name="reason" label="Reason" hint="The applicant reads it, word for word." rows=4 maxlength=1000u32/>
                    <div class="form__actions"><Submit label="Decide"/></div>
                </PostForm>
            </div>
        </section>
    }
    .into_any()
}

/// A website that waits: what was seen of it, and the answer.
#[component]
fn Proposal(proposal: ProposalView, acting: String) -> impl IntoView {
    let checked = !proposal.checks.is_empty();
    view! {
        <section class="section">
            <div class="section__head"><h2 class="section__title">"Another website"</h2></div>
            <dl class="definition">
                <div class="definition__row"><dt>"From"</dt><dd>{proposal.old_website}</dd></div>
                <div class="definition__row"><dt>"To"</dt><dd><a href=proposal.website.clone() rel="noopener noreferrer nofollow external">{proposal.website.clone()}</a></dd></div>
                <div class="definition__row"><dt>"Stands for"</dt><dd>{proposal.identity_key}</dd></div>
                <div class="definition__row"><dt>"Proposed"</dt><dd>{format!("{} ago by {}", proposal.waits_label, isolated(&proposal.proposed_by))}</dd></div>
            </dl>
            {if checked {
                view! { <Evidence checks=proposal.checks/> }.into_any()
            } else {
                view! { <p class="text-soft">"It is not checked yet. Load the page again in a minute."</p> }.into_any()
            }}
            <AnswerForm form="website" id=proposal.id.to_string() acting yes="Approve" yes_hint="It becomes the website; the old one is free again." no_hint="The old website stays."/>
        </section>
    }
}

/// Who wants to take it over.
#[component]
fn Claims(claims: Vec<ClaimView>, acting: String) -> impl IntoView {
    view! {
        <section class="section">
            <div class="section__head"><h2 class="section__title">"Claims"</h2></div>
            <ul class="list">
                {claims
                    .into_iter()
                    .map(|claim| {
                        let (word, tone) = match claim.state {
                            ClaimState::Asked => ("Not proven", "neutral"),
                            ClaimState::Proven => ("Proven", "success"),
                            ClaimState::Approved => ("Approved", "success"),
                            ClaimState::Refused => ("Refused", "danger"),
                        };
                        let by = claim.invited_by.map(|community| format!(", invited for {}", isolated(&community))).unwrap_or_default();
                        let proven = claim.state == ClaimState::Proven;
                        view! {
                            <li class="list__row">
                                <div class="list__body stack">
                                    <div>
                                        <p class="cluster">{format!("{} ({})", isolated(&claim.claimant), claim.email)}<Pill text=word tone/></p>
                                        <p class="list__sub">{format!("{}{by}, {} ago", claim.method_label, claim.waits_label)}</p>
                                    </div>
                                    {proven.then(|| view! {
                                        <AnswerForm form="claim" id=claim.id.to_string() acting=acting.clone() yes="Approve" yes_hint="The organization is verified, and the claimant is its admin." no_hint="The profile stays as it is. They read why."/>
                                    })}
                                </div>
                            </li>
                        }
                    })
                    .collect_view()}
            </ul>
        </section>
    }
}

/// Approve or refuse, with the reason that they read.
#[component]
fn AnswerForm(
    form: &'static str,
    id: String,
    acting: String,
    yes: &'static str,
    yes_hint: &'static str,
    no_hint: &'static str,
) -> impl IntoView {
    let options = vec![
        ("approve".to_owned(), yes.to_owned(), yes_hint.to_owned()),
        ("refuse".to_owned(), "Refuse".to_owned(), no_hint.to_owned()),
    ];
    view! {
        <PostForm name=form acting one=("id", id)>
            <RadioField form name="decision" label="Decision" options/>
            <TextArea form name="reason" label="Reason" hint="They read it, word for word." rows=3 maxlength=1000u32/>
            <div class="form__actions"><Submit label="Answer" class="button"/></div>
        </PostForm>
    }
}
