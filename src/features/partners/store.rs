//! SQL of `event_partners`. Makes no decision.

use super::{
    rules::{PartnerAssigned, PartnerEdited, PartnerMoved, PartnerRemoved, PartnerShown, tier_range},
    views::BenefitLine,
};
use crate::{
    kernel::{
        error::{AppError, AppResult},
        ids::{CommunityId, EventId, OrganizationId, PartnerLinkId, RequestId, UserId},
        labels::{Category, Tier},
        page::COUNT_CAP,
    },
    platform::{ctx::Ctx, db::OnConstraint as _, tx::Tx},
};
use chrono::{DateTime, Utc};
use uuid::Uuid;

/// A row as it is stored.
pub struct Row {
    pub id: Uuid,
    pub event_id: Uuid,
    pub organization_id: Option<Uuid>,
    pub organization_slug: Option<String>,
    pub name_snapshot: String,
    pub logo_key_snapshot: Option<String>,
    pub website_snapshot: String,
    pub display_category: String,
    pub benefits: serde_json::Value,
    pub visible: bool,
    pub display_order: i32,
}

impl Row {
    /// The lines, as they were written.
    pub fn lines(&self) -> AppResult<Vec<BenefitLine>> {
        serde_json::from_value(self.benefits.clone()).map_err(|error| AppError::Broken(Box::new(error)))
    }
}

/// Writes the assignment, with this `display_order` or last within its tier. `visible` is whether the public page shows it.
pub async fn apply_assigned(
    tx: &mut Tx,
    assigned: &PartnerAssigned,
    visible: bool,
    order: Option<i32>,
    at: DateTime<Utc>,
) -> AppResult<()> {
    let it = assigned.assignment();
    let (first, next) = assigned.order_range();
    let benefits = serde_json::to_value(&it.benefits).map_err(|error| AppError::Broken(Box::new(error)))?;
    sqlx::query!(
        "insert into event_partners (id, event_id, community_id, organization_id, request_id, name_snapshot, logo_key_snapshot,
                                     website_snapshot, display_category, tier_keyword, benefits, visible, display_order, created_at)
         select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $15,
                coalesce($16::integer,
                         (select max(p.display_order) + 1 from event_partners p
                          where p.event_id = $2 and p.display_order >= $12 and p.display_order < $13 and p.removed_at is null), $12),
                $14",
        assigned.link().0,
        it.event.0,
        it.community.0,
        it.organization.map(|id| id.0),
        it.request.map(|id| id.0),
        it.name,
        it.logo_key,
        it.website,
        it.category.label(),
        assigned.tier().label(),
        benefits,
        first,
        next,
        at,
        visible,
        order,
    )
    .execute(tx.conn())
    .await
    .map_err(|error| once(error, &it.name, it.category.label()))?;
    Ok(())
}

/// What [`find_standing`] reads.
pub struct StandingRow {
    pub id: Uuid,
    pub is_agreed: bool,
    pub logo_key_snapshot: Option<String>,
    pub display_order: i32,
}

/// Locks the place that an organization has on an event's page with a category, hidden or not; without one, that of its name
/// without an organization, which was written there before the directory had it.
pub async fn find_standing(
    tx: &mut Tx,
    event: EventId,
    (organization, name): (OrganizationId, &str),
    category: Category,
) -> AppResult<Option<StandingRow>> {
    Ok(sqlx::query_as!(
        StandingRow,
        r#"select id, request_id is not null as "is_agreed!", logo_key_snapshot, display_order from event_partners
           where event_id = $1 and display_category = $3 and removed_at is null
             and (organization_id = $2 or organization_id is null and lower(name_snapshot) = lower($4))
           order by organization_id is null limit 1 for update"#,
        event.0,
        organization.0,
        category.label(),
        name,
    )
    .fetch_optional(tx.conn())
    .await?)
}

/// What was written by hand makes room for what is agreed at this moment, and is kept as it was: see [`take_down`].
pub async fn apply_replaced(tx: &mut Tx, by_hand: PartnerLinkId, at: DateTime<Utc>) -> AppResult<()> {
    let done = sqlx::query!(
        "update event_partners set removed_at = $2, removal_reason = 'Both sides agreed on it.', version = version + 1
         where id = $1 and request_id is null and removed_at is null",
        by_hand.0,
        at,
    )
    .execute(tx.conn())
    .await?;
    one(done.rows_affected())
}

