//! Split points: one lazily loaded piece of wasm for each area of the site, not for each page.

use leptos::prelude::*;
use leptos_router::ChooseView;

/// A page, by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Page {
    Landing,
    About,
}

/// A route's view: fetches the area's code, then shows the page.
#[derive(Debug, Clone, Copy)]
pub struct Area(pub Page);

impl ChooseView for Area {
    async fn choose(self) -> AnyView {
        match self.0 {
            Page::Landing => landing(self.0).await.into_any(),
            Page::About => about(self.0).await.into_any(),
        }
    }

    /// Nothing to do ahead: `choose` fetches the code, while the page's data is on its way.
    async fn preload(&self) {}
}

#[lazy(fallible)]
fn landing(_page: Page) -> Result<AnyView, leptos::LazyViewError> {
    Ok(view! { <h1>"Landing"</h1><crate::ui::form::Dummy/><a href="/about">"about"</a> }.into_any())
}

#[lazy(fallible)]
fn about(_page: Page) -> Result<AnyView, leptos::LazyViewError> {
    let refused = expect_context::<crate::ui::form::Refused>();
    let o = refused.0.unwrap_or_default();
    let typed = o.values.get("name").and_then(|v| v.first()).cloned().unwrap_or_default();
    let text = o.values.get("text").and_then(|v| v.first()).cloned().unwrap_or_default();
    let r = Resource::new(|| (), |_| hello());
    Ok(view! {
        <h1>"About"</h1>
        <form method="post"><input name="name" value=typed/><textarea name="text">{text}</textarea><p>{o.message}</p><button>Go</button></form>
        <Suspense><p>{move || Suspend::new(async move { r.await.unwrap_or_default() })}</p></Suspense>
        <crate::ui::form::Dummy/>
    }
    .into_any())
}

#[server(prefix = "/rpc", endpoint = "hello", input = leptos::server_fn::codec::GetUrl)]
async fn hello() -> Result<String, ServerFnError> {
    Ok("hello from server".into())
}
