//! Do the keys fit the database? A known value lies in it for each: what the newest column key has sealed, and what the key of
//! blind indexes made of it. Keys that do not fit are refused at the start, by the name of their setting, and not by the first page
//! that reads a sealed column.
//!
//! The proof of an older column key goes when nothing is left that it has sealed ([`reseal`]): then the key may go too.

use super::{
    config::Settings,
    crypto::{CryptoError, Keyring, cell},
    ctx::House,
};
use anyhow::{Context as _, bail};
use sqlx::{AssertSqlSafe, PgExecutor};
use uuid::Uuid;

/// A sealed column: its table, whose rows have an `id`, and its name.
pub type Column = (&'static str, &'static str);

const KNOWN: &str = "these are the keys";
const BLIND: &str = "blind";
/// So many rows are read at once, and of so many a database is asked that has no proofs yet.
const BATCH: i64 = 200;

/// Opens what was sealed by the first start; the first one seals it, after a look at what an older program has sealed.
///
/// # Errors
/// Names the setting that does not fit; or the database is away.
pub async fn fit(house: &House, columns: &[Column]) -> anyhow::Result<()> {
    let ring = &house.columns;
    let mut tx = house.pool.begin().await.context("the database does not answer")?;
    let has_proofs = sqlx::query_scalar!(r#"select exists(select 1 from key_proofs) as "there!""#).fetch_one(&mut *tx).await?;
    let mut known = vec![ring.current()];
    if !has_proofs {
        for (table, column) in columns {
            for (id, sealed) in sealed_in(&mut *tx, table, column, Uuid::nil(), None).await? {
                ring.open(&sealed, &cell(table, id, column)).map_err(|error| misfit(&house.settings, &error, None))?;
            }
        }
        known = ring.ids();
    }
    let mut proofs = vec![(BLIND.to_owned(), blind(house))];
    for id in known {
        let name = name_of(id);
        let proof = ring.sealing_with(id).seal(KNOWN, &cell("key_proofs", &name, "proof"));
        proofs.push((name, proof));
    }
    for (name, proof) in proofs {
        sqlx::query!("insert into key_proofs (name, proof) values ($1, $2) on conflict do nothing", name, &proof[..])
            .execute(&mut *tx)
            .await?;
    }
    let found = sqlx::query!("select name, proof from key_proofs order by name desc").fetch_all(&mut *tx).await?;
    for row in found {
        if row.name == BLIND {
            if row.proof != blind(house) {
                let setting = setting(&house.settings, "COMMDESK_BLIND_KEY");
                bail!("{setting}: the key of blind indexes is another than the one with which this database was filled");
            }
            continue;
        }
        let opened = ring.open(&row.proof, &cell("key_proofs", &row.name, "proof"));
        opened.map_err(|error| misfit(&house.settings, &error, Some(&row.name)))?;
    }
    tx.commit().await?;
    Ok(())
}

/// Seals again with the newest key what an older one has sealed, and forgets the proofs of the older ones; gives how many values
/// that were. A program that does not have the newest key yet goes on sealing with its own: it is started anew first.
///
/// # Errors
/// A value that none of the keys opens, by its cell; or the database is away. What was sealed until then stays so.
pub async fn reseal(house: &House, columns: &[Column]) -> anyhow::Result<u64> {
    let ring = &house.columns;
    let mut count = 0;
    for (table, column) in columns {
        let mut after = Uuid::nil();
        loop {
            let rows = sealed_in(&house.pool, table, column, after, Some(ring)).await?;
            let Some((last, _)) = rows.last() else { break };
            after = *last;
            for (id, sealed) in rows {
                let name = cell(table, id, column);
                let text = ring.open(&sealed, &name).with_context(|| format!("{name} cannot be opened"))?;
                // Whoever has written the row since has sealed it with a key of their own.
                let update = format!("update {table} set {column} = $3 where id = $1 and {column} = $2");
                let written = sqlx::query(AssertSqlSafe(update)).bind(id).bind(&sealed).bind(ring.seal(&text, &name));
                count += written.execute(&house.pool).await?.rows_affected();
            }
        }
    }
    sqlx::query!("delete from key_proofs where name like 'column:%' and name <> $1", name_of(ring.current()))
        .execute(&house.pool)
        .await?;
    Ok(count)
}

/// Row and value of what is sealed in a column, by id, after the given one; with a ring, only what its newest key has not sealed.
async fn sealed_in(
    db: impl PgExecutor<'_>,
    table: &str,
    column: &str,
    after: Uuid,
    older_than: Option<&Keyring>,
) -> anyhow::Result<Vec<(Uuid, Vec<u8>)>> {
    let sql = format!(
        "select id, {column} from {table}
         where id > $1 and {column} is not null and ($2::bytea is null or substring({column} from 1 for 5) <> $2)
         order by id limit $3"
    );
    let rows = sqlx::query_as::<_, (Uuid, Vec<u8>)>(AssertSqlSafe(sql)).bind(after).bind(older_than.map(Keyring::mark));
    Ok(rows.bind(BATCH).fetch_all(db).await?)
}

fn name_of(id: u32) -> String {
    format!("column:{id}")
}

fn blind(house: &House) -> Vec<u8> {
    house.blind.blind("key_proofs", KNOWN).to_vec()
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
