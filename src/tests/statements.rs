//! What a page costs: statements are counted as they are sent, for every page as its reader, and again after the tables
//! behind the lists grew by a thousand rows. The statement that finds session and seats counts; `begin` and `commit` do not.
//! `make bench` runs it by itself and prints what it finds: a figure, with a goal, that no test run fails on.

use crate::town::{Browser, Town, story};
use commdesk::seeds;
use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
};
use tracing::{
    Event, Subscriber,
    field::{Field, Visit},
};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};

/// More than this, and a page waits on the network rather than on its reader.
const MOST: usize = 4;

/// Hears what sqlx says of every statement. It counts because a test's runtime has one thread, whose subscriber this is.
#[derive(Clone, Default)]
struct Counter(Arc<Mutex<Vec<String>>>);

impl Counter {
    fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl<S: Subscriber> Layer<S> for Counter {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        if event.metadata().target() != "sqlx::query" {
            return;
        }
        let mut summary = Summary(String::new());
        event.record(&mut summary);
        let verb = summary.0.split_whitespace().next().unwrap_or_default().to_lowercase();
        if !matches!(verb.as_str(), "begin" | "commit" | "rollback") {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).push(summary.0);
        }
    }
}

struct Summary(String);

impl Visit for Summary {
    fn record_str(&mut self, field: &Field, value: &str) {
        let is_whole = field.name() == "db.statement" && !value.is_empty();
        if is_whole || (field.name() == "summary" && self.0.is_empty()) {
            self.0 = value.split_whitespace().collect::<Vec<_>>().join(" ");
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn fmt::Debug) {}
}

/// The demo's readers, and the pages that each of them lives on.
struct Readers {
    pages: Vec<(&'static str, Browser, Vec<String>)>,
}

async fn signed_in(town: &Town, email: &str) -> Browser {
    let mut browser = town.visitor();
    let answer = browser.submit("/sign-in", "sign_in", &[("email", email), ("password", seeds::people::PASSWORD)]).await;
    assert_eq!(answer.status, 303, "{}", answer.text);
    browser
}

async fn readers(town: &Town) -> Readers {
    let one = |sql: &'static str| async move {
        sqlx::query_scalar::<_, uuid::Uuid>(sql).fetch_one(&town.owner).await.expect("the demo has one")
    };
    let event = one("select id from events where slug = 'hackfest-2027'").await;
    let opportunity = one("select id from opportunities where status = 'Open' order by created_at limit 1").await;
    let request = one(
        "select r.id from requests r join communities c on c.id = r.community_id where c.slug = 'apex-circle' order by r.opened_at limit 1",
    )
    .await;
    let of = |paths: &[&str]| {
        paths
            .iter()
            .map(|path| {
                path.replace("{event}", &event.to_string())
                    .replace("{opportunity}", &opportunity.to_string())
                    .replace("{request}", &request.to_string())
            })
            .collect::<Vec<_>>()
    };
    let public = [
        "/",
        "/directory",
        "/directory?q=cloud",
        "/directory/acme-cloud",
        "/opportunities",
        "/opportunities/{opportunity}",
        "/events",
        "/events/hackfest-2027",
        "/communities/apex-circle",
        "/become-sponsor",
        "/join",
        "/sign-in",
    ];
    let community = [
        "/dashboard",
        "/inbox",
        "/inbox?tab=accepted",
        "/requests/{request}",
        "/requests/new?organization=acme-cloud",
        "/manage/events",
        "/manage/events/{event}",
        "/manage/events/{event}/edit",
        "/manage/opportunities",
        "/notifications",
        "/account",
        "/directory",
        "/opportunities",
    ];
    let sponsor = ["/dashboard", "/inbox", "/organization/profile", "/notifications", "/opportunities/{opportunity}"];
    Readers {
        pages: vec![
            ("nobody", town.visitor(), of(&public)),
            ("a community", signed_in(town, "ravi@apex.example").await, of(&community)),
            ("a sponsor", signed_in(town, "asha@acme.example").await, of(&sponsor)),
        ],
    }
}

impl Readers {
    /// Opens every page twice (the first time may write "last seen") and counts the second.
    async fn read(&mut self, counter: &Counter) -> Vec<(String, Vec<String>)> {
        let mut costs = Vec::new();
        for (who, browser, paths) in &mut self.pages {
            for path in paths {
                browser.open(path).await;
                counter.take();
                let answer = browser.open(path).await;
                assert_eq!(answer.status, 200, "{path} as {who}");
                costs.push((format!("{path} as {who}"), counter.take()));
            }
        }
        costs
    }
}

/// A thousand more rows of each kind that lists show: copies of what the demo has, under ids of their own.
async fn grow(town: &Town) {
    multiply(town, "organizations", "o.slug = 'acme-cloud'", "'slug', 'copy-' || n, 'identity_key', 'copy' || n || '.example'")
        .await;
    multiply(town, "events", "o.slug = 'hackfest-2027'", "'slug', 'copy-' || n").await;
    multiply(
        town,
        "opportunities",
        "o.status = 'Open' and o.id = (select id from opportunities where status = 'Open' limit 1)",
        "'id', gen_random_uuid()",
    )
    .await;
    multiply(town, "notices", "o.id in (select distinct on (user_id) id from notices)", "'fact_id', gen_random_uuid()").await;
    // The request that is copied is the same for its wording and for itself: what is copied last is not yet there.
    let model = "(select r.id from requests r join communities c on c.id = r.community_id
                  where c.slug = 'apex-circle' and r.state = 'Pending' limit 1)";
    multiply(town, "revisions", &format!("o.request_id = {model}"), "'request_id', md5('request' || n)").await;
    let changes = "'id', md5('request' || n), 'organization_id', (select id from organizations where slug = 'copy-' || n)";
    multiply(town, "requests", &format!("o.id = {model}"), changes).await;
}

