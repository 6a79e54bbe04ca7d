//! SQL of public pages, which reads what the rooms upstream keep. Makes no decision.

use crate::{
    features::{events::service::ShownEvents, watching::service::Owner},
    kernel::{error::AppResult, ids::CommunityId},
    platform::ctx::Ctx,
};
use sqlx::types::Json;
use std::collections::HashMap;
use uuid::Uuid;

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

/// What the public events of a community tell of it.
#[derive(Debug, Default)]
pub struct ToldRow {
    /// What most of them have comes first.
    pub technologies: Vec<String>,
    pub event_types: Vec<String>,
    pub ahead: i64,
    pub past: i64,
    pub supporters: i64,
}

/// What their public events tell of these communities, by one statement; `ahead` are the states of an event that is not over. Whoever
/// is shown on several events of a community is one of its supporters, as on its page.
pub async fn list_told(ctx: &Ctx, communities: &[Uuid], ahead: &[String]) -> AppResult<HashMap<Uuid, ToldRow>> {
    let rows = sqlx::query!(
        r#"select c.id as "id!",
                  array(select technology from shown_events e cross join unnest(e.technologies) as technology
                        where e.community_id = c.id
                        group by technology order by count(*) desc, technology collate "C") as "technologies!",
                  array(select e.event_type from shown_events e
                        where e.community_id = c.id and e.event_type is not null
                        group by e.event_type order by count(*) desc, e.event_type collate "C") as "event_types!",
                  (select count(*) from shown_events e where e.community_id = c.id and e.status = any($2)) as "ahead!",
                  (select count(*) from shown_events e where e.community_id = c.id and e.status <> all($2)) as "past!",
                  (select count(distinct coalesce(p.organization_id::text, lower(p.name_snapshot)))
                   from event_partners p join shown_events e on e.id = p.event_id
                   where e.community_id = c.id and p.visible and p.removed_at is null) as "supporters!"
           from unnest($1::uuid[]) as c (id)"#,
        communities,
        ahead,
    )
    .fetch_all(ctx.db())
    .await?;
    let told = rows.into_iter().map(|row| {
        let told = ToldRow {
            technologies: row.technologies,
            event_types: row.event_types,
            ahead: row.ahead,
            past: row.past,
            supporters: row.supporters,
        };
        (row.id, told)
    });
    Ok(told.collect())
}
