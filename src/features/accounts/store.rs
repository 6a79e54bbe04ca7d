//! SQL of logins, sessions, links and staff roles, and nothing else. A user's row is locked before anything of theirs.

use super::{
    rules::{EmailChanged, Link, LinkPurpose, Login, PasswordSet, UsedLink},
    views::Recipient,
};
use crate::{
    kernel::{
        actor::StaffRole,
        error::{AppError, AppResult},
        ids::{SessionId, UserId},
    },
    platform::{db::OnConstraint as _, tx::Tx},
};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use sqlx::{PgPool, types::Json};
use uuid::Uuid;

/// One seat of a person, as the database's `seats` has it.
#[derive(Debug, Deserialize)]
pub struct SeatRow {
    pub kind: String,
    pub workspace_id: Uuid,
    pub slug: String,
    pub name: String,
    pub role: String,
    pub status: String,
    pub signatory: bool,
    pub finance: bool,
    /// What the workspace asks a second factor for.
    #[serde(default)]
    pub guarded: Vec<String>,
}

/// Who is behind a session, with everything that a request needs to know.
pub struct PersonRow {
    pub session: SessionId,
    pub user: UserId,
    pub name: String,
    pub email: String,
    pub last_seen_at: DateTime<Utc>,
    pub second_factor: bool,
    pub second_factor_given: bool,
    pub default_workspace: Option<String>,
    pub seats: Vec<SeatRow>,
    pub staff: Vec<String>,
    /// Notices not read yet, where they were counted.
    pub unread: Option<i64>,
}

/// One statement: the live session behind a token, its login, every seat and staff role. Sessions last seen at or before
/// `seen_after`, or made at or before `made_after`, are over. Pages have unread notices `counted`.
pub async fn find_person(
    pool: &PgPool,
    token_hash: &[u8],
    seen_after: DateTime<Utc>,
    made_after: DateTime<Utc>,
    counted: bool,
) -> AppResult<Option<PersonRow>> {
    let row = sqlx::query!(
        r#"select s.id, s.user_id, s.last_seen_at, s.second_factor_at, s.default_workspace, u.name, u.email, u.totp_enabled_at,
                  coalesce((
                      select json_agg(json_build_object(
                          'kind', w.kind, 'workspace_id', w.workspace_id, 'slug', w.slug, 'name', w.name, 'role', w.role,
                          'status', w.status, 'signatory', w.signatory, 'finance', w.finance, 'guarded', coalesce((
                              select p.needed_for from second_factor_policies p
                              where p.kind = w.kind and p.workspace_id = w.workspace_id
                          ), '{}')
                      ) order by w.kind, w.slug collate "C")
                      from seats w where w.user_id = u.id
                  ), '[]') as "seats!: Json<Vec<SeatRow>>",
                  coalesce((
                      select json_agg(r.role order by r.role collate "C") from staff_roles r where r.user_id = u.id
                  ), '[]') as "staff!: Json<Vec<String>>",
                  case when $4 then (
                      select count(*) from notices n where n.user_id = u.id and n.read_at is null
                  ) end as unread
           from sessions s join users u on u.id = s.user_id
           where s.token_hash = $1 and u.suspended_at is null and s.last_seen_at > $2 and s.created_at > $3"#,
        token_hash,
        seen_after,
        made_after,
        counted,
    )
    .fetch_optional(pool)
    .await?;
    Ok(row.map(|row| PersonRow {
        session: row.id.into(),
        user: row.user_id.into(),
        name: row.name,
        email: row.email,
        last_seen_at: row.last_seen_at,
        second_factor: row.totp_enabled_at.is_some(),
        second_factor_given: row.second_factor_at.is_some() && row.totp_enabled_at.is_some(),
        default_workspace: row.default_workspace,
        seats: row.seats.0,
        staff: row.staff.0,
        unread: row.unread,
    }))
}

/// Notes that the session is in use, unless somebody noted it since `unless_after`.
///
/// `network` is where it is used now; empty when that is not known.
pub async fn touch_session(
    pool: &PgPool,
    session: SessionId,
    network: &str,
    now: DateTime<Utc>,
    unless_after: DateTime<Utc>,
) -> AppResult<()> {
    sqlx::query!(
        "update sessions set last_seen_at = $2, network = case when $4 = '' then network else $4 end
         where id = $1 and last_seen_at <= $3",
        session.0,
        now,
        unless_after,
        network,
    )
    .execute(pool)
    .await?;
    Ok(())
}

