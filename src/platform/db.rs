//! The way to Postgres: pools, migrations, the rights of the app's role, and what a database error means.

use crate::kernel::{canonical, error::AppError, fields::FieldErrors};
use anyhow::Context as _;
use sqlx::{
    AssertSqlSafe, Connection as _, PgConnection, PgPool,
    migrate::Migrator,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use std::{str::FromStr as _, time::Duration};

/// Tables whose rows are never changed; the app's role may only add to them.
const APPEND_ONLY: [&str; 4] = ["facts", "fact_about", "fact_checkpoints", "revisions"];

static MIGRATIONS: Migrator = sqlx::migrate!("../migrations");

/// From this age on, one checkout in 256 makes an end of the connection.
const OLD: Duration = Duration::from_secs(600);

/// A pool that gives up after 3 seconds, so that a lost database is a quick 503 and not a queue of hanging pages.
///
/// # Errors
/// When the address is not one (the caller knows how it is called); it does not connect yet.
pub fn pool(url: &str, size: u32) -> anyhow::Result<PgPool> {
    // The library below would take any scheme for its own.
    anyhow::ensure!(
        url.starts_with("postgres://") || url.starts_with("postgresql://"),
        "this is not a Postgres address, like postgres://role:password@host:5432/database"
    );
    let options = PgConnectOptions::from_str(url)
        .context("this is not a Postgres address, like postgres://role:password@host:5432/database")?
        .application_name("commdesk")
        .options([("statement_timeout", "10000"), ("lock_timeout", "5000"), ("idle_in_transaction_session_timeout", "20000")])
        // Statements of pages take milliseconds: compiling one, or waking helpers for it, takes longer than asking it, and takes
        // cores away from everybody else.
        .options([("jit", "off"), ("max_parallel_workers_per_gather", "0")]);
    Ok(PgPoolOptions::new()
        .max_connections(size)
        .acquire_timeout(Duration::from_secs(3))
        // The ping on every checkout would cost each request a round trip; a bounded life bounds what it would have caught.
        // Connections are made together, when the first crowd comes. With one age for all they would also end together, and the
        // next crowd would wait for all of them: an old one goes by lot, so that they go one after the other.
        .test_before_acquire(false)
        .max_lifetime(None)
        .before_acquire(|_, about| {
            let stays = about.age < OLD || rand::random::<u8>() != 0;
            Box::pin(async move { Ok(stays) })
        })
        .connect_lazy_with(options))
}

/// Brings the schema up to date as the owner, and gives `app_role` its rights: on what a migration makes from the moment it is
/// there, for yesterday's program works on beside it.
///
/// # Errors
/// Names the migration that failed; what ran before it stays, and the app's role has its rights on it.
pub async fn migrate(owner: &PgPool, app_role: Option<&str>) -> anyhow::Result<()> {
    migrate_by(&MIGRATIONS, owner, app_role).await
}

async fn migrate_by(migrator: &Migrator, owner: &PgPool, app_role: Option<&str>) -> anyhow::Result<()> {
    let mut patient = patient(owner).await?;
    if let Some(role) = app_role {
        let by_default = format!(
            "alter default privileges in schema public grant select, insert, update, delete on tables to {0};
             alter default privileges in schema public grant usage on sequences to {0}",
            quoted(role)
        );
        sqlx::raw_sql(AssertSqlSafe(by_default)).execute(&mut patient).await.with_context(|| no_rights(role))?;
    }
    let ran = migrator.run(&mut patient).await.context("a migration failed");
    patient.close().await.ok();
    let Some(role) = app_role else { return ran };
    // Also where a migration failed: what was made before it serves on.
    let granted = grant(owner, role, ran.is_ok()).await.with_context(|| no_rights(role));
    match (ran, granted) {
        (Ok(()), granted) => granted,
        (Err(failed), Ok(())) => Err(failed),
        (Err(failed), Err(rights)) => Err(failed.context(format!("{rights:#}"))),
    }
}

/// Gives the app's role its rights on all that is there, at one stroke: history is never open to changes in between. `whole` says
/// that every migration has run; where one failed, history may not be there yet.
async fn grant(owner: &PgPool, role: &str, whole: bool) -> Result<(), sqlx::Error> {
    let there: Vec<String> =
        sqlx::query_scalar("select tablename::text from pg_tables where schemaname = 'public'").fetch_all(owner).await?;
    let role = quoted(role);
    let mut statements = vec![
        format!("grant usage on schema public to {role}"),
        format!("grant select, insert, update, delete on all tables in schema public to {role}"),
        format!("grant usage on all sequences in schema public to {role}"),
    ];
    let is_there = |table: &str| whole || there.iter().any(|it| it == table);
    if is_there("_sqlx_migrations") {
        statements.push(format!("revoke insert, update, delete on _sqlx_migrations from {role}"));
    }
    for table in APPEND_ONLY.into_iter().filter(|table| is_there(table)) {
        statements.push(format!("revoke update, delete, truncate on {table} from {role}"));
    }
    // Statements that are sent together are one transaction.
    sqlx::raw_sql(AssertSqlSafe(statements.join("; "))).execute(owner).await?;
    Ok(())
}

fn quoted(role: &str) -> String {
    format!("\"{}\"", role.replace('"', "\"\""))
}

fn no_rights(role: &str) -> String {
    format!("the app's role {role} (COMMDESK_APP_ROLE) could not be given its rights")
}

/// A connection of its own whose statements may take as long as they take: on large tables a migration works for minutes, where
/// what a page waits for has ten seconds. For a lock it waits no longer than others, who would stand in line behind it.
///
/// # Errors
/// When the database is away.
pub async fn patient(owner: &PgPool) -> anyhow::Result<PgConnection> {
    let mut connection = owner.acquire().await.context("the database cannot be reached")?.detach();
    sqlx::raw_sql("set statement_timeout = 0").execute(&mut connection).await.context("the database went away")?;
    Ok(connection)
}

/// A word for the schema that this program makes: another one for every migration that comes, goes or is written anew. It tells of
/// what the program holds, which may be older than the folder that it was built from.
pub fn schema_word() -> String {
    word_of(&MIGRATIONS)
}

fn word_of(migrator: &Migrator) -> String {
    let mut all = String::new();
    for migration in migrator.iter() {
        all.push_str(&format!("{} {}\n", migration.version, hex::encode(&migration.checksum)));
    }
    canonical::sha256_hex(&all)[..16].to_owned()
}

/// Is the schema the one that this program was built for?
///
/// # Errors
/// When the database cannot be asked.
pub async fn is_migrated(pool: &PgPool) -> anyhow::Result<bool> {
    let newest = MIGRATIONS.iter().map(|m| m.version).max().unwrap_or_default();
    let found = sqlx::query_scalar::<_, Option<i64>>("select max(version) from _sqlx_migrations where success");
    match found.fetch_one(pool).await {
        Ok(found) => Ok(found.is_some_and(|found| found >= newest)),
        // An empty database has not even the table that says so.
        Err(sqlx::Error::Database(error)) if error.code().as_deref() == Some("42P01") => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// May the role that we run as change history? Then its rights are too wide to serve.
///
/// # Errors
/// When the database cannot be asked.
pub async fn role_is_too_strong(pool: &PgPool) -> anyhow::Result<bool> {
    let strong: bool = sqlx::query_scalar(
        "select has_table_privilege('facts', 'update') or has_table_privilege('facts', 'delete') or has_table_privilege('facts', 'truncate')",
    )
    .fetch_one(pool)
    .await?;
    Ok(strong)
}

impl From<sqlx::Error> for AppError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::RowNotFound => return Self::NotFound,
            sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::Io(_) | sqlx::Error::WorkerCrashed => {
                tracing::warn!(%error, "the database is away");
                return Self::Busy { retry_after: 5 };
            }
            sqlx::Error::Database(db) => {
                let code = db.code().unwrap_or_default();
                // Starting up, shutting down, nobody let in, too many connections, lock or statement timeout, deadlock,
                // serialization.
                if code.starts_with("57P")
                    || code.starts_with("08")
                    || matches!(&*code, "55000" | "3D000" | "53300" | "55P03" | "57014" | "40P01" | "40001")
                {
                    tracing::warn!(%error, "the database is busy");
                    return Self::Busy { retry_after: 2 };
                }
                // The wall behind the doors, which refuse these by name. No text here holds a character that Postgres has
                // no place for, so nothing is called so; a number or a date beyond its types is somebody's typing.
                if matches!(&*code, "22021" | "22P05") {
                    tracing::warn!(%error, "a text that cannot be kept came as far as the database");
                    return Self::NotFound;
                }
                if matches!(&*code, "22008" | "22003") {
                    tracing::warn!(%error, "a value out of range came as far as the database");
                    return FieldErrors::one("", "A date or a number is too far out. Check the years and the amounts.").into();
                }
            }
            _ => {}
        }
        Self::Broken(Box::new(error))
    }
}

