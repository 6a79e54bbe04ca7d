//! SQL of invitations, seats, lists of newcomers and wishes to join. Whoever changes a seat or an invitation holds its
//! workspace's row first (`hold_workspace`): two owners who leave at once, or a yes and a taking back, come one after the
//! other.

use super::rules::{
    INVITATION_LIFE, Invitation, InvitationAccepted, InvitationResent, InvitationRevoked, MemberLeft, MemberRemoved,
    MemberStatus, PhotoChanged, PowersGiven, Profile, ProfileEdited, RoleChanged, Seat, StatusSet, WorkspaceId,
    joins::{Decider, JoinAccepted, JoinAsked, JoinDeclined, JoinRequest},
};
use crate::{
    kernel::{
        actor::{CommunityRole, OrganizationRole},
        error::{AppError, AppResult},
        ids::{CommunityId, ImportId, InvitationId, JoinRequestId, LogoId, MemberId, OrganizationId, UserId},
        labels::MemberInterest,
        page::COUNT_CAP,
    },
    platform::{db::OnConstraint as _, tx::Tx},
};
use chrono::{DateTime, Utc};
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

/// Locks a workspace until the transaction ends; others may still point at it.
pub async fn hold_workspace(tx: &mut Tx, workspace: WorkspaceId) -> AppResult<()> {
    let held = match workspace {
        WorkspaceId::Organization(id) => {
            sqlx::query_scalar!("select id from organizations where id = $1 for no key update", id.0)
                .fetch_optional(tx.conn())
                .await?
        }
        WorkspaceId::Community(id) => {
            sqlx::query_scalar!("select id from communities where id = $1 for no key update", id.0)
                .fetch_optional(tx.conn())
                .await?
        }
    };
    held.map(|_| ()).ok_or(AppError::NotFound)
}

// ── Invitations ─────────────────────────────────────────────────────────────────────────────────────────────────────

/// An invitation as it is stored.
pub struct InvitationRow {
    pub id: InvitationId,
    pub workspace_kind: String,
    pub workspace_id: Uuid,
    pub email: String,
    pub name: String,
    pub role: String,
    pub member_id: Option<Uuid>,
    pub sent_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
    pub accepted_by: Option<Uuid>,
    pub is_revoked: bool,
    pub inviter: String,
}

impl InvitationRow {
    /// # Errors
    /// When the row holds a role that this program does not know.
    pub fn invitation(&self) -> AppResult<Invitation> {
        let workspace = WorkspaceId::of(&self.workspace_kind, self.workspace_id).ok_or_else(|| unknown("workspace"))?;
        Ok(Invitation {
            id: self.id,
            workspace,
            email: self.email.clone(),
            name: self.name.clone(),
            role: workspace.role(&self.role).ok_or_else(|| unknown("role"))?,
            member: self.member_id.map(MemberId),
            expires_at: self.expires_at,
            accepted_by: self.accepted_by.map(UserId),
            is_revoked: self.is_revoked,
        })
    }
}

fn unknown(what: &str) -> AppError {
    AppError::broken(format!("a row of the people of a workspace has a {what} that this program does not know"))
}

/// By its token's hash.
pub async fn find_invitation(db: &PgPool, token_hash: &[u8]) -> AppResult<Option<InvitationRow>> {
    Ok(sqlx::query_as!(
        InvitationRow,
        r#"select i.id, i.workspace_kind, i.workspace_id, i.email, i.name, i.role, i.member_id, i.sent_at, i.expires_at,
                  i.accepted_by, i.revoked_at is not null as "is_revoked!", u.name as inviter
           from invitations i join users u on u.id = i.invited_by where i.token_hash = $1"#,
        token_hash,
    )
    .fetch_optional(db)
    .await?)
}

/// Locks one invitation. With a token's hash it must still be that one: a newer mail may have taken its place.
pub async fn hold_invitation(tx: &mut Tx, id: InvitationId, token_hash: Option<&[u8]>) -> AppResult<Invitation> {
    sqlx::query_as!(
        InvitationRow,
        r#"select i.id, i.workspace_kind, i.workspace_id, i.email, i.name, i.role, i.member_id, i.sent_at, i.expires_at,
                  i.accepted_by, i.revoked_at is not null as "is_revoked!", '' as "inviter!"
           from invitations i where i.id = $1 and ($2::bytea is null or i.token_hash = $2) for update"#,
        id.0,
        token_hash,
    )
    .fetch_optional(tx.conn())
    .await?
    .ok_or(AppError::NotFound)?
    .invitation()
}

