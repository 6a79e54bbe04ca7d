//! The real program, killed with -9 again and again: everything that was acknowledged is there, nothing is there twice, the
//! same key gives the same answer, and the reactions that were due still come, once.

use crate::common::is_long;
use commdesk::{
    platform::{cluster, db, secrets},
    seeds::people,
};
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, BTreeSet},
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpListener, TcpStream},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

/// The real program, serving.
pub struct Program {
    pub child: Child,
    pub addr: SocketAddr,
}

/// An address where nobody listens.
pub fn free_address() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").expect("a free port").local_addr().expect("its address")
}

impl Program {
    /// Development's server on a database of its own cluster, with fsync on.
    fn start(data: &std::path::Path, url: &str) -> Self {
        let addr = free_address();
        let mut command = Command::new(env!("CARGO_BIN_EXE_commdesk"));
        command.args(["dev", "--addr", &addr.to_string(), "--data"]).arg(data);
        command.env("DATABASE_URL", url).env("COMMDESK_LIMIT_FACTOR", "1000");
        Self::ready(command, addr)
    }

    /// Starts it and waits until it is ready at `addr`.
    pub fn ready(command: Command, addr: SocketAddr) -> Self {
        Self::logging(command, addr, Stdio::null())
    }

    /// As [`Program::ready`], with a place for its log.
    pub fn logging(mut command: Command, addr: SocketAddr, log: Stdio) -> Self {
        let child = command.stdout(Stdio::null()).stderr(log).spawn().expect("the program starts");
        let program = Self { child, addr };
        let began = Instant::now();
        while !matches!(program.send("GET", "/readyz", None, ""), Some((200, _))) {
            assert!(began.elapsed() < Duration::from_secs(60), "the program is not ready");
            std::thread::sleep(Duration::from_millis(50));
        }
        program
    }

    /// One request on a connection of its own; nothing when the program dies over it.
    pub fn send(&self, method: &str, path: &str, key: Option<&str>, body: &str) -> Option<(u16, Value)> {
        self.send_as("", method, path, key, body)
    }

    /// As [`Program::send`], with the cookie of a session.
    fn send_as(&self, cookie: &str, method: &str, path: &str, key: Option<&str>, body: &str) -> Option<(u16, Value)> {
        let mut stream = TcpStream::connect_timeout(&self.addr, Duration::from_secs(2)).ok()?;
        stream.set_read_timeout(Some(Duration::from_secs(20))).ok()?;
        let key = key.map(|key| format!("idempotency-key: {key}\r\n")).unwrap_or_default();
        let cookie = if cookie.is_empty() { String::new() } else { format!("cookie: {cookie}\r\n") };
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\ncontent-type: application/json\r\n{key}{cookie}content-length: {}\r\n\r\n{body}",
            self.addr,
            body.len()
        )
        .ok()?;
        let mut text = String::new();
        stream.read_to_string(&mut text).ok()?;
        let status = text.split(' ').nth(1)?.parse().ok()?;
        let body = text.split_once("\r\n\r\n").map_or("", |(_, body)| body);
        // A body may come in chunks; the JSON is what stands between the first and the last brace.
        let json = body.find('{').zip(body.rfind('}')).and_then(|(from, to)| serde_json::from_str(&body[from..=to]).ok());
        Some((status, json.unwrap_or(Value::Null)))
    }

    /// The cookie of somebody of the demo.
    fn sign_in(&self, email: &str) -> String {
        let body = json!({"email": email, "password": people::PASSWORD}).to_string();
        let mut stream = TcpStream::connect(self.addr).expect("it listens");
        let length = body.len();
        let head = "POST /api/v1/auth/login HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-type: application/json";
        write!(stream, "{head}\r\ncontent-length: {length}\r\n\r\n{body}").expect("sent");
        let mut text = String::new();
        stream.read_to_string(&mut text).expect("an answer");
        let cookie = text.lines().find_map(|line| line.strip_prefix("set-cookie: ")).expect("a session");
        cookie.split(';').next().unwrap_or_default().to_owned()
    }

    pub fn kill(mut self) {
        self.child.kill().expect("SIGKILL arrives");
        let _ = self.child.wait();
    }
}

