//! Forms that post to their own page, and come back with what was typed when they are refused. They work before the wasm
//! arrives and without it; with it, they are sent in the background and nothing on the page moves but what changed.

use super::{
    browser::{self, Answer},
    parts::Icon,
};
use crate::kernel::{
    amounts::{Before, grouped},
    clocks,
    fields::{Answers, FieldErrors},
    money::Currency,
    text::isolated,
};
use leptos::{context::Provider, html, prelude::*};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, sync::Arc};

/// What becomes of a row's wish.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wished {
    OnItsWay,
    Granted,
    /// The form says why.
    Refused,
}

/// Hears what becomes of a row's wish, also when the form is gone by then.
pub type Heard = Arc<dyn Fn(&str, Wished) + Send + Sync>;

/// What is wrong with a form as it is filled in. The room's own rule, which the server asks as well.
pub type Checker = fn(&dyn Answers) -> FieldErrors;

/// What the form door says about a refused form; ships to the browser with the page.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// The page that it was posted to.
    pub path: String,
    /// Which form of the page was posted (its `_form` field).
    pub form: String,
    /// What was typed, by field name, in order.
    pub values: BTreeMap<String, Vec<String>>,
    pub errors: FieldErrors,
    /// The refusal as a whole.
    pub status: u16,
    pub code: String,
    pub message: String,
    /// Where one goes on instead; empty when there is no such place.
    #[serde(default)]
    pub href: String,
}

/// The refused form of this page load, if there is one: the same on the server and while hydrating.
#[derive(Debug, Clone, Default)]
pub struct Refused(pub Option<Outcome>);

/// Did one of these forms come back refused with this page? Then what it is folded away in is open, without scripts too: what
/// is wrong must be in sight.
pub fn came_back(forms: &[&str]) -> bool {
    refused_here().is_some_and(|outcome| forms.contains(&outcome.form.as_str()))
}

/// As [`came_back`], for the one of several forms that has this value in a field.
pub fn came_back_as(form: &str, field: &str, value: &str) -> bool {
    let said =
        |outcome: &Outcome| outcome.values.get(field).and_then(|values| values.first()).is_some_and(|first| first == value);
    refused_here().is_some_and(|outcome| outcome.form == form && said(&outcome))
}

fn refused_here() -> Option<Outcome> {
    // A card that says what went wrong has the frame of a page, and no router.
    let outcome = use_context::<Refused>()?.0?;
    let path = leptos_router::hooks::use_location().pathname.get_untracked();
    (outcome.path == path).then_some(outcome)
}

/// What is wrong with a form of which the page knows none: it could not be read, or a page older than the site has sent it.
/// Stands above every page, for nobody would hear of it otherwise without scripts.
#[component]
pub fn Unplaced() -> impl IntoView {
    refused_here().filter(|outcome| outcome.form.is_empty()).map(|outcome| {
        view! {
            <div class="center">
                <div class="error-summary" role="alert" tabindex="-1" id="unplaced-problem">
                    <p class="error-summary__title">{outcome.message}</p>
                </div>
            </div>
        }
    })
}

/// What the fields of a form share.
#[derive(Clone, Copy)]
pub struct FormState {
    /// The newest refusal.
    pub outcome: RwSignal<Option<Outcome>>,
    /// What was typed when the page was rendered.
    first: StoredValue<Option<Outcome>>,
    busy: RwSignal<bool>,
    /// What its amounts are in: what [`CurrencyField`] says.
    currency: RwSignal<Currency>,
    /// On whose clocks its moments are: what [`ZoneField`] or [`PlacedField`] says; empty where nothing does.
    zone: RwSignal<String>,
    /// Told apart from forms of the same name: what ids end with.
    ending: StoredValue<String>,
}

impl FormState {
    /// What a field shows at first: what was typed, else what is stored.
    pub fn start(&self, name: &str, stored: &str) -> String {
        self.first
            .with_value(|first| {
                first.as_ref().map(|outcome| outcome.values.get(name).and_then(|v| v.first()).cloned().unwrap_or_default())
            })
            .unwrap_or_else(|| stored.to_owned())
    }

