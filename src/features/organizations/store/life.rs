//! SQL of an organization's later life: its addresses, the websites that it proposes, the claims of its people, the proofs of
//! its domain, and what waits for a second person.

use super::exactly_one;
use crate::{
    features::organizations::rules::{
        DisablingDropping, DisablingProposing,
        claims::{Adding, Claim, ClaimState, Claiming, DomainProving, Method},
        moves::{Outcome, SlugChanging, WebsiteDeciding, WebsiteProposal, WebsiteProposing},
    },
    kernel::{
        actor::OrganizationRole,
        error::{AppError, AppResult},
        ids::{OrganizationId, UserId},
    },
    platform::{db::OnConstraint as _, tx::Tx},
};
use chrono::{DateTime, Utc};
use sqlx::{PgConnection, PgExecutor, PgPool};
use uuid::Uuid;

// ── Addresses ───────────────────────────────────────────────────────────────────────────────────────────────────────

/// Claims a slug for ever; false when anybody has or had it.
pub async fn claim_slug(tx: &mut Tx, slug: &str, organization: OrganizationId, now: DateTime<Utc>) -> AppResult<bool> {
    let claimed = sqlx::query!(
        "insert into organization_slugs (slug, organization_id, created_at) values ($1, $2, $3) on conflict (slug) do nothing",
        slug,
        organization.0,
        now,
    )
    .execute(tx.conn())
    .await?;
    Ok(claimed.rows_affected() == 1)
}

