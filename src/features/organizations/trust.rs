//! How far an application can be trusted before a person has looked at it: one row for each check, and a score with its
//! reasons. Pure rules: what was looked up (names, mail exchangers, lists, other applications) comes in as values.
//!
//! The score runs from 0 to 100. Each kind of check has a weight, and the weights sum to 100:
//!
//! | check | weight | a fail caps the score at |
//! |---|---|---|
//! | website syntax | 5 | 20 |
//! | website reachable | 12 | 50 |
//! | registrable domain | 8 | – |
//! | e-mail domain matches the website | 25 | – |
//! | free mail | 10 | – |
//! | throw-away mail | 10 | 30 |
//! | mail exchanger | 8 | 60 |
//! | known domain | 8 | 40 |
//! | similar name | 5 | – |
//! | repeated source | 4 | – |
//! | spam words | 5 | 40 |
//!
//! A proof by DNS adds 15 on top, up to 100 in all: it is asked of nobody, so that nobody loses for not having it.
//!
//! A pass earns the whole weight, what could not be checked (or was not) half of it, a warning three tenths, a fail
//! nothing. The caps keep a bad sign from being outweighed by ten harmless ones. Nothing here decides: staff do, and a
//! throw-away list that is wrong about somebody costs them points, not the door.

use crate::kernel::labels::labels;
use crate::kernel::text::{TextProblem, WebUrl};
use serde::{Deserialize, Serialize};
use std::fmt::Write;

labels! {
    /// What was looked at.
    CheckKind, "a kind of check" {
        WebsiteSyntax = "website_syntax",
        WebsiteReachable = "website_reachable",
        RegistrableDomain = "registrable_domain",
        EmailDomain = "email_domain",
        FreeMail = "free_mail",
        ThrowAwayMail = "throw_away_mail",
        MailExchanger = "mail_exchanger",
        KnownDomain = "known_domain",
        SimilarName = "similar_name",
        RepeatedSource = "repeated_source",
        SpamWords = "spam_words",
        DomainProof = "domain_proof",
    }

    /// What came out, worst first: what could not be checked is better than a warning, because nothing was found.
    CheckResult, "a result" {
        Fail = "fail",
        Warn = "warn",
        Unknown = "unknown",
        Pass = "pass",
    }

    /// How the score reads at a glance.
    TrustBand, "a level of trust" {
        Low = "low",
        Medium = "medium",
        High = "high",
    }
}

impl CheckResult {
    /// As the tables spell it: with a capital.
    pub const fn stored(self) -> &'static str {
        match self {
            Self::Pass => "Pass",
            Self::Warn => "Warn",
            Self::Fail => "Fail",
            Self::Unknown => "Unknown",
        }
    }

    pub fn of_stored(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|result| result.stored() == text)
    }
}

impl TrustBand {
    /// High from 75, medium from 50.
    pub const fn of(score: u32) -> Self {
        match score {
            75.. => Self::High,
            50..=74 => Self::Medium,
            _ => Self::Low,
        }
    }

    /// The tone that a score is shown in.
    pub const fn tone(self) -> &'static str {
        match self {
            Self::High => "success",
            Self::Medium => "warning",
            Self::Low => "danger",
        }
    }
}

impl CheckKind {
    /// What staff read.
    pub const fn title(self) -> &'static str {
        match self {
            Self::WebsiteSyntax => "Website address",
            Self::WebsiteReachable => "Website can be found",
            Self::RegistrableDomain => "Domain of their own",
            Self::EmailDomain => "E-mail at the website's domain",
            Self::FreeMail => "Free mail",
            Self::ThrowAwayMail => "Throw-away mail",
            Self::MailExchanger => "Domain receives mail",
            Self::KnownDomain => "Domain already known",
            Self::SimilarName => "Similar names",
            Self::RepeatedSource => "Other applications from there",
            Self::SpamWords => "Links and spam words",
            Self::DomainProof => "Domain proven by its DNS",
        }
    }

    /// Its share of the score; the shares sum to 100. The proof by DNS comes on top: nobody loses for not having it.
    pub const fn weight(self) -> u32 {
        match self {
            Self::DomainProof => 0,
            Self::WebsiteSyntax => 5,
            Self::WebsiteReachable => 12,
            Self::RegistrableDomain => 8,
            Self::EmailDomain => 25,
            Self::FreeMail => 10,
            Self::ThrowAwayMail => 10,
            Self::MailExchanger => 8,
            Self::KnownDomain => 8,
            Self::SimilarName => 5,
            Self::RepeatedSource => 4,
            Self::SpamWords => 5,
        }
    }

    /// The most that the score may be when this check failed.
    pub const fn ceiling(self) -> Option<u32> {
        match self {
            Self::WebsiteSyntax => Some(20),
            Self::WebsiteReachable => Some(50),
            Self::ThrowAwayMail => Some(30),
            Self::MailExchanger => Some(60),
            Self::KnownDomain | Self::SpamWords => Some(40),
            Self::RegistrableDomain
            | Self::EmailDomain
            | Self::FreeMail
            | Self::SimilarName
            | Self::RepeatedSource
            | Self::DomainProof => None,
        }
    }

    /// What a pass adds on top of the shares.
    pub const fn bonus(self) -> u32 {
        match self {
            Self::DomainProof => 15,
            _ => 0,
        }
    }

    /// Tenths of a point earned by a result.
    const fn tenths(self, result: CheckResult) -> u32 {
        if matches!(result, CheckResult::Pass) && self.bonus() > 0 {
            return self.bonus() * 10;
        }
        self.weight()
            * match result {
                CheckResult::Pass => 10,
                CheckResult::Unknown => 5,
                CheckResult::Warn => 3,
                CheckResult::Fail => 0,
            }
    }
}