    /// As [`FormState::start`], for fields with several values.
    pub fn start_all(&self, name: &str, stored: &[String]) -> Vec<String> {
        self.first
            .with_value(|first| first.as_ref().map(|outcome| outcome.values.get(name).cloned().unwrap_or_default()))
            .unwrap_or_else(|| stored.to_vec())
    }

    /// The nested rows that were typed, when the form came back: how many.
    pub fn typed_rows(&self, list: &str) -> Option<usize> {
        self.first.with_value(|first| {
            first.as_ref().map(|outcome| {
                let prefix = format!("{list}[");
                outcome
                    .values
                    .keys()
                    .filter_map(|key| key.strip_prefix(&prefix)?.split(']').next()?.parse::<usize>().ok())
                    .max()
                    .map_or(0, |last| last + 1)
            })
        })
    }

    /// Did this page load come back refused?
    pub fn came_back(&self) -> bool {
        self.first.with_value(Option::is_some)
    }

    /// The id of a field's control in this form.
    pub fn id_of(&self, form: &str, field: &str) -> String {
        self.ending.with_value(|ending| format!("{}{ending}", field_id(form, field)))
    }

    /// The problem of a field.
    pub fn error(&self, name: &str) -> Option<String> {
        self.outcome.with(|outcome| outcome.as_ref()?.errors.get(name).map(str::to_owned))
    }

    /// Fields that were wrong are in order now: nothing is said about them any more.
    fn took_back(&self, names: &[&str]) {
        self.outcome.update(|outcome| {
            let Some(said) = outcome.as_mut() else { return };
            said.errors.0.retain(|name, _| !names.contains(&name.as_str()));
            if said.errors.is_empty() {
                *outcome = None;
            }
        });
    }

    /// What its amounts are in.
    pub fn currency(&self) -> Currency {
        self.currency.get_untracked()
    }

    pub fn is_busy(&self) -> bool {
        self.busy.get()
    }
}

