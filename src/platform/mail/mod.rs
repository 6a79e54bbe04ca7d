//! Mail leaves the house here: one trait, and behind it a real server, the development mailbox, or a test's memory.
//!
//! Promises: a letter cannot smuggle a header in through a name or a subject; a failure says whether trying again is worth
//! it. Does not do: writing letters (the rooms do), keeping them (the `mails` table does), retrying (jobs do).

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use futures::future::BoxFuture;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use lettre::{Address, Message};

pub mod smtp;

/// One letter to one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// The address, `asha@acme.example`.
    pub to: String,
    /// How the person is called; empty when unknown.
    pub to_name: String,
    pub subject: String,
    /// The same letter twice: plain words, and HTML.
    pub text: String,
    pub html: String,
    /// `id@domain`, with or without the angle brackets. The same for every try, so that a repeated delivery can be seen.
    pub message_id: String,
    /// More headers, `List-Unsubscribe` for one. Those that a letter has anyway are refused.
    pub headers: Vec<(String, String)>,
}

/// Why a letter did not leave.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PostError {
    /// Trying again changes nothing: the address or the letter is refused.
    #[error("refused for good: {0}")]
    Permanent(String),
    /// The server is away or asks to come back later.
    #[error("not now: {0}")]
    Temporary(String),
}

/// Takes letters to where they go.
pub trait Post: Send + Sync {
    /// # Errors
    /// [`PostError`]; after `Temporary` the letter may have arrived all the same (a lost answer), hence `message_id`.
    fn send<'a>(&'a self, letter: &'a Letter) -> BoxFuture<'a, Result<(), PostError>>;
}

/// Accepts every letter that could be sent and keeps nothing: the development mailbox shows the `mails` table.
#[derive(Debug, Clone, Copy, Default)]
pub struct Local;

impl Post for Local {
    fn send<'a>(&'a self, letter: &'a Letter) -> BoxFuture<'a, Result<(), PostError>> {
        Box::pin(async move { check(letter) })
    }
}

/// Keeps letters for a test to read, and fails when it is told to.
#[derive(Debug, Default)]
pub struct Memory {
    letters: Mutex<Vec<Letter>>,
    failures: Mutex<VecDeque<PostError>>,
}

impl Memory {
    pub fn new() -> Self {
        Self::default()
    }

