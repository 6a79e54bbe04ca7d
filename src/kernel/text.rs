//! Text that was looked at once, at the door, and is trusted afterwards: addresses, names, lines, paragraphs, links.
//!
//! Promises: every type here can only be made by its `parse` (deserialising goes through it too), has a bounded length
//! counted in characters, holds no control character, nothing that turns the reading direction around and nothing
//! invisible that is not needed for writing, and is written one way. A problem is a sentence for the person who typed.
//! Does not look anything up: whether a domain or a mailbox exists is a question for the server.

use super::{
    hosts::{self, Address, Host},
    normal,
};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

/// A text that no spreadsheet takes for a formula, for the tables that we hand out.
pub fn defused(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

/// A name as it stands in a sentence of ours: one that holds letters which are read from the right keeps to itself, between marks
/// that are not drawn, and turns no comma, date or word of ours around; every other name stays as it is. For plain text alone: what
/// has an element of its own is apart by that (`<bdi>`). What people type never holds these marks.
pub fn isolated(name: &str) -> Cow<'_, str> {
    if name.contains(is_read_from_the_right) { Cow::Owned(format!("\u{2068}{name}\u{2069}")) } else { Cow::Borrowed(name) }
}

/// Letters of Hebrew, Arabic and the other scripts that run so: the blocks that Unicode keeps for them (UAX 9, table 4).
const fn is_read_from_the_right(c: char) -> bool {
    matches!(c,
        '\u{590}'..='\u{8FF}' | '\u{FB1D}'..='\u{FDFF}' | '\u{FE70}'..='\u{FEFC}'
        | '\u{10800}'..='\u{10FFF}' | '\u{1E800}'..='\u{1EFFF}')
}

/// What is wrong with a text and what to do about it: one sentence or two, for the person who typed it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct TextProblem(String);

fn problem<T>(message: impl Into<String>) -> Result<T, TextProblem> {
    Err(TextProblem(message.into()))
}

/// What every kind of text has in common: it is a string inside, and serde reads it through the given function.
macro_rules! texts {
    ($($name:ident by $read:expr;)+) => {$(
        impl $name {
            pub fn as_str(&self) -> &str {
                &self.0
            }

            pub fn into_string(self) -> String {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl From<$name> for String {
            fn from(text: $name) -> Self {
                text.0
            }
        }

        impl FromStr for $name {
            type Err = TextProblem;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let read: fn(&str) -> Result<Self, TextProblem> = $read;
                read(text)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
            }
        }
    )+};
}

texts! {
    Email by Email::parse;
    Slug by Slug::parse;
    WebUrl by WebUrl::parse;
    Line by |text| Line::parse(text, 1, Line::LONGEST, "text");
    Paragraph by |text| Paragraph::parse(text, Paragraph::LONGEST, "text");
    PersonName by PersonName::parse;
    Phone by Phone::parse;
}

// ── Addresses ───────────────────────────────────────────────────────────────────────────────────────────────────────

/// An e-mail address: the part before the `@` as it was typed, the domain in lower case and ASCII (IDNA).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Email(String);

impl Email {
    /// At most 254 characters in all, 64 of them before the `@` (RFC 5321 with its erratum 1690). Quoted names, addresses
    /// of machines and non-Latin names before the `@` are refused: hardly any mail server delivers them.
    ///
    /// # Errors
    /// Says which part is wrong.
    pub fn parse(text: &str) -> Result<Self, TextProblem> {
        let text = text.trim();
        if text.is_empty() {
            return problem("Enter an e-mail address.");
        }
        if text.chars().any(|c| c.is_whitespace() || is_harmful(c) || is_dust(c)) {
            return problem("An e-mail address has no spaces or hidden characters. Type it again.");
        }
        let Some((local, domain)) = text.rsplit_once('@') else {
            return problem("An e-mail address needs an @, as in name@company.com.");
        };
        if local.is_empty() || domain.is_empty() {
            return problem("An e-mail address needs something on both sides of the @, as in name@company.com.");
        }
        if local.contains('@') {
            return problem("An e-mail address has one @. Enter one address only.");
        }
        if local.len() > 64 {
            return problem("The part before the @ is too long. It may have 64 characters.");
        }
        if !local.chars().all(|c| c.is_ascii_alphanumeric() || "!#$%&'*+/=?^_`{|}~-.".contains(c)) {
            return problem(
                "The part before the @ has a character that mail servers do not accept. Use letters, digits, dots, - or +.",
            );
        }
        if local.starts_with('.') || local.ends_with('.') || local.contains("..") {
            return problem("The part before the @ cannot start or end with a dot, or have two in a row.");
        }
        let Some(domain) = public_host(domain) else {
            return problem(format!("The part after the @ is not a domain name: {}. Check it for typos.", shown(domain)));
        };
        let address = format!("{local}@{domain}");
        if address.len() > 254 {
            return problem("This e-mail address is too long. It may have 254 characters.");
        }
        Ok(Self(address))
    }

    /// Nobody knows it, as [`WebUrl::unknown`].
    pub fn unknown() -> Self {
        Self(String::new())
    }

    pub fn is_unknown(&self) -> bool {
        self.0.is_empty()
    }

    /// The domain in ASCII: `company.com`.
    pub fn domain(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(_, domain)| domain)
    }

    /// What two spellings of one mailbox share: all in lower case. For look-ups and uniqueness, not for sending.
    pub fn key(&self) -> String {
        self.0.to_ascii_lowercase()
    }
}

/// A web address: http or https, a public host in lower-case ASCII (IDNA), no user and no password.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WebUrl(String);

impl WebUrl {
    const LONGEST: usize = 2048;

    /// `https://` is added where no scheme was typed. Names only: a bare IP address, `localhost` and names that exist
    /// only inside a network are refused here already, whatever they are written like.
    ///
    /// # Errors
    /// Says what is wrong with the address.
    pub fn parse(text: &str) -> Result<Self, TextProblem> {
        let text = text.trim();
        if text.is_empty() {
            return problem("Enter a web address, as in https://company.com.");
        }
        if text.chars().any(|c| c.is_whitespace() || is_harmful(c) || is_dust(c) || c == '\\') {
            return problem("A web address has no spaces, backslashes or hidden characters. Copy it again from your browser.");
        }
        let full = with_scheme(text)?;
        let authority = full.split_once("//").map_or("", |(_, rest)| rest).split(['/', '?', '#']).next().unwrap_or_default();
        if authority.contains('@') {
            return problem(
                "A web address has no name or password in it. If this is an e-mail address, enter your website instead.",
            );
        }
        let Some(address) = Address::parse(&full) else {
            return problem("This is not a web address. Enter one like https://company.com.");
        };
        let host = match address.host() {
            Host::Name(host) => public_host(&host),
            Host::Number => return problem("Enter the name of the website, not a number: https://company.com."),
        };
        let Some(host) = host else {
            return problem("This website has no public name. Enter one like https://company.com.");
        };
        match address.at(&host) {
            Some(whole) if full.len() <= Self::LONGEST && whole.len() <= Self::LONGEST => Ok(Self(whole)),
            _ => problem("This web address is too long. It may have 2,048 characters."),
        }
    }