/// Every slug that an organization has or had.
pub async fn list_slugs(tx: &mut Tx, organization: OrganizationId) -> AppResult<Vec<String>> {
    let slugs = sqlx::query_scalar!(
        r#"select slug from organization_slugs where organization_id = $1 order by created_at, slug collate "C""#,
        organization.0,
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(slugs)
}

/// The row must be held, and the new slug claimed, or its own from earlier.
pub async fn apply_slug_changing(tx: &mut Tx, fact: &SlugChanging, now: DateTime<Utc>) -> AppResult<()> {
    let changed = sqlx::query!(
        "update organizations set slug = $3, version = version + 1, updated_at = $4 where id = $1 and slug = $2",
        fact.organization().0,
        fact.from(),
        fact.to(),
        now,
    )
    .execute(tx.conn())
    .await
    .on_constraint("organizations_slug_key", "slug", SLUG_TAKEN)?;
    exactly_one(changed.rows_affected())
}

pub const SLUG_TAKEN: &str = "This address is, or was, somebody else's. Choose another.";

// ── Websites ────────────────────────────────────────────────────────────────────────────────────────────────────────

/// Puts a proposal in place of an earlier open one. The organization must be held.
pub async fn apply_website_proposing(tx: &mut Tx, fact: &WebsiteProposing, now: DateTime<Utc>) -> AppResult<()> {
    sqlx::query!(
        "update website_proposals set state = 'Withdrawn', decided_at = $2 where organization_id = $1 and state = 'Open'",
        fact.organization().0,
        now,
    )
    .execute(tx.conn())
    .await?;
    sqlx::query!(
        "insert into website_proposals (id, organization_id, website, identity_key, identity_shared, proposed_by, proposed_at, state)
         values ($1, $2, $3, $4, $5, $6, $7, 'Open')",
        fact.id(),
        fact.organization().0,
        fact.website().as_str(),
        fact.standpoint().identity_key,
        fact.standpoint().identity_shared,
        fact.by().0,
        now,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// A proposal that waits, with who made it and when.
#[derive(Debug, serde::Deserialize)]
pub struct ProposalRow {
    pub id: Uuid,
    pub organization_id: Uuid,
    pub display_name: String,
    pub old_website: String,
    pub website: String,
    pub identity_key: String,
    pub identity_shared: bool,
    pub primary_email: String,
    pub proposed_by: String,
    pub proposed_at: DateTime<Utc>,
}

impl ProposalRow {
    /// What the rules need to know of it.
    pub fn proposal(&self) -> WebsiteProposal {
        WebsiteProposal {
            id: self.id,
            organization: self.organization_id.into(),
            display_name: self.display_name.clone(),
            website: self.website.clone(),
            identity_key: self.identity_key.clone(),
            identity_shared: self.identity_shared,
        }
    }
}

/// The proposal that waits for an organization, or the one with this id where it still waits.
pub async fn find_proposal(
    conn: &mut PgConnection,
    organization: Option<OrganizationId>,
    id: Option<Uuid>,
) -> AppResult<Option<ProposalRow>> {
    let row = sqlx::query_as!(
        ProposalRow,
        "select p.id, p.organization_id, o.display_name, o.website as old_website, p.website, p.identity_key,
                p.identity_shared, o.primary_email, u.name as proposed_by, p.proposed_at
         from website_proposals p join organizations o on o.id = p.organization_id join users u on u.id = p.proposed_by
         where p.state = 'Open' and ($1::uuid is null or p.organization_id = $1) and ($2::uuid is null or p.id = $2)
           and ($1::uuid is not null or $2::uuid is not null)",
        organization.map(|id| id.0),
        id,
    )
    .fetch_optional(conn)
    .await?;
    Ok(row)
}

/// A proposal, decided or not.
pub struct MoveRow {
    pub id: Uuid,
    pub website: String,
    pub state: String,
    pub reason: Option<String>,
    pub proposed_by: String,
    pub proposed_at: DateTime<Utc>,
    pub decided_at: Option<DateTime<Utc>>,
}

/// Every website that an organization proposed, by the proposal's id: the next ones after this.
pub async fn list_moves(pool: &PgPool, organization: OrganizationId, after: Uuid, limit: i64) -> AppResult<Vec<MoveRow>> {
    let rows = sqlx::query_as!(
        MoveRow,
        "select p.id, p.website, p.state, p.reason, u.name as proposed_by, p.proposed_at, p.decided_at
         from website_proposals p join users u on u.id = p.proposed_by
         where p.organization_id = $1 and p.id > $2 order by p.id limit $3",
        organization.0,
        after,
        limit,
    )
    .fetch_all(pool)
    .await?;
    Ok(rows)
}

/// What waits for a decision of staff beside claims, by one statement: websites that are proposed, and organizations that
/// somebody wants disabled; the oldest first.
pub async fn list_waiting(pool: &PgPool, limit: i64) -> AppResult<(Vec<ProposalRow>, Vec<DisablingRow>)> {
    let row = sqlx::query!(
        r#"select coalesce((select jsonb_agg(to_jsonb(r) order by r.proposed_at, r.id) from (
                      select p.id, p.organization_id, o.display_name, o.website as old_website, p.website, p.identity_key,
                             p.identity_shared, o.primary_email, u.name as proposed_by, p.proposed_at
                      from website_proposals p join organizations o on o.id = p.organization_id join users u on u.id = p.proposed_by
                      where p.state = 'Open' order by p.proposed_at, p.id limit $1
                  ) as r), '[]'::jsonb) as "proposals!",
                  coalesce((select jsonb_agg(to_jsonb(r) order by r.proposed_at, r.id) from (
                      select o.id, o.display_name, u.name as proposed_by, o.disabling_proposed_at as proposed_at,
                             coalesce(o.disabling_reason, '') as reason
                      from organizations o join users u on u.id = o.disabling_proposed_by
                      where o.disabling_proposed_at is not null order by o.disabling_proposed_at, o.id limit $1
                  ) as r), '[]'::jsonb) as "disablings!""#,
        limit,
    )
    .fetch_one(pool)
    .await?;
    let broken = |error| AppError::Broken(Box::new(error));
    Ok((serde_json::from_value(row.proposals).map_err(broken)?, serde_json::from_value(row.disablings).map_err(broken)?))
}

