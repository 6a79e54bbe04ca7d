//! Which organization a website stands for. Spellings of one registrable domain are one identity, and a place on a host
//! that many share is told apart from its neighbours.
//!
//! Promises: the key is stable text for a unique index, and what `is_shared` can never be proved by a mailbox. Does not
//! look anything up: the public suffix list is compiled in. Server only, because that list is far too large for a page.

use super::trust::{Ground, is_free_mail};
use crate::kernel::text::{WebUrl, latin};

/// Who a website stands for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Identity {
    key: String,
    domain: String,
    ground: Ground,
}

impl Identity {
    /// The registrable domain (`acme.co.uk`), or on a shared host the place on it (`github.com/acme`,
    /// `linkedin.com/company/acme`, `acme.github.io`). Case, `www`, scheme, port, last dots and Unicode make no difference.
    pub fn of(website: &WebUrl) -> Self {
        let host = website.host();
        if let Some((shared, front)) = SharedHost::find(host) {
            return Self { key: shared.place(front, website), domain: shared.host.to_owned(), ground: Ground::Shared };
        }
        let (domain, ground) = match (psl::domain(host.as_bytes()).is_some(), psl::suffix(host.as_bytes())) {
            (true, Some(suffix)) => {
                let domain = registrable(host).unwrap_or_else(|| host.to_owned());
                let ground = match suffix.typ() {
                    Some(psl::Type::Private) => Ground::Shared,
                    Some(psl::Type::Icann) if is_free_mail(&domain) => Ground::Shared,
                    Some(psl::Type::Icann) => Ground::Own,
                    None => Ground::UnknownSuffix,
                };
                (domain, ground)
            }
            _ => (host.to_owned(), Ground::BareSuffix),
        };
        // On a bare suffix (`s3.amazonaws.com/acme`) the path is all there is to tell neighbours apart.
        let key = if ground == Ground::BareSuffix { place(&domain, (&[], &[]), website) } else { domain.clone() };
        Self { key, domain, ground }
    }

    /// Stable text: what the unique index is on.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The registrable domain, or the host where many share it. ASCII, lower case.
    pub fn domain(&self) -> &str {
        &self.domain
    }

    pub const fn ground(&self) -> Ground {
        self.ground
    }

    /// Then a mailbox at the domain proves nothing.
    pub const fn is_shared(&self) -> bool {
        matches!(self.ground, Ground::Shared | Ground::BareSuffix)
    }

    /// The skeleton of what is theirs in the address: of `acme` in `acme.co.uk` and in `github.com/acme`.
    pub fn skeleton(&self) -> String {
        match self.key.rsplit_once('/') {
            Some((_, place)) => skeleton(place.trim_start_matches(['@', '~'])),
            None => domain_skeleton(&self.key),
        }
    }
}

/// The registrable domain of a host in lower-case ASCII, a mailbox's for example; nothing for a bare suffix.
pub fn registrable(host: &str) -> Option<String> {
    psl::domain_str(host.strip_suffix('.').unwrap_or(host)).map(str::to_owned)
}

// ── Shared hosts ────────────────────────────────────────────────────────────────────────────────────────────────────

/// A host where many have a place. The public suffix list has more of them (its private part); these are those that give
/// out paths, or names below a domain that is not on the list.
struct SharedHost {
    host: &'static str,
    /// Another name of the same host, under which the place is kept.
    known_as: Option<&'static str>,
    /// First segments that only show another side of a place: what follows is the same one without them, because the host gives
    /// out each name once (`github.com/orgs/acme` is `github.com/acme`). They are left out.
    doors: &'static [&'static str],
    /// First segments that say what sort of place follows. Each sort has names of its own, or may have for all we know
    /// (`linkedin.com/company/acme` and `linkedin.com/in/acme`): they are kept.
    leads: &'static [&'static str],
    /// Are places given out as names in front of the host too?
    fronts: Fronts,
}

#[derive(PartialEq)]
enum Fronts {
    /// A name in front is the host's own: a language, an older design.
    HostsOwn,
    /// `acme.wordpress.com`.
    Places,
}