    /// Nobody knows it: an organization of which only the name was said. Stored and shown as nothing.
    pub fn unknown() -> Self {
        Self(String::new())
    }

    pub fn is_unknown(&self) -> bool {
        self.0.is_empty()
    }

    /// The host in ASCII, without a port: `www.company.com`.
    pub fn host(&self) -> &str {
        let rest = self.after_scheme();
        &rest[..rest.find(['/', ':', '?', '#']).unwrap_or(rest.len())]
    }

    /// From the first slash up to the query: `/company/acme`.
    pub fn path(&self) -> &str {
        let rest = self.after_scheme();
        let path = &rest[rest.find('/').unwrap_or(rest.len())..];
        &path[..path.find(['?', '#']).unwrap_or(path.len())]
    }

    /// For people: without the scheme and a lonely last slash.
    pub fn short(&self) -> &str {
        let rest = self.after_scheme();
        rest.strip_suffix('/').filter(|host| !host.contains('/')).unwrap_or(rest)
    }

    fn after_scheme(&self) -> &str {
        self.0.split_once("://").map_or("", |(_, rest)| rest)
    }
}

/// The text with `http://` or `https://` in front; anything else that looks like a scheme is refused.
fn with_scheme(text: &str) -> Result<String, TextProblem> {
    let lower = text.to_ascii_lowercase();
    if lower.starts_with("http://") || lower.starts_with("https://") {
        return Ok(text.to_owned());
    }
    if text.starts_with("//") {
        return Ok(format!("https:{text}"));
    }
    // What stands before the first colon is a scheme, unless a port follows: company.com:8443/path.
    let head = text.split(['/', '?', '#']).next().unwrap_or_default();
    match head.split_once(':') {
        Some((_, port)) if port.is_empty() || !port.bytes().all(|byte| byte.is_ascii_digit()) => {
            if head.contains('@') && !lower.starts_with("mailto:") {
                return problem("A web address has no name or password in it. Enter one like https://company.com.");
            }
            problem("A web address starts with https:// or http://. Enter one like https://company.com.")
        }
        _ => Ok(format!("https://{text}")),
    }
}

/// The top-level names that never lead to a public website.
const PRIVATE_TOPS: [&str; 10] =
    ["localhost", "local", "localdomain", "internal", "intranet", "lan", "home", "corp", "arpa", "onion"];

/// A host as the public name system knows it: lower-case ASCII, with a dot, without the last dot; nothing when it cannot
/// be one. `.test`, `.example` and `.invalid` are let through: they are reserved for examples and lead nowhere.
fn public_host(host: &str) -> Option<String> {
    let host = hosts::ascii(host)?;
    let host = host.strip_suffix('.').unwrap_or(&host);
    let (_, top) = host.rsplit_once('.')?;
    let named = top.starts_with("xn--") || (top.len() >= 2 && top.bytes().all(|byte| byte.is_ascii_alphabetic()));
    (named && !PRIVATE_TOPS.contains(&top)).then(|| host.to_owned())
}

/// The name in the address of a page: 3 to 60 of a–z, 0–9 and single dashes between them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Slug(String);

/// Words that are, or may become, a page's own: first path segments, and what stands beside a `:slug`.
#[rustfmt::skip]
const RESERVED: &[&str] = &[
    "about", "accept", "account", "accounts", "activate", "activation", "active", "add", "admin", "all", "analytics",
    "anonymous", "api", "app", "apply", "archive", "archived", "assets", "audit", "auth", "become-partner", "become-sponsor",
    "benefits", "billing", "blog", "bookmarks", "careers", "categories", "category", "challenges", "changelog", "commdesk",
    "communities", "community", "compare", "contact", "contracts", "create", "css", "dashboard", "deals", "delete", "demo", "dev",
    "directory", "disputes", "docs", "download", "drafts", "edit", "error", "escrow", "events", "explore", "export", "facts",
    "favicon", "feed", "files", "fonts", "forgot-password", "graphql", "health", "healthz", "help", "home", "icons", "images",
    "img", "import", "inbox", "index", "invitations", "invite", "invoices", "join", "leads", "leave", "legal", "live",
    "livez", "login", "logo", "logos", "logout", "mail", "matches", "media", "members", "messages", "metrics", "moderation",
    "negotiations", "new", "notices", "notifications", "null", "openapi", "opportunities", "organization", "organizations",
    "partner", "partners", "password", "past", "payments", "payouts", "people", "pkg", "preview", "pricing", "privacy",
    "prizes", "profile", "programs", "public", "publish", "readyz", "register", "reports", "requests", "reset",
    "reset-password", "resources", "reviews", "robots", "root", "rpc", "rss", "saved", "search", "searches", "security", "session", "sessions",
    "settings", "setup", "sign-in", "sign-out", "sign-up", "signin", "signout", "signup", "sitemap", "sponsor", "sponsors",
    "staff", "static", "status", "support", "system", "talent", "team", "teams", "terms", "tokens", "undefined",
    "unsubscribe", "upcoming", "upload", "uploads", "user", "users", "verify", "verify-email", "void", "watchlist", "webhooks", "welcome",
    "workshops", "workspace", "workspaces", "www",
];

impl Slug {
    const SHORTEST: usize = 3;
    const LONGEST: usize = 60;

    /// # Errors
    /// Too short or long, other characters, or a word that the product needs for itself.
    pub fn parse(text: &str) -> Result<Self, TextProblem> {
        let text = text.trim();
        if text.is_empty() {
            return problem("Enter a short name for the address.");
        }
        let fits = (Self::SHORTEST..=Self::LONGEST).contains(&text.len());
        let known = text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
        let dashes_between = !text.starts_with('-') && !text.ends_with('-') && !text.contains("--");
        if !fits || !known || !dashes_between {
            return problem("Use 3 to 60 lower-case letters and digits, with single dashes between words: apex-circle.");
        }
        // Ids may stand where slugs do, so a slug must never look like one.
        if RESERVED.contains(&text) || uuid::Uuid::try_parse(text).is_ok() {
            return problem("This name is kept for a page of ours. Choose another, for example with your city added.");
        }
        Ok(Self(text.to_owned()))
    }