/// A form of this page. `name` is its verb in the room's `forms()`; children are fields. Every form, also one that is a single
/// button, says when it was refused or could not be sent.
#[component]
pub fn PostForm(
    name: &'static str,
    /// What buttons that stand elsewhere on the page name it by.
    #[prop(optional, into)]
    id: Option<String>,
    /// Another page's address, when the form stands in the frame around pages.
    #[prop(optional, into)]
    action: Option<String>,
    /// The acting workspace; sent as `_as`.
    #[prop(optional, into)]
    acting: Option<String>,
    /// Has file fields.
    #[prop(optional)]
    files: bool,
    #[prop(default = "form")] class: &'static str,
    /// Which of several forms with this name on the page: a hidden field and its value.
    #[prop(optional)]
    one: Option<(&'static str, String)>,
    /// Asked in the browser before anything is sent, and about each field that is corrected; the server asks the same and more.
    #[prop(optional)]
    check: Option<Checker>,
    /// Its buttons stand on rows, and what each asks for can be asked for twice: it has no key, and is busy with a row, not with all.
    /// Called for each step of a wish ([`Wished`]), with the value of its button; the page stays, and shows the row as busy.
    #[prop(optional)]
    rows: Option<Heard>,
    children: Children,
) -> impl IntoView {
    let path = leptos_router::hooks::use_location().pathname.get_untracked();
    let refused = use_context::<Refused>().unwrap_or_default().0.filter(|o| o.form == name && o.path == path);
    let refused = refused.filter(|outcome| match &one {
        Some((field, value)) => outcome.values.get(*field).and_then(|values| values.first()) == Some(value),
        None => true,
    });
    let ending = one.as_ref().map(|(_, value)| format!("-{value}")).unwrap_or_default();
    let summary_id = format!("{name}-problems{ending}");
    let state = FormState {
        outcome: RwSignal::new(refused.clone()),
        first: StoredValue::new(refused),
        busy: RwSignal::new(false),
        currency: RwSignal::new(Currency::Inr),
        zone: RwSignal::new(String::new()),
        ending: StoredValue::new(ending),
    };
    let key = SharedValue::new(browser::fresh_key).into_inner();
    // Until the first answer, the same key: a second click is the same wish. A refusal is answered by a new one.
    let key = RwSignal::new(key);
    let focus_id = summary_id.clone();
    // What `check` said itself, which it can take back.
    let checked = StoredValue::new(FieldErrors::default());
    // The rows whose wish is on its way.
    let on_way = StoredValue::new(Vec::<String>::new());
    let has_key = rows.is_none();
    let submit = move |event: leptos::ev::SubmitEvent| {
        let row = rows.as_ref().map(|heard| (browser::pressed(&event), Arc::clone(heard)));
        let is_same_wish = match &row {
            Some((row, _)) => on_way.with_value(|rows| rows.contains(row)),
            None => state.busy.get_untracked(),
        };
        if is_same_wish {
            event.prevent_default();
            return;
        }
        if let Some((_, errors)) =
            check.and_then(|check| browser::look_over(&event, check)).filter(|(_, errors)| !errors.is_empty())
        {
            event.prevent_default();
            let code = "VALIDATION_ERROR".to_owned();
            checked.set_value(errors.clone());
            state.outcome.set(Some(Outcome { errors, status: 422, code, ..Outcome::default() }));
            browser::focus(&focus_id);
            return;
        }
        match &row {
            Some((row, heard)) => {
                state.outcome.set(None);
                on_way.update_value(|rows| rows.push(row.clone()));
                heard(row, Wished::OnItsWay);
            }
            None => state.busy.set(true),
        }
        let focus_id = focus_id.clone();
        let arrived = move |was: Wished| match &row {
            Some((row, heard)) => {
                on_way.update_value(|rows| rows.retain(|it| it != row));
                heard(row, was);
            }
            None => state.busy.set(false),
        };
        browser::send_form(&event, move |answer| match answer {
            Answer::Go(_) if !has_key => arrived(Wished::Granted),
            Answer::Go(location) => browser::go(&location),
            Answer::Refused(outcome) => {
                arrived(Wished::Refused);
                key.set(browser::fresh_key());
                checked.set_value(FieldErrors::default());
                state.outcome.set(Some(*outcome));
                browser::focus(&focus_id);
            }
            Answer::Lost => {
                arrived(Wished::Refused);
                state.outcome.set(Some(Outcome {
                    message: "We could not be reached, so nothing was sent. Everything you typed is still here: try again."
                        .into(),
                    ..Outcome::default()
                }));
                browser::focus(&focus_id);
            }
        });
    };
    // While somebody types, and not when they leave the field: what is said above the fields moves them when it goes, and the
    // button that is being pressed with them.
    let corrected = move |event: leptos::ev::Event| {
        let looked =
            check.filter(|_| state.outcome.with_untracked(Option::is_some)).and_then(|check| browser::look_over(&event, check));
        let Some((field, errors)) = looked else { return };
        // A rule may look at more than one field: what it said of another is taken back too. What only the server knows of
        // another stays.
        let is_right = |said: &str| {
            errors.get(said).is_none() && (said == field || checked.with_value(|checked| checked.get(said).is_some()))
        };
        let said = state.outcome.with_untracked(|said| said.as_ref().map(|said| said.errors.clone())).unwrap_or_default();
        let right: Vec<&str> = said.0.keys().map(String::as_str).filter(|said| is_right(said)).collect();
        if !right.is_empty() {
            state.took_back(&right);
        }
    };
    view! {
        <form
            class=class
            id=id
            method="post"
            action=action
            enctype=files.then_some("multipart/form-data")
            novalidate
            on:submit=submit
            on:input=corrected
        >
            // To what is inside and to nothing else: a page has several forms, and rows that are made later (a line that is added,
            // what was saved meanwhile) must find theirs, not the last one of the page.
            <Provider value=state>
                <input type="hidden" name="_form" value=name/>
                {has_key.then(|| view! { <input type="hidden" name="_key" prop:value=move || key.get() value=key.get_untracked()/> })}
                {acting.map(|workspace| view! { <input type="hidden" name="_as" value=workspace/> })}
                {one.map(|(field, value)| view! { <input type="hidden" name=field value=value/> })}
                <ErrorSummary id=summary_id form=name/>
                {children()}
            </Provider>
        </form>
    }
}

/// What is wrong with the form as a whole, with links to the fields; takes the focus.
#[component]
fn ErrorSummary(id: String, form: &'static str) -> impl IntoView {
    let state = expect_context::<FormState>();
    let node = NodeRef::<html::Div>::new();
    view! {
        {move || {
            let id = id.clone();
            state.outcome.get().map(|outcome| {
                let title = match outcome.errors.0.len() {
                    0 => outcome.message.clone(),
                    1 => "One thing needs a change".into(),
                    n => format!("{n} things need a change"),
                };
                // Nothing is wrong: somebody signed in again and looks the form over.
                if outcome.status == 200 {
                    return view! {
                        <div class="notice tone-info" role="status" tabindex="-1" id=id node_ref=node>
                            <Icon name="info"/>
                            <div class="notice__body"><p class="notice__title">{title}</p></div>
                        </div>
                    }
                    .into_any();
                }
                view! {
                    <div class="error-summary" role="alert" tabindex="-1" id=id node_ref=node>
                        <h2 class="error-summary__title">{title}</h2>
                        {(outcome.code == "SECOND_FACTOR_REQUIRED").then(|| {
                            let next: String = url::form_urlencoded::byte_serialize(outcome.path.as_bytes()).collect();
                            view! { <p><a href=format!("/second-factor?next={next}") rel="external">"Open second factor"</a></p> }
                        })}
                        <ul class="error-summary__list">
                            {outcome
                                .errors
                                .0
                                .into_iter()
                                .map(|(field, message)| {
                                    if field.is_empty() {
                                        view! { <li>{message}</li> }.into_any()
                                    } else {
                                        view! { <li><a href=format!("#{}", state.id_of(form, &field)) rel="external">{message}</a></li> }.into_any()
                                    }
                                })
                                .collect_view()}
                            {(!outcome.href.is_empty()).then(|| view! { <li><a href=outcome.href rel="external">"Open it"</a></li> })}
                        </ul>
                    </div>
                }
                .into_any()
            })
        }}
    }
}

/// The id of a field's control; unique on a page with several forms.
pub fn field_id(form: &str, field: &str) -> String {
    format!("{form}-{}", field.replace(['.', '[', ']'], "-"))
}

/// The label, hint and problem around a control. The control's id is [`field_id`]; it should carry
/// `aria-describedby={id}-hint {id}-error` and `aria-invalid`.
#[component]
fn Around(
    id: String,
    name: String,
    #[prop(into)] label: String,
    #[prop(into)] hint: String,
    optional: bool,
    children: Children,
) -> impl IntoView {
    view! {
        <div class="field">
            <label class="field__label" for=id.clone()>
                {label}
                {optional.then(|| view! { " " <span class="field__optional">"optional"</span> })}
            </label>
            {(!hint.is_empty()).then(|| view! { <p class="field__hint" id=format!("{id}-hint")>{hint}</p> })}
            <div class="field__control">{children()}</div>
            <FieldError id name/>
        </div>
    }
}

/// The problem of a field, said beside it.
#[component]
pub fn FieldError(id: String, name: String) -> impl IntoView {
    let state = expect_context::<FormState>();
    view! {
        {move || {
            let id = format!("{id}-error");
            state.error(&name).map(|message| view! { <p class="field__error" id=id><Icon name="alert" small=true/>{message}</p> })
        }}
    }
}

fn described(id: &str, hint: &str, name: &str, state: FormState) -> impl Fn() -> Option<String> + Clone + Send + Sync + use<> {
    let (id, has_hint, name) = (id.to_owned(), !hint.is_empty(), name.to_owned());
    move || {
        let mut ids = Vec::new();
        if has_hint {
            ids.push(format!("{id}-hint"));
        }
        if state.error(&name).is_some() {
            ids.push(format!("{id}-error"));
        }
        (!ids.is_empty()).then(|| ids.join(" "))
    }
}

fn invalid(name: &str, state: FormState) -> impl Fn() -> Option<&'static str> + Clone + Send + Sync + use<> {
    let name = name.to_owned();
    move || state.error(&name).is_some().then_some("true")
}

