//! The demo: everything in it is of the day on which it is told, and development tells it anew before it grows old.

use crate::town::story;
use chrono::{DateTime, Utc};
use commdesk::{
    features::{
        events::service::{self as events, Then},
        requests::rules::DEFAULT_VALIDITY,
    },
    platform::{
        ctx::{Ctx, House},
        db, facts,
        secrets::{self, Secret},
        storage::Store,
    },
    seeds::{
        self,
        people::{self, ASHA, RAVI},
        private::{LASTS, Private, Wish},
    },
};
use http::StatusCode;
use serde_json::json;
use sqlx::PgPool;
use std::sync::{Arc, Mutex};

const DAY: i64 = 86_400;

/// What somebody finds who opens the demo at this moment: something waits on both sides, what is offered can be applied for, what
/// is to come is still to come; and no title has a year, which would pass.
async fn is_of_today(pool: &PgPool, now: DateTime<Utc>) {
    for (table, state, ends, wanted) in [
        ("requests", "state = 'Pending'", "expires_at", 2),
        ("opportunities", "status = 'Open'", "decision_at", 5),
        ("events", "status = 'Upcoming'", "start_at", 2),
    ] {
        let sql = format!("select count(*) filter (where {ends} > $1), count(*) from {table} where {state}");
        let counted: (i64, i64) = sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(now).fetch_one(pool).await.expect("two counts");
        assert_eq!(counted, (wanted, wanted), "{table} at {now}");
    }
    let dated: Vec<String> =
        sqlx::query_scalar("select title from events where title ~ '[0-9]{4}'").fetch_all(pool).await.expect("titles");
    assert_eq!(dated, Vec::<String>::new());
}

#[tokio::test]
async fn whenever_it_is_told_the_demo_is_of_today() {
    assert!(LASTS < DEFAULT_VALIDITY.num_days(), "it is told anew before its first request runs out");
    for days in [0, 400] {
        story(async |town| {
            town.house.clock.shift(days * DAY);
            seeds::demo(&town.house, &town.registry, &|_| {}).await.expect("the demo's story");
            is_of_today(&town.owner, town.ctx().now()).await;
            assert_eq!(town.visitor().open("/events/hackfest").await.status, StatusCode::OK);
            // It stays so for as long as it lasts.
            town.shift((LASTS - 1) * DAY).await;
            is_of_today(&town.owner, town.ctx().now()).await;
        })
        .await;
    }
}

#[tokio::test]
async fn an_old_demo_is_told_anew_and_what_somebody_made_stays() {
    story(async |town| {
        let folder = tempfile::tempdir().expect("a folder");
        let files = folder.path().join("files");
        let server = town.server();
        let name = format!("demo_{}", hex::encode(secrets::random::<6>()));
        let said = Mutex::new(String::new());
        let say = |line: &str| {
            let mut said = said.lock().expect("nobody panicked");
            said.push_str(line);
            said.push('\n');
        };
        // A start of development so many days from now: the database is made ready, and its house is open.
        let start = async |days: i64, wish: Wish| {
            said.lock().expect("nobody panicked").clear();
            let on = |url: &str| -> anyhow::Result<Arc<House>> {
                let mut house = town.house.at_another_time(days * DAY);
                house.pool = db::pool(url, 4)?;
                house.store = Store::local(&files, Secret::new([7; 32]))?;
                Ok(Arc::new(house))
            };
            let private = Private { server, name: &name, files: &files, open: &on, registry: &town.registry, say: &say };
            private.ready(wish).await.expect("ready");
            on(&server.app_url(&name)).expect("a house")
        };
        let heard = || said.lock().expect("nobody panicked").clone();
        let beside = async || -> Vec<String> {
            let mut all = server.databases().await.expect("names");
            all.retain(|it| it.starts_with(&format!("{name}_until_")));
            all
        };
        let mine = async |url: &str| -> i64 {
            let pool = db::pool(url, 1).expect("an address of the cluster");
            let count =
                sqlx::query_scalar::<_, i64>("select count(*) from events where title = 'A plan of mine'").fetch_one(&pool).await;
            pool.close().await;
            count.expect("a count")
        };

        let house = start(0, Wish::Demo).await;
        assert!(heard().starts_with("Loading the demo:"), "{}", heard());
        is_of_today(&house.pool, house.clock.now()).await;
        facts::checkpoint(&Ctx::background(&house, "test")).await.expect("a checkpoint, and its copy");
        // Somebody signs in and looks around.
        people::actor(&Ctx::background(&house, "test"), ASHA).await.expect("signed in");
        house.pool.close().await;

        // A day before it is old, nothing happens.
        start(LASTS - 1, Wish::Demo).await.pool.close().await;
        assert_eq!((heard().as_str(), beside().await.len()), ("", 0));

        // While somebody looks into it from outside, the old one stays, and says why.
        let psql = db::pool(&server.owner_url(&name), 1).expect("an address of the cluster");
        let open = psql.acquire().await.expect("connected");
        let house = start(LASTS, Wish::Demo).await;
        assert!(heard().contains("somebody is connected to it"), "{}", heard());
        assert_eq!(beside().await.len(), 0, "nothing is renamed");
        let told: i64 = sqlx::query_scalar("select count(*) from events").fetch_one(&house.pool).await.expect("the old demo");
        assert!(told > 0);
        house.pool.close().await;
        drop(open);
        psql.close().await;

        // Then it is told anew, and begins to count its checkpoints.
        let house = start(LASTS, Wish::Demo).await;
        assert!(heard().contains("12 days ago, and nobody has made anything in it since"), "{}", heard());
        assert_eq!(beside().await.len(), 1, "what was there is kept");
        is_of_today(&house.pool, house.clock.now()).await;
        let ctx = Ctx::background(&house, "test");
        facts::checkpoint(&ctx).await.expect("the first one of this database");
        assert_eq!(facts::verify(&ctx).await.expect("facts can be read").fault, None);
        let ravi = people::actor(&ctx, RAVI).await.expect("signed in");
        let plan =
            serde_json::from_value(json!({"title": "A plan of mine", "timezone": "Asia/Kolkata"})).expect("as on the wire");
        events::draft(&ctx, &ravi, &plan, Then::Stay).await.expect("drafted");
        house.pool.close().await;

        // What somebody made stays, however old the demo is; they are told what can be done.
        for wish in [Wish::Demo, Wish::Empty] {
            start(60, wish).await.pool.close().await;
            assert_eq!(heard().contains("--renew-demo"), wish == Wish::Demo, "{}", heard());
            assert_eq!((beside().await.len(), mine(&server.app_url(&name)).await), (1, 1));
        }

        // Who asks for it has a new one, and the old one beside it.
        let house = start(60, Wish::Anew).await;
        is_of_today(&house.pool, house.clock.now()).await;
        house.pool.close().await;
        let kept = beside().await;
        assert_eq!((kept.len(), mine(&server.app_url(&name)).await), (2, 0));
        assert_eq!(mine(&server.app_url(&kept[1])).await, 1, "names are in order of time");

        for database in kept.iter().chain([&name]) {
            server.drop_database(database).await.expect("gone");
        }
    })
    .await;
}
