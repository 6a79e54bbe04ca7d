//! `/imports/:id`: which column is what, what becomes of each row, the run, and the report.

use super::list::state_words;
use crate::{
    features::{
        imports::{
            rules::{Choice, Outcome, State, Target},
            server_fns,
            views::{ImportScreen, ImportView, MappedField, PictureView, RowView},
        },
        organizations::views::within,
    },
    kernel::text::isolated,
    ui::{
        form::{FileField, FormState, PostForm, SelectField, Submit, came_back},
        page::{acting, fetched, shown},
        parts::{Empty, Icon, Notice, PageHead, Pill},
    },
};
use leptos::{prelude::*, task::spawn_local};
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};
use std::time::Duration;

#[component]
pub fn ImportOnePage() -> impl IntoView {
    let (params, query, acting) = (use_params_map(), use_query_map(), acting());
    let asked = Memo::new(move |_| {
        let id = params.read().get("id").unwrap_or_default();
        query.with(|query| {
            let page = query.get("page").and_then(|page| page.parse().ok()).unwrap_or(1_u32);
            (id.clone(), query.get("filter").unwrap_or_default(), page)
        })
    });
    // A run that is over is shown anew.
    let over = RwSignal::new(0_u32);
    let loaded = fetched(
        move || (asked.get(), acting.get(), over.get()),
        |((id, filter, page), workspace, _)| server_fns::one(id, filter, page, workspace),
    );
    view! {
        <Title text="Import"/>
        {shown(loaded, move |screen| view! { <Import screen over/> })}
    }
}

#[component]
fn Import(screen: ImportScreen, over: RwSignal<u32>) -> impl IntoView {
    let ImportScreen { import, acting } = screen;
    let (pill, tone) = state_words(import.state);
    let sub = match (&import.into_name, import.target) {
        (Some(name), _) => format!("{} for {}, brought {}.", capital(import.target.words()), isolated(name), import.age_label),
        (None, target) => format!("{}, brought {}.", capital(target.words()), import.age_label),
    };
    let crumbs = view! {
        <nav class="breadcrumb" aria-label="Breadcrumb">
            <ol class="breadcrumb__list">
                <li><a href=within("/imports", &acting)>"Imports"</a></li>
                <li><span aria-current="page">{import.file_name.clone()}</span></li>
            </ol>
        </nav>
    };
    let report = within(&format!("/api/v1/imports/{}/report", import.id), &acting);
    let has_report = import.state != State::Mapping;
    let body = match import.state {
        State::Mapping => view! { <Columns import=import.clone() acting=acting.clone()/> }.into_any(),
        State::Applying => view! { <Running import=import.clone() acting=acting.clone() over/> }.into_any(),
        _ => view! { <Looked import=import.clone() acting=acting.clone()/> }.into_any(),
    };
    view! {
        <div class="stack">
            {crumbs}
            <PageHead title=import.file_name.clone() sub>
                <Pill text=pill tone/>
                {has_report.then(|| view! { <a class="button button--small" href=report rel="external" download=""><Icon name="download"/>"Report as CSV"</a> })}
            </PageHead>
            <Steps state=import.state/>
            {(!import.note.is_empty()).then(|| view! {
                <Notice tone="warning" title="Nothing was imported"><p>{import.note.clone()}</p></Notice>
            })}
            {body}
        </div>
    }
}

