//! Alerts: what came or changed is matched against the searches that wait for it, never the other way round; what a search
//! found within a few minutes is told together.
//!
//! Promises: a search tells of a row at most once (the database keeps each pair), and of none that its owner may not see: they
//! are asked again when the alert is stated, and when its letter is written. A filter by what they may not see finds nothing.
//! A change costs a walk through the searches of its list, whatever there is to be found.

use super::{
    rules::{self, List, NAMED},
    store::{self, Alerting, Owner},
};
use crate::{
    features::{
        accounts,
        communities::{
            self,
            search::{CommunitiesQuery, CommunityFacet},
        },
        events,
        opportunities::{
            self,
            board::{Board, Offer},
        },
        organizations::{
            self,
            rules::search::{DirectoryFacet, DirectoryQuery},
        },
    },
    kernel::{
        actor::{Actor, Membership},
        error::AppResult,
        fact::{Subject, SubjectKind},
        ids::{CommunityId, EventId, OpportunityId, OrganizationId, SavedViewId},
        search::Entry,
    },
    platform::{
        ctx::Ctx,
        facts::{StoredFact, Voice},
        jobs,
    },
};
use chrono::TimeDelta;
use std::{
    collections::{HashMap, hash_map},
    sync::Arc,
};
use uuid::Uuid;

/// The deadline of what a search found.
pub const ALERT: &str = "search-alert";
/// How long what is found is gathered, so that a hundred rows that come together are one mail.
const GATHERED: TimeDelta = TimeDelta::minutes(5);
/// Searches that are read at once.
const CHUNK: i64 = 500;
/// Rows that one alert tells of at most; the others come in the next one.
const TOLD: i64 = 200;

/// As whom a search looks.
pub struct Looks {
    /// Nobody in particular for whoever saved it without a workspace.
    pub viewer: Option<Actor>,
}

impl Looks {
    /// The workspace as pages name it.
    pub fn key(&self) -> String {
        self.viewer.as_ref().and_then(|actor| actor.acting.as_ref()).map(Membership::key).unwrap_or_default()
    }
}

/// As whom somebody looks from the workspace that they saved something in; nothing when they may not sign in, or have no seat
/// there any more. What the workspace asks a second factor for stays shut: nobody has given one here.
///
/// # Errors
/// When the database is away.
pub async fn looks_as(ctx: &Ctx, owner: &Owner) -> AppResult<Option<Looks>> {
    let workspace = match owner.workspace.split_once(':') {
        Some(("organization", id)) => id.parse().ok().map(|id| Subject { kind: SubjectKind::Organization, id }),
        Some(("community", id)) => id.parse().ok().map(|id| Subject { kind: SubjectKind::Community, id }),
        _ => None,
    };
    let Some(workspace) = workspace else {
        let login = accounts::service::login(ctx, owner.user.into()).await?;
        return Ok(login.filter(|login| !login.suspended).map(|_| Looks { viewer: None }));
    };
    let Some(person) = accounts::service::holder_of_seat(ctx, owner.user.into(), workspace, false).await? else {
        return Ok(None);
    };
    let key = person.memberships.first().map(Membership::key);
    Ok(Some(Looks { viewer: Some(Arc::new(person).actor_or_default(key.as_deref())) }))
}

/// A listed row, as it is searched.
enum Row {
    Organization(Box<Entry<DirectoryFacet>>),
    Community(Box<Entry<CommunityFacet>>),
    Opportunity(OpportunityId, Box<Offer>),
}

impl Row {
    async fn read(ctx: &Ctx, list: List, id: Uuid) -> AppResult<Option<Self>> {
        Ok(match list {
            List::Organizations => {
                let entry = organizations::directory::entry(ctx, OrganizationId(id)).await?;
                entry.map(|entry| Self::Organization(Box::new(entry)))
            }
            List::Communities => {
                let entry = communities::directory::entry(ctx, CommunityId(id)).await?;
                entry.map(|entry| Self::Community(Box::new(entry)))
            }
            List::Opportunities => {
                let id = OpportunityId(id);
                let offer = opportunities::service::offer(ctx, id).await?;
                offer.map(|offer| Self::Opportunity(id, Box::new(offer)))
            }
        })
    }

