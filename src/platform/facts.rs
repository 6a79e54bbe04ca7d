//! The append-only record of what happened: a hash chain for every subject, checkpoints over all of them, and the proof
//! that neither was touched. Which facts exist, and who may read them, is said by `features/facts.rs`.

use super::{
    crypto::{CheckpointKey, verify_signature},
    ctx::Ctx,
    storage::Key,
};
use crate::kernel::{
    actor::{Actor, Workspace},
    canonical,
    error::{AppError, AppResult},
    fact::{Statement, Subject},
    ids::FactId,
};
use anyhow::Context as _;
use chrono::{DateTime, SecondsFormat, Utc};
use rand::Rng as _;
use serde_json::{Value, json};
use sqlx::{PgConnection, PgExecutor, PgPool};
use uuid::Uuid;

/// Is this room and name a fact of the house?
pub type FactRegistry = fn(room: &str, name: &str) -> bool;

/// Who says a fact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Voice {
    /// Somebody signed in, for the workspace they act for.
    Acting { user: Uuid, kind: &'static str, id: Option<Uuid> },
    /// Somebody who is not signed in: an applicant, the holder of a mailed link (then with the user it belongs to).
    Visitor { user: Option<Uuid> },
    /// A deadline, a job, a command.
    System,
}

impl From<&Actor> for Voice {
    fn from(actor: &Actor) -> Self {
        let (kind, id) = match actor.acting.as_ref().map(|m| m.workspace) {
            Some(Workspace::Organization { id, .. }) => ("organization", Some(id.0)),
            Some(Workspace::Community { id, .. }) => ("community", Some(id.0)),
            Some(Workspace::Staff { .. }) => ("staff", None),
            None => ("person", None),
        };
        Self::Acting { user: actor.user().0, kind, id }
    }
}

impl Voice {
    fn parts(&self) -> (Option<Uuid>, &'static str, Option<Uuid>) {
        match self {
            Self::Acting { user, kind, id } => (Some(*user), kind, *id),
            Self::Visitor { user } => (*user, "visitor", None),
            Self::System => (None, "system", None),
        }
    }
}

/// A fact that waits for its commit.
pub struct Stated {
    pub id: FactId,
    pub at: DateTime<Utc>,
    pub voice: Voice,
    pub statement: Statement,
}

/// A fact as it is read back: by consumers and timelines.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredFact {
    pub id: FactId,
    pub at: DateTime<Utc>,
    pub actor_user_id: Option<Uuid>,
    pub acting_kind: String,
    pub acting_id: Option<Uuid>,
    pub room: String,
    pub name: String,
    pub subject_kind: String,
    pub subject_id: Uuid,
    pub seq: i64,
    pub trace_id: String,
    /// The key of the program that did it for the actor.
    pub api_key: Option<Uuid>,
    pub payload: Value,
    /// Empty once erased.
    pub private: Value,
}

