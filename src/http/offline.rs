//! What a browser shows when it cannot reach us: a page of ours instead of its own, kept beforehand by a service worker.
//!
//! Promises: the worker answers nothing else. It looks at opened pages only, asks us first each time, and keeps this one alone (with
//! its style sheet and icons), so no page is older than it would be without it, and nobody finds what somebody else read. It is
//! asked for when a page wakes.

use crate::{app::plain, platform::ctx::House};
use axum::{
    Router,
    extract::Request,
    response::{IntoResponse as _, Response},
    routing::get,
};
use http::{HeaderValue, header};
use leptos::config::LeptosOptions;
use sha2::{Digest as _, Sha256};
use std::sync::Arc;

/// `KEPT` and `SHEET` come before it: a name that changes with the page, and the style sheet of this build.
const WORKER: &str = r#"
const PAGE = "/offline", WITH = [SHEET, "/icons.svg"].filter(Boolean);
self.addEventListener("install", (event) => {
  const all = [PAGE, ...WITH].map((path) => new Request(path, { cache: "reload" }));
  event.waitUntil(caches.open(KEPT).then((kept) => kept.addAll(all)).then(() => self.skipWaiting()));
});
self.addEventListener("activate", (event) => {
  const old = (names) => names.filter((name) => name !== KEPT);
  const tidy = caches.keys().then((names) => Promise.all(old(names).map((name) => caches.delete(name))));
  // Otherwise each page would wait until the worker has been started.
  event.waitUntil(Promise.all([tidy, self.registration.navigationPreload?.enable()]));
});
self.addEventListener("fetch", (event) => {
  const { mode, method, url } = event.request;
  if (method !== "GET") return;
  const ask = async () => (await event.preloadResponse) ?? fetch(event.request);
  if (mode === "navigate") event.respondWith(ask().catch(() => caches.match(PAGE)));
  else if (WITH.includes(new URL(url).pathname)) event.respondWith(fetch(event.request).catch(() => caches.match(url)));
});
"#;

/// `/sw.js`, and the page that it keeps. `links` is the header that names this build's style sheet.
pub fn routes(
    options: &LeptosOptions,
    links: Option<&HeaderValue>,
    context: impl Fn() + Clone + Send + Sync + 'static,
) -> Router<Arc<House>> {
    let links = links.and_then(|it| it.to_str().ok()).unwrap_or_default();
    let sheet = links.split(['<', '>']).find(|part| part.ends_with(".css")).unwrap_or_default();
    // The page's words stand in that file.
    let words = hex::encode(&Sha256::digest(include_str!("../app/plain.rs"))[..6]);
    let script = format!("const KEPT = \"{words} {sheet}\", SHEET = {sheet:?};{WORKER}");
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
