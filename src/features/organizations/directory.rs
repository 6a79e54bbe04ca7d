//! The directory: its pages, its facets with their counts, and what is suggested while somebody types.
//!
//! Promises: rows are read by id as they are now, so what is not listed any more is never shown, however late the index is;
//! a facet that tells of hidden fields is neither counted nor asked for those who may not see them; whoever a block hides is
//! neither shown nor counted. While the index is being filled the database answers: the same rows, without facets' counts,
//! and by relevance means by reputation.

use super::{
    index::Directory,
    policy,
    rules::{
        application::Budget,
        search::{self, DirectoryFacet, DirectoryQuery},
    },
    store::{self, CardRow, search::Sought},
    views::{BudgetView, CompareView, DirectoryView, OrganizationCard, logo_url},
    visibility::{Audience, Field},
};
use crate::{
    features::blocks,
    kernel::{
        actor::{Actor, Side, VerificationStatus},
        compare::compared,
        error::AppResult,
        ids::OrganizationId,
        labels::SponsorshipType,
        money::Currency,
        page::PageRequest,
        search::{COUNTED, Entry, Everything, Facet as _, LONGEST, SuggestedName, SuggestionsView, facet_view, instead_view},
    },
    platform::{
        ctx::Ctx,
        index::{
            self,
            by_database::{self, Cut, Keys},
            engine::{Ask, Found},
            place::Place,
        },
    },
};
use std::collections::HashMap;
use uuid::Uuid;

/// The most of each kind that is suggested.
const SUGGESTED: usize = 6;

/// As whom somebody looks at organizations that are not their own.
fn audience(viewer: Option<&Actor>) -> Audience {
    policy::audience(viewer, OrganizationId(Uuid::nil()))
}

/// A page of the directory, as this reader may see it. What they may not ask for is left out, and named in the answer.
///
/// # Errors
/// A cursor of another list.
pub async fn list(ctx: &Ctx, viewer: Option<&Actor>, query: &DirectoryQuery, page: &PageRequest) -> AppResult<DirectoryView> {
    listed(ctx, viewer, query, page, DirectoryFacet::ALL).await
}

/// What a visitor finds first, without facets, whose counts cost more than everything else.
///
/// # Errors
/// When the database is away.
pub async fn list_first(ctx: &Ctx, page: &PageRequest) -> AppResult<DirectoryView> {
    listed(ctx, None, &DirectoryQuery::default(), page, &[]).await
}

async fn listed(
    ctx: &Ctx,
    viewer: Option<&Actor>,
    query: &DirectoryQuery,
    page: &PageRequest,
    counted: &[DirectoryFacet],
) -> AppResult<DirectoryView> {
    let audience = audience(viewer);
    let (query, closed) = search::as_open_to(query, audience);
    let hidden = blocks::service::hidden_from(ctx, viewer, Side::Organization).await?;
    let open: Vec<DirectoryFacet> = counted.iter().copied().filter(|facet| facet.is_open_to(audience)).collect();
    let ask = Ask { query: &query, count: &open, hidden: &hidden, limit: page.limit as usize, skip: page.offset as usize };
    let found = index::live::<Directory>(ctx).read(|index| index.ask(&ask)).transpose()?;
    let mut view = match found {
        Some(found) => of_index(ctx, audience, &query, found).await?,
        None => of_database(ctx, audience, &query, &hidden, page).await?,
    };
    view.query = query.query();
    view.closed = closed.into_iter().map(|facet| facet.name().to_owned()).collect();
    Ok(view)
}

async fn of_index(
    ctx: &Ctx,
    audience: Audience,
    query: &DirectoryQuery,
    found: Found<DirectoryFacet>,
) -> AppResult<DirectoryView> {
    let rows = if found.ids.is_empty() { Vec::new() } else { store::search::list_cards(ctx.db(), &found.ids).await? };
    let mut rows: HashMap<Uuid, CardRow> = rows.into_iter().map(|row| (row.id, row)).collect();
    let items = found.ids.iter().filter_map(|id| rows.remove(id)).map(|row| card(row, audience)).collect();
    Ok(DirectoryView {
        items,
        next_cursor: found.next,
        previous_cursor: found.previous,
        total: i64::try_from(found.total.min(COUNTED)).unwrap_or_default(),
        total_capped: found.total > COUNTED,
        similar: found.taken.instead.is_some(),
        said_instead: found.taken.instead,
        said_begun: found.taken.begun,
        facets: found.facets.into_iter().map(|(facet, values)| facet_view(query, facet, values)).collect(),
        without: found.without.into_iter().map(|(left, count)| instead_view(query, &left, count)).collect(),
        ..DirectoryView::default()
    })
}