    /// Everything sent so far, oldest first.
    pub fn letters(&self) -> Vec<Letter> {
        self.letters.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The next letter fails like this; several are taken in turn.
    pub fn fail_next(&self, error: PostError) {
        self.failures.lock().unwrap_or_else(PoisonError::into_inner).push_back(error);
    }
}

impl Post for Memory {
    fn send<'a>(&'a self, letter: &'a Letter) -> BoxFuture<'a, Result<(), PostError>> {
        Box::pin(async move {
            check(letter)?;
            let failure = self.failures.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
            if let Some(error) = failure {
                return Err(error);
            }
            self.letters.lock().unwrap_or_else(PoisonError::into_inner).push(letter.clone());
            Ok(())
        })
    }
}

/// Headers that are made from the letter's own fields; given twice, receivers would disagree on which one counts.
const OURS: &[&str] = &[
    "from",
    "sender",
    "to",
    "cc",
    "bcc",
    "reply-to",
    "subject",
    "date",
    "message-id",
    "mime-version",
    "content-type",
    "content-transfer-encoding",
    "return-path",
    "received",
];

/// Could this be sent at all?
fn check(letter: &Letter) -> Result<(), PostError> {
    let parts =
        [("address", &letter.to), ("name", &letter.to_name), ("subject", &letter.subject), ("message id", &letter.message_id)];
    for (what, value) in parts {
        ensure(is_one_line(value), || format!("the {what} holds a line break or a control character"))?;
    }
    let id = bare_id(&letter.message_id);
    ensure(!id.is_empty() && id.is_ascii() && !id.contains([' ', '<', '>']), || "the message id is not one".into())?;
    for (name, value) in &letter.headers {
        ensure(is_header_name(name), || "a header's name is not one".into())?;
        ensure(!OURS.contains(&name.to_ascii_lowercase().as_str()), || format!("the header {name} is made from the letter"))?;
        ensure(is_one_line(value), || format!("the header {name} holds a line break or a control character"))?;
    }
    letter.to.parse::<Address>().map(|_| ()).map_err(|_| PostError::Permanent("the address cannot receive mail".into()))
}

/// The message as it goes over the wire.
fn compose(from: &Mailbox, letter: &Letter) -> Result<Message, PostError> {
    check(letter)?;
    let bad = |what: &str| PostError::Permanent(what.to_owned());
    let address: Address = letter.to.parse().map_err(|_| bad("the address cannot receive mail"))?;
    let name = letter.to_name.trim();
    let to = Mailbox::new((!name.is_empty()).then(|| name.to_owned()), address);
    let mut builder = Message::builder()
        .from(from.clone())
        .to(to)
        .subject(letter.subject.clone())
        .message_id(Some(format!("<{}>", bare_id(&letter.message_id))));
    for (name, value) in &letter.headers {
        let name = HeaderName::new_from_ascii(name.clone()).map_err(|_| bad("a header's name is not one"))?;
        builder = builder.raw_header(HeaderValue::new(name, value.clone()));
    }
    builder
        .multipart(MultiPart::alternative_plain_html(letter.text.clone(), letter.html.clone()))
        .map_err(|e| PostError::Permanent(format!("the letter cannot be written: {e}")))
}

fn bare_id(id: &str) -> &str {
    id.trim().trim_start_matches('<').trim_end_matches('>')
}

fn is_one_line(value: &str) -> bool {
    !value.chars().any(|c| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}'))
}

fn is_header_name(name: &str) -> bool {
    (1..=76).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

fn ensure(fine: bool, what: impl FnOnce() -> String) -> Result<(), PostError> {
    if fine { Ok(()) } else { Err(PostError::Permanent(what())) }
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) fn letter() -> Letter {
        Letter {
            to: "asha@acme.example".into(),
            to_name: "Asha Rao".into(),
            subject: "Your application".into(),
            text: "Hello Asha,\n\nwe have it.".into(),
            html: "<p>Hello Asha,</p><p>we have it.</p>".into(),
            message_id: "0190-abc@commdesk.example".into(),
            headers: vec![("List-Unsubscribe".into(), "<https://commdesk.example/u/abc>".into())],
        }
    }

    #[tokio::test]
    async fn line_breaks_cannot_smuggle_headers_in() {
        let broken = ["a\r\nBcc: all@x.example", "a\nb", "a\rb", "a\0b", "a\u{85}b", "a\u{2028}b", "a\tb"];
        for part in broken {
            for letter in [
                Letter { to: part.into(), ..letter() },
                Letter { to_name: part.into(), ..letter() },
                Letter { subject: part.into(), ..letter() },
                Letter { message_id: part.into(), ..letter() },
                Letter { headers: vec![("X-Note".into(), part.into())], ..letter() },
                Letter { headers: vec![(part.into(), "x".into())], ..letter() },
            ] {
                assert!(matches!(Local.send(&letter).await, Err(PostError::Permanent(_))), "{letter:?}");
            }
        }
    }

    #[tokio::test]
    async fn what_cannot_be_sent_is_refused_before_it_leaves() {
        for to in [
            "",
            "asha",
            "asha@",
            "@acme.example",
            "asha@acme.example, ravi@x.example",
            "Asha <asha@acme.example>",
            "a b@x.example",
        ] {
            assert!(Local.send(&Letter { to: to.into(), ..letter() }).await.is_err(), "{to}");
        }
        for name in ["Subject", "BCC", "", "X Y", "X:Y", "é"] {
            assert!(Local.send(&Letter { headers: vec![(name.into(), "x".into())], ..letter() }).await.is_err(), "{name}");
        }
        for id in ["", "<>", "a b", "a@b> <c"] {
            assert!(Local.send(&Letter { message_id: id.into(), ..letter() }).await.is_err(), "{id}");
        }
        assert_eq!(Local.send(&letter()).await, Ok(()));
    }

    #[tokio::test]
    async fn memory_keeps_letters_and_fails_on_request() {
        let post = Memory::new();
        post.fail_next(PostError::Temporary("greylisted".into()));

        assert_eq!(post.send(&letter()).await, Err(PostError::Temporary("greylisted".into())));
        assert_eq!(post.send(&letter()).await, Ok(()));

        assert_eq!(post.letters(), vec![letter()]);
    }

    #[test]
    fn names_and_subjects_in_any_script_stay_within_their_header() {
        let from: Mailbox = "CommDesk <hello@commdesk.example>".parse().expect("a mailbox");
        let letter = Letter {
            to_name: "आशा \"<x@y>\" राव".into(), subject: "स्वागत है: ₹5L".repeat(20), ..letter()
        };

        let wire = String::from_utf8(compose(&from, &letter).expect("composed").formatted()).expect("ASCII");
        let head = wire.split("\r\n\r\n").next().expect("a head");

        assert!(head.is_ascii());
        assert!(head.contains("Message-ID: <0190-abc@commdesk.example>"));
        assert!(head.contains("List-Unsubscribe: <https://commdesk.example/u/abc>"));
        assert_eq!(head.matches("\r\nTo:").count(), 1);
        assert!(wire.contains("text/plain") && wire.contains("text/html"));
    }
}