/// Appends the facts of one transaction. Heads are locked in the order of their subjects, after every other lock.
pub(super) async fn write(conn: &mut PgConnection, ctx: &Ctx, mut stated: Vec<Stated>) -> AppResult<()> {
    stated.sort_by_key(|s| s.statement.subject);
    for fact in stated {
        let Statement { room, name, subject, about, payload, private } = fact.statement;
        if !(ctx.house.known)(room, name) {
            return Err(AppError::broken(format!("the fact {room}/{name} is not in the list of facts")));
        }
        let (seq, prev) = hold_head(conn, subject).await?;
        let private = private.map(|fields| {
            let mut salt = [0_u8; 16];
            rand::rng().fill_bytes(&mut salt);
            let text = canonical::text(&fields);
            (salt, private_hash(&salt, &text), text)
        });
        let (user, acting_kind, acting_id) = fact.voice.parts();
        let payload = canonical::text(&payload);
        let mut body = json!({
            "v": 1,
            "id": fact.id,
            "at": instant(fact.at),
            "actor": user,
            "actingKind": acting_kind,
            "actingId": acting_id,
            "room": room,
            "name": name,
            "subjectKind": subject.kind.label(),
            "subjectId": subject.id,
            "seq": seq,
            "traceId": &*ctx.trace_id,
            "payload": &payload,
            "private": private.as_ref().map(|(_, hash, _)| hash),
            "prev": prev.as_deref().map(hex::encode),
        });
        // Said only where there is one, as in facts from before there were keys.
        let key = ctx.key.map(|key| key.0);
        if let Some(key) = key {
            body["key"] = json!(key);
        }
        let body = canonical::text(&body);
        let hash = canonical::sha256(&body);
        sqlx::query!(
            "insert into facts (id, at, actor_user_id, acting_kind, acting_id, room, name, subject_kind, subject_id, seq,
                                trace_id, payload, body, prev_hash, hash, api_key_id)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
            fact.id.0,
            fact.at,
            user,
            acting_kind,
            acting_id,
            room,
            name,
            subject.kind.label(),
            subject.id,
            seq,
            &*ctx.trace_id,
            payload,
            body,
            prev,
            &hash[..],
            key,
        )
        .execute(&mut *conn)
        .await?;
        if let Some((salt, _, fields)) = &private {
            sqlx::query!("insert into fact_private (fact_id, salt, fields) values ($1, $2, $3)", fact.id.0, &salt[..], fields)
                .execute(&mut *conn)
                .await?;
        }
        let mut shown = about;
        shown.push(subject);
        shown.sort_unstable();
        shown.dedup();
        let kinds: Vec<String> = shown.iter().map(|s| s.kind.label().to_owned()).collect();
        let ids: Vec<Uuid> = shown.iter().map(|s| s.id).collect();
        sqlx::query!(
            "insert into fact_about (fact_id, subject_kind, subject_id, at)
             select $1, s.kind, s.id, $4 from unnest($2::text[], $3::uuid[]) as s (kind, id)",
            fact.id.0,
            &kinds,
            &ids,
            fact.at,
        )
        .execute(&mut *conn)
        .await?;
        sqlx::query!(
            "update fact_heads set seq = $3, hash = $4, moved = true where subject_kind = $1 and subject_id = $2",
            subject.kind.label(),
            subject.id,
            seq,
            &hash[..],
        )
        .execute(&mut *conn)
        .await?;
        sqlx::query!("insert into outbox (fact_id) values ($1)", fact.id.0).execute(&mut *conn).await?;
    }
    Ok(())
}

/// Locks the subject's head; gives the next number and the hash before it.
async fn hold_head(conn: &mut PgConnection, subject: Subject) -> AppResult<(i64, Option<Vec<u8>>)> {
    sqlx::query!(
        "insert into fact_heads (subject_kind, subject_id, seq, hash) values ($1, $2, 0, ''::bytea) on conflict do nothing",
        subject.kind.label(),
        subject.id,
    )
    .execute(&mut *conn)
    .await?;
    let head = sqlx::query!(
        "select seq, hash from fact_heads where subject_kind = $1 and subject_id = $2 for update",
        subject.kind.label(),
        subject.id,
    )
    .fetch_one(&mut *conn)
    .await?;
    Ok((head.seq + 1, (head.seq > 0).then_some(head.hash)))
}

fn private_hash(salt: &[u8], text: &str) -> String {
    canonical::sha256_hex(&format!("{}:{text}", hex::encode(salt)))
}

fn instant(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Micros, true)
}

/// What has become of a story that was told in a database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Since {
    /// When its newest fact was stated; nothing when it was never told.
    pub told: Option<DateTime<Utc>>,
    /// Has somebody stated a fact of their own beside it?
    pub by_hand: bool,
}

/// Looks for the facts of a story, whose traces begin like this, and for those of people beside it, but for quiet ones. Reads every
/// fact: for development.
///
/// # Errors
/// When the database is away.
pub async fn since(pool: &PgPool, trace: &str, quiet: &[&str]) -> AppResult<Since> {
    let quiet: Vec<String> = quiet.iter().map(|name| (*name).to_owned()).collect();
    let row = sqlx::query!(
        r#"select max(at) filter (where starts_with(trace_id, $1)) as told,
                  coalesce(bool_or(not starts_with(trace_id, $1) and acting_kind <> 'system' and name <> all ($2)), false)
                      as "by_hand!"
           from facts"#,
        trace,
        &quiet,
    )
    .fetch_one(pool)
    .await?;
    Ok(Since { told: row.told, by_hand: row.by_hand })
}

/// A fact as its rows hold it.
struct FactRow {
    id: Uuid,
    at: DateTime<Utc>,
    actor_user_id: Option<Uuid>,
    acting_kind: String,
    acting_id: Option<Uuid>,
    room: String,
    name: String,
    subject_kind: String,
    subject_id: Uuid,
    seq: i64,
    trace_id: String,
    api_key_id: Option<Uuid>,
    payload: String,
    fields: Option<String>,
}

