//! What a browser shows when it cannot reach us: a page of ours instead of its own, kept beforehand by a service worker.
//!
//! Promises: the worker answers nothing else. It looks at opened pages only, asks us first each time, and never keeps one, so no
//! page is older than it would be without it, and nobody finds what somebody else read. It is asked for when a page wakes.

use crate::{app::plain, platform::ctx::House};
use axum::{
    Router,
    extract::Request,
    response::{IntoResponse as _, Response},
    routing::get,
};
use http::{HeaderValue, header};
use leptos::config::LeptosOptions;
use std::sync::Arc;

/// `KEPT` follows: a name that changes with the build, so that a new style sheet brings a new page.
const WORKER: &str = r#"
const PAGE = "/offline";
self.addEventListener("install", (event) => {
  const page = new Request(PAGE, { cache: "reload" });
  event.waitUntil(caches.open(KEPT).then((kept) => kept.add(page)).then(() => self.skipWaiting()));
});
self.addEventListener("activate", (event) => {
  const old = (names) => names.filter((name) => name !== KEPT);
  event.waitUntil(caches.keys().then((names) => Promise.all(old(names).map((name) => caches.delete(name)))));
});
self.addEventListener("fetch", (event) => {
  const { mode, method } = event.request;
  if (mode === "navigate" && method === "GET") event.respondWith(fetch(event.request).catch(() => caches.match(PAGE)));
});
"#;

/// `/sw.js`, and the page that it keeps. `build` is whatever names this build's style sheet.
pub fn routes(
    options: &LeptosOptions,
    build: Option<&HeaderValue>,
    context: impl Fn() + Clone + Send + Sync + 'static,
) -> Router<Arc<House>> {
    let build = build.and_then(|it| it.to_str().ok()).unwrap_or_default();
    let script = format!("const KEPT = {build:?};{WORKER}");
    // What a worker may fetch, its own answer says.
    let headers = [
        (header::CONTENT_TYPE, "text/javascript; charset=utf-8"),
        (header::CACHE_CONTROL, "no-cache"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; connect-src 'self'"),
    ];
    let worker = move || {
        let script = script.clone();
        async move { (headers, script) }
    };
    let options = options.clone();
    let page = move |request: Request| {
        let (options, context) = (options.clone(), context.clone());
        async move {
            let document = move || plain::offline(options.clone());
            let response: Response = leptos_axum::render_app_async_with_context(context, document)(request).await;
            response.into_response()
        }
    };
    Router::new().route("/sw.js", get(worker)).route("/offline", get(page))
}
