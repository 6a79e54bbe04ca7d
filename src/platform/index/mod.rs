//! Indexes of lists that are searched, kept by the process. Every instance has its own, filled from the database in the
//! background and kept up with what changed; a room says what it is filled from ([`Source`]).
//!
//! Promises: a change is known within [`LAG`] of its commit, whatever runs beside it and however long; until an index is
//! filled, and while it cannot follow (the database is away, or more than [`AHEAD`] changes are newer than a transaction that
//! still runs), there is none, and whoever asks makes do with the database ([`by_database`]). Does not say what may be shown.

pub mod by_database;
pub mod engine;
pub mod parts;
pub mod place;

use super::ctx::{Ctx, House};
use crate::kernel::error::AppResult;
use std::{
    any::{Any, TypeId},
    collections::{BTreeSet, HashMap},
    sync::{
        Arc, Mutex, PoisonError, RwLock,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// Rows that are read at once while an index is filled, and while it follows.
const CHUNK: i64 = 4_000;
const FOLLOWED: usize = 200;
/// Changes that are read at once, without their rows, and so the most that are known ahead of the mark: more than the longest
/// file brings.
const AHEAD: i64 = 8_000;
/// The longest list that is kept: at about 400 bytes a row, 2 GB.
const MOST_ROWS: u64 = 5_000_000;
/// How long a change may be unknown to it, and how long it waits after it failed.
const LAG: Duration = Duration::from_millis(400);
const AGAIN: Duration = Duration::from_secs(5);
/// When a list that was too long is looked at again.
const LATER: Duration = Duration::from_secs(600);
/// After so many rounds its size is measured again.
const REPORTED: u32 = 150;

/// Things of rooms that live as long as the process, one of each type.
#[derive(Default)]
pub struct Shelf(Mutex<HashMap<TypeId, Arc<dyn Any + Send + Sync>>>);

impl Shelf {
    pub fn get<T: Any + Send + Sync + Default>(&self) -> Arc<T> {
        let mut shelf = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = shelf.entry(TypeId::of::<T>()).or_insert_with(|| Arc::new(T::default()));
        Arc::clone(kept).downcast().expect("it is kept under its own type")
    }
}

/// What a list is kept as: [`engine::Index`], or what a room makes of [`parts`].
pub trait Kept: Default + Send + Sync + 'static {
    /// A row as it is kept.
    type Row: Send + Sync + 'static;

    fn id(row: &Self::Row) -> Uuid;

    /// Puts a row in, in the place of what it was before.
    fn put(&mut self, row: &Self::Row);

    /// Takes a row out, if it is there.
    fn remove(&mut self, id: Uuid);

    /// How many there are.
    fn rows(&self) -> u64;

    /// Has so much changed that it is better made anew?
    fn is_worn(&self) -> bool;

    /// About how much memory it takes.
    fn bytes(&self) -> usize;
}

/// A place in the order of changes: the transaction that changed, and what it changed.
pub type Mark = (i64, Uuid);

/// How far an index has followed.
#[derive(Default)]
struct Followed {
    /// Up to here nothing is missing, and nothing can come any more.
    mark: Mark,
    /// What it knows beyond: an older transaction still runs, whose changes come before these.
    ahead: BTreeSet<Mark>,
}

/// An index once it is filled.
pub struct Live<I> {
    index: RwLock<Option<I>>,
    followed: tokio::sync::Mutex<Followed>,
    /// It could not follow, and nobody knows what it has missed.
    late: AtomicBool,
}

impl<I> Default for Live<I> {
    fn default() -> Self {
        Self { index: RwLock::new(None), followed: tokio::sync::Mutex::default(), late: AtomicBool::new(false) }
    }
}

impl<I: Kept> Live<I> {
    /// Reads it; nothing until it is filled, and while it cannot follow.
    pub fn read<T>(&self, read: impl FnOnce(&I) -> T) -> Option<T> {
        if self.late.load(Ordering::Relaxed) { None } else { self.look(read) }
    }

    /// Reads it, late or not.
    fn look<T>(&self, read: impl FnOnce(&I) -> T) -> Option<T> {
        self.index.read().unwrap_or_else(PoisonError::into_inner).as_ref().map(read)
    }

    pub fn write(&self, write: impl FnOnce(&mut I)) {
        if let Some(index) = self.index.write().unwrap_or_else(PoisonError::into_inner).as_mut() {
            write(index);
        }
    }

    fn replace(&self, index: Option<I>) {
        let old = std::mem::replace(&mut *self.index.write().unwrap_or_else(PoisonError::into_inner), index);
        drop(old);
    }
}

/// A row as it is now.
pub enum Row<R> {
    Listed(Box<R>),
    /// It is in the list no longer, or never was.
    Unlisted(Uuid),
}

/// A change that is committed.
pub struct Change {
    pub mark: Mark,
    /// What of the list is to be read anew: often what was changed itself.
    pub of: Uuid,
    /// No other change can come before it any more: every transaction that still runs is a later one.
    pub is_settled: bool,
}

/// What an index is filled from.
pub trait Source: Send + Sync + 'static {
    type Of: Kept;
    /// In logs and figures.
    const LIST: &'static str;

    /// Rows of the list with larger ids, in their order.
    fn after(ctx: &Ctx, id: Uuid, limit: i64) -> impl Future<Output = AppResult<Vec<<Self::Of as Kept>::Row>>> + Send;

    /// So many changes after the mark, in their order, all of one moment: those that are settled come first.
    fn changed(ctx: &Ctx, mark: Mark, limit: i64) -> impl Future<Output = AppResult<Vec<Change>>> + Send;

    /// The rows of changes as they are now: what changed again meanwhile comes once more.
    fn rows(ctx: &Ctx, of: &[Uuid]) -> impl Future<Output = AppResult<Vec<Row<<Self::Of as Kept>::Row>>>> + Send;
}

