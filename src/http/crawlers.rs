//! What search engines read: `/robots.txt`, and the list of all public pages in `/sitemap.xml`.
//!
//! Promises: nothing is listed that a stranger may not open; a list never holds more than [`MOST`] addresses, nor none, and is
//! made of pages that are cut by id, so that a million organizations cost a page of them at a time; what was made is kept for an
//! hour, and a bounded number of pages of it.

use crate::{
    features::{communities, events, opportunities, organizations},
    kernel::{
        error::{AppError, AppResult},
        page::Listed,
    },
    platform::{
        ctx::{Ctx, House},
        web::{Call, Seg},
    },
};
use axum::{
    Router,
    extract::State,
    response::{IntoResponse as _, Response},
    routing::get,
};
use bytes::Bytes;
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use http::header;
use std::{
    collections::{BTreeMap, VecDeque},
    fmt::Write as _,
    sync::Arc,
};
use tokio::sync::Mutex;
use uuid::Uuid;

/// Addresses of one list; the format allows 50,000.
const MOST: i64 = 10_000;
/// Lists of one kind: what is beyond them has to be found by its links.
const MOST_LISTS: usize = 500;
/// Lists that are kept as text, about a megabyte each.
const KEPT: usize = 16;
/// How old a list may get.
const AGE: TimeDelta = TimeDelta::hours(1);

/// Where a stranger finds nothing: paths begin so.
const PRIVATE: [&str; 28] = [
    "/account",
    "/api-keys",
    "/api/v1/",
    "/claim/",
    // Any four of them are a page of their own: nothing that has to be found. Names may begin so.
    "/communities/compare?",
    "/community/",
    "/dashboard",
    "/dev/",
    "/directory/compare?",
    "/export",
    "/imports",
    "/inbox",
    "/invitations/",
    "/join-requests/",
    "/link/",
    "/manage/",
    "/notifications",
    "/organization/",
    "/people",
    "/report",
    "/requests/",
    "/rpc/",
    "/searches",
    "/second-factor",
    "/staff/",
    "/unsubscribe/",
    "/watchlist",
    "/workspace/",
];

/// Public pages that are no row of any table.
const PAGES: [&str; 8] =
    ["/", "/opportunities", "/directory", "/communities", "/events", "/become-sponsor", "/join", "/api/docs"];

/// A kind of public page that there are many of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Organizations,
    Communities,
    Events,
    Opportunities,
}

impl Kind {
    const ALL: [Self; 4] = [Self::Organizations, Self::Communities, Self::Events, Self::Opportunities];

    const fn name(self) -> &'static str {
        match self {
            Self::Organizations => "organizations",
            Self::Communities => "communities",
            Self::Events => "events",
            Self::Opportunities => "opportunities",
        }
    }

    /// What stands before the last part of its pages' addresses.
    const fn path(self) -> &'static str {
        match self {
            Self::Organizations => "/directory/",
            Self::Communities => "/communities/",
            Self::Events => "/events/",
            Self::Opportunities => "/opportunities/",
        }
    }

    async fn rows(self, ctx: &Ctx, after: Option<Uuid>, limit: i64) -> AppResult<Vec<Listed>> {
        match self {
            Self::Organizations => organizations::service::listed(ctx, after, limit).await,
            Self::Communities => communities::service::listed(ctx, after, limit).await,
            Self::Events => events::service::listed(ctx, after, limit).await,
            Self::Opportunities => opportunities::service::listed(ctx, after, limit).await,
        }
    }

    async fn end(self, ctx: &Ctx, after: Option<Uuid>) -> AppResult<Option<Uuid>> {
        match self {
            Self::Organizations => organizations::service::end_of_listed(ctx, after, MOST).await,
            Self::Communities => communities::service::end_of_listed(ctx, after, MOST).await,
            Self::Events => events::service::end_of_listed(ctx, after, MOST).await,
            Self::Opportunities => opportunities::service::end_of_listed(ctx, after, MOST).await,
        }
    }
}

