//! Public pages for people without a session, kept for a moment: a crowd that opens one page is one rendering.
//!
//! Promises: what is kept was rendered for nobody. The request that renders it carries a theme, parameters that the page
//! knows, and nothing else of its reader, so that no reader's page can hold another's. Whoever sends a session's cookie, and
//! every parameter that is not known, passes by. Only whole, welcome answers (200, no cookie set, no form with a key of its
//! own) are kept. A kept page cannot repeat a nonce: its policy names its own inline scripts by their hashes. Whoever asks for
//! the head of a page alone is told what they would be told with it, from the same place. Each instance keeps its own; nobody is
//! told when something changed, so pages live as long as `Settings::page_life` and no longer.

use crate::{
    features::opportunities::board,
    platform::{ctx::House, web::cookies},
};
use async_compression::{
    Level,
    tokio::bufread::{BrotliEncoder, GzipEncoder},
};
use axum::{
    body::{Body, Bytes},
    extract::{MatchedPath, Request, State},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use chrono::{DateTime, TimeDelta, Utc};
use http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use sha2::{Digest as _, Sha256};
use std::{
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};
use tokio::{
    io::AsyncReadExt as _,
    sync::{Mutex, OnceCell},
};

/// The pages that are kept, and the parameters that each of them knows. A parameter that is missing here costs a rendering,
/// never a wrong page. Lists are without `o`: whom somebody compares is theirs alone, and asked for once.
const PAGES: &[(&str, &[&[&str]])] = &[
    ("/", &[]),
    ("/opportunities", &[&board::NAMES, &["search", "cursor"]]),
    ("/opportunities/{id}", &[]),
    (
        "/directory",
        &[
            &["q", "sort", "cursor", "industry", "region", "technology"],
            &["sponsorshipType", "budget", "eventType", "entityType", "verified"],
        ],
    ),
    ("/directory/{slug}", &[]),
    ("/events", &[&["q", "cursor"]]),
    ("/events/{slug}", &[]),
    ("/communities", &[&["q", "sort", "cursor", "type", "region", "country", "language", "size"], &["technology", "eventType"]]),
    ("/communities/{slug}", &[]),
];

/// What links from elsewhere carry for somebody else's figures. No page of ours reads it.
fn is_noise(name: &str) -> bool {
    name.starts_with("utm_") || matches!(name, "fbclid" | "gclid" | "msclkid" | "mc_cid" | "mc_eid" | "ref")
}

/// A longer address than people make by narrowing a list is not worth its place.
const LONGEST_KEY: usize = 512;
/// The largest page that is read whole.
const LARGEST: usize = 8 * 1024 * 1024;
/// What all kept pages may weigh together.
const ROOM: u64 = 32 * 1024 * 1024;
/// Memory is given back after this long, whatever the house's clock says.
const FORGET_AFTER: Duration = Duration::from_secs(60);

/// The kept pages of this process.
pub struct PageCache {
    house: Arc<House>,
    life: TimeDelta,
    places: moka::sync::Cache<String, Arc<Place>>,
}

/// One page's place: whoever finds nothing fresh renders, and everybody else waits for it.
#[derive(Default)]
struct Place {
    rendering: Mutex<()>,
    last: RwLock<Last>,
}

#[derive(Clone, Default)]
enum Last {
    #[default]
    Nothing,
    /// It may not be kept: for a moment everybody renders their own, nobody waits for the others.
    Nobody(DateTime<Utc>),
    Page(DateTime<Utc>, Arc<Kept>),
}

impl Place {
    fn look(&self, now: DateTime<Utc>, life: TimeDelta) -> Last {
        let last = self.last.read().unwrap_or_else(PoisonError::into_inner).clone();
        match &last {
            Last::Nobody(at) | Last::Page(at, _) if (*at..*at + life).contains(&now) => last,
            _ => Last::Nothing,
        }
    }

    fn put(&self, last: Last) {
        *self.last.write().unwrap_or_else(PoisonError::into_inner) = last;
    }

    fn weight(&self) -> u32 {
        let own = match &*self.last.read().unwrap_or_else(PoisonError::into_inner) {
            // Compressed on first demand; both together are smaller than the page.
            Last::Page(_, kept) => kept.body.len() * 2,
            _ => 0,
        };
        u32::try_from(own + LONGEST_KEY * 2).unwrap_or(u32::MAX)
    }
}

/// A page as it is answered to everybody.
struct Kept {
    headers: HeaderMap,
    tag: HeaderValue,
    body: Bytes,
    br: OnceCell<Option<Bytes>>,
    gzip: OnceCell<Option<Bytes>>,
}

impl PageCache {
    /// Keeps pages for `life`; for no time at all, nothing is kept.
    pub fn new(house: Arc<House>, life: Duration) -> Arc<Self> {
        let places = moka::sync::Cache::builder()
            .max_capacity(ROOM)
            .weigher(|key: &String, place: &Arc<Place>| {
                place.weight().saturating_add(u32::try_from(key.len()).unwrap_or(u32::MAX))
            })
            .time_to_live(FORGET_AFTER)
            .build();
        Arc::new(Self { house, life: TimeDelta::from_std(life).unwrap_or_default(), places })
    }

    /// What is kept now, in bytes as they are counted, and how much may be.
    pub fn weight(&self) -> (u64, u64) {
        self.places.run_pending_tasks();
        (self.places.weighted_size(), ROOM)
    }

    /// The key of a request that may be answered with a kept page, and that request as nobody's.
    fn ask(&self, request: &Request) -> Option<(String, Uri, Option<&'static str>)> {
        if self.life.is_zero()
            || !matches!(*request.method(), Method::GET | Method::HEAD)
            || cookies::get(request.headers(), cookies::session_name(&self.house.settings)).is_some()
        {
            return None;
        }
        let matched = request.extensions().get::<MatchedPath>()?;
        let (_, known) = PAGES.iter().find(|(path, _)| *path == matched.as_str())?;
        let mut asked = Vec::new();
        for (name, value) in url::form_urlencoded::parse(request.uri().query().unwrap_or_default().as_bytes()) {
            if known.iter().any(|names| names.contains(&&*name)) {
                asked.push((name, value));
            } else if !is_noise(&name) {
                return None;
            }
        }
        // The order of different parameters means nothing; that of one's values may.
        asked.sort_by(|(a, _), (b, _)| a.cmp(b));
        let path = request.uri().path();
        let address = if asked.is_empty() {
            path.to_owned()
        } else {
            format!("{path}?{}", url::form_urlencoded::Serializer::new(String::new()).extend_pairs(asked).finish())
        };
        if address.len() > LONGEST_KEY {
            return None;
        }
        let theme = match cookies::get(request.headers(), "theme") {
            Some("dark") => Some("dark"),
            Some("light") => Some("light"),
            _ => None,
        };
        let uri = address.parse().ok()?;
        Some((format!("{} {address}", theme.unwrap_or("-")), uri, theme))
    }
}

/// Answers with a kept page, or renders one.
pub async fn keep(State(cache): State<Arc<PageCache>>, request: Request, next: Next) -> Response {
    let Some((key, uri, theme)) = cache.ask(&request) else { return next.run(request).await };
    let (encoding, seen) = (Encoding::wanted(request.headers()), request.headers().get(header::IF_NONE_MATCH).cloned());
    let place = cache.places.get_with_by_ref(key.as_str(), Arc::default);
    let mut found = place.look(cache.house.clock.now(), cache.life);
    let mut alone = None;
    if matches!(found, Last::Nothing) {
        alone = Some(place.rendering.lock().await);
        found = place.look(cache.house.clock.now(), cache.life);
    }
    match found {
        Last::Page(_, kept) => {
            count("hit");
            return kept.answer(encoding, seen.as_ref()).await;
        }
        Last::Nobody(_) => {
            drop(alone);
            count("pass");
            return next.run(nobodys(request, uri, theme)).await;
        }
        Last::Nothing => count("miss"),
    }
    // Before it is rendered: what changes meanwhile is not in it.
    let began = cache.house.clock.now();
    let (parts, body) = next.run(nobodys(request, uri, theme)).await.into_parts();
    let Ok(body) = axum::body::to_bytes(body, LARGEST).await else {
        place.put(Last::Nobody(began));
        return crate::kernel::error::AppError::broken("a page could not be read whole").into_response();
    };
    let Some(kept) = Kept::of(parts.status, &parts.headers, &body) else {
        place.put(Last::Nobody(began));
        return Response::from_parts(parts, Body::from(body));
    };
    let kept = Arc::new(kept);
    place.put(Last::Page(began, Arc::clone(&kept)));
    drop(alone);
    // Put again, so that it is weighed with what it holds now.
    cache.places.insert(key, place);
    kept.answer(encoding, seen.as_ref()).await
}

fn count(outcome: &'static str) {
    metrics::counter!("page_cache_total", "outcome" => outcome).increment(1);
}

/// The same request without anything of its reader but the theme. Proxies are still believed about where it comes from. It asks for
/// the whole page: from an answer to somebody who wanted its head alone, the router takes the body away.
fn nobodys(request: Request, uri: Uri, theme: Option<&'static str>) -> Request {
    let (mut parts, body) = request.into_parts();
    let mut headers = HeaderMap::new();
    for value in parts.headers.get_all("x-forwarded-for") {
        headers.append("x-forwarded-for", value.clone());
    }
    headers.insert(header::ACCEPT, HeaderValue::from_static("text/html"));
    if let Some(theme) = theme {
        let cookie = if theme == "dark" { "theme=dark" } else { "theme=light" };
        headers.insert(header::COOKIE, HeaderValue::from_static(cookie));
    }
    parts.method = Method::GET;
    parts.headers = headers;
    parts.uri = uri;
    Request::from_parts(parts, body)
}

impl Kept {
    /// What an answer is as a kept page, if it may be one.
    fn of(status: StatusCode, headers: &HeaderMap, body: &Bytes) -> Option<Self> {
        let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
        let welcome = status == StatusCode::OK
            && text(header::CONTENT_TYPE).is_some_and(|kind| kind.starts_with("text/html"))
            && !headers.contains_key(header::SET_COOKIE)
            && !headers.contains_key(header::CACHE_CONTROL)
            && !headers.contains_key(header::CONTENT_ENCODING);
        let html = std::str::from_utf8(body).ok().filter(|_| welcome)?;
        // A form's key makes one person's second click harmless; shared, it would swallow somebody else's first.
        if html.contains("name=\"_key\"") {
            return None;
        }
        let policy = text(header::CONTENT_SECURITY_POLICY)?;
        let nonce = policy.split_once("'nonce-")?.1.split_once('\'')?.0;
        let hashes = inline_scripts(html, nonce).map(|script| format!("'sha256-{}'", STANDARD.encode(Sha256::digest(script))));
        let policy = policy.replace(&format!("'nonce-{nonce}'"), &hashes.collect::<Vec<_>>().join(" "));
        // The attribute goes; where its value stands for something else, nothing stands there.
        let html = html.replace(&format!(" nonce=\"{nonce}\""), "").replace(&format!("=\"{nonce}\""), "=\"\"");
        if html.contains(nonce) {
            return None;
        }
        let mut headers = headers.clone();
        headers.remove(header::CONTENT_LENGTH);
        headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_str(&policy).ok()?);
        // The browser may keep it, and asks each time whether it still holds; nothing between keeps it.
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
        headers.insert(header::VARY, HeaderValue::from_static("cookie, accept-encoding"));
        let tag = HeaderValue::from_str(&format!("W/\"{}\"", &hex::encode(Sha256::digest(html.as_bytes()))[..32])).ok()?;
        headers.insert(header::ETAG, tag.clone());
        Some(Self { headers, tag, body: Bytes::from(html), br: OnceCell::new(), gzip: OnceCell::new() })
    }

    async fn answer(&self, encoding: Encoding, seen: Option<&HeaderValue>) -> Response {
        let mut response = Response::default();
        *response.headers_mut() = self.headers.clone();
        if seen.is_some_and(|seen| self.is(seen)) {
            *response.status_mut() = StatusCode::NOT_MODIFIED;
            response.headers_mut().remove(header::CONTENT_TYPE);
            return response;
        }
        let body = self.body.clone();
        let packed = match encoding {
            Encoding::Brotli => {
                let pack = || packed(BrotliEncoder::with_quality(&body[..], Level::Precise(5)), &body);
                self.br.get_or_init(pack).await.clone().map(|bytes| (bytes, "br"))
            }
            Encoding::Gzip => {
                let pack = || packed(GzipEncoder::with_quality(&body[..], Level::Precise(6)), &body);
                self.gzip.get_or_init(pack).await.clone().map(|bytes| (bytes, "gzip"))
            }
            Encoding::Identity => None,
        };
        match packed {
            Some((bytes, name)) => {
                response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static(name));
                *response.body_mut() = Body::from(bytes);
            }
            None => *response.body_mut() = Body::from(body),
        }
        response
    }

    /// Does the browser have this page already?
    fn is(&self, seen: &HeaderValue) -> bool {
        let (Ok(seen), Ok(own)) = (seen.to_str(), self.tag.to_str()) else { return false };
        let bare = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
        seen.split(',').any(|tag| tag.trim() == "*" || bare(tag) == bare(own))
    }
}

