//! SQL of what a sender has sent and what is held back: quotas, the queue of staff, why a sender was turned down. Makes no decision.

use super::{
    rules::{
        Parties, Rejection,
        sending::{RequestDelivered, RequestHeld, RequestRefused, RequestReleased, Sent},
    },
    store::{close, own},
    views::RequestState,
};
use crate::{
    kernel::{
        actor::{Scope, Side},
        error::AppResult,
        ids::{CommunityId, OrganizationId, RequestId, UserId},
        labels::RejectionReason,
        page::COUNT_CAP,
    },
    platform::{ctx::Ctx, tx::Tx},
};
use chrono::{DateTime, NaiveDate, Utc};
use serde::Deserialize;
use sqlx::{FromRow, Postgres, QueryBuilder, types::Json};
use uuid::Uuid;

/// Locks the senders, the workspace before the person, so that two requests at once cannot share the last free one; then
/// counts what they sent.
pub async fn hold_sender(
    tx: &mut Tx,
    side: Side,
    workspace: Uuid,
    person: UserId,
    words: Option<[u8; 32]>,
    week_ago: DateTime<Utc>,
    hour_ago: DateTime<Utc>,
) -> AppResult<Sent> {
    for (kind, id) in [(side.label(), workspace), ("person", person.0)] {
        sqlx::query!("insert into request_senders (kind, id) values ($1, $2) on conflict do nothing", kind, id)
            .execute(tx.conn())
            .await?;
        sqlx::query!("select id from request_senders where kind = $1 and id = $2 for update", kind, id)
            .fetch_one(tx.conn())
            .await?;
    }
    let mine = sqlx::query!(
        r#"select count(*) as "count!", min(opened_at) as since, count(*) filter (where opened_at > $4) as "hour!"
           from requests
           where opened_at > $3 and opened_by = $1
             and case when $1 = 'community' then community_id = $2 else organization_id = $2 end"#,
        side.label(),
        workspace,
        week_ago,
        hour_ago,
    )
    .fetch_one(tx.conn())
    .await?;
    let theirs = sqlx::query!(
        r#"select count(*) as "count!", min(opened_at) as since from requests where created_by = $1 and opened_at > $2"#,
        person.0,
        week_ago,
    )
    .fetch_one(tx.conn())
    .await?;
    // One person who writes from three workspaces is one sender, and asking the same receiver again reaches nobody new.
    let same = sqlx::query_scalar!(
        r#"select count(distinct case when opened_by = 'community' then organization_id else community_id end) as "same!"
           from requests
           where opened_at > $3 and words_key = $5
             and (created_by = $4
                  or (opened_by = $1 and case when $1 = 'community' then community_id = $2 else organization_id = $2 end))"#,
        side.label(),
        workspace,
        week_ago,
        person.0,
        words.as_ref().map(|key| &key[..]),
    )
    .fetch_one(tx.conn())
    .await?;
    let small = |count: i64| u32::try_from(count).unwrap_or(u32::MAX);
    Ok(Sent {
        by_workspace: small(mine.count),
        workspace_since: mine.since,
        by_person: small(theirs.count),
        person_since: theirs.since,
        last_hour: small(mine.hour),
        same_words: small(same),
    })
}

pub async fn apply_held(tx: &mut Tx, held: &RequestHeld, at: DateTime<Utc>) -> AppResult<()> {
    let signals: Vec<String> = held.signals().iter().map(ToString::to_string).collect();
    sqlx::query!("update requests set held_at = $2, held_for = $3 where id = $1", held.request().0, at, &signals)
        .execute(tx.conn())
        .await?;
    Ok(())
}

