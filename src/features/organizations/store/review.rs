//! What staff decide about an organization by, read with one statement.

use super::{
    QueueRowStored,
    life::{ClaimRow, DisablingRow, ProposalRow},
    merging::WaitingRow,
};
use crate::{
    features::organizations::trust::{CheckKind, CheckResult, CheckRow},
    kernel::{
        error::AppResult,
        ids::{OrganizationId, UserId},
    },
};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use sqlx::{PgPool, types::Json};
use uuid::Uuid;

/// What was looked at, and when.
pub type Checked = (CheckRow, DateTime<Utc>);

/// Everything beside the organization itself and its timeline.
pub struct Evidence {
    /// The newest run first.
    pub checks: Vec<Checked>,
    /// Everybody who names the same identity and was not refused.
    pub rivals: Vec<QueueRowStored>,
    pub proposal: Option<(ProposalRow, Vec<Checked>)>,
    pub disablings: Vec<DisablingRow>,
    /// The newest first.
    pub claims: Vec<ClaimRow>,
    /// On either side, the oldest first.
    pub merges: Vec<WaitingRow>,
    pub merged_into: Option<KeptRow>,
}

/// The profile that took this one over.
#[derive(Debug, Deserialize)]
pub struct KeptRow {
    pub id: Uuid,
    pub display_name: String,
}

#[derive(Debug, Deserialize)]
struct StoredCheck {
    kind: String,
    result: String,
    evidence: String,
    checked_at: DateTime<Utc>,
}

fn read(checks: Vec<StoredCheck>) -> Vec<Checked> {
    checks
        .into_iter()
        .filter_map(|row| {
            let (kind, result) = (CheckKind::parse(&row.kind).ok()?, CheckResult::of_stored(&row.result)?);
            Some((CheckRow::new(kind, result, row.evidence), row.checked_at))
        })
        .collect()
}