/// One check: what came out, and what was seen. Of an unknown result the evidence says why it could not be checked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CheckRow {
    pub kind: CheckKind,
    pub result: CheckResult,
    /// A sentence for staff. It may name other organizations, so applicants never see it.
    pub evidence: String,
}

impl CheckRow {
    pub fn new(kind: CheckKind, result: CheckResult, evidence: impl Into<String>) -> Self {
        Self { kind, result, evidence: evidence.into() }
    }

    /// Could not be checked, which is no failure.
    pub fn unknown(kind: CheckKind, why: &str) -> Self {
        Self::new(kind, CheckResult::Unknown, format!("Could not be checked: {why}."))
    }
}

// ── What was looked up ──────────────────────────────────────────────────────────────────────────────────────────────

/// On whose ground a website stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Ground {
    /// A domain that somebody registered for themselves.
    Own,
    /// A part of somebody else's domain: a code host, a social network, a site builder, a private suffix.
    Shared,
    /// A domain below an ending that is on no list.
    UnknownSuffix,
    /// The host is itself an ending under which others register.
    BareSuffix,
}

/// What looking up the website's name gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reach {
    /// It has public addresses; the text says which, or what answered.
    Found(String),
    /// There is no such name.
    Missing,
    /// It has only addresses that lead nowhere from outside.
    PrivateOnly,
    /// There was no way to ask; the text says why: "no network".
    Unavailable(String),
}

/// What asking for the mail exchangers of the e-mail's domain gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MailRoute {
    /// It names exchangers; the text is the first.
    Exchanger(String),
    /// It names none, but has an address that mail may be tried at (RFC 5321, 5.1).
    AddressOnly,
    /// It says that it takes no mail (RFC 7505).
    Refused,
    /// There is no such domain, or nothing to deliver to.
    Missing,
    /// There was no way to ask; the text says why.
    Unavailable(String),
}

/// Who else has the website's identity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Holder {
    Nobody,
    /// So many other pending applications; they stand side by side in the queue.
    Rivals(u32),
    /// A profile that owns it; the text names it and its state.
    Organization(String),
}

// ── The checks ──────────────────────────────────────────────────────────────────────────────────────────────────────

/// Is the website's address in order? Without https it is a warning.
pub fn website_syntax(parsed: Result<&WebUrl, &TextProblem>) -> CheckRow {
    let kind = CheckKind::WebsiteSyntax;
    match parsed {
        Ok(url) if url.as_str().starts_with("https://") => {
            CheckRow::new(kind, CheckResult::Pass, format!("{url} is a web address."))
        }
        Ok(url) => CheckRow::new(kind, CheckResult::Warn, format!("{url} is a web address, but without https.")),
        Err(problem) => CheckRow::new(kind, CheckResult::Fail, problem.to_string()),
    }
}

/// Does the website's name lead anywhere?
pub fn website_reachable(host: &str, reach: &Reach) -> CheckRow {
    let kind = CheckKind::WebsiteReachable;
    match reach {
        Reach::Found(what) => CheckRow::new(kind, CheckResult::Pass, format!("{host} is found ({what}).")),
        Reach::Missing => CheckRow::new(kind, CheckResult::Fail, format!("There is no name {host}.")),
        Reach::PrivateOnly => CheckRow::new(kind, CheckResult::Fail, format!("{host} has no public address.")),
        Reach::Unavailable(why) => CheckRow::unknown(kind, why),
    }
}

/// Does the website stand on a domain of its own? `key` is its identity.
pub fn registrable_domain(key: &str, ground: Ground) -> CheckRow {
    let kind = CheckKind::RegistrableDomain;
    match ground {
        Ground::Own => CheckRow::new(kind, CheckResult::Pass, format!("{key} is a domain of its own.")),
        Ground::Shared => CheckRow::new(kind, CheckResult::Warn, format!("{key} is a place on a host that many share.")),
        // Nothing is known against it: whether it is somebody's own cannot be told.
        Ground::UnknownSuffix => {
            CheckRow::unknown(kind, &format!("{key} has an ending that the public suffix list does not know"))
        }
        Ground::BareSuffix => CheckRow::new(kind, CheckResult::Fail, format!("{key} is an ending under which others register.")),
    }
}

