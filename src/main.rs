//! One binary with verbs; `commdesk --help` lists them. This file only puts together what the verbs need.

use anyhow::{Context as _, anyhow, bail};
use clap::Parser as _;
use commdesk::{
    features::{
        accounts::service as accounts, communities::index::Communities, facts::is_known, imports, notifications,
        opportunities::index::Opportunities, organizations::index::Directory, reactions, sealed,
    },
    http,
    kernel::{actor::StaffRole, error::AppError},
    platform::{
        cluster::{Cluster, Server},
        config::{
            Cli, Dev, Facts, Import, Jobs, Keys, Migrate, Seed, Serve, Settings, Staff, Verb, VerbSettings, check_site, named,
        },
        ctx::{Ctx, House},
        db, facts, index, jobs, keys, open, telemetry,
    },
    seeds::private::{Private, Wish},
};
use std::{net::SocketAddr, sync::Arc, time::Duration};
use tokio_util::sync::CancellationToken;

/// A page is thousands of small pieces: with the system's allocator a third of its time went into asking for them.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Development's database.
const DATABASE: &str = "commdesk";

/// Workers for jobs in development: checks of applicants wait for the network, and no letter waits behind them.
const DEV_WORKERS: usize = 4;
/// How long what is in hand may take once a stop was asked for: connections, jobs and the database together. With what
/// follows it stays under five seconds.
const GRACE: Duration = Duration::from_secs(4);
/// How long a computation (a password's hash, a logo's drawing) may go on after everything else has ended.
const LAST: Duration = Duration::from_millis(500);

fn main() -> anyhow::Result<()> {
    let cli = Cli::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let done = runtime.block_on(run(cli));
    runtime.shutdown_timeout(LAST);
    done
}

async fn run(cli: Cli) -> anyhow::Result<()> {
    match cli.verb {
        Verb::Dev(dev) => run_dev(dev).await,
        Verb::Serve(serve) => run_serve(serve, true).await,
        Verb::Work(serve) => run_serve(serve, false).await,
        Verb::Migrate(migrate) => run_migrate(&migrate).await,
        Verb::Seed(seed) => run_seed(seed).await,
        Verb::Staff(staff) => run_staff(staff).await,
        Verb::Facts(Facts::Verify(settings)) => {
            // It reads only, and no sealed column: whoever looks at history needs no keys that fit.
            let house = house_told(&settings)?;
            is_up_to_date(&house, settings.database_url.is_none()).await?;
            let verdict = facts::verify(&Ctx::background(&house, "verify")).await?;
            println!("{} facts in {} chains, {} checkpoints", verdict.facts, verdict.chains, verdict.checkpoints);
            match verdict.fault {
                None => {
                    println!("Every chain is whole.");
                    Ok(())
                }
                Some(fault) => {
                    eprintln!("{fault}");
                    std::process::exit(1);
                }
            }
        }
        Verb::Jobs(Jobs::Retry { consumer, settings }) => {
            let house = open_told(&settings).await?;
            let again = notifications::service::try_again(&Ctx::background(&house, "retry"), consumer.as_deref()).await?;
            if again.is_empty() {
                println!("No such job is dead.");
            }
            for (consumer, count) in again {
                println!("{consumer}: {count} set ready again");
            }
            Ok(())
        }
        Verb::Import(import) => run_import(import).await,
        Verb::Openapi => {
            println!("{:#}", http::api_v1::openapi());
            Ok(())
        }
        Verb::Keys => {
            print!("{}", Keys::fresh_lines(false));
            Ok(())
        }
        Verb::Reseal(settings) => {
            let house = open_told(&settings).await?;
            let count = keys::reseal(&house, sealed::COLUMNS).await?;
            println!("{count} values sealed again. In an hour, key {} is the only one that is needed.", house.columns.current());
            Ok(())
        }
    }
}

