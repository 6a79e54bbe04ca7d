//! Typed configuration, from flags and environment. A bad value is named and refused at start: by the name that it has in the
//! environment, which is therefore every flag's `value_name`.

use super::{
    crypto::{BlindKey, CheckpointKey, Keyring},
    mail::smtp,
};
use anyhow::{Context as _, bail};
use clap::{Args, Parser, Subcommand};
use std::{
    net::{IpAddr, SocketAddr},
    path::{Path, PathBuf},
    str::FromStr,
    time::Duration,
};

/// CommDesk's marketplace: one program with a verb for each thing it does.
#[derive(Debug, Parser)]
#[command(name = "commdesk", version, about, long_about = None, disable_help_subcommand = true)]
pub struct Cli {
    #[command(subcommand)]
    pub verb: Verb,
}

#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Find or make a Postgres, migrate, load the demo, serve and work: everything for one developer's machine.
    Dev(Dev),
    /// Serve pages and the API. Refuses development's keys.
    Serve(Serve),
    /// Run jobs, deadlines and mail without serving pages.
    Work(Serve),
    /// Bring the schema up to date and give the app's role its rights.
    Migrate(Migrate),
    /// Load the demo story; only in development.
    Seed(Seed),
    /// Platform staff.
    #[command(subcommand)]
    Staff(Staff),
    /// The record of what happened.
    #[command(subcommand)]
    Facts(Facts),
    /// Work that may be late: mail, and what follows from facts.
    #[command(subcommand)]
    Jobs(Jobs),
    /// Look at a file of organizations or events, and import it.
    Import(Import),
    /// Print the OpenAPI document of /api/v1.
    Openapi,
    /// Print fresh keys for production, as environment lines.
    Keys,
    /// Seal everything again with the last of COMMDESK_COLUMN_KEYS, so that the ones before it can go. Before that, start whatever
    /// serves or works twice: with the new key in front, so that all can open what it seals, then with it as the last.
    Reseal(VerbSettings),
}

#[derive(Debug, Subcommand)]
pub enum Staff {
    /// Give somebody a staff role, and mail them a link if they have no password yet.
    Add {
        /// Their e-mail address.
        email: String,
        /// review, finance or admin.
        #[arg(long, default_value = "admin")]
        role: String,
        /// Their name, when they have no account yet.
        #[arg(long, default_value = "CommDesk staff")]
        name: String,
        #[command(flatten)]
        settings: VerbSettings,
    },
    /// Take a staff role from somebody, or every one; their sessions end. The last admin stays.
    Remove {
        /// Their e-mail address.
        email: String,
        /// review, finance or admin; every one when it is left out.
        #[arg(long)]
        role: Option<String>,
        #[command(flatten)]
        settings: VerbSettings,
    },
    /// Take a second factor off that was lost, staff's or anybody's; their sessions end.
    ResetFactor {
        /// Their e-mail address.
        email: String,
        #[command(flatten)]
        settings: VerbSettings,
    },
}

#[derive(Debug, Clone, Args)]
pub struct Import {
    /// CSV (UTF-8), XLSX, or a JSON list.
    pub file: PathBuf,
    /// organizations or events.
    #[arg(long, default_value = "organizations")]
    pub target: String,
    /// Who brings it: the e-mail address of somebody of the staff.
    #[arg(long)]
    pub by: String,
    /// For events: the short name of the community that they belong to.
    #[arg(long, default_value = "")]
    pub community: String,
    /// A folder of pictures, each named as its row says or as its organization is called.
    #[arg(long)]
    pub logos: Option<PathBuf>,
    /// Only look: say what would become of each row.
    #[arg(long)]
    pub dry_run: bool,
    #[command(flatten)]
    pub settings: VerbSettings,
}

#[derive(Debug, Subcommand)]
pub enum Facts {
    /// Check every chain and checkpoint; exits with 1 and names the first bad row.
    Verify(VerbSettings),
}

