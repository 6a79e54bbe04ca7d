//! `/manage/opportunities/new` and `/manage/opportunities/{id}`: where an opportunity is written, opened and closed.

use super::items::{ItemLines, plain};
use crate::{
    features::{
        opportunities::{
            server_fns,
            views::{EditorScreen, OpportunityStatus, OpportunityView, acting_at},
        },
        partners::ui::{lines::BenefitLines, wall::Benefits},
    },
    kernel::{ids::ItemId, labels::Category, money::Currency},
    ui::{
        form::{
            CurrencyField, FormState, MomentField, MoneyField, PlacedField, PostForm, SelectField, Submit, TextArea, TextField,
            came_back,
        },
        page::{acting, fetched, shown},
        parts::{Empty, HiddenNotice, Notice, PageHead, Pill, Tier},
    },
};
use leptos::{prelude::*, task::spawn_local};
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

#[component]
pub fn NewOpportunityPage() -> impl IntoView {
    let acting = acting();
    let loaded = fetched(move || acting.get(), |workspace| server_fns::editor(String::new(), workspace));
    view! {
        <Title text="New opportunity"/>
        {shown(loaded, |screen| view! { <New screen/> })}
    }
}

#[component]
pub fn EditOpportunityPage() -> impl IntoView {
    let params = use_params_map();
    let acting = acting();
    let loaded = fetched(
        move || (params.read().get("id").unwrap_or_default(), acting.get()),
        |(id, workspace)| server_fns::editor(id, workspace),
    );
    view! {
        <Title text="Opportunity"/>
        {shown(loaded, |screen| view! { <Edit screen/> })}
    }
}

#[component]
fn New(screen: EditorScreen) -> impl IntoView {
    if screen.events.is_empty() {
        let href = acting_at("/manage/events/new", &screen.acting);
        return view! {
            <Empty only=true title="An opportunity needs an event" text="Write down your event first; a draft with a title is enough." icon="calendar">
                <a class="button button--primary" href=href>"Write an event"</a>
            </Empty>
        }
        .into_any();
    }
    let can_open = screen.gate.is_empty();
    view! {
        <div class="center center--narrow stack">
            <PageHead title="New opportunity" sub="Say what a sponsor or partner gets, for how much, and until when you decide."/>
            <Gate gate=screen.gate.clone()/>
            <PostForm name="save" acting=screen.acting.clone()>
                <Fields screen=screen.clone()/>
                <div class="form__actions">
                    {can_open.then(|| view! { <Submit label="Open to sponsors" name="_action" value="open"/> })}
                    <Submit label="Save draft" class="button"/>
                </div>
            </PostForm>
        </div>
    }
    .into_any()
}

#[component]
fn Gate(gate: String) -> impl IntoView {
    (!gate.is_empty()).then(|| view! { <Notice tone="info" title="You can write drafts already"><p>{gate}</p></Notice> })
}

#[component]
fn Edit(screen: EditorScreen) -> impl IntoView {
    let Some(it) = screen.opportunity.clone() else {
        return ().into_any();
    };
    let acting = screen.acting.clone();
    let gate = screen.gate.clone();
    let body = if it.can.edit {
        let (saved, reads_for) = (it.clone(), acting.clone());
        // A draft's next step stands above: to open it.
        let class = if it.status == OpportunityStatus::Draft { "button" } else { "button button--primary" };
        view! {
            <PostForm name="save" acting=acting.clone()>
                <Version saved acting=reads_for/>
                <Fields screen=screen.clone()/>
                <div class="form__actions"><Submit label="Save" class/></div>
            </PostForm>
        }
        .into_any()
    } else {
        view! { <Benefits lines=it.benefits.clone()/> }.into_any()
    };
    view! {
        <div class="center center--narrow stack">
            <nav class="breadcrumb" aria-label="Breadcrumb">
                <ol class="breadcrumb__list">
                    <li><a href=acting_at("/manage/opportunities", &acting)>"Your opportunities"</a></li>
                    <li><span aria-current="page">{it.title.clone()}</span></li>
                </ol>
            </nav>
            <PageHead title=it.title.clone() over=it.event.title.clone() sub=format!("{}, {}", it.budget_range.formatted, it.places_label)/>
            <div class="cluster">
                <Pill text=it.status.label() tone=it.status.tone()/>
                <Tier label=it.category.label() hue=it.hue.label()/>
            </div>
            {it.hidden_reason.clone().map(|reason| view! { <HiddenNotice what="opportunity" reason/> })}
            <Gate gate/>
            <Standing it=it.clone() acting=acting.clone()/>
            {body}
        </div>
    }
    .into_any()
}

