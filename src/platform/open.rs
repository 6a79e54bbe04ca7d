//! Opens the house: every adapter chosen from the settings, in one place.

use super::{
    clock::Clock,
    config::{Keys, Settings},
    ctx::House,
    dns::{DirectReach, Lookups, Offline, Reach, SystemLookups},
    facts::FactRegistry,
    index::Shelf,
    mail::{Local, Post, smtp::Smtp},
    password::Passwords,
    places::Places,
    secrets::Secret,
    storage::Store,
};
use anyhow::Context as _;
use sqlx::PgPool;
use std::sync::Arc;
use tokio::sync::Notify;

/// The house with the adapters of the real world, or the local ones where development has no real ones.
///
/// # Errors
/// Names the setting whose adapter cannot be opened.
pub fn open(settings: Settings, keys: Keys, pool: PgPool, known: FactRegistry) -> anyhow::Result<Arc<House>> {
    let post: Arc<dyn Post> = match &settings.smtp {
        Some(url) => Arc::new(Smtp::new(url, &settings.mail_from).context("COMMDESK_SMTP")?),
        None => Arc::new(Local),
    };
    let (lookups, reach): (Arc<dyn Lookups>, Arc<dyn Reach>) = if settings.look_outside {
        match SystemLookups::new() {
            Ok(lookups) => {
                let lookups: Arc<dyn Lookups> = Arc::new(lookups);
                (Arc::clone(&lookups), Arc::new(DirectReach::new(lookups)))
            }
            // A machine without a resolver: what cannot be checked says so.
            Err(_) => (Arc::new(Offline), Arc::new(Offline)),
        }
    } else {
        (Arc::new(Offline), Arc::new(Offline))
    };
    // Signed links of the local store are keyed by a derivation of the blind key: nothing else to configure.
    let link_key = Secret::new(keys.blind.blind("storage-links", "v1"));
    let named = if settings.is_development() { "COMMDESK_DATA" } else { "COMMDESK_FILES" };
    std::fs::create_dir_all(&settings.files).with_context(|| format!("{named}: {} cannot be made", settings.files.display()))?;
    let store = Store::local(&settings.files, link_key)?;
    let places = match &settings.places_database {
        Some(path) => Places::open(path).context("COMMDESK_PLACES_DATABASE")?,
        None => Places::default(),
    };
    Ok(Arc::new(House {
        pool,
        clock: Clock::default(),
        columns: keys.columns,
        blind: keys.blind,
        signing: keys.signing,
        passwords: Passwords::default(),
        post,
        store,
        lookups,
        reach,
        places,
        known,
        poke: Notify::new(),
        shelf: Shelf::default(),
        settings,
    }))
}