/// One line of text.
#[component]
pub fn TextField(
    form: &'static str,
    #[prop(into)] name: String,
    #[prop(into)] label: String,
    #[prop(optional, into)] hint: String,
    /// What is stored.
    #[prop(optional, into)]
    value: String,
    #[prop(default = "text")] kind: &'static str,
    #[prop(optional)] optional: bool,
    #[prop(optional, into)] autocomplete: Option<String>,
    #[prop(optional, into)] inputmode: Option<String>,
    #[prop(optional, into)] placeholder: Option<String>,
    #[prop(optional, into)] maxlength: Option<u32>,
    /// For codes, dates and numbers.
    #[prop(optional)]
    short: bool,
) -> impl IntoView {
    let state = expect_context::<FormState>();
    let id = state.id_of(form, &name);
    // A password never comes back.
    let start = if kind == "password" { String::new() } else { state.start(&name, &value) };
    let describe = described(&id, &hint, &name, state);
    let bad = invalid(&name, state);
    let required = (!optional).then_some("true");
    view! {
        <Around id=id.clone() name=name.clone() label hint optional>
            <input
                class=if short { "input input--short" } else { "input" }
                id=id
                name=name
                type=kind
                value=start
                autocomplete=autocomplete
                inputmode=inputmode
                placeholder=placeholder
                maxlength=maxlength
                aria-required=required
                aria-describedby=describe
                aria-invalid=bad
            />
        </Around>
    }
}

