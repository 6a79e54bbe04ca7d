//! What is wrong with a form, field by field. A door collects every problem before it refuses, so that a person sees
//! them all at once; field names are the dotted camelCase paths of the wire.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Problems by dotted camelCase path (`budget.min`), each a sentence that says what to do. Path `""` is the form itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FieldErrors(pub BTreeMap<String, String>);

impl FieldErrors {
    /// One problem.
    pub fn one(path: impl Into<String>, message: impl Into<String>) -> Self {
        let mut errors = Self::default();
        errors.add(path, message);
        errors
    }

    /// Adds a problem; the first one said about a field stays.
    pub fn add(&mut self, path: impl Into<String>, message: impl Into<String>) {
        self.0.entry(path.into()).or_insert_with(|| message.into());
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn get(&self, path: &str) -> Option<&str> {
        self.0.get(path).map(String::as_str)
    }
}

/// What was typed into a form, wherever it is looked at: by the server that has read it, or in the browser before it is sent.
pub trait Answers {
    /// The first value of a field; empty when it is absent.
    fn owned(&self, name: &str) -> String;

    /// Every value of a repeated field, empty ones left out.
    fn all(&self, name: &str) -> Vec<String>;

    /// How large the file is that was chosen in a field; 0 when none was.
    fn chosen(&self, name: &str) -> usize;
}

/// Collects the parts of a form while they are parsed; `finish` gives the problems, if there are any.
///
/// ```ignore
/// let mut check = Check::default();
/// let email = check.take("email", Email::parse(&form.email));
/// let name = check.take("displayName", DisplayName::parse(&form.display_name));
/// check.finish()?;
/// ```
#[derive(Debug, Default)]
pub struct Check {
    errors: FieldErrors,
}

impl Check {
    /// Keeps the value, or notes the problem under `path` and gives `None`.
    pub fn take<T, E: ToString>(&mut self, path: &str, parsed: Result<T, E>) -> Option<T> {
        match parsed {
            Ok(value) => Some(value),
            Err(problem) => {
                self.errors.add(path, problem.to_string());
                None
            }
        }
    }

    /// Notes a problem unless `fine`.
    pub fn ensure(&mut self, path: &str, fine: bool, message: &str) {
        if !fine {
            self.errors.add(path, message);
        }
    }

    pub fn add(&mut self, path: &str, message: impl Into<String>) {
        self.errors.add(path, message);
    }

    /// Fine so far?
    pub fn is_fine(&self) -> bool {
        self.errors.is_empty()
    }

    /// # Errors
    /// Every problem noted so far.
    pub fn finish(self) -> Result<(), FieldErrors> {
        if self.errors.is_empty() { Ok(()) } else { Err(self.errors) }
    }
}

impl std::fmt::Display for FieldErrors {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (index, (path, message)) in self.0.iter().enumerate() {
            let gap = if index == 0 { "" } else { "; " };
            write!(f, "{gap}{path}: {message}")?;
        }
        Ok(())
    }
}

impl std::error::Error for FieldErrors {}
