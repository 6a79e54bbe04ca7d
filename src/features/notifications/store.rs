//! SQL of mails and notices, and nothing else.

use crate::{
    kernel::{
        error::AppResult,
        ids::{FactId, MailId, NoticeId, UserId},
    },
    platform::tx::Tx,
};
use chrono::{DateTime, Utc};
use sqlx::PgPool;

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
        "insert into mails (id, once_key, recipient, recipient_name, template, subject, body_text, body_html, state, trace_id, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, 'queued', $9, $10) on conflict on constraint mails_once_key do nothing",
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
}

pub async fn find_mail(pool: &PgPool, id: MailId) -> AppResult<Option<MailRow>> {
    Ok(sqlx::query_as!(
        MailRow,
        "select id, recipient, recipient_name, template, subject, body_text, body_html, state, last_error, trace_id, created_at, sent_at
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
        "select id, recipient, recipient_name, template, subject, body_text, body_html, state, last_error, trace_id, created_at, sent_at
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

/// A notice of one person.
pub struct NoticeRow {
    pub id: NoticeId,
    pub title: String,
    pub href: String,
    pub created_at: DateTime<Utc>,
    pub read_at: Option<DateTime<Utc>>,
}

/// Newest first, after the given one.
pub async fn list_notices(
    pool: &PgPool,
    user: UserId,
    after: Option<(DateTime<Utc>, NoticeId)>,
    limit: i64,
) -> AppResult<Vec<NoticeRow>> {
    let (at, id) = after.map(|(at, id)| (at, id.0)).unzip();
    Ok(sqlx::query_as!(
        NoticeRow,
        "select id, title, href, created_at, read_at from notices
         where user_id = $1 and ($2::timestamptz is null or (created_at, id) < ($2, $3::uuid))
         order by created_at desc, id desc limit $4",
        user.0,
        at,
        id,
        limit,
    )
    .fetch_all(pool)
    .await?)
}

/// How many wait to be read; counting stops at 100.
pub async fn count_unread(pool: &PgPool, user: UserId) -> AppResult<i64> {
    Ok(sqlx::query_scalar!(
        r#"select count(*) as "count!" from (select 1 as one from notices where user_id = $1 and read_at is null limit 100) as n"#,
        user.0,
    )
    .fetch_one(pool)
    .await?)
}

/// Marks one notice, or with `None` all of a person, as read.
pub async fn mark_read(pool: &PgPool, user: UserId, notice: Option<NoticeId>, now: DateTime<Utc>) -> AppResult<()> {
    sqlx::query!(
        "update notices set read_at = $3 where user_id = $1 and ($2::uuid is null or id = $2) and read_at is null",
        user.0,
        notice.map(|n| n.0),
        now,
    )
    .execute(pool)
    .await?;
    Ok(())
}
