//! HTML that went through the sanitiser. Nothing else may be put into a page unescaped.

use serde::{Deserialize, Serialize};

/// Sanitised HTML. Made by `platform::markdown` alone (a test greps for it); travels to the browser as text.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SafeHtml(String);

impl SafeHtml {
    /// For the sanitiser only.
    pub fn from_sanitiser(html: String) -> Self {
        Self(html)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
