//! Serves the skeleton, so that it can be built the way the product is.

#[cfg(feature = "ssr")]
#[tokio::main]
async fn main() {
    use leptos_axum::{LeptosRoutes as _, generate_route_list};
    let options = leptos::config::get_configuration(None).expect("the environment is readable").leptos_options;
    let (address, shown) = (options.site_addr, options.clone());
    let app = axum::Router::new()
        .leptos_routes(&options, generate_route_list(skeleton::App), move || skeleton::shell(shown.clone()))
        .with_state(options);
    let listener = tokio::net::TcpListener::bind(address).await.expect("the address is free");
    axum::serve(listener, app).await.expect("serving");
}

#[cfg(not(feature = "ssr"))]
fn main() {}