/// What is still open in a workspace, expired ones too; newest first, at most 100.
pub async fn list_invitations(db: &PgPool, workspace: WorkspaceId) -> AppResult<Vec<InvitationRow>> {
    Ok(sqlx::query_as!(
        InvitationRow,
        r#"select i.id, i.workspace_kind, i.workspace_id, i.email, i.name, i.role, i.member_id, i.sent_at, i.expires_at,
                  i.accepted_by, i.revoked_at is not null as "is_revoked!", u.name as inviter
           from invitations i join users u on u.id = i.invited_by
           where i.workspace_kind = $1 and i.workspace_id = $2 and i.accepted_at is null and i.revoked_at is null
           order by i.created_at desc, i.id desc limit 100"#,
        workspace.kind(),
        workspace.uuid(),
    )
    .fetch_all(db)
    .await?)
}

/// Everything that is still open in a workspace, by its id: the next ones after this.
pub async fn list_invitations_whole(
    db: &PgPool,
    workspace: WorkspaceId,
    after: Uuid,
    limit: i64,
) -> AppResult<Vec<InvitationRow>> {
    Ok(sqlx::query_as!(
        InvitationRow,
        r#"select i.id, i.workspace_kind, i.workspace_id, i.email, i.name, i.role, i.member_id, i.sent_at, i.expires_at,
                  i.accepted_by, i.revoked_at is not null as "is_revoked!", u.name as inviter
           from invitations i join users u on u.id = i.invited_by
           where i.workspace_kind = $1 and i.workspace_id = $2 and i.accepted_at is null and i.revoked_at is null and i.id > $3
           order by i.id limit $4"#,
        workspace.kind(),
        workspace.uuid(),
        after,
        limit,
    )
    .fetch_all(db)
    .await?)
}

/// # Errors
/// 409 `ALREADY_INVITED`.
pub async fn insert_invitation(tx: &mut Tx, invitation: &Invitation, by: UserId) -> AppResult<()> {
    let now = tx.ctx().now();
    sqlx::query!(
        "insert into invitations (id, workspace_kind, workspace_id, email, name, role, member_id, invited_by, created_at, sent_at, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, $10)",
        invitation.id.0,
        invitation.workspace.kind(),
        invitation.workspace.uuid(),
        invitation.email,
        invitation.name,
        invitation.role.label(),
        invitation.member.map(|id| id.0),
        by.0,
        now,
        invitation.expires_at,
    )
    .execute(tx.conn())
    .await
    .refuse_on(
        "invitations_open_key",
        "ALREADY_INVITED",
        "This address has an open invitation. Send that one again, or take it back first.",
    )?;
    Ok(())
}

/// The old link is dead from here on; the mail brings a new one.
pub async fn apply_resent(tx: &mut Tx, fact: &InvitationResent) -> AppResult<()> {
    let now = tx.ctx().now();
    let done = sqlx::query!(
        "update invitations set token_hash = null, sent_at = $2, expires_at = $3
         where id = $1 and accepted_at is null and revoked_at is null",
        fact.invitation().id.0,
        now,
        now + INVITATION_LIFE,
    )
    .execute(tx.conn())
    .await?;
    one(done.rows_affected())
}

pub async fn apply_revoked(tx: &mut Tx, fact: &InvitationRevoked) -> AppResult<()> {
    let now = tx.ctx().now();
    let done = sqlx::query!(
        "update invitations set revoked_at = $2 where id = $1 and accepted_at is null and revoked_at is null",
        fact.invitation().id.0,
        now,
    )
    .execute(tx.conn())
    .await?;
    one(done.rows_affected())
}

pub async fn apply_accepted(tx: &mut Tx, fact: &InvitationAccepted) -> AppResult<()> {
    let now = tx.ctx().now();
    let done = sqlx::query!(
        "update invitations set accepted_at = $2, accepted_by = $3 where id = $1 and accepted_at is null and revoked_at is null",
        fact.invitation().id.0,
        now,
        fact.user().0,
    )
    .execute(tx.conn())
    .await?;
    one(done.rows_affected())
}

pub async fn set_invitation_token(tx: &mut Tx, id: InvitationId, token_hash: &[u8]) -> AppResult<()> {
    sqlx::query!("update invitations set token_hash = $2 where id = $1", id.0, token_hash).execute(tx.conn()).await?;
    Ok(())
}