/// Everything for one developer's machine.
async fn run_dev(dev: Dev) -> anyhow::Result<()> {
    telemetry::start_logs();
    let say = |line: &str| println!("{line}");
    let keys = Keys::of_development(&dev.data)?;
    let settings = || Settings {
        page_life: Duration::from_secs(dev.page_seconds),
        places_database: named(&dev.places_database),
        ..Settings::development(dev.addr, &dev.data, dev.smtp.clone(), dev.limit_factor, dev.site_root.clone())
    };
    let seed = if dev.database_url.is_some() { dev.seed } else { !dev.no_seed };
    let (cluster, app_url) = match &dev.database_url {
        Some(url) => {
            migrate_as("DATABASE_URL", url, None).await?;
            (None, url.clone())
        }
        None => {
            let cluster = Cluster::start(&dev.data.join("postgres"), !dev.throw_away, &say).await?;
            let on = |url: &str| open::open(settings(), Keys::of_development(&dev.data)?, db::pool(url, 8)?, is_known);
            let (files, registry) = (settings().files, reactions::registry());
            let private = Private { server: &cluster, name: DATABASE, files: &files, open: &on, registry: &registry, say: &say };
            let wish = match (seed, dev.renew_demo) {
                (_, true) => Wish::Anew,
                (true, false) => Wish::Demo,
                (false, false) => Wish::Empty,
            };
            private.ready(wish).await?;
            let url = cluster.app_url(DATABASE);
            (Some(cluster), url)
        }
    };
    if check_site(&dev.site_root).is_err() {
        say(&format!("{} holds no built site: pages come without style. `make run` builds it.", dev.site_root.display()));
    }
    let house = open::open(settings(), keys, db::pool(&app_url, 16)?, is_known)?;
    keys::fit(&house, sealed::COLUMNS).await?;
    if seed && cluster.is_none() {
        commdesk::seeds::demo(&house, &reactions::registry(), &say).await.context("the demo could not be loaded")?;
    }
    let stop = on_signal();
    let served = listen(&house, dev.addr, DEV_WORKERS, true, &stop, || {
        println!("\nCommDesk is at http://{}", dev.addr);
        if seed {
            commdesk::seeds::introduce(&say);
        }
        println!("Mail is at http://{}/dev/mail. Ctrl-C stops everything.\n", dev.addr);
    })
    .await;
    if let Some(cluster) = cluster {
        cluster.stop()?;
    }
    served
}

/// Brings a database up to date as its owner, whose address was given as `named`.
async fn migrate_as(named: &'static str, owner_url: &str, app_role: Option<&str>) -> anyhow::Result<()> {
    let owner = db::pool(owner_url, 2).context(named)?;
    db::migrate(&owner, app_role).await?;
    owner.close().await;
    Ok(())
}

async fn run_serve(serve: Serve, pages: bool) -> anyhow::Result<()> {
    telemetry::start_logs();
    serve.refuse_keys_of_development()?;
    let house = open_production(&serve, pages)?;
    is_up_to_date(&house, false).await?;
    if db::role_is_too_strong(&house.pool).await? {
        bail!("DATABASE_URL is a role that may change history; use the app's role (`commdesk migrate` gives it its rights)");
    }
    keys::fit(&house, sealed::COLUMNS).await?;
    let stop = on_signal();
    let workers = if pages { serve.workers } else { serve.workers.max(1) };
    listen(&house, serve.addr, workers, pages, &stop, || tracing::info!(addr = %serve.addr, "serving")).await
}

/// Is the schema the one that this program works on? `private`: the database is the one that `dev` keeps, which nobody named.
async fn is_up_to_date(house: &House, private: bool) -> anyhow::Result<()> {
    let silent = if private {
        "the database of `commdesk dev` does not answer (COMMDESK_DATA): start that first"
    } else {
        "DATABASE_URL: the database does not answer"
    };
    if !db::is_migrated(&house.pool).await.context(silent)? {
        bail!("the schema is not up to date: run `commdesk migrate` as the owner first");
    }
    Ok(())
}

/// Is the database one that this program and these keys can work on?
async fn ready(house: &House, private: bool) -> anyhow::Result<()> {
    is_up_to_date(house, private).await?;
    keys::fit(house, sealed::COLUMNS).await
}