pub fn signup(number: usize) -> String {
    json!({
        "name": format!("Crash Circle {number}"),
        "bio": "We meet every month and build things that must not break.",
        "website": format!("https://crash-{number}.example"),
        "communityType": "Meetup group",
        "country": "India",
        "city": "Pune",
        "officialEmail": format!("hello@crash-{number}.example"),
        "phone": "+91 98765 43210",
        "owner": {"fullName": format!("Owner Number{number}"), "email": format!("owner@crash-{number}.example")},
    })
    .to_string()
}

#[test]
fn kills_lose_nothing_and_repeat_nothing() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let folder = tempfile::tempdir().expect("a folder");
    let say = |_: &str| {};
    let cluster =
        runtime.block_on(cluster::Cluster::start(&folder.path().join("postgres"), true, &say)).expect("a cluster with fsync on");
    runtime.block_on(cluster.create_database("crash", None)).expect("a database");
    let url = cluster.owner_url("crash");

    let mut acknowledged: BTreeMap<usize, Value> = BTreeMap::new();
    let mut number = 0;
    // The long form kills more often.
    let rounds: u64 = if is_long() { 20 } else { 4 };
    for round in 0..rounds {
        let program = Program::start(folder.path(), &url);
        // A different moment every round, somewhere in the middle of the work.
        let until = Instant::now() + Duration::from_millis(250 + 170 * (round % 4) + u64::from(secrets::random::<1>()[0]));
        while Instant::now() < until {
            number += 1;
            if let Some((201, answer)) =
                program.send("POST", "/api/v1/auth/signup-community", Some(&format!("key-{number}")), &signup(number))
            {
                acknowledged.insert(number, answer["data"]["communityId"].clone());
            }
        }
        program.kill();
    }
    assert!(acknowledged.len() > 4, "too little happened to say anything: {acknowledged:?}");

    // What ran when its program was killed is taken again after a lease of a minute: the minute has passed.
    runtime.block_on(async {
        let pool = db::pool(&url, 1).expect("an address");
        sqlx::query("update jobs set leased_until = leased_until - interval '60 seconds' where state = 'running'")
            .execute(&pool)
            .await
            .expect("the leases of the dead");
        pool.close().await;
    });
    let program = Program::start(folder.path(), &url);
    // The same key gives the same answer, whether the first one arrived or was lost on the way.
    for again in 1..=number {
        let (status, answer) = program
            .send("POST", "/api/v1/auth/signup-community", Some(&format!("key-{again}")), &signup(again))
            .expect("an answer");
        assert_eq!(status, 201, "{answer}");
        if let Some(first) = acknowledged.get(&again) {
            assert_eq!(&answer["data"]["communityId"], first, "key-{again}");
        }
    }
    // Reactions: every owner gets their link, once.
    let pool = runtime.block_on(async { db::pool(&url, 2).expect("an address") });
    runtime.block_on(async {
        let began = Instant::now();
        loop {
            let open: i64 = sqlx::query_scalar(
                "select (select count(*) from outbox) + (select count(*) from jobs where state in ('ready', 'running'))",
            )
            .fetch_one(&pool)
            .await
            .expect("the database answers");
            if open == 0 {
                break;
            }
            assert!(began.elapsed() < Duration::from_secs(100 * rounds.div_ceil(4)), "{open} reactions did not come");
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        let count = |sql: &'static str| {
            let pool = pool.clone();
            async move { sqlx::query_scalar::<_, i64>(sql).fetch_one(&pool).await.expect("a count") }
        };
        let wanted = i64::try_from(number).expect("a small number");
        assert_eq!(count("select count(*) from communities").await, wanted);
        assert_eq!(count("select count(*) from facts where name = 'community_registered'").await, wanted);
        let linked = "select count(distinct recipient) from mails where recipient like 'owner@crash-%'";
        assert_eq!(count(linked).await, wanted, "owners without a mail");
        let twice =
            "select count(*) from (select recipient, template from mails group by recipient, template having count(*) > 1) t";
        assert_eq!(count(twice).await, 0, "somebody got the same mail twice");
        assert_eq!(count("select count(*) from jobs where state = 'dead'").await, 0);
    });
    runtime.block_on(pool.close());
    program.kill();
    cluster.stop().expect("the cluster stops");
}

