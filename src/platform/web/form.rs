//! The form door: a form posts to its own page's address; a refusal comes back as the same page with what was typed.
//!
//! A room says which forms its pages have ([`FormRoute`]); `http/forms.rs` mounts them and renders the page again.

use super::Call;
use crate::kernel::error::{AppError, AppResult};
use axum::extract::{FromRequest as _, Multipart, Request};
use bytes::Bytes;
use futures::future::BoxFuture;
use http::header;
use std::collections::{BTreeMap, HashMap};

/// The most that a form may hold, files included.
pub const MAX_FORM: usize = 4 * 1024 * 1024;
/// The most fields that a form may have.
const MAX_FIELDS: usize = 500;

/// A file that somebody chose. Its name and declared kind are not believed by anybody.
#[derive(Debug, Clone)]
pub struct Upload {
    pub field: String,
    pub name: String,
    pub bytes: Bytes,
}

/// What was typed, in order.
#[derive(Debug, Clone, Default)]
pub struct Typed {
    pairs: Vec<(String, String)>,
    uploads: Vec<Upload>,
}

impl Typed {
    pub fn of(pairs: Vec<(String, String)>) -> Self {
        Self { pairs, uploads: Vec::new() }
    }

    /// The first value of a field, trimmed of nothing; empty when it is absent.
    pub fn text(&self, name: &str) -> &str {
        self.pairs.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value)
    }

    pub fn owned(&self, name: &str) -> String {
        self.text(name).to_owned()
    }

    /// `None` when absent or empty.
    pub fn maybe(&self, name: &str) -> Option<&str> {
        Some(self.text(name)).filter(|value| !value.is_empty())
    }

    /// `None` when absent; an empty value is a value.
    pub fn pair(&self, name: &str) -> Option<&str> {
        self.pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Every value of a repeated field (checkboxes, several choices), empty ones left out.
    pub fn all(&self, name: &str) -> Vec<String> {
        self.pairs.iter().filter(|(key, value)| key == name && !value.is_empty()).map(|(_, value)| value.clone()).collect()
    }

    /// A ticked box.
    pub fn ticked(&self, name: &str) -> bool {
        !matches!(self.text(name), "" | "false" | "off" | "0")
    }

    /// The rows of a nested list: fields named `benefits[0].kind`, `benefits[0].text`, … by index, in order.
    pub fn rows(&self, list: &str) -> Vec<HashMap<String, String>> {
        let mut rows: BTreeMap<u32, HashMap<String, String>> = BTreeMap::new();
        for (key, value) in &self.pairs {
            let Some(rest) = key.strip_prefix(list).and_then(|rest| rest.strip_prefix('[')) else { continue };
            let Some((index, field)) = rest.split_once("].") else { continue };
            if let Ok(index) = index.parse() {
                rows.entry(index).or_default().insert(field.to_owned(), value.clone());
            }
        }
        rows.into_values().collect()
    }

    /// A file that was chosen; a file field left empty gives none.
    pub fn upload(&self, name: &str) -> Option<&Upload> {
        self.uploads.iter().find(|upload| upload.field == name && !upload.bytes.is_empty())
    }

    /// The first field that holds U+0000, which no text that is kept can hold.
    pub fn unkeepable(&self) -> Option<&str> {
        self.pairs.iter().find(|(key, value)| key.contains('\0') || value.contains('\0')).map(|(key, _)| key.as_str())
    }

    /// What goes back to the page. Passwords and codes never do.
    pub fn values(&self) -> BTreeMap<String, Vec<String>> {
        let mut values: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (key, value) in &self.pairs {
            let secret = key.to_ascii_lowercase().contains("password") || matches!(key.as_str(), "code" | "token" | "_key");
            if !secret {
                values.entry(key.clone()).or_default().push(value.clone());
            }
        }
        values
    }

    /// Everything typed whose name begins so, under the rest of its name; files stay behind.
    #[must_use]
    pub fn under(&self, prefix: &str) -> Self {
        let rest = |(key, value): &(String, String)| Some((key.strip_prefix(prefix)?.to_owned(), value.clone()));
        Self::of(self.pairs.iter().filter_map(rest).collect())
    }

    /// What the chosen files are called, for people.
    pub fn file_names(&self) -> Vec<String> {
        self.uploads.iter().filter(|upload| !upload.bytes.is_empty()).map(|upload| upload.name.clone()).collect()
    }

    /// For the hash of the form's key: everything typed, and the files' hashes.
    pub fn fingerprint(&self) -> Vec<u8> {
        use sha2::Digest as _;
        let mut all = Vec::new();
        for (key, value) in &self.pairs {
            all.extend_from_slice(key.as_bytes());
            all.push(0);
            all.extend_from_slice(value.as_bytes());
            all.push(1);
        }
        for upload in &self.uploads {
            all.extend_from_slice(&sha2::Sha256::digest(&upload.bytes));
        }
        all
    }

    /// Reads a posted form, urlencoded or multipart.
    ///
    /// # Errors
    /// 422 in words when it is too large or cannot be read.
    pub async fn read(request: Request) -> AppResult<Self> {
        let kind =
            request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
        let too_large = || AppError::invalid("", "This is more than a form can hold (4 MB). Choose a smaller file.");
        let mut typed = Self::default();
        if kind.starts_with("multipart/form-data") {
            let mut multipart = Multipart::from_request(request, &()).await.map_err(|_| unreadable())?;
            let mut total = 0;
            while let Some(field) =
                multipart.next_field().await.map_err(|e| if e.status() == 413 { too_large() } else { unreadable() })?
            {
                let name = field.name().unwrap_or_default().to_owned();
                let file = field.file_name().map(str::to_owned);
                let bytes = field.bytes().await.map_err(|e| if e.status() == 413 { too_large() } else { unreadable() })?;
                total += bytes.len();
                if total > MAX_FORM || typed.pairs.len() + typed.uploads.len() >= MAX_FIELDS {
                    return Err(too_large());
                }
                match file {
                    Some(file) => typed.uploads.push(Upload { field: name, name: file, bytes }),
                    None => typed.pairs.push((name, String::from_utf8_lossy(&bytes).into_owned())),
                }
            }
        } else {
            let bytes = axum::body::to_bytes(request.into_body(), MAX_FORM).await.map_err(|_| too_large())?;
            for (key, value) in url::form_urlencoded::parse(&bytes).take(MAX_FIELDS) {
                typed.pairs.push((key.into_owned(), value.into_owned()));
            }
        }
        Ok(typed)
    }
}

