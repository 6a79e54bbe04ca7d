//! SQL of organizations, their members, checks, drafts and logos, and nothing else. Names and addresses of people are read
//! from `users`, which the accounts room owns and alone writes.

pub mod bulk;
pub mod life;
pub mod merging;
pub mod review;
pub mod search;

use super::{
    rules::{Applying, Checking, Deciding, ProfileEditing, Resubmitting, SeatDeclining, SeatTaking, Standing, products},
    trust::CheckRow,
    views::{QueueOrder, StaffPart},
};
use crate::{
    features::accounts::views::Recipient,
    kernel::{
        actor::{OrganizationRole, Scope},
        error::{AppError, AppResult},
        ids::{CommunityId, EventId, LogoId, OrganizationId, UserId},
        text::Email,
        words::is_run_together,
    },
    platform::{db::OnConstraint as _, listing::Listing, tx::Tx},
};
use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::{PgConnection, PgExecutor, PgPool, QueryBuilder, Row as _};
use uuid::Uuid;

// ── One organization ────────────────────────────────────────────────────────────────────────────────────────────────

/// An organization as it is stored; e-mails and phone sealed.
pub struct OrganizationRow {
    pub id: Uuid,
    pub slug: String,
    pub entity_type: String,
    pub display_name: String,
    pub legal_name: String,
    pub logo_id: Option<Uuid>,
    pub logo_key: Option<String>,
    pub logo_on_dark_id: Option<Uuid>,
    pub logo_on_dark_key: Option<String>,
    pub wordmark_id: Option<Uuid>,
    pub wordmark_key: Option<String>,
    pub brand_colors: Vec<String>,
    pub boilerplate: String,
    pub products: Value,
    pub website: String,
    pub proposed_website: Option<String>,
    pub proposed_website_id: Option<Uuid>,
    pub disabling_proposed_by: Option<Uuid>,
    pub disabled_from: Option<String>,
    pub merged_into: Option<Uuid>,
    pub identity_key: String,
    pub industry: String,
    pub short_description: String,
    pub long_description: String,
    pub technologies: Vec<String>,
    pub developer_tools: Vec<String>,
    pub supported_regions: Vec<String>,
    pub preferred_event_types: Vec<String>,
    pub supported_community_types: Vec<String>,
    pub budget_currency: String,
    pub budget_min: i64,
    pub budget_max: Option<i64>,
    pub sponsorship_types: Vec<String>,
    pub primary_email: String,
    pub business_email: Option<Vec<u8>>,
    pub devrel_email: Option<Vec<u8>>,
    pub hiring_email: Option<Vec<u8>>,
    pub billing_email: Option<Vec<u8>>,
    pub phone: Option<Vec<u8>>,
    pub verification_status: String,
    pub more_asked: Option<String>,
    pub decision_reason: Option<String>,
    pub trust_score: i32,
    pub applied_by: Option<Uuid>,
    pub applicant_name: Option<String>,
    pub applicant_email: Option<String>,
    pub applicant_confirmed: bool,
    pub submitted_at: DateTime<Utc>,
    pub decided_at: Option<DateTime<Utc>>,
    pub refused_at: Option<DateTime<Utc>>,
    pub events_sponsored: i32,
    pub communities_supported: i32,
    pub version: i32,
    pub has_active_admin: bool,
    pub is_led: bool,
    /// A block of either side stands between it and the community that was named.
    pub blocked: bool,
}

/// The id behind a slug, also behind one that it had before.
pub async fn find_id(pool: &PgPool, slug: &str) -> AppResult<Option<OrganizationId>> {
    let id = sqlx::query_scalar!(
        r#"select id as "id!" from organizations where slug = $1
           union all select organization_id from organization_slugs where slug = $1
           limit 1"#,
        slug,
    )
    .fetch_optional(pool)
    .await?;
    Ok(id.map(OrganizationId))
}

/// Everything about one organization; who may see what is decided by the service.
pub async fn find(conn: &mut PgConnection, id: OrganizationId) -> AppResult<Option<OrganizationRow>> {
    find_for(conn, (Some(id), None), None).await
}

/// As [`find`], by its id or by a slug that it has or had, and whether a block stands between it and a community.
pub async fn find_for(
    conn: &mut PgConnection,
    (id, slug): (Option<OrganizationId>, Option<&str>),
    community: Option<Uuid>,
) -> AppResult<Option<OrganizationRow>> {
    let row = sqlx::query_as!(
        OrganizationRow,
        r#"select o.id, o.slug, o.entity_type, o.display_name, o.legal_name, o.logo_id, l.storage_key as "logo_key?",
                  o.logo_on_dark_id, d.storage_key as "logo_on_dark_key?", o.wordmark_id, w.storage_key as "wordmark_key?",
                  o.brand_colors, o.boilerplate, o.products, o.website, p.website as "proposed_website?",
                  p.id as "proposed_website_id?", o.disabling_proposed_by, o.disabled_from, o.merged_into,
                  o.identity_key, o.industry, o.short_description, o.long_description, o.technologies, o.developer_tools,
                  o.supported_regions, o.preferred_event_types, o.supported_community_types, o.budget_currency, o.budget_min,
                  o.budget_max, o.sponsorship_types, o.primary_email, o.business_email, o.devrel_email, o.hiring_email,
                  o.billing_email, o.phone, o.verification_status, o.more_asked, o.decision_reason, o.trust_score, o.applied_by,
                  u.name as "applicant_name?", u.email as "applicant_email?",
                  coalesce(u.password_hash is not null and not exists(
                      select 1 from organization_seats_waiting s where s.organization_id = o.id and s.user_id = u.id
                  ), false) as "applicant_confirmed!",
                  o.submitted_at, o.decided_at, o.refused_at, o.events_sponsored, o.communities_supported, o.version,
                  exists(
                      select 1 from organization_members m join users a on a.id = m.user_id
                      where m.organization_id = o.id and m.role in ('Sponsor Admin', 'Partner Admin') and a.password_hash is not null
                  ) as "has_active_admin!",
                  exists(
                      select 1 from organization_members m join users a on a.id = m.user_id
                      where m.organization_id = o.id and m.role in ('Sponsor Admin', 'Partner Admin') and a.suspended_at is null
                  ) as "is_led!",
                  exists(select 1 from blocks b where b.organization_id = o.id and b.community_id = $3) as "blocked!"
           from organizations o left join logos l on l.id = o.logo_id left join users u on u.id = o.applied_by
               left join logos d on d.id = o.logo_on_dark_id left join logos w on w.id = o.wordmark_id
               left join website_proposals p on p.organization_id = o.id and p.state = 'Open'
           where o.id = coalesce($1, (select n.id from (
                     select id from organizations where slug = $2
                     union all select organization_id from organization_slugs where slug = $2
                 ) n limit 1))"#,
        id.map(|id| id.0),
        slug,
        community,
    )
    .fetch_optional(conn)
    .await?;
    Ok(row)
}