/// Ends a proposal; approved, it becomes the website. The organization must be held.
///
/// # Errors
/// 409 `DOMAIN_TAKEN` when somebody else owns the identity; the transaction is lost then.
pub async fn apply_website_deciding(tx: &mut Tx, fact: &WebsiteDeciding, now: DateTime<Utc>) -> AppResult<()> {
    let proposal = fact.proposal();
    let ended = sqlx::query!(
        "update website_proposals set state = $2, reason = $3, decided_at = $4 where id = $1 and state = 'Open'",
        proposal.id,
        fact.outcome().label(),
        fact.reason(),
        now,
    )
    .execute(tx.conn())
    .await?;
    exactly_one(ended.rows_affected())?;
    if fact.outcome() != Outcome::Approved {
        return Ok(());
    }
    let moved = sqlx::query!(
        "update organizations
         set website = $2, identity_key = $3, identity_shared = $4, version = version + 1, updated_at = $5
         where id = $1",
        proposal.organization.0,
        proposal.website,
        proposal.identity_key,
        proposal.identity_shared,
        now,
    )
    .execute(tx.conn())
    .await
    .refuse_on(super::IDENTITY_KEY, super::DOMAIN_TAKEN, "This website belongs to another profile.")?;
    exactly_one(moved.rows_affected())
}

// ── Added by a community ────────────────────────────────────────────────────────────────────────────────────────────

/// False when the slug is taken, or was taken once.
///
/// # Errors
/// 409 `ALREADY_HERE` when somebody added the same website at the same moment.
pub async fn insert_added(tx: &mut Tx, fact: &Adding, now: DateTime<Utc>) -> AppResult<bool> {
    if !claim_slug(tx, fact.slug(), fact.organization(), now).await? {
        return Ok(false);
    }
    let it = fact.addition();
    sqlx::query!(
        "insert into organizations (id, slug, entity_type, display_name, website, identity_key, identity_shared, name_skeleton,
                                    industry, short_description, budget_currency, budget_min, sponsorship_types, primary_email,
                                    verification_status, added_by_community, submitted_at, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'INR', 0, '{}', $11, 'Community Added', $12, $13, $13, $13)",
        fact.organization().0,
        fact.slug(),
        it.entity_type.label(),
        it.display_name.as_str(),
        it.website.as_str(),
        fact.standpoint().identity_key,
        fact.standpoint().identity_shared,
        fact.standpoint().name_skeleton,
        it.industry.label(),
        it.short_description.as_str(),
        it.contact_email.as_str(),
        fact.community().0,
        now,
    )
    .execute(tx.conn())
    .await
    .refuse_on(super::IDENTITY_KEY, "ALREADY_HERE", "Somebody has just added this website. Find it in the directory.")?;
    Ok(true)
}

/// Who has an identity: the owner's slug, name and status, and whether an application waits for it.
pub struct HolderRow {
    pub slug: String,
    pub display_name: String,
    pub verification_status: String,
}

pub async fn list_holders(db: impl PgExecutor<'_>, identity_key: &str) -> AppResult<Vec<HolderRow>> {
    let rows = sqlx::query_as!(
        HolderRow,
        "select k.slug, k.display_name, k.verification_status
         from organizations o join organizations k on k.id = coalesce(o.merged_into, o.id)
         where o.identity_key = $1 and o.refused_at is null
         order by k.verification_status = 'Pending Verification', k.id limit 5",
        identity_key,
    )
    .fetch_all(db)
    .await?;
    Ok(rows)
}

// ── Claims ──────────────────────────────────────────────────────────────────────────────────────────────────────────

/// A claim with who made it.
#[derive(Debug, serde::Deserialize)]
pub struct ClaimRow {
    pub id: Uuid,
    pub organization_id: Uuid,
    pub display_name: String,
    pub website: String,
    pub user_id: Uuid,
    pub claimant: String,
    pub email: String,
    pub method: String,
    pub state: String,
    pub invited_by: Option<String>,
    pub asked_at: DateTime<Utc>,
    pub proven_at: Option<DateTime<Utc>>,
    pub reason: Option<String>,
}

