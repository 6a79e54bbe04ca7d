//! `/staff/people`, where an admin of the platform looks a login up by its address, and `/staff/people/{id}`, where it is
//! suspended and restored.

use crate::{
    features::accounts::{
        server_fns,
        views::{PersonView, RecordLine, SuspendedLine, SuspendedList},
    },
    kernel::text::isolated,
    ui::{
        form::{PostForm, Submit, TextArea, TextField},
        page::{acting, fetched, shown},
        parts::{Address, Empty, Notice, PageHead, Pill, Timeline, TimelineEntry},
    },
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

/// `/staff/people`.
#[component]
pub fn StaffPeoplePage() -> impl IntoView {
    let workspace = acting();
    let loaded = fetched(move || workspace.get(), server_fns::people);
    view! {
        <Title text="Accounts"/>
        {shown(loaded, |list| view! { <People list/> })}
    }
}

#[component]
fn People(list: SuspendedList) -> impl IntoView {
    let query = format!("?as={}", list.acting);
    let rows = list.people.into_iter().map(|line| view! { <Row line query=query.clone()/> }).collect::<Vec<_>>();
    let shut = if rows.is_empty() {
        view! { <Empty title="No account is suspended" text="Whom you suspend stays listed here until you restore them." icon="check-circle"/> }
            .into_any()
    } else {
        view! {
            <section class="panel panel--flush" aria-labelledby="suspended">
                <header class="panel__head"><h2 class="panel__title" id="suspended">"Suspended"</h2></header>
                <div class="panel__body"><ul class="list">{rows}</ul></div>
            </section>
        }
        .into_any()
    };
    view! {
        <div class="center center--narrow stack stack--sections">
            <PageHead title="Accounts" sub="Look somebody up by the address that they sign in with. That you looked is kept."/>
            <PostForm name="find" acting=list.acting>
                <TextField form="find" name="email" label="E-mail" kind="email" inputmode="email"/>
                <div class="form__actions"><Submit label="Look up"/></div>
            </PostForm>
            {shut}
        </div>
    }
}

#[component]
fn Row(line: SuspendedLine, query: String) -> impl IntoView {
    view! {
        <li class="list__row">
            <div class="list__body">
                <a class="list__link" href=format!("/staff/people/{}{query}", line.id)>{line.name}</a>
                <p class="list__sub"><Address text=line.email/></p>
            </div>
            <div class="list__end"><time datetime=line.since.to_rfc3339()>{line.since_label}</time></div>
        </li>
    }
}

/// `/staff/people/:id`.
#[component]
pub fn StaffPersonPage() -> impl IntoView {
    let (params, workspace) = (use_params_map(), acting());
    let loaded = fetched(
        move || (params.read().get("id").unwrap_or_default(), workspace.get()),
        |(id, workspace)| server_fns::person(id, workspace),
    );
    shown(loaded, |person| view! { <Person person/> })
}

#[component]
fn Person(person: PersonView) -> impl IntoView {
    let (pill, tone) = match &person.suspended_label {
        Some(since) => (format!("Suspended since {since}"), "danger"),
        None if person.has_password => ("Open".to_owned(), "success"),
        None => ("No password yet".to_owned(), "neutral"),
    };
    view! {
        <Title text=person.name.clone()/>
        <div class="stack">
            <PageHead title=person.name.clone() over="Account" sub=person.email.clone()><Pill text=pill tone/></PageHead>
            <div class="sidebar">
                <div class="stack stack--sections">
                    <Known person=person.clone()/>
                    <History lines=person.history.clone()/>
                </div>
                <aside class="stack"><Decide person/></aside>
            </div>
        </div>
    }
}

#[component]
fn Known(person: PersonView) -> impl IntoView {
    let row = |term: &'static str, value: String| {
        (!value.is_empty()).then(|| view! { <div class="definition__row"><dt>{term}</dt><dd>{value}</dd></div> })
    };
    let yes = |is: bool| if is { "Yes" } else { "No" }.to_owned();
    let seats: Vec<String> = person.seats.iter().map(|seat| format!("{} of {}", seat.role, isolated(&seat.name))).collect();
    let sessions = match (person.sessions, person.seen_label) {
        (0, _) => "Nowhere".to_owned(),
        (1, seen) => format!("At one place, last seen {}", seen.unwrap_or_default()),
        (n, seen) => format!("At {n} places, last seen {}", seen.unwrap_or_default()),
    };
    view! {
        <section class="panel">
            <header class="panel__head"><h2 class="panel__title">"What we know"</h2></header>
            <div class="panel__body">
                <dl class="definition">
                    {row("Here since", person.joined_label)}
                    {row("Address confirmed", yes(person.email_verified))}
                    {row("Second factor", yes(person.second_factor))}
                    {row("Signed in", sessions)}
                    {row("Works for us as", person.staff_roles.join(", "))}
                    {row("Seats", if seats.is_empty() { "None".to_owned() } else { seats.join("; ") })}
                </dl>
            </div>
        </section>
    }
}

#[component]
fn History(lines: Vec<RecordLine>) -> impl IntoView {
    let entries = lines
        .into_iter()
        .map(|line| TimelineEntry {
            text: line.text,
            at: line.at.to_rfc3339(),
            at_label: line.at_label,
            tone: if line.quote.is_some() { "danger" } else { "neutral" }.to_owned(),
            icon: if line.quote.is_some() { "ban" } else { "history" }.to_owned(),
            quote: line.quote,
        })
        .collect::<Vec<_>>();
    (!entries.is_empty()).then(|| {
        view! {
            <section class="panel">
                <header class="panel__head"><h2 class="panel__title">"What admins did"</h2></header>
                <div class="panel__body"><Timeline entries/></div>
            </section>
        }
    })
}

#[component]
fn Decide(person: PersonView) -> impl IntoView {
    if let Some(why) = person.not_now {
        return view! { <Notice tone="info" title="Not for you to decide"><p>{why}</p></Notice> }.into_any();
    }
    if person.can_restore {
        return view! {
            <PostForm name="restore" class="decision panel" acting=person.acting>
                <header class="panel__head"><h2 class="panel__title">"Restore"</h2></header>
                <div class="panel__body"><p>"They can sign in again, and get a mail that says so. Nothing else was changed."</p></div>
                <footer class="panel__foot"><Submit label="Restore the account"/></footer>
            </PostForm>
        }
        .into_any();
    }
    view! {
        <PostForm name="suspend" class="decision panel" acting=person.acting>
            <header class="panel__head"><h2 class="panel__title">"Suspend"</h2></header>
            <div class="panel__body stack">
                <p>"Every session, link and API key of theirs ends at once. Their workspaces stay as they are."</p>
                <TextArea form="suspend" name="reason" label="Reason" hint="Mailed to them, word for word." rows=4 maxlength=1_000_u32/>
            </div>
            <footer class="panel__foot"><Submit label="Suspend the account" class="button button--danger"/></footer>
        </PostForm>
    }
    .into_any()
}
