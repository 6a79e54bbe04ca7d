//! Do the keys fit the database? A known value lies in it for each: what the newest column key has sealed, what the key of blind
//! indexes made of it, and the public half of the one that signs checkpoints. Keys that do not fit are refused at the start, by the
//! name of their setting, and not by the first page that reads a sealed column.
//!
//! The proof of an older column key goes when nothing is left that it has sealed ([`reseal`]): then the key may go too.

use super::{
    config::Settings,
    crypto::{CryptoError, Keyring, cell},
    ctx::House,
    facts,
};
use anyhow::{Context as _, bail};
use sqlx::{AssertSqlSafe, PgExecutor};
use uuid::Uuid;

/// A sealed column: its table, whose rows have an `id`, and its name.
pub type Column = (&'static str, &'static str);

const KNOWN: &str = "these are the keys";
const BLIND: &str = "blind";
const CHECKPOINTS: &str = "checkpoints";
/// So many rows are looked through by one statement: however long a table is, none takes the ten seconds that it may.
const WINDOW: i64 = 500;
/// So many values that cannot be opened are named.
const NAMED: usize = 20;

/// Opens what was sealed by the first start; the first one seals it, after a look at what an older program has sealed and signed.
/// Once that is there, nothing is written.
///
/// # Errors
/// Names the setting that does not fit; or the database is away.
pub async fn fit(house: &House, columns: &[Column]) -> anyhow::Result<()> {
    let ring = &house.columns;
    let mut tx = house.pool.begin().await.context("the database does not answer")?;
    let mut found = proofs_in(&mut *tx).await?;
    let mut known = vec![ring.current()];
    if found.is_empty() {
        for (table, column) in columns {
            for (id, sealed) in at_the_ends(&mut *tx, table, column).await? {
                ring.open(&sealed, &cell(table, id, column)).map_err(|error| misfit(&house.settings, &error, None))?;
            }
        }
        known = ring.ids();
    }
    let mut proofs = vec![(BLIND.to_owned(), blind(house)), (CHECKPOINTS.to_owned(), public(house))];
    for id in known {
        let name = name_of(id);
        let proof = ring.sealing_with(id).seal(KNOWN, &cell("key_proofs", &name, "proof"));
        proofs.push((name, proof));
    }
    proofs.retain(|(name, _)| found.iter().all(|it| it.name != *name));
    if proofs.iter().any(|(name, _)| name == CHECKPOINTS) && !facts::is_signed_with(&mut *tx, &house.signing).await? {
        return Err(another_signs(house));
    }
    for (name, proof) in &proofs {
        sqlx::query!("insert into key_proofs (name, proof) values ($1, $2) on conflict do nothing", name, &proof[..])
            .execute(&mut *tx)
            .await?;
    }
    if !proofs.is_empty() {
        // Another start may have come first, with other keys.
        found = proofs_in(&mut *tx).await?;
    }
    for row in found {
        match row.name.as_str() {
            BLIND if row.proof != blind(house) => {
                let setting = setting(&house.settings, "COMMDESK_BLIND_KEY");
                bail!("{setting}: the key of blind indexes is another than the one with which this database was filled");
            }
            CHECKPOINTS if row.proof != public(house) => return Err(another_signs(house)),
            BLIND | CHECKPOINTS => {}
            name => {
                let opened = ring.open(&row.proof, &cell("key_proofs", name, "proof"));
                opened.map_err(|error| misfit(&house.settings, &error, Some(name)))?;
            }
        }
    }
    tx.commit().await?;
    Ok(())
}

/// A known value of one key.
struct Proof {
    name: String,
    proof: Vec<u8>,
}

async fn proofs_in(db: impl PgExecutor<'_>) -> anyhow::Result<Vec<Proof>> {
    Ok(sqlx::query_as!(Proof, "select name, proof from key_proofs order by name desc").fetch_all(db).await?)
}

