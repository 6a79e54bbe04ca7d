//! The form door: a form posts to its own page's address; a refusal comes back as the same page with what was typed.
//!
//! A room says which forms its pages have ([`FormRoute`]); `http/forms.rs` mounts them and renders the page again.

use super::Call;
use crate::kernel::{
    error::{AppError, AppResult},
    fields::Answers,
};
use axum::{
    body::Body,
    extract::{DefaultBodyLimit, FromRequest as _, Multipart, Request, multipart::MultipartError},
};
use bytes::Bytes;
use futures::{StreamExt as _, future::BoxFuture, stream};
use http::header;
use std::{
    collections::{BTreeMap, HashMap},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    task::Poll,
};

/// The most that may be typed into a form, with what its parts are called; and that is kept of one file.
pub const MAX_FORM: usize = 4 * 1024 * 1024;
/// The most that is kept of all its files: three pictures of a brand.
const MAX_FILES: usize = 8 * 1024 * 1024;
/// The most that is read of a form. A file that is too large is read past up to here, and what was typed below it is not lost;
/// none of it is held.
pub(super) const MAX_READ: usize = 64 * 1024 * 1024;
/// The most fields that a form may have, files among them.
const MAX_FIELDS: usize = 500;
/// The most bytes that a field, or a file, may be called by: no system calls a file by as many.
const MAX_NAME: usize = 1024;
/// The most that may come without a part of the form in it: what names a part is a few lines.
const MAX_HEAD: usize = 16 * 1024;

/// A file that somebody chose. Its name and declared kind are not believed by anybody.
#[derive(Debug, Clone)]
pub struct Upload {
    pub field: String,
    pub name: String,
    /// How much was sent.
    size: usize,
    /// Nothing of a file that was more than a form can hold.
    held: Option<Bytes>,
}

impl Upload {
    /// What is in it, if that is at most so much.
    ///
    /// # Errors
    /// 422 beside its field: `too_large`, which says the most and what to do; or that several files are too large together.
    pub fn within(&self, most: usize, too_large: &str) -> AppResult<&Bytes> {
        match &self.held {
            Some(bytes) if bytes.len() <= most => Ok(bytes),
            None if self.size <= most.min(MAX_FORM) => Err(AppError::invalid(
                &self.field,
                "Together, these files are more than a form can hold (8 MB). Leave some out, and send them later.",
            )),
            _ => Err(AppError::invalid(&self.field, too_large)),
        }
    }
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
        self.uploads.iter().find(|upload| upload.field == name && upload.size > 0)
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
        self.uploads.iter().filter(|upload| upload.size > 0).map(|upload| upload.name.clone()).collect()
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
            match &upload.held {
                Some(bytes) => all.extend_from_slice(&sha2::Sha256::digest(bytes)),
                // It is refused wherever it is looked at; whoever does not look at it is not told apart by it.
                None => all.extend_from_slice(&upload.size.to_be_bytes()),
            }
        }
        all
    }

    /// Was nothing read?
    pub fn is_empty(&self) -> bool {
        self.pairs.is_empty() && self.uploads.is_empty()
    }

    /// Reads a posted form, urlencoded or multipart. A file that is too large is noted without its bytes: whoever asks for them
    /// is refused ([`Upload::within`]).
    ///
    /// # Errors
    /// 422 in words when it is too large or cannot be read.
    pub async fn read(request: Request) -> AppResult<Self> {
        let (typed, read) = Self::read_as_far(request).await;
        read.map(|()| typed)
    }

    /// As [`Typed::read`], for a page that comes back: with what was read before it could not be read on.
    pub async fn read_as_far(request: Request) -> (Self, AppResult<()>) {
        let mut typed = Self::default();
        let read = typed.fill(request).await;
        (typed, read)
    }

    async fn fill(&mut self, request: Request) -> AppResult<()> {
        let kind =
            request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
        if !kind.starts_with("multipart/form-data") {
            let bytes = axum::body::to_bytes(request.into_body(), MAX_FORM).await.map_err(|error| not_whole(&error))?;
            for (key, value) in url::form_urlencoded::parse(&bytes) {
                self.has_place_for([&key, ""])?;
                self.pairs.push((key.into_owned(), value.into_owned()));
            }
            return Ok(());
        }
        let pace = Arc::new(Pace::default());
        let mut request = paced(request, Arc::clone(&pace));
        DefaultBodyLimit::max(MAX_READ).apply(&mut request);
        let mut multipart = Multipart::from_request(request, &()).await.map_err(|_| unreadable())?;
        let (mut typed, mut chosen) = (0, 0);
        while let Some(mut part) = multipart.next_field().await.map_err(|error| not_read(&error, None))? {
            pace.came();
            let names = [part.name().unwrap_or_default(), part.file_name().unwrap_or_default()];
            self.has_place_for(names)?;
            // They are held, and go back to the page, like what is in it.
            typed += names.iter().map(|name| name.len()).sum::<usize>();
            if typed > MAX_FORM {
                return Err(too_much());
            }
            let field = names[0].to_owned();
            let file = part.file_name().map(str::to_owned);
            let mut size = 0;
            let mut held: Option<Vec<u8>> = Some(Vec::new());
            let where_it_is = file.is_some().then_some(field.as_str());
            while let Some(chunk) = part.chunk().await.map_err(|error| not_read(&error, where_it_is))? {
                pace.came();
                size += chunk.len();
                let fits = if file.is_some() { size <= MAX_FORM && chosen + size <= MAX_FILES } else { typed + size <= MAX_FORM };
                if fits && let Some(bytes) = &mut held {
                    bytes.extend_from_slice(&chunk);
                } else if file.is_none() {
                    return Err(too_much());
                } else {
                    held = None;
                }
            }
            let kept = held.as_ref().map_or(0, Vec::len);
            match file {
                Some(name) => {
                    chosen += kept;
                    self.uploads.push(Upload { field, name, size, held: held.map(Bytes::from) });
                }
                None => {
                    typed += kept;
                    self.pairs.push((field, String::from_utf8_lossy(&held.unwrap_or_default()).into_owned()));
                }
            }
        }
        Ok(())
    }

    /// Is there a place for one more field with these names: its own, and its file's?
    fn has_place_for(&self, names: [&str; 2]) -> AppResult<()> {
        if self.pairs.len() + self.uploads.len() >= MAX_FIELDS {
            return Err(AppError::invalid("", format!("A form has at most {MAX_FIELDS} fields. Send less of it at once.")));
        }
        if names.iter().any(|name| name.len() > MAX_NAME) {
            return Err(AppError::invalid(
                "",
                format!(
                    "A field or a file of this form has a name of more than {MAX_NAME} bytes. Rename the file, then send it again."
                ),
            ));
        }
        Ok(())
    }
}