    /// The slug that a name suggests: Latin letters without their marks, everything else as a dash. Where nothing usable
    /// is left, or the word is reserved, `fallback` (`community`, `event`, itself reserved or not) stands in or after it.
    pub fn from_name(name: &str, fallback: &str) -> Self {
        let base = slugged(name);
        if let Ok(slug) = Self::parse(&base) {
            return slug;
        }
        let (base, fallback) = (base.as_str(), slugged(fallback));
        let with_fallback = if base.is_empty() { fallback.clone() } else { format!("{base}-{fallback}") };
        [with_fallback, format!("{fallback}-page"), "our-page".to_owned()]
            .iter()
            .find_map(|candidate| Self::parse(&cut(candidate, Self::LONGEST)).ok())
            .unwrap_or_else(|| Self("our-page".to_owned()))
    }

    /// The next one to try when this is taken: `apex-circle-2`. The number is kept whole, the name gives way.
    #[must_use]
    pub fn numbered(&self, number: u32) -> Self {
        let tail = format!("-{number}");
        Self(format!("{}{tail}", cut(&self.0, Self::LONGEST - tail.len())))
    }

    /// With a tail of lower-case letters and digits, for a name that very many have: `apex-circle-9f3c21ab`.
    #[must_use]
    pub fn tailed(&self, tail: &str) -> Self {
        Self(format!("{}-{tail}", cut(&self.0, Self::LONGEST - tail.len() - 1)))
    }
}

/// Lower-case ASCII words with single dashes between them, at most as long as a slug, cut at a word where possible.
fn slugged(name: &str) -> String {
    let mut slug = String::new();
    let mut push = |c: char| {
        if c.is_ascii_alphanumeric() {
            slug.push(c.to_ascii_lowercase());
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    };
    for c in name.chars() {
        match latin(c) {
            Some(letters) => letters.chars().for_each(&mut push),
            // A mark that stands alone belongs to the letter before it; an apostrophe does not part a word.
            None if is_mark(c) || is_dust(c) || matches!(c, '\'' | '\u{2019}' | '\u{2BC}') => {}
            None if c == '&' => "-and-".chars().for_each(&mut push),
            None if c == '+' => "-plus-".chars().for_each(&mut push),
            None => push(c),
        }
    }
    cut(slug.trim_matches('-'), Slug::LONGEST)
}

/// At most `longest` bytes of an ASCII slug, ending with a whole word if that keeps at least half of it.
fn cut(slug: &str, longest: usize) -> String {
    if slug.len() <= longest {
        return slug.to_owned();
    }
    let head = &slug[..longest];
    let whole_word = if slug.as_bytes()[longest] == b'-' { longest } else { head.rfind('-').unwrap_or(longest) };
    let kept = if whole_word * 2 >= longest { &head[..whole_word] } else { head };
    kept.trim_end_matches('-').to_owned()
}

/// The ASCII letters of a Latin letter with marks, or of a ligature; nothing for every other character, ASCII included.
pub fn latin(c: char) -> Option<&'static str> {
    Some(match c {
        'À' | 'Á' | 'Â' | 'Ã' | 'Å' | 'Ā' | 'Ă' | 'Ą' | 'Ǎ' | 'Ạ' | 'Ả' | 'Ấ' | 'Ầ' | 'Ẩ' | 'Ẫ' | 'Ậ' | 'Ắ' | 'Ằ' | 'Ẳ' | 'Ẵ'
        | 'Ặ' | 'à' | 'á' | 'â' | 'ã' | 'å' | 'ā' | 'ă' | 'ą' | 'ǎ' | 'ạ' | 'ả' | 'ấ' | 'ầ' | 'ẩ' | 'ẫ' | 'ậ' | 'ắ' | 'ằ'
        | 'ẳ' | 'ẵ' | 'ặ' | 'ª' => "a",
        'Ä' | 'ä' | 'Æ' | 'æ' => "ae",
        'Ç' | 'Ć' | 'Ĉ' | 'Ċ' | 'Č' | 'ç' | 'ć' | 'ĉ' | 'ċ' | 'č' => "c",
        'Ď' | 'Đ' | 'Ð' | 'ď' | 'đ' | 'ð' | 'Ḍ' | 'ḍ' => "d",
        'È' | 'É' | 'Ê' | 'Ë' | 'Ē' | 'Ĕ' | 'Ė' | 'Ę' | 'Ě' | 'Ẹ' | 'Ẻ' | 'Ẽ' | 'Ế' | 'Ề' | 'Ể' | 'Ễ' | 'Ệ' | 'è' | 'é' | 'ê'
        | 'ë' | 'ē' | 'ĕ' | 'ė' | 'ę' | 'ě' | 'ẹ' | 'ẻ' | 'ẽ' | 'ế' | 'ề' | 'ể' | 'ễ' | 'ệ' | 'Ə' | 'ə' => {
            "e"
        }
        'Ĝ' | 'Ğ' | 'Ġ' | 'Ģ' | 'ĝ' | 'ğ' | 'ġ' | 'ģ' => "g",
        'Ĥ' | 'Ħ' | 'ĥ' | 'ħ' | 'Ḥ' | 'ḥ' => "h",
        'Ì' | 'Í' | 'Î' | 'Ï' | 'Ĩ' | 'Ī' | 'Ĭ' | 'Į' | 'İ' | 'Ị' | 'Ỉ' | 'ì' | 'í' | 'î' | 'ï' | 'ĩ' | 'ī' | 'ĭ' | 'į' | 'ı'
        | 'ị' | 'ỉ' => "i",
        'Ĵ' | 'ĵ' => "j",
        'Ķ' | 'ķ' | 'ĸ' => "k",
        'Ĺ' | 'Ļ' | 'Ľ' | 'Ŀ' | 'Ł' | 'ĺ' | 'ļ' | 'ľ' | 'ŀ' | 'ł' | 'Ḷ' | 'ḷ' => "l",
        'Ṃ' | 'ṃ' | 'Ṁ' | 'ṁ' => "m",
        'Ñ' | 'Ń' | 'Ņ' | 'Ň' | 'Ŋ' | 'ñ' | 'ń' | 'ņ' | 'ň' | 'ŋ' | 'Ṇ' | 'ṇ' | 'Ṅ' | 'ṅ' => "n",
        'Ò' | 'Ó' | 'Ô' | 'Õ' | 'Ø' | 'Ō' | 'Ŏ' | 'Ő' | 'Ơ' | 'Ọ' | 'Ỏ' | 'Ố' | 'Ồ' | 'Ổ' | 'Ỗ' | 'Ộ' | 'Ớ' | 'Ờ' | 'Ở' | 'Ỡ'
        | 'Ợ' | 'ò' | 'ó' | 'ô' | 'õ' | 'ø' | 'ō' | 'ŏ' | 'ő' | 'ơ' | 'ọ' | 'ỏ' | 'ố' | 'ồ' | 'ổ' | 'ỗ' | 'ộ' | 'ớ' | 'ờ'
        | 'ở' | 'ỡ' | 'ợ' | 'º' => "o",
        'Ö' | 'ö' | 'Œ' | 'œ' => "oe",
        'Ŕ' | 'Ŗ' | 'Ř' | 'ŕ' | 'ŗ' | 'ř' | 'Ṛ' | 'ṛ' => "r",
        'Ś' | 'Ŝ' | 'Ş' | 'Š' | 'Ș' | 'ś' | 'ŝ' | 'ş' | 'š' | 'ș' | 'ſ' | 'Ṣ' | 'ṣ' => "s",
        'ß' | 'ẞ' => "ss",
        'Ţ' | 'Ť' | 'Ŧ' | 'Ț' | 'ţ' | 'ť' | 'ŧ' | 'ț' | 'Ṭ' | 'ṭ' => "t",
        'Þ' | 'þ' => "th",
        'Ù' | 'Ú' | 'Û' | 'Ũ' | 'Ū' | 'Ŭ' | 'Ů' | 'Ű' | 'Ų' | 'Ư' | 'Ụ' | 'Ủ' | 'Ứ' | 'Ừ' | 'Ử' | 'Ữ' | 'Ự' | 'ù' | 'ú' | 'û'
        | 'ũ' | 'ū' | 'ŭ' | 'ů' | 'ű' | 'ų' | 'ư' | 'ụ' | 'ủ' | 'ứ' | 'ừ' | 'ử' | 'ữ' | 'ự' => "u",
        'Ü' | 'ü' => "ue",
        'Ŵ' | 'Ẁ' | 'Ẃ' | 'Ẅ' | 'ŵ' | 'ẁ' | 'ẃ' | 'ẅ' => "w",
        'Ý' | 'Ŷ' | 'Ÿ' | 'Ỳ' | 'Ỵ' | 'Ỷ' | 'Ỹ' | 'ý' | 'ŷ' | 'ÿ' | 'ỳ' | 'ỵ' | 'ỷ' | 'ỹ' => "y",
        'Ź' | 'Ż' | 'Ž' | 'ź' | 'ż' | 'ž' | 'Ẓ' | 'ẓ' => "z",
        'ﬁ' => "fi",
        'ﬂ' => "fl",
        _ => return None,
    })
}

