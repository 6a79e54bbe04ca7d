//! Which keys a page answers to, in a dialog. The keys themselves are heard with `browser::on_key`: what a page does with a
//! key comes before what the site does with it.

use super::parts::{put_icon, written};
use crate::kernel::markup::Markup;
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
    let mut shown = Markup::of(
        r#"<div class="dialog__head"><h2 class="dialog__title" id="{}-title">{}</h2><button class="icon-button" type="button" autofocus popovertarget="{}" popovertargetaction="hide" aria-label="Close">"#,
        &[id, &title, id],
    );
    put_icon(&mut shown, "x", false);
    shown.put(r#"</button></div><div class="dialog__body"><dl class="keys">"#, &[]);
    for Key { keys, meaning } in keys {
        shown.put(r#"<div class="keys__row"><dt class="keys__keys">"#, &[]);
        for (at, key) in keys.iter().enumerate() {
            if at > 0 {
                shown.put(" or ", &[]);
            }
            shown.put(r#"<kbd class="keys__key">{}</kbd>"#, &[key]);
        }
        shown.put("</dt><dd>{}</dd></div>", &[meaning]);
    }
    shown.put("</dl></div>", &[]);
    let labelled = format!("{id}-title");
    let dialog =
        written("dialog", &[("class", "dialog"), ("popover", "auto"), ("id", id), ("aria-labelledby", labelled.as_str())], shown);
    view! {
        {move || is_heard.get().then(|| view! {
            <button class="button button--quiet wide-only" type="button" popovertarget=id aria-haspopup="dialog">"Keys"</button>
        })}
        {dialog}
    }
}
