//! The yardstick of "first load ÷ skeleton": nothing but what every page needs.

use leptos::{LazyViewError, prelude::*};
use leptos_meta::{MetaTags, Title, provide_meta_context};
use leptos_router::{
    ChooseView, SsrMode,
    components::{Route, Router, Routes},
    path,
};

pub fn shell(options: LeptosOptions) -> impl IntoView {
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <meta charset="utf-8"/>
                <HydrationScripts options/>
                <MetaTags/>
            </head>
            <body><App/></body>
        </html>
    }
}

#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    view! {
        <Title text="Skeleton"/>
        <Router>
            <Routes fallback=|| "Not found">
                <Route path=path!("/") view=Page ssr=SsrMode::Async/>
            </Routes>
        </Router>
    }
}

#[derive(Clone, Copy)]
struct Page;

impl ChooseView for Page {
    async fn choose(self) -> AnyView {
        page(()).await.unwrap_or_else(|_| ().into_any())
    }

    async fn preload(&self) {}
}

#[lazy(fallible)]
fn page(_: ()) -> Result<AnyView, LazyViewError> {
    let words = Resource::new(|| (), |()| words());
    Ok(view! { <Suspense>{move || Suspend::new(async move { words.await.unwrap_or_default() })}</Suspense> }.into_any())
}

#[server(name = LoadWords, prefix = "/rpc", endpoint = "words", input = leptos::server_fn::codec::GetUrl)]
pub async fn words() -> Result<String, ServerFnError> {
    Ok("Words".to_owned())
}

#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_lazy(App);
}