pub async fn apply_released(tx: &mut Tx, released: &RequestReleased, at: DateTime<Utc>) -> AppResult<()> {
    sqlx::query!(
        "update requests set held_at = null, turn_since = $2, updated_at = $2 where id = $1 and held_at is not null",
        released.was().id.0,
        at,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Somebody can answer it from now on.
pub async fn apply_delivered(tx: &mut Tx, delivered: &RequestDelivered, at: DateTime<Utc>) -> AppResult<()> {
    sqlx::query!(
        "update requests set expires_at = $2, turn_since = $3, updated_at = $3 where id = $1",
        delivered.was().id.0,
        delivered.until(),
        at,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Its time does not run while nobody can answer it.
pub async fn set_expiry(tx: &mut Tx, id: RequestId, until: DateTime<Utc>) -> AppResult<()> {
    sqlx::query!("update requests set expires_at = $2 where id = $1", id.0, until).execute(tx.conn()).await?;
    Ok(())
}

/// What waits for an organization's answer since before a moment, the oldest first.
pub async fn list_waiting(ctx: &Ctx, organization: OrganizationId, before: DateTime<Utc>) -> AppResult<Vec<RequestId>> {
    let ids = sqlx::query_scalar!(
        "select id from requests
         where organization_id = $1 and opened_by = 'community' and state in ('Pending', 'Negotiation') and held_at is null
           and turn_since < $2
         order by opened_at, id",
        organization.0,
        before,
    )
    .fetch_all(ctx.db())
    .await?;
    Ok(ids.into_iter().map(Into::into).collect())
}

/// What communities ask an organization and staff do not hold back, with when its event ends, in the caller's transaction.
pub async fn list_open_of(tx: &mut Tx, organization: OrganizationId) -> AppResult<Vec<(RequestId, Option<DateTime<Utc>>)>> {
    let rows = sqlx::query_as::<_, (Uuid, Option<DateTime<Utc>>)>(
        "select r.id, e.end_at from requests r join events e on e.id = r.event_id
         where r.organization_id = $1 and r.opened_by = 'community' and r.state in ('Pending', 'Negotiation') and r.held_at is null
         order by r.id",
    )
    .bind(organization.0)
    .fetch_all(tx.conn())
    .await?;
    Ok(rows.into_iter().map(|(id, ends)| (id.into(), ends)).collect())
}

/// Closed for its sender; it stays held, so that its receiver never sees it.
pub async fn apply_refused(tx: &mut Tx, refused: &RequestRefused, at: DateTime<Utc>) -> AppResult<()> {
    let why = Rejection { reason: RejectionReason::Other, note: refused.why().to_owned(), ask_again: None, automatic: false };
    close(tx, refused.was(), RequestState::Rejected, Some(&why), at).await
}

/// A request that waits for staff.
#[derive(FromRow)]
pub struct HeldRow {
    pub id: Uuid,
    pub held_at: DateTime<Utc>,
    pub held_for: Vec<String>,
    pub opened_by: String,
    pub community_name: String,
    pub organization_name: String,
    pub event_title: String,
    pub message: String,
    pub sent_this_week: i64,
}

/// Those that have waited longest first, after `(held_at, id)`.
pub async fn list_held(
    ctx: &Ctx,
    after: Option<(DateTime<Utc>, Uuid)>,
    offset: i64,
    limit: i64,
    week_ago: DateTime<Utc>,
) -> AppResult<(Vec<HeldRow>, i64)> {
    let (at, id) = after.unzip();
    let rows = sqlx::query_as!(
        HeldRow,
        r#"select r.id, r.held_at as "held_at!", r.held_for, r.opened_by, c.name as community_name,
                  o.display_name as organization_name, e.title as event_title, v.message,
                  case r.opened_by
                      when 'community' then (select count(*) from requests s where s.opened_at > $5
                          and s.opened_by = 'community' and s.community_id = r.community_id)
                      else (select count(*) from requests s where s.opened_at > $5
                          and s.opened_by = 'organization' and s.organization_id = r.organization_id)
                  end as "sent_this_week!"
           from requests r join revisions v on v.request_id = r.id and v.sequence = r.revision
                join communities c on c.id = r.community_id join organizations o on o.id = r.organization_id
                join events e on e.id = r.event_id
           where r.held_at is not null and r.state in ('Pending', 'Negotiation')
             and ($1::timestamptz is null or (r.held_at, r.id) > ($1, $2))
           order by r.held_at, r.id offset $3 limit $4"#,
        at,
        id,
        offset,
        limit,
        week_ago,
    )
    .fetch_all(ctx.db())
    .await?;
    let total = sqlx::query_scalar!(
        r#"select count(*) as "count!" from (select 1 as one from requests
           where held_at is not null and state in ('Pending', 'Negotiation') limit $1) as n"#,
        COUNT_CAP + 1,
    )
    .fetch_one(ctx.db())
    .await?;
    Ok((rows, total))
}

/// Why the other side said no to what this side sent, since a moment; the most frequent reason first. Word for word what
/// `requests_community_declined` and `requests_organization_declined` hold, so that nothing else is looked at.
pub async fn list_reasons(ctx: &Ctx, scope: Scope, side: Side, since: DateTime<Utc>) -> AppResult<Vec<(String, i64)>> {
    let mut query = QueryBuilder::<Postgres>::new("select r.rejection_reason, count(*) from requests r where r.opened_by = '");
    query.push(side.label()).push("' and r.turn = '").push(side.other().label()).push("' and r.state = 'Rejected'");
    query.push(" and r.held_at is null and r.rejection_reason is not null and r.closed_at > ").push_bind(since);
    own(&mut query, scope);
    query.push(" group by r.rejection_reason order by count(*) desc, r.rejection_reason collate \"C\"");
    Ok(query.build_query_as::<(String, i64)>().fetch_all(ctx.db()).await?)
}

/// What a community should know, and what it chooses from, when it writes to an organization.
pub struct Compose {
    /// Open requests between the two that the community sees.
    pub open: Vec<(Uuid, String)>,
    /// From when the community is welcome again, if it was told.
    pub ask_again_on: Option<NaiveDate>,
    pub sent_by_workspace: i64,
    pub sent_by_person: i64,
    /// Published events, the next first.
    pub events: Vec<EventChoice>,
    /// Open opportunities, the last touched first.
    pub opportunities: Vec<OpportunityChoice>,
}

#[derive(Debug, Deserialize)]
struct BetweenRow {
    id: Uuid,
    title: String,
    opened_by: String,
    state: String,
    ask_again_on: Option<NaiveDate>,
    held: bool,
}

#[derive(Debug, Deserialize)]
pub struct EventChoice {
    pub id: Uuid,
    pub title: String,
    pub timezone: String,
    pub start_at: Option<DateTime<Utc>>,
    pub end_at: Option<DateTime<Utc>>,
    pub all_day: bool,
}

#[derive(Debug, Deserialize)]
pub struct OpportunityChoice {
    pub id: Uuid,
    pub event_title: String,
    pub category: String,
    pub currency: String,
    pub budget_min: i64,
    pub budget_max: i64,
    pub places: i32,
    pub places_left: i32,
}

/// By one statement. Opportunities only `with_opportunities`.
pub async fn find_compose(
    ctx: &Ctx,
    (community, user): (CommunityId, UserId),
    organization: OrganizationId,
    since: DateTime<Utc>,
    with_opportunities: bool,
) -> AppResult<Compose> {
    let row = sqlx::query!(
        r#"select
               (select coalesce(jsonb_agg(to_jsonb(x) order by x.opened_at desc), '[]') from (
                    select r.id, e.title, r.opened_by, r.state, r.ask_again_on, r.held_at is not null as held, r.opened_at
                    from requests r join events e on e.id = r.event_id
                    where r.community_id = $1 and r.organization_id = $2
                      and (r.state in ('Pending', 'Negotiation') or r.ask_again_on is not null)
                    order by r.opened_at desc limit 20) x) as "between!: Json<Vec<BetweenRow>>",
               (select count(*) from requests where opened_at > $3 and opened_by = 'community' and community_id = $1) as "workspace!",
               (select count(*) from requests where opened_at > $3 and created_by = $4) as "person!",
               (select coalesce(jsonb_agg(to_jsonb(x) order by x.start_at, x.id), '[]') from (
                    select e.id, e.title, e.timezone, e.start_at, e.end_at, e.all_day from events e
                    where e.community_id = $1 and e.status in ('Upcoming', 'Live') and e.deleted_at is null and e.hidden_reason is null
                    order by e.start_at, e.id limit 100) x) as "events!: Json<Vec<EventChoice>>",
               (select coalesce(jsonb_agg(to_jsonb(x) order by x.updated_at desc, x.id desc), '[]') from (
                    select o.id, e.title as event_title, o.category, o.currency, o.budget_min, o.budget_max, o.places, o.updated_at,
                           (select count(*) from opportunity_places p where p.opportunity_id = o.id and not exists
                                (select 1 from place_claims k where k.place_id = p.id and k.released_at is null)) as places_left
                    from opportunities o join events e on e.id = o.event_id
                    where $5 and o.community_id = $1 and o.status = 'Open' and o.hidden_reason is null and e.hidden_reason is null
                    order by o.updated_at desc, o.id desc limit 100) x) as "opportunities!: Json<Vec<OpportunityChoice>>""#,
        community.0,
        organization.0,
        since,
        user.0,
        with_opportunities,
    )
    .fetch_one(ctx.db())
    .await?;
    let own = Side::Community.label();
    let seen = |it: &BetweenRow| !it.held || it.opened_by == own;
    Ok(Compose {
        open: row
            .between
            .iter()
            .filter(|it| matches!(it.state.as_str(), "Pending" | "Negotiation") && seen(it))
            .map(|it| (it.id, it.title.clone()))
            .collect(),
        ask_again_on: row.between.iter().find(|it| it.opened_by == own).and_then(|it| it.ask_again_on),
        sent_by_workspace: row.workspace,
        sent_by_person: row.person,
        events: row.events.0,
        opportunities: row.opportunities.0,
    })
}

/// The month that the other side named when it last turned this side down, in the caller's transaction.
pub async fn find_ask_again(tx: &mut Tx, parties: &Parties, side: Side) -> AppResult<Option<NaiveDate>> {
    Ok(sqlx::query_scalar!(
        "select ask_again_on from requests
         where community_id = $1 and organization_id = $2 and opened_by = $3 and ask_again_on is not null
         order by closed_at desc limit 1",
        parties.community.0,
        parties.organization.0,
        side.label(),
    )
    .fetch_optional(tx.conn())
    .await?
    .flatten())
}