/// Whoever waits no longer has no use for their mail.
pub async fn end_invitations_of(tx: &mut Tx, member: MemberId) -> AppResult<()> {
    let now = tx.ctx().now();
    sqlx::query!(
        "update invitations set revoked_at = $2 where member_id = $1 and accepted_at is null and revoked_at is null",
        member.0,
        now,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// A changed row must be the one that was held.
fn one(rows: u64) -> AppResult<()> {
    if rows == 1 { Ok(()) } else { Err(AppError::broken("a row changed although it was held")) }
}

// ── Seats ───────────────────────────────────────────────────────────────────────────────────────────────────────────

/// Somebody in a workspace, with all that is stored.
pub struct SeatRow {
    pub id: Uuid,
    pub user_id: Uuid,
    pub name: String,
    pub email: String,
    pub role: String,
    pub status: String,
    pub status_reason: Option<String>,
    pub has_joined: bool,
    pub signatory: bool,
    pub finance: bool,
    pub interests: Vec<String>,
    pub bio: String,
    pub links: serde_json::Value,
    pub photo_key: Option<String>,
    pub created_at: DateTime<Utc>,
    pub version: i32,
    /// How many rows the list has, capped; the same in every row.
    pub total: i64,
}

impl SeatRow {
    /// # Errors
    /// When the row holds a label that this program does not know.
    pub fn seat(&self, workspace: WorkspaceId) -> AppResult<Seat> {
        Ok(Seat {
            id: self.id.into(),
            workspace,
            user: self.user_id.into(),
            name: self.name.clone(),
            role: workspace.role(&self.role).ok_or_else(|| unknown("role"))?,
            status: MemberStatus::parse(&self.status).map_err(|_| unknown("status"))?,
            has_joined: self.has_joined,
            signatory: self.signatory,
            finance: self.finance,
            version: self.version,
        })
    }

    pub fn profile(&self) -> Profile {
        Profile {
            interests: self.interests.iter().filter_map(|label| MemberInterest::parse(label).ok()).collect(),
            bio: self.bio.clone(),
            links: serde_json::from_value(self.links.clone()).unwrap_or_default(),
        }
    }
}

/// Which seats: one by its id or its person, or those with a status, after a place in the list.
#[derive(Default)]
pub struct Wanted<'a> {
    pub member: Option<MemberId>,
    pub user: Option<UserId>,
    pub status: Option<&'a str>,
    pub after: Option<(DateTime<Utc>, Uuid)>,
    pub offset: i64,
    pub limit: i64,
}

impl Wanted<'_> {
    pub fn member(id: MemberId) -> Self {
        Self { member: Some(id), limit: 1, ..Self::default() }
    }

    pub fn user(id: UserId) -> Self {
        Self { user: Some(id), limit: 1, ..Self::default() }
    }
}

/// Seats in the order in which people came.
pub async fn list_seats(conn: &mut PgConnection, workspace: WorkspaceId, wanted: &Wanted<'_>) -> AppResult<Vec<SeatRow>> {
    let (at, id) = wanted.after.unzip();
    let (member, user) = (wanted.member.map(|id| id.0), wanted.user.map(|id| id.0));
    Ok(match workspace {
        WorkspaceId::Community(community) => {
            sqlx::query_as!(
                SeatRow,
                r#"select m.id, m.user_id, u.name, u.email, m.role, m.status, m.status_reason, m.has_joined, m.signatory,
                          m.finance, m.interests, m.bio, m.links, l.storage_key as "photo_key?", m.created_at, m.version,
                          (select count(*) from (
                               select 1 from members n where n.community_id = $1 and ($4::text is null or n.status = $4) limit $9
                           ) as counted) as "total!"
                   from members m join users u on u.id = m.user_id left join logos l on l.id = m.photo_id
                   where m.community_id = $1 and ($2::uuid is null or m.id = $2) and ($3::uuid is null or m.user_id = $3)
                         and ($4::text is null or m.status = $4)
                         and ($5::timestamptz is null or (m.created_at, m.id) > ($5, $6::uuid))
                   order by m.created_at, m.id limit $7 offset $8"#,
                community.0,
                member,
                user,
                wanted.status,
                at,
                id,
                wanted.limit,
                wanted.offset,
                COUNT_CAP + 1,
            )
            .fetch_all(conn)
            .await?
        }
        WorkspaceId::Organization(organization) => {
            sqlx::query_as!(
                SeatRow,
                r#"select m.id, m.user_id, u.name, u.email, m.role, 'Active' as "status!", null::text as status_reason,
                          true as "has_joined!", m.signatory, m.finance, '{}'::text[] as "interests!", '' as "bio!",
                          '{}'::jsonb as "links!", null::text as photo_key, m.created_at, m.version,
                          (select count(*) from (
                               select 1 from organization_members n where n.organization_id = $1 limit $9
                           ) as counted) as "total!"
                   from organization_members m join users u on u.id = m.user_id
                   where m.organization_id = $1 and ($2::uuid is null or m.id = $2) and ($3::uuid is null or m.user_id = $3)
                         and ($4::text is null or 'Active' = $4)
                         and ($5::timestamptz is null or (m.created_at, m.id) > ($5, $6::uuid))
                   order by m.created_at, m.id limit $7 offset $8"#,
                organization.0,
                member,
                user,
                wanted.status,
                at,
                id,
                wanted.limit,
                wanted.offset,
                COUNT_CAP + 1,
            )
            .fetch_all(conn)
            .await?
        }
    })
}