impl From<FactRow> for StoredFact {
    fn from(row: FactRow) -> Self {
        Self {
            id: FactId(row.id),
            at: row.at,
            actor_user_id: row.actor_user_id,
            acting_kind: row.acting_kind,
            acting_id: row.acting_id,
            room: row.room,
            name: row.name,
            subject_kind: row.subject_kind,
            subject_id: row.subject_id,
            seq: row.seq,
            trace_id: row.trace_id,
            api_key: row.api_key_id,
            payload: parse(&row.payload),
            private: row.fields.as_deref().map_or(Value::Null, parse),
        }
    }
}

/// One fact, for a consumer; by the connection of an open transaction where there is one.
pub async fn get(db: impl PgExecutor<'_>, id: FactId) -> AppResult<StoredFact> {
    let row = sqlx::query_as!(
        FactRow,
        r#"select f.id, f.at, f.actor_user_id, f.acting_kind, f.acting_id, f.room, f.name, f.subject_kind, f.subject_id, f.seq,
                  f.trace_id, f.api_key_id, f.payload, p.fields as "fields?"
           from facts f left join fact_private p on p.fact_id = f.id where f.id = $1"#,
        id.0,
    )
    .fetch_one(db)
    .await?;
    Ok(row.into())
}

/// Has one of these been stated of the same subject, by the same room, since that fact?
///
/// # Errors
/// When the database is away.
pub async fn is_followed(db: impl PgExecutor<'_>, id: FactId, names: &[&str]) -> AppResult<bool> {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    Ok(sqlx::query_scalar!(
        r#"select exists (
               select 1 from facts was join facts f on f.subject_kind = was.subject_kind and f.subject_id = was.subject_id
               where was.id = $1 and f.seq > was.seq and f.room = was.room and f.name = any($2)
           ) as "is!""#,
        id.0,
        &names,
    )
    .fetch_one(db)
    .await?)
}

/// The facts that a subject's timeline shows, oldest first, at most `limit`. Filter them by audience before showing.
pub async fn timeline(pool: &PgPool, subject: Subject, limit: i64) -> AppResult<Vec<StoredFact>> {
    let rows = sqlx::query_as!(
        FactRow,
        r#"select f.id, f.at, f.actor_user_id, f.acting_kind, f.acting_id, f.room, f.name, f.subject_kind, f.subject_id, f.seq,
                  f.trace_id, f.api_key_id, f.payload, p.fields as "fields?"
           from fact_about a join facts f on f.id = a.fact_id left join fact_private p on p.fact_id = f.id
           where a.subject_kind = $1 and a.subject_id = $2 order by a.at desc, f.id desc limit $3"#,
        subject.kind.label(),
        subject.id,
        limit,
    )
    .fetch_all(pool)
    .await?;
    Ok(rows.into_iter().rev().map(StoredFact::from).collect())
}

/// Shows everything that one subject's timeline shows in another's too. No chain is touched: only where facts are shown.
///
/// # Errors
/// When the database is away.
pub async fn show_also(conn: &mut PgConnection, of: Subject, on: Subject) -> AppResult<()> {
    sqlx::query!(
        "insert into fact_about (fact_id, subject_kind, subject_id, at)
         select fact_id, $3, $4, at from fact_about where subject_kind = $1 and subject_id = $2
         on conflict do nothing",
        of.kind.label(),
        of.id,
        on.kind.label(),
        on.id,
    )
    .execute(conn)
    .await?;
    Ok(())
}

fn parse(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or(Value::Null)
}

/// Under which the copies of checkpoints lie in the object store.
pub const COPIES: &str = "checkpoints";

/// Where the checkpoint's copy lies in the object store.
fn checkpoint_key(number: i64) -> anyhow::Result<Key> {
    Ok(Key::parse(&format!("{COPIES}/{number:012}.json"))?)
}

/// Signs the heads that moved since the last checkpoint, chained to it, and copies it to the object store. The store is
/// written after the commit, with nothing locked; a copy that a crash kept back is written by the next run.
///
/// # Errors
/// When the database or the store is away; the next run goes on from there.
pub async fn checkpoint(ctx: &Ctx) -> anyhow::Result<()> {
    record_checkpoint(ctx).await?;
    copy_checkpoints(ctx).await
}