#[derive(Debug, Subcommand)]
pub enum Jobs {
    /// Set jobs that have died ready again. A mail dies after three days in which no server took it, everything else after ten
    /// failures in a quarter of an hour; `serve` and `work` then try these again as if they were new, also after what came later and
    /// was done.
    Retry {
        /// Only those of this consumer, `mail` for example.
        #[arg(long)]
        consumer: Option<String>,
        #[command(flatten)]
        settings: VerbSettings,
    },
}

#[derive(Debug, Clone, Args)]
pub struct Dev {
    /// Where to listen.
    #[arg(long, env = "COMMDESK_ADDR", value_name = "COMMDESK_ADDR", default_value = "127.0.0.1:3000")]
    pub addr: SocketAddr,
    /// Where the private database, keys and files of development live.
    #[arg(long, env = "COMMDESK_DATA", value_name = "COMMDESK_DATA", default_value = ".data")]
    pub data: PathBuf,
    /// Use this database instead of a private one; it is migrated, but never seeded unless --seed is given.
    #[arg(long, env = "DATABASE_URL", value_name = "DATABASE_URL")]
    pub database_url: Option<String>,
    /// Load the demo story into DATABASE_URL too.
    #[arg(long)]
    pub seed: bool,
    /// Leave the private database empty.
    #[arg(long)]
    pub no_seed: bool,
    /// Tell the demo anew from today, whatever was made in the private database since; the database as it was is kept beside it.
    #[arg(long, conflicts_with_all = ["database_url", "no_seed"])]
    pub renew_demo: bool,
    /// The private database is one that nobody will miss: nothing is synchronised, and it is kept in memory where there is room.
    #[arg(long, conflicts_with = "database_url")]
    pub throw_away: bool,
    /// Where to hand mail over, for example smtp://127.0.0.1:1025; without it, mail is only shown at /dev/mail.
    #[arg(long, env = "COMMDESK_SMTP", value_name = "COMMDESK_SMTP")]
    pub smtp: Option<String>,
    /// A list of places in MaxMind's format (.mmdb, for example DB-IP Lite), so that people read in which town they are signed in.
    #[arg(long, env = "COMMDESK_PLACES_DATABASE", value_name = "COMMDESK_PLACES_DATABASE", default_value = "")]
    pub places_database: String,
    /// Multiplies every rate limit, for fuzzing. Development only.
    #[arg(
        long,
        env = "COMMDESK_LIMIT_FACTOR",
        value_name = "COMMDESK_LIMIT_FACTOR",
        default_value_t = 1,
        value_parser = clap::value_parser!(i32).range(1..)
    )]
    pub limit_factor: i32,
    /// Seconds (60 at most) for which public pages are kept for people without a session; 0, and each is rendered for itself.
    #[arg(
        long,
        env = "COMMDESK_PAGE_SECONDS",
        value_name = "COMMDESK_PAGE_SECONDS",
        default_value_t = 0,
        value_parser = page_seconds()
    )]
    pub page_seconds: u64,
    /// Where the built site (css, wasm, pictures) lies.
    #[arg(long, env = "LEPTOS_SITE_ROOT", value_name = "LEPTOS_SITE_ROOT", default_value = "target/site")]
    pub site_root: PathBuf,
}