/// Several lines of text.
#[component]
pub fn TextArea(
    form: &'static str,
    #[prop(into)] name: String,
    #[prop(into)] label: String,
    #[prop(optional, into)] hint: String,
    #[prop(optional, into)] value: String,
    #[prop(optional)] optional: bool,
    #[prop(default = 5)] rows: u32,
    #[prop(optional, into)] maxlength: Option<u32>,
) -> impl IntoView {
    let state = expect_context::<FormState>();
    let id = state.id_of(form, &name);
    let start = state.start(&name, &value);
    let describe = described(&id, &hint, &name, state);
    let bad = invalid(&name, state);
    view! {
        <Around id=id.clone() name=name.clone() label hint optional>
            <textarea class="textarea" id=id name=name rows=rows maxlength=maxlength aria-describedby=describe aria-invalid=bad>
                {start}
            </textarea>
        </Around>
    }
}

/// One of a closed list: pairs of value and label. An empty first choice says that nothing is chosen yet.
#[component]
pub fn SelectField(
    form: &'static str,
    #[prop(into)] name: String,
    #[prop(into)] label: String,
    #[prop(optional, into)] hint: String,
    #[prop(optional, into)] value: String,
    #[prop(optional)] optional: bool,
    options: Vec<(String, String)>,
    /// What the empty choice says.
    #[prop(default = "Choose…")]
    empty: &'static str,
    /// Hears what is chosen.
    #[prop(optional)]
    told: Option<Callback<String>>,
) -> impl IntoView {
    let state = expect_context::<FormState>();
    let id = state.id_of(form, &name);
    let start = state.start(&name, &value);
    let describe = described(&id, &hint, &name, state);
    let bad = invalid(&name, state);
    let choose = move |event: leptos::ev::Event| {
        if let Some(told) = told {
            told.run(event_target_value(&event));
        }
    };
    view! {
        <Around id=id.clone() name=name.clone() label hint optional>
            <select class="select" id=id name=name aria-describedby=describe aria-invalid=bad on:change=choose>
                <option value="" selected=start.is_empty()>{empty}</option>
                {options
                    .into_iter()
                    .map(|(value, label)| {
                        let chosen = value == start;
                        view! { <option value=value selected=chosen>{label}</option> }
                    })
                    .collect_view()}
            </select>
        </Around>
    }
}

/// One file, chosen on the reader's machine.
#[component]
pub fn FileField(
    form: &'static str,
    #[prop(into)] name: String,
    #[prop(into)] label: String,
    #[prop(into)] hint: String,
    /// What the machine offers, as the attribute `accept` says it.
    accept: &'static str,
) -> impl IntoView {
    let state = expect_context::<FormState>();
    let id = state.id_of(form, &name);
    let describe = described(&id, &hint, &name, state);
    let bad = invalid(&name, state);
    view! {
        <div class="field">
            <label class="field__label" for=id.clone()>{label}</label>
            <p class="field__hint" id=format!("{id}-hint")>{hint}</p>
            <input class="upload__input" id=id.clone() name=name.clone() type="file" accept=accept aria-describedby=describe aria-invalid=bad/>
            <FieldError id name/>
        </div>
    }
}

