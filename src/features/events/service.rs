//! Events, as far as the rooms below need them.
use crate::{
    kernel::{canonical, error::AppResult, ids::{CommunityId, EventId}},
    platform::{ctx::Ctx, tx::Tx},
};
use chrono::{DateTime, Utc};

#[derive(Debug, Clone)]
pub struct EventBrief {
    pub id: EventId,
    pub community_id: CommunityId,
    pub slug: String,
    pub title: String,
    pub status: String,
    pub event_type: Option<String>,
    pub category: Option<String>,
    pub format: Option<String>,
    pub region: Option<String>,
    pub start_at: Option<DateTime<Utc>>,
    pub end_at: Option<DateTime<Utc>>,
    pub timezone: String,
    pub max_attendees: Option<i32>,
    pub venue_name: String,
    pub public_visible: bool,
    pub when_label: String,
}

impl EventBrief {
    pub fn snapshot(&self) -> String {
        canonical::text(&serde_json::json!({
            "id": self.id, "communityId": self.community_id, "title": self.title, "eventType": self.event_type, "category": self.category,
            "format": self.format, "region": self.region, "startAt": self.start_at, "endAt": self.end_at, "timezone": self.timezone,
            "maxAttendees": self.max_attendees, "venueName": self.venue_name,
        }))
    }
}

pub async fn brief_in(tx: &mut Tx, id: EventId) -> AppResult<EventBrief> {
    let row = sqlx::query!("select id, community_id, slug, title, status, event_type, category, format, region, start_at, end_at, timezone, max_attendees, venue_name, public_visible from events where id = $1 for share", id.0).fetch_one(tx.conn()).await?;
    Ok(EventBrief { id: row.id.into(), community_id: row.community_id.into(), slug: row.slug, title: row.title, status: row.status, event_type: row.event_type, category: row.category, format: row.format, region: row.region, start_at: row.start_at, end_at: row.end_at, timezone: row.timezone, max_attendees: row.max_attendees, venue_name: row.venue_name, public_visible: row.public_visible, when_label: String::new() })
}

pub async fn brief(ctx: &Ctx, id: EventId) -> AppResult<EventBrief> {
    let row = sqlx::query!("select id, community_id, slug, title, status, event_type, category, format, region, start_at, end_at, timezone, max_attendees, venue_name, public_visible from events where id = $1", id.0).fetch_one(ctx.db()).await?;
    Ok(EventBrief { id: row.id.into(), community_id: row.community_id.into(), slug: row.slug, title: row.title, status: row.status, event_type: row.event_type, category: row.category, format: row.format, region: row.region, start_at: row.start_at, end_at: row.end_at, timezone: row.timezone, max_attendees: row.max_attendees, venue_name: row.venue_name, public_visible: row.public_visible, when_label: String::new() })
}