// ── Words ───────────────────────────────────────────────────────────────────────────────────────────────────────────

/// One line: trimmed, inner space collapsed, something to see in it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Line(String);

impl Line {
    /// The most that a line read without limits of its own (by serde) may have.
    pub const LONGEST: usize = 500;

    /// `min` to `max` characters after tidying; `what` names the field as it reads in a sentence: "company name". With
    /// `min` 0 an empty line is fine.
    ///
    /// # Errors
    /// Names the field and its limit, or the sort of character that cannot stay.
    pub fn parse(text: &str, min: usize, max: usize, what: &str) -> Result<Self, TextProblem> {
        let tidy: String = text.chars().filter(|c| !is_dust(*c)).collect();
        let tidy = tidy.split_whitespace().collect::<Vec<_>>().join(" ");
        refuse_harmful(&tidy, what)?;
        let length = tidy.chars().count();
        if min > 0 && !tidy.chars().any(is_seen) {
            return problem(format!("Enter a {what}."));
        }
        if length < min {
            return problem(format!("This {what} is too short. Use at least {}.", characters(min)));
        }
        if length > max {
            return problem(format!("This {what} has {}. Shorten it to {max}.", characters(length)));
        }
        Ok(Self(tidy))
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Lines of text: `\n` between them, no blank ones around them, inner space left alone (it means something in Markdown).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Paragraph(String);

impl Paragraph {
    /// The most that a paragraph read without limits of its own (by serde) may have.
    pub const LONGEST: usize = 50_000;

    /// At most `max` characters after tidying, none is fine; `what` names the field as it reads in a sentence.
    ///
    /// # Errors
    /// Names the field and its limit, or the sort of character that cannot stay.
    pub fn parse(text: &str, max: usize, what: &str) -> Result<Self, TextProblem> {
        let tidy = text.replace("\r\n", "\n").replace(['\r', '\u{85}', '\u{2028}', '\u{2029}', '\u{b}', '\u{c}'], "\n");
        let tidy: String = tidy.chars().filter(|c| !is_dust(*c)).collect();
        // Blank lines before the text go, the first line's own indentation stays.
        let start =
            tidy.find(|c: char| !c.is_whitespace()).and_then(|seen| tidy[..seen].rfind('\n')).map_or(0, |newline| newline + 1);
        let tidy = tidy[start..].trim_end();
        refuse_harmful(tidy, what)?;
        let length = tidy.chars().count();
        if length > max {
            return problem(format!("This {what} has {}. Shorten it to {max}.", characters(length)));
        }
        Ok(Self(tidy.to_owned()))
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// What a person is called: one line of 1 to 100 characters with a letter in it. No link and no address, because names
/// are written into mails that carry our name as well.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PersonName(String);

impl PersonName {
    /// # Errors
    /// Empty, too long, without a letter, or more than a name.
    pub fn parse(text: &str) -> Result<Self, TextProblem> {
        let Line(name) = Line::parse(text, 1, 100, "name")?;
        let lower = name.to_lowercase();
        if !name.chars().any(char::is_alphabetic) {
            return problem("Enter a name with letters in it.");
        }
        if name.contains(['<', '>', '@']) || lower.contains("://") || lower.contains("www.") {
            return problem("Enter only the name, without a link or an address.");
        }
        Ok(Self(name))
    }

    pub fn initials(&self) -> String {
        initials(&self.0)
    }
}

/// A telephone number as it is dialled from anywhere: `+` and 7 to 15 digits (ITU-T E.164).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Phone(String);

impl Phone {
    /// Spaces, dashes, dots and brackets are tolerated and dropped, and so is a trunk zero in brackets: `+44 (0)20 …`.
    ///
    /// # Errors
    /// Says how to write it.
    pub fn parse(text: &str) -> Result<Self, TextProblem> {
        let text = text.trim();
        if text.is_empty() {
            return problem("Enter a phone number.");
        }
        let Some(rest) = text.strip_prefix('+') else {
            return problem("Start the phone number with + and the country code: +91 98765 43210.");
        };
        let rest = rest.replacen("(0)", "", 1);
        let between = |c: char| matches!(c, ' ' | '\u{a0}' | '\u{202f}' | '-' | '\u{2010}' | '\u{2011}' | '.' | '(' | ')' | '/');
        let digits: String = rest.chars().filter(|c| !between(*c)).collect();
        let are_digits = digits.bytes().all(|byte| byte.is_ascii_digit());
        if !are_digits || !(7..=15).contains(&digits.len()) || digits.starts_with('0') {
            return problem("Write the phone number as + and 7 to 15 digits: +91 98765 43210.");
        }
        Ok(Self(format!("+{digits}")))
    }
}

/// One or two capitals that stand for a name where there is no picture: of its first and its last word. A letter keeps its
/// accents, and whatever it forms one sign with. A name of emoji alone is its first one.
pub fn initials(name: &str) -> String {
    let mut letters = name.split_whitespace().filter_map(initial);
    let Some(first) = letters.next() else {
        return name.find(is_emoji).map_or("?", |at| first_sign(&name[at..])).to_owned();
    };
    match letters.next_back() {
        // Side by side they would be joined, and read as a word.
        Some(last) if is_joined(&first) && is_joined(&last) => format!("{first}\u{200C}{last}"),
        Some(last) => format!("{first}{last}"),
        None => first,
    }
}

/// The first ones, and how many more: "Cash, Swag +2".
pub fn few<S: AsRef<str>>(list: &[S], most: usize) -> String {
    let first = list.iter().take(most).map(AsRef::as_ref).collect::<Vec<&str>>().join(", ");
    if list.len() > most { format!("{first} +{}", list.len() - most) } else { first }
}

fn initial(word: &str) -> Option<String> {
    let at = word.find(|c: char| c.is_alphanumeric() && !normal::is_mark(c))?;
    let mut sign = first_sign(&word[at..]).chars();
    let capital = sign.next()?.to_uppercase().next()?;
    Some(std::iter::once(capital).chain(sign).collect())
}

/// What stands at the beginning of a text as one sign: a letter with its marks, a conjunct of Indic letters, an emoji with what is
/// joined to it, a flag. Near enough to the clusters of UAX 29 for a picture of two letters, without its tables.
fn first_sign(text: &str) -> &str {
    /// Longer than a family of four with their skins; what is longer was piled up to do harm.
    const LONGEST: usize = 12;
    let (mut end, mut before, mut in_conjunct) = (0, None, false);
    for (at, c) in text.char_indices().take(LONGEST) {
        let goes_on = match before {
            None => true,
            Some(JOINER) if is_emoji(c) => true,
            Some(before) if is_flag_half(before) && is_flag_half(c) => at == before.len_utf8(),
            Some(_) => c == JOINER || normal::is_mark(c) || is_skin(c) || (in_conjunct && c.is_alphabetic()),
        };
        if !goes_on {
            break;
        }
        in_conjunct = is_virama(c) || (in_conjunct && c == JOINER);
        (end, before) = (at + c.len_utf8(), Some(c));
    }
    &text[..end]
}

// ── Characters ──────────────────────────────────────────────────────────────────────────────────────────────────────

fn refuse_harmful(text: &str, what: &str) -> Result<(), TextProblem> {
    // Tabs and newlines are fine where they survived tidying: a line has none left.
    match text.chars().find(|c| is_harmful(*c) && !matches!(c, '\n' | '\t')) {
        None => Ok(()),
        Some(c) => {
            problem(format!("This {what} has a hidden character (U+{:04X}). Remove it, or type the text again.", u32::from(c)))
        }
    }
}

/// Characters that do something to text instead of being text: controls, direction overrides and isolates, letters that
/// are drawn as nothing, tags, and code points that stand for no character.
fn is_harmful(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}'
            | '\u{2028}' | '\u{2029}'
            | '\u{2061}'..='\u{2065}' | '\u{206A}'..='\u{206F}'
            | '\u{115F}' | '\u{1160}' | '\u{3164}' | '\u{FFA0}' | '\u{2800}' | '\u{180E}'
            | '\u{FFF9}'..='\u{FFFB}' | '\u{FDD0}'..='\u{FDEF}'
            | '\u{E0000}'..='\u{E007F}')
        || (u32::from(c) & 0xFFFE) == 0xFFFE
}

/// What copying from web pages leaves between letters: it is dropped without a word, nobody typed it on purpose.
const fn is_dust(c: char) -> bool {
    matches!(c, '\u{AD}' | '\u{200B}' | '\u{2060}' | '\u{FEFF}')
}

/// Marks that combine with the Latin letter before them.
const fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36F}')
}

