//! What only one side can do, behind functions that exist in both builds: on the server they are quiet, or do the server's
//! half. The one folder where `cfg` stands outside a `mod` line of the rings.

#[cfg(feature = "hydrate")]
mod in_browser;
#[cfg(feature = "hydrate")]
pub use in_browser::{
    awake, chosen, close_beside, cookie, count, focus, focus_at, focus_first, focus_in, focused, for_machines, fresh_key, go,
    hash, is_online, look_over, moved, on_key, on_key_of_site, on_online, origin, press, pressed, readers_clock, reload,
    reload_once, remember, retype, reveal, rewrite, scroll_in, scrolled_in, send_form, set_retry_after, set_status, staying,
    step, text_in, ticked, title_text, went_wrong, written,
};

#[cfg(feature = "ssr")]
mod on_server;
#[cfg(feature = "ssr")]
pub use on_server::{
    awake, chosen, close_beside, cookie, count, focus, focus_at, focus_first, focus_in, focused, for_machines, fresh_key, go,
    hash, is_online, look_over, moved, on_key, on_key_of_site, on_online, origin, press, pressed, readers_clock, reload,
    reload_once, remember, retype, reveal, rewrite, scroll_in, scrolled_in, send_form, set_retry_after, set_status, staying,
    step, text_in, ticked, title_text, went_wrong, written,
};

/// What came back for a form that was sent in the background.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// Done: go there.
    Go(String),
    /// Refused: show this.
    Refused(Box<super::form::Outcome>),
    /// Nobody answered; everything typed is still there.
    Lost,
}
