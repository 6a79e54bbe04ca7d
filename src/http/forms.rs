//! The form door: every form of every page, and how a refused one becomes its page again.

use crate::{
    app::{
        again::{self, Again},
        document::shell,
    },
    features::*,
    kernel::error::AppError,
    platform::{
        ctx::House,
        web::{
            Call, UNKEEPABLE, cookies,
            form::{Done, FormRoute, Posted, Typed},
            json_response, log, once, safe_path,
        },
    },
    ui::form::Outcome,
};
use axum::{
    RequestExt as _, Router,
    body::Body,
    extract::{RawPathParams, Request, State},
    response::{IntoResponse as _, Response},
    routing::post,
};
use http::{HeaderValue, StatusCode, header};
use leptos::{config::LeptosOptions, prelude::provide_context};
use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

/// Every form of the site.
fn table() -> Vec<FormRoute> {
    std::iter::empty()
        .chain(accounts::forms::forms())
        .chain(access::forms::forms())
        .chain(organizations::forms::forms())
        .chain(communities::forms::forms())
        .chain(watching::forms::forms())
        .chain(members::forms::forms())
        .chain(opportunities::forms::forms())
        .chain(requests::forms::forms())
        .chain(events::forms::forms())
        .chain(partners::forms::forms())
        .chain(embeds::forms::forms())
        .chain(blocks::forms::forms())
        .chain(moderation::forms::forms())
        .chain(decisions::forms::forms())
        .chain(exports::forms::forms())
        .chain(imports::forms::forms())
        // one line a room: .chain(room::forms::forms())
        .chain(notifications::forms::forms())
        .collect()
}

/// Mounts a POST on every page that has forms, and the theme switch.
pub fn routes(options: &LeptosOptions) -> Router<Arc<House>> {
    let mut pages: BTreeMap<&'static str, Vec<FormRoute>> = BTreeMap::new();
    for form in table() {
        pages.entry(form.path).or_default().push(form);
    }
    let mut router = Router::new().route("/theme", post(theme));
    for (path, forms) in pages {
        let (forms, options) = (Arc::<[FormRoute]>::from(forms), options.clone());
        router = router.route(
            path,
            post(move |State(house): State<Arc<House>>, request: Request| {
                let (forms, options) = (Arc::clone(&forms), options.clone());
                async move { receive(house, forms, options, request).await }
            }),
        );
    }
    router
}

/// Every form, for the test that walks all routes as a stranger.
pub fn listed() -> Vec<(&'static str, &'static str)> {
    table().into_iter().map(|form| (form.path, form.form)).collect()
}

async fn receive(house: Arc<House>, forms: Arc<[FormRoute]>, options: LeptosOptions, mut request: Request) -> Response {
    let path: HashMap<String, String> = match request.extract_parts::<RawPathParams>().await {
        Ok(params) => params.iter().map(|(key, value)| (key.to_owned(), value.to_owned())).collect(),
        Err(_) => return AppError::NotFound.into_response(),
    };
    let Some(call) = request.extensions().get::<Call>().cloned() else {
        return AppError::broken("the middleware did not say who calls").into_response();
    };
    let enhanced = request.headers().contains_key("x-commdesk-form");
    let query: HashMap<String, String> =
        url::form_urlencoded::parse(request.uri().query().unwrap_or_default().as_bytes()).into_owned().collect();
    let (parts, body) = request.into_parts();
    let (typed, read) = Typed::read_as_far(Request::from_parts(parts.clone(), body)).await;
    let form = named(&forms, &typed);
    let outcome = match read {
        Err(error) => Err(error),
        Ok(()) if typed.text("_form") == again::FORM => return sign_in_again(options, call, &typed, parts).await,
        Ok(()) => match (call.maybe_person(), typed.unkeepable()) {
            (Err(error), _) => Err(error),
            (Ok(_), Some(field)) => Err(AppError::invalid(field, UNKEEPABLE)),
            (Ok(_), None) => carry_out(form, call.clone(), typed.clone(), path, query, &parts).await,
        },
    };
    match outcome {
        Ok(done) => answer(&done, enhanced),
        Err(AppError::SignIn) if !enhanced => {
            let card = Again { lost_files: typed.file_names(), ..kept(&typed) };
            ask_to_sign_in(options, Request::from_parts(parts, Body::empty()), card, StatusCode::UNAUTHORIZED).await
        }
        Err(error) => {
            log(&error);
            let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            let retry_after = error.retry_after();
            let mut message = error.message();
            if matches!(error, AppError::SignIn) {
                message =
                    "Your session has ended, so nothing was sent. Sign in again in another tab, then send this: everything you \
                           typed is still here."
                        .to_owned();
            }
            if matches!(error, AppError::Broken(_)) {
                message = format!("{message} ({})", call.ctx.trace_id);
            }
            let outcome = Outcome {
                path: parts.uri.path().to_owned(),
                // A page without that form says it above everything else.
                form: form.map_or("", |form| form.form).to_owned(),
                values: typed.values(),
                status: error.status(),
                code: error.code().to_owned(),
                message,
                href: error.href().map(str::to_owned).unwrap_or_default(),
                errors: match error {
                    AppError::Invalid(errors) => errors,
                    _ => crate::kernel::fields::FieldErrors::default(),
                },
            };
            let mut response = if enhanced {
                json_response(status, &outcome)
            } else {
                render_again(options, Request::from_parts(parts, Body::empty()), outcome, status).await
            };
            if let Some(seconds) = retry_after {
                response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
            }
            drop(house);
            response
        }
    }
}

