//! The whole router: pages with their content security policy, server functions, files, and the layers around all of it.

use super::{
    ahead, api_v1, crawlers, forms, middleware, offline, ops,
    page_cache::{self, PageCache},
    previews,
};
use crate::{
    app::{
        App,
        api_docs::ApiDocument,
        document::shell,
        hashes, kit,
        plain::{self, Plain},
    },
    features::{embeds, exports, organizations},
    platform::{ctx::House, web::TRACE},
    ui::page::PageError,
};
use axum::{
    Router,
    extract::{DefaultBodyLimit, Request, State},
    middleware::{Next, from_fn, from_fn_with_state},
    response::{IntoResponse as _, Response},
    routing::get,
};
use http::{HeaderValue, StatusCode, header};
use leptos::{config::LeptosOptions, prelude::*};
use leptos_axum::{AxumRouteListing, LeptosRoutes as _, generate_route_list};
use std::sync::{Arc, OnceLock};
use tower::ServiceExt as _;
use tower_http::{
    catch_panic::CatchPanicLayer,
    compression::{CompressionLayer, CompressionLevel},
    services::ServeDir,
};

/// Every page's route. Found once: while Leptos walks the pages for them, resources of any page that is rendered at that moment
/// in the same process never load (a flag of the whole process), and its answer never comes.
pub fn page_routes() -> &'static Vec<AxumRouteListing> {
    static ROUTES: OnceLock<Vec<AxumRouteListing>> = OnceLock::new();
    ROUTES.get_or_init(|| generate_route_list(App))
}

/// The whole house as one service.
pub fn router(house: Arc<House>) -> Router {
    let kept = PageCache::new(Arc::clone(&house), house.settings.page_life);
    router_with(house, kept)
}

/// As [`router`], with the pages that somebody else keeps.
pub fn router_with(house: Arc<House>, kept: Arc<PageCache>) -> Router {
    let options = leptos_options(&house);
    let shell_options = options.clone();
    let links = ahead::links(&options);
    let for_pages = links.clone();
    let context = move || page_context_with(for_pages.as_ref());
    let page = context.clone();
    let pages: Router<Arc<House>> = Router::new()
        .leptos_routes_with_context(&options, page_routes().clone(), page, move || shell(shell_options.clone()))
        .with_state(options.clone());
    let files = ServeDir::new(&house.settings.site_root).precompressed_br().precompressed_gzip();
    let fallback_options = Arc::new(options.clone());
    let inner: Router<Arc<House>> = Router::new()
        .route("/rpc/{*name}", get(rpc).post(rpc))
        .merge(organizations::logos::routes())
        .merge(embeds::frames::routes())
        .merge(exports::download::routes())
        // one line a room: .merge(room::media::routes())
        .merge(crawlers::routes())
        .merge(previews::routes())
        .merge(forms::routes(&options))
        .merge(offline::routes(&options, links.as_ref(), page_context))
        .merge(pages)
        .merge(api_v1::routes())
        .fallback(move |request: Request| {
            let (files, options, context) = (files.clone(), Arc::clone(&fallback_options), context.clone());
            async move { file_or_not_found(files, options, context, request).await }
        });
    let inner = if house.settings.is_development() { inner.merge(kit_routes()) } else { inner };
    let all = ops::routes(&house).merge(crate::features::notifications::dev::routes(&house)).merge(
        inner
            .layer(from_fn(with_its_status))
            .layer(from_fn_with_state(Arc::clone(&house), middleware::who_calls))
            .layer(from_fn_with_state(kept, page_cache::keep)),
    );
    outside(house, all)
}

/// What stands around every door.
pub fn outside(house: Arc<House>, doors: Router<Arc<House>>) -> Router {
    // Behind one pointer: what a layer holds is cloned several times for each request.
    let options = Arc::new(leptos_options(&house));
    doors
        .layer(from_fn_with_state(Arc::clone(&house), middleware::same_origin))
        .layer(DefaultBodyLimit::max(crate::platform::web::form::MAX_FORM))
        // Inside the headers: the answer to a panic carries them like any other.
        .layer(CatchPanicLayer::custom(|_: Box<dyn std::any::Any + Send>| {
            crate::kernel::error::AppError::broken("a handler panicked").into_response()
        }))
        .layer(from_fn(move |request: Request, next: Next| in_clothes(Arc::clone(&options), request, next)))
        .layer(CompressionLayer::new().quality(CompressionLevel::Fastest))
        .layer(from_fn_with_state(Arc::clone(&house), middleware::headers))
        .layer(from_fn_with_state(Arc::clone(&house), middleware::trace))
        .layer(from_fn(no_store))
        .with_state(house)
}