/// The version that was read. When somebody else saved meanwhile, it becomes theirs, and both wordings stand side by side:
/// saving again is then a decision, not an accident.
#[component]
fn Version(saved: OpportunityView, acting: String) -> impl IntoView {
    let state = expect_context::<FormState>();
    let in_conflict = move || state.outcome.with(|outcome| outcome.as_ref().is_some_and(|o| o.code == "VERSION_CONFLICT"));
    // A page that the server rendered after a conflict was rendered with the newest version.
    let newest = RwSignal::new(in_conflict().then(|| saved.clone()));
    let first = if in_conflict() { saved.version.to_string() } else { state.start("version", &saved.version.to_string()) };
    let id = saved.id.to_string();
    Effect::new(move |_| {
        if in_conflict() {
            let (id, acting) = (id.clone(), Some(acting.clone()).filter(|acting| !acting.is_empty()));
            spawn_local(async move {
                if let Ok(EditorScreen { opportunity: Some(it), .. }) = server_fns::editor(id, acting).await {
                    newest.set(Some(it));
                }
            });
        }
    });
    let version = move || newest.with(|newest| newest.as_ref().map(|it| it.version.to_string()));
    let shown = first.clone();
    view! {
        <input type="hidden" name="version" value=first prop:value=move || version().unwrap_or_else(|| shown.clone())/>
        {move || in_conflict().then(|| newest.get().map(|saved| view! { <Compare saved/> }))}
    }
}

/// The title that somebody wrote; nothing where the role stands in for it, so that it goes with the role when that is changed.
fn own_title(it: &OpportunityView) -> String {
    if it.title == it.category.label() { String::new() } else { it.title.clone() }
}

/// A piece with everything that is said of it: "Booth 500, Add-on, how many 2, not with Stage".
fn piece(name: &str, price: &str, parts: [(&str, &str); 6]) -> String {
    let said = parts.into_iter().filter(|(_, said)| !said.is_empty());
    let words = said.map(|(word, said)| format!(", {word} {said}").replace(",  ", ", ")).collect::<String>();
    format!("{name} {price}{words}")
}

/// What is saved against what was typed, field by field.
#[component]
fn Compare(saved: OpportunityView) -> impl IntoView {
    let state = expect_context::<FormState>();
    let typed = state.outcome.get_untracked().map(|outcome| outcome.values).unwrap_or_default();
    // "500.5" and "500.50" are the same amount.
    let amount = |text: &str| {
        let text = plain(text);
        if text.contains('.') { text.trim_end_matches('0').to_owned() } else { text }
    };
    let mut stored = vec![
        ("category", "You look for a".to_owned(), saved.category.label().to_owned()),
        ("title", "Title".to_owned(), own_title(&saved)),
        ("budgetRange.currency", "Currency".to_owned(), saved.currency.code().to_owned()),
        ("budgetRange.min", "Budget from".to_owned(), amount(&saved.budget_range.min.amount.to_string())),
        ("budgetRange.max", "Budget to".to_owned(), amount(&saved.budget_range.max.amount.to_string())),
        ("places", "Places".to_owned(), saved.places.to_string()),
        ("decisionDeadline", "You decide by".to_owned(), saved.decision_deadline.to_string()),
        ("description", "Description".to_owned(), saved.description.clone()),
    ];
    let lines = |pick: &dyn Fn(usize) -> Option<String>| {
        (0..40).map_while(pick).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("; ")
    };
    let typed_of = |name: &str| typed.get(name).and_then(|values| values.first()).cloned().unwrap_or_default();
    let said = |kind: &str, text: &str| if text.is_empty() { kind.to_owned() } else { format!("{kind}: {text}") };
    let theirs = lines(&|index| saved.benefits.get(index).map(|line| said(line.kind.label(), &line.text)));
    let yours = lines(&|index| {
        let kind = typed.get(&format!("benefits[{index}].kind"))?.first()?.clone();
        let text = typed_of(&format!("benefits[{index}].text"));
        Some(if kind.is_empty() { String::new() } else { said(&kind, &text) })
    });
    let their_pieces = lines(&|index| {
        let item = saved.items.get(index)?;
        let price = crate::kernel::money::Money { minor: item.price_minor, currency: saved.currency };
        let name_of = |id: &ItemId| saved.items.iter().find(|it| it.id == *id).map(|it| it.name.clone()).unwrap_or_default();
        let conflicts = item.conflicts.iter().map(name_of).collect::<Vec<_>>();
        Some(piece(
            &item.name,
            &amount(&price.to_major_string()),
            [
                ("", item.kind.label()),
                ("how many", &item.stock.map(|stock| stock.to_string()).unwrap_or_default()),
                ("benefit", item.benefit.label()),
                ("details", &item.details),
                ("package", &item.package_id.as_ref().map(name_of).unwrap_or_default()),
                ("not with", &conflicts.join(", ")),
            ],
        ))
    });
    let your_pieces = lines(&|index| {
        let name = typed.get(&format!("items[{index}].name"))?.first()?.trim().to_owned();
        if name.is_empty() {
            return Some(name);
        }
        let part = |part: &str| typed_of(&format!("items[{index}].{part}")).trim().to_owned();
        let conflicts = part("conflicts").split(',').map(str::trim).filter(|it| !it.is_empty()).collect::<Vec<_>>().join(", ");
        Some(piece(
            &name,
            &amount(&part("price")),
            [
                ("", part("kind").as_str()),
                ("how many", &part("stock")),
                ("benefit", &part("benefit")),
                ("details", &part("details")),
                ("package", &part("package")),
                ("not with", &conflicts),
            ],
        ))
    });
    stored.push(("", "Benefits".to_owned(), theirs));
    stored.push((" ", "Packages and extras".to_owned(), their_pieces));
    let rows = stored
        .into_iter()
        .filter_map(|(name, word, stored)| {
            let typed = match name {
                "" => yours.clone(),
                " " => your_pieces.clone(),
                "budgetRange.min" | "budgetRange.max" => amount(&typed_of(name)),
                name => typed_of(name),
            };
            (typed.replace("\r\n", "\n").trim() != stored.trim()).then_some((word, stored, typed))
        })
        .map(|(word, stored, typed)| {
            let empty = |text: String| if text.is_empty() { "(empty)".to_owned() } else { text };
            view! {
                <div class="diff__row diff__row--changed">
                    <dt>{word}</dt>
                    <dd><del>{empty(stored)}</del>" "<ins>{empty(typed)}</ins></dd>
                </div>
            }
        })
        .collect_view();
    view! {
        <section class="panel" aria-labelledby="compare">
            <header class="panel__head"><h2 class="panel__title" id="compare">"What was saved meanwhile, and what you typed"</h2></header>
            <div class="panel__body">
                <dl class="diff">{rows}</dl>
                <p class="form__note">"Saving now keeps what you typed."</p>
            </div>
        </section>
    }
}