impl Answers for Typed {
    fn owned(&self, name: &str) -> String {
        self.text(name).to_owned()
    }

    fn all(&self, name: &str) -> Vec<String> {
        Self::all(self, name)
    }

    fn chosen(&self, name: &str) -> usize {
        self.upload(name).map_or(0, |upload| upload.size)
    }
}

/// How fast a form is handed to its parser, which would otherwise take in whatever has arrived, up to all of it.
#[derive(Default)]
struct Pace {
    /// The parser has something that it has not looked at yet.
    full: AtomicBool,
    /// How much was handed over since a part, or some of one, came out.
    since: AtomicUsize,
}

impl Pace {
    /// A part, or some of one, came out: there may be more in what was handed over.
    fn came(&self) {
        self.full.store(true, Ordering::Relaxed);
        self.since.store(0, Ordering::Relaxed);
    }
}

/// The same form, handed over piece by piece: the next piece when the last one is used up, and none when too much of it names
/// no part.
fn paced(request: Request, pace: Arc<Pace>) -> Request {
    request.map(|body| {
        let mut pieces = body.into_data_stream();
        Body::from_stream(stream::poll_fn(move |cx| {
            if pace.full.swap(false, Ordering::Relaxed) {
                // Come again, if that was not enough.
                cx.waker().wake_by_ref();
                return Poll::Pending;
            }
            let next = pieces.poll_next_unpin(cx);
            if let Poll::Ready(Some(Ok(piece))) = &next {
                if pace.since.load(Ordering::Relaxed) > MAX_HEAD {
                    return Poll::Ready(Some(Err(axum::Error::new("a part of a form does not begin"))));
                }
                pace.since.fetch_add(piece.len(), Ordering::Relaxed);
                pace.full.store(true, Ordering::Relaxed);
            }
            next
        }))
    })
}

/// Why what was typed could not be taken in: there is too much of it, or the connection broke.
fn not_whole(error: &axum::Error) -> AppError {
    let is_too_much = std::error::Error::source(error).is_some_and(|source| source.is::<http_body_util::LengthLimitError>());
    if is_too_much { too_much() } else { unreadable() }
}

fn too_much() -> AppError {
    AppError::invalid("", "This is more than a form can hold (4 MB). Shorten what you typed, then send it again.")
}

