//! Pages fetch, components show: a page reads its parameters, loads one view, and shows it or what is wrong.

use super::{
    browser,
    parts::{Empty, Heads},
};
use crate::kernel::fields::FieldErrors;
use leptos::{
    prelude::*,
    server::codee::{Decoder, Encoder},
    server_fn::codec::JsonEncoding,
    server_fn::error::{FromServerFnError, ServerFnErrorErr},
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::{
    any::Any,
    marker::PhantomData,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll},
};

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

    /// Nobody answered.
    pub fn cut_off() -> Self {
        Self {
            status: 0,
            code: "OFFLINE".into(),
            message: "We could not be reached. Check your connection, then load the page again.".into(),
            field_errors: FieldErrors::default(),
            retry_after: None,
            request_id: None,
        }
    }

    /// What came is not what this page can show: the site has changed since it was opened.
    pub fn outdated() -> Self {
        Self {
            status: 400,
            code: "RELOAD_NEEDED".into(),
            message: "This page is older than the site. Load it again; what you saved is kept.".into(),
            ..Self::cut_off()
        }
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
        match error {
            ServerFnErrorErr::Request(_) => Self::cut_off(),
            _ => Self::outdated(),
        }
    }
}

/// A view that the page waits for, on the server too. Everything between asking and showing works on an [`Answer`], whatever
/// the view is, so a browser carries that machinery once and not for each of seventy views.
pub struct Loaded<T> {
    answer: Resource<Answer, Wire>,
    of: PhantomData<fn() -> T>,
}

impl<T> Clone for Loaded<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Loaded<T> {}

impl<T: Clone + DeserializeOwned + 'static> IntoFuture for Loaded<T> {
    type Output = Result<T, PageError>;
    type IntoFuture = Coming<T>;

    fn into_future(self) -> Self::IntoFuture {
        Coming { answer: Box::pin(async move { self.answer.await }), of: PhantomData }
    }
}

/// A view on its way.
pub struct Coming<T> {
    answer: Later<Answer>,
    of: PhantomData<fn() -> T>,
}

/// Something on its way, with its type put aside.
pub type Later<T> = Pin<Box<dyn Future<Output = T> + Send>>;

impl<T: Clone + DeserializeOwned + 'static> Future for Coming<T> {
    type Output = Result<T, PageError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        self.answer.as_mut().poll(context).map(|answer| answer.read())
    }
}

/// What came for a page, with its type put aside.
#[derive(Clone)]
pub enum Answer {
    Found(Arc<dyn Carried>),
    Failed(PageError),
    /// What the page brought from the server: a sign, and JSON (`turned`) that nobody has read yet.
    Brought(Arc<str>),
}

/// Stands before the JSON of a view, or of what is wrong.
const FOUND: char = '+';
const FAILED: char = '-';

impl Answer {
    fn of<T: Clone + Serialize + Send + Sync + 'static>(outcome: Result<T, PageError>) -> Self {
        match outcome {
            Ok(view) => Self::Found(Arc::new(view)),
            Err(error) => Self::Failed(error),
        }
    }

    /// The view, as the page knows it. JSON is read as the answers of server functions are, from bytes: a second way to read it
    /// would be a second copy of the code that reads every view.
    fn read<T: Clone + DeserializeOwned + 'static>(&self) -> Result<T, PageError> {
        match self {
            Self::Found(view) => view.as_ref().any().downcast_ref().cloned().ok_or_else(PageError::outdated),
            Self::Failed(error) => Err(error.clone()),
            Self::Brought(text) => brought(text),
        }
    }

    /// As `read`, without a copy of what is there: for large views of which only text is made.
    fn share<T: DeserializeOwned + Send + Sync + 'static>(&self) -> Result<Arc<T>, PageError> {
        match self {
            Self::Found(view) => Arc::clone(view).shared().downcast().map_err(|_| PageError::outdated()),
            Self::Failed(error) => Err(error.clone()),
            Self::Brought(text) => brought(text).map(Arc::new),
        }
    }
}