/// Which of the page's forms was sent, as far as it could be read.
fn named<'a>(forms: &'a [FormRoute], typed: &Typed) -> Option<&'a FormRoute> {
    let name = typed.text("_form");
    let only = || forms.first().filter(|_| forms.len() == 1 && name.is_empty() && !typed.is_empty());
    forms.iter().find(|form| form.form == name).or_else(only)
}

async fn carry_out(
    form: Option<&FormRoute>,
    call: Call,
    typed: Typed,
    path: HashMap<String, String>,
    query: HashMap<String, String>,
    parts: &http::request::Parts,
) -> Result<Done, AppError> {
    let Some(form) = form else {
        return Err(AppError::refused(
            "RELOAD_NEEDED",
            "This page is older than the site. Load it again; what you saved is kept.",
        ));
    };
    let mut call = call.acting_for(typed.maybe("_as").map(str::to_owned));
    let here = parts.uri.path_and_query().map_or("/", |p| p.as_str()).to_owned();
    // The form's own key makes a double click, a resend and a reload harmless.
    let claim = typed.maybe("_key").map(|key| {
        let operation = format!("POST {} {}", parts.uri.path(), form.form);
        once::claim(&call, &operation, key.get(..200).unwrap_or(key), &typed.fingerprint())
    });
    if let Some(claim) = &claim {
        if let Some(result) = once::find(&call.ctx, claim).await? {
            return Ok(Done::to(safe_path(&result).unwrap_or(&here)));
        }
        call.ctx = call.ctx.with_claim(claim.clone());
    }
    let ctx = call.ctx.clone();
    let posted = Posted { call, typed, path, query, headers: parts.headers.clone() };
    match (form.handler)(posted).await {
        Ok(done) => {
            if let Some(claim) = &claim {
                once::note_location(&ctx, claim, &done.location).await?;
            }
            Ok(done)
        }
        // A twin with the same key was faster: go where it went.
        Err(AppError::Replay) => {
            let result = match &claim {
                Some(claim) => once::find(&ctx, claim).await?.unwrap_or_default(),
                None => String::new(),
            };
            Ok(Done::to(safe_path(&result).unwrap_or(&here)))
        }
        Err(error) => Err(error),
    }
}

