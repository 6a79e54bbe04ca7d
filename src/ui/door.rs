//! Who calls, for server functions: the same call that the middleware made, while a page renders or from the browser.

use crate::{kernel::error::AppError, platform::web::Call};
use leptos::prelude::use_context;

/// The call behind the page or server function in hand.
///
/// # Errors
/// Only when there is no request at all.
pub fn of_page() -> Result<Call, AppError> {
    use_context::<http::request::Parts>()
        .and_then(|parts| parts.extensions.get::<Call>().cloned())
        .ok_or_else(|| AppError::broken("a page was rendered without a request"))
}