#[derive(Debug, Clone, Args)]
pub struct Serve {
    /// Where to listen.
    #[arg(long, env = "COMMDESK_ADDR", value_name = "COMMDESK_ADDR", default_value = "127.0.0.1:3000")]
    pub addr: SocketAddr,
    /// The app role's address of the database: it may add to history, not change it.
    #[arg(long, env = "DATABASE_URL", value_name = "DATABASE_URL")]
    pub database_url: String,
    /// The address people use, for links in mails and for the origin check.
    #[arg(long, env = "COMMDESK_BASE_URL", value_name = "COMMDESK_BASE_URL")]
    pub base_url: String,
    /// Where uploaded files and checkpoints are kept.
    #[arg(long, env = "COMMDESK_FILES", value_name = "COMMDESK_FILES", default_value = ".data/files")]
    pub files: PathBuf,
    /// Keys of encrypted columns, `id:base64` separated by commas; the last one encrypts.
    #[arg(long, env = "COMMDESK_COLUMN_KEYS", value_name = "COMMDESK_COLUMN_KEYS", hide_env_values = true)]
    pub column_keys: String,
    /// Key of blind indexes, base64.
    #[arg(long, env = "COMMDESK_BLIND_KEY", value_name = "COMMDESK_BLIND_KEY", hide_env_values = true)]
    pub blind_key: String,
    /// Key that signs checkpoints of the record, base64.
    #[arg(long, env = "COMMDESK_SIGNING_KEY", value_name = "COMMDESK_SIGNING_KEY", hide_env_values = true)]
    pub signing_key: String,
    /// Where mail is handed over, for example smtps://user:password@mail.example.com.
    #[arg(long, env = "COMMDESK_SMTP", value_name = "COMMDESK_SMTP", hide_env_values = true)]
    pub smtp: String,
    /// Who mail is from.
    #[arg(
        long,
        env = "COMMDESK_MAIL_FROM",
        value_name = "COMMDESK_MAIL_FROM",
        default_value = "CommDesk <hello@commdesk.example>"
    )]
    pub mail_from: String,
    /// Addresses or networks of proxies whose X-Forwarded-For is believed, separated by commas.
    #[arg(long, env = "COMMDESK_TRUSTED_PROXIES", value_name = "COMMDESK_TRUSTED_PROXIES", default_value = "")]
    pub trusted_proxies: String,
    /// A list of places in MaxMind's format (.mmdb, for example DB-IP Lite), so that people read in which town they are signed in;
    /// `serve` reads it into memory at its start. Without it they read the network only.
    #[arg(long, env = "COMMDESK_PLACES_DATABASE", value_name = "COMMDESK_PLACES_DATABASE", default_value = "")]
    pub places_database: String,
    /// Connections to the database.
    #[arg(
        long,
        env = "COMMDESK_POOL",
        value_name = "COMMDESK_POOL",
        default_value_t = 16,
        value_parser = clap::value_parser!(u32).range(1..)
    )]
    pub pool: u32,
    /// Workers for jobs in this process; `serve` with 0 leaves them to `work`.
    #[arg(long, env = "COMMDESK_WORKERS", value_name = "COMMDESK_WORKERS", default_value_t = 2)]
    pub workers: usize,
    /// Seconds (60 at most) for which public pages are kept for people without a session; 0, and each is rendered for itself.
    #[arg(
        long,
        env = "COMMDESK_PAGE_SECONDS",
        value_name = "COMMDESK_PAGE_SECONDS",
        default_value_t = 1,
        value_parser = page_seconds()
    )]
    pub page_seconds: u64,
    /// Where the built site (css, wasm, pictures) lies.
    #[arg(long, env = "LEPTOS_SITE_ROOT", value_name = "LEPTOS_SITE_ROOT", default_value = "target/site")]
    pub site_root: PathBuf,
}

