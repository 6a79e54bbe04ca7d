//! The list of communities: its pages and its facets with their counts. As the directory of organizations: rows are read by
//! id as they are now, whoever a block hides is neither shown nor counted, and while the index is filled the database
//! answers, without facets' counts.

use super::{
    index::Communities,
    policy::{self, Field, shows},
    search::{CommunitiesQuery, CommunityFacet, Searched},
    store_search::{self, CardRow, Sought},
    views::{CommunitiesView, CommunityCard, answers_label, place_label},
};
use crate::{
    features::{blocks, organizations::views::logo_url},
    kernel::{
        actor::{Actor, CommunityStatus, Side},
        error::AppResult,
        ids::CommunityId,
        page::PageRequest,
        search::{COUNTED, Entry, Everything, LONGEST, SuggestedName, SuggestionsView, facet_view, instead_view},
    },
    platform::{
        ctx::Ctx,
        index::{
            self,
            by_database::{self, Cut, Keys},
            engine::Ask,
            place::Place,
        },
    },
};
use std::collections::HashMap;
use uuid::Uuid;

/// The most characters of a bio in the list.
const BIO_SHOWN: usize = 240;
/// The most of each kind that is suggested, and of what kinds.
const SUGGESTED: usize = 4;
const SUGGESTED_FACETS: &[CommunityFacet] = &[
    CommunityFacet::Technology,
    CommunityFacet::Country,
    CommunityFacet::Region,
    CommunityFacet::Language,
    CommunityFacet::EventType,
    CommunityFacet::Type,
];

/// A page of the list.
///
/// # Errors
/// A cursor of another list.
pub async fn list(ctx: &Ctx, viewer: Option<&Actor>, query: &CommunitiesQuery, page: &PageRequest) -> AppResult<CommunitiesView> {
    let hidden = blocks::service::hidden_from(ctx, viewer, Side::Community).await?;
    let (limit, skip) = (page.limit as usize, page.offset as usize);
    let ask = Ask { query, count: CommunityFacet::ALL, hidden: &hidden, limit, skip };
    let found = index::live::<Communities>(ctx).read(|index| index.ask(&ask)).transpose()?;
    let Some(found) = found else { return of_database(ctx, query, &hidden, page).await };
    let rows = if found.ids.is_empty() { Vec::new() } else { store_search::list_cards(ctx.db(), &found.ids).await? };
    let mut rows: HashMap<Uuid, CardRow> = rows.into_iter().map(|row| (row.id, row)).collect();
    Ok(CommunitiesView {
        items: found.ids.iter().filter_map(|id| rows.remove(id)).map(card).collect(),
        next_cursor: found.next,
        previous_cursor: found.previous,
        total: i64::try_from(found.total.min(COUNTED)).unwrap_or_default(),
        total_capped: found.total > COUNTED,
        said_instead: found.taken.instead,
        said_begun: found.taken.begun,
        facets: found.facets.into_iter().map(|(facet, values)| facet_view(query, facet, values)).collect(),
        without: found.without.into_iter().map(|(left, count)| instead_view(query, &left, count)).collect(),
        query: query.query(),
    })
}

async fn of_database(ctx: &Ctx, query: &CommunitiesQuery, hidden: &[Uuid], page: &PageRequest) -> AppResult<CommunitiesView> {
    let place = Place::read(&query.cursor, query.order)?;
    let wanted = i64::from(page.limit) + i64::from(page.offset);
    let sought = Sought { query, hidden, place: place.as_ref(), limit: wanted };
    let cap = i64::try_from(COUNTED).unwrap_or(i64::MAX);
    let (rows, count) = store_search::list(ctx.db(), &sought, cap).await?;
    let Cut { rows, next, previous } = by_database::cut(rows, query.order, page, place.as_ref(), keys);
    Ok(CommunitiesView {
        next_cursor: next,
        previous_cursor: previous,
        items: rows.into_iter().map(card).collect(),
        total: count.min(cap),
        total_capped: count > cap,
        query: query.query(),
        ..CommunitiesView::default()
    })
}

/// The ids of all that this viewer finds by a question, word for word: what [`finds`] says, row by row.
///
/// # Errors
/// When the database is away.
pub async fn everything(ctx: &Ctx, viewer: Option<&Actor>, query: &CommunitiesQuery, most: usize) -> AppResult<Everything> {
    let query = query.from_the_start();
    let hidden = blocks::service::hidden_from(ctx, viewer, Side::Community).await?;
    let ask = Ask { query: &query, count: &[], hidden: &hidden, limit: most + 1, skip: 0 };
    let found = index::live::<Communities>(ctx).read(|index| index.ask(&ask)).transpose()?;
    let ids: Vec<Uuid> = match found {
        Some(found) if !found.taken.is_literal() => return Ok(Everything::Taken(found.taken)),
        Some(found) => found.ids,
        None => {
            let limit = i64::try_from(most).unwrap_or(i64::MAX - 1);
            let sought = Sought { query: &query, hidden: &hidden, place: None, limit };
            let (rows, _) = store_search::list(ctx.db(), &sought, 0).await?;
            rows.into_iter().map(|row| row.id).collect()
        }
    };
    Ok(if ids.len() <= most { Everything::Ids(ids) } else { Everything::TooMany })
}

