//! Cookies that we set: one session, one draft, one application that was just sent, one theme.

use crate::platform::config::Settings;
use http::{HeaderMap, header};

/// The session's cookie: `__Host-` wherever cookies can be secure.
pub fn session_name(settings: &Settings) -> &'static str {
    if settings.cookies_are_secure() { "__Host-commdesk" } else { "commdesk" }
}

/// Whose website an application was for, in the browser that has sent it: made and read by `organizations`, and taken away by
/// whoever signs out of that browser.
pub const SENT: &str = "commdesk_sent";

/// The value of a cookie that the caller sent.
pub fn get<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .into_iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value)
}

/// A `Set-Cookie` value; scripts never see it. `max_age` in seconds, 0 removes it.
pub fn set(settings: &Settings, name: &str, value: &str, max_age: i64) -> String {
    let secure = if settings.cookies_are_secure() { "; Secure" } else { "" };
    format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={max_age}{secure}")
}