/// What was made and is still fresh. One caller makes a list; the others wait for it.
#[derive(Default)]
struct Made {
    at: Option<DateTime<Utc>>,
    /// The id after which each list of a kind begins.
    begins: BTreeMap<Kind, Vec<Option<Uuid>>>,
    /// The newest at the end.
    texts: VecDeque<(Kind, usize, Bytes)>,
}

impl Made {
    async fn refresh(&mut self, ctx: &Ctx) -> AppResult<()> {
        if self.at.is_some_and(|at| ctx.now() - at < AGE) {
            return Ok(());
        }
        let mut begins = BTreeMap::new();
        for kind in Kind::ALL {
            let (mut of_kind, mut begin) = (Vec::new(), None);
            // The format knows no empty list: one begins only where a row follows.
            while of_kind.len() < MOST_LISTS && !kind.rows(ctx, begin, 1).await?.is_empty() {
                of_kind.push(begin);
                let Some(end) = kind.end(ctx, begin).await? else { break };
                begin = Some(end);
            }
            begins.insert(kind, of_kind);
        }
        *self = Self { at: Some(ctx.now()), begins, texts: VecDeque::new() };
        Ok(())
    }

    async fn text(&mut self, ctx: &Ctx, kind: Kind, number: usize) -> AppResult<Bytes> {
        self.refresh(ctx).await?;
        let begin = *self.begins.get(&kind).and_then(|all| all.get(number)).ok_or(AppError::NotFound)?;
        if let Some((.., text)) = self.texts.iter().find(|(k, n, _)| (*k, *n) == (kind, number)) {
            return Ok(text.clone());
        }
        let rows = kind.rows(ctx, begin, MOST).await?;
        // What stood in it is gone since its beginning was found.
        if rows.is_empty() {
            return Err(AppError::NotFound);
        }
        let base = format!("{}{}", ctx.house.settings.base_url, kind.path());
        let text = Bytes::from(url_set(rows.iter().map(|row| (format!("{base}{}", row.tail), Some(row.updated_at)))));
        if self.texts.len() >= KEPT {
            self.texts.pop_front();
        }
        self.texts.push_back((kind, number, text.clone()));
        Ok(text)
    }
}

/// `/robots.txt`, `/sitemap.xml` and the lists that it names.
pub fn routes() -> Router<Arc<House>> {
    let made = Arc::new(Mutex::new(Made::default()));
    let index = Arc::clone(&made);
    Router::new()
        .route("/robots.txt", get(robots))
        .route(
            "/sitemap.xml",
            get(move |call: Call| {
                let index = Arc::clone(&index);
                async move { answer(sitemap(&call.ctx, &index).await) }
            }),
        )
        .route(
            "/sitemap/{list}",
            get(move |call: Call, Seg(list): Seg<String>| {
                let made = Arc::clone(&made);
                async move { answer(one_list(&call.ctx, &made, &list).await) }
            }),
        )
}

async fn robots(State(house): State<Arc<House>>) -> Response {
    let text = rules_for(house.settings.is_development(), &house.settings.base_url);
    ([(header::CONTENT_TYPE, "text/plain; charset=utf-8"), (header::CACHE_CONTROL, "public, max-age=3600")], text).into_response()
}

/// A machine of a developer is for nobody's index.
fn rules_for(is_development: bool, base_url: &str) -> String {
    if is_development {
        return "User-agent: *\nDisallow: /\n".to_owned();
    }
    let mut text = "User-agent: *\n".to_owned();
    for path in PRIVATE {
        let _ = writeln!(text, "Disallow: {path}");
    }
    let _ = write!(text, "Allow: /\n\nSitemap: {base_url}/sitemap.xml\n");
    text
}