async fn record_checkpoint(ctx: &Ctx) -> anyhow::Result<()> {
    let mut tx = ctx.house.pool.begin().await?;
    // One writer at a time; whoever comes second leaves it to the first.
    let alone = sqlx::query_scalar!(r#"select pg_try_advisory_xact_lock(7201) as "alone!""#).fetch_one(&mut *tx).await?;
    if !alone {
        return Ok(());
    }
    let heads = sqlx::query!(
        "select subject_kind, subject_id, seq, hash from fact_heads where moved and seq > 0
         order by subject_kind, subject_id limit 5000 for update skip locked"
    )
    .fetch_all(&mut *tx)
    .await?;
    if heads.is_empty() {
        return Ok(());
    }
    let last =
        sqlx::query!("select number, hash from fact_checkpoints order by number desc limit 1").fetch_optional(&mut *tx).await?;
    let number = last.as_ref().map_or(0, |l| l.number) + 1;
    let prev = last.map(|l| l.hash);
    let at = ctx.now();
    let body = canonical::text(&json!({
        "v": 1,
        "number": number,
        "at": instant(at),
        "prev": prev.as_deref().map(hex::encode),
        "heads": heads.iter().map(|h| json!([h.subject_kind, h.subject_id, h.seq, hex::encode(&h.hash)])).collect::<Vec<_>>(),
    }));
    let hash = canonical::sha256(&body);
    let signature = ctx.house.signing.sign(body.as_bytes());
    sqlx::query!(
        "insert into fact_checkpoints (number, at, body, prev_hash, hash, signature) values ($1, $2, $3, $4, $5, $6)",
        number,
        at,
        body,
        prev,
        &hash[..],
        &signature[..],
    )
    .execute(&mut *tx)
    .await?;
    let kinds: Vec<String> = heads.iter().map(|h| h.subject_kind.clone()).collect();
    let ids: Vec<Uuid> = heads.iter().map(|h| h.subject_id).collect();
    sqlx::query!(
        "update fact_heads h set moved = false from unnest($1::text[], $2::uuid[]) as s (kind, id)
         where h.subject_kind = s.kind and h.subject_id = s.id",
        &kinds,
        &ids,
    )
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(())
}

/// Writes every checkpoint that has no copy yet, the oldest first, so that those without one are always the last.
async fn copy_checkpoints(ctx: &Ctx) -> anyhow::Result<()> {
    let mut waiting = Vec::new();
    let mut before = i64::MAX;
    while let Some((number, copy)) = checkpoint_before(ctx, before).await? {
        match ctx.house.store.get(&checkpoint_key(number)?).await? {
            Some(there) if there.bytes[..] == *copy.as_bytes() => break,
            Some(other) => {
                // One that was never committed names heads that are still there; another one is a database that lost some.
                let other: Value = serde_json::from_slice(&other.bytes)?;
                if let Some(fault) = lost_head(ctx, other["body"].as_str().unwrap_or_default()).await? {
                    anyhow::bail!("checkpoint {number} in the store is another one, and stays: {fault}");
                }
            }
            None => {}
        }
        waiting.push(number);
        before = number;
    }
    for number in waiting.into_iter().rev() {
        if let Some((number, copy)) = checkpoint_before(ctx, number + 1).await? {
            ctx.house.store.put(&checkpoint_key(number)?, copy.into_bytes(), "application/json").await?;
        }
    }
    Ok(())
}

/// The newest checkpoint below a number, as the store keeps it.
async fn checkpoint_before(ctx: &Ctx, before: i64) -> anyhow::Result<Option<(i64, String)>> {
    let row = signed_before(&ctx.house.pool, before).await?;
    Ok(row.map(|row| (row.number, canonical::text(&json!({"body": row.body, "signature": hex::encode(row.signature)})))))
}

/// What was signed at a checkpoint, and how.
struct Signed {
    number: i64,
    body: String,
    signature: Vec<u8>,
}

async fn signed_before(db: impl PgExecutor<'_>, before: i64) -> anyhow::Result<Option<Signed>> {
    Ok(sqlx::query_as!(
        Signed,
        "select number, body, signature from fact_checkpoints where number < $1 order by number desc limit 1",
        before
    )
    .fetch_optional(db)
    .await?)
}

/// Has this key signed the newest checkpoint, if there is one?
///
/// # Errors
/// When the database is away.
pub async fn is_signed_with(db: impl PgExecutor<'_>, key: &CheckpointKey) -> anyhow::Result<bool> {
    let newest = signed_before(db, i64::MAX).await?;
    Ok(newest.is_none_or(|it| verify_signature(&key.public(), it.body.as_bytes(), &it.signature)))
}

/// What [`verify`] counted, and the first thing that is wrong.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    pub facts: u64,
    pub chains: u64,
    pub checkpoints: u64,
    /// In words, with the row named.
    pub fault: Option<String>,
}