/// One of a few, with room for a hint each: value, label, hint.
#[component]
pub fn RadioField(
    form: &'static str,
    #[prop(into)] name: String,
    #[prop(into)] label: String,
    #[prop(optional, into)] value: String,
    options: Vec<(String, String, String)>,
) -> impl IntoView {
    let state = expect_context::<FormState>();
    let id = state.id_of(form, &name);
    let start = state.start(&name, &value);
    view! {
        <fieldset class="fieldset" id=id.clone() tabindex="-1">
            <legend class="fieldset__legend">{label}</legend>
            <div class="choices">
                {options
                    .into_iter()
                    .map(|(value, label, hint)| {
                        let chosen = value == start;
                        view! {
                            <label class="choice">
                                <input class="choice__input" type="radio" name=name.clone() value=value checked=chosen/>
                                <span class="choice__text">
                                    <span class="choice__label">{label}</span>
                                    {(!hint.is_empty()).then(|| view! { <span class="choice__hint">{hint}</span> })}
                                </span>
                            </label>
                        }
                    })
                    .collect_view()}
            </div>
            <FieldError id=id.clone() name=name.clone()/>
        </fieldset>
    }
}

/// Several of a closed list, as chips: value and label are one.
#[component]
pub fn ChipsField(
    form: &'static str,
    #[prop(into)] name: String,
    #[prop(into)] label: String,
    #[prop(optional, into)] hint: String,
    #[prop(optional)] value: Vec<String>,
    options: Vec<String>,
) -> impl IntoView {
    let state = expect_context::<FormState>();
    let id = state.id_of(form, &name);
    let start = state.start_all(&name, &value);
    view! {
        <fieldset class="fieldset" id=id.clone() tabindex="-1">
            <legend class="fieldset__legend">{label}</legend>
            {(!hint.is_empty()).then(|| view! { <p class="field__hint">{hint}</p> })}
            <div class="choices choices--chips">
                {options
                    .into_iter()
                    .map(|label| {
                        let chosen = start.contains(&label);
                        view! {
                            <label class="choice choice--chip">
                                <input class="choice__input" type="checkbox" name=name.clone() value=label.clone() checked=chosen/>
                                <span class="choice__label">{label}</span>
                            </label>
                        }
                    })
                    .collect_view()}
            </div>
            <FieldError id=id.clone() name=name.clone()/>
        </fieldset>
    }
}

/// One box to tick.
#[component]
pub fn TickField(
    form: &'static str,
    #[prop(into)] name: String,
    #[prop(into)] label: String,
    #[prop(optional)] value: bool,
) -> impl IntoView {
    let state = expect_context::<FormState>();
    let id = state.id_of(form, &name);
    let start = matches!(state.start(&name, if value { "true" } else { "" }).as_str(), "true" | "on");
    view! {
        <div class="field">
            <label class="choice choice--plain">
                <input class="choice__input" type="checkbox" id=id.clone() name=name.clone() value="true" checked=start/>
                <span class="choice__label">{label}</span>
            </label>
            <FieldError id name/>
        </div>
    }
}

/// What the amounts of a form are in. Amounts that stand in the same form are grouped as people of this currency do.
#[component]
pub fn CurrencyField(
    form: &'static str,
    #[prop(into)] name: String,
    #[prop(into)] value: String,
    #[prop(optional)] optional: bool,
) -> impl IntoView {
    let state = expect_context::<FormState>();
    let tell = move |code: &str| {
        if let Ok(currency) = Currency::parse(code) {
            state.currency.set(currency);
        }
    };
    tell(&state.start(&name, &value));
    // What was chosen before the program was there.
    let id = state.id_of(form, &name);
    Effect::new(move |_| tell(&browser::chosen(&id)));
    let told = Callback::new(move |code: String| tell(&code));
    let options = Currency::ALL.iter().map(|it| (it.code().to_owned(), it.name().to_owned())).collect();
    view! { <SelectField form name label="Currency" value optional options told/> }
}

