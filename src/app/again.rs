//! The card between a form that was sent and a session that had ended: signing in right there, with everything that was
//! typed carried along. A page of its own without scripts, so that nothing but the posted form has to be understood.

use super::{plain, session};
use crate::ui::parts::Notice;
use leptos::prelude::*;

/// The `_form` of the card; no page may call a form of its own so.
pub const FORM: &str = "_sign_in_again";
/// What carried fields are called: this, and the name they had.
pub const KEPT: &str = "kept.";
/// Names of files that could not be carried.
pub const LOST_FILE: &str = "lostFile";

/// What the card carries and says. No password, code or key is among it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Again {
    /// Name and value of every carried field, in order.
    pub kept: Vec<(String, String)>,
    /// A browser sends a file once: they have to be chosen again.
    pub lost_files: Vec<String>,
    /// The address that was typed into the card.
    pub email: String,
    /// Why the card is still here.
    pub problem: Option<String>,
    /// The password was right; a code of the second factor is asked for.
    pub wants_code: bool,
}

/// The card as a whole document.
pub fn document(options: LeptosOptions, again: Again) -> impl IntoView {
    plain::page(options, session::theme(), "Sign in to go on", move || card(again))
}

fn card(again: Again) -> impl IntoView {
    let lead = if again.wants_code {
        "Type the six digits that your authenticator app shows now, or one of your recovery codes."
    } else {
        "Your session has ended, so nothing was sent. Sign in here: what you typed is kept, and you see it once more before you send it."
    };
    view! {
        <h1 class="auth__title">{if again.wants_code { "Confirm that it is you" } else { "Sign in to go on" }}</h1>
        <p class="auth__lead">{lead}</p>
        <form class="form" method="post" novalidate>
            <input type="hidden" name="_form" value=FORM/>
            {again
                .kept
                .into_iter()
                .map(|(name, value)| view! { <input type="hidden" name=format!("{KEPT}{name}") value=value/> })
                .collect_view()}
            {again.lost_files.iter().map(|name| view! { <input type="hidden" name=LOST_FILE value=name.clone()/> }).collect_view()}
            {again.problem.map(|problem| view! {
                <div class="error-summary" role="alert" tabindex="-1" autofocus><h2 class="error-summary__title">{problem}</h2></div>
            })}
            {if again.wants_code {
                view! {
                    <div class="field">
                        <label class="field__label" for="again-code">"Code"</label>
                        <div class="field__control">
                            <input class="input input--short" id="again-code" name="code" autocomplete="one-time-code" aria-required="true"/>
                        </div>
                    </div>
                }
                .into_any()
            } else {
                view! {
                    <div class="field">
                        <label class="field__label" for="again-email">"E-mail"</label>
                        <div class="field__control">
                            <input class="input" id="again-email" name="email" type="email" value=again.email autocomplete="username" aria-required="true"/>
                        </div>
                    </div>
                    <div class="field">
                        <label class="field__label" for="again-password">"Password"</label>
                        <div class="field__control">
                            <input class="input" id="again-password" name="password" type="password" autocomplete="current-password" aria-required="true"/>
                        </div>
                    </div>
                }
                .into_any()
            }}
            {(!again.lost_files.is_empty()).then(|| view! {
                <Notice tone="warning" title="Files have to be chosen again"><p>{again.lost_files.join(", ")}</p></Notice>
            })}
            <div class="form__actions">
                <button class="button button--primary" type="submit">{if again.wants_code { "Confirm" } else { "Sign in and go on" }}</button>
            </div>
        </form>
    }
}
