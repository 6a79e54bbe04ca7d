//! A scratch database for the length of one command: `scratch FOLDER MIGRATIONS COMMAND ARGUMENTS…` starts a private
//! Postgres in FOLDER, migrates an empty database as its owner, runs COMMAND with `DATABASE_URL` pointing there, and
//! stops. Promises the exit code of COMMAND; keeps nothing that matters in FOLDER.

use std::path::Path;
use std::process::{Command, ExitCode};

use anyhow::{Context, Result};
use sqlx::migrate::Migrator;
use sqlx::{Connection, PgConnection};

#[path = "../../../src/platform/cluster.rs"]
#[expect(dead_code, reason = "the house uses more of it")]
mod cluster;

const DATABASE: &str = "scratch";

#[tokio::main]
async fn main() -> Result<ExitCode> {
    let mut arguments = std::env::args_os().skip(1);
    let usage = "usage: scratch FOLDER MIGRATIONS COMMAND ARGUMENTS…";
    let folder = arguments.next().context(usage)?;
    let migrations = arguments.next().context(usage)?;
    let command = arguments.next().context(usage)?;

    let cluster = cluster::Cluster::start(Path::new(&folder), false, &|line| eprintln!("[scratch] {line}")).await?;
    cluster.drop_database(DATABASE).await?;
    cluster.create_database(DATABASE, None).await?;
    let url = cluster.owner_url(DATABASE);
    let mut db = PgConnection::connect(&url).await?;
    Migrator::new(Path::new(&migrations)).await?.run(&mut db).await.context("a migration failed")?;
    db.close().await?;

    let status = Command::new(&command).args(arguments).env("DATABASE_URL", &url).status();
    cluster.stop()?;
    let status = status.with_context(|| format!("cannot run {}", command.display()))?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
