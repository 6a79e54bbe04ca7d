//! How the house refuses. One enum leaves every service; each door translates it in one place.

use super::fields::FieldErrors;
use std::fmt;

/// The result of every use case.
pub type AppResult<T> = Result<T, AppError>;

/// A refusal by rules: something is legal in general, but not now. REST answers 409 with `code`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Stable, `SCREAMING_SNAKE`; part of the API.
    pub code: &'static str,
    /// What happened and what to do next.
    pub message: String,
    /// A path of ours where one goes on.
    pub href: Option<String>,
}

/// A refusal by policy: you may know of the thing, but not do this to it. REST answers 403 with `code`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Denied {
    pub code: &'static str,
    pub message: String,
}

impl Denied {
    /// The plain kind, code `FORBIDDEN`.
    pub fn new(message: impl Into<String>) -> Self {
        Self { code: "FORBIDDEN", message: message.into() }
    }

    pub fn coded(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }
}

impl Refusal {
    pub fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), href: None }
    }

    /// Where one goes on instead: a path of ours.
    #[must_use]
    pub fn at(self, href: impl Into<String>) -> Self {
        Self { href: Some(href.into()), ..self }
    }
}

/// Everything that a use case can answer instead of a result.
#[derive(Debug)]
pub enum AppError {
    /// Nobody is signed in: 401.
    SignIn,
    /// Missing, or not yours to know of: 404.
    NotFound,
    /// 403 and what would be needed.
    Forbidden(Denied),
    /// 422, beside each field.
    Invalid(FieldErrors),
    /// 409 and what to do next.
    Refused(Refusal),
    /// 429; seconds until it is worth trying again.
    TooMany { retry_after: u32 },
    /// 429; a share that is used up, with its own code and words. Seconds until one more is free.
    Quota { code: &'static str, message: String, retry_after: u32 },
    /// 503; a lock or the database is away.
    Busy { retry_after: u32 },
    /// The claim of an idempotency key was lost to a finished twin; the door replays its result.
    Replay,
    /// Everything else: 500, logged once with its chain, shown as the request's id.
    Broken(Box<dyn std::error::Error + Send + Sync>),
}

impl AppError {
    pub fn refused(code: &'static str, message: impl Into<String>) -> Self {
        Self::Refused(Refusal::new(code, message))
    }

    pub fn forbidden(message: impl Into<String>) -> Self {
        Self::Forbidden(Denied::new(message))
    }

    pub fn invalid(path: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Invalid(FieldErrors::one(path, message))
    }

    pub fn broken(what: impl Into<String>) -> Self {
        Self::Broken(what.into().into())
    }

    /// The stable code of the wire.
    pub fn code(&self) -> &'static str {
        match self {
            Self::SignIn => "UNAUTHENTICATED",
            Self::NotFound => "NOT_FOUND",
            Self::Forbidden(denied) => denied.code,
            Self::Invalid(_) => "VALIDATION_ERROR",
            Self::Refused(refusal) => refusal.code,
            Self::TooMany { .. } => "TOO_MANY_REQUESTS",
            Self::Quota { code, .. } => code,
            Self::Busy { .. } => "BUSY",
            Self::Replay => "IDEMPOTENT_REPLAY",
            Self::Broken(_) => "INTERNAL",
        }
    }

    /// Seconds until it is worth trying again, where that is what keeps it.
    pub fn retry_after(&self) -> Option<u32> {
        match self {
            Self::TooMany { retry_after } | Self::Quota { retry_after, .. } | Self::Busy { retry_after } => Some(*retry_after),
            _ => None,
        }
    }

    /// Where one goes on instead: a path of ours.
    pub fn href(&self) -> Option<&str> {
        match self {
            Self::Refused(refusal) => refusal.href.as_deref(),
            _ => None,
        }
    }

    /// The HTTP status of the wire.
    pub fn status(&self) -> u16 {
        match self {
            Self::SignIn => 401,
            Self::NotFound => 404,
            Self::Forbidden(_) => 403,
            Self::Invalid(_) => 422,
            Self::Refused(_) | Self::Replay => 409,
            Self::TooMany { .. } | Self::Quota { .. } => 429,
            Self::Busy { .. } => 503,
            Self::Broken(_) => 500,
        }
    }

    /// What a person is told. Never holds SQL, a path or a secret.
    pub fn message(&self) -> String {
        match self {
            Self::SignIn => "Sign in to go on.".into(),
            Self::NotFound => "There is nothing here that you can see. Check the address, or the workspace you are in.".into(),
            Self::Forbidden(denied) => denied.message.clone(),
            Self::Invalid(errors) if errors.0.len() == 1 => errors.0.values().next().cloned().unwrap_or_default(),
            Self::Invalid(errors) => format!("{} fields need your attention.", errors.0.len()),
            Self::Refused(refusal) => refusal.message.clone(),
            Self::TooMany { retry_after } => format!("That was too many tries. Try again in {}.", wait(*retry_after)),
            Self::Quota { message, .. } => message.clone(),
            Self::Busy { retry_after } => format!("We are busy right now. Try again in {}.", wait(*retry_after)),
            Self::Replay => "This was already done.".into(),
            Self::Broken(_) => "Something went wrong on our side. Try again; if it stays, tell us the number below.".into(),
        }
    }
}

fn wait(seconds: u32) -> String {
    match seconds {
        0 | 1 => "a second".into(),
        2..=119 => format!("{seconds} seconds"),
        _ => format!("{} minutes", seconds.div_ceil(60)),
    }
}

impl fmt::Display for AppError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Broken(source) => write!(f, "broken: {source}"),
            other => write!(f, "{}: {}", other.code(), other.message()),
        }
    }
}

impl std::error::Error for AppError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Broken(source) => Some(source.as_ref()),
            _ => None,
        }
    }
}

impl From<Refusal> for AppError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<Denied> for AppError {
    fn from(denied: Denied) -> Self {
        Self::Forbidden(denied)
    }
}

impl From<FieldErrors> for AppError {
    fn from(errors: FieldErrors) -> Self {
        Self::Invalid(errors)
    }
}
