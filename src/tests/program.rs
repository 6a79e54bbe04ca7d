//! The real program in production: what it refuses to start with, and how it stops.

use crate::{
    crash::{Program, free_address, signup},
    town::{Town, story},
};
use commdesk::platform::config::Keys;
use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
    path::Path,
    process::{Command, Output, Stdio},
    time::{Duration, Instant},
};

/// The program with nothing in its environment but what a test puts there.
fn program(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_commdesk"));
    command.args(args).env_clear().stdin(Stdio::null());
    command
}

/// Everything that `serve` must be told, as production would say it.
fn told(files: &Path, url: &str, addr: std::net::SocketAddr) -> Vec<(String, String)> {
    let mut told: Vec<(String, String)> = Keys::fresh_lines(false)
        .lines()
        .filter_map(|line| line.split_once('='))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    for (name, value) in [
        ("COMMDESK_ADDR", addr.to_string()),
        ("DATABASE_URL", url.to_owned()),
        ("COMMDESK_BASE_URL", "https://commdesk.example".to_owned()),
        ("COMMDESK_FILES", files.display().to_string()),
        ("COMMDESK_SMTP", "smtp://127.0.0.1:9".to_owned()),
    ] {
        told.push((name.to_owned(), value));
    }
    told
}

/// Runs to its end, which must come soon: what is refused is refused at once.
fn ends(mut command: Command) -> (Output, String) {
    let began = Instant::now();
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts");
    while child.try_wait().expect("a child").is_none() {
        if began.elapsed() > Duration::from_secs(20) {
            child.kill().expect("a child");
            panic!("{command:?} went on");
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    let output = child.wait_with_output().expect("its output");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    (output, said)
}

#[test]
fn a_bad_or_missing_value_is_named_and_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let url = "postgres://nobody@127.0.0.1:9/nothing";
    let addr = free_address();
    for verb in ["serve", "work"] {
        let (output, said) = ends(program(&[verb]));
        assert!(!output.status.success());
        for name in ["--database-url", "--base-url", "--column-keys", "--blind-key", "--signing-key", "--smtp"] {
            assert!(said.contains(name), "{verb} does not name {name}:\n{said}");
        }
    }
    let dev = Keys::fresh_lines(true);
    let dev = |name: &str| dev.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('=')).expect("a key").to_owned();
    let fresh = told(folder.path(), url, addr);
    for (name, value, named) in [
        ("COMMDESK_COLUMN_KEYS", "", "column-keys"),
        ("COMMDESK_COLUMN_KEYS", "1:c2hvcnQ=", "COMMDESK_COLUMN_KEYS"),
        ("COMMDESK_BLIND_KEY", "not base64!", "COMMDESK_BLIND_KEY"),
        ("COMMDESK_SIGNING_KEY", "c2hvcnQ=", "COMMDESK_SIGNING_KEY"),
        ("COMMDESK_COLUMN_KEYS", &dev("COMMDESK_COLUMN_KEYS"), "COMMDESK_COLUMN_KEYS holds a key made by `dev`"),
        ("COMMDESK_BLIND_KEY", &dev("COMMDESK_BLIND_KEY"), "COMMDESK_BLIND_KEY holds a key made by `dev`"),
        ("COMMDESK_SIGNING_KEY", &dev("COMMDESK_SIGNING_KEY"), "COMMDESK_SIGNING_KEY holds a key made by `dev`"),
        ("COMMDESK_BASE_URL", "commdesk", "COMMDESK_BASE_URL"),
        ("COMMDESK_BASE_URL", "http://commdesk.example", "COMMDESK_BASE_URL must start with https://"),
        ("COMMDESK_SMTP", "mail.example", "COMMDESK_SMTP"),
        ("COMMDESK_TRUSTED_PROXIES", "10.0.0.0/99", "COMMDESK_TRUSTED_PROXIES: 10.0.0.0/99"),
        ("COMMDESK_ADDR", "nowhere", "--addr"),
        ("COMMDESK_POOL", "many", "--pool"),
        ("DATABASE_URL", "not an address", "DATABASE_URL"),
        ("COMMDESK_FILES", "/proc/nowhere", "/proc/nowhere"),
    ] {
        let mut command = program(&["serve"]);
        command.envs(fresh.iter().cloned()).env(name, value);
        let (output, said) = ends(command);
        assert!(!output.status.success(), "{name}={value} is taken");
        // An empty key may be named by the parser of flags or by the parser of keys.
        let empty = value.is_empty() && said.contains(name);
        assert!(said.contains(named) || empty, "{name}={value} is refused without its name:\n{said}");
        for (key, secret) in fresh.iter().filter(|(key, _)| key.ends_with("KEY") || key.ends_with("KEYS")) {
            assert!(!said.contains(secret.as_str()), "{key} is shown:\n{said}");
        }
    }
}

#[tokio::test]
async fn production_asks_for_the_apps_own_role_and_for_todays_schema() {
    story(async |town| {
        let folder = tempfile::tempdir().expect("a folder");
        let refused = |url: &str| {
            let mut command = program(&["serve"]);
            command.envs(told(folder.path(), url, free_address()));
            let (output, said) = ends(command);
            assert!(!output.status.success());
            said
        };
        let said = refused(&town.url(true));
        assert!(said.contains("may change history"), "{said}");
        town.as_superuser("create table kept as table _sqlx_migrations; delete from _sqlx_migrations where version > 1").await;
        let said = refused(&town.url(false));
        assert!(said.contains("commdesk migrate"), "{said}");
        town.as_superuser("delete from _sqlx_migrations; insert into _sqlx_migrations table kept; drop table kept").await;
    })
    .await;
}

