//! `/people/import`: a list of newcomers is looked at, row by row, corrected where it stands, and then taken as a whole.
//!
//! A box that can be typed in and the button that imports are never on the page together: what is imported is what was
//! looked at, so nobody's change is left out.

use crate::{
    features::members::{
        server_fns,
        views::{ImportReport, ImportRow, ImportScreen, within},
    },
    kernel::{ids::ImportId, text::isolated},
    ui::{
        browser,
        form::{FieldError, PostForm, Submit, TextArea, field_id},
        page::{acting, fetched, shown},
        parts::{Address, Notice, PageHead, Pill},
    },
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

#[component]
pub fn ImportPage() -> impl IntoView {
    let query = use_query_map();
    let acting = acting();
    let list = Memo::new(move |_| query.with(|query| query.get("list").unwrap_or_default()));
    let changing = Memo::new(move |_| query.with(|query| query.get("change").is_some()));
    let loaded = fetched(move || (list.get(), acting.get()), |(list, workspace)| server_fns::import(list, workspace));
    view! {
        <Title text="Import a list"/>
        {shown(loaded, move |screen| view! { <Import screen changing/> })}
    }
}

/// The name of the form that looks at a list.
const LOOK: &str = "look";
/// The most rows that are named beside the box; the table below has them all.
const NAMED: usize = 8;

#[component]
fn Import(screen: ImportScreen, changing: Memo<bool>) -> impl IntoView {
    let ImportScreen { acting, workspace_name, import_id, csv, report, problem, last, roles } = screen;
    let crumbs = view! {
        <nav class="breadcrumb" aria-label="Breadcrumb">
            <ol class="breadcrumb__list">
                <li><a href=within("/people", &acting)>{format!("People of {}", isolated(&workspace_name))}</a></li>
                <li><span aria-current="page">"Import a list"</span></li>
            </ol>
        </nav>
    };
    let body = match (import_id, report) {
        (Some(id), Some(report)) => view! { <Looked report list=id.to_string() csv acting changing/> }.into_any(),
        (Some(_), None) => view! { <NoList problem csv acting/> }.into_any(),
        (None, _) => view! { <Paste roles last acting/> }.into_any(),
    };
    view! { <div class="stack">{crumbs}{body}</div> }
}

/// The box and the file, which takes its place. It is sent to the page without a list: a refusal there needs none to be kept.
#[component]
fn ListForm(csv: String, label: &'static str, box_label: &'static str, acting: String) -> impl IntoView {
    let file_id = field_id(LOOK, "file");
    let action = within("/people/import", &acting);
    view! {
        <section class="panel">
            <div class="panel__body">
                <PostForm name=LOOK action acting files=true>
                    <div class="field">
                        <label class="field__label" for=file_id.clone()>"A CSV file " <span class="field__optional">"optional"</span></label>
                        <p class="field__hint" id=format!("{file_id}-hint")>"Up to 500 people, saved as CSV (UTF-8). It is read instead of what stands in the box."</p>
                        <input class="upload__input" id=file_id.clone() name="file" type="file" accept=".csv,text/csv,text/plain" aria-describedby=format!("{file_id}-hint")/>
                        <FieldError id=file_id name="file".to_owned()/>
                    </div>
                    <TextArea
                        form=LOOK
                        name="csv"
                        label=box_label
                        hint="The first line names the columns: firstName,lastName,email,role."
                        value=csv
                        rows=10
                    />
                    <div class="form__actions"><Submit label/></div>
                </PostForm>
            </div>
        </section>
    }
}

#[component]
fn Paste(roles: Vec<String>, last: Option<ImportId>, acting: String) -> impl IntoView {
    let last = last.map(|id| within(&format!("/people/import?list={id}"), &acting));
    view! {
        <PageHead title="Import a list" sub="Look at it first: nothing changes before you say so."/>
        {last.map(|href| view! {
            <Notice tone="info" title="The list that you looked at last is still here">
                <p><a href=href>"Open it"</a>", or bring another one, which takes its place."</p>
            </Notice>
        })}
        <div class="sidebar">
            <ListForm csv="firstName,lastName,email,role\n".to_owned() label="Look at the list" box_label="Or paste the list here" acting/>
            <aside class="stack">
                <section class="panel" aria-labelledby="how">
                    <header class="panel__head"><h2 class="panel__title" id="how">"What happens"</h2></header>
                    <div class="panel__body stack">
                        <p>"Everybody new stands on the list as On Boarding and gets a mail with a link. They are active when they follow it."</p>
                        <p>"Who is on the list with that role already is left alone, so that you can import the same list again."</p>
                        <p>"A list that you looked at is kept for a day, for nobody but you, so that you can correct its rows."</p>
                        <details class="disclosure">
                            <summary class="button button--small">"Roles that you can give"</summary>
                            <div class="disclosure__body"><ul class="tags">{roles.into_iter().map(|role| view! { <li class="tag">{role}</li> }).collect_view()}</ul></div>
                        </details>
                    </div>
                </section>
            </aside>
        </div>
    }
}

/// A file whose rows nobody can read: its words, with the reason.
#[component]
fn NoList(problem: String, csv: String, acting: String) -> impl IntoView {
    let another = within("/people/import", &acting);
    view! {
        <PageHead title="This file is no list yet" sub="Its words stand in the box: change them there, then look again.">
            <a class="button" href=another>"Use another list"</a>
        </PageHead>
        <Notice tone="danger" title="No row of it can be read"><p>{problem}</p></Notice>
        <ListForm csv label="Look again" box_label="The list" acting/>
    }
}

#[component]
fn Looked(report: ImportReport, list: String, csv: String, acting: String, changing: Memo<bool>) -> impl IntoView {
    let people = |n: usize| if n == 1 { "1 person".to_owned() } else { format!("{n} people") };
    let (title, sub) = match (report.problems, report.new) {
        (0, 0) => ("Everybody is on the list already".to_owned(), "There is nothing to import.".to_owned()),
        (0, new) => (
            format!("{} can come onto the list", people(new)),
            format!(
                "{} on it already.",
                match report.unchanged {
                    0 => "Nobody is".to_owned(),
                    1 => "1 person is".to_owned(),
                    n => format!("{n} people are"),
                }
            ),
        ),
        (1, _) => ("One row needs a change".to_owned(), "Nothing of a list is imported while one row has a problem.".to_owned()),
        (n, _) => (format!("{n} rows need a change"), "Nothing of a list is imported while one row has a problem.".to_owned()),
    };
    let can_import = report.problems == 0 && report.new > 0;
    let label = format!("Import {}", people(report.new));
    let change = within(&format!("/people/import?list={list}&change=true"), &acting);
    let another = within("/people/import", &acting);
    let wrong = wrong_rows(&report);
    // The link that was pressed is gone with what it stood in: the box takes the focus.
    Effect::new(move |before: Option<bool>| {
        let now = changing.get();
        if before == Some(false) && now {
            browser::focus(&field_id(LOOK, "csv"));
        }
        now
    });
    let typing = {
        let (csv, acting) = (csv, acting.clone());
        move || {
            let (csv, acting, wrong) = (csv.clone(), acting.clone(), wrong.clone());
            (!can_import || changing.get()).then(|| view! { <Correct wrong csv acting/> })
        }
    };
    let importing = move || {
        let (list, acting, label, change) = (list.clone(), acting.clone(), label.clone(), change.clone());
        (can_import && !changing.get()).then(|| {
            view! {
                <PostForm name="import" acting>
                    <input type="hidden" name="list" value=list/>
                    <div class="form__actions"><Submit label/><a class="button" href=change>"Change the list"</a></div>
                </PostForm>
            }
        })
    };
    view! {
        <PageHead title sub>
            <a class="button" href=another>"Use another list"</a>
        </PageHead>
        {importing}
        {typing}
        <div class="table-wrap">
            <table class="table">
                <caption class="visually-hidden">"The rows of the list"</caption>
                <thead>
                    <tr>
                        <th scope="col">"Person"</th>
                        <th scope="col">"Role"</th>
                        <th scope="col" class="table__number">"Line"</th>
                        <th scope="col">"What happens"</th>
                    </tr>
                </thead>
                <tbody>{report.rows.into_iter().map(|row| view! { <Row row/> }).collect_view()}</tbody>
            </table>
        </div>
    }
}

/// The list as it was brought, with what is wrong beside it.
#[component]
fn Correct(wrong: Vec<(String, String)>, csv: String, acting: String) -> impl IntoView {
    let form = view! { <ListForm csv label="Look again" box_label="The list" acting/> };
    if wrong.is_empty() {
        return form.into_any();
    }
    let more = wrong.len().saturating_sub(NAMED);
    view! {
        <div class="sidebar sidebar--lead">
            <aside class="stack">
                <section class="panel" aria-labelledby="wrong">
                    <header class="panel__head"><h2 class="panel__title" id="wrong">"Correct these rows"</h2></header>
                    <div class="panel__body stack">
                        <ul class="stack">
                            {wrong
                                .into_iter()
                                .take(NAMED)
                                .map(|(line, problem)| view! { <li><strong>{line}</strong>": "{problem}</li> })
                                .collect_view()}
                        </ul>
                        {(more > 0).then(|| view! { <p>{format!("And {more} more, in the table below.")}</p> })}
                        <p>"Change them in the list, then look again."</p>
                    </div>
                </section>
            </aside>
            {form}
        </div>
    }
    .into_any()
}

/// Rows with a problem, as people find them in the box: by their line, with all that is wrong.
fn wrong_rows(report: &ImportReport) -> Vec<(String, String)> {
    let wrong = report.rows.iter().filter(|row| !row.problems.is_empty());
    wrong
        .map(|row| {
            let name = format!("{} {}", row.first_name, row.last_name);
            let line = match name.trim() {
                "" => format!("Line {}", row.line),
                name => format!("Line {}, {}", row.line, isolated(name)),
            };
            (line, row.problems.0.values().cloned().collect::<Vec<_>>().join(" "))
        })
        .collect()
}

#[component]
fn Row(row: ImportRow) -> impl IntoView {
    let (text, tone) = match row.outcome.as_str() {
        "new" => ("New", "success"),
        "unchanged" => ("On the list already", "neutral"),
        _ => ("Needs a change", "danger"),
    };
    let problems: Vec<String> = row.problems.0.into_values().collect();
    view! {
        <tr>
            <td class="table__main">
                <bdi>{format!("{} {}", row.first_name, row.last_name)}</bdi>
                <span class="table__sub"><Address text=row.email/></span>
            </td>
            <td data-label="Role">{row.role}</td>
            <td class="table__number num" data-label="Line">{row.line}</td>
            <td data-label="What happens">
                <Pill text tone/>
                {problems.into_iter().map(|problem| view! { <span class="table__sub">{problem}</span> }).collect_view()}
            </td>
        </tr>
    }
}
