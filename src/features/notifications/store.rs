//! SQL of mails and notices, and nothing else.

use super::hours::Hours;
use crate::{
    kernel::{
        error::AppResult,
        ids::{FactId, MailId, NoticeId, UserId},
    },
    platform::tx::Tx,
};
use chrono::{DateTime, Utc};
use sqlx::PgPool;
use uuid::Uuid;

/// A mail to be queued; bodies are sealed.
pub struct NewMail<'a> {
    pub id: MailId,
    pub once_key: &'a str,
    pub recipient: &'a str,
    pub recipient_name: &'a str,
    pub template: &'a str,
    pub subject: &'a str,
    pub body_text: &'a [u8],
    pub body_html: &'a [u8],
    /// Whose choice it follows, and about what; absent for mails that nobody can turn off.
    pub follows: Option<(UserId, &'a str)>,
}

/// Was this mail written already?
pub async fn has_mail(pool: &PgPool, once_key: &str) -> AppResult<bool> {
    Ok(sqlx::query_scalar!(r#"select exists(select 1 from mails where once_key = $1) as "there!""#, once_key)
        .fetch_one(pool)
        .await?)
}

/// False when a twin wrote it first.
pub async fn insert_mail(tx: &mut Tx, mail: &NewMail<'_>) -> AppResult<bool> {
    let (now, trace) = (tx.ctx().now(), tx.ctx().trace_id.to_string());
    let made = sqlx::query!(
        "insert into mails (id, once_key, recipient, recipient_name, template, subject, body_text, body_html, state, trace_id, created_at, user_id, topic)
         values ($1, $2, $3, $4, $5, $6, $7, $8, 'queued', $9, $10, $11, $12) on conflict on constraint mails_once_key do nothing",
        mail.id.0,
        mail.once_key,
        mail.recipient,
        mail.recipient_name,
        mail.template,
        mail.subject,
        mail.body_text,
        mail.body_html,
        trace,
        now,
        mail.follows.map(|(user, _)| user.0),
        mail.follows.map(|(_, topic)| topic),
    )
    .execute(tx.conn())
    .await?;
    Ok(made.rows_affected() == 1)
}

/// Says it once for each person and fact.
pub async fn insert_notice(tx: &mut Tx, user: UserId, fact: FactId, workspace: &str, title: &str, href: &str) -> AppResult<()> {
    let (id, now) = (tx.ctx().id::<NoticeId>(), tx.ctx().now());
    sqlx::query!(
        "insert into notices (id, user_id, fact_id, workspace, title, href, created_at) values ($1, $2, $3, $4, $5, $6, $7)
         on conflict on constraint notices_once_key do nothing",
        id.0,
        user.0,
        fact.0,
        workspace,
        title,
        href,
        now,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// A mail as it is stored.
pub struct MailRow {
    pub id: MailId,
    pub recipient: String,
    pub recipient_name: String,
    pub template: String,
    pub subject: String,
    pub body_text: Option<Vec<u8>>,
    pub body_html: Option<Vec<u8>>,
    pub state: String,
    pub last_error: Option<String>,
    pub trace_id: String,
    pub created_at: DateTime<Utc>,
    pub sent_at: Option<DateTime<Utc>>,
    pub user_id: Option<Uuid>,
    pub topic: Option<String>,
}

pub async fn find_mail(pool: &PgPool, id: MailId) -> AppResult<Option<MailRow>> {
    Ok(sqlx::query_as!(
        MailRow,
        "select id, recipient, recipient_name, template, subject, body_text, body_html, state, last_error, trace_id, created_at, sent_at, user_id, topic
         from mails where id = $1",
        id.0,
    )
    .fetch_optional(pool)
    .await?)
}

/// The newest first; to everybody, or to one address.
pub async fn list_mails(pool: &PgPool, to: Option<&str>, limit: i64) -> AppResult<Vec<MailRow>> {
    Ok(sqlx::query_as!(
        MailRow,
        "select id, recipient, recipient_name, template, subject, body_text, body_html, state, last_error, trace_id, created_at, sent_at, user_id, topic
         from mails where $1::text is null or lower(recipient) = lower($1) order by created_at desc, id desc limit $2",
        to,
        limit,
    )
    .fetch_all(pool)
    .await?)
}

/// The server took it. Bodies are kept only where people read them there, in development.
pub async fn mark_sent(pool: &PgPool, id: MailId, keep_bodies: bool, now: DateTime<Utc>) -> AppResult<()> {
    sqlx::query!(
        "update mails set state = 'sent', sent_at = $2, attempts = attempts + 1, last_error = null,
                body_text = case when $3 then body_text end, body_html = case when $3 then body_html end
         where id = $1 and state = 'queued'",
        id.0,
        now,
        keep_bodies,
    )
    .execute(pool)
    .await?;
    Ok(())
}

/// It did not leave; `is_final` when trying again is worth nothing.
pub async fn mark_failed(pool: &PgPool, id: MailId, problem: &str, is_final: bool) -> AppResult<()> {
    sqlx::query!(
        "update mails set attempts = attempts + 1, last_error = $2, state = case when $3 then 'failed' else state end
         where id = $1 and state = 'queued'",
        id.0,
        problem,
        is_final,
    )
    .execute(pool)
    .await?;
    Ok(())
}

/// These were given up, and wait again.
pub async fn queue_again(tx: &mut Tx, mails: &[Uuid]) -> AppResult<()> {
    sqlx::query!("update mails set state = 'queued' where id = any($1) and state = 'failed'", mails).execute(tx.conn()).await?;
    Ok(())
}

/// A letter that waited is written again before it leaves; bodies are sealed.
pub async fn rewrite_mail(pool: &PgPool, mail: &MailRow) -> AppResult<()> {
    sqlx::query!(
        "update mails set recipient = $2, recipient_name = $3, subject = $4, body_text = $5, body_html = $6
         where id = $1 and state = 'queued'",
        mail.id.0,
        mail.recipient,
        mail.recipient_name,
        mail.subject,
        mail.body_text.as_deref(),
        mail.body_html.as_deref(),
    )
    .execute(pool)
    .await?;
    Ok(())
}

/// Nobody is to read it any more.
pub async fn mark_dropped(pool: &PgPool, id: MailId) -> AppResult<()> {
    sqlx::query!(
        "update mails set state = 'dropped', body_text = null, body_html = null where id = $1 and state = 'queued'",
        id.0,
    )
    .execute(pool)
    .await?;
    Ok(())
}

/// Empties so many letters that were sent before this moment, or refused before it and not of these subjects of dead jobs; gives how
/// many that were.
pub async fn empty_mails(pool: &PgPool, before: DateTime<Utc>, dead: &[String], limit: i64) -> AppResult<u64> {
    let emptied = sqlx::query!(
        "update mails set body_text = null, body_html = null where id in (
             select id from mails
             where body_text is not null
               and (state = 'sent' and sent_at < $1 or state = 'failed' and created_at < $1 and not 'mail:' || id::text = any($2))
             order by created_at limit $3
         )",
        before,
        dead,
        limit,
    )
    .execute(pool)
    .await?;
    Ok(emptied.rows_affected())
}

/// A notice of one person.
pub struct NoticeRow {
    pub id: NoticeId,
    pub workspace: String,
    pub title: String,
    pub href: String,
    pub created_at: DateTime<Utc>,
    pub read_at: Option<DateTime<Utc>>,
}

/// Newest first, after the given one; of one workspace, and only unread ones, when that is wanted.
pub async fn list_notices(
    pool: &PgPool,
    user: UserId,
    workspace: Option<&str>,
    only_unread: bool,
    after: Option<(DateTime<Utc>, NoticeId)>,
    limit: i64,
    offset: i64,
) -> AppResult<Vec<NoticeRow>> {
    let (at, id) = after.map(|(at, id)| (at, id.0)).unzip();
    Ok(sqlx::query_as!(
        NoticeRow,
        "select id, workspace, title, href, created_at, read_at from notices
         where user_id = $1 and ($2::timestamptz is null or (created_at, id) < ($2, $3::uuid))
           and ($5::text is null or workspace = $5) and (not $6 or read_at is null)
         order by created_at desc, id desc limit $4 offset $7",
        user.0,
        at,
        id,
        limit,
        workspace,
        only_unread,
        offset,
    )
    .fetch_all(pool)
    .await?)
}

/// Was this person told of this fact in the house?
pub async fn has_notice(pool: &PgPool, user: UserId, fact: FactId) -> AppResult<bool> {
    Ok(sqlx::query_scalar!(
        r#"select exists(select 1 from notices where user_id = $1 and fact_id = $2) as "there!""#,
        user.0,
        fact.0,
    )
    .fetch_one(pool)
    .await?)
}

/// How many wait to be read.
pub async fn count_unread(pool: &PgPool, user: UserId) -> AppResult<i64> {
    Ok(sqlx::query_scalar!(r#"select count(*) as "count!" from notices where user_id = $1 and read_at is null"#, user.0,)
        .fetch_one(pool)
        .await?)
}

/// Workspace, unread ones, all: exact.
pub async fn count_by_workspace(pool: &PgPool, user: UserId) -> AppResult<Vec<(String, i64, i64)>> {
    Ok(sqlx::query!(
        r#"select workspace, count(*) filter (where read_at is null) as "unread!", count(*) as "total!"
           from notices where user_id = $1 group by workspace order by workspace collate "C""#,
        user.0,
    )
    .fetch_all(pool)
    .await?
    .into_iter()
    .map(|row| (row.workspace, row.unread, row.total))
    .collect())
}

/// Marks these, or with `None` all, of a workspace or of all, as read. Somebody else's are not touched.
pub async fn mark_read(
    pool: &PgPool,
    user: UserId,
    notices: Option<&[Uuid]>,
    workspace: Option<&str>,
    now: DateTime<Utc>,
) -> AppResult<()> {
    sqlx::query!(
        "update notices set read_at = $3
         where user_id = $1 and ($2::uuid[] is null or id = any($2)) and ($4::text is null or workspace = $4) and read_at is null",
        user.0,
        notices,
        now,
        workspace,
    )
    .execute(pool)
    .await?;
    Ok(())
}

// ── What somebody chose ─────────────────────────────────────────────────────────────────────────────────────────────

/// What somebody chose about one topic, and their hours as they are stored: zone, quiet from and until, digest.
pub struct ChoiceRow {
    pub pace: Option<String>,
    pub zone: Option<String>,
    pub quiet_from: Option<i16>,
    pub quiet_until: Option<i16>,
    pub digest_at: Option<i16>,
}

pub async fn find_choice(pool: &PgPool, user: UserId, topic: &str) -> AppResult<Option<ChoiceRow>> {
    Ok(sqlx::query_as!(
        ChoiceRow,
        r#"select c.pace as "pace?", h.zone as "zone?", h.quiet_from as "quiet_from?", h.quiet_until as "quiet_until?",
                  h.digest_at as "digest_at?"
           from users u left join mail_choices c on c.user_id = u.id and c.topic = $2 left join mail_hours h on h.user_id = u.id
           where u.id = $1"#,
        user.0,
        topic,
    )
    .fetch_optional(pool)
    .await?)
}

/// Topic and pace of everything that somebody chose.
pub async fn list_choices(pool: &PgPool, user: UserId) -> AppResult<Vec<(String, String)>> {
    Ok(sqlx::query!("select topic, pace from mail_choices where user_id = $1", user.0)
        .fetch_all(pool)
        .await?
        .into_iter()
        .map(|row| (row.topic, row.pace))
        .collect())
}

pub async fn set_choices(tx: &mut Tx, user: UserId, topics: &[String], paces: &[String], now: DateTime<Utc>) -> AppResult<()> {
    sqlx::query!(
        "insert into mail_choices (user_id, topic, pace, updated_at)
         select $1, c.topic, c.pace, $4 from unnest($2::text[], $3::text[]) as c (topic, pace)
         on conflict (user_id, topic) do update set pace = excluded.pace, updated_at = excluded.updated_at",
        user.0,
        topics,
        paces,
        now,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Turns every topic off that comes by digest.
pub async fn turn_digest_off(tx: &mut Tx, user: UserId, now: DateTime<Utc>) -> AppResult<()> {
    sqlx::query!("update mail_choices set pace = 'off', updated_at = $2 where user_id = $1 and pace = 'digest'", user.0, now)
        .execute(tx.conn())
        .await?;
    Ok(())
}

pub async fn set_hours(tx: &mut Tx, user: UserId, hours: &Hours, now: DateTime<Utc>) -> AppResult<()> {
    let hour = |hour: u32| i16::try_from(hour).unwrap_or_default();
    sqlx::query!(
        "insert into mail_hours (user_id, zone, quiet_from, quiet_until, digest_at, updated_at) values ($1, $2, $3, $4, $5, $6)
         on conflict (user_id) do update set zone = excluded.zone, quiet_from = excluded.quiet_from,
             quiet_until = excluded.quiet_until, digest_at = excluded.digest_at, updated_at = excluded.updated_at",
        user.0,
        hours.zone.name(),
        hour(hours.quiet_from),
        hour(hours.quiet_until),
        hour(hours.digest_at),
        now,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// One line of somebody's next digest; false when it stands there, or stood in an earlier one.
pub async fn insert_digest_line(
    tx: &mut Tx,
    user: UserId,
    fact: FactId,
    template: &str,
    workspace: &str,
    title: &str,
    href: &str,
) -> AppResult<bool> {
    let now = tx.ctx().now();
    let made = sqlx::query!(
        "insert into digest_lines (user_id, fact_id, template, workspace, title, href, created_at) values ($1, $2, $3, $4, $5, $6, $7)
         on conflict do nothing",
        user.0,
        fact.0,
        template,
        workspace,
        title,
        href,
        now,
    )
    .execute(tx.conn())
    .await?;
    Ok(made.rows_affected() == 1)
}

/// What waits for somebody's digest, oldest first: its fact, template and title.
pub async fn list_digest_lines(pool: &PgPool, user: UserId) -> AppResult<Vec<(FactId, String, String)>> {
    Ok(sqlx::query!(
        "select fact_id, template, title from digest_lines where user_id = $1 and sent_at is null order by created_at, fact_id",
        user.0,
    )
    .fetch_all(pool)
    .await?
    .into_iter()
    .map(|row| (FactId(row.fact_id), row.template, row.title))
    .collect())
}

/// Takes what waits for somebody's digest, oldest first: its fact, template and title.
pub async fn take_digest_lines(tx: &mut Tx, user: UserId, now: DateTime<Utc>) -> AppResult<Vec<(FactId, String, String)>> {
    Ok(sqlx::query!(
        r#"with taken as (
               update digest_lines set sent_at = $2 where user_id = $1 and sent_at is null returning template, title, created_at, fact_id
           )
           select fact_id as "fact!", template as "template!", title as "title!" from taken order by created_at, fact_id"#,
        user.0,
        now,
    )
    .fetch_all(tx.conn())
    .await?
    .into_iter()
    .map(|row| (FactId(row.fact), row.template, row.title))
    .collect())
}

/// Forgets lines of digests that left before this moment.
pub async fn forget_digest_lines(pool: &PgPool, before: DateTime<Utc>) -> AppResult<()> {
    sqlx::query!("delete from digest_lines where sent_at < $1", before).execute(pool).await?;
    Ok(())
}