/// The one thing to do with it next: open it, close it, or nothing.
#[component]
fn Standing(it: OpportunityView, acting: String) -> impl IntoView {
    let (over, title, text, tone) = match it.status {
        OpportunityStatus::Draft => (
            "Draft",
            "Nobody sees it yet".to_owned(),
            "Save your words below first, then open it to sponsors.".to_owned(),
            "accent",
        ),
        OpportunityStatus::Open => (
            "Open",
            format!("Sponsors can apply until {}", it.deadline_label),
            "What you save below is shown at once. Applications come to your inbox.".to_owned(),
            "neutral",
        ),
        OpportunityStatus::Closed => (
            "Closed",
            "Nobody can apply any more".to_owned(),
            "Requests that were made can still be answered in your inbox. Name a new day to open it again.".to_owned(),
            "neutral",
        ),
        OpportunityStatus::Filled => (
            "Filled",
            "Every place is taken".to_owned(),
            "The event's page shows who stands there. Offer more places to open it again: whoever waits is asked first."
                .to_owned(),
            "success",
        ),
    };
    let (zone, zone_again) = (it.event.timezone.clone(), it.event.timezone.clone());
    let public = (it.status != OpportunityStatus::Draft)
        .then(|| view! { <a class="button" href=format!("/opportunities/{}", it.id)>"See the public page"</a> });
    view! {
        <section class=format!("next-action tone-{tone}") aria-labelledby="standing">
            <div class="next-action__text">
                <p class="next-action__over">{over}</p>
                <h2 class="next-action__title" id="standing">{title}</h2>
                <p>{text}</p>
            </div>
            <div class="next-action__actions">
                {it.can.open.then(|| view! {
                    <PostForm name="open" acting=acting.clone() class="cluster"><Submit label="Open to sponsors"/></PostForm>
                })}
                {public}
                {(it.status != OpportunityStatus::Draft).then(|| {
                    let href = acting_at(&format!("/manage/opportunities/{}/decisions", it.id), &acting);
                    view! { <a class="button" href=href>"Decide about applications"</a> }
                })}
                {it.can.reopen.then(|| view! {
                    <details class="disclosure" open=came_back(&["reopen"])>
                        <summary class="button">"Open again"</summary>
                        <div class="disclosure__body">
                            <PostForm name="reopen" acting=acting.clone()>
                                <input type="hidden" name="version" value=it.version.to_string()/>
                                <MomentField form="reopen" name="decisionDeadline" label="You decide by" day=true zone=zone_again/>
                                <div class="form__actions"><Submit label="Open again"/></div>
                            </PostForm>
                        </div>
                    </details>
                })}
                {it.can.add_places.then(|| view! {
                    <details class="disclosure" open=came_back(&["add-places"])>
                        <summary class="button">"Offer more places"</summary>
                        <div class="disclosure__body">
                            <PostForm name="add-places" acting=acting.clone()>
                                <input type="hidden" name="version" value=it.version.to_string()/>
                                <div class="form__row">
                                    <TextField
                                        form="add-places"
                                        name="places"
                                        label="Places"
                                        hint="All of them together, with those that are taken."
                                        value=(it.places + 1).to_string()
                                        inputmode="numeric"
                                        short=true
                                    />
                                    <MomentField
                                        form="add-places"
                                        name="decisionDeadline"
                                        label="You decide by"
                                        value=it.decision_deadline.to_string()
                                        day=true
                                        zone=zone
                                    />
                                </div>
                                <div class="form__actions"><Submit label="Offer them"/></div>
                            </PostForm>
                        </div>
                    </details>
                })}
                {it.can.close.then(|| view! {
                    <PostForm name="close" acting=acting.clone() class="cluster"><Submit label="Close" class="button"/></PostForm>
                })}
            </div>
        </section>
    }
}