fn brought<T: DeserializeOwned>(text: &str) -> Result<T, PageError> {
    match text.strip_prefix(FOUND) {
        Some(json) => serde_json::from_slice(turned(json).as_bytes()).map_err(|_| PageError::outdated()),
        None => Err(serde_json::from_slice(turned(&text[1..]).as_bytes()).unwrap_or_else(|_| PageError::outdated())),
    }
}

/// The same text, its two kinds of quotation marks in each other's place. JSON travels inside a JavaScript string, where every
/// `"` is written as two signs, one by one; apostrophes are not, and are rare.
fn turned(text: &str) -> String {
    let turn = |byte: &u8| match byte {
        b'"' => b'\'',
        b'\'' => b'"',
        other => *other,
    };
    // One sign for another of the same length: it stays UTF-8.
    String::from_utf8(text.as_bytes().iter().map(turn).collect()).unwrap_or_default()
}

/// What can be shown on the server, and carried to a browser.
pub trait Carried: Send + Sync {
    fn any(&self) -> &dyn Any;
    fn shared(self: Arc<Self>) -> Arc<dyn Any + Send + Sync>;
    /// As JSON; in a browser, which sends no view, nothing.
    fn written(&self) -> serde_json::Result<String>;
}

impl<T: Serialize + Send + Sync + 'static> Carried for T {
    fn any(&self) -> &dyn Any {
        self
    }

    fn shared(self: Arc<Self>) -> Arc<dyn Any + Send + Sync> {
        self
    }

    fn written(&self) -> serde_json::Result<String> {
        browser::written(self)
    }
}

/// How an [`Answer`] is carried.
pub struct Wire;

impl Encoder<Answer> for Wire {
    type Error = serde_json::Error;
    type Encoded = String;

    fn encode(answer: &Answer) -> Result<String, Self::Error> {
        Ok(match answer {
            Answer::Found(view) => format!("{FOUND}{}", turned(&view.written()?)),
            Answer::Failed(error) => format!("{FAILED}{}", turned(&browser::written(error)?)),
            Answer::Brought(text) => text.to_string(),
        })
    }
}

impl Decoder<Answer> for Wire {
    type Error = ();
    type Encoded = str;

    fn decode(text: &str) -> Result<Answer, ()> {
        if text.starts_with([FOUND, FAILED]) { Ok(Answer::Brought(text.into())) } else { Err(()) }
    }
}

/// Asks for a view, and again whenever `source` gives something else.
pub fn fetched<S, T, Asked>(
    source: impl Fn() -> S + Send + Sync + 'static,
    ask: impl Fn(S) -> Asked + Send + Sync + 'static,
) -> Loaded<T>
where
    S: Clone + PartialEq + Send + Sync + 'static,
    T: Clone + Serialize + DeserializeOwned + Send + Sync + 'static,
    Asked: Future<Output = Result<T, PageError>> + Send + 'static,
{
    let source = Memo::new(move |_| source());
    let ask = move || -> Later<Answer> {
        let asked = ask(source.get_untracked());
        Box::pin(async move { Answer::of(asked.await) })
    };
    // Read, not only watched: a memo that nobody has read yet counts as changed when it first is, and a page that woke up would
    // ask for all that it was brought.
    Loaded { answer: asked(Box::new(move || source.with(|_| ())), Box::new(ask)), of: PhantomData }
}

fn asked(changes: Box<dyn Fn() + Send + Sync>, ask: Box<dyn Fn() -> Later<Answer> + Send + Sync>) -> Resource<Answer, Wire> {
    let turns = AtomicUsize::new(0);
    let turn = move || {
        changes();
        turns.fetch_add(1, Ordering::Relaxed)
    };
    Resource::new_with_options(turn, move |_| ask(), true)
}