async fn of_database(
    ctx: &Ctx,
    audience: Audience,
    query: &DirectoryQuery,
    hidden: &[Uuid],
    page: &PageRequest,
) -> AppResult<DirectoryView> {
    let place = Place::read(&query.cursor, query.order)?;
    let wanted = i64::from(page.limit) + i64::from(page.offset);
    let sought = Sought { query, hidden, place: place.as_ref(), limit: wanted };
    let cap = i64::try_from(COUNTED).unwrap_or(i64::MAX);
    let (rows, count) = store::search::list_directory(ctx.db(), &sought, cap).await?;
    let alone = query.chosen().next().is_none();
    if rows.is_empty() && place.is_none() && page.offset == 0 && query.text.chars().count() >= 3 && alone {
        let similar = store::list_similar(ctx.db(), &query.text, hidden, i64::from(page.limit)).await?;
        let items: Vec<OrganizationCard> = similar.into_iter().map(|row| card(row, audience)).collect();
        let total = i64::try_from(items.len()).unwrap_or_default();
        return Ok(DirectoryView { similar: !items.is_empty(), items, total, ..DirectoryView::default() });
    }
    let Cut { rows, next, previous } = by_database::cut(rows, query.order, page, place.as_ref(), keys);
    Ok(DirectoryView {
        next_cursor: next,
        previous_cursor: previous,
        items: rows.into_iter().map(|row| card(row, audience)).collect(),
        total: count.min(cap),
        total_capped: count > cap,
        ..DirectoryView::default()
    })
}

fn keys(row: &CardRow) -> Keys<'_> {
    Keys { id: row.id, reputation: row.reputation, since: row.created_at, name: &row.sort_name }
}

fn card(row: CardRow, audience: Audience) -> OrganizationCard {
    let budget = Currency::parse(&row.budget_currency).ok().map(|currency| Budget::of(currency, row.budget_min, row.budget_max));
    OrganizationCard {
        id: row.id.into(),
        slug: row.slug,
        display_name: row.display_name,
        entity_type: row.entity_type,
        logo_url: row.logo_key.as_deref().map(logo_url),
        website: row.website,
        industry: row.industry,
        short_description: row.short_description,
        technologies: row.technologies,
        supported_regions: row.regions,
        verification_status: VerificationStatus::parse(&row.verification_status).unwrap_or(VerificationStatus::CommunityAdded),
        events_sponsored_count: row.events_sponsored,
        communities_supported_count: row.communities_supported,
        budget_range: budget
            .filter(|budget| Field::BudgetRange.is_seen_by(audience) && !budget.is_unsaid())
            .map(BudgetView::from),
        available_sponsorship_types: Field::SponsorshipTypes
            .is_seen_by(audience)
            .then(|| row.sponsorship_types.iter().filter_map(|label| SponsorshipType::parse(label).ok()).collect()),
    }
}

// ── For whoever keeps an eye on some of it ──────────────────────────────────────────────────────────────────────────

/// The ids of all that this viewer finds by a question, word for word: what [`finds`] says, row by row. What they may not ask for
/// finds nobody.
///
/// # Errors
/// When the database is away.
pub async fn everything(ctx: &Ctx, viewer: Option<&Actor>, query: &DirectoryQuery, most: usize) -> AppResult<Everything> {
    let (query, closed) = search::as_open_to(&query.from_the_start(), audience(viewer));
    if !closed.is_empty() {
        return Ok(Everything::Ids(Vec::new()));
    }
    let hidden = blocks::service::hidden_from(ctx, viewer, Side::Organization).await?;
    let ask = Ask { query: &query, count: &[], hidden: &hidden, limit: most + 1, skip: 0 };
    let found = index::live::<Directory>(ctx).read(|index| index.ask(&ask)).transpose()?;
    let ids: Vec<Uuid> = match found {
        Some(found) if !found.taken.is_literal() => return Ok(Everything::Taken(found.taken)),
        Some(found) => found.ids,
        None => {
            let limit = i64::try_from(most).unwrap_or(i64::MAX - 1);
            let sought = Sought { query: &query, hidden: &hidden, place: None, limit };
            let (rows, _) = store::search::list_directory(ctx.db(), &sought, 0).await?;
            rows.into_iter().map(|row| row.id).collect()
        }
    };
    Ok(if ids.len() <= most { Everything::Ids(ids) } else { Everything::TooMany })
}