/// Nothing when it would not be smaller.
async fn packed(mut encoder: impl tokio::io::AsyncRead + Unpin, plain: &Bytes) -> Option<Bytes> {
    let mut bytes = Vec::with_capacity(plain.len() / 4);
    encoder.read_to_end(&mut bytes).await.ok()?;
    (bytes.len() < plain.len()).then(|| Bytes::from(bytes))
}

/// How a reader wants a page sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Encoding {
    Brotli,
    Gzip,
    Identity,
}

impl Encoding {
    fn wanted(headers: &HeaderMap) -> Self {
        let takes = |wanted: &str| {
            headers.get_all(header::ACCEPT_ENCODING).into_iter().filter_map(|value| value.to_str().ok()).any(|value| {
                value.split(',').any(|one| {
                    let mut parts = one.split(';').map(str::trim);
                    let is_it = parts.next().is_some_and(|name| name.eq_ignore_ascii_case(wanted));
                    is_it && !parts.any(|q| q.strip_prefix("q=").is_some_and(|q| q.parse().is_ok_and(|q: f32| q <= 0.0)))
                })
            })
        };
        if takes("br") {
            Self::Brotli
        } else if takes("gzip") {
            Self::Gzip
        } else {
            Self::Identity
        }
    }
}

/// The text of every inline script that carries the page's nonce. One without it was not written by us, and gets no hash.
fn inline_scripts<'a>(html: &'a str, nonce: &str) -> impl Iterator<Item = &'a str> {
    let ours = format!(" nonce=\"{nonce}\"");
    html.match_indices("<script").filter_map(move |(at, _)| {
        let rest = &html[at + "<script".len()..];
        let (attributes, rest) = rest.split_at(tag_end(rest)?);
        let script = rest[1..].split_once("</script>")?.0;
        (attributes.contains(&ours) && !attributes.contains(" src=")).then_some(script)
    })
}

