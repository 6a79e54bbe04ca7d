//! What every door needs: who calls, the envelope, typed path, query and body with our own refusals, forms.
//!
//! Doors use these instead of axum's bare extractors, whose refusals are plain text.

pub mod cookies;
pub mod form;
pub mod once;

use super::{ctx::Ctx, facts::Voice};
use crate::kernel::{
    actor::{Actor, Person, second_factor_owed},
    error::{AppError, AppResult},
    fields::FieldErrors,
};
use axum::{
    body::Bytes,
    extract::{FromRequest, FromRequestParts, Request},
    response::{IntoResponse, Response},
};
use futures::StreamExt as _;
use http::{HeaderName, HeaderValue, StatusCode, header, request::Parts};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use std::{collections::HashMap, str::FromStr, sync::Arc};

tokio::task_local! {
    /// The id of the request in hand; error bodies show it.
    pub static TRACE: Arc<str>;
}

/// The most that a JSON body may hold.
pub const MAX_JSON: usize = 256 * 1024;

/// Who calls: put into every request by the middleware.
#[derive(Clone)]
pub struct Call {
    pub ctx: Ctx,
    /// Nobody, or somebody signed in.
    pub person: Option<Arc<Person>>,
    /// Set when the caller has a session that could not be looked up: seconds until it is worth trying again. Whoever they
    /// are, they are not nobody.
    pub unknown: Option<u32>,
    /// The acting workspace that the call names (`?as=`, `_as`, `X-CommDesk-Workspace`).
    pub workspace: Option<String>,
    /// How many notices the person has not read, where the door is a page, which shows it.
    pub unread: Option<i64>,
}

impl Call {
    /// Who is signed in.
    ///
    /// # Errors
    /// 401 when nobody is; 403 `SECOND_FACTOR_REQUIRED` before a second factor that is owed; 503 when it could not be looked up.
    pub fn person(&self) -> AppResult<&Arc<Person>> {
        let person = self.half_signed_in()?;
        if person.owes_second_factor() {
            return Err(second_factor_owed().into());
        }
        Ok(person)
    }

    /// Who gave their password, whether or not they still owe their second factor: for giving it, and for signing out.
    ///
    /// # Errors
    /// 401 when nobody did; 503 when it could not be looked up.
    pub fn half_signed_in(&self) -> AppResult<&Arc<Person>> {
        self.maybe_person()?.ok_or(AppError::SignIn)
    }

    /// Who is signed in with all that they owe, for what nobody may do too: whoever gave only their password is nobody there.
    ///
    /// # Errors
    /// 503 when it could not be looked up.
    pub fn fully_signed_in(&self) -> AppResult<Option<&Person>> {
        Ok(self.maybe_person()?.map(|person| &**person).filter(|person| !person.owes_second_factor()))
    }

    /// Who gave their password, if anybody did, whether or not they still owe their second factor: for saying so.
    ///
    /// # Errors
    /// 503 when it could not be looked up.
    pub fn maybe_person(&self) -> AppResult<Option<&Arc<Person>>> {
        match self.unknown {
            Some(retry_after) => Err(AppError::Busy { retry_after }),
            None => Ok(self.person.as_ref()),
        }
    }

    /// The actor, for calls that change something: the named workspace or the only possible one.
    ///
    /// # Errors
    /// 401, 404, or 422 `WORKSPACE_REQUIRED`.
    pub fn actor(&self) -> AppResult<Actor> {
        self.person()?.actor(self.workspace.as_deref())
    }

    /// The actor, for pages that only show something: falls back to the workspace used last.
    ///
    /// # Errors
    /// 401 when nobody is signed in; 403 `SECOND_FACTOR_REQUIRED` before a second factor that is owed.
    pub fn viewer(&self) -> AppResult<Actor> {
        // `person` refuses whoever owes a second factor.
        Ok(self.person()?.actor_or_default(self.workspace.as_deref()))
    }

    /// As [`Call::viewer`], for pages that strangers may see too.
    pub fn maybe_viewer(&self) -> Option<Actor> {
        self.viewer().ok()
    }

    /// Who speaks, when it may be nobody; as in [`Call::fully_signed_in`].
    pub fn voice(&self) -> Voice {
        match self.person.as_deref().filter(|person| !person.owes_second_factor()) {
            Some(person) => Voice::Acting { user: person.user.0, kind: "person", id: None },
            None => Voice::Visitor { user: None },
        }
    }