/// One organization, and one name, stands once per category on an event's page.
fn once(error: sqlx::Error, name: &str, category: &str) -> AppError {
    let message = format!("{name} already stands on this event's page as {category}. Choose another category.");
    let outcome: Result<(), sqlx::Error> = Err(error);
    let outcome = match &outcome {
        Err(sqlx::Error::Database(db)) if db.constraint() == Some("event_partners_named_once_key") => {
            outcome.refuse_on("event_partners_named_once_key", "ALREADY_ON_EVENT", &message)
        }
        _ => outcome.refuse_on("event_partners_once_key", "ALREADY_ON_EVENT", &message),
    };
    outcome.err().unwrap_or(AppError::NotFound)
}

// ── Managing ────────────────────────────────────────────────────────────────────────────────────────────────────────

/// A row as its community manages it.
#[derive(Debug, serde::Deserialize)]
pub struct ManagedRow {
    pub id: Uuid,
    pub event_id: Uuid,
    pub community_id: Uuid,
    pub organization_id: Option<Uuid>,
    pub organization_slug: Option<String>,
    pub request_id: Option<Uuid>,
    pub name_snapshot: String,
    pub logo_key_snapshot: Option<String>,
    pub website_snapshot: String,
    pub display_category: String,
    pub benefits: serde_json::Value,
    pub visible: bool,
    pub version: i32,
    /// The place within its tier, from 0.
    pub place: i64,
    /// What lists are sorted by.
    pub display_order: i32,
}

/// Locks one place on an event's page. The caller holds the event.
pub async fn hold(tx: &mut Tx, event: EventId, id: PartnerLinkId) -> AppResult<ManagedRow> {
    sqlx::query_as!(
        ManagedRow,
        r#"select p.id, p.event_id, p.community_id, p.organization_id, null::text as organization_slug, p.request_id, p.name_snapshot,
                  p.logo_key_snapshot, p.website_snapshot, p.display_category, p.benefits, p.visible, p.version,
                  0::bigint as "place!", p.display_order
           from event_partners p where p.id = $1 and p.event_id = $2 and p.removed_at is null for update"#,
        id.0,
        event.0,
    )
    .fetch_optional(tx.conn())
    .await?
    .ok_or(AppError::NotFound)
}

/// Removes a note that nobody has seen.
pub async fn delete_noted(tx: &mut Tx, id: PartnerLinkId) -> AppResult<()> {
    let done =
        sqlx::query!("delete from event_partners where id = $1 and not visible and version = 1 and request_id is null", id.0)
            .execute(tx.conn())
            .await?;
    one(done.rows_affected())
}

/// Organizations on these events, hidden or not.
pub async fn list_standing(conn: &mut sqlx::PgConnection, events: &[EventId]) -> AppResult<Vec<(Uuid, Uuid, String)>> {
    let events: Vec<Uuid> = events.iter().map(|id| id.0).collect();
    let rows = sqlx::query!(
        r#"select event_id, organization_id as "organization_id!", display_category from event_partners
           where event_id = any($1) and organization_id is not null and removed_at is null"#,
        &events,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.event_id, row.organization_id, row.display_category)).collect())
}

