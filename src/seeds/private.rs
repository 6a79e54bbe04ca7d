//! Development's private database: filled when it is missing, and told anew before its demo grows old.
//!
//! Promises: a start that is cut short leaves no half of a demo behind; a demo in which somebody has made something stays until
//! they ask for another; and what was there is never thrown away, only put beside under another name. Facts stay facts: no date of
//! what has happened is moved. Knows nothing of a `DATABASE_URL`.

use super::demo;
use crate::{
    features::accounts::rules::{UserSignedIn, UserSignedOut},
    platform::{
        clock::Clock,
        cluster::{self, Say, Server},
        ctx::{Ctx, House},
        db, facts,
        jobs::Registry,
    },
};
use anyhow::Context as _;
use std::{path::Path, sync::Arc};

/// So many days after it was told, the demo is old: two more, and the first of its requests run out
/// (`requests::rules::DEFAULT_VALIDITY`).
pub const LASTS: i64 = 12;

/// What is wished for at the start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wish {
    /// No demo: a database that is made stays empty.
    Empty,
    /// A demo of today, where nobody has made anything beside it.
    Demo,
    /// A demo of today, whatever was made.
    Anew,
}

/// The private database, and what is needed to fill it.
pub struct Private<'a> {
    pub server: &'a Server,
    /// How it is called.
    pub name: &'a str,
    /// Where the files of its house lie.
    pub files: &'a Path,
    /// Opens the house on a database, which is named by the address for the app's role.
    pub open: &'a dyn Fn(&str) -> anyhow::Result<Arc<House>>,
    pub registry: &'a Registry,
    pub say: Say<'a>,
}

/// What has become of the demo.
struct Found {
    /// How many days ago it was told; nothing when it never was.
    days: Option<i64>,
    /// Has somebody made something since?
    by_hand: bool,
}

impl Private<'_> {
    /// Makes the database ready, up to date and with the demo that is wished for.
    ///
    /// # Errors
    /// The server does not answer, the schema cannot be brought up to date, a step of the demo is refused, or somebody is connected
    /// to the new database. What was there is there still, under its own name or another; while somebody is connected to it, it is
    /// used as it is.
    pub async fn ready(&self, wish: Wish) -> anyhow::Result<()> {
        if !self.server.has_database(self.name).await? {
            self.fill(wish != Wish::Empty).await?;
            return self.put_in_place().await;
        }
        self.migrate(self.name).await?;
        if wish == Wish::Empty {
            return Ok(());
        }
        let found = self.look().await?;
        match found.days {
            _ if wish == Wish::Anew => (self.say)("The demo is told anew, from today."),
            Some(days) if days >= LASTS && !found.by_hand => (self.say)(&format!(
                "The demo was told {days} days ago, and nobody has made anything in it since: it is told anew, from today."
            )),
            Some(days) if days >= LASTS => {
                (self.say)(&format!(
                    "The demo was told {days} days ago, so its requests run out and its offers close. What was made in it since stays; \
                     --renew-demo tells it anew and keeps this database beside the new one."
                ));
                return Ok(());
            }
            _ => return Ok(()),
        }
        self.fill(true).await?;
        let beside = format!("{}_until_{}", self.name, moment());
        // Said before: a start that is cut short from here on leaves what was there under that name.
        (self.say)(&format!(
            "What was there until now is put beside, as the database {beside}; `make clean-data` removes it with everything else."
        ));
        if !self.server.rename_database(self.name, &beside).await? {
            (self.say)(&format!(
                "Not yet: somebody is connected to it (with psql?), so {} is what it was. Disconnect, and start again for the new demo.",
                self.name
            ));
            return Ok(());
        }
        self.put_in_place().await
    }

    fn unfinished(&self) -> String {
        format!("{}_unfinished", self.name)
    }

    /// Makes a database under another name: a start that is cut short never leaves half a demo behind.
    async fn fill(&self, with_demo: bool) -> anyhow::Result<()> {
        let unfinished = self.unfinished();
        self.server.drop_database(&unfinished).await?;
        self.server.create_database(&unfinished, None).await?;
        self.migrate(&unfinished).await?;
        if with_demo {
            let house = (self.open)(&self.server.app_url(&unfinished))?;
            let told = demo(&house, self.registry, self.say).await.context("the demo could not be loaded");
            house.pool.close().await;
            told?;
        }
        Ok(())
    }

    /// Gives what was filled its own name.
    async fn put_in_place(&self) -> anyhow::Result<()> {
        // Copies of checkpoints say what another database has signed; this one begins to count. Whoever still has those
        // checkpoints writes their copies again.
        let copies = self.files.join(facts::COPIES);
        if copies.exists() {
            let beside = self.files.join(format!("{}_until_{}", facts::COPIES, moment()));
            std::fs::rename(&copies, &beside).with_context(|| format!("{} cannot be put beside", copies.display()))?;
        }
        let unfinished = self.unfinished();
        let renamed = self.server.rename_database(&unfinished, self.name).await?;
        anyhow::ensure!(renamed, "somebody is connected to the database {unfinished}: disconnect, and start again");
        Ok(())
    }

    async fn migrate(&self, database: &str) -> anyhow::Result<()> {
        let owner = db::pool(&self.server.owner_url(database), 2).context("the private database")?;
        db::migrate(&owner, Some(cluster::APP)).await?;
        owner.close().await;
        Ok(())
    }

    async fn look(&self) -> anyhow::Result<Found> {
        let house = (self.open)(&self.server.app_url(self.name))?;
        let ctx = Ctx::background(&house, "dev");
        // Whoever signs in to look around has made nothing; nor has time, by which requests run out.
        let since = facts::since(ctx.db(), &format!("{}-", super::TRACE), &[UserSignedIn::NAME, UserSignedOut::NAME]).await;
        house.pool.close().await;
        let since = since?;
        Ok(Found { days: since.told.map(|told| (ctx.now() - told).num_days()), by_hand: since.by_hand })
    }
}

/// This moment, as part of a name.
fn moment() -> String {
    Clock::default().now().format("%Y%m%d_%H%M%S").to_string()
}