async fn sitemap(ctx: &Ctx, made: &Mutex<Made>) -> AppResult<Bytes> {
    let mut made = made.lock().await;
    made.refresh(ctx).await?;
    let base = &ctx.house.settings.base_url;
    let mut text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<sitemapindex xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n\
         <sitemap><loc>{}/sitemap/pages.xml</loc></sitemap>\n",
        escaped(base)
    );
    for (kind, begins) in &made.begins {
        for number in 1..=begins.len() {
            let _ = writeln!(text, "<sitemap><loc>{}/sitemap/{}-{number}.xml</loc></sitemap>", escaped(base), kind.name());
        }
    }
    text.push_str("</sitemapindex>\n");
    Ok(text.into())
}

async fn one_list(ctx: &Ctx, made: &Mutex<Made>, list: &str) -> AppResult<Bytes> {
    let name = list.strip_suffix(".xml").ok_or(AppError::NotFound)?;
    if name == "pages" {
        let base = &ctx.house.settings.base_url;
        return Ok(url_set(PAGES.iter().map(|path| (format!("{base}{path}"), None))).into());
    }
    let (kind, number) = name.rsplit_once('-').ok_or(AppError::NotFound)?;
    let kind = Kind::ALL.into_iter().find(|known| known.name() == kind).ok_or(AppError::NotFound)?;
    let number: usize = number.parse().ok().filter(|number| *number > 0).ok_or(AppError::NotFound)?;
    made.lock().await.text(ctx, kind, number - 1).await
}

fn answer(made: AppResult<Bytes>) -> Response {
    match made {
        Ok(text) => {
            ([(header::CONTENT_TYPE, "application/xml; charset=utf-8"), (header::CACHE_CONTROL, "public, max-age=3600")], text)
                .into_response()
        }
        Err(error) => error.into_response(),
    }
}

fn url_set(urls: impl Iterator<Item = (String, Option<DateTime<Utc>>)>) -> String {
    let mut text =
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n".to_owned();
    for (address, at) in urls {
        let _ = write!(text, "<url><loc>{}</loc>", escaped(&address));
        if let Some(at) = at {
            let _ = write!(text, "<lastmod>{}</lastmod>", at.to_rfc3339_opts(SecondsFormat::Secs, true));
        }
        text.push_str("</url>\n");
    }
    text.push_str("</urlset>\n");
    text
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&apos;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_words_of_xml() {
        let at = DateTime::from_timestamp(1_795_179_600, 0);
        let text = url_set([("https://a.example/x?a=1&b=<'\">".to_owned(), at)].into_iter());
        assert!(text.contains("<loc>https://a.example/x?a=1&amp;b=&lt;&apos;&quot;&gt;</loc>"), "{text}");
        assert!(text.contains("<lastmod>2026-11-20T13:00:00Z</lastmod>"), "{text}");
    }

    #[test]
    fn robots_are_let_in_where_the_public_is() {
        let rules = rules_for(false, "https://commdesk.example");
        assert!(rules.contains("\nDisallow: /inbox\n") && !rules.contains("Disallow: /\n"), "{rules}");
        let is_let_in =
            |path: &str| !rules.lines().filter_map(|rule| rule.strip_prefix("Disallow: ")).any(|from| path.starts_with(from));
        for list in ["/communities", "/directory"] {
            assert!(is_let_in(&format!("{list}/compare-club")) && !is_let_in(&format!("{list}/compare?with=a")), "{rules}");
        }
        assert!(rules.ends_with("Sitemap: https://commdesk.example/sitemap.xml\n"), "{rules}");
        assert_eq!(rules_for(true, "http://127.0.0.1:3000"), "User-agent: *\nDisallow: /\n");
    }

    #[test]
    fn no_public_page_is_hidden_and_no_private_one_listed() {
        for page in PAGES {
            assert!(!PRIVATE.iter().any(|private| page.starts_with(private)), "{page}");
        }
        for kind in Kind::ALL {
            assert!(!PRIVATE.iter().any(|private| kind.path().starts_with(private)), "{}", kind.path());
        }
    }
}