#[tokio::test]
async fn the_demo_is_for_development_only() {
    story(async |town| {
        let folder = tempfile::tempdir().expect("a folder");
        let people =
            async || sqlx::query_scalar::<_, i64>("select count(*) from users").fetch_one(&town.owner).await.expect("a count");
        let data = folder.path().display().to_string();
        let mut command = program(&["seed", "--demo", "--data", &data]);
        // Production's keys are there; development's folder is not.
        command.envs(told(folder.path(), &town.url(false), free_address()));
        let (output, said) = ends(command);
        assert!(!output.status.success() && said.contains("for development only"), "{said}");
        let (output, said) = ends(program(&["seed", "--database-url", &town.url(false)]));
        assert!(!output.status.success() && said.contains("--demo"), "{said}");
        assert_eq!(people().await, 0);
        assert!(!folder.path().join("keys.env").exists(), "no keys were made");
    })
    .await;
}

fn served(town: &Town, files: &Path) -> Program {
    let addr = free_address();
    let mut command = program(&["serve"]);
    command.envs(told(files, &town.url(false), addr));
    Program::ready(command, addr)
}

#[tokio::test]
async fn production_has_none_of_developments_doors() {
    story(async |town| {
        let folder = tempfile::tempdir().expect("a folder");
        let program = served(town, folder.path());
        for (method, path) in [
            ("GET", "/dev/mail"),
            ("GET", "/dev/clock"),
            ("POST", "/dev/clock?seconds=3600"),
            ("GET", "/dev/people"),
            ("GET", "/dev/kit"),
        ] {
            let (status, _) = program.send(method, path, None, "").expect("an answer");
            assert!(matches!(status, 404 | 405), "{method} {path}: {status}");
        }
        program.kill();
    })
    .await;
}

/// Asks it to stop; gives how long that took and how it ended.
fn stop(mut program: Program) -> (Duration, Option<i32>) {
    let began = Instant::now();
    let told = Command::new("kill").args(["-TERM", &program.child.id().to_string()]).status().expect("a signal");
    assert!(told.success());
    while program.child.try_wait().expect("a child").is_none() && began.elapsed() < Duration::from_secs(30) {
        std::thread::sleep(Duration::from_millis(10));
    }
    let took = began.elapsed();
    let code = program.child.wait().expect("a child").code();
    (took, code)
}

/// A connection whose request stands still in its middle.
fn half_sent(program: &Program, body: &str) -> TcpStream {
    let mut stream = TcpStream::connect(program.addr).expect("a connection");
    stream.set_read_timeout(Some(Duration::from_secs(10))).expect("a connection");
    write!(
        stream,
        "POST /api/v1/auth/login HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
        body.len()
    )
    .expect("sent");
    stream.write_all(&body.as_bytes()[..1]).expect("sent");
    stream
}

#[tokio::test]
async fn a_stop_finishes_what_is_in_hand_and_takes_five_seconds_at_most() {
    story(async |town| {
        let folder = tempfile::tempdir().expect("a folder");
        let (took, code) = stop(served(town, folder.path()));
        assert!(took < Duration::from_secs(3) && code == Some(0), "idle: {took:?}, {code:?}");

        // The worst of everything at once: jobs that wait for a lock, and a connection whose request never ends.
        let program = served(town, folder.path());
        let mut lock = town.owner.begin().await.expect("a transaction");
        sqlx::query("lock table mails, notices in access exclusive mode").execute(&mut *lock).await.expect("locked");
        let (status, answer) = program.send("POST", "/api/v1/auth/signup-community", None, &signup(1)).expect("an answer");
        assert_eq!(status, 201, "{answer}");
        let began = Instant::now();
        while sqlx::query_scalar::<_, i64>("select count(*) from jobs where state = 'running'")
            .fetch_one(&town.owner)
            .await
            .expect("jobs")
            == 0
        {
            assert!(began.elapsed() < Duration::from_secs(20), "no job came");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let never = half_sent(&program, "{\"email\":\"a@b.example\",\"password\":\"x\"}");
        let body = "{\"email\":\"late@b.example\",\"password\":\"this one is answered\"}";
        let mut late = half_sent(&program, body);
        tokio::time::sleep(Duration::from_millis(300)).await;
        // Told to stop, it still answers who was in the middle of asking.
        let answered = std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(700));
            late.write_all(&body.as_bytes()[1..]).expect("sent");
            let mut text = String::new();
            let _ = late.read_to_string(&mut text);
            text
        });
        let (took, code) = stop(program);
        assert!(took < Duration::from_secs(5), "it took {took:?}");
        assert_eq!(code, Some(0));
        let text = answered.join().expect("an answer");
        assert!(text.starts_with("HTTP/1.1 422"), "{text}");
        drop(never);
        lock.rollback().await.expect("unlocked");
        // What was cut off is not lost: it is there for whoever comes next.
        let open: i64 = sqlx::query_scalar("select count(*) from jobs where state in ('ready', 'running')")
            .fetch_one(&town.owner)
            .await
            .expect("jobs");
        assert!(open > 0);
    })
    .await;
}