/// A community as it is searched, while it is on the marketplace.
///
/// # Errors
/// When the database is away.
pub async fn entry(ctx: &Ctx, id: CommunityId) -> AppResult<Option<Entry<CommunityFacet>>> {
    Ok(store_search::find_searched(ctx.db(), id.0).await?.filter(|row| row.listed).map(Searched::entry))
}

/// Does this viewer find the row by that question? Whoever a block hides is not found.
///
/// # Errors
/// When the database is away.
pub async fn finds(ctx: &Ctx, viewer: Option<&Actor>, query: &CommunitiesQuery, row: &Entry<CommunityFacet>) -> AppResult<bool> {
    if !query.fits(row) {
        return Ok(false);
    }
    Ok(!blocks::service::hidden_from(ctx, viewer, Side::Community).await?.contains(&row.id))
}

/// Those of these communities that the viewer finds in the list, in the order of the ids.
///
/// # Errors
/// When the database is away.
pub async fn cards(ctx: &Ctx, viewer: Option<&Actor>, ids: &[Uuid]) -> AppResult<Vec<CommunityCard>> {
    let hidden = blocks::service::hidden_from(ctx, viewer, Side::Community).await?;
    let rows = store_search::list_cards(ctx.db(), ids).await?;
    let mut rows: HashMap<Uuid, CardRow> = rows.into_iter().map(|row| (row.id, row)).collect();
    Ok(ids.iter().filter(|id| !hidden.contains(id)).filter_map(|id| rows.remove(id)).map(card).collect())
}

/// The communities at these addresses that the viewer finds in the list, in no order; each with how it stands, where the table shows
/// them that. All that a card says is for everybody.
///
/// # Errors
/// When the database is away.
pub async fn cards_at(
    ctx: &Ctx,
    viewer: Option<&Actor>,
    slugs: &[String],
) -> AppResult<Vec<(CommunityCard, Option<CommunityStatus>)>> {
    if slugs.is_empty() {
        return Ok(Vec::new());
    }
    let hidden = blocks::service::hidden_from(ctx, viewer, Side::Community).await?;
    let mut rows = store_search::list_cards_at(ctx.db(), slugs).await?;
    rows.retain(|row| !hidden.contains(&row.id));
    // An open request between the two opens nothing of this.
    let is_seen = |row: &CardRow| shows(Field::Status, policy::audience(viewer, row.id.into(), false));
    let with_status = |row: CardRow| {
        let status = CommunityStatus::parse(&row.status).filter(|_| is_seen(&row));
        (card(row), status)
    };
    Ok(rows.into_iter().map(with_status).collect())
}

/// What somebody may mean who is typing: what communities are about and where, and names that begin so. Nothing while the
/// index is filled.
///
/// # Errors
/// When the database is away.
pub async fn suggest(ctx: &Ctx, viewer: Option<&Actor>, text: &str) -> AppResult<SuggestionsView> {
    let text: String = text.chars().filter(|c| !c.is_control()).take(LONGEST).collect();
    if text.trim().is_empty() {
        return Ok(SuggestionsView::default());
    }
    let hidden = blocks::service::hidden_from(ctx, viewer, Side::Community).await?;
    let found = index::live::<Communities>(ctx).read(|index| index.suggest(SUGGESTED_FACETS, &text, &hidden, SUGGESTED));
    let Some((values, ids)) = found else { return Ok(SuggestionsView::default()) };
    let rows = if ids.is_empty() { Vec::new() } else { store_search::list_cards(ctx.db(), &ids).await? };
    let mut rows: HashMap<Uuid, CardRow> = rows.into_iter().map(|row| (row.id, row)).collect();
    Ok(SuggestionsView {
        values,
        names: ids.iter().filter_map(|id| rows.remove(id)).map(|row| SuggestedName { slug: row.slug, name: row.name }).collect(),
    })
}

fn keys(row: &CardRow) -> Keys<'_> {
    Keys { id: row.id, reputation: row.reputation, since: row.created_at, name: &row.sort_name }
}

fn card(row: CardRow) -> CommunityCard {
    let bio: String = row.bio.split_whitespace().collect::<Vec<_>>().join(" ");
    let cut = bio.chars().count() > BIO_SHOWN;
    let short: String = bio.chars().take(BIO_SHOWN).collect();
    CommunityCard {
        id: row.id.into(),
        place_label: place_label(&row.city, &row.country),
        answers_label: answers_label(row.answers, row.median_answer_seconds),
        bio: if cut { format!("{}…", short.trim_end()) } else { short },
        slug: row.slug,
        name: row.name,
        logo_url: row.logo_key.as_deref().map(logo_url),
        community_type: row.community_type,
        region: row.region,
        languages: row.languages,
        size: row.size,
    }
}
