//! Pages.
use crate::{app::{App, shell}, ui::form::Outcome};
use axum::{Router, body::Body, extract::Request, response::Response, routing::get};
use leptos::prelude::*;
use leptos_axum::{LeptosRoutes, generate_route_list};

fn csp() {
    if let (Some(nonce), Some(r)) = (leptos::nonce::use_nonce(), use_context::<leptos_axum::ResponseOptions>()) {
        let v = format!("default-src 'self'; script-src 'nonce-{nonce}' 'strict-dynamic' 'wasm-unsafe-eval'; style-src 'self'; object-src 'none'; base-uri 'none'");
        r.insert_header(http::header::CONTENT_SECURITY_POLICY, http::HeaderValue::from_str(&v).expect("ascii"));
    }
}

pub fn router(options: LeptosOptions) -> Router {
    let routes = generate_route_list(App);
    let o = options.clone();
    let post = move |req: Request| {
        let o = o.clone();
        async move {
            let (parts, body) = req.into_parts();
            let bytes = axum::body::to_bytes(body, 1 << 20).await.unwrap_or_default();
            let mut out = Outcome { message: "Refused".into(), ..Default::default() };
            for (k, v) in url::form_urlencoded::parse(&bytes) { out.values.entry(k.into_owned()).or_default().push(v.into_owned()); }
            let req = Request::from_parts(parts, Body::empty());
            let h = leptos_axum::render_app_async_with_context(move || { csp(); provide_context(Some(out.clone()));
                expect_context::<leptos_axum::ResponseOptions>().set_status(http::StatusCode::UNPROCESSABLE_ENTITY);
            }, move || shell(o.clone()));
            let r: Response = h(req).await;
            r
        }
    };
    let o2 = options.clone();
    Router::new()
        .route("/rpc/{*name}", get(leptos_axum::handle_server_fns).post(leptos_axum::handle_server_fns))
        .route("/about", axum::routing::post(post))
        .leptos_routes_with_context(&options, routes, csp, move || shell(o2.clone()))
        .fallback_service(leptos_axum::serve_site_root_service(&options))
        .with_state(options)
}
