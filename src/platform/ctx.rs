//! What every use case is handed: the database, the clock, the adapters of the outside world, and the request it serves.

use super::{
    clock::Clock,
    crypto::{BlindKey, CheckpointKey, Keyring},
    dns::{Lookups, Reach},
    facts::FactRegistry,
    index::Shelf,
    mail::Post,
    password::Passwords,
    places::Places,
    storage::Store,
    tx::Tx,
};
use crate::kernel::{error::AppResult, ids::ApiKeyId};
use chrono::{DateTime, Utc};
use sqlx::PgPool;
use std::{net::IpAddr, sync::Arc};
use tokio::sync::Notify;
use uuid::Uuid;

/// Everything that lives as long as the process.
pub struct House {
    pub pool: PgPool,
    pub clock: Clock,
    pub settings: super::config::Settings,
    pub columns: Keyring,
    pub blind: BlindKey,
    pub signing: CheckpointKey,
    pub passwords: Passwords,
    pub post: Arc<dyn Post>,
    pub store: Store,
    pub lookups: Arc<dyn Lookups>,
    pub reach: Arc<dyn Reach>,
    pub places: Places,
    /// Which facts exist; stating an unknown one is a defect.
    pub known: FactRegistry,
    /// Wakes the dispatcher after a commit and the workers after a dispatch.
    pub poke: Notify,
    /// What rooms keep in memory: their indexes.
    pub shelf: Shelf,
}

impl House {
    /// The same house with a clock of its own, so many seconds away: for stories that tell of what is over.
    #[must_use]
    pub fn at_another_time(&self, seconds: i64) -> Self {
        let clock = Clock::default();
        clock.shift(self.clock.offset() + seconds);
        Self {
            pool: self.pool.clone(),
            clock,
            settings: self.settings.clone(),
            columns: self.columns.clone(),
            blind: self.blind.clone(),
            signing: self.signing.clone(),
            passwords: self.passwords.clone(),
            post: Arc::clone(&self.post),
            store: self.store.clone(),
            lookups: Arc::clone(&self.lookups),
            reach: Arc::clone(&self.reach),
            places: self.places.clone(),
            known: self.known,
            poke: Notify::new(),
            shelf: Shelf::default(),
        }
    }
}

/// An idempotency key, claimed by the first transaction of the use case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// Who: a user and the workspace they act for.
    pub principal: String,
    /// What: method and route.
    pub operation: String,
    pub key: String,
    pub request_hash: [u8; 32],
}

/// One request's, job's or command's view of the house. Cheap to clone.
#[derive(Clone)]
pub struct Ctx {
    pub house: Arc<House>,
    /// One id from the browser to the last job, mail and error page.
    pub trace_id: Arc<str>,
    /// The caller's address, through trusted proxies only; of IPv6 the /64 network, which is what one caller has.
    pub address: Option<IpAddr>,
    /// Claimed by [`Ctx::begin`].
    pub claim: Option<Claim>,
    /// The key with which a program calls; every fact of the call names it.
    pub key: Option<ApiKeyId>,
}

impl Ctx {
    pub fn new(house: Arc<House>, trace_id: impl Into<Arc<str>>) -> Self {
        Self { house, trace_id: trace_id.into(), address: None, claim: None, key: None }
    }

    /// For jobs, commands and seeds: a trace of its own.
    pub fn background(house: &Arc<House>, what: &str) -> Self {
        let id = house_id(house.clock.now());
        Self::new(Arc::clone(house), format!("{what}-{}", id.simple()))
    }

    #[must_use]
    pub fn with_claim(&self, claim: Claim) -> Self {
        Self { claim: Some(claim), ..self.clone() }
    }

    /// Now, by the injected clock.
    pub fn now(&self) -> DateTime<Utc> {
        self.house.clock.now()
    }

    /// A new id (UUID v7 at [`Ctx::now`]); links that must not leak when something was made use a random token instead.
    pub fn id<T: From<Uuid>>(&self) -> T {
        T::from(house_id(self.now()))
    }

    /// Where the call comes from, so that it is known again and can be read by nobody. One key for all rooms: companies and
    /// communities that apply from one address are seen together.
    pub fn source(&self) -> Option<[u8; 32]> {
        self.address.map(|address| self.house.blind.blind("applied_from", &address.to_string()))
    }

    /// For single statements that read. Changes go through [`Ctx::begin`].
    pub fn db(&self) -> &PgPool {
        &self.house.pool
    }

    /// Opens a transaction, and claims the call's idempotency key in it.
    ///
    /// # Errors
    /// `Replay` when a twin with the same key has committed; `Busy` when the database is away.
    pub async fn begin(&self) -> AppResult<Tx> {
        Tx::begin(self).await
    }

    /// An absolute address on this site, for mails.
    pub fn link(&self, path: &str) -> String {
        format!("{}{path}", self.house.settings.base_url.trim_end_matches('/'))
    }
}

fn house_id(at: DateTime<Utc>) -> Uuid {
    let seconds = u64::try_from(at.timestamp()).unwrap_or_default();
    Uuid::new_v7(uuid::Timestamp::from_unix(uuid::NoContext, seconds, at.timestamp_subsec_nanos()))
}
