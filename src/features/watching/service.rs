//! The use cases of saved searches and of watching. They are a person's own bookmarks, so nothing is stated about them; what an
//! alert tells is a fact (`alerts.rs`).

use super::{
    alerts,
    rules::List,
    store::{self, WatchedRow},
    views::{
        KeptView, SavedSearchView, SearchInput, SearchList, SearchPatch, SearchesView, WatchList, WatchView, WatchedView,
        WatchlistView,
    },
};
use crate::{
    features::{
        accounts::{self, views::Recipient},
        communities,
        communities::search::CommunitiesQuery,
        opportunities,
        opportunities::board::Board,
        organizations,
        organizations::{rules::search::DirectoryQuery, views::logo_url},
    },
    kernel::{
        actor::{Actor, Membership},
        error::{AppError, AppResult},
        fields::FieldErrors,
        ids::{OrganizationId, SavedViewId, UserId},
        page::{Page, PageRequest, cursor, uncursor},
        search::{Everything, Taken, whole_words},
        text::Line,
    },
    platform::{ctx::Ctx, dates, jobs, tx::Tx},
};
use chrono::{DateTime, SecondsFormat};
use uuid::Uuid;

pub use super::store::Owner;

/// The most searches of one list that somebody saves in one workspace.
const MOST_SEARCHES: i64 = 30;
const LONGEST_NAME: usize = 60;
/// The most rows that somebody watches in one workspace.
const MOST_WATCHED: i64 = 200;
/// A search that finds more than these now tells of nothing in particular, and each of them would have to be kept as known.
const MOST_KNOWN: usize = 2_000;
/// The most people who are told that somebody whom they watch published something.
const MOST_TOLD: i64 = 2_000;

/// Whose bookmarks these are: by the workspace's id, because slugs may change.
pub fn owner(actor: &Actor) -> Owner {
    let workspace = match (actor.organization(), actor.community()) {
        (Some(id), _) => format!("organization:{id}"),
        (_, Some(id)) => format!("community:{id}"),
        _ => String::new(),
    };
    Owner { user: actor.user().0, workspace }
}

fn key_of(actor: &Actor) -> String {
    actor.acting.as_ref().map(Membership::key).unwrap_or_default()
}

/// What somebody keeps beside a list. One statement; none for nobody.
///
/// # Errors
/// When the database is away.
pub async fn kept(ctx: &Ctx, viewer: Option<&Actor>, list: List) -> AppResult<KeptView> {
    let Some(actor) = viewer else { return Ok(KeptView::default()) };
    let (searches, watched) = store::list_kept(ctx, &owner(actor), list).await?;
    Ok(KeptView { signed_in: true, acting: key_of(actor), searches, watched })
}

/// Every search that the actor saved in this workspace.
///
/// # Errors
/// When the database is away.
pub async fn searches(ctx: &Ctx, actor: &Actor) -> AppResult<SearchesView> {
    Ok(SearchesView { items: store::list_searches(ctx, &owner(actor)).await?, acting: key_of(actor) })
}

/// Saves a question under a name. With an alert, what fits now is known: nobody is told of it.
///
/// # Errors
/// 422 beside `name` and `query`; 409 `NOTHING_NARROWED`, `TOO_MANY_SEARCHES`, `SEARCH_SAVED_ALREADY`, `TOO_MANY_FIT`,
/// `NOBODY_HAS_THE_WORDS`.
pub async fn save(ctx: &Ctx, actor: &Actor, list: List, input: &SearchInput) -> AppResult<SavedSearchView> {
    let name = read_name(&input.name)?;
    let query = read_query(list, &input.query)?;
    must_be_narrowed(list, &query, input.alerts)?;
    let known = if input.alerts { known(ctx, actor, list, &query).await? } else { Vec::new() };
    let (owner, now) = (owner(actor), ctx.now());
    let mut tx = ctx.begin().await?;
    let (count, twin) = store::count_searches(&mut tx, &owner, list, &query).await?;
    if let Some(twin) = twin {
        return Err(saved_already(&twin));
    }
    if count >= MOST_SEARCHES {
        return Err(AppError::refused(
            "TOO_MANY_SEARCHES",
            format!("You have {MOST_SEARCHES} saved searches here. Delete one that you no longer need, then save this one."),
        ));
    }
    let described = list.described(&query);
    let search = SavedSearchView { id: ctx.id(), list, name, query, described, alerts: input.alerts };
    store::insert_search(&mut tx, &owner, &search, now).await?;
    store::insert_known(&mut tx, search.id, &known, now).await?;
    tx.result(search.id);
    tx.commit_unstated("a person's own bookmark").await?;
    Ok(search)
}

