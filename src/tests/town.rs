//! The town where tests happen: a database of its own, cloned from a migrated template, the real router, and named people
//! who were made by the same services that people use.
//!
//! After every story the books are checked: every chain of facts must be whole.

use axum::{Router, body::Body, extract::ConnectInfo};
use commdesk::{
    features::{
        accounts::{rules::LinkPurpose, service as accounts},
        facts::is_known,
        reactions,
    },
    http::site,
    kernel::text::{Email, PersonName},
    platform::{
        clock::Clock,
        cluster,
        config::{Keys, Settings},
        ctx::{Ctx, House},
        db,
        dns::Fixed,
        facts,
        index::Shelf,
        jobs::{self, Registry},
        mail::{Letter, Memory, Post as _},
        password::Passwords,
        places::Places,
        secrets::{self, Secret},
        storage::Store,
    },
    seeds::{
        self,
        people::{ASHA, Figure, INGRID, MEI, PASSWORD, RAVI, TOMAS},
    },
};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, StatusCode, header};
use serde_json::Value;
use std::{
    collections::BTreeMap,
    net::SocketAddr,
    path::{Path, PathBuf},
    str::FromStr as _,
    sync::{Arc, LazyLock},
    time::Duration,
};
use tokio::sync::{Notify, OnceCell};
use tower::ServiceExt as _;

/// Connections of a town: enough that a page's parts ask beside each other, as they do in the product, and few, since each is a process
/// of Postgres that has to learn the schema first. More stand in line.
const POOL: u32 = 4;

/// One test's world.
pub struct Town {
    pub house: Arc<House>,
    pub registry: Registry,
    pub router: Router,
    /// What was "sent".
    pub post: Arc<Memory>,
    /// As the owner: for looking at, and breaking, what the app may not touch.
    pub owner: sqlx::PgPool,
    database: String,
    server: cluster::Server,
    _files: tempfile::TempDir,
}

/// Tells a story in a fresh town, then checks the books and takes the town down.
pub async fn story(tell: impl AsyncFnOnce(&Town)) {
    let town = Town::new().await;
    tell(&town).await;
    town.close().await;
}

/// Tells a story that begins where the demo's ends: its people, companies, community, event and opportunities are there, with
/// the letters that were sent. The demo is told once for all of them, and their databases are copies of that one.
pub async fn sequel(tell: impl AsyncFnOnce(&Town)) {
    let told = TOLD.get_or_init(Told::tell).await;
    let town = Town::on(&told.database, &told.files).await;
    for letter in &told.letters {
        town.post.send(letter).await.expect("a letter that was sent before");
    }
    tell(&town).await;
    town.close().await;
}

/// A town after the demo's story.
struct Told {
    database: String,
    /// Keys and pictures, by their path.
    files: Vec<(PathBuf, Vec<u8>)>,
    letters: Vec<Letter>,
    /// Tokens, by the addresses of [`THE_BUSY`].
    sessions: Vec<(&'static str, String)>,
}

/// Those of the demo who act in most stories. Each of their passwords would be hashed hundreds of times.
const THE_BUSY: [Figure; 5] = [ASHA, TOMAS, INGRID, RAVI, MEI];

static TOLD: OnceCell<Told> = OnceCell::const_new();

/// Longer than any run of the tests: what an ended run has left behind may go.
const FORGOTTEN: i64 = 6 * 3600;

impl Told {
    /// The database is named after this run: what the demo does is decided by the code, which nothing here can tell apart.
    async fn tell() -> Self {
        let town = Town::new().await;
        seeds::demo(&town.house, &town.registry, &|_| {}).await.expect("the demo's story");
        let mut files = Vec::new();
        read_all(town._files.path(), Path::new(""), &mut files);
        let letters = town.post.letters();
        let mut sessions = Vec::new();
        for figure in THE_BUSY {
            let signed_in =
                accounts::sign_in(&town.ctx(), figure.email, PASSWORD, "the demo").await.expect("the demo's password");
            sessions.push((figure.email, signed_in.token));
        }
        town.drain().await;
        town.house.pool.close().await;
        town.owner.close().await;
        let now = Clock::default().now().timestamp();
        for old in town.server.databases().await.expect("the names of databases") {
            let made = old.strip_prefix("told_").and_then(|rest| rest.split('_').next()?.parse::<i64>().ok());
            if made.is_some_and(|made| made + FORGOTTEN < now) {
                town.server.drop_database(&old).await.expect("the database of an old run goes");
            }
        }
        let database = format!("told_{now}_{}", std::process::id());
        town.server.create_database(&database, Some(&town.database)).await.expect("a name for the demo's database");
        town.server.drop_database(&town.database).await.expect("the first one goes");
        Self { database, files, letters, sessions }
    }
}

/// The session that somebody of [`THE_BUSY`] has in every sequel, for as long as it lasts there.
pub fn told_session(figure: Figure) -> Option<&'static str> {
    let sessions = &TOLD.get()?.sessions;
    sessions.iter().find(|(email, _)| *email == figure.email).map(|(_, token)| token.as_str())
}

