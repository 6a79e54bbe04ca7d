//! Where the browser's build starts: wakes the page that the server rendered.

use wasm_bindgen::prelude::wasm_bindgen;

/// Called by the page's one inline script after the wasm has loaded.
#[wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_lazy(crate::app::App);
}