async fn run_migrate(migrate: &Migrate) -> anyhow::Result<()> {
    migrate_as("DATABASE_OWNER_URL", &migrate.database_owner_url, Some(&migrate.app_role)).await?;
    println!("The schema is up to date, and {} has its rights.", migrate.app_role);
    Ok(())
}

async fn run_seed(seed: Seed) -> anyhow::Result<()> {
    // Only development has this file: `serve` takes its keys from the environment and refuses development's.
    if !Keys::are_in(&seed.data) {
        bail!("{} holds no development keys: the demo is for development only (start `commdesk dev` once)", seed.data.display());
    }
    let keys = Keys::of_development(&seed.data)?;
    let settings = Settings::development(SocketAddr::from(([127, 0, 0, 1], 3000)), &seed.data, None, 1, "target/site".into());
    let house = open::open(settings, keys, db::pool(&seed.database_url, 4).context("DATABASE_URL")?, is_known)?;
    ready(&house, false).await?;
    let say = |line: &str| println!("{line}");
    commdesk::seeds::demo(&house, &reactions::registry(), &say).await?;
    commdesk::seeds::introduce(&say);
    Ok(())
}

/// Says who is staff, or takes a lost second factor off a login.
async fn run_staff(staff: Staff) -> anyhow::Result<()> {
    telemetry::start_logs();
    let (Staff::Add { settings, .. } | Staff::Remove { settings, .. } | Staff::ResetFactor { settings, .. }) = &staff;
    let house = open_told(settings).await?;
    let ctx = Ctx::background(&house, "staff");
    let done = match &staff {
        Staff::Add { email, role, name, .. } => accounts::add_staff(&ctx, email, name, role)
            .await
            .map(|_| format!("{email} is now staff ({role}). Without a password yet, they get a link by mail.")),
        Staff::Remove { email, role, .. } => accounts::remove_staff(&ctx, email, role.as_deref()).await.map(|taken| {
            let taken: Vec<&str> = taken.into_iter().map(StaffRole::label).collect();
            format!("Taken from {email}: {}. Their sessions have ended.", taken.join(", "))
        }),
        Staff::ResetFactor { email, .. } => accounts::reset_second_factor(&ctx, email)
            .await
            .map(|()| format!("{email} has no second factor any more. Their sessions have ended.")),
    };
    // Each problem in its own words: a command has no fields to write them beside.
    let done = done.map_err(|error| match error {
        AppError::Invalid(problems) => anyhow!(problems.0.into_values().collect::<Vec<_>>().join(" ")),
        other => anyhow::Error::new(other),
    })?;
    // The letter leaves now, not when a worker next runs: the link in it lets them set a password.
    jobs::drain(&ctx, &reactions::registry()).await?;
    println!("{done}");
    Ok(())
}

/// Brings a file and, unless it is only looked at, carries it out; prints what became of its rows, also where nothing was
/// imported, which is an error.
async fn run_import(import: Import) -> anyhow::Result<()> {
    telemetry::start_logs();
    let house = open_told(&import.settings).await?;
    let ctx = Ctx::background(&house, "import");
    let bytes = std::fs::read(&import.file).with_context(|| format!("{} cannot be read", import.file.display()))?;
    let logos = import.logos.as_deref().map(imports::pictures::of_folder).transpose()?.unwrap_or_default();
    let name = import.file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let said =
        imports::service::by_command(&ctx, &import.by, &import.target, &import.community, name, bytes, logos, import.dry_run);
    let said = said.await.inspect_err(|error| {
        if let Some(not_imported) = error.downcast_ref::<imports::service::NotImported>() {
            print!("{}", not_imported.said);
        }
    })?;
    print!("{said}");
    Ok(())
}

/// The house that a verb works on and leaves, when its keys fit.
async fn open_told(told: &VerbSettings) -> anyhow::Result<Arc<House>> {
    let house = house_told(told)?;
    ready(&house, told.database_url.is_none()).await?;
    Ok(house)
}

