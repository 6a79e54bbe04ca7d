//! The real program: what each verb does, what it refuses to start with, and how it stops.

use crate::{
    common::count,
    crash::{Program, free_address, signup},
    town::{Town, story},
};
use commdesk::{
    features::{accounts::service as accounts, notifications::service::MAIL_JOB},
    http::api_v1,
    platform::{cluster, config::Keys, db, secrets},
    seeds::people::{self, Figure, OMAR, SARA},
};
use serde_json::Value;
use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{SocketAddr, TcpListener, TcpStream},
    os::unix::{fs::PermissionsExt as _, process::CommandExt as _},
    path::Path,
    process::{Command, Output, Stdio},
    sync::mpsc,
    time::{Duration, Instant},
};

/// The program with nothing in its environment but what a test puts there.
fn program(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_commdesk"));
    command.args(args).env_clear().stdin(Stdio::null());
    command
}

/// Everything that `serve` must be told, as production would say it. Its site is as bare as a site can be.
fn told(files: &Path, url: &str, addr: SocketAddr) -> Vec<(String, String)> {
    let site = files.join("site");
    std::fs::create_dir_all(site.join("pkg")).expect("a folder");
    // The keys of one place are the same at every start.
    let kept = files.join("told.env");
    if !kept.exists() {
        std::fs::write(&kept, Keys::fresh_lines(false)).expect("a file");
    }
    let mut told: Vec<(String, String)> = std::fs::read_to_string(&kept)
        .expect("keys")
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
        ("LEPTOS_SITE_ROOT", site.display().to_string()),
    ] {
        told.push((name.to_owned(), value));
    }
    told
}

/// Runs to its end, which must come soon: what is refused is refused at once.
fn ends(command: Command) -> (Output, String) {
    ends_within(command, Duration::from_secs(20))
}

/// Runs to its end. What it says is read while it runs: a long answer would wait for its reader.
fn ends_within(mut command: Command, limit: Duration) -> (Output, String) {
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts");
    let pid = child.id().to_string();
    let (ended, waiting) = mpsc::channel::<()>();
    let watch = std::thread::spawn(move || {
        let late = waiting.recv_timeout(limit) == Err(mpsc::RecvTimeoutError::Timeout);
        late && Command::new("kill").args(["-9", &pid]).status().is_ok()
    });
    let output = child.wait_with_output().expect("its output");
    drop(ended);
    assert!(!watch.join().expect("a watch"), "{command:?} went on");
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
        ("COMMDESK_POOL", "0", "COMMDESK_POOL"),
        ("COMMDESK_MAIL_FROM", "CommDesk", "COMMDESK_MAIL_FROM"),
        ("COMMDESK_PLACES_DATABASE", "/nowhere", "COMMDESK_PLACES_DATABASE"),
        ("LEPTOS_SITE_ROOT", "/nowhere", "LEPTOS_SITE_ROOT"),
        ("DATABASE_URL", "not an address", "DATABASE_URL"),
        ("DATABASE_URL", "mysql://root@127.0.0.1/commdesk", "DATABASE_URL"),
        ("COMMDESK_FILES", "/proc/nowhere", "COMMDESK_FILES: /proc/nowhere"),
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
fn stop(program: Program) -> (Duration, Option<i32>) {
    let pid = program.child.id().to_string();
    stop_by(program, &["-TERM", &pid])
}

/// As [`stop`], with a signal of one's own.
fn stop_by(mut program: Program, signal: &[&str]) -> (Duration, Option<i32>) {
    let began = Instant::now();
    let told = Command::new("kill").args(signal).status().expect("a signal");
    assert!(told.success());
    while program.child.try_wait().expect("a child").is_none() && began.elapsed() < Duration::from_secs(30) {
        std::thread::sleep(Duration::from_millis(10));
    }
    let took = began.elapsed();
    let ended = program.child.try_wait().expect("a child");
    if ended.is_none() {
        program.kill();
        panic!("it went on after {signal:?}");
    }
    (took, ended.and_then(|status| status.code()))
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

// ── Every verb, one after the other ─────────────────────────────────────────────────────────────────────────────────

/// Longer than any verb takes on a machine that has other work.
const PATIENCE: Duration = Duration::from_secs(120);

/// A mail server that takes every letter, for as long as the tests run.
fn mail_server() -> (u16, mpsc::Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = listener.local_addr().expect("its address").port();
    let (taken, letters) = mpsc::channel();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let taken = taken.clone();
            std::thread::spawn(move || converse(stream, &taken));
        }
    });
    (port, letters)
}