/// Settings of a verb that works on a house and ends: all that production says; or neither its address nor its keys, and then
/// development's folder has the keys, and the database where none is named.
#[derive(Debug, Clone, Args)]
pub struct VerbSettings {
    /// Development's data folder: its keys are used where neither an address nor a key is given, and its private database where
    /// DATABASE_URL is not.
    #[arg(long, env = "COMMDESK_DATA", value_name = "COMMDESK_DATA", default_value = ".data")]
    pub data: PathBuf,
    /// Where development serves, for links in mails.
    #[arg(long, env = "COMMDESK_ADDR", value_name = "COMMDESK_ADDR", default_value = "127.0.0.1:3000")]
    pub addr: SocketAddr,
    /// The app role's address of the database.
    #[arg(long, env = "DATABASE_URL", value_name = "DATABASE_URL")]
    pub database_url: Option<String>,
    /// The address people use, for links in mails.
    #[arg(long, env = "COMMDESK_BASE_URL", value_name = "COMMDESK_BASE_URL")]
    pub base_url: Option<String>,
    /// Where uploaded files and checkpoints are kept.
    #[arg(long, env = "COMMDESK_FILES", value_name = "COMMDESK_FILES", default_value = ".data/files")]
    pub files: PathBuf,
    /// Keys of encrypted columns, `id:base64` separated by commas; the last one encrypts.
    #[arg(long, env = "COMMDESK_COLUMN_KEYS", value_name = "COMMDESK_COLUMN_KEYS", hide_env_values = true)]
    pub column_keys: Option<String>,
    /// Key of blind indexes, base64.
    #[arg(long, env = "COMMDESK_BLIND_KEY", value_name = "COMMDESK_BLIND_KEY", hide_env_values = true)]
    pub blind_key: Option<String>,
    /// Key that signs checkpoints of the record, base64.
    #[arg(long, env = "COMMDESK_SIGNING_KEY", value_name = "COMMDESK_SIGNING_KEY", hide_env_values = true)]
    pub signing_key: Option<String>,
    /// Where mail is handed over, for example smtps://user:password@mail.example.com.
    #[arg(long, env = "COMMDESK_SMTP", value_name = "COMMDESK_SMTP", hide_env_values = true)]
    pub smtp: Option<String>,
    /// Who mail is from.
    #[arg(
        long,
        env = "COMMDESK_MAIL_FROM",
        value_name = "COMMDESK_MAIL_FROM",
        default_value = "CommDesk <hello@commdesk.example>"
    )]
    pub mail_from: String,
    /// Connections to the database.
    #[arg(
        long,
        env = "COMMDESK_POOL",
        value_name = "COMMDESK_POOL",
        default_value_t = 16,
        value_parser = clap::value_parser!(u32).range(1..)
    )]
    pub pool: u32,
}

#[derive(Debug, Clone, Args)]
pub struct Migrate {
    /// The owner role's address of the database.
    #[arg(long, env = "DATABASE_OWNER_URL", value_name = "DATABASE_OWNER_URL")]
    pub database_owner_url: String,
    /// The role that `serve` and `work` run as; it must exist.
    #[arg(long, env = "COMMDESK_APP_ROLE", value_name = "COMMDESK_APP_ROLE", default_value = "commdesk_app")]
    pub app_role: String,
}

#[derive(Debug, Clone, Args)]
pub struct Seed {
    /// Load the demo people and their story.
    #[arg(long, required = true)]
    pub demo: bool,
    /// The app role's address of the database.
    #[arg(long, env = "DATABASE_URL", value_name = "DATABASE_URL")]
    pub database_url: String,
    /// Development's data folder, whose keys are used; production has none, and is refused.
    #[arg(long, env = "COMMDESK_DATA", value_name = "COMMDESK_DATA", default_value = ".data")]
    pub data: PathBuf,
}

/// Where the program runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Environment {
    Development,
    Production,
}

/// What the house was told, checked.
#[derive(Debug, Clone)]
pub struct Settings {
    pub environment: Environment,
    pub addr: SocketAddr,
    /// `https://…` or, in development, `http://…`, without a slash at the end.
    pub base_url: String,
    pub files: PathBuf,
    /// `None`: mail is only shown at /dev/mail.
    pub smtp: Option<String>,
    pub mail_from: String,
    pub trusted_proxies: Vec<Network>,
    /// `None`: no place is known, only networks.
    pub places_database: Option<PathBuf>,
    pub limit_factor: i32,
    pub site_root: PathBuf,
    /// May the outside network be asked (DNS, websites)?
    pub look_outside: bool,
    /// How long public pages are kept for people without a session.
    pub page_life: Duration,
}

impl Settings {
    pub fn is_development(&self) -> bool {
        self.environment == Environment::Development
    }

    /// `__Host-` cookies need https; development serves http on the loopback address.
    pub fn cookies_are_secure(&self) -> bool {
        self.base_url.starts_with("https://")
    }

    /// Settings for a developer's machine or a test.
    pub fn development(addr: SocketAddr, data: &Path, smtp: Option<String>, limit_factor: i32, site_root: PathBuf) -> Self {
        Self {
            environment: Environment::Development,
            addr,
            base_url: format!("http://{addr}"),
            files: data.join("files"),
            smtp,
            mail_from: "CommDesk <hello@commdesk.example>".into(),
            trusted_proxies: vec![Network::from_str("127.0.0.0/8").expect("a literal network")],
            places_database: None,
            limit_factor: limit_factor.max(1),
            site_root,
            look_outside: true,
            page_life: Duration::ZERO,
        }
    }
}