/// Where a tag ends: at the first `>` outside quotes.
fn tag_end(text: &str) -> Option<usize> {
    let mut quote = None;
    text.char_indices().find_map(|(at, c)| {
        match (quote, c) {
            (None, '>') => return Some(at),
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), c) if open == c => quote = None,
            _ => {}
        }
        None
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        features::{communities::search::CommunityFacet, organizations::rules::search::DirectoryFacet},
        kernel::search::Facet as _,
    };

    fn page(html: &str, more: &[(&'static str, &'static str)]) -> Option<Kept> {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html"));
        headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("script-src 'nonce-N1' 'strict-dynamic'"));
        for (name, value) in more {
            headers.insert(*name, HeaderValue::from_static(value));
        }
        Kept::of(StatusCode::OK, &headers, &Bytes::copy_from_slice(html.as_bytes()))
    }

    #[test]
    fn whatever_a_list_is_narrowed_by_is_known() {
        let known =
            |page: &str| PAGES.iter().find(|(path, _)| *path == page).map(|(_, names)| names.concat()).unwrap_or_default();
        let (directory, communities) = (known("/directory"), known("/communities"));
        assert!(DirectoryFacet::EVERY.iter().all(|facet| directory.contains(&facet.name())), "{directory:?}");
        assert!(CommunityFacet::EVERY.iter().all(|facet| communities.contains(&facet.name())), "{communities:?}");
    }

    #[test]
    fn scripts_without_our_nonce_get_no_hash() {
        let html =
            "<script nonce=\"N1\" data-a=\"x>y\">one</script><script>two</script><script nonce=\"N1\" src=\"/a.js\"></script>";
        assert_eq!(inline_scripts(html, "N1").collect::<Vec<_>>(), ["one"]);
        let kept = page(html, &[]).unwrap();
        let policy = kept.headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
        let hash = STANDARD.encode(Sha256::digest("one"));
        assert_eq!(policy, format!("script-src 'sha256-{hash}' 'strict-dynamic'"));
        assert!(!std::str::from_utf8(&kept.body).unwrap().contains("N1"));
    }

    #[test]
    fn what_is_somebodys_is_not_kept() {
        let fine = "<p>Hello</p>";
        assert!(page(fine, &[]).is_some());
        assert!(page(fine, &[("set-cookie", "a=b")]).is_none());
        assert!(page(fine, &[("cache-control", "no-store")]).is_none());
        assert!(page(fine, &[("content-type", "application/json")]).is_none());
        assert!(page("<input type=\"hidden\" name=\"_key\" value=\"k\">", &[]).is_none());
        // A nonce that stands where it cannot be taken out would be everybody's.
        assert!(page("<p>N1</p>", &[]).is_none());
        for status in [StatusCode::NOT_FOUND, StatusCode::MOVED_PERMANENTLY, StatusCode::SERVICE_UNAVAILABLE] {
            let kept = page(fine, &[]).unwrap();
            assert!(Kept::of(status, &kept.headers, &kept.body).is_none());
        }
    }

    #[test]
    fn readers_say_how_they_want_it() {
        let wanted = |value: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static(value));
            Encoding::wanted(&headers)
        };
        assert_eq!(wanted("gzip, deflate, br, zstd"), Encoding::Brotli);
        assert_eq!(wanted("gzip;q=1.0, br;q=0"), Encoding::Gzip);
        assert_eq!(wanted("identity"), Encoding::Identity);
        assert_eq!(Encoding::wanted(&HeaderMap::new()), Encoding::Identity);
    }
}