impl ClaimRow {
    /// What the rules need to know of it.
    pub fn claim(&self) -> AppResult<Claim> {
        let damaged = |what: &str| AppError::broken(format!("a claim has a {what} that this program does not know"));
        Ok(Claim {
            id: self.id,
            organization: self.organization_id.into(),
            display_name: self.display_name.clone(),
            user: self.user_id.into(),
            method: Method::parse(&self.method).map_err(|_| damaged("method"))?,
            state: ClaimState::parse(&self.state).map_err(|_| damaged("state"))?,
        })
    }
}

/// What claims are asked for: at least one part is given.
#[derive(Debug, Clone, Copy, Default)]
pub struct ClaimAsk {
    pub id: Option<Uuid>,
    pub organization: Option<OrganizationId>,
    pub user: Option<UserId>,
    /// Asked and proven ones only.
    pub open: bool,
    pub proven: bool,
}

/// Claims, the newest first.
pub async fn list_claims(conn: &mut PgConnection, ask: ClaimAsk, limit: i64) -> AppResult<Vec<ClaimRow>> {
    let rows = sqlx::query_as!(
        ClaimRow,
        r#"select c.id, c.organization_id, o.display_name, o.website, c.user_id, u.name as claimant, c.email, c.method, c.state,
                  i.name as "invited_by?", c.asked_at, c.proven_at, c.reason
           from organization_claims c join organizations o on o.id = c.organization_id join users u on u.id = c.user_id
               left join communities i on i.id = c.invited_by
           where ($1::uuid is null or c.id = $1) and ($2::uuid is null or c.organization_id = $2)
             and ($3::uuid is null or c.user_id = $3) and (not $4 or c.state in ('Asked', 'Proven'))
             and (not $5 or c.state = 'Proven')
           order by c.asked_at desc, c.id desc limit $6"#,
        ask.id,
        ask.organization.map(|id| id.0),
        ask.user.map(|id| id.0),
        ask.open,
        ask.proven,
        limit,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows)
}

/// A claim of somebody who belongs to the organization now.
pub struct OwnClaimRow {
    pub id: Uuid,
    pub claimant: String,
    pub email: String,
    pub method: String,
    pub state: String,
    pub invited_by: Option<String>,
    pub reason: Option<String>,
    pub asked_at: DateTime<Utc>,
    pub proven_at: Option<DateTime<Utc>>,
    pub decided_at: Option<DateTime<Utc>>,
}

/// The claims of those who belong to the organization now, by the claim's id: the next ones after this. Of colleagues, those by
/// which they came to belong to it; what else somebody asked, and what staff said to it, is read by them alone, and by staff.
pub async fn list_own_claims(
    pool: &PgPool,
    organization: OrganizationId,
    reader: UserId,
    after: Uuid,
    limit: i64,
) -> AppResult<Vec<OwnClaimRow>> {
    let rows = sqlx::query_as!(
        OwnClaimRow,
        r#"select c.id, u.name as claimant, c.email, c.method, c.state, i.name as "invited_by?", c.reason, c.asked_at, c.proven_at,
                  c.decided_at
           from organization_claims c join users u on u.id = c.user_id left join communities i on i.id = c.invited_by
           where c.organization_id = $1 and c.id > $2 and (c.state = 'Approved' or c.user_id = $4) and exists (
               select 1 from organization_members m where m.organization_id = c.organization_id and m.user_id = c.user_id
           )
           order by c.id limit $3"#,
        organization.0,
        after,
        limit,
        reader.0,
    )
    .fetch_all(pool)
    .await?;
    Ok(rows)
}