/// Nothing is told when a page changed, and memory is given back after a minute: a longer life would be a promise that the
/// cache does not keep.
fn page_seconds() -> clap::builder::RangedU64ValueParser<u64> {
    clap::value_parser!(u64).range(..=60)
}

/// A file that may be left unnamed.
pub fn named(path: &str) -> Option<PathBuf> {
    (!path.trim().is_empty()).then(|| PathBuf::from(path.trim()))
}

/// The address that people use, as links and the origin check need it: nothing behind the host and its port.
fn origin(text: &str) -> anyhow::Result<String> {
    let base = url::Url::parse(text).context("COMMDESK_BASE_URL is not an address")?;
    let is_here = base.scheme() == "http" && matches!(base.host_str(), Some("127.0.0.1" | "localhost"));
    if base.scheme() != "https" && !is_here {
        bail!("COMMDESK_BASE_URL must start with https://: session cookies are never sent in the clear");
    }
    let ends = base.path() == "/" && base.query().is_none() && base.fragment().is_none();
    if !ends || !base.username().is_empty() || base.password().is_some() {
        bail!(
            "COMMDESK_BASE_URL must be the bare address, like https://commdesk.example: the site has a host for itself, \
             and links are made by adding a path"
        );
    }
    Ok(base.origin().ascii_serialization())
}

/// Does the built site lie where it should? Without it pages come without style and never wake.
///
/// # Errors
/// Names the folder and how it is filled.
pub fn check_site(site_root: &Path) -> anyhow::Result<()> {
    if site_root.join("pkg").is_dir() {
        return Ok(());
    }
    bail!(
        "LEPTOS_SITE_ROOT: {} holds no built site (it has no folder `pkg`). Name the folder that `cargo leptos build` filled",
        site_root.display()
    )
}

impl VerbSettings {
    /// What production says; nothing where neither a key nor an address is given, and there is development's folder: then that is
    /// meant. A key that was forgotten must not open production with development's.
    ///
    /// # Errors
    /// Names what is missing.
    pub fn production(&self) -> anyhow::Result<Option<Serve>> {
        let productions = [&self.base_url, &self.column_keys, &self.blind_key, &self.signing_key];
        if productions.iter().all(|value| value.is_none()) && Keys::are_in(&self.data) {
            return Ok(None);
        }
        let mut missing = Vec::new();
        let mut told = |value: &Option<String>, name: &'static str| {
            if value.is_none() {
                missing.push(name);
            }
            value.clone().unwrap_or_default()
        };
        let serve = Serve {
            addr: self.addr,
            database_url: told(&self.database_url, "DATABASE_URL"),
            base_url: told(&self.base_url, "COMMDESK_BASE_URL"),
            files: self.files.clone(),
            column_keys: told(&self.column_keys, "COMMDESK_COLUMN_KEYS"),
            blind_key: told(&self.blind_key, "COMMDESK_BLIND_KEY"),
            signing_key: told(&self.signing_key, "COMMDESK_SIGNING_KEY"),
            smtp: told(&self.smtp, "COMMDESK_SMTP"),
            mail_from: self.mail_from.clone(),
            trusted_proxies: String::new(),
            places_database: String::new(),
            pool: self.pool,
            workers: 0,
            page_seconds: 0,
            site_root: PathBuf::new(),
        };
        if missing.is_empty() {
            return Ok(Some(serve));
        }
        let missing = missing.join(", ");
        if Keys::are_in(&self.data) {
            bail!(
                "{missing}: not given, and the keys of {} are used only where neither COMMDESK_BASE_URL nor a key is given",
                self.data.display()
            );
        }
        bail!("{missing}: not given, and {} holds no development keys (COMMDESK_DATA)", self.data.display())
    }

    /// Development's settings, as `dev` has them at the same address.
    pub fn development(&self) -> Settings {
        Settings::development(self.addr, &self.data, self.smtp.clone(), 1, PathBuf::new())
    }
}