/// Locks one organization in the actor's scope, then reads it.
pub async fn hold(tx: &mut Tx, scope: Scope, id: OrganizationId) -> AppResult<OrganizationRow> {
    sqlx::query_scalar!(
        "select id from organizations where id = $1 and ($2 or id = $3) for no key update",
        id.0,
        scope.everything(),
        scope.organization(),
    )
    .fetch_optional(tx.conn())
    .await?
    .ok_or(AppError::NotFound)?;
    find(tx.conn(), id).await?.ok_or(AppError::NotFound)
}

pub struct BriefRow {
    pub id: Uuid,
    pub slug: String,
    pub display_name: String,
    pub entity_type: String,
    pub verification_status: String,
    pub website: String,
    pub logo_key: Option<String>,
}

pub async fn find_brief(db: impl PgExecutor<'_>, id: OrganizationId) -> AppResult<Option<BriefRow>> {
    let row = sqlx::query_as!(
        BriefRow,
        r#"select o.id, o.slug, o.display_name, o.entity_type, o.verification_status, o.website, l.storage_key as "logo_key?"
           from organizations o left join logos l on l.id = o.logo_id where o.id = $1"#,
        id.0,
    )
    .fetch_optional(db)
    .await?;
    Ok(row)
}

/// As [`find_brief`], and nobody can change it until the transaction ends.
pub async fn find_brief_in(tx: &mut Tx, id: OrganizationId) -> AppResult<Option<BriefRow>> {
    let row = sqlx::query_as!(
        BriefRow,
        r#"select o.id, o.slug, o.display_name, o.entity_type, o.verification_status, o.website, l.storage_key as "logo_key?"
           from organizations o left join logos l on l.id = o.logo_id where o.id = $1 for share of o"#,
        id.0,
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(row)
}

/// The people of an organization with one of these roles, in the order of their names.
pub async fn list_people(pool: &PgPool, id: OrganizationId, roles: &[OrganizationRole]) -> AppResult<Vec<Recipient>> {
    let roles: Vec<String> = roles.iter().map(|role| role.label().to_owned()).collect();
    let rows = sqlx::query!(
        r#"select u.id as "id!", u.name, u.email from seats m join users u on u.id = m.user_id
           where m.kind = 'organization' and m.workspace_id = $1 and m.role = any($2) and u.suspended_at is null
           order by u.name collate "C", u.id limit 200"#,
        id.0,
        &roles,
    )
    .fetch_all(pool)
    .await?;
    Ok(rows.into_iter().map(|row| Recipient { user: row.id.into(), name: row.name, email: row.email }).collect())
}

// ── Applying ────────────────────────────────────────────────────────────────────────────────────────────────────────

/// False when the slug is taken, or was taken once.
pub async fn insert(tx: &mut Tx, fact: &Applying, logo: LogoId, source: Option<&[u8]>, now: DateTime<Utc>) -> AppResult<bool> {
    if !life::claim_slug(tx, fact.slug(), fact.organization(), now).await? {
        return Ok(false);
    }
    let application = fact.application();
    let sponsorship_types: Vec<String> = application.sponsorship_types.iter().map(|t| t.label().to_owned()).collect();
    let inserted = sqlx::query!(
        "insert into organizations (id, slug, entity_type, display_name, logo_id, website, identity_key, identity_shared,
                                    name_skeleton, industry, short_description, budget_currency, budget_min, budget_max,
                                    sponsorship_types, primary_email, verification_status, applied_by, applied_from,
                                    submitted_at, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, 'Pending Verification', $17, $18,
                 $19, $19, $19)
         on conflict (slug) do nothing",
        fact.organization().0,
        fact.slug(),
        application.entity_type.label(),
        application.display_name.as_str(),
        logo.0,
        application.website.as_str(),
        fact.standpoint().identity_key,
        fact.standpoint().identity_shared,
        fact.standpoint().name_skeleton,
        application.industry.label(),
        application.short_description.as_str(),
        application.budget.currency().code(),
        application.budget.min.minor,
        application.budget.max.map(|max| max.minor),
        &sponsorship_types,
        application.primary_email.as_str(),
        fact.applicant().0,
        source,
        now,
    )
    .execute(tx.conn())
    .await?;
    Ok(inserted.rows_affected() == 1)
}