/// An event that only needs to be published.
fn event(number: usize) -> String {
    json!({
        "title": format!("Crash event {number}"), "eventType": "Hackathon", "category": "Technology", "descriptionMarkdown": "It stands.",
        "startAt": "2090-06-01T10:00", "endAt": "2090-06-02T10:00", "timezone": "Asia/Kolkata", "capacity": {"maxAttendees": 50},
        "format": "Online", "region": "South Asia",
    })
    .to_string()
}

/// A person's work of two steps, each with its key: a draft, and its publication.
#[test]
fn kills_leave_no_step_half_done() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let folder = tempfile::tempdir().expect("a folder");
    let cluster =
        runtime.block_on(cluster::Cluster::start(&folder.path().join("postgres"), true, &|_: &str| {})).expect("a cluster");
    runtime.block_on(cluster.create_database("crash", None)).expect("a database");
    let url = cluster.owner_url("crash");
    // The first start makes keys and tables; the demo's people come into them.
    Program::start(folder.path(), &url).kill();
    let seeded = Command::new(env!("CARGO_BIN_EXE_commdesk"))
        .args(["seed", "--demo", "--data"])
        .arg(folder.path())
        .env("DATABASE_URL", &url)
        .stdout(Stdio::null())
        .status()
        .expect("the program starts");
    assert!(seeded.success(), "the demo was loaded");

    let mut session = String::new();
    let mut drafted: BTreeMap<usize, Value> = BTreeMap::new();
    let mut published = BTreeSet::new();
    let mut number = 0;
    let rounds: u64 = if is_long() { 20 } else { 3 };
    let publish = |program: &Program, session: &str, number: usize, id: &Value| {
        let path = format!("/api/v1/events/{}/publish", id.as_str().expect("an id"));
        program.send_as(session, "POST", &path, Some(&format!("publish-{number}")), "{}")
    };
    for round in 0..rounds {
        let program = Program::start(folder.path(), &url);
        if session.is_empty() {
            session = program.sign_in(people::RAVI.email);
        }
        let until = Instant::now() + Duration::from_millis(400 + 230 * (round % 4) + u64::from(secrets::random::<1>()[0]));
        // Somebody else kills it in the middle of a step.
        std::thread::scope(|scope| {
            let pid = program.child.id().to_string();
            scope.spawn(move || {
                std::thread::sleep(until.saturating_duration_since(Instant::now()));
                let _ = Command::new("kill").args(["-9", &pid]).status();
            });
            while Instant::now() < until {
                number += 1;
                let key = format!("draft-{number}");
                let Some((201, answer)) = program.send_as(&session, "POST", "/api/v1/events", Some(&key), &event(number)) else {
                    continue;
                };
                let id = answer["data"]["id"].clone();
                if let Some((200, _)) = publish(&program, &session, number, &id) {
                    published.insert(number);
                }
                drafted.insert(number, id);
            }
        });
        program.kill();
    }
    assert!(published.len() > 3, "too little happened to say anything: {published:?}");

    let program = Program::start(folder.path(), &url);
    for again in 1..=number {
        let key = format!("draft-{again}");
        let (status, answer) = program.send_as(&session, "POST", "/api/v1/events", Some(&key), &event(again)).expect("an answer");
        assert_eq!(status, 201, "{answer}");
        let id = answer["data"]["id"].clone();
        if let Some(first) = drafted.get(&again) {
            assert_eq!(&id, first, "draft-{again}");
        }
        let (status, answer) = publish(&program, &session, again, &id).expect("an answer");
        assert_eq!(status, 200, "{answer}");
    }
    let pool = runtime.block_on(async { db::pool(&url, 2).expect("an address") });
    runtime.block_on(async {
        let count = |sql: &'static str| {
            let pool = pool.clone();
            async move { sqlx::query_scalar::<_, i64>(sql).fetch_one(&pool).await.expect("a count") }
        };
        let wanted = i64::try_from(number).expect("a small number");
        assert_eq!(count("select count(*) from events where title like 'Crash event %' and status = 'Upcoming'").await, wanted);
        assert_eq!(count("select count(*) from events where title like 'Crash event %'").await, wanted);
        let stated = "select count(*) from facts where name = 'event_published' and subject_id in (select id from events where title like 'Crash event %')";
        assert_eq!(count(stated).await, wanted, "each was published once");
        assert_eq!(count("select count(*) from jobs where state = 'dead'").await, 0);
    });
    runtime.block_on(pool.close());
    program.kill();
    cluster.stop().expect("the cluster stops");
}