/// Is the mailbox at the website's domain? `email_domain` is the part after the `@`, `website_domain` the registrable
/// domain of the website. On a shared host the same domain proves nothing, so it is never more than a warning.
pub fn email_domain_check(email_domain: &str, website_domain: &str, shared: bool) -> CheckRow {
    let kind = CheckKind::EmailDomain;
    let below = || email_domain.strip_suffix(website_domain).is_some_and(|front| front.ends_with('.'));
    let same = !website_domain.is_empty() && (email_domain == website_domain || below());
    if shared {
        let evidence = format!("The website is on {website_domain}, which many share: a mailbox cannot prove that it is theirs.");
        CheckRow::new(kind, CheckResult::Warn, evidence)
    } else if same && !is_free_mail(website_domain) {
        CheckRow::new(
            kind,
            CheckResult::Pass,
            format!("The mailbox at {email_domain} belongs to the website's domain {website_domain}."),
        )
    } else {
        CheckRow::new(kind, CheckResult::Fail, format!("The mailbox is at {email_domain}, the website at {website_domain}."))
    }
}

/// Mail providers where anybody has a mailbox.
#[rustfmt::skip]
const FREE_MAIL: &[&str] = &[
    "126.com", "163.com", "aim.com", "aol.com", "bigpond.com", "btinternet.com", "comcast.net", "daum.net", "fastmail.com",
    "fastmail.fm", "free.fr", "gmail.com", "gmx.at", "gmx.ch", "gmx.com", "gmx.de", "gmx.net", "googlemail.com", "hey.com",
    "hotmail.co.uk", "hotmail.com", "hotmail.de", "hotmail.fr", "hushmail.com", "icloud.com", "inbox.com", "inbox.ru",
    "laposte.net", "libero.it", "list.ru", "live.com", "live.in", "mac.com", "mail.com", "mail.ru", "me.com", "msn.com",
    "naver.com", "orange.fr", "outlook.com", "outlook.in", "pm.me", "proton.me", "protonmail.com", "qq.com", "rediff.com",
    "rediffmail.com", "rocketmail.com", "seznam.cz", "t-online.de", "tuta.com", "tutanota.com", "web.de", "yahoo.co.in",
    "yahoo.co.jp", "yahoo.co.uk", "yahoo.com", "yahoo.de", "yahoo.fr", "yahoo.in", "yandex.com", "yandex.ru", "yeah.net",
    "ymail.com", "zoho.com", "zohomail.com", "zohomail.in",
];

/// Is it the domain of a mail provider where anybody has a mailbox? In lower case.
pub fn is_free_mail(domain: &str) -> bool {
    FREE_MAIL.binary_search(&domain).is_ok()
}

/// Is the mailbox at a free mail provider? Honest people use them too: a warning at most.
pub fn free_mail(email_domain: &str) -> CheckRow {
    if is_free_mail(email_domain) {
        CheckRow::new(CheckKind::FreeMail, CheckResult::Warn, format!("Anybody can have a mailbox at {email_domain}."))
    } else {
        CheckRow::new(CheckKind::FreeMail, CheckResult::Pass, format!("{email_domain} is no free mail provider that we know."))
    }
}

/// Is the mailbox one that is thrown away? `listed` is what the list says; nothing when there was no list to ask.
pub fn throw_away_mail(email_domain: &str, listed: Option<bool>) -> CheckRow {
    let kind = CheckKind::ThrowAwayMail;
    match listed {
        Some(true) => CheckRow::new(kind, CheckResult::Fail, format!("{email_domain} is listed as throw-away mail.")),
        Some(false) => CheckRow::new(kind, CheckResult::Pass, format!("{email_domain} is not listed as throw-away mail.")),
        None => CheckRow::unknown(kind, "the list of throw-away mail was not at hand"),
    }
}

/// Can the mailbox receive mail at all?
pub fn mail_exchanger(email_domain: &str, route: &MailRoute) -> CheckRow {
    let kind = CheckKind::MailExchanger;
    match route {
        MailRoute::Exchanger(first) => {
            CheckRow::new(kind, CheckResult::Pass, format!("{email_domain} receives mail at {first}."))
        }
        MailRoute::AddressOnly => {
            CheckRow::new(kind, CheckResult::Warn, format!("{email_domain} names no mail exchanger, only an address."))
        }
        MailRoute::Refused => CheckRow::new(kind, CheckResult::Fail, format!("{email_domain} says that it takes no mail.")),
        MailRoute::Missing => CheckRow::new(kind, CheckResult::Fail, format!("{email_domain} cannot receive mail.")),
        MailRoute::Unavailable(why) => CheckRow::unknown(kind, why),
    }
}

/// Has somebody of theirs published our text in the domain's DNS?
pub fn domain_proof(domain: &str, proven: bool) -> CheckRow {
    let kind = CheckKind::DomainProof;
    if proven {
        CheckRow::new(kind, CheckResult::Pass, format!("{domain} published the text that we gave its admin."))
    } else {
        CheckRow::new(kind, CheckResult::Unknown, "Nobody has asked for a proof, or it is not published yet.")
    }
}