/// One conversation; a letter is handed on when it is whole, with the breaks of quoted-printable taken out.
fn converse(stream: TcpStream, taken: &mpsc::Sender<String>) {
    let Ok(mut out) = stream.try_clone() else { return };
    let mut say = |line: &str| out.write_all(format!("{line}\r\n").as_bytes()).is_ok();
    if !say("220 mail.example ready") {
        return;
    }
    let mut letter: Option<String> = None;
    for line in BufReader::new(stream).lines() {
        let Ok(line) = line else { return };
        if let Some(text) = &mut letter
            && line != "."
        {
            text.push_str(&line);
            text.push_str("\r\n");
            continue;
        }
        let answer = if let Some(whole) = letter.take() {
            let _ = taken.send(whole.replace("=\r\n", ""));
            "250 taken"
        } else if line == "DATA" {
            letter = Some(String::new());
            "354 go on"
        } else if line == "QUIT" {
            "221 bye"
        } else {
            "250 fine"
        };
        if !say(answer) {
            return;
        }
    }
}

/// The lines of a log.
fn lines(log: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(log).expect("a log");
    // The last one may be in the middle of being written, and a debug build says things of its own.
    text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
}

/// Signs a community up; gives the id that the answer says its request has.
fn request_id_of_a_signup(program: &Program, number: usize) -> String {
    let body = signup(number);
    let mut stream = TcpStream::connect(program.addr).expect("it listens");
    stream.set_read_timeout(Some(Duration::from_secs(30))).expect("a connection");
    let head = "POST /api/v1/auth/signup-community HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: application/json";
    write!(stream, "{head}\r\ncontent-length: {}\r\n\r\n{body}", body.len()).expect("sent");
    let mut text = String::new();
    stream.read_to_string(&mut text).expect("an answer");
    assert!(text.starts_with("HTTP/1.1 201"), "{text}");
    text.lines().find_map(|line| line.strip_prefix("x-request-id: ")).expect("every answer has one").to_owned()
}