/// Turns the violation of a named constraint into what it means.
pub trait OnConstraint<T> {
    /// A field error, when this constraint refused the change.
    ///
    /// # Errors
    /// Every other error, as it is.
    fn on_constraint(self, name: &str, path: &str, message: &str) -> Result<T, AppError>;

    /// A refusal with a code, when this constraint refused the change.
    ///
    /// # Errors
    /// Every other error, as it is.
    fn refuse_on(self, name: &str, code: &'static str, message: &str) -> Result<T, AppError>;
}

impl<T> OnConstraint<T> for Result<T, sqlx::Error> {
    fn on_constraint(self, name: &str, path: &str, message: &str) -> Result<T, AppError> {
        self.map_err(|error| if violates(&error, name) { FieldErrors::one(path, message).into() } else { error.into() })
    }

    fn refuse_on(self, name: &str, code: &'static str, message: &str) -> Result<T, AppError> {
        self.map_err(|error| if violates(&error, name) { AppError::refused(code, message) } else { error.into() })
    }
}

fn violates(error: &sqlx::Error, name: &str) -> bool {
    matches!(error, sqlx::Error::Database(db) if db.constraint() == Some(name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::{cluster, secrets};
    use sqlx::{
        SqlSafeStr as _,
        migrate::{Migration, MigrationType},
    };

    fn step(version: i64, sql: &'static str) -> Migration {
        Migration::new(version, "a step".into(), MigrationType::Simple, sql.into_sql_str(), false)
    }

    #[test]
    fn every_migration_has_its_part_in_the_word_for_the_schema() {
        let word = |steps: &[(i64, &'static str)]| {
            word_of(&Migrator::with_migrations(steps.iter().map(|(version, sql)| step(*version, sql)).collect()))
        };
        let before = word(&[(1, "select 1"), (2, "select 2")]);
        assert_eq!(before, word(&[(2, "select 2"), (1, "select 1")]), "in the order in which they run");
        for other in [
            &[(1, "select 1")][..],
            &[(1, "select 1"), (2, "select 2"), (3, "select 3")],
            &[(1, "select 1"), (2, "select 22")],
            &[(1, "select 1"), (3, "select 2")],
        ] {
            assert_ne!(before, word(other), "{other:?}");
        }
        assert!(before.len() == 16 && before.chars().all(|c| c.is_ascii_hexdigit()), "it fits into a database's name: {before}");
    }

    #[tokio::test]
    async fn the_app_works_on_while_migrations_run_and_after_one_that_failed() {
        let server = cluster::test_cluster().await.expect("a Postgres for tests");
        let name = format!("rights_{}", hex::encode(secrets::random::<6>()));
        server.create_database(&name, None).await.expect("a database");
        let owner = pool(&server.owner_url(&name), 2).expect("an address of the cluster");
        let app = pool(&server.app_url(&name), 1).expect("an address of the cluster");
        let by_owner = async |sql: &'static str| {
            sqlx::raw_sql(sql).execute(&owner).await.expect("the owner may");
        };
        let by_app = async |sql: &'static str| sqlx::raw_sql(sql).execute(&app).await.map(drop);
        by_owner("create table from_before (n int)").await;

        let migrator = Migrator::with_migrations(vec![
            step(1, "create table made (n int); create sequence numbers; create table facts (n int)"),
            step(
                2,
                "do $$ begin
                   if not has_table_privilege('commdesk_app', 'made', 'insert')
                      or not has_sequence_privilege('commdesk_app', 'numbers', 'usage')
                   then raise exception 'yesterday''s program stands still'; end if;
                 end $$",
            ),
            step(3, "select 1 / 0"),
        ]);
        let failed = migrate_by(&migrator, &owner, Some(cluster::APP)).await.expect_err("the third fails");
        let said = format!("{failed:#}");
        assert!(said.contains("a migration failed") && said.contains("division by zero"), "{said}");

        for allowed in [
            "insert into from_before values (1); update from_before set n = 2; delete from from_before",
            "insert into made values (nextval('numbers')); update made set n = 2; delete from made",
            "insert into facts values (1)",
        ] {
            by_app(allowed).await.unwrap_or_else(|error| panic!("{allowed}: {error}"));
        }
        for refused in ["update facts set n = 2", "delete from facts", "truncate facts", "delete from _sqlx_migrations"] {
            assert!(by_app(refused).await.is_err(), "{refused}");
        }
        by_owner("create table later (n int)").await;
        by_app("insert into later values (1)").await.expect("what the owner makes is the app's to use");

        app.close().await;
        owner.close().await;
        server.drop_database(&name).await.expect("dropped");
    }
}