/// One seat; the workspace must be held by whoever changes it.
pub async fn find_seat(tx: &mut Tx, workspace: WorkspaceId, wanted: &Wanted<'_>) -> AppResult<Option<SeatRow>> {
    Ok(list_seats(tx.conn(), workspace, wanted).await?.pop())
}

/// Active leads of a workspace besides this seat, whose login is open.
pub async fn count_other_leads(tx: &mut Tx, workspace: WorkspaceId, but: MemberId) -> AppResult<i64> {
    Ok(match workspace {
        WorkspaceId::Community(id) => {
            sqlx::query_scalar!(
                r#"select count(*) as "count!" from members m join users u on u.id = m.user_id
                   where m.community_id = $1 and m.id <> $2 and m.role = $3 and m.status = 'Active' and u.suspended_at is null"#,
                id.0,
                but.0,
                CommunityRole::Owner.label(),
            )
            .fetch_one(tx.conn())
            .await?
        }
        WorkspaceId::Organization(id) => {
            sqlx::query_scalar!(
                r#"select count(*) as "count!" from organization_members m join users u on u.id = m.user_id
                   where m.organization_id = $1 and m.id <> $2 and m.role = any($3) and u.suspended_at is null"#,
                id.0,
                but.0,
                &[OrganizationRole::SponsorAdmin.label().to_owned(), OrganizationRole::PartnerAdmin.label().to_owned()],
            )
            .fetch_one(tx.conn())
            .await?
        }
    })
}

/// A seat for somebody who said yes.
pub async fn insert_seat(tx: &mut Tx, id: MemberId, workspace: WorkspaceId, user: UserId, role: &str) -> AppResult<()> {
    let now = tx.ctx().now();
    match workspace {
        WorkspaceId::Community(community) => {
            sqlx::query!(
                "insert into members (id, community_id, user_id, role, status, created_at) values ($1, $2, $3, $4, 'Active', $5)",
                id.0,
                community.0,
                user.0,
                role,
                now,
            )
            .execute(tx.conn())
            .await?
        }
        WorkspaceId::Organization(organization) => {
            sqlx::query!(
                "insert into organization_members (id, organization_id, user_id, role, created_at) values ($1, $2, $3, $4, $5)",
                id.0,
                organization.0,
                user.0,
                role,
                now,
            )
            .execute(tx.conn())
            .await?
        }
    };
    Ok(())
}