/// Writes what became of a claim. The organization must be held.
pub async fn apply_claiming(tx: &mut Tx, fact: &Claiming, now: DateTime<Utc>) -> AppResult<()> {
    let claim = fact.claim();
    let changed =
        match fact.step().state() {
            ClaimState::Asked => {
                sqlx::query!(
                    "insert into organization_claims (id, organization_id, user_id, method, email, invited_by, state, asked_at)
                 values ($1, $2, $3, $4, $5, $6, 'Asked', $7)
                 on conflict (organization_id, user_id) where state in ('Asked', 'Proven')
                 do update set asked_at = excluded.asked_at, method = excluded.method, email = excluded.email
                 where organization_claims.state = 'Asked'",
                    claim.id,
                    claim.organization.0,
                    claim.user.0,
                    claim.method.label(),
                    fact.email(),
                    fact.community().map(|id| id.0),
                    now,
                )
                .execute(tx.conn())
                .await?
            }
            ClaimState::Proven => sqlx::query!(
                "update organization_claims set state = 'Proven', method = $2, proven_at = $3 where id = $1 and state = 'Asked'",
                claim.id,
                claim.method.label(),
                now,
            )
            .execute(tx.conn())
            .await?,
            state @ (ClaimState::Approved | ClaimState::Refused) => {
                sqlx::query!(
                    "update organization_claims set state = $2, reason = $3, decided_at = $4
                 where id = $1 and state in ('Asked', 'Proven')",
                    claim.id,
                    state.label(),
                    fact.reason(),
                    now,
                )
                .execute(tx.conn())
                .await?
            }
        };
    exactly_one(changed.rows_affected())
}

/// Whoever claimed it stands for its application from now on.
pub async fn set_applicant(tx: &mut Tx, organization: OrganizationId, user: UserId) -> AppResult<()> {
    sqlx::query!("update organizations set applied_by = $2 where id = $1", organization.0, user.0).execute(tx.conn()).await?;
    Ok(())
}

/// Somebody's seat, and whether they may sign in.
pub struct SeatRow {
    pub user_id: Uuid,
    pub role: String,
    pub suspended: bool,
}

/// Everybody who has a seat in an organization, which must be held.
pub async fn list_seats(tx: &mut Tx, organization: OrganizationId) -> AppResult<Vec<SeatRow>> {
    let rows = sqlx::query_as!(
        SeatRow,
        r#"select m.user_id, m.role, u.suspended_at is not null as "suspended!"
           from organization_members m join users u on u.id = m.user_id where m.organization_id = $1 order by m.user_id"#,
        organization.0,
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows)
}

/// Ends every seat in an organization, which must be held.
pub async fn drop_seats(tx: &mut Tx, organization: OrganizationId) -> AppResult<()> {
    sqlx::query!("delete from organization_members where organization_id = $1", organization.0).execute(tx.conn()).await?;
    Ok(())
}