fn saved_already(twin: &str) -> AppError {
    AppError::refused(
        "SEARCH_SAVED_ALREADY",
        format!("You saved this search already, as “{twin}”. It stands under your saved searches."),
    )
}

/// A question as its list writes it.
fn read_query(list: List, typed: &str) -> Result<String, FieldErrors> {
    let query = list.canonical(typed);
    match list.problem(&query) {
        Some(problem) => Err(FieldErrors::one("query", problem)),
        None => Ok(query),
    }
}

/// An order of all opportunities is worth a name; a search of everything, or an alert of it, is not.
fn must_be_narrowed(list: List, query: &str, with_alerts: bool) -> AppResult<()> {
    if list.is_narrowed(query) || (list == List::Opportunities && !with_alerts) {
        return Ok(());
    }
    Err(AppError::refused(
        "NOTHING_NARROWED",
        format!("This is every {}. Search for words or choose a filter, then save that.", list.noun(1)),
    ))
}

fn read_name(name: &str) -> Result<String, FieldErrors> {
    Line::parse(name, 1, LONGEST_NAME, "name").map(Line::into_string).map_err(|wrong| FieldErrors::one("name", wrong.to_string()))
}

/// What fits a question now, for somebody who wants to hear of what comes later.
async fn known(ctx: &Ctx, actor: &Actor, list: List, query: &str) -> AppResult<Vec<Uuid>> {
    let found = match list {
        List::Organizations => {
            organizations::directory::everything(ctx, Some(actor), &DirectoryQuery::read(query), MOST_KNOWN).await?
        }
        List::Communities => {
            communities::directory::everything(ctx, Some(actor), &CommunitiesQuery::read(query), MOST_KNOWN).await?
        }
        List::Opportunities => {
            let ids = opportunities::service::all_ids(ctx, Some(actor), &Board::read(query), MOST_KNOWN).await?;
            ids.map_or(Everything::TooMany, Everything::Ids)
        }
    };
    match found {
        Everything::Ids(ids) => Ok(ids),
        Everything::TooMany => Err(AppError::refused(
            "TOO_MANY_FIT",
            format!(
                "More than 2,000 {} fit this search, so an alert would tell of nothing in particular. Narrow it, or save it \
                 without an alert.",
                list.noun(2)
            ),
        )),
        Everything::Taken(taken) => Err(AppError::refused("NOBODY_HAS_THE_WORDS", other_words(list, &taken))),
    }
}

/// An alert looks for words as they stand. Of what the list shows by others it would never tell.
fn other_words(list: List, taken: &Taken) -> String {
    let one = list.noun(1);
    match (&taken.instead, taken.begun.is_empty()) {
        (Some(instead), true) => format!(
            "No {one} has these words: the list shows “{instead}” instead, and an alert looks for the words themselves. Search \
             for “{instead}” and save that, or save this without an alert."
        ),
        (Some(instead), false) => format!(
            "No {one} has these words: the list shows “{}” and words that begin with “{}” instead, and an alert looks for the \
             words themselves. Search for the whole words that you mean and save that, or save this without an alert.",
            whole_words(instead, &taken.begun),
            taken.begun.join("”, “")
        ),
        (None, _) => format!(
            "No {one} has the words “{}”: the list shows words that begin so, and an alert looks for whole words. Search for the \
             whole word that you mean and save that, or save this without an alert.",
            taken.begun.join(" ")
        ),
    }
}

