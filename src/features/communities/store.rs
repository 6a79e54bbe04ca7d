//! The rows of communities, their people and their checks. SQL and nothing else: it decides nothing.

use super::{
    rules::{
        Answered, Checked, Community, CommunitySize, Links, ListAsk, MoreAsked, Moved, OwnerDeclined, ProfileEdited, Registered,
        Signup,
    },
    views::{CommunityBrief, OwnerView, Rival, place_label, status_label, status_tone},
};
use crate::{
    features::organizations::trust::{CheckKind, CheckResult, CheckRow},
    kernel::{
        actor::{CommunityRole, CommunityStatus},
        error::{AppError, AppResult},
        ids::{CommunityId, LogoId, MemberId, RequestId, UserId},
        labels::{CommunityType, Region},
        page::{COUNT_CAP, PageRequest, uncursor},
    },
    platform::{db::OnConstraint as _, listing::Listing},
};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use sqlx::{PgConnection, PgPool, types::Json};
use uuid::Uuid;

/// What is written beside the sign-up itself.
pub struct NewCommunity<'a> {
    pub signup: &'a Signup,
    pub slug: &'a str,
    pub name_skeleton: &'a str,
    pub identity_key: Option<&'a str>,
    /// Sealed.
    pub phone: &'a [u8],
    pub logo: Option<LogoId>,
    /// Blind index of the address that it came from.
    pub applied_from: Option<&'a [u8]>,
    pub at: DateTime<Utc>,
}

/// Which of these slugs are taken.
pub async fn taken_slugs(conn: &mut PgConnection, slugs: &[String]) -> AppResult<Vec<String>> {
    Ok(sqlx::query_scalar!("select slug from communities where slug = any($1)", slugs).fetch_all(conn).await?)
}

pub async fn apply_registered(conn: &mut PgConnection, fact: &Registered, new: NewCommunity<'_>) -> AppResult<()> {
    let signup = &new.signup.details;
    let links = serde_json::to_value(&signup.links).expect("texts by text");
    sqlx::query!(
        "insert into communities (id, slug, name, name_skeleton, bio, website, identity_key, community_type, country, city,
                                  official_email, phone, logo_id, links, status, applied_from, submitted_at, created_at, updated_at,
                                  region, languages, size)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 'pending', $15, $16, $16, $16, $17, $18, $19)",
        fact.id().0,
        new.slug,
        signup.name.as_str(),
        new.name_skeleton,
        signup.bio.as_str(),
        signup.website.as_ref().map_or("", |w| w.as_str()),
        new.identity_key,
        signup.community_type.label(),
        signup.country.as_str(),
        signup.city.as_str(),
        signup.official_email.key(),
        new.phone,
        new.logo.map(|logo| logo.0),
        links,
        new.applied_from,
        new.at,
        signup.region.map(Region::label).unwrap_or_default(),
        &signup.languages,
        signup.size.map(CommunitySize::label).unwrap_or_default(),
    )
    .execute(conn)
    .await
    .refuse_on("communities_slug_key", "SLUG_TAKEN", "Somebody took this name in the same moment. Send the form once more.")?;
    Ok(())
}