impl Serve {
    /// # Errors
    /// Names the value that is missing or wrong.
    pub fn settings(&self) -> anyhow::Result<Settings> {
        let base_url = origin(&self.base_url)?;
        let trusted_proxies = self
            .trusted_proxies
            .split(',')
            .map(str::trim)
            .filter(|p| !p.is_empty())
            .map(|p| Network::from_str(p).with_context(|| format!("COMMDESK_TRUSTED_PROXIES: {p} is not an address or network")))
            .collect::<Result<_, _>>()?;
        if !["smtp://", "smtps://"].iter().any(|scheme| self.smtp.starts_with(scheme)) {
            bail!("COMMDESK_SMTP must start with smtp:// or smtps://");
        }
        smtp::sender(&self.mail_from).context("COMMDESK_MAIL_FROM")?;
        Ok(Settings {
            environment: Environment::Production,
            addr: self.addr,
            base_url,
            files: self.files.clone(),
            smtp: Some(self.smtp.clone()),
            mail_from: self.mail_from.clone(),
            trusted_proxies,
            places_database: named(&self.places_database),
            limit_factor: 1,
            site_root: self.site_root.clone(),
            look_outside: true,
            page_life: Duration::from_secs(self.page_seconds),
        })
    }

    /// Who serves or works has keys of its own. A verb that ends may also be sent to development's database.
    ///
    /// # Errors
    /// Names the key that was made by `dev`.
    pub fn refuse_keys_of_development(&self) -> anyhow::Result<()> {
        for (name, value) in [
            ("COMMDESK_COLUMN_KEYS", &self.column_keys),
            ("COMMDESK_BLIND_KEY", &self.blind_key),
            ("COMMDESK_SIGNING_KEY", &self.signing_key),
        ] {
            // Development's keys begin with the bytes `dev!`, which base64 spells so.
            if value.split(',').any(|key| key.rsplit(':').next().is_some_and(|k| k.trim().starts_with("ZGV2I"))) {
                bail!("{name} holds a key made by `dev`. Make fresh ones with `commdesk keys`.");
            }
        }
        Ok(())
    }

    /// # Errors
    /// Names the key that is broken.
    pub fn keys(&self) -> anyhow::Result<Keys> {
        Keys::parse(&self.column_keys, &self.blind_key, &self.signing_key)
    }
}

/// The keys of the house.
pub struct Keys {
    pub columns: Keyring,
    pub blind: BlindKey,
    pub signing: CheckpointKey,
}

impl Keys {
    fn parse(columns: &str, blind: &str, signing: &str) -> anyhow::Result<Self> {
        Ok(Self {
            columns: Keyring::parse(columns).context("COMMDESK_COLUMN_KEYS")?,
            blind: BlindKey::parse(blind).context("COMMDESK_BLIND_KEY")?,
            signing: CheckpointKey::parse(signing).context("COMMDESK_SIGNING_KEY")?,
        })
    }

    /// Fresh keys as environment lines; `dev` marks them as development's.
    pub fn fresh_lines(dev: bool) -> String {
        use base64::{Engine as _, engine::general_purpose::STANDARD};
        use rand::Rng as _;
        let key = || {
            let mut bytes = [0_u8; 32];
            rand::rng().fill_bytes(&mut bytes);
            if dev {
                bytes[..4].copy_from_slice(b"dev!");
            }
            STANDARD.encode(bytes)
        };
        format!("COMMDESK_COLUMN_KEYS=1:{}\nCOMMDESK_BLIND_KEY={}\nCOMMDESK_SIGNING_KEY={}\n", key(), key(), key())
    }

    /// Does this folder hold development's keys?
    pub fn are_in(data: &Path) -> bool {
        data.join("keys.env").exists()
    }