/// Every file below `root`, with its path from there.
fn read_all(root: &Path, below: &Path, into: &mut Vec<(PathBuf, Vec<u8>)>) {
    for entry in std::fs::read_dir(root.join(below)).expect("a folder") {
        let path = below.join(entry.expect("a file").file_name());
        if root.join(&path).is_dir() {
            read_all(root, &path, into);
        } else {
            let bytes = std::fs::read(root.join(&path)).expect("a file that can be read");
            into.push((path, bytes));
        }
    }
}

/// Kept for as long as the tests run. With only one subscriber alive, tracing asks the thread that meets an event first
/// whether anybody listens, and remembers that thread's no for all: a test that counts events would hear nothing.
static SECOND_LISTENER: LazyLock<tracing::Dispatch> =
    LazyLock::new(|| tracing::Dispatch::new(tracing::subscriber::NoSubscriber::new()));

/// What every town stands on, found once by each process.
struct Ground {
    server: cluster::Server,
    template: String,
}

async fn ground() -> &'static Ground {
    static GROUND: OnceCell<Ground> = OnceCell::const_new();
    GROUND
        .get_or_init(async || {
            let server = cluster::test_cluster().await.expect("a Postgres for tests");
            // After the migrations that this program holds, so that one that is older than the folder's newest makes its own.
            let template = format!("template_{}", db::schema_word());
            cluster::test_template(&server, &template, async |url: &str| {
                let owner = db::pool(url, 1)?;
                db::migrate(&owner, Some(cluster::APP)).await?;
                owner.close().await;
                Ok(())
            })
            .await
            .expect("a migrated template");
            Ground { server, template }
        })
        .await
}

impl Town {
    async fn new() -> Self {
        LazyLock::force(&SECOND_LISTENER);
        Self::on(&ground().await.template, &[]).await
    }

    /// A town whose database is a copy of this one, with these files.
    async fn on(template: &str, before: &[(PathBuf, Vec<u8>)]) -> Self {
        let server = ground().await.server.clone();
        let database = format!("town_{}", hex::encode(secrets::random::<8>()));
        server.create_database(&database, Some(template)).await.expect("a database of the template");
        let files = tempfile::tempdir().expect("a folder for files");
        for (path, bytes) in before {
            let path = files.path().join(path);
            std::fs::create_dir_all(path.parent().expect("a folder around it")).expect("a folder");
            std::fs::write(path, bytes).expect("a file");
        }
        let addr = SocketAddr::from(([127, 0, 0, 1], 3999));
        let mut settings = Settings::development(addr, files.path(), None, 1, "target/site".into());
        settings.look_outside = false;
        let keys = Keys::of_development(files.path()).expect("fresh keys");
        let post = Arc::new(Memory::new());
        let names = Fixed::new().company("acme.example").company("apex.example").company("globex.example");
        let names = Arc::new(names);
        let house = Arc::new(House {
            pool: db::pool(&server.app_url(&database), POOL).expect("an address of the cluster"),
            clock: Clock::default(),
            columns: keys.columns,
            blind: keys.blind,
            signing: keys.signing,
            passwords: Passwords::new(2),
            post: post.clone(),
            store: Store::local(&files.path().join("files"), Secret::new([7; 32])).expect("a store"),
            lookups: names.clone(),
            reach: names,
            known: is_known,
            poke: Notify::new(),
            shelf: Shelf::default(),
            places: Places::default(),
            settings,
        });
        let owner = db::pool(&server.owner_url(&database), 2).expect("an address of the cluster");
        Self {
            router: site::router(Arc::clone(&house)),
            registry: reactions::registry(),
            house,
            post,
            owner,
            database,
            server,
            _files: files,
        }
    }