/// A page of the searches that the actor saved in this workspace, of every list, the oldest first.
///
/// # Errors
/// 422 for a cursor that is none.
pub async fn searches_after(ctx: &Ctx, actor: &Actor, page: &PageRequest) -> AppResult<SearchList> {
    let after = match page.cursor.as_deref() {
        None => Uuid::nil(),
        Some(text) => {
            let [id] = uncursor::<1>(text)?;
            id.parse().map_err(|_| not_ours())?
        }
    };
    // There are never so many that a statement would have to cut them.
    let mut items = store::list_searches(ctx, &owner(actor)).await?;
    items.retain(|search| search.id.0 > after);
    items.sort_by_key(|search| search.id);
    let Page { items, next_cursor, .. } = Page::cut(items, page.limit, 0, |search| cursor(&[&search.id.to_string()]));
    Ok(SearchList { items, next_cursor })
}

fn not_ours() -> AppError {
    AppError::invalid("cursor", "This cursor is not one of ours. Start again without it.")
}

/// One search of the actor's.
///
/// # Errors
/// 404 for somebody else's, and for one that is gone.
pub async fn search(ctx: &Ctx, actor: &Actor, id: SavedViewId) -> AppResult<SavedSearchView> {
    let searches = store::list_searches(ctx, &owner(actor)).await?;
    searches.into_iter().find(|search| search.id == id).ok_or(AppError::NotFound)
}

/// As [`search`], of one list only.
///
/// # Errors
/// As [`search`].
pub async fn search_of(ctx: &Ctx, actor: &Actor, list: List, id: SavedViewId) -> AppResult<SavedSearchView> {
    Some(search(ctx, actor, id).await?).filter(|search| search.list == list).ok_or(AppError::NotFound)
}

/// Gives a search another name.
///
/// # Errors
/// As [`change`].
pub async fn rename(ctx: &Ctx, actor: &Actor, id: SavedViewId, name: &str) -> AppResult<()> {
    change(ctx, actor, id, &SearchPatch { name: Some(name.to_owned()), ..SearchPatch::default() }).await
}

/// Switches the alert of a search on or off.
///
/// # Errors
/// As [`change`].
pub async fn set_alerts(ctx: &Ctx, actor: &Actor, id: SavedViewId, alerts: bool) -> AppResult<()> {
    change(ctx, actor, id, &SearchPatch { alerts: Some(alerts), ..SearchPatch::default() }).await
}

/// Gives a search another name or another question, and switches its alert on or off. On, what fits now is known; off, what waited
/// is not told.
///
/// # Errors
/// 404 for somebody else's; 422 beside `name` and `query`; 409 `NOTHING_NARROWED`, `TOO_MANY_FIT`, `NOBODY_HAS_THE_WORDS`,
/// `SEARCH_SAVED_ALREADY`.
pub async fn change(ctx: &Ctx, actor: &Actor, id: SavedViewId, patch: &SearchPatch) -> AppResult<()> {
    let name = patch.name.as_deref().map(read_name).transpose()?;
    let (owner, now) = (owner(actor), ctx.now());
    let seen = search(ctx, actor, id).await?;
    let list = seen.list;
    let query = match patch.query.as_deref() {
        Some(typed) => read_query(list, typed)?,
        None => seen.query.clone(),
    };
    let asks_anew = query != seen.query;
    let begins = patch.alerts == Some(true) && (asks_anew || !seen.alerts);
    // A filter of a former list is no reason against another name, nor against silence.
    if asks_anew || begins {
        must_be_narrowed(list, &query, begins)?;
    }
    let known = if begins { known(ctx, actor, list, &query).await? } else { Vec::new() };
    let mut tx = ctx.begin().await?;
    if asks_anew && let (_, Some(twin)) = store::count_searches(&mut tx, &owner, list, &query).await? {
        return Err(saved_already(&twin));
    }
    let held = store::hold_search(&mut tx, &owner, id).await?.ok_or(AppError::NotFound)?;
    // What the patch does not name is as it is under the lock.
    let name = name.unwrap_or_else(|| held.name.clone());
    let query = if patch.query.is_some() { query } else { held.query.clone() };
    let alerts = patch.alerts.unwrap_or(held.alerts && !asks_anew);
    store::update_search(&mut tx, &SavedSearchView { name, query, alerts, ..held }, now).await?;
    if asks_anew || !alerts {
        store::forget_waiting(&mut tx, id, None).await?;
        jobs::clear_deadline(&mut tx, alerts::ALERT, id.0).await?;
    }
    store::insert_known(&mut tx, id, &known, now).await?;
    tx.result(id);
    tx.commit_unstated("a person's own bookmark").await
}