/// Joins emoji to one, and asks for a joined form of letters.
const JOINER: char = '\u{200D}';

const fn is_emoji(c: char) -> bool {
    matches!(c, '\u{2600}'..='\u{27BF}' | '\u{2B00}'..='\u{2BFF}' | '\u{1F000}'..='\u{1FAFF}')
}

const fn is_skin(c: char) -> bool {
    matches!(c, '\u{1F3FB}'..='\u{1F3FF}')
}

const fn is_flag_half(c: char) -> bool {
    matches!(c, '\u{1F1E6}'..='\u{1F1FF}')
}

/// Joins the Indic letters around it to one sign (`InCB=Linker`).
const fn is_virama(c: char) -> bool {
    matches!(c, '\u{94D}' | '\u{9CD}' | '\u{ACD}' | '\u{B4D}' | '\u{C4D}' | '\u{D4D}')
}

/// Does it begin with a letter of the Arabic script, whose letters join?
fn is_joined(text: &str) -> bool {
    text.starts_with(
        |c: char| matches!(c, '\u{620}'..='\u{64A}' | '\u{66E}'..='\u{6D3}' | '\u{750}'..='\u{77F}' | '\u{8A0}'..='\u{8C9}'),
    )
}

/// Is there something to see? Joiners and direction marks are needed inside words, but are nothing by themselves.
fn is_seen(c: char) -> bool {
    !c.is_whitespace()
        && !is_mark(c)
        && !matches!(c, '\u{200C}'..='\u{200F}' | '\u{61C}' | '\u{34F}' | '\u{FE00}'..='\u{FE0F}' | '\u{E0100}'..='\u{E01EF}')
}

fn characters(count: usize) -> String {
    if count == 1 { "1 character".into() } else { format!("{count} characters") }
}