#[component]
fn Fields(screen: EditorScreen) -> impl IntoView {
    let it = screen.opportunity;
    let stored = |pick: fn(&OpportunityView) -> String| it.as_ref().map(pick).unwrap_or_default();
    let items = it.as_ref().map(|it| it.items.clone()).unwrap_or_default();
    let fixed = it.as_ref().is_some_and(|it| it.status != OpportunityStatus::Draft);
    let event = match &it {
        Some(it) => it.event.id.to_string(),
        None if screen.events.len() == 1 => screen.events[0].id.to_string(),
        None => String::new(),
    };
    let zones: Vec<(String, String)> = screen.events.iter().map(|event| (event.id.to_string(), event.timezone.clone())).collect();
    let events: Vec<(String, String)> = screen.events.into_iter().map(|event| (event.id.to_string(), event.label)).collect();
    let same = |label: &&'static str| ((*label).to_owned(), (*label).to_owned());
    let currency = it.as_ref().map_or_else(|| Currency::Inr.code().to_owned(), |it| it.currency.code().to_owned());
    let places = it.as_ref().map_or_else(|| "1".to_owned(), |it| it.places.to_string());
    let lines = it.as_ref().map(|it| it.benefits.clone()).unwrap_or_default();
    let events_field = if fixed {
        view! { <input type="hidden" name="eventId" value=event/> }.into_any()
    } else {
        view! { <PlacedField form="save" name="eventId" label="Event" value=event options=events zones/> }.into_any()
    };
    view! {
        {events_field}
        <SelectField
            form="save"
            name="category"
            label="You look for a"
            hint="It stands word for word on the event's page."
            value=stored(|it| it.category.label().to_owned())
            options=Category::LABELS.iter().map(same).collect()
        />
        <TextField
            form="save"
            name="title"
            label="Title"
            hint="The role itself when you leave it empty."
            value=stored(own_title)
            optional=true
            maxlength=120_u32
        />
        <div class="form__row">
            <CurrencyField form="save" name="budgetRange.currency" value=currency/>
            <MoneyField form="save" name="budgetRange.min" label="Budget from" value=stored(|it| plain(&it.budget_range.min.amount.to_string()))/>
            <MoneyField form="save" name="budgetRange.max" label="Budget to" value=stored(|it| plain(&it.budget_range.max.amount.to_string()))/>
        </div>
        <div class="form__row">
            <TextField form="save" name="places" label="Places" hint="How many can have this role." value=places inputmode="numeric" short=true/>
            <MomentField
                form="save"
                name="decisionDeadline"
                label="You decide by"
                value=stored(|it| it.decision_deadline.to_string())
                day=true
                zone=if fixed { stored(|it| it.event.timezone.clone()) } else { String::new() }
            />
        </div>
        <TextArea
            form="save"
            name="description"
            label="Description"
            hint="Who comes, what the support makes possible, what you can show from earlier years."
            value=stored(|it| it.description.clone())
            optional=true
            rows=6
            maxlength=5000_u32
        />
        <BenefitLines form="save" hint="What you give in return. Leave all of them on “None” for what is usual at this tier." lines/>
        <ItemLines form="save" items/>
    }
}