/// Inserts a thousand copies of the rows of `table` for which `of` holds, with `changes` to each.
async fn multiply(town: &Town, table: &str, of: &str, changes: &str) {
    let columns: String = sqlx::query_scalar(
        "select string_agg(quote_ident(column_name), ', ' order by ordinal_position) from information_schema.columns
         where table_schema = 'public' and table_name = $1 and is_generated = 'NEVER'",
    )
    .bind(table)
    .fetch_one(&town.owner)
    .await
    .expect("a table");
    town.as_superuser(&format!(
        "set session_replication_role = replica;
         insert into {table} ({columns})
         select {columns} from (
            select (jsonb_populate_record(o, jsonb_build_object('id', gen_random_uuid()) || jsonb_build_object({changes}))).*
            from {table} o, generate_series(1, 1000) n where {of}
         ) copies;
         analyze {table};"
    ))
    .await;
}

#[tokio::test]
#[ignore = "a figure; `make bench` prints it"]
async fn bench_statements_of_pages() {
    let counter = Counter::default();
    let _guard = tracing::subscriber::set_default(tracing_subscriber::registry().with(counter.clone()));
    story(async |town| {
        seeds::demo(&town.house, &town.registry, &|_| {}).await.expect("the demo loads");
        let mut readers = readers(town).await;
        let few = readers.read(&counter).await;
        assert!(few.iter().any(|(_, statements)| !statements.is_empty()), "statements are heard");
        grow(town).await;
        let many = readers.read(&counter).await;
        let mut over = 0;
        for ((page, before), (_, after)) in few.iter().zip(&many) {
            let mark = if before.len() > MOST || after.len() > before.len() { "over" } else { "" };
            over += usize::from(!mark.is_empty());
            println!("   {:>2} statements, {:>2} with a thousand rows more {mark:>5}  {page}", before.len(), after.len());
        }
        println!("   {over} of {} pages are over {MOST}, or grow", few.len());
    })
    .await;
}