pub async fn find_evidence(pool: &PgPool, id: OrganizationId, most: i64) -> AppResult<Evidence> {
    let row = sqlx::query!(
        r#"select
               (select coalesce(jsonb_agg(to_jsonb(x) order by x.checked_at desc, x.kind), '[]') from (
                    select kind, result, evidence, checked_at from checks
                    where subject_kind = 'organization' and subject_id = $1 order by checked_at desc, kind limit 200
                ) x) as "checks!: Json<Vec<StoredCheck>>",
               (select coalesce(jsonb_agg(to_jsonb(x) order by x.submitted_at, x.id), '[]') from (
                    select r.id, r.slug, r.display_name, r.entity_type, r.industry, r.website, r.identity_key, r.primary_email,
                           l.storage_key as logo_key, r.verification_status, r.more_asked, r.refused_at, r.trust_score,
                           r.submitted_at
                    from organizations o join organizations r on r.identity_key = o.identity_key and r.refused_at is null
                        and r.merged_into is null
                        left join logos l on l.id = r.logo_id
                    where o.id = $1 order by r.submitted_at, r.id limit 500
                ) x) as "rivals!: Json<Vec<QueueRowStored>>",
               (select to_jsonb(x) from (
                    select p.id, p.organization_id, o.display_name, o.website as old_website, p.website, p.identity_key,
                           p.identity_shared, o.primary_email, u.name as proposed_by, p.proposed_at
                    from website_proposals p join organizations o on o.id = p.organization_id join users u on u.id = p.proposed_by
                    where p.state = 'Open' and p.organization_id = $1
                ) x) as "proposal: Json<ProposalRow>",
               (select coalesce(jsonb_agg(to_jsonb(x) order by x.checked_at desc, x.kind), '[]') from (
                    select k.kind, k.result, k.evidence, k.checked_at
                    from website_proposals p join checks k on k.subject_kind = 'website' and k.subject_id = p.id
                    where p.state = 'Open' and p.organization_id = $1 order by k.checked_at desc, k.kind limit 200
                ) x) as "proposal_checks!: Json<Vec<StoredCheck>>",
               (select coalesce(jsonb_agg(to_jsonb(x)), '[]') from (
                    select o.id, o.display_name, u.name as proposed_by, o.disabling_proposed_at as proposed_at,
                           coalesce(o.disabling_reason, '') as reason
                    from organizations o join users u on u.id = o.disabling_proposed_by
                    where o.disabling_proposed_at is not null and o.id = $1
                ) x) as "disablings!: Json<Vec<DisablingRow>>",
               (select coalesce(jsonb_agg(to_jsonb(x) order by x.asked_at desc, x.id desc), '[]') from (
                    select c.id, c.organization_id, o.display_name, o.website, c.user_id, u.name as claimant, c.email, c.method,
                           c.state, i.name as invited_by, c.asked_at, c.proven_at, c.reason
                    from organization_claims c join organizations o on o.id = c.organization_id join users u on u.id = c.user_id
                        left join communities i on i.id = c.invited_by
                    where c.organization_id = $1 order by c.asked_at desc, c.id desc limit $2
                ) x) as "claims!: Json<Vec<ClaimRow>>",
               (select coalesce(jsonb_agg(to_jsonb(x) - 'id' order by x.proposed_at, x.id), '[]') from (
                    select m.id, m.gone_id, g.display_name as gone_name, m.kept_id, k.display_name as kept_name, m.reason,
                           u.name as proposed_by, m.proposed_at
                    from organization_merges m join organizations g on g.id = m.gone_id join organizations k on k.id = m.kept_id
                        join users u on u.id = m.proposed_by
                    where m.state = 'Open' and (m.gone_id = $1 or m.kept_id = $1) order by m.proposed_at, m.id limit $2
                ) x) as "merges!: Json<Vec<WaitingRow>>",
               (select jsonb_build_object('id', k.id, 'display_name', k.display_name)
                from organizations o join organizations k on k.id = o.merged_into where o.id = $1)
                   as "merged_into: Json<KeptRow>""#,
        id.0,
        most,
    )
    .fetch_one(pool)
    .await?;
    Ok(Evidence {
        checks: read(row.checks.0),
        rivals: row.rivals.0,
        proposal: row.proposal.map(|proposal| (proposal.0, read(row.proposal_checks.0))),
        disablings: row.disablings.0,
        claims: row.claims.0,
        merges: row.merges.0,
        merged_into: row.merged_into.map(|kept| kept.0),
    })
}

/// A seat that waits for its applicant, with what it is in.
#[derive(Debug, Deserialize)]
pub struct WaitingSeatRow {
    pub organization_id: Uuid,
    pub display_name: String,
    pub website: String,
    pub role: String,
    pub created_at: DateTime<Utc>,
}

/// A community whose owner has not said yes to it yet.
#[derive(Debug, Deserialize)]
pub struct RegistrationRow {
    pub community_id: Uuid,
    pub name: String,
    /// They registered it themselves.
    pub seated: bool,
    pub submitted_at: DateTime<Utc>,
}

/// A profile of the directory that has an application's website already.
#[derive(Debug, Deserialize)]
pub struct KnownRow {
    pub id: Uuid,
    pub slug: String,
    pub display_name: String,
    pub claimed: bool,
}

/// A claim of somebody's that nobody has decided on, with what they claim.
#[derive(Debug, Deserialize)]
pub struct OpenClaimRow {
    pub slug: String,
    pub display_name: String,
    pub proven_at: Option<DateTime<Utc>>,
}