    /// The password of everybody whom [`Town::member`] made.
    pub const PASSWORD: &str = "a long enough phrase for one";

    /// Somebody with a login and no workspace, signed in.
    pub async fn member(&self, email: &str) -> Browser {
        let ctx = self.ctx();
        let mut tx = ctx.begin().await.expect("a transaction");
        let name = PersonName::parse("Mira Member").expect("a name");
        let user = accounts::ensure_user_in(&mut tx, &Email::parse(email).expect("an address"), &name).await.expect("a login");
        tx.commit().await.expect("committed");
        let token = accounts::issue_link(&ctx, user, LinkPurpose::Activate, email).await.expect("a link");
        accounts::use_link(&ctx, &token, &[LinkPurpose::Activate], Some(Self::PASSWORD)).await.expect("activated");
        let mut browser = self.visitor();
        let answer = browser.submit("/sign-in", "sign_in", &[("email", email), ("password", Self::PASSWORD)]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
        browser
    }

    pub fn ctx(&self) -> Ctx {
        Ctx::background(&self.house, "test")
    }

    /// Runs every job that is due.
    pub async fn drain(&self) {
        jobs::drain(&self.ctx(), &self.registry).await.expect("the database answers");
    }

    /// Moves the clock, sweeps what came due, and runs the jobs that follow.
    pub async fn shift(&self, seconds: i64) {
        self.house.clock.shift(seconds);
        jobs::sweep(&self.ctx(), &self.registry).await.expect("the database answers");
        self.drain().await;
    }

    /// Moves the clock to where a window of so many seconds begins. Windows of limits are fixed: what a test counts has to fit
    /// into one, whatever the time is when it runs.
    pub fn new_window(&self, seconds: i64) {
        self.house.clock.shift(seconds - self.ctx().now().timestamp().rem_euclid(seconds));
    }

    /// Where the app's role, or the owner, reaches this town's database.
    pub fn url(&self, owner: bool) -> String {
        if owner { self.server.owner_url(&self.database) } else { self.server.app_url(&self.database) }
    }

    /// The cluster that this town stands on: for tests with a database of their own.
    pub fn server(&self) -> &cluster::Server {
        &self.server
    }

    /// For statements that only a superuser may run, many of them, on one connection, for each is a process of Postgres. Whoever asks
    /// for it closes it.
    pub fn superuser(&self) -> sqlx::PgPool {
        db::pool(&self.server.superuser_url(&self.database), 1).expect("an address of the cluster")
    }

    /// Statements that only a superuser may run, triggers put aside: what a thief with the keys could do.
    pub async fn as_superuser(&self, statements: &str) {
        let pool = self.superuser();
        run(&pool, statements).await;
        pool.close().await;
    }

    /// Takes the database away from the app, or gives it back.
    pub async fn cut_off(&self, away: bool) {
        let pool = db::pool(&self.server.superuser_url("postgres"), 1).expect("an address of the cluster");
        let allow = if away { "false" } else { "true" };
        let mut statements = format!("alter database {} with allow_connections {allow};", self.database);
        if away {
            statements.push_str(&format!(
                "select pg_terminate_backend(pid) from pg_stat_activity where datname = '{}';",
                self.database
            ));
        }
        sqlx::raw_sql(sqlx::AssertSqlSafe(statements)).execute(&pool).await.expect("a superuser may");
        pool.close().await;
    }

    /// Another instance of the program on the same database and the same files: its own connections, its own clock.
    pub fn second_instance(&self) -> Arc<House> {
        Arc::new(House {
            pool: self.pool(8),
            clock: Clock::default(),
            passwords: Passwords::new(2),
            ..self.house.at_another_time(0)
        })
    }

    /// Another instance at the same time of day that has one connection: whatever asks for a second one while it holds the first
    /// is refused.
    pub fn with_one_connection(&self) -> Arc<House> {
        Arc::new(House { pool: self.pool(1), passwords: Passwords::new(2), ..self.house.at_another_time(0) })
    }

    fn pool(&self, size: u32) -> sqlx::PgPool {
        db::pool(&self.server.app_url(&self.database), size).expect("an address of the cluster")
    }

    /// A visitor with a browser of their own.
    pub fn visitor(&self) -> Browser {
        Browser::new(self.router.clone())
    }

    async fn close(self) {
        let dead = sqlx::query_scalar::<_, i64>("select count(*) from jobs where state = 'dead'")
            .fetch_one(&self.owner)
            .await
            .expect("jobs");
        assert_eq!(dead, 0, "a job died");
        facts::checkpoint(&self.ctx()).await.expect("a checkpoint");
        let verdict = facts::verify(&self.ctx()).await.expect("facts can be read");
        assert_eq!(verdict.fault, None, "the books are not whole");
        self.house.pool.close().await;
        self.owner.close().await;
        let _ = self.server.drop_database(&self.database).await;
    }
}

/// Runs statements that have to succeed.
pub async fn run(pool: &sqlx::PgPool, statements: &str) {
    let ran = sqlx::raw_sql(sqlx::AssertSqlSafe(statements.to_owned())).execute(pool).await;
    ran.unwrap_or_else(|error| panic!("{error}: {statements}"));
}

/// A file that somebody chose for a field of a form. A browser sends a field without a file too, with neither name nor bytes.
pub struct Chosen<'a> {
    pub field: &'a str,
    pub name: &'a str,
    pub kind: &'a str,
    pub bytes: &'a [u8],
}

