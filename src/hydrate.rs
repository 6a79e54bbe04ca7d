//! Where the browser's build starts: wakes the page that the server rendered.

use wasm_bindgen::prelude::wasm_bindgen;

/// Asks for the worker that keeps a page for when we cannot be reached. A browser without one, or that refuses it, goes without.
fn keep_a_page_for_offline() {
    let navigator = leptos::prelude::window().navigator();
    if js_sys::Reflect::has(&navigator, &"serviceWorker".into()).unwrap_or_default() {
        let asked = navigator.service_worker().register("/sw.js");
        leptos::task::spawn_local(async move { _ = wasm_bindgen_futures::JsFuture::from(asked).await });
    }
}

/// Called by the page's one inline script after the wasm has loaded.
#[wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_lazy(crate::app::App);
    keep_a_page_for_offline();
}
