//! SQL of public pages, which reads what the rooms upstream keep. Makes no decision.

use crate::{
    features::{events::service::ShownEvents, watching::service::Owner},
    kernel::{error::AppResult, ids::CommunityId},
    platform::ctx::Ctx,
};
use sqlx::types::Json;

/// Somebody who has stood on a community's public events.
#[derive(Debug, serde::Deserialize)]
pub struct SupporterRow {
    pub name_snapshot: String,
    pub logo_key_snapshot: Option<String>,
    pub organization_slug: Option<String>,
    pub display_category: String,
    pub events: i64,
}

/// What [`get_community_page`] reads.
pub struct CommunityPageRow {
    pub shown: ShownEvents,
    pub supporters: Vec<SupporterRow>,
    /// The reader keeps an eye on it.
    pub watched: bool,
}

/// What a community's page shows below its words, by one statement: its public events, the latest first; who is shown on
/// any of them, each once as they stood last, the most events first; and whether the reader watches the community.
pub async fn get_community_page(
    ctx: &Ctx,
    community: CommunityId,
    reader: Option<&Owner>,
    events: i64,
    supporters: i64,
) -> AppResult<CommunityPageRow> {
    let row = sqlx::query!(
        r#"select coalesce((select jsonb_agg(to_jsonb(x) order by x.start_at desc, x.id desc) from (
                      select e.* from shown_events e where e.community_id = $1 order by e.start_at desc, e.id desc limit $2
                  ) as x), '[]') as "shown!: Json<ShownEvents>",
                  coalesce((select jsonb_agg(to_jsonb(x) order by x.events desc, x.created_at desc, x.who) from (
                      select s.* from (
                          select distinct on (s.who) s.* from (
                              select coalesce(p.organization_id::text, lower(p.name_snapshot)) as who, p.name_snapshot,
                                     p.logo_key_snapshot,
                                     case when o.verification_status in ('Verified', 'Community Added') then o.slug end
                                     as organization_slug,
                                     p.display_category, p.created_at,
                                     dense_rank() over (partition by coalesce(p.organization_id::text, lower(p.name_snapshot)) order by p.event_id)
                                     + dense_rank() over (partition by coalesce(p.organization_id::text, lower(p.name_snapshot)) order by p.event_id desc)
                                     - 1 as events
                              from event_partners p join shown_events e on e.id = p.event_id
                                  left join organizations o on o.id = p.organization_id
                              where e.community_id = $1 and p.visible and p.removed_at is null
                          ) as s order by s.who, s.created_at desc
                      ) as s order by s.events desc, s.created_at desc, s.who limit $3
                  ) as x), '[]') as "supporters!: Json<Vec<SupporterRow>>",
                  exists (
                      select 1 from watches w
                      where w.user_id = $4 and w.workspace = $5 and w.kind = 'communities' and w.row_id = $1
                  ) as "watched!""#,
        community.0,
        events,
        supporters,
        reader.map(|reader| reader.user),
        reader.map(|reader| reader.workspace.as_str()),
    )
    .fetch_one(ctx.db())
    .await?;
    Ok(CommunityPageRow { shown: row.shown.0, supporters: row.supporters.0, watched: row.watched })
}
