//! The use cases of partners on event pages.

use super::{
    policy,
    rules::{self, Assignment},
    store,
    views::{PartnerPage, PartnerView, PartnerWall, SupportedEvent},
};
use crate::{
    features::{
        events::service as events,
        organizations::{logos::logo_url, service as organizations},
    },
    kernel::{
        actor::Actor,
        error::{AppError, AppResult},
        fields::FieldErrors,
        ids::{EventId, OrganizationId, PartnerLinkId},
        labels::Category,
        page::{Page, PageRequest, cursor, uncursor},
        text::WebUrl,
    },
    platform::{ctx::Ctx, dates, facts::Voice, tx::Tx},
};
use uuid::Uuid;

/// The most entries of one wall and of one profile's list.
const WALL_LIMIT: i64 = 200;

/// Puts an organization on an event's page, in the caller's transaction. The caller holds the event.
///
/// # Errors
/// 409 `ALREADY_ON_EVENT` when it stands there with this category.
pub async fn assign_in(tx: &mut Tx, voice: impl Into<Voice>, assignment: Assignment) -> AppResult<PartnerLinkId> {
    let (link, now) = (tx.ctx().id(), tx.ctx().now());
    let assigned = rules::assign(link, assignment);
    store::apply_assigned(tx, &assigned, now).await?;
    tx.state(voice, &assigned);
    Ok(link)
}

/// What an event's page shows, by tier. The caller has decided that the event may be seen.
///
/// # Errors
/// When the database is away.
pub async fn wall(ctx: &Ctx, event: EventId) -> AppResult<PartnerWall> {
    let rows = store::list(ctx, event, false, None, None, 0, WALL_LIMIT).await?;
    Ok(PartnerWall::of(rows.into_iter().map(view).collect::<AppResult<Vec<_>>>()?))
}

/// As [`wall`], for whoever asks by the event's id: only where they may see the event.
///
/// # Errors
/// 404 where the event is not the viewer's to know of.
pub async fn public_wall(ctx: &Ctx, viewer: Option<&Actor>, event: EventId) -> AppResult<PartnerWall> {
    let event = events::brief(ctx, event).await?;
    policy::may_see(viewer, event.community_id, event.is_public()).ok_or(AppError::NotFound)?;
    wall(ctx, event.id).await
}

/// The public events that show an organization, newest first, at most 200.
///
/// # Errors
/// When the database is away.
pub async fn supported_by(ctx: &Ctx, organization: OrganizationId) -> AppResult<Vec<SupportedEvent>> {
    let rows = store::list_supported(ctx, organization, WALL_LIMIT).await?;
    rows.into_iter()
        .map(|row| {
            let category = category(&row.display_category)?;
            Ok(SupportedEvent {
                event_id: row.event_id.into(),
                event_slug: row.event_slug,
                event_title: row.event_title,
                community_name: row.community_name,
                community_slug: row.community_slug,
                display_category: category,
                hue: category.hue(),
                when_label: match (row.start_at, row.end_at) {
                    (Some(start), Some(end)) => dates::days(start, end, dates::zone(&row.timezone)),
                    _ => String::new(),
                },
                is_over: row.is_over,
            })
        })
        .collect()
}

/// As [`supported_by`], for whoever looks at an organization's page: only where they may see the organization.
///
/// # Errors
/// 404 where the organization is not the viewer's to know of.
pub async fn public_support(ctx: &Ctx, viewer: Option<&Actor>, organization: OrganizationId) -> AppResult<Vec<SupportedEvent>> {
    organizations::get(ctx, viewer, organization).await?;
    supported_by(ctx, organization).await
}

/// The partners of an event: the shown ones of a public event for everybody, all of them for its community.
///
/// # Errors
/// 404 where the event is not the viewer's to know of; 422 for a cursor that is none.
pub async fn list(
    ctx: &Ctx,
    viewer: Option<&Actor>,
    event: EventId,
    search: Option<&str>,
    page: &PageRequest,
) -> AppResult<PartnerPage> {
    let event = events::brief(ctx, event).await?;
    let sight = policy::may_see(viewer, event.community_id, event.is_public()).ok_or(AppError::NotFound)?;
    let hidden = sight == policy::Sight::All;
    let search = search.map(str::trim).filter(|search| !search.is_empty());
    let after = page.cursor.as_deref().map(after).transpose()?;
    let rows = store::list(ctx, event.id, hidden, search, after, i64::from(page.offset), i64::from(page.limit) + 1).await?;
    let counted = store::count(ctx, event.id, hidden, search).await?;
    let items = rows.into_iter().map(view).collect::<AppResult<Vec<_>>>()?;
    let Page { items, next_cursor, total, total_capped } =
        Page::cut(items, page.limit, counted, |item| cursor(&[&item.display_order.to_string(), &item.id.to_string()]));
    Ok(PartnerPage { items, next_cursor, total, total_capped })
}

fn after(text: &str) -> Result<(i32, Uuid), FieldErrors> {
    let [order, id] = uncursor::<2>(text)?;
    let broken = || FieldErrors::one("cursor", "This cursor is not one of ours. Start again without it.");
    Ok((order.parse().map_err(|_| broken())?, id.parse().map_err(|_| broken())?))
}

fn view(row: store::Row) -> AppResult<PartnerView> {
    let category = category(&row.display_category)?;
    let benefits = row.lines()?;
    Ok(PartnerView {
        id: row.id.into(),
        event_id: row.event_id.into(),
        organization_id: row.organization_id.map(Into::into),
        organization_slug: row.organization_slug,
        display_name_snapshot: row.name_snapshot,
        logo_url_snapshot: row.logo_key_snapshot.as_deref().map(logo_url),
        website_label: WebUrl::parse(&row.website_snapshot).map_or_else(|_| String::new(), |url| url.short().to_owned()),
        website_snapshot: row.website_snapshot,
        display_category: category,
        tier_keyword: category.tier(),
        hue: category.hue(),
        benefits,
        visible: row.visible,
        display_order: row.display_order,
    })
}

fn category(label: &str) -> AppResult<Category> {
    Category::parse(label).map_err(|error| AppError::Broken(Box::new(error)))
}
