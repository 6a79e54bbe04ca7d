//! The server's half: statuses are set, everything about windows does nothing.

use super::Answer;
use crate::{
    kernel::{amounts::Edit, fields::FieldErrors},
    ui::form::Checker,
};
use leptos::{
    ev::{Event, MouseEvent, SubmitEvent},
    prelude::use_context,
};

/// A key that makes a form's second click harmless.
pub fn fresh_key() -> String {
    crate::platform::secrets::token()
}

/// The status of the page that is being rendered.
pub fn set_status(status: u16) {
    if let (Some(options), Ok(status)) = (use_context::<leptos_axum::ResponseOptions>(), http::StatusCode::from_u16(status)) {
        options.set_status(status);
    }
}

/// Says when it is worth trying again.
pub fn set_retry_after(seconds: u32) {
    if let Some(options) = use_context::<leptos_axum::ResponseOptions>() {
        options.insert_header(http::header::RETRY_AFTER, http::HeaderValue::from(seconds));
    }
}

/// Logs what broke, and gives the id of the request that it broke in.
pub fn went_wrong(error: &crate::kernel::error::AppError) -> Option<String> {
    crate::platform::web::log(error);
    crate::ui::door::of_page().ok().map(|call| call.ctx.trace_id.to_string())
}

/// A view as JSON.
pub fn written<T: serde::Serialize>(view: &T) -> serde_json::Result<String> {
    serde_json::to_string(view)
}

pub fn awake() {}

pub fn focus(_id: &str) {}

pub fn focus_in(_element: &leptos::tachys::renderer::types::Element) -> Vec<u32> {
    Vec::new()
}

pub fn focus_at(_element: &leptos::tachys::renderer::types::Element, _way: &[u32]) {}

pub fn scrolled_in(_element: &leptos::tachys::renderer::types::Element) -> Vec<i32> {
    Vec::new()
}

pub fn scroll_in(_element: &leptos::tachys::renderer::types::Element, _places: &[i32]) {}

pub fn focus_first(_selectors: &[&str]) -> bool {
    false
}

pub fn focused() -> String {
    String::new()
}

pub fn step(_items: &str, _forward: bool) -> Option<String> {
    None
}

pub fn press(_selector: &str) {}

pub fn staying(_event: &MouseEvent) -> Option<String> {
    None
}

pub fn reveal(_id: &str) {}

pub fn close_beside(_open: &'static str) {}

pub fn ticked(_selector: &str) -> Vec<String> {
    Vec::new()
}

pub fn chosen(_id: &str) -> String {
    String::new()
}

pub fn text_in(_id: &str) -> Option<String> {
    None
}

pub fn readers_clock(_there: i64, _zone: &str) -> Option<i64> {
    None
}

pub fn retype(_event: &Event, _change: impl FnOnce(&str, usize, Edit<'_>) -> Option<(String, usize)>) {}

pub fn rewrite(_id: &str, _change: impl FnOnce(&str) -> String) {}

pub fn count(_selector: &str) -> u32 {
    0
}

/// What stands behind the `#` never reaches the server.
pub fn hash() -> String {
    String::new()
}

pub fn remember(_hash: &str) {}

pub fn on_key(_handle: impl Fn(&str) -> bool + 'static) {}

pub fn go(_location: &str) {}

pub fn reload() {}

/// The document's title, which Leptos writes into the page as it is: words of others must not end it.
pub fn title_text(title: &str) -> String {
    title.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

pub fn on_key_of_site(_handle: impl Fn(&str) -> bool + 'static) {}

pub fn reload_once() -> bool {
    false
}

pub fn is_online() -> bool {
    true
}

pub fn on_online(_then: impl Fn() + 'static) {}

/// `https://commdesk.example`, without a slash at the end.
pub fn origin() -> String {
    crate::ui::door::of_page().map(|call| call.ctx.link("")).unwrap_or_default()
}

/// What only machines read is written here; it gets the origin.
pub fn for_machines(make: impl FnOnce(&str) -> String) -> String {
    make(&origin())
}

/// The server looks a form over when it is sent.
pub fn look_over(_event: &Event, _check: Checker) -> Option<(String, FieldErrors)> {
    None
}

pub fn pressed(_event: &SubmitEvent) -> String {
    String::new()
}

pub fn send_form(_event: &SubmitEvent, _then: impl Fn(Answer) + 'static) {}

/// A cookie that the reader sent.
pub fn cookie(name: &str) -> Option<String> {
    let parts = use_context::<http::request::Parts>()?;
    crate::platform::web::cookies::get(&parts.headers, name).map(str::to_owned)
}

/// The page has another address for good.
pub fn moved(location: &str) {
    if let (Some(options), Ok(location)) = (use_context::<leptos_axum::ResponseOptions>(), http::HeaderValue::from_str(location))
    {
        options.set_status(http::StatusCode::MOVED_PERMANENTLY);
        options.insert_header(http::header::LOCATION, location);
    }
}
