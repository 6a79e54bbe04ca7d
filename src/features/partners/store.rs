//! SQL of `event_partners`. Makes no decision.

use super::{rules::PartnerAssigned, views::BenefitLine};
use crate::{
    kernel::{
        error::{AppError, AppResult},
        ids::{EventId, OrganizationId},
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

/// Writes the assignment, last within its tier.
pub async fn apply_assigned(tx: &mut Tx, assigned: &PartnerAssigned, at: DateTime<Utc>) -> AppResult<()> {
    let it = assigned.assignment();
    let (first, next) = assigned.order_range();
    let benefits = serde_json::to_value(&it.benefits).map_err(|error| AppError::Broken(Box::new(error)))?;
    sqlx::query!(
        "insert into event_partners (id, event_id, community_id, organization_id, request_id, name_snapshot, logo_key_snapshot,
                                     website_snapshot, display_category, tier_keyword, benefits, visible, display_order, created_at)
         select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, true,
                coalesce((select max(p.display_order) + 1 from event_partners p
                          where p.event_id = $2 and p.display_order >= $12 and p.display_order < $13), $12), $14",
        assigned.link().0,
        it.event.0,
        it.community.0,
        it.organization.0,
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
    )
    .execute(tx.conn())
    .await
    .refuse_on(
        "event_partners_once_key",
        "ALREADY_ON_EVENT",
        &format!("{} already stands on this event's page as {}. Agree on another category, or close this request.", it.name, it.category),
    )?;
    Ok(())
}

/// An event's partners in display order: `hidden` ones too or not, whose name holds `search`, after `(order, id)`.
pub async fn list(
    ctx: &Ctx,
    event: EventId,
    hidden: bool,
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
           where p.event_id = $1 and (p.visible or $2)
             and ($3::text is null or position(lower($3) in lower(p.name_snapshot)) > 0)
             and ($4::integer is null or (p.display_order, p.id) > ($4, $5))
           order by p.display_order, p.id offset $6 limit $7"#,
        event.0,
        hidden,
        search,
        order,
        id,
        offset,
        limit,
    )
    .fetch_all(ctx.db())
    .await?)
}

/// How many there are, counted to just beyond the cap.
pub async fn count(ctx: &Ctx, event: EventId, hidden: bool, search: Option<&str>) -> AppResult<i64> {
    Ok(sqlx::query_scalar!(
        r#"select count(*) as "count!" from (
               select 1 from event_partners p
               where p.event_id = $1 and (p.visible or $2)
                 and ($3::text is null or position(lower($3) in lower(p.name_snapshot)) > 0)
               limit $4
           ) as capped"#,
        event.0,
        hidden,
        search,
        COUNT_CAP + 1,
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
                p.display_category, e.start_at, e.end_at, e.timezone, e.status = 'Completed' as "is_over!"
         from event_partners p join events e on e.id = p.event_id join communities c on c.id = e.community_id
         where p.organization_id = $1 and p.visible and e.public_visible and e.status in ('Upcoming', 'Live', 'Completed')
           and c.status in ('approved', 'active')
         order by p.created_at desc, p.id desc limit $2"#,
        organization.0,
        limit,
    )
    .fetch_all(ctx.db())
    .await?)
}