/// What a room below shows on a page, in two steps. The slot itself is a `fn() -> Show<T>`: the page calls it once, beside its
/// own resource, and there the room starts to load, by what stands in the address. What it gives back only shows. A resource
/// that is made where something is shown would load as often as Leptos happens to build that part.
pub type Show<T> = Arc<dyn Fn(T) -> AnyView + Send + Sync>;

/// Shows what was loaded, a skeleton while it comes (in the browser only), or what is wrong. `strict`, here and wherever one
/// thing is waited for: a server would else make the whole of it twice, the first time to see whether more is asked for in it.
pub fn shown<T, V>(loaded: Loaded<T>, show: impl Fn(T) -> V + Send + Sync + 'static) -> AnyView
where
    T: Clone + DeserializeOwned + 'static,
    V: IntoView + 'static,
{
    shown_as(Shape::Page, loaded, show)
}

/// As [`shown`], with a skeleton of the shape that comes.
pub fn shown_as<T, V>(shape: Shape, loaded: Loaded<T>, show: impl Fn(T) -> V + Send + Sync + 'static) -> AnyView
where
    T: Clone + DeserializeOwned + 'static,
    V: IntoView + 'static,
{
    let show = or_problem(show);
    view! {
        <Suspense strict=true fallback=move || view! { <Skeleton shape/> }>{move || coming(loaded.answer, &show)}</Suspense>
    }
    .into_any()
}

/// Makes what is shown of whatever came.
type Shower = Arc<dyn Fn(&Answer) -> AnyView + Send + Sync>;

fn or_problem<T, V>(show: impl Fn(T) -> V + Send + Sync + 'static) -> Shower
where
    T: Clone + DeserializeOwned + 'static,
    V: IntoView + 'static,
{
    Arc::new(move |answer| match answer.read() {
        Ok(view) => show(view).into_any(),
        Err(error) => view! { <Problem error/> }.into_any(),
    })
}

fn coming(answer: Resource<Answer, Wire>, show: &Shower) -> Suspend<AnyView> {
    let show = Arc::clone(show);
    Suspend::new(async move { show(&answer.await) })
}

fn later(answer: Resource<Answer, Wire>) -> Later<Answer> {
    Box::pin(async move { answer.await })
}

/// What a page is going to look like.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Shape {
    /// A heading and what belongs to it.
    #[default]
    Page,
    /// Rows below each other: lists and tables.
    Rows,
    /// Cards in a grid.
    Cards,
    /// A logo beside a name, and two columns below.
    Detail,
}

/// As [`shown`], for a list that is narrowed step by step: what was there stays until the next comes. Something else stands beside it,
/// and is waited for too, so that it is there with the first row.
pub fn shown_over_with<T, W, V>(
    loaded: Loaded<T>,
    with: impl Fn() -> Later<W> + Send + Sync + 'static,
    show: impl Fn(Arc<T>, W) -> V + Send + Sync + 'static,
) -> AnyView
where
    T: DeserializeOwned + Send + Sync + 'static,
    W: Send + 'static,
    V: IntoView + 'static,
{
    let show = Arc::new(show);
    view! {
        <Transition strict=true fallback=|| view! { <Skeleton shape=Shape::Rows/> }>
            {move || {
                let (answer, with, show) = (later(loaded.answer), with(), Arc::clone(&show));
                Suspend::new(async move {
                    let with = with.await;
                    match answer.await.share() {
                        Ok(view) => show(view, with).into_any(),
                        Err(error) => view! { <Problem error/> }.into_any(),
                    }
                })
            }}
        </Transition>
    }
    .into_any()
}

/// The shape of what comes.
#[component]
pub fn Skeleton(#[prop(optional)] shape: Shape) -> impl IntoView {
    let line = || view! { <span class="skeleton__line"></span> };
    let short = || view! { <span class="skeleton__line skeleton__line--short"></span> };
    let bones = match shape {
        Shape::Page => view! { {line()} {short()} <span class="skeleton__box"></span> }.into_any(),
        Shape::Rows => (0..6)
            .map(|_| view! { <span class="skeleton__row"><span class="skeleton__mark"></span><span class="skeleton__lines">{short()} {line()}</span></span> })
            .collect_view()
            .into_any(),
        Shape::Cards => {
            let cards = (0..6).map(|_| view! { <span class="skeleton__box skeleton__box--card"></span> }).collect_view();
            view! { <span class="grid">{cards}</span> }.into_any()
        }
        Shape::Detail => view! {
            <span class="skeleton__row"><span class="skeleton__mark skeleton__mark--large"></span><span class="skeleton__lines">{short()} {line()}</span></span>
            <span class="skeleton__box skeleton__box--tall"></span>
        }
        .into_any(),
    };
    view! {
        <div class="center" aria-busy="true">
            <p class="visually-hidden" role="status">"Loading"</p>
            <div class="skeleton" aria-hidden="true">{bones}</div>
        </div>
    }
}

/// What is wrong, and what to do: 404, sign in, not yours to do, try again later, our fault, no connection.
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
    let is_cut_off = error.status == 0;
    if is_cut_off {
        Effect::new(|_| browser::on_online(browser::reload));
    }
    let (title, icon) = match error.status {
        0 => ("We could not be reached", "refresh"),
        400 if error.code == "RELOAD_NEEDED" => ("This page has to be loaded again", "refresh"),
        401 => ("Sign in to see this page", "log-in"),
        403 => ("This is not open to you yet", "lock"),
        404 => ("There is nothing here", "search"),
        429 | 503 => ("Try again in a moment", "clock"),
        400 | 422 => ("This address does not fit this page", "help"),
        409 => ("This is not possible as it stands", "info"),
        _ => ("Something went wrong on our side", "alert"),
    };
    let is_ours = error.status >= 500 && error.status != 503;
    let text = match (error.status, error.retry_after) {
        (0, _) => "Check your connection. This page loads by itself when it is back; nothing that you saved is lost.".to_owned(),
        (503, Some(seconds)) => {
            format!("We cannot answer just now. Nothing that you saved is lost. Load the page again {}.", in_time(seconds))
        }
        _ => error.message,
    };
    let action = match error.status {
        403 if error.code == "SECOND_FACTOR_REQUIRED" => {
            let confirm = move || sign_in().replacen("/sign-in", "/second-factor", 1);
            view! { <a class="button button--primary" href=confirm>"Confirm your second factor"</a> }.into_any()
        }
        401 => view! { <a class="button button--primary" href=sign_in>"Sign in"</a> }.into_any(),
        403 => view! { <a class="button" href="/dashboard">"Go to your workspace"</a> }.into_any(),
        404 => view! { <Elsewhere path=here.pathname.get_untracked()/> }.into_any(),
        // What is asked of the page stands behind the `?`; loading it again would ask for the same.
        400 | 422 if error.code != "RELOAD_NEEDED" && !here.search.get_untracked().is_empty() => {
            view! { <a class="button button--primary" href=here.pathname.get_untracked()>"Open the page without it"</a> }
                .into_any()
        }
        _ => view! { <a class="button button--primary" href="" rel="external">"Load the page again"</a> }.into_any(),
    };
    view! {
        <leptos_meta::Title text=title/>
        <div class="center">
            <Empty only=!Heads::is_there() title=title.to_owned() text icon>
                {action}
                {error.request_id.map(|id| view! {
                    <p class="empty__number text-soft text-small">
                        {is_ours.then_some("We have been told. If it happens again, write to us and name this number: ")}
                        {(!is_ours).then_some("Number ")}
                        <code class="copyable">{id}</code>
                    </p>
                })}
            </Empty>
        </div>
    }
}

/// "in 5 seconds", "in 3 minutes".
fn in_time(seconds: u32) -> String {
    match seconds {
        0 | 1 => "in a second".to_owned(),
        2..=90 => format!("in {seconds} seconds"),
        _ => format!("in {} minutes", seconds.div_ceil(60)),
    }
}

/// Where to go from an address that leads nowhere: a search for its own words, and the lists.
#[component]
fn Elsewhere(path: String) -> impl IntoView {
    let (list, label) = match path.split('/').nth(1) {
        Some("communities") => ("/communities", "Search communities"),
        Some("events") => ("/events", "Search events"),
        Some("opportunities") => ("/opportunities", "Search opportunities"),
        _ => ("/directory", "Search sponsors"),
    };
    view! {
        <form class="search empty__search" role="search" method="get" action=list>
            <label class="visually-hidden" for="elsewhere">{label}</label>
            <svg class="icon search__icon" aria-hidden="true"><use href="/icons.svg#i-search"></use></svg>
            <input class="input search__input" id="elsewhere" name="q" type="search" placeholder=label value=words_of(&path) maxlength="100"/>
            <button class="button button--primary search__go">"Search"</button>
        </form>
        <p class="empty__links">
            <a href="/opportunities">"Opportunities"</a>
            <a href="/directory">"Sponsors"</a>
            <a href="/communities">"Communities"</a>
            <a href="/events">"Events"</a>
            <a href="/">"Start page"</a>
        </p>
    }
}

/// The words of an address's last part, for a search: `/events/hack-fest-2026` becomes `hack fest 2026`. Nothing of ids and
/// tokens, which are no words.
fn words_of(path: &str) -> String {
    let last = path.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    let is_words =
        last.len() <= 60 && last.split(['-', '_', '+']).all(|word| word.len() <= 24) && last.chars().any(char::is_alphabetic);
    let is_id = last.len() == 36 && last.chars().all(|c| c.is_ascii_hexdigit() || c == '-');
    if !is_words || is_id {
        return String::new();
    }
    let words: String = last.chars().map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The acting workspace that the address names (`?as=`), for the page's server functions and links.
pub fn acting() -> Memo<Option<String>> {
    let query = leptos_router::hooks::use_query_map();
    Memo::new(move |_| query.read().get("as").filter(|w| !w.is_empty()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_that_leads_nowhere_is_searched_for_its_words() {
        assert_eq!(words_of("/events/hack-fest-2026"), "hack fest 2026");
        assert_eq!(words_of("/directory/acme_cloud/"), "acme cloud");
        assert_eq!(words_of("/"), "");
        assert_eq!(words_of("/opportunities/0193b3a0-7b5e-7c3e-9d7e-5f3f0c9a1b2c"), "");
        assert_eq!(words_of("/link/aLongTokenThatNobodyWouldSearchFor0123456789"), "");
    }

    #[test]
    fn a_page_brings_what_was_found() {
        let view = vec!["it's \"so\" & <b>\\".to_owned(), "é\u{1f600}".to_owned()];
        let found = Answer::of(Ok(view.clone()));
        let carried = Wire::encode(&found).expect("written");
        assert_eq!(carried.matches('"').count(), 1, "only the apostrophe: {carried}");
        let brought = Wire::decode(&carried).expect("a page's own");
        for answer in [&found, &brought] {
            assert_eq!(answer.read::<Vec<String>>(), Ok(view.clone()));
            assert_eq!(answer.share::<Vec<String>>(), Ok(Arc::new(view.clone())));
        }
        let failed = Answer::of::<Vec<String>>(Err(PageError::cut_off()));
        let brought = Wire::decode(&Wire::encode(&failed).expect("written")).expect("a page's own");
        assert_eq!(brought.read::<Vec<String>>(), Err(PageError::cut_off()));
        // A view of another kind is a page older than the site.
        assert_eq!(found.share::<String>(), Err(PageError::outdated()));
        assert!(Wire::decode("null").is_err());
    }

    #[test]
    fn waiting_is_said_in_words() {
        assert_eq!(in_time(5), "in 5 seconds");
        assert_eq!(in_time(300), "in 5 minutes");
    }
}
