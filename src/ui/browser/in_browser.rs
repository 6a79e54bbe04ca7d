//! The browser's half.

use super::Answer;
use crate::ui::form::Outcome;
use leptos::{ev::SubmitEvent, task::spawn_local};
use wasm_bindgen::{JsCast as _, JsValue};
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

/// A full navigation.
pub fn go(location: &str) {
    let _ = leptos::prelude::window().location().assign(location);
}

pub fn reload() {
    let _ = leptos::prelude::window().location().reload();
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

/// The window's title is text, never HTML.
pub fn in_title(text: &str) -> String {
    text.to_owned()
}

/// The page has another address for good.
pub fn moved(location: &str) {
    go(location);
}