/// Seats the owner. Somebody with a login could be anybody whose address was typed in, so that they wait for the link in the
/// mail, unless they are the one who is signed in; a new login cannot be entered without that link anyway.
pub async fn add_owner(
    conn: &mut PgConnection,
    id: MemberId,
    fact: &Registered,
    waits: bool,
    at: DateTime<Utc>,
) -> AppResult<()> {
    sqlx::query!(
        "insert into members (id, community_id, user_id, role, status, created_at)
         values ($1, $2, $3, $4, case when $5 then 'On Boarding' else 'Active' end, $6)",
        id.0,
        fact.id().0,
        fact.owner().0,
        CommunityRole::Owner.label(),
        waits,
        at,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Locks a community.
pub async fn hold(conn: &mut PgConnection, id: CommunityId) -> AppResult<Community> {
    let row = sqlx::query!("select id, name, status from communities where id = $1 for no key update", id.0)
        .fetch_optional(conn)
        .await?
        .ok_or(AppError::NotFound)?;
    Ok(Community { id: row.id.into(), name: row.name, status: status(&row.status)? })
}

/// The communities that a person owns, in this status and not decided on after this moment. One in which the owner's seat
/// waits for the link in the mail is theirs only where they said yes to it: `about`.
pub async fn list_owned(
    db: &PgPool,
    owner: UserId,
    status: CommunityStatus,
    by: DateTime<Utc>,
    about: Option<Uuid>,
) -> AppResult<Vec<CommunityId>> {
    let ids = sqlx::query_scalar!(
        "select c.id from members m join communities c on c.id = m.community_id
         where m.user_id = $1 and m.role = 'Owner' and (m.status = 'Active' or m.status = 'On Boarding' and c.id = $4) and c.status = $2
               and (c.decided_at is null or c.decided_at <= $3)
         order by c.id",
        owner.0,
        status.label(),
        by,
        about,
    )
    .fetch_all(db)
    .await?;
    Ok(ids.into_iter().map(CommunityId).collect())
}

/// Lets an owner in who was waiting for the link in the mail.
pub async fn admit_owner(conn: &mut PgConnection, community: CommunityId, owner: UserId) -> AppResult<()> {
    sqlx::query!(
        "update members set status = 'Active'
         where community_id = $1 and user_id = $2 and role = 'Owner' and status = 'On Boarding'",
        community.0,
        owner.0,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Of a community that asks its owner for a word: its address, and whether they registered it themselves. Then their seat is open from
/// the start; whoever was named by somebody else waits for it ([`add_owner`]).
pub struct Asked {
    pub slug: String,
    pub by_owner: bool,
}

/// Is this the owner whose word a community waits for, and have they proven their mailbox?
pub async fn find_asked(conn: &mut PgConnection, community: CommunityId, owner: UserId) -> AppResult<Option<Asked>> {
    Ok(sqlx::query_as!(
        Asked,
        r#"select c.slug, m.status = 'Active' as "by_owner!"
           from members m join communities c on c.id = m.community_id join users u on u.id = m.user_id
           where m.community_id = $1 and m.user_id = $2 and m.role = 'Owner' and m.status in ('Active', 'On Boarding')
             and u.email_verified_at is not null"#,
        community.0,
        owner.0,
    )
    .fetch_optional(conn)
    .await?)
}

/// The seat that waited for whoever was named waits no more.
pub async fn apply_declined(conn: &mut PgConnection, fact: &OwnerDeclined) -> AppResult<()> {
    sqlx::query!(
        "update members set status = 'Inactive', version = version + 1
         where community_id = $1 and user_id = $2 and role = 'Owner' and status = 'On Boarding'",
        fact.id().0,
        fact.owner().0,
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub async fn apply_moved(conn: &mut PgConnection, fact: &Moved, at: DateTime<Utc>) -> AppResult<()> {
    let done = sqlx::query!(
        "update communities
         set status = $3, version = version + 1, updated_at = $4,
             more_asked = case when $5 then null else more_asked end,
             decision_reason = case when $5 then nullif($6, '') else decision_reason end,
             decided_at = case when $5 then $4 else decided_at end
         where id = $1 and status = $2",
        fact.id().0,
        fact.from().label(),
        fact.to().label(),
        at,
        fact.is_decision(),
        fact.reason(),
    )
    .execute(conn)
    .await
    .refuse_on(
        "communities_official_email_key",
        "OFFICIAL_EMAIL_TAKEN",
        "Another approved community has this official e-mail address. Ask the two which of them it belongs to.",
    )?;
    one(done.rows_affected())
}

pub async fn apply_more_asked(conn: &mut PgConnection, fact: &MoreAsked, at: DateTime<Utc>) -> AppResult<()> {
    let done = sqlx::query!(
        "update communities set more_asked = $3, version = version + 1, updated_at = $4 where id = $1 and status = $2",
        fact.id().0,
        fact.status().label(),
        fact.question(),
        at,
    )
    .execute(conn)
    .await?;
    one(done.rows_affected())
}

/// The row must be held in the version that was edited. `phone` is sealed.
pub async fn apply_profile_edited(
    conn: &mut PgConnection,
    fact: &ProfileEdited,
    name_skeleton: &str,
    identity_key: Option<&str>,
    phone: &[u8],
    at: DateTime<Utc>,
) -> AppResult<()> {
    let it = fact.profile();
    let links = serde_json::to_value(&it.links).expect("texts by text");
    let done = sqlx::query!(
        "update communities
         set name = $3, name_skeleton = $4, bio = $5, website = $6, identity_key = $7, community_type = $8, country = $9, city = $10,
             official_email = $11, phone = $12, logo_id = $13, links = $14, region = $15, languages = $16, size = $17,
             version = version + 1, updated_at = $18
         where id = $1 and version = $2",
        fact.id().0,
        fact.from_version(),
        it.name,
        name_skeleton,
        it.bio,
        it.website,
        identity_key,
        it.community_type,
        it.country,
        it.city,
        it.official_email,
        phone,
        it.logo.map(|logo| logo.0),
        links,
        it.region,
        &it.languages,
        it.size,
        at,
    )
    .execute(conn)
    .await
    .on_constraint(
        "communities_official_email_key",
        "officialEmail",
        "Another approved community has this official e-mail address. Use one of your own.",
    )?;
    one(done.rows_affected())
}

pub async fn apply_answered(conn: &mut PgConnection, fact: &Answered, at: DateTime<Utc>) -> AppResult<()> {
    let done = sqlx::query!(
        "update communities set more_asked = null, version = version + 1, updated_at = $3 where id = $1 and status = $2",
        fact.id().0,
        fact.status().label(),
        at,
    )
    .execute(conn)
    .await?;
    one(done.rows_affected())
}

/// An organization asked the community at this moment; said twice, the first counts.
pub async fn note_asked(conn: &mut PgConnection, request: RequestId, community: CommunityId, at: DateTime<Utc>) -> AppResult<()> {
    sqlx::query!(
        "insert into community_answers (request_id, community_id, opened_at) values ($1, $2, $3) on conflict do nothing",
        request.0,
        community.0,
        at,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The community answered at this moment; only its first answer counts. Counts the community's answers anew.
pub async fn note_answered(conn: &mut PgConnection, request: RequestId, at: DateTime<Utc>) -> AppResult<()> {
    let answered = sqlx::query_scalar!(
        "update community_answers set answered_at = $2 where request_id = $1 and answered_at is null returning community_id",
        request.0,
        at,
    )
    .fetch_optional(&mut *conn)
    .await?;
    if let Some(community) = answered {
        sqlx::query!(
            "update communities c set (answers, median_answer_seconds) = (
                 select count(*), percentile_cont(0.5) within group (order by extract(epoch from a.answered_at - a.opened_at))::bigint
                 from community_answers a where a.community_id = $1 and a.answered_at is not null)
             where c.id = $1",
            community,
        )
        .execute(conn)
        .await?;
    }
    Ok(())
}

/// The row was held in this state, so that anything else is a defect.
fn one(rows: u64) -> AppResult<()> {
    if rows == 1 { Ok(()) } else { Err(AppError::broken("a held community was no longer in the state that was read")) }
}

// ── Checks ──────────────────────────────────────────────────────────────────────────────────────────────────────────

/// What the checks look at.
pub struct ToCheck {
    pub name: String,
    pub bio: String,
    pub website: String,
    pub identity_key: Option<String>,
    pub official_email: String,
    pub applied_from: Option<Vec<u8>>,
    pub submitted_at: DateTime<Utc>,
}

pub async fn get_to_check(db: &PgPool, id: CommunityId) -> AppResult<ToCheck> {
    Ok(sqlx::query_as!(
        ToCheck,
        "select name, bio, website, identity_key, official_email, applied_from, submitted_at
         from communities where id = $1",
        id.0,
    )
    .fetch_one(db)
    .await?)
}

/// What staff decide by, beside the profile and its history.
pub struct Evidence {
    /// Every check and when it ran, the newest run first.
    pub checks: Vec<(CheckRow, DateTime<Utc>)>,
    pub rivals: Vec<Rival>,
}

#[derive(Debug, Deserialize)]
struct StoredCheck {
    kind: String,
    result: String,
    evidence: String,
    checked_at: DateTime<Utc>,
}

#[derive(Debug, Deserialize)]
struct RivalRow {
    id: Uuid,
    name: String,
    city: String,
    country: String,
    status: String,
    same_name: bool,
    same_domain: bool,
}

fn read_checks(rows: Vec<StoredCheck>) -> Vec<(CheckRow, DateTime<Utc>)> {
    let rows = rows.into_iter().filter_map(|row| {
        let (kind, result) = (CheckKind::parse(&row.kind).ok()?, CheckResult::of_stored(&row.result)?);
        Some((CheckRow::new(kind, result, row.evidence), row.checked_at))
    });
    rows.collect()
}

/// By one statement: its checks, and communities that this one could be taken for, and why; at most 20.
pub async fn find_evidence(db: &PgPool, id: CommunityId) -> AppResult<Evidence> {
    let row = sqlx::query!(
        r#"select
               (select coalesce(jsonb_agg(to_jsonb(x) order by x.checked_at desc, x.kind), '[]') from (
                    select kind, result, evidence, checked_at from checks
                    where subject_kind = 'community' and subject_id = $1 order by checked_at desc, kind limit 200
                ) x) as "checks!: Json<Vec<StoredCheck>>",
               (select coalesce(jsonb_agg(to_jsonb(x) order by x.submitted_at, x.id), '[]') from (
                    select o.id, o.name, o.city, o.country, o.status, o.submitted_at,
                           o.name_skeleton = c.name_skeleton as same_name,
                           coalesce(o.identity_key = c.identity_key, false) as same_domain
                    from communities c
                    join communities o on o.id <> c.id
                         and (o.name_skeleton = c.name_skeleton or o.identity_key = c.identity_key
                              or o.official_email = c.official_email)
                    where c.id = $1 order by o.submitted_at, o.id limit 20
                ) x) as "rivals!: Json<Vec<RivalRow>>""#,
        id.0,
    )
    .fetch_one(db)
    .await?;
    let checks = read_checks(row.checks.0);
    let rivals = row
        .rivals
        .0
        .into_iter()
        .map(|row| {
            let status = status(&row.status)?;
            let why = match (row.same_name, row.same_domain) {
                (true, true) => "the same name and domain",
                (true, false) => "the same name",
                (false, true) => "the same domain",
                (false, false) => "the same official e-mail address",
            };
            Ok(Rival {
                id: row.id.into(),
                name: row.name,
                place_label: place_label(&row.city, &row.country),
                status_label: status_label(status).to_owned(),
                tone: status_tone(status).to_owned(),
                why: why.to_owned(),
            })
        })
        .collect::<AppResult<_>>()?;
    Ok(Evidence { checks, rivals })
}

/// What else is known about a sign-up's domain, address and source.
pub struct Neighbours {
    /// An approved community with the same domain.
    pub holder: Option<String>,
    /// Waiting ones with the same domain.
    pub rivals: i64,
    /// Other sign-ups from the same source within a day.
    pub from_source: i64,
    /// A community on the marketplace with the same official address.
    pub email_holder: Option<String>,
}

pub async fn get_neighbours(db: &PgPool, id: CommunityId, it: &ToCheck) -> AppResult<Neighbours> {
    Ok(sqlx::query_as!(
        Neighbours,
        r#"select
             (select o.name from communities o
              where o.identity_key = $2 and o.id <> $1 and o.status in ('approved', 'active', 'suspended')
              order by o.submitted_at limit 1) as "holder?",
             (select count(*) from (select 1 from communities o
              where o.identity_key = $2 and o.id <> $1 and o.status in ('pending', 'under_review') limit 50) as r) as "rivals!",
             (select count(*) from (select 1 from communities o
              where o.applied_from = $3 and o.id <> $1 and o.submitted_at > $4::timestamptz - interval '1 day' and o.submitted_at <= $4::timestamptz
              limit 50) as s) as "from_source!",
             (select o.name from communities o
              where o.official_email = $5 and o.id <> $1 and o.status in ('approved', 'active', 'suspended') limit 1) as "email_holder?""#,
        id.0,
        it.identity_key,
        it.applied_from.as_deref(),
        it.submitted_at,
        it.official_email,
    )
    .fetch_one(db)
    .await?)
}

/// Was the community looked at since?
pub async fn is_checked(conn: &mut PgConnection, id: CommunityId, since: DateTime<Utc>) -> AppResult<bool> {
    Ok(sqlx::query_scalar!(
        r#"select exists (
               select 1 from checks where subject_kind = 'community' and subject_id = $1 and checked_at >= $2
           ) as "there!""#,
        id.0,
        since,
    )
    .fetch_one(conn)
    .await?)
}

pub async fn apply_checked(
    conn: &mut PgConnection,
    fact: &Checked,
    rows: &[(Uuid, CheckRow)],
    at: DateTime<Utc>,
) -> AppResult<()> {
    let ids: Vec<Uuid> = rows.iter().map(|(id, _)| *id).collect();
    let kinds: Vec<String> = rows.iter().map(|(_, row)| row.kind.label().to_owned()).collect();
    let results: Vec<String> = rows.iter().map(|(_, row)| row.result.stored().to_owned()).collect();
    let evidence: Vec<String> = rows.iter().map(|(_, row)| row.evidence.clone()).collect();
    sqlx::query!(
        "insert into checks (id, subject_kind, subject_id, kind, result, evidence, checked_at)
         select r.id, 'community', $1, r.kind, r.result, r.evidence, $6
         from unnest($2::uuid[], $3::text[], $4::text[], $5::text[]) as r (id, kind, result, evidence)",
        fact.id().0,
        &ids,
        &kinds,
        &results,
        &evidence,
        at,
    )
    .execute(&mut *conn)
    .await?;
    let score = i32::try_from(fact.score()).unwrap_or(100);
    sqlx::query!("update communities set trust_score = $2 where id = $1", fact.id().0, score).execute(conn).await?;
    Ok(())
}

// ── Reading ─────────────────────────────────────────────────────────────────────────────────────────────────────────

/// Everything that is stored of a community.
pub struct ProfileRow {
    pub id: Uuid,
    pub slug: String,
    pub name: String,
    pub status: String,
    pub logo_key: Option<String>,
    pub country: String,
    pub city: String,
    pub bio: String,
    pub website: String,
    pub community_type: String,
    pub links: serde_json::Value,
    pub official_email: String,
    pub phone: Vec<u8>,
    pub more_asked: Option<String>,
    pub decision_reason: Option<String>,
    pub region: String,
    pub languages: Vec<String>,
    pub size: String,
    pub answers: i32,
    pub median_answer_seconds: Option<i64>,
    pub logo_id: Option<Uuid>,
    pub version: i32,
    pub submitted_at: DateTime<Utc>,
    pub owner_name: Option<String>,
    pub owner_email: Option<String>,
    /// What was found about one that waits; read for no other.
    checks: Option<Json<Vec<StoredCheck>>>,
}

impl ProfileRow {
    /// The checks of one that waits and when each ran, the newest run first; nothing before the first, and for every other.
    pub fn take_checks(&mut self) -> Vec<(CheckRow, DateTime<Utc>)> {
        self.checks.take().map(|checks| read_checks(checks.0)).unwrap_or_default()
    }

    pub fn brief(&self) -> AppResult<CommunityBrief> {
        Ok(CommunityBrief {
            id: self.id.into(),
            slug: self.slug.clone(),
            name: self.name.clone(),
            status: status(&self.status)?,
            logo_key: self.logo_key.clone(),
            country: self.country.clone(),
            city: self.city.clone(),
        })
    }

    pub fn owner(&self) -> OwnerView {
        OwnerView { name: self.owner_name.clone().unwrap_or_default(), email: self.owner_email.clone().unwrap_or_default() }
    }

    pub fn links(&self) -> Links {
        serde_json::from_value(self.links.clone()).unwrap_or_default()
    }
}

/// A community by its id, or else by its slug.
pub async fn find_profile(
    db: impl sqlx::PgExecutor<'_>,
    id: Option<CommunityId>,
    slug: Option<&str>,
) -> AppResult<Option<ProfileRow>> {
    Ok(sqlx::query_as!(
        ProfileRow,
        r#"select c.id, c.slug, c.name, c.status, (select l.storage_key from logos l where l.id = c.logo_id) as "logo_key?",
                  c.country, c.city, c.bio, c.website, c.community_type,
                  c.links, c.official_email, c.phone, c.more_asked, c.decision_reason, c.region, c.languages, c.size, c.answers,
                  c.median_answer_seconds, c.logo_id, c.version, c.submitted_at,
                  o.name as "owner_name?", o.email as "owner_email?",
                  case when c.status in ('pending', 'under_review') then (
                      select jsonb_agg(to_jsonb(x) order by x.checked_at desc, x.kind) from (
                          select kind, result, evidence, checked_at from checks
                          where subject_kind = 'community' and subject_id = c.id order by checked_at desc, kind limit 40
                      ) x
                  ) end as "checks?: Json<Vec<StoredCheck>>"
           from communities c
           left join lateral (
               select u.name, u.email from members m join users u on u.id = m.user_id
               where m.community_id = c.id and m.role = 'Owner' order by m.created_at limit 1
           ) o on true
           where c.id = $1 or ($1::uuid is null and c.slug = $2)"#,
        id.map(|id| id.0),
        slug,
    )
    .fetch_optional(db)
    .await?)
}

/// A community in the list.
pub struct ListedRow {
    pub id: Uuid,
    pub slug: String,
    pub name: String,
    pub logo_key: Option<String>,
    pub community_type: String,
    pub country: String,
    pub city: String,
    pub region: String,
    pub languages: Vec<String>,
    pub size: String,
    pub answers: i32,
    pub median_answer_seconds: Option<i64>,
}

/// Communities on the marketplace after a slug, with one more than the page shows, and how many there are.
pub async fn list_approved(
    db: &PgPool,
    ask: &ListAsk,
    after: Option<&str>,
    page: &PageRequest,
) -> AppResult<(Vec<ListedRow>, i64)> {
    let (kind, region) = (ask.community_type.map(CommunityType::label), ask.region.map(Region::label));
    let rows = sqlx::query_as!(
        ListedRow,
        r#"select c.id, c.slug, c.name, (select l.storage_key from logos l where l.id = c.logo_id) as "logo_key?",
                  c.community_type, c.country, c.city, c.region, c.languages, c.size, c.answers, c.median_answer_seconds
           from communities c
           where c.status in ('approved', 'active') and ($1::text is null or c.community_type = $1)
             and ($2::text is null or c.region = $2) and ($3::text is null or lower(c.country) = lower($3))
             and ($4::text is null or c.slug collate "C" > $4)
           order by c.slug collate "C" limit $5 offset $6"#,
        kind,
        region,
        ask.country.as_deref(),
        after,
        i64::from(page.limit) + 1,
        i64::from(page.offset),
    )
    .fetch_all(db)
    .await?;
    let counted = sqlx::query_scalar!(
        r#"select count(*) as "count!" from (
               select 1 from communities c
               where c.status in ('approved', 'active') and ($1::text is null or c.community_type = $1)
                 and ($2::text is null or c.region = $2) and ($3::text is null or lower(c.country) = lower($3))
               limit $4) found"#,
        kind,
        region,
        ask.country.as_deref(),
        COUNT_CAP + 1,
    )
    .fetch_one(db)
    .await?;
    Ok((rows, counted))
}

/// The brief of a community, locked against changes of its status until the transaction ends.
pub async fn get_brief_shared(conn: &mut PgConnection, id: CommunityId) -> AppResult<CommunityBrief> {
    let row = sqlx::query!(
        r#"select c.id, c.slug, c.name, c.status, (select l.storage_key from logos l where l.id = c.logo_id) as "logo_key?", c.country, c.city
           from communities c where c.id = $1 for share of c"#,
        id.0,
    )
    .fetch_optional(conn)
    .await?
    .ok_or(AppError::NotFound)?;
    Ok(CommunityBrief {
        id: row.id.into(),
        slug: row.slug,
        name: row.name,
        status: status(&row.status)?,
        logo_key: row.logo_key,
        country: row.country,
        city: row.city,
    })
}

/// The briefs of several communities, in no order.
pub async fn list_briefs(db: &PgPool, ids: &[Uuid]) -> AppResult<Vec<CommunityBrief>> {
    let rows = sqlx::query!(
        r#"select c.id, c.slug, c.name, c.status, (select l.storage_key from logos l where l.id = c.logo_id) as "logo_key?",
                  c.country, c.city
           from communities c where c.id = any($1)"#,
        ids,
    )
    .fetch_all(db)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(CommunityBrief {
                id: row.id.into(),
                slug: row.slug,
                name: row.name,
                status: status(&row.status)?,
                logo_key: row.logo_key,
                country: row.country,
                city: row.city,
            })
        })
        .collect()
}

/// The active people of a community with their roles, for whom to write to.
pub async fn list_members(db: &PgPool, community: CommunityId) -> AppResult<Vec<MemberRow>> {
    Ok(sqlx::query_as!(
        MemberRow,
        "select m.user_id, u.name, u.email, m.role, m.signatory, m.finance
         from members m join users u on u.id = m.user_id
         where m.community_id = $1 and m.status = 'Active' order by m.created_at, m.id",
        community.0,
    )
    .fetch_all(db)
    .await?)
}

/// Somebody in a community.
pub struct MemberRow {
    pub user_id: Uuid,
    pub name: String,
    pub email: String,
    pub role: String,
    pub signatory: bool,
    pub finance: bool,
}

/// A line of the staff queue.
pub struct QueueRow {
    pub id: Uuid,
    pub slug: String,
    pub name: String,
    pub city: String,
    pub country: String,
    pub community_type: String,
    pub status: String,
    pub submitted_at: DateTime<Utc>,
    pub trust_score: i32,
    pub more_asked: bool,
    pub checked: bool,
}

/// The communities in these statuses, the longest waiting first; up to `limit + 1`, and how many there are (capped).
pub async fn list_queue(db: &PgPool, statuses: &[CommunityStatus], page: &PageRequest) -> AppResult<(Vec<QueueRow>, i64)> {
    let statuses: Vec<String> = statuses.iter().map(|s| s.label().to_owned()).collect();
    let after = match &page.cursor {
        Some(cursor) => {
            let [at, id] = uncursor::<2>(cursor)?;
            let broken = || AppError::invalid("cursor", "This cursor is not one of ours. Start again without it.");
            let at = DateTime::parse_from_rfc3339(&at).map_err(|_| broken())?.with_timezone(&Utc);
            Some((at, id.parse::<Uuid>().map_err(|_| broken())?))
        }
        None => None,
    };
    let rows = sqlx::query_as!(
        QueueRow,
        r#"select c.id, c.slug, c.name, c.city, c.country, c.community_type, c.status, c.submitted_at, c.trust_score,
                  c.more_asked is not null as "more_asked!",
                  exists (select 1 from checks k where k.subject_kind = 'community' and k.subject_id = c.id) as "checked!"
           from communities c
           where c.status = any($1) and ($2::timestamptz is null or (c.submitted_at, c.id) > ($2, $3))
           order by c.submitted_at, c.id limit $4 offset $5"#,
        &statuses,
        after.map(|(at, _)| at),
        after.map(|(_, id)| id),
        i64::from(page.limit) + 1,
        i64::from(page.offset),
    )
    .fetch_all(db)
    .await?;
    let counted = sqlx::query_scalar!(
        r#"select count(*) as "count!" from (select 1 from communities where status = any($1) limit $2) as waiting"#,
        &statuses,
        COUNT_CAP + 1,
    )
    .fetch_one(db)
    .await?;
    Ok((rows, counted))
}

/// Reads a status; the table's CHECK keeps it one of ours.
pub fn status(text: &str) -> AppResult<CommunityStatus> {
    CommunityStatus::parse(text).ok_or_else(|| AppError::broken(format!("the table holds an unknown community status: {text}")))
}

/// Communities on the marketplace, for search engines.
pub const CRAWLED: Listing = Listing {
    id: "c.id",
    tail: "c.slug",
    updated_at: "c.updated_at",
    public: "communities c where c.status in ('approved', 'active')",
};