/// Somebody with a browser: keeps cookies, sends what browsers send.
#[derive(Clone)]
pub struct Browser {
    router: Router,
    cookies: Vec<(String, String)>,
    address: SocketAddr,
    /// Sent as `X-CommDesk-Workspace` by [`Browser::api`].
    pub workspace: Option<String>,
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("not JSON ({}): {}", self.status, self.text))
    }

    /// `data` of a successful envelope.
    pub fn data(&self) -> Value {
        let json = self.json();
        assert_eq!(json["success"], true, "{} {}", self.status, self.text);
        json["data"].clone()
    }

    /// The stable code of a refusal.
    pub fn code(&self) -> String {
        self.json()["error"]["code"].as_str().unwrap_or_else(|| panic!("no refusal ({}): {}", self.status, self.text)).to_owned()
    }

    /// What a header says; nothing where there is none.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    pub fn location(&self) -> &str {
        self.header("location")
    }
}

/// What the API's document says of a call.
struct Described {
    /// `GET`.
    method: String,
    /// The path's parts; `{eventId}` is any.
    path: Vec<String>,
    /// The words of its own answers, by status.
    words: BTreeMap<String, Vec<String>>,
}

/// Every call of the document, and the words of the answers that all share.
static DESCRIBED: LazyLock<(Vec<Described>, Vec<String>)> = LazyLock::new(|| {
    let document = commdesk::http::api_v1::openapi();
    let (mut calls, mut shared) = (Vec::new(), vec!["IDEMPOTENCY_KEY_REUSED".to_owned()]);
    for (path, item) in document["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("calls") {
            let mut words = BTreeMap::<String, Vec<String>>::new();
            for (status, answer) in operation["responses"].as_object().into_iter().flatten() {
                let into = if answer["x-shared"] == true { &mut shared } else { words.entry(status.clone()).or_default() };
                let said = answer["description"].as_str().unwrap_or_default();
                into.extend(said.split(|c: char| !c.is_ascii_uppercase() && c != '_').map(str::to_owned));
            }
            let path = path.split('/').map(str::to_owned).collect();
            calls.push(Described { method: method.to_uppercase(), path, words });
        }
    }
    (calls, shared)
});