/// An amount. Commas appear as it is typed, where people of its currency put them; without scripts it is a line of text, and the
/// door reads either.
#[component]
pub fn MoneyField(
    form: &'static str,
    #[prop(into)] name: String,
    #[prop(into)] label: String,
    #[prop(optional, into)] hint: String,
    /// What is stored, in major units.
    #[prop(optional, into)]
    value: String,
    #[prop(optional)] optional: bool,
    /// What it is in, whose sign then stands before it; else what the form's [`CurrencyField`] says.
    #[prop(optional)]
    currency: Option<Currency>,
) -> impl IntoView {
    let state = expect_context::<FormState>();
    let id = state.id_of(form, &name);
    let describe = described(&id, &hint, &name, state);
    let bad = invalid(&name, state);
    let start = state.start(&name, &grouped(&value, currency.unwrap_or_else(|| state.currency())));
    let control = amount_input(id.clone(), name.clone(), start, currency, !optional, describe, bad).into_any();
    view! {
        <Around id name label hint optional>
            {match currency {
                Some(currency) => view! {
                    <div class="money-input">
                        <span class="money-input__currency" aria-hidden="true">{currency.symbol()}</span>
                        {control}
                    </div>
                }
                .into_any(),
                None => control,
            }}
        </Around>
    }
}

/// The control of an amount by itself, for rows that have labels of their own. The currency as of [`MoneyField`].
pub fn amount_input(
    id: String,
    name: String,
    start: String,
    currency: Option<Currency>,
    required: bool,
    describe: impl Fn() -> Option<String> + Clone + Send + Sync + 'static,
    bad: impl Fn() -> Option<&'static str> + Clone + Send + Sync + 'static,
) -> impl IntoView {
    let state = expect_context::<FormState>();
    let before = StoredValue::new(Before::written(&start));
    // What was typed before the program was there, or put back by the browser.
    let (here, first) = (id.clone(), start.clone());
    Effect::new(move |_| {
        if let Some(text) = browser::text_in(&here).filter(|text| *text != first) {
            before.set_value(Before::typed(&text));
        }
    });
    let group = move |event: leptos::ev::Event| {
        let currency = currency.unwrap_or_else(|| state.currency());
        browser::retype(&event, |text, caret, edit| {
            let mut now = before.get_value();
            let next = now.retyped(text, caret, edit, currency);
            before.set_value(now);
            next
        });
    };
    if currency.is_none() {
        let id = id.clone();
        Effect::new(move |was: Option<Currency>| {
            let now = state.currency.get();
            if was.is_some_and(|was| was != now) {
                browser::rewrite(&id, |text| {
                    let mut stood = before.get_value();
                    let next = stood.regrouped(text, now);
                    before.set_value(stood);
                    next
                });
            }
            now
        });
    }
    view! {
        <input
            class=if currency.is_some() { "input money-input__amount" } else { "input input--short num" }
            id=id
            name=name
            value=start
            inputmode="decimal"
            autocomplete="off"
            aria-required=required.then_some("true")
            aria-describedby=describe
            aria-invalid=bad
            on:input=group
        />
    }
}

/// On whose clocks the moments of a form are. Moments that stand in the same form say so, and what they are for the reader.
#[component]
pub fn ZoneField(
    form: &'static str,
    #[prop(into)] name: String,
    #[prop(into)] hint: String,
    #[prop(into)] value: String,
    options: Vec<(String, String)>,
) -> impl IntoView {
    let state = expect_context::<FormState>();
    // Not while the page is made: without scripts another zone may be chosen, and nothing would say it.
    let id = state.id_of(form, &name);
    Effect::new(move |_| state.zone.set(browser::chosen(&id)));
    let told = Callback::new(move |zone: String| state.zone.set(zone));
    view! { <SelectField form name label="Time zone" hint value options told/> }
}

/// One of a list, each where clocks of its own hang: the moments of the form are on those of what is chosen.
#[component]
pub fn PlacedField(
    form: &'static str,
    #[prop(into)] name: String,
    #[prop(into)] label: String,
    #[prop(into)] value: String,
    options: Vec<(String, String)>,
    /// The zone of each value.
    zones: Vec<(String, String)>,
) -> impl IntoView {
    let state = expect_context::<FormState>();
    let zones = StoredValue::new(zones);
    let tell = move |value: &str| {
        let zone = zones.with_value(|zones| zones.iter().find(|(it, _)| it == value).map(|(_, zone)| zone.clone()));
        state.zone.set(zone.unwrap_or_default());
    };
    let id = state.id_of(form, &name);
    Effect::new(move |_| tell(&browser::chosen(&id)));
    let told = Callback::new(move |value: String| tell(&value));
    view! { <SelectField form name label value options told/> }
}