#[tokio::test]
async fn every_verb_does_its_work_and_one_id_goes_from_a_request_to_its_letter() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = cluster::test_cluster().await.expect("a Postgres for tests");
    let database = format!("verbs_{}", hex::encode(secrets::random::<8>()));
    server.create_database(&database, None).await.expect("an empty database");
    let (owner_url, app_url) = (server.owner_url(&database), server.app_url(&database));
    let addr = free_address();

    // keys: three, fresh each time, and what production is then told.
    let made = || {
        let (output, said) = ends(program(&["keys"]));
        assert!(output.status.success(), "{said}");
        String::from_utf8(output.stdout).expect("words")
    };
    let (made, others) = (made(), made());
    let keys: Vec<(&str, &str)> = made.lines().filter_map(|line| line.split_once('=')).collect();
    let names: Vec<&str> = keys.iter().map(|(name, _)| *name).collect();
    assert_eq!(names, ["COMMDESK_COLUMN_KEYS", "COMMDESK_BLIND_KEY", "COMMDESK_SIGNING_KEY"]);
    assert!(keys.iter().all(|(_, key)| key.len() > 40 && !others.contains(key)), "fresh ones");
    let settings = told(folder.path(), &app_url, addr);
    let verb = |args: &[&str]| {
        let mut command = program(args);
        command.envs(settings.iter().cloned()).envs(keys.iter().copied());
        command
    };
    let fine = |args: &[&str]| {
        let (output, said) = ends_within(verb(args), PATIENCE);
        assert!(output.status.success(), "{args:?}: {said}");
        String::from_utf8(output.stdout).expect("words")
    };
    let refused = |args: &[&str]| {
        let (output, said) = ends_within(verb(args), PATIENCE);
        assert!(!output.status.success(), "{args:?} is taken");
        said
    };

    // openapi: the document that the API hands out.
    let document: Value = serde_json::from_str(&fine(&["openapi"])).expect("JSON");
    assert_eq!(document, api_v1::openapi());

    // migrate: from nothing to today's schema, with the app's rights; again, and nothing is to do.
    for waits in ["serve", "work"] {
        let said = refused(&[waits]);
        assert!(said.contains("commdesk migrate"), "{waits} on an empty database: {said}");
    }
    let said = refused(&["migrate", "--database-owner-url", "mysql://root@127.0.0.1/commdesk"]);
    assert!(said.contains("DATABASE_OWNER_URL") && !said.contains("DATABASE_URL"), "{said}");
    let said = refused(&["migrate", "--database-owner-url", &owner_url, "--app-role", "nobody at all"]);
    assert!(said.contains("COMMDESK_APP_ROLE") && said.contains("nobody at all"), "{said}");
    for _ in 0..2 {
        let said = fine(&["migrate", "--database-owner-url", &owner_url]);
        assert!(said.contains("up to date") && said.contains(cluster::APP), "{said}");
    }
    let owner = db::pool(&owner_url, 2).expect("an address of the cluster");
    let count = async |what: &str| -> i64 {
        let sql = sqlx::AssertSqlSafe(format!("select count(*) from {what}"));
        sqlx::query_scalar(sql).fetch_one(&owner).await.expect("a count")
    };

    // staff add: a login, a role, and a letter with a link, which waits for a mail server that is away.
    let vera = "vera@house.example";
    let said = refused(&["staff", "add", "vera", "--role", "king"]);
    assert!(said.contains("e-mail") && said.contains("review, finance or admin"), "each bad value: {said}");
    assert_eq!(count("users").await, 0);
    let said = fine(&["staff", "add", vera, "--role", "review", "--name", "Vera Reviewer"]);
    assert!(said.contains(vera) && said.contains("(review)"), "{said}");
    assert_eq!(
        count("staff_roles r join users u on u.id = r.user_id where u.email = 'vera@house.example' and r.role = 'review'").await,
        1
    );
    let stated = count("facts").await;
    fine(&["staff", "add", vera, "--role", "review"]);
    assert_eq!(count("facts").await, stated, "they had it already");
    assert!(count("mails where recipient = 'vera@house.example' and state = 'queued'").await > 0);

    // serve: a request, its facts, its jobs, its letter and the lines of the log about all of them have one id.
    let log = folder.path().join("serve.log");
    let written = std::fs::File::create(&log).expect("a file");
    let serving = Program::logging(verb(&["serve"]), addr, written.into());
    let id = request_id_of_a_signup(&serving, 7);
    let began = Instant::now();
    let is_said = |message: &str, key: &str, value: &str| {
        let is_it = |line: &Value| line["trace"] == id.as_str() && line["message"] == message && line[key] == value;
        lines(&log).iter().any(is_it)
    };
    while !is_said("a job failed", "consumer", MAIL_JOB) {
        assert!(began.elapsed() < PATIENCE, "no line about the letter of {id}:\n{:#?}", lines(&log));
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(is_said("served", "route", "/api/v1/auth/signup-community"), "{:#?}", lines(&log));
    let (_, code) = stop(serving);
    assert_eq!(code, Some(0));
    let owners = "owner@crash-7.example";
    let of_mail: String = sqlx::query_scalar("select trace_id from mails where recipient = $1")
        .bind(owners)
        .fetch_one(&owner)
        .await
        .expect("a mail");
    assert_eq!(of_mail, id);
    assert_eq!(count(&format!("facts where name = 'community_registered' and trace_id = '{id}'")).await, 1);
    assert!(count(&format!("jobs where consumer = 'tell' and trace_id = '{id}'")).await > 0);
    assert_eq!(count(&format!("facts where subject_kind = 'community' and trace_id <> '{id}'")).await, 0);

    // work: what waited is done, without a page being served.
    sqlx::query("update jobs set run_at = created_at where state = 'ready'").execute(&owner).await.expect("nobody waits long");
    let (port, letters) = mail_server();
    let mut command = verb(&["work"]);
    command.env("COMMDESK_SMTP", format!("smtp://127.0.0.1:{port}")).stdout(Stdio::null()).stderr(Stdio::null());
    let working = Program { child: command.spawn().expect("the program starts"), addr };
    let (mut welcome, mut confirm) = (None, None);
    while welcome.is_none() || confirm.is_none() {
        let letter = letters.recv_timeout(PATIENCE).expect("a letter");
        let header = |name: &str| letter.lines().find_map(|line| line.strip_prefix(name)).expect("a header").to_owned();
        let (of, to) = (header("X-CommDesk-Request: "), header("To: "));
        if to.contains(owners) {
            confirm = Some((of, letter));
        } else if to.contains(vera) && of.starts_with("staff-") {
            welcome = Some((of, letter));
        }
    }
    let (of, letter) = confirm.expect("found");
    assert_eq!(of, id, "the letter names the request");
    assert!(letter.contains("https://commdesk.example/link/"), "{letter}");
    let (_, letter) = welcome.expect("found");
    assert!(letter.contains("https://commdesk.example/link/"), "{letter}");
    let began = Instant::now();
    while count("mails where recipient = 'owner@crash-7.example' and state = 'sent'").await == 0 {
        assert!(began.elapsed() < PATIENCE, "a letter that was taken is not marked");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let (_, code) = stop(working);
    assert_eq!(code, Some(0));

    // jobs retry: what has died is ready again, and so is its letter.
    assert!(fine(&["jobs", "retry"]).contains("No such job is dead."));
    let dying = "with it as (
                     update jobs set state = 'dead' where id = (select id from jobs where consumer = 'mail' order by seq limit 1)
                     returning payload
                 )
                 update mails set state = 'failed' where id = (select (payload ->> 'mailId')::uuid from it)";
    sqlx::query(dying).execute(&owner).await.expect("given up");
    assert_eq!(count("mails where state = 'failed'").await, 1);
    assert!(fine(&["jobs", "retry", "--consumer", "tell"]).contains("No such job is dead."));
    assert!(fine(&["jobs", "retry"]).contains("mail: 1 set ready again"));
    assert_eq!(count("jobs where state = 'dead'").await, 0);
    assert_eq!(count("mails where state = 'failed'").await, 0);

    // reseal: a new column key, and the old one can go.
    let (_, old) = keys.iter().find(|(name, _)| *name == "COMMDESK_COLUMN_KEYS").copied().expect("column keys");
    let (_, new) = others.lines().find_map(|line| line.split_once("=1:")).expect("another key");
    let sealing = |ring: &str, args: &[&str]| {
        let mut command = verb(args);
        command.env("COMMDESK_COLUMN_KEYS", ring);
        let (output, said) = ends_within(command, PATIENCE);
        (output.status.success(), format!("{said}{}", String::from_utf8_lossy(&output.stdout)))
    };
    let (both, newest) = (format!("{old},2:{new}"), format!("2:{new}"));
    let (taken, said) = sealing(&newest, &["jobs", "retry"]);
    assert!(!taken && said.contains("COMMDESK_COLUMN_KEYS: key 1 is missing"), "{said}");
    // History is looked at whichever they are, and nothing is written.
    let proofs = count("key_proofs").await;
    let (taken, said) = sealing(&newest, &["facts", "verify"]);
    assert!(taken, "{said}");
    assert_eq!(count("key_proofs").await, proofs);
    let (taken, said) = sealing(&both, &["reseal"]);
    assert!(taken && said.contains("key 2 is the only one"), "{said}");
    for ring in [&newest, &both] {
        let (taken, said) = sealing(ring, &["jobs", "retry"]);
        assert!(taken, "{said}");
    }
    // Whoever goes on with the old one alone is told.
    let (taken, said) = sealing(old, &["jobs", "retry"]);
    assert!(!taken && said.contains("key 2 is missing"), "{said}");
    let (taken, said) = sealing(&format!("2:{new},{old}"), &["reseal"]);
    assert!(taken && said.contains("key 1 is the only one"), "{said}");

    // import: looked at first, then carried out, with the pictures of a folder.
    let list = folder.path().join("list.csv");
    let row = "Nimbus Metal,https://nimbus-metal.example,App Definition and Development,Database,Servers for students,nimbus.svg";
    std::fs::write(&list, format!("name,website,industry,segment,description,logo\n{row}\n")).expect("a file");
    let logos = folder.path().join("pictures");
    std::fs::create_dir(&logos).expect("a folder");
    let svg = r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><rect width="64" height="64" fill="#246"/></svg>"##;
    std::fs::write(logos.join("nimbus.svg"), svg).expect("a file");
    std::fs::write(logos.join("nobody-knows.svg"), svg).expect("a file");
    let (list, logos) = (list.display().to_string(), logos.display().to_string());
    let said = fine(&["import", &list, "--by", vera, "--logos", &logos, "--dry-run"]);
    assert!(said.contains("1 rows: 1 would be made"), "{said}");
    assert_eq!(count("organizations").await, 0, "a dry run");
    let said = refused(&["import", &list, "--by", vera, "--logos", "/nowhere/at/all"]);
    assert!(said.contains("/nowhere/at/all cannot be read"), "{said}");
    assert_eq!(count("organizations").await, 0);
    let said = fine(&["import", &list, "--by", vera, "--logos", &logos]);
    assert!(said.contains("1 rows: 1 made") && said.contains("picture nobody-knows.svg"), "{said}");
    assert!(said.contains("https://commdesk.example/imports/"), "{said}");
    let kept = "select l.storage_key from organizations o join logos l on l.id = o.logo_id where o.slug = 'nimbus-metal'";
    let kept: String = sqlx::query_scalar(kept).fetch_one(&owner).await.expect("an organization with its logo");
    assert!(folder.path().join(&kept).is_file(), "{kept}");
    // What was not imported is printed, and is an error: columns that nobody can tell, also with pictures and in a dry run; and a
    // run that is given up, as more have one address than there are numbers for it.
    let strange = folder.path().join("strange.csv");
    std::fs::write(&strange, "Wer,Wo\nNimbus Wood,https://nimbus-wood.example\n").expect("a file");
    let crowd = folder.path().join("crowd.csv");
    let names =
        (0..51_u32).filter_map(|n| char::from_u32(0x4e00 + n)).map(|c| format!("{c}{c},https://{:x}.example\n", u32::from(c)));
    std::fs::write(&crowd, format!("name,website\n{}", names.collect::<String>())).expect("a file");
    let (strange, crowd) = (strange.display().to_string(), crowd.display().to_string());
    let fails = |args: &[&str]| {
        let (output, said) = ends_within(verb(args), PATIENCE);
        assert_eq!(output.status.code(), Some(1), "{args:?}: {said}");
        assert!(said.contains("nothing was imported"), "{args:?}: {said}");
        String::from_utf8(output.stdout).expect("words")
    };
    let looked = fine(&["import", &strange, "--by", vera, "--logos", &logos, "--dry-run"]);
    let failed = fails(&["import", &strange, "--by", vera, "--logos", &logos]);
    for said in [looked, failed] {
        assert!(said.contains("1 rows. No column holds: Name, Website. Import it on the page"), "{said}");
        assert!(said.contains("https://commdesk.example/imports/") && !said.contains("line 2"), "{said}");
    }
    let said = fails(&["import", &crowd, "--by", vera]);
    assert!(said.contains("51 rows: 51 would be made") && said.contains("Nothing was imported: Fifty organizations"), "{said}");
    assert_eq!(count("organizations").await, 1, "as before");

    // facts verify: 0 while every chain is whole; 1, with the fact's number, once somebody wrote over one.
    let said = fine(&["facts", "verify"]);
    assert!(said.contains("Every chain is whole."), "{said}");
    let forged: uuid::Uuid =
        sqlx::query_scalar("select id from facts where name = 'staff_role_given'").fetch_one(&owner).await.expect("a fact");
    let thief = db::pool(&server.superuser_url(&database), 1).expect("an address of the cluster");
    let forging = "set session_replication_role = replica; update facts set payload = '{}' where name = 'staff_role_given'";
    sqlx::raw_sql(forging).execute(&thief).await.expect("a superuser may");
    thief.close().await;
    let (output, said) = ends_within(verb(&["facts", "verify"]), PATIENCE);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains(&format!("fact {forged}")), "{said}");
    assert!(!String::from_utf8_lossy(&output.stdout).contains("whole"), "it claims nothing");

    owner.close().await;
    server.drop_database(&database).await.expect("it goes");
}