    /// Does it fit, whoever asks? No is certain.
    fn fits(&self, query: &str) -> bool {
        match self {
            Self::Organization(entry) => DirectoryQuery::read(query).fits(entry),
            Self::Community(entry) => CommunitiesQuery::read(query).fits(entry),
            Self::Opportunity(_, offer) => Board::read(query).ask().is_ok_and(|ask| ask.may_hold(offer)),
        }
    }

    /// Does it fit for this viewer, who may ask so and see it?
    async fn is_found_by(&self, ctx: &Ctx, viewer: Option<&Actor>, query: &str) -> AppResult<bool> {
        match self {
            Self::Organization(entry) => organizations::directory::finds(ctx, viewer, &DirectoryQuery::read(query), entry).await,
            Self::Community(entry) => communities::directory::finds(ctx, viewer, &CommunitiesQuery::read(query), entry).await,
            Self::Opportunity(id, _) => opportunities::service::finds(ctx, viewer, &Board::read(query), *id).await,
        }
    }
}

/// A row came or changed: every search that it newly fits notes it, and will tell.
///
/// # Errors
/// When the database is away; run again, it notes only what was not noted.
pub async fn changed(ctx: &Ctx, list: List, id: Uuid) -> AppResult<()> {
    let Some(row) = Row::read(ctx, list, id).await? else { return Ok(()) };
    let mut eyes: HashMap<Owner, Option<Looks>> = HashMap::new();
    let mut last = Uuid::nil();
    loop {
        let searches = store::list_alerting(ctx, list, id, last, CHUNK).await?;
        let Some(end) = searches.last() else { return Ok(()) };
        last = end.id.0;
        let mut found = Vec::new();
        for search in searches {
            // First what costs nothing: hardly any search is about this row.
            if !row.fits(&search.query) {
                continue;
            }
            let looks = match eyes.entry(search.owner) {
                hash_map::Entry::Occupied(known) => known.into_mut(),
                hash_map::Entry::Vacant(fresh) => {
                    let looks = looks_as(ctx, fresh.key()).await?;
                    fresh.insert(looks)
                }
            };
            if let Some(looks) = looks
                && row.is_found_by(ctx, looks.viewer.as_ref(), &search.query).await?
            {
                found.push(search.id.0);
            }
        }
        if !found.is_empty() {
            let (mut tx, now) = (ctx.begin().await?, ctx.now());
            for search in store::insert_hits(&mut tx, &found, id, now).await? {
                jobs::ensure_deadline(&mut tx, ALERT, search, now + GATHERED).await?;
            }
            tx.commit_unstated("nobody was told yet; the alert states what it tells").await?;
        }
    }
}

/// What stands around opportunities came or changed: an event, or a community. Every one that is offered there is looked at.
///
/// # Errors
/// As [`changed`].
pub async fn offers_changed(ctx: &Ctx, event: Option<EventId>, community: Option<CommunityId>) -> AppResult<()> {
    let mut last = Uuid::nil();
    loop {
        let offers = opportunities::service::offered(ctx, event, community, last, CHUNK).await?;
        let Some(end) = offers.last() else { return Ok(()) };
        last = *end;
        for offer in offers {
            changed(ctx, List::Opportunities, offer).await?;
        }
    }
}

/// An event came or changed: what is offered at it, and its community, which is found by what its events are about.
///
/// # Errors
/// As [`changed`].
pub async fn event_changed(ctx: &Ctx, event: EventId) -> AppResult<()> {
    offers_changed(ctx, Some(event), None).await?;
    // By one that is gone nothing is newly found.
    for brief in events::service::briefs(ctx, &[event]).await? {
        changed(ctx, List::Communities, brief.community_id.0).await?;
    }
    Ok(())
}