/// Checks every chain, every private part, every head and every checkpoint, in the database and in the store.
///
/// # Errors
/// When something cannot be read at all; a broken chain is a [`Verdict::fault`].
pub async fn verify(ctx: &Ctx) -> anyhow::Result<Verdict> {
    let mut verdict = Verdict::default();
    let mut cursor: Option<(String, Uuid, i64)> = None;
    let mut chain: Option<(String, Uuid, i64, Vec<u8>)> = None;
    loop {
        let (kind, id, seq) = cursor.clone().unwrap_or_default();
        let rows = sqlx::query!(
            r#"select f.id, f.at, f.actor_user_id, f.acting_kind, f.acting_id, f.room, f.name, f.subject_kind, f.subject_id, f.seq,
                      f.trace_id, f.api_key_id, f.payload, f.body, f.prev_hash, f.hash, p.salt as "salt?", p.fields as "fields?"
               from facts f left join fact_private p on p.fact_id = f.id
               where (f.subject_kind, f.subject_id, f.seq) > ($1, $2, $3)
               order by f.subject_kind, f.subject_id, f.seq limit 1000"#,
            kind,
            id,
            seq,
        )
        .fetch_all(&ctx.house.pool)
        .await?;
        let Some(last) = rows.last() else { break };
        cursor = Some((last.subject_kind.clone(), last.subject_id, last.seq));
        for row in rows {
            let place = format!("fact {} ({} {} no. {})", row.id, row.subject_kind, row.subject_id, row.seq);
            verdict.facts += 1;
            let continues = matches!(&chain, Some((k, i, ..)) if *k == row.subject_kind && *i == row.subject_id);
            if !continues {
                if let Some(done) = chain.take() {
                    verdict.fault = check_head(ctx, &done).await?;
                }
                verdict.chains += 1;
            }
            let (want_seq, want_prev) = match (&chain, continues) {
                (Some((_, _, seq, hash)), true) => (seq + 1, Some(hash.clone())),
                _ => (1, None),
            };
            let body: Value = serde_json::from_str(&row.body).with_context(|| place.clone())?;
            let private = body["private"].as_str();
            let fault = if row.hash[..] != canonical::sha256(&row.body)[..] {
                Some("its hash is not its text's")
            } else if row.seq != want_seq {
                Some("a fact before it is missing")
            } else if row.prev_hash != want_prev
                || body["prev"].as_str().map(str::to_owned) != want_prev.as_deref().map(hex::encode)
            {
                Some("it does not follow the fact before it")
            } else if body["id"] != json!(row.id)
                || body["at"] != json!(instant(row.at))
                || body["actor"] != json!(row.actor_user_id)
                || body["actingKind"] != json!(row.acting_kind)
                || body["actingId"] != json!(row.acting_id)
                || body["room"] != json!(row.room)
                || body["name"] != json!(row.name)
                || body["subjectKind"] != json!(row.subject_kind)
                || body["subjectId"] != json!(row.subject_id)
                || body["seq"].as_i64() != Some(row.seq)
                || body["traceId"] != json!(row.trace_id)
                || body["key"] != json!(row.api_key_id)
                || body["payload"] != json!(row.payload)
            {
                Some("its columns differ from its chained text")
            } else if let (Some(salt), Some(fields), Some(want)) = (&row.salt, &row.fields, private) {
                (private_hash(salt, fields) != want).then_some("its private part was changed")
            } else {
                None
            };
            if let Some(fault) = fault {
                verdict.fault.get_or_insert(format!("{place}: {fault}"));
            }
            if verdict.fault.is_some() {
                return Ok(verdict);
            }
            chain = Some((row.subject_kind, row.subject_id, row.seq, row.hash));
        }
    }
    if let Some(done) = chain {
        verdict.fault = check_head(ctx, &done).await?;
    }
    if verdict.fault.is_none() {
        verdict.fault = sqlx::query!(
            "select h.subject_kind, h.subject_id from fact_heads h
             where h.seq > 0 and not exists (
                select 1 from facts f where f.subject_kind = h.subject_kind and f.subject_id = h.subject_id and f.seq = h.seq
             ) limit 1"
        )
        .fetch_optional(&ctx.house.pool)
        .await?
        .map(|h| format!("the chain of {} {} lost its end", h.subject_kind, h.subject_id));
    }
    if verdict.fault.is_none() {
        verify_checkpoints(ctx, &mut verdict).await?;
    }
    Ok(verdict)
}