/// Seals again with the newest key what an older one has sealed, and forgets the proofs of the older ones; gives how many values
/// that were. A program that does not have the newest key yet goes on sealing with its own: it is started anew first.
///
/// # Errors
/// Values that none of the keys opens, by their cells, after everything else was sealed: the proofs stay, for an older key may be
/// what is missing; or the database is away. What was sealed until then stays so.
pub async fn reseal(house: &House, columns: &[Column]) -> anyhow::Result<u64> {
    let ring = &house.columns;
    let (mut count, mut shut) = (0, Vec::new());
    for (table, column) in columns {
        let mut after = Uuid::nil();
        loop {
            let rows = older_in(&house.pool, table, column, after, ring).await?;
            let Some((last, _)) = rows.last() else { break };
            after = *last;
            for (id, sealed) in rows {
                let Some(sealed) = sealed else { continue };
                let name = cell(table, id, column);
                let Ok(text) = ring.open(&sealed, &name) else {
                    shut.push(name);
                    continue;
                };
                // Whoever has written the row since has sealed it with a key of their own.
                let update = format!("update {table} set {column} = $3 where id = $1 and {column} = $2");
                let written = sqlx::query(AssertSqlSafe(update)).bind(id).bind(&sealed).bind(ring.seal(&text, &name));
                count += written.execute(&house.pool).await?.rows_affected();
            }
        }
    }
    if !shut.is_empty() {
        let named = shut[..shut.len().min(NAMED)].join(", ");
        bail!("{count} values sealed again; {} cannot be opened with any of these keys: {named}", shut.len());
    }
    sqlx::query!("delete from key_proofs where name like 'column:%' and name <> $1", name_of(ring.current()))
        .execute(&house.pool)
        .await?;
    Ok(count)
}

/// Row and value of what is sealed in the oldest and in the newest rows of a table.
async fn at_the_ends(db: impl PgExecutor<'_>, table: &str, column: &str) -> anyhow::Result<Vec<(Uuid, Vec<u8>)>> {
    let end = |order: &str| format!("(select id, {column} as sealed from {table} order by id {order} limit $1)");
    let sql = format!("select id, sealed from ({} union all {}) ends where sealed is not null", end("asc"), end("desc"));
    Ok(sqlx::query_as::<_, (Uuid, Vec<u8>)>(AssertSqlSafe(sql)).bind(WINDOW).fetch_all(db).await?)
}

/// The next rows after this one, each with its value where another than the newest key has sealed it.
async fn older_in(
    db: impl PgExecutor<'_>,
    table: &str,
    column: &str,
    after: Uuid,
    ring: &Keyring,
) -> anyhow::Result<Vec<(Uuid, Option<Vec<u8>>)>> {
    let sql = format!(
        "select id, case when substring({column} from 1 for 5) <> $2 then {column} end from {table} where id > $1 order by id limit $3"
    );
    let rows = sqlx::query_as::<_, (Uuid, Option<Vec<u8>>)>(AssertSqlSafe(sql)).bind(after).bind(ring.mark()).bind(WINDOW);
    Ok(rows.fetch_all(db).await?)
}

fn name_of(id: u32) -> String {
    format!("column:{id}")
}

fn blind(house: &House) -> Vec<u8> {
    house.blind.blind("key_proofs", KNOWN).to_vec()
}

fn public(house: &House) -> Vec<u8> {
    house.signing.public().into_bytes()
}

fn another_signs(house: &House) -> anyhow::Error {
    let setting = setting(&house.settings, "COMMDESK_SIGNING_KEY");
    anyhow::anyhow!("{setting}: the key of checkpoints is another than the one that has signed those of this database")
}

/// Where the keys come from: a setting, or development's folder.
fn setting(settings: &Settings, name: &str) -> String {
    if settings.is_development() {
        return format!("COMMDESK_DATA: {}", settings.files.with_file_name("keys.env").display());
    }
    name.to_owned()
}

fn misfit(settings: &Settings, error: &CryptoError, proof: Option<&str>) -> anyhow::Error {
    let setting = setting(settings, "COMMDESK_COLUMN_KEYS");
    let key = proof.and_then(|name| name.strip_prefix("column:")).map(|id| format!(" {id}")).unwrap_or_default();
    let what = match error {
        CryptoError::UnknownKey(id) => format!(
            "key {id} is missing, with which values of this database may be sealed. Put it back before the last one, until \
             `commdesk reseal` has sealed them with that"
        ),
        CryptoError::Damaged => format!(
            "column key{key} is another than the one with which values of this database are sealed. Put that one back, or name \
             another database"
        ),
        other => other.to_string(),
    };
    anyhow::anyhow!("{setting}: {what}")
}
