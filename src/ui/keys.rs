//! Which keys a page answers to, in a dialog. The keys themselves are heard with `browser::on_key`: what a page does with a
//! key comes before what the site does with it.

use super::parts::Icon;
use leptos::prelude::*;

/// What one key does, or any of several.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key {
    /// As they are written on a keyboard: `j`, `Enter`.
    pub keys: &'static [&'static str],
    pub meaning: &'static str,
}

/// The keys of a page, and the button that shows them. The button comes with the scripts that hear the keys; a page opens the
/// dialog by pressing it (`browser::press("[popovertarget=…]")`).
#[component]
pub fn KeysDialog(
    /// The dialog's id, once on a page.
    id: &'static str,
    #[prop(into)] title: String,
    keys: Vec<Key>,
) -> impl IntoView {
    let is_heard = RwSignal::new(false);
    Effect::new(move |_| is_heard.set(true));
    let rows = keys
        .into_iter()
        .map(|Key { keys, meaning }| {
            let keys = keys
                .iter()
                .enumerate()
                .map(|(at, key)| view! { {(at > 0).then_some(" or ")} <kbd class="keys__key">{*key}</kbd> })
                .collect_view();
            view! { <div class="keys__row"><dt class="keys__keys">{keys}</dt><dd>{meaning}</dd></div> }
        })
        .collect_view();
    view! {
        {move || is_heard.get().then(|| view! {
            <button class="button button--quiet wide-only" type="button" popovertarget=id aria-haspopup="dialog">"Keys"</button>
        })}
        <dialog class="dialog" popover="auto" id=id aria-labelledby=format!("{id}-title")>
            <div class="dialog__head">
                <h2 class="dialog__title" id=format!("{id}-title")>{title}</h2>
                <button class="icon-button" type="button" autofocus popovertarget=id popovertargetaction="hide" aria-label="Close">
                    <Icon name="x"/>
                </button>
            </div>
            <div class="dialog__body"><dl class="keys">{rows}</dl></div>
        </dialog>
    }
}