/// Does somebody else have this identity?
pub fn known_domain(key: &str, holder: &Holder) -> CheckRow {
    let kind = CheckKind::KnownDomain;
    match holder {
        Holder::Nobody | Holder::Rivals(0) => CheckRow::new(kind, CheckResult::Pass, format!("Nobody else has {key}.")),
        Holder::Rivals(1) => CheckRow::new(kind, CheckResult::Warn, format!("Another application names {key}.")),
        Holder::Rivals(count) => CheckRow::new(kind, CheckResult::Warn, format!("{count} other applications name {key}.")),
        Holder::Organization(name) => CheckRow::new(kind, CheckResult::Fail, format!("{key} belongs to {name}.")),
    }
}

/// Is the name, or the domain, easily taken for another? `names` are those it was found to be like.
pub fn similar_name(names: &[String]) -> CheckRow {
    const NAMED: usize = 5;
    let kind = CheckKind::SimilarName;
    if names.is_empty() {
        return CheckRow::new(kind, CheckResult::Pass, "No name or domain that we know is confusingly similar.");
    }
    let mut evidence = format!("Easily taken for {}", names[..names.len().min(NAMED)].join(", "));
    if names.len() > NAMED {
        let _ = write!(evidence, " and {} more", names.len() - NAMED);
    }
    evidence.push('.');
    CheckRow::new(kind, CheckResult::Warn, evidence)
}

/// How many other applications came from the same source within a day? An office or a campus may share one, so only
/// many are a fail.
pub fn repeated_source(others: u32) -> CheckRow {
    let kind = CheckKind::RepeatedSource;
    match others {
        0 => CheckRow::new(kind, CheckResult::Pass, "The only application from its source within a day."),
        1 => CheckRow::new(kind, CheckResult::Warn, "Another application came from the same source within a day."),
        2..=4 => {
            CheckRow::new(kind, CheckResult::Warn, format!("{others} other applications came from the same source within a day."))
        }
        _ => {
            CheckRow::new(kind, CheckResult::Fail, format!("{others} other applications came from the same source within a day."))
        }
    }
}

/// Words and pairs of words that applications of spammers have and those of sponsors rarely do.
#[rustfmt::skip]
const SPAM_WORDS: &[&str] = &[
    "adult content", "backlink", "backlinks", "betting", "bonus code", "casino", "cheap loans", "cialis", "click here",
    "dofollow", "double your", "earn money", "easy money", "escort", "escorts", "essay writing", "followers cheap",
    "forex signals", "free money", "gambling", "get rich", "giveaway winner", "guaranteed profit", "guaranteed returns",
    "guest post", "guest posts", "hot girls", "investment plan", "link building", "lottery", "make money", "miracle",
    "payday loan", "payday loans", "porn", "replica watches", "risk free", "seo services", "sex", "slot online", "slots",
    "viagra", "weight loss", "work from home", "xxx",
];

/// Do the texts of an application hold links or spam words? One of either may be chance.
pub fn spam_check(texts: &[&str]) -> CheckRow {
    let kind = CheckKind::SpamWords;
    let links = texts.iter().flat_map(|text| text.split_whitespace()).filter(|word| is_link(word)).count();
    let mut found: Vec<&str> = Vec::new();
    for text in texts {
        let words = plain_words(text);
        found.extend(SPAM_WORDS.iter().filter(|spam| words.contains(&format!(" {spam} "))));
    }
    found.sort_unstable();
    found.dedup();

    let result = match (links, found.len()) {
        (0 | 1, 0) => CheckResult::Pass,
        (0..=3, 0 | 1) => CheckResult::Warn,
        _ => CheckResult::Fail,
    };
    let links = match links {
        0 => "No links".to_owned(),
        1 => "1 link".to_owned(),
        many => format!("{many} links"),
    };
    let words = if found.is_empty() { "no spam words".to_owned() } else { format!("spam words: {}", found.join(", ")) };
    CheckRow::new(kind, result, format!("{links}, {words}."))
}

fn is_link(word: &str) -> bool {
    let word = word.to_ascii_lowercase();
    word.contains("://") || ["www.", "t.me/", "wa.me/", "bit.ly/", "tinyurl.com/"].iter().any(|start| word.contains(start))
}

/// Lower-case words with one space around each, so that " sex " is not found in "Essex".
fn plain_words(text: &str) -> String {
    let mut words = String::from(" ");
    for word in text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
        words.push_str(&word.to_lowercase());
        words.push(' ');
    }
    words
}

// ── The score ───────────────────────────────────────────────────────────────────────────────────────────────────────

/// The score and how it came about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrustScore {
    score: u32,
    /// One for each kind, in the order of [`CheckKind::ALL`].
    rows: Vec<CheckRow>,
    /// The lowest cap that lowered the score.
    capped_by: Option<CheckKind>,
}