/// Lists that are kept and answered by the database still.
#[derive(Default)]
struct Filling(Mutex<BTreeSet<&'static str>>);

impl Filling {
    fn with<T>(&self, with: impl FnOnce(&mut BTreeSet<&'static str>) -> T) -> T {
        with(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Says that a list will be kept: until it is filled for the first time, it is one of [`filling`].
pub fn expect<S: Source>(house: &House) {
    house.shelf.get::<Filling>().with(|lists| lists.insert(S::LIST));
    metrics::gauge!("search_index_answers", "list" => S::LIST).set(0.0);
}

/// The lists whose indexes this process has still to fill since it started. One that is too long to be kept is none.
pub fn filling(house: &House) -> Vec<&'static str> {
    house.shelf.get::<Filling>().with(|lists| lists.iter().copied().collect())
}

pub fn live<S: Source>(ctx: &Ctx) -> Arc<Live<S::Of>> {
    ctx.house.shelf.get()
}

/// Fills the index anew; until it is done the old one answers, if there is one.
///
/// # Errors
/// When the database is away.
pub async fn fill<S: Source>(ctx: &Ctx) -> AppResult<()> {
    let live = live::<S>(ctx);
    let mut followed = live.followed.lock().await;
    // Whatever changes from here on is followed afterwards; what is still being changed now is changed after this.
    let now: i64 = sqlx::query_scalar!(r#"select pg_snapshot_xmin(pg_current_snapshot())::text::bigint as "now!""#)
        .fetch_one(ctx.db())
        .await?;
    let began = tokio::time::Instant::now();
    let (mut index, mut last) = (<S::Of>::default(), Uuid::nil());
    loop {
        let rows = S::after(ctx, last, CHUNK).await?;
        let Some(row) = rows.last() else { break };
        last = <S::Of as Kept>::id(row);
        for row in &rows {
            index.put(row);
        }
        if index.rows() > MOST_ROWS {
            tracing::warn!(list = S::LIST, "the list is too long to be kept in memory; the database answers by itself");
            live.replace(None);
            filled::<S>(ctx);
            return Ok(());
        }
        tokio::task::yield_now().await;
    }
    tracing::info!(list = S::LIST, rows = index.rows(), seconds = began.elapsed().as_secs(), "the index is filled");
    report::<S>(&index);
    live.replace(Some(index));
    *followed = Followed { mark: (now, Uuid::nil()), ahead: BTreeSet::new() };
    filled::<S>(ctx);
    Ok(())
}

fn filled<S: Source>(ctx: &Ctx) {
    ctx.house.shelf.get::<Filling>().with(|lists| lists.remove(S::LIST));
}

/// Takes in what changed until now; how many rows did. Fills it anew when it is worn, and says when it cannot know all.
///
/// # Errors
/// When the database is away.
pub async fn follow<S: Source>(ctx: &Ctx) -> AppResult<usize> {
    let live = live::<S>(ctx);
    let mut followed = live.followed.lock().await;
    if live.look(|_| ()).is_none() {
        return Ok(0);
    }
    let mut all = 0;
    let has_more = loop {
        let changes = S::changed(ctx, followed.mark, AHEAD).await?;
        // What was taken in ahead is not read again, however long it stands beyond the mark.
        let news = changes.iter().filter(|change| !followed.ahead.contains(&change.mark));
        let mut of: Vec<Uuid> = news.map(|change| change.of).collect();
        of.sort_unstable();
        of.dedup();
        for some in of.chunks(FOLLOWED) {
            let rows = S::rows(ctx, some).await?;
            all += rows.len();
            live.write(|index| {
                for row in &rows {
                    match row {
                        Row::Listed(row) => index.put(row),
                        Row::Unlisted(id) => index.remove(*id),
                    }
                }
            });
            tokio::task::yield_now().await;
        }
        let (settled, ahead) = changes.split_at(changes.partition_point(|change| change.is_settled));
        followed.ahead = ahead.iter().map(|change| change.mark).collect();
        if let Some(last) = settled.last() {
            followed.mark = last.mark;
        }
        if i64::try_from(changes.len()).is_ok_and(|read| read < AHEAD) {
            break false;
        }
        // Beyond so many that are not settled, nobody looks.
        if settled.is_empty() {
            break true;
        }
    };
    drop(followed);
    let was_late = live.late.swap(has_more, Ordering::Relaxed);
    if has_more && !was_late {
        tracing::warn!(
            list = S::LIST,
            "a transaction has run for so long that the index cannot keep up; until it ends the database answers by itself"
        );
    }
    if live.look(<S::Of as Kept>::is_worn).unwrap_or_default() {
        fill::<S>(ctx).await?;
    }
    Ok(all)
}

fn report<S: Source>(index: &S::Of) {
    #[expect(clippy::cast_precision_loss, reason = "figures for people")]
    {
        metrics::gauge!("search_index_rows", "list" => S::LIST).set(index.rows() as f64);
        metrics::gauge!("search_index_bytes", "list" => S::LIST).set(index.bytes() as f64);
    }
}

/// Fills an index and follows what changes, until told to stop.
pub fn keep<S: Source>(house: &Arc<House>, stop: &CancellationToken) {
    expect::<S>(house);
    let (ctx, stop) = (Ctx::background(house, S::LIST), stop.clone());
    tokio::spawn(async move {
        tokio::select! {
            () = keep_up::<S>(&ctx) => {}
            () = stop.cancelled() => {}
        }
    });
}

async fn keep_up<S: Source>(ctx: &Ctx) {
    let live = live::<S>(ctx);
    let (mut unreported, mut rounds) = (0, 0_u32);
    loop {
        let is_filled = live.look(|_| ()).is_some();
        let done = if is_filled { follow::<S>(ctx).await } else { fill::<S>(ctx).await.map(|()| 0) };
        // Whoever followed has said whether it knows all.
        if done.is_err() || !is_filled {
            live.late.store(done.is_err(), Ordering::Relaxed);
        }
        let answers = live.read(|_| ()).is_some();
        metrics::gauge!("search_index_answers", "list" => S::LIST).set(if answers { 1.0 } else { 0.0 });
        let pause = match done {
            Ok(rows) => {
                unreported += rows;
                rounds = rounds.wrapping_add(1);
                if unreported > 0 && rounds.is_multiple_of(REPORTED) {
                    live.look(report::<S>);
                    unreported = 0;
                }
                // A list that is too long is looked at again now and then: it may have shrunk.
                if live.look(|_| ()).is_some() { LAG } else { LATER }
            }
            Err(error) => {
                tracing::warn!(list = S::LIST, %error, "the index could not follow; it tries again");
                AGAIN
            }
        };
        tokio::time::sleep(pause).await;
    }
}
