//! Editable benefit lines: a nested list of fields (`benefits[0].kind`, `.text`, `.id`) inside a form. A line is added by a
//! button that also works without scripts (the page comes back with one line more), and taken away by choosing nothing.

use crate::{
    features::partners::views::BenefitLine,
    kernel::labels::BenefitKind,
    ui::{
        form::{FieldError, FormState, field_id},
        parts::Icon,
    },
};
use leptos::prelude::*;

/// The lines of the form around it; what was typed stands above what is stored.
#[component]
pub fn BenefitLines(form: &'static str, #[prop(into)] hint: String, lines: Vec<BenefitLine>) -> impl IntoView {
    let state = expect_context::<FormState>();
    let count = match state.typed_rows("benefits") {
        Some(typed) if state.start("_action", "") == "add-line" => typed + 1,
        Some(typed) => typed,
        None => lines.len(),
    }
    .max(1);
    let rows = RwSignal::new((0..count).collect::<Vec<_>>());
    let add = move |event: leptos::ev::MouseEvent| {
        event.prevent_default();
        rows.update(|rows| rows.push(rows.len()));
    };
    let stored = StoredValue::new(lines);
    view! {
        <fieldset class="fieldset" id=field_id(form, "benefits") tabindex="-1">
            <legend class="fieldset__legend">"Benefits"</legend>
            <p class="field__hint">{hint}</p>
            <FieldError id=field_id(form, "benefits") name="benefits".to_owned()/>
            <For each=move || rows.get() key=|index| *index let(index)>
                <Row form index line=stored.with_value(|lines| lines.get(index).cloned())/>
            </For>
            <button class="button button--small" type="submit" name="_action" value="add-line" on:click=add>
                <Icon name="plus" small=true/>
                "Add a benefit"
            </button>
        </fieldset>
    }
}

#[component]
fn Row(form: &'static str, index: usize, line: Option<BenefitLine>) -> impl IntoView {
    let state = expect_context::<FormState>();
    let gone = RwSignal::new(false);
    let path = |part: &str| format!("benefits[{index}].{part}");
    let stored = |pick: fn(&BenefitLine) -> String| line.as_ref().map(pick).unwrap_or_default();
    let id = state.start(&path("id"), &stored(|line| line.id.to_string()));
    let kind = state.start(&path("kind"), &stored(|line| line.kind.label().to_owned()));
    let text = state.start(&path("text"), &stored(|line| line.text.clone()));
    let (kind_name, text_name) = (path("kind"), path("text"));
    let (kind_id, text_id) = (field_id(form, &kind_name), field_id(form, &text_name));
    let number = index + 1;
    // A line that was taken away stays in its place, empty, so that problems keep pointing at the right ones.
    move || {
        if gone.get() {
            return view! { <input type="hidden" name=kind_name.clone() value=""/> }.into_any();
        }
        let kind = kind.clone();
        view! {
            <div class="line" role="group" aria-label=format!("Benefit {number}")>
                <input type="hidden" name=format!("benefits[{index}].id") value=id.clone()/>
                <div class="field">
                    <label class="field__label" for=kind_id.clone()>"Benefit "<span class="visually-hidden">{number}</span></label>
                    <div class="field__control">
                        <select class="select" id=kind_id.clone() name=kind_name.clone() aria-describedby=format!("{kind_id}-error")>
                            <option value="" selected=kind.is_empty()>"None"</option>
                            {BenefitKind::LABELS
                                .iter()
                                .map(|label| view! { <option value=*label selected=*label == kind>{*label}</option> })
                                .collect_view()}
                        </select>
                    </div>
                    <FieldError id=kind_id.clone() name=kind_name.clone()/>
                </div>
                <div class="field line__rest">
                    <label class="field__label" for=text_id.clone()>
                        "Details "<span class="field__optional">"optional"</span><span class="visually-hidden">" of benefit " {number}</span>
                    </label>
                    <div class="field__control">
                        <input class="input" id=text_id.clone() name=text_name.clone() value=text.clone() maxlength="300" aria-describedby=format!("{text_id}-error")/>
                    </div>
                    <FieldError id=text_id.clone() name=text_name.clone()/>
                </div>
                <button class="icon-button line__end" type="button" on:click=move |_| gone.set(true) aria-label=format!("Remove benefit {number}")>
                    <Icon name="trash" small=true/>
                </button>
            </div>
        }
        .into_any()
    }
}