/// What was typed, short enough to be repeated in a sentence.
fn shown(text: &str) -> String {
    const ENOUGH: usize = 60;
    if text.chars().count() <= ENOUGH { text.to_owned() } else { text.chars().take(ENOUGH).chain(['…']).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use url::Url;

    fn email(text: &str) -> String {
        Email::parse(text).map_or_else(|problem| panic!("{text:?}: {problem}"), Email::into_string)
    }

    fn web(text: &str) -> String {
        WebUrl::parse(text).map_or_else(|problem| panic!("{text:?}: {problem}"), WebUrl::into_string)
    }

    #[test]
    fn mail_addresses_are_written_one_way() {
        assert_eq!(email("  Asha.Rao+Events@ACME.Example.COM "), "Asha.Rao+Events@acme.example.com");
        assert_eq!(email("a@bücher.de"), "a@xn--bcher-kva.de");
        assert_eq!(email("a@BÜCHER.de."), "a@xn--bcher-kva.de");
        assert_eq!(email("a@acme\u{3002}com"), "a@acme.com");
        assert_eq!(email("o'neil_x@acme.co.in"), "o'neil_x@acme.co.in");
        let address = Email::parse("Asha@Acme.com").expect("an address");
        assert_eq!((address.domain(), address.key().as_str()), ("acme.com", "asha@acme.com"));
        assert_eq!(email(&format!("{}@acme.com", "a".repeat(64))).len(), 73);
    }

    #[rustfmt::skip]
    #[test]
    fn what_is_no_mail_address_is_refused() {
        let long_domain = format!("a@{}com", "abcdefghi.".repeat(26));
        let long_local = format!("{}@acme.com", "a".repeat(65));
        for text in [
            "", " ", "asha", "@", "asha@", "@acme.com", "a@b@acme.com", "a b@acme.com", "a@ac me.com", "asha@acme",
            "asha@localhost", "asha@.com", "asha@acme..com", "asha@-acme.com", "asha@acme_x.com", "asha@acme.c",
            "asha@acme.123", "asha@127.0.0.1", "asha@[127.0.0.1]", ".asha@acme.com", "asha.@acme.com", "as..ha@acme.com",
            "\"asha\"@acme.com", "asha(x)@acme.com", "asha@acme.com\r\nBcc: all@acme.com", "asha\u{0}@acme.com",
            "asha@acme.com,b@acme.com", "<asha@acme.com>", "ashå@acme.com", "asha@acme.com\u{202E}", "as\u{200B}ha@acme.com",
            "asha@acme.local", "mailto:asha@acme.com:80", &long_domain, &long_local,
        ] {
            assert!(Email::parse(text).is_err(), "{text:?}");
        }
        assert_eq!(
            Email::parse("asha@acme").expect_err("no dot").to_string(),
            "The part after the @ is not a domain name: acme. Check it for typos."
        );
    }

    #[test]
    fn web_addresses_are_written_one_way() {
        for (typed, kept) in [
            ("acme.com", "https://acme.com/"),
            (" HTTP://WWW.Acme.COM ", "http://www.acme.com/"),
            ("https://acme.com.", "https://acme.com/"),
            ("https://acme.com:443/a?b=c#d", "https://acme.com/a?b=c#d"),
            ("acme.com:8443/x", "https://acme.com:8443/x"),
            ("//acme.com/x", "https://acme.com/x"),
            ("https://bücher.example/straße", "https://xn--bcher-kva.example/stra%C3%9Fe"),
            ("https://xn--bcher-kva.example", "https://xn--bcher-kva.example/"),
            ("https://ACME\u{FF0E}com", "https://acme.com/"),
            ("https://acme.com/a/../b", "https://acme.com/b"),
            ("acme.com/search?q=a:b@c", "https://acme.com/search?q=a:b@c"),
            ("https://medium.com/@acme", "https://medium.com/@acme"),
        ] {
            assert_eq!(web(typed), kept);
            assert_eq!(web(kept), kept, "a second reading changes nothing");
        }
        let url = WebUrl::parse("https://www.linkedin.com:8443/company/acme/?x=/y#z").expect("an address");
        assert_eq!((url.host(), url.path()), ("www.linkedin.com", "/company/acme/"));
        assert_eq!(url.short(), "www.linkedin.com:8443/company/acme/?x=/y#z");
        assert_eq!(WebUrl::parse("acme.com").expect("an address").short(), "acme.com");
    }

    #[rustfmt::skip]
    #[test]
    fn what_is_no_public_web_address_is_refused() {
        let long = format!("https://acme.com/{}", "a".repeat(2048));
        for text in [
            "", "acme", "https://", "https:///", "https:acme.com", "http:/acme.com", "javascript:alert(1)",
            "JavaScript:alert(1)//acme.com", "java\tscript:alert(1)", "data:text/html,x", "ftp://acme.com",
            "file:///etc/passwd", "mailto:asha@acme.com", "asha@acme.com", "https://asha@acme.com",
            "https://acme.com@evil.com", "https://a:b@acme.com", "https://@acme.com", "acme.com:pass@evil.com",
            "https://localhost", "localhost:3000", "http://api.localhost", "http://printer.local", "http://db.internal",
            "http://x.onion", "127.0.0.1", "http://127.1", "http://0x7f.0.0.1", "http://2130706433", "http://0177.0.0.1",
            "http://[::1]/", "http://[::ffff:10.0.0.1]", "http://169.254.169.254/latest", "http://①②⑦.0.0.1",
            "http://127.0.0.1.", "https://acme.c", "https://acme.123", "https://acme..com", "https://-acme.com",
            "https://ac_me.com", "https://acme.com\\@evil.com", "https:\\\\acme.com", "https://acme .com",
            "https://acme.com/a b", "https://acme.com/\u{0}", "https://acme.com/\r\nX: y", "https://acme\u{202E}moc.com",
            "https://acme.com:99999", "https://%00acme.com", "https://.com", "view-source:https://acme.com", &long,
        ] {
            assert!(WebUrl::parse(text).is_err(), "{text:?} became {:?}", WebUrl::parse(text));
        }
    }

    #[rustfmt::skip]
    #[test]
    fn slugs_are_plain_and_never_a_page_of_ours() {
        for fine in ["abc", "apex-circle", "4-hackers", "a1b", &"a".repeat(60)] {
            assert_eq!(Slug::parse(fine).expect(fine).as_str(), fine);
        }
        for text in [
            "", "ab", "Apex", "apex_circle", "apex--circle", "-apex", "apex-", "apex circle", "apéx", "../etc", "a/b/c", "new",
            "edit", "admin", "api", "rpc", "dev", "become-sponsor", "directory", "0190f5fe-7c00-7a00-8abc-0123456789ab",
            &"a".repeat(61),
        ] {
            assert!(Slug::parse(text).is_err(), "{text:?}");
        }
        let mut sorted = RESERVED.to_vec();
        sorted.sort_unstable();
        sorted.dedup();
        assert_eq!(sorted, RESERVED, "the reserved words are kept in order, each once");
    }

    #[test]
    fn names_suggest_slugs() {
        for (name, slug) in [
            ("Apex Circle", "apex-circle"),
            ("  Café -- Zürich & Søn's  ", "cafe-zuerich-and-sons"),
            ("Łódź Ünïcode", "lodz-uenicode"),
            ("Cafe\u{301} Club", "cafe-club"),
            ("C++ Club", "c-plus-plus-club"),
            ("Admin", "admin-community"),
            ("X", "x-community"),
            ("東京", "our-page"),
            ("", "our-page"),
            ("नमस्ते Club", "club"),
            ("\u{202E}evil", "evil"),
        ] {
            // "community" is a page of ours, so it only stands behind something.
            let fallback = if slug == "our-page" { "" } else { "community" };
            assert_eq!(Slug::from_name(name, fallback).as_str(), slug, "{name}");
        }
        assert_eq!(Slug::from_name("東京", "event").as_str(), "event");
        assert_eq!(Slug::from_name("東京", "community").as_str(), "community-page");
        let long = Slug::from_name(&"hackers of the world ".repeat(10), "community");
        assert_eq!(long.as_str(), "hackers-of-the-world-hackers-of-the-world-hackers-of-the");
        assert_eq!(Slug::from_name("Apex", "x").numbered(2).as_str(), "apex-2");
        assert_eq!(Slug::from_name("Apex", "x").tailed("9f3c21ab").as_str(), "apex-9f3c21ab");
        assert!(Slug::parse(Slug::parse(&"a".repeat(60)).expect("a slug").tailed("9f3c21ab").as_str()).is_ok());
        assert_eq!(Slug::parse(&"a".repeat(60)).expect("a slug").numbered(4_294_967_295).as_str().len(), 60);
    }

    #[test]
    fn lines_are_tidied() {
        let line = |text: &str| Line::parse(text, 1, 20, "company name").map(Line::into_string);
        assert_eq!(line("  Acme \t\r\n Inc. "), Ok("Acme Inc.".into()));
        assert_eq!(line("Ac\u{200B}me\u{FEFF}"), Ok("Acme".into()));
        assert_eq!(line("कंपनी\u{200D}"), Ok("कंपनी\u{200D}".into()));
        assert_eq!(line("👩\u{200D}💻 Labs"), Ok("👩\u{200D}💻 Labs".into()));
        assert_eq!(line("<script>"), Ok("<script>".into()), "escaping is the page's work");
        assert_eq!(line(&"é".repeat(20)).map(|text| text.chars().count()), Ok(20));
        for hostile in
            ["Ac\u{0}me", "Ac\u{1b}[31mme", "\u{202E}emcA", "Ac\u{2066}me", "\u{3164}", "A\u{E0041}", "A\u{FFFF}", "A\u{9f}"]
        {
            assert!(line(hostile).is_err(), "{hostile:?}");
        }
        for empty in ["", " \n ", "\u{200B}", "\u{200D}\u{200D}", "\u{301}", "\u{a0}"] {
            assert_eq!(line(empty).expect_err("nothing to see").to_string(), "Enter a company name.");
        }
        let long = line(&"a".repeat(21)).expect_err("one too many").to_string();
        assert_eq!(long, "This company name has 21 characters. Shorten it to 20.");
        let short = Line::parse("ab", 3, 20, "title").expect_err("one too few").to_string();
        assert_eq!(short, "This title is too short. Use at least 3 characters.");
        assert!(Line::parse(" ", 0, 20, "subtitle").is_ok_and(|line| line.is_empty()));
    }

    #[test]
    fn paragraphs_keep_their_lines() {
        let paragraph = |text: &str| Paragraph::parse(text, 40, "message").map(Paragraph::into_string);
        assert_eq!(paragraph("one\r\ntwo\rthree\u{2028}four"), Ok("one\ntwo\nthree\nfour".into()));
        assert_eq!(paragraph(" \n\n    code\n\ttab  \nend \n\n"), Ok("    code\n\ttab  \nend".into()));
        assert_eq!(paragraph("   "), Ok(String::new()));
        assert_eq!(paragraph("\n\n"), Ok(String::new()));
        assert!(paragraph("a\u{0}b").is_err());
        assert!(paragraph("pay \u{202E}000,1$").is_err());
        assert_eq!(
            paragraph(&"a".repeat(41)).expect_err("too long").to_string(),
            "This message has 41 characters. Shorten it to 40."
        );
    }

    #[test]
    fn people_have_names_and_numbers() {
        for name in ["Asha Rao", "O'Neil", "José-María", "आशा", "李明", "John 3rd", "S/O Ramesh"] {
            assert_eq!(PersonName::parse(name).expect(name).as_str(), name);
        }
        for not in [
            "",
            "123",
            "...",
            "Win at https://evil.com",
            "www.evil.com",
            "a@b.com",
            "<b>Asha</b>",
            "A\u{202E}B",
            &"a".repeat(101),
        ] {
            assert!(PersonName::parse(not).is_err(), "{not:?}");
        }
        let phone = |text: &str| Phone::parse(text).map(Phone::into_string);
        assert_eq!(phone(" +91 98765-43210 "), Ok("+919876543210".into()));
        assert_eq!(phone("+44 (0)20 7946.0958"), Ok("+442079460958".into()));
        assert_eq!(phone("+1 (415) 555-0100"), Ok("+14155550100".into()));
        for not in [
            "",
            "98765 43210",
            "+",
            "+12345",
            "+1234567890123456",
            "+0123456789",
            "+91 98765 x43",
            "+९१९८७६५४३२१०",
            "+91\n9876543210",
        ] {
            assert!(Phone::parse(not).is_err(), "{not:?}");
        }
    }

    #[test]
    fn names_that_are_read_from_the_right_keep_to_themselves() {
        for plain in ["", "Acme Cloud", "Müller & Søn", "東京 Dev", "Ελλάδα 2027", "🎉"] {
            assert!(matches!(isolated(plain), Cow::Borrowed(it) if it == plain), "{plain}");
        }
        for name in ["שמש", "مجتمع المطورين", "HackFest ملتقى", "\u{1E900}\u{1E901}"] {
            assert_eq!(isolated(name), format!("\u{2068}{name}\u{2069}"));
            // Nobody brings a mark of their own, which would end ours.
            assert!(Line::parse(&isolated(name), 1, 50, "name").is_err());
        }
    }

    #[test]
    fn initials_stand_for_names() {
        for (name, letters) in [
            ("Asha Rao", "AR"),
            ("asha", "A"),
            ("Asha van der Rao", "AR"),
            ("'émile (zola)", "ÉZ"),
            ("4 Hackers", "4H"),
            ("", "?"),
            ("… —", "?"),
            ("ßen", "S"),
            // Words of emoji alone have no letter; a name of nothing else is its first.
            ("👩‍👩‍👧 Guild", "G"),
            ("👩‍👩‍👧", "👩‍👩‍👧"),
            ("👨🏽‍👩🏽‍👧🏽‍👦🏽 🚀", "👨🏽‍👩🏽‍👧🏽‍👦🏽"),
            ("🇮🇳🇩🇪", "🇮🇳"),
            ("❤️ 🚀", "❤️"),
            // An accent that is a character of its own stays with its letter, and so do vowels and conjuncts.
            ("e\u{301}milie du châtelet", "E\u{301}C"),
            ("क्षितिज संघ", "क्षिसं"),
            ("தமிழ் மன்றம்", "தம"),
            ("مؤتمر البرمجة", "م\u{200C}ا"),
            ("مؤتمر Rust", "مR"),
            ("חברת ענן", "חע"),
            ("東京 開発", "東開"),
            (
                "g\u{300}\u{301}\u{302}\u{303}\u{304}\u{305}\u{306}\u{307}\u{308}\u{309}\u{30A}\u{30B}\u{30C}\u{30D}",
                "G\u{300}\u{301}\u{302}\u{303}\u{304}\u{305}\u{306}\u{307}\u{308}\u{309}\u{30A}",
            ),
        ] {
            assert_eq!(initials(name), letters, "{name}");
        }
    }

    #[test]
    fn serde_goes_through_the_same_door() {
        assert_eq!(serde_json::from_str::<Email>("\"A@ACME.com\"").expect("an address").as_str(), "A@acme.com");
        assert_eq!(
            serde_json::to_string(&WebUrl::parse("acme.com").expect("an address")).expect("text"),
            "\"https://acme.com/\""
        );
        assert!(serde_json::from_str::<Slug>("\"admin\"").is_err());
        assert!(serde_json::from_str::<WebUrl>("\"javascript:alert(1)\"").is_err());
        assert!(serde_json::from_str::<Line>("\"\"").is_err());
        assert_eq!(serde_json::from_str::<Paragraph>("\"a\\r\\nb\"").expect("text").as_str(), "a\nb");
        assert!(serde_json::from_str::<Phone>("7").is_err());
    }

    /// Text that is likelier than chance to come close to something.
    #[rustfmt::skip]
    fn nasty() -> impl Strategy<Value = String> {
        let pieces = prop::sample::select(vec![
            "a", "Acme", "@", ".", "com", "://", "https", ":", "/", "\\", "-", "--", " ", "\n", "\r", "\t", "\u{0}",
            "\u{202E}", "\u{200B}", "\u{200D}", "é", "e\u{301}", "ü", "ß", "И", "東", "१", "xn--", "127.0.0.1", "[::1]", "%2e",
            "#", "?", "<", "+", "(0)", "1", "٫",
        ]);
        prop_oneof![prop::collection::vec(pieces, 0..12).prop_map(|pieces| pieces.concat()), ".{0,60}"]
    }

    /// Addresses of websites and of people, and what is nearly one: of the pieces above hardly ever one comes about.
    fn address() -> impl Strategy<Value = String> {
        let before =
            prop::sample::select(vec!["", "", "https://", "http://", "HTTPS://", "//", "ftp://", "me@", "Me.Too+1@", "me..too@"]);
        let host = prop::sample::select(vec![
            "acme.com",
            "Acme.example",
            "www.acme.co.uk",
            "bücher.example",
            "BÜCHER.example",
            "xn--bcher-kva.example",
            "例え.jp",
            "acme.com.",
            "acme.com:8443",
            "acme.com:443",
            "-acme.com",
            "acme",
            "127.0.0.1",
            "[::1]",
        ]);
        let after = prop_oneof![
            Just(String::new()),
            nasty().prop_map(|rest| format!("/{rest}")),
            nasty().prop_map(|rest| format!("?{rest}"))
        ];
        (before, host, after).prop_map(|(before, host, after)| format!("{before}{host}{after}"))
    }

    fn phone() -> impl Strategy<Value = String> {
        "\\+[1-9][-0-9 .()/]{5,18}"
    }

    proptest! {
        #[test]
        fn a_second_reading_changes_nothing(text in prop_oneof![nasty(), address(), phone()]) {
            macro_rules! check {
                ($read:expr) => {
                    if let Ok(once) = $read(&text) {
                        let twice = $read(once.as_str());
                        prop_assert_eq!(twice.as_ref(), Ok(&once), "{:?}", text);
                    }
                };
            }
            check!(Email::parse);
            check!(Slug::parse);
            check!(WebUrl::parse);
            check!(PersonName::parse);
            check!(Phone::parse);
            check!(|text: &str| Line::parse(text, 1, 50, "title"));
            check!(|text: &str| Paragraph::parse(text, 50, "message"));
        }

        #[test]
        fn a_web_address_is_what_a_browser_reads(text in address()) {
            if let Ok(web) = WebUrl::parse(&text) {
                let url = Url::parse(web.as_str()).expect("it was written by the same library");
                prop_assert!(matches!(url.scheme(), "http" | "https"));
                prop_assert_eq!(url.host_str(), Some(web.host()));
                prop_assert_eq!(url.path(), web.path());
                prop_assert!(url.username().is_empty() && url.password().is_none());
                prop_assert!(web.host().contains('.') && web.host().is_ascii());
            }
        }

        #[test]
        fn any_name_suggests_a_slug(name in nasty(), fallback in nasty()) {
            let slug = Slug::from_name(&name, &fallback);
            let again = Slug::parse(slug.as_str());
            prop_assert_eq!(again.as_ref(), Ok(&slug));
            let numbered = slug.numbered(17);
            let again = Slug::parse(numbered.as_str());
            prop_assert_eq!(again.as_ref(), Ok(&numbered));
        }

        #[test]
        fn initials_are_one_or_two_signs(name in nasty()) {
            // A sign has at most twelve characters; a joiner may stand between two.
            prop_assert!((1..=25).contains(&initials(&name).chars().count()));
        }
    }
}