fn capital(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// Where one is between the file and the report.
#[component]
fn Steps(state: State) -> impl IntoView {
    let at = match state {
        State::Mapping => 1,
        State::Ready => 2,
        State::Applying => 3,
        State::Applied | State::Undone => 4,
    };
    let steps = ["File", "Columns", "Rows", "Import", "Report"];
    view! {
        <ol class="stepper">
            {steps
                .into_iter()
                .enumerate()
                .map(|(place, label)| {
                    let done = (place < at || at == 4).then_some("done");
                    let here = (place == at).then_some("step");
                    view! { <li class="stepper__step" data-state=done aria-current=here><span class="stepper__label">{label}</span></li> }
                })
                .collect_view()}
        </ol>
    }
}

/// Which column holds what.
#[component]
fn Columns(import: ImportView, acting: String) -> impl IntoView {
    let missing = import.missing.join(" and ").to_lowercase();
    view! {
        <Notice tone="info" title="Say which column holds what">
            <p>{format!("We could not tell where the {missing} stands. What you say is remembered for the next file with these columns.")}</p>
        </Notice>
        <Sheets sheet=import.sheet.clone() sheets=import.sheets.clone() said=import.sheets_label() can_change=import.can.change acting=acting.clone()/>
        <section class="panel"><div class="panel__body"><MapForm fields=import.fields headings=import.headings acting/></div></section>
    }
}

/// Of a workbook with several sheets which one is read, and another for whoever wants that.
#[component]
fn Sheets(sheet: String, sheets: Vec<String>, said: String, can_change: bool, acting: String) -> impl IntoView {
    const FORM: &str = "sheet";
    if sheets.len() < 2 {
        return ().into_any();
    }
    let options: Vec<(String, String)> = sheets.into_iter().map(|name| (name.clone(), name)).collect();
    view! {
        <section class="panel" aria-labelledby="sheets">
            <header class="panel__head"><h2 class="panel__title" id="sheets">"Sheets of the file"</h2></header>
            <div class="panel__body stack">
                <p>{said}</p>
                {can_change.then(|| view! {
                    <PostForm name=FORM acting>
                        <SelectField form=FORM name="sheet" label="Sheet to read" hint="Its rows take the place of these, with what was decided about them." value=sheet options/>
                        <div class="form__actions"><Submit label="Read this sheet" class="button"/></div>
                    </PostForm>
                })}
            </div>
        </section>
    }
    .into_any()
}

#[component]
fn MapForm(fields: Vec<MappedField>, headings: Vec<String>, acting: String) -> impl IntoView {
    const FORM: &str = "map";
    let options: Vec<(String, String)> = headings.iter().map(|heading| (heading.clone(), heading.clone())).collect();
    view! {
        <PostForm name=FORM acting>
            <div class="import-map">
                {fields
                    .into_iter()
                    .map(|field| {
                        let hint = if field.samples.is_empty() { String::new() } else { format!("As in: {}", field.samples.join(" · ")) };
                        view! {
                            <SelectField
                                form=FORM
                                name=format!("map.{}", field.name)
                                label=field.label
                                hint
                                value=field.heading
                                optional=!field.needed
                                options=options.clone()
                                empty="Not in this file"
                            />
                        }
                    })
                    .collect_view()}
            </div>
            <div class="form__actions"><Submit label="Look at the rows"/></div>
        </PostForm>
    }
}

/// How long a page waits before it asks again how far a run has come.
const PAUSE: Duration = Duration::from_secs(2);

/// A run at work: how far it has come. With scripts the page follows it, and shows the report once it is over; without, a link
/// asks again: a page that loads itself anew takes its reader's place in it away.
#[component]
fn Running(import: ImportView, acting: String, over: RwSignal<u32>) -> impl IntoView {
    let again = within(&format!("/imports/{}", import.id), &acting);
    let done = RwSignal::new((import.done, import.total.max(1)));
    let follows = RwSignal::new(false);
    let id = import.id.to_string();
    Effect::new(move |_| {
        follows.set(true);
        follow(id.clone(), acting.clone(), done, over);
    });
    let words = move || {
        let (done, total) = done.get();
        format!("{done} of {total}")
    };
    view! {
        <section class="panel" aria-labelledby="running">
            <header class="panel__head"><h2 class="panel__title" id="running">"It is being imported"</h2></header>
            <div class="panel__body stack">
                <progress class="meter" value=move || done.get().0 max=move || done.get().1 aria-label="Rows done">{words}</progress>
                <p class="text-soft">{words}" rows. Nobody sees any of it before all of it is there. You can close this page."</p>
                {move || {
                    (!follows.get()).then(|| view! {
                        <div><a class="button button--small" href=again.clone() rel="external"><Icon name="refresh"/>"Load it again"</a></div>
                    })
                }}
            </div>
        </section>
    }
}

/// Asks how far a run has come, and again after a while, until it is over or nobody looks any more.
fn follow(id: String, acting: String, done: RwSignal<(i32, i32)>, over: RwSignal<u32>) {
    let _ = set_timeout(
        move || {
            if done.try_get_untracked().is_none() {
                return;
            }
            spawn_local(async move {
                match server_fns::one(id.clone(), String::new(), 1, Some(acting.clone())).await {
                    Ok(ImportScreen { import, .. }) if import.state == State::Applying => {
                        let _ = done.try_set((import.done, import.total.max(1)));
                        follow(id, acting, done, over);
                    }
                    // Nobody answered, or not well: the run goes on without us.
                    Err(error) if error.status == 0 || error.status == 429 || error.status >= 500 => {
                        follow(id, acting, done, over)
                    }
                    // The report, or what is wrong, is the page's to show.
                    _ => {
                        let _ = over.try_update(|count| *count += 1);
                    }
                }
            });
        },
        PAUSE,
    );
}

/// Every row, and what becomes or became of it.
#[component]
fn Looked(import: ImportView, acting: String) -> impl IntoView {
    let done = matches!(import.state, State::Applied | State::Undone);
    let counts = import.counts;
    let stats = [
        (Outcome::Make, if done { "made" } else { "would be made" }),
        (Outcome::Merge, "go with another"),
        (Outcome::There, "nothing to do"),
        (Outcome::Ask, "need a decision"),
        (Outcome::Skip, "not imported"),
        (Outcome::Problem, "to put right in the file"),
    ];
    let fields = import.fields.clone();
    let (headings, unused) = (import.headings.clone(), import.unused.join(", "));
    let can = import.can;
    let assumed = (!import.assumed.is_empty()).then(|| import.assumed.clone());
    let kept = (!import.kept_label.is_empty()).then(|| import.kept_label.clone());
    let key = acting.clone();
    view! {
        <section class="panel" aria-label="What becomes of the rows">
            <div class="panel__body">
                <dl class="stats">
                    {stats
                        .into_iter()
                        .map(|(outcome, note)| view! {
                            <div class="stat">
                                <dt class="stat__label">{outcome.title()}</dt>
                                <dd class="stat__value">{counts.of(outcome)}</dd>
                                <dd class="stat__note">{note}</dd>
                            </div>
                        })
                        .collect_view()}
                </dl>
                {assumed.map(|words| view! { <p class="text-soft text-small">{words}</p> })}
                {kept.map(|words| view! { <p class="text-soft text-small">{words}</p> })}
            </div>
            <footer class="panel__foot"><Actions import=import.clone() acting=acting.clone()/></footer>
        </section>
        <Sheets sheet=import.sheet.clone() sheets=import.sheets.clone() said=import.sheets_label() can_change=can.change acting=acting.clone()/>
        {can.change.then(|| view! {
            <details class="disclosure" open=came_back(&["map"])>
                <summary class="button button--small">"Which column is what"</summary>
                <div class="disclosure__body stack">
                    {(!unused.is_empty()).then(|| view! { <p class="text-soft">{format!("Nothing is taken from: {unused}.")}</p> })}
                    <MapForm fields headings acting=key.clone()/>
                </div>
            </details>
        })}
        {can.add_pictures.then(|| view! { <Pictures pictures=import.pictures.clone() acting=acting.clone()/> })}
        <Rows import acting/>
    }
}

#[component]
fn Actions(import: ImportView, acting: String) -> impl IntoView {
    let counts = import.counts;
    match import.state {
        State::Ready => {
            let what = match (counts.make, import.target) {
                (0, _) => "Import it".to_owned(),
                (1, Target::Events) => "Draft 1 event".to_owned(),
                (n, Target::Events) => format!("Draft {n} events"),
                (1, _) => "Import 1 organization".to_owned(),
                (n, _) => format!("Import {n} organizations"),
            };
            let open = match counts.ask {
                0 => String::new(),
                1 => " One row waits for a decision and is left out until then.".to_owned(),
                n => format!(" {n} rows wait for a decision and are left out until then."),
            };
            let said = if import.can.apply || counts.make + counts.merge > 0 {
                format!("All of it happens, or nothing.{open}")
            } else {
                format!("There is nothing new in it to import.{open}")
            };
            view! {
                <div class="toolbar">
                    <p class="text-soft text-small">{said}</p>
                    {import.can.apply.then(|| view! {
                        <PostForm name="apply" acting class="toolbar__end"><Submit label=what/></PostForm>
                    })}
                </div>
            }
            .into_any()
        }
        State::Applied => view! {
            <div class="toolbar">
                <p class="text-soft text-small">"Take it back, and what it made goes, as far as nothing depends on it yet."</p>
                {import.can.undo.then(|| view! {
                    <PostForm name="undo" acting class="toolbar__end"><Submit label="Take it back" class="button button--danger"/></PostForm>
                })}
            </div>
        }
        .into_any(),
        _ => {
            let text = match counts.stays {
                0 => "It was taken back.".to_owned(),
                1 => "It was taken back; one row stays and says why.".to_owned(),
                n => format!("It was taken back; {n} rows stay and say why."),
            };
            view! { <p class="text-soft text-small">{text}</p> }.into_any()
        }
    }
}

/// Pictures, and what became of each.
#[component]
fn Pictures(pictures: Vec<PictureView>, acting: String) -> impl IntoView {
    const FORM: &str = "pictures";
    let count = |wanted: &str| pictures.iter().filter(|it| it.outcome == wanted).count();
    let said = format!(
        "{} matched, {} unused, {} without a row, {} refused",
        count("matched"),
        count("unused"),
        count("unmatched"),
        count("refused")
    );
    let is_there = !pictures.is_empty();
    let summary = if is_there { format!("Logos: {said}") } else { "Add logos".to_owned() };
    view! {
        <details class="disclosure" open=came_back(&[FORM])>
            <summary class="button button--small"><Icon name="image" small=true/>{summary}</summary>
            <div class="disclosure__body stack">
                <PostForm name=FORM acting files=true>
                    <FileField
                        form=FORM
                        name="file"
                        label="ZIP archive with pictures"
                        hint="SVG, PNG, JPEG or WebP; each belongs to the row that names its file, or whose name it has. Up to 4 MB at once."
                        accept=".zip,application/zip"
                    />
                    <div class="form__actions"><Submit label="Match the pictures" class="button"/></div>
                </PostForm>
                {is_there.then(|| view! {
                    <ul class="list">
                        {pictures
                            .into_iter()
                            .map(|it| {
                                let tone = match it.outcome.as_str() {
                                    "matched" => "success",
                                    "refused" => "danger",
                                    _ => "neutral",
                                };
                                view! {
                                    <li class="list__row">
                                        <div class="list__body"><p class="list__title">{it.file_name}</p><p class="list__sub">{it.reason}</p></div>
                                        <div class="list__end"><Pill text=it.outcome tone/></div>
                                    </li>
                                }
                            })
                            .collect_view()}
                    </ul>
                })}
            </div>
        </details>
    }
}

#[component]
fn Rows(import: ImportView, acting: String) -> impl IntoView {
    let counts = import.counts;
    let tabs = [
        ("all", "All", counts.all()),
        ("problems", "Problems", counts.problem + counts.ask + counts.skip),
        ("duplicates", "Duplicates", counts.there + counts.merge),
        ("make", "New", counts.make),
        ("unmapped", "Not all mapped", counts.unmapped),
    ];
    let at = |filter: &str, page: u32| {
        let mut path = format!("/imports/{}?filter={filter}", import.id);
        if page > 1 {
            path.push_str(&format!("&page={page}"));
        }
        within(&path, &acting)
    };
    let links = tabs
        .into_iter()
        .map(|(filter, label, count)| {
            let here = (import.filter == filter).then_some("page");
            view! { <a class="tabs__tab" href=at(filter, 1) aria-current=here>{label}" "<span class="num">{count}</span></a> }
        })
        .collect_view();
    let (page, pages) = (import.page, import.pages);
    let before = (page > 1).then(|| at(&import.filter, page - 1));
    let after = (page < pages).then(|| at(&import.filter, page + 1));
    let pager = (pages > 1).then(|| {
        view! {
            <nav class="pagination" aria-label="Pages of rows">
                <p class="pagination__count">{format!("Page {page} of {pages}")}</p>
                {before.map(|href| view! { <a class="button button--small" href=href>"Previous"</a> })}
                {after.map(|href| view! { <a class="button button--small" href=href>"Next"</a> })}
            </nav>
        }
    });
    let can_change = import.can.change;
    let decides = can_change && import.rows.iter().any(|row| !row.choices(import.target).is_empty());
    let asks = import.rows.iter().any(|row| row.outcome == Outcome::Ask);
    let target = import.target;
    let rows = import.rows.clone();
    let body = if rows.is_empty() {
        view! { <Empty title="No rows here" text="What was decided stands under another part of the list, and all of it under All." icon="list-checks"/> }.into_any()
    } else if decides {
        view! {
            <PostForm name="decide" acting=acting.clone() class="stack">
                <Table rows=rows.clone() target can_change acting=acting.clone()/>
                <div class="action-bar">
                    {asks.then(|| view! {
                        <Submit label="Leave out all that wait" class="button" name="all" value="ask:skip"/>
                        <Submit label="Make all that wait" class="button" name="all" value="ask:make"/>
                    })}
                    <Submit label="Keep these decisions"/>
                </div>
            </PostForm>
        }
        .into_any()
    } else {
        view! { <Table rows=rows.clone() target can_change acting=acting.clone()/> }.into_any()
    };
    view! {
        <section class="stack" aria-labelledby="rows-title">
            <h2 class="section__title" id="rows-title">"Row by row"</h2>
            <nav class="tabs" aria-label="Rows">{links}</nav>
            {body}
            {pager}
        </section>
    }
}

#[component]
fn Table(rows: Vec<RowView>, target: Target, can_change: bool, acting: String) -> impl IntoView {
    view! {
        <div class="table-wrap">
            <table class="table">
                <caption class="visually-hidden">"The rows of the file"</caption>
                <thead>
                    <tr>
                        <th scope="col">"Row"</th>
                        <th scope="col" class="table__number">"Line"</th>
                        <th scope="col">"What becomes of it"</th>
                        {can_change.then(|| view! { <th scope="col">"Decision"</th> })}
                    </tr>
                </thead>
                <tbody>
                    {rows.into_iter().map(|row| view! { <Row row target can_change acting=acting.clone()/> }).collect_view()}
                </tbody>
            </table>
        </div>
    }
}

#[component]
fn Row(row: RowView, target: Target, can_change: bool, acting: String) -> impl IntoView {
    let title = match &row.href {
        Some(href) => view! { <a class="link" href=within(href, &acting)>{row.title.clone()}</a> }.into_any(),
        None => view! { <span>{row.title.clone()}</span> }.into_any(),
    };
    let choices = row.choices(target);
    view! {
        <tr>
            <td class="table__main">
                {title}
                {(!row.unmapped.is_empty()).then(|| view! { <span class="table__sub">{format!("Not mapped: {}", row.unmapped)}</span> })}
            </td>
            <td class="table__number num" data-label="Line">{row.number}</td>
            <td data-label="What becomes of it">
                <Pill text=row.outcome.title() tone=row.outcome.tone()/>
                <span class="table__sub">{row.reason.clone()}</span>
                {row.undo_refused.clone().map(|why| view! { <span class="table__sub">{format!("Stays: {why}")}</span> })}
            </td>
            {can_change.then(|| view! { <td data-label="Decision"><Decision row choices/></td> })}
        </tr>
    }
}

#[component]
fn Decision(row: RowView, choices: Vec<Choice>) -> impl IntoView {
    if choices.is_empty() {
        return view! { <span class="text-soft">"None needed"</span> }.into_any();
    }
    // Outside a form (while nothing can be decided) there is nothing to send.
    let Some(state) = use_context::<FormState>() else { return ().into_any() };
    let name = format!("choice.{}", row.number);
    let label = format!("Decision for line {}", row.number);
    // After a refusal, what was chosen before it.
    let chosen = state.start(&name, row.choice.map_or("", Choice::label));
    let words = |choice: Choice| match choice {
        Choice::Make => "A profile of its own".to_owned(),
        Choice::Merge => match (&row.into_name, row.into_row) {
            (Some(name), _) => format!("With {}", isolated(name)),
            (None, Some(line)) => format!("With line {line}"),
            (None, None) => "With the other".to_owned(),
        },
        Choice::Skip => "Leave it out".to_owned(),
    };
    let proposed = if row.outcome == Outcome::Ask { "Not decided" } else { "As proposed" };
    view! {
        <select class="select select--small" name=name aria-label=label>
            <option value="" selected=chosen.is_empty()>{proposed}</option>
            {choices
                .into_iter()
                .map(|choice| view! { <option value=choice.label() selected=chosen == choice.label()>{words(choice)}</option> })
                .collect_view()}
        </select>
    }
    .into_any()
}