const fn paths(host: &'static str, leads: &'static [&'static str]) -> SharedHost {
    SharedHost { host, known_as: None, doors: &[], leads, fronts: Fronts::HostsOwn }
}

const fn one_namespace(host: &'static str, doors: &'static [&'static str], leads: &'static [&'static str]) -> SharedHost {
    SharedHost { host, known_as: None, doors, leads, fronts: Fronts::HostsOwn }
}

const fn alias(host: &'static str, known_as: &'static str, leads: &'static [&'static str]) -> SharedHost {
    SharedHost { host, known_as: Some(known_as), doors: &[], leads, fronts: Fronts::HostsOwn }
}

const fn names(host: &'static str) -> SharedHost {
    SharedHost { host, known_as: None, doors: &[], leads: &[], fronts: Fronts::Places }
}

const LINKEDIN: &[&str] = &["company", "in", "school", "showcase", "groups", "organization-guest"];
const FACEBOOK: &[&str] = &["pages", "groups", "people", "p", "pg"];
const DISCORD: &[&str] = &["invite", "servers", "channels"];

/// A host stands before one that it ends with.
const SHARED_HOSTS: &[SharedHost] = &[
    // code and models
    one_namespace("github.com", &["orgs", "sponsors"], &["enterprises"]),
    one_namespace("gitlab.com", &["groups", "users"], &[]),
    paths("bitbucket.org", &[]),
    one_namespace("codeberg.org", &["org"], &[]),
    paths("gitee.com", &[]),
    paths("sr.ht", &[]),
    paths("launchpad.net", &[]),
    SharedHost { host: "sourceforge.net", known_as: None, doors: &["projects", "p"], leads: &["u"], fronts: Fronts::Places },
    one_namespace("huggingface.co", &["spaces", "organizations"], &["datasets"]),
    paths("kaggle.com", &["organizations", "competitions"]),
    paths("npmjs.com", &["package", "org"]),
    paths("pypi.org", &["project", "user", "org"]),
    paths("crates.io", &["crates", "users", "teams"]),
    one_namespace("hub.docker.com", &["r", "u", "orgs"], &[]),
    paths("codepen.io", &["team"]),
    paths("replit.com", &[]),
    paths("stackblitz.com", &["edit"]),
    // social networks and chats
    paths("linkedin.com", LINKEDIN),
    paths("facebook.com", FACEBOOK),
    alias("fb.com", "facebook.com", FACEBOOK),
    paths("instagram.com", &[]),
    paths("threads.net", &[]),
    alias("threads.com", "threads.net", &[]),
    paths("x.com", &["i", "communities"]),
    alias("twitter.com", "x.com", &["i", "communities"]),
    paths("bsky.app", &["profile"]),
    paths("mastodon.social", &[]),
    paths("youtube.com", &["c", "channel", "user"]),
    paths("tiktok.com", &[]),
    paths("twitch.tv", &[]),
    paths("pinterest.com", &[]),
    paths("reddit.com", &["r", "u", "user"]),
    paths("t.me", &["s", "joinchat"]),
    alias("telegram.me", "t.me", &["s", "joinchat"]),
    paths("wa.me", &[]),
    paths("chat.whatsapp.com", &[]),
    paths("whatsapp.com", &["channel"]),
    paths("discord.gg", &[]),
    paths("discord.com", DISCORD),
    alias("discordapp.com", "discord.com", DISCORD),
    names("slack.com"),
    paths("snapchat.com", &["add"]),
    paths("vk.com", &[]),
    paths("quora.com", &["profile"]),
    // writing and selling
    names("medium.com"),
    paths("dev.to", &[]),
    names("hashnode.dev"),
    names("substack.com"),
    names("beehiiv.com"),
    names("ghost.io"),
    names("bandcamp.com"),
    names("itch.io"),
    names("gumroad.com"),
    paths("patreon.com", &["c"]),
    paths("opencollective.com", &[]),
    paths("ko-fi.com", &[]),
    paths("buymeacoffee.com", &[]),
    paths("etsy.com", &["shop"]),
    // events and company lists
    paths("meetup.com", &[]),
    paths("eventbrite.com", &["o", "e"]),
    paths("lu.ma", &["user"]),
    alias("luma.com", "lu.ma", &["user"]),
    paths("unstop.com", &["o", "hackathons", "competitions"]),
    names("devpost.com"),
    names("devfolio.co"),
    paths("crunchbase.com", &["organization"]),
    paths("producthunt.com", &["products", "posts"]),
    paths("wellfound.com", &["company"]),
    // site builders
    names("wordpress.com"),
    names("tumblr.com"),
    names("weebly.com"),
    names("squarespace.com"),
    names("strikingly.com"),
    names("mystrikingly.com"),
    names("godaddysites.com"),
    names("jimdofree.com"),
    names("jimdosite.com"),
    names("yolasite.com"),
    names("webs.com"),
    names("webnode.com"),
    names("webnode.page"),
    names("zohosites.com"),
    names("zohosites.in"),
    names("business.site"),
    names("super.site"),
    names("atlassian.net"),
    names("sharepoint.com"),
    paths("sites.google.com", &["view", "site", "a"]),
    paths("docs.google.com", &["document", "spreadsheets", "presentation", "forms", "d", "e"]),
    paths("drive.google.com", &["file", "drive", "folders", "d", "u", "0"]),
    paths("notion.so", &[]),
    paths("canva.com", &["design"]),
    paths("airtable.com", &[]),
    names("typeform.com"),
    paths("forms.gle", &[]),
    // link hubs and short links
    paths("linktr.ee", &[]),
    paths("bio.link", &[]),
    paths("beacons.ai", &[]),
    paths("about.me", &[]),
    paths("campsite.bio", &[]),
    paths("linkin.bio", &[]),
    paths("lnk.bio", &[]),
    paths("allmylinks.com", &[]),
    paths("bit.ly", &[]),
    paths("tinyurl.com", &[]),
    paths("goo.gl", &[]),
    paths("t.co", &[]),
    paths("rebrand.ly", &[]),
    paths("cutt.ly", &[]),
    paths("is.gd", &[]),
    paths("youtu.be", &[]),
];

impl SharedHost {
    /// The shared host of a name, and what stands in front of it.
    fn find(name: &str) -> Option<(&'static Self, &str)> {
        SHARED_HOSTS.iter().find_map(|shared| match name.strip_suffix(shared.host)? {
            "" => Some((shared, "")),
            front => front.strip_suffix('.').map(|front| (shared, front)),
        })
    }

    /// The key of a place on it.
    fn place(&self, front: &str, website: &WebUrl) -> String {
        let host = self.known_as.unwrap_or(self.host);
        // Of `blog.acme.wordpress.com` the place is acme's; www and m are the host's own.
        let given = front.rsplit('.').next().unwrap_or_default();
        if self.fronts == Fronts::Places && !matches!(given, "" | "www" | "m") {
            return format!("{given}.{host}");
        }
        place(host, (self.doors, self.leads), website)
    }
}

/// The host and the first segment of the path that names somebody, with the leads before it and without a door.
fn place(host: &str, (doors, leads): (&[&str], &[&str]), website: &WebUrl) -> String {
    let mut key = host.to_owned();
    let segments: Vec<String> = website.path().split('/').filter(|segment| !segment.is_empty()).map(plain_segment).collect();
    // With nothing behind it, a door is all there is to go by.
    let named = match segments.as_slice() {
        [first, behind @ ..] if !behind.is_empty() && doors.contains(&first.as_str()) => behind,
        all => all,
    };
    for segment in named {
        key.push('/');
        key.push_str(segment);
        if segment.ends_with(".php") {
            // facebook.com/profile.php?id=7 names somebody in its query.
            let query = website.as_str().split_once('?').map_or("", |(_, query)| query.split('#').next().unwrap_or_default());
            key.push('?');
            key.push_str(&query.to_lowercase());
        }
        if !leads.contains(&segment.as_str()) {
            break;
        }
    }
    key
}

/// A segment without escapes and in lower case: hosts read `/%41cme`, `/Acme` and `/acme` as the same place. A slash that
/// was escaped stays escaped.
fn plain_segment(segment: &str) -> String {
    let bytes = segment.as_bytes();
    let mut plain = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((first, after)) = rest.split_first() {
        let escaped = (*first == b'%').then(|| after.get(..2)).flatten().and_then(|digits| hex::decode(digits).ok());
        match escaped.as_deref() {
            Some([byte]) if *byte > b' ' && !matches!(*byte, b'/' | b'%' | b'?' | b'#' | 0x7f) => {
                plain.push(*byte);
                rest = &after[2..];
            }
            _ => {
                plain.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8(plain).unwrap_or_else(|_| segment.to_owned()).to_lowercase()
}

// ── Likeness ────────────────────────────────────────────────────────────────────────────────────────────────────────

/// Endings that say what sort of company it is, as they stand after their dots are gone.
#[rustfmt::skip]
const COMPANY_ENDINGS: &[&str] = &[
    "ab", "ag", "aps", "as", "bv", "co", "company", "corp", "corporation", "gmbh", "inc", "incorporated", "kg", "kk",
    "limited", "llc", "llp", "lp", "ltd", "mbh", "nv", "oy", "oyj", "plc", "private", "pte", "pty", "pvt", "sa", "sarl",
    "sas", "se", "sl", "spa", "sro", "srl", "ug",
];

/// What is left of a name when everything is gone in which look-alikes differ: case, spaces, punctuation, marks, company
/// endings, letters of other scripts that look Latin, and 0/o, 1/i/l, rn/m, vv/w. Two names with one skeleton are easily
/// taken for each other. Not for showing. Empty when the name has no letter or digit.
pub fn skeleton(name: &str) -> String {
    let mut folded = String::with_capacity(name.len());
    for c in name.chars() {
        fold(c, &mut folded);
    }
    let mut words: Vec<&str> = folded.split(' ').filter(|word| !word.is_empty()).collect();
    if words.len() > 1 && words[0] == "the" {
        words.remove(0);
    }
    while words.len() > 1 && words.last().is_some_and(|word| COMPANY_ENDINGS.contains(word)) {
        words.pop();
    }
    words.concat().replace("rn", "m").replace("vv", "w").chars().map(one_stroke).collect()
}

/// A name without what says at its end what sort of company it is, as it was written: `Acme Cloud` of `Acme Cloud Pvt. Ltd.`.
/// One that is nothing else keeps it.
pub fn without_ending(name: &str) -> String {
    let mut words: Vec<&str> = name.split_whitespace().collect();
    while words.len() > 1 && words.last().is_some_and(|word| is_ending(word)) {
        words.pop();
    }
    words.join(" ")
}

fn is_ending(word: &str) -> bool {
    let mut folded = String::with_capacity(word.len());
    for c in word.chars() {
        fold(c, &mut folded);
    }
    COMPANY_ENDINGS.contains(&folded.trim())
}

/// The skeleton of what stands before the public suffix: of `acme` in `acme.co.uk`; punycode is read as what it shows.
pub fn domain_skeleton(domain: &str) -> String {
    let own = match (psl::domain_str(domain), psl::suffix_str(domain)) {
        (Some(domain), Some(suffix)) => domain.strip_suffix(suffix).unwrap_or(domain).trim_end_matches('.'),
        _ => domain,
    };
    skeleton(&idna::domain_to_unicode(own).0)
}

/// Are the two names easily taken for each other?
pub fn confusable(a: &str, b: &str) -> bool {
    alike(&skeleton(a), &skeleton(b))
}

/// By how many slips two skeletons may differ at most and be [`alike`].
pub const MOST_SLIPS: u8 = 2;

/// Are two skeletons the same, or a slip of the finger apart? Short ones must be the same; where the longer has 6
/// characters one slip is allowed, from 12 two.
pub fn alike(a: &str, b: &str) -> bool {
    if a.is_empty() || b.is_empty() {
        return false;
    }
    let slips = match a.chars().count().max(b.chars().count()) {
        0..=5 => 0,
        6..=11 => 1,
        _ => usize::from(MOST_SLIPS),
    };
    a == b || (slips > 0 && within(a, b, slips))
}

/// Digits and letters that are one stroke.
const fn one_stroke(c: char) -> char {
    match c {
        '0' => 'o',
        '1' | 'i' => 'l',
        other => other,
    }
}

/// Adds what a character looks like, in lower-case Latin where it looks Latin; a space where a word ends, nothing for what
/// is drawn as nothing. Dots and apostrophes do not end a word: S.A. is one.
fn fold(c: char, into: &mut String) {
    match c {
        '.'
        | '\''
        | '\u{2019}'
        | '\u{2BC}'
        | '`'
        | '\u{AD}'
        | '\u{200B}'..='\u{200F}'
        | '\u{2060}'
        | '\u{FEFF}'
        | '\u{300}'..='\u{36F}' => {}
        '&' => into.push_str(" and "),
        _ if c.is_ascii_alphanumeric() => into.push(c.to_ascii_lowercase()),
        _ if c.is_ascii() => into.push(' '),
        _ => {
            if let Some(letter) = look_alike(c) {
                into.push(letter);
            } else if let Some(letters) = latin(c) {
                into.push_str(letters);
            } else {
                fold_by_compatibility(c, into);
            }
        }
    }
}

/// Full-width, mathematical and circled letters: the name system's own table says what they stand for.
fn fold_by_compatibility(c: char, into: &mut String) {
    let (mapped, _) = idna::domain_to_unicode(c.encode_utf8(&mut [0; 4]));
    for letter in mapped.chars() {
        match look_alike(letter) {
            Some(latin) => into.push(latin),
            None if letter.is_alphanumeric() => into.extend(letter.to_lowercase()),
            None if c.is_alphanumeric() => into.extend(c.to_lowercase()),
            None => into.push(' '),
        }
    }
}

/// Letters of other scripts that look Latin, by their looks and not by their sound, and umlauts as they look.
const fn look_alike(c: char) -> Option<char> {
    Some(match c {
        'А' | 'а' | 'Α' | 'α' | 'ɑ' | 'Ӓ' | 'ӓ' | 'ά' | 'Ä' | 'ä' => 'a',
        'В' | 'в' | 'Β' | 'β' | 'Ь' | 'ь' => 'b',
        'С' | 'с' | 'Ϲ' | 'ϲ' => 'c',
        'ԁ' | 'Ԁ' => 'd',
        'Е' | 'е' | 'Ё' | 'ё' | 'Ε' | 'ε' | 'έ' | 'Є' | 'є' => 'e',
        'ɡ' => 'g',
        'Н' | 'н' | 'Η' | 'Һ' | 'һ' => 'h',
        'І' | 'і' | 'Ї' | 'ї' | 'Ι' | 'ι' | 'ί' => 'i',
        'Ј' | 'ј' | 'Ϳ' | 'ϳ' => 'j',
        'К' | 'к' | 'Κ' | 'κ' => 'k',
        'Ӏ' | 'ӏ' | 'ǀ' => 'l',
        'М' | 'м' | 'Μ' => 'm',
        'Ν' | 'η' | 'ή' | 'п' => 'n',
        'О' | 'о' | 'Ο' | 'ο' | 'ό' | 'σ' | 'Ö' | 'ö' | 'Ө' | 'ө' => 'o',
        'Р' | 'р' | 'Ρ' | 'ρ' => 'p',
        'Ԛ' | 'ԛ' => 'q',
        'г' => 'r',
        'Ѕ' | 'ѕ' => 's',
        'Т' | 'т' | 'Τ' | 'τ' => 't',
        'υ' | 'ύ' | 'μ' | 'µ' | 'Ü' | 'ü' => 'u',
        'ν' | 'Ѵ' | 'ѵ' => 'v',
        'Ԝ' | 'ԝ' | 'ω' | 'ώ' | 'ш' | 'Ш' => 'w',
        'Х' | 'х' | 'Χ' | 'χ' => 'x',
        'У' | 'у' | 'Ү' | 'ү' | 'Υ' | 'γ' => 'y',
        'Ζ' => 'z',
        _ => return None,
    })
}

/// Is `a` at most `most` slips from `b`: a letter too many, missing, wrong, or two neighbours swapped (optimal string
/// alignment)? Gives up as soon as a whole row is beyond `most`.
fn within(a: &str, b: &str, most: usize) -> bool {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    if a.len().abs_diff(b.len()) > most {
        return false;
    }
    let mut before_last: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = Vec::with_capacity(b.len() + 1);
        row.push(i);
        for j in 1..=b.len() {
            let wrong = last[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut least = wrong.min(last[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                least = least.min(before_last[j - 2] + 1);
            }
            row.push(least);
        }
        // A swap reaches back two rows, so both must be beyond hope.
        if row.iter().chain(&last).all(|slips| *slips > most) {
            return false;
        }
        before_last = std::mem::replace(&mut last, row);
    }
    last[b.len()] <= most
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(website: &str) -> Identity {
        Identity::of(&WebUrl::parse(website).unwrap_or_else(|problem| panic!("{website}: {problem}")))
    }

    #[test]
    fn spellings_of_one_domain_are_one() {
        for website in [
            "https://WWW.Example.co.uk/",
            "example.co.uk.",
            "http://example.co.uk:8080/a?b#c",
            "a.b.example.co.uk",
            "EXAMPLE。co。uk",
        ] {
            let identity = of(website);
            assert_eq!(
                (identity.key(), identity.domain(), identity.ground()),
                ("example.co.uk", "example.co.uk", Ground::Own),
                "{website}"
            );
        }
        for website in ["https://bücher.de", "https://BÜCHER.de/", "xn--bcher-kva.de", "https://www.bu\u{308}cher.de"] {
            assert_eq!(of(website).key(), "xn--bcher-kva.de", "{website}");
        }
        assert_eq!(of("https://食狮.公司.cn").key(), of("https://www.xn--85x722f.xn--55qx5d.cn").key());
        assert_eq!(of("https://acme.example").ground(), Ground::UnknownSuffix);
        assert!(!of("https://acme.example").is_shared());
        assert_eq!(registrable("mail.acme.co.in").as_deref(), Some("acme.co.in"));
        assert_eq!(registrable("co.in"), None);
    }

    #[test]
    fn neighbours_on_shared_hosts_are_told_apart() {
        for (website, key) in [
            ("https://github.com/Acme", "github.com/acme"),
            ("https://www.github.com/acme/tool?tab=readme", "github.com/acme"),
            ("https://gist.github.com/acme", "github.com/acme"),
            ("https://github.com/%41cme/", "github.com/acme"),
            ("https://github.com//acme", "github.com/acme"),
            ("https://github.com", "github.com"),
            ("https://github.com/enterprises/acme", "github.com/enterprises/acme"),
            ("https://sourceforge.net/u/acme/profile", "sourceforge.net/u/acme"),
            ("https://huggingface.co/datasets/acme", "huggingface.co/datasets/acme"),
            ("https://in.linkedin.com/company/Acme/about/", "linkedin.com/company/acme"),
            ("https://linkedin.com/company", "linkedin.com/company"),
            ("https://twitter.com/acme", "x.com/acme"),
            ("https://fb.com/profile.php?id=7&x=1#top", "facebook.com/profile.php?id=7&x=1"),
            ("https://www.youtube.com/@Acme/videos", "youtube.com/@acme"),
            ("https://youtube.com/channel/UCx", "youtube.com/channel/ucx"),
            ("https://acme.wordpress.com/about", "acme.wordpress.com"),
            ("https://www.wordpress.com/acme", "wordpress.com/acme"),
            ("https://acme.medium.com/", "acme.medium.com"),
            ("https://medium.com/@acme", "medium.com/@acme"),
            ("https://sites.google.com/view/acme/home", "sites.google.com/view/acme"),
            ("https://docs.google.com/forms/d/e/ABC/viewform", "docs.google.com/forms/d/e/abc"),
            ("https://linktr.ee/acme", "linktr.ee/acme"),
            ("https://acme.github.io/tool", "acme.github.io"),
            ("https://www.acme.vercel.app", "acme.vercel.app"),
            ("https://acme.netlify.app", "acme.netlify.app"),
            ("https://acme.notion.site/x", "acme.notion.site"),
            ("https://github.io/acme", "github.io/acme"),
            ("https://s3.amazonaws.com/Acme/index.html", "s3.amazonaws.com/acme"),
            ("https://gmail.com", "gmail.com"),
        ] {
            let identity = of(website);
            assert_eq!(identity.key(), key, "{website}");
            assert!(identity.is_shared(), "{website}");
        }
        assert_eq!(of("https://github.com/a%2Fb").key(), "github.com/a%2fb", "an escaped slash parts nothing");
        assert_eq!(of("https://docs.docker.com").key(), "docker.com", "only the hub is shared");
        assert_eq!(of("https://mygithub.com/acme").key(), "mygithub.com");
        assert!(!of("https://netbox.com").is_shared(), "ending with the same letters is not being below it");
    }

    #[test]
    fn a_name_on_a_host_is_one_place_by_whichever_door() {
        let places: [(&str, &[&str]); 6] = [
            (
                "github.com/acme",
                &[
                    "https://github.com/acme",
                    "https://github.com/orgs/acme",
                    "https://www.GitHub.com/Orgs/Acme/people",
                    "https://github.com//%6Frgs/acme/",
                    "https://github.com/sponsors/acme",
                ],
            ),
            (
                "gitlab.com/acme",
                &[
                    "https://gitlab.com/acme/tool",
                    "https://gitlab.com/groups/acme/-/members",
                    "https://gitlab.com/users/acme/groups",
                ],
            ),
            ("codeberg.org/acme", &["https://codeberg.org/acme", "https://codeberg.org/org/acme/members"]),
            ("sourceforge.net/acme", &["https://sourceforge.net/projects/acme/files", "https://sourceforge.net/p/acme/wiki"]),
            (
                "huggingface.co/acme",
                &[
                    "https://huggingface.co/acme",
                    "https://huggingface.co/organizations/acme",
                    "https://huggingface.co/spaces/acme/demo",
                ],
            ),
            (
                "hub.docker.com/acme",
                &[
                    "https://hub.docker.com/u/acme",
                    "https://hub.docker.com/r/acme/tool",
                    "https://hub.docker.com/orgs/acme/members",
                ],
            ),
        ];
        for (key, websites) in places {
            for website in websites {
                assert_eq!(of(website).key(), key, "{website}");
                assert_eq!(of(website).skeleton(), "acme", "{website}");
            }
        }
        // A door alone names nobody, only the first segment is one, and other hosts have none.
        assert_eq!(of("https://github.com/orgs").key(), "github.com/orgs");
        assert_eq!(of("https://github.com/acme/orgs").key(), "github.com/acme");
        assert_eq!(of("https://gitlab.com/groups/users/x").key(), "gitlab.com/users");
        assert_eq!(of("https://linkedin.com/groups/acme").key(), "linkedin.com/groups/acme");
        assert_ne!(of("https://linkedin.com/company/acme").key(), of("https://linkedin.com/in/acme").key());
    }

    #[test]
    fn skeletons_of_look_alikes_are_one() {
        for (a, b) in [
            ("Acme", "ACME, Inc."),
            ("Acme", "Acme Pvt. Ltd."),
            ("Acme", "The Acme Company"),
            ("Acme", "acrne"),
            ("Acme", "Асме"),
            ("Acme", "А\u{200B}cmе"),
            ("Acme", "Ａｃｍｅ"),
            ("Acme", "𝐀𝐜𝐦𝐞"),
            ("Acme", "ácmé"),
            ("Acme", "a\u{301}cme"),
            ("PayPal", "paypaI"),
            ("PayPal", "paypa1"),
            ("Google", "G00gle GmbH"),
            ("Google", "gοοgle"),
            ("Google", "göögle"),
            ("Vercel", "VercеI S.A."),
            ("Wave", "vvave"),
            ("Procter & Gamble", "Procter and Gamble"),
            ("Open-Source Labs", "open source labs"),
        ] {
            assert_eq!(skeleton(a), skeleton(b), "{a} and {b}");
            assert!(confusable(a, b));
        }
        assert_eq!(skeleton("Limited"), "llmlted", "a name that is only an ending keeps it");
        assert_eq!(skeleton("東京 株式会社"), "東京株式会社");
        assert_eq!(skeleton(" … !"), "");
        assert!(!confusable("", ""));
        assert!(!confusable("…", "!"));
    }

    #[test]
    fn a_name_is_told_from_its_ending() {
        for (name, own) in [
            ("Acme Cloud Pvt. Ltd.", "Acme Cloud"),
            ("ACME, Inc.", "ACME,"),
            ("  The  Acme Company ", "The Acme"),
            ("Яндекс S.A.", "Яндекс"),
            ("Acme", "Acme"),
            ("Limited", "Limited"),
            ("Co Limited", "Co"),
            ("Limited Edition", "Limited Edition"),
            ("", ""),
        ] {
            assert_eq!(without_ending(name), own, "{name}");
        }
    }

    #[test]
    fn domains_are_compared_by_what_is_their_own() {
        assert_eq!(domain_skeleton("acme.co.uk"), "acme");
        assert_eq!(domain_skeleton("acrne.com"), "acme");
        assert_eq!(domain_skeleton("xn--80ak6aa92e.com"), skeleton("apple"));
        assert_eq!(of("https://github.com/acme-inc").skeleton(), "acme");
        assert_eq!(of("https://medium.com/@acme").skeleton(), "acme");
        assert_eq!(of("https://acme.github.io").skeleton(), "acme");
    }

    #[test]
    fn slips_of_the_finger_are_alike_and_others_are_not() {
        for (a, b) in
            [("Google", "Gogle"), ("Microsoft", "Mircosoft"), ("Cloudflare", "Cloudfare"), ("Apex Circle Labs", "Apx Circle Lab")]
        {
            assert!(confusable(a, b), "{a} and {b}");
        }
        for (a, b) in [("Acme", "Acne"), ("Apex", "Alex"), ("Stripe", "Stride Labs"), ("Notion", "Motive"), ("Vercel", "Netlify")]
        {
            assert!(!confusable(a, b), "{a} and {b}");
        }
    }

    /// The same distance, written the slow and obvious way.
    fn slips(a: &[char], b: &[char]) -> usize {
        match (a, b) {
            ([], rest) | (rest, []) => rest.len(),
            ([x, a_rest @ ..], [y, b_rest @ ..]) => {
                let mut least = (slips(a_rest, b_rest) + usize::from(x != y)).min(slips(a_rest, b) + 1).min(slips(a, b_rest) + 1);
                if let ([x1, x2, a_more @ ..], [y1, y2, b_more @ ..]) = (a, b)
                    && x1 == y2
                    && x2 == y1
                {
                    least = least.min(slips(a_more, b_more) + 1);
                }
                least
            }
        }
    }

    proptest! {
        #[test]
        fn the_bounded_distance_is_the_distance(a in "[abc]{0,5}", b in "[abc]{0,5}", most in 0_usize..4) {
            let (x, y): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
            prop_assert_eq!(within(&a, &b, most), slips(&x, &y) <= most);
        }

        #[test]
        fn likeness_is_mutual_and_everything_is_like_itself(a in ".{0,20}", b in ".{0,20}") {
            prop_assert_eq!(confusable(&a, &b), confusable(&b, &a));
            prop_assert_eq!(confusable(&a, &a), !skeleton(&a).is_empty());
        }

        #[test]
        fn case_scheme_and_www_make_no_difference(label in "[a-z][a-z0-9]{2,10}", path in "[a-zA-Z0-9]{1,8}") {
            for host in ["com", "co.uk", "github.io", "wordpress.com"] {
                let plain = of(&format!("https://{label}.{host}/{path}"));
                prop_assert_eq!(&of(&format!("http://{}.{host}.:80/{path}?q#f", label.to_uppercase())), &plain);
                prop_assert_eq!(plain.key(), format!("{label}.{host}"));
            }
            let (lower, upper) = (of(&format!("https://github.com/{path}")), of(&format!("https://WWW.GitHub.com/{}/x", path.to_uppercase())));
            prop_assert!(lower == upper || path.to_lowercase() == "orgs");
        }
    }
}