    /// The same call for another workspace.
    #[must_use]
    pub fn acting_for(mut self, workspace: Option<String>) -> Self {
        if workspace.as_deref().is_some_and(|w| !w.is_empty()) {
            self.workspace = workspace;
        }
        self
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Call {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, AppError> {
        parts.extensions.get::<Self>().cloned().ok_or_else(|| AppError::broken("the middleware did not say who calls"))
    }
}

/// One id (or other word) of the path: `Seg(id): Seg<EventId>`. Something that is no id is simply not found.
pub struct Seg<T>(pub T);

impl<T: FromStr + Send, S: Send + Sync> FromRequestParts<S> for Seg<T> {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, AppError> {
        #[expect(clippy::disallowed_types, reason = "this is the wrapper that gives it our refusal")]
        let axum::extract::Path(all) = axum::extract::Path::<HashMap<String, String>>::from_request_parts(parts, state)
            .await
            .map_err(|_| AppError::NotFound)?;
        let one = all.values().next().filter(|text| !text.contains('\0')).ok_or(AppError::NotFound)?;
        one.parse().map(Self).map_err(|_| AppError::NotFound)
    }
}

/// Several ids of the path, by name: `segs.get("linkId")?`.
pub struct Segs(HashMap<String, String>);

impl Segs {
    /// # Errors
    /// 404 for something that is no id.
    pub fn get<T: FromStr>(&self, name: &str) -> AppResult<T> {
        self.0.get(name).and_then(|text| text.parse().ok()).ok_or(AppError::NotFound)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Segs {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, AppError> {
        #[expect(clippy::disallowed_types, reason = "this is the wrapper that gives it our refusal")]
        let axum::extract::Path(all) = axum::extract::Path::<HashMap<String, String>>::from_request_parts(parts, state)
            .await
            .map_err(|_| AppError::NotFound)?;
        Ok(Self(all))
    }
}

/// The query, typed. A wrong parameter is named.
pub struct Params<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Params<T> {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, AppError> {
        let query = parts.uri.query().unwrap_or_default();
        if let Some((name, _)) = url::form_urlencoded::parse(query.as_bytes()).find(|(_, value)| value.contains('\0')) {
            return Err(AppError::invalid(name.into_owned(), UNKEEPABLE));
        }
        axum::extract::Query::<T>::try_from_uri(&parts.uri)
            .map(|axum::extract::Query(params)| Self(params))
            .map_err(|error| query_error(&error))
    }
}

/// A JSON body, typed. `raw` is what was sent, for the hash of an idempotency key.
pub struct Body<T> {
    pub value: T,
    pub raw: Bytes,
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = AppError;

    async fn from_request(request: Request, _: &S) -> Result<Self, AppError> {
        Self::read(request, MAX_JSON, || AppError::invalid("", "The body is too large: at most 256 kB of JSON.")).await
    }
}

impl<T: DeserializeOwned> Body<T> {
    /// A body of at most so much; `too_large` says where the most was passed.
    ///
    /// # Errors
    /// 422 for what is larger, or cannot be read as what it should be.
    pub async fn read(request: Request, most: usize, too_large: impl FnOnce() -> AppError) -> AppResult<Self> {
        let is_json = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).is_some_and(|value| {
            value.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"))
        });
        let Some(raw) = at_most(request.into_body(), most).await? else { return Err(too_large()) };
        if raw.is_empty() {
            // A body is optional where every field is.
            return parse(b"{}").map(|value| Self { value, raw });
        }
        if !is_json {
            return Err(AppError::invalid("", "Send JSON, with Content-Type: application/json."));
        }
        // Looked for only where it can be: in JSON the character has one spelling.
        if raw.windows(6).any(|six| six == b"\\u0000") {
            let all: Value = parse(&raw)?;
            if let Some(path) = unkeepable(&all) {
                return Err(AppError::invalid(&path, UNKEEPABLE));
            }
        }
        Ok(Self { value: parse(&raw)?, raw })
    }
}

/// A body, if it is no larger than this. What is more is read past, up to the bound of forms: whoever still sends when they are
/// answered may never read why.
///
/// # Errors
/// 422 for one that breaks off.
async fn at_most(body: axum::body::Body, most: usize) -> AppResult<Option<Bytes>> {
    let mut pieces = body.into_data_stream();
    let mut held: Vec<u8> = Vec::new();
    let mut size = 0;
    while let Some(piece) = pieces.next().await {
        let piece = piece.map_err(|_| AppError::invalid("", "The body did not arrive whole. Send it again."))?;
        size += piece.len();
        if size > form::MAX_READ {
            return Ok(None);
        }
        if size <= most {
            held.extend_from_slice(&piece);
        } else {
            held = Vec::new();
        }
    }
    Ok((size <= most).then(|| held.into()))
}

/// U+0000: nobody types it, and no text of a database holds it.
pub const UNKEEPABLE: &str = "This holds a character that cannot be kept (U+0000). Take it out and send it again.";

/// A part of what stands at `outer`, by its path: `owner.fullName`, `benefits[2]`.
fn joined(outer: String, inner: &str) -> String {
    if outer.is_empty() || inner.is_empty() || inner.starts_with('[') { outer + inner } else { format!("{outer}.{inner}") }
}

/// The path of the first text with U+0000 in it: `owner.fullName`, `benefits[2].text`.
fn unkeepable(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => text.contains('\0').then(String::new),
        Value::Array(all) => {
            all.iter().enumerate().find_map(|(index, one)| Some(joined(format!("[{index}]"), &unkeepable(one)?)))
        }
        Value::Object(all) => all.iter().find_map(|(key, one)| {
            if key.contains('\0') { Some(String::new()) } else { Some(joined(key.clone(), &unkeepable(one)?)) }
        }),
        _ => None,
    }
}

/// What is stored, with what was sent in its place: for edits that name only what they change. What holds named parts is edited
/// part by part.
///
/// # Errors
/// 422 for what is no object or has no `version`, for a field that there is none of, and for a value of another kind.
pub fn over<T: Serialize + DeserializeOwned>(stored: T, sent: &Value) -> AppResult<T> {
    let Value::Object(sent) = sent else { return Err(AppError::invalid("", "Send a JSON object with the fields to change.")) };
    if !sent.contains_key("version") {
        return Err(AppError::invalid("version", "Send the version that you read."));
    }
    let mut all = serde_json::to_value(stored).map_err(|error| AppError::Broken(error.into()))?;
    for (key, value) in sent {
        match (all.get_mut(key), value) {
            (Some(Value::Object(parts)), Value::Object(named)) => {
                parts.extend(named.iter().map(|(key, value)| (key.clone(), value.clone())));
            }
            (Some(whole), value) => *whole = value.clone(),
            (None, _) => return Err(AppError::invalid(key.as_str(), "There is no such field to change.")),
        }
    }
    serde_path_to_error::deserialize(all).map_err(|error| body_error(&error))
}

/// JSON as what it should be, and nothing after it.
fn parse<T: DeserializeOwned>(raw: &[u8]) -> AppResult<T> {
    let mut json = serde_json::Deserializer::from_slice(raw);
    let value = serde_path_to_error::deserialize(&mut json).map_err(|error| body_error(&error))?;
    json.end().map_err(|error| AppError::invalid("", format!("The JSON could not be read: {error}.")))?;
    Ok(value)
}

fn body_error(error: &serde_path_to_error::Error<serde_json::Error>) -> AppError {
    let problem = error.inner().to_string();
    if error.inner().is_data() {
        unread("JSON", error.path(), &problem)
    } else {
        AppError::invalid("", format!("The JSON could not be read: {problem}."))
    }
}

/// Axum reads a query with the path in hand, and hides it within its refusal.
fn query_error(refusal: &(dyn std::error::Error + 'static)) -> AppError {
    let mut error = refusal;
    loop {
        if let Some(found) = error.downcast_ref::<serde_path_to_error::Error<serde::de::value::Error>>() {
            return unread("query", found.path(), &found.inner().to_string());
        }
        let Some(source) = error.source() else { return AppError::invalid("", format!("The query could not be read: {error}.")) };
        error = source;
    }
}

/// What could not be read, beside where it stands; what is missing, beside its own name.
fn unread(what: &str, path: &serde_path_to_error::Path, problem: &str) -> AppError {
    let known = path.iter().take_while(|part| !matches!(part, serde_path_to_error::Segment::Unknown));
    let place = known.fold(String::new(), |outer, part| joined(outer, &part.to_string()));
    // serde names it between backquotes: "missing field `title` at line 1 column 2".
    match problem.strip_prefix("missing field `").and_then(|rest| rest.split('`').next()) {
        Some(field) => AppError::invalid(joined(place, field), "This field is required."),
        None if place.is_empty() => AppError::invalid(place, format!("The {what} could not be read: {problem}.")),
        None => AppError::invalid(place, misplaced(problem)),
    }
}

/// What one value should be, in words of whoever sent it: names of types are ours, and lines and columns are those of the whole.
fn misplaced(problem: &str) -> String {
    let problem = problem.rsplit_once(" at line ").map_or(problem, |(said, _)| said);
    let wanted = match problem.rsplit_once(", expected ") {
        Some((_, wanted)) if problem.starts_with("invalid ") => wanted,
        None if ["invalid digit ", "cannot parse integer ", "number too "].iter().any(|no| problem.starts_with(no)) => "u32",
        _ => return format!("This could not be read: {problem}."),
    };
    let wanted = match wanted {
        "i8" | "i16" | "i32" | "i64" | "isize" | "u8" | "u16" | "u32" | "u64" | "usize" => "a whole number",
        "f32" | "f64" => "a number",
        "a boolean" => "true or false",
        "a sequence" => "a list",
        "a map" => "an object",
        other if other.starts_with("struct ") => "an object",
        other => other,
    };
    format!("This is not what belongs here, which is {wanted}.")
}

/// What a handler of the API answers.
pub type ApiResult = Result<Response, AppError>;

/// `{"success":true,"data":…}` with a status.
pub fn reply<T: Serialize>(status: StatusCode, data: &T) -> Response {
    json_response(status, &json!({"success": true, "data": data}))
}

/// 200 with the envelope.
pub fn ok<T: Serialize>(data: &T) -> Response {
    reply(StatusCode::OK, data)
}

/// 201 with the envelope.
pub fn created<T: Serialize>(data: &T) -> Response {
    reply(StatusCode::CREATED, data)
}

/// Any JSON with a status.
pub fn json_response<T: Serialize>(status: StatusCode, body: &T) -> Response {
    let text = serde_json::to_vec(body).expect("our own views serialize");
    (status, [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-store")], text).into_response()
}

/// The error half of the envelope.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ErrorBody {
    pub code: String,
    pub message: String,
    pub field_errors: FieldErrors,
    /// Only on a 500: the id under which we find what happened.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub request_id: Option<String>,
    /// Where one goes on instead: a path of this site.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub href: Option<String>,
}

impl IntoResponse for AppError {
    fn into_response(self) -> Response {
        let trace = TRACE.try_with(Arc::clone).ok();
        log(&self);
        let code = match &self {
            // The same field error, found by its stable code too.
            Self::Invalid(errors) if errors.get("workspace").is_some_and(|m| m.contains("WORKSPACE_REQUIRED")) => {
                "WORKSPACE_REQUIRED"
            }
            other => other.code(),
        };
        let body = ErrorBody {
            code: code.to_owned(),
            message: self.message(),
            field_errors: match &self {
                Self::Invalid(errors) => errors.clone(),
                _ => FieldErrors::default(),
            },
            request_id: matches!(self, Self::Broken(_)).then(|| trace.map(|t| t.to_string())).flatten(),
            href: self.href().map(str::to_owned),
        };
        let status = StatusCode::from_u16(self.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = json_response(status, &json!({"success": false, "error": body}));
        if let Some(retry_after) = self.retry_after() {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(retry_after));
        }
        response
    }
}

/// Logs what only we may know, once, where it leaves the house.
pub fn log(error: &AppError) {
    if let AppError::Broken(source) = error {
        let mut chain = source.to_string();
        let mut next = source.source();
        while let Some(cause) = next {
            chain.push_str(": ");
            chain.push_str(&cause.to_string());
            next = cause.source();
        }
        let trace = TRACE.try_with(Arc::clone).ok();
        tracing::error!(trace = trace.as_deref(), error = chain, "a request broke");
    }
}

/// The header that names the acting workspace.
pub const WORKSPACE_HEADER: HeaderName = HeaderName::from_static("x-commdesk-workspace");

/// One value of a query string, decoded.
pub fn query_value(query: Option<&str>, name: &str) -> Option<String> {
    url::form_urlencoded::parse(query?.as_bytes()).find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}

/// An address on this site that a form or link may send people to: a path of ours, never another host.
pub fn safe_path(path: &str) -> Option<&str> {
    let fine = path.starts_with('/')
        && !path.starts_with("//")
        && !path.starts_with("/\\")
        && path.len() <= 512
        && path.chars().all(|c| !c.is_control() && c != '\\');
    fine.then_some(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_kept_is_named() {
        let named = |text: &str| unkeepable(&serde_json::from_str(text).unwrap());
        assert_eq!(named(r#"{"owner":{"fullName":"A\u0000"}}"#).as_deref(), Some("owner.fullName"));
        assert_eq!(named(r#"{"benefits":[{"text":"x"},{"text":"\u0000"}]}"#).as_deref(), Some("benefits[1].text"));
        assert_eq!(named(r#"{"title":"say \\u0000"}"#), None);
    }

    #[derive(Debug, Deserialize)]
    struct Wanted {
        #[serde(default)]
        owner: Option<Owner>,
        #[serde(default)]
        page: Option<u32>,
        #[serde(default)]
        tags: Vec<String>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Owner {
        full_name: String,
    }

    #[tokio::test]
    async fn what_cannot_be_read_is_said_beside_its_field() {
        let beside = |refused: AppError| match refused {
            AppError::Invalid(errors) => errors.0.into_keys().collect::<Vec<_>>().join(","),
            other => panic!("{other:?}"),
        };
        for (body, field) in [
            (r#"{"page":"first"}"#, "page"),
            (r#"{"tags":["rust",5]}"#, "tags[1]"),
            (r#"{"owner":{"fullName":5}}"#, "owner.fullName"),
            (r#"{"owner":{}}"#, "owner.fullName"),
            (r#"{"owner":"Asha"}"#, "owner"),
            ("5", ""),
            (r#"{"page":1}{"#, ""),
        ] {
            let refused = parse::<Wanted>(body.as_bytes()).expect_err("it is no such thing");
            assert_eq!(beside(refused), field, "{body}");
        }
        // In words that are not those of our types.
        for (body, wanted) in
            [(r#"{"page":"first"}"#, "a whole number"), (r#"{"tags":5}"#, "a list"), (r#"{"owner":"Asha"}"#, "an object")]
        {
            let AppError::Invalid(errors) = parse::<Wanted>(body.as_bytes()).expect_err("another kind") else { panic!("{body}") };
            let said: Vec<_> = errors.0.into_values().collect();
            assert_eq!(said, [format!("This is not what belongs here, which is {wanted}.")], "{body}");
        }
        let read = parse::<Wanted>(br#"{"owner":{"fullName":"Asha"},"page":2,"tags":["rust"]}"#).expect("in order");
        assert_eq!((read.page, read.tags.len()), (Some(2), 1));
        assert_eq!(read.owner.map(|owner| owner.full_name).as_deref(), Some("Asha"));

        #[derive(Debug, Deserialize)]
        struct Asked {
            page: Option<u32>,
        }
        let mut asked = http::Request::builder().uri("/sponsors?page=abc").body(()).expect("a request").into_parts().0;
        let Err(refused) = Params::<Asked>::from_request_parts(&mut asked, &()).await else { panic!("abc is no number") };
        assert_eq!(beside(refused), "page");
        let mut asked = http::Request::builder().uri("/sponsors?page=3").body(()).expect("a request").into_parts().0;
        let Ok(Params(read)) = Params::<Asked>::from_request_parts(&mut asked, &()).await else { panic!("3 is one") };
        assert_eq!(read.page, Some(3));

        #[derive(Debug, Serialize, Deserialize)]
        struct Stored {
            version: i32,
            title: String,
        }
        let stored = Stored { version: 1, title: "Before".into() };
        assert_eq!(beside(over(stored, &json!({"version": 1, "title": 5})).expect_err("no title")), "title");
    }

    #[tokio::test]
    async fn a_body_that_breaks_off_is_not_too_large() {
        let of = |pieces: Vec<std::io::Result<Bytes>>| axum::body::Body::from_stream(futures::stream::iter(pieces));
        let piece = || Ok(Bytes::from_static(b"{}"));
        assert_eq!(at_most(of(vec![piece()]), 2).await.expect("whole").as_deref(), Some(b"{}".as_slice()));
        assert_eq!(at_most(of(vec![piece(), piece()]), 2).await.expect("whole"), None);
        let broken = at_most(of(vec![piece(), Err(std::io::Error::other("gone"))]), 2).await.expect_err("it broke off");
        assert_eq!((broken.status(), broken.message().contains("arrive whole")), (422, true));
    }

    #[test]
    fn only_paths_of_ours_are_safe() {
        assert_eq!(safe_path("/inbox?as=acme"), Some("/inbox?as=acme"));
        for bad in ["//evil.example", "/\\evil", "https://evil.example", "inbox", "/a\nb", "/a\\b"] {
            assert_eq!(safe_path(bad), None, "{bad}");
        }
    }
}
