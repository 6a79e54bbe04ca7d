//! What crosses a wire about logins, and the words that other rooms share: whom to write to.

use super::rules::LinkPurpose;
use crate::kernel::ids::UserId;
use serde::{Deserialize, Serialize};

/// Somebody to write to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Recipient {
    pub user: UserId,
    pub name: String,
    pub email: String,
}

/// A session that was just made or renewed. `token` goes into the cookie and nowhere else.
#[derive(Clone, PartialEq, Eq)]
pub struct SignedIn {
    pub token: String,
    pub user: UserId,
}

/// What the page behind a mailed link shows before anything is used up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LinkView {
    pub purpose: LinkPurpose,
    /// The person's name and the address that the link was mailed to.
    pub name: String,
    pub email: String,
    /// Does its form ask for a password?
    pub wants_password: bool,
    /// Why it cannot be used; with it, only the way to a new link is shown.
    pub problem: Option<String>,
}
