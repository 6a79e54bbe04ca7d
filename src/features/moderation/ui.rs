//! `/report`, where somebody says what is wrong, and `/staff/reports`, where it is decided.

pub use super::merge_ui::MergePage;
use super::{
    server_fns,
    views::{ReportReason, ReportScreen, ReportState, ReportView, ReportsScreen},
};
use crate::{
    features::opportunities::views::acting_at,
    kernel::text::isolated,
    ui::{
        form::{FormState, PostForm, SelectField, Submit, TextArea},
        page::{acting, fetched, shown},
        parts::{Empty, More, Notice, PageHead, Pill},
    },
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

/// `/report?kind=organization&id=…`.
#[component]
pub fn ReportPage() -> impl IntoView {
    let (query, workspace) = (use_query_map(), acting());
    let asked = Memo::new(move |_| {
        query.with(|query| {
            (query.get("kind").unwrap_or_default(), query.get("id").unwrap_or_default(), query.get("sent").is_some())
        })
    });
    let loaded = fetched(
        move || (asked.get(), workspace.get()),
        |((kind, id, sent), workspace)| server_fns::report(kind, id, sent, workspace),
    );
    view! {
        <Title text="Report"/>
        {shown(loaded, move |screen| view! { <Write screen sent=asked.get_untracked().2/> })}
    }
}

#[component]
fn Write(screen: ReportScreen, sent: bool) -> impl IntoView {
    let body = if sent {
        let home = acting_at("/dashboard", &screen.acting);
        view! {
            <Notice tone="success" title="Our staff look at it">
                <p>"Thank you. You get a mail when they have decided. Whoever you reported is not told that it was you."</p>
            </Notice>
            <p><a class="button" href=home>"Go to your workspace"</a></p>
        }
        .into_any()
    } else {
        let reasons = ReportReason::LABELS.iter().map(|label| ((*label).to_owned(), (*label).to_owned())).collect::<Vec<_>>();
        view! {
            <PostForm name="report" acting=screen.acting>
                <input type="hidden" name="subjectKind" value=screen.subject_kind/>
                <input type="hidden" name="subjectId" value=screen.subject_id/>
                <SelectField form="report" name="reason" label="What is wrong" options=reasons/>
                <TextArea form="report" name="words" label="What happened" hint="What our staff should look at; with dates and links where you have them." optional=true rows=5 maxlength=2000_u32/>
                <div class="form__actions"><Submit label="Send report"/></div>
            </PostForm>
        }
        .into_any()
    };
    let (title, sub) = if sent {
        ("Your report was sent".to_owned(), String::new())
    } else {
        (format!("Report {}", isolated(&screen.name)), "Only our staff read it. They are not told who reported them.".to_owned())
    };
    view! { <div class="center center--narrow stack"><PageHead title sub/>{body}</div> }
}

/// `/staff/reports`.
#[component]
pub fn ReportsPage() -> impl IntoView {
    let (query, workspace) = (use_query_map(), acting());
    let asked = Memo::new(move |_| {
        query.with(|query| (query.get("part").as_deref() == Some("decided"), query.get("cursor").unwrap_or_default()))
    });
    let loaded = fetched(
        move || (asked.get(), workspace.get()),
        |((decided, cursor), workspace)| server_fns::reports(decided, cursor, workspace),
    );
    view! {
        <Title text="Reports"/>
        {shown(loaded, |screen| view! { <Queue screen/> })}
    }
}

#[component]
fn Queue(screen: ReportsScreen) -> impl IntoView {
    let ReportsScreen { page, decided, acting } = screen;
    let tabs = [(false, "Open", "/staff/reports"), (true, "Decided", "/staff/reports?part=decided")]
        .into_iter()
        .map(|(part, label, path)| {
            view! { <a class="tabs__tab" href=acting_at(path, &acting) aria-current=(part == decided).then_some("page")>{label}</a> }
        })
        .collect_view();
    let total = if page.total_capped { "1,000+".to_owned() } else { page.total.to_string() };
    let count = format!("Showing {} of {total}", page.items.len());
    let part = if decided { "decided" } else { "open" };
    let next = page.next_cursor.map(|cursor| acting_at(&format!("/staff/reports?part={part}&cursor={cursor}"), &acting));
    let list = if page.items.is_empty() {
        let text = if decided { "What you decide is kept here." } else { "What people report appears here at once." };
        view! { <Empty title="Nothing here" text icon="check-circle"/> }.into_any()
    } else {
        let can_hide = page.items.iter().any(|it| it.can_hide);
        let can_show = page.items.iter().any(|it| it.state == ReportState::Hidden);
        let choices = page.items.iter().filter(|it| !decided || it.state == ReportState::Hidden).count();
        let one = move |it: ReportView| {
            let is_choice = !decided || it.state == ReportState::Hidden;
            view! { <One it is_choice only=is_choice && choices == 1/> }
        };
        let items = page.items;
        view! {
            <PostForm name="decide" acting=acting.clone() class="stack">
                // Made in here, where the form gives its fields what they share.
                {items.into_iter().map(one).collect_view()}
                {(!decided).then(|| view! { <Decide can_hide/> })}
                {(decided && can_show).then(|| view! { <Show/> })}
            </PostForm>
            <More count next/>
        }
        .into_any()
    };
    view! {
        <div class="stack">
            <PageHead title="Reports" sub="What people reported; the oldest comes first. Reporters are told the outcome."/>
            <nav class="tabs" aria-label="Reports">{tabs}</nav>
            {list}
        </div>
    }
}

/// What was hidden is put back.
#[component]
fn Show() -> impl IntoView {
    view! {
        <section class="panel dock" aria-label="Put it back">
            <div class="panel__body stack">
                <TextArea form="decide" name="reason" label="Why it may be seen again" hint="Its owner reads it; the reporter is told the outcome." rows=2 maxlength=2000_u32/>
                <div class="form__actions"><Submit label="Put it back on the marketplace" class="button" name="decision" value="show"/></div>
            </div>
        </section>
    }
}

/// What becomes of the report that is chosen.
#[component]
fn Decide(can_hide: bool) -> impl IntoView {
    view! {
        <section class="panel dock" aria-label="Decision">
            <div class="panel__body stack">
                <TextArea form="decide" name="reason" label="Why" hint="Whoever is warned or hidden reads it; the reporter is told the outcome." rows=2 maxlength=2000_u32/>
                <div class="form__actions">
                    <Submit label="Dismiss" class="button" name="decision" value="dismiss"/>
                    <Submit label="Warn its owner" class="button" name="decision" value="warn"/>
                    {can_hide.then(|| view! { <Submit label="Take it off the marketplace" class="button button--danger" name="decision" value="hide"/> })}
                </div>
            </div>
        </section>
    }
}

#[component]
fn One(it: ReportView, is_choice: bool, only: bool) -> impl IntoView {
    let id = it.id.to_string();
    let chosen = expect_context::<FormState>().start("report", "") == id || only;
    let heading = format!("report-{}", it.id);
    let titled = heading.clone();
    let (pill, tone) = match it.state {
        ReportState::Open => (format!("waits {}", it.age_label), "warning"),
        state => (state.label().to_owned(), "neutral"),
    };
    let more = (it.open_about > 1).then(|| format!("{} open reports are about this.", it.open_about));
    let by = if it.reporter_workspace.is_empty() {
        it.reporter_name.clone()
    } else {
        format!("{} ({})", isolated(&it.reporter_name), isolated(&it.reporter_workspace))
    };
    let (kind, name) = (it.subject_kind.label(), it.subject_name);
    view! {
        <article class="panel pick" aria-labelledby=titled>
            <header class="panel__head">
                <h2 class="panel__title" id=heading>{name}</h2>
                <Pill text=pill tone/>
            </header>
            <div class="panel__body stack">
                <p>
                    <strong>{it.reason.label()}</strong> ", " {kind} ", reported by " <bdi>{by}</bdi> ". " {more} " "
                    {it.href.map(|href| view! { <a href=href>"Look at it"</a> })}
                </p>
                {(!it.words.is_empty()).then(|| view! { <blockquote class="timeline__quote">{it.words}</blockquote> })}
                {it.quote.map(|quote| view! { <p>"The message:"</p> <blockquote class="timeline__quote">{quote}</blockquote> })}
                {it.decision_reason.map(|reason| view! { <p><strong>"Decided: "</strong>{reason}</p> })}
                {is_choice.then(|| view! {
                    <label class="choice choice--plain pick__choice">
                        <input class="choice__input" type="radio" name="report" value=id checked=chosen/>
                        <span class="choice__label">"Decide on this one"</span>
                    </label>
                })}
            </div>
        </article>
    }
}