    /// Development's keys, made on first use, readable by their owner only.
    ///
    /// # Errors
    /// When the data folder cannot be written.
    pub fn of_development(data: &Path) -> anyhow::Result<Self> {
        use std::{io::Write as _, os::unix::fs::OpenOptionsExt as _};
        std::fs::create_dir_all(data).with_context(|| format!("COMMDESK_DATA: {} cannot be made", data.display()))?;
        let path = data.join("keys.env");
        if !path.exists() {
            let mut file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path)?;
            file.write_all(Self::fresh_lines(true).as_bytes())?;
        }
        let lines = std::fs::read_to_string(&path)?;
        let value = |name: &str| {
            lines
                .lines()
                .find_map(|line| line.strip_prefix(name)?.strip_prefix('='))
                .with_context(|| format!("{} has no {name}; remove the file to make new keys", path.display()))
        };
        Self::parse(value("COMMDESK_COLUMN_KEYS")?, value("COMMDESK_BLIND_KEY")?, value("COMMDESK_SIGNING_KEY")?)
    }
}

/// An address or a network in CIDR notation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    prefix: u8,
}

impl Network {
    pub fn holds(&self, address: IpAddr) -> bool {
        let bits = |ip: IpAddr| match ip.to_canonical() {
            IpAddr::V4(v4) => (u128::from(u32::from(v4)), 32_u8),
            IpAddr::V6(v6) => (u128::from(v6), 128),
        };
        let ((ours, width), (theirs, their_width)) = (bits(self.address), bits(address));
        let shift = u32::from(width - self.prefix.min(width));
        width == their_width && ours.checked_shr(shift) == theirs.checked_shr(shift)
    }
}

impl FromStr for Network {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> anyhow::Result<Self> {
        let (address, prefix) = text.split_once('/').map_or((text, None), |(a, p)| (a, Some(p)));
        let address: IpAddr = address.parse()?;
        let width = if address.is_ipv4() { 32 } else { 128 };
        let prefix = prefix.map(str::parse).transpose()?.unwrap_or(width);
        if prefix > width {
            bail!("the prefix is longer than the address");
        }
        Ok(Self { address, prefix })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::{BTreeMap, BTreeSet};

    #[test]
    fn a_network_holds_its_own() {
        let net = Network::from_str("10.1.0.0/16").unwrap();
        assert!(net.holds("10.1.2.3".parse().unwrap()));
        assert!(net.holds("::ffff:10.1.2.3".parse().unwrap()));
        assert!(!net.holds("10.2.0.1".parse().unwrap()));
        assert!(Network::from_str("127.0.0.1").unwrap().holds("127.0.0.1".parse().unwrap()));
        assert!(Network::from_str("10.0.0.0/33").is_err());
    }

    /// What `serve` says to this one flag, everything else being in order; nothing when it takes it.
    fn refusal(flag: &'static str, value: &str) -> String {
        let site = tempfile::tempdir().unwrap();
        std::fs::create_dir(site.path().join("pkg")).unwrap();
        let keys = Keys::fresh_lines(false);
        let key = |name: &str| keys.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('=')).unwrap().to_owned();
        let mut told = BTreeMap::from([
            ("--database-url", "postgres://app@127.0.0.1/commdesk".to_owned()),
            ("--base-url", "https://commdesk.example".to_owned()),
            ("--column-keys", key("COMMDESK_COLUMN_KEYS")),
            ("--blind-key", key("COMMDESK_BLIND_KEY")),
            ("--signing-key", key("COMMDESK_SIGNING_KEY")),
            ("--smtp", "smtp://127.0.0.1".to_owned()),
            ("--site-root", site.path().display().to_string()),
        ]);
        told.insert(flag, value.to_owned());
        let flags = told.iter().map(|(flag, value)| format!("{flag}={value}"));
        let serve = match Cli::try_parse_from(["commdesk".to_owned(), "serve".to_owned()].into_iter().chain(flags)) {
            Ok(Cli { verb: Verb::Serve(serve) }) => serve,
            Ok(_) => panic!("another verb"),
            Err(error) => return error.to_string(),
        };
        let settled = serve.settings().and_then(|settings| check_site(&settings.site_root)).and_then(|()| serve.keys().map(drop));
        settled.err().map(|error| format!("{error:#}")).unwrap_or_default()
    }