/// Forgets a search and what it found.
///
/// # Errors
/// 404 for somebody else's, and for one that is gone.
pub async fn delete(ctx: &Ctx, actor: &Actor, id: SavedViewId) -> AppResult<()> {
    let mut tx = ctx.begin().await?;
    if !store::delete_search(&mut tx, &owner(actor), id).await? {
        return Err(AppError::NotFound);
    }
    jobs::clear_deadline(&mut tx, alerts::ALERT, id.0).await?;
    tx.result(id);
    tx.commit_unstated("a person's own bookmark").await
}

// ── Watching ────────────────────────────────────────────────────────────────────────────────────────────────────────

/// Watches a row; twice is once.
///
/// # Errors
/// 404 for a row that is not listed, or that a block hides; 409 `TOO_MANY_WATCHED`.
pub async fn watch(ctx: &Ctx, actor: &Actor, list: List, row: Uuid) -> AppResult<()> {
    if !is_there(ctx, actor, list, row).await? {
        return Err(AppError::NotFound);
    }
    let owner = owner(actor);
    let mut tx = ctx.begin().await?;
    if store::count_watches(&mut tx, &owner).await? >= MOST_WATCHED {
        // What is hidden by now stands on no list where one could stop watching it: only what is seen counts. And twice is once.
        let seen = store::list_watched(ctx, &owner, actor.organization(), actor.community()).await?;
        let is_full = i64::try_from(seen.len()).unwrap_or(i64::MAX) >= MOST_WATCHED;
        if is_full && seen.iter().all(|it| it.id != row) {
            return Err(AppError::refused(
                "TOO_MANY_WATCHED",
                format!("You watch {MOST_WATCHED} here. Stop watching one under your watchlist, then watch this one."),
            ));
        }
    }
    store::insert_watch(&mut tx, &owner, list, row, ctx.now()).await?;
    tx.result(row);
    tx.commit_unstated("a person's own bookmark").await
}

/// Watches a row no longer; one that was not watched stays so.
///
/// # Errors
/// When the database is away.
pub async fn unwatch(ctx: &Ctx, actor: &Actor, list: List, row: Uuid) -> AppResult<()> {
    let mut tx = ctx.begin().await?;
    store::delete_watch(&mut tx, &owner(actor), list, row).await?;
    tx.result(row);
    tx.commit_unstated("a person's own bookmark").await
}

/// Does the viewer watch the row of a page? One statement; none, and nothing, for nobody.
///
/// # Errors
/// When the database is away.
pub async fn watched(ctx: &Ctx, viewer: Option<&Actor>, list: List, row: Uuid) -> AppResult<Option<WatchView>> {
    let Some(actor) = viewer else { return Ok(None) };
    let watched = store::is_watched(ctx, &owner(actor), list, row).await?;
    Ok(Some(watch_view(actor, watched)))
}

/// As [`watched`], for a room below that has read with its own rows whether the actor, as [`owner`] names them, watches one.
pub fn watch_view(actor: &Actor, watched: bool) -> WatchView {
    WatchView { watched, acting: key_of(actor) }
}

