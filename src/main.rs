//! one binary
#[tokio::main]
async fn main() {
    let options = leptos::config::get_configuration(None).expect("conf").leptos_options;
    let addr = options.site_addr;
    let listener = tokio::net::TcpListener::bind(addr).await.expect("bind");
    axum::serve(listener, commdesk::http::site::router(options)).await.expect("serve");
}