    #[test]
    fn a_bad_value_is_called_by_its_own_name() {
        let cases = [
            ("--addr", "nowhere", "COMMDESK_ADDR"),
            ("--pool", "many", "COMMDESK_POOL"),
            ("--pool", "0", "COMMDESK_POOL"),
            ("--workers", "-1", "COMMDESK_WORKERS"),
            ("--page-seconds", "61", "COMMDESK_PAGE_SECONDS"),
            ("--base-url", "commdesk", "COMMDESK_BASE_URL"),
            ("--base-url", "http://commdesk.example", "COMMDESK_BASE_URL"),
            ("--base-url", "ftp://127.0.0.1", "COMMDESK_BASE_URL"),
            ("--base-url", "https://commdesk.example/market", "COMMDESK_BASE_URL"),
            ("--base-url", "https://commdesk.example/?from=mail", "COMMDESK_BASE_URL"),
            ("--base-url", "https://me:word@commdesk.example", "COMMDESK_BASE_URL"),
            ("--smtp", "mail.example", "COMMDESK_SMTP"),
            ("--mail-from", "CommDesk", "COMMDESK_MAIL_FROM"),
            ("--mail-from", "", "COMMDESK_MAIL_FROM"),
            ("--trusted-proxies", "10.0.0.0/99", "COMMDESK_TRUSTED_PROXIES"),
            ("--site-root", "/nowhere", "LEPTOS_SITE_ROOT"),
            ("--column-keys", "1:c2hvcnQ=", "COMMDESK_COLUMN_KEYS"),
            ("--blind-key", "not base64!", "COMMDESK_BLIND_KEY"),
            ("--signing-key", "", "COMMDESK_SIGNING_KEY"),
        ];
        for (flag, value, name) in cases {
            let said = refusal(flag, value);
            assert!(said.contains(name), "{flag}={value}: {said:?}");
            for (_, _, other) in cases.iter().filter(|case| case.2 != name) {
                assert!(!said.contains(other), "{flag}={value} is called {other}: {said}");
            }
        }
        for (flag, value) in [
            ("--pool", "1"),
            ("--page-seconds", "0"),
            ("--page-seconds", "60"),
            ("--base-url", "https://commdesk.example/"),
            ("--base-url", "http://localhost:3000"),
            ("--mail-from", "hello@commdesk.example"),
            ("--trusted-proxies", "10.0.0.0/8, ::1"),
        ] {
            assert_eq!(refusal(flag, value), "", "{flag}={value}");
        }
    }

    #[test]
    fn the_sites_address_is_its_origin() {
        assert_eq!(origin("https://CommDesk.example:443/").unwrap(), "https://commdesk.example");
        assert_eq!(origin("http://127.0.0.1:3000").unwrap(), "http://127.0.0.1:3000");
    }

    #[test]
    fn the_example_names_every_value_and_no_other() {
        use clap::CommandFactory as _;
        let cli = Cli::command();
        for arg in cli.get_subcommands().flat_map(clap::Command::get_arguments) {
            let (Some(name), Some(shown)) = (arg.get_env(), arg.get_value_names()) else { continue };
            assert_eq!(shown[0].as_str(), name, "what messages call it");
        }
        let known: BTreeSet<String> = ["serve", "work", "migrate"]
            .into_iter()
            .flat_map(|verb| cli.find_subcommand(verb).unwrap().get_arguments())
            .filter_map(|arg| Some(arg.get_env()?.to_string_lossy().into_owned()))
            .collect();
        let told: BTreeSet<String> = include_str!("../../.env.example")
            .lines()
            .filter(|line| !line.starts_with('#'))
            .filter_map(|line| Some(line.split_once('=')?.0.to_owned()))
            .collect();
        assert_eq!(told, known);
    }

    #[test]
    fn keys_of_development_are_marked() {
        assert!(Keys::fresh_lines(true).lines().all(|l| l.contains("ZGV2I")));
        assert!(!Keys::fresh_lines(false).contains("=ZGV2I"));
    }
}