/// Programs decide by the codes of refusals: whatever a story meets, the call's own part of the document names.
fn must_be_described(what: &str, answer: &Answer) {
    let Some((method, path)) = what.split_once(" /api/v1").filter(|_| answer.status.is_client_error()) else { return };
    let parts: Vec<&str> = path.split('?').next().unwrap_or_default().split('/').collect();
    let (calls, shared) = &*DESCRIBED;
    let fits = |call: &&Described| {
        call.method == method
            && call.path.len() == parts.len()
            && call.path.iter().zip(&parts).all(|(said, part)| said == part || said.starts_with('{'))
    };
    // The one with the fewest parts that are any: `/opportunities/views` is no opportunity.
    let any = |call: &&Described| call.path.iter().filter(|part| part.starts_with('{')).count();
    let Some(call) = calls.iter().filter(fits).min_by_key(any) else { return };
    let body: Value = serde_json::from_str(&answer.text).unwrap_or_default();
    let Some(code) = body["error"]["code"].as_str() else { return };
    assert!(commdesk::http::codes::CODES.contains(&code), "`http/codes.rs` has no {code}");
    let status = answer.status.as_str();
    let is_named = call.words.get(status).into_iter().flatten().chain(shared).any(|word| word == code);
    assert!(is_named, "{method} {} answers {status} {code}, and its document does not say so", call.path.join("/"));
}

impl Browser {
    pub fn new(router: Router) -> Self {
        // An address of one's own, so that limits of one test never meet another's.
        let tail = secrets::random::<3>();
        Self {
            router,
            cookies: Vec::new(),
            address: SocketAddr::from(([10, tail[0], tail[1], tail[2]], 40_000)),
            workspace: None,
        }
    }

    /// The same browser, led to another instance.
    #[must_use]
    pub fn on(mut self, router: &Router) -> Self {
        self.router = router.clone();
        self
    }

    /// The same browser on another network; its cookies travel with it.
    #[must_use]
    pub fn at(mut self, address: &str) -> Self {
        self.address = SocketAddr::new(address.parse().expect("an address"), 40_000);
        self
    }

