//! Pages fetch, components show: a page reads its parameters, loads one view, and shows it or what is wrong.

use super::{browser, parts::Empty};
use crate::kernel::fields::FieldErrors;
use leptos::{
    prelude::*,
    server_fn::codec::JsonEncoding,
    server_fn::error::{FromServerFnError, ServerFnErrorErr},
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// Why a page has nothing to show; the error half of the wire.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageError {
    pub status: u16,
    pub code: String,
    pub message: String,
    pub field_errors: FieldErrors,
    pub retry_after: Option<u32>,
    pub request_id: Option<String>,
}

impl PageError {
    pub fn not_found() -> Self {
        crate::kernel::error::AppError::NotFound.into()
    }
}

impl From<crate::kernel::error::AppError> for PageError {
    fn from(error: crate::kernel::error::AppError) -> Self {
        use crate::kernel::error::AppError;
        // What is ours to repair is logged where it leaves the house, and found again by the number that the page shows.
        let request_id = if error.status() >= 500 { browser::went_wrong(&error) } else { None };
        Self {
            status: error.status(),
            code: error.code().into(),
            message: error.message(),
            retry_after: error.retry_after(),
            field_errors: match error {
                AppError::Invalid(errors) => errors,
                _ => FieldErrors::default(),
            },
            request_id,
        }
    }
}

impl std::fmt::Display for PageError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for PageError {}

impl FromServerFnError for PageError {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        let (status, code, message) = match error {
            ServerFnErrorErr::Request(_) => {
                (0, "OFFLINE", "We could not be reached. Check your connection, then load the page again.")
            }
            _ => (400, "RELOAD_NEEDED", "This page is older than the site. Load it again; what you saved is kept."),
        };
        Self {
            status,
            code: code.into(),
            message: message.into(),
            field_errors: FieldErrors::default(),
            retry_after: None,
            request_id: None,
        }
    }
}

/// A view that the page waits for, on the server too.
pub type Loaded<T> = Resource<Result<T, PageError>>;

/// Shows what was loaded, a skeleton while it comes (in the browser only), or what is wrong.
pub fn shown<T, V>(loaded: Loaded<T>, show: impl Fn(T) -> V + Send + Sync + Clone + 'static) -> impl IntoView
where
    T: Clone + Send + Sync + Serialize + DeserializeOwned + 'static,
    V: IntoView + 'static,
{
    view! {
        <Suspense fallback=|| view! { <Skeleton/> }>
            {move || {
                let show = show.clone();
                Suspend::new(async move {
                    match loaded.await {
                        Ok(view) => show(view).into_any(),
                        Err(error) => view! { <Problem error/> }.into_any(),
                    }
                })
            }}
        </Suspense>
    }
}

/// As [`shown`], but what was there stays until the next comes: for lists that are narrowed step by step.
pub fn shown_over<T, V>(loaded: Loaded<T>, show: impl Fn(T) -> V + Send + Sync + Clone + 'static) -> impl IntoView
where
    T: Clone + Send + Sync + Serialize + DeserializeOwned + 'static,
    V: IntoView + 'static,
{
    view! {
        <Transition fallback=|| view! { <Skeleton/> }>
            {move || {
                let show = show.clone();
                Suspend::new(async move {
                    match loaded.await {
                        Ok(view) => show(view).into_any(),
                        Err(error) => view! { <Problem error/> }.into_any(),
                    }
                })
            }}
        </Transition>
    }
}

/// The shape of what comes.
#[component]
pub fn Skeleton() -> impl IntoView {
    view! {
        <div class="center" aria-busy="true">
            <p class="visually-hidden" role="status">"Loading"</p>
            <div class="skeleton" aria-hidden="true">
                <span class="skeleton__line"></span>
                <span class="skeleton__line skeleton__line--short"></span>
                <span class="skeleton__box"></span>
            </div>
        </div>
    }
}

/// What is wrong, and what to do: 404, sign in, not yours to do, try again later, our fault.
#[component]
pub fn Problem(error: PageError) -> impl IntoView {
    if error.status >= 400 {
        browser::set_status(error.status);
    }
    if let Some(seconds) = error.retry_after {
        browser::set_retry_after(seconds);
    }
    let here = leptos_router::hooks::use_location();
    let sign_in = move || {
        let next = format!(
            "{}{}",
            here.pathname.get(),
            Some(here.search.get()).filter(|s| !s.is_empty()).map(|s| format!("?{s}")).unwrap_or_default()
        );
        format!("/sign-in?next={}", url::form_urlencoded::byte_serialize(next.as_bytes()).collect::<String>())
    };
    let (title, icon) = match error.status {
        401 => ("Sign in to see this page", "log-in"),
        403 => ("This is not open to you yet", "lock"),
        404 => ("There is nothing here", "search"),
        429 | 503 => ("Try again in a moment", "clock"),
        _ => ("Something went wrong on our side", "alert"),
    };
    let action = match error.status {
        403 if error.code == "SECOND_FACTOR_REQUIRED" => {
            let confirm = move || sign_in().replacen("/sign-in", "/second-factor", 1);
            view! { <a class="button button--primary" href=confirm>"Confirm your second factor"</a> }.into_any()
        }
        401 => view! { <a class="button button--primary" href=sign_in>"Sign in"</a> }.into_any(),
        404 => view! { <a class="button button--primary" href="/">"Go to the start page"</a> }.into_any(),
        _ => view! { <a class="button" href="">"Load the page again"</a> }.into_any(),
    };
    view! {
        <leptos_meta::Title text=title/>
        <div class="center">
            <Empty only=true title=title.to_owned() text=error.message icon>
                {action}
                {error.request_id.map(|id| view! { <p class="text-soft text-small">"Number " <code>{id}</code></p> })}
            </Empty>
        </div>
    }
}

/// The acting workspace that the address names (`?as=`), for the page's server functions and links.
pub fn acting() -> Memo<Option<String>> {
    let query = leptos_router::hooks::use_query_map();
    Memo::new(move |_| query.read().get("as").filter(|w| !w.is_empty()))
}