fn answer(done: &Done, enhanced: bool) -> Response {
    let mut response = if enhanced {
        json_response(StatusCode::OK, &serde_json::json!({"location": done.location}))
    } else if done.unseen {
        StatusCode::OK.into_response()
    } else {
        let location = HeaderValue::from_str(&done.location).unwrap_or(HeaderValue::from_static("/"));
        (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response()
    };
    for cookie in &done.cookies {
        if let Ok(value) = HeaderValue::from_str(cookie) {
            response.headers_mut().append(header::SET_COOKIE, value);
        }
    }
    response
}

/// The card that asks somebody to sign in, as an answer.
async fn ask_to_sign_in(options: LeptosOptions, request: Request, card: Again, status: StatusCode) -> Response {
    let context = move || {
        super::site::page_context();
        crate::ui::browser::set_status(status.as_u16());
    };
    let document = move || again::document(options.clone(), card.clone());
    leptos_axum::render_app_async_with_context(context, document)(request).await
}

/// What the card carries of a form: never a password, a code or a key.
fn kept(typed: &Typed) -> Again {
    let pairs = typed.values().into_iter().flat_map(|(name, values)| values.into_iter().map(move |value| (name.clone(), value)));
    Again { kept: pairs.collect(), ..Again::default() }
}

/// Signs somebody in on the card, and then shows the form that they had sent, to be looked at before it is sent again.
async fn sign_in_again(options: LeptosOptions, mut call: Call, typed: &Typed, mut parts: http::request::Parts) -> Response {
    let before = typed.under(again::KEPT);
    let lost_files = typed.all(again::LOST_FILE);
    let card = Again { lost_files: lost_files.clone(), email: typed.owned("email"), ..kept(&before) };
    let (person, cookie) = match accounts::forms::sign_in_again(&call, typed, &parts.headers).await {
        Ok(signed_in) => signed_in,
        Err(error) => {
            log(&error);
            let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            let wants_code = call.person.is_some();
            let card = Again { problem: Some(error.message()), wants_code, ..card };
            return ask_to_sign_in(options, Request::from_parts(parts, Body::empty()), card, status).await;
        }
    };
    let owes = accounts::rules::owes_second_factor(&person);
    call.person = Some(person);
    let path = parts.uri.path().to_owned();
    parts.extensions.insert(call);
    let request = Request::from_parts(parts, Body::empty());
    let mut response = if owes {
        ask_to_sign_in(options, request, Again { wants_code: true, ..card }, StatusCode::UNAUTHORIZED).await
    } else {
        let again = match lost_files.as_slice() {
            [] => String::new(),
            names => format!(" Choose {} once more.", names.join(", ")),
        };
        let outcome = Outcome {
            path,
            form: before.text("_form").to_owned(),
            values: before.values(),
            status: StatusCode::OK.as_u16(),
            code: "LOOK_AGAIN".into(),
            message: format!("You are signed in. Look over what you typed, then send it.{again}"),
            ..Outcome::default()
        };
        render_again(options, request, outcome, StatusCode::OK).await
    };
    if let Some(value) = cookie.and_then(|cookie| HeaderValue::from_str(&cookie).ok()) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
    response
}

async fn render_again(options: LeptosOptions, request: Request, outcome: Outcome, status: StatusCode) -> Response {
    let context = move || {
        super::site::page_context();
        provide_context(Some(outcome.clone()));
        crate::ui::browser::set_status(status.as_u16());
    };
    leptos_axum::render_app_async_with_context(context, move || shell(options.clone()))(request).await
}

/// Light or dark, remembered in a cookie that the server reads, so that no page flashes.
async fn theme(State(house): State<Arc<House>>, request: Request) -> Response {
    let back = request
        .headers()
        .get(header::REFERER)
        .and_then(|value| url::Url::parse(value.to_str().ok()?).ok())
        .map(|url| format!("{}{}", url.path(), url.query().map(|q| format!("?{q}")).unwrap_or_default()))
        .and_then(|path| safe_path(&path).map(str::to_owned))
        .unwrap_or_else(|| "/".to_owned());
    let enhanced = request.headers().contains_key("x-commdesk-form");
    let typed = match Typed::read(request).await {
        Ok(typed) => typed,
        Err(error) => return error.into_response(),
    };
    let theme = if typed.text("theme") == "dark" { "dark" } else { "light" };
    answer(&Done::to(back).cookie(cookies::set(&house.settings, "theme", theme, 365 * 86_400)), enhanced)
}