/// An organization as it is searched, while it is listed.
///
/// # Errors
/// When the database is away.
pub async fn entry(ctx: &Ctx, id: OrganizationId) -> AppResult<Option<Entry<DirectoryFacet>>> {
    let row = store::search::find_searched(ctx.db(), id.0).await?;
    Ok(row.filter(search::Searched::is_listed).map(search::Searched::entry))
}

/// Does this viewer find the row by that question? Nobody is found by what the viewer may not ask for, and whoever a block hides
/// is not found.
///
/// # Errors
/// When the database is away.
pub async fn finds(ctx: &Ctx, viewer: Option<&Actor>, query: &DirectoryQuery, row: &Entry<DirectoryFacet>) -> AppResult<bool> {
    let (query, closed) = search::as_open_to(query, audience(viewer));
    if !closed.is_empty() || !query.fits(row) {
        return Ok(false);
    }
    Ok(!blocks::service::hidden_from(ctx, viewer, Side::Organization).await?.contains(&row.id))
}

/// Those of these organizations that the viewer finds in the directory, in the order of the ids.
///
/// # Errors
/// When the database is away.
pub async fn cards(ctx: &Ctx, viewer: Option<&Actor>, ids: &[Uuid]) -> AppResult<Vec<OrganizationCard>> {
    let hidden = blocks::service::hidden_from(ctx, viewer, Side::Organization).await?;
    let rows = store::search::list_cards(ctx.db(), ids).await?;
    let mut rows: HashMap<Uuid, CardRow> = rows.into_iter().map(|row| (row.id, row)).collect();
    let seen = ids.iter().filter(|id| !hidden.contains(id)).filter_map(|id| rows.remove(id));
    Ok(seen.map(|row| card(row, audience(viewer))).collect())
}

/// The organizations at these addresses side by side, as this viewer may see them.
///
/// # Errors
/// When the database is away.
pub async fn compare(ctx: &Ctx, viewer: Option<&Actor>, query: &str) -> AppResult<CompareView> {
    let named = compared(query);
    let audience = audience(viewer);
    let mut rows = Vec::new();
    if !named.slugs.is_empty() {
        let hidden = blocks::service::hidden_from(ctx, viewer, Side::Organization).await?;
        rows = store::search::list_cards_at(ctx.db(), &named.slugs).await?;
        rows.retain(|row| !hidden.contains(&row.id));
    }
    let cards = rows.into_iter().map(|row| (row.slug.clone(), card(row, audience)));
    Ok(CompareView { found: named.placed(cards), shows_money: Field::BudgetRange.is_seen_by(audience) })
}

/// What somebody may mean who is typing: technologies, industries and names that begin so. Nothing while the index is filled.
///
/// # Errors
/// When the database is away.
pub async fn suggest(ctx: &Ctx, viewer: Option<&Actor>, text: &str) -> AppResult<SuggestionsView> {
    let text: String = text.chars().filter(|c| !c.is_control()).take(LONGEST).collect();
    if text.trim().is_empty() {
        return Ok(SuggestionsView::default());
    }
    let hidden = blocks::service::hidden_from(ctx, viewer, Side::Organization).await?;
    let facets = [DirectoryFacet::Technology, DirectoryFacet::Industry];
    let found = index::live::<Directory>(ctx).read(|index| index.suggest(&facets, &text, &hidden, SUGGESTED));
    let Some((values, ids)) = found else { return Ok(SuggestionsView::default()) };
    let rows = if ids.is_empty() { Vec::new() } else { store::search::list_cards(ctx.db(), &ids).await? };
    let mut rows: HashMap<Uuid, CardRow> = rows.into_iter().map(|row| (row.id, row)).collect();
    Ok(SuggestionsView {
        values,
        names: ids
            .iter()
            .filter_map(|id| rows.remove(id))
            .map(|row| SuggestedName { slug: row.slug, name: row.display_name })
            .collect(),
    })
}