/// Everybody of a tier, in the order of the page.
pub async fn list_tier(tx: &mut Tx, event: EventId, tier: Tier) -> AppResult<Vec<PartnerLinkId>> {
    let ids = sqlx::query_scalar!(
        "select id from event_partners where event_id = $1 and tier_keyword = $2 and removed_at is null order by display_order, id",
        event.0,
        tier.label(),
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(ids.into_iter().map(PartnerLinkId).collect())
}

pub async fn apply_edited(tx: &mut Tx, fact: &PartnerEdited) -> AppResult<()> {
    let (link, display) = (fact.link(), fact.display());
    let (first, next) = tier_range(display.category.tier());
    let benefits = serde_json::to_value(&display.benefits).map_err(|error| AppError::Broken(Box::new(error)))?;
    let done = sqlx::query!(
        "update event_partners e
         set name_snapshot = $3, logo_key_snapshot = $4, website_snapshot = $5, display_category = $6, tier_keyword = $7, benefits = $8,
             version = version + 1,
             display_order = case when $9 then
                 coalesce((select max(p.display_order) + 1 from event_partners p
                           where p.event_id = e.event_id and p.display_order >= $10 and p.display_order < $11 and p.removed_at is null), $10)
                 else display_order end
         where id = $1 and version = $2 and removed_at is null",
        link.id.0,
        link.version,
        display.name,
        display.logo_key,
        display.website,
        display.category.label(),
        display.category.tier().label(),
        benefits,
        fact.changes_tier(),
        first,
        next,
    )
    .execute(tx.conn())
    .await
    .map_err(|error| once(error, &display.name, display.category.label()))?;
    one(done.rows_affected())
}

pub async fn apply_shown(tx: &mut Tx, fact: &PartnerShown) -> AppResult<()> {
    let link = fact.link();
    let done = sqlx::query!(
        "update event_partners set visible = $3, version = version + 1 where id = $1 and version = $2 and removed_at is null",
        link.id.0,
        link.version,
        fact.visible(),
    )
    .execute(tx.conn())
    .await?;
    one(done.rows_affected())
}

pub async fn apply_removed(tx: &mut Tx, fact: &PartnerRemoved, at: DateTime<Utc>) -> AppResult<()> {
    let link = fact.link();
    let done = sqlx::query!(
        "update event_partners set removed_at = $3, removal_reason = nullif($4, ''), version = version + 1
         where id = $1 and version = $2 and removed_at is null",
        link.id.0,
        link.version,
        at,
        fact.reason(),
    )
    .execute(tx.conn())
    .await?;
    one(done.rows_affected())
}

/// Of two places on one event's page in one category that belong to the two organizations: the one that goes. What was
/// agreed on stays, then what stood there first.
pub async fn list_doubles(tx: &mut Tx, gone: OrganizationId, kept: OrganizationId) -> AppResult<Vec<DoubleRow>> {
    Ok(sqlx::query_as!(
        DoubleRow,
        r#"select p.id, p.event_id, p.community_id, p.request_id, p.name_snapshot, p.logo_key_snapshot, p.website_snapshot,
                  p.display_category, p.benefits, p.visible, p.version, e.title as event_title, e.slug as event_slug
           from event_partners g
               join event_partners k on k.event_id = g.event_id and k.display_category = g.display_category
                   and k.organization_id = $2 and k.removed_at is null
               join event_partners p on p.id = case
                   when (k.request_id is null, k.created_at, k.id) < (g.request_id is null, g.created_at, g.id) then g.id else k.id end
               join events e on e.id = p.event_id
           where g.organization_id = $1 and g.removed_at is null
           order by p.id for update of p"#,
        gone.0,
        kept.0,
    )
    .fetch_all(tx.conn())
    .await?)
}

/// See [`list_doubles`].
pub struct DoubleRow {
    pub id: Uuid,
    pub event_id: Uuid,
    pub community_id: Uuid,
    pub request_id: Option<Uuid>,
    pub name_snapshot: String,
    pub logo_key_snapshot: Option<String>,
    pub website_snapshot: String,
    pub display_category: String,
    pub benefits: serde_json::Value,
    pub visible: bool,
    pub version: i32,
    pub event_title: String,
    pub event_slug: String,
}

/// Gives every place of one organization to another, also those that are no longer shown.
pub async fn follow(tx: &mut Tx, gone: OrganizationId, kept: OrganizationId) -> AppResult<u64> {
    let moved = sqlx::query!("update event_partners set organization_id = $2 where organization_id = $1", gone.0, kept.0)
        .execute(tx.conn())
        .await?;
    Ok(moved.rows_affected())
}

/// Numbers the whole tier anew, so that places never meet.
pub async fn apply_moved(tx: &mut Tx, fact: &PartnerMoved) -> AppResult<()> {
    let ids: Vec<Uuid> = fact.order().iter().map(|id| id.0).collect();
    let (first, _) = tier_range(fact.link().display.category.tier());
    sqlx::query!(
        "update event_partners p set display_order = $2 + (n.place - 1)::integer
         from unnest($1::uuid[]) with ordinality as n (id, place) where p.id = n.id",
        &ids,
        first,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// The row was held in this state, so that anything else is a defect.
fn one(rows: u64) -> AppResult<()> {
    if rows == 1 { Ok(()) } else { Err(AppError::broken("a held place on a page was no longer as it was read")) }
}

/// What [`get_panel`] reads.
pub struct PanelRow {
    /// The reader has put it away.
    pub collapsed: bool,
    /// Everybody may see the event.
    pub is_public: bool,
    pub rows: Vec<ManagedRow>,
}

/// What a community has on an event's page, in the order of the page, hidden ones too or not, and whether the reader has put
/// the panel away; by one statement. An event of another community has nothing.
pub async fn get_panel(
    ctx: &Ctx,
    event: EventId,
    community: CommunityId,
    reader: UserId,
    hidden: bool,
    limit: i64,
) -> AppResult<PanelRow> {
    let row = sqlx::query!(
        r#"select coalesce((select collapsed from partner_panels where user_id = $3), false) as "collapsed!",
                  exists (select 1 from events e join communities c on c.id = e.community_id
                          where e.id = $1 and e.community_id = $2 and e.public_visible and e.status <> 'Draft'
                            and e.hidden_reason is null and e.deleted_at is null and c.status in ('approved', 'active')) as "is_public!",
                  coalesce((select jsonb_agg(to_jsonb(r) order by r.display_order, r.id) from (
                      select p.id, p.event_id, p.community_id, p.organization_id,
                             case when o.verification_status in ('Verified', 'Community Added') then o.slug end as organization_slug,
                             p.request_id, p.name_snapshot, p.logo_key_snapshot, p.website_snapshot, p.display_category, p.benefits,
                             p.visible, p.version, p.display_order,
                             row_number() over (partition by p.tier_keyword order by p.display_order, p.id) - 1 as place
                      from event_partners p left join organizations o on o.id = p.organization_id
                      where p.event_id = $1 and p.community_id = $2 and p.removed_at is null and (p.visible or $5)
                      order by p.display_order, p.id limit $4
                  ) as r), '[]'::jsonb) as "rows!""#,
        event.0,
        community.0,
        reader.0,
        limit,
        hidden,
    )
    .fetch_one(ctx.db())
    .await?;
    let rows = serde_json::from_value(row.rows).map_err(|error| AppError::Broken(Box::new(error)))?;
    Ok(PanelRow { collapsed: row.collapsed, is_public: row.is_public, rows })
}

/// Remembers whether somebody has put the panel away.
pub async fn put_collapsed(tx: &mut Tx, reader: UserId, collapsed: bool) -> AppResult<()> {
    sqlx::query!(
        "insert into partner_panels (user_id, collapsed) values ($1, $2) on conflict (user_id) do update set collapsed = $2",
        reader.0,
        collapsed,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// A part (offset and limit) of what stands on an event's page, as its community manages it, hidden ones too or not: whose name
/// holds `search`, or only `link`, after `(order, id)`.
pub async fn list_managed(
    ctx: &Ctx,
    event: EventId,
    link: Option<PartnerLinkId>,
    hidden: bool,
    search: Option<&str>,
    after: Option<(i32, Uuid)>,
    (offset, limit): (i64, i64),
) -> AppResult<Vec<ManagedRow>> {
    let (order, id) = after.unzip();
    Ok(sqlx::query_as!(
        ManagedRow,
        r#"select p.id, p.event_id, p.community_id, p.organization_id,
                  case when o.verification_status in ('Verified', 'Community Added') then o.slug end as "organization_slug?",
                  p.request_id, p.name_snapshot, p.logo_key_snapshot, p.website_snapshot, p.display_category, p.benefits, p.visible,
                  p.version, p.display_order,
                  (select count(*) from event_partners q
                   where q.event_id = p.event_id and q.tier_keyword = p.tier_keyword and q.removed_at is null
                     and (q.visible or $8) and (q.display_order, q.id) < (p.display_order, p.id)) as "place!"
           from event_partners p left join organizations o on o.id = p.organization_id
           where p.event_id = $1 and p.removed_at is null and (p.visible or $8) and ($2::uuid is null or p.id = $2)
             and ($3::text is null or position(lower($3) in lower(p.name_snapshot)) > 0)
             and ($4::integer is null or (p.display_order, p.id) > ($4, $5))
           order by p.display_order, p.id offset $6 limit $7"#,
        event.0,
        link.map(|id| id.0),
        search,
        order,
        id,
        offset,
        limit,
        hidden,
    )
    .fetch_all(ctx.db())
    .await?)
}

/// Everything on the pages of a community's events after an id, by their ids; one statement for all of them.
pub async fn list_whole(ctx: &Ctx, community: CommunityId, hidden: bool, after: Uuid, limit: i64) -> AppResult<Vec<ManagedRow>> {
    Ok(sqlx::query_as!(
        ManagedRow,
        r#"select p.id, p.event_id, p.community_id, p.organization_id,
                  case when o.verification_status in ('Verified', 'Community Added') then o.slug end as "organization_slug?",
                  p.request_id, p.name_snapshot, p.logo_key_snapshot, p.website_snapshot, p.display_category, p.benefits, p.visible,
                  p.version, p.display_order,
                  (select count(*) from event_partners q
                   where q.event_id = p.event_id and q.tier_keyword = p.tier_keyword and q.removed_at is null
                     and (q.visible or $2) and (q.display_order, q.id) < (p.display_order, p.id)) as "place!"
           from event_partners p join events e on e.id = p.event_id left join organizations o on o.id = p.organization_id
           where p.community_id = $1 and p.removed_at is null and e.deleted_at is null and (p.visible or $2) and p.id > $3
           order by p.id limit $4"#,
        community.0,
        hidden,
        after,
        limit,
    )
    .fetch_all(ctx.db())
    .await?)
}

// ── Showing ─────────────────────────────────────────────────────────────────────────────────────────────────────────

/// What the public sees of an event's partners, in display order: of these categories, whose name holds `search`, after
/// `(order, id)`.
pub async fn list(
    ctx: &Ctx,
    event: EventId,
    categories: Option<&[String]>,
    search: Option<&str>,
    after: Option<(i32, Uuid)>,
    offset: i64,
    limit: i64,
) -> AppResult<Vec<Row>> {
    let (order, id) = after.unzip();
    Ok(sqlx::query_as!(
        Row,
        r#"select p.id, p.event_id, p.organization_id,
                  case when o.verification_status in ('Verified', 'Community Added') then o.slug end as "organization_slug?",
                  p.name_snapshot, p.logo_key_snapshot, p.website_snapshot, p.display_category, p.benefits, p.visible, p.display_order
           from event_partners p left join organizations o on o.id = p.organization_id
           where p.event_id = $1 and p.visible and p.removed_at is null and ($2::text[] is null or p.display_category = any($2))
             and ($3::text is null or position(lower($3) in lower(p.name_snapshot)) > 0)
             and ($4::integer is null or (p.display_order, p.id) > ($4, $5))
           order by p.display_order, p.id offset $6 limit $7"#,
        event.0,
        categories,
        search,
        order,
        id,
        offset,
        limit,
    )
    .fetch_all(ctx.db())
    .await?)
}

/// How many there are, hidden ones too or not, counted to just beyond the cap.
pub async fn count(
    ctx: &Ctx,
    event: EventId,
    hidden: bool,
    categories: Option<&[String]>,
    search: Option<&str>,
) -> AppResult<i64> {
    Ok(sqlx::query_scalar!(
        r#"select count(*) as "count!" from (
               select 1 from event_partners p
               where p.event_id = $1 and (p.visible or $2) and p.removed_at is null
                 and ($5::text[] is null or p.display_category = any($5)) and ($3::text is null or position(lower($3) in lower(p.name_snapshot)) > 0)
               limit $4
           ) as capped"#,
        event.0,
        hidden,
        search,
        COUNT_CAP + 1,
        categories,
    )
    .fetch_one(ctx.db())
    .await?)
}

/// An event on whose page an organization stands.
pub struct SupportedRow {
    pub event_id: Uuid,
    pub event_slug: String,
    pub event_title: String,
    pub community_name: String,
    pub community_slug: String,
    pub display_category: String,
    pub start_at: Option<DateTime<Utc>>,
    pub end_at: Option<DateTime<Utc>>,
    pub timezone: String,
    pub is_over: bool,
}

/// The public events that show an organization, newest assignment first.
pub async fn list_supported(ctx: &Ctx, organization: OrganizationId, limit: i64) -> AppResult<Vec<SupportedRow>> {
    Ok(sqlx::query_as!(
        SupportedRow,
        r#"select e.id as event_id, e.slug as event_slug, e.title as event_title, c.name as community_name, c.slug as community_slug,
                p.display_category, e.start_at, e.end_at, e.timezone, e.status in ('Completed', 'Archived') as "is_over!"
         from event_partners p join events e on e.id = p.event_id join communities c on c.id = e.community_id
         where p.organization_id = $1 and p.visible and p.removed_at is null and e.public_visible and e.hidden_reason is null
           and e.deleted_at is null and e.status in ('Upcoming', 'Live', 'Completed', 'Archived') and c.status in ('approved', 'active')
         order by p.created_at desc, p.id desc limit $2"#,
        organization.0,
        limit,
    )
    .fetch_all(ctx.db())
    .await?)
}

/// The public events that show an organization, each once, with their communities: what [`list_supported`] shows is what is
/// counted.
pub async fn list_shown_in(tx: &mut Tx, organization: OrganizationId) -> AppResult<Vec<(EventId, CommunityId)>> {
    let rows = sqlx::query!(
        "select distinct e.id, e.community_id
         from event_partners p join events e on e.id = p.event_id join communities c on c.id = e.community_id
         where p.organization_id = $1 and p.visible and p.removed_at is null and e.public_visible and e.hidden_reason is null
           and e.deleted_at is null and e.status in ('Upcoming', 'Live', 'Completed', 'Archived')
           and c.status in ('approved', 'active')",
        organization.0,
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows.into_iter().map(|row| (row.id.into(), row.community_id.into())).collect())
}

/// The organizations that have, or had, a place on one event's page, or on those of a community.
pub async fn list_concerned(ctx: &Ctx, event: Option<EventId>, community: Option<CommunityId>) -> AppResult<Vec<OrganizationId>> {
    let ids = sqlx::query_scalar!(
        r#"select distinct organization_id as "id!" from event_partners
           where organization_id is not null and (event_id = $1 or community_id = $2)"#,
        event.map(|id| id.0),
        community.map(|id| id.0),
    )
    .fetch_all(ctx.db())
    .await?;
    Ok(ids.into_iter().map(OrganizationId).collect())
}

/// What a request put on its event's page comes down; the row stays as a record of what was agreed. What had made room for it
/// at that moment comes back as it was, but hidden, unless the same stands there again.
pub async fn take_down(tx: &mut Tx, request: RequestId, reason: &str, at: DateTime<Utc>) -> AppResult<()> {
    let down = sqlx::query!(
        "update event_partners set removed_at = $2, removal_reason = nullif($3, ''), version = version + 1
         where request_id = $1 and removed_at is null
         returning event_id, display_category, created_at",
        request.0,
        at,
        reason,
    )
    .fetch_optional(tx.conn())
    .await?;
    let Some(down) = down else { return Ok(()) };
    sqlx::query!(
        "update event_partners e set removed_at = null, removal_reason = null, visible = false, version = version + 1
         where event_id = $1 and display_category = $2 and removed_at = $3 and request_id is null
           and not exists (select 1 from event_partners p
                           where p.event_id = $1 and p.display_category = $2 and p.removed_at is null
                             and (p.organization_id = e.organization_id
                                  or e.organization_id is null and lower(p.name_snapshot) = lower(e.name_snapshot)))",
        down.event_id,
        down.display_category,
        down.created_at,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}