#[tokio::test]
async fn a_staff_role_is_taken_back_and_a_lost_second_factor_reset() {
    story(async |town| {
        let (ctx, folder) = (town.ctx(), tempfile::tempdir().expect("a folder"));
        for (figure, role) in [(SARA, "review"), (OMAR, "admin")] {
            accounts::add_staff(&ctx, figure.email, figure.name, role).await.expect("staff");
            people::activate(&ctx, figure).await.expect("activated");
            people::sign_in_staff(&ctx, figure).await.expect("signed in");
        }
        town.drain().await;
        // The second factors of this town are sealed with its keys.
        let keys = town.house.settings.files.with_file_name("keys.env");
        std::fs::copy(keys, folder.path().join("told.env")).expect("the town's keys");
        let settings = told(folder.path(), &town.url(false), free_address());
        let run = |args: &[&str]| {
            let mut command = program(args);
            command.envs(settings.iter().cloned());
            let (output, said) = ends_within(command, PATIENCE);
            (output.status.success(), said + &String::from_utf8_lossy(&output.stdout))
        };
        let of =
            |table: &str, figure: Figure| format!("{table} join users u on u.id = user_id where u.email = '{}'", figure.email);

        // A phone is lost, the last admin's.
        let (done, said) = run(&["staff", "reset-factor", OMAR.email]);
        assert!(done && said.contains(OMAR.email), "{said}");
        assert_eq!(count(town, &of("sessions", OMAR)).await, 0);
        assert_eq!(count(town, &of("recovery_codes", OMAR)).await, 0);
        assert_eq!(count(town, "facts where name = 'second_factor_reset' and acting_kind = 'system'").await, 1);
        let letter =
            |template: &str, figure: Figure| format!("mails where template = '{template}' and recipient = '{}'", figure.email);
        assert_eq!(count(town, &letter("second_factor_reset", OMAR)).await, 1);
        let omar = people::sign_in(&ctx, OMAR).await.expect("the password is the same");
        assert!(!omar.second_factor && omar.owes_second_factor(), "they set up another before anything else");
        let (done, said) = run(&["staff", "reset-factor", OMAR.email]);
        assert!(!done && said.contains("has no second factor"), "{said}");
        assert_eq!(count(town, &of("sessions", SARA)).await, 1, "nobody else's");

        // The last admin stays; what is not there is not taken.
        for (args, why) in [
            (&["staff", "remove", OMAR.email][..], "last platform admin"),
            (&["staff", "remove", "nobody@commdesk.example"][..], "No account has this address"),
            (&["staff", "remove", SARA.email, "--role", "finance"][..], "another role"),
            (&["staff", "remove", SARA.email, "--role", "king"][..], "review, finance or admin"),
            (&["staff", "reset-factor", "nobody"][..], "e-mail"),
        ] {
            let (done, said) = run(args);
            assert!(!done && said.contains(why), "{args:?}: {said}");
        }
        assert_eq!(count(town, "staff_roles").await, 2);
        assert_eq!(count(town, &of("sessions", OMAR)).await, 1, "and nobody is signed out");

        let (done, said) = run(&["staff", "remove", SARA.email]);
        assert!(done && said.contains("review"), "{said}");
        assert_eq!(count(town, &of("staff_roles", SARA)).await, 0);
        assert_eq!(count(town, &of("sessions", SARA)).await, 0);
        assert_eq!(count(town, "facts where name = 'staff_role_taken' and acting_kind = 'system'").await, 1);
        assert_eq!(count(town, &letter("staff_role_taken", SARA)).await, 1);
    })
    .await;
}

