//! Forms that post to their own page, and come back with what was typed when they are refused.

use crate::kernel::fields::FieldErrors;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What the form door says about a refused form; ships to the browser with the page.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// Which form of the page was posted (its `_form` field).
    pub form: String,
    /// What was typed, by field name, in order.
    pub values: BTreeMap<String, Vec<String>>,
    pub errors: FieldErrors,
    /// The refusal as a whole: code and message.
    pub code: String,
    pub message: String,
}

/// The outcome of the form door for this page, if a form was refused: the same on the server and while hydrating.
#[derive(Debug, Clone, Default)]
pub struct Refused(pub Option<Outcome>);

#[component]
pub fn Dummy() -> impl IntoView {
    let on = RwSignal::new(0);
    view! { <button type="button" on:click=move |_| on.update(|n| *n += 1)>"Clicked " {on}</button> }
}