/// Gives somebody who has a seat in an organization, which must be held, another role.
pub async fn set_role(tx: &mut Tx, organization: OrganizationId, user: UserId, role: OrganizationRole) -> AppResult<()> {
    sqlx::query!(
        "update organization_members set role = $3, version = version + 1 where organization_id = $1 and user_id = $2",
        organization.0,
        user.0,
        role.label(),
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Was a claim of an organization approved after a moment?
pub async fn was_claimed_since(tx: &mut Tx, organization: OrganizationId, since: DateTime<Utc>) -> AppResult<bool> {
    let claimed = sqlx::query_scalar::<_, bool>(
        "select exists (select 1 from organization_claims where organization_id = $1 and state = 'Approved' and decided_at > $2)",
    )
    .bind(organization.0)
    .bind(since)
    .fetch_one(tx.conn())
    .await?;
    Ok(claimed)
}

/// How many invitations an organization's mailboxes got since then.
pub async fn count_claims(tx: &mut Tx, organization: OrganizationId, since: DateTime<Utc>) -> AppResult<i64> {
    let count = sqlx::query_scalar!(
        r#"select count(*) as "count!" from organization_claims where organization_id = $1 and asked_at >= $2"#,
        organization.0,
        since,
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(count)
}

// ── Proofs ──────────────────────────────────────────────────────────────────────────────────────────────────────────

pub struct ProofRow {
    pub domain: String,
    pub token: String,
    pub proven_at: Option<DateTime<Utc>>,
}

pub async fn find_proof(pool: &PgPool, organization: OrganizationId, user: UserId) -> AppResult<Option<ProofRow>> {
    let row = sqlx::query_as!(
        ProofRow,
        "select domain, token, proven_at from domain_proofs where organization_id = $1 and user_id = $2",
        organization.0,
        user.0,
    )
    .fetch_optional(pool)
    .await?;
    Ok(row)
}

/// Gives somebody a text to publish; asked again for the same domain, it stays the same, unless it was `spent` by a proof
/// that counted for something else.
pub async fn put_proof(
    tx: &mut Tx,
    organization: OrganizationId,
    user: UserId,
    domain: &str,
    token: &str,
    spent: bool,
    now: DateTime<Utc>,
) -> AppResult<()> {
    sqlx::query!(
        "insert into domain_proofs (organization_id, user_id, domain, token, asked_at) values ($1, $2, $3, $4, $5)
         on conflict (organization_id, user_id) do update
         set domain = excluded.domain, token = excluded.token, asked_at = excluded.asked_at, proven_at = null
         where domain_proofs.domain <> excluded.domain or ($6 and domain_proofs.proven_at is not null)",
        organization.0,
        user.0,
        domain,
        token,
        now,
        spent,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Forgets what somebody was given to publish: whoever finds it in the DNS later makes nobody anything.
pub async fn drop_proof(tx: &mut Tx, organization: OrganizationId, user: UserId) -> AppResult<()> {
    sqlx::query("delete from domain_proofs where organization_id = $1 and user_id = $2")
        .bind(organization.0)
        .bind(user.0)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// False when it was proven before.
pub async fn apply_domain_proving(tx: &mut Tx, fact: &DomainProving, now: DateTime<Utc>) -> AppResult<bool> {
    let changed = sqlx::query!(
        "update domain_proofs set proven_at = $3 where organization_id = $1 and user_id = $2 and proven_at is null",
        fact.organization().0,
        fact.user().0,
        now,
    )
    .execute(tx.conn())
    .await?;
    Ok(changed.rows_affected() == 1)
}

/// Has one of its own people proven this domain? A claimant's proof is the claimant's until they are one of them.
pub async fn is_domain_proven(pool: &PgPool, organization: OrganizationId, domain: &str) -> AppResult<bool> {
    let proven = sqlx::query_scalar!(
        r#"select exists(
               select 1 from domain_proofs p
               join organization_members m on m.organization_id = p.organization_id and m.user_id = p.user_id
               where p.organization_id = $1 and p.domain = $2 and p.proven_at is not null
           ) as "proven!""#,
        organization.0,
        domain,
    )
    .fetch_one(pool)
    .await?;
    Ok(proven)
}

// ── A second person ─────────────────────────────────────────────────────────────────────────────────────────────────

pub async fn apply_disabling_proposing(tx: &mut Tx, fact: &DisablingProposing, now: DateTime<Utc>) -> AppResult<()> {
    let changed = sqlx::query!(
        "update organizations set disabling_proposed_by = $2, disabling_proposed_at = $3, disabling_reason = $4, updated_at = $3
         where id = $1 and verification_status = 'Verified' and disabling_proposed_by is null",
        fact.organization().0,
        fact.by().0,
        now,
        fact.reason(),
    )
    .execute(tx.conn())
    .await?;
    exactly_one(changed.rows_affected())
}

pub async fn apply_disabling_dropping(tx: &mut Tx, fact: &DisablingDropping, now: DateTime<Utc>) -> AppResult<()> {
    let changed = sqlx::query!(
        "update organizations set disabling_proposed_by = null, disabling_proposed_at = null, disabling_reason = null, updated_at = $2
         where id = $1 and disabling_proposed_by is not null",
        fact.organization().0,
        now,
    )
    .execute(tx.conn())
    .await?;
    exactly_one(changed.rows_affected())
}

/// A verified organization that somebody wants disabled.
#[derive(Debug, serde::Deserialize)]
pub struct DisablingRow {
    pub id: Uuid,
    pub display_name: String,
    pub proposed_by: String,
    pub proposed_at: DateTime<Utc>,
    pub reason: String,
}