/// What pages are rendered with. Asset names carry a hash wherever the build wrote one beside the program.
pub fn leptos_options(house: &House) -> LeptosOptions {
    let hashed = hashes::beside("hash.txt").is_some_and(|file| file.exists());
    LeptosOptions::builder()
        .output_name("commdesk")
        .site_root(house.settings.site_root.to_string_lossy().into_owned())
        .site_pkg_dir("pkg")
        .site_addr(house.settings.addr)
        .hash_files(hashed)
        .build()
}

/// The page's own policy: scripts with this answer's nonce and what they load, styles from here, nothing else.
pub fn page_context() {
    provide_context(ApiDocument(api_v1::openapi));
    let (Some(nonce), Some(response)) = (use_nonce(), use_context::<leptos_axum::ResponseOptions>()) else { return };
    let policy = format!(
        "default-src 'self'; script-src 'nonce-{nonce}' 'strict-dynamic' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; \
         font-src 'self'; connect-src 'self'; worker-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    );
    if let Ok(value) = HeaderValue::from_str(&policy) {
        response.insert_header(header::CONTENT_SECURITY_POLICY, value);
    }
}

/// As [`page_context`], for a whole document: it also says what the browser needs first.
fn page_context_with(links: Option<&HeaderValue>) {
    page_context();
    if let (Some(links), Some(response)) = (links, use_context::<leptos_axum::ResponseOptions>()) {
        response.insert_header(header::LINK, links.clone());
    }
}

/// Server functions. One that this build does not know is a page older than the site.
async fn rpc(request: Request) -> Response {
    let response = leptos_axum::handle_server_fns_with_context(page_context, request).await.into_response();
    if response.status() == StatusCode::BAD_REQUEST {
        return crate::kernel::error::AppError::refused(
            "RELOAD_NEEDED",
            "This page is older than the site. Load it again; what you saved is kept.",
        )
        .into_response();
    }
    response
}

/// Every refusal of a server function comes as a 500 that says inside what it is; outside it is what it says, or the figures
/// would show a broken house for everybody who is not signed in.
async fn with_its_status(request: Request, next: Next) -> Response {
    let is_load = request.uri().path().starts_with("/rpc/");
    let response = next.run(request).await;
    if !is_load || response.status() != StatusCode::INTERNAL_SERVER_ERROR {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let Ok(bytes) = axum::body::to_bytes(body, crate::platform::web::MAX_JSON).await else {
        return crate::kernel::error::AppError::broken("a server function's answer could not be read").into_response();
    };
    if let Ok(error) = serde_json::from_slice::<PageError>(&bytes) {
        parts.status = StatusCode::from_u16(error.status).unwrap_or(parts.status);
        if let Some(seconds) = error.retry_after {
            parts.headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
    }
    Response::from_parts(parts, axum::body::Body::from(bytes))
}

/// `/dev/kit` and its style sheet, and that of the other pages of development.
fn kit_routes() -> Router<Arc<House>> {
    let page = |request: Request| async move {
        let is_dark = crate::platform::web::query_value(request.uri().query(), "theme").is_some_and(|theme| theme == "dark");
        let theme = if is_dark { "dark" } else { "light" };
        let mut response = leptos_axum::render_app_async_with_context(page_context, move || kit::document(theme))(request).await;
        // What it shows of errors is no error of its own.
        *response.status_mut() = StatusCode::OK;
        response
    };
    let sheet = |State(house): State<Arc<House>>| async move { as_sheet(kit::sheet(&newest_sheet(&house))) };
    // For pages of development that no component writes: they know the sheet by no hash.
    let plain = |State(house): State<Arc<House>>| async move { as_sheet(newest_sheet(&house)) };
    Router::new().route("/dev/kit", get(page)).route("/dev/kit.css", get(sheet)).route("/dev/style.css", get(plain))
}

fn as_sheet(css: String) -> Response {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], css).into_response()
}

/// The site's style sheet as it was built last; of earlier builds theirs may lie beside it.
fn newest_sheet(house: &House) -> String {
    let built = std::fs::read_dir(house.settings.site_root.join("pkg")).into_iter().flatten().flatten().map(|entry| entry.path());
    let newest = built
        .filter(|path| path.extension().is_some_and(|ending| ending == "css"))
        .max_by_key(|path| path.metadata().and_then(|data| data.modified()).ok());
    newest.and_then(|path| std::fs::read_to_string(path).ok()).unwrap_or_default()
}

/// Addresses whose answers are for programs, whoever asks.
const FOR_PROGRAMS: [&str; 7] = ["/api/", "/rpc/", "/media/", "/embed/", "/og/", "/sitemap", "/dev/"];

/// Somebody who opened a page gets no JSON: a refusal from before any page, or a handler that broke, is said on one.
async fn in_clothes(options: Arc<LeptosOptions>, request: Request, next: Next) -> Response {
    let (path, asked) = (request.uri().path(), request.headers());
    let wants_page =
        asked.get(header::ACCEPT).and_then(|kinds| kinds.to_str().ok()).is_some_and(|kinds| kinds.contains("text/html"));
    let is_page = wants_page && !asked.contains_key("x-commdesk-form") && !FOR_PROGRAMS.iter().any(|door| path.starts_with(door));
    if !is_page {
        return next.run(request).await;
    }
    let (method, uri, headers) = (request.method().clone(), request.uri().clone(), request.headers().clone());
    let response = next.run(request).await;
    let is_json = response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind == "application/json");
    let is_refusal = response.status().is_client_error() || response.status().is_server_error();
    if !is_refusal || !is_json {
        return response;
    }
    let (status, retry_after) = (response.status(), response.headers().get(header::RETRY_AFTER).cloned());
    let body = axum::body::to_bytes(response.into_body(), crate::platform::web::MAX_JSON).await.unwrap_or_default();
    let said = serde_json::from_slice::<serde_json::Value>(&body).unwrap_or_default();
    let said = Plain {
        status: status.as_u16(),
        message: said["error"]["message"].as_str().unwrap_or("Nothing was changed. Load the page again.").to_owned(),
        number: trace_id().unwrap_or_default(),
    };
    let mut ask = Request::new(axum::body::Body::empty());
    (*ask.method_mut(), *ask.uri_mut(), *ask.headers_mut()) = (method, uri, headers);
    let document = move || plain::document(LeptosOptions::clone(&options), said.clone());
    let mut response = leptos_axum::render_app_async_with_context(page_context, document)(ask).await;
    *response.status_mut() = status;
    if let Some(seconds) = retry_after {
        response.headers_mut().insert(header::RETRY_AFTER, seconds);
    }
    response
}