async fn check_head(ctx: &Ctx, (kind, id, seq, hash): &(String, Uuid, i64, Vec<u8>)) -> anyhow::Result<Option<String>> {
    let head = sqlx::query!("select seq, hash from fact_heads where subject_kind = $1 and subject_id = $2", kind, id)
        .fetch_optional(&ctx.house.pool)
        .await?;
    Ok(match head {
        Some(head) if head.seq == *seq && head.hash == *hash => None,
        _ => Some(format!("the chain of {kind} {id} ends at no. {seq}, but its head says otherwise")),
    })
}

async fn verify_checkpoints(ctx: &Ctx, verdict: &mut Verdict) -> anyhow::Result<()> {
    let mut number = 0;
    let mut prev: Option<Vec<u8>> = None;
    loop {
        let Some(row) = sqlx::query!(
            "select number, body, prev_hash, hash, signature from fact_checkpoints where number > $1 order by number limit 1",
            number
        )
        .fetch_optional(&ctx.house.pool)
        .await?
        else {
            break;
        };
        let fault = if row.number != number + 1 {
            Some("the checkpoint before it is missing".to_owned())
        } else if row.hash[..] != canonical::sha256(&row.body)[..] || row.prev_hash != prev {
            Some("it does not follow the checkpoint before it".to_owned())
        } else if !verify_signature(&ctx.house.signing.public(), row.body.as_bytes(), &row.signature) {
            Some("its signature is not ours".to_owned())
        } else {
            lost_head(ctx, &row.body).await?
        };
        if let Some(fault) = fault {
            verdict.fault = Some(format!("checkpoint {}: {fault}", row.number));
            return Ok(());
        }
        verdict.checkpoints += 1;
        number = row.number;
        prev = Some(row.hash);
    }
    // A checkpoint in the store that the database does not have: the tail was cut.
    if let Some(copy) = ctx.house.store.get(&checkpoint_key(number + 1)?).await? {
        let copy: Value = serde_json::from_slice(&copy.bytes)?;
        let body = copy["body"].as_str().unwrap_or_default();
        let signature = hex::decode(copy["signature"].as_str().unwrap_or_default())?;
        if verify_signature(&ctx.house.signing.public(), body.as_bytes(), &signature)
            && let Some(fault) = lost_head(ctx, body).await?
        {
            verdict.fault = Some(format!("checkpoint {} is in the store only: {fault}", number + 1));
        }
    }
    Ok(())
}

/// Every head that a checkpoint names must still be in its chain, with the same hash.
async fn lost_head(ctx: &Ctx, body: &str) -> anyhow::Result<Option<String>> {
    let body: Value = serde_json::from_str(body)?;
    let empty = Vec::new();
    let heads = body["heads"].as_array().unwrap_or(&empty);
    let mut kinds = Vec::with_capacity(heads.len());
    let mut ids = Vec::with_capacity(heads.len());
    let mut seqs = Vec::with_capacity(heads.len());
    let mut hashes = Vec::with_capacity(heads.len());
    for head in heads {
        kinds.push(head[0].as_str().unwrap_or_default().to_owned());
        ids.push(head[1].as_str().unwrap_or_default().parse::<Uuid>()?);
        seqs.push(head[2].as_i64().unwrap_or_default());
        hashes.push(hex::decode(head[3].as_str().unwrap_or_default())?);
    }
    let lost = sqlx::query!(
        r#"select s.kind as "kind!", s.id as "id!", s.seq as "seq!"
           from unnest($1::text[], $2::uuid[], $3::bigint[], $4::bytea[]) as s (kind, id, seq, hash)
           where not exists (
               select 1 from facts f
               where f.subject_kind = s.kind and f.subject_id = s.id and f.seq = s.seq and f.hash = s.hash
           ) limit 1"#,
        &kinds,
        &ids,
        &seqs,
        &hashes,
    )
    .fetch_optional(&ctx.house.pool)
    .await?;
    Ok(lost.map(|l| format!("fact no. {} of {} {} was there and is gone", l.seq, l.kind, l.id)))
}
