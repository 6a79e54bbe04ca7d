//! The inbox by keyboard: the focus walks through the rows, and what can be done to them has a key each. Every key presses or
//! focuses something that is on the page anyway, so nothing can be done by a key alone; the row that one is at stands behind
//! the `#` of the address.

use crate::ui::{
    browser,
    keys::{Key, KeysDialog},
};
use leptos::prelude::*;

/// What a key does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Deed {
    Next,
    Previous,
    Tick,
    MarkRead,
    PutAside,
    HandOver,
    Decline,
    ShowKeys,
}

/// What a key means here: arrows scroll the page unless the focus is on a row, and only who may act on requests has keys for it.
fn deed(key: &str, is_on_row: bool, can_sort: bool) -> Option<Deed> {
    match key {
        "j" => Some(Deed::Next),
        "k" => Some(Deed::Previous),
        "ArrowDown" if is_on_row => Some(Deed::Next),
        "ArrowUp" if is_on_row => Some(Deed::Previous),
        "x" if is_on_row => Some(Deed::Tick),
        "m" => Some(Deed::MarkRead),
        "s" if can_sort => Some(Deed::PutAside),
        "a" if can_sort => Some(Deed::HandOver),
        "d" if can_sort => Some(Deed::Decline),
        "?" => Some(Deed::ShowKeys),
        _ => None,
    }
}

fn list(can_sort: bool) -> Vec<Key> {
    let of = |keys, meaning| Key { keys, meaning };
    let mut list = vec![
        of(&["j", "↓"], "Next request"),
        of(&["k", "↑"], "Previous request"),
        of(&["Enter"], "Open it"),
        of(&["x"], "Tick it, or take the tick away"),
        of(&["m"], "Mark the ticked ones as read"),
    ];
    if can_sort {
        list.extend([
            of(&["s"], "Put the ticked ones aside: says until when"),
            of(&["a"], "Hand the ticked ones to a colleague"),
            of(&["d"], "Decline the ticked ones: asks why"),
        ]);
    }
    list.push(of(&["?"], "This list"));
    list
}

/// The id of a row's link, and its place in the address.
pub fn link_id(request: &str) -> String {
    format!("request-{request}")
}

const LINKS: &str = ".inbox--picks .inbox__link";
const TICKED: &str = ".inbox__pick:checked";

/// The request whose row holds the focus, on its link or on its box.
fn here() -> Option<String> {
    let id = browser::focused();
    id.strip_prefix("request-").or_else(|| id.strip_prefix("sort-pick-")).map(str::to_owned)
}

fn tick(request: &str) {
    browser::press(&format!("[id='sort-pick-{request}']"));
}

fn ticked_words() -> String {
    match browser::count(TICKED) {
        0 => "None ticked".to_owned(),
        1 => "One ticked".to_owned(),
        n => format!("{n} ticked"),
    }
}

/// Hears the keys of the list, and says which there are. `can_sort`: the page has the tools to put aside, hand over and decline.
#[component]
pub fn InboxKeys(can_sort: bool) -> impl IntoView {
    let said = RwSignal::new(String::new());
    Effect::new(move |_| {
        if browser::hash().starts_with("request-") {
            browser::focus(&browser::hash());
        }
        browser::on_key(move |key| {
            let at = here();
            let Some(deed) = deed(key, at.is_some(), can_sort) else { return false };
            // What is done to the ticked ones is done to the one that one is at when none is ticked.
            if matches!(deed, Deed::MarkRead | Deed::PutAside | Deed::HandOver | Deed::Decline) && browser::count(TICKED) == 0 {
                let Some(request) = &at else { return false };
                tick(request);
            }
            match deed {
                Deed::Next | Deed::Previous => {
                    if let Some(id) = browser::step(LINKS, deed == Deed::Next) {
                        browser::remember(&id);
                    }
                }
                Deed::Tick => tick(&at.unwrap_or_default()),
                Deed::MarkRead => browser::press("button[name=action][value=read]"),
                Deed::PutAside => browser::reveal("sort-until"),
                Deed::HandOver => browser::reveal("sort-assigneeId"),
                Deed::Decline => browser::reveal("sort-reason"),
                Deed::ShowKeys => browser::press("[popovertarget=inbox-keys]"),
            }
            if deed == Deed::Tick {
                said.set(ticked_words());
            }
            true
        });
    });
    view! {
        <p class="visually-hidden" role="status">{said}</p>
        <KeysDialog id="inbox-keys" title="Keys of the inbox" keys=list(can_sort)/>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrows_scroll_unless_a_row_has_the_focus() {
        assert_eq!(deed("ArrowDown", false, true), None);
        assert_eq!(deed("ArrowDown", true, true), Some(Deed::Next));
        assert_eq!(deed("ArrowUp", true, false), Some(Deed::Previous));
        assert_eq!(deed("x", false, true), None, "nothing to tick");
        // Enter is the browser's own: the focus is on a link.
        assert_eq!(deed("Enter", true, true), None);
    }

    #[test]
    fn the_list_names_every_key_that_does_something_and_no_other() {
        for can_sort in [false, true] {
            let listed: Vec<&str> = list(can_sort).into_iter().flat_map(|it| it.keys).copied().collect();
            for key in ["j", "k", "x", "m", "s", "a", "d", "?"] {
                assert_eq!(listed.contains(&key), deed(key, true, can_sort).is_some(), "{key}");
            }
        }
        assert_eq!(list(false).len() + 3, list(true).len());
    }
}