// ── Development ─────────────────────────────────────────────────────────────────────────────────────────────────────

/// `dev` on its own folder, in a group of processes of its own, as a terminal would start it.
fn dev(data: &Path, database: Option<&str>, args: &[&str]) -> Program {
    let (command, addr) = dev_command(data, database, args);
    Program::ready(command, addr)
}

fn dev_command(data: &Path, database: Option<&str>, args: &[&str]) -> (Command, SocketAddr) {
    let addr = free_address();
    let mut command = Command::new(env!("CARGO_BIN_EXE_commdesk"));
    command.args(["dev", "--addr", &addr.to_string(), "--data"]).arg(data).args(args).process_group(0).stdin(Stdio::null());
    for name in ["DATABASE_URL", "COMMDESK_SMTP", "COMMDESK_PAGE_SECONDS"] {
        command.env_remove(name);
    }
    if let Some(url) = database {
        command.env("DATABASE_URL", url);
    }
    (command, addr)
}

fn mode(file: &Path) -> u32 {
    std::fs::metadata(file).unwrap_or_else(|error| panic!("{}: {error}", file.display())).permissions().mode() & 0o777
}

#[test]
fn development_keeps_its_keys_to_itself_and_ctrl_c_stops_its_postgres_too() {
    let folder = tempfile::tempdir().expect("a folder");
    let program = dev(folder.path(), None, &["--no-seed"]);
    for secret in ["keys.env", "postgres/cluster.json"] {
        assert_eq!(mode(&folder.path().join(secret)), 0o600, "{secret}");
    }
    // Where its data lies, and which process it is.
    let place = std::fs::read_to_string(folder.path().join("postgres/where")).expect("a note");
    let note = Path::new(place.trim_end()).join("postmaster.pid");
    let pid = std::fs::read_to_string(&note).expect("it runs").lines().next().expect("a number").trim().to_owned();
    let runs = || Command::new("kill").args(["-0", &pid]).stderr(Stdio::null()).status().expect("an answer").success();
    assert!(runs());

    // A terminal tells everybody in the group.
    let group = format!("-{}", program.child.id());
    let (took, code) = stop_by(program, &["-INT", "--", &group]);

    assert_eq!(code, Some(0));
    assert!(took < Duration::from_secs(20), "{took:?}");
    assert!(!runs(), "Postgres went on");
    assert!(!note.exists(), "it was not stopped in order");
}

