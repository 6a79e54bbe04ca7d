//! Typed configuration, from flags and environment. A bad value is named and refused at start.

use super::crypto::{BlindKey, CheckpointKey, Keyring};
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
    /// Look at a file of organizations or events, and import it.
    Import(Import),
    /// Print the OpenAPI document of /api/v1.
    Openapi,
    /// Print fresh keys for production, as environment lines.
    Keys,
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
        settings: Serve,
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
    pub settings: Serve,
}

#[derive(Debug, Subcommand)]
pub enum Facts {
    /// Check every chain and checkpoint; exits with 1 and names the first bad row.
    Verify(Serve),
}

#[derive(Debug, Clone, Args)]
pub struct Dev {
    /// Where to listen.
    #[arg(long, env = "COMMDESK_ADDR", default_value = "127.0.0.1:3000")]
    pub addr: SocketAddr,
    /// Where the private database, keys and files of development live.
    #[arg(long, env = "COMMDESK_DATA", default_value = ".data")]
    pub data: PathBuf,
    /// Use this database instead of a private one; it is migrated, but never seeded unless --seed is given.
    #[arg(long, env = "DATABASE_URL")]
    pub database_url: Option<String>,
    /// Load the demo story into DATABASE_URL too.
    #[arg(long)]
    pub seed: bool,
    /// Leave the private database empty.
    #[arg(long)]
    pub no_seed: bool,
    /// Where to hand mail over, for example smtp://127.0.0.1:1025; without it, mail is only shown at /dev/mail.
    #[arg(long, env = "COMMDESK_SMTP")]
    pub smtp: Option<String>,
    /// A list of places in MaxMind's format (.mmdb, for example DB-IP Lite), so that people read in which town they are signed in.
    #[arg(long, env = "COMMDESK_PLACES_DATABASE", default_value = "")]
    pub places_database: String,
    /// Multiplies every rate limit, for fuzzing. Development only.
    #[arg(long, env = "COMMDESK_LIMIT_FACTOR", default_value_t = 1)]
    pub limit_factor: i32,
    /// Seconds for which public pages are kept for people without a session; 0, and each is rendered for itself.
    #[arg(long, env = "COMMDESK_PAGE_SECONDS", default_value_t = 0)]
    pub page_seconds: u64,
    /// Where the built site (css, wasm, pictures) lies.
    #[arg(long, env = "LEPTOS_SITE_ROOT", default_value = "target/site")]
    pub site_root: PathBuf,
}

#[derive(Debug, Clone, Args)]
pub struct Serve {
    /// Where to listen.
    #[arg(long, env = "COMMDESK_ADDR", default_value = "127.0.0.1:3000")]
    pub addr: SocketAddr,
    /// The app role's address of the database: it may add to history, not change it.
    #[arg(long, env = "DATABASE_URL")]
    pub database_url: String,
    /// The address people use, for links in mails and for the origin check.
    #[arg(long, env = "COMMDESK_BASE_URL")]
    pub base_url: String,
    /// Where uploaded files and checkpoints are kept.
    #[arg(long, env = "COMMDESK_FILES", default_value = ".data/files")]
    pub files: PathBuf,
    /// Keys of encrypted columns, `id:base64` separated by commas; the last one encrypts.
    #[arg(long, env = "COMMDESK_COLUMN_KEYS", hide_env_values = true)]
    pub column_keys: String,
    /// Key of blind indexes, base64.
    #[arg(long, env = "COMMDESK_BLIND_KEY", hide_env_values = true)]
    pub blind_key: String,
    /// Key that signs checkpoints of the record, base64.
    #[arg(long, env = "COMMDESK_SIGNING_KEY", hide_env_values = true)]
    pub signing_key: String,
    /// Where mail is handed over, for example smtps://user:password@mail.example.com.
    #[arg(long, env = "COMMDESK_SMTP", hide_env_values = true)]
    pub smtp: String,
    /// Who mail is from.
    #[arg(long, env = "COMMDESK_MAIL_FROM", default_value = "CommDesk <hello@commdesk.example>")]
    pub mail_from: String,
    /// Addresses or networks of proxies whose X-Forwarded-For is believed, separated by commas.
    #[arg(long, env = "COMMDESK_TRUSTED_PROXIES", default_value = "")]
    pub trusted_proxies: String,
    /// A list of places in MaxMind's format (.mmdb, for example DB-IP Lite), so that people read in which town they are signed in;
    /// `serve` reads it into memory at its start. Without it they read the network only.
    #[arg(long, env = "COMMDESK_PLACES_DATABASE", default_value = "")]
    pub places_database: String,
    /// Connections to the database.
    #[arg(long, env = "COMMDESK_POOL", default_value_t = 16)]
    pub pool: u32,
    /// Workers for jobs in this process; `serve` with 0 leaves them to `work`.
    #[arg(long, env = "COMMDESK_WORKERS", default_value_t = 2)]
    pub workers: usize,
    /// Seconds for which public pages are kept for people without a session; 0, and each is rendered for itself.
    #[arg(long, env = "COMMDESK_PAGE_SECONDS", default_value_t = 1)]
    pub page_seconds: u64,
    /// Where the built site (css, wasm, pictures) lies.
    #[arg(long, env = "LEPTOS_SITE_ROOT", default_value = "target/site")]
    pub site_root: PathBuf,
}