/// A day, or a day and a time, on the clocks of one place; with scripts also what that is on the reader's own.
#[component]
pub fn MomentField(
    form: &'static str,
    #[prop(into)] name: String,
    #[prop(into)] label: String,
    #[prop(optional, into)] hint: String,
    /// What is stored: `2027-03-14T18:30`, of a day `2027-03-14`.
    #[prop(optional, into)]
    value: String,
    #[prop(optional)] optional: bool,
    /// The end of a day, where the event is.
    #[prop(optional)]
    day: bool,
    /// On whose clocks; else on those that the form's [`ZoneField`] or [`PlacedField`] says.
    #[prop(optional, into)]
    zone: String,
) -> impl IntoView {
    let state = expect_context::<FormState>();
    let id = state.id_of(form, &name);
    let start = state.start(&name, &value);
    let (ids, zone_id) = (described(&id, &hint, &name, state), format!("{id}-zone"));
    let its_zone = zone_id.clone();
    let describe = move || Some(ids().map_or_else(|| its_zone.clone(), |ids| format!("{ids} {its_zone}")));
    let bad = invalid(&name, state);
    let first = match (zone.is_empty(), day) {
        (false, _) => clocks::said(&zone, day, None),
        (true, true) => "The end of this day where the event is.".to_owned(),
        (true, false) => "On the clocks of the time zone that is chosen.".to_owned(),
    };
    let typed = RwSignal::new(start.clone());
    let said = RwSignal::new(first.clone());
    // What was typed before the program was there.
    let here = id.clone();
    Effect::new(move |_| {
        if let Some(text) = browser::text_in(&here) {
            typed.set(text);
        }
    });
    Effect::new(move |_| {
        let (text, chosen) = (typed.get(), state.zone.get());
        let zone = if zone.is_empty() { chosen } else { zone.clone() };
        if zone.is_empty() {
            said.set(first.clone());
        } else {
            let there = clocks::wall(&if day { format!("{text}T23:59") } else { text });
            let both = there.and_then(|there| Some((there, browser::readers_clock(there, &zone)?)));
            said.set(clocks::said(&zone, day, both));
        }
    });
    let required = (!optional).then_some("true");
    view! {
        <Around id=id.clone() name=name.clone() label hint optional>
            <input
                class=if day { "input input--short" } else { "input" }
                id=id
                name=name
                type=if day { "date" } else { "datetime-local" }
                value=start
                aria-required=required
                aria-describedby=describe
                aria-invalid=bad
                on:input=move |event| typed.set(event_target_value(&event))
            />
            <p class="field__hint" id=zone_id>{move || said.get()}</p>
        </Around>
    }
}

/// A button that is on or off, for what is saved at once. It shows how things are; what it sends makes them otherwise.
#[component]
pub fn Switch(
    #[prop(into)] label: String,
    is_on: bool,
    name: &'static str,
    #[prop(into)] value: String,
    /// What it says besides to whoever hears it, where several of a page have one label.
    #[prop(optional, into)]
    about: Option<String>,
) -> impl IntoView {
    view! {
        <button class="switch" type="submit" role="switch" aria-checked=if is_on { "true" } else { "false" } name=name value=value>
            <span class="switch__track" aria-hidden="true"></span>
            <span class="switch__label">
                {label}
                {about.map(|about| view! { <span class="visually-hidden">{format!(": {}", isolated(&about))}</span> })}
            </span>
        </button>
    }
}

/// The button that sends the form; busy while it is on its way.
#[component]
pub fn Submit(
    #[prop(into)] label: String,
    #[prop(default = "button button--primary")] class: &'static str,
    /// A named button says which of several was pressed.
    #[prop(optional, into)]
    name: Option<String>,
    #[prop(optional, into)] value: Option<String>,
    /// What it says to whoever hears it, where several of a page have one label.
    #[prop(optional, into)]
    about: Option<String>,
    /// Before the label; its place is the spinner's while the form is on its way.
    #[prop(optional)]
    icon: Option<&'static str>,
) -> impl IntoView {
    let state = expect_context::<FormState>();
    view! {
        <button class=class type="submit" name=name value=value aria-label=about aria-busy=move || state.is_busy().then_some("true")>
            {icon.map(|icon| view! { <Icon name=icon small=true/> })}
            {label}
        </button>
    }
}