#[test]
fn a_start_that_is_broken_off_leaves_no_postgres_behind() {
    let folder = tempfile::tempdir().expect("a folder");
    // The first start makes the cluster; of the second the server is all that there is to wait for.
    dev(folder.path(), None, &["--no-seed"]).kill();
    let place = std::fs::read_to_string(folder.path().join("postgres/where")).expect("a note");
    let note = Path::new(place.trim_end()).join("postmaster.pid");
    let until = |is_there: bool, why: &str| {
        let began = Instant::now();
        while note.exists() != is_there {
            assert!(began.elapsed() < PATIENCE, "{why}");
            std::thread::sleep(Duration::from_millis(1));
        }
    };
    until(false, "the watcher of a killed program does not stop its Postgres");

    let (mut command, _) = dev_command(folder.path(), None, &["--no-seed"]);
    let mut program = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the program starts");
    // Its note is there before the server lets anybody in, and goes with a server that was stopped in order.
    until(true, "Postgres was not started");
    let group = format!("-{}", program.id());
    // Not the signal of Ctrl-C, which ends it in the same way: what a shell runs in the background begins deaf to that one.
    assert!(Command::new("kill").args(["-TERM", "--", &group]).status().expect("a signal").success());
    program.wait().expect("it ends");
    until(false, "Postgres went on");
}