/// An entry for somebody who has not said yes yet.
pub async fn insert_onboarding(
    tx: &mut Tx,
    id: MemberId,
    community: CommunityId,
    user: UserId,
    role: CommunityRole,
) -> AppResult<()> {
    let now = tx.ctx().now();
    sqlx::query!(
        "insert into members (id, community_id, user_id, role, status, has_joined, created_at)
         values ($1, $2, $3, $4, 'On Boarding', false, $5)",
        id.0,
        community.0,
        user.0,
        role.label(),
        now,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Whoever waited on the list is in.
pub async fn apply_joined(tx: &mut Tx, _fact: &InvitationAccepted, member: MemberId) -> AppResult<()> {
    let done = sqlx::query!(
        "update members set status = 'Active', has_joined = true, version = version + 1 where id = $1 and status = 'On Boarding'",
        member.0,
    )
    .execute(tx.conn())
    .await?;
    one(done.rows_affected())
}

pub async fn apply_role(tx: &mut Tx, fact: &RoleChanged) -> AppResult<()> {
    let (id, label) = (fact.seat().id.0, fact.role().label());
    let done = match fact.seat().workspace {
        WorkspaceId::Community(_) => {
            // Whoever still waits is invited as what they will be.
            sqlx::query!(
                "update invitations set role = $2 where member_id = $1 and accepted_at is null and revoked_at is null",
                id,
                label,
            )
            .execute(tx.conn())
            .await?;
            sqlx::query!("update members set role = $2, version = version + 1 where id = $1", id, label)
                .execute(tx.conn())
                .await?
        }
        WorkspaceId::Organization(_) => {
            sqlx::query!("update organization_members set role = $2, version = version + 1 where id = $1", id, label)
                .execute(tx.conn())
                .await?
        }
    };
    one(done.rows_affected())
}

pub async fn apply_status(tx: &mut Tx, fact: &StatusSet) -> AppResult<()> {
    let done = sqlx::query!(
        "update members set status = $2, status_reason = nullif($3, ''), version = version + 1 where id = $1 and status = $4",
        fact.seat().id.0,
        fact.to().label(),
        fact.reason(),
        fact.seat().status.label(),
    )
    .execute(tx.conn())
    .await?;
    one(done.rows_affected())
}

pub async fn apply_powers(tx: &mut Tx, fact: &PowersGiven) -> AppResult<()> {
    let id = fact.seat().id.0;
    let done = match fact.seat().workspace {
        WorkspaceId::Community(_) => {
            sqlx::query!(
                "update members set signatory = $2, finance = $3, version = version + 1 where id = $1",
                id,
                fact.signatory(),
                fact.finance(),
            )
            .execute(tx.conn())
            .await?
        }
        WorkspaceId::Organization(_) => {
            sqlx::query!(
                "update organization_members set signatory = $2, finance = $3, version = version + 1 where id = $1",
                id,
                fact.signatory(),
                fact.finance(),
            )
            .execute(tx.conn())
            .await?
        }
    };
    one(done.rows_affected())
}

/// Out of an organization; inactive, with nothing given by name, in a community.
pub async fn apply_left(tx: &mut Tx, fact: &MemberLeft) -> AppResult<()> {
    let id = fact.seat().id.0;
    let done =
        match fact.seat().workspace {
            WorkspaceId::Community(_) => sqlx::query!(
                "update members set status = 'Inactive', signatory = false, finance = false, version = version + 1 where id = $1",
                id,
            )
            .execute(tx.conn())
            .await?,
            WorkspaceId::Organization(_) => {
                sqlx::query!("delete from organization_members where id = $1", id).execute(tx.conn()).await?
            }
        };
    one(done.rows_affected())
}

pub async fn apply_removed(tx: &mut Tx, fact: &MemberRemoved) -> AppResult<()> {
    let done = sqlx::query!("delete from organization_members where id = $1", fact.seat().id.0).execute(tx.conn()).await?;
    one(done.rows_affected())
}

pub async fn apply_profile(tx: &mut Tx, fact: &ProfileEdited) -> AppResult<()> {
    let after = fact.after();
    let interests: Vec<String> = after.interests.iter().map(|interest| interest.label().to_owned()).collect();
    let links = serde_json::to_value(&after.links).map_err(|error| AppError::Broken(Box::new(error)))?;
    let done = sqlx::query!(
        "update members set interests = $2, bio = $3, links = $4, version = version + 1 where id = $1",
        fact.seat().id.0,
        &interests,
        after.bio,
        links,
    )
    .execute(tx.conn())
    .await?;
    one(done.rows_affected())
}

pub async fn apply_photo(tx: &mut Tx, fact: &PhotoChanged, photo: Option<LogoId>) -> AppResult<()> {
    let done = sqlx::query!(
        "update members set photo_id = $2, version = version + 1 where id = $1",
        fact.seat().id.0,
        photo.map(|id| id.0),
    )
    .execute(tx.conn())
    .await?;
    one(done.rows_affected())
}

// ── Lists of newcomers ──────────────────────────────────────────────────────────────────────────────────────────────

/// Which of these addresses (lower case) are on a community's list, or invited to it, with what role.
pub async fn list_known(conn: &mut PgConnection, community: CommunityId, emails: &[String]) -> AppResult<Vec<(String, String)>> {
    let rows = sqlx::query!(
        r#"select u.email as "email!", m.role as "role!" from members m join users u on u.id = m.user_id
           where m.community_id = $1 and u.email = any($2)
           union
           select i.email, i.role from invitations i
           where i.workspace_kind = 'community' and i.workspace_id = $1 and i.email = any($2) and i.member_id is null
                 and i.accepted_at is null and i.revoked_at is null"#,
        community.0,
        emails,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.email, row.role)).collect())
}