/// Production's house, or the one that `dev` has in its folder.
fn house_told(told: &VerbSettings) -> anyhow::Result<Arc<House>> {
    if let Some(serve) = told.production()? {
        return open_production(&serve, false);
    }
    let keys = Keys::of_development(&told.data)?;
    let url = match &told.database_url {
        Some(url) => url.clone(),
        None => Server::remembered(&told.data.join("postgres"))?.app_url(DATABASE),
    };
    open::open(told.development(), keys, db::pool(&url, told.pool).context("DATABASE_URL")?, is_known)
}

fn open_production(serve: &Serve, pages: bool) -> anyhow::Result<Arc<House>> {
    let mut settings = serve.settings()?;
    if pages {
        check_site(&settings.site_root)?;
    } else {
        // Only a page shows a place: nobody else needs the list in memory.
        settings.places_database = None;
    }
    let pool = db::pool(&serve.database_url, serve.pool).context("DATABASE_URL")?;
    open::open(settings, serve.keys()?, pool, is_known)
}

/// Serves and works until told to stop; then finishes what is in hand and closes the pool, for at most [`GRACE`] in all.
/// What is not done by then is cut off: its transaction is rolled back, its job is taken again when its lease is over.
async fn listen(
    house: &Arc<House>,
    addr: SocketAddr,
    workers: usize,
    pages: bool,
    stop: &CancellationToken,
    ready: impl FnOnce(),
) -> anyhow::Result<()> {
    telemetry::recorder();
    if pages {
        index::keep::<Directory>(house, stop);
        index::keep::<Communities>(house, stop);
        index::keep::<Opportunities>(house, stop);
    }
    let background = (workers > 0).then(|| jobs::start(house, Arc::new(reactions::registry()), workers, stop));
    if pages {
        let listener = tokio::net::TcpListener::bind(addr)
            .await
            .with_context(|| format!("{addr} is taken: stop what listens there, or choose another with --addr"))?;
        ready();
        let mut router = http::site::router(Arc::clone(house));
        if house.settings.is_development() {
            router = router.merge(commdesk::seeds::routes(house));
        }
        let service = router.into_make_service_with_connect_info::<SocketAddr>();
        // Without TCP_NODELAY a streamed page waits for an acknowledgement.
        let listener = axum::serve::ListenerExt::tap_io(listener, |stream| {
            let _ = stream.set_nodelay(true);
        });
        let draining = stop.clone();
        let mut serving = tokio::spawn(IntoFuture::into_future(
            axum::serve(listener, service).with_graceful_shutdown(async move { draining.cancelled().await }),
        ));
        stop.cancelled().await;
        let end = tokio::time::Instant::now() + GRACE;
        match tokio::time::timeout_at(end, &mut serving).await {
            Ok(done) => done??,
            Err(_) => {
                tracing::warn!("some connections were still open after the grace");
                serving.abort();
            }
        }
        close(house, background, end).await;
    } else {
        ready();
        stop.cancelled().await;
        close(house, background, tokio::time::Instant::now() + GRACE).await;
    }
    Ok(())
}

/// Waits for the background's piece of work and for the pool, until `end`.
async fn close(house: &House, background: Option<tokio_util::task::TaskTracker>, end: tokio::time::Instant) {
    if let Some(background) = background
        && tokio::time::timeout_at(end, background.wait()).await.is_err()
    {
        tracing::warn!("some work was still in hand after the grace; it will be taken again");
    }
    if tokio::time::timeout_at(end, house.pool.close()).await.is_err() {
        tracing::warn!("some connections of the database were still in use after the grace");
    }
}

/// Cancelled by Ctrl-C or SIGTERM; a second one ends the program at once.
fn on_signal() -> CancellationToken {
    let stop = CancellationToken::new();
    let told = stop.clone();
    tokio::spawn(async move {
        let mut term = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()).expect("signals can be heard");
        loop {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = term.recv() => {}
            }
            if told.is_cancelled() {
                std::process::exit(130);
            }
            told.cancel();
        }
    });
    stop
}