    pub fn cookie(&self, name: &str) -> Option<&str> {
        self.cookies.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    pub fn set_cookie(&mut self, name: &str, value: &str) {
        self.cookies.retain(|(key, _)| key != name);
        if !value.is_empty() {
            self.cookies.push((name.to_owned(), value.to_owned()));
        }
    }

    /// The same browser in this session.
    #[must_use]
    pub fn with_session(mut self, token: &str) -> Self {
        self.set_cookie("commdesk", token);
        self
    }

    /// Any request, as it is.
    pub async fn send(&mut self, method: Method, path: &str, headers: &[(&str, &str)], body: impl Into<Body>) -> Answer {
        let what = format!("{method} {path}");
        let mut request = Request::builder().method(method).uri(path).header(header::HOST, "127.0.0.1:3999");
        for (name, value) in headers {
            request = request.header(HeaderName::from_str(name).expect("a name"), HeaderValue::from_str(value).expect("a value"));
        }
        if !self.cookies.is_empty() {
            let cookies: Vec<String> = self.cookies.iter().map(|(key, value)| format!("{key}={value}")).collect();
            request = request.header(header::COOKIE, cookies.join("; "));
        }
        let mut request = request.body(body.into()).expect("a request");
        request.extensions_mut().insert(ConnectInfo(self.address));
        let answering = tokio::time::timeout(Duration::from_secs(60), self.router.clone().oneshot(request));
        let response = answering.await.unwrap_or_else(|_| panic!("no answer to {what}")).expect("the router never fails");
        let (parts, body) = response.into_parts();
        for value in parts.headers.get_all(header::SET_COOKIE) {
            let pair = value.to_str().unwrap_or_default().split(';').next().unwrap_or_default();
            if let Some((name, value)) = pair.split_once('=') {
                let (name, value) = (name.to_owned(), value.to_owned());
                self.set_cookie(&name, &value);
            }
        }
        let reading = tokio::time::timeout(Duration::from_secs(60), axum::body::to_bytes(body, 16 * 1024 * 1024));
        let bytes = reading.await.unwrap_or_else(|_| panic!("no end to the answer to {what}")).expect("a body");
        let answer = Answer { status: parts.status, headers: parts.headers, text: String::from_utf8_lossy(&bytes).into_owned() };
        must_be_described(&what, &answer);
        answer
    }

    /// Opens a page.
    pub async fn open(&mut self, path: &str) -> Answer {
        self.send(Method::GET, path, &[("accept", "text/html")], Body::empty()).await
    }

    /// Sends a form as a browser without scripts does.
    pub async fn submit(&mut self, path: &str, form: &str, fields: &[(&str, &str)]) -> Answer {
        let mut body = url::form_urlencoded::Serializer::new(String::new());
        body.append_pair("_form", form);
        for (name, value) in fields {
            body.append_pair(name, value);
        }
        let headers = [
            ("content-type", "application/x-www-form-urlencoded"),
            ("origin", "http://127.0.0.1:3999"),
            ("sec-fetch-site", "same-origin"),
        ];
        self.send(Method::POST, path, &headers, body.finish()).await
    }

    /// Sends a form with a file as a browser without scripts does, or a file as programs do.
    pub async fn submit_file(&mut self, path: &str, fields: &[(&str, &str)], file: &Chosen<'_>) -> Answer {
        self.submit_around(path, fields, file, &[]).await
    }

    /// As [`Browser::submit_file`], with fields that stand below the file's as well.
    pub async fn submit_around(
        &mut self,
        path: &str,
        above: &[(&str, &str)],
        file: &Chosen<'_>,
        below: &[(&str, &str)],
    ) -> Answer {
        const EDGE: &str = "----commdesk-edge";
        let mut body = Vec::new();
        let mut part = |head: &str, content: &[u8]| {
            body.extend_from_slice(format!("--{EDGE}\r\nContent-Disposition: form-data; {head}\r\n\r\n").as_bytes());
            body.extend_from_slice(content);
            body.extend_from_slice(b"\r\n");
        };
        for (name, value) in above {
            part(&format!("name=\"{name}\""), value.as_bytes());
        }
        let Chosen { field, name, kind, bytes } = file;
        part(&format!("name=\"{field}\"; filename=\"{name}\"\r\nContent-Type: {kind}"), bytes);
        for (name, value) in below {
            part(&format!("name=\"{name}\""), value.as_bytes());
        }
        body.extend_from_slice(format!("--{EDGE}--\r\n").as_bytes());
        let kind = format!("multipart/form-data; boundary={EDGE}");
        let headers = [("content-type", kind.as_str()), ("origin", "http://127.0.0.1:3999"), ("sec-fetch-site", "same-origin")];
        self.send(Method::POST, path, &headers, body).await
    }

    /// Calls the API; `path` is below `/api/v1`.
    pub async fn api(&mut self, method: Method, path: &str, body: Option<Value>) -> Answer {
        self.api_with(method, path, body, &[]).await
    }

    /// Calls the API with more headers, an `idempotency-key` for example.
    pub async fn api_with(&mut self, method: Method, path: &str, body: Option<Value>, more: &[(&str, &str)]) -> Answer {
        let workspace = self.workspace.clone();
        let mut headers = vec![("content-type", "application/json")];
        headers.extend_from_slice(more);
        if let Some(workspace) = &workspace {
            headers.push(("x-commdesk-workspace", workspace));
        }
        let body = body.map_or_else(Body::empty, |json| Body::from(json.to_string()));
        self.send(method, &format!("/api/v1{path}"), &headers, body).await
    }
}