#[derive(Debug, Clone, Args)]
pub struct Migrate {
    /// The owner role's address of the database.
    #[arg(long, env = "DATABASE_OWNER_URL")]
    pub database_owner_url: String,
    /// The role that `serve` and `work` run as; it must exist.
    #[arg(long, env = "COMMDESK_APP_ROLE", default_value = "commdesk_app")]
    pub app_role: String,
}

#[derive(Debug, Clone, Args)]
pub struct Seed {
    /// Load the demo people and their story.
    #[arg(long, required = true)]
    pub demo: bool,
    /// The app role's address of the database.
    #[arg(long, env = "DATABASE_URL")]
    pub database_url: String,
    /// Development's data folder, whose keys are used; production has none, and is refused.
    #[arg(long, env = "COMMDESK_DATA", default_value = ".data")]
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

/// A file that may be left unnamed.
pub fn named(path: &str) -> Option<PathBuf> {
    (!path.trim().is_empty()).then(|| PathBuf::from(path.trim()))
}

impl Serve {
    /// # Errors
    /// Names the value that is missing or wrong.
    pub fn settings(&self) -> anyhow::Result<Settings> {
        let base = url::Url::parse(&self.base_url).context("COMMDESK_BASE_URL is not an address")?;
        if base.scheme() != "https" && base.host_str() != Some("127.0.0.1") && base.host_str() != Some("localhost") {
            bail!("COMMDESK_BASE_URL must start with https://: session cookies are never sent in the clear");
        }
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
        Ok(Settings {
            environment: Environment::Production,
            addr: self.addr,
            base_url: self.base_url.trim_end_matches('/').to_owned(),
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

    /// # Errors
    /// Names the key that is broken, or was made by `dev`.
    pub fn keys(&self) -> anyhow::Result<Keys> {
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

    /// Development's keys, made on first use, readable by their owner only.
    ///
    /// # Errors
    /// When the data folder cannot be written.
    pub fn of_development(data: &Path) -> anyhow::Result<Self> {
        use std::{io::Write as _, os::unix::fs::OpenOptionsExt as _};
        std::fs::create_dir_all(data).with_context(|| format!("{} cannot be made", data.display()))?;
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

    #[test]
    fn a_network_holds_its_own() {
        let net = Network::from_str("10.1.0.0/16").unwrap();
        assert!(net.holds("10.1.2.3".parse().unwrap()));
        assert!(net.holds("::ffff:10.1.2.3".parse().unwrap()));
        assert!(!net.holds("10.2.0.1".parse().unwrap()));
        assert!(Network::from_str("127.0.0.1").unwrap().holds("127.0.0.1".parse().unwrap()));
        assert!(Network::from_str("10.0.0.0/33").is_err());
    }

    #[test]
    fn keys_of_development_are_marked() {
        assert!(Keys::fresh_lines(true).lines().all(|l| l.contains("ZGV2I")));
        assert!(!Keys::fresh_lines(false).contains("=ZGV2I"));
    }
}