impl TrustScore {
    /// Scores what is there. A kind that is missing counts as one that could not be checked; of two rows of one kind the
    /// worse counts.
    pub fn of(rows: &[CheckRow]) -> Self {
        let rows: Vec<CheckRow> = CheckKind::ALL.iter().map(|kind| worst(rows, *kind)).collect();
        let tenths: u32 = rows.iter().map(|row| row.kind.tenths(row.result)).sum();
        let sum = ((tenths + 5) / 10).min(100);
        let failed = rows.iter().filter(|row| row.result == CheckResult::Fail);
        let cap = failed.filter_map(|row| row.kind.ceiling().map(|cap| (cap, row.kind))).min().filter(|(cap, _)| *cap < sum);
        Self { score: cap.map_or(sum, |(cap, _)| cap), rows, capped_by: cap.map(|(_, kind)| kind) }
    }

    /// 0 to 100.
    pub const fn score(&self) -> u32 {
        self.score
    }

    pub const fn band(&self) -> TrustBand {
        TrustBand::of(self.score)
    }

    /// For staff: every check with its points, those that cost most first.
    pub fn full(&self) -> FullTrust {
        // What nobody was asked for is no reason.
        let counts = |row: &&CheckRow| row.kind.bonus() == 0 || row.result == CheckResult::Pass;
        let mut rows: Vec<&CheckRow> = self.rows.iter().filter(counts).collect();
        rows.sort_by_key(|row| std::cmp::Reverse(lost(row)));
        let reasons = rows.into_iter().map(TrustReason::of).collect();
        let cap = self.capped_by.and_then(|kind| kind.ceiling().map(|cap| format!("Capped at {cap}: {}.", kind.title())));
        FullTrust { score: self.score, band: self.band(), reasons, cap }
    }

    /// For the applicant: what is fine, what would help, and nothing about other people or how we tell spam.
    pub fn friendly(&self) -> FriendlyTrust {
        let mut friendly = FriendlyTrust { headline: String::new(), good: Vec::new(), helps: Vec::new(), notes: Vec::new() };
        for row in &self.rows {
            let (list, sentence) = match say(row.kind, row.result) {
                Said::Good(sentence) => (&mut friendly.good, sentence),
                Said::Helps(sentence) => (&mut friendly.helps, sentence),
                Said::Note(sentence) => (&mut friendly.notes, sentence),
                Said::Nothing => continue,
            };
            if !list.iter().any(|there| there == sentence) {
                list.push(sentence.to_owned());
            }
        }
        friendly.headline = match (friendly.helps.is_empty(), self.band()) {
            (true, _) => "Everything you can do is done. A person looks at your application next.",
            (false, TrustBand::High) => "Your application looks good. This would make the check quicker still:",
            (false, TrustBand::Medium) => "Your application is on its way. This would make the check quicker:",
            (false, TrustBand::Low) => "A person looks at your application with care. This would help them to say yes:",
        }
        .to_owned();
        friendly
    }
}

/// The worst row of a kind, or one that says it was not checked.
fn worst(rows: &[CheckRow], kind: CheckKind) -> CheckRow {
    let of_kind = rows.iter().filter(|row| row.kind == kind).min_by_key(|row| row.result);
    of_kind.cloned().unwrap_or_else(|| CheckRow::new(kind, CheckResult::Unknown, "Not checked yet."))
}

const fn lost(row: &CheckRow) -> u32 {
    (row.kind.weight() * 10).saturating_sub(row.kind.tenths(row.result))
}

/// What staff see of a score.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FullTrust {
    pub score: u32,
    pub band: TrustBand,
    /// Those that cost most first.
    pub reasons: Vec<TrustReason>,
    /// Why the score is lower than the points' sum.
    pub cap: Option<String>,
}

/// One check with its points.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TrustReason {
    pub kind: CheckKind,
    pub title: String,
    pub result: CheckResult,
    /// Ready to show: "7.5".
    pub points: String,
    pub weight: u32,
    pub evidence: String,
}

impl TrustReason {
    fn of(row: &CheckRow) -> Self {
        let tenths = row.kind.tenths(row.result);
        let points =
            if tenths.is_multiple_of(10) { (tenths / 10).to_string() } else { format!("{}.{}", tenths / 10, tenths % 10) };
        Self {
            kind: row.kind,
            title: row.kind.title().to_owned(),
            result: row.result,
            points,
            weight: row.kind.weight().max(row.kind.bonus()),
            evidence: row.evidence.clone(),
        }
    }

    /// In one line: "E-mail at the website's domain: fail, 0 of 25. The mailbox is at …".
    pub fn line(&self) -> String {
        format!("{}: {}, {} of {}. {}", self.title, self.result, self.points, self.weight, self.evidence)
    }
}

/// What the applicant sees of a score: no number, because it would only invite to play with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FriendlyTrust {
    pub headline: String,
    /// What is fine.
    pub good: Vec<String>,
    /// What they can do.
    pub helps: Vec<String>,
    /// What they should know, with nothing to do about it.
    pub notes: Vec<String>,
}