/// Where a letter to somebody leads, as it is read at /dev/mail; it comes when one of the workers has written it.
fn link_of(program: &Program, email: &str) -> String {
    let began = Instant::now();
    loop {
        let mut stream = TcpStream::connect(program.addr).expect("it listens");
        stream.set_read_timeout(Some(Duration::from_secs(30))).expect("a connection");
        let head = format!("GET /dev/mail.json?to={email} HTTP/1.1\r\nhost: {}\r\nconnection: close", program.addr);
        write!(stream, "{head}\r\n\r\n").expect("sent");
        let mut text = String::new();
        stream.read_to_string(&mut text).expect("an answer");
        if let Some((_, token)) = text.split_once(&format!("http://{}/link/", program.addr)) {
            let is_part = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
            return format!("/link/{}", token.chars().take_while(is_part).collect::<String>());
        }
        assert!(began.elapsed() < PATIENCE, "no link to this site: {text}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// Asks `staff add` and others for what `dev` serves, with nothing but its folder and, where it was given one, its database.
fn verbs_of_development(program: &Program, data: &Path, database: Option<&str>) {
    let asked = |args: &[&str]| {
        let mut command = self::program(args);
        command.env("COMMDESK_DATA", data).env("COMMDESK_ADDR", program.addr.to_string());
        command.envs(database.map(|url| ("DATABASE_URL", url)));
        ends_within(command, PATIENCE)
    };
    let (output, said) = asked(&["staff", "add", "me@house.example"]);
    assert!(output.status.success(), "{said}");
    // The letter is sealed with the keys that `dev` opens it with, and its link is made with those that it looks it up by.
    let (status, _) = program.send("GET", &link_of(program, "me@house.example"), None, "").expect("an answer");
    assert_eq!(status, 200);
    let (output, said) = asked(&["facts", "verify"]);
    assert!(output.status.success(), "{said}");
    let list = data.join("list.csv");
    std::fs::write(&list, "name,website\nNimbus Metal,https://nimbus-metal.example\n").expect("a file");
    let (output, said) = asked(&["import", &list.display().to_string(), "--by", "me@house.example", "--dry-run"]);
    assert!(output.status.success(), "{said}");
}

#[tokio::test]
async fn verbs_find_developments_folder_where_no_keys_are_given() {
    story(async |town| {
        let folder = tempfile::tempdir().expect("a folder");
        let url = town.url(true);
        let serving = dev(folder.path(), Some(&url), &[]);
        verbs_of_development(&serving, folder.path(), Some(&url));
        serving.kill();

        // The same keys in words are taken too, by verbs that end.
        let keys = std::fs::read_to_string(folder.path().join("keys.env")).expect("keys");
        let mut command = program(&["facts", "verify"]);
        command.envs(told(folder.path(), &url, free_address())).envs(keys.lines().filter_map(|line| line.split_once('=')));
        command.env("COMMDESK_FILES", folder.path().join("files"));
        let (output, said) = ends_within(command, PATIENCE);
        assert!(output.status.success(), "{said}");

        // Some of the settings alone, or none and no folder: what is missing is named.
        let empty = tempfile::tempdir().expect("a folder");
        for data in [folder.path(), empty.path()] {
            let mut command = program(&["facts", "verify"]);
            command.env("COMMDESK_DATA", data).env("COMMDESK_BLIND_KEY", "x");
            let (output, said) = ends(command);
            assert!(!output.status.success());
            for name in ["DATABASE_URL", "COMMDESK_BASE_URL", "COMMDESK_COLUMN_KEYS", "COMMDESK_SIGNING_KEY", "COMMDESK_SMTP"] {
                assert!(said.contains(name), "{said}");
            }
        }
        // All that production says but its keys, where `dev` once ran: development's are not taken for them.
        let mut command = program(&["facts", "verify"]);
        let but_keys = told(folder.path(), &url, free_address()).into_iter().filter(|(name, _)| !name.contains("_KEY"));
        command.envs(but_keys).env("COMMDESK_DATA", folder.path());
        let (output, said) = ends(command);
        assert!(!output.status.success() && said.contains("COMMDESK_COLUMN_KEYS, COMMDESK_BLIND_KEY"), "{said}");
        let mut command = program(&["staff", "add", "me@house.example"]);
        command.env("COMMDESK_DATA", empty.path());
        let (output, said) = ends(command);
        assert!(!output.status.success() && said.contains("COMMDESK_DATA") && said.contains("COMMDESK_COLUMN_KEYS"), "{said}");
        assert!(!Keys::are_in(empty.path()), "no keys were made");
    })
    .await;
}

#[tokio::test]
async fn keys_that_do_not_fit_the_database_are_refused_at_the_start() {
    story(async |town| {
        let folder = tempfile::tempdir().expect("a folder");
        let url = town.url(true);
        dev(folder.path(), Some(&url), &[]).kill();
        // The folder went, the database stayed: `dev` would make new keys and go on.
        std::fs::remove_file(folder.path().join("keys.env")).expect("a file");
        let (command, _) = dev_command(folder.path(), Some(&url), &[]);
        let (output, said) = ends_within(command, PATIENCE);
        assert!(!output.status.success() && said.contains("COMMDESK_DATA") && said.contains("keys.env"), "{said}");
        for verb in [&["serve"][..], &["work"], &["jobs", "retry"]] {
            let mut command = program(verb);
            command.envs(told(folder.path(), &town.url(false), free_address()));
            let (output, said) = ends_within(command, PATIENCE);
            assert!(!output.status.success() && said.contains("COMMDESK_COLUMN_KEYS"), "{verb:?}: {said}");
        }
    })
    .await;
}

#[test]
fn verbs_find_developments_private_database() {
    let folder = tempfile::tempdir().expect("a folder");
    let serving = dev(folder.path(), None, &["--no-seed"]);
    verbs_of_development(&serving, folder.path(), None);
    let (_, code) = stop(serving);
    assert_eq!(code, Some(0));
    let mut command = program(&["staff", "add", "me@house.example"]);
    command.env("COMMDESK_DATA", folder.path());
    let (output, said) = ends(command);
    assert!(!output.status.success() && said.contains("`commdesk dev` does not answer"), "{said}");
    assert!(!said.contains("DATABASE_URL"), "{said}");
}

#[tokio::test]
async fn development_never_seeds_a_database_that_it_was_given() {
    story(async |town| {
        let folder = tempfile::tempdir().expect("a folder");
        let program = dev(folder.path(), Some(&town.url(true)), &[]);
        for table in ["users", "organizations", "communities", "facts"] {
            let sql = sqlx::AssertSqlSafe(format!("select count(*) from {table}"));
            let rows: i64 = sqlx::query_scalar(sql).fetch_one(&town.owner).await.expect("a count");
            assert_eq!(rows, 0, "{table}");
        }
        // It does serve that database, and made no other.
        let (status, answer) = program.send("POST", "/api/v1/auth/signup-community", None, &signup(1)).expect("an answer");
        assert_eq!(status, 201, "{answer}");
        let rows: i64 = sqlx::query_scalar("select count(*) from communities").fetch_one(&town.owner).await.expect("a count");
        assert_eq!(rows, 1);
        assert!(!folder.path().join("postgres").exists());
        program.kill();
    })
    .await;
}