fn unreadable() -> AppError {
    AppError::invalid("", "The form could not be read. Load the page again and send it once more.")
}

/// A posted form, as a handler gets it.
pub struct Posted {
    pub call: Call,
    pub typed: Typed,
    /// The named parts of the page's path.
    pub path: HashMap<String, String>,
    /// The page's query, decoded.
    pub query: HashMap<String, String>,
    /// The request's headers: for the cookie of a draft, the name of the device.
    pub headers: http::HeaderMap,
}

impl Posted {
    /// An id in the path.
    ///
    /// # Errors
    /// 404 when it is none.
    pub fn seg<T: std::str::FromStr>(&self, name: &str) -> AppResult<T> {
        self.path.get(name).and_then(|text| text.parse().ok()).ok_or(AppError::NotFound)
    }
}

/// A form that was carried out: 303 to a page of ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    pub location: String,
    /// `Set-Cookie` values.
    pub cookies: Vec<String>,
    /// No person looks at the answer: an empty 200 instead of a way to go.
    pub unseen: bool,
}

impl Done {
    pub fn to(location: impl Into<String>) -> Self {
        Self { location: location.into(), cookies: Vec::new(), unseen: false }
    }

    /// Done for a machine, which must not be led on (RFC 8058).
    pub fn unseen() -> Self {
        Self { location: String::new(), cookies: Vec::new(), unseen: true }
    }

    #[must_use]
    pub fn cookie(self, cookie: String) -> Self {
        self.cookies([cookie])
    }

    #[must_use]
    pub fn cookies(mut self, cookies: impl IntoIterator<Item = String>) -> Self {
        self.cookies.extend(cookies);
        self
    }
}

/// What carries out a form: parse, call one service, say where to go.
pub type Handler = fn(Posted) -> BoxFuture<'static, AppResult<Done>>;

/// One form of one page.
#[derive(Clone, Copy)]
pub struct FormRoute {
    /// The page's path, as axum writes it: `/requests/{id}`.
    pub path: &'static str,
    /// The form's `_form` value: a verb, unique on its page.
    pub form: &'static str,
    pub handler: Handler,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(pairs: &[(&str, &str)]) -> Typed {
        Typed::of(pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect())
    }

    #[test]
    fn nested_rows_come_in_order_of_their_index() {
        let typed =
            typed(&[("b[2].text", "two"), ("b[0].text", "zero"), ("b[0].kind", "Booth"), ("b[x].text", "no"), ("other", "")]);
        let rows = typed.rows("b");
        assert_eq!(rows.len(), 2);
        assert_eq!(rows[0]["kind"], "Booth");
        assert_eq!(rows[1]["text"], "two");
    }

    /// The document of the API says 422 of forms, and neither 400, 413 nor 415.
    #[tokio::test]
    async fn what_cannot_be_read_is_refused_in_words() {
        let refused = async |kind: &str, body: Vec<u8>| {
            let request = http::Request::builder().header(header::CONTENT_TYPE, kind).body(axum::body::Body::from(body));
            let error = Typed::read(request.expect("a request")).await.expect_err("it cannot be read");
            (error.status(), error.message().contains("4 MB"))
        };
        let part = |size: usize| {
            let head = "--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\n";
            [head.as_bytes(), vec![b'a'; size].as_slice(), b"\r\n--edge--\r\n".as_slice()].concat()
        };
        assert_eq!(refused("multipart/form-data", part(9)).await, (422, false), "no boundary is named");
        assert_eq!(refused("multipart/form-data; boundary=edge", b"no form at all".to_vec()).await, (422, false));
        assert_eq!(refused("multipart/form-data; boundary=edge", part(MAX_FORM + 1)).await, (422, true));
        assert_eq!(refused("application/x-www-form-urlencoded", vec![b'a'; MAX_FORM + 1]).await, (422, true));
    }

    #[test]
    fn passwords_never_go_back() {
        let typed = typed(&[("email", "a@b.example"), ("newPassword", "secret"), ("code", "123456"), ("_key", "k")]);
        assert_eq!(typed.values().keys().collect::<Vec<_>>(), ["email"]);
    }
}