enum Said {
    Good(&'static str),
    Helps(&'static str),
    Note(&'static str),
    Nothing,
}

/// What an applicant is told about a check. Repeated sources and words of spam are never mentioned: who means well cannot
/// do anything about the first, and who does not would learn from the second.
const fn say(kind: CheckKind, result: CheckResult) -> Said {
    use CheckResult::{Fail, Pass, Unknown, Warn};
    match (kind, result) {
        (CheckKind::WebsiteSyntax, Warn) => Said::Helps("Enter your website with https if it has it."),
        (CheckKind::WebsiteSyntax, Fail) => Said::Helps("Correct the address of your website."),

        (CheckKind::WebsiteReachable, Pass) => Said::Good("Your website can be found."),
        (CheckKind::WebsiteReachable, Warn | Fail) => {
            Said::Helps("We cannot find your website. Check its address for typos, or tell us when it is online.")
        }
        (CheckKind::WebsiteReachable, Unknown) => {
            Said::Note("We could not look up your website just now. That does not count as a failure.")
        }

        (CheckKind::RegistrableDomain, Pass) => Said::Good("Your website has a domain of its own."),
        (CheckKind::RegistrableDomain, Warn | Fail) => Said::Helps(
            "If you have a domain of your own, enter it as your website: a page on a shared host takes longer to check.",
        ),

        (CheckKind::EmailDomain, Pass) => Said::Good("Your e-mail address is at your website's domain."),
        (CheckKind::EmailDomain, Fail) => {
            Said::Helps("Use an e-mail address at your website's own domain: it is the best sign that you speak for it.")
        }
        (CheckKind::EmailDomain, Warn) => Said::Note(
            "Your website is on a shared host, so your e-mail address cannot show that it is yours. A person checks it.",
        ),

        (CheckKind::FreeMail, Warn | Fail) => {
            Said::Helps("Anybody can have an address at a free mail provider. One at your organization says more.")
        }
        (CheckKind::ThrowAwayMail, Warn | Fail) => Said::Helps(
            "Your address looks like one that is soon gone. Use one that you keep: everything about your deals is sent to it.",
        ),

        (CheckKind::MailExchanger, Pass) => Said::Good("Your e-mail address can receive mail."),
        (CheckKind::MailExchanger, Warn | Fail) => {
            Said::Helps("It looks as if your address could not receive mail. Check it for typos, or use another.")
        }

        (CheckKind::KnownDomain, Warn) => {
            Said::Note("Somebody else has applied for this website too. A person compares the applications.")
        }
        (CheckKind::KnownDomain, Fail) => Said::Helps(
            "This website already has a profile here. If it is your organization's, you do not need a second one: ask to join it.",
        ),
        (CheckKind::SimilarName, Warn | Fail) => {
            Said::Note("Your name is close to another one here. A person makes sure that nobody mixes you up.")
        }

        (CheckKind::DomainProof, Pass) => Said::Good("Your domain carries our proof: nothing says better that you speak for it."),

        (CheckKind::DomainProof, Warn | Fail | Unknown)
        | (CheckKind::WebsiteSyntax, Pass | Unknown)
        | (CheckKind::RegistrableDomain | CheckKind::EmailDomain | CheckKind::MailExchanger, Unknown)
        | (CheckKind::FreeMail | CheckKind::ThrowAwayMail | CheckKind::KnownDomain | CheckKind::SimilarName, Pass | Unknown)
        | (CheckKind::RepeatedSource | CheckKind::SpamWords, _) => Said::Nothing,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn row(kind: CheckKind, result: CheckResult) -> CheckRow {
        CheckRow::new(kind, result, "Seen by a test.")
    }

    fn all(result: CheckResult) -> Vec<CheckRow> {
        CheckKind::ALL.iter().map(|kind| row(*kind, result)).collect()
    }

    #[test]
    fn the_weights_sum_to_a_hundred() {
        assert_eq!(CheckKind::ALL.iter().map(|kind| kind.weight()).sum::<u32>(), 100);
        assert_eq!(TrustScore::of(&all(CheckResult::Pass)).score(), 100);
        assert_eq!(TrustScore::of(&all(CheckResult::Unknown)).score(), 50);
        assert_eq!(TrustScore::of(&all(CheckResult::Warn)).score(), 30);
        assert_eq!(TrustScore::of(&all(CheckResult::Fail)).score(), 0);
        assert_eq!(TrustScore::of(&[]).score(), 50);
        assert!(FREE_MAIL.is_sorted(), "binary search needs the list in order");
    }

    #[test]
    fn mailboxes_match_their_website() {
        let result = |mail: &str, site: &str, shared: bool| email_domain_check(mail, site, shared).result;
        assert_eq!(result("acme.com", "acme.com", false), CheckResult::Pass);
        assert_eq!(result("mail.acme.com", "acme.com", false), CheckResult::Pass);
        assert_eq!(result("notacme.com", "acme.com", false), CheckResult::Fail);
        assert_eq!(result("acme.com.evil.com", "acme.com", false), CheckResult::Fail);
        assert_eq!(result("com", "acme.com", false), CheckResult::Fail);
        assert_eq!(result("acme.com", "", false), CheckResult::Fail);
        assert_eq!(result("github.com", "github.com", true), CheckResult::Warn);
        assert_eq!(result("gmail.com", "gmail.com", false), CheckResult::Fail);
    }

    #[test]
    fn each_check_reads_its_evidence() {
        use CheckResult::{Fail, Pass, Unknown, Warn};
        let https = WebUrl::parse("acme.com").expect("an address");
        let http = WebUrl::parse("http://acme.com").expect("an address");
        let wrong = WebUrl::parse("acme").expect_err("no address");
        assert_eq!(website_syntax(Ok(&https)).result, Pass);
        assert_eq!(website_syntax(Ok(&http)).result, Warn);
        assert_eq!(website_syntax(Err(&wrong)).result, Fail);
        assert_eq!(website_reachable("acme.com", &Reach::Found("203.0.113.7".into())).result, Pass);
        assert_eq!(website_reachable("acme.com", &Reach::Missing).result, Fail);
        assert_eq!(website_reachable("acme.com", &Reach::PrivateOnly).result, Fail);
        let unknown = website_reachable("acme.com", &Reach::Unavailable("no network".into()));
        assert_eq!((unknown.result, unknown.evidence.as_str()), (Unknown, "Could not be checked: no network."));
        assert_eq!(registrable_domain("acme.com", Ground::Own).result, Pass);
        assert_eq!(registrable_domain("github.com/acme", Ground::Shared).result, Warn);
        assert_eq!(registrable_domain("co.uk", Ground::BareSuffix).result, Fail);
        let unknown = registrable_domain("acme.corpx", Ground::UnknownSuffix);
        assert_eq!(unknown.result, Unknown);
        let said = TrustScore::of(&[unknown]).friendly();
        assert!(!format!("{said:?}").contains("shared host"), "an ending that is on no list is not a shared host: {said:?}");
        assert_eq!(free_mail("gmail.com").result, Warn);
        assert_eq!(free_mail("acme.com").result, Pass);
        assert_eq!(throw_away_mail("x.com", Some(true)).result, Fail);
        assert_eq!(throw_away_mail("x.com", None).result, Unknown);
        assert_eq!(mail_exchanger("x.com", &MailRoute::Exchanger("mx.x.com".into())).result, Pass);
        assert_eq!(mail_exchanger("x.com", &MailRoute::AddressOnly).result, Warn);
        assert_eq!(mail_exchanger("x.com", &MailRoute::Refused).result, Fail);
        assert_eq!(mail_exchanger("x.com", &MailRoute::Unavailable("no network".into())).result, Unknown);
        assert_eq!(known_domain("x.com", &Holder::Nobody).result, Pass);
        assert_eq!(known_domain("x.com", &Holder::Rivals(2)).evidence, "2 other applications name x.com.");
        assert_eq!(known_domain("x.com", &Holder::Organization("Acme (Verified)".into())).result, Fail);
        assert_eq!(similar_name(&[]).result, Pass);
        let many: Vec<String> = (1..=7).map(|n| format!("A{n}")).collect();
        assert_eq!(similar_name(&many).evidence, "Easily taken for A1, A2, A3, A4, A5 and 2 more.");
        assert_eq!([0, 1, 4, 5].map(|others| repeated_source(others).result), [Pass, Warn, Warn, Fail]);
    }

    #[test]
    fn spam_is_told_by_whole_words_and_links() {
        let result = |texts: &[&str]| spam_check(texts).result;
        assert_eq!(result(&["Acme", "We build tools in Essex and sponsor hackathons. See https://acme.com"]), CheckResult::Pass);
        assert_eq!(result(&[]), CheckResult::Pass);
        assert_eq!(result(&["Best CASINO, in town"]), CheckResult::Warn);
        assert_eq!(result(&["http://a.com http://b.com"]), CheckResult::Warn);
        assert_eq!(result(&["casino", "Guest-Post and backlinks"]), CheckResult::Fail);
        assert_eq!(result(&["http://a.com www.b.com t.me/c https://d.com"]), CheckResult::Fail);
        assert_eq!(spam_check(&["casino casino http://a.com"]).evidence, "1 link, spam words: casino.");
    }

    #[test]
    fn a_proof_by_dns_adds_and_its_absence_costs_nothing() {
        let without = all(CheckResult::Warn);
        let mut with = without.clone();
        with[CheckKind::DomainProof as usize] = domain_proof("acme.com", true);
        assert_eq!(TrustScore::of(&without).score() + 15, TrustScore::of(&with).score());
        let reason = TrustScore::of(&with).full().reasons.into_iter().find(|r| r.kind == CheckKind::DomainProof);
        assert_eq!(
            reason.expect("it is a reason").line(),
            "Domain proven by its DNS: pass, 15 of 15. acme.com published the text that we gave its admin."
        );
        assert!(TrustScore::of(&without).full().reasons.iter().all(|r| r.kind != CheckKind::DomainProof));
        let mut cheat = all(CheckResult::Pass);
        cheat[CheckKind::ThrowAwayMail as usize].result = CheckResult::Fail;
        assert_eq!(TrustScore::of(&cheat).score(), 30, "no proof lifts a cap");
    }

    #[test]
    fn bad_signs_are_not_outweighed() {
        let mut rows = all(CheckResult::Pass);
        rows[CheckKind::ThrowAwayMail as usize].result = CheckResult::Fail;
        let score = TrustScore::of(&rows);
        assert_eq!((score.score(), score.band()), (30, TrustBand::Low));
        assert_eq!(score.full().cap.as_deref(), Some("Capped at 30: Throw-away mail."));
    }

    #[test]
    fn staff_see_everything_and_applicants_what_helps() {
        let mut rows = all(CheckResult::Pass);
        rows[CheckKind::EmailDomain as usize] = email_domain_check("gmail.com", "acme.com", false);
        rows[CheckKind::FreeMail as usize] = free_mail("gmail.com");
        rows[CheckKind::SimilarName as usize] = similar_name(&["Secret Rival".to_owned()]);
        rows[CheckKind::RepeatedSource as usize] = repeated_source(9);
        rows[CheckKind::DomainProof as usize] = domain_proof("acme.com", false);
        let score = TrustScore::of(&rows);
        assert_eq!((score.score(), score.band()), (61, TrustBand::Medium));

        let full = score.full();
        assert_eq!(full.reasons.len(), CheckKind::ALL.len() - 1, "a proof that nobody gave is no reason");
        assert_eq!(
            full.reasons[0].line(),
            "E-mail at the website's domain: fail, 0 of 25. The mailbox is at gmail.com, the website at acme.com."
        );
        assert!(full.reasons.iter().any(|reason| reason.points == "1.5" && reason.evidence.contains("Secret Rival")));
        assert_eq!(full.cap, None);

        let friendly = score.friendly();
        assert_eq!(friendly.helps.len(), 2);
        assert!(friendly.helps[0].starts_with("Use an e-mail address at your website's own domain"));
        let everything = format!("{friendly:?}");
        assert!(!everything.contains("Secret Rival") && !everything.contains("source") && !everything.contains("spam"));

        let done = TrustScore::of(&all(CheckResult::Pass)).friendly();
        assert!(done.helps.is_empty() && done.headline.starts_with("Everything you can do is done."));
    }

    #[test]
    fn rows_travel_as_words() {
        let json = serde_json::to_string(&row(CheckKind::FreeMail, CheckResult::Warn)).expect("plain data");
        assert_eq!(json, r#"{"kind":"free_mail","result":"warn","evidence":"Seen by a test."}"#);
    }

    fn any_row() -> impl Strategy<Value = CheckRow> {
        (prop::sample::select(CheckKind::ALL), prop::sample::select(CheckResult::ALL))
            .prop_map(|(kind, result)| row(kind, result))
    }

    proptest! {
        #[test]
        fn the_score_is_bounded_and_explained(rows in prop::collection::vec(any_row(), 0..20)) {
            let score = TrustScore::of(&rows);
            prop_assert!(score.score() <= 100);
            let reasons = score.full().reasons.len();
            prop_assert!(reasons == CheckKind::ALL.len() || reasons + 1 == CheckKind::ALL.len());
            prop_assert!(!score.friendly().headline.is_empty());
        }

        #[test]
        fn a_better_result_never_scores_less(
            rows in prop::collection::vec(any_row(), 1..20),
            place in any::<prop::sample::Index>(),
            result in prop::sample::select(CheckResult::ALL),
        ) {
            let before = TrustScore::of(&rows).score();
            let mut changed = rows.clone();
            let changed_row = &mut changed[place.index(rows.len())];
            let better = result >= changed_row.result;
            changed_row.result = result;
            let after = TrustScore::of(&changed).score();
            let (lesser, greater) = if better { (before, after) } else { (after, before) };
            prop_assert!(lesser <= greater);
        }

        #[test]
        fn the_order_of_rows_does_not_matter(rows in prop::collection::vec(any_row(), 0..20)) {
            let reversed: Vec<CheckRow> = rows.iter().rev().cloned().collect();
            prop_assert_eq!(TrustScore::of(&rows).score(), TrustScore::of(&reversed).score());
        }

        #[test]
        fn no_mailbox_passes_on_a_shared_host(mail in "[a-z.]{0,12}", site in "[a-z.]{0,12}") {
            prop_assert_ne!(email_domain_check(&mail, &site, true).result, CheckResult::Pass);
        }

        #[test]
        fn any_text_can_be_checked(texts in prop::collection::vec(".{0,80}", 0..4)) {
            let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
            prop_assert_eq!(spam_check(&texts).kind, CheckKind::SpamWords);
        }
    }
}