/// What somebody's home page reads beside its own rooms.
pub struct Home {
    /// Of what was refused or merged nobody is asked any more. The newest first.
    pub seats: Vec<WaitingSeatRow>,
    /// Communities that wait for a word of theirs, for whoever has proven their mailbox. The newest first. An exception to the
    /// order of the rooms: a home page is read by one statement, which therefore knows the words of rooms further down. Asked is
    /// whom `communities/store.rs::find_asked` lets answer, as long as `Community::verify_email` takes an answer: what changes
    /// there changes here.
    pub registrations: Vec<RegistrationRow>,
    /// The newest first.
    pub claims: Vec<OpenClaimRow>,
    /// Of their own organization, while it waits for a decision: what its checks found, and who has its website already.
    pub checks: Vec<Checked>,
    pub known: Option<KnownRow>,
}

/// What somebody's home page reads, by one statement; at most 20 of each list.
pub async fn find_home(pool: &PgPool, user: UserId, organization: Option<OrganizationId>) -> AppResult<Home> {
    let row = sqlx::query!(
        r#"select (
                select coalesce(json_agg(x), '[]') from (
                    select s.organization_id, o.display_name, o.website, s.role, s.created_at
                    from organization_seats_waiting s join organizations o on o.id = s.organization_id
                    where s.user_id = $1 and s.declined_at is null and o.refused_at is null and o.merged_into is null
                    order by s.created_at desc, s.organization_id limit 20
                ) x) as "seats!: Json<Vec<WaitingSeatRow>>",
               (
                select coalesce(json_agg(x), '[]') from (
                    select c.id as community_id, c.name, m.status = 'Active' as seated, c.submitted_at
                    from members m join communities c on c.id = m.community_id join users u on u.id = m.user_id
                    where m.user_id = $1 and m.role = 'Owner' and m.status in ('Active', 'On Boarding')
                      and c.status = 'pending' and u.email_verified_at is not null
                    order by c.submitted_at desc, c.id limit 20
                ) x) as "registrations!: Json<Vec<RegistrationRow>>",
               (
                select coalesce(json_agg(x), '[]') from (
                    select o.slug, o.display_name, c.proven_at
                    from organization_claims c join organizations o on o.id = c.organization_id
                    where c.user_id = $1 and c.state in ('Asked', 'Proven')
                    order by c.asked_at desc, c.id desc limit 20
                ) x) as "claims!: Json<Vec<OpenClaimRow>>",
               (
                select coalesce(json_agg(x), '[]') from (
                    select kind, result, evidence, checked_at from checks
                    where subject_kind = 'organization' and subject_id = $2 and exists (
                        select 1 from organizations o where o.id = $2 and o.verification_status = 'Pending Verification'
                    )
                    order by checked_at desc, kind limit 200
                ) x) as "checks!: Json<Vec<StoredCheck>>",
               (
                select to_json(x) from (
                    select k.id, k.slug, k.display_name, k.verification_status = 'Verified' as claimed
                    from organizations o join organizations k on k.identity_key = o.identity_key and k.id <> o.id
                    where o.id = $2 and o.verification_status = 'Pending Verification'
                      and k.verification_status in ('Verified', 'Community Added')
                ) x) as "known?: Json<KnownRow>""#,
        user.0,
        organization.map(|id| id.0),
    )
    .fetch_one(pool)
    .await?;
    Ok(Home {
        seats: row.seats.0,
        registrations: row.registrations.0,
        claims: row.claims.0,
        checks: read(row.checks.0),
        known: row.known.map(|known| known.0),
    })
}

/// The profile of the directory that has an application's website already; one at most does.
pub async fn find_known(pool: &PgPool, application: OrganizationId) -> AppResult<Option<KnownRow>> {
    Ok(sqlx::query_as!(
        KnownRow,
        r#"select k.id, k.slug, k.display_name, k.verification_status = 'Verified' as "claimed!"
           from organizations o join organizations k on k.identity_key = o.identity_key and k.id <> o.id
           where o.id = $1 and o.verification_status = 'Pending Verification'
             and k.verification_status in ('Verified', 'Community Added')"#,
        application.0,
    )
    .fetch_optional(pool)
    .await?)
}