/// A login and its secrets, locked.
pub struct Held {
    pub login: Login,
    pub password_hash: Option<String>,
    /// Sealed.
    pub totp_secret: Option<Vec<u8>>,
}

pub async fn hold_login(tx: &mut Tx, user: UserId) -> AppResult<Held> {
    let row = sqlx::query!(
        "select id, name, email, password_hash, email_verified_at, totp_secret, totp_enabled_at, totp_last_step, suspended_at
         from users where id = $1 for no key update",
        user.0,
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(Held {
        login: Login {
            user: row.id.into(),
            name: row.name,
            email: row.email,
            has_password: row.password_hash.is_some(),
            email_verified: row.email_verified_at.is_some(),
            suspended: row.suspended_at.is_some(),
            second_factor: row.totp_enabled_at.is_some(),
            last_step: row.totp_last_step,
        },
        password_hash: row.password_hash,
        totp_secret: row.totp_secret,
    })
}

/// A login by its id or its address (in lower case), with its password's hash and sealed second factor; not locked.
pub async fn find_login(pool: &PgPool, user: Option<UserId>, email: Option<&str>) -> AppResult<Option<Held>> {
    let row = sqlx::query!(
        "select id, name, email, password_hash, email_verified_at, totp_secret, totp_enabled_at, totp_last_step, suspended_at
         from users where id = $1 or email = $2",
        user.map(|u| u.0),
        email,
    )
    .fetch_optional(pool)
    .await?;
    Ok(row.map(|row| Held {
        login: Login {
            user: row.id.into(),
            name: row.name,
            email: row.email,
            has_password: row.password_hash.is_some(),
            email_verified: row.email_verified_at.is_some(),
            suspended: row.suspended_at.is_some(),
            second_factor: row.totp_enabled_at.is_some(),
            last_step: row.totp_last_step,
        },
        password_hash: row.password_hash,
        totp_secret: row.totp_secret,
    }))
}

/// Makes a login unless the address has one; gives its id, and whether it is new. One statement, which writes a row either
/// way, so that a known address and an unknown one cost the same. A login that was there is locked.
pub async fn ensure_user(tx: &mut Tx, id: UserId, email: &str, name: &str, now: DateTime<Utc>) -> AppResult<(UserId, bool)> {
    let found = sqlx::query_scalar!(
        "insert into users (id, email, name, created_at, updated_at) values ($1, $2, $3, $4, $4)
         on conflict on constraint users_email_key do update set email = excluded.email returning id",
        id.0,
        email,
        name,
        now,
    )
    .fetch_one(tx.conn())
    .await?;
    Ok((found.into(), found == id.0))
}

/// A new session of a device, as it called itself, and the network that it called from; remembers the workspace that the
/// person used last.
pub async fn insert_session(
    tx: &mut Tx,
    id: SessionId,
    token_hash: &[u8],
    user: UserId,
    (device, network): (&str, &str),
    second_factor_at: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> AppResult<()> {
    sqlx::query!(
        "insert into sessions (id, token_hash, user_id, created_at, last_seen_at, second_factor_at, default_workspace, device, network)
         values ($1, $2, $3, $4, $4, $5, (
             select s.default_workspace from sessions s
             where s.user_id = $3 and s.default_workspace is not null order by s.last_seen_at desc limit 1
         ), $6, $7)",
        id.0,
        token_hash,
        user.0,
        now,
        second_factor_at,
        device,
        network,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// The same session under a new id and token, with its second factor given. False when it ended meanwhile.
pub async fn renew_session(
    tx: &mut Tx,
    old: SessionId,
    new: SessionId,
    token_hash: &[u8],
    now: DateTime<Utc>,
) -> AppResult<bool> {
    let renewed = sqlx::query!(
        "update sessions set id = $2, token_hash = $3, second_factor_at = $4, last_seen_at = $4 where id = $1",
        old.0,
        new.0,
        token_hash,
        now,
    )
    .execute(tx.conn())
    .await?;
    Ok(renewed.rows_affected() == 1)
}

pub async fn delete_session(tx: &mut Tx, session: SessionId) -> AppResult<bool> {
    let gone = sqlx::query!("delete from sessions where id = $1", session.0).execute(tx.conn()).await?;
    Ok(gone.rows_affected() == 1)
}

/// Ends one session of a person; gives what its device is called. `None` for a session that is not theirs, or is over.
pub async fn delete_session_of(tx: &mut Tx, user: UserId, session: SessionId) -> AppResult<Option<String>> {
    Ok(sqlx::query_scalar!("delete from sessions where id = $1 and user_id = $2 returning device", session.0, user.0)
        .fetch_optional(tx.conn())
        .await?)
}

/// Ends every session of a person; gives how many.
pub async fn delete_sessions(tx: &mut Tx, user: UserId) -> AppResult<u64> {
    let gone = sqlx::query!("delete from sessions where user_id = $1", user.0).execute(tx.conn()).await?;
    Ok(gone.rows_affected())
}

/// Ends every session of a person but one.
pub async fn delete_other_sessions(tx: &mut Tx, user: UserId, kept: SessionId) -> AppResult<()> {
    sqlx::query!("delete from sessions where user_id = $1 and id <> $2", user.0, kept.0).execute(tx.conn()).await?;
    Ok(())
}

pub async fn set_default_workspace(pool: &PgPool, session: SessionId, key: &str) -> AppResult<()> {
    sqlx::query!("update sessions set default_workspace = $2 where id = $1", session.0, key).execute(pool).await?;
    Ok(())
}

/// One session, for the list on the security page.
pub struct SessionRow {
    pub id: SessionId,
    pub device: String,
    pub network: String,
    pub created_at: DateTime<Utc>,
    pub last_seen_at: DateTime<Utc>,
}

/// Live sessions, the one used last first; at most 50.
pub async fn list_sessions(
    pool: &PgPool,
    user: UserId,
    seen_after: DateTime<Utc>,
    made_after: DateTime<Utc>,
) -> AppResult<Vec<SessionRow>> {
    Ok(sqlx::query_as!(
        SessionRow,
        "select id, device, network, created_at, last_seen_at from sessions
         where user_id = $1 and last_seen_at > $2 and created_at > $3 order by last_seen_at desc limit 50",
        user.0,
        seen_after,
        made_after,
    )
    .fetch_all(pool)
    .await?)
}

/// Writes the hash that stands behind the fact.
pub async fn apply_password(tx: &mut Tx, fact: &PasswordSet, password_hash: &str, now: DateTime<Utc>) -> AppResult<()> {
    sqlx::query!("update users set password_hash = $2, updated_at = $3 where id = $1", fact.user().0, password_hash, now,)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// The same password under today's settings; not a change of state. Nothing happens when it changed meanwhile.
pub async fn rehash(pool: &PgPool, user: UserId, old: &str, new: &str) -> AppResult<()> {
    sqlx::query!("update users set password_hash = $3 where id = $1 and password_hash = $2", user.0, old, new)
        .execute(pool)
        .await?;
    Ok(())
}

pub async fn apply_email_verified(tx: &mut Tx, user: UserId, now: DateTime<Utc>) -> AppResult<bool> {
    let changed = sqlx::query!(
        "update users set email_verified_at = $2, updated_at = $2 where id = $1 and email_verified_at is null",
        user.0,
        now,
    )
    .execute(tx.conn())
    .await?;
    Ok(changed.rows_affected() == 1)
}

pub async fn apply_email_changed(tx: &mut Tx, fact: &EmailChanged, now: DateTime<Utc>) -> AppResult<()> {
    sqlx::query!(
        "update users set email = $2, email_verified_at = $3, updated_at = $3 where id = $1",
        fact.user().0,
        fact.new_address(),
        now,
    )
    .execute(tx.conn())
    .await
    .refuse_on(
        "users_email_key",
        "EMAIL_TAKEN",
        "This address already has an account of its own. Sign in with it, or change to another address.",
    )?;
    Ok(())
}

/// A link by its token's hash, with its owner's name.
pub async fn find_link(pool: &PgPool, token_hash: &[u8]) -> AppResult<Option<(Link, String)>> {
    let row = sqlx::query!(
        "select l.id, l.purpose, l.user_id, l.email, l.about, l.expires_at, l.used_at, u.email as login_email, u.name, u.password_hash,
                u.suspended_at
         from one_time_links l join users u on u.id = l.user_id where l.token_hash = $1",
        token_hash,
    )
    .fetch_optional(pool)
    .await?;
    row.map(|row| {
        let link = Link {
            id: row.id,
            purpose: purpose(&row.purpose)?,
            user: row.user_id.into(),
            email: row.email,
            about: row.about,
            expires_at: row.expires_at,
            used_at: row.used_at,
            login_email: row.login_email,
            has_password: row.password_hash.is_some(),
            suspended: row.suspended_at.is_some(),
        };
        Ok((link, row.name))
    })
    .transpose()
}

/// The link, locked; its owner is held already.
pub async fn hold_link(tx: &mut Tx, token_hash: &[u8], owner: &Held) -> AppResult<Link> {
    let row = sqlx::query!(
        "select id, purpose, user_id, email, about, expires_at, used_at from one_time_links where token_hash = $1 and user_id = $2 for update",
        token_hash,
        owner.login.user.0,
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(Link {
        id: row.id,
        purpose: purpose(&row.purpose)?,
        user: row.user_id.into(),
        email: row.email,
        about: row.about,
        expires_at: row.expires_at,
        used_at: row.used_at,
        login_email: owner.login.email.clone(),
        has_password: owner.login.has_password,
        suspended: owner.login.suspended,
    })
}

fn purpose(label: &str) -> AppResult<LinkPurpose> {
    LinkPurpose::parse(label).ok_or_else(|| AppError::broken(format!("no link has the purpose {label}")))
}

pub async fn apply_link_used(tx: &mut Tx, used: &UsedLink) -> AppResult<()> {
    sqlx::query!("update one_time_links set used_at = $2 where id = $1 and used_at is null", used.link().id, used.at())
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Ends the unused links of a person that are for one of these purposes.
pub async fn end_links(tx: &mut Tx, user: UserId, purposes: &[LinkPurpose], now: DateTime<Utc>) -> AppResult<()> {
    let purposes: Vec<String> = purposes.iter().map(|p| p.label().to_owned()).collect();
    sqlx::query!(
        "update one_time_links set used_at = $3 where user_id = $1 and purpose = any($2) and used_at is null",
        user.0,
        &purposes,
        now,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Ends the unused link of a person that says yes to the same thing.
pub async fn end_links_about(
    tx: &mut Tx,
    user: UserId,
    link_purpose: LinkPurpose,
    about: Option<Uuid>,
    now: DateTime<Utc>,
) -> AppResult<()> {
    sqlx::query!(
        "update one_time_links set used_at = $4
         where user_id = $1 and purpose = $2 and about is not distinct from $3 and used_at is null",
        user.0,
        link_purpose.label(),
        about,
        now,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// `about` is what the link says yes to, beside the address.
pub async fn insert_link(
    tx: &mut Tx,
    token_hash: &[u8],
    link_purpose: LinkPurpose,
    user: UserId,
    (email, about): (&str, Option<Uuid>),
    now: DateTime<Utc>,
) -> AppResult<()> {
    let id: Uuid = tx.ctx().id();
    sqlx::query!(
        "insert into one_time_links (id, token_hash, purpose, user_id, email, created_at, expires_at, about)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        id,
        token_hash,
        link_purpose.label(),
        user.0,
        email,
        now,
        now + link_purpose.lifetime(),
        about,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// A sealed secret that no code has confirmed yet, or the confirmed one with recovery codes that wait to be written down.
pub async fn set_totp_secret(tx: &mut Tx, user: UserId, sealed: &[u8], now: DateTime<Utc>) -> AppResult<()> {
    sqlx::query!("update users set totp_secret = $2, updated_at = $3 where id = $1", user.0, sealed, now)
        .execute(tx.conn())
        .await?;
    Ok(())
}

pub async fn apply_second_factor(tx: &mut Tx, user: UserId, now: DateTime<Utc>) -> AppResult<()> {
    sqlx::query!(
        "update users set totp_enabled_at = $2, updated_at = $2 where id = $1 and totp_enabled_at is null",
        user.0,
        now,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Forgets the secret, and every recovery code.
pub async fn apply_second_factor_off(tx: &mut Tx, user: UserId, now: DateTime<Utc>) -> AppResult<()> {
    sqlx::query!("update users set totp_secret = null, totp_enabled_at = null, updated_at = $2 where id = $1", user.0, now,)
        .execute(tx.conn())
        .await?;
    sqlx::query!("delete from recovery_codes where user_id = $1", user.0).execute(tx.conn()).await?;
    Ok(())
}

/// Spends the half minute. False when it, or a later one, was spent before.
pub async fn spend_step(tx: &mut Tx, user: UserId, step: i64) -> AppResult<bool> {
    let spent = sqlx::query!("update users set totp_last_step = $2 where id = $1 and totp_last_step < $2", user.0, step)
        .execute(tx.conn())
        .await?;
    Ok(spent.rows_affected() == 1)
}

/// Puts new recovery codes in the place of all old ones.
pub async fn replace_recovery_codes(tx: &mut Tx, user: UserId, hashes: &[Vec<u8>]) -> AppResult<()> {
    sqlx::query!("delete from recovery_codes where user_id = $1", user.0).execute(tx.conn()).await?;
    sqlx::query!(
        "insert into recovery_codes (user_id, code_hash) select $1, c.hash from unnest($2::bytea[]) as c (hash)",
        user.0,
        hashes,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Uses a recovery code up. False when there is no such code, or it was used.
pub async fn spend_recovery_code(tx: &mut Tx, user: UserId, hash: &[u8], now: DateTime<Utc>) -> AppResult<bool> {
    let spent = sqlx::query!(
        "update recovery_codes set used_at = $3 where user_id = $1 and code_hash = $2 and used_at is null",
        user.0,
        hash,
        now,
    )
    .execute(tx.conn())
    .await?;
    Ok(spent.rows_affected() == 1)
}

pub async fn count_recovery_codes(tx: &mut Tx, user: UserId) -> AppResult<i64> {
    Ok(sqlx::query_scalar!(r#"select count(*) as "count!" from recovery_codes where user_id = $1 and used_at is null"#, user.0)
        .fetch_one(tx.conn())
        .await?)
}

/// As [`count_recovery_codes`], for a page.
pub async fn recovery_codes_left(pool: &PgPool, user: UserId) -> AppResult<i64> {
    Ok(sqlx::query_scalar!(r#"select count(*) as "count!" from recovery_codes where user_id = $1 and used_at is null"#, user.0)
        .fetch_one(pool)
        .await?)
}

/// True when the person did not have the role yet.
pub async fn give_staff_role(tx: &mut Tx, user: UserId, role: StaffRole, now: DateTime<Utc>) -> AppResult<bool> {
    let given = sqlx::query!(
        "insert into staff_roles (user_id, role, created_at) values ($1, $2, $3) on conflict do nothing",
        user.0,
        role.label(),
        now,
    )
    .execute(tx.conn())
    .await?;
    Ok(given.rows_affected() == 1)
}

/// Takes one role, or every one; gives those that they had, in the order of their labels.
pub async fn take_staff_roles(tx: &mut Tx, user: UserId, role: Option<StaffRole>) -> AppResult<Vec<StaffRole>> {
    let mut taken = sqlx::query_scalar!(
        "delete from staff_roles where user_id = $1 and ($2::text is null or role = $2) returning role",
        user.0,
        role.map(StaffRole::label),
    )
    .fetch_all(tx.conn())
    .await?;
    taken.sort();
    Ok(taken.iter().filter_map(|role| StaffRole::parse(role)).collect())
}

/// Staff with one of these roles, for mails and notices: each with the first of them by name.
pub async fn list_staff(pool: &PgPool, roles: &[StaffRole]) -> AppResult<Vec<(Recipient, StaffRole)>> {
    let roles: Vec<String> = roles.iter().map(|r| r.label().to_owned()).collect();
    Ok(sqlx::query!(
        r#"select u.id, u.name, u.email, min(r.role collate "C") as "role!" from users u join staff_roles r on r.user_id = u.id
           where u.suspended_at is null and r.role = any($1) group by u.id, u.name, u.email order by u.id"#,
        &roles,
    )
    .fetch_all(pool)
    .await?
    .into_iter()
    .filter_map(|row| {
        let role = StaffRole::parse(&row.role)?;
        Some((Recipient { user: row.id.into(), name: row.name, email: row.email }, role))
    })
    .collect())
}

/// A seat with whoever has it.
struct SeatOf {
    id: Uuid,
    user_name: String,
    email: String,
    kind: String,
    workspace_id: Uuid,
    slug: String,
    name: String,
    role: String,
    status: String,
    signatory: bool,
    finance: bool,
    guarded: Vec<String>,
}

impl From<SeatOf> for (Recipient, SeatRow) {
    fn from(row: SeatOf) -> Self {
        let seat = SeatRow {
            kind: row.kind,
            workspace_id: row.workspace_id,
            slug: row.slug,
            name: row.name,
            role: row.role,
            status: row.status,
            signatory: row.signatory,
            finance: row.finance,
            guarded: row.guarded,
        };
        (Recipient { user: row.id.into(), name: row.user_name, email: row.email }, seat)
    }
}

/// Everybody with a seat in a workspace who may sign in, with their role, whatever it asks a second factor for; at most 500.
pub async fn list_seats(pool: &PgPool, kind: &str, workspace: Uuid) -> AppResult<Vec<(Recipient, SeatRow)>> {
    let rows = sqlx::query_as!(
        SeatOf,
        r#"select u.id, u.name as user_name, u.email, w.kind as "kind!", w.workspace_id as "workspace_id!", w.slug as "slug!",
                  w.name as "name!", w.role as "role!", w.status as "status!", w.signatory as "signatory!", w.finance as "finance!",
                  '{}'::text[] as "guarded!"
           from seats w join users u on u.id = w.user_id
           where w.kind = $1 and w.workspace_id = $2 and u.suspended_at is null order by u.id limit 500"#,
        kind,
        workspace,
    )
    .fetch_all(pool)
    .await?;
    Ok(rows.into_iter().map(Into::into).collect())
}

/// Every seat of one person, while they may sign in.
pub async fn list_seats_of(pool: &PgPool, user: UserId) -> AppResult<Vec<(Recipient, SeatRow)>> {
    let rows = sqlx::query_as!(
        SeatOf,
        r#"select u.id, u.name as user_name, u.email, w.kind as "kind!", w.workspace_id as "workspace_id!", w.slug as "slug!",
                  w.name as "name!", w.role as "role!", w.status as "status!", w.signatory as "signatory!", w.finance as "finance!",
                  coalesce(p.needed_for, '{}') as "guarded!"
           from seats w join users u on u.id = w.user_id
           left join second_factor_policies p on p.kind = w.kind and p.workspace_id = w.workspace_id
           where w.user_id = $1 and u.suspended_at is null limit 200"#,
        user.0,
    )
    .fetch_all(pool)
    .await?;
    Ok(rows.into_iter().map(Into::into).collect())
}

/// `Some(now)` shuts a login, `None` opens it.
pub async fn apply_suspended(
    tx: &mut Tx,
    user: UserId,
    suspended_at: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> AppResult<()> {
    sqlx::query!("update users set suspended_at = $2, updated_at = $3 where id = $1", user.0, suspended_at, now)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Locks a login together with those of every platform admin, in the order of their ids; gives the admins whose login is
/// open and has a password.
pub async fn hold_with_admins(tx: &mut Tx, user: UserId) -> AppResult<Vec<UserId>> {
    // Whoever waits for a lock reads roles as they were before the wait; a second statement reads them as they are.
    lock_with_admins(tx, user).await?;
    lock_with_admins(tx, user).await
}

async fn lock_with_admins(tx: &mut Tx, user: UserId) -> AppResult<Vec<UserId>> {
    let held = sqlx::query!(
        r#"select u.id, (u.suspended_at is null and u.password_hash is not null and exists (
                      select 1 from staff_roles r where r.user_id = u.id and r.role = 'admin'
                  )) as "admin!"
           from users u
           where u.id = $1 or exists (select 1 from staff_roles r where r.user_id = u.id and r.role = 'admin')
           order by u.id for no key update of u"#,
        user.0,
    )
    .fetch_all(tx.conn())
    .await?;
    if held.iter().all(|row| row.id != user.0) {
        return Err(AppError::NotFound);
    }
    Ok(held.into_iter().filter(|row| row.admin).map(|row| row.id.into()).collect())
}

/// A login that is shut.
pub struct SuspendedRow {
    pub id: UserId,
    pub name: String,
    pub email: String,
    pub suspended_at: DateTime<Utc>,
}

pub async fn list_suspended(pool: &PgPool) -> AppResult<Vec<SuspendedRow>> {
    Ok(sqlx::query_as!(
        SuspendedRow,
        r#"select id, name, email, suspended_at as "suspended_at!" from users
           where suspended_at is not null order by suspended_at desc limit 100"#,
    )
    .fetch_all(pool)
    .await?)
}

/// One login, for admins.
pub struct RecordRow {
    pub id: UserId,
    pub name: String,
    pub email: String,
    pub created_at: DateTime<Utc>,
    pub email_verified: bool,
    pub has_password: bool,
    pub second_factor: bool,
    pub suspended_at: Option<DateTime<Utc>>,
    /// Live ones, and when one of them was used last.
    pub sessions: i64,
    pub seen_at: Option<DateTime<Utc>>,
    pub seats: Vec<SeatRow>,
    pub staff: Vec<String>,
}

/// One statement: a login with its seats, its staff roles and its live sessions, as [`find_person`] counts them.
pub async fn find_record(
    pool: &PgPool,
    user: UserId,
    seen_after: DateTime<Utc>,
    made_after: DateTime<Utc>,
) -> AppResult<Option<RecordRow>> {
    let row = sqlx::query!(
        r#"select u.id, u.name, u.email, u.created_at, u.email_verified_at, u.password_hash is not null as "has_password!",
                  u.totp_enabled_at, u.suspended_at, count(s.id) as "sessions!", max(s.last_seen_at) as seen_at,
                  coalesce((
                      select json_agg(json_build_object(
                          'kind', w.kind, 'workspace_id', w.workspace_id, 'slug', w.slug, 'name', w.name, 'role', w.role,
                          'status', w.status, 'signatory', w.signatory, 'finance', w.finance
                      ) order by w.kind, w.slug collate "C")
                      from seats w where w.user_id = u.id
                  ), '[]') as "seats!: Json<Vec<SeatRow>>",
                  coalesce((
                      select json_agg(r.role order by r.role collate "C") from staff_roles r where r.user_id = u.id
                  ), '[]') as "staff!: Json<Vec<String>>"
           from users u left join sessions s on s.user_id = u.id and s.last_seen_at > $2 and s.created_at > $3
           where u.id = $1 group by u.id"#,
        user.0,
        seen_after,
        made_after,
    )
    .fetch_optional(pool)
    .await?;
    Ok(row.map(|row| RecordRow {
        id: row.id.into(),
        name: row.name,
        email: row.email,
        created_at: row.created_at,
        email_verified: row.email_verified_at.is_some(),
        has_password: row.has_password,
        second_factor: row.totp_enabled_at.is_some(),
        suspended_at: row.suspended_at,
        sessions: row.sessions,
        seen_at: row.seen_at,
        seats: row.seats.0,
        staff: row.staff.0,
    }))
}

/// What people are called.
pub async fn list_names(pool: &PgPool, users: &[UserId]) -> AppResult<Vec<(UserId, String)>> {
    let ids: Vec<Uuid> = users.iter().map(|user| user.0).collect();
    let rows = sqlx::query!("select id, name from users where id = any($1)", &ids).fetch_all(pool).await?;
    Ok(rows.into_iter().map(|row| (row.id.into(), row.name)).collect())
}

/// Forgets sessions that are over, and links that ended before `links_before`.
pub async fn forget(
    pool: &PgPool,
    seen_before: DateTime<Utc>,
    made_before: DateTime<Utc>,
    links_before: DateTime<Utc>,
) -> AppResult<()> {
    sqlx::query!("delete from sessions where last_seen_at <= $1 or created_at <= $2", seen_before, made_before)
        .execute(pool)
        .await?;
    sqlx::query!("delete from one_time_links where expires_at < $1", links_before).execute(pool).await?;
    Ok(())
}