/// Keeps a list (sealed) for its import; earlier lists of the same person are thrown away.
pub async fn put_import(tx: &mut Tx, id: ImportId, community: CommunityId, by: UserId, sealed: &[u8]) -> AppResult<()> {
    let now = tx.ctx().now();
    sqlx::query!("delete from member_imports where community_id = $1 and created_by = $2", community.0, by.0)
        .execute(tx.conn())
        .await?;
    sqlx::query!(
        "insert into member_imports (id, community_id, created_by, roster, created_at) values ($1, $2, $3, $4, $5)",
        id.0,
        community.0,
        by.0,
        sealed,
        now,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// A person's own list, while it is kept.
pub async fn find_import(
    db: &PgPool,
    id: ImportId,
    community: CommunityId,
    by: UserId,
    since: DateTime<Utc>,
) -> AppResult<Option<Vec<u8>>> {
    Ok(sqlx::query_scalar!(
        "select roster from member_imports where id = $1 and community_id = $2 and created_by = $3 and created_at > $4",
        id.0,
        community.0,
        by.0,
        since,
    )
    .fetch_optional(db)
    .await?)
}

/// The list that a person looked at last, while it is kept.
pub async fn last_import(db: &PgPool, community: CommunityId, by: UserId, since: DateTime<Utc>) -> AppResult<Option<ImportId>> {
    let id = sqlx::query_scalar!(
        "select id from member_imports where community_id = $1 and created_by = $2 and created_at > $3 \
         order by created_at desc limit 1",
        community.0,
        by.0,
        since,
    )
    .fetch_optional(db)
    .await?;
    Ok(id.map(ImportId))
}

pub async fn delete_imports(tx: &mut Tx, community: CommunityId, by: UserId) -> AppResult<()> {
    sqlx::query!("delete from member_imports where community_id = $1 and created_by = $2", community.0, by.0)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Throws lists away that nobody imported.
pub async fn forget_imports(db: &PgPool, before: DateTime<Utc>) -> AppResult<()> {
    sqlx::query!("delete from member_imports where created_at < $1", before).execute(db).await?;
    Ok(())
}

// ── Asking to join ──────────────────────────────────────────────────────────────────────────────────────────────────

/// A wish as it is stored, with who asks.
#[derive(Debug, serde::Deserialize)]
pub struct JoinRow {
    pub id: Uuid,
    pub organization_id: Uuid,
    pub user_id: Uuid,
    pub name: String,
    pub email: String,
    pub message: String,
    pub decider_email: Option<String>,
    pub created_at: DateTime<Utc>,
    pub expires_at: Option<DateTime<Utc>>,
    pub accepted: bool,
    pub declined: bool,
}

impl JoinRow {
    pub fn request(&self) -> JoinRequest {
        JoinRequest {
            id: self.id.into(),
            organization: self.organization_id.into(),
            user: self.user_id.into(),
            name: self.name.clone(),
            decider: self.decider_email.clone().map_or(Decider::Admins, Decider::Mailbox),
            expires_at: self.expires_at,
            accepted: self.accepted,
            declined: self.declined,
        }
    }
}

/// By its token's hash, or a person's open one in an organization.
pub async fn find_join(
    db: &PgPool,
    token_hash: Option<&[u8]>,
    open_of: Option<(OrganizationId, UserId)>,
) -> AppResult<Option<JoinRow>> {
    let (organization, user) = open_of.map(|(organization, user)| (organization.0, user.0)).unzip();
    Ok(sqlx::query_as!(
        JoinRow,
        r#"select j.id, j.organization_id, j.user_id, u.name, u.email, j.message, j.decider_email, j.created_at, j.expires_at,
                  j.accepted_at is not null as "accepted!", j.declined_at is not null as "declined!"
           from join_requests j join users u on u.id = j.user_id
           where j.token_hash = $1
              or ($1::bytea is null and j.organization_id = $2 and j.user_id = $3 and j.accepted_at is null and j.declined_at is null)"#,
        token_hash,
        organization,
        user,
    )
    .fetch_optional(db)
    .await?)
}

pub async fn get_join(db: &PgPool, id: JoinRequestId) -> AppResult<JoinRow> {
    sqlx::query_as!(
        JoinRow,
        r#"select j.id, j.organization_id, j.user_id, u.name, u.email, j.message, j.decider_email, j.created_at, j.expires_at,
                  j.accepted_at is not null as "accepted!", j.declined_at is not null as "declined!"
           from join_requests j join users u on u.id = j.user_id where j.id = $1"#,
        id.0,
    )
    .fetch_optional(db)
    .await?
    .ok_or(AppError::NotFound)
}

/// Locks one wish.
pub async fn hold_join(tx: &mut Tx, id: JoinRequestId) -> AppResult<JoinRow> {
    sqlx::query_as!(
        JoinRow,
        r#"select j.id, j.organization_id, j.user_id, u.name, u.email, j.message, j.decider_email, j.created_at, j.expires_at,
                  j.accepted_at is not null as "accepted!", j.declined_at is not null as "declined!"
           from join_requests j join users u on u.id = j.user_id where j.id = $1 for update of j"#,
        id.0,
    )
    .fetch_optional(tx.conn())
    .await?
    .ok_or(AppError::NotFound)
}

/// Those that an organization's admins decide, the longest waiting first; at most 100.
pub async fn list_joins(db: &PgPool, organization: OrganizationId) -> AppResult<Vec<JoinRow>> {
    Ok(sqlx::query_as!(
        JoinRow,
        r#"select j.id, j.organization_id, j.user_id, u.name, u.email, j.message, j.decider_email, j.created_at, j.expires_at,
                  false as "accepted!", false as "declined!"
           from join_requests j join users u on u.id = j.user_id
           where j.organization_id = $1 and j.accepted_at is null and j.declined_at is null and j.decider_email is null
           order by j.created_at, j.id limit 100"#,
        organization.0,
    )
    .fetch_all(db)
    .await?)
}

/// Everybody who waits for an organization's admins, by the wish's id: the next ones after this.
pub async fn list_joins_whole(db: &PgPool, organization: OrganizationId, after: Uuid, limit: i64) -> AppResult<Vec<JoinRow>> {
    Ok(sqlx::query_as!(
        JoinRow,
        r#"select j.id, j.organization_id, j.user_id, u.name, u.email, j.message, j.decider_email, j.created_at, j.expires_at,
                  false as "accepted!", false as "declined!"
           from join_requests j join users u on u.id = j.user_id
           where j.organization_id = $1 and j.accepted_at is null and j.declined_at is null and j.decider_email is null and j.id > $2
           order by j.id limit $3"#,
        organization.0,
        after,
        limit,
    )
    .fetch_all(db)
    .await?)
}

/// As [`list_joins`], with what kind of organization it is, by one statement.
pub async fn list_joins_of(db: &PgPool, organization: OrganizationId) -> AppResult<Option<(String, Vec<JoinRow>)>> {
    let row = sqlx::query!(
        r#"select o.entity_type, (
               select coalesce(jsonb_agg(to_jsonb(x) order by x.created_at, x.id), '[]') from (
                   select j.id, j.organization_id, j.user_id, u.name, u.email, j.message, j.decider_email, j.created_at,
                          j.expires_at, false as accepted, false as declined
                   from join_requests j join users u on u.id = j.user_id
                   where j.organization_id = o.id and j.accepted_at is null and j.declined_at is null and j.decider_email is null
                   order by j.created_at, j.id limit 100
               ) x) as "joins!: sqlx::types::Json<Vec<JoinRow>>"
           from organizations o where o.id = $1"#,
        organization.0,
    )
    .fetch_optional(db)
    .await?;
    Ok(row.map(|row| (row.entity_type, row.joins.0)))
}

/// Asking a mailbox again takes the earlier mail's place.
pub async fn drop_open_mailbox_join(tx: &mut Tx, organization: OrganizationId, user: UserId) -> AppResult<()> {
    sqlx::query!(
        "delete from join_requests
         where organization_id = $1 and user_id = $2 and accepted_at is null and declined_at is null and decider_email is not null",
        organization.0,
        user.0,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Where nobody is left to decide on it, asking a mailbox takes the place of having asked the admins.
pub async fn drop_open_join(tx: &mut Tx, organization: OrganizationId, user: UserId) -> AppResult<()> {
    sqlx::query!(
        "delete from join_requests where organization_id = $1 and user_id = $2 and accepted_at is null and declined_at is null",
        organization.0,
        user.0,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// # Errors
/// 409 `ALREADY_ASKED`.
pub async fn apply_join_asked(tx: &mut Tx, fact: &JoinAsked) -> AppResult<()> {
    let now = tx.ctx().now();
    let request = fact.request();
    let mailbox = match &request.decider {
        Decider::Admins => None,
        Decider::Mailbox(address) => Some(address.as_str()),
    };
    sqlx::query!(
        "insert into join_requests (id, organization_id, user_id, message, decider_email, created_at, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7)",
        request.id.0,
        request.organization.0,
        request.user.0,
        fact.message(),
        mailbox,
        now,
        request.expires_at,
    )
    .execute(tx.conn())
    .await
    .refuse_on("join_requests_open_key", "ALREADY_ASKED", "You have asked already. You get a mail when they decide.")?;
    Ok(())
}

pub async fn set_join_token(tx: &mut Tx, id: JoinRequestId, token_hash: &[u8]) -> AppResult<()> {
    sqlx::query!("update join_requests set token_hash = $2 where id = $1", id.0, token_hash).execute(tx.conn()).await?;
    Ok(())
}

pub async fn apply_join_accepted(tx: &mut Tx, fact: &JoinAccepted, by: Option<UserId>) -> AppResult<()> {
    let now = tx.ctx().now();
    let done = sqlx::query!(
        "update join_requests set accepted_at = $2, decided_by = $3, role = $4
         where id = $1 and accepted_at is null and declined_at is null",
        fact.request().id.0,
        now,
        by.map(|user| user.0),
        fact.role().label(),
    )
    .execute(tx.conn())
    .await?;
    one(done.rows_affected())
}

pub async fn apply_join_declined(tx: &mut Tx, fact: &JoinDeclined, by: Option<UserId>) -> AppResult<()> {
    let now = tx.ctx().now();
    let done = sqlx::query!(
        "update join_requests set declined_at = $2, decided_by = $3 where id = $1 and accepted_at is null and declined_at is null",
        fact.request().id.0,
        now,
        by.map(|user| user.0),
    )
    .execute(tx.conn())
    .await?;
    one(done.rows_affected())
}

// ── Two profiles that become one ────────────────────────────────────────────────────────────────────────────────────

/// A seat in the profile that goes, and the role of the same person in the one that stays.
pub struct FollowerRow {
    pub id: Uuid,
    pub user_id: Uuid,
    pub name: String,
    pub email: String,
    pub role: String,
    pub kept_role: Option<String>,
}

/// Everybody of the profile that goes, by name, locked.
pub async fn list_followers(tx: &mut Tx, gone: OrganizationId, kept: OrganizationId) -> AppResult<Vec<FollowerRow>> {
    Ok(sqlx::query_as!(
        FollowerRow,
        r#"select m.id, m.user_id, u.name, u.email, m.role, k.role as "kept_role?"
           from organization_members m join users u on u.id = m.user_id
               left join organization_members k on k.organization_id = $2 and k.user_id = m.user_id
           where m.organization_id = $1 order by lower(u.name) collate "C", m.id for update of m"#,
        gone.0,
        kept.0,
    )
    .fetch_all(tx.conn())
    .await?)
}

pub async fn move_seat(tx: &mut Tx, id: Uuid, kept: OrganizationId) -> AppResult<()> {
    sqlx::query!(
        "update organization_members set organization_id = $2, signatory = false, finance = false, version = version + 1 where id = $1",
        id,
        kept.0,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub async fn end_seat(tx: &mut Tx, id: Uuid) -> AppResult<()> {
    sqlx::query!("delete from organization_members where id = $1", id).execute(tx.conn()).await?;
    Ok(())
}

/// Who asked the one's admins asks the other's; who asked a mailbox of the one, has a seat or asked there already, asks no more.
pub async fn follow_joins(tx: &mut Tx, gone: OrganizationId, kept: OrganizationId) -> AppResult<u64> {
    let now = tx.ctx().now();
    sqlx::query!(
        "update join_requests j set declined_at = $3
         where j.organization_id = $1 and j.accepted_at is null and j.declined_at is null
           and (j.decider_email is not null
                or exists (select 1 from join_requests k where k.organization_id = $2 and k.user_id = j.user_id
                               and k.accepted_at is null and k.declined_at is null)
                or exists (select 1 from organization_members m where m.organization_id = $2 and m.user_id = j.user_id))",
        gone.0,
        kept.0,
        now,
    )
    .execute(tx.conn())
    .await?;
    let moved = sqlx::query!(
        "update join_requests set organization_id = $2 where organization_id = $1 and accepted_at is null and declined_at is null",
        gone.0,
        kept.0,
    )
    .execute(tx.conn())
    .await?;
    Ok(moved.rows_affected())
}

/// No link into a workspace that is no more.
pub async fn end_invitations(tx: &mut Tx, organization: OrganizationId) -> AppResult<u64> {
    let now = tx.ctx().now();
    let ended = sqlx::query!(
        "update invitations set revoked_at = $2
         where workspace_kind = 'organization' and workspace_id = $1 and accepted_at is null and revoked_at is null",
        organization.0,
        now,
    )
    .execute(tx.conn())
    .await?;
    Ok(ended.rows_affected())
}
