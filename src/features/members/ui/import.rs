//! `/people/import`: a list of newcomers is looked at, row by row, and then taken as a whole.

use crate::{
    features::members::{
        server_fns,
        views::{ImportReport, ImportRow, ImportScreen, within},
    },
    ui::{
        form::{FieldError, PostForm, Submit, TextArea, field_id},
        page::{acting, fetched, shown},
        parts::{Notice, PageHead, Pill},
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
    let loaded = fetched(move || (list.get(), acting.get()), |(list, workspace)| server_fns::import(list, workspace));
    view! {
        <Title text="Import a list"/>
        {shown(loaded, |screen| view! { <Import screen/> })}
    }
}

#[component]
fn Import(screen: ImportScreen) -> impl IntoView {
    let ImportScreen { acting, workspace_name, import_id, report, roles } = screen;
    let crumbs = view! {
        <nav class="breadcrumb" aria-label="Breadcrumb">
            <ol class="breadcrumb__list">
                <li><a href=within("/people", &acting)>{format!("People of {workspace_name}")}</a></li>
                <li><span aria-current="page">"Import a list"</span></li>
            </ol>
        </nav>
    };
    let body = match (report, import_id) {
        (Some(report), Some(id)) => view! { <Looked report list=id.to_string() acting/> }.into_any(),
        _ => view! { <Paste roles acting/> }.into_any(),
    };
    view! { <div class="stack">{crumbs}{body}</div> }
}

#[component]
fn Paste(roles: Vec<String>, acting: String) -> impl IntoView {
    const FORM: &str = "look";
    let file_id = field_id(FORM, "file");
    view! {
        <PageHead title="Import a list" sub="Look at it first: nothing changes before you say so."/>
        <div class="sidebar">
            <section class="panel">
                <div class="panel__body">
                    <PostForm name=FORM acting files=true>
                        <div class="field">
                            <label class="field__label" for=file_id.clone()>"A CSV file " <span class="field__optional">"optional"</span></label>
                            <p class="field__hint" id=format!("{file_id}-hint")>"Up to 500 people, saved as CSV (UTF-8)."</p>
                            <input class="upload__input" id=file_id.clone() name="file" type="file" accept=".csv,text/csv,text/plain" aria-describedby=format!("{file_id}-hint")/>
                            <FieldError id=file_id name="file".to_owned()/>
                        </div>
                        <TextArea
                            form=FORM
                            name="csv"
                            label="Or paste the list here"
                            hint="The first line names the columns: firstName,lastName,email,role."
                            value="firstName,lastName,email,role\n".to_owned()
                            rows=10
                        />
                        <div class="form__actions"><Submit label="Look at the list"/></div>
                    </PostForm>
                </div>
            </section>
            <aside class="stack">
                <section class="panel" aria-labelledby="how">
                    <header class="panel__head"><h2 class="panel__title" id="how">"What happens"</h2></header>
                    <div class="panel__body stack">
                        <p>"Everybody new stands on the list as On Boarding and gets a mail with a link. They are active when they follow it."</p>
                        <p>"Who is on the list with that role already is left alone, so that you can import the same list again."</p>
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

#[component]
fn Looked(report: ImportReport, list: String, acting: String) -> impl IntoView {
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
    let again = within("/people/import", &acting);
    view! {
        <PageHead title sub>
            <a class="button" href=again>"Use another list"</a>
        </PageHead>
        {can_import.then(|| view! {
            <PostForm name="import" acting>
                <input type="hidden" name="list" value=list/>
                <div class="form__actions"><Submit label/></div>
            </PostForm>
        })}
        {(report.problems > 0).then(|| view! {
            <Notice tone="warning" title="Correct these rows first"><p>"Change them in your list, then look at it again."</p></Notice>
        })}
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
                {format!("{} {}", row.first_name, row.last_name)}
                <span class="table__sub">{row.email}</span>
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