/// A file of the site, or the 404 page in the site's own clothes.
async fn file_or_not_found(
    files: ServeDir,
    options: Arc<LeptosOptions>,
    context: impl Fn() + Clone + Send + Sync + 'static,
    request: Request,
) -> Response {
    let path = request.uri().path().to_owned();
    let (parts, _) = request.into_parts();
    let ask = Request::from_parts(parts.clone(), axum::body::Body::empty());
    if let Ok(mut response) = files.oneshot(ask).await.map(axum::response::IntoResponse::into_response)
        && response.status() != StatusCode::NOT_FOUND
        && !path.ends_with('/')
    {
        // Names with a hash never change what they mean; everything else is asked for again.
        // (A font that changes gets another name.)
        let hashed = path.starts_with("/pkg/") && path.rsplit('/').next().is_some_and(|name| name.split('.').count() > 2);
        let forever = hashed || path.starts_with("/fonts/");
        let value = if forever { "public, max-age=31536000, immutable" } else { "public, max-age=300" };
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(value));
        return response;
    }
    let ask = Request::from_parts(parts, axum::body::Body::empty());
    leptos_axum::render_app_async_with_context(context, move || shell(LeptosOptions::clone(&options)))(ask).await
}

/// Pages may hold what only their reader may see: nothing between us and the browser keeps them.
async fn no_store(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    response.headers_mut().entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

/// The id of the page that is being rendered, for its error page.
pub fn trace_id() -> Option<String> {
    TRACE.try_with(|id| id.to_string()).ok()
}