/// Seats the applicant, or keeps the seat for them until they say that the application is theirs. One statement either way.
pub async fn insert_applicant(tx: &mut Tx, id: Uuid, fact: &Applying, waits: bool, now: DateTime<Utc>) -> AppResult<()> {
    sqlx::query!(
        "with waiting as (
             insert into organization_seats_waiting (organization_id, user_id, role, created_at)
             select $2, $3, $4, $5 where $6
         )
         insert into organization_members (id, organization_id, user_id, role, created_at)
         select $1, $2, $3, $4, $5 where not $6",
        id,
        fact.organization().0,
        fact.applicant().0,
        fact.role().label(),
        now,
        waits,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// The role of the seat that waits for its applicant. The organization is held.
pub async fn find_waiting_seat(tx: &mut Tx, organization: OrganizationId, user: UserId) -> AppResult<Option<OrganizationRole>> {
    let role = sqlx::query_scalar!(
        "select role from organization_seats_waiting where organization_id = $1 and user_id = $2 and declined_at is null",
        organization.0,
        user.0,
    )
    .fetch_optional(tx.conn())
    .await?;
    role.map(|role| OrganizationRole::parse(&role).ok_or_else(|| AppError::broken(format!("no seat has the role {role}"))))
        .transpose()
}

/// Does a seat wait for this person, or did they decline it? `None`: it is theirs, or never waited.
pub async fn find_seat_answer(pool: &PgPool, organization: OrganizationId, user: UserId) -> AppResult<Option<bool>> {
    Ok(sqlx::query_scalar!(
        r#"select declined_at is not null as "declined!" from organization_seats_waiting where organization_id = $1 and user_id = $2"#,
        organization.0,
        user.0,
    )
    .fetch_optional(pool)
    .await?)
}

/// Nobody asks its applicant again, and the application goes on without one. The organization is held.
pub async fn apply_seat_declining(tx: &mut Tx, fact: &SeatDeclining, now: DateTime<Utc>) -> AppResult<()> {
    sqlx::query!(
        "update organization_seats_waiting set declined_at = $3 where organization_id = $1 and user_id = $2 and declined_at is null",
        fact.organization().0,
        fact.user().0,
        now,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Did everybody whom the application names say that it is not theirs, so that nobody is there? The organization is held.
pub async fn is_disowned(tx: &mut Tx, organization: OrganizationId) -> AppResult<bool> {
    let disowned = sqlx::query_scalar::<_, bool>(
        "select exists (select 1 from organization_seats_waiting where organization_id = $1 and declined_at is not null)
            and not exists (select 1 from organization_seats_waiting where organization_id = $1 and declined_at is null)
            and not exists (select 1 from organization_members where organization_id = $1)",
    )
    .bind(organization.0)
    .fetch_one(tx.conn())
    .await?;
    Ok(disowned)
}

/// The seat that waited is real. Somebody who came in another way meanwhile keeps what they have.
pub async fn apply_seat_taking(tx: &mut Tx, id: Uuid, fact: &SeatTaking, now: DateTime<Utc>) -> AppResult<()> {
    sqlx::query!(
        "with taken as (
             delete from organization_seats_waiting where organization_id = $2 and user_id = $3 returning organization_id
         )
         insert into organization_members (id, organization_id, user_id, role, created_at)
         select $1, organization_id, $3, $4, $5 from taken on conflict on constraint organization_members_key do nothing",
        id,
        fact.organization().0,
        fact.user().0,
        fact.role().label(),
        now,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub async fn insert_member(
    tx: &mut Tx,
    id: Uuid,
    organization: OrganizationId,
    user: UserId,
    role: OrganizationRole,
    now: DateTime<Utc>,
) -> AppResult<()> {
    sqlx::query!(
        "insert into organization_members (id, organization_id, user_id, role, created_at) values ($1, $2, $3, $4, $5)",
        id,
        organization.0,
        user.0,
        role.label(),
        now,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

// ── Deciding, editing ───────────────────────────────────────────────────────────────────────────────────────────────

/// The row must be held.
///
/// # Errors
/// 409 `DOMAIN_TAKEN` when somebody else owns the identity; the transaction is lost then.
pub async fn apply_deciding(tx: &mut Tx, fact: &Deciding, now: DateTime<Utc>) -> AppResult<()> {
    let to = fact.to();
    let question = (to == Standing::MoreAsked).then(|| fact.reason());
    let decided = to != Standing::MoreAsked;
    let changed = sqlx::query!(
        "update organizations
         set verification_status = $3, more_asked = $4, refused_at = $5,
             decision_reason = case when $6 then $7 else decision_reason end,
             decided_at = case when $6 then $8 else decided_at end, updated_at = $8,
             disabled_from = case when $3 = 'Disabled' then $2 end,
             disabling_proposed_by = null, disabling_proposed_at = null, disabling_reason = null
         where id = $1 and verification_status = $2",
        fact.organization().0,
        fact.from().status().label(),
        to.status().label(),
        question,
        (to == Standing::Refused).then_some(now),
        decided,
        fact.reason(),
        now,
    )
    .execute(tx.conn())
    .await
    .refuse_on(IDENTITY_KEY, DOMAIN_TAKEN, "This website belongs to another profile.")?;
    exactly_one(changed.rows_affected())
}

/// The index that keeps one owner for each identity.
const IDENTITY_KEY: &str = "organizations_identity_key";
pub const DOMAIN_TAKEN: &str = "DOMAIN_TAKEN";

pub async fn apply_resubmitting(tx: &mut Tx, fact: &Resubmitting, now: DateTime<Utc>) -> AppResult<()> {
    let changed = sqlx::query!(
        "update organizations set more_asked = null, updated_at = $2
         where id = $1 and verification_status = 'Pending Verification' and more_asked is not null",
        fact.organization().0,
        now,
    )
    .execute(tx.conn())
    .await?;
    exactly_one(changed.rows_affected())
}

/// Sealed values of the encrypted columns.
pub struct Sealed {
    pub business_email: Option<Vec<u8>>,
    pub devrel_email: Option<Vec<u8>>,
    pub hiring_email: Option<Vec<u8>>,
    pub billing_email: Option<Vec<u8>>,
    pub phone: Option<Vec<u8>>,
}

/// The pictures of a profile, by their ids.
pub struct PictureIds {
    pub logo: Option<Uuid>,
    pub on_dark: Option<Uuid>,
    pub wordmark: Option<Uuid>,
}

pub async fn apply_profile_editing(
    tx: &mut Tx,
    fact: &ProfileEditing,
    pictures: &PictureIds,
    sealed: Sealed,
    now: DateTime<Utc>,
) -> AppResult<()> {
    let profile = fact.profile();
    let labels = |list: Vec<&'static str>| list.into_iter().map(str::to_owned).collect::<Vec<_>>();
    let changed = sqlx::query!(
        "update organizations
         set entity_type = $3, display_name = $4, legal_name = $5, logo_id = $6, website = $7, identity_key = $8,
             identity_shared = $9, name_skeleton = $10, industry = $11, short_description = $12, long_description = $13,
             technologies = $14, developer_tools = $15, supported_regions = $16, preferred_event_types = $17,
             supported_community_types = $18, budget_currency = $19, budget_min = $20, budget_max = $21,
             sponsorship_types = $22, primary_email = $23, business_email = $24, devrel_email = $25, hiring_email = $26,
             billing_email = $27, phone = $28, version = version + 1, updated_at = $29, logo_on_dark_id = $30,
             wordmark_id = $31, brand_colors = $32, boilerplate = $33, products = $34, products_text = $35
         where id = $1 and version = $2",
        fact.organization().0,
        fact.from_version(),
        profile.entity_type.label(),
        profile.display_name.as_str(),
        profile.legal_name.as_str(),
        pictures.logo,
        profile.website.as_str(),
        fact.standpoint().identity_key,
        fact.standpoint().identity_shared,
        fact.standpoint().name_skeleton,
        profile.industry.label(),
        profile.short_description.as_str(),
        profile.long_description.as_str(),
        &profile.technologies,
        &profile.developer_tools,
        &labels(profile.supported_regions.iter().map(|l| l.label()).collect()),
        &labels(profile.preferred_event_types.iter().map(|l| l.label()).collect()),
        &labels(profile.supported_community_types.iter().map(|l| l.label()).collect()),
        profile.budget.currency().code(),
        profile.budget.min.minor,
        profile.budget.max.map(|max| max.minor),
        &labels(profile.sponsorship_types.iter().map(|l| l.label()).collect()),
        profile.primary_email.as_ref().map_or("", Email::as_str),
        sealed.business_email,
        sealed.devrel_email,
        sealed.hiring_email,
        sealed.billing_email,
        sealed.phone,
        now,
        pictures.on_dark,
        pictures.wordmark,
        &profile.brand_colors,
        profile.boilerplate.as_str(),
        products::stored(&profile.products),
        products::words(&profile.products),
    )
    .execute(tx.conn())
    .await
    .on_constraint(
        IDENTITY_KEY,
        "website",
        "This website belongs to another profile. Enter your own, or ask its admins to invite you.",
    )?;
    exactly_one(changed.rows_affected())
}

fn exactly_one(rows: u64) -> AppResult<()> {
    if rows == 1 { Ok(()) } else { Err(AppError::broken(format!("a transition changed {rows} organizations instead of one"))) }
}

// ── Checks ──────────────────────────────────────────────────────────────────────────────────────────────────────────

/// Appends the rows of a run about an `organization`, or about a `website` that one wants to move to. False when this run was
/// written before: ids come from the fact that asked for it.
pub async fn insert_checks(
    tx: &mut Tx,
    (kind, subject): (&str, Uuid),
    ids: &[Uuid],
    rows: &[CheckRow],
    now: DateTime<Utc>,
) -> AppResult<bool> {
    let kinds: Vec<String> = rows.iter().map(|row| row.kind.label().to_owned()).collect();
    let results: Vec<String> = rows.iter().map(|row| row.result.stored().to_owned()).collect();
    let evidence: Vec<String> = rows.iter().map(|row| row.evidence.clone()).collect();
    let inserted = sqlx::query!(
        "insert into checks (id, subject_kind, subject_id, kind, result, evidence, checked_at)
         select c.id, $7, $1, c.kind, c.result, c.evidence, $6
         from unnest($2::uuid[], $3::text[], $4::text[], $5::text[]) as c (id, kind, result, evidence)
         on conflict (id) do nothing",
        subject,
        ids,
        &kinds,
        &results,
        &evidence,
        now,
        kind,
    )
    .execute(tx.conn())
    .await?;
    Ok(inserted.rows_affected() > 0)
}

pub async fn apply_checking(tx: &mut Tx, fact: &Checking, now: DateTime<Utc>) -> AppResult<()> {
    let changed = sqlx::query!(
        "update organizations set trust_score = $2, updated_at = $3 where id = $1",
        fact.organization().0,
        i32::try_from(fact.score()).unwrap_or(0),
        now,
    )
    .execute(tx.conn())
    .await?;
    exactly_one(changed.rows_affected())
}

/// Who else names the identity: the profile that owns it, and how many applications that wait.
pub async fn find_holders(pool: &PgPool, identity_key: &str, but: OrganizationId) -> AppResult<(Option<String>, i64)> {
    let row = sqlx::query!(
        r#"select
               (select k.display_name || ' (' || k.verification_status || ')' from organizations h
                    join organizations k on k.id = coalesce(h.merged_into, h.id)
                where h.identity_key = $1 and k.id <> $2 and h.verification_status in ('Verified', 'Community Added', 'Disabled')
                order by h.merged_into is not null limit 1) as owner,
               (select count(*) from organizations r
                where r.identity_key = $1 and r.id <> $2 and r.verification_status = 'Pending Verification' and r.refused_at is null)
                   as "rivals!""#,
        identity_key,
        but.0,
    )
    .fetch_one(pool)
    .await?;
    Ok((row.owner, row.rivals))
}

/// Names and websites that may be taken for these: the same skeleton, or letters in common. The rules judge them.
pub async fn list_like(
    pool: &PgPool,
    name: &str,
    skeletons: &[String],
    identity_key: &str,
    but: OrganizationId,
) -> AppResult<Vec<LikeRow>> {
    let rows = sqlx::query_as!(
        LikeRow,
        "select id, display_name, website, slug, verification_status from organizations
         where id <> $1 and identity_key <> $2 and refused_at is null and merged_into is null and (name_skeleton = any($3) or lower(display_name) % lower($4))
         limit 50",
        but.0,
        identity_key,
        skeletons,
        name,
    )
    .fetch_all(pool)
    .await?;
    Ok(rows)
}

/// Somebody whose name or website may be taken for another's.
pub struct LikeRow {
    pub id: Uuid,
    pub display_name: String,
    pub website: String,
    pub slug: String,
    pub verification_status: String,
}

/// How many other applications came from this source since then.
pub async fn count_from_source(pool: &PgPool, organization: OrganizationId, since: DateTime<Utc>) -> AppResult<i64> {
    let count = sqlx::query_scalar!(
        r#"select count(*) as "count!" from organizations o join organizations mine on mine.id = $1
           where o.applied_from = mine.applied_from and o.id <> mine.id and o.submitted_at >= $2"#,
        organization.0,
        since,
    )
    .fetch_one(pool)
    .await?;
    Ok(count)
}

/// How many organizations applied from this source between these moments.
pub async fn count_applied(pool: &PgPool, source: &[u8], since: DateTime<Utc>, until: DateTime<Utc>) -> AppResult<i64> {
    let count = sqlx::query_scalar!(
        r#"select count(*) as "count!" from organizations where applied_from = $1 and submitted_at > $2 and submitted_at <= $3"#,
        source,
        since,
        until,
    )
    .fetch_one(pool)
    .await?;
    Ok(count)
}

// ── Lists ───────────────────────────────────────────────────────────────────────────────────────────────────────────

/// A row of the directory.
pub struct CardRow {
    pub id: Uuid,
    pub slug: String,
    pub display_name: String,
    /// What the list is sorted by.
    pub sort_name: String,
    pub entity_type: String,
    pub website: String,
    pub industry: String,
    pub short_description: String,
    pub technologies: Vec<String>,
    pub regions: Vec<String>,
    pub sponsorship_types: Vec<String>,
    pub budget_currency: String,
    pub budget_min: i64,
    pub budget_max: Option<i64>,
    pub verification_status: String,
    pub logo_key: Option<String>,
    pub events_sponsored: i32,
    pub communities_supported: i32,
    pub reputation: i32,
    pub created_at: DateTime<Utc>,
}

const LISTED: &str = " where o.verification_status in ('Verified', 'Community Added')";

/// Listed organizations whose names are spelled like the text, likest first; for when no word was found. The inner limit
/// bounds what is compared, whatever is typed; `hidden` ones are not there.
pub async fn list_similar(pool: &PgPool, text: &str, hidden: &[Uuid], limit: i64) -> AppResult<Vec<CardRow>> {
    let rows = sqlx::query_as!(
        CardRow,
        r#"select o.id, o.slug, o.display_name, lower(o.display_name) as "sort_name!", o.entity_type, o.website, o.industry,
                  o.short_description, o.technologies, o.supported_regions as regions, o.sponsorship_types, o.budget_currency,
                  o.budget_min, o.budget_max, o.verification_status, o.events_sponsored, o.communities_supported, o.reputation,
                  o.created_at, l.storage_key as "logo_key?"
           from (
               select i.id, i.slug, i.display_name, i.entity_type, i.website, i.industry, i.short_description, i.technologies,
                      i.supported_regions, i.sponsorship_types, i.budget_currency, i.budget_min, i.budget_max,
                      i.verification_status, i.events_sponsored, i.communities_supported, i.reputation, i.created_at, i.logo_id
               from organizations i
               where i.verification_status in ('Verified', 'Community Added')
                 and (lower(i.display_name) % lower($1) or lower(i.display_name) like '%' || $2 || '%')
                 and i.id <> all($4)
               limit 300
           ) o left join logos l on l.id = o.logo_id
           order by similarity(lower(o.display_name), lower($1)) desc, lower(o.display_name) collate "C", o.id limit $3"#,
        text,
        escaped(&text.to_lowercase()),
        limit,
        hidden,
    )
    .fetch_all(pool)
    .await?;
    Ok(rows)
}

/// The text with the signs of `like` taken literally.
fn escaped(text: &str) -> String {
    text.replace('\\', r"\\").replace('%', r"\%").replace('_', r"\_")
}

/// The oldest waiting application of each identity, one row more than the limit.
pub struct HeadRow {
    pub id: Uuid,
    pub identity_key: String,
    pub submitted_at: DateTime<Utc>,
    pub trust_score: i32,
}

const WAITS: &str = " where o.verification_status = 'Pending Verification' and o.refused_at is null
    and not exists (
        select 1 from organizations e
        where e.identity_key = o.identity_key and e.verification_status = 'Pending Verification' and e.refused_at is null
          and (e.submitted_at, e.id) < (o.submitted_at, o.id)
    )";

/// The key of the last row seen, as the order has it: time or score, and id.
pub enum QueueAfter {
    Age(DateTime<Utc>, Uuid),
    Score(i32, Uuid),
}

pub async fn list_queue_heads(
    pool: &PgPool,
    order: QueueOrder,
    after: Option<QueueAfter>,
    limit: i64,
) -> AppResult<Vec<HeadRow>> {
    let mut query = QueryBuilder::new("select o.id, o.identity_key, o.submitted_at, o.trust_score from organizations o");
    query.push(WAITS);
    match after {
        Some(QueueAfter::Age(at, id)) => {
            query.push(" and (o.submitted_at, o.id) > (").push_bind(at).push(", ").push_bind(id).push(")");
        }
        Some(QueueAfter::Score(score, id)) => {
            query.push(" and (o.trust_score, o.id) < (").push_bind(score).push(", ").push_bind(id).push(")");
        }
        None => {}
    }
    query.push(match order {
        QueueOrder::Age => " order by o.submitted_at, o.id limit ",
        QueueOrder::Score => " order by o.trust_score desc, o.id desc limit ",
    });
    query.push_bind(limit + 1);
    let rows = query.build().fetch_all(pool).await?;
    let rows = rows
        .iter()
        .map(|row| {
            Ok(HeadRow {
                id: row.try_get("id")?,
                identity_key: row.try_get("identity_key")?,
                submitted_at: row.try_get("submitted_at")?,
                trust_score: row.try_get("trust_score")?,
            })
        })
        .collect::<Result<Vec<_>, sqlx::Error>>()?;
    Ok(rows)
}

const fn is_in(part: StaffPart) -> &'static str {
    match part {
        StaffPart::Waiting => " where o.verification_status = 'Pending Verification' and o.refused_at is null",
        StaffPart::Verified => " where o.verification_status = 'Verified'",
        StaffPart::Added => " where o.verification_status = 'Community Added'",
        StaffPart::Refused => " where o.verification_status = 'Pending Verification' and o.refused_at is not null",
        // What was merged into another is no profile any more.
        StaffPart::Disabled => " where o.verification_status = 'Disabled' and o.merged_into is null",
        StaffPart::All => " where true",
    }
}

/// How many identities wait, and how many organizations each part has; one more than the cap at most.
pub async fn count_parts(pool: &PgPool, cap: i64) -> AppResult<(i64, Vec<(StaffPart, i64)>)> {
    let mut query = QueryBuilder::new("select array[");
    // Each identity has one head, the oldest: to count them, nobody needs to know which it is.
    let heads = format!("select distinct o.identity_key from organizations o{}", is_in(StaffPart::Waiting));
    let parts = StaffPart::ALL.iter().map(|part| format!("select 1 from organizations o{}", is_in(*part)));
    for (n, counted) in std::iter::once(heads).chain(parts).enumerate() {
        query.push(if n == 0 { "" } else { ", " }).push("(select count(*) from (").push(counted);
        // Said in the text, the cap is planned for: of an unknown one a tenth of all rows is expected.
        query.push(" limit ").push(cap + 1).push(") counted)");
    }
    query.push("]");
    let counts: Vec<i64> = query.build_query_scalar().fetch_one(pool).await?;
    let (heads, parts) = counts.split_first().ok_or_else(|| AppError::broken("a count counts something"))?;
    Ok((*heads, StaffPart::ALL.iter().copied().zip(parts.iter().copied()).collect()))
}

fn push_found(query: &mut QueryBuilder<sqlx::Postgres>, part: StaffPart, text: &str) {
    query.push(is_in(part));
    let text = text.trim().to_lowercase();
    if text.is_empty() {
        return;
    }
    let literal = escaped(&text);
    query.push(" and (");
    // Indexes know three letters in a row; one or two are looked for where a word begins. Where a script leaves no spaces, a name
    // of two letters may stand anywhere: all rows are read for it. Signs alone are in no index, and no name is found by them.
    let has_letters = text.chars().any(char::is_alphanumeric);
    if has_letters && text.chars().count() < 3 && !text.chars().any(is_run_together) {
        query.push("lower(o.display_name) like ").push_bind(format!("{literal}%"));
        query.push(" or lower(o.display_name) like ").push_bind(format!("% {literal}%"));
        query.push(" or o.identity_key like ").push_bind(format!("{literal}%")).push(" or ");
    } else if has_letters {
        let like = format!("%{literal}%");
        query.push("lower(o.display_name) like ").push_bind(like.clone());
        query.push(" or o.identity_key like ").push_bind(like).push(" or ");
    }
    query.push("lower(o.primary_email) = ").push_bind(text.clone()).push(" or o.slug = ").push_bind(text).push(")");
}

/// One part of all organizations, the newest first, after one of them; with a text, those whose name or website has it (one or
/// two letters: a word of whose name, or whose website, begins so), or whose address it is. One row more than the limit.
pub async fn list_for_staff(
    pool: &PgPool,
    part: StaffPart,
    text: &str,
    after: Option<Uuid>,
    limit: i64,
) -> AppResult<Vec<QueueRowStored>> {
    let mut query = QueryBuilder::new(
        "select o.id, o.slug, o.display_name, o.entity_type, o.industry, o.website, o.identity_key, o.primary_email, \
                l.storage_key as logo_key, o.verification_status, o.more_asked, o.refused_at, o.trust_score, o.submitted_at \
         from organizations o left join logos l on l.id = o.logo_id",
    );
    push_found(&mut query, part, text);
    if let Some(after) = after {
        query.push(" and o.id < ").push_bind(after);
    }
    query.push(" order by o.id desc limit ").push_bind(limit + 1);
    Ok(query.build_query_as().persistent(is_kept(text)).fetch_all(pool).await?)
}

/// Words are planned each time: a kept plan takes every word for a rare one, and reads all that has a common one.
fn is_kept(text: &str) -> bool {
    text.trim().is_empty()
}

/// How many a search of [`list_for_staff`] finds, one more than the cap at most.
pub async fn count_for_staff(pool: &PgPool, part: StaffPart, text: &str, cap: i64) -> AppResult<i64> {
    let mut query = QueryBuilder::new("select count(*) from (select 1 from organizations o");
    push_found(&mut query, part, text);
    query.push(" limit ").push(cap + 1).push(") counted");
    Ok(query.build_query_scalar().persistent(is_kept(text)).fetch_one(pool).await?)
}

#[derive(Debug, serde::Deserialize, sqlx::FromRow)]
pub struct QueueRowStored {
    pub id: Uuid,
    pub slug: String,
    pub display_name: String,
    pub entity_type: String,
    pub industry: String,
    pub website: String,
    pub identity_key: String,
    pub primary_email: String,
    pub logo_key: Option<String>,
    pub verification_status: String,
    pub more_asked: Option<String>,
    pub refused_at: Option<DateTime<Utc>>,
    pub trust_score: i32,
    pub submitted_at: DateTime<Utc>,
}

/// Everybody who names one of these identities and was not refused: those that wait and the profile that owns it.
pub async fn list_by_identity(pool: &PgPool, identity_keys: &[String]) -> AppResult<Vec<QueueRowStored>> {
    let rows = sqlx::query_as!(
        QueueRowStored,
        r#"select o.id, o.slug, o.display_name, o.entity_type, o.industry, o.website, o.identity_key, o.primary_email,
                  l.storage_key as "logo_key?", o.verification_status, o.more_asked, o.refused_at, o.trust_score, o.submitted_at
           from organizations o left join logos l on l.id = o.logo_id
           where o.identity_key = any($1) and o.refused_at is null and o.merged_into is null
           order by o.submitted_at, o.id limit 500"#,
        identity_keys,
    )
    .fetch_all(pool)
    .await?;
    Ok(rows)
}

// ── Support ─────────────────────────────────────────────────────────────────────────────────────────────────────────

/// Writes down on which events an organization stands now, and the counts where they change.
pub async fn keep_support(
    tx: &mut Tx,
    organization: OrganizationId,
    events: &[(EventId, CommunityId)],
    at: DateTime<Utc>,
) -> AppResult<()> {
    let (events, communities): (Vec<Uuid>, Vec<Uuid>) = events.iter().map(|(event, community)| (event.0, community.0)).unzip();
    sqlx::query!("delete from organization_support where organization_id = $1 and event_id <> all($2)", organization.0, &events)
        .execute(tx.conn())
        .await?;
    sqlx::query!(
        "insert into organization_support (organization_id, event_id, community_id, at)
         select $1, n.event_id, n.community_id, $4 from unnest($2::uuid[], $3::uuid[]) as n (event_id, community_id)
         on conflict (organization_id, event_id) do nothing",
        organization.0,
        &events,
        &communities,
        at,
    )
    .execute(tx.conn())
    .await?;
    sqlx::query!(
        "update organizations o set events_sponsored = n.events, communities_supported = n.communities
         from (select count(*)::integer as events, count(distinct s.community_id)::integer as communities
               from organization_support s where s.organization_id = $1) as n
         where o.id = $1 and (o.events_sponsored, o.communities_supported) is distinct from (n.events, n.communities)",
        organization.0,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

// ── Logos ───────────────────────────────────────────────────────────────────────────────────────────────────────────

/// The logo behind a key of the store.
pub async fn find_logo(pool: &PgPool, storage_key: &str) -> AppResult<Option<LogoId>> {
    let id = sqlx::query_scalar!("select id from logos where storage_key = $1", storage_key).fetch_optional(pool).await?;
    Ok(id.map(LogoId))
}

/// The logo with this content; made when there is none.
#[expect(clippy::too_many_arguments, reason = "one column each")]
pub async fn ensure_logo(
    pool: &PgPool,
    id: LogoId,
    sha256: &str,
    storage_key: &str,
    width: i32,
    height: i32,
    bytes: i32,
    now: DateTime<Utc>,
) -> AppResult<LogoId> {
    // The update changes nothing; it makes the statement give the row that is there.
    let id = sqlx::query_scalar!(
        "insert into logos (id, sha256, storage_key, width, height, bytes, created_at) values ($1, $2, $3, $4, $5, $6, $7)
         on conflict (sha256) do update set sha256 = excluded.sha256 returning id",
        id.0,
        sha256,
        storage_key,
        width,
        height,
        bytes,
        now,
    )
    .fetch_one(pool)
    .await?;
    Ok(LogoId(id))
}

// ── Drafts ──────────────────────────────────────────────────────────────────────────────────────────────────────────

pub struct DraftRow {
    pub fields: Value,
    pub logo_id: Option<Uuid>,
    pub logo_key: Option<String>,
    pub updated_at: DateTime<Utc>,
}

pub async fn find_draft(pool: &PgPool, token_hash: &[u8], now: DateTime<Utc>) -> AppResult<Option<DraftRow>> {
    let row = sqlx::query_as!(
        DraftRow,
        r#"select d.fields, d.logo_id, l.storage_key as "logo_key?", d.updated_at
           from application_drafts d left join logos l on l.id = d.logo_id
           where d.token_hash = $1 and d.kind = 'organization' and d.expires_at > $2"#,
        token_hash,
        now,
    )
    .fetch_optional(pool)
    .await?;
    Ok(row)
}

/// Writes the draft of a token; a logo that is not given stays.
pub async fn put_draft(
    pool: &PgPool,
    id: Uuid,
    token_hash: &[u8],
    fields: &Value,
    logo: Option<LogoId>,
    now: DateTime<Utc>,
    expires_at: DateTime<Utc>,
) -> AppResult<()> {
    sqlx::query!(
        "insert into application_drafts (id, token_hash, kind, fields, logo_id, updated_at, expires_at)
         values ($1, $2, 'organization', $3, $4, $5, $6)
         on conflict (token_hash) do update
         set fields = excluded.fields, logo_id = coalesce(excluded.logo_id, application_drafts.logo_id),
             updated_at = excluded.updated_at, expires_at = excluded.expires_at",
        id,
        token_hash,
        fields,
        logo.map(|logo| logo.0),
        now,
        expires_at,
    )
    .execute(pool)
    .await?;
    Ok(())
}

pub async fn end_draft(pool: &PgPool, token_hash: &[u8], expires_at: DateTime<Utc>) -> AppResult<()> {
    sqlx::query!("update application_drafts set expires_at = $2 where token_hash = $1", token_hash, expires_at)
        .execute(pool)
        .await?;
    Ok(())
}

/// Drafts of every kind whose time is over.
pub async fn delete_expired_drafts(pool: &PgPool, now: DateTime<Utc>) -> AppResult<()> {
    sqlx::query!("delete from application_drafts where expires_at <= $1", now).execute(pool).await?;
    Ok(())
}

// ── For rooms that name an organization ─────────────────────────────────────────────────────────────────────────────

/// Until the transaction ends, nobody else looks who has this name, to add one where nobody has. Names are held after the community
/// and before any organization, and one in a transaction: two have no order between them.
pub async fn hold_name(tx: &mut Tx, name_skeleton: &str) -> AppResult<()> {
    sqlx::query("select pg_advisory_xact_lock(hashtextextended('organization name ' || $1, 0))")
        .bind(name_skeleton.to_owned())
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// An organization that somebody may mean.
#[derive(sqlx::FromRow)]
pub struct NamedRow {
    pub id: Uuid,
    pub slug: String,
    pub display_name: String,
    pub verification_status: String,
    pub website: String,
}

/// Whoever owns this identity, or, without one, the listed organizations whose names may be mixed up with this one, at most
/// fifty; a verified one first. None is locked: the caller locks the one that is meant, so that locks have one order.
pub async fn list_named_in(tx: &mut Tx, identity_key: Option<&str>, name_skeleton: &str) -> AppResult<Vec<NamedRow>> {
    let rows = sqlx::query_as::<_, NamedRow>(
        "select o.id, o.slug, o.display_name, o.verification_status, o.website
           from organizations o
           where (o.identity_key = $1 and o.verification_status in ('Verified', 'Community Added', 'Disabled') and o.merged_into is null)
              or o.id in (select g.merged_into from organizations g where g.identity_key = $1 and g.merged_into is not null)
              or ($1::text is null and o.name_skeleton = $2 and o.verification_status in ('Verified', 'Community Added'))
           order by coalesce(o.identity_key = $1, false) desc, o.verification_status = 'Verified' desc, o.created_at, o.id
           limit 50",
    )
    .bind(identity_key.map(str::to_owned))
    .bind(name_skeleton.to_owned())
    .fetch_all(tx.conn())
    .await?;
    Ok(rows)
}

/// Listed organizations whose name holds the text or is spelled like it, likest first.
pub async fn list_named_like(
    pool: &PgPool,
    text: &str,
    not_blocked_for: Option<CommunityId>,
    limit: i64,
) -> AppResult<Vec<BriefRow>> {
    let rows = sqlx::query_as!(
        BriefRow,
        r#"select o.id, o.slug, o.display_name, o.entity_type, o.verification_status, o.website, l.storage_key as "logo_key?"
           from organizations o left join logos l on l.id = o.logo_id
           where o.verification_status in ('Verified', 'Community Added')
             and (lower(o.display_name) like '%' || $1 || '%' or lower(o.display_name) % $1)
             and not exists (select 1 from blocks b where b.organization_id = o.id and b.community_id = $3)
           order by similarity(lower(o.display_name), $1) desc, o.id limit $2"#,
        text,
        limit,
        not_blocked_for.map(|id| id.0),
    )
    .fetch_all(pool)
    .await?;
    Ok(rows)
}

/// The store's key of a logo.
pub async fn find_logo_key(pool: &PgPool, id: LogoId) -> AppResult<Option<String>> {
    Ok(sqlx::query_scalar!("select storage_key from logos where id = $1", id.0).fetch_optional(pool).await?)
}

/// Is a logo kept under this key?
pub async fn has_logo(pool: &PgPool, key: &str) -> AppResult<bool> {
    Ok(sqlx::query_scalar!(r#"select exists (select 1 from logos where storage_key = $1) as "there!""#, key)
        .fetch_one(pool)
        .await?)
}

/// Organizations that everybody may see, for search engines.
pub const CRAWLED: Listing = Listing {
    id: "o.id",
    tail: "o.slug",
    updated_at: "o.updated_at",
    public: "organizations o where o.verification_status in ('Verified', 'Community Added')",
};
