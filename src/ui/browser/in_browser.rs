//! The browser's half.

use super::Answer;
use crate::{
    kernel::{
        amounts::Edit,
        clocks,
        fields::{Answers, FieldErrors},
    },
    ui::form::{Checker, Outcome},
};
use leptos::{
    ev::{self, Event, MouseEvent, SubmitEvent},
    prelude::{WindowListenerHandle, window_event_listener},
    task::spawn_local,
};
use send_wrapper::SendWrapper;
use wasm_bindgen::{JsCast as _, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;

/// A key that makes a form's second click harmless.
pub fn fresh_key() -> String {
    leptos::prelude::window().crypto().map(|crypto| crypto.random_uuid()).unwrap_or_default()
}

pub fn set_status(_status: u16) {}

pub fn set_retry_after(_seconds: u32) {}

/// In the browser nothing of the house breaks: what went wrong there comes with its number.
pub fn went_wrong(_error: &crate::kernel::error::AppError) -> Option<String> {
    None
}

/// A browser sends no view anywhere, and so need not know how to write one.
pub fn written<T: serde::Serialize>(_view: &T) -> serde_json::Result<String> {
    Ok(String::new())
}

/// Says on the page that it answers, once what is being shown is alive: all of that happens before the browser's next turn.
/// Whoever works the page by a program (a test, a tool) waits for it.
pub fn awake() {
    let _ = leptos::prelude::set_timeout(
        || {
            if let Some(page) = leptos::prelude::document().document_element() {
                let _ = page.set_attribute("data-awake", "");
            }
        },
        std::time::Duration::ZERO,
    );
}

/// Puts the focus on an element and brings it into view, once what was just said is on the page.
pub fn focus(id: &str) {
    let id = id.to_owned();
    let _ = leptos::prelude::request_animation_frame(move || {
        let element = leptos::prelude::document().get_element_by_id(&id).and_then(|e| e.dyn_into::<web_sys::HtmlElement>().ok());
        if let Some(element) = element {
            let _ = element.focus();
        }
    });
}

/// Puts the focus on the first visible element that one of the selectors names, with what is in it selected; says whether there
/// was one.
pub fn focus_first(selectors: &[&str]) -> bool {
    for selector in selectors {
        let Ok(found) = leptos::prelude::document().query_selector_all(selector) else { continue };
        let visible = (0..found.length())
            .filter_map(|at| found.item(at)?.dyn_into::<web_sys::HtmlElement>().ok())
            .find(|it| it.offset_parent().is_some());
        if let Some(it) = visible {
            let _ = it.focus();
            if let Some(field) = it.dyn_ref::<web_sys::HtmlInputElement>() {
                field.select();
            }
            return true;
        }
    }
    false
}

/// The id of what holds the focus; empty for nothing that has one.
pub fn focused() -> String {
    leptos::prelude::document().active_element().map(|it| it.id()).unwrap_or_default()
}

/// Where in an element the focus is, from it downwards: which child, which child of that. Empty when it is elsewhere.
pub fn focus_in(element: &web_sys::Element) -> Vec<u32> {
    let mut way = Vec::new();
    let Some(mut at) = leptos::prelude::document().active_element() else { return way };
    while at != *element {
        let mut place = 0;
        let mut before = at.previous_element_sibling();
        while let Some(it) = before {
            place += 1;
            before = it.previous_element_sibling();
        }
        way.push(place);
        let Some(parent) = at.parent_element() else { return Vec::new() };
        at = parent;
    }
    way.reverse();
    way
}

/// Puts the focus where it was in an element whose content is new, if something stands there.
pub fn focus_at(element: &web_sys::Element, way: &[u32]) {
    if way.is_empty() {
        return;
    }
    let there = way.iter().try_fold(element.clone(), |at, place| {
        (0..*place).try_fold(at.first_element_child()?, |it, _| it.next_element_sibling())
    });
    if let Some(it) = there.and_then(|it| it.dyn_into::<web_sys::HtmlElement>().ok()) {
        let _ = it.focus();
    }
}

/// How far what stands directly in an element was scrolled, each by itself: a menu's panel is longer than its window.
pub fn scrolled_in(element: &web_sys::Element) -> Vec<i32> {
    children(element).map(|child| child.scroll_top()).collect()
}

/// Scrolls what stands in an element, whose content is new, to where it was.
pub fn scroll_in(element: &web_sys::Element, places: &[i32]) {
    for (child, place) in children(element).zip(places) {
        if *place != 0 {
            child.set_scroll_top(*place);
        }
    }
}

fn children(element: &web_sys::Element) -> impl Iterator<Item = web_sys::Element> {
    std::iter::successors(element.first_element_child(), web_sys::Element::next_element_sibling)
}

/// Moves the focus to the next or the previous of the elements that a selector names, each in a list item of its own, and gives
/// its id. Starts with the first (going back: the last) when the focus is in none of them, and stays at the ends.
pub fn step(items: &str, forward: bool) -> Option<String> {
    let document = leptos::prelude::document();
    let found = document.query_selector_all(items).ok()?;
    let items: Vec<web_sys::HtmlElement> = (0..found.length()).filter_map(|at| found.item(at)?.dyn_into().ok()).collect();
    let row = document.active_element().and_then(|it| it.closest("li").ok().flatten());
    let here = row.and_then(|row| items.iter().position(|it| it.closest("li").ok().flatten().as_ref() == Some(&row)));
    let last = items.len().checked_sub(1)?;
    let to = match (here, forward) {
        (Some(at), true) => (at + 1).min(last),
        (Some(at), false) => at.saturating_sub(1),
        (None, true) => 0,
        (None, false) => last,
    };
    items[to].focus().ok()?;
    Some(items[to].id())
}

/// Presses the first button, box or link that a selector names.
pub fn press(selector: &str) {
    let found = leptos::prelude::document().query_selector(selector).ok().flatten();
    if let Some(it) = found.and_then(|it| it.dyn_into::<web_sys::HtmlElement>().ok()) {
        it.click();
    }
}

/// The address of a link that changes the page around its reader (`data-stay`), if one was pressed: it is the caller's to go
/// there, and the page stays where it is. What stands behind its `#` is where a page goes on that is loaded anew.
pub fn staying(event: &MouseEvent) -> Option<String> {
    let is_other = event.meta_key() || event.ctrl_key() || event.shift_key() || event.alt_key();
    if event.default_prevented() || event.button() != 0 || is_other {
        return None;
    }
    let pressed = event.target()?.dyn_into::<web_sys::Element>().ok()?;
    let href = pressed.closest("a[data-stay]").ok()??.get_attribute("href")?;
    event.prevent_default();
    Some(href.split('#').next().unwrap_or_default().to_owned())
}

/// Opens what an element is folded away in, and puts the focus on it.
pub fn reveal(id: &str) {
    let Some(it) = leptos::prelude::document().get_element_by_id(id) else { return };
    if let Ok(Some(fold)) = it.closest("details") {
        let _ = fold.set_attribute("open", "");
    }
    focus(id);
}

/// Closes the open `details` that a selector names when somebody presses beside one, and when the focus goes on past it, until the
/// page is left. A finger presses when it is lifted: one that scrolls presses nothing. What takes no focus, in a `details` too,
/// gives it to what stands around (the whole page) when it is pressed: that is no going on.
pub fn close_beside(open: &'static str) {
    const FINGER: &str = "touch";
    let is_in = |fold: &web_sys::Node, target: &web_sys::Node| fold.contains(Some(target));
    let is_in_or_around =
        |fold: &web_sys::Node, target: &web_sys::Node| fold.contains(Some(target)) || target.contains(Some(fold));
    let listeners = [
        window_event_listener(ev::pointerdown, move |event| {
            if event.pointer_type() != FINGER {
                close_unless(open, &event, is_in);
            }
        }),
        window_event_listener(ev::pointerup, move |event| {
            if event.pointer_type() == FINGER {
                close_unless(open, &event, is_in);
            }
        }),
        window_event_listener(ev::focusin, move |event| close_unless(open, &event, is_in_or_around)),
    ];
    leptos::prelude::on_cleanup(move || listeners.into_iter().for_each(WindowListenerHandle::remove));
}

/// Closes those for which what the event happened to is no reason to stay open.
fn close_unless(open: &str, event: &Event, stays: impl Fn(&web_sys::Node, &web_sys::Node) -> bool) {
    let Some(target) = event.target().and_then(|it| it.dyn_into::<web_sys::Node>().ok()) else { return };
    let Ok(found) = leptos::prelude::document().query_selector_all(open) else { return };
    let folds = (0..found.length()).filter_map(|at| found.item(at)?.dyn_into::<web_sys::Element>().ok());
    for fold in folds.filter(|fold| !stays(fold, &target)) {
        let _ = fold.remove_attribute("open");
    }
}

/// What is ticked of the boxes that a selector names, by their values.
pub fn ticked(selector: &str) -> Vec<String> {
    let Ok(found) = leptos::prelude::document().query_selector_all(selector) else { return Vec::new() };
    (0..found.length())
        .filter_map(|at| found.item(at)?.dyn_into::<web_sys::HtmlInputElement>().ok())
        .filter(|it| it.checked())
        .map(|it| it.value())
        .collect()
}

/// What a select's chosen option sends; empty where there is no such select.
pub fn chosen(id: &str) -> String {
    let found = leptos::prelude::document().get_element_by_id(id).and_then(|it| it.dyn_into::<web_sys::HtmlSelectElement>().ok());
    found.map(|it| it.value()).unwrap_or_default()
}

/// What stands in a field.
pub fn text_in(id: &str) -> Option<String> {
    let found = leptos::prelude::document().get_element_by_id(id)?.dyn_into::<web_sys::HtmlInputElement>().ok()?;
    Some(found.value())
}

/// What the reader's own clocks show when those of a zone show `there`, both as `kernel/clocks.rs` counts. Nothing for a time
/// that they skip, and for a zone that this browser does not know.
pub fn readers_clock(there: i64, zone: &str) -> Option<i64> {
    let date = |at: i64| js_sys::Date::new(&JsValue::from_f64(at as f64 * 60_000.0));
    let shows = |at: i64| {
        let options = js_sys::Object::new();
        let numbers = ["year", "month", "day", "hour", "minute"].map(|part| (part, "numeric"));
        for (name, value) in numbers.into_iter().chain([("timeZone", zone), ("hourCycle", "h23")]) {
            js_sys::Reflect::set(&options, &name.into(), &value.into()).ok()?;
        }
        // By name, because an unknown zone is thrown: what is called straight away would take the page along.
        let date = date(at);
        let say = js_sys::Reflect::get(&date, &"toLocaleString".into()).ok()?.dyn_into::<js_sys::Function>().ok()?;
        let said = js_sys::Reflect::apply(&say, &date, &js_sys::Array::of2(&"en-US".into(), &options)).ok()?;
        clocks::american(&said.as_string()?)
    };
    let at = clocks::moment(there, shows)?;
    Some(at - date(at).get_timezone_offset() as i64)
}

/// Tells `change` what stands in a field that was just typed into, where the caret is and what was done, and puts there what it
/// gives back: another text, and the caret's place in it.
pub fn retype(event: &Event, change: impl FnOnce(&str, usize, Edit<'_>) -> Option<(String, usize)>) {
    let Some(field) = event.target().and_then(|it| it.dyn_into::<web_sys::HtmlInputElement>().ok()) else { return };
    let typed = event.dyn_ref::<web_sys::InputEvent>();
    let (kind, data) = typed.map(|it| (it.input_type(), it.data())).unwrap_or_default();
    let edit = match &data {
        _ if typed.is_some_and(web_sys::InputEvent::is_composing) => Edit::Composed,
        _ if kind == "deleteContentForward" => Edit::Behind,
        _ if kind.starts_with("delete") => Edit::Before,
        Some(data) if kind.starts_with("insert") => Edit::PutIn(data),
        _ => Edit::Unknown,
    };
    let text = field.value();
    let caret = field.selection_start().ok().flatten().and_then(|at| usize::try_from(at).ok());
    if let Some((next, place)) = change(&text, caret.unwrap_or(usize::MAX), edit) {
        field.set_value(&next);
        // Only who types has a caret: to set one elsewhere would take the focus along in some browsers.
        let in_focus = leptos::prelude::document().active_element();
        if in_focus.is_some_and(|it| it == **field) {
            let place = u32::try_from(place).unwrap_or(u32::MAX);
            let _ = field.set_selection_range(place, place);
        }
    }
}

/// Puts another text into a field that nobody is typing into.
pub fn rewrite(id: &str, change: impl FnOnce(&str) -> String) {
    let found = leptos::prelude::document().get_element_by_id(id).and_then(|it| it.dyn_into::<web_sys::HtmlInputElement>().ok());
    if let Some(field) = found {
        field.set_value(&change(&field.value()));
    }
}

/// How many elements a selector names.
pub fn count(selector: &str) -> u32 {
    leptos::prelude::document().query_selector_all(selector).map(|found| found.length()).unwrap_or_default()
}

/// What stands behind the `#` of the address.
pub fn hash() -> String {
    leptos::prelude::window().location().hash().unwrap_or_default().trim_start_matches('#').to_owned()
}

/// Puts a place on this page into the address, without going anywhere: it is found again when one comes back.
pub fn remember(hash: &str) {
    let window = leptos::prelude::window();
    let location = window.location();
    let address = format!("{}{}#{hash}", location.pathname().unwrap_or_default(), location.search().unwrap_or_default());
    if let Ok(history) = window.history() {
        let state = history.state().unwrap_or(JsValue::NULL);
        let _ = history.replace_state_with_url(&state, "", Some(&address));
    }
}

/// Hears keys until the page is left: never while somebody types, with a modifier, or behind an open dialog. What is handled
/// (`true`) is hidden from the browser; whoever hears keys for the whole site listens at the window, and comes after the page.
pub fn on_key(handle: impl Fn(&str) -> bool + 'static) {
    let listener = Closure::<dyn Fn(web_sys::KeyboardEvent)>::new(move |event: web_sys::KeyboardEvent| {
        let is_chord = event.ctrl_key() || event.meta_key() || event.alt_key() || event.is_composing();
        if !event.default_prevented() && !is_chord && !is_busy(&event) && handle(&event.key()) {
            event.prevent_default();
        }
    });
    let _ = leptos::prelude::document().add_event_listener_with_callback("keydown", listener.as_ref().unchecked_ref());
    let listener = SendWrapper::new(listener);
    leptos::prelude::on_cleanup(move || {
        let _ = leptos::prelude::document().remove_event_listener_with_callback("keydown", listener.as_ref().unchecked_ref());
    });
}

/// As [`on_key`], for the frame around pages: whatever a page answers to a key comes first.
pub fn on_key_of_site(handle: impl Fn(&str) -> bool + 'static) {
    let listener = Closure::<dyn Fn(web_sys::KeyboardEvent)>::new(move |event: web_sys::KeyboardEvent| {
        let is_chord = event.ctrl_key() || event.meta_key() || event.alt_key() || event.is_composing();
        if !event.default_prevented() && !is_chord && !is_busy(&event) && handle(&event.key()) {
            event.prevent_default();
        }
    });
    let _ = leptos::prelude::window().add_event_listener_with_callback("keydown", listener.as_ref().unchecked_ref());
    let listener = SendWrapper::new(listener);
    leptos::prelude::on_cleanup(move || {
        let _ = leptos::prelude::window().remove_event_listener_with_callback("keydown", listener.as_ref().unchecked_ref());
    });
}

/// Do keys belong to something else now: a field, or what lies over the page?
fn is_busy(event: &web_sys::KeyboardEvent) -> bool {
    const FIELDS: &str =
        "input:not([type=checkbox], [type=radio], [type=submit], [type=button]), textarea, select, [contenteditable]";
    let target = event.target().and_then(|it| it.dyn_into::<web_sys::Element>().ok());
    let types = target.is_some_and(|it| it.closest(FIELDS).is_ok_and(|field| field.is_some()));
    types || count("dialog[open]") > 0 || count(":popover-open") > 0
}

/// A full navigation.
pub fn go(location: &str) {
    let here = leptos::prelude::window().location();
    if let (Some((page, part)), Ok(path), Ok(query)) = (location.split_once('#'), here.pathname(), here.search())
        && page == format!("{path}{query}")
    {
        // To another part of the same page a browser only scrolls, although what stands there is new.
        let _ = here.set_hash(part);
        let _ = here.reload();
        return;
    }
    let _ = here.assign(location);
}

pub fn reload() {
    let _ = leptos::prelude::window().location().reload();
}

/// The document's title; a browser takes it as text.
pub fn title_text(title: &str) -> String {
    title.to_owned()
}

/// Loads the page again, unless that was tried a moment ago; says whether it is being loaded.
pub fn reload_once() -> bool {
    const TRIED: &str = "reloaded";
    let now = js_sys::Date::now();
    let storage = leptos::prelude::window().session_storage().ok().flatten();
    let tried = storage.as_ref().and_then(|it| it.get_item(TRIED).ok().flatten()).and_then(|at| at.parse::<f64>().ok());
    if !is_online() || tried.is_some_and(|at| now - at < 10_000.0) {
        return false;
    }
    if let Some(storage) = storage {
        let _ = storage.set_item(TRIED, &now.to_string());
    }
    reload();
    true
}

/// Does the machine think that it is connected?
pub fn is_online() -> bool {
    leptos::prelude::window().navigator().on_line()
}

/// Runs once, when the connection is back.
pub fn on_online(then: impl Fn() + 'static) {
    let listener = Closure::<dyn Fn()>::new(then);
    let _ = leptos::prelude::window().add_event_listener_with_callback("online", listener.as_ref().unchecked_ref());
    let listener = SendWrapper::new(listener);
    leptos::prelude::on_cleanup(move || {
        let _ = leptos::prelude::window().remove_event_listener_with_callback("online", listener.as_ref().unchecked_ref());
    });
}

/// `https://commdesk.example`, without a slash at the end.
pub fn origin() -> String {
    leptos::prelude::window().location().origin().unwrap_or_default()
}

/// What only machines read is written by the server.
pub fn for_machines(_make: impl FnOnce(&str) -> String) -> String {
    String::new()
}

/// A form of the page as it is filled in.
struct Filled(web_sys::FormData);

impl Answers for Filled {
    fn owned(&self, name: &str) -> String {
        self.0.get(name).as_string().unwrap_or_default()
    }

    fn all(&self, name: &str) -> Vec<String> {
        self.0.get_all(name).iter().filter_map(|value| value.as_string()).filter(|value| !value.is_empty()).collect()
    }

    fn chosen(&self, name: &str) -> usize {
        self.0.get(name).dyn_into::<web_sys::File>().map_or(0, |file| file.size() as usize)
    }
}

/// What is wrong with a form that something happened to, and the name of the field that it happened to, if it was one.
pub fn look_over(event: &Event, check: Checker) -> Option<(String, FieldErrors)> {
    let target = event.target()?.dyn_into::<web_sys::Element>().ok()?;
    let form = target.closest("form").ok()??.dyn_into::<web_sys::HtmlFormElement>().ok()?;
    let filled = Filled(web_sys::FormData::new_with_form(&form).ok()?);
    Some((target.get_attribute("name").unwrap_or_default(), check(&filled)))
}

/// What the button says that sends a form.
pub fn pressed(event: &SubmitEvent) -> String {
    event.submitter().and_then(|button| button.get_attribute("value")).unwrap_or_default()
}

/// Sends a form in the background, exactly as the browser would, and says what came back.
pub fn send_form(event: &SubmitEvent, then: impl Fn(Answer) + 'static) {
    let Some(form) = event.target().and_then(|target| target.dyn_into::<web_sys::HtmlFormElement>().ok()) else { return };
    let Ok(data) = web_sys::FormData::new_with_form(&form) else { return };
    // The button that was pressed is part of what is sent.
    if let Some(button) = event.submitter().and_then(|button| button.dyn_into::<web_sys::HtmlElement>().ok())
        && let (Some(name), value) = (button.get_attribute("name"), button.get_attribute("value").unwrap_or_default())
    {
        let _ = data.append_with_str(&name, &value);
    }
    let action = form.get_attribute("action").filter(|a| !a.is_empty()).unwrap_or_else(|| {
        let location = leptos::prelude::window().location();
        format!("{}{}", location.pathname().unwrap_or_default(), location.search().unwrap_or_default())
    });
    event.prevent_default();
    spawn_local(async move { then(send(&action, &data).await.unwrap_or(Answer::Lost)) });
}

async fn send(action: &str, data: &web_sys::FormData) -> Result<Answer, JsValue> {
    let init = web_sys::RequestInit::new();
    init.set_method("POST");
    init.set_body(data);
    let request = web_sys::Request::new_with_str_and_init(action, &init)?;
    request.headers().set("x-commdesk-form", "enhanced")?;
    let response: web_sys::Response = JsFuture::from(leptos::prelude::window().fetch_with_request(&request)).await?.dyn_into()?;
    let text = JsFuture::from(response.text()?).await?.as_string().unwrap_or_default();
    if response.ok() {
        #[derive(serde::Deserialize)]
        struct Done {
            location: String,
        }
        return Ok(serde_json::from_str::<Done>(&text).map_or(Answer::Lost, |done| Answer::Go(done.location)));
    }
    Ok(serde_json::from_str::<Outcome>(&text).map_or(Answer::Lost, |outcome| Answer::Refused(Box::new(outcome))))
}

/// Cookies are the server's to read.
pub fn cookie(_name: &str) -> Option<String> {
    None
}

/// The page has another address for good.
pub fn moved(location: &str) {
    go(location);
}