/// Which of these rows the search still finds for its owner; none when it tells no more.
async fn still_found(ctx: &Ctx, search: &Alerting, rows: &[Uuid]) -> AppResult<Vec<Uuid>> {
    let mut found = Vec::new();
    if !search.alerts {
        return Ok(found);
    }
    let Some(looks) = looks_as(ctx, &search.owner).await? else { return Ok(found) };
    for id in rows {
        if let Some(row) = Row::read(ctx, search.list, *id).await?
            && row.is_found_by(ctx, looks.viewer.as_ref(), &search.query).await?
        {
            found.push(*id);
        }
    }
    Ok(found)
}

/// What a search found is due: states what is still so. Run twice, it finds nothing that waits.
///
/// # Errors
/// When the database is away.
pub async fn tell(ctx: &Ctx, id: SavedViewId) -> AppResult<()> {
    let search = store::find_alerting(ctx, id).await?;
    let (mut tx, now) = (ctx.begin().await?, ctx.now());
    if jobs::hold_deadline(&mut tx, ALERT, id.0).await?.is_none_or(|at| at > now) {
        return Ok(());
    }
    jobs::clear_deadline(&mut tx, ALERT, id.0).await?;
    let Some(search) = search else { return tx.commit_unstated("the search was deleted").await };
    let waiting = store::list_waiting(&mut tx, id, TOLD).await?;
    let found = still_found(ctx, &search, &waiting).await?;
    let lost: Vec<Uuid> = waiting.iter().copied().filter(|row| !found.contains(row)).collect();
    store::settle(&mut tx, id, &found, now).await?;
    store::forget_waiting(&mut tx, id, Some(&lost)).await?;
    if i64::try_from(waiting.len()).is_ok_and(|many| many >= TOLD) {
        jobs::set_deadline(&mut tx, ALERT, id.0, now + GATHERED).await?;
    }
    match rules::found(search.owner.user.into(), id, search.list, &found) {
        Some(matched) => {
            tx.state(Voice::System, &matched);
            tx.commit().await
        }
        None => tx.commit_unstated("what was found is not there any more").await,
    }
}

/// What an alert's letter says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    pub list: List,
    /// What its owner calls the search.
    pub search: String,
    /// What was found, the first of them by name.
    pub names: Vec<String>,
    pub total: usize,
    /// The search, from its workspace.
    pub path: String,
    /// The workspace as pages name it.
    pub workspace: String,
}

/// What is still so of an alert, for whoever writes its letter now; nothing when nothing is.
///
/// # Errors
/// When the database is away.
pub async fn told(ctx: &Ctx, fact: &StoredFact) -> AppResult<Option<Told>> {
    let Some(id) = fact.payload["searchId"].as_str().and_then(|id| id.parse::<SavedViewId>().ok()) else { return Ok(None) };
    let Some(search) = store::find_alerting(ctx, id).await? else { return Ok(None) };
    let rows = fact.payload["rows"].as_array().into_iter().flatten();
    let rows: Vec<Uuid> = rows.filter_map(|id| id.as_str()?.parse().ok()).collect();
    let found = still_found(ctx, &search, &rows).await?;
    let Some(looks) = looks_as(ctx, &search.owner).await? else { return Ok(None) };
    let viewer = looks.viewer.as_ref();
    let named = &found[..found.len().min(NAMED)];
    let names: Vec<String> = match search.list {
        List::Organizations => {
            let cards = organizations::directory::cards(ctx, viewer, named).await?;
            cards.into_iter().map(|card| card.display_name).collect()
        }
        List::Communities => {
            let cards = communities::directory::cards(ctx, viewer, named).await?;
            cards.into_iter().map(|card| card.name).collect()
        }
        List::Opportunities => opportunities::service::names(ctx, named).await?,
    };
    if names.is_empty() {
        return Ok(None);
    }
    let workspace = looks.key();
    let path = organizations::views::within(&format!("{}?{}", search.list.path(), search.query), &workspace);
    Ok(Some(Told { list: search.list, search: search.name, names, total: found.len(), path, workspace }))
}