async fn is_there(ctx: &Ctx, actor: &Actor, list: List, row: Uuid) -> AppResult<bool> {
    Ok(match list {
        List::Organizations => !organizations::directory::cards(ctx, Some(actor), &[row]).await?.is_empty(),
        List::Communities => !communities::directory::cards(ctx, Some(actor), &[row]).await?.is_empty(),
        // An opportunity closes; what watches for the next one is a search.
        List::Opportunities => false,
    })
}

/// What the actor watches, what changed last first; whoever is not there for them any more is not shown.
///
/// # Errors
/// When the database is away.
pub async fn watchlist(ctx: &Ctx, actor: &Actor) -> AppResult<WatchlistView> {
    let rows = store::list_watched(ctx, &owner(actor), actor.organization(), actor.community()).await?;
    Ok(WatchlistView { items: rows.into_iter().map(shown).collect(), acting: key_of(actor) })
}

fn shown(row: WatchedRow) -> WatchedView {
    WatchedView {
        list: row.list,
        id: row.id,
        slug: row.slug,
        name: row.name,
        logo_url: row.logo_key.as_deref().map(logo_url),
        about: row.about,
        changed_at: row.changed_at.to_rfc3339(),
        changed_label: dates::day(row.changed_at, chrono_tz::Tz::UTC),
    }
}

/// A page of [`watchlist`].
///
/// # Errors
/// 422 for a cursor that is none.
pub async fn watched_after(ctx: &Ctx, actor: &Actor, page: &PageRequest) -> AppResult<WatchList> {
    let after = match page.cursor.as_deref() {
        None => None,
        Some(text) => {
            let [at, id] = uncursor::<2>(text)?;
            let at = DateTime::parse_from_rfc3339(&at).map_err(|_| not_ours())?.to_utc();
            Some((at, id.parse::<Uuid>().map_err(|_| not_ours())?))
        }
    };
    let mut rows = store::list_watched(ctx, &owner(actor), actor.organization(), actor.community()).await?;
    if let Some((at, id)) = after {
        rows.retain(|row| row.changed_at < at || (row.changed_at == at && row.id > id));
    }
    let Page { items, next_cursor, .. } = Page::cut(rows, page.limit, 0, |row| {
        cursor(&[&row.changed_at.to_rfc3339_opts(SecondsFormat::Micros, true), &row.id.to_string()])
    });
    Ok(WatchList { items: items.into_iter().map(shown).collect(), next_cursor })
}

/// Somebody who watches a row, and the workspace in which they do, as pages name it.
pub struct Watcher {
    pub recipient: Recipient,
    pub workspace: String,
}

/// Who watches a row and may see it, for what it has just published; or only this person, where they do.
///
/// # Errors
/// When the database is away.
pub async fn watchers(ctx: &Ctx, list: List, row: Uuid, only: Option<UserId>) -> AppResult<Vec<Watcher>> {
    let mut watchers = Vec::new();
    for owner in store::list_watchers(ctx, list, row, only, MOST_TOLD).await? {
        let Some(looks) = alerts::looks_as(ctx, &owner).await? else { continue };
        let sees = match (list, &looks.viewer) {
            (List::Organizations, viewer) => !organizations::directory::cards(ctx, viewer.as_ref(), &[row]).await?.is_empty(),
            (List::Communities, viewer) => !communities::directory::cards(ctx, viewer.as_ref(), &[row]).await?.is_empty(),
            (List::Opportunities, _) => false,
        };
        let login = if sees { accounts::service::login(ctx, owner.user.into()).await? } else { None };
        if let Some(login) = login {
            watchers.push(Watcher { recipient: accounts::service::recipient_of(login), workspace: looks.key() });
        }
    }
    Ok(watchers)
}

/// One organization stands where another did: what its people watch, and who watches it. Saved searches are carried with all
/// saved views.
///
/// # Errors
/// When the database is away.
pub async fn follow_in(tx: &mut Tx, gone: OrganizationId, kept: OrganizationId) -> AppResult<()> {
    store::follow(tx, gone, kept).await
}