/// Why a form could not be read on; `file` is the field whose file was being read.
fn not_read(error: &MultipartError, file: Option<&str>) -> AppError {
    match (error.status().as_u16(), file) {
        (413, Some(field)) => AppError::invalid(
            field,
            "This file is larger than 64 MB, so neither it nor what stands below it on this form was read. Choose a much smaller \
             one (above it stands how large it may be), then fill in what is missing.",
        ),
        (413, None) => too_much(),
        _ => unreadable(),
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

    const EDGE: &str = "multipart/form-data; boundary=edge";

    fn part(head: &str, content: &[u8]) -> Vec<u8> {
        [format!("--edge\r\nContent-Disposition: form-data; {head}\r\n\r\n").as_bytes(), content, b"\r\n".as_slice()].concat()
    }

    fn form(parts: &[Vec<u8>]) -> Vec<u8> {
        [parts.concat().as_slice(), b"--edge--\r\n".as_slice()].concat()
    }

    fn posted(kind: &str, body: Body) -> Request {
        http::Request::builder().header(header::CONTENT_TYPE, kind).body(body).expect("a request")
    }

    /// The document of the API says 422 of forms, and neither 400, 413 nor 415.
    #[tokio::test]
    async fn what_cannot_be_read_is_refused_in_words() {
        let refused = async |kind: &str, body: Vec<u8>| {
            let error = Typed::read(posted(kind, Body::from(body))).await.expect_err("it cannot be read");
            (error.status(), error.message().contains("4 MB") || error.message().contains("500 fields"))
        };
        let long = form(&[part("name=\"text\"", &vec![b'a'; MAX_FORM + 1])]);
        assert_eq!(
            refused("multipart/form-data", form(&[part("name=\"text\"", b"a")])).await,
            (422, false),
            "no boundary is named"
        );
        assert_eq!(refused(EDGE, b"no form at all".to_vec()).await, (422, false));
        assert_eq!(refused(EDGE, long).await, (422, true));
        assert_eq!(refused("application/x-www-form-urlencoded", vec![b'a'; MAX_FORM + 1]).await, (422, true));
        let many: Vec<Vec<u8>> = (0..=MAX_FIELDS).map(|_| part("name=\"text\"", b"a")).collect();
        assert_eq!(refused(EDGE, form(&many)).await, (422, true));
        let many = ["text=a"; MAX_FIELDS + 1].join("&");
        assert_eq!(refused("application/x-www-form-urlencoded", many.into_bytes()).await, (422, true));
    }

    #[tokio::test]
    async fn a_file_that_is_too_large_costs_nothing_that_was_typed() {
        let before = part("name=\"before\"", b"one");
        let after = part("name=\"after\"", b"two");
        let file = |field: &str, size: usize| part(&format!("name=\"{field}\"; filename=\"a.png\""), &vec![b'a'; size]);
        for size in [MAX_FORM, MAX_FORM + 1, 20 * 1024 * 1024] {
            let body = form(&[before.clone(), file("logo", size), after.clone()]);
            let typed = Typed::read(posted(EDGE, Body::from(body))).await.expect("read to its end");
            assert_eq!((typed.text("before"), typed.text("after")), ("one", "two"), "{size}");
            let logo = typed.upload("logo").expect("it was chosen");
            assert_eq!(logo.within(MAX_FORM, "Too large.").map(Bytes::len).ok(), (size == MAX_FORM).then_some(size));
            let said = logo.within(2, "At most two bytes.").expect_err("it is larger");
            assert_eq!((said.status(), said.message()), (422, "At most two bytes.".to_owned()), "{size}");
        }
        // What fits by itself is not called too large, but there is no place for it beside the others.
        let body = form(&[file("a", MAX_FORM), file("b", MAX_FORM - 100), file("c", 200), after.clone()]);
        let typed = Typed::read(posted(EDGE, Body::from(body))).await.expect("read to its end");
        assert_eq!(typed.text("after"), "two");
        let said = typed.upload("c").expect("it was chosen").within(MAX_FORM, "Too large.").expect_err("it was let go");
        assert!(said.message().starts_with("Together"), "{said}");
        // There is an end to it; what came before is still there.
        let head = [
            before.as_slice(),
            b"--edge\r\nContent-Disposition: form-data; name=\"logo\"; filename=\"a.png\"\r\n\r\n".as_slice(),
        ]
        .concat();
        let megabyte = Bytes::from(vec![b'a'; 1024 * 1024]);
        let pieces = std::iter::once(Bytes::from(head))
            .chain(std::iter::repeat_n(megabyte, MAX_READ / 1024 / 1024))
            .chain([Bytes::from_static(b"\r\n"), Bytes::from(form(&[after]))])
            .map(Ok::<_, std::convert::Infallible>);
        let (typed, read) = Typed::read_as_far(posted(EDGE, Body::from_stream(stream::iter(pieces)))).await;
        let Err(AppError::Invalid(errors)) = read else { panic!("more than 64 MB were read") };
        assert!(errors.get("logo").is_some_and(|said| said.contains("64 MB")), "{errors}");
        assert_eq!((typed.text("before"), typed.text("after")), ("one", ""));
    }

    /// However it arrives: the parser sees the edge between two parts in pieces, and its own pace is not the sender's.
    #[tokio::test]
    async fn a_form_is_the_same_in_pieces() {
        let body = form(&[
            part("name=\"before\"", b"one"),
            part("name=\"logo\"; filename=\"a.png\"", &vec![b'\r'; 3000]),
            part("name=\"after\"", b"two"),
        ]);
        for size in [1, 7, 64, 1024] {
            let pieces: Vec<_> =
                body.chunks(size).map(|piece| Ok::<_, std::convert::Infallible>(Bytes::copy_from_slice(piece))).collect();
            let typed = Typed::read(posted(EDGE, Body::from_stream(stream::iter(pieces)))).await.expect("read to its end");
            assert_eq!((typed.text("before"), typed.text("after")), ("one", "two"), "{size}");
            let logo = typed.upload("logo").expect("it was chosen");
            assert_eq!(logo.within(MAX_FORM, "Too large.").map(Bytes::len).ok(), Some(3000), "{size}");
        }
    }

    /// What names a part is held until it ends: it must.
    #[tokio::test]
    async fn a_part_begins_within_bounds() {
        let endless = stream::repeat_with(|| Ok::<_, std::convert::Infallible>(Bytes::from_static(&[b'a'; 16 * 1024])));
        let begun = stream::iter([Ok(Bytes::from_static(b"--edge\r\nContent-Disposition: form-data; name=\""))]);
        let read = Typed::read(posted(EDGE, Body::from_stream(begun.chain(endless)))).await;
        assert_eq!(read.expect_err("it never begins").status(), 422);
    }

    #[tokio::test]
    async fn a_form_that_breaks_off_is_not_too_large() {
        let pieces = || stream::iter([Ok(Bytes::from_static(b"text=a")), Err(std::io::Error::other("gone"))]);
        for kind in ["application/x-www-form-urlencoded", EDGE] {
            let said = Typed::read(posted(kind, Body::from_stream(pieces()))).await.expect_err("it broke off");
            assert_eq!((said.status(), said.message().contains("could not be read")), (422, true), "{kind}");
        }
    }

    /// What a part is called is held, and written back, like what is in it.
    #[tokio::test]
    async fn names_are_bounded_and_count() {
        let tried = async |kind: &str, body: Vec<u8>| {
            let (typed, read) = Typed::read_as_far(posted(kind, Body::from(body))).await;
            (typed.pairs.len() + typed.uploads.len(), read.err().map(|error| (error.status(), error.message())))
        };
        let (fits, long) = ("a".repeat(MAX_NAME), "a".repeat(MAX_NAME + 1));
        let before = part("name=\"before\"", b"one");
        for (name, refused) in [(&fits, false), (&long, true)] {
            for head in [format!("name=\"{name}\""), format!("name=\"logo\"; filename=\"{name}\"")] {
                let (kept, said) = tried(EDGE, form(&[before.clone(), part(&head, b"x")])).await;
                assert_eq!(kept, if refused { 1 } else { 2 }, "{said:?}");
                assert_eq!(said.is_some_and(|(status, said)| status == 422 && said.contains("1024 bytes")), refused);
            }
            let (kept, said) = tried("application/x-www-form-urlencoded", format!("before=one&{name}=x").into_bytes()).await;
            assert_eq!((kept, said.is_some()), if refused { (1, true) } else { (2, false) });
        }
        // A value for which there is place, and no place beside it.
        let nearly = part("name=\"text\"", &vec![b'a'; MAX_FORM - MAX_NAME]);
        let (kept, said) = tried(EDGE, form(&[nearly, part(&format!("name=\"{fits}\""), b"")])).await;
        assert_eq!(kept, 1);
        assert!(said.is_some_and(|(status, said)| status == 422 && said.contains("4 MB")));
    }

    #[test]
    fn passwords_never_go_back() {
        let typed = typed(&[("email", "a@b.example"), ("newPassword", "secret"), ("code", "123456"), ("_key", "k")]);
        assert_eq!(typed.values().keys().collect::<Vec<_>>(), ["email"]);
    }
}
